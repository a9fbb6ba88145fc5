"""One word of a translation, operation by operation: from the words written so far to the word that is chosen.

The model is that of `transformer.py` (Vaswani et al. 2017) and the numbers are those it computed, all of its last
layer's first head. The words before are the model's own, as in writing.

What differs here from what the model does: nothing. Vectors are shown by their first numbers, of the words that can
follow the SHOWN most probable ones. With more than one layer, x is what the layer below made of the words.

Symbols: n words are written, the start symbol among them, m words read. q, k, v and S = q kᵀ / √d_k, M the mask, A the
weights, z what a head takes, y what a part adds, s the scores of the words (V,), p their probabilities.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch

from engine.models.attention import causal
from engine.models.transformer import Shape
from engine.text.tokens import UNKNOWN
from engine.trace import Step, Trace, number, row

SHOWN = 8  # words whose scores are shown
WIDE = 8  # numbers of a vector

# How a cell is made, where it is of what is shown.
RULES = {"x": ("sum", "e", "p"), "S+M": ("sum", "S", "M"), "A": ("softmax", "S+M")}
LINES = {  # where the model does it
    "embed": "transformer.py#embed",
    "self_scores": "attention.py#scale",
    "mask": "attention.py#mask",
    "self_softmax": "attention.py#softmax",
    "cross_scores": "attention.py#scale",
    "cross_softmax": "attention.py#softmax",
    "ffn": "transformer.py#ffn_out",
    "logits": "transformer.py#logits",
}

Arrays = dict[str, np.ndarray]
Seen = Mapping[str, torch.Tensor]


def steps(
    shape: Shape, seen: Seen, logits: torch.Tensor, source: Sequence[str], written: Sequence[str], names: Sequence[str]
) -> Trace:
    """The steps of choosing the word after `written`, which begins with the start symbol.

    `seen` is what a `Pass` computed of one sentence, `logits` (V,) are the scores it came to, `names` all words.
    """
    at, embedded = f"decoder.{shape.N - 1}", shape.N == 1
    looked = _attention(at, "self", seen, "self")
    crossed = _attention(at, "cross", seen, "cross")
    return (
        _start(written),
        _embed(seen, at, written, embedded, shape.norm == "pre"),
        *_self(looked, shape, written),
        *_cross(crossed, shape, source, written),
        _think(seen, at, written),
        *_choose(logits, names),
    )


def _attention(at: str, part: str, seen: Seen, name: str) -> Arrays:
    """q, k, v, A and z of the first head of a part, without the batch."""
    return {each: seen[f"{at}.{part}.{each}"][0, 0].numpy() for each in ("q", "k", "v", "A", "z")}


def _step(id: str, formula: str, given: Arrays, made: Arrays, **names: Sequence[str]) -> Step:
    """`names` are those of the rows of an array; of its columns where the array is named with an underscore behind."""
    rows = {name: tuple(each) for name, each in names.items() if not name.endswith("_")}
    columns = {name[:-1]: tuple(each) for name, each in names.items() if name.endswith("_")}
    rules = {name: rule for name, rule in RULES.items() if name in made and {*rule[1:]} <= {*given}}
    source = LINES.get(id, f"translation_trace.py#{id}")
    return Step(id, formula, given, made, source, rows or None, columns or None, rules or None)


def _start(written: Sequence[str]) -> Step:
    places = np.arange(len(written), dtype=float)[:, None]  # (n, 1)  # step: start
    return _step("start", rf"n = {len(written)}", {}, {"t": places}, t=written)


def _embed(seen: Seen, at: str, written: Sequence[str], lowest: bool, before: bool) -> Step:
    """The vectors that the last layer gets: of words and positions, or of the layer below."""
    x = seen["decoder.x"][0].numpy()
    if not lowest:
        x = seen[f"decoder.{int(at.rpartition('.')[2]) - 1}.ffn.out"][0].numpy()
    e, p = (seen[f"decoder.{name}"][0].numpy() for name in ("word", "position"))
    p = np.broadcast_to(p, e.shape)  # (n, D)
    formula = rf"x_t = e_t + p_t \goodbreak = {row(e[-1], 2)} + {row(p[-1], 2)} \goodbreak = {row((e + p)[-1], 2)}"
    given = {"e": e[:, :WIDE], "p": p[:, :WIDE]}
    return _step("embed", formula, given, {"x": x[:, :WIDE]}, e=written, p=written, x=written)  # step: embed


def _self(looked: Arrays, shape: Shape, written: Sequence[str]) -> list[Step]:
    """Every word written asks all others written, and the mask shuts those that come after it."""
    q, k, d = looked["q"], looked["k"], looked["q"].shape[-1]
    S = q @ k.T / math.sqrt(d)  # (n, n)  # step: self_scores
    n = len(S)
    M = causal(n).numpy() if shape.causal else np.zeros_like(S)  # (n, n)
    masked = S + M  # step: mask
    A = looked["A"]  # softmax(S + M)  # step: self_softmax
    scores = rf"S = \frac{{q\,k^\top}}{{\sqrt{{{d}}}}} \goodbreak \quad S_{{{n},1}} = {number(float(S[-1, 0]))}"
    mask = r"M_{ij} = 0 \;(j \le i) \goodbreak \quad M_{ij} = -\infty \;(j > i)"
    names = {"rows": written, "cols": written}
    made = _sized(names)
    return [
        _step("self_scores", scores, _few(q=q, k=k), {"S": S}, q=written, k=written, **made("S")),
        _step("mask", mask, {"S": S, "M": M}, {"S+M": masked}, **made("S"), **made("M"), **made("S+M")),
        _step("self_softmax", r"A = \mathrm{softmax}(S + M)", {"S+M": masked}, {"A": A}, **made("S+M"), **made("A")),
    ]


def _sized(names: Mapping[str, Sequence[str]]):  # type: ignore[no-untyped-def]
    return lambda array: {array: names["rows"], f"{array}_": names["cols"]}


def _few(**arrays: np.ndarray) -> Arrays:
    return {name: each[:, :WIDE] for name, each in arrays.items()}


def _cross(crossed: Arrays, shape: Shape, source: Sequence[str], written: Sequence[str]) -> list[Step]:
    """The last word written asks the words of the source."""
    q, k, d = crossed["q"][-1:], crossed["k"], crossed["q"].shape[-1]
    C = q @ k.T / math.sqrt(d)  # (1, m)  # step: cross_scores
    W = crossed["A"][-1:]  # softmax(C), of the one that writes  # step: cross_softmax
    best = int(W[0].argmax())
    scores = rf"C = \frac{{q\,k^\top}}{{\sqrt{{{d}}}}}"
    shares = rf"W = \mathrm{{softmax}}(C) \goodbreak \quad W_{{{best + 1}}} = {number(float(W[0, best]))}"
    asks = {"q'": q[:, :WIDE], "k'": k[:, :WIDE]}
    return [
        _step("cross_scores", scores, asks, {"C": C.T}, **{"q'": written[-1:], "k'": source}, C=source),
        _step("cross_softmax", shares, {"C": C.T}, {"W": W.T}, C=source, W=source),
    ]


def _think(seen: Seen, at: str, written: Sequence[str]) -> Step:
    """The feed-forward network, each word for itself, here the last."""
    a, u, y, out = (seen[f"{at}.ffn.{name}"][0, -1:].numpy() for name in ("a", "u", "y", "out"))
    formula = rf"y = u\,W_2 + b_2 \goodbreak = {row(y[0], 3)}"
    given, last = {"a": a[:, :WIDE], "u": u[:, :WIDE]}, written[-1:]
    made = {"y": y[:, :WIDE], "x'": out[:, :WIDE]}
    return _step("ffn", formula, given, made, a=last, u=last, y=last, **{"x'": last})  # step: ffn


def _choose(logits: torch.Tensor, names: Sequence[str]) -> list[Step]:
    """The scores of the words, their probabilities, and the word that is most probable."""
    s = logits.double().numpy()  # (V,)  # step: logits
    p = np.exp(s - s[np.isfinite(s)].max())
    p = p / p.sum()  # step: softmax
    order = [int(i) for i in np.argsort(-p, kind="stable") if i != UNKNOWN][:SHOWN]
    best = order[0]  # step: choose
    words = [names[i] for i in order]
    shown, chances = s[order][:, None], p[order][:, None]
    largest, chance = number(float(s[best])), number(float(p[best]))
    total = number(float(np.exp(s[np.isfinite(s)]).sum()))
    chosen = np.eye(len(order))[0][:, None]
    most = rf"\arg\max_w P_w \goodbreak \quad P = {chance}"
    softmax = rf"p_1 = \frac{{e^{{{largest}}}}}{{{total}}} \goodbreak = {chance}"
    return [
        _step("logits", rf"s = x'E^\top \goodbreak \quad s_1 = {largest}", {}, {"s": shown}, s=words),
        _step("softmax", softmax, {"s": shown}, {"P": chances}, s=words, P=words),
        _step("choose", most, {"P": chances}, {"w": chosen}, P=words, w=words),
    ]
