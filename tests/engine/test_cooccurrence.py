"""Co-occurrence: against a plain Python count, moment by moment, and by hand."""

import dataclasses
import math
from collections import defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from engine.experiments import Cooccurrence
from engine.mistake import Mistake
from engine.models import cooccurrence, finish
from engine.text import corpora
from engine.text.vocabulary import count, encode

TEXT = [s.split() for s in ("the king saw the queen", "the dog", "a king , a crown", "queen")]


def model_of(sentences: list[list[str]], **fields: Any) -> cooccurrence.Model:
    """A model of a few sentences of our own, built the way `preparing` does."""
    spec = Cooccurrence(**fields)
    vocabulary = count(sentences, spec.min_count)
    weight = cooccurrence.weights_of(spec.window, spec.distance)
    counts = finish(cooccurrence.counted(vocabulary, *encode(sentences, vocabulary), weight, spec.symmetric == "yes"))
    start = dataclasses.replace(counts, X=np.zeros(len(counts.columns), np.int64), until=0)
    return cooccurrence.Model(spec, start)


def trained(**fields: Any) -> cooccurrence.Model:
    model = cooccurrence.build(Cooccurrence(**fields))
    for _ in cooccurrence.train(model):
        pass
    return model


def reference(sentences: list[list[str]], spec: Cooccurrence, until: int) -> dict[tuple[str, str], Fraction]:
    """The definition: every pair of known words within the window in the same sentence, of the first `until` words."""
    often: dict[str, int] = defaultdict(int)
    for sentence in sentences:
        for word in sentence:
            often[word] += 1
    X: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    read = 0
    for sentence in sentences:
        known = [word for word in sentence if often[word] >= spec.min_count][: max(0, until - read)]
        read += len(known)
        for i, word in enumerate(known):
            for j in range(max(0, i - spec.window), i):
                w = Fraction(1, i - j) if spec.distance == "harmonic" else Fraction(1)
                X[word, known[j]] += w
                if spec.symmetric == "yes":
                    X[known[j], word] += w
    return X


def table(model: cooccurrence.Model) -> dict[tuple[str, str], float]:
    words = model.counts.vocabulary.words
    rows = [model.counts.row(i) for i in range(len(words))]
    return {(words[i], words[j]): rows[i][j] for i in range(len(words)) for j in np.flatnonzero(rows[i])}


DIALS: list[dict[str, Any]] = [
    {},
    {"window": 3},
    {"distance": "flat", "window": 5},
    {"symmetric": "no"},
    {"min_count": 4, "window": 15},
    {"language": "zh", "window": 15, "corpus_seed": 1},
]


@pytest.mark.parametrize("fields", DIALS)
def test_counts_equal_a_plain_python_reference(fields: dict[str, Any]) -> None:
    spec = Cooccurrence(tokens=2_000, **fields)
    sentences = finish(corpora.reading(spec))
    model = cooccurrence.build(spec)
    for step in (1, 700, 2_000):
        cooccurrence.advance(model, min(step, len(model.counts.ids)))
        expected = {cell: float(x) for cell, x in reference(sentences, spec, model.step).items()}
        assert table(model) == expected  # to the last digit
        assert model.filled == len(expected)
        past = cooccurrence.with_weights(model, cooccurrence.weights(model))
        assert past.counts.X is None
        assert table(past) == expected


def test_the_whole_table_is_what_the_window_leaves() -> None:
    model = trained(tokens=5_000)
    whole = finish(cooccurrence.counting(model.spec))
    assert model.counts.X is not None
    assert whole.X is not None
    assert np.array_equal(model.counts.X, whole.X)
    assert np.array_equal(whole.values(), whole.X / cooccurrence.ONE)
    assert len(set(zip(whole.rows().tolist(), whole.columns.tolist(), strict=True))) == len(whole.columns)


def test_by_hand() -> None:
    # "the king saw the queen": the stands 1 before king, 2 before saw, 3 before itself, 4 and 1 before queen.
    model = model_of(TEXT)
    cooccurrence.advance(model, 5)
    row = dict(zip(model.counts.vocabulary.words, model.counts.row(model.counts.vocabulary.index["the"]), strict=True))
    assert row["king"] == pytest.approx(1 + 1 / 2)
    assert row["saw"] == pytest.approx(1 / 2 + 1)
    assert row["the"] == pytest.approx(2 / 3)  # each is in the other's window
    assert row["queen"] == pytest.approx(1 / 4 + 1)
    assert row["dog"] == 0
    assert row["crown"] == 0  # windows end with their sentence


def test_flat_windows_look_before_only_where_they_are_told_to() -> None:
    model = model_of(TEXT, distance="flat", symmetric="no", window=2)
    cooccurrence.advance(model, 5)
    found = cooccurrence.matrix(model, ["the", "king", "saw", "queen"])["counts"]
    assert found == [[0, 1, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0]]


def test_a_full_table_is_kept_for_the_next_run() -> None:
    spec = Cooccurrence(tokens=1_500, corpus_seed=7)
    one, two = (finish(cooccurrence.counting(spec)) for _ in range(2))
    assert one is two
    assert finish(cooccurrence.counting(Cooccurrence(tokens=1_500, corpus_seed=7, window=9))) is not one
    model = cooccurrence.build(spec)
    cooccurrence.advance(model, 100)
    assert (one.values() > 0).all()  # a run fills a table of its own


def test_metrics_grow_to_the_whole() -> None:
    snapshots = list(cooccurrence.train(cooccurrence.build(Cooccurrence(tokens=3_000))))
    cells = [snapshot.metrics["cells"] for snapshot in snapshots]
    assert cells[0] == 0
    assert cells == sorted(cells)
    model = trained(tokens=3_000)
    V = len(model.counts.vocabulary)
    assert snapshots[-1].metrics["share"] == cells[-1] / V**2
    assert snapshots[-1].metrics["words_seen"] == V
    assert len(snapshots) == cooccurrence.SNAPSHOTS + 1


# ---- questions --------------------------------------------------------------------------------------------------


def test_ratios_are_of_shares_of_the_row() -> None:
    model = trained(tokens=100_000)
    found = cooccurrence.ratios(model, "king", "queen", ["waistcoat", "ribbon", "the"])
    king, queen = (model.counts.row(model.counts.vocabulary.index[word]) for word in ("king", "queen"))
    for each in found["rows"]:
        k = model.counts.vocabulary.index[each["word"]]
        assert each["count_first"] == king[k]
        assert each["p_second"] == queen[k] / queen.sum()
        assert each["ratio"] == pytest.approx((king[k] / king.sum()) / (queen[k] / queen.sum()))
        assert each["log_ratio"] == pytest.approx(math.log(each["ratio"]))
    first, second, both = (each["log_ratio"] for each in found["rows"])
    assert first > 1
    assert second < -1
    assert abs(both) < 0.2
    kinds = {each["word"]: each["kind"] for each in found["suggested"]}
    assert set(kinds.values()) <= {"first", "second", "both", "neither"}
    assert not {"king", "queen"} & set(kinds)
    suggested = cooccurrence.ratios(model, "king", "queen")
    assert [each["word"] for each in suggested["rows"]] == list(kinds)
    signs = {each["word"]: each["log_ratio"] for each in suggested["rows"]}
    assert all(signs[word] > 0 for word, kind in kinds.items() if kind == "first")
    assert all(signs[word] < 0 for word, kind in kinds.items() if kind == "second")


def test_a_ratio_of_what_was_never_seen_is_none() -> None:
    model = model_of(TEXT)
    cooccurrence.advance(model, len(model.counts.ids))
    rows = cooccurrence.ratios(model, "king", "dog", ["crown", "a", "dog"])["rows"]
    assert rows[0]["ratio"] is None  # dog has no crown
    assert rows[2]["ratio"] is None  # 0 / 0
    assert cooccurrence.ratios(model, "queen", "dog", ["a"])["rows"][0]["log_ratio"] is None


def test_a_window_is_what_its_cells_gain() -> None:
    model = trained(tokens=5_000)
    found = cooccurrence.window(model, place=1_234)
    counts = model.counts
    i = int(counts.ids[1_234])
    before, after = np.zeros(len(counts.vocabulary), np.int64), np.zeros(len(counts.vocabulary), np.int64)
    counts.recount(i, 1_234, before)
    counts.recount(i, 1_235, after)
    gained = {
        counts.vocabulary.words[j]: (after[j] - before[j]) / cooccurrence.ONE for j in np.flatnonzero(after - before)
    }
    told: dict[str, float] = defaultdict(float)
    for pair in found["pairs"]:
        told[pair["word"]] += pair["after"] - pair["before"]
        assert found["sentence"][pair["at"]] == pair["word"]
        assert pair["weight"] == 1 / pair["distance"]
    assert {word: round(x, 9) for word, x in told.items()} == {word: round(x, 9) for word, x in gained.items()}
    assert found["sentence"][found["centre"]] == counts.vocabulary.words[i]


def test_the_window_of_a_moment_lies_before_it() -> None:
    model = cooccurrence.build(Cooccurrence(tokens=5_000))
    for step in (1, 50, 2_000):
        cooccurrence.advance(model, step)
        assert cooccurrence.window(model)["place"] < step
    assert (
        cooccurrence.window(model, word="king")["sentence"][cooccurrence.window(model, word="king")["centre"]] == "king"
    )


def test_trace_ends_with_the_cells() -> None:
    model = trained(tokens=5_000)
    steps = {step.id: step for step in cooccurrence.trace_window(model, "king")}
    assert list(steps) == ["centre", "distances", "weights", "cells"]
    cells = steps["cells"]
    np.testing.assert_allclose(cells.outputs["cell new"], cells.inputs["cell"] + cells.inputs["weight"])
    np.testing.assert_allclose(steps["weights"].outputs["weight"], 1 / steps["distances"].outputs["distance"])
    assert not any(word in steps["cells"].formula for word in ("king", "the"))
    marks = steps["centre"].outputs["window"].tolist()
    assert marks.count("1") == len(cells.inputs["weight"])


def code_of(call: Any) -> str:
    with pytest.raises(Mistake) as told:
        call()
    for language in ("en", "zh"):
        assert "{" not in told.value.sentence(language)
    return told.value.code


def test_what_cannot_be_used() -> None:
    model = trained(tokens=2_000)
    assert code_of(lambda: cooccurrence.matrix(model, ["kingg", "queen"])) == "word_unknown"
    assert code_of(lambda: cooccurrence.ratios(model, "king", "king")) == "word_twice"
    assert code_of(lambda: cooccurrence.ratios(model, "king", "<b>$x$ 🙂")) == "word_unlike"
    assert code_of(lambda: cooccurrence.window(model, place=10**6)) == "dial_range"
    assert code_of(lambda: cooccurrence.build(Cooccurrence(tokens=200, min_count=100))) == "vocabulary_too_small"
    alone = model_of(TEXT)
    cooccurrence.advance(alone, len(alone.counts.ids))
    assert code_of(lambda: cooccurrence.trace_window(model_of([["a"], ["b", "c"]]), "a")) == "window_empty"
