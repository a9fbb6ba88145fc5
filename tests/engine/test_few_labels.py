"""Few labels: the same classifier on two tables, one that knows only what was labelled, and one that knows company."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from engine.experiments import FewLabels
from engine.mistake import Mistake
from engine.models import few_labels, word2vec
from engine.text.examples import Example
from engine.text.vocabulary import count

GIVEN = [(task, language) for task in few_labels.TASKS for language in ("en", "zh")]
TYPED = {
    ("entities", "en"): "Robert Lin is a durian cultivator",
    ("entities", "zh"): "林国栋是远近闻名的榴莲栽培户",
    ("reviews", "en"): "The pie was yummy and the waiter was courteous",
    ("reviews", "zh"): "披萨很地道，老板也很亲切",
}


@pytest.fixture(scope="module")
def over() -> dict[tuple[str, str], few_labels.Model]:
    """Models with all their labels."""
    models = {given: few_labels.build(FewLabels(task=given[0], language=given[1])) for given in GIVEN}
    for model in models.values():
        for _ in few_labels.train(model):
            pass
    return models


# ---------------------------------------------------------------- features: arithmetic a learner can redo


VOCABULARY = count([["a", "b", "c", "c"]])  # in the order c, a, b


def test_a_review_is_the_mean_of_its_words() -> None:
    X = few_labels.one_hot([Example(("a", "b", "b", "never"), -1, 0)], VOCABULARY)
    assert X.toarray().tolist() == [[0, pytest.approx(1 / 3), pytest.approx(2 / 3)]]


def test_a_word_is_itself_and_the_means_of_both_sides() -> None:
    X = few_labels.one_hot([Example(("a", "c", "b"), 1, 0), Example(("b", "a"), 0, 0)], VOCABULARY)
    assert X.toarray().tolist() == [[1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 1, 0, 0, 0, 0, 1, 0]]


def test_words_farther_than_the_reach_are_left_out() -> None:
    words = ("a", *["c"] * few_labels.REACH, "b", *["c"] * few_labels.REACH, "a")
    itself, before, after = few_labels.blocks(Example(words, few_labels.REACH + 1, 0))
    assert (itself, set(before), set(after)) == (("b",), {"c"}, {"c"})
    assert len(before) == len(after) == few_labels.REACH


def test_looked_up_means_are_means_of_vectors() -> None:
    E = np.array([[1, 0], [0, 1], [0, -1]], np.float32)
    X = few_labels.one_hot([Example(("a", "c", "b"), 1, 0), Example(("a", "b", "c"), 2, 0)], VOCABULARY)
    assert few_labels.looked_up(X, E).tolist() == [[1, 0, 0, 1, 0, -1], [1, 0, 0, 0, 0, 0]]
    assert np.array_equal(few_labels.looked_up(X, np.eye(3)), X.toarray())  # one-hot is the same with the table I


def test_no_known_word_is_nothing() -> None:
    assert few_labels.one_hot([Example(("x",), -1, 0)], VOCABULARY).toarray().tolist() == [[0, 0, 0]]


# ---------------------------------------------------------------- the classifier is scikit-learn's


@pytest.mark.parametrize("kinds", [2, 4])
def test_probabilities_are_scikit_learns(kinds: int) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 5)), np.arange(60) % kinds
    found = LogisticRegression(C=3.0, tol=1e-8, max_iter=1_000).fit(X, y)
    w = few_labels.fit(X, y, kinds, 3.0)
    assert w.shape == (kinds, 6)
    assert few_labels.probabilities(X, w) == pytest.approx(found.predict_proba(X), abs=2e-3)
    assert few_labels.right(X, w, y) == pytest.approx(found.score(X, y) * 60)


def test_who_knows_nothing_guesses() -> None:
    w = few_labels.fit(np.zeros((0, 3)), np.zeros(0, int), 4, 1.0)
    assert few_labels.right(np.ones((8, 3)), w, np.zeros(8, int)) == 2
    assert few_labels.probabilities(np.ones((1, 3)), w).tolist() == [[0.25] * 4]


# ---------------------------------------------------------------- what is learnt


@pytest.mark.parametrize("given", GIVEN, ids=" ".join)
def test_vectors_know_words_that_were_never_labelled(over: dict, given: tuple[str, str]) -> None:
    """And one-hot does not: its weight for such a word is 0, or as good as."""
    model = over[given]
    found = few_labels.measure(model)
    assert found["accuracy_vectors_unseen"] >= 0.9
    assert found["accuracy_one_hot_unseen"] <= 0.65
    for task_word in model.task.words_of(model.spec.language, 1):
        x = model.vocabulary.index[task_word]
        assert np.abs(model.w["one_hot"][:, x]).max() < 1e-6


@pytest.mark.parametrize("given", GIVEN, ids=" ".join)
def test_one_hot_catches_up_on_words_that_are_labelled(over: dict, given: tuple[str, str]) -> None:
    curve = few_labels.curve(over[given])
    assert curve["accuracy_one_hot_seen"][-1] >= 0.93
    early = next(i for i, n in enumerate(curve["labels"]) if n >= 15)
    assert curve["accuracy_vectors_seen"][early] > curve["accuracy_one_hot_seen"][early]


@pytest.mark.parametrize("given", GIVEN, ids=" ".join)
def test_without_labels_both_guess(given: tuple[str, str]) -> None:
    model = few_labels.build(FewLabels(task=given[0], language=given[1], tokens=5_000))
    first = next(few_labels.train(model)).metrics
    chance = 1 / len(model.kinds)
    assert {first[name] for name in first if name != "labels"} == {chance}
    assert first["labels"] == 0
    assert few_labels.curve(model)["chance"] == [chance]


def test_the_vectors_are_those_of_word2vec() -> None:
    spec = FewLabels(task="reviews", tokens=3_000, epochs=2, dim=8, seed=5)
    reading = few_labels.Reading(corpus="reviews", tokens=3_000, corpus_seed=5, epochs=2, dim=8, seed=5)
    model = word2vec.build(reading)
    for _ in word2vec.train(model):
        pass
    lengths = np.linalg.norm(model.W, axis=1, keepdims=True)
    E = few_labels.build(spec).E
    assert pytest.approx(model.W / lengths, abs=1e-6) == E


def test_no_test_example_is_a_labelled_one(over: dict) -> None:
    for model in over.values():
        parts = [set(examples) for examples in model.examples.values()]
        assert len(set.union(*parts)) == sum(map(len, parts))


def test_a_past_moment_has_its_own_classifiers_and_curve() -> None:
    model = few_labels.build(FewLabels(task="reviews", tokens=3_000))
    training = few_labels.train(model)
    for _ in range(5):
        snapshot = next(training)
    kept, then = few_labels.weights(model), few_labels.predict(model, "the pie was tasty")
    for _ in training:
        pass
    past = few_labels.with_weights(model, kept)
    assert past.step == snapshot.step
    assert few_labels.predict(past, "the pie was tasty") == then
    assert few_labels.curve(past)["labels"][-1] == snapshot.step
    assert few_labels.curve(model)["labels"][-1] == 200


def test_less_labels_are_the_beginning_of_more() -> None:
    few, many = (few_labels.build(FewLabels(task="reviews", tokens=2_000, labels=n)) for n in (10, 200))
    assert few.examples["labelled"] == many.examples["labelled"][:10]


# ---------------------------------------------------------------- questions


@pytest.mark.parametrize("given", GIVEN, ids=" ".join)
def test_a_sentence_that_nobody_labelled(over: dict, given: tuple[str, str]) -> None:
    found = few_labels.predict(over[given], TYPED[given])
    assert all(word["known"] for word in found["words"])
    assert not all(word["labelled"] for word in found["words"])
    best = [found["kinds"][int(np.argmax(answer["vectors"]))] for answer in found["judged"]]
    if given[0] == "reviews":
        assert best == ["glad"]
        assert found["judged"][0]["place"] == -1
    else:
        assert best[0] == "person"
        assert best[-2] == "other"
    for answer in found["judged"]:
        assert sum(answer["one_hot"]) == pytest.approx(1)
        assert sum(answer["vectors"]) == pytest.approx(1)


def test_the_order_of_words_is_lost(over: dict) -> None:
    model = over["reviews", "en"]
    one, other = (few_labels.predict(model, text)["judged"][0] for text in ("not rude", "rude not"))
    assert one["vectors"] == pytest.approx(other["vectors"])


def test_unknown_words_are_told_and_left_out(over: dict) -> None:
    model = over["reviews", "en"]
    found = few_labels.predict(model, "The zebra <b>was</b> tasty!")
    assert [word["word"] for word in found["words"]] == ["the", "zebra", "b", "was", "b", "tasty"]
    assert [word["known"] for word in found["words"]] == [True, False, False, True, False, True]


@pytest.mark.parametrize("text", ["", "  ", "!?", "，"])
def test_no_word_is_a_mistake(over: dict, text: str) -> None:
    with pytest.raises(Mistake) as mistake:
        few_labels.predict(over["reviews", "zh"], text)
    assert mistake.value.code == "line_empty"


def test_too_long_a_sentence_is_a_mistake(over: dict) -> None:
    with pytest.raises(Mistake) as mistake:
        few_labels.predict(over["reviews", "en"], "a" * (few_labels.LONGEST + 1))
    assert mistake.value.code == "line_too_long"


def test_other_questions_check_what_they_are_asked(over: dict) -> None:
    model = over["reviews", "en"]
    with pytest.raises(Mistake) as mistake:
        few_labels.leaning(model, "angry")
    assert mistake.value.code == "dial_option"
    with pytest.raises(Mistake) as mistake:
        few_labels.examined(model, part="labelled")
    assert mistake.value.code == "dial_option"


def test_where_they_differ_comes_first(over: dict) -> None:
    found = few_labels.examined(over["entities", "en"], 400)
    same = [each["one_hot"] == each["vectors"] for each in found]
    assert same == sorted(same)
    assert len(found) == few_labels.TESTED
    share = sum(each["vectors"] == each["label"] for each in found) / len(found)
    assert share == pytest.approx(few_labels.measure(over["entities", "en"])["accuracy_vectors_unseen"], abs=0.01)


def test_what_speaks_for_a_kind(over: dict) -> None:
    """One-hot knows words that were labelled only; with vectors, words that never were are among the first."""
    found = few_labels.leaning(over["reviews", "en"], "glad", 24)
    assert not any(each["never"] for each in found["one_hot"] if each["score"] > 1e-6)
    assert sum(each["never"] for each in found["vectors"]) >= 8
