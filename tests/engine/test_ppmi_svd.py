"""PPMI and its SVD: by hand, against a numpy reference, against numpy's and scikit-learn's decomposition."""

import math
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.utils.extmath import randomized_svd

from engine.experiments import PPMI
from engine.models import cooccurrence, finish, ppmi_svd


def trained(**fields: Any) -> ppmi_svd.Model:
    model = ppmi_svd.build(PPMI(**fields))
    for _ in ppmi_svd.train(model):
        pass
    return model


def test_pmi_by_hand() -> None:
    # Two words that only meet each other, 6 times: P(1, 2) = ½, P(1) = P(2) = ½: PMI is log 2.
    rows, columns, X, sums = np.array([0, 1]), np.array([1, 0]), np.array([6.0, 6.0]), np.array([6.0, 6.0])
    np.testing.assert_allclose(ppmi_svd.pmi(rows, columns, X, sums, sums, 1.0), math.log(2))
    # With α = ½, contexts of 1 and 16 count as 1 and 4: P_α is 1/5 and 4/5.
    found = ppmi_svd.pmi(np.array([0]), np.array([1]), np.array([2.0]), np.array([4.0, 1]), np.array([1.0, 16]), 0.5)
    np.testing.assert_allclose(found, math.log((2 / 4) / (4 / 5)))


@pytest.mark.parametrize(("shift", "power"), [(1, 1.0), (1, 0.75), (5, 0.75)])
def test_table_equals_a_numpy_reference(shift: int, power: float) -> None:
    spec = PPMI(tokens=3_000, window=3)
    counts = finish(cooccurrence.counting(spec))
    X = np.array([counts.row(i) for i in range(len(counts.vocabulary))])
    p_ij, p_i, a_j = X / X.sum(), X.sum(axis=1) / X.sum(), X.sum(axis=0) ** power
    with np.errstate(divide="ignore"):
        pmi = np.log(p_ij / np.outer(p_i, a_j / a_j.sum()))
    M = ppmi_svd.ppmi(counts, shift, power)
    np.testing.assert_allclose(M.toarray(), np.maximum(0, pmi - math.log(shift)), atol=1e-5)
    assert (M.data > 0).all()
    assert np.array_equal(X, [counts.row(i) for i in range(len(counts.vocabulary))])  # the counts are shared


@pytest.mark.parametrize("eigen", [0.0, 0.5, 1.0])
def test_vectors_equal_the_full_decomposition(eigen: float) -> None:
    model = trained(tokens=20_000, dim=20, eigen=eigen)
    U, sigma, _ = np.linalg.svd(model.M.toarray().astype(np.float64))
    np.testing.assert_allclose(model.sigma, sigma[:20], rtol=1e-3)
    theirs = U[:, :20] * sigma[:20] ** eigen
    ours = model.table.astype(np.float64)
    # Of a direction either sign is right; compare what angles and lengths depend on.
    np.testing.assert_allclose(ours @ ours.T, theirs @ theirs.T, atol=2e-2 * np.abs(theirs @ theirs.T).max())


@pytest.mark.parametrize(
    ("fields", "near"),
    [
        ({"tokens": 50_000}, 1e-3),
        ({"tokens": 50_000, "language": "zh", "dim": 30, "eigen": 1.0}, 1e-3),
        ({"corpus": "kjv", "min_count": 5}, 5e-3),
        ({"tokens": 300, "dim": 300}, 1e-3),  # as many dimensions as words
    ],
)
def test_is_scikit_learns_randomized_svd_step_by_step(fields: dict[str, Any], near: float) -> None:
    model = trained(**fields)
    D = model.table.shape[1]
    U, sigma, _ = randomized_svd(
        model.M, D, n_oversamples=10, n_iter=ppmi_svd.ROUNDS - 1, power_iteration_normalizer="QR", random_state=0
    )
    np.testing.assert_allclose(model.sigma, sigma, rtol=1e-4, atol=1e-4)
    held = sigma > 1e-3 * sigma[0]  # directions in which M is next to nothing are rounding
    theirs = U * sigma**model.spec.eigen
    theirs *= np.sign((model.table * theirs).sum(axis=0))  # of a direction either sign is right
    np.testing.assert_allclose(model.table[:, held], theirs[:, held], atol=near * np.abs(theirs).max())


def test_agrees_with_the_exact_values() -> None:
    model = trained(tokens=50_000)
    exact = TruncatedSVD(model.spec.dim, algorithm="arpack", random_state=0).fit(model.M)
    np.testing.assert_allclose(model.sigma, exact.singular_values_, rtol=1e-3)
    shares = ppmi_svd.spectrum(model)["share"]
    assert sum(shares) == pytest.approx(1 - ppmi_svd.measure(model)["left"], rel=1e-5)


def test_learns_the_kingdom() -> None:
    right = ppmi_svd.measure(trained())
    assert min(right[f"analogy_{name}"] for name in ("gender", "royal", "age")) >= 0.9


def test_cell() -> None:
    model = trained(tokens=10_000, shift=2)
    found = ppmi_svd.cell(model, "king", "the")
    assert found["M"] == pytest.approx(max(0, found["pmi"] - math.log(2)), abs=1e-5)
    assert ppmi_svd.cell(model, "king", "paris")["pmi"] is None


@pytest.mark.parametrize(
    "fields", [{"dim": 1}, {"dim": 300, "tokens": 300}, {"shift": 30}, {"power": 0.0}, {"window": 1}]
)
def test_ends_of_the_dials(fields: dict[str, Any]) -> None:
    model = trained(**{"tokens": 500, **fields})
    assert np.isfinite(model.table).all()
    assert math.isfinite(ppmi_svd.measure(model)["left"])
    assert model.table.shape[1] == min(model.spec.dim, len(model.counts.vocabulary))
