"""A still picture, with what it shows in words; one that is wider than the page scrolls by itself."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import streamlit as st

from lessons.figures import THEMES, in_words
from pages.ui import session
from pages.ui.table import as_csv

LABELS = ("between", "chart.line", "chart.row", "table.csv")
STILL = {"displayModeBar": False}
SHEET = 960  # px: wider ones are made smaller still on paper (style.css)


def chart(figure: dict[str, Any], key: str, told: str | None = None, wide: bool = True) -> None:
    """A picture, and what it shows in words, for those who cannot see it: as `told`, or else read off its lines."""
    width = "stretch" if wide else "content"
    ink = {"color": THEMES[st.context.theme.type or "light"]["text"]}  # words are read here: Streamlit's grey is faint
    axes = {name: {**axis, "tickfont": ink} for name, axis in figure["layout"].items() if "axis" in name}
    figure = {**figure, "layout": {**figure["layout"], **axes, "font": ink}}
    told = told or in_words(figure, session.texts())
    st.plotly_chart(figure, key=key, theme="streamlit", config=STILL, width=cast(Any, width), alt=told)


def scrolled(
    figure: dict[str, Any], key: str, numbers: Mapping[str, Sequence[Any]], told: str, name: str = "numbers"
) -> None:
    """A picture as wide as its words need; where the page is narrower, it scrolls by itself.

    Its `numbers` can be taken away, as `name`.csv: without something to press in it, nobody could scroll it by
    keyboard.
    """
    wide = "-wide" if figure["layout"].get("width", 0) > SHEET else ""
    with st.container(key=f"scroll-{key.replace('.', '-')}{wide}"):
        chart(figure, key, told, wide=False)
        looks: dict[str, Any] = {"type": "tertiary", "icon": ":material/download:", "on_click": "ignore"}
        made = partial(as_csv, numbers)  # when it is asked for: many numbers take their time
        st.download_button(session.texts()["table.csv"], made, f"{name}.csv", "text/csv", key=f"{key}.csv", **looks)
