"""A guess before the result: kept, in this visit and in the learner's browser, and shown again beside the result."""

from collections.abc import Mapping

import streamlit as st

from engine.runner import Run
from lessons.content import Lesson
from pages.ui import store
from pages.ui.escape import plain

OTHER = "other"  # the option that stands for a word of the learner's own
MOST = 60  # characters of such a word

LABELS = ("predict.choose", "predict.word", "predict.kept", "predict.tell")


def predict(slug: str, section: str, lesson: Lesson, *, texts: Mapping[str, str], like: str | None = None) -> None:
    """Asks the question of `section`: the lesson's options for it, or free text where there are none.

    With the option `other` comes a field for a word of the learner's own. A guess can be changed at any time. Where
    two sections ask the same, one names the other, `like`: the options and the guess are those of that one.
    """
    st.markdown(lesson[section])
    key, widget = f"{slug}.guess.{like or section}", f"{slug}.guess.{section}"
    kept = _kept(key)
    options = lesson.options.get(like or section, {})
    if options:
        _radio(key, widget, options, kept, texts)
    if not options or _kept(key).get("option") == OTHER:
        _field(key, widget, kept, texts)
    if guess := guessed(slug, like or section, lesson):
        st.caption(texts["predict.kept"].format(guess=plain(guess)))


def guessed(slug: str, section: str, lesson: Lesson) -> str | None:
    """The learner's guess in the page's language, or None. It may be their own words: escape it."""
    kept = _kept(f"{slug}.guess.{section}")
    options = lesson.options.get(section, {})
    if word := kept.get("word"):
        return word
    return options.get(kept.get("option", ""))


def tell(run: Run, moment: int | None, *, texts: Mapping[str, str], key: str) -> bool:
    """Whether the page may tell what came of `run`: its end has been on the stage, or the learner asks for it here.

    Training is over before its playback: told at once, the result would give away what is still to be seen. `moment`
    is the one the stage reports. Once told, a result stays while the learner goes back in time.
    """
    if run.state != "done":
        return False
    told = f"{key}.told"
    if moment is not None and moment >= len(run.history) - 1:
        st.session_state[told] = run.token

    def ask() -> None:
        st.session_state[told] = run.token

    if st.session_state.get(told) != run.token:
        st.button(texts["predict.tell"], icon=":material/visibility:", key=f"{key}.tell", on_click=ask)
    return bool(st.session_state.get(told) == run.token)


def _kept(key: str) -> dict[str, str]:
    """`option` and `word` of a guess. What the browser remembers may be anything: only texts are believed."""
    kept = store.get(key)
    if not isinstance(kept, dict):
        return {}
    return {k: v[:MOST] for k, v in kept.items() if k in ("option", "word") and isinstance(v, str)}


def _radio(
    key: str, widget: str, options: Mapping[str, str], kept: Mapping[str, str], texts: Mapping[str, str]
) -> None:
    widget = f"{widget}.option"

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


def _field(key: str, widget: str, kept: Mapping[str, str], texts: Mapping[str, str]) -> None:
    widget = f"{widget}.word"

    def write() -> None:
        store.put(key, {**_kept(key), "word": st.session_state[widget].strip()})

    st.session_state[widget] = kept.get("word", "")
    st.text_input(texts["predict.word"], key=widget, max_chars=MOST, on_change=write, width=400)
