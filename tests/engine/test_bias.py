"""Directions and what taking them out does: arithmetic one can redo, and scikit-learn's where it has the same."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from engine.experiments import Word2Vec
from engine.measure import analogies, bias
from engine.measure.analogies import unit
from engine.measure.vectors import Vectors
from engine.mistake import Mistake
from engine.models import bias_trace, word2vec
from engine.text import jobs

WORDS = ("he", "she", "man", "woman", "nurse", "pilot", "guard", "tree")
TABLE = np.array(
    [[3, 0, 0], [0, 3, 0], [2, 0, 2], [0, 2, 2], [0, 3, 4], [3, 0, 4], [1, 1, 7], [0, 0, 1]], dtype=np.float32
)
PAIR = [("he", "she")]


def vectors(words: tuple[str, ...] = WORDS, table: np.ndarray = TABLE) -> Vectors:
    index = {word: i for i, word in enumerate(words)}
    return Vectors(words, index, table, np.zeros(0, np.int64), analogies.indexed({}, {}))


# ---------------------------------------------------------------- arithmetic


def test_one_pair_s_direction_is_their_difference() -> None:
    d, share = bias.direction(np.array([[1.0, 0, 0]]), np.array([[0.0, 1, 0]]))
    assert d == pytest.approx([-np.sqrt(0.5), np.sqrt(0.5), 0])
    assert share == pytest.approx(1)


def test_several_pairs_direction_is_scikit_learns_component() -> None:
    rng = np.random.default_rng(1)
    first, second = unit(rng.normal(size=(6, 5))), unit(rng.normal(size=(6, 5)) + 2 * np.eye(5)[0])
    d, share = bias.direction(first, second)
    middle = (first + second) / 2
    found = PCA(1).fit(np.concatenate([first - middle, second - middle]))  # their mean is 0 already
    assert abs(d @ found.components_[0]) == pytest.approx(1)
    assert share == pytest.approx(found.explained_variance_ratio_[0])
    assert (second - first).sum(axis=0) @ d > 0


def test_leans_by_hand() -> None:
    """nurse is (0, 3, 4)/5 and d = (−1, 1, 0)/√2: 0.6/√2. pilot leans as far the other way, guard and tree not."""
    found = bias.bias_leans(vectors(), ["nurse", "pilot", "guard", "tree"], PAIR)
    assert found["lean"] == pytest.approx([0.6 / np.sqrt(2), -0.6 / np.sqrt(2), 0, 0], abs=1e-6)
    assert found["after"] == pytest.approx([0] * 4, abs=1e-6)


def test_neutral_by_hand() -> None:
    """Without d, nurse is (0.3, 0.3, 0.8), and so is pilot: nothing else told them apart."""
    d, _ = bias.direction(np.array([[1.0, 0, 0]]), np.array([[0.0, 1, 0]]))
    left = bias.neutral(np.array([[0, 0.6, 0.8], [0.6, 0, 0.8]]), d)
    expected = np.array([0.3, 0.3, 0.8]) / np.sqrt(0.82)
    assert left == pytest.approx(np.array([expected, expected]))
    assert np.array_equal(bias.neutral(d[None], d), np.zeros((1, 3)))


def test_extremes() -> None:
    chosen, side = bias.extremes(np.array([0.3, -0.9, 0.1, 0.8, -0.2]), 2)
    assert (chosen.tolist(), side.tolist()) == ([1, 4, 0, 3], [0, 0, 1, 1])


def test_neighbours_of_the_same_side_are_scikit_learns() -> None:
    units = unit(np.random.default_rng(2).normal(size=(20, 4)))
    side = np.repeat([0, 1], 10)
    nearest = KNeighborsClassifier(5, metric="cosine").fit(units, side).kneighbors(return_distance=False)
    assert bias.beside(units, side) == pytest.approx((side[nearest] == side[:, None]).mean())


def test_sides_told_apart_as_by_scikit_learn() -> None:
    """The same classifier on the same parts."""
    rng = np.random.default_rng(8)
    side = np.repeat([0, 1], 30)
    units = unit(rng.normal(size=(60, 10)) + 0.6 * side[:, None])
    part = np.empty(60, int)
    for each in (0, 1):
        part[np.random.default_rng(each).permutation(np.flatnonzero(side == each))] = np.arange(30) % bias.FOLDS
    model = RidgeClassifier(alpha=bias.RIDGE)
    found = cross_val_predict(model, units, side, cv=PredefinedSplit(part))
    assert bias.told_apart(units, side) == pytest.approx((found == side).mean())
    assert 0.6 < bias.told_apart(units, side) < 1


def test_sides_apart_are_found_and_noise_is_not() -> None:
    rng = np.random.default_rng(3)
    side = np.repeat([0, 1], 40)
    noise = rng.normal(size=(80, 30))
    apart = unit(noise + 8 * side[:, None] * np.eye(30)[0])
    for measure in (bias.beside, bias.told_apart):
        assert measure(apart, side) > 0.85
        assert 0.3 < measure(unit(noise), side) < 0.7


def test_in_noise_nothing_remains() -> None:
    """Vectors without any order: what leaned is forgotten with the direction."""
    units = unit(np.random.default_rng(4).normal(size=(3_000, 40)))
    found = bias.remains(units, np.eye(40)[0], 50)
    assert found["lean"][1] == pytest.approx(0, abs=1e-9)
    assert found["told_apart"][0] > 0.95
    assert found["told_apart"][1] < 0.75
    assert found["beside"][1] < 0.6


def test_in_clumps_much_remains() -> None:
    """Two clumps differ along 12 axes: one of them is taken out, eleven still tell them apart."""
    rng = np.random.default_rng(5)
    sign = np.repeat([-1, 1], 100)
    table = rng.normal(size=(200, 12)) * 0.3 + sign[:, None]
    found = bias.remains(unit(table), np.eye(12)[0], 50)
    assert found["lean"][1] == pytest.approx(0, abs=1e-9)
    assert min(found["beside"][1], found["told_apart"][1]) > 0.95


# ---------------------------------------------------------------- questions


def test_removal_names_the_sides_and_leaves_the_pairs_out() -> None:
    table = np.random.default_rng(6).normal(size=(40, 10)).astype(np.float32)
    words = tuple(f"w{i}" for i in range(40))
    found = bias.bias_removal(vectors(words, table), [("w0", "w1")], n=5)
    lean = dict(zip(words, bias.bias_leans(vectors(words, table), list(words), [("w0", "w1")])["lean"], strict=True))
    ordered = sorted(words[2:], key=lean.get)
    assert found["sides"] == [ordered[:5], ordered[:-6:-1]]
    assert found["n"] == 5
    assert bias.bias_removal(vectors(words, table), [("w0", "w1")], n=500)["n"] == 12


def test_words_without_are_in_neither_side() -> None:
    table = np.random.default_rng(6).normal(size=(40, 10)).astype(np.float32)
    words = tuple(f"w{i}" for i in range(40))
    first = bias.bias_removal(vectors(words, table), [("w0", "w1")], n=5)["sides"]
    left_out = [first[0][0], first[1][0]]
    found = bias.bias_removal(vectors(words, table), [("w0", "w1")], without=left_out, n=5)["sides"]
    assert found[0][:4] == first[0][1:]
    assert found[1][:4] == first[1][1:]


def test_neighbours_before_and_after() -> None:
    """nurse and pilot become one: each is the other's nearest, at a cosine of 1."""
    found = bias.bias_neighbours(vectors(), "nurse", PAIR, n=2)
    assert found["before"][0]["word"] == "woman"
    assert found["after"][0] == {"word": "pilot", "score": pytest.approx(1)}


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda v: bias.bias_leans(v, ["nurse"], []), "axis_unfinished"),
        (lambda v: bias.bias_leans(v, ["nurse"], [("he", "he")]), "word_twice"),
        (lambda v: bias.bias_leans(v, ["nurce"], PAIR), "word_unknown"),
        (lambda v: bias.bias_removal(v, PAIR, ["nurse", "pilot"]), "too_few_words"),
        (lambda v: bias_trace.trace_removal(v, "he", "he", "she"), "word_twice"),
    ],
)
def test_what_cannot_be_asked_is_a_mistake(ask, code: str) -> None:
    with pytest.raises(Mistake) as mistake:
        ask(vectors())
    assert mistake.value.code == code


def test_the_trace_ends_at_right_angles() -> None:
    trace = bias_trace.trace_removal(vectors(), "nurse", "he", "she")
    assert [step.id for step in trace] == ["direction", "lean", "part", "subtract", "normalise", "lean_after"]
    out = {key: value for step in trace for key, value in step.outputs.items()}
    assert out["along"] == pytest.approx(0.6 / np.sqrt(2))
    assert out["left"][0] == pytest.approx([0.3, 0.3, 0.8])
    assert out["cosines removed"] == pytest.approx([0, 0.3 / np.sqrt(0.82), 0.3 / np.sqrt(0.82)], abs=1e-6)
    assert np.array_equal(
        out["removed"], bias.neutral(np.array([[0, 0.6, 0.8]], np.float32).astype(float), out["direction"][0])
    )


# ---------------------------------------------------------------- trained vectors


@pytest.mark.parametrize("language", ["en", "zh"])
def test_jobs_lean_as_the_text_does_and_a_fair_text_s_do_not(language: str) -> None:
    words, attributes = jobs.LANGUAGES[language], jobs.ATTRIBUTES[language]
    pairs = [(words.pronouns[0]["he"], words.pronouns[1]["he"]), *words.people]
    usual = {word: a["usual"] for word, a in attributes.items() if a["kind"] == "job"}
    for mixed, apart in ((0.0, True), (1.0, False)):
        model = word2vec.build(Word2Vec(corpus="jobs", language=language, mixed=mixed))
        for _ in word2vec.train(model):
            pass
        found = word2vec.QUESTIONS["bias_leans"](model, list(usual), pairs)
        lean = dict(zip(usual, found["lean"], strict=True))
        he, she = ([lean[w] for w in usual if usual[w] == side] for side in "mf")
        if apart:
            assert max(he) < -0.1 < 0.1 < min(she)
            removed = word2vec.QUESTIONS["bias_removal"](model, pairs, list(usual), n=7)
            assert {usual[w] for w in removed["sides"][0]} == {"m"}
            assert removed["asked"]["told_apart"][0] > 0.9
            assert removed["asked"]["told_apart"][1] < 0.5  # in this tidy text nothing but the pronouns told them apart
        else:
            assert abs(np.mean(she) - np.mean(he)) < 0.08
