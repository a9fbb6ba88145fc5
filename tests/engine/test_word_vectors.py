"""Four models side by side: they are what each one's own run gives, and skip-gram is near PMI − log k."""

import inspect
from typing import Any

import numpy as np
import pytest

from engine.experiments import Word2Vec, WordVectors
from engine.measure import vectors
from engine.mistake import Mistake
from engine.models import finish, glove, ppmi_svd, word2vec, word_vectors
from engine.text import corpora
from engine.worker import Moments, questioned


def trained(**fields: Any) -> word_vectors.Model:
    model = word_vectors.build(WordVectors(**fields))
    for _ in word_vectors.train(model):
        pass
    return model


@pytest.fixture(scope="module")
def four() -> word_vectors.Model:
    return trained(tokens=50_000)


def test_each_is_what_its_own_run_gives(four: word_vectors.Model) -> None:
    for name, spec in word_vectors.specs(four.spec).items():
        module = word_vectors.MODELS[name]
        alone = module.build(spec)
        *_, last = module.train(alone)
        np.testing.assert_array_equal(word_vectors.tables(four)[name], module.vectors_of(alone).table)
        assert word_vectors.measure(four)[f"{name}_accuracy"] == last.metrics["analogy_accuracy"]


def test_all_have_the_same_text_dimensions_window_and_seed() -> None:
    spec = WordVectors(language="zh", tokens=5_000, mixed=0.3, dim=12, window=4, min_count=2, seed=5)
    found = word_vectors.specs(spec)
    for each in found.values():
        assert {key: each.values()[key] for key in spec.values()} == spec.values()
    assert [each.values().get("architecture") for each in found.values()] == ["skip_gram", "cbow", None, None]
    kjv = word_vectors.specs(WordVectors.parse({"corpus": "kjv"}))
    assert kjv["sgns"].values()["epochs"] == Word2Vec.presets["kjv"]["epochs"]
    assert kjv["sgns"].values()["dim"] == 50


def test_one_after_the_other() -> None:
    model = word_vectors.build(WordVectors(tokens=3_000))
    for snapshot in word_vectors.train(model):
        done = [snapshot.metrics[f"{name}_done"] for name in word_vectors.MODELS]
        assert done == sorted(done, reverse=True)
        assert sum(0 < share < 1 for share in done) <= 1
        for name in word_vectors.MODELS:
            if not snapshot.metrics[f"{name}_done"]:
                assert snapshot.metrics[f"{name}_accuracy"] == snapshot.metrics[f"{name}_seconds"] == 0
    assert done == [1, 1, 1, 1]
    assert snapshot.seconds == pytest.approx(sum(model.seconds.values()))


def test_side_by_side_and_accuracies(four: word_vectors.Model) -> None:
    found = word_vectors.side_by_side(four, "king", n=3)["models"]
    assert list(found) == ["sgns", "cbow", "glove", "ppmi_svd"]
    assert found["glove"] == glove.QUESTIONS["neighbours"](four.parts["glove"], "king", 3)["answers"]
    rows = {row["model"]: row for row in word_vectors.accuracies(four)["rows"]}
    assert rows["sgns"]["accuracy"] == 1
    assert rows["ppmi_svd"]["categories"]["gender"] == pytest.approx(word_vectors.measure(four)["ppmi_svd_gender"])
    assert rows["cbow"]["bytes"] == word_vectors.size(four.parts["cbow"]) > 2 * 600 * 50 * 4
    assert all(row["seconds"] > 0 for row in rows.values())


def test_skip_gram_finds_pmi_minus_log_k(four: word_vectors.Model) -> None:
    """Levy and Goldberg: not only do they go together, they are about equal."""
    found = word_vectors.levy_goldberg(four)
    assert found["correlation"] > 0.9
    dots, pmi = np.array(found["dots"]), np.array(found["pmi"])
    assert abs(dots.mean() - pmi.mean()) < 0.3
    assert found["correlation"] == pytest.approx(np.corrcoef(dots, pmi)[0, 1])
    start = word_vectors.build(four.spec)
    assert abs(word_vectors.levy_goldberg(start)["correlation"]) < 0.1


def test_pairs_are_counted_as_skip_gram_draws_them() -> None:
    """Against word2vec's own drawing of sentences and windows."""
    spec = Word2Vec(tokens=3_000, window=4, sample=0.01)
    model = word2vec.build(spec)
    counts = finish(word_vectors.counting(model))
    V, times = len(model.vocabulary), 300
    drawn, random, kept = np.zeros((V, V)), np.array([3], np.uint64), np.empty(word2vec.LONGEST, np.int32)
    for s in np.tile(np.arange(len(model.offsets) - 1), times).tolist():
        n = word2vec.keep_words(model.ids[model.offsets[s] : model.offsets[s + 1]], model.keep, random, kept)
        for i in range(n):
            low, high = word2vec.window_around(i, n, spec.window, random)
            near = [j for j in range(low, high) if j != i]
            np.add.at(drawn, (kept[i], kept[near]), 1 / times)
    ours = np.zeros((V, V))
    ours[counts.rows(), counts.columns] = counts.values() / (-(-word_vectors.DRAWN // len(model.ids)))
    assert ours.sum() == pytest.approx(drawn.sum(), rel=0.01)
    often = drawn > 5
    np.testing.assert_allclose(ours[often], drawn[often], rtol=0.2)


def test_a_past_moment_has_its_own_tables(four: word_vectors.Model) -> None:
    moments = Moments()
    moments.keep(0, word_vectors.weights(word_vectors.build(four.spec)))
    past = word_vectors.with_weights(four, moments.weights(0))
    assert word_vectors.accuracies(past)["rows"][0]["done"] == 0
    assert word_vectors.accuracies(four)["rows"][0]["done"] == 1
    assert not np.allclose(word_vectors.tables(past)["sgns"], word_vectors.tables(four)["sgns"])


# ---- what is asked of vectors: engine/measure/vectors.py --------------------------------------------------------


def test_questions_of_vectors_say_what_they_take(four: word_vectors.Model) -> None:
    takes = inspect.signature(word_vectors.QUESTIONS["neighbours"])
    assert list(takes.parameters) == ["trained", "word", "n", "model"]
    ask = questioned(word_vectors, "neighbours", {"word": "king", "model": "cbow"})
    assert ask(four) == word2vec.neighbours(four.parts["cbow"], "king")
    with pytest.raises(Mistake) as told:
        questioned(word_vectors, "neighbours", {"word": "king", "table": "W"})
    assert told.value.code == "question_takes"
    assert "model" in told.value.sentence("en")
    assert list(inspect.signature(word2vec.QUESTIONS["neighbours"]).parameters) == ["model", "word", "n"]
    with pytest.raises(Mistake) as told:
        word_vectors.QUESTIONS["accuracy"](four, model="lsa")
    assert told.value.code == "dial_option"


def test_vectors_stand_for_themselves(four: word_vectors.Model) -> None:
    """Whoever has Vectors can ask all of it without a model."""
    mine = ppmi_svd.vectors_of(four.parts["ppmi_svd"])
    assert vectors.neighbours(mine, "king") == word_vectors.QUESTIONS["neighbours"](four, "king", model="ppmi_svd")
    assert mine.questions.words.shape[0] == len(
        [q for each in corpora.questions("kingdom", "en").values() for q in each]
    )
    assert mine.row("king") == mine.index["king"]
    with pytest.raises(Mistake):
        mine.rows(["king", "king"])
