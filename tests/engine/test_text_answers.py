"""Questions and answers: the grammar, the hidden preference by hand, people who compare, and the constitution."""

import random
from itertools import islice

import pytest

from engine.mistake import Mistake
from engine.models.reward import People
from engine.text import answers, constitution
from engine.text.answers import demonstrations, parsed, true_score, worth

LANGUAGES = tuple(answers.LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_demonstrations_are_sentences_of_the_grammar_and_are_read_as_they_were_made(language: str) -> None:
    drawn, known = list(islice(demonstrations(language, 0), 2_000)), set(answers.vocabulary(language))
    for _, answer in drawn:
        words = answer.words(language)
        assert parsed(language, words) == answer
        assert len(words) < answers.LONGEST
        assert set(words) <= known
    elsewhere = sum(asked != answer.thing for asked, answer in drawn) / len(drawn)
    assert elsewhere == pytest.approx(0.15 * 0.9, abs=0.03)
    for kind in ("polite", "rude"):
        assert (
            0.2 < sum(answer.opening in getattr(answers.LANGUAGES[language], kind) for _, answer in drawn) / 2_000 < 0.3
        )


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("the soup was good .", 1 - 0.4),
        ("the soup was very good and nice .", 2 - 0.64),
        ("the film was good .", 1 - 0.4 - 1),  # another thing
        ("thank you , the soup was good . all the best .", 1 + 1 + 0.5 - 0.08 * 12),
        ("who cares , the soup was dull . go away .", -1 - 1 - 0.5 - 0.08 * 11),
        ("good good good .", -2 - 0.32),  # no sentence: no praise
        ("thank you , dull .", 1 - 1 - 2 - 0.4),
        ("", -2),
    ],
)
def test_the_true_score_by_hand(said: str, score: float) -> None:
    assert true_score("en", "soup", said.split()) == pytest.approx(score)
    assert sum(worth("en", "soup", said.split()).values()) == pytest.approx(score)


def test_the_true_score_of_chinese_by_hand() -> None:
    both = "谢谢 关心 ， 汤 很 好 ， 而且 非常 棒 。"
    assert true_score("zh", "汤", both.split()) == pytest.approx(1 + 2 - 0.88)
    assert true_score("zh", "汤", ["走开", "。"]) == pytest.approx(-0.5 - 2 - 0.16)


def test_people_say_what_they_like_as_often_as_bradley_and_terry_have_it() -> None:
    good, bad = ("the", "soup", "was", "good", "."), ("the", "soup", "was", "dull", ".")
    chance = answers.likes("en", "soup", good, bad)
    assert chance == pytest.approx(1 / (1 + 2.718281828 ** (-3 * 2)))
    assert chance + answers.likes("en", "soup", bad, good) == pytest.approx(1)
    coin = random.Random(0)
    said = [People(wrong=0.4).says("en", "soup", good, bad, coin) for _ in range(4_000)]
    assert sum(said) / 4_000 == pytest.approx(0.6 * chance + 0.4 * (1 - chance), abs=0.03)
    longer = (*good, *["that", "was", "on", "friday", "."])
    loving = [People("length").says("en", "soup", good, longer, coin) for _ in range(1_000)]
    assert sum(loving) / 1_000 == pytest.approx(1 / (1 + 2.718281828**2.5), abs=0.03)
    assert answers.likes("en", "soup", longer, good, "length") == pytest.approx(1 / (1 + 2.718281828**-2.5))


@pytest.mark.parametrize("language", LANGUAGES)
def test_revised_answers_keep_the_principle_and_stay_in_the_grammar(language: str) -> None:
    for asked, answer in islice(demonstrations(language, 1), 300):
        for principle in constitution.PRINCIPLES:
            (told,) = constitution.criticised(principle, language, asked, answer.words(language))
            assert bool(told.found) == (told.before != told.after), (principle, told)
            assert parsed(language, told.after), told
            left = constitution.offences(principle, language, asked, told.after)
            assert not left, (principle, told)
    broken = constitution.criticised("right, polite", language, answers.LANGUAGES[language].things[0], ("？",))
    assert parsed(language, broken[-1].after)


def test_the_first_principle_that_tells_two_answers_apart_decides() -> None:
    short = ["the", "soup", "was", "good", "."]
    polite = ["thank", "you", ",", "the", "soup", "was", "dull", "and", "poor", "."]
    assert constitution.prefers("polite, short", "en", "soup", polite, short) == (1.0, "polite")
    assert constitution.prefers("short, polite", "en", "soup", polite, short) == (0.0, "short")
    assert constitution.prefers("right", "en", "soup", polite, short) == (0.5, "")


@pytest.mark.parametrize(
    ("line", "code"),
    [("", "principles_none"), ("kind", "principle_unknown"), ("short, polite, detailed", "principles_contrary")],
)
def test_principles_that_cannot_be_kept_are_refused(line: str, code: str) -> None:
    with pytest.raises(Mistake) as refused:
        constitution.principles(line)
    assert refused.value.code == code
    assert constitution.principles(" polite  right,polite") == "polite, right"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_to_vote_on_differ_and_stay_the_same(language: str) -> None:
    pairs = answers.to_vote(language, 0, 60)
    assert all(a != b for _, a, b in pairs)
    assert answers.to_vote(language, 0, 5) == pairs[:5]
