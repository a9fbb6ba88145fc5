"""The pictures of the lesson on recurrent networks: what Plotly takes, what they say in words, letters that stay."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from lessons import content
from lessons.figures import perplexity_curve, sample_frame
from lessons.lstm import figures

TEXTS = {language: {**content.load("common", language).labels, **content.load("lstm", language).labels}
         for language in content.languages()}  # fmt: skip
EN = TEXTS["en"]
WORDS = ["<s>", *"the <king>"]
NUMBERS = {"lag": np.arange(4), "norm": np.array([0.5, 5e-4, 2e-41, 0.0])}
MADE = {
    "tokens": ["<s>", "a", " "],
    "next": ["a", " ", "</s>"],
    "h": [[0.0, 1.0], [0.5, -0.5], [1.0, 0.0]],
    "c": [[0.0, 9.0], [0.5, -0.5], [1.0, 0.0]],
    "probability": [0.1, 0.5, 0.9],
}


def drawn(base, frame):
    """The whole figure, put together as assets/panes.js does."""
    data = [{**trace, **change} for trace, change in zip(base["data"], frame["data"], strict=True)]
    return go.Figure(json.loads(json.dumps({"data": data, "layout": base["layout"]})))


class TestUnit:
    def numbers(self, values):
        return {"words": WORDS, "h": np.array(values), "c": np.array(values) * 4}

    def test_every_token_stands_in_its_cell_as_a_letter_and_in_the_table_with_its_number(self):
        values = np.linspace(-1, 1, len(WORDS))
        (heat,) = figures.unit_frame(self.numbers(values), "h", "characters", EN)["data"]
        assert [cell for row in heat["text"] for cell in row if cell] == [
            "‹", "t", "h", "e", "␣", "&lt;", "k", "i", "n", "g", "&gt;",
        ]  # fmt: skip
        assert heat["customdata"][0][1] == "t: −0.8"
        assert heat["z"][0][0] == -1
        assert heat["z"][-1][-1] is None  # the rest of the row is empty

    def test_a_cell_beyond_one_is_scaled_and_told_as_it_is(self):
        frame = figures.unit_frame(self.numbers(np.linspace(-1, 1, len(WORDS))), "c", "characters", EN)
        flat = [z for row in frame["data"][0]["z"] for z in row if z is not None]
        assert (min(flat), max(flat)) == (-1, 1)
        assert frame["summary"] == "Highest after “&gt;” (4), lowest after “‹beginning›” (−4)."

    def test_a_unit_that_does_not_move_says_so(self):
        assert (
            figures.unit_frame(self.numbers(np.zeros(len(WORDS))), "h", "characters", EN)["summary"]
            == (EN["unit.flat"])
        )

    @pytest.mark.parametrize("language", TEXTS)
    def test_is_valid_plotly_and_small_for_a_long_text(self, language):
        words = ["<s>", *("国王" * 100)]
        frame = figures.unit_frame({"words": words, "h": np.zeros(len(words))}, "h", "characters", TEXTS[language])
        drawn(figures.unit_base(), frame)
        assert len(frame["data"][0]["x"]) == figures.WIDE["han"]
        assert len(json.dumps(frame)) < 20_000

    def test_black_letters_can_be_read_on_every_colour(self):
        for _, colour in figures.PALE:
            channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
            linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
            assert (np.dot(linear, (0.2126, 0.7152, 0.0722)) + 0.05) / 0.05 > 7  # WCAG's AAA


class TestGradient:
    def test_what_is_too_small_to_draw_is_a_gap_and_said_in_words(self):
        frame = figures.gradient_frame(NUMBERS, EN)
        assert frame["data"][0]["y"] == [-0.301, -3.301, None, None]
        assert frame["summary"] == "At the last step 0.5; 3 steps back 0 (too small for the computer)."
        drawn(figures.gradient_base(3, EN), frame)

    @pytest.mark.parametrize(
        ("value", "said"), [(0.37, "0.37"), (8e-15, "8.0·10⁻¹⁵"), (1.234e6, "1.2·10⁶"), (0.0, "0")]
    )
    def test_numbers_of_any_size(self, value, said):
        assert figures.power(value) == said

    def test_several_are_told_apart_without_colour(self):
        figure = figures.gradients_still(dict.fromkeys("abcd", NUMBERS), EN)
        go.Figure(figure)
        looks = {(line["line"]["dash"], line["marker"]["symbol"]) for line in figure["data"]}
        assert len(looks) == 4


class TestUnrolled:
    @pytest.mark.parametrize("state", ["h", "c"])
    def test_a_column_for_each_step_a_row_for_each_unit_and_a_frame(self, state):
        figure = figures.unrolled(MADE, state, 1, EN)
        go.Figure(figure)
        heat, bars = figure["data"]
        assert np.shape(heat["z"]) == (2, 3)
        assert heat["z"][1][0] == 1
        assert bars["text"] == ["a: 0.1", "␣: 0.5", "‹end›: 0.9"]
        (frame,) = figure["layout"]["shapes"]
        assert (frame["x0"], frame["x1"]) == (1.5, 2.5)  # step 2, counted from 1


def test_courses_of_runs_that_blew_up_still_have_an_axis():
    for top in (30.0, 1e26):
        go.Figure(figures.courses({"a": ([0, 1], [20.0, top]), "b": ([0, 1], [20.0, 4.0])}, EN))


def test_a_text_that_is_not_there_yet_is_an_end():
    assert sample_frame({"text": "\n\n"}, EN)["text"] == EN["mark.end"]


def test_costs_are_drawn_before_and_after_they_are_measured():
    base = figures.cost_base(EN)
    drawn(base, figures.cost_frame({"length": [], "one_by_one_us": [], "at_once_us": []}, EN))
    frame = figures.cost_frame({"length": [8, 16], "one_by_one_us": [10, 20.5], "at_once_us": [3, 4]}, EN)
    drawn(base, frame)
    assert frame["summary"] == "At length 16: 20.5 microseconds one after another, 4 at once."


@pytest.mark.parametrize("language", TEXTS)
def test_every_pane_of_curves_names_its_units(language):
    for made in (perplexity_curve, figures.gradient_curves, figures.recall_curves):
        panel = made(TEXTS[language])
        assert panel["unit"]
        assert all(curve["label"] for curve in panel["curves"])
        assert len({curve["dash"] for curve in panel["curves"]}) == len(panel["curves"])
