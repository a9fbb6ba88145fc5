"""The pictures of few labels and of bias: what Plotly takes, what they say in words, and both languages."""

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from lessons import content
from lessons.figures import TEXT
from lessons.vectors import figures

TEXTS = {
    language: {**content.load("common", language).labels, **content.load("vectors", language).labels}
    for language in content.languages()
}
EN = TEXTS["en"]
KINDS = ["person", "company", "place", "other"]
ANSWER = {"p": np.array([[0.4, 0.3, 0.2, 0.1], [0.01, 0.02, 0.03, 0.94]]), "kinds": KINDS, "word": "<b>"}
LEAN = {"words": ["pilot", "<nurse>"], "lean": np.array([-0.25, 0.5]), "after": np.array([0.0, 0.0])}
SPEAKING = {
    "one_hot": [{"word": "lucy", "score": 3.25, "never": False}, {"word": "<lin>", "score": 0.0, "never": True}],
    "vectors": [{"word": "<lin>", "score": 4.5, "never": True}],
}


def drawn(base: dict[str, Any], frame: dict[str, Any]) -> go.Figure:
    """The whole figure, put together as assets/panes.js does."""
    data = [{**trace, **change} for trace, change in zip(base["data"], frame["data"], strict=True)]
    sent = json.dumps({"data": data, "layout": base["layout"]}).replace(TEXT, "#000000")  # as the stage does
    return go.Figure(json.loads(sent))


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_all_figures_are_plotlys_in_every_language(texts: dict[str, str]) -> None:
    drawn(figures.answer_base(KINDS, texts), figures.answer_frame(ANSWER, texts))
    base = figures.lean_base(LEAN["words"], {"pilot": "m", "<nurse>": "f"}, ("he", "she"), texts)
    drawn(base, figures.lean_frame(LEAN, texts))
    for way in figures.WAYS:
        go.Figure(json.loads(json.dumps(figures.speaking(SPEAKING, way, texts))))
    curves = figures.few_curves(0.25, texts)["curves"]
    assert len({(curve["colour"], curve["dash"]) for curve in curves}) == len(curves) == 4
    assert len({curve["label"] for curve in curves}) == 4


def test_curves_are_the_metrics_of_the_run() -> None:
    base = figures.few_curves(0.25, EN)
    assert [curve["metric"] for curve in base["curves"]] == [
        "accuracy_one_hot_seen", "accuracy_one_hot_unseen", "accuracy_vectors_seen", "accuracy_vectors_unseen",
    ]  # fmt: skip
    assert base["levels"][0]["value"] == 0.25


def test_answers_in_bars_and_in_words() -> None:
    frame = figures.answer_frame(ANSWER, EN)
    assert [bars["y"] for bars in frame["data"]] == ANSWER["p"].tolist()
    assert frame["summary"] == "“<b>”: one-hot says person (0.4), vectors say no name (0.94)."
    assert "the whole review" in figures.answer_frame({**ANSWER, "word": ""}, EN)["summary"]


def test_leans_with_the_side_of_each_job_and_what_is_left() -> None:
    base = figures.lean_base(LEAN["words"], {"pilot": "m", "<nurse>": "f"}, ("<he>", "she"), EN)
    assert base["data"][0]["y"] == ["pilot", "&lt;nurse&gt;"]
    assert len(set(base["data"][0]["marker"]["symbol"])) == 2
    assert "&lt;he&gt;" in base["layout"]["xaxis"]["title"]["text"]
    frame = figures.lean_frame(LEAN, EN)
    assert [points["x"] for points in frame["data"]] == [[-0.25, 0.5], [0.0, 0.0]]
    assert frame["summary"] == ("Farthest one way: pilot, <nurse>. Farthest the other way: <nurse>, pilot.")


def test_where_no_side_is_known_all_look_alike() -> None:
    base = figures.lean_base(["king", "nurse"], {"king": "", "nurse": ""}, ("he", "she"), EN)
    assert len(set(base["data"][0]["marker"]["symbol"])) == 1
    assert [entry["label"] for entry in base["legend"]] == [EN["bias.before"], EN["bias.removed"]]


def test_words_that_were_never_labelled_are_marked() -> None:
    (bars,) = figures.speaking(SPEAKING, "one_hot", EN)["data"]
    assert bars["y"] == ["lucy", "&lt;lin&gt; †"]
    assert bars["marker"]["pattern"]["shape"] == ["", "x"]


def test_which_words_speak_most_is_told_in_words() -> None:
    said = figures.speaking_summary(SPEAKING, "one_hot", EN, n=1)
    assert said == EN["uses.speaking.summary"].format(words="lucy", all=2, never=1)
