"""What `make lab` adds to Jupyter's own settings. The part that the browser reads is in labconfig/."""

c = get_config()  # noqa: F821

c.LabApp.extension_manager = "readonly"  # the other one asks for the list of extensions on the internet
c.KernelManager.transport_encryption = "auto"  # without it a kernel warns that its messages travel in plain text
c.ServerApp.jpserver_extensions = {
    "jupyterlab_jupytext": False,  # pairing a lesson with a text file would write a second copy of the answers
    "nbgrader.server_extensions.assignment_list": False,  # these three want an exchange folder or a JupyterHub
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
}
