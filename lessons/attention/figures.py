"""The pictures of the lesson on attention: weights as numbers and colours, all heads at once, lines between words.

Every picture is a pure function of numbers that the engine's views and questions return, and of the labels of the
reader's language. `as_svg` and `as_html` write files that need nothing but a browser.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

import numpy as np

from lessons.figures import DASHES, OKABE_ITO, ROLES, Curve, Figure, curves, number, plain, rounded, shown

WEIGHT = ((0.0, "#ffffff"), (1.0, "#56B4E9"))  # white to blue: pale enough for black digits all the way
CHANGE = ((0.0, "#E69F00"), (0.5, "#ffffff"), (1.0, "#56B4E9"))
INK = "#000000"
SEEN = 0.05  # a weight below this gets no digits and no line
ROOM = 28  # pixels of a cell: twelve words fit half a page
ACROSS = 4  # small pictures in a row

LABELS = (
    *("mark.begin", "mark.end", "mark.space", "between", "weight.hover", "weight.asks", "weight.looked"),
    *("weight.summary", "heads.title", "heads.average", "both.antecedent", "both.competitor", "both.summary"),
    *("metric.antecedent_accuracy", "metric.task_accuracy", "metric.share.unit", "metric.loss"),
    *("metric.loss.unit", "axis.sentences", "moved.with", "moved.without", "moved.axis", "both.axis", "moved.summary"),
    *("point.noun", "said.sentence", "heads.head"),
)


# ---------------------------------------------------------------- one head


def _heat(hover: str, scale: Sequence[tuple[float, str]] = WEIGHT, low: float = 0) -> Figure:
    return {
        "type": "heatmap",
        "colorscale": [list(stop) for stop in scale],
        "zmin": low,
        "zmax": 1,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "texttemplate": "%{text}",
        "textfont": {"color": INK, "size": 10},
        "hovertemplate": f"{hover}<extra></extra>",
    }


def _axes(across: str, down: str) -> Figure:
    axis: dict[str, Any] = {"showgrid": False, "zeroline": False, "ticks": "", "automargin": True, "fixedrange": True}
    return {
        "xaxis": {**axis, "title": {"text": across}, "side": "top", "tickangle": -60},
        "yaxis": {**axis, "title": {"text": down}},
        "dragmode": False,
        "margin": {"l": 16, "r": 28, "t": 72, "b": 8},  # on the right, room for the last word: it is written aslant
    }


def _ticks(words: Sequence[str], down: bool = False) -> Figure:
    """Words at their places: the same word may stand twice."""
    n = len(words)
    return {"tickvals": [*range(n)], "ticktext": [*words], "range": [n - 0.5, -0.5] if down else [-0.5, n - 0.5]}


def _cells(A: np.ndarray) -> Figure:
    """The numbers of a matrix, .42 for 0.42: cells are narrow. Those too small to matter without digits."""
    text = [[hundredths(value).replace("0.", ".", 1) if abs(value) >= SEEN else "" for value in row] for row in A]
    return {"x": [*range(A.shape[1])], "y": [*range(A.shape[0])], "z": rounded(A, 3), "text": text}


def hundredths(value: float) -> str:
    """At most two digits after the point, so that it fits its cell."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")


def _named(words: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    return [plain(shown(word, texts)) for word in words]


def _hover(texts: Mapping[str, str]) -> str:
    return texts["weight.hover"].format(asks="%{y}", looked="%{x}", weight="%{z:.2f}")


def weight_base(texts: Mapping[str, str]) -> Figure:
    """What stays of the picture of one head: a row for each word that asks, a column for each that is looked at."""
    layout = _axes(texts["weight.looked"], texts["weight.asks"])
    return {"data": [_heat(_hover(texts))], "layout": layout, "table": {"columns": [""]}}


def weight_frame(numbers: Mapping[str, Any], place: int, texts: Mapping[str, str]) -> Figure:
    """One moment of one head: "words" (n,) and "A" (n, n); `place` is of the word that is told of in the summary."""
    words, A = _named(numbers["words"], texts), np.asarray(numbers["A"], dtype=float)
    return {
        "data": [_cells(A)],
        "layout": {"xaxis": _ticks(words), "yaxis": _ticks(words, down=True)},
        "summary": looked(numbers["words"], A[place], place, texts),
    }


def looked(words: Sequence[str], row: Sequence[float], place: int, texts: Mapping[str, str]) -> str:
    """Where one word looks most, in words."""
    best = np.argsort(-np.asarray(row), kind="stable")[:3]
    most = texts["between"].join(f"{shown(words[j], texts)} {number(float(row[j]), 2)}" for j in best if row[j] >= 0.01)
    return texts["weight.summary"].format(word=shown(words[place], texts), most=most)


def matrix(
    A: Sequence[Sequence[float]],
    asks: Sequence[str],
    answers: Sequence[str],
    texts: Mapping[str, str],
    titles: tuple[str, str] | None = None,
    change: bool = False,
) -> Figure:
    """Weights as a still picture: a row for each word that `asks`, a column for each that `answers`. `titles` of the
    columns and the rows, if they are others. `change`: differences of weights, from −1 to 1."""
    across, down = titles or (texts["weight.looked"], texts["weight.asks"])
    layout = _axes(across, down)
    heat = _heat(_hover(texts), CHANGE if change else WEIGHT, -1 if change else 0)
    layout["xaxis"] |= _ticks(_named(answers, texts))
    layout["yaxis"] |= _ticks(_named(asks, texts), down=True)
    cell = ROOM + 6 * change  # a difference may have a minus
    return {
        "data": [{**heat, **_cells(np.asarray(A, dtype=float))}],
        "layout": {**layout, "height": 110 + cell * len(asks), "width": 108 + cell * len(answers)},
    }


def written(value: float) -> str:
    """A number with two significant digits and no exponent: 0.0000085."""
    return f"{Decimal(f'{value:.2g}'):f}".replace("-", "−")


def numbers(
    heads: Mapping[str, Sequence[Sequence[float]]],
    asks: Sequence[str],
    answers: Sequence[str],
    texts: Mapping[str, str],
) -> dict[str, list[Any]]:
    """The weights of heads as one table, its columns by name: the head, the word that asks, each word that answers."""
    titles = [texts["heads.head"], texts["weight.asks"], *(f"{j + 1}: {word}" for j, word in enumerate(answers))]
    rows = [[name, word, *row] for name, A in heads.items() for word, row in zip(asks, A, strict=True)]
    return {title: list(column) for title, column in zip(titles, zip(*rows, strict=True), strict=True)}


# ---------------------------------------------------------------- all heads


def overview(
    A: Sequence[Sequence[Any]], words: Sequence[str], entropy: Sequence[Sequence[float]], texts: Mapping[str, str]
) -> Figure:
    """Every head of every layer, small: A (N, h, n, n), `entropy` (N, h) in bits."""
    flat = [(layer, head, each) for layer, heads in enumerate(A) for head, each in enumerate(heads)]
    rows, n = -(-len(flat) // ACROSS), len(words)
    named, data, notes, layout = _named(words, texts), [], [], {}
    for at, (layer, head, each) in enumerate(flat):
        row, column = divmod(at, ACROSS)
        name = str(at + 1) if at else ""
        left, top = column / ACROSS, 1 - row / rows
        axis = {"showticklabels": False, "tickvals": [*range(n)], "ticktext": named}  # the hover reads the words
        still = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True}
        across = {"domain": [left + 0.01, left + 1 / ACROSS - 0.01], "anchor": f"y{name}"}
        layout[f"xaxis{name}"] = {**axis, **still, **across}
        down = {"domain": [top - 0.84 / rows, top - 0.12 / rows], "anchor": f"x{name}", "range": [n - 0.5, -0.5]}
        layout[f"yaxis{name}"] = {**axis, **still, **down}
        heat = {**_heat(_hover(texts)), "xgap": 0, "ygap": 0, "texttemplate": ""}
        told = texts["heads.title"].format(head=f"{layer + 1}.{head + 1}", bits=number(entropy[layer][head], 3))
        data.append({**heat, "z": np.asarray(each, np.float32), "xaxis": f"x{name}", "yaxis": f"y{name}"})
        place = {"x": left + 0.5 / ACROSS, "y": top - 0.10 / rows, "xref": "paper", "yref": "paper"}
        middle = {"xanchor": "center", "yanchor": "bottom"}
        notes.append({**place, **middle, "text": told, "showarrow": False, "font": {"size": 12}})
    margin = {"l": 4, "r": 4, "t": 4, "b": 4}
    return {
        "data": data,
        "layout": {
            **layout,
            "annotations": notes,
            "height": 190 * rows,
            "width": 820,
            "margin": margin,
            "dragmode": False,
        },
    }


def lines(A: Sequence[Sequence[float]], words: Sequence[str], place: int, texts: Mapping[str, str]) -> Figure:
    """One head as lines from each word (left) to those it looks at (right): the wider, the more; those of the word at
    `place` in another colour."""
    named, n = _named(words, texts), len(words)
    drawn: dict[tuple[bool, float], list[tuple[int, int]]] = {}  # lines of a width are one trace: there may be hundreds
    for i, j in np.argwhere(np.asarray(A) >= SEEN).tolist():
        drawn.setdefault((i == place, round(20 * A[i][j]) / 20), []).append((i, j))
    data: list[Figure] = []
    for (stands_out, weight), pairs in sorted(drawn.items()):  # those that stand out on top
        line = {"color": OKABE_ITO["vermillion" if stands_out else "sky"], "width": 0.5 + 7 * weight}
        still = {"type": "scatter", "mode": "lines", "showlegend": False, "hoverinfo": "skip"}
        ends = {"x": [0.03, 0.97, None] * len(pairs), "y": [y for pair in pairs for y in (*pair, None)]}
        data.append({**still, **ends, "line": line, "opacity": 1 if stands_out else 0.55})
    for x, side in ((0, "middle left"), (1, "middle right")):
        bold = [f"<b>{word}</b>" if i == place and not x else word for i, word in enumerate(named)]
        words_ = {"type": "scatter", "mode": "text", "x": [x] * n, "y": [*range(n)], "text": bold, "textposition": side}
        data.append({**words_, "showlegend": False, "hoverinfo": "skip", "cliponaxis": False})
    off = {"visible": False, "fixedrange": True}
    return {
        "data": data,
        "layout": {
            "xaxis": {**off, "range": [-0.6, 1.6]},
            "yaxis": {**off, "range": [n - 0.4, -0.6]},
            "height": 60 + 28 * n,
            "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
            "dragmode": False,
        },
    }


# ---------------------------------------------------------------- the stage


def both_base(texts: Mapping[str, str]) -> Figure:
    """What stays of the bars of unseen sentences: attention on what "it" stands for, and on the other noun."""
    kinds = (("antecedent", ROLES["truth"], ""), ("competitor", OKABE_ITO["vermillion"], "/"))
    hover = "%{customdata}<br>%{x:.2f}<extra></extra>"
    data = [
        {
            "type": "bar", "orientation": "h", "name": plain(texts[f"both.{name}"]), "hovertemplate": hover,
            "marker": {"color": colour, "pattern": {"shape": shape}},
        }
        for name, colour, shape in kinds
    ]  # fmt: skip
    legend = [{"label": texts[f"both.{name}"], "colour": colour, "symbol": "square"} for name, colour, _ in kinds]
    layout = {
        "xaxis": {"range": [0, 1], "title": {"text": texts["both.axis"]}, "fixedrange": True},
        "yaxis": {"autorange": "reversed", "title": {"text": ""}, "fixedrange": True, "automargin": True, "dtick": 1},
        "margin": {"l": 16, "r": 12, "t": 8, "b": 40},
        "dragmode": False,
    }
    table = {"columns": [texts["point.noun"], texts["both.axis"], texts["said.sentence"]]}
    return {"data": data, "layout": layout, "legend": legend, "table": table}


def both_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of them: "antecedent" and "competitor" (s,), the "sentences", what it stands for and what is said of
    it in each ("pairs")."""
    on, other = (np.asarray(numbers[name], dtype=float) for name in ("antecedent", "competitor"))
    names = [plain(f"{n + 1} {' · '.join(pair)}") for n, pair in enumerate(numbers["pairs"])]
    said = [plain(sentence) for sentence in numbers["sentences"]]
    tell = texts["both.summary"].format(right=int((on > other).sum()), count=len(on), head=numbers["head"])
    data = [{"y": names, "x": rounded(each, 3), "customdata": said} for each in (on, other)]
    return {"data": data, "summary": tell, "note": tell}


def quality_curves(texts: Mapping[str, str]) -> Figure:
    """How often attention points at the right noun, and how often the model does what it was trained on."""
    pointing = Curve("antecedent_accuracy", texts["metric.antecedent_accuracy"], OKABE_ITO["blue"])
    task = Curve("task_accuracy", texts["metric.task_accuracy"], ROLES["truth"], DASHES[1])
    return curves([pointing, task], texts["metric.share.unit"], steps=texts["axis.sentences"], shares=("left",))


def loss_curve(texts: Mapping[str, str]) -> Figure:
    """The loss in training."""
    line = Curve("loss", texts["metric.loss"], ROLES["prediction"])
    return curves([line], texts["metric.loss.unit"], steps=texts["axis.sentences"])


# ---------------------------------------------------------------- what moves


def moved(words: Sequence[str], found: Mapping[str, Sequence[float]], texts: Mapping[str, str]) -> Figure:
    """How far each word's vector moved, as a share of its length: one or two kinds of bars, by the label's name."""
    colours = {"moved.with": (OKABE_ITO["blue"], ""), "moved.without": (OKABE_ITO["orange"], "/")}
    data = [
        {
            "type": "bar", "name": plain(texts[name]), "x": [*range(len(words))], "y": rounded(values, 3),
            "marker": {"color": colours[name][0], "pattern": {"shape": colours[name][1]}},
            "hovertemplate": "%{y:.3f}<extra></extra>",
        }
        for name, values in found.items()
    ]  # fmt: skip
    return {
        "data": data,
        "layout": {
            "xaxis": {**_ticks(_named(words, texts)), "tickangle": -40, "fixedrange": True},
            "yaxis": {"title": {"text": texts["moved.axis"]}, "rangemode": "tozero", "fixedrange": True},
            "height": 300,
            "margin": {"l": 56, "r": 8, "t": 8, "b": 56},
            "showlegend": len(found) > 1,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "dragmode": False,
        },
    }


def farthest(words: Sequence[str], moved: Sequence[float], texts: Mapping[str, str]) -> str:
    """Which word's vector moved most, in words."""
    most = max(range(len(words)), key=moved.__getitem__)
    return texts["moved.summary"].format(word=shown(words[most], texts), share=number(moved[most], 2))


# ---------------------------------------------------------------- files to take away


def as_svg(A: Sequence[Sequence[Any]], words: Sequence[str], title: str, texts: Mapping[str, str]) -> str:
    """All heads, A (N, h, n, n), as one SVG: numbers in the cells, and each cell's words when it is pointed at."""
    flat = [(f"{n + 1}.{h + 1}", each) for n, heads in enumerate(A) for h, each in enumerate(heads)]
    cell, left, top = 26, 92, 92
    side = left + cell * len(words) + 20
    high = top + cell * len(words) + 20
    columns = min(len(flat), 2 if len(words) > 20 else ACROSS)
    rows = -(-len(flat) // columns)
    drawn = "".join(
        f'<g transform="translate({side * (at % columns)} {30 + high * (at // columns)})">'
        f"{_drawn(name, np.asarray(each, dtype=float), _plain(words, texts), (cell, left, top), texts)}</g>"
        for at, (name, each) in enumerate(flat)
    )
    wide, tall = side * columns, 30 + high * rows
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}" '
        f'font-family="sans-serif" font-size="11" role="img"><title>{escape(title)}</title>'
        f'<rect width="{wide}" height="{tall}" fill="#fff"/><text x="8" y="20" font-size="14">{escape(title)}</text>'
        f"{drawn}</svg>"
    )


def _plain(words: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    return [escape(shown(word, texts)) for word in words]


def _drawn(
    name: str, A: np.ndarray, words: Sequence[str], sizes: tuple[int, int, int], texts: Mapping[str, str]
) -> str:
    """One head of the SVG; `words` are escaped."""
    cell, left, top = sizes
    made = [f'<text x="8" y="16" font-weight="bold">{name}</text>']
    for i, asks in enumerate(words):
        x, y = left + cell * i, top + cell * i
        made.append(f'<text x="{left - 6}" y="{y + 17}" text-anchor="end">{asks}</text>')
        made.append(f'<text transform="translate({x + 17} {top - 6}) rotate(-45)">{asks}</text>')
        for j, looked_at in enumerate(words):
            at, weight = left + cell * j, float(A[i, j])
            told = texts["weight.hover"].format(asks=asks, looked=looked_at, weight=f"{weight:.2f}")
            box = f'x="{at}" y="{y}" width="{cell - 1}" height="{cell - 1}" fill="{_shade(weight)}"'
            made.append(f"<g><title>{told}</title><rect {box}/>")
            if weight >= SEEN:
                digits = f"{weight:.2f}".lstrip("0") if weight < 0.995 else "1"
                made.append(f'<text x="{at + 12}" y="{y + 16}" text-anchor="middle" font-size="10">{digits}</text>')
            made.append("</g>")
    return "".join(made)


def _shade(weight: float) -> str:
    """White to blue, as on the page."""
    low, high = ([int(colour[at : at + 2], 16) for at in (1, 3, 5)] for _, colour in WEIGHT)
    return "#" + "".join(f"{round(a + weight * (b - a)):02x}" for a, b in zip(low, high, strict=True))


def as_html(
    A: Sequence[Sequence[Any]], words: Sequence[str], title: str, language: str, texts: Mapping[str, str]
) -> str:
    """The same on a page of its own, which loads nothing from anywhere: the pictures, then every number in a table."""
    named = _plain(words, texts)
    head = "".join(f"<th>{word}</th>" for word in named)
    tables = ""
    for n, heads in enumerate(A):
        for h, each in enumerate(heads):
            rows = "".join(
                f"<tr><th>{word}</th>{''.join(f'<td>{value:.3f}</td>' for value in row)}</tr>"
                for word, row in zip(named, each, strict=True)
            )
            tables += f"<h2>{n + 1}.{h + 1}</h2><table><tr><td></td>{head}</tr>{rows}</table>"
    style = "body{font-family:sans-serif}table{border-collapse:collapse}td,th{padding:2px 6px;text-align:right}"
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{style}</style>{as_svg(A, words, title, texts)}{tables}</html>"
    )
