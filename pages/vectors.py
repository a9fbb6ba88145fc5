"""The geometry of word vectors: four recipes side by side, an explorer, uses and bias. Layout only."""

import streamlit as st

from engine.experiments import Word2Vec
from lessons import content
from pages.ui import session
from pages.ui.predict import predict
from pages.ui.quiz import myths, quiz
from pages.ui.share import share
from pages.ui.walk import walk

SLUG = "vectors"
GUESSES = ("predict.1", "predict.2", "predict.3")
TERMS = {  # of the glossary, by station
    "question": "vector corpus dot_product pmi",
    "predict": "analogy vector",
    "watch": "analogy seed cpu_second",
    "step": "analogy three_cos_add cosine dot_product",
    "break": "dimension",
    "explore": "pca umap tsne perplexity variance cosine",
    "uses": "vector one_hot",
    "bias": "bias cosine",
    "compare": "pmi cosine dot_product",
    "check": "pmi tsne dimension",
    "read": "vector",
}
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}


def question():
    st.markdown(lesson["question"])
    st.markdown(lesson["idea"])


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


def watch():
    st.markdown(lesson["stage"])


def step():
    st.markdown(lesson["step"])


def breaking():
    st.markdown(lesson["break"])


def explore():
    st.markdown(lesson["explore"])
    st.markdown(lesson["explore.warning"])


# ---------------------------------------------------------------- uses, bias (E3)


def uses():
    st.markdown(lesson["uses"])


def bias():
    st.markdown(lesson["bias"])


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])


# ---------------------------------------------------------------- check, read


def check():
    st.markdown(lesson["check"])
    myths(lesson, texts=texts)
    quiz(SLUG, lesson, texts=texts)


def read():
    st.markdown(lesson["read"])
    st.markdown(lesson["limits"])
    st.subheader(texts["sources"], anchor=False)
    st.markdown("\n".join(f"- {source}" for source in lesson.sources))


walk(
    SLUG,
    lesson,
    {
        "question": question,
        "predict": guess,
        "watch": watch,
        "step": step,
        "break": breaking,
        "explore": explore,
        "uses": uses,
        "bias": bias,
        "compare": compare,
        "check": check,
        "read": read,
    },
    words={station: names.split() for station, names in TERMS.items()},
    beside=lambda: share(SLUG, Word2Vec(), texts=texts),
)
