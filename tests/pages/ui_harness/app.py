"""A tiny app that shows one shared widget at a time, for trying them and for their tests: `?show=player`.

`PYTHONPATH=. streamlit run tests/pages/ui_harness/app.py`
"""

import json
from pathlib import Path

import streamlit as st

from pages.ui import code, escape, session, store
from pages.ui.dials import chosen, dials
from pages.ui.player import player
from pages.ui.predict import guessed, predict
from pages.ui.quiz import myths, quiz
from pages.ui.share import share
from pages.ui.table import table
from pages.ui.terms import terms
from tests.pages.ui_harness.lesson import LESSON
from tests.pages.ui_harness.nasty import NASTY
from tests.pages.ui_harness.perceptron import Perceptron, several, trace

SLUG = "harness"
STYLE = (Path(code.ENGINE).parent / "assets" / "style.css").read_text(encoding="utf-8")
texts = session.texts()


def show_player():
    inputs = st.selectbox("inputs", [2, 50, 300], key="inputs")
    at = player(trace(inputs), LESSON, texts=texts, key="player", values={"name": "**bold**"})
    st.write(f"the page knows step {at + 1}")


def show_cells():
    player(several(), LESSON, texts=texts, key="player")


def show_dials():
    spec, text = dials(Perceptron, SLUG, LESSON, texts=texts, main=("corpus", "gate", "lr"))
    st.code(json.dumps(spec.values()), language=None)
    st.write(f"{len(text or '')} characters of one's own")


def show_predict():
    predict(SLUG, "guess.choice", LESSON, texts=texts)
    predict(SLUG, "guess.word", LESSON, texts=texts)
    for section in ("guess.choice", "guess.word"):
        if guess := guessed(SLUG, section, LESSON):
            st.markdown(texts["predict.yours"].format(guess=escape.plain(guess)))


def show_like():
    predict(SLUG, "guess.choice", LESSON, texts=texts)
    predict(SLUG, "guess.again", LESSON, texts=texts, like="guess.choice")


def show_quiz():
    myths(LESSON, texts=texts)
    quiz(SLUG, LESSON, texts=texts)


def show_share():
    spec, _ = chosen(Perceptron, SLUG)
    share(SLUG, spec, texts=texts)
    code.without_browser(spec, texts=texts)
    code.code(spec, ["update"], texts=texts)
    terms(["vector", "sigmoid"], texts=texts, key="terms")


def show_escape():
    for n, text in enumerate(NASTY):
        with st.container(key=f"nasty-{n}"):
            st.markdown(escape.plain(text))
    table(
        {"word": NASTY, "cosine": [n / 7 for n in range(len(NASTY))]},
        name="nasty",
        caption="All of them",
        texts=texts,
        key="nasty",
    )


st.set_page_config(layout="wide")
show = st.query_params.get("show", "player")
st.title("Widgets")
st.header(show)
st.html(f"<style>{STYLE}</style>")
ours, code.MODELS = code.MODELS, Path(__file__).parent  # the throw-away experiment lives here
try:
    globals()[f"show_{show}"]()
finally:
    code.MODELS = ours
store.mount(session.language())
