"""The page on preferences by AppTest: all stations in both languages, votes, a constitution, traces, bad links."""

import time
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from lessons import content
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, PATIENCE, STATIONS, field, link, opener, run, shown, until

opened = opener("rlhf")
words = partial(lesson.words, "rlhf")


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == words("en")[label]).click()
    return run(app)


def columns(app: AppTest, label: str) -> list[str]:
    """The cells of the column with that head, of the first table that has one."""
    head, found = (
        words("en")[label],
        [{bare(name): list(map(bare, each.value[name])) for name in each.value} for each in app.table],
    )
    return next(each[head] for each in found if head in each)


def bare(text: object) -> str:
    """A text of a table as it was before it was made safe for Markdown."""
    return str(text).replace("\\", "").replace("\u2060", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_is_drawn_and_keeps_its_address(station: str, language: str) -> None:
    app = opened(at=station, lang=language)
    assert app.title[0].value == content.load("rlhf", language).title
    assert link(app, "at") == station
    assert not app.warning


def test_what_imitates_gives_four_answers_and_others_when_asked_again() -> None:
    app = until(opened(query="cake"), "Most of these are well imitated")
    first = columns(app, "answers.answer")
    assert len(first) == 4
    assert "how was the cake" in shown(app)
    assert columns(press(app, "question.again"), "answers.answer") != first
    assert "is not a choice for Ask about" in shown(opened(query="zebra"))


class TestVotes:
    def test_votes_are_in_the_link_and_taken_back(self) -> None:
        app = until(opened(at="vote"), "Pair 1 of 60")
        assert words("en")["vote.none"] in shown(app)
        press(press(app, "vote.left"), "vote.tie")
        assert "Pair 3 of 60" in shown(app)
        assert link(app, "votes") == "lt"
        press(app, "vote.back")
        assert link(app, "votes") == "l"
        assert columns(app, "vote.yours") == ["left"]

    def test_voting_on_nothing_is_refused_and_the_people_stay(self) -> None:
        app = until(opened(at="vote"), "Pair 1 of 60")
        label = words("en")["dial.labeller"]
        next(each for each in app.selectbox if each.label == label).set_value("votes")
        run(app)
        assert "Nobody has voted yet" in shown(app)
        assert link(app, "labeller") is None
        press(app, "vote.right")
        next(each for each in app.selectbox if each.label == label).set_value("votes")
        run(app)
        assert link(app, "labeller") == "votes"
        assert "Nobody has voted yet" not in shown(app)

    @pytest.mark.parametrize(
        ("asked", "sentence"),
        [
            ({"votes": "l<b>"}, "is not a row of votes"),
            ({"labeller": "votes"}, "Nobody has voted yet"),
            ({"pairs": "0"}, "There is no comparison to learn from"),
            ({"principles": "polite, blunt"}, "contradict each other"),
            ({"beta": "-1"}, "β = -1.0 is out of range"),
            ({"beta": "1e9"}, "is out of range"),
        ],
    )
    def test_what_a_link_cannot_ask_for_is_said(self, asked: dict[str, str], sentence: str) -> None:
        app = opened(at="vote", **asked)
        assert sentence in shown(app)
        assert all(link(app, name) is None for name in asked)

    def test_a_link_brings_votes_that_count_alone(self) -> None:
        app = opened(at="predict", labeller="votes", votes="llr")
        assert (link(app, "labeller"), link(app, "votes")) == ("votes", "llr")
        assert not app.warning


def test_a_constitution_is_ordered_and_what_contradicts_itself_is_refused() -> None:
    app = until(opened(at="vote", labeller="constitution"), "The constitution in force")
    assert "1. speak of what was asked" in shown(app)
    app.multiselect[0].set_value(["short", "detailed"])
    run(app)
    assert "contradict each other" in shown(app)
    assert "1. speak of what was asked" in shown(app)
    app.multiselect[0].set_value(["short", "polite"])
    run(app)
    assert "contradict each other" not in shown(app)
    assert link(app, "principles") == "short, polite"
    assert columns(app, "critic.principle") == ["be short", "be polite"]
    field(app, words("en")["critic.field"]).set_value("the zebra <b>")
    assert 'does not know "zebra"' in shown(run(app))


@pytest.mark.parametrize("trace", ["ppo", "bradley_terry", "dpo"])
def test_what_is_stepped_through_is_in_the_link(trace: str) -> None:
    app = until(opened(at="step", example=trace), content.load("rlhf", "en")[f"about.{trace}"])
    assert link(app, "example") == (None if trace == "ppo" else trace)
    assert not app.slider  # of what was trained beforehand there is one moment
    assert not app.warning
    assert "is out of range" in shown(
        opened(at="step", example=trace, **{"factor" if trace == "ppo" else "pair": "99"})
    )


def test_an_answer_of_ones_own_is_judged_beside_the_policys() -> None:
    app = until(opened(at="watch", text="the soup was good ."), "Can you find an answer")
    assert columns(app, "answers.answer")[0] == "the soup was good ."
    field(app, words("en")["own.field"]).set_value("")
    assert "Can you find an answer" not in shown(run(app))
    assert app.warning


def test_without_a_leash_the_reward_rises_and_the_truth_falls() -> None:
    app = press(opened(at="beta", updates="20"), "beta.start")
    app = until(app, "Nobody likes that")
    true = dict(zip(columns(app, "race.model"), columns(app, "metric.true_score"), strict=True))
    assert len(true) == 4
    assert true["β = 0"].startswith("−")
    assert not true["β = 0.2"].startswith("−")


def test_a_break_is_told_beside_the_usual_run() -> None:
    app = press(opened(at="break", broken="fast"), "break.start")
    end = words("en")["predict.tell"]
    for _ in range(PATIENCE):
        if any(button.label == end for button in app.button):
            break
        time.sleep(1)
        run(app)
    app = until(press(app, "predict.tell"), "the smallest rounding error decides")
    assert "usual: 0)" not in shown(app)


def test_three_ways_are_compared_at_the_same_distance() -> None:
    app = until(press(opened(at="compare", updates="20"), "compare.start"), "All at ")
    assert columns(app, "race.model") == ["PPO, β = 0.5", "PPO, β = 0.2", "DPO", "best of n"]
    tables = [{bare(name): list(map(bare, each.value[name])) for name in each.value} for each in app.table]
    assert any(len(set(each.get(words("en")["metric.kl"], ["", *"123"])[1:])) == 1 for each in tables)
    assert "nats from SFT, the true score is" in shown(app)


def test_a_link_of_a_run_from_nothing_trains_all_three_stages() -> None:
    cheap = {"sft_updates": "20", "pairs": "100", "reward_updates": "20", "updates": "5"}
    app = until(opened(at="sft", begin="nothing", **cheap), "The model now imitates")
    assert link(app, "begin") == "nothing"
    assert words("en")["sft.beforehand"] not in shown(app)
    asked = opened(at="watch", begin="zebra")
    assert "is not a choice for Begin with" in shown(asked)
    assert link(asked, "begin") is None
