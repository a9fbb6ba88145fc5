"""What the player gets: tables of cells, explanations, formulas and code, ready to be placed."""

import json
import re

import numpy as np
import pytest

from engine.models import word2vec
from engine.trace import Step, arithmetic, written
from lessons import content
from pages.ui import code, player
from pages.ui.cells import MOST_ROWS, tables
from tests.pages.ui_harness import perceptron
from tests.pages.ui_harness.lesson import LESSON

TEXTS = content.load("common", "en").labels


def test_digits_are_aligned_and_have_four_at_most() -> None:
    (table,) = tables({"s": np.array([0.2, -1.11, 0.74])}, {"s": ("thou", "aaron", "taco")})
    assert [row[0][0] for row in table.cells] == ["0.20", "−1.11", "0.74"]
    assert (table.heads, table.rows) == (["s"], ["thou", "aaron", "taco"])


def test_tints_are_shares_of_the_largest_number() -> None:
    (table,) = tables({"s": np.array([0.5, -1.0, 0.0])})
    assert [cell[1] for cell in table.cells[0]] == [50, -100, 0]
    assert (table.largest, table.signed) == ("1", True)


def test_whole_numbers_are_names_or_counts_and_get_no_tint() -> None:
    (table,) = tables({"ids": np.array([3, 9_000])})
    assert table.cells == [[["3", 0, "", 0], ["9,000", 0, "", 0]]]
    assert table.largest == ""


def test_vectors_of_the_same_words_stand_side_by_side() -> None:
    names = ("a", "b")
    made = tables({"t": np.array([1, 0]), "p": np.array([0.5, 0.1]), "x": np.ones(2)}, {"t": names, "p": names})
    assert [table.heads for table in made] == [["t", "p"], []]
    assert [[cell[0] for cell in row] for row in made[0].cells] == [["1", "0.5"], ["0", "0.1"]]


def test_the_words_of_a_sentence_have_a_row_each() -> None:
    words = tuple(f"w{n}" for n in range(23))
    (table,) = tables({"keep": np.ones(23), "place": np.arange(23)}, {"keep": words, "place": words})
    assert (table.heads, table.rows) == (["keep", "place"], list(words))
    assert [cell[0] for cell in table.cells[22]] == ["1", "22"]


def test_a_long_vector_wraps_and_a_wide_matrix_does_not() -> None:
    vector, matrix, row = tables({"v": np.arange(50.0), "M": np.ones((3, 50)), "r": np.ones((1, 50))}, {"r": ("king",)})
    assert (vector.wraps, matrix.wraps, row.wraps) == (True, False, True)
    assert [len(table.cells) for table in (vector, matrix, row)] == [1, 3, 1]
    assert row.title == "r · king"


def test_a_matrix_may_have_named_columns_and_say_how_its_cells_are_made() -> None:
    (step,) = perceptron.several()
    made = {"S": written(step, "S")}
    _, _, table = tables({**step.inputs, **step.outputs}, step.labels, columns=step.columns, made=made)
    assert (table.heads, table.rows) == (["and", "or", "xor"], ["one", "two"])
    assert table.made is not None
    assert table.made.at(1, 1) == "3 × 0 + (−4) × (−1)"
    assert arithmetic(step, "S", 1, 1) == "3 × 0 + (−4) × (−1) = 4"
    assert arithmetic(step, "X", 0, 0) == ""
    (vector,) = tables({"v": np.array([1.0, 2.0])}, made={"v": made["S"]})
    assert vector.made is None


def test_a_single_number_has_no_scale() -> None:
    (table,) = tables({"loss": np.array(0.44)})
    assert (table.cells, table.largest) == ([[["0.44", 0, "", 0]]], "")


def test_what_changed_is_marked_with_its_direction_and_what_it_was() -> None:
    before = {"w": np.array([1.0, 2.0, 3.0])}
    (table,) = tables({"w": np.array([1.5, 2.0, 2.5])}, before=before)
    assert [cell[2:] for cell in table.cells[0]] == [["1.0", 1], ["", 0], ["3.0", -1]]
    assert (table.compared, table.changed) == (True, 2)


def test_a_change_too_small_to_be_seen_is_not_marked() -> None:
    (table,) = tables({"w": np.array([1.0, 0.12341])}, before={"w": np.array([1.0, 0.12339])})
    assert (table.cells[0][1][2:], table.compared, table.changed) == (["", 0], True, 0)


def test_arrays_of_another_shape_are_not_compared() -> None:
    (table,) = tables({"w": np.array([1.0])}, before={"w": np.array([1.0, 2.0])})
    assert not table.compared


def test_rows_left_out_are_counted() -> None:
    (table,) = tables({"M": np.ones((100, 2))})
    assert (len(table.cells), table.left_out) == (MOST_ROWS, 100 - MOST_ROWS)


def test_what_is_not_a_number_is_shown_as_such() -> None:
    (table,) = tables({"w": np.array([np.nan, np.inf, 1.0])}, before={"w": np.array([np.nan, 1.0, 1.0])})
    assert [cell[0] for cell in table.cells[0]] == ["–", "∞", "1"]
    (table,) = tables({"masked": np.array([[-0.25, -np.inf], [1.5, 0.0]])})
    assert [[cell[0] for cell in row] for row in table.cells] == [["−0.25", "−∞"], ["1.50", "0.00"]]
    (table,) = tables({"mask": np.array([[0.0, -np.inf]])})
    assert [cell[0] for cell in table.cells[0]] == ["0", "−∞"]
    (words,) = tables({"sentence": np.array(["<b>king</b>", "rules"])})
    assert [cell[0] for cell in words.cells[0]] == ["<b>king</b>", "rules"]


def test_more_than_two_dimensions_are_an_error() -> None:
    with pytest.raises(ValueError, match="three has 3 dimensions"):
        tables({"three": np.ones((2, 2, 2))})


@pytest.mark.parametrize("language", content.languages())
def test_the_fixed_example_goes_to_the_browser_as_json(language: str) -> None:
    lesson, texts = content.load("word2vec", language), content.load("common", language).labels
    data = json.loads(json.dumps(player.payload(word2vec.trace_fixed_example(), lesson, texts, {}), allow_nan=False))
    steps = {step["id"]: step for step in data["steps"]}
    error = steps["error"]
    cells = [cell[0] for table in error["outputs"] for row in table["cells"] for cell in row]
    assert cells == ["0.4502", "−0.2479", "−0.6770"]  # facts: label − σ
    assert re.search(r"<math.*0\.45", error["formula"])
    assert error["title"] == lesson.titled("step.error").title
    (here,) = error["code"]["marked"]
    assert error["code"]["lines"][here - error["code"]["first"]].rstrip().endswith("# step: error")
    (moved,) = steps["update_output"]["outputs"]
    assert moved["changed"] == 9  # three rows of three numbers, each with what it was
    assert all(step["code"]["marked"] for step in data["steps"])


def test_explanations_are_filled_and_harmless(monkeypatch) -> None:
    monkeypatch.setattr(code, "MODELS", code.ENGINE.parent / "tests" / "pages" / "ui_harness")
    data = player.payload(perceptron.trace(), LESSON, TEXTS, {"name": "Ann"})
    say = data["steps"][1]["say"]
    assert "Nobody is Ann here" in say
    assert "<b>" not in say
    assert "<img" not in say
    assert [table["title"] or table["heads"][0] for table in data["steps"][2]["outputs"]] == ["weights w"]
    assert data["steps"][2]["outputs"][0]["changed"] == 2


def test_a_step_without_explanation_is_an_error() -> None:
    step = Step("unheard_of", "", {}, {}, "word2vec.py#dots")
    with pytest.raises(KeyError, match=r"step\.unheard_of"):
        player.payload((step,), LESSON, TEXTS, {})


def test_arrays_and_operations_of_one_order_after_the_other_are_told_apart() -> None:
    lesson = content.load("ngram", "en")
    step = Step("mix", "x", {"P1": np.array([0.5])}, {"P2": np.array([0.25])}, "smoothing.py#mix")
    (sent,) = player.payload((step,), lesson, {**TEXTS, **lesson.labels}, {})["steps"]
    assert sent["title"] == "Put both together, order 2"
    assert [table["title"] for table in (*sent["inputs"], *sent["outputs"])] == [
        "probability, order 1",
        "probability, order 2",
    ]


def test_the_marks_of_a_sentence_have_the_names_the_page_gives_them() -> None:
    lesson = content.load("decoding", "en")
    step = Step("embed", "x", {}, {"x": np.ones((2, 1))}, "attention.py#scores", {"x": ("<s>", "student")})
    (sent,) = player.payload((step,), lesson, {**TEXTS, **lesson.labels}, {})["steps"]
    assert sent["outputs"][0]["rows"] == ["‹start›", "student"]
