"""The pictures of the lesson on attention: what Plotly takes, what they say; files that need nothing else."""

import xml.etree.ElementTree as ET

import numpy as np
import plotly.graph_objects as go
import pytest

from lessons import content
from lessons.attention import figures

TEXTS = {
    language: {**content.load("common", language).labels, **content.load("attention", language).labels}
    for language in content.languages()
}
EN = TEXTS["en"]
WORDS = ["it", "<b>", "it"]
HEAD = [[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.01, 0.99, 0.0]]
HEADS = [[HEAD, HEAD], [HEAD, HEAD]]


@pytest.mark.parametrize("language", TEXTS)
def test_a_head_has_numbers_as_well_as_colours(language):
    drawn = figures.matrix(HEAD, WORDS, WORDS, TEXTS[language])
    go.Figure(drawn)
    assert drawn["data"][0]["text"] == [[".9", ".1", ""], [".2", ".5", ".3"], ["", ".99", ""]]
    assert drawn["layout"]["xaxis"]["ticktext"] == ["it", "&lt;b&gt;", "it"]


def test_the_stage_says_where_a_word_looks_most():
    frame = figures.weight_frame({"words": WORDS, "A": HEAD}, 2, EN)
    assert frame["summary"] == "“it” looks most at: <b> 0.99, it 0.01."
    base = figures.weight_base(EN)
    assert len(base["data"]) == len(frame["data"])


def test_all_heads_are_drawn_small_with_their_entropy():
    drawn = figures.overview(HEADS, WORDS, [[1.0, 0.5], [0, 1.58]], EN)
    go.Figure(drawn)
    assert [each["text"] for each in drawn["layout"]["annotations"]] == [
        "1.1 · 1 bits", "1.2 · 0.5 bits", "2.1 · 0 bits", "2.2 · 1.58 bits",
    ]  # fmt: skip
    assert drawn["layout"]["yaxis"]["ticktext"] == drawn["layout"]["xaxis4"]["ticktext"] == ["it", "&lt;b&gt;", "it"]
    assert np.asarray(drawn["data"][0]["z"]) == pytest.approx(np.array(HEAD))


def test_lines_are_as_wide_as_the_weight_and_leave_out_what_is_hardly_there():
    drawn = figures.lines(HEAD, WORDS, 2, EN)
    go.Figure(drawn)
    lines = [each for each in drawn["data"] if each["mode"] == "lines"]
    assert sum(len(each["y"]) for each in lines) == 3 * 6
    assert lines[-1]["y"] == [2, 1, None]
    assert [each["line"]["width"] for each in lines] == pytest.approx(
        [0.5 + 7 * w for w in (0.1, 0.2, 0.3, 0.5, 0.9, 1)]
    )


def test_bars_count_the_sentences_that_are_right():
    numbers = {"antecedent": [0.9, 0.1], "competitor": [0.05, 0.6], "head": "2.1", "sentences": ["a", "b"]}
    numbers |= {"pairs": [["cat", "tired"], ["street", "wide"]]}
    frame = figures.both_frame(numbers, EN)
    assert frame["summary"] == "Head 2.1 looks more at the right noun in 1 of 2 sentences."
    assert [each["x"] for each in frame["data"]] == [[0.9, 0.1], [0.05, 0.6]]
    assert frame["data"][0]["y"] == ["1 cat · tired", "2 street · wide"]
    base = figures.both_base(EN)
    go.Figure(data=base["data"])
    assert [each["label"] for each in base["legend"]] == ["What “it” stands for", "The other noun"]


def test_weights_can_be_taken_away_with_their_words():
    table = figures.numbers({"1.1": HEAD, "2.1": HEAD}, WORDS, WORDS, EN)
    assert list(table) == ["Head", "word that asks", "1: it", "2: <b>", "3: it"]
    assert [column[4] for column in table.values()] == ["2.1", "<b>", 0.2, 0.5, 0.3]


@pytest.mark.parametrize(
    ("value", "digits", "whole"),
    [(0.0838, "0.08", "0.084"), (1.0, "1", "1"), (-0.2, "−0.2", "−0.2"), (8.525e-06, "0", "0.0000085")],
)
def test_numbers_fit_their_place(value, digits, whole):
    assert (figures.hundredths(value), figures.written(value)) == (digits, whole)


def test_what_moves_is_told_apart_by_more_than_colour():
    drawn = figures.moved(WORDS, {"moved.with": [1, 0, 0], "moved.without": [0, 0, 0]}, EN)
    go.Figure(drawn)
    assert len({each["marker"]["pattern"]["shape"] for each in drawn["data"]}) == 2
    assert figures.farthest(["a", "<b>"], [0.1, 1.25], EN) == "“<b>” moved farthest: by 1.2 of its length."


@pytest.mark.parametrize("language", TEXTS)
def test_an_svg_is_whole_and_carries_every_number(language):
    drawn = ET.fromstring(figures.as_svg(HEADS, WORDS, "it <b> it", TEXTS[language]))
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f".//{space}g/{space}title")) == 4 * 9
    said = [text.text for text in drawn.iter(f"{space}text")]
    assert {"it <b> it", "2.2", "<b>", ".99"} <= {*said}


def test_a_web_page_of_it_loads_nothing_and_believes_no_word():
    made = figures.as_html(HEADS, ["it", "<script>", "it"], "<script>", "en", EN)
    assert "<script" not in made
    assert "src=" not in made
    assert "href=" not in made
    assert made.count("<table>") == 4
    assert "<td>0.990</td>" in made
