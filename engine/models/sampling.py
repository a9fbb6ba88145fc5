"""Drawing the next word from its probabilities: temperature, the k most probable, and those that make up p.

Top-p is from Holtzman et al. (2020), "The curious case of neural text degeneration", top-k from Fan et al. (2018).

What differs here: all three may be set at once, and <unk> is never drawn.
"""

import numpy as np

from engine.mistake import Mistake
from engine.text.tokens import END, UNKNOWN


def sharpened(p: np.ndarray, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> np.ndarray:
    """What words are drawn in proportion to (V + 1,): p^(1/temperature) of those that top_k and top_p leave."""
    p = p.copy()
    p[UNKNOWN] = 0
    if not p.any():
        p[END] = 1  # nothing but <unk> can follow
    if temperature == 0:
        top_k, temperature = 1, 1.0
    if top_k or top_p < 1:
        v = np.sort(p)[::-1]  # (V + 1,) the most probable first
        before = np.cumsum(v) - v  # (V + 1,) the probability of the words before each
        most = min(top_k or len(p), int((before < top_p * p.sum()).sum()))
        p[beyond(p, v[max(1, most) - 1], max(1, most))] = 0
    q: np.ndarray = (p / p.max()) ** (1 / temperature)
    return q


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


def within(**given: tuple[float, float, float]) -> None:
    """Whether numbers that were asked for are allowed, each (value, low, high). Raises Mistake("dial_range")."""
    for name, (value, low, high) in given.items():
        if not low <= value <= high:
            raise Mistake("dial_range", name=name, value=value, low=f"{low:g}", high=f"{high:g}")
