"""A sentence that a learner typed, cut into words that a model knows: by its spaces, and where a language writes none
(这只动物没有过马路) into the longest words that are known."""

import difflib
import re
from collections.abc import Collection, Sequence

from engine.mistake import Mistake

SHORT = {
    "didn't": "did not",
    "couldn't": "could not",
    "wouldn't": "would not",
    "doesn't": "does not",
    "don't": "do not",
}
COMMAS, MARKS = re.compile("[,，、]"), re.compile('[.!?;:。！？；：“”"«»()（）…]')
OFFERED = 12  # words, where none is spelt like the one that is not known


def words_of(line: str, known: Collection[str], most: int, offer: Sequence[str] = ()) -> tuple[str, ...]:
    """The words of a line. Capitals and punctuation do not count, but for a comma that is a word itself.

    Raises Mistake("line_empty"), ("sentence_too_long") past `most` words, or ("word_not_learnt"), which names the word
    and those that are spelt like it, or else some that are on `offer`.
    """
    found: list[str] = []
    for part in _parts(line, known):
        found += [part] if part in known else _cut(part, known, offer)
        if len(found) > most:
            raise Mistake("sentence_too_long", count=len(found), most=most)
    if not found:
        raise Mistake("line_empty")
    return tuple(found)


def _parts(line: str, known: Collection[str]) -> list[str]:
    """What stands between spaces, small letters only."""
    line = line.lower().replace("’", "'")
    line = MARKS.sub(" ", COMMAS.sub(" ， " if "，" in known else " ", line))
    return " ".join(SHORT.get(part, part) for part in line.split()).split()


def _cut(part: str, known: Collection[str], offer: Sequence[str]) -> list[str]:
    """A part without spaces, cut into the longest known words, from the beginning."""
    found, longest = [], max(map(len, known))
    while part:
        size = next((size for size in range(min(longest, len(part)), 0, -1) if part[:size] in known), 0)
        if not size or part[:size].isascii():  # a language with spaces: no word is two
            raise _unknown(part, known, offer)
        found.append(part[:size])
        part = part[size:]
    return found


def _unknown(part: str, known: Collection[str], offer: Sequence[str]) -> Mistake:
    """Of a part that begins with something unknown: up to the next known word."""
    ends = (end for end in range(1, len(part)) if any(part.startswith(word, end) for word in known))
    word = part if part.isascii() else part[: next(ends, len(part))]
    near = difflib.get_close_matches(word, sorted(known), 5) or list(offer[:OFFERED])
    return Mistake("word_not_learnt", word=word, near=near)
