"""The run of a page's watch station and the moment of it that a learner rests on, which the other stations share.

The stage reports it, a link may name it (`moment=40`, or `trained=25` for a share in percent), the address says it.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from engine.experiments import Experiment
from engine.mistake import Mistake
from engine.runner import Run
from lessons.content import Lesson
from pages.ui import arrival, own_text, session, training
from pages.ui.dials import chosen
from pages.ui.look import from_link
from pages.ui.stage import StagePane, stage

MOST = 9_999  # more moments than any run has
LABELS = ("stage.slider",)

Spec = TypeVar("Spec", bound=Experiment)


def current(experiment: type[Experiment], slug: str) -> Run:
    """The run of the watch station, drawn or not."""
    return at_linked(training.shown(slug, *chosen(experiment, slug)))


def shown(run: Run, panes: Sequence[StagePane], *, texts: Mapping[str, str], key: str, place: str) -> int | None:
    """The stage of `run`, which `place` shows; returns the moment the learner rests on.

    `texts` may name the steps of this training in other words than the stage's own.
    """
    start = rested(run)
    if start is None and run.shared:
        start = 0  # whoever has not guessed yet does not see the answer
    language, projector = session.language(), session.projector()
    result = stage(run, panes, texts=texts, key=key, language=language, start=start, projector=projector)
    if result.restart and training.start(place, run.spec, own_text.text_of(run.spec)):
        st.rerun()
    return result.moment


def rested(run: Run) -> int | None:
    """The moment of `run` at which the learner left the stage."""
    token, moment = st.session_state.get(_key(run), ("", None))
    return moment if token == run.token else None


def rest(run: Run, moment: int) -> None:
    """The learner left the stage of `run` at that moment."""
    st.session_state[_key(run)] = (run.token, moment)


def at_linked(run: Run) -> Run:
    """The same run; the moment that the link names counts as the one at which the learner left the stage."""
    slug, name, moment = run.spec.name, session.texts()["stage.slider"], rested(run)
    if from_link(run) and moment is None:
        moment = arrival.take(slug, "moment", arrival.whole(name, 0, MOST))
    if moment is not None:
        if run.state == "done" and (last := len(run.history) - 1) < moment:
            arrival.refuse(slug, "moment", Mistake("dial_range", name=name, value=moment, low=0, high=last))
            moment = last
        rest(run, moment)
    return run


def over(run: Run) -> list[float]:
    """The share of the training that is over at each moment."""
    return [snapshot.step / max(1, snapshot.total) for snapshot in run.history]


def pick(run: Run, lesson: Lesson, usual: int) -> int | None:
    """The kept moment nearest to the share that the learner picks on a slider.

    At first it is the moment the stage was left at, or, if that was the end, `usual` percent. The lesson has the labels
    `step.moment` and `step.moment.help`.
    """
    label, shares, left = lesson.labels["step.moment"], over(run), rested(run)
    start = usual if left is None or left >= len(shares) - 1 else round(100 * shares[left])
    key = f"{run.spec.name}.step.moment.{run.token}.{left}"
    if key not in st.session_state:
        asked = arrival.take(run.spec.name, "trained", arrival.whole(label, 0, 100)) if from_link(run) else None
        st.session_state[key] = start if asked is None else asked
    looks: dict[str, Any] = {"format": "%d %%", "width": 270, "persist_state": "session"}
    percent = st.slider(label, 0, 100, key=key, help=lesson.labels["step.moment.help"], **looks)
    arrival.complain(run.spec.name, "trained", f"{percent} %")
    session.keep_in_link(trained=str(percent) if percent != start else None)
    return nearest(run, shares, percent)


def nearest(run: Run, shares: Sequence[float], percent: float) -> int | None:
    """The kept moment whose share (`over`) is nearest to `percent`, if there is one."""
    kept = [moment for moment in run.moments() if moment < len(shares)]  # a run in training has gone on since `over`
    return min(kept, key=lambda moment: abs(100 * shares[moment] - percent), default=None)


def spec_shown(experiment: type[Spec], slug: str) -> Spec:
    """What a link says of the run: the dials, in the language of the text on the stage where only that differs."""
    spec, run = chosen(experiment, slug)[0], training.own(slug)
    if run and isinstance(run.spec, experiment):
        read = {name: value for name, value in run.spec.values().items() if name == "language"}
        if dataclasses.replace(spec, **read) == run.spec:
            return run.spec
    return spec


def _key(run: Run) -> str:
    return f"{run.spec.name}.moment"
