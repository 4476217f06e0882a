"""Stock nbgrader commands, run from here, use the course's folders and preprocessors."""

from pathlib import Path

from autograder.course import Classroom
from autograder.settings import configure

configure(get_config(), Classroom(Path("classroom")))  # noqa: F821
