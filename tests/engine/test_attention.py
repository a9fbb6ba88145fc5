"""Attention: arithmetic to redo by hand, torch's own modules with the same weights, masks and positions."""

import math

import pytest
import torch

from engine.models import attention as att
from engine.models.attention import additive, attention, causal, fused, heads, joined, multi_head, padding, sinusoids

B, n, m, D, h = 2, 5, 7, 12, 3
EXACT = {"rtol": 0, "atol": 1e-6}


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def weights(seed: int = 0) -> att.Weights:
    shapes = (("W", D, 3 * D), ("b", 3 * D), ("O", D, D), ("o", D))
    return {f"x.{name}": noise(*shape, seed=seed + i).requires_grad_() for i, (name, *shape) in enumerate(shapes)}


# ---- by hand ----------------------------------------------------------------------------------------------------


def test_attention_by_hand() -> None:
    """q·k is 4 and 0, divided by √4 it is 2 and 0: weights e² : 1."""
    q, k, v = torch.tensor([[2.0, 0, 0, 0]]), torch.tensor([[2.0, 0, 0, 0], [0, 1, 0, 0]]), torch.tensor([[1.0], [0]])
    z, A = attention(q, k, v)
    assert A[0, 0].item() == pytest.approx(math.e**2 / (math.e**2 + 1))
    assert z.item() == pytest.approx(A[0, 0].item())


def test_a_masked_word_gets_exactly_nothing() -> None:
    mask = torch.tensor([[0.0, -math.inf]])
    z, A = attention(torch.ones(1, 4), torch.ones(2, 4), torch.tensor([[1.0], [100.0]]), mask)
    assert A.tolist() == [[1, 0]]
    assert z.item() == 1


def test_softmax_of_the_famous_scores() -> None:
    """softmax([100, 80, 20, 12]) is all but a single 1; divided by √64 it is softer."""
    raw = torch.softmax(torch.tensor([100.0, 80, 20, 12], dtype=torch.float64), 0)
    assert 1 - raw[0].item() == pytest.approx(math.exp(-20), rel=1e-6)
    q, k = torch.zeros(1, 64, dtype=torch.float64), torch.zeros(4, 64, dtype=torch.float64)
    q[0, 0], k[:, 0] = 1, torch.tensor([100.0, 80, 20, 12])
    _, A = attention(q, k, k)
    assert A[0, 1].item() / A[0, 0].item() == pytest.approx(math.exp(-20 / 8))


def test_additive_by_hand() -> None:
    """e_j = 2 tanh(s + h_j) for s = 0 and h = 1, −1."""
    w = {"x.W_a": torch.eye(1), "x.U_a": torch.eye(1), "x.v_a": torch.tensor([2.0])}
    c, alpha = additive(w, "x", torch.tensor([0.0]), torch.tensor([[1.0], [-1.0]]))
    e = math.exp(2 * math.tanh(1))
    assert alpha.tolist() == pytest.approx([e / (e + 1 / e), 1 / e / (e + 1 / e)])
    assert c.item() == pytest.approx(alpha[0].item() - alpha[1].item())


def test_additive_hides_what_is_masked_and_takes_a_batch() -> None:
    w = {"x.W_a": noise(4, 6), "x.U_a": noise(4, 8), "x.v_a": noise(4)}
    s, H = noise(B, 6), noise(B, m, 8)
    mask = padding(torch.tensor([m, 3]), m)[:, 0, 0]  # (B, m)
    c, alpha = additive(w, "x", s, H, mask)
    assert (alpha[1, 3:] == 0).all()
    short, _ = additive(w, "x", s[1], H[1, :3])
    torch.testing.assert_close(c[1], short, **EXACT)


def test_heads_are_cut_and_joined_again() -> None:
    x = noise(B, n, D)
    (cut,) = heads(x, h, 1)
    assert torch.equal(cut[:, 1], x[..., D // h : 2 * D // h])
    assert torch.equal(joined(cut), x)


def test_masks_by_hand() -> None:
    assert (causal(3) == 0).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert (causal(1, 3) == 0).all()
    assert (causal(2, 3) == 0).tolist() == [[True, True, False], [True, True, True]]
    assert (padding(torch.tensor([1, 3]), 3)[:, 0, 0] == 0).tolist() == [[True, False, False], [True, True, True]]


def test_sinusoids_by_hand() -> None:
    PE = sinusoids(4, 6)
    assert PE[0].tolist() == [0, 1, 0, 1, 0, 1]
    assert PE[3, 2].item() == pytest.approx(math.sin(3 / 10000 ** (2 / 6)))
    assert PE[3, 3].item() == pytest.approx(math.cos(3 / 10000 ** (2 / 6)))
    assert sinusoids(4, 5).shape == (4, 5)


def test_a_fixed_way_apart_is_one_rotation_wherever_it_begins() -> None:
    """Why sines: PE[pos + 2] is PE[pos], each pair turned by 2 / 10000^(2i/D)."""
    pairs = sinusoids(20, 8).view(20, 4, 2)  # (n, D/2, 2): sine and cosine
    turn = torch.polar(torch.ones(4), -2 / 10000 ** (torch.arange(0, 8, 2) / 8))  # (D/2,)
    z = torch.view_as_complex(pairs)
    torch.testing.assert_close(z[:-2] * turn, z[2:], rtol=0, atol=1e-6)


# ---- against torch ----------------------------------------------------------------------------------------------


def module_with(w: att.Weights) -> torch.nn.MultiheadAttention:
    module = torch.nn.MultiheadAttention(D, h, batch_first=True).double()
    with torch.no_grad():
        module.in_proj_weight.copy_(w["x.W"].T)
        module.in_proj_bias.copy_(w["x.b"])
        module.out_proj.weight.copy_(w["x.O"].T)
        module.out_proj.bias.copy_(w["x.o"])
    return module


MASKS = {
    "none": (None, {}),
    "causal": (causal(n), {"attn_mask": causal(n).double()}),
    "padding": (
        padding(torch.tensor([n, 2]), n),
        {"key_padding_mask": torch.arange(n) >= torch.tensor([[n], [2]])},
    ),
}


@pytest.mark.parametrize("way", ["readable", "fused"])
@pytest.mark.parametrize("mask", [*MASKS, "memory"])
def test_multi_head_equals_torchs_module_gradients_too(mask: str, way: str) -> None:
    w, x, y = weights(), noise(B, n, D, seed=8), noise(B, m, D, seed=9)
    ours, theirs = (None, {}) if mask == "memory" else MASKS[mask]
    memory, module, seen = (y if mask == "memory" else None), module_with(w), {} if way == "readable" else None
    source = x if memory is None else y
    expected, A = module(x, source, source, average_attn_weights=False, **theirs)
    made = multi_head(w, "x", h, x, memory, ours, seen=seen)
    torch.testing.assert_close(made, expected, **EXACT)
    wanted = noise(*expected.shape, seed=3)
    (expected * wanted).sum().backward()
    (made * wanted).sum().backward()
    pairs = {"W": module.in_proj_weight, "b": module.in_proj_bias, "O": module.out_proj.weight}
    for name, each in (pairs | {"o": module.out_proj.bias}).items():
        torch.testing.assert_close(w[f"x.{name}"].grad, each.grad.T if each.dim() > 1 else each.grad, **EXACT)
    if seen is not None:
        torch.testing.assert_close(seen["x.A"], A, **EXACT)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("mask", [None, causal(n, m)])
def test_the_fused_kernel_is_the_readable_function(mask: torch.Tensor | None, dtype: torch.dtype) -> None:
    q, k, v = (noise(B, h, size, 8, seed=size).to(dtype).requires_grad_() for size in (n, m, m))
    made = [attention(q, k, v, mask)[0], fused(q, k, v, mask)]
    gradients = [torch.autograd.grad(each.square().sum(), (q, k, v)) for each in made]
    near = EXACT if dtype == torch.float64 else {"rtol": 1e-4, "atol": 1e-5}
    torch.testing.assert_close(*made, **near)
    torch.testing.assert_close(*gradients, **near)


def test_a_cache_gives_what_reading_all_at_once_gives() -> None:
    w, x = {name: each.detach() for name, each in weights().items()}, noise(B, n, D, seed=8)
    whole, cache = multi_head(w, "x", h, x, mask=causal(n)), {}
    parts = [multi_head(w, "x", h, x[:, :3], mask=causal(3), cache=cache)]
    parts += [multi_head(w, "x", h, x[:, i : i + 1], cache=cache) for i in (3, 4)]
    torch.testing.assert_close(torch.cat(parts, 1), whole, **EXACT)
    assert cache["x"][0].shape == (B, h, n, D // h)


def test_a_memory_is_read_once() -> None:
    w, cache = {name: each.detach() for name, each in weights().items()}, {}
    x, y = noise(B, n, D, seed=8), noise(B, m, D, seed=9)
    first = multi_head(w, "x", h, x, y, cache=cache)
    assert torch.equal(multi_head(w, "x", h, x, torch.full_like(y, math.nan), cache=cache), first)
