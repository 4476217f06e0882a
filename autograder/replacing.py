"""Files that are replaced as a whole: an earlier one stays until the new one is complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Where to write in the block; after it, what was written stands at `path`. An exception leaves `path` alone."""
    unfinished = path.with_name(f".{path.name}.part")
    yield unfinished
    os.replace(unfinished, path)
