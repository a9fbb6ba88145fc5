"""The page on recurrent networks in a real browser: the walk, remembering, a unit over the text."""

import re
from functools import partial

from playwright.sync_api import Page, expect

from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, press, stage, station, to_end, unfold, walk
from tests.browser.visit import settled

SLUG = "lstm"
words = partial(lesson.words, SLUG)


def letters(page: Page) -> list[str]:
    """The text on the stage, letter by letter."""
    found: list[str] = page.evaluate(
        "() => document.querySelector('.nw-stage .js-plotly-plot').data[0].text.flat().filter(Boolean)"
    )
    return found


def colours(page: Page) -> list[float]:
    """What colours it: the unit's numbers."""
    found: list[float] = page.evaluate(
        "() => document.querySelector('.nw-stage .js-plotly-plot').data[0].z.flat().filter(z => z !== null)"
    )
    return found


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_question(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "question").locator(".js-plotly-plot .bars").first).to_be_visible(timeout=TRAINED)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    """Nothing is learnt at first; at the end the same letters have other colours."""
    drawn(page)
    expect(stage(page)).to_have_attribute("data-index", "0")
    before, text = colours(page), letters(page)
    to_end(page)
    assert letters(page) == text
    assert colours(page) != before


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    for step in ("read", "gates", "input_gate", "forget_gate", "candidate", "cell", "output_gate", "hidden", "logits"):
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")
    expect(station(page, "step").locator(".js-plotly-plot").first).to_be_visible()


def visit_break(page: Page, says: dict[str, str]) -> None:
    press(page, says["break.start"])
    expect(station(page, "break").get_by_text(says["break.recall.caption"])).to_be_visible(timeout=TRAINED)


def visit_compare(page: Page, says: dict[str, str]) -> None:
    press(page, says["cost.start"])
    drawn(page)


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


def visit_read(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "read")).to_contain_text("def lstm(")
    expect(station(page, "read")).to_contain_text("python -m engine run lstm")
    expect(station(page, "read")).to_contain_text("python -m engine run recall")
    whole = says["code.whole"].format(file="engine/models/recurrent.py")
    unfold(page, whole)
    expect(station(page, "read").locator(".stExpander", has_text=whole)).to_contain_text("What differs here")


VISITS = {
    "question": visit_question,
    "watch": visit_watch,
    "step": visit_step,
    "break": visit_break,
    "compare": visit_compare,
    "check": visit_check,
    "read": visit_read,
}


def test_two_networks_remember_side_by_side_and_their_link_brings_the_task_back(open_page):
    page = settled(open_page(f"{SLUG}?at=watch&task=recall&lag=5&items=2&bias=2.5"))
    says = words("en")
    expect(page.get_by_test_id("stSlider").filter(has_text=says["dial.lag"]).first).to_contain_text("5")
    press(page, says["train"])
    expect(page.locator(".nw-stage[data-state='done']")).to_have_count(2, timeout=TRAINED)
    expect(page.get_by_role("heading", name=says["recall.titled"].format(cell="LSTM", bias="2.5"))).to_be_visible()
    expect(station(page, "watch")).to_contain_text("After 5 other symbols", timeout=TRAINED)
    expect(page).to_have_url(re.compile(r"task=recall.*lag=5|lag=5.*task=recall"))


def test_a_link_brings_the_coloured_text_its_unit_and_its_moment(open_page):
    page = drawn(settled(open_page(f"{SLUG}?at=watch&shown=the%20%3Cb%3E&unit=3&state=c&moment=60")))
    says = words("en")
    expect(stage(page)).to_have_attribute("data-index", "60")
    assert letters(page) == ["‹", "t", "h", "e", "␣", "&lt;", "b", "&gt;"]
    expect(page.get_by_role("heading", name=says["pane.unit"].format(unit=3, state=says["state.c"]))).to_be_visible()
    unfold(page, says["view.title"])
    page.get_by_role("combobox", name=says["find.kind"]).first.click()
    page.get_by_role("option").nth(1).click()
    best = page.get_by_role("button", name=re.compile(says["find.show"].partition("{")[0])).first
    best.click()
    expect(page).not_to_have_url(re.compile("unit=3&|unit=3$"))
    expect(page.get_by_test_id("stException")).to_have_count(0)
