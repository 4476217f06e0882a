"""Displays 30 MB in many outputs, replaces them again and again, and clears them in between."""

STATUS = {"flagged"}
ANSWER = """
from IPython.display import clear_output, display

shown = display({"text/plain": "x"}, raw=True, display_id=True)
for number in range(300):
    display({"image/png": "x" * 50_000, "text/html": "y" * 50_000}, raw=True)
    shown.update({"text/plain": "x" * 1000}, raw=True)
    clear_output()
"""
