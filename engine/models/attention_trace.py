"""One layer of an encoder (Vaswani et al. 2017), operation by operation: what one word asks of the others, and gets.

The numbers are the model's own: its functions run, and what they saw on the way is shown (a test compares the end).

What differs here from training: one sentence is read, and PADDED places without a word stand after it, as in a batch
whose other sentences are longer: that is what the mask of an encoder is for. Of the heads one is looked at; of the
words that ask, one, whose row is in the formulas; the tables show all words.

Symbols: x a word's vector, e its word's and p its position's part; q, k, v what it asks, what it answers to, what it
offers; S the scores, M the mask, A the weights, z what a head takes, y what the heads take together; n words, and m
with the places that have none.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch

from engine.models.attention import Seen, Tensor, Weights, attention, padding
from engine.models.transformer import Pass, Shape, encode
from engine.text.tokens import END, MARKS
from engine.trace import Rule, Step, Trace, number, row

PADDED = 1
WRITTEN = 3  # numbers of a vector in a formula
BETWEEN = ("S", "S/√d", "M", "S+M", "A")  # arrays with a number for each pair of words

Arrays = dict[str, np.ndarray]


class Looking:
    """One word, one layer and one head of one sentence, and all that the encoder saw of it."""

    def __init__(self, shape: Shape, w: Weights, read: Tensor, words: Sequence[str], at: int, layer: int, head: int):
        self.shape, self.at, self.layer, self.head = shape, at, layer, head
        self.w, self.seen = w, Seen()
        filled = torch.cat([read, torch.full((PADDED,), END)])[None]  # (1, m)
        self.hidden = padding(torch.tensor([len(read)]), filled.shape[1])  # (1, 1, 1, m)
        encode(Pass(shape, w, seen=self.seen), filled, self.hidden)
        self.words = (*words, *[MARKS[END]] * PADDED)
        self.most = int(self.one("A")[at].argmax())  # the word that is looked at most

    def array(self, name: str) -> np.ndarray:
        """What was seen under that name, of the one sentence."""
        found: np.ndarray = self.seen[name][0].numpy()
        return found

    def own(self, name: str) -> np.ndarray:
        """What was seen of this layer."""
        return self.array(f"encoder.{self.layer}.{name}")

    def one(self, name: str) -> np.ndarray:
        """What was seen of this head: (m, d_k) or (m, m)."""
        found: np.ndarray = self.own(f"self.{name}")[self.head]
        return found

    @property
    def x(self) -> np.ndarray:
        """What comes into the layer: (m, D)."""
        return self.array(f"encoder.{self.layer - 1}.ffn.out" if self.layer else "encoder.x")

    @property
    def pre(self) -> bool:
        """Whether what a part reads is normalised, rather than the sum after it."""
        return self.shape.norm == "pre"

    def weight(self, name: str) -> np.ndarray:
        """A weight of this layer."""
        found: np.ndarray = self.w[f"encoder.{self.layer}.{name}"].numpy()
        return found

    def of_head(self, name: str, which: int) -> np.ndarray:
        """The columns of W, or the part of b, that make q (0), k (1) or v (2) of this head."""
        d_k = self.shape.D // self.shape.h
        begin = which * self.shape.D + self.head * d_k
        return self.weight(f"self.{name}")[..., begin : begin + d_k]

    def step(
        self,
        id: str,
        formula: str,
        given: Arrays,
        made: Arrays,
        rules: dict[str, Rule] | None = None,
        weights: Arrays | None = None,
        source: str = "",
    ) -> Step:
        """A step whose arrays have a row for each word, and scores and weights a column, too."""
        m = len(self.words)
        shown = {name: each for name, each in {**given, **made}.items() if each.ndim == 2}
        labels = {name: self.words for name, each in shown.items() if len(each) == m}
        columns = {name: self.words for name in shown if name in BETWEEN}
        return Step(id, formula, given, made, source or f"attention.py#{id}", labels, columns or None, rules, weights)


def steps(shape: Shape, w: Weights, read: Tensor, words: Sequence[str], at: int, layer: int, head: int) -> Trace:
    """The steps of a layer and a head (from 0) of an encoder that reads words (n), for the word at place `at`."""
    with torch.no_grad():
        look = Looking(shape, w, read, words, at, layer, head)
    return (*_below(look), *_asked(look), *_weighed(look), *_taken(look), *_thought(look))


def _start(values: np.ndarray) -> str:
    return row(np.asarray(values), WRITTEN)


def _equals(*sides: str) -> str:
    return r" \goodbreak = ".join(sides)


def _below(look: Looking) -> list[Step]:
    """What comes into the layer: a word's vector and its position's, added; or what the layer below made."""
    i = look.at
    if look.layer:
        source = f"transformer.py#{'add' if look.pre else 'add_norm'}"
        return [look.step("below", f"x_{{{i + 1}}} = {_start(look.x[i])}", {}, {"x": look.x}, source=source)]
    e, p = look.array("encoder.word"), look.seen["encoder.position"].numpy()
    x = look.x
    formula = _equals(
        f"x_{{{i + 1}}}", f"e_{{{i + 1}}} + p_{{{i + 1}}}", f"{_start(e[i])} + {_start(p[i])}", _start(x[i])
    )
    made = look.step(
        "embed", formula, {"e": e, "p": p}, {"x": x}, {"x": ("sum", "e", "p")}, source="transformer.py#embed"
    )
    return [made]


def _into(look: Looking) -> tuple[str, np.ndarray]:
    """What the attention of the layer reads: x, or x normalised."""
    return ("n", look.own("self.normed")) if look.pre else ("x", look.x)


def _norm(look: Looking, part: str, given: str, made: str, before: np.ndarray, after: np.ndarray) -> Step:
    """LayerNorm: mean 0, deviation 1, then a gain and a bias."""
    i = look.at
    formula = _equals(
        rf"{made}_{{{i + 1}}}",
        rf"g \odot \frac{{{given}_{{{i + 1}}} - \mu}}{{\sigma}} + b",
        _start(after[i]),
    )
    weights = {"gain": look.weight(f"{part}.gain"), "bias": look.weight(f"{part}.bias")}
    rules: dict[str, Rule] = {made: ("norm", given, "gain", "bias")}
    return look.step("norm", formula, {given: before}, {made: after}, rules, weights, "transformer.py#norm")


def _asked(look: Looking) -> list[Step]:
    """q, k and v of this head."""
    name, x = _into(look)
    found, i = [], look.at
    if look.pre:
        found.append(_norm(look, "self", "x", "n", look.x, x))
    made = {each: look.one(each) for each in "qkv"}
    weights: Arrays = {}
    for which, each in enumerate("qkv"):
        weights |= {f"W{each}": look.of_head("W", which), f"b{each}": look.of_head("b", which)}
    rules: dict[str, Rule] = {each: ("product", name, f"W{each}", f"b{each}") for each in "qkv"}
    formula = r" \\ ".join(
        _equals(f"{each}_{{{i + 1}}}", f"{name}_{{{i + 1}}} W^{each.upper()} + b^{each.upper()}", _start(made[each][i]))
        for each in "qkv"
    )
    return [*found, look.step("qkv", formula, {name: x}, made, rules, weights)]


def _weighed(look: Looking) -> list[Step]:
    """From q and k to the weights: every word's row sums to 1."""
    q, k, A, i, j = look.one("q"), look.one("k"), look.one("A"), look.at, look.most
    S, d_k = q @ k.T, look.shape.D // look.shape.h
    scaled = S / np.float32(math.sqrt(d_k))
    M = np.broadcast_to(look.hidden[0, 0].numpy(), A.shape).copy()
    masked, spot = scaled + M, f"{{{i + 1},{j + 1}}}"
    dot = _equals(
        rf"s_{spot}", rf"q_{{{i + 1}}} \cdot k_{{{j + 1}}}", f"{_start(q[i])} \\cdot {_start(k[j])}", number(S[i, j])
    )
    root = rf"\frac{{s_{spot}}}{{\sqrt{{d_k}}}}"
    share = rf"\frac{{e^{{{number(masked[i, j])}}}}}{{{number(float(np.exp(masked[i].astype(np.float64)).sum()))}}}"
    hide = rf"M_{{{i + 1},{len(look.words)}}} = -\infty,\quad e^{{-\infty}} = 0"
    return [
        look.step("scores", dot, {"q": q, "k": k}, {"S": S}, {"S": ("rows", "q", "k")}),
        look.step(
            "scale",
            _equals(root, rf"\frac{{{number(S[i, j])}}}{{\sqrt{{{d_k}}}}}", number(scaled[i, j])),
            {"S": S},
            {"S/√d": scaled},
            {"S/√d": ("divide", "S", "√d")},
            {"√d": np.array([[math.sqrt(d_k)]])},
        ),
        look.step("mask", hide, {"S/√d": scaled, "M": M}, {"S+M": masked}, {"S+M": ("sum", "S/√d", "M")}),
        look.step(
            "softmax",
            _equals(rf"a_{spot}", rf"\frac{{e^{{s_{spot}}}}}{{\sum_j e^{{s_{{{i + 1},j}}}}}}", share, number(A[i, j])),
            {"S+M": masked},
            {"A": A},
            {"A": ("softmax", "S+M")},
        ),
    ]


def _taken(look: Looking) -> list[Step]:
    """What the head takes, the heads side by side, and the sum with what came in."""
    A, v, z, i = look.one("A"), look.one("v"), look.one("z"), look.at
    every = look.own("self.z")  # (h, m, d_k)
    Z, y = np.concatenate(list(every), axis=1), look.own("self.y")  # (m, D), both
    terms = " + ".join(rf"{number(A[i, at])} v_{{{at + 1}}}" for at in np.argsort(-A[i], kind="stable")[:2])
    joined = ", ".join(rf"z^{{({number(head + 1)})}}" for head in range(min(2, len(every))))
    joined += r", \dots" if len(every) > 2 else ""
    out = _equals(f"y_{{{i + 1}}}", f"Z_{{{i + 1}}} W^O + b^O", _start(y[i]))
    weights = {"O": look.weight("self.O"), "o": look.weight("self.o")}
    return [
        look.step(
            "weighted_sum",
            _equals(rf"z_{{{i + 1}}}", rf"\sum_j a_{{{i + 1},j}} v_j", rf"{terms} + \dots", _start(z[i])),
            {"A": A, "v": v},
            {"z": z},
            {"z": ("product", "A", "v")},
        ),
        look.step("join", _equals(f"Z_{{{i + 1}}}", f"({joined})", _start(Z[i])), {"z": z}, {"Z": Z}),
        look.step("project", out, {"Z": Z}, {"y": y}, {"y": ("product", "Z", "O", "o")}, weights),
        *_added(look, "self", "x", "y", "x'", look.x, y),
    ]


def _added(look: Looking, part: str, first: str, second: str, made: str, x: np.ndarray, y: np.ndarray) -> list[Step]:
    """What a part made is added to what came into it; as in 2017 the sum is normalised at once."""
    i, out = look.at, look.own(f"{part}.out")
    total = _equals(f"{first}_{{{i + 1}}} + {second}_{{{i + 1}}}", f"{_start(x[i])} + {_start(y[i])}")
    if look.pre:
        formula = _equals(rf"{made}_{{{i + 1}}}", total, _start(out[i]))
        rules: dict[str, Rule] = {made: ("sum", first, second)}
        return [look.step("add", formula, {first: x, second: y}, {made: out}, rules, source="transformer.py#add")]
    normed = rf"\mathrm{{LayerNorm}}({first}_{{{i + 1}}} + {second}_{{{i + 1}}})"
    weights = {"gain": look.weight(f"{part}.gain"), "bias": look.weight(f"{part}.bias")}
    sums = f"{first}+{second}"
    return [
        look.step(
            "add_norm",
            rf"{total} \\ {_equals(rf'{made}_{{{i + 1}}}', normed, _start(out[i]))}",
            {first: x, second: y},
            {sums: x + y, made: out},
            {sums: ("sum", first, second), made: ("norm", sums, "gain", "bias")},
            weights,
            "transformer.py#add_norm",
        )
    ]


def _thought(look: Looking) -> list[Step]:
    """The feed-forward network, each word for itself."""
    after = look.own("self.out")
    name, x = ("n'", look.own("ffn.normed")) if look.pre else ("x'", after)
    a, u, f, i = look.own("ffn.a"), look.own("ffn.u"), look.own("ffn.y"), look.at
    bend = look.shape.activation
    weights = {each: look.weight(f"ffn.{each}") for each in ("W1", "b1", "W2", "b2")}
    symbol = r"\max(0, a)" if bend == "relu" else r"a \, \Phi(a)"
    formula = r" \\ ".join(
        [
            _equals("a", f"{name}_{{{i + 1}}} W_1 + b_1", _start(a[i])),
            _equals("u", symbol, _start(u[i])),
            _equals("f", "u W_2 + b_2", _start(f[i])),
        ]
    )
    rules: dict[str, Rule] = {"a": ("product", name, "W1", "b1"), "u": (bend, "a"), "f": ("product", "u", "W2", "b2")}
    made = {"a": a, "u": u, "f": f}
    return [
        *([_norm(look, "ffn", "x'", "n'", after, x)] if look.pre else []),
        look.step("ffn", formula, {name: x}, made, rules, weights, "transformer.py#ffn_out"),
        *_added(look, "ffn", "x'", "f", "x''", after, f),
    ]


# ---- numbers to redo by hand ------------------------------------------------------------------------------------

PLAIN, LARGE, D_K = (2.5, 1.0, -0.5), (100.0, 80.0, 20.0, 12.0), 64


def fixed_example() -> Trace:
    """softmax of three scores; of four large ones, of which one gets everything; and of these ÷ √d_k, d_k = 64."""
    small, large = np.array([PLAIN]), np.array([LARGE])
    scaled = large / math.sqrt(D_K)
    return (
        _shares("softmax_small", small, "s", "a"),
        _shares("softmax_large", large, "S", "A"),
        Step(
            "scale_large",
            _equals(r"\frac{S}{\sqrt{d_k}}", rf"\frac{{{row(LARGE_ARRAY)}}}{{\sqrt{{{D_K}}}}}", row(scaled[0])),
            {"S": large},
            {"S/√d": scaled},
            "attention.py#scale",
            rules={"S/√d": ("divide", "S", "√d")},
            given={"√d": np.array([[math.sqrt(D_K)]])},
        ),
        _shares("softmax_scaled", scaled, "S/√d", "A scaled"),
    )


LARGE_ARRAY = np.array(LARGE)


def _shares(id: str, scores: np.ndarray, name: str, made: str) -> Step:
    """softmax of one row of scores (1, n), by the model's own attention: the words offer what shows their weights."""
    root = torch.tensor(math.sqrt(scores.shape[1]), dtype=torch.float64)
    n = scores.shape[1]
    # q k ᵀ ÷ √n is the row of scores where q = √n · scores and the words answer to one direction each.
    _, A = attention(
        torch.from_numpy(scores) * root, torch.eye(n, dtype=torch.float64), torch.eye(n, dtype=torch.float64)
    )
    formula = _equals(r"\mathrm{softmax}" + row(scores[0]), row(A[0].numpy()))
    return Step(id, formula, {name: scores}, {made: A.numpy()}, "attention.py#softmax", rules={made: ("softmax", name)})
