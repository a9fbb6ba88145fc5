"""The stage in a real browser, driven by a throw-away experiment: it is not made for one lesson."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serve import Server, serve
from tests.engine import toy
from tests.engine.toy import Toy

HARNESS = Path(__file__).parents[1] / "pages" / "stage_harness"
QUIET = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false", "STREAMLIT_BROWSER_SERVER_ADDRESS": "localhost"}
WAIT = 120_000  # milliseconds; only a broken stage takes as long
ALL_HERE = """() => {
  const { state, index, frames } = document.querySelector(".nw-stage").dataset;
  return state === "done" && Number(index) === Number(frames) - 1;
}"""
DRAWN = "() => document.querySelector(\".nw-stage [data-pane='map'] .plot\").data[0].y"


@pytest.fixture(scope="module")
def toys() -> Iterator[Server]:
    with serve(HARNESS, **QUIET) as running:
        yield running


@pytest.fixture
def visit(toys: Server, browser: Browser):
    """`visit("?steps=40", reduced_motion=True)`: a new visitor; errors of the page fail the test."""
    contexts, problems = [], []

    def opened(query: str = "", **options) -> Page:
        options = {"viewport": {"width": 1280, "height": 1000}, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith((toys.url, "blob:", "data:")) else problems.append(r.url))
        page.goto(toys.url + query)
        page.wait_for_selector(".nw-stage[data-index]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def weights(spec: Toy) -> list[list[float]]:
    """The weights at every moment, trained here."""
    line = toy.build(spec)
    return [line.weights.tolist() for _ in toy.train(line)]


def ended(page: Page) -> Page:
    """Waits until the whole run is here and its last moment is shown."""
    page.wait_for_selector(".nw-stage[data-state='done']")
    page.locator(".nw-stage").press("End")
    page.wait_for_function(ALL_HERE)
    page.wait_for_function("() => document.querySelector(\".nw-stage [data-pane='map'] .plot\")?.data")
    return page


def test_every_kind_of_pane_shows_the_numbers_of_the_training(visit):
    page = ended(visit("?steps=40"))
    last = weights(Toy(steps=40, work=0, seed=1))[-1]
    assert page.evaluate(DRAWN) == pytest.approx(last, rel=1e-3)
    cells = page.locator("[data-pane='table'] tbody td:nth-child(2)").all_inner_texts()
    assert [float(cell.replace("−", "-")) for cell in cells] == pytest.approx(last, rel=1e-3)
    shown = page.locator("[data-pane='largest'] dd").inner_text()
    assert float(shown.replace("−", "-")) == pytest.approx(max(last), rel=1e-3)
    curve = page.evaluate("() => document.querySelector(\".nw-stage [data-pane='loss'] .plot\").data[0]")
    snapshots = list(toy.train(toy.build(Toy(steps=40, work=0, seed=1))))
    assert curve["x"] == [s.step for s in snapshots]
    assert curve["y"] == pytest.approx([s.metrics["loss"] for s in snapshots], rel=1e-5)


def test_time_goes_back_and_forth_and_the_page_hears_of_it_after_a_pause(visit):
    page = ended(visit("?steps=40"))
    page.locator(".nw-stage").press("Home")
    page.wait_for_selector(".nw-stage[data-index='0']")
    page.locator(".nw-stage").press("PageUp")
    page.wait_for_selector(".nw-stage[data-index='10']")
    expect(page.get_by_text("moment 10, started over 0 times")).to_be_visible()
    assert page.evaluate(DRAWN) == pytest.approx(weights(Toy(steps=40, work=0, seed=1))[10], abs=1e-3)
    expect(page.locator(".nw-stage .said")).to_contain_text("first")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_page_hears_of_the_end(visit, motion):
    page = visit("?steps=40", reduced_motion=motion)
    expect(page.get_by_text("moment 40, started over 0 times")).to_be_visible(timeout=WAIT)


def test_a_moment_asked_for_stays_while_later_ones_come_in(visit):
    page = visit("?steps=150&start=20")
    page.wait_for_selector(".nw-stage[data-state='done'][data-frames='151']")
    expect(page.locator(".nw-stage")).to_have_attribute("data-index", "20")


def test_a_moment_asked_for_stays_wanted_when_the_view_changes_before_it_is_there(visit):
    page = visit("?steps=150&work=20&start=140")
    page.wait_for_selector(".nw-stage[data-state='running'][data-drawn]")
    page.get_by_role("radio", name="-1").or_(page.get_by_text("-1.0", exact=True)).first.click()
    page.wait_for_selector(".nw-stage[data-state='done'][data-frames='151']")
    expect(page.locator(".nw-stage")).to_have_attribute("data-index", "140")


def test_curves_are_covered_from_the_furthest_moment_shown(visit):
    page = visit("?steps=150&start=0")
    page.wait_for_selector(".nw-stage[data-state='done'][data-frames='151']")
    covered = "() => document.querySelector('.nw-stage .veil').offsetWidth"
    page.wait_for_function(f"{covered} > 50")
    page.locator(".nw-stage").press("End")
    page.wait_for_function(f"{covered} === 0")
    page.locator(".nw-stage").press("Home")
    page.wait_for_selector(".nw-stage[data-index='0']")
    assert page.evaluate(covered) == 0


def test_another_view_of_the_run_keeps_the_moment(visit):
    page = ended(visit("?steps=40"))
    before = page.evaluate("() => document.querySelector('.nw-stage').dataset.token")
    page.locator(".nw-stage").press("PageDown")
    expect(page.get_by_text("moment 30, started over 0 times")).to_be_visible(timeout=WAIT)
    there = weights(Toy(steps=40, work=0, seed=1))[30]
    assert page.evaluate(DRAWN) == pytest.approx(there, abs=1e-3)
    page.get_by_role("radio", name="-1").or_(page.get_by_text("-1.0", exact=True)).first.click()
    page.wait_for_function(f"y => Math.abs(({DRAWN})()[0] + y) < 1e-3", arg=there[0])
    expect(page.locator(".nw-stage")).to_have_attribute("data-index", "30")
    expect(page.locator(".nw-stage")).to_have_attribute("data-token", before)


def test_a_new_run_takes_over_without_a_blank(visit):
    page = ended(visit("?steps=40"))
    before = page.locator(".nw-stage").get_attribute("data-token")
    page.get_by_role("button", name="train").click()
    page.wait_for_selector(f".nw-stage[data-state='done']:not([data-token='{before}'])")
    ended(page)
    assert page.evaluate(DRAWN) == pytest.approx(weights(Toy(steps=40, work=0, seed=2))[-1], rel=1e-3)
    expect(page.locator(".nw-stage")).to_have_attribute("data-blank", "0")


def test_starting_over_is_told_to_the_page(visit):
    page = ended(visit("?steps=5"))
    page.locator(".nw-stage [data-do='restart']").click()
    expect(page.get_by_text("started over 1 times")).to_be_visible()


def test_without_motion_the_end_is_shown_and_nothing_plays(visit):
    page = visit("?steps=40", reduced_motion="reduce")
    page.wait_for_function(ALL_HERE)
    expect(page.locator(".nw-stage [data-do='play']")).to_be_visible()


def test_space_plays_and_stops(visit):
    page = ended(visit("?steps=40"))
    stage = page.locator(".nw-stage")
    stage.press("Home")
    page.wait_for_selector(".nw-stage[data-index='0']")
    stage.press(" ")
    page.wait_for_function("() => Number(document.querySelector('.nw-stage').dataset.index) > 2")
    stage.press(" ")
    expect(page.locator(".nw-stage [data-do='play']")).to_be_visible()


def test_numbers_can_be_read_and_taken_away(visit):
    page = ended(visit("?steps=5"))
    pane = page.locator("[data-pane='map']")
    with page.expect_download() as download:
        pane.get_by_text("CSV", exact=True).click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    last = weights(Toy(steps=5, work=0, seed=1))[-1]
    assert [float(row[2]) for row in rows[1:]] == pytest.approx(last, rel=1e-3)
    pane.locator(".tool").first.click()
    assert pane.locator(".numbers tbody tr").count() == 4


def test_texts_are_shown_letter_by_letter(visit):
    page = ended(visit("?steps=5"))
    page.locator("[data-pane='map'] .tool").first.click()
    stage = page.locator(".nw-stage")
    assert stage.locator("img, b").count() == 0
    assert "hacked" not in page.title()
    expect(page.locator("[data-pane='text'] .body")).to_contain_text("<b>bold</b> $x^2$ ![](http")


def test_pause_step_and_cancel(visit):
    page = visit("?steps=100000&work=1")
    stage = page.locator(".nw-stage")
    stage.locator("[data-do='pause']").click()
    page.wait_for_selector(".nw-stage[data-state='paused']")
    reached = int(stage.get_attribute("data-frames"))
    stage.locator("[data-do='ten']").click()
    page.wait_for_selector(f".nw-stage[data-state='paused'][data-frames='{reached + 10}']")
    stage.locator("[data-do='cancel']").click()
    page.wait_for_selector(".nw-stage[data-state='cancelled']")
    expect(stage.locator("[data-do='cancel']")).to_be_hidden()
