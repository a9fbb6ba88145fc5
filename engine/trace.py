"""What a step-through consists of: one operation after the other, with the numbers that went in and came out."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Rule = tuple[str, ...]  # how a cell is made: an operation of ARITHMETIC, and the names of the arrays it takes


@dataclass(frozen=True)
class Step:
    """One operation.

    `id` names the lesson's section `step.<id>` that explains it. `formula` is LaTeX made of symbols and numbers only,
    no words; `\\\\` begins a new line, a narrow screen breaks it at `\\goodbreak`, a very narrow one at
    `\\allowbreak`. `source` is "word2vec.py#error": the line marked `# step: error` in that file of engine/models.
    `labels` maps an array's name to the names of its rows (words), where rows have names, `columns` to those of its
    columns. `rules` says how each cell of an array is made, for `arithmetic`; `given` holds what only that needs:
    weights, which are too many to be shown.
    """

    id: str
    formula: str
    inputs: dict[str, np.ndarray]
    outputs: dict[str, np.ndarray]
    source: str
    labels: dict[str, tuple[str, ...]] | None = None
    columns: dict[str, tuple[str, ...]] | None = None
    rules: dict[str, Rule] | None = None
    given: dict[str, np.ndarray] | None = None


Trace = tuple[Step, ...]


def number(value: float) -> str:
    """A number as LaTeX, at most three significant digits: 0.0312, -4, 1.2 \\times 10^{-7}."""
    mantissa, _, exponent = f"{value:.3g}".partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


def row(values: np.ndarray, most: int = 4) -> str:
    """The first `most` numbers of a vector as LaTeX: (0.1, -2, \\dots)."""
    shown = [number(float(value)) for value in values[:most]]
    return "(" + ", ".join([*shown, r"\dots"] if len(values) > most else shown) + ")"


# ---- how one cell is made ---------------------------------------------------------------------------------------

TERMS = 4  # of a sum that are written out
MINUS = "−"


def arithmetic(step: Step, name: str, i: int, j: int) -> str:
    """How the number in row i, column j of an array of the step is made, as plain text with symbols and numbers only.

    Empty where the step has no rule for that array. Nothing is computed by it but what the formula says; the number
    after the last = is the array's own.
    """
    arrays = {**(step.given or {}), **step.inputs, **step.outputs}
    rule = (step.rules or {}).get(name)
    if rule is None:
        return ""
    operation, *operands = rule
    written = ARITHMETIC[operation](i, j, *(np.asarray(arrays[each], np.float64) for each in operands))
    return f"{written} = {plain(float(np.atleast_2d(arrays[name])[i, j]))}"


def plain(value: float) -> str:
    """A number as plain text, at most four significant digits: 0.3125, −4, −∞, 1.2·10⁻⁷."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    mantissa, _, exponent = f"{value:.4g}".replace("-", MINUS).partition("e")
    power = f"{MINUS if exponent.startswith(MINUS) else ''}{exponent.lstrip('+' + MINUS).lstrip('0')}"
    return f"{mantissa}·10^{power}" if exponent else mantissa


def inner(value: float) -> str:
    """A number inside a formula: in brackets if it is negative."""
    return f"({plain(value)})" if value < 0 else plain(value)


def _sum_of_products(left: np.ndarray, right: np.ndarray, plus: float | None = None) -> str:
    """0.31 × 0.12 + 0.2 × (−0.4) + … + 0.01"""
    terms = [f"{inner(a)} × {inner(b)}" for a, b in zip(left[:TERMS], right[:TERMS], strict=True)]
    return " + ".join([*terms, *(["…"] if len(left) > TERMS else []), *([] if plus is None else [inner(plus)])])


def _row_times_column(i: int, j: int, a: np.ndarray, b: np.ndarray, plus: np.ndarray | None = None) -> str:
    return _sum_of_products(a[i], b[:, j], None if plus is None else float(plus[j]))


def _share(i: int, j: int, a: np.ndarray) -> str:
    """e^2.5 ÷ (e^2.5 + e^1 + e^−0.5) = 12.18 ÷ 15.51"""
    row = np.atleast_2d(a)[i]
    below = " + ".join([*(f"e^{plain(x)}" for x in row[:TERMS]), *(["…"] if len(row) > TERMS else [])])
    return f"e^{plain(row[j])} ÷ ({below}) = {plain(math.exp(row[j]))} ÷ {plain(float(np.exp(row).sum()))}"


def _normalised(i: int, j: int, a: np.ndarray, gain: np.ndarray, bias: np.ndarray) -> str:
    """(x − mean) ÷ √(variance + 10^−5) × gain + bias: a little is added, so that nothing is divided by 0."""
    centred = f"({plain(a[i, j])} {MINUS} {inner(a[i].mean())}) ÷ √({plain(a[i].var())} + 10^{MINUS}5)"
    return f"{centred} × {inner(float(gain[j]))} + {inner(float(bias[j]))}"


def _two(i: int, j: int, sign: str, a: np.ndarray, b: np.ndarray) -> str:
    return f"{plain(np.atleast_2d(a)[i, j])} {sign} {inner(float(np.broadcast_to(b, np.atleast_2d(a).shape)[i, j]))}"


ARITHMETIC: dict[str, Callable[..., str]] = {
    "rows": lambda i, j, a, b: _sum_of_products(a[i], b[j]),  # a bᵀ: row i of a, row j of b
    "product": _row_times_column,  # a b, and + a row
    "sum": lambda i, j, a, b: _two(i, j, "+", a, b),
    "times": lambda i, j, a, b: _two(i, j, "×", a, b),
    "divide": lambda i, j, a, b: _two(i, j, "÷", a, b),
    "softmax": _share,
    "norm": _normalised,
    "relu": lambda i, j, a: f"max(0, {plain(a[i, j])})",
    "gelu": lambda i, j, a: f"{plain(a[i, j])} × Φ({plain(a[i, j])})",
}
