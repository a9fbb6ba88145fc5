"""What any model that has word vectors can be asked, and what a stage draws of them.

Each model says which table it means (`of(model)` → Vectors); `questions` and `views` make its own out of the functions
here, so that the same question is the same arithmetic in every era. V words, D dimensions.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Self

import numpy as np

from engine.measure import analogies, projections
from engine.mistake import Mistake
from engine.snapshot import Numbers
from engine.text.vocabulary import Vocabulary, look_up

METHODS = {"add": analogies.three_cos_add, "mul": analogies.three_cos_mul}


@dataclass(frozen=True, eq=False)
class Vectors:
    """Words and their vectors, in the same order.

    `words` (V,), the most frequent first where `counts` (V,) are known, and `index`, word → row. `table` (V, D) float32
    holds the vectors, `marks` the rows of punctuation, which answers no question. `questions` are analogies by rows.
    """

    words: Sequence[str]
    index: Mapping[str, int]
    table: np.ndarray
    marks: np.ndarray
    questions: analogies.Questions
    counts: np.ndarray | None = None

    @classmethod
    def known(cls, vocabulary: Vocabulary, table: np.ndarray, questions: analogies.Questions) -> Self:
        """The vectors (V, D) of a text's vocabulary."""
        return cls(vocabulary.words, vocabulary.index, table, vocabulary.marks, questions, vocabulary.counts)

    def row(self, word: str) -> int:
        """A word's row. Raises Mistake("word_unknown") with words spelt like it, ("word_unlike") where none are."""
        return look_up(word, self.index, self.words)

    def rows(self, words: Sequence[str]) -> list[int]:
        """The rows of different words. Raises Mistake("word_twice"), ("word_unknown"), ("word_unlike")."""
        rows = [self.row(word) for word in words]
        for i, word in enumerate(words):
            if rows[i] in rows[:i]:
                raise Mistake("word_twice", word=word)
        return rows

    def listed(self, scores: np.ndarray, n: int) -> list[dict[str, Any]]:
        """The n best words of scores (V,), with their scores; words at −∞ are left out."""
        return [{"word": self.words[x], "score": float(scores[x])} for x in analogies.best(scores, n)]


# ---- questions: answers are JSON --------------------------------------------------------------------------------


def _analogy_scores(vectors: Vectors, rows: list[int], method: str = "add") -> np.ndarray:
    """How well each word (V,) answers "a is to b as c is to …", for rows a, b, c; −∞ for punctuation."""
    if method not in METHODS:
        raise Mistake("dial_option", name="method", value=method, allowed=list(METHODS))
    a, b, c = (np.array([x]) for x in rows)
    scores: np.ndarray = METHODS[method](analogies.unit(vectors.table), a, b, c)[0]
    scores[vectors.marks] = -np.inf
    return scores


def analogy(
    vectors: Vectors, words: tuple[str, str, str], exclude: bool = True, method: str = "add", n: int = 10
) -> dict[str, Any]:
    """a is to b as c is to …: the n words nearest to b − a + c, by 3CosAdd ("add") or 3CosMul ("mul").

    king − man + woman is words = (man, king, woman). `exclude` leaves these three out of the answers.
    """
    rows = vectors.rows(words)
    scores = _analogy_scores(vectors, rows, method)
    if exclude:
        scores[rows] = -np.inf
    excluded = [vectors.words[x] for x in rows] if exclude else []
    return {"answers": vectors.listed(scores, n), "excluded": excluded}


def neighbours(vectors: Vectors, word: str, n: int = 10) -> dict[str, Any]:
    """The n words whose vectors point most nearly the same way, by cosine; not the word itself, no punctuation."""
    x = vectors.row(word)
    scores = analogies.cosines(analogies.unit(vectors.table), vectors.table[[x]])[0]
    scores[[x, *vectors.marks]] = -np.inf
    return {"answers": vectors.listed(scores, n), "excluded": [vectors.words[x]]}


def similarity(vectors: Vectors, words: list[str]) -> dict[str, Any]:
    """The cosine of every word with every other: a table in the order of the words."""
    units = analogies.unit(vectors.table[[vectors.row(word) for word in words]])
    return {"words": list(words), "cosines": (units @ units.T).tolist()}


def accuracy(vectors: Vectors) -> dict[str, float]:
    """analogy_accuracy and analogy_<category>, as in the metrics."""
    return analogies.accuracy(vectors.table, vectors.questions)


def baselines(vectors: Vectors, category: str | None = None) -> dict[str, Any]:
    """The share of analogy questions right with and without the arithmetic (`analogies.WAYS`), and how many there are.

    Raises Mistake("dial_option") for a category the text has no questions of.
    """
    if category and category not in vectors.questions.categories:
        raise Mistake("dial_option", name="category", value=category, allowed=list(vectors.questions.categories))
    asked = vectors.questions.only(category)
    return {"questions": len(asked), "accuracy": analogies.baselines(vectors.table, asked)}


def project_vectors(vectors: Vectors, words: list[str] | None = None, n: int = 200) -> dict[str, Any]:
    """Vectors for a map by another method: those of `words`, or of the n most frequent."""
    rows = [vectors.row(word) for word in words] if words else list(range(min(n, len(vectors.words))))
    return {"words": [vectors.words[x] for x in rows], "vectors": vectors.table[rows].tolist()}


def rank(vectors: Vectors, words: tuple[str, str, str, str]) -> dict[str, Any]:
    """The place of d among the answers to "a is to b as c is to …", for words (a, b, c, d): see `rank_view`."""
    numbers = rank_view(vectors, None, *words)
    return {key: numbers[key] for key in ("excluded", "all", "answers")}


def spread(vectors: Vectors) -> dict[str, float]:
    """The mean cosine of two different words: near 0 when the vectors fill the space, near 1 when all are alike."""
    units = analogies.unit(vectors.table)
    V = len(units)
    return {"cosine": float((np.square(units.sum(axis=0)).sum() - V) / (V * (V - 1)))}


def export(vectors: Vectors) -> dict[str, str]:
    """All vectors in word2vec's text format, which gensim and others read: "V D", then a word and D numbers."""
    V, D = vectors.table.shape
    lines = [" ".join([word, *(f"{x:.6g}" for x in v)]) for word, v in zip(vectors.words, vectors.table, strict=True)]
    return {"text": "\n".join([f"{V} {D}", *lines, ""])}


# ---- views: what a stage draws of one moment, numbers only ------------------------------------------------------


def map_view(
    vectors: Vectors,
    previous: Numbers | None,
    words: tuple[str, ...],
    axes: tuple[tuple[str, str], ...] | None = None,
    dims: int = 2,
) -> Numbers:
    """A map of `words`: by PCA, turned onto the previous moment's map, or along differences of words.

    `axes` ((plus, minus), …) are directions such as woman − man: see `projections.along`. Returns xy (N, dims)
    float32, the words, and the share (dims,) of the words' variance that each axis shows.
    """
    shown = vectors.table[[vectors.row(word) for word in words]]  # (N, D)
    onto = previous["xy"] if previous is not None and previous["xy"].shape == (len(words), dims) else None
    if axes:
        ends = [vectors.rows(pair) for pair in axes]
        directions = np.array([vectors.table[plus] - vectors.table[minus] for plus, minus in ends])  # (k, D)
        xy, share = projections.along(shown, directions, dims, onto)
    else:
        xy, share = projections.pca(shown, dims, onto)
    return {"xy": xy.astype(np.float32), "words": list(words), "share": share}


def nearest_view(vectors: Vectors, previous: Numbers | None, word: str, n: int = 8) -> Numbers:
    """The n nearest words and their cosines (n,)."""
    answers = neighbours(vectors, word, n)["answers"]
    return {"words": [x["word"] for x in answers], "scores": np.array([x["score"] for x in answers], np.float32)}


def rank_view(vectors: Vectors, previous: Numbers | None, a: str, b: str, c: str, d: str) -> Numbers:
    """The place of d among the answers to "a is to b as c is to …", with the question words excluded and not excluded.

    1 is the first place. `answers` and `scores` are the first three with the question words excluded.
    """
    *rows, answer = vectors.rows((a, b, c, d))
    scores = _analogy_scores(vectors, rows)
    with_all = analogies.rank(scores, answer)
    scores[rows] = -np.inf
    first = vectors.listed(scores, 3)
    return {
        "excluded": analogies.rank(scores, answer),
        "all": with_all,
        "answers": [x["word"] for x in first],
        "scores": np.array([x["score"] for x in first], np.float32),
    }


# ---- as questions and views of a model --------------------------------------------------------------------------


def asked(function: Callable[..., Any], of: Callable[..., Vectors]) -> Callable[..., Any]:
    """The function, asked of a model instead of its vectors, which are of(model, …).

    Takes what the function takes, and by name what `of` takes besides the model: which of its tables is meant.
    """
    first, *which = inspect.signature(of).parameters.values()

    @wraps(function)
    def answer(model: Any, /, *given: Any, **named: Any) -> Any:
        chosen = {each.name: named.pop(each.name) for each in which if each.name in named}
        return function(of(model, **chosen), *given, **named)

    takes = list(inspect.signature(function).parameters.values())[1:]
    by_name = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in which]
    answer.__signature__ = inspect.Signature([first, *takes, *by_name])  # type: ignore[attr-defined]
    return answer


def questions(of: Callable[..., Vectors]) -> dict[str, Callable[..., Any]]:
    """All questions above, for a model's QUESTIONS."""
    every = (analogy, neighbours, similarity, accuracy, baselines, rank, spread, project_vectors, export)
    return {function.__name__: asked(function, of) for function in every}


def views(of: Callable[..., Vectors]) -> dict[str, Callable[..., Numbers]]:
    """All views above, for a model's VIEWS."""
    return {function.__name__: asked(function, of) for function in (map_view, nearest_view, rank_view)}
