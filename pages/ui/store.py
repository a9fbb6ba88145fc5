"""What a learner's own browser remembers: guesses, quiz answers, dials. Nothing of it is kept on the server.

`put` and `get` work on this visit's memory at once. The component that `mount` draws takes what was put to the
browser's localStorage, and brings back what an earlier visit left there: once, shortly after the first page is drawn.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

MOST = 20_000  # characters of JSON: what comes back is a stranger's data, and goes to the memory of the visit
DEPTH = 3

_component = st.components.v2.component(
    "nextword.store", js=(Path(__file__).parents[2] / "assets" / "store.js").read_text(encoding="utf-8")
)


def put(key: str, value: Any) -> None:
    """Remember `value`, plain JSON, under `key`; None forgets it."""
    kept = _kept()
    if value is None:
        kept.pop(key, None)
    else:
        kept[key] = value


def get(key: str, default: Any = None) -> Any:
    """What was remembered under `key` in this visit or an earlier one. From an earlier one it may be anything."""
    return _kept().get(key, default)


def came_back() -> bool:
    """Whether the browser has told what it remembers; false in the first run of a visit, and where it cannot."""
    return bool(st.session_state.get("store.came_back"))


def mount(language: str) -> None:
    """Draw the component: once in a run, after all that calls `put`. Also tells the browser the page's language."""
    _component(
        key="store.component",
        data={"language": language, "keep": json.dumps(_kept()), "came_back": came_back()},
        default={"found": None},
        on_found_change=_take,
    )


def _take() -> None:
    found = st.session_state["store.component"].get("found")
    if not came_back() and isinstance(found, str):
        st.session_state["store.came_back"] = True
        st.session_state["store"] = {**trusted(found), **_kept()}  # what was done since the page was opened goes first


def trusted(found: str) -> dict[str, Any]:
    """What the browser gave back, if it is what `put` could have left there; else nothing."""
    try:
        value = json.loads(found) if len(found) <= MOST else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {key: kept for key, kept in value.items() if _plain(kept, DEPTH)}


def _plain(value: Any, depth: int) -> bool:
    if isinstance(value, Mapping):
        return depth > 0 and all(_plain(v, depth - 1) for v in value.values())
    if isinstance(value, list):
        return depth > 0 and all(_plain(v, depth - 1) for v in value)
    return isinstance(value, str | int | float | bool)


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = st.session_state.setdefault("store", {})
    return kept
