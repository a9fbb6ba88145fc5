"""Guesses, quiz, myths, glossary and link, through AppTest; and what the browser may tell of an earlier visit."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lessons import content
from pages.ui import store

HARNESS = str(Path(__file__).parent / "ui_harness" / "app.py")
TEXTS = content.load("common", "en").labels


def opened(show: str, remembered: dict[str, Any] | None = None, **link: str) -> AppTest:
    app = AppTest.from_file(HARNESS, default_timeout=60)
    app.query_params.update({"show": show, "lang": "en", **link})
    app.session_state["store"] = remembered or {}
    app.session_state["harness.share"] = True  # the popover is open
    app.run()
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(e.value for e in (*app.markdown, *app.caption, *app.success, *app.error, *app.info))


# ---- guesses


def test_a_guess_is_kept_and_shown_again_in_the_language_of_the_page() -> None:
    app = opened("predict")
    assert app.radio(key="harness.guess.guess.choice.option").value is None
    app.radio(key="harness.guess.guess.choice.option").set_value("xor").run()
    assert TEXTS["predict.yours"].format(guess="XOR") in texts(app)
    assert app.session_state["store"] == {"harness.guess.guess.choice": {"option": "xor"}}


def test_a_word_of_ones_own_is_asked_for_and_shown_as_text() -> None:
    app = opened("predict")
    app.radio(key="harness.guess.guess.choice.option").set_value("other").run()
    app.text_input(key="harness.guess.guess.choice.word").set_value("**NAND**").run()
    assert TEXTS["predict.yours"].format(guess=r"\*\*NAND\*\*") in texts(app)


def test_a_question_without_options_takes_words() -> None:
    app = opened("predict")
    app.text_input(key="harness.guess.guess.word.word").set_value(" queen ").run()
    assert TEXTS["predict.kept"].format(guess="queen") in texts(app)


def test_where_two_sections_ask_the_same_a_guess_at_one_is_a_guess_at_both() -> None:
    app = opened("like")
    first, second = (f"harness.guess.guess.{name}.option" for name in ("choice", "again"))
    app.radio(key=second).set_value("xor").run()
    assert app.radio(key=first).value == "xor"
    app.radio(key=first).set_value("and").run()
    assert app.radio(key=second).value == "and"
    assert app.session_state["store"] == {"harness.guess.guess.choice": {"option": "and"}}


@pytest.mark.parametrize("junk", ["text", 3, ["xor"], {"option": 3}, {"option": "no such"}, {"word": {"a": "b"}}])
def test_a_remembered_guess_may_be_anything(junk: Any) -> None:
    app = opened("predict", {"harness.guess.guess.choice": junk, "harness.guess.guess.word": junk})
    assert app.radio(key="harness.guess.guess.choice.option").value is None


# ---- quiz and myths


def test_every_choice_is_explained_at_once_and_counted() -> None:
    app = opened("quiz")
    app.radio(key="harness.quiz.1.choice").set_value(0).run()
    assert "Too few." in app.error[0].value
    assert TEXTS["quiz.score"].format(right=0, answered=1, total=2) in texts(app)
    app.radio(key="harness.quiz.1.choice").set_value(1).run()
    assert "Indeed." in app.success[0].value
    assert TEXTS["quiz.score"].format(right=1, answered=1, total=2) in texts(app)


def test_a_question_with_several_right_choices_wants_all_of_them() -> None:
    app = opened("quiz")
    app.checkbox(key="harness.quiz.2.choice.0").check().run()
    assert app.info[0].value == TEXTS["quiz.not_all"]
    app.checkbox(key="harness.quiz.2.choice.2").check().run()
    assert not app.info
    assert TEXTS["quiz.score"].format(right=1, answered=1, total=2) in texts(app)
    app.checkbox(key="harness.quiz.2.choice.1").check().run()
    assert TEXTS["quiz.score"].format(right=0, answered=1, total=2) in texts(app)


def test_start_again_forgets_the_answers() -> None:
    app = opened("quiz", {"harness.quiz.1": [1], "harness.quiz.2": [0, 2]})
    assert TEXTS["quiz.score"].format(right=2, answered=2, total=2) in texts(app)
    app.button(key="harness.quiz.retry").click().run()
    assert app.radio(key="harness.quiz.1.choice").value is None
    assert not app.checkbox(key="harness.quiz.2.choice.0").value
    assert app.session_state["store"] == {}


@pytest.mark.parametrize("junk", ["text", [5], [-1], [True], ["1"], {"0": 1}, [[0]]])
def test_a_remembered_answer_may_be_anything(junk: Any) -> None:
    app = opened("quiz", {"harness.quiz.1": junk, "harness.quiz.2": junk})
    assert app.radio(key="harness.quiz.1.choice").value is None


@pytest.mark.parametrize(("answer", "reply"), [("true", "myth.wrong"), ("part", "myth.wrong"), ("false", "myth.right")])
def test_a_myth_is_judged_and_then_set_right(answer: str, reply: str) -> None:
    app = opened("quiz")
    assert "no single line parts its answers" not in texts(app)
    app.button_group(key="harness.myth.1.choice").set_value(answer).run()
    said = TEXTS[reply].format(verdict=TEXTS["myth.false"])
    assert f"{said} Not XOR: no single line parts its answers." in texts(app)


# ---- the link


def test_the_link_restores_language_station_step_and_dials() -> None:
    app = opened("share", gate="xor", seed="7", at="step", n="4")
    (address,) = [c.value for c in app.code if "?lang=" in c.value]
    parts = urlsplit(address)
    assert parts.path.endswith("/harness")
    assert parse_qs(parts.query) == {"lang": ["en"], "at": ["step"], "n": ["4"], "gate": ["xor"], "seed": ["7"]}


def test_the_command_stands_beside_it() -> None:
    app = opened("share", gate="xor", seed="7")
    assert "python -m engine run perceptron --seed 7 --set gate=xor --json" in [c.value for c in app.code]


def test_a_link_to_ones_own_text_says_that_the_text_is_not_in_it() -> None:
    app = opened("share", corpus="own:0123456789abcdef")
    assert {TEXTS["share.own"], TEXTS["code.command.own"]} <= {c.value for c in app.caption}


def test_the_qr_code_holds_the_link_and_nothing_that_runs() -> None:
    from pages.ui.share import qr

    made = qr("https://example.invalid/word2vec?lang=zh")
    assert made.startswith("<svg xmlns=")
    assert "<script" not in made


def test_a_link_too_long_for_a_qr_code_is_offered_without() -> None:
    app = opened("share", words="王" * 300)
    assert TEXTS["share.long"] in texts(app)
    assert [c for c in app.code if "words=" in c.value]


# ---- the browser's memory


def test_what_the_browser_gives_back_is_believed_only_in_the_form_it_was_left() -> None:
    good = {"a": "x", "b": [1, 2], "c": {"d": 1.5, "e": [True]}}
    assert store.trusted(json.dumps(good)) == good


@pytest.mark.parametrize(
    "found",
    [
        "no json",
        "[1, 2]",
        "null",
        json.dumps({"a": None, "b": {"c": {"d": {"e": {"f": 1}}}}}),
        json.dumps({"a": "x" * store.MOST}),
        "[" * 5_000 + "]" * 5_000,
    ],
)
def test_anything_else_is_forgotten(found: str) -> None:
    assert store.trusted(found) == {}
