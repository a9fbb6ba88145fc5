"""What one update costs with the full softmax, which scores every word, and with negative sampling, which scores K + 1.

The softmax asks which of all V words stands beside the centre word, p(c | w) = e^(v′_c · v_w) / Σ e^(v′_x · v_w), and
its gradient moves all V output rows. Negative sampling (Mikolov, Sutskever, Chen, Corrado, Dean 2013) asks of one real
word and K drawn ones whether they do, and moves their rows. Both are compiled, one thread, one pair at a time; the
sampled one is the function that trains our Word2Vec.

What differs here: the vectors are random and the text is missing, because only the time is looked at. It is measured,
so unlike everywhere else the same spec gives the same numbers only about. Hierarchical softmax, the first paper's
answer (a tree of words, about log₂ V decisions for one word), is not here. V words, D dimensions, K negatives.
"""

import dataclasses
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.experiments import SoftmaxCost
from engine.models import finish
from engine.models.machine_code import compiled
from engine.models.word2vec import Array, dot, draw, update, update_row
from engine.snapshot import Numbers, Snapshot

SIZES = (100, 300, 1_000, 3_000, 10_000, 30_000, 50_000)
REPEATS = 7  # of each measurement; the median counts
WORK = 2_000_000  # multiplications of one measurement at least: some 0.5 ms, so that the clock is fine enough
LR = 0.01
PIECE = 5_000  # rows made at a time


# Numba looks at this file's date only: after a change to the functions imported from word2vec.py, touch this file.
@compiled
def full_softmax(times: int, V: int, v: Array, C: Array, random: Array, lr: float, p: Array, g: Array) -> None:
    """`times` updates of all V rows of C and of v (D,), each with another right answer. p (V,) and g (D,) are room."""
    for _ in range(times):
        target, highest, total = draw(random, V), np.float32(-np.inf), np.float32(0)
        for c in range(V):
            p[c] = dot(C[c], v)
            highest = max(highest, p[c])
        for c in range(V):
            p[c] = np.exp(p[c] - highest)
            total += p[c]
        g[:] = 0
        for c in range(V):
            t = np.float32(1) if c == target else np.float32(0)
            update_row(C[c], v, t - p[c] / total, lr, g)
        for d in range(len(v)):
            v[d] += lr * g[d]


@compiled
def sampled(times: int, V: int, v: Array, C: Array, random: Array, lr: float, e: Array, g: Array) -> None:
    """`times` updates with K + 1 rows of the first V rows of C, drawn each time. e (K+1,) and g (D,) are room."""
    outputs = np.empty(len(e), np.int64)
    for _ in range(times):
        for k in range(len(outputs)):
            outputs[k] = draw(random, V)
        update(v, C, outputs, lr, e, g)
        for d in range(len(v)):
            v[d] += lr * g[d]


@dataclass
class Cost:
    """A table C of which the first V rows serve as a vocabulary of V words, one centre vector v, and the times taken.

    `full` and `sampled` (sizes, repeats) int64 are nanoseconds of CPU for one update, 0 where not measured yet.
    """

    spec: SoftmaxCost
    v: np.ndarray
    C: np.ndarray
    random: np.ndarray
    full: np.ndarray
    sampled: np.ndarray


def preparing(spec: SoftmaxCost, text: str | None = None) -> Generator[float, None, Cost]:
    """Makes the vectors, yielding the fraction done; `text` is not used."""
    rng, D, V = np.random.default_rng(spec.seed), spec.dim, SIZES[-1]
    C = np.empty((V, D), np.float32)
    for begin in range(0, V, PIECE):
        C[begin : begin + PIECE] = (rng.random((PIECE, D), dtype=np.float32) - np.float32(0.5)) / np.float32(D)
        yield (begin + PIECE) / V
    warm()
    random = np.random.SeedSequence(spec.seed).generate_state(1, np.uint64)
    times = np.zeros((len(SIZES), REPEATS), np.int64)
    return Cost(spec, rng.random(D, dtype=np.float32), C, random, times, times.copy())


def build(spec: SoftmaxCost, text: str | None = None) -> Cost:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def train(model: Cost) -> Iterator[Snapshot]:
    """Measures one vocabulary after the other, each REPEATS times. One snapshot a measurement, the first before any."""
    total, seconds, begin = len(SIZES) * REPEATS, 0.0, time.thread_time()
    yield Snapshot(0, total, seconds, {})
    for step in range(total):
        begin = time.thread_time()
        measure(model, *divmod(step, REPEATS))
        seconds += time.thread_time() - begin
        yield Snapshot(step + 1, total, seconds, _latest(model, step // REPEATS))


def measure(model: Cost, size: int, repeat: int) -> None:
    """Measures vocabulary number `size` once. Many small updates are timed together."""
    V, D, K, lr = SIZES[size], model.spec.dim, model.spec.negatives, np.float32(LR)
    p, e, g = np.empty(V, np.float32), np.empty(K + 1, np.float32), np.empty(D, np.float32)
    for learn, room, rows, times in ((full_softmax, p, V, model.full), (sampled, e, K + 1, model.sampled)):
        count = -(-WORK // (rows * D))
        begin = time.thread_time_ns()
        learn(count, V, model.v, model.C, model.random, lr, room, g)
        times[size, repeat] = max(1, round((time.thread_time_ns() - begin) / count))


def _latest(model: Cost, size: int) -> dict[str, float]:
    """vocabulary: V. full_us, sampled_us: microseconds of CPU for one update, medians so far. ratio: of the two."""
    return {name: float(values[size]) for name, values in cost_view(model, None).items()}


def cost_view(model: Cost, previous: Numbers | None) -> Numbers:
    """All vocabularies measured so far: vocabulary, full_us, sampled_us, ratio, (n,) each. For a log-log chart."""
    full, drawn = _medians(model.full), _medians(model.sampled)
    return {"vocabulary": np.array(SIZES[: len(full)]), "full_us": full, "sampled_us": drawn, "ratio": full / drawn}


def _medians(times: np.ndarray) -> np.ndarray:
    """The median of each row (sizes, repeats) of nanoseconds, zeros left out, in microseconds; only rows begun."""
    return np.array([np.median(row[row > 0]) / 1000 for row in times if row.any()])


def costs(model: Cost) -> dict[str, list[float]]:
    """`cost_view` as plain lists."""
    return {name: values.tolist() for name, values in cost_view(model, None).items()}


def warm() -> None:
    """Compiles both updates, or loads them from where they were kept."""
    v, C, random = np.zeros(2, np.float32), np.zeros((2, 2), np.float32), np.ones(1, np.uint64)
    for learn in (full_softmax, sampled):
        learn(1, 2, v, C, random, np.float32(LR), np.empty(2, np.float32), np.empty(2, np.float32))


def facts(model: Cost) -> dict[str, Any]:
    """The vocabularies that are measured, and how often."""
    return {"sizes": list(SIZES), "repeats": REPEATS, "dim": model.spec.dim, "negatives": model.spec.negatives}


def weights(model: Cost) -> dict[str, np.ndarray]:
    """What changes from moment to moment is not the vectors but what was measured: copies."""
    return {"full": model.full.copy(), "sampled": model.sampled.copy()}


def with_weights(model: Cost, weights: dict[str, np.ndarray]) -> Cost:
    """The model at another moment."""
    return dataclasses.replace(model, full=weights["full"], sampled=weights["sampled"])


QUESTIONS: dict[str, Callable[..., Any]] = {"costs": costs}
VIEWS: dict[str, Callable[..., Numbers]] = {"cost_view": cost_view}
