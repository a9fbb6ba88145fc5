"""Masked decoding (2014–2018): the page. Layout only: models, arithmetic and figures live below."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import streamlit as st

from engine.experiments import GPT, LSTM, OWN, Experiment, NGram, Translation
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import parallel
from lessons import content
from lessons.decoding import figures
from lessons.figures import (
    OKABE_ITO,
    next_bars,
    next_base,
    next_frame,
    number,
    percent,
    perplexity_curve,
    sample_frame,
    shown,
)
from pages.ui import arrival, choice, escape, moments, own_text, press, session, training
from pages.ui.bench import bench
from pages.ui.dials import ONLY_FOR, OWN_OPTION, chosen
from pages.ui.drawing import drawing
from pages.ui.look import PATIENCE
from pages.ui.page import page
from pages.ui.picture import chart, scrolled
from pages.ui.player import player
from pages.ui.predict import guessed, predict
from pages.ui.racing import done, of, share
from pages.ui.stage import StagePane
from pages.ui.table import table
from pages.ui.training import ask, settled

SLUG = "decoding"
GUESSES = ("predict.1", "predict.2", "predict.3")
TERMS = {  # of the glossary, by station
    "question": "encoder_decoder decoder token parameter sentence_mark",
    "predict": "held_out cross_attention alignment_words causal_mask",
    "watch": "encoder_decoder decoder cross_attention alignment_words exact_match teacher_forcing loss nat held_out "
    "batch seed cpu_second",
    "step": "sentence_mark causal_mask softmax cross_attention decoder vector",
    "own": "cross_attention alignment_words greedy_search beam_search logarithm teacher_forcing",
    "text": "decoder causal_mask token corpus softmax temperature top_k top_p greedy_search beam_search logarithm "
    "kv_cache perplexity held_out ngram unknown_word seed cpu_second",
    "break": "causal_mask teacher_forcing exact_match generalisation held_out",
    "compare": "encoder_decoder hidden_state cross_attention exact_match alignment_words cpu_second",
    "check": "causal_mask cross_attention teacher_forcing decoder",
    "read": "decoder cross_attention causal_mask",
}
FUNCTIONS = {  # of the files of the model, shown first
    "transformer.py": ("decode",),
    "attention.py": ("attention",),
    "decoding.py": ("greedy", "beam"),
    "translation.py": ("read", "foretold"),
    "gpt.py": ("next_words", "scoring"),
}
SENTENCES = 8  # unseen sentences on the stage
BREAKS: dict[str, dict[str, Any]] = {  # what each way of breaking it changes; its texts are the sections break.<name>
    "mask": {"mask": "no"},
    "few": {"pairs": 100},
    "fast": {"lr": 1.0},
}
ZERO = "zero"  # breaks no training: the mask multiplies by 0
WORDS: dict[str, dict[str, str]] = {  # of the grammar, by what they say, with what they are in English
    "who": {zh: en for zh, en, _ in parallel.WHO},
    "does": {zh: "/".join(en[0] for other, en, _ in parallel.DOES if other == zh) for zh, _, _ in parallel.DOES}
    | {parallel.LIKES[0]: parallel.LIKES[1][0]},
    "thing": dict(parallel.THINGS),
    "when": {zh: en for zh, en, _ in parallel.WHEN},
    "where": {"在": "at, in"} | {zh: en.split()[-1] for zh, en in parallel.WHERE},
    "job": {zh: en.split()[-1] for zh, en in parallel.JOBS},
    "feels": dict(parallel.FEELS),
    "grammar": {"是": "is", "一名": "a", "很": "very", "会": "will", "不": "not", "没": "did not", "了": "done"},
}
EXAMPLE = "我 是 一名 学生"
ALPHAS = {"0": "0", "0.6": "0.6", "1": "1"}  # preferences for long texts, as a link names them
TYPED = 60  # characters of a sentence
NONSENSE = 3  # sentences that are shown of a broken model
TEXT = "decoding.text"  # the place of the decoder alone, whose runs are not the translators'
BEGINNINGS = {  # of a sentence; elsewhere the first word of the text
    ("kingdom", "en", "words"): "the king",
    ("kingdom", "en", "characters"): "the king ",
    ("kingdom", "zh", "words"): "国王",
    ("kingdom", "zh", "characters"): "国王",
    ("kjv", "en", "words"): "and god said",
    ("kjv", "en", "characters"): "and god s",
}
FOLLOWING, WRITTEN, LONGEST = 8, 60, 10  # next words; tokens of a text, and of a sentence that is compared
ORDERS = (3, 5)  # of the n-gram models in the race
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
READING = texts | {"stage.step": texts["stage.pairs"], "stage.running": texts["stage.pairs.now"]}
WRITING = texts | {"stage.step": texts["stage.tokens"], "stage.running": texts["stage.tokens.now"]}


def spec_of(run: Run) -> Translation:
    return cast(Translation, run.spec)


def plain(word: str) -> str:
    """A word for Markdown: marks by their names, everything else as it is."""
    return escape.plain(shown(word, texts))


def named(run: Run) -> str:
    return texts[f"dial.architecture.{spec_of(run).architecture}"]


def usual_run() -> Run:
    """The run of the settings as they come, which all share."""
    return training.shared(Translation, None)


def yours(section: str):
    """The guess at a section's question, if there was one."""
    if kept := guessed(SLUG, section, lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))


def beforehand(run: Run):
    """Says that the model was not trained before the learner's eyes."""
    if run.shared:
        st.caption(texts["train.beforehand"])


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    run = usual_run()
    if run.state == "done":
        if found := ask(run, "unseen", n=SENTENCES):
            translations(found["sentences"], "decoding.question")
            beforehand(run)
    else:
        st.caption(texts["question.soon"])
        training.until_done(run)
    st.markdown(lesson["idea"])


def translations(sentences: Sequence[Mapping[str, Any]], key: str, caption: str = "said.caption"):
    """Sentences, what they are in English, and what the model makes of them."""
    columns: dict[str, Sequence[Any]] = {
        texts["said.source"]: [" ".join(each["source"]) for each in sentences],
        texts["said.target"]: [" ".join(each["target"]) for each in sentences],
        texts["said.told"]: [" ".join(each["told"]) or texts["mark.end"] for each in sentences],
        texts["said.right"]: [texts["said.yes" if each["right"] else "said.no"] for each in sentences],
    }
    table(columns, name="translations", caption=texts[caption], texts=texts, key=key)


# ---------------------------------------------------------------- predict


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


# ---------------------------------------------------------------- watch


def watch():
    said = st.container()
    made = bench(Translation, SLUG, lesson, texts, ("architecture", "layers", "updates"))
    run = made.run
    number_ = sentence_chosen(run) if spec_of(run).architecture != "lstm" else 0
    with made.wide:
        moment = moments.shown(run, panes(run, number_), texts=READING, key="decoding.stage", place=SLUG)
    begins = run.shared and moment == 0 and len(run.history) > 1
    if run.shared:
        made.note.caption(texts["watch.before" if begins else "train.beforehand"])
    if moment is not None and not begins:  # a beginning that nobody chose: the other stations show the end
        moments.rest(run, moment)
    session.keep_in_link(moment=None if begins or moment is None else str(moment))
    with st.container():  # what comes and goes has its place: below it nothing moves
        if run.metric("diverged") == 1:
            st.warning(lesson["diverged"], icon=":material/crisis_alert:")
        training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key="decoding.reading"):  # open on paper
        st.markdown(content.fill(lesson["stage"], **reached(run)))
    if run.state == "done" and (not run.shared or guessed(SLUG, "predict.2", lesson)):  # nobody is told before
        watched(run)
    with said:
        arrival.complain(run.spec.name, "moment", texts["stage.last"] if moment is None else str(moment))


def sentence_chosen(run: Run) -> int:
    """Which unseen sentence the stage looks at, from 0; people, and the link (`shown`), count from 1."""
    label, key = texts["watch.sentence"], "decoding.shown"
    if key not in st.session_state:
        asked = arrival.take(SLUG, "shown", arrival.whole(label, 1, SENTENCES))
        st.session_state[key] = (asked or 1) - 1
    lines = (run.facts or {}).get("examples", ())

    def line(n: int) -> str:
        return f"{n + 1}: {lines[n]}" if n < len(lines) else str(n + 1)

    looks: dict[str, Any] = {"width": 400, "persist_state": "session"}
    picked = int(st.selectbox(label, range(SENTENCES), format_func=line, key=key, **looks))
    arrival.complain(SLUG, "shown", str(picked + 1))
    session.keep_in_link(shown=str(picked + 1) if picked else None)
    return picked


def panes(run: Run, sentence: int) -> list[StagePane]:
    """What the stage shows of `run`: where attention points in a sentence, translations, two panes of curves."""
    attends = spec_of(run).architecture != "lstm"
    looked = StagePane(
        "align",
        texts["pane.align"].format(n=sentence + 1),
        place="main",
        pane=Pane("align", "alignment_view", (("number", sentence),)),
        base=figures.align_base(texts),
        frame=lambda numbers: figures.align_frame(numbers, texts),
    )
    said = StagePane(
        "said",
        texts["pane.said"],
        kind="text",
        place="side" if attends else "main",
        pane=Pane("said", "translations_view", (("n", SENTENCES),)),
        frame=lambda numbers: figures.said_frame(numbers, texts),
    )
    curves = [
        StagePane(
            "quality",
            texts["pane.quality"],
            kind="curves",
            place="below",
            base=figures.quality_curves(attends, texts),
        ),
        StagePane("loss", texts["pane.loss"], kind="curves", place="below", base=figures.loss_curve(texts)),
    ]
    return [*([looked] if attends else []), said, *curves]


def reached(run: Run) -> dict[str, str]:
    """What a run has come to, for the text beside it."""
    last, facts = run.latest(), run.facts or {}
    aligned = last.metrics.get("alignment_accuracy") if last else None
    return {
        "seconds": number(last.seconds, 2) if last else "–",
        "pairs": f"{facts['pairs']:,}" if facts else "–",
        "unseen": str(facts.get("unseen", "–")),
        "measured": str(facts.get("measured", "–")),
        "exact": percent(run.metric("exact_match"), 3),
        "aligned": "–" if aligned is None else percent(aligned, 3),
        "parameters": f"{facts['parameters']:,}" if facts else "–",
    }


def watched(run: Run):
    """What came of it, beside the guess whether attention finds the words."""
    if spec_of(run).architecture == "lstm":
        return
    yours("predict.2")
    values = reached(run)
    st.markdown(content.fill(lesson["predict.2.after"], **values, model=named(run)))
    if run.metric("exact_match") > 0.9 > 0.6 > run.metric("alignment_accuracy"):
        st.info(texts["honest.align"].format(**values), icon=":material/info:")


# ---------------------------------------------------------------- step


def step():
    run = moments.current(Translation, SLUG)
    st.markdown(lesson["step"])
    if run.state not in ("done", "running", "paused"):
        st.caption(texts["question.soon"])
        training.until_done(run)
        return
    if spec_of(run).architecture != "transformer":
        st.info(texts["step.transformer"], icon=":material/info:")
        run = usual_run()
    offers = (run.facts or {}).get("examples", ())[1:4]
    text = choice.sentence(SLUG, "decoding.step.text", texts["own.field"], EXAMPLE, True, texts["own.examples"], offers)
    moment = moments.pick(run, lesson, usual=100)
    if found := ask(run, "translate", at=moment, sentence=text):
        told = [shown(word, texts) for word in found["target"]]
        names = [texts["step.named"].format(n=n + 1, word=word) for n, word in enumerate(told)]
        key = f"decoding.place.{len(told)}"
        at = choice.place(SLUG, key, texts["step.place"], names, min(2, len(names) - 1), True)
        line = [f"**{plain(word)}**" if n == at else plain(word) for n, word in enumerate(found["target"][: at + 1])]
        st.markdown(texts["step.line"].format(source=escape.plain(" ".join(found["source"])), told=" ".join(line)))
        if trace := ask(run, "trace_decoding", at=moment, sentence=text, place=at):
            player(trace, lesson, texts=texts, key="decoding.player")
        if wrong := ask(run, "masked_wrong", at=moment, sentence=text):
            st.markdown(lesson["growing"])
            chart(figures.grown(wrong, at, texts), "decoding.grown")
    beforehand(run)
    training.until_done(run)


# ---------------------------------------------------------------- own


def own():
    run = moments.current(Translation, SLUG)
    st.markdown(lesson["own"])
    if run.state != "done":
        st.caption(texts["question.soon"])
        training.until_done(run)
        return
    text = source_typed()
    with st.expander(texts["own.words"], icon=":material/menu_book:", key="decoding.words"):
        st.markdown(texts["own.grammar"])
        known = set((run.facts or {})["vocabulary"]["zh"])
        for kind, words in WORDS.items():
            line = " · ".join(f"{word} *{escape.plain(english)}*" for word, english in words.items() if word in known)
            st.markdown(f"{texts[f'own.kind.{kind}']}: {line}")
    if found := ask(run, "translate", sentence=text):
        st.markdown(f"#### {' '.join(plain(word) for word in found['target'])}")
        beforehand(run)
        st.caption(texts["own.caution"])
        looked(found)
        branches(run, text)
    st.divider()
    given(run)


def source_typed() -> str:
    """The learner's sentence; `source` in the link."""
    key = "decoding.own.source"
    if key not in st.session_state:
        asked = arrival.take(SLUG, "source", lambda asked: choice.line(asked, TYPED))
        st.session_state[key] = EXAMPLE if asked is None else asked
    label, said = texts["own.field"], texts["own.field.help"]
    text = st.text_input(label, key=key, max_chars=TYPED, width=480, persist_state="session", help=said)
    arrival.complain(SLUG, "source", str(text))
    session.keep_in_link(source=None if text == EXAMPLE else text)
    return str(text)


def looked(found: Mapping[str, Any]):
    """Where the decoder looked, word by word; and how sure it was."""
    if found["A"]:
        st.markdown(lesson["own.alignment"])
        chart(figures.align_still(found, texts), "decoding.own.align", figures.aligned(found, texts))
    else:
        st.caption(texts["align.none"])
    columns: dict[str, Sequence[Any]] = {
        texts["align.to"]: [shown(word, texts) for word in found["target"]],
        texts["own.probability"]: found["probability"],
    }
    for j, word in enumerate(found["source"] if found["A"] else ()):
        columns[f"{j + 1} {word}"] = [row[j] for row in found["A"]]
    with st.expander(texts["stage.table"], key="decoding.own.numbers"):
        table(columns, name="translation", caption=texts["own.caption"], texts=texts, key="decoding.own.table")


def branches(run: Run, text: str):
    """Beam search: all beginnings that were looked at."""
    st.markdown(lesson["own.beams"])
    width, alpha = beam_dials("decoding", "width", "alpha")
    if found := ask(run, "beams", sentence=text, width=width, alpha=alpha):
        branched(found, "decoding", " ".join)


def beam_dials(place: str, width_part: str, alpha_part: str) -> tuple[int, float]:
    """The width of a beam and its preference for long texts; their names in the link."""
    looks: dict[str, Any] = {"width": 260, "persist_state": "session"}
    names = {0.0: texts["beam.alpha.none"], 0.6: "0.6", 1.0: "1"}
    usual = {width_part: 2, alpha_part: 0.6}
    reads: dict[str, Callable[[str], Any]] = {
        width_part: arrival.whole(texts["beam.width"], 1, 5),
        alpha_part: lambda asked: float(arrival.choice(texts["beam.alpha"], ALPHAS)(asked)),
    }
    for part, read in reads.items():
        if f"{place}.{part}" not in st.session_state:
            asked = arrival.take(SLUG, part, read)
            st.session_state[f"{place}.{part}"] = usual[part] if asked is None else asked
    with st.container(horizontal=True, key=f"{place}-beams"):
        label, said = texts["beam.width"], texts["beam.width.help"]
        width = int(st.slider(label, 1, 5, key=f"{place}.{width_part}", help=said, **looks))
        label, said, key = texts["beam.alpha"], texts["beam.alpha.help"], f"{place}.{alpha_part}"
        alpha = float(st.select_slider(label, list(names), format_func=names.__getitem__, key=key, help=said, **looks))
    arrival.complain(SLUG, width_part, str(width))
    arrival.complain(SLUG, alpha_part, names[alpha])
    found = {width_part: width, alpha_part: alpha}
    session.keep_in_link(**{part: None if value == usual[part] else f"{value:g}" for part, value in found.items()})
    return width, alpha


def branched(found: Mapping[str, Any], place: str, line: Callable[[Sequence[str]], str]):
    """The tree of a beam search, and the texts that were finished, each as a `line`."""
    lines = [line([shown(word, texts) for word in told]) for told in found["told"]]
    told = texts["beam.seen"].format(n=len(found["nodes"]), best=lines[0] if lines else "–")
    scrolled(figures.tree(found, texts), f"{place}.tree", figures.branches(found, texts), told, "beam")
    ended = [found["nodes"][leaf] for leaf in found["best"]]
    columns: dict[str, Sequence[Any]] = {
        texts["beam.text"]: lines,
        "ln P": [node["log"] for node in ended],
        texts["beam.score"]: [node["score"] for node in ended],
    }
    table(columns, name="beams", caption=texts["beam.caption"], texts=texts, key=f"{place}.beams")


def forced_chosen(label: str, names: Sequence[str]) -> int:
    """The number of an unseen sentence, from 0; people, and the link (`forced`), count from 1."""
    key = f"{SLUG}.forced"
    if key not in st.session_state:
        st.session_state[key] = (arrival.take(SLUG, "forced", arrival.whole(label, 1, len(names))) or 1) - 1
    looks: dict[str, Any] = {"width": 400, "persist_state": "session"}
    picked = int(st.selectbox(label, range(len(names)), format_func=names.__getitem__, key=key, **looks))
    arrival.complain(SLUG, "forced", str(picked + 1))
    session.keep_in_link(forced=None if picked == 0 else str(picked + 1))
    return picked


def given(run: Run):
    """Teacher forcing against free running, in one unseen sentence."""
    st.markdown(lesson["forcing"])
    label, lines = texts["forcing.sentence"], (run.facts or {})["examples"]
    names = [f"{n + 1}: {line}" for n, line in enumerate(lines)]
    with st.container(horizontal=True, vertical_alignment="bottom", key="decoding-forcing"):
        picked = forced_chosen(label, names)
        moment = None
        if len(run.history) > 1:
            over, key = moments.over(run), "decoding.forced.moment"
            percent_ = st.slider(texts["forcing.moment"], 0, 100, 20, key=key, width=270)
            moment = moments.nearest(run, over, percent_)
    if not (found := ask(run, "forcing", at=moment, number=picked)):
        return
    places = found["places"]
    columns: dict[str, Sequence[Any]] = {texts["forcing.right"]: [shown(place["right"], texts) for place in places]}
    for way in ("forced", "free"):
        columns[texts[f"forcing.{way}.given"]] = [shown(place[f"{way}_given"], texts) for place in places]
        columns[texts[f"forcing.{way}.says"]] = [shown(place[f"{way}_says"], texts) for place in places]
    table(columns, name="forcing", caption=texts["forcing.caption"], texts=texts, key="decoding.forcing")
    same = all(place["forced_says"] == place["free_says"] for place in places)
    st.caption(texts["forcing.same" if same else "forcing.unlike"])


# ---------------------------------------------------------------- text


def alone():
    """The decoder alone, that foretells the next word of a text."""
    st.markdown(lesson["text"])
    spec, text = text_chosen()
    run = text_run(spec, text)
    wide = st.container()  # the stage stands above the field whose words it looks at
    prefix = beginning(run, spec)
    with wide:
        moment = moments.shown(run, text_panes(run, prefix), texts=WRITING, key=f"{TEXT}.stage", place=TEXT)
        if run.shared and run.state == "done":
            st.caption(texts["train.beforehand"])
        measured(run)
    if moment is not None and not run.shared:
        moments.rest(run, moment)
    session.keep_in_link(reached=None if moment is None or run.shared else str(moment))
    arrival.complain(SLUG, "reached", texts["stage.last"] if moment is None else str(moment))
    with st.container():
        if run.metric("diverged") == 1:
            st.warning(lesson["diverged"], icon=":material/crisis_alert:")
        training.until_done(run)
    if run.state in ("done", "running", "paused"):
        following(run, moment, prefix)
        st.divider()
        timed(run)
    st.divider()
    eras(spec, text)


def text_chosen() -> tuple[GPT, str | None]:
    """Which text is read (`reads` in the link), and how it is cut (`cut`); the learner's own text, where it is that."""
    key, wants, label = f"{TEXT}.corpus", f"{TEXT}.asking", texts["dial.corpus"]
    names = {name: texts[f"dial.corpus.{name}"] for name in (*GPT.dials()["corpus"].options, OWN_OPTION)}
    kept = st.session_state
    if key not in kept:
        kept[key] = arrival.take(SLUG, "reads", lambda asked: corpus_read(asked, label, names)) or GPT().corpus

    def take(name: str):
        kept[key], kept[wants] = name, False

    def turn():
        picked = str(kept[f"{key}.pick"])
        take(kept[key] if picked == OWN_OPTION else picked)
        kept[wants] = picked == OWN_OPTION

    kept[f"{key}.pick"] = picked = OWN_OPTION if kept.get(wants) or kept[key].startswith(OWN) else kept[key]
    with st.container(horizontal=True, key="text-choices"):
        looks: dict[str, Any] = {"help": texts["dial.corpus.help"], "width": "content", "wrap": True}
        st.pills(
            label, list(names), format_func=names.__getitem__, key=f"{key}.pick", on_change=turn, required=True, **looks
        )
        cuts = {name: texts[f"dial.segment.{name}"] for name in GPT.dials()["segment"].options}
        with st.container(width="content"):
            segment = choice.choose(SLUG, "cut", texts["dial.segment"], cuts)
    arrival.complain(SLUG, "reads", names[picked])
    session.keep_in_link(reads=None if kept[key] == GPT().corpus else kept[key])
    spec = GPT.parse({"language": session.language(), "corpus": kept[key], "segment": segment})
    if picked == OWN_OPTION:
        own_text.ask(TEXT, spec, take, texts)
    return spec, own_text.text_of(spec)


def corpus_read(asked: str, label: str, names: dict[str, str]) -> str:
    """The text that a link asks for, one of ours or somebody's own. Raises Mistake, in the learner's words."""
    try:
        return GPT.parse({"corpus": asked}).corpus
    except Mistake:
        raise Mistake("dial_option", name=label, value=asked, allowed=session.with_ids(names)) from None


def text_run(spec: GPT, text: str | None) -> Run:
    """The run that is shown, and the button for another."""
    missing = bool(st.session_state.get(f"{TEXT}.asking")) or (bool(own_text.reads(spec)) and text is None)
    key = f"{TEXT}.train"
    press.button(texts["train"], type="primary", icon=":material/play_arrow:", key=key, disabled=missing)
    if missing:
        st.caption(texts["own.first"])
    started = training.start(TEXT, spec, text) if press.pressed(key) else None
    run = left_at(started or training.shown(TEXT, spec, text), spec, text)
    training.complain(TEXT)
    here = dataclasses.replace(spec, language=text_spec(run).language)
    if here != run.spec and not missing:
        st.info(texts["train.changed"], icon=":material/tune:")
    elif run.spec != spec and not run.shared and spec.corpus in ONLY_FOR["language"]:
        st.info(texts["train.language"], icon=":material/tune:")
    return run


def text_spec(run: Run) -> GPT:
    return cast(GPT, run.spec)


def left_at(run: Run, spec: GPT, text: str | None) -> Run:
    """The run whose moment the link names (`reached`): it counts as the one at which the learner left the stage.

    What was trained beforehand has but one moment: a link to another trains the model, as it was for who made the link.
    """
    name = texts["stage.slider"]
    moment = arrival.take(SLUG, "reached", arrival.whole(name, 0, moments.MOST))
    if moment is not None:
        run = (training.start(TEXT, spec, text) if run.shared else None) or run
    moment = moments.rested(run) if moment is None else moment
    if moment is None or run.shared:
        return run
    if run.state == "done" and (last := len(run.history) - 1) < moment:
        arrival.refuse(SLUG, "reached", Mistake("dial_range", name=name, value=moment, low=0, high=last))
        moment = last
    moments.rest(run, moment)
    return run


def beginning(run: Run, spec: GPT) -> str:
    """The beginning of a sentence that the learner types, or the link asks for (`prefix`); its own for each text."""
    read = text_spec(run)
    name = (read.corpus, "en" if read.corpus == "kjv" else read.language, read.segment)
    if name not in BEGINNINGS:
        run.wait("running", "paused", "done", "failed", timeout=PATIENCE)
    usual = BEGINNINGS.get(name) or next(iter((run.facts or {}).get("words", ())), "")
    key = f"{TEXT}.prefix.{run.token if own_text.reads(read) else name}"
    if key not in st.session_state:
        asked = arrival.take(SLUG, "prefix", choice.line) if read.corpus == spec.corpus else None
        st.session_state[key] = usual if asked is None else asked
    looks: dict[str, Any] = {"max_chars": choice.TYPED, "width": 480, "persist_state": "session"}
    typed = str(st.text_input(texts["text.prefix"], key=key, help=texts["text.prefix.help"], **looks))
    arrival.complain(SLUG, "prefix", typed)
    session.keep_in_link(prefix=None if typed == usual else typed)
    return typed


def text_panes(run: Run, prefix: str) -> list[StagePane]:
    """What the stage shows of `run`: the text it writes, the next word, and how well it foretells."""
    curve = StagePane("quality", texts["pane.perplexity"], kind="curves", place="below", base=perplexity_curve(texts))
    return [
        StagePane(
            "sample",
            texts["pane.sample"],
            kind="text",
            place="main",
            pane=Pane("sample", "sample_view"),
            frame=lambda numbers: sample_frame(numbers, texts),
        ),
        StagePane(
            "next",
            texts["pane.next"].format(prefix=prefix) if prefix.strip() else texts["pane.next.first"],
            kind="table",
            pane=Pane("next", "bars_view", (("n", FOLLOWING), ("prefix", prefix))),
            base=next_base(texts),
            frame=lambda numbers: next_frame(numbers, texts),
        ),
        *([] if run.beforehand else [curve]),  # of one moment there is no curve
    ]


def following(run: Run, moment: int | None, prefix: str):
    """The next word, what the dials make of its probabilities, and what is written by them."""
    st.markdown(lesson["text.next"])
    given = drawing(SLUG, texts)
    dials = {name: value for name, value in given.items() if name != "seed"}
    if not (found := ask(run, "next_words", at=moment, prefix=prefix, n=FOLLOWING, **dials)):
        return
    if found["unknown"]:
        st.caption(texts["unknown"].format(words=session.listed([plain(word) for word in found["unknown"]])))
    bars(found, turned=(dials["temperature"], dials["top_k"], dials["top_p"]) != (1, 0, 1))
    longest = (run.facts or {}).get("longest", WRITTEN)
    made = ask(run, "generate", at=moment, prefix=prefix, most=min(WRITTEN, longest), **given)
    if made:
        st.code(made["text"], language=None, wrap_lines=True)
        with st.expander(texts["text.numbers"], key=f"{TEXT}.numbers"):
            numbers(made["tokens"], "written", f"{TEXT}.written")
        ways(run, moment, prefix, made)


def bars(found: Mapping[str, Any], turned: bool):
    """The most probable next words; beside each, if dials are `turned`, what they leave of it."""
    groups = {texts["text.next.probability"]: found["answers"]}
    if turned:
        chances = [{**each, "probability": each["chance"]} for each in found["answers"]]
        groups[texts["text.next.chance"]] = chances
    chart(next_bars(groups, texts), f"{TEXT}.bars")
    best = [
        texts["text.next.each"].format(word=plain(each["word"]), percent=percent(each["probability"]))
        for each in found["answers"][:3]
    ]
    values = {"words": session.listed(best), "percent": percent(found["rest"]), "left": f"{found['left']:,}"}
    st.caption(texts["text.next.summary"].format(**values))
    with st.expander(texts["stage.table"], key=f"{TEXT}.next"):
        numbers(found["answers"], "next", f"{TEXT}.next.table")


def numbers(tokens: Sequence[Mapping[str, Any]], name: str, key: str):
    """Tokens, each with its probability and its chance to be drawn."""
    columns: dict[str, Sequence[Any]] = {
        texts["bars.word"]: [shown(each["word"], texts) for each in tokens],
        texts["text.next.probability"]: [each["probability"] for each in tokens],
        texts["text.next.chance"]: [each["chance"] for each in tokens],
    }
    table(columns, name=name, caption=texts["text.next.caption"], texts=texts, key=key)


def measured(run: Run):
    """How large the model is, and how well it foretells."""
    if run.state == "done" and (last := run.latest()):
        values = {"perplexity": number(run.metric("perplexity"), 3), "seconds": number(last.seconds, 2)}
        st.caption(texts["text.measured"].format(parameters=f"{(run.facts or {})['parameters']:,}", **values))


def ways(run: Run, moment: int | None, prefix: str, drawn: Mapping[str, Any]):
    """Beam search in a text; and a sentence greedy, drawn, and of the beam."""
    st.markdown(lesson["text.beams"])
    width, alpha = beam_dials(TEXT, "text_width", "text_alpha")
    found = ask(run, "beams", at=moment, prefix=prefix, width=width, alpha=alpha, most=LONGEST)
    greedy = ask(run, "generate", at=moment, prefix=prefix, how="greedy", most=LONGEST)
    if not found or not greedy:
        return
    branched(found, TEXT, lambda words: spaced(words, run))
    told = {texts[f"text.way.{name}"]: sentence(made) for name, made in (("greedy", greedy), ("sample", drawn))}
    leaf = found["nodes"][found["best"][0]]
    told[texts["text.way.beam"].format(width=width)] = (found["told"][0], leaf["log"])
    columns: dict[str, Sequence[Any]] = {
        texts["text.way"]: list(told),
        texts["text.sentence"]: [spaced([shown(word, texts) for word in words], run) for words, _ in told.values()],
        texts["text.length"]: [len(words) for words, _ in told.values()],
        "ln P": [log for _, log in told.values()],
    }
    caption = texts["text.ways.caption"].format(most=LONGEST)
    table(columns, name="ways", caption=caption, texts=texts, key=f"{TEXT}.ways")


def sentence(made: Mapping[str, Any]) -> tuple[list[str], float]:
    """The words of a text up to the end of its first sentence, LONGEST at most, and ln P of them."""
    tokens = made["tokens"][:LONGEST]
    ends = [n for n, each in enumerate(tokens, 1) if each["word"] == "</s>"]
    tokens = tokens[: ends[0]] if ends else tokens
    return [each["word"] for each in tokens], sum(math.log(each["probability"]) for each in tokens)


def spaced(words: Sequence[str], run: Run) -> str:
    """Tokens as a line: with spaces between words that have them."""
    gap = "" if text_spec(run).segment == "characters" or any(word > "\u2e80" for word in words) else " "
    return gap.join(words)


def timed(run: Run):
    """What remembering keys and values saves, measured."""
    st.markdown(lesson["text.cache"])
    key = f"{TEXT}.cache"
    press.button(texts["cache.start"], type="primary", icon=":material/timer:", key=f"{key}.start")
    if press.pressed(f"{key}.start"):
        st.session_state[f"{key}.shown"] = True
    if not st.session_state.get(f"{key}.shown") or not (found := ask(run, "cache_times")):
        return
    chart(figures.cache(found, texts), f"{key}.chart")
    times = [slow / quick for slow, quick in zip(found["uncached_ms"], found["cached_ms"], strict=True)]
    values = {"length": found["length"][-1], "times": number(times[-1], 2)}
    values |= {"cached": number(found["cached_ms"][-1], 2), "uncached": number(found["uncached_ms"][-1], 2)}
    st.markdown(content.fill(lesson["text.cache.after"], **values, short=found["length"][0], few=number(times[0], 2)))
    st.caption(texts["cache.same" if found["identical"] else "cache.unlike"])
    columns: dict[str, Sequence[Any]] = {
        texts["cache.length"]: found["length"],
        texts["cache.cached"]: found["cached_ms"],
        texts["cache.uncached"]: found["uncached_ms"],
    }
    table(columns, name="cache", caption=texts["cache.caption"], texts=texts, key=f"{key}.table")


def eras(spec: GPT, text: str | None):
    """The decoder alone against the models of the eras before, on the same held-out sentences."""
    st.markdown(lesson["text.race"])
    place = f"{TEXT}.race"
    missing = bool(own_text.reads(spec)) and text is None
    press.button(texts["race.start"], type="primary", icon=":material/flag:", key=f"{place}.start", disabled=missing)
    if press.pressed(f"{place}.start"):
        training.together(place, racers(spec), text)
    training.complain(place)
    if runs := training.compared(place):
        if runs[-1].spec != spec:
            st.info(texts["race.language"], icon=":material/tune:")
        training.watched(place, runs, lambda: ranks(runs), texts)
        if settled(runs):
            ranked(runs)


def racers(spec: GPT) -> list[Experiment]:
    """Models of every era on the text and the held-out sentences of `spec`, each with its usual settings."""
    counting = [spec.like(NGram, order=order, seed=0) for order in ORDERS]
    same = {name: value for name, value in counting[0].values().items() if name in GPT.dials() and name != "seed"}
    return [*counting, LSTM.parse(same), spec]


def racer(run: Run) -> str:
    """A model of the race in a few words."""
    spec: Any = run.spec
    return texts[f"race.{spec.name}"].format(**spec.values())


def size(run: Run) -> int | None:
    """Numbers that a model has learnt: weights, or different n-grams counted."""
    last = run.latest()
    counted = [value for name, value in (last.metrics if last else {}).items() if name.startswith("distinct_")]
    return int(sum(counted)) or (run.facts or {}).get("parameters")


def ranks(runs: list[Run]):
    found = {
        racer(run): (colour, *course(run, "perplexity", True)) for run, colour in zip(runs, figures.ERAS, strict=False)
    }
    chart(figures.falling(found, texts), f"{TEXT}.race.curves")
    columns: dict[str, Sequence[Any]] = {
        texts["compare.model"]: [racer(run) for run in runs],
        texts["metric.perplexity"]: [of(run, "perplexity") for run in runs],
        texts["race.kept"]: [size(run) for run in runs],
        texts["compare.seconds"]: [round(last.seconds, 2) if (last := run.latest()) else None for run in runs],
        texts["compare.done"]: [done(run, texts) for run in runs],
    }
    table(columns, name="race", caption=texts["race.caption"], texts=texts, key=f"{TEXT}.race.table")


def ranked(runs: Sequence[Run]):
    """Who foretells best, once all have been measured."""
    for run in runs:
        if run.mistake:
            training.say(run.mistake)
    if len(runs) != len(ORDERS) + 2 or not all(math.isfinite(run.metric("perplexity")) for run in runs):
        return
    *counting, lstm, gpt = runs
    best = min(runs, key=lambda run: run.metric("perplexity"))
    named = {"lowest": best, "ngram": min(counting, key=lambda run: run.metric("perplexity")), "lstm": lstm, "gpt": gpt}
    values = {name: number(run.metric("perplexity"), 3) for name, run in named.items()}
    st.markdown(content.fill(lesson["text.race.after"], **values, best=racer(best)))


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    kinds = ("mask", ZERO, *list(BREAKS)[1:])
    names = {name: lesson.titled(f"break.{name}").title for name in kinds}
    name = choice.choose(SLUG, "broken", texts["break.choose"], names)
    if name == ZERO:
        multiplied()
        return
    predict(SLUG, f"break.{name}", lesson, texts=texts)
    spec, place = Translation(**BREAKS[name]), f"decoding.break.{name}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, [spec])
    training.complain(place)
    runs, usual = training.compared(place), usual_run()
    if not runs:
        return
    training.watched(place, [*runs, usual], lambda: progress(runs, usual, place), texts)
    if settled(runs) and usual.state == "done" and runs[0].state == "done":
        broken(runs[0], usual, name)


def multiplied():
    """The scores of later words added −∞ to, multiplied by 0, and left alone: the weights that come of it."""
    predict(SLUG, "break.zero", lesson, texts=texts, like="predict.3")
    run, key = usual_run(), "decoding.break.zero"
    if run.state != "done":
        st.caption(texts["question.soon"])
        training.until_done(run)
        return
    press.button(texts["zero.show"], type="primary", icon=":material/visibility:", key=f"{key}.show")
    if press.pressed(f"{key}.show"):
        st.session_state[f"{key}.shown"] = True
    if not st.session_state.get(f"{key}.shown") or not (found := ask(run, "masked_wrong")):
        return
    for column, name in zip(st.columns(2, gap="medium"), ("added", "multiplied"), strict=True):
        with column:
            st.markdown(f"**{texts[f'zero.{name}']}**")
            chart(figures.masked(found, name, texts), f"{key}.{name}")
    columns: dict[str, Sequence[Any]] = {texts["mask.from"]: [shown(word, texts) for word in found["words"]]}
    for name in ("added", "multiplied", "none"):
        columns[texts[f"zero.{name}"]] = [share(value, texts) for value in found[name]["leak"]]
    table(columns, name="masks", caption=texts["zero.caption"], texts=texts, key=f"{key}.table")
    beforehand(run)
    yours("predict.3")
    values = {"leak": percent(found["multiplied"]["leak"][0]), "own": percent(found["multiplied"]["A"][0][0])}
    st.markdown(content.fill(lesson["predict.3.after"], **values))


def progress(runs: list[Run], usual: Run, key: str):
    """How the loss in training falls, and what comes of it, drawn anew as the broken model trains."""
    run = runs[0]
    found = {texts["break.this"]: (OKABE_ITO["vermillion"], *course(run, "loss"))}
    if len(usual.history) > 1:
        found[texts["break.usual"]] = (OKABE_ITO["blue"], *course(usual, "loss"))
    chart(figures.courses(found, texts["axis.pairs"], texts["metric.loss"], share=False), f"{key}.loss")
    columns: dict[str, Sequence[Any]] = {
        texts["compare.model"]: [texts["break.this"], texts["break.usual"]],
        texts["metric.loss"]: [of(each, "loss") for each in (run, usual)],
        texts["metric.exact_match"]: [share(of(each, "exact_match"), texts) for each in (run, usual)],
        texts["compare.done"]: [done(each, texts) for each in (run, usual)],
    }
    table(columns, name="broken", caption=texts["break.caption"], texts=texts, key=f"{key}.table")


def course(run: Run, metric: str, time: bool = False) -> tuple[list[float], list[float]]:
    """A metric by the pairs read, or by the CPU-seconds."""
    kept = [each for each in run.history if metric in each.metrics]
    return [each.seconds if time else each.step for each in kept], [each.metrics[metric] for each in kept]


def broken(run: Run, usual: Run, name: str):
    """What the broken model says, and why; beside the guess."""
    yours(f"break.{name}")
    facts = run.facts or {}
    values = {
        "loss": number(run.metric("loss"), 2),
        "usual_loss": number(usual.metric("loss"), 2),
        "exact": percent(run.metric("exact_match"), 3),
        "usual_exact": percent(usual.metric("exact_match"), 3),
        "pairs": f"{facts.get('pairs', 0):,}",
        "usual_pairs": f"{(usual.facts or {}).get('pairs', 0):,}",
        "unseen": str(facts.get("unseen", "–")),
    }
    st.markdown(content.fill(lesson[f"break.{name}.after"], **values))
    if run.metric("diverged") == 1:
        st.warning(lesson["diverged"], icon=":material/crisis_alert:")
    if found := ask(run, "unseen", n=NONSENSE):
        translations(found["sentences"], f"decoding.break.{name}.said", "break.said")


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    spec, place = chosen(Translation, SLUG)[0], "decoding.race"
    press.button(texts["compare.start"], type="primary", icon=":material/flag:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, [dataclasses.replace(spec, architecture=name) for name in figures.ARCHITECTURES])
    training.complain(place)
    if runs := training.compared(place):
        training.watched(place, runs, lambda: standings(runs), texts)
        if settled(runs) and all(run.state == "done" for run in runs) and len(runs) == len(figures.ARCHITECTURES):
            raced(runs)


def standings(runs: list[Run]):
    found = {
        named(run): (figures.COLOURS[spec_of(run).architecture], *course(run, "exact_match", True)) for run in runs
    }
    chart(figures.courses(found, texts["axis.seconds"], texts["metric.exact_match"]), "decoding.race.curves")
    columns: dict[str, Sequence[Any]] = {
        texts["compare.model"]: [named(run) for run in runs],
        texts["metric.exact_match"]: [share(of(run, "exact_match"), texts) for run in runs],
        texts["metric.alignment_accuracy"]: [share(of(run, "alignment_accuracy"), texts) for run in runs],
        texts["compare.parameters"]: [(run.facts or {}).get("parameters") for run in runs],
        texts["compare.seconds"]: [round(last.seconds, 2) if (last := run.latest()) else None for run in runs],
        texts["compare.done"]: [done(run, texts) for run in runs],
    }
    table(columns, name="race", caption=texts["compare.caption"], texts=texts, key="decoding.race.table")


def raced(runs: Sequence[Run]):
    """What came of the three, beside the guess."""
    yours("predict.1")
    by_name = {spec_of(run).architecture: run for run in runs}
    values = {name: percent(run.metric("exact_match"), 3) for name, run in by_name.items()}
    values |= {f"{name}_seconds": number(half_way(run), 2) for name, run in by_name.items()}
    last = runs[0].facts or {}
    st.markdown(content.fill(lesson["predict.1.after"], **values, unseen=last.get("unseen", "–")))
    attentive = by_name["lstm_attention"]
    values = {
        "aligned": share(of(attentive, "alignment_accuracy"), texts) or "–",
        "exact": percent(attentive.metric("exact_match"), 3),
    }
    values["transformer"] = share(of(by_name["transformer"], "alignment_accuracy"), texts) or "–"
    st.markdown(content.fill(lesson["compare.after"], **values))
    rows = {name: sorted_by_length(by_name[name]) for name in figures.ARCHITECTURES}
    if not all(rows.values()):
        return
    st.markdown(lesson["compare.length"])
    took = {name: number(end.seconds, 2) if (end := run.latest()) else "–" for name, run in by_name.items()}
    chart(figures.lengths(rows, took, texts), "decoding.lengths")
    first = rows[figures.ARCHITECTURES[0]]
    columns: dict[str, Sequence[Any]] = {
        texts["length.source"]: [row["length"] for row in first],
        texts["length.sentences"]: [row["sentences"] for row in first],
    }
    for name, each in rows.items():
        title = texts[f"dial.architecture.{name}"]
        columns[f"{title}: {texts['length.exact']}"] = [share(row["exact_match"], texts) for row in each]
        columns[f"{title}: {texts['length.words']}"] = [share(row["word_accuracy"], texts) for row in each]
    table(columns, name="lengths", caption=texts["length.caption"], texts=texts, key="decoding.lengths.table")


def sorted_by_length(run: Run) -> list[dict[str, Any]]:
    """How well a run translates sentences of each length: all unseen ones, asked for in parts."""
    parts, begin, of = [], 0, 1
    while begin < of:
        if not (found := ask(run, "by_length", begin=begin)):
            return []
        parts.append(found["rows"])
        begin, of = found["end"], found["of"]
    return figures.together(parts)


def half_way(run: Run) -> float:
    """CPU-seconds until half of the sample was translated right."""
    return next((each.seconds for each in run.history if each.metrics.get("exact_match", 0) >= 0.5), float("nan"))


# ---------------------------------------------------------------- the page


def commands():
    """The decoder alone without a browser: trained, asked, and scoring a file."""
    st.caption(texts["read.gpt"])
    lines = (
        "python -m engine run gpt --set corpus=kingdom segment=words --json",
        "python -m engine ask gpt generate --given prefix='the king' how=beam --beforehand",
        "python -m engine score gpt --train train.txt --test test.txt --json",
    )
    st.code("\n".join(lines), language="bash", wrap_lines=True)


STATIONS: dict[str, Callable[[], None]] = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "own": own,
    "text": alone,
    "break": breaking,
    "compare": compare,
}

page(Translation, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS, slug=SLUG, more=commands)
