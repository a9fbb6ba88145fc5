"""The figures: arithmetic one can redo, valid Plotly, few bytes, and the same colours everywhere."""

import base64
import json
import tomllib
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from engine.text import corpora
from lessons import content, figures
from lessons.word2vec import figures as word2vec

ROOT = Path(__file__).parents[2]
WORDS = ("king", "queen", "man", "woman", "prince")
ANALOGY = ("man", "king", "woman", "queen")
TEXTS = {language: {**content.load("common", language).labels, **content.load("word2vec", language).labels}
         for language in content.languages()}  # fmt: skip
EN = TEXTS["en"]


def places(*words, dims=2):
    """A moment of a map, by hand: man at the origin, king to his right, woman above him, queen near king + woman."""
    known = {"man": (0, 0, 0), "king": (2, 0, 1), "woman": (0, 1, 0), "queen": (2.1, 1.2, 1), "prince": (-1, 3, 0)}
    return {
        "words": list(words),
        "xy": np.array([known[word][:dims] for word in words], np.float32),
        "share": np.array([0.5, 0.2, 0.1][:dims]),
    }


CROWDED = ("the", "a", "king", "queen", "bread", "paris", "of")


def crowd(**given):
    """A picture of seven words in a row, the n-th at (n, −n)."""
    xy = np.array([[n, -n] for n in range(len(CROWDED))], np.float32)
    return word2vec.projection(CROWDED, xy, corpora.attributes("kingdom", "en"), EN, **given)


def in_light(value):
    """The figure as the stage shows it: the theme's own colours in the place of their names."""
    names = {figures.TEXT: "text", figures.GROUND: "ground", figures.LINE: "line"}
    text = json.dumps(value)
    for name, colour in names.items():
        text = text.replace(json.dumps(name), json.dumps(figures.THEMES["light"][colour]))
    return json.loads(text)


def drawn(base, frame):
    """The whole figure, put together as assets/panes.js does. Plotly refuses what it does not know."""
    data = [{**trace, **change} for trace, change in zip(base["data"], frame["data"], strict=True)]
    return go.Figure(in_light({"data": data, "layout": base["layout"]}))


class TestMap:
    def test_the_target_is_king_minus_man_plus_woman(self):
        frame = word2vec.map_frame(places(*WORDS), WORDS, ANALOGY, EN)
        assert frame["data"][word2vec.TARGET] == {"x": [2.0], "y": [1.0]}  # (2, 0) − (0, 0) + (0, 1)
        assert frame["data"][word2vec.GIVEN] == {"x": [0.0, 2.0], "y": [0.0, 0.0]}
        assert frame["data"][word2vec.ASKED] == {"x": [0.0, 2.0], "y": [1.0, 1.0]}
        assert frame["data"][word2vec.AREA] == {"x": [0, 2, 2, 0, 0], "y": [0, 0, 1, 1, 0]}

    def test_says_in_words_what_it_shows(self):
        frame = word2vec.map_frame(places(*WORDS), WORDS, ANALOGY, EN)
        assert "king − man + woman" in frame["summary"]
        assert "queen" in frame["summary"]
        assert "70" in frame["note"]  # 0.5 + 0.2 of the variance

    def test_words_keep_their_place_in_the_list_whatever_order_the_model_has(self):
        frame = word2vec.map_frame(places("woman", "king", "man"), WORDS, ANALOGY, EN)
        assert frame["data"][word2vec.WORDS] == {"x": [2.0, None, 0.0, 0.0, None], "y": [0.0, None, 0.0, 1.0, None]}

    def test_an_analogy_that_the_model_does_not_know_leaves_the_words(self):
        frame = word2vec.map_frame(places("king", "queen"), WORDS, ANALOGY, EN)
        assert frame["data"][word2vec.TARGET] == {"x": [None], "y": [None]}
        assert frame["data"][word2vec.WORDS]["x"][:2] == [2.0, 2.1]

    @pytest.mark.parametrize("language", ["en", "zh"])
    @pytest.mark.parametrize("corpus", ["kingdom", "kjv", "jobs"])
    @pytest.mark.parametrize("dims", [2, 3])
    def test_is_valid_plotly_for_every_text(self, corpus, language, dims):
        words, analogy = corpora.map_words(corpus, language), corpora.default_analogy(corpus, language)
        xy = np.random.default_rng(0).normal(size=(len(words), dims))
        numbers = {"words": list(words), "xy": xy, "share": np.full(dims, 0.3)}
        base = word2vec.map_base(words, corpora.attributes(corpus, language), analogy, TEXTS[language], dims)
        figure = drawn(base, word2vec.map_frame(numbers, words, analogy, TEXTS[language]))
        assert len(figure.data[word2vec.WORDS].x) == len(words)

    def test_a_moment_of_25_words_is_under_2_kB(self):
        words = tuple(f"word{n}" for n in range(25))
        numbers = {"words": list(words), "xy": np.random.default_rng(0).normal(size=(25, 2)), "share": np.ones(2) / 2}
        frame = word2vec.map_frame(numbers, words, ("word0", "word1", "word2", "word3"), EN)
        assert len(json.dumps(frame, separators=(",", ":"))) < 2_000

    def test_colour_is_never_the_only_sign(self):
        attributes = corpora.attributes("kingdom", "en")
        people = ("king", "queen", "prince", "princess", "man", "woman", "boy", "girl")
        things = ("apple", "france", "paris", "walk", "the")
        for dims, words in ((2, people + things), (3, people)):
            marker = word2vec.map_base(words, attributes, None, EN, dims)["data"][word2vec.WORDS]["marker"]
            assert len(set(zip(marker["symbol"], marker["size"], strict=True))) == len(words)

    def test_the_legend_names_what_is_there_and_nothing_else(self):
        attributes = corpora.attributes("kingdom", "en")
        named = word2vec.map_base(("king", "boy"), attributes, None, EN)["legend"]
        wanted = ("gender.m", "rank.royal", "age.young")
        assert [entry["label"] for entry in named] == [EN[f"attribute.{entry}"] for entry in wanted]
        assert word2vec.map_base((), {}, None, EN)["legend"] == []

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_a_word_that_nothing_is_known_of_is_in_the_legend(self, language):
        words = ("king", "prince")  # the King James Bible's list says nothing of princes
        base = word2vec.map_base(words, corpora.attributes("kjv", language), None, TEXTS[language])
        marker, unknown = base["data"][word2vec.WORDS]["marker"], base["legend"][-1]
        assert unknown["label"] == TEXTS[language]["attribute.unknown"]
        assert (unknown["colour"], unknown["symbol"]) == (marker["color"][1], marker["symbol"][1])

    def test_arrows_in_space_have_heads_at_their_ends(self):
        frame = word2vec.map_frame(places(*WORDS, dims=3), WORDS, ANALOGY, EN)
        heads = frame["data"][word2vec.HEADS]
        assert [heads[axis] for axis in "xyz"] == [[2, 2], [0, 1], [1, 1]]  # king, and king − man + woman
        assert [heads[axis] for axis in "uvw"] == [[2, 2], [0, 0], [1, 1]]  # king − man, both times

    def test_a_learner_s_word_is_shown_letter_by_letter(self):
        base = word2vec.map_base(("<b>x</b>", "a&b"), {}, None, EN)
        assert base["data"][word2vec.WORDS]["text"] == ["&lt;b&gt;x&lt;/b&gt;", "a&amp;b"]
        assert base["labels"][0]["texts"] == ["<b>x</b>", "a&b"]  # the stage sets these as text

    def test_axes_a_learner_chose_have_their_names(self):
        layout = word2vec.map_base(WORDS, {}, ANALOGY, EN, axes=("woman − man", "king − man"))["layout"]
        titles = [layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis")]
        assert titles == ["woman − man", "king − man, without woman − man"]
        layout = word2vec.map_base(WORDS, {}, ANALOGY, EN, axes=("she − he",))["layout"]
        assert [layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["she − he", "direction 2"]


def test_nearest_words_and_ranks_say_what_the_numbers_say():
    nearest = word2vec.nearest_frame({"words": ["queen", "man"], "scores": np.array([0.81234, 0.5])}, "king", EN)
    assert nearest["rows"] == [["queen", 0.812], ["man", 0.5]]
    assert "queen, man" in nearest["summary"]
    rank = word2vec.rank_frame({"excluded": 1, "all": 4, "answers": ["queen", "princess"]}, ANALOGY, EN)
    assert [entry["value"] for entry in rank["numbers"]] == [1, 4]
    assert "queen, princess" in rank["note"]


@pytest.mark.parametrize("corpus", ["kingdom", "kjv", "jobs"])
def test_every_category_of_a_text_has_a_curve_of_its_own(corpus):
    categories = list(corpora.questions(corpus, "en"))
    curves = word2vec.accuracy_curves(categories, EN)["curves"]
    assert [curve["metric"] for curve in curves] == [f"analogy_{category}" for category in categories]
    assert len({curve["dash"] for curve in curves}) == len({curve["colour"] for curve in curves}) == len(categories)


def test_the_cost_chart_is_valid_plotly_from_its_first_moment():
    base = word2vec.cost_base(5, EN)
    none = {name: np.array([]) for name in ("vocabulary", "full_us", "sampled_us")}
    some = {"vocabulary": np.array([100, 300]), "full_us": np.array([4.0, 12.5]), "sampled_us": np.array([0.4, 0.4])}
    assert drawn(base, word2vec.cost_frame(none, EN)).data[0].x == ()
    figure = drawn(base, word2vec.cost_frame(some, EN))
    assert (list(figure.data[0].x), list(figure.data[0].y)) == ([100, 300], [4.0, 12.5])
    assert "5" in base["legend"][1]["label"]
    for axis in (base["layout"]["xaxis"], base["layout"]["yaxis"]):
        assert axis["type"] == "log"
        assert "logarithmic" in axis["title"]["text"]


def test_leaning_is_valid_plotly():
    found = {"words": ["nurse", "<i>pilot</i>"], "text": [0.9, 0.1], "vectors": [0.4, -0.4]}
    figure = go.Figure(word2vec.leaning(found, EN))
    assert list(figure.data[0].y) == ["&lt;i&gt;pilot&lt;/i&gt;  10%", "nurse  90%"]  # from most "he" to most "she"
    assert list(figure.data[0].x) == [-0.4, 0.4]


class TestShared:
    @pytest.mark.parametrize(
        ("value", "text"),
        [(0.123456, "0.1235"), (-2, "−2"), (12345.6, "12,350"), (0, "0"), (1e-7, "1e−07"), (float("nan"), "–")],
    )
    def test_numbers_have_at_most_four_digits(self, value, text):
        assert figures.number(value) == text

    def test_rounding_keeps_significant_digits_and_marks_what_is_no_number(self):
        assert figures.rounded([[1.23456, 0.000123456], [float("nan"), float("inf")]]) == [
            [1.235, 0.0001235],
            [None] * 2,
        ]

    def test_packed_numbers_come_out_as_8_bits(self):
        packed = figures.packed([[0.0, 0.5, 1.0]], 0, 1)
        assert list(base64.b64decode(packed["bdata"])) == [0, 128, 255]
        assert packed["shape"] == "1, 3"
        go.Figure({"data": [{"type": "heatmap", "z": packed}]})

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_template_is_valid_plotly(self, theme):
        go.layout.Template(figures.template(theme))

    def test_streamlit_has_the_same_colours_and_fonts(self):
        theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
        assert tuple(theme["chartCategoricalColors"]) == figures.PALETTE
        assert theme["font"] == figures.FONT
        for name, colours in figures.THEMES.items():
            chosen = [theme[name][key] for key in ("textColor", "backgroundColor", "borderColor")]
            assert chosen == [colours["text"], colours["ground"], colours["line"]]

    @pytest.mark.parametrize("name", ["light", "dark"])
    def test_text_and_controls_can_be_read(self, name):
        theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][name]
        for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
            assert contrast(theme["textColor"], ground) >= 7  # WCAG 2.2: 4.5 is enough for AA
            assert contrast(theme["primaryColor"], ground) >= 4.5


def contrast(first, second):
    """WCAG's contrast of two colours, 1 to 21."""

    def luminance(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class TestProjection:
    def test_is_what_plotly_takes(self):
        for figure in (crowd(), crowd(near=("king", "queen", "the"))):
            go.Figure(in_light({"data": figure["data"], "layout": figure["layout"]}))

    def test_every_word_stands_where_it_was_put(self):
        there = {
            word: (x, y)
            for group in crowd()["labels"]
            for word, x, y in zip(
                group["texts"], *(crowd()["data"][group["trace"]][axis] for axis in "xy"), strict=True
            )
        }
        assert there == {word: (n, -n) for n, word in enumerate(CROWDED)}

    def test_looks_as_on_the_map_and_the_legend_names_every_look(self):
        base = word2vec.map_base(CROWDED, corpora.attributes("kingdom", "en"), None, EN)
        marks = base["data"][word2vec.WORDS]["marker"]
        shown = crowd()["data"][word2vec.MARKED]
        for n, word in enumerate(shown["text"]):
            on_map = CROWDED.index(word)
            assert shown["marker"]["color"][n] == marks["color"][on_map]
            assert shown["marker"]["symbol"][n] == marks["symbol"][on_map]
        assert set(shown["text"]) <= {"king", "queen", "bread", "paris"}
        others = {"label": EN["project.others"], "colour": word2vec.GREY, "symbol": "circle"}
        assert [*base["legend"][:-1], others] == crowd()["legend"]  # words without attributes are a cross on the map

    def test_chosen_words_are_strong_and_come_before_frequent_ones(self):
        found, marked, others = crowd(chosen=("king", "of"))["labels"]
        assert not found["texts"]
        assert [marked["texts"][n] for n in marked["strong"]] == ["king"]
        assert [others["texts"][n] for n in others["strong"]] == ["of"]
        assert others["texts"][0] == "the"
        assert not marked["only"]

    def test_a_word_looked_for_is_joined_to_its_neighbours_and_the_rest_is_pale(self):
        figure = crowd(chosen=("paris",), near=("king", "queen", "the"))
        paths = figure["data"][word2vec.PATHS]
        assert paths["x"] == [2, 3, None, 2, 0, None]
        assert paths["y"] == [-2, -3, None, -2, 0, None]
        assert figure["data"][word2vec.FOUND]["x"] == [2]
        named = {group["texts"][n] for group in figure["labels"] for n in group["strong"]}
        assert named == {"king", "queen", "the"}
        assert all(group["only"] for group in figure["labels"])
        pale = {
            word
            for trace in (word2vec.CROWD, word2vec.MARKED)
            for word, opacity in zip(
                figure["data"][trace]["text"], figure["data"][trace]["marker"]["opacity"], strict=True
            )
            if opacity < 1
        }
        assert pale == set(CROWDED) - {"king", "queen", "the"}

    def test_words_are_shown_letter_by_letter(self):
        figure = word2vec.projection(["<b>", "a"], np.zeros((2, 2)), {}, EN)
        assert figure["data"][word2vec.CROWD]["text"] == ["&lt;b&gt;", "a"]
        assert figure["labels"][2]["texts"] == ["<b>", "a"]  # the browser puts these in as text
        assert figure["legend"] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_picture_is_told_in_words(language):
    texts = content.load("common", language).labels
    line = {"name": "A &amp; B", "x": [1, 2, None], "y": [0.25, 0.5, 1]}
    faint = {**line, "showlegend": False}
    layout = {"xaxis": {"title": {"text": "steps"}}, "yaxis": {"title": {"text": "loss"}}}
    told = figures.in_words({"data": [line, faint], "layout": layout}, texts)
    assert told.startswith("loss / steps. A & B")
    assert told.count("A & B") == 1
    assert all(each in told for each in ("0.25", "0.5", "1", "2"))
    bars = {"type": "bar", "name": "usual", "y": ["king", "queen"], "text": ["0.5", ""]}
    assert figures.in_words({"data": [bars], "layout": {}}, texts) == "usual: king 0.5"
    heat = {"type": "heatmap", "z": [[0.9, None], [None, None]]}
    axes = {"xaxis": {"ticktext": ["a", "b"]}, "yaxis": {"ticktext": ["c", "d"]}}
    told = figures.in_words({"data": [heat], "layout": axes}, texts)
    assert told == texts["chart.row"].format(row="c", column="a", value="0.9")
