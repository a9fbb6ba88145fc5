"""The page on decoding in a real browser: the walk, training before one's eyes, one's own sentence on a phone."""

from functools import partial

from playwright.sync_api import Page, expect

from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, station, to_end, train, walk
from tests.browser.visit import fits, settled

SLUG = "decoding"
words = partial(lesson.words, SLUG)


def weights(page: Page) -> list[float]:
    """The numbers of the alignment on the stage."""
    found: list[float] = page.evaluate(
        "() => document.querySelector('.nw-stage .js-plotly-plot').data[0].z.flat().map(Number)"
    )
    return found


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_question(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "question").get_by_text(says["train.beforehand.watch"])).to_be_visible(timeout=TRAINED)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    """What was trained beforehand is there at once; one's own begins with knowing nothing."""
    drawn(page)
    train(page)
    to_end(page)
    assert max(weights(page)) > 0.5


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    for step in ("start", "embed", "self_scores", "mask", "self_softmax", "cross_scores", "cross_softmax", "ffn"):
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")
    expect(station(page, "step").locator(".js-plotly-plot").first).to_be_visible()


def visit_own(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "own").locator(".js-plotly-plot")).to_have_count(2, timeout=TRAINED)


def visit_text(page: Page, says: dict[str, str]) -> None:
    """The decoder alone was trained beforehand: bars of the next word and the tree of a beam are there at once."""
    expect(station(page, "text").locator(".js-plotly-plot")).to_have_count(2, timeout=TRAINED)
    expect(station(page, "text").get_by_text(says["train.beforehand"])).to_be_visible()


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


VISITS = {
    "question": visit_question,
    "step": visit_step,
    "own": visit_own,
    "text": visit_text,
    "watch": visit_watch,
    "check": visit_check,
}


def test_a_link_opens_a_sentence_on_a_phone(open_page):
    page = settled(open_page(f"{SLUG}?lang=en&at=own&source=我是一名学生", width=390))
    expect(station(page, "own").get_by_text("I am a student ‹end›").first).to_be_visible(timeout=TRAINED)
    fits(page)
