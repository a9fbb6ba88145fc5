"""The map of all lessons by AppTest: every lesson with question and picture, the way on, the timeline in year order."""

import itertools
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lessons import content
from pages import COURSE
from pages.ui import progress, serving
from tests import pictures
from tests.browser.serve import ROOT
from tests.pages.lesson import LANGUAGES, opener, run, shown

MOST = 150_000  # bytes of all pictures


def home(language: str = "en", **state: Any) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60)
    app.query_params["lang"] = language
    for name, value in state.items():
        app.session_state[name] = value
    return run(app)


def links(app: AppTest) -> list[tuple[str, str]]:
    """Page and label of every link in the page, from the top."""
    return [(link.proto.page, link.proto.label) for link in app.get("page_link")]


def been(**at: str) -> dict[str, progress.Progress]:
    """A visit that was at these stations, in this order."""
    return {slug: progress.Progress(name, False, name == "read", 8, {"question", name}) for slug, name in at.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_stands_with_its_question_and_picture(language: str) -> None:
    app = home(language)
    drawn = "".join(part.proto.body for part in app.get("html"))
    for slug in COURSE:
        lesson, alt = content.load(slug, language), content.load("home", language).labels[f"picture.{slug}"]
        assert lesson.summary in shown(app)
        assert any(page == slug and lesson.title in label for page, label in links(app))
        assert f'src="pictures/{slug}.{language}.svg?v=' in drawn
        assert f'alt="{alt}"' in drawn.replace("&#x27;", "'")


def test_the_timeline_is_in_the_order_of_years() -> None:
    years = [int(part.value[:4]) for part in home().markdown if re.match(r"(19|20)\d\d($|[–,])", part.value)]
    assert years == sorted(years)
    assert len(years) == len(content.load("home", "en").meta["timeline"])


@pytest.mark.parametrize(
    ("state", "label"),
    [
        ({}, "Begin: Words as counts"),
        ({"progress": been(ngram="read", word2vec="watch")}, "Go on: Word2Vec, Watch"),
        ({"progress": been(word2vec="watch", ngram="read")}, "Go on: Neural language model"),
        ({"progress": been(rlhf="read")}, "All lessons seen. Once more from the first: Words as counts"),
    ],
)
def test_the_way_on_leads_to_where_the_learner_left_off(state: dict[str, Any], label: str) -> None:
    assert links(home(**state))[0][1] == label


def test_a_card_says_how_far_the_learner_is() -> None:
    lesson = content.load("ngram", "en")
    right = [next(n for n, choice in enumerate(q.choices) if choice.right) for q in lesson.quiz]
    app = home(progress=been(ngram="watch"), store={"ngram.quiz.1": [right[0]]})
    assert f"Last at: Watch · 2 of 8 stations seen · quiz: 1 of {len(right)} right" in shown(app)
    assert "stations seen" not in shown(home())


def test_a_walk_is_noted_and_its_last_station_hands_over() -> None:
    app = opener("representation")(at="read")
    assert any(page == "ngram" and label.startswith("**Next lesson: N-grams") for page, label in links(app))
    app.switch_page("home.py")
    assert links(run(app))[0][1] == "Go on: N-grams"
    assert "Last at: Read · 1 of 8 stations seen" in shown(app)


def test_lessons_follow_one_another_to_the_last() -> None:
    assert [progress.after(slug) for slug in COURSE] == [*COURSE[1:], None]
    ends = [max(map(int, re.findall(r"\d{4}", content.load(slug, "en").year))) for slug in COURSE]
    assert ends == sorted(ends)
    for language in LANGUAGES:
        for slug, after in itertools.pairwise(COURSE):
            name = content.load(after, language).title.lower().rstrip("s")
            assert name in content.load(slug, language)["limits"].lower(), f"{slug} does not name {after}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_is_called_the_same_everywhere(language: str) -> None:
    texts = content.load("common", language).labels
    assert [texts[f"page.{slug}"] for slug in COURSE] == [content.load(slug, language).title for slug in COURSE]


def test_the_pictures_are_small_and_follow_the_theme() -> None:
    assert sorted(serving.pictures()) == sorted(
        f"{slug}.{language}" for slug in pictures.MADE for language in LANGUAGES
    )
    assert {*pictures.MADE} == {*COURSE}
    assert sum(map(len, serving.pictures().values())) < MOST
    assert all(b"prefers-color-scheme:dark" in made and len(made) > 1_000 for made in serving.pictures().values())


def test_a_matrix_is_darker_where_there_is_more() -> None:
    drawn = pictures.heat([[0, 0.5], [1, -1]], ["a", "<b>"], ["c", "d"])
    assert re.findall(r'fill-opacity="([\d.]+)"', drawn) == ["0.07", "0.54", "1", "1"]
    assert drawn.count('class="o"') == 1
    assert "&lt;b&gt;" in drawn
