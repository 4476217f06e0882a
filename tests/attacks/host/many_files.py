"""Makes 20 000 empty files."""

import re

ANSWER = """
import os

made = 0
try:
    for number in range(20_000):
        os.close(os.open(f"/tmp/one-of-many-{number}", os.O_CREAT | os.O_WRONLY))
        made += 1
except OSError as error:
    print(error)
print("made", made)
"""


def aftermath(world, report):
    assert int(re.search(r"made (\d+)", world.shown(report["student"]))[1]) <= 10_240
