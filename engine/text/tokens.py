"""A text as rows of numbers for the models that foretell its next word: the same for every era, so that their
perplexities can be compared.

A sentence begins with one <s> and is followed by </s>, which is foretold and counted like a word. Words that are not
in the vocabulary are <unk>, which is a word of it. The vocabulary is that of the training sentences.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from engine.mistake import Mistake
from engine.text import corpora, own
from engine.text.letters import join, letters
from engine.text.split import split
from engine.text.vocabulary import Sentence

MARKS = ("<unk>", "<s>", "</s>")
UNKNOWN, START, END = range(len(MARKS))  # their numbers: the first of every vocabulary
PIECE = 500  # sentences between two reports
TYPED = 2_000  # characters of a line that a learner types


def parted(spec: Any, text: str | None) -> Generator[float, None, tuple[list[Sentence], list[Sentence]]]:
    """The training and the held-out sentences of the spec's text, yielding the fraction done.

    Raises Mistake("nothing_held_out") for a text of too few sentences, or what the text raises.
    """
    sentences = yield from read(spec, text)
    train, test = split(sentences, spec.held_out, spec.split_seed)
    yield 1.0
    if not train or not test:
        raise Mistake("nothing_held_out", sentences=len(sentences), held_out=f"{spec.held_out:g}")
    if spec.language == "zh" or (text and re.search(f"[{own.HAN}]", text)):
        for _ in own.cutter("中", spec.segment):  # what a learner types will need jieba, too
            yield 1.0
    return train, test


def read(spec: Any, text: str | None) -> Generator[float, None, Sequence[Sentence]]:
    """The sentences of the spec's text as lists of tokens: words, or characters, of which the space is one."""
    sentences = yield from corpora.reading(spec, text)
    if spec.segment == "words":
        return sentences
    cut: list[list[str]] = []
    for begin in range(0, len(sentences), PIECE):
        cut += [letters(words) for words in sentences[begin : begin + PIECE]]
        yield 1.0
    return cut


class Known(dict[str, int]):
    """Word → its number; of any other word that of <unk>."""

    def __missing__(self, word: str) -> int:
        return UNKNOWN


class Growing(dict[str, int]):
    """Word → its number, the next free one when it is asked for the first time."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self) + len(MARKS) - 1
        return number


def indexed(names: Sequence[str]) -> dict[str, int]:
    """Word → its number; of any word that is not among the names, that of <unk>. The marks are no words."""
    return Known({name: i for i, name in enumerate(names) if i >= len(MARKS)})


def vocabulary(train: Sequence[Sentence], min_count: int) -> Generator[float, None, tuple[np.ndarray, tuple[str, ...]]]:
    """The text as tokens (N,) int32, and the words by number: the marks, then the most frequent first.

    Words that stand less than `min_count` times are not among them, and are <unk> in the text.
    """
    first = Growing({MARKS[UNKNOWN]: UNKNOWN})
    tokens = yield from encoding(train, first)
    found = [*MARKS, *list(first)[1:]]
    counts = np.bincount(tokens, minlength=len(found))
    ranked = sorted(range(len(MARKS), len(found)), key=lambda x: (-counts[x], found[x]))
    kept = [*range(len(MARKS)), *(x for x in ranked if counts[x] >= min_count)]
    renumbered = np.full(len(found), UNKNOWN, np.int32)
    renumbered[kept] = np.arange(len(kept))
    yield 1.0
    return renumbered[tokens], tuple(found[x] for x in kept)


def encoding(sentences: Sequence[Sentence], index: dict[str, int]) -> Generator[float, None, np.ndarray]:
    """Sentences as tokens (N,) int32, each with its <s> and </s>."""
    parts = [np.empty(0, np.int32)]
    for begin in range(0, len(sentences), PIECE):
        parts.append(encoded(sentences[begin : begin + PIECE], index))
        yield 1.0
    return np.concatenate(parts)


def encoded(sentences: Sequence[Sentence], index: Mapping[str, int]) -> np.ndarray:
    """Sentences as tokens (N,) int32, each with its <s> and </s>; `index` numbers unknown words, too."""
    lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
    words = np.fromiter(map(index.__getitem__, chain.from_iterable(sentences)), np.int32, int(lengths.sum()))
    tokens = np.empty(len(words) + 2 * len(lengths), np.int32)
    ends = np.cumsum(lengths + 2) - 1
    inside = np.ones(len(tokens), bool)
    inside[ends] = inside[ends - lengths - 1] = False
    tokens[inside], tokens[ends], tokens[ends - lengths - 1] = words, END, START
    return tokens


def beginnings(tokens: np.ndarray) -> np.ndarray:
    """Where the sentences begin, and the end of the last one: (S + 1,) int64."""
    return np.append(np.flatnonzero(tokens == START), len(tokens))


def typed(spec: Any, index: Mapping[str, int], text: str) -> list[str]:
    """What a learner typed as tokens, cut as the text of the `index` was; characters keep a space at the end."""
    if spec.segment == "characters":
        line = re.sub(r"\s+", " ", text.lower()).lstrip()
        return [c for c in line if c != " " or " " in index]
    marks = "".join(re.escape(name) for name in index if len(name) == 1 and not name.isalnum())
    found: list[str] = []
    for part in re.split(f"([{marks}])", text) if marks else [text]:
        if part in index:
            found.append(part)
        else:
            found += [w for words in own.sentences(part, spec.segment) for w in _as_in_text(index, words)]
    if spec.corpus == "kjv":
        return [piece for word in found for piece in word.split("'") if piece]
    return found


def _as_in_text(index: Mapping[str, int], words: Sequence[str]) -> list[str]:
    """Chinese that the text of the index cuts otherwise: as the longest words of that text, where they make it up."""
    if all(word in index for word in words):
        return list(words)
    return _longest_words(index, "".join(words)) or [w for word in words for w in _longest_words(index, word) or [word]]


def _longest_words(index: Mapping[str, int], line: str) -> list[str]:
    """A run of Chinese as words of the vocabulary, the longest first; [] where something is left over."""
    if not re.fullmatch(f"[{own.HAN}]+", line):
        return []
    found: list[str] = []
    while line:
        word = next((line[:n] for n in range(len(line), 0, -1) if line[:n] in index), "")
        if not word:
            return []
        found.append(word)
        line = line[len(word) :]
    return found


def line_typed(spec: Any, index: Mapping[str, int], text: str) -> tuple[list[str], np.ndarray, list[str]]:
    """A line that a learner typed: its tokens, <s> and them as numbers (n + 1,), and the unknown ones, each once.

    Raises Mistake("line_too_long").
    """
    if len(text) > TYPED:
        raise Mistake("line_too_long", count=len(text), most=TYPED)
    words = typed(spec, index, text)
    return words, encoded([words], index)[:-1], [word for word in dict.fromkeys(words) if word not in index]


def line_of(spec: Any, words: Sequence[str]) -> str:
    """Tokens as a line of text."""
    return "".join(words) if spec.segment == "characters" else join(words)


def outputs(tokens: np.ndarray) -> np.ndarray:
    """The numbers of words as a network's outputs 0 … V − 1, int64: <s> is none of them, for it follows nothing."""
    return np.where(tokens == UNKNOWN, 0, tokens.astype(np.int64) - 1)


def foretold(tokens: np.ndarray) -> int:
    """How many of the tokens are foretold: all but <s>."""
    return int((tokens != START).sum())


def whole_lines(text: str) -> list[list[str]]:
    """A file's lines, each a sentence of the words between its white space; <s> and </s> around one are left out.

    An empty line is an empty sentence, as for KenLM. Raises Mistake("marks_inside") for <s> or </s> inside a line.
    """
    sentences = [line.split() for line in text.removesuffix("\n").split("\n")] if text else []
    if not any(mark in text for mark in MARKS[START:]):
        return sentences
    for i, words in enumerate(sentences):
        words = words[words[:1] == [MARKS[START]] :]
        sentences[i] = words[: len(words) - (words[-1:] == [MARKS[END]])]
        if MARKS[START] in sentences[i] or MARKS[END] in sentences[i]:
            raise Mistake("marks_inside", line=i + 1)
    return sentences
