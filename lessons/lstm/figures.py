"""The pictures of the lesson on recurrent networks: a unit over a text, the unrolled network, gradients by lag, curves.

Every picture is a pure function of numbers that the engine's views and questions return, and of the labels of the
reader's language.
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
    curves,
    number,
    plain,
    rounded,
    shown,
    whole_numbers,
)

# Blue below zero, orange above, as in the player; pale enough for black letters on them, in both themes.
PALE = ((0.0, "#56B4E9"), (0.5, "#ffffff"), (1.0, "#E69F00"))
INK = "#000000"
WIDE = {"letters": 16, "han": 12, "words": 5}  # tokens in a row of the picture
FEWEST = 4  # rows that the picture has room for, so that cells are not drawn out
TINY = -24.0  # decades: what is less is drawn as a gap
LAGS = ("circle", "square", "diamond", "cross")  # marks of gradients

LABELS = (
    *("mark.begin", "mark.end", "mark.space", "between", "bars.word", "bars.probability", "bars.summary"),
    *("unit.row", "unit.summary", "unit.flat", "sample.summary", "metric.perplexity", "metric.perplexity.unit"),
    *("metric.gradient", "metric.gradient.unit", "metric.clipped", "metric.clipped.unit", "axis.tokens"),
    *("metric.accuracy", "metric.accuracy.unit", "metric.loss", "metric.loss.unit", "axis.updates"),
    *("gradient.lag", "gradient.norm", "gradient.summary", "gradient.zero", "unrolled.unit", "unrolled.token"),
    *("unrolled.hover", "cost.length", "cost.time", "cost.one_by_one", "cost.at_once", "cost.summary"),
)


# ---------------------------------------------------------------- one unit over a text


def unit_base() -> Figure:
    """The part of a unit's picture that stays: the text in rows, a cell for each token."""
    heat = {
        "type": "heatmap",
        "colorscale": [list(stop) for stop in PALE],
        "zmin": -1,
        "zmax": 1,
        "showscale": False,
        "xgap": 1,
        "ygap": 3,
        "texttemplate": "%{text}",
        "textfont": {"color": INK, "size": 17},
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    axis = {"visible": False, "fixedrange": True, "type": "category"}
    layout = {
        "xaxis": axis,
        "yaxis": axis,
        "dragmode": False,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    }
    return {"data": [heat], "layout": layout, "table": {"columns": [""]}}


def width(words: Sequence[str], segment: str) -> int:
    """How many tokens stand in a row."""
    if segment == "words":
        return WIDE["words"]
    han = sum(word > "\u2e80" for word in words)
    return WIDE["han" if 2 * han > len(words) else "letters"]


def unit_frame(numbers: Mapping[str, Any], state: str, segment: str, texts: Mapping[str, str]) -> Figure:
    """One moment of a unit over a text: "words" (n,), and "h" or "c" (n,) after each.

    c has no bound: it is divided by its largest size, if that is more than 1.
    """
    words, values = list(numbers["words"]), np.asarray(numbers[state], dtype=float)
    wide = width(words, segment)
    scale = max(1.0, float(np.abs(values).max(initial=0)))
    names = [plain(shown(word, texts)) for word in words]
    begin = plain(texts["mark.begin"])

    def letter(name: str) -> str:
        return "‹" if name == begin else name

    told = [f"{name}: {number(value, 2)}" for name, value in zip(names, values, strict=True)]
    rows = range(0, len(words), wide)
    return {
        "data": [
            {
                "x": [str(n + 1) for n in range(wide)],
                "y": [texts["unit.row"].format(n=n + 1) for n in range(len(rows))],
                "z": [_filled(rounded(values[r : r + wide] / scale, 3), wide, None) for r in rows],
                "text": [_filled([*map(letter, names[r : r + wide])], wide, "") for r in rows],
                "customdata": [_filled(told[r : r + wide], wide, "") for r in rows],
            }
        ],
        "layout": {"yaxis": {"range": [max(FEWEST, len(rows)) - 0.5, -0.5]}},
        "summary": _summary(names, values, texts),
    }


def _filled(row: list[Any], wide: int, empty: Any) -> list[Any]:
    return row + [empty] * (wide - len(row))


def _summary(names: Sequence[str], values: np.ndarray, texts: Mapping[str, str]) -> str:
    """Where the unit is highest and lowest, in words."""
    if not len(values) or values.max() - values.min() < 0.005:
        return texts["unit.flat"]
    high, low = int(values.argmax()), int(values.argmin())
    return texts["unit.summary"].format(
        high=names[high], most=number(values[high], 2), low=names[low], least=number(values[low], 2)
    )


# ---------------------------------------------------------------- the curves


def gradient_curves(texts: Mapping[str, str]) -> Figure:
    """The length of the gradient, and in how many updates it was shortened."""
    lines = [
        Curve("gradient_norm", texts["metric.gradient"], ROLES["gradient"]),
        Curve("clipped", texts["metric.clipped"], OKABE_ITO["blue"], DASHES[1], "right"),
    ]
    units = (texts["metric.gradient.unit"], texts["metric.clipped.unit"])
    return curves(lines, *units, steps=texts["axis.tokens"], shares=("right",))


def recall_curves(texts: Mapping[str, str]) -> Figure:
    """How often the symbol is named rightly, and the loss."""
    lines = [
        Curve("accuracy", texts["metric.accuracy"], ROLES["truth"]),
        Curve("loss", texts["metric.loss"], ROLES["prediction"], DASHES[1], "right"),
    ]
    units = (texts["metric.accuracy.unit"], texts["metric.loss.unit"])
    return curves(lines, *units, steps=texts["axis.updates"], shares=("left",))


# ---------------------------------------------------------------- gradients by lag


def gradient_base(lag: int, texts: Mapping[str, str]) -> Figure:
    """The part of a gradient's picture that stays: its length by the number of steps back, in decades.

    The axis is of logarithms, with their powers of ten as its digits: so a frame can name each point as it is.
    """
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(texts["gradient.norm"]),
        "line": {"color": ROLES["gradient"], "width": 2},
        "marker": {"color": ROLES["gradient"], "size": 5},
        "hovertemplate": "%{x}: 10^%{y:.1f}<extra></extra>",
    }
    return {
        "data": [line],
        "layout": {
            **_gradient_axes(lag, texts),
            "dragmode": False,
            "hovermode": "closest",
            "margin": {"l": 68, "r": 10, "t": 8, "b": 40},
        },
        "table": {"columns": ["", texts["gradient.lag"], f"log₁₀ ({texts['gradient.norm']})"]},
    }


def _gradient_axes(lag: int, texts: Mapping[str, str]) -> Figure:
    marks = list(range(0, int(TINY) - 1, -6))
    return {
        "xaxis": {"title": {"text": texts["gradient.lag"]}, "range": [-0.5, lag + 0.5], "zeroline": False},
        "yaxis": {
            "title": {"text": texts["gradient.norm"]},
            "range": [TINY, 2],
            "tickvals": marks,
            "ticktext": ["1" if mark == 0 else f"10<sup>−{-mark}</sup>" for mark in marks],
            "zeroline": False,
        },
    }


def gradient_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the gradient: "lag" (T,), 0 the last step, and "norm" (T,)."""
    lags, norms = np.asarray(numbers["lag"]), np.asarray(numbers["norm"], dtype=float)
    values = {"first": power(norms[0]), "lag": int(lags[-1]), "last": power(norms[-1], texts["gradient.zero"])}
    return {
        "data": [{"x": lags.tolist(), "y": decades(norms)}],
        "summary": texts["gradient.summary"].format(**values),
    }


def decades(norms: np.ndarray) -> list[float | None]:
    """log₁₀ of each, None for what is less than can be drawn: a gap."""
    logs = np.log10(np.maximum(np.asarray(norms, dtype=float), 1e-300))
    return [round(float(log), 3) if log >= TINY else None for log in logs]


def power(value: float, zero: str = "0") -> str:
    """A number of any size in digits: 0.37, 2.1·10⁻¹⁴; `zero` for 0."""
    if value == 0:
        return zero
    if 1e-3 <= abs(value) < 1e4:
        return number(value, 2)
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    return f"{mantissa}·10{raised}"


def gradients_still(found: Mapping[str, Mapping[str, Sequence[float]]], texts: Mapping[str, str]) -> Figure:
    """Several gradients by lag in one still picture: a name for each, told apart by colour, dash and mark."""
    data = [
        {
            "type": "scatter", "mode": "lines+markers", "name": plain(name), "x": list(each["lag"]),
            "y": decades(np.asarray(each["norm"])), "line": {"color": colour, "dash": dash, "width": 2},
            "marker": {"color": colour, "symbol": mark, "size": 6, "maxdisplayed": 12},
            "hovertemplate": "%{x}: 10^%{y:.1f}<extra></extra>",
        }
        for (name, each), colour, dash, mark in zip(found.items(), PALETTE, DASHES, LAGS, strict=False)
    ]  # fmt: skip
    lag = max((len(each["lag"]) - 1 for each in found.values()), default=1)
    layout = _gradient_axes(lag, texts)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    margin = {"l": 64, "r": 16, "t": 8, "b": 48}
    return {"data": data, "layout": {**layout, "height": 380, "showlegend": True, "legend": legend, "margin": margin}}


# ---------------------------------------------------------------- the unrolled network


def unrolled(made: Mapping[str, Any], state: str, at: int, texts: Mapping[str, str]) -> Figure:
    """The network over a sentence: a column for each step in time, a row for each unit, its colour the state after it.

    `made` is what the model's `activations` returns; `at` is the step that is looked at, counted from 0.
    """
    values = np.asarray(made[state], dtype=float).T  # (H, T)
    scale = max(1.0, float(np.abs(values).max(initial=0)))
    names = [plain(shown(word, texts)) for word in made["tokens"]]
    following = [plain(shown(word, texts)) for word in made["next"]]
    told = [f"{word}: {number(p, 3)}" for word, p in zip(following, made["probability"], strict=True)]
    steps = list(range(1, len(names) + 1))
    hover = texts["unrolled.hover"].format(token="%{text}", unit="%{y}", value="%{z:.2f}")
    heat = {
        "type": "heatmap", "x": steps, "y": list(range(len(values))), "z": rounded(values / scale, 3),
        "text": [names] * len(values), "colorscale": [list(stop) for stop in PALE], "zmin": -1, "zmax": 1,
        "showscale": False, "hovertemplate": f"{hover}<extra></extra>",
    }  # fmt: skip
    bars = {
        "type": "bar", "x": steps, "y": rounded(made["probability"], 3), "yaxis": "y2", "text": told,
        "textposition": "none", "marker": {"color": ROLES["prediction"]}, "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    box = {
        "type": "rect", "xref": "x", "yref": "paper", "x0": at + 0.5, "x1": at + 1.5, "y0": 0, "y1": 1,
        "line": {"color": OKABE_ITO["vermillion"], "width": 2},
    }  # fmt: skip
    axis = {"fixedrange": True, "showgrid": False, "zeroline": False}
    layout = {
        "height": 460,
        "margin": {"l": 56, "r": 12, "t": 8, "b": 64},
        "xaxis": {
            **axis, "tickvals": steps, "ticktext": ["‹", *names[1:]], "tickangle": 0 if len(names) <= 30 else -90,
            "title": {"text": texts["unrolled.token"]}, "range": [0.5, len(names) + 0.5],
        },
        "yaxis": {**axis, "domain": [0, 0.7], "title": {"text": texts["unrolled.unit"]}, "autorange": "reversed"},
        "yaxis2": {
            **axis, "domain": [0.76, 1], "range": [0, 1.02], "title": {"text": "P"}, "tickvals": [0, 0.5, 1],
        },
        "shapes": [box],
        "showlegend": False,
        "bargap": 0.15,
        "dragmode": False,
    }  # fmt: skip
    return {"data": [heat, bars], "layout": layout}


# ---------------------------------------------------------------- side by side, and what it costs


def courses(found: Mapping[str, tuple[Sequence[float], Sequence[float]]], texts: Mapping[str, str]) -> Figure:
    """Perplexities of several runs by tokens read, logarithmic: a name for each, its steps and its perplexities."""
    data = [
        {
            "type": "scatter", "mode": "lines", "name": plain(name), "x": list(steps), "y": rounded(values),
            "line": {"color": colour, "dash": dash, "width": 2.5}, "hovertemplate": "%{x:,}: %{y:.4~g}<extra></extra>",
        }
        for (name, (steps, values)), colour, dash in zip(found.items(), PALETTE, DASHES, strict=False)
    ]  # fmt: skip
    top = max((value for _, values in found.values() for value in values), default=1)
    axis = (
        whole_numbers()
        if top < 1e6
        else {"type": "log", "dtick": max(1, int(np.log10(top) / 6)), "exponentformat": "power"}
    )
    return {
        "data": data,
        "layout": {
            "height": 340,
            "margin": {"l": 64, "r": 16, "t": 8, "b": 48},
            "xaxis": {"title": {"text": texts["axis.tokens"]}, "rangemode": "tozero", "fixedrange": True},
            "yaxis": {**axis, "title": {"text": texts["metric.perplexity"]}, "fixedrange": True},
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        },
    }


def cost_base(texts: Mapping[str, str]) -> Figure:
    """Time against length, both logarithmic: one step after another, and the same multiplications at once."""
    looks = [
        (texts["cost.one_by_one"], OKABE_ITO["vermillion"], "square", "solid"),
        (texts["cost.at_once"], OKABE_ITO["blue"], "circle", "dash"),
    ]
    lines = [
        {
            "type": "scatter", "mode": "lines+markers", "name": plain(name),
            "line": {"color": colour, "dash": dash, "width": 2.5},
            "marker": {"color": colour, "symbol": symbol, "size": 9},
            "hovertemplate": "%{x:,}: %{y:.3~g}<extra></extra>",
        }
        for name, colour, symbol, dash in looks
    ]  # fmt: skip
    x = {"title": {"text": texts["cost.length"]}, "type": "log", "tickvals": [8, 16, 32, 64, 128, 256, 512]}
    y = {"title": {"text": texts["cost.time"]}, "type": "log", "dtick": 1, "tickformat": "~g"}
    return {
        "data": lines,
        "layout": {"xaxis": {**x, "range": [0.8, 2.8]}, "yaxis": y, "hovermode": "closest", "dragmode": False},
        "legend": [{"label": name, "colour": colour, "symbol": symbol} for name, colour, symbol, _ in looks],
        "table": {"traces": [0, 1], "columns": ["", texts["cost.length"], texts["cost.time"]]},
    }


def cost_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """What has been measured so far: "length", "one_by_one_us" and "at_once_us", microseconds, (n,) each."""
    lengths = [int(length) for length in numbers["length"]]
    slow, quick = (rounded(numbers[name], 3) for name in ("one_by_one_us", "at_once_us"))
    said = ""
    if lengths:
        values = {"length": lengths[-1], "slow": number(slow[-1], 3), "quick": number(quick[-1], 3)}
        said = texts["cost.summary"].format(**values)
    return {"data": [{"x": lengths, "y": slow}, {"x": lengths, "y": quick}], "summary": said}
