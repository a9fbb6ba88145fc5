"""Co-occurrence: a window slides over the text, and a table counts which word stands how often near which.

The table is what GloVe learns from (Pennington, Socher, Manning 2014, "GloVe: Global Vectors for Word
Representation"): X_ij is how often word j stands within R places of word i, in the same sentence. Two words d places
apart count 1/d, as in the paper, or 1 (`flat`); `symmetric` windows have words on both sides, others only before.
P(j | i) = X_ij / X_i is the share of j in the company of i, X_i the sum of row i.

What differs here from the authors' program, and why:
- Counts are whole numbers of 1/360,360, of which 1/1 to 1/15 are all multiples: a sum is the same in any order.
- The table is kept as its non-zero cells, row by row. A first pass finds where they are (`count_rows`), so that it
  takes no more room than it needs; what one watches is the second, in which the window slides (`slide`).
- A past moment is counted again from the text, one row at a time, when somebody looks at it.

Symbols: N words of text, V different ones, R the window, X (V, V) the table, Z its non-zero cells.
"""

import dataclasses
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.experiments import Cooccurrence, Windowed
from engine.mistake import Mistake
from engine.models import finish
from engine.models.machine_code import compiled
from engine.snapshot import Numbers, Snapshot
from engine.text import corpora
from engine.text.vocabulary import Vocabulary, count, encode, look_up
from engine.trace import Step, Trace
from engine.trace import row as numbers_of

ONE = 360_360  # what a count of 1 is kept as: the least number that 1 to 15 all divide
SNAPSHOTS = 100  # and one before the first word
PIECE = 20_000  # places of words that are counted between two reports
KEPT = 2  # tables a process keeps, so that a second run on a text starts at once
LISTED, SHOWN = 20_000, 12  # words in `facts`: of the vocabulary, and on the first picture
TELLING = 5  # a probe word must be met so often by both words of a ratio
MANY = 0.5  # log-ratio beyond which a word is one word's company rather than the other's

Array = np.ndarray


# ---- counting ---------------------------------------------------------------------------------------------------


def weights_of(window: int, distance: str) -> Array:
    """What a pair d places apart counts, (R + 1,) int64 in units of 1/ONE: ONE/d, or ONE if "flat"; 0 at d = 0."""
    d = np.arange(1, window + 1)
    flat = np.full(window, ONE)
    return np.concatenate([[0], ONE // d if distance == "harmonic" else flat]).astype(np.int64)  # step: weights


@compiled
def find(columns: Array, low: int, high: int, j: int) -> int:
    """Where j stands in columns[low:high], which rise."""
    while low < high:
        middle = (low + high) // 2
        if columns[middle] < j:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def slide(
    first: int, last: int, ids: Array, sentence: Array, weight: Array, symmetric: bool, begin: Array, columns: Array,
    X: Array,
) -> int:  # fmt: skip
    """Reads the words at places first to last − 1, each with the words before it; adds to the cells X (Z,) int64.

    Returns how many cells were empty before.
    """
    filled = 0
    for p in range(first, last):
        for d in range(1, len(weight)):  # step: distances
            if p - d < 0 or sentence[p - d] != sentence[p]:
                break
            i, j = ids[p], ids[p - d]  # step: centre
            for _ in range(2 if symmetric else 1):
                cell = find(columns, begin[i], begin[i + 1], j)
                filled += X[cell] == 0
                X[cell] += weight[d]  # step: cells
                i, j = j, i
    return filled


@compiled
def count_row(
    word: int, until: int, ids: Array, sentence: Array, places: Array, starts: Array, weight: Array, symmetric: bool,
    row: Array, met: Array,
) -> int:  # fmt: skip
    """Adds to row (V,) int64 whom `word` meets before place `until`. Leaves in `met` who it is, returns how many."""
    n = 0
    for p in places[starts[word] : starts[word + 1]]:
        for side in (-1, 1):
            for d in range(1, len(weight)):
                q = p + side * d
                if q < 0 or max(p, q) >= until or sentence[q] != sentence[p] or (side == 1 and not symmetric):
                    break
                if row[ids[q]] == 0:
                    met[n] = ids[q]
                    n += 1
                row[ids[q]] += weight[d]
    return n


@compiled
def count_rows(
    first: int, last: int, ids: Array, sentence: Array, places: Array, starts: Array, weight: Array, symmetric: bool,
    lengths: Array, columns: Array, X: Array,
) -> int:  # fmt: skip
    """The non-zero cells of rows first to last − 1, one after the other in columns and X; how many in each: lengths."""
    row, met, end = np.zeros(len(starts) - 1, np.int64), np.empty(len(starts) - 1, np.int32), 0
    for word in range(first, last):
        n = count_row(word, len(ids), ids, sentence, places, starts, weight, symmetric, row, met)
        met[:n].sort()
        for k in range(n):
            columns[end + k], X[end + k] = met[k], row[met[k]]
            row[met[k]] = 0
        lengths[word] = n
        end += n
    return end


@dataclass(frozen=True, eq=False)
class Counts:
    """A text and its table.

    `ids` (N,) int32 are its words, `sentence` (N,) int32 the sentence of each, `places` (N,) int32 where each word
    stands, word by word from `starts` (V + 1,). `weight` (R + 1,) is what a pair counts by its distance. The cells of
    row i are number begin[i] to begin[i + 1] − 1 of `columns` (Z,) int32 and `X` (Z,) int64, in units of 1/ONE; X is
    None where the first `until` words are to be counted again. `seconds` of CPU time were spent counting.
    """

    vocabulary: Vocabulary
    ids: Array
    sentence: Array
    places: Array
    starts: Array
    weight: Array
    symmetric: bool
    begin: Array
    columns: Array
    X: Array | None
    until: int
    seconds: float = 0.0

    def row(self, i: int) -> Array:
        """X_i1 … X_iV: (V,) float64."""
        found = np.zeros(len(self.vocabulary), np.int64)
        if self.X is not None:
            cells = slice(self.begin[i], self.begin[i + 1])
            found[self.columns[cells]] = self.X[cells]
        else:
            self.recount(i, self.until, found)
        return found / ONE

    def recount(self, i: int, until: int, found: Array) -> None:
        """Adds to `found` (V,) int64 what row i was when `until` words were read, in units of 1/ONE."""
        met = np.empty(len(found), np.int32)
        text = self.ids, self.sentence, self.places, self.starts
        count_row(i, until, *text, self.weight, self.symmetric, found, met)

    def values(self) -> Array:
        """The cells that are not 0 at the end of the text: (Z,) float64, as `columns`."""
        assert self.X is not None
        return self.X / ONE

    def rows(self) -> Array:
        """The row of each cell: (Z,) int32."""
        return np.repeat(np.arange(len(self.vocabulary), dtype=np.int32), np.diff(self.begin))


_kept: OrderedDict[tuple[Any, ...], Counts] = OrderedDict()


def counting(spec: Any, text: str | None = None) -> Generator[float, None, Counts]:
    """The table of a text; yields the share done. Takes any spec with the fields of `Windowed`.

    The table is shared between runs: do not change it. Raises Mistake("vocabulary_too_small") if no two words meet,
    or what the text raises.
    """
    fields = ("corpus", "language", "tokens", "corpus_seed", "mixed", "segment", *Windowed.last[:-1])
    key = tuple(getattr(spec, name) for name in fields)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    sentences = yield from corpora.reading(spec, text)
    vocabulary = count(sentences, spec.min_count)
    yield 1.0
    ids, offsets = encode(sentences, vocabulary)
    yield 1.0
    warm()
    yield 1.0
    found = yield from counted(
        vocabulary, ids, offsets, weights_of(spec.window, spec.distance), spec.symmetric == "yes"
    )
    if not len(found.columns):
        raise Mistake("vocabulary_too_small", words=len(vocabulary), min_count=spec.min_count)
    _kept[key] = found
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return found


def counted(
    vocabulary: Vocabulary, ids: Array, offsets: Array, weight: Array, symmetric: bool
) -> Generator[float, None, Counts]:
    """The table of a text that is read: ids (N,), its sentences begin at offsets (S + 1,). Yields now and then."""
    V, seconds, begun = len(vocabulary), 0.0, time.thread_time()
    sentence = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))  # (N,)
    places = np.argsort(ids, kind="stable").astype(np.int32)  # (N,)
    starts = np.concatenate([[0], np.cumsum(vocabulary.counts)]).astype(np.int64)
    lengths, columns, X, first = np.zeros(V, np.int64), [], [], 0
    while first < V:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + PIECE)) - 1)
        most = min(2 * len(weight) * int(starts[last] - starts[first]), (last - first) * V)
        into = lengths, np.empty(most, np.int32), np.empty(most, np.int64)
        end = count_rows(first, last, ids, sentence, places, starts, weight, symmetric, *into)
        columns.append(into[1][:end].copy())
        X.append(into[2][:end].copy())
        first, seconds = last, seconds + time.thread_time() - begun
        yield 1.0
        begun = time.thread_time()
    begin = np.concatenate([[0], np.cumsum(lengths)])
    table = begin, np.concatenate([np.empty(0, np.int32), *columns]), np.concatenate([np.empty(0, np.int64), *X])
    return Counts(vocabulary, ids, sentence, places, starts, weight, symmetric, *table, len(ids), seconds)


# ---- the experiment ---------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Model:
    """The table while the window slides. `step` counts the words read, `filled` the cells that are not 0."""

    spec: Cooccurrence
    counts: Counts
    step: int = 0
    filled: int = 0


def preparing(spec: Cooccurrence, text: str | None = None) -> Generator[float, None, Model]:
    """Reads the text, yielding the fraction done, and finds which cells there will be. Raises as `counting` does."""
    found = yield from counting(spec, text)
    return Model(spec, dataclasses.replace(found, X=np.zeros(len(found.columns), np.int64), until=0))


def build(spec: Cooccurrence, text: str | None = None) -> Model:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def advance(model: Model, step: int) -> None:
    """Slides the window on, until `step` words are read."""
    c = model.counts
    table = c.weight, c.symmetric, c.begin, c.columns, c.X
    model.filled += slide(model.step, step, c.ids, c.sentence, *table)
    model.step, model.counts = step, dataclasses.replace(c, until=step)


def train(model: Model) -> Iterator[Snapshot]:
    """Slides over the text once. Yields before the first word and then about SNAPSHOTS times; more if it is long."""
    total, seconds, begin = len(model.counts.ids), 0.0, time.thread_time()
    pauses = min(total, max(SNAPSHOTS, math.ceil(total / PIECE)))
    for step in sorted(
        {model.step, *(x for x in (np.arange(1, pauses + 1) * total // pauses).tolist() if x > model.step)}
    ):
        advance(model, step)
        metrics = measure(model)
        seconds += time.thread_time() - begin
        yield Snapshot(step, total, seconds, metrics)
        begin = time.thread_time()


def measure(model: Model) -> dict[str, float]:
    """cells: how many are not 0. share: of all V² cells. words_seen: different words read so far."""
    V = len(model.counts.vocabulary)
    c = model.counts
    seen = np.count_nonzero(c.places[c.starts[:-1]] < model.step)
    return {"cells": float(model.filled), "share": model.filled / V**2, "words_seen": float(seen)}


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the table."""
    return facts_of(model.spec, model.counts)


def facts_of(spec: Any, counts: Counts) -> dict[str, Any]:
    """Vocabulary, sizes, the words to begin with, and two words whose ratios tell something, if they are known."""
    vocabulary = counts.vocabulary
    wanted = corpora.map_words(spec.corpus, spec.language) or telling(vocabulary)
    analogy = corpora.default_analogy(spec.corpus, spec.language)
    known = [word for word in wanted if word in vocabulary.index]
    pair = (analogy[1], analogy[3]) if analogy else tuple(known[:2])
    return {
        "vocabulary": list(vocabulary.words[:LISTED]),
        "vocabulary_size": len(vocabulary),
        "tokens": len(counts.ids),
        "sentences": int(counts.sentence[-1]) + 1,
        "cells": len(counts.columns),
        "words": known,
        "pair": list(pair) if len(pair) == 2 and all(word in vocabulary.index for word in pair) else None,
        "counting_seconds": counts.seconds,
    }


def telling(vocabulary: Vocabulary) -> list[str]:
    """Frequent words of a text of which no map is known, without the most frequent, which say little, and marks."""
    words = [word for word in vocabulary.words if any(c.isalnum() for c in word)]
    return words[len(words) // 20 :][:SHOWN]


def weights(model: Model) -> dict[str, np.ndarray]:
    """How many words are read and how many cells are filled: all else can be counted again."""
    return {"step": np.array(model.step), "filled": np.array(model.filled)}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The model at another moment, to ask: its rows are counted again when they are looked at."""
    step, filled = int(weights["step"]), int(weights["filled"])
    return Model(model.spec, dataclasses.replace(model.counts, X=None, until=step), step, filled)


# ---- questions: of any table of counts, answers are JSON --------------------------------------------------------


def known_rows(counts: Counts, words: Any) -> list[int]:
    """The rows of words. Raises Mistake("word_unknown"), ("word_unlike")."""
    return [look_up(word, counts.vocabulary.index, counts.vocabulary.words) for word in words]


def two_rows(counts: Counts, first: str, second: str) -> tuple[int, int]:
    """The rows of two different words. Raises Mistake("word_twice"), ("word_unknown"), ("word_unlike")."""
    i, j = known_rows(counts, (first, second))
    if i == j:
        raise Mistake("word_twice", word=second)
    return i, j


def matrix_of(counts: Counts, words: Any) -> dict[str, Any]:
    """The cells of some words' rows and columns: `counts` (n, n)."""
    rows = known_rows(counts, words)
    return {"words": [counts.vocabulary.words[x] for x in rows], "counts": [counts.row(i)[rows].tolist() for i in rows]}


def row_of(counts: Counts, word: str, n: int = 10) -> dict[str, Any]:
    """The fullest cells of a word's row: whom it meets most, and their share P(j | word) of its company."""
    (i,) = known_rows(counts, (word,))
    x = counts.row(i)
    best = [j for j in np.argsort(-x, kind="stable")[:n] if x[j]]
    answers = [
        {"word": counts.vocabulary.words[j], "count": float(x[j]), "probability": float(x[j] / x.sum())} for j in best
    ]
    return {"word": counts.vocabulary.words[i], "sum": float(x.sum()), "met": int((x > 0).sum()), "answers": answers}


def ratios_of(counts: Counts, first: str, second: str, probes: Any = None) -> dict[str, Any]:
    """P(k | first) / P(k | second) for probe words k: the paper's table of ice and steam.

    `rows` are {word, count_first, count_second, p_first, p_second, ratio, log_ratio}, where no number can be given
    None. `suggested` are {word, kind}: the company of the "first", of the "second", of "both", of "neither". Without
    probes these are taken. Raises Mistake("word_twice"), ("word_unknown"), ("word_unlike").
    """
    i, j = two_rows(counts, first, second)
    x, y = counts.row(i), counts.row(j)
    suggested = [(k, kind) for k, kind in _probes(counts, x, y) if k not in (i, j)]
    asked = known_rows(counts, probes) if probes else [k for k, _ in suggested]
    p, q = x / max(x.sum(), 1 / ONE), y / max(y.sum(), 1 / ONE)
    return {
        "first": counts.vocabulary.words[i],
        "second": counts.vocabulary.words[j],
        "rows": [_ratio(counts.vocabulary.words[k], *(float(a[k]) for a in (x, y, p, q))) for k in asked],
        "suggested": [{"word": counts.vocabulary.words[k], "kind": kind} for k, kind in suggested],
    }


def _ratio(word: str, x: float, y: float, p: float, q: float) -> dict[str, Any]:
    ratio = p / q if q else None
    return {
        "word": word, "count_first": x, "count_second": y, "p_first": p, "p_second": q, "ratio": ratio,
        "log_ratio": math.log(ratio) if ratio else None,
    }  # fmt: skip


def _probes(counts: Counts, x: Array, y: Array) -> list[tuple[int, str]]:
    """Words that tell two rows (V,) apart, and words that do not: two of each kind, met by both."""
    fit = (x > 0) & (y > 0) & (x + y >= TELLING)
    fit[counts.vocabulary.marks] = False
    p, q = (np.where(fit, a, 1) / max(a.sum(), 1) for a in (x, y))
    log = np.log(p / q)
    alike = fit & (np.abs(log) < MANY / 2)
    kinds = {
        "first": np.where(fit & (log > MANY), (p + q) * log, -np.inf),
        "second": np.where(fit & (log < -MANY), -(p + q) * log, -np.inf),
        "both": np.where(alike, p + q, -np.inf),
        "neither": np.where(alike, -(p + q), -np.inf),
    }
    found: dict[int, str] = {}
    for kind, score in kinds.items():
        best = [int(k) for k in np.argsort(-score, kind="stable")[:2] if score[k] > -np.inf]
        found = {**dict.fromkeys(best, kind), **found}  # of a word that is of two kinds, the first
    return sorted(found.items(), key=lambda entry: list(kinds).index(entry[1]))


def heatmap_of(counts: Counts, words: Any) -> Numbers:
    """The cells of some words' rows and columns: X (n, n) float32, and the words."""
    rows = known_rows(counts, words)
    return {"X": np.array([counts.row(i)[rows] for i in rows], np.float32), "words": list(words)}


def place_of(counts: Counts, word: str | None, until: int) -> int:
    """The last place before `until` at which the window is fullest of the last 100; or where `word` stands."""
    R, N = len(counts.weight) - 1, len(counts.ids)
    until = until or N
    tried = np.arange(max(0, until - 100), until)
    if word is not None:
        (i,) = known_rows(counts, (word,))
        stands = counts.places[counts.starts[i] : counts.starts[i + 1]]
        tried = stands[stands < until][-100:] if (stands < until).any() else stands[:1]
    far = [_reach(counts, int(p), R) for p in tried]
    return int(tried[len(far) - 1 - int(np.argmax(far[::-1]))])


def _reach(counts: Counts, p: int, R: int) -> int:
    """How many words before place p are in its window."""
    return sum(1 for d in range(1, R + 1) if p - d >= 0 and counts.sentence[p - d] == counts.sentence[p])


def window_of(counts: Counts, place: int | None = None, word: str | None = None) -> dict[str, Any]:
    """One window as it is read: the sentence, the centre's place in it, and its pairs, the nearest first.

    A pair is {word, at (place in the sentence), distance, weight, before, after}: what its cell was and became. At
    `place` of the text, or else where `word` stood last, or the last full window. Raises Mistake("dial_range"),
    ("word_unknown"), ("word_unlike").
    """
    if place is not None and not 0 <= place < len(counts.ids):
        raise Mistake("dial_range", name="place", value=place, low=0, high=len(counts.ids) - 1)
    p = place_of(counts, word, counts.until) if place is None else place
    begin, end = np.searchsorted(counts.sentence, [counts.sentence[p], counts.sentence[p] + 1])
    x = np.zeros(len(counts.vocabulary), np.int64)
    counts.recount(int(counts.ids[p]), p, x)
    pairs = []
    for d in range(1, _reach(counts, p, len(counts.weight) - 1) + 1):
        j, before = counts.ids[p - d], x[counts.ids[p - d]] / ONE
        x[j] += counts.weight[d] * (2 if counts.symmetric and j == counts.ids[p] else 1)  # its own company, both ways
        pairs.append(
            {
                "word": counts.vocabulary.words[j], "at": int(p - d - begin), "distance": d,
                "weight": float(counts.weight[d] / ONE), "before": float(before), "after": float(x[j] / ONE),
            }
        )  # fmt: skip
    words = [counts.vocabulary.words[k] for k in counts.ids[begin:end]]
    return {"place": p, "sentence": words, "centre": int(p - begin), "symmetric": counts.symmetric, "pairs": pairs}


# ---- step-through: one window -----------------------------------------------------------------------------------


def trace_of(counts: Counts, word: str | None = None) -> Trace:
    """One window, from its centre to the cells: the last full one, or one of `word`'s.

    Raises Mistake("word_unknown"), ("word_unlike"), and ("window_empty") for a word that has no words before it.
    """
    found = window_of(counts, word=word)
    pairs, sentence, i = found["pairs"], tuple(found["sentence"]), found["centre"]
    if not pairs:
        raise Mistake("window_empty", word=sentence[i])
    pairs = pairs[::-1]  # as in the sentence
    names, d = tuple(pair["word"] for pair in pairs), np.array([pair["distance"] for pair in pairs])
    w, before, after = (np.array([pair[key] for pair in pairs]) for key in ("weight", "before", "after"))
    flat = len(counts.weight) > 2 and counts.weight[2] == ONE
    where = np.array(
        ["i" if at == i else "1" if 0 < i - at <= len(counts.weight) - 1 else "0" for at in range(len(sentence))]
    )
    shown = [f"{b:.6g} + {x:.3g} = {a:.6g}" for b, x, a in zip(before, w, after, strict=True)]
    R = len(counts.weight) - 1
    return (
        Step("centre", rf"i = {i + 1},\quad R = {R}", {}, {"window": where}, _line("centre"), {"window": sentence}),
        Step("distances", rf"d = i - j,\quad d \le {R}", {"window": where}, {"distance": d}, _line("distances"),
             {"window": sentence, "distance": names}),
        Step("weights", r"w = 1" if flat else rf"w = \frac{{1}}{{d}} = {numbers_of(w)}", {"distance": d},
             {"weight": w}, _line("weights"), {"distance": names, "weight": names}),
        Step("cells", r"X_{ij} \leftarrow X_{ij} + w \\ " + r" \\ ".join(shown[-4:]), {"cell": before,
             "weight": w}, {"cell new": after}, _line("cells"), dict.fromkeys(("cell", "weight", "cell new"), names)),
    )  # fmt: skip


def _line(id: str) -> str:
    return f"cooccurrence.py#{id}"


# ---- the same, of a model ---------------------------------------------------------------------------------------


def matrix(model: Any, words: list[str]) -> dict[str, Any]:
    """See `matrix_of`."""
    return matrix_of(model.counts, words)


def ratios(model: Any, first: str, second: str, probes: list[str] | None = None) -> dict[str, Any]:
    """See `ratios_of`."""
    return ratios_of(model.counts, first, second, probes)


def row(model: Any, word: str, n: int = 10) -> dict[str, Any]:
    """See `row_of`."""
    return row_of(model.counts, word, n)


def window(model: Any, place: int | None = None, word: str | None = None) -> dict[str, Any]:
    """See `window_of`."""
    return window_of(model.counts, place, word)


def trace_window(model: Any, word: str | None = None) -> Trace:
    """See `trace_of`."""
    return trace_of(model.counts, word)


def heatmap_view(model: Any, previous: Numbers | None, words: tuple[str, ...]) -> Numbers:
    """See `heatmap_of`."""
    return heatmap_of(model.counts, words)


def warm() -> None:
    """Compiles everything, or loads it from where it was kept."""
    vocabulary = count([["a", "b"]], 1)
    found = finish(counted(vocabulary, *encode([["a", "b"]], vocabulary), weights_of(1, "flat"), True))
    model = Model(Cooccurrence(), dataclasses.replace(found, X=np.zeros(2, np.int64), until=0))
    advance(model, 2)
    trace_of(dataclasses.replace(model.counts, X=None))


QUESTIONS: dict[str, Callable[..., Any]] = {
    "matrix": matrix,
    "ratios": ratios,
    "row": row,
    "window": window,
    "trace_window": trace_window,
}
VIEWS: dict[str, Callable[..., Numbers]] = {"heatmap_view": heatmap_view}
