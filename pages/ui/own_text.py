"""A text of the learner's own: pasted or uploaded, checked, kept in the memory of this visit and nowhere else."""

import re
from collections.abc import Callable, Mapping

import streamlit as st

from engine.experiments import OWN, Experiment
from engine.mistake import Mistake
from engine.text import own
from pages.ui import session
from pages.ui.escape import plain

SHOWN = 120  # characters of the text, to see that it is the right one

LABELS = ("own.paste", "own.file", "own.use", "own.privacy", "own.now", "own.again", "own.poor")

_HAN = re.compile(f"[{own.HAN}]")


def text_of(spec: Experiment) -> str | None:
    """The text that `spec` reads, where it reads the learner's own and this visit has it."""
    kept: tuple[str, str] | None = st.session_state.get("own.text")
    return kept[1] if kept and kept[0] == reads(spec) else None


def reads(spec: Experiment) -> str | None:
    """The name of the learner's own text that `spec` reads, or None."""
    corpus = str(spec.values().get("corpus", ""))
    return corpus if corpus.startswith(OWN) else None


def is_chinese(text: str | None) -> bool:
    return bool(text and _HAN.search(text))


def ask(slug: str, spec: Experiment, take: Callable[[str], None], texts: Mapping[str, str]) -> None:
    """Fields for a text. When the learner hands in one that can be used, `take` gets its name."""
    with st.container(border=True, key=f"{slug}.own"):
        text = text_of(spec)
        if text:
            start = plain(text[:SHOWN]) + (" …" if len(text) > SHOWN else "")
            st.markdown(texts["own.now"].format(count=f"{len(text):,}", start=start))
            if spec.reads == "text":
                advise(text, texts)
        elif reads(spec):
            st.warning(texts["own.again"], icon=":material/upload_file:")
        if mistake := st.session_state.pop(f"{slug}.own.mistake", None):
            st.error(plain(mistake.sentence(session.language())), icon=":material/error:")
        file, paste = f"{slug}.own.file", f"{slug}.own.paste"
        if spec.reads == "documents" and paste not in st.session_state:  # documents are edited, not only pasted
            st.session_state[paste] = text or texts.get("own.start", "")
        st.file_uploader(texts["own.file"], key=file, on_change=_from_file, args=(slug, file, take, spec.reads))
        st.text_area(texts["own.paste"], key=paste, height=260 if spec.reads == "documents" else 120)
        st.button(texts["own.use"], key=f"{slug}.own.use", on_click=_from_paste, args=(slug, paste, take, spec.reads))
        st.caption(texts["own.privacy"])


def advise(text: str, texts: Mapping[str, str]) -> None:
    """A friendly word before training on a text from which vectors will be poor."""
    words, different = own.size(text)
    if words < own.ENOUGH or different < own.VARIED:
        counts = {"words": f"{words:,}", "different": f"{different:,}", "enough": f"{own.ENOUGH:,}"}
        st.info(texts["own.poor"].format(**counts), icon=":material/lightbulb:")


def _from_file(slug: str, key: str, take: Callable[[str], None], kind: str) -> None:
    if (file := st.session_state.get(key)) is None:
        return  # it was taken away again: the text stays
    try:
        text = own.decode(file.getvalue())
    except Mistake as mistake:
        st.session_state[f"{slug}.own.mistake"] = mistake
    else:
        _take(slug, text, take, kind)


def _from_paste(slug: str, key: str, take: Callable[[str], None], kind: str) -> None:
    _take(slug, st.session_state.get(key, ""), take, kind)


def _take(slug: str, text: str, take: Callable[[str], None], kind: str) -> None:
    """What was there stays when the new text cannot be used."""
    try:
        own.check(text, kind)
    except Mistake as mistake:
        st.session_state[f"{slug}.own.mistake"] = mistake
    else:
        st.session_state["own.text"] = (own.name(text), text)
        take(own.name(text))
