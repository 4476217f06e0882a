"""Makes tags.csv: short English sentences from a small grammar, the part of speech of every word, and what decides it.

Usage: python data/tags/prepare.py [FILE]

Needs nothing but Python. A second run gives the same bytes: `random.Random(SEED).random()` is the only source of
chance, and of its methods it is the one whose sequence Python promises to keep.
"""

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

SEED = 1979
ROWS = 2400
TEST_SHARE = 0.25
CSV = Path(__file__).with_name("tags.csv")
HEADER = "words,tags,kinds,part"

# Words that are a noun as well as a verb (and "light", which is an adjective too).
NOUN_OR_VERB = "man guard watch plan cook paint row water nurse dress ship light"
NOUNS_OR_VERBS = "guards watches plans cooks paints rows nurses dresses ships lights"
PEOPLE = "old young poor rich blind wise"  # an adjective, or a noun after "the": the people who are so

# A category: the tag of its words, and the words.
CATEGORIES = {
    "Det1": ("DET", "the the the the a every his her her that that"),
    "Det2": ("DET", "the the some his her her their"),
    "The": ("DET", "the"),
    "Adj": ("ADJ", f"small famous quiet light {PEOPLE} {PEOPLE}"),
    "People": ("NOUN", PEOPLE),
    "Noun1": (
        "NOUN",
        f"boat river garden house sailor teacher king dog saw saw {NOUN_OR_VERB} {NOUN_OR_VERB} {NOUN_OR_VERB}",
    ),
    "Noun2": ("NOUN", f"boats rivers gardens houses sailors teachers children dogs {NOUNS_OR_VERBS}"),
    "He": ("PRON", "he she"),
    "They": ("PRON", "they we"),
    "Him": ("PRON", "him them her her"),
    "Base": ("VERB", f"help find follow clean {NOUN_OR_VERB} {NOUN_OR_VERB}"),
    "Verb1": ("VERB", f"helps finds follows cleans {NOUNS_OR_VERBS}"),
    "Past": ("VERB", "found followed liked cleaned saw saw saw"),
    "Slept": ("VERB", "slept laughed waited arrived fell"),
    "Knew": ("VERB", "knew heard believed saw"),
    "That": ("CONJ", "that"),
    "Will": ("AUX", "will must may"),
    "Near": ("ADP", "with near behind for"),
    "Today": ("ADV", "today again slowly here"),
}

# What may stand for a phrase, with its weight. Whatever is no phrase is a category.
RULES = {
    "S": [(5, "One Do1"), (4, "Many Do2")],
    "One": [(2, "He"), (5, "Np1"), (1, "Np1 Near Np")],
    "Many": [(2, "They"), (2, "Np2"), (3, "The People")],
    "Np": [(3, "Np1"), (2, "Np2")],
    "Np1": [(2, "Det1 Noun1"), (4, "Det1 Adj Noun1")],
    "Np2": [(2, "Det2 Noun2"), (3, "Det2 Adj Noun2")],
    "Do1": [(5, "Did"), (3, "Verb1 Whom")],
    "Do2": [(4, "Did"), (6, "Base Whom")],
    "Did": [(4, "Past Whom"), (2, "Slept"), (1, "Slept Today"), (1, "Slept Near Np"), (2, "Will Base Whom"),
            (4, "Knew That Inner"), (3, "Knew Whom")],
    "Inner": [(4, "One Did1"), (3, "Many Did1")],
    "Did1": [(2, "Past Whom"), (3, "Slept"), (1, "Slept Today")],
    "Whom": [(2, "Him"), (5, "Np"), (1, "The People")],
}  # fmt: skip

Path_ = tuple[str, ...]


@cache
def expansions(symbol: str) -> tuple[Path_, ...]:
    """Every sequence of categories that a phrase can be."""
    if symbol in CATEGORIES:
        return ((symbol,),)
    found: list[Path_] = []
    for _, body in RULES[symbol]:
        parts = [expansions(part) for part in body.split()]
        found += [tuple(c for piece in choice for c in piece) for choice in product(*parts)]
    return tuple(dict.fromkeys(found))


@cache
def words_of(category: str) -> frozenset[str]:
    """The words of a category."""
    return frozenset(CATEGORIES[category][1].split())


def tag_of(category: str) -> str:
    """The part of speech of a category's words."""
    return CATEGORIES[category][0]


def lexical_tags(word: str) -> set[str]:
    """Every tag that a word can have."""
    return {tag_of(category) for category in CATEGORIES if word in words_of(category)}


@cache
def trie() -> tuple[dict[str, int], ...]:
    """All sentences of categories as a tree: node -> {category: next node}; node 0 is the start, "." an end."""
    nodes: list[dict[str, int]] = [{}]
    for path in expansions("S"):
        node = 0
        for category in path:
            if category not in nodes[node]:
                nodes.append({})
                nodes[node][category] = len(nodes) - 1
            node = nodes[node][category]
        nodes[node]["."] = -1
    return tuple(nodes)


def readings(words: Sequence[str]) -> list[tuple[int, Path_]]:
    """Every beginning of a sentence of categories that these words can be: its node and its categories."""
    alive: list[tuple[int, Path_]] = [(0, ())]
    for word in words:
        alive = [
            (after, (*path, category))
            for node, path in alive
            for category, after in trie()[node].items()
            if category != "." and word in words_of(category)
        ]
    return alive


def kinds(words: Sequence[str], tags: Sequence[str]) -> str:
    """What decides each word's tag: o, the word alone; p, with the words before it; f, only words after it.

    Raises ValueError if the whole sentence leaves a tag open.
    """
    whole = {tuple(map(tag_of, path)) for node, path in readings(words) if "." in trie()[node]}
    if whole != {tuple(tags)}:
        raise ValueError(f"{' '.join(words)} can be read in {len(whole)} ways")
    letters = []
    for t, word in enumerate(words):
        so_far = {tag_of(path[-1]) for _, path in readings(words[: t + 1])}
        letters.append("f" if len(so_far) > 1 else "p" if len(lexical_tags(word)) > 1 else "o")
    return "".join(letters)


def pick(rng: Random, options: Sequence[str]) -> str:
    """One of the options, each as likely."""
    return options[int(rng.random() * len(options))]


def draw(rng: Random, symbol: str) -> Iterator[tuple[str, str]]:
    """A phrase as (word, tag), drawn at random."""
    if symbol in CATEGORIES:
        tag, words = CATEGORIES[symbol]
        yield pick(rng, words.split()), tag
        return
    body = pick(rng, [body for weight, body in RULES[symbol] for _ in range(weight)])
    for part in body.split():
        yield from draw(rng, part)


def sentences(rng: Random) -> list[str]:
    """The rows of the file: sentences with one reading, none twice, a share of them for the test."""
    rows: dict[str, str] = {}
    while len(rows) < ROWS:
        words, tags = zip(*draw(rng, "S"), strict=True)
        part = "test" if rng.random() < TEST_SHARE else "train"
        text = " ".join(words)
        try:
            rows.setdefault(text, f"{text},{' '.join(tags)},{kinds(words, tags)},{part}")
        except ValueError:
            continue
    return list(rows.values())


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else CSV
    target.write_bytes(("\n".join([HEADER, *sentences(Random(SEED))]) + "\n").encode())
