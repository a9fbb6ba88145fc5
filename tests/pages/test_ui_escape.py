"""Learner's text stays text. What a browser makes of it is in tests/browser/test_ui.py; here, how it is made."""

import pytest
from markdown_it import MarkdownIt

from pages.ui.escape import JOINER, plain
from tests.pages.ui_harness.nasty import NASTY


@pytest.mark.parametrize("text", NASTY)
def test_markdown_shows_every_character_and_makes_nothing_of_it(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(plain(text))
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    inside = tokens[1].children or []
    assert {t.type for t in inside} <= {"text", "text_special"}
    assert "".join(t.content for t in inside).replace(JOINER, "") == " ".join(text.split())


def test_lines_and_runs_of_space_become_one_space() -> None:
    assert plain("  a\n\n    b\tc\u3000d ") == "a b c d"


def test_invisible_commands_are_left_out() -> None:
    assert plain("a\x00\x1b\u202eb\u2066c\u2069") == "abc"


def test_words_of_any_language_are_not_touched() -> None:
    assert plain("国王，王后；naïve Übung ελληνικά") == "国王，王后；naïve Übung ελληνικά"


def test_a_word_joiner_stands_only_where_streamlit_would_replace_something() -> None:
    assert JOINER not in plain("a: b, 3 - 2 (no). don't")
    assert plain(":smile:") == rf"\:{JOINER}smile\:"
    assert plain("a -> b") == rf"a \-{JOINER}\> b"
