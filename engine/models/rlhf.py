"""Reinforcement learning from human feedback, whole: fine-tuning, a reward model, and a policy that pleases it.

Christiano et al. (2017) trained a reward model from comparisons; Ouyang et al. (2022, InstructGPT) put three stages on
each other: imitate demonstrations (`sft.py`), learn from comparisons what people like (`reward.py`), and write what
the reward model likes without leaving the first model too far behind (`ppo.py`). For the third stage there are two
others: `dpo.py` learns from the comparisons at once, `best_of_n.py` does not learn and chooses.

What the reward model says is a proxy. The true score of an answer (`answers.py`) is known here, because the people are
simulated, and nothing that learns ever sees it. With β = 0 the proxy rises while the true score falls: over-
optimisation (Gao, Schulman and Hilton 2022).

What differs here, and why:
- All is small: a decoder of 61,000 weights, questions with ten things in them, answers of up to 22 words.
- A learner's own votes come first, and the simulated people fill up what is missing to the number of pairs.
- With a constitution (Bai et al. 2022) the critic's revised answers can be imitated, before answers are compared.
- A run that starts from what was trained beforehand (`checkpoints.py`) takes its fine-tuned model, and its reward model
  if the comparisons are the same; everything else is trained.
- A stage whose numbers blow up ends the run with the last weights that were good; so does a policy that is e^150 times
  more likely to write its answers than the reference is. Of a policy those are good whose reward is worth its price.

Symbols: as in the files named.
"""

import dataclasses
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from engine import checkpoints
from engine.experiments import RLHF, VOTES
from engine.mistake import Mistake
from engine.models import best_of_n, dpo, finish, ppo, recurrent, reward, rlhf_trace, sft, timed
from engine.models.attention import Weights
from engine.models.best_of_n import Pool
from engine.models.ppo import Rollout, Task
from engine.models.reward import Pairs, People
from engine.models.sft import Answers, Learner, Tongue, there
from engine.snapshot import Numbers, Snapshot
from engine.text import answers, constitution
from engine.text.tokens import MARKS
from engine.trace import Trace

SFT, REWARD, POLICY = 1, 2, 3  # the stages
HELD_OUT, FINAL, MEASURED = 300, 300, 50  # pairs kept back; answers that measure a stage's end, and a moment of it
SHOWN = 6  # answers of a snapshot
REVISED, REVISING = 600, 100  # answers that a constitution's critic revises, and updates in which they are imitated
LOOKED = 80  # pairs that are looked through for a question
DRAWING, HOLDING, JUDGING, ASKING, POOLING, WATCHING = range(1_000, 1_006)  # what is drawn for, added to the seed
COMPARED = ("language", "labeller", "principles", "votes", "pairs", "wrong", "revise", "reward_updates", "corpus_seed")


@dataclass(eq=False)
class Model:
    """The three networks, and how far the run is: `step` of `total` pieces of work.

    `nets` are "sft", "reward" and "policy"; before its stage each is the one before, with a new output of zeros.
    `scale` are the mean and the deviation of the rewards of the fine-tuned model's answers. `told` are the metrics and
    samples of the moment. `ready` is what stages hand on: "pairs", "held_out", "path", "pool", "rollout".
    """

    spec: RLHF
    its: Tongue
    nets: dict[str, Weights]
    scale: tuple[float, float] = (0.0, 1.0)
    stage: int = SFT
    step: int = 0
    total: int = 1
    over: bool = False
    told: dict[str, float] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    ready: dict[str, Any] = field(default_factory=dict)

    def net(self, name: str) -> Weights:
        """A network for questions, without a record for gradients. One whose stage has not come is as it will begin."""
        w = {key: each.detach() for key, each in self.nets[name].items()}
        if name == "reward" and self.stage < REWARD:
            return reward.first_weights(self.net("sft"))
        if name == "policy" and self.stage < POLICY:
            return ppo.first_weights(self.net("sft"))
        return w

    @property
    def people(self) -> People:
        """Who compares. A learner who votes alone is measured by the hidden preference."""
        labeller = "hidden" if self.spec.labeller == "votes" else self.spec.labeller
        return People(labeller, self.spec.principles, self.spec.wrong)

    @property
    def task(self) -> Task:
        """What the policy is trained for."""
        mean, deviation = self.scale if self.stage > SFT else (0.0, 1.0)
        spec = self.spec
        return Task(self.net("sft"), self.net("reward"), mean, deviation, spec.beta, spec.value == "yes")


def preparing(spec: RLHF, text: str | None = None) -> Generator[float, None, Model]:
    """Makes the first weights, or reads those trained beforehand, yielding the fraction done; `text` is not used.

    Raises Mistake("no_checkpoint").
    """
    its = sft.tongue(spec.language)
    yield 0.3
    recurrent.warm()
    yield 0.6
    first = sft.first_weights(its, spec.seed)
    model = Model(spec, its, {"sft": first, "reward": reward.first_weights(first), "policy": ppo.first_weights(first)})
    model.told = _nothing_told()
    if spec.start == "shipped":
        _take_shipped(model)
    else:
        model.ready["shown"] = sft.demonstrated(its, spec.corpus_seed)
    model.total = sum(work.pieces for work in plan(model))
    yield 1.0
    return model


def build(spec: RLHF, text: str | None = None) -> Model:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def _take_shipped(model: Model) -> None:
    """The fine-tuned model from the checkpoint, and the reward model where it is the one this run would train."""
    spec = model.spec
    found = checkpoints.load(RLHF(language=spec.language))
    fits = all(getattr(found.spec, name) == getattr(spec, name) for name in COMPARED)
    whole = with_weights(model, found.weights)
    model.stage = POLICY if fits else REWARD
    model.nets["sft"] = whole.nets["sft"]
    known = ["true_score_sft", "reward_model_accuracy", "reward_model_truth"] if fits else ["true_score_sft"]
    model.told |= {name: found.snapshot.metrics[name] for name in known}
    if fits:
        model.nets["reward"], model.scale = whole.nets["reward"], whole.scale
        model.ready["fits"] = True
    model.nets["policy"] = ppo.first_weights(model.nets["sft"])
    model.nets["reward"] = model.nets["reward"] if fits else reward.first_weights(model.nets["sft"])


def _nothing_told() -> dict[str, float]:
    names = ("true_score", "true_score_sft", "reward", "kl", "length", "grammatical", "clip_fraction", "value_loss")
    return dict.fromkeys(("loss", *names), 0.0) | {
        "reward_model_accuracy": 0.5, "reward_model_truth": 0.5, "n": 1.0, "stage": 0.0, "diverged": 0.0
    }  # fmt: skip


# ---- training: pieces of work, one after another -----------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """A part of a stage: what does it, and into how many snapshots it is cut, one after every `each` of its yields."""

    do: Callable[[Model], Iterator[Any]]
    stage: int
    pieces: int
    each: int = 1


def plan(model: Model) -> list[Work]:
    """All that is to be done."""
    spec, todo = model.spec, list[Work]()
    shipped, fits = spec.start == "shipped", bool(model.ready.get("fits"))
    if not shipped:
        todo += [Work(_imitating, SFT, spec.sft_updates // 2 + 1, 2)]
    if spec.revise == "yes" and spec.labeller == "constitution":
        todo += [Work(_revising, SFT, REVISING // 2 + 12, 2)]
    if not shipped or len(todo):
        todo += [Work(_measuring_sft, SFT, 10)]
    if not fits or spec.algorithm == "dpo":
        todo += [Work(_comparing, POLICY if fits else REWARD, 3 + spec.pairs // 60, 3)]
    if not fits:
        todo += [Work(_holding_out, REWARD, 8, 3), Work(_judging, REWARD, spec.reward_updates + 1, 2)]
        todo += [Work(_examining, REWARD, 5)]
    return [*todo, *_last_stage(spec)]


def _last_stage(spec: RLHF) -> list[Work]:
    if spec.algorithm == "best_of_n":
        return [Work(_choosing, POLICY, 30)]
    if spec.algorithm == "dpo":
        steps = [Work(_preferring, POLICY, spec.dpo_updates + 10, 2)]
    else:
        steps = [Work(_reinforcing, POLICY, 4 * spec.updates + 1, 3)]
    return [*steps, Work(_measuring_policy, POLICY, 17)]


def train(model: Model) -> Iterator[Snapshot]:
    """Trains in place. Yields before any update, and then after some 30 ms of work, each time with what was measured
    last. If the numbers of a stage blow up the run ends there, with the last good weights of it.
    """
    for seconds, _ in timed(_moments(model)):
        yield Snapshot(model.step, model.total, seconds, dict(model.told), model.samples)


def _moments(model: Model) -> Iterator[None]:
    todo = plan(model)
    enter(model, todo[0].stage)
    yield from _first_look(model)
    for work in todo:
        enter(model, work.stage)
        yield from _cut(model, work, work is todo[-1])
        if model.told["diverged"]:
            model.over = True
            finish(_look(model, MEASURED, WATCHING))
            yield
            return


def _cut(model: Model, work: Work, last: bool) -> Iterator[None]:
    """Does some work in `pieces` snapshots, no more. The last of all comes when everything is done."""
    begin, end = model.step, model.step + work.pieces
    for number, _ in enumerate(work.do(model)):
        if number % work.each == work.each - 1 and model.step < end - 1:
            model.step += 1
            yield
    if model.told["diverged"]:
        model.step = max(begin, model.step) + 1
        return
    model.step, model.over = end, last
    yield


def enter(model: Model, stage: int) -> None:
    """Begins a stage: its network begins as the fine-tuned model."""
    if model.told["stage"] == stage:
        return
    model.stage = stage
    model.told["stage"] = float(stage)
    if stage == REWARD:
        model.nets["reward"] = reward.first_weights(model.nets["sft"])
    if stage == POLICY:
        model.nets["policy"] = ppo.first_weights(model.nets["sft"])


def _learner(model: Model, name: str, lr: float, updates: int, **kind: Any) -> Learner:
    model.nets[name] = {key: each.detach() for key, each in model.nets[name].items()}
    learner = Learner(model.nets[name], lr, updates, **kind)
    model.ready["learner"] = learner
    return learner


def _watched(model: Model, name: str, learner: Learner, work: Iterator[Any], every: int) -> Iterator[bool]:
    """Some learning, with the last good weights kept: yields whether there is something to measure. Those that were
    measured last may be what went wrong: good are those before."""
    good = good_before = _copies(model, name)
    measured = 0
    for _ in work:
        due = learner.update >= measured + every
        if due:
            good_before, good, measured = good, _copies(model, name), learner.update
            _tell_losses(model, learner)
        yield due
    if learner.diverged:
        model.nets[name] = good_before
        model.told["diverged"] = 1.0
    else:
        _tell_losses(model, learner)


def _copies(model: Model, name: str) -> Weights:
    return {key: each.detach().clone() for key, each in model.nets[name].items()}


def _tell_losses(model: Model, learner: Learner) -> None:
    """loss: the mean since it was told last, in the stage's own unit."""
    if learner.losses:
        model.told["loss"] = float(np.clip(np.mean(learner.losses), -1e6, 1e6))
        learner.losses.clear()


# ---- stage 1 -----------------------------------------------------------------------------------------------------


def _imitating(model: Model) -> Iterator[Any]:
    spec = model.spec
    learner = _learner(model, "sft", sft.LR, spec.sft_updates)
    work = sft.learning(model.its, learner, model.ready.pop("shown"), spec.seed)
    for due in _watched(model, "sft", learner, work, max(1, spec.sft_updates // 50)):
        yield
        if due:
            finish(_look(model, MEASURED, WATCHING))


def _revising(model: Model) -> Iterator[Any]:
    """The critic revises answers of the fine-tuned model, and it imitates what came of that (Bai et al. 2022)."""
    spec, its, chance = model.spec, model.its, torch.Generator().manual_seed(model.spec.seed + POOLING)
    asked = torch.randint(len(its.things), (REVISED,), generator=chance)
    written = yield from sft.written(its, model.nets["sft"], asked, chance)
    better = []
    for number, (q, row) in enumerate(zip(asked.tolist(), written.x.tolist(), strict=True)):
        told = constitution.criticised(spec.principles, spec.language, its.things[q], its.said(row), number)
        better.append(told[-1].after)
    yield
    learner = _learner(model, "sft", sft.LR / 3, REVISING)
    work = sft.learning(its, learner, Answers(asked, its.numbered(better)), spec.seed + 1)
    yield from _watched(model, "sft", learner, work, REVISING // 10)


def _measuring_sft(model: Model) -> Iterator[Any]:
    yield from _look(model, FINAL, JUDGING)
    model.told["true_score_sft"] = model.told["true_score"]


def _first_look(model: Model) -> Iterator[None]:
    """Measures what there is before any update."""
    if "shown" in model.ready:
        some = model.ready["shown"].some(slice(0, MEASURED))
        with torch.no_grad():
            model.told["loss"] = float(sft.imitation(sft.logs(model.its, model.nets["sft"], some), there(some.x)))
    finish(_look(model, MEASURED, WATCHING))
    yield


# ---- stage 2 -----------------------------------------------------------------------------------------------------


def _comparing(model: Model) -> Iterator[Any]:
    """The pairs to learn from: a learner's votes first, and then the simulated people's."""
    spec, seed = model.spec, model.spec.seed
    own = reward.voted(model.its, spec.votes, spec.corpus_seed)
    more = 0 if spec.labeller == "votes" else spec.pairs - (len(own) if own else 0)
    parts = [own] if own else []
    if more > 0:
        parts.append((yield from reward.drawn(model.its, model.nets["sft"], more, model.people, seed + DRAWING)))
    model.ready["pairs"] = reward.together(parts)


def _holding_out(model: Model) -> Iterator[Any]:
    held = yield from reward.drawn(model.its, model.nets["sft"], HELD_OUT, model.people, model.spec.seed + HOLDING)
    model.ready["held_out"] = held


def _judging(model: Model) -> Iterator[Any]:
    spec = model.spec
    learner = _learner(model, "reward", reward.LR, spec.reward_updates, decay=reward.DECAY)
    work = reward.learning(model.its, learner, model.ready["pairs"], spec.seed)
    few = model.ready["held_out"].some(slice(0, HELD_OUT // 4))
    for due in _watched(model, "reward", learner, work, max(1, spec.reward_updates // 20)):
        yield
        if due:
            finish(_examined(model, few))


def _examining(model: Model) -> Iterator[Any]:
    yield from _examined(model, model.ready["held_out"])


def _examined(model: Model, held: Pairs) -> Generator[Any, None, None]:
    """reward_model_accuracy: the share of held-out pairs in which the higher reward is what people said, and
    reward_model_truth: is what the true score says. The mean and deviation of the rewards, by the way."""
    w = model.net("reward")
    r_a = yield from reward.rewards(model.its, w, held.a)
    r_b = yield from reward.rewards(model.its, w, held.b)
    both = torch.cat([r_a, r_b])
    model.scale = float(both.mean()), max(float(both.std()), 1e-3)
    true = (held.true_a > held.true_b).float() + 0.5 * (held.true_a == held.true_b)
    model.told["reward_model_accuracy"] = reward.agreement(r_a, r_b, held.y)
    model.told["reward_model_truth"] = reward.agreement(r_a, r_b, true)


# ---- stage 3 -----------------------------------------------------------------------------------------------------


def _reinforcing(model: Model) -> Iterator[Any]:
    spec = model.spec
    updates = spec.updates * ppo.EPOCHS * ppo.PARTS
    learner = _learner(model, "policy", spec.lr, updates, betas=ppo.BETAS, decay=0.0)
    work = ppo.learning(model.its, learner, model.task, spec.seed)
    begin = time.thread_time()
    watched = _kept(work, model)
    for _ in _watched(model, "policy", learner, watched, ppo.EPOCHS * ppo.PARTS):
        yield
        if rollout := model.ready.pop("rollout", None):
            _tell_rollout(model, rollout, learner.update // (ppo.EPOCHS * ppo.PARTS), time.thread_time() - begin)
            model.samples = tuple(_line(model, row) for row in _seen(model, SHOWN).x.tolist())
    if learner.diverged:
        model.nets["policy"] = model.ready["good"]


def _kept(work: Iterator[tuple[Rollout, ppo.Told] | None], model: Model) -> Iterator[None]:
    """Puts what an update said where it is looked for. "good" are the last weights whose answers were worth their
    price: reward − β KL at least 0, as with the reference. A run that goes astray does so long before it is stopped.
    """
    wrote = model.ready["good"] = _copies(model, "policy")
    for found in work:
        if found:
            rollout, told = found
            if float((rollout.R - model.spec.beta * rollout.kl).mean()) >= 0:
                model.ready["good"] = wrote
            wrote = _copies(model, "policy")
            model.ready["rollout"] = rollout
            model.told |= {"clip_fraction": told.clip_fraction, "value_loss": min(told.value, 1e6)}
        yield


def _tell_rollout(model: Model, rollout: Rollout, update: int, seconds: float) -> None:
    _tell_answers(model, rollout.answers)
    model.told |= {"reward": float(rollout.R.mean()), "kl": float(rollout.kl.mean())}
    _remember(model, update, seconds)


def _remember(model: Model, update: int, seconds: float) -> None:
    """A point of the way that the policy went: see `frontier`."""
    names = ("kl", "true_score", "reward", "grammatical")
    point = {"update": update, "seconds": seconds} | {name: model.told[name] for name in names}
    model.ready.setdefault("path", []).append(point)


def _preferring(model: Model) -> Iterator[Any]:
    spec, begin = model.spec, time.thread_time()
    refs = yield from dpo.references(model.its, model.net("sft"), model.ready["pairs"])
    learner = _learner(model, "policy", spec.dpo_lr, spec.dpo_updates, decay=0.0)
    work = dpo.learning(model.its, learner, model.ready["pairs"], refs, spec.beta, spec.seed)
    for due in _watched(model, "policy", learner, work, max(1, spec.dpo_updates // 20)):
        yield
        if due:
            finish(_look(model, MEASURED, WATCHING))
            _remember(model, learner.update, time.thread_time() - begin)


def _choosing(model: Model) -> Iterator[Any]:
    """Best of n for every n, from one pool of answers."""
    begin = time.thread_time()
    task = model.task
    pool = yield from best_of_n.pool(model.its, task.reference, task.reward, model.spec.seed + POOLING)
    pool = Pool(pool.answers, (pool.R - task.mean) / task.deviation, pool.true)
    each = (time.thread_time() - begin) / len(pool.R)  # seconds an answer
    yield
    for n in best_of_n.sizes(model.spec.n):
        rows = list(best_of_n.chosen(pool, len(model.its.things), n))
        given = pool.answers.some(torch.tensor(rows))
        _tell_answers(model, given)
        model.told |= {"reward": float(pool.R[rows].mean()), "kl": best_of_n.kl(n), "n": float(n)}
        places = [rows[len(rows) // len(model.its.things) * q] for q in range(SHOWN)]
        model.samples = tuple(_line(model, row) for row in pool.answers.x[places].tolist())
        _remember(model, n, each * n)
        yield


def _measuring_policy(model: Model) -> Iterator[Any]:
    yield from _look(model, FINAL, JUDGING)


# ---- measuring ---------------------------------------------------------------------------------------------------


def _look(model: Model, n: int, purpose: int) -> Generator[Any, None, None]:
    """true_score, length, grammatical, kl and reward of n answers by the network that answers now."""
    its, chance = model.its, torch.Generator().manual_seed(model.spec.seed + purpose)
    asked = torch.arange(n) % len(its.things)
    w = model.net("policy")
    given = yield from sft.written(its, w, asked, chance)
    _tell_answers(model, given)
    yield
    model.samples = tuple(_line(model, row) for row in given.x[:SHOWN].tolist())
    if model.stage == POLICY:
        yield from _tell_distance(model, w, given)


def _tell_distance(model: Model, w: Weights, given: Answers) -> Generator[Any, None, None]:
    """kl: the mean of ln π − ln π_ref of the answers. reward: the mean of what the reward model says of them."""
    task, far, R = model.task, [], []
    for rows in torch.split(torch.arange(len(given.x)), reward.PIECE // 2):
        some = given.some(rows)
        with torch.no_grad():  # never across a yield: other runs go on meanwhile, and theirs need gradients
            far.append(dpo.whole(model.its, w, some) - dpo.whole(model.its, task.reference, some))
        yield
        with torch.no_grad():
            R.append(reward.reward(model.its, task.reward, some))
        yield
    model.told["kl"] = float(torch.cat(far).mean())
    model.told["reward"] = float((torch.cat(R).mean() - task.mean) / task.deviation)


def _tell_answers(model: Model, given: Answers) -> None:
    """true_score, length (words and marks) and grammatical, the share that is a sentence: means over the answers."""
    language, its = model.spec.language, model.its
    said = [its.said(row) for row in given.x.tolist()]
    true = [
        answers.true_score(language, its.things[q], words) for q, words in zip(given.asked.tolist(), said, strict=True)
    ]
    model.told["true_score"] = float(np.mean(true))
    model.told["length"] = float(np.mean([len(words) for words in said]))
    model.told["grammatical"] = float(np.mean([answers.parsed(language, words) is not None for words in said]))


def _seen(model: Model, n: int) -> Answers:
    """n answers that are looked at: to the same questions at every moment, with the same luck.

    Most moments leave the policy as it is. Then these are not written again, which takes as long as an update.
    """
    w, name = model.net("policy"), f"seen.{n}"
    kept: tuple[Weights, Answers] | None = model.ready.get(name)
    if kept is None or not all(torch.equal(kept[0][key], each) for key, each in w.items()):
        chance = torch.Generator().manual_seed(model.spec.seed + WATCHING)
        given = finish(sft.written(model.its, w, torch.arange(n) % len(model.its.things), chance))
        kept = model.ready[name] = {key: each.clone() for key, each in w.items()}, given
    return kept[1]


def _line(model: Model, row: Sequence[int]) -> str:
    return " ".join(model.its.said(row))


# ---- what a page needs -------------------------------------------------------------------------------------------


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of questions, people and networks."""
    its, spec = model.its, model.spec
    return {
        "things": list(its.things),
        "questions": [" ".join(answers.question(spec.language, thing)) for thing in its.things],
        "vocabulary": list(its.names[len(MARKS) :]),
        "longest": answers.LONGEST - 1,
        "parameters": sum(each.numel() for each in model.nets["sft"].values()),
        "demonstrations": sft.DEMONSTRATIONS,
        "pairs": spec.pairs,
        "votes": len(spec.votes.replace("-", "")),
        "held_out": HELD_OUT,
        "final": FINAL,
        "principles": list(constitution.PRINCIPLES),
        "contrary": [list(pair) for pair in constitution.CONTRARY],
        "before_policy": sum(work.pieces for work in plan(model) if work.stage < POLICY) / model.total,
    }


def weights(model: Model) -> dict[str, np.ndarray]:
    """The weights as they stand: copies. Before the first update and after the last all three networks; in between
    the one in training, the others are empty: they are the model's own then, or do not count yet.
    """
    found = {"stage": np.array(model.stage), "scale": np.array(model.scale)}
    changing = {SFT: "sft", REWARD: "reward", POLICY: "policy"}[model.stage]
    for name, w in model.nets.items():
        whole = model.over or not model.step or name == changing
        for key, each in w.items():
            found[f"{name}.{key}"] = each.detach().numpy().copy() if whole else np.empty(0, np.float32)
    return found


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other weights, to ask about another moment."""
    nets = {}
    for name, w in model.nets.items():
        given = {key: torch.from_numpy(weights[f"{name}.{key}"]) for key in w}
        nets[name] = given if all(each.numel() for each in given.values()) else dict(w)
    mean, deviation = (float(each) for each in weights["scale"])
    return dataclasses.replace(model, nets=nets, stage=int(weights["stage"]), scale=(mean, deviation))


def warm() -> None:
    """Lets torch load what it needs at first use."""
    recurrent.warm()


# ---- questions and views ----------------------------------------------------------------------------------------


def _numbered_question(model: Model, asked: str | int) -> int:
    """The number of a thing that can be asked about. Raises Mistake("thing_unknown")."""
    things = model.its.things
    if isinstance(asked, int) and 0 <= asked < len(things):
        return asked
    if asked not in things:
        raise Mistake("thing_unknown", given=asked, allowed=list(things))
    return things.index(str(asked))


def _typed(model: Model, text: str) -> answers.Words:
    """An answer that a learner typed, as words; Chinese may be written without spaces.

    Raises Mistake("line_empty"), ("answer_long") or ("answer_word").
    """
    words, known = list[str](), model.its.index
    for part in text.split():
        words += [part] if part in known else _cut_up(part, known)
    if not words:
        raise Mistake("line_empty")
    if len(words) >= answers.LONGEST:
        raise Mistake("answer_long", count=len(words), most=answers.LONGEST - 1)
    for word in words:
        if word not in known:
            raise Mistake("answer_word", word=word, allowed=list(model.its.names[len(MARKS) :]))
    return tuple(words)


def _cut_up(part: str, known: dict[str, int]) -> list[str]:
    """The longest known words from the left, if that works out; or else the part as it is."""
    found, rest = list[str](), part
    while rest:
        length = next((n for n in range(len(rest), 0, -1) if rest[:n] in known), 0)
        if not length:
            return [part]
        found.append(rest[:length])
        rest = rest[length:]
    return found


def _judged(model: Model, asked: int, said: Sequence[answers.Words]) -> list[dict[str, Any]]:
    """Answers to one question with all that is known of them, best by the reward model's opinion or not."""
    its, task, language = model.its, model.task, model.spec.language
    given = Answers(torch.full((len(said),), asked), its.numbered(said))
    with torch.no_grad():
        R = ((reward.reward(its, task.reward, given) - task.mean) / task.deviation).tolist()
        logs = {name: dpo.whole(its, model.net(name), given).tolist() for name in ("sft", "policy")}
    thing = its.things[asked]
    return [
        {
            "text": " ".join(words),
            "words": list(words),
            "worth": (parts := answers.worth(language, thing, words)),
            "true_score": sum(parts.values()),
            "reward": R[i],
            "log_sft": logs["sft"][i],
            "log_policy": logs["policy"][i],
            "grammatical": answers.parsed(language, words) is not None,
        }
        for i, words in enumerate(said)
    ]


def pairs_to_vote(model: Model, n: int = 10) -> dict[str, Any]:
    """The first n pairs that the letters of `votes` speak of, with what each simulated labeller would say of them:
    "hidden" and "length" the chance that it is the left one, "constitution" 1, 0 or ½, and the principle that decided.
    """
    spec, found = model.spec, list[dict[str, Any]]()
    for number, (asked, left, right) in enumerate(answers.to_vote(spec.language, spec.corpus_seed, _few(n, VOTES))):
        y, principle = constitution.prefers(spec.principles, spec.language, asked, left, right)
        said = {who: answers.likes(spec.language, asked, left, right, who) for who in ("hidden", "length")}
        sides = {"left": left, "right": right}
        found.append(
            {
                "number": number,
                "question": " ".join(answers.question(spec.language, asked)),
                **{side: " ".join(words) for side, words in sides.items()},
                "true_score": [answers.true_score(spec.language, asked, words) for words in sides.values()],
                "vote": spec.votes[number] if number < len(spec.votes) else "-",
                **said,
                "constitution": y,
                "principle": principle,
            }
        )
    return {"pairs": found}


def _few(n: int, most: int) -> int:
    return max(1, min(int(n), most))


def samples(model: Model, asked: str | int = 0, n: int = 4, seed: int = 0) -> dict[str, Any]:
    """n answers to one question by the fine-tuned model, and n by the policy: text, worth, true_score, reward, and ln π
    of both. With best of n the policy's are each the best of spec.n, fewer if that is many.

    Raises Mistake("thing_unknown").
    """
    number, n = _numbered_question(model, asked), _few(n, 8)
    found = {"question": " ".join(answers.question(model.spec.language, model.its.things[number]))}
    before = _drawn(model, "sft", number, n, seed)
    choosing = model.spec.algorithm == "best_of_n" and model.stage == POLICY
    after = _best(model, number, n, seed) if choosing else _drawn(model, "policy", number, n, seed)
    return found | {"sft": _judged(model, number, before), "policy": _judged(model, number, after)}


def _drawn(model: Model, name: str, asked: int, n: int, seed: int) -> list[answers.Words]:
    chance = torch.Generator().manual_seed(seed)
    given = finish(sft.written(model.its, model.net(name), torch.full((n,), asked), chance))
    return [model.its.said(row) for row in given.x.tolist()]


def _best(model: Model, asked: int, times: int, seed: int) -> list[answers.Words]:
    """The best of spec.n answers, as often as `times`, but of no more than MOST answers in all."""
    n = model.spec.n
    said = _drawn(model, "sft", asked, n * max(1, min(times, best_of_n.MOST // n)), seed + 1)
    R = torch.tensor([each["reward"] for each in _judged(model, asked, said)])
    return [said[i] for i in best_of_n.best(R, n).tolist()]


def score(model: Model, text: str, asked: str | int = 0) -> dict[str, Any]:
    """An answer of the learner's own: its worth part by part, the reward, and what the networks give it.

    Raises Mistake("thing_unknown"), ("line_empty"), ("answer_long") or ("answer_word").
    """
    number = _numbered_question(model, asked)
    return _judged(model, number, [_typed(model, text)])[0]


def critique(model: Model, text: str, asked: str | int = 0, principles: str | None = None) -> dict[str, Any]:
    """An answer criticised and revised by one principle after another: what was `found` ("": something is missing),
    and the answer `before` and `after`. Raises Mistake as `score` and `constitution.principles` do."""
    number = _numbered_question(model, asked)
    words, line = _typed(model, text), constitution.principles(principles or model.spec.principles)
    told = constitution.criticised(line, model.spec.language, model.its.things[number], words)
    steps = [
        {
            "principle": each.principle,
            "found": list(each.found),
            "before": " ".join(each.before),
            "after": " ".join(each.after),
        }
        for each in told
    ]
    return {"steps": steps, "revised": " ".join(told[-1].after)}


def _looked_through(model: Model) -> Pairs:
    """Fresh pairs of the fine-tuned model's answers, as its people label them."""
    return finish(reward.drawn(model.its, model.net("sft"), LOOKED, model.people, model.spec.seed + ASKING))


def labels(model: Model, n: int = 8) -> dict[str, Any]:
    """Some fresh pairs as the run's people label them: `said` 1 for the left, 0 for the right, ½ for a tie; and the
    share of pairs in which they say what the true score says, of so many."""
    pairs = _looked_through(model)
    true = (pairs.true_a > pairs.true_b).float()
    told = (pairs.y != 0.5) & (pairs.true_a != pairs.true_b)
    shown = [_pair(model, pairs, i) | {"said": float(pairs.y[i])} for i in range(_few(n, LOOKED))]
    return {"pairs": shown, "agree": float((pairs.y == true)[told].float().mean()) if told.any() else 0.5, "of": LOOKED}


def _pair(model: Model, pairs: Pairs, i: int) -> dict[str, Any]:
    its = model.its
    return {
        "question": " ".join(answers.question(model.spec.language, its.things[int(pairs.a.asked[i])])),
        "left": " ".join(its.said(pairs.a.x[i].tolist())),
        "right": " ".join(its.said(pairs.b.x[i].tolist())),
        "true_score": [float(pairs.true_a[i]), float(pairs.true_b[i])],
    }


def disagreements(model: Model, n: int = 8) -> dict[str, Any]:
    """Fresh pairs in which the reward model puts the answer with the lower true score higher, the worst first: the two
    answers, both true scores, both rewards. `share` of `of` pairs; `correlation` of reward and true score."""
    pairs, task = _looked_through(model), model.task
    R = [(finish(reward.rewards(model.its, task.reward, x)) - task.mean) / task.deviation for x in (pairs.a, pairs.b)]
    wrong = -(R[0] - R[1]) * torch.sign(pairs.true_a - pairs.true_b)  # by how much it errs
    rows = [i for i in torch.argsort(wrong, descending=True).tolist() if wrong[i] > 0]
    both = torch.stack([torch.cat(R), torch.cat([pairs.true_a, pairs.true_b])])
    shown = [_pair(model, pairs, i) | {"reward": [float(R[0][i]), float(R[1][i])]} for i in rows[: _few(n, LOOKED)]]
    correlation = float(torch.corrcoef(both)[0, 1]) if float(both[0].std()) > 0 else 0.0
    return {"pairs": shown, "share": len(rows) / LOOKED, "of": LOOKED, "correlation": correlation}


def frontier(model: Model) -> dict[str, Any]:
    """How the third stage went: after each update (best of n: for each n) kl, true_score, reward and grammatical of its
    answers, and the CPU-seconds it took. `reference` is the fine-tuned model, at kl 0."""
    reference = {"kl": 0.0, "true_score": model.told["true_score_sft"]}
    return {"algorithm": model.spec.algorithm, "reference": reference, "path": list(model.ready.get("path", []))}


def trace_bradley_terry(model: Model, number: int = 0, said: str = "l") -> Trace:
    """What the reward model makes of pair `number` of `pairs_to_vote`, if somebody says l, r or t of it."""
    return rlhf_trace.comparison(model.its, model.net("reward"), _voted(model, number, said))


def trace_dpo(model: Model, number: int = 0, said: str = "l") -> Trace:
    """What DPO makes of that pair."""
    pair = _voted(model, number, said)
    return rlhf_trace.direct(model.its, model.net("policy"), model.net("sft"), pair, model.spec.beta)


def _voted(model: Model, number: int, said: str) -> Pairs:
    """One pair that somebody said something of. Raises Mistake("votes_unreadable") or ("votes_many")."""
    if said not in reward.VOTES:
        raise Mistake("votes_unreadable", value=said)
    if not 0 <= number < VOTES:
        raise Mistake("votes_many", count=number + 1, most=VOTES)
    pair = reward.voted(model.its, "-" * number + said, model.spec.corpus_seed)
    assert pair is not None
    return pair.some(slice(0, 1))


def trace_ppo(model: Model, number: int = 0, place: int | None = None, seed: int = 0) -> Trace:
    """One update of PPO by the policy as it stands, on answer `number` of those it writes, in formulas on its word
    number `place` (without: the last)."""
    which, spec = max(0, min(number, rlhf_trace.AT_ONCE - 1)), model.spec
    return rlhf_trace.update(model.its, model.net("policy"), model.task, spec.lr, spec.seed + seed, which, place)


def samples_view(model: Model, previous: Numbers | None) -> Numbers:
    """The answers of the moment, to the same questions at every moment: questions, answers, true, reward (SHOWN,)."""
    its, given = model.its, _seen(model, SHOWN)
    return {
        "questions": [" ".join(answers.question(model.spec.language, thing)) for thing in its.things[:SHOWN]],
        "answers": [_line(model, row) for row in given.x.tolist()],
        **_true_and_reward(model, given),
    }


def scatter_view(model: Model, previous: Numbers | None, n: int = 40) -> Numbers:
    """Proxy against truth: `true` and `reward` (n,) of n answers of the moment, and `grammatical` (n,)."""
    its, given = model.its, _seen(model, _few(n, 100))
    said = [its.said(row) for row in given.x.tolist()]
    grammatical = np.array([answers.parsed(model.spec.language, words) is not None for words in said])
    return _true_and_reward(model, given) | {"grammatical": grammatical}


@torch.no_grad()
def _true_and_reward(model: Model, given: Answers) -> Numbers:
    task = model.task
    R = (reward.reward(model.its, task.reward, given) - task.mean) / task.deviation
    return {"true": reward.true_scores(model.its, given).numpy(), "reward": R.numpy()}


QUESTIONS: dict[str, Callable[..., Any]] = {
    "pairs_to_vote": pairs_to_vote,
    "samples": samples,
    "score": score,
    "critique": critique,
    "labels": labels,
    "disagreements": disagreements,
    "frontier": frontier,
    "trace_bradley_terry": trace_bradley_terry,
    "trace_dpo": trace_dpo,
    "trace_ppo": trace_ppo,
}
VIEWS: dict[str, Callable[..., Numbers]] = {"samples_view": samples_view, "scatter_view": scatter_view}
