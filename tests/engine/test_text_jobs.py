"""The text with gendered jobs: nine of ten, and only in the pronouns."""

import itertools

import pytest

from engine.text import jobs

HE = {"en": ({"he", "his", "him", "himself"}, {"she", "her", "herself"}), "zh": ({"他"}, {"她"})}
LANGUAGES = ("en", "zh")


def he_share(language: str, job: str, mixed: float) -> float:
    """Share of the sentences with `job` in which it is "he", of those with a pronoun."""
    he, she = HE[language]
    sentences = [set(s) for s in jobs.sentences(language, 100_000, 0, mixed) if job in s]
    hes, shes = sum(bool(s & he) for s in sentences), sum(bool(s & she) for s in sentences)
    return hes / (hes + shes)


@pytest.mark.parametrize(
    ("language", "he", "she", "both"), [("en", *jobs.EN.workplaces[0].jobs), ("zh", *jobs.ZH.workplaces[0].jobs)]
)
def test_the_text_is_skewed_as_it_says(language: str, he: str, she: str, both: str) -> None:
    assert he_share(language, he, 0.0) == pytest.approx(jobs.SKEW, abs=0.05)
    assert he_share(language, she, 0.0) == pytest.approx(1 - jobs.SKEW, abs=0.05)
    assert he_share(language, both, 0.0) == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize(
    ("language", "he", "she", "both"), [("en", *jobs.EN.workplaces[0].jobs), ("zh", *jobs.ZH.workplaces[0].jobs)]
)
def test_mixed_is_fair(language: str, he: str, she: str, both: str) -> None:
    assert he_share(language, he, 1.0) == pytest.approx(0.5, abs=0.08)
    assert he_share(language, she, 1.0) == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_he_and_she_at_once(language: str) -> None:
    he, she = HE[language]
    for sentence in itertools.islice(jobs.sentences(language, 10**9, 1), 3_000):
        assert not (he & set(sentence) and she & set(sentence)), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_asked_for_exist(language: str) -> None:
    words = {word for s in jobs.sentences(language, 20_000, 0) for word in s}
    asked = {w for qs in jobs.questions(language).values() for q in qs for w in q}
    assert asked | set(jobs.MAP_WORDS[language]) | set(jobs.ATTRIBUTES[language]) <= words
    assert jobs.ANALOGY[language] in jobs.questions(language)["jobs"]
    assert not any("{" in word or "}" in word for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_seed_same_text(language: str) -> None:
    first, second = (list(jobs.sentences(language, 3_000, 4, 0.5)) for _ in range(2))
    assert first == second
    assert sum(map(len, first[:-1])) < 3_000 <= sum(map(len, first))
