"""What all tests share: one thread per process, and browser tests last."""

import os
from pathlib import Path

import pytest

# Two threads on busy cores are 10 to 20 times slower; workers started by a test inherit this.
# All of them for good: Dask sets them while it starts a worker, and numba refuses to compile once its own has changed.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"

BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: the quick ones fail first, and Playwright's event loop is in nobody's way."""
    items.sort(key=lambda item: BROWSER in item.path.parents)
