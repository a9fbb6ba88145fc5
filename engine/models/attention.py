"""Attention: every word asks all others, and takes what they offer, each in proportion to how well it answers.

Bahdanau, Cho and Bengio (2014, "Neural machine translation by jointly learning to align and translate") let a decoder
look back at all words of the source: a small network scores each (additive). Luong, Pham and Manning (2015) scored by
the product of two vectors. Vaswani et al. (2017, "Attention is all you need") made the whole model of it:

    attention(Q, K, V) = softmax(Q Kᵀ / √d_k) V

Several heads do this side by side on parts of the vectors. Attention does not see which word comes first, so that each
word is given a vector of its position: of sines (2017), or learned as a word's own is (GPT, Radford et al. 2018).

What differs here, and why:
- A mask is a matrix that is added to the scores: 0 where a word may look, −∞ where it may not, because e^−∞ is 0.
- The matrices W^Q, W^K, W^V stand in one, W, as those of the LSTM's gates do: one product instead of three. As in the
  paper a word is a row and is multiplied from the left, x W: for torch.nn it is x Wᵀ, which also takes longer.
- The three and W^O have biases, as GPT-2 and torch have; the paper's have none.
- Training runs torch's fused kernel, which never writes the weights down; a test compares both, gradients too.

Symbols: n words ask, m words answer, D dimensions of a word, h heads, d_k = D / h dimensions of a head, q, k, v what a
word asks, what it answers to and what it offers, A the weights: each row sums to 1.
"""

import math

import torch

Tensor = torch.Tensor
Weights = dict[str, Tensor]
Seen = dict[str, Tensor]  # what a model computed on the way, by name, for whoever wants to look


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """What each of n words takes from m words (…, n, d_v), and the weights A (…, n, m) of it.

    q (…, n, d_k), k (…, m, d_k), v (…, m, d_v). `mask` (n, m), or a shape that spreads to (…, n, m), is added to the
    scores: 0 and −∞. A row of nothing but −∞ has no weights: they are nan.
    """
    scores = q @ k.transpose(-2, -1)  # (…, n, m)  # step: scores
    scores = scores / math.sqrt(q.shape[-1])  # step: scale
    if mask is not None:
        scores = scores + mask  # step: mask
    A = torch.softmax(scores, dim=-1)  # step: softmax
    return A @ v, A  # step: weighted_sum


def fused(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """The first of what `attention` returns, by torch's own code: the same up to the last digits, sooner."""
    mask = None if mask is None else mask.to(q.dtype)
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def additive(w: Weights, at: str, s: Tensor, H: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Bahdanau's attention: the context c (…, d_v) of a decoder state s (…, d_s), and the weights α (…, m).

    H (…, m, d_v) are the states of the source. e_j = v_aᵀ tanh(W_a s + U_a h_j), α = softmax(e), c = Σ_j α_j h_j.
    `mask` (…, m) is added to e. `keys` may stand for U_a h_j: it is the same at every step of the decoder.
    """
    return additive_of(w, at, s, keys(w, at, H), H, mask)


def keys(w: Weights, at: str, H: Tensor) -> Tensor:
    """U_a h_j (…, m, d_a) of all states of the source."""
    return H @ w[f"{at}.U_a"].T


def additive_of(
    w: Weights, at: str, s: Tensor, keys: Tensor, H: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """`additive` with U_a h_j computed before."""
    e = torch.tanh((s @ w[f"{at}.W_a"].T).unsqueeze(-2) + keys) @ w[f"{at}.v_a"]  # (…, 1, d_a) + (…, m, d_a): (…, m)
    if mask is not None:
        e = e + mask
    alpha = torch.softmax(e, dim=-1)
    return (alpha.unsqueeze(-2) @ H).squeeze(-2), alpha  # (…, 1, m) @ (…, m, d_v): (…, d_v)


# ---- masks ------------------------------------------------------------------------------------------------------


def causal(n: int, m: int | None = None) -> Tensor:
    """The mask (n, m) of words that see no word after themselves. The n that ask are the last of the m."""
    m = n if m is None else m
    return torch.full((n, m), -math.inf).triu(diagonal=1 + m - n)


def padding(lengths: Tensor, m: int) -> Tensor:
    """The mask (B, 1, 1, m) that hides what stands after the end of each of B rows of `lengths` (B,) words."""
    after = torch.arange(m) >= lengths[:, None]  # (B, m)
    mask = torch.zeros(len(lengths), m).masked_fill(after, -math.inf)
    return mask[:, None, None]  # (B, 1, 1, m): for all heads, and all words that ask


# ---- several heads ----------------------------------------------------------------------------------------------
# `at` is where the weights stand in w: W (D, 3D) and b (3D,), in this order Q, K, V, then O (D, D) and o (D,).

Cache = dict[str, tuple[Tensor, Tensor]]  # k and v (B, h, m, d_k) of the words read before, by where they stand


def multi_head(
    w: Weights,
    at: str,
    h: int,
    x: Tensor,
    memory: Tensor | None = None,
    mask: Tensor | None = None,
    cache: Cache | None = None,
    seen: Seen | None = None,
) -> Tensor:
    """What x (B, n, D) takes from the words of `memory` (B, m, D) (without it: from its own), by h heads: (B, n, D).

    With a `cache` the words that were read before are looked at, too, and these are kept there; a memory is read
    once. With `seen` the readable function does the work, and q, k, v, A and z, what each head takes, are put there.
    """
    q, k, v = _projected(w, at, h, x, memory, cache)
    if seen is None:
        z = fused(q, k, v, mask)  # (B, h, n, d_k)
    else:
        z, A = attention(q, k, v, mask)
        seen |= {f"{at}.q": q, f"{at}.k": k, f"{at}.v": v, f"{at}.A": A, f"{at}.z": z}
    return affine(joined(z), w[f"{at}.O"], w[f"{at}.o"])  # step: project


def affine(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """x W + b: x (B, n, D), W (D, D'), b (D',), (B, n, D')."""
    y = torch.mm(x.flatten(0, 1), W)  # (B · n, D')
    return y.add_(b).view(*x.shape[:2], -1)  # (B, n, D')


def _projected(
    w: Weights, at: str, h: int, x: Tensor, memory: Tensor | None, cache: Cache | None
) -> tuple[Tensor, Tensor, Tensor]:
    """q (B, h, n, d_k) of x; k and v (B, h, m, d_k) of x and what the cache holds, or of the memory."""
    W, b, D = w[f"{at}.W"], w[f"{at}.b"], x.shape[-1]
    if memory is not None:
        (q,) = heads(affine(x, W[:, :D], b[:D]), h, 1)
        if cache is not None and at in cache:
            return q, *cache[at]
        k, v = heads(affine(memory, W[:, D:], b[D:]), h, 2)
    else:
        q, k, v = heads(affine(x, W, b), h, 3)  # step: qkv
        if cache is not None and at in cache:
            k, v = (torch.cat([old, new], dim=2) for old, new in zip(cache[at], (k, v), strict=True))
    if cache is not None:
        cache[at] = k, v
    return q, k, v


def heads(x: Tensor, h: int, parts: int) -> tuple[Tensor, ...]:
    """x (B, n, parts · D) cut into its parts, and each into heads: (B, h, n, d_k)."""
    B, n, _ = x.shape
    return tuple(part.view(B, n, h, -1).transpose(1, 2) for part in x.chunk(parts, dim=2))  # (B, n, h, d_k) turned


def joined(z: Tensor) -> Tensor:
    """The heads (B, h, n, d_k) side by side again: (B, n, D)."""
    return z.transpose(1, 2).flatten(2)  # (B, n, h, d_k): (B, n, D)  # step: join


# ---- positions --------------------------------------------------------------------------------------------------


def sinusoids(n: int, D: int) -> Tensor:
    """The positions of 2017 (n, D): PE[pos, 2i] = sin(pos / 10000^(2i/D)), PE[pos, 2i + 1] the cosine of the same."""
    pos = torch.arange(n, dtype=torch.float64)[:, None]  # (n, 1)
    angle = pos / 10000 ** (torch.arange(0, D, 2, dtype=torch.float64) / D)  # (n, D/2, rounded up)
    PE = torch.empty(n, D, dtype=torch.float64)
    PE[:, 0::2], PE[:, 1::2] = angle.sin(), angle[:, : D // 2].cos()
    return PE.float()
