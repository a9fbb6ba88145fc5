"""The page of counted words in a real browser: the walk, the stage and the player, a search, rules with a mistake."""

import re
from functools import partial

from playwright.sync_api import Page, expect

from lessons import content
from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, press, stage, station, to_end, walk
from tests.browser.visit import settled

SLUG = "representation"
words = partial(lesson.words, SLUG)


def cells(page: Page) -> list[list[float | None]]:
    """The numbers of the matrix on the stage."""
    found: list[list[float | None]] = page.evaluate(
        "() => document.querySelector('.nw-stage .js-plotly-plot').data[0].z.map(row => [...row])"
    )
    return found


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_predict(page: Page, says: dict[str, str]) -> None:
    guess = content.load(SLUG, "en").options["predict.1"]["zero"]
    station(page, "predict").get_by_text(guess, exact=True).first.click()
    settled(page)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    """The matrix is empty before anything is read, full at the end; the guess stands beside what came out."""
    drawn(page)
    expect(stage(page)).to_have_attribute("data-index", "0")
    assert all(cell is None for row in cells(page) for cell in row)
    before = stage(page).get_attribute("data-token")
    press(page, says["train"])
    page.wait_for_selector(f".nw-stage[data-state='done']:not([data-token='{before}'])[data-index]", timeout=TRAINED)
    to_end(page)
    full = cells(page)
    assert all(cell is not None for row in full for cell in row)
    assert [max(filter(None, row)) > 0 for row in full] == [True] * 8
    yours = says["predict.yours"].format(guess=content.load(SLUG, "en").options["predict.1"]["zero"])
    expect(station(page, "watch")).to_contain_text(yours.replace("*", ""), timeout=TRAINED)


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    for step in ("tf", "df", "idf", "product", "norm"):
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")


def visit_break(page: Page, says: dict[str, str]) -> None:
    press(page, says["break.start"])
    drawn(page)
    to_end(page)
    expect(station(page, "break").get_by_text(says["break.tfidf"], exact=True)).to_be_visible()


def visit_compare(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "compare")).to_contain_text(says["rules.tree"].format(n=2))
    press(page, says["cut.start"])
    expect(station(page, "compare").get_by_role("cell", name=says["cut.nothing"], exact=True)).to_be_visible(
        timeout=TRAINED
    )


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


def visit_read(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "read")).to_contain_text("def advance(")
    expect(station(page, "read")).to_contain_text("python -m engine run representation")


VISITS = {
    "predict": visit_predict,
    "watch": visit_watch,
    "step": visit_step,
    "break": visit_break,
    "compare": visit_compare,
    "check": visit_check,
    "read": visit_read,
}


def test_own_documents_are_data_and_can_be_searched(open_page):
    page, says = drawn(settled(open_page(f"{SLUG}?at=watch"))), words("en")
    page.get_by_role("combobox", name=re.compile(says["dial.corpus"])).click()
    page.get_by_role("option", name=says["dial.corpus.own"]).click()
    area = page.get_by_label(says["own.paste"])
    expect(area).to_have_value(re.compile("The doctor drove"))
    area.fill("<img src=x onerror=alert(1)> zebra **bold**\nthe lion sleeps\n\nthe zebra and the lion")
    area.press("Tab")
    press(page, says["own.use"])
    expect(page).to_have_url(re.compile("corpus=own"))
    press(page, says["train"])
    page.wait_for_function("() => document.querySelector('.nw-stage .js-plotly-plot')?.data[0].y.length === 3")
    drawn(page)
    to_end(page)
    page.get_by_label(says["search.query"]).fill("zebra lion")
    press(page, says["search.go"])
    first = station(page, "watch").locator("ol li").first
    expect(first).to_contain_text("No. 3")
    expect(page).to_have_url(re.compile("query=zebra"))
    settled(page)  # a button that moves under the pointer is not pressed
    page.get_by_label(says["search.query"]).fill("unicorn")
    press(page, says["search.go"])
    expect(page.get_by_role("alert").filter(has_text="all zeros")).to_be_visible()
    expect(page.locator("img[src='x']")).to_have_count(0)


def test_rules_are_edited_and_a_slip_has_its_place(open_page):
    page, says = settled(open_page(f"{SLUG}?at=compare")), words("en")
    area = page.get_by_role("textbox", name=says["rules.text"])
    expect(page.get_by_text(says["rules.tree"].format(n=2))).to_be_visible()
    area.fill("S -> 'a' S | <b>")
    area.press("Tab")
    expect(page.get_by_role("alert").filter(has_text="Line 1, column 14")).to_be_visible()
    area.fill("S -> S S | 'a'")
    area.press("Tab")
    page.get_by_label(says["rules.sentence"]).fill("a a a a")
    page.get_by_label(says["rules.sentence"]).press("Enter")
    expect(page.get_by_text("5 trees.")).to_be_visible()  # as many as ways to bracket four words


def test_a_link_restores_document_and_step(open_page):
    page = settled(open_page(f"{SLUG}?at=step&n=3&document=5&lang=zh"))
    expect(page.locator(".player[data-ready]").first).to_have_attribute("data-step", "idf")
    document = page.get_by_role("combobox", name=re.compile(words("zh")["step.document"]))
    expect(document).to_have_value(re.compile("第 5 篇"))
    for part in ("at=step", "n=3", "document=5", "lang=zh"):
        expect(page).to_have_url(re.compile(part))
