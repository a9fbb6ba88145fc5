"""The GloVe page by AppTest: all stations in both languages, links, the table, ratios, a cell, bad input."""

import time
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from engine import runner
from engine.text import own
from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, PATIENCE, STATIONS, field, link, opener, run, shown, until

opened = opener("glove")
words = partial(lesson.words, "glove")


def told(app: AppTest, sentence: str) -> AppTest:
    """Has the page tell what came of the run, once it is over."""
    end = time.monotonic() + PATIENCE
    while not (found := [button for button in app.button if button.label == words("en")["predict.tell"]]):
        assert time.monotonic() < end, shown(app)
        time.sleep(0.2)
        run(app)
    found[0].click().run()
    return until(app, sentence)


def columns(app: AppTest, label: str) -> list[str]:
    """The cells of the column with that head, of the first table that has one."""
    head = words("en").get(label, label)
    return next(list(each[head]) for each in tables(app) if head in each)


def tables(app: AppTest) -> list[dict[str, list[str]]]:
    """The tables on the page by their heads, as they were before they were made safe for Markdown."""

    def bare(text: object) -> str:
        return str(text).replace("\\", "").replace("\u2060", "")

    return [{bare(head): [bare(cell) for cell in cells] for head, cells in each.value.items()} for each in app.table]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_is_drawn_and_keeps_its_address(station: str, language: str) -> None:
    app = opened(at=station, lang=language)
    assert app.title[0].value == content.load("glove", language).title
    assert link(app, "at") == station
    assert not app.warning


def test_the_fullest_cells_of_two_words_are_much_the_same() -> None:
    app = until(opened(), "Both lists are nearly the same")
    rows = [list(each.value.iloc[:, 0]) for each in app.table]
    assert rows[0][:2] == rows[1][:2] == ["the", "a"]
    label = words("en")["company.field"]
    field(app, label).set_value("the **zebra** <b>").run()
    assert '"the **zebra** <b>" is not in this text' in shown(app)
    assert link(app, "company") == "the **zebra** <b>"
    field(app, label).set_value("").run()
    assert not app.warning


def test_a_link_sets_dials_and_look_and_what_cannot_be_used_is_said() -> None:
    app = opened(at="watch", dim="12", x_max="-3", words="king,queen,zebra", near="<i>", table="C", analogy="a,b")
    assert "x_max = -3.0 is out of range" in shown(app)
    until(app, '"zebra" is not in this text')
    assert '"<i>" is not in this text' in shown(app)
    assert (link(app, "x_max"), link(app, "words"), link(app, "dim"), link(app, "table")) == (None, None, "12", "C")
    assert "is not a choice for Which vectors" in shown(opened(at="watch", table="all"))


def test_the_three_tables_are_compared_once_the_end_was_asked_for() -> None:
    app = told(opened(at="watch", moment="150"), "Adding them averages out")
    assert columns(app, "tables.table") == [words("en")[f"table.{name}"] for name in ("sum", "W", "C")]
    assert all(cell.endswith("%") for cell in columns(app, "metric.analogy_gender"))


class TestCount:
    def test_the_table_is_counted_and_its_share_is_told(self) -> None:
        assert words("en")["count.before"] in shown(until(opened(at="count"), "Ratios: what the counts mean"))
        app = told(opened(at="count", counted="40"), "of the cells are not empty")
        assert link(app, "counted") == "40"
        assert "61,812 of 485,809" in shown(app)

    def test_ratios_stand_beside_the_papers_and_a_link_brings_words_back(self) -> None:
        app = until(
            opened(at="count", pair="man,woman", probes="waistcoat,ribbon,the"), "in 300,002 words of this text"
        )
        assert "man and woman" in shown(app)
        assert columns(app, "ratio.word")[:4] == ["solid", "gas", "water", "fashion"]
        probes, _, _, ratios = next(each for each in tables(app) if "P(k | man)" in each).values()
        assert probes == ["waistcoat", "ribbon", "the"]
        waistcoat, ribbon, the = map(float, ratios)
        assert waistcoat > 5
        assert ribbon < 0.2
        assert 0.8 < the < 1.25
        assert link(app, "pair") == "man,woman"
        assert link(app, "probes") == "waistcoat,ribbon,the"

    def test_words_that_never_meet_have_no_ratio_and_say_so(self) -> None:
        app = until(opened(at="count", mixed="0", probes="waistcoat"), "Counted here: king and queen")
        assert columns(app, "P(k | king) / P(k | queen)") == [words("en")["ratio.never"]]

    @pytest.mark.parametrize(
        ("wish", "sentence"),
        [
            ({"pair": "king,king"}, 'The word "king" is there twice'),
            ({"pair": "king,<b>"}, '"<b>" is not in this text'),
            ({"probes": "zebra"}, '"zebra" is not in this text'),
            ({"cells": "king"}, "1 words do not fit here: name 2 to 16"),
            ({"centre": "zebra"}, '"zebra" is not in this text'),
            ({"counted": "many"}, "many"),
            ({"window": "99"}, "Window = 99 is out of range"),
        ],
    )
    def test_a_link_that_cannot_be_used_gets_a_sentence(self, wish: dict[str, str], sentence: str) -> None:
        until(opened(at="count", **wish), sentence)

    def test_another_window_asks_to_be_counted(self) -> None:
        app = until(opened(at="count"), "Ratios: what the counts mean")
        app.selectbox(key="glove.count.dial.distance").set_value("flat").run()
        assert words("en")["count.changed"] in shown(app)
        assert link(app, "distance") == "flat"
        app.button(key="glove.count.start").click().run()
        counted = runner.current().find(app.session_state["glove.count.run"])
        assert counted
        assert counted.spec.values()["distance"] == "flat"
        assert counted.wait("done", timeout=PATIENCE) == "done"
        until(app, "Ratios: what the counts mean")
        assert words("en")["count.changed"] not in shown(app)


def test_a_link_brings_a_cell_back_and_pairs_that_never_met_are_said() -> None:
    app = until(opened(at="step", cell="queen,ribbon", trained="30"), "Do the vectors hold the ratios?")
    assert field(app, words("en")["step.second"]).value == "ribbon"
    assert link(app, "cell") == "queen,ribbon"
    until(app, words("en")["why.caption"][:20].replace("{", ""))
    field(app, words("en")["step.second"]).set_value("king").run()
    field(app, words("en")["step.first"]).set_value("king").run()
    assert 'never stands within 10 words of "king"' in shown(app)
    assert "A fixed example" in shown(opened(at="step", example="fixed"))


def test_the_chosen_break_is_in_the_link_and_an_unknown_one_is_said() -> None:
    assert link(opened(at="break", broken="half"), "broken") == "half"
    assert '"everything" is not a choice' in shown(opened(at="break", broken="everything"))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("half", "By the paper's method"), ("fast", "grew past all bounds"), ("tidy", "Below are frequent words")],
)
def test_what_breaks_is_told_with_its_numbers(name: str, sentence: str) -> None:
    app = opened(at="break", broken=name)
    app.button(key="glove.break.start").click().run()
    app = told(app, sentence)
    assert "gender" in shown(app)
    if name == "tidy":
        assert any(pair in columns(app, "never.pair") for pair in ("he · she", "she · he"))


def test_five_seeds_of_both_models_stand_side_by_side() -> None:
    app = opened(at="compare", tokens="20000", epochs="10")
    app.button(key="glove.compare.start").click().run()
    app = until(app, "Before you call a winner")
    assert columns(app, "compare.model") == [words("en")["compare.glove"], words("en")["compare.word2vec"]] * 5
    assert columns(app, "compare.seed") == [str(seed) for seed in range(5) for _ in range(2)]
    near = words("en")["compare.near"].format(model="GloVe")
    assert len(columns(app, near)) == 8
    field(app, words("en")["compare.field"]).set_value("zebra").run()
    assert '"zebra" is not in this text' in shown(app)


def test_more_prejudice_is_not_called_better() -> None:
    app = opened(at="compare", corpus="jobs", tokens="5000", epochs="2")
    app.button(key="glove.compare.start").click().run()
    app = until(app, "More is not better here")
    assert "that agree with the text's bias" in shown(app)
    assert "Before you call a winner" not in shown(app)


class TestOwnText:
    def use(self, text: str) -> AppTest:
        app = opened(at="count")
        app.selectbox(key="glove.count.dial.corpus").set_value("own").run()
        app.text_area(key="glove.count.own.paste").set_value(text).run()
        app.button(key="glove.count.own.use").click().run()
        assert link(app, "corpus") == own.name(text)
        app.button(key="glove.count.start").click().run()
        assert not app.exception
        return app

    def test_a_small_text_is_counted_and_its_words_compared(self) -> None:
        lines = ["the cat ate <b>fish</b>", "a dog ate meat", "the dog ran off", "a cat ran home"]
        app = until(self.use("\n".join(lines * 40)), "Ratios: what the counts mean")
        assert not app.warning, shown(app)

    def test_one_word_is_no_table(self) -> None:
        app = opened(at="count")
        app.selectbox(key="glove.count.dial.corpus").set_value("own").run()
        app.text_area(key="glove.count.own.paste").set_value(" ".join(["word"] * 300)).run()
        app.button(key="glove.count.own.use").click().run()
        assert app.error
        assert link(app, "corpus") is None

    def test_a_link_to_it_asks_for_it_again(self) -> None:
        assert words("en")["own.again"] in shown(opened(at="watch", corpus="own:0123456789abcdef"))
