"""Heads of attention, looked at one by one: how widely each looks, and a model with some of them switched off.

A (N, h, n, m) are the weights of N layers with h heads: what of its attention each of n words gives to each of m.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.mistake import Mistake


def entropy(A: np.ndarray) -> np.ndarray:
    """Bits (N, h): H = −Σ A log2 A of each row, the mean over the words that ask. 0: each looks at one word only."""
    rows = np.sum(A * np.log2(np.maximum(A, 1e-30)), axis=-1, dtype=np.float64)  # (N, h, n)
    bits: np.ndarray = -np.mean(rows, axis=-1)
    return bits


def named(given: Iterable[Any], layers: int, heads: int) -> list[tuple[int, int]]:
    """Heads as learners write them, "2.1" for head 1 of layer 2, as numbers from 0. Raises Mistake("head_unknown")."""
    found = []
    for each in given:
        layer, _, head = str(each).partition(".")
        if not (layer.isdecimal() and head.isdecimal()):
            raise Mistake("head_unknown", name=str(each), layers=layers, heads=heads)
        found.append(place(int(layer), int(head), layers, heads))
    return found


def place(layer: int, head: int, layers: int, heads: int) -> tuple[int, int]:
    """A layer and a head counted from 1, as numbers from 0. Raises Mistake("head_unknown")."""
    if not (1 <= layer <= layers and 1 <= head <= heads):
        raise Mistake("head_unknown", name=f"{layer}.{head}", layers=layers, heads=heads)
    return layer - 1, head - 1


def switched_off(w: dict[str, Any], heads: int, off: Iterable[tuple[int, int]], at: str) -> dict[str, Any]:
    """The weights of a model without some heads: what they take is multiplied by rows of O that are 0.

    `at` names the layers' attention: "encoder.{}.self".
    """
    w = dict(w)
    for layer, head in off:
        name = f"{at.format(layer)}.O"
        rows = w[name].clone()  # (D, D): d_k rows for each head
        d_k = len(rows) // heads
        rows[head * d_k : (head + 1) * d_k] = 0
        w[name] = rows
    return w


def rounded(values: Any, digits: int = 5) -> Any:
    """An array as plain lists, rounded: for an answer that is JSON."""
    return np.round(np.asarray(values, np.float64), digits).tolist()
