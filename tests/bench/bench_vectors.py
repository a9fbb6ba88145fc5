"""Pictures of many words, and a file of vectors: how long UMAP takes, what 50 MB cost the server.

UMAP is timed in this process after `warm`, as on a worker that has drawn before. The server is this process with real
workers beside it: its memory while it holds one file and hands it over is compared with its memory before.
"""

import threading
import time

import numpy as np
import psutil

from engine import runner
from engine.experiments import LoadedVectors
from engine.measure import projections
from engine.models import finish
from engine.text import vector_files
from tests.bench.figures import row

WORDS, DIM, TURNS = 1_000, 50, 3
MB = 1_000_000


def rows() -> list[dict[str, object]]:
    return [umap(), server()]


def umap() -> dict[str, object]:
    """Words in twenty loose groups, as a text's are; the median of some turns."""
    chance = np.random.default_rng(0)
    vectors = chance.normal(size=(20, DIM))[chance.integers(20, size=WORDS)] + 0.7 * chance.normal(size=(WORDS, DIM))
    projections.warm()
    took = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        finish(projections.umap(vectors.astype(np.float32)))
        took.append(time.perf_counter() - begun)
    seconds = float(np.median(took))
    return row("UMAP of 1,000 words, warm", seconds, "s", seconds <= 5)


def server() -> dict[str, object]:
    """The largest size of this process beyond that before it had the file, and what is left afterwards."""
    here = runner.start(warm=(LoadedVectors.model,), lease=1e6, drop=1e6)
    here.wait_warm(60)
    process, peak, over = psutil.Process(), [0], threading.Event()
    data = b"".join(b"w%d " % n + b"0.12345 " * 300 + b"\n" for n in range(vector_files.MOST // 2_420))
    size = len(data)
    before = process.memory_info().rss - size

    def watch() -> None:
        while not over.wait(0.005):
            peak[0] = max(peak[0], process.memory_info().rss)

    threading.Thread(target=watch, daemon=True).start()
    run = here.submit(LoadedVectors(corpus=vector_files.name(data)), data)
    del data
    run.wait("done", "failed", timeout=60)
    time.sleep(1)
    over.set()
    most, left = (peak[0] - before) / MB, (process.memory_info().rss - before) / MB
    here.close()
    holds = most < 1.3 * size / MB and left < 20
    return row("server while a 50 MB file arrives", f"{most:+.0f} MB, {round(left):+d} MB after", "", holds)
