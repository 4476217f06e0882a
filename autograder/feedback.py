"""The index of feedback pages."""

import html
from typing import Any
from urllib.parse import quote

from autograder.course import Classroom


def write_index(classroom: Classroom, report: list[dict[str, Any]]) -> None:
    """Writes feedback/index.html, which links each student's pages with their marks."""
    rows = "\n".join(_row(classroom, one) for one in report)
    page = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Feedback</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }}
td, th {{ padding: .2rem 1rem .2rem 0; text-align: left }} td.n {{ text-align: right }}</style>
<h1>Feedback</h1>
<table><thead><tr><th>student<th>lesson<th>status<th>marks<th>of<th>reason</thead>
<tbody>
{rows}
</tbody></table></html>
"""
    classroom.feedback.mkdir(parents=True, exist_ok=True)
    (classroom.feedback / "index.html").write_text(page, encoding="utf-8")


def _row(classroom: Classroom, one: dict[str, Any]) -> str:
    student, lesson = html.escape(one["student"]), html.escape(one["lesson"])
    path = f"{one['student']}/{one['lesson']}/{one['lesson']}.html"
    name = f'<a href="{quote(path)}">{lesson}</a>' if (classroom.feedback / path).exists() else lesson
    marks = f'<td class="n">{one["score"]:g}<td class="n">{one["max_score"]:g}'
    reason = one["exercises"][0]["message"] if one["status"] == "failed" else ""
    return f"<tr><td>{student}<td>{name}<td>{html.escape(one['status'])}{marks}<td>{html.escape(reason)}</tr>"
