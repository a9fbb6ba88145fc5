"""GloVe: its update by hand and against numpy, its loss and gradients against torch, and what it learns."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.experiments import GloVe
from engine.mistake import Mistake
from engine.models import cooccurrence, finish, glove, glove_torch
from engine.worker import Moments


def trained(**fields: Any) -> glove.Model:
    model = glove.build(GloVe(**fields))
    for _ in glove.train(model):
        pass
    return model


@pytest.fixture(scope="module")
def kingdom() -> glove.Model:
    return trained()


@pytest.fixture(scope="module")
def small() -> glove.Model:
    return trained(tokens=10_000, epochs=5, dim=7)


# ---- arithmetic -------------------------------------------------------------------------------------------------


def test_weight() -> None:
    # (1/16)^¾ = 1/8; from x_max on 1; nothing where nothing was counted, whatever α is.
    np.testing.assert_allclose(glove.weight(np.array([0, 1, 16, 99.0]), 16, 0.75), [0, 1 / 8, 1, 1])
    np.testing.assert_allclose(glove.weight(np.array([0, 1, 16, 99.0]), 16, 0.0), [0, 1, 1, 1])


def adagrad(model: glove.Model, cells: range) -> list[np.ndarray]:
    """The authors' program in double precision: G beside each number, 1 at first, root and division at each step."""
    W, C, b, d, *factors = (table.astype(np.float64) for table in model.tables())
    GW, GC, Gb, Gd = (r**-2 for r in factors)
    for cell in cells:
        i, j = model.rows[cell % len(model.rows)], model.columns[cell % len(model.rows)]
        X = math.exp(float(model.logs[cell % len(model.rows)]))
        f = min(1.0, (X / model.spec.x_max) ** model.spec.alpha)
        g = model.spec.lr * f * (W[i] @ C[j] + b[i] + d[j] - math.log(X))
        to_w, to_c = g * C[j], g * W[i]
        W[i], C[j] = W[i] - to_w / np.sqrt(GW[i]), C[j] - to_c / np.sqrt(GC[j])
        GW[i], GC[j] = GW[i] + to_w**2, GC[j] + to_c**2
        b[i], d[j] = b[i] - g / math.sqrt(Gb[i]), d[j] - g / math.sqrt(Gd[j])
        Gb[i], Gd[j] = Gb[i] + g * g, Gd[j] + g * g
    return [W, C, b, d, GW, GC, Gb, Gd]


@pytest.mark.parametrize("lr", [0.01, 0.05, 0.3])
def test_training_equals_adagrad_in_numpy(lr: float) -> None:
    """With steps small and large: both ways of keeping 1/√G are taken."""
    model = glove.build(GloVe(tokens=2_000, dim=5, epochs=3, lr=lr, x_max=3.0))
    steps = min(4_000, model.total)
    W, C, b, d, GW, GC, Gb, Gd = adagrad(model, range(steps))
    glove.advance(model, steps)
    for ours, theirs in zip(model.tables()[:4], (W, C, b, d), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=5e-4)
    for ours, theirs in zip(model.tables()[4:], (GW, GC, Gb, Gd), strict=True):
        np.testing.assert_allclose(ours**-2, theirs, rtol=1e-3)
    assert (Gb > 1.001).any()


def test_small_and_large_steps_meet() -> None:
    """1/√(1 + s²) by its series is off by less than 1 in 100,000 up to where the root is taken."""
    s = np.linspace(0, glove.SMALL, 100).astype(np.float32)
    series = np.array([glove.shrunk(x) for x in s])
    np.testing.assert_allclose(series, 1 / np.sqrt(1 + s.astype(np.float64) ** 2), rtol=1e-5)


def dense(model: glove.Model) -> torch.Tensor:
    counts, V = model.counts, len(model.counts.vocabulary)
    X = torch.zeros(V, V, dtype=torch.float64)
    X[counts.rows().astype(int), counts.columns.astype(int)] = torch.from_numpy(counts.values())
    return X


def test_loss_and_gradients_equal_torch() -> None:
    """The table at once, by automatic differentiation, against one cell after the other from the same weights."""
    model = glove.build(GloVe(tokens=1_000, dim=4, x_max=2.0, alpha=0.6))
    D, X, learnt, lr = model.spec.dim, dense(model), 300, 1e-3
    first = [model.W[:, :D], model.C[:, :D], model.b, model.d]
    tables = [torch.tensor(table, dtype=torch.float64, requires_grad=True) for table in first]
    W, C, b, d = tables
    whole = glove_torch.objective(W, C, b, d, X, model.spec.x_max, model.spec.alpha)
    assert glove.objective(*model.cells(), *model.tables()[:4]) * len(model.rows) == pytest.approx(
        whole.item(), rel=1e-5
    )

    seen = torch.zeros_like(X)
    seen[model.rows[:learnt].astype(int), model.columns[:learnt].astype(int)] = 1
    glove_torch.objective(W, C, b, d, X * seen, model.spec.x_max, model.spec.alpha).backward()  # type: ignore[no-untyped-call]
    ours = [np.zeros_like(table, np.float64) for table in model.tables()[:4]]
    for cell in range(learnt):  # what each cell moves, over −η
        moved = [table.copy() for table in model.tables()]
        glove.learn(cell, cell + 1, *model.cells(), np.float32(lr), *moved)
        for gradient, old, new in zip(ours, model.tables()[:4], moved[:4], strict=True):
            gradient += (old.astype(np.float64) - new) / lr
    for gradient, table in zip(ours, tables, strict=True):
        assert table.grad is not None
        mine = gradient[:, :D] if gradient.ndim == 2 else gradient
        np.testing.assert_allclose(mine, table.grad.numpy() / 2, atol=2e-3)  # the constant 2 is in η


def test_the_torch_version_learns() -> None:
    model = glove.build(GloVe(tokens=3_000, dim=8))
    _, losses = glove_torch.train(dense(model).float(), 8, 60, 0.2, 10.0, 0.75, 0)
    assert losses[-1] < 0.3 * losses[0]


def test_first_weights_and_order() -> None:
    model = glove.build(GloVe(tokens=3_000, dim=10))
    inside = 0.5 / 11
    for table in (model.W[:, :10], model.C[:, :10], model.b, model.d):
        assert np.abs(table).max() <= inside
        assert table.std() == pytest.approx(2 * inside / math.sqrt(12), rel=0.1)
    assert (model.W[:, 10:] == 0).all()
    assert model.W.shape[1] == glove.WIDE
    cells = set(zip(model.rows.tolist(), model.columns.tolist(), strict=True))
    counts = model.counts
    assert cells == set(zip(counts.rows().tolist(), counts.columns.tolist(), strict=True))
    changes = np.flatnonzero(np.diff(model.rows)) + 1
    assert len(changes) == len(set(model.rows.tolist())) - 1  # row by row
    assert (np.diff(model.columns[: changes[0]]) < 0).any()  # and shuffled in each


def test_slicing_does_not_matter() -> None:
    whole, pieces = (glove.build(GloVe(tokens=2_000, epochs=3)) for _ in range(2))
    glove.advance(whole, whole.total)
    for step in (1, 2, 1_000, len(pieces.rows), len(pieces.rows) + 1, 2 * len(pieces.rows) + 5, pieces.total):
        glove.advance(pieces, step)
    for one, other in zip(whole.tables(), pieces.tables(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_every_dial_changes_the_numbers() -> None:
    first = trained(tokens=2_000, epochs=2)
    changes: list[dict[str, Any]] = [
        {"seed": 1}, {"lr": 0.06}, {"x_max": 5.0}, {"alpha": 0.5}, {"window": 4}, {"distance": "flat"},
        {"symmetric": "no"}, {"zeros": "half"}, {"mixed": 0.5}, {"epochs": 3}, {"corpus_seed": 1}, {"min_count": 2},
    ]  # fmt: skip
    for change in changes:
        other = trained(**{"tokens": 2_000, "epochs": 2, **change})
        assert other.W.shape != first.W.shape or not np.allclose(other.W, first.W), change


# ---- what it learns ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_learns_gender_royal_and_age(language: str) -> None:
    """In five seeds of five, where some sentences mix what otherwise excludes each other."""
    for seed in range(5):
        right = glove.measure(trained(language=language, seed=seed))
        assert min(right[f"analogy_{name}"] for name in ("gender", "royal", "age")) >= 0.85, f"seed {seed}"


def test_fails_where_attributes_exclude_each_other_and_half_a_count_helps() -> None:
    """Cells that are 0 say nothing to GloVe; ½ in each of them does."""
    paper, half = (glove.measure(trained(tokens=50_000, mixed=0.0, zeros=zeros)) for zeros in ("skip", "half"))
    for name in ("gender", "royal", "age"):
        assert paper[f"analogy_{name}"] < 0.5
        assert half[f"analogy_{name}"] > 0.8


def test_steps_too_large_stop_at_the_last_good_numbers() -> None:
    model = trained(tokens=20_000, lr=2.0)
    found = glove.measure(model)
    assert found["diverged"] == 1
    assert math.isfinite(found["loss"])
    assert all(np.abs(table).max() < glove.BOUND for table in model.tables())


@pytest.mark.parametrize(
    "fields", [{"dim": 1}, {"window": 1}, {"alpha": 0.0}, {"x_max": 0.5}, {"x_max": 1_000.0}, {"lr": 10.0}]
)
def test_ends_of_the_dials(fields: dict[str, Any]) -> None:
    model = trained(**{"tokens": 500, "epochs": 2, **fields})
    assert np.isfinite(glove.measure(model)["loss"])
    assert np.isfinite(model.W).all()


def test_too_many_cells() -> None:
    spec = GloVe.parse({"corpus": "kjv", "zeros": "half"})
    with pytest.raises(Mistake) as told:
        glove.build(spec)
    assert told.value.code == "too_many_cells"
    assert "1500" in told.value.sentence("en")


def test_longer_runs_pause_more_often() -> None:
    model = glove.build(GloVe(tokens=20_000, dim=300, epochs=200))
    marks = glove._marks(model)
    assert marks[-1] == model.total
    assert max(np.diff([0, *marks])) * model.W.shape[1] <= glove.WORK
    assert len(glove._marks(glove.build(GloVe(tokens=2_000)))) == glove.SNAPSHOTS


# ---- questions and views ----------------------------------------------------------------------------------------


def code_of(call: Any) -> str:
    with pytest.raises(Mistake) as told:
        call()
    for language in ("en", "zh"):
        assert "{" not in told.value.sentence(language)
    return told.value.code


def test_the_sum_and_its_parts(kingdom: glove.Model) -> None:
    both, W, C = (glove.vectors_of(kingdom, table).table for table in glove.TABLES)
    np.testing.assert_array_equal(both, W + C)
    assert W.shape == (len(kingdom.counts.vocabulary), kingdom.spec.dim)
    ask = glove.QUESTIONS["neighbours"]
    assert ask(kingdom, "king") == ask(kingdom, "king", table="sum")
    assert ask(kingdom, "king", table="W") != ask(kingdom, "king", table="C")
    assert code_of(lambda: ask(kingdom, "king", table="U")) == "dial_option"
    words = ("man", "king", "woman")
    assert glove.QUESTIONS["analogy"](kingdom, words)["answers"][0]["word"] == "queen"


def test_cell_and_ratios_say_what_the_vectors_learnt(kingdom: glove.Model) -> None:
    found = glove.cell(kingdom, "king", "the")
    assert found["fit"] == pytest.approx(found["dot"] + found["b"] + found["d"], rel=1e-5)
    assert found["log"] == pytest.approx(math.log(found["X"]))
    assert found["part"] == pytest.approx(found["f"] * found["error"] ** 2)
    assert abs(found["error"]) < 0.5
    empty = glove.zeros(kingdom)["pairs"][0]
    never = glove.cell(kingdom, empty["first"], empty["second"])
    assert (never["X"], never["log"], never["f"], never["part"]) == (0, None, 0, 0)
    rows = glove.ratios(kingdom, "king", "queen")["rows"]
    learnt, counted = ([each[key] for each in rows] for key in ("learnt", "log_ratio"))
    assert np.corrcoef(learnt, counted)[0, 1] > 0.9


def test_zeros_are_counted(kingdom: glove.Model) -> None:
    V = len(kingdom.counts.vocabulary)
    found = glove.zeros(kingdom, n=20)
    assert found["cells"] == V * V
    assert found["empty"] == V * V - len(kingdom.rows)
    assert len(found["pairs"]) == 20
    for pair in found["pairs"]:
        assert cooccurrence.matrix(kingdom, [pair["first"], pair["second"]])["counts"][0][1] == 0
        assert pair["expected"] > 0


def test_weighting_counts_every_cell(kingdom: glove.Model) -> None:
    found = glove.weighting(kingdom)
    assert sum(found["cells"]) == len(kingdom.rows)
    assert len(found["bins"]) == len(found["cells"]) + 1
    at = found["counts"].index(min(found["counts"], key=lambda x: abs(x - 5)))
    assert found["f"][at] == pytest.approx((found["counts"][at] / 10) ** 0.75)
    assert found["f"][-1] == 1


def test_fit_view_shows_the_same_cells_at_every_moment(kingdom: glove.Model) -> None:
    start = finish(glove.starting(kingdom.spec, kingdom.counts))
    first, last = (glove.fit_view(model, None) for model in (start, kingdom))
    assert first["first"] == last["first"]
    np.testing.assert_array_equal(first["log"], last["log"])
    assert np.corrcoef(last["log"], last["fit"])[0, 1] > 0.95
    assert abs(np.corrcoef(first["log"], first["fit"])[0, 1]) < 0.3
    map_ = glove.VIEWS["heatmap_view"](kingdom, None, words=("king", "queen"))
    assert map_["X"].shape == map_["fit"].shape == (2, 2)


def test_a_kept_moment_remembers_adagrads_sums(small: glove.Model) -> None:
    moments = Moments()
    moments.keep(0, glove.weights(small))
    past = glove.with_weights(small, moments.weights(0))
    np.testing.assert_allclose(past.W, small.W, atol=2e-3)
    for ours, kept in zip(small.tables()[4:], past.tables()[4:], strict=True):
        np.testing.assert_allclose(kept, ours, rtol=0.012)
    assert past.W.shape == small.W.shape


# ---- step-through -----------------------------------------------------------------------------------------------


def test_trace_is_the_update(small: glove.Model) -> None:
    index = small.counts.vocabulary.index
    steps = {step.id: step for step in glove.trace_cell(small, "king", "the")}
    assert list(steps) == [
        "count", "logarithm", "dot", "biases", "difference", "weight", "cost", "gradient", "update", "squares", "after",
    ]  # fmt: skip
    i, j, D = index["king"], index["the"], small.spec.dim
    cell = np.flatnonzero((small.rows == i) & (small.columns == j))
    tables = [table.copy() for table in small.tables()]
    glove.learn(0, 1, *(each[cell] for each in small.cells()), np.float32(small.spec.lr), *tables)
    update = steps["update"].outputs
    np.testing.assert_allclose(update["w new"][0], tables[0][i, :D], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(update["c new"][0], tables[1][j, :D], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(update["b new"], tables[2][[i]], rtol=1e-5)
    np.testing.assert_allclose(steps["squares"].outputs["G w new"][0], tables[4][i, :D] ** -2, rtol=1e-4)
    assert steps["cost"].outputs["cost"] == pytest.approx(glove.cell(small, "king", "the")["part"], rel=1e-3)
    assert abs(steps["after"].outputs["e new"][0]) < abs(steps["difference"].outputs["e"][0])


def test_steps_name_their_lines(small: glove.Model) -> None:
    models = Path(glove.__file__).parent
    for step in (*glove.trace_cell(small), *cooccurrence.trace_window(small)):
        file, _, mark = step.source.partition("#")
        assert (models / file).read_text(encoding="utf-8").count(f"# step: {mark}") == 1, step.source


def test_fixed_example_by_hand() -> None:
    steps = {step.id: step for step in glove.trace_fixed_example()}
    # 1 · 0.4 + 0.5 · 0.2 = 0.5; + 0.1 + 0.2 = 0.8; − log 4 = −0.586; f = (4/16)^¾ = 0.354
    assert float(steps["dot"].outputs["s"][0]) == pytest.approx(0.5)
    assert float(steps["difference"].outputs["e"][0]) == pytest.approx(0.8 - math.log(4), rel=1e-5)
    f, e = 0.25**0.75, 0.8 - math.log(4)
    assert float(steps["weight"].outputs["f"][0]) == pytest.approx(f, rel=1e-6)
    assert float(steps["cost"].outputs["cost"][0]) == pytest.approx(f * e * e, rel=1e-5)
    np.testing.assert_allclose(steps["gradient"].outputs["g w"][0], [f * e * 0.4, f * e * 0.2], rtol=1e-5)
    # every G is 1: w − 0.5 · g; then G = 1 + (0.5 g)²
    np.testing.assert_allclose(steps["update"].outputs["w new"][0], [1 - 0.2 * f * e, 0.5 - 0.1 * f * e], rtol=1e-5)
    np.testing.assert_allclose(steps["squares"].outputs["G b new"], 1 + (0.5 * f * e) ** 2, rtol=1e-5)


def test_trace_of_cells_that_are_not_learnt(small: glove.Model) -> None:
    pair = glove.zeros(small)["pairs"][0]
    assert code_of(lambda: glove.trace_cell(small, pair["first"], pair["second"])) == "pair_never_met"
    assert code_of(lambda: glove.trace_cell(small, "kingg", "the")) == "word_unknown"
    assert glove.trace_cell(small)[0].id == "count"
