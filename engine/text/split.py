"""Which sentences are held out for testing: the same for every era, so that their numbers can be compared."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def split(sentences: Sequence[T], held_out: float = 0.1, seed: int = 0) -> tuple[list[T], list[T]]:
    """Training and test sentences, both in the order of the text.

    `held_out` (0 to 1) is the share of the sentences that is held out, rounded down; which ones depends on `seed` and
    their number alone.
    """
    chosen = set(random.Random(seed).sample(range(len(sentences)), int(held_out * len(sentences))))
    train = [s for i, s in enumerate(sentences) if i not in chosen]
    test = [s for i, s in enumerate(sentences) if i in chosen]
    return train, test
