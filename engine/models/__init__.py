"""One readable file per model."""

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


def finish(work: Generator[Any, None, T]) -> T:
    """Runs a generator to its end, past whatever it yields, and returns what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def timed(moments: Iterable[T]) -> Iterator[tuple[float, T]]:
    """Each moment of a training with the CPU-seconds that it took to come there; who looks at one is not counted."""
    seconds, begin = 0.0, time.thread_time()
    for moment in moments:
        seconds += time.thread_time() - begin
        yield seconds, moment
        begin = time.thread_time()


@contextmanager
def tiny_is_zero() -> Iterator[None]:
    """Numbers below 1e-38 count as 0. Gradients become so small over many steps, and a processor ten times slower."""
    import torch  # here: this file is read by processes that never train

    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
