"""nbgrader's settings: its steps mapped onto our folders, and our preprocessors put into them.

`nbgrader_config.py` at the root of the repository calls `configure`, so that stock nbgrader commands use the same.
"""

import os
import sys
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    DeduplicateIds,
    GetGrades,
    IncludeHeaderFooter,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveCells,
)
from traitlets.config import Config

from autograder.course import Classroom
from autograder.notebook import STUB
from autograder.preprocessors import ClearAnswers, HideHiddenTests, MendMetadata

COURSE_ID = "forward-pass"
CELL_SECONDS = 60
KEPT_OUT = ["*.py", "*.pyc", "*.so", "*.pyd"]  # a student's file named like a module would be imported instead of it
KERNELS = {"transport_encryption": "auto"}  # without it a kernel warns that its messages travel in plain text


def configure(config: Config, classroom: Classroom, root: Path = Path(".")) -> Config:
    """Fills `config` for the course in `root` and a classroom, and returns it."""
    folders = config.CourseDirectory
    folders.root = str(root.absolute())
    folders.course_id = COURSE_ID
    folders.source_directory = "solutions"
    folders.release_directory = "course"
    folders.submitted_directory = str(classroom.submitted)
    folders.autograded_directory = str(classroom.autograded)
    folders.feedback_directory = str(classroom.feedback)
    folders.db_url = classroom.gradebook
    folders.ignore = [".ipynb_checkpoints", "__pycache__", "feedback", *KEPT_OUT]
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ExecutePreprocessor.timeout = CELL_SECONDS
    config.KernelManager.update(KERNELS)
    config.GenerateAssignment.preprocessors = [
        IncludeHeaderFooter,
        LockCells,
        ClearAnswers,
        ClearOutput,
        CheckCellMetadata,
        ComputeChecksums,
        SaveCells,  # the gradebook keeps the hidden tests, so this comes before they are cleared
        ClearHiddenTests,
        ClearMarkScheme,
        ComputeChecksums,
        CheckCellMetadata,
    ]
    config.Autograde.sanitize_preprocessors = [
        ClearOutput,
        DeduplicateIds,
        MendMetadata,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    config.GenerateFeedback.preprocessors = [GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor]
    return config


def nbgrader_api(config: Config) -> NbGraderAPI:
    """nbgrader as a library. It calls `alembic` by name, so this puts the environment's programs on the path."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
    return NbGraderAPI(config=config)
