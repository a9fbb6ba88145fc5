"""Runs side by side: the page is drawn once more when they are over, through AppTest."""

from types import SimpleNamespace

from streamlit.testing.v1 import AppTest


def page() -> None:
    """Counts how often it is drawn; beside it a table of runs, as they stand."""
    import streamlit as st

    from pages.ui.racing import rerun_once

    st.session_state["drawn"] += 1
    rerun_once(st.session_state["runs"], "settled")


def opened() -> AppTest:
    app = AppTest.from_function(page)
    app.session_state["drawn"] = 0
    return app


def drawn(app: AppTest, *states: str) -> int:
    """How often the page is drawn for one look at shared runs in these states."""
    before = int(app.session_state["drawn"])
    app.session_state["runs"] = [
        SimpleNamespace(token=str(n), state=state, shared=True) for n, state in enumerate(states)
    ]
    app.run()
    assert not app.exception
    return int(app.session_state["drawn"]) - before


def test_shared_runs_that_are_over_at_once_need_no_second_look() -> None:
    app = opened()
    assert [drawn(app, "done", "done"), drawn(app, "done", "done")] == [1, 1]


def test_shared_runs_that_end_while_the_learner_watches_are_told_of() -> None:
    app = opened()
    assert [drawn(app, "done", "running"), drawn(app, "done", "done"), drawn(app, "done", "done")] == [1, 2, 1]
