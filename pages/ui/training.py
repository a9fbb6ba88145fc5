"""Which run a page shows: the learner's own, one found again after a reload, or the one shared by all."""

import streamlit as st

from engine import runner
from engine.experiments import Experiment
from engine.mistake import Mistake
from engine.runner import Run
from pages.ui import escape, session

KEPT = 3  # a page keeps its last runs for comparison

LABELS = ("train", "train.again", "train.changed", "train.shared")


def start(slug: str, spec: Experiment, text: str | None = None) -> Run | None:
    """A new run for this page. None, with the reason on the page, when there is no room."""
    try:
        run = runner.current().submit(spec, text)
    except Mistake as mistake:
        say(mistake)
        return None
    tokens = [run.token, *st.session_state.get(f"{slug}.runs", [])]
    for token in tokens[KEPT:]:
        if old := runner.current().find(token):
            old.cancel()
    st.session_state[f"{slug}.runs"] = tokens[:KEPT]
    st.session_state[f"{slug}.run"] = run.token
    return run


def shown(slug: str, spec: Experiment) -> Run:
    """The run the stage shows for `spec`: this visit's latest in that language, else one that a reload left, else the shared."""
    here = runner.current()
    language = getattr(spec, "language", None)
    run = here.find(st.session_state.get(f"{slug}.run", ""))
    if run and run.state not in ("dropped", "cancelled") and getattr(run.spec, "language", None) == language:
        return run
    if run := here.adopt(spec):
        st.session_state[f"{slug}.run"] = run.token
        return run
    return here.demo(type(spec).parse({"language": language} if language else {}))


def say(mistake: Mistake) -> None:
    """The sentence of a mistake, in the learner's language, its quotations shown as plain text."""
    st.warning(escape.plain(mistake.sentence(session.language())), icon=":material/error:")
