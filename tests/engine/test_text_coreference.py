"""Sentences with an "it": what they are made of, and what is kept back."""

import random
from collections import Counter
from itertools import islice

import pytest

from engine.text import coreference
from engine.text.coreference import ADJECTIVES, EXAMPLES, KINDS, NOUNS, PRONOUN, Sentence, kept_back, kind, parted
from engine.text.typed import words_of

LANGUAGES = ("en", "zh")
both = pytest.mark.parametrize("language", LANGUAGES)


def some(language: str, n: int = 2_000) -> list[Sentence]:
    return list(islice(coreference.sentences(language, 0), n))


class First(random.Random):
    """Always the first choice, and no word before the sentence."""

    def choice(self, seq):
        return seq[0]

    def random(self):
        return 1.0


def words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


def test_a_sentence_by_hand():
    chance = First()
    english = coreference.sentence("en", chance)
    assert english.words == words("the animal did not cross the street because it was too tired")
    assert (english.pronoun, english.antecedent, english.competitor) == (8, 1, 6)
    assert english.pair == ("animal", "tired")
    chinese = coreference.sentence("zh", chance)
    assert chinese.words == words("这只 动物 没有 过 马路 ， 因为 它 太 累 了")
    assert (chinese.pronoun, chinese.antecedent, chinese.competitor) == (7, 1, 4)
    assert chinese.pair == ("动物", "累")


@both
def test_places_are_where_they_say(language):
    for each in some(language):
        assert each.words[each.pronoun] == PRONOUN[language]
        meant, other = kind(language, each.words[each.antecedent]), kind(language, each.words[each.competitor])
        assert meant != other
        assert each.pair[1] in ADJECTIVES[language][meant]
        assert set(each.words) <= set(coreference.vocabulary(language))


@both
def test_a_word_is_of_one_kind(language):
    for table in (NOUNS, ADJECTIVES):
        found = [word for each in KINDS for word in table[language][each]]
        assert len(found) == len(set(found))


@both
def test_neither_the_place_nor_the_adjective_alone_tells(language):
    """Each noun stands first in half of the sentences; and so it is for whatever adjective comes."""
    first = Counter((each.pair[1], each.antecedent < each.competitor) for each in some(language, 6_000))
    for adjective in {adjective for adjective, _ in first}:
        yes, no = first[adjective, True], first[adjective, False]
        assert 0.3 < yes / (yes + no) < 0.7, adjective


@both
def test_what_is_tested_was_never_learned(language):
    train, test = parted(language, 3, 2_000, 300)
    assert (len({each.words for each in train}), len({each.words for each in test})) == (2_000, 300)
    learned, unseen = ({each.pair for each in side} for side in (train, test))
    assert not learned & unseen
    assert not [each for each in train if kept_back(3, each.pair)]
    assert {word for pair in unseen for word in pair} <= {word for pair in learned for word in pair}


@both
def test_the_examples_are_unseen_with_any_seed(language):
    for line in EXAMPLES[language]:
        found = words_of(line, set(coreference.vocabulary(language)), 40)
        nouns = [word for word in found if kind(language, word)]
        said = found[-1] if language == "en" else found[-2]
        assert any(kept_back(seed, (noun, said)) for noun in nouns for seed in range(3))
    for seed in range(5):
        assert all(kept_back(seed, pair) for pair in coreference.ALWAYS)


def test_chinese_counts_what_is_counted():
    """Every noun has its word, but for two: one does not count 马路 and 街道 here."""
    nouns = {noun for each in KINDS for noun in NOUNS["zh"][each]}
    assert nouns - set(coreference.COUNTED) == {"马路", "街道"}
    assert set(coreference.COUNTED) <= nouns


def test_same_seed_same_sentences():
    assert parted("en", 1, 50, 10) == parted("en", 1, 50, 10)
    assert parted("en", 1, 50, 10) != parted("en", 2, 50, 10)
