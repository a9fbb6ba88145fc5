"""Sentences as learners type them."""

import pytest

from engine.mistake import Mistake
from engine.text.typed import words_of

ENGLISH = {"the", "animal", "did", "not", "cross", "street", "because", "it", "was", "too", "tired"}
CHINESE = {"这只", "动物", "没有", "没", "过", "马路", "马", "，", "因为", "它", "太", "累", "了"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("The animal didn't cross the street.", "the animal did not cross the street"),
        ("The animal didn’t cross, because it was too tired!", "the animal did not cross because it was too tired"),
        ("  the\tstreet ", "the street"),
    ],
)
def test_english(line, words):
    assert words_of(line, ENGLISH, 40) == tuple(words.split())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("这只动物没有过马路，因为它太累了。", "这只 动物 没有 过 马路 ， 因为 它 太 累 了"),
        ("这只 动物 没有 过 马路 , 因为 它 太累了", "这只 动物 没有 过 马路 ， 因为 它 太 累 了"),
        ("没过马路", "没 过 马路"),  # the longest that is known, and not 马
    ],
)
def test_chinese_has_no_spaces(line, words):
    assert words_of(line, CHINESE, 40) == tuple(words.split())


@pytest.mark.parametrize(
    ("line", "known", "word", "near"),
    [
        ("the anmal", ENGLISH, "anmal", ["animal"]),
        ("the zebra", ENGLISH, "zebra", ["dog", "cat"]),
        ("theanimal", ENGLISH, "theanimal", ["animal"]),  # English words have spaces between them
        ("这只大象过马路", CHINESE, "大象", ["dog", "cat"]),
    ],
)
def test_names_what_it_does_not_know(line, known, word, near):
    with pytest.raises(Mistake) as refused:
        words_of(line, known, 40, ["dog", "cat"])
    assert refused.value.code == "word_not_learnt"
    assert refused.value.details["word"] == word
    assert refused.value.details["near"][: len(near)] == near


@pytest.mark.parametrize("line", ["", "  ", "?!", "，"])
def test_nothing(line):
    with pytest.raises(Mistake) as refused:
        words_of(line, ENGLISH, 40)
    assert refused.value.code == "line_empty"


def test_too_much():
    assert len(words_of("the " * 40, ENGLISH, 40)) == 40
    with pytest.raises(Mistake, match="40"):
        words_of("the " * 41, ENGLISH, 40)
