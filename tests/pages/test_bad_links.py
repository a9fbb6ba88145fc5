"""Links of which several parts cannot be used, on the pages with most of them: each is named, the rest is shown."""

import pytest

from tests.pages.lesson import opener, shown, until

WORDS = "king,<i>,queen"
MARKUP = '"<i>" is not in this text'
LINKS: list[tuple[str, dict[str, str], list[str]]] = [
    ("representation", {"corpus": "kingdom", "documents": "many", "moment": "9999"}, ["many", "9999"]),
    ("representation", {"corpus": "kingdom", "words": "<img src=x>"}, ["<img src=x>"]),
    (
        "ngram",
        {"order": "12", "smoothing": "magic", "words": WORDS, "prefix": " ", "moment": "9999"},
        ["Order = 12 is out of range", '"magic" is not a choice for Smoothing', MARKUP, "9999"],
    ),
    (
        "nnlm",
        {"context": "12", "direct": "maybe", "words": WORDS, "near": "zebra", "moment": "9999"},
        [
            "Words looked back at = 12 is out of range",
            '"maybe" is not a choice for Direct connections',
            MARKUP,
            '"zebra" is not in this text',
            "9999",
        ],
    ),
    (
        "lstm",
        {"cell": "magic", "bptt": "1", "unit": "64", "state": "x", "task": "y", "moment": "9999"},
        [
            '"magic" is not a choice for Cell',
            "Steps back in training = 1 is out of range",
            "Unit = 64",
            '"x"',
            '"y"',
            "9999",
        ],
    ),
    (
        "glove",
        {"dim": "0", "zeros": "maybe", "words": WORDS, "near": "zebra", "moment": "9999", "table": "Z"},
        [
            "Vector size = 0 is out of range",
            '"maybe" is not a choice for Empty cells',
            MARKUP,
            '"zebra" is not in this text',
            "9999",
            '"Z" is not a choice for Which vectors',
        ],
    ),
]


@pytest.mark.parametrize(("slug", "parts", "named"), LINKS)
def test_every_part_that_cannot_be_used_is_named(slug: str, parts: dict[str, str], named: list[str]) -> None:
    app = until(opener(slug)(at="watch", **parts), "9999" if "9999" in named else named[-1])
    for part in named:
        assert part in shown(app)
