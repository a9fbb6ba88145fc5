"""Trouble, most of it on the Word2Vec page: markup in a text, closed tabs, a full class, lost workers. And the command
line's numbers."""

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psutil
import pytest
from playwright.sync_api import Page, expect

from engine import mistake
from engine.measure import projections
from lessons import content
from pages.ui.escape import JOINER
from tests.browser import lesson
from tests.browser.lesson import TRAINED, cancel, drawn, press, stage, train, unfold
from tests.browser.serve import ROOT, Server, serve
from tests.browser.test_ui import settings
from tests.browser.test_word2vec import LONG, words
from tests.browser.visit import settled

# ---------------------------------------------------------------- a text of one's own

MARKUP = [
    "<script>window.executed = 1</script>",
    '<img src="http://example.invalid/x.png" onerror="window.executed = 2">',
    "![picture](http://example.invalid/y.png)",
    "[link](javascript:window.executed=3)",
    "**bold** and # heading",
    "$x^2$ and $$\\frac{1}{2}$$",
    "😀 🎉 :smile: :material/home:",
]
NASTY = "\n".join(f"the {n} of markup says {line} to the reader of the page" for n in range(8) for line in MARKUP)
RENDERED = "script:text-is('window.executed = 1'), img[src*='example.invalid'], a[href*='javascript'], .katex"


@pytest.mark.parametrize(("language", "way"), [("en", "paste"), ("zh", "upload")])
def test_markup_in_a_text_of_ones_own_stays_text(open_page, language, way):
    page = drawn(settled(open_page(f"word2vec?at=watch&lang={language}", language=language)))
    says = words(language)
    page.get_by_role("combobox", name=re.compile(says["dial.corpus"])).first.click()
    page.get_by_role("option", name=says["corpus.own"], exact=True).click()
    if way == "paste":
        page.get_by_label(says["own.paste"]).fill(NASTY)
        press(page, says["own.use"])
    else:
        file = {"name": "<img src=x>.txt", "mimeType": "text/plain", "buffer": NASTY.encode()}
        page.locator("input[type=file]").set_input_files(file)
    page.wait_for_url("**corpus=own*")
    expect(settled(page).get_by_role("paragraph").filter(has_text="the 0 of markup says")).to_be_visible()
    assert MARKUP[0] in shown(page)  # the beginning of the text, letter by letter
    train(page, language)
    labels = page.locator(".nw-stage .labels span").all_inner_texts()
    assert {"markup", "reader"} & set(labels)
    stage(page).locator("[data-pane='map'] .tool").first.click()
    assert {"window", "executed", "script"} & set(stage(page).locator("[data-pane='map'] td").all_inner_texts())
    unfold(page, says["ask.title"])
    for name, typed in zip("bac", (MARKUP[1], MARKUP[2], MARKUP[5]), strict=True):
        page.get_by_label(says[f"ask.{name}"], exact=True).fill(typed)
    press(page, says["ask.go"])
    expect(page.get_by_role("alert").filter(has_text="example.invalid")).to_be_visible()
    assert any(typed in shown(page) for typed in (MARKUP[1], MARKUP[2]))  # the hint quotes the unknown word
    nothing_rendered(page)
    if way == "paste":
        page.goto(re.sub(r"at=\w+", "at=all", page.url))
        nothing_rendered(drawn(settled(page)), "[data-testid='stAlert'], .nw-stage, table")


def shown(page: Page) -> str:
    """The page's text, without the characters of no width that break up what Streamlit would replace."""
    return page.get_by_test_id("stMain").inner_text().replace(JOINER, "")


def nothing_rendered(page: Page, within: str = "[data-testid='stAlert'], .nw-stage, table, [class*='own']") -> None:
    """Nothing of the markup has become part of the page. (The guard watches for requests to another host.)"""
    assert page.evaluate("window.executed") is None
    expect(page.locator(within).locator(RENDERED)).to_have_count(0)
    expect(page.locator("img[src*='example'], a[href*='javascript']")).to_have_count(0)


# ---------------------------------------------------------------- a class with one place


class TestSmallClass:
    @pytest.fixture(scope="class")
    @classmethod
    def server(cls) -> Iterator[Server]:
        """The app with room for one run and one in the queue (tests/pages/small_class)."""
        environment = settings(ROOT / ".streamlit" / "config.toml")
        with serve(ROOT / "tests" / "pages" / "small_class", PYTHONPATH=str(ROOT), **environment) as running:
            yield running

    def test_a_closed_tab_lets_its_run_pause_and_then_gives_its_place_to_the_next(self, open_page):
        first, second, going = training(open_page, 31), waiting(open_page, 32), settled(open_page("about"))
        token = stage(first).get_attribute("data-token")
        expect(going.get_by_test_id("stSidebar")).to_contain_text(count(1, 1), timeout=TRAINED)
        first.close()
        expect(going.get_by_test_id("stSidebar")).to_contain_text(count(0, 1), timeout=TRAINED)  # it has paused
        expect(stage(second)).to_have_attribute("data-state", "running", timeout=TRAINED)  # its place is free
        address = f"{second.url.split('word2vec')[0]}live/{token}/control?do=resume"
        assert second.request.post(address).ok  # it is known for a while yet, and is over: nothing makes it run again
        expect(going.get_by_test_id("stSidebar")).to_contain_text(count(1, 0), timeout=TRAINED)
        cancel(second)

    def test_a_run_pauses_when_its_page_is_left_and_goes_on_at_the_return(self, open_page):
        page = training(open_page, 36)
        token, sidebar = stage(page).get_attribute("data-token"), page.get_by_test_id("stSidebar")
        sidebar.get_by_role("link", name=words("en")["page.about"]).click()
        expect(page.locator("h1")).to_have_text(content.load("about", "en").title)
        expect(sidebar).to_contain_text(count(0, 0), timeout=TRAINED)  # the lease is over
        sidebar.get_by_role("link", name=words("en")["page.word2vec"]).click()
        page.wait_for_selector(f".nw-stage[data-token='{token}'][data-state='running']", timeout=TRAINED)
        cancel(page)

    @pytest.mark.parametrize("language", ["zh"])
    def test_a_full_class_says_so_and_nothing_is_lost(self, open_page, language):
        first, second = training(open_page, 33), waiting(open_page, 34)
        full = mistake.Mistake("class_full", place=2).sentence(language)
        third = drawn(settled(open_page(f"word2vec?at=watch&lang={language}&seed=35", language=language)))
        before = stage(third).get_attribute("data-token")
        press(third, words(language)["train"])
        expect(settled(third).get_by_role("alert").filter(has_text=full)).to_be_visible()
        expect(stage(third)).to_have_attribute("data-token", before or "")
        expect(stage(third)).to_have_attribute("data-state", "done")  # the picture there was is still there
        expect(third).to_have_url(re.compile("seed=35"))
        assert [stage(page).get_attribute("data-state") for page in (first, second)] == ["running", "queued"]
        stage(first).locator("[data-do='cancel']").click()
        expect(stage(second)).to_have_attribute("data-state", "running")
        cancel(second)
        train(third, language)  # with the dials as they were

    def test_every_page_answers_again_when_its_worker_was_killed(self, open_page, server):
        """All workers at once; what they had in memory is made anew by those in their place."""
        counted, found = (drawn(settled(open_page(f"{slug}?at=watch"))) for slug in ("ngram", "representation"))
        expect(found.get_by_text(count(0, 0))).to_be_visible(timeout=TRAINED)  # the shipped runs of all pages are made
        for worker in psutil.Process(server.pid).children(recursive=True):
            if any("spawn_main" in word for word in worker.cmdline()):
                worker.kill()
        says = lesson.words("representation", "en")
        found.get_by_label(says["search.query"]).fill("physician clinic")
        best = found.locator(".st-key-alone-watch ol li").first
        for _ in range(5):  # new workers on a busy machine take longer than a page waits: it says so
            press(settled(found), says["search.go"])
            with contextlib.suppress(AssertionError):
                expect(best).to_contain_text("A physician", timeout=40_000)
                break
        expect(best).to_contain_text("A physician")
        prefix = counted.get_by_role("textbox", name=lesson.words("ngram", "en")["write.prefix"])
        prefix.fill("the queen")
        prefix.press("Enter")
        title = lesson.words("ngram", "en")["pane.next"].format(prefix="the queen")
        bars = stage(counted).locator("[data-pane='next']")
        expect(bars).to_contain_text(title, timeout=TRAINED)
        stage(counted).press("End")
        expect(bars.locator("tbody tr").nth(3)).to_be_visible(timeout=TRAINED)
        for page in (counted, found):
            expect(stage(settled(page))).to_have_attribute("data-state", "done")


def training(open_page: Callable[..., Page], seed: int) -> Page:
    """A visitor whose link trains, for longer than the test takes."""
    page = settled(open_page(f"word2vec?at=watch&seed={seed}&{LONG}"))
    expect(stage(page)).to_have_attribute("data-state", "running", timeout=TRAINED)
    return page


def waiting(open_page: Callable[..., Page], seed: int) -> Page:
    """A visitor who waits for a place."""
    page = settled(open_page(f"word2vec?at=watch&seed={seed}&{LONG}"))
    expect(stage(page).locator(".status")).to_contain_text(words("en")["stage.queued"].format(place=1))
    return page


def count(running: int, queued: int) -> str:
    return words("en")["runs.going"].format(running=running, waiting=queued)


# ---------------------------------------------------------------- the command line

DIALS = {"tokens": 20_000, "epochs": 3, "dim": 20}


def test_the_map_at_the_end_of_a_run_shows_the_numbers_of_the_command_line(open_page):
    link = "&".join(f"{name}={value}" for name, value in DIALS.items())
    page = drawn(settled(open_page(f"word2vec?at=watch&seed=5&{link}")))
    page.wait_for_function(
        "() => { const { index, frames } = document.querySelector('.nw-stage').dataset;"
        " return Number(index) === Number(frames) - 1; }"
    )
    trace = page.evaluate("document.querySelector('.nw-stage .js-plotly-plot').data.find(t => t.text?.length > 3)")
    on_page = np.array([trace["x"], trace["y"]]).T
    for seed, alike in ((5, True), (6, False)):
        vectors = np.array(asked("project_vectors", seed, trace["text"])["vectors"])
        xy, _ = projections.pca(vectors, onto=on_page)  # a map may be turned: the page turns it onto the moment before
        assert np.allclose(xy, on_page, atol=2e-3 * np.abs(on_page).max()) == alike
    cells = page.locator("[data-pane='nearest'] tbody tr").all_inner_texts()
    answers = asked("neighbours", 5, ["king"])["answers"]
    assert [tuple(cell.split()) for cell in cells] == [(a["word"], f"{a['score']:.3f}") for a in answers[: len(cells)]]


def asked(question: str, seed: int, named: list[str]) -> Any:
    """What the command line answers."""
    settings = [f"{name}={value}" for name, value in DIALS.items()]
    command = [sys.executable, "-m", "engine", "ask", "word2vec", question, "--seed", str(seed), "--set", *settings]
    done = subprocess.run(
        [*command, "--words", *named, "--json"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=True
    )
    return json.loads(done.stdout)
