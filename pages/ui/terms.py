"""The words of the trade, explained where they are used: a button for each, which opens two lines."""

from collections.abc import Iterable, Mapping

import streamlit as st

from lessons import content
from pages.ui import session

LABELS = ("glossary",)


def terms(names: Iterable[str], *, texts: Mapping[str, str], key: str) -> None:
    """A row of glossary terms, by id. Raises KeyError for one that the glossary does not have."""
    glossary = content.load("common", session.language()).terms
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=key):
        st.caption(texts["glossary"], width="content")
        for name in names:
            term = glossary[name]
            with st.popover(term.title, type="tertiary", key=f"{key}.{name}"):
                st.markdown(f"**{term.title}**\n\n{term.text}")
