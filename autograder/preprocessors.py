"""Our steps in nbgrader's pipelines."""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_grade

from autograder.report import message


class ClearAnswers(ClearSolutions):  # type: ignore[misc]
    """nbgrader's ClearSolutions, with a stub of the cell's own where its metadata names one (`forward_pass.stub`)."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        stub = cell.metadata.pop("forward_pass", {}).get("stub")
        if stub is None:
            return super().preprocess_cell(cell, resources, cell_index)  # type: ignore[no-any-return]
        own = ClearSolutions(code_stub={"python": stub}, text_stub=stub)
        return own.preprocess_cell(cell, resources, cell_index)  # type: ignore[no-any-return]


class MendMetadata(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts back, before a submission runs, what would spoil its grading; after nbgrader's DeduplicateIds."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        if cell.metadata.get("nbgrader") == {}:  # DeduplicateIds leaves this in a repeated cell, and then it is invalid
            del cell.metadata["nbgrader"]
        if is_grade(cell):
            cell.metadata["tags"] = ["raises-exception"]  # a test tagged skip-execution would earn all its points
        elif "nbgrader" in cell.metadata:
            cell.metadata.pop("tags", None)
        return cell, resources


class HideHiddenTests(ClearHiddenTests):  # type: ignore[misc]
    """Cuts out of a graded notebook the code of hidden tests and what was printed while they ran; the reason stays."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        if is_grade(cell) and self._remove_hidden_test_region(cell):
            cell.outputs = [output for output in cell.outputs if output.output_type == "error"]
            for error in cell.outputs:
                error.traceback = message(error).splitlines()
        return cell, resources
