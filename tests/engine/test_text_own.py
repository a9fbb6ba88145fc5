"""A learner's own text: which files are understood, which are refused and how, and how a text is cut into words."""

import contextlib
import random
import unicodedata
import zlib
from collections.abc import Generator
from typing import Any

import jieba
import pytest

from engine.mistake import Mistake
from engine.text import own

ENGLISH = "The cat sat on the mat, and the dog saw it. " * 20
CHINESE = "国王的宫殿里有一位王后，她不是一般的人。我爱自然语言处理。" * 10
TRADITIONAL = "國王的宮殿裡有一位王后，她不是一般的人。" * 12
MIXED = "我爱 natural language processing，这是一个“例子”。\n" * 15
RUSSIAN = "Привет, как дела? " * 80


def mistake(function: Any, *given: Any) -> Mistake:
    with pytest.raises(Mistake) as caught:
        function(*given)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE, TRADITIONAL, MIXED], ids=["en", "zh", "zh-Hant", "both"])
def test_files_in_the_usual_encodings(text: str, encoding: str) -> None:
    assert own.decode(text.encode(encoding)) == text


def test_other_scripts_in_unicode() -> None:
    for encoding in ("utf-8", "utf-16"):
        assert own.decode(RUSSIAN.encode(encoding)) == RUSSIAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Été général à la plage, naïve café. ", "latin-1"),
        ("“Hello”, said the café owner. ", "cp1252"),
        ("吾輩は猫である。名前はまだ無い。", "shift-jis"),
        ("나는 자연어 처리를 사랑합니다. ", "euc-kr"),
        ("我愛自然語言處理。國王的宮殿裡有一位王后。", "big5"),
        (RUSSIAN, "cp1251"),
    ],
)
def test_other_encodings_are_refused_rather_than_guessed(text: str, encoding: str) -> None:
    assert mistake(own.decode, (text * 20).encode(encoding)).code == "text_encoding"


def test_a_damaged_file() -> None:
    assert mistake(own.decode, CHINESE.encode()[:-1]).code == "text_encoding"
    assert mistake(own.decode, CHINESE.encode("utf-16")[:-1]).code == "text_encoding"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\x06\0\0\0"
        + zlib.compress(random.Random(0).randbytes(3000)),
        b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0" + zlib.compress(random.Random(1).randbytes(3000)),
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\nstream\n" + zlib.compress(random.Random(2).randbytes(3000)),
        bytes(range(256)) * 10,
        b"\0" * 1000,
    ],
    ids=["png", "zip", "pdf", "every byte", "zeros"],
)
def test_binary_files(data: bytes) -> None:
    assert mistake(own.decode, data).code == "text_binary"


def test_five_megabytes_and_no_more() -> None:
    assert len(own.decode(b"a" * own.MOST)) == own.MOST
    assert mistake(own.decode, b"a" * (own.MOST + 1)).code == "text_too_large"
    too_large = mistake(own.check, "字" * (own.MOST // 3 + 1))  # three bytes each
    assert too_large.code == "text_too_large"
    assert too_large.details == {"size": "5.01", "most": "5"}


@pytest.mark.parametrize("text", ["", " \n\t ", "😀😀😀", "!!! ... ——"])
def test_no_words(text: str) -> None:
    assert mistake(own.check, text).code == "text_empty"


@pytest.mark.parametrize(
    ("text", "word"), [("hello", "hello"), ("Hello hello " * 200, "hello"), ("你好", "你好"), ("好" * 300, "好")]
)
def test_one_word(text: str, word: str) -> None:
    found = mistake(own.check, text)
    assert (found.code, found.details["word"]) == ("text_one_word", word)


def test_too_short() -> None:
    found = mistake(own.check, "one two " * 99 + "three")
    assert (found.code, found.details["count"]) == ("text_too_short", 199)
    own.check("one two " * 100)
    assert mistake(own.check, "自然语言处理" * 33).details["count"] == 198
    own.check("自然语言处理" * 34)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_refusal_has_its_sentence(language: str) -> None:
    refusals = [mistake(own.check, text) for text in ("", "hello", "a b c", "a " * own.MOST)] + [
        mistake(own.decode, data) for data in (b"\0\1\2" * 50, "é".encode("latin-1") * 50)
    ]
    sentences = [refusal.sentence(language) for refusal in refusals]
    assert len(set(sentences)) == len(refusals) == 6
    assert not any("{" in sentence for sentence in sentences)


def test_jieba_cuts_chinese() -> None:
    assert list(own.sentences("我爱自然语言处理")) == [["我", "爱", "自然语言", "处理"]]
    assert list(own.sentences("我爱自然语言处理", "characters")) == [list("我爱自然语言处理")]


def test_cut_as_jieba_does_with_its_own_dictionary() -> None:
    """Ours is loaded in slices; a word lost at a seam would show here."""
    ours = own.cutter("字", "words")
    try:
        while True:
            next(ours)
    except StopIteration as loaded:
        tokenizer = loaded.value.__self__
    theirs = jieba.Tokenizer()
    theirs.FREQ, theirs.total = theirs.gen_pfdict(theirs.get_dict_file())
    assert tokenizer.FREQ == theirs.FREQ
    assert tokenizer.total == theirs.total


def test_words_of_other_writing() -> None:
    text = "Don’t stop: the Café, Straße and 42 ÉTÉS!"
    assert list(own.sentences(text)) == [["don't", "stop", "the", "café", "straße", "and", "42", "étés"]]
    composed, decomposed = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    assert list(own.sentences(f"{composed} {composed}")) == [[composed, composed]]
    assert decomposed != composed


def test_languages_can_be_mixed() -> None:
    assert list(own.sentences("我爱NLP和Python 3")) == [["我", "爱", "nlp", "和", "python", "3"]]


def test_sentences_end_where_they_should() -> None:
    assert list(own.sentences("One. Two! Three? four\nfive 3.14 a.b")) == [
        ["one"],
        ["two"],
        ["three"],
        ["four"],
        ["five", "3", "14", "a", "b"],
    ]
    assert list(own.sentences("他来了。她走了！他们呢？", "characters")) == [
        list("他来了"),
        list("她走了"),
        list("他们呢"),
    ]


def test_markup_is_only_text() -> None:
    text = '<img src="http://example.org/x.png"> **bold** ![x](y) $\\frac{1}{2}$ 😀 <script>alert(1)</script>'
    words = " ".join(word for sentence in own.sentences(text) for word in sentence)
    assert words == "img src http example org x png bold x y frac 1 2 script alert 1 script"


def test_a_text_without_full_stops_is_cut() -> None:
    lengths = [len(s) for s in own.sentences("word " * 2_500)]
    assert lengths == [own.LONGEST, own.LONGEST, 500]


def progress(reading: Generator[float, None, list[list[str]]]) -> tuple[list[float], list[list[str]]]:
    done: list[float] = []
    while True:
        try:
            done.append(next(reading))
        except StopIteration as end:
            return done, end.value


@pytest.mark.parametrize("segment", ["words", "characters"])
@pytest.mark.parametrize(
    "text", [CHINESE * 60, CHINESE.replace("。", "").replace("，", "") * 60], ids=["stops", "no stops"]
)
def test_reading_reports_often(text: str, segment: str) -> None:
    """At least once in 3,000 characters, which jieba cuts in some 15 ms."""
    done, sentences = progress(own.reading(text, segment))
    assert sentences == list(own.sentences(text, segment))
    assert done == sorted(done)
    assert max(done) <= 1
    assert all(b - a <= 3_000 / len(text) for a, b in zip(done, [*done[1:], 1.0], strict=True))


def test_a_long_stretch_without_words_does_not_block() -> None:
    done, sentences = progress(own.reading("word other " * 200 + "=" * 100_000 + "\n" * 100_000 + " end"))
    assert sentences[-1] == ["end"]
    assert len(done) > 20


def test_the_name_is_a_hash() -> None:
    assert own.name("abc") == "own:ba7816bf8f01cfea"  # SHA-256 of "abc" begins so, as published
    assert own.name("\ud83d") != own.name("")  # half a character, as a browser can send it


def test_odd_input_never_breaks_anything() -> None:
    """Random characters of all kinds, and random bytes: refused with a sentence or read, never an exception."""
    rng = random.Random(0)
    alphabet = "aé’'. 。\n我爱自然\u200b\u0301<>&$\\😀\x00\u202e𠀀ａ０٣क्षि한日本" + chr(0xD83D)
    for _ in range(200):
        text = "".join(rng.choices(alphabet, k=rng.randrange(600)))
        for segment in ("words", "characters"):
            cut = list(own.sentences(text, segment))
            assert all(sentence and all(word and not word.isspace() for word in sentence) for sentence in cut)
        for attempt in (lambda t=text: own.check(t), lambda: own.decode(rng.randbytes(rng.randrange(500)))):
            with contextlib.suppress(Mistake):
                attempt()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("The king and the queen. " * 10, (50, 4)),
        ("国王和王后，国王。" * 10, (70, 4)),
        ("one two " * 1_000_000, (4 * own.ENOUGH, 2)),  # plenty of the same is not counted to the end
        (" ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(200)) * 100, (own.ENOUGH, 200)),
    ],
)
def test_the_size_of_a_text_is_counted_as_far_as_it_matters(text: str, size: tuple[int, int]) -> None:
    assert own.size(text) == size


def test_punctuation_is_no_word() -> None:
    text = "“Hello,” — she said: it's 3.14… 《红楼梦》，是“书”吗？！ a_b ～·、（） -- 'tis * # $x$ <b>"
    assert all(any(c.isalnum() for c in word) for words in own.sentences(text) for word in words)
