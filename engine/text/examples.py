"""Examples with a label, made for teaching: what one wants to tell apart, and sentences of which somebody said it.

Two tasks, each with a grammar of its own: is this word the name of a person, a firm or a place (`entities.py`), and
is this review glad or sad (`reviews.py`). Both make two kinds of text: much of it without labels, from which word
vectors are learnt, and few examples with one. Every word that tells the answer belongs to one of two halves. Only
words of the first half ever stand in a labelled example; the second half is kept for the test, where a classifier
must say something about words of which nobody told it anything. The text without labels has both.
"""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")
LABELLED, NEVER = 0, 1  # the two halves of the words that tell


class Example(NamedTuple):
    """The words of a sentence, the place of the word that is meant (−1: the sentence as a whole), and its label."""

    words: tuple[str, ...]
    place: int
    label: int


def half(items: Sequence[Item], which: int | None) -> Sequence[Item]:
    """The words that may be labelled, which stand first, those that never are, or all."""
    middle = (len(items) + 1) // 2
    return items if which is None else (items[:middle], items[middle:])[which]


def different(
    make: Callable[[random.Random, int], Example], kinds: int, n: int, seed: int, without: Sequence[Example] = ()
) -> list[Example]:
    """n examples, all different and none of `without`, with one label after the other: as many of each."""
    rng, found, known = random.Random(seed), list[Example](), set(without)
    while len(found) < n:
        example = make(rng, len(found) % kinds)
        if example not in known:
            known.add(example)
            found.append(example)
    return found
