"""The pictures of the n-gram lesson: what Plotly takes, what they say in words; nothing by colour alone."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from engine.experiments import SMOOTHINGS
from lessons import content
from lessons.figures import next_bars, next_base, next_frame, percent
from lessons.ngram import figures

TEXTS = {language: {**content.load("common", language).labels, **content.load("ngram", language).labels}
         for language in content.languages()}  # fmt: skip
EN = TEXTS["en"]
COUNTS = np.array([[0, 54], [3, 0]], np.int32)


def drawn(base, frame):
    """The whole figure, put together as assets/panes.js does, in place of the theme's colours a plain one."""
    data = [{**trace, **change} for trace, change in zip(base["data"], frame["data"], strict=True)]
    return go.Figure(json.loads(json.dumps({"data": data, "layout": base["layout"]}).replace(figures.WASH, "#eee")))


class TestPairs:
    def test_every_count_stands_in_its_cell_in_digits_and_what_was_never_seen_is_empty(self):
        frame = figures.pairs_frame({"words": ["the", "king"], "counts": COUNTS}, EN)
        assert frame["data"][0]["z"] == [[None, 54], [3, None]]
        assert frame["data"][0]["text"] == [["", "54"], ["3", ""]]
        assert frame["summary"] == "2 of 4 pairs have been seen; most often “the king”: 54 times."

    @pytest.mark.parametrize("language", TEXTS)
    def test_is_valid_plotly_and_small_also_before_anything_is_counted(self, language):
        words = tuple(f"word{n}" for n in range(12))
        base = figures.pairs_base(words, TEXTS[language])
        for counts in (np.zeros((12, 12), np.int32), np.full((12, 12), 9_999, np.int32)):
            frame = figures.pairs_frame({"words": words, "counts": counts}, TEXTS[language])
            drawn(base, frame)
            assert len(json.dumps(frame)) < 20_000

    def test_colours_go_by_the_logarithm_of_the_count(self):
        places = [place for place, _ in figures.pairs_base(("a", "b"), EN)["data"][0]["colorscale"]]
        assert places[0] == 0
        assert places[-1] == 1
        assert places == sorted(places)
        assert places[len(places) // 2] < 0.02  # half the colours are for the smallest hundredth of the counts

    def test_marks_have_names_and_markup_is_letters(self):
        base = figures.pairs_base(("</s>", "<b>", " "), EN)
        assert base["data"][0]["x"] == ["‹end›", "&lt;b&gt;", "␣"]


class TestNext:
    def test_rows_are_words_probabilities_and_counts(self):
        numbers = {"words": ["kitchen", "</s>"], "scores": np.array([0.31572, 0.1]), "counts": np.array([146, 2])}
        frame = figures.bars_frame(numbers, EN)
        assert frame["rows"] == [["kitchen", 0.316, 146], ["‹end›", 0.1, 2]]
        assert "kitchen, ‹end›" in frame["summary"]

    @pytest.mark.parametrize("language", TEXTS)
    def test_rows_without_counts_are_small_and_say_the_first_three(self, language):
        numbers = {"words": ["</s>", "king", " ", "man"], "scores": np.array([0.51234, 0.2, 0.1, 0.05])}
        frame = next_frame(numbers, TEXTS[language])
        assert frame["rows"][0] == [TEXTS[language]["mark.end"], 0.512]
        assert frame["rows"][2] == ["␣", 0.1]
        assert "king" in frame["summary"]
        assert "man" not in frame["summary"].replace(TEXTS[language]["mark.end"], "")
        assert len(next_base(TEXTS[language])["columns"]) == len(frame["rows"][0])
        assert len(json.dumps(frame)) < 2_000

    def test_two_beginnings_stand_side_by_side_in_colour_and_pattern(self):
        found = [{"word": "his", "probability": 0.5}, {"word": "her", "probability": 0.4}]
        figure = next_bars({"a": found, "b": found[::-1]}, EN)
        go.Figure(figure)
        assert [bar["x"] for bar in figure["data"]] == [[0.5, 0.4], [0.5, 0.4]]
        assert len({bar["marker"]["pattern"]["shape"] for bar in figure["data"]}) == 2

    def test_nothing_to_show_is_still_a_figure(self):
        go.Figure(next_bars({"a": []}, EN))


@pytest.mark.parametrize(
    ("smoothing", "metric", "label"),
    [
        ("katz", "perplexity", "metric.perplexity"),
        ("stupid_backoff", "perplexity", "metric.score"),
        ("maximum_likelihood", "impossible", "metric.impossible"),
    ],
)
def test_what_is_no_perplexity_is_not_called_so(smoothing, metric, label):
    (curve,) = figures.quality_curve(smoothing, EN)["curves"]
    assert (curve["metric"], curve["label"]) == (metric, EN[label])


def test_every_order_has_a_curve_of_its_own():
    curves = figures.unseen_curves(7, EN)["curves"]
    assert [curve["metric"] for curve in curves] == [f"unseen_{n}" for n in range(1, 8)]
    assert len({curve["dash"] for curve in curves}) == len({curve["colour"] for curve in curves}) == 7


class TestGrid:
    CELLS = np.array([[196.3, -1, 0], [3.0, 100.0, 5_000.0]])

    @pytest.mark.parametrize("language", TEXTS)
    def test_says_in_digits_or_words_what_each_cell_is(self, language):
        texts = TEXTS[language]
        frame = figures.grid_frame({"perplexity": self.CELLS}, texts)
        assert frame["data"][0]["text"] == [["196.3", texts["grid.infinite"], ""], ["3", "100", "5,000"]]
        assert frame["data"][0]["z"][0][2] is None  # not measured
        assert frame["data"][0]["z"][0][1] == pytest.approx(np.log(figures.WORST), rel=1e-3)
        drawn(figures.grid_base(SMOOTHINGS[:2], range(1, 4), texts), frame)

    def test_the_table_has_the_digits_and_not_the_colours(self):
        (heat,) = figures.grid_frame({"perplexity": self.CELLS}, EN)["data"]
        assert heat["customdata"] == heat["text"]

    def test_what_is_no_probability_is_marked(self):
        (heat,) = figures.grid_base(SMOOTHINGS, range(1, 6), EN)["data"]
        assert [name.endswith("†") for name in heat["y"]] == [name == "stupid_backoff" for name in SMOOTHINGS]


@pytest.mark.parametrize(("share", "digits", "said"), [(0.125, 2, "12"), (0.125, 3, "12.5"), (0.0, 2, "0")])
def test_shares_are_written_as_people_write_them(share, digits, said):
    assert percent(share, digits) == said
