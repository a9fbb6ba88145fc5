"""UMAP or t-SNE of many words at once: on demand, on a worker of its own, with progress, and it can be cancelled.

In the picture one word can be looked for: its nearest words by cosine light up, wherever the picture has put them.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from engine import runner
from engine.measure import neighbours
from engine.measure.neighbours import Kept
from engine.mistake import Mistake
from engine.runner import Projection
from lessons.figures import number
from lessons.word2vec import figures
from pages.ui import escape, press, session, training
from pages.ui.serving import PLOTLY
from pages.ui.table import table

LABELS = (
    *("project", "project.help", "project.method", "project.umap", "project.tsne", "project.count", "project.start"),
    *("project.neighbours", "project.perplexity", "project.cancel", "project.running", "project.done", "project.kept"),
    *("project.find", "project.found", "project.cosine", "project.place", "project.others", "map.word"),
    *("stage.table", "stage.csv", "stage.png", "stage.closer", "stage.farther", "stage.fit", "stage.no_picture"),
    *("stage.waiting", "stage.name"),
)
METHODS = {"umap": ("neighbours", 15), "tsne": ("perplexity", 30)}  # how many neighbours shape the picture, at first
NEAREST = 10  # neighbours of a word that light up

ASSETS = Path(__file__).parents[2] / "assets"
COMPONENT = st.components.v2.component(
    "picture",
    js="\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("labels.js", "panes.js", "picture.js")),
    css=(ASSETS / "stage.css").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly loses its own styles in a shadow root
)


@dataclass
class Made:
    """A picture that was asked for: its words and vectors (N, D), and once it is drawn what it keeps of neighbours."""

    task: Projection
    method: str
    words: list[str]
    vectors: np.ndarray
    kept: Kept | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(4))


@st.fragment
def projection(
    key: str,
    vectors: Callable[[int], Mapping[str, Any]],
    *,
    attributes: figures.Attributes,
    chosen: Sequence[str],
    texts: Mapping[str, str],
) -> None:
    """The choice of method, words and neighbours, and the picture, or how far it is.

    `vectors(n)` are the "words" of a picture of the n most frequent, most frequent first, and their "vectors" (N, D);
    it may raise Mistake. `attributes` give words their colours and shapes; names always go to the `chosen`.
    """
    made: Made | None = st.session_state.get(f"{key}.made")
    place = st.expander(
        texts["project"], icon=":material/bubble_chart:", key=key, expanded=made is not None, on_change="rerun"
    )
    if not place.open:
        return
    runner.current().prepare_to_project()
    with place:
        st.caption(texts["project.help"])
        if asked := _asked(key, texts):
            made = _start(key, vectors, *asked) or made
        if made:
            _shown(key, made, attributes, chosen, texts)


def _asked(key: str, texts: Mapping[str, str]) -> tuple[str, int, int] | None:
    """Method, number of words and of neighbours, once the button is pressed."""
    method = st.radio(
        texts["project.method"],
        list(METHODS),
        format_func=lambda m: texts[f"project.{m}"],
        key=f"{key}.method",
        horizontal=True,
    )
    parameter, usual = METHODS[method]
    count = st.slider(texts["project.count"], 20, 1_000, 200, 20, key=f"{key}.count")
    near = st.slider(texts[f"project.{parameter}"], 2, 100, usual, key=f"{key}.{parameter}")
    press.button(texts["project.start"], icon=":material/draw:", key=f"{key}.start")
    return (method, count, near) if press.pressed(f"{key}.start") else None


def _start(key: str, vectors: Callable[[int], Mapping[str, Any]], method: str, count: int, near: int) -> Made | None:
    try:
        found = vectors(count)
    except Mistake as mistake:
        training.say(mistake)
        return None
    if old := st.session_state.get(f"{key}.made"):
        old.task.cancel()
    array = np.asarray(found["vectors"], np.float32)
    task = runner.current().project(array, method, **{METHODS[method][0]: near})
    made = st.session_state[f"{key}.made"] = Made(task, method, list(found["words"]), array)
    return made


def _shown(
    key: str, made: Made, attributes: figures.Attributes, chosen: Sequence[str], texts: Mapping[str, str]
) -> None:
    task = made.task
    if task.state == "done" and task.result is not None:
        made.kept = made.kept or neighbours.kept(made.vectors, task.result, min(NEAREST, len(made.words) // 2))
        _picture(key, made, task.result, made.kept, attributes, chosen, texts)
    elif task.mistake:
        training.say(task.mistake)
    elif task.state != "cancelled":
        _progress(key, task, texts)


def _picture(
    key: str,
    made: Made,
    xy: np.ndarray,
    kept: Kept,
    attributes: figures.Attributes,
    chosen: Sequence[str],
    texts: Mapping[str, str],
) -> None:
    """The picture, what it keeps of neighbours, and a word to look for."""
    words, n = made.words, kept.words.shape[1]
    find = st.selectbox(texts["project.find"], words, index=None, key=f"{key}.find.{made.id}", placeholder="")
    near = [find, *(words[x] for x in kept.words[words.index(find)])] if find else []
    told = [texts["project.done"].format(method=texts[f"project.{made.method}"], count=len(words))]
    told.append(
        texts["project.kept"].format(
            n=n, percent=number(100 * kept.counts.mean() / n, 2), chance=number(100 * n / (len(words) - 1), 2)
        )
    )
    COMPONENT(
        data={
            **{"id": made.id, "name": made.method, "title": texts[f"project.{made.method}"], "count": len(words)},
            **{"plotly": PLOTLY, "language": session.language(), "summary": " ".join(told)},
            "texts": {label: texts[label] for label in LABELS if label.startswith("stage.")},
            "figure": figures.projection(words, xy, attributes, texts, chosen, near),
        },
        key=f"{key}.picture",
    )
    st.caption("\n\n".join(told))
    if find:
        _neighbours(key, find, near, kept, words.index(find), texts)


def _neighbours(key: str, word: str, near: list[str], kept: Kept, x: int, texts: Mapping[str, str]) -> None:
    """The nearest words of one, and where each of them comes among its nearest in the picture."""
    caption = texts["project.found"].format(word=escape.plain(word), n=len(near) - 1, kept=kept.counts[x])
    columns = {
        texts["map.word"]: near[1:],
        texts["project.cosine"]: kept.cosines[x].tolist(),
        texts["project.place"]: kept.places[x].tolist(),
    }
    table(columns, name="neighbours", caption=caption, texts=texts, key=f"{key}.neighbours")


@st.fragment(run_every=0.5)
def _progress(key: str, task: Projection, texts: Mapping[str, str]) -> None:
    if task.state in ("done", "failed", "cancelled"):
        st.rerun()
    st.progress(task.progress, texts["project.running"])
    st.button(texts["project.cancel"], icon=":material/close:", key=f"{key}.cancel", on_click=task.cancel)
