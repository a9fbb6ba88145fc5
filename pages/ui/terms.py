"""The words of the trade, explained where they are used: a button for each, which opens two lines; on paper, a list."""

from collections.abc import Iterable, Mapping

import streamlit as st

from lessons import content
from pages.ui import session

LABELS = ("glossary",)


def glossary(names: Iterable[str], *, texts: Mapping[str, str]) -> None:
    """The terms as a list to be printed. Raises KeyError for one that the glossary does not have."""
    found = content.load("common", session.language()).terms
    st.header(texts["glossary"], anchor=False)
    st.markdown("\n\n".join(f"**{found[name].title}**  \n{found[name].text}" for name in names))


def terms(names: Iterable[str], *, texts: Mapping[str, str], key: str) -> None:
    """A row of glossary terms, by id. Raises KeyError for one that the glossary does not have."""
    found = content.load("common", session.language()).terms
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=key):
        st.caption(texts["glossary"], width="content")
        for name in names:
            term = found[name]
            with st.popover(term.title, type="tertiary", key=f"{key}.{name}"):
                st.markdown(f"**{term.title}**\n\n{term.text}")
