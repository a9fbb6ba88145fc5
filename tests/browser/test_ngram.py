"""The n-gram page in a real browser: the walk, the stage, the player, Shannon's game, links."""

import re
from functools import partial

from playwright.sync_api import Page, expect

from lessons import content
from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, press, stage, station, to_end, walk
from tests.browser.visit import settled

SLUG = "ngram"
words = partial(lesson.words, SLUG)


def counts(page: Page) -> int:
    """All the pairs counted on the stage."""
    total: int = page.evaluate(
        "() => document.querySelector('.nw-stage .js-plotly-plot').data[0].z.flat().reduce((a, b) => a + (b ?? 0), 0)"
    )
    return total


def perplexity(page: Page) -> float:
    shown = page.locator("[data-pane='quality'] .value").first.inner_text()
    return float(shown.replace(",", ""))


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_question(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "question").locator(".js-plotly-plot .bars").first).to_be_visible(timeout=TRAINED)


def visit_predict(page: Page, says: dict[str, str]) -> None:
    guess = content.load(SLUG, "en").options["predict.1"]["c"]
    station(page, "predict").get_by_text(guess, exact=True).first.click()
    settled(page)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    """Nothing is counted at first; the guess stands beside what came out once the end was on the stage."""
    drawn(page)
    expect(stage(page)).to_have_attribute("data-index", "0")
    assert counts(page) == 0
    to_end(page)
    assert counts(page) > 500
    yours = says["predict.yours"].format(guess=content.load(SLUG, "en").options["predict.1"]["c"])
    expect(station(page, "watch")).to_contain_text(yours.replace("*", ""), timeout=TRAINED)


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    for step in ("chain", "uniform", "adjusted", "discount", "weight", "mix"):  # as far as order 1 of Kneser–Ney
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")


def visit_break(page: Page, says: dict[str, str]) -> None:
    press(page, says["break.start"])
    expect(station(page, "break").get_by_text(says["break.unseen.caption"])).to_be_visible(timeout=TRAINED)


def visit_compare(page: Page, says: dict[str, str]) -> None:
    press(page, says["grid.start"])
    drawn(page)
    expect(station(page, "compare").get_by_text(says["grid.star"])).to_be_visible()
    expect(page.get_by_label(says["game.word"], exact=True)).to_be_visible(timeout=TRAINED)


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


def visit_read(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "read")).to_contain_text("def share(")
    expect(station(page, "read")).to_contain_text("python -m engine run ngram")
    expect(station(page, "read")).to_contain_text("python -m engine score ngram")


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


def test_training_counts_and_the_time_machine_uncounts(open_page):
    page = drawn(settled(open_page(f"{SLUG}?at=watch&order=2&smoothing=kneser_ney")))  # a run of its own
    to_end(page)
    full, low = counts(page), perplexity(page)
    stage(page).press("PageDown")
    expect(stage(page)).not_to_have_attribute("data-index", "199")
    assert counts(page) < full
    stage(page).press("Home")
    expect(stage(page)).to_have_attribute("data-index", "0")
    assert counts(page) == 0
    assert perplexity(page) > 10 * low
    to_end(page)
    assert (counts(page), perplexity(page)) == (full, low)


def test_a_word_it_writes_leads_to_the_sentences_it_comes_from(open_page):
    page = drawn(settled(open_page(f"{SLUG}?at=watch")))
    to_end(page)
    says = words("en")
    prefix = page.get_by_label(says["write.prefix"], exact=True)
    prefix.fill("the king **put**")
    prefix.press("Enter")
    expect(page.get_by_role("heading", name=says["pane.next"].format(prefix="the king **put**"))).to_be_visible()
    expect(page).to_have_url(re.compile("prefix=the"))
    expect(page.get_by_text("the king put …", exact=True)).to_be_visible()
    pills = page.get_by_role("group", name=says["write.pick"]).or_(
        page.get_by_role("radiogroup", name=says["write.pick"])
    )
    pills.first.get_by_role("button").or_(pills.first.get_by_role("radio")).first.click()
    where = station(page, "watch").get_by_text(re.compile(r"stands [\d,]+ times in the text|which does, [\d,]+ times"))
    expect(where).to_be_visible()
    expect(station(page, "watch").locator("li strong").first).to_be_visible()


def test_a_typed_sentence_is_stepped_through_and_its_link_brings_it_back(open_page):
    page = settled(open_page(f"{SLUG}?at=step"))
    says = words("en")
    field = page.get_by_label(says["step.sentence"], exact=True)
    field.fill("the queen <b>put</b> on her hat")
    field.press("Enter")
    expect(page).to_have_url(re.compile("text=the"))
    expect(page.get_by_role("cell", name="‹end›", exact=True)).to_be_visible()
    player = settled(page).locator(".player[data-ready]").first
    player.press("End")
    expect(player).to_have_attribute("data-step", "product")
    expect(page).to_have_url(re.compile("[?&]n="))
    again = settled(open_page(page.url.split("/", 3)[3]))
    expect(again.get_by_label(says["step.sentence"], exact=True)).to_have_value("the queen <b>put</b> on her hat")
    expect(again.locator(".player[data-ready]").first).to_have_attribute("data-step", "product")


def test_shannons_game_is_played_to_a_measure(open_page):
    page = settled(open_page(f"{SLUG}?at=compare&lang=zh", language="zh"))
    says = words("zh")
    field = page.get_by_label(says["game.word"], exact=True)
    expect(field).to_be_visible(timeout=TRAINED)
    field.fill("乌托邦")
    field.press("Enter")
    expect(page.get_by_text(says["game.wrong"].format(words="乌托邦", n=2))).to_be_visible()
    for places in range(1, 6):
        press(page, says["game.tell"])
        table = page.get_by_role("table").last
        expect(table.get_by_role("row")).to_have_count(places + 1)
    expect(page.get_by_text(re.compile("猜了 5 个位置"))).to_be_visible()
    press(page, says["game.another"])
    expect(field).to_be_visible()
    expect(page.get_by_text(re.compile("猜了 5 个位置"))).to_be_visible()  # what was guessed is kept
