"""A guess before the result: kept, in this visit and in the learner's browser, and shown again beside the result."""

from collections.abc import Mapping

import streamlit as st

from lessons.content import Lesson
from pages.ui import store
from pages.ui.escape import plain

OTHER = "other"  # the option that stands for a word of the learner's own
MOST = 60  # characters of such a word

LABELS = ("predict.choose", "predict.word", "predict.kept")


def predict(slug: str, section: str, lesson: Lesson, *, texts: Mapping[str, str]) -> None:
    """Asks the question of `section`: the lesson's options for it, or free text where there are none.

    With the option `other` comes a field for a word of the learner's own. A guess can be changed at any time.
    """
    st.markdown(lesson[section])
    key = f"{slug}.guess.{section}"
    kept = _kept(key)
    options = lesson.options.get(section, {})
    if options:
        _radio(key, options, kept, texts)
    if not options or _kept(key).get("option") == OTHER:
        _field(key, kept, texts)
    if guess := guessed(slug, section, lesson):
        st.caption(texts["predict.kept"].format(guess=plain(guess)))


def guessed(slug: str, section: str, lesson: Lesson) -> str | None:
    """The learner's guess in the page's language, or None. It may be their own words: escape it."""
    kept = _kept(f"{slug}.guess.{section}")
    options = lesson.options.get(section, {})
    if word := kept.get("word"):
        return word
    return options.get(kept.get("option", ""))


def _kept(key: str) -> dict[str, str]:
    """`option` and `word` of a guess. What the browser remembers may be anything: only texts are believed."""
    kept = store.get(key)
    if not isinstance(kept, dict):
        return {}
    return {k: v[:MOST] for k, v in kept.items() if k in ("option", "word") and isinstance(v, str)}


def _radio(key: str, options: Mapping[str, str], kept: Mapping[str, str], texts: Mapping[str, str]) -> None:
    widget = f"{key}.option"

    def choose() -> None:
        store.put(key, {"option": st.session_state[widget]})

    st.session_state[widget] = kept.get("option") if kept.get("option") in options else None
    st.radio(
        texts["predict.choose"],
        list(options),
        format_func=options.__getitem__,
        key=widget,
        on_change=choose,
        label_visibility="collapsed",
    )


def _field(key: str, kept: Mapping[str, str], texts: Mapping[str, str]) -> None:
    widget = f"{key}.word"

    def write() -> None:
        store.put(key, {**_kept(key), "word": st.session_state[widget].strip()})

    st.session_state[widget] = kept.get("word", "")
    st.text_input(texts["predict.word"], key=widget, max_chars=MOST, on_change=write, width=400)
