"""What a student reads when a check does not pass: a few lines, no traceback."""

import textwrap
from dataclasses import dataclass, field

_WIDTH = 104
_KEY_WIDTH = 10
_LONGEST = 2_000  # characters of a part: what an answer gives back may be of any length


@dataclass(frozen=True)
class Failure:
    """The parts of a message, in the order in which they are shown."""

    headline: str
    parts: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join([self.headline, *(_line(key, text) for key, text in self.parts.items() if text)])


def _line(key: str, text: str) -> str:
    first = f"  {key:<{_KEY_WIDTH}} "
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."
    return textwrap.fill(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_long_words=False)


class _Quiet(Exception):
    """An exception that IPython shows as its message alone."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class CheckFailed(_Quiet, AssertionError):
    """An answer that is not right yet."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class NotAttempted(_Quiet, NotImplementedError):
    """An answer that has not been written yet; stubs raise it."""

    def __init__(self, exercise: str = "") -> None:
        super().__init__(f"{exercise}   not attempted yet" if exercise else "")

    def _render_traceback_(self) -> list[str]:
        return [str(self) or f"{_raising_function(self)}   not attempted yet: write it first, then run this cell again"]


def _raising_function(error: BaseException) -> str:
    trace = error.__traceback__
    name = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_qualname
        trace = trace.tb_next
    return name if name not in ("", "<module>") else "this cell"
