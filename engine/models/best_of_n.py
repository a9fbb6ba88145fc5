"""Best of n: write n answers, and give the one that the reward model likes best. Nothing is trained.

It has long been the yardstick for what is trained: Gao, Schulman and Hilton (2022, "Scaling laws for reward model
overoptimization") compare it with reinforcement learning at the same distance from the reference. That distance is
known without measuring, if no two of the n are alike and no two rewards equal; else it is less:

    KL = ln n − (n − 1) / n

What differs here, and why:
- To measure for all n at once, MOST answers are written to each question; the best of n is looked for in groups of n.

Symbols: n answers to choose from, Q questions, R what the reward model says.
"""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch

from engine.models import reward, sft
from engine.models.attention import Tensor, Weights
from engine.models.sft import Answers, Tongue

MOST = 64


def kl(n: int) -> float:
    """How far the best of n is from the reference, in nats."""
    return math.log(n) - (n - 1) / n


def sizes(n: int) -> list[int]:
    """1, 2, 4, … up to n, and n."""
    return sorted({1 << i for i in range(n.bit_length()) if 1 << i <= n} | {n})


@dataclass(eq=False)
class Pool:
    """Answers to each of Q questions in a row, MOST of them, with what they are worth: both (Q · MOST,)."""

    answers: Answers
    R: Tensor
    true: Tensor


@torch.no_grad()
def pool(its: Tongue, reference: Weights, judge: Weights, seed: int) -> Generator[None, None, Pool]:
    """MOST answers to each question, by the reference. Yields after some words."""
    chance, written = torch.Generator().manual_seed(seed), list[Answers]()
    asked = torch.arange(len(its.things)).repeat_interleave(MOST)
    for some in torch.split(asked, 4 * MOST):
        written.append((yield from sft.written(its, reference, some, chance)))
    given = reward.joined(written)
    R = yield from reward.rewards(its, judge, given)
    return Pool(given, R, reward.true_scores(its, given))


def best(R: Tensor, n: int) -> Tensor:
    """The places of the best of each n of rewards R (N,): (N // n,). What is left over at the end is left out."""
    groups = len(R) // n
    return R[: groups * n].view(groups, n).argmax(dim=1) + n * torch.arange(groups)  # (groups, n): (groups,)


def chosen(pool: Pool, questions: int, n: int) -> Iterator[int]:
    """The places of the best of n in a pool, question by question: no group has answers to two questions."""
    for question in range(questions):
        begin = question * MOST
        yield from (begin + best(pool.R[begin : begin + MOST], n)).tolist()
