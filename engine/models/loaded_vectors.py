"""Word vectors from a file, asked as those are that were trained here.

Mikolov, Chen, Corrado, Dean (2013) published their vectors with their program, Pennington, Socher, Manning (2014) and
others did the same: whoever needs vectors can take some that were made from a hundred billion words. Their formats are
in engine/text/vector_files.py.

What differs here, and why: nothing is trained, so there is one moment only. Only the first words of a file are read, at
most 50,000: they are the most frequent, and the lesson's pictures show a thousand. The file is not kept.
"""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.experiments import OWN, LoadedVectors
from engine.measure import analogies, vectors
from engine.measure.vectors import Vectors
from engine.mistake import Mistake
from engine.models import finish
from engine.models.vector_trace import trace_analogy
from engine.snapshot import Numbers, Snapshot
from engine.text import corpora, vector_files
from engine.text.vector_files import Found
from engine.text.vocabulary import Vocabulary, look_up, near

LISTED = 1_000  # words in the facts
LANGUAGES = ("en", "zh")

# Four features by hand, the table with which the Word2Vec page opens: gender, royal, age, food.
SAMPLE = b"""6 4
man -1.00 0.01 0.03 0.09
woman 1.00 0.02 0.02 0.01
king -0.95 0.93 0.70 0.02
queen 0.97 0.95 0.69 0.01
apple 0.00 -0.01 0.03 0.95
orange 0.01 0.00 -0.02 0.97
"""


class FileVectors(Vectors):
    """Vectors of a file: what they do not have was not in the file, or further back in it."""

    def row(self, word: str) -> int:
        """A word's row. Raises Mistake("word_unloaded") with words spelt like it, or ("word_unloaded_unlike")."""
        try:
            return look_up(word, self.index, self.words)
        except Mistake:
            if alike := near(word, self.words):
                raise Mistake("word_unloaded", word=word, near=alike) from None
            raise Mistake("word_unloaded_unlike", word=word) from None


@dataclass
class Model:
    """A file's vectors, and what is known of the file. `seconds` of CPU were spent on reading it."""

    spec: LoadedVectors
    vectors: FileVectors
    found: Found
    size: int
    seconds: float


def preparing(spec: LoadedVectors, data: bytes | None = None) -> Generator[float, None, Model]:
    """Reads the file; yields the share that is read. Raises Mistake("vectors_missing"), or what `reading` raises."""
    begin = time.thread_time()
    if not spec.corpus.startswith(OWN):
        data = SAMPLE
    elif data is None or vector_files.name(data) != spec.corpus:
        raise Mistake("vectors_missing")
    found = yield from vector_files.reading(data, spec.most)
    vocabulary = Vocabulary(tuple(found.words), np.zeros(len(found.words), np.int64))
    table = found.table()
    found.rows.clear()  # the table holds them
    asked = analogies.indexed(_questions(), vocabulary.index)
    words = FileVectors(vocabulary.words, vocabulary.index, table, vocabulary.marks, asked)
    return Model(spec, words, found, len(data), time.thread_time() - begin)


def _questions() -> dict[str, list[tuple[str, str, str, str]]]:
    """The kingdom's analogies in every language: those are asked whose words the file has."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for language in LANGUAGES:
        for category, asked in corpora.questions("kingdom", language).items():
            found.setdefault(category, []).extend(asked)
    return found


def build(spec: LoadedVectors, data: bytes | None = None) -> Model:
    """The model, all at once."""
    return finish(preparing(spec, data))


def train(model: Model) -> Iterator[Snapshot]:
    """The only moment there is: nothing is learnt. analogy_accuracy: of the kingdom's questions whose words it has."""
    metrics = {"words": float(len(model.vectors.words)), "dimensions": float(model.found.dim)}
    yield Snapshot(0, 0, model.seconds, {**metrics, **analogies.accuracy(model.vectors.table, model.vectors.questions)})


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the file."""
    found, words = model.found, list(model.vectors.words)
    known = [word for language in LANGUAGES for word in corpora.map_words("kingdom", language) if word in found.known]
    return {
        "vocabulary": words[:LISTED],
        "vocabulary_size": len(words),
        "dimensions": found.dim,
        "format": found.format,
        "packed": found.packed,
        "declared": found.declared,
        "short": found.short,
        "twice": list(dict.fromkeys(found.twice))[: vector_files.NAMED],
        "twice_count": len(found.twice),
        "bytes": model.size,
        "questions": len(model.vectors.questions.words),
        "words": list(dict.fromkeys([*known, *words[:10]])),
        "analogy": None,
    }


def weights(model: Model) -> dict[str, np.ndarray]:
    """A copy of the table (V, D)."""
    return {"table": model.vectors.table.copy()}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model: it has no other moment."""
    return model


def _of(model: Model) -> Vectors:
    return model.vectors


QUESTIONS: dict[str, Callable[..., Any]] = {
    **vectors.questions(_of),
    "trace_analogy": vectors.asked(trace_analogy, _of),
}
VIEWS: dict[str, Callable[..., Numbers]] = vectors.views(_of)
