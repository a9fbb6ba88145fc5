"""GloVe: two words' vectors multiplied give the logarithm of how often the two stand near each other.

Pennington, Socher, Manning (2014), "GloVe: Global Vectors for Word Representation". The text is counted once
(`cooccurrence.py`); the training sees only the table X, and makes small

    J = Σ f(X_ij) (w_i · w̃_j + b_i + b̃_j − log X_ij)²     over the cells that are not 0,
    f(x) = (x / x_max)^α below x_max, else 1

by AdaGrad (Duchi, Hazan, Singer 2011) as in the authors' program: with a = η g, the learning rate times a component's
gradient, the component moves by −a / √G, then G ← G + a²; every G is 1 at first. A word has two vectors, w as a row of
the table and w̃ as a column; the paper uses their sum.

What differs here from the authors' program, and why:
- The cells are shuffled once, as there, but row by row: rows in random order, and within each row its cells. The row's
  vector then stays at hand, which takes a quarter less time; the loss after as many passes is the same.
- Instead of G we keep r = 1/√G. A step is s = a r, and afterwards r ← r / √(1 + s²), since G + a² = G (1 + s²). While
  steps are small, 1/√(1 + s²) is 1 − s²/2 + 3s⁴/8 to five digits (`learn_small`); otherwise it is computed
  (`learn_large`). Without a root and a division for each number it is three times as fast.
- The constant 2 of the gradient is in η, as there. Single precision, one thread. Tables are as wide as the next
  multiple of 16, with zeros, as processors like it.
- `zeros=half` is not the paper's: it adds ½ to every cell, so that words that never meet also say something.

Symbols: V words, D dimensions, Z cells, w a row of W, c a row of C (the paper's w̃), b and d the biases (d: b̃).
"""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.experiments import GloVe
from engine.measure import analogies, vectors
from engine.measure.vectors import Vectors
from engine.mistake import Mistake
from engine.models import cooccurrence, finish
from engine.models.cooccurrence import Counts
from engine.models.machine_code import compiled, inlined
from engine.models.word2vec import draw
from engine.snapshot import Numbers, Snapshot
from engine.text import corpora
from engine.trace import Step, Trace, number, row

SNAPSHOTS = 199  # and one before the first update: 200 moments, as many as a run keeps
WORK = 10_000_000  # components moved between two snapshots, at most: about 20 ms
MEASURED = 20_000  # cells on which the loss is measured
WIDE = 16  # tables are a multiple of this wide
SMALL = 0.17  # a step whose square is below 0.03 is small
MOST_WORDS = 1_500  # of a table with every cell filled
BOUND = 1_000.0  # a component beyond it is none that a training comes to
LOOKED_AT = 600  # words among which pairs that never meet are looked for
TABLES = ("sum", "W", "C")

Array = np.ndarray


# ---- the algorithm ----------------------------------------------------------------------------------------------


@inlined
def dot(w: Array, c: Array) -> np.float32:
    """w · c of two vectors."""
    total = np.float32(0)
    for k in range(len(w)):
        total += w[k] * c[k]  # step: dot
    return total


@inlined
def shrunk(s: float) -> np.float32:
    """1/√(1 + s²) for a small s."""
    t = np.float32(s * s)
    factor: np.float32 = np.float32(1) - t * (np.float32(0.5) - t * np.float32(0.375))
    return factor


@inlined
def error(W: Array, C: Array, b: Array, d: Array, i: int, j: int, log: float) -> np.float32:
    """w · c + b + d − log X: how far cell (i, j) is from what it should be."""
    fit = dot(W[i], C[j]) + b[i] + d[j]  # step: biases
    e: np.float32 = fit - log  # step: difference
    return e


@compiled
def learn_small(
    first: int, last: int, small: float, rows: Array, columns: Array, logs: Array, f: Array, lr: float, W: Array,
    C: Array, b: Array, d: Array, rW: Array, rC: Array, rb: Array, rd: Array,
) -> int:  # fmt: skip
    """One update for each of the cells first to last − 1. Stops at one whose steps may not be small, and says where.

    A step is f · error · lr times a component of the other vector, times r.
    """
    for cell in range(first, last):
        i, j = rows[cell], columns[cell]
        g = lr * f[cell] * error(W, C, b, d, i, j, logs[cell])  # step: gradient
        if not abs(g) < small:
            return cell
        w, c, rw, rc = W[i], C[j], rW[i], rC[j]
        for k in range(len(w)):
            s, z = g * c[k] * rw[k], g * w[k] * rc[k]
            w[k] -= s  # step: update
            c[k] -= z
            rw[k] *= shrunk(s)  # step: squares
            rc[k] *= shrunk(z)
        s, z = g * rb[i], g * rd[j]
        b[i] -= s
        d[j] -= z
        rb[i] *= shrunk(s)
        rd[j] *= shrunk(z)
    return last


@compiled
def learn_large(
    cell: int, rows: Array, columns: Array, logs: Array, f: Array, lr: float, W: Array, C: Array, b: Array, d: Array,
    rW: Array, rC: Array, rb: Array, rd: Array,
) -> np.float32:  # fmt: skip
    """The same for one cell whose steps may be large. Returns its largest component, or 1."""
    i, j, one, most = rows[cell], columns[cell], np.float32(1), np.float32(1)
    g = lr * f[cell] * error(W, C, b, d, i, j, logs[cell])
    w, c, rw, rc = W[i], C[j], rW[i], rC[j]
    for k in range(len(w)):
        s, z = g * c[k] * rw[k], g * w[k] * rc[k]
        w[k] -= s
        c[k] -= z
        rw[k] /= np.sqrt(one + s * s)
        rc[k] /= np.sqrt(one + z * z)
        most = max(most, abs(w[k]), abs(c[k]))
    s, z = g * rb[i], g * rd[j]
    b[i] -= s
    d[j] -= z
    rb[i] /= np.sqrt(one + s * s)
    rd[j] /= np.sqrt(one + z * z)
    return most


@compiled
def learn(
    first: int, last: int, rows: Array, columns: Array, logs: Array, f: Array, lr: float, W: Array, C: Array, b: Array,
    d: Array, rW: Array, rC: Array, rb: Array, rd: Array,
) -> None:  # fmt: skip
    """One update for each of the cells first to last − 1 of the whole training, which goes through all cells again and
    again."""
    Z, most = len(rows), max(np.float32(1), np.abs(W).max(), np.abs(C).max())
    while first < last:
        start = first // Z * Z
        end = min(last - start, Z)
        given = rows, columns, logs, f, lr, W, C, b, d, rW, rC, rb, rd
        cell = learn_small(first - start, end, np.float32(SMALL) / most, *given)
        if cell < end:
            most = max(most, learn_large(cell, *given))
            cell += 1
        first = start + cell


@compiled
def objective(rows: Array, columns: Array, logs: Array, f: Array, W: Array, C: Array, b: Array, d: Array) -> float:
    """J of these cells, divided by their number."""
    total = 0.0
    for cell in range(len(rows)):
        e = error(W, C, b, d, rows[cell], columns[cell], logs[cell])
        total += f[cell] * e * e  # step: cost
    return total / len(rows)


def weight(X: Array, x_max: float, alpha: float) -> Array:
    """f(X), and 0 where X is 0."""
    f: Array = np.minimum(1, X / x_max) ** alpha * (X > 0)  # step: weight
    return f


# ---- the model and its training ---------------------------------------------------------------------------------


@dataclass(eq=False)
class Model:
    """Tables W and C (V, at least D) and biases b, d (V,), with AdaGrad's factors r for each, and what they learn from.

    `rows`, `columns` (Z,) int32, `logs` and `f` (Z,) float32 are the cells in the order of learning. The loss is
    measured on the first ones of `sample`. `step` counts updates. `diverged`: the numbers grew past all bounds, and
    training ended with the last good ones.
    """

    spec: GloVe
    counts: Counts
    rows: Array
    columns: Array
    logs: Array
    f: Array
    sample: Array
    W: Array
    C: Array
    b: Array
    d: Array
    rW: Array
    rC: Array
    rb: Array
    rd: Array
    questions: analogies.Questions
    step: int = 0
    learning_seconds: float = 0.0
    diverged: bool = False

    @property
    def total(self) -> int:
        """Updates in the whole training."""
        return self.spec.epochs * len(self.rows)

    def cells(self) -> tuple[Array, Array, Array, Array]:
        """What `learn` learns from."""
        return self.rows, self.columns, self.logs, self.f

    def tables(self) -> tuple[Array, ...]:
        """What `learn` changes."""
        return self.W, self.C, self.b, self.d, self.rW, self.rC, self.rb, self.rd


def preparing(spec: GloVe, text: str | None = None) -> Generator[float, None, Model]:
    """Reads and counts the text, yielding the fraction done, and returns the model with its first weights.

    Raises Mistake("too_many_cells") if every cell is to be filled and they are too many, or what `counting` raises.
    """
    counts = yield from cooccurrence.counting(spec, text)
    if spec.zeros == "half" and len(counts.vocabulary) > MOST_WORDS:
        raise Mistake("too_many_cells", words=len(counts.vocabulary), most=MOST_WORDS)
    warm()
    yield 1.0
    model = yield from starting(spec, counts)
    return model


def build(spec: GloVe, text: str | None = None) -> Model:
    """The model with its first weights: `preparing` in one go."""
    return finish(preparing(spec, text))


def filled(counts: Counts, zeros: str) -> tuple[Array, Array, Array]:
    """The cells to learn from, row by row: those that are not 0, or all, with ½ added.

    Where each row begins (V + 1,), and columns and values (Z,) of the cells.
    """
    if zeros == "skip":
        return counts.begin, counts.columns, counts.values()  # step: count
    V = len(counts.vocabulary)
    X = np.full((V, V), 0.5)
    X[counts.rows(), counts.columns] += counts.values()
    return np.arange(V + 1) * V, np.tile(np.arange(V, dtype=np.int32), V), X.ravel()  # (V² ,) each


@compiled
def shuffled(begin: Array, rows: Array, random: Array, order: Array) -> None:
    """Numbers of cells in the order of learning, (Z,): the rows as they are given, each row's cells at random."""
    n = 0
    for i in rows:
        for k in range(begin[i + 1] - begin[i]):
            other = n - draw(random, k + 1)  # it goes to a random place among those before it
            order[n] = order[other]
            order[other] = begin[i] + k
            n += 1


def starting(spec: GloVe, counts: Counts) -> Generator[float, None, Model]:
    """First weights as in the authors' program: uniform within ±1/2(D + 1), biases too; every r is 1."""
    V, D, chance = len(counts.vocabulary), spec.dim, np.random.default_rng(spec.seed)
    begin, columns, X = filled(counts, spec.zeros)
    order, random = np.empty(len(X), np.int64), np.random.SeedSequence(spec.seed).generate_state(1, np.uint64)
    shuffled(begin, chance.permutation(V), random, order)
    yield 1.0
    rows = np.repeat(np.arange(V, dtype=np.int32), np.diff(begin))[order]
    columns, X = columns[order], X[order]
    yield 1.0
    logs = np.log(X).astype(np.float32)  # step: logarithm
    f = weight(X, spec.x_max, spec.alpha).astype(np.float32)
    sample = np.sort(chance.choice(len(X), min(len(X), MEASURED), replace=False))
    W, C = (_wide((chance.random((V, D)) - 0.5) / (D + 1)) for _ in range(2))
    b, d = ((chance.random(V, dtype=np.float32) - np.float32(0.5)) / np.float32(D + 1) for _ in range(2))
    rW, rC, rb, rd = (np.ones_like(table) for table in (W, C, b, d))
    questions = analogies.indexed(corpora.questions(spec.corpus, spec.language), counts.vocabulary.index)
    return Model(spec, counts, rows, columns, logs, f, sample, W, C, b, d, rW, rC, rb, rd, questions)


def _wide(table: Array, rest: float = 0.0) -> Array:
    """The table (V, D) as float32 with columns of `rest` up to the next multiple of WIDE."""
    V, D = table.shape
    wide = np.full((V, -(-D // WIDE) * WIDE), rest, np.float32)
    wide[:, :D] = table
    return wide


def advance(model: Model, step: int) -> None:
    """Learns on, up to update number `step`. If the numbers grow past all bounds, the last good ones stay."""
    begin = time.thread_time()
    if not model.diverged:
        before = [table.copy() for table in model.tables()]
        learn(model.step, step, *model.cells(), np.float32(model.spec.lr), *model.tables())
        if not all(np.abs(table).max() < BOUND for table in model.tables()):
            model.diverged = True
            for table, good in zip(model.tables(), before, strict=True):
                table[:] = good
    model.step = step
    model.learning_seconds += time.thread_time() - begin


def train(model: Model) -> Iterator[Snapshot]:
    """Trains in place. Yields before the first update and then about SNAPSHOTS times; more if the run is long."""
    seconds, begin = 0.0, time.thread_time()
    for step in [model.step, *_marks(model)]:
        advance(model, step)
        metrics = measure(model)
        seconds += time.thread_time() - begin
        yield Snapshot(model.step, model.total, seconds, metrics)
        begin = time.thread_time()


def _marks(model: Model) -> list[int]:
    """The steps still to come at which to pause, evenly spread."""
    pauses = max(min(SNAPSHOTS, model.total), math.ceil(model.total * (model.W.shape[1] + 10) / WORK))
    return [step for step in (np.arange(1, pauses + 1) * model.total // pauses).tolist() if step > model.step]


def measure(model: Model) -> dict[str, float]:
    """loss: the mean of f(X) (w · c + b + d − log X)² over cells, J divided by their number; always the same cells.
    cells_per_second: updates per CPU-second of learning. diverged: 1 if the numbers grew past all bounds.
    analogy_accuracy, analogy_<category>: 3CosAdd on W + C, question words excluded.
    """
    cells = (each[model.sample] for each in model.cells())
    loss = objective(*cells, *model.tables()[:4])
    speed = model.step / model.learning_seconds if model.step else 0.0
    right = analogies.accuracy(vectors_of(model).table, model.questions)
    return {"loss": loss, "cells_per_second": speed, "diverged": float(model.diverged), **right}


def warm() -> None:
    """Compiles everything, or loads it from where it was kept."""
    cooccurrence.warm()
    cells = np.zeros(2, np.int32), np.ones(2, np.int32), np.ones(2, np.float32), np.ones(2, np.float32)
    tables = [np.ones(shape, np.float32) for shape in ((2, WIDE), (2, WIDE), 2, 2) * 2]
    learn(0, 3, *cells, np.float32(0.1), *tables)
    shuffled(np.array([0, 1, 2]), np.arange(2), np.ones(1, np.uint64), np.empty(2, np.int64))
    objective(*cells, *tables[:4])


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text, the table and the model."""
    spec, index = model.spec, model.counts.vocabulary.index
    analogy = corpora.default_analogy(spec.corpus, spec.language)
    return {
        **cooccurrence.facts_of(spec, model.counts),
        "learnt_cells": len(model.rows),
        "parameters": 2 * len(index) * (spec.dim + 1),
        "analogy": list(analogy) if analogy and all(word in index for word in analogy) else None,
        "questions": len(model.questions.words),
    }


FINE = 32  # a factor r is kept as the whole number −FINE log₂ r: to one part in a hundred


def weights(model: Model) -> dict[str, np.ndarray]:
    """Copies of both tables (V, D) and both biases (V,), AdaGrad's factors in a byte each, and the step."""
    D = model.spec.dim
    factors = {
        name: np.clip(np.rint(-FINE * np.log2(table)), 0, 255).astype(np.uint8)
        for name, table in (("rW", model.rW[:, :D]), ("rC", model.rC[:, :D]), ("rb", model.rb), ("rd", model.rd))
    }
    kept = {"W": model.W[:, :D].copy(), "C": model.C[:, :D].copy(), "b": model.b.copy(), "d": model.d.copy()}
    return {**kept, **factors, "step": np.array(model.step), "diverged": np.array(model.diverged)}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other tables, of any precision: to ask about another moment, not to train on."""
    W, C = (_wide(weights[name]) for name in ("W", "C"))
    b, d = (weights[name].astype(np.float32) for name in ("b", "d"))
    rW, rC, rb, rd = (np.exp2(-weights[name].astype(np.float32) / FINE) for name in ("rW", "rC", "rb", "rd"))
    past = dataclasses.replace(model, W=W, C=C, b=b, d=d, rW=_wide(rW, 1.0), rC=_wide(rC, 1.0), rb=rb, rd=rd)
    past.step, past.diverged = int(weights["step"]), bool(weights["diverged"])
    return past


# ---- questions: asked of the model as it stands, answers are JSON -----------------------------------------------


def vectors_of(model: Model, table: str = "sum") -> Vectors:
    """The vectors that are asked: W + C, or one of the two. Raises Mistake("dial_option")."""
    if table not in TABLES:
        raise Mistake("dial_option", name="table", value=table, allowed=list(TABLES))
    D = model.spec.dim
    W, C = model.W[:, :D], model.C[:, :D]
    shown = W + C if table == "sum" else W if table == "W" else C
    return Vectors.known(model.counts.vocabulary, shown, model.questions)


def fitted(model: Model, rows: Any, columns: Any) -> Array:
    """w · c + b + d of cells (n,)."""
    fit: Array = np.einsum("nd,nd->n", model.W[rows], model.C[columns]) + model.b[rows] + model.d[columns]
    return fit


def ratios(model: Model, first: str, second: str, probes: list[str] | None = None) -> dict[str, Any]:
    """As `cooccurrence.ratios_of`; of each row also `learnt`, the log-ratio that the vectors give.

    log P(k | i) / P(k | j) is log X_ik − log X_jk − (log X_i − log X_j): in vectors (w_i − w_j) · w̃_k + b_i − b_j − ….
    """
    found = cooccurrence.ratios_of(model.counts, first, second, probes)
    i, j, *ks = cooccurrence.known_rows(model.counts, [first, second, *(each["word"] for each in found["rows"])])
    sums = np.log([max(model.counts.row(x).sum(), 1 / cooccurrence.ONE) for x in (i, j)])
    for each, k in zip(found["rows"], ks, strict=True):
        each["learnt"] = float(fitted(model, [i], [k])[0] - fitted(model, [j], [k])[0] - sums[0] + sums[1])
    return found


def weighting(model: Model, n: int = 40) -> dict[str, Any]:
    """The curve f, at n counts, and how many cells there are by count: cells[k] from bins[k] up to bins[k + 1]."""
    spec, X = model.spec, model.counts.values()
    most = max(float(X.max()), 2 * spec.x_max)
    counts = np.geomspace(float(X.min()), most, max(2, n))
    bins = np.geomspace(float(X.min()) * 0.999, float(X.max()) * 1.001, max(2, n))
    return {
        "counts": counts.tolist(), "f": weight(counts, spec.x_max, spec.alpha).tolist(), "bins": bins.tolist(),
        "cells": np.histogram(X, bins)[0].tolist(), "x_max": spec.x_max, "alpha": spec.alpha,
    }  # fmt: skip


def cell(model: Model, first: str, second: str) -> dict[str, Any]:
    """What the model makes of the cell of two words: its count, what it should be and is, and its part of J.

    Numbers that an empty cell does not have are None. Raises Mistake("word_unknown"), ("word_unlike").
    """
    i, j = cooccurrence.known_rows(model.counts, (first, second))
    count = float(model.counts.row(i)[j])
    X = count + (0.5 if model.spec.zeros == "half" else 0)
    fit, f = float(fitted(model, [i], [j])[0]), float(weight(np.array(X), model.spec.x_max, model.spec.alpha))
    e = fit - math.log(X) if X else None
    return {
        "X": count, "log": math.log(X) if X else None, "dot": float(model.W[i] @ model.C[j]), "b": float(model.b[i]),
        "d": float(model.d[j]), "fit": fit, "error": e, "f": f, "part": f * e * e if e is not None else 0.0,
    }  # fmt: skip


def zeros(model: Model, n: int = 10) -> dict[str, Any]:
    """How many of the V² cells are empty, and pairs of frequent words that never meet although chance would have it.

    `expected` is X_i X_j / ΣX: what their cell would hold if words met by chance alone.
    """
    counts, V = model.counts, len(model.counts.vocabulary)
    few = np.array([x for x in range(min(V, LOOKED_AT)) if x not in set(counts.vocabulary.marks.tolist())])
    table = np.array([counts.row(x) for x in few])  # (few, V)
    sums = table.sum(axis=1)
    expected = np.outer(sums, sums) / max(counts.values().sum(), 1)
    expected[(table[:, few] > 0) | (np.tri(len(few), dtype=bool) if counts.symmetric else False)] = 0
    best = [divmod(int(x), len(few)) for x in np.argsort(-expected, axis=None, kind="stable")[:n]]
    words = [counts.vocabulary.words[x] for x in few]
    pairs = [{"first": words[i], "second": words[j], "expected": float(expected[i, j])} for i, j in best]
    empty = V * V - len(counts.columns)
    return {"cells": V * V, "empty": empty, "pairs": [pair for pair in pairs if pair["expected"]]}


# ---- views: what a stage draws of one moment, numbers only ------------------------------------------------------


def fit_view(model: Model, previous: Numbers | None, n: int = 300, seed: int = 0) -> Numbers:
    """Of n cells, the same at every moment: what they should be and are, `log` and `fit` (n,), their weight `f`."""
    chosen = np.random.default_rng([model.spec.seed, seed]).permutation(len(model.rows))[:n]
    rows, columns, words = model.rows[chosen], model.columns[chosen], model.counts.vocabulary.words
    return {
        "log": model.logs[chosen], "fit": fitted(model, rows, columns).astype(np.float32), "f": model.f[chosen],
        "first": [words[x] for x in rows], "second": [words[x] for x in columns],
    }  # fmt: skip


def heatmap_view(model: Model, previous: Numbers | None, words: tuple[str, ...]) -> Numbers:
    """As `cooccurrence.heatmap_of`; with `fit` (n, n), what the vectors give for the logarithms."""
    rows = np.array(cooccurrence.known_rows(model.counts, words))
    i, j = np.repeat(rows, len(rows)), np.tile(rows, len(rows))
    fit = fitted(model, i, j).reshape(len(rows), len(rows)).astype(np.float32)
    return {**cooccurrence.heatmap_of(model.counts, words), "fit": fit}


# ---- step-through: one update, number by number -----------------------------------------------------------------


def trace_fixed_example() -> Trace:
    """One update with numbers to redo by hand: X = 4, x_max = 16, α = ¾, so that f is 4/16 to the power of ¾: 0.354.

    The dot is 0.5, the biases are 0.1 and 0.2, log 4 is 1.386; η is 0.5 to see a change.
    """
    w, c = np.array([[1.0, 0.5]], np.float32), np.array([[0.4, 0.2]], np.float32)
    return _steps(4.0, w, c, (0.1, 0.2), np.ones((2, 2)), (1.0, 1.0), 16.0, 0.75, 0.5, ("ice", "solid"))


def trace_cell(model: Model, first: str | None = None, second: str | None = None) -> Trace:
    """One update for the cell of two words, on a copy of its rows: the model does not change.

    Without words, a telling cell. Raises Mistake("word_unknown"), ("word_unlike"), and ("pair_never_met") for a cell
    that training does not see.
    """
    spec, words = model.spec, model.counts.vocabulary.words
    first, second = (first, second) if first and second else _telling_cell(model, first)
    i, j = cooccurrence.known_rows(model.counts, (first, second))
    X = float(model.counts.row(i)[j]) + (0.5 if spec.zeros == "half" else 0)
    if not X:
        near = [each["word"] for each in cooccurrence.row_of(model.counts, first, 3)["answers"]] or "–"
        raise Mistake("pair_never_met", centre=words[i], context=words[j], window=spec.window, near=near)
    D = spec.dim
    w, c, rw, rc = model.W[[i], :D], model.C[[j], :D], model.rW[i, :D], model.rC[j, :D]
    biases, factors = (float(model.b[i]), float(model.d[j])), (float(model.rb[i]), float(model.rd[j]))
    return _steps(X, w, c, biases, np.array([rw, rc]), factors, spec.x_max, spec.alpha, spec.lr, (words[i], words[j]))


def _telling_cell(model: Model, first: str | None) -> tuple[str, str]:
    """A word, the one to begin with if none is given, and one that is its company rather than another word's."""
    known = cooccurrence.facts_of(model.spec, model.counts)
    if first is None and known["pair"]:
        kinds = cooccurrence.ratios_of(model.counts, *known["pair"])["suggested"]
        if kinds and kinds[0]["kind"] == "first":
            return known["pair"][0], kinds[0]["word"]
    word = first or (known["words"] or model.counts.vocabulary.words)[0]
    answers = cooccurrence.row_of(model.counts, word, 1)["answers"]
    return word, answers[0]["word"] if answers else word


def _steps(
    X: float, w: Array, c: Array, biases: tuple[float, float], factors: Array, bias_factors: tuple[float, float],
    x_max: float, alpha: float, lr: float, words: tuple[str, str],
) -> Trace:  # fmt: skip
    """One update of a cell with count X: rows w and c (1, D), biases, AdaGrad's factors r (2, D) and (2,)."""
    one, log = np.zeros(1, np.int32), np.array([math.log(X)], np.float32)
    f = weight(np.array([X]), x_max, alpha).astype(np.float32)
    tables = [w.copy(), c.copy(), *(np.array([x], np.float32) for x in biases)]
    r = [factors[[0]].astype(np.float32), factors[[1]].astype(np.float32)]
    r += [np.array([x], np.float32) for x in bias_factors]
    e = float(objective(one, one, log, np.ones(1, np.float32), *tables)) ** 0.5
    s = float(dot(w[0], c[0]))
    fit = np.float32(s) + tables[2][0] + tables[3][0]
    e = math.copysign(e, fit - log[0])
    new, new_r = [x.copy() for x in tables], [x.copy() for x in r]
    learn(0, 1, one, one, log, f, np.float32(lr), *new, *new_r)
    after = float(dot(new[0][0], new[1][0])) + float(new[2][0]) + float(new[3][0])  # step: after
    v = {
        "X": np.array(X), "log X": log, "w": w, "c": c, "s": np.array([s], np.float32),
        "b": tables[2], "d": tables[3], "fit": np.array([fit], np.float32), "e": np.array([e], np.float32), "f": f,
        "cost": f * np.float32(e) ** 2, "g w": f * np.float32(e) * c, "g c": f * np.float32(e) * w,
        "g b": f * np.float32(e), "G w": r[0] ** -2, "G c": r[1] ** -2, "G b": r[2] ** -2, "G d": r[3] ** -2,
        "G w new": new_r[0] ** -2, "G c new": new_r[1] ** -2, "G b new": new_r[2] ** -2, "G d new": new_r[3] ** -2,
        "η": np.array(lr), "w new": new[0], "c new": new[1], "b new": new[2], "d new": new[3],
        "fit new": np.array([after], np.float32), "e new": np.array([after - float(log[0])], np.float32),
    }  # fmt: skip
    return _told(v, x_max, alpha, words)


def _told(v: dict[str, Array], x_max: float, alpha: float, words: tuple[str, str]) -> Trace:
    """The steps with their formulas: v has every number by name."""
    n = {name: number(float(value.ravel()[0])) for name, value in v.items()}
    n |= {name: f"{float(value.ravel()[0]):.6g}" for name, value in v.items() if name.startswith("G")}  # G grows slowly
    w, c, to_w, to_c = (row(v[name][0], 3) for name in ("w", "c", "g w", "g c"))
    named = {name: (words["c" in name.split()],) for name in v if v[name].ndim == 2}  # rows of W, and of C

    def step(id: str, formula: str, given: str, made: str) -> Step:
        into, out = ({name: v[name] for name in names.split(", ") if name} for names in (given, made))
        labels: dict[str, tuple[str, ...]] = {name: named[name] for name in (*into, *out) if name in named}
        return Step(id, formula, into, out, f"glove.py#{id}", labels)

    f = rf"f = \left(\frac{{{n['X']}}}{{{number(x_max)}}}\right)^{{{number(alpha)}}} = {n['f']}"
    steep = r"f = 1" if float(v["X"]) >= x_max else f
    return (
        Step("count", rf"X = {n['X']}", {}, {"X": v["X"]}, "glove.py#count"),
        step("logarithm", rf"\log X = \log {n['X']} = {n['log X']}", "X", "log X"),
        step("dot", rf"s = w \cdot \tilde w \goodbreak = {w} \cdot {c} \goodbreak = {n['s']}",
             "w, c", "s"),
        step("biases", rf"s + b + \tilde b \goodbreak = {_sum(n['s'], n['b'], n['d'])} = {n['fit']}", "s, b, d", "fit"),
        step("difference", rf"e = {n['fit']} - {_factor(n['log X'])} = {n['e']}", "fit, log X", "e"),
        step("weight", steep, "X", "f"),
        step("cost", rf"f\,e^2 = {n['f']} \cdot {_factor(n['e'])}^2 = {n['cost']}", "f, e", "cost"),
        step("gradient", rf"g_w = f\,e\,\tilde w \goodbreak = {n['f']} \cdot {_factor(n['e'])} \cdot {c} "
             rf"\goodbreak = {to_w} \\ g_{{\tilde w}} = f\,e\,w \goodbreak = {to_c} \\ "
             rf"g_b = g_{{\tilde b}} = f\,e = {n['g b']}", "f, e, c, w", "g w, g c, g b"),
        step("update", rf"w \leftarrow w - \frac{{\eta\,g}}{{\sqrt{{G}}}} \\ {n['w']} - \frac{{{n['η']} \cdot "
             rf"{_factor(n['g w'])}}}{{\sqrt{{{n['G w']}}}}} \goodbreak = {n['w new']}",
             "η, w, c, b, d, g w, g c, g b, G w, G c, G b, G d", "w new, c new, b new, d new"),
        step("squares", rf"G \leftarrow G + (\eta\,g)^2 \\ {n['G w']} + ({n['η']} \cdot {_factor(n['g w'])})^2 "
             rf"\goodbreak = {n['G w new']}", "η, g w, g c, g b, G w, G c, G b, G d",
             "G w new, G c new, G b new, G d new"),
        step("after", rf"s + b + \tilde b:\; {n['fit']} \to {n['fit new']} \\ e:\; {n['e']} \to {n['e new']}",
             "w new, c new, b new, d new, log X", "fit new, e new"),
    )  # fmt: skip


def _factor(value: str) -> str:
    """A number inside a product: a negative one in brackets."""
    return f"({value})" if value.startswith("-") else value


def _sum(*terms: str) -> str:
    return " + ".join(_factor(term) for term in terms)


QUESTIONS: dict[str, Callable[..., Any]] = {
    **vectors.questions(vectors_of),
    "ratios": ratios,
    "matrix": cooccurrence.matrix,
    "row": cooccurrence.row,
    "weighting": weighting,
    "cell": cell,
    "zeros": zeros,
    "trace_window": cooccurrence.trace_window,
    "trace_cell": trace_cell,
    "trace_fixed_example": lambda model: trace_fixed_example(),
}
VIEWS: dict[str, Callable[..., Numbers]] = {
    **vectors.views(vectors_of),
    "fit_view": fit_view,
    "heatmap_view": heatmap_view,
}
