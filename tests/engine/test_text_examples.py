"""Labelled examples and the texts without labels: what may be labelled, what never is, and that sentences are whole."""

import itertools
import re
from typing import Any

import pytest

from engine.models import finish
from engine.text import corpora, entities, reviews
from engine.text.examples import LABELLED, NEVER, Example, half

TASKS = {"entities": entities, "reviews": reviews}
GIVEN = [(task, language) for task in TASKS for language in ("en", "zh")]


@pytest.fixture(params=GIVEN, ids=lambda given: " ".join(given))
def given(request: pytest.FixtureRequest) -> tuple[Any, str]:
    task, language = request.param
    return TASKS[task], language


def test_halves_part_a_list() -> None:
    assert (half("abcde", LABELLED), half("abcde", NEVER), half("abcde", None)) == ("abc", "de", "abcde")


def test_the_halves_have_no_word_in_common(given: tuple[Any, str]) -> None:
    task, language = given
    assert not set(task.words_of(language, LABELLED)) & set(task.words_of(language, NEVER))
    listed = [word for words in task.telling(language) for word in words]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("which", [LABELLED, NEVER])
def test_examples_use_words_of_their_half_only(given: tuple[Any, str], which: int) -> None:
    task, language = given
    other = set(task.words_of(language, 1 - which))
    for example in task.examples(language, which, 200, 7):
        assert not other & set(example.words), example


def test_as_many_examples_of_each_kind_all_different(given: tuple[Any, str]) -> None:
    task, language = given
    found = task.examples(language, LABELLED, 40, 3)
    assert [example.label for example in found] == [i % len(task.KINDS) for i in range(40)]
    more = task.examples(language, LABELLED, 200, 4, found)
    assert len({*found, *more}) == 240
    assert found == task.examples(language, LABELLED, 40, 3)
    assert task.examples(language, LABELLED, 20, 3) == found[:20]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_word_that_is_meant_is_of_its_kind(language: str) -> None:
    words = entities.LANGUAGES[language]
    names = [{*words.names[0], *words.surnames}, set(words.names[1]), set(words.names[2])]
    for example in entities.examples(language, LABELLED, 200, 1):
        meant = example.words[example.place]
        assert [meant in kind for kind in names] == [example.label == kind for kind in range(3)], example


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_adjectives_of_an_example_have_its_mood(language: str) -> None:
    moods = [
        {a for adjectives in reviews.telling(language)[mood::2] for a in adjectives} for mood in range(2)
    ]  # sad and glad in turn
    for example in reviews.examples(language, NEVER, 200, 1):
        assert len(moods[example.label] & set(example.words)) == 2
        assert not moods[1 - example.label] & set(example.words)


def test_no_label_is_in_the_text_but_all_words_are(given: tuple[Any, str]) -> None:
    """Every word that tells is often enough in the default text to learn a vector of."""
    task, language = given
    text = list(task.sentences(language, 40_000, 0))
    words = [word for sentence in text for word in sentence]
    for word in {*task.words_of(language, LABELLED), *task.words_of(language, NEVER)}:
        assert words.count(word) >= 20, word
    assert 40_000 <= len(words) < 40_000 + max(map(len, text))
    assert text == list(task.sentences(language, 40_000, 0))


def test_sentences_are_clean(given: tuple[Any, str]) -> None:
    task, language = given
    for sentence in itertools.islice(task.sentences(language, 10**9, 5), 3_000):
        line = " ".join(sentence)
        assert not re.search(r"[{}]|\ba [aeiou]|\ban [^aeiou]", line), line
        assert all(re.fullmatch(r"[a-z]+|,|[\u4e00-\u9fff]+|，", word) for word in sentence), line


def test_moods_are_mixed_as_it_says() -> None:
    """An adjective has the writer's mood in MOSTLY of all cases: two agree in MOSTLY² + (1 − MOSTLY)²."""
    glad = {a for adjectives in reviews.telling("en")[1::2] for a in adjectives}
    sad = {a for adjectives in reviews.telling("en")[0::2] for a in adjectives}
    text = [set(s) for s in itertools.islice(reviews.sentences("en", 10**9, 0), 4_000)]
    alike = sum(len(s & glad) == 2 or len(s & sad) == 2 for s in text) / len(text)
    assert alike == pytest.approx(reviews.MOSTLY**2 + (1 - reviews.MOSTLY) ** 2, abs=0.03)


def test_the_texts_are_read_by_name() -> None:
    class Spec:
        corpus, language, tokens = "reviews", "zh", 500

    assert finish(corpora.reading(Spec())) == list(reviews.sentences("zh", 500, 0))
    assert corpora.questions("entities", "en") == {}


def test_an_example_can_be_a_key() -> None:
    assert Example(("a",), 0, 1) in {Example(("a",), 0, 1)}
