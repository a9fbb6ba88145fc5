"""Direct preference optimisation: from comparisons straight to the policy, with no reward model and no reinforcement.

Rafailov, Sharma, Mitchell, Ermon, Manning and Finn (2023, "Direct preference optimization: your language model is
secretly a reward model"). The policy that would get the most of a reward, less β times its KL divergence from the
reference, is known: it gives an answer π(y) ∝ π_ref(y) e^{r(y)/β}. Read from right to left, a policy has a reward:

    r(y) = β (ln π(y) − ln π_ref(y)) + what is the same for all answers to a question
    loss = −ln σ(r_chosen − r_rejected)

which is the loss of `reward.py`, and learned from the same pairs.

What differs here, and why:
- A tie counts half as if either were chosen; the paper has none.
- The steps rise for a short while and then fall. They are small: larger ones make both answers improbable at once.

Symbols: B pairs, T words, π the policy, π_ref the reference, a and b two answers, y (B,) 1 where people said a.
"""

from collections.abc import Generator, Iterator

import torch

from engine.models import reward, sft
from engine.models.attention import Tensor, Weights
from engine.models.reward import Pairs
from engine.models.sft import Answers, Learner, Tongue, there

BATCH = 64


def implicit(log: Tensor, ref: Tensor, beta: float) -> Tensor:
    """β (ln π − ln π_ref) of whole answers: (B,)."""
    return beta * (log - ref)  # step: implicit


def loss(log_a: Tensor, log_b: Tensor, ref_a: Tensor, ref_b: Tensor, y: Tensor, beta: float) -> Tensor:
    """−ln σ(r_chosen − r_rejected) of each pair (B,), from ln π and ln π_ref of whole answers, (B,) each."""
    return reward.bradley_terry(implicit(log_a, ref_a, beta), implicit(log_b, ref_b, beta), y)


def whole(its: Tongue, w: Weights, given: Answers) -> Tensor:
    """ln π of whole answers: (B,)."""
    return (sft.logs(its, w, given) * there(given.x)).sum(dim=1)  # step: whole


@torch.no_grad()
def references(its: Tongue, reference: Weights, pairs: Pairs) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """ln π_ref of all answers, computed once. Yields after some."""
    found: list[Tensor] = []
    for side in (pairs.a, pairs.b):
        logs = []
        for rows in torch.split(torch.arange(len(side.x)), reward.PIECE):
            logs.append(whole(its, reference, side.some(rows)))
            yield
        found.append(torch.cat(logs))
    return found[0], found[1]


def learning(
    its: Tongue, learner: Learner, pairs: Pairs, refs: tuple[Tensor, Tensor], beta: float, seed: int
) -> Iterator[None]:
    """Learns from comparisons. Yields twice in an update."""
    chance = torch.Generator().manual_seed(seed)
    while learner.update < learner.updates and not learner.diverged:
        rows, total = torch.randint(len(pairs), (BATCH,), generator=chance), 0.0
        for half in rows.chunk(2):
            some = pairs.some(half)
            log_a, log_b = whole(its, learner.w, reward.joined([some.a, some.b])).chunk(2)  # (2B,) in two
            lost = loss(log_a, log_b, refs[0][half], refs[1][half], some.y, beta).sum() / BATCH
            learner.gradient(lost)
            total += lost.item()
            yield
        learner.descend(total)
