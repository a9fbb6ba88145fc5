"""What a map keeps of neighbours: by hand, and against scikit-learn."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from engine.measure.neighbours import kept


def test_by_hand():
    # Directions at 0°, 30°, 60° and 180°; on the map the first two have changed places with the last.
    angles = np.radians([0, 30, 60, 180])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1) * [[1], [5], [2], [3]]  # length does not count
    xy = np.array([[0.0, 0.0], [9.0, 0.0], [8.0, 0.0], [1.0, 0.0]])
    found = kept(vectors, xy, 2)
    assert found.words.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    np.testing.assert_allclose(found.cosines[0], [np.cos(np.radians(30)), 0.5])
    assert found.places.tolist() == [[3, 2], [3, 1], [1, 3], [2, 3]]
    assert found.counts.tolist() == [1, 1, 1, 1]


def test_words_in_one_place_are_no_neighbours_of_themselves():
    found = kept(np.ones((3, 4)), np.zeros((3, 2)), 1)
    assert found.words.tolist() == [[1], [0], [0]]
    assert found.places.tolist() == [[1], [1], [1]]


def test_the_nearest_are_those_scikit_learn_finds():
    vectors = np.random.default_rng(0).normal(size=(60, 8))
    theirs = NearestNeighbors(n_neighbors=5, metric="cosine").fit(vectors).kneighbors(return_distance=False)
    found = kept(vectors, vectors, 5)
    assert found.words.tolist() == theirs.tolist()


def test_a_true_map_keeps_all_and_a_random_one_what_chance_gives():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 30))
    on_a_sphere = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)  # there the nearest are the most alike
    assert kept(vectors, on_a_sphere, 10).counts.tolist() == [10] * 200
    assert abs(kept(vectors, rng.normal(size=(200, 2)), 10).counts.mean() - 10 * 10 / 199) < 0.15
