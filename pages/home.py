"""The map of all lessons, each with its question and its picture; the way on; the timeline of techniques."""

from typing import Any

import streamlit as st

from lessons import content
from pages import COURSE, PAGES
from pages.ui import progress, serving, session

lesson = content.load("home", session.language())
texts = session.texts()
timeline: list[dict[str, Any]] = lesson.meta["timeline"]
lessons = {slug: content.load(slug, session.language()) for slug in COURSE}


def go_on():
    """One link, the clearest on the page: to where the learner left off, or to what comes next."""
    last = progress.last()
    if last is None:
        slug, label = COURSE[0], texts["home.begin"]
    elif not (at := progress.of(last)).over:
        slug, label = last, texts["home.go_on"].replace("{station}", lessons[last].labels[f"station.{at.at}"])
    else:
        slug = progress.after(last)
        label = texts["home.next"] if slug else texts["home.again"]
        slug = slug or COURSE[0]
    with st.container(key="go-on"):
        progress.link(slug, label.format(title=lessons[slug].title))


def card(slug):
    """A lesson: what it shows, what it is called, what it asks, how far the learner is."""
    about = lessons[slug]
    with st.container(key=f"lesson-{slug}", border=True, gap=None):
        st.html(serving.picture(slug, about.language, lesson.labels[f"picture.{slug}"]))
        progress.link(slug, f"**{COURSE.index(slug) + 1} · {about.title}** ({about.year})")
        st.markdown(about.summary)
        if told := progress.told(about, texts):
            st.caption(f":material/bookmark: {told}")


def era(row: dict[str, Any]):
    """One technique: when, what it is called, what it does and whose it is."""
    with st.container(key=f"era-{row['id']}", horizontal=True, gap="small"):
        st.markdown(row["year"], width=96)
        if "slug" in row:
            progress.link(row["slug"], row["name"])
        else:
            st.markdown(row["name"], width=200)
        st.caption(f"{row['what']} ·\N{NO-BREAK SPACE}{row['who']}")


st.title(lesson.title, anchor=False)
st.markdown(lesson["intro"])
go_on()
st.header(texts["home.lessons"], anchor=False)
for group in dict.fromkeys(row["group"] for row in timeline):
    members = [slug for _, slug, _ in PAGES.get(group, [])]
    st.markdown(f"**{texts[f'group.{group}']}** · {lesson[group]}" + ("" if members else f" *{texts['home.coming']}*"))
    if members:
        with st.container(key=f"cards-{group}", horizontal=True):
            for slug in members:
                card(slug)
st.header(texts["home.timeline"], anchor=False)
st.caption(texts["home.linked"])
with st.container(key="timeline", gap=None):
    for row in sorted(timeline, key=lambda row: row["year"][:4]):
        era(row)
