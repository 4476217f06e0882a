"""The file was written thousands of years from now, later than calendars go."""

import json
import os


def change(notebook, folder):
    path = folder / f"{folder.name}.ipynb"
    path.write_text(json.dumps(notebook))
    os.utime(path, (2**40, 2**40))
