"""The pictures of the lesson on the neural model: what Plotly takes, what they say; nothing by colour alone."""

import math

import numpy as np
import plotly.graph_objects as go
import pytest

from lessons import content
from lessons.figures import Level, curves
from lessons.nnlm import figures
from lessons.nnlm.figures import Rival

TEXTS = {
    language: {**content.load("common", language).labels, **content.load("nnlm", language).labels}
    for language in content.languages()
}
EN = TEXTS["en"]
RIVALS = [Rival(1, "Katz", 196.3), Rival(2, "Katz", 8.5), Rival(3, "Kneser–Ney", 3.1), Rival(4, "Kneser–Ney", 3.2)]
SENTENCE = {"words": ["the", "<b>", "</s>"], "nnlm": [0.5, 0.25, 1.0], "ngram": [0.5, 0.125, 0.25],
            "seen": [True, False, True]}  # fmt: skip


class TestRace:
    def test_every_order_near_the_best_has_a_line_and_the_best_is_drawn_through(self):
        made = figures.race_curves(RIVALS, EN)
        assert [(level["value"], level["dash"]) for level in made["levels"]] == [
            (8.5, "dot"),
            (3.2, "dot"),
            (3.1, "solid"),
        ]
        assert made["levels"][-1]["label"] == "best of all: Kneser–Ney, order 3"
        low, high = (10**end for end in made["layout"]["yaxis"]["range"])
        assert low < 3.1 < 8.5 < high < 196.3

    def test_a_network_that_stays_far_above_them_is_seen_nevertheless(self):
        _, high = figures.race_curves(RIVALS, EN, 475.2)["layout"]["yaxis"]["range"]
        assert 475 < 10**high < 2_000
        _, high = figures.race_curves(RIVALS, EN, 1e26)["layout"]["yaxis"]["range"]
        assert 10**high < 1e6

    def test_before_the_rivals_are_measured_there_is_a_curve_alone(self):
        made = figures.race_curves([], EN)
        assert [curve["metric"] for curve in made["curves"]] == ["perplexity"]
        assert "levels" not in made
        assert "range" not in made["layout"]["yaxis"]

    def test_levels_are_sent_only_where_there_are_some(self):
        assert "levels" not in curves([], "unit")
        assert curves([], "unit", levels=[Level("a", 2.0)])["levels"] == [
            {"label": "a", "value": 2.0, "colour": "#E69F00", "dash": "dash"}
        ]


class TestLookUp:
    C = np.array([[1.0, -2.0, 3.0], [0.5, 0.25, -0.125]])

    @pytest.mark.parametrize("language", TEXTS)
    def test_the_sum_is_the_row_with_the_one(self, language):
        figure = figures.look_up(["<s>", "king"], np.array([0.0, 1.0]), self.C, TEXTS[language])
        go.Figure(figure)
        vector, rows, total = figure["data"]
        assert vector["text"] == [["0"], ["1"]]
        assert rows["z"] == self.C.tolist()
        assert total["z"] == [self.C[1].tolist()]
        assert rows["y"][0] == TEXTS[language]["mark.begin"]

    def test_the_row_and_the_sum_are_framed(self):
        figure = figures.look_up(["a", "b"], np.array([0.0, 1.0]), self.C, EN)
        assert [(shape["yref"], shape["y0"]) for shape in figure["layout"]["shapes"]] == [("y", 0.5), ("y2", -0.5)]


class TestDuel:
    def test_bits_are_the_logarithm_of_the_probability_and_new_sequences_carry_a_mark(self):
        figure = figures.duel_bars(SENTENCE, EN)
        go.Figure(figure)
        network, ngram = figure["data"]
        assert network["x"] == [1.0, 2.0, 0.0]
        assert ngram["x"] == [1.0, 3.0, 2.0]
        assert network["y"] == ["1. the", "2. &lt;b&gt; ◇", "3. ‹end›"]
        assert network["marker"]["pattern"]["shape"] != ngram["marker"]["pattern"]["shape"]


class TestCompany:
    ROWS = (("queen", "left", 0.01), ("mother", "near", 0.02), ("king", "far", 1e-5))

    def test_each_kind_has_a_colour_and_a_pattern_of_its_own(self):
        figure = figures.alike_bars(self.ROWS, EN)
        go.Figure(figure)
        assert [trace["y"] for trace in figure["data"]] == [["queen"], ["mother"], ["king"]]
        assert len({trace["marker"]["color"] for trace in figure["data"]}) == 3
        assert len({trace["marker"]["pattern"]["shape"] for trace in figure["data"]}) == 3

    def test_the_axis_is_logarithmic_and_has_room_for_the_smallest(self):
        axis = figures.alike_bars(self.ROWS, EN)["layout"]["xaxis"]
        assert axis["type"] == "log"
        assert axis["range"][0] < math.log10(1e-5)

    def test_nothing_at_all_is_still_a_figure(self):
        go.Figure(figures.alike_bars([], EN))
