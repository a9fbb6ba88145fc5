"""The pictures of the n-gram lesson: pairs of words, the next word, curves, perplexities, words with their origin.

Every picture is a pure function of numbers that the engine's views return, and of the labels of the reader's language.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lessons.figures import (
    DASHES,
    OKABE_ITO,
    PALETTE,
    ROLES,
    Curve,
    Figure,
    columns,
    curves,
    number,
    pairs_heatmap,
    plain,
    rounded,
    shown,
)

# Matplotlib's Cividis at ten even steps: Plotly takes a name or a list, and a logarithmic scale needs the list.
CIVIDIS = (
    *("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678"),
    *("#a59c74", "#c3b369", "#e1cc55", "#fee838"),
)
WASH = "--st-secondary-background-color"
MOST = 4  # decades of the scale of counts: 1 to 10,000
BEST, WORST = 1.0, 1000.0  # the ends of the scale of perplexities
NONE, INFINITE = 0, -1  # in a grid view: not measured, and impossible

LABELS = (
    *("pairs.first", "pairs.next", "pairs.count", "pairs.summary", "bars.word", "bars.probability", "bars.count"),
    *("bars.summary", "bars.others", "mark.begin", "mark.end", "mark.space"),
    *("metric.perplexity", "metric.perplexity.unit", "metric.score", "metric.score.unit", "metric.unseen.unit"),
    *("metric.unseen", "metric.impossible", "axis.sentences", "sample.summary", "between"),
    *("grid.order", "grid.smoothing", "grid.infinite", "grid.summary", "grid.hover"),
)


# ---------------------------------------------------------------- pairs of words


def pairs_base(words: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """The part of the heatmap of pairs that stays: a row for the first word, a column for the one that follows."""
    names = [plain(shown(word, texts)) for word in words]
    hover = f"{texts['pairs.first']}: %{{y}}<br>{texts['pairs.next']}: %{{x}}<br>{texts['pairs.count']}: %{{z}}"
    figure = pairs_heatmap(names, _decades(), (0, 10**MOST), hover, texts["pairs.next"])
    return {**figure, "table": {"columns": [f"{texts['pairs.first']} ↓ {texts['pairs.next']} →"]}}


def _decades() -> list[list[Any]]:
    """A colour scale by the logarithm of 1 + count: a pair seen once can be told from one never seen."""
    steps = len(CIVIDIS) - 1
    counts = [(10 ** (MOST * n / steps) - 1) / (10**MOST) for n in range(steps + 1)]
    return [[at, colour] for at, colour in zip([*counts[:-1], 1], CIVIDIS, strict=True)]


def pairs_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the pairs: "words" (n,) and "counts" (n, n), row then column. A pair never seen has no digit."""
    counts = np.asarray(numbers["counts"])
    words = [shown(word, texts) for word in numbers["words"]]
    seen = int((counts > 0).sum())
    row, column = np.unravel_index(int(counts.argmax()), counts.shape) if counts.size else (0, 0)
    values = {"seen": seen, "pairs": counts.size, "count": int(counts.max(initial=0))}
    said = texts["pairs.summary"].format(first=words[row], next=words[column], **values) if seen else ""
    return {
        "data": [
            {
                "z": [[c or None for c in line] for line in counts.tolist()],
                "text": [[str(c) if c else "" for c in line] for line in counts.tolist()],
            }
        ],
        "summary": said,
    }


# ---------------------------------------------------------------- the next word


def bars_base(texts: Mapping[str, str]) -> Figure:
    """The columns of the table of next words."""
    return columns((texts["bars.word"], "text"), (texts["bars.probability"], "bar"), (texts["bars.count"], "number"))


def bars_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the next words: "words" (n,), "scores" (n,), "counts" (n,) of those after the context found."""
    words, scores = [shown(word, texts) for word in numbers["words"]], rounded(numbers["scores"], 3)
    rows = zip(words, scores, np.asarray(numbers["counts"]).tolist(), strict=True)
    return {
        "rows": [list(row) for row in rows],
        "summary": texts["bars.summary"].format(words=texts["between"].join(words[:3])),
    }


# ---------------------------------------------------------------- curves and the text it writes


def quality_curve(smoothing: str, texts: Mapping[str, str]) -> Figure:
    """Perplexity on held-out text, logarithmic; without smoothing it is infinite, and the share of its words that are
    impossible stands instead. What is no probability has no perplexity: the curve of stupid back-off has another name.
    """
    if smoothing == "maximum_likelihood":
        line = Curve("impossible", texts["metric.impossible"], OKABE_ITO["purple"])
        return curves([line], texts["metric.unseen.unit"], steps=texts["axis.sentences"], shares=("left",))
    name = "score" if smoothing == "stupid_backoff" else "perplexity"
    line = Curve("perplexity", texts[f"metric.{name}"], ROLES["prediction"])
    made = curves([line], texts[f"metric.{name}.unit"], steps=texts["axis.sentences"])
    # A logarithm: it falls from the size of the vocabulary to a handful, most of it at the very beginning.
    ticks = [digit * 10**zeros for zeros in range(5) for digit in (1, 2, 5)]  # Plotly's own would say 2 for 200
    axis = {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:,}" for tick in ticks]}
    return {**made, "layout": {"yaxis": axis}}


def unseen_curves(order: int, texts: Mapping[str, str]) -> Figure:
    """The share of held-out n-grams that were never read, a curve for each order."""
    lines = [
        Curve(f"unseen_{n}", texts["metric.unseen"].format(n=n), PALETTE[(n - 1) % len(PALETTE)], DASHES[n - 1])
        for n in range(1, order + 1)
    ]
    return curves(lines, texts["metric.unseen.unit"], steps=texts["axis.sentences"], shares=("left",))


def sample_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the text it writes."""
    return {
        "text": numbers["text"] or texts["mark.end"],
        "summary": texts["sample.summary"].format(text=numbers["text"]),
    }


# ---------------------------------------------------------------- order × smoothing


def grid_base(smoothings: Sequence[str], orders: Sequence[int], texts: Mapping[str, str]) -> Figure:
    """The part of the grid of perplexities that stays: a row for each smoothing, a column for each order."""
    names = [texts[f"dial.smoothing.{name}"] for name in smoothings]
    names = [
        f"{name} †" if smoothing == "stupid_backoff" else name
        for name, smoothing in zip(names, smoothings, strict=True)
    ]
    heat = {
        "type": "heatmap",
        "x": [str(n) for n in orders],
        "y": names,
        "colorscale": [[n / (len(CIVIDIS) - 1), colour] for n, colour in enumerate(CIVIDIS[::-1])],
        "zmin": np.log(BEST),
        "zmax": np.log(WORST),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "texttemplate": "%{text}",
        "hovertemplate": texts["grid.hover"].format(order="%{x}", smoothing="%{y}", perplexity="%{text}")
        + "<extra></extra>",
    }
    axis = {
        "type": "category",
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
    }
    layout = {
        "xaxis": {**axis, "title": {"text": texts["grid.order"]}},
        "yaxis": {**axis, "autorange": "reversed"},
        "dragmode": False,
    }
    return {"data": [heat], "layout": layout, "table": {"columns": [texts["grid.smoothing"]]}}


def grid_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the grid: "perplexity" (rules, K), 0 where not measured, −1 where a held-out word is impossible."""
    cells = np.asarray(numbers["perplexity"], dtype=float)
    worst = {NONE: None, INFINITE: np.log(WORST)}  # what is impossible is as bad as can be
    colours = [[worst[c] if c in worst else np.log(c) for c in row] for row in cells]
    said = [[grid_text(c, texts) for c in row] for row in cells]
    measured = int((cells != NONE).sum())
    summary = texts["grid.summary"].format(measured=measured, cells=cells.size)
    return {
        "data": [{"z": [rounded(np.array(row, dtype=float)) for row in colours], "text": said, "customdata": said}],
        "summary": summary,
    }


def grid_text(perplexity: float, texts: Mapping[str, str]) -> str:
    """A cell of the grid in digits, or what it is instead."""
    if perplexity == NONE:
        return ""
    return texts["grid.infinite"] if perplexity == INFINITE else number(perplexity)
