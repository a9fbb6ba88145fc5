"""Which words a text has, how often, and the text as numbers."""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from engine.mistake import Mistake
from engine.text.own import HAN

Sentence = Sequence[str]

ALIKE = 0.7  # share of letters in common from which two spellings may be mistaken for each other


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words of a text, the most frequent first, equals in alphabetical order.

    `words` and `counts` (V,) go together: words[i] stands counts[i] times in the text.
    """

    words: tuple[str, ...]
    counts: NDArray[np.int64]

    @cached_property
    def index(self) -> dict[str, int]:
        """Word → its number, 0 to V − 1."""
        return {word: i for i, word in enumerate(self.words)}

    @cached_property
    def marks(self) -> NDArray[np.int64]:
        """The numbers of tokens that are punctuation, such as the comma of a Chinese text: they answer no question."""
        found = [i for i, word in enumerate(self.words) if not any(c.isalnum() for c in word)]
        return np.array(found, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.words)


def count(sentences: Iterable[Sentence], min_count: int = 1) -> Vocabulary:
    """The vocabulary of the words that stand at least `min_count` times in `sentences`."""
    counter = Counter(chain.from_iterable(sentences))
    kept = sorted(((w, n) for w, n in counter.items() if n >= min_count), key=lambda entry: (-entry[1], entry[0]))
    return Vocabulary(tuple(w for w, _ in kept), np.array([n for _, n in kept], dtype=np.int64))


def encode(sentences: Collection[Sentence], vocabulary: Vocabulary) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The text as one row of word numbers, without the words that are not in the vocabulary.

    Returns ids (N,) and offsets (S + 1,): sentence s is ids[offsets[s]:offsets[s + 1]], which may be empty.
    """
    ends = np.cumsum([0, *map(len, sentences)])  # (S + 1,), of the text with all words
    numbers = map(vocabulary.index.get, chain.from_iterable(sentences), repeat(-1))
    ids = np.fromiter(numbers, np.int32, int(ends[-1]))
    known = ids >= 0
    offsets: NDArray[np.int64] = np.concatenate([[0], np.cumsum(known)])[ends].astype(np.int64)
    return ids[known], offsets


def look_up(word: str, index: Mapping[str, int], words: Sequence[str], without: str = "word_unlike") -> int:
    """The number of a word that a learner typed, which is tried as it is and in lower case.

    Raises Mistake("word_unknown") with some of `words` spelt like it, or the mistake `without` where there are none.
    """
    for spelling in (word, word.strip().lower()):
        if spelling in index:
            return index[spelling]
    if alike := near(word, words):
        raise Mistake("word_unknown", word=word, near=alike)
    raise Mistake(without, word=word)


def near(word: str, words: Sequence[str], n: int = 3) -> list[str]:
    """Up to `n` of `words` that may be meant by `word`, the most alike first: "qeen" → "queen".

    Alike are words spelt nearly the same or with the same beginning; for a Chinese word those that share characters
    with it. Compares with the first 20,000, which are the most frequent, and takes up to a tenth of a second.
    """
    asked, words = word.strip().lower(), words[:20_000]
    if characters := set(re.findall(f"[{HAN}]", asked)):
        sharing = [other for other in words if characters & set(other)]
        return sorted(sharing, key=lambda other: len(characters & set(other)), reverse=True)[:n]
    longer = [other for other in words if len(asked) > 2 and other.startswith(asked)]
    return list(dict.fromkeys([*difflib.get_close_matches(asked, words, n, ALIKE), *longer]))[:n]
