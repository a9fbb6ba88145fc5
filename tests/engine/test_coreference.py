"""What "it" stands for: three ways to train, what is measured, and looks into the heads."""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from engine import checkpoints
from engine.experiments import Coreference
from engine.mistake import Mistake
from engine.models import attention_trace, coreference
from engine.models.coreference import MASK, Model
from engine.snapshot import Snapshot
from engine.text.coreference import EXAMPLES, Sentence
from engine.text.tokens import END
from engine.trace import Step, arithmetic

OBJECTIVES = ("masked_words", "labelled_head", "predict_noun")
SMALL = {"sentences": 200, "heads": 2, "head_dim": 4, "batch": 16, "updates": 20, "lr": 0.01}
LINE = "the dog did not cross the road because it was too lazy"


def built(**fields: Any) -> Model:
    return coreference.build(Coreference(**{**SMALL, **fields}))


def trained(**fields: Any) -> tuple[Model, list[Snapshot]]:
    model = built(**fields)
    return model, list(coreference.train(model))


@pytest.fixture(scope="module")
def labelled() -> tuple[Model, list[Snapshot]]:
    """The run that a page shows, but for its length: 4 CPU-seconds or so."""
    model = coreference.build(Coreference(updates=300))
    return model, list(coreference.train(model))


def kept(objective: str, language: str = "en") -> tuple[Model, Snapshot]:
    """The model that a page shows at first."""
    checkpoint = checkpoints.load(Coreference(objective=objective, language=language))
    return coreference.with_weights(coreference.build(checkpoint.spec), checkpoint.weights), checkpoint.snapshot


# ---- what is read -----------------------------------------------------------------------------------------------


def test_sentences_as_numbers() -> None:
    long, short = Sentence(("a", "b", "it", "c"), 2, 1, 0), Sentence(("b", "it"), 1, 0, 0)
    text = coreference.numbered([long, short], ("<unk>", "<s>", "</s>", "<mask>", "a", "b", "c", "it"))
    assert text.words.tolist() == [[4, 5, 7, 6], [5, 7, END, END]]
    assert (text.lengths.tolist(), text.pronoun.tolist()) == ([4, 2], [2, 1])
    assert (text.antecedent.tolist(), text.competitor.tolist()) == ([1, 0], [0, 0])
    assert text.some(slice(1, 2)).words.tolist() == [[5, 7]]


def test_hides_words_as_bert_does() -> None:
    """15 in 100 are chosen; of these 80 % are hidden, 10 % replaced, 10 % left. No place without a word is."""
    model = built(sentences=3_000)
    given = coreference.hidden(model.train, len(model.names), torch.Generator().manual_seed(0))
    there = torch.arange(model.train.words.shape[1]) < model.train.lengths[:, None]
    assert not (given.where & ~there).any()
    assert given.where.any(dim=1).all()
    assert given.where.sum() / there.sum() == pytest.approx(0.15 + 0.85**12 / 12, abs=0.01)  # one at least, of about 12
    chosen, were = given.words[given.where], model.train.words[given.where]
    assert float((chosen == MASK).double().mean()) == pytest.approx(0.8, abs=0.02)
    assert float((chosen == were).double().mean()) == pytest.approx(0.1, abs=0.02)
    assert torch.equal(given.words[~given.where], model.train.words[~given.where])
    assert torch.equal(given.wanted, model.train.words)


def test_the_noun_is_foretold_where_it_stands() -> None:
    model = built(objective="predict_noun")
    given = coreference.task(model, model.train, torch.Generator())
    for number, each in enumerate(model.sentences[0]):
        assert given.where[number].nonzero().tolist() == [[each.pronoun]]
        assert model.names[given.wanted[number, each.pronoun]] == each.words[each.antecedent]
    assert torch.equal(given.words, model.train.words)  # where to look is not said


def test_each_sentence_is_read_once_before_any_is_read_again() -> None:
    model, read = built(sentences=100, batch=20), []
    for update in range(10):
        model.update = update
        read += coreference.batch(model).tolist()
    assert sorted(read[:100]) == sorted(read[100:]) == list(range(100))
    assert read[:100] != read[100:]


# ---- losses -----------------------------------------------------------------------------------------------------


def test_the_labelled_loss_is_that_of_the_attention_that_is_shown() -> None:
    model = built()
    some = model.train.some(slice(0, 5))
    given = coreference.task(model, some, torch.Generator())
    expected = 0.0
    for each in model.sentences[0][:5]:
        A = coreference.attention_view(model, None, " ".join(each.words), layer=2, head=1)["A"]
        assert A.sum(axis=1) == pytest.approx(np.ones(len(each.words)), abs=1e-5)
        expected -= math.log(A[each.pronoun, each.antecedent])
    assert float(coreference.lost(model, model.still, given)) == pytest.approx(expected, abs=1e-4)


def test_the_loss_of_the_noun_is_that_of_the_probability_that_is_told() -> None:
    model = built(objective="predict_noun")
    some = model.train.some(slice(0, 5))
    expected = 0.0
    for each in model.sentences[0][:5]:
        _, y = coreference.looked(model, each.words)
        s = y[each.pronoun] @ model.w["encoder.E"].numpy().T
        s[1] = -np.inf  # <s> is never foretold
        expected -= float(s[model.names.index(each.words[each.antecedent])] - np.log(np.exp(s).sum()))
        best = coreference.told(model, each.words, each.pronoun)[0]
        assert (best["word"], best["probability"]) == (
            model.names[int(s.argmax())],
            pytest.approx(float(np.exp(s.max()) / np.exp(s).sum()), abs=1e-5),
        )
    given = coreference.task(model, some, torch.Generator())
    assert float(coreference.lost(model, model.still, given)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_batch_in_pieces_gives_the_gradient_of_the_whole(objective: str) -> None:
    model, found = built(objective=objective), []
    given = coreference.task(model, model.train.some(torch.arange(16)), torch.Generator().manual_seed(0))
    count = int(given.where.sum()) or 16
    coreference.begin_learning(model)
    for size in (16, 5):
        loss = sum(coreference.read(model, given.some(slice(i, i + size)), count) for i in range(0, 16, size))
        found.append((loss, {name: each.grad.clone() for name, each in model.w.items() if each.grad is not None}))
        model.ready["optimizer"].zero_grad()
    assert found[0][0] == pytest.approx(found[1][0], abs=1e-5)
    for name, gradient in found[0][1].items():
        torch.testing.assert_close(gradient, found[1][1][name], rtol=1e-3, atol=1e-5)


# ---- what comes of it -------------------------------------------------------------------------------------------


def test_one_labelled_head_learns_what_it_stands_for(labelled: tuple[Model, list[Snapshot]]) -> None:
    first, last = labelled[1][0].metrics, labelled[1][-1].metrics
    assert first["mass"] < 0.2
    assert last["antecedent_accuracy"] >= 0.95
    assert last["task_accuracy"] >= 0.95
    assert last["head"] == 4  # head 1 of layer 2, of 4 each
    assert not last["diverged"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_masked_words_leave_attention_at_chance_and_the_noun_needs_none(language: str) -> None:
    """The models that the page shows at first, measured again."""
    for objective in OBJECTIVES:
        model, snapshot = kept(objective, language)
        found = coreference.right(model, model.test)
        for name, value in found.items():
            assert snapshot.metrics[name] == pytest.approx(value, abs=0.03), name
        if objective == "labelled_head":
            assert found["antecedent_accuracy"] >= 0.95
        else:
            assert 0.3 < found["antecedent_accuracy"] < 0.7
    assert found["task_accuracy"] >= 0.95  # predict_noun


def test_accuracy_and_mass_count_what_they_say(labelled: tuple[Model, list[Snapshot]]) -> None:
    """Counted again, sentence by sentence, for a head that is not perfect."""
    model, _ = labelled
    text, hits, mass = model.test.some(slice(0, 40)), 0, 0.0
    for each in model.sentences[1][:40]:
        row = coreference.attention_view(model, None, " ".join(each.words), layer=1, head=3)["A"][each.pronoun]
        hits += row[each.antecedent] > row[each.competitor]
        mass += float(row[each.antecedent])
    found = coreference.right(model, text, (0, 2))
    assert found["antecedent_accuracy"] == hits / 40
    assert found["mass"] == pytest.approx(mass / 40, abs=1e-5)


def test_the_head_that_is_watched_is_the_best_of_those_trained_on() -> None:
    model, _ = trained(objective="predict_noun")
    layer, head = coreference.watched(model)
    text = model.train.some(slice(0, coreference.MEASURED))
    every = [coreference.right(model, text, (i, j))["antecedent_accuracy"] for i in range(2) for j in range(2)]
    assert every[2 * layer + head] == max(every)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_run_that_blows_up_ends_with_good_weights(objective: str) -> None:
    model, snapshots = trained(objective=objective, lr=10.0, updates=100, norm="post")
    if snapshots[-1].metrics["diverged"]:  # attention alone cannot grow past all bounds
        assert len(snapshots) < 100
    assert all(torch.isfinite(each).all() for each in model.w.values())
    assert len(coreference.examples(model)["sentences"]) == 8


# ---- questions --------------------------------------------------------------------------------------------------


def test_it_is_the_animal_or_the_street(labelled: tuple[Model, list[Snapshot]]) -> None:
    for line, noun in zip(EXAMPLES["en"], ("animal", "street"), strict=True):
        answer = coreference.attention_of(labelled[0], line.capitalize() + ".")
        assert answer["tokens"][answer["place"]] == "it"
        assert answer["head"] == "2.1"
        assert answer["before"]["points_at"][0]["word"] == noun
        assert answer["before"]["words"] == []
        assert answer["after"] is None
    two = coreference.examples(labelled[0], 2)["sentences"]
    assert [(each["told"], each["right"]) for each in two] == [("animal", True), ("street", True)]


def test_the_noun_is_told_in_chinese() -> None:
    model, _ = kept("predict_noun", "zh")
    for line, noun in zip(EXAMPLES["zh"], ("动物", "马路"), strict=True):
        answer = coreference.attention_of(model, line)["before"]
        assert answer["words"][0]["word"] == noun
        assert answer["words"][0]["probability"] > 0.5


def test_average_and_entropy_are_of_the_attention() -> None:
    found = coreference.attention_of(built())["before"]
    A = np.array(found["A"])
    assert A.shape == (2, 2, 12, 12)
    assert np.array(found["average"]) == pytest.approx(A.mean(axis=1), abs=1e-5)
    assert np.array(found["entropy"]) == pytest.approx((-A * np.log2(A)).sum(axis=-1).mean(axis=-1), abs=1e-3)


def test_with_all_heads_off_no_word_hears_of_another() -> None:
    """What is foretold at a place does not change with the other words; with the heads on it does."""
    model, _ = kept("predict_noun")
    every = [f"{layer}.{head}" for layer in (1, 2) for head in (1, 2, 3, 4)]
    one, other = (coreference.attention_of(model, line, off=every) for line in EXAMPLES["en"])
    assert one["before"]["words"] != other["before"]["words"]
    assert one["after"]["words"] == other["after"]["words"]
    first = coreference.attention_of(model, off=["1.2"])
    assert first["after"]["A"][0] == first["before"]["A"][0]  # the layer itself looks as before
    assert first["after"]["A"][1] != first["before"]["A"][1]


def test_one_word_is_changed() -> None:
    model, _ = kept("labelled_head")
    answer = coreference.edited(model, *EXAMPLES["en"])
    assert answer["changed"] == [11]
    before, after = (answer[side]["points_at"][0]["word"] for side in ("before", "after"))
    assert (before, after) == ("animal", "street")
    A, B = (np.array(answer[side]["A"]) for side in ("before", "after"))
    assert np.array(answer["difference"]) == pytest.approx(B - A, abs=2e-5)
    y, z = (coreference.looked(model, line.split())[1] for line in EXAMPLES["en"])
    lengths = [math.dist(a, b) / math.hypot(*a) for a, b in zip(y, z, strict=True)]
    assert answer["moved"] == pytest.approx(lengths, abs=1e-4)
    with pytest.raises(Mistake) as refused:
        coreference.edited(model, LINE, LINE + " today")
    assert refused.value.code == "not_as_long"


def test_without_positions_swapped_words_only_change_places() -> None:
    model, _ = kept("labelled_head")
    answer = coreference.swapped(model, i=1, j=6)
    assert [answer["tokens"][i] for i in (1, 6)] == [answer["after"][i] for i in (6, 1)] == ["animal", "street"]
    assert max(answer["without"]["moved"]) < 1e-4
    assert max(answer["without"]["attention_moved"]) < 1e-4
    assert max(answer["with"]["moved"]) > 0.1
    A, B = (np.array(answer["without"][name]) for name in ("A", "A_after"))
    order = [0, 6, 2, 3, 4, 5, 1, 7, 8, 9, 10, 11]
    assert pytest.approx(A[:, :, order][..., order], abs=1e-4) == B


def test_times_nought_is_no_mask() -> None:
    """e⁰ = 1: words after the one that looks keep a share. By numpy."""
    answer = coreference.masked(kept("labelled_head")[0], LINE, layer=2, head=3)
    S, n = np.array(answer["scores"]), len(answer["tokens"])
    later = np.triu(np.ones((n, n), bool), 1)
    for way, scores in (("added", np.where(later, -np.inf, S)), ("multiplied", np.where(later, 0, S)), ("none", S)):
        e = np.exp(scores)
        expected = e / e.sum(axis=1, keepdims=True)
        assert np.array(answer[way]["A"]) == pytest.approx(expected, abs=1e-4)
        assert np.array(answer[way]["leak"]) == pytest.approx((expected * later).sum(axis=1), abs=1e-4)
    assert answer["added"]["leak"] == [0.0] * n
    assert min(answer["multiplied"]["leak"][:-1]) > 0.01


@pytest.mark.parametrize(
    ("question", "given", "code"),
    [
        ("attention_of", {"sentence": "the zebra slept"}, "word_not_learnt"),
        ("attention_of", {"sentence": " "}, "line_empty"),
        ("attention_of", {"sentence": "the " * 41}, "sentence_too_long"),
        ("attention_of", {"off": ["3.1"]}, "head_unknown"),
        ("attention_of", {"place": 12}, "dial_range"),
        ("swapped", {"i": -1}, "dial_range"),
        ("masked", {"layer": 3}, "head_unknown"),
        ("trace_attention", {"head": 5}, "head_unknown"),
    ],
)
def test_says_what_cannot_be_asked(question: str, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Mistake) as refused:
        coreference.QUESTIONS[question](built(), **given)
    assert refused.value.code == code
    assert refused.value.sentence("zh") != refused.value.sentence("en")


def test_as_many_words_as_are_allowed_and_no_pronoun() -> None:
    model = built()
    line = "the " * 39 + "dog"
    answer = coreference.attention_of(model, line)
    assert (len(answer["tokens"]), answer["place"]) == (40, 39)
    assert len(coreference.trace_attention(model, line)) > 10


def test_views_draw_what_is_asked() -> None:
    model = built()
    every = coreference.heads_view(model, None, LINE)
    one = coreference.attention_view(model, None, LINE, layer=2, head=1)
    assert every["A"].shape == (4, 12, 12)
    assert np.array_equal(every["A"][2], one["A"])
    assert one["words"] == LINE.split()
    found = coreference.antecedent_view(model, None, 3)
    assert (len(found["sentences"]), found["antecedent"].shape, found["competitor"].shape) == (3, (3,), (3,))
    assert all({*pair} <= {*line.split()} for line, pair in zip(found["sentences"], found["pairs"], strict=True))


# ---- step by step -----------------------------------------------------------------------------------------------

TINY = {"heads": 1, "head_dim": 2, "updates": 60, "lr": 0.03}


PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−×÷", "0123456789--*/")


def evaluated(text: str) -> float:
    """The number that a cell's arithmetic comes to, by Python's own arithmetic."""
    text = text.translate(PLAIN).replace("∞", "inf").replace("·10", "e").replace("10-5", "1e-5").replace("√", "sqrt")
    text = re.sub(r"e\^(-?[\d.]+(?:e-?\d+)?|-inf)", r"exp(\1)", text)
    names = {"exp": math.exp, "inf": math.inf, "max": max, "sqrt": math.sqrt}
    return float(eval(text, {"__builtins__": {}}, {**names, "Φ": lambda x: (1 + math.erf(x / math.sqrt(2))) / 2}))


def cells(steps: Sequence[Step]) -> list[tuple[str, float]]:
    found = []
    for step in steps:
        for name in step.rules or {}:
            made = step.outputs[name]
            for i, j in np.ndindex(made.shape):
                found.append((arithmetic(step, name, i, j), float(made[i, j])))
    return found


@pytest.mark.parametrize(("norm", "positions"), [("pre", "learned"), ("post", "sinusoidal"), ("pre", "none")])
def test_every_cells_arithmetic_comes_to_its_number(norm: str, positions: str) -> None:
    """Three words and a place without one, two dimensions, so that every sum is written out whole."""
    model, _ = trained(**TINY, norm=norm, positions=positions)
    checked = 0
    for layer in (1, 2):
        for text, value in cells(coreference.trace_attention(model, "the dog because", layer=layer)):
            *sides, last = text.split(" = ")
            assert "…" not in text
            if not math.isinf(value):
                assert evaluated(last) == pytest.approx(value, rel=1e-3)
                for side in sides:
                    assert evaluated(side) == pytest.approx(value, rel=0.02, abs=0.02), text
                checked += 1
    assert checked > 100


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_the_trace_is_the_model(norm: str) -> None:
    model, _ = trained(norm=norm)
    ids = [step.id for step in coreference.trace_attention(model, LINE)]
    around = {
        "pre": (["embed", "norm"], ["add", "norm", "ffn", "add"]),
        "post": (["embed"], ["add_norm", "ffn", "add_norm"]),
    }[norm]
    parts = ["qkv", "scores", "scale", "mask", "softmax", "weighted_sum", "join", "project"]
    assert ids == [*around[0], *parts, *around[1]]
    steps = coreference.trace_attention(model, LINE, layer=2, head=2)
    assert steps[0].id == "below"
    A = next(step.outputs["A"] for step in steps if step.id == "softmax")
    assert A[:-1, :-1] == pytest.approx(coreference.attention_view(model, None, LINE, layer=2, head=2)["A"], abs=1e-5)
    assert not A[:, -1].any()  # the place without a word
    _, y = coreference.looked(model, LINE.split())
    out = steps[-1].outputs["x''"][:-1]
    if norm == "pre":  # one LayerNorm at the end
        gain, bias = (model.still[f"encoder.norm.{name}"] for name in ("gain", "bias"))
        out = torch.nn.functional.layer_norm(torch.from_numpy(out), out.shape[1:], gain, bias, 1e-5).numpy()
    assert out == pytest.approx(y, abs=1e-5)


def test_the_numbers_of_the_lesson() -> None:
    """softmax([2.5, 1, −0.5]) = [0.786, 0.175, 0.039]; softmax([100, 80, 20, 12]) is 1 to eight places."""
    small, large, scaled, after = (step.outputs for step in attention_trace.fixed_example())
    assert small["a"][0] == pytest.approx([0.786, 0.175, 0.039], abs=5e-4)
    assert large["A"][0, 0] == pytest.approx(1, abs=1e-8)
    assert scaled["S/√d"].tolist() == [[12.5, 10, 2.5, 1.5]]
    e = np.exp([12.5, 10, 2.5, 1.5])
    assert after["A scaled"][0] == pytest.approx(e / e.sum())
    for text, value in cells(attention_trace.fixed_example()):
        for side in text.split(" = "):
            assert evaluated(side) == pytest.approx(value, rel=2e-3)
