"""Words written as one line, and a line as its characters: Chinese without spaces, other writing with them."""

import re
from collections.abc import Iterable

from engine.text.own import HAN

CHINESE = re.compile(rf"[{HAN}，。！？；：、…]")


def join(words: Iterable[str]) -> str:
    """The words as a line of text: a space between two of them unless one is Chinese."""
    words = list(words)
    if (spaced := " ".join(words)).isascii() and all(words):  # the same, sooner
        return spaced
    line = ""
    for word in words:
        close = not line or CHINESE.match(line[-1]) or CHINESE.match(word[:1])
        line += word if close else f" {word}"
    return line


def letters(words: Iterable[str]) -> list[str]:
    """The characters of that line. Those of English include the space."""
    return list(join(words))
