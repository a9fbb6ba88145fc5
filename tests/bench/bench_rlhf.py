"""Learning from preferences: what PPO gains in true score, what it loses without a price on leaving the reference, how
often the reward model is right, and what it all costs. Whole runs, measuring included; the seed that did worst counts.
"""

import dataclasses

import torch

from engine.experiments import RLHF
from engine.models import rlhf
from tests.bench.figures import row

SEEDS = 5


def rows() -> list[dict[str, object]]:
    torch.set_num_threads(1)
    rlhf.warm()
    held, free = [], []
    for seed in range(SEEDS):
        model = rlhf.build(RLHF(seed=seed))
        held.append(last(model))
        free.append(last(without_price(model)))
    return [gain(held), *proxy(held, free), accuracy(held), *costs(held)]


def last(model: rlhf.Model):
    *_, snapshot = rlhf.train(model)
    return snapshot


def without_price(model: rlhf.Model) -> rlhf.Model:
    """The same fine-tuned model and reward model, and a policy to be trained with β = 0."""
    spec = dataclasses.replace(model.spec, beta=0.0, start="shipped")
    told = model.told | {"stage": 0.0}
    made = dataclasses.replace(model, spec=spec, step=0, over=False, told=told, ready={"fits": True})
    made.total = sum(work.pieces for work in rlhf.plan(made))
    return made


def gain(held) -> dict[str, object]:
    gains = [each.metrics["true_score"] - each.metrics["true_score_sft"] for each in held]
    far, right = max(each.metrics["kl"] for each in held), min(each.metrics["grammatical"] for each in held)
    hits = sum(
        each > 1 and s.metrics["kl"] < 5 and s.metrics["grammatical"] >= 0.9
        for each, s in zip(gains, held, strict=True)
    )
    took = f"{hits} of {SEEDS}: +{min(gains):.3g} or more, KL up to {far:.3g}, grammatical {right:.3g} or more"
    return row("PPO with β 0.2: true score", took, "", hits == SEEDS)


def proxy(held, free) -> list[dict[str, object]]:
    rewards = [(a.metrics["reward"], b.metrics["reward"]) for a, b in zip(held, free, strict=True)]
    falls = [a.metrics["true_score"] - b.metrics["true_score"] for a, b in zip(held, free, strict=True)]
    higher = sum(b >= a for a, b in rewards)
    least = min(b - a for a, b in rewards)
    return [
        row("PPO with β 0: proxy", f"{higher} of {SEEDS}, {least:+.2g} in the worst seed", "", higher == SEEDS),
        row("PPO with β 0: true score", f"{min(falls):.3g} below", "in the best seed", min(falls) >= 1),
    ]


def accuracy(held) -> dict[str, object]:
    worst = min(each.metrics["reward_model_accuracy"] for each in held)
    return row("reward model on held-out pairs", worst, "in the worst seed", worst >= 0.75)


def before_ppo() -> int:
    """The last moment before PPO has made an update, in a run that begins with what is shipped."""
    moments = enumerate(rlhf.train(rlhf.build(RLHF(start="shipped"))))
    return next(n for n, each in moments if each.metrics["clip_fraction"] or each.metrics["value_loss"]) - 1


def costs(held) -> list[dict[str, object]]:
    """From nothing, and from what is shipped: to the first moment after an update of PPO, and to the end."""
    slowest = max(each.seconds for each in held)
    model = rlhf.build(RLHF(start="shipped"))
    moments = list(rlhf.train(model))
    first = moments[before_ppo() + 1].seconds
    return [
        row("RLHF from nothing", slowest, "CPU-s in the slowest of 5", slowest <= 60),
        row("RLHF from what is shipped", moments[-1].seconds, "CPU-s", moments[-1].seconds <= 20),
        row("first moment of PPO from there", first, "CPU-s", first <= 2),
    ]
