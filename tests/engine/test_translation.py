"""Translation: how pairs become numbers, what is learned, what the metrics count, and the mask switched off."""

from typing import Any

import numpy as np
import pytest
import torch

from engine.experiments import Translation
from engine.models import translation
from engine.models.translation import Model, batch, right, said, translated
from engine.snapshot import Snapshot
from engine.text.parallel import Pair
from engine.text.tokens import END, START

WHOLE: dict[str, Any] = {"pairs": 2_000, "batch": 64, "head_dim": 24, "updates": 200}
ARCHITECTURES = ("lstm", "lstm_attention", "transformer")
SMALL: dict[str, Any] = {"pairs": 600, "layers": 1, "head_dim": 12, "hidden": 24, "batch": 16, "updates": 60}


def trained(**fields: Any) -> tuple[Model, list[Snapshot]]:
    model = translation.build(Translation(**{**SMALL, **fields}))
    return model, list(translation.train(model))


@pytest.fixture(scope="module")
def whole() -> tuple[Model, list[Snapshot]]:
    """The run that a page shows, but for its length."""
    return trained(**WHOLE)


def test_pairs_as_numbers() -> None:
    pair = Pair(("我", "是", "学生"), ("I", "am", "a", "student"), ((0,), (), (), (2,)))
    short = Pair(("我", "累"), ("I",), ((0,),))
    names = {side: translation.words([pair, short], side) for side in ("zh", "en")}
    text = translation.numbered([pair, short], names)
    assert names["en"] == ("<unk>", "<s>", "</s>", "I", "a", "am", "student")
    assert text.target.tolist() == [[START, 3, 5, 4, 6, END], [START, 3, END, END, END, END]]
    assert text.lengths.tolist() == [3, 2]
    assert text.sizes.tolist() == [5, 2]  # </s> is foretold
    assert text.aligned[0].nonzero().tolist() == [[0, 0], [3, 2]]
    only = text.some(slice(1, 2))
    assert only.source.shape == (1, 2)
    assert only.target.tolist() == [[START, 3, END]]


def test_each_pair_is_read_once_before_any_is_read_again() -> None:
    model = translation.build(Translation(**{**SMALL, "pairs": 64, "batch": 16}))
    read = []
    for update in range(8):
        model.update = update
        read += batch(model).tolist()
    assert sorted(read[:64]) == sorted(read[64:]) == list(range(64))
    assert read[:64] != read[64:]


def test_what_is_unseen_translates_what_attention_points_at(whole: tuple[Model, list[Snapshot]]) -> None:
    """200 updates, a few CPU-seconds; the page's run makes twice as many."""
    last = whole[1][-1].metrics
    assert last["exact_match"] >= 0.9
    assert last["alignment_accuracy"] >= 0.7
    assert whole[1][0].metrics["exact_match"] == 0
    assert not last["diverged"]


def test_exact_match_and_alignment_count_what_they_say(whole: tuple[Model, list[Snapshot]]) -> None:
    """Counted again, sentence by sentence."""
    model, _ = whole
    text, hits, words, same = model.test.some(slice(0, 30)), 0, 0, 0
    for number, row in enumerate(translated(model, text).tolist()):
        pair = model.test.pairs[number]
        same += said(model, row) == list(pair.target)
        A = translation.alignment_view(model, None, number)["A"]
        assert A.sum(axis=1) == pytest.approx(np.ones(len(pair.target) + 1), abs=1e-5)
        for j, places in enumerate(pair.aligned):
            words += bool(places)
            hits += int(A[j].argmax()) in places
    assert right(model, text) == {"exact_match": (same, 30), "alignment_accuracy": (hits, words)}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_batch_in_pieces_gives_the_gradient_of_the_whole(architecture: str) -> None:
    model = translation.build(Translation(**{**SMALL, "architecture": architecture}))
    rows, found = torch.arange(16), []
    words = int(model.train.sizes[rows].sum())
    translation.begin_learning(model)
    for size in (16, 5):
        loss = sum(translation.read(model, model.train.some(some), words) for some in torch.split(rows, size))
        found.append((loss, {name: each.grad.clone() for name, each in model.w.items() if each.grad is not None}))
        model.ready["optimizer"].zero_grad()
    assert found[0][0] == pytest.approx(found[1][0], abs=1e-5)
    for name, gradient in found[0][1].items():
        torch.testing.assert_close(gradient, found[1][1][name], rtol=1e-3, atol=1e-5)


def test_without_the_mask_training_is_too_easy_and_writing_fails(whole: tuple[Model, list[Snapshot]]) -> None:
    """The loss falls sooner, for the word to foretell can be read; nothing unseen is translated."""
    _, seeing = trained(**WHOLE, mask="no")
    half = len(seeing) // 2
    assert seeing[half].metrics["loss"] < whole[1][half].metrics["loss"] / 1.5
    assert seeing[-1].metrics["exact_match"] < 0.1


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_run_that_blows_up_ends_with_good_weights(architecture: str) -> None:
    model, snapshots = trained(architecture=architecture, lr=10.0)
    assert snapshots[-1].metrics["diverged"] == 1
    assert all(torch.isfinite(each).all() for each in model.w.values())
    assert len(translation.unseen(model)["sentences"]) == 8


def test_model_is_understood_as_architecture() -> None:
    """As the command line says it: --set model=lstm."""
    assert Translation.parse({"model": "lstm"}) == Translation(architecture="lstm")
