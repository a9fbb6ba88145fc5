"""The pictures of the lesson on decoding: what attention points at, the tree of a beam search, three models compared.

Every picture is a pure function of numbers that the engine's views and questions return, and of the labels of the
reader's language.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lessons.figures import (
    DASHES,
    OKABE_ITO,
    ROLES,
    SHAPES,
    Curve,
    Figure,
    curves,
    number,
    plain,
    rounded,
    shown,
    whole_numbers,
)

ARCHITECTURES = ("lstm", "lstm_attention", "transformer")
COLOURS = dict(zip(ARCHITECTURES, (OKABE_ITO["vermillion"], OKABE_ITO["orange"], OKABE_ITO["blue"]), strict=True))
# White to blue: pale enough for black digits up to where they turn white.
WEIGHT = ((0.0, "#ffffff"), (1.0, "#56B4E9"))
ERAS = (OKABE_ITO["orange"], OKABE_ITO["green"], OKABE_ITO["vermillion"], OKABE_ITO["blue"])  # n-grams, LSTM, GPT
HIDDEN = "#8a8f98"  # a cell that the mask shuts
INK = "#000000"
ROOM = 76  # pixels for a word of a beam and its number

LABELS = (
    *("mark.begin", "mark.end", "mark.space", "between", "align.from", "align.to", "align.hover", "align.summary"),
    *("align.none", "said.summary"),
    *("metric.exact_match", "metric.alignment_accuracy", "metric.share.unit", "metric.loss", "metric.loss.unit"),
    *("axis.pairs", "axis.seconds", "dial.architecture.lstm", "dial.architecture.lstm_attention"),
    *("dial.architecture.transformer", "tree.depth", "tree.kept", "tree.dropped", "tree.finished", "tree.hover"),
    *("length.source", "length.share", "length.name", "beam.word", "beam.before", "beam.score", "beam.state"),
    *("mask.from", "mask.to", "mask.hover", "cache.length", "cache.time"),
    *("cache.cached", "cache.uncached", "bars.word", "bars.probability", "bars.summary", "sample.summary"),
    *("metric.perplexity", "metric.perplexity.unit", "axis.tokens"),
)


# ---------------------------------------------------------------- what attention points at


def _matrix(across: str, down: str, hover: str) -> Figure:
    heat = {
        "type": "heatmap",
        "colorscale": [list(stop) for stop in WEIGHT],
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "texttemplate": "%{text}",
        "textfont": {"color": INK, "size": 12},
        "hovertemplate": f"{hover}<extra></extra>",
    }
    axis: dict[str, Any] = {"showgrid": False, "zeroline": False, "ticks": "", "automargin": True, "fixedrange": True}
    layout = {
        "xaxis": {**axis, "title": {"text": across}, "side": "top"},
        "yaxis": {**axis, "title": {"text": down}, "autorange": "reversed"},
        "dragmode": False,
        "margin": {"l": 16, "r": 8, "t": 56, "b": 8},
    }
    return {"data": [heat], "layout": layout}


def align_base(texts: Mapping[str, str]) -> Figure:
    """What stays of the picture of an alignment: a row for each word written, a column for each of the source."""
    hover = texts["align.hover"].format(target="%{y}", source="%{x}", weight="%{z:.2f}")
    made = _matrix(texts["align.from"], texts["align.to"], hover)
    return {**made, "table": {"columns": [""]}}


def align_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of an alignment: "source" (m,), "target" (n,), and "A" (n, m), zeros where nothing is attended to."""
    A = np.asarray(numbers["A"], dtype=float)
    return {
        "data": [_cells(A)],
        "layout": {
            "xaxis": _ticks([plain(word) for word in numbers["source"]]),
            "yaxis": _ticks([plain(shown(word, texts)) for word in numbers["target"]]),
        },
        "summary": aligned(numbers, texts),
    }


def _cells(A: np.ndarray) -> Figure:
    """The numbers of a matrix; those too small to matter without digits."""
    text = [[number(value, 2) if value >= 0.05 else "" for value in row] for row in A]
    return {"x": list(range(A.shape[1])), "y": list(range(A.shape[0])), "z": rounded(A, 3), "text": text}


def _ticks(words: Sequence[str]) -> Figure:
    """Words at their places: the same word may stand twice."""
    return {"tickvals": list(range(len(words))), "ticktext": list(words), "range": [-0.5, len(words) - 0.5]}


def aligned(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Which word each word of the translation looks at most, in words."""
    A = np.asarray(numbers["A"], dtype=float)
    if not A.any():
        return texts["align.none"]
    pairs = [
        f"{shown(word, texts)} → {numbers['source'][int(row.argmax())]}"
        for word, row in zip(numbers["target"], A, strict=True)
    ]
    return texts["align.summary"].format(pairs=texts["between"].join(pairs))


def align_still(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """The same as a still picture."""
    base, frame = align_base(texts), align_frame(numbers, texts)
    n = len(numbers["target"])
    layout = base["layout"]
    axes = {name: {**layout[name], **frame["layout"][name]} for name in ("xaxis", "yaxis")}
    axes["yaxis"]["range"] = [n - 0.5, -0.5]
    axes["yaxis"].pop("autorange")
    return {"data": [{**base["data"][0], **frame["data"][0]}], "layout": {**layout, **axes, "height": 110 + 34 * n}}


# ---------------------------------------------------------------- translations and curves on the stage


def said_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the translations of unseen sentences: each below its source, with a mark."""
    marks = ["✓" if right else "✗" for right in numbers["right"]]
    rows = zip(numbers["source"], numbers["told"], marks, strict=True)
    right, count = sum(map(bool, numbers["right"])), len(marks)
    return {
        "text": "\n".join(f"{source}\n{mark} {told or texts['mark.end']}" for source, told, mark in rows),
        "summary": texts["said.summary"].format(right=right, count=count),
    }


def quality_curves(attends: bool, texts: Mapping[str, str]) -> Figure:
    """How many unseen sentences are right word for word; and how many words are aligned, where there is attention."""
    lines = [Curve("exact_match", texts["metric.exact_match"], ROLES["truth"])]
    if attends:
        name = texts["metric.alignment_accuracy"]
        lines.append(Curve("alignment_accuracy", name, OKABE_ITO["blue"], DASHES[1]))
    return curves(lines, texts["metric.share.unit"], steps=texts["axis.pairs"], shares=("left",))


def loss_curve(texts: Mapping[str, str]) -> Figure:
    """The loss in training."""
    line = Curve("loss", texts["metric.loss"], ROLES["prediction"])
    return curves([line], texts["metric.loss.unit"], steps=texts["axis.pairs"])


# ---------------------------------------------------------------- models compared


def courses(
    found: Mapping[str, tuple[str, Sequence[float], Sequence[float]]],
    across: str,
    down: str,
    share: bool = True,
) -> Figure:
    """Curves of several runs: name → (a colour, x, y). `share`: y goes from 0 to 1."""
    data = [
        {
            "type": "scatter", "mode": "lines", "name": plain(name), "x": rounded(x), "y": rounded(y),
            "line": {"color": colour, "dash": dash, "width": 2.5}, "hovertemplate": "%{x:.1f}: %{y:.3g}<extra></extra>",
        }
        for (name, (colour, x, y)), dash in zip(found.items(), DASHES, strict=False)
    ]  # fmt: skip
    axis = {"range": [-0.03, 1.03], "tickformat": ".0%", "tickvals": [0, 0.5, 1]} if share else {"rangemode": "tozero"}
    return {
        "data": data,
        "layout": {
            **_room(340),
            "xaxis": {"title": {"text": across}, "rangemode": "tozero", "fixedrange": True},
            "yaxis": {**axis, "title": {"text": down}, "fixedrange": True},
        },
    }


def _room(height: int) -> Figure:
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    return {
        "height": height,
        "margin": {"l": 64, "r": 16, "t": 8, "b": 48},
        "showlegend": True,
        "legend": legend,
        "dragmode": False,
    }


def together(parts: Sequence[Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of several parts of the sentences as one: "length", "sentences", and the shares among all of them."""
    rows = [row for part in parts for row in part]
    made = []
    for length in sorted({row["length"] for row in rows}):
        own = [row for row in rows if row["length"] == length]
        many = [row["sentences"] for row in own]
        shares = {
            name: float(np.average([row[name] for row in own], weights=many))
            for name in ("exact_match", "word_accuracy")
        }
        made.append({"length": length, "sentences": sum(many), **shares})
    return made


def lengths(
    found: Mapping[str, Sequence[Mapping[str, Any]]], seconds: Mapping[str, str], texts: Mapping[str, str]
) -> Figure:
    """Two shares by length of the source: architecture → its rows ("length", "exact_match", "word_accuracy"), and how
    long each trained. The faint line is that of the words."""
    data = []
    for (name, rows), dash, mark in zip(found.items(), DASHES, SHAPES, strict=False):
        called = texts["length.name"].format(name=texts[f"dial.architecture.{name}"], seconds=seconds[name])
        for share, strong in (("word_accuracy", False), ("exact_match", True)):
            data.append({
                "type": "scatter", "mode": "lines+markers", "name": plain(called), "showlegend": strong,
                "x": [row["length"] for row in rows], "y": rounded([row[share] for row in rows]),
                "line": {"color": COLOURS[name], "dash": dash, "width": 2.5 if strong else 1.2},
                "marker": {"color": COLOURS[name], "symbol": mark, "size": 9 if strong else 5},
                "opacity": 1 if strong else 0.6,
                "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
            })  # fmt: skip
    return {
        "data": data,
        "layout": {
            **_room(340),
            "xaxis": {"title": {"text": texts["length.source"]}, "dtick": 1, "fixedrange": True},
            "yaxis": {
                "title": {"text": texts["length.share"]},
                "range": [-0.03, 1.05],
                "tickformat": ".0%",
                "tickvals": [0, 0.5, 1],
                "fixedrange": True,
            },
        },
    }


def masked(found: Mapping[str, Any], name: str, texts: Mapping[str, str]) -> Figure:
    """Weights of self-attention under one kind of mask: `found` has "words" (n,) and `name` with "A" (n, n)."""
    words = [plain(shown(word, texts)) for word in found["words"]]
    A = np.asarray(found[name]["A"], dtype=float)
    hover = texts["mask.hover"].format(target="%{y}", source="%{x}", weight="%{z:.3f}")
    made, n = _matrix(texts["mask.to"], texts["mask.from"], hover), len(words)
    layout = made["layout"]
    axes = {name: {**layout[name], **_ticks(words)} for name in ("xaxis", "yaxis")}
    axes["yaxis"]["range"] = [n - 0.5, -0.5]
    axes["yaxis"].pop("autorange")
    axes["xaxis"]["tickangle"] = 40  # back over the rows' words: to the right the last one has no room on a phone
    stairs = " ".join(f"L {i + 0.5} {i - 0.5} L {i + 0.5} {i + 0.5}" for i in range(n))
    line = {"color": OKABE_ITO["vermillion"], "width": 3}
    edge = {"type": "path", "path": f"M -0.5 -0.5 {stairs}", "line": line}
    text = [
        ["1" if value > 0.995 else f"{value:.2f}".lstrip("0") if value >= 0.005 else "0" for value in row] for row in A
    ]
    cells = {**_cells(A), "text": text, "textfont": {"color": INK, "size": 11}}
    return {
        "data": [{**made["data"][0], **cells}],
        "layout": {**layout, **axes, "shapes": [edge], "height": 120 + 34 * n},
    }


def grown(found: Mapping[str, Any], place: int, texts: Mapping[str, str]) -> Figure:
    """The mask when word `place` is to be written: a row for each word there is, grey where it may not look."""
    made = masked(found, "added", texts)
    heat, words = made["data"][0], found["words"]
    z = [[value if j <= i <= place else None for j, value in enumerate(row)] for i, row in enumerate(heat["z"])]
    text = [
        [cell if j <= i <= place else "−∞" if i <= place else "" for j, cell in enumerate(row)]
        for i, row in enumerate(heat["text"])
    ]
    grey = {"colorscale": [[0, HIDDEN], [1, HIDDEN]], "opacity": 0.35, "texttemplate": "", "hovertemplate": None}
    shut = {**heat, **grey, "z": [[0 if cell == "−∞" else None for cell in row] for row in text], "hoverinfo": "skip"}
    marks = [
        {"x": j, "y": i, "text": "−∞", "showarrow": False, "font": {"size": 11}}
        for i, row in enumerate(text)
        for j, cell in enumerate(row)
        if cell == "−∞"
    ]
    open_ = {**heat, "z": z, "text": [["" if cell == "−∞" else cell for cell in row] for row in text]}
    layout = {**made["layout"], "shapes": [], "annotations": marks, "height": 120 + 34 * len(words)}
    return {"data": [shut, open_], "layout": layout}


# ---------------------------------------------------------------- the tree of a beam search


def tree(found: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """All beginnings that beam search looked at: a column for each word of the text, lines from each to what follows.

    `found` has "nodes" ("word", "parent" or −1, "log", "score", "depth", "kept", "finished") and "best", the finished
    ones, the best first.
    """
    nodes = found["nodes"]
    ys = _rows(nodes)
    best = _path(nodes, found["best"][0]) if found["best"] else []
    lines: Figure = {"type": "scatter", "mode": "lines", "x": [], "y": [], "line": {"color": HIDDEN, "width": 1}}
    way: Figure = {**lines, "x": [], "y": [], "line": {"color": OKABE_ITO["blue"], "width": 4}}
    for i, node in enumerate(nodes):
        parent = node["parent"]
        x, y = (node["depth"] - 1, ys[parent] if parent >= 0 else ys[-1])
        for each in (lines, way) if i in best else (lines,):
            each["x"] += [x, node["depth"], None]
            each["y"] += [y, ys[i], None]
    still = {"hoverinfo": "skip", "showlegend": False}
    deepest = max((node["depth"] for node in nodes), default=1)
    return {
        "data": [{**lines, **still}, {**way, **still}, *_marks(nodes, ys, texts)],
        "layout": {
            **_room(150 + 34 * max(3, round(max(ys, default=0) - min(ys, default=0)) + 1)),
            "width": max(600, round(ROOM * (deepest + 1.4))),
            "xaxis": {
                "title": {"text": texts["tree.depth"]},
                "dtick": 1,
                "range": [-0.3, deepest + 1.1],
                "showgrid": False,
            },
            "yaxis": {"visible": False, "autorange": "reversed"},
        },
    }


def branches(found: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, list[Any]]:
    """The same tree as a table: each word, what stands before it, and what became of it."""
    nodes = found["nodes"]
    words = [shown(node["word"], texts) for node in nodes]
    states = ["dropped" if not node["kept"] else "finished" if node["finished"] else "kept" for node in nodes]
    return {
        texts["tree.depth"]: [node["depth"] for node in nodes],
        texts["beam.before"]: [" ".join(words[i] for i in reversed(_path(nodes, at)[1:])) for at in range(len(nodes))],
        texts["beam.word"]: words,
        "ln P": [node["log"] for node in nodes],
        texts["beam.score"]: [node["score"] for node in nodes],
        texts["beam.state"]: [texts[f"tree.{state}"] for state in states],
    }


def _marks(nodes: Sequence[Mapping[str, Any]], ys: Sequence[float], texts: Mapping[str, str]) -> list[Figure]:
    """A mark and the word for each beginning, in three kinds."""
    kinds: dict[str, tuple[str, str, Callable[[Mapping[str, Any]], bool]]] = {
        "kept": (OKABE_ITO["blue"], "circle", lambda node: node["kept"] and not node["finished"]),
        "finished": (OKABE_ITO["green"], "square", lambda node: node["kept"] and node["finished"]),
        "dropped": (HIDDEN, "x", lambda node: not node["kept"]),
    }
    made = []
    for name, (colour, mark, belongs) in kinds.items():
        own = [i for i, node in enumerate(nodes) if belongs(node)]
        words = [plain(shown(nodes[i]["word"], texts)) for i in own]
        told = [(number(nodes[i]["log"], 3), number(nodes[i]["score"], 3)) for i in own]
        made.append({
            "type": "scatter", "mode": "markers+text", "name": plain(texts[f"tree.{name}"]),
            "x": [nodes[i]["depth"] for i in own], "y": [ys[i] for i in own],
            "text": [f"{word} {log}" for word, (log, _) in zip(words, told, strict=True)],
            "textposition": "middle right" if name == "dropped" else "top center",
            "textfont": {"size": 11}, "cliponaxis": False,
            "marker": {"color": colour, "symbol": mark, "size": 9},
            "hovertext": [
                texts["tree.hover"].format(word=word, log=log, score=score)
                for word, (log, score) in zip(words, told, strict=True)
            ],
            "hoverinfo": "text",
        })  # fmt: skip
    return made


def _rows(nodes: Sequence[Mapping[str, Any]]) -> list[float]:
    """The height of each node: leaves one below the other, others in the middle of what follows. Last: the start."""
    follow: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        follow.setdefault(node["parent"], []).append(i)
    ys, leaves = [0.0] * (len(nodes) + 1), 0

    def place(i: int) -> float:
        nonlocal leaves
        if i in follow:
            heights = [place(child) for child in follow[i]]
            ys[i] = sum(heights) / len(heights)
        else:
            ys[i] = float(leaves)
            leaves += 1
        return ys[i]

    place(-1)
    return ys


def _path(nodes: Sequence[Mapping[str, Any]], leaf: int) -> list[int]:
    found = []
    while leaf >= 0:
        found.append(leaf)
        leaf = nodes[leaf]["parent"]
    return found


# ---------------------------------------------------------------- the decoder alone


def falling(found: Mapping[str, tuple[str, Sequence[float], Sequence[float]]], texts: Mapping[str, str]) -> Figure:
    """How the perplexity of several models falls with the CPU-seconds: name → (a colour, x, y). Points are marked: a
    model that counts has but a few.
    """
    made = courses(found, texts["axis.seconds"], texts["metric.perplexity"], share=False)
    for trace, mark in zip(made["data"], SHAPES, strict=False):
        few = len(trace["x"]) < 20
        trace |= {"mode": "lines+markers" if few else "lines", "marker": {"symbol": mark, "size": 9}}
    made["layout"]["yaxis"] |= whole_numbers()
    return made


# ---------------------------------------------------------------- the cache of keys and values


def cache(found: Mapping[str, Sequence[float]], texts: Mapping[str, str]) -> Figure:
    """Milliseconds a word by the length of what was written: "length", "cached_ms", "uncached_ms"."""
    looks = (("cached", OKABE_ITO["blue"], "circle"), ("uncached", OKABE_ITO["vermillion"], "square"))
    data = [
        {
            "type": "scatter", "mode": "lines+markers", "name": plain(texts[f"cache.{name}"]),
            "x": list(found["length"]), "y": rounded(found[f"{name}_ms"]),
            "line": {"color": colour, "dash": dash, "width": 2.5},
            "marker": {"color": colour, "symbol": mark, "size": 9}, "hovertemplate": "%{x}: %{y:.3g}<extra></extra>",
        }
        for (name, colour, mark), dash in zip(looks, DASHES, strict=False)
    ]  # fmt: skip
    return {
        "data": data,
        "layout": {
            **_room(320),
            "xaxis": {"title": {"text": texts["cache.length"]}, "rangemode": "tozero", "fixedrange": True},
            "yaxis": {"title": {"text": texts["cache.time"]}, "rangemode": "tozero", "fixedrange": True},
        },
    }
