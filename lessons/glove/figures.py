"""The pictures of the GloVe lesson: the table of counts, ratios, weights of cells, counted against said, seeds.

Every picture is a pure function of numbers that the engine's views and questions return, and of the labels of the
reader's language. Map, nearest words, rank and accuracy are Word2Vec's, with this lesson's words.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lessons.figures import OKABE_ITO, ROLES, Curve, Figure, curves, number, pairs_heatmap, percent, plain, rounded
from lessons.ngram.figures import CIVIDIS
from lessons.word2vec.figures import CATEGORIES, LEGEND

# P(k | ice) / P(k | steam), as published: Pennington, Socher, Manning (2014), table 1, 6 billion tokens.
PUBLISHED = {"solid": 8.9, "gas": 0.085, "water": 1.36, "fashion": 0.96}

LOW, HIGH = -1.5, 4.0  # the scale of counts, in decades: 0.03 to 10,000
FIRST, SECOND, SAME = OKABE_ITO["orange"], OKABE_ITO["blue"], "#7F8A96"  # whose company a probe word is
NEAR_ONE = math.log(1.5)  # a ratio nearer to 1 than this tells no difference
NEVER = 3.0  # times the longest bar: how far one goes that has no end
MODELS = {"glove": (ROLES["prediction"], "circle"), "word2vec": (OKABE_ITO["blue"], "diamond-open")}
APART = 0.14  # between two models' rows of one kind

LABELS = (
    *(f"attribute.{entry}" for entry in LEGEND),
    *(f"metric.analogy_{category}" for category in CATEGORIES),
    *("map.word", "map.direction", "map.without", "map.share", "map.summary"),
    *("between", "nearest.word", "nearest.score", "nearest.summary"),
    *("rank.excluded", "rank.all", "rank.answers", "rank.summary"),
    *("metric.loss", "metric.loss.unit", "metric.analogy_accuracy", "metric.analogy_accuracy.unit", "axis.cells"),
    *("metric.share", "metric.share.unit", "metric.words_seen", "metric.words_seen.unit", "axis.words"),
    *("heat.centre", "heat.context", "heat.count", "heat.summary", "heat.empty"),
    *("ratio.axis", "ratio.never", "weight.count", "weight.cells", "weight.f", "weight.summary"),
    *("ratio.summary", "why.summary"),
    *("fit.counted", "fit.said", "fit.cell", "fit.line", "fit.summary"),
    *("why.counted", "why.vectors", "paper.solid", "paper.gas", "paper.water", "paper.fashion"),
    *("compare.glove", "compare.word2vec", "compare.all", "compare.right"),
)


# ---------------------------------------------------------------- the table of counts


def heat_base(words: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """The part of the table's picture that stays: a row for word i, a column for its company j."""
    names = [plain(word) for word in words]
    hover = f"{texts['heat.centre']}: %{{y}}<br>{texts['heat.context']}: %{{x}}<br>{texts['heat.count']}: %{{text}}"
    scale = [[n / (len(CIVIDIS) - 1), colour] for n, colour in enumerate(CIVIDIS)]
    figure = pairs_heatmap(names, scale, (LOW, HIGH), hover, texts["heat.context"], texts["heat.centre"])
    return {**figure, "table": {"columns": [f"{texts['heat.centre']} ↓ {texts['heat.context']} →"]}}


def heat_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the table: "words" (n,) and "X" (n, n), row then column. An empty cell has no digit."""
    X, words = np.asarray(numbers["X"], dtype=float), list(numbers["words"])
    filled = X > 0
    logs = np.log10(np.where(filled, X, 1))
    return {
        "data": [
            {
                "z": rounded(np.where(filled, logs, np.nan)),
                "text": [[number(x, 3) if x else "" for x in row] for row in X.tolist()],
                "customdata": rounded(X),
            }
        ],
        "summary": _heat_summary(X, words, texts),
    }  # fmt: skip


def _heat_summary(X: np.ndarray, words: Sequence[str], texts: Mapping[str, str]) -> str:
    if not (X > 0).any():
        return texts["heat.empty"]
    row, column = divmod(int(X.argmax()), X.shape[1])
    values = {"filled": int((X > 0).sum()), "cells": X.size, "count": number(float(X.max()), 3)}
    return texts["heat.summary"].format(first=words[row], second=words[column], **values)


def filled_curves(texts: Mapping[str, str]) -> Figure:
    """How much of the whole table is filled, on the left; different words met, on the right."""
    lines = [
        Curve("share", texts["metric.share"], ROLES["prediction"]),
        Curve("words_seen", texts["metric.words_seen"], OKABE_ITO["blue"], "dash", "right"),
    ]
    made = curves(lines, texts["metric.share.unit"], texts["metric.words_seen.unit"], texts["axis.words"])
    return {
        **made,
        "layout": {"yaxis": {"tickformat": ".0%", "rangemode": "tozero"}, "yaxis2": {"rangemode": "tozero"}},
    }


# ---------------------------------------------------------------- ratios


def published(texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of the paper's table, as `ratio_bars` takes them, in the reader's language."""
    return [
        {"word": texts[f"paper.{word}"], "ratio": ratio, "log_ratio": math.log(ratio)}
        for word, ratio in PUBLISHED.items()
    ]


def ratio_bars(
    rows: Sequence[Mapping[str, Any]], first: str, second: str, texts: Mapping[str, str], log_range: float = 0.0
) -> Figure:
    """Bars of log-ratios, to the right where a probe word goes with `first`, to the left where it goes with `second`.

    rows: "word", "ratio" and "log_ratio", which are None or 0 where one of the counts is 0. `log_range` is the least
    reach of the axis to both sides. Colour and side say the same; the ratio stands at the end of its bar.
    """
    known = [float(row["log_ratio"]) for row in rows if row["log_ratio"] is not None]
    most = max([NEAR_ONE, log_range, *map(abs, known)])
    lengths = [_length(row, NEVER * most) for row in rows]
    data = {
        "type": "bar",
        "orientation": "h",
        "y": [plain(row["word"]) for row in rows],
        "x": rounded(lengths, 3),
        "text": [ratio_text(row["ratio"], texts) for row in rows],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "skip",
        "marker": {
            "color": [SAME if abs(x) < NEAR_ONE else FIRST if x > 0 else SECOND for x in lengths],
            "pattern": {
                "shape": ["" if abs(x) < NEAR_ONE else "/" if x > 0 else "\\" for x in lengths],
                "solidity": 0.25,
            },
        },
    }
    reach = 1.45 * most
    ticks = [tick for tick in _decades() if abs(math.log(tick)) < reach]
    layout = {
        "height": 110 + 30 * max(1, len(rows)),
        "margin": {"l": 16, "r": 16, "t": 8, "b": 60},
        "xaxis": {
            "title": {"text": texts["ratio.axis"].format(first=plain(first), second=plain(second))},
            "range": [-reach, reach],
            "tickvals": rounded([math.log(tick) for tick in ticks]),
            "ticktext": [number(tick) for tick in ticks],
            "zeroline": True,
            "zerolinewidth": 2,
            "fixedrange": True,
        },
        "yaxis": {"autorange": "reversed", "type": "category", "automargin": True, "fixedrange": True},
        "showlegend": False,
        "bargap": 0.3,
    }
    return {"data": [data], "layout": layout}


def ratio_summary(rows: Sequence[Mapping[str, Any]], first: str, second: str, texts: Mapping[str, str]) -> str:
    """In words: which probe word goes most with the one, and which with the other. Empty if no ratio has an end."""
    known = sorted((row for row in rows if row["log_ratio"] is not None), key=lambda row: float(row["ratio"]))
    if not known:
        return ""
    low, high = known[0], known[-1]
    said = {"low": number(low["ratio"], 3), "high": number(high["ratio"], 3)}
    return texts["ratio.summary"].format(first=first, second=second, word=high["word"], other=low["word"], **said)


def _length(row: Mapping[str, Any], endless: float) -> float:
    """The log-ratio; where one of the counts is 0, as far as the picture goes; 0 where both are."""
    if row["log_ratio"] is not None:
        return float(row["log_ratio"])
    if row["ratio"] is not None:
        return -endless  # never met by the first
    return endless if row.get("count_first") else 0.0


def ratio_text(ratio: float | None, texts: Mapping[str, str]) -> str:
    """A ratio in digits, or that there is none."""
    return number(ratio, 3) if ratio else texts["ratio.never"]


def _decades() -> list[float]:
    return [10.0**zeros for zeros in range(-6, 7)]


def held(rows: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> Figure:
    """Log-ratios of probe words as counted, and as the vectors have them: "word", "log_ratio" and "learnt"."""
    looks = (("log_ratio", "why.counted", ROLES["truth"], ""), ("learnt", "why.vectors", ROLES["prediction"], "/"))
    data = [
        {
            "type": "bar", "orientation": "h", "name": texts[label], "y": [plain(row["word"]) for row in rows],
            "x": rounded([row[key] for row in rows], 3), "text": [number(row[key], 2) for row in rows],
            "textposition": "outside", "cliponaxis": False, "hoverinfo": "skip",
            "marker": {"color": colour, "pattern": {"shape": mark, "solidity": 0.25}},
        }
        for key, label, colour, mark in looks
    ]  # fmt: skip
    most = 1.3 * max([0.1, *(abs(float(row[key])) for row in rows for key, *_ in looks)])
    layout = {
        "height": 110 + 46 * max(1, len(rows)),
        "margin": {"l": 16, "r": 16, "t": 8, "b": 32},
        "xaxis": {"range": [-most, most], "zeroline": True, "zerolinewidth": 2, "fixedrange": True},
        "yaxis": {"autorange": "reversed", "type": "category", "automargin": True, "fixedrange": True},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        "bargap": 0.3,
    }
    return {"data": data, "layout": layout}


def held_summary(rows: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> str:
    """In words: how far the vectors are off on average, and for how many words they have the sign right."""
    counted, learnt = (np.array([row[key] for row in rows], dtype=float) for key in ("log_ratio", "learnt"))
    right = int((np.sign(counted) == np.sign(learnt)).sum())
    return texts["why.summary"].format(error=number(np.abs(counted - learnt).mean(), 2), right=right, all=len(rows))


# ---------------------------------------------------------------- weights


def weighting(found: Mapping[str, Any], x_max: float, texts: Mapping[str, str]) -> Figure:
    """How many cells have which count (bars), and what a cell of that count weighs (curve).

    `found` has "counts" and "f" (n,), the curve, and "bins" (m + 1,) and "cells" (m,), a histogram of the counts.
    """
    bins, cells = np.asarray(found["bins"], dtype=float), np.asarray(found["cells"])
    bend = sorted(
        {*zip(found["counts"], found["f"], strict=True), (x_max, 1.0)}
    )  # the curve's corner is one of its points
    middles, widths = np.sqrt(bins[:-1] * bins[1:]), np.diff(np.log10(bins))
    bars = {
        "type": "bar",
        "name": texts["weight.cells"],
        "x": rounded(np.log10(middles)),
        "y": cells.tolist(),
        "width": rounded(0.92 * widths),
        "marker": {"color": OKABE_ITO["sky"]},
        "customdata": [[number(a, 3), number(b, 3)] for a, b in itertools.pairwise(bins.tolist())],
        "hovertemplate": "%{customdata[0]} – %{customdata[1]}: %{y:,}<extra></extra>",
    }
    curve = {
        "type": "scatter",
        "mode": "lines",
        "name": texts["weight.f"],
        "x": rounded(np.log10([count for count, _ in bend])),
        "y": rounded([f for _, f in bend]),
        "yaxis": "y2",
        "line": {"color": OKABE_ITO["vermillion"], "width": 3},
        "hovertemplate": "f = %{y:.3f}<extra></extra>",
    }
    ends = [float(np.log10(bins[0])) - 0.1, float(np.log10(bins[-1])) + 0.1]
    decades = range(math.floor(ends[0]), math.ceil(ends[1]) + 1)
    mark = {
        "type": "line", "xref": "x", "yref": "paper", "y0": 0, "y1": 1,
        "line": {"dash": "dot", "width": 1.5, "color": SAME},
        "x0": round(math.log10(x_max), 3), "x1": round(math.log10(x_max), 3),
    }  # fmt: skip
    note = {"x": mark["x0"], "y": 1.0, "xref": "x", "yref": "paper", "yanchor": "bottom", "showarrow": False}
    layout = {
        "height": 330,
        "margin": {"l": 16, "r": 16, "t": 54, "b": 44},
        "xaxis": {
            "title": {"text": texts["weight.count"]},
            "range": rounded(ends),
            "tickvals": list(decades),
            "ticktext": [number(10.0**n) for n in decades],
            "zeroline": False,
            "fixedrange": True,
        },
        "yaxis": {"title": {"text": texts["weight.cells"]}, "automargin": True, "fixedrange": True},
        "yaxis2": {
            "title": {"text": texts["weight.f"]},
            "overlaying": "y",
            "side": "right",
            "range": [0, 1.05],
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "showgrid": False,
            "automargin": True,
            "fixedrange": True,
        },
        "shapes": [mark],
        "annotations": [{**note, "text": f"x<sub>max</sub> = {number(x_max)}"}],
        "legend": {"orientation": "h", "y": 1.12, "yanchor": "bottom", "x": 0},
        "bargap": 0,
    }
    return {"data": [bars, curve], "layout": layout}


def middle_weights(found: Mapping[str, Any]) -> list[float]:
    """What a cell in the middle of each bin weighs, read off the curve: (m,)."""
    bins = np.asarray(found["bins"], dtype=float)
    middles: list[float] = np.interp(np.sqrt(bins[:-1] * bins[1:]), found["counts"], found["f"]).tolist()
    return middles


def light(found: Mapping[str, Any], x_max: float, texts: Mapping[str, str]) -> str:
    """How many of the cells weigh less than 1: those in bins below x_max."""
    bins, cells = np.asarray(found["bins"], dtype=float), np.asarray(found["cells"], dtype=float)
    below = cells[np.sqrt(bins[:-1] * bins[1:]) < x_max].sum()
    return texts["weight.summary"].format(percent=percent(float(below / max(1.0, cells.sum())), 4))


# ---------------------------------------------------------------- counted against said


def fit_base(texts: Mapping[str, str]) -> Figure:
    """The part of the fit's picture that stays: axes, and the line where the vectors say what was counted."""
    ends = [-3.0, 10.0]
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": texts["fit.line"],
        "x": ends,
        "y": ends,
        "line": {"color": OKABE_ITO["vermillion"], "width": 2, "dash": "dash"},
        "hoverinfo": "skip",
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": texts["fit.cell"],
        "marker": {"color": OKABE_ITO["blue"], "size": 5, "opacity": 0.55},
        "hovertemplate": "%{text}: %{x:.2f} → %{y:.2f}<extra></extra>",
    }
    layout = {
        "xaxis": {"title": {"text": texts["fit.counted"]}, "range": ends, "zeroline": False, "fixedrange": True},
        "yaxis": {"title": {"text": texts["fit.said"]}, "range": ends, "zeroline": False, "fixedrange": True},
        "dragmode": False,
        "hovermode": "closest",
    }
    legend = [
        {"label": texts["fit.cell"], "colour": OKABE_ITO["blue"], "symbol": "circle"},
        {"label": texts["fit.line"], "colour": OKABE_ITO["vermillion"], "symbol": "line-ew"},
    ]
    table = {"traces": [1], "columns": [texts["fit.cell"], texts["fit.counted"], texts["fit.said"]]}
    return {"data": [line, dots], "layout": layout, "legend": legend, "table": table}


def fit_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the fit: "log" and "fit" (n,) of cells that are always the same, "first" and "second" words."""
    counted, said = (np.asarray(numbers[name], dtype=float) for name in ("log", "fit"))
    names = [plain(f"{i} · {j}") for i, j in zip(numbers["first"], numbers["second"], strict=True)]
    off = float(np.sqrt(np.mean(np.square(said - counted)))) if len(said) else math.nan
    summary = texts["fit.summary"].format(error=number(off, 3), cells=len(said))
    dots = {"x": rounded(counted, 3), "y": rounded(said, 3), "text": names}
    return {"data": [{}, dots], "note": summary, "summary": summary}


def training_curves(texts: Mapping[str, str]) -> Figure:
    """Loss on the left axis, accuracy of all analogies on the right."""
    lines = [
        Curve("loss", texts["metric.loss"], OKABE_ITO["blue"]),
        Curve("analogy_accuracy", texts["metric.analogy_accuracy"], OKABE_ITO["vermillion"], "dash", "right"),
    ]
    right = texts["metric.analogy_accuracy.unit"]
    return curves(lines, texts["metric.loss.unit"], right, texts["axis.cells"], shares=("right",))


# ---------------------------------------------------------------- seeds


def seeds(rows: Sequence[Mapping[str, Any]], kinds: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """Accuracy of two models over their seeds: a row for each kind of analogy, a mark for each run.

    rows: "model" and the accuracy under each of `kinds`, whose names are `metric.<kind>`; the first is that of all.
    """
    names = [plain(texts["compare.all"] if n == 0 else texts[f"metric.{kind}"]) for n, kind in enumerate(kinds)]
    data = []
    for n, (model, (colour, symbol)) in enumerate(MODELS.items()):
        own = [row for row in rows if row["model"] == model]
        points = [(row[kind], at + (2 * n - 1) * APART) for row in own for at, kind in enumerate(kinds) if kind in row]
        data.append({
            "type": "scatter", "mode": "markers", "name": texts[f"compare.{model}"],
            "x": rounded([x for x, _ in points], 3), "y": rounded([y for _, y in points], 3),
            "marker": {"color": colour, "symbol": symbol, "size": 11, "line": {"width": 1.5, "color": colour}},
            "hovertemplate": "%{x:.0%}<extra></extra>",
        })  # fmt: skip
    layout = {
        "height": 110 + 42 * len(kinds),
        "margin": {"l": 16, "r": 16, "t": 8, "b": 44},
        "xaxis": {
            "title": {"text": texts["compare.right"]},
            "range": [-0.03, 1.03],
            "tickformat": ".0%",
            "zeroline": False,
            "fixedrange": True,
        },
        "yaxis": {
            "range": [len(kinds) - 0.5, -0.5],
            "tickvals": list(range(len(kinds))),
            "ticktext": names,
            "automargin": True,
            "zeroline": False,
            "fixedrange": True,
        },
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    return {"data": data, "layout": layout}
