"""The figures of the lesson on counted words: what is read is drawn, parts add up, a tree has its words in order."""

import numpy as np
import plotly.graph_objects as go
import pytest

from engine.experiments import Representation
from engine.models import phrase_structure, representation
from engine.text.rules import TELESCOPE
from lessons import content, figures
from lessons.representation import figures as ours
from tests.lessons.test_figures import in_light

TEXTS = {
    language: {**content.load("common", language).labels, **content.load("representation", language).labels}
    for language in content.languages()
}
EN = TEXTS["en"]


def read(steps: int) -> representation.Matrix:
    model = representation.build(Representation())
    for snapshot in representation.train(model):
        if snapshot.step == steps:
            break
    return model


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("steps", [0, 3, 8])
def test_the_matrix_at_any_moment_is_valid_and_says_what_is_read(texts, steps):
    model = read(steps)
    facts = representation.facts(model)
    rows = ours.titles(facts["documents"], "", texts)
    base = ours.matrix_base(facts["columns"], rows, texts)
    frame = ours.matrix_frame(representation.matrix_view(model, None), texts)
    figure = go.Figure(in_light({"data": [{**base["data"][0], **frame["data"][0]}], "layout": base["layout"]}))
    z = figure.data[0].z
    assert [all(cell is None for cell in row) for row in z] == [n >= steps for n in range(8)]
    assert str(steps) in frame["summary"]
    assert len(z[0]) == len(figure.data[0].x) == facts["vocabulary_size"]


def test_a_word_not_met_yet_has_no_idf_and_the_next_document_gives_it_one():
    frames = [
        ours.words_frame(representation.words_view(read(steps), None, ("doctor", "rain")), ("doctor", "rain"), EN)
        for steps in (7, 8)
    ]
    assert frames[0]["rows"][1] == ["rain", 0, None, 0]
    assert frames[1]["rows"][1] == ["rain", 1, 2.504, 1]  # ln(9/2) + 1


def test_the_document_just_read():
    texts, rows = EN, [f"No. {n}" for n in range(1, 9)]
    assert ours.latest_frame(representation.latest_view(read(0), None), rows, texts)["rows"] == []
    frame = ours.latest_frame(representation.latest_view(read(4), None), rows, texts)
    assert frame["rows"][0][:2] == ["bread", 3]
    assert "No. 4" in frame["note"]


def test_the_bars_of_a_ranking_add_up_to_the_cosine():
    answers = representation.search(read(8), "the garden of the doctor")["answers"][:3]
    figure = go.Figure(ours.ranking(answers, [f"<{n}>" for n in range(8)], EN))
    assert sum(np.array(bar.x) for bar in figure.data) == pytest.approx([a["score"] for a in answers], abs=2e-3)
    assert figure.data[0].y[0] == "&lt;7&gt;"  # a title is text, not markup
    assert len({(bar.marker.color, bar.marker.pattern.shape) for bar in figure.data}) == len(figure.data)


@pytest.mark.parametrize("theme", list(figures.THEMES))
def test_a_tree_has_its_words_from_top_to_bottom(theme):
    sentence = "I saw the man with the telescope"
    for nested in phrase_structure.parse(TELESCOPE, sentence)["trees"]:
        figure = go.Figure(ours.tree(nested, theme))
        _, symbols, words = figure.data
        assert "".join(words.text).strip() == sentence.replace(" ", "\u00a0")
        assert list(words.y) == sorted(words.y)
        assert len(set(words.x)) == 1  # all below each other
        assert symbols.text.count("<b>NP</b>") == 3 + (nested[2][1][0] == "V")


def test_a_word_of_a_tree_is_text():
    assert ours.tree(["S", "<b>"])["data"][2]["text"] == ["\u00a0&lt;b&gt;"]
