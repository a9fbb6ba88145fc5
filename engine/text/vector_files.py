"""Files of word vectors that others made: bytes to words and numbers, with a clear word when that cannot be done.

Understood are word2vec's text and binary format, GloVe's text and fastText's `.vec`, each as it is or packed with gzip:

    word2vec text, .vec     a line "V D", then a line for each word: the word and D numbers
    GloVe text              such lines without the first one
    word2vec binary         a line "V D", then for each word: its letters, a space, D float32 (little-endian)

The first words of such a file are the most frequent, as a rule, so a file is read from its beginning and no further
than needed: gzip is unpacked piece by piece, and a small file that would unpack to a huge one never does. Of a word
that stands twice the first row is kept, as gensim does, and the others are counted. V words, D dimensions.
"""

import hashlib
import math
import warnings
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.experiments import OWN
from engine.mistake import Mistake
from engine.text.own import CONTROL

MOST = 50_000_000  # bytes of a file, packed or not
UNPACKED = 600_000_000  # bytes that are unpacked of it at most
PIECE = 1 << 16  # bytes read at a time
LONGEST = 200_000  # bytes of a line
WIDEST = 2_000  # dimensions
NUMBERS = 16_000_000  # of a table: 64 MB
LONGEST_WORD = 400  # bytes
NAMED = 3  # words that stand twice, and pieces of a line, in what is told
GZIP = b"\x1f\x8b"
MARK = b"\xef\xbb\xbf"  # with which some editors begin a text in UTF-8

Pieces = Iterator[tuple[bytes, float]]  # some bytes of what the file says, and the share of the file that is read


@dataclass
class Found:
    """What a file holds: its words, in the order of the file, and their vectors.

    `format` is "word2vec_text", "word2vec_binary" or "glove_text", `packed` whether gzip was around it. `declared` is
    the number of words its first line promises, None where there is none. `twice` are words that stood there again.
    `short`: the file ended before it had as many words as it promises.
    """

    format: str
    packed: bool
    dim: int
    declared: int | None
    short: bool = False
    words: list[str] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def add(self, word: str, vector: np.ndarray) -> None:
        """One more word with its vector (D,); of one that is known the first stays."""
        if word in self.known:
            self.twice.append(word)
            return
        self.known.add(word)
        self.words.append(word)
        self.rows.append(vector)

    def table(self) -> np.ndarray:
        """The vectors (V, D) float32."""
        return np.array(self.rows, dtype=np.float32).reshape(-1, self.dim)


def name(data: bytes) -> str:
    """What a spec calls this file: "own:" and the beginning of its SHA-256."""
    return OWN + hashlib.sha256(data).hexdigest()[:16]


def check(data: bytes) -> None:
    """Whether the file has a size that is read. Raises Mistake("vectors_empty") or ("vectors_too_large")."""
    if not data:
        raise Mistake("vectors_empty")
    if len(data) > MOST:
        raise Mistake("vectors_too_large", size=f"{math.ceil(len(data) / 1e5) / 10:g}", most=f"{MOST / 1e6:g}")


def reading(data: bytes, most: int) -> Generator[float, None, Found]:
    """The first `most` words of a file with their vectors; yields the share that is read, every few milliseconds.

    Fewer are read where the table would be larger than NUMBERS. Raises what `check` raises, and Mistake
    ("vectors_unknown"), ("vectors_packed"), ("vectors_unpacked"), ("vectors_line_long"), ("vectors_wide"),
    ("vectors_line"), ("vectors_dimension"), ("vectors_not_finite"), ("vectors_cut") or ("vectors_few").
    """
    check(data)
    source = _Source(_unpacked(data) if data.startswith(GZIP) else _pieces(data))
    number, first = _first(source)
    header = _header(first)
    found = Found("glove_text", data.startswith(GZIP), 0, header[0] if header else None)
    if header:
        found.dim = _sized(header[1])
    most = max(2, min(most, NUMBERS // found.dim)) if found.dim else most
    if header and _is_binary(source.peek(1000)):
        found.format = "word2vec_binary"
        yield from _binary(source, found, most, header[0])
    elif not header and _is_binary(first + source.peek(1000)):
        raise Mistake("vectors_unknown")
    else:
        found.format = "word2vec_text" if header else "glove_text"
        yield from _text(source, found, most, number, None if header else first)
        found.short = source.over() and len(found.words) + len(found.twice) < (found.declared or 0)
    if len(found.words) < 2:
        raise Mistake("vectors_few", words=len(found.words))
    return found


# ---- the bytes, piece by piece ----------------------------------------------------------------------------------


def _pieces(data: bytes) -> Pieces:
    view = memoryview(data)
    for begin in range(0, len(data), PIECE):
        yield bytes(view[begin : begin + PIECE]), min(1.0, (begin + PIECE) / len(data))


def _unpacked(data: bytes) -> Pieces:
    """What gzip packed, one file after the other if there are several; never more than PIECE bytes at once."""
    total, rest, view = 0, memoryview(data), len(data)
    while rest:
        packed = zlib.decompressobj(wbits=31)
        while not packed.eof:
            try:
                piece = packed.decompress(packed.unconsumed_tail or rest[:PIECE], PIECE)
            except zlib.error:
                raise Mistake("vectors_packed") from None
            if not packed.unconsumed_tail:
                rest = rest[PIECE:]
            total += len(piece)
            if total > UNPACKED:
                raise Mistake("vectors_unpacked", most=f"{UNPACKED / 1e6:g}")
            if piece:
                yield piece, 1 - len(rest) / view
            elif not rest and not packed.unconsumed_tail and not packed.eof:
                raise Mistake("vectors_packed")
        left = packed.unused_data
        rest = memoryview(left + bytes(rest)) if left.startswith(GZIP) else memoryview(b"")


class _Source:
    """The bytes of a file, to be taken by lines or by numbers of bytes. `share` of the file is read so far."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces, self.held, self.at, self.share = pieces, b"", 0, 0.0

    def _more(self) -> bool:
        piece, share = next(self.pieces, (b"", 1.0))
        self.held, self.at, self.share = self.held[self.at :] + piece, 0, share
        return bool(piece)

    def peek(self, n: int) -> bytes:
        """The next n bytes, or as many as there are; they stay."""
        while len(self.held) - self.at < n and self._more():
            pass
        return self.held[self.at : self.at + n]

    def take(self, n: int) -> bytes:
        """The next n bytes, or as many as there are."""
        taken = self.peek(n)
        self.at += len(taken)
        return taken

    def until(self, end: bytes, longest: int) -> bytes | None:
        """The bytes before the next `end`, which is passed; the rest of the file where there is none.

        None where that is longer than `longest`.
        """
        begin = 0
        while (place := self.held.find(end, self.at + begin)) < 0:
            begin = len(self.held) - self.at
            if begin > longest:
                return None
            if not self._more():
                return self.take(begin)
        taken = self.held[self.at : place]
        self.at = place + len(end)
        return taken if len(taken) <= longest else None

    def line(self, number: int = 1) -> bytes:
        """The next line. Raises Mistake("vectors_line_long")."""
        taken = self.until(b"\n", LONGEST)
        if taken is None:
            raise Mistake("vectors_line_long", line=f"{number:,}", most=f"{LONGEST:,}")
        return taken

    def over(self) -> bool:
        """Whether nothing is left."""
        return not self.peek(1)


# ---- what the bytes say -----------------------------------------------------------------------------------------


def _first(source: _Source) -> tuple[int, bytes]:
    """The first line that is not blank, without a mark of its encoding, and its number. Raises ("vectors_empty")."""
    number, line = 1, source.line().removeprefix(MARK)
    while not line.strip():
        if source.over():
            raise Mistake("vectors_empty")
        number += 1
        line = source.line(number)
    return number, line


def _header(line: bytes) -> tuple[int, int] | None:
    """V and D, where a first line names them."""
    pieces = line.split()
    if len(pieces) != 2 or not all(piece.isdigit() and len(piece) < 12 for piece in pieces):
        return None
    V, D = (int(piece) for piece in pieces)
    return V, D


def _sized(D: int) -> int:
    if not 1 <= D <= WIDEST:
        raise Mistake("vectors_wide", dimensions=f"{D:,}", most=f"{WIDEST:,}")
    return D


def _is_binary(sample: bytes) -> bool:
    """Whether these bytes are numbers as a machine keeps them, and no text in UTF-8."""
    try:
        sample[: len(sample) - 3 or None].decode("utf-8")  # the last character may be cut
    except UnicodeDecodeError as problem:
        if problem.end < len(sample) - 4:
            return True
    return len(sample) != len(sample.translate(None, CONTROL))


def _text(source: _Source, found: Found, most: int, number: int, first: bytes | None) -> Generator[float, None, None]:
    """Lines of a word and its numbers; line `number` is read already: `first`, in a file without a header."""
    if first is not None:
        found.dim = _sized(max(1, len(first.split()) - 1))
        most = max(2, min(most, NUMBERS // found.dim))
        found.add(*_worded(first, number, found.dim))
    share = -1.0
    while len(found.words) < most and not source.over():
        number += 1
        line = source.line(number)
        if line.strip():
            found.add(*_worded(line, number, found.dim))
        if source.share != share:  # another piece was read
            share = source.share
            yield max(share, len(found.words) / most)


def _worded(line: bytes, number: int, D: int) -> tuple[str, np.ndarray]:
    """The word and the D numbers of a line. Raises Mistake("vectors_line"), ("vectors_dimension"), ("…not_finite")."""
    word, _, rest = line.strip().partition(b" " if b" " in line.strip() else b"\t")
    vector = _numbers(rest)
    if vector is None or len(vector) != D:
        word, vector = _spaced(line, number, D)
    if not np.isfinite(vector).all():
        raise Mistake("vectors_not_finite", line=f"{number:,}", word=_readable(word))
    return word.decode("utf-8", "replace"), vector


def _numbers(text: bytes) -> np.ndarray | None:
    """The numbers of a text between white space; None where something else stands among them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            return np.fromstring(text, dtype=np.float32, sep=" ") if text.strip() else np.empty(0, np.float32)
        except (DeprecationWarning, ValueError):
            return None


def _spaced(line: bytes, number: int, D: int) -> tuple[bytes, np.ndarray]:
    """A line that is not simply a word and D numbers: its word may have spaces inside. Otherwise says what is wrong."""
    pieces = line.split()
    numbers = _numbers(b" ".join(pieces[-D:])) if len(pieces) > D else None
    if numbers is not None and len(numbers) == D and not any(_is_number(each) for each in pieces[1:-D]):
        return b" ".join(pieces[:-D]), numbers
    wrong = next((each for each in pieces[1:] if not _is_number(each)), None)
    if wrong is not None or len(pieces) < 2:
        shown = _readable(wrong if wrong is not None else line.strip())
        raise Mistake("vectors_line", line=f"{number:,}", found=shown)
    raise Mistake("vectors_dimension", line=f"{number:,}", given=len(pieces) - 1, wanted=D)


def _is_number(piece: bytes) -> bool:
    try:
        float(piece)
    except ValueError:
        return False
    return True


def _readable(piece: bytes) -> str:
    """A piece of a file, to be shown."""
    return piece[:40].decode("utf-8", "replace")


def _binary(source: _Source, found: Found, most: int, declared: int) -> Generator[float, None, None]:
    """Words and their numbers as word2vec's program keeps them, with or without a line break between two."""
    share = -1.0
    for number in range(1, declared + 1):
        found.add(*_record(source, found.dim, number, declared))
        if len(found.words) == most:
            return
        if source.share != share:
            share = source.share
            yield max(share, len(found.words) / most)


def _record(source: _Source, D: int, number: int, declared: int) -> tuple[str, np.ndarray]:
    """One word and its D numbers. Raises Mistake("vectors_unknown"), ("vectors_cut"), ("vectors_number_not_finite")."""
    word, data = source.until(b" ", LONGEST_WORD), source.take(4 * D)
    odd = word is None or not word.strip() or word.strip() != word.strip().translate(None, CONTROL)
    if len(data) < 4 * D and number > 1:
        raise Mistake("vectors_cut", word=f"{number:,}", declared=f"{declared:,}")
    if word is None or odd or len(data) < 4 * D:
        raise Mistake("vectors_unknown")
    vector = np.frombuffer(data, "<f4").astype(np.float32)  # (D,)
    if not np.isfinite(vector).all():
        raise Mistake("vectors_number_not_finite", number=f"{number:,}", word=_readable(word.strip()))
    return word.strip().decode("utf-8", "replace"), vector
