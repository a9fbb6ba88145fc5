"""Analogies: a is to b as c is to which word? Arithmetic on vectors, for every model that has some.

3CosAdd (Mikolov, Yih, Zweig 2013) looks for the x with the largest cos(x, b − a + c), 3CosMul (Levy & Goldberg 2014)
for the largest cos(x, b) cos(x, c) / cos(x, a). Both are usually played with the three words of the question left out
of the answers: without that rule the answer is often b or c itself, so it can be switched off here.

V words, D dimensions, Q questions. Vectors come as unit vectors (`unit`), words as row numbers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

EPSILON = 0.001  # Levy & Goldberg's: keeps 3CosMul from dividing by zero


@dataclass(frozen=True)
class Questions:
    """Analogy questions as row numbers.

    `words` (Q, 4) int64: a, b, c and the right answer d. `categories` maps a name to the rows of its questions.
    """

    words: np.ndarray
    categories: dict[str, slice]

    def only(self, category: str | None) -> np.ndarray:
        """The questions (q, 4) of one category, or all."""
        return self.words[self.categories[category]] if category else self.words


def indexed(questions: Mapping[str, Iterable[tuple[str, str, str, str]]], index: Mapping[str, int]) -> Questions:
    """The questions whose four words are all in `index` (word → row). Categories without any are left out."""
    rows: list[list[int]] = []
    categories: dict[str, slice] = {}
    for category, asked in questions.items():
        known = [[index[word] for word in question] for question in asked if all(word in index for word in question)]
        if known:
            categories[category] = slice(len(rows), len(rows) + len(known))
            rows += known
    return Questions(np.array(rows, dtype=np.int64).reshape(-1, 4), categories)


def unit(vectors: np.ndarray) -> np.ndarray:
    """The vectors (V, D) with length 1. A vector of zeros stays one."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)  # (V, 1)
    shortened: np.ndarray = vectors / np.maximum(length, np.finfo(np.float32).tiny)
    return shortened


def three_cos_add(units: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """cos(x, b − a + c) for every word x: units (V, D), a, b, c (Q,) → (Q, V)."""
    return cosines(units, units[b] - units[a] + units[c])


def three_cos_mul(
    units: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray, epsilon: float = EPSILON
) -> np.ndarray:
    """cos(x, b) cos(x, c) / (cos(x, a) + ε) for every word x, with cosines shifted to 0 … 1: → (Q, V)."""
    to_a, to_b, to_c = ((1 + units[word] @ units.T) / 2 for word in (a, b, c))  # (Q, V) each
    score: np.ndarray = to_b * to_c / (to_a + epsilon)
    return score


def cosines(units: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """cos(x, target) for every word x: units (V, D), targets (Q, D) of any length → (Q, V)."""
    scores: np.ndarray = unit(targets) @ units.T
    return scores


def without(scores: np.ndarray, *words: np.ndarray) -> np.ndarray:
    """The scores (Q, V) with −∞ for each of `words` (Q,): they cannot be the answer. Changes `scores`."""
    for word in words:
        scores[np.arange(len(scores)), word] = -np.inf
    return scores


def rank(scores: np.ndarray, answer: int) -> int:
    """The place of a word among scores (V,): 1 if it alone scores highest.

    Of words that score alike each has the last of their places: with vectors of one number a model cannot tell them
    apart, and shall not be given the first.
    """
    return int(np.count_nonzero(scores >= scores[answer]))


def best(scores: np.ndarray, n: int) -> np.ndarray:
    """The n words with the highest of scores (V,), best first; words at −∞ are left out."""
    order = np.argsort(-scores, kind="stable")[:n]
    return order[scores[order] > -np.inf]


def right(units: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Which of the questions (Q, 4) 3CosAdd answers with d, question words excluded: → (Q,) bool."""
    a, b, c, d = asked.T
    hits: np.ndarray = without(three_cos_add(units, a, b, c), a, b, c).argmax(axis=1) == d
    return hits


def accuracy(vectors: np.ndarray, questions: Questions) -> dict[str, float]:
    """The share of questions answered right by 3CosAdd, question words excluded.

    "analogy_accuracy" is the mean over all questions, "analogy_<category>" over one category's. Empty if there are
    no questions: a model that was asked nothing has no accuracy.
    """
    if not len(questions.words):
        return {}
    hits = right(unit(vectors), questions.words)
    by_category = {f"analogy_{name}": float(hits[rows].mean()) for name, rows in questions.categories.items()}
    return {"analogy_accuracy": float(hits.mean()), **by_category}


Score = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]

# How one may look for d, and whether the question words are left out. The first three subtract nothing: what they
# reach, no "king − man" is needed for.
WAYS: dict[str, tuple[Score, bool]] = {
    "c": (lambda units, a, b, c: cosines(units, units[c]), True),
    "b": (lambda units, a, b, c: cosines(units, units[b]), True),
    "b + c": (lambda units, a, b, c: cosines(units, units[b] + units[c]), True),
    "b − a + c": (three_cos_add, True),
    "b − a + c, none excluded": (three_cos_add, False),
    "b · c / a": (three_cos_mul, True),
}


def baselines(vectors: np.ndarray, asked: np.ndarray) -> dict[str, float]:
    """The share of the questions (Q, 4) each of WAYS answers right. Empty if there are no questions."""
    if not len(asked):
        return {}
    units = unit(vectors)
    a, b, c, d = asked.T
    shares = {}
    for name, (score, exclude) in WAYS.items():
        scores = score(units, a, b, c)
        if exclude:
            without(scores, a, b, c)
        shares[name] = float((scores.argmax(axis=1) == d).mean())
    return shares
