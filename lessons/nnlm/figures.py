"""The pictures of the lesson on the neural language model: the race, the look-up, two models word by word.

Every picture is a pure function of numbers that the engine answers, and of the labels of the reader's language. The
map of words and its table of neighbours are Word2Vec's, bars of next words the n-gram lesson's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessons.figures import (
    OKABE_ITO,
    ROLES,
    Curve,
    Figure,
    Level,
    curves,
    number,
    plain,
    rounded,
    shown,
)
from lessons.word2vec.figures import LEGEND

BOTH = NETWORK, COUNTED = ROLES["prediction"], OKABE_ITO["blue"]  # the colours of both models, on every picture here
ABOVE, BELOW = 8.0, 0.75  # how far the race is shown above and below the best n-gram model
HIGHEST = 1e5  # perplexity that is shown at most

LABELS = (
    *("metric.perplexity", "metric.perplexity.unit", "metric.loss", "metric.loss.unit", "axis.tokens"),
    *("race.best", "race.order", "bars.word", "bars.probability", "bars.summary"),
    *("duel.network", "duel.ngram", "duel.bits", "duel.new", "matrix.hot", "matrix.C", "matrix.row", "matrix.hover"),
    *("alike.left", "alike.near", "alike.far", "sample.summary", "mark.begin", "mark.end", "mark.space"),
    *(f"attribute.{entry}" for entry in LEGEND),
    *("map.word", "map.direction", "map.without", "map.share", "map.summary"),
    *("between", "nearest.word", "nearest.score", "nearest.summary"),
)

# ---------------------------------------------------------------- the race


@dataclass(frozen=True)
class Rival:
    """An n-gram model in the race: its order, what it is called, and its perplexity on the held-out text."""

    order: int
    name: str
    perplexity: float


def best(rivals: Sequence[Rival]) -> Rival | None:
    """The lowest perplexity of all."""
    return min(rivals, key=lambda rival: rival.perplexity, default=None)


def race_curves(rivals: Sequence[Rival], texts: Mapping[str, str], reached: float = 0.0) -> Figure:
    """Perplexity on held-out text, logarithmic, and a line for the best n-gram model of each order.

    `rivals` are those, one an order. The axis ends not far above the best of them: what is decided is decided there.
    It ends higher where a network that is over has `reached` no less: its line must be seen.
    """
    line = Curve("perplexity", texts["metric.perplexity"], NETWORK)
    first = best(rivals)
    levels = [
        Level(texts["race.order"].format(n=rival.order), rival.perplexity, COUNTED, "dot")
        for rival in rivals
        if first and rival is not first and rival.perplexity < ABOVE * first.perplexity
    ]
    if first:
        name = texts["race.best"].format(name=first.name, n=first.order)
        levels.append(Level(name, first.perplexity, COUNTED, "solid"))
    made = curves([line], texts["metric.perplexity.unit"], steps=texts["axis.tokens"], levels=levels)
    ticks = [digit * 10**zeros for zeros in range(5) for digit in (1, 2, 3, 5)]  # Plotly's own would say 2 for 200
    axis: Figure = {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:,}" for tick in ticks]}
    if first:
        most = max(ABOVE * first.perplexity, min(2 * reached, HIGHEST))
        axis["range"] = rounded(np.log10([BELOW * first.perplexity, most]))
    return {**made, "layout": {"yaxis": axis}}


def loss_curve(texts: Mapping[str, str]) -> Figure:
    """What training makes small."""
    line = Curve("loss", texts["metric.loss"], OKABE_ITO["purple"])
    return curves([line], texts["metric.loss.unit"], steps=texts["axis.tokens"])


# ---------------------------------------------------------------- one-hot times C is a row of C


def look_up(words: Sequence[str], hot: np.ndarray, C: np.ndarray, texts: Mapping[str, str]) -> Figure:
    """A one-hot vector times C: each row of C times the number beside it, and under them the sum, which is one row.

    words (k,): the rows of C that are shown. hot (k,): 0 or 1 for each. C (k, m).
    """
    names = [plain(shown(word, texts)) for word in words]
    k, m = C.shape
    most = float(np.abs(C).max(initial=1e-9))
    side: Figure = {"zmin": -most, "zmax": most, "colorscale": _both(), "showscale": False, "xgap": 1, "ygap": 2}
    hover = texts["matrix.hover"].format(word="%{y}", column="%{x}", value="%{z}") + "<extra></extra>"
    numbers = [str(n) for n in range(1, m + 1)]
    vector = {
        "type": "heatmap", "x": ["e"], "y": names, "z": [[int(one)] for one in hot], "zmin": 0, "zmax": 1.4,
        "text": [[str(int(one))] for one in hot], "texttemplate": "%{text}", "ygap": 2, "showscale": False,
        "colorscale": [[0, "#eceff1"], [1, OKABE_ITO["orange"]]], "textfont": {"color": "#1f2933", "size": 15},
        "hoverinfo": "skip",
    }  # fmt: skip
    rows = {"type": "heatmap", "x": numbers, "y": names, "z": rounded(C), "xaxis": "x2", "hovertemplate": hover, **side}
    row = {
        "type": "heatmap", "x": numbers, "y": [texts["matrix.row"]], "z": rounded((hot @ C)[None]), "xaxis": "x2",
        "yaxis": "y2", "hovertemplate": hover, **side,
    }  # fmt: skip
    at = int(np.argmax(hot))
    frame = {"line": {"color": OKABE_ITO["orange"], "width": 3}, "fillcolor": "rgba(0,0,0,0)", "type": "rect"}
    ends = {"xref": "x2", "x0": -0.5, "x1": m - 0.5}
    shapes = [
        {**frame, **ends, "yref": "y", "y0": at - 0.5, "y1": at + 0.5},
        {**frame, **ends, "yref": "y2", "y0": -0.5, "y1": 0.5},
    ]
    share = k / (k + 2.2)  # of the height, for C
    axis = {"type": "category", "showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True}
    notes = [
        _note(texts["matrix.hot"], 0.03, 1.0), _note(texts["matrix.C"].format(m=m), 0.56, 1.0),
        _note("×", 0.093, 1 - share / 2, "middle", 18),
    ]  # fmt: skip
    layout = {
        "height": 110 + 28 * (k + 2),
        "margin": {"l": 16, "r": 12, "t": 34, "b": 10},
        "xaxis": {**axis, "domain": [0, 0.06], "showticklabels": False},
        "xaxis2": {**axis, "domain": [0.13, 1], "showticklabels": False, "anchor": "y2"},
        "yaxis": {**axis, "domain": [1 - share, 1], "autorange": "reversed", "automargin": True},
        "yaxis2": {**axis, "domain": [0, 1 / (k + 2.2)], "automargin": True, "anchor": "x2"},
        "shapes": shapes,
        "annotations": notes,
        "dragmode": False,
    }
    return {"data": [vector, rows, row], "layout": layout}


def _note(text: str, x: float, y: float, anchor: str = "bottom", size: int = 13) -> Figure:
    place = {"xref": "paper", "yref": "paper", "x": x, "y": y, "xanchor": "center", "yanchor": anchor}
    return {**place, "text": plain(text), "showarrow": False, "font": {"size": size}}


def _both() -> list[list[Any]]:
    """Blue below zero, orange above, pale at zero: as the player's cells."""
    return [[0, OKABE_ITO["blue"]], [0.5, "#f7f7f7"], [1, OKABE_ITO["vermillion"]]]


# ---------------------------------------------------------------- word by word


def duel_bars(sentence: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """How surprised both models are by each word of a sentence, in bits; a word after new words carries a mark."""
    names = [
        f"{n}. {plain(shown(word, texts))}" + ("" if seen else f" {texts['duel.new']}")
        for n, (word, seen) in enumerate(zip(sentence["words"], sentence["seen"], strict=True), 1)
    ]
    data = []
    for who, colour, mark in (("nnlm", NETWORK, ""), ("ngram", COUNTED, "/")):
        bits = [-float(np.log2(p)) for p in sentence[who]]
        data.append({
            "type": "bar", "orientation": "h", "name": texts[f"duel.{'network' if who == 'nnlm' else who}"],
            "y": names, "x": rounded(bits, 3), "text": [number(b, 2) for b in bits], "textposition": "outside",
            "cliponaxis": False, "hoverinfo": "skip",
            "marker": {"color": colour, "pattern": {"shape": mark, "solidity": 0.3}},
        })  # fmt: skip
    most = max(max(trace["x"]) for trace in data)
    return {"data": data, "layout": _barred(len(names), 2, texts["duel.bits"], [0, 1.15 * most])}


def alike_bars(rows: Sequence[tuple[str, str, float]], texts: Mapping[str, str]) -> Figure:
    """One word's probability after several others: rows of (word before, kind, probability), on a logarithmic axis.

    kind: "left" for the one whose pair was left out, "near" for those of like vectors, "far" for others.
    """
    looks = {"left": (NETWORK, ""), "near": (OKABE_ITO["green"], "/"), "far": (OKABE_ITO["sky"], "x")}
    names = [plain(word) for word, _, _ in rows]
    data = []
    for kind, (colour, mark) in looks.items():
        there = [(name, p) for name, (_, of, p) in zip(names, rows, strict=True) if of == kind]
        data.append({
            "type": "bar", "orientation": "h", "name": texts[f"alike.{kind}"],
            "y": [name for name, _ in there], "x": rounded([p for _, p in there], 3),
            "text": [number(p, 2) for _, p in there], "textposition": "outside", "cliponaxis": False,
            "hoverinfo": "skip", "marker": {"color": colour, "pattern": {"shape": mark, "solidity": 0.3}},
        })  # fmt: skip
    low = min([1e-4, *(p for _, _, p in rows if p > 0)])
    layout = _barred(len(rows), 1, texts["bars.probability"], rounded(np.log10([low / 3, 3]), 3))
    axis = {"type": "log", "tickvals": [10.0**-n for n in range(9)], "ticktext": [_power(n) for n in range(9)]}
    layout["xaxis"] |= axis
    layout["yaxis"] |= {"categoryorder": "array", "categoryarray": names}
    return {"data": data, "layout": {**layout, "barmode": "overlay"}}


def _power(n: int) -> str:
    return "1" if n == 0 else f"{10.0**-n:.{n}f}" if n < 4 else f"10<sup>−{n}</sup>"


def _barred(rows: int, bars: int, unit: str, ends: Sequence[float]) -> Figure:
    return {
        "height": 90 + 26 * max(1, rows) * (1 if bars == 1 else 1.5),
        "margin": {"l": 16, "r": 32, "t": 8, "b": 44},
        "xaxis": {"title": {"text": unit}, "range": list(ends), "fixedrange": True},
        "yaxis": {"autorange": "reversed", "type": "category", "automargin": True, "fixedrange": True},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        "bargap": 0.25,
    }
