"""The pictures of the GloVe lesson: what Plotly takes, what they say; nothing by colour alone."""

import math

import numpy as np
import plotly.graph_objects as go
import pytest

from lessons import content
from lessons.glove import figures

TEXTS = {
    language: {**content.load("common", language).labels, **content.load("glove", language).labels}
    for language in content.languages()
}
EN = TEXTS["en"]


def ratio(word, first, second):
    """A row as the engine answers it, of two counts among 100 each."""
    value = first / second if second else None
    return {
        "word": word,
        "count_first": first,
        "count_second": second,
        "ratio": value,
        "log_ratio": math.log(value) if value else None,
    }


class TestTable:
    @pytest.mark.parametrize("language", TEXTS)
    def test_an_empty_cell_has_no_digit_and_the_fullest_is_named(self, language):
        base = figures.heat_base(["the", "<b>"], TEXTS[language])
        frame = figures.heat_frame({"words": ["the", "<b>"], "X": [[100.0, 0.25], [0.0, 0.0]]}, TEXTS[language])
        go.Figure({"data": [{**base["data"][0], **frame["data"][0]}], "layout": base["layout"]})
        assert base["data"][0]["y"] == ["the", "&lt;b&gt;"]
        assert frame["data"][0]["z"] == [[2.0, -0.6021], [None, None]]
        assert frame["data"][0]["text"] == [["100", "0.25"], ["", ""]]
        assert frame["data"][0]["customdata"] == [
            [100.0, 0.25],
            [0.0, 0.0],
        ]  # the table says the counts, not their logs
        assert "100" in frame["summary"]

    def test_before_anything_is_counted_it_says_so(self):
        assert figures.heat_frame({"words": ["a"], "X": [[0.0]]}, EN)["summary"] == EN["heat.empty"]

    def test_the_share_of_filled_cells_is_on_an_axis_of_its_own(self):
        made = figures.filled_curves(EN)
        assert [(curve["metric"], curve["axis"]) for curve in made["curves"]] == [
            ("share", "left"),
            ("words_seen", "right"),
        ]


class TestRatios:
    ROWS = (ratio("solid", 89, 10), ratio("gas", 1, 10), ratio("same", 5, 5), ratio("x", 0, 3), ratio("y", 3, 0))

    def test_bars_go_to_the_side_of_the_word_they_go_with(self):
        figure = figures.ratio_bars(self.ROWS, "ice", "<steam>", EN)
        go.Figure(figure)
        bars = figure["data"][0]
        solid, gas, same, x, y = bars["x"]
        assert solid == pytest.approx(math.log(8.9), abs=0.01)
        assert gas == pytest.approx(math.log(0.1), abs=0.01)
        assert same == 0
        assert bars["text"] == ["8.9", "0.1", "1", EN["ratio.never"], EN["ratio.never"]]
        low, high = figure["layout"]["xaxis"]["range"]
        assert x < low < gas < solid < high < y  # what has no end leaves the picture
        assert bars["marker"]["pattern"]["shape"] == ["/", "\\", "", "\\", "/"]
        assert "&lt;steam&gt;" in figure["layout"]["xaxis"]["title"]["text"]

    @pytest.mark.parametrize("language", TEXTS)
    def test_the_summary_names_the_farthest_words_that_have_a_ratio(self, language):
        said = figures.ratio_summary(self.ROWS, "ice", "steam", TEXTS[language])
        assert said == TEXTS[language]["ratio.summary"].format(
            first="ice", second="steam", word="solid", other="gas", high="8.9", low="0.1"
        )
        assert figures.ratio_summary(self.ROWS[3:], "ice", "steam", TEXTS[language]) == ""

    def test_what_is_held_is_told_in_words(self):
        rows = [{"log_ratio": 2.0, "learnt": 1.0}, {"log_ratio": -1.0, "learnt": 0.5}]
        assert figures.held_summary(rows, EN) == EN["why.summary"].format(error="1.2", right=1, all=2)

    def test_two_pictures_can_share_an_axis(self):
        alone, wide = (figures.ratio_bars(self.ROWS[2:3], "a", "b", EN, reach) for reach in (0.0, 5.0))
        assert alone["layout"]["xaxis"]["range"][1] < wide["layout"]["xaxis"]["range"][1]

    @pytest.mark.parametrize("language", TEXTS)
    def test_the_papers_table_is_as_published(self, language):
        rows = figures.published(TEXTS[language])
        assert [row["ratio"] for row in rows] == [8.9, 0.085, 1.36, 0.96]
        assert all(row["word"] for row in rows)
        # The lesson's own table says the same, and its logarithms are those of the ratios.
        table = [line.split("|")[2:4] for line in content.load("glove", language)["idea"].splitlines() if "|" in line]
        said = [(float(ratio), float(log.replace("−", "-"))) for ratio, log in table[-4:]]
        assert said == [(row["ratio"], round(row["log_ratio"], 2)) for row in rows]
        go.Figure(figures.ratio_bars(rows, "ice", "steam", TEXTS[language]))

    def test_counted_and_learnt_stand_side_by_side(self):
        figure = figures.held([{"word": "crown", "log_ratio": 1.5, "learnt": -0.5}], EN)
        go.Figure(figure)
        assert [bar["x"] for bar in figure["data"]] == [[1.5], [-0.5]]
        assert len({bar["marker"]["pattern"]["shape"] for bar in figure["data"]}) == 2


WEIGHING = {
    "counts": [0.1, 1.0, 10.0, 100.0],
    "f": [0.01, 0.1, 1.0, 1.0],
    "bins": [0.1, 1.0, 10.0, 1000.0],
    "cells": [50, 30, 20],
}


class TestWeights:
    def test_bars_stand_where_their_counts_are_and_the_curve_has_its_own_axis(self):
        figure = figures.weighting(WEIGHING, 10.0, EN)
        go.Figure(figure)
        bars, curve = figure["data"]
        assert bars["x"] == [-0.5, 0.5, 2.0]
        assert bars["y"] == [50, 30, 20]
        assert curve["x"] == [-1.0, 0.0, 1.0, 2.0]
        assert curve["yaxis"] == "y2"
        assert figure["layout"]["shapes"][0]["x0"] == 1.0

    def test_what_weighs_less_than_one_is_said_in_words(self):
        assert "80" in figures.light(WEIGHING, 10.0, EN)
        assert figures.middle_weights(WEIGHING)[-1] == 1.0


class TestFit:
    def test_the_error_is_the_root_of_the_mean_square(self):
        numbers = {"log": [0.0, 1.0], "fit": [3.0, 5.0], "first": ["a", "<i>"], "second": ["b", "c"]}
        base, frame = figures.fit_base(EN), figures.fit_frame(numbers, EN)
        merged = [{**fixed, **moving} for fixed, moving in zip(base["data"], frame["data"], strict=True)]
        go.Figure({"data": merged, "layout": base["layout"]})
        assert frame["data"][1]["text"] == ["a · b", "&lt;i&gt; · c"]
        assert "3.54" in frame["summary"]  # √((9 + 16) / 2)
        assert base["data"][0]["x"] == base["data"][0]["y"]


class TestSeeds:
    def test_every_run_has_a_mark_in_every_row_and_models_differ_by_shape(self):
        kinds = ["analogy_accuracy", "analogy_gender"]
        rows = [
            {"model": "glove", "analogy_accuracy": 0.5, "analogy_gender": 0.75},
            {"model": "word2vec", "analogy_accuracy": 1.0, "analogy_gender": 0.25},
        ]
        figure = figures.seeds(rows, kinds, EN)
        go.Figure(figure)
        assert [trace["x"] for trace in figure["data"]] == [[0.5, 0.75], [1.0, 0.25]]
        assert figure["data"][0]["marker"]["symbol"] != figure["data"][1]["marker"]["symbol"]
        assert figure["layout"]["yaxis"]["ticktext"] == [EN["compare.all"], EN["metric.analogy_gender"]]
        assert np.diff(figure["data"][0]["y"]) == pytest.approx(1)
