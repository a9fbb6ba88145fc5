"""What all figures share: colours, shapes, numbers as text, and the plain dictionaries that stages draw.

A figure here is a dictionary of Plotly's own JSON (`data`, `layout`), so that nothing but a browser is needed to draw
it. A stage's figure comes in two parts: `base`, once, with words, colours and axes, and `frame`, per moment, with only
what changes. Colours written `--st-…` are Streamlit's own (text, background, lines); the stage puts the values of the
reader's theme, light or dark, in their place.
"""

import base64
import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Figure = dict[str, Any]

# Okabe and Ito (2008): told apart by colour-blind readers. Yellow is left to dark ground, where it can be seen.
OKABE_ITO = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
}
PALETTE = tuple(OKABE_ITO.values())

# The same colour for the same thing on every page.
ROLES = {
    "input": OKABE_ITO["blue"],
    "output": OKABE_ITO["orange"],
    "gradient": OKABE_ITO["purple"],
    "truth": OKABE_ITO["green"],
    "prediction": OKABE_ITO["vermillion"],
}
TEXT, GROUND, LINE = "--st-text-color", "--st-background-color", "--st-border-color"

SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "star", "pentagon", "triangle-down")
BOUNDS = ("begin", "first", "end", "last")  # of a line, in words
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "2px,6px", "12px,2px")
SCALE = "Cividis"  # for values: perceptually even, and the same for colour-blind readers

FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", '
    '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", Arial, sans-serif'
)
THEMES = {  # as in .streamlit/config.toml: a test compares them
    "light": {"text": "#1f2933", "ground": "#ffffff", "line": "#e1e5e9"},
    "dark": {"text": "#e4e7eb", "ground": "#14181d", "line": "#2f363e"},
}


@dataclass(frozen=True)
class Curve:
    """One metric against the step. `axis` is "left" or "right": curves of one unit share an axis."""

    metric: str
    label: str
    colour: str = OKABE_ITO["blue"]
    dash: str = "solid"
    axis: str = "left"


@dataclass(frozen=True)
class Level:
    """A horizontal line among curves: something that does not change, such as what another model came to."""

    label: str
    value: float
    colour: str = OKABE_ITO["orange"]
    dash: str = "dash"


def template(theme: str) -> Figure:
    """Plotly's layout template for figures drawn without a stage. `theme` is "light" or "dark"."""
    colours = THEMES[theme]
    axis = {"gridcolor": colours["line"], "zerolinecolor": colours["line"], "linecolor": colours["line"]}
    layout = {
        "font": {"family": FONT, "color": colours["text"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(PALETTE),
        "colorscale": {"sequential": SCALE},
        "xaxis": axis,
        "yaxis": axis,
        "margin": {"l": 56, "r": 16, "t": 16, "b": 48},
        "hoverlabel": {"bgcolor": colours["ground"], "font": {"color": colours["text"]}},
    }
    return {"layout": layout}


def curves(
    lines: Sequence[Curve],
    unit: str,
    right: str = "",
    steps: str = "",
    shares: Sequence[str] = (),
    levels: Sequence[Level] = (),
) -> Figure:
    """The base of a pane of curves: metrics against the step.

    `unit` and `right` name the left and the right axis, `steps` the axis of steps. `shares` are those of "left" and
    "right" that go from 0 to 1. `levels` are lines on the left axis that do not change.
    """
    share = {"range": [-0.03, 1.03], "tickformat": ".0%", "tickvals": [0, 0.5, 1]}
    layout = {{"left": "yaxis", "right": "yaxis2"}[axis]: share for axis in shares}
    sent = [vars(line) for line in lines]
    made = {"curves": sent, "unit": plain(unit), "right": plain(right), "steps": plain(steps), "layout": layout}
    return {**made, "levels": [vars(level) for level in levels]} if levels else made


def columns(*named: tuple[str, str], caption: str = "") -> Figure:
    """The base of a table: (title, kind) of each column; kind: "text", "phrase" (it wraps), "number", "bar" (to 1)."""
    return {"columns": [{"label": label, "kind": kind} for label, kind in named], "caption": caption}


def plain(text: str) -> str:
    """Text as Plotly shows it letter by letter: it would read `<b>` as bold and `<a>` as a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_words(figure: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """What a still picture shows, for those who cannot see it: of a line where it begins and ends, of bars each, of a
    matrix the largest number of each row."""
    tell = {"bar": _bars_told, "heatmap": _rows_told}
    told = [tell.get(each.get("type", "scatter"), _line_told)(each, figure["layout"], texts) for each in figure["data"]]
    titles = [figure["layout"].get(axis, {}).get("title", {}).get("text", "") for axis in ("yaxis", "xaxis")]
    return html.unescape(". ".join(each for each in (" / ".join(filter(None, titles)), *told) if each))


def _line_told(line: Mapping[str, Any], layout: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    points = [(x, y) for x, y in zip(line["x"], line["y"], strict=True) if x is not None and y is not None]
    if not line.get("name") or not points or line.get("showlegend") is False:  # faint, and in the table
        return ""
    (begin, first), (end, last) = points[0], points[-1]
    numbers = {name: number(each, 3) for name, each in zip(BOUNDS, (begin, first, end, last), strict=True)}
    return texts["chart.line"].format(name=line["name"], **numbers)


def _bars_told(bars: Mapping[str, Any], layout: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    each = [f"{name} {value}" for name, value in zip(bars["y"], bars["text"], strict=True) if value]
    return f"{bars.get('name', '')}: {texts['between'].join(each)}"


def _rows_told(heat: Mapping[str, Any], layout: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    across, down = (layout[axis]["ticktext"] for axis in ("xaxis", "yaxis"))
    told = []
    for name, row in zip(down, heat["z"], strict=True):
        most = max((value for value in row if value is not None), default=0)
        if most:
            told.append(texts["chart.row"].format(row=name, column=across[row.index(most)], value=number(most, 3)))
    return " ".join(told)


def number(value: float, digits: int = 4) -> str:
    """A number as people write it: at most `digits` significant digits, a real minus, no exponent below a million."""
    if not math.isfinite(value):
        return "–"
    shown = float(f"{value:.{digits}g}")
    text = f"{shown:,.0f}" if abs(shown) >= 10 ** (digits - 1) else f"{shown:.{digits}g}"
    return text.replace("-", "−")


def rounded(values: Any, digits: int = 4) -> Any:
    """An array as nested lists of numbers with `digits` significant digits; None where it is not a number."""
    array = np.asarray(values, dtype=float)
    if array.ndim:
        return [rounded(row, digits) for row in array]
    return float(f"{array:.{digits}g}") if np.isfinite(array) else None


def packed(values: Any, low: float, high: float) -> dict[str, str]:
    """An array as 8-bit numbers in base64, as Plotly reads them: a heatmap's worth. `low` becomes 0, `high` 255."""
    array = np.asarray(values, dtype=float)
    scaled = np.clip(np.rint((array - low) / (high - low) * 255), 0, 255).astype(np.uint8)
    return {
        "dtype": "u1",
        "bdata": base64.b64encode(scaled.tobytes()).decode(),
        "shape": ", ".join(str(n) for n in scaled.shape),
    }


def percent(share: float, digits: int = 2) -> str:
    """A share as people write it, without the sign: 0.125 is "12" or, with three digits, "12.5"."""
    return number(100 * share, digits) if share else "0"


# ---------------------------------------------------------------- the next word


def shown(word: str, texts: Mapping[str, str]) -> str:
    """A token as a reader sees it: marks by their names, a space as a sign."""
    marks = {"<s>": texts["mark.begin"], "</s>": texts["mark.end"], " ": texts["mark.space"]}
    return marks.get(word, word)


def sample_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the text it writes, a sentence a line."""
    text = numbers["text"].strip("\n") or texts["mark.end"]
    return {"text": text, "summary": texts["sample.summary"].format(text=" / ".join(text.splitlines()))}


def perplexity_curve(texts: Mapping[str, str]) -> Figure:
    """Perplexity on held-out text, logarithmic: it falls from the size of the vocabulary to a handful."""
    line = Curve("perplexity", texts["metric.perplexity"], ROLES["prediction"])
    made = curves([line], texts["metric.perplexity.unit"], steps=texts["axis.tokens"])
    return {**made, "layout": {"yaxis": whole_numbers()}}


def whole_numbers() -> Figure:
    """A logarithmic axis that says 200 where Plotly would say 2."""
    ticks = [digit * 10**zeros for zeros in range(7) for digit in (1, 2, 5)]
    return {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:,}" for tick in ticks]}


def next_base(texts: Mapping[str, str]) -> Figure:
    """The columns of the table of next words."""
    return columns((texts["bars.word"], "text"), (texts["bars.probability"], "bar"))


def next_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the next words: "words" (n,) and "scores" (n,)."""
    words, scores = [shown(word, texts) for word in numbers["words"]], rounded(numbers["scores"], 3)
    return {
        "rows": [list(row) for row in zip(words, scores, strict=True)],
        "summary": texts["bars.summary"].format(words=texts["between"].join(words[:3])),
    }


def next_bars(
    groups: Mapping[str, Sequence[Mapping[str, Any]]], texts: Mapping[str, str], colours: Sequence[str] = PALETTE
) -> Figure:
    """Still bars of the next word: groups maps a name to its answers ("word", "probability"), one of the colours each.

    Words stand in the order of the first group; a word that a group does not name has no bar there.
    """
    words = list(dict.fromkeys(answer["word"] for answers in groups.values() for answer in answers))
    names = [plain(shown(word, texts)) for word in words]
    data = []
    for (group, answers), colour, mark in zip(groups.items(), colours, ("", "/", "x"), strict=False):
        chances = {answer["word"]: answer["probability"] for answer in answers}
        values = [chances.get(word) for word in words]
        data.append({
            "type": "bar", "orientation": "h", "name": plain(group), "y": names, "x": rounded([v or 0 for v in values]),
            "text": [number(v, 3) if v is not None else "" for v in values], "textposition": "outside",
            "cliponaxis": False, "hoverinfo": "skip",
            "marker": {"color": colour, "pattern": {"shape": mark, "solidity": 0.3}},
        })  # fmt: skip
    most = max([0.01, *(answer["probability"] for answers in groups.values() for answer in answers)])
    return {
        "data": data,
        "layout": {
            "height": 70 + 30 * max(1, len(words)) * (1 if len(data) == 1 else 1.6),
            "margin": {"l": 16, "r": 24, "t": 8, "b": 44},
            "xaxis": {
                "title": {"text": texts["bars.probability"]},
                "range": [0, min(1.18, most * 1.2)],
                "fixedrange": True,
            },
            "yaxis": {"autorange": "reversed", "type": "category", "automargin": True, "fixedrange": True},
            "showlegend": len(data) > 1,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
            "bargap": 0.25,
        },
    }


def pairs_heatmap(
    names: Sequence[str],
    scale: Sequence[Sequence[Any]],
    span: tuple[float, float],
    hover: str,
    across: str,
    down: str = "",
) -> Figure:
    """What stays of a heatmap of words by words: a row and a column for each of `names`; titles `down`, `across`."""
    heat = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "colorscale": scale,
        "zmin": span[0],
        "zmax": span[1],
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "texttemplate": "%{text}",
        "hovertemplate": hover + "<extra></extra>",
    }
    axis: dict[str, Any] = {  # its ends are given, so that the names are there as long as all cells are empty
        "type": "category",
        "categoryarray": names,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
    }
    title = {"title": {"text": down}} if down else {}
    layout = {
        "xaxis": {**axis, "title": {"text": across}, "tickangle": -40, "range": [-0.5, len(names) - 0.5]},
        "yaxis": {**axis, **title, "range": [len(names) - 0.5, -0.5]},
        "dragmode": False,
    }
    return {"data": [heat], "layout": layout}
