"""The live route and the stage's Python side, driven with a throw-away experiment on real workers."""

import asyncio
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.testing.v1 import AppTest

from engine import runner as runners
from engine.runner import Run, Runner
from engine.snapshot import Pane, View
from lessons import content
from pages.ui import live, serving
from tests.engine import toy
from tests.engine.toy import Toy

WAIT = 400.0  # seconds; only a broken runner takes as long
WEIGHTS = View((Pane("map", "weights"),))
SERVER = Starlette(routes=[*live.ROUTES, *serving.ROUTES], middleware=[Middleware(serving.Headers)])


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body, parse_constant=pytest.fail)  # browsers know no NaN


def ask(path: str, method: str = "GET", **headers: str) -> Reply:
    """What the server answers, without a network."""
    path, _, query = path.partition("?")
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": named}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(SERVER(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:]))


def eventually(holds: Callable[[], object]) -> None:
    """Waits for a state, and fails if it does not come."""
    end = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    here = runners.start(warm=(), lease=1e6, drop=1e6)
    yield here
    here.close()


def show(run: Run, view: View = WEIGHTS, builder: live.Builder | None = None, language: str = "en") -> str:
    """Registers a view of the run; returns its address."""
    build = builder or (lambda numbers: {"data": [{"y": numbers["weights"]}]})
    return f"/live/{run.token}/{live.register(run, run.watch(view), {'map': build}, language)}"


def finished(runner: Runner, spec: Toy) -> Run:
    run = runner.submit(spec)
    assert run.wait("done", "failed", timeout=WAIT) == "done", run.mistake
    return run


def film(address: str) -> list[dict[str, Any]]:
    """Every frame of a finished run, asked for as a stage does."""
    frames: list[dict[str, Any]] = []

    def all_there() -> bool:
        reply = ask(f"{address}?since={frames[-1]['i'] if frames else -1}")
        frames.extend(reply.json["frames"])
        return bool(frames) and frames[-1]["i"] == reply.json["total"] - 1

    eventually(all_there)
    return frames


def test_a_screen_is_forgotten_with_its_run():
    """It starts a runner of its own, which would close the others': they come after it."""
    short = runners.start(warm=(), drop=0.0, forget=0.0, workers=1)
    try:
        run = short.submit(Toy(steps=1, work=0))
        address = show(run)
        eventually(lambda: short.find(run.token) is None)
        assert ask(address).status == 404
        show(short.submit(Toy(steps=1, work=0)))
        assert run.token not in live._SCREENS
    finally:
        short.close()


def test_new_workers_do_not_begin_with_the_page(monkeypatch, tmp_path):
    """Streamlit, and AppTest, leave the page's script where Python keeps the main module."""
    page = tmp_path / "frame.py"
    page.write_text("raise SystemExit('the page ran in a worker')")
    main = ModuleType("__main__")
    main.__file__ = str(page)
    monkeypatch.setitem(sys.modules, "__main__", main)
    short = runners.start(warm=(), workers=1)
    try:
        assert finished(short, Toy(steps=1, work=0)).state == "done"
    finally:
        short.close()


class TestFrames:
    def test_are_the_moments_of_the_training_and_its_numbers(self, runner):
        spec = Toy(steps=150, work=0, seed=1)
        frames = film(show(finished(runner, spec)))
        line = toy.build(spec)
        for snapshot, frame in zip(toy.train(line), frames, strict=True):
            assert (frame["step"], frame["total"]) == (snapshot.step, 150)
            assert frame["metrics"]["loss"] == pytest.approx(snapshot.metrics["loss"], rel=1e-5)
            drawn = frame["panes"]["map"]["data"][0]["y"]
            assert drawn == pytest.approx(line.weights.tolist(), abs=1e-3)  # past moments are kept in half precision

    def test_come_in_bounded_portions_and_in_order(self, runner):
        address = show(finished(runner, Toy(steps=150, work=0, seed=2)))
        assert [frame["i"] for frame in film(address)] == list(range(151))
        assert len(ask(f"{address}?since=-1").json["frames"]) == live.AT_ONCE

    def test_are_not_sent_twice_and_nothing_new_is_no_content(self, runner):
        address = show(finished(runner, Toy(steps=5, work=0, seed=3)))
        film(address)
        last = ask(f"{address}?since=5")
        assert last.json["frames"] == []
        again = ask(f"{address}?since=5&mark={last.json['mark']}")
        assert (again.status, again.body) == (204, b"")

    def test_are_built_once_however_often_they_are_asked_for(self, runner):
        built = []
        address = show(finished(runner, Toy(steps=5, work=0, seed=4)), builder=lambda numbers: built.append(1) or {})
        film(address)
        film(address)
        assert len(built) == 6

    def test_of_two_languages_are_two_screens(self, runner):
        run = finished(runner, Toy(steps=2, work=0, seed=5))
        english = show(run, builder=lambda numbers: {"note": "word"}, language="en")
        chinese = show(run, builder=lambda numbers: {"note": "词"}, language="zh")
        assert film(english)[0]["panes"]["map"]["note"] == "word"
        assert film(chinese)[0]["panes"]["map"]["note"] == "词"

    def test_a_number_that_is_none_is_null(self, runner):
        address = show(finished(runner, Toy(steps=1, work=0, seed=6)), builder=lambda n: {"y": [float("nan"), 1.0]})
        assert film(address)[0]["panes"]["map"]["y"] == [None, 1.0]

    def test_screens_that_nobody_asks_for_make_room(self, runner):
        run = finished(runner, Toy(steps=1, work=0, seed=10))
        watched = show(run)
        left = [f"/live/{run.token}/{live.register(run, run.watch(WEIGHTS), {}, 'en', look)}" for look in range(3)]
        for look in range(live.KEPT):
            assert ask(watched).status == 200
            live.register(run, run.watch(WEIGHTS), {}, "en", ["more", look])
        assert ask(watched).status == 200
        assert [ask(address).status for address in left] == [404] * 3

    def test_asking_is_a_sign_of_life(self, runner):
        run = finished(runner, Toy(steps=1, work=0, seed=7))
        address, before = show(run), run.seen
        ask(f"{address}?since=-1")
        assert run.seen > before

    def test_nobody_s_run_and_nobody_s_view_are_not_found(self, runner):
        run = finished(runner, Toy(steps=1, work=0, seed=8))
        assert ask("/live/nobody/nothing").status == 404
        assert ask(f"/live/{run.token}/nothing").status == 404

    def test_a_strange_since_is_none(self, runner):
        address = show(finished(runner, Toy(steps=3, work=0, seed=9)))
        film(address)
        assert len(ask(f"{address}?since=<b>").json["frames"]) == 4


class TestTrouble:
    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_a_failed_run_says_why_in_the_learner_s_language(self, runner, language):
        run = runner.submit(Toy(trouble="mistake", at=2, work=0, seed=20 + len(language)))
        run.wait("failed", timeout=WAIT)
        stands = ask(show(run, language=language)).json
        assert stands["state"] == "failed"
        assert stands["mistake"] == run.mistake.sentence(language)

    def test_a_pane_that_cannot_be_drawn_says_why_and_the_others_go_on(self, runner):
        view = View((Pane("map", "weights"), Pane("other", "picky", (("word", "x"),))))
        run = runner.submit(Toy(steps=3, work=0, seed=30))
        address = show(run, view)
        run.wait("done", timeout=WAIT)
        frames = film(address)
        assert [list(frame["panes"]) for frame in frames] == [["map"]] * 4
        assert "x" in ask(address).json["trouble"]


class TestControl:
    def test_pauses_steps_goes_on_and_cancels(self, runner):
        run = runner.submit(Toy(steps=100_000, work=1, seed=40))
        run.wait("running", timeout=WAIT)
        do = lambda what: ask(f"/live/{run.token}/control?do={what}", "POST").status  # noqa: E731
        assert do("pause") == 204
        run.wait("paused", timeout=WAIT)
        before = len(run.history)
        assert do("step&n=3") == 204
        eventually(lambda: run.state == "paused" and len(run.history) == before + 3)
        assert do("resume") == 204
        eventually(lambda: len(run.history) > before + 3)
        assert do("cancel") == 204
        assert run.state == "cancelled"

    @pytest.mark.parametrize("do", ["", "explode", "__init__", "submit"])
    def test_does_nothing_else(self, runner, do):
        run = finished(runner, Toy(steps=1, work=0, seed=41))
        assert ask(f"/live/{run.token}/control?do={do}", "POST").status == 400

    @pytest.mark.parametrize("do", ["pause", "step", "cancel"])
    def test_nobody_stops_what_all_share(self, runner, do):
        run = runner.demo(Toy(steps=20, work=0, seed=42))
        assert ask(f"/live/{run.token}/control?do={do}", "POST").status == 400
        assert run.wait("done", timeout=WAIT) == "done"

    def test_a_link_cannot_press_buttons(self, runner):
        run = finished(runner, Toy(steps=1, work=0, seed=43))
        assert ask(f"/live/{run.token}/control?do=cancel", "GET").status in (404, 405)
        assert run.state == "done"

    def test_nobody_s_run_is_not_found(self, runner):
        assert ask("/live/nobody/control?do=pause", "POST").status == 404


def page() -> None:
    """A page of another lesson, with a stage of its own."""
    import streamlit as st

    from engine import runner
    from engine.snapshot import Pane
    from lessons import content, figures
    from pages.ui.stage import StagePane, stage
    from tests.engine.toy import Toy

    run = runner.current().demo(Toy(steps=20, work=0, seed=50))
    weights = StagePane(
        "weights",
        "Weights",
        place="main",
        pane=Pane("bars", "weights"),
        base={"data": [{"type": "bar"}], "layout": {}},
        frame=lambda numbers: {"data": [{"y": figures.rounded(numbers["weights"])}]},
    )
    curves = figures.curves([figures.Curve("loss", "Loss")], "nats")
    panes = [weights, StagePane("loss", "Loss", kind="curves", base=curves)]
    result = stage(run, panes, texts=content.load("common", "en").labels, key="toy.stage", start=3)
    st.session_state["result"] = result


class TestStage:
    def test_serves_any_experiment(self, runner):
        test = AppTest.from_function(page, default_timeout=WAIT).run()
        assert not test.exception
        [component] = test.get("bidi_component")
        sent = json.loads(component.proto.json)
        run = runner.demo(Toy(steps=20, work=0, seed=50))
        assert (sent["token"], sent["start"], sent["shared"], sent["autoplay"]) == (run.token, 3, True, False)
        assert not sent["beforehand"]  # it was recorded when the server started
        assert [(p["name"], p["kind"], p["source"]) for p in sent["panes"]] == [
            ("weights", "plot", "bars"), ("loss", "curves", None),
        ]  # fmt: skip
        run.wait("done", timeout=WAIT)
        frames = film(f"/live/{sent['token']}/{sent['screen']}")
        assert len(frames) == 21
        assert set(frames[0]["panes"]) == {"bars"}

    def test_a_rerun_is_the_same_screen(self, runner):
        test = AppTest.from_function(page, default_timeout=WAIT).run()
        first = json.loads(test.get("bidi_component")[0].proto.json)
        assert json.loads(test.run().get("bidi_component")[0].proto.json) == first

    def test_reports_the_moment_it_was_started_at(self, runner):
        test = AppTest.from_function(page, default_timeout=WAIT).run()
        result = test.session_state["result"]
        assert (result.moment, result.restart) == (3, False)

    @pytest.mark.parametrize("language", content.languages())
    def test_has_its_words_in_every_language(self, language):
        from pages.ui.stage import LABELS

        assert set(LABELS) <= set(content.load("common", language).labels)


class TestHeaders:
    def test_only_this_server_may_be_asked_for_anything(self):
        headers = ask("/live/nobody/nothing").headers
        assert "://" not in headers["content-security-policy"]
        assert "*" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"

    def test_plotly_is_the_installed_one_packed_or_not(self):
        packed = ask("/vendor/plotly.min.js", accept_encoding="gzip, br")
        whole = ask("/vendor/plotly.min.js")
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == whole.body == serving.PLOTLY_FILE.read_bytes()
        assert "immutable" in packed.headers["cache-control"]
