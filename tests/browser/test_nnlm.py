"""The page of the neural language model in a real browser: the walk, the race, the player, links."""

import re
from functools import partial

from playwright.sync_api import Page, expect

from lessons import content
from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, press, stage, station, to_end, walk
from tests.browser.visit import settled

SLUG = "nnlm"
words = partial(lesson.words, SLUG)


def values(page: Page) -> list[float]:
    """The perplexities beside the curves of the race: the network's at this moment, then the n-gram models'."""
    shown = page.locator("[data-pane='race'] .value").all_inner_texts()
    return [float(value.replace(",", "")) for value in shown]


def raced(page: Page) -> None:
    """Waits until the n-gram models are measured, and their lines on the stage."""
    expect(page.locator("[data-pane='race'] .value").nth(2)).to_be_visible(timeout=TRAINED)


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_question(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "question").locator(".js-plotly-plot .bars").first).to_be_visible(timeout=TRAINED)


def visit_predict(page: Page, says: dict[str, str]) -> None:
    guess = content.load(SLUG, "en").options["predict.1"]["counts"]
    station(page, "predict").get_by_text(guess, exact=True).first.click()
    settled(page)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    """Nothing is learnt at first; the guess stands beside what came out once the end was on the stage."""
    drawn(page)
    raced(page)
    expect(stage(page)).to_have_attribute("data-index", "0")
    assert values(page)[0] > 100
    to_end(page)
    network, *ngrams = values(page)
    assert network < min(ngrams)
    yours = says["predict.yours"].format(guess=content.load(SLUG, "en").options["predict.1"]["counts"])
    expect(station(page, "watch")).to_contain_text(yours.replace("*", ""), timeout=TRAINED)


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    for step in ("one_hot", "lookup", "concatenate", "hidden", "tanh", "output", "logits", "softmax", "loss", "error"):
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")
    expect(station(page, "step").locator(".js-plotly-plot .hm").first).to_be_visible()


def visit_break(page: Page, says: dict[str, str]) -> None:
    press(page, says["break.start"])
    drawn(page)
    to_end(page)
    begins = content.load(SLUG, "en")["break.bare.after"].partition("**")[0]
    expect(station(page, "break")).to_contain_text(begins, timeout=TRAINED)


def visit_compare(page: Page, says: dict[str, str]) -> None:
    here = station(page, "compare")
    expect(here.get_by_text(says["duel.caption"])).to_be_visible(timeout=TRAINED)
    expect(here.locator(".js-plotly-plot .bars").first).to_be_visible()
    expect(here.get_by_text(says["eras.caption"])).to_be_visible(timeout=TRAINED)


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


def visit_read(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "read")).to_contain_text("def forward(")
    expect(station(page, "read")).to_contain_text("python -m engine run nnlm")
    expect(station(page, "read")).to_contain_text("python -m engine score nnlm")


VISITS = {
    "question": visit_question,
    "predict": visit_predict,
    "watch": visit_watch,
    "step": visit_step,
    "break": visit_break,
    "compare": visit_compare,
    "check": visit_check,
    "read": visit_read,
}


def test_training_passes_the_n_grams_and_the_time_machine_goes_back(open_page):
    page = drawn(settled(open_page(f"{SLUG}?at=watch&context=2&hidden=30&epochs=2")))  # a run of its own
    to_end(page)
    raced(page)
    network, *ngrams = values(page)
    assert len(ngrams) >= 4
    page.get_by_role("button", name=re.compile("Numbers as a table")).first.click()
    table = page.locator("[data-pane='race'] .numbers table")
    expect(table.get_by_role("columnheader", name=re.compile("best of all"))).to_be_visible()
    stage(page).press("Home")
    expect(stage(page)).to_have_attribute("data-index", "0")
    assert values(page)[0] > 10 * network
    assert values(page)[1:] == ngrams


def test_a_typed_sentence_is_stepped_through_and_its_link_brings_it_back(open_page):
    page = settled(open_page(f"{SLUG}?at=step"))
    says = words("en")
    field = page.get_by_label(says["step.sentence"], exact=True)
    expect(field).to_be_visible(timeout=TRAINED)
    field.fill("the queen <b>put</b> on her hat")
    field.press("Enter")
    expect(page).to_have_url(re.compile("text=the"))
    expect(page.get_by_role("cell", name="‹end›", exact=True)).to_be_visible()
    player = settled(page).locator(".player[data-ready]").first
    player.press("End")
    expect(player).to_have_attribute("data-step", "update")
    expect(page).to_have_url(re.compile("[?&]n="))
    again = settled(open_page(page.url.split("/", 3)[3]))
    expect(again.get_by_label(says["step.sentence"], exact=True)).to_have_value("the queen <b>put</b> on her hat")
    expect(again.locator(".player[data-ready]").first).to_have_attribute("data-step", "update")
