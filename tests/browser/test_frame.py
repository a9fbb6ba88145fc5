"""The frame in a real browser: the timeline, cold deep links, languages, the projector, unknown addresses."""

import re

import pytest
from playwright.sync_api import expect

from lessons import content
from pages import COURSE
from tests.browser.visit import fits, settled, violations

LANGUAGES = content.languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_shows_the_timeline_in_the_browsers_language(open_page, language):
    page = settled(open_page(language=language))
    lesson = content.load("home", language)
    expect(page.locator("h1")).to_have_text(lesson.title)
    for row in lesson.meta["timeline"]:
        expect(page.locator(f".st-key-era-{row['id']}")).to_contain_text(row["name"])
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))


def test_the_map_leads_to_a_lesson_and_back_to_where_the_learner_left_off(open_page):
    page, lesson = settled(open_page("?lang=zh")), content.load("representation", "zh")
    card = page.locator(".st-key-lesson-representation")
    pictures = page.locator("img.lesson-picture")
    expect(pictures).to_have_count(len(COURSE))
    assert pictures.evaluate_all("all => all.every(each => each.complete && each.naturalWidth > 0)")
    card.click(position={"x": 80, "y": 80})  # on the picture: the whole card is its link
    expect(page.locator("h1")).to_have_text(lesson.title)
    expect(page).to_have_url(re.compile(r"/representation\?.*lang=zh"))
    settled(page).locator(".st-key-way-on").get_by_role("button", name=lesson.labels["station.predict"]).click()
    expect(page).to_have_url(re.compile("at=predict"))
    settled(page).go_back()  # one press is one station
    expect(page.locator(".st-key-alone-question")).to_be_visible()
    settled(page).go_forward()
    expect(page.locator(".st-key-alone-predict")).to_be_visible()
    settled(page).get_by_test_id("stSidebarNav").get_by_role("link").first.click()
    way_on = page.locator(".st-key-go-on").get_by_role("link")
    expect(way_on).to_contain_text(lesson.labels["station.predict"])
    expect(card).to_contain_text(lesson.labels["station.predict"])
    settled(page)
    way_on.click()
    expect(page).to_have_url(re.compile("at=predict"))
    expect(page.locator(".st-key-alone-predict")).to_be_visible()
    settled(page).get_by_test_id("stSidebarNav").get_by_role("link").first.click()
    expect(page.locator("h1")).to_have_text(content.load("home", "zh").title)
    settled(page).locator(".st-key-era-tfidf").get_by_role("link").click()  # and from its row of the timeline
    expect(page.locator("h1")).to_have_text(lesson.title)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cold_deep_link_opens_its_page_in_its_language(open_page, language):
    """One page here; the walks open every other one by its own address."""
    other = next(one for one in LANGUAGES if one != language)
    page = settled(open_page(f"about?lang={language}", language=other))
    expect(page.locator("h1")).to_have_text(content.load("about", language).title)
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's "Page not found"


def test_the_language_switch_changes_the_page_and_the_link(open_page):
    page = settled(open_page("about?lang=en"))
    page.get_by_role("radio", name="中文").click()
    expect(page.locator("h1")).to_have_text(content.load("about", "zh").title)
    expect(page).to_have_url(re.compile("lang=zh"))
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    page.reload()
    expect(settled(page).locator("h1")).to_have_text(content.load("about", "zh").title)


@pytest.mark.parametrize(("asked", "language"), [("wrod2vec", "en"), ("word2vec/step", "zh")])
def test_an_unknown_address_gets_a_sentence_and_the_timeline(open_page, asked, language):
    page = settled(open_page(f"{asked}?lang={language}"))
    expect(page.get_by_role("alert")).to_contain_text(asked)
    expect(page.get_by_role("alert")).to_contain_text("Word2Vec")
    expect(page.locator("h1")).to_have_text(content.load("home", language).title)
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's own, in English


def test_an_unknown_language_gets_a_sentence_and_a_page(open_page):
    page = settled(open_page("about?lang=tlh"))
    expect(page.get_by_role("alert")).to_contain_text("tlh")
    expect(page.locator("h1")).to_have_text(content.load("about", "en").title)


def test_the_projector_has_larger_type_and_no_sidebar(open_page):
    page = settled(open_page("about"))
    small = page.locator("h1").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    page.get_by_text(content.load("common", "en").labels["projector"], exact=True).click()
    expect(page.get_by_test_id("stSidebar")).not_to_be_visible()
    page.wait_for_function(
        "small => parseFloat(getComputedStyle(document.querySelector('h1')).fontSize) > small", arg=small
    )


@pytest.mark.parametrize(
    ("slug", "language", "scheme"), [("", "en", "dark"), ("", "zh", "light"), ("about", "en", "light")]
)
def test_a_page_is_for_everybody_and_fits_a_phone(open_page, slug, scheme, language):
    page = settled(open_page(f"{slug}?lang={language}", scheme=scheme))
    assert not violations(page)
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
