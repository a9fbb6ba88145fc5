"""Translation before the Transformer: one LSTM reads the source, another writes the target.

Sutskever, Vinyals and Le (2014, "Sequence to sequence learning with neural networks") gave the writer nothing but the
reader's last state: the whole sentence in one vector. They read the source backwards, so that its first words, which
are wanted first, are the last that were read. Bahdanau, Cho and Bengio (2014) read it in both directions, kept the
state at every word, and let the writer look at all of them before each word it writes (`additive` in `attention.py`):

    α = softmax(v_aᵀ tanh(W_a s_{i−1} + U_a h_j))     c_i = Σ_j α_ij h_j     s_i = LSTM(E y_{i−1}, c_i; s_{i−1})

What differs here, and why:
- One layer where Sutskever et al. had four, so that it learns while you watch.
- Bahdanau et al. had GRUs and a layer more before the softmax; here both ways have the LSTM, so that what differs is
  the attention.
- s_0 is the state of the reader that read the source backwards, without the layer that they put in between.

Symbols: B sentences, m words of the source, n of the target, D dimensions of a word, H of a state.
"""

import math
from dataclasses import dataclass

import torch

from engine.models.attention import additive_of, keys, padding
from engine.models.recurrent import CELLS, State, Tensor, Weights, kernel
from engine.text.tokens import START


@dataclass
class Memory:
    """What is known of B sources: the state (h, c) (B, H) that the writer begins with, and with attention the states
    `H` (B, m, 2H) at every word, U_a of them `keys` (B, m, H), and the mask `hidden` (B, m) of what is no word.
    """

    state: State
    H: Tensor | None = None
    keys: Tensor | None = None
    hidden: Tensor | None = None

    def keep(self, rows: Tensor) -> "Memory":
        """The same of some of the sources, (B',) int64."""
        h, c = self.state
        return Memory((h[rows], c[rows]), *(None if x is None else x[rows] for x in (self.H, self.keys, self.hidden)))


def first_weights(source: int, target: int, D: int, H: int, attends: bool, seed: int) -> Weights:
    """Weights before training: E normal, all others uniform within ±1/√H, biases 0, those of the forget gates 1."""
    chance, seen = torch.Generator().manual_seed(seed), 2 * H if attends else 0

    def uniform(*shape: int) -> Tensor:
        return (torch.rand(shape, generator=chance) * 2 - 1) / math.sqrt(H)

    w = {f"{side}.E": torch.randn(V, D, generator=chance) for side, V in (("encoder", source), ("decoder", target))}
    for cell, size in (("backwards", D), ("forwards", D), ("decoder", D + seen)):
        if attends or cell != "forwards":
            b = torch.zeros(4 * H)
            b[H : 2 * H] = 1.0
            w |= {f"{cell}.W": uniform(4 * H, size), f"{cell}.U": uniform(4 * H, H), f"{cell}.b": b}
    if attends:
        w |= {"attention.W_a": uniform(H, H), "attention.U_a": uniform(H, 2 * H), "attention.v_a": uniform(H)}
    return w | {"decoder.O": uniform(target, H + seen), "decoder.o": torch.zeros(target)}


def encode(w: Weights, words: Tensor, lengths: Tensor) -> Memory:
    """Reads sources, words (B, m) int64 of which each row has `lengths` (B,)."""
    X = torch.embedding(w["encoder.E"], words.T)  # (m, B, D)
    alive = (torch.arange(words.shape[1])[:, None] < lengths)[..., None]  # (m, B, 1)
    backwards, state = _read(w, "backwards", X.flip(0), alive.flip(0))
    if "attention.v_a" not in w:
        return Memory(state)
    forwards, _ = _read(w, "forwards", X, alive)
    H = torch.cat([forwards, backwards.flip(0)], dim=2).transpose(0, 1)  # (m, B, 2H) turned: (B, m, 2H)
    return Memory(state, H, keys(w, "attention", H), padding(lengths, words.shape[1])[:, 0, 0])


def _read(w: Weights, at: str, X: Tensor, alive: Tensor) -> tuple[Tensor, State]:
    """All h (m, B, H) of an LSTM over X (m, B, D), and the last state. Where nothing is `alive` the state stays."""
    cell, B = _cell(w, at), X.shape[1]
    h = c = cell["U"].new_zeros(B, cell["U"].shape[1])
    hs = []
    for x, there in zip(X, alive, strict=True):
        made = CELLS["lstm"](cell, x, h, c)
        h, c = torch.where(there, made["h"], h), torch.where(there, made["c"], c)
        hs.append(h)
    return torch.stack(hs), (h, c)


def _cell(w: Weights, at: str) -> Weights:
    return {name: w[f"{at}.{name}"] for name in ("W", "U", "b")}


def step(w: Weights, words: Tensor, memory: Memory, state: State) -> tuple[Tensor, State, Tensor | None]:
    """Reads one word of each target (B,): the scores s (B, V) of the next, the new state, and α (B, m) or None."""
    x, shown, alpha = torch.embedding(w["decoder.E"], words), [], None
    if memory.H is not None and memory.keys is not None:
        c, alpha = additive_of(w, "attention", state[0], memory.keys, memory.H, memory.hidden)
        shown = [c]
    made = CELLS["lstm"](_cell(w, "decoder"), torch.cat([x, *shown], dim=1), *state)  # (B, D + 2H)
    s = torch.cat([made["h"], *shown], dim=1) @ w["decoder.O"].T + w["decoder.o"]
    return _never_start(s), (made["h"], made["c"]), alpha


def decode(w: Weights, words: Tensor, memory: Memory) -> tuple[Tensor, Tensor | None]:
    """The scores (B, n, V) of the word after each of words (B, n), that of <s> −∞; with attention α (B, n, m)."""
    if memory.H is None:
        X = torch.embedding(w["decoder.E"], words.T)  # (n, B, D)
        hs, _ = kernel("lstm", _cell(w, "decoder"), X, memory.state)
        return _never_start(hs.transpose(0, 1) @ w["decoder.O"].T + w["decoder.o"]), None  # (B, n, V)
    state, scores, alphas = memory.state, [], []
    for word in words.T:
        s, state, alpha = step(w, word, memory, state)
        scores.append(s)
        alphas.append(alpha)
    return torch.stack(scores, dim=1), torch.stack([each for each in alphas if each is not None], dim=1)


def _never_start(s: Tensor) -> Tensor:
    """Scores (…, V) with −∞ for <s>."""
    never = s.new_zeros(s.shape[-1])
    never[START] = -math.inf
    return s + never


class Reader:
    """Reads words of targets and foretells the next, for `decoding.py`."""

    def __init__(self, w: Weights, memory: Memory):
        self.w, self.memory, self.state = w, memory, memory.state

    @torch.no_grad()
    def read(self, words: Tensor) -> Tensor:
        """Reads on, words (B, n) int64: ln P (B, V) float64 of the word after them."""
        for word in words.T:
            s, self.state, _ = step(self.w, word, self.memory, self.state)
        return torch.log_softmax(s.double(), dim=-1)

    def keep(self, rows: Tensor) -> None:
        """Goes on with these of the B texts, (B',) int64."""
        h, c = self.state
        self.memory, self.state = self.memory.keep(rows), (h[rows], c[rows])
