"""A throw-away second experiment: one update of Rosenblatt's perceptron (1958). Shows that widgets know no model."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.experiments import Experiment, choice, number
from engine.trace import Step, Trace


@dataclass(frozen=True)
class Perceptron(Experiment):
    """w ← w + η(t − y)x."""

    name: ClassVar[str] = "perceptron"
    model: ClassVar[str] = "tests.pages.ui_harness.perceptron"
    presets: ClassVar[dict[str, dict[str, Any]]] = {"kjv": {"epochs": 4}}

    corpus: str = choice("kingdom", "kingdom", "kjv")
    gate: str = choice("and", "and", "or", "xor")
    lr: float = number(0.5, 0.001, 1.0, 0.005)
    inputs: int = number(2, 2, 300)
    epochs: int = number(10, 1, 20)
    shuffle: str = choice("no", "no", "yes", advanced=True)
    seed: int = number(0, 0, 9_999, advanced=True)


def update(w: np.ndarray, x: np.ndarray, t: int, lr: float) -> tuple[float, int, np.ndarray]:
    """w, x: (D,). Returns the sum, the answer and the new weights."""
    s = float(w @ x)  # step: sum
    y = int(s > 0)  # step: answer
    w = w + lr * (t - y) * x  # step: update
    return s, y, w


def several() -> Trace:
    """The sums of two inputs for three sets of weights, all at once: every cell says how it is made."""
    X, W = np.array([[1.0, 2.0], [3.0, -4.0]]), np.array([[0.5, 0.0, 1.0], [0.25, -1.0, 2.0]])
    names, columns = {"X": ("one", "two"), "S": ("one", "two")}, {"S": ("and", "or", "xor")}
    rules = {"S": ("product", "X", "W")}
    return (Step("sum", "S = X W", {"X": X, "W": W}, {"S": X @ W}, "perceptron.py#sum", names, columns, rules),)


def trace(inputs: int = 2) -> Trace:
    """One update for an input of ones that should be answered 0: the sum must fall."""
    rng = np.random.default_rng(1)
    w, x = rng.normal(0.4, 0.1, inputs), np.ones(inputs)
    s, y, after = update(w, x, 0, 0.5)
    names = {"w": tuple(f"x{n}" for n in range(1, inputs + 1))} if inputs < 10 else {}
    names |= {"x": names["w"]} if names else {}
    return (
        Step("sum", rf"\sum_i w_i x_i = {s:.3f}", {"w": w, "x": x}, {"s": np.array(s)}, "perceptron.py#sum", names),
        Step("answer", rf"{s:.3f} > 0", {"s": np.array(s)}, {"y": np.array(y)}, "perceptron.py#answer"),
        Step("update", rf"w_i + 0.5 \cdot (0 - {y})", {"y": np.array(y)}, {"w": after}, "perceptron.py#update", names),
    )
