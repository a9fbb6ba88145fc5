"""Files of vectors: every format beside gensim, and every way in which one can be wrong."""

import gzip
import io
import time
import zlib
from pathlib import Path
from typing import Any

import gensim
import numpy as np
import pytest

from engine.mistake import Mistake
from engine.models import finish
from engine.text import vector_files
from engine.text.vector_files import Found

WORDS = ["the", "king", "queen", "国王", "naïve", "new_york", "don't", "7"]
TABLE = np.random.default_rng(0).normal(size=(len(WORDS), 5)).astype(np.float32)


def text(words: list[str] = WORDS, header: bool = True, end: str = "\n") -> bytes:
    """A file in word2vec's text format, or GloVe's."""
    lines = [" ".join([word, *(f"{x:.6f}" for x in v)]) for word, v in zip(words, TABLE, strict=False)]
    return end.join([*([f"{len(words)} 5"] if header else []), *lines, ""]).encode()


def by_gensim(binary: bool) -> bytes:
    """A file that gensim wrote."""
    made = gensim.models.KeyedVectors(vector_size=5)
    made.add_vectors(WORDS, TABLE)
    out = Path("/tmp") / f"vectors-{time.time_ns()}"
    try:
        made.save_word2vec_format(str(out), binary=binary)
        return out.read_bytes()
    finally:
        out.unlink(missing_ok=True)


def read(data: bytes, most: int = 10_000) -> Found:
    return finish(vector_files.reading(data, most))


def refused(data: bytes, most: int = 10_000) -> Mistake:
    with pytest.raises(Mistake) as caught:
        read(data, most)
    assert caught.value.sentence("en") != caught.value.sentence("zh")
    return caught.value


FORMATS = {
    "word2vec text": (text(), "word2vec_text"),
    "word2vec text, Windows": (text(end="\r\n"), "word2vec_text"),
    "fastText .vec": (text().replace(b"\n", b" \n")[2:].join([b"8 ", b""]), "word2vec_text"),
    "GloVe": (text(header=False), "glove_text"),
    "no line break at the end": (text().rstrip(), "word2vec_text"),
    "tabs": (text().replace(b" ", b"\t"), "word2vec_text"),
    "gensim's text": (by_gensim(False), "word2vec_text"),
    "gensim's binary": (by_gensim(True), "word2vec_binary"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(("data", "kind"), FORMATS.values(), ids=FORMATS)
def test_every_format_is_read(data: bytes, kind: str, packed: bool) -> None:
    found = read(gzip.compress(data) if packed else data)
    assert (found.words, found.format, found.packed, found.dim) == (WORDS, kind, packed, 5)
    np.testing.assert_allclose(found.table(), TABLE, atol=1e-6)
    assert found.declared == (None if kind == "glove_text" else 8)


def test_word2vec_s_own_program_ends_each_vector_with_a_line_break() -> None:
    rows = [word.encode() + b" " + v.tobytes() + b"\n" for word, v in zip(WORDS, TABLE, strict=True)]
    found = read(b"8 5\n" + b"".join(rows))
    assert found.words == WORDS
    assert np.array_equal(found.table(), TABLE)


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_the_same(binary: bool, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(by_gensim(binary))
    theirs = gensim.models.KeyedVectors.load_word2vec_format(str(tmp_path / "file"), binary=binary)
    ours = read((tmp_path / "file").read_bytes())
    assert ours.words == theirs.index_to_key
    assert np.array_equal(ours.table(), theirs.vectors)


def test_only_the_first_words_are_read() -> None:
    for data in (text(), text(header=False), by_gensim(True), gzip.compress(text())):
        assert read(data, 3).words == WORDS[:3]
    assert read(text(header=False) + b"cat 1 2 3 4 5\n" * 99 + b"not a line of vectors", 3).words == WORDS[:3]


def test_a_wide_table_is_cut_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_files, "NUMBERS", 20)
    assert read(text()).words == WORDS[:4]


def test_a_word_may_have_spaces_inside() -> None:
    found = read(text(header=False) + b". . . 1 2 3 4 5\nat name@domain.com 1 2 3 4 5\n")
    assert found.words[-2:] == [". . .", "at name@domain.com"]
    assert found.table()[-1].tolist() == [1, 2, 3, 4, 5]


def test_of_a_word_that_stands_twice_the_first_is_kept_as_gensim_does(tmp_path: Path) -> None:
    data = text() + b"king 9 9 9 9 9\nking 8 8 8 8 8\n"
    found = read(data)
    assert (found.words, found.twice) == (WORDS, ["king", "king"])
    np.testing.assert_allclose(found.table()[1], TABLE[1], atol=1e-6)
    (tmp_path / "file").write_bytes(data.replace(b"8 5", b"10 5"))
    theirs = gensim.models.KeyedVectors.load_word2vec_format(str(tmp_path / "file"))
    np.testing.assert_allclose(theirs["king"], TABLE[1], atol=1e-6)


def test_progress_rises_and_pieces_are_short() -> None:
    rows = np.random.default_rng(1).normal(size=(3_000, 100))
    lines = [f"w{n} " + " ".join(f"{x:.5f}" for x in row) for n, row in enumerate(rows)]
    data = gzip.compress("\n".join(lines).encode(), 1)
    told, longest, since = [], 0.0, time.thread_time()
    work = vector_files.reading(data, 10_000)
    for share in work:
        told.append(share)
        longest, since = max(longest, time.thread_time() - since), time.thread_time()
    assert told == sorted(told)
    assert len(told) >= 20
    assert all(0 <= share <= 1 for share in told)
    assert longest < 0.1


WRONG: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "empty": (b"", "vectors_empty", {}),
    "only a header": (b"8 5\n", "vectors_few", {"words": 0}),
    "one word": (b"king 1 2 3\n", "vectors_few", {"words": 1}),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "vectors_unknown", {}),
    "a zip file": (b"PK\x03\x04" + bytes(range(256)) * 9, "vectors_unknown", {}),
    "prose": (
        b"It was the best of times.\nIt was the worst of times.\n",
        "vectors_line",
        {"line": "1", "found": "was"},
    ),
    "a word in place of a number": (
        text() + b"cat 1 2 x 4 5\n",
        "vectors_line",
        {"line": "10", "found": "x"},
    ),
    "a word alone": (text() + b"cat\n", "vectors_line", {"line": "10", "found": "cat"}),
    "too few numbers": (text() + b"cat 1 2 3 4\n", "vectors_dimension", {"line": "10", "given": 4, "wanted": 5}),
    "too many numbers": (
        text(header=False) + b"cat 1 2 3 4 5 6\n",
        "vectors_dimension",
        {"line": "9", "given": 6, "wanted": 5},
    ),
    "another dimension in the header": (
        text().replace(b"8 5", b"8 4"),
        "vectors_dimension",
        {"line": "2", "given": 5, "wanted": 4},
    ),
    "not a number": (text() + b"cat 1 2 nan 4 5\n", "vectors_not_finite", {"line": "10", "word": "cat"}),
    "infinite": (text() + b"cat 1 2 1e99 4 5\n", "vectors_not_finite", {"line": "10", "word": "cat"}),
    "dimension 0": (b"8 0\nking\n", "vectors_wide", {"dimensions": "0"}),
    "dimension of a million": (b"8 1000000\nking 1\n", "vectors_wide", {"dimensions": "1,000,000"}),
    "cut gzip": (gzip.compress(text())[:-20], "vectors_packed", {}),
    "damaged gzip": (b"\x1f\x8b\x08\x00" + b"nonsense" * 20, "vectors_packed", {}),
    "cut binary": (by_gensim(True)[:-30], "vectors_cut", {"word": "7", "declared": "8"}),
    "binary that is none": (b"8 5\n" + bytes(range(256)) * 20, "vectors_unknown", {}),
    "binary without spaces": (b"8 300\n" + b"\x01" * 3000, "vectors_unknown", {}),
}


@pytest.mark.parametrize(("data", "code", "details"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(data: bytes, code: str, details: dict[str, Any]) -> None:
    found = refused(data)
    assert found.code == code, found.sentence()
    assert {name: found.details[name] for name in details} == details


def test_a_binary_with_nan_names_the_word() -> None:
    broken = TABLE.copy()
    broken[2, 1] = np.nan
    rows = [word.encode() + b" " + v.tobytes() for word, v in zip(WORDS, broken, strict=True)]
    found = refused(b"8 5\n" + b"".join(rows))
    assert (found.code, found.details["word"]) == ("vectors_number_not_finite", "queen")


def test_files_over_50_mb_are_refused() -> None:
    found = refused(bytes(vector_files.MOST + 1))
    assert (found.code, found.details) == ("vectors_too_large", {"size": "50.1", "most": "50"})


def test_a_bomb_never_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gigabyte of zeros packs to a megabyte: as one line it is refused after 200,000 bytes of it."""
    packer = zlib.compressobj(9, wbits=31)
    block, out = b"0" * 1_000_000, io.BytesIO()
    for _ in range(1_000):
        out.write(packer.compress(block))
    out.write(packer.flush())
    begun = time.thread_time()
    assert refused(out.getvalue()).code == "vectors_line_long"
    assert time.thread_time() - begun < 0.5
    monkeypatch.setattr(vector_files, "UNPACKED", 1_000_000)
    lines = gzip.compress(b"".join(b"w%d 1 2 3\n" % n for n in range(200_000)))
    assert refused(lines, 200_000).code == "vectors_unpacked"
    assert len(read(lines, 5_000).words) == 5_000


def test_two_gzip_files_in_a_row_are_one() -> None:
    lines = text().split(b"\n")
    data = gzip.compress(b"\n".join(lines[:4]) + b"\n") + gzip.compress(b"\n".join(lines[4:]))
    assert read(data).words == WORDS


@pytest.mark.parametrize("header", [True, False])
def test_an_editor_s_mark_and_blank_lines_before_the_first_word_are_passed(header: bool) -> None:
    for before in (b"\xef\xbb\xbf", b"\n \n", b"\xef\xbb\xbf\n"):
        found = read(before + text(header=header))
        assert found.words == WORDS
    wrong = refused(b"\n\n" + text(header=header) + b"late 1 2\n")
    assert (wrong.code, wrong.details["line"]) == ("vectors_dimension", f"{3 + header + len(WORDS)}")


@pytest.mark.parametrize("data", [b"\n \n", b"\xef\xbb\xbf", gzip.compress(b"\n")])
def test_a_file_of_blank_lines_is_empty(data: bytes) -> None:
    assert refused(data).code == "vectors_empty"


def test_a_text_that_ends_before_it_has_what_it_promises_is_short() -> None:
    promised = f"{len(WORDS)} 5".encode()
    assert not read(text()).short
    assert read(text().replace(promised, b"9 5", 1)).short
    assert not read(text().replace(promised, b"9 5", 1), most=4).short  # the rest was not asked for
    assert not read(text() + b"the 1 2 3 4 5\n").short


def test_markup_is_only_a_word() -> None:
    found = read(b"<b>x</b> 1 2\n**bold** 3 4\n$x$ 5 6\n")
    assert found.words == ["<b>x</b>", "**bold**", "$x$"]
