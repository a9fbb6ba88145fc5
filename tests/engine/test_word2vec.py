"""Word2Vec: its arithmetic by hand, against automatic differentiation, and against a second implementation."""

import ast
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.experiments import Word2Vec
from engine.mistake import Mistake
from engine.models import word2vec
from engine.text.vocabulary import count, encode
from engine.worker import Moments

TEXT = [s.split() for s in ("the king wore a crown", "the queen wore a crown", "a man saw the king", "a dog ran")]


def model_of(sentences: list[list[str]], **fields: Any) -> word2vec.Model:
    """A model of a few sentences of our own, built the way `preparing` does."""
    spec = Word2Vec(**fields)
    vocabulary = count(sentences, spec.min_count)
    return word2vec._model(spec, vocabulary, *encode(sentences, vocabulary))


def trained(**fields: Any) -> word2vec.Model:
    model = word2vec.build(Word2Vec(**fields))
    for _ in word2vec.train(model):
        pass
    return model


@pytest.fixture(scope="module")
def kingdom() -> word2vec.Model:
    return trained(tokens=30_000, epochs=10)


# ---- arithmetic -------------------------------------------------------------------------------------------------


def test_sigmoid() -> None:
    s = np.linspace(-20, 20, 4_001).astype(np.float32)
    ours = np.array([word2vec.sigmoid(x) for x in s])
    assert word2vec.sigmoid(np.float32(0)) == 0.5  # 1 / (1 + e⁰)
    np.testing.assert_allclose(ours, 1 / (1 + np.exp(-s.astype(np.float64))), atol=1e-6)


def test_keep_probability() -> None:
    # 1,000 words; with t = 0.001 a word with f = 100 / 1,000 is kept with √(0.001/0.1) + 0.001/0.1 = 0.1 + 0.01.
    keep = word2vec.keep_probability(np.array([890, 100, 9, 1]), 0.001)
    np.testing.assert_allclose(keep[1], 0.11, rtol=1e-6)
    assert keep[3] == 1  # f = t
    assert (word2vec.keep_probability(np.array([890, 100, 9, 1]), 0.0) == 1).all()


def test_noise_is_in_proportion_to_count_to_the_power() -> None:
    # 16^¾ = 8, 1^¾ = 1: eight places of nine.
    assert np.mean(word2vec.noise_list(np.array([16, 1]), 0.75) == 0) == pytest.approx(8 / 9, abs=0.01)
    assert np.mean(word2vec.noise_list(np.array([16, 1]), 0.0) == 0) == pytest.approx(1 / 2, abs=0.01)
    assert np.mean(word2vec.noise_list(np.array([16, 1]), 1.0) == 0) == pytest.approx(16 / 17, abs=0.01)


def test_chance_is_even_and_windows_reach_as_far_as_they_should() -> None:
    random = np.array([7], np.uint64)
    drawn = np.bincount([word2vec.draw(random, 5) for _ in range(50_000)], minlength=5)
    np.testing.assert_allclose(drawn / 50_000, 0.2, atol=0.01)
    radii = [word2vec.window_around(10, 100, 5, random) for _ in range(1_000)]
    assert {(10 - low, high - 11) for low, high in radii} == {(R, R) for R in range(1, 6)}
    assert word2vec.window_around(0, 2, 5, random) == (0, 2)


def test_first_loss_by_hand() -> None:
    # C is zero, every score is 0, σ(0) = ½: each of the K + 1 words costs ln 2. A negative equal to the real word
    # is left out.
    model = word2vec.build(Word2Vec(tokens=2_000))
    clashes = (model.outputs[:, 1:] == model.outputs[:, :1]).sum()
    expected = (6 - clashes / len(model.outputs)) * np.log(2)
    assert word2vec.measure(model)["loss"] == pytest.approx(expected, rel=1e-6)
    assert len(model.inputs) == word2vec.PAIRS


def test_gradient_equals_autograd() -> None:
    """The compiled update moves v and the rows of C by minus the learning rate times the gradient of the objective."""
    rng = np.random.default_rng(0)
    C, v, outputs, lr = rng.normal(size=(9, 7)), rng.normal(size=7), np.array([4, 0, 8, 2]), 0.1
    torch_C, torch_v = torch.tensor(C, requires_grad=True), torch.tensor(v, requires_grad=True)
    scores = torch_C[outputs] @ torch_v
    loss = -torch.nn.functional.logsigmoid(torch.cat([scores[:1], -scores[1:]])).sum()
    loss.backward()
    assert torch_C.grad is not None
    assert torch_v.grad is not None

    new_C, e, g = C.astype(np.float32), np.empty(4, np.float32), np.empty(7, np.float32)
    word2vec.update(v.astype(np.float32), new_C, outputs, np.float32(lr), e, g)
    np.testing.assert_allclose(g, -torch_v.grad.numpy(), atol=1e-5)
    np.testing.assert_allclose(new_C, C - lr * torch_C.grad.numpy(), atol=1e-5)
    one = np.array([[0]], np.int32), outputs[None].astype(np.int32)
    ours = word2vec.objective(v[None].astype(np.float32), C.astype(np.float32), *one)
    assert ours == pytest.approx(loss.item(), 1e-5)


def test_a_negative_equal_to_the_real_word_is_skipped() -> None:
    C = np.ones((2, 3), np.float32)
    e, g, v = np.empty(3, np.float32), np.empty(3, np.float32), np.ones(3, np.float32)
    word2vec.update(v, C, np.array([1, 1, 0]), np.float32(0.1), e, g)
    assert e[1] == 0
    assert (C[1] > 1).all()
    assert (C[0] < 1).all()


class Reference:
    """A second implementation: plain Python and autograd in double precision, drawing the same chances."""

    def __init__(self, model: word2vec.Model) -> None:
        self.model, self.state = model, int(model.random[0])
        self.W, self.C = torch.tensor(model.W).double(), torch.tensor(model.C).double()

    def draw(self, n: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 32) * n >> 32

    def learn(self, inputs: list[int], outputs: list[int], lr: float, undivided: int) -> None:
        W, C = self.W.requires_grad_(), self.C.requires_grad_()
        v = W[inputs].mean(dim=0)
        loss = -torch.nn.functional.logsigmoid(C[outputs[0]] @ v)
        for n in outputs[1:]:
            if n != outputs[0]:
                loss = loss - torch.nn.functional.logsigmoid(-C[n] @ v)
        to_W, to_C = torch.autograd.grad(loss, [W, C])
        self.W, self.C = (W - lr * undivided * to_W).detach(), (C - lr * to_C).detach()

    def epoch(self, number: int) -> None:
        model, spec = self.model, self.model.spec
        for s in range(len(model.offsets) - 1):
            done = (number + model.offsets[s] / len(model.ids)) / spec.epochs
            lr = spec.lr + (1e-4 - spec.lr) * done
            words = [int(x) for x in model.ids[model.offsets[s] : model.offsets[s + 1]]]
            kept = [x for x in words if self.draw(2**24) < model.keep[x] * 2**24]
            told = [[x, *(int(model.noise[self.draw(len(model.noise))]) for _ in range(spec.negatives))] for x in kept]
            for i in range(len(kept)):
                R = 1 + self.draw(spec.window)
                window = [j for j in range(len(kept)) if 0 < abs(i - j) <= R]
                if spec.architecture == "cbow" and window:
                    self.learn([kept[j] for j in window], told[i], lr, undivided=len(window))
                elif spec.architecture == "skip_gram":
                    for j in window:
                        self.learn([kept[i]], told[j], lr, undivided=1)


@pytest.mark.parametrize("architecture", ["skip_gram", "cbow"])
def test_training_equals_a_second_implementation(architecture: str) -> None:
    model = model_of(TEXT * 3, architecture=architecture, dim=6, window=2, negatives=1, epochs=2, sample=0.1, lr=0.2)
    model.C[:] = np.random.default_rng(1).normal(size=model.C.shape)
    reference = Reference(model)
    for number in range(2):
        reference.epoch(number)
    word2vec.advance(model, model.total)
    np.testing.assert_allclose(model.W, reference.W.numpy(), atol=1e-4)
    np.testing.assert_allclose(model.C, reference.C.numpy(), atol=1e-4)


def test_slicing_does_not_matter() -> None:
    whole, pieces = (word2vec.build(Word2Vec(tokens=3_000, epochs=2)) for _ in range(2))
    word2vec.advance(whole, whole.total)
    for step in (1, 2, 50, 51, 300, 301, pieces.total - 1, pieces.total):
        word2vec.advance(pieces, step)
    assert np.array_equal(whole.W, pieces.W)
    assert np.array_equal(whole.C, pieces.C)
    assert whole.random == pieces.random


def test_seed_and_dials_change_the_numbers() -> None:
    first = trained(tokens=2_000, epochs=1)
    for change in ({"seed": 1}, {"lr": 0.06}, {"power": 0.5}, {"window": 4}, {"sample": 0.002}, {"corpus_seed": 1}):
        other = trained(**{"tokens": 2_000, "epochs": 1, **change})
        assert other.W.shape != first.W.shape or not np.allclose(other.W, first.W), change


# ---- what it learns ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "question", "enough"),
    [("en", ("man", "king", "woman", "queen"), 0.97), ("zh", ("男人", "国王", "女人", "王后"), 0.99)],
)
def test_learns_the_kingdom(language: str, question: tuple[str, ...], enough: float) -> None:
    """Queen first in five seeds of five, and a mean accuracy that no happy accident explains."""
    right = []
    for seed in range(5):
        model = trained(language=language, seed=seed, epochs=12)
        found = word2vec.analogy(model, (question[0], question[1], question[2]), n=1)
        assert found["answers"][0]["word"] == question[3], f"seed {seed}"
        right.append(word2vec.accuracy(model)["analogy_accuracy"])
    assert np.mean(right) >= enough


def test_cbow_learns_too() -> None:
    model = trained(architecture="cbow", lr=0.1, tokens=100_000)
    assert word2vec.accuracy(model)["analogy_accuracy"] >= 0.97


def test_without_negatives_everything_collapses(kingdom: word2vec.Model) -> None:
    collapsed = trained(tokens=30_000, epochs=10, negatives=0)
    assert word2vec.spread(collapsed)["cosine"] > 0.9
    assert word2vec.spread(kingdom)["cosine"] < 0.4
    assert word2vec.measure(collapsed)["loss"] < 0.1  # and the loss calls it a success


def test_too_little_text_proves_nothing(kingdom: word2vec.Model) -> None:
    little = trained(tokens=3_000, epochs=10)
    assert word2vec.accuracy(little)["analogy_accuracy"] < 0.5 * word2vec.accuracy(kingdom)["analogy_accuracy"]


def test_biased_text_biased_vectors() -> None:
    jobs = trained(corpus="jobs", epochs=10)
    words = ["surgeon", "nurse", "chemist"]
    found = word2vec.lean(jobs, words, "he", "she")
    surgeon, nurse, chemist = found["vectors"]
    assert surgeon < chemist < nurse
    assert found["correlation"] > 0.9


@pytest.mark.parametrize(
    "fields", [{"dim": 2}, {"window": 1}, {"power": 0.0}, {"sample": 0.0}, {"sample": 1e-9}, {"negatives": 30}]
)
@pytest.mark.parametrize("architecture", ["skip_gram", "cbow"])
def test_ends_of_the_dials(architecture: str, fields: dict[str, Any]) -> None:
    model = trained(**{"tokens": 500, "epochs": 2, "architecture": architecture, **fields})
    assert np.isfinite(model.W).all()
    assert np.isfinite(word2vec.measure(model)["loss"])


def test_steps_too_large_are_a_mistake() -> None:
    with pytest.raises(Mistake) as told:
        trained(tokens=20_000, lr=1.0)
    assert told.value.code == "training_diverged"
    assert "(lr) smaller than 1" in told.value.sentence("en")


def test_nothing_to_learn_from() -> None:
    assert code_of(lambda: word2vec.build(Word2Vec(tokens=200, min_count=100))) == "vocabulary_too_small"
    assert code_of(lambda: model_of([["a"], ["b"]])) == "vocabulary_too_small"


def test_long_sentences_are_cut() -> None:
    model = model_of([["a", "b"] * 1_250, ["c", "d"]], sample=0.0, dim=4, epochs=1)
    assert model.offsets.tolist() == [0, 1_000, 2_000, 2_500, 2_502]
    word2vec.advance(model, model.total)
    assert model.words_read() == 2_502


def test_longer_runs_pause_more_often() -> None:
    quick, long = (model_of(TEXT * 2_000, dim=dim, epochs=20, negatives=30) for dim in (2, 300))
    assert len(word2vec._marks(quick)) == word2vec.SNAPSHOTS
    marks = word2vec._marks(long)
    words = np.diff([0, *(long.offsets[step % 8_000] + step // 8_000 * len(long.ids) for step in marks)])
    assert (words * 6 * 31 * 320 <= 1.01 * word2vec.SLICE).all()
    assert marks[-1] == long.total


# ---- questions --------------------------------------------------------------------------------------------------


def code_of(call: Any) -> str:
    with pytest.raises(Mistake) as told:
        call()
    for language in ("en", "zh"):
        assert "{" not in told.value.sentence(language)
    return told.value.code


def test_words_that_cannot_be_used(kingdom: word2vec.Model) -> None:
    assert code_of(lambda: word2vec.neighbours(kingdom, "qeen")) == "word_unknown"
    with pytest.raises(Mistake, match="queen"):
        word2vec.neighbours(kingdom, "qeen")
    assert code_of(lambda: word2vec.neighbours(kingdom, "<b>🙂 $x$")) == "word_unlike"
    assert code_of(lambda: word2vec.analogy(kingdom, ("king", "king", "man"))) == "word_twice"
    assert code_of(lambda: word2vec.analogy(kingdom, ("man", "king", "woman"), method="magic")) == "dial_option"
    assert code_of(lambda: word2vec.baselines(kingdom, "colour")) == "dial_option"
    assert code_of(lambda: word2vec.trace_update(kingdom, "king", "paris")) == "pair_never_met"
    assert code_of(lambda: word2vec.trace_update(kingdom, "king", "crown", ["crown"])) == "word_twice"
    assert word2vec.neighbours(kingdom, " King ")["excluded"] == ["king"]


def test_punctuation_answers_nothing() -> None:
    """The Chinese kingdom has commas: words to learn from, and no answers."""
    model = trained(language="zh", tokens=5_000, epochs=2)
    everything = len(model.vocabulary)
    assert "，" in model.vocabulary.index
    near = word2vec.neighbours(model, "国王", n=everything)["answers"]
    found = word2vec.analogy(model, ("男人", "国王", "女人"), exclude=False, n=everything)["answers"]
    assert "，" not in {answer["word"] for answer in (*near, *found)}
    assert (len(near), len(found)) == (everything - 2, everything - 1)


def test_analogy_with_and_without_the_question_words(kingdom: word2vec.Model) -> None:
    words = ("man", "king", "woman")
    excluding, including = (word2vec.analogy(kingdom, words, exclude, n=600) for exclude in (True, False))
    assert excluding["excluded"] == list(words)
    assert including["excluded"] == []
    left = [answer for answer in including["answers"] if answer["word"] not in words]
    assert [x["word"] for x in left[:590]] == [x["word"] for x in excluding["answers"][:590]]
    numbers = word2vec.rank_view(kingdom, None, *words, "queen")
    order = [x["word"] for x in including["answers"]]
    assert numbers["all"] == order.index("queen") + 1
    assert numbers["excluded"] == [x["word"] for x in left].index("queen") + 1
    assert numbers["answers"] == [x["word"] for x in left[:3]]


def test_pairs_lie_in_their_windows(kingdom: word2vec.Model) -> None:
    found = word2vec.pairs(kingdom, 7)
    assert found["pairs"]
    assert all(0 < abs(i - j) <= found["radii"][i] <= kingdom.spec.window for i, j in found["pairs"])
    assert len(found["words"]) == len(found["keep"])
    assert code_of(lambda: word2vec.pairs(kingdom, 10**6)) == "dial_range"


def test_views(kingdom: word2vec.Model) -> None:
    words = ("king", "queen", "man", "woman")
    first = word2vec.map_view(kingdom, None, words)
    again = word2vec.map_view(kingdom, {**first, "xy": first["xy"] @ np.array([[0, 1], [-1, 0]])}, words)
    assert first["xy"].dtype == np.float32
    np.testing.assert_allclose(again["xy"], first["xy"] @ np.array([[0, 1], [-1, 0]]), atol=1e-5)
    axes = word2vec.map_view(kingdom, None, words, axes=(("woman", "man"), ("king", "man")))
    assert axes["xy"][3, 0] > axes["xy"][2, 0]  # woman − man: woman to the right of man
    assert axes["xy"][0, 1] > axes["xy"][2, 1]  # king − man: king above man
    assert word2vec.map_view(kingdom, None, words, dims=3)["xy"].shape == (4, 3)
    nearest = word2vec.nearest_view(kingdom, None, "king", n=4)
    assert nearest["words"] == [x["word"] for x in word2vec.neighbours(kingdom, "king", 4)["answers"]]
    assert (np.diff(nearest["scores"]) <= 0).all()


def test_restored_weights_may_be_of_half_precision(kingdom: word2vec.Model) -> None:
    kept = word2vec.weights(kingdom)
    restored = word2vec.with_weights(kingdom, {**kept, **{name: kept[name].astype(np.float16) for name in ("W", "C")}})
    assert restored.W.dtype == np.float32
    assert word2vec.accuracy(restored) == pytest.approx(word2vec.accuracy(kingdom), abs=0.05)


# ---- step-through -----------------------------------------------------------------------------------------------

STEPS = ["window", "pair", "lookup", "dots", "sigma", "error", "gradient", "update_output", "update_input", "after"]
IN_CBOW = {step: f"cbow_{step}" for step in ("pair", "lookup", "update_input")}  # which averages the window's words


def marked() -> list[str]:
    return re.findall(r"# step: (\w+)$", Path(word2vec.__file__).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_step_stands_on_one_marked_line(kingdom: word2vec.Model) -> None:
    cbow = word2vec.build(Word2Vec(tokens=2_000, architecture="cbow"))
    for trace in (word2vec.trace_fixed_example(), word2vec.trace_update(kingdom), word2vec.trace_update(cbow)):
        for step in trace:
            file, _, mark = step.source.partition("#")
            assert file == "word2vec.py"
            assert mark == step.id
            assert marked().count(mark) == 1
    for trace in (word2vec.trace_fixed_example(), word2vec.trace_update(kingdom)):
        assert [step.id for step in trace] == STEPS
    assert [step.id for step in word2vec.trace_update(cbow)] == [IN_CBOW.get(step, step) for step in STEPS]
    ast.parse(Path(word2vec.__file__).read_text(encoding="utf-8"))


def test_fixed_example_by_hand() -> None:
    steps = {step.id: step for step in word2vec.trace_fixed_example()}
    np.testing.assert_allclose(steps["dots"].outputs["s"], [0.2, -1.11, 0.74], atol=1e-6)
    np.testing.assert_allclose(steps["sigma"].outputs["σ(s)"], [0.550, 0.248, 0.677], atol=5e-4)
    np.testing.assert_allclose(steps["error"].outputs["e"], [0.450, -0.248, -0.677], atol=5e-4)
    # thou moves by 0.5 · 0.450 · v = 0.225 · (1, 0.5, −0.2)
    np.testing.assert_allclose(steps["update_output"].outputs["v' new"][0], [0.625, -0.0875, 0.455], atol=5e-4)
    # g = 0.450 (0.4, −0.2, 0.5) − 0.248 (−0.9, −0.5, −0.2) − 0.677 (0.5, 0.6, 0.3)
    np.testing.assert_allclose(steps["gradient"].outputs["g"][0], [0.0647, -0.372, 0.0716], atol=5e-4)
    np.testing.assert_allclose(steps["update_input"].outputs["v new"][0], [1.032, 0.314, -0.164], atol=5e-4)
    before, after = steps["after"].inputs["loss"], steps["after"].outputs["loss new"]
    # −ln 0.550 − ln(1 − 0.248) − ln(1 − 0.677)
    assert before == pytest.approx(2.013, abs=2e-3)
    assert after < before


@pytest.mark.parametrize("architecture", ["skip_gram", "cbow"])
def test_trace_equals_the_models_own_update(architecture: str) -> None:
    """The rows the trace ends with are those the compiled training functions leave in the model's tables."""
    model = trained(tokens=20_000, epochs=1, architecture=architecture)
    before = word2vec.weights(model)
    trace = {step.id: step for step in word2vec.trace_update(model, "king", "crown")}
    assert all(np.array_equal(before[name], array) for name, array in word2vec.weights(model).items())

    index, lr = model.vocabulary.index, np.float32(trace["update_output"].inputs["η"])
    use_cbow = architecture == "cbow"
    labels = trace["cbow_lookup" if use_cbow else "lookup"].labels
    assert labels is not None
    names = ("W" if use_cbow else "v", "v'")
    inputs, outputs = (np.array([index[word] for word in labels[name]], np.int32) for name in names)
    e, g, v = np.empty(len(outputs), np.float32), *np.empty((2, model.spec.dim), np.float32)
    if use_cbow:
        words = np.insert(inputs, 0, outputs[0])  # the centre word, then its window
        word2vec.cbow(model.W, model.C, words, 0, len(words), 0, outputs, lr, v, e, g)
        repeated = np.array([np.sum(inputs == x) for x in inputs])  # a word twice in the window moves twice
        moved = trace["cbow_update_input"].outputs["W new"] + (repeated - 1)[:, None] * lr * g
    else:
        word2vec.skip_gram(model.W, model.C, inputs[0], outputs, lr, e, g)
        moved = trace["update_input"].outputs["v new"]
    np.testing.assert_allclose(moved, model.W[inputs], atol=1e-6)
    np.testing.assert_allclose(trace["update_output"].outputs["v' new"], model.C[outputs], atol=1e-6)
    np.testing.assert_allclose(trace["error"].outputs["e"], e, atol=1e-6)
    after = model.C[outputs] @ trace["after"].inputs["v new"][0]
    np.testing.assert_allclose(trace["after"].outputs["s new"], after, atol=1e-5)


def test_trace_at_a_moment_has_the_learning_rate_of_that_moment() -> None:
    """One sentence of two words: the training's next update for "a b" is the one that the trace shows."""
    model = model_of([["a", "b"]] * 10, min_count=1, negatives=0, sample=0.0, epochs=2, dim=4)
    word2vec.advance(model, 15)
    moments = Moments()
    moments.keep(0, word2vec.weights(model))
    past = word2vec.with_weights(model, moments.weights(0))
    exact = {step.id: step for step in word2vec.trace_update(model, "a", "b")}
    word2vec.advance(model, 16)
    # 30 of 40 words are read: the rate has gone three quarters of the way from 0.05 to 0.0001.
    rate = pytest.approx(0.05 - 0.75 * (0.05 - 0.0001))
    assert float(exact["update_output"].inputs["η"]) == rate
    a, b = (model.vocabulary.index[word] for word in "ab")
    np.testing.assert_array_equal(exact["update_input"].outputs["v new"][0], model.W[a])
    np.testing.assert_array_equal(exact["update_output"].outputs["v' new"][0], model.C[b])
    kept = {step.id: step for step in word2vec.trace_update(past, "a", "b")}
    assert float(kept["update_input"].inputs["η"]) == rate  # after the model has gone on


def test_the_telling_pair_has_no_frequent_word(kingdom: word2vec.Model) -> None:
    found = word2vec.pairs(kingdom, word="king")
    centre, context = (found["words"][place] for place in found["pairs"][found["telling"]])
    assert centre == "king"
    near = {found["words"][j] for i, j in found["pairs"] if found["words"][i] == "king"}
    assert context == max(near, key=kingdom.vocabulary.index.__getitem__)  # words are numbered from the commonest
    dull = model_of([["the", "king", "the", "crown"], *[["the", "the"]] * 9], min_count=1, window=3)
    labels = next(step.labels for step in word2vec.trace_update(dull) if step.id == "lookup")
    assert labels is not None
    assert {labels["v"][0], labels["v'"][0]} == {"king", "crown"}


def test_a_window_skips_words_and_shows_no_more_than_what_is_around_it() -> None:
    sentence = ["the", *(f"w{n}" for n in range(40))]
    model = model_of([sentence, *[["the"] * 30] * 40], min_count=1, window=2, sample=0.001)
    window = word2vec.trace_update(model, "w20", "w21")[0]
    assert window.labels is not None
    words, marks = window.labels["window"], window.outputs["window"]
    assert words[0].startswith("… w1")
    assert words[-1].endswith(" …")
    assert len(words) <= 2 * 2 + 1 + 2 * word2vec.AROUND
    assert marks[words.index("w20")] == "i"
    assert marks[words.index("w21")] == "1"
    first = word2vec.trace_update(model, "w1", "w0")[0]
    assert first.labels is not None
    at = first.labels["place"].index("the")
    assert (first.inputs["place"][at], first.outputs["window"][at]) == ("–", "–")  # skipped
    assert first.inputs["place"][first.labels["place"].index("w0")] == "1"  # and not counted


def test_trace_uses_what_it_is_given(kingdom: word2vec.Model) -> None:
    trace = {step.id: step for step in word2vec.trace_update(kingdom, "king", "crown", ["cherry", "paris"])}
    assert trace["lookup"].labels is not None
    assert trace["lookup"].labels["v'"] == ("crown", "cherry", "paris")
    assert trace["lookup"].labels["v"] == ("king",)
    rows = [kingdom.vocabulary.index[word] for word in ("crown", "cherry", "paris")]
    assert np.array_equal(trace["lookup"].outputs["v'"], kingdom.C[rows])
    window = trace["window"]
    assert window.labels is not None
    assert window.outputs["window"][window.labels["window"].index("king")] == "i"
    assert window.outputs["window"][window.labels["window"].index("crown")] == "1"
    assert "paris" not in " ".join(step.formula for step in trace.values())  # formulas hold no words
