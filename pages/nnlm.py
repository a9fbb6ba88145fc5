"""A neural probabilistic language model (2003): the page. Layout only: network, arithmetic and figures live below."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import streamlit as st

from engine import runner
from engine.experiments import NNLM, OWN, NGram, NGramGrid, Word2Vec
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import corpora
from lessons import content
from lessons.figures import next_bars, next_base, next_frame, number, percent, shown
from lessons.ngram import figures as counting
from lessons.nnlm import figures
from lessons.word2vec import figures as vectors
from pages.ui import arrival, choice, escape, moments, own_text, press, session, training
from pages.ui.bench import bench
from pages.ui.dials import chosen
from pages.ui.drawing import drawing
from pages.ui.look import FEWEST, PATIENCE, from_link
from pages.ui.page import page
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.stage import StagePane
from pages.ui.table import digits, table
from pages.ui.training import ask

SLUG = "nnlm"
GUESSES = ("predict.1", "predict.2", "predict.3")
TERMS = {  # of the glossary, by station
    "question": "token vocabulary one_hot vector ngram curse_of_dimensionality generalisation",
    "predict": "held_out perplexity parameter ngram",
    "watch": "corpus context_words vector dimension hidden_layer epoch batch learning_rate adam seed held_out "
    "perplexity loss nat unknown_word temperature cosine pca variance procrustes cpu_second",
    "step": "one_hot look_up vector hidden_layer tanh softmax loss gradient back_propagation learning_rate parameter",
    "break": "hidden_layer dimension learning_rate context_words perplexity",
    "compare": "perplexity parameter smoothing bit unknown_word generalisation cosine",
    "check": "softmax look_up hidden_layer generalisation perplexity",
    "read": "softmax back_propagation adam look_up",
}
FUNCTIONS = {  # of the files of the model, shown first
    "nnlm.py": ("forward", "foretell"),
    "nnlm_trace.py": ("gradient_x",),
}
# Beginnings: of the opening, which the training text does not have as a whole, and of the stage.
BEGINNINGS = {"en": "a bridge in rome", "zh": "埃及是一个"}
PREFIXES = {("kingdom", "en"): "the queen put on", ("kingdom", "zh"): "王后穿上了", ("kjv", "en"): "and god said"}
WITHOUT = {"en": "queen braided", "zh": "王后编"}  # phrases that are left out
FAR = {"en": ("king", "man", "cake"), "zh": ("国王", "男人", "蛋糕")}  # words unlike the one of the phrase
NEAR = {"en": ("queen", "king", "cake"), "zh": ("王后", "国王", "蛋糕")}  # whose neighbours two eras are asked for
BREAKS: dict[str, dict[str, Any]] = {  # what each way of breaking it changes; its texts are the sections break.<name>
    "bare": {"hidden": 0},
    "thin": {"dim": 1},
    "fast": {"lr": 0.6},
    "short": {"context": 1},
}
KINDS = ("won", "lost")  # of held-out sentences, whichever model was the better one
WIDE = 7  # the longest order in the race
SHOWN, WRITTEN, LISTED, NEIGHBOURS = 8, 30, 12, 6  # next words, words of a text, sentences, nearest words
TYPED = 200  # characters of a field
PHRASE = 80  # characters of a phrase that is left out
COMMON = 200  # frequent words offered for the map; any other can be typed
CLOSE = 0.03  # perplexities nearer to each other than this share count as a draw
STILL = {"displayModeBar": False}
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
smoothings = content.load("ngram", session.language()).labels  # the names of what the n-gram page measures
# What a step of this training is.
COUNTED = texts | {"stage.step": texts["stage.tokens"], "stage.running": texts["stage.tokens.now"]}


def plain(word: str) -> str:
    """A token for Markdown: marks by their names, everything else as it is."""
    return escape.plain(shown(word, texts))


def listed(words: Sequence[str]) -> str:
    return session.listed([plain(word) for word in words])


def spec_of(run: Run) -> NNLM:
    return cast(NNLM, run.spec)


def spoken(words: Sequence[str], run: Run) -> str:
    """Words as a reader sees them, with spaces between those that have them; a dash for none."""
    names = [shown(word, texts) for word in words]
    close = spec_of(run).segment == "characters" or any(word > "\u2e80" for word in words)
    return ("" if close else " ").join(names) if names else "–"


def unknown(found: Mapping[str, Any]):
    """Names the words that the model does not know."""
    if found["unknown"]:
        st.caption(texts["unknown"].format(words=listed(found["unknown"])))


def bars(figure: dict[str, Any], key: str):
    st.plotly_chart(figure, key=key, theme="streamlit", config=STILL)


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    typed = st.text_input(
        texts["question.field"],
        BEGINNINGS[session.language()],
        key=f"nnlm.question.{session.language()}",
        max_chars=TYPED,
        width=480,
    )
    network = training.shared(NNLM, session.language())
    counts = runner.current().demo(counts_spec(NNLM.parse({"language": session.language()})))
    waiting = [run for run in (network, counts) if run.state not in training.OVER]
    if waiting:
        st.caption(texts["question.soon"])
        training.until_done(waiting[0])
    else:
        found = [ask(run, "next_words", prefix=typed, n=SHOWN) for run in (network, counts)]
        if all(found):
            opening(network, found)
    st.markdown(lesson["idea"])


def counts_spec(spec: NNLM) -> NGram:
    """The n-gram model that looks back as far as the network and reads the same."""
    return spec.like(NGram, order=spec.context + 1, smoothing="modified_kneser_ney")


def opening(run: Run, found: Sequence[dict[str, Any]]):
    """What both models expect next, beside each other; and how much of the beginning the n-gram model could use."""
    unknown(found[0])
    groups = {texts[f"duel.{name}"]: each["answers"] for name, each in zip(("network", "ngram"), found, strict=True)}
    bars(next_bars(groups, texts, figures.BOTH), "nnlm.question.bars")
    with st.expander(texts["stage.table"], key="nnlm.question.table"):
        rows = [(name, answer["word"], answer["probability"]) for name, each in groups.items() for answer in each]
        columns = {
            texts["bars.model"]: [name for name, _, _ in rows],
            texts["bars.word"]: [shown(word, texts) for _, word, _ in rows],
            texts["bars.probability"]: [p for _, _, p in rows],
        }
        table(columns, name="next-words", caption=texts["bars.caption"], texts=texts, key="nnlm.question.numbers")
    seen, looked = found[1]["context"], found[0]["context"]
    values = {"seen": plain(spoken(seen, run)), "looked": plain(spoken(without_marks(looked), run)), "n": len(looked)}
    st.markdown(texts["question.seen" if seen else "question.none"].format(**values))


# ---------------------------------------------------------------- predict


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


# ---------------------------------------------------------------- the race: n-gram models on the same text


def grid_spec(spec: NNLM) -> NGramGrid:
    """All n-gram models on the text of `spec`."""
    return spec.like(NGramGrid, order=WIDE)


def grid_of(run: Run) -> Run | None:
    """The run that measures them: one for all where the text is the usual one. None where there is no room for it."""
    spec, here = grid_spec(spec_of(run)), runner.current()
    if spec == grid_spec(NNLM.parse({"language": spec.language})):
        return here.demo(spec)
    tokens = st.session_state.setdefault("nnlm.grids", {})
    kept = here.find(tokens.get(spec.key(), ""))
    if kept and kept.state != "cancelled":
        return kept
    if run.state not in ("preparing", "running", "paused", "done"):
        return None  # nothing is measured for a run that does not begin
    try:
        begun = here.submit(spec, own_text.text_of(spec))
    except Mistake:
        return None  # the class is full; the race has no lines then
    tokens[spec.key()] = begun.token
    return begun


def rivals(run: Run) -> list[figures.Rival]:
    """The best n-gram model of each order on the text of `run`; empty as long as they are being measured."""
    kept: dict[NGramGrid, Any] = st.session_state.setdefault("nnlm.rivals", {})
    spec = grid_spec(spec_of(run))
    if spec not in kept:
        grid = grid_of(run)
        found = ask(grid, "grid") if grid and grid.state == "done" else None
        if not found:
            return []
        kept[spec] = [cell for cell in found["cells"] if cell["perplexity"] and found["normalised"][cell["smoothing"]]]
    first: dict[int, Any] = {}
    for cell in kept[spec]:
        if cell["perplexity"] < first.get(cell["order"], {"perplexity": np.inf})["perplexity"]:
            first[cell["order"]] = cell
    return [
        figures.Rival(order, smoothings[f"dial.smoothing.{cell['smoothing']}"], cell["perplexity"])
        for order, cell in sorted(first.items())
    ]


def until_measured(run: Run):
    """Draws the page anew once the n-gram models are measured; until then this is their sign of life."""
    grid = None if rivals(run) else grid_of(run)

    def look():
        if grid:
            grid.beat()
            if grid.state in training.OVER:
                st.rerun()

    if grid and grid.state not in training.OVER:
        st.caption(texts["race.soon"])
        st.fragment(look, run_every=1)()
    elif grid and grid.mistake:
        training.say(grid.mistake)


# ---------------------------------------------------------------- watch


@dataclasses.dataclass(frozen=True)
class Look:
    """What the stage looks at: words on the map, the word whose neighbours are listed, the beginning of a sentence."""

    words: tuple[str, ...]
    near: str
    prefix: str

    @classmethod
    def of(cls, run: Run) -> "Look":
        """The learner's choice for the text of `run`, else the link's, else what suits it."""
        if look := st.session_state.get(look_key(run)):
            return cast(Look, look)
        look = cls.usual(run)
        if from_link(run) and look.words:
            words = arrival.take(SLUG, "words", lambda asked: known(run, asked.split(",")))
            near = arrival.take(SLUG, "near", lambda asked: known(run, [asked], least=1)[0])
            prefix = arrival.take(SLUG, "prefix", lambda asked: choice.line(asked, TYPED))
            look = cls(words or look.words, near or look.near, look.prefix if prefix is None else prefix)
        return look.keep(run)

    @classmethod
    def usual(cls, run: Run) -> "Look":
        """What suits the text of `run`: the model says it, once it has read the text."""
        spec = spec_of(run)
        run.wait("running", "paused", "done", "failed", timeout=PATIENCE)
        words = tuple((run.facts or {}).get("words", ()))
        prefix = PREFIXES.get((spec.corpus, "en" if spec.corpus == "kjv" else spec.language), "")
        if spec.segment == "characters" and spec.language == "en" and not spec.corpus.startswith(OWN):
            prefix = "the "
        analogy = corpora.default_analogy(spec.corpus, spec.language) if spec.segment == "words" else None
        near = next((word for word in (analogy or ())[3:] if word in words), words[0] if words else "")
        return cls(words, near, prefix or (words[0] if words else ""))

    def keep(self, run: Run) -> "Look":
        if self.words:  # before a text is read there are none
            st.session_state[look_key(run)] = self
        return self


def look_key(run: Run) -> str:
    spec = spec_of(run)
    return f"nnlm.look.{spec.corpus}.{spec.language}.{spec.segment}.{spec.min_count}"


def known(run: Run, words: Sequence[str], least: int = FEWEST) -> tuple[str, ...]:
    """The words, each once. Raises Mistake("word_unknown"), ("word_unlike") or ("map_too_few")."""
    named = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
    if len(named) < least:
        raise Mistake("map_too_few", least=least, given=len(named))
    for word in named:
        run.ask("neighbours", word=word, n=1)
    return named


def watch():
    said = st.container()
    made = bench(NNLM, SLUG, lesson, texts, ("corpus", "context", "hidden"), always=("segment",))
    run = made.run
    with made.wide:
        moment = moments.shown(run, panes(run), texts=COUNTED, key="nnlm.stage", place=SLUG)
    begins = run.shared and moment == 0
    if made.usual:
        made.note.caption(texts["watch.before" if begins else "train.shared"])
    if moment is not None and not begins:  # a beginning that nobody chose: the other stations show the end
        moments.rest(run, moment)
    with st.container():  # what comes and goes has its place: below it nothing moves, and what is open stays open
        honest(run)
        results(run, moment)
        training.until_done(run)
        until_measured(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key="nnlm.reading"):  # open on paper
        facts, last = run.facts or {}, run.latest()
        values = {"measured": f"{facts.get('measured_tokens', 0):,}", "final": f"{facts.get('final_tokens', 0):,}"}
        st.markdown(content.fill(lesson["stage"], seconds=number(last.seconds, 2) if last else "–", **values))
    looking(run)
    writing(run, moment)
    with said:
        linked(run, None if begins else moment)


def panes(run: Run) -> list[StagePane]:
    """What the stage shows of `run`: the race, the next word, a text it writes, the vectors, the loss."""
    spec, seen = spec_of(run), Look.of(run)
    race = figures.race_curves(rivals(run), texts, reached(run))
    found = [StagePane("race", texts["pane.race"], kind="curves", place="main", base=race)]
    found.append(next_pane(seen.prefix))
    found.append(
        StagePane(
            "sample",
            texts["pane.sample"],
            kind="text",
            pane=Pane("sample", "sample_view"),
            frame=lambda numbers: counting.sample_frame(numbers, texts),
        )
    )
    return [*found, *vector_panes(spec, seen), loss_pane()]


def next_pane(prefix: str) -> StagePane:
    """The next words after a beginning."""
    return StagePane(
        "next",
        texts["pane.next"].format(prefix=prefix) if prefix.strip() else texts["pane.next.first"],
        kind="table",
        pane=Pane("next", "bars_view", (("n", SHOWN), ("prefix", prefix))),
        base=next_base(texts),
        frame=lambda numbers: next_frame(numbers, texts),
    )


def reached(run: Run) -> float:
    """The lowest perplexity of a run that is over; 0 as long as it may still fall."""
    found = [s.metrics["perplexity"] for s in run.history if "perplexity" in s.metrics]
    return min(found, default=0.0) if run.state == "done" else 0.0


def vector_panes(spec: NNLM, seen: Look) -> list[StagePane]:
    """The vectors that are learnt by the way: a map of them, and the nearest to one."""
    if not seen.words:
        return []
    attributes = corpora.attributes(spec.corpus, spec.language) if spec.segment == "words" else {}
    view = Pane("map", "map_view", (("dims", 2), ("words", seen.words)))
    chart = StagePane(
        "map",
        texts["pane.map"],
        place="below",
        pane=view,
        base=vectors.map_base(seen.words, attributes, None, texts),
        frame=lambda numbers: vectors.map_frame(numbers, seen.words, None, texts),
    )
    nearest = StagePane(
        "nearest",
        texts["pane.nearest"].format(word=seen.near),
        kind="table",
        pane=Pane("nearest", "nearest_view", (("n", NEIGHBOURS), ("word", seen.near))),
        base=vectors.nearest_base(texts),
        frame=lambda numbers: vectors.nearest_frame(numbers, seen.near, texts),
    )
    return [nearest, chart]


def loss_pane() -> StagePane:
    return StagePane("loss", texts["pane.loss"], kind="curves", place="below", base=figures.loss_curve(texts))


def linked(run: Run, moment: int | None):
    """What is looked at goes into the page's address; what of a link cannot be looked at is said."""
    look, usual = Look.of(run), Look.usual(run)
    session.keep_in_link(
        moment=None if moment is None else str(moment),
        words=None if look.words == usual.words else ",".join(look.words),
        near=None if look.near == usual.near else look.near,
        prefix=None if look.prefix == usual.prefix else look.prefix,
    )
    arrival.complain(SLUG, "moment", texts["stage.last"] if moment is None else str(moment))
    arrival.complain(SLUG, "words", session.listed(look.words))
    arrival.complain(SLUG, "near", look.near)
    arrival.complain(SLUG, "prefix", look.prefix)


def honest(run: Run):
    """What must be known of a run before its numbers are believed."""
    if run.state != "done":
        return
    if run.metric("diverged"):
        st.warning(texts["honest.diverged"], icon=":material/warning:")
    elif worse(run):
        values = {"perplexity": digits(run.metric("perplexity")), "vocabulary": f"{choices(run):,}"}
        st.warning(texts["honest.worse"].format(**values), icon=":material/warning:")
    if left := (run.facts or {}).get("left_out"):
        values = {"phrase": escape.plain(spec_of(run).without), "count": f"{left:,}"}
        st.info(texts["honest.without"].format(**values), icon=":material/content_cut:")


def choices(run: Run) -> int:
    """How many words can follow, as far as it is known."""
    return int((run.facts or {}).get("vocabulary_size", 0))


def worse(run: Run) -> bool:
    """Whether the network has come out worse than somebody who knows nothing."""
    return run.metric("perplexity") > (choices(run) or np.inf)


def results(run: Run, moment: int | None):
    """Who won the race, once its end was on the stage; and the first guess, when this run was made as it assumed."""
    waits = run.shared and moments.rested(run) is None
    if waits or not tell(run, moment, texts=texts, key="nnlm.results"):
        return
    usual = not {k for k in spec_of(run).changed() if k not in ("language", "seed")}
    if usual and (kept := guessed(SLUG, "predict.1", lesson)):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    if (found := rivals(run)) and not worse(run):  # nothing is to be learnt from by how much it lost
        values = standing(run, found)
        st.markdown(content.fill(lesson["predict.1.after"], **values))
        st.markdown(content.fill(lesson[f"race.{outcome(run, found)}"], **values))


def outcome(run: Run, found: Sequence[figures.Rival]) -> str:
    """Who came first: "won" by the network, "lost", or "close"."""
    first = figures.best(found)
    lead = run.metric("perplexity") / first.perplexity - 1 if first else 0.0
    return "close" if abs(lead) < CLOSE else "won" if lead < 0 else "lost"


def standing(run: Run, found: Sequence[figures.Rival]) -> dict[str, str]:
    """The race in numbers, for a text."""
    first, ours = figures.best(found), run.metric("perplexity")
    if first is None:
        return {}
    last = run.latest()
    return {
        "network": number(ours),
        "ngram": number(first.perplexity),
        "name": first.name,
        "order": str(first.order),
        "percent": number(100 * abs(1 - ours / first.perplexity), 2),
        "close": number(100 * CLOSE, 2),
        "tokens": f"{(run.facts or {}).get('final_tokens', 0):,}",
        "seconds": number(last.seconds, 2) if last else "–",
    }


def looking(run: Run):
    """What the stage looks at: the words of the map, whose neighbours."""
    seen = Look.of(run)
    with st.expander(texts["view.title"], icon=":material/visibility:"), st.form("nnlm.looking", border=False):
        key = f"nnlm.looking.{hash(seen)}"  # another look gives the fields their first values anew
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
        near = st.text_input(texts["view.near"], seen.near, key=f"{key}.near", max_chars=TYPED)
        press.submit(texts["view.apply"], icon=":material/check:", key="nnlm.looking.go")
        refused = "nnlm.looking.refused"
        if press.pressed("nnlm.looking.go"):
            st.session_state[refused] = look_at(run, words, near)
        if mistake := st.session_state.get(refused):  # it stays when the page is drawn anew
            training.say(mistake)


def look_at(run: Run, words: Sequence[str], near: str) -> Mistake | None:
    """Take the learner's choice, if the model knows its words; else what is wrong with it."""
    try:
        look = dataclasses.replace(Look.of(run), words=known(run, words), near=known(run, [near], least=1)[0])
    except Mistake as mistake:
        return mistake
    look.keep(run)
    st.session_state.pop("nnlm.looking.refused", None)
    st.rerun()


def writing(run: Run, moment: int | None):
    """The beginning of a sentence, and how the model goes on with it."""
    st.subheader(texts["write.title"], anchor=False)
    seen = Look.of(run)
    key = f"nnlm.prefix.{look_key(run)}"
    if st.session_state.get(key) != seen.prefix:  # another text, or another look: Streamlit keeps what was typed
        st.session_state[key] = seen.prefix

    def type_():
        dataclasses.replace(seen, prefix=st.session_state[key]).keep(run)

    st.text_input(texts["write.prefix"], key=key, max_chars=TYPED, on_change=type_, help=texts["write.prefix.help"])
    given = drawing(SLUG, texts)
    if run.state not in ("done", "running", "paused"):
        return
    most = min(WRITTEN, (run.facts or {}).get("longest", WRITTEN))
    if found := ask(run, "generate", at=moment, prefix=seen.prefix, n=most, **given):
        written(run, found)


def written(run: Run, found: dict[str, Any]):
    """The text, and how probable each of its words was."""
    unknown(found)
    made = found["tokens"]
    end = ["</s>"] if made and made[-1]["word"] == "</s>" else []
    rest = [each["word"] for each in made if each["word"] != "</s>"]
    st.markdown(f"{plain(spoken(found['prefix'] or ['<s>'], run))} **{plain(spoken([*rest, *end], run))}**")
    with st.expander(texts["write.table"], key="nnlm.written.table"):
        columns = {
            texts["bars.word"]: [shown(each["word"], texts) for each in made],
            texts["write.context"]: [spoken(without_marks(each["context"]), run) for each in made],
            texts["bars.probability"]: [each["probability"] for each in made],
            texts["write.chance"]: [each["chance"] for each in made],
        }
        table(columns, name="written", caption=texts["write.caption"], texts=texts, key="nnlm.written.numbers")


# ---------------------------------------------------------------- step


def step():
    run = moments.current(NNLM, SLUG)
    if run.state not in ("done", "running", "paused"):
        training.until_done(run)
        st.caption(texts["question.soon"])
        return
    text = sentence_typed(run)
    moment = moments.pick(run, lesson, usual=50)
    found = ask(run, "sentence", at=moment, text=text)
    if found:
        unknown(found)
        at = factor_chosen(run, found, text)
        if trace := ask(run, "trace_prediction", at=moment, text=text, factor=at):
            player(trace, lesson, texts=texts, key="nnlm.player")
            looked_up(run, trace)
        factors(found, run)
    st.markdown(lesson["why"])
    training.until_done(run)


def sentence_typed(run: Run) -> str:
    """The learner's sentence: typed, from the link, or the example, which the model has not read."""
    key, label, said = f"nnlm.sentence.{look_key(run)}", texts["step.sentence"], texts["step.example"]
    return choice.sentence(SLUG, key, label, (run.facts or {}).get("example", ""), from_link(run), said)


def factor_chosen(run: Run, found: dict[str, Any], text: str) -> int:
    """Which word of the sentence is foretold, from 0; at first one in its middle."""
    made = found["factors"]
    names = [
        f"{n}: P({spoken([f['word']], run)} | {spoken(without_marks(f['context']), run)})"
        for n, f in enumerate(made, 1)
    ]
    key = f"nnlm.factor.{hash((look_key(run), text))}"
    return choice.place(SLUG, key, texts["step.factor"], names, len(made) // 2, from_link(run))


def looked_up(run: Run, trace: Any):
    """A picture of one-hot times C, for one of the words that are looked at."""
    steps = {each.id: each for each in trace}
    hot, C = steps["lookup"].inputs["e"], steps["lookup"].inputs["C"]
    context, rows = steps["lookup"].labels["C(w)"], steps["lookup"].labels["C"]
    st.subheader(lesson.titled("matrix").title, anchor=False)
    names = [f"{n}: {shown(word, texts)}" for n, word in enumerate(context, 1)]
    key = f"nnlm.matrix.{hash(tuple(names))}"
    st.session_state.setdefault(key, len(names) - 1)
    picked = st.pills(
        texts["matrix.word"], range(len(names)), format_func=lambda n: escape.plain(names[n]), key=key, required=True
    )
    at = len(names) - 1 if picked is None else picked
    bars(figures.look_up(rows, np.asarray(hot)[at], np.asarray(C), texts), "nnlm.matrix.picture")
    values = {
        "word": plain(context[at]),
        "shown": len(rows),
        "vocabulary": f"{(run.facts or {}).get('vocabulary_size', 0) + 1:,}",
        "dim": C.shape[1],
        "products": f"{((run.facts or {}).get('vocabulary_size', 0) + 1) * C.shape[1]:,}",
    }
    st.markdown(content.fill(lesson.titled("matrix").text, **values))
    with st.expander(texts["stage.table"], key="nnlm.matrix.table"):
        sums = np.asarray(hot)[at] @ np.asarray(C)
        columns: dict[str, Sequence[Any]] = {
            texts["bars.word"]: [*(shown(word, texts) for word in rows), texts["matrix.row"]],
            "e": [*(int(one) for one in np.asarray(hot)[at]), None],
        }
        columns |= {f"C {n + 1}": [*map(float, C[:, n]), float(sums[n])] for n in range(min(LISTED, C.shape[1]))}
        table(columns, name="look-up", caption=texts["matrix.caption"], texts=texts, key="nnlm.matrix.numbers")


def factors(found: dict[str, Any], run: Run):
    """All factors of the sentence, and what they make together."""
    made = found["factors"]
    columns = {
        texts["factor.word"]: [spoken([f["word"]], run) for f in made],
        texts["factor.context"]: [spoken(without_marks(f["context"]), run) for f in made],
        texts["factor.probability"]: [f["probability"] for f in made],
        texts["factor.log2"]: [f["log2"] for f in made],
    }
    table(columns, name="factors", caption=texts["factor.caption"], texts=texts, key="nnlm.factors")
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
    spec = NNLM.parse({"language": session.language(), **BREAKS[name]})
    place = f"nnlm.break.{name}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key="nnlm.break.start")
    if press.pressed("nnlm.break.start"):
        training.start(place, spec)
    training.complain(place)
    run = runner.current().find(st.session_state.get(f"{place}.run", ""))
    if run is None:
        return
    if run.spec != spec:  # the page's language has changed since
        st.info(texts["break.language"], icon=":material/tune:")
    moment = moments.shown(run, panes(run), texts=COUNTED, key="nnlm.broken", place=place)
    with st.container():
        training.until_done(run)
        until_measured(run)
    honest(run)
    if tell(run, moment, texts=texts, key=place):
        broken(run, name)


def broken(run: Run, name: str):
    """What came of it, beside the guess and beside the run that was not broken."""
    usual = training.shared(NNLM, spec_of(run).language)
    first, numbers = figures.best(rivals(run)), (run.facts or {}).get("parameters", 0)
    values = {
        "perplexity": number(run.metric("perplexity")),
        "normal": number(usual.metric("perplexity")),
        "ngram": number(first.perplexity) if first else "–",
        "bigram": number(next((rival.perplexity for rival in rivals(run) if rival.order == 2), float("nan"))),
        "parameters": f"{numbers:,}",
        "usual": f"{(usual.facts or {}).get('parameters', 0):,}",
        "vocabulary": f"{(run.facts or {}).get('vocabulary_size', 0):,}",
    }
    if kept := guessed(SLUG, f"break.{name}", lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    st.markdown(content.fill(lesson[f"break.{name}.after"], **values))
    training.until_done(usual)


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    run = moments.current(NNLM, SLUG)
    if run.state == "done":
        sizes(run)
        st.divider()
        duel(run)
    else:
        st.caption(texts["question.soon"])
    training.until_done(run)
    st.divider()
    generalising()
    st.divider()
    eras()


def sizes(run: Run):
    """How many numbers both models hold."""
    st.markdown(lesson["compare.sizes"])
    found = ask(run, "tables")
    if not found:
        return
    rows = [(f"{name}: {texts[f'sizes.{name}']}", n) for name, n in found["parameters_of"].items()]
    rows = [*rows, (texts["sizes.network"], found["parameters"])]
    rows += [(texts["sizes.ngrams"].format(n=n), count) for n, count in enumerate(found["ngrams"], 1)]
    rows += [(texts["sizes.table"].format(n=found["order"]), found["ngram_numbers"])]
    columns: dict[str, Sequence[Any]] = {texts["sizes.what"]: [name for name, _ in rows]}
    columns |= {texts["sizes.count"]: [n for _, n in rows]}
    table(columns, name="sizes", caption=texts["sizes.caption"], texts=texts, key="nnlm.sizes")
    if kept := guessed(SLUG, "predict.2", lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    values = {
        "network": f"{found['parameters']:,}",
        "table": f"{found['ngram_numbers']:,}",
        "order": found["order"],
        "words": f"{found['parameters'] - found['parameters_of'].get('H', 0) - found['parameters_of'].get('d', 0):,}",
    }
    st.markdown(content.fill(lesson["predict.2.after"], **values))


def duel(run: Run):
    """Sentences that neither model has read, word by word."""
    st.markdown(lesson["compare.duel"])
    kind = choice.choose(SLUG, "duel", texts["duel.choose"], {kind: texts[f"duel.{kind}"] for kind in KINDS})
    found = ask(run, "duel", n=LISTED, kind=kind)
    if not found:
        return
    scored(run, found["totals"])
    sentences = found["sentences"]
    columns: dict[str, Sequence[Any]] = {
        texts["duel.sentence"]: [spoken(each["words"][:-1], run) for each in sentences],
        texts["duel.unseen"]: [sum(not seen for seen in each["seen"]) for each in sentences],
        texts["duel.network.bits"]: [-each["log2_nnlm"] for each in sentences],
        texts["duel.ngram.bits"]: [-each["log2_ngram"] for each in sentences],
    }
    table(columns, name="duel", caption=texts["duel.caption"], texts=texts, key="nnlm.duel.table")
    if not sentences:
        return
    lines = [spoken(each["words"][:-1], run) for each in sentences]
    at = st.selectbox(
        texts["duel.pick"], range(len(lines)), format_func=lines.__getitem__, key=f"nnlm.duel.{run.token}.{kind}"
    )
    word_by_word(run, sentences[at])


def word_by_word(run: Run, sentence: dict[str, Any]):
    """One sentence: how surprised each model is by each of its words."""
    bars(figures.duel_bars(sentence, texts), "nnlm.duel.bars")
    with st.expander(texts["stage.table"], key="nnlm.duel.words"):
        columns = {
            texts["bars.word"]: [shown(word, texts) for word in sentence["words"]],
            texts["duel.seen"]: [texts["duel.yes" if seen else "duel.no"] for seen in sentence["seen"]],
            texts["duel.network"]: sentence["nnlm"],
            texts["duel.ngram"]: sentence["ngram"],
        }
        table(columns, name="words", caption=texts["duel.words"], texts=texts, key="nnlm.duel.numbers")


def scored(run: Run, totals: dict[str, Any]):
    """What comes of all held-out sentences together."""
    values = {
        "tokens": f"{totals['tokens']:,}",
        "percent": percent(totals["unseen"] / max(1, totals["tokens"])),
        "sentences": f"{totals['sentences']:,}",
        "won": f"{totals['won']:,}",
        "order": spec_of(run).context + 1,
    }
    names = ("bits_nnlm", "bits_ngram", "bits_nnlm_seen", "bits_ngram_seen", "bits_nnlm_unseen", "bits_ngram_unseen")
    values |= {name: "–" if totals[name] is None else number(totals[name], 3) for name in names}
    st.markdown(content.fill(lesson["compare.duel.after"], **values))


# ---------------------------------------------------------------- generalising


def generalising():
    """A phrase is left out of the text, and asked for afterwards."""
    language = session.language()
    st.markdown(lesson["compare.generalise"])
    key = f"nnlm.phrase.{language}"
    if key not in st.session_state:
        asked = arrival.take(SLUG, "phrase", lambda asked: choice.line(asked, PHRASE))
        st.session_state[key] = WITHOUT[language] if asked is None else asked
    phrase = st.text_input(
        texts["general.phrase"],
        key=key,
        max_chars=PHRASE,
        help=texts["general.help"],
        width=400,
        persist_state="session",
    )
    arrival.complain(SLUG, "phrase", phrase)
    session.keep_in_link(phrase=None if phrase == WITHOUT[language] else phrase)
    place = "nnlm.general"
    press.button(texts["general.start"], type="primary", icon=":material/content_cut:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        try:
            spec = NNLM.parse({"language": language, "without": phrase})
        except Mistake as mistake:
            st.session_state[f"{place}.refused"] = mistake
        else:
            training.start(place, spec)
    training.complain(place)
    run = runner.current().find(st.session_state.get(f"{place}.run", ""))
    if run is None:
        return
    if spec_of(run).language != language:
        st.info(texts["general.language"], icon=":material/tune:")
    run.wait("running", "paused", "done", "failed", timeout=PATIENCE)  # the model says the beginning of a sentence
    if run.mistake:
        training.say(run.mistake)
        return
    moments.shown(run, asked_panes(run), texts=COUNTED, key="nnlm.general.stage", place=place)
    with st.container():
        training.until_done(run)
    if run.state == "done":
        left_out(run)


def asked_panes(run: Run) -> list[StagePane]:
    """What the stage shows of a run without a phrase: what it expects in its place, and the loss."""
    asked = next_pane((run.facts or {}).get("beginning", ""))
    return [dataclasses.replace(asked, place="main"), loss_pane()]


def left_out(run: Run):
    """What is said of the phrase, and of the same words with others in front."""
    if not spec_of(run).without:
        st.info(texts["general.none"], icon=":material/info:")
        return
    found = ask(run, "generalise")
    if not found:
        return
    rows = found["rows"]
    columns = {
        texts["general.context"]: [spoken(without_marks(row["context"]), run) for row in rows],
        texts["general.word"]: [shown(row["word"], texts) for row in rows],
        texts["duel.network"]: [row["nnlm"] for row in rows],
        texts["general.rank"]: [row["rank"] for row in rows],
        texts["duel.ngram"]: [row["ngram"] for row in rows],
        texts["general.counted"]: [row["count"] for row in rows],
    }
    caption = texts["general.caption"].format(count=found["left_out"], phrase=escape.plain(found["phrase"]))
    table(columns, name="left-out", caption=caption, texts=texts, key="nnlm.general.table")
    if kept := guessed(SLUG, "predict.3", lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    ratio = float(np.exp(np.mean([np.log(row["nnlm"] / max(row["ngram"], 1e-12)) for row in rows])))
    values = {
        "word": plain(rows[0]["word"]),
        "before": plain(found["before"]),
        "alike": listed(found["alike"]),
        "ratio": number(ratio, 2),
        "better": sum(row["nnlm"] > row["ngram"] for row in rows),
        "rows": len(rows),
    }
    st.markdown(content.fill(lesson["predict.3.after"], **values))
    company(run, found)


def without_marks(context: Sequence[str]) -> list[str]:
    """A context without the marks of the beginning: one is enough."""
    words = [word for word in context if word != "<s>"]
    return ["<s>", *words] if len(words) < len(context) else words


def company(run: Run, found: dict[str, Any]):
    """The last word of the phrase after other words in its place: those with like vectors, and others."""
    row, language = found["rows"][0], spec_of(run).language
    start = [word for word in row["context"][:-1] if word != "<s>"]
    others = [word for word in FAR[language] if word not in (found["before"], *found["alike"])]
    kinds = [(found["before"], "left"), *((word, "near") for word in found["alike"])]
    kinds += [(word, "far") for word in others]
    said = []
    for word, kind in kinds:
        if answer := ask(run, "sentence", text=joined([*start, word, row["word"]], language)):
            said.append((word, kind, answer["factors"][-2]["probability"]))
    if not said:
        return
    values = {"word": plain(row["word"]), "start": plain(spoken(without_marks(row["context"][:-1]), run))}
    st.markdown(texts["general.company"].format(**values))
    bars(figures.alike_bars(said, texts), "nnlm.general.bars")
    with st.expander(texts["stage.table"], key="nnlm.general.words"):
        columns = {
            texts["general.before"]: [word for word, _, _ in said],
            texts["general.kind"]: [texts[f"alike.{kind}"] for _, kind, _ in said],
            texts["bars.probability"]: [p for _, _, p in said],
        }
        table(columns, name="company", caption=texts["general.bars"], texts=texts, key="nnlm.general.numbers")


def joined(words: Sequence[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(words)


# ---------------------------------------------------------------- beside Word2Vec


def eras():
    """The nearest words by both kinds of vectors, learnt from the same text."""
    language = session.language()
    st.markdown(lesson["compare.vectors"])
    runs = (training.shared(NNLM, language), training.shared(Word2Vec, language))
    waiting = [run for run in runs if run.state not in training.OVER]
    if waiting:
        st.caption(texts["question.soon"])
        training.until_done(waiting[0])
        return
    typed = st.text_input(texts["eras.word"], key=f"nnlm.eras.{language}", max_chars=TYPED, width=320)
    words = [*dict.fromkeys([*([typed.strip()] if typed.strip() else []), *NEAR[language]])]
    rows = []
    for word in words:
        found = [ask(run, "neighbours", word=word, n=NEIGHBOURS) for run in runs]
        if all(found):
            rows.append((word, *(session.listed([answer["word"] for answer in each["answers"]]) for each in found)))
    heads = (texts["eras.asked"], texts["eras.nnlm"], texts["eras.word2vec"])
    columns = {head: [row[n] for row in rows] for n, head in enumerate(heads)}
    table(columns, name="eras", caption=texts["eras.caption"], texts=texts, key="nnlm.eras.table")
    st.markdown(lesson["compare.vectors.after"])


# ---------------------------------------------------------------- the page


def scoring():
    """The command that scores a file."""
    spec = chosen(NNLM, SLUG)[0]
    st.caption(texts["read.score"])
    settings = f"context={spec.context} dim={spec.dim} hidden={spec.hidden}"
    score = f"python -m engine score nnlm --train train.txt --test test.txt --set {settings} --json"
    st.code(score, language="bash", wrap_lines=True)


STATIONS: dict[str, Callable[[], None]] = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "break": breaking,
    "compare": compare,
}

page(NNLM, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS, more=scoring)
