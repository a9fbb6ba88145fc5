"""Runs side by side that no stage watches: what each has come to, how far it is, and a last look when all are over."""

from collections.abc import Mapping, Sequence

import streamlit as st

from engine.runner import Run
from lessons.figures import percent
from pages.ui import training

LABELS = ("compare.share", "compare.over")


def of(run: Run, metric: str) -> float | None:
    """A metric as it stands, if there is one."""
    last = run.latest()
    return last.metrics.get(metric) if last else None


def share(value: float | None, texts: Mapping[str, str]) -> str | None:
    """A share of 1 in percent; None where there is none."""
    return None if value is None else texts["compare.share"].format(percent=percent(value, 3))


def done(run: Run, texts: Mapping[str, str]) -> str:
    """How much of a run is over."""
    last = run.latest()
    if run.state in training.OVER:
        return texts["compare.over"]
    return texts["compare.share"].format(percent=percent(last.step / max(1, last.total)) if last else "0")


def rerun_once(runs: Sequence[Run], key: str) -> None:
    """When all are over, the page is drawn once more, so that a table stops asking and what came out can be told.

    Runs that all share and that were over when the learner came need no second look.
    """
    tokens = [run.token for run in runs]
    if not training.settled(runs):
        st.session_state[key] = []  # they were not over when the learner came
    elif st.session_state.get(key) != tokens:
        fresh = key not in st.session_state and all(run.shared for run in runs)
        st.session_state[key] = tokens
        if not fresh:
            st.rerun()
