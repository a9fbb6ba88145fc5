"""One server and one browser for all browser tests, and a guard on every page they open."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import find_chromium
from tests.browser.serve import Server, serve
from tests.browser.visit import Guard, locale

expect.set_options(timeout=180_000)  # patience on a busy machine; a test that passes does not wait
LAST = 6_000  # characters of the server's output shown with a failure
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> dict[str, Any]:
    """How Chromium is started: looked for before Playwright starts, which may have to be asked."""
    return {"executable_path": find_chromium.find(), "args": list(find_chromium.FLAGS)}


@pytest.fixture(scope="session")
def driver(chromium: dict[str, Any]) -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(driver: Playwright, chromium: dict[str, Any]) -> Browser:
    return driver.chromium.launch(**chromium)


@pytest.fixture(scope="session")
def profiles(driver: Playwright, chromium: dict[str, Any]) -> Iterator[Callable[[str], BrowserContext]]:
    """A browser for each language that keeps what it has compiled of Streamlit and Plotly: half of opening a page.

    What pages leave in it is taken away after every test (`forget`).
    """
    made: dict[str, BrowserContext] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:

        def of(language: str) -> BrowserContext:
            if language not in made:
                looks: dict[str, Any] = {"locale": locale(language), "accept_downloads": True}
                made[language] = driver.chromium.launch_persistent_context(f"{folder}/{language}", **looks, **chromium)
            return made[language]

        yield of
        for context in made.values():
            context.close()


def forget(context: BrowserContext, url: str) -> None:
    """Closes the pages, and takes away what they left in the browser, but for compiled code and files."""
    first, *others = context.pages  # the first stays: without any page a browser ends
    for page in others:
        page.close()
    everything = "cookies,indexeddb,local_storage,service_workers,cache_storage"
    session = context.new_cdp_session(first)
    session.send("Storage.clearDataForOrigin", {"origin": url.rstrip("/"), "storageTypes": everything})
    session.detach()
    context.clear_permissions()


@pytest.fixture
def guard(server: Server) -> Iterator[Guard]:
    """Watches what the test's pages do; the test fails on errors of ours, failed requests and other hosts."""
    watching = Guard(server.url)
    said = len(server.log.read_text())
    yield watching
    watching.rest()
    assert not watching.problems, "\n".join([*watching.problems, server.log.read_text()[said:][-LAST:]])


@pytest.fixture
def open_page(
    server: Server, browser: Browser, profiles: Callable[[str], BrowserContext], guard: Guard, request: Any
) -> Iterator[Callable[..., Page]]:
    """`open_page("word2vec?at=watch", width=390, scheme="dark", motion=True, language="zh")`: a new visitor.

    Without `motion` nothing plays: half the work of a browser, and what is tested is not the playing.
    """
    lasting: list[BrowserContext] = []
    fresh: list[BrowserContext] = []  # a second visitor must not find what the first has left

    def visit(
        path: str = "", *, width: int = 1280, scheme: Any = "light", motion: bool = False, language: str = "en"
    ) -> Page:
        if profiles(language) in lasting:
            fresh.append(browser.new_context(locale=locale(language), accept_downloads=True))
            context = fresh[-1]
        else:
            lasting.append(context := profiles(language))
        context.set_default_timeout(300_000)
        guard.watch(context)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="no-preference" if motion else "reduce")
        page.goto(server.url + path)
        return page

    said = len(server.log.read_text())
    yield visit
    failed = request.node.stash.get(FAILED, False)
    for number, page in enumerate(page for context in (*lasting, *fresh) for page in context.pages):
        if failed and page.url != "about:blank":
            SHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SHOTS / f"{request.node.name.replace('/', '_')}-{number}.png", full_page=True)
    for context in fresh:
        context.close()
    for context in lasting:
        forget(context, server.url)
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
