"""Shannon's estimate from numbers of guesses, against arithmetic by hand."""

import math

import numpy as np
import pytest
from scipy.stats import entropy

from engine.measure import guesses


def test_is_the_entropy_of_the_numbers_of_guesses() -> None:
    # Half of the places at the first guess, a quarter each at the second and third: 1/2 · 1 + 1/4 · 2 + 1/4 · 2.
    assert guesses.bits([1, 1, 2, 3]) == 1.5
    assert guesses.bits([1] * 9) == 0  # whoever is always right at once is not surprised
    assert guesses.bits([5, 5]) == 0  # nor is who always needs five: then "five" says it all


def test_agrees_with_scipy() -> None:
    ranks = np.random.default_rng(0).geometric(0.3, 500)
    assert guesses.bits(ranks.tolist()) == pytest.approx(entropy(np.bincount(ranks), base=2))


def test_is_at_most_the_logarithm_of_the_different_numbers() -> None:
    assert guesses.bits([1, 2, 3, 4]) == math.log2(4)


def test_no_guess_is_no_estimate() -> None:
    with pytest.raises(ValueError, match="no place"):
        guesses.bits([])


def test_characters_are_those_of_print() -> None:
    assert guesses.characters(["the", "king", "</s>"], spaced=True) == 4 + 5 + 1
    assert guesses.characters(["国王", "爱", "</s>"], spaced=False) == 4
