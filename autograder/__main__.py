"""The command line: one module for each verb."""

import argparse
import os
import sys

from autograder.course import CourseError, find_course

# One thread a process: results repeat, and processes side by side don't fight for cores. Before numpy is imported.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_variable, "1")

VERBS = {
    "build": "lessons to notebooks; --check: fail if the committed ones are stale",
    "answers": "prove that the tests tell right from wrong, by planted answers",
    "grade": "submissions to marks, feedback and a report",
    "feedback": "feedback pages once more, with marks and comments that people gave since",
    "status": "a graded class at a glance: marks by exercise, and what goes wrong most often",
    "sample": "write a class of submissions with known marks",
    "list": "list lessons, exercises and points",
    "doctor": "say what this machine offers for grading, and try it",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs a verb; returns its exit code. What the user can mend is one line on stderr, and exit code 2."""
    verb, rest = _verb(sys.argv[1:] if arguments is None else arguments)
    module = __import__(f"autograder.{verb}", fromlist=["run"])
    parser = argparse.ArgumentParser(prog=f"autograder {verb}", description=VERBS[verb])
    module.add_arguments(parser)
    options = parser.parse_args(rest)
    try:
        return int(module.run(find_course(), options))
    except CourseError as error:
        print(f"autograder {verb}: {error}", file=sys.stderr)
        return 2


def _verb(arguments: list[str]) -> tuple[str, list[str]]:
    lines = "\n".join(f"  {verb:<10}{text}" for verb, text in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="autograder",
        epilog=f"verbs:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Lessons to notebooks, submissions to marks. 'autograder VERB --help' says more.",
    )
    parser.add_argument("verb", choices=VERBS, metavar="VERB")
    return parser.parse_args(arguments[:1]).verb, arguments[1:]


if __name__ == "__main__":
    sys.exit(main())
