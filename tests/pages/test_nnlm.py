"""The page of the neural language model by AppTest: all stations in both languages, links, bad input."""

import time
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from engine import runner
from engine.text import own
from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, PATIENCE, STATIONS, field, link, opener, run, shown, until

opened = opener("nnlm")
words = partial(lesson.words, "nnlm")


def told(app: AppTest) -> AppTest:
    """Has the page tell what came of the run, once it is over."""
    end = time.monotonic() + PATIENCE
    while not (found := [button for button in app.button if button.label == words("en")["predict.tell"]]):
        assert time.monotonic() < end, shown(app)
        time.sleep(0.2)
        run(app)
    found[0].click().run()
    return until(app, "The best n-gram model is")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_is_drawn_and_keeps_its_address(station: str, language: str) -> None:
    app = opened(at=station, lang=language)
    assert app.title[0].value == content.load("nnlm", language).title
    assert link(app, "at") == (None if station == "question" else station)
    assert not app.warning


def test_both_models_say_what_comes_next_also_after_nothing_and_after_unknown_words() -> None:
    app = until(opened(), "The network always takes all 5 words")
    assert "a bridge in rome" in shown(app)
    label = words("en")["question.field"]
    field(app, label).set_value("").run()
    assert not app.exception
    field(app, label).set_value("the **zebra** <b>").run()
    assert not app.exception
    assert "Not in this text: zebra" in shown(app)


def test_a_link_sets_dials_and_look_and_what_cannot_be_used_is_said() -> None:
    app = opened(at="watch", dim="12", context="9", prefix="the king", words="king,queen,zebra", near="<i>")
    assert "Words looked back at = 9 is out of range" in shown(app)
    until(app, '"zebra" is not in this text')
    assert '"<i>" is not in this text' in shown(app)
    assert link(app, "context") is None
    assert link(app, "words") is None
    assert link(app, "prefix") == "the king"
    assert link(app, "dim") == "12"


def test_the_race_has_its_rivals_and_says_who_won() -> None:
    assert "The network wins" in shown(told(opened(at="watch", moment="150")))


def test_a_network_that_is_worse_than_guessing_is_said_to_be() -> None:
    app = until(opened(at="watch", lr="10", tokens="5000", epochs="1", moment="1"), "worse than guessing")
    next(button for button in app.button if button.label == words("en")["predict.tell"]).click().run()
    assert not app.exception
    assert "stays ahead" not in shown(app)


def test_a_link_brings_sentence_and_word_back() -> None:
    app = until(opened(at="step", text="the king smiled", factor="2"), "The product of the 4 factors")
    assert next(box for box in app.selectbox if box.label == words("en")["step.factor"]).value == 1
    assert link(app, "factor") == "2"
    assert "One row is left" in shown(app)
    app = until(opened(at="step", text="", factor="7"), "The product of the 1 factors")
    assert "Which word is predicted = 7 is out of range" in shown(app)


def test_the_chosen_break_is_in_the_link_and_an_unknown_one_is_said() -> None:
    assert link(opened(at="break", broken="thin"), "broken") == "thin"
    app = opened(at="break", broken="everything")
    assert '"everything" is not a choice' in shown(app)


def test_both_models_are_compared_number_by_number_and_sentence_by_sentence() -> None:
    app = until(opened(at="compare"), "In 4")
    text = shown(app)
    assert "never seen" in text
    sizes = next(each.value for each in app.table if words("en")["sizes.what"] in each.value.columns)
    assert any("100,542" in cell for cell in sizes[words("en")["sizes.count"]])
    sentences = next(each.value for each in app.table if words("en")["duel.sentence"] in each.value.columns)
    assert len(sentences) == 12
    run(app)
    app.session_state["nnlm.choice.duel"] = "lost"
    run(app)
    assert link(app, "duel") == "lost"
    lost = next(each.value for each in app.table if words("en")["duel.sentence"] in each.value.columns)
    assert lost.iloc[0, 0] != sentences.iloc[0, 0]


class TestLeftOut:
    def train(self, phrase: str) -> AppTest:
        app = opened(at="compare", phrase=phrase)
        app.button(key="nnlm.general.start").click().run()
        assert not app.exception
        return app

    def test_the_network_expects_what_it_never_saw_more_than_counting_does(self) -> None:
        app = until(self.train("queen braided"), "times** the probability")
        rows = next(each.value for each in app.table if words("en")["general.counted"] in each.value.columns)
        assert set(rows[words("en")["general.counted"]]) == {"0"}
        network, ngram = rows.iloc[:, 2].astype(float), rows.iloc[:, 4].astype(float)
        assert (network > ngram).all()

    @pytest.mark.parametrize(
        ("phrase", "sentence"),
        [
            ("queen", "is one word"),
            ("queen zebra", '"zebra" is not in this text'),
            ("cake king", "does not stand in this text"),
            ("the king and the queen went to", "is longer than"),
            ("", "Nothing was left out"),
        ],
    )
    def test_a_phrase_that_cannot_be_left_out_gets_a_sentence(self, phrase: str, sentence: str) -> None:
        until(self.train(phrase), sentence)


class TestOwnText:
    def use(self, text: str) -> AppTest:
        app = opened(at="watch")
        app.selectbox(key="nnlm.dial.corpus").set_value("own").run()
        app.text_area(key="nnlm.own.paste").set_value(text).run()
        app.button(key="nnlm.own.use").click().run()
        assert link(app, "corpus") == own.name(text)
        app.button(key="nnlm.train").click().run()
        assert not app.exception
        return app

    def test_a_small_text_is_trained_on_and_raced_against_n_grams_of_its_own(self) -> None:
        app = self.use("\n".join(["the cat sat here", "a dog ran off", "the dog sat here", "a cat ran off"] * 30))
        told(app)

    def test_one_single_sentence_cannot_be_tested_on(self) -> None:
        app = self.use(" ".join(["the quick brown fox and the lazy dog"] * 40))
        trained = runner.current().find(app.session_state["nnlm.run"])
        assert trained
        assert trained.wait("failed", timeout=PATIENCE) == "failed"
        assert trained.mistake
        assert trained.mistake.code == "nothing_held_out"  # the stage says its sentence
        run(app)

    def test_a_link_to_it_asks_for_it_again(self) -> None:
        assert words("en")["own.again"] in shown(opened(at="watch", corpus="own:0123456789abcdef"))
