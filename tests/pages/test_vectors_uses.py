"""The stations of few labels and of bias by AppTest: what comes out, links, bad input."""

import time
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, PATIENCE, field, link, opener, run, shown

opened = opener("vectors")
words = partial(lesson.words, "vectors")


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return run(app)


def told(app: AppTest, language: str = "en") -> AppTest:
    """Has the page tell what came of the run, once it is over."""
    end, label = time.monotonic() + PATIENCE, words(language)["predict.tell"]
    while not [button for button in app.button if button.label == label]:
        assert time.monotonic() < end, shown(app)
        time.sleep(0.2)
        run(app)
    return press(app, label)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", ["entities", "reviews"])
def test_few_labels_from_the_guess_to_the_words(task: str, language: str) -> None:
    app = told(press(opened(at="uses", lang=language, task=task), words(language)["uses.start"]), language)
    assert "200" in shown(app)
    assert not app.exception
    assert not app.warning
    assert len(app.table) >= 3
    assert link(app, "task") == (None if task == "entities" else task)


def test_a_sentence_of_ones_own_also_without_a_known_word() -> None:
    app = told(press(opened(at="uses", task="reviews", few_tokens="5000"), words("en")["uses.start"]))
    label = words("en")["uses.sentence"]
    field(app, label).set_value("the <b>zebra</b> was courteous").run()
    assert "zebra" in app.table[0].value.iloc[0, 1]
    field(app, label).set_value("?!").run()
    assert not app.exception
    assert "There is no word in this line" in shown(app)


def test_dials_of_few_labels_come_by_the_link_and_nonsense_is_said() -> None:
    app = opened(at="uses", few_tokens="2000", few_dim="999", few_seed="x", task="poems")
    said = shown(app)
    assert "Vector size = 999 is out of range" in said
    assert '"x" is not a whole number' in said
    assert '"poems" is not a choice' in said
    assert [each.value for each in app.number_input] == [2_000, 30, 0]
    assert link(app, "few_tokens") == "2000"
    assert link(app, "few_dim") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["jobs", "fair"])
def test_bias_before_and_after(text: str, language: str) -> None:
    app = told(press(opened(at="bias", lang=language, biased=text), words(language)["bias.start"]), language)
    assert not app.exception
    assert not app.warning
    assert len(app.table) == 3
    assert link(app, "biased") == (None if text == "jobs" else text)
    lean = [cell.replace("\\", "") for cell in app.table[0].value.iloc[:, 1]]
    assert lean[1] == "0"
    assert (float(lean[0]) > 0.1) == (text == "jobs")


def test_the_direction_of_several_pairs_and_another_word() -> None:
    app = told(press(opened(at="bias", pairs="several"), words("en")["bias.start"]))
    next(box for box in app.selectbox if box.label == words("en")["bias.word"]).set_value("pilot").run()
    assert not app.exception
    assert "The nearest words of “pilot”" in shown(app)
