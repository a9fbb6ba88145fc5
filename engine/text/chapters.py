"""Chapters as people name them: "1-3, 7"."""

import re
from itertools import pairwise

from engine.mistake import Mistake

LAST = 150  # the longest book, the psalms, has so many
LONGEST = 200  # characters
FEWEST = 2  # documents that can be told apart

DASHES = re.compile(r"\s*[-‐‑–—－~～至到]\s*")
BETWEEN = re.compile(r"[,，、;；\s]+")


def canonical(given: str) -> str:
    """The same chapters in one way of writing: from first to last, each once, "3 , 1–2,7" as "1-3,7".

    Raises Mistake("chapters_unreadable") or ("chapters_few").
    """
    wanted = sorted({n for low, high in _ranges(given) for n in range(low, high + 1)})
    if len(wanted) < FEWEST:
        raise Mistake("chapters_few", name="chapters", value=given, least=FEWEST)
    firsts = [b for a, b in pairwise([-1, *wanted]) if b != a + 1]
    lasts = [a for a, b in pairwise([*wanted, LAST + 2]) if b != a + 1]
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in zip(firsts, lasts, strict=True))


def chosen(given: str, last: int) -> list[int]:
    """The numbers of those chapters in a book of `last`. A range may go past its end, but not begin there.

    Raises Mistake("chapter_missing"), ("chapters_few") or what `canonical` raises.
    """
    ranges = _ranges(canonical(given))
    if missing := [low for low, _ in ranges if low > last]:
        raise Mistake("chapter_missing", chapter=missing[0], last=last)
    found = [n for low, high in ranges for n in range(low, min(high, last) + 1)]
    if len(found) < FEWEST:
        raise Mistake("chapters_few", name="chapters", value=given, least=FEWEST)
    return found


def _ranges(given: str) -> list[tuple[int, int]]:
    """(first, last) of each part. Raises Mistake("chapters_unreadable")."""
    parts = [part for part in BETWEEN.split(DASHES.sub("-", given.strip())) if part]
    found = [re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part) for part in parts]
    ranges = [(int(each[1]), int(each[2] or each[1])) for each in found if each]
    if (
        not ranges
        or len(ranges) < len(parts)
        or len(given) > LONGEST
        or not all(1 <= a <= b <= LAST for a, b in ranges)
    ):
        raise Mistake("chapters_unreadable", name="chapters", value=given[:LONGEST], last=LAST)
    return ranges
