"""The n-gram page while it counts the King James Bible: does it answer everybody else at once?"""

from itertools import chain

from playwright.sync_api import Browser, sync_playwright

from lessons import content
from tests.bench.bench_page import Site, asking, opened, percentile, train
from tests.bench.figures import row
from tests.browser import find_chromium
from tests.browser.serve import serve

TURNS = 3


def rows() -> list[dict[str, object]]:
    """A browser counts and plays it back, while a neighbour runs the page as it comes again and again."""
    press = content.load("common", "en").labels["train"]
    chromium = find_chromium.find()
    with serve() as server, sync_playwright() as playwright:
        site = Site(server, "ngram", "at=watch&lang=en&corpus=kjv&order=5", press, "[data-drawn]")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(find_chromium.FLAGS))
        answers = list(chain(*(neighbours(browser, site) for _ in range(TURNS))))
    slowest = percentile(answers, 95)
    return [row("n-gram page answers while counting, p95", slowest * 1000, "ms", slowest <= 0.15)]


def neighbours(browser: Browser, site: Site) -> list[float]:
    """Seconds of the neighbour's answers."""
    with opened(browser, site) as (page, _, _), site.session("at=watch&lang=en") as neighbour:
        with asking(neighbour) as answers:
            train(page, site)
        return answers
