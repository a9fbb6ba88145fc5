"""PCA, UMAP or t-SNE of many words at once: on demand, on a worker of its own, with progress, and to be cancelled.

In the picture one word can be looked for: its nearest words by cosine light up, wherever the picture has put them.
"""

import secrets
import time
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
from pages.ui import arrival, escape, press, session, training
from pages.ui.serving import PLOTLY
from pages.ui.table import table

LABELS = (
    *("project", "project.help", "project.method", "project.pca", "project.umap", "project.tsne", "project.count"),
    *("project.start", "project.neighbours", "project.perplexity", "project.min_distance", "project.seed"),
    *("project.min_distance.help", "project.seed.help", "project.neighbours.help", "project.perplexity.help"),
    *("project.dims", "project.dims.2", "project.dims.3", "project.more", "project.more.help", "project.by"),
    *("project.by.all", "project.by.none", "project.by.gender", "project.by.rank", "project.by.age", "project.by.kind"),
    *("project.by.number", "project.by.tense", "project.by.usual", "project.pca.warning", "project.umap.warning"),
    *("project.tsne.warning", "project.cancel", "project.cancelled", "project.running", "project.done", "project.kept"),
    *(
        "project.left",
        "project.takes",
        "project.share",
        "project.find",
        "project.found",
        "project.cosine",
        "project.place",
        "project.others",
    ),
    *("map.word", "stage.table", "stage.csv", "stage.png", "stage.closer", "stage.farther", "stage.fit"),
    *("stage.no_picture", "stage.waiting", "stage.name"),
)
METHODS = {"pca": "", "umap": "neighbours", "tsne": "perplexity"}  # and how many neighbours shape the picture
USUAL = {"neighbours": 15, "perplexity": 30}
FEWEST, MOST, FIRST = 20, 1_000, 200  # words
RANGES: dict[str, tuple[float, float]] = {  # of what is set in numbers, from and to
    **{"dims": (2, 3), "count": (FEWEST, MOST), "neighbours": (2, 100), "perplexity": (2, 100)},
    **{"min_distance": (0.0, 0.99), "seed": (0, 9_999)},
}
AT_FIRST = {"method": "umap", "dims": 2, "count": FIRST, **USUAL, "min_distance": 0.1, "seed": 0}
TOLD = 0.1  # of the work done, the rest can be estimated
NEAREST = 10  # neighbours of a word that light up

ASSETS = Path(__file__).parents[2] / "assets"
COMPONENT = st.components.v2.component(
    "picture",
    js="\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("labels.js", "panes.js", "picture.js")),
    css=(ASSETS / "stage.css").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly loses its own styles in a shadow root
)


Vectors = Callable[[int, list[str]], Mapping[str, Any]]


@dataclass(frozen=True)
class Asked:
    """What a picture shall be: words, dimensions, and the method with its parameters."""

    method: str
    count: int
    dims: int
    parameters: tuple[tuple[str, float], ...]
    more: tuple[str, ...]

    @property
    def linked(self) -> str:
        """What a link calls it: the method and its numbers; the words that are named come with the model."""
        return ",".join([self.method, f"{self.dims}", f"{self.count}", *(f"{value:g}" for _, value in self.parameters)])


@dataclass
class Made:
    """A picture that was asked for: its words and vectors (N, D), and once it is drawn what it keeps of neighbours."""

    task: Projection
    asked: Asked
    words: list[str]
    vectors: np.ndarray
    source: str
    kept: Kept | None = None
    begun: float = field(default_factory=time.monotonic)
    id: str = field(default_factory=lambda: secrets.token_hex(4))


@st.fragment
def projection(
    key: str,
    vectors: Vectors,
    *,
    attributes: figures.Attributes,
    chosen: Sequence[str],
    texts: Mapping[str, str],
) -> None:
    """An expander with the choice of method, words and parameters, and the picture, or how far it is.

    `vectors(n, more)` are the "words" of a picture of the n most frequent, most frequent first, and of `more`, and
    their "vectors" (N, D); it may raise Mistake. `attributes` give words their colours and shapes; names always go to
    the `chosen`.
    """
    made: Made | None = st.session_state.get(f"{key}.made")
    place = st.expander(
        texts["project"], icon=":material/bubble_chart:", key=key, expanded=made is not None, on_change="rerun"
    )
    if place.open:
        with place:
            st.caption(texts["project.help"])
            _explore(key, vectors, attributes, chosen, "", None, texts)


@st.fragment
def explorer(
    key: str,
    vectors: Vectors,
    *,
    attributes: figures.Attributes,
    chosen: Sequence[str],
    source: str,
    slug: str,
    texts: Mapping[str, str],
) -> None:
    """The same, open on the page. `source` names the vectors: a picture of others is not shown any more.

    The link of page `slug` has the picture (`picture`), which is drawn again for who comes by it, the words it must
    show (`named`), the one that is looked for in it (`find`), and by what words are coloured (`by`).
    """
    linked = arrival.take(slug, "picture", lambda asked: _linked(asked, texts))
    for name, value in (linked or {}).items():
        st.session_state[f"{key}.{name}"] = value
    if linked:
        st.session_state[f"{key}.linked"] = True
    if (named := arrival.take(slug, "named", str)) is not None:
        words = [word.strip() for word in named.split(",") if word.strip()]
        st.session_state[_more(key, source, chosen)] = list(dict.fromkeys(words))
    _explore(key, vectors, attributes, chosen, source, slug, texts)
    arrival.complain(slug, "picture", texts[f"project.{st.session_state[f'{key}.method']}"])
    made: Made | None = st.session_state.get(f"{key}.made")
    if made is None or made.source != source:
        session.keep_in_link(picture=None, named=None, find=None, by=None)
        return
    more = made.asked.more
    session.keep_in_link(picture=made.asked.linked, named=None if more == tuple(chosen) else ",".join(more))


def _linked(asked: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """What a link asks for, by the names of the fields. Raises Mistake."""
    method, *values = asked.split(",")
    arrival.choice(texts["project.method"], {name: texts[f"project.{name}"] for name in METHODS})(method)
    found: dict[str, Any] = {"method": method}
    for name, value in zip(("dims", "count", *_names(method)), values, strict=False):
        (low, high), label = RANGES[name], texts[f"project.{name}"]
        whole = isinstance(AT_FIRST[name], int)
        found[name] = (arrival.whole(label, int(low), int(high)) if whole else arrival.real(label, low, high))(value)
    return found


def _names(method: str) -> list[str]:
    """The parameters of a method, in the order of their fields."""
    near = METHODS[method]
    return [near, *(["min_distance"] if method == "umap" else []), "seed"] if near else []


def _explore(
    key: str,
    vectors: Vectors,
    attributes: figures.Attributes,
    chosen: Sequence[str],
    source: str,
    slug: str | None,
    texts: Mapping[str, str],
) -> None:
    """The fields, and the picture or how far it is. What is looked for in it stands in the link of page `slug`."""
    runner.current().prepare_to_project()
    made: Made | None = st.session_state.get(f"{key}.made")
    refused = f"{key}.refused"
    if asked := _asked(key, chosen, source, texts):
        st.session_state[refused] = None
        try:
            made = _start(key, vectors, asked, source)
        except Mistake as mistake:
            st.session_state[refused] = mistake
    if said := st.session_state.get(refused):  # it stays, however often the page is drawn anew
        training.say(said)
    if made and made.source == source:
        _shown(key, made, attributes, slug, texts)


def _asked(key: str, chosen: Sequence[str], source: str, texts: Mapping[str, str]) -> Asked | None:
    """What the learner sets, once the button is pressed."""

    def named(label: str) -> Callable[[Any], str]:
        return lambda option: texts[f"project.{label}{option}"]

    for name, value in AT_FIRST.items():
        st.session_state.setdefault(f"{key}.{name}", value)
    looks: dict[str, Any] = {"horizontal": True, "width": "content", "persist_state": "session"}
    with st.container(horizontal=True, gap="medium"):
        method = st.radio(texts["project.method"], list(METHODS), format_func=named(""), key=f"{key}.method", **looks)
        dims = st.radio(texts["project.dims"], (2, 3), format_func=named("dims."), key=f"{key}.dims", **looks)
    with st.container(horizontal=True, gap="medium"):
        looks = {"width": 260, "persist_state": "session"}
        count = st.slider(texts["project.count"], FEWEST, MOST, step=20, key=f"{key}.count", **looks)
        parameters = _parameters(key, method, texts)
    there: list[str] = st.session_state.setdefault(_more(key, source, chosen), list(chosen))
    more = st.multiselect(
        texts["project.more"],
        list(dict.fromkeys((*chosen, *there))),
        accept_new_options=True,
        key=_more(key, source, chosen),
        help=texts["project.more.help"],
        persist_state="session",
    )
    press.button(texts["project.start"], icon=":material/draw:", key=f"{key}.start", type="primary")
    if METHODS[method]:
        st.caption(texts["project.takes"])
    wanted = Asked(method, count, dims, tuple(parameters.items()), tuple(dict.fromkeys(word.strip() for word in more)))
    arrived = st.session_state.pop(f"{key}.linked", False)
    return wanted if press.pressed(f"{key}.start") or arrived else None


def _more(key: str, source: str, chosen: Sequence[str]) -> str:
    """The key of the words that must be in a picture: they are asked for anew where other vectors are looked at."""
    return f"{key}.more.{source}.{hash(tuple(chosen))}"


def _parameters(key: str, method: str, texts: Mapping[str, str]) -> dict[str, float]:
    """The parameters of a method, as `engine.measure.projections` calls them."""
    found: dict[str, float] = {}
    for name in _names(method):
        (low, high), label = RANGES[name], texts[f"project.{name}"]
        looks: dict[str, Any] = {"key": f"{key}.{name}", "help": texts[f"project.{name}.help"]}
        looks["persist_state"] = "session"
        if name == "seed":
            found[name] = st.number_input(label, int(low), int(high), width=130, **looks)
        elif isinstance(AT_FIRST[name], int):
            found[name] = st.slider(label, int(low), int(high), width=260, **looks)
        else:
            found[name] = st.slider(label, low, high, step=0.01, width=260, **looks)
    return found


def _start(key: str, vectors: Vectors, asked: Asked, source: str) -> Made:
    """Begins a picture; the one that was being made is not wanted any more. Raises Mistake."""
    found = vectors(asked.count, list(asked.more))
    if old := st.session_state.get(f"{key}.made"):
        old.task.cancel()
    array = np.asarray(found["vectors"], np.float32)
    task = runner.current().project(array, asked.method, dims=asked.dims, **dict(asked.parameters))
    made = st.session_state[f"{key}.made"] = Made(task, asked, list(found["words"]), array, source)
    return made


def _shown(key: str, made: Made, attributes: figures.Attributes, slug: str | None, texts: Mapping[str, str]) -> None:
    task = made.task
    if task.state == "done" and task.result is not None:
        made.kept = made.kept or neighbours.kept(made.vectors, task.result, max(1, min(NEAREST, len(made.words) // 2)))
        _picture(key, made, task.result, made.kept, attributes, slug, texts)
    elif task.mistake:
        training.say(task.mistake)
    elif task.state == "cancelled":
        st.caption(texts["project.cancelled"])
    else:
        _progress(key, made, texts)


def _picture(
    key: str,
    made: Made,
    xy: np.ndarray,
    kept: Kept,
    attributes: figures.Attributes,
    slug: str | None,
    texts: Mapping[str, str],
) -> None:
    """The picture, what it keeps of neighbours, and a word to look for."""
    words, method = made.words, made.asked.method
    colours = _colours(made, attributes, texts)
    with st.container(horizontal=True, gap="medium"):
        find = _find(f"{key}.find.{made.id}", words, slug, texts)
        by = _by(f"{key}.by", colours, slug, texts)
    if slug:
        arrival.complain(slug, "find", find or "")
        arrival.complain(slug, "by", colours[by])
        session.keep_in_link(find=find, by=None if by == next(iter(colours)) else by)
    shown = {} if by == "none" else attributes
    near = [find, *(words[x] for x in kept.words[words.index(find)])] if find else []
    told = _told(made, xy, kept, texts)
    COMPONENT(
        data={
            **{"id": f"{made.id}.{by}", "name": method, "title": texts[f"project.{method}"], "count": len(words)},
            **{"plotly": PLOTLY, "language": session.language(), "summary": " ".join(told)},
            "texts": {label: texts[label] for label in LABELS if label.startswith("stage.")},
            "figure": figures.projection(
                words, xy, shown, texts, made.asked.more, near, by if by not in ("all", "none") else ""
            ),
        },
        key=f"{key}.picture",
    )
    st.caption("\n\n".join([*told, texts[f"project.{method}.warning"]]))
    if find:
        _neighbours(key, find, near, kept, words.index(find), texts)


def _find(key: str, words: Sequence[str], slug: str | None, texts: Mapping[str, str]) -> str | None:
    """The word of the picture that is looked for: the learner's, at first the link's."""

    def drawn(asked: str) -> str:
        if asked not in words:
            raise Mistake("word_undrawn", word=asked)
        return asked

    if slug and (asked := arrival.take(slug, "find", drawn)):
        st.session_state[key] = asked
    looks: dict[str, Any] = {"placeholder": "", "width": 280, "persist_state": "session"}
    found: str | None = st.selectbox(texts["project.find"], words, index=None, key=key, **looks)
    return found


def _colours(made: Made, attributes: figures.Attributes, texts: Mapping[str, str]) -> dict[str, str]:
    """By what the words can be coloured: everything that shows on the map, one attribute, or nothing."""
    here = [attributes[word] for word in made.words if word in attributes]
    names = list(dict.fromkeys(name for is_ in here for name in is_))
    return {name: texts[f"project.by.{name}"] for name in (["all", *names, "none"] if names else ["none"])}


def _by(key: str, colours: dict[str, str], slug: str | None, texts: Mapping[str, str]) -> str:
    """The one of `colours` that is chosen: by the learner, at first by the link; the first is the usual one."""
    if slug and (asked := arrival.take(slug, "by", arrival.choice(texts["project.by"], colours))):
        st.session_state[key] = asked
    if len(colours) == 1:
        return next(iter(colours))
    looks: dict[str, Any] = {"width": 240, "persist_state": "session"}
    return str(st.selectbox(texts["project.by"], list(colours), format_func=colours.__getitem__, key=key, **looks))


def _told(made: Made, xy: np.ndarray, kept: Kept, texts: Mapping[str, str]) -> list[str]:
    """In words: what was drawn, the share of variance it shows, and how many neighbours it keeps."""
    count, n = len(made.words), kept.words.shape[1]
    told = [texts["project.done"].format(method=texts[f"project.{made.asked.method}"], count=count)]
    if made.asked.method == "pca":
        total = float(made.vectors.var(axis=0).sum())
        told.append(texts["project.share"].format(percent=number(100 * float(xy.var(axis=0).sum()) / total, 2)))
    shares = {"percent": number(100 * kept.counts.mean() / n, 2), "chance": number(100 * n / (count - 1), 2)}
    return [*told, texts["project.kept"].format(n=n, **shares)]


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
def _progress(key: str, made: Made, texts: Mapping[str, str]) -> None:
    task = made.task
    if task.state in ("done", "failed", "cancelled"):
        st.rerun()
    said = texts["project.running"]
    if task.progress > TOLD:
        left = (time.monotonic() - made.begun) * (1 - task.progress) / task.progress
        said = texts["project.left"].format(seconds=max(1, round(left)))
    st.progress(task.progress, said)
    st.button(texts["project.cancel"], icon=":material/close:", key=f"{key}.cancel", on_click=task.cancel)
