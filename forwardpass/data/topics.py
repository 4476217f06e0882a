"""Text: the reference of the Python language, as Python itself carries it for its `help()`."""

import importlib
import re
from collections.abc import Iterator

ALPHABET = "\n" + "".join(map(chr, range(32, 127)))

_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "ß": "ss"})
_RULER = re.compile(r"^ *[-+=*~^\"|]{4,} *$", re.MULTILINE)


def python_topics() -> str:
    """The language reference of the Python that runs, in plain text, for models of characters.

    Returns one str over ALPHABET (the line break and printable ASCII, 96 characters), paragraphs parted by an empty
    line. No paragraph comes twice, so a part held back was not read before. About 340 000 characters in Python 3.11;
    another release of Python has another edition, so its length and wording are not fixed.

    Raises:
        ImportError: this Python comes without `pydoc_data`; the message says what to install.

    Source: Python's documentation, (c) Python Software Foundation, PSF License Agreement 2; as in `pydoc_data.topics`.
    """
    try:
        topics = importlib.import_module("pydoc_data.topics").topics
    except ImportError as error:
        expected = "python_topics: expected the module pydoc_data.topics, a part of Python's standard library; got none"
        raise ImportError(f"{expected}. Try a Python from python.org, conda or your system's full package.") from error
    paragraphs = (clean(part) for name in sorted(topics) for part in re.split(r"\n\s*\n", topics[name]))
    return "\n\n".join(_first_times(paragraphs)) + "\n"


def clean(text: str) -> str:
    """`text` over ALPHABET: quotes and dashes made plain, no underlines, no indents, no runs of spaces."""
    text = re.sub(r"[^\n -~]", "", text.translate(_PLAIN))
    text = _RULER.sub("", text)
    return re.sub(r" *\n\s*", "\n", re.sub(" +", " ", text)).strip()


def _first_times(paragraphs: Iterator[str]) -> Iterator[str]:
    seen = {""}
    for paragraph in paragraphs:
        if paragraph not in seen:
            seen.add(paragraph)
            yield paragraph
