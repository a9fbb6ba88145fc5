"""The pictures of the lesson on decoding: what Plotly takes, what they say; nothing by colour alone."""

import plotly.graph_objects as go
import pytest

from lessons import content
from lessons.decoding import figures
from lessons.figures import perplexity_curve, sample_frame

TEXTS = {
    language: {**content.load("common", language).labels, **content.load("decoding", language).labels}
    for language in content.languages()
}
EN = TEXTS["en"]
ALIGNED = {"source": ["我", "<b>"], "target": ["I", "am", "</s>"], "A": [[0.9, 0.1], [0.2, 0.8], [0.01, 0.99]]}
# Two beginnings; the second is dropped, the first goes on and is finished.
TREE = {
    "nodes": [
        {"word": "I", "parent": -1, "log": -0.1, "score": -0.1, "depth": 1, "kept": True, "finished": False},
        {"word": "we", "parent": -1, "log": -3.0, "score": -3.0, "depth": 1, "kept": False, "finished": False},
        {"word": "</s>", "parent": 0, "log": -0.2, "score": -0.15, "depth": 2, "kept": True, "finished": True},
    ],
    "best": [2],
}
MASKS = {
    "words": ["<s>", "I"],
    "added": {"A": [[1, 0], [0.4, 0.6]], "leak": [0, 0]},
    "multiplied": {"A": [[0.3, 0.7], [0.4, 0.6]], "leak": [0.7, 0]},
}


@pytest.mark.parametrize("language", TEXTS)
def test_an_alignment_names_what_is_looked_at_most(language):
    drawn = figures.align_still(ALIGNED, TEXTS[language])
    go.Figure(drawn)
    assert drawn["layout"]["xaxis"]["ticktext"] == ["我", "&lt;b&gt;"]
    assert drawn["data"][0]["text"] == [["0.9", "0.1"], ["0.2", "0.8"], ["", "0.99"]]
    assert "I → 我" in figures.aligned(ALIGNED, TEXTS[language])


def test_a_model_without_attention_has_no_alignment():
    assert figures.aligned({**ALIGNED, "A": [[0, 0]] * 3}, EN) == EN["align.none"]


def test_translations_have_a_mark_that_is_no_colour():
    numbers = {"source": ["我 忙", "他 累"], "told": ["I am busy", ""], "right": [True, False]}
    frame = figures.said_frame(numbers, EN)
    assert frame["text"].splitlines() == ["我 忙", "✓ I am busy", "他 累", "✗ ‹end›"]
    assert frame["summary"] == "1 of 2 right."


@pytest.mark.parametrize("language", TEXTS)
def test_the_tree_tells_its_three_kinds_apart_by_shape(language):
    drawn = figures.tree(TREE, TEXTS[language])
    go.Figure(drawn)
    lines, way, *marks = drawn["data"]
    assert len({each["marker"]["symbol"] for each in marks}) == len(marks) == 3
    assert [len(each["x"]) for each in marks] == [1, 1, 1]
    assert lines["x"] == [0, 1, None, 0, 1, None, 1, 2, None]
    assert way["x"] == [0, 1, None, 1, 2, None]


def test_leaves_stand_one_below_the_other_and_the_others_between_what_follows_them():
    assert figures._rows(TREE["nodes"]) == [0.0, 1.0, 0.0, 0.5]


def test_a_tree_of_nothing_is_drawn():
    go.Figure(figures.tree({"nodes": [], "best": []}, EN))


@pytest.mark.parametrize("name", ["added", "multiplied"])
def test_a_mask_has_its_edge_and_its_digits(name):
    drawn = figures.masked(MASKS, name, EN)
    go.Figure(drawn)
    assert drawn["data"][0]["text"][0] == (["1", "0"] if name == "added" else [".30", ".70"])
    assert drawn["layout"]["shapes"][0]["path"].startswith("M -0.5 -0.5 L 0.5 -0.5 L 0.5 0.5")


def test_the_mask_grows_by_a_row_a_word():
    first, second = (figures.grown(MASKS, place, EN) for place in (0, 1))
    go.Figure(first)
    assert first["data"][1]["z"] == [[1.0, None], [None, None]]
    assert second["data"][1]["z"] == [[1.0, None], [0.4, 0.6]]
    assert [(each["x"], each["y"]) for each in second["layout"]["annotations"]] == [(1, 0)]


@pytest.mark.parametrize("language", TEXTS)
def test_models_are_compared_by_dash_and_mark_as_well(language):
    parts = [
        [{"length": 3, "sentences": 3, "exact_match": 1.0, "word_accuracy": 1.0}],
        [
            {"length": 3, "sentences": 1, "exact_match": 0.0, "word_accuracy": 0.6},
            {"length": 4, "sentences": 2, "exact_match": 0.5, "word_accuracy": 0.75},
        ],
    ]
    rows = figures.together(parts)
    assert rows[0] == {"length": 3, "sentences": 4, "exact_match": 0.75, "word_accuracy": pytest.approx(0.9)}
    took = dict.fromkeys(figures.ARCHITECTURES, "7.3")
    drawn = figures.lengths(dict.fromkeys(figures.ARCHITECTURES, rows), took, TEXTS[language])
    go.Figure(drawn)
    strong = [each for each in drawn["data"] if each["showlegend"]]
    assert len({each["line"]["dash"] for each in strong}) == len({each["marker"]["symbol"] for each in strong}) == 3
    assert all("7.3" in each["name"] for each in strong)
    assert [each["y"] for each in drawn["data"][:2]] == [[0.9, 0.75], [0.75, 0.5]]
    courses = figures.courses({"a": ("#000", [0, 1], [0, 1]), "b": ("#111", [0], [0])}, "x", "y")
    go.Figure(courses)
    assert len({each["line"]["dash"] for each in courses["data"]}) == 2
    go.Figure(figures.cache({"length": [1], "cached_ms": [1.0], "uncached_ms": [2.0]}, TEXTS[language]))


@pytest.mark.parametrize("language", TEXTS)
def test_what_the_decoder_alone_writes_is_told_in_words(language):
    frame = sample_frame({"text": "the king\nthe <b>\n"}, TEXTS[language])
    assert frame["text"] == "the king\nthe <b>"
    assert "the king / the <b>" in frame["summary"]
    assert sample_frame({"text": ""}, TEXTS[language])["text"] == TEXTS[language]["mark.end"]
    assert perplexity_curve(TEXTS[language])["layout"]["yaxis"]["type"] == "log"


def test_perplexities_fall_by_dash_and_mark_as_well():
    few, many = ("#000", [0, 1], [900.0, 3.0]), ("#111", list(range(30)), [900.0] * 30)
    drawn = figures.falling({"a": few, "b": many}, EN)
    go.Figure(drawn)
    assert [each["mode"] for each in drawn["data"]] == ["lines+markers", "lines"]
    assert len({each["line"]["dash"] for each in drawn["data"]}) == 2
    assert drawn["layout"]["yaxis"]["ticktext"][:4] == ["1", "2", "5", "10"]
    assert len(figures.ERAS) == len({*figures.ERAS}) == 4
