"""One comparison learned by the reward model, one by DPO, and one update of PPO on one answer, operation by operation.

Bradley and Terry (1952) as in Christiano et al. (2017), Rafailov et al. (2023), Schulman et al. (2015, 2017): see
`reward.py`, `dpo.py` and `ppo.py`, whose own functions do the work here.

What differs here from training: one pair where training takes the mean over a batch. For PPO the policy as it stands
writes a few answers, and one step is taken on all of them, with the learning rate of the run; the answer is one of
those. In training the ratio is looked at before each of several steps, here after the first.

Symbols: as in those files; d = r_a − r_b, a and b two answers, y what people said of them, x_t word number t.
"""

from collections.abc import Sequence

import numpy as np
import torch

from engine.models import dpo, finish, ppo, reward, sft
from engine.models.attention import Tensor, Weights
from engine.models.ppo import Rollout, Task
from engine.models.reward import Pairs
from engine.models.sft import Learner, Tongue
from engine.text.tokens import END, MARKS
from engine.trace import Step, Trace, number, row

AT_ONCE = 16  # answers of the update that is shown
WRITTEN = 3  # numbers of a vector in a formula

Labels = dict[str, tuple[str, ...]]
Arrays = dict[str, np.ndarray]
SIDES = ("a", "b")


def _step(source: str, formula: str, given: Arrays, made: Arrays, labels: Labels) -> Step:
    """A step, named as the line is marked: "ppo.py#ratio"."""
    shown = {name: labels[name] for name in (*given, *made) if name in labels}
    return Step(source.partition("#")[2], formula, given, made, source, shown or None)


def _equals(*sides: str) -> str:
    return r" \goodbreak = ".join(sides)


def _start(values: np.ndarray) -> str:
    return row(np.asarray(values).reshape(-1), WRITTEN)


def _named(its: Tongue, x: Sequence[int]) -> tuple[str, ...]:
    """The words of an answer, its </s> with them."""
    return (*its.said(x), MARKS[END]) if END in list(x) else its.said(x)


# ---- a comparison ------------------------------------------------------------------------------------------------


@torch.no_grad()
def comparison(its: Tongue, w: Weights, pair: Pairs) -> Trace:
    """The reward model's loss on one pair, and what it asks of the two rewards."""
    h, r = [], []
    for side in (pair.a, pair.b):
        h.append(reward.last_states(its, w, side)[0].numpy())
        r.append(float(reward.reward(its, w, side)[0]))
    y, rewards = float(pair.y[0]), np.array(r)
    states, v = np.stack(h), w["v"].numpy()  # (2, D), (D,)
    labels: Labels = {"h": SIDES, "r": SIDES, "∇r": SIDES}
    words = {"last": np.array([[float(x.shape[1]) for x in (pair.a.x, pair.b.x)]])}
    told = _equals("r_a", r"v \cdot h_a", f"{_start(v)} \\cdot {_start(states[0])}", number(r[0]))
    return (
        _step("reward.py#state", _equals("h_a", _start(states[0])), words, {"h": states}, labels),
        _step("reward.py#reward", told, {"h": states, "v": v[None]}, {"r": rewards}, labels),
        *_compared(rewards, y, labels, "1"),
    )


def _compared(r: np.ndarray, y: float, labels: Labels, beta: str) -> list[Step]:
    """From two rewards to the loss, and its gradient for each of them."""
    d = r[0] - r[1]
    sigma = 1 / (1 + np.exp(-d))  # step: chance
    error = sigma - y  # step: bt_gradient
    gradient = np.array([error, -error])
    r_a, r_b, told = (torch.tensor(each, dtype=torch.float64) for each in (*r, y))
    lost = reward.bradley_terry(r_a, r_b, told).item()
    away = _equals("d", "r_a - r_b", f"{number(r[0])} - {_signed(r[1])}", number(d))
    chance = _equals(r"P(a \succ b)", r"\sigma(d)", rf"\frac{{1}}{{1 + e^{{{number(-d)}}}}}", number(sigma))
    loss = _equals("L", r"-y \ln \sigma(d) - (1 - y) \ln \sigma(-d)", number(lost))
    asks = _equals(r"\nabla_{r_a} L", r"\sigma(d) - y", f"{number(sigma)} - {number(y)}", number(error))
    given = {"d": np.array([d])}
    return [
        _step("reward.py#difference", away, {"r": r}, given, labels),
        _step("rlhf_trace.py#chance", chance, given, {"P": np.array([sigma])}, labels),
        _step("reward.py#bt_loss", loss, {**given, "y": np.array([y])}, {"L": np.array([lost])}, labels),
        _step(
            "rlhf_trace.py#bt_gradient", asks, {"P": np.array([sigma]), "y": np.array([y])}, {"∇r": gradient}, labels
        ),
    ]


def _signed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


@torch.no_grad()
def direct(its: Tongue, w: Weights, reference: Weights, pair: Pairs, beta: float) -> Trace:
    """DPO's loss on one pair, and what it asks of ln π of the two answers."""
    found, sums, labels = list[Step](), [], dict[str, tuple[str, ...]]()
    given: Arrays = {}
    for name, side in zip(SIDES, (pair.a, pair.b), strict=True):
        for who, weights in (("π", w), ("ref", reference)):
            key = f"ln {who}({name})"
            given[key] = sft.logs(its, weights, side)[0].double().numpy()
            labels[key] = _named(its, side.x[0].tolist())
    for name in SIDES:
        sums.append([given[f"ln {who}({name})"].sum() for who in ("π", "ref")])
    whole = np.array(sums)  # (2, 2)
    labels |= dict.fromkeys(["ln π, ln ref", "r", "∇r", "∇ln π"], SIDES)
    r = dpo.implicit(torch.tensor(whole[:, 0]), torch.tensor(whole[:, 1]), beta).numpy()
    own = _equals(r"\ln \pi(a)", r"\sum_t \ln \pi(a_t)", number(whole[0, 0]))
    hidden = rf"{number(beta)} ({number(whole[0, 0])} - {_signed(whole[0, 1])})"
    told = _equals("r_a", r"\beta (\ln \pi(a) - \ln \pi_{ref}(a))", hidden, number(r[0]))
    found += [
        _step("sft.py#logs", _equals(r"\ln \pi(a_t)", _start(given["ln π(a)"])), {}, dict(given), labels),
        _step("dpo.py#whole", own, dict(given), {"ln π, ln ref": whole}, labels),
        _step("dpo.py#implicit", told, {"ln π, ln ref": whole, "β": np.array([beta])}, {"r": r}, labels),
        *_compared(r, float(pair.y[0]), labels, "β"),
    ]
    error = beta * found[-1].outputs["∇r"]  # step: dpo_gradient
    asks = _equals(r"\nabla_{\ln \pi(a)} L", r"\beta (\sigma(d) - y)", number(float(error[0])))
    back = {"∇r": found[-1].outputs["∇r"], "β": np.array([beta])}
    return (*found, _step("rlhf_trace.py#dpo_gradient", asks, back, {"∇ln π": error}, labels))


# ---- an update of PPO --------------------------------------------------------------------------------------------


def update(its: Tongue, w: Weights, task: Task, lr: float, seed: int, which: int, place: int | None) -> Trace:
    """One update on AT_ONCE answers, shown on number `which` of them, and in formulas on its word number `place`."""
    chance = torch.Generator().manual_seed(seed)
    rollout = finish(ppo.rolled_out(its, w, task, AT_ONCE, chance))
    A = ppo.whitened(rollout.A, rollout.mask)
    copy = {name: each.clone() for name, each in w.items()}
    learner = Learner(copy, lr, 1, betas=ppo.BETAS, decay=0.0, falls=False)
    ppo.descend(its, learner, task, rollout, A, torch.arange(AT_ONCE))
    with torch.no_grad():
        new, V = ppo.judged(its, {name: each.detach() for name, each in copy.items()}, rollout.answers)
    n = int(rollout.mask[which].sum())
    t = n - 1 if place is None else max(0, min(place, n - 1))
    one = Shown(its, task, rollout, A, new, V, which, n, t)
    return (*one.paid(), *one.advantage(), *one.changed())


class Shown:
    """One answer of an update: its n words, of which formulas show number t."""

    def __init__(
        self, its: Tongue, task: Task, rollout: Rollout, A: Tensor, new: Tensor, V: Tensor, which: int, n: int, t: int
    ) -> None:
        self.task, self.rollout, self.which, self.n, self.t = task, rollout, which, n, t
        self.words = _named(its, rollout.answers.x[which, :n].tolist())
        self.white, self.new, self.after = (self._own(each) for each in (A, new, V))
        self.old, self.ref, self.V, self.r, self.A, self.target = (
            self._own(each) for each in (rollout.old, rollout.ref, rollout.V, rollout.r, rollout.A, rollout.target)
        )
        self.R = float(rollout.R[which])

    def _own(self, values: Tensor) -> np.ndarray:
        found: np.ndarray = values[self.which, : self.n].detach().double().numpy().copy()
        return found

    def _step(self, source: str, formula: str, given: Arrays, made: Arrays) -> Step:
        rows = {name for name, each in (given | made).items() if each.shape[:1] == (self.n,)}
        return _step(source, formula, given, made, dict.fromkeys(rows, self.words))

    def paid(self) -> list[Step]:
        """What the answer is paid at each word."""
        t, beta = self.t, self.task.beta
        cost = -beta * (self.old - self.ref)
        logs = {"ln π_old": self.old, "ln π_ref": self.ref}
        wrote = _equals(rf"\ln \pi_{{old}}(x_{{{t + 1}}})", number(self.old[t]))
        leaving = rf"-{number(beta)} ({number(self.old[t])} - {_signed(self.ref[t])})"
        at_end = _equals(rf"r_{{{self.n}}}", rf"{number(cost[-1])} + {_signed(self.R)}", number(self.r[-1]))
        kl = _equals(rf"-\beta (\ln \pi_{{old}} - \ln \pi_{{ref}})(x_{{{t + 1}}})", leaving, number(cost[t]))
        return [
            self._step("sft.py#logs", wrote, {}, logs),
            self._step("ppo.py#kl", kl, {**logs, "β": np.array([beta])}, {"cost": cost}),
            self._step("ppo.py#rewards", at_end, {"cost": cost, "R": np.array([self.R])}, {"r": self.r}),
        ]

    def advantage(self) -> list[Step]:
        """From what is paid to advantages."""
        t, lam = self.t, ppo.LAMBDA if self.task.value else 1.0
        ahead = np.append(self.V[1:], 0.0)
        delta = self.r + ppo.GAMMA * ahead - self.V
        later = np.append(self.A[1:], 0.0)
        sums = rf"{number(self.r[t])} + {_signed(ahead[t])} - {_signed(self.V[t])}"
        back = rf"{number(delta[t])} + {number(lam)} \cdot {_signed(later[t])}"
        mask = self.rollout.mask
        mean = ppo.mean(self.rollout.A, mask)
        deviation = ppo.mean((self.rollout.A - mean) ** 2, mask).sqrt()
        batch = {"mean": np.array([float(mean)]), "deviation": np.array([float(deviation)])}
        white = rf"\frac{{{number(self.A[t])} - {_signed(float(mean))}}}{{{number(float(deviation))}}}"
        at, value = rf"_{{{t + 1}}}", {"V": self.V}
        told, surprise = rf"u \cdot h{at}", _equals(rf"\delta{at}", sums, number(delta[t]))
        gae = {"δ": delta, "λ": np.array([lam])}
        hat = _equals(rf"\hat{{A}}{at}", white, number(self.white[t]))
        return [
            self._step("ppo.py#value", _equals(f"V{at}", told, number(self.V[t])), {}, value),
            self._step("ppo.py#delta", surprise, {"r": self.r} | value, {"δ": delta}),
            self._step("ppo.py#gae", _equals(f"A{at}", back, number(self.A[t])), gae, {"A": self.A}),
            self._step("ppo.py#whiten", hat, {"A": self.A, **batch}, {"Â": self.white}),
        ]

    def changed(self) -> list[Step]:
        """What the first step down changed, and the loss now."""
        t, at = self.t, rf"_{{{self.t + 1}}}"
        new, old, white = (torch.from_numpy(each) for each in (self.new, self.old, self.white))
        rho, lost = (each.numpy() for each in ppo.clipped(new, old, white))
        held = rho.clip(1 - ppo.CLIP, 1 + ppo.CLIP)
        grown = rf"e^{{{number(self.new[t])} - {_signed(self.old[t])}}}"
        hat = _signed(self.white[t])
        both = rf"-\min({number(rho[t])} \cdot {hat}, {number(held[t])} \cdot {hat})"
        value = (self.after - self.target) ** 2 if self.task.value else np.zeros(self.n)
        loss = np.array([lost.mean() + ppo.VALUE * value.mean()])
        far = rf"({number(self.after[t])} - {_signed(self.target[t])})^2"
        sums = _equals("L", rf"\frac{{1}}{{{self.n}}} \sum_t (L_t + {number(ppo.VALUE)} L^V_t)", number(float(loss[0])))
        edge = rf"\mathrm{{clip}}({number(rho[t])}, {number(1 - ppo.CLIP)}, {number(1 + ppo.CLIP)})"
        logs, ratio = {"ln π": self.new, "ln π_old": self.old}, {"ρ": rho}
        both_ratios, values = ratio | {"clip ρ": held, "Â": self.white}, {"V new": self.after, "target": self.target}
        return [
            self._step("ppo.py#ratio", _equals(rf"\rho{at}", grown, number(rho[t])), logs, ratio),
            self._step("ppo.py#clip", _equals(edge, number(held[t])), ratio, {"clip ρ": held}),
            self._step("ppo.py#surrogate", _equals(f"L{at}", both, number(lost[t])), both_ratios, {"L_t": lost}),
            self._step("ppo.py#value_loss", _equals(f"L^V{at}", far, number(value[t])), values, {"L^V_t": value}),
            self._step("ppo.py#loss", sums, {"L_t": lost, "L^V_t": value}, {"L": loss}),
        ]
