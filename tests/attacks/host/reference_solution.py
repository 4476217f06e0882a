"""Looks for the reference solution and the hidden tests in the course, the repository and the whole file system."""

ANSWER = """
import glob, os

found = 0
for root in ("@COURSE@", "@REPOSITORY@"):
    for name in ("lessons/**/lesson.py", "lessons/**/answers.py", "solutions/**/*.ipynb", "course/**/*.ipynb"):
        for path in glob.glob(root + "/" + name, recursive=True):
            found += 1
            print(open(path).read()[:3000])
wanted = ("lesson.py", "answers.py", "01_moving.ipynb", "gradebook.db", "report.json")
for folder, folders, files in os.walk("/") if os.getpid() == 1 else ():
    folders[:] = [one for one in folders if one != "site-packages" and folder != "/usr"]
    for name in set(wanted) & set(files):
        found += 1
        print(folder, name)
print("found", "nothing" if not found else "a lot")
"""


def aftermath(world, report):
    shown = world.shown(report["student"])
    assert "found nothing" in shown
    assert "sliding_window" not in shown
