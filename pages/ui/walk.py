"""The walk through a page: its stations, one on screen at a time, each with an address of its own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from engine.mistake import Mistake
from lessons.content import Lesson
from pages.ui import arrival, press, progress, session, store
from pages.ui.terms import glossary, terms

ALL = "all"  # every station in a row, for printing

LABELS = ("walk", "walk.next", "walk.back", "walk.all", "walk.one")


@dataclass
class Place:
    """The station the learner is at, how often they were led to one other than by the choice of stations, and the visit
    of the page and the station that the page's address was last given.

    A rerun cut short at any access to Streamlit's state finds it whole: what changes here changes at once.
    """

    station: str
    led: int = 0
    linked: tuple[int, str] | None = None

    def lead(self, station: str) -> None:
        self.station, self.led = station, self.led + 1


def walk(
    slug: str,
    lesson: Lesson,
    stations: Mapping[str, Callable[[], None]],
    words: Mapping[str, Iterable[str]],
    beside: Callable[[], None] | None = None,
) -> None:
    """Head of the page, the choice of stations, the chosen one, the way on. `stations` maps ids to what draws them.

    `words` are the glossary terms each station uses. `beside` draws more buttons beside the way on.
    """
    texts, names = session.texts(), list(stations)
    place = _arrive(slug, lesson, names)
    at = place.station
    if at != ALL:
        progress.note(slug, at, names)
        arrival.complain(slug, "at", lesson.labels[f"station.{at}"])
    with st.container(key="head", horizontal=True, vertical_alignment="bottom"):
        st.title(lesson.title, anchor=False, width="content")
        st.caption(f"{lesson.year} · {lesson.summary}", width="content")
    if at == ALL:
        press.button(texts["walk.one"], icon=":material/slideshow:", key=_way(slug, names[0]))
        for name in names:
            _station(lesson, names, name, stations[name], alone=False)
        glossary(dict.fromkeys(term for name in names for term in words[name]), texts=texts)
    else:
        # The choice lives in an entry of its own: a rerun cut short before the widget is drawn would lose the widget's.
        # And whoever walks on by a button gets another widget: a rerun that the browser asked for just before, with the
        # old one still on its screen, would otherwise look like a choice of the old station.
        key = _key(slug, place)
        st.session_state[key] = at
        with st.container(key="stations"):
            st.segmented_control(
                texts["walk"],
                names,
                format_func=lambda name: f"{names.index(name) + 1} {lesson.labels['station.' + name]}",
                key=key,
                required=True,
                label_visibility="collapsed",
                wrap=True,
            )
        _station(lesson, names, at, stations[at])
        terms(words[at], texts=texts, key=f"terms-{slug}")
        _way_on(slug, lesson, names, at, beside)
    _link(place, at, None if at == names[0] else at)


def station(slug: str) -> str | None:
    """The station the learner is at on that page; None before they have been there."""
    place = st.session_state.get(f"{slug}.place")
    return place.station if place else None


def led(slug: str) -> int:
    """How often the learner was led to another station of that page other than by the choice of stations."""
    place = st.session_state.get(f"{slug}.place")
    return place.led if place else 0


def _arrive(slug: str, lesson: Lesson, names: list[str]) -> Place:
    """The learner's place: their choice, also by a button or the browser's Back; at first the link's.

    A link to no station says so and starts at the first.
    """
    place: Place | None = st.session_state.get(f"{slug}.place")
    if place is None:
        wanted = st.query_params.get("at", names[0])
        if wanted not in (*names, ALL):
            titles = {name: lesson.labels[f"station.{name}"] for name in names}
            arrival.refuse(slug, "at", Mistake("station_unknown", name=wanted, allowed=session.with_ids(titles)))
            wanted = names[0]
        place = st.session_state[f"{slug}.place"] = Place(wanted)
    if (gone := store.went(slug)) is not None:
        if (there := gone or names[0]) in (*names, ALL) and there != place.station:
            place.lead(there)
        store.arrived()
    for name in (*names, ALL):
        if press.pressed(_way(slug, name)):
            place.lead(name)
    if (choice := st.session_state.get(_key(slug, place))) in names:  # no callback: see press.py
        place.station = choice
    return place


def _link(place: Place, at: str, named: str | None) -> None:
    """Writes the station into the address when it is news, or where something else was written there in this run.

    Not always: whoever goes back in the browser has its address already, and the page may run once more before it
    hears of that. The station they have left would be put back, and be one more to go back through.
    """
    if session.readdressed() or place.linked != (session.visit(), at):
        session.keep_in_link(at=named)
        place.linked = session.visit(), at


def _station(lesson: Lesson, names: list[str], name: str, draw: Callable[[], None], alone: bool = True) -> None:
    # Alone on the screen a station needs no heading for the eye; for screen readers it stays (style.css hides it).
    with st.container(key=f"{'alone' if alone else 'station'}-{name}"):
        st.header(f"{names.index(name) + 1} · {lesson.labels['station.' + name]}", anchor=False)
        draw()


def _way_on(slug: str, lesson: Lesson, names: list[str], at: str, beside: Callable[[], None] | None) -> None:
    texts, here = session.texts(), names.index(at)
    with st.container(horizontal=True, key="way-on"):
        if here > 0:
            press.button(texts["walk.back"], icon=":material/arrow_back:", key=_way(slug, names[here - 1]))
        if here + 1 < len(names):
            label = texts["walk.next"].format(station=lesson.labels["station." + names[here + 1]])
            press.button(label, icon=":material/arrow_forward:", type="primary", key=_way(slug, names[here + 1]))
        if beside:
            beside()
        press.button(texts["walk.all"], icon=":material/print:", type="tertiary", key=_way(slug, ALL))


def _way(slug: str, name: str) -> str:
    """The key of the button that leads to a station."""
    return f"{slug}.to.{name}"


def _key(slug: str, place: Place) -> str:
    """The key of the choice of stations."""
    return f"{slug}.at.{place.led}"
