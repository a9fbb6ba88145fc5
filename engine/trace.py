"""What a step-through consists of: one operation after the other, with the numbers that went in and came out."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Step:
    """One operation.

    `id` names the lesson's section `step.<id>` that explains it. `formula` is LaTeX made of symbols and numbers only,
    no words; `\\\\` begins a new line, a narrow screen breaks it at `\\goodbreak`, a very narrow one at
    `\\allowbreak`. `source` is "word2vec.py#error": the line marked `# step: error` in that file of engine/models.
    `labels` maps an array's name to the names of its rows (words), where rows have names.
    """

    id: str
    formula: str
    inputs: dict[str, np.ndarray]
    outputs: dict[str, np.ndarray]
    source: str
    labels: dict[str, tuple[str, ...]] | None = None


Trace = tuple[Step, ...]


def number(value: float) -> str:
    """A number as LaTeX, at most three significant digits: 0.0312, -4, 1.2 \\times 10^{-7}."""
    mantissa, _, exponent = f"{value:.3g}".partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


def row(values: np.ndarray, most: int = 4) -> str:
    """The first `most` numbers of a vector as LaTeX: (0.1, -2, \\dots)."""
    shown = [number(float(value)) for value in values[:most]]
    return "(" + ", ".join([*shown, r"\dots"] if len(values) > most else shown) + ")"
