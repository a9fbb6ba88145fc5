"""The Transformer: layers of attention and of a small network for each word, with nothing that is read in turn.

Vaswani et al. (2017, "Attention is all you need"). An encoder layer is attention of all words of the source to each
other and a feed-forward network, FFN(x) = max(0, x W1 + b1) W2 + b2. A decoder layer has a third part in between, that
attends to what the encoder made of the source; and its words see no word after themselves. Around each part there is
a sum and a norm. GPT (Radford et al. 2018) is the decoder alone, BERT (Devlin et al. 2018) the encoder alone.

    2017, post-LN:   x ← LayerNorm(x + part(x))
    GPT-2, pre-LN:   x ← x + part(LayerNorm(x)), and one LayerNorm at the end (Radford et al. 2019)

    s = x Eᵀ         P(next word | source, words before) = softmax(s)

What differs here, and why:
- Small: dozens of dimensions where the paper has 512, so that it learns while you watch. Nothing is dropped out.
- The words' vectors E are also the output's, as in the paper; source and target have each their own.
- <s> is never foretold: −∞ is added to its score.
- First weights: normal with deviation 0.02 as GPT-2's, those that end a part 1/√(parts) of it; E and learned
  positions 0.1, without which models as small as these do not begin to learn. Where positions are sines, E is times
  √D, as in the paper: the two are then of one size.
- GELU is the exact one, x Φ(x), for which GPT-2 took an approximation by tanh.

Symbols: B texts, n words of the target, m of the source, D dimensions of a word (d_model), h heads, N layers, d_ff
hidden units of the feed-forward network, E the words' vectors, P the positions'.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from engine.models.attention import Cache, Seen, Tensor, Weights, affine, causal, multi_head, sinusoids
from engine.text.tokens import START

EMBEDDED, SPREAD = 0.1, 0.02  # deviations of the first weights
EPSILON = 1e-5  # of the norm


@dataclass(frozen=True)
class Shape:
    """What a Transformer is made of. `source` words make it an encoder, `target` words a decoder, both the two.

    `norm` is "post" (2017) or "pre" (GPT-2), `positions` "sinusoidal", "learned" or "none", up to `longest` words,
    `activation` "relu" or "gelu".
    """

    D: int
    h: int
    N: int
    d_ff: int
    longest: int
    source: int = 0
    target: int = 0
    norm: str = "pre"
    positions: str = "learned"
    activation: str = "gelu"
    causal: bool = True  # without it a decoder sees the words it is to foretell: to show what that does

    @property
    def sides(self) -> dict[str, int]:
        """The encoder and the decoder, those that are there, with their words."""
        return {side: V for side, V in (("encoder", self.source), ("decoder", self.target)) if V}

    def parts(self, side: str) -> tuple[str, ...]:
        """The parts of a layer."""
        return ("self", "cross", "ffn") if side == "decoder" and self.source else ("self", "ffn")


# ---- first weights ----------------------------------------------------------------------------------------------


def first_weights(shape: Shape, seed: int) -> Weights:
    """Weights before training: "encoder.E" (V, D), "encoder.0.self.W" (D, 3D), and so on."""
    chance, w = torch.Generator().manual_seed(seed), Weights()

    def normal(deviation: float, *size: int) -> Tensor:
        return torch.randn(size, generator=chance) * deviation

    for side, V in shape.sides.items():
        w[f"{side}.E"] = normal(EMBEDDED, V, shape.D)
        if shape.positions == "learned":
            w[f"{side}.P"] = normal(EMBEDDED, shape.longest, shape.D)
        parts = [(layer, part) for layer in range(shape.N) for part in shape.parts(side)]
        for layer, part in parts:
            w |= _part(shape, f"{side}.{layer}.{part}", normal, SPREAD / math.sqrt(len(parts)))
        if shape.norm == "pre":
            w |= _norm(f"{side}.norm", shape.D)
    return w


def _part(shape: Shape, at: str, normal: Callable[..., Tensor], last: float) -> Weights:
    """The weights of one part of a layer, and of its norm."""
    D, d_ff = shape.D, shape.d_ff
    if at.endswith("ffn"):
        w = {"W1": normal(SPREAD, D, d_ff), "b1": torch.zeros(d_ff), "W2": normal(last, d_ff, D), "b2": torch.zeros(D)}
    else:
        w = {"W": normal(SPREAD, D, 3 * D), "b": torch.zeros(3 * D), "O": normal(last, D, D), "o": torch.zeros(D)}
    return {f"{at}.{name}": each for name, each in w.items()} | _norm(at, D)


def _norm(at: str, D: int) -> Weights:
    return {f"{at}.gain": torch.ones(D), f"{at}.bias": torch.zeros(D)}


# ---- a layer ----------------------------------------------------------------------------------------------------


@dataclass
class Pass:
    """One way through the model: its weights, and what is kept. A `cache` keeps k and v of words that were read;
    `seen`, if it is there, gets what was computed on the way: "decoder.0.self.A" (B, h, n, m), and so on.
    """

    shape: Shape
    w: Weights
    cache: Cache | None = None
    seen: Seen | None = None

    def see(self, at: str, **computed: Tensor) -> None:
        """Puts what was computed into `seen`."""
        if self.seen is not None:
            self.seen |= {f"{at}.{name}": each for name, each in computed.items()}


def layer(run: Pass, at: str, x: Tensor, mask: Tensor | None, memory: Tensor | None, hidden: Tensor | None) -> Tensor:
    """x (B, n, D) after one layer. `mask` and `hidden` are the masks of the words themselves and of the memory."""

    def attend(x: Tensor) -> Tensor:
        return multi_head(run.w, f"{at}.self", run.shape.h, x, None, mask, run.cache, run.seen)

    def look_back(x: Tensor) -> Tensor:
        return multi_head(run.w, f"{at}.cross", run.shape.h, x, memory, hidden, run.cache, run.seen)

    def think(x: Tensor) -> Tensor:
        return feed_forward(run, f"{at}.ffn", x)

    x = added(run, f"{at}.self", x, attend)
    if memory is not None:
        x = added(run, f"{at}.cross", x, look_back)
    return added(run, f"{at}.ffn", x, think)


def added(run: Pass, at: str, x: Tensor, part: Callable[[Tensor], Tensor]) -> Tensor:
    """One part of a layer, with the sum and the norm around it: (B, n, D)."""
    if run.shape.norm == "post":
        y = part(x)
        out = layer_norm(run, at, x + y)  # step: add_norm
    else:
        y = part(layer_norm(run, at, x))  # step: norm
        out = x + y  # step: add
    run.see(at, y=y, out=out)
    return out


def layer_norm(run: Pass, at: str, x: Tensor) -> Tensor:
    """x (…, D) with mean 0 and deviation 1, times a gain and plus a bias (D,) that are learned."""
    gain, bias = run.w[f"{at}.gain"], run.w[f"{at}.bias"]
    made = torch.nn.functional.layer_norm(x, x.shape[-1:], gain, bias, EPSILON)
    run.see(at, normed=made)
    return made


def feed_forward(run: Pass, at: str, x: Tensor) -> Tensor:
    """FFN(x): each word for itself. W1 (D, d_ff), b1 (d_ff,), W2 (d_ff, D), b2 (D,)."""
    w = tuple(run.w[f"{at}.{name}"] for name in ("W1", "b1", "W2", "b2"))
    if run.seen is None and torch.is_grad_enabled():
        made: Tensor = FusedFeedForward.apply(x, *w, run.shape.activation)  # type: ignore[no-untyped-call]
        return made
    W1, b1, W2, b2 = w
    a = affine(x, W1, b1)  # (B, n, d_ff)  # step: ffn_in
    u = bend(a, run.shape.activation)  # step: ffn_bend
    run.see(at, a=a, u=u)
    return affine(u, W2, b2)  # (B, n, D)  # step: ffn_out


def bend(a: Tensor, activation: str) -> Tensor:
    """max(0, a), or GELU(a) = a Φ(a)."""
    return torch.relu(a) if activation == "relu" else torch.nn.functional.gelu(a)


class FusedFeedForward(torch.autograd.Function):
    """`feed_forward` for training, with its gradient written out: it puts ∂loss/∂a where u was, which saves memory.

    The layer's widest matrices are d_ff wide, and to get and touch that much new memory takes longer than the sums.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, activation: str) -> Tensor:
        """x (B, n, D) → FFN(x) (B, n, D)."""
        rows = x.flatten(0, 1)  # (B · n, D)
        a = torch.mm(rows, W1).add_(b1)  # (B · n, d_ff)
        u = bend(a, activation)
        ctx.save_for_backward(rows, a, u, W1, W2)
        ctx.activation = activation
        return torch.mm(u, W2).add_(b2).view(x.shape)  # (B, n, D)

    @staticmethod
    @torch.autograd.function.once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        """The gradient for x and the four weights, given that for FFN(x), g (B, n, D)."""
        rows, a, u, W1, W2 = ctx.saved_tensors
        shape, g = g.shape, g.reshape(rows.shape)  # (B · n, D)
        for_W2 = u.T @ g
        d = torch.mm(g, W2.T, out=u)  # ∂loss/∂u
        if ctx.activation == "relu":
            d.mul_(a > 0)
        else:
            torch.ops.aten.gelu_backward.grad_input(d, a, grad_input=d)
        return (d @ W1.T).view(shape), rows.T @ d, d.sum(0), for_W2, g.sum(0), None  # (B, n, D)


# ---- the whole --------------------------------------------------------------------------------------------------


def encode(run: Pass, words: Tensor, hidden: Tensor | None = None) -> Tensor:
    """What the encoder makes of words (B, m) int64: (B, m, D). `hidden` is the mask of what is no word."""
    return _through(run, "encoder", words, hidden)


def decode(run: Pass, words: Tensor, memory: Tensor | None = None, hidden: Tensor | None = None) -> Tensor:
    """The scores s (B, n, V) of the word after each of words (B, n) int64, that of <s> −∞.

    `memory` (B, m, D) is what `encode` returned, `hidden` the mask it was given. With a cache `words` are those that
    it does not hold, and come after those it holds.
    """
    return scores(run, "decoder", decoded(run, words, memory, hidden))


def decoded(run: Pass, words: Tensor, memory: Tensor | None = None, hidden: Tensor | None = None) -> Tensor:
    """What the decoder makes of words (B, n) before it scores any: (B, n, D)."""
    n, before = words.shape[1], _read_before(run)
    mask = causal(n, before + n) if n > 1 and run.shape.causal else None  # the last word may see all
    return _through(run, "decoder", words, mask, memory, hidden)


def scores(run: Pass, side: str, x: Tensor) -> Tensor:
    """s = x Eᵀ (B, n, V) for each word of the vocabulary, that of <s> −∞."""
    E = run.w[f"{side}.E"]
    never = torch.zeros(len(E), dtype=x.dtype)
    never[START] = -math.inf
    return torch.nn.functional.linear(x, E, never)  # step: logits


def _through(
    run: Pass, side: str, words: Tensor, mask: Tensor | None, memory: Tensor | None = None, hidden: Tensor | None = None
) -> Tensor:
    """All layers of one side: (B, n, D)."""
    x = embedded(run, side, words)
    for number in range(run.shape.N):
        x = layer(run, f"{side}.{number}", x, mask, memory, hidden)
    return layer_norm(run, f"{side}.norm", x) if run.shape.norm == "pre" else x


def embedded(run: Pass, side: str, words: Tensor) -> Tensor:
    """The vectors of words (B, n) and of their positions, added: (B, n, D)."""
    before, shape = _read_before(run) if side == "decoder" else 0, run.shape
    places = slice(before, before + words.shape[1])
    x = torch.embedding(run.w[f"{side}.E"], words)
    if shape.positions == "learned":
        P = run.w[f"{side}.P"][places]
    elif shape.positions == "none":
        P = torch.zeros(words.shape[1], shape.D, dtype=x.dtype)  # every order of the words is the same to it
    else:
        x, P = math.sqrt(shape.D) * x, sinusoids(shape.longest, shape.D)[places].to(x.dtype)
    run.see(side, word=x, position=P, x=x + P)
    return x + P  # step: embed


def _read_before(run: Pass) -> int:
    """How many words of the target the cache holds."""
    return run.cache["decoder.0.self"][0].shape[2] if run.cache else 0
