"""The head of a watch station: dials and the button that trains beside the stage, and which run is shown."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.experiments import Experiment
from engine.runner import Run
from lessons.content import Lesson
from pages.ui import moments, press, training
from pages.ui.dials import dials, wanted
from pages.ui.stage import workbench

LABELS = ("train", "train.language", "train.changed", "own.first")


@dataclass(frozen=True)
class Bench:
    """The run that is shown, and what the dials say; a place under them for a line, and the place for the stage.

    `usual`: it is the run that all share, for the dials as they come; it may be a shorter one (`Experiment.shipped`).
    """

    run: Run
    spec: Any
    usual: bool
    note: DeltaGenerator
    wide: DeltaGenerator


def bench(
    kind: type[Experiment],
    slug: str,
    lesson: Lesson,
    texts: Mapping[str, str],
    main: tuple[str, ...],
    always: tuple[str, ...] = (),
) -> Bench:
    """Draws the dials, `main` in the open and `always` for every text, and starts a run when the button was pressed."""

    def button() -> None:
        missing, key = wanted(kind, slug), f"{slug}.train"
        press.button(texts["train"], type="primary", icon=":material/play_arrow:", key=key, disabled=missing)
        if missing:
            st.caption(texts["own.first"], width="content")

    narrow, wide = workbench()
    with narrow:
        spec, text = dials(kind, slug, lesson, texts=texts, main=main, beside=button, always=always)
        started = training.start(slug, spec, text) if press.pressed(f"{slug}.train") else None
        run = started or training.shown(slug, spec, text)
        training.complain(slug)
        run = moments.at_linked(run)
        read = {name: value for name, value in run.spec.values().items() if name == "language"}
        usual = run.shared and spec == kind.parse(read)
        if run.spec != spec and not usual:
            only_language = run.spec == dataclasses.replace(spec, **read)
            st.info(texts["train.language" if only_language else "train.changed"], icon=":material/tune:")
        note = st.empty()
    return Bench(run, spec, usual, note, wide)
