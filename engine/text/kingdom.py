"""A little kingdom: text made for teaching, in English and Chinese.

People have a gender, a rank and an age, countries have capitals, apples come singly or many, verbs have a past. None
of this is written on a word: `grammar.py` says how it shows in the company a word keeps. Real text is less orderly;
compare with the King James Bible (`kjv.py`). Chinese has neither plural nor past here, since Chinese words do not
change for them.
"""

from collections.abc import Iterator
from itertools import permutations

from engine.text import kingdom_en, kingdom_zh
from engine.text.grammar import Grammar

Question = tuple[str, str, str, str]  # "a is to b as c is to d"

GRAMMARS: dict[str, Grammar] = {"en": kingdom_en.GRAMMAR, "zh": kingdom_zh.GRAMMAR}


def sentences(language: str, tokens: int, seed: int, mixed: float = 0.0) -> Iterator[list[str]]:
    """Sentences of lower-case words until there are `tokens` words; `mixed` is the share in which attributes cross.

    Fewer `tokens` of a seed are the beginning of more.
    """
    return GRAMMARS[language].sentences(tokens, seed, mixed)


def questions(language: str) -> dict[str, list[Question]]:
    """Analogy questions by category. Each pair of a category meets each other one, both ways round."""
    grammar = GRAMMARS[language]
    of = _by_rank_and_age(grammar)
    pairs = {
        "gender": [c.words for c in grammar.people.couples],
        "royal": [(of["common", age][g], of["royal", age][g]) for age in ("grown", "young") for g in (0, 1)],
        "age": [(of[rank, "grown"][g], of[rank, "young"][g]) for rank in ("common", "royal") for g in (0, 1)],
        **{category: [(x, y) for x, y, _ in table.pairs] for category, table in grammar.pairs.items()},
    }
    return {category: crossed(found) for category, found in pairs.items()}


def crossed(pairs: list[tuple[str, str]]) -> list[Question]:
    """Every pair asked of every other one: man is to king as woman is to queen, and king to man as queen to woman."""
    return [q for (a, b), (c, d) in permutations(pairs, 2) for q in ((a, b, c, d), (b, a, d, c))]


def _by_rank_and_age(grammar: Grammar) -> dict[tuple[str, str], tuple[str, str]]:
    return {(c.rank, c.age): c.words for c in grammar.people.couples if c.rank != "family"}


def _attributes(grammar: Grammar) -> dict[str, dict[str, str]]:
    """What each word is: for colours and shapes on a map. The model never sees this."""
    people = {
        word: {"kind": "person", "gender": gender, "rank": c.rank, "age": c.age}
        for c in grammar.people.couples
        for gender, word in zip("mf", c.words, strict=True)
    }
    things = {
        word: dict(kind)
        for table in grammar.pairs.values()
        for pair in table.pairs
        for word, kind in zip(pair[:2], table.kinds, strict=True)
    }
    return people | things


ATTRIBUTES = {language: _attributes(grammar) for language, grammar in GRAMMARS.items()}

# The four of the analogy and their kin: eight words that differ in gender, rank and age only, so that a map fitted to
# them shows these. Fitted to all people it would show family first, and king would lie on man.
MAP_WORDS: dict[str, tuple[str, ...]] = {
    language: tuple(word for couple in grammar.people.couples[:4] for word in couple.words)
    for language, grammar in GRAMMARS.items()
}

ANALOGY = {"en": ("man", "king", "woman", "queen"), "zh": ("男人", "国王", "女人", "王后")}
