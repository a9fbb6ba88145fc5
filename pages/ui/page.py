"""A lesson's page as a whole: its own stations, the last two, which are alike on every page, and the walk through all.

Check: myths and quiz. Read: the code that just ran, how to run it without a browser, sources, what the era cannot do,
and the question it hands over to the next lesson.
"""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from engine.experiments import Experiment
from lessons import content
from lessons.content import Lesson
from pages.ui import moments, progress
from pages.ui.code import code, without_browser
from pages.ui.dials import chosen, complain
from pages.ui.quiz import myths, quiz
from pages.ui.share import share
from pages.ui.walk import station, walk

LABELS = ("sources", "next.lesson", "next.none")

Draw = Callable[[], None]


def page(
    kind: type[Experiment],
    lesson: Lesson,
    texts: Mapping[str, str],
    stations: Mapping[str, Draw],
    *,
    terms: Mapping[str, str],
    files: Mapping[str, Sequence[str]],
    slug: str | None = None,
    more: Draw = lambda: None,
) -> None:
    """Draws the page `slug` (else the name of `kind`, the experiment its dials set) at the station that is chosen.

    `terms` are the glossary terms of each station, with spaces between. `files` of engine/models are shown, first the
    functions named; `more` draws what else can be run without a browser.
    """
    slug = slug or kind.name

    def check() -> None:
        st.markdown(lesson["check"])
        myths(lesson, texts=texts)
        quiz(slug, lesson, texts=texts)

    def read() -> None:
        st.markdown(lesson["read"])
        spec = chosen(kind, slug)[0]
        for file, functions in files.items():
            code(spec, functions, texts=texts, file=file)
        without_browser(spec, texts=texts)
        more()
        st.subheader(texts["sources"], anchor=False)
        st.markdown("\n".join(f"- {source}" for source in lesson.sources))
        st.markdown(lesson["limits"])
        hand_over(slug, lesson.language, texts)

    if (station(slug) or st.query_params.get("at")) != "watch":  # there the dials say it
        complain(kind, slug, lesson)
    walk(
        slug,
        lesson,
        {**stations, "check": check, "read": read},
        words={station: names.split() for station, names in terms.items()},
        beside=lambda: share(slug, moments.spec_shown(kind, slug), texts=texts),
    )


def hand_over(slug: str, language: str, texts: Mapping[str, str]) -> None:
    """The way on from a lesson's last station: the next lesson and the question it answers; at the end, all of them."""
    with st.container(key="hand-over", border=True, gap="small"):
        if (name := progress.after(slug)) is None:
            progress.link("home", f"**{texts['next.none']}**")
        else:
            following = content.load(name, language)
            progress.link(name, f"**{texts['next.lesson'].format(title=following.title, year=following.year)}**")
            st.markdown(following.summary)
