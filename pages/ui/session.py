"""What the whole visit shares: the language, projector mode, and the words of the interface."""

from collections.abc import Iterable, Mapping

import streamlit as st

from engine import mistake
from lessons import content
from pages.ui import store

LANGUAGES = {"zh": "中文", "en": "English"}
# Whether a run of the whole page is under way, or was cut short; and whether it wrote into the page's address.
DRAWING, WRITTEN = "address.drawing", "address.written"
SWITCH = "language.switch"  # the widget's key; the language itself is a plain entry, which no widget can lose


def language() -> str:
    """The learner's language: chosen here, else named in the link, else of the last visit, else the browser's."""
    if "language" not in st.session_state:
        named = st.query_params.get("lang", "")
        browser = "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
        st.session_state["language"] = named if named in LANGUAGES else browser
        st.session_state["language.unknown"] = named if named and named not in LANGUAGES else ""
        st.session_state["language.free"] = not named
    if st.session_state["language.free"] and store.came_back():
        st.session_state["language.free"] = False
        if (remembered := store.get("language")) in LANGUAGES:
            st.session_state["language"] = remembered
    chosen: str = st.session_state["language"]
    return chosen


def choose_language() -> None:
    """Take the language of the switch, and remember it for the next visit."""
    st.session_state["language"] = st.session_state[SWITCH]
    st.session_state["language.free"] = False
    st.session_state["language.unknown"] = ""
    store.put("language", language())


def projector() -> bool:
    """Whether the page is shown to a room: larger type, no sidebar, keyboard hints."""
    if st.session_state.get("projector") is None:
        st.session_state["projector"] = st.query_params.get("projector") == "1"
    return bool(st.session_state["projector"])


def arrive(page: str) -> None:
    """Take note of the page that is drawn, by the last part of its address, and of its address before it is drawn."""
    st.session_state["address"] = st.query_params.to_dict()
    st.session_state[DRAWING] = True
    last, number = st.session_state.get("visit", ("", 0))
    if page != last:
        st.session_state["visit"] = page, number + 1


def visit() -> int:
    """How many pages the learner has gone to up to this one."""
    number: int = st.session_state.get("visit", ("", 0))[1]
    return number


def readdressed() -> bool:
    """Whether something was written into the page's address since it began to be drawn, or in a run cut short."""
    return bool(st.session_state.get(WRITTEN) or st.session_state.get("address") != st.query_params.to_dict())


def leave() -> None:
    """The page is drawn: what was written into its address, by this run or one cut short before, is told again, whole.

    A run that is cut short has told a part of it, and may have told it after the browser asked for this run with the
    address before: that part alone would stay. A browser that has the address already does nothing.
    """
    if st.session_state.get(WRITTEN):
        st.query_params.from_dict(st.query_params.to_dict())
    st.session_state[DRAWING] = st.session_state[WRITTEN] = False


def texts() -> Mapping[str, str]:
    """The words of the interface in the learner's language."""
    return content.load("common", language()).labels


def listed(words: Iterable[str]) -> str:
    """A list as the learner's language writes it."""
    return mistake.listed(words, language())


def with_ids(names: Mapping[str, str]) -> list[str]:
    """What the learner sees, each with what a link calls it in brackets. `names` maps the one to the other."""
    return [mistake.with_id(name, id, language()) for id, name in names.items()]


def keep_in_link(**values: str | None) -> None:
    """Write values into the page's address; None removes one. Only what differs: every write costs a message."""
    for key, value in values.items():
        if st.query_params.get(key) == value:
            continue
        st.session_state[WRITTEN] = st.session_state.get(DRAWING)  # a fragment's write is whole by itself
        if value is None:
            del st.query_params[key]
        else:
            st.query_params[key] = value
