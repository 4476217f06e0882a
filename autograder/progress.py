"""How far a run has come: a bar on a terminal, a line for each submission elsewhere; both with pace and time left."""

import time
from collections.abc import Callable, Iterator
from typing import Any

Report = dict[str, Any]
_UNHURRIED = 3  # submissions before time left is told: the first ones wait for the processes to warm up


def with_progress(
    reports: Iterator[Report], total: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Report]:
    """The reports, shown as they come."""
    from rich.console import Console

    console = Console()
    begin = clock()
    numbered = ((number, one, pace(number, total, clock() - begin)) for number, one in enumerate(reports, 1))
    yield from _bar(numbered, total, console) if console.is_terminal else _lines(numbered, total)


def pace(done: int, total: int, seconds: float) -> str:
    """What is known after so many seconds: '2.0 a second, 8 min left'; empty before there is something to say."""
    if done < min(_UNHURRIED, total) or seconds <= 0:
        return ""
    rate = done / seconds
    said = f"{rate:.1f} a second" if rate >= 1 else f"{60 * rate:.1f} a minute"
    return f"{said}, {duration((total - done) / rate)} left" if done < total else f"{said}, {duration(seconds)} in all"


def duration(seconds: float) -> str:
    """Seconds below two minutes, minutes below two hours."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"


def _lines(numbered: Iterator[tuple[int, Report, str]], total: int) -> Iterator[Report]:
    for number, one, said in numbered:
        what = f"{one['student']} {one['lesson']}"
        print(f"graded {number} of {total}: {what}{f' ({said})' if said else ''}", flush=True)
        yield one


def _bar(numbered: Iterator[tuple[int, Report, str]], total: int, console: Any) -> Iterator[Report]:
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}")]
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("grading", total=total, pace="")
        for _, one, said in numbered:
            what = escape(f"{one['student']} {one['lesson']}")
            progress.update(task, description=what, advance=1, pace=said)
            yield one
