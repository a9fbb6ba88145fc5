"""The neural probabilistic language model: arithmetic to redo by hand, beside torch.nn, autograd and n-grams."""

import dataclasses
import inspect
import json
import math
from typing import Any

import numpy as np
import pytest
import torch

from engine.experiments import NNLM, NGram, NGramGrid
from engine.mistake import Mistake
from engine.models import ngram, ngram_grid, nnlm, nnlm_trace, sampling
from engine.models.nnlm import Model, first_weights, forward
from engine.text.tokens import END, START, UNKNOWN

SMALL: dict[str, Any] = {"tokens": 6_000, "dim": 8, "hidden": 12, "context": 3, "epochs": 2, "batch": 64}
V, N, M, H, B = 7, 3, 4, 5, 6


def trained(**fields: Any) -> Model:
    model = nnlm.build(NNLM(**{**SMALL, **fields}))
    for _ in nnlm.train(model):
        pass
    return model


@pytest.fixture(scope="module")
def model() -> Model:
    return trained()


# ---- the network -------------------------------------------------------------------------------------------------


def test_by_hand() -> None:
    """Two words of context, one dimension: x = (1, 2), a = 0.5 + 1·1 − 1·2 = −0.5, y = b + U tanh(a) + W x."""
    w = {
        "C": torch.tensor([[0.0], [1.0], [2.0]]),
        "H": torch.tensor([[1.0, -1.0]]), "d": torch.tensor([0.5]),
        "U": torch.tensor([[2.0], [0.0]]), "b": torch.tensor([0.25, 0.0]),
        "W": torch.tensor([[0.0, 0.0], [1.0, 0.5]]),
    }  # fmt: skip
    made = forward(w, torch.tensor([[1, 2]]))
    assert made["x"].tolist() == [[1, 2]]
    assert made["a"].tolist() == [[-0.5]]
    assert made["y"][0].tolist() == pytest.approx([0.25 + 2 * math.tanh(-0.5), 1 * 1 + 0.5 * 2])


class Plain(torch.nn.Module):
    """The same network of torch's own parts."""

    def __init__(self, hidden: int, direct: bool) -> None:
        super().__init__()
        self.C = torch.nn.Embedding(V + 1, M)
        self.hidden = torch.nn.Linear(N * M, hidden) if hidden else None
        self.U = torch.nn.Linear(hidden, V) if hidden else None
        self.W = torch.nn.Linear(N * M, V, bias=not hidden) if direct or not hidden else None

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = torch.nn.Flatten()(self.C(words))
        y = torch.zeros(len(words), V, dtype=x.dtype)
        if self.hidden and self.U:
            y = y + self.U(torch.nn.Tanh()(self.hidden(x)))
        return y + self.W(x) if self.W else y


def copied(plain: Plain) -> dict[str, torch.Tensor]:
    w = {"C": plain.C.weight, "b": (plain.U or plain.W).bias}
    if plain.hidden and plain.U:
        w |= {"H": plain.hidden.weight, "d": plain.hidden.bias, "U": plain.U.weight}
    if plain.W:
        w["W"] = plain.W.weight
    return {name: each.detach().clone().requires_grad_() for name, each in w.items()}


@pytest.mark.parametrize(("hidden", "direct"), [(H, False), (H, True), (0, True)])
def test_equals_torchs_own_parts_gradients_too(hidden: int, direct: bool) -> None:
    torch.manual_seed(0)
    plain = Plain(hidden, direct).double()
    w = copied(plain)
    assert {name: each.shape for name, each in w.items()} == {
        name: each.shape for name, each in first_weights(V, N, M, hidden, direct, 0).items()
    }
    words, following = torch.randint(V + 1, (B, N)), torch.randint(V, (B,))
    theirs, ours = plain(words), forward(w, words)["y"]
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-6)
    torch.nn.functional.cross_entropy(theirs, following).backward()
    torch.nn.functional.cross_entropy(ours, following).backward()
    for name, each in copied(plain).items():
        parameter = next(p for p in plain.parameters() if torch.equal(p, each))
        torch.testing.assert_close(w[name].grad, parameter.grad, rtol=0, atol=1e-6)


def test_one_update_is_one_of_plain_gradient_descent() -> None:
    """With `sgd` the first update moves every weight by −lr times the gradient of the batch's mean loss."""
    spec = NNLM(**{**SMALL, "optimizer": "sgd", "lr": 0.5})
    model = nnlm.build(spec)
    old = {name: each.detach().clone().requires_grad_() for name, each in model.w.items()}
    nnlm.begin_learning(model)
    words, following = nnlm.windows(model.text, nnlm.chosen(model), spec.context)
    torch.nn.functional.cross_entropy(forward(old, words)["y"], following).backward()
    for _ in nnlm.learning(model, 1):
        pass
    size = 0.5 * (1 - (1 - nnlm.LAST) * model.step / model.learning)
    for name, each in old.items():
        torch.testing.assert_close(model.w[name].detach(), each.detach() - size * each.grad, rtol=1e-4, atol=1e-6)


# ---- the text ----------------------------------------------------------------------------------------------------


def test_windows_never_leave_their_sentence() -> None:
    tokens = np.array([START, 5, 6, END, START, 7, END], np.int32)
    text = nnlm.padded(tokens, 2)
    words, following = nnlm.windows(text, np.flatnonzero(text != START), 2)
    assert words.tolist() == [[1, 1], [1, 5], [5, 6], [1, 1], [1, 7]]
    assert (following + 1).tolist() == [5, 6, END, 7, END]
    np.testing.assert_array_equal(nnlm.single(text, 2), tokens)
    np.testing.assert_array_equal(nnlm.single(nnlm.padded(tokens, 1), 1), tokens)


@pytest.mark.parametrize("fields", [{}, {"language": "zh"}, {"segment": "characters", "min_count": 3}])
def test_the_held_out_tokens_are_those_of_the_n_gram_page(fields: dict[str, Any]) -> None:
    ours, theirs = nnlm.build(NNLM(tokens=3_000, **fields)), ngram.build(NGram(tokens=3_000, **fields))
    assert ours.names == theirs.names
    np.testing.assert_array_equal(nnlm.single(ours.held, ours.spec.context), theirs.held)


def test_the_rival_is_the_n_gram_page_s_model(model: Model) -> None:
    theirs = ngram.build(NGram(tokens=6_000, order=4, smoothing="modified_kneser_ney"))
    *_, last = ngram.train(theirs)
    told = nnlm.perplexity(model.rival["ngram"])
    assert told["perplexity"] == pytest.approx(last.metrics["perplexity"], rel=1e-9)
    assert nnlm.tables(model)["ngrams"] == [int(last.metrics[f"distinct_{n}"]) for n in (1, 2, 3, 4)]


# ---- training ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_beats_the_best_n_gram_model_on_the_kingdom(language: str) -> None:
    grid = ngram_grid.build(NGramGrid(language=language, order=7))
    for _ in ngram_grid.train(grid):
        pass
    *_, last = nnlm.train(nnlm.build(NNLM(language=language)))
    assert last.metrics["perplexity"] < grid.cells[grid.cells > 0].min()
    assert last.step == last.total


def test_pieces_change_nothing_that_is_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine or a vocabulary for which a batch takes too long takes it in pieces; so do its moments."""
    spec = NNLM(**{**SMALL, "tokens": 1_000, "epochs": 1, "direct": "yes"})
    whole, pieces = nnlm.build(spec), nnlm.build(spec)
    lasts = list(nnlm.train(whole))
    monkeypatch.setattr(nnlm, "WORK", 10 * 3 * pieces.work)
    told = list(nnlm.train(pieces))
    assert pieces.slow
    assert len(told) > 5 * len(lasts)
    steps = [snapshot.step for snapshot in told]
    assert steps == sorted(steps)
    assert max(np.diff(steps)) <= nnlm.COUNTED
    assert told[-1].metrics["perplexity"] == pytest.approx(lasts[-1].metrics["perplexity"], rel=1e-4)
    assert told[-1].samples == lasts[-1].samples
    for name, each in whole.still.items():
        torch.testing.assert_close(pieces.still[name], each, rtol=0, atol=1e-3)


def test_the_loss_is_the_cross_entropy_and_stays_finite() -> None:
    model = nnlm.build(NNLM(**SMALL))
    nnlm.begin_learning(model)
    places = nnlm.chosen(model)
    words, following = nnlm.windows(model.text, places, model.spec.context)
    wanted = torch.nn.functional.cross_entropy(forward(model.still, words)["y"], following)
    assert nnlm.foretell(model, places, len(places)) == pytest.approx(wanted.item(), rel=1e-5)
    model.w["b"].data[int(following[0])] = -1e4  # a probability of 0: not past all bounds
    with nnlm.tiny_is_zero():
        assert math.isfinite(nnlm.foretell(model, places, len(places)))


def test_a_rate_far_too_high_leaves_a_model_that_answers() -> None:
    *_, last = nnlm.train(model := nnlm.build(NNLM(**{**SMALL, "optimizer": "sgd", "lr": 10.0, "decay": 0.01})))
    assert all(math.isfinite(value) for value in last.metrics.values())
    assert nnlm.next_words(model, "the")["answers"]
    json.dumps(last.metrics, allow_nan=False)


def test_numbers_past_all_bounds_end_the_run_with_the_last_good_weights() -> None:
    model = nnlm.build(NNLM(**SMALL))
    run = nnlm.train(model)
    next(run)
    good = {name: each.clone() for name, each in model.still.items()}
    model.w["b"].data[0] = math.inf
    *_, last = run
    assert last.metrics["diverged"] == 1
    assert last.step < last.total
    assert all(torch.equal(model.still[name], each) for name, each in good.items() if name != "b")
    assert nnlm.next_words(model, "the")["answers"]
    with pytest.raises(Mistake, match="training is over"):
        nnlm.duel(model)


# ---- answers -----------------------------------------------------------------------------------------------------


def test_probabilities_sum_to_one(model: Model) -> None:
    p = nnlm._after(model, nnlm._read(model, "the king")[1])
    assert p.sum() == pytest.approx(1)
    assert p[START] == 0


def test_a_sentence_is_the_product_of_its_words(model: Model) -> None:
    answer = nnlm.sentence(model, "the king quark")
    assert answer["unknown"] == ["quark"]
    assert [each["token"] for each in answer["factors"]] == ["the", "king", "<unk>", "</s>"]
    assert answer["factors"][1]["context"] == ["<s>", "<s>", "the"]
    assert answer["probability"] == pytest.approx(math.prod(each["probability"] for each in answer["factors"]))
    following = {each["word"]: each["probability"] for each in nnlm.next_words(model, "the", 10_000)["answers"]}
    assert answer["factors"][1]["probability"] == pytest.approx(following["king"])
    scored = nnlm.score(model, "the king quark\n", lines=True)
    assert scored["perplexity"] == pytest.approx(answer["perplexity"])
    assert (scored["tokens"], scored["oov"], scored["sentences"]) == (4, 1, 1)


def test_a_long_file_is_scored_like_its_lines(model: Model) -> None:
    lines = [["the", "king"], ["the", "queen", "smiled"]] * 100
    nats = sum(-math.log(nnlm.sentence(model, " ".join(each))["probability"]) for each in lines[:2]) * 100
    answer = nnlm.score(model, "\n".join(map(" ".join, lines)), lines=True)
    assert answer["perplexity"] == pytest.approx(math.exp(nats / answer["tokens"]))


def test_a_duel_adds_up(model: Model) -> None:
    answer = nnlm.duel(model, 200)
    totals = answer["totals"]
    seen = (totals["tokens"] - totals["unseen"]) * totals["bits_nnlm_seen"]
    assert seen + totals["unseen"] * totals["bits_nnlm_unseen"] == pytest.approx(totals["tokens"] * totals["bits_nnlm"])
    first, *_, last = answer["sentences"]

    def gain(each: dict[str, Any]) -> float:
        unseen = [math.log2(a / b) for a, b, s in zip(each["nnlm"], each["ngram"], each["seen"], strict=True) if not s]
        return sum(unseen)

    assert gain(first) > gain(last)
    assert nnlm.duel(model, 1, "lost")["sentences"][0] != first
    told = nnlm.sentence(model, " ".join(first["words"][:-1]))
    assert [each["probability"] for each in told["factors"]] == pytest.approx(first["nnlm"], rel=1e-4)
    trained_on = ngram.build(NGram(tokens=6_000, order=4, smoothing="modified_kneser_ney"))
    ngram.advance(trained_on, trained_on.total)
    factors = ngram.sentence(trained_on, " ".join(first["words"][:-1]))["factors"]
    for word, p, was in zip(factors, first["ngram"], first["seen"], strict=True):
        assert word["probability"] == pytest.approx(p)
        assert (word["order"] == len(word["path"])) == was


def test_a_phrase_that_was_left_out_is_foretold_by_what_words_have_in_common() -> None:
    model = nnlm.build(NNLM(without="queen  Braided"))
    whole = nnlm.build(NNLM())
    assert model.names == whole.names
    np.testing.assert_array_equal(model.held, whole.held)
    for _ in nnlm.train(model):
        pass
    answer = nnlm.generalise(model)
    assert answer["left_out"] == nnlm.facts(model)["left_out"] == len(answer["rows"]) > 0
    assert all(row["context"][-1] == "queen" and row["word"] == "braided" for row in answer["rows"])
    assert all(row["count"] == 0 and row["nnlm"] > 3 * row["ngram"] for row in answer["rows"])
    assert ngram.where(whole_text(model), ["queen", "braided"])["count"] == 0
    assert ngram.where(whole_text(whole), ["queen", "braided"])["count"] == answer["left_out"]


def whole_text(model: Model) -> ngram.Model:
    other = nnlm.rival(model)
    ngram.advance(other, other.total)
    return other


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("queen", "one word"),
        ("the king and the queen of all", "longer"),
        ("queen king", "does not stand"),
        ("queen quark", "quark"),
    ],
)
def test_a_phrase_that_cannot_be_left_out(phrase: str, said: str) -> None:
    with pytest.raises(Mistake, match=said):
        nnlm.build(NNLM(tokens=3_000, without=phrase))


def test_nothing_was_left_out(model: Model) -> None:
    with pytest.raises(Mistake, match="No phrase"):
        nnlm.generalise(model)


# ---- step by step ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{}, {"direct": "yes"}, {"hidden": 0}, {"context": 1}])
def test_the_trace_ends_where_autograd_and_the_model_do(fields: dict[str, Any]) -> None:
    model = nnlm.build(NNLM(**{**SMALL, **fields}))
    trace = nnlm.trace_prediction(model, "the king smiled", 1)
    out = {name: value for step in trace for name, value in step.outputs.items()}
    context = torch.tensor([[START] * (model.spec.context - 1) + [model.index["the"]]])
    w = {name: each.double().requires_grad_() for name, each in model.still.items()}
    made = forward(w, context)
    for name in made.keys() & {"x", "a"}:
        made[name].retain_grad()
    loss = torch.nn.functional.cross_entropy(made["y"], torch.tensor([model.index["king"] - 1]))
    loss.backward()
    assert out["L"][0] == pytest.approx(loss.item(), rel=1e-5)
    np.testing.assert_allclose(out["∇x"].ravel(), made["x"].grad[0].numpy(), rtol=0, atol=1e-6)
    np.testing.assert_allclose(out["∇C(w)"][0], out["∇x"][-1])
    np.testing.assert_allclose(out["∇C(w)"][0], w["C"].grad[model.index["the"]].numpy(), rtol=0, atol=1e-6)
    old = model.still["C"][model.index["the"]].numpy()
    np.testing.assert_allclose(out["C(w) new"][0], old - model.spec.lr * out["∇C(w)"][0], rtol=1e-5)
    following = {each["word"]: each["probability"] for each in nnlm.next_words(model, "the", 20)["answers"]}
    labels = next(step for step in trace if step.id == "softmax").labels["p"]
    assert [following[name] for name in labels[:10]] == pytest.approx(out["p"][:10].tolist(), rel=1e-5)
    if "a" in made:
        np.testing.assert_allclose(out["∇a"], made["a"].grad.numpy(), rtol=0, atol=1e-6)


def test_a_one_hot_vector_looks_up_a_row(model: Model) -> None:
    trace = {step.id: step for step in nnlm.trace_prediction(model, "the king smiled", 2)}
    given, made = trace["lookup"].inputs, trace["lookup"].outputs["C(w)"]
    np.testing.assert_array_equal(given["e"] @ given["C"], made)
    np.testing.assert_array_equal(made[-1], model.still["C"][model.index["king"]].numpy())
    assert given["e"].sum(axis=1).tolist() == [1] * SMALL["context"]


def test_the_learning_rate_of_a_trace_is_that_of_its_moment(model: Model) -> None:
    first = dataclasses.replace(model, step=0)
    assert nnlm.rate(first) == model.spec.lr
    assert nnlm.rate(model) == pytest.approx(nnlm.LAST * model.spec.lr)


def test_every_line_that_a_trace_names_is_there() -> None:
    files = {f"{module.__name__.rpartition('.')[2]}.py": inspect.getsource(module) for module in (nnlm, nnlm_trace)}
    for fields in ({"direct": "yes"}, {"hidden": 0}):
        for step in nnlm.trace_prediction(nnlm.build(NNLM(**{**SMALL, **fields})), "the king"):
            file, mark = step.source.split("#")
            assert f"# step: {mark}\n" in files[file], mark


def test_each_moment_is_measured_on_sentences_from_the_whole_held_out_text() -> None:
    """Ten sentences of a word, with two <s> before each: of 40 tokens 12 are wanted, so every fourth sentence."""
    held = np.array([[START, START, 3 + n, END] for n in range(10)]).ravel()
    assert nnlm.spread(held, 12).tolist() == [x for n in (0, 4, 8) for x in (START, START, 3 + n, END)]
    assert nnlm.spread(held, 100).tolist() == held.tolist()
    assert not len(nnlm.spread(held[:0], 12))


def test_a_text_is_no_longer_than_what_a_worker_writes_in_a_moment() -> None:
    """A token for itself takes 90 µs, a layer 200 µs, a weight 0.16 ns, a word that it could be 36 ns; 60 ms in all."""
    assert sampling.room(0, 0) == 500
    assert sampling.room(3_000_000, 12_000) == int(60 / (0.09 + 0.48 + 0.432))
    assert sampling.room(3_000_000, 12_000, layers=4) == int(60 / (0.09 + 0.8 + 0.48 + 0.432))
    assert sampling.room(10**10, 10**6) == 1


@pytest.mark.parametrize("top_k", [0, 1, 3, 50])
@pytest.mark.parametrize("top_p", [0.0, 0.4, 1.0])
def test_what_is_drawn_from_is_what_sorting_all_words_finds(top_k: int, top_p: float) -> None:
    p = np.random.default_rng(0).integers(1, 9, 20) / 100  # many are equal
    p[UNKNOWN] = 0
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    most = max(1, min(top_k or 20, int((before < top_p * p.sum()).sum())))
    assert set(np.flatnonzero(sampling.sharpened(p, 1.0, top_k, top_p))) == set(order[:most]) - {UNKNOWN}
