"""The perplexity of n-gram models on one held-out text, for every order and every smoothing.

Chen and Goodman (1996, 1999) compared smoothings like this, and found modified Kneser–Ney the best throughout. Each
cell is what an n-gram model (`ngram.py`) of that order and smoothing shows at the end of its run.

What differs here from that many runs: the n-grams are numbered once. Three kinds of counts serve all eight smoothings
of an order: those of the text, those of Kneser and Ney, and those without the sentences that Jelinek and Mercer's
weights are learnt from. These sentences therefore stand at the end of the text here.
"""

import dataclasses
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from engine.experiments import SMOOTHINGS, NGramGrid
from engine.models import finish, ngram, smoothing
from engine.models.smoothing import JELINEK, KNESER, MODIFIED, Counts
from engine.snapshot import Numbers, Snapshot
from engine.text.tokens import START, beginnings, encoding, indexed, parted, vocabulary

CHUNK = 200_000  # n-grams counted between two snapshots
ADJUSTED = (KNESER, MODIFIED)
PLAIN = tuple(rule for rule in range(len(SMOOTHINGS)) if rule not in (*ADJUSTED, JELINEK))


@dataclass
class Grid:
    """Counts that are made anew for each order, and the perplexities (rules, K) found so far.

    A cell is 0 while it is not measured, and infinite where a held-out word is impossible. `first` tokens are counted
    for Jelinek and Mercer, whose weights are learnt from the others, `aside`. `step` counts pieces of work.
    """

    spec: NGramGrid
    counts: Counts
    first: int
    held: np.ndarray
    aside: np.ndarray
    cells: np.ndarray
    fell_back: np.ndarray
    step: int = 0


def preparing(spec: NGramGrid, text: str | None = None) -> Generator[float, None, Grid]:
    """Reads the text, yielding the fraction done. Raises Mistake("nothing_held_out"), or what the text raises."""
    train, test = yield from parted(spec, text)
    counted, aside = ngram.set_aside(train, spec.split_seed)
    tokens, names = yield from vocabulary([*counted, *aside], spec.min_count)
    index = indexed(names)
    held = yield from encoding(test, index)
    ends = beginnings(held)
    held = held[: ends[np.searchsorted(ends, min(ngram.FINAL, len(held)))]]
    ngram.warm()
    yield 1.0
    counts = Counts(tokens, spec.order, False, len(names) - 1)
    first = int(beginnings(tokens)[len(counted)])
    cells = np.zeros((len(SMOOTHINGS), spec.order))
    return Grid(spec, counts, first, held, tokens[first:], cells, np.zeros(cells.shape, bool))


def build(spec: NGramGrid, text: str | None = None) -> Grid:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def work(model: Grid) -> Iterator[Callable[[], None]]:
    """All pieces of work in their order, each some milliseconds: number the n-grams, then for each order count and
    measure, with and without Kneser and Ney's counts."""
    counts, K, N = model.counts, model.spec.order, len(model.counts.tokens)
    yield from (partial(counts.number, to) for to in _stops(0, N, K))
    for n in range(1, K + 1):
        yield partial(counts.forget, n, False)
        yield from (partial(counts.move, to) for to in _stops(0, model.first, n))
        yield partial(measure, model, JELINEK, n)
        yield from (partial(counts.move, to) for to in _stops(model.first, N, n))
        yield from (partial(measure, model, rule, n) for rule in PLAIN)
        yield partial(counts.forget, n, True)
        yield from (partial(counts.move, to) for to in _stops(0, N, n))
        yield from (partial(measure, model, rule, n) for rule in ADJUSTED)


def _stops(begin: int, end: int, n: int) -> list[int]:
    """Where to pause between two places, so that no piece has more than CHUNK n-grams of n lengths."""
    return [*range(begin + CHUNK // n, end, CHUNK // n), end]


def measure(model: Grid, rule: int, n: int) -> None:
    """The perplexity of one cell, on the held-out tokens that `ngram` measures at the end."""
    spec = model.spec
    numbers = smoothing.smoothing(model.counts, rule, spec.k, spec.discount, spec.backoff, model.aside)
    p, _ = smoothing.score(model.counts, numbers, model.held)
    model.cells[rule, n - 1] = ngram.perplexity(p[model.held != START]).get("perplexity", np.inf)
    model.fell_back[rule, n - 1] = bool(numbers.fell_back)


def train(model: Grid) -> Iterator[Snapshot]:
    """Fills the grid. One snapshot before, and one after every piece of work."""
    pieces = list(work(model))
    seconds, begin = 0.0, time.thread_time()
    for step in range(model.step, len(pieces) + 1):
        if step > model.step:
            pieces[step - 1]()
            model.step = step
        seconds += time.thread_time() - begin
        yield Snapshot(step, len(pieces), seconds, _metrics(model))
        begin = time.thread_time()


def _metrics(model: Grid) -> dict[str, float]:
    """cells: how many are measured. best: the lowest perplexity so far (V before there is one)."""
    measured = model.cells[model.cells > 0]
    return {"cells": float(len(measured)), "best": float(measured.min(initial=model.counts.V))}


def facts(model: Grid) -> dict[str, Any]:
    """What the rows and columns are."""
    held = model.held[model.held != START]
    return {
        "smoothings": list(SMOOTHINGS),
        "orders": list(range(1, model.spec.order + 1)),
        "vocabulary_size": model.counts.V,
        "held_out_tokens": len(held),
    }


def weights(model: Grid) -> dict[str, np.ndarray]:
    """What changes from moment to moment is what was measured: copies, as text, so that no digit is lost."""
    return {
        "cells": model.cells.copy().view(np.int64),
        "fell_back": model.fell_back.copy(),
        "step": np.array(model.step),
    }


def with_weights(model: Grid, weights: dict[str, np.ndarray]) -> Grid:
    """The model at another moment."""
    cells = weights["cells"].view(np.float64)
    return dataclasses.replace(model, cells=cells, fell_back=weights["fell_back"], step=int(weights["step"]))


def grid(model: Grid) -> dict[str, Any]:
    """All cells measured so far: smoothing, order, perplexity (None where a held-out word is impossible), and whether
    a stated discount stands in for one that the text does not give."""
    cells = [
        {
            "smoothing": SMOOTHINGS[rule],
            "order": int(n) + 1,
            "perplexity": float(model.cells[rule, n]) if np.isfinite(model.cells[rule, n]) else None,
            "fell_back": bool(model.fell_back[rule, n]),
        }
        for rule, n in np.argwhere(model.cells > 0)
    ]
    return {"cells": cells, "normalised": {name: name != "stupid_backoff" for name in SMOOTHINGS}}


def grid_view(model: Grid, previous: Numbers | None) -> Numbers:
    """perplexity (rules, K) float32: 0 where not measured, −1 where infinite. Rows as `smoothings`, orders from 1."""
    shown = np.where(np.isfinite(model.cells), model.cells, -1).astype(np.float32)
    return {"perplexity": shown, "smoothings": list(SMOOTHINGS)}


def warm() -> None:
    """Compiles what the n-gram model needs."""
    ngram.warm()


QUESTIONS: dict[str, Callable[..., Any]] = {"grid": grid}
VIEWS: dict[str, Callable[..., Numbers]] = {"grid_view": grid_view}
