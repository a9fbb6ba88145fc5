"""The page on decoding by AppTest: all stations in both languages, one's own sentence, masks, bad input, links."""

import dataclasses
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from engine import runner
from engine.experiments import GPT, LSTM
from engine.mistake import Mistake
from engine.text import own
from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, STATIONS, column, field, link, opener, run, shown, until

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
    app = until(opened(), words("en")["train.beforehand.watch"])
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
    app = until(opened(at="step", text="昨天 我们 没 买 苹果", factor="2"), words("en")["train.beforehand.watch"])
    assert "昨天 我们 没 买 苹果 → we **did**" in shown(app)
    app = until(opened(at="step", factor="99"), words("en")["train.beforehand.watch"])
    assert "99" in shown(app)  # which cannot be used, and what is there instead


def test_multiplied_by_zero_later_words_keep_weight() -> None:
    until(opened(), words("en")["train.beforehand.watch"])  # the model is there
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


def test_a_race_too_short_for_half_of_the_sentences_says_so() -> None:
    app = opened(at="compare", updates="20")
    next(button for button in app.button if button.label == words("en")["compare.start"]).click().run()
    assert "Half of a sample was right: LSTM **never**" in shown(until(app, words("en")["length.caption"]))


class TestText:
    ANSWERED = "Tokens that can be drawn"

    def quick(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        """Trainings on these texts are short here."""
        for kind in (GPT, LSTM):
            monkeypatch.setattr(kind, "presets", {name: {"updates": 20} for name in names})

    def press(self, app: AppTest, key: str) -> AppTest:
        app.button(key=f"decoding.text.{key}").click()
        return run(app)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_first_thing_seen_was_trained_beforehand(self, language: str) -> None:
        says = words(language)
        app = until(opened(at="text", lang=language), says["train.beforehand"])
        probabilities = [float(p) for p in column("decoding", app, says["text.next.probability"])]
        assert probabilities == sorted(probabilities, reverse=True)
        assert not app.warning

    def test_all_stations_stand_in_a_row_once_the_models_are_there(self) -> None:
        until(opened(at="text"), self.ANSWERED)
        app = until(opened(at="all"), words("en")["own.caution"])
        assert self.ANSWERED in shown(app)

    def test_dials_cut_words_off_and_a_link_brings_them_back(self) -> None:
        link_ = {"prefix": "the queen", "temperature": "0.5", "top_k": "3", "draw": "7", "text_width": "1"}
        app = until(opened(at="text", **link_), "Tokens that can be drawn: 3")
        chances = [float(p) for p in cells(app, "text.next.chance")]
        assert sum(chances[:3]) == pytest.approx(1, abs=1e-3)
        assert chances[3:] == [0] * 5
        assert {name: link(app, name) for name in link_} == link_
        greedy, _, beam = cells(app, "text.sentence")
        assert greedy == beam  # of width 1
        app.slider(key="decoding.temperature").set_value(0.0)
        run(app)
        assert cells(app, "text.next.chance")[:2] == ["1", "0"]

    def test_what_a_link_cannot_ask_for_is_said(self) -> None:
        wrong = {"reads": "<b>x</b>", "cut": "z", "temperature": "9", "top_k": "4", "draw": "-1", "text_alpha": "7"}
        app = until(opened(at="text", **wrong), self.ANSWERED)
        for sentence in (
            '"<b>x</b>" is not a choice for Text',
            '"z" is not a choice for Cut the text into',
            "Temperature = 9 is out of range",
            '"4" is not a choice for Top k',
            "Seed = -1 is out of range",
            '"7" is not a choice for Preference for long texts',
        ):
            assert sentence in shown(app)
        assert {link(app, name) for name in wrong} == {None}

    def test_what_is_typed_may_be_empty_unknown_or_markup(self) -> None:
        app = until(opened(at="text", prefix="the <b>ŵ</b>"), "Not in this text: b, ŵ")
        field(app, words("en")["text.prefix"]).set_value("")
        assert self.ANSWERED in shown(run(app))
        assert not app.warning

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_command_reads_the_text_that_was_chosen(self, language: str) -> None:
        app = opened(at="all", lang=language)
        app.button_group(key="decoding.text.corpus.pick").set_value("jobs")
        said = "\n".join(code.value for code in run(app).code)
        assert f"run gpt --corpus jobs{' --language zh' if language == 'zh' else ''} --json" in said

    def test_the_cache_is_measured_and_changes_no_word(self) -> None:
        app = self.press(until(opened(at="text"), self.ANSWERED), "cache.start")
        assert words("en")["cache.same"] in shown(app)
        cached, anew = (float(cells(app, f"cache.{name}")[-1]) for name in ("cached", "uncached"))
        assert cached < anew

    def test_it_runs_against_the_eras_before_on_the_same_held_out_sentences(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.quick(monkeypatch, "kingdom")
        app = until(self.press(opened(at="text"), "race.start"), "Lowest here: **n-grams, order 5**")
        perplexity = [float(value) for value in cells(app, "metric.perplexity")]
        assert min(perplexity) == perplexity[1]
        assert cells(app, "compare.model")[2:] == ["LSTM, 64 units", "decoder alone (GPT), 2 layers"]

    def test_a_race_that_finds_room_for_some_is_on_the_same_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        app, here = opened(at="text"), runner.current()
        with monkeypatch.context() as full:
            full.setattr(here, "limits", dataclasses.replace(here.limits, open=0, waiting=2))
            said = shown(self.press(app, "race.start"))
            app.button(key="decoding.text.race.cancel").click()
            run(app)
        assert Mistake("class_full", place=3).sentence("en") in said
        assert words("en")["race.language"] not in said

    def test_a_text_that_waits_to_be_read_begins_with_its_own_word_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.quick(monkeypatch, "jobs")
        app, here = opened(at="text"), runner.current()
        app.button_group(key="decoding.text.corpus.pick").set_value("jobs")
        run(app)
        with monkeypatch.context() as full:
            full.setattr(here, "limits", dataclasses.replace(here.limits, open=0, waiting=1))
            self.press(app, "train")
            assert not [each for each in app.text_input if each.label == words("en")["text.prefix"]]
        with here.change:
            here.admit()  # or it waits until some run ends
        until(app, self.ANSWERED)
        assert field(app, words("en")["text.prefix"]).value
        assert link(app, "prefix") is None

    def test_one_s_own_text_is_read_by_words_or_characters(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text = "\n".join(["猫坐在桌子上", "狗跑到花园里", "鸟飞过了房子"] * 40)
        self.quick(monkeypatch, own.name(text))
        app = opened(at="text", cut="characters", lang="zh")
        app.button_group(key="decoding.text.corpus.pick").set_value("own")
        assert words("zh")["own.first"] in shown(run(app))
        assert app.button(key="decoding.text.train").disabled
        app.text_area(key="decoding.text.own.paste").set_value(text)
        run(self.press(app, "own.use"))
        assert link(app, "reads") == own.name(text)
        app = until(self.press(app, "train"), "个权重。训练了")
        assert words("zh")["train.beforehand"] not in shown(app)
        assert {*column("decoding", app, words("zh")["bars.word"])} <= {
            *"猫坐在桌子上狗跑到花园里鸟飞过了房",
            "‹结束›",
            "<unk>",
        }

    def test_a_text_that_is_too_short_is_refused_in_one_sentence(self) -> None:
        app = opened(at="text", reads="own:0123456789abcdef")
        assert words("en")["own.again"] in shown(app)
        app.text_area(key="decoding.text.own.paste").set_value("too short")
        assert "words" in shown(self.press(app, "own.use"))
        assert app.error
