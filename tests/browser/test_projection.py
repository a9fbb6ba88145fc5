"""Many words in one picture: names that keep apart, a word to look for, numbers to take away."""

import csv
import io
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lesson import TRAINED, drawn, press
from tests.browser.test_word2vec import words
from tests.browser.visit import fits, settled, violations

OVERLAPS = """() => {
  const shown = [...document.querySelectorAll(".nw-picture .labels span")].filter(e => e.style.opacity === "1");
  const boxes = shown.map(e => e.getBoundingClientRect());
  const cover = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
  return boxes.flatMap((a, n) => boxes.slice(n + 1).flatMap((b, m) =>
    cover(a, b) ? [`${shown[n].textContent} on ${shown[n + 1 + m].textContent}`] : []));
}"""
SHOWN = """() => [...document.querySelectorAll(".nw-picture .labels span")]
    .filter(e => e.style.opacity === "1").map(e => e.textContent)"""
TRACES = "() => document.querySelector('.nw-picture .js-plotly-plot').data"


def make(page: Page, language: str = "en", method: str = "umap") -> Locator:
    """Opens the expander, draws, and returns the picture."""
    says = words(language)
    page.get_by_text(says["project"], exact=True).click()
    methods = page.get_by_role("radiogroup", name=says["project.method"])
    methods.get_by_text(says[f"project.{method}"], exact=True).click()
    press(page, says["project.start"])
    page.wait_for_selector(".nw-picture[data-drawn]", timeout=TRAINED)
    return page.locator(".nw-picture")


def find(page: Page, word: str, language: str = "en") -> None:
    """Types the beginning of a word into the search box and chooses it."""
    box = page.get_by_role("combobox", name=re.compile(words(language)["project.find"]))
    box.click()
    box.press_sequentially(word[:2])
    page.get_by_role("option", name=word, exact=True).click()


@pytest.mark.parametrize(
    ("language", "width", "scheme", "method"), [("en", 1280, "light", "umap"), ("zh", 390, "dark", "tsne")]
)
def test_names_keep_apart_and_nothing_is_too_wide(open_page, language, width, scheme, method):
    page = drawn(settled(open_page(f"word2vec?at=watch&lang={language}", width=width, scheme=scheme)))
    picture = make(page, language, method)
    shown = page.evaluate(SHOWN)
    assert len(shown) > 15
    assert page.evaluate(OVERLAPS) == []
    fits(page)
    says = words(language)
    for look in ("gender.m", "gender.f", "kind.country"):
        expect(picture.locator(".legend")).to_contain_text(says[f"attribute.{look}"])
    expect(picture.locator(".legend")).to_contain_text(says["project.others"])
    points = {name for trace in page.evaluate(TRACES) for name in trace.get("text", [])}
    assert len(points) >= 200  # the others say their names when pointed at
    assert not [found for found in violations(page) if "nw-picture" in found]


def test_a_word_that_is_looked_for_lights_up_with_its_nearest(open_page):
    page = drawn(settled(open_page("word2vec?at=watch")))
    make(page)
    find(page, "king")
    rows = page.get_by_test_id("stTable").locator("tbody tr")
    expect(rows).to_have_count(10)
    near, _, places = (
        [text.strip() for text in rows.locator(f"td:nth-child({n})").all_inner_texts()] for n in (1, 2, 3)
    )
    page.wait_for_function("() => document.querySelectorAll('.nw-picture .labels span').length === 11")
    assert set(page.evaluate(SHOWN)) <= {"king", *near}
    assert "king" in page.evaluate(SHOWN)
    paths, *points, ring = page.evaluate(TRACES)
    place = {word: at for trace in points for word, *at in zip(trace["text"], trace["x"], trace["y"], strict=True)}
    assert [ring["x"][0], ring["y"][0]] == place["king"]
    assert list(zip(paths["x"], paths["y"], strict=True))[1::3] == [tuple(place[word]) for word in near]
    kept = words("en")["project.found"].format(word="king", n=10, kept=sum(int(n) <= 10 for n in places))
    expect(page.get_by_text(kept)).to_be_visible()
    farther = sorted(place, key=lambda word: sum((a - b) ** 2 for a, b in zip(place[word], place["king"], strict=True)))
    assert abs(farther.index(near[0]) - int(places[0])) <= 1  # the picture's digits are rounded


def test_numbers_and_picture_can_be_taken_away(open_page):
    page = drawn(settled(open_page("word2vec?at=watch")))
    picture = make(page, method="tsne")
    with page.expect_download() as download:
        picture.get_by_text("CSV", exact=True).click()
    head, *rows = csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig")))
    assert head == [words("en")["map.word"], "x", "y"]
    place = {
        word: at
        for trace in page.evaluate(TRACES)
        if "text" in trace
        for word, *at in zip(trace["text"], trace["x"], trace["y"], strict=True)
    }
    assert {word: [float(x), float(y)] for word, x, y in rows} == place
    picture.locator(".tool").first.click()
    expect(picture.locator(".numbers tbody tr")).to_have_count(len(rows))
    with page.expect_download() as download:
        picture.get_by_text("PNG", exact=True).click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_zooming_in_shows_more_names_and_looking_for_a_word_keeps_the_zoom(open_page):
    page = drawn(settled(open_page("word2vec?at=watch")))
    picture = make(page)
    for _ in range(3):
        picture.get_by_role("button", name=words("en")["stage.closer"]).click()
    ranges = (
        "() => { const { xaxis, yaxis } = document.querySelector('.nw-picture .js-plotly-plot')._fullLayout;"
        " return [...xaxis.range, ...yaxis.range]; }"
    )
    near = page.evaluate(ranges)
    assert page.evaluate(OVERLAPS) == []
    find(page, "queen")
    page.wait_for_function("() => document.querySelectorAll('.nw-picture .labels span').length === 11")
    assert page.evaluate(ranges) == pytest.approx(near)
