"""The grammar of two languages: the sentences it is there for, agreement, and what translates what."""

from itertools import islice

import pytest

from engine.text import parallel
from engine.text.parallel import Pair, parted

MANY = list(islice(parallel.pairs(0), 120_000))
SAID = {"".join(pair.source): " ".join(pair.target) for pair in MANY}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("我是一名学生", "I am a student"),
        ("她是一名工程师", "she is an engineer"),
        ("他们不是医生", "they are not doctors"),
        ("我昨天在家喝了茶", "I drank tea at home yesterday"),
        ("昨天我在家喝了茶", "I drank tea at home yesterday"),
        ("老师每天看书", "the teacher reads books every day"),
        ("妈妈上周没买米饭", "mom did not buy rice last week"),
        ("他明天不看电影", "he will not watch films tomorrow"),
        ("孩子们不喜欢猫", "the children do not like cats"),
        ("她不喝水", "she does not drink water"),
        ("我昨天很累", "I was tired yesterday"),
        ("你明天会忙", "you will be busy tomorrow"),
        ("你明天不会忙", "you will not be busy tomorrow"),
    ],
)
def test_sentences_as_a_teacher_would_translate_them(source: str, target: str) -> None:
    assert SAID[source] == target


def test_a_source_has_one_translation() -> None:
    found: dict[str, set[str]] = {}
    for pair in MANY:
        found.setdefault(" ".join(pair.source), set()).add(" ".join(pair.target))
    assert not {source: targets for source, targets in found.items() if len(targets) > 1}
    assert len(found) > 15_000


def aligned(source: str) -> set[tuple[str, str]]:
    pair = next(pair for pair in MANY if "".join(pair.source) == source)
    return {(pair.target[j], pair.source[i]) for j, places in enumerate(pair.aligned) for i in places}


def test_words_are_aligned_with_what_they_translate() -> None:
    assert aligned("我是一名学生") == {("I", "我"), ("student", "学生")}
    assert aligned("妈妈上周没买米饭") == {
        ("mom", "妈妈"), ("buy", "买"), ("rice", "米饭"), ("last", "上周")
    }  # fmt: skip
    assert aligned("老师每天看书") == {
        ("teacher", "老师"), ("reads", "看"), ("books", "书"), ("every", "每天")
    }  # fmt: skip


def test_where_something_is_is_said_by_two_words() -> None:
    said = {("I", "我"), ("drank", "喝"), ("tea", "茶"), ("home", "在"), ("home", "家"), ("yesterday", "昨天")}
    assert aligned("我昨天在家喝了茶") == said


def test_each_aligned_word_is_one_of_its_few_translations() -> None:
    """A wrong place would make a Chinese word the translation of nearly every English one."""
    found: dict[str, set[str]] = {}
    for pair in MANY:
        assert len(pair.aligned) == len(pair.target)
        for word, places in zip(pair.target, pair.aligned, strict=True):
            for i in places:
                found.setdefault(word, set()).add(pair.source[i])
    for word in ("home", "school", "park", "Beijing"):
        found[word].remove("在")
    assert max(map(len, found.values())) == 1


def sides(seed: int) -> tuple[list[Pair], list[Pair]]:
    return parted(seed, 1_000, 200)


def test_nothing_of_the_test_is_learned_in_either_language() -> None:
    train, test = sides(0)
    assert (len(train), len(test)) == (1_000, 200)
    for side in ("source", "target"):
        assert not {getattr(pair, side) for pair in train} & {getattr(pair, side) for pair in test}
    assert len({pair.source for pair in train}) == 1_000


def test_the_seed_makes_the_text() -> None:
    assert sides(3) == sides(3)
    assert sides(3) != sides(4)
