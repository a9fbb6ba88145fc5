"""The pictures of the lesson on the geometry of word vectors.

Every picture is a pure function of numbers that the engine answers, and of the labels of the reader's language.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lessons.figures import OKABE_ITO, TEXT, Curve, Figure, Level, curves, number, plain, rounded

# One colour and one dash for each recipe: those that predict are blue, those that count are not.
LOOKS = {
    "sgns": (OKABE_ITO["blue"], "solid"),
    "cbow": (OKABE_ITO["sky"], "dash"),
    "ppmi_svd": (OKABE_ITO["green"], "dashdot"),
    "glove": (OKABE_ITO["orange"], "longdash"),
}
LABELS: tuple[str, ...] = (
    *(f"model.{model}" for model in LOOKS),
    *("metric.analogy_accuracy.unit", "axis.steps", "pmi.right", "pmi.up", "pmi.line", "pmi.pairs", "pmi.summary"),
)


def accuracy_curves(models: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """The share of analogies right, a curve for each of the models: each begins when it is that model's turn."""
    lines = [Curve(f"{model}_accuracy", texts[f"model.{model}"], *LOOKS[model]) for model in models]
    return curves(lines, texts["metric.analogy_accuracy.unit"], steps=texts["axis.steps"], shares=("left",))


def pmi(found: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """Skip-gram's dot products beside PMI − log k, a dot for each pair of words that met, and where both are the same.

    `found` has the words "first" and "second" (n,), "pmi" − log k and "dots" (n,).
    """
    x, y = np.asarray(found["pmi"], float), np.asarray(found["dots"], float)
    ends = [float(min(x.min(), y.min())), float(max(x.max(), y.max()))]
    dots: Figure = {
        "type": "scatter", "mode": "markers", "name": texts["pmi.pairs"], "x": rounded(x, 3), "y": rounded(y, 3),
        "text": [plain(" · ".join(pair)) for pair in zip(found["first"], found["second"], strict=True)],
        "hovertemplate": "%{text}<br>%{x:.2f} → %{y:.2f}<extra></extra>",
        "marker": {"size": 5, "color": LOOKS["sgns"][0], "opacity": 0.45},
    }  # fmt: skip
    line: Figure = {
        "type": "scatter", "mode": "lines", "name": texts["pmi.line"], "x": ends, "y": ends, "hoverinfo": "skip",
        "line": {"color": OKABE_ITO["vermillion"], "dash": "dash", "width": 2},
    }  # fmt: skip
    titles = (
        (axis, {"title": {"text": texts[label]}}) for axis, label in (("xaxis", "pmi.right"), ("yaxis", "pmi.up"))
    )
    return {
        "data": [dots, line],
        "layout": {
            "height": 440,
            "margin": {"l": 56, "r": 16, "t": 8, "b": 48},
            **dict(titles),
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        },
    }


def pmi_summary(found: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The same in words."""
    x, y = np.asarray(found["pmi"], float), np.asarray(found["dots"], float)
    spans = {"low": x.min(), "high": x.max(), "least": y.min(), "most": y.max()}
    said = {name: f"{value:.1f}".replace("-", "−") for name, value in spans.items()}
    return texts["pmi.summary"].format(pairs=f"{len(x):,}", correlation=f"{found['correlation']:.2f}", **said)


# ---------------------------------------------------------------- what vectors are good for, and bias (below here)

WAYS = {"one_hot": OKABE_ITO["vermillion"], "vectors": OKABE_ITO["blue"]}  # what a word is to a classifier
SIDES = {"m": (OKABE_ITO["blue"], "square"), "f": (OKABE_ITO["orange"], "diamond")}
NEITHER = ("#7F8A96", "circle")  # seen on light and on dark ground
WIDE = 0.6  # the end of the axis of leans
LABELS += (
    *("uses.one_hot", "uses.vectors", "uses.seen", "uses.unseen", "uses.accuracy", "uses.labels", "uses.chance"),
    *(
        "uses.probability",
        "uses.says",
        "uses.score",
        "uses.speaking.summary",
        "uses.review",
        "uses.summary",
        "bias.lean",
        "bias.job",
    ),
    *("bias.before", "bias.removed", "bias.side.m", "bias.side.f", "bias.side.both", "bias.summary", "between"),
)


def few_curves(chance: float, texts: Mapping[str, str]) -> Figure:
    """The learning curves: right of the test examples against labels, by way and by half of the test."""
    lines = [
        Curve(f"accuracy_{way}_{part}", f"{texts[f'uses.{way}']}: {texts[f'uses.{part}']}", colour, dash)
        for way, colour in WAYS.items()
        for part, dash in (("seen", "solid"), ("unseen", "dot"))
    ]
    guess = [Level(texts["uses.chance"], chance, "#7F8A96")]
    return curves(lines, texts["uses.accuracy"], steps=texts["uses.labels"], shares=("left",), levels=guess)


def answer_base(kinds: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """How probable each kind is of one word or review, by both ways: bars side by side."""
    names = [plain(texts[f"uses.kind.{kind}"]) for kind in kinds]
    data = [
        {
            "type": "bar",
            "name": plain(texts[f"uses.{way}"]),
            "x": names,
            "marker": {"color": colour, "pattern": {"shape": mark, "solidity": 0.3}},
            "hovertemplate": "%{x}: %{y:.3f}<extra></extra>",
        }
        for (way, colour), mark in zip(WAYS.items(), ("/", ""), strict=True)
    ]
    axis = {"range": [0, 1.02], "tickformat": ".0%"}
    legend = [{"label": texts[f"uses.{way}"], "colour": colour, "symbol": "square"} for way, colour in WAYS.items()]
    return {
        "data": data,
        "layout": {"yaxis": axis, "xaxis": {"type": "category"}, "barmode": "group", "bargap": 0.3, "dragmode": False},
        "legend": legend,
        "table": {"traces": [0, 1], "columns": ["", texts["uses.says"], texts["uses.probability"]]},
    }


def answer_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of it: "p" (2, K), the word that is meant ("" for a review)."""
    kinds = [texts[f"uses.kind.{kind}"] for kind in numbers["kinds"]]
    best = [int(np.argmax(row)) for row in numbers["p"]]
    chances = [number(float(row[k]), 2) for k, row in zip(best, numbers["p"], strict=True)]
    said = {way: f"{kinds[k]} ({chance})" for way, k, chance in zip(WAYS, best, chances, strict=True)}
    word = numbers["word"] or texts["uses.review"]
    return {
        "data": [{"y": row} for row in rounded(numbers["p"], 3)],
        "layout": {},
        "summary": texts["uses.summary"].format(word=word, **said),
    }


def speaking(found: Mapping[str, Sequence[Mapping[str, Any]]], way: str, texts: Mapping[str, str]) -> Figure:
    """The words that speak most for a kind, by one way: bars, marked where no label was ever given for the word."""
    rows = found[way]
    names = [f"{plain(row['word'])} †" if row["never"] else plain(row["word"]) for row in rows]
    bars: Figure = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": rounded([row["score"] for row in rows], 3),
        "marker": {
            "color": WAYS[way],
            "opacity": [1 if row["never"] else 0.55 for row in rows],
            "pattern": {"shape": ["x" if row["never"] else "" for row in rows], "solidity": 0.25},
        },
        "hovertemplate": "%{y}: %{x}<extra></extra>",
    }
    return {
        "data": [bars],
        "layout": {
            "height": 90 + 24 * len(rows),
            "margin": {"l": 16, "r": 16, "t": 8, "b": 44},
            "xaxis": {"title": {"text": texts["uses.score"]}, "fixedrange": True},
            "yaxis": {"autorange": "reversed", "type": "category", "automargin": True, "fixedrange": True},
            "showlegend": False,
        },
    }


def speaking_summary(
    found: Mapping[str, Sequence[Mapping[str, Any]]], way: str, texts: Mapping[str, str], n: int = 3
) -> str:
    """In words: the n words that speak most, and how many of all that are shown never had a label."""
    rows = found[way]
    said = {"words": texts["between"].join(str(row["word"]) for row in rows[:n]), "all": len(rows)}
    return texts["uses.speaking.summary"].format(never=sum(bool(row["never"]) for row in rows), **said)


def lean_base(
    words: Sequence[str], sides: Mapping[str, str], ends: tuple[str, str], texts: Mapping[str, str]
) -> Figure:
    """How far words lean from ends[0] to ends[1], a row each, before and after the direction is taken out.

    `sides` says of a word whether the text gives it to "m", "f" or "both"; of others nothing is known.
    """
    looks = [SIDES.get(sides.get(word, ""), NEITHER) for word in words]
    names = [plain(word) for word in words]
    before: Figure = {
        "type": "scatter",
        "mode": "markers",
        "name": texts["bias.before"],
        "y": names,
        "marker": {"color": [colour for colour, _ in looks], "symbol": [shape for _, shape in looks], "size": 12},
        "hovertemplate": "%{y}: %{x:.2f}<extra></extra>",
    }
    after: Figure = {
        **before,
        "name": texts["bias.removed"],
        "marker": {"color": TEXT, "symbol": "x", "size": 8},
    }
    title = texts["bias.lean"].format(minus=ends[0], plus=ends[1])
    axis = {"title": {"text": plain(title)}, "range": [-WIDE, WIDE], "zeroline": True, "zerolinewidth": 2}
    rows = {"type": "category", "automargin": True, "tickmode": "linear", "autorange": "reversed"}
    told = [(side, look) for side, look in (*SIDES.items(), ("both", NEITHER)) if side in sides.values()]
    legend = [{"label": texts[f"bias.side.{s}"], "colour": look[0], "symbol": look[1]} for s, look in told]
    legend += [] if told else [{"label": texts["bias.before"], "colour": NEITHER[0], "symbol": NEITHER[1]}]
    return {
        "data": [before, after],
        "layout": {"xaxis": axis, "yaxis": rows, "dragmode": False, "margin": {"l": 16, "r": 16, "t": 8, "b": 48}},
        "least": 80 + 18 * len(words),  # so that rows keep their names apart on a phone
        "legend": [*legend, {"label": texts["bias.removed"], "colour": TEXT, "symbol": "x"}],
        "table": {"traces": [0, 1], "columns": ["", title, texts["bias.job"]]},
    }


def lean_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment of it: "lean" and "after" (N,)."""
    order = np.argsort(numbers["lean"])
    words = [numbers["words"][n] for n in order]
    said = texts["bias.summary"].format(
        first=texts["between"].join(words[:3]), last=texts["between"].join(words[:-4:-1])
    )
    return {
        "data": [{"x": rounded(numbers["lean"], 3)}, {"x": rounded(numbers["after"], 3)}],
        "layout": {},
        "summary": said,
    }
