"""Word2Vec (2013): the page. Layout only: models, arithmetic and figures live below."""

import dataclasses
import itertools
from typing import Any, cast

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine import runner
from engine.experiments import OWN, SoftmaxCost, Word2Vec
from engine.measure import analogies
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import corpora
from lessons import content
from lessons.figures import number
from lessons.word2vec import figures
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.asking import asking
from pages.ui.bench import bench
from pages.ui.dials import chosen
from pages.ui.look import PATIENCE, Look, from_link
from pages.ui.looking import linked, looking, taken_away
from pages.ui.looking import panes as vector_panes
from pages.ui.page import page
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.projection import projection
from pages.ui.stage import StagePane, stage
from pages.ui.table import table
from pages.ui.training import ask, settled, watched

SLUG = "word2vec"
GUESSES = ("predict.1", "predict.2", "predict.3")
FUNCTIONS = {"word2vec.py": ("train", "update")}  # of the files of the model, shown first
TERMS = {  # of the glossary, by station
    "question": "corpus vocabulary one_hot vector dimension cosine centre context dot_product sigmoid",
    "predict": "token corpus vector analogy",
    "watch": "skip_gram cbow window negative_sampling subsampling epoch learning_rate seed analogy three_cos_add "
    "baseline cosine pca variance procrustes loss nat cpu_second umap tsne perplexity",
    "step": "window centre context subsampling negative_sampling dot_product sigmoid gradient learning_rate "
    "parameter loss softmax hierarchical_softmax",
    "break": "negative_sampling dimension cosine loss bias",
    "compare": "seed analogy corpus cpu_second",
    "check": "hierarchical_softmax negative_sampling subsampling cbow skip_gram variance cosine baseline pmi",
    "read": "skip_gram cbow hierarchical_softmax negative_sampling subsampling three_cos_add pmi bias",
}
SEEDS, FEW = 5, 10_000  # runs, and how many words of a made-up text they read: with all words nothing would differ
NEAR, NUMBERS = 5, 3  # nearest words, and numbers of a vector, in the tables that compare
BIASED = ("metric.analogy_accuracy", "metric.analogy_accuracy.unit", "pane.curves", "column.accuracy")
PRONOUNS = {"en": ("he", "she"), "zh": ("他", "她")}
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
# What a step of this training is.
COUNTED = texts | {"stage.step": texts["stage.sentences"], "stage.running": texts["stage.sentences.now"]}

# The table of the opening (facts: Worked numbers): four features by hand, before a machine finds its own.
FEATURES = pd.DataFrame(
    {
        "gender": [-1.0, 1.0, -0.95, 0.97, 0.00, 0.01],
        "royal": [0.01, 0.02, 0.93, 0.95, -0.01, 0.00],
        "age": [0.03, 0.02, 0.70, 0.69, 0.03, -0.02],
        "food": [0.09, 0.01, 0.02, 0.01, 0.95, 0.97],
    },
    index=["man", "woman", "king", "queen", "apple", "orange"],
)

# What each way of breaking it changes; its texts are the sections break.<name>.
BREAKS: dict[str, dict[str, Any]] = {
    "tokens_5000": {"tokens": 5_000},
    "dim_10": {"dim": 10},
    "no_negatives": {"negatives": 0},
    "no_power": {"power": 1.0},
    "biased_jobs": {"corpus": "jobs"},
}
ASKED_BEFORE = {"break.tokens_5000": "predict.2"}  # the same question: a guess at one is a guess at both


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    st.markdown(lesson["idea"])
    st.markdown(lesson["features"])
    features()


def features():
    """The four-feature table: edit it, subtract two words, subtract two more, compare."""
    names = {word: texts[f"features.{word}"] for word in FEATURES.index}
    version = st.session_state.setdefault("word2vec.features", 0)  # another key, and the editor starts afresh
    columns: dict[Any, Any] = {
        f: st.column_config.NumberColumn(texts[f"features.{f}"], format="%.2f", required=True) for f in FEATURES
    }
    columns["_index"] = st.column_config.TextColumn(texts["features.word"], disabled=True)
    edited = st.data_editor(
        FEATURES.rename(index=names),
        column_config=columns,
        key=f"word2vec.features.{version}",
        alt=texts["features.edit"],
        width="content",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(texts["features.edit"], width="content")
        st.button(texts["features.reset"], icon=":material/undo:", type="tertiary", on_click=_reset_features)
    words = list(names.values())
    labels = ("features.first", "features.second") * 2
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = [
            st.selectbox(texts[label], words, index=n, key=f"word2vec.features.{n}.{session.language()}", width=150)
            for label, n in zip(labels, (0, 1, 2, 3), strict=True)
        ]
    subtract(edited.to_numpy(dtype=float), words, picked)


def subtract(vectors: np.ndarray, words: list[str], picked: list[str]):
    """Both differences, how alike they are, and where the arithmetic lands. vectors: (words, features)."""
    a, c, b, d = (words.index(word) for word in picked)
    first, second = vectors[a] - vectors[c], vectors[b] - vectors[d]
    heads = [texts[f"features.{f}"] for f in FEATURES]
    rows = {f"{picked[0]} − {picked[1]}": first, f"{picked[2]} − {picked[3]}": second}
    columns: dict[str, list[Any]] = {texts["features.difference"]: list(rows)}
    columns |= {head: [float(row[n]) for row in rows.values()] for n, head in enumerate(heads)}
    table(columns, name="differences", caption=texts["features.differences"], texts=texts, key="word2vec.differences")
    target = vectors[b] - vectors[a] + vectors[c]
    scores = analogies.cosines(analogies.unit(vectors), target[None])[0]  # by hand: the rows as they stand in the table
    best = next(n for n in np.argsort(-scores) if n not in (a, b, c))
    formula = f"{words[b]} − {words[a]} + {words[c]}"
    cosine = float(first @ second / max(np.linalg.norm(first) * np.linalg.norm(second), 1e-12))
    st.markdown(f"{texts['features.cosine']}: **{cosine:.3f}**".replace("-", "−"))
    st.markdown(texts["features.answer"].format(formula=formula, word=words[best], score=f"{scores[best]:.3f}"))


def _reset_features():
    st.session_state["word2vec.features"] += 1


# ---------------------------------------------------------------- predict


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


# ---------------------------------------------------------------- watch


def watch():
    said = st.container()
    made = bench(Word2Vec, SLUG, lesson, texts, ("corpus", "dim", "negatives"))
    run = made.run
    with made.wide:
        moment = moments.shown(run, panes(run), texts=COUNTED, key="word2vec.stage", place=SLUG)
    begins = run.shared and moment == 0
    if made.usual:
        made.note.caption(texts["watch.before" if begins else "train.shared"])
    if moment is not None and not begins:  # a beginning that nobody chose: the other stations show the end
        moments.rest(run, moment)
    with st.container():  # what comes and goes has its place: below it nothing moves, and what is open stays open
        results(run, moment)
        training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key="word2vec.reading"):  # open on paper
        last = run.latest()
        st.markdown(content.fill(lesson["stage"], seconds=f"{last.seconds:.1f}" if last else "–"))
    looking(SLUG, run, texts=texts)
    with said:
        linked(SLUG, run, None if begins else moment, texts=texts)
    asking(SLUG, run, moment, texts=labels(spec_of(run).corpus))
    with_all_words(run, moment)
    if run.state == "done":
        taken_away(run, texts=texts, key="word2vec.export")


def panes(run: Run) -> list[StagePane]:
    """What the stage shows of `run`: map, rank of the answer, nearest words, and two panes of curves."""
    spec, found = spec_of(run), vector_panes(run, texts=texts)
    says = labels(spec.corpus)
    found.append(StagePane("curves", says["pane.curves"], kind="curves", base=figures.training_curves(says)))
    categories = list(corpora.questions(spec.corpus, spec.language))
    if len(categories) > 1:  # one alone would be the same curve again
        base = figures.accuracy_curves(categories, texts)
        found.append(StagePane("accuracy", texts["pane.accuracy"], kind="curves", place="below", base=base))
    return found


def labels(corpus: str) -> dict[str, str]:
    """The labels, as they are for `corpus`: an answer about jobs is not right, it agrees with the text's bias."""
    return {**texts, **{name: texts[f"{name}.jobs"] for name in BIASED}} if corpus == "jobs" else texts


def spec_of(run: Run) -> Word2Vec:
    return cast(Word2Vec, run.spec)


def measured(run: Run) -> dict[str, str]:
    """What a text may say of a finished run: place of the answer, and the share of analogies that are right."""
    seen = Look.of(run)
    found = {"accuracy": share_right(run), "normal": share_right(training.shared(Word2Vec, spec_of(run).language))}
    if seen.analogy and (rank := ask(run, "rank", words=seen.analogy)):
        found |= {"word": seen.analogy[3], "rank": str(rank["excluded"])}
    return found


def share_right(run: Run) -> str:
    last = run.latest()
    return f"{100 * last.metrics.get('analogy_accuracy', 0):.0f}" if last else "–"


def results(run: Run, moment: int | None):
    """The guesses, each beside what came out, when this run was made as the guess assumed."""
    changed = {k: v for k, v in spec_of(run).changed().items() if k not in ("language", "seed")}
    wanted = {"predict.1", "predict.3"} if not changed else {"predict.2"} if changed == {"tokens": 5_000} else set()
    guesses = {section: kept for section in GUESSES if section in wanted and (kept := guessed(SLUG, section, lesson))}
    analogy, waits = Look.of(run).analogy, run.shared and moments.rested(run) is None
    if not guesses or not analogy or waits or not tell(run, moment, texts=texts, key="word2vec.results"):
        return
    for section, kept in guesses.items():
        if found := ask(run, "analogy", words=analogy[:3], exclude=section != "predict.3", n=1):
            st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
            st.markdown(content.fill(lesson[f"{section}.after"], answer=found["answers"][0]["word"], **measured(run)))


def with_all_words(run: Run, moment: int | None):
    """The most frequent words in one picture, and those on the map."""
    spec, vocabulary = spec_of(run), (run.facts or {}).get("vocabulary", [])
    chosen = [word for word in Look.of(run).words if word in vocabulary]
    projection(
        "word2vec.projection",
        lambda n, more: run.ask("project_vectors", at=moment, words=list(dict.fromkeys([*vocabulary[:n], *more]))),
        attributes=corpora.attributes(spec.corpus, spec.language),
        chosen=chosen,
        texts=texts,
    )


# ---------------------------------------------------------------- step


def step():
    run, note = moments.current(Word2Vec, SLUG), ""
    sources = {source: texts[f"step.source.{source}"] for source in ("run", "fixed")}
    row, source = choice.example(SLUG, texts["step.source"], sources)
    if source == "fixed":
        st.markdown(lesson["step.fixed"])
        trace = ask(run, "trace_fixed_example")
    else:
        trace, note = live_pair(run, row)
    if trace:
        player(trace, lesson, texts=texts, key=f"word2vec.player.{source}")
    st.caption(note)
    st.divider()
    why()
    training.until_done(run)  # what was asked of a moment still to come is answered then


def live_pair(run: Run, row: DeltaGenerator) -> tuple[Any, str]:
    """One update of the run shown, at a moment and for a pair of the text that the learner chooses; what to know of it.

    The trace is None, with the reason on the page, where there is none. The choices stand in `row`.
    """
    number = picked_sentence(run)
    example = ask(run, "pairs", sentence=number, word=Look.of(run).near or None if number is None else None)
    words = example["words"] if example else []
    pairs = [(words[i], words[j]) for i, j in example["pairs"]] if example else []
    different = [pair for pair in dict.fromkeys(pairs) if pair[0] != pair[1]]
    if not different:
        return None, ""
    telling = pairs[example["telling"]]
    with row:
        key = f"word2vec.pair.{example['sentence']}.{run.token}"
        pick_pair(run, key, different, telling if telling in different else different[0])
        centre, context = st.selectbox(
            f"{texts['step.centre']} · {texts['step.context']}",
            different,
            format_func=" · ".join,
            key=key,
            width=260,
            persist_state="session",
        )
        st.button(texts["step.another"], icon=":material/refresh:", on_click=another, args=(run, example["sentence"]))
        moment = moments.pick(run, lesson, usual=50)
    arrival.complain(SLUG, "pair", " · ".join((centre, context)))
    arrival.complain(SLUG, "sentence", str(example["sentence"]))
    pair = None if (centre, context) == telling else f"{centre},{context}"
    session.keep_in_link(sentence=None if number is None else str(number), pair=pair)
    trace = ask(run, "trace_update", at=moment, centre=centre, context=context)
    if not trace or moment is None:
        return trace, ""
    rate = next(float(operation.inputs["η"]) for operation in trace if "η" in operation.inputs)
    done = f"{100 * moments.over(run)[moment]:.0f}"
    return trace, texts["step.rate"].format(rate=f"{rate:.3g}", first=f"{spec_of(run).lr:g}", percent=done)


def picked_sentence(run: Run) -> int | None:
    """The sentence of this text that the learner went on to, or which the link names."""
    run.wait("running", "paused", "done", "failed", timeout=PATIENCE)  # how many there are is known from then on
    read = arrival.whole(texts["step.sentence"], 0, sentences(run) - 1)
    if from_link(run) and (asked := arrival.take(SLUG, "sentence", read)) is not None:
        st.session_state["word2vec.sentence"] = asked
    number = st.session_state.get("word2vec.sentence")
    return None if number is None else number % sentences(run)  # another text may have fewer


def sentences(run: Run) -> int:
    return int((run.facts or {}).get("sentences", 1))


def pick_pair(run: Run, key: str, pairs: list[tuple[str, str]], usual: tuple[str, str]):
    """Have the select box of pairs show the link's at first, or the usual one."""

    def read(asked: str) -> tuple[str, str]:
        pair = next((pair for pair in pairs if ",".join(pair) == asked), None)
        if not pair:
            raise Mistake("pair_unknown", given=asked, allowed=[" · ".join(pair) for pair in pairs[:3]])
        return pair

    if key not in st.session_state:
        st.session_state[key] = (arrival.take(SLUG, "pair", read) if from_link(run) else None) or usual


def another(run: Run, sentence: int):
    """Go on to another sentence of the text, some way off, so that it is not like the last."""
    st.session_state["word2vec.sentence"] = (sentence + 101) % sentences(run)


def why():
    """What a full softmax would cost, measured now on this server."""
    st.markdown(lesson["why"])
    spec = SoftmaxCost()
    press.button(texts["why.start"], type="primary", icon=":material/timer:", key="word2vec.why")
    if press.pressed("word2vec.why"):
        training.start("softmax_cost", spec)
    training.complain("softmax_cost")
    run = runner.current().find(st.session_state.get("softmax_cost.run", ""))
    if run is None:
        return
    pane = StagePane(
        "cost",
        texts["why.title"],
        place="main",
        pane=Pane("cost", "cost_view"),
        base=figures.cost_base(spec.negatives, texts),
        frame=lambda numbers: figures.cost_frame(numbers, texts),
    )
    stage(run, [pane], texts=texts, key="word2vec.cost", language=session.language(), projector=session.projector())
    training.until_done(run)
    if (last := run.latest()) and run.state == "done":
        values = {
            "vocabulary": f"{last.metrics['vocabulary']:,.0f}",
            "ratio": number(last.metrics["ratio"], digits=2),
            "minutes": f"{last.metrics['ratio'] / 60:.0f}",
            "negatives": spec.negatives,
        }
        st.markdown(content.fill(lesson["why.after"], **values))


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    names = {name: lesson.titled(f"break.{name}").title for name in BREAKS}
    name = choice.choose(SLUG, "broken", texts["break.choose"], names)
    section = f"break.{name}"
    predict(SLUG, section, lesson, texts=texts, like=ASKED_BEFORE.get(section))
    spec = Word2Vec.parse({"language": session.language(), **BREAKS[name]})
    place = f"word2vec.{section}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key="word2vec.break.start")
    if press.pressed("word2vec.break.start"):
        training.start(place, spec)
    training.complain(place)
    run = runner.current().find(st.session_state.get(f"{place}.run", ""))
    if run is None:
        return
    if run.spec != spec:  # the page's language has changed since
        st.info(texts["break.language"], icon=":material/tune:")
    moment = moments.shown(run, panes(run), texts=COUNTED, key="word2vec.broken", place=place)
    training.until_done(run)
    if tell(run, moment, texts=texts, key=place):
        broken(run, section)


def broken(run: Run, section: str):
    """What came of it, beside the guess and beside the run that was not broken."""
    values = measured(run)
    if section == "break.no_negatives":
        values["cosine"] = f"{ask(run, 'spread')['cosine']:.2f}"
    if section == "break.biased_jobs":
        values |= leaning(run)
    if kept := guessed(SLUG, ASKED_BEFORE.get(section, section), lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    st.markdown(content.fill(lesson[f"{section}.after"], **values))


def leaning(run: Run) -> dict[str, str]:
    """How the jobs lean, in the text and in the vectors, as a picture; returns what the text says of it."""
    attributes = corpora.attributes("jobs", spec_of(run).language)
    jobs = [
        word for word, is_ in attributes.items() if is_["kind"] == "job" and word in (run.facts or {})["vocabulary"]
    ]
    he, she = PRONOUNS[spec_of(run).language]
    found = ask(run, "lean", words=jobs, minus=he, plus=she)
    st.plotly_chart(figures.leaning(found, texts), key="word2vec.leaning", theme="streamlit")
    columns = {texts["jobs.word"]: jobs, texts["jobs.share"]: found["text"], texts["jobs.lean"]: found["vectors"]}
    with st.expander(texts["stage.table"]):
        table(columns, name="jobs", caption=texts["jobs.caption"], texts=texts, key="word2vec.jobs")
    job = jobs[int(np.argmax(found["vectors"]))]
    answer = ask(run, "analogy", words=(she, he, job), n=1)["answers"][0]["word"]
    return {"correlation": f"{found['correlation']:.2f}", "job": job, "answer": answer}


# ---------------------------------------------------------------- compare


def compare():
    spec, text = chosen(Word2Vec, SLUG)
    st.markdown(lesson["compare"])
    st.markdown(content.fill(lesson["compare.seeds"], few=f"{FEW:,}"))
    seeds = [dataclasses.replace(spec, seed=seed, tokens=min(spec.tokens, FEW)) for seed in range(SEEDS)]
    side_by_side("seeds", seeds, text, texts["compare.start"])
    st.divider()
    st.markdown(lesson["compare.corpora"])
    language = session.language()
    texts_read = [Word2Vec.parse({"corpus": corpus, "language": language}) for corpus in ("kingdom", "kjv", "jobs")]
    texts_read += [spec] if spec.corpus.startswith(OWN) else []
    side_by_side("corpora", texts_read, text, texts["compare.start.corpora"])


def side_by_side(name: str, specs: list[Word2Vec], text: str | None, label: str):
    """Several runs at once, a row each; the table fills while they train."""
    place = f"word2vec.compare.{name}"
    press.button(label, type="primary", icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, specs, text)
    training.complain(place)
    if runs := training.compared(place):
        watched(place, runs, lambda: rows(name, runs), texts)


def rows(name: str, runs: list[Run]):
    cells = [seed_row(run) if name == "seeds" else text_row(run) for run in runs]
    columns = {head: [row[head] for row in cells] for head in cells[0]}
    place = f"word2vec.compare.{name}"
    table(columns, name=name, caption=texts[f"compare.{name}.caption"], texts=texts, key=f"{place}.table")
    if settled(runs) and name == "seeds" and len(finished := [run for run in runs if came_to(run)]) > 1:
        stability(finished)


def seed_row(run: Run) -> dict[str, Any]:
    """A run beside those of other seeds."""
    found, word = came_to(run), Look.of(run).near
    numbers = ", ".join(f"{x:.2f}".replace("-", "−") for x in found.get("vector", ())[:NUMBERS])
    return {
        texts["compare.seed"]: spec_of(run).seed,
        texts["compare.answer"]: found.get("answer"),
        texts["compare.rank"]: found.get("rank"),
        texts["compare.accuracy"]: agreeing(run),
        texts["compare.near"].format(word=word): session.listed(found.get("near", ())) or None,
        texts["compare.vector"].format(n=NUMBERS, word=word): numbers or None,
    }


def text_row(run: Run) -> dict[str, Any]:
    """A run beside those on other texts."""
    found, seen, facts, last = came_to(run), Look.of(run), run.facts or {}, run.latest()
    corpus = "own" if spec_of(run).corpus.startswith(OWN) else spec_of(run).corpus
    near = texts["compare.company"].format(word=seen.near, words=session.listed(found.get("near", ())))
    asked = f"{figures.target_name(seen.analogy)} → {found['answer']}" if seen.analogy and found else None
    return {
        texts["compare.corpus"]: texts[f"corpus.{corpus}"],
        texts["compare.tokens"]: facts.get("tokens"),
        texts["compare.questions"]: facts.get("questions"),
        texts["compare.accuracy"]: agreeing(run),
        texts["compare.answer"]: asked,
        texts["compare.rank"]: found.get("rank"),
        texts["compare.neighbours"]: near if found else None,
        texts["compare.seconds"]: round(last.seconds, 2) if last else None,
    }


def agreeing(run: Run) -> str | None:
    """The share of the questions answered as wanted. About jobs that is with the text's bias, and is called so."""
    last = run.latest()
    if not last or "analogy_accuracy" not in last.metrics:
        return None
    label = "compare.share.jobs" if spec_of(run).corpus == "jobs" else "compare.share"
    return texts[label].format(percent=share_right(run))


def came_to(run: Run) -> dict[str, Any]:
    """What the tables say of a finished run: kept, since the run may be dropped while they still stand."""
    seen, kept = Look.of(run), st.session_state.setdefault("word2vec.came_to", {})
    if run.state == "done" and (run.token, seen) not in kept:
        near = ask(run, "neighbours", word=seen.near, n=NEAR) or {"answers": ()}
        vector = ask(run, "project_vectors", words=[seen.near]) or {"vectors": [()]}
        rank = (ask(run, "rank", words=seen.analogy) if seen.analogy else None) or {}
        kept[run.token, seen] = {
            "near": [answer["word"] for answer in near["answers"]],
            "vector": vector["vectors"][0],
            "first": rank.get("excluded") == 1,
            "answer": next(iter(rank.get("answers", ())), None),
            "rank": f"{rank['excluded']} ({rank['all']})" if rank else None,
        }
    return cast(dict[str, Any], kept.get((run.token, seen), {}))


def stability(runs: list[Run]):
    """What stays from seed to seed and what does not, in numbers."""
    found, facts, seen = [came_to(run) for run in runs], runs[0].facts or {}, Look.of(runs[0])
    if facts["questions"] and seen.analogy:
        shares = sorted((share_right(run) for run in runs), key=float)
        asked = {"asked": figures.target_name(seen.analogy), "first": sum(each["first"] for each in found)}
        counts = {"count": len(runs), "tokens": f"{facts['tokens']:,}", "questions": f"{facts['questions']:,}"}
        values = {**asked, **counts, "low": shares[0], "high": shares[-1]}
        st.markdown(content.fill(lesson["compare.seeds.after"], **escaped(values)))
    shared = [len({*one["near"]} & {*other["near"]}) for one, other in itertools.combinations(found, 2)]
    chance = number(NEAR**2 / facts["vocabulary_size"], 1)  # two lists drawn blindly have so many words in common
    values = {"word": seen.near, "near": NEAR, "shared": f"{np.mean(shared):.1f}", "chance": chance}
    st.markdown(content.fill(lesson["compare.seeds.vectors"], **escaped(values)))


def escaped(values: dict[str, Any]) -> dict[str, str]:
    return {name: escape.plain(str(value)) for name, value in values.items()}


# ---------------------------------------------------------------- the page

STATIONS = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "break": breaking,
    "compare": compare,
}

page(Word2Vec, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS)
