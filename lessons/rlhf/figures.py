"""The pictures of the lesson on preferences: answers of a moment, proxy against truth, curves, courses, the frontier.

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
    SHAPES,
    Curve,
    Figure,
    columns,
    curves,
    number,
    percent,
    plain,
    rounded,
)

TRUE, PROXY, KL = ROLES["truth"], ROLES["prediction"], OKABE_ITO["blue"]
OTHER = OKABE_ITO["purple"]
REWARDS, SCORES = [-3.0, 3.0], [-6.0, 4.0]  # what the picture of proxy and truth shows: measured ends, and some room
LABELS = (
    *("between", "answers.question", "answers.answer", "answers.true", "answers.reward", "answers.summary"),
    *("metric.true_score", "metric.reward", "metric.kl", "metric.length", "metric.clip_fraction", "metric.loss"),
    *("metric.grammatical", "metric.reward_model_accuracy", "metric.reward_model_truth", "metric.value_loss"),
    *("unit.scores", "unit.nats", "unit.share", "unit.words", "axis.pieces", "axis.updates"),
    *("scatter.sentence", "scatter.broken", "scatter.reward", "scatter.true", "scatter.summary", "scatter.outside"),
    *("frontier.kl", "frontier.true", "frontier.sft", "frontier.point"),
)


# ---------------------------------------------------------------- the answers of a moment


def answers_base(texts: Mapping[str, str], rewarded: bool = True) -> Figure:
    """The columns of the table of answers; before there is a reward model it has no column for it."""
    phrases = [(texts[f"answers.{name}"], "phrase") for name in ("question", "answer")]
    return columns(*phrases, *((texts[f"answers.{name}"], "number") for name in _scores(rewarded)))


def _scores(rewarded: bool) -> tuple[str, ...]:
    return ("true", "reward") if rewarded else ("true",)


def answers_frame(numbers: Mapping[str, Any], texts: Mapping[str, str], rewarded: bool = True) -> Figure:
    """One moment: "questions", "answers" (n,), "true" and "reward" (n,)."""
    scores = [rounded(numbers[name], 3) for name in _scores(rewarded)]
    rows = [list(row) for row in zip(numbers["questions"], numbers["answers"], *scores, strict=True)]
    mean = number(float(np.mean(numbers["true"])), 3) if rows else "–"
    first = rows[0][1] if rows else ""
    return {"rows": rows, "summary": texts["answers.summary"].format(answer=first, mean=mean)}


# ---------------------------------------------------------------- proxy against truth


def scatter_base(texts: Mapping[str, str]) -> Figure:
    """The part of the picture that stays: what the reward model says to the right, the true score upwards."""
    looks = [("scatter.sentence", TRUE, "circle"), ("scatter.broken", PROXY, "x")]
    data = [
        {
            "type": "scatter", "mode": "markers", "name": texts[name], "x": [], "y": [],
            "marker": {"color": colour, "symbol": symbol, "size": 8, "opacity": 0.75},
            "hovertemplate": "%{x:.2f} → %{y:.2f}<extra></extra>",
        }
        for name, colour, symbol in looks
    ]  # fmt: skip
    axis = {"zeroline": True, "fixedrange": True}
    layout = {
        "xaxis": {**axis, "title": {"text": texts["scatter.reward"]}, "range": REWARDS},
        "yaxis": {**axis, "title": {"text": texts["scatter.true"]}, "range": SCORES},
        "dragmode": False,
        "hovermode": "closest",
    }
    legend = [{"label": texts[name], "colour": colour, "symbol": symbol} for name, colour, symbol in looks]
    table = {"traces": [0, 1], "columns": ["", texts["scatter.reward"], texts["scatter.true"]]}
    return {"data": data, "layout": layout, "legend": legend, "table": table}


def scatter_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """One moment: "reward", "true" and "grammatical" (n,) of some answers."""
    reward, true = (np.asarray(numbers[name], dtype=float) for name in ("reward", "true"))
    whole = np.asarray(numbers["grammatical"], dtype=bool)
    values = {"reward": number(float(reward.mean()), 3), "true": number(float(true.mean()), 3)}
    said = texts["scatter.summary"].format(**values, percent=percent(float(whole.mean())))
    outside = int(np.sum(_outside(reward, REWARDS) | _outside(true, SCORES)))
    note = said + (" " + texts["scatter.outside"].format(n=outside) if outside else "")
    data = [{"x": rounded(reward[kind], 3), "y": rounded(true[kind], 3)} for kind in (whole, ~whole)]
    return {"data": data, "note": note, "summary": note}


def _outside(values: np.ndarray, span: Sequence[float]) -> np.ndarray:
    low, high = span
    found: np.ndarray = (values < low) | (values > high)
    return found


# ---------------------------------------------------------------- curves of a run


def imitation_curves(texts: Mapping[str, str]) -> Figure:
    """Stage 1: the loss, and how many answers are sentences."""
    lines = [
        Curve("loss", texts["metric.loss"], OKABE_ITO["blue"]),
        Curve("grammatical", texts["metric.grammatical"], TRUE, "dash", "right"),
    ]
    return curves(lines, texts["unit.nats"], texts["unit.share"], texts["axis.pieces"], shares=("right",))


def judging_curves(texts: Mapping[str, str]) -> Figure:
    """Stage 2: how often the reward model says what people said, and what is true."""
    lines = [
        Curve("reward_model_accuracy", texts["metric.reward_model_accuracy"], PROXY),
        Curve("reward_model_truth", texts["metric.reward_model_truth"], TRUE, "dash"),
    ]
    return curves(lines, texts["unit.share"], steps=texts["axis.pieces"], shares=("left",))


def score_curves(texts: Mapping[str, str]) -> Figure:
    """Stage 3: the proxy, the truth, and the distance from the reference."""
    lines = [
        Curve("reward", texts["metric.reward"], PROXY),
        Curve("true_score", texts["metric.true_score"], TRUE, "dash"),
        Curve("kl", texts["metric.kl"], KL, "dot", "right"),
    ]
    return curves(lines, texts["unit.scores"], texts["unit.nats"], texts["axis.pieces"])


def length_curves(texts: Mapping[str, str]) -> Figure:
    """Stage 3: how long answers are, and what share of ratios is clipped or of answers is a sentence."""
    lines = [
        Curve("length", texts["metric.length"], OTHER),
        Curve("clip_fraction", texts["metric.clip_fraction"], PROXY, "dot", "right"),
        Curve("grammatical", texts["metric.grammatical"], TRUE, "dash", "right"),
    ]
    return curves(lines, texts["unit.words"], texts["unit.share"], texts["axis.pieces"], shares=("right",))


# ---------------------------------------------------------------- several runs


def courses(found: Mapping[str, tuple[Sequence[float], Sequence[float]]], across: str, up: str) -> Figure:
    """A value of several runs: a name for each, its xs and its ys; `across` and `up` name the axes."""
    data = [
        {
            "type": "scatter", "mode": "lines", "name": plain(name), "x": rounded(xs), "y": rounded(ys, 3),
            "line": {"color": colour, "dash": dash, "width": 2.5},
            "hovertemplate": "%{x:.3~g}: %{y:.3~g}<extra></extra>",
        }
        for (name, (xs, ys)), colour, dash in zip(found.items(), PALETTE, DASHES, strict=False)
    ]  # fmt: skip
    return {"data": data, "layout": _layout(across, up, 300)}


def frontier(
    ways: Mapping[str, Sequence[Mapping[str, float]]],
    passed: Mapping[str, Sequence[Mapping[str, float]]],
    texts: Mapping[str, str],
) -> Figure:
    """True score against KL ("true_score", "kl"): for each algorithm the points it ends at, joined, the first of them
    where all begin; and, faintly, what it passed while it trained.
    """
    data = []
    for (name, way), colour, dash, symbol in zip(ways.items(), PALETTE, DASHES, SHAPES, strict=False):
        look = {"name": plain(name), "legendgroup": plain(name), "hovertemplate": texts["frontier.point"]}
        data.append(look | _points(passed.get(name, ())) | {
            "mode": "markers", "marker": {"color": colour, "symbol": symbol, "size": 5, "opacity": 0.3},
            "showlegend": False,
        })  # fmt: skip
        data.append(look | _points(way) | {
            "mode": "lines+markers", "line": {"color": colour, "dash": dash, "width": 2},
            "marker": {"color": colour, "symbol": symbol, "size": 10},
        })  # fmt: skip
    data.append({
        "name": texts["frontier.sft"], "mode": "markers", "hovertemplate": texts["frontier.point"],
        **_points(next(iter(ways.values()))[:1]), "marker": {"color": PALETTE[4], "symbol": "star", "size": 14},
    })  # fmt: skip
    return {"data": data, "layout": _layout(texts["frontier.kl"], texts["frontier.true"], 420)}


def _points(way: Sequence[Mapping[str, float]]) -> Figure:
    xs, ys = ([point[key] for point in way] for key in ("kl", "true_score"))
    return {"type": "scatter", "x": rounded(xs, 3), "y": rounded(ys, 3)}


def at_distance(way: Sequence[Mapping[str, float]], kl: float) -> dict[str, float]:
    """All that is measured, at `kl` nats: on straight lines between the points of a way, which are sorted by "kl"."""
    far = [point["kl"] for point in way]
    return {key: float(np.interp(kl, far, [point[key] for point in way])) for key in ("true_score", "seconds")}


def _layout(across: str, up: str, height: int) -> Figure:
    return {
        "height": height,
        "margin": {"l": 64, "r": 16, "t": 8, "b": 48},
        "xaxis": {"title": {"text": across}, "rangemode": "tozero", "fixedrange": True},
        "yaxis": {"title": {"text": up}, "fixedrange": True},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
