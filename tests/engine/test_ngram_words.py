"""How an n-gram model cuts what a learner types: as its own text is cut."""

import pytest

from engine.experiments import NGram
from engine.models import ngram
from engine.text.tokens import encoded, typed


@pytest.fixture(scope="module")
def kingdom() -> ngram.Model:
    return ngram.build(NGram(language="zh", tokens=20_000))


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("大家都喜欢这个女人", ["大家", "都", "喜欢", "这", "个", "女人"]),  # jieba alone: 这个
        ("王后爱吃法棍", ["王后", "爱", "吃", "法棍"]),  # jieba alone: 吃法, 棍
        ("我爱自然语言处理", ["我", "爱", "自然语言", "处理"]),  # two words that the text does not have
        ("这个乌托邦", ["这", "个", "乌托邦"]),
        ("hello 国王", ["hello", "国王"]),
    ],
)
def test_chinese_is_cut_into_words_of_the_text_where_it_has_them(
    kingdom: ngram.Model, line: str, cut: list[str]
) -> None:
    assert typed(kingdom.spec, kingdom.index, line) == cut


def test_a_sentence_of_the_text_typed_again_is_the_same_sentence(kingdom: ngram.Model) -> None:
    for number in range(200):
        line = kingdom.counts.tokens[kingdom.offsets[number] + 1 : kingdom.offsets[number + 1] - 1]
        words = [kingdom.names[int(x)] for x in line]
        assert "<unk>" not in encoded([typed(kingdom.spec, kingdom.index, ngram.join(words))], kingdom.index)
