"""The geometry of word vectors: four recipes side by side, an explorer, uses and bias. Layout only."""

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import streamlit as st

from engine import runner
from engine.experiments import FewLabels, GloVe, LoadedVectors, Word2Vec, WordVectors
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import corpora, entities, jobs, reviews, vector_files
from engine.text.kjv import OCCUPATIONS
from lessons import content
from lessons.figures import number, percent
from lessons.vectors import figures
from pages.ui import arrival, asking, choice, escape, looking, moments, own_text, own_vectors, press, session, training
from pages.ui.bench import bench
from pages.ui.look import Look, from_link
from pages.ui.page import page
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.projection import explorer
from pages.ui.stage import StagePane
from pages.ui.table import table
from pages.ui.training import ask, settled, watched

SLUG = "vectors"
MODELS = ("sgns", "cbow", "glove", "ppmi_svd")
FUNCTIONS = {  # of the files of the model, shown first
    "word_vectors.py": ("train",),
    "ppmi_svd.py": ("ppmi", "multiply", "decompose"),
}
SHARED, BESIDE = 5, 8  # nearest words: of the guess, and of the table side by side
PAIRS, TABLED = 2_000, 100  # pairs of words in the picture of PMI, and those in its table
# What each way of breaking it changes; its texts are the sections break.<name>.
BREAKS: dict[str, dict[str, Any]] = {
    "no_mixed": {"mixed": 0.0},
    "tokens_20000": {"tokens": 20_000},
    "dim_8": {"dim": 8},
}
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
# What vectors are good for: the kinds of each task, and sentences to judge.
TASKS = {"entities": entities.KINDS, "reviews": reviews.KINDS}
WAYS = ("one_hot", "vectors")
SENTENCES = {
    ("entities", "en"): (
        "Robert Lin is a durian cultivator", "Robert Lin is an apple farmer", "Sally Johnson is an orange farmer",
        "everybody knows Valora, the mango startup",
    ),
    ("entities", "zh"): (
        "林国栋是远近闻名的榴莲栽培户", "林国栋是远近闻名的苹果农民", "王芳是远近闻名的橙子农民",
        "大家都听说过芒果厂家华盛",
    ),
    ("reviews", "en"): (
        "the pie was yummy and the owner was courteous", "the pizza was delicious and the waiter was friendly",
        "a gloomy lobby and an arrogant manager", "the pizza was not delicious",
    ),
    ("reviews", "zh"): (
        "披萨很地道，老板也很亲切", "披萨很好吃，服务员也很热情", "大厅真昏暗，经理真傲慢", "披萨不好吃",
    ),
}  # fmt: skip
FEW, SEEDS, EXAMINED, SPEAKING = 20, 5, 8, 12  # labels that are few; runs, test examples and words that are shown
# Bias: the texts, and pairs that differ in gender.
BIASED: dict[str, dict[str, Any]] = {
    "jobs": {"corpus": "jobs"},
    "fair": {"corpus": "jobs", "mixed": 1.0},
    "kjv": {"corpus": "kjv"},
}
JOBS_PAIRS = {
    language: ((words.pronouns[0]["he"], words.pronouns[1]["he"]), *words.people)
    for language, words in jobs.LANGUAGES.items()
}
KJV_PAIRS = (("he", "she"), ("man", "woman"), ("son", "daughter"), ("father", "mother"), ("brother", "sister"))
USUAL = {"en": "nurse", "zh": "护士"}  # the word that is taken apart first
ORDER = ("m", "both", "f")  # sides, as jobs are listed
EXTREMES, SIDE, KIN = 50, 7, 6  # words on either side that are measured and listed; neighbours
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
# What a step is: one label more, or a sentence read.
LABELLING = texts | {"stage.step": texts["uses.step"], "stage.running": texts["uses.now"]}
SENTENCES_READ = texts | {"stage.step": texts["bias.read"], "stage.running": texts["bias.read.now"]}


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
        model = which_model("watch")
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
        looking.taken_away(run, texts=texts, key=f"{SLUG}.export.watch", model=model)


def panes(run: Run, model: str) -> list[StagePane]:
    """The accuracy of all four, and the map, the answer and the neighbours of one."""
    base = figures.accuracy_curves(MODELS, texts)
    return [
        *looking.panes(run, texts=texts, model=model),
        StagePane("accuracy", texts["pane.models"], kind="curves", place="below", base=base),
    ]


def results(run: Run, moment: int | None):
    """What the four came to, and the guesses beside it, once the run is over."""
    if run.state != "done" or (run.shared and moments.rested(run) is None):
        return
    if not tell(run, moment, texts=texts, key="vectors.results"):
        return
    accuracies(run)
    if set(run.spec.changed()) - {"language", "seed"}:
        return
    values = measured(run)
    seconds = {model: f"{run.metric(f'{model}_seconds'):.1f}" for model in MODELS}
    after = {"predict.1": values, "predict.2": seconds, "predict.3": in_common(run, Look.of(run).near, SHARED)}
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


def in_percent(share: float) -> str:
    return texts["uses.percent"].format(percent=percent(share))


def in_common(run: Run, word: str, n: int, models: Sequence[str] = ("sgns", "glove")) -> dict[str, str]:
    """How many of the n nearest words of one word two models share, on average over the pairs of models."""
    if not word or not (found := ask(run, "side_by_side", word=word, n=n)):
        return {}
    lists = [{answer["word"] for answer in found["models"][model]} for model in models]
    shared = np.mean([len(one & other) for one, other in itertools.combinations(lists, 2)])
    chance = number(n**2 / (run.facts or {})["vocabulary_size"], 1)
    shown = f"{shared:.0f}" if len(models) == 2 else f"{shared:.1f}"
    return {"word": escape.plain(word), "shared": shown, "chance": chance, "near": str(n)}


# ---------------------------------------------------------------- step


def step():
    run = moments.current(WordVectors, SLUG)
    st.markdown(lesson["step"])
    model = which_model("step")
    if not training.over(run, texts["step.later"], texts):
        return
    usual = Look.of(run).analogy or (*Look.of(run).words, "", "", "")[:3]  # or its first words
    place = f"vectors.step.{run.spec.values()['corpus']}.{run.spec.values()['language']}"
    if from_link(run) and (asked := arrival.take(SLUG, "triple", str)):
        for name, word in zip("bac", asked.split(","), strict=False):
            st.session_state.setdefault(f"{place}.{name}", word)
    with st.container(horizontal=True, vertical_alignment="bottom", key="step-choices"):
        b, a, c = (typed(texts[f"ask.{name}"], f"{place}.{name}", usual["abc".index(name)]) for name in "bac")
    session.keep_in_link(triple=None if (a, b, c) == usual[:3] else f"{b},{a},{c}")
    if not (a.strip() and b.strip() and c.strip()):
        training.say(Mistake("analogy_unfinished"))
    elif trace := ask(run, "trace_analogy", words=(a.strip(), b.strip(), c.strip()), model=model):
        player(trace, lesson, texts=texts, key="vectors.player")


def typed(label: str, key: str, usual: str) -> str:
    """A word that the learner types; at first the usual one."""
    st.session_state.setdefault(key, usual)
    return str(st.text_input(label, key=key, width=180, max_chars=60, persist_state="session"))


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
    if press.pressed("vectors.break.start") and training.start(place, spec):
        training.start(f"{place}.usual", WordVectors.parse({"language": spec.language}))
    training.complain(place)
    here = runner.current()
    run, usual = (here.find(st.session_state.get(f"{name}.run", "")) for name in (place, f"{place}.usual"))
    if run is None:
        return
    if run.spec != spec:  # the page's language has changed since
        st.info(texts["break.language"], icon=":material/tune:")
    moment = moments.shown(run, panes(run, "sgns"), texts=texts, key="vectors.broken", place=place)
    both = [run, usual] if usual else [run]
    for each in both:
        each.beat()
        training.until_done(each)
    if settled(both) and run.state == "done" and tell(run, moment, texts=texts, key=place):
        broken(run, usual, section)


def broken(run: Run, usual: Run | None, section: str):
    """What came of it, beside the guess and beside the same models with the usual settings."""
    if kept := guessed(SLUG, section, lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    st.markdown(content.fill(lesson[f"{section}.after"], **measured(run)))
    columns = {texts["model.choose"]: list(model_names().values())}
    for label, each in (("break.broken", run), ("break.usual", usual)):
        if each and each.state == "done":
            columns[texts[label]] = [f"{value} %" for value in measured(each).values()]
    table(columns, name="broken", caption=texts["break.caption"], texts=texts, key="vectors.broken.table")


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
        which = {"model": which_model("explore")} if source == OURS else {}
        look_around(run, which)
    st.markdown(lesson["explore.warning"])


def model_names() -> dict[str, str]:
    return {name: texts[f"model.{name}"] for name in MODELS}


def which_model(place: str) -> str:
    """The model that is looked at: one choice for all stations, each of which has pills of its own."""
    names, key, kept = model_names(), f"vectors.model.{place}", "vectors.model"
    if asked := arrival.take(SLUG, "model", arrival.choice(texts["model.choose"], names)):
        st.session_state[kept] = asked
    chosen_before = st.session_state[key] = st.session_state.setdefault(kept, MODELS[0])

    def choose():
        st.session_state[kept] = st.session_state[key] or chosen_before

    st.pills(texts["model.choose"], MODELS, format_func=names.__getitem__, key=key, on_change=choose, required=True)
    arrival.complain(SLUG, "model", names[chosen_before])
    session.keep_in_link(model=None if chosen_before == MODELS[0] else chosen_before)
    return str(chosen_before)


def drawn_at_random():
    """As many vectors as one likes, in which there is nothing to be found."""

    def vectors(n: int, more: list[str]) -> dict[str, Any]:
        chance = np.random.default_rng(0).normal(size=(n, RANDOM))
        return {"words": [str(x) for x in range(1, n + 1)], "vectors": chance}

    explorer(f"{SLUG}.explore", vectors, attributes={}, chosen=[], source="random", slug=SLUG, texts=texts)


def run_of(source: str) -> Run | None:
    """The run whose vectors are looked at: of this page, of another, or of a file."""
    if source == "file":
        return loaded()
    kinds = {"word2vec": Word2Vec, "glove": GloVe, "sample": LoadedVectors}
    if source == OURS:
        run = moments.current(WordVectors, SLUG)
    else:
        language = None if source == "sample" else session.language()
        run = training.own(source) or training.shared(kinds[source], language)
    run.beat()
    if run.state == "paused" and run.facts:  # what is there already can be looked at
        return run
    return run if training.over(run, texts["explore.going"], texts) else None


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
    explorer(f"{SLUG}.explore", vectors, attributes=attributes, chosen=chosen, source=name, slug=SLUG, texts=texts)
    looking.taken_away(run, texts=texts, key=f"{SLUG}.export.explore", **which)


# ---------------------------------------------------------------- uses: few labels


def uses():
    """Entities or reviews: the same classifier on one-hot rows and on vectors, with more and more labels."""
    st.markdown(lesson["uses"])
    names = {task: texts[f"dial.task.{task}"] for task in FewLabels.dials()["task"].options}
    task = choice.choose(SLUG, "task", texts["dial.task"], names)
    st.markdown(lesson[f"uses.{task}"])
    predict(SLUG, "uses.guess", lesson, texts=texts)
    spec = FewLabels.parse({"task": task, "language": session.language(), **few_dials()})
    place = f"vectors.uses.{task}"
    press.button(texts["uses.start"], type="primary", icon=":material/play_arrow:", key="vectors.uses.start")
    if press.pressed("vectors.uses.start"):
        training.start(place, spec)
    training.complain(place)
    run = runner.current().find(st.session_state.get(f"{place}.run", ""))
    if run is None:
        st.caption(texts["uses.first"])
        return
    if run.spec != spec:
        st.info(texts["train.changed"], icon=":material/tune:")
    typed = said_of(run)
    moment = moments.shown(run, few_panes(run, typed), texts=LABELLING, key="vectors.uses.stage", place=place)
    with st.container():
        training.until_done(run)
        if run.state == "done":
            word_by_word(run, moment, typed)
            if tell(run, moment, texts=texts, key=place):
                few_results(run)
    st.divider()
    few_seeds(spec)


def few_dials() -> dict[str, int]:
    """How much text without labels there is, how long vectors are, and the seed."""
    with st.container(horizontal=True, key="vectors-uses-dials"):
        return {name: few_dial(name) for name in ("tokens", "dim", "seed")}


def few_dial(field: str) -> int:
    """A number field of the few labels, in the link as few_<field>."""
    key, name, usual = f"vectors.few.{field}", f"few_{field}", int(FewLabels().values()[field])
    label, limits = texts[f"few.{field}"], FewLabels.dials()[field]
    low, high = int(limits.low), int(limits.high)
    asked = arrival.take(SLUG, name, arrival.whole(label, low, high))
    if key not in st.session_state:
        st.session_state[key] = usual if asked is None else asked
    looks: dict[str, Any] = {"width": 250, "persist_state": "session"}
    step = int(limits.step)
    value = int(st.number_input(label, low, high, step=step, key=key, help=texts[f"few.{field}.help"], **looks))
    arrival.complain(SLUG, name, f"{value:,}")
    session.keep_in_link(**{name: None if value == usual else str(value)})
    return value


def few(run: Run) -> FewLabels:
    return cast(FewLabels, run.spec)


def kind_named(kind: str) -> str:
    return texts[f"uses.kind.{kind}"]


def said_of(run: Run) -> str:
    """The sentence that both classifiers judge."""
    usual, *offers = SENTENCES[few(run).task, few(run).language]
    key = f"vectors.uses.text.{few(run).task}.{few(run).language}"
    return choice.sentence(SLUG, key, texts["uses.sentence"], usual, True, texts["uses.offers"], offers)


def few_panes(run: Run, typed: str) -> list[StagePane]:
    kinds = TASKS[few(run).task]
    return [
        StagePane(
            "curves", texts["uses.curves"], kind="curves", place="main", base=figures.few_curves(1 / len(kinds), texts)
        ),
        StagePane(
            "answer",
            texts[f"uses.answer.{few(run).task}"],
            pane=Pane("answer", "answer_view", (("text", typed),)),
            base=figures.answer_base(kinds, texts),
            frame=lambda numbers: figures.answer_frame(numbers, texts),
        ),
    ]


def word_by_word(run: Run, moment: int | None, typed: str):
    """What both say of each word of the sentence, or of the review, at the moment on the stage."""
    found = ask(run, "predict", at=moment, text=typed)
    if not found:
        return
    words = found["words"]
    columns: dict[str, list[Any]] = {texts["uses.word"]: [], texts["uses.heard"]: []}
    columns |= {texts[f"uses.{way}"]: [] for way in WAYS}
    for answer in found["judged"]:
        at = answer["place"]
        columns[texts["uses.word"]].append(texts["uses.review"] if at < 0 else words[at]["word"])
        columns[texts["uses.heard"]].append(heard(words if at < 0 else [words[at]]))
        for way in WAYS:
            best = int(np.argmax(answer[way]))
            columns[texts[f"uses.{way}"]].append(f"{kind_named(found['kinds'][best])} {in_percent(answer[way][best])}")
    labels = int(run.history[-1 if moment is None else min(moment, len(run.history) - 1)].metrics["labels"])
    caption = texts["uses.words.caption"].format(labels=labels)
    table(columns, name="words", caption=caption, texts=texts, key="vectors.uses.words")


def heard(words: list[dict[str, Any]]) -> str:
    """Whether words stood in a labelled example, only in the text without labels, or nowhere."""
    parts = {
        "uses.heard.no": [each["word"] for each in words if each["known"] and not each["labelled"]],
        "uses.heard.unknown": [each["word"] for each in words if not each["known"]],
    }
    if len(words) == 1:
        return texts[next((name for name, found in parts.items() if found), "uses.heard.yes")]
    told = {texts[name]: session.listed(dict.fromkeys(found)) for name, found in parts.items() if found}
    listed = [texts["uses.heard.listed"].format(what=what, words=words) for what, words in told.items()]
    return " · ".join(listed) or texts["uses.heard.yes"]


def few_results(run: Run):
    """What came of it, test examples on which both differ, and the words that speak most for a kind."""
    curve = ask(run, "curve")
    examined = ask(run, "examined", n=EXAMINED)
    if not curve or not examined:
        return
    early = next(i for i, n in enumerate(curve["labels"]) if n >= min(FEW, curve["labels"][-1]))
    values = {
        "few": int(curve["labels"][early]),
        "many": int(curve["labels"][-1]),
        "chance": percent(curve["chance"][0]),
        "one_hot_few": percent(curve["accuracy_one_hot_seen"][early]),
        "vectors_few": percent(curve["accuracy_vectors_seen"][early]),
        "one_hot_many": percent(curve["accuracy_one_hot_seen"][-1]),
        "vectors_many": percent(curve["accuracy_vectors_seen"][-1]),
        "one_hot_never": percent(curve["accuracy_one_hot_unseen"][-1]),
        "vectors_never": percent(curve["accuracy_vectors_unseen"][-1]),
    }
    if kept := guessed(SLUG, "uses.guess", lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    st.markdown(content.fill(lesson["uses.guess.after"], **values))
    gap = "" if few(run).language == "zh" else " "
    columns: dict[str, list[Any]] = {
        texts["uses.example"]: [gap.join(marked(each)).replace(" ,", ",") for each in examined],
        texts["uses.right"]: [kind_named(each["label"]) for each in examined],
        **{texts[f"uses.{way}"]: [kind_named(each[way]) for each in examined] for way in WAYS},
    }
    table(columns, name="examples", caption=texts["uses.examples.caption"], texts=texts, key="vectors.uses.examples")
    st.markdown(lesson["uses.words"])
    kinds = {kind: kind_named(kind) for kind in TASKS[few(run).task]}
    kind = choice.choose(SLUG, f"kind_{few(run).task}", texts["uses.kind"], kinds)
    if found := ask(run, "leaning", kind=kind, n=SPEAKING):
        for column, way in zip(st.columns(2), WAYS, strict=True):
            with column:
                st.markdown(f"**{texts[f'uses.{way}']}**")
                chart(figures.speaking(found, way, texts), f"vectors.uses.speaking.{way}")
                st.caption(escape.plain(figures.speaking_summary(found, way, texts)))
        with st.expander(texts["stage.table"], key="vectors.uses.speaking.table"):
            columns = {}
            for way in WAYS:
                never = [f"{each['word']} †" if each["never"] else each["word"] for each in found[way]]
                columns |= {texts[f"uses.{way}"]: never, f"{texts['uses.score']} ({texts[f'uses.{way}']})": []}
                columns[f"{texts['uses.score']} ({texts[f'uses.{way}']})"] = [each["score"] for each in found[way]]
            table(columns, name="speaking", caption=texts["uses.speaking"], texts=texts, key="vectors.uses.speak")


def marked(example: dict[str, Any]) -> list[str]:
    """The words of an example, the one that is meant in brackets."""
    return [f"[{word}]" if i == example["place"] else word for i, word in enumerate(example["words"])]


def few_seeds(spec: FewLabels):
    """Other seeds, a row each: another text, other vectors, other examples."""
    st.markdown(lesson["uses.seeds"])
    place = "vectors.uses.seeds"
    press.button(texts["uses.seeds.start"], icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, [dataclasses.replace(spec, seed=seed) for seed in range(SEEDS)])
    training.complain(place)
    if runs := training.compared(place):
        watched(place, runs, lambda: few_rows(runs, place), texts)


def few_rows(runs: list[Run], place: str):
    columns: dict[str, list[Any]] = {texts["uses.seed"]: [few(run).seed for run in runs]}
    for labels in (FEW, int(FewLabels().labels)):
        for way in WAYS:
            for part in ("seen", "unseen"):
                head = f"{texts[f'uses.{way}']} · {texts[f'uses.{part}']} · {texts['uses.with'].format(labels=labels)}"
                columns[head] = [right_with(run, f"accuracy_{way}_{part}", labels) for run in runs]
    table(columns, name="seeds", caption=texts["uses.seeds.caption"], texts=texts, key=f"{place}.table")


def right_with(run: Run, metric: str, labels: int) -> str | None:
    """A metric at the first moment with so many labels, in percent."""
    found = next((snapshot for snapshot in run.history if snapshot.metrics["labels"] >= labels), None)
    return in_percent(found.metrics[metric]) if found else None


def chart(figure: dict[str, Any], key: str):
    st.plotly_chart(figure, key=key, theme="streamlit", config={"displayModeBar": False})


# ---------------------------------------------------------------- bias


def bias():
    """Which jobs lean which way; what taking the direction out does, and what it does not."""
    st.markdown(lesson["bias"])
    names = {name: texts[f"bias.text.{name}"] for name in BIASED}
    name = choice.choose(SLUG, "biased", texts["bias.text"], names)
    st.markdown(lesson[f"bias.{name}"])
    predict(SLUG, "bias.guess", lesson, texts=texts)
    spec = Word2Vec.parse({"language": session.language(), **BIASED[name]})
    place = f"vectors.bias.{name}"
    press.button(texts["bias.start"], type="primary", icon=":material/play_arrow:", key="vectors.bias.start")
    if press.pressed("vectors.bias.start"):
        training.start(place, spec)
    training.complain(place)
    run = runner.current().find(st.session_state.get(f"{place}.run", ""))
    if run is None:
        st.caption(texts["bias.first"])
        return
    if run.spec != spec:  # the page's language has changed since
        st.info(texts["train.language"], icon=":material/tune:")
    ends = {"one": texts["bias.pairs.one"], "several": texts["bias.pairs.several"]}
    several = choice.choose(SLUG, "pairs", texts["bias.pairs"], ends) == "several"
    pairs = pairs_of(run) if several else pairs_of(run)[:1]
    moment = moments.shown(run, [lean_pane(run, pairs)], texts=SENTENCES_READ, key="vectors.bias.stage", place=place)
    with st.container():
        training.until_done(run)
        if run.state == "done":
            if tell(run, moment, texts=texts, key=place):
                removed(run, name, pairs)
            st.divider()
            step_by_step(run, pairs)


def language_of(run: Run) -> str:
    spec = cast(Word2Vec, run.spec)
    return "en" if spec.corpus == "kjv" else spec.language


def pairs_of(run: Run) -> tuple[tuple[str, str], ...]:
    """Pairs that differ in gender, he and she first."""
    spec = cast(Word2Vec, run.spec)
    return KJV_PAIRS if spec.corpus == "kjv" else JOBS_PAIRS[spec.language]


def looked_at(run: Run) -> dict[str, str]:
    """The jobs whose leans are shown → the side the text gives them to; "" where nobody laid that down."""
    spec = cast(Word2Vec, run.spec)
    if spec.corpus == "kjv":
        return dict.fromkeys(OCCUPATIONS, "")
    found = {word: is_["usual"] for word, is_ in corpora.attributes("jobs", spec.language).items() if "usual" in is_}
    sides = dict.fromkeys(found, "both") if spec.mixed == 1 else found
    return {word: sides[word] for word in sorted(found, key=lambda word: ORDER.index(found[word]))}


def lean_pane(run: Run, pairs: tuple[tuple[str, str], ...]) -> StagePane:
    jobs = looked_at(run)
    given = (("pairs", pairs), ("words", tuple(jobs)))
    return StagePane(
        "lean",
        texts["bias.title"],
        place="main",
        pane=Pane("lean", "lean_view", given),
        base=figures.lean_base(list(jobs), jobs, pairs[0], texts),
        frame=lambda numbers: figures.lean_frame(numbers, texts),
    )


def removed(run: Run, name: str, pairs: tuple[tuple[str, str], ...]):
    """What taking the direction out of all words did, beside directions that mean nothing."""
    jobs = list(looked_at(run))
    among, n = (None, EXTREMES) if name == "kjv" else (jobs, len(jobs) // 3)
    gendered = list(corpora.attributes("kjv", "en")) if name == "kjv" else None
    found = ask(run, "bias_removal", pairs=pairs, among=among, without=gendered, n=n)
    if not found:
        return
    asked, control = found["asked"], found["control"]
    values = {
        "n": found["n"],
        "share": percent(found["share"]),
        "lean": number(asked["lean"][0], 2),
        "beside": percent(asked["beside"][0]),
        "beside_after": percent(asked["beside"][1]),
        "apart": percent(asked["told_apart"][0]),
        "apart_after": percent(asked["told_apart"][1]),
        "control_after": percent(control["told_apart"][1]),
    }
    if kept := guessed(SLUG, "bias.guess", lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    st.markdown(lesson["bias.guess.after"])
    st.markdown(content.fill(lesson[f"bias.{name}.after"], **values))
    named = [(which, when) for which in ("bias.asked", "bias.control") for when in ("bias.before", "bias.removed")]
    columns: dict[str, list[Any]] = {texts["bias.which"]: [f"{texts[which]} · {texts[when]}" for which, when in named]}
    for measure, write in (("lean", number), ("beside", in_percent), ("told_apart", in_percent)):
        columns[texts[f"bias.measure.{measure}"]] = [write(x) for each in (asked, control) for x in each[measure]]
    caption = texts["bias.measures.caption"].format(n=found["n"])
    table(columns, name="removal", caption=caption, texts=texts, key="vectors.bias.removal")
    minus, plus = pairs[0]
    heads = [texts["bias.towards"].format(word=word) for word in (minus, plus)]
    columns = {head: side[:SIDE] for head, side in zip(heads, found["sides"], strict=True)}
    table(columns, name="sides", caption=texts["bias.sides.caption"], texts=texts, key="vectors.bias.sides")


def step_by_step(run: Run, pairs: tuple[tuple[str, str], ...]):
    """The direction taken out of one word, number by number; and its neighbours before and after."""
    st.markdown(lesson["bias.step"])
    jobs = list(looked_at(run))
    usual = jobs.index(USUAL[language_of(run)])
    key = f"vectors.bias.word.{run.token}"
    word = st.selectbox(texts["bias.word"], jobs, index=usual, key=key, width=320)
    minus, plus = pairs[0]
    if trace := ask(run, "trace_removal", word=word, minus=minus, plus=plus):
        player(trace, lesson, texts=texts, key="vectors.bias.player", link=None)
    if found := ask(run, "bias_neighbours", word=word, pairs=pairs, n=KIN):
        columns = {
            texts["bias.before"]: [f"{each['word']} {number(each['score'], 2)}" for each in found["before"]],
            texts["bias.removed"]: [f"{each['word']} {number(each['score'], 2)}" for each in found["after"]],
        }
        caption = texts["bias.near.caption"].format(word=escape.plain(word))
        table(columns, name="neighbours", caption=caption, texts=texts, key="vectors.bias.near")


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    run = moments.current(WordVectors, SLUG)
    if not training.over(run, texts["step.later"], texts):
        return
    side_by_side(run)
    st.divider()
    implicit(run)
    if np.isfinite(run.metric(f"{MODELS[0]}_accuracy")):  # there are analogies for this text
        st.divider()
        other_seeds(run)


def side_by_side(run: Run):
    """The nearest words of one word in the four spaces."""
    st.markdown(lesson["compare.neighbours"])
    seen = Look.of(run)
    word = st.text_input(texts["compare.word"], seen.near, key=f"vectors.compare.{hash(seen)}", width=240).strip()
    found = ask(run, "side_by_side", word=word, n=BESIDE) if word else None
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
    st.markdown(content.fill(lesson["compare.neighbours.after"], **in_common(run, word, BESIDE, MODELS)))


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


def other_seeds(run: Run):
    """The same text and settings with other seeds: how far apart the results of one model are."""
    st.markdown(lesson["compare.seeds"])
    place = "vectors.compare.seeds"
    press.button(texts["uses.seeds.start"], icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        spec = cast(WordVectors, run.spec)
        specs = [dataclasses.replace(spec, seed=seed) for seed in range(SEEDS)]
        training.together(place, specs, own_text.text_of(spec))
    training.complain(place)
    if runs := training.compared(place):
        watched(place, runs, lambda: seed_rows(runs, place), texts)


def between(low: float, high: float) -> str:
    """A range in percent, or the one number that both ends are."""
    ends = percent(low), percent(high)
    return ends[0] if ends[0] == ends[1] else texts["compare.range"].format(low=ends[0], high=ends[1])


def seed_rows(runs: list[Run], place: str):
    right = {model: [run.metric(f"{model}_accuracy") for run in runs] for model in MODELS}
    columns: dict[str, list[Any]] = {texts["uses.seed"]: [run.spec.values()["seed"] for run in runs]}
    for model, shares in right.items():
        over = zip(runs, shares, strict=True)
        columns[texts[f"model.{model}"]] = [in_percent(share) if run.state == "done" else None for run, share in over]
    table(columns, name="seeds", caption=texts["compare.seeds.caption"], texts=texts, key=f"{place}.table")
    if all(run.state == "done" for run in runs):
        ranges = {model: between(min(shares), max(shares)) for model, shares in right.items()}
        st.markdown(content.fill(lesson["compare.seeds.after"], **ranges))


# ---------------------------------------------------------------- the page

STATIONS = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "break": breaking,
    "explore": explore,
    "uses": uses,
    "bias": bias,
    "compare": compare,
}

page(WordVectors, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS, slug=SLUG)
