"""The timeline of techniques; those whose lesson works are linked."""

import streamlit as st

from lessons import content
from pages.ui import session

lesson = content.load("home", session.language())
st.title(lesson.title, anchor=False)
st.markdown(lesson["intro"])
for row in lesson.meta["timeline"]:
    with st.container(key=f"era-{row['id']}", horizontal=True):
        st.markdown(f"**{row['year']}**", width=90)
        with st.container(gap=None):
            if slug := row.get("slug"):
                st.page_link(
                    f"{slug}.py",
                    label=f"**{row['name']}**",
                    icon=":material/play_circle:",
                    query_params={"lang": session.language()},
                )
            else:
                st.markdown(row["name"])
            st.caption(f"{row['what']} · {row['who']}")
