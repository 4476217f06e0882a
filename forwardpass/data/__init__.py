"""The course's data sets. Each call returns fresh arrays; nothing but mnist(full=True) uses the network.

>>> homes = house_prices()
>>> homes.X.shape, homes.y.shape
((1800, 8), (1800,))

Origin, licence and limits of each set: data/<name>/README.md in the course's repository.
"""

from forwardpass.data.dates import DATE_FORMS, DATE_LANGUAGES, WrittenDate, dates, written_date
from forwardpass.data.houses import HousePrices, house_prices
from forwardpass.data.images import PHOTOGRAPHS, Digits, digits, photograph
from forwardpass.data.large_digits import Mnist, mnist
from forwardpass.data.names import Names, names
from forwardpass.data.rooms import ROOMS, rooms
from forwardpass.data.scenes import Scenes, Thing, scenes
from forwardpass.data.tags import TaggedSentences, tags
from forwardpass.data.topics import ALPHABET, python_topics

__all__ = [
    "ALPHABET",
    "DATE_FORMS",
    "DATE_LANGUAGES",
    "PHOTOGRAPHS",
    "ROOMS",
    "Digits",
    "HousePrices",
    "Mnist",
    "Names",
    "Scenes",
    "TaggedSentences",
    "Thing",
    "WrittenDate",
    "dates",
    "digits",
    "house_prices",
    "mnist",
    "names",
    "photograph",
    "python_topics",
    "rooms",
    "scenes",
    "tags",
    "written_date",
]
