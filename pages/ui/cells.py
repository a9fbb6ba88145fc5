"""Arrays as small tables: every number as digits, with a tint between −100 and 100 for the eye, changes marked.

Tints are a share of the largest number of the table, so that each table can be read by itself; its legend says which.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from engine.trace import Written, plain
from pages.ui.table import digits

LINE = 4  # numbers that stand in one line on a telephone; longer vectors are wrapped
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
    wraps: bool = False  # one row that may go on in the next line
    compared: bool = False  # with earlier values of the same name
    changed: int = 0  # cells that differ from those
    left_out: int = 0  # rows that are not shown
    made: Written | None = None  # how each cell is made: then cells can be chosen


@dataclass(frozen=True)
class _Array:
    title: str
    values: np.ndarray
    rows: tuple[str, ...]
    before: np.ndarray | None
    heads: tuple[str, ...] = ()
    made: Written | None = None


def tables(
    arrays: Mapping[str, Any],
    labels: Mapping[str, Sequence[str]] | None = None,
    titles: Mapping[str, str] | None = None,
    before: Mapping[str, np.ndarray] | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
    made: Mapping[str, Written | None] | None = None,
) -> list[Table]:
    """One table for each array; vectors that follow each other and have the same row names share one.

    arrays: name → () or (N,) or (N, M), numbers or words. `labels` names rows, `columns` columns, `titles` arrays;
    `before` holds earlier values under the same names, `made` says how the cells of a matrix are made. Raises
    ValueError for more than two dimensions.
    """
    found = []
    for name, value in arrays.items():
        values, earlier = np.asarray(value), (before or {}).get(name)
        if values.ndim > 2:
            raise ValueError(f"{name} has {values.ndim} dimensions, and a step shows two at most")
        rows = tuple((labels or {}).get(name, ()))
        comparable = earlier is not None and earlier.shape == values.shape
        heads, how = tuple((columns or {}).get(name, ())), (made or {}).get(name)
        found.append(_Array((titles or {}).get(name, name), values, rows, earlier if comparable else None, heads, how))
    groups = [list(group) for _, group in groupby(found, key=_together)]
    return [_table(group) for group in groups]


def _together(array: _Array) -> Any:
    return array.rows if array.rows and array.values.ndim == 1 else id(array)


def _table(group: list[_Array]) -> Table:
    first = group[0]
    largest = max(_largest(a.values) for a in group) if first.values.ndim else 0.0  # a single number needs no scale
    cells = [_cells(a, largest) for a in group]
    made: dict[str, Any] = {
        "largest": digits(largest) if largest else "",
        "signed": any(cell[1] < 0 for array in cells for cell in array.flat),
        "compared": any(a.before is not None and a.values.ndim for a in group),  # of one number, its cell says it
        "changed": sum(bool(cell[3]) for array in cells for cell in array.flat),
        "made": first.made if first.values.ndim == 2 else None,
    }
    if first.values.ndim == 2:
        return _matrix(first, cells[0], made)
    if not first.rows:
        return _vector(first, cells[0].reshape(-1), made)
    rows = [list(row) for row in zip(*cells, strict=True)]  # vectors side by side, a row for each name
    return Table("", [a.title for a in group], list(first.rows), rows, **made)


def _matrix(array: _Array, cells: np.ndarray, made: dict[str, Any]) -> Table:
    height, width = cells.shape
    if height == 1 and width > LINE:
        named = replace(array, title=" · ".join([array.title, *array.rows]))
        return _vector(named, cells[0], made)
    heads = list(array.heads) or ([str(n) for n in range(1, width + 1)] if width > 1 else [])
    shown = cells[:MOST_ROWS].tolist()
    rows = list(array.rows[:MOST_ROWS])
    return Table(array.title, heads, rows, shown, left_out=height - len(shown), **made)


def _vector(array: _Array, cells: np.ndarray, made: dict[str, Any]) -> Table:
    """A vector without names, or a single number."""
    return Table(array.title, [], [], [cells.tolist()], wraps=len(cells) > LINE, **made)


def _cells(array: _Array, largest: float) -> np.ndarray:
    """The cells of an array, in its shape. A change too small for the digits shown is none."""
    values, before, tinted = array.values, array.before, array.values.dtype.kind == "f"
    made = np.empty(values.shape, dtype=object)
    write = _writer(values)
    for at in np.ndindex(values.shape):
        value = values[at].item()
        was = value if before is None else before[at].item()
        text, old = write(value), write(was)
        up = (value > was) - (value < was) if values.dtype.kind in "iufb" and text != old else 0
        tint = round(100 * value / largest) if tinted and largest and np.isfinite(value) else 0
        made[at] = [text, tint, old if up else "", up]
    return made


def _writer(values: np.ndarray) -> Callable[[Any], str]:
    """How to write the numbers of an array: all with the same decimals, four significant digits for the largest."""
    largest = _largest(values)
    if values.dtype.kind not in "iufb":
        return str
    if not 1e-5 <= largest < 1e4:
        return _endless(digits)
    most = max(0, 3 - math.floor(math.log10(largest)))
    finite = values[np.isfinite(values)]
    needed = max(len(f"{value:.{most}f}".rstrip("0").partition(".")[2]) for value in finite.flat)
    return _endless(lambda value: f"{value:.{needed}f}".replace("-", "−"))


def _endless(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Writes ±∞, too, and a dash for what is no number."""
    return lambda value: write(value) if math.isfinite(value) else "–" if math.isnan(value) else plain(value)


def _largest(values: np.ndarray) -> float:
    """The largest absolute value; 0 for words and whole numbers, which are names or counts and get no tint."""
    if values.dtype.kind != "f" or not values.size:
        return 0.0
    return float(np.max(np.abs(values), where=np.isfinite(values), initial=0.0))
