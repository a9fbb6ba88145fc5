"""One worker's lane: a thread of the server that gives the worker a slice of one job after the other.

The lane of a worker decides whose turn it is, holds the jobs' actors, and notices when the worker is lost: then it
waits for the next one and lets every job begin again there, since Dask's actors do not survive their worker.
"""

import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Any, ClassVar

from distributed import Actor, wait

from engine.mistake import Mistake
from engine.worker import Answer, warm

POLL = 0.1  # seconds between two looks at whether a worker still lives, while it is being waited for
IDLE = 5.0  # seconds between two such looks while there is nothing to do

log = logging.getLogger(__name__)


class Lost(Exception):
    """The actor cannot be reached any more."""


@dataclass(eq=False)
class Question:
    """What an actor is to be asked, and where somebody waits for the answer."""

    name: str
    at: int | None
    given: dict[str, Any]
    reply: "Future[Any]" = field(default_factory=Future)


class Job:
    """What a lane works on, a slice at a time: a run or a projection. The lane calls its methods under the lock."""

    actor: ClassVar[type]  # what lives in the worker for it: has begin(*beginning()) and slice(seconds, *order())

    def __init__(self) -> None:
        self.used = 0.0  # CPU-seconds had, as the lane counts them: whoever has had least is next
        self.cpu = 0.0  # CPU-seconds had in truth
        self.restarts = 0  # how often a lost worker was replaced under it
        self.guilt = 0  # how often a worker was lost while it worked on this very job
        self.progress = 0.0
        self.mistake: Mistake | None = None

    def over(self) -> bool:
        """Whether the lane can forget it."""
        raise NotImplementedError

    def wants(self) -> bool:
        """Whether there is something to do."""
        raise NotImplementedError

    def beginning(self) -> tuple[Any, ...]:
        """What a new actor has to know."""
        raise NotImplementedError

    def order(self) -> tuple[Any, ...]:
        """What the next slice has to know."""
        raise NotImplementedError

    def take(self, report: Any) -> None:
        """Takes what a slice brought."""
        raise NotImplementedError

    def fail(self, mistake: Mistake) -> None:
        """Ends it, with a sentence."""
        raise NotImplementedError

    def lost(self) -> None:
        """Its actor is gone: the next one begins again."""

    def question(self) -> Question | None:
        """What the actor is to be asked before it works on."""
        return None

    def answered(self, question: Question, answer: Answer) -> None:
        """Takes the answer."""

    def spare(self) -> float | None:
        """Since when its actor has only been kept in case of questions; None if it is needed."""
        return None


@dataclass
class Holding:
    """An actor in the worker, and the future that keeps it there."""

    future: Any
    actor: Any


@dataclass(frozen=True)
class Pace:
    """How a lane works; see Limits for what each means."""

    slice: float
    stuck: float
    kills: int
    kept: int


class Lane:
    """The jobs of one worker. `name` is the worker's; its address changes when it is replaced."""

    def __init__(
        self,
        client: Any,
        name: str,
        claimed: set[str],
        change: threading.Condition,
        pace: Pace,
        modules: Sequence[str],
        nice: int = 0,
    ) -> None:
        self.client, self.name, self.change, self.pace = client, name, change, pace
        self.modules, self.nice = modules, nice  # what its worker loads at once, and how far it stands back for others
        self.claimed = claimed  # names of workers that some lane has
        self.claimed.add(name)
        self.address = ""
        self.jobs: list[Job] = []
        self.warm = threading.Event()
        self.closed = threading.Event()
        self._clock = 0.0  # what the job whose turn it is has had: newcomers start from here, not from nothing
        self._holdings: dict[Job, Holding] = {}
        self._unwanted: list[Any] = []  # futures of actors that can go
        self._thread = threading.Thread(target=self._work, name=f"lane {name}", daemon=True)
        self._thread.start()

    def add(self, job: Job) -> None:
        """Lets a job take its turns here. Call it under the lock."""
        self.jobs.append(job)
        self.change.notify_all()

    def close(self) -> None:
        """Stops; a slice that is under way is not waited for."""
        self.closed.set()
        with self.change:
            self.change.notify_all()
        self._thread.join(timeout=5)

    def _work(self) -> None:
        with self.client.as_current():  # an actor talks through the client that is current when it arrives
            while not self.closed.is_set():
                try:
                    self._reach()
                    while not self.closed.is_set():
                        self._round()
                except Lost:
                    continue
                except (Exception, CancelledError):
                    if not self.closed.is_set():
                        log.exception("lane %s stumbled and goes on", self.name)
                        self.closed.wait(POLL)
            self._holdings.clear()

    def _round(self) -> None:
        job = self._next()
        unwanted, self._unwanted = self._unwanted, []
        if unwanted:
            self.client.cancel(unwanted)
        if job:
            self._turn(job)
        elif not self._alive():
            self._mourn(None, guilty=False)

    def _next(self) -> Job | None:
        """Waits for the job whose turn it is: one with a question first, then whoever has had least. None if idle."""
        end = time.monotonic() + IDLE
        with self.change:
            while not self.closed.is_set():
                self._tidy()
                wanting = [job for job in self.jobs if job.wants()]
                if wanting:
                    return self._choose(wanting)
                if self._unwanted or not self.change.wait(max(0.0, end - time.monotonic())):
                    break
        return None

    def _choose(self, wanting: list[Job]) -> Job:
        for job in wanting:
            job.used = max(job.used, self._clock)
        chosen = min(wanting, key=lambda job: (job.question() is None, job.used))
        if chosen.question() is None:
            self._clock = chosen.used
        return chosen

    def _tidy(self) -> None:
        """Forgets jobs that are over, and the actors that have been spare for longest when there are too many."""
        self.jobs = [job for job in self.jobs if not job.over()]
        spare = {job: since for job in self._holdings if (since := job.spare()) is not None}
        longest = sorted(spare, key=lambda job: spare[job])[: max(0, len(spare) - self.pace.kept)]
        for job in [job for job in self._holdings if job not in self.jobs or job in longest]:
            self._let_go(job)

    def _let_go(self, job: Job) -> None:
        """Forgets a job's actor. Dask would free it too late: actors and answers refer to each other in circles."""
        if holding := self._holdings.pop(job, None):
            self._unwanted.append(holding.future)
        job.lost()

    def _turn(self, job: Job) -> None:
        """One slice of a job, or the answer to one question. A job that stumbles harms no other."""
        working = False
        try:
            holding = self._hold(job)
            working = True
            self._ask_or_slice(job, holding)
        except Lost as lost:
            log.warning("%r: its actor is lost (%s)", job, lost)
            self._mourn(job, guilty=working)
        except Exception as problem:
            if not self.closed.is_set():
                log.exception("a job stumbled in the server")
                with self.change:
                    job.fail(Mistake("run_failed", reason=type(problem).__name__))

    def _ask_or_slice(self, job: Job, holding: Holding) -> None:
        with self.change:
            question = job.question()
            order = () if question else job.order()
        if question:
            call = holding.actor.ask(question.name, question.at, question.given)
        else:
            call = holding.actor.slice(self.pace.slice, *order)
        answer = self._answer(holding, call)
        with self.change:
            job.used += answer.seconds
            job.cpu += answer.seconds
            if answer.problem:
                log.error("%s: %s", job, answer.problem)
            if question and not answer.again:
                job.answered(question, answer)
            elif question:
                pass  # it is asked again when it is this job's turn
            else:
                job.take(answer)
            self.change.notify_all()

    def _hold(self, job: Job) -> Holding:
        """The job's actor in the worker, a new one if it has none. Raises Lost if the worker was lost before its turn.

        What an actor has to know is passed by a call: otherwise it would stay in the scheduler's memory too.
        """
        if job not in self._holdings:
            future = self._submit(job.actor, actor=True)
            holding = Holding(future, Actor(job.actor, self.address, future.key))
            with self.change:
                beginning = job.beginning()
            self._answer(holding, holding.actor.begin(*beginning))
            self._holdings[job] = holding
        if self._holdings[job].future.status != "finished":
            raise Lost
        return self._holdings[job]

    def _submit(self, function: Callable[..., Any], *given: Any, **options: Any) -> Any:
        """A task of this lane's worker and no other, once it is done. Raises Lost when it cannot be."""
        where = {"workers": [self.address], "allow_other_workers": False}
        future = self.client.submit(function, *given, pure=False, **where, **options)
        self._wait(lambda: wait(future, timeout=POLL))  # its result is not fetched: that may hang when a worker dies
        if future.status != "finished":
            raise Lost(future.status)
        return future

    def _answer(self, holding: Holding, call: Any) -> Any:
        """What an actor's method returns. Raises Lost when the answer will not come."""

        def ask() -> Any:
            if holding.future.status != "finished":
                raise Lost(holding.future.status)
            return call.result(timeout=POLL)

        return self._wait(ask, self.pace.stuck)

    def _wait(self, attempt: Callable[[], Any], patience: float = math.inf) -> Any:
        """What `attempt` returns once it does not time out. Raises Lost when it never will."""
        begun = time.monotonic()
        while not self.closed.is_set():
            try:
                return attempt()
            except TimeoutError:
                pass
            except (OSError, RuntimeError, CancelledError) as problem:  # what Dask raises about a worker it lost
                raise Lost(str(problem)) from problem
            if not self._alive():
                raise Lost("the worker is gone")
            if time.monotonic() - begun > patience:
                self._replace()
                raise Lost("the worker was stuck")
        raise Lost("closed")

    def _replace(self) -> None:
        """Ends a worker that does not come back from a slice; its nanny, a process apart, starts another."""
        log.error("worker %s is stuck and is replaced", self.name)
        self.client.run(_end, workers=[self.address], nanny=True, on_error="ignore")

    def _gone(self) -> bool:
        """Whether the worker is lost. The scheduler may hear of it a moment after we do."""
        end = time.monotonic() + 2.0
        while self._alive():
            if time.monotonic() > end or self.closed.wait(POLL / 2):
                return False
        return True

    def _mourn(self, job: Job | None, guilty: bool) -> None:
        """A job's actor cannot be reached. If the worker is gone, all jobs begin again on the next one: raises Lost.

        Guilty is only the job that was at work: a worker holds thirty others that did nothing.
        """
        if self.closed.is_set():
            return
        gone = self._gone()
        with self.change:
            for each in {*self._holdings, job} if gone else {job}:
                if each:
                    each.restarts += each.spare() is None
                    self._let_go(each)
            if job:
                job.guilt += guilty or not gone
                if job.guilt >= self.pace.kills:
                    job.fail(Mistake("worker_died"))
            self.change.notify_all()
        if gone:
            log.warning("worker %s is lost; its runs begin again on the next", self.name)
            raise Lost

    def _reach(self) -> None:
        """Waits for the worker of this lane, and warms it."""
        while not self._arrived():
            if self.closed.wait(POLL):
                return
        if self.nice and hasattr(os, "nice"):
            # By the worker's first thread, which starts the others: on Linux each thread has a niceness of its own.
            self.client.run(os.nice, self.nice, workers=[self.address])
        self._submit(warm, self.modules)
        self.warm.set()

    def _arrived(self) -> bool:
        """Whether there is a worker of our name; on a cluster that gives new names, one that no lane has."""
        workers = addresses(self.client) or {}
        free = sorted(set(workers) - self.claimed)
        if self.name not in workers and free:
            self.name = free[0]
            self.claimed.add(self.name)
        self.address = workers.get(self.name, "")
        return bool(self.address)

    def _alive(self) -> bool:
        """Whether the worker is there, as far as we know: a busy scheduler's silence is no bad news."""
        workers = addresses(self.client)
        return workers is None or self.address in workers.values()


def addresses(client: Any) -> dict[str, str] | None:
    """Name → address of a cluster's workers; None when the scheduler does not answer.

    Not `client.scheduler_info()`: its answer is stored in the client, where a regular update without workers may
    replace it before it is returned.
    """
    try:
        workers = client.sync(client.scheduler.identity, n_workers=-1)["workers"]
    except (OSError, TimeoutError) as problem:
        log.warning("the scheduler does not answer: %r", problem)
        return None
    return {str(worker["name"]): address for address, worker in workers.items()}


def _end(dask_worker: Any) -> None:
    """Ends the worker of a nanny, also one that would not listen."""
    os.kill(dask_worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows knows only the second
