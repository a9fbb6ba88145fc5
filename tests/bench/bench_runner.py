"""The runner alone, without pages: thirty runs at once on two workers, what each gets and what they take."""

import os
from typing import Any

import psutil

from engine import runner as runners
from engine.experiments import Word2Vec
from engine.runner import Run, Runner
from tests.bench.bench_page import resident
from tests.bench.figures import row

CLASS = 30
SHARE = 1.0  # CPU-seconds for each run, on average, before it is measured
MB = 1_000_000


def rows() -> list[dict[str, Any]]:
    runner = runners.start()
    try:
        runner.wait_warm(timeout=300)
        idle = taken(runner)
        runs = [runner.submit(Word2Vec(tokens=200_000, seed=seed)) for seed in range(CLASS)]
        until_trained(runner, runs)
        fair, moved = jain([run.cpu for run in runs]), sum(len(run.history) > 1 for run in runs)
        each = (taken(runner) - idle) / CLASS
    finally:
        runner.close()
    return [
        row("thirty runs at once, fairness", fair, f"({moved} of {CLASS} progress)", fair >= 0.9 and moved == CLASS),
        row("one run more among thirty", each, "MB of its worker's memory", each <= 16),
    ]


def taken(runner: Runner) -> float:
    """MB that the workers take together."""
    return sum(resident(psutil.Process(pid)) for pid in runner.client.run(os.getpid).values()) / MB


def until_trained(runner: Runner, runs: list[Run]) -> None:
    """Waits until the class has had its share, as a class that looks on."""
    while sum(run.cpu for run in runs) < CLASS * SHARE:
        for run in runs:
            run.beat()
        with runner.change:
            runner.change.wait(1)


def jain(shares: list[float]) -> float:
    """Jain's index: 1 when all have the same, 1/n when one has all."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))
