"""Digits as learners read them, and tables as spreadsheets read them."""

import csv
import io

import numpy as np
import pytest

from pages.ui.table import as_csv, digits


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (0.2, "0.2"),
        (-1.11, "−1.11"),
        (0.549834, "0.5498"),
        (41_200, "41,200"),
        (-7, "−7"),
        (True, "1"),
        (123.456, "123.5"),
        (1.2e-5, "1.2·10⁻⁵"),
        (-3e-10, "−3·10⁻¹⁰"),
        (float("nan"), "–"),
    ],
)
def test_numbers_have_four_digits_at_most_and_whole_ones_are_exact(value: float, shown: str) -> None:
    assert digits(value) == shown


def test_the_csv_has_every_digit_and_reads_back() -> None:
    columns = {"词": ["国王", 'a "b", c'], "cosine": [1 / 3, 2]}
    data = as_csv(columns)
    assert data.startswith(b"\xef\xbb\xbf")  # spreadsheets take it for Latin without
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [["词", "cosine"], ["国王", "0.3333333333333333"], ['a "b", c', "2"]]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_word_that_a_spreadsheet_would_run_is_disarmed(start: str) -> None:
    assert f"'{start}1+2" in as_csv({"word": [f"{start}1+2"]}).decode("utf-8-sig")


def test_negative_numbers_stay_numbers() -> None:
    assert as_csv({"x": [-1.5]}).decode("utf-8-sig").split() == ["x", "-1.5"]
    assert digits(np.float32(0.5).item()) == "0.5"
