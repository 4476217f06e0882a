"""Bytes that are no UTF-8, among them halves of characters, stand in the file."""

import json

STATUS = {"malformed"}


def change(notebook, folder):
    return json.dumps(notebook).encode().replace(b"Moving averages", b"\xed\xa0\x80\xff\xfe")
