"""The step player: a whole trace goes to the browser once, and every step is drawn there.

Python makes everything that is text or HTML (explanations, formulas, digits, code), `assets/player.js` only places it.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from engine.trace import Step, Trace, written
from lessons.content import Lesson, fill
from lessons.figures import shown
from pages.ui import arrival, session
from pages.ui.cells import Table, tables
from pages.ui.code import marked
from pages.ui.formula import html, lines

NEW = " new"  # "v new" is compared with the "v" of an earlier step
ASSETS = Path(__file__).parents[2] / "assets"

LABELS = (
    *("player.group", "player.rail", "player.first", "player.previous", "player.play", "player.pause", "player.next"),
    *("player.last", "player.slider", "player.speed", "player.position", "player.announce", "player.keys"),
    *("player.formula", "player.inputs", "player.outputs", "player.legend", "player.scroll", "player.left_out"),
    *(
        "player.changed",
        "player.unchanged",
        "player.was",
        "player.up",
        "player.down",
        "player.code",
        "player.line",
        "player.cell",
    ),
)

_component = st.components.v2.component(
    "nextword.player",
    html='<div class="player"></div>',
    css=(ASSETS / "player.css").read_text(encoding="utf-8"),
    js=(ASSETS / "player.js").read_text(encoding="utf-8"),
)


def player(
    trace: Trace,
    lesson: Lesson,
    *,
    texts: Mapping[str, str],
    key: str,
    start: int | None = None,
    link: str | None = "n",
    values: Mapping[str, Any] | None = None,
) -> int:
    """Draws the player and returns the step shown, counted from 0 (brought up to date after a pause of the learner).

    `link` names the part of the page's address that holds the step, counted from 1; None where several players share
    a page. `start` is the first step shown, by default the one in the link. `values` fill the placeholders of the
    explanations; values a learner typed are escaped by the caller. Raises KeyError for a step without explanation.
    """
    if link:
        arrival.take(lesson.slug, link, arrival.whole(texts["player.slider"], 1, len(trace)))
    first = _linked(link) if start is None else start
    return _mounted(
        payload(trace, lesson, texts, values or {}), min(max(first, 0), len(trace) - 1), lesson.slug, key=key, link=link
    )


def payload(trace: Trace, lesson: Lesson, texts: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """All that the browser needs of a trace, as plain JSON."""
    before: dict[str, np.ndarray] = {}
    return {
        "texts": {name.rpartition(".")[2]: texts[name] for name in LABELS},
        "steps": [_step(_named(step, texts), lesson, values, before) for step in trace],
    }


def _named(step: Step, texts: Mapping[str, str]) -> Step:
    """The step, with the beginning and the end of a sentence called what the page's charts call them, if they do."""
    if "mark.begin" not in texts:
        return step

    def named(labels: dict[str, tuple[str, ...]] | None) -> dict[str, tuple[str, ...]]:
        return {name: tuple(shown(word, texts) for word in words) for name, words in (labels or {}).items()}

    return replace(step, labels=named(step.labels), columns=named(step.columns))


@st.fragment
def _mounted(data: dict[str, Any], start: int, slug: str, *, key: str, link: str | None) -> int:
    """Apart from the page: a step that is reported writes the link and runs nothing else."""
    above = st.container()
    reported = _component(
        key=key,
        data={**data, "start": start, "projector": session.projector()},
        default={"step": start},
        on_step_change=lambda: None,
    ).step
    step = min(int(reported), len(data["steps"]) - 1)
    if link:
        if st.query_params.get(link, "1") != str(step + 1):
            st.query_params[link] = str(step + 1)
        with above:
            arrival.complain(slug, link, str(step + 1))
    return step


def _linked(link: str | None) -> int:
    """The step a link asks for, from 0; the first where it asks for none or for nonsense."""
    asked = st.query_params.get(link, "") if link else ""
    return int(asked) - 1 if asked.isdecimal() and len(asked) < 6 else 0


def _step(step: Step, lesson: Lesson, values: Mapping[str, Any], before: dict[str, np.ndarray]) -> dict[str, Any]:
    """One step as JSON. `before` holds the arrays of earlier steps by name, and gets this step's."""
    explained = lesson.titled(f"step.{step.id}")
    titles = {name: _title(name, lesson) for name in (*step.inputs, *step.outputs)}
    inputs = tables(step.inputs, step.labels, titles, columns=step.columns)
    before.update({name: np.asarray(array) for name, array in step.inputs.items()})
    earlier = {name: before[of] for name in step.outputs if (of := name.removesuffix(NEW)) in before}
    made = {name: written(step, name) for name in step.outputs}
    outputs = tables(step.outputs, step.labels, titles, earlier, step.columns, made)
    before.update({name: np.asarray(array) for name, array in step.outputs.items()})
    return {
        "id": step.id,
        "title": _ordered(explained.title, step, lesson),
        "say": html(fill(explained.text, **values)),
        "formula": lines(step.formula) if step.formula else "",
        "inputs": [_plain(table) for table in inputs],
        "outputs": [_plain(table) for table in outputs],
        "code": asdict(marked(step.source)),
    }


def _plain(table: Table) -> dict[str, Any]:
    """A table as JSON. Not `asdict`: it copies every cell, which takes longer than all the rest."""
    return {**vars(table), "made": vars(table.made) if table.made else None}


def _ordered(title: str, step: Step, lesson: Lesson) -> str:
    """The title of a step; where the lesson says how (`step.order`), with the number in which its first result ends.

    Operations that come back for one order after the other are told apart by it.
    """
    number = re.search(r"\d+$", next(iter(step.outputs), ""))
    named = lesson.labels.get("step.order")
    return named.format(title=title, n=number[0]) if named and number else title


def _title(name: str, lesson: Lesson) -> str:
    """What the lesson calls an array: its label, or that of all whose names end with a number, else its name."""
    stem = name.rstrip("0123456789")
    named = lesson.labels.get(f"{_label(stem)}.n", "").format(n=name[len(stem) :]) if name != stem else ""
    return lesson.labels.get(_label(name)) or named or name


def _label(name: str) -> str:
    """The lesson's label for an array: `array.v_prime_new` for "v' new", `array.σ_s` for "σ(s)", `array.grad_a`: ∇a."""
    return "array." + re.sub(r"\W+", "_", name.replace("'", "_prime").replace("∇", "grad_")).strip("_")
