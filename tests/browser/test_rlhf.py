"""The page on preferences in a real browser: the walk, votes by keys, code by keyboard, PPO on the stage."""

from functools import partial

from playwright.sync_api import Page, expect

from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, station, to_end, walk
from tests.browser.visit import settled

SLUG = "rlhf"
words = partial(lesson.words, SLUG)


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_question(page: Page, says: dict[str, str]) -> None:
    heads = station(page, "question").get_by_role("columnheader", name=says["answers.answer"])
    expect(heads.first).to_be_visible(timeout=TRAINED)


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    for step in ("logs", "kl", "rewards", "value", "delta", "gae", "whiten", "ratio", "clip", "surrogate"):
        expect(player).to_have_attribute("data-step", step, timeout=TRAINED)
        player.press("ArrowRight")


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


def visit_read(page: Page, says: dict[str, str]) -> None:
    """The button that copies code can be reached by keyboard, too: Streamlit hides it from all but the pointer."""
    button = station(settled(page), "read").locator(".stCode").first.get_by_role("button")
    button.focus()
    expect(button).to_be_focused()


VISITS = {"question": visit_question, "step": visit_step, "check": visit_check, "read": visit_read}


def test_keys_vote_and_the_link_keeps_the_votes(open_page):
    page = settled(open_page(f"{SLUG}?lang=en&at=vote"))
    expect(page.get_by_text("Pair 1 of 60")).to_be_visible(timeout=TRAINED)
    for n, key in enumerate(("ArrowLeft", "t", "ArrowRight"), 2):
        page.keyboard.press(key)
        expect(page.get_by_text(f"Pair {n} of 60")).to_be_visible(timeout=TRAINED)
    settled(page)
    assert "votes=ltr" in page.url


def test_ppo_trains_on_the_stage_and_is_told_at_its_end(open_page):
    page = drawn(settled(open_page(f"{SLUG}?lang=en&at=watch&updates=20")))  # a run of its own
    to_end(page)
    expect(station(page, "watch")).to_contain_text("The true score went from", timeout=TRAINED)
