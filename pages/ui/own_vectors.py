"""A file of word vectors of the learner's own: uploaded, handed to a worker, and kept nowhere else.

The server holds the file only until the worker has read it: Streamlit's copy is let go at once. So a run whose worker
was lost, or that nobody has looked at for long, needs the file again, as a link to it does.
"""

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.experiments import OWN, LoadedVectors
from engine.mistake import Mistake
from engine.runner import Run
from engine.text import vector_files
from pages.ui import arrival, escape, session, training
from pages.ui.dials import round_values
from pages.ui.table import digits

PLACES = "own_vectors.places"  # of this visit, that have been asked for a file
AWAKE = 30  # seconds between two signs of life, while the browser's tab is open
LABELS = (
    *("vectors.file", "vectors.most", "vectors.most.help", "vectors.privacy", "vectors.again", "vectors.reading"),
    *("vectors.stop", "vectors.now", "vectors.twice", "vectors.declared", "vectors.short"),
    *("vectors.format.word2vec_text", "vectors.format.word2vec_binary", "vectors.format.glove_text"),
    *("vectors.packed", "vectors.questions"),
)


def upload(slug: str, linked: str, texts: Mapping[str, str]) -> Run | None:
    """Fields for a file, and what became of it; the run that has its vectors, once it has them.

    `linked` is the file that a link names ("own:…"), or empty.
    """
    run = training.own(_place(slug))
    st.session_state.setdefault(PLACES, set()).add(_place(slug))
    with st.container(border=True, key=f"{slug}.vectors"):
        if linked.startswith(OWN) and (run is None or run.spec.values()["corpus"] != linked):
            st.warning(texts["vectors.again"], icon=":material/upload_file:")
        if mistake := st.session_state.get(f"{slug}.vectors.mistake"):
            st.error(escape.plain(mistake.sentence(session.language())), icon=":material/error:")
        training.complain(_place(slug))
        version = st.session_state.get(f"{slug}.vectors.version", 0)
        key, most = f"{slug}.vectors.file.{version}", _most(slug, run, texts)
        label = texts["vectors.file"].format(megabytes=f"{vector_files.MOST / 1e6:g}")
        st.file_uploader(label, key=key, on_change=_take, args=(slug, key, most))
        st.caption(texts["vectors.privacy"])
        return _read(slug, run, texts) if run else None


def _most(slug: str, run: Run | None, texts: Mapping[str, str]) -> int:
    """How many words are read, at most. The link says how many were, so that the same file gives the same again."""
    key, dial, usual, label = (
        f"{slug}.vectors.most",
        LoadedVectors.dials()["most"],
        LoadedVectors().most,
        "vectors.most",
    )
    asked = arrival.take(slug, "most", arrival.whole(texts[label], int(dial.low), int(dial.high)))
    if key not in st.session_state:
        st.session_state[key] = asked or usual
    options = round_values(dial, st.session_state[key])
    looks: dict[str, Any] = {"help": texts["vectors.most.help"], "persist_state": "session"}
    most = int(st.select_slider(texts[label], options, format_func=digits, key=key, **looks))
    read = int(run.spec.values()["most"]) if run else most
    arrival.complain(slug, "most", digits(most))
    session.keep_in_link(most=None if read == usual else str(read))
    return most


def keep() -> None:
    """Keeps the run of a file during a visit, on whichever page: unlike others it cannot be made anew."""
    for place in st.session_state.get(PLACES, ()):
        _awake(place)
        st.fragment(_awake, run_every=AWAKE)(place)


def _awake(place: str) -> None:
    for run in {run.token: run for run in (*training.compared(place), training.own(place)) if run}.values():
        run.beat()


def _place(slug: str) -> str:
    return f"{slug}.vectors"


def _take(slug: str, key: str, most: int) -> None:
    """A file has arrived: to a worker with it. What was there stays when it cannot be used."""
    if (file := st.session_state.get(key)) is None:
        return
    data = file.getvalue()
    if context := get_script_run_ctx():
        cast(MemoryUploadedFileManager, context.uploaded_file_mgr).remove_file(context.session_id, file.file_id)
    st.session_state[f"{slug}.vectors.version"] = st.session_state.get(f"{slug}.vectors.version", 0) + 1
    st.session_state[f"{slug}.vectors.mistake"] = None
    try:
        vector_files.check(data)
    except Mistake as mistake:
        st.session_state[f"{slug}.vectors.mistake"] = mistake
        if good := _good(slug):  # and what was wrong with another file is not of interest any more
            st.session_state[f"{_place(slug)}.run"] = good.token
    else:
        _keep_good(slug)
        training.start(_place(slug), LoadedVectors(corpus=vector_files.name(data), most=most), data)


def _good(slug: str) -> Run | None:
    """The last file that could be read."""
    return next((run for run in training.compared(_place(slug)) if run.state == "done"), None)


def _keep_good(slug: str) -> None:
    """Of a place's runs only the latest are kept: the good file counts as the latest, however many bad ones came."""
    if good := _good(slug):
        others = [run.token for run in training.compared(_place(slug)) if run != good]
        st.session_state[f"{_place(slug)}.runs"] = [good.token, *others]


def _read(slug: str, run: Run, texts: Mapping[str, str]) -> Run | None:
    """How far the worker is with the file, or what it found in it. One that cannot be read leaves the one before."""
    if run.state == "failed" and run.mistake:
        training.say(run.mistake)
        if not (good := _good(slug)):
            return None
        run = good
    if run.state != "done":
        _progress(slug, run, texts)
        return None
    st.markdown("\n\n".join(_told(run, texts)))
    return run


@st.fragment(run_every=0.5)
def _progress(slug: str, run: Run, texts: Mapping[str, str]) -> None:
    run.beat()
    if run.state in training.OVER:
        st.rerun()
    st.progress(run.progress, texts["vectors.reading"])
    st.button(texts["vectors.stop"], icon=":material/close:", key=f"{slug}.vectors.cancel", on_click=run.cancel)


def _told(run: Run, texts: Mapping[str, str]) -> list[str]:
    """What the file holds, in words."""
    facts, last = run.facts or {}, run.latest()
    kind = texts[f"vectors.format.{facts['format']}"] + (texts["vectors.packed"] if facts["packed"] else "")
    counts = {"words": f"{facts['vocabulary_size']:,}", "dimensions": f"{facts['dimensions']:,}"}
    seconds = f"{last.seconds:.1f}" if last else "–"
    told = [texts["vectors.now"].format(format=kind, seconds=seconds, **counts)]
    if (facts["declared"] or 0) > facts["vocabulary_size"] + facts["twice_count"]:
        label = "vectors.short" if facts["short"] else "vectors.declared"
        told.append(texts[label].format(declared=f"{facts['declared']:,}"))
    if facts["twice_count"]:
        words = escape.plain(session.listed(facts["twice"]))
        told.append(texts["vectors.twice"].format(count=f"{facts['twice_count']:,}", words=words))
    if last and facts["questions"]:
        right = f"{100 * last.metrics['analogy_accuracy']:.0f}"
        told.append(texts["vectors.questions"].format(questions=facts["questions"], percent=right))
    return told
