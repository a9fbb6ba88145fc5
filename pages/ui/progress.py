"""How far the learner is on each lesson: the station shown last, those seen, the quiz. Of the visit, no longer.

The quiz's answers alone outlive the visit, since the browser remembers them (pages/ui/store.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from lessons.content import Lesson
from pages import COURSE
from pages.ui import session
from pages.ui.quiz import score

LABELS = ("progress.station", "progress.seen", "progress.quiz")


@dataclass
class Progress:
    """One lesson: the station shown last, whether there is none before or after it, and which of `count` were seen."""

    at: str = ""
    first: bool = False
    over: bool = False
    count: int = 0
    seen: set[str] = field(default_factory=set)


def note(slug: str, at: str, names: Sequence[str]) -> None:
    """The learner is at that station of that lesson; `names` are all its stations."""
    kept = _kept()
    progress = kept.pop(slug, Progress())  # and comes back as the last
    progress.at, progress.count = at, len(names)
    progress.first, progress.over = at == names[0], at == names[-1]
    progress.seen.add(at)
    kept[slug] = progress


def of(slug: str) -> Progress | None:
    """How far the learner is there; None for a lesson not opened in this visit."""
    return _kept().get(slug)


def last() -> tuple[str | None, Progress]:
    """The lesson the learner was at last, and how far; None where there was none."""
    return next(reversed(_kept().items()), (None, Progress()))


def after(slug: str) -> str | None:
    """The lesson that `slug` hands over to; None after the last."""
    rest = COURSE[COURSE.index(slug) + 1 :] if slug in COURSE else []
    return rest[0] if rest else None


def told(lesson: Lesson, texts: Mapping[str, str]) -> str:
    """How far the learner is on a lesson, in words; empty where there is nothing to tell."""
    said, progress = [], of(lesson.slug)
    if progress:
        said.append(texts["progress.station"].format(station=lesson.labels[f"station.{progress.at}"]))
        said.append(texts["progress.seen"].format(seen=len(progress.seen), count=progress.count))
    right, answered, count = score(lesson)
    if answered:
        said.append(texts["progress.quiz"].format(right=right, answered=answered, count=count))
    return " · ".join(said)


def link(slug: str, label: str, width: int | Literal["content"] = "content") -> None:
    """A link to a lesson that stays in this visit and in the learner's language. `width` is in pixels.

    It names the station where the lesson will open: writing it later would be one more press of the browser's Back.
    """
    query = {"lang": session.language()}
    if (progress := of(slug)) and not progress.first:
        query["at"] = progress.at
    st.page_link(f"{slug}.py", label=label, query_params=query, width=width)


def _kept() -> dict[str, Progress]:
    kept: dict[str, Progress] = st.session_state.setdefault("progress", {})
    return kept
