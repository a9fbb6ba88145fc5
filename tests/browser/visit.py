"""What browser tests and measurements share: waiting for states, and watching what a page does."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

STILL = "() => document.getAnimations().every(each => each.effect.getTiming().iterations === Infinity)"
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
# What Streamlit's own page does and nothing of ours can change. On a deep link it looks for its server under the page's
# address first, and finds none there. It asks whether the file behind a download button is there just when a rerun
# has replaced that file by a newer one; that downloads work is tested by downloading.
STREAMLITS_OWN = re.compile(
    r"/[\w-]+/_stcore/(health|host-config)\b|/media/[0-9a-f]+\.(csv|tsv)\b|Download Button source error"
)
# Its menu of pages is a list whose items stand in another list's groups.
STREAMLITS_PARTS = ["[data-testid='stSidebarNav']"]
# Our style is there; Streamlit loads what puts it into the page later than the rest.
STYLED = """() =>
  [...document.querySelectorAll("style")].some(style => style.textContent.includes(".st-key-way-on"))"""

# The browser has told what it remembers of earlier visits, if anything, which runs the page once more: a click at that
# very moment would be lost. Throw-away pages without our frame remember nothing.
REMEMBERED = """() => "remembered" in document.documentElement.dataset || !document.querySelector(".st-key-switches")"""


def locale(language: str) -> str:
    """The browser's setting for a language of ours."""
    return {"zh": "zh-CN", "en": "en-GB"}[language]


def settled(page: Page) -> Page:
    """Waits until the page stands: drawn once, no script running, and no error of ours in place of a part of it."""
    page.wait_for_selector(IDLE)
    heading = page.locator("[data-testid='stMain'] h1, [data-testid='stMain'] h2").first
    expect(heading.or_(page.get_by_test_id("stException")).first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.wait_for_function(STYLED)
    page.wait_for_function(REMEMBERED)
    page.wait_for_selector(IDLE)
    return page


class Guard:
    """Collects what must not happen on any page: errors, failed requests, requests to another host."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.problems: list[str] = []
        self.allowed: list[str] = []  # parts of messages that the test itself provokes
        self._watched: list[BrowserContext] = []
        self._handlers: dict[Any, Callable[..., None]] = {
            "request": self._request,
            "requestfailed": self._failed,
            "response": self._response,
            "console": self._console,
            "weberror": lambda error: self._note(f"error: {error.error}"),
            "page": lambda page: page.on("websocket", lambda socket: self._address(socket.url)),
        }

    def watch(self, context: BrowserContext) -> None:
        self._watched.append(context)
        for event, handler in self._handlers.items():
            context.on(event, handler)

    def rest(self) -> None:
        """Watches no more: the browser goes on to the next test."""
        for context in self._watched:
            for event, handler in self._handlers.items():
                context.remove_listener(event, handler)

    def _note(self, problem: str) -> None:
        if not STREAMLITS_OWN.search(problem) and not any(known in problem for known in self.allowed):
            self.problems.append(problem)

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.host:
            self._note(f"another host: {url}")

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _failed(self, request: Request) -> None:
        # A page that is left cancels what it still waits for: that is no failure.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"failed: {request.method} {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"status {response.status}: {response.request.method} {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console: {message.text} ({message.location.get('url', '')})")


def fits(page: Page) -> None:
    """Waits until nobody must scroll sideways: a window that has just become narrow is laid out again in steps."""
    page.wait_for_function(
        """() => [document.documentElement, document.querySelector("[data-testid='stMain']")]
            .every(e => e.scrollWidth <= e.clientWidth)"""
    )


def violations(page: Page, only: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds wrong with the page: by `only` these rules, or all; `without` these parts, or Streamlit's.

    What is being drawn anew is pale for a moment: what is wrong must stay so once the page stands still.
    """
    if not _violations(page, only, without):
        return []
    page.wait_for_selector(IDLE)
    page.wait_for_function(STILL)
    return _violations(page, only, without)


def _violations(page: Page, only: tuple[str, ...], without: tuple[str, ...]) -> list[str]:
    context = {"exclude": [[part] for part in (*STREAMLITS_PARTS, *without)]}
    options: dict[str, list[str]] = {"runOnly": [*only]} if only else {}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
