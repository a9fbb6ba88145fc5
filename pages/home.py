"""The timeline of techniques, era by era; those whose lesson works are linked."""

from typing import Any

import streamlit as st

from lessons import content
from pages.ui import session

lesson = content.load("home", session.language())
texts = session.texts()
timeline: list[dict[str, Any]] = lesson.meta["timeline"]


def ready(row: dict[str, Any]):
    """A lesson that works, above all others."""
    with st.container(key=f"ready-{row['id']}", border=True, gap=None):
        st.caption(texts["home.ready"])
        about = content.load(row["slug"], session.language())
        link(row, f":primary[**{about.title}**] ({about.year})")
        st.caption(about.summary)


def link(row: dict[str, Any], label: str):
    query = {"lang": session.language()}
    st.page_link(f"{row['slug']}.py", label=label, icon=":material/play_circle:", query_params=query)


def era(row: dict[str, Any]):
    """One technique: when, what it is called, what it does and whose it is."""
    with st.container(key=f"era-{row['id']}", horizontal=True, gap="small"):
        st.markdown(row["year"], width=96)
        with st.container(width=200):
            if "slug" in row:
                link(row, f":primary[**{row['name']}**]")
            else:
                st.markdown(row["name"])
        st.caption(f"{row['what']} ·\N{NO-BREAK SPACE}{row['who']}")


st.title(lesson.title, anchor=False)
st.markdown(lesson["intro"])
working = [row for row in timeline if "slug" in row]
for n, row in enumerate(working):
    if row["slug"] not in [earlier["slug"] for earlier in working[:n]]:  # a lesson may stand for several rows
        ready(row)
st.caption(texts["home.coming"])
for group in dict.fromkeys(row["group"] for row in timeline):
    with st.container(key=f"group-{group}", horizontal=True, vertical_alignment="bottom"):
        st.header(texts[f"group.{group}"], anchor=False, width="content")
        st.caption(lesson[group], width="content")
    with st.container(gap=None):
        for row in timeline:
            if row["group"] == group:
                era(row)
