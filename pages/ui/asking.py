"""An analogy of the learner's own, asked of word vectors; and whether its subtraction matters."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.mistake import Mistake
from engine.runner import Run
from pages.ui import escape, press, session, training
from pages.ui.look import Analogy, Look
from pages.ui.table import table
from pages.ui.training import ask

LABELS = (
    *("ask.title", "ask.a", "ask.b", "ask.c", "ask.exclude", "ask.exclude.help", "ask.method", "ask.method.add"),
    *("ask.method.mul", "ask.method.help", "ask.go", "ask.answer", "ask.score", "ask.formula", "ask.excluded"),
    *("ask.map", "baseline.title", "baseline.about", "baseline.method", "column.accuracy"),
)


def asking(slug: str, run: Run, moment: int | None, *, texts: Mapping[str, str], **which: Any) -> None:
    """The learner's own analogy, asked of the model at the moment shown.

    `which` says which of the model's tables is meant, where it has several.
    """
    with st.expander(texts["ask.title"], icon=":material/quiz:"):
        seen, spec = Look.of(run), run.spec.values()
        first = seen.analogy or ((*seen.words, "", "", ""))[:3]
        with st.form(f"{slug}.ask", border=False):
            b, a, c = (
                column.text_input(
                    texts[f"ask.{name}"],
                    first["abc".index(name)],
                    key=f"{slug}.ask.{name}.{spec['corpus']}.{spec['language']}",
                )
                for column, name in zip(st.columns(3), "bac", strict=True)
            )
            exclude = st.checkbox(texts["ask.exclude"], True, help=texts["ask.exclude.help"])
            method = st.radio(
                texts["ask.method"],
                ("add", "mul"),
                format_func=lambda m: texts[f"ask.method.{m}"],
                help=texts["ask.method.help"],
                horizontal=True,
            )
            press.submit(texts["ask.go"], icon=":material/send:", key=f"{slug}.ask.go")
            if press.pressed(f"{slug}.ask.go"):
                words = (a.strip(), b.strip(), c.strip())
                st.session_state[f"{slug}.asked"] = {"words": words, "exclude": exclude, "method": method}
        if asked := st.session_state.get(f"{slug}.asked"):
            _answered(slug, run, moment, asked, texts, which)
        if st.toggle(texts["baseline.title"], key=f"{slug}.baselines.wanted"):  # asked of the model only when wanted
            _baselines(slug, run, moment, asked["words"] if asked else first[:3], texts, which)


def _answered(
    slug: str, run: Run, moment: int | None, asked: dict[str, Any], texts: Mapping[str, str], which: dict[str, Any]
) -> None:
    if not all(asked["words"]):
        training.say(Mistake("analogy_unfinished"))
        return
    found = ask(run, "analogy", at=moment, **asked, **which)
    if not found:
        return
    a, b, c = asked["words"]
    columns = {
        texts["ask.answer"]: [answer["word"] for answer in found["answers"]],
        texts["ask.score"]: [answer["score"] for answer in found["answers"]],
    }
    formula = escape.plain(texts["ask.formula"].format(a=a, b=b, c=c))
    table(columns, name="analogy", caption=formula, texts=texts, key=f"{slug}.answers")
    if found["excluded"]:
        st.caption(texts["ask.excluded"].format(words=escape.plain(session.listed(found["excluded"]))))
    best = next((x["word"] for x in found["answers"] if x["word"] not in (a, b, c)), None)
    if best:
        st.button(texts["ask.map"], icon=":material/scatter_plot:", on_click=_to_map, args=(run, (a, b, c, best)))


def _to_map(run: Run, analogy: Analogy) -> None:
    """Draw this analogy's arrows on the map."""
    Look.of(run).with_analogy(analogy).keep(run)


def _baselines(
    slug: str,
    run: Run,
    moment: int | None,
    words: tuple[str, ...],
    texts: Mapping[str, str],
    which: dict[str, Any],
) -> None:
    """How many analogies come out right without the subtraction, or with no word left out; `words` name the ways."""
    found = ask(run, "baselines", at=moment, **which)
    if found and found["questions"]:
        named = dict(zip("abc", words, strict=True))
        plain = {letter: escape.plain(word) for letter, word in named.items()}
        st.markdown(texts["baseline.about"].format(count=found["questions"], **plain))
        columns = {
            texts["baseline.method"]: [texts[f"baseline.{name}"].format(**named) for name in found["accuracy"]],
            texts["column.accuracy"]: [f"{100 * value:.1f} %" for value in found["accuracy"].values()],
        }
        table(columns, name="baselines", caption=texts["baseline.title"], texts=texts, key=f"{slug}.baselines")
