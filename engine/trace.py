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
RAISED = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Written:
    """How every cell of an array is made, as plain text: symbols and numbers only, with holes.

    {r0}, {r1} … are filled from `rows`, a list for each row; {c0} … from `columns`, a list for each column; {x0} … from
    `cells`, a list for each cell. What is the same for many cells stands there once.
    """

    pattern: str
    rows: list[list[str]]
    columns: list[list[str]]
    cells: list[list[list[str]]]

    def at(self, i: int, j: int) -> str:
        """That of row i and column j."""
        filled = {f"r{n}": text for n, text in enumerate(self.rows[i] if self.rows else [])}
        filled |= {f"c{n}": text for n, text in enumerate(self.columns[j] if self.columns else [])}
        filled |= {f"x{n}": text for n, text in enumerate(self.cells[i][j] if self.cells else [])}
        return self.pattern.format(**filled)


def written(step: Step, name: str) -> Written | None:
    """How the cells of an array of the step are made; None where the step has no rule for it."""
    rule = (step.rules or {}).get(name)
    if rule is None:
        return None
    arrays = {**(step.given or {}), **step.inputs, **step.outputs}
    operation, *operands = rule
    return ARITHMETIC[operation](*(np.atleast_2d(np.asarray(arrays[each], np.float64)) for each in operands))


def arithmetic(step: Step, name: str, i: int, j: int) -> str:
    """How the number in row i and column j of an array of the step is made, and the number; "" without a rule."""
    made = written(step, name)
    value = np.atleast_2d({**step.inputs, **step.outputs}[name])[i, j]
    return f"{made.at(i, j)} = {plain(float(value))}" if made else ""


def plain(value: float) -> str:
    """A number as plain text, at most four significant digits: 0.3125, −4, −∞, 1.2·10⁻⁷."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    mantissa, _, exponent = f"{value:.4g}".replace("-", MINUS).partition("e")
    power = f"{MINUS if exponent.startswith(MINUS) else ''}{exponent.lstrip('+' + MINUS).lstrip('0')}"
    return f"{mantissa}·10{power.translate(RAISED)}" if exponent else mantissa


def inner(value: float) -> str:
    """A number inside a formula: in brackets if it is negative."""
    return f"({plain(value)})" if value < 0 else plain(value)


def _texts(values: np.ndarray, write: Callable[[float], str] = inner) -> list[list[str]]:
    return [[write(value) for value in row] for row in values.tolist()]


def _products(left: np.ndarray, right: np.ndarray, plus: np.ndarray | None = None) -> Written:
    """left (n, d) times right (d, m), and plus (1, m): 0.31 × 0.12 + 0.2 × (−0.4) + … + 0.01"""
    terms = min(TERMS, left.shape[1])
    pattern = " + ".join(f"{{r{n}}} × {{c{n}}}" for n in range(terms)) + (" + …" if left.shape[1] > TERMS else "")
    columns = right[:terms].T if plus is None else np.vstack([right[:terms], plus]).T  # (m, terms), or one more
    return Written(
        pattern if plus is None else f"{pattern} + {{c{terms}}}", _texts(left[:, :terms]), _texts(columns), []
    )


def _two(sign: str) -> Callable[[np.ndarray, np.ndarray], Written]:
    def between(left: np.ndarray, right: np.ndarray) -> Written:
        pairs = zip(_texts(left, plain), _texts(np.broadcast_to(right, left.shape)), strict=True)
        cells = [[[a, b] for a, b in zip(*rows, strict=True)] for rows in pairs]
        return Written(f"{{x0}} {sign} {{x1}}", [], [], cells)

    return between


def _of_one(pattern: str) -> Callable[[np.ndarray], Written]:
    return lambda values: Written(pattern, [], [], [[[text] for text in row] for row in _texts(values, plain)])


def _shares(scores: np.ndarray) -> Written:
    """e^2.5 ÷ (e^2.5 + e^1 + e^−0.5) = 12.18 ÷ 15.51"""
    e = np.exp(scores)
    cells = [
        [[a, b] for a, b in zip(*rows, strict=True)] for rows in zip(_texts(scores, plain), _texts(e), strict=True)
    ]
    more = [" + …"] if scores.shape[1] > TERMS else [""]
    rows = [
        [" + ".join(f"e^{plain(value)}" for value in row[:TERMS]) + more[0], plain(total)]
        for row, total in zip(scores.tolist(), e.sum(axis=1).tolist(), strict=True)
    ]
    return Written("e^{x0} ÷ ({r0}) = {x1} ÷ {r1}", rows, [], cells)


def _normalised(values: np.ndarray, gain: np.ndarray, bias: np.ndarray) -> Written:
    """(x − mean) ÷ √(variance + 10⁻⁵) × gain + bias: a little is added, so that nothing is divided by 0."""
    rows = [[inner(float(row.mean())), plain(float(row.var()))] for row in values]
    columns = _texts(np.vstack([gain, bias]).T)  # (D, 2)
    cells = [[[text] for text in row] for row in _texts(values, plain)]
    return Written(f"({{x0}} {MINUS} {{r0}}) ÷ √({{r1}} + 10⁻⁵) × {{c0}} + {{c1}}", rows, columns, cells)


ARITHMETIC: dict[str, Callable[..., Written]] = {
    "rows": lambda a, b: _products(a, b.T),  # row i of a times row j of b
    "product": _products,
    "sum": _two("+"),
    "times": _two("×"),
    "divide": _two("÷"),
    "softmax": _shares,
    "norm": _normalised,
    "relu": _of_one("max(0, {x0})"),
    "gelu": _of_one("{x0} × Φ({x0})"),
}
