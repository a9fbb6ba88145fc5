"""The page as a learner meets it: a real browser and a real server on this machine, the yardstick beside them.

Latencies are measured on the app and on the yardstick (tests/bench/skeleton) by turns, so that the ratio means
something on a machine that is slower or busier than ours. Visitors beyond the first need no browser (sessions.py).
"""

import json
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from lessons import content
from tests.bench import bench_rlhf
from tests.bench.figures import row
from tests.bench.sessions import Session
from tests.browser import find_chromium
from tests.browser.serve import Server, serve

HERE = Path(__file__).parent
WATCH = (HERE / "watch.js").read_text(encoding="utf-8")
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
TURNS = 5  # of each measurement, app and yardstick by turns; the median counts
IDLE_SESSIONS = 20
CLASS = 30
LONG = "at=watch&lang=en&tokens=200000"  # several CPU-seconds a run: a class that starts one by one trains at once
MB = 1_000_000


@dataclass(frozen=True)
class Site:
    """What is measured: where it runs, the page's name and query, what its button says, what a drawn page has."""

    server: Server
    page: str
    query: str
    train: str
    ready: str

    @property
    def url(self) -> str:
        return f"{self.server.url}{self.page}?{self.query}"

    def session(self, query: str | None = None) -> Session:
        return Session(self.server.url, self.page, self.query if query is None else query)


def rows() -> list[dict[str, Any]]:
    train = content.load("common", "en").labels["train"]
    chromium = find_chromium.find()
    with serve() as server, serve(HERE / "skeleton") as yard, sync_playwright() as playwright:
        app = Site(server, "word2vec", "at=watch&lang=en", train, "[data-drawn]")
        yardstick = Site(yard, "word2vec", "", "train", IDLE)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(find_chromium.FLAGS))
        measured = memory(app) + latencies(browser, app, yardstick) + [player(browser, app)]
        measured += [first_movement(browser, server, slug, train) for slug in ("nnlm", "lstm")]
        measured += [first_movement(browser, server, "rlhf", train, bench_rlhf.before_ppo(), 2)]
    with serve() as server:  # alone, so that the class has the machine's memory and cores to itself
        return measured + a_class(Site(server, "word2vec", LONG, train, "[data-drawn]"))


# ---------------------------------------------------------------- latencies


def latencies(browser: Browser, app: Site, yardstick: Site) -> list[dict[str, Any]]:
    turns = [(visit(browser, app), visit(browser, yardstick)) for _ in range(TURNS)]
    ours, theirs = ({key: [turn[n][key] for turn in turns] for key in turns[0][n]} for n in (0, 1))
    cold, picture, first, over, rate = (
        statistics.median(ours[key]) for key in ("cold", "picture", "first", "over", "rate")
    )
    answer = percentile(list(chain(*ours["answers"])), 95)
    slow = percentile(list(chain(*theirs["answers"])), 95)

    def beside(key: str, unit: str) -> str:
        yard = statistics.median(theirs[key])
        return f"{unit} ({statistics.median(ours[key]) / yard:.2f} × yardstick's {yard:.2f})"

    blank, refreshes = sum(ours["blank"]), sum(ours["refreshes"])
    return [
        row(
            "cold deep link to a usable page",
            cold,
            f"{beside('cold', 's')}, first picture {picture:.2f} s",
            cold <= 2.5,
        ),
        row("click to first movement", first, beside("first", "s"), first <= 1),
        row("click to training over", over, beside("over", "s"), over <= 3),
        row("map redrawn", rate, beside("rate", "frames/s"), rate >= 15),
        row("blank frames", blank, f"of {refreshes} screen refreshes", blank == 0),
        row(
            "page answers while training, p95",
            answer * 1000,
            f"ms ({answer / slow:.2f} × yardstick's {slow * 1000:.0f})",
            answer <= 0.15,
        ),
    ]


def visit(browser: Browser, site: Site) -> dict[str, Any]:
    """A new visitor opens the page, trains and watches to the end; trains again while a neighbour uses the page."""
    with opened(browser, site) as (page, cold, picture), site.session() as neighbour:
        trained = summary(train(page, site))
        with asking(neighbour) as answers:
            train(page, site)
        return {"cold": cold, "picture": picture, "answers": answers, **trained}


def train(page: Page, site: Site) -> dict[str, Any]:
    """Presses the button and watches to the end; returns what watch.js noted."""
    page.wait_for_selector(IDLE)
    page.get_by_role("button", name=site.train, exact=True).click()
    page.wait_for_function("seen.done !== null", timeout=60_000)
    page.wait_for_function(STILL, timeout=60_000, polling=200)
    seen: dict[str, Any] = page.evaluate("seen")
    return seen


def first_movement(
    browser: Browser, server: Server, slug: str, button: str, before: int = 0, most: float = 1
) -> dict[str, Any]:
    """From the click to the first picture of a moment after the first update, on another page: the first moments, to
    number `before`, do not count. `most` are the seconds asked for.
    """
    seconds = []
    for _ in range(TURNS):
        site = Site(server, slug, "at=watch&lang=en", button, "[data-drawn]")
        with opened(browser, site) as (page, _, _):
            page.wait_for_selector(IDLE)
            page.get_by_role("button", name=button, exact=True).click()
            page.wait_for_function(f"seen.moments.some(([at, index]) => index > {before})", timeout=60_000)
            seen: dict[str, Any] = page.evaluate("seen")
            moved = next(at for at, index in seen["moments"] if index > before)
            seconds.append((moved - seen["clicked"]) / 1000)
    first = statistics.median(seconds)
    return row(f"click to first movement, {slug}", first, f"s (slowest of {TURNS}: {max(seconds):.2f})", first <= most)


STILL = "() => seen.moments.length > 20 && performance.now() - seen.moments.at(-1)[0] > 1000"  # played to the end


@contextmanager
def opened(browser: Browser, site: Site) -> Iterator[tuple[Page, float, float]]:
    """The page in a browser that knows nothing yet; the seconds until its button is there, and its first picture."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.add_init_script(WATCH)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(site.url)
    page.get_by_role("button", name=site.train, exact=True).wait_for()
    usable = time.perf_counter() - start
    page.wait_for_selector(site.ready)
    yield page, usable, time.perf_counter() - start
    context.close()


def summary(seen: dict[str, Any]) -> dict[str, float]:
    """Seconds and counts from what watch.js noted."""
    times = [at for at, _ in seen["moments"]]
    moved = next(at for at, index in seen["moments"] if index > 0)  # moment 0 is before any training
    return {
        "first": (moved - seen["clicked"]) / 1000,
        "over": (seen["done"] - seen["clicked"]) / 1000,
        "rate": (len(times) - 1) / (times[-1] - times[0]) * 1000,
        "blank": seen["blank"],
        "refreshes": seen["refreshes"],
    }


@contextmanager
def asking(visitor: Session, pause: float = 0.1) -> Iterator[list[float]]:
    """Runs a visitor's page again and again; the list fills with the seconds each answer took."""
    answers, over = [visitor.run()], threading.Event()

    def ask() -> None:
        while not over.wait(pause):
            answers.append(visitor.run())

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join()


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def player(browser: Browser, app: Site) -> dict[str, Any]:
    """One step of the player, from the key to the finished layout: all steps, three times over."""
    site = Site(app.server, app.page, "at=step&lang=en", "", ".player[data-ready]")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.goto(site.url)
    page.wait_for_selector(site.ready)
    page.wait_for_selector(IDLE)
    root = page.locator(".player").first
    milliseconds = []
    for _ in range(3):
        root.press("Home")
        for at in range(1, int(root.get_attribute("data-steps") or 0)):
            root.press("ArrowRight")
            page.wait_for_selector(f".player[data-at='{at}']")
            milliseconds.append(float(root.get_attribute("data-ms") or "nan"))
    context.close()
    p95 = percentile(milliseconds, 95)
    return row("player step", p95, f"ms in 95 of 100, at most {max(milliseconds):.0f}", p95 <= 20)


# ---------------------------------------------------------------- memory


def memory(app: Site) -> list[dict[str, Any]]:
    """Resident memory after a first run; and what one more visitor adds who only has the page open."""
    with app.session() as first, ExitStack() as visitors:
        train_to_the_end(first)
        server = psutil.Process(app.server.pid)
        alone = server.memory_info().rss
        everything = sum(resident(process) for process in (server, *server.children(recursive=True)))
        for _ in range(3):  # what is made once for all is made
            visitors.enter_context(app.session())
        before = server.memory_info().rss
        for _ in range(IDLE_SESSIONS):
            visitors.enter_context(app.session())
        each = (server.memory_info().rss - before) / IDLE_SESSIONS
    return [
        row("server imports torch", "yes" if loads(server, "torch") else "no", "", not loads(server, "torch")),
        row("server memory", alone / MB, "MB", alone < 300 * MB),
        row("server and two training workers", everything / MB / 1000, "GB", everything < 1500 * MB),
        row("one more idle session", each / MB, "MB", each < 3 * MB),
    ]


def resident(process: psutil.Process) -> int:
    """Bytes of memory, what several processes share counted once where the system tells (Linux)."""
    taken = process.memory_full_info()
    return int(getattr(taken, "pss", taken.rss))


def loads(process: psutil.Process, package: str) -> bool:
    """Whether a library of that package is mapped into the process."""
    return any(f"/{package}/" in mapped.path for mapped in process.memory_maps())


def train_to_the_end(visitor: Session) -> None:
    visitor.run(click=content.load("common", "en").labels["train"])
    while live(visitor)["state"] not in ("done", "failed"):
        time.sleep(0.2)


def live(visitor: Session) -> dict[str, Any]:
    """How the visitor's run stands, asked as its stage would: this is its sign of life, too."""
    token, screen = (visitor.find(rf'\\"{name}\\": \\"([^"\\]+)\\"')[-1] for name in ("token", "screen"))
    address = f"{visitor.url}live/{token}/{screen}?since=1000000"
    with urllib.request.urlopen(address, timeout=60) as reply:
        stands: dict[str, Any] = json.load(reply)
    return stands


# ---------------------------------------------------------------- a class


def a_class(site: Site) -> list[dict[str, Any]]:
    """Thirty visitors train at once. Fairness is Jain's index of the moments each run gained in the same stretch."""
    with ExitStack() as room:
        visitors = [room.enter_context(site.session()) for _ in range(CLASS)]
        for visitor in visitors:
            visitor.run(click=site.train)
        while not all(live(visitor)["total"] > 1 for visitor in visitors):
            time.sleep(0.2)
        before = [live(visitor)["total"] for visitor in visitors]
        with asking(room.enter_context(site.session("at=question&lang=en"))) as answers:
            while all(stands["state"] == "running" for stands in map(live, visitors)) and len(answers) < 100:
                time.sleep(0.5)
        gained = [live(visitor)["total"] - start for visitor, start in zip(visitors, before, strict=True)]
        fair, slowest = jain(gained), percentile(answers, 95)
        moved = sum(gain > 0 for gain in gained)
    return [
        row(
            "thirty sessions at once, fairness", fair, f"({moved} of {CLASS} progress)", fair >= 0.9 and moved == CLASS
        ),
        row("thirty sessions at once, page answers, p95", slowest * 1000, "ms", slowest <= 0.5),
    ]


def jain(shares: Sequence[float]) -> float:
    """1 when all shares are equal, 1/n when one has everything (Jain, Chiu, Hawe 1984)."""
    return sum(shares) ** 2 / (len(shares) * sum(x * x for x in shares))
