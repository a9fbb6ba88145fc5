"""Runs experiments on a Dask cluster, on this machine by default. Imports no model: workers load them.

A run is an actor in a worker. Each worker has a lane (engine/lane.py) that gives its runs slices of about 50 ms in
turn, so thirty runs share two workers fairly, and each can be paused, stepped or cancelled between two slices. A run
whose worker was lost is trained again to where it was: the same spec gives the same numbers.
"""

import atexit
import hashlib
import logging
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import dask
import numpy as np
from distributed import Client, LocalCluster

from engine.experiments import EXPERIMENTS, OWN, Experiment
from engine.lane import Job, Lane, Pace, Question, addresses
from engine.mistake import Mistake
from engine.snapshot import Frame, Snapshot, View
from engine.worker import Answer, Drawn, Projecting, Report, Training, Watch

PROJECTIONS = "engine.measure.projections"

# One thread per process, set before a worker imports numpy. No sampling of the workers' stacks. Actors cannot be moved
# to disk, so a worker that grows is not slowed down but replaced.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SETTINGS = {
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREADS, "1") | {"MALLOC_TRIM_THRESHOLD_": "65536"},
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How many, how long, how much. Times are in seconds; tests lower them."""

    workers: int = 2  # that train; one more is started when the first projection is asked for
    memory: str = "1.5GiB"  # of a worker; one that takes more is replaced
    slice: float = 0.05  # of a worker's time for one run, before it is another's turn
    stuck: float = 60.0  # a worker that has not come back from a slice by then is replaced
    kills: int = 2  # workers that one run may cost
    open: int = 60  # runs that are being trained or paused
    waiting: int = 60  # runs in the queue for that
    lease: float = 20.0  # without a sign of life from the page a run pauses
    drop: float = 120.0  # and later is dropped
    forget: float = 600.0  # a run that is over is forgotten this long after it would have been dropped
    unwatched: float = 6.0  # the stage beats every 5 s: without one for longer nobody watches, and a run can be adopted
    kept: int = 8  # trained models a worker keeps in memory for questions; others are trained again when asked
    views: int = 32  # that one run keeps frames of
    warm: tuple[str, ...] = tuple(sorted({each.model for each in EXPERIMENTS.values()}))  # loaded before anybody waits


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
    except `ask` and `wait`.
    """

    actor = Training

    def __init__(self, runner: "Runner", spec: Experiment, text: str | None, shared: bool) -> None:
        super().__init__()
        self.token = secrets.token_urlsafe(12)
        self.spec, self.shared = spec, shared
        self.facts: dict[str, Any] | None = None
        self.history: list[Snapshot] = []
        self.seen = time.monotonic()  # when somebody last looked
        self._runner, self._change = runner, runner.change
        self._text = text
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
        return self.spec, self._text, len(self.history)

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

    def is_open(self) -> bool:
        """Whether it takes one of the places for runs."""
        return not self._end and not self._finished and not self.shared and self not in self._runner.queue

    def expire(self, now: float, limits: Limits) -> None:
        """Pauses it, or drops it, when nobody has looked for long."""
        idle = now - self.seen
        if self.shared or self._end:
            return
        if idle > limits.drop:
            self._stop("dropped")
        elif idle > limits.lease and not self._finished and not self._away:
            self._away = True
            self._change.notify_all()

    def come_back(self) -> None:
        """A dropped run is taken up again, where it was. Raises Mistake("own_text_missing")."""
        if str(self.spec.values().get("corpus", "")).startswith(OWN):
            raise Mistake("own_text_missing")
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


class Runner:
    """The runs of one process, and the cluster they run on."""

    def __init__(self, client: Any, cluster: Any, limits: Limits) -> None:
        self.client, self.cluster, self.limits = client, cluster, limits
        self.change = threading.Condition()  # one lock for all runs; told whenever something changed
        self.queue: list[Run] = []
        self._runs: dict[str, Run] = {}
        self._demos: dict[Experiment, Run] = {}
        self._claimed: set[str] = set()
        self._closed = threading.Event()
        names = sorted(addresses(client))
        spare = names[-1:] if cluster is None and len(names) > 1 else []
        self._projector_name = spare[0] if spare else None
        self._claimed.update(spare)
        self._projector: Lane | None = None
        self._lanes = [self._lane(name, limits.warm) for name in names if name not in spare]
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._keeper.start()

    def _lane(self, name: str, modules: tuple[str, ...]) -> Lane:
        limits = self.limits
        pace = Pace(limits.slice, limits.stuck, limits.kills, limits.kept)
        return Lane(self.client, name, self._claimed, self.change, pace, modules)

    def submit(self, spec: Experiment, text: str | None = None, shared: bool = False) -> Run:
        """Starts a run, or puts it into the queue when there are too many.

        `text` is the learner's own, if the spec names one. Raises Mistake("class_full") when the queue is full too.
        """
        run = Run(self, spec, text, shared)
        with self.change:
            if not shared and self._full():
                if len(self.queue) >= self.limits.waiting:
                    raise Mistake("class_full", place=len(self.queue) + 1)
                self.queue.append(run)
            else:
                self._place(run)
            self._runs[run.token] = run
        return run

    def find(self, token: str) -> Run | None:
        """The run with that token; None if there is none, or it was forgotten."""
        with self.change:
            return self._runs.get(token)

    def adopt(self, spec: Experiment) -> Run | None:
        """An equal spec's run that nobody watches, for a learner who comes back."""
        with self.change:
            since = time.monotonic() - self.limits.unwatched
            for run in reversed(self._runs.values()):
                if run.spec == spec and not run.shared and not run.over() and run.seen <= since:
                    run.beat()
                    return run
        return None

    def demo(self, spec: Experiment) -> Run:
        """The run of that spec that all share. It is never paused or dropped."""
        with self.change:
            run = self._demos.get(spec)
            if run is None or run.over():
                run = self._demos[spec] = self.submit(spec, shared=True)
            return run

    def counts(self) -> dict[str, int]:
        """How many runs are running, waiting, paused."""
        with self.change:
            states = [run.state for run in self._runs.values()]
        running = sum(state in ("preparing", "running") for state in states)
        return {"running": running, "waiting": states.count("queued"), "paused": states.count("paused")}

    def project(self, vectors: np.ndarray, method: str, **parameters: Any) -> Projection:
        """Projects vectors (N, D) on a worker of its own, which the first call starts. Poll `state` and `progress`."""
        projection = Projection(self.change, vectors, method, parameters)
        with self.change:
            if self._projector is None:
                self._projector = self._lane(self._projection_worker(), (PROJECTIONS,))
            self._projector.add(projection)
        return projection

    def _projection_worker(self) -> str:
        """The name of a worker that trains nobody: a new one here; of a given cluster the last, if it has several."""
        if isinstance(self.cluster, LocalCluster) and self.cluster.processes:
            self.cluster.scale(self.limits.workers + 1)
            return str(self.limits.workers)
        return self._projector_name or self._lanes[-1].name

    def wait_warm(self, timeout: float) -> bool:
        """Waits until the training workers have loaded what they need."""
        end = time.monotonic() + timeout
        return all(lane.warm.wait(max(0.0, end - time.monotonic())) for lane in self._lanes)

    def close(self) -> None:
        """Ends all runs and the cluster."""
        if self._closed.is_set():
            return
        self._closed.set()
        for run in list(self._runs.values()):
            run.cancel()
        for lane in [*self._lanes, *([self._projector] if self._projector else [])]:
            lane.close()
        for each in (self.client, self.cluster):
            if each is not None:
                each.close(timeout=5)

    # What follows is called under the lock.

    def admit(self) -> None:
        """Lets runs in from the queue while there is room."""
        self.queue = [run for run in self.queue if not run.over()]
        while self.queue and not self._full():
            self._place(self.queue.pop(0))

    def revive(self, run: Run) -> None:
        """Takes up a dropped run, to be asked. Raises Mistake("own_text_missing")."""
        run.come_back()
        self._runs[run.token] = run
        if not any(run in lane.jobs for lane in self._lanes):
            self._place(run)

    def _full(self) -> bool:
        return sum(run.is_open() for run in self._runs.values()) >= self.limits.open

    def _place(self, run: Run) -> None:
        """Gives a run to the worker with the fewest runs in training."""
        lane = min(self._lanes, key=lambda lane: sum(not job.over() and job.spare() is None for job in lane.jobs))
        lane.add(run)

    def _keep(self) -> None:
        """Pauses and drops runs that nobody looks at, and forgets those that have been over for long."""
        limits = self.limits
        while not self._closed.wait(min(1.0, limits.lease / 5)):
            now = time.monotonic()
            with self.change:
                for run in list(self._runs.values()):
                    run.expire(now, limits)
                    if run.over() and now - run.seen > limits.drop + limits.forget:
                        del self._runs[run.token]


def start(scheduler: str | None = None, **limits: Any) -> Runner:
    """The process's runner, on workers of its own or on the cluster whose scheduler has that address.

    Returns when the workers are there; they load and compile in the background, and runs wait for it. `limits` are
    fields of `Limits`. The runner there was is closed.
    """
    known = {each.name for each in fields(Limits)}
    assert set(limits) <= known, f"limits are {sorted(known)}"
    return _begin(lambda: _connect(scheduler, Limits(**limits)))


def current() -> Runner:
    """The process's runner. Without `start`, as in tests of pages, one whose worker is a thread of this process."""
    with _lock:
        return _current[0] if _current else _begin(_in_process)


_lock = threading.RLock()
_current: list[Runner] = []


def _begin(make: Callable[[], Runner]) -> Runner:
    with _lock:
        while _current:
            _current.pop().close()
        dask.config.set(SETTINGS)
        runner = make()
        _current.append(runner)
        atexit.register(runner.close)
        return runner


def _connect(scheduler: str | None, limits: Limits) -> Runner:
    if scheduler:
        client = Client(scheduler, set_as_default=False)
        client.wait_for_workers(1, timeout=60)
        return Runner(client, None, limits)
    cluster = LocalCluster(
        n_workers=limits.workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        memory_limit=limits.memory,
    )
    client = Client(cluster, set_as_default=False, direct_to_workers=True)
    return Runner(client, cluster, limits)


def _in_process() -> Runner:
    limits = Limits(workers=1, memory="0", warm=())
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, memory_limit=0)
    return Runner(Client(cluster, set_as_default=False), cluster, limits)
