"""A throw-away experiment and its model, so that the runner is not made for Word2Vec alone.

Logistic regression by gradient descent on two clouds of points: real arithmetic, and dials to misbehave with.
"""

import math
import os
import signal
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from engine.experiments import Experiment, choice, number
from engine.mistake import Mistake
from engine.snapshot import Numbers, Snapshot


@dataclass(frozen=True)
class Toy(Experiment):
    """Logistic regression. `at` is the snapshot at which `trouble` comes; `work` milliseconds are spent a snapshot.

    With `moving` its moments share one place, and it takes so many milliseconds to move it from one to the next.
    """

    name: ClassVar[str] = "toy"
    model: ClassVar[str] = __name__

    steps: int = number(100, 1, 100_000)
    dim: int = number(4, 1, 1_000_000)
    work: float = number(1.0, 0.0, 1000.0)
    reading: float = number(0.0, 0.0, 10_000.0)
    moving: float = number(0.0, 0.0, 100.0)
    trouble: str = choice("none", "none", "raise", "mistake", "kill", "kill_once", "stop")
    at: int = number(0, 0, 100_000)
    mark: str = choice("")
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class Line:
    """points (N, D), labels (N,), weights (D,), step (1,) the moment it is, place (1,) where all moments are now."""

    spec: Toy
    points: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    step: np.ndarray
    place: np.ndarray
    text: str | None


def spin(milliseconds: float) -> None:
    """Takes that much of the processor. No sleep: fairness is about CPU time."""
    end = time.thread_time() + milliseconds / 1000
    while time.thread_time() < end:
        math.sqrt(2.0)


def preparing(spec: Toy, text: str | None = None) -> Generator[float, None, Line]:
    for done in range(int(spec.reading)):
        spin(1)
        yield done / spec.reading
    rng = np.random.default_rng(spec.seed)
    labels = np.repeat([0.0, 1.0], 50)
    points = rng.normal(size=(100, spec.dim)) + labels[:, None]
    return Line(spec, points, labels, np.zeros(spec.dim), np.zeros(1, int), np.zeros(1, int), text)


def build(spec: Toy, text: str | None = None) -> Line:
    work = preparing(spec, text)
    while True:
        try:
            next(work)
        except StopIteration as end:
            line: Line = end.value
            return line


def train(line: Line) -> Iterator[Snapshot]:
    spec = line.spec
    for step in range(spec.steps + 1):
        if step == spec.at:
            misbehave(spec)
        yield Snapshot(step, spec.steps, 0.0, {"loss": loss(line)})
        if step < spec.steps:
            spin(spec.work)
            line.weights[:] -= 0.1 * gradient(line)
            check(line)
            line.step[:] = line.place[:] = step + 1


def sigma(line: Line) -> np.ndarray:
    z: np.ndarray = 1 / (1 + np.exp(-(line.points @ line.weights)))
    return z


def loss(line: Line) -> float:
    p = sigma(line)
    return float(-np.mean(line.labels * np.log(p) + (1 - line.labels) * np.log(1 - p)))


def gradient(line: Line) -> np.ndarray:
    g: np.ndarray = (sigma(line) - line.labels) @ line.points / len(line.labels)
    return g


def misbehave(spec: Toy) -> None:
    """What may go wrong in a worker. `kill_once` leaves a mark, and behaves when it finds one."""
    if spec.trouble == "raise":
        raise ZeroDivisionError("the toy was told to")
    if spec.trouble == "mistake":
        raise Mistake("dial_number", name="toy", value="x", low="0", high="1")
    if spec.trouble == "kill" or (spec.trouble == "kill_once" and not Path(spec.mark).exists()):
        Path(spec.mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if spec.trouble == "stop":
        sum(range(10**13))  # for days, and no other thread gets a word in


def facts(line: Line) -> dict[str, Any]:
    return {"parameters": len(line.weights), "text": line.text, "process": os.getpid()}


def weights(line: Line) -> dict[str, np.ndarray]:
    return {"weights": line.weights.copy(), "step": line.step.copy()}


def with_weights(line: Line, weights: dict[str, np.ndarray]) -> Line:
    return replace(line, **weights)


def approach(line: Line) -> bool:
    """One moment nearer. Whether there is more to do."""
    if line.spec.moving and line.place != line.step:
        spin(line.spec.moving)
        line.place[:] += np.sign(line.step - line.place)
    return bool(line.spec.moving and line.place != line.step)


def check(line: Line) -> None:
    if line.spec.moving and line.place != line.step:
        raise RuntimeError("nobody moved it")


def read_loss(line: Line, plus: float = 0.0) -> dict[str, float]:
    check(line)
    return {"loss": loss(line) + plus}


def raising(line: Line) -> None:
    raise KeyError("the toy was told to")


def killing(line: Line) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def weights_view(line: Line, previous: Numbers | None, sign: float = 1.0) -> Numbers:
    """`behind` is how far the weights are from the frame before: what Procrustes would work on."""
    check(line)
    now = sign * line.weights
    before = now if previous is None else previous["weights"]
    return {"weights": now.copy(), "behind": float(np.abs(now - before).max())}


def picky_view(line: Line, previous: Numbers | None, word: str) -> Numbers:
    raise Mistake("dial_option", name="word", value=word, allowed="none")


QUESTIONS: dict[str, Callable[..., Any]] = {"loss": read_loss, "raising": raising, "killing": killing}
VIEWS: dict[str, Callable[..., Numbers]] = {"weights": weights_view, "picky": picky_view}
