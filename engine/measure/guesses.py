"""How much a text surprises whoever guesses it, from nothing but how many guesses each place took.

Shannon (1951), "Prediction and Entropy of Printed English": let people guess a text place by place until they are
right, and write down the number of guesses. Who guesses alike could get the text back from these numbers alone, so the
text holds no more than they do: their entropy is an upper bound.
"""

import math
from collections import Counter
from collections.abc import Sequence


def bits(ranks: Sequence[int]) -> float:
    """Entropy of the numbers of guesses, in bits for each place: −Σ q log₂ q, q the share of places that took so many.

    From few places it comes out too low. Raises ValueError for none.
    """
    if not ranks:
        raise ValueError("no place was guessed")
    shares = [count / len(ranks) for count in Counter(ranks).values()]
    return sum(-q * math.log2(q) for q in shares)


def characters(words: Sequence[str], spaced: bool) -> int:
    """How many characters these tokens are in print. The end of the sentence is one; `spaced`: a space after a word."""
    return sum(1 if word == "</s>" else len(word) + spaced for word in words)
