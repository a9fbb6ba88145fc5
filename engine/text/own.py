"""A learner's own text: bytes to characters to sentences, with a clear word when that cannot be done.

The text is data from beginning to end. Markup in it (HTML, Markdown, LaTeX) is cut into words like anything else and
never interpreted; emoji are not words and are left out.
"""

import codecs
import hashlib
import io
import logging
import math
import re
import sys
import unicodedata
from collections.abc import Generator, Iterator
from typing import Any

from engine.experiments import OWN
from engine.mistake import Mistake

MOST = 5_000_000  # bytes
LEAST = 200  # words; a Chinese character counts as one
FEWEST, MOST_DOCUMENTS = 2, 200  # lines that are documents
LONGEST_DOCUMENT = 100_000  # characters
ENOUGH = 5_000  # words from which vectors begin to say something
VARIED = 100  # different words; with fewer all stand beside all

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
LETTER = rf"[^\W\d_{HAN}]"
# A run of Chinese (long ones in pieces), any other word or number, the end of a sentence, or a long stretch of neither.
PIECE = re.compile(
    rf"(?P<chinese>[{HAN}]{{1,200}})|(?P<word>{LETTER}+(?:['’]{LETTER}+)*|\d+)"
    r"|(?P<end>[。！？…\n]|[.!?](?=\s|$))|[^\w.!?。！？…\n]{50,4000}"
)
CONTROL = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))
LONGEST = 1000  # words in a sentence: a text without full stops is cut here

# Chinese without any of these is hardly Chinese: bytes of another encoding, read as GB18030, give rare characters.
COMMON = frozenset("的一是不了在人有我他这這大中上国國们們之也其以而")


def name(text: str) -> str:
    """What a spec calls this text: "own:" and the beginning of its SHA-256. The text itself is not in a spec."""
    return OWN + hashlib.sha256(_utf8(text)).hexdigest()[:16]


def decode(data: bytes) -> str:
    """The characters of a file in UTF-8, UTF-16 or GB18030, found out from its bytes.

    Raises Mistake("text_too_large"), ("text_binary") or ("text_encoding"). Latin-1 and its like cannot be told from
    one another, so they are refused and not guessed.
    """
    if len(data) > MOST:
        raise _too_large(len(data))
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _printable(text) and (encoding == "utf-8-sig" or _familiar(text)):
            return text
    raise Mistake("text_binary" if _binary(data) else "text_encoding")


def _candidates(data: bytes) -> tuple[str, ...]:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # asked first: it begins like UTF-16
        return ("utf-32",)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    # Without a mark: a zero byte is half a character of UTF-16, or no text at all.
    return ("utf-16-le", "utf-16-be") if b"\0" in data else ("utf-8-sig", "gb18030")


def _binary(data: bytes) -> bool:
    """Whether these bytes, which no encoding fits, were never meant as text: they are full of control characters."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return len(data) - len(data.translate(None, CONTROL)) > len(data) / 500


def _printable(text: str) -> bool:
    """Whether `text` has hardly any control characters, no halves of characters and none that Unicode lacks."""
    sample = text[:20_000]
    odd = sum(unicodedata.category(c)[0] == "C" and c not in "\t\n\r\f\u200b\u200c\u200d\ufeff" for c in sample)
    return odd <= len(sample) / 500


def _familiar(text: str) -> bool:
    """Whether `text` looks like what it was decoded as: its Chinese has common characters, or it has ASCII alone."""
    sample = text[:20_000]
    chinese = re.findall(f"[{HAN}]", sample)
    if chinese:
        return sum(c in COMMON for c in chinese) >= len(chinese) / 50
    return any(c.isascii() for c in sample)


def check(text: str, reads: str = "text") -> None:
    """Whether a model can be trained on `text`: at least 200 words and two different ones, at most 5 MB in UTF-8.

    A Chinese character counts as a word here. Raises Mistake("text_empty"), ("text_one_word"), ("text_too_short") or
    ("text_too_large"). `reads` is "documents" where each line is a document: then see `check_documents`.
    """
    size = len(_utf8(text))
    if size > MOST:
        raise _too_large(size)
    if reads == "documents":
        check_documents(text)
        return
    runs: set[str] = set()
    different: set[str] = set()
    count = 0
    for run, words in _counted(text):
        runs.add(run)
        different.update(words)
        count += len(words)
        if count >= LEAST and len(different) > 1:
            return
    if not runs:
        raise Mistake("text_empty")
    if len(different) == 1 or (len(runs) == 1 and count <= 4):  # 你好 has two characters and is one word
        raise Mistake("text_one_word", word=min(different if len(different) == 1 else runs)[:40])
    raise Mistake("text_too_short", count=count, least=LEAST)


def documents(text: str) -> list[str]:
    """The documents of `text`: its lines, without those that hold no word."""
    return [line.strip() for line in text.splitlines() if any(_counted(line))]


def check_documents(text: str) -> None:
    """Whether the lines of `text` make a collection of 2 to 200 documents.

    Raises Mistake("documents_none"), ("documents_one"), ("documents_too_many") or ("document_too_long").
    """
    lines = documents(text)
    count = len(lines)
    if count < FEWEST:
        raise Mistake("documents_one" if count else "documents_none")
    if count > MOST_DOCUMENTS:
        raise Mistake("documents_too_many", count=f"{count:,}", most=MOST_DOCUMENTS)
    for n, line in enumerate(lines, 1):
        if len(line) > LONGEST_DOCUMENT:
            raise Mistake("document_too_long", document=n, count=f"{len(line):,}", most=f"{LONGEST_DOCUMENT:,}")


def size(text: str) -> tuple[int, int]:
    """How many words `text` has and how many different ones, counted as `check` does, up to where both are plenty."""
    different: set[str] = set()
    count = 0
    for _, words in _counted(text):
        different.update(words)
        count += len(words)
        if count >= 4 * ENOUGH or (count >= ENOUGH and len(different) >= VARIED):
            break
    return count, len(different)


def _counted(text: str) -> Iterator[tuple[str, list[str]]]:
    """Every run of Chinese and every other word, in lower case, with what it counts as: Chinese, its characters."""
    for match in PIECE.finditer(text):
        if match["chinese"]:
            yield match["chinese"], list(match["chinese"])
        elif match["word"]:
            yield match["word"].lower(), [match["word"].lower()]


def sentences(text: str, segment: str = "words") -> Iterator[list[str]]:
    """The sentences of `text`, each a list of lower-case words, no sentence empty.

    `segment` says what a word of Chinese is: "words" as jieba finds them, or "characters". Other writing is cut where
    its letters end; numbers are words. A sentence ends at a line break, at 。！？… and at . ! ? before a space.
    """
    for words, _ in _walk(text, _exhaust(cutter(text, segment))):
        if words:
            yield words


def reading(text: str, segment: str = "words") -> Generator[float, None, list[list[str]]]:
    """As `sentences`, all at once; yields the share of the text that is read, several times in any 50 ms."""
    cut = yield from _as_progress(cutter(text, segment))
    found: list[list[str]] = []
    read = 0
    for words, end in _walk(text, cut):
        if words:
            found.append([sys.intern(w) for w in words])
        if end - read > 1000:
            read = end
            yield end / len(text)
    return found


def _walk(text: str, cut: Any) -> Iterator[tuple[list[str], int]]:
    """Sentences and where they end. Empty ones too, so that a long stretch without words does not block."""
    words: list[str] = []
    for match in PIECE.finditer(text):
        if match["word"]:
            words.append(unicodedata.normalize("NFC", match["word"]).lower().replace("’", "'"))
        elif match["chinese"]:
            words.extend(cut(match["chinese"]))
        if len(words) >= LONGEST or not (match["word"] or match["chinese"]):
            yield words, match.end()
            words = []
    yield words, len(text)


def words(text: str, cut: Any) -> list[str]:
    """All words of `text` in a row, in lower case; `cut` is what `cutter` returned."""
    return [word for found, _ in _walk(text, cut) for word in found]


def cutter(text: str, segment: str) -> Generator[None, None, Any]:
    """The function that cuts a run of Chinese into words; yields while jieba's dictionary loads, if `text` needs it."""
    if segment == "characters":
        return list
    if not re.search(f"[{HAN}]", text):
        return list  # nothing to cut: spare the second that the dictionary takes
    tokenizer = yield from _jieba()
    return tokenizer.lcut


_loaded: list[Any] = []  # jieba's tokenizer, once this process has needed it


def _jieba() -> Generator[None, None, Any]:
    """jieba's tokenizer with its own dictionary, loaded in slices of about 30 ms and once per process.

    jieba would load all at once, for a second, and keep a copy in the machine's temporary folder, which on a shared
    machine anybody may have put there.
    """
    if not _loaded:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total = {}, 0
        with tokenizer.get_dict_file() as file:
            while lines := file.readlines(100_000):
                part, total = tokenizer.gen_pfdict(io.BytesIO(b"".join(lines)))
                # The beginnings of words are in it with frequency 0; that must not hide a word of an earlier slice.
                tokenizer.FREQ.update({word: f for word, f in part.items() if f or word not in tokenizer.FREQ})
                tokenizer.total += total
                yield
        tokenizer.initialized = True
        _loaded.append(tokenizer)
    return _loaded[0]


def _as_progress(generator: Generator[None, None, Any]) -> Generator[float, None, Any]:
    """The same generator, reporting that nothing is read yet."""
    while True:
        try:
            next(generator)
        except StopIteration as done:
            return done.value
        yield 0.0


def _exhaust(generator: Generator[Any, None, Any]) -> Any:
    """What a generator returns, without what it yields."""
    while True:
        try:
            next(generator)
        except StopIteration as done:
            return done.value


def _utf8(text: str) -> bytes:
    # A browser can hand over half a surrogate pair; it is counted and hashed like anything else.
    return text.encode("utf-8", "surrogatepass")


def _too_large(size: int) -> Mistake:
    return Mistake("text_too_large", size=f"{math.ceil(size / 1e4) / 100:g}", most=f"{MOST / 1e6:g}")
