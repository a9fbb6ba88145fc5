"""N-grams (1913–1999): the page. Layout only: counts, smoothing and figures live below."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import streamlit as st

from engine.experiments import OWN, SMOOTHINGS, NGram, NGramGrid
from engine.measure import guesses
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from lessons import content
from lessons.figures import next_bars, number, percent, shown
from lessons.ngram import figures
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.bench import bench
from pages.ui.dials import chosen
from pages.ui.drawing import drawing
from pages.ui.look import PATIENCE, from_link
from pages.ui.page import page
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.stage import StagePane, stage
from pages.ui.table import digits, table
from pages.ui.training import ask, settled, watched

SLUG = "ngram"
GUESSES = ("predict.1", "predict.2", "predict.3")
TERMS = {  # of the glossary, by station
    "question": "token ngram markov_chain probability_product sentence_mark",
    "predict": "held_out perplexity order",
    "watch": "corpus vocabulary unknown_word ngram order smoothing held_out perplexity temperature top_k top_p seed "
    "cpu_second",
    "step": "maximum_likelihood smoothing discount interpolation back_off continuation_count good_turing sentence_mark",
    "break": "maximum_likelihood smoothing order",
    "compare": "perplexity smoothing held_out entropy bit unknown_word",
    "check": "perplexity smoothing continuation_count back_off order",
    "read": "smoothing discount interpolation back_off",
}
FUNCTIONS = {  # of the files of the model, shown first
    "ngram.py": ("train", "sentence"),
    "smoothing.py": ("share",),
}
# What the stage looks at first: words for the rows and columns, and the beginning of a sentence. Elsewhere the model
# names its most frequent words.
WORDS = {
    ("kingdom", "en"): ("the", "a", "my", "kind", "king", "queen", "put", "on", "his", "her"),
    ("kingdom", "zh"): ("我", "这", "个", "国王", "王后", "戴", "上", "了", "她", "他"),
    ("kjv", "en"): ("the", "and", "lord", "god", "king", "shall", "unto", "he", "his", "her"),
}
PREFIXES = {("kingdom", "en"): "in the", ("kingdom", "zh"): "国王穿上了", ("kjv", "en"): "and god said"}
BEGINNINGS = {"en": "the king put on", "zh": "我"}  # of the opening
GUESSED = {"en": "in the", "zh": "国王穿上了"}  # of predict.1
EXAMPLES = {"en": ("the king put on his top hat", "the queen can swim"), "zh": ("我爱自然语言处理", "国王在厨房里做饭")}
UNSEEN = {"en": "the king drank cold milk", "zh": "国王爱吃巧克力"}
FAR = {  # the same but for a word too far back
    "en": ("the king ate a tasty dinner and then put on", "the queen ate a tasty dinner and then put on"),
    "zh": ("王子吃了一块巧克力，大家都夸", "公主吃了一块巧克力，大家都夸"),
}
LONG, SHORT, USUAL = 5, 2, 3  # orders that are broken, and held against each other
WIDE = 7  # the longest order
BREAKS = ("unseen", "recite", "far")
SHOWN, WRITTEN, PIECES = 8, 30, 60  # next words, words of a text, words of a text that is looked up
SENTENCES = 5  # of the text in which a word of ours stood
FIRST = {"words": 2, "characters": 10}  # tokens of a passage that are given in Shannon's game
ENOUGH = 5  # guessed places before anything is said of them
TYPED = 200  # characters of a field
COMMON = 200  # frequent words offered for the picture; any other can be typed
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
# What a step of this training is, and one of the grid.
COUNTED = texts | {"stage.step": texts["stage.sentences"], "stage.running": texts["stage.sentences.now"]}
GRID = texts | {"stage.step": texts["grid.step"], "stage.running": texts["grid.now"]}


def plain(word: str) -> str:
    """A token for Markdown: marks by their names, everything else as it is."""
    return escape.plain(shown(word, texts))


def listed(words: Sequence[str]) -> str:
    return session.listed([plain(word) for word in words])


def spec_of(run: Run) -> NGram:
    return cast(NGram, run.spec)


def unknown(found: dict[str, Any]):
    """Names the words that the model does not know."""
    if found["unknown"]:
        st.caption(texts["unknown"].format(words=listed(found["unknown"])))


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    run = training.shared(NGram, session.language())
    typed = st.text_input(
        texts["question.field"],
        BEGINNINGS[session.language()],
        key=f"ngram.question.{session.language()}",
        max_chars=TYPED,
        width=400,
    )
    if run.state == "done":
        if found := ask(run, "next_words", prefix=typed, n=SHOWN):
            following(run, found, "ngram.question")
    else:
        st.caption(texts["question.soon"])
        training.until_done(run)
    st.markdown(lesson["idea"])


def following(run: Run, found: dict[str, Any], key: str):
    """Bars of the next words, and what they rest on."""
    unknown(found)
    if found["context"]:
        values = {"context": plain(spoken(found["context"], run)), "count": f"{found['context_count']:,}"}
        st.markdown(texts["bars.after"].format(**values))
    else:
        st.markdown(texts["bars.nothing"])
    figure = next_bars({texts["bars.probability"]: found["answers"]}, texts)
    st.plotly_chart(figure, key=f"{key}.bars", theme="streamlit", config={"displayModeBar": False})
    st.caption(texts["bars.rest"].format(percent=percent(found["rest"])))
    with st.expander(texts["stage.table"], key=f"{key}.table"):
        columns = {
            texts["bars.word"]: [shown(answer["word"], texts) for answer in found["answers"]],
            texts["bars.probability"]: [answer["probability"] for answer in found["answers"]],
            texts["bars.count"]: [answer["count"] for answer in found["answers"]],
        }
        table(columns, name="next-words", caption=texts["bars.caption"], texts=texts, key=f"{key}.numbers")


# ---------------------------------------------------------------- predict


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


# ---------------------------------------------------------------- watch


@dataclasses.dataclass(frozen=True)
class Look:
    """What the stage looks at: words whose pairs are counted, and the beginning of a sentence."""

    words: tuple[str, ...]
    prefix: str

    @classmethod
    def of(cls, run: Run) -> "Look":
        """The learner's choice for the text of `run`, else the link's, else what suits it."""
        if look := st.session_state.get(look_key(run)):
            return cast(Look, look)
        look = cls.usual(run)
        if from_link(run):
            words = arrival.take(SLUG, "words", lambda asked: known(run, asked.split(",")))
            prefix = arrival.take(SLUG, "prefix", lambda asked: choice.line(asked, TYPED))
            look = cls(words or look.words, look.prefix if prefix is None else prefix)
        return look.keep(run)

    @classmethod
    def usual(cls, run: Run) -> "Look":
        """What suits the text of `run`; for most texts the model says it, once it has read them."""
        spec = spec_of(run)
        name = (spec.corpus, "en" if spec.corpus == "kjv" else spec.language)
        if spec.segment == "words" and name in WORDS and spec.min_count == 1:
            return cls(WORDS[name], PREFIXES[name])
        run.wait("running", "paused", "done", "failed", timeout=PATIENCE)
        words = tuple((run.facts or {}).get("words", ()))
        letters = spec.segment == "characters" and spec.language == "en" and not spec.corpus.startswith(OWN)
        return cls(words, "the " if letters else words[0] if words else "")

    def keep(self, run: Run) -> "Look":
        if self.words:  # before a text is read there are none
            st.session_state[look_key(run)] = self
        return self


def look_key(run: Run) -> str:
    spec = spec_of(run)
    return f"ngram.look.{spec.corpus}.{spec.language}.{spec.segment}.{spec.min_count}"


def known(run: Run, words: Sequence[str]) -> tuple[str, ...]:
    """The words, each once. Raises Mistake("word_unknown"), ("word_unlike") or ("pairs_too_few")."""
    named = tuple(dict.fromkeys(word if word == " " else word.strip() for word in words if word))
    if len(named) < 2:
        raise Mistake("pairs_too_few", given=len(named))
    for word in named:
        run.ask("where", words=[word], most=1)
    return named


def watch():
    said = st.container()
    made = bench(NGram, SLUG, lesson, texts, ("corpus", "order", "smoothing"), always=("segment",))
    run = made.run
    with made.wide:
        moment = moments.shown(run, panes(run), texts=COUNTED, key="ngram.stage", place=SLUG)
    begins = run.shared and moment == 0
    if made.usual:
        made.note.caption(texts["watch.before" if begins else "train.shared"])
    if moment is not None and not begins:  # a beginning that nobody chose: the other stations show the end
        moments.rest(run, moment)
    with st.container():  # what comes and goes has its place: below it nothing moves, and what is open stays open
        honest(run)
        results(run, moment)
        training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key="ngram.reading"):  # open on paper
        last = run.latest()
        st.markdown(content.fill(lesson["stage"], seconds=number(last.seconds, 2) if last else "–"))
    looking(run)
    writing(run, moment)
    with said:
        linked(run, None if begins else moment)


def panes(run: Run) -> list[StagePane]:
    """What the stage shows of `run`: pairs of words, the next word, the text it writes, and two panes of curves."""
    spec, seen = spec_of(run), Look.of(run)
    found = []
    if seen.words:
        found.append(
            StagePane(
                "pairs",
                texts["pane.pairs"],
                place="main",
                pane=Pane("pairs", "heatmap_view", (("words", seen.words),)),
                base=figures.pairs_base(seen.words, texts),
                frame=lambda numbers: figures.pairs_frame(numbers, texts),
            )
        )
    found.append(
        StagePane(
            "next",
            texts["pane.next"].format(prefix=seen.prefix) if seen.prefix.strip() else texts["pane.next.first"],
            kind="table",
            pane=Pane("next", "bars_view", (("n", SHOWN), ("prefix", seen.prefix))),
            base=figures.bars_base(texts),
            frame=lambda numbers: figures.bars_frame(numbers, texts),
        )
    )
    found.append(
        StagePane(
            "sample",
            texts["pane.sample"],
            kind="text",
            pane=Pane("sample", "sample_view"),
            frame=lambda numbers: figures.sample_frame(numbers, texts),
        )
    )
    title = texts["pane.impossible" if spec.smoothing == SMOOTHINGS[0] else "pane.perplexity"]
    measured = figures.quality_curve(spec.smoothing, texts)
    found.append(StagePane("quality", title, kind="curves", place="below", base=measured))
    base = figures.unseen_curves(spec.order, texts)
    found.append(StagePane("unseen", texts["pane.unseen"], kind="curves", place="below", base=base))
    return found


def linked(run: Run, moment: int | None):
    """What is looked at goes into the page's address; what of a link cannot be looked at is said."""
    look, usual = Look.of(run), Look.usual(run)
    session.keep_in_link(
        moment=None if moment is None else str(moment),
        words=None if look.words == usual.words else ",".join(look.words),
        prefix=None if look.prefix == usual.prefix else look.prefix,
    )
    arrival.complain(SLUG, "moment", texts["stage.last"] if moment is None else str(moment))
    arrival.complain(SLUG, "words", session.listed(look.words))
    arrival.complain(SLUG, "prefix", look.prefix)


def honest(run: Run):
    """What must be known of a run before its numbers are believed."""
    spec, facts = spec_of(run), run.facts or {}
    if spec.smoothing == "stupid_backoff":
        st.info(texts["honest.stupid"], icon=":material/balance:")
    if run.state != "done":
        return
    last = run.latest()
    if last and last.metrics.get("impossible"):
        share = percent(last.metrics["impossible"])
        st.info(texts["honest.infinite"].format(percent=share), icon=":material/block:")
    if facts.get("longest_sentence", WIDE) + 2 < spec.order:
        values = {"longest": facts["longest_sentence"], "order": spec.order}
        st.info(texts["honest.order"].format(**values), icon=":material/straighten:")
    if found := ask(run, "discounts"):
        stated(found)


def stated(found: dict[str, Any]):
    """The discounts that the text does not give, and what stands in for them."""
    if found["fell_back"]:
        values = {
            "orders": session.listed([str(n) for n in found["fell_back"]]),
            "values": session.listed([digits(float(value)) for value in found["fallback"]]),
        }
        st.caption(texts["honest.fallback"].format(**values))


def results(run: Run, moment: int | None):
    """The first guess beside what came out, when this run was made as the guess assumed."""
    changed = {k: v for k, v in spec_of(run).changed().items() if k not in ("language", "seed")}
    kept = guessed(SLUG, "predict.1", lesson)
    waits = run.shared and moments.rested(run) is None
    if changed or not kept or waits or not tell(run, moment, texts=texts, key="ngram.results"):
        return
    prefix = GUESSED[spec_of(run).language]
    if found := ask(run, "next_words", prefix=prefix, n=2):
        first, second = found["answers"]
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
        values = {
            "context": plain(spoken(found["context"], run)),
            "count": f"{found['context_count']:,}",
            "word": plain(first["word"]),
            "percent": percent(first["probability"]),
            "second": plain(second["word"]),
            "next": percent(second["probability"]),
        }
        st.markdown(content.fill(lesson["predict.1.after"], **values))


def looking(run: Run):
    """What the stage looks at: the words of the picture, and the beginning of a sentence."""
    seen = Look.of(run)
    with st.expander(texts["view.title"], icon=":material/visibility:"), st.form("ngram.looking", border=False):
        key = f"ngram.looking.{hash(seen)}"  # another look gives the fields their first values anew
        common = (run.facts or {}).get("vocabulary", ())[:COMMON]
        words = st.multiselect(
            texts["view.words"],
            list(dict.fromkeys((*seen.words, *common))),
            default=list(seen.words),
            format_func=lambda word: shown(word, texts),
            help=texts["view.words.help"],
            accept_new_options=True,
            key=f"{key}.words",
        )
        press.submit(texts["view.apply"], icon=":material/check:", key="ngram.looking.go")
        refused = "ngram.looking.refused"
        if press.pressed("ngram.looking.go"):
            st.session_state[refused] = look_at(run, words)
        if mistake := st.session_state.get(refused):  # it stays when the page is drawn anew
            training.say(mistake)


def look_at(run: Run, words: Sequence[str]) -> Mistake | None:
    """Take the learner's choice, if the model knows its words; else what is wrong with it."""
    try:
        look = dataclasses.replace(Look.of(run), words=known(run, words))
    except Mistake as mistake:
        return mistake
    look.keep(run)
    st.session_state.pop("ngram.looking.refused", None)
    st.rerun()


def writing(run: Run, moment: int | None):
    """The beginning of a sentence, and how the model goes on with it."""
    st.subheader(texts["write.title"], anchor=False)
    seen = Look.of(run)
    key = f"ngram.prefix.{look_key(run)}"
    if st.session_state.get(key) != seen.prefix:  # another text, or another look: Streamlit keeps what was typed
        st.session_state[key] = seen.prefix

    def type_():
        dataclasses.replace(seen, prefix=st.session_state[key]).keep(run)

    st.text_input(texts["write.prefix"], key=key, max_chars=TYPED, on_change=type_, help=texts["write.prefix.help"])
    given = drawing(SLUG, texts)
    if run.state not in ("done", "running", "paused"):
        return
    if found := ask(run, "generate", at=moment, prefix=seen.prefix, n=WRITTEN, **given):
        written(run, moment, found)


def written(run: Run, moment: int | None, found: dict[str, Any]):
    """The text, each of its words to be chosen; and where the chosen one came from."""
    unknown(found)
    made = found["tokens"]
    names = [shown(each["word"], texts) for each in made]
    key = f"ngram.written.{hash(tuple(each['word'] for each in made))}"
    st.markdown(f"**{plain(spoken(found['prefix'] or ['<s>'], run))} …**")
    picked = st.pills(
        texts["write.pick"], range(len(made)), format_func=lambda n: escape.plain(names[n]), key=key, wrap=True
    )
    if picked is not None:
        origin(run, moment, made[picked])
    with st.expander(texts["write.table"], key="ngram.written.table"):
        columns = {
            texts["bars.word"]: names,
            texts["write.context"]: [spoken(each["context"], run) for each in made],
            texts["write.probability"]: [each["probability"] for each in made],
            texts["write.chance"]: [each["chance"] for each in made],
        }
        table(columns, name="written", caption=texts["write.caption"], texts=texts, key="ngram.written.numbers")


def spaced(words: Sequence[str], spec: NGram) -> str:
    """Tokens as a line: with spaces between words that have them."""
    gap = "" if spec.segment == "characters" or any(word > "\u2e80" for word in words) else " "
    return gap.join(words)


def spoken(words: Sequence[str], run: Run) -> str:
    """A context as a reader sees it; a dash for none."""
    return spaced([shown(word, texts) for word in words], spec_of(run)) if words else "–"


def origin(run: Run, moment: int | None, token: dict[str, Any]):
    """The sentences of the text in which a word stands after what stands before it here, as far back as it does."""
    row = [*token["context"], token["word"]]
    found = None
    for first in range(len(row)):
        found = ask(run, "where", at=moment, words=row[first:], most=SENTENCES)
        if found is None or found["count"]:
            break
    if not found or not found["count"]:
        return
    values = {"words": plain(spoken(found["words"], run)), "count": f"{found['count']:,}"}
    shorter = len(found["words"]) < len(row)
    st.markdown(texts["where.shorter" if shorter else "where.found"].format(**values, row=plain(spoken(row, run))))
    for sentence in found["sentences"]:
        st.markdown(f"- {marked(sentence, len(found['words']), spec_of(run))}")
    if found["count"] > SENTENCES:
        st.caption(texts["where.more"].format(count=f"{found['count'] - len(found['sentences']):,}"))


def marked(sentence: dict[str, Any], length: int, spec: NGram) -> str:
    """A sentence of the text as Markdown, the words that were looked for in bold."""
    words, at = sentence["words"], max(sentence["at"], 0)
    end = sentence["at"] + length
    parts = [words[:at], words[at:end], words[end:]]
    before, strong, after = (escape.plain(spaced(part, spec)) for part in parts)
    strong = f"**{strong}**" if strong.strip() else ""
    gap = " " if spaced(["a", "b"], spec) == "a b" and not any(w > "\u2e80" for w in words) else "\u200b"
    return gap.join(part for part in (before, strong, after) if part)


# ---------------------------------------------------------------- step


def step():
    run = moments.current(NGram, SLUG)
    if run.state not in ("done", "running", "paused"):
        training.until_done(run)
        st.caption(texts["question.soon"])
        return
    text = sentence_typed(run)
    moment = moments.pick(run, lesson, usual=100)
    found = ask(run, "sentence", at=moment, text=text)
    if found:
        unknown(found)
        at = factor_chosen(run, found, text)
        if trace := ask(run, "trace_sentence", at=moment, text=text, factor=at):
            player(trace, lesson, texts=texts, key="ngram.player")
        factors(found, run)
    st.markdown(lesson["why"])
    training.until_done(run)


def sentence_typed(run: Run) -> str:
    """The learner's sentence: typed, from the link, or one of the examples."""
    spec, example = spec_of(run), (run.facts or {}).get("example", "")
    ours = EXAMPLES[spec.language] if spec.corpus == "kingdom" else EXAMPLES["zh"][:1] if spec.language == "zh" else ()
    key, label, said = f"ngram.sentence.{look_key(run)}", texts["step.sentence"], texts["step.examples"]
    return choice.sentence(SLUG, key, label, example, from_link(run), said, ours)


def factor_chosen(run: Run, found: dict[str, Any], text: str) -> int:
    """Which factor of the product is looked at; at first the first that has a whole context."""
    made = found["factors"]
    names = [
        f"{n}: P({spoken([f['word']], run)} | {spoken(context, run)})"
        for n, (f, context) in enumerate(zip(made, contexts(found), strict=True), 1)
    ]
    key, usual = f"ngram.factor.{hash((look_key(run), text))}", min(len(made) - 1, spec_of(run).order - 1)
    return choice.place(SLUG, key, texts["step.factor"], names, usual, from_link(run))


def contexts(found: dict[str, Any]) -> list[list[str]]:
    """What stands before each word of a sentence, as far back as the model looks: as it was typed, known or not."""
    line = ["<s>", *found["tokens"]]
    return [line[n - len(factor["context"]) : n] for n, factor in enumerate(found["factors"], 1)]


def factors(found: dict[str, Any], run: Run):
    """All factors of the sentence, and what they make together."""
    made = found["factors"]
    columns = {
        texts["factor.word"]: [spoken([f["word"]], run) for f in made],
        texts["factor.context"]: [spoken(context, run) for context in contexts(found)],
        texts["factor.count"]: [f["count"] for f in made],
        texts["factor.context_count"]: [f["context_count"] for f in made],
        texts["factor.order"]: [f["order"] for f in made],
        texts["factor.probability"]: [f["probability"] for f in made],
        texts["factor.log2"]: [f["log2"] for f in made],
    }
    table(columns, name="factors", caption=texts["factor.caption"], texts=texts, key="ngram.factors")
    if found["log2"] is None:
        st.markdown(texts["factor.zero"])
        return
    values = {
        "probability": digits(found["probability"]),
        "log2": digits(found["log2"]),
        "perplexity": number(found["perplexity"]),
        "factors": len(made),
    }
    st.markdown(texts["factor.product" if found["normalised"] else "factor.score"].format(**values))


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    names = {name: lesson.titled(f"break.{name}").title for name in BREAKS}
    name = choice.choose(SLUG, "broken", texts["break.choose"], names)
    predict(SLUG, f"break.{name}", lesson, texts=texts)
    place = f"ngram.break.{name}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key="ngram.break.start")
    if press.pressed("ngram.break.start"):
        training.together(place, broken_specs(name))
    training.complain(place)
    runs = training.compared(place)
    if not runs:
        return
    if {spec_of(run).language for run in runs} != {session.language()}:
        st.info(texts["break.language"], icon=":material/tune:")
    if ready(runs):
        if kept := guessed(SLUG, f"break.{name}", lesson):
            st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
        {"unseen": impossible, "recite": recites, "far": too_far}[name](*runs)


def broken_specs(name: str) -> list[NGram]:
    """The models that show how it breaks: two that differ in one thing."""
    here = {"language": session.language()}
    smoothed = NGram.parse({**here, "order": SHORT})
    return {
        "unseen": [dataclasses.replace(smoothed, smoothing=SMOOTHINGS[0]), smoothed],
        "recite": [smoothed, NGram.parse({**here, "order": LONG})],
        "far": [NGram.parse({**here, "order": USUAL}), NGram.parse({**here, "order": WIDE})],
    }[name]


def ready(runs: Sequence[Run]) -> bool:
    """Whether all of these are over. Until then the page looks again."""
    for run in runs:
        run.beat()  # no stage watches them
    waiting = [run for run in runs if run.state not in training.OVER]
    for run in waiting[:1]:
        st.caption(texts["break.reading"])
        training.until_done(run)
    for run in runs:
        if run.mistake:
            training.say(run.mistake)
    return not waiting and all(run.state in ("done", "dropped") for run in runs)


def impossible(bare: Run, smoothed: Run):
    """A sentence with a pair that was never seen, with and without smoothing."""
    language = spec_of(bare).language
    text = st.text_input(
        texts["break.sentence"], UNSEEN[language], key=f"ngram.break.unseen.{language}.text", max_chars=TYPED
    )
    found = [ask(run, "sentence", text=text) for run in (bare, smoothed)]
    if not all(found):
        return
    unknown(found[0])
    rows = list(zip(found[0]["factors"], found[1]["factors"], strict=True))
    columns = {
        texts["factor.word"]: [spoken([f["word"]], bare) for f, _ in rows],
        texts["factor.context"]: [spoken(context, bare) for context in contexts(found[0])],
        texts["factor.count"]: [f["count"] for f, _ in rows],
        texts["factor.context_count"]: [f["context_count"] for f, _ in rows],
        texts["break.bare"]: [f["probability"] for f, _ in rows],
        texts["break.smoothed"]: [f["probability"] for _, f in rows],
    }
    table(columns, name="unseen", caption=texts["break.unseen.caption"], texts=texts, key="ngram.break.unseen.table")
    values = {
        "bare": digits(float(found[0]["probability"])),
        "smoothed": digits(float(found[1]["probability"])),
        "zeros": sum(f["probability"] == 0 for f, _ in rows),
        "percent": percent(bare.metric("impossible")),
        "perplexity": number(smoothed.metric("perplexity")),
    }
    st.markdown(content.fill(lesson["break.unseen.after"], **values))


def recites(short: Run, long: Run):
    """A text of a long order, cut into the pieces that it has from the text it read."""
    seed = st.number_input(texts["write.seed"], 0, 9_999, 0, key="ngram.break.recite.seed", width=140)
    found = [ask(run, "recite", n=PIECES, seed=seed) for run in (short, long)]
    if not all(found):
        return
    made = found[1]
    rows = [piece_row(long, made["tokens"], piece) for piece in made["pieces"]]
    columns = {head: [row[n] for row in rows] for n, head in enumerate(texts["recite.columns"].split("|"))}
    table(columns, name="recited", caption=texts["recite.caption"], texts=texts, key="ngram.break.recite.table")
    values = {
        "short": number(found[0]["mean"], 2),
        "long": number(found[1]["mean"], 2),
        "longest": found[1]["longest"]["length"],
        "tokens": len(made["tokens"]),
        "pieces": len(made["pieces"]),
    }
    st.markdown(content.fill(lesson["break.recite.after"], **values))


def piece_row(run: Run, tokens: Sequence[str], piece: dict[str, Any]) -> tuple[str, int, str]:
    """A piece, its length, and the sentence it stands in first."""
    words = tokens[piece["begin"] : piece["begin"] + piece["length"]]
    inner = list(words)
    while inner and inner[0] in ("<s>", "</s>"):  # a piece may begin with the end of another sentence
        del inner[0]
    found = ask(run, "where", words=inner or words, most=1)
    first = found["sentences"][0] if found and found["sentences"] else None
    where = f"{first['sentence'] + 1:,}: {spaced(first['words'], spec_of(run))}" if first else "–"
    return spoken(words, run), piece["length"], where


def too_far(usual: Run, wide: Run):
    """Two beginnings that differ only further back than the model looks."""
    language = spec_of(usual).language
    lines = [
        st.text_input(texts[f"far.{name}"], FAR[language][n], key=f"ngram.break.far.{language}.{n}", max_chars=TYPED)
        for n, name in enumerate(("first", "second"))
    ]
    for run in (usual, wide):
        found = [ask(run, "next_words", prefix=line, n=5) for line in lines]
        if not all(found):
            return
        st.markdown(f"**{texts['far.order'].format(order=spec_of(run).order)}**")
        for each in found[:1]:
            unknown(each)
        groups = {line: each["answers"] for line, each in zip(lines, found, strict=True)} if lines[0] != lines[1] else {
            lines[0]: found[0]["answers"]
        }  # fmt: skip
        key = f"ngram.break.far.{spec_of(run).order}"
        st.plotly_chart(
            next_bars(groups, texts), key=f"{key}.bars", theme="streamlit", config={"displayModeBar": False}
        )
        with st.expander(texts["stage.table"], key=f"{key}.table"):
            far_table(found, lines, key)
        same = found[0]["answers"] == found[1]["answers"] and found[0]["rest"] == found[1]["rest"]
        contexts = [plain(spoken(each["context"], run)) for each in found]
        st.markdown(texts["far.same" if same else "far.different"].format(first=contexts[0], second=contexts[1]))
    st.markdown(lesson["break.far.after"])


def far_table(found: Sequence[dict[str, Any]], lines: Sequence[str], key: str):
    """The numbers of the bars."""
    rows = [
        (line, shown(answer["word"], texts), answer["probability"], answer["count"])
        for line, each in zip(lines, found, strict=True)
        for answer in each["answers"]
    ]
    heads = (texts["far.beginning"], texts["bars.word"], texts["bars.probability"], texts["bars.count"])
    columns = {head: [row[n] for row in rows] for n, head in enumerate(heads)}
    table(columns, name="too-far", caption=texts["bars.caption"], texts=texts, key=f"{key}.numbers")


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    grid()
    st.divider()
    side_by_side()
    st.divider()
    st.markdown(lesson["compare.shannon"])
    run = moments.current(NGram, SLUG)
    if run.state == "done":
        game(run.token, run)
    else:
        st.caption(texts["question.soon"])
        training.until_done(run)


def grid():
    """Perplexity by order and smoothing, measured now."""
    spec, text = chosen(NGram, SLUG)
    st.markdown(lesson["compare.grid"])
    place = "ngram.grid"
    press.button(texts["grid.start"], type="primary", icon=":material/grid_on:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.start(place, grid_spec(spec), text)
    training.complain(place)
    run = training.own(place)
    if run is None:
        return
    if run.spec != grid_spec(spec):
        st.info(texts["train.changed"], icon=":material/tune:")
    orders = range(1, cast(NGramGrid, run.spec).order + 1)
    pane = StagePane(
        "grid",
        texts["grid.title"],
        place="main",
        pane=Pane("grid", "grid_view"),
        base=figures.grid_base(SMOOTHINGS, orders, texts),
        frame=lambda numbers: figures.grid_frame(numbers, texts),
    )
    stage(run, [pane], texts=GRID, key="ngram.grid.stage", language=session.language(), projector=session.projector())
    st.caption(texts["grid.star"])
    training.until_done(run)
    if run.state == "done" and (found := ask(run, "grid")):
        learned(run, found)


def grid_spec(spec: NGram) -> NGramGrid:
    """The grid on the text of `spec`."""
    return spec.like(NGramGrid, order=max(spec.order, NGramGrid().order))


def best_of(cells: Sequence[dict[str, Any]], smoothing: str) -> str:
    """The best perplexity of a smoothing, whatever the order."""
    return number(min(cell["perplexity"] for cell in cells if cell["smoothing"] == smoothing))


def learned(run: Run, found: dict[str, Any]):
    """What the grid says in words, and the second guess beside its row of add k."""
    fair = [cell for cell in found["cells"] if cell["perplexity"] and found["normalised"][cell["smoothing"]]]
    if not fair:
        return
    best = min(fair, key=lambda cell: cell["perplexity"])
    without = [cell["perplexity"] for cell in found["cells"] if cell["smoothing"] == SMOOTHINGS[0]]
    values = {
        "smoothing": texts[f"dial.smoothing.{best['smoothing']}"],
        "order": best["order"],
        "perplexity": number(best["perplexity"]),
        "modified": best_of(fair, "modified_kneser_ney"),
        "plain": best_of(fair, "kneser_ney"),
        "tokens": f"{(run.facts or {}).get('held_out_tokens', 0):,}",
        "vocabulary": f"{(run.facts or {}).get('vocabulary_size', 0):,}",
        "infinite": sum(perplexity is None for perplexity in without),
        "orders": len(without),
    }
    st.markdown(content.fill(lesson["compare.grid.after"], **values))
    if fallen := [cell for cell in found["cells"] if cell["fell_back"]]:
        names = dict.fromkeys(texts[f"dial.smoothing.{cell['smoothing']}"] for cell in fallen)
        st.caption(texts["grid.fallback"].format(names=session.listed(names)))
    row = [cell for cell in found["cells"] if cell["smoothing"] == "add_k"]
    kept = guessed(SLUG, "predict.2", lesson)
    if kept and not {k for k in run.spec.changed() if k != "language"}:
        lowest = min(row, key=lambda cell: cell["perplexity"])
        line = " → ".join(number(cell["perplexity"], 3) for cell in row)
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
        st.markdown(content.fill(lesson["predict.2.after"], row=line, order=lowest["order"]))


def side_by_side():
    """The same model on several texts, a row each; the table fills while they are read."""
    spec, text = chosen(NGram, SLUG)
    st.markdown(lesson["compare.texts"])
    place = "ngram.texts"
    press.button(texts["texts.start"], type="primary", icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        given = {"order": spec.order, "smoothing": spec.smoothing, "segment": spec.segment}
        specs = [
            NGram.parse({**given, "corpus": corpus, "language": session.language()})
            for corpus in ("kingdom", "jobs", "kjv")
        ]
        training.together(place, specs + ([spec] if spec.corpus.startswith(OWN) else []), text)
    training.complain(place)
    if runs := training.compared(place):
        watched("ngram.texts", runs, lambda: rows(runs), texts)


def rows(runs: list[Run]):
    cells = [text_row(run) for run in runs]
    columns = {head: [row[head] for row in cells] for head in cells[0]}
    table(columns, name="texts", caption=texts["texts.caption"], texts=texts, key="ngram.texts.table")
    if not settled(runs):
        return
    kept = guessed(SLUG, "predict.3", lesson)
    bible = next((run for run in runs if spec_of(run).corpus == "kjv" and spec_of(run).segment == "words"), None)
    if kept and bible and bible.latest() and spec_of(bible).order >= USUAL:
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
        values = {
            "tokens": f"{(bible.facts or {})['tokens']:,}",
            "percent": percent(bible.metric(f"unseen_{USUAL}")),
            "kingdom": percent(next(r for r in runs if spec_of(r).corpus == "kingdom").metric(f"unseen_{USUAL}")),
        }
        st.markdown(content.fill(lesson["predict.3.after"], **values))


def text_row(run: Run) -> dict[str, Any]:
    """A run beside those on other texts."""
    spec, facts, last = spec_of(run), run.facts or {}, run.latest()
    corpus = "own" if spec.corpus.startswith(OWN) else spec.corpus
    over = last is not None and run.state in training.OVER
    unseen = [run.metric(f"unseen_{n}") for n in range(1, spec.order + 1)] if over else []
    perplexity = run.metric("perplexity")
    shares = " · ".join(f"{percent(share)} %" for share in unseen)
    return {
        texts["texts.text"]: texts[f"dial.corpus.{corpus}"],
        texts["texts.tokens"]: facts.get("tokens"),
        texts["texts.vocabulary"]: facts.get("vocabulary_size"),
        texts["texts.unseen"].format(orders=" · ".join(str(n) for n in range(1, spec.order + 1))): shares or None,
        texts["texts.perplexity"]: None
        if not over
        else perplexity
        if np.isfinite(perplexity)
        else texts["grid.infinite"],
        texts["texts.sample"]: last.samples[0] if over and last and last.samples else None,
    }


# ---------------------------------------------------------------- Shannon's game


@dataclasses.dataclass
class Game:
    """A passage that is guessed: what the model made of it, where the learner is, and how many guesses each took."""

    passage: int
    found: dict[str, Any]
    at: int
    tried: list[str] = dataclasses.field(default_factory=list)
    ranks: list[int] = dataclasses.field(default_factory=list)
    lines: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.at >= len(self.found["positions"])


@st.fragment
def game(token: str, run: Run):
    """Guess a held-out passage word by word; the model's guesses stand beside."""
    key = f"ngram.game.{token}"
    if key not in st.session_state:
        begin(run, key, 0)
    played: Game | None = st.session_state.get(key)
    if played is None:
        return
    spec, positions = spec_of(run), played.found["positions"]
    before = [each["word"] for each in positions[: played.at]]
    said = escape.plain(spaced([shown(w, texts) if w == "</s>" else w for w in before], spec))
    st.markdown(f"**{said}{'' if played.over else ' ＿＿'}**")
    if played.over:
        st.success(texts["game.over"], icon=":material/check_circle:")
    else:
        ask_guess(key, played, spec)
    with st.container(horizontal=True, gap="small"):
        another = (played.passage + 1) % 1_000
        st.button(
            texts["game.another"],
            icon=":material/refresh:",
            key=f"{key}.another",
            type="tertiary",
            on_click=begin,
            args=(run, key, another),
        )
    standing(key, played, spec)


def begin(run: Run, key: str, passage: int):
    """Another passage. The numbers of guesses so far stay: the more places, the better the estimate."""
    earlier: Game | None = st.session_state.get(key)
    found = ask(run, "shannon", passage=passage, n=3)
    if found:
        first = min(FIRST[spec_of(run).segment], len(found["positions"]) - 1)
        kept = (earlier.ranks, earlier.lines) if earlier else ([], [])
        st.session_state[key] = Game(passage, found, first, [], *kept)


def ask_guess(key: str, played: Game, spec: NGram):
    """The field and the buttons for a guess; what was tried in vain stands above them."""
    if played.tried:
        st.markdown(texts["game.wrong"].format(words=listed(played.tried), n=len(played.tried) + 1))
    field = f"{key}.field.{len(played.ranks)}.{len(played.tried)}"

    def guess_(word: str | None = None):
        take_guess(played, word if word is not None else st.session_state.get(field, ""))

    what = "game.character" if spec.segment == "characters" else "game.word"
    st.text_input(texts[what], key=field, on_change=guess_, max_chars=40, width=320, help=texts["game.help"])
    with st.container(horizontal=True, gap="small"):
        if spec.segment == "characters":
            st.button(texts["game.space"], key=f"{key}.space", on_click=guess_, args=(" ",))
        st.button(
            texts["game.end"], key=f"{key}.end", icon=":material/keyboard_return:", on_click=guess_, args=("</s>",)
        )
        st.button(texts["game.tell"], key=f"{key}.tell", icon=":material/visibility:", on_click=solve, args=(played,))


def take_guess(played: Game, typed: str):
    """A guess: right, or one more in vain. The same guess twice counts once."""
    word = typed if typed in (" ", "</s>") else typed.strip().lower()
    if not word or word in played.tried or played.over:
        return
    if word == played.found["positions"][played.at]["word"]:
        solve(played)
    else:
        played.tried.append(word)


def solve(played: Game):
    """The place is guessed, or told: then it counts as if the next guess had been right."""
    if played.over:
        return
    place = played.found["positions"][played.at]
    played.ranks.append(len(played.tried) + 1)
    played.lines.append({**place, "yours": len(played.tried) + 1})
    played.at, played.tried = played.at + 1, []


def standing(key: str, played: Game, spec: NGram):
    """The learner's and the model's guesses, and bits per character of both."""
    if not played.lines:
        return
    lines = played.lines
    columns = {
        texts["bars.word"]: [shown(line["word"], texts) for line in lines],
        texts["game.yours"]: [line["yours"] for line in lines],
        texts["game.rank"]: [line["rank"] for line in lines],
        texts["game.first"]: [
            session.listed([shown(each["word"], texts) for each in line["guesses"]]) for line in lines
        ],
        texts["game.probability"]: [line["probability"] for line in lines],
        texts["game.bits"]: [line["bits"] for line in lines],
    }
    table(columns, name="shannon", caption=texts["game.caption"], texts=texts, key=f"{key}.table")
    if len(lines) < ENOUGH:
        st.caption(texts["game.more"].format(n=ENOUGH - len(lines)))
        return
    words = [line["word"] for line in lines]
    spaces = spec.segment == "words" and not any(word > "\u2e80" for word in words)
    per = len(lines) / guesses.characters(words, spaces)
    bits = [line["bits"] for line in lines]
    values = {
        "places": len(lines),
        "yours": number(per * guesses.bits(played.ranks), 3),
        "model": number(per * guesses.bits([line["rank"] for line in lines]), 3),
        "bits": number(per * sum(bits) / len(bits), 3) if None not in bits else texts["grid.infinite"],
    }
    st.markdown(content.fill(lesson["compare.shannon.after"], **values))


# ---------------------------------------------------------------- the page


def scoring():
    """The command that scores a file."""
    spec = chosen(NGram, SLUG)[0]
    st.caption(texts["read.score"])
    settings = f"order={spec.order} smoothing={spec.smoothing}"
    score = f"python -m engine score ngram --train train.txt --test test.txt --set {settings} --json"
    st.code(score, language="bash", wrap_lines=True)


STATIONS: dict[str, Callable[[], None]] = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "break": breaking,
    "compare": compare,
}

page(NGram, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS, more=scoring)
