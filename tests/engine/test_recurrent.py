"""Recurrent networks: arithmetic to redo by hand, the cells against torch's own, and what the model answers."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch

from engine.experiments import LSTM, NNLM, NGram
from engine.mistake import Mistake
from engine.models import finish, language, ngram, nnlm, recurrent
from engine.models.recurrent import CELLS, Model, empty, first_weights, kernel, unrolled
from engine.text import own
from engine.text.tokens import END, START

SMALL: dict[str, Any] = {"tokens": 3_000, "hidden": 24, "batch": 8, "bptt": 16, "updates": 40}
MODULES = {"elman": torch.nn.RNN, "lstm": torch.nn.LSTM, "lstm_1997": torch.nn.LSTM, "gru": torch.nn.GRU}
T, B, D, H = 7, 3, 5, 4


def sigma(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def trained(**fields: Any) -> Model:
    model = recurrent.build(LSTM(**{**SMALL, **fields}))
    for _ in recurrent.train(model):
        pass
    return model


@pytest.fixture(scope="module")
def model() -> Model:
    return trained()


def double(cell: str, seed: int = 0) -> dict[str, torch.Tensor]:
    w = first_weights(cell, 6, 5, D, H, 0.5, seed)
    w["b"] = w["b"] + torch.randn(w["b"].shape, generator=torch.Generator().manual_seed(1))
    return {name: each.double().requires_grad_() for name, each in w.items()}


# ---- the cells ---------------------------------------------------------------------------------------------------


def one_number(**weights: list[float]) -> dict[str, torch.Tensor]:
    return {
        name: torch.tensor(each) if name.startswith("b") else torch.tensor(each)[:, None]
        for name, each in weights.items()
    }


def test_lstm_by_hand() -> None:
    """x = 2, h = 1, c = 3: a = W x + U h + b is 1, 0, 0.5, −1 for i, f, g, o."""
    w = one_number(W=[0.5, 0.5, 0.0, 0.0], U=[0.0, -1.0, 0.5, 0.0], b=[0.0, 0.0, 0.0, -1.0])
    made = CELLS["lstm"](w, *(torch.tensor([[x]]) for x in (2.0, 1.0, 3.0)))
    c = 0.5 * 3 + sigma(1) * math.tanh(0.5)
    assert made["a"].tolist() == [[1, 0, 0.5, -1]]
    assert made["c"].item() == pytest.approx(c)
    assert made["h"].item() == pytest.approx(sigma(-1) * math.tanh(c))


def test_lstm_of_1997_by_hand() -> None:
    """Nothing is taken off the cell: c = 3 + σ(1) tanh(0.5)."""
    w = one_number(W=[0.5, 0.0, 0.0], U=[0.0, 0.5, 0.0], b=[0.0, 0.0, -1.0])
    made = CELLS["lstm_1997"](w, *(torch.tensor([[x]]) for x in (2.0, 1.0, 3.0)))
    assert made["c"].item() == pytest.approx(3 + sigma(1) * math.tanh(0.5))


def test_gru_by_hand() -> None:
    """x = 2, h = 1: r = σ(1), z = σ(0) = ½, n = tanh(1 + r (−1 + 0.5)), h = n/2 + 1/2."""
    w = one_number(W=[0.5, 0.0, 0.5], U=[0.0, 0.0, -1.0], b=[0.0, 0.0, 0.0], b_n=[0.5])
    made = CELLS["gru"](w, torch.tensor([[2.0]]), torch.tensor([[1.0]]), torch.empty(1, 0))
    assert made["h"].item() == pytest.approx(math.tanh(1 - 0.5 * sigma(1)) / 2 + 0.5)


def test_elman_by_hand() -> None:
    w = one_number(W=[0.5], U=[-1.0], b=[0.25])
    made = CELLS["elman"](w, torch.tensor([[2.0]]), torch.tensor([[1.0]]), torch.empty(1, 0))
    assert made["h"].item() == pytest.approx(math.tanh(0.25))


def module_with(cell: str, w: dict[str, torch.Tensor]) -> torch.nn.RNNBase:
    """torch's own module with the same weights. The LSTM of 1997 is one whose forget gate stands open: σ(100) = 1."""
    module = MODULES[cell](D, H).double()
    rows = {name: w[name].detach() for name in ("W", "U", "b")}
    if cell == "lstm_1997":
        for name, forget in (("W", torch.zeros(H, D)), ("U", torch.zeros(H, H)), ("b", torch.full((H,), 100.0))):
            rows[name] = torch.cat([rows[name][:H], forget.double(), rows[name][H:]])
    with torch.no_grad():
        module.weight_ih_l0.copy_(rows["W"])
        module.weight_hh_l0.copy_(rows["U"])
        module.bias_ih_l0.copy_(rows["b"])
        module.bias_hh_l0.zero_()
        if cell == "gru":
            module.bias_hh_l0[2 * H :] = w["b_n"]
    return module


@pytest.mark.parametrize("way", ["unrolled", "kernel"])
@pytest.mark.parametrize("cell", CELLS)
def test_cells_equal_torchs_modules_gradients_too(cell: str, way: str) -> None:
    w, X = double(cell), torch.randn(T, B, D, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    module = module_with(cell, w)
    expected, last = module(X)
    wanted = torch.randn(expected.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    (expected * wanted).sum().backward()
    hs, state = (
        unrolled(cell, w, X, empty(cell, B, w))[::2] if way == "unrolled" else kernel(cell, w, X, empty(cell, B, w))
    )
    (hs * wanted).sum().backward()
    torch.testing.assert_close(hs, expected, rtol=0, atol=1e-6)
    if cell.startswith("lstm"):
        torch.testing.assert_close(state[1], last[1][0], rtol=0, atol=1e-6)
    for name, theirs in (("W", module.weight_ih_l0), ("U", module.weight_hh_l0), ("b", module.bias_ih_l0)):
        gradient = theirs.grad if cell != "lstm_1997" else torch.cat([theirs.grad[:H], theirs.grad[2 * H :]])
        torch.testing.assert_close(w[name].grad, gradient, rtol=0, atol=1e-6)
    if cell == "gru":
        torch.testing.assert_close(w["b_n"].grad, module.bias_hh_l0.grad[2 * H :], rtol=0, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_training_in_single_precision_is_that_of_the_readable_cell(cell: str) -> None:
    """What runs while the learner watches: float32, with weights that require gradients."""
    w = {name: each.detach().float().requires_grad_() for name, each in double(cell).items()}
    X = torch.randn(T, B, D, generator=torch.Generator().manual_seed(2))
    hs, _ = kernel(cell, w, X, empty(cell, B, w))
    torch.testing.assert_close(hs, unrolled(cell, w, X, empty(cell, B, w))[0], rtol=0, atol=1e-5)


def test_forget_bias_is_that_of_the_gate_that_keeps() -> None:
    for cell in ("lstm", "gru"):
        assert first_weights(cell, 6, 5, D, H, -5.0, 0)["b"].tolist() == [0] * H + [-5] * H + [0] * (
            H * (2 if cell == "lstm" else 1)
        )
    assert not first_weights("elman", 6, 5, D, H, -5.0, 0)["b"].any()


# ---- the text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields", [{}, {"segment": "words", "min_count": 3}, {"language": "zh"}, {"held_out": 0.2, "split_seed": 4}]
)
def test_held_out_tokens_are_those_of_the_ngram_page(fields: dict[str, Any]) -> None:
    ours = recurrent.build(LSTM(**{**SMALL, **fields}))
    theirs = ngram.build(NGram(**{"tokens": 3_000, "segment": "characters", **fields}))
    assert np.array_equal(ours.held, theirs.held)
    assert ours.names == theirs.names
    assert ours.sample == theirs.sample
    assert recurrent.facts(ours)["tokens"] == ngram.facts(theirs)["tokens"]


def test_streams_read_the_text_in_order_and_go_on_at_its_beginning() -> None:
    model = recurrent.build(LSTM(**SMALL))
    model.text = np.array([START, 3, 4, START, 5], np.uint8)  # "3 4 </s> 5 </s>"
    model.spec = dataclasses.replace(model.spec, batch=1, bptt=3)
    words, following = recurrent.chunk(model, slice(0, 1))
    assert words[:, 0].tolist() == [START, 3, 4]
    assert following[:, 0].tolist() == [2, 3, END - 1]  # as outputs: one less
    model.update = 1
    words, following = recurrent.chunk(model, slice(0, 1))
    assert words[:, 0].tolist() == [START, 5, START]
    assert following[:, 0].tolist() == [4, END - 1, 2]


def test_the_gradient_stops_at_the_beginning_of_a_piece_the_state_does_not() -> None:
    model = recurrent.build(LSTM(**SMALL))
    recurrent.begin_learning(model)
    everything = slice(0, model.spec.batch)
    recurrent.read_on(model, everything)
    first = [each.clone() for each in model.ready["state"]]
    assert first[0].abs().sum() > 0
    assert not any(each.requires_grad for each in model.ready["state"])
    model.ready["optimizer"].zero_grad()
    model.update = 1
    words, following = recurrent.chunk(model, everything)
    recurrent.read_on(model, everything)
    w = {name: each.detach().clone().requires_grad_() for name, each in model.w.items()}
    hs, _, state = unrolled("lstm", w, w["E"][words], (first[0], first[1]))
    s = hs @ w["O"].T + w["o"]
    torch.nn.functional.cross_entropy(s.flatten(0, 1), following.flatten()).backward()
    for name in w:
        torch.testing.assert_close(model.w[name].grad, w[name].grad, rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(model.ready["state"][1], state[1].detach(), rtol=0, atol=1e-5)


def test_streams_may_be_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large vocabulary is too much work for one go: the same numbers, in more snapshots."""
    whole = trained(updates=20, optimizer="sgd")
    monkeypatch.setattr(recurrent, "WORK", 3 * whole.work * whole.spec.bptt * 3)  # three of eight streams
    pieces = recurrent.build(whole.spec)
    snapshots = list(recurrent.train(pieces))
    assert len(snapshots) > 60
    for name in whole.w:
        torch.testing.assert_close(pieces.w[name], whole.w[name], rtol=0, atol=1e-4)


def test_clipping_shortens_the_gradient_and_keeps_its_direction() -> None:
    w = {name: torch.zeros(2, requires_grad=True) for name in "ab"}
    w["a"].grad, w["b"].grad = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 4.0])
    assert recurrent.shorten(w, 10) == 5
    assert w["a"].grad.tolist() == [3, 0]
    assert recurrent.shorten(w, 1) == 5
    assert w["a"].grad.tolist() == pytest.approx([0.6, 0])
    assert w["b"].grad.tolist() == pytest.approx([0, 0.8])


# ---- learning ----------------------------------------------------------------------------------------------------


def test_lstm_beats_counting_letters_and_pairs_of_them() -> None:
    spec = LSTM(tokens=20_000, updates=300)
    model = recurrent.build(spec)
    last = [snapshot.metrics for snapshot in recurrent.train(model)][-1]
    pairs = ngram.build(NGram(tokens=20_000, segment="characters", order=2))
    best = [snapshot.metrics for snapshot in ngram.train(pairs)][-1]["perplexity"]
    assert last["perplexity"] < 0.6 * best
    assert last["bits_per_character"] == pytest.approx(math.log2(last["perplexity"]))
    assert last["diverged"] == 0


@pytest.mark.parametrize("clip", [0.0, 0.25])
def test_without_clipping_a_high_rate_blows_up_and_the_run_stays_usable(clip: float) -> None:
    """Measured: Elman's network with plain descent and lr = 8 is lost within six updates, and learns if clipped."""
    model = recurrent.build(LSTM(tokens=20_000, cell="elman", optimizer="sgd", lr=8.0, updates=60, clip=clip))
    snapshots = list(recurrent.train(model))
    last = snapshots[-1]
    assert last.metrics["diverged"] == float(clip == 0)
    assert (last.step < last.total) == (clip == 0)
    assert last.metrics["perplexity"] < len(model.names)
    assert all(np.isfinite(each).all() for each in recurrent.weights(model).values())
    assert math.isfinite(recurrent.sentence(model, "the king sleeps")["perplexity"])
    if clip == 0:
        assert max(snapshot.metrics["perplexity"] for snapshot in snapshots) > 100 * len(model.names)
        assert last.metrics["loss"] > 3 * math.log(len(model.names))


# ---- questions ---------------------------------------------------------------------------------------------------


def test_held_out_perplexity_is_that_of_its_sentences_one_by_one(model: Model) -> None:
    lines = [line for line in "".join(model.names[x] for x in model.held).replace("<s>", "").split("</s>") if line]
    found = [recurrent.sentence(model, line) for line in lines]
    bits = -sum(each["log2"] for each in found)
    tokens = sum(len(each["tokens"]) for each in found)
    last = language.Measuring(recurrent.scoring(model, model.held[: model.final]), model.characters[1])
    list(last)
    assert last.found["perplexity"] == pytest.approx(2 ** (bits / tokens), rel=1e-5)
    assert tokens == recurrent.facts(model)["final_tokens"]


def test_scoring_long_sentences_in_pieces_changes_nothing(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = finish(recurrent.scoring(model, model.held))
    monkeypatch.setattr(recurrent, "REACH", 7)
    np.testing.assert_allclose(finish(recurrent.scoring(model, model.held)), whole, atol=1e-4)


def test_the_future_does_not_change_the_past(model: Model) -> None:
    one, other = (recurrent.sentence(model, text)["factors"] for text in ("the king sleeps", "the king eats a fish"))
    assert [f["log2"] for f in one[:9]] == pytest.approx([f["log2"] for f in other[:9]], abs=1e-5)
    assert one[9]["log2"] != pytest.approx(other[9]["log2"], abs=1e-3)


@pytest.mark.parametrize("cell", CELLS)
def test_questions_agree_with_each_other(cell: str) -> None:
    model = trained(cell=cell, updates=20)
    words = recurrent.next_words(model, "the k", n=1_000)
    assert sum(each["probability"] for each in words["answers"]) == pytest.approx(1)
    assert words["rest"] == pytest.approx(0, abs=1e-9)
    chance = {each["word"]: each["probability"] for each in words["answers"]}
    factor = recurrent.sentence(model, "the king")["factors"][5]
    assert factor["probability"] == pytest.approx(chance["i"], rel=1e-4)
    seen = recurrent.activations(model, "the king")
    assert seen["tokens"][5:7] == ["k", "i"]
    assert seen["probability"][5] == pytest.approx(chance["i"], rel=1e-4)
    assert np.array(seen["h"]).shape == (9, 24)
    assert bool(seen["c"]) == cell.startswith("lstm")
    trace = recurrent.trace_step(model, "the king", factor=5)
    assert trace[-1].outputs["loss"][0] == pytest.approx(-math.log(chance["i"]), rel=1e-4)
    hidden = next(step.outputs["h"] for step in trace if "h" in step.outputs)
    np.testing.assert_allclose(hidden[0], seen["h"][5], atol=1e-4)
    best = words["answers"][0]
    assert trace[-2].outputs["p"][0] == pytest.approx(best["probability"], rel=1e-4)


def test_generated_text_is_drawn_from_the_model(model: Model) -> None:
    greedy = recurrent.generate(model, "the", n=30, temperature=0)
    assert greedy["tokens"][0]["word"] == recurrent.next_words(model, "the")["answers"][0]["word"]
    assert greedy == recurrent.generate(model, "the", n=30, temperature=0, seed=7)
    free = recurrent.generate(model, "the", n=200, seed=1)
    assert free["text"].startswith("the")
    assert free["text"].count("\n") == sum(each["word"] == "</s>" for each in free["tokens"]) > 0
    assert recurrent.generate(model, "the", n=200, seed=1, ends=True)["tokens"][-1]["word"] == "</s>"
    assert all(each["word"] not in ("<unk>", "<s>") for each in free["tokens"])


def test_a_sample_has_several_lines_with_the_chances_the_model_gives(model: Model) -> None:
    made = recurrent.written(model)
    lines = made["text"].split("\n")
    assert len(lines) == recurrent.LINES["characters"][0]
    tokens = np.array([START, *(model.index[c] for c in lines[0]), END])
    p = np.exp(finish(recurrent.scoring(model, tokens)))
    assert made["probabilities"][: len(lines[0])] == pytest.approx(p[:-1].tolist(), rel=1e-3)
    assert len(made["tokens"]) == len(made["probabilities"])


def test_what_a_unit_may_track() -> None:
    found = recurrent.properties(["<s>", "a", "b", " ", "“", "I", "”", "1"], "characters")
    assert found["position"] == list(range(8))
    assert found["remaining"] == list(range(7, -1, -1))
    assert found["end"] == [0] * 7 + [1]
    assert found["quotes"] == [0, 0, 0, 0, 1, 1, 1, 0]
    assert found["capital"] == [0, 0, 0, 0, 0, 1, 0, 0]
    assert found["word_position"] == [0, 1, 2, 0, 1, 2, 3, 4]
    assert found["vowel"] == [0, 1, 0, 0, 0, 0, 0, 0]
    assert recurrent.properties(["<s>", "king"], "words")["word_length"] == [0, 4]


def test_units_are_found_by_their_correlation(model: Model) -> None:
    found = recurrent.units(model, "space", n=3)["kinds"]
    assert [each["kind"] for each in found] == ["space"]
    best = found[0]["units"][0]
    values, states = [], []
    for line in recurrent._measured(model):
        names = [model.names[x] for x in line]
        values += [name == " " for name in names]
        states += recurrent.activations(model, "".join(names[1:]))[best["state"]]
    r = np.corrcoef(np.array(states)[:, best["unit"]], values)[0, 1]
    assert best["r"] == pytest.approx(r, abs=1e-3)
    assert abs(r) > 0.5
    assert "capital" not in recurrent.facts(model)["kinds"]
    with pytest.raises(Mistake, match="capital"):
        recurrent.units(model, "capital")


def test_chinese_is_read_by_the_character() -> None:
    model = trained(language="zh", updates=20)
    assert "国" in model.index
    assert recurrent.sentence(model, "国王睡觉")["tokens"][:2] == ["国", "王"]
    assert "vowel" not in recurrent.facts(model)["kinds"]


def test_words_have_bits_per_character_of_their_spelling() -> None:
    model = trained(segment="words", updates=20)
    found = recurrent.sentence(model, "the king zzz")
    assert found["unknown"] == ["zzz"]
    assert found["factors"][2] | {"word": "", "probability": 0, "log2": 0} == {
        "word": "", "token": "<unk>", "probability": 0, "log2": 0,
    }  # fmt: skip
    scored = recurrent.score(model, "the king zzz")
    assert scored["oov"] == 1
    assert scored["bits_per_character"] == pytest.approx(-found["log2"] / len("the king zzz."))


def test_files_are_scored_line_by_line(model: Model) -> None:
    one = recurrent.score(model, "t h e\nk i n g", lines=True)
    logs = [recurrent.score(model, line, lines=True) for line in ("t h e", "k i n g")]
    nats = sum(math.log(each["perplexity"]) * each["tokens"] for each in logs)
    assert one["perplexity"] == pytest.approx(math.exp(nats / 9), rel=1e-5)
    assert (one["tokens"], one["sentences"]) == (9, 2)
    fitted = recurrent.fitted(LSTM(**{**SMALL, "segment": "words", "updates": 20}), [["a", "b"], ["a", "c"]] * 20)
    assert recurrent.score(fitted, "a b\na c", lines=True)["perplexity"] < 3


@pytest.mark.parametrize(
    ("question", "given", "code"),
    [
        ("generate", {"temperature": -1}, "dial_range"),
        ("generate", {"n": 0}, "dial_range"),
        ("generate", {"n": 501}, "dial_range"),
        ("activations", {"text": "a", "unit": 24}, "dial_range"),
        ("trace_step", {"text": "a", "factor": 2}, "dial_range"),
        ("sentence", {"text": "a" * 2_001}, "line_too_long"),
    ],
)
def test_what_cannot_be_asked(model: Model, question: str, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Mistake) as mistake:
        recurrent.QUESTIONS[question](model, **given)
    assert mistake.value.code == code


@pytest.mark.parametrize("text", ["", "   ", "\n", "é中🙂", "<b>king</b>", "</s>"])
def test_any_text_is_answered(model: Model, text: str) -> None:
    for question in ("sentence", "next_words", "activations", "trace_step"):
        given = {"prefix": text} if question == "next_words" else {"text": text}
        assert recurrent.QUESTIONS[question](model, **given)


def test_a_long_text_is_shown_as_far_as_the_limit(model: Model) -> None:
    found = recurrent.activations(model, "the king sleeps " * 30)
    assert found["cut"]
    assert len(found["h"]) == recurrent.LIMIT + 1


def test_units_are_found_where_some_sentences_have_no_space() -> None:
    text = "the cat sat down.\nhello!\na dog ran off.\n" * 60
    found = recurrent.units(recurrent.build(LSTM(**{**SMALL, "corpus": own.name(text)}), text), n=1)
    assert {"space", "vowel", "word_position"} <= {each["kind"] for each in found["kinds"]}
    assert len({each["tokens"] for each in found["kinds"]}) == 1
    assert found["example"]["values"].keys() == {each["kind"] for each in found["kinds"]}


@pytest.mark.parametrize("segment", ["words", "characters"])
def test_the_example_of_a_text_without_full_stops_can_be_typed(segment: str) -> None:
    text = "the cat sat on the mat and the dog ran to the park " * 2_000
    for kind, module in ((LSTM, recurrent), (NNLM, nnlm), (NGram, ngram)):
        model = module.build(kind(corpus=own.name(text), segment=segment), text)
        assert 0 < len(module.facts(model)["example"]) <= 200, kind
