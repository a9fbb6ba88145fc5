"""Remember a symbol over many others, and name it at the end: what a recurrent network can carry, and how far.

Long time lags between what matters and where it matters are what Hochreiter and Schmidhuber (1997) built the LSTM for;
this task is of the kind of theirs. A sequence is `items` symbols, then `lag` distractors, then as many question marks:
at question mark number j symbol number j must be named. Everything in between has to pass through one state.

What learning has to work with is the gradient of the loss at the end for the state at each step before. Hochreiter
(1991) and Bengio, Simard and Frasconi (1994) showed that in Elman's network it shrinks, or grows, by about the same
factor at each step, so that after some dozens nothing is left of it. `gradients` measures it.

What differs here, and why:
- Our own task: a lag that is always the same, and distractors drawn anew, so that nothing can be learnt by heart.
- The cells are those of `recurrent.py`, trained by torch's own LSTM, GRU and RNN with Adam (Kingma and Ba 2015).
- The gradient is taken back through the whole sequence. For the LSTM it is that of h and c together: the memory is c.
- Accuracy is measured on sequences that were not trained on; the last time on more of them.

Symbols: K kinds of symbols, B sequences, T their length, H hidden units, h_t and c_t the state after step t.
"""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from engine.experiments import Recall
from engine.models import finish, recurrent, timed, tiny_is_zero
from engine.models.recurrent import (
    BOUND,
    CELLS,
    Tensor,
    Weights,
    cross_entropy,
    empty,
    first_weights,
    kernel,
)
from engine.snapshot import Numbers, Snapshot

SNAPSHOTS = 199  # and one before the first update: 200 moments, as many as a run keeps
DISTRACTORS = 8  # kinds of them
DIM = 16  # dimensions of a symbol
MEASURED, FINAL = 200, 1_000  # fresh sequences, at every moment and at the end
LOOKED = 32  # sequences over which the gradient is averaged
SOLVED = 0.95  # the accuracy from which we call the task solved
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TRAINING, TESTING, LOOKING, SHOWING = range(4)  # what sequences are drawn for, so that none is drawn twice


@dataclass(eq=False)
class Model:
    """A recurrent network with K outputs. `w` are the weights, `step` the updates made.

    `test` and `looked` are the words (T, B) and answers (items, B) on which accuracy and the gradient are measured.
    """

    spec: Recall
    w: Weights
    test: tuple[Tensor, Tensor]
    looked: tuple[Tensor, Tensor]
    step: int = 0
    diverged: bool = False
    learning_seconds: float = 0.0
    ready: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Symbols, distractors, and the question mark, by number."""
        return (*LETTERS[: self.spec.symbols], *map(str, range(DISTRACTORS)), "?")


def preparing(spec: Recall, text: str | None = None) -> Generator[float, None, Model]:
    """Makes the first weights and the test sequences, yielding the fraction done; `text` is not used."""
    words = spec.symbols + DISTRACTORS + 1
    w = first_weights(spec.cell, words, spec.symbols, DIM, spec.hidden, spec.forget_bias, spec.seed)
    yield 0.5
    recurrent.warm()
    yield 1.0
    return Model(spec, w, sequences(spec, FINAL, TESTING), sequences(spec, LOOKED, LOOKING))


def build(spec: Recall, text: str | None = None) -> Model:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def sequences(spec: Recall, B: int, purpose: int, number: int = 0) -> tuple[Tensor, Tensor]:
    """B sequences: their words (T, B), and the answers (items, B) to their question marks."""
    chance = np.random.default_rng([spec.seed, purpose, number])
    K, n = spec.symbols, spec.items
    symbols = chance.integers(K, size=(n, B))
    distractors = chance.integers(K, K + DISTRACTORS, size=(spec.lag, B))
    questions = np.full((n, B), K + DISTRACTORS)
    words = np.concatenate([symbols, distractors, questions])  # (T, B)
    return torch.from_numpy(words), torch.from_numpy(symbols)


def scores(spec: Recall, w: Weights, words: Tensor) -> Tensor:
    """What the network says at the question marks: s = O h + o, (items, B, K)."""
    hs, _ = kernel(spec.cell, w, torch.embedding(w["E"], words), empty(spec.cell, words.shape[1], w))
    return hs[-spec.items :] @ w["O"].T + w["o"]


# ---- training ----------------------------------------------------------------------------------------------------


def train(model: Model) -> Iterator[Snapshot]:
    """Trains in place. Yields before the first update and then about SNAPSHOTS times, more if the run is long.

    If the numbers grow past all bounds the run ends early, with the last good weights.
    """
    for seconds, metrics in timed(_moments(model)):
        yield Snapshot(model.step, model.spec.updates, seconds, metrics)


def _moments(model: Model) -> Iterator[dict[str, float]]:
    """The metrics of each moment."""
    spec = model.spec
    optimizer = torch.optim.Adam([each.requires_grad_() for each in model.w.values()], lr=spec.lr, fused=True)
    told: list[tuple[float, float, float]] = []
    yield measure(model, told)
    for mark in _marks(spec):
        good = {name: each.detach().clone() for name, each in model.w.items()}
        while model.step < mark and not model.diverged:
            with tiny_is_zero():
                told.append(update(model, optimizer))
        if model.diverged:
            model.w = good
        yield measure(model, told)
        told = []
        if model.diverged:
            return


def _marks(spec: Recall) -> list[int]:
    """The updates after which to measure: evenly spread; each at most 20 ms of work after the one before."""
    work = 6 * recurrent.GATES[spec.cell] * spec.hidden * (DIM + spec.hidden) + 5_000  # of a step in time
    total = work * spec.batch * (spec.lag + 2 * spec.items) * spec.updates
    pauses = min(spec.updates, max(SNAPSHOTS, math.ceil(total / recurrent.WORK)))
    return sorted({spec.updates * i // pauses for i in range(1, pauses + 1)})


def update(model: Model, optimizer: Any) -> tuple[float, float, float]:
    """One update on fresh sequences: the loss, the length of the gradient, and 1 if it was shortened to `clip`."""
    spec, begin = model.spec, time.thread_time()
    words, answers = sequences(spec, spec.batch, TRAINING, model.step)
    loss = cross_entropy(scores(spec, model.w, words), answers).mean()
    loss.backward()  # type: ignore[no-untyped-call]
    norm = recurrent.shorten(model.w, spec.clip)
    model.diverged = not (math.isfinite(norm) and loss.item() < recurrent.BLOWN * math.log(len(model.names)))
    if not model.diverged:
        optimizer.step()
    optimizer.zero_grad()
    model.step += 1
    model.learning_seconds += time.thread_time() - begin
    return loss.item(), norm, float(0 < spec.clip < norm)


def measure(model: Model, told: list[tuple[float, float, float]]) -> dict[str, float]:
    """accuracy: the share of right answers on test sequences. loss: nats a symbol, in training; gradient_norm: before
    it was clipped; clipped: the share of updates in which it was: means since the last moment. diverged: 1 where the
    numbers blew up. updates_per_second: per CPU-second of learning.
    """
    last = model.step == model.spec.updates
    words, answers = (each[:, : FINAL if last else MEASURED] for each in model.test)
    s = scores(model.spec, still(model), words)
    metrics = {
        "loss": min(float(cross_entropy(s, answers).mean()), BOUND),
        "accuracy": float((s.argmax(dim=-1) == answers).double().mean()),
        "diverged": float(model.diverged),
        "updates_per_second": model.step / model.learning_seconds if model.step else 0.0,
    }
    return metrics | (recurrent.means(told) if told else {})


def still(model: Model) -> Weights:
    """The weights for questions, without a record for gradients."""
    return {name: each.detach() for name, each in model.w.items()}


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the task."""
    spec = model.spec
    return {
        "chance": 1 / spec.symbols,
        "best_loss": math.log(spec.symbols),
        "length": spec.lag + 2 * spec.items,
        "symbols": list(model.names[: spec.symbols]),
        "distractors": list(model.names[spec.symbols : -1]),
        "parameters": sum(each.numel() for each in model.w.values()),
        "measured": MEASURED,
        "final": FINAL,
        "solved": SOLVED,
    }


def weights(model: Model) -> dict[str, np.ndarray]:
    """The weights as they stand: copies."""
    return {name: each.detach().numpy().copy() for name, each in model.w.items()}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other weights, to ask about another moment."""
    return dataclasses.replace(model, w={name: torch.from_numpy(each) for name, each in weights.items()})


# ---- questions and views ----------------------------------------------------------------------------------------


def show(model: Model, n: int = 5) -> dict[str, Any]:
    """Fresh sequences with what the network says: tokens, answers, told, whether each is right, and its probability."""
    words, answers = sequences(model.spec, max(1, min(n, 50)), SHOWING)
    p = torch.softmax(scores(model.spec, still(model), words), dim=-1)  # (items, B, K)
    told = p.argmax(dim=-1)
    return {
        "sequences": [
            {
                "tokens": [model.names[x] for x in words[:, b].tolist()],
                "answers": [model.names[x] for x in answers[:, b].tolist()],
                "told": [model.names[x] for x in told[:, b].tolist()],
                "right": (told[:, b] == answers[:, b]).tolist(),
                "probability": p[:, b].gather(1, answers[:, b, None])[:, 0].tolist(),
            }
            for b in range(words.shape[1])
        ]
    }


def gradients(model: Model) -> dict[str, list[float]]:
    """`gradient_view` as plain lists."""
    return {name: values.tolist() for name, values in gradient_view(model, None).items()}


def gradient_view(model: Model, previous: Numbers | None) -> Numbers:
    """How much the loss at the last question mark depends on the state at each step before, by `lag` (T,).

    `norm` (T,) is the length of ∂loss/∂(h, c), `h` and `c` of its parts (c zeros where the cell has none), each the
    mean over some sequences. lag 0 is the step at which the loss is taken.
    """
    spec, (words, answers) = model.spec, model.looked
    w = {name: each.double() for name, each in still(model).items()}
    state = tuple(each.requires_grad_() for each in empty(spec.cell, words.shape[1], w))
    kept: list[Tensor] = []
    for x in w["E"][words]:  # (B, D)
        made = CELLS[spec.cell](w, x, *state)
        state = made["h"].clone(), made["c"].clone()  # as the next step finds them: c apart from what h shows of it
        kept += state
    s = state[0] @ w["O"].T + w["o"]
    found = torch.autograd.grad(cross_entropy(s, answers[-1]).sum(), kept, allow_unused=True)
    lengths = [torch.zeros(words.shape[1]) if g is None else g.norm(dim=1).double() for g in found]
    h, c = (torch.stack(lengths[first::2]).flip(0).numpy() for first in (0, 1))  # (T, B): lag 0 first
    return {"lag": np.arange(len(h)), "norm": np.hypot(h, c).mean(1), "h": h.mean(1), "c": c.mean(1)}


QUESTIONS: dict[str, Callable[..., Any]] = {"show": show, "gradients": gradients}
VIEWS: dict[str, Callable[..., Numbers]] = {"gradient_view": gradient_view}
