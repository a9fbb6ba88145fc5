"""What a link asks for beside the dials: read once, where it is used, with a sentence for what cannot be used.

After that the state is the page's, and the page writes it into the address.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import streamlit as st

from engine.mistake import Mistake
from pages.ui import session
from pages.ui.escape import plain

LABELS = ("link.instead",)

T = TypeVar("T")


@dataclass
class _Arrival:
    """The parts of the link that nobody has used yet, and those that could not be: what was wrong, what was used."""

    asked: dict[str, str]
    refused: dict[str, tuple[Mistake, str | None]] = field(default_factory=dict)


def _arrival(slug: str) -> _Arrival:
    arrival: _Arrival = st.session_state.setdefault(f"{slug}.arrival", _Arrival(st.query_params.to_dict()))
    return arrival


def take(slug: str, name: str, read: Callable[[str], T]) -> T | None:
    """What the link asks for under `name`, the first time; None where it asks for nothing, or for what `read` refuses.

    `read` raises a Mistake, which `complain` shows.
    """
    arrival = _arrival(slug)
    if (asked := arrival.asked.pop(name, None)) is None:
        return None
    try:
        return read(asked)
    except Mistake as mistake:
        refuse(slug, name, mistake)
        return None


def refuse(slug: str, name: str, mistake: Mistake) -> None:
    """What the link asks for under `name` cannot be used."""
    _arrival(slug).refused[name] = (mistake, None)


def complain(slug: str, name: str, used: str) -> None:
    """Says what of the link could not be used, and that `used` is there instead, for as long as it is."""
    refused = _arrival(slug).refused
    if name not in refused:
        return
    mistake, first = refused[name]
    if first not in (None, used):
        del refused[name]  # the learner has gone on
        return
    refused[name] = (mistake, used)
    warn(mistake, used)


def warn(mistake: Mistake, used: str) -> None:
    """The sentence of a mistake in a link, and what was used instead."""
    language = session.language()
    sentence = session.texts()["link.instead"].format(sentence=mistake.sentence(language), used=used or "–")
    st.warning(plain(sentence), icon=":material/error:")


def whole(name: str, low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number from `low` to `high`; `name` is what the learner calls it."""

    def read(asked: str) -> int:
        if not (asked.removeprefix("-").isdecimal() and len(asked) < 10):
            raise Mistake("dial_whole_number", name=name, value=asked, low=low, high=high)
        if not low <= int(asked) <= high:
            raise Mistake("dial_range", name=name, value=int(asked), low=low, high=high)
        return int(asked)

    return read


def real(name: str, low: float, high: float) -> Callable[[str], float]:
    """Reads a number from `low` to `high`; `name` is what the learner calls it."""

    def read(asked: str) -> float:
        try:
            value = float(asked)
        except ValueError:
            raise Mistake("dial_number", name=name, value=asked, low=f"{low:g}", high=f"{high:g}") from None
        if not low <= value <= high:  # also catches nan
            raise Mistake("dial_range", name=name, value=asked, low=f"{low:g}", high=f"{high:g}")
        return value

    return read


def choice(name: str, options: dict[str, str]) -> Callable[[str], str]:
    """Reads one of `options`, which maps what a link calls them to what the learner sees."""

    def read(asked: str) -> str:
        if asked not in options:
            raise Mistake("dial_option", name=name, value=asked, allowed=session.with_ids(options))
        return asked

    return read
