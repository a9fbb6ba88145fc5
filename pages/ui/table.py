"""Tables that anybody can read: a real HTML table with four digits, and a CSV with all of them."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from lessons.figures import number
from pages.ui.escape import plain

SUPERSCRIPT = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

LABELS = ("table.csv",)


def digits(value: float) -> str:
    """A number as a learner reads it: whole numbers exactly, others with four significant digits at most, 1.2·10⁻⁵."""
    if isinstance(value, int):
        return f"{int(value):,}".replace("-", "−")
    mantissa, _, exponent = number(value).partition("e")
    power = exponent.replace("−0", "−").removeprefix("+").translate(SUPERSCRIPT)
    return f"{mantissa}·10{power}" if exponent else mantissa


def as_csv(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """The columns as CSV in UTF-8, marked so that spreadsheets read Chinese.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in columns])
    writer.writerows([_harmless(cell) for cell in row] for row in zip(*columns.values(), strict=True))
    return out.getvalue().encode("utf-8-sig")


def table(columns: Mapping[str, Sequence[Any]], *, name: str, caption: str, texts: Mapping[str, str], key: str) -> None:
    """A table under its caption, with a button that downloads `<name>.csv`.

    Headings and words are shown as they are, whoever typed them. `caption` is Markdown of our own.
    """
    st.caption(caption)
    shown = pd.DataFrame({plain(head): [_shown(cell) for cell in cells] for head, cells in columns.items()})
    st.table(shown, hide_index=True, alt=caption.replace("\\", ""))  # read out as it is, not as Markdown
    st.download_button(
        texts["table.csv"],
        as_csv(columns),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"{key}.csv",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def _shown(cell: Any) -> str:
    if cell is None:
        return "–"
    return plain(cell) if isinstance(cell, str) else digits(cell)


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
