"""The pictures of the lesson on preferences: what Plotly takes, what they say; nothing by colour alone."""

import plotly.graph_objects as go
import pytest

from lessons import content
from lessons.rlhf import figures

TEXTS = {
    language: {**content.load("common", language).labels, **content.load("rlhf", language).labels}
    for language in content.languages()
}
EN = TEXTS["en"]
NUMBERS = {"questions": ["how ?"], "answers": ["<b> ."], "true": [-1.23456], "reward": [0.5]}


@pytest.mark.parametrize("rewarded", [True, False])
def test_a_row_has_a_cell_for_every_column(rewarded: bool) -> None:
    base, frame = figures.answers_base(EN, rewarded), figures.answers_frame(NUMBERS, EN, rewarded)
    assert len(frame["rows"][0]) == len(base["columns"]) == 3 + rewarded
    assert frame["rows"][0][:3] == ["how ?", "<b> .", -1.23]
    assert "−1.23" in frame["summary"]


@pytest.mark.parametrize("language", TEXTS)
def test_broken_answers_have_a_shape_of_their_own_and_none_is_lost_silently(language: str) -> None:
    texts = TEXTS[language]
    numbers = {"reward": [1.0, 9.0], "true": [2.0, -5.0], "grammatical": [True, False]}
    base, frame = figures.scatter_base(texts), figures.scatter_frame(numbers, texts)
    go.Figure(
        {"data": [{**a, **b} for a, b in zip(base["data"], frame["data"], strict=True)], "layout": base["layout"]}
    )
    assert [each["x"] for each in frame["data"]] == [[1.0], [9.0]]
    assert len({each["marker"]["symbol"] for each in base["data"]}) == 2
    assert texts["scatter.outside"].format(n=1) in frame["summary"]
    inside = figures.scatter_frame({**numbers, "reward": [1.0, 0.0]}, texts)["summary"]
    assert texts["scatter.outside"].format(n=0) not in inside


def test_curves_differ_in_dash_and_shares_have_their_axis() -> None:
    for made in (figures.imitation_curves, figures.judging_curves, figures.score_curves, figures.length_curves):
        found = made(EN)
        assert len({curve["dash"] for curve in found["curves"]}) == len(found["curves"])
    assert figures.judging_curves(EN)["layout"]["yaxis"]["range"] == [-0.03, 1.03]


def test_ways_and_courses_are_told_apart_without_colour() -> None:
    path = [{"kl": 0.5, "true_score": 1.0}, {"kl": 1.0, "true_score": 1.5}]
    made = figures.frontier({"PPO": path, "<i>": path}, {"PPO": path}, EN)
    go.Figure(made)
    named = [each["name"] for each in made["data"] if each.get("showlegend", True)]
    assert named == ["PPO", "&lt;i&gt;", "SFT"]
    assert len({each["marker"]["symbol"] for each in made["data"]}) == 3
    assert [each["x"] for each in made["data"]] == [[0.5, 1.0], [0.5, 1.0], [], [0.5, 1.0], [0.5]]
    side = figures.courses({"a": ([0, 1], [1.0, 2.0]), "b": ([0], [3.0])}, "x", "y")
    go.Figure(side)
    assert len({each["line"]["dash"] for each in side["data"]}) == 2


def test_what_lies_between_two_measured_points_is_read_off_the_straight_line() -> None:
    way = [
        {"kl": 0.0, "true_score": -1.0, "seconds": 6.0},
        {"kl": 1.0, "true_score": 0.0, "seconds": 6.0},
        {"kl": 2.0, "true_score": 0.5, "seconds": 8.0},
    ]
    assert figures.at_distance(way, 1.0) == {"true_score": 0.0, "seconds": 6.0}
    assert figures.at_distance(way, 1.5) == {"true_score": 0.25, "seconds": 7.0}
    assert figures.at_distance(way, 0.25)["true_score"] == -0.75
