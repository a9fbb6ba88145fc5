"""The Transformer: torch's own layers with the same weights, no look into the future, caches, and positions."""

import dataclasses
import math
from typing import Any

import pytest
import torch

from engine.models import transformer
from engine.models.attention import Weights, causal, padding
from engine.models.transformer import Pass, Shape, decode, encode, first_weights, layer
from engine.text.tokens import START

B, n, m, D, h, d_ff = 2, 6, 7, 12, 3, 20
EXACT = {"rtol": 0, "atol": 1e-6}
BOTH = Shape(D, h, 2, d_ff, 16, source=9, target=11)
NORMS, BENDS, POSITIONS = ("pre", "post"), ("relu", "gelu"), ("learned", "sinusoidal")


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def words(rows: int, length: int, V: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(V, (rows, length), generator=torch.Generator().manual_seed(seed))


def random_weights(shape: Shape) -> Weights:
    """All of them away from what they are at first, the norms' too, so that no mix-up stays hidden."""
    first = first_weights(shape, 0)
    return {name: each.double() + 0.3 * noise(*each.shape, seed=i) for i, (name, each) in enumerate(first.items())}


def gpt(**changed: Any) -> Shape:
    return dataclasses.replace(BOTH, source=0, **changed)


# ---- layers -----------------------------------------------------------------------------------------------------


def theirs(kind: type[torch.nn.Module], shape: Shape) -> torch.nn.Module:
    pre = shape.norm == "pre"
    return kind(D, h, d_ff, 0.0, shape.activation, batch_first=True, norm_first=pre).double()


def turned(W: torch.Tensor) -> torch.Tensor:
    """Our x W as torch's x Wᵀ."""
    return W.T if W.dim() > 1 else W


def pairs(w: Weights, module: Any, side: str) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Our weights and torch's, of the first layer."""
    attentions = {"self": module.self_attn} | ({"cross": module.multihead_attn} if side == "decoder" else {})
    found = []
    for part, each in attentions.items():
        at, out = f"{side}.0.{part}", each.out_proj
        found += [(w[f"{at}.W"], each.in_proj_weight), (w[f"{at}.b"], each.in_proj_bias)]
        found += [(w[f"{at}.O"], out.weight), (w[f"{at}.o"], out.bias)]
    for i, each in (("1", module.linear1), ("2", module.linear2)):
        found += [(w[f"{side}.0.ffn.W{i}"], each.weight), (w[f"{side}.0.ffn.b{i}"], each.bias)]
    for i, part in enumerate([*attentions, "ffn"], start=1):
        norm = getattr(module, f"norm{i}")
        found += [(w[f"{side}.0.{part}.gain"], norm.weight), (w[f"{side}.0.{part}.bias"], norm.bias)]
    return found


@pytest.mark.parametrize("looked", [False, True])
@pytest.mark.parametrize("activation", BENDS)
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_a_layer_equals_torchs_gradients_too(side: str, norm: str, activation: str, looked: bool) -> None:
    shape = dataclasses.replace(BOTH, norm=norm, activation=activation)
    w = {name: each.requires_grad_() for name, each in random_weights(shape).items()}
    both = torch.nn.TransformerDecoderLayer if side == "decoder" else torch.nn.TransformerEncoderLayer
    module, hidden, lengths = theirs(both, shape), padding(torch.tensor([m, 3]), m), torch.tensor([[m], [3]])
    weights = pairs(w, module, side)
    with torch.no_grad():
        for ours, other in weights:
            other.copy_(turned(ours))
    x, memory, run = noise(B, m, D, seed=50), noise(B, m, D, seed=51), Pass(shape, w, seen={} if looked else None)
    after = torch.arange(m) >= lengths
    if side == "decoder":
        expected = module(x, memory, tgt_mask=causal(m).double(), memory_key_padding_mask=after)
        made = layer(run, "decoder.0", x, causal(m), memory, hidden)
    else:
        expected, made = module(x, src_key_padding_mask=after), layer(run, "encoder.0", x, hidden, None, None)
    wanted = noise(B, m, D, seed=52)
    (expected * wanted).sum().backward()
    (made * wanted).sum().backward()
    torch.testing.assert_close(made, expected, **EXACT)
    for ours, other in weights:
        torch.testing.assert_close(ours.grad, turned(other.grad), **EXACT)


def test_feed_forward_by_hand() -> None:
    """max(0, 2·3 + 1)·5 + max(0, −3)·7 − 4 = 31."""
    w = {"x.W1": [[2.0, -1]], "x.b1": [1.0, 0], "x.W2": [[5.0], [7]], "x.b2": [-4.0]}
    run = Pass(dataclasses.replace(BOTH, activation="relu"), {name: torch.tensor(each) for name, each in w.items()})
    assert transformer.feed_forward(run, "x", torch.tensor([[[3.0]]])).tolist() == [[[31]]]


def test_layer_norm_by_hand() -> None:
    """1, 3: mean 2, deviation 1; times 2 and plus 10."""
    run = Pass(BOTH, {"x.gain": torch.tensor([2.0, 2]), "x.bias": torch.tensor([10.0, 10])})
    assert transformer.layer_norm(run, "x", torch.tensor([1.0, 3])).tolist() == pytest.approx([8, 12], abs=1e-4)


# ---- the whole --------------------------------------------------------------------------------------------------


def test_the_whole_model_is_embedding_layers_norm_and_embedding_again() -> None:
    """Written out for a decoder alone of two layers, with torch's layers."""
    shape = gpt()
    w, x = random_weights(shape), words(B, n, 11)
    h_ = w["decoder.E"][x] + w["decoder.P"][:n]
    for i in range(2):
        module = theirs(torch.nn.TransformerEncoderLayer, shape)
        own = {name.replace(f"decoder.{i}.", "encoder.0."): each for name, each in w.items()}
        with torch.no_grad():
            for ours, other in pairs(own, module, "encoder"):
                other.copy_(turned(ours))
        h_ = module(h_, src_mask=causal(n).double())
    h_ = torch.nn.functional.layer_norm(h_, (D,), w["decoder.norm.gain"], w["decoder.norm.bias"])
    expected = h_ @ w["decoder.E"].T
    made = decode(Pass(shape, w), x)
    assert (made[..., START] == -math.inf).all()
    torch.testing.assert_close(made[..., 2:], expected[..., 2:], **EXACT)
    torch.testing.assert_close(made[..., 0], expected[..., 0], **EXACT)


@pytest.mark.parametrize("looked", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [gpt(), gpt(norm="post", positions="sinusoidal"), BOTH])
def test_what_comes_later_changes_nothing_before_not_by_a_bit(shape: Shape, dtype: torch.dtype, looked: bool) -> None:
    w = {name: each.to(dtype) for name, each in random_weights(shape).items()}
    source, one = words(B, m, 9, seed=1), words(B, 16, 11)
    for cut in (1, 5, 15):
        other = torch.cat([one[:, :cut], (one[:, cut:] + 3) % 11], dim=1)
        made = [Pass(shape, w, seen={} if looked else None) for _ in range(2)]
        memory = encode(Pass(shape, w), source) if shape.source else None
        first, second = (decode(run, x, memory) for run, x in zip(made, (one, other), strict=True))
        assert torch.equal(first[:, :cut], second[:, :cut])
        assert not torch.equal(first[:, cut:], second[:, cut:])


def test_what_is_hidden_changes_nothing() -> None:
    w, hidden = random_weights(BOTH), padding(torch.tensor([m, 3]), m)
    source, target = words(B, m, 9), words(B, n, 11)
    other = torch.cat([source[:, :3], torch.stack([source[0, 3:], (source[1, 3:] + 1) % 9])], dim=1)
    made = [decode(run := Pass(BOTH, w), target, encode(run, x, hidden), hidden) for x in (source, other)]
    assert torch.equal(*made)
    short = decode(Pass(BOTH, w), target[1:], encode(Pass(BOTH, w), source[1:, :3]))
    torch.testing.assert_close(made[0][1:], short, **EXACT)


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("source", [0, 9])
def test_a_cache_gives_what_reading_all_at_once_gives(source: int, positions: str) -> None:
    shape = dataclasses.replace(BOTH, source=source, positions=positions)
    w, x = random_weights(shape), words(B, n, 11)
    memory = encode(Pass(shape, w), words(B, m, 9)) if source else None
    whole, run = decode(Pass(shape, w), x, memory), Pass(shape, w, cache={})
    parts = [decode(run, x[:, a:b], memory) for a, b in ((0, 1), (1, 2), (2, 5), (5, 6))]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, **EXACT)


@pytest.mark.parametrize("positions", POSITIONS)
def test_without_positions_the_order_of_words_would_not_matter(positions: str) -> None:
    shape = dataclasses.replace(BOTH, target=0, positions=positions)
    w, x = random_weights(shape), words(1, m, 9)
    order = torch.randperm(m, generator=torch.Generator().manual_seed(2))
    assert not torch.allclose(encode(Pass(shape, w), x)[:, order], encode(Pass(shape, w), x[:, order]))
    none = dataclasses.replace(shape, positions="none")
    torch.testing.assert_close(encode(Pass(none, w), x)[:, order], encode(Pass(none, w), x[:, order]), **EXACT)
    if positions == "learned":
        w["encoder.P"] = torch.zeros_like(w["encoder.P"])
        torch.testing.assert_close(encode(Pass(shape, w), x), encode(Pass(none, w), x), **EXACT)


def test_what_is_seen_is_what_was_computed() -> None:
    w, seen = random_weights(BOTH), {}
    run = Pass(BOTH, w, seen=seen)
    decode(run, words(B, n, 11), encode(run, words(B, m, 9)))
    assert seen["decoder.1.cross.A"].shape == (B, h, n, m)
    assert seen["decoder.0.self.A"].shape == (B, h, n, n)
    torch.testing.assert_close(seen["encoder.1.self.A"].sum(-1), torch.ones(B, h, m).double())
    parts = seen["decoder.x"] + sum(seen[f"decoder.{i}.{part}.y"] for i in (0, 1) for part in BOTH.parts("decoder"))
    torch.testing.assert_close(parts, seen["decoder.1.ffn.out"], **EXACT)  # pre-LN: all is added to one stream


def test_first_weights_are_of_their_seed_and_their_size() -> None:
    shape = Shape(64, 4, 2, 256, 32, source=50, target=60)
    one, two, other = (first_weights(shape, seed) for seed in (1, 1, 2))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["encoder.E"], other["encoder.E"])
    assert one["decoder.E"].std().item() == pytest.approx(0.1, rel=0.05)
    assert one["decoder.0.ffn.W1"].std().item() == pytest.approx(0.02, rel=0.05)
    assert one["decoder.0.ffn.W2"].std().item() == pytest.approx(0.02 / math.sqrt(6), rel=0.05)
    assert "encoder.P" not in first_weights(dataclasses.replace(shape, positions="sinusoidal"), 0)
    assert "encoder.norm.gain" not in first_weights(dataclasses.replace(shape, norm="post"), 0)
