"""Analogies: by hand on four little vectors, and against gensim on the same vectors."""

import numpy as np
import pytest
from gensim.models import KeyedVectors

from engine.measure import analogies

WORDS = ["man", "woman", "king", "queen", "apple"]
INDEX = {word: row for row, word in enumerate(WORDS)}
# gender, royal, food
VECTORS = np.array([[-1, 0, 0], [1, 0, 0], [-1, 1, 0], [1, 1, 0], [0, 0, 1]], np.float32)


def some_vectors(seed: int = 0, words: int = 60, dim: int = 12) -> tuple[np.ndarray, KeyedVectors]:
    vectors = np.random.default_rng(seed).normal(size=(words, dim)).astype(np.float32)
    theirs = KeyedVectors(dim)
    theirs.add_vectors([f"w{row}" for row in range(words)], vectors)
    return vectors, theirs


def rows(*words: str) -> list[np.ndarray]:
    return [np.array([INDEX[word]]) for word in words]


def test_king_minus_man_plus_woman_by_hand() -> None:
    # As unit vectors: king (−.707, .707, 0) − man (−1, 0, 0) + woman (1, 0, 0) = (1.293, .707, 0), of length 1.474.
    # cos with queen (.707, .707, 0): (1.293 · .707 + .707 · .707) / 1.474 = .9597; with woman .8772; with king −.2811.
    scores = analogies.three_cos_add(analogies.unit(VECTORS), *rows("man", "king", "woman"))[0]
    np.testing.assert_allclose(scores, [-0.8772, 0.8772, -0.2811, 0.9597, 0], atol=2e-4)
    assert analogies.rank(scores, INDEX["queen"]) == 1
    assert analogies.rank(scores, INDEX["woman"]) == 2
    assert analogies.rank(np.array([0.5, 1, 1, 1, -np.inf]), 2) == 3  # as good as two others, which is no first place


def test_three_cos_mul_by_hand() -> None:
    # Cosines shifted to 0 … 1: queen to king .5, to woman .8536, to man .1464: .5 · .8536 / (.1464 + .001) = 2.895
    scores = analogies.three_cos_mul(analogies.unit(VECTORS), *rows("man", "king", "woman"))[0]
    assert scores[INDEX["queen"]] == pytest.approx(2.895, abs=2e-3)


def test_excluded_words_cannot_answer() -> None:
    words = rows("man", "king", "woman")
    scores = analogies.without(analogies.three_cos_add(analogies.unit(VECTORS), *words), *words)[0]
    assert [WORDS[x] for x in analogies.best(scores, 10)] == ["queen", "apple"]


@pytest.mark.parametrize("seed", range(5))
def test_three_cos_add_equals_gensim(seed: int) -> None:
    vectors, theirs = some_vectors(seed)
    a, b, c = np.array([3]), np.array([14]), np.array([15])
    scores = analogies.without(analogies.three_cos_add(analogies.unit(vectors), a, b, c), a, b, c)[0]
    expected = theirs.most_similar(positive=["w14", "w15"], negative=["w3"], topn=57)
    assert [f"w{x}" for x in analogies.best(scores, 57)] == [word for word, _ in expected]
    np.testing.assert_allclose(np.sort(scores)[::-1][:57], [score for _, score in expected], atol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_three_cos_mul_equals_gensim(seed: int) -> None:
    vectors, theirs = some_vectors(seed)
    a, b, c = np.array([3]), np.array([14]), np.array([15])
    units = analogies.unit(vectors)
    scores = analogies.without(analogies.three_cos_mul(units, a, b, c, epsilon=1e-6), a, b, c)[0]  # gensim's ε
    expected = theirs.most_similar_cosmul(positive=["w14", "w15"], negative=["w3"], topn=57)
    assert [f"w{x}" for x in analogies.best(scores, 57)] == [word for word, _ in expected]
    np.testing.assert_allclose(np.sort(scores)[::-1][:57], [score for _, score in expected], rtol=1e-4)


def test_many_questions_at_once_are_the_same_as_one_by_one() -> None:
    vectors, _ = some_vectors()
    units, asked = analogies.unit(vectors), np.random.default_rng(1).integers(60, size=(20, 4))
    for score in (analogies.three_cos_add, analogies.three_cos_mul):
        together = score(units, *asked[:, :3].T)
        for row, question in enumerate(asked):
            np.testing.assert_allclose(together[row], score(units, *question[:3, None])[0], rtol=1e-4, atol=1e-5)


def test_accuracy_is_the_mean_over_questions_not_over_categories() -> None:
    questions = analogies.indexed(
        {
            "gender": [("man", "woman", "king", "queen"), ("king", "queen", "man", "woman")],
            "royal": [("man", "king", "woman", "apple")],
            "unknown": [("man", "king", "woman", "duchess")],
        },
        INDEX,
    )
    assert list(questions.categories) == ["gender", "royal"]
    found = analogies.accuracy(VECTORS, questions)
    assert found == {"analogy_accuracy": pytest.approx(2 / 3), "analogy_gender": 1.0, "analogy_royal": 0.0}


def test_no_questions_no_accuracy() -> None:
    nothing = analogies.indexed({"gender": [("a", "b", "c", "d")]}, INDEX)
    assert analogies.accuracy(VECTORS, nothing) == {}
    assert analogies.baselines(VECTORS, nothing.words) == {}


def test_baselines_show_when_the_subtraction_does_nothing() -> None:
    # man : king :: woman : queen. Nearest to king alone, man and woman excluded, is queen already (cosine 0);
    # to woman alone queen as well (.707): neither needs a subtraction. With nothing excluded it is queen too.
    asked = np.array([[INDEX[word] for word in ("man", "king", "woman", "queen")]])
    assert set(analogies.baselines(VECTORS, asked)) == set(analogies.WAYS)
    assert analogies.baselines(VECTORS, asked)["c"] == 1.0
    # A short step, −man + woman, ends nearer to king than to a queen far off: king answers unless it is excluded.
    # king − man + woman = (0, −.0995, .995); cos with king (0, .0995, .995) .98, with queen (0, −.447, .894) .93.
    short = np.array([[1, 0.1, 0], [1, -0.1, 0], [0, 0.1, 1], [0, -0.5, 1]], np.float32)
    shares = analogies.baselines(short, asked)
    assert shares["b − a + c"] == 1.0
    assert shares["b − a + c, none excluded"] == 0.0


def test_zero_vectors_are_nobodys_neighbours() -> None:
    vectors = np.vstack([VECTORS, np.zeros((1, 3), np.float32)])
    assert np.isfinite(analogies.unit(vectors)).all()
    assert (analogies.cosines(analogies.unit(vectors), vectors[:1])[0][5]) == 0
