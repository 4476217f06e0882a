"""Every tag that some tool gives a meaning to, on every cell of the lesson."""

TAGS = [
    "raises-exception",
    "remove_cell",
    "remove-output",
    "injected-parameters",
    "parameters",
    "nbval-skip",
    "\x1b[2J",
]


def change(notebook, folder):
    for number, cell in enumerate(notebook.cells):
        cell.metadata["tags"] = [*TAGS, "skip-execution"] if number % 2 else TAGS
