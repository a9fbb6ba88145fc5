"""Check yourself: things often said, to be judged true or not, and questions with a reason for every answer."""

from collections.abc import Mapping, Sequence

import streamlit as st

from lessons.content import VERDICTS, Choice, Lesson, Myth, Question
from pages.ui import store

RIGHT, WRONG = ":material/check_circle:", ":material/cancel:"

LABELS = (
    *("quiz.score", "quiz.retry", "quiz.right", "quiz.wrong", "quiz.not_all", "quiz.answers", "quiz.question"),
    *("myth.ask", "myth.true", "myth.part", "myth.false", "myth.right", "myth.wrong"),
)


def quiz(slug: str, lesson: Lesson, *, texts: Mapping[str, str]) -> None:
    """The lesson's questions. The reason comes at once, with every choice; the learner may choose again."""
    questions = lesson.quiz
    for n, question in enumerate(questions, 1):
        with st.container(border=True, key=f"{slug}.{question.id}"):
            st.markdown(f"**{texts['quiz.question'].format(n=n, total=len(questions))}**  \n{question.text}")
            _question(slug, question, texts)
    right, answered, _ = score(lesson)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(texts["quiz.score"].format(right=right, answered=answered, total=len(questions)), width="content")
        if answered:
            st.button(
                texts["quiz.retry"],
                key=f"{slug}.quiz.retry",
                icon=":material/refresh:",
                on_click=_forget,
                args=(slug, questions),
            )


def score(lesson: Lesson) -> tuple[int, int, int]:
    """The lesson's questions: how many are answered right, how many at all, and how many there are."""
    answers = [(question, _answer(lesson.slug, question)) for question in lesson.quiz]
    right = sum(_solved(question, chosen) for question, chosen in answers)
    return right, sum(bool(chosen) for _, chosen in answers), len(answers)


def myths(lesson: Lesson, *, texts: Mapping[str, str]) -> None:
    """Things said about the lesson's subject, some of them true: judge each, then read the verdict and why."""
    for myth in lesson.myths:
        key = f"{lesson.slug}.{myth.id}"
        with st.container(border=True, key=key):
            st.markdown(f"**{myth.claim}**")
            _myth(key, myth, texts)


def _question(slug: str, question: Question, texts: Mapping[str, str]) -> None:
    chosen = _answer(slug, question)
    if question.many:
        st.caption(texts["quiz.answers"])
        for n, choice in enumerate(question.choices):
            _tick(slug, question, n, choice)
    else:
        _radio(slug, question, chosen, texts)
    for n in chosen:
        choice = question.choices[n]
        verdict = texts["quiz.right"] if choice.right else texts["quiz.wrong"]
        (st.success if choice.right else st.error)(f"**{verdict}** {choice.why}", icon=RIGHT if choice.right else WRONG)
    if question.many and chosen and all(question.choices[n].right for n in chosen) and not _solved(question, chosen):
        st.info(texts["quiz.not_all"])


def _radio(slug: str, question: Question, chosen: Sequence[int], texts: Mapping[str, str]) -> None:
    widget = f"{slug}.{question.id}.choice"

    def choose() -> None:
        store.put(f"{slug}.{question.id}", [st.session_state[widget]])

    st.session_state[widget] = chosen[0] if chosen else None
    st.radio(
        question.text,
        range(len(question.choices)),
        format_func=lambda n: question.choices[n].text,
        key=widget,
        on_change=choose,
        label_visibility="collapsed",
    )


def _tick(slug: str, question: Question, n: int, choice: Choice) -> None:
    widget = f"{slug}.{question.id}.choice.{n}"

    def tick() -> None:
        chosen = {*_answer(slug, question)} ^ {n}
        store.put(f"{slug}.{question.id}", sorted(chosen) or None)

    st.session_state[widget] = n in _answer(slug, question)
    st.checkbox(choice.text, key=widget, on_change=tick)


def _answer(slug: str, question: Question) -> list[int]:
    """The choices made, by number. What the browser remembers may be anything: only choices there are count."""
    kept = store.get(f"{slug}.{question.id}")
    if not isinstance(kept, list):
        return []
    chosen = sorted({n for n in kept if type(n) is int and 0 <= n < len(question.choices)})
    return chosen if question.many else chosen[:1]


def _solved(question: Question, chosen: Sequence[int]) -> bool:
    return list(chosen) == [n for n, choice in enumerate(question.choices) if choice.right]


def _forget(slug: str, questions: Sequence[Question]) -> None:
    for question in questions:
        store.put(f"{slug}.{question.id}", None)


def _myth(key: str, myth: Myth, texts: Mapping[str, str]) -> None:
    widget = f"{key}.choice"

    def choose() -> None:
        store.put(key, st.session_state[widget])

    said = store.get(key)
    st.session_state[widget] = said if said in VERDICTS else None
    st.segmented_control(
        texts["myth.ask"],
        VERDICTS,
        format_func=lambda verdict: texts[f"myth.{verdict}"],
        key=widget,
        on_change=choose,
    )
    if said := st.session_state[widget]:
        reply = texts["myth.right" if said == myth.verdict else "myth.wrong"]
        st.markdown(f"{reply.format(verdict=texts[f'myth.{myth.verdict}'])} {myth.text}")
