"""The stage: one component that plays a run's training in the browser, forwards and back, in several panes.

It works for any experiment. A page says what each pane asks of the model (`Pane`), what of it stays (`base`) and what
changes from moment to moment (`frame`); both come from the lesson's `figures.py`. Drawing, playback, the time machine
and the buttons live in `assets/stage.js`; the page's script runs again only when a learner rests on a moment.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.runner import Run
from engine.snapshot import Numbers, Pane, View
from pages.ui import live
from pages.ui.serving import PLOTLY

ASSETS = Path(__file__).parent.parent.parent / "assets"
SCRIPTS = ("labels.js", "panes.js", "stage.js")  # one module: labels that keep apart, panes, and the stage itself

LABELS = (
    *("stage", "stage.playback", "stage.first", "stage.back", "stage.play", "stage.stop", "stage.forward"),
    *("stage.last", "stage.slider", "stage.speed", "stage.live", "stage.training", "stage.pause", "stage.resume"),
    *("stage.one", "stage.ten", "stage.restart", "stage.cancel", "stage.step", "stage.seconds", "stage.queued"),
    *("stage.preparing", "stage.running", "stage.paused", "stage.done", "stage.failed", "stage.cancelled"),
    *("stage.dropped", "stage.replaced", "stage.lost", "stage.shared", "stage.waiting", "stage.table", "stage.png"),
    *("stage.csv", "stage.closer", "stage.farther", "stage.fit", "stage.keys", "stage.number", "stage.name"),
    *("stage.no_picture", "stage.beforehand", "stage.no_curve"),
)


@dataclass(frozen=True)
class StagePane:
    """One pane of a stage.

    `kind` says what it draws, and what `base` and `frame` hold:
    "plot": a Plotly figure; `frame` returns what changes of `data` and `layout`, merged by index into `base`;
    "curves": metrics of the run against the step (`lessons.figures.curves`); needs no `pane` and no `frame`;
    "table": `base` names the columns (`lessons.figures.columns`), `frame` returns "rows";
    "numbers": `frame` returns "numbers", large digits with a label each; "text": `frame` returns "text".
    Every `frame` may also return "note", a line under the pane, and "summary", the moment in words for those who
    cannot see it. `place` is "main", "side" (beside the main pane) or "below" (under the buttons).
    """

    name: str
    title: str
    kind: str = "plot"
    place: str = "side"
    pane: Pane | None = None
    base: dict[str, Any] = field(default_factory=dict)
    frame: Callable[[Numbers], dict[str, Any]] | None = None


@dataclass(frozen=True)
class StageResult:
    """What the stage reports: the index of the moment a learner rests on, and whether "start over" was pressed."""

    moment: int | None
    restart: bool


COMPONENT = st.components.v2.component(
    "stage",
    js="\n".join((ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS),
    css=(ASSETS / "stage.css").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly loses its own styles in a shadow root
)


def stage(
    run: Run,
    panes: Sequence[StagePane],
    *,
    texts: Mapping[str, str],
    key: str,
    language: str = "en",
    start: int | None = None,
    autoplay: bool | None = None,
    projector: bool = False,
) -> StageResult:
    """Draw the stage of `run`. `key` must stay the same from rerun to rerun, and be no other widget's.

    `start` is the moment shown at first (an index of the run's history). Without it a learner's own run plays from
    its beginning and a shared one shows its end; `autoplay` says otherwise.
    """
    asked = tuple(p.pane for p in panes if p.pane is not None)
    view = run.watch(View(asked))
    builders = {p.pane.name: p.frame for p in panes if p.pane is not None and p.frame is not None}
    screen = live.register(run, view, builders, language, [p.base for p in panes])
    data = {
        "token": run.token,
        "screen": screen,
        "plotly": PLOTLY,
        "language": language,
        "texts": {label: texts[label] for label in LABELS},
        "panes": [_sent(p) for p in panes],
        "start": start,
        "autoplay": (not run.shared and start is None) if autoplay is None else autoplay,
        "shared": run.shared,
        "beforehand": run.beforehand,
        "projector": projector,
    }
    result = COMPONENT(
        data=data, key=key, default={"moment": None}, on_moment_change=_nothing, on_restart_change=_nothing
    )
    rested = result.moment or {}
    return StageResult(rested["index"] if rested.get("token") == run.token else start, result.restart == run.token)


def workbench() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A narrow place for dials and, beside it, a wide one for the stage: both are on screen when training starts.

    On a narrow page the stage is below. Widths are in assets/style.css, the height of the picture in stage.css.
    """
    with st.container(horizontal=True, key="bench"):
        return st.container(key="bench-dials"), st.container(key="bench-stage")


def _sent(pane: StagePane) -> dict[str, Any]:
    """What the browser needs to know of a pane."""
    source = pane.pane.name if pane.pane else None
    sent = {"name": pane.name, "title": pane.title, "kind": pane.kind, "place": pane.place}
    return {**sent, "source": source, "base": pane.base}


def _nothing() -> None:
    """Streamlit reports a component's value only where a callback is named; the page reads the result instead."""
