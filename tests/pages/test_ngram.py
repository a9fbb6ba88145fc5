"""The n-gram page by AppTest: every station in both languages, links, what a learner types, and bad input."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from engine import runner
from engine.text import own
from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, PATIENCE, STATIONS, field, link, opener, run, shown, until

opened = opener("ngram")
words = partial(lesson.words, "ngram")

EXAMPLE = "我爱自然语言处理"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_is_drawn_and_keeps_its_address(station: str, language: str) -> None:
    app = opened(at=station, lang=language)
    assert app.title[0].value == content.load("ngram", language).title
    assert link(app, "at") == (None if station == "question" else station)
    assert not app.warning


def test_a_link_sets_dials_and_look_and_what_cannot_be_used_is_said() -> None:
    app = opened(at="watch", smoothing="katz", order="99", prefix="the queen", words="king,queen,zebra")
    assert app.selectbox(key="ngram.dial.smoothing").value == "katz"
    assert "Order = 99 is out of range" in shown(app)
    assert '"zebra" is not in this text' in shown(app)
    assert link(app, "order") is None
    assert link(app, "words") is None
    assert link(app, "prefix") == "the queen"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_may_be_cut_into_characters(language: str) -> None:
    assert "ngram.dial.segment" in {box.key for box in opened(at="watch", lang=language).selectbox}


def test_the_next_word_after_nothing_and_after_unknown_words() -> None:
    app = until(opened(), "which stands")
    label = words("en")["question.field"]
    field(app, label).set_value("").run()
    assert not app.exception
    assert words("en")["mark.begin"] in shown(app)
    field(app, label).set_value("the **zebra** <b>").run()
    assert "Not in this text: zebra" in shown(app)
    assert words("en")["bars.nothing"] in shown(app)


def test_the_sentence_of_the_facts_is_one_click_away() -> None:
    app = until(opened(at="step", lang="zh"), words("zh")["step.examples"])
    next(button for button in app.button if button.label.replace("\\", "") == EXAMPLE).click().run()
    assert not app.exception
    factor = next(box for box in app.selectbox if box.label == words("zh")["step.factor"])
    assert [option.partition(": ")[2] for option in factor.options][1:4] == [
        "P(爱 | ‹句首›我)",
        "P(自然语言 | 我爱)",
        "P(处理 | 爱自然语言)",
    ]
    assert link(app, "text") == EXAMPLE
    assert "自然语言" in next(each.value for each in app.caption if "unk" in each.value)


def test_a_link_brings_sentence_and_factor_back() -> None:
    app = until(opened(at="step", text="the king slept", factor="2"), "The product of the 4 factors")
    assert next(box for box in app.selectbox if box.label == words("en")["step.factor"]).value == 1
    app = until(opened(at="step", text="", factor="7"), "The product of the 1 factors")
    assert "Which factor = 7 is out of range" in shown(app)


def test_an_unseen_pair_is_impossible_and_smoothing_makes_it_possible() -> None:
    app = opened(at="break")
    app.button(key="ngram.break.start").click().run()
    until(app, "Without smoothing the product is **0**")
    assert "infinite" in shown(app)


def test_two_beginnings_that_differ_too_far_back_are_one() -> None:
    app = opened(at="break", broken="far")
    app.button(key="ngram.break.start").click().run()
    until(app, "Change the sentences and try")
    assert shown(app).count("the same, to the last digit") == 2
    field(app, words("en")["far.second"]).set_value("the king had a tasty dinner and then braided").run()
    assert "differ" in shown(app)


def test_what_is_recited_is_shown_with_its_sentences() -> None:
    app = opened(at="break", broken="recite")
    app.button(key="ngram.break.start").click().run()
    until(app, "each copied word for word")
    heads = words("en")["recite.columns"].split("|")
    shown_table = next(each.value for each in app.table if heads[0] in each.value.columns)
    assert len(shown_table) > 3


class TestGame:
    def test_a_wrong_guess_a_right_one_and_a_place_that_is_told(self) -> None:
        app = until(opened(at="compare"), " ＿＿")
        key = field(app, words("en")["game.word"]).key.partition(".field.")[0]
        game = app.session_state[key]
        right = game.found["positions"][game.at]["word"]
        field(app, words("en")["game.word"]).set_value("zebra").run()
        assert "Guess number 2" in shown(app)
        field(app, words("en")["game.word"]).set_value(f" {right.upper()} ").run()
        assert app.session_state[key].ranks == [2]
        for _ in range(4):
            app.button(key=f"{key}.tell").click().run()
        assert app.session_state[key].ranks == [2, 1, 1, 1, 1]
        assert not app.exception
        assert "After 5 places" in shown(app)
        assert "bits per character" in shown(app)


class TestOwnText:
    def use(self, text: str, **link_: str) -> AppTest:
        app = opened(at="watch", **link_)
        app.selectbox(key="ngram.dial.corpus").set_value("own").run()
        app.text_area(key="ngram.own.paste").set_value(text).run()
        app.button(key="ngram.own.use").click().run()
        assert link(app, "corpus") == own.name(text)
        app.button(key="ngram.train").click().run()
        assert not app.exception
        return app

    def test_an_order_larger_than_the_longest_sentence_says_so(self) -> None:
        app = self.use("\n".join(["the cat sat", "a dog ran", "the dog sat", "a cat ran"] * 30), order="7")
        until(app, "No sentence of this text has more than 3 words")

    def test_one_repeated_word_is_read_as_it_is_or_refused_with_a_sentence(self) -> None:
        app = opened(at="watch")
        app.selectbox(key="ngram.dial.corpus").set_value("own").run()
        app.text_area(key="ngram.own.paste").set_value("again " * 300).run()
        app.button(key="ngram.own.use").click().run()
        assert 'The whole text is one word, "again"' in shown(app)

    def test_one_single_sentence_cannot_be_tested_on(self) -> None:
        app = self.use(" ".join(["the quick brown fox and the lazy dog"] * 40))
        read = runner.current().find(app.session_state["ngram.run"])
        assert read
        assert read.wait("failed", timeout=PATIENCE) == "failed"
        assert read.mistake
        assert read.mistake.code == "nothing_held_out"  # the stage says its sentence
        run(app)

    def test_a_link_to_it_asks_for_it_again(self) -> None:
        assert words("en")["own.again"] in shown(opened(at="watch", corpus="own:0123456789abcdef"))
