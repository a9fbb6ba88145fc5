"""Arrays as small tables: every number as digits, with a tint between −100 and 100 for the eye, changes marked.

Tints are a share of the largest number of the table, so that each table can be read by itself; its legend says which.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from pages.ui.table import digits

LINE = 10  # numbers in a line of a long vector
WIDE = 12  # columns; a matrix with more scrolls in a box of its own
TALL = 10  # rows; more names than this are laid out in lines
MOST_ROWS = 40  # of a matrix: a learner reads some words, not a vocabulary

Cell = list[Any]  # [text, tint, what it was before, and 1, −1 or 0 for up, down or no change]


@dataclass(frozen=True)
class Table:
    """What the browser draws. `heads` and `rows` may be empty."""

    title: str
    heads: list[str]
    rows: list[str]
    cells: list[list[Cell]]
    largest: str = ""  # what a tint of ±100 stands for; empty where nothing is tinted
    signed: bool = False  # some tint is negative
    wide: bool = False
    compared: bool = False  # with earlier values of the same name
    changed: int = 0  # cells that differ from those
    left_out: int = 0  # rows that are not shown


@dataclass(frozen=True)
class _Array:
    title: str
    values: np.ndarray
    rows: tuple[str, ...]
    before: np.ndarray | None


def tables(
    arrays: Mapping[str, Any],
    labels: Mapping[str, Sequence[str]] | None = None,
    titles: Mapping[str, str] | None = None,
    before: Mapping[str, np.ndarray] | None = None,
) -> list[Table]:
    """One table for each array; vectors that follow each other and have the same row names share one.

    arrays: name → () or (N,) or (N, M), numbers or words. `labels` names rows, `titles` arrays; `before` holds earlier
    values under the same names. Raises ValueError for more than two dimensions.
    """
    found = []
    for name, value in arrays.items():
        values, earlier = np.asarray(value), (before or {}).get(name)
        if values.ndim > 2:
            raise ValueError(f"{name} has {values.ndim} dimensions, and a step shows two at most")
        rows = tuple((labels or {}).get(name, ()))
        comparable = earlier is not None and earlier.shape == values.shape
        found.append(_Array((titles or {}).get(name, name), values, rows, earlier if comparable else None))
    groups = [list(group) for _, group in groupby(found, key=_together)]
    return [table for group in groups for table in _tables(group)]


def _together(array: _Array) -> Any:
    return array.rows if array.rows and array.values.ndim == 1 else id(array)


def _tables(group: list[_Array]) -> list[Table]:
    first = group[0]
    largest = max(_largest(a.values) for a in group)
    cells = [_cells(a, largest) for a in group]
    made: dict[str, Any] = {
        "largest": digits(largest) if largest else "",
        "signed": any(cell[1] < 0 for array in cells for cell in array.flat),
        "compared": any(a.before is not None for a in group),
        "changed": sum(bool(cell[3]) for array in cells for cell in array.flat),
    }
    if first.values.ndim == 2:
        return [_matrix(first, cells[0], made)]
    if not first.rows:
        return [_vector(first, cells[0].reshape(-1), made)]
    if len(first.rows) <= TALL:
        return [_upright(group, cells, made)]
    return _lying(group, cells, made)


def _upright(group: list[_Array], cells: list[np.ndarray], made: dict[str, Any]) -> Table:
    """Vectors side by side, a row for each name."""
    rows = [list(row) for row in zip(*cells, strict=True)]
    return Table("", [a.title for a in group], list(group[0].rows), rows, **made)


def _lying(group: list[_Array], cells: list[np.ndarray], made: dict[str, Any]) -> list[Table]:
    """Vectors below each other, names above them in lines of ten, as a sentence is read. Notes stand on the first."""
    names, titles = group[0].rows, [a.title for a in group]
    tables = []
    for n in range(0, len(names), LINE):
        lines = [array[n : n + LINE].tolist() for array in cells]
        tables.append(Table("", list(names[n : n + LINE]), titles, lines, **(made if n == 0 else {})))
    return tables


def _matrix(array: _Array, cells: np.ndarray, made: dict[str, Any]) -> Table:
    height, width = cells.shape
    if height == 1 and width > WIDE:
        named = replace(array, title=" · ".join([array.title, *array.rows]))
        return _vector(named, cells[0], made)
    heads = [str(n) for n in range(1, width + 1)] if width > 1 else []
    shown = cells[:MOST_ROWS].tolist()
    rows = list(array.rows[:MOST_ROWS])
    return Table(array.title, heads, rows, shown, wide=width > WIDE, left_out=height - len(shown), **made)


def _vector(array: _Array, cells: np.ndarray, made: dict[str, Any]) -> Table:
    """A vector in lines of ten, or a single number."""
    lines = [cells[n : n + LINE].tolist() for n in range(0, len(cells), LINE)]
    starts = range(1, len(cells) + 1, LINE)
    rows = [f"{n}–{min(n + LINE - 1, len(cells))}" for n in starts] if len(lines) > 1 else []
    return Table(array.title, [], rows, lines, **made)


def _cells(array: _Array, largest: float) -> np.ndarray:
    """The cells of an array, in its shape."""
    values, before, tinted = array.values, array.before, array.values.dtype.kind == "f"
    made = np.empty(values.shape, dtype=object)
    write = _writer(values)
    for at in np.ndindex(values.shape):
        value = values[at].item()
        was = value if before is None else before[at].item()
        up = (value > was) - (value < was) if values.dtype.kind in "iufb" else 0
        tint = round(100 * value / largest) if tinted and largest and np.isfinite(value) else 0
        made[at] = [write(value), tint, write(was) if up else "", up]
    return made


def _writer(values: np.ndarray) -> Callable[[Any], str]:
    """How to write the numbers of an array: all with the same decimals, four significant digits for the largest."""
    largest = _largest(values)
    if values.dtype.kind not in "iufb":
        return str
    if not 1e-5 <= largest < 1e4 or not np.isfinite(values).all():
        return digits
    most = max(0, 3 - math.floor(math.log10(largest)))
    needed = max(len(f"{value:.{most}f}".rstrip("0").partition(".")[2]) for value in values.flat)
    return lambda value: f"{value:.{needed}f}".replace("-", "−")


def _largest(values: np.ndarray) -> float:
    """The largest absolute value; 0 for words and whole numbers, which are names or counts and get no tint."""
    if values.dtype.kind != "f" or not values.size:
        return 0.0
    return float(np.max(np.abs(values), where=np.isfinite(values), initial=0.0))
