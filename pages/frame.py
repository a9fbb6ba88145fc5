"""The frame around every page: navigation, language, projector mode, and how many runs are going."""

from pathlib import Path

import streamlit as st

from engine import runner
from engine.mistake import Mistake
from pages.ui import escape, session, store

ASSETS = Path(__file__).parent.parent / "assets"
STYLE = (ASSETS / "style.css").read_text(encoding="utf-8")
ICON = str(ASSETS / "icon.svg")

# Group → (file, slug, Material icon). A new era is one line here; a page stands here only once it works.
PAGES = {
    "start": [("home.py", "home", ":material/timeline:")],
    "vectors": [("word2vec.py", "word2vec", ":material/scatter_plot:")],
    "about": [("about.py", "about", ":material/info:")],
}


def navigation(texts):
    """The pages in groups, titles in the learner's language, addresses the same in all."""
    pages = {
        texts[f"group.{group}"]: [
            st.Page(file, title=texts[f"page.{slug}"], icon=icon, url_path=slug, default=slug == "home")
            for file, slug, icon in members
        ]
        for group, members in PAGES.items()
    }
    return st.navigation(pages, position="hidden" if session.projector() else "sidebar")


def switches(texts):
    """Language and projector mode, at the top of every page."""
    with st.container(horizontal=True, horizontal_alignment="right", key="switches"):
        st.segmented_control(
            texts["language"],
            list(session.LANGUAGES),
            format_func=session.LANGUAGES.__getitem__,
            key="language",
            required=True,
            label_visibility="collapsed",
            on_change=session.keep_language,
        )
        st.toggle(texts["projector"], key="projector", help=texts["projector.help"])
    session.keep_in_link(lang=session.language(), projector="1" if session.projector() else None)


@st.fragment(run_every=10)
def going(texts):
    """How many runs this server is training now."""
    st.caption(texts["runs.going"].format(**runner.current().counts()))


session.language(), session.projector()  # set before the widgets of the same keys are drawn
texts = session.texts()
# Before the navigation: a browser tab without an icon of ours would fetch a page's Material icon from another host.
st.set_page_config(layout="wide", page_icon=ICON)
page = navigation(texts)
st.set_page_config(page_title=f"{page.title} · nextword")
st.html(f"<style>{STYLE}</style>")
if session.projector():
    # Streamlit leaves the sidebar standing, empty, when it is switched off on an open page.
    st.html("<style>:root { font-size: 125%; } [data-testid='stSidebar'] { display: none; }</style>")
switches(texts)
if unknown := st.session_state.get("language.unknown"):
    st.warning(escape.plain(Mistake("language_unknown", name=unknown).sentence(session.language())))
page.run()
if not session.projector():
    with st.sidebar:
        going(texts)
store.mount(session.language())
