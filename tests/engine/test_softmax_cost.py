"""The cost of the full softmax: that what is timed is really the update, and that cost grows with the vocabulary."""

import numpy as np
import torch

from engine.experiments import SoftmaxCost
from engine.models import finish, softmax_cost, word2vec


def test_full_softmax_moves_along_the_gradient() -> None:
    rng = np.random.default_rng(0)
    C, v, lr = rng.normal(size=(8, 5)), rng.normal(size=5), 0.1
    random = np.array([3], np.uint64)
    target = int(word2vec.draw(random.copy(), 8))
    torch_C, torch_v = torch.tensor(C, requires_grad=True), torch.tensor(v, requires_grad=True)
    torch.nn.functional.cross_entropy((torch_C @ torch_v)[None], torch.tensor([target])).backward()
    assert torch_C.grad is not None
    assert torch_v.grad is not None

    new_C, new_v = C.astype(np.float32), v.astype(np.float32)
    room = np.empty(8, np.float32), np.empty(5, np.float32)
    softmax_cost.full_softmax(1, 8, new_v, new_C, random, np.float32(lr), *room)
    np.testing.assert_allclose(new_C, C - lr * torch_C.grad.numpy(), atol=1e-5)
    np.testing.assert_allclose(new_v, v - lr * torch_v.grad.numpy(), atol=1e-5)


def test_sampled_is_the_update_of_word2vec() -> None:
    rng = np.random.default_rng(0)
    C, v, lr = rng.normal(size=(50, 5)).astype(np.float32), rng.normal(size=5).astype(np.float32), np.float32(0.1)
    random = np.array([3], np.uint64)
    chance = random.copy()
    outputs = np.array([word2vec.draw(chance, 50) for _ in range(4)])
    expected_C, expected_v = C.copy(), v.copy()
    e, g = np.empty(4, np.float32), np.empty(5, np.float32)
    word2vec.skip_gram(expected_v[None], expected_C, 0, outputs, lr, e, g)
    softmax_cost.sampled(1, 50, v, C, random, lr, e, g)
    np.testing.assert_allclose(C, expected_C, atol=1e-6)
    np.testing.assert_allclose(v, expected_v, atol=1e-6)


def test_full_softmax_costs_more_the_more_words_there_are() -> None:
    """Seven repeats and medians: 500 times the words cost at least 50 times the time, sampling stays below."""
    model = softmax_cost.build(SoftmaxCost())
    snapshots = list(softmax_cost.train(model))
    view = softmax_cost.cost_view(model, None)
    assert view["vocabulary"].tolist() == list(softmax_cost.SIZES)
    assert view["full_us"][-1] > 50 * view["full_us"][0]
    assert view["ratio"][-1] > 100
    np.testing.assert_allclose(view["ratio"], view["full_us"] / view["sampled_us"])
    last = snapshots[-1].metrics
    assert last == {name: values[-1] for name, values in view.items()}


def test_moments_remember_only_what_was_measured_then() -> None:
    model = softmax_cost.build(SoftmaxCost(dim=4))
    assert softmax_cost.costs(model) == {"vocabulary": [], "full_us": [], "sampled_us": [], "ratio": []}
    kept = {}
    for snapshot in softmax_cost.train(model):
        kept[snapshot.step] = softmax_cost.weights(model)
    first = softmax_cost.with_weights(model, kept[softmax_cost.REPEATS])
    assert softmax_cost.costs(first)["vocabulary"] == [softmax_cost.SIZES[0]]
    assert softmax_cost.costs(first)["full_us"][0] == softmax_cost.costs(model)["full_us"][0]


def test_the_same_seed_makes_the_same_vectors() -> None:
    first, second, other = (finish(softmax_cost.preparing(SoftmaxCost(dim=4, seed=seed))) for seed in (0, 0, 1))
    assert np.array_equal(first.C, second.C)
    assert not np.array_equal(first.C, other.C)
