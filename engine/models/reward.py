"""A reward model: from comparisons of two answers it learns to give each a number. The second of three stages of RLHF.

Christiano, Leike, Brown, Martic, Legg and Amodei (2017, "Deep reinforcement learning from human preferences"), and
Ouyang et al. (2022, InstructGPT). It is the fine-tuned model with another output, one number r for a question and its
answer; and the chance that people say a, not b, is that of Bradley and Terry (1952):

    r = v · h        P(a over b) = σ(r_a − r_b)        loss = −y ln P(a over b) − (1 − y) ln P(b over a)

h is what the decoder holds at the answer's last word, y is 1 where people said a, 0 where they said b, ½ for a tie.

What differs here, and why:
- Two answers are compared at a time; InstructGPT's labellers ranked 4 to 9, which makes many pairs of each.
- Answers are the fine-tuned model's own, two to each question. The people are simulated (`answers.py`), but for a
  learner's own votes, which come first.
- r is known up to a number that can be added: it is made to have mean 0 and deviation 1 over those answers.
- Weights decay ten times faster than in fine-tuning: 1,500 pairs are soon known by heart.

Symbols: B pairs, D dimensions of a word, a and b two answers, y (B,) what people said of them, v (D,).
"""

import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from engine.models import sft
from engine.models.attention import Tensor, Weights
from engine.models.sft import Answers, Learner, Tongue, there
from engine.text import answers, constitution
from engine.text.tokens import END

BATCH, LR, DECAY = 64, 0.001, 0.1
PIECE = 250  # answers that are drawn side by side, and scored


@dataclass(frozen=True)
class People:
    """Who compares: "hidden", "length", "constitution" with its `principles`; `wrong`: the share that errs on top."""

    labeller: str = "hidden"
    principles: str = ""
    wrong: float = 0.0

    def says(self, language: str, asked: str, a: answers.Words, b: answers.Words, chance: random.Random) -> float:
        """1 for a, 0 for b, ½ for a tie."""
        if self.labeller == "constitution":
            y, _ = constitution.prefers(self.principles, language, asked, a, b)
        else:
            y = float(chance.random() < answers.likes(language, asked, a, b, self.labeller))
        return 1 - y if chance.random() < self.wrong else y


@dataclass(eq=False)
class Pairs:
    """Pairs of answers to the same question, what people said of them, and the true score of each (B,)."""

    a: Answers
    b: Answers
    y: Tensor
    true_a: Tensor
    true_b: Tensor

    def some(self, rows: Any) -> "Pairs":
        """Some of them."""
        return Pairs(self.a.some(rows), self.b.some(rows), self.y[rows], self.true_a[rows], self.true_b[rows])

    def __len__(self) -> int:
        return len(self.y)


def drawn(its: Tongue, w: Weights, n: int, people: People, seed: int) -> Generator[None, None, Pairs]:
    """n pairs of answers that a model writes, compared by `people`. Yields after some words."""
    chance, coin = torch.Generator().manual_seed(seed), random.Random(seed)
    asked, found = torch.randint(len(its.things), (n,), generator=chance), list[Answers]()
    for some in torch.split(asked.repeat(2), PIECE):
        found.append((yield from sft.written(its, w, some, chance)))
    both = joined(found)
    yield
    return compared(its, both.some(slice(0, n)), both.some(slice(n, None)), people, coin)


def joined(found: list[Answers]) -> Answers:
    """Several as one: filled up with </s>."""
    width = max(each.x.shape[1] for each in found)
    rows = [torch.nn.functional.pad(each.x, (0, width - each.x.shape[1]), value=END) for each in found]
    return Answers(torch.cat([each.asked for each in found]), torch.cat(rows))


def together(parts: list[Pairs]) -> Pairs:
    """Several lots of pairs as one."""
    a, b = (joined([getattr(each, side) for each in parts]) for side in ("a", "b"))
    return Pairs(a, b, *(torch.cat([getattr(each, name) for each in parts]) for name in ("y", "true_a", "true_b")))


def compared(its: Tongue, a: Answers, b: Answers, people: People, coin: random.Random) -> Pairs:
    """What people say of the answers a and b."""
    y = []
    for asked, one, other in zip(a.asked.tolist(), a.x.tolist(), b.x.tolist(), strict=True):
        y.append(people.says(its.language, its.things[asked], its.said(one), its.said(other), coin))
    return Pairs(a, b, torch.tensor(y), true_scores(its, a), true_scores(its, b))


def voted(its: Tongue, votes: str, seed: int) -> Pairs | None:
    """The pairs of `answers.to_vote` that a learner voted on: l, r, t (a tie), or - for none."""
    rows = [number for number, vote in enumerate(votes) if vote in VOTES]
    if not rows:
        return None
    shown = answers.to_vote(its.language, seed, len(votes))
    asked = torch.tensor([its.things.index(shown[i][0]) for i in rows])
    a, b = (Answers(asked, its.numbered([shown[i][side] for i in rows])) for side in (1, 2))
    return Pairs(a, b, torch.tensor([VOTES[votes[i]] for i in rows]), true_scores(its, a), true_scores(its, b))


VOTES = {"l": 1.0, "r": 0.0, "t": 0.5}


def true_scores(its: Tongue, given: Answers) -> Tensor:
    """The true score of each answer: (B,)."""
    rows = zip(given.asked.tolist(), given.x.tolist(), strict=True)
    return torch.tensor([answers.true_score(its.language, its.things[q], its.said(row)) for q, row in rows])


# ---- the model --------------------------------------------------------------------------------------------------


def first_weights(fine_tuned: Weights) -> Weights:
    """The fine-tuned model with v = 0: all answers alike."""
    w = {name: each.detach().clone() for name, each in fine_tuned.items()}
    return w | {"v": torch.zeros(w["decoder.E"].shape[1])}


def last_states(its: Tongue, w: Weights, given: Answers) -> Tensor:
    """What the decoder holds when it has read the last word of each answer: (B, D)."""
    ends = there(given.x).sum(dim=1).long() - 1  # (B,)
    longer = torch.nn.functional.pad(given.x, (0, 1), value=END)  # `sft.states` are those before each word
    return sft.states(its, w, Answers(given.asked, longer))[torch.arange(len(ends)), ends + 1]  # (B, D)  # step: state


def reward(its: Tongue, w: Weights, given: Answers) -> Tensor:
    """r (B,) of answers."""
    return last_states(its, w, given) @ w["v"]  # step: reward


def bradley_terry(r_a: Tensor, r_b: Tensor, y: Tensor) -> Tensor:
    """−y ln σ(r_a − r_b) − (1 − y) ln σ(r_b − r_a), for each pair (B,)."""
    d = r_a - r_b  # step: difference
    return -y * torch.nn.functional.logsigmoid(d) - (1 - y) * torch.nn.functional.logsigmoid(-d)  # step: bt_loss


def learning(its: Tongue, learner: Learner, pairs: Pairs, seed: int) -> Iterator[None]:
    """Learns from comparisons. Yields twice in an update."""
    chance = torch.Generator().manual_seed(seed)
    while learner.update < learner.updates and not learner.diverged:
        rows, total = torch.randint(len(pairs), (BATCH,), generator=chance), 0.0
        for half in rows.chunk(2):
            some = pairs.some(half)
            r_a, r_b = reward(its, learner.w, joined([some.a, some.b])).chunk(2)  # (2B,) in two
            loss = bradley_terry(r_a, r_b, some.y).sum() / BATCH
            learner.gradient(loss)
            total += loss.item()
            yield
        learner.descend(total)


@torch.no_grad()
def rewards(its: Tongue, w: Weights, given: Answers) -> Generator[None, None, Tensor]:
    """`reward` of many answers. Yields after some."""
    found = []
    for rows in torch.split(torch.arange(len(given.x)), PIECE):
        found.append(reward(its, w, given.some(rows)))
        yield
    return torch.cat(found)


def agreement(r_a: Tensor, r_b: Tensor, y: Tensor) -> float:
    """The share of pairs in which the higher reward is what people said; equal rewards count half, ties do not."""
    told = y != 0.5
    right = torch.sign(r_a - r_b) * (2 * y - 1)  # 1, 0, −1
    return float((0.5 + right[told] / 2).mean()) if told.any() else 0.5
