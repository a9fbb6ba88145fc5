"""Runs side by side that no stage watches: what each has come to, by what way, and how far it is."""

from collections.abc import Mapping

from engine.runner import Run
from lessons.figures import percent
from pages.ui import training

LABELS = ("compare.share", "compare.over", "compare.stopped")


def of(run: Run, metric: str) -> float | None:
    """A metric as it stands, if there is one."""
    last = run.latest()
    return last.metrics.get(metric) if last else None


def share(value: float | None, texts: Mapping[str, str]) -> str | None:
    """A share of 1 in percent; None where there is none."""
    return None if value is None else texts["compare.share"].format(percent=percent(value, 3))


def done(run: Run, texts: Mapping[str, str]) -> str:
    """How much of a run is over, or how it ended."""
    last = run.latest()
    if run.state in training.OVER:
        return texts["compare.over" if run.state in ("done", "dropped") else "compare.stopped"]
    return texts["compare.share"].format(percent=percent(last.step / max(1, last.total)) if last else "0")


def course(run: Run, metric: str, time: bool = False) -> tuple[list[float], list[float]]:
    """A metric by how far the run is, in its own steps, or by the CPU-seconds."""
    kept = [each for each in run.history if metric in each.metrics]
    return [each.seconds if time else each.step for each in kept], [each.metrics[metric] for each in kept]
