"""What a learner's own browser remembers: guesses, quiz answers, dials. Nothing of it is kept on the server.

`put` and `get` work on this visit's memory at once. The component that `mount` draws takes what was put to the
browser's localStorage, and brings back what an earlier visit left there: once, shortly after the first page is drawn,
which is drawn anew then; where nothing was left, it is not.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

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
    """Whether the browser has told what it remembers; false in the first run of a visit, and where that is nothing."""
    return bool(st.session_state.get("store.came_back"))


def mount(language: str, page: str = "", led: int = 0) -> None:
    """Draw the component: once in a run, after all that calls `put`. Also tells the browser the page's language.

    `page` is the last part of the page's address: of steps back and forward, those within the page are told. When
    `led` grows, the learner was led to another station: it begins at its top, and the keyboard goes on at its heading.
    """
    # A server that was started anew knows nothing of the visit before, whose page may still be open.
    visit = st.session_state.setdefault("store.visit", secrets.token_hex(8))
    told = {"language": language, "page": page, "led": led, "visit": visit}
    _component(
        key="store.component",
        data={**told, "keep": json.dumps(_kept()), "came_back": came_back()},
        default={"found": None, "went": None},
        on_found_change=_take,
        on_went_change=lambda: None,  # `went` asks: a callback may be cut short by the rerun that Streamlit asks for
    )


def _take() -> None:
    found = st.session_state["store.component"].get("found")
    if not came_back() and isinstance(found, str):
        st.session_state["store.came_back"] = True
        st.session_state["store"] = {**trusted(found), **_kept()}  # what was done since the page was opened goes first


def went(slug: str) -> str | None:
    """The station whose address on page `slug` the learner has just gone back or forward to; "" for the first.

    Only after a press of the browser's buttons, since a rerun with an old address is no such press; until `arrived`.
    """
    told = _told()
    if told is None or told == st.session_state.get("store.arrived"):
        return None
    try:
        page, query, _ = json.loads(told)
        station = dict(parse_qsl(query.lstrip("?"))).get("at", "")
    except (ValueError, TypeError, AttributeError):  # a stranger's data
        page, station = "", ""
    if page != slug:
        arrived()
    return station if page == slug else None


def arrived() -> None:
    """The page is where the learner went: this press is not told again. (A rerun cut short before is.)"""
    st.session_state["store.arrived"] = _told()


def _told() -> Any:
    return (st.session_state.get("store.component") or {}).get("went")


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
