"""The texts one can train on, by the name a spec gives them: kingdom, kjv, jobs, one's own, and two for labels."""

import sys
import time
from collections import OrderedDict
from collections.abc import Generator, Iterable
from typing import Any

from engine.experiments import OWN
from engine.mistake import Mistake
from engine.text import entities, jobs, kingdom, kjv, own, reviews
from engine.text.kingdom import Question

KEPT = 4  # texts a process keeps read, so that a second run on one starts at once
SLICE = 0.03  # seconds of reading between two reports
DEFAULTS: dict[str, Any] = {
    "corpus": "kingdom",
    "language": "en",
    "tokens": 50_000,
    "corpus_seed": 0,
    "mixed": 0.0,
    "segment": "words",
}
KJV_WORDS = 792_336  # for the progress bar

Reading = Generator[float, None, list[list[str]]]
_kept: OrderedDict[tuple[Any, ...], list[list[str]]] = OrderedDict()


def reading(spec: Any, text: str | None = None) -> Reading:
    """The sentences of a spec's corpus, each a list of words; yields the share that is read at least every 50 ms.

    A field that the spec lacks is taken as its default. `text` is the learner's own and only needed for a corpus
    "own:…". The list is shared between runs: do not change it. Raises Mistake("own_text_missing") and what `own.check`
    raises.
    """
    field = {name: getattr(spec, name, default) for name, default in DEFAULTS.items()}
    key, fresh = _source(text, **field)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    sentences = yield from fresh
    _kept[key] = sentences
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return sentences


def _source(
    text: str | None, corpus: str, language: str, tokens: int, corpus_seed: int, mixed: float, segment: str
) -> tuple[tuple[Any, ...], Reading]:
    """What the sentences depend on, and the reading of them, which has not begun."""
    if corpus == "kjv":
        return (corpus,), _collect(kjv.sentences(), KJV_WORDS)
    if corpus.startswith(OWN):
        if text is None or own.name(text) != corpus:
            raise Mistake("own_text_missing")
        own.check(text)
        return (corpus, segment), own.reading(text, segment)
    made = _made(corpus).sentences(language, tokens, corpus_seed, mixed)
    return (corpus, language, tokens, corpus_seed, mixed), _collect(made, tokens)


def _collect(sentences: Iterable[list[str]], expected: int) -> Reading:
    """All sentences in a list, with the share of the `expected` words as progress."""
    found: list[list[str]] = []
    words, due = 0, time.perf_counter() + SLICE
    for sentence in sentences:
        found.append([sys.intern(word) for word in sentence])  # one copy of each word: a tenth of the memory
        words += len(sentence)
        if time.perf_counter() > due:
            yield min(words / expected, 1.0)
            due = time.perf_counter() + SLICE
    return found


def questions(corpus: str, language: str) -> dict[str, list[Question]]:
    """Analogy questions by category that fit the corpus: none for a learner's own text."""
    if corpus == "kjv":
        return kjv.questions()
    return _made(corpus).questions(language) if _made(corpus) else {}


def attributes(corpus: str, language: str) -> dict[str, dict[str, str]]:
    """Word → what it is (gender, rank, …), for colours and shapes on a map; the models never see it."""
    if corpus == "kjv":
        return kjv.ATTRIBUTES
    return _made(corpus).ATTRIBUTES[language] if _made(corpus) else {}


def map_words(corpus: str, language: str) -> tuple[str, ...]:
    """The words a map shows unless the learner chooses others."""
    if corpus == "kjv":
        return kjv.MAP_WORDS
    return _made(corpus).MAP_WORDS[language] if _made(corpus) else ()


def default_analogy(corpus: str, language: str) -> Question | None:
    """The analogy a page starts with, "a is to b as c is to d"."""
    if corpus == "kjv":
        return kjv.ANALOGY
    return _made(corpus).ANALOGY[language] if _made(corpus) else None


def default_axes(corpus: str, language: str) -> tuple[tuple[str, str], ...] | None:
    """The axes a map starts with, (plus, minus) words each; None for those of greatest variance."""
    return jobs.AXES[language] if corpus == "jobs" else None


def _made(corpus: str) -> Any:
    return {"kingdom": kingdom, "jobs": jobs, "entities": entities, "reviews": reviews}.get(corpus)
