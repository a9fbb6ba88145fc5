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
- Sides are told apart by logistic regression, where Gonen and Goldberg use a support vector machine.

V words, D dimensions, N words that are looked at, `units` (·, D) vectors of length 1, d (D,) a direction of length 1.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.measure.analogies import cosines, unit
from engine.measure.vectors import Vectors, asked
from engine.mistake import Mistake
from engine.trace import Step, Trace, number, row

CONTROLS = 3  # random directions for comparison
NEAREST = 5  # neighbours that are counted
FOLDS = 5  # parts of the words, of which each is told apart by what the others taught
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


def clustered(units: np.ndarray, side: np.ndarray) -> float:
    """How well two clusters, found by k-means without knowing of sides, agree with them: ½ (not at all) to 1."""
    from sklearn.cluster import KMeans  # here: a server that never asks does not load it

    found = KMeans(2, n_init=5, random_state=0).fit_predict(units)
    share = float((found == side).mean())
    return max(share, 1 - share)


def told_apart(units: np.ndarray, side: np.ndarray) -> float:
    """The share of words whose side logistic regression finds, taught by the others: in FOLDS parts."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    parts = StratifiedKFold(min(FOLDS, len(side) // 2), shuffle=True, random_state=0)
    model = LogisticRegression(C=10.0, solver="newton-cg")
    return float((cross_val_predict(model, units, side, cv=parts) == side).mean())


def remains(units: np.ndarray, d: np.ndarray, n: int) -> dict[str, list[float]]:
    """The n words leaning farthest either way, before and after d is taken out of all: [before, after] of each measure.

    lean: the mean of |v · d|. beside, clustered, told_apart: as above, where ½ is chance.
    """
    chosen, side = extremes(units @ d, n)
    tables = [units[chosen], neutral(units[chosen], d)]
    return {
        "lean": [float(np.abs(table @ d).mean()) for table in tables],
        **{measure.__name__: [measure(table, side) for table in tables] for measure in (beside, clustered, told_apart)},
    }


# ---- questions: of words and their vectors, answers are JSON ----------------------------------------------------


def _direction(vectors: Vectors, pairs: Pairs) -> tuple[np.ndarray, float]:
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
    d, share = _direction(vectors, pairs)
    units = unit(vectors.table[[vectors.row(word) for word in words]])  # (N, D)
    after = neutral(units, d) @ d
    return {"words": list(words), "lean": (units @ d).tolist(), "after": after.tolist(), "share": share}


def bias_removal(
    vectors: Vectors, pairs: list[tuple[str, str]], among: list[str] | None = None, n: int = 50
) -> dict[str, Any]:
    """What taking the direction out does and does not do, on the n words that lean farthest either way.

    Words are `among` those given, or all but the pairs' own and punctuation; n is at most a third of them. `sides` are
    the two lists, the farthest first. `asked` holds [before, after] of each measure of `remains`, `control` the means
    of random directions. Raises what `bias_leans` raises, or Mistake("too_few_words").
    """
    d, share = _direction(vectors, pairs)
    own = {vectors.row(word) for pair in pairs for word in pair} | set(vectors.marks.tolist())
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
    d, _ = _direction(vectors, pairs)
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


# ---- step-through -----------------------------------------------------------------------------------------------


def trace_removal(vectors: Vectors, word: str, minus: str, plus: str) -> Trace:
    """The direction from `minus` to `plus` is taken out of a word, number by number."""
    x, *ends = vectors.rows((word, minus, plus))
    a, b, v = (unit(vectors.table[[i]])[0].astype(np.float64) for i in (*ends, x))
    d, _ = direction(a[None], b[None])  # step: direction
    along = d @ v  # step: lean
    part = along * d  # step: part
    left = v - part  # step: subtract
    length = np.linalg.norm(left)
    new = neutral(v[None], d)[0]  # step: normalise
    after = np.array([new @ d, new @ a, new @ b])  # step: lean_after
    before = np.array([v @ d, v @ a, v @ b])
    names = (f"{minus} → {plus}", minus, plus)

    def step(id: str, formula: str, given: dict[str, np.ndarray], made: dict[str, np.ndarray]) -> Step:
        labels = {key: names for key in made if key.startswith("cos")}
        labels |= {key: names for key in given if key.startswith("cos")}
        return Step(id, formula, given, made, f"bias.py#{id}", labels or None)

    return (
        step(
            "direction",
            rf"d = \frac{{b - a}}{{\lVert b - a \rVert}} \goodbreak = {row(d)}",
            {"a": a[None], "b": b[None]},
            {"d": d[None]},
        ),
        step(
            "lean",
            rf"v \cdot d = {_products(v, d)} \goodbreak = {number(along)}",
            {"v": v[None], "d": d[None]},
            {"v · d": np.array(along)},
        ),
        step(
            "part",
            rf"(v \cdot d)\,d = {number(along)} \cdot {row(d)} \goodbreak = {row(part)}",
            {"v · d": np.array(along), "d": d[None]},
            {"(v · d) d": part[None]},
        ),
        step(
            "subtract",
            rf"v - (v \cdot d)\,d \goodbreak = {row(v)} - {row(part)} \goodbreak = {row(left)}",
            {"v": v[None], "(v · d) d": part[None]},
            {"v − (v · d) d": left[None]},
        ),
        step(
            "normalise",
            rf"v' = \frac{{v - (v \cdot d)\,d}}{{{number(length)}}} \goodbreak = {row(new)}",
            {"v − (v · d) d": left[None]},
            {"v'": new[None]},
        ),
        step(
            "lean_after",
            rf"v' \cdot d = {number(_zero(after[0]))},\quad \goodbreak v' \cdot a = {number(after[1])},\quad "
            rf"\goodbreak v' \cdot b = {number(after[2])}",
            {"cos(v)": before, "v'": new[None]},
            {"cos(v')": after},
        ),
    )


def _products(v: np.ndarray, d: np.ndarray) -> str:
    """The first products of a dot product, written out."""
    shown = [rf"{_factor(x)} \cdot {_factor(y)}" for x, y in zip(v[:2], d[:2], strict=True)]
    return r" \goodbreak {} + ".join([*shown, r"\dots"] if len(v) > 2 else shown)


def _factor(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _zero(value: float) -> float:
    """0 for what rounding left of it."""
    return 0.0 if abs(value) < 1e-9 else value


def questions(of: Callable[..., Vectors]) -> dict[str, Callable[..., Any]]:
    """The questions above, for a model's QUESTIONS."""
    return {each.__name__: asked(each, of) for each in (bias_leans, bias_removal, bias_neighbours, trace_removal)}
