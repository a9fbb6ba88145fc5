"""What a learner looks at in a run that makes word vectors: kept for each text, whichever run of it is shown."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.experiments import OWN
from engine.runner import Run
from engine.text import corpora

Analogy = tuple[str, str, str, str]  # a is to b as c is to d

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
        """The learner's choice for the text of `run`, else what suits it."""
        chosen: Look | None = st.session_state.get(_key(run))
        if chosen:
            return chosen
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
        """Every word it names."""
        return (*self.words, *(self.analogy or ()), self.near, *(word for axis in self.axes or () for word in axis))


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
