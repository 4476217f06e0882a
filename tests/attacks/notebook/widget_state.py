"""State of widgets in the metadata, with HTML, scripts and a model from elsewhere."""


def change(notebook, folder):
    state = {"model_name": "HTMLModel", "model_module": "https://example.invalid/x.js", "state": {"value": "<script>5"}}
    kind = "application/vnd.jupyter.widget-state+json"
    notebook.metadata["widgets"] = {kind: {"version_major": 2, "version_minor": 0, "state": {"a": state}}}


def aftermath(world, report):
    assert "example.invalid" not in world.loot(report["student"])
