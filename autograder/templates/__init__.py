"""The templates of pages, and what turns text, code and hints into safe markup for them."""

import re
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import mistune
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import Comment, Keyword, Name, Number, Operator, String  # type: ignore[import-untyped]

FOLDER = Path(__file__).parent
GLYPHS = {"right": "✓", "passed": "✓", "wrong": "✗", "failed": "✗"}
_INVISIBLE = re.compile(  # controls, what turns the direction of text around, marks without a width, half characters
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_STYLES = {
    Keyword: "k",
    Operator.Word: "k",
    Name.Function: "f",
    Name.Class: "f",
    Name.Decorator: "f",
    Name.Builtin: "b",
    Name.Exception: "b",
    Number: "n",
    String: "s",
    Comment: "c",
}
_LEXER = PythonLexer(ensurenl=False, stripnl=False)


def visible(value: object) -> str:
    """Text, and markup made here, with escapes such as \\u202e for every character that hides or reorders others."""
    if isinstance(value, Markup):
        return value
    return _INVISIBLE.sub(lambda found: found[0].encode("unicode-escape").decode(), str(value).replace("\r\n", "\n"))


def coloured(source: str) -> Markup:
    """Python code with its parts marked by the classes that feedback.css colours."""
    pieces = []
    trimmed = "\n".join(line.rstrip() for line in source.split("\n"))  # on long blank lines the lexer is slow
    for style, tokens in groupby(_LEXER.get_tokens(trimmed), lambda token: _style(token[0])):
        text = escape("".join(text for _, text in tokens))
        pieces.append(Markup('<span class="{}">{}</span>').format(style, text) if style else text)
    return Markup("").join(pieces)


@cache
def _style(token: Any) -> str:
    while token not in _STYLES and token.parent:
        token = token.parent
    return _STYLES.get(token, "")


@lru_cache(maxsize=1_000)
def hint_ladder(source: str) -> list[tuple[str, Markup]]:
    """Symptom and help of each step of a hint cell, in Markdown."""
    steps = [step.partition("*") for step in re.split(r"^- \*", source, flags=re.MULTILINE)[1:]]
    return [(symptom.strip(), _formatted(re.sub(r"^  ", "", help.strip(), flags=re.M))) for symptom, _, help in steps]


def _formatted(text: str) -> Markup:
    return Markup(_markdown()(text))


@cache
def _markdown() -> mistune.Markdown:
    markdown = mistune.create_markdown(renderer=_WordsOnly(escape=True))
    markdown.inline.register("inline_math", r"\$(?P<formula>[^$\n]+)\$", _parse_math, before="link")
    return markdown


def _parse_math(inline: mistune.InlineParser, found: re.Match[str], state: mistune.InlineState) -> int:
    state.append_token({"type": "inline_math", "raw": found["formula"]})
    return found.end()


class _WordsOnly(mistune.HTMLRenderer):
    """Formatted text; of links and pictures only the words, because a page asks for nothing."""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text

    def inline_math(self, text: str) -> str:
        return f"<i>{escape(text)}</i>"


def render(name: str, **facts: Any) -> str:
    """The template of that name, filled in. Everything but markup made here is escaped and made visible."""
    return _environment().get_template(name).render(facts)


def prepare() -> None:
    """Does once what the first page would wait for."""
    for template in FOLDER.glob("*.html"):
        _environment().get_template(template.name)
    coloured("def f(): pass")
    hint_ladder("- *a symptom* help")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = (FOLDER / "feedback.css").read_text(encoding="utf-8")
    environment.globals |= {"glyphs": GLYPHS, "css": Markup(css)}
    return environment
