"""What a recurrent network costs by the length of a sequence, and what the same multiplications cost all at once.

Elman's network (1990), the LSTM (1997) and the GRU (2014) need h_{t−1} before they can make h_t, so that T words are T
steps, one after another, each a product of a vector and a matrix. If every position were known before, all of them
would be one product of a matrix (T, …) and the same matrix: which is what the next era does.

What differs here: the numbers are random and nothing is foretold, because only the time is looked at. One sequence at
a time (B = 1), forwards, by torch's own code, on one core of a processor: there the one product only saves reading the
same weights T times. A graphics card, which does thousands of multiplications side by side, shows far more. The one
product leaves σ, tanh and ⊙ out. It is measured, so the same spec gives the same numbers only about. T words, H hidden
units, as many dimensions of a word.
"""

import dataclasses
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from engine.experiments import SequenceCost
from engine.models import finish
from engine.models.recurrent import Tensor, Weights, empty, first_weights, kernel
from engine.snapshot import Numbers, Snapshot

LENGTHS = (8, 16, 32, 64, 128, 256, 512)
REPEATS = 7  # of each measurement; the quickest counts: whatever else runs on the machine only makes it longer
STEPS = 512  # of one measurement at least, so that the clock is fine enough


@dataclass
class Cost:
    """A cell's weights, the longest sequence X (T, 1, H), and the times taken.

    `one_by_one`, `at_once` (lengths, repeats) int64 are nanoseconds of CPU for one sequence, 0 where not measured yet.
    """

    spec: SequenceCost
    w: Weights
    X: Tensor
    one_by_one: np.ndarray
    at_once: np.ndarray


def preparing(spec: SequenceCost, text: str | None = None) -> Generator[float, None, Cost]:
    """Makes the weights and the sequence, yielding the fraction done; `text` is not used."""
    H = spec.hidden
    w = first_weights(spec.cell, 1, 1, H, H, 1.0, spec.seed)
    X = torch.randn(LENGTHS[-1], 1, H, generator=torch.Generator().manual_seed(spec.seed))
    yield 0.5
    step_by_step(spec.cell, w, X[:2])
    together(w, X[:2])
    yield 1.0
    times = np.zeros((len(LENGTHS), REPEATS), np.int64)
    return Cost(spec, w, X, times, times.copy())


def build(spec: SequenceCost, text: str | None = None) -> Cost:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def step_by_step(cell: str, w: Weights, X: Tensor) -> Tensor:
    """h (T, 1, H) after each of X (T, 1, H): each needs the one before."""
    return kernel(cell, w, X, empty(cell, 1, w))[0]


def together(w: Weights, X: Tensor) -> Tensor:
    """W x + U x + b for all positions: two products of matrices, as large as all of `step_by_step` together."""
    flat = X[:, 0]  # (T, H)
    return flat @ w["W"].T + flat @ w["U"].T + w["b"]  # (T, gates · H)


def train(model: Cost) -> Iterator[Snapshot]:
    """Measures one length after the other, each REPEATS times. One snapshot a measurement, the first before any."""
    total, seconds = len(LENGTHS) * REPEATS, 0.0
    yield Snapshot(0, total, seconds, {})
    for step in range(total):
        begin = time.thread_time()
        measure(model, *divmod(step, REPEATS))
        seconds += time.thread_time() - begin
        yield Snapshot(step + 1, total, seconds, _latest(model))


def measure(model: Cost, length: int, repeat: int) -> None:
    """Measures length number `length` once, both ways. Short sequences are timed several together."""
    T, cell, w = LENGTHS[length], model.spec.cell, model.w
    ways: list[tuple[np.ndarray, Callable[[Tensor], Tensor]]] = [
        (model.one_by_one, lambda X: step_by_step(cell, w, X)),
        (model.at_once, lambda X: together(w, X)),
    ]
    for times, run in ways:
        count = -(-STEPS // T)
        begin = time.thread_time_ns()
        for _ in range(count):
            run(model.X[:T])
        times[length, repeat] = max(1, round((time.thread_time_ns() - begin) / count))


def _latest(model: Cost) -> dict[str, float]:
    """length: T. one_by_one_us, at_once_us: microseconds of CPU for a sequence, the best so far. ratio: of the two."""
    return {name: float(values[-1]) for name, values in cost_view(model, None).items()}


def cost_view(model: Cost, previous: Numbers | None) -> Numbers:
    """All lengths measured so far: length, one_by_one_us, at_once_us, ratio, (n,) each. For a log-log chart."""
    slow, quick = _best(model.one_by_one), _best(model.at_once)
    return {"length": np.array(LENGTHS[: len(slow)]), "one_by_one_us": slow, "at_once_us": quick, "ratio": slow / quick}


def _best(times: np.ndarray) -> np.ndarray:
    """The least of each row (lengths, repeats) of nanoseconds, zeros left out, in microseconds; only rows begun."""
    return np.array([row[row > 0].min() / 1000 for row in times if row.any()])


def costs(model: Cost) -> dict[str, list[float]]:
    """`cost_view` as plain lists."""
    return {name: values.tolist() for name, values in cost_view(model, None).items()}


def facts(model: Cost) -> dict[str, Any]:
    """The lengths that are measured, and how often."""
    return {"lengths": list(LENGTHS), "repeats": REPEATS, "hidden": model.spec.hidden, "cell": model.spec.cell}


def weights(model: Cost) -> dict[str, np.ndarray]:
    """What changes from moment to moment is not the weights but what was measured: copies."""
    return {"one_by_one": model.one_by_one.copy(), "at_once": model.at_once.copy()}


def with_weights(model: Cost, weights: dict[str, np.ndarray]) -> Cost:
    """The model at another moment."""
    return dataclasses.replace(model, one_by_one=weights["one_by_one"], at_once=weights["at_once"])


QUESTIONS: dict[str, Callable[..., Any]] = {"costs": costs}
VIEWS: dict[str, Callable[..., Numbers]] = {"cost_view": cost_view}
