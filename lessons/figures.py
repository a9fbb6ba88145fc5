"""What all figures share: colours, shapes, numbers as text, and the plain dictionaries that stages draw.

A figure here is a dictionary of Plotly's own JSON (`data`, `layout`), so that nothing but a browser is needed to draw
it. A stage's figure comes in two parts: `base`, once, with words, colours and axes, and `frame`, per moment, with only
what changes. Colours written `--st-…` are Streamlit's own (text, background, lines); the stage puts the values of the
reader's theme, light or dark, in their place.
"""

import base64
import math
from collections.abc import Sequence
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
    """The base of a table: (title, kind) of each column; kind is "text", "number" or "bar" (digits and a bar to 1)."""
    return {"columns": [{"label": label, "kind": kind} for label, kind in named], "caption": caption}


def plain(text: str) -> str:
    """Text as Plotly shows it letter by letter: it would read `<b>` as bold and `<a>` as a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
