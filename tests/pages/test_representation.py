"""The page of counted words by AppTest: every station in both languages, links, the learner's documents and rules."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from engine.text import own
from engine.text.rules import HUNTER, TELESCOPE
from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, STATIONS, link, opener, shown

opened = opener("representation")
words = partial(lesson.words, "representation")


def sure(app: AppTest, sentence: str) -> None:
    assert sentence in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_is_drawn_and_keeps_its_address(station: str, language: str) -> None:
    app = opened(at=station, lang=language)
    assert app.title[0].value == content.load("representation", language).title
    assert link(app, "at") == (None if station == "question" else station)
    assert not app.warning


def test_a_link_sets_dials_and_query_and_what_cannot_be_used_is_said() -> None:
    app = opened(at="watch", weighting="counts", min_df="99", query="bread dog")
    assert app.selectbox(key="representation.dial.weighting").value == "counts"
    sure(app, "Rarest word kept = 99 is out of range")
    sure(app, "Used instead: 1.")
    assert link(app, "min_df") is None
    assert link(app, "query") == "bread dog"
    assert any(field.value == "bread dog" for field in app.text_input)


@pytest.mark.parametrize(("corpus", "there", "not_there"), [("kjv", "book", "language"), ("notes", "language", "book")])
def test_dials_that_would_do_nothing_are_not_drawn(corpus: str, there: str, not_there: str) -> None:
    app = opened(at="watch", corpus=corpus)
    keys = {box.key for box in app.selectbox}
    assert f"representation.dial.{there}" in keys
    assert f"representation.dial.{not_there}" not in keys


def test_the_learner_picks_chapters() -> None:
    app = opened(at="watch", corpus="kjv", chapters="3,1-2")
    field = app.text_input(key="representation.dial.chapters")
    assert field.value == "1-3"
    assert link(app, "chapters") == "1-3"
    app = field.set_value("7, 9").run()
    assert link(app, "chapters") == "7,9"
    app = app.text_input(key="representation.dial.chapters").set_value("<b>all</b>").run()
    sure(app, "<b>all</b>")
    sure(app, "Used instead: 7,9.")
    assert link(app, "chapters") == "7,9"


def test_rules_and_their_sentence_come_with_the_link() -> None:
    edited = "S -> 'a' S | 'a'\n# <b> &amp; 你好"
    app = opened(at="compare", grammar="hunter", rules=edited, parse="a a a")
    assert app.text_area(key="representation.rules.hunter").value == edited
    assert app.text_input(key="representation.rules.hunter.sentence").value == "a a a"
    assert (link(app, "grammar"), link(app, "rules"), link(app, "parse")) == ("hunter", edited, "a a a")
    app.text_area(key="representation.rules.hunter").set_value(HUNTER).run()
    app.text_input(key="representation.rules.hunter.sentence").set_value("咬死了猎人的狗").run()
    assert (link(app, "grammar"), link(app, "rules"), link(app, "parse")) == ("hunter", None, None)
    sure(opened(at="compare", grammar="<b>"), "<b>")


def test_rules_that_are_too_long_for_a_link_stay_out_of_it() -> None:
    app = opened(at="compare")
    long = "S -> '你'\n" + "# 你好\n" * 200
    app.text_area(key="representation.rules.telescope").set_value(long).run()
    assert link(app, "rules") is None
    app.session_state["representation.share"] = True  # the popover is open
    app.run()
    assert any(words("en")["rules.text"] in caption.value and "4,000" in caption.value for caption in app.caption)
    app.text_area(key="representation.rules.telescope").set_value("S -> 'a'").run()
    assert link(app, "rules") == "S -> 'a'"
    assert not any("4,000" in caption.value for caption in app.caption)


def test_what_is_shuffled_and_compared_comes_with_the_link() -> None:
    app = opened(at="watch", shuffle="bread and *butter*", turn="3", far="dog,bread")
    assert app.text_input(key="representation.sentence.en").value == "bread and *butter*"
    assert app.session_state["representation.shuffles"] == 3
    assert app.multiselect[-1].value == ["dog", "bread"]
    assert (link(app, "shuffle"), link(app, "turn"), link(app, "far")) == ("bread and *butter*", "3", "dog,bread")
    app = opened(at="watch", far="dog,zebra", turn="0")
    sure(app, '"zebra" is in none of these documents')
    sure(app, "0 is out of range")


@pytest.mark.parametrize("language", LANGUAGES)
def test_chinese_is_cut_in_two_ways_and_english_in_one(language: str) -> None:
    app = opened(at="watch", lang=language)
    assert ("representation.dial.segment" in {box.key for box in app.selectbox}) == (language == "zh")


def test_the_notes_become_the_learners_documents() -> None:
    app = opened(at="watch")
    app.selectbox(key="representation.dial.corpus").set_value("own").run()
    area = app.text_area(key="representation.own.paste")
    assert area.value.startswith("The doctor drove her car")
    area.set_value("one line").run()
    app.button(key="representation.own.use").click().run()
    sure(app, "one single line")
    text = "<b>bread</b> and $x$\nbread and butter\n# more"
    app.text_area(key="representation.own.paste").set_value(text).run()
    app.button(key="representation.own.use").click().run()
    assert link(app, "corpus") == own.name(text)
    app.button(key="representation.train").click().run()
    assert not app.exception


def test_an_own_link_asks_for_the_documents_again() -> None:
    sure(opened(at="watch", corpus="own:0123456789abcdef"), words("en")["own.again"])


def test_a_query_without_words_and_one_without_hits() -> None:
    app = opened(at="watch", query="?!", moment="8")
    sure(app, "There is no word in this line")
    sure(opened(at="watch", query="zeppelin", moment="8"), words("en")["search.zero"])


class TestRules:
    def test_a_sentence_of_two_trees_one_tree_and_none(self) -> None:
        app = opened(at="compare")
        sure(app, "2 trees.")
        line = "representation.rules.telescope.sentence"
        for sentence, said in (("I saw the man", "One tree."), ("man the saw I", "No tree."), ("I saw <b>", "<b>")):
            app.text_input(key=line).set_value(sentence).run()
            sure(app, said)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("rules", "named"),
        [
            ("S -> NP VP\nNP 'I'", {"en": "Line 2, column 4", "zh": "第 2 行第 4 列"}),
            ("S -> 'I' verb", {"en": "Line 1, column 10", "zh": "第 1 行第 10 列"}),
            ("S -> S 'a'", {"en": "never come down to words", "zh": "永远落不到词上"}),
            ("S -> 'a'\nX -> 'b'", {"en": "these rules are never used", "zh": "从来用不上"}),
        ],
    )
    def test_rules_with_a_mistake_get_a_sentence(self, rules: str, named: dict[str, str], language: str) -> None:
        app = opened(at="compare", lang=language)
        example = {"en": "telescope", "zh": "hunter"}[language]
        app.text_area(key=f"representation.rules.{example}").set_value(rules).run()
        assert not app.exception
        sure(app, named[language])

    def test_sentences_are_written_and_a_tree_too_low_says_so(self) -> None:
        app = opened(at="compare")
        app.button(key="representation.rules.write").click().run()
        sure(app, words("en")["rules.written"])
        app.slider(key="representation.rules.depth").set_value(2).run()
        sure(app, "No sentence has a tree of only 2 levels")
        assert app.text_area(key="representation.rules.telescope").value == TELESCOPE
