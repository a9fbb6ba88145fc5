"""What lives in a worker: one experiment in training, or one projection, worked on in slices.

A worker has one thread, which all its runs share in turn, so nothing here works for more than a slice at a time: the
runner asks for 50 ms, then it is another run's turn. Reading the text, training, and drawing what a stage looks at
are all cut into pieces of some milliseconds. Imports no model: a run's spec names the module, the worker loads it.
"""

import importlib
import inspect
import logging
import pickle
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from engine import checkpoints
from engine.experiments import Experiment
from engine.mistake import Mistake
from engine.snapshot import Numbers, Snapshot, View

MOST = 200  # kept moments of a run, besides the newest, which is the model itself
SIZE = 16_000_000  # bytes that kept moments may take
PATIENCE = 0.03  # seconds a model is on its way to another moment before it is another run's turn

log = logging.getLogger(__name__)


@contextmanager
def without_pandas() -> Iterator[None]:
    """Hides pandas, where it is not loaded yet, from what is imported here.

    scikit-learn would load it, and pyarrow, to know a table if it saw one: 65 MB in each worker, where there is none.
    """
    hidden = "pandas" not in sys.modules
    if hidden:
        sys.modules["pandas"] = None  # type: ignore[assignment]  # Python's own way to say: not to be found
    try:
        yield
    finally:
        if hidden:
            del sys.modules["pandas"]


def load(name: str) -> ModuleType:
    """The module of that name. One thread only: two on busy cores were measured 10 to 20 times slower, and they add up
    in another order, which a run that diverges makes a run of its own.
    """
    with without_pandas():
        module = importlib.import_module(name)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    return module


def warm_up(name: str) -> None:
    """Loads a module, and lets it load or compile what it needs (its function `warm`), before anybody waits for it."""
    getattr(load(name), "warm", lambda: None)()


def warm(modules: Iterable[str]) -> None:
    """Warms modules one by one. One that cannot be warmed fails later, under the run that needs it."""
    for name in modules:
        try:
            warm_up(name)
        except Exception:
            log.exception("could not warm %s", name)


def questioned(module: ModuleType, question: str, given: dict[str, Any]) -> Callable[[Any], Any]:
    """The question as a function of the model alone. Raises Mistake("unknown_question") or ("question_takes")."""
    questions = getattr(module, "QUESTIONS", {})
    if question not in questions:
        raise Mistake("unknown_question", name=question, allowed=list(questions))
    signature = inspect.signature(questions[question])
    try:
        signature.bind(None, **given)
    except TypeError:
        takes = list(signature.parameters)[1:]
        raise Mistake("question_takes", name=question, given=list(given), allowed=takes) from None
    return partial(questions[question], **given)


def started(
    spec: Experiment, module: ModuleType, model: Any, beforehand: bool = False
) -> tuple[Any, Iterator[Snapshot]]:
    """A prepared model and its training; or the model as its checkpoint has it, and that one moment."""
    if not beforehand:
        return model, module.train(model)
    checkpoint = checkpoints.load(spec)
    return module.with_weights(model, checkpoint.weights), iter([checkpoint.snapshot])


class Moments:
    """The weights of some moments of a run, evenly spread, in half precision: who is asked about the past.

    Every `stride`-th moment is kept. Past `most` moments or `size` bytes every second one is dropped and the stride
    doubles, so the first always stays; the last is the model itself.
    """

    def __init__(self, most: int = MOST, size: int = SIZE) -> None:
        self.most, self.size, self.stride = most, size, 1
        self._kept: dict[int, dict[str, np.ndarray]] = {}
        self._types: dict[str, np.dtype[Any]] = {}

    def due(self, index: int) -> bool:
        """Whether the weights of snapshot `index` belong in here."""
        return index % self.stride == 0

    def keep(self, index: int, weights: dict[str, np.ndarray]) -> None:
        """Keeps the weights of snapshot `index`, and makes room when there are too many."""
        self._types = {name: array.dtype for name, array in weights.items()}
        self._kept[index] = {name: checkpoints.half(array) for name, array in weights.items()}
        while len(self._kept) > 1 and (len(self._kept) > self.most or self.bytes() > self.size):
            self.stride *= 2
            self._kept = {i: kept for i, kept in self._kept.items() if self.due(i)}

    def bytes(self) -> int:
        """What the kept weights take."""
        return sum(array.nbytes for kept in self._kept.values() for array in kept.values())

    def indices(self) -> list[int]:
        """The kept moments, in order."""
        return list(self._kept)

    def weights(self, index: int) -> dict[str, np.ndarray]:
        """The weights of a kept moment, in the precision the model gave them."""
        return {name: array.astype(self._types[name]) for name, array in self._kept[index].items()}


@dataclass
class Watch:
    """A view that is looked at: `last` is the newest moment drawn, `panes` its numbers: the next line up with them."""

    id: str
    view: View
    last: int = -1
    panes: dict[str, Numbers] = field(default_factory=dict)


@dataclass
class Report:
    """What one slice of a run brought.

    `frames` are (view, index of the snapshot, the panes' numbers). `ready`: prepared, and at least where the run was
    before its worker was lost. `behind`: a view is still to be drawn. `seconds` are the CPU-seconds of the slice.
    """

    seconds: float = 0.0
    progress: float = 0.0
    facts: dict[str, Any] | None = None
    snapshots: list[Snapshot] = field(default_factory=list)
    frames: list[tuple[str, int, dict[str, Numbers]]] = field(default_factory=list)
    troubles: dict[str, Mistake] = field(default_factory=dict)
    moments: list[int] = field(default_factory=list)
    ready: bool = False
    behind: bool = False
    done: bool = False
    mistake: Mistake | None = None
    problem: str = ""  # the traceback, for the server's log


@dataclass
class Answer:
    """An answer, or why there is none. `again`: the model is still on its way to the moment; ask once more."""

    again: bool = False
    value: Any = None
    mistake: Mistake | None = None
    problem: str = ""
    seconds: float = 0.0


def excuse(problem: Exception) -> tuple[Mistake, str]:
    """What to tell the learner of an exception, and what to write in the server's log."""
    if isinstance(problem, Mistake):
        return problem, ""
    return Mistake("run_failed", reason=type(problem).__name__), traceback.format_exc()


class Parcel:
    """A learner's file on its way to a worker, not copied on the way. The server empties it once it has arrived.

    Without it the file would stay in the server's memory: Dask's calls refer to themselves and what they were given,
    and go only when all of Python's memory is looked through.
    """

    def __init__(self, data: Any) -> None:
        self.data = bytes(data)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Parcel, (pickle.PickleBuffer(self.data) if protocol >= 5 else self.data,)


class Training:
    """An experiment in a worker: its model, its training, its kept moments, and the views that are looked at."""

    def begin(self, spec: Experiment, text: str | Parcel | None, skip: int = 0, beforehand: bool = False) -> None:
        """Sets out. `skip` snapshots were reported before a worker was lost: they are trained again, not reported.

        `beforehand`: the model is the one of the spec's checkpoint, and nothing is trained.
        """
        self.spec, self.skip, self.beforehand = spec, skip, beforehand
        self.text = text.data if isinstance(text, Parcel) else text
        self.module: ModuleType | None = None
        self.model: Any = None
        self.preparing: Generator[float, None, Any]
        self.training: Iterator[Snapshot]
        self.count = 0  # snapshots trained
        self.done = False
        self.moments = Moments()
        self.views: dict[str, Watch] = {}

    def slice(self, seconds: float, limit: float, watch: list[Watch], forget: list[str]) -> Report:
        """Works for about `seconds`, and trains no further than `limit` new snapshots.

        Views come first, so that every one is up to date before the next snapshot: their frames are in order, and a
        view that somebody just asked for is there soon.
        """
        cpu, end = time.thread_time(), time.perf_counter() + seconds
        report = Report()
        for old in forget:
            self.views.pop(old, None)
        self.views.update({new.id: new for new in watch})
        try:
            while self._advance(limit, report) and time.perf_counter() < end:
                pass
            report.behind = any(self._next(each) is not None for each in self.views.values())
        except Exception as problem:
            report.mistake, report.problem = excuse(problem)
        report.moments, report.done = self._indices(), self.done
        report.ready = self.model is not None and self.count >= self.skip
        report.seconds = time.thread_time() - cpu
        return report

    def ask(self, question: str, at: int | None, given: dict[str, Any]) -> Answer:
        """The answer of the model at the kept moment nearest to snapshot `at`, or as it stands; or `again`."""
        cpu, reply, end = time.thread_time(), Answer(), time.perf_counter() + PATIENCE
        try:
            assert self.module is not None
            asked, model = questioned(self.module, question, given), self._model(at)
            while self._approach(model) and not reply.again:
                reply.again = time.perf_counter() > end
            reply.value = None if reply.again else asked(model)
        except Exception as problem:
            reply.mistake, reply.problem = excuse(problem)
        reply.seconds = time.thread_time() - cpu
        return reply

    def _advance(self, limit: float, report: Report) -> bool:
        """One piece of work: False when there is nothing left to do."""
        if self.model is None:
            return self._prepare(report)
        if self._draw(report):
            return True
        if self.done or (self.count >= self.skip and len(report.snapshots) >= limit):
            return False
        return self._train(report)

    def _prepare(self, report: Report) -> bool:
        if self.module is None:
            self.module = load(self.spec.model)
            self.preparing = self.module.preparing(self.spec, self.text)
        try:
            report.progress = next(self.preparing)
        except StopIteration as end:
            self.model, self.training = started(self.spec, self.module, end.value, self.beforehand)
            self.text, report.progress = None, 1.0
            report.facts = self.module.facts(self.model)
        return True

    def _train(self, report: Report) -> bool:
        """Trains to the next snapshot, and keeps the moment it leaves, if it is one of those to keep."""
        assert self.module is not None
        if self._approach(self.model):
            return True
        left = self.count - 1
        weights = self.module.weights(self.model) if self.count and self.moments.due(left) else None
        snapshot = next(self.training, None)
        if snapshot is None:
            self.done = True
            return False
        if weights is not None:
            self.moments.keep(left, weights)
        self.count += 1
        if self.count > self.skip:
            report.snapshots.append(snapshot)
        report.progress = min(self.count / self.skip, 1.0) if self.skip else 1.0
        return True

    def _draw(self, report: Report) -> bool:
        """Draws one moment of one view: False when all views are up to date."""
        for watched in self.views.values():
            index = self._next(watched)
            if index is not None:
                model = self._model(index)
                if self._approach(model):
                    return True
                watched.panes = self._panes(watched, model, report)
                watched.last = index
                report.frames.append((watched.id, index, watched.panes))
                return True
        return False

    def _panes(self, watched: Watch, model: Any, report: Report) -> dict[str, Numbers]:
        """The numbers of each pane at a moment; a pane that cannot be drawn is left out and its mistake reported."""
        panes = {}
        functions = getattr(self.module, "VIEWS", {})
        for pane in watched.view.panes:
            try:
                if pane.function not in functions:
                    raise Mistake("unknown_question", name=pane.function, allowed=list(functions))
                panes[pane.name] = functions[pane.function](model, watched.panes.get(pane.name), **dict(pane.given))
            except Exception as problem:
                report.troubles[watched.id], report.problem = excuse(problem)
        return panes

    def _approach(self, model: Any) -> bool:
        """A piece of what must be done before a model whose moments share something can be used. Whether there is more.

        It has a function `approach` for it.
        """
        piece: Callable[[Any], bool] = getattr(self.module, "approach", lambda model: False)
        return piece(model)

    def _next(self, watched: Watch) -> int | None:
        """The first moment that this view has not drawn yet."""
        return next((index for index in self._indices() if index > watched.last), None)

    def _indices(self) -> list[int]:
        """The moments that can be asked: those kept, and the newest, which is the model as it stands."""
        kept = self.moments.indices()
        return kept if not self.count or kept[-1:] == [self.count - 1] else [*kept, self.count - 1]

    def _model(self, at: int | None) -> Any:
        if at is None or not self.count:
            return self.model
        index = min(self._indices(), key=lambda kept: abs(kept - at))
        if index == self.count - 1:
            return self.model
        assert self.module is not None
        return self.module.with_weights(self.model, self.moments.weights(index))


@dataclass
class Drawn:
    """What one slice of a projection brought."""

    seconds: float = 0.0
    progress: float = 0.0
    result: np.ndarray | None = None
    done: bool = False
    mistake: Mistake | None = None
    problem: str = ""


class Projecting:
    """A projection in its worker: a generator that yields how far it is and returns the coordinates."""

    def begin(self, module: str, method: str, vectors: np.ndarray, parameters: dict[str, Any]) -> None:
        """Sets out."""
        self.given = module, method, vectors, parameters
        self.work: Generator[float, None, np.ndarray] | None = None

    def slice(self, seconds: float) -> Drawn:
        """Works for about `seconds`, or for as long as one piece takes: this worker trains nobody."""
        cpu, end, drawn = time.thread_time(), time.perf_counter() + seconds, Drawn()
        try:
            if self.work is None:
                self.work = self._start()
            while time.perf_counter() < end:
                drawn.progress = next(self.work)
        except StopIteration as stop:
            drawn.result, drawn.progress, drawn.done = stop.value, 1.0, True
        except Exception as problem:
            drawn.mistake, drawn.problem = excuse(problem)
        drawn.seconds = time.thread_time() - cpu
        return drawn

    def _start(self) -> Generator[float, None, np.ndarray]:
        module, method, vectors, parameters = self.given
        methods = load(module).METHODS
        if method not in methods:
            raise Mistake("unknown_question", name=method, allowed=list(methods))
        work: Generator[float, None, np.ndarray] = methods[method](vectors, **parameters)
        return work
