"""The geometry of word vectors: four recipes side by side, an explorer, uses and bias. Layout only."""

import dataclasses
from typing import Any, cast

import numpy as np
import streamlit as st

from engine import runner
from engine.experiments import FewLabels, Word2Vec
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import corpora, entities, jobs, reviews
from engine.text.kjv import OCCUPATIONS
from lessons import content
from lessons.figures import number, percent
from lessons.vectors import figures
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.quiz import myths, quiz
from pages.ui.share import share
from pages.ui.stage import StagePane
from pages.ui.table import table
from pages.ui.training import ask, settled
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
EXTREMES, LISTED, NEAR = 50, 7, 6  # words on either side that are measured and listed; neighbours
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


def watch():
    st.markdown(lesson["stage"])


def step():
    st.markdown(lesson["step"])


def breaking():
    st.markdown(lesson["break"])


def explore():
    st.markdown(lesson["explore"])
    st.markdown(lesson["explore.warning"])


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
            texts["uses.answer"],
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
    for answer in found["answers"]:
        at = answer["place"]
        columns[texts["uses.word"]].append(texts["uses.review"] if at < 0 else words[at]["word"])
        columns[texts["uses.heard"]].append(heard(words if at < 0 else [words[at]]))
        for way in WAYS:
            best = int(np.argmax(answer[way]))
            columns[texts[f"uses.{way}"]].append(f"{kind_named(found['kinds'][best])} {percent(answer[way][best])} %")
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
    told = [f"{texts[name]}: {session.listed(dict.fromkeys(found))}" for name, found in parts.items() if found]
    return "; ".join(told) or texts["uses.heard.yes"]


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
        texts["uses.example"]: [gap.join(marked(each)) for each in examined],
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
        st.fragment(few_rows, run_every=None if settled(runs) else 1)(runs, place)


def few_rows(runs: list[Run], place: str):
    for run in runs:
        run.beat()
    columns: dict[str, list[Any]] = {texts["uses.seed"]: [few(run).seed for run in runs]}
    for labels in (FEW, int(FewLabels().labels)):
        for way in WAYS:
            for part in ("seen", "unseen"):
                head = f"{texts[f'uses.{way}']}, {texts[f'uses.{part}']}, {texts['uses.with'].format(labels=labels)}"
                columns[head] = [right_with(run, f"accuracy_{way}_{part}", labels) for run in runs]
    table(columns, name="seeds", caption=texts["uses.seeds.caption"], texts=texts, key=f"{place}.table")
    if settled(runs) and st.session_state.get(f"{place}.settled") != [run.token for run in runs]:
        st.session_state[f"{place}.settled"] = [run.token for run in runs]
        st.rerun()


def right_with(run: Run, metric: str, labels: int) -> str | None:
    """A metric at the first moment with so many labels, in percent."""
    found = next((snapshot for snapshot in run.history if snapshot.metrics["labels"] >= labels), None)
    return f"{percent(found.metrics[metric])} %" if found else None


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
    found = ask(run, "bias_removal", pairs=pairs, among=among, n=n)
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
    rows = ("lean", "beside", "told_apart")
    shares = [number if row == "lean" else lambda share: f"{percent(share)} %" for row in rows]
    columns: dict[str, list[Any]] = {texts["bias.measure"]: [texts[f"bias.measure.{row}"] for row in rows]}
    for head, measures in (("bias.asked", asked), ("bias.control", control)):
        for when, i in (("bias.before", 0), ("bias.removed", 1)):
            cells = [show(measures[row][i]) for show, row in zip(shares, rows, strict=True)]
            columns[f"{texts[head]}, {texts[when]}"] = cells
    caption = texts["bias.measures.caption"].format(n=found["n"])
    table(columns, name="removal", caption=caption, texts=texts, key="vectors.bias.removal")
    minus, plus = pairs[0]
    heads = [texts["bias.towards"].format(word=word) for word in (minus, plus)]
    columns = {head: side[:LISTED] for head, side in zip(heads, found["sides"], strict=True)}
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
    if found := ask(run, "bias_neighbours", word=word, pairs=pairs, n=NEAR):
        columns = {
            texts["bias.before"]: [f"{each['word']} {number(each['score'], 2)}" for each in found["before"]],
            texts["bias.removed"]: [f"{each['word']} {number(each['score'], 2)}" for each in found["after"]],
        }
        caption = texts["bias.near.caption"].format(word=escape.plain(word))
        table(columns, name="neighbours", caption=caption, texts=texts, key="vectors.bias.near")


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
