"""The text corpus keeps to its alphabet, repeats no paragraph and says what is missing."""

import hashlib
import sys
from collections import Counter

import pytest

from forwardpass import data
from forwardpass.data import topics


def test_the_text_is_long_plain_and_the_same_at_every_call():
    text = data.python_topics()
    assert len(text) > 250_000
    assert set(text) <= set(data.ALPHABET)
    assert len(set(text)) > 80
    assert hashlib.sha256(text.encode()).digest() == hashlib.sha256(data.python_topics().encode()).digest()


def test_the_alphabet_is_the_line_break_and_printable_ascii():
    assert len(data.ALPHABET) == len(set(data.ALPHABET)) == 96
    assert data.ALPHABET[0] == "\n"
    assert all(c.isprintable() and c.isascii() for c in data.ALPHABET[1:])


def test_no_paragraph_comes_twice():
    paragraphs = data.python_topics().strip("\n").split("\n\n")
    assert Counter(paragraphs).most_common(1)[0][1] == 1
    assert all(paragraph == topics.clean(paragraph) for paragraph in paragraphs)


def test_it_talks_about_python():
    text = data.python_topics()
    assert all(word in text for word in ("statement", "expression", "object", "function", "lambda"))


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("A title\n*******", "A title"),
        ("   an indent\n      and   spaces ", "an indent\nand spaces"),
        ("“quoted” – it’s…", '"quoted" - it\'s...'),
        ("a\u00a0b\tc\u2192", "abc"),
        ("\n", ""),
    ],
)
def test_cleaning(raw, plain):
    assert topics.clean(raw) == plain


def test_a_python_without_its_topics_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(ImportError, match=r"expected the module pydoc_data\.topics.*Try a Python"):
        data.python_topics()
