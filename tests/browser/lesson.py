"""What the tests of all lesson pages do: walk its stations, train, go to the end."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lessons import content
from tests.browser.visit import STILL, fits, settled, violations

TRAINED = 600_000  # ms; it takes a few seconds on an idle machine, and nothing here depends on how long
CODE = (".stCode pre",)
PHONE: Any = {"width": 390, "height": 844}
Visit = Callable[[Page, dict[str, str]], None]  # what is done at a station: page, words


def words(slug: str, language: str) -> dict[str, str]:
    """The words of the interface and of the page."""
    return {**content.load("common", language).labels, **content.load(slug, language).labels}


def stations(slug: str) -> list[str]:
    """The stations of a page, in their order."""
    labels = content.load(slug, "en").labels
    return [label.removeprefix("station.") for label in labels if label.startswith("station.")]


def station(page: Page, name: str) -> Locator:
    """A station, alone on the screen or in the row of all."""
    return page.locator(f".st-key-alone-{name}, .st-key-station-{name}")


def stage(page: Page) -> Locator:
    return page.locator(".nw-stage").first


def drawn(page: Page) -> Page:
    """Waits until the stage has drawn a moment of a run that is over."""
    page.wait_for_selector(".nw-stage[data-state='done'][data-drawn]", timeout=TRAINED)
    return page


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).first.click()


def unfold(page: Page, title: str) -> None:
    """Opens an expander and waits until it stands still: a list opened while it moves closes again at once."""
    page.get_by_text(title, exact=True).click()
    page.wait_for_function(STILL)


def train(page: Page, language: str = "en", until: str = "done") -> str:
    """Presses the button, waits until the new run is on the stage in that state; returns its token."""
    before = stage(page).get_attribute("data-token")
    press(page, content.load("common", language).labels["train"])
    page.wait_for_selector(f".nw-stage[data-state='{until}']:not([data-token='{before}'])[data-index]", timeout=TRAINED)
    token: str = stage(page).get_attribute("data-token") or ""
    return token


def cancel(page: Page) -> None:
    """Gives the run on the stage up. When the page is drawn next, maybe at once, the run that all share is back."""
    token = stage(page).get_attribute("data-token")
    stage(page).locator("[data-do='cancel']").click()
    page.wait_for_selector(f".nw-stage[data-state='cancelled'], .nw-stage[data-index]:not([data-token='{token}'])")


def to_end(page: Page) -> None:
    """Goes to the last moment of a run that is over."""
    stage(page).press("End")
    page.wait_for_function(
        "() => document.querySelector(\".nw-stage[data-state='done'] input[type=range]\")?.value === '1000'"
    )


def answer(page: Page, slug: str) -> None:
    """Answers the first question of the quiz, rightly."""
    first = content.load(slug, "en").quiz[0]
    right = next(choice for choice in first.choices if choice.right)
    station(page, "check").get_by_text(right.text, exact=True).first.click()
    expect(station(page, "check")).to_contain_text(right.why)


def walk(page: Page, slug: str, visits: Mapping[str, Visit]) -> None:
    """From the first station to the last by the button that leads on, on a phone, which nothing is too wide for.

    That they are for everybody is asked of one page, at each station once it has been used, and of all pages by
    test_rows.py, which takes a fifth of the time.
    """
    page.set_viewport_size(PHONE)
    says, names = words(slug, "en"), stations(slug)
    for name, following in zip(names, [*names[1:], None], strict=True):
        expect(station(page, name).locator("h2").first).to_contain_text(says[f"station.{name}"])
        expect(page.get_by_test_id("stException")).to_have_count(0)
        if name in visits:
            visits[name](page, says)
        fits(settled(page))
        if slug == "word2vec":
            found = violations(page, without=CODE)
            assert not found, (name, found)
        if following:
            press(page, says["walk.next"].format(station=says[f"station.{following}"]))
            expect(station(page, following)).to_be_visible()
            expect(station(page, name)).to_have_count(0)
    expect(page).to_have_url(re.compile("at=read"))
