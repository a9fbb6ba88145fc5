"""Drawing the next word from its probabilities: temperature, the k most probable, and those that make up p.

Top-p is from Holtzman et al. (2020), "The curious case of neural text degeneration", top-k from Fan et al. (2018).

What differs here: all three may be set at once, and <unk> is never drawn.

A text is written by a worker that others wait for, so it is no longer than what takes less than 100 ms to write.
"""

import numpy as np

from engine.mistake import Mistake
from engine.text.tokens import END, UNKNOWN

LONGEST = 500  # tokens of a text
TIME = 0.06  # seconds a text may take. Measured on a token: so many for itself, a layer, a weight, a word it could be
TOKEN, LAYER, WEIGHT, WORD = 9e-5, 2e-4, 1.6e-10, 3.6e-8


def sharpened(p: np.ndarray, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> np.ndarray:
    """What words are drawn in proportion to (V + 1,): p^(1/temperature) of those that top_k and top_p leave."""
    p = p.copy()
    p[UNKNOWN] = 0
    if not p.any():
        p[END] = 1  # nothing but <unk> can follow
    if temperature == 0:
        top_k, temperature = 1, 1.0
    if top_k or top_p < 1:
        k = min(top_k or len(p), len(p))
        v = np.sort(np.partition(p, len(p) - k)[len(p) - k :])[::-1]  # (k,) the most probable first
        before = np.cumsum(v) - v  # (k,) the probability of the words before each
        most = int((before < top_p * p.sum()).sum())
        p[beyond(p, v[max(1, most) - 1], max(1, most))] = 0
    q: np.ndarray = p / p.max()
    return q if temperature == 1 else q ** (1 / temperature)


def beyond(p: np.ndarray, least: float, most: int) -> np.ndarray:
    """Which of p (V + 1,) are not among the `most` largest, the smallest of which is `least`: of equals the later ones.

    Sorting the words themselves, and not only their probabilities, takes ten times as long.
    """
    out = p < least
    equal = np.flatnonzero(p == least)
    out[equal[most - int((p > least).sum()) :]] = True
    return out


def drawn(q: np.ndarray, chance: np.random.Generator) -> int:
    """A word's number, drawn in proportion to q (V + 1,)."""
    return int(np.searchsorted(np.cumsum(q), chance.random() * q.sum(), side="right").clip(max=len(q) - 1))


def room(weights: int, words: int, layers: int = 0) -> int:
    """Tokens that a model of so many weights, which tells `words` words apart, writes in TIME: from 1 to LONGEST."""
    return max(1, min(LONGEST, int(TIME / (TOKEN + LAYER * layers + WEIGHT * weights + WORD * words))))


def within(**given: tuple[float, float, float]) -> None:
    """Whether numbers that were asked for are allowed, each (value, low, high). Raises Mistake("dial_range")."""
    for name, (value, low, high) in given.items():
        if not low <= value <= high:
            raise Mistake("dial_range", name=name, value=value, low=f"{low:g}", high=f"{high:g}")
