"""The page on the geometry of word vectors in a real browser: the walk, a file of vectors, a picture in space."""

import gzip
from functools import partial

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser import lesson
from tests.browser.lesson import TRAINED, answer, drawn, press, stage, station, to_end, walk
from tests.browser.visit import settled

SLUG = "vectors"
words = partial(lesson.words, SLUG)


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    """Four curves, and after the end the table of what each came to."""
    drawn(page)
    expect(stage(page)).to_have_attribute("data-index", "0")
    to_end(page)
    expect(station(page, "watch").get_by_test_id("stTable").locator("tbody tr")).to_have_count(4, timeout=TRAINED)
    assert len(page.locator("[data-pane='accuracy'] .value").all()) == 4


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    for step in ("vectors", "length", "difference", "point", "cosine", "order"):
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")


def visit_explore(page: Page, says: dict[str, str]) -> None:
    """The widest spread needs no chance: it is there soon, and says how much it shows."""
    here = station(page, "explore")
    here.get_by_role("radiogroup", name=says["project.method"]).get_by_text(says["project.pca"], exact=True).click()
    settled(page)
    press(page, says["project.start"])
    page.wait_for_selector(".nw-picture[data-drawn]", timeout=TRAINED)
    expect(here).to_contain_text(says["project.pca.warning"])


def visit_compare(page: Page, says: dict[str, str]) -> None:
    here = station(page, "compare")
    expect(here.get_by_test_id("stTable").first.locator("tbody tr")).to_have_count(8, timeout=TRAINED)
    expect(here.locator(".js-plotly-plot .points").first).to_be_visible(timeout=TRAINED)


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


VISITS = {
    "watch": visit_watch,
    "step": visit_step,
    "explore": visit_explore,
    "compare": visit_compare,
    "check": visit_check,
}


def test_a_file_of_one_s_own_is_read_drawn_in_space_and_taken_home(open_page):
    rows = np.random.default_rng(0).normal(size=(60, 8))
    lines = [f"w{n} " + " ".join(f"{x:.4f}" for x in row) for n, row in enumerate(rows)]
    page = settled(open_page(f"{SLUG}?at=explore&source=file"))
    give(page, "broken.txt", "\n".join([*lines, "<b>x</b> 1 2"]).encode())
    expect(page.get_by_text("Line 61 has 2 numbers, and the lines before it have 8")).to_be_visible(timeout=TRAINED)
    give(page, "mine.vec.gz", gzip.compress("\n".join(["60 8", *lines]).encode()))
    expect(page.get_by_text("60 words with 8 numbers each")).to_contain_text("packed with gzip", timeout=TRAINED)
    page.get_by_role("radiogroup", name=words("en")["project.dims"]).get_by_text("3-D", exact=True).click()
    settled(page)
    press(page, words("en")["project.start"])
    page.wait_for_selector(".nw-picture[data-drawn] canvas", timeout=TRAINED)
    traces = page.evaluate("() => document.querySelector('.nw-picture .js-plotly-plot').data.map(t => t.type)")
    assert set(traces) == {"scatter3d"}
    with page.expect_download() as download:
        press(page, words("en")["export.vectors"])
    head, first, *_ = download.value.path().read_text(encoding="utf-8").splitlines()
    assert head == "60 8"
    assert first.split()[0] == "w0"
    np.testing.assert_allclose([float(x) for x in first.split()[1:]], rows[0], atol=1e-4)


def give(page: Page, name: str, data: bytes) -> None:
    """Uploads a file."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.locator("input[type=file]").set_input_files(file)
