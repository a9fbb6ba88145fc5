"""The shared widgets in a real browser, shown by the harness with a throw-away experiment of its own."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from lessons import content
from pages.ui.escape import JOINER
from tests.browser.serve import ROOT, Server, serve
from tests.browser.visit import fits, settled, violations
from tests.pages.ui_harness.nasty import NASTY

HARNESS = ROOT / "tests" / "pages" / "ui_harness"
STEPS = ["sum", "answer", "update"]
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The harness in place of the app, with the app's settings."""
    with serve(HARNESS, PYTHONPATH=str(ROOT), **settings(ROOT / ".streamlit" / "config.toml")) as running:
        yield running


def settings(path: Path) -> dict[str, str]:
    """Streamlit's settings as the environment says them; lists stay out."""
    found = {}
    for section, values in tomllib.loads(path.read_text(encoding="utf-8")).items():
        parts = {section: values} | {f"{section}_{k}": v for k, v in values.items() if isinstance(v, dict)}
        for name, given in parts.items():
            for key, value in given.items():
                if not isinstance(value, dict | list):
                    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", f"{name}_{key}").upper()
                    found[f"STREAMLIT_{snake}"] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


def words(language: str = "en") -> dict[str, str]:
    return content.load("common", language).labels


def player(page: Page) -> Locator:
    """The player, once it is drawn."""
    page.wait_for_selector(".player[data-ready]")
    return page.locator(".player")


def at(shown: Locator, step: str) -> None:
    expect(shown).to_have_attribute("data-step", step)


# ---------------------------------------------------------------- the player


def test_the_player_walks_by_key(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player")))
    at(shown, "sum")
    shown.focus()
    for key, step in [
        ("ArrowRight", "answer"),
        ("ArrowLeft", "sum"),
        ("ArrowLeft", "sum"),
        ("End", "update"),
        ("ArrowRight", "update"),
        ("Home", "sum"),
    ]:
        shown.page.keyboard.press(key)
        at(shown, step)
    expect(shown.locator("[aria-live]")).to_have_text(words()["player.announce"].format(n=1, total=3, title="Add up"))


def test_the_focus_stays_on_a_button_with_nothing_left_to_do(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player")))
    following, previous = (shown.get_by_role("button", name=words()[f"player.{n}"]) for n in ("next", "previous"))
    following.focus()
    for step in ("answer", "update", "update"):  # the third press is one too many
        shown.page.keyboard.press("Enter")
        at(shown, step)
        expect(following).to_be_focused()
    expect(following).to_be_disabled()
    shown.page.keyboard.press("ArrowLeft")
    at(shown, "answer")
    expect(following).to_be_enabled()
    previous.focus()
    shown.page.keyboard.press("Home")
    at(shown, "sum")
    expect(previous).to_be_focused()
    shown.page.keyboard.press("ArrowRight")
    at(shown, "answer")


def test_the_player_walks_by_hand(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player")))
    first, following = (shown.get_by_role("button", name=words()[f"player.{n}"]) for n in ("first", "next"))
    expect(first).to_be_disabled()
    following.click()
    at(shown, "answer")
    shown.get_by_role("button", name="3 Learn").click()
    at(shown, "update")
    expect(following).to_be_disabled()
    expect(shown.get_by_role("button", name="3 Learn")).to_have_attribute("aria-current", "step")
    slider = shown.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", words()["player.announce"].format(n=3, total=3, title="Learn"))
    slider.focus()
    shown.page.keyboard.press("ArrowLeft")
    at(shown, "answer")


def test_space_plays_to_the_end_and_stops(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player")))
    shown.get_by_role("combobox").select_option("4")
    shown.focus()
    shown.page.keyboard.press("Space")
    expect(shown).to_have_attribute("data-playing", "true")
    expect(shown.get_by_role("button", name=words()["player.pause"])).to_be_visible()
    at(shown, "update")
    expect(shown).to_have_attribute("data-playing", "false")
    shown.page.keyboard.press("Space")  # again, from the beginning
    at(shown, "sum")
    shown.page.keyboard.press("Space")
    expect(shown).to_have_attribute("data-playing", "false")


def test_the_step_goes_into_the_link_and_a_link_opens_it(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player")))
    shown.focus()
    shown.page.keyboard.press("End")
    shown.page.wait_for_url("**/?*n=3*")
    expect(shown.page.get_by_text("the page knows step 3")).to_have_count(0)  # only the player's part ran
    at(player(settled(open_page("?show=player&n=2"))), "answer")


@pytest.mark.parametrize(("n", "step"), [("99", "update"), ("0", "sum"), ("-1", "sum"), ("abc", "sum"), ("²", "sum")])
def test_a_link_to_no_step_opens_the_nearest(open_page: Visit, n: str, step: str) -> None:
    at(player(settled(open_page(f"?show=player&n={n}"))), step)


def test_a_step_shows_numbers_changes_formula_and_code(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player&n=3")))
    changed = shown.locator("td.changed")
    expect(changed).to_have_count(2)
    expect(changed.first).to_contain_text("▼")  # not by colour alone
    expect(changed.first.get_by_role("img", name=words()["player.down"])).to_have_count(1)
    assert re.fullmatch(r"was 0\.\d+", changed.first.get_attribute("data-was") or "")
    expect(shown.get_by_role("rowheader")).to_have_text(["x1", "x2"])
    box = shown.locator("math").bounding_box()
    assert box
    assert box["height"] > 10
    expect(shown.locator(".here")).to_contain_text("w = w + lr * (t - y) * x")
    expect(shown.locator(".code figcaption")).to_contain_text("perceptron.py")


def test_a_number_says_how_it_is_made_by_click_and_by_key(open_page: Visit) -> None:
    page = settled(open_page("?show=cells"))
    shown = player(page)
    how, made = shown.locator(".how"), shown.locator(".outputs tbody")
    expect(how).to_have_text(words()["player.cell"])
    expect(shown.locator(".outputs").get_by_role("columnheader")).to_have_text(["and", "or", "xor"])
    made.locator("td").nth(4).click()
    expect(how).to_have_text("two · or: 3 × 0 + (−4) × (−1) = 4.0")
    page.keyboard.press("ArrowUp")
    expect(how).to_have_text("one · or: 1 × 0 + 2 × (−1) = −2.0")
    page.keyboard.press("ArrowLeft")
    expect(how).to_have_text("one · and: 1 × 0.5 + 2 × 0.25 = 1.0")
    page.keyboard.press("ArrowLeft")  # there is nothing further left
    expect(shown.locator("td.chosen")).to_have_text("1.0")
    expect(shown.locator('td[tabindex="0"]')).to_have_count(1)
    assert not violations(page)


def test_an_explanation_is_text_whoever_fills_it(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player&n=2")))
    expect(shown.locator(".say")).to_contain_text("<b>not bold</b> ![x](http://example.invalid/x.png)")
    expect(shown.locator(".say img, .say b, .say a")).to_have_count(0)


def test_another_trace_keeps_the_step_and_the_focus(open_page: Visit) -> None:
    page = settled(open_page("?show=player&n=2"))
    player(page)
    page.get_by_role("combobox", name="inputs").click()
    page.get_by_role("option", name="50", exact=True).click()
    shown = player(page)
    at(shown, "answer")
    shown.get_by_role("button", name=words()["player.next"]).click()
    expect(shown.locator("td.changed")).to_have_count(50)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_long_vectors_fit_a_telephone(open_page: Visit, scheme: str) -> None:
    page = settled(open_page("?show=player&n=3", width=390, scheme=scheme))
    player(page)
    page.get_by_role("combobox", name="inputs").click()
    page.get_by_role("option", name="300", exact=True).click()
    shown = player(page)
    expect(shown.locator("td.changed")).to_have_count(300)
    fits(page)
    assert nameless(shown) == []
    assert not violations(page)


def nameless(shown: Locator) -> list[str]:
    """What scrolls sideways in the player, or is cut there, without a name."""
    found: list[str] = shown.evaluate(
        """root => [...root.querySelectorAll("*")]
            .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible")
            .filter(e => e.className !== "unseen" && e.className !== "name" && !e.getAttribute("aria-label"))
            .map(e => e.outerHTML.slice(0, 200))"""
    )
    return found


@pytest.mark.parametrize("show", ["player", "cells", "dials", "predict", "quiz", "share", "escape"])
def test_nothing_that_axe_knows_is_wrong_with_a_widget(open_page: Visit, show: str) -> None:
    page = settled(open_page(f"?show={show}"))
    if show in ("player", "cells"):
        player(page)
    if show == "dials":
        page.locator("summary").click()
    found = violations(page)
    assert not found, "\n".join(found)


def test_the_player_does_not_move_by_itself_for_those_who_want_it_still(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player")))
    shown.focus()
    shown.page.keyboard.press("ArrowRight")
    at(shown, "answer")
    assert shown.evaluate("e => e.getAnimations({subtree: true}).length") == 0


def test_the_player_speaks_chinese(open_page: Visit) -> None:
    shown = player(settled(open_page("?show=player", language="zh")))
    expect(shown.get_by_role("button", name=words("zh")["player.next"])).to_be_visible()
    expect(shown.locator("output")).to_have_text(words("zh")["player.position"].format(n=1, total=3))
    expect(shown.page.locator("html")).to_have_attribute("lang", "zh-CN")


# ---------------------------------------------------------------- learner's text


def test_learners_text_is_shown_letter_by_letter(open_page: Visit) -> None:
    page = settled(open_page("?show=escape"))
    cells = page.locator("table tbody tr td:first-child")
    expect(cells).to_have_count(len(NASTY))
    for n, text in enumerate(NASTY):
        for shown in (page.locator(f".st-key-nasty-{n} [data-testid=stMarkdownContainer]"), cells.nth(n)):
            assert shown.inner_text().replace(JOINER, "").strip() == " ".join(text.split())
            expect(shown.locator("*:not(p):not(div)")).to_have_count(0)


# ---------------------------------------------------------------- what the browser remembers


def test_a_guess_survives_a_reload(open_page: Visit) -> None:
    page = settled(open_page("?show=predict"))
    page.get_by_text("XOR", exact=True).click()
    expect(page.get_by_text("You guessed: XOR")).to_be_visible()
    page.wait_for_function("() => (localStorage.getItem('nextword') ?? '').includes('xor')")
    page.reload()
    expect(page.get_by_text("You guessed: XOR")).to_be_visible()


def test_dials_come_back_where_the_link_says_nothing(open_page: Visit) -> None:
    page = settled(open_page("?show=dials&gate=xor"))
    page.get_by_role("button", name=words()["dials.defaults"]).click()
    page.wait_for_function("() => !location.search.includes('gate')")
    page.get_by_role("combobox", name=re.compile("The gate")).click()
    page.get_by_role("option", name="or", exact=True).click()
    page.wait_for_function("() => (localStorage.getItem('nextword') ?? '').includes('gate')")
    page.goto(page.url.split("?")[0] + "?show=dials")
    page.wait_for_url("**gate=or**")


def test_nothing_breaks_where_the_browser_may_not_remember(open_page: Visit) -> None:
    page = open_page("?show=predict")
    page.add_init_script("Storage.prototype.getItem = Storage.prototype.setItem = () => { throw new Error('private') }")
    page.reload()
    settled(page).get_by_text("XOR", exact=True).click()
    expect(page.get_by_text("You guessed: XOR")).to_be_visible()


def test_what_somebody_left_in_the_browser_does_no_harm(open_page: Visit) -> None:
    page = settled(open_page("?show=quiz"))
    for junk in ('{"harness.quiz.1": [99], "harness.myth.1": "<b>"}', "[1, 2", "null", '"text"'):
        page.evaluate("junk => localStorage.setItem('nextword', junk)", junk)
        page.reload()
        settled(page)
        expect(page.get_by_role("radio").first).not_to_be_checked()


# ---------------------------------------------------------------- dials and link


def test_a_turned_dial_is_in_the_link_and_undone_by_key(open_page: Visit) -> None:
    page = settled(open_page("?show=dials"))
    slider = page.get_by_role("slider", name=re.compile("The lr")).first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**lr=1.0**")
    undo = settled(page).get_by_role("button", name=words()["dials.undo"])
    expect(undo).to_be_enabled()  # or it takes no focus
    undo.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => !location.search.includes('lr=')")


def test_a_file_of_ones_own_is_read_where_it_can_be(open_page: Visit) -> None:
    page = settled(open_page("?show=dials"))
    page.get_by_role("combobox", name=re.compile("The corpus")).click()
    page.get_by_role("option", name="own", exact=True).click()
    page.locator("input[type=file]").set_input_files(
        {"name": "x.bin", "mimeType": "application/octet-stream", "buffer": bytes(range(256)) * 20}
    )
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    text = "国王和王后住在宫殿里，农民和农妇住在田边。" * 30
    page.locator("input[type=file]").set_input_files(
        {"name": "x.txt", "mimeType": "text/plain", "buffer": text.encode("gb18030")}
    )
    page.wait_for_url("**corpus=own*")
    expect(page.get_by_text("国王和王后住在宫殿里").first).to_be_visible()


def test_the_link_and_its_qr_code_open_by_key(open_page: Visit) -> None:
    page = settled(open_page("?show=share&gate=xor"))
    page.get_by_role("button", name=words()["share"]).focus()
    page.keyboard.press("Enter")
    code = page.get_by_alt_text(words()["share.qr"])
    expect(code).to_be_visible()
    expect(page.get_by_text("gate=xor").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(code).to_be_hidden()
    page.get_by_role("button", name="sigmoid").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 becomes 0.5")).to_be_visible()
