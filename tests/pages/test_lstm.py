"""The page on recurrent networks by AppTest: every station in both languages, links, typed text, bad input."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from engine import runner
from engine.text import own
from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, PATIENCE, STATIONS, field, link, opener, run, shown, until

opened = opener("lstm")
words = partial(lesson.words, "lstm")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_is_drawn_and_keeps_its_address(station: str, language: str) -> None:
    app = opened(at=station, lang=language)
    assert app.title[0].value == content.load("lstm", language).title
    assert link(app, "at") == (None if station == "question" else station)
    assert not app.warning


def test_a_link_sets_dials_and_look_and_what_cannot_be_used_is_said() -> None:
    app = until(
        opened(at="watch", cell="elman", updates="20", clip="101", unit="64", state="c", prefix="**x**"), "Unit = 64"
    )
    assert app.selectbox(key="lstm.dial.cell").value == "elman"
    assert "Longest gradient = 101.0 is out of range" in shown(app)
    assert "Unit = 64 is out of range" in shown(app)
    assert '"c" is not a choice for State' in shown(app)  # Elman's network has none
    assert [link(app, name) for name in ("clip", "unit", "state", "prefix")] == [None, None, None, "**x**"]


def test_a_run_for_everybody_is_shorter_and_says_so() -> None:
    app = until(opened(at="watch", moment="5"), "made for everybody")
    assert "with 60 updates" in shown(app)
    assert not app.info


def test_what_is_typed_may_be_empty_unknown_or_markup() -> None:
    app = until(opened(), "All others together")
    label = words("en")["question.field"]
    field(app, label).set_value("").run()
    assert not app.exception
    field(app, label).set_value("the <b>ŵ</b> 国").run()
    assert "Not in this text: <, >, ŵ" in shown(app)


def test_a_link_brings_sentence_and_place_back() -> None:
    app = until(opened(at="step", text="the king", factor="3"), "The product of the 9 factors")
    assert next(box for box in app.selectbox if box.label == words("en")["step.place"]).value == 2
    app = until(opened(at="step", text="", factor="7"), "The product of the 1 factors")
    assert "Which step in time = 7 is out of range" in shown(app)


@pytest.mark.parametrize("cell", ["elman", "lstm_1997", "gru"])
def test_every_cell_can_be_stepped_through(cell: str) -> None:
    until(opened(at="step", cell=cell, updates="20", hidden="8"), "The product of")


def test_units_that_track_something_can_be_put_on_the_stage() -> None:
    app = until(opened(at="watch", moment="60"), "for everybody")
    app.selectbox(key="lstm.find").set_value("position").run()
    best = next(button for button in app.button if button.key == "lstm.units.0")
    best.click().run()
    assert not app.exception
    assert best.label == f"Colour unit {link(app, 'unit') or 0} ({link(app, 'state') or 'h'})"


class TestRecall:
    def test_a_link_sets_its_dials_and_a_training_is_told(self) -> None:
        app = opened(at="watch", task="recall", lag="2", bias="9", items="2", rival="gru")
        assert "Forget bias at the start = 9.0 is out of range" in shown(app)
        assert app.slider(key="lstm.recall.lag").value == 2
        assert [link(app, name) for name in ("lag", "bias", "items", "rival")] == ["2", None, "2", "gru"]
        app.button(key="lstm.recall.start").click().run()
        until(app, "After 2 other symbols")
        heads = {head for each in app.table for head in each.value.columns}
        assert words("en")["recall.sequence"] in heads


class TestBreak:
    def break_it(self, name: str) -> AppTest:
        app = opened(at="break", broken=name)
        app.button(key="lstm.break.start").click().run()
        return app

    def test_numbers_that_blow_up_are_told_and_the_run_stays_usable(self) -> None:
        app = until(self.break_it("clip"), "The numbers blew up")
        assert "The run is still usable" in shown(app)

    def test_what_trains_side_by_side_can_be_cancelled(self) -> None:
        app = self.break_it("lag")
        assert not app.exception
        app.button(key="lstm.break.lag.cancel").click().run()
        until(app, words("en")["break.cancelled"])
        assert "lstm.break.lag.cancel" not in {button.key for button in app.button}

    def test_elman_cannot_learn_what_the_lstm_can(self) -> None:
        app = until(self.break_it("lag"), "It cannot learn to")
        accuracy = next(each.value for each in app.table if words("en")["recall.left"] in each.value.columns)
        plain, gated = (float(value) for value in accuracy[words("en")["metric.accuracy"]])
        assert plain < 0.3
        assert gated > 0.95


class TestOwnText:
    def use(self, text: str, **link_: str) -> AppTest:
        app = opened(at="watch", **link_)
        app.selectbox(key="lstm.dial.corpus").set_value("own").run()
        app.text_area(key="lstm.own.paste").set_value(text).run()
        app.button(key="lstm.own.use").click().run()
        assert link(app, "corpus") == own.name(text)
        app.button(key="lstm.train").click().run()
        assert not app.exception
        return app

    def test_chinese_is_read_by_character(self) -> None:
        app = self.use("\n".join(["猫坐在桌子上", "狗跑到花园里", "鸟飞过了房子"] * 40), updates="20", lang="zh")
        read = runner.current().find(app.session_state["lstm.run"])
        assert read
        assert read.wait("done", "failed", timeout=PATIENCE) == "done"
        assert "猫" in (read.facts or {})["vocabulary"]
        run(app)

    def test_one_single_sentence_cannot_be_tested_on(self) -> None:
        app = self.use(" ".join(["the quick brown fox and the lazy dog"] * 40))
        read = runner.current().find(app.session_state["lstm.run"])
        assert read
        assert read.wait("failed", timeout=PATIENCE) == "failed"
        assert read.mistake
        assert read.mistake.code == "nothing_held_out"  # the stage says its sentence
        run(app)

    def test_a_link_to_it_asks_for_it_again(self) -> None:
        assert words("en")["own.again"] in shown(opened(at="watch", corpus="own:0123456789abcdef"))
