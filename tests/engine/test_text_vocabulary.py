"""Counting and numbering words, on texts one can count by hand; and the split."""

import numpy as np
import pytest

from engine.mistake import Mistake
from engine.text.split import split
from engine.text.vocabulary import count, encode, look_up, near

TEXT = [["the", "cat", "saw", "the", "dog"], ["a", "dog", "saw"], []]
# the 2, saw 2, dog 2, cat 1, a 1: equals in alphabetical order


def test_the_most_frequent_word_first_then_the_alphabet() -> None:
    vocabulary = count(TEXT, 1)
    assert vocabulary.words == ("dog", "saw", "the", "a", "cat")
    assert vocabulary.counts.tolist() == [2, 2, 2, 1, 1]
    assert vocabulary.counts.dtype == np.int64
    assert vocabulary.index == {"dog": 0, "saw": 1, "the": 2, "a": 3, "cat": 4}
    assert len(vocabulary) == 5


def test_rare_words_can_be_left_out() -> None:
    vocabulary = count(TEXT, 2)
    assert vocabulary.words == ("dog", "saw", "the")
    assert len(count(TEXT, 3)) == 0


def test_a_text_becomes_numbers() -> None:
    ids, offsets = encode(TEXT, count(TEXT, 1))
    #                       the cat saw the dog | a dog saw | (nothing)
    assert ids.tolist() == [2, 4, 1, 2, 0, 3, 0, 1]
    assert offsets.tolist() == [0, 5, 8, 8]
    assert (ids.dtype, offsets.dtype) == (np.int32, np.int64)


def test_words_outside_the_vocabulary_are_dropped() -> None:
    ids, offsets = encode(TEXT, count(TEXT, 2))
    assert ids.tolist() == [2, 1, 2, 0, 0, 1]
    assert offsets.tolist() == [0, 4, 6, 6]


def test_an_empty_text() -> None:
    vocabulary = count([], 1)
    ids, offsets = encode([], vocabulary)
    assert (len(vocabulary), ids.tolist(), offsets.tolist()) == (0, [], [0])


def test_counts_and_numbers_agree() -> None:
    vocabulary = count(TEXT, 1)
    ids, _ = encode(TEXT, vocabulary)
    assert np.bincount(ids).tolist() == vocabulary.counts.tolist()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("qeen", "queen"), ("Queen", "queen"), ("princes", "princess"), ("thro", "throne"), ("皇后", "王后")],
)
def test_near_spellings(asked: str, meant: str) -> None:
    vocabulary = count([["queen", "princess", "king", "throne", "王后", "国王", "男孩"]], 1)
    assert near(asked, vocabulary.words)[0] == meant


NAMES = {"queen": 0, "King": 1, "the": 2}


@pytest.mark.parametrize(("word", "number"), [("queen", 0), (" Queen", 0), ("King", 1)])
def test_a_word_is_looked_up_as_it_is_and_in_lower_case(word: str, number: int) -> None:
    assert look_up(word, NAMES, list(NAMES)) == number


@pytest.mark.parametrize(
    ("word", "code"), [("qeen", "word_unknown"), ("zebra", "word_not_there"), ("龙", "word_not_there")]
)
def test_a_word_that_is_not_there(word: str, code: str) -> None:
    with pytest.raises(Mistake) as caught:
        look_up(word, NAMES, list(NAMES), without="word_not_there")
    assert caught.value.code == code
    assert caught.value.details.get("near", ["queen"]) == ["queen"]


def test_nothing_near() -> None:
    assert near("xyz", count([["queen"]], 1).words) == []
    assert near("龙", count([["王后", "queen"]], 1).words) == []
    assert near("dragon", count([["and", "ran", "organ", "王后"]], 1).words) == []
    assert len(near("a", count([["a", "aa", "aaa", "ab", "ba"]], 1).words, n=2)) <= 2


def test_split_keeps_every_sentence_once_and_in_order() -> None:
    sentences = [[str(i)] for i in range(25)]
    train, test = split(sentences, 0.1, 3)
    assert len(test) == 2  # 2.5, rounded down
    assert sorted(train + test, key=lambda s: int(s[0])) == sentences
    for part in (train, test):
        assert part == sorted(part, key=lambda s: int(s[0]))


def test_split_depends_on_its_seed_alone() -> None:
    numbers, letters = list(range(100)), [f"s{i}" for i in range(100)]
    assert split(numbers, 0.2, 5) == split(numbers, 0.2, 5) != split(numbers, 0.2, 6)
    assert [f"s{i}" for i in split(numbers, 0.2, 5)[1]] == split(letters, 0.2, 5)[1]


def test_split_at_its_ends() -> None:
    assert split([1, 2, 3], 0.0) == ([1, 2, 3], [])
    assert split([1, 2, 3], 1.0) == ([], [1, 2, 3])
    assert split([], 0.5) == ([], [])
