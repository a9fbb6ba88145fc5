"""Collections of documents: eight notes, passages of the kingdom, chapters of the Bible, a learner's own lines.

A document is a list of words in lower case. What a document is: a note; four sentences of the kingdom; a chapter; a
line of the learner's own text. Chinese is cut into words by jieba or into characters (the kingdom's is written in
words); other writing where its letters end, so that words of one letter stay.
"""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from engine.experiments import OWN, Representation
from engine.mistake import Mistake
from engine.text import chapters, kingdom, kjv, own

SENTENCES = 4  # of the kingdom in one document
SHOWN = 60  # characters of a document's beginning
SLICE = 500  # verses between two reports

# Made for teaching: synonyms that never meet (doctor, physician; car, automobile), words that are everywhere (the),
# and one subject that only a single note has (rain).
NOTES: dict[str, tuple[str, ...]] = {
    "en": (
        "The doctor drove her car to the hospital.",
        "A physician parked his automobile at the clinic.",
        "The cook baked bread and a cake for the feast.",
        "This baker sells brown bread, white bread and sweet bread.",
        "The dog bit the man, and the man ran to the doctor.",
        "The man ate bread in the park, and the dog watched the man.",
        "The doctor said that bread is good for a dog.",
        "Rain fell on the park and the garden.",
    ),
    "zh": (
        "医生的汽车停在医院门口。",
        "一位大夫开着轿车去诊所。",
        "厨师为宴会做了面包和蛋糕。",
        "面包师有黑面包、白面包和甜面包。",
        "狗咬了男人的手，男人去找医生。",
        "男人的狗看着男人的面包。",
        "医生说，面包对狗的身体好。",
        "昨天的雨落在公园和花园里。",
    ),
}
PART, WHOLE = "花园", "花园里"  # jieba takes the garden with its "in" for one word: a search for the garden misses it
BOOKS = {"genesis": 1, "exodus": 2, "psalms": 19, "proverbs": 20, "matthew": 40, "acts": 44, "revelation": 66}

Cut = Callable[[str], list[str]]  # a run of Chinese → its words


@dataclass(frozen=True)
class Document:
    """Its place in the collection, counted from 1 (a chapter's number), how it begins, and its words."""

    number: int
    start: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Collection:
    """Documents in the order in which they are read, and what cuts a query the same way."""

    documents: tuple[Document, ...]
    cut: Cut


def reading(spec: Representation, text: str | None = None) -> Generator[float, None, Collection]:
    """The collection of a spec; yields the share that is read at least every 50 ms.

    `text` is the learner's own and only needed for a corpus "own:…". Raises Mistake("own_text_missing"), or what
    `own.check_documents` or `chapters.chosen` raises.
    """
    cut: Cut = list
    if spec.corpus == "kjv":
        documents = yield from _chapters(BOOKS[spec.book], spec.chapters)
    elif spec.corpus == "kingdom":
        cut = yield from _cutter("中" if spec.language == "zh" else "", "words")
        documents = _passages(spec)
    else:
        lines = _lines(spec, text)
        cut = yield from _cutter("".join(lines), spec.segment)
        documents = yield from _cut(lines, spec.segment)
    return Collection(tuple(documents), cut)


def _cutter(text: str, segment: str) -> Generator[float, None, Cut]:
    """What cuts Chinese; yields 0 while jieba's dictionary loads, if `text` needs it."""
    work = own.cutter(text, segment)
    while True:
        try:
            next(work)
        except StopIteration as done:
            cut: Cut = done.value
            return cut
        yield 0.0


def _cut(lines: list[str], segment: str) -> Generator[float, None, list[Document]]:
    """Each line as a document."""
    made = []
    for n, line in enumerate(lines, 1):
        reading = own.reading(line, segment)
        while True:
            try:
                next(reading)
            except StopIteration as done:
                made.append(_document(n, line, [word for sentence in done.value for word in sentence]))
                break
            yield (n - 1) / len(lines)
        yield n / len(lines)
    return made


def _lines(spec: Representation, text: str | None) -> list[str]:
    if not spec.corpus.startswith(OWN):
        return list(NOTES[spec.language])
    if text is None or own.name(text) != spec.corpus:
        raise Mistake("own_text_missing")
    own.check_documents(text)
    return own.documents(text)


def _passages(spec: Representation) -> list[Document]:
    """Sentences of the kingdom in a row, SENTENCES to a document; so many words that there are enough of them."""
    enough = 40 * SENTENCES * spec.documents
    sentences = kingdom.sentences(spec.language, enough, spec.corpus_seed)
    joined = " " if spec.language == "en" else ""
    return [
        _document(n, joined.join(words), words)
        for n in range(1, spec.documents + 1)
        if (words := [word for sentence in islice(sentences, SENTENCES) for word in sentence if word.isalnum()])
    ]


def _chapters(book: int, wanted: str) -> Generator[float, None, list[Document]]:
    """The chapters of a book of the Bible that are `wanted`."""
    found: dict[int, list[str]] = {}
    for n, (at, chapter, verse) in enumerate(kjv.located()):
        if at > book:
            break
        if at == book:
            found.setdefault(chapter, []).append(verse)
        if n % SLICE == 0:
            yield n / kjv.VERSES
    return [
        _document(number, found[number][0], kjv.WORD.findall(" ".join(found[number]).lower()))
        for number in chapters.chosen(wanted, len(found))
    ]


def _document(number: int, text: str, words: list[Any]) -> Document:
    start = text if len(text) <= SHOWN else re.sub(r"\s+\w*$", "", text[:SHOWN], flags=re.ASCII) + " …"
    return Document(number, start, tuple(words))
