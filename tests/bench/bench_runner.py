"""The runner alone, without pages: thirty runs at once on two workers, what each gets and what they take."""

import os
from typing import Any

import psutil

from engine import runner as runners
from engine.experiments import Word2Vec
from engine.runner import Run, Runner
from tests.bench.bench_page import resident

CLASS = 30
SHARE = 1.0  # CPU-seconds for each run, on average, before it is measured
MB = 1_000_000


def rows() -> list[dict[str, Any]]:
    runner = runners.start()
    try:
        runner.wait_warm(timeout=300)
        runs = [runner.submit(Word2Vec(tokens=200_000, seed=seed)) for seed in range(CLASS)]
        until_trained(runner, runs)
        fair, moved = jain([run.cpu for run in runs]), sum(len(run.history) > 1 for run in runs)
        taken = sum(resident(psutil.Process(pid)) for pid in runner.client.run(os.getpid).values()) / MB
    finally:
        runner.close()
    return [
        row(
            "thirty runs at once, fairness",
            "≥ 0.9",
            fair,
            f"({moved} of {CLASS} progress)",
            fair >= 0.9 and moved == CLASS,
        ),
        row("two training workers with thirty runs", "< 1300 MB", taken, "MB", taken < 1300),
    ]


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


def row(name: str, target: str, value: float, unit: str, passed: bool) -> dict[str, Any]:
    return {"name": name, "target": target, "value": value, "unit": unit, "passed": passed}
