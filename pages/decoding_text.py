"""Masked decoding: the station of the decoder alone, that writes text (GPT, 2018). Layout only, as the page.

A page is run anew whenever it is drawn, and what it imports is loaded once for all visitors: so the lesson and the
texts, which are in the learner's language, are handed from function to function here.
"""

import dataclasses
import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, cast

import streamlit as st

from engine.experiments import GPT, LSTM, OWN, Experiment, NGram
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from lessons import content
from lessons.content import Lesson
from lessons.decoding import figures
from lessons.figures import next_bars, next_base, next_frame, number, percent, perplexity_curve, sample_frame, shown
from pages.ui import arrival, choice, escape, moments, own_text, press, session, training
from pages.ui.beam import beam_dials, branched
from pages.ui.code import command
from pages.ui.dials import ONLY_FOR, OWN_OPTION
from pages.ui.drawing import drawing
from pages.ui.look import PATIENCE
from pages.ui.picture import chart
from pages.ui.racing import course, done, of
from pages.ui.stage import StagePane
from pages.ui.table import table
from pages.ui.training import ask, settled

SLUG = "decoding"
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


def alone(lesson: Lesson, texts: Mapping[str, str]):
    """The station: a text to read, the stage, the next word and how it is drawn, the cache, the race."""
    writing = {**texts, "stage.step": texts["stage.tokens"], "stage.running": texts["stage.tokens.now"]}
    st.markdown(lesson["text"])
    spec, text = text_chosen(texts)
    run = text_run(spec, text, texts)
    wide = st.container()  # the stage stands above the field whose words it looks at
    prefix = beginning(run, spec, texts)
    with wide:
        panes = text_panes(run, prefix, texts)
        moment = moments.shown(run, panes, texts=writing, key=f"{TEXT}.stage", place=TEXT)
        if run.shared and run.state == "done":
            st.caption(texts["train.beforehand"])
        measured(run, texts)
    if moment is not None and not run.shared:
        moments.rest(run, moment)
    session.keep_in_link(reached=None if moment is None or run.shared else str(moment))
    arrival.complain(SLUG, "reached", texts["stage.last"] if moment is None else str(moment))
    with st.container():
        if run.metric("diverged") == 1:
            st.warning(lesson["diverged"], icon=":material/crisis_alert:")
        training.until_done(run)
    if run.state in ("done", "running", "paused"):
        following(run, moment, prefix, lesson, texts)
        st.divider()
        timed(run, lesson, texts)
    st.divider()
    eras(spec, text, lesson, texts)


def plain(word: str, texts: Mapping[str, str]) -> str:
    """A token for Markdown: marks by their names, everything else as it is."""
    return escape.plain(shown(word, texts))


def text_chosen(texts: Mapping[str, str]) -> tuple[GPT, str | None]:
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
    kept[f"{TEXT}.spec"] = spec = GPT.parse({"language": session.language(), "corpus": kept[key], "segment": segment})
    if picked == OWN_OPTION:
        own_text.ask(TEXT, spec, take, texts)
    return spec, own_text.text_of(spec)


def corpus_read(asked: str, label: str, names: dict[str, str]) -> str:
    """The text that a link asks for, one of ours or somebody's own. Raises Mistake, in the learner's words."""
    try:
        return GPT.parse({"corpus": asked}).corpus
    except Mistake:
        raise Mistake("dial_option", name=label, value=asked, allowed=session.with_ids(names)) from None


def text_run(spec: GPT, text: str | None, texts: Mapping[str, str]) -> Run:
    """The run that is shown, and the button for another."""
    missing = bool(st.session_state.get(f"{TEXT}.asking")) or (bool(own_text.reads(spec)) and text is None)
    key = f"{TEXT}.train"
    press.button(texts["train"], type="primary", icon=":material/play_arrow:", key=key, disabled=missing)
    if missing:
        st.caption(texts["own.first"])
    started = training.start(TEXT, spec, text) if press.pressed(key) else None
    run = left_at(started or training.shown(TEXT, spec, text), spec, text, texts)
    training.complain(TEXT)
    here = dataclasses.replace(spec, language=text_spec(run).language)
    if here != run.spec and not missing:
        st.info(texts["train.changed"], icon=":material/tune:")
    elif run.spec != spec and not run.shared and spec.corpus in ONLY_FOR["language"]:
        st.info(texts["train.language"], icon=":material/tune:")
    return run


def text_spec(run: Run) -> GPT:
    return cast(GPT, run.spec)


def left_at(run: Run, spec: GPT, text: str | None, texts: Mapping[str, str]) -> Run:
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


def beginning(run: Run, spec: GPT, texts: Mapping[str, str]) -> str:
    """The beginning of a sentence that the learner types, or the link asks for (`prefix`); its own for each text."""
    read = text_spec(run)
    name = (read.corpus, "en" if read.corpus == "kjv" else read.language, read.segment)
    if name not in BEGINNINGS:
        run.wait("queued", "running", "paused", "done", "failed", timeout=PATIENCE)
        if run.facts is None and run.state not in training.OVER:  # in a full class it may take long
            training.until_read(run)
            return ""
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


def text_panes(run: Run, prefix: str, texts: Mapping[str, str]) -> list[StagePane]:
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


def following(run: Run, moment: int | None, prefix: str, lesson: Lesson, texts: Mapping[str, str]):
    """The next word, what the dials make of its probabilities, and what is written by them."""
    st.markdown(lesson["text.next"])
    given = drawing(SLUG, texts)
    dials = {name: value for name, value in given.items() if name != "seed"}
    if not (found := ask(run, "next_words", at=moment, prefix=prefix, n=FOLLOWING, **dials)):
        return
    if found["unknown"]:
        st.caption(texts["unknown"].format(words=session.listed([plain(word, texts) for word in found["unknown"]])))
    bars(found, (dials["temperature"], dials["top_k"], dials["top_p"]) != (1, 0, 1), texts)
    longest = (run.facts or {}).get("longest", WRITTEN)
    made = ask(run, "generate", at=moment, prefix=prefix, most=min(WRITTEN, longest), **given)
    if made:
        st.code(made["text"], language=None, wrap_lines=True)
        with st.expander(texts["text.numbers"], key=f"{TEXT}.numbers"):
            numbers(made["tokens"], "written", f"{TEXT}.written", texts)
        ways(run, moment, prefix, made, lesson, texts)


def bars(found: Mapping[str, Any], turned: bool, texts: Mapping[str, str]):
    """The most probable next words; beside each, if dials are `turned`, what they leave of it."""
    groups = {texts["text.next.probability"]: found["answers"]}
    if turned:
        chances = [{**each, "probability": each["chance"]} for each in found["answers"]]
        groups[texts["text.next.chance"]] = chances
    chart(next_bars(groups, texts), f"{TEXT}.bars")
    best = [
        texts["text.next.each"].format(word=plain(each["word"], texts), percent=percent(each["probability"]))
        for each in found["answers"][:3]
    ]
    values = {"words": session.listed(best), "percent": percent(found["rest"]), "left": f"{found['left']:,}"}
    st.caption(texts["text.next.summary"].format(**values))
    with st.expander(texts["stage.table"], key=f"{TEXT}.next"):
        numbers(found["answers"], "next", f"{TEXT}.next.table", texts)


def numbers(tokens: Sequence[Mapping[str, Any]], name: str, key: str, texts: Mapping[str, str]):
    """Tokens, each with its probability and its chance to be drawn."""
    columns: dict[str, Sequence[Any]] = {
        texts["bars.word"]: [shown(each["word"], texts) for each in tokens],
        texts["text.next.probability"]: [each["probability"] for each in tokens],
        texts["text.next.chance"]: [each["chance"] for each in tokens],
    }
    table(columns, name=name, caption=texts["text.next.caption"], texts=texts, key=key)


def measured(run: Run, texts: Mapping[str, str]):
    """How large the model is, and how well it foretells."""
    if run.state == "done" and (last := run.latest()):
        values = {"perplexity": number(run.metric("perplexity"), 3), "seconds": number(last.seconds, 2)}
        st.caption(texts["text.measured"].format(parameters=f"{(run.facts or {})['parameters']:,}", **values))


def ways(run: Run, moment: int | None, prefix: str, drawn: Mapping[str, Any], lesson: Lesson, texts: Mapping[str, str]):
    """Beam search in a text; and a sentence greedy, drawn, and of the beam."""
    st.markdown(content.fill(lesson["text.beams"], most=LONGEST))
    width, alpha = beam_dials(SLUG, TEXT, "text_width", "text_alpha", texts=texts)
    found = ask(run, "beams", at=moment, prefix=prefix, width=width, alpha=alpha, most=LONGEST)
    greedy = ask(run, "generate", at=moment, prefix=prefix, how="greedy", most=LONGEST)
    if not found or not greedy:
        return
    branched(found, TEXT, lambda words: spaced(words, run), texts=texts)
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


def timed(run: Run, lesson: Lesson, texts: Mapping[str, str]):
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


def eras(spec: GPT, text: str | None, lesson: Lesson, texts: Mapping[str, str]):
    """The decoder alone against the models of the eras before, on the same held-out sentences."""
    st.markdown(lesson["text.race"])
    place = f"{TEXT}.race"
    missing = bool(own_text.reads(spec)) and text is None
    press.button(texts["race.start"], type="primary", icon=":material/flag:", key=f"{place}.start", disabled=missing)
    if press.pressed(f"{place}.start"):
        training.together(place, racers(spec), text)
    training.complain(place)
    if runs := training.compared(place):
        if not {run.spec for run in runs} <= {*racers(spec)}:  # in a full class some are missing
            st.info(texts["race.language"], icon=":material/tune:")
        training.watched(place, runs, lambda: ranks(runs, texts), texts)
        if settled(runs):
            ranked(runs, lesson, texts)


def racers(spec: GPT) -> list[Experiment]:
    """Models of every era on the text and the held-out sentences of `spec`, each with its usual settings."""
    counting = [spec.like(NGram, order=order, seed=0) for order in ORDERS]
    same = {name: value for name, value in counting[0].values().items() if name in GPT.dials() and name != "seed"}
    return [*counting, LSTM.parse(same), spec]


def racer(run: Run, texts: Mapping[str, str]) -> str:
    """A model of the race in a few words."""
    spec: Any = run.spec
    return texts[f"race.{spec.name}"].format(**spec.values())


def size(run: Run) -> int | None:
    """Numbers that a model has learnt: weights, or different n-grams counted."""
    last = run.latest()
    counted = [value for name, value in (last.metrics if last else {}).items() if name.startswith("distinct_")]
    return int(sum(counted)) or (run.facts or {}).get("parameters")


def ranks(runs: list[Run], texts: Mapping[str, str]):
    found = {
        racer(run, texts): (colour, *course(run, "perplexity", True))
        for run, colour in zip(runs, figures.ERAS, strict=False)
    }
    chart(figures.falling(found, texts), f"{TEXT}.race.curves")
    columns: dict[str, Sequence[Any]] = {
        texts["compare.model"]: [racer(run, texts) for run in runs],
        texts["metric.perplexity"]: [of(run, "perplexity") for run in runs],
        texts["race.kept"]: [size(run) for run in runs],
        texts["compare.seconds"]: [round(last.seconds, 2) if (last := run.latest()) else None for run in runs],
        texts["compare.done"]: [done(run, texts) for run in runs],
    }
    table(columns, name="race", caption=texts["race.caption"], texts=texts, key=f"{TEXT}.race.table")


def ranked(runs: Sequence[Run], lesson: Lesson, texts: Mapping[str, str]):
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
    st.markdown(content.fill(lesson["text.race.after"], **values, best=racer(best, texts)))


def commands(texts: Mapping[str, str]):
    """The decoder alone without a browser: trained as it is set here, asked as trained beforehand, scoring a file."""
    language = session.language()
    spec = dataclasses.replace(st.session_state.get(f"{TEXT}.spec") or GPT(), language=language)
    shipped = [] if language == GPT().language else ["--language", language]
    given = ["--given", f"prefix={BEGINNINGS['kingdom', language, 'words']}", "how=beam"]
    st.caption(texts["read.gpt"])
    lines = (
        command(spec),
        shlex.join(["python", "-m", "engine", "ask", "gpt", "generate", *shipped, *given, "--beforehand"]),
        "python -m engine score gpt --train train.txt --test test.txt --json",
    )
    st.code("\n".join(lines), language="bash", wrap_lines=True)
    if own_text.reads(spec):
        st.caption(texts["code.command.own"])
