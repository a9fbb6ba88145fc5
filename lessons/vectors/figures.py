"""The pictures of the lesson on the geometry of word vectors.

Every picture is a pure function of numbers that the engine answers, and of the labels of the reader's language.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lessons.figures import OKABE_ITO, Curve, Figure, curves, plain, rounded

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
