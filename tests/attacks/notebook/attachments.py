"""Attachments with HTML, a script and a path as their names and contents."""

import nbformat


def change(notebook, folder):
    cell = nbformat.v4.new_markdown_cell('![x](attachment:../../x.png)<script>document.title = "5"</script>')
    cell["attachments"] = {"../../x.png": {"image/svg+xml": "<svg onload='alert(5)'>", "text/html": ["<script>"]}}
    notebook.cells.insert(0, cell)
    for one in notebook.cells:
        if one.cell_type == "markdown":
            one["attachments"] = {"\x00": {"../": {"a": []}}}


def aftermath(world, report):
    page = world.classroom.feedback / report["student"] / report["lesson"] / f"{report['lesson']}.html"
    assert "<script" not in page.read_text()
