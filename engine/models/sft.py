"""Supervised fine-tuning: a small decoder learns to answer from demonstrations. The first of three stages of RLHF.

Ouyang et al. (2022, "Training language models to follow instructions with human feedback", InstructGPT) begin so: the
model imitates answers that people wrote. It foretells each next word of an answer x to a question q:

    loss = −ln π(x_t | q, x_1 … x_{t−1}), the mean over all words of the answers and their </s>

What differs here, and why:
- Nothing was learnt before: our questions and answers have 60 words, and are learnt from the beginning in seconds.
- The demonstrations are mixed on purpose, polite and rude, glad and sour, right and wrong, so that there is something
  left to prefer. InstructGPT's labellers wrote good ones.
- The words of the question are read, and not foretold. Adam's steps (AdamW, Loshchilov and Hutter 2019) rise for a
  short while and then fall in a straight line.

Symbols: B answers, P words of a question with its <s>, T words of an answer with its </s>, D dimensions of a word, V
words of the vocabulary, π what the model gives a word.
"""

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import torch

from engine.models import recurrent, tiny_is_zero, transformer
from engine.models.attention import Tensor, Weights
from engine.models.decoding import Reader
from engine.models.recurrent import cross_entropy
from engine.models.transformer import Pass, Shape
from engine.text import answers
from engine.text.tokens import END, MARKS, START, indexed

D, HEADS, LAYERS = 48, 4, 2
DEMONSTRATIONS = 4_000
BLOWN = 100.0  # a loss, of any stage, of which nothing is to be hoped
BATCH, LR, WARM, LAST, DECAY = 64, 0.003, 0.05, 0.05, 0.01  # WARM: the share of updates in which `lr` rises


@dataclass(frozen=True)
class Tongue:
    """The words of a language by number, the marks first, and what can be asked in it."""

    language: str
    names: tuple[str, ...]
    index: dict[str, int]
    questions: Tensor  # (things, P)

    @property
    def things(self) -> tuple[str, ...]:
        """What can be asked about."""
        return answers.LANGUAGES[self.language].things

    @property
    def shape(self) -> Shape:
        """The decoder's."""
        longest = self.questions.shape[1] + answers.LONGEST
        return Shape(D, HEADS, LAYERS, 4 * D, longest, target=len(self.names))

    def numbered(self, said: Sequence[Sequence[str]]) -> Tensor:
        """Answers as numbers (B, T), each up to its </s>, if there is room, and filled up with them."""
        rows = [[*(self.index[word] for word in words), END][: answers.LONGEST] for words in said]
        width = max(map(len, rows))
        return torch.tensor([[*row, *[END] * (width - len(row))] for row in rows])

    def said(self, row: Sequence[int]) -> tuple[str, ...]:
        """The words of an answer up to its </s>."""
        row = list(row)
        return tuple(self.names[x] for x in (row[: row.index(END)] if END in row else row))


def tongue(language: str) -> Tongue:
    """A language with its words."""
    names = (*MARKS, *answers.vocabulary(language))
    index = indexed(names)
    asked = [answers.question(language, thing) for thing in answers.LANGUAGES[language].things]
    return Tongue(language, names, index, torch.tensor([[START, *(index[word] for word in q)] for q in asked]))


@dataclass(eq=False)
class Answers:
    """Some answers x (B, T), and to which question each: `asked` (B,) numbers the things."""

    asked: Tensor
    x: Tensor

    def some(self, rows: Any) -> "Answers":
        """Some of them, no wider than the longest."""
        x = self.x[rows]
        return Answers(self.asked[rows], x[:, : int(there(x).sum(dim=1).max())])


def there(x: Tensor) -> Tensor:
    """1 for the words of answers x (B, T) up to their first </s> and for that, 0 behind it: (B, T)."""
    ended = (x == END).cumsum(dim=1)
    return ((ended == 0) | ((ended == 1) & (x == END))).float()


def demonstrated(its: Tongue, seed: int, n: int = DEMONSTRATIONS) -> Answers:
    """Demonstrations from the grammar."""
    drawn = list(islice(answers.demonstrations(its.language, seed), n))
    x = its.numbered([answer.words(its.language) for _, answer in drawn])
    return Answers(torch.tensor([its.things.index(asked) for asked, _ in drawn]), x)


# ---- what the model gives an answer -----------------------------------------------------------------------------


def states(its: Tongue, w: Weights, given: Answers) -> Tensor:
    """What the decoder holds before each word of the answers: (B, T, D)."""
    questions = its.questions[given.asked]  # (B, P)
    words = torch.cat([questions, given.x[:, :-1]], dim=1)  # (B, P + T − 1)
    return transformer.decoded(Pass(its.shape, w), words)[:, questions.shape[1] - 1 :]


def logs_of(its: Tongue, w: Weights, h: Tensor, x: Tensor) -> Tensor:
    """ln π (B, T) of each word of the answers x (B, T), where h (B, T, D) are the states before it."""
    return -cross_entropy(transformer.scores(Pass(its.shape, w), "decoder", h), x)  # step: logs


def logs(its: Tongue, w: Weights, given: Answers) -> Tensor:
    """ln π (B, T) of each word of the answers."""
    return logs_of(its, w, states(its, w, given), given.x)


def written(its: Tongue, w: Weights, asked: Tensor, chance: torch.Generator) -> Generator[None, None, Answers]:
    """An answer drawn for each question (B,), at temperature 1, up to LONGEST words. Yields after some words."""
    reader = Reader(Pass(its.shape, {name: each.detach() for name, each in w.items()}))
    x = torch.full((len(asked), answers.LONGEST), END)
    rows, words = torch.arange(len(asked)), its.questions[asked]  # those that are not over, and what is to be read
    for t in range(answers.LONGEST):
        p = reader.read(words).exp()  # (B', V)
        drawn = torch.multinomial(p, 1, generator=chance)  # (B', 1)
        x[rows, t] = drawn[:, 0]
        going = (drawn[:, 0] != END).nonzero()[:, 0]
        if not len(going):
            break
        if len(going) < len(rows):
            reader.keep(going)
        rows, words = rows[going], drawn[going]
        if t % max(1, 1_000 // len(asked)) == 0:
            yield
    return Answers(asked, x).some(slice(None))


# ---- training ---------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Learner:
    """Weights in training: their optimiser, the losses since somebody asked, and whether the numbers blew up."""

    w: Weights
    lr: float
    updates: int
    betas: tuple[float, float] = (0.9, 0.98)
    decay: float = DECAY
    falls: bool = True  # whether the size of the steps rises, and falls to LAST of `lr`
    update: int = 0
    diverged: bool = False
    losses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        leaves = [each.requires_grad_() for each in self.w.values()]
        self.optimizer = torch.optim.AdamW(leaves, self.lr, self.betas, weight_decay=self.decay, fused=True)

    def gradient(self, loss: Tensor) -> None:
        """Adds the gradient of a loss to that of the weights."""
        with tiny_is_zero():
            loss.backward()  # type: ignore[no-untyped-call]

    def descend(self, loss: float) -> None:
        """One update: shortens the gradient to 1 if it is longer, and takes a step down, unless the numbers blew up."""
        norm, done = recurrent.shorten(self.w, 1.0), self.update / self.updates
        self.diverged = not (math.isfinite(norm) and abs(loss) < BLOWN)  # not nan, either
        rate = max(LAST, min(1.0, (done + 1 / self.updates) / WARM) * (1 - done)) if self.falls else 1.0
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr * rate
        if not self.diverged:
            self.optimizer.step()
            self.losses.append(loss)
        self.optimizer.zero_grad()
        self.update += 1


def learning(its: Tongue, learner: Learner, shown: Answers, seed: int) -> Iterator[None]:
    """Learns from demonstrations. Yields after each update."""
    chance = torch.Generator().manual_seed(seed)
    while learner.update < learner.updates and not learner.diverged:
        given = shown.some(torch.randint(len(shown.x), (BATCH,), generator=chance))
        loss = imitation(logs(its, learner.w, given), there(given.x))
        learner.gradient(loss)
        learner.descend(loss.item())
        yield


def imitation(logs: Tensor, there: Tensor) -> Tensor:
    """−ln π, the mean over the words that are there: both (B, T)."""
    return -(logs * there).sum() / there.sum()


def first_weights(its: Tongue, seed: int) -> Weights:
    """A decoder before training."""
    return transformer.first_weights(its.shape, seed)
