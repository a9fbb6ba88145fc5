"""One analogy, number by number: a is to b as c is to which word? (Mikolov, Yih, Zweig 2013; 3CosAdd.)

What differs here, and why: nothing of the method. The arithmetic is that of engine/measure/analogies.py, taken apart
so that each operation can be looked at; a test compares the answers. V words, D dimensions.
"""

import numpy as np

from engine.measure import analogies
from engine.measure.vectors import Vectors
from engine.trace import Step, Trace, number, row

SHOWN = 8  # words of the vocabulary that are listed, the nearest first


def trace_analogy(vectors: Vectors, words: tuple[str, str, str]) -> Trace:
    """The arithmetic of "a is to b as c is to …" by 3CosAdd, for words (a, b, c).

    Raises Mistake("word_unknown"), ("word_unlike") or ("word_twice").
    """
    rows = vectors.rows(words)
    v = vectors.table[rows]  # (3, D)  # step: vectors
    length = np.linalg.norm(v, axis=1)
    u = analogies.unit(v)  # (3, D)  # step: length
    a, b, c = u
    d = b - a  # (D,)  # step: difference
    x = c + d  # (D,)  # step: point
    cosine = analogies.cosines(analogies.unit(vectors.table), x[None])[0]  # (V,)  # step: cosine
    cosine[vectors.marks] = -np.inf  # punctuation answers nothing
    best = analogies.best(cosine, SHOWN)
    allowed = np.array([each not in rows for each in best])
    left = best[allowed]  # step: order
    named = [vectors.words[each] for each in best]
    return (
        _vectors(words, v),
        _length(words, v, length, u),
        _difference(words, u, d),
        _point(words, u, d, x),
        _cosine(x, named, cosine[best]),
        _order(named, cosine[best], allowed, [vectors.words[each] for each in left], cosine[left]),
    )


def _vectors(words: tuple[str, ...], v: np.ndarray) -> Step:
    lines = [rf"{name} = {row(each)}" for name, each in zip("abc", v, strict=True)]
    return Step("vectors", r" \\ ".join(lines), {}, {"v": v}, _line("vectors"), {"v": words})


def _length(words: tuple[str, ...], v: np.ndarray, length: np.ndarray, u: np.ndarray) -> Step:
    lines = [
        rf"\lVert {name} \rVert = {number(n)},\quad \goodbreak \hat{{{name}}} = {row(each)}"
        for name, n, each in zip("abc", length, u, strict=True)
    ]
    made = {"length": length, "u": u}
    return Step("length", r" \\ ".join(lines), {"v": v}, made, _line("length"), dict.fromkeys(("v", *made), words))


def _difference(words: tuple[str, ...], u: np.ndarray, d: np.ndarray) -> Step:
    formula = rf"d = \hat b - \hat a \goodbreak = {row(u[1], 3)} - {row(u[0], 3)} \goodbreak = {row(d, 3)}"
    return Step("difference", formula, {"u": u}, {"d": d[None]}, _line("difference"), {"u": words})


def _point(words: tuple[str, ...], u: np.ndarray, d: np.ndarray, x: np.ndarray) -> Step:
    formula = rf"x = \hat c + d \goodbreak = {row(u[2], 3)} + {row(d, 3)} \goodbreak = {row(x, 3)}"
    given = {"u": u, "d": d[None]}
    return Step("point", formula, given, {"x": x[None]}, _line("point"), {"u": words})


def _cosine(x: np.ndarray, named: list[str], cosine: np.ndarray) -> Step:
    length = float(np.linalg.norm(x))
    first = rf"\lVert x \rVert = {number(length)}"
    formula = rf"{first} \\ \cos(x, w) = \hat{{x}} \cdot \hat{{w}},\quad \goodbreak \max_w = {number(float(cosine[0]))}"
    return Step("cosine", formula, {"x": x[None]}, {"cosine": cosine}, _line("cosine"), {"cosine": tuple(named)})


def _order(named: list[str], cosine: np.ndarray, allowed: np.ndarray, left: list[str], scores: np.ndarray) -> Step:
    formula = rf"w \notin \{{a, b, c\}},\quad \goodbreak \max_w \cos(x, w) = {number(float(scores[0]))}"
    shown = {"cosine": cosine, "allowed": allowed.astype(np.int64)}
    names = {"cosine": tuple(named), "allowed": tuple(named), "answer": tuple(left)}
    return Step("order", formula, shown, {"answer": scores}, _line("order"), names)


def _line(id: str) -> str:
    """Where the step stands in this file."""
    return f"vector_trace.py#{id}"
