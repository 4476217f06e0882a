"""Reads the gradebook and the report, and enters a student of its own and full marks into both."""

import sqlite3

ANSWER = """
import glob, sqlite3

places = ["@CLASSROOM@", *glob.glob("/**/classroom", recursive=False)]
for place in places:
    try:
        print(open(place + "/report.json").read()[:300], "INTRUDER"[::-1])
        open(place + "/report.json", "a").write("INTRUDER")
    except OSError as error:
        print(error)
    try:
        book = sqlite3.connect(place + "/gradebook.db", timeout=1)
        book.execute("insert into student (id) values ('INTRUDER')")
        book.execute("update grade set manual_score = 1000")
        book.commit()
    except sqlite3.Error as error:
        print(error)
"""


def aftermath(world, report):
    assert "REDURTNI" not in world.shown(report["student"])
    assert "INTRUDER" not in (world.classroom.root / "report.json").read_text(encoding="utf-8").replace(ANSWER, "")
    with sqlite3.connect(world.classroom.root / "gradebook.db") as book:
        students = [row[0] for row in book.execute("select id from student")]
    book.close()
    assert report["student"] in students
    assert "INTRUDER" not in students
