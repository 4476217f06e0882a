"""Our steps in nbgrader's pipelines."""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions


class ClearAnswers(ClearSolutions):  # type: ignore[misc]
    """nbgrader's ClearSolutions, with a stub of the cell's own where its metadata names one (`forward_pass.stub`)."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        stub = cell.metadata.pop("forward_pass", {}).get("stub")
        if stub is None:
            return super().preprocess_cell(cell, resources, cell_index)  # type: ignore[no-any-return]
        own = ClearSolutions(code_stub={"python": stub})
        return own.preprocess_cell(cell, resources, cell_index)  # type: ignore[no-any-return]


class HideHiddenTests(ClearHiddenTests):  # type: ignore[misc]
    """Cuts the code of hidden tests out of a graded notebook; the marks and the reason stay."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        if cell.cell_type == "code" and self._remove_hidden_test_region(cell):
            cell.outputs = [_without_code(output) for output in cell.outputs]
        return cell, resources


def _without_code(output: NotebookNode) -> NotebookNode:
    """A failed check's message holds no code; any other error's traceback would, so only its last line stays."""
    if output.output_type == "error" and output.ename not in ("CheckFailed", "NotAttempted"):
        output.traceback = [f"{output.ename}: {output.evalue}"]
    return output
