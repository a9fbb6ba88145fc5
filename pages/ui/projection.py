"""UMAP or t-SNE of many words at once: on demand, on a worker of its own, with progress, and it can be cancelled."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from engine import runner
from engine.mistake import Mistake
from engine.runner import Projection, Run
from engine.text import corpora
from lessons.word2vec import figures
from pages.ui import training
from pages.ui.table import table

LABELS = (
    *("project", "project.help", "project.method", "project.umap", "project.tsne", "project.count", "project.start"),
    *("project.neighbours", "project.perplexity", "project.cancel", "project.running", "project.done", "project.table"),
)
METHODS = {"umap": ("neighbours", 15), "tsne": ("perplexity", 30)}  # how many neighbours shape the picture, at first


def projection(slug: str, run: Run, moment: int | None, *, texts: Mapping[str, str]) -> None:
    """The choice of method, words and neighbours, and the picture of `run` at `moment`, or how far it is."""
    key = f"{slug}.projection"
    with st.expander(
        texts["project"], icon=":material/bubble_chart:", key=key, expanded=key + ".made" in st.session_state
    ):
        st.caption(texts["project.help"])
        method = st.radio(
            texts["project.method"],
            list(METHODS),
            format_func=lambda m: texts[f"project.{m}"],
            key=f"{key}.method",
            horizontal=True,
        )
        parameter, usual = METHODS[method]
        count = st.slider(texts["project.count"], 20, 1_000, 200, 20, key=f"{key}.count")
        label = texts["project.neighbours" if method == "umap" else "project.perplexity"]
        near = st.slider(label, 2, 100, usual, key=f"{key}.{parameter}")
        if st.button(texts["project.start"], icon=":material/draw:", key=f"{key}.start"):
            _start(key, run, moment, method, count, {parameter: near})
        if made := st.session_state.get(f"{key}.made"):
            _picture(key, made, texts)


def _start(key: str, run: Run, moment: int | None, method: str, count: int, parameters: dict[str, int]) -> None:
    try:
        found = run.ask("project_vectors", at=moment, n=count)
    except Mistake as mistake:
        training.say(mistake)
        return
    if old := st.session_state.get(f"{key}.made"):
        old["task"].cancel()
    task = runner.current().project(np.asarray(found["vectors"], np.float32), method, **parameters)
    st.session_state[f"{key}.made"] = {"task": task, "method": method, "words": found["words"], "spec": run.spec}


def _picture(key: str, made: dict[str, Any], texts: Mapping[str, str]) -> None:
    task: Projection = made["task"]
    if task.state == "done" and task.result is not None:
        xy, words = task.result, list(made["words"])
        spec = made["spec"]
        figure = figures.projection(words, xy, corpora.attributes(spec.corpus, spec.language), texts)
        caption = texts["project.done"].format(method=texts[f"project.{made['method']}"], count=len(words))
        st.plotly_chart(figure, key=f"{key}.chart", theme="streamlit")
        st.caption(caption)
        with st.expander(texts["project.table"]):
            columns = {texts["map.word"]: words, "x": xy[:, 0].tolist(), "y": xy[:, 1].tolist()}
            table(columns, name="projection", caption=caption, texts=texts, key=f"{key}.table")
    elif task.mistake:
        training.say(task.mistake)
    elif task.state != "cancelled":
        _progress(key, task, texts)


@st.fragment(run_every=0.5)
def _progress(key: str, task: Projection, texts: Mapping[str, str]) -> None:
    if task.state in ("done", "failed", "cancelled"):
        st.rerun()
    st.progress(task.progress, texts["project.running"])
    st.button(texts["project.cancel"], icon=":material/close:", key=f"{key}.cancel", on_click=task.cancel)
