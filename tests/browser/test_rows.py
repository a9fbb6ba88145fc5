"""Every lesson in a real browser in Chinese, its stations in a row, dark and light; English walks are on a phone."""

import pytest
from playwright.sync_api import Page, expect

import pages
from lessons import content
from tests.browser.lesson import CODE, PHONE, TRAINED, station, stations, words
from tests.browser.visit import fits, settled, violations

LESSONS = [slug for slug in pages.SLUGS if stations(slug)]


@pytest.mark.parametrize("slug", LESSONS)
def test_all_stations_in_chinese_are_for_everybody_and_fit_a_phone(open_page, slug):
    page = settled(open_page(f"{slug}?at=all&lang=zh", language="zh", scheme="dark"))
    says = words(slug, "zh")
    expect(page.locator("h1")).to_have_text(content.load(slug, "zh").title)
    for name in stations(slug):
        expect(station(page, name).locator("h2").first).to_contain_text(says[f"station.{name}"])
    page.wait_for_selector(".nw-stage[data-drawn]", timeout=TRAINED)
    follows_the_theme(page)
    assert not violations(settled(page), without=CODE)  # source code has the same colours on every page
    page.emulate_media(color_scheme="light")
    assert not violations(settled(page), ("color-contrast",), CODE)
    page.set_viewport_size(PHONE)
    fits(page)


def follows_the_theme(page: Page) -> None:
    """Dark is dark, and the letters of the stage's pictures are the opposite of the page."""
    brightness = """e => getComputedStyle(e).backgroundColor.match(/[\\d.]+/g).slice(0, 3)
        .reduce((sum, x) => sum + Number(x), 0)"""
    assert page.get_by_test_id("stApp").evaluate(brightness) < 200
    text = page.evaluate("document.querySelector('.nw-stage .js-plotly-plot')._fullLayout.font.color")
    red, green, blue = page.evaluate(
        """colour => { const c = document.createElement("canvas").getContext("2d"); c.fillStyle = colour;
            c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3); }""",
        text,
    )
    assert red + green + blue > 450, text
