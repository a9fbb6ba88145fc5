"""What can be asked of a translator: against plain counting, numpy, and the model itself."""

import numpy as np
import pytest

from engine import checkpoints
from engine.experiments import Translation
from engine.mistake import Mistake
from engine.models import translation
from engine.text.tokens import MARKS, START


@pytest.fixture(scope="module")
def model():
    """The Transformer that is shipped."""
    spec = Translation()
    return translation.with_weights(translation.build(spec), checkpoints.load(spec).weights)


@pytest.fixture(scope="module", params=["lstm", "lstm_attention"])
def older(request):
    """An LSTM before training."""
    return translation.build(Translation(architecture=request.param, hidden=8, pairs=100))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def test_a_sentence_with_spaces_or_without_them_is_the_same(model):
    found = translation.translate(model, "我是一名学生")
    assert found["source"] == ["我", "是", "一名", "学生"]
    assert found["target"] == ["I", "am", "a", "student", "</s>"]
    assert found == translation.translate(model, "我 是 一名 学生")


def test_where_it_looked_adds_up_and_is_the_mean_of_the_heads(model):
    found = translation.translate(model)
    A = np.array(found["A"])
    assert A.shape == (len(found["target"]), len(found["source"]))
    np.testing.assert_allclose(A.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.array(found["heads"]).mean(axis=0), A, atol=1e-6)
    assert found["log"] == pytest.approx(float(np.log(found["probability"]).sum()))


def test_a_beam_of_one_is_greedy_and_its_logarithm_is_that_of_the_words(model):
    greedy, beams = translation.translate(model), translation.beams(model, width=1)
    assert beams["told"] == [greedy["target"]]
    assert beams["nodes"][beams["best"][0]]["log"] == pytest.approx(greedy["log"], abs=1e-4)
    assert translation.translate(model, how="beam", width=3)["log"] >= greedy["log"] - 1e-4


def test_the_branches_of_a_beam_are_what_the_model_says(model):
    found = translation.beams(model, "我 忙", width=3)
    first = [node for node in found["nodes"] if node["depth"] == 1]
    text = translation.typed(model, "我 忙")
    logs = translation._given(model, text, [START])[0][0].numpy()
    for node in first:
        assert node["log"] == pytest.approx(logs[model.names["en"].index(node["word"])], abs=1e-5)


def test_by_length_is_plain_counting(model):
    begin = len(model.test.pairs) - 130
    found = translation.by_length(model, begin)
    rows, pairs = found["rows"], model.test.pairs[begin:]
    assert found["end"] == found["of"] == len(model.test.pairs)
    assert translation.by_length(model)["end"] == translation.BY_LENGTH
    assert [row["sentences"] for row in rows] == [
        sum(len(pair.source) == row["length"] for pair in pairs) for row in rows
    ]
    told = [translation.translate(model, " ".join(pair.source))["target"][:-1] for pair in pairs]
    for row in rows:
        right = [list(p.target) == t for p, t in zip(pairs, told, strict=True) if len(p.source) == row["length"]]
        assert row["exact_match"] == pytest.approx(np.mean(right))
        assert row["exact_match"] <= row["word_accuracy"] <= 1


def test_given_the_right_words_and_its_own_it_says_what_the_model_says(model, older):
    for each in (model, older):
        found = translation.forcing(each, 3)
        right = [place["right"] for place in found["places"]]
        assert right == [*each.test.pairs[3].target, "</s>"]
        assert [place["forced_given"] for place in found["places"]] == ["<s>", *right[:-1]]
        own = translation.translate(each, " ".join(found["source"]))["target"]
        told = [place["free_says"] for place in found["places"]]
        assert told[: len(own)] == own[: len(told)]


def test_masks_by_numpy(model):
    found = translation.masked_wrong(model)
    S = np.array(found["scores"])
    later = np.triu(np.ones_like(S), 1) > 0
    for name, scores in (("added", np.where(later, -np.inf, S)), ("multiplied", np.where(later, 0, S)), ("none", S)):
        np.testing.assert_allclose(found[name]["A"], softmax(scores), atol=1e-6)
        np.testing.assert_allclose(found[name]["leak"], np.where(later, softmax(scores), 0).sum(axis=1), atol=1e-6)
    assert max(found["added"]["leak"]) == 0 < found["multiplied"]["leak"][0]


def test_the_trace_comes_to_what_is_written(model):
    written = translation.translate(model)
    for place, word in enumerate(written["target"]):
        steps = {step.id: step for step in translation.trace_decoding(model, place=place)}
        S, M, A = (steps["self_softmax"].inputs["S+M"], steps["mask"].inputs["M"], steps["self_softmax"].outputs["A"])
        np.testing.assert_allclose(A, softmax(S.astype(float)), atol=1e-5)
        assert np.isneginf(M).sum() == (place + 1) * place / 2
        np.testing.assert_allclose(
            steps["cross_softmax"].outputs["W"], softmax(steps["cross_scores"].outputs["C"].T).T, atol=1e-5
        )
        assert steps["choose"].labels["w"][0] == word
        assert steps["softmax"].outputs["P"][0, 0] == pytest.approx(written["probability"][place], rel=1e-4)


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("我是国王", "word_not_learnt"),
        ("", "line_empty"),
        ("我" * 17, "sentence_too_long"),
        ("hello", "word_not_learnt"),
    ],
)
def test_what_cannot_be_translated_is_refused(model, sentence, code):
    with pytest.raises(Mistake) as refused:
        translation.translate(model, sentence)
    assert refused.value.code == code


def test_only_a_transformer_has_a_mask(older):
    for question in (translation.masked_wrong, translation.trace_decoding):
        with pytest.raises(Mistake) as refused:
            question(older)
        assert refused.value.code == "only_transformer"
    assert not set(translation.translate(older)["target"]) & {MARKS[START]}
