"""A beam search: the dials of its width and of its preference for long texts, and the tree of what it looked at."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from lessons.decoding import figures
from lessons.figures import shown
from pages.ui import arrival, session
from pages.ui.picture import scrolled
from pages.ui.table import table

LABELS = (
    *("beam.width", "beam.width.help", "beam.alpha", "beam.alpha.help", "beam.alpha.none"),
    *("beam.seen", "beam.text", "beam.score", "beam.caption"),
)
ALPHAS = {"0": "0", "0.6": "0.6", "1": "1"}  # preferences for long texts, as a link names them


def beam_dials(
    slug: str, place: str, width_part: str, alpha_part: str, *, texts: Mapping[str, str]
) -> tuple[int, float]:
    """The width of a beam and its preference for long texts; their names in the link."""
    looks: dict[str, Any] = {"width": 260, "persist_state": "session"}
    names = {0.0: texts["beam.alpha.none"], 0.6: "0.6", 1.0: "1"}
    usual = {width_part: 2, alpha_part: 0.6}
    reads: dict[str, Callable[[str], Any]] = {
        width_part: arrival.whole(texts["beam.width"], 1, 5),
        alpha_part: lambda asked: float(arrival.choice(texts["beam.alpha"], ALPHAS)(asked)),
    }
    for part, read in reads.items():
        if f"{place}.{part}" not in st.session_state:
            asked = arrival.take(slug, part, read)
            st.session_state[f"{place}.{part}"] = usual[part] if asked is None else asked
    with st.container(horizontal=True, key=f"{place}-beams"):
        label, said = texts["beam.width"], texts["beam.width.help"]
        width = int(st.slider(label, 1, 5, key=f"{place}.{width_part}", help=said, **looks))
        label, said, key = texts["beam.alpha"], texts["beam.alpha.help"], f"{place}.{alpha_part}"
        alpha = float(st.select_slider(label, list(names), format_func=names.__getitem__, key=key, help=said, **looks))
    arrival.complain(slug, width_part, str(width))
    arrival.complain(slug, alpha_part, names[alpha])
    found = {width_part: width, alpha_part: alpha}
    session.keep_in_link(**{part: None if value == usual[part] else f"{value:g}" for part, value in found.items()})
    return width, alpha


def branched(
    found: Mapping[str, Any], place: str, line: Callable[[Sequence[str]], str], *, texts: Mapping[str, str]
) -> None:
    """The tree of a beam search, and the texts that were finished, each as a `line`."""
    lines = [line([shown(word, texts) for word in told]) for told in found["told"]]
    told = texts["beam.seen"].format(n=len(found["nodes"]), best=lines[0] if lines else "–")
    scrolled(figures.tree(found, texts), f"{place}.tree", figures.branches(found, texts), told, "beam")
    ended = [found["nodes"][leaf] for leaf in found["best"]]
    columns: dict[str, Sequence[Any]] = {
        texts["beam.text"]: lines,
        "ln P": [node["log"] for node in ended],
        texts["beam.score"]: [node["score"] for node in ended],
    }
    table(columns, name="beams", caption=texts["beam.caption"], texts=texts, key=f"{place}.beams")
