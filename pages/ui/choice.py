"""One of several, and one place in a sentence: kept for the visit, and named in the link."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.mistake import Mistake
from pages.ui import arrival, escape, session

TYPED = 400  # characters of a sentence: forty long words


def choose(slug: str, name: str, label: str, options: Mapping[str, str]) -> str:
    """One of `options` (id → what it is called), by pills; `name` in the link. The first is the usual one."""
    first, key = next(iter(options)), f"{slug}.choice.{name}"
    asked = arrival.take(slug, name, arrival.choice(label, dict(options)))
    st.session_state[key] = st.session_state.get(key) or asked or first
    looks: dict[str, Any] = {"required": True, "persist_state": "session"}
    picked = str(st.pills(label, list(options), format_func=options.__getitem__, key=key, **looks) or first)
    arrival.complain(slug, name, options[picked])
    session.keep_in_link(**{name: None if picked == first else picked})
    return picked


def line(asked: str, most: int = TYPED) -> str:
    """Reads a sentence of the link; one that does not fit its field is not cut: Mistake("line_too_long")."""
    if len(asked) > most:
        raise Mistake("line_too_long", count=len(asked), most=most)
    return asked


def sentence(slug: str, key: str, label: str, usual: str, linked: bool, said: str, offers: Sequence[str] = ()) -> str:
    """A sentence that is typed, or asked for by the link (`text`) if it is `linked`; at first `usual`.

    It and the `offers` are one click away, after `said`. `key` is for the text that the sentence is about.
    """
    if key not in st.session_state:
        asked = arrival.take(slug, "text", line) if linked else None
        st.session_state[key] = usual if asked is None else asked

    def take(offer: str) -> None:
        st.session_state[key] = offer

    text = st.text_input(label, key=key, max_chars=TYPED, persist_state="session")
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"offers-{slug}"):
        st.caption(said, width="content")
        for n, offer in enumerate(dict.fromkeys((usual, *offers))):
            st.button(escape.plain(offer) or "–", key=f"{key}.{n}", type="tertiary", on_click=take, args=(offer,))
    arrival.complain(slug, "text", str(text))
    session.keep_in_link(text=text if text != usual else None)
    return str(text)


def place(slug: str, key: str, label: str, names: Sequence[str], usual: int, linked: bool) -> int:
    """A place in a sentence, from 0; people, and the link (`factor`), count from 1. `names` are those of the places."""
    if key not in st.session_state:
        asked = arrival.take(slug, "factor", arrival.whole(label, 1, len(names))) if linked else None
        st.session_state[key] = usual if asked is None else asked - 1
    at = st.selectbox(label, range(len(names)), format_func=names.__getitem__, key=key, persist_state="session")
    arrival.complain(slug, "factor", str(at + 1))
    session.keep_in_link(factor=None if at == usual else str(at + 1))
    return int(at)


def example(slug: str, label: str, options: Mapping[str, str]) -> tuple[DeltaGenerator, str]:
    """Whose numbers are stepped through (`example` in the link), and the row it is chosen in: more fits in it."""
    first, key = next(iter(options)), f"{slug}.source"
    if asked := arrival.take(slug, "example", arrival.choice(label, dict(options))):
        st.session_state[key] = asked
    row = st.container(horizontal=True, vertical_alignment="bottom", key="step-choices")
    looks: dict[str, Any] = {"width": "content", "persist_state": "session"}
    source = str(row.radio(label, list(options), format_func=options.__getitem__, key=key, **looks))
    arrival.complain(slug, "example", options[source])
    session.keep_in_link(example=None if source == first else source)
    return row, source
