"""What a learner looks at in a run that makes word vectors: kept for each text, whichever run of it is shown.

In a link: `words=king,queen`, `analogy=man,king,woman,queen`, `near=king`, `axes=woman:man,king:man` (or `axes=pca`),
`dims=3`. Each is checked against the run; one that cannot be used is left out and its sentence shown.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from engine.experiments import OWN
from engine.mistake import Mistake
from engine.runner import Run
from engine.text import corpora
from pages.ui import arrival, session

Analogy = tuple[str, str, str, str]  # a is to b as c is to d

FEWEST = 3  # words that make a map
PCA = "pca"  # how a link calls the axes of greatest variance
LABELS = ("link.dims",)
PATIENCE = 5.0  # seconds a page waits for an own text to be read, before it draws without its words


@dataclass(frozen=True)
class Look:
    """The words on the map, the analogy its arrows show, the word whose neighbours are listed, the map's axes.

    `axes` are None for the directions of greatest variance, or a (plus, minus) pair of words for each axis, from the
    first; those not named are the greatest variance that is left.
    """

    words: tuple[str, ...] = ()
    analogy: Analogy | None = None
    near: str = ""
    axes: tuple[tuple[str, str], ...] | None = None
    dims: int = 2

    @classmethod
    def of(cls, run: Run) -> "Look":
        """The learner's choice for the text of `run`, else the link's, else what suits it."""
        chosen: Look | None = st.session_state.get(_key(run))
        if chosen:
            return chosen
        usual = cls.usual(run)
        look = _linked(run, usual)
        if look != usual:
            look.keep(run)
        return look

    @classmethod
    def usual(cls, run: Run) -> "Look":
        """What suits the text of `run`."""
        words, analogy = _suited(run)
        spec: Any = run.spec
        axes = corpora.default_axes(spec.corpus, spec.language)
        return cls(words, analogy, analogy[1] if analogy else next(iter(words), ""), axes)

    def keep(self, run: Run) -> None:
        st.session_state[_key(run)] = self

    def with_analogy(self, analogy: Analogy) -> "Look":
        """The same with other arrows, and their words on the map."""
        words = tuple(dict.fromkeys((*analogy, *self.words)))
        return dataclasses.replace(self, words=words, analogy=analogy, near=analogy[1])

    def asked(self) -> tuple[str, ...]:
        """Every word it names, once."""
        near, axes = (self.near,) if self.near else (), (word for axis in self.axes or () for word in axis)
        return tuple(dict.fromkeys((*self.words, *(self.analogy or ()), *near, *axes)))

    def check(self, run: Run) -> None:
        """Whether `run` can show it. Raises Mistake("map_too_few"), ("axis_unfinished"), ("word_unknown"), …"""
        if len(self.words) < FEWEST:
            raise Mistake("map_too_few", least=FEWEST, given=len(self.words))
        for axis in self.axes or ():
            if not all(axis):
                raise Mistake("axis_unfinished", given="".join(axis))
        run.ask("similarity", words=list(self.asked()))
        if self.analogy:
            run.ask("rank", words=self.analogy)

    @classmethod
    def in_link(cls, run: Run) -> dict[str, str | None]:
        """Its part of the page's address: what is not as usual for the text of `run`."""
        if _key(run) not in st.session_state:
            return dict.fromkeys(READERS)
        look, usual = cls.of(run), cls.usual(run)
        said = {
            "words": ",".join(look.words),
            "analogy": ",".join(look.analogy or ()),
            "near": look.near,
            "axes": ",".join(":".join(axis) for axis in look.axes or ()) or PCA,
            "dims": str(look.dims),
        }
        return {name: value if getattr(look, name) != getattr(usual, name) else None for name, value in said.items()}


def _key(run: Run) -> str:
    spec: Any = run.spec
    return f"look.{spec.corpus}.{spec.language}"


def _suited(run: Run) -> tuple[tuple[str, ...], Analogy | None]:
    """Words and analogy for a text of ours; for an own text what the model found in it, once it is read."""
    spec: Any = run.spec
    if not spec.corpus.startswith(OWN):
        return corpora.map_words(spec.corpus, spec.language), corpora.default_analogy(spec.corpus, spec.language)
    run.wait("running", "paused", "done", "failed", timeout=PATIENCE)
    facts = run.facts or {}
    return tuple(facts.get("words") or ()), tuple(facts.get("analogy") or ()) or None


def from_link(run: Run) -> bool:
    """Whether `run` can show what the link asks for: it is of the text the address names, and not waiting or broken."""
    spec = run.spec.values()
    named = st.query_params.get("corpus", type(run.spec)().values().get("corpus"))
    return spec.get("corpus") == named and run.state in ("preparing", "running", "paused", "done")


def _linked(run: Run, look: Look) -> Look:
    """`look` with what the link asks for."""
    if from_link(run):
        for name in READERS:
            look = arrival.take(run.spec.name, name, partial(_changed, run, look, name)) or look
    return look


def _changed(run: Run, look: Look, name: str, asked: str) -> Look:
    changed = dataclasses.replace(look, **{name: READERS[name](asked)})
    changed.check(run)
    return changed


def _words(asked: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in asked.split(",") if word.strip()))


def _analogy(asked: str) -> tuple[str, ...]:
    if len(words := _words(asked)) != 4:
        raise Mistake("analogy_words", given=asked)
    return words


def _axes(asked: str) -> tuple[tuple[str, ...], ...] | None:
    axes = tuple(tuple(axis.strip().split(":")) for axis in asked.split(","))
    if asked != PCA and any(len(axis) != 2 for axis in axes):
        raise Mistake("axes_words", given=asked)
    return None if asked == PCA else axes


def _dims(asked: str) -> int:
    return arrival.whole(session.texts()["link.dims"], 2, 3)(asked)


READERS: dict[str, Callable[[str], Any]] = {
    "words": _words,
    "analogy": _analogy,
    "near": str.strip,
    "axes": _axes,
    "dims": _dims,
}
