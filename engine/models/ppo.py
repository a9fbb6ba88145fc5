"""Proximal policy optimisation: the model writes, is told how good that was, and changes a little. Stage three of RLHF.

Schulman, Wolski, Dhariwal, Radford and Klimov (2017, "Proximal policy optimization algorithms"), with advantages by
Schulman, Moritz, Levine, Jordan and Abbeel (2015, "High-dimensional continuous control using generalized advantage
estimation"), on words as Ziegler et al. (2019) and Ouyang et al. (2022, InstructGPT) have it. An answer is a row of
actions, one word each. The reward model pays at its end, and at each word it costs to leave the reference, which is
the model as it was fine-tuned:

    r_t = −β (ln π_old(x_t) − ln π_ref(x_t)), and + R at the last word
    δ_t = r_t + γ V_{t+1} − V_t        A_t = δ_t + γ λ A_{t+1}        ρ_t = π(x_t) / π_old(x_t)
    loss = −min(ρ_t A_t, clip(ρ_t, 1 − ε, 1 + ε) A_t) + c (V_t − (A_t + V_t)_old)², the mean over all words

What differs here, and why:
- Small: 96 answers an update, gone through twice in thirds.
- The value V_t = u · h_t is a second output of the policy; InstructGPT's is a model of its own.
- Advantages are made to have mean 0 and deviation 1 over all words of a batch; their values' targets are not.
- InstructGPT also goes on with pre-training (PPO-ptx): there is none here.
- Without a value function V is 0, and so an advantage is all that is paid from its word on (λ = 1).

Symbols: B answers, T words, D dimensions, π the policy, π_old as it wrote the answers, π_ref the reference, R (B,) what
the reward model says, β what leaving the reference costs, γ = 1, λ and ε as in the papers, u (D,).
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch

from engine.models import reward, sft
from engine.models.attention import Tensor, Weights
from engine.models.sft import Answers, Learner, Tongue, there

BATCH, EPOCHS, PARTS = 96, 2, 3
BETAS = (0.9, 0.95)
FAR = 150.0  # nats from the reference, from where no policy comes back
GAMMA, LAMBDA, CLIP, VALUE = 1.0, 0.95, 0.2, 0.1


@dataclass(eq=False)
class Rollout:
    """Answers that a policy wrote, and what was computed of them before it changed. All but R are (B, T).

    `old` and `ref` are ln π_old and ln π_ref, R (B,) what the reward model says, `V` the values, `A` the advantages
    before they are whitened, `target` what V should have been, `mask` 1 where there is a word.
    """

    answers: Answers
    mask: Tensor
    old: Tensor
    ref: Tensor
    R: Tensor
    V: Tensor
    r: Tensor
    A: Tensor
    target: Tensor

    @property
    def kl(self) -> Tensor:
        """ln π_old − ln π_ref of each answer (B,): their mean estimates the KL divergence of the two."""
        return ((self.old - self.ref) * self.mask).sum(dim=1)


# ---- the arithmetic: on tensors alone ---------------------------------------------------------------------------


def rewards(old: Tensor, ref: Tensor, R: Tensor, mask: Tensor, beta: float) -> Tensor:
    """r (B, T): what leaving the reference costs at each word, and R (B,) at the last."""
    r = -beta * (old - ref) * mask  # step: kl
    last = mask.sum(dim=1).long() - 1  # (B,)
    r[torch.arange(len(R)), last] += R  # step: rewards
    return r


def advantages(r: Tensor, V: Tensor, mask: Tensor, gamma: float = GAMMA, lam: float = LAMBDA) -> Tensor:
    """A (B, T) by generalised advantage estimation, from the last word back. Behind an answer's end V is 0."""
    A, after = torch.zeros_like(r), torch.zeros(len(r), dtype=r.dtype)
    V = torch.nn.functional.pad(V * mask, (0, 1))  # (B, T + 1)
    for t in reversed(range(r.shape[1])):
        delta = r[:, t] + gamma * V[:, t + 1] - V[:, t]  # step: delta
        after = (delta + gamma * lam * after) * mask[:, t]  # step: gae
        A[:, t] = after
    return A


def whitened(A: Tensor, mask: Tensor) -> Tensor:
    """Advantages (B, T) with mean 0 and deviation 1 over all words."""
    mean = (A * mask).sum() / mask.sum()
    deviation = (((A - mean) ** 2 * mask).sum() / mask.sum()).sqrt()
    return (A - mean) / (deviation + 1e-6)  # step: whiten


def clipped(new: Tensor, old: Tensor, A: Tensor, epsilon: float = CLIP) -> tuple[Tensor, Tensor]:
    """The ratio ρ, and −min(ρ A, clip(ρ) A): both (B, T)."""
    rho = (new - old).exp()  # step: ratio
    held = rho.clamp(1 - epsilon, 1 + epsilon)  # step: clip
    return rho, -torch.minimum(rho * A, held * A)  # step: surrogate


def mean(values: Tensor, mask: Tensor) -> Tensor:
    """The mean of values (B, T) over the words that are there."""
    return (values * mask).sum() / mask.sum()


# ---- one update after another -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """What a policy is trained for: the reference, the reward model with the mean and deviation of its rewards over the
    reference's answers, β, and whether there is a value function."""

    reference: Weights
    reward: Weights
    mean: float
    deviation: float
    beta: float
    value: bool = True


def first_weights(reference: Weights) -> Weights:
    """The policy begins as the reference, its values as 0."""
    w = {name: each.detach().clone() for name, each in reference.items()}
    return w | {"u": torch.zeros(w["decoder.E"].shape[1])}


def judged(its: Tongue, w: Weights, given: Answers) -> tuple[Tensor, Tensor]:
    """ln π and V of each word: both (B, T)."""
    h = sft.states(its, w, given)  # (B, T, D)
    return sft.logs_of(its, w, h, given.x), h @ w["u"]  # step: value


@torch.no_grad()
def rolled_out(its: Tongue, w: Weights, task: Task, n: int, chance: torch.Generator) -> Generator[None, None, Rollout]:
    """n answers by the policy, with all that an update needs. Yields after some words, and between the models."""
    asked = torch.randint(len(its.things), (n,), generator=chance)
    given = yield from sft.written(its, w, asked, chance)
    mask = there(given.x)
    old, V = judged(its, w, given)
    yield
    ref = sft.logs(its, task.reference, given)
    yield
    R = (reward.reward(its, task.reward, given) - task.mean) / task.deviation
    V = V * mask * task.value
    r = rewards(old, ref, R, mask, task.beta)
    A = advantages(r, V, mask, lam=LAMBDA if task.value else 1.0)
    return Rollout(given, mask, old, ref, R, V, r, A, A + V)


@dataclass(frozen=True)
class Told:
    """What one update said: the share of words whose ratio was held, and the loss of policy and value."""

    clip_fraction: float
    policy: float
    value: float


def update(
    its: Tongue, learner: Learner, task: Task, rollout: Rollout, chance: torch.Generator
) -> Generator[None, None, Told]:
    """Goes through the answers EPOCHS times, in PARTS. Yields after each of them."""
    A, told = whitened(rollout.A, rollout.mask), list[tuple[float, float, float]]()
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(A), generator=chance).chunk(PARTS):
            if learner.diverged:
                break
            told.append(descend(its, learner, task, rollout, A, rows))
            yield
    return Told(*torch.tensor(told).mean(dim=0).tolist())


def descend(
    its: Tongue, learner: Learner, task: Task, rollout: Rollout, A: Tensor, rows: Tensor
) -> tuple[float, float, float]:
    """One step down for some of the answers: the share that was clipped, and both losses."""
    mask, width = rollout.mask[rows], rollout.mask.shape[1]
    given = Answers(rollout.answers.asked[rows], rollout.answers.x[rows, :width])
    new, V = judged(its, learner.w, given)
    rho, surrogate = clipped(new, rollout.old[rows], A[rows])
    policy = mean(surrogate, mask)
    value = mean((V - rollout.target[rows]) ** 2, mask) if task.value else torch.zeros(())  # step: value_loss
    loss = policy + VALUE * value  # step: loss
    learner.gradient(loss)
    learner.descend(loss.item())
    return float(mean(((rho - 1).abs() > CLIP).float(), mask)), policy.item(), value.item()


def learning(its: Tongue, learner: Learner, task: Task, seed: int) -> Iterator[tuple[Rollout, Told] | None]:
    """Learns from its own answers. Yields each update's answers and what it said, and None in between."""
    chance = torch.Generator().manual_seed(seed)
    while learner.update < learner.updates and not learner.diverged:
        rollout = yield from rolled_out(its, learner.w, task, BATCH, chance)
        learner.diverged = bool(rollout.kl.mean() > FAR)
        if learner.diverged:
            return
        told = yield from update(its, learner, task, rollout, chance)
        yield rollout, told
