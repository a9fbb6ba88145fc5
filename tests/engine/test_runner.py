"""The runner, with real workers, lowered limits, and a throw-away experiment (toy.py). No mocks, no sleeping."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import dask
import numpy as np
import pytest

from engine import runner as runners
from engine.experiments import Word2Vec
from engine.mistake import Mistake
from engine.runner import Run, Runner
from engine.snapshot import Pane, Snapshot, View
from engine.worker import Moments
from tests.engine import toy
from tests.engine.toy import Toy

ROOT = Path(__file__).parents[2]
WAIT = 400.0  # seconds; only a broken runner takes as long
WEIGHTS = View((Pane("map", "weights"),))
MIRROR = View((Pane("map", "weights", (("sign", -1.0),)),))
LONG = Toy(steps=100_000, work=1)


@contextmanager
def workers(**limits: Any) -> Iterator[Runner]:
    """A runner on two worker processes, which warm nothing: the toy needs no numba. Runs need nobody who looks."""
    runner = runners.start(**{"warm": (), "lease": 1e6, "drop": 1e6} | limits)
    yield runner
    runner.close()


def until(runner: Runner, holds: Callable[[], object]) -> None:
    """Waits for a state, and fails if it does not come."""
    with runner.change:
        assert runner.change.wait_for(lambda: bool(holds()), WAIT)


def eventually(holds: Callable[[], object]) -> None:
    """Waits for what nobody announces, and fails if it does not come."""
    end = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def alone(spec: Toy) -> list[Snapshot]:
    """The same run without a runner."""
    return list(toy.train(toy.build(spec)))


def finished(run: Run) -> Run:
    assert run.wait("done", "failed", timeout=WAIT) == "done", run.mistake
    return run


def actors(runner: Runner) -> int:
    """How many actors the workers hold."""
    return sum(runner.client.run(lambda dask_worker: len(dask_worker.state.actors)).values())


def jain(shares: list[float]) -> float:
    """Jain's index: 1 when all have the same, 1/n when one has all."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


class TestRun:
    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls) -> Iterator[Runner]:
        with workers() as runner:
            yield runner

    def test_has_the_numbers_of_a_run_without_runner(self, runner):
        spec = Toy(steps=50, seed=3)
        run = finished(runner.submit(spec))
        assert run.history == alone(spec)
        assert run.latest() == run.history[-1]
        assert run.moments() == list(range(51))
        assert runner.find(run.token) is run
        assert runner.find("nobody") is None

    def test_is_prepared_in_slices_beside_others(self, runner):
        slow = [runner.submit(Toy(reading=600, steps=1)) for _ in range(2)]
        quick = [runner.submit(Toy(steps=20, seed=seed)) for seed in range(2)]
        for run in quick:
            finished(run)
        assert {run.state for run in slow} == {"preparing"}
        assert all(0 < run.progress < 1 and run.facts is None for run in slow)
        assert all(finished(run).progress == 1 for run in slow)

    def test_takes_the_learners_text_along(self, runner):
        run = finished(runner.submit(Toy(steps=1), text="one <b>two</b>"))
        assert run.facts["text"] == "one <b>two</b>"

    def test_pauses_and_goes_on(self, runner):
        spec = Toy(steps=300, work=2)
        run = runner.submit(spec)
        until(runner, lambda: len(run.history) > 3)
        run.pause()
        assert run.wait("paused", timeout=WAIT) == "paused"
        there = len(run.history)
        assert runner.counts()["paused"] == 1
        finished(runner.submit(Toy(steps=20)))  # the worker goes on with others
        assert len(run.history) == there < 301
        run.resume()
        assert finished(run).history == alone(spec)

    @pytest.mark.parametrize("n", [1, 10])
    def test_steps(self, runner, n):
        run = runner.submit(Toy(steps=300))
        run.pause()
        assert run.wait("paused", timeout=WAIT) == "paused"
        there = len(run.history)
        run.step(n)
        until(runner, lambda: run.state == "paused" and len(run.history) > there)
        assert len(run.history) == there + n
        run.cancel()

    def test_steps_while_it_runs_then_pauses(self, runner):
        run = runner.submit(LONG)
        until(runner, lambda: run.history)
        run.step(2)
        assert run.wait("paused", timeout=WAIT) == "paused"
        run.cancel()

    def test_cancelled_frees_the_worker(self, runner):
        run = runner.submit(LONG)
        until(runner, lambda: run.history)
        others = [each for each in runner._runs.values() if each is not run]
        for each in others:
            each.cancel()
        run.cancel()
        assert run.state == "cancelled"
        finished(last := runner.submit(Toy(steps=1)))
        last.cancel()
        eventually(lambda: actors(runner) == 0)
        with pytest.raises(Mistake, match="over"):
            run.ask("loss")

    def test_thirty_share_two_workers_fairly(self, runner):
        """Also with some that take 40 times as long between two snapshots."""
        runs = [runner.submit(Toy(steps=100_000, work=40 if n % 6 == 0 else 1, seed=n)) for n in range(30)]
        until(runner, lambda: sum(run.cpu for run in runs) > 9)
        shares = [run.cpu for run in runs]
        for run in runs:
            run.cancel()
        assert all(run.history for run in runs)
        assert jain(shares) >= 0.9

    def test_a_question_waits_for_one_slice_not_for_a_round(self, runner):
        runs = [runner.submit(Toy(steps=100_000, work=5, seed=n)) for n in range(20)]
        until(runner, lambda: all(run.history for run in runs))
        before = sum(run.cpu for run in runs)
        runs[0].ask("loss")
        used = sum(run.cpu for run in runs) - before
        for run in runs:
            run.cancel()
        assert used < 20 * 0.05 / 2  # half a round

    def test_an_exception_ends_only_its_own_run(self, runner):
        others = [runner.submit(Toy(steps=60, seed=seed)) for seed in range(4)]
        bad = runner.submit(Toy(trouble="raise", at=3))
        assert bad.wait("failed", "done", timeout=WAIT) == "failed"
        assert (bad.mistake.code, bad.mistake.details) == ("run_failed", {"reason": "ZeroDivisionError"})
        assert len(bad.history) == 3
        for seed, run in enumerate(others):
            assert finished(run).history == alone(Toy(steps=60, seed=seed))

    def test_a_mistake_of_the_model_is_told_as_it_is(self, runner):
        run = runner.submit(Toy(trouble="mistake"))
        assert run.wait("failed", timeout=WAIT) == "failed"
        assert run.mistake.code == "dial_number"
        with pytest.raises(Mistake) as raised:
            run.ask("loss")
        assert raised.value.code == "dial_number"

    def test_answers_for_the_moment_asked(self, runner):
        run = finished(runner.submit(Toy(steps=40)))
        losses = [snapshot.metrics["loss"] for snapshot in run.history]
        assert run.ask("loss")["loss"] == losses[-1]
        assert run.ask("loss", at=40, plus=1.0)["loss"] == losses[-1] + 1
        for at in (0, 7, 23):  # kept in half precision
            assert run.ask("loss", at=at)["loss"] == pytest.approx(losses[at], rel=1e-3)
            assert abs(run.ask("loss", at=at)["loss"] - losses[at]) < abs(losses[at] - losses[at + 1]) / 2

    def test_moments_that_share_something_are_reached_in_pieces(self, runner):
        """Each of 30 moments is 10 ms from the next: far more than one call may take."""
        run = runner.submit(Toy(steps=30, moving=10))
        until(runner, lambda: len(run.history) > 20)
        view = run.watch(WEIGHTS)  # from the first moment on
        finished(run)
        losses = [snapshot.metrics["loss"] for snapshot in run.history]
        assert losses == [snapshot.metrics["loss"] for snapshot in alone(Toy(steps=30))]
        for at in (0, 30, 10):
            assert run.ask("loss", at=at)["loss"] == pytest.approx(losses[at], rel=1e-3)
        until(runner, lambda: run.frames(view, since=29))
        assert [frame.index for frame in run.frames(view)] == list(range(31))

    @pytest.mark.parametrize(
        ("question", "given", "code"),
        [("nothing", {}, "unknown_question"), ("loss", {"x": 1}, "question_takes"), ("raising", {}, "run_failed")],
    )
    def test_a_bad_question_harms_nothing(self, runner, question, given, code):
        run = runner.submit(Toy(steps=100))
        with pytest.raises(Mistake) as raised:
            run.ask(question, **given)
        assert raised.value.code == code
        assert finished(run).history == alone(Toy(steps=100))

    def test_an_answer_that_does_not_come_in_time(self, runner):
        run = runner.submit(Toy(reading=10_000))
        with pytest.raises(Mistake) as raised:
            run.ask("loss", timeout=0.1)
        assert raised.value.code == "ask_late"
        run.cancel()

    def test_draws_every_moment_of_a_view(self, runner):
        run = runner.submit(Toy(steps=60))
        view = run.watch(WEIGHTS)
        assert run.watch(WEIGHTS) == view
        finished(run)
        frames = run.frames(view)
        assert [frame.index for frame in frames] == list(range(61))
        assert [frame.snapshot for frame in frames] == run.history
        assert [frame.index for frame in run.frames(view, since=58)] == [59, 60]
        steps = [frame.panes["map"]["weights"] for frame in frames]
        behind = [float(np.abs(b - a).max()) for a, b in pairwise(steps)]
        assert [frame.panes["map"]["behind"] for frame in frames] == [0, *behind]

    def test_draws_a_later_view_for_moments_past_and_to_come(self, runner):
        run = runner.submit(Toy(steps=200))
        first = run.watch(WEIGHTS)
        until(runner, lambda: len(run.history) > 20)
        second = run.watch(MIRROR)
        finished(run)
        third = run.watch(View((Pane("two", "weights", (("sign", 2.0),)),)))
        until(runner, lambda: run.frames(third, since=199))
        for view, pane, sign in ((second, "map", -1), (third, "two", 2)):
            assert [frame.index for frame in run.frames(view)] == list(range(201))
            for was, now in zip(run.frames(first), run.frames(view), strict=True):
                expected = sign * was.panes["map"]["weights"]
                np.testing.assert_allclose(now.panes[pane]["weights"], expected, rtol=2e-3, atol=1e-6)

    def test_draws_a_view_while_paused(self, runner):
        run = runner.submit(Toy(steps=300))
        until(runner, lambda: len(run.history) > 5)
        run.pause()
        run.wait("paused", timeout=WAIT)
        view = run.watch(MIRROR)
        until(runner, lambda: len(run.frames(view)) == len(run.history))
        assert run.state == "paused"
        run.cancel()

    def test_keeps_the_views_looked_at_last(self, runner):
        run = finished(runner.submit(Toy(steps=2)))
        views = [run.watch(View((Pane("map", "weights", (("sign", float(n)),)),))) for n in range(32)]
        until(runner, lambda: all(run.frames(view) for view in views))
        assert run.frames(views[0])  # looked at: now the second is the oldest
        run.watch(WEIGHTS)
        assert run.frames(views[0])
        assert not run.frames(views[1])

    def test_says_why_a_pane_is_missing(self, runner):
        run = runner.submit(Toy(steps=10))
        view = run.watch(View((Pane("map", "weights"), Pane("other", "picky", (("word", "<i>"),)))))
        finished(run)
        assert run.trouble(view).details["value"] == "<i>"
        assert {tuple(frame.panes) for frame in run.frames(view)} == {("map",)}

    def test_shares_a_demo(self, runner):
        spec = Toy(steps=5, seed=11)
        run = runner.demo(spec)
        assert runner.demo(Toy(steps=5, seed=11)) is run
        assert runner.demo(Toy(steps=5, seed=12)) is not run
        finished(run)

    def test_counts(self, runner):
        before = runner.counts()
        run = runner.submit(LONG)
        assert runner.counts()["running"] == before["running"] + 1
        run.cancel()
        assert runner.counts() == before


class TestKilled:
    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls) -> Iterator[Runner]:
        with workers(kept=2, stuck=3.0) as runner:
            yield runner

    def test_goes_on_when_its_worker_is_killed(self, runner, tmp_path):
        spec = Toy(steps=120, work=2, trouble="kill_once", at=50, mark=str(tmp_path / "killed"))
        others = [runner.submit(Toy(steps=400, work=2, seed=seed)) for seed in range(2)]
        run = runner.submit(spec)
        view = run.watch(WEIGHTS)
        states = set()
        while run.wait("done", "failed", timeout=0) not in ("done", "failed"):
            states.add(run.state)
            with runner.change:
                runner.change.wait(1)
        finished(run)
        assert states <= {"preparing", "running"}
        assert run.restarts == 1
        calm = finished(runner.submit(spec))
        assert run.history == calm.history == alone(spec)
        again = calm.watch(WEIGHTS)
        until(runner, lambda: len(calm.frames(again)) == 121)
        for a, b in zip(run.frames(view), calm.frames(again), strict=True):
            assert a.index == b.index
            np.testing.assert_allclose(a.panes["map"]["weights"], b.panes["map"]["weights"], rtol=2e-3, atol=1e-6)
        assert sorted(finished(other).restarts for other in others) == [0, 1]
        assert [other.history for other in others] == [alone(other.spec) for other in others]

    def test_fails_when_it_has_cost_two_workers(self, runner):
        bad = runner.submit(Toy(trouble="kill", at=2))
        others = [runner.submit(Toy(steps=300, work=2, seed=seed)) for seed in range(4)]
        assert bad.wait("failed", timeout=WAIT) == "failed"
        assert bad.mistake.code == "worker_died"
        assert bad.mistake.sentence("zh") != bad.mistake.sentence("en")
        for other in others:
            assert finished(other).history == alone(other.spec)

    def test_a_question_that_kills_is_stopped_too(self, runner):
        run = finished(runner.submit(Toy(steps=5)))
        with pytest.raises(Mistake) as raised:
            run.ask("killing", timeout=WAIT)
        assert raised.value.code == "worker_died"

    def test_a_run_that_never_comes_back_is_stopped(self, runner):
        bad = runner.submit(Toy(trouble="stop", at=1))
        assert bad.wait("failed", timeout=WAIT) == "failed"
        assert bad.mistake.code == "worker_died"
        finished(runner.submit(Toy(steps=3)))
        finished(runner.submit(Toy(steps=3)))

    def test_a_worker_that_dask_gives_up_is_started_by_us(self, runner):
        with dask.config.set({"distributed.deploy.lost-worker-timeout": "0.1s"}):
            runs = [runner.submit(Toy(steps=300, work=2, seed=seed)) for seed in range(2)]
            until(runner, lambda: all(run.history for run in runs))
            runner.cluster.sync(runner.cluster.workers[0].close)
            for run in runs:
                assert finished(run).history == alone(run.spec)

    def test_a_finished_run_is_trained_again_to_be_asked(self, runner):
        run = finished(runner.submit(Toy(steps=30, seed=5)))
        history = list(run.history)
        kill(run.facts["process"])
        assert run.ask("loss", timeout=WAIT)["loss"] == history[-1].metrics["loss"]
        assert run.ask("loss", at=4)["loss"] == pytest.approx(history[4].metrics["loss"], rel=1e-3)
        assert run.state == "done"
        assert run.history == history

    def test_only_so_many_finished_models_stay_in_memory(self, runner):
        runs = [finished(runner.submit(Toy(steps=10, seed=seed))) for seed in range(8)]
        eventually(lambda: actors(runner) <= 4)
        for run in runs:
            assert run.ask("loss")["loss"] == run.history[-1].metrics["loss"]


class TestLease:
    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls) -> Iterator[Runner]:
        with workers(lease=0.5, drop=3.0, forget=0.5, unwatched=0.2) as runner:
            yield runner

    def test_pauses_when_nobody_looks_and_goes_on_when_somebody_does(self, runner):
        run = runner.submit(LONG)
        assert run.wait("paused", timeout=WAIT) == "paused"
        there = len(run.history)
        run.beat()
        until(runner, lambda: len(run.history) > there)
        assert run.wait("paused", timeout=WAIT) == "paused"
        run.frames(run.watch(WEIGHTS))
        assert run.wait("running", timeout=WAIT) == "running"
        run.cancel()

    def test_a_pause_the_learner_asked_for_stays(self, runner):
        run = runner.submit(LONG)
        run.pause()
        shown = runner.submit(LONG)
        assert shown.wait("paused", timeout=WAIT) == "paused"  # by now nobody has looked at either
        run.beat()
        assert run.state == "paused"
        run.cancel()
        shown.cancel()

    def test_is_dropped_then_forgotten(self, runner):
        run, over = runner.submit(LONG), runner.submit(Toy(steps=1))
        view = run.watch(WEIGHTS)
        assert run.wait("dropped", timeout=WAIT) == "dropped"
        eventually(lambda: not run.frames(view))
        assert over.wait("dropped", timeout=WAIT) == "dropped"
        eventually(lambda: actors(runner) == 0)
        eventually(lambda: runner.find(run.token) is None and runner.find(over.token) is None)

    def test_a_dropped_run_is_trained_again_to_be_asked(self, runner):
        run = runner.submit(Toy(steps=20))
        assert run.wait("dropped", timeout=WAIT) == "dropped"
        assert run.ask("loss", timeout=WAIT)["loss"] == run.history[-1].metrics["loss"]
        assert run.history == alone(run.spec)

    def test_a_demo_needs_nobody(self, runner):
        demo, run = runner.demo(Toy(steps=2000, work=2)), runner.submit(LONG)
        assert run.wait("dropped", timeout=WAIT) == "dropped"
        assert demo.state == "running"
        demo.cancel()

    def test_a_returning_learner_adopts_the_run_nobody_watches(self, runner):
        run = runner.submit(LONG)
        assert runner.adopt(LONG) is None  # somebody has just looked
        assert run.wait("paused", timeout=WAIT) == "paused"
        assert runner.adopt(Toy(steps=7)) is None
        assert runner.adopt(LONG) is run
        assert run.wait("running", timeout=WAIT) == "running"
        run.cancel()


class TestQueue:
    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls) -> Iterator[Runner]:
        with workers(open=2, waiting=2) as runner:
            yield runner

    def test_waits_in_order_and_is_full_at_last(self, runner):
        runs = [runner.submit(LONG) for _ in range(4)]
        assert [run.place for run in runs] == [0, 0, 1, 2]
        assert [run.state for run in runs[2:]] == ["queued", "queued"]
        assert runner.counts()["waiting"] == 2
        with pytest.raises(Mistake, match="number 3") as raised:
            runner.submit(LONG)
        assert raised.value.details == {"place": 3}
        runner.demo(Toy(steps=1)).wait("done", timeout=WAIT)  # shared runs need no place
        runs[0].cancel()
        until(runner, lambda: runs[2].history)
        assert [run.place for run in runs] == [0, 0, 0, 1]
        runs[3].cancel()
        assert runner.counts()["waiting"] == 0
        for run in runs:
            run.cancel()

    def test_a_finished_run_makes_room(self, runner):
        runs = [runner.submit(Toy(steps=30, seed=seed)) for seed in range(4)]
        for run in runs:
            assert finished(run).history == alone(run.spec)


class TestWord2Vec:
    """The first real experiment, on warm workers, and the worker for projections."""

    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls) -> Iterator[Runner]:
        with workers(warm=runners.Limits().warm) as runner:
            assert runner.wait_warm(WAIT)
            yield runner

    def test_has_the_numbers_of_a_run_without_runner(self, runner):
        from engine.models import word2vec

        spec = Word2Vec(tokens=3000, epochs=3, dim=10, seed=2)
        run = runner.submit(spec)
        pane = Pane("map", "map_view", (("words", ("king", "queen", "man", "woman")),))
        view = run.watch(View((pane,)))
        finished(run)
        model = word2vec.build(spec)
        for snapshot, frame in zip(word2vec.train(model), run.frames(view), strict=True):
            expected = {k: v for k, v in snapshot.metrics.items() if not k.endswith("_per_second")}
            assert {k: frame.snapshot.metrics[k] for k in expected} == expected
            if frame.index == 0:
                first = word2vec.map_view(model, None, **dict(pane.given))
                np.testing.assert_array_equal(frame.panes["map"]["xy"], first["xy"])
        asked = {"words": ("man", "king", "woman")}
        assert run.ask("analogy", **asked) == word2vec.analogy(model, **asked)

    def test_an_unknown_word_is_a_mistake_with_its_neighbours(self, runner):
        run = finished(runner.submit(Word2Vec(tokens=3000, epochs=1, dim=5)))
        with pytest.raises(Mistake) as raised:
            run.ask("neighbours", word="kinng")
        assert raised.value.code == "word_unknown"
        assert "king" in str(raised.value.details["near"])

    def test_projects_on_a_worker_of_its_own(self, runner):
        training = runner.client.run(os.getpid)
        lane = runner.prepare_to_project()
        assert lane.warm.wait(WAIT)  # nobody asked for a picture yet
        loaded = runner.client.run(loads, workers=[lane.address])
        assert "umap" in loaded[lane.address]
        if hasattr(os, "nice"):
            nice = runner.client.run(os.nice, 0)
            here = os.nice(0)
            assert {nice[address] - here for address in training} == {runners.NICE}
            assert nice[lane.address] - here == runners.NICER
        vectors = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
        projection = runner.project(vectors, "tsne", perplexity=5.0)
        assert projection.wait(WAIT) == "done", projection.mistake
        assert projection.progress == 1
        assert projection.result.shape == (40, 2)
        assert np.isfinite(projection.result).all()
        assert runner.prepare_to_project() is lane
        assert len(runner.client.run(os.getpid)) == 3
        loaded = runner.client.run(loads, workers=list(training))
        assert [names & {"umap", "sklearn.manifold"} for names in loaded.values()] == [set(), set()]

    def test_a_projection_can_be_stopped_or_refused(self, runner):
        many = np.random.default_rng(0).normal(size=(400, 8)).astype(np.float32)
        stopped = runner.project(many, "tsne", steps=100_000)
        until(runner, lambda: stopped.progress > 0)
        stopped.cancel()
        assert stopped.state == "cancelled"
        refused = runner.project(many[:3], "tsne")
        assert refused.wait(WAIT) == "failed"
        assert refused.mistake.code == "too_few_words"
        unknown = runner.project(many, "crystal_ball")
        assert unknown.wait(WAIT) == "failed"
        assert unknown.mistake.code == "unknown_question"


def loads() -> set[str]:
    """The modules a worker has loaded."""
    return set(sys.modules)


class TestProcess:
    def test_without_start_a_thread_of_this_process_works(self):
        runner = runners.current()
        assert runners.current() is runner
        run = finished(runner.submit(Toy(steps=50, seed=3)))
        assert run.history == alone(run.spec)
        assert run.facts["process"] == os.getpid()
        assert run.ask("loss")["loss"] == run.history[-1].metrics["loss"]
        runner.close()
        assert runners.current() is not runner
        runners.current().close()

    def test_the_server_loads_nothing_that_trains(self):
        heavy = "{'torch', 'numba', 'umap', 'sklearn', 'scipy', 'jieba', 'engine.models'}"
        done = python(f"import sys, engine.runner; print(sorted({heavy} & set(sys.modules)))")
        assert done.stdout.strip() == "[]", done.stderr

    @pytest.mark.parametrize("begin", ["start(warm=())", "current()"])
    def test_ends_with_its_process_without_being_closed(self, begin, tmp_path):
        script = tmp_path / "script.py"
        script.write_text(
            "from engine import runner\n"
            "from tests.engine.toy import Toy\n"
            "if __name__ == '__main__':\n"
            f"    run = runner.{begin}.submit(Toy(steps=100_000))\n"
            "    assert run.wait('running', timeout=60) == 'running'\n"
            "    print(run.facts['process'])\n"
        )
        done = python(str(script))
        assert done.returncode == 0, done.stderr
        with pytest.raises(ProcessLookupError):
            os.kill(int(done.stdout), 0)

    def test_uses_a_cluster_that_is_there_already(self):
        with workers() as here:
            address = here.client.scheduler.address
            client = runners.Client(address, set_as_default=False)
            guest = Runner(client, None, runners.Limits(warm=()))
            assert len(guest._lanes) == 1  # the last worker is for projections
            finished(guest.submit(Toy(steps=20)))
            guest.close()


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Another Python, with this folder on its path."""
    flag = ["-c"] if len(arguments) == 1 and not arguments[0].endswith(".py") else []
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *flag, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=WAIT)


class TestMoments:
    @staticmethod
    def weights(value: float, size: int = 4) -> dict[str, np.ndarray]:
        return {"w": np.full(size, value, np.float32), "n": np.arange(2)}

    def test_past_the_most_every_second_is_dropped(self):
        moments = Moments(most=4)
        for index in range(11):
            if moments.due(index):
                moments.keep(index, self.weights(index))
        assert moments.indices() == [0, 4, 8]  # of 0 1 2 3 (4) stay 0 2 4, of 0 2 4 6 (8) stay 0 4 8
        assert moments.weights(8)["w"].tolist() == [8, 8, 8, 8]
        assert moments.weights(8)["w"].dtype == np.float32
        assert moments.weights(8)["n"].tolist() == [0, 1]

    def test_past_the_size_too(self):
        moments = Moments(size=3 * (2 * 4 + 2 * 8))
        for index in range(4):
            moments.keep(index, self.weights(index))
        assert moments.indices() == [0, 2]
        assert moments.bytes() <= moments.size

    def test_numbers_beyond_half_precision_stay_finite(self):
        moments = Moments()
        moments.keep(0, self.weights(1e30))
        assert np.isfinite(moments.weights(0)["w"]).all()
