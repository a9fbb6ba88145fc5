"""The GloVe page in a real browser: the walk, a table that fills, a cell stepped through, links."""

import re
from functools import partial

from playwright.sync_api import Page, expect

from lessons import content
from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, press, stage, station, to_end, walk
from tests.browser.visit import settled

SLUG = "glove"
words = partial(lesson.words, SLUG)


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def yours(page: Page, says: dict[str, str], name: str, section: str, guess: str) -> None:
    """The guess stands beside what came out."""
    line = says["predict.yours"].format(guess=content.load(SLUG, "en").options[section][guess])
    expect(station(page, name)).to_contain_text(line.replace("*", ""), timeout=TRAINED)


def visit_question(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "question").get_by_role("columnheader", name=says["company.count"]).nth(1)).to_be_visible(
        timeout=TRAINED
    )


def visit_predict(page: Page, says: dict[str, str]) -> None:
    options = content.load(SLUG, "en").options
    for section, guess in (("predict.1", "few"), ("predict.3", "same")):
        station(page, "predict").get_by_text(options[section][guess], exact=True).first.click()
        settled(page)


def visit_count(page: Page, says: dict[str, str]) -> None:
    """The table is empty at first; the guess stands beside the share of filled cells once the end was on the stage."""
    drawn(page)
    expect(stage(page)).to_have_attribute("data-index", "0")
    to_end(page)
    yours(page, says, "count", "predict.1", "few")
    player = page.locator(".player[data-ready]").first
    for step in ("centre", "distances", "weights", "cells"):
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")
    expect(station(page, "count").locator(".js-plotly-plot .bars").nth(1)).to_be_visible(timeout=TRAINED)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    drawn(page)
    to_end(page)
    yours(page, says, "watch", "predict.3", "same")
    expect(station(page, "watch").get_by_text(says["weight.title"])).to_be_visible()


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    steps = ["count", "logarithm", "dot", "biases", "difference", "weight", "cost", "gradient", "update", "squares"]
    for step in [*steps, "after"]:
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")


def visit_break(page: Page, says: dict[str, str]) -> None:
    press(page, says["break.start"])
    drawn(page)
    to_end(page)
    begins = content.load(SLUG, "en")["break.tidy.after"].partition("{")[0]
    expect(station(page, "break")).to_contain_text(begins.strip(), timeout=TRAINED)


def visit_compare(page: Page, says: dict[str, str]) -> None:
    """What comes of the ten runs, the page's own test says: here they would train on behind the other stations."""
    expect(station(page, "compare").get_by_role("button", name=says["compare.start"])).to_be_enabled()


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


def visit_read(page: Page, says: dict[str, str]) -> None:
    for line in ("def slide(", "def learn_small(", "def objective(", "python -m engine run glove"):
        expect(station(page, "read")).to_contain_text(line)


VISITS = {
    "question": visit_question,
    "predict": visit_predict,
    "count": visit_count,
    "watch": visit_watch,
    "step": visit_step,
    "break": visit_break,
    "compare": visit_compare,
    "check": visit_check,
    "read": visit_read,
}


def test_a_table_fills_while_one_watches_and_the_time_machine_empties_it(open_page):
    page = drawn(settled(open_page(f"{SLUG}?at=count&window=3&cells=king,queen,the")))
    says = words("en")
    to_end(page)
    table = page.locator("[data-pane='heat'] .numbers table")
    page.locator("[data-pane='heat']").get_by_role("button", name=re.compile("Numbers as a table")).click()
    cells = table.locator("tbody td:not(:first-child)")
    full = cells.all_inner_texts()
    assert len(full) == 9
    assert sum(bool(re.search(r"[1-9]", text)) for text in full) >= 4
    stage(page).press("Home")
    expect(stage(page)).to_have_attribute("data-index", "0")
    expect(table.locator("tbody")).not_to_contain_text(re.compile(r"[1-9]"))
    page.get_by_label(says["window.word"], exact=True).fill("queen")
    page.get_by_label(says["window.word"], exact=True).press("Enter")
    expect(page).to_have_url(re.compile("centre=queen"))


def test_a_run_of_ones_own_and_a_cell_of_it_come_back_by_their_link(open_page):
    page = drawn(settled(open_page(f"{SLUG}?at=watch&dim=8&epochs=20&table=W")))
    to_end(page)
    press(page, words("en")["walk.next"].format(station=words("en")["station.step"]))
    field = page.get_by_label(words("en")["step.second"], exact=True)
    expect(field).to_be_visible(timeout=TRAINED)
    field.fill("queen")
    field.press("Enter")
    expect(page).to_have_url(re.compile("cell=king%2Cqueen|cell=king,queen"))
    player = settled(page).locator(".player[data-ready]").first
    player.press("End")
    expect(player).to_have_attribute("data-step", "after")
    expect(page).to_have_url(re.compile("[?&]n=11"))
    again = settled(open_page(page.url.split("/", 3)[3]))
    expect(again.get_by_label(words("en")["step.second"], exact=True)).to_have_value("queen", timeout=TRAINED)
    expect(again.locator(".player[data-ready]").first).to_have_attribute("data-step", "after", timeout=TRAINED)
