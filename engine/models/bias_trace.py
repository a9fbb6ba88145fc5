"""A direction is taken out of one word, number by number (Bolukbasi, Chang, Zou, Saligrama, Kalai 2016: neutralize).

What differs here, and why: nothing of the method. The arithmetic is that of engine/measure/bias.py, taken apart so that
each operation can be looked at. v is the word's vector, a and b those of the pair, all of length 1.
"""

import numpy as np

from engine.measure import bias
from engine.measure.analogies import unit
from engine.measure.vectors import Vectors
from engine.trace import Step, Trace, number, row


def trace_removal(vectors: Vectors, word: str, minus: str, plus: str) -> Trace:
    """The direction from `minus` to `plus` is taken out of a word, number by number."""
    x, *ends = vectors.rows((word, minus, plus))
    a, b, v = (unit(vectors.table[[i]])[0].astype(np.float64) for i in (*ends, x))
    d, _ = bias.direction(a[None], b[None])  # step: direction
    along = d @ v  # step: lean
    part = along * d  # step: part
    left = v - part  # step: subtract
    length = float(np.linalg.norm(left))
    new = bias.neutral(v[None], d)[0]  # step: normalise
    after = np.round([new @ d, new @ a, new @ b], 9)  # what rounding leaves is 0  # step: lean_after
    before = np.array([v @ d, v @ a, v @ b])
    names = (f"{minus} → {plus}", minus, plus)

    def step(id: str, formula: str, given: dict[str, np.ndarray], made: dict[str, np.ndarray]) -> Step:
        labels: dict[str, tuple[str, ...]] = {key: names for key in made if key.startswith("cosines")}
        labels |= {key: names for key in given if key.startswith("cosines")}
        return Step(id, formula, given, made, f"bias_trace.py#{id}", labels or None)

    return (
        step(
            "direction",
            rf"d = \frac{{b - a}}{{\lVert b - a \rVert}} \goodbreak = {row(d)}",
            {"a": a[None], "b": b[None]},
            {"direction": d[None]},
        ),
        step(
            "lean",
            rf"v \cdot d = {_products(v, d)} \goodbreak = {number(along)}",
            {"word": v[None], "direction": d[None]},
            {"along": np.array(along)},
        ),
        step(
            "part",
            rf"(v \cdot d)\,d = {number(along)} \cdot {row(d)} \goodbreak = {row(part)}",
            {"along": np.array(along), "direction": d[None]},
            {"part": part[None]},
        ),
        step(
            "subtract",
            rf"v - (v \cdot d)\,d \goodbreak = {row(v)} - {row(part)} \goodbreak = {row(left)}",
            {"word": v[None], "part": part[None]},
            {"left": left[None]},
        ),
        step(
            "normalise",
            rf"v' = \frac{{v - (v \cdot d)\,d}}{{{number(length)}}} \goodbreak = {row(new)}",
            {"left": left[None]},
            {"removed": new[None]},
        ),
        step(
            "lean_after",
            rf"v' \cdot d = {number(after[0])},\quad \goodbreak v' \cdot a = {number(after[1])},\quad "
            rf"\goodbreak v' \cdot b = {number(after[2])}",
            {"cosines": before, "removed": new[None]},
            {"cosines removed": after},
        ),
    )


def _products(v: np.ndarray, d: np.ndarray) -> str:
    """The first products of a dot product, written out."""
    shown = [rf"{_factor(x)} \cdot {_factor(y)}" for x, y in zip(v[:2], d[:2], strict=True)]
    return r" \goodbreak {} + ".join([*shown, r"\dots"] if len(v) > 2 else shown)


def _factor(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)
