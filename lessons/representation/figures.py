"""The pictures of the lesson on counted words: the matrix, words followed through the reading, a ranking, a tree.

Every picture is a pure function of numbers that the engine's views and questions return, and of the reader's labels.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lessons.figures import OKABE_ITO, PALETTE, SCALE, THEMES, Curve, Figure, columns, curves, number, plain, rounded

LABELS = (
    *("row.document", "row.chapter", "matrix.documents", "matrix.summary"),
    *("words.word", "words.df", "words.idf", "words.total", "words.summary", "words.note"),
    *("latest.tf", "latest.weight", "latest.note", "latest.none"),
    *("metric.vocabulary", "metric.vocabulary.unit", "metric.empty", "metric.empty.unit", "axis.documents"),
    *("ranking.cosine", "between"),
)
PATTERNS = ("", "/", "x", ".", "-", "+", "|", "\\")  # with the colours: never colour alone


def titles(documents: Sequence[Mapping[str, Any]], book: str, texts: Mapping[str, str]) -> list[str]:
    """What a document is called in pictures: "Genesis 6" in a book, else its number."""
    label = texts["row.chapter" if book else "row.document"]
    return [label.format(n=document["number"], book=book) for document in documents]


def matrix_base(words: Sequence[str], rows: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """The part of the matrix that stays: a column for each word, a row for each document, in the order of reading."""
    longest = max((len(word) * (2 if not word.isascii() else 1) for word in words), default=4)
    widest = max((len(row) * (2 if not row.isascii() else 1) for row in rows), default=4)
    heat: Figure = {
        "type": "heatmap",
        "x": [plain(word) for word in words],
        "y": [plain(row) for row in rows],
        "z": [],
        "zmin": 0,
        "colorscale": SCALE,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "hovertemplate": "%{y} · %{x}: %{z:.3~g}<extra></extra>",
        "colorbar": {"thickness": 10, "len": 1, "outlinewidth": 0, "x": 1.01, "xpad": 0, "nticks": 5},
    }
    margin = {"l": min(120, 14 + 7 * widest), "r": 48, "t": 8, "b": min(110, 14 + 7 * longest)}
    layout = {
        "margin": margin,
        "xaxis": {"type": "category", "tickangle": -90, "showgrid": False, "tickfont": {"size": 10}},
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False},
        "dragmode": False,
        "hovermode": "closest",
    }
    return {"data": [heat], "layout": layout, "table": {"columns": [texts["matrix.documents"]]}}


def matrix_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of the matrix: "cells" (D, K), below 0 where nothing is read yet."""
    cells = np.asarray(numbers["cells"], dtype=float)
    cells = np.where(cells < 0, np.nan, cells)
    read = np.isfinite(cells).any(axis=1).sum()
    largest = float(np.nanmax(cells)) if read else 0.0
    filled = int(np.count_nonzero(np.nan_to_num(cells)))
    said = texts["matrix.summary"].format(read=read, documents=len(cells), filled=filled, cells=cells[:read].size)
    return {"data": [{"z": rounded(cells, 3), "zmax": max(1.0, largest)}], "summary": said, "note": said}


def words_base(texts: Mapping[str, str]) -> Figure:
    """Words followed through the reading: in how many documents, idf, how often in all."""
    return columns(
        (texts["words.word"], "text"),
        (texts["words.df"], "number"),
        (texts["words.idf"], "number"),
        (texts["words.total"], "number"),
    )


def words_frame(numbers: Mapping[str, Any], words: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """One moment: "df", "idf", "total" (K,) each, of "n" documents."""
    idf = [float(f"{value:.3f}") if value else None for value in numbers["idf"]]
    df, total = (np.asarray(numbers[name]).astype(int).tolist() for name in ("df", "total"))
    rows = [list(row) for row in zip(words, df, idf, total, strict=True)]
    known = [row for row in rows if row[2] is not None]
    said = ""
    if known:
        rare, common = max(known, key=lambda row: row[2]), min(known, key=lambda row: row[2])
        said = texts["words.summary"].format(rare=rare[0], high=rare[2], common=common[0], low=common[2])
    return {"rows": rows, "summary": said, "note": texts["words.note"].format(n=int(numbers["n"]))}


def latest_base(bars: bool, texts: Mapping[str, str]) -> Figure:
    """The document just read: its heaviest words. `bars`: weights go from 0 to 1."""
    return columns(
        (texts["words.word"], "text"),
        (texts["latest.tf"], "number"),
        (texts["latest.weight"], "bar" if bars else "number"),
    )


def latest_frame(numbers: Mapping[str, Any], rows: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """One moment: "document" (from 1; 0 before any), its "words", "tf" and "weight"."""
    found = zip(numbers["words"], numbers["tf"], rounded(numbers["weight"]), strict=True)
    if not numbers["document"]:
        return {"rows": [], "note": texts["latest.none"], "summary": texts["latest.none"]}
    note = texts["latest.note"].format(title=rows[numbers["document"] - 1])
    return {"rows": [list(row) for row in found], "note": note, "summary": note}


def reading_curves(texts: Mapping[str, str]) -> Figure:
    """How many words are known, and how empty the matrix is, against the documents read."""
    lines = [
        Curve("vocabulary", texts["metric.vocabulary"]),
        Curve("empty", texts["metric.empty"], OKABE_ITO["vermillion"], "dash", "right"),
    ]
    return curves(
        lines, texts["metric.vocabulary.unit"], texts["metric.empty.unit"], texts["axis.documents"], shares=["right"]
    )


def ranking(
    answers: Sequence[Mapping[str, Any]], rows: Sequence[str], texts: Mapping[str, str], theme: str = "light"
) -> Figure:
    """The documents found, best on top: bars whose parts are the words' shares of the cosine."""
    names = [plain(rows[answer["document"] - 1]) for answer in answers]
    words = list(answers[0]["parts"]) if answers else []
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": plain(word),
            "y": names,
            "x": [rounded(answer["parts"][word], 3) for answer in answers],
            "marker": {
                "color": PALETTE[n % len(PALETTE)],
                "pattern": {"shape": PATTERNS[n % len(PATTERNS)], "size": 5},
            },
            "hovertemplate": f"%{{y}} · {plain(word)}: %{{x}}<extra></extra>",
        }
        for n, word in enumerate(words)
    ]
    layout = {
        "barmode": "stack",
        "height": 90 + 30 * len(names),
        "margin": {"l": 16, "r": 16, "t": 32, "b": 40},
        "xaxis": {"title": {"text": texts["ranking.cosine"]}, "range": [0, 1]},
        "yaxis": {"autorange": "reversed", "automargin": True, "type": "category"},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        "font": {"color": THEMES[theme]["text"]},
        "showlegend": True,
    }
    return {"data": bars, "layout": layout}


def tree(nested: Any, theme: str = "light") -> Figure:
    """A tree, from its symbol at the left to the words at the right, one below the other: it fits a telephone.

    `nested` is ["S", ["NP", "I"], …]: a symbol and its parts; a word is a string.
    """
    nodes: list[tuple[float, float, str, bool]] = []
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = []
    deepest, leaves = _deepest(nested), iter(range(1_000))

    def place(part: Any, depth: int) -> tuple[float, float]:
        if isinstance(part, str):
            here = (float(deepest), float(next(leaves)))
            nodes.append((*here, part, True))
            return here
        below = [place(child, depth + 1) for child in part[1:]]
        here = (float(depth), (below[0][1] + below[-1][1]) / 2)
        nodes.append((*here, part[0], False))
        lines.extend((here, end) for end in below)
        return here

    place(nested, 0)
    return {
        "data": [_branches(lines), *(_nodes(nodes, leaf) for leaf in (False, True))],
        "layout": {**_forest(nodes), "font": {"color": THEMES[theme]["text"]}},
    }


def _deepest(part: Any) -> int:
    return 0 if isinstance(part, str) else 1 + max(_deepest(child) for child in part[1:])


def _branches(lines: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> Figure:
    """Lines with a corner: across to the height of the part, then on to it."""
    x = [value for (start, _), (end, _) in lines for value in (start, start + 0.35, min(start + 1, end), end, None)]
    y = [value for (_, start), (_, end) in lines for value in (start, start, end, end, None)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"width": 1.5, "color": "#7F8A96"},
        "hoverinfo": "skip",
    }


def _nodes(nodes: Sequence[tuple[float, float, str, bool]], leaf: bool) -> Figure:
    """Symbols with a dot and their name above; words to the right of the end of their line."""
    here = [node for node in nodes if node[3] is leaf]
    return {
        "type": "scatter",
        "mode": "text" if leaf else "markers+text",
        "x": [x for x, *_ in here],
        "y": [y for _, y, *_ in here],
        "text": [f"\u00a0{plain(name)}" if leaf else f"<b>{plain(name)}</b>" for _, _, name, _ in here],
        "textposition": "middle right" if leaf else "top center",
        "textfont": {"size": 14},
        "marker": {"size": 7, "color": OKABE_ITO["blue"]},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _forest(nodes: Sequence[tuple[float, float, str, bool]]) -> Figure:
    words = [name for *_, name, leaf in nodes if leaf]
    deepest = max(x for x, *_ in nodes)
    longest = max(len(word) * (15 if not word.isascii() else 9) for word in words)
    hidden = {"visible": False, "fixedrange": True}
    return {
        "height": 50 + 32 * len(words),
        "margin": {"l": 20, "r": min(150, 22 + longest), "t": 28, "b": 8},
        "xaxis": {**hidden, "range": [-0.2, deepest]},
        "yaxis": {**hidden, "range": [len(words) - 0.5, -0.6]},
        "showlegend": False,
        "dragmode": False,
    }


def percent(value: float) -> str:
    """A share as a text says it: 0.8081 → "81"."""
    return number(100 * value, 2)
