"""From lines of text to the numbers of their words, for long texts: letter by letter, in machine code.

Python makes an object of every word, and that takes longer than to look up the pairs it stands in. Here a word is
found by a number of 64 bits that its letters are mixed into, as KenLM does (Heafield 2011); the mixing is that of
Fowler, Noll and Vo (FNV-1a). Two words could share their number: that any of a hundred thousand do has a chance below
1 in a thousand million.

What differs here, and why: only ASCII. What counts as white space in other texts Python knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.models.smoothing import Array, compiled, inlined
from engine.text.tokens import END, START

BASIS, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # where mixing begins, and what it goes by
HALF, EMPTY = np.uint64(32), np.uint64(0)
NEWLINE = ord("\n")
SPACES = np.array([chr(c).isspace() for c in range(128)])


@inlined
def place(keys: Array, key: np.uint64) -> np.int64:
    """Where in the table the word with this key is, or the free place where it belongs."""
    mask = len(keys) - 1
    at = np.int64(key ^ (key >> HALF)) & mask
    while keys[at] != key and keys[at] != EMPTY:
        at = (at + 1) & mask
    return at


@compiled
def enter(names: Array, keys: Array, numbers: Array) -> None:
    """Puts the words of `names`, bytes with a newline after each, into the table, numbered 0, 1, …"""
    word, key = 0, BASIS
    for i in range(len(names)):
        if names[i] != NEWLINE:
            key = (key ^ np.uint64(names[i])) * PRIME
        else:
            at = place(keys, key)
            keys[at], numbers[at] = key, word
            word, key = word + 1, BASIS


@compiled
def cut(text: Array, spaces: Array, keys: Array, numbers: Array, tokens: Array) -> int:
    """Lines of bytes, a newline after each, as tokens with <s> and </s>; returns how many."""
    tokens[0], n, key = START, 1, BASIS
    for i in range(len(text)):
        if not spaces[text[i]]:
            key = (key ^ np.uint64(text[i])) * PRIME
            continue
        if key != BASIS:  # the end of a word; of an unknown one the place is empty, its number 0, that of <unk>
            tokens[n], n, key = numbers[place(keys, key)], n + 1, BASIS
        if text[i] == NEWLINE:
            tokens[n], tokens[n + 1], n = END, START, n + 2
    return n - 1


@dataclass(eq=False)
class Spelling:
    """A vocabulary by its letters: where keys[i] (2ⁿ,) uint64 is a word's key, numbers[i] int32 is its number."""

    keys: Array
    numbers: Array


def spelling(names: Sequence[str]) -> Spelling:
    """The words of a vocabulary, of which the first is <unk>; none has a newline in it."""
    places = 1 << (2 * len(names)).bit_length()
    made = Spelling(np.zeros(places, np.uint64), np.zeros(places, np.int32))
    enter(np.frombuffer("".join(f"{name}\n" for name in names).encode(), np.uint8), made.keys, made.numbers)
    return made


def numbered(text: str, known: Spelling) -> Array:
    """Lines of ASCII text, cut at white space, as tokens (N,) int32, each line with its <s> and </s>."""
    letters = np.frombuffer(text.removesuffix("\n").encode() + b"\n", np.uint8)
    tokens = np.empty(len(letters) // 2 + 2 * int((letters == NEWLINE).sum()) + 2, np.int32)
    return tokens[: cut(letters, SPACES, known.keys, known.numbers, tokens)]
