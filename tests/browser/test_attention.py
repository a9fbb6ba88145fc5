"""The page on attention in a real browser: the walk, training before one's eyes, a cell's arithmetic, a phone."""

from functools import partial

from playwright.sync_api import Page, expect

from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, station, to_end, train, walk
from tests.browser.visit import fits, settled

SLUG = "attention"
words = partial(lesson.words, SLUG)


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_question(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "question").get_by_text(says["train.beforehand.watch"])).to_be_visible(timeout=TRAINED)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    """What was trained beforehand is there at once; one's own begins with knowing nothing."""
    drawn(page)
    train(page)
    to_end(page)
    weights = "() => document.querySelector('.nw-stage .js-plotly-plot').data[0].z[8].map(Number)"
    assert page.evaluate(weights)[1] > 0.9  # from "it" to the animal


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    player.scroll_into_view_if_needed()
    for step in ("embed", "norm", "qkv", "scores", "scale", "mask", "softmax", "weighted_sum", "join", "project"):
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")
    paper_cuts_no_table(page)


def paper_cuts_no_table(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    wide = "boxes => boxes.map(box => box.firstChild.offsetWidth * box.style.getPropertyValue('--fit'))"
    found = page.locator(".player .scroll").evaluate_all(wide)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert found
    assert 600 < max(found) < 651  # a sheet of A4 less its margins, in px


def visit_heads(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "heads").locator(".js-plotly-plot").nth(2)).to_be_visible(timeout=TRAINED)


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


VISITS = {
    "question": visit_question,
    "heads": visit_heads,
    "watch": visit_watch,
    "step": visit_step,
    "check": visit_check,
}


def test_a_long_sentence_scrolls_by_itself_on_a_phone(open_page):
    text = "yesterday the donkey did not cross the street because it was too slippery"
    page = settled(open_page(f"{SLUG}?lang=en&at=heads&text={text}", width=390))
    drawn_ = station(page, "heads").locator("[class*='st-key-scroll-attention-matrix']")
    expect(drawn_.locator(".js-plotly-plot")).to_be_visible(timeout=TRAINED)
    assert drawn_.evaluate("box => box.scrollWidth") > drawn_.evaluate("box => box.clientWidth")
    fits(page)


def test_heads_can_be_taken_away(open_page):
    page = settled(open_page(f"{SLUG}?lang=en&at=heads"))
    button = station(page, "heads").get_by_text(words("en")["export.html"])
    expect(button).to_be_visible(timeout=TRAINED)
    with page.expect_download() as waiting:
        button.click()
    told = waiting.value.path().read_text(encoding="utf-8")
    assert "<svg" in told
    assert "street" in told
    assert "http://" not in told.replace("http://www.w3.org/2000/svg", "")
