"""Masked decoding (2014–2018): the page. Layout only: models, arithmetic and figures live below."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import streamlit as st

from engine.experiments import Translation
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import parallel
from lessons import content
from lessons.decoding import figures
from lessons.figures import OKABE_ITO, number, percent, shown
from pages.decoding_text import alone, commands
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.beam import beam_dials, branched
from pages.ui.bench import bench
from pages.ui.dials import chosen
from pages.ui.page import page
from pages.ui.picture import chart
from pages.ui.player import player
from pages.ui.predict import guessed, predict
from pages.ui.racing import course, done, of, share
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
TYPED = 60  # characters of a sentence
NONSENSE = 3  # sentences that are shown of a broken model
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
READING = texts | {"stage.step": texts["stage.pairs"], "stage.running": texts["stage.pairs.now"]}


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


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    run = usual_run()
    if run.state == "done":
        if found := ask(run, "unseen", n=SENTENCES):
            translations(found["sentences"], "decoding.question")
            training.beforehand(run, texts)
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
    training.beforehand(run, texts)
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
        training.beforehand(run, texts)
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
    width, alpha = beam_dials(SLUG, SLUG, "width", "alpha", texts=texts)
    if found := ask(run, "beams", sentence=text, width=width, alpha=alpha):
        branched(found, SLUG, " ".join, texts=texts)


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


def forced_share(label: str) -> int:
    """How much of the training is over, in percent (`forced_at` in the link)."""
    key, usual = f"{SLUG}.forced.moment", 20
    if key not in st.session_state:
        asked = arrival.take(SLUG, "forced_at", arrival.whole(label, 0, 100))
        st.session_state[key] = usual if asked is None else asked
    looks: dict[str, Any] = {"width": 270, "persist_state": "session"}
    picked = int(st.slider(label, 0, 100, key=key, **looks))
    arrival.complain(SLUG, "forced_at", str(picked))
    session.keep_in_link(forced_at=None if picked == usual else str(picked))
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
            moment = moments.nearest(run, moments.over(run), forced_share(texts["forcing.moment"]))
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
    training.beforehand(run, texts)
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
    values |= {f"{name}_half": half_way(run) for name, run in by_name.items()}
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


def half_way(run: Run) -> str:
    """After how many CPU-seconds half of the sample was translated right, if it ever was."""
    seconds = next((each.seconds for each in run.history if each.metrics.get("exact_match", 0) >= 0.5), None)
    return texts["half.never"] if seconds is None else texts["half.after"].format(seconds=number(seconds, 2))


# ---------------------------------------------------------------- the page


STATIONS: dict[str, Callable[[], None]] = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "own": own,
    "text": partial(alone, lesson, texts),
    "break": breaking,
    "compare": compare,
}

page(Translation, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS, slug=SLUG, more=partial(commands, texts))
