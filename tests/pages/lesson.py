"""What the AppTests of all lesson pages do: open one by a link, read what it says, wait for its models."""

import time
from collections.abc import Callable
from typing import Any

import pandas  # noqa: F401  # before a worker, here a thread of this process, hides it while it loads (engine/worker.py)
from streamlit.testing.v1 import AppTest

from engine import runner
from lessons import content
from tests.browser import lesson
from tests.browser.serve import ROOT

LANGUAGES = content.languages()
STATIONS = ["watch", "all"]  # "all" draws every one; the browser walks through them one by one
PATIENCE = 400  # seconds


def opener(slug: str) -> Callable[..., AppTest]:
    """A function that opens that page by a link: its parts by name."""

    def opened(**link: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=400)
        app.query_params.update({"lang": "en", **link})
        app.switch_page(f"{slug}.py")
        return run(app)

    return opened


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def link(app: AppTest, name: str) -> str | None:
    value: Any = app.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def shown(app: AppTest) -> str:
    """Everything written on the page, as it was before it was made safe for Markdown."""
    parts = [*app.markdown, *app.caption, *app.warning, *app.info, *app.success, *app.error]
    return "\n".join(part.value for part in parts).replace("\\", "").replace("\u2060", "")


def until(app: AppTest, sentence: str) -> AppTest:
    """Waits until every model here is trained, and draws the page anew."""
    end = time.monotonic() + PATIENCE
    while sentence not in shown(app):
        assert time.monotonic() < end, shown(app)
        while runner.current().counts()["running"] and time.monotonic() < end:
            time.sleep(0.02)
        run(app)
    return app


def field(app: AppTest, label: str) -> Any:
    return next(each for each in app.text_input if each.label == label)


def column(slug: str, app: AppTest, label: str) -> list[str]:
    """The cells of the column with that head, of the first table that has one; a head is named by its English label."""
    head = lesson.words(slug, "en").get(label, label)
    for each in app.table:
        bare = {str(name).replace("\\", ""): column for name, column in each.value.items()}
        if head in bare:
            return [str(cell).replace("\\", "").replace("\u2060", "") for cell in bare[head]]
    raise AssertionError(head)
