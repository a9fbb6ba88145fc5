"""Recurrent networks (1990–2014): the page. Layout only: cells, training and figures live below."""

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, cast

import numpy as np
import streamlit as st

from engine.experiments import CELLS, LSTM, NNLM, Experiment, NGram, Recall, SequenceCost
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from lessons import content
from lessons.figures import next_bars, next_base, next_frame, number, percent, perplexity_curve, sample_frame, shown
from lessons.lstm import figures
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.bench import bench
from pages.ui.dials import chosen
from pages.ui.drawing import drawing
from pages.ui.look import PATIENCE, from_link
from pages.ui.page import page
from pages.ui.player import player
from pages.ui.predict import guessed, predict
from pages.ui.racing import done
from pages.ui.stage import StagePane, StageResult, stage
from pages.ui.table import digits, table
from pages.ui.training import ask, settled, watched

SLUG = "lstm"
GUESSES = ("predict.1", "predict.2", "predict.3")
TERMS = {  # of the glossary, by station
    "question": "token recurrent_network hidden_state parameter sentence_mark",
    "predict": "gradient vanishing_gradient lag perplexity held_out",
    "watch": "corpus recurrent_network hidden_state cell_state forget_gate unit correlation lag held_out perplexity "
    "loss truncated_backpropagation clipping gradient vanishing_gradient temperature top_k top_p seed cpu_second",
    "step": "unrolling hidden_state cell_state gate forget_gate sigmoid softmax loss nat vanishing_gradient",
    "break": "lag forget_gate clipping exploding_gradient truncated_backpropagation vanishing_gradient",
    "compare": "perplexity bits_per_character held_out ngram order unknown_word lag cpu_second",
    "check": "hidden_state cell_state forget_gate vanishing_gradient clipping truncated_backpropagation",
    "read": "recurrent_network unrolling forget_gate truncated_backpropagation",
}
FUNCTIONS = {  # of the files of the model, shown first
    "recurrent.py": ("elman", "lstm", "gru", "read_on", "descend"),
    "recall.py": ("sequences", "gradient_view"),
}
TASKS = ("text", "recall")  # what the watch station shows: a language model, or the task of remembering
BREAKS = ("lag", "forget", "clip", "bptt")
LETTERS = "characters"
# The beginning of a sentence that the stage goes on with; elsewhere the first word of the text.
PREFIXES = {
    ("kingdom", "en", LETTERS): "the king ",
    ("kingdom", "zh", LETTERS): "国王",
    ("kjv", "en", LETTERS): "and god s",
}
BEGINNINGS = {"en": "the king ", "zh": "国王"}  # of the opening
# Two beginnings that differ in one word, further back than an n-gram model of order 7 looks.
FAR = {"en": ("the king put on h", "the queen put on h"), "zh": ("这位国王在日记里写道，", "这位王后在日记里写道，")}
EXAMPLES = {
    "en": ("the king put on his hat", "the queen put on her hat"),
    "zh": ("这位王后在日记里写道，她戴上了珍珠项链", "国王在厨房里做饭"),
}
GATED = ("lstm", "lstm_1997")  # cells that have c beside h
SHOWN, LISTED = 8, 5  # next words, units in a list
WRITTEN = {"characters": 200, "words": 60}  # tokens of a text: a word of a large vocabulary takes longer
SEQUENCES = 5  # of the task of remembering that are shown
ORDERS = (3, 5, 7)  # of the n-gram models in the race
WINDOW = 6  # words that the neural model of 2003 looks back at
RIVALS = ("lstm", "gru", "elman")  # cells in the race
ITEMS = ((1, 64), (3, 64), (5, 64), (8, 64), (8, 8))  # symbols to remember, and units, of the bottleneck
NEAR = 5  # distractors between them and the question
LAG = 30  # where Elman's network fails
LOW = -5.0  # a forget bias that shuts the gate
SAME = 500  # updates of the network that looks back as usual; the short-sighted one reads as much
FEWER = 400  # updates of the models that are compared when something is broken
BLOWING = {"cell": "elman", "optimizer": "sgd", "lr": 8.0, "updates": 200}
CLIPPED = 0.25
TYPED = 200  # characters of a field
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
# What a step is: of a training on text tokens read, of the task of remembering updates, of the cost measurements.
READING = texts | {"stage.step": texts["stage.tokens"], "stage.running": texts["stage.tokens.now"]}
UPDATING = texts | {"stage.step": texts["stage.updates"], "stage.running": texts["stage.updates.now"]}
MEASURING = texts | {"stage.step": texts["cost.step"], "stage.running": texts["cost.now"]}


def plain(word: str) -> str:
    """A token for Markdown: marks by their names, everything else as it is."""
    return escape.plain(shown(word, texts))


def spec_of(run: Run) -> LSTM:
    return cast(LSTM, run.spec)


def task_of(run: Run) -> Recall:
    return cast(Recall, run.spec)


def spaced(words: Sequence[str], spec: Any) -> str:
    """Tokens as a line: with spaces between words that have them."""
    gap = "" if spec.segment == LETTERS or any(word > "\u2e80" for word in words) else " "
    return gap.join(words)


def unknown(found: dict[str, Any]):
    """Names the words that the model does not know."""
    if found["unknown"]:
        st.caption(texts["unknown"].format(words=session.listed([plain(word) for word in found["unknown"]])))


def cell_named(name: str) -> str:
    return texts[f"dial.cell.{name}"]


def chart(figure: dict[str, Any], key: str):
    st.plotly_chart(figure, key=key, theme="streamlit", config={"displayModeBar": False})


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    run = training.shared(LSTM, session.language())
    typed = st.text_input(
        texts["question.field"],
        BEGINNINGS[session.language()],
        key=f"lstm.question.{session.language()}",
        max_chars=TYPED,
        width=400,
    )
    if run.state == "done":
        if found := ask(run, "next_words", prefix=typed, n=SHOWN):
            following(run, found)
    else:
        st.caption(texts["question.soon"])
        training.until_done(run)
    st.markdown(lesson["idea"])


def following(run: Run, found: dict[str, Any]):
    """Bars of the next letters."""
    unknown(found)
    facts = run.facts or {}
    values = {"hidden": spec_of(run).hidden, "parameters": f"{facts['parameters']:,}"}
    st.markdown(texts["question.answer"].format(**values))
    chart(next_bars({texts["bars.probability"]: found["answers"]}, texts), "lstm.question.bars")
    st.caption(texts["bars.rest"].format(percent=percent(found["rest"])))
    with st.expander(texts["stage.table"], key="lstm.question.table"):
        columns: dict[str, Sequence[Any]] = {
            texts["bars.word"]: [shown(answer["word"], texts) for answer in found["answers"]],
            texts["bars.probability"]: [answer["probability"] for answer in found["answers"]],
        }
        table(columns, name="next", caption=texts["bars.caption"], texts=texts, key="lstm.question.numbers")


# ---------------------------------------------------------------- predict


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


def told(section: str, asked: bool = True, **values: Any):
    """What came out; beside it the guess, if there is one and this is what was `asked`."""
    if asked and (kept := guessed(SLUG, section, lesson)):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    st.markdown(content.fill(lesson[f"{section}.after"], **values))


# ---------------------------------------------------------------- watch: what the stage looks at


@dataclasses.dataclass(frozen=True)
class Look:
    """What the stage looks at: a text, which unit and which of its states over it, and the beginning of a sentence."""

    shown: str
    unit: int
    state: str
    prefix: str

    @classmethod
    def of(cls, run: Run) -> "Look":
        """The learner's choice for the text of `run`, else the link's, else what suits it."""
        look = cast("Look | None", st.session_state.get(look_key(run)))
        if look is None:
            look = usual = cls.usual(run)
            if run.facts:  # before a text is read, nothing is known of it
                if from_link(run):
                    look = cls.linked(run, usual)
                st.session_state[look_key(run)] = look
        return look.within(run)

    @classmethod
    def usual(cls, run: Run) -> "Look":
        """What suits the text of `run`; the example is the model's, once it has read the text."""
        spec = spec_of(run)
        run.wait("running", "paused", "done", "failed", timeout=PATIENCE)
        facts = run.facts or {}
        name = (spec.corpus, "en" if spec.corpus == "kjv" else spec.language, spec.segment)
        first = next(iter(facts.get("words", ())), "")
        return cls(facts.get("example", ""), 0, "h", PREFIXES.get(name, first))

    @classmethod
    def linked(cls, run: Run, look: "Look") -> "Look":
        """`look` with what the link asks for."""
        fits = partial(choice.line, most=TYPED)
        typed = {name: arrival.take(SLUG, name, fits) for name in ("shown", "prefix")}
        unit = arrival.take(SLUG, "unit", arrival.whole(texts["view.unit"], 0, spec_of(run).hidden - 1))
        state = arrival.take(SLUG, "state", arrival.choice(texts["view.state"], states_of(run)))
        found: dict[str, Any] = {**typed, "unit": unit, "state": state}
        return dataclasses.replace(look, **{name: value for name, value in found.items() if value is not None})

    def within(self, run: Run) -> "Look":
        """The same for a network that may have fewer units, or no c."""
        unit = min(self.unit, spec_of(run).hidden - 1)
        return dataclasses.replace(self, unit=unit, state=self.state if self.state in states_of(run) else "h")

    def keep(self, run: Run):
        st.session_state[look_key(run)] = self


def look_key(run: Run) -> str:
    spec = spec_of(run)
    return f"lstm.look.{spec.corpus}.{spec.language}.{spec.segment}"


def states_of(run: Run) -> dict[str, str]:
    """The states that the cell of `run` has, by name."""
    return {name: texts[f"state.{name}"] for name in ("hc" if spec_of(run).cell in GATED else "h")}


# ---------------------------------------------------------------- watch


def watch():
    tasks = {name: texts[f"task.{name}"] for name in TASKS}
    {"text": reading, "recall": remembering}[choice.choose(SLUG, "task", texts["task"], tasks)]()


def reading():
    """The language model while it trains."""
    said = st.container()
    made = bench(LSTM, SLUG, lesson, texts, ("corpus", "cell", "hidden"), always=("segment",))
    run = made.run
    with made.wide:
        moment = moments.shown(run, panes(run), texts=READING, key="lstm.stage", place=SLUG)
    begins = run.shared and moment == 0
    if made.usual:
        values = {"few": spec_of(run).updates, "updates": f"{made.spec.updates:,}"}
        made.note.caption(texts["watch.before" if begins else "watch.shipped"].format(**values))
    if moment is not None and not begins:  # a beginning that nobody chose: the other stations show the end
        moments.rest(run, moment)
    with st.container():  # what comes and goes has its place: below it nothing moves, and what is open stays open
        honest(run)
        training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key="lstm.reading"):  # open on paper
        st.markdown(content.fill(lesson["stage"], **reached(run)))
    looking(run, moment)
    writing(run, moment)
    with said:
        linked(run, None if begins else moment)


def reached(run: Run) -> dict[str, str]:
    """What a run has come to, for the text beside it."""
    last, facts = run.latest(), run.facts or {}
    return {
        "seconds": number(last.seconds, 2) if last else "–",
        "passes": number(facts.get("passes", float("nan")), 2),
        "bits": number(run.metric("bits_per_character"), 3),
        "perplexity": number(run.metric("perplexity"), 3),
        "parameters": f"{facts['parameters']:,}" if facts else "–",
    }


def panes(run: Run) -> list[StagePane]:
    """What the stage shows of `run`: a unit over a text, the text it writes, the next token, two panes of curves."""
    spec, seen = spec_of(run), Look.of(run)
    unit = (("text", seen.shown), ("unit", seen.unit))
    return [
        StagePane(
            "unit",
            texts["pane.unit"].format(unit=seen.unit, state=states_of(run)[seen.state]),
            place="main",
            pane=Pane("unit", "activation_view", unit),
            base=figures.unit_base(),
            frame=lambda numbers: figures.unit_frame(numbers, seen.state, spec.segment, texts),
        ),
        StagePane(
            "sample",
            texts["pane.sample"],
            kind="text",
            pane=Pane("sample", "sample_view"),
            frame=lambda numbers: sample_frame(numbers, texts),
        ),
        StagePane(
            "next",
            texts["pane.next"].format(prefix=seen.prefix) if seen.prefix.strip() else texts["pane.next.first"],
            kind="table",
            pane=Pane("next", "bars_view", (("n", SHOWN), ("prefix", seen.prefix))),
            base=next_base(texts),
            frame=lambda numbers: next_frame(numbers, texts),
        ),
        StagePane("quality", texts["pane.perplexity"], kind="curves", place="below", base=perplexity_curve(texts)),
        StagePane(
            "gradient", texts["pane.gradient"], kind="curves", place="below", base=figures.gradient_curves(texts)
        ),
    ]


def linked(run: Run, moment: int | None):
    """What is looked at goes into the page's address; what of a link cannot be looked at is said."""
    look, usual = Look.of(run), Look.usual(run)
    session.keep_in_link(
        moment=None if moment is None else str(moment),
        **{
            name: None if value == getattr(usual, name) else str(value)
            for name, value in dataclasses.asdict(look).items()
        },
    )
    arrival.complain(SLUG, "moment", texts["stage.last"] if moment is None else str(moment))
    for name, typed in (("shown", look.shown), ("prefix", look.prefix)):
        arrival.complain(SLUG, name, typed)
    arrival.complain(SLUG, "unit", str(look.unit))
    arrival.complain(SLUG, "state", states_of(run)[look.state])


def honest(run: Run):
    """What must be known of a run before its numbers are believed."""
    if run.state != "done":
        return
    spec, facts = spec_of(run), run.facts or {}
    if run.metric("diverged"):
        st.warning(content.fill(lesson["diverged"], **blown(run)), icon=":material/crisis_alert:")
    if spec.cell == "lstm_1997":
        st.info(texts["honest.1997"], icon=":material/info:")
    if spec.cell in ("elman", "lstm_1997") and spec.forget_bias != LSTM().forget_bias:
        st.info(texts["honest.bias"].format(cell=cell_named(spec.cell)), icon=":material/info:")
    if facts.get("final_tokens", 0) < facts.get("held_out_tokens", 0):
        values = {name: f"{facts[name]:,}" for name in ("final_tokens", "held_out_tokens")}
        st.caption(texts["honest.sample"].format(**values))


def blown(run: Run) -> dict[str, str]:
    """When and how a run blew up, and what is left of it."""
    last = run.latest()
    worst = max((s.metrics.get("perplexity", 0.0) for s in run.history), default=float("nan"))
    return {
        "step": f"{last.step:,}" if last else "–",
        "total": f"{last.total:,}" if last else "–",
        "worst": digits(worst),
        "perplexity": number(run.metric("perplexity"), 3),
    }


def looking(run: Run, moment: int | None):
    """What the stage looks at: the text and the unit; and units that go with something in the text."""
    seen = Look.of(run)
    with st.expander(texts["view.title"], icon=":material/visibility:", key="lstm.view"):
        st.markdown(lesson["units"])
        with st.form("lstm.looking", border=False):
            key = f"lstm.looking.{hash(seen)}"  # another look gives the fields their first values anew
            shown = st.text_input(texts["view.text"], seen.shown, max_chars=TYPED, key=f"{key}.shown")
            with st.container(horizontal=True, vertical_alignment="bottom", key="lstm-look"):
                most = spec_of(run).hidden - 1
                unit = st.number_input(texts["view.unit"], 0, most, seen.unit, key=f"{key}.unit", width=140)
                names = states_of(run)
                state = st.selectbox(
                    texts["view.state"],
                    list(names),
                    index=list(names).index(seen.state),
                    format_func=names.__getitem__,
                    key=f"{key}.state",
                    width=240,
                )
            press.submit(texts["view.apply"], icon=":material/check:", key="lstm.looking.go")
            if press.pressed("lstm.looking.go"):
                dataclasses.replace(seen, shown=shown, unit=int(unit), state=state).keep(run)
                st.rerun()
        finding(run, moment)


def finding(run: Run, moment: int | None):
    """The units that track a property of the text, each of which can be put on the stage."""
    kinds = (run.facts or {}).get("kinds", ())
    if not kinds or run.state not in ("done", "running", "paused"):
        return
    kind = st.selectbox(
        texts["find.kind"],
        kinds,
        index=None,
        format_func=lambda kind: texts[f"kind.{kind}"],
        placeholder=texts["find.choose"],
        key="lstm.find",
        width=400,
    )
    if kind is None or not (found := ask(run, "units", at=moment, kind=kind, n=LISTED)):
        return
    entry, names = found["kinds"][0], states_of(run)
    columns: dict[str, Sequence[Any]] = {
        texts["find.unit"]: [each["unit"] for each in entry["units"]],
        texts["view.state"]: [names[each["state"]] for each in entry["units"]],
        texts["find.r"]: [each["r"] for each in entry["units"]],
    }
    caption = texts["find.caption"].format(kind=texts[f"kind.{kind}"], tokens=f"{entry['tokens']:,}")
    table(columns, name="units", caption=caption, texts=texts, key="lstm.units")

    def show(each: dict[str, Any]):
        dataclasses.replace(Look.of(run), unit=each["unit"], state=each["state"]).keep(run)

    with st.container(horizontal=True, gap="small"):
        for n, each in enumerate(entry["units"]):
            label = texts["find.show"].format(unit=each["unit"], state=each["state"])
            st.button(label, key=f"lstm.units.{n}", on_click=show, args=(each,), icon=":material/palette:")


def writing(run: Run, moment: int | None):
    """The beginning of a sentence, and how the model goes on with it."""
    st.subheader(texts["write.title"], anchor=False)
    seen = Look.of(run)
    key = f"lstm.prefix.{look_key(run)}"
    if st.session_state.get(key) != seen.prefix:  # another text, or another look: Streamlit keeps what was typed
        st.session_state[key] = seen.prefix

    def type_():
        dataclasses.replace(seen, prefix=st.session_state[key]).keep(run)

    st.text_input(texts["write.prefix"], key=key, max_chars=TYPED, on_change=type_, help=texts["write.prefix.help"])
    given = drawing(SLUG, texts)
    if run.state not in ("done", "running", "paused"):
        return
    most = WRITTEN[spec_of(run).segment]
    most = min(most, (run.facts or {}).get("longest", most))
    if found := ask(run, "generate", at=moment, prefix=seen.prefix, n=most, **given):
        unknown(found)
        st.code(found["text"], language=None, wrap_lines=True)
        with st.expander(texts["write.table"], key="lstm.written.table"):
            columns: dict[str, Sequence[Any]] = {
                texts["bars.word"]: [shown(each["word"], texts) for each in found["tokens"]],
                texts["write.probability"]: [each["probability"] for each in found["tokens"]],
                texts["write.chance"]: [each["chance"] for each in found["tokens"]],
            }
            table(columns, name="written", caption=texts["write.caption"], texts=texts, key="lstm.written.numbers")


# ---------------------------------------------------------------- watch: remembering


def remembering():
    """The task of remembering: Elman's network and another cell side by side, and the gradient that reaches back."""
    st.markdown(lesson["recall"])
    spec, place = recall_dials(), "lstm.recall"
    press.button(texts["train"], type="primary", icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, [dataclasses.replace(spec, cell="elman"), spec])
    training.complain(place)
    runs = training.compared(place)
    if not runs:
        st.caption(texts["recall.first"])
        return
    if runs[-1].spec != spec:
        st.info(texts["train.changed"], icon=":material/tune:")
    columns = st.columns(len(runs), gap="medium")
    results = [beside(run, column, n) for n, (run, column) in enumerate(zip(runs, columns, strict=True))]
    if any(result.restart for result in results) and training.together(place, [run.spec for run in runs]):
        st.rerun()
    with st.container():
        for run in runs:
            training.until_done(run)
        if len(runs) == 2 and all(run.state == "done" for run in runs):
            remembered(*runs)


def recall_dials() -> Recall:
    """Lag and forget bias in the open; the other cell and how many symbols to remember under more settings."""
    with st.container(horizontal=True, key="lstm-recall"):
        lag = dial("lag", "lag", width=320)
        bias = dial("bias", "forget_bias", width=320)
    with st.expander(texts["dials.advanced"], icon=":material/tune:", key="lstm.recall.more"):
        items = dial("items", "items", width=320)
        rivals = [name for name in CELLS if name != "elman"]
        names = {name: cell_named(name) for name in rivals}
        asked = arrival.take(SLUG, "rival", arrival.choice(texts["recall.rival"], names))
        st.session_state["lstm.rival"] = st.session_state.get("lstm.rival") or asked or "lstm"
        looks: dict[str, Any] = {"width": 320, "persist_state": "session"}
        cell = st.selectbox(texts["recall.rival"], rivals, format_func=names.__getitem__, key="lstm.rival", **looks)
        arrival.complain(SLUG, "rival", names[cell])
        session.keep_in_link(rival=None if cell == "lstm" else cell)
    return Recall.parse({"lag": lag, "forget_bias": bias, "items": items, "cell": cell})


def dial(name: str, field: str, width: int) -> Any:
    """A slider for a field of the task, in the link as `name`."""
    key, limits, usual = f"lstm.recall.{name}", Recall.dials()[field], Recall().values()[field]
    label = texts[f"dial.{field}"]

    def read(asked: str) -> Any:
        try:
            return Recall.parse({field: asked}).values()[field]
        except Mistake as mistake:
            raise Mistake(mistake.code, **{**mistake.details, "name": label}) from None

    asked = arrival.take(SLUG, name, read)
    if key not in st.session_state:
        st.session_state[key] = usual if asked is None else asked
    low, high, step = (limits.kind(value) for value in (limits.low, limits.high, limits.step))
    value = st.slider(
        label,
        low,
        high,
        step=step,
        key=key,
        help=texts[f"dial.{field}.help"],
        width=width,
        persist_state="session",
    )
    arrival.complain(SLUG, name, digits(value))
    session.keep_in_link(**{name: None if value == usual else str(value)})
    return value


def titled(run: Run) -> str:
    """A run of the task in a few words: its cell, and the bias of the gate it has."""
    spec = task_of(run)
    if spec.cell in ("elman", "lstm_1997"):
        return cell_named(spec.cell)
    return texts["recall.titled"].format(cell=cell_named(spec.cell), bias=digits(spec.forget_bias))


def beside(run: Run, column: Any, n: int) -> StageResult:
    """The stage of one of the two, in its column."""
    found = [
        StagePane(
            "gradient",
            texts["pane.lag"],
            place="main",
            pane=Pane("gradient", "gradient_view"),
            base=figures.gradient_base(task_of(run).lag + 2 * task_of(run).items - 1, texts),
            frame=lambda numbers: figures.gradient_frame(numbers, texts),
        ),
        StagePane("recall", texts["pane.recall"], kind="curves", place="below", base=figures.recall_curves(texts)),
    ]
    with column:
        st.subheader(titled(run), anchor=False)
        looks: dict[str, Any] = {"language": session.language(), "projector": session.projector()}
        return stage(run, found, texts=UPDATING, key=f"lstm.recall.stage.{n}", **looks)


def remembered(plain_run: Run, gated: Run):
    """What came of the two: how often each named the symbol, and what reached back to it."""
    runs = (plain_run, gated)
    reached_back = {name: ask(run, "gradients", at=at) for run in runs for name, at in sides(run).items()}
    shown = [ask(run, "show", n=SEQUENCES) for run in runs]
    if not all(reached_back.values()) or not all(shown):
        return
    lag = task_of(gated).lag
    values = {
        "lag": lag,
        "chance": percent((gated.facts or {})["chance"]),
        "plain": percent(plain_run.metric("accuracy")),
        "gated": percent(gated.metric("accuracy")),
        "cell": titled(gated),
    }
    asked = task_of(gated) == Recall()
    told("predict.1", asked, **values)
    st.markdown(lesson["recall.gradient"])
    chart(figures.gradients_still(reached_back, texts), "lstm.recall.still")
    gradient_table(reached_back, "lstm.recall.gradients")
    first = list(reached_back.values())
    lefts = dict(zip(("plain", "gated"), map(ratio, first[::2]), strict=True))
    told("predict.3", asked, lag=lag, **lefts)
    sequences(runs, shown)


def sides(run: Run) -> dict[str, int | None]:
    """The two moments of a run that are compared: before training and after."""
    return {texts[f"gradient.{when}"].format(cell=titled(run)): at for when, at in (("before", 0), ("after", None))}


def ratio(found: dict[str, Any]) -> str:
    """The share of the gradient at the last step that is left at the first symbol."""
    return figures.power(found["norm"][-1] / found["norm"][0] if found["norm"][0] else 0.0)


def gradient_table(found: dict[str, Any], key: str):
    """The numbers of gradients by lag."""
    with st.expander(texts["stage.table"], key=f"{key}.table"):
        longest = max(found.values(), key=lambda each: len(each["lag"]))["lag"]
        columns: dict[str, Sequence[Any]] = {texts["gradient.lag"]: [int(lag) for lag in longest]}
        for name, each in found.items():
            norms = [figures.power(norm, texts["gradient.zero"]) for norm in each["norm"]]
            columns[name] = norms + ["–"] * (len(longest) - len(norms))
        table(columns, name="gradients", caption=texts["gradient.caption"], texts=texts, key=f"{key}.numbers")


def sequences(runs: Sequence[Run], found: Sequence[dict[str, Any]]):
    """Fresh sequences, and what each network names."""
    st.markdown(lesson["recall.sequences"])
    first = found[0]["sequences"]
    columns: dict[str, Sequence[Any]] = {
        texts["recall.sequence"]: [shortened(each["tokens"]) for each in first],
        texts["recall.right"]: [" ".join(each["answers"]) for each in first],
    }
    for run, each in zip(runs, found, strict=True):
        columns[titled(run)] = [" ".join(line["told"]) for line in each["sequences"]]
        columns[texts["recall.chance"].format(cell=titled(run))] = [
            float(np.mean(line["probability"])) for line in each["sequences"]
        ]
    table(columns, name="recall", caption=texts["recall.caption"], texts=texts, key="lstm.recall.sequences")


def shortened(tokens: Sequence[str]) -> str:
    """A sequence as a line; of a long one the middle is left out."""
    if len(tokens) <= 24:
        return " ".join(tokens)
    return " ".join([*tokens[:12], "…", *tokens[-8:]])


# ---------------------------------------------------------------- step


def step():
    run = moments.current(LSTM, SLUG)
    if run.state not in ("done", "running", "paused"):
        training.until_done(run)
        st.caption(texts["question.soon"])
        return
    text = sentence_typed(run)
    moment = moments.pick(run, lesson, usual=100)
    found = ask(run, "sentence", at=moment, text=text)
    if found:
        unknown(found)
        at = place_chosen(run, found, text)
        if trace := ask(run, "trace_step", at=moment, text=text, factor=at):
            player(trace, lesson, texts=texts, key="lstm.player")
        unroll(run, moment, text, at)
        factors(found)
    st.markdown(lesson["why"])
    training.until_done(run)


def sentence_typed(run: Run) -> str:
    """The learner's sentence: typed, from the link, or one of the examples."""
    spec, example = spec_of(run), (run.facts or {}).get("example", "")
    ours = EXAMPLES[spec.language] if spec.corpus == "kingdom" else ()
    key, label, said = f"lstm.sentence.{look_key(run)}", texts["step.sentence"], texts["step.examples"]
    return choice.sentence(SLUG, key, label, example, from_link(run), said, ours)


def place_chosen(run: Run, found: dict[str, Any], text: str) -> int:
    """Which step in time is looked at: the number of the token that is foretold, at first one in the middle."""
    words = [shown(word, texts) for word in ("<s>", *(each["word"] for each in found["factors"]))]
    names = [
        texts["step.named"].format(n=n, read=read, next=after) for n, (read, after) in enumerate(pairwise(words), 1)
    ]
    key = f"lstm.place.{hash((look_key(run), text))}"
    return choice.place(SLUG, key, texts["step.place"], names, len(names) // 2, from_link(run))


def unroll(run: Run, moment: int | None, text: str, at: int):
    """The network unrolled over the sentence: a column for each step, the chosen one framed."""
    st.markdown(lesson["unrolled"])
    names = states_of(run)
    state = choose_state(names)
    made = ask(run, "activations", at=moment, text=text)
    if not made:
        return
    chart(figures.unrolled(made, state, min(at, len(made["tokens"]) - 1), texts), "lstm.unrolled")
    if made["cut"]:
        st.caption(texts["unrolled.cut"].format(n=len(made["tokens"]) - 1))
    with st.expander(texts["stage.table"], key="lstm.unrolled.table"):
        h = np.asarray(made[state])
        changed = np.linalg.norm(np.diff(h, axis=0, prepend=np.zeros((1, h.shape[1]))), axis=1)
        columns: dict[str, Sequence[Any]] = {
            texts["unrolled.token"]: [shown(word, texts) for word in made["tokens"]],
            texts["unrolled.size"]: np.linalg.norm(h, axis=1).tolist(),
            texts["unrolled.changed"]: changed.tolist(),
            texts["unrolled.next"]: [shown(word, texts) for word in made["next"]],
            texts["bars.probability"]: made["probability"],
        }
        table(columns, name="unrolled", caption=texts["unrolled.caption"], texts=texts, key="lstm.unrolled.numbers")


def choose_state(names: dict[str, str]) -> str:
    """h or c, where there is a choice."""
    if len(names) == 1:
        return "h"
    picked = st.segmented_control(
        texts["view.state"], list(names), format_func=names.__getitem__, key="lstm.unrolled.state", default="h"
    )
    return str(picked or "h")


def factors(found: dict[str, Any]):
    """All factors of the sentence, and what they make together."""
    made = found["factors"]
    with st.expander(texts["factor.title"], key="lstm.factors.table"):
        columns: dict[str, Sequence[Any]] = {
            texts["bars.word"]: [shown(f["word"], texts) for f in made],
            texts["factor.token"]: [shown(f["token"], texts) for f in made],
            texts["factor.probability"]: [f["probability"] for f in made],
            texts["factor.log2"]: [f["log2"] for f in made],
        }
        table(columns, name="factors", caption=texts["factor.caption"], texts=texts, key="lstm.factors")
    values = {
        "probability": digits(found["probability"]),
        "log2": digits(found["log2"]),
        "perplexity": number(found["perplexity"]),
        "factors": len(made),
    }
    st.markdown(texts["factor.product"].format(**values))


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    names = {name: lesson.titled(f"break.{name}").title for name in BREAKS}
    name = choice.choose(SLUG, "broken", texts["break.choose"], names)
    predict(SLUG, f"break.{name}", lesson, texts=texts)
    place = f"lstm.break.{name}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key="lstm.break.start")
    if press.pressed("lstm.break.start"):
        training.together(place, broken_specs(name))
    training.complain(place)
    runs = training.compared(place)
    if not runs:
        return
    if not ready(runs, name):
        return
    if {run.spec.values().get("language", session.language()) for run in runs} != {session.language()}:
        st.info(texts["break.language"], icon=":material/tune:")
    if kept := guessed(SLUG, f"break.{name}", lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    telling: dict[str, Callable[..., None]] = {"lag": too_long, "forget": shut, "clip": blew_up, "bptt": short_sighted}
    telling[name](*runs)


def broken_specs(name: str) -> list[Experiment]:
    """The runs that show how it breaks: two that differ in one thing, or twice two."""
    here = {"language": session.language()}
    if name == "lag":
        return [Recall(cell="elman", lag=LAG), Recall(lag=LAG)]
    if name == "forget":
        reads = LSTM.parse({**here, "updates": FEWER})
        return [Recall(forget_bias=LOW), Recall(), dataclasses.replace(reads, forget_bias=LOW), reads]
    if name == "clip":
        return [LSTM.parse({**here, **BLOWING, "clip": clip}) for clip in (0.0, CLIPPED)]
    usual = LSTM.parse({**here, "updates": SAME})
    short = dataclasses.replace(usual, bptt=2, batch=2 * usual.batch, updates=usual.updates * usual.bptt // 4)
    return [short, usual]


def ready(runs: Sequence[Run], name: str) -> bool:
    """Whether all of these are over. Until then the page looks again, and shows how far they are."""
    waiting = [run for run in runs if run.state not in training.OVER]
    if waiting:
        watched(f"lstm.break.{name}", runs, lambda: progress(runs), texts)
    for run in runs:
        if run.mistake:
            training.say(run.mistake)
    if any(run.state == "cancelled" for run in runs):
        st.caption(texts["break.cancelled"])
    return (
        not waiting and len(runs) == len(broken_specs(name)) and all(run.state in ("done", "dropped") for run in runs)
    )


def progress(runs: Sequence[Run]):
    """How far several runs are, together."""
    shares = [1.0 if run.state in training.OVER else share_of(run) for run in runs]
    st.progress(sum(shares) / len(shares), texts["break.training"])


def share_of(run: Run) -> float:
    last = run.latest()
    return min(1.0, last.step / last.total) if last and last.total else 0.0


def recall_rows(runs: Sequence[Run], key: str) -> dict[str, str] | None:
    """A table of runs of the task, their gradients before training in one picture; and the numbers for the text."""
    before = {titled(run): ask(run, "gradients", at=0) for run in runs}
    if not all(before.values()):
        return None
    columns: dict[str, Sequence[Any]] = {
        texts["recall.network"]: list(before),
        texts["dial.lag"]: [task_of(run).lag for run in runs],
        texts["metric.accuracy"]: [run.metric("accuracy") for run in runs],
        texts["recall.left"]: [ratio(each) for each in before.values()],
    }
    table(columns, name="recall", caption=texts["break.recall.caption"], texts=texts, key=f"{key}.rows")
    chart(figures.gradients_still(before, texts), f"{key}.still")
    gradient_table(before, key)
    lefts = [ratio(each) for each in before.values()]
    return {
        "lag": str(task_of(runs[0]).lag),
        "chance": percent((runs[0].facts or {}).get("chance", float("nan"))),
        "broken": percent(runs[0].metric("accuracy")),
        "whole": percent(runs[1].metric("accuracy")),
        "left": lefts[0],
        "kept": lefts[1],
    }


def too_long(plain_run: Run, gated: Run):
    """Elman's network where the LSTM still remembers."""
    if values := recall_rows((plain_run, gated), "lstm.break.lag"):
        st.markdown(content.fill(lesson["break.lag.after"], **values))


def shut(closed: Run, opened: Run, closed_text: Run, opened_text: Run):
    """A forget gate that begins shut: in the task, and in a language model."""
    if values := recall_rows((closed, opened), "lstm.break.forget"):
        values |= {
            "shut": number(closed_text.metric("perplexity"), 3),
            "usual": number(opened_text.metric("perplexity"), 3),
            "bias": digits(spec_of(opened_text).forget_bias),
        }
        st.markdown(content.fill(lesson["break.forget.after"], **values))


def course(run: Run) -> tuple[list[float], list[float]]:
    """The perplexity of a run at each moment."""
    found = [(s.step, s.metrics["perplexity"]) for s in run.history if "perplexity" in s.metrics]
    return [float(step) for step, _ in found], [value for _, value in found]


def text_rows(runs: dict[str, Run], key: str):
    """Language models side by side: their curves, what they have come to, and what they write."""
    chart(figures.courses({name: course(run) for name, run in runs.items()}, texts), f"{key}.courses")
    worst = [max(course(run)[1], default=float("nan")) for run in runs.values()]
    columns: dict[str, Sequence[Any]] = {
        texts["race.model"]: list(runs),
        texts["break.tokens"]: [int(last.step) if (last := run.latest()) else None for run in runs.values()],
        texts["break.worst"]: worst,
        texts["metric.perplexity"]: [run.metric("perplexity") for run in runs.values()],
        texts["break.sample"]: [written(run) for run in runs.values()],
    }
    table(columns, name="broken", caption=texts["break.caption"], texts=texts, key=f"{key}.rows")


def written(run: Run) -> str:
    """The first line that a run writes at its end."""
    last = run.latest()
    lines = last.samples[0].strip().splitlines() if last and last.samples else []
    return lines[0] if lines else "–"


def blew_up(free: Run, clipped: Run):
    """Plain gradient descent at a high rate, with and without clipping."""
    names = (texts["break.free"], texts["break.clipped"].format(clip=digits(spec_of(clipped).clip)))
    text_rows(dict(zip(names, (free, clipped), strict=True)), "lstm.break.clip")
    if free.metric("diverged"):
        st.warning(content.fill(lesson["diverged"], **blown(free)), icon=":material/crisis_alert:")
    values = {
        "lr": digits(spec_of(free).lr),
        "clip": digits(spec_of(clipped).clip),
        "perplexity": number(clipped.metric("perplexity"), 3),
        "share": percent(shortened_share(clipped)),
    }
    st.markdown(content.fill(lesson["break.clip.after"], **values))
    if found := ask(free, "next_words", prefix=BEGINNINGS[spec_of(free).language], n=3):
        answers = [f"{plain(each['word'])} ({percent(each['probability'])} %)" for each in found["answers"]]
        st.caption(texts["break.usable"].format(answers=session.listed(answers)))


def shortened_share(run: Run) -> float:
    """In how many updates of the whole training the gradient was shortened."""
    shares = [s.metrics["clipped"] for s in run.history if "clipped" in s.metrics]
    return float(np.mean(shares)) if shares else 0.0


def short_sighted(short: Run, usual: Run):
    """Back-propagation through two steps only: the state still goes on, the gradient does not."""
    runs = {texts["break.bptt"].format(n=spec_of(run).bptt): run for run in (short, usual)}
    text_rows(runs, "lstm.break.bptt")
    lines = two_lines("lstm.break.bptt", spec_of(usual).language)
    gaps = apart(runs, lines, "lstm.break.bptt")
    if gaps:
        values = {
            "perplexity": number(short.metric("perplexity"), 3),
            "usual": number(usual.metric("perplexity"), 3),
            "gap": percent(gaps[0]),
            "usual_gap": percent(gaps[1]),
            "n": spec_of(short).bptt,
            "steps": spec_of(usual).bptt,
        }
        st.markdown(content.fill(lesson["break.bptt.after"], **values))


def two_lines(key: str, language: str) -> list[str]:
    """Two beginnings that differ far back, which the learner may change."""
    return [
        st.text_input(texts[f"far.{name}"], FAR[language][n], key=f"{key}.far.{language}.{n}", max_chars=TYPED)
        for n, name in enumerate(("first", "second"))
    ]


def apart(runs: dict[str, Run], lines: Sequence[str], key: str) -> list[float]:
    """What each model says after two beginnings, in a table; and how far the two distributions are apart, 0 to 1."""
    rows: list[tuple[str, ...]] = []
    gaps = []
    for name, run in runs.items():
        found = [ask(run, "next_words", prefix=line, n=50) for line in lines]
        if not all(found):
            return []
        chances = [{each["word"]: each["probability"] for each in answer["answers"]} for answer in found]
        words = {word for each in chances for word in each}
        gaps.append(sum(abs(chances[0].get(word, 0) - chances[1].get(word, 0)) for word in words) / 2)
        rows.append((name, *(three(each) for each in chances), f"{percent(gaps[-1])} %"))
    heads = (texts["race.model"], *(texts["far.after"].format(line=line) for line in lines), texts["far.gap"])
    columns = {head: [row[n] for row in rows] for n, head in enumerate(unlike(heads))}
    table(columns, name="far", caption=texts["far.caption"], texts=texts, key=f"{key}.far")
    return gaps


def unlike(heads: Sequence[str]) -> list[str]:
    """Heads of columns that differ, also where a learner typed the same twice."""
    return [head if head not in heads[:n] else f"{head} (2)" for n, head in enumerate(heads)]


def three(chances: dict[str, float]) -> str:
    """The three most probable tokens, with their probabilities."""
    best = sorted(chances.items(), key=lambda each: -each[1])[:3]
    return texts["between"].join(f"{shown(word, texts)} {number(p, 2)}" for word, p in best)


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    race()
    st.divider()
    cost()
    st.divider()
    bottleneck()


def race():
    """Recurrent networks, n-grams and the neural model of 2003 on the same sentences."""
    spec, text = chosen(LSTM, SLUG)
    st.markdown(lesson["compare.race"])
    place = "lstm.race"
    press.button(texts["race.start"], type="primary", icon=":material/flag:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, racers(spec), text)
    training.complain(place)
    if runs := training.compared(place):
        if language_of(runs[0]) != spec.language:
            st.info(texts["break.language"], icon=":material/tune:")
        watched(place, runs, lambda: standings(runs), texts)
        if settled(runs):
            raced(runs)


def language_of(run: Run) -> str:
    return str(run.spec.values()["language"])


def racers(spec: LSTM) -> list[Experiment]:
    """Models of every era on the text and the held-out sentences of `spec`."""
    counting = [spec.like(NGram, order=order, seed=0) for order in ORDERS]
    neural = counting[0].like(NNLM, context=WINDOW)
    cells = dict.fromkeys((spec.cell, *RIVALS))
    return [*counting, *([] if spec.corpus == "kjv" else [neural]), *(dataclasses.replace(spec, cell=c) for c in cells)]


def standings(runs: list[Run]):
    rows = [standing(run) for run in runs]
    columns = {head: [row[head] for row in rows] for head in rows[0]}
    table(columns, name="race", caption=texts["race.caption"], texts=texts, key="lstm.race.table")


def racer(run: Run) -> str:
    """A model of the race in a few words."""
    spec: Any = run.spec
    if isinstance(spec, NGram):
        return texts["race.ngram"].format(order=spec.order)
    if isinstance(spec, NNLM):
        return texts["race.nnlm"].format(context=spec.context)
    return texts["race.recurrent"].format(cell=cell_named(spec.cell), hidden=spec.hidden)


def standing(run: Run) -> dict[str, Any]:
    """A row of the race."""
    last = run.latest()
    measured = last is not None and run.state in ("done", "dropped") and np.isfinite(run.metric("perplexity"))
    return {
        texts["race.model"]: racer(run),
        texts["race.perplexity"]: run.metric("perplexity") if measured else None,
        texts["race.bits"]: bits(run) if measured else None,
        texts["race.parameters"]: size(run),
        texts["race.seconds"]: last.seconds if last else None,
        texts["race.done"]: done(run, texts),
    }


def bits(run: Run) -> float | None:
    """Bits per character on held-out text. Read by letters, a token is a character; by words only some models say."""
    if run.spec.values()["segment"] == LETTERS:
        return float(np.log2(run.metric("perplexity")))
    last = run.latest()
    return last.metrics.get("bits_per_character") if last else None


def size(run: Run) -> int | None:
    """Numbers that the model has learnt: weights, or different n-grams counted."""
    if isinstance(run.spec, NGram):
        last = run.latest()
        counted = [value for name, value in (last.metrics if last else {}).items() if name.startswith("distinct_")]
        return int(sum(counted)) or None
    found: int | None = (run.facts or {}).get("parameters")
    return found


def raced(runs: Sequence[Run]):
    """Who won, the second guess beside it, and what each says after two beginnings that differ far back."""
    done = [run for run in runs if run.state == "done" and np.isfinite(run.metric("perplexity"))]
    counting = [run for run in done if isinstance(run.spec, NGram)]
    recurrent = [run for run in done if isinstance(run.spec, LSTM)]
    if not counting or not recurrent:
        return
    best, rival = (min(group, key=lambda run: run.metric("perplexity")) for group in (recurrent, counting))
    won = best.metric("perplexity") < rival.metric("perplexity")
    spec: Any = best.spec
    facts = best.facts or {}
    values = {
        "best": racer(best),
        "perplexity": number(best.metric("perplexity"), 3),
        "rival": racer(rival),
        "counted": number(rival.metric("perplexity"), 3),
        "tokens": f"{facts['final_tokens']:,}",
        "weights": f"{facts['parameters']:,}",
        "grams": f"{size(rival):,}",
    }
    told("predict.2", spec.corpus == "kingdom" and spec.segment == LETTERS, **values)
    st.markdown(content.fill(lesson["compare.race.won" if won else "compare.race.lost"], **values))
    if facts["final_tokens"] < facts["held_out_tokens"]:
        values = {name: f"{facts[name]:,}" for name in ("final_tokens", "held_out_tokens")}
        st.caption(texts["honest.sample"].format(**values))
    st.markdown(lesson["compare.far"])
    lines = two_lines("lstm.race", spec.language if spec.corpus == "kingdom" else "en")
    gaps = apart({racer(run): run for run in (counting[-1], recurrent[0])}, lines, "lstm.race")
    if gaps:
        st.markdown(texts["far.same" if gaps[0] < 5e-4 < gaps[1] else "far.unlike"].format(order=ORDERS[-1]))


def cost():
    """Time against length: one step after another, and all at once."""
    st.markdown(lesson["compare.cost"])
    spec, place = SequenceCost(cell=chosen(LSTM, SLUG)[0].cell), "lstm.cost"
    press.button(texts["cost.start"], type="primary", icon=":material/timer:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.start(place, spec)
    training.complain(place)
    if (run := training.own(place)) is None:
        return
    pane = StagePane(
        "cost",
        texts["cost.title"].format(cell=cell_named(str(run.spec.values()["cell"]))),
        place="main",
        pane=Pane("cost", "cost_view"),
        base=figures.cost_base(texts),
        frame=lambda numbers: figures.cost_frame(numbers, texts),
    )
    looks: dict[str, Any] = {"language": session.language(), "projector": session.projector()}
    stage(run, [pane], texts=MEASURING, key="lstm.cost.stage", **looks)
    training.until_done(run)
    if run.state == "done" and (found := ask(run, "costs")):
        slow = found["one_by_one_us"]
        values = {
            "short": int(found["length"][0]),
            "length": int(found["length"][-1]),
            "times": number(slow[-1] / slow[0], 2),
            "slow": number(slow[-1] / 1000, 2),
            "quick": number(found["at_once_us"][-1] / 1000, 2),
            "ratio": number(found["ratio"][-1], 2),
        }
        st.markdown(content.fill(lesson["compare.cost.after"], **values))


def bottleneck():
    """How many symbols fit through one state."""
    st.markdown(lesson["compare.items"])
    place = "lstm.items"
    press.button(texts["items.start"], type="primary", icon=":material/filter_alt:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, [Recall(lag=NEAR, items=items, hidden=hidden) for items, hidden in ITEMS])
    training.complain(place)
    if not (runs := training.compared(place)):
        return
    watched(place, runs, lambda: carried(runs), texts)
    if settled(runs) and len(runs) == len(ITEMS) and all(run.state == "done" for run in runs):
        shares = [percent(run.metric("accuracy")) for run in runs]
        values = {"one": shares[0], "many": shares[-2], "narrow": shares[-1], "most": ITEMS[-1][0]}
        values |= {"wide_units": ITEMS[0][1], "few_units": ITEMS[-1][1], "updates": task_of(runs[0]).updates}
        st.markdown(content.fill(lesson["compare.items.after"], **values))


def carried(runs: list[Run]):
    columns: dict[str, Sequence[Any]] = {
        texts["dial.items"]: [task_of(run).items for run in runs],
        texts["dial.hidden"]: [task_of(run).hidden for run in runs],
        texts["metric.accuracy"]: [
            run.metric("accuracy") if run.state in ("done", "dropped") else None for run in runs
        ],
        texts["items.chance"]: [(run.facts or {}).get("chance") for run in runs],
        texts["race.done"]: [done(run, texts) for run in runs],
    }
    table(columns, name="bottleneck", caption=texts["items.caption"], texts=texts, key="lstm.items.table")


# ---------------------------------------------------------------- the page


def commands():
    """What else can be run: remembering, and scoring a file."""
    st.caption(texts["read.recall"])
    st.code("python -m engine run recall --set cell=lstm lag=50 --json", language="bash", wrap_lines=True)
    st.caption(texts["read.score"])
    score = "python -m engine score lstm --train train.txt --test test.txt --json"
    st.code(score, language="bash", wrap_lines=True)


STATIONS: dict[str, Callable[[], None]] = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "break": breaking,
    "compare": compare,
}

page(LSTM, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS, more=commands)
