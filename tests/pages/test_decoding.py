"""The page on decoding by AppTest: all stations in both languages, one's own sentence, masks, bad input, links."""

from functools import partial

import pytest

from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, STATIONS, column, field, link, opener, shown, until

opened = opener("decoding")
words = partial(lesson.words, "decoding")
cells = partial(column, "decoding")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_is_drawn_and_keeps_its_address(station: str, language: str) -> None:
    app = opened(at=station, lang=language)
    assert app.title[0].value == content.load("decoding", language).title
    assert link(app, "at") == station
    assert not app.warning


def test_unseen_sentences_are_translated_by_the_model_that_was_trained_beforehand() -> None:
    app = until(opened(), words("en")["train.beforehand"])
    assert cells(app, "said.told")[0] == cells(app, "said.target")[0] == "we did not buy apples yesterday"
    assert {*cells(app, "said.right")} == {"yes"}


def test_one_s_own_sentence_is_translated_with_its_alignment_and_its_beams() -> None:
    app = until(opened(at="own", source="我是一名学生"), words("en")["own.caution"])
    assert "I am a student ‹end›" in shown(app)
    assert cells(app, "align.to") == ["I", "am", "a", "student", "‹end›"]
    assert cells(app, "beam.text")[0] == "I am a student ‹end›"
    field(app, words("en")["own.field"]).set_value("昨天妈妈在公园看了电影").run()
    assert "mom watched films in the park yesterday" in shown(app)
    assert link(app, "source") == "昨天妈妈在公园看了电影"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("我是 <b>国王</b>", '"<b>国王</b>" is not among the words this model has learnt'),
        ("我是国王", '"国王" is not among the words this model has learnt'),
        ("", "There is no word in this line"),
        ("我" * 20, "use at most 16"),
    ],
)
def test_what_cannot_be_translated_is_named(typed: str, sentence: str) -> None:
    app = until(opened(at="own"), words("en")["own.caution"])
    field(app, words("en")["own.field"]).set_value(typed).run()
    assert sentence in shown(app)


def test_a_link_leads_to_a_word_of_a_sentence() -> None:
    app = until(opened(at="step", text="昨天 我们 没 买 苹果", factor="2"), words("en")["train.beforehand"])
    assert "昨天 我们 没 买 苹果 → we **did**" in shown(app)
    app = until(opened(at="step", factor="99"), words("en")["train.beforehand"])
    assert "99" in shown(app)  # which cannot be used, and what is there instead


def test_multiplied_by_zero_later_words_keep_weight() -> None:
    until(opened(), words("en")["train.beforehand"])  # the model is there
    app = opened(at="break", broken="zero")
    next(button for button in app.button if button.label == words("en")["zero.show"]).click().run()
    assert {*cells(app, "zero.added")} == {"0 %"}
    assert float(cells(app, "zero.multiplied")[0].removesuffix(" %")) > 10


def test_without_a_mask_the_loss_is_nothing_and_so_is_the_translation() -> None:
    app = opened(at="break")
    next(button for button in app.button if button.label == words("en")["break.start"]).click().run()
    app = until(app, "It has learnt to **copy**")
    assert cells(app, "metric.exact_match")[0] == "0 %"
    assert float(cells(app, "metric.loss")[0]) < 0.05
