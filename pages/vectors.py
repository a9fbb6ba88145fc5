"""The geometry of word vectors: four recipes side by side, an explorer, uses and bias. Layout only."""

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from engine import runner
from engine.experiments import GloVe, LoadedVectors, Word2Vec, WordVectors
from engine.mistake import Mistake
from engine.runner import Run
from engine.text import corpora, vector_files
from lessons import content
from lessons.figures import number
from lessons.vectors import figures
from pages.ui import arrival, asking, choice, escape, looking, moments, own_vectors, press, session, training
from pages.ui.bench import bench
from pages.ui.code import code, without_browser
from pages.ui.dials import chosen, complain
from pages.ui.look import PATIENCE, Look
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.projection import explorer
from pages.ui.quiz import myths, quiz
from pages.ui.share import share
from pages.ui.stage import StagePane
from pages.ui.table import table
from pages.ui.training import ask
from pages.ui.walk import walk

SLUG = "vectors"
MODELS = ("sgns", "cbow", "glove", "ppmi_svd")
FUNCTIONS = ("train",)  # of the model's file, shown first
NEAR, LISTED = 5, 8  # nearest words: of the guess, and of the tables side by side
PAIRS, TABLED = 2_000, 100  # pairs of words in the picture of PMI, and those in its table
# What each way of breaking it changes; its texts are the sections break.<name>.
BREAKS: dict[str, dict[str, Any]] = {"no_mixed": {"mixed": 0.0}, "tokens_5000": {"tokens": 5_000}, "dim_3": {"dim": 3}}
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


# ---------------------------------------------------------------- watch


def watch():
    said = st.container()
    made = bench(WordVectors, SLUG, lesson, texts, ("corpus", "tokens", "dim"))
    run = made.run
    with made.wide:
        model = choice.choose(SLUG, "model", texts["model.choose"], model_names())
        moment = moments.shown(run, panes(run, model), texts=texts, key="vectors.stage", place=SLUG)
    begins = run.shared and moment == 0
    if made.usual:
        made.note.caption(texts["watch.before" if begins else "train.shared"])
    if moment is not None and not begins:
        moments.rest(run, moment)
    with st.container():
        results(run, moment)
        training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key="vectors.reading"):
        st.markdown(lesson["stage"])
    looking.looking(SLUG, run, texts=texts)
    with said:
        looking.linked(WordVectors.name, run, None if begins else moment, texts=texts)
    if run.state == "done":
        asking.asking(SLUG, run, moment, texts=texts, model=model)
        export(run, {"model": model})


def panes(run: Run, model: str) -> list[StagePane]:
    """The accuracy of all four, and the map, the answer and the neighbours of one."""
    base = figures.accuracy_curves(MODELS, texts)
    return [
        *looking.panes(run, texts=texts, model=model),
        StagePane("accuracy", texts["pane.accuracy"], kind="curves", base=base),
    ]


def results(run: Run, moment: int | None):
    """What the four came to, and the guesses beside it, once the run is over."""
    if run.state != "done" or (run.shared and moments.rested(run) is None):
        return
    if not tell(run, moment, texts=texts, key="vectors.results"):
        return
    accuracies(run)
    if {k for k in run.spec.changed() if k not in ("language", "seed")}:
        return
    values = measured(run)
    seconds = {model: f"{run.metric(f'{model}_seconds'):.1f}" for model in MODELS}
    after = {"predict.1": values, "predict.2": seconds, "predict.3": in_common(run, Look.of(run).near, NEAR)}
    for section, found in after.items():
        if (kept := guessed(SLUG, section, lesson)) and found:
            st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
            st.markdown(content.fill(lesson[f"{section}.after"], **found))


def measured(run: Run) -> dict[str, str]:
    """The share of analogies each model has right, in percent."""
    return {model: f"{100 * run.metric(f'{model}_accuracy'):.0f}" for model in MODELS}


def accuracies(run: Run):
    """A row for each model: analogies right, by kind, and what it cost."""
    if not (found := ask(run, "accuracies")):
        return
    rows = found["rows"]
    columns: dict[str, list[Any]] = {texts["model.choose"]: [texts[f"model.{row['model']}"] for row in rows]}
    if rows[0]["accuracy"] is not None:
        columns[texts["metric.analogy_accuracy"]] = [in_percent(row["accuracy"]) for row in rows]
    for name in found["categories"]:
        columns[texts[f"metric.analogy_{name}"]] = [in_percent(row["categories"][name]) for row in rows]
    columns[texts["watch.seconds"]] = [round(row["seconds"], 2) for row in rows]
    columns[texts["watch.megabytes"]] = [round(row["bytes"] / 1e6, 2) for row in rows]
    table(columns, name="models", caption=texts["watch.caption"], texts=texts, key="vectors.accuracies")


def in_percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def in_common(run: Run, word: str, n: int, models: Sequence[str] = ("sgns", "glove")) -> dict[str, str]:
    """How many of the n nearest words of one word two models share, on average over the pairs of models."""
    if not word or not (found := ask(run, "side_by_side", word=word, n=n)):
        return {}
    lists = [{answer["word"] for answer in found["models"][model]} for model in models]
    shared = np.mean([len(one & other) for one, other in itertools.combinations(lists, 2)])
    chance = number(n**2 / (run.facts or {})["vocabulary_size"], 1)
    shown = f"{shared:.0f}" if len(models) == 2 else f"{shared:.1f}"
    return {"word": escape.plain(word), "shared": shown, "chance": chance, "near": str(n)}


def export(run: Run, which: dict[str, Any]):
    """The vectors, to take away."""
    st.download_button(
        texts["export.vectors"],
        data=lambda: run.ask("export", **which)["text"],  # made only when asked for: a megabyte or more
        file_name="vectors.txt",
        icon=":material/download:",
        type="tertiary",
        key=f"{SLUG}.export",
        on_click="ignore",
        help=texts["export.title"],
    )


# ---------------------------------------------------------------- step


def step():
    run = moments.current(WordVectors, SLUG)
    st.markdown(lesson["step"])
    model = choice.choose(SLUG, "model", texts["model.choose"], model_names())
    run.wait("done", "failed", timeout=PATIENCE)
    if run.state != "done":
        st.caption(texts["step.later"])
        training.until_done(run)
        return
    usual = Look.of(run).analogy or ("", "", "", "")
    place = f"vectors.step.{run.spec.values()['corpus']}.{run.spec.values()['language']}"
    with st.container(horizontal=True, vertical_alignment="bottom", key="step-choices"):
        b, a, c = (
            st.text_input(texts[f"ask.{name}"], usual["abc".index(name)], key=f"{place}.{name}", width=180)
            for name in "bac"
        )
    if not (a.strip() and b.strip() and c.strip()):
        training.say(Mistake("analogy_unfinished"))
    elif trace := ask(run, "trace_analogy", words=(a.strip(), b.strip(), c.strip()), model=model):
        player(trace, lesson, texts=texts, key="vectors.player")


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    names = {name: lesson.titled(f"break.{name}").title for name in BREAKS}
    name = choice.choose(SLUG, "broken", texts["break.choose"], names)
    section = f"break.{name}"
    predict(SLUG, section, lesson, texts=texts)
    spec = WordVectors.parse({"language": session.language(), **BREAKS[name]})
    place = f"vectors.{section}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key="vectors.break.start")
    if press.pressed("vectors.break.start"):
        training.start(place, spec)
    training.complain(place)
    run = runner.current().find(st.session_state.get(f"{place}.run", ""))
    if run is None:
        return
    if run.spec != spec:  # the page's language has changed since
        st.info(texts["break.language"], icon=":material/tune:")
    moment = moments.shown(run, panes(run, "sgns"), texts=texts, key="vectors.broken", place=place)
    training.until_done(run)
    if run.state == "done" and tell(run, moment, texts=texts, key=place):
        if kept := guessed(SLUG, section, lesson):
            st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
        st.markdown(content.fill(lesson[f"{section}.after"], **measured(run)))
        accuracies(run)


# ---------------------------------------------------------------- explore

OURS = "word_vectors"
SOURCES = ("word_vectors", "word2vec", "glove", "file", "sample", "random")
RANDOM = 50  # dimensions of vectors that mean nothing


def explore():
    st.markdown(lesson["explore"])
    names = {source: texts[f"explore.{source}"] for source in SOURCES}
    source = choice.choose(SLUG, "source", texts["explore.source"], names)
    if source == "random":
        st.caption(texts["explore.random.about"])
        drawn_at_random()
    elif run := run_of(source):
        which = {"model": choice.choose(SLUG, "model", texts["model.choose"], model_names())} if source == OURS else {}
        look_around(run, which)
    st.markdown(lesson["explore.warning"])


def model_names() -> dict[str, str]:
    return {name: texts[f"model.{name}"] for name in MODELS}


def drawn_at_random():
    """As many vectors as one likes, in which there is nothing to be found."""

    def vectors(n: int, more: list[str]) -> dict[str, Any]:
        chance = np.random.default_rng(0).normal(size=(n, RANDOM))
        return {"words": [str(x) for x in range(1, n + 1)], "vectors": chance}

    explorer(f"{SLUG}.explore", vectors, attributes={}, chosen=[], source="random", texts=texts)


def run_of(source: str) -> Run | None:
    """The run whose vectors are looked at: of this page, of another, or of a file."""
    if source == "file":
        return loaded()
    kinds = {"word_vectors": WordVectors, "word2vec": Word2Vec, "glove": GloVe, "sample": LoadedVectors}
    place = SLUG if source == "word_vectors" else source
    language = None if source == "sample" else session.language()
    run = training.own(place) or training.shared(kinds[source], language)
    run.wait("done", "failed", timeout=PATIENCE)
    run.beat()
    return run


def loaded() -> Run | None:
    """The learner's own file; a link names it, and asks for it again."""
    st.markdown(content.fill(lesson["explore.load"], megabytes=f"{vector_files.MOST / 1e6:g}"))
    kept = f"{SLUG}.explore.linked"
    if asked := arrival.take(SLUG, "file", str):
        st.session_state[kept] = asked
    run = own_vectors.upload(SLUG, st.session_state.get(kept, ""), texts)
    session.keep_in_link(file=str(run.spec.values()["corpus"]) if run else st.session_state.get(kept))
    return run


def look_around(run: Run, which: dict[str, Any]):
    """The picture, an analogy of one's own, and the vectors to take away."""
    spec, facts = run.spec.values(), run.facts or {}
    vocabulary, ours = facts.get("vocabulary", []), "language" in spec
    known = [(spec["corpus"], spec["language"])] if ours else [("kingdom", language) for language in session.LANGUAGES]
    attributes = {word: is_ for place in known for word, is_ in corpora.attributes(*place).items()}

    def vectors(n: int, more: list[str]) -> Any:
        words = list(dict.fromkeys([*vocabulary[:n], *more]))
        return run.ask("project_vectors", words=words, **which)

    name = f"{run.token}.{which.get('model', '')}"
    chosen = [word for word in facts.get("words", []) if word in vocabulary]
    explorer(f"{SLUG}.explore", vectors, attributes=attributes, chosen=chosen, source=name, texts=texts)
    export(run, which)


# ---------------------------------------------------------------- uses, bias (E3)


def uses():
    st.markdown(lesson["uses"])


def bias():
    st.markdown(lesson["bias"])


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    run = moments.current(WordVectors, SLUG)
    run.wait("done", "failed", timeout=PATIENCE)
    if run.state != "done":
        st.caption(texts["step.later"])
        training.until_done(run)
        return
    side_by_side(run)
    st.divider()
    implicit(run)


def side_by_side(run: Run):
    """The nearest words of one word in the four spaces."""
    st.markdown(lesson["compare.neighbours"])
    seen = Look.of(run)
    word = st.text_input(texts["compare.word"], seen.near, key=f"vectors.compare.{hash(seen)}", width=240).strip()
    found = ask(run, "side_by_side", word=word, n=LISTED) if word else None
    if not found:
        return
    if word != seen.near:
        dataclasses.replace(seen, near=word).keep(run)
    session.keep_in_link(**Look.in_link(run))
    columns = {
        texts[f"model.{model}"]: [
            f"{each['word']} {each['score']:.2f}".replace("-", "−") for each in found["models"][model]
        ]
        for model in MODELS
    }
    caption = texts["compare.caption"].format(word=escape.plain(word))
    table(columns, name="neighbours", caption=caption, texts=texts, key="vectors.side_by_side")
    st.markdown(content.fill(lesson["compare.neighbours.after"], **in_common(run, word, LISTED, MODELS)))


def implicit(run: Run):
    """Skip-gram's dot products beside what counting says they should be."""
    st.markdown(lesson["compare.pmi"])
    if not (found := ask(run, "levy_goldberg", n=PAIRS)):
        return
    st.plotly_chart(figures.pmi(found, texts), key="vectors.pmi", theme="streamlit")
    st.caption(figures.pmi_summary(found, texts))
    with st.expander(texts["stage.table"]):
        named = {"first": "pmi.w", "second": "pmi.c", "pmi": "pmi.right", "dots": "pmi.up"}
        columns = {texts[label]: found[name][:TABLED] for name, label in named.items()}
        table(columns, name="pmi", caption=texts["pmi.caption"].format(n=TABLED), texts=texts, key="vectors.pmi.table")
    said = {
        "pairs": f"{len(found['dots']):,}",
        "correlation": f"{found['correlation']:.2f}",
        "negatives": found["negatives"],
    }
    st.markdown(content.fill(lesson["compare.pmi.after"], dim=run.spec.values()["dim"], **said))


# ---------------------------------------------------------------- check, read


def check():
    st.markdown(lesson["check"])
    myths(lesson, texts=texts)
    quiz(SLUG, lesson, texts=texts)


def read():
    st.markdown(lesson["read"])
    spec = chosen(WordVectors, SLUG)[0]
    code(spec, FUNCTIONS, texts=texts)
    without_browser(spec, texts=texts)
    st.markdown(lesson["limits"])
    st.subheader(texts["sources"], anchor=False)
    st.markdown("\n".join(f"- {source}" for source in lesson.sources))


if st.session_state.get(f"{SLUG}.station", st.query_params.get("at")) != "watch":  # there the dials say it
    complain(WordVectors, SLUG, lesson)
own_vectors.keep(SLUG)
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
    beside=lambda: share(SLUG, moments.spec_shown(WordVectors, SLUG), texts=texts),
)
