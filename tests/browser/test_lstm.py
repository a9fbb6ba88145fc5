"""The page on recurrent networks in a real browser: the walk, the text through time, two networks that remember."""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from lessons import content
from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, press, stage, station, to_end, train, walk
from tests.browser.visit import settled

SLUG = "lstm"
SMALL = "tokens=5000&updates=100&hidden=32"  # a run of a second
words = partial(lesson.words, SLUG)


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page, language, scheme):
    page = settled(open_page(f"{SLUG}?lang={language}&{SMALL}", language=language, scheme=scheme))
    walk(page, SLUG, language, VISITS)


def visit_predict(page: Page, says: dict[str, str], language: str) -> None:
    guess = content.load(SLUG, language).options["predict.1"]["lstm"]
    station(page, "predict").get_by_text(guess, exact=True).first.click()
    settled(page)


def visit_watch(page: Page, says: dict[str, str], language: str) -> None:
    drawn(page)
    to_end(page)


def visit_step(page: Page, says: dict[str, str], language: str) -> None:
    player = page.locator(".player[data-ready]").first
    for step in ("read", "gates", "input_gate", "forget_gate", "candidate", "cell", "output_gate", "hidden", "logits"):
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")
    expect(station(page, "step").locator(".js-plotly-plot").first).to_be_visible()


def visit_break(page: Page, says: dict[str, str], language: str) -> None:
    page.get_by_text(content.load(SLUG, language).titled("break.clip").title, exact=True).first.click()
    settled(page)
    press(page, says["break.start"])
    expect(station(page, "break").get_by_text(says["break.usable"].split("{")[0])).to_be_visible(timeout=TRAINED)


def visit_check(page: Page, says: dict[str, str], language: str) -> None:
    answer(page, SLUG, language)


def visit_read(page: Page, says: dict[str, str], language: str) -> None:
    expect(station(page, "read")).to_contain_text("python -m engine run recall")


VISITS = {
    "predict": visit_predict,
    "watch": visit_watch,
    "step": visit_step,
    "break": visit_break,
    "check": visit_check,
    "read": visit_read,
}


def test_training_sharpens_the_text_and_the_time_machine_takes_it_back(open_page):
    page = drawn(settled(open_page(f"{SLUG}?at=watch&{SMALL}&seed=3")))
    train(page)
    to_end(page)
    sample = page.locator("[data-pane='sample'] .body")
    late = sample.inner_text()
    stage(page).press("Home")
    expect(stage(page)).to_have_attribute("data-index", "0")
    assert sample.inner_text() != late
    to_end(page)
    expect(sample).to_have_text(late)
