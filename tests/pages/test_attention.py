"""The page on attention by AppTest: all stations in both languages, heads, positions, masks, bad input, links."""

import re
from functools import partial

import pytest

from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, STATIONS, column, field, link, opener, shown, until

opened = opener("attention")
words = partial(lesson.words, "attention")
cells = partial(column, "attention")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_is_drawn_and_keeps_its_address(station: str, language: str) -> None:
    app = opened(at=station, lang=language)
    assert app.title[0].value == content.load("attention", language).title
    said = words(language)["train.beforehand" if station == "watch" else "train.beforehand.watch"]
    app = until(app, said)  # all that needs a model stands there, too
    assert link(app, "at") == station
    assert not app.warning


@pytest.mark.parametrize(("language", "noun"), [("en", "animal"), ("zh", "动物")])
def test_the_model_trained_beforehand_points_at_the_noun(language: str, noun: str) -> None:
    app = until(opened(lang=language), words(language)["train.beforehand.watch"])
    assert next(str(cell) for cell in app.table[0].value.iloc[:, 0]) == noun
    assert float(app.table[0].value.iloc[0, 1]) > 0.9 > 0.1 > float(app.table[1].value.iloc[1, 1])


def test_three_aims_stand_side_by_side_and_only_labels_make_attention_point() -> None:
    app = until(opened(at="watch"), words("en")["three.guess"])
    pointing = dict(zip(cells(app, "dial.objective"), cells(app, "metric.antecedent_accuracy"), strict=True))
    task = dict(zip(cells(app, "dial.objective"), cells(app, "metric.task_accuracy"), strict=True))
    assert pointing["labels for one head"] == task["the noun itself"] == "100 %"
    assert float(pointing["masked words"].removesuffix(" %")) < 60 > float(pointing["the noun itself"].split()[0])


def test_a_head_switched_off_changes_what_the_next_layer_sees() -> None:
    app = until(opened(at="heads", off="1.1,1.2,1.3,1.4"), words("en")["train.beforehand.watch"])
    before, after = (f"{words('en')[f'off.{name}']}: attention" for name in ("before", "after"))
    assert float(cells(app, before)[0]) > 0.99 > float(cells(app, after)[0])
    assert link(app, "off") == "1.1,1.2,1.3,1.4"
    assert [button for button in app.get("download_button") if button.proto.label == words("en")["export.svg"]]


def test_without_positions_nothing_moves_when_two_words_are_swapped() -> None:
    app = until(opened(at="positions"), words("en")["train.beforehand.watch"])
    assert "the street did not cross the animal" in shown(app)
    assert max(float(cell) for cell in cells(app, "moved.with")) > 0.5
    assert "that is rounding" in shown(app)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("the <b>king</b> was tired", '"<b>king</b>" is not among the words this model has learnt'),
        ("", "There is no word in this line"),
        ("it " * 50, "use at most 40"),
    ],
)
def test_what_cannot_be_read_is_named(typed: str, sentence: str) -> None:
    app = until(opened(at="heads"), words("en")["train.beforehand.watch"])
    field(app, words("en")["own.field"]).set_value(typed).run()
    assert sentence in shown(app)
    assert not app.exception


def test_another_sentence_must_have_as_many_words() -> None:
    app = until(opened(at="heads", other="it was tired"), words("en")["train.beforehand.watch"])
    assert "12" in (said := shown(app))
    assert "3" in said
    assert link(app, "other") == "it was tired"


@pytest.mark.parametrize(("part", "value"), [("head", "9.9"), ("broken", "nothing"), ("swap_i", "99")])
def test_a_link_that_cannot_be_used_says_so(part: str, value: str) -> None:
    station = {"head": "heads", "broken": "break", "swap_i": "positions"}[part]
    said = words("en")["train.beforehand.watch"] if part != "broken" else value
    app = opened(**{"at": station, part: value})
    if part != "broken":
        app = until(app, said)
        app = opened(**{"at": station, part: value})
    assert value in shown(app)


def test_times_zero_hidden_words_keep_weight() -> None:
    until(opened(), words("en")["train.beforehand.watch"])
    app = opened(at="break", broken="zero")
    next(button for button in app.button if button.label == words("en")["zero.show"]).click().run()
    assert {*cells(app, "zero.added")} == {"0 %"}
    assert float(cells(app, "zero.multiplied")[0].removesuffix(" %")) > 50


def test_one_layer_cannot_know_where_to_look() -> None:
    app = opened(at="break")
    next(button for button in app.button if button.label == words("en")["break.start"]).click().run()
    app = until(app, "Depth is what lets")
    assert float(cells(app, "metric.antecedent_accuracy")[0].removesuffix(" %")) < 60


def test_a_rate_a_thousand_times_as_large_ends_the_training_and_the_text_says_when() -> None:
    app = opened(at="break", broken="fast")
    next(button for button in app.button if button.label == words("en")["break.start"]).click().run()
    app = until(app, "past all bounds")
    assert re.search(r"After \*\*[\d,]+\*\* of 26,000 sentences", shown(app))


def test_a_head_off_can_cost_the_noun_that_is_foretold() -> None:
    app = until(opened(at="heads", model="predict_noun", off="1.1,1.2,1.3,1.4"), words("en")["train.beforehand.watch"])
    before, after = (f"{words('en')[f'off.{name}']}: probability" for name in ("before", "after"))
    assert float(cells(app, before)[0]) > 0.9 > float(cells(app, after)[0])
    assert link(app, "model") == "predict_noun"


def test_the_same_sentence_again_asks_for_another_word() -> None:
    text = "the dog did not cross the road because it was too muddy"
    app = until(opened(at="heads", text=text), words("en")["edit.same"])
    assert field(app, words("en")["edit.field"]).value == text


def test_a_link_with_too_long_a_sentence_is_not_cut() -> None:
    app = until(opened(at="heads", text="it " * 200), words("en")["train.beforehand.watch"])
    assert "600 characters: use at most 400" in shown(app)
    assert field(app, words("en")["own.field"]).value == "the animal did not cross the street because it was too tired"
