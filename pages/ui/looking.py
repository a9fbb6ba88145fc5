"""What a stage of word vectors looks at: its panes (map, place of the answer, nearest words), the fields, the link."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import corpora
from lessons.word2vec import figures
from pages.ui import arrival, press, session, training
from pages.ui.look import Look
from pages.ui.stage import StagePane

NEAREST = 6  # words
COMMON = 200  # frequent words offered for the map; any other can be typed

LABELS = (
    *("view.title", "view.words", "view.words.help", "view.near", "view.dims", "view.dims.2", "view.dims.3"),
    *("view.axes", "view.axes.pca", "view.axes.own", "view.axes.own.help", "view.axis.x", "view.axis.y"),
    *("view.axis.minus", "view.apply", "pane.map", "pane.rank", "stage.last"),
    *("export.vectors", "export.title"),
)

Axes = tuple[tuple[str, str], ...]


def panes(run: Run, *, texts: Mapping[str, str], **which: Any) -> list[StagePane]:
    """Panes of the vectors of `run`: the map, the place of the analogy's answer, and the nearest words of one.

    `which` says which of the model's tables is meant, where it has several. The texts are the lesson's, too.
    """
    seen, spec = Look.of(run), run.spec.values()
    words, analogy, near = seen.words, seen.analogy, seen.near
    attributes = corpora.attributes(spec["corpus"], spec["language"])
    axes = tuple(f"{plus} − {minus}" for plus, minus in seen.axes or ())

    def pane(name: str, view: str, **given: Any) -> Pane:
        return Pane(name, view, tuple(sorted({**given, **which}.items())))

    found = [
        StagePane(
            "map",
            texts["pane.map"],
            place="main",
            pane=pane("map", "map_view", axes=seen.axes, dims=seen.dims, words=words),
            base=figures.map_base(words, attributes, analogy, texts, seen.dims, axes),
            frame=lambda numbers: figures.map_frame(numbers, words, analogy, texts),
        )
    ]
    if analogy:
        found.append(
            StagePane(
                "rank",
                texts["pane.rank"],
                kind="numbers",
                pane=pane("rank", "rank_view", **dict(zip("abcd", analogy, strict=True))),
                frame=lambda numbers: figures.rank_frame(numbers, analogy, texts),
            )
        )
    if near:
        found.append(
            StagePane(
                "nearest",
                f"{texts['view.near']} {near}",
                kind="table",
                pane=pane("nearest", "nearest_view", n=NEAREST, word=near),
                base=figures.nearest_base(texts),
                frame=lambda numbers: figures.nearest_frame(numbers, near, texts),
            )
        )
    return found


def linked(slug: str, run: Run, moment: int | None, *, texts: Mapping[str, str]) -> None:
    """What is looked at goes into the page's address; what of a link cannot be looked at is said."""
    look = Look.of(run)
    session.keep_in_link(moment=None if moment is None else str(moment), **Look.in_link(run))
    used = {
        "moment": texts["stage.last"] if moment is None else str(moment),
        "words": session.listed(look.words),
        "analogy": session.listed(look.analogy or ()),
        "near": look.near,
        "axes": texts[f"view.axes.{'own' if look.axes else 'pca'}"],
        "dims": texts[f"view.dims.{look.dims}"],
    }
    for name, value in used.items():
        arrival.complain(slug, name, value)


def looking(slug: str, run: Run, *, texts: Mapping[str, str]) -> None:
    """What the stage of page `slug` looks at: words, axes, dimensions, whose neighbours."""
    seen = Look.of(run)
    with st.expander(texts["view.title"], icon=":material/visibility:"), st.form(f"{slug}.looking", border=False):
        key = f"{slug}.looking.{hash(seen)}"  # another look gives the fields their first values anew
        common = (run.facts or {}).get("vocabulary", ())[:COMMON]
        words = st.multiselect(
            texts["view.words"],
            list(dict.fromkeys((*seen.words, *common))),
            default=list(seen.words),
            help=texts["view.words.help"],
            accept_new_options=True,
            key=f"{key}.words",
        )
        near = st.text_input(texts["view.near"], seen.near, key=f"{key}.near")
        dims = st.radio(
            texts["view.dims"],
            (2, 3),
            index=seen.dims - 2,
            format_func=lambda d: texts[f"view.dims.{d}"],
            horizontal=True,
            key=f"{key}.dims",
        )
        kind = st.radio(
            texts["view.axes"],
            ("pca", "own"),
            index=int(bool(seen.axes)),
            format_func=lambda a: texts[f"view.axes.{a}"],
            horizontal=True,
            key=f"{key}.axes",
        )
        axes = _axes(seen, key, texts)
        press.submit(texts["view.apply"], icon=":material/check:", key=f"{slug}.looking.go")
        refused = f"{slug}.looking.refused"
        if press.pressed(f"{slug}.looking.go"):
            look = dataclasses.replace(seen, words=tuple(words), near=near.strip(), axes=None, dims=dims)
            if kind == "own":
                look = dataclasses.replace(look, axes=axes or None, dims=2)
            st.session_state[refused] = _take(run, look, refused)
        if mistake := st.session_state.get(refused):  # it stays when the page is drawn anew
            training.say(mistake)


def _axes(seen: Look, key: str, texts: Mapping[str, str]) -> Axes:
    """Two differences of words, by default those of the analogy: woman − man, king − man. Fields may be left empty."""
    a, b, c = (seen.analogy or (*seen.words, "", "", ""))[:3]
    usual = (*(seen.axes or ()), (c, a), (b, a))[:2]
    st.caption(texts["view.axes.own.help"])
    axes = []
    for name, (plus, minus) in zip("xy", usual, strict=True):
        with st.container(horizontal=True):
            first = st.text_input(texts[f"view.axis.{name}"], plus, key=f"{key}.{name}.plus")
            second = st.text_input(texts["view.axis.minus"], minus, key=f"{key}.{name}.minus")
            axes.append((first.strip(), second.strip()))
    return tuple(axis for axis in axes if any(axis))


def _take(run: Run, look: Look, refused: str) -> Mistake | None:
    """Take the learner's choice, if the model knows its words; else what is wrong with it."""
    try:
        look.check(run)
    except Mistake as mistake:
        return mistake
    look.keep(run)
    st.session_state.pop(refused, None)
    st.rerun()


def taken_away(run: Run, *, texts: Mapping[str, str], key: str, **which: Any) -> None:
    """A button that downloads all vectors, as a model answers `export` for `which` of its tables."""
    st.download_button(
        texts["export.vectors"],
        data=lambda: run.ask("export", **which)["text"],  # made only when asked for: a megabyte or more
        file_name="vectors.txt",
        icon=":material/download:",
        type="tertiary",
        key=key,
        on_click="ignore",
        help=texts["export.title"],
    )
