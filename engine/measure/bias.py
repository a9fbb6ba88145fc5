"""A direction such as from he to she: which words lean which way, what is left when it is taken out, and what is not.

Bolukbasi, Chang, Zou, Saligrama, Kalai (2016, "Man is to Computer Programmer as Woman is to Homemaker? Debiasing Word
Embeddings") look for a direction d on which pairs such as he and she differ, call the part of a word along it its
bias, and take it out: v ← v − (v · d) d. Gonen and Goldberg (2019, "Lipstick on a Pig: Debiasing Methods Cover up
Systematic Gender Biases in Word Embeddings but do not Remove Them") ask afterwards who still is whose neighbour: words
that leaned the same way are still near each other, and a classifier still tells the two sides apart.

What differs here, and why:
- Bolukbasi and others also make pairs such as grandmother and grandfather equally far from all other words
  (equalize). It changes the pairs alone, and jobs are in none.
- Beside the direction asked for, all is measured with `CONTROLS` directions drawn at random. They mean nothing, so what
  stays behind after they are taken out tells how much of it is due to any direction in vectors that stand in clumps.
- Sides are told apart by ridge regression, where Gonen and Goldberg use a support vector machine: it is one formula.

V words, D dimensions, N words that are looked at, `units` (·, D) vectors of length 1, d (D,) a direction of length 1.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.measure.analogies import cosines, unit
from engine.measure.vectors import Vectors, asked
from engine.mistake import Mistake
from engine.snapshot import Numbers

CONTROLS = 3  # random directions for comparison
NEAREST = 5  # neighbours that are counted, at most
FOLDS = 5  # parts of the words, of which each is told apart by what the others taught
RIDGE = 0.1  # what keeps the classifier's weights small
LEAST = 3  # words on either side, at least

Pairs = Sequence[tuple[str, str]]

# ---- arrays -----------------------------------------------------------------------------------------------------


def direction(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, float]:
    """From `first` to `second` (P, D), unit vectors of P pairs: d (D,), and its share of how the pairs differ.

    Of one pair it is second − first. Of several it is the first principal component of all words, each taken from the
    middle of its own pair, so that what is common to a pair does not count. It points from `first` to `second`.
    """
    apart = np.concatenate([second - first, first - second]) / 2  # (2P, D): each word from the middle of its pair
    _, s, axes = np.linalg.svd(apart.astype(np.float64), full_matrices=False)
    d = axes[0] if (second - first).sum(axis=0) @ axes[0] >= 0 else -axes[0]
    return d, float(s[0] ** 2 / max(np.square(s).sum(), 1e-30))


def neutral(units: np.ndarray, d: np.ndarray) -> np.ndarray:
    """The vectors (N, D) without what they have along d, of length 1 again. One that was d alone becomes 0."""
    left = units - np.outer(units @ d, d)  # (N, D)
    lengths = np.linalg.norm(left, axis=1, keepdims=True)
    return np.where(lengths > 1e-9, left / np.maximum(lengths, 1e-9), 0.0)


def extremes(lean: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n that lean (N,) farthest either way: places (2n,), lowest first, and side (2n,), 0 and 1."""
    order = np.argsort(lean, kind="stable")
    return np.concatenate([order[:n], order[len(order) - n :]]), np.repeat([0, 1], n)


def beside(units: np.ndarray, side: np.ndarray, nearest: int = NEAREST) -> float:
    """The share of each word's nearest words, among those given, that are of its own side: (N, D), (N,)."""
    alike = units @ units.T  # (N, N)
    np.fill_diagonal(alike, -np.inf)
    found = np.argsort(-alike, axis=1, kind="stable")[:, : min(nearest, len(units) - 1)]
    return float((side[found] == side[:, None]).mean())


def told_apart(units: np.ndarray, side: np.ndarray) -> float:
    """The share of words (N, D) whose side (N,) a linear classifier finds that was taught by the others.

    Ridge regression on −1 and 1, each of FOLDS parts foretold by the rest; every part has as many of both sides.
    """
    t = 2.0 * side - 1  # (N,)
    part = np.empty(len(side), np.int64)
    for each in (0, 1):  # drawn at random, so that the words leaning most are not all in one part
        rows = np.flatnonzero(side == each)
        part[np.random.default_rng(each).permutation(rows)] = np.arange(len(rows)) % FOLDS
    hits = 0
    for k in range(FOLDS):
        taught, y = units[part != k], t[part != k]
        middle = taught.mean(axis=0)  # (D,)
        X = taught - middle
        w = np.linalg.solve(X.T @ X + RIDGE * np.eye(X.shape[1]), X.T @ y)  # (D,)
        hits += int((((units[part == k] - middle) @ w > 0) == side[part == k]).sum())
    return hits / len(side)


def remains(units: np.ndarray, d: np.ndarray, n: int) -> dict[str, list[float]]:
    """The n words leaning farthest either way, before and after d is taken out of all: [before, after] of each measure.

    lean: the mean of |v · d|. beside, told_apart: as above, where ½ is chance.
    """
    chosen, side = extremes(units @ d, n)
    tables = [units[chosen], neutral(units[chosen], d)]
    return {
        "lean": [round(float(np.abs(table @ d).mean()), 9) for table in tables],  # what rounding leaves is 0
        "beside": [beside(table, side, min(NEAREST, n // 2)) for table in tables],
        "told_apart": [told_apart(table, side) for table in tables],
    }


# ---- questions: of words and their vectors, answers are JSON ----------------------------------------------------


def _between(vectors: Vectors, pairs: Pairs) -> tuple[np.ndarray, float]:
    if not pairs:
        raise Mistake("axis_unfinished", given=0)
    ends = np.array([vectors.rows(pair) for pair in pairs])  # (P, 2)
    units = unit(vectors.table)
    return direction(units[ends[:, 0]], units[ends[:, 1]])


def bias_leans(vectors: Vectors, words: list[str], pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """How far words lean from the first to the second word of the pairs, as cosines with the direction; and after.

    `share` is how much of the pairs' differences lies along it. Raises Mistake("word_unknown"), ("word_unlike"),
    ("word_twice") or ("axis_unfinished").
    """
    d, share = _between(vectors, pairs)
    units = unit(vectors.table[[vectors.row(word) for word in words]])  # (N, D)
    after = np.round(neutral(units, d) @ d, 9)  # what rounding leaves is 0
    return {"words": list(words), "lean": (units @ d).tolist(), "after": after.tolist(), "share": share}


def bias_removal(
    vectors: Vectors,
    pairs: list[tuple[str, str]],
    among: list[str] | None = None,
    without: list[str] | None = None,
    n: int = 50,
) -> dict[str, Any]:
    """What taking the direction out does and does not do, on the n words that lean farthest either way.

    Words are `among` those given, or all; not the pairs' own, nor punctuation, nor those `without`, such as words that
    say their gender themselves. n is at most a third of them. `sides` are the two lists, the farthest first. `asked`
    holds [before, after] of each measure of `remains`, `control` the means of random directions. Raises what
    `bias_leans` raises, or Mistake("too_few_words").
    """
    d, share = _between(vectors, pairs)
    own = {vectors.row(word) for words in (*pairs, without or []) for word in words} | set(vectors.marks.tolist())
    rows = np.array([vectors.row(word) for word in among] if among else range(len(vectors.words)))
    rows = np.array([x for x in rows if x not in own], dtype=np.int64)
    n = min(n, len(rows) // 3)
    if n < LEAST:
        raise Mistake("too_few_words", words=len(rows), needed=3 * LEAST)
    units = unit(vectors.table[rows]).astype(np.float64)
    drawn = unit(np.random.default_rng(0).normal(size=(CONTROLS, units.shape[1])))
    controls = [remains(units, other, n) for other in drawn]
    chosen, _ = extremes(units @ d, n)
    names = [vectors.words[rows[x]] for x in chosen]
    return {
        "n": n,
        "share": share,
        "sides": [names[:n], names[n:][::-1]],
        "asked": remains(units, d, n),
        "control": {key: np.mean([each[key] for each in controls], axis=0).tolist() for key in controls[0]},
    }


def bias_neighbours(vectors: Vectors, word: str, pairs: list[tuple[str, str]], n: int = 8) -> dict[str, Any]:
    """The n nearest words before and after the direction is taken out of all words but the pairs' own."""
    d, _ = _between(vectors, pairs)
    x, units = vectors.row(word), unit(vectors.table).astype(np.float64)
    own = [vectors.row(each) for pair in pairs for each in pair]
    without = neutral(units, d)
    without[own] = units[own]
    found = {}
    for name, table in (("before", units), ("after", without)):
        scores = cosines(table, table[[x]])[0]
        scores[[x, *vectors.marks]] = -np.inf
        found[name] = vectors.listed(scores, n)
    return found


def lean_view(
    vectors: Vectors, previous: Numbers | None, words: tuple[str, ...], pairs: tuple[tuple[str, str], ...]
) -> Numbers:
    """How far words lean, before and after the direction is taken out: lean, after (N,) float32; see `bias_leans`."""
    found = bias_leans(vectors, list(words), list(pairs))
    lean, after = (np.array(found[name], np.float32) for name in ("lean", "after"))
    return {"words": list(words), "lean": lean, "after": after, "share": found["share"]}


def questions(of: Callable[..., Vectors]) -> dict[str, Callable[..., Any]]:
    """The questions above, for a model's QUESTIONS."""
    return {each.__name__: asked(each, of) for each in (bias_leans, bias_removal, bias_neighbours)}


def views(of: Callable[..., Vectors]) -> dict[str, Callable[..., Numbers]]:
    """The view above, for a model's VIEWS."""
    return {lean_view.__name__: asked(lean_view, of)}
