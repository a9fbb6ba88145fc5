"""Buttons whose press is never lost.

Streamlit tells only the very next run of the page that a button was pressed. If that run is cut short before it comes
to the button, since a stage reports the moment it rests on or a training is over, nobody hears of it. A callback runs
before anything is drawn: it notes the press, and the note stays until somebody takes it. It touches nothing of
Streamlit's: there it would be cut short, too, by a report that comes in the same moment.
"""

from typing import Any

import streamlit as st


def button(label: str, *, key: str, **looks: Any) -> None:
    """A button; `looks` are those of `st.button`. Whether it was pressed, `pressed` tells."""
    st.button(label, key=key, on_click=_noted().add, args=(key,), **looks)


def submit(label: str, *, key: str, **looks: Any) -> None:
    """The button of a form; `looks` are those of `st.form_submit_button`."""
    st.form_submit_button(label, key=key, on_click=_noted().add, args=(key,), **looks)


def pressed(key: str) -> bool:
    """Whether that button was pressed since this was last asked. Ask just before doing what it is for."""
    noted = _noted()
    if key not in noted:
        return False
    noted.discard(key)
    return True


def _noted() -> set[str]:
    """The presses of this visit that nobody has taken yet."""
    noted: set[str] = st.session_state.setdefault("pressed", set())
    return noted
