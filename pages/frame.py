"""The frame around every page: navigation, language, projector mode, and how many runs are going."""

import difflib
from pathlib import Path

import streamlit as st

from engine import runner
from engine.mistake import Mistake
from pages import FIRST, PAGES, SLUGS
from pages.ui import escape, own_vectors, serving, session, store, walk

ASSETS = Path(__file__).parent.parent / "assets"
STYLE = (ASSETS / "style.css").read_text(encoding="utf-8")
ICON = str(ASSETS / "icon.svg")


def navigation(texts):
    """The pages in groups, titles in the learner's language, addresses the same in all."""
    pages = {
        texts[f"group.{group}"]: [
            st.Page(file, title=texts[f"page.{slug}"], icon=icon, url_path=slug, default=slug == FIRST)
            for file, slug, icon in members
        ]
        for group, members in PAGES.items()
    }
    return st.navigation(pages, position="hidden" if session.projector() else "sidebar")


def switches(texts):
    """Language and projector mode, at the top of every page."""
    st.session_state[session.SWITCH] = session.language()
    with st.container(horizontal=True, horizontal_alignment="right", key="switches"):
        st.segmented_control(
            texts["language"],
            list(session.LANGUAGES),
            format_func=session.LANGUAGES.__getitem__,
            key=session.SWITCH,
            required=True,
            label_visibility="collapsed",
            on_change=session.choose_language,
        )
        st.toggle(texts["projector"], key="projector", help=texts["projector.help"])
    session.keep_in_link(lang=session.language(), projector="1" if session.projector() else None)


def missing(name, texts):
    """What to say to an address that is no page's: the pages there are, and the one it is nearly spelt like."""
    pages = {slug: texts[f"page.{slug}"] for slug in SLUGS}
    near = [pages[slug] for slug in difflib.get_close_matches(name.lower(), pages, 1)]
    code = "page_unknown_near" if near else "page_unknown"
    mistake = Mistake(code, name=name, near=near, allowed=session.with_ids(pages))
    st.warning(escape.plain(mistake.sentence(session.language())), icon=":material/error:")


@st.fragment(run_every=10)
def going(texts):
    """How many runs this server is training now."""
    st.caption(texts["runs.going"].format(**runner.current().counts()))


session.projector()  # set before the widget of the same key is drawn
texts = session.texts()
# Before the navigation: a browser tab without an icon of ours would fetch a page's Material icon from another host.
st.set_page_config(layout="wide", page_icon=ICON)
page = navigation(texts)
session.arrive(page.url_path)
st.set_page_config(page_title=f"{page.title} · nextword")
st.html(f"<style>{STYLE}</style>")
if session.projector():
    # Streamlit leaves the sidebar standing, empty, when it is switched off on an open page.
    st.html("<style>:root { font-size: 125%; } [data-testid='stSidebar'] { display: none; }</style>")
switches(texts)
if unknown := st.session_state.get("language.unknown"):
    st.warning(escape.plain(Mistake("language_unknown", name=unknown).sentence(session.language())))
if (asked := st.query_params.get(serving.MISSING, FIRST)) != FIRST:
    missing(asked, texts)
page.run()
own_vectors.keep()
if not session.projector():
    with st.sidebar:
        going(texts)
store.mount(session.language(), page.url_path, walk.led(page.url_path or FIRST))
session.leave()
