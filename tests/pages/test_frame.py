"""The frame by AppTest: its language, and an address that is no page's."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import session
from tests.browser.serve import ROOT


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60)
    app.query_params.update(link)
    app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(warning.value.replace("\\", "") for warning in app.warning)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("wrod2vec", 'There is no page "wrod2vec". Did you mean Word2Vec? There are: All lessons (home), '),
        ("gpt", 'There is no page "gpt"; there are: All lessons (home), '),
        ("<b>", 'There is no page "<b>"; there are'),
    ],
)
def test_an_address_that_is_no_pages_gets_a_sentence(asked: str, sentence: str) -> None:
    assert sentence in said(opened(lang="en", missing=asked))
    assert f"没有名为“{asked}”的页面" in said(opened(lang="zh", missing=asked))


def test_the_first_page_is_not_missing() -> None:
    assert not opened(lang="en", missing="home").warning


def test_the_language_outlives_its_switch() -> None:
    app = opened(lang="zh")
    app.session_state[session.SWITCH] = None  # as a rerun does that is cut short before the switch is drawn
    app.query_params.clear()
    app.run()
    assert app.session_state["language"] == "zh"
    assert app.query_params["lang"] in ("zh", ["zh"])


def test_choosing_a_language_changes_the_page_and_ends_the_complaint() -> None:
    app = opened(lang="tlh")
    assert "tlh" in said(app)
    app.button_group(key=session.SWITCH).set_value("zh").run()
    assert app.session_state["language"] == "zh"
    assert not app.warning
