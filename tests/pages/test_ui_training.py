"""Runs that no stage watches: drawn until they are over, then the page once more; a button ends them. By AppTest."""

from typing import Any

from streamlit.testing.v1 import AppTest

from engine import runner
from lessons import content


class Standing:
    """A run in a state, that notes what is done to it."""

    def __init__(self, token: str, state: str) -> None:
        self.token, self.state, self.beats = token, state, 0

    def beat(self) -> None:
        self.beats += 1

    def cancel(self) -> None:
        self.state = "cancelled" if self.state == "running" else self.state


def page() -> None:
    """Counts how often it is drawn; beside it a table of runs, as they stand."""
    import streamlit as st

    from pages.ui import session, training

    st.session_state["drawn"] += 1
    runs = st.session_state["runs"]
    training.watched("place", runs, lambda: st.caption(", ".join(run.state for run in runs)), session.texts())


def opened(*states: str) -> AppTest:
    app = AppTest.from_function(page)
    app.session_state["drawn"] = 0
    app.session_state["runs"] = [Standing(str(n), state) for n, state in enumerate(states)]
    app.run()
    assert not app.exception
    return app


def drawn(app: AppTest, *states: str) -> int:
    """How often the page is drawn for one look at its runs, which are in these states by now."""
    before = int(app.session_state["drawn"])
    for run, state in zip(app.session_state["runs"], states, strict=True):
        run.state = state
    app.run()
    assert not app.exception
    return int(app.session_state["drawn"]) - before


def test_runs_that_are_over_at_once_need_no_second_look() -> None:
    app = opened("done", "dropped")
    assert app.session_state["drawn"] == 1
    assert drawn(app, "done", "dropped") == 1


def test_runs_that_end_while_the_learner_watches_are_told_of_once() -> None:
    app = opened("done", "running")
    assert app.session_state["drawn"] == 1
    assert [drawn(app, "done", "done"), drawn(app, "done", "done")] == [2, 1]


def test_whoever_started_them_can_end_them_and_a_look_keeps_them_going(monkeypatch: Any) -> None:
    app = opened("running", "done")
    assert not app.button  # nobody here has started these: all share them
    runs = {run.token: run for run in app.session_state["runs"]}
    assert runs["0"].beats == 1
    monkeypatch.setattr(runner.current(), "find", runs.get)
    app.session_state["place.runs"] = [*runs]
    app.run()
    (button,) = app.button
    assert button.label == content.load("common", "en").labels["stage.cancel"]
    button.click().run()
    assert [run.state for run in app.session_state["runs"]] == ["cancelled", "done"]
    assert not app.button
