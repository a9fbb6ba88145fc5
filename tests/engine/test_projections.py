"""Maps: against scikit-learn, by hand, and that they can be stopped."""

import subprocess
import sys
import threading
from collections.abc import Generator

import numpy as np
import pytest
from sklearn.decomposition import PCA

from engine.measure import projections
from engine.mistake import Mistake


def cloud(words: int = 30, dim: int = 10, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(words, dim)) * np.linspace(3, 1, dim)).astype(np.float32)


def two_groups(words: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Vectors around two opposite directions, and which."""
    group = np.arange(words) % 2
    noise = np.random.default_rng(0).normal(size=(words, 8)) * 0.3
    return (noise + np.where(group, 1, -1)[:, None]).astype(np.float32), group


@pytest.mark.parametrize("dims", [2, 3])
def test_pca_equals_scikit_learn(dims: int) -> None:
    vectors = cloud()
    xy, share = projections.pca(vectors, dims)
    theirs = PCA(dims, svd_solver="full").fit(vectors.astype(np.float64))
    expected = theirs.transform(vectors)
    np.testing.assert_allclose(np.abs(xy), np.abs(expected), atol=1e-5)
    np.testing.assert_allclose(share, theirs.explained_variance_ratio_, atol=1e-6)


def test_pca_is_turned_onto_the_map_before() -> None:
    vectors = cloud()
    before, _ = projections.pca(vectors)
    quarter = before @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    mirrored = before * [1, -1]
    for earlier in (quarter, mirrored):
        xy, share = projections.pca(vectors, onto=earlier)
        np.testing.assert_allclose(xy, earlier, atol=1e-6)
        assert share.sum() == pytest.approx(projections.pca(vectors)[1].sum())
    moved, _ = projections.pca(vectors + 0.01 * cloud(seed=1), onto=quarter)
    assert np.abs(moved - quarter).max() < 0.2


def test_pca_of_few_words_or_few_dimensions() -> None:
    xy, share = projections.pca(np.array([[1.0, 2.0], [3.0, 2.0]]), 3)  # on one line, 2 apart
    np.testing.assert_allclose(np.abs(xy), [[1, 0, 0], [1, 0, 0]], atol=1e-9)
    np.testing.assert_allclose(share, [1, 0, 0], atol=1e-9)
    same, nothing = projections.pca(np.ones((4, 5)))
    assert not same.any()
    assert not nothing.any()


def test_axes_by_hand() -> None:
    man, woman, king, queen = np.array([[-1, 0, 0], [1, 0, 0], [-1, 1, 0], [1, 1, 0]], np.float32)
    vectors = np.array([man, woman, king, queen])
    # Second direction king − man + a little of the first: only what is at right angles to the first is left of it.
    directions = np.array([woman - man, king - man + 0.5 * (woman - man)])
    xy, share = projections.along(vectors, directions)
    np.testing.assert_allclose(xy, [[-1, -0.5], [1, -0.5], [-1, 0.5], [1, 0.5]], atol=1e-6)  # centred on the mean
    np.testing.assert_allclose(share, [0.8, 0.2], atol=1e-6)  # 4 of 5, 1 of 5


def test_missing_axes_are_principal_components_of_the_rest() -> None:
    vectors = cloud()
    direction = vectors[:1] - vectors[1:2]
    xy, share = projections.along(vectors, direction, dims=3)
    unit = direction[0] / np.linalg.norm(direction)
    centred = vectors - vectors.mean(axis=0)
    np.testing.assert_allclose(xy[:, 0], centred @ unit, atol=1e-4)
    rest = PCA(2, svd_solver="full").fit_transform(centred - (centred @ unit)[:, None] * unit)
    np.testing.assert_allclose(np.abs(xy[:, 1:]), np.abs(rest), atol=1e-4)
    assert 0 < share.sum() < 1


def test_axes_that_point_the_same_way() -> None:
    direction = np.array([[1.0, 2.0, 3.0]])
    for second in (direction, -2 * direction, 0 * direction):
        with pytest.raises(Mistake) as told:
            projections.along(cloud(dim=3), np.vstack([direction, second]))
        assert told.value.code == "axes_alike"


def drained(work: Generator[float, None, np.ndarray]) -> tuple[np.ndarray, list[float]]:
    told: list[float] = []
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            return end.value, told


def apart(xy: np.ndarray, group: np.ndarray) -> bool:
    """Whether the two groups are farther from each other than they are wide."""
    centres = np.array([xy[group == g].mean(axis=0) for g in (0, 1)])
    width = max(np.linalg.norm(xy[group == g] - centres[g], axis=1).mean() for g in (0, 1))
    return bool(np.linalg.norm(centres[1] - centres[0]) > width)


def test_tsne_keeps_groups_apart_tells_how_far_it_is_and_repeats_itself() -> None:
    vectors, group = two_groups()
    xy, told = drained(projections.tsne(vectors, perplexity=5, steps=500))
    assert xy.shape == (40, 2)
    assert apart(xy, group)
    assert told == sorted(told)
    assert {0.1, 0.5, 1.0} <= set(told)  # every 50 of 500 steps
    again, _ = drained(projections.tsne(vectors, perplexity=5, steps=500))
    assert np.array_equal(xy, again)


def test_umap_keeps_groups_apart_and_tells_how_far_it_is() -> None:
    vectors, group = two_groups()
    xy, told = drained(projections.umap(vectors, neighbours=5))
    assert xy.shape == (40, 2)
    assert apart(xy, group)
    assert told == sorted(told)
    assert told[-1] > 0.9


def test_umap_compiles_once_and_for_all() -> None:
    """A process that warms itself after another finds all the machine code that UMAP needs on disk."""
    projections.warm()
    script = (
        "from engine.measure import projections; projections.warm()\n"
        "from umap.umap_ import smooth_knn_dist, compute_membership_strengths, fast_knn_indices as nearest\n"
        "for each in (smooth_knn_dist, compute_membership_strengths, nearest):\n"
        "    print(sum(each.stats.cache_hits.values()), sum(each.stats.cache_misses.values()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.split("\n")[:3] == ["1 0"] * 3, done.stdout


def projecting() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "projection"]


def test_closing_stops_the_work() -> None:
    vectors, _ = two_groups(200)
    work = projections.tsne(vectors, perplexity=30, steps=1_000_000)
    while next(work) == 0:
        pass
    (thread,) = projecting()
    work.close()
    thread.join(timeout=60)
    assert not thread.is_alive()


def test_a_problem_in_the_thread_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(ValueError, match="NaN"):
        drained(projections.tsne(np.full((40, 3), np.nan), perplexity=5))


@pytest.mark.parametrize(("method", "given"), [("umap", {"neighbours": 15}), ("tsne", {"perplexity": 15.0})])
def test_fewer_words_than_neighbours(method: str, given: dict[str, float]) -> None:
    with pytest.raises(Mistake) as told:
        projections.METHODS[method](cloud(15), **given)
    assert told.value.code == "too_few_words"
    assert told.value.details == {"words": 15, "needed": 16}
