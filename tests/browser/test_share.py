"""The shared link in a real browser: what one learner sees, another sees who opens it."""

import re
from functools import partial
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lessons import content
from tests.browser import lesson
from tests.browser.lesson import TRAINED, drawn, unfold
from tests.browser.visit import settled

words = partial(lesson.words, "word2vec")


def shared_link(page: Page, says: dict[str, str]) -> str:
    """The link as the page offers it."""
    page.get_by_role("button", name=says["share"], exact=True).click()
    offered = page.get_by_test_id("stPopoverBody").locator("code")
    expect(offered).to_contain_text("lang=")
    settled(page)
    address = offered.inner_text()
    page.keyboard.press("Escape")
    return address


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


def path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path.lstrip('/')}?{parts.query}"


def on_stage(page: Page) -> tuple[dict[str, object], list[float]]:
    """What the stage shows: the moment, the words, and where they stand on the map."""
    drawn(page)
    state: dict[str, object]
    places: list[float]
    state, places = page.evaluate(
        """() => {
          const stage = document.querySelector(".nw-stage");
          const traces = stage.querySelector(".js-plotly-plot").data.filter(t => t.mode?.includes("markers"));
          return [{ moment: stage.dataset.index, step: stage.dataset.step,
            words: traces.map(t => [t.type, [...t.text]]),
            nearest: stage.querySelector("[data-pane='nearest']").innerText },
            traces.flatMap(t => [...t.x, ...t.y, ...t.z])];
        }"""
    )
    return state, places


def test_what_is_watched_comes_with_the_link(open_page):
    language = "zh"
    says = words(language)
    word = "女孩"
    address = f"word2vec?at=watch&dim=20&seed=7&lang={language}"
    page = drawn(settled(open_page(address, language=language)))
    unfold(page, says["view.title"])
    page.get_by_label(says["pane.nearest"], exact=True).fill(word)
    page.get_by_text(says["view.dims.3"], exact=True).click()
    page.get_by_role("button", name=says["view.apply"], exact=True).click()
    page.wait_for_url(re.compile("dims=3"))
    stage = page.locator(".nw-stage")
    stage.press("Home")
    expect(stage).to_have_attribute("data-index", "0")
    stage.press("PageUp")
    expect(stage).not_to_have_attribute("data-index", "0")
    moment = stage.get_attribute("data-index") or ""
    page.wait_for_url(re.compile(f"moment={moment}"))
    address = shared_link(page, says)
    assert query(address)["near"] == word
    other = next(one for one in content.languages() if one != language)
    opened = drawn(settled(open_page(path(address), language=other)))
    expect(opened.locator(".nw-stage")).to_have_attribute("data-index", moment)
    (state, places), (same, almost) = on_stage(opened), on_stage(page)
    assert state == same
    assert places == pytest.approx(
        almost, abs=0.01
    )  # a look at moments gone by is drawn from weights in half precision
    assert query(shared_link(opened, says)) == query(address)


def test_what_is_stepped_through_comes_with_the_link(open_page):
    says = words("en")
    page = settled(open_page("word2vec?at=step&seed=7&lang=en"))
    page.locator(".player[data-ready]").first.wait_for()
    page.get_by_role("button", name=says["step.another"], exact=True).click()
    page.wait_for_url(re.compile("sentence="))
    choose_pair(page, 2)
    page.wait_for_url(re.compile("pair="))
    page.get_by_role("slider", name=says["step.moment"]).press("ArrowRight")
    page.wait_for_url(re.compile("trained=51"))
    page.locator(".player[data-ready]").first.press("ArrowRight")
    expect(page.locator(".player").first).to_have_attribute("data-at", "1")
    page.wait_for_url(re.compile("n=2"))  # only the player's part of the page ran
    address = shared_link(page, says)
    assert {"n": "2", "seed": "7", "at": "step"}.items() <= query(address).items()
    opened = settled(open_page(path(address)))
    expect(opened.locator(".player[data-ready]").first).to_have_attribute("data-at", "1")
    assert chosen_pair(opened) == chosen_pair(page)
    expect(opened.get_by_role("slider", name=says["step.moment"])).to_have_value("51")
    assert query(shared_link(opened, says)) == query(address)


def choose_pair(page: Page, n: int) -> None:
    page.get_by_test_id("stSelectbox").get_by_role("combobox").click()
    page.get_by_role("option").nth(n).click()
    settled(page)


def chosen_pair(page: Page) -> str:
    return page.get_by_test_id("stSelectbox").first.inner_text()


def test_the_fixed_example_comes_with_the_link(open_page):
    says = words("en")
    page = settled(open_page("word2vec?at=step&lang=en"))
    page.get_by_text(says["step.source.fixed"], exact=True).click()
    page.wait_for_url(re.compile("example=fixed"))
    opened = settled(open_page(path(shared_link(page, says))))
    fixed = opened.get_by_role("radio", name=says["step.source.fixed"])
    expect(fixed).to_be_checked()
    opened.get_by_role("button", name=says["walk.next"].format(station=says["station.break"]), exact=True).click()
    expect(fixed).to_have_count(0)
    opened.get_by_role("button", name=says["walk.back"], exact=True).click()
    expect(fixed).to_be_checked()


BAD = {
    "watch": {"moment": "5000", "near": "qeen", "words": "king", "analogy": "<b>,king", "axes": "crown", "dims": "4"},
    "step": {"n": "99", "example": "best", "sentence": "-1", "pair": "king,<i>", "trained": "101"},
}
NAMED = {"words": "3"}  # what the sentence quotes, where it is not the very text of the link


@pytest.mark.parametrize(("at", "language"), [("watch", "en"), ("step", "zh")])
def test_parts_that_cannot_be_used_are_named_and_the_rest_is_kept(open_page, at, language):
    asked = urlencode({"at": at, "seed": 7, "lang": language, "language": "en", **BAD[at]})
    page = settled(open_page(f"word2vec?{asked}"))
    instead = words(language)["link.instead"].format(sentence="", used="").rstrip(".。 ").strip()
    for name, value in BAD[at].items():
        alert = page.get_by_role("alert").filter(has_text=NAMED.get(name, value)).filter(has_text=instead)
        expect(alert.first).to_be_visible(timeout=TRAINED)
    expect(page.get_by_role("alert")).to_have_count(len(BAD[at]))
    expect(page).to_have_url(re.compile("seed=7"))
    assert not {**BAD[at]}.items() & query(page.url).items()


def test_the_sentence_goes_when_the_learner_goes_on(open_page):
    page = settled(open_page("word2vec?at=step&n=99&lang=en"))
    expect(page.get_by_role("alert")).to_contain_text("99")
    page.locator(".player[data-ready]").first.press("Home")
    expect(page.get_by_role("alert")).to_have_count(0)
