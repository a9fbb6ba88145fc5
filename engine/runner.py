"""Runs experiments on a Dask cluster, on this machine by default. Imports no model: workers load them.

A run is an actor in a worker. Each worker has a lane (engine/lane.py) that gives its runs slices of about 50 ms in
turn, so thirty runs share two workers fairly, and each can be paused, stepped or cancelled between two slices. A run
whose worker was lost is trained again to where it was: the same spec gives the same numbers.
"""

import atexit
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from multiprocessing import spawn
from typing import Any

import dask
import numpy as np
from distributed import Client, LocalCluster

from engine.experiments import EXPERIMENTS, Experiment
from engine.lane import Lane, Pace, addresses
from engine.mistake import Mistake
from engine.run import PROJECTIONS, Projection, Run

__all__ = ["Limits", "Projection", "Run", "Runner", "current", "start"]

# One thread per process, set before a worker imports numpy. No sampling of the workers' stacks. Actors cannot be moved
# to disk, so a worker that grows is not slowed down but replaced. On a busy machine a new worker takes its time: Dask
# gives it up after a while, by which time another loss may have happened (then `_keep` starts one). Dask looks at its
# own health less often: with its own intervals the idle server took 6 % of a core, so it takes under 2 %.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SETTINGS = {
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREADS, "1") | {"MALLOC_TRIM_THRESHOLD_": "65536"},
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.deploy.lost-worker-timeout": "60s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "10s",
    "distributed.admin.system-monitor.interval": "5s",
}
# While cores are scarce, workers stand back for the server, which answers at once, and the browser beside it; the one
# that projects stands back for those that train. Every 5 of niceness leave a third of what others get.
NICE, NICER = 5, 10


@dataclass(frozen=True)
class Limits:
    """How many, how long, how much. Times are in seconds; tests lower them."""

    workers: int = 2  # that train; one more is started when the first projection is in sight
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
    carried: int = 110_000_000  # bytes of learners' files that wait in this process for a worker to read them
    warm: tuple[str, ...] = tuple(sorted({each.model for each in EXPERIMENTS.values()}))  # loaded before anybody waits


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
        names = sorted(addresses(client) or {})
        spare = names[-1:] if cluster is None and len(names) > 1 else []
        self._projector_name = spare[0] if spare else None
        self._claimed.update(spare)
        self._projector: Lane | None = None
        self._workers = limits.workers if isinstance(cluster, LocalCluster) else 0  # that are ours to start
        nice = NICE if self._workers and cluster.processes else 0  # never this process, nor somebody else's cluster
        self._lanes = [self._lane(name, limits.warm, nice) for name in names if name not in spare]
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._keeper.start()

    def _lane(self, name: str, modules: tuple[str, ...], nice: int = 0) -> Lane:
        limits = self.limits
        pace = Pace(limits.slice, limits.stuck, limits.kills, limits.kept)
        return Lane(self.client, name, self._claimed, self.change, pace, modules, nice)

    def submit(self, spec: Experiment, text: str | bytes | None = None, shared: bool = False) -> Run:
        """Starts a run, or puts it into the queue when there are too many.

        `text` is the learner's own, if the spec names one: a file's bytes where it reads "vectors". Raises Mistake
        ("class_full") when the queue is full too, and ("vectors_busy") when too much waits to be read.
        """
        run = Run(self, spec, text, shared)
        with self.change:
            if self._closed.is_set():
                raise RuntimeError("this runner is closed")
            if run.carries() and sum(each.carries() for each in [run, *self._runs.values()]) > self.limits.carried:
                raise Mistake("vectors_busy")
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
        """The run of that spec that all share: of its checkpoint, if it has one. It is never paused or dropped."""
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
        """Projects vectors (N, D) on a worker of its own. Poll `state` and `progress`."""
        projection = Projection(self.change, vectors, method, parameters)
        with self.change:
            self.prepare_to_project().add(projection)
        return projection

    def prepare_to_project(self) -> Lane:
        """The lane that projects, its worker started by the first call: it takes some seconds, so call it early."""
        with self.change:
            if self._projector is None:
                self._projector = self._projecting_lane()
            return self._projector

    def _projecting_lane(self) -> Lane:
        """On a worker that trains nobody: a new one here, others go first; of a given cluster the last of several."""
        if self._workers and self.cluster.processes:
            self._workers = self.limits.workers + 1
            self.cluster.scale(self._workers)
            return self._lane(str(self.limits.workers), (PROJECTIONS,), NICER)
        return self._lane(self._projector_name or self._lanes[-1].name, (PROJECTIONS,))

    def wait_warm(self, timeout: float) -> bool:
        """Waits until the training workers have loaded what they need."""
        end = time.monotonic() + timeout
        return all(lane.warm.wait(max(0.0, end - time.monotonic())) for lane in self._lanes)

    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed.is_set()

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
        """Pauses and drops runs that nobody looks at, forgets those that have been over for long, replaces workers."""
        limits = self.limits
        while not self._closed.wait(min(1.0, limits.lease / 5)):
            if self._workers and len(self.cluster.workers) < self._workers:
                self.cluster.scale(self._workers)
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
    return _begin(lambda: _connect(scheduler, Limits(**limits)))


def current() -> Runner:
    """The process's runner. Without `start`, as in tests of pages, one whose worker is a thread of this process."""
    with _lock:
        if _current and not _current[0].closed():
            return _current[0]
        return _begin(_in_process)


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
    cluster = _cluster(limits, processes=True)
    return Runner(Client(cluster, set_as_default=False, direct_to_workers=True), cluster, limits)


def _in_process() -> Runner:
    limits = Limits(workers=1, memory="0", warm=())
    cluster = _cluster(limits, processes=False)
    return Runner(Client(cluster, set_as_default=False), cluster, limits)


@cache
def _begin_workers_bare() -> None:
    """New worker processes leave this process's main module alone, from now on.

    Python would run it at the beginning of each. Streamlit puts the page's script in its place, and a worker that
    replaces a lost one, or the one that projects, would try to draw the page, fail, and never come.
    """
    prepared = spawn.get_preparation_data

    def bare(name: str) -> dict[str, Any]:
        return {key: value for key, value in prepared(name).items() if not key.startswith("init_main")}

    spawn.get_preparation_data = bare


def _cluster(limits: Limits, processes: bool) -> Any:
    """Workers of this machine, heard by nobody outside; any free port will do."""
    _begin_workers_bare()
    return LocalCluster(
        n_workers=limits.workers,
        threads_per_worker=1,
        processes=processes,
        memory_limit=limits.memory,
        dashboard_address=None,
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
    )
