"""Handles on what is being worked on: a run of an experiment, and a projection of its vectors.

A handle lives in the server. Its methods for pages can be called from any thread; those for its lane and for the
runner are called under the runner's lock.
"""

import hashlib
import math
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import checkpoints
from engine.experiments import OWN, Experiment
from engine.lane import Job, Question
from engine.mistake import Mistake
from engine.snapshot import Frame, Snapshot, View
from engine.worker import Answer, Drawn, Parcel, Projecting, Report, Training, Watch

if TYPE_CHECKING:
    from engine.runner import Limits, Runner

PROJECTIONS = "engine.measure.projections"


@dataclass
class _Watched:
    """A view of a run in the server: its frames so far, and whether the actor knows of it."""

    view: View
    frames: list[Frame] = field(default_factory=list)
    trouble: Mistake | None = None
    told: bool = False


class Run(Job):
    """A handle on one experiment in a worker. Made by `Runner.submit`.

    `history` holds every snapshot so far. All methods may be called from any thread; none waits for the worker,
    except `ask` and `wait`. A run that is `beforehand` has the one moment of its checkpoint.
    """

    actor = Training

    def __init__(self, runner: "Runner", spec: Experiment, text: str | bytes | None, shared: bool) -> None:
        super().__init__()
        self.token = secrets.token_urlsafe(12)
        self.spec, self.shared = spec, shared
        self.beforehand = shared and checkpoints.exists(spec)
        self.facts: dict[str, Any] | None = None
        self.history: list[Snapshot] = []
        self.seen = time.monotonic()  # when somebody last looked
        self._runner, self._change = runner, runner.change
        self._text = Parcel(text) if isinstance(text, bytes) else text
        self._end = ""  # failed, cancelled or dropped
        self._finished = 0.0  # when training was over
        self._held = False  # paused by the learner
        self._away = False  # paused because nobody looks
        self._left: int | None = None  # snapshots to go before it holds
        self._allowed: int | None = None  # what `_left` was when the slice under way began
        self._training = False  # a slice that may train is under way
        self._ready = False  # the actor is prepared and where it was
        self._behind = False  # a view is still to be drawn
        self._moments: list[int] = []
        self._views: OrderedDict[str, _Watched] = OrderedDict()  # the one looked at last is last
        self._unwatched: list[str] = []
        self._questions: list[Question] = []

    def __repr__(self) -> str:
        return f"<Run {self.spec.name} {self.spec.key()} {self.state}>"

    @property
    def state(self) -> str:
        """queued, preparing, running, paused, done, failed, cancelled or dropped."""
        with self._change:
            if self._end:
                return self._end
            if self in self._runner.queue:
                return "queued"
            if self._finished:
                return "done"
            if (self._held or self._away) and not self._training:
                return "paused"
            return "preparing" if self.facts is None else "running"

    @property
    def place(self) -> int:
        """The number in the queue, from 1; 0 when it is not queued."""
        with self._change:
            return self._runner.queue.index(self) + 1 if self in self._runner.queue else 0

    def latest(self) -> Snapshot | None:
        """The newest snapshot."""
        return self.history[-1] if self.history else None

    def metric(self, name: str) -> float:
        """A metric of the newest snapshot; nan where there is none."""
        last = self.latest()
        return last.metrics.get(name, math.nan) if last else math.nan

    def moments(self) -> list[int]:
        """Indices into `history` of the moments that can be asked and drawn exactly."""
        return list(self._moments)

    def watch(self, view: View) -> str:
        """Has `view` drawn at every moment from now on, and at the kept moments before. Returns the view's id."""
        name = hashlib.sha256(repr(view).encode()).hexdigest()[:12]
        with self._change:
            self._look()
            if name not in self._views:
                self._views[name] = _Watched(view)
                self._behind = True
                while len(self._views) > self._runner.limits.views:
                    old, gone = self._views.popitem(last=False)
                    self._unwatched += [old] if gone.told else []
            self._views.move_to_end(name)
            self._change.notify_all()
        return name

    def frames(self, view_id: str, since: int = -1) -> list[Frame]:
        """The frames of a view after moment `since`, in order. A sign of life, as `beat`."""
        with self._change:
            self._look()
            if view_id not in self._views:
                return []
            self._views.move_to_end(view_id)
            return [frame for frame in self._views[view_id].frames if frame.index > since]

    def trouble(self, view_id: str) -> Mistake | None:
        """Why panes are missing from the frames of a view, if some are (say a word that the text does not have)."""
        with self._change:
            return self._views[view_id].trouble if view_id in self._views else None

    def ask(self, question: str, /, at: int | None = None, timeout: float = 30.0, **given: Any) -> Any:
        """The answer of one of the model's QUESTIONS, at the kept moment nearest to `at`, or of the model as it stands.

        Is answered before the next slice. A model that is no longer in memory is first trained again, with `progress`.
        Raises Mistake: the answer's own, the run's if it failed, ("run_gone"), or ("ask_late") after `timeout` seconds.
        """
        asked = Question(question, at, given)
        with self._change:
            self._look()
            if self._end == "dropped":
                self._runner.revive(self)
            if self._end:
                raise self.mistake or Mistake("run_gone")
            self._questions.append(asked)
            self._change.notify_all()
        try:
            return asked.reply.result(timeout)
        except TimeoutError:
            with self._change:
                self._questions = [each for each in self._questions if each is not asked]
            raise Mistake("ask_late", seconds=f"{timeout:g}") from None

    def pause(self) -> None:
        """Stops before the next snapshot, until `resume` or `step`."""
        self._control(held=True, left=None)

    def resume(self) -> None:
        """Goes on."""
        self._control(held=False, left=None)

    def step(self, n: int = 1) -> None:
        """Goes on for n snapshots, then pauses."""
        with self._change:
            self._control(held=False, left=(self._left or 0) + n)

    def _control(self, held: bool, left: int | None) -> None:
        with self._change:
            self._look()
            if not self._finished:
                self._held, self._left = held, left
            self._change.notify_all()

    def beat(self) -> None:
        """Somebody is looking: the run goes on, unless the learner paused it."""
        with self._change:
            self._look()

    def leave(self) -> None:
        """The page that watched was closed: whoever comes back with this spec may adopt it at once."""
        with self._change:
            self.seen -= self._runner.limits.unwatched

    def _look(self) -> None:
        self.seen = time.monotonic()
        if self._away:
            self._away = False
            self._change.notify_all()

    def cancel(self) -> None:
        """Ends it, and frees what it holds."""
        self._stop("cancelled")

    def fail(self, mistake: Mistake) -> None:
        """Ends it with a sentence."""
        self._stop("failed", mistake)

    def _stop(self, end: str, mistake: Mistake | None = None) -> None:
        with self._change:
            if self._end:
                return
            self._end, self.mistake = end, mistake
            self._drop_file()
            self._text, self._training = None, False
            for asked in self._questions:
                asked.reply.set_exception(mistake or Mistake("run_gone"))
            self._questions = []
            self._runner.admit()
            self._change.notify_all()

    def wait(self, *states: str, timeout: float) -> str:
        """Waits until the state is one of `states`, at most `timeout` seconds. Returns the state. No sign of life."""
        with self._change:
            self._change.wait_for(lambda: self.state in states, timeout)
            return self.state

    # What follows is the lane's side, under the lock.

    def over(self) -> bool:
        return bool(self._end)

    def wants(self) -> bool:
        if self._end:
            return False
        if self._questions or (self._behind and self.history):
            return True
        return not self._finished and not self._held and not self._away

    def beginning(self) -> tuple[Any, ...]:
        return self.spec, self._text, len(self.history), self.beforehand

    def order(self) -> tuple[Any, ...]:
        self._training = not (self._held or self._away or self._finished)
        self._allowed = self._left if self._training else 0
        limit = math.inf if self._allowed is None else self._allowed
        new = [self._watch(name, each) for name, each in self._views.items() if not each.told]
        for each in self._views.values():
            each.told = True
        forget, self._unwatched = self._unwatched, []
        return limit, new, forget

    def _watch(self, name: str, watched: _Watched) -> Watch:
        """What a new actor has to know of a view: where it was, and what the next frame lines up with."""
        if not watched.frames:
            return Watch(name, watched.view)
        last = watched.frames[-1]
        return Watch(name, watched.view, last.index, last.panes)

    def take(self, report: Report) -> None:
        self._training = False
        if self._end:
            return
        self.facts = report.facts or self.facts
        if report.facts:
            self._drop_file()  # the worker has read it: fifty megabytes are not kept twice
        self.progress = report.progress if report.progress else self.progress
        self.history += report.snapshots
        self._ready = report.ready
        self._moments = report.moments if report.ready else self._moments
        self._behind = report.behind or any(not each.told for each in self._views.values())
        self._file(report)
        if self._allowed and self._left:
            self._left = max(0, self._left - len(report.snapshots)) or None
            self._held = self._left is None
        if report.mistake:
            self.fail(report.mistake)
        elif report.done and not self._finished:
            self._finished = time.monotonic()
            self._runner.admit()

    def _file(self, report: Report) -> None:
        for name, index, panes in report.frames:
            if name in self._views:
                self._views[name].frames.append(Frame(index, self.history[index], panes))
        for name, trouble in report.troubles.items():
            if name in self._views:
                self._views[name].trouble = trouble

    def lost(self) -> None:
        self._ready = self._training = False
        for each in self._views.values():
            each.told = False

    def question(self) -> Question | None:
        return self._questions[0] if self._ready and self._questions else None

    def answered(self, question: Question, answer: Answer) -> None:
        if question in self._questions:
            self._questions.remove(question)
            if answer.mistake:
                question.reply.set_exception(answer.mistake)
            else:
                question.reply.set_result(answer.value)

    def spare(self) -> float | None:
        return self.seen if self._finished and not self.shared and not self._questions else None

    # What follows is the runner's side, under the lock.

    def carries(self) -> int:
        """Bytes of a learner's file that wait here until a worker has read them."""
        return len(self._text.data) if isinstance(self._text, Parcel) else 0

    def _drop_file(self) -> None:
        if isinstance(self._text, Parcel):
            self._text.data, self._text = b"", None

    def is_open(self) -> bool:
        """Whether it takes one of the places for runs."""
        return not self._end and not self._finished and not self.shared and self not in self._runner.queue

    def expire(self, now: float, limits: "Limits") -> None:
        """Pauses it, or drops it, when nobody has looked for long. Its frames are the most of what it takes here."""
        idle = now - self.seen
        if self.shared:
            return
        if idle > limits.drop:
            self._stop("dropped")
            self._views.clear()
        elif idle > limits.lease and not (self._end or self._finished or self._away):
            self._away = True
            self._change.notify_all()

    def come_back(self) -> None:
        """A dropped run is taken up again, where it was. Raises Mistake("own_text_missing") or ("vectors_missing")."""
        if str(self.spec.values().get("corpus", "")).startswith(OWN):
            raise Mistake("vectors_missing" if self.spec.reads == "vectors" else "own_text_missing")
        self._end, self._away, self._ready = "", not self._finished, False


class Projection(Job):
    """A projection to two or three dimensions (UMAP, t-SNE) on a worker of its own.

    `state` is running, done, failed or cancelled; `result` the coordinates (N, dims) once it is done.
    """

    actor = Projecting

    def __init__(self, change: threading.Condition, vectors: np.ndarray, method: str, parameters: dict[str, Any]):
        super().__init__()
        self.state = "running"
        self.result: np.ndarray | None = None
        self._change, self._given = change, (PROJECTIONS, method, vectors, parameters)

    def __repr__(self) -> str:
        return f"<Projection {self._given[1]} {self.state}>"

    def cancel(self) -> None:
        """Ends it after the piece of work that is under way."""
        with self._change:
            if self.state == "running":
                self.state = "cancelled"
                self._change.notify_all()

    def wait(self, timeout: float) -> str:
        """Waits until it is over, at most `timeout` seconds. Returns the state."""
        with self._change:
            self._change.wait_for(self.over, timeout)
            return self.state

    def over(self) -> bool:
        return self.state != "running"

    def wants(self) -> bool:
        return self.state == "running"

    def beginning(self) -> tuple[Any, ...]:
        return self._given

    def order(self) -> tuple[Any, ...]:
        return ()

    def take(self, drawn: Drawn) -> None:
        if self.over():
            return
        self.progress = drawn.progress
        if drawn.mistake:
            self.fail(drawn.mistake)
        elif drawn.done:
            self.state, self.result = "done", drawn.result

    def fail(self, mistake: Mistake) -> None:
        if not self.over():
            self.state, self.mistake = "failed", mistake
