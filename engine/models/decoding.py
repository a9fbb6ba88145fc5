"""Writing with a model that foretells the next word: one word after another, each read before the next is chosen.

Greedy takes the most probable word each time. Drawing by temperature, top-k and top-p is in `sampling.py`. Beam search
(Lowerre 1976; for translation Sutskever, Vinyals and Le 2014) keeps the few best beginnings instead of one. The keys
and values of words that were read do not change, so that a cache of them saves reading all again at each word (the
"KV cache", as in Vaswani et al.'s own tensor2tensor, 2017; Shazeer 2019).

What differs here, and why:
- A finished text is compared with others by ln P / ((5 + length) / 6)^α, as Wu et al. (2016) and the Transformer do,
  without their penalty for words of the source that nothing attended to.
- A text longer than the model's positions goes on with its last half as if it had begun there: the cache is filled
  anew once in a while, not at every word. With and without a cache it is the same half, so that the text is the same.
- <unk> is never written.

Symbols: B texts side by side, n words read, V words of the vocabulary.
"""

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch

from engine.models.attention import Tensor
from engine.models.sampling import drawn, sharpened
from engine.models.transformer import Pass, decode
from engine.text.tokens import END, START, UNKNOWN


class Reads(Protocol):
    """What can be written with: the `Reader` below, and that of `seq2seq.py`."""

    def read(self, words: Tensor) -> Tensor:
        """Reads on, words (B, n) int64: ln P (B, V) float64 of the word after them."""
        ...

    def keep(self, rows: Tensor) -> None:
        """Goes on with these of the B texts, (B',) int64; one may be named more than once."""
        ...


class Reader:
    """Reads words and foretells the next, with a cache or without. `words` (B, n) are those read so far."""

    def __init__(self, run: Pass, memory: Tensor | None = None, hidden: Tensor | None = None, cached: bool = True):
        self.shape, self.w, self.memory, self.hidden, self.cached = run.shape, run.w, memory, hidden, cached
        self.words, self.begin = torch.empty(0, 0, dtype=torch.int64), 0
        self.run = self._fresh()

    def _fresh(self) -> Pass:
        return Pass(self.shape, self.w, cache={} if self.cached else None)

    @torch.no_grad()
    def read(self, words: Tensor) -> Tensor:
        """Reads on, words (B, n) int64: ln P (B, V) float64 of the word after them."""
        read = self.words.shape[1]
        self.words = torch.cat([self.words, words], dim=1) if read else words
        begin = window(self.words.shape[1], self.shape.longest)
        if begin != self.begin or not self.cached:
            self.begin, self.run, read = begin, self._fresh(), begin
        s = decode(self.run, self.words[:, read:], self.memory, self.hidden)[:, -1]
        return torch.log_softmax(s.double(), dim=-1)

    def keep(self, rows: Tensor) -> None:
        """Goes on with these of the B texts, (B',) int64; one may be named more than once."""
        self.words = self.words[rows]
        if self.run.cache:
            self.run.cache = {at: (k[rows], v[rows]) for at, (k, v) in self.run.cache.items()}
        self.memory, self.hidden = (None if x is None else x[rows] for x in (self.memory, self.hidden))


def window(n: int, longest: int) -> int:
    """The first of n words that is still looked at: 0 up to `longest`, and then on by half of that at a time."""
    half = max(1, longest // 2)
    return max(0, math.ceil((n - longest) / half)) * half


# ---- one word after another -------------------------------------------------------------------------------------


def greedy(reader: Reads, words: Tensor, most: int) -> Tensor:
    """The most probable word each time after words (B, n): (B, up to `most`) int64. After </s> a row says </s>."""
    made: list[Tensor] = []
    over = torch.zeros(len(words), dtype=torch.bool)
    while len(made) < most and not over.all():
        logs = reader.read(made[-1][:, None] if made else words)
        best = _written(logs).argmax(dim=-1).masked_fill(over, END)  # (B,)
        over |= best == END
        made.append(best)
    return torch.stack(made, dim=1)


def _written(logs: Tensor) -> Tensor:
    """ln P (B, V) with −∞ for <unk>."""
    logs = logs.clone()
    logs[:, UNKNOWN] = -math.inf
    return logs


@dataclass(frozen=True)
class Drawn:
    """A word that was written: what the model gave it, and with which chance it was drawn."""

    word: int
    probability: float
    chance: float


def sample(
    reader: Reads,
    words: Tensor,
    most: int,
    chance: np.random.Generator,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    ends: bool = True,
) -> list[Drawn]:
    """Up to `most` words after words (1, n), drawn: see sampling.py. Unless it `ends` there, </s> is read as an <s>."""
    made: list[Drawn] = []
    while len(made) < most and not (ends and made and made[-1].word == END):
        p = reader.read(words)[0].exp().numpy()  # (V,)
        q = sharpened(p, temperature, top_k, top_p)
        word = drawn(q, chance)
        made.append(Drawn(word, float(p[word]), float(q[word] / q.sum())))
        words = torch.tensor([[START if word == END else word]])
    return made


# ---- beam search ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Branch:
    """A beginning that beam search looked at: its last `word`, which comes after branch `parent` (−1: the start).

    `log` is ln P of all its words, `score` what finished texts are compared by, `kept` whether it was gone on with.
    """

    parent: int
    word: int
    log: float
    score: float
    depth: int
    kept: bool


@dataclass
class Beam:
    """All branches in the order they were looked at, and the finished ones of them, the best first."""

    branches: list[Branch] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)

    def words(self, branch: int) -> list[int]:
        """The words from the start to a branch."""
        found: list[int] = []
        while branch >= 0:
            found.append(self.branches[branch].word)
            branch = self.branches[branch].parent
        return found[::-1]


def beam(reader: Reads, words: Tensor, most: int, width: int, alpha: float = 0.6) -> Beam:
    """Beam search after words (1, n): at each step the `width` most probable beginnings are gone on with.

    One that ends with </s> is finished, and keeps its place. What is not over after `most` words counts as it stands.
    """
    found, ends, logs = Beam(), [-1], torch.zeros(1, dtype=torch.float64)
    for depth in range(1, most + 1):
        totals = logs[:, None] + _written(reader.read(words))  # (B, V)
        kept = _branch_out(found, totals, ends, depth, width - len(found.finished), alpha)
        over = [depth == most or found.branches[branch].word == END for _, branch in kept]
        found.finished += [branch for (_, branch), last in zip(kept, over, strict=True) if last]
        alive = [each for each, last in zip(kept, over, strict=True) if not last]
        if not alive:
            break
        reader.keep(torch.tensor([row for row, _ in alive]))
        ends = [branch for _, branch in alive]
        logs = torch.tensor([found.branches[branch].log for branch in ends], dtype=torch.float64)  # (B,)
        words = torch.tensor([[found.branches[branch].word] for branch in ends])  # (B, 1)
    found.finished.sort(key=lambda branch: -found.branches[branch].score)
    return found


def _branch_out(
    found: Beam, totals: Tensor, ends: list[int], depth: int, places: int, alpha: float
) -> list[tuple[int, int]]:
    """Adds the best `places` words after each beginning to the branches; the rows and branches of the best of all."""
    logs, words = totals.topk(min(places, totals.shape[1]), dim=1)  # (B, places)
    log, word = logs.flatten().tolist(), words.flatten().tolist()
    possible = [i for i in range(len(log)) if log[i] > -math.inf]
    best = sorted(possible, key=lambda i: -log[i])[:places]
    kept = []
    for i in possible:
        row, score = i // logs.shape[1], log[i] / ((5 + depth) / 6) ** alpha
        found.branches.append(Branch(ends[row], word[i], log[i], score, depth, i in best))
        if i in best:
            kept.append((row, len(found.branches) - 1))
    return kept
