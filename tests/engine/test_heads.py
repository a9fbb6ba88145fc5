"""How widely a head looks, and a model without some heads."""

import numpy as np
import pytest
import torch

from engine.measure import heads
from engine.mistake import Mistake


def test_entropy_by_hand():
    """One word: 0 bits. Two alike: 1. Four alike: 2. ½, ¼, ¼: 1½."""
    rows = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25] * 4, [0.5, 0.25, 0.25, 0]])
    assert heads.entropy(rows[None, None]) == pytest.approx(np.array([[(0 + 1 + 2 + 1.5) / 4]]))
    assert [float(heads.entropy(row[None, None, None])[0, 0]) for row in rows] == pytest.approx([0, 1, 2, 1.5])


def test_learners_count_from_one():
    assert heads.named(["1.1", "2.4", 1.2], 2, 4) == [(0, 0), (1, 3), (0, 1)]
    for wrong in ("0.1", "3.1", "1.5", "1", "one.two", "1.-1", ""):
        with pytest.raises(Mistake, match=r"2\.4"):
            heads.named([wrong], 2, 4)


def test_a_head_that_is_off_adds_nothing():
    """z O without the rows of O that are the head's."""
    w = {"x.0.O": torch.randn(6, 6), "x.1.O": torch.randn(6, 6)}
    off = heads.switched_off(w, 3, [(1, 2)], "x.{}")
    z = torch.randn(5, 6)
    assert torch.equal(off["x.0.O"], w["x.0.O"])
    torch.testing.assert_close(z @ off["x.1.O"], z[:, :4] @ w["x.1.O"][:4])
    assert w["x.1.O"].abs().min() > 0  # the model's own stay


def test_rounded_is_plain():
    assert heads.rounded(torch.tensor([[1 / 3, 1]])) == [[0.33333, 1.0]]
