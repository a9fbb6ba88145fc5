"""Sentences for input that cannot be used, in the learner's language."""

import pickle

import pytest

from engine.mistake import Mistake, listed, with_id


@pytest.mark.parametrize(
    ("language", "said"), [("en", "choose one of AND, OR."), ("zh", "请从 AND、OR 里选一个。"), ("tlh", "AND, OR")]
)
def test_a_list_is_written_as_the_language_does(language: str, said: str) -> None:
    mistake = Mistake("dial_option", name="gate", value="nand", allowed=["AND", "OR"])
    assert said in mistake.sentence(language)
    assert said in pickle.loads(pickle.dumps(mistake)).sentence(language)


def test_names_and_ids() -> None:
    assert with_id("Kingdom", "kingdom", "en") == "Kingdom (kingdom)"
    assert with_id("小王国", "kingdom", "zh") == "小王国（kingdom）"
    assert with_id("xor", "xor", "en") == "xor"
    assert listed(iter(["国王", "王后"]), "zh") == "国王、王后"
