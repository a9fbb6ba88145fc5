"""The map of all lessons, each with its question and its picture; the way on; the timeline of techniques."""

from typing import Any

import streamlit as st

from lessons import content
from pages import COURSE, PAGES
from pages.ui import progress, serving, session

NAME = 200  # pixels of a technique's name in the timeline

lesson = content.load("home", session.language())
texts = session.texts()
timeline: list[dict[str, Any]] = lesson.meta["timeline"]
lessons = {slug: content.load(slug, session.language()) for slug in COURSE}


def go_on():
    """One link, the clearest on the page: to where the learner left off, or to what comes next."""
    last, at = progress.last()
    slug, label, station = COURSE[0], texts["home.again" if last else "home.begin"], ""
    if last and not at.over:
        slug, label, station = last, texts["home.go_on"], lessons[last].labels[f"station.{at.at}"]
    elif last and (following := progress.after(last)):
        slug, label = following, texts["home.next"]
    with st.container(key="go-on"):
        progress.link(slug, label.format(title=lessons[slug].title, station=station))


def card(slug, group):
    """A lesson: what it shows, what it is called, what it asks, how far the learner is."""
    about = lessons[slug]
    with st.container(key=f"lesson-{slug}", border=True, gap=None):
        st.html(serving.picture(slug, about.language, lesson.labels[f"picture.{slug}"]))
        progress.link(slug, f"**{COURSE.index(slug) + 1} · {about.title}**")
        st.caption(f"{texts[f'group.{group}']} · {about.year}")
        st.markdown(about.summary)
        if told := progress.told(about, texts):
            st.caption(f":material/bookmark: {told}")


def era(row: dict[str, Any]):
    """One technique: when, what it is called, what it does and whose it is."""
    with st.container(key=f"era-{row['id']}", horizontal=True, gap="small"):
        st.markdown(row["year"], width=96)
        if "slug" in row:
            progress.link(row["slug"], f":primary[**{row['name']}**]", NAME)
        else:
            st.markdown(row["name"], width=NAME)
        st.caption(f"{row['what']} ·\N{NO-BREAK SPACE}{row['who']}")


st.title(lesson.title, anchor=False)
st.markdown(lesson["intro"])
go_on()
st.header(texts["home.lessons"], anchor=False)
with st.container(key="lessons", horizontal=True):
    for group, members in PAGES.items():
        for _, slug, _ in members:
            if slug in lessons:
                card(slug, group)
for group in dict.fromkeys(row["group"] for row in timeline):
    if group not in PAGES:
        st.markdown(f"**{texts[f'group.{group}']}** · {lesson[group]} {texts['home.coming']}")
st.header(texts["home.timeline"], anchor=False)
st.caption(texts["home.linked"])
with st.container(key="timeline", gap=None):
    for row in sorted(timeline, key=lambda row: row["year"][:4]):
        era(row)
