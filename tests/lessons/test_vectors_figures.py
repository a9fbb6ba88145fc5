"""The pictures of four models and of PMI, and the picture of many words by attributes and in space."""

import numpy as np
import plotly.graph_objects as go
import pytest

from engine.text import corpora
from lessons import content
from lessons.vectors import figures
from lessons.word2vec import figures as maps
from tests.lessons.test_figures import in_light

TEXTS = {
    language: {**content.load("common", language).labels, **content.load("vectors", language).labels}
    for language in content.languages()
}
EN = TEXTS["en"]
PMI = {"first": ["king", "<b>"], "second": ["the", "x"], "pmi": [-1.0, 2.0], "dots": [-1.5, 1.0], "correlation": 0.95}
CROWD = ["the", "king", "queen", "boy", "bread", "paris"]


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_pmi_is_plotlys_and_told_in_words(texts: dict[str, str]) -> None:
    figure = figures.pmi(PMI, texts)
    go.Figure(in_light(figure))
    assert figure["data"][0]["x"] == [-1.0, 2.0]
    assert figure["data"][0]["text"] == ["king · the", "&lt;b&gt; · x"]
    assert figure["data"][1]["x"] == figure["data"][1]["y"] == [-1.5, 2.0]  # dot = PMI − log k
    said = figures.pmi_summary(PMI, texts)
    assert "0.95" in said
    assert "−1.5" in said


def test_each_model_has_a_curve_of_its_own_colour_and_dash() -> None:
    base = figures.accuracy_curves(list(figures.LOOKS), EN)
    looks = {(curve["colour"], curve["dash"]) for curve in base["curves"]}
    assert len(looks) == len({colour for colour, _ in looks}) == len({dash for _, dash in looks}) == 4
    assert [curve["metric"] for curve in base["curves"]] == [f"{model}_accuracy" for model in figures.LOOKS]


@pytest.mark.parametrize("dims", [2, 3])
def test_many_words_by_an_attribute(dims: int) -> None:
    xy = np.arange(len(CROWD) * dims, dtype=np.float32).reshape(-1, dims)
    attributes = corpora.attributes("kingdom", "en")
    figure = maps.projection(CROWD, xy, attributes, EN, by="age")
    go.Figure(in_light({"data": figure["data"], "layout": figure["layout"]}))
    assert set(figure["data"][maps.MARKED]["text"]) == {"king", "queen", "boy"}
    named = {entry["label"] for entry in figure["legend"]}
    assert named == {EN["attribute.age.grown"], EN["attribute.age.young"], EN["project.others"]}
    colours = figure["data"][maps.MARKED]["marker"]["color"]
    assert colours[0] == colours[1] != colours[2]
    assert figure["table"]["columns"] == [EN["map.word"], *"xyz"[:dims]]
    assert ("z" in figure["data"][maps.CROWD]) == (dims == 3)


def test_in_space_others_are_pale_by_their_colour() -> None:
    figure = maps.projection(CROWD, np.eye(6, 3), corpora.attributes("kingdom", "en"), EN, near=["king", "queen"])
    colours = dict(zip(figure["data"][maps.CROWD]["text"], figure["data"][maps.CROWD]["marker"]["color"], strict=True))
    assert colours["the"] == "rgba(127,138,150,0.25)"
    assert figure["data"][maps.PATHS]["type"] == "scatter3d"
    assert figure["data"][maps.PATHS]["z"][2] is None


@pytest.mark.parametrize("corpus", ["kingdom", "kjv", "jobs"])
@pytest.mark.parametrize("language", content.languages())
def test_every_attribute_and_value_has_a_name(corpus: str, language: str) -> None:
    for attributes in corpora.attributes(corpus, language).values():
        for name, value in attributes.items():
            assert TEXTS[language][f"project.by.{name}"]
            assert TEXTS[language][f"attribute.{name}.{value}"]
