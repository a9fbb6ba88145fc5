"""The page on attention with as much as it shows at once: two layers of eight heads, forty words."""

import time
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from lessons import content
from tests.bench.bench_coreference import LINE
from tests.bench.bench_page import IDLE, percentile
from tests.bench.figures import row
from tests.bench.sessions import Session
from tests.browser import find_chromium
from tests.browser.serve import Server, serve

LINK = f"at=heads&lang=en&heads=8&updates=20&text={quote(LINE)}"  # how well it is trained changes no time
TURNS = 20
PICTURE = ".st-key-scroll-attention-overview .js-plotly-plot"
PLACES = f"""() => {{  // the middle of some cells of every head, on screen
  const picture = document.querySelector("{PICTURE}"), {{ left, top }} = picture.getBoundingClientRect();
  const axes = Object.keys(picture._fullLayout).filter(name => name.startsWith("xaxis"));
  return axes.flatMap(name => [3, 21, 38].map(cell => {{
    const x = picture._fullLayout[name], y = picture._fullLayout[name.replace("x", "y")];
    return [left + x._offset + x.l2p(cell), top + y._offset + y.l2p(cell)];
  }}));
}}"""
LISTEN = f"""() => {{
  window.hovered = {{}};
  addEventListener("mousemove", () => {{ hovered = {{ moved: performance.now() }}; }}, true);
  document.querySelector("{PICTURE}").on("plotly_hover", () => {{ hovered.told ??= performance.now(); }});
}}"""


def rows() -> list[dict[str, object]]:
    with serve() as server:
        again = percentile(redrawn(server), 95) * 1_000
        told = percentile(hovers(server), 95)
    return [
        row("all heads of 40 words: page drawn anew, p95", again, "ms", again <= 200),
        row("all heads of 40 words: hover answered, p95", told, "ms", told <= 100),
    ]


def redrawn(server: Server) -> list[float]:
    """Seconds of the page's script, once the model is trained and has answered."""
    ready = content.load("attention", "en").labels["export.svg"]
    with Session(server.url, "attention", LINK) as visitor:
        while not visitor.find(ready):
            time.sleep(0.2)
            visitor.run()
        visitor.run()
        return [visitor.run() for _ in range(TURNS)]


def hovers(server: Server) -> list[float]:
    """Milliseconds from the pointer's move to the number of the cell."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium.find(), args=list(find_chromium.FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.goto(f"{server.url}attention?{LINK}")
        page.wait_for_selector(f"{PICTURE} .hm", state="attached", timeout=60_000)
        page.wait_for_selector(IDLE)
        page.locator(PICTURE).scroll_into_view_if_needed()
        page.evaluate(LISTEN)
        return [hover(page, *place) for place in page.evaluate(PLACES)]


def hover(page: Page, x: float, y: float) -> float:
    page.mouse.move(x, y)
    page.wait_for_function("hovered.told", polling=10)
    return float(page.evaluate("hovered.told - hovered.moved"))
