"""What all tests share: one thread per process, and browser tests last."""

import os
from pathlib import Path

import pytest

# Two threads on busy cores are 10 to 20 times slower; workers started by a test inherit this.
os.environ.setdefault("OMP_NUM_THREADS", "1")

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: the quick ones fail first, and Playwright's event loop is in nobody's way."""
    items.sort(key=lambda item: BROWSER in item.path.parents)
