"""One server and one browser for all browser tests, and a guard on every page they open."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import find_chromium
from tests.browser.serve import Server, serve
from tests.browser.visit import Guard, locale

expect.set_options(timeout=15_000)  # patience on a busy machine; a test that passes does not wait
LAST = 6_000  # characters of the server's output shown with a failure
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium.find()  # before Playwright starts: it may have to ask another one
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=list(find_chromium.FLAGS))


@pytest.fixture
def guard(server: Server) -> Iterator[Guard]:
    """Watches what the test's pages do; the test fails on errors of ours, failed requests and other hosts."""
    watching = Guard(server.url)
    yield watching
    assert not watching.problems, "\n".join(watching.problems)


@pytest.fixture
def open_page(server: Server, browser: Browser, guard: Guard, request: Any) -> Iterator[Callable[..., Page]]:
    """`open_page("word2vec?at=watch", width=390, scheme="dark", reduced_motion=True, language="zh")`: a new visitor."""
    contexts = []

    def visit(
        path: str = "", *, width: int = 1280, scheme: Any = "light", reduced_motion: bool = False, language: str = "en"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce" if reduced_motion else "no-preference",
            locale=locale(language),
            accept_downloads=True,
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        guard.watch(context)
        page = context.new_page()
        page.goto(server.url + path)
        return page

    said = len(server.log.read_text())
    yield visit
    failed = request.node.stash.get(FAILED, False)
    for number, page in enumerate(page for context in contexts for page in context.pages):
        if failed:
            SHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SHOTS / f"{request.node.name.replace('/', '_')}-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    if failed:
        print("the server said:", server.log.read_text()[said:][-LAST:])  # pytest shows it with the failure


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remembers a failure, so that the page it happened on is kept as a picture under build/screenshots."""
    report: Any = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report
