"""A check's message, which is written as text for a student, taken apart again."""

import re

_PART = re.compile(r" {2}(?P<key>\w{1,10}) +(?P<text>.*)")
_CONTINUED = " " * 13


def taken_apart(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Headline, and key and text of each line below it, of a check's message; nothing for another text."""
    headline, *lines = text.rstrip().split("\n")
    parts: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith(_CONTINUED) and parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]} {line.strip()}")
        elif found := _PART.fullmatch(line):
            parts.append((found["key"], found["text"]))
        else:
            return "", []
    return (headline, parts) if parts else ("", [])


def one_by_one(text: str) -> list[str]:
    """The messages of an exercise's tests, which a report holds one below the other."""
    messages: list[str] = []
    for line in text.split("\n"):
        if line.startswith("  ") and messages:
            messages[-1] += f"\n{line}"
        else:
            messages.append(line)
    return messages
