"""GloVe (2014): the page. Layout only: counting, arithmetic and figures live below."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import streamlit as st

from engine import runner
from engine.experiments import OWN, Cooccurrence, GloVe, Word2Vec
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import corpora
from lessons import content
from lessons.figures import number, percent
from lessons.glove import figures
from lessons.word2vec import figures as maps
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.asking import asking
from pages.ui.bench import bench
from pages.ui.dials import chosen, dial_row, wanted
from pages.ui.look import PATIENCE, Look, from_link
from pages.ui.looking import linked, looking, taken_away
from pages.ui.looking import panes as vector_panes
from pages.ui.page import page
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.projection import projection
from pages.ui.stage import StagePane
from pages.ui.table import table
from pages.ui.training import ask, settled, watched

SLUG = "glove"
GUESSES = ("predict.1", "predict.2", "predict.3")
TERMS = {  # of the glossary, by station
    "question": "corpus vocabulary cooccurrence window logarithm probability_ratio vector dot_product bias_number",
    "predict": "vocabulary cooccurrence probability_ratio analogy",
    "count": "cooccurrence window centre context sparse probability_ratio logarithm cpu_second",
    "watch": "vector dimension dot_product weighting_function epoch learning_rate adagrad seed loss analogy "
    "three_cos_add baseline cosine pca variance procrustes umap tsne perplexity cpu_second",
    "step": "cooccurrence logarithm dot_product bias_number weighting_function loss gradient learning_rate adagrad",
    "break": "cooccurrence weighting_function dimension learning_rate adagrad analogy",
    "compare": "analogy negative_sampling seed cosine cpu_second",
    "check": "pmi negative_sampling skip_gram cooccurrence weighting_function",
    "read": "cooccurrence adagrad gradient",
}
FUNCTIONS = {  # of the files of the model, shown first
    "cooccurrence.py": ("slide",),
    "glove.py": ("weight", "learn_small"),
    "glove_torch.py": ("objective",),
}
COUNT = f"{SLUG}.count"  # the runs of the station that counts
COUNTS = ("corpus", "window", "distance", "symmetric")  # its dials
TABLES = ("sum", "W", "C")
COMPANY = {"en": ("queen", "king"), "zh": ("王后", "国王")}  # whose company is listed first
CELLS = {  # words of the table's picture, where the text has them
    ("kingdom", "en"): "the king queen man woman waistcoat ribbon crown kitchen cake",
    ("kingdom", "zh"): "的 国王 王后 男人 女人 西装 辫子 王冠 厨房 蛋糕",
    ("kjv", "en"): "the god lord king queen son daughter father mother water",
}
BREAKS: dict[str, dict[str, Any]] = {  # what each way of breaking it changes; its texts are the sections break.<name>
    "tidy": {"mixed": 0.0},
    "half": {"mixed": 0.0, "zeros": "half"},
    "flat": {"alpha": 0.0},
    "line": {"dim": 1},
    "fast": {"lr": 1.0},
}
BESIDE = {"half": {"mixed": 0.0}}  # what a break is held against, where it is not the usual run
BIASED = (
    *("metric.analogy_accuracy", "metric.analogy_accuracy.unit", "pane.curves", "column.accuracy"),
    *("compare.caption", "compare.right"),
)
TEXT = ("corpus", "language", "tokens", "corpus_seed", "mixed", "segment")  # what makes a text
ALL = "analogy_accuracy"  # of all kinds together
SEEDS, READ = 5, 200_000  # runs of each model that are compared, and how many words of a made-up text they read
FULLEST, NEAR, DOTS, BARS = 8, 8, 250, 40  # rows of the opening, nearest words, cells of the fit, bars of counts
FEWEST, MOST, COMMON = 2, 16, 200  # words of the table's picture; frequent words offered for it
TYPED = 200  # characters of a field
STILL = {"displayModeBar": False}
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
# What a step of these runs is.
COUNTING = texts | {f"stage.{name}": texts[f"count.{name}"] for name in ("step", "running", "seconds")}
FITTING = texts | {"stage.step": texts["stage.cells"], "stage.running": texts["stage.cells.now"]}


def share_of(value: float) -> str:
    """A share for a table."""
    return texts["compare.share"].format(percent=percent(value))


def chart(figure: dict[str, Any], key: str):
    st.plotly_chart(figure, key=key, theme="streamlit", config=STILL)


def facts_of(run: Run) -> dict[str, Any]:
    """What is known of a run's text, once it is read; this waits a little for it."""
    run.wait("running", "paused", "done", "failed", timeout=PATIENCE)
    return run.facts or {}


def text_key(run: Run, name: str) -> str:
    """The key of what a learner chose for the text of `run`."""
    spec = run.spec.values()
    return f"glove.{name}.{spec['corpus']}.{spec['language']}"


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    company()
    st.markdown(lesson["idea"])


def company():
    """The fullest cells of two words' rows: they are the same."""
    first, second = COMPANY[session.language()]
    run, key = training.shared(Cooccurrence, session.language()), f"glove.company.{session.language()}"
    if key not in st.session_state:
        asked = arrival.take(SLUG, "company", lambda asked: choice.line(asked, TYPED))
        st.session_state[key] = first if asked is None else asked
    typed = st.text_input(texts["company.field"], key=key, max_chars=TYPED, width=320, persist_state="session")
    arrival.complain(SLUG, "company", typed)
    session.keep_in_link(company=None if typed == first else typed)
    if run.state not in training.OVER:
        st.caption(texts["company.soon"])
        training.until_done(run)
        return
    words = [typed.strip() or first]
    words.append(second if words[0] != second else first)
    for column, word in zip(st.columns(2), words, strict=True):
        with column:
            if found := ask(run, "row", word=word, n=FULLEST):
                columns = {
                    texts["company.word"]: [answer["word"] for answer in found["answers"]],
                    texts["company.count"]: [answer["count"] for answer in found["answers"]],
                    texts["company.share"]: [answer["probability"] for answer in found["answers"]],
                }
                caption = texts["company.caption"].format(word=escape.plain(word))
                table(columns, name="company", caption=caption, texts=texts, key=f"glove.company.{words.index(word)}")
    st.markdown(lesson["company"])


# ---------------------------------------------------------------- predict


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


def yours(section: str):
    """The guess at a section's question, if there was one."""
    if kept := guessed(SLUG, section, lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))


# ---------------------------------------------------------------- count


def count():
    st.markdown(lesson["count"])
    spec, text = dial_row(GloVe, SLUG, lesson, COUNTS, texts=texts, place=COUNT)
    wish, missing = spec.like(Cooccurrence), wanted(GloVe, SLUG)
    with st.container(horizontal=True, vertical_alignment="center"):
        press.button(
            texts["count.start"], type="primary", icon=":material/play_arrow:", key=f"{COUNT}.start", disabled=missing
        )
        note = st.empty()
    if missing:
        note.caption(texts["own.first"])
    if press.pressed(f"{COUNT}.start"):
        training.start(COUNT, wish, text)
    training.complain(COUNT)
    run = at_linked(training.shown(COUNT, wish, text))
    moment = moments.shown(run, count_panes(run), texts=COUNTING, key="glove.counting", place=COUNT)
    begins = run.shared and moment == 0
    if moment is not None and not begins:
        moments.rest(run, moment)
    session.keep_in_link(counted=None if begins or moment is None else str(moment))
    arrival.complain(SLUG, "counted", texts["stage.last"] if moment is None else str(moment))
    if not missing:
        note.caption(counted_note(run, wish, begins))
    with st.container():
        filled(run, moment)
        training.until_done(run)
    cells_chosen(run)
    if run.state == "done":
        st.divider()
        one_window(run)
        st.divider()
        ratios(run)


def at_linked(run: Run) -> Run:
    """The same run; the moment of it that the link names counts as the one at which the learner left the stage."""
    if from_link(run) and moments.rested(run) is None:
        read = arrival.whole(texts["stage.slider"], 0, moments.MOST)
        if (moment := arrival.take(SLUG, "counted", read)) is not None:
            if run.state == "done":
                moment = min(moment, len(run.history) - 1)
            moments.rest(run, moment)
    return run


def counted_note(run: Run, wish: Cooccurrence, begins: bool) -> str:
    """What to know of the table on the stage."""
    if run.spec == wish:
        return texts["count.before"] if begins else texts["count.shared"] if run.shared else ""
    only_language = run.spec == dataclasses.replace(wish, language=run.spec.values()["language"])
    return texts["count.language" if only_language else "count.changed"]


def cells_of(run: Run) -> tuple[str, ...]:
    """The words of the table's picture: the learner's choice for this text, the link's, or what suits it."""
    key = text_key(run, "cells")
    if kept := st.session_state.get(key):
        return cast(tuple[str, ...], kept)
    usual = usual_cells(run)
    if usual and from_link(run):
        asked = arrival.take(SLUG, "cells", lambda asked: known(run, asked.split(",")))
        if asked:
            st.session_state[key] = asked
            return asked
    return usual


def usual_cells(run: Run) -> tuple[str, ...]:
    facts, spec = facts_of(run), run.spec.values()
    there = {*facts.get("vocabulary", ())}
    language = "en" if spec["corpus"] == "kjv" else spec["language"]
    named = CELLS.get((spec["corpus"], language), "").split()
    found = [word for word in named if word in there]
    return tuple(found if len(found) >= FEWEST else facts.get("words", ())[:MOST])


def known(run: Run, words: Sequence[str], least: int = FEWEST, most: int = MOST) -> tuple[str, ...]:
    """The words, each once. Raises Mistake("words_number"), ("word_unknown") or ("word_unlike")."""
    named = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
    if not least <= len(named) <= most:
        raise Mistake("words_number", least=least, most=most, given=len(named))
    run.ask("matrix", words=list(named))
    return named


def count_panes(run: Run) -> list[StagePane]:
    """What the stage shows of `run`: some cells of the table, and how much of all of it is filled."""
    words, found = cells_of(run), []
    if words:
        found.append(
            StagePane(
                "heat",
                texts["pane.heat"],
                place="main",
                pane=Pane("heat", "heatmap_view", (("words", words),)),
                base=figures.heat_base(words, texts),
                frame=lambda numbers: figures.heat_frame(numbers, texts),
            )
        )
    curves = figures.filled_curves(texts)
    return [*found, StagePane("filled", texts["pane.filled"], kind="curves", base=curves)]


def filled(run: Run, moment: int | None):
    """How empty the table is; and the guess at it, when this table is the one it was about."""
    waits = run.shared and moments.rested(run) is None
    facts, last = run.facts or {}, run.latest()
    if waits or not last or not tell(run, moment, texts=texts, key="glove.counting"):
        return
    V = facts["vocabulary_size"]
    values = {
        "share": percent(last.metrics["share"]),
        "filled": f"{facts['cells']:,}",
        "cells": f"{V * V:,}",
        "vocabulary": f"{V:,}",
        "seconds": number(last.seconds, 2),
    }
    if not {k for k in run.spec.changed() if k != "language"}:
        yours("predict.1")
    st.markdown(content.fill(lesson["predict.1.after"], **values))
    with st.expander(texts["count.stage"], icon=":material/help:", key="glove.count.reading"):
        st.markdown(content.fill(lesson["count.read"], **values))


def cells_chosen(run: Run):
    """Fields for the words of the table's picture."""
    words, usual, refused = cells_of(run), usual_cells(run), "glove.cells.refused"
    with st.expander(texts["cells.title"], icon=":material/visibility:"), st.form("glove.cells", border=False):
        common = (run.facts or {}).get("vocabulary", ())[:COMMON]
        picked = st.multiselect(
            texts["cells.words"],
            list(dict.fromkeys((*words, *common))),
            default=list(words),
            help=texts["cells.words.help"],
            accept_new_options=True,
            key=f"glove.cells.{hash(words)}",
        )
        press.submit(texts["view.apply"], icon=":material/check:", key="glove.cells.go")
        if press.pressed("glove.cells.go"):
            try:
                st.session_state[text_key(run, "cells")] = known(run, picked)
            except Mistake as mistake:
                st.session_state[refused] = mistake
            else:
                st.session_state.pop(refused, None)
                st.rerun()
        if wrong := st.session_state.get(refused):  # it stays when the page is drawn anew
            training.say(wrong)
    session.keep_in_link(cells=None if words == usual else ",".join(words))
    arrival.complain(SLUG, "cells", session.listed(words))


def one_window(run: Run):
    """A window at a place where a word stands, operation by operation."""
    st.markdown(lesson["count.window"])
    key, own = text_key(run, "centre"), run.spec.values()["corpus"].startswith(OWN)
    usual = "" if own else ((run.facts or {}).get("pair") or ("",))[0]  # empty: the fullest of the last windows
    if key not in st.session_state:
        asked = arrival.take(SLUG, "centre", lambda asked: choice.line(asked, TYPED)) if from_link(run) else None
        st.session_state[key] = usual if asked is None else asked
    word = st.text_input(
        texts["window.word"],
        key=key,
        max_chars=TYPED,
        width=320,
        help=texts["window.word.help"],
        persist_state="session",
    )
    arrival.complain(SLUG, "centre", word)
    session.keep_in_link(centre=None if word == usual else word)
    if trace := ask(run, "trace_window", word=word.strip() or None):
        player(trace, lesson, texts=texts, key="glove.window", link=None)


# ---------------------------------------------------------------- ratios


@dataclasses.dataclass(frozen=True)
class Probed:
    """Two words, and those that are held against them; none: the table suggests some."""

    first: str
    second: str
    probes: tuple[str, ...] = ()


def probed(run: Run) -> Probed:
    """The learner's choice for the text of `run`, the link's, or what suits it."""
    key = text_key(run, "probed")
    if kept := st.session_state.get(key):
        return cast(Probed, kept)
    found = usual_probed(run)
    if found.first and from_link(run):

        def pair(asked: str) -> Probed:
            first, second = (*asked.split(","), "", "")[:2]
            return checked(run, dataclasses.replace(found, first=first.strip(), second=second.strip()))

        found = arrival.take(SLUG, "pair", pair) or found

        def probes(asked: str) -> Probed:
            return checked(run, dataclasses.replace(found, probes=known(run, asked.split(","), least=1)))

        found = arrival.take(SLUG, "probes", probes) or found
        if found != usual_probed(run):
            st.session_state[key] = found
    return found


def usual_probed(run: Run) -> Probed:
    facts = run.facts or {}
    pair = facts.get("pair") or facts.get("words", ())[:2]
    return Probed(*pair) if len(pair) == 2 else Probed("", "")


def checked(run: Run, found: Probed) -> Probed:
    """The same. Raises Mistake for words that the text does not have, or the same one twice."""
    run.ask("ratios", first=found.first, second=found.second, probes=list(found.probes) or None)
    return found


def ratios(run: Run):
    """The paper's table of ratios beside one counted here."""
    st.markdown(lesson["count.ratios"])
    seen, refused = probed(run), "glove.probed.refused"
    with st.form("glove.probed", border=False):
        key = f"glove.probed.{hash(seen)}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            first = st.text_input(texts["ratio.first"], seen.first, key=f"{key}.first", max_chars=TYPED, width=180)
            second = st.text_input(texts["ratio.second"], seen.second, key=f"{key}.second", max_chars=TYPED, width=180)
            probes = st.multiselect(
                texts["ratio.probes"],
                list(dict.fromkeys((*seen.probes, *(run.facts or {}).get("vocabulary", ())[:COMMON]))),
                default=list(seen.probes),
                accept_new_options=True,
                help=texts["ratio.probes.help"],
                placeholder="",
                key=f"{key}.probes",
                width=420,
            )
            press.submit(texts["ratio.go"], icon=":material/percent:", key="glove.probed.go")
    if press.pressed("glove.probed.go"):
        try:
            asked = Probed(first.strip(), second.strip(), known(run, probes, least=0))
            st.session_state[text_key(run, "probed")] = checked(run, asked)
        except Mistake as mistake:
            st.session_state[refused] = mistake
        else:
            st.session_state.pop(refused, None)
            st.rerun()
    if wrong := st.session_state.get(refused):  # it stays when the page is drawn anew
        training.say(wrong)
    usual = usual_probed(run)
    same = (seen.first, seen.second) == (usual.first, usual.second)
    session.keep_in_link(
        pair=None if same else f"{seen.first},{seen.second}", probes=",".join(seen.probes) if seen.probes else None
    )
    arrival.complain(SLUG, "pair", session.listed((seen.first, seen.second)))
    arrival.complain(SLUG, "probes", session.listed(seen.probes) or texts["ratio.suggested"])
    both_tables(run, seen)


def both_tables(run: Run, seen: Probed):
    """Ice and steam as published, and the learner's words; the same axis for both."""
    found = ask(run, "ratios", first=seen.first, second=seen.second, probes=list(seen.probes) or None)
    if not found:
        return
    paper, rows = figures.published(texts), found["rows"]
    reach = max(abs(row["log_ratio"]) for row in [*paper, *rows] if row["log_ratio"] is not None)
    tokens = f"{(run.facts or {})['tokens']:,}"
    left, right = st.columns([2, 3])
    with left:
        st.markdown(f"**{texts['ratio.paper']}**")
        words = texts["paper.ice"], texts["paper.steam"]
        chart(figures.ratio_bars(paper, *words, texts, reach), "glove.ratios.paper")
        st.caption(figures.ratio_summary(paper, *words, texts))
        with st.expander(texts["stage.table"], key="glove.ratios.paper.open"):
            ratio_table(paper, *words, "paper", texts["ratio.paper"])
        yours("predict.2")
        st.markdown(lesson["predict.2.after"])
    with right:
        caption = texts["ratio.live"].format(
            first=escape.plain(seen.first), second=escape.plain(seen.second), tokens=tokens
        )
        st.markdown(f"**{caption}**")
        if not rows:
            st.info(texts["ratio.none"], icon=":material/info:")
            return
        chart(figures.ratio_bars(rows, seen.first, seen.second, texts, reach), "glove.ratios.live")
        st.caption(escape.plain(figures.ratio_summary(rows, seen.first, seen.second, texts)))
        with st.expander(texts["stage.table"], expanded=True, key="glove.ratios.live.open"):
            ratio_table(rows, seen.first, seen.second, "ratios", caption)
    values = {"first": seen.first, "second": seen.second, "tokens": tokens}
    st.markdown(content.fill(lesson["count.ratios.after"], **escaped(values)))


def ratio_table(rows: Sequence[Mapping[str, Any]], first: str, second: str, name: str, caption: str):
    """Probe words with both probabilities, where they are known, and the ratio."""
    columns: dict[str, Sequence[Any]] = {texts["ratio.word"]: [row["word"] for row in rows]}
    if all("p_first" in row for row in rows):
        columns |= {
            texts["ratio.share"].format(word=word): [row[side] for row in rows]
            for word, side in ((first, "p_first"), (second, "p_second"))
        }
    columns[texts["ratio.ratio"].format(first=first, second=second)] = [
        row["ratio"] or texts["ratio.never"] for row in rows
    ]
    table(columns, name=name, caption=caption, texts=texts, key=f"glove.ratios.{name}.table")


def escaped(values: dict[str, Any]) -> dict[str, str]:
    return {name: escape.plain(str(value)) for name, value in values.items()}


# ---------------------------------------------------------------- watch


def spec_of(run: Run) -> GloVe:
    return cast(GloVe, run.spec)


def labels(corpus: str) -> dict[str, str]:
    """The labels, as they are for `corpus`: an answer about jobs is not right, it agrees with the text's bias."""
    return {**texts, **{name: texts[f"{name}.jobs"] for name in BIASED}} if corpus == "jobs" else texts


def table_chosen() -> str:
    """Which vectors are asked: W + W̃, or one of the two."""
    return choice.choose(SLUG, "table", texts["table.choose"], {name: texts[f"table.{name}"] for name in TABLES})


def watch():
    said = st.container()
    made = bench(GloVe, SLUG, lesson, texts, ("corpus", "dim", "x_max"))
    run = made.run
    with made.wide:
        which = table_chosen()
        moment = moments.shown(run, panes(run, which), texts=FITTING, key="glove.stage", place=SLUG)
    begins = run.shared and moment == 0
    if made.usual:
        made.note.caption(texts["watch.before" if begins else "train.shared"])
    if moment is not None and not begins:  # a beginning that nobody chose: the other stations show the end
        moments.rest(run, moment)
    with st.container():  # what comes and goes has its place: below it nothing moves, and what is open stays open
        honest(run)
        results(run, moment)
        training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key="glove.reading"):  # open on paper
        facts, last = run.facts or {}, run.latest()
        counting = number(facts["counting_seconds"], 2) if facts else "–"
        values = {"seconds": number(last.seconds, 2) if last else "–", "counting": counting}
        st.markdown(content.fill(lesson["stage"], **values))
    weights(run)
    looking(SLUG, run, texts=texts)
    with said:
        linked(SLUG, run, None if begins else moment, texts=texts)
    asking(SLUG, run, moment, texts=labels(spec_of(run).corpus), table=which)
    with_all_words(run, moment, which)
    if run.state == "done":
        taken_away(run, texts=texts, key="glove.export")


def panes(run: Run, which: str = "sum") -> list[StagePane]:
    """What the stage shows of `run`: map, rank of the answer, nearest words, curves, counted against said."""
    spec, says = spec_of(run), labels(spec_of(run).corpus)
    found = [
        *vector_panes(run, texts=texts, table=which),
        StagePane("curves", says["pane.curves"], kind="curves", base=figures.training_curves(says)),
        StagePane(
            "fit",
            texts["pane.fit"],
            place="below",
            pane=Pane("fit", "fit_view", (("n", DOTS),)),
            base=figures.fit_base(texts),
            frame=lambda numbers: figures.fit_frame(numbers, texts),
        ),
    ]
    categories = list(corpora.questions(spec.corpus, spec.language))
    if len(categories) > 1:  # one alone would be the same curve again
        base = maps.accuracy_curves(categories, texts | {"axis.sentences": texts["axis.cells"]})
        found.append(StagePane("accuracy", texts["pane.accuracy"], kind="curves", place="below", base=base))
    return found


def honest(run: Run):
    """What must be known of a run before its numbers are believed."""
    if run.state == "done" and run.metric("diverged"):
        st.warning(texts["diverged"], icon=":material/warning:")


def results(run: Run, moment: int | None):
    """Each of the tables asked for the analogies; and the guess at it, when this run was made as it assumed."""
    waits = run.shared and moments.rested(run) is None
    if waits or not (run.facts or {}).get("questions") or not tell(run, moment, texts=texts, key="glove.results"):
        return
    found = {name: ask(run, "accuracy", table=name) for name in TABLES}
    if not all(found.values()):
        return
    if not {k for k in spec_of(run).changed() if k not in ("language", "seed")}:
        yours("predict.3")
    shares = {name: percent(each["analogy_accuracy"]) for name, each in found.items()}
    st.markdown(content.fill(lesson["predict.3.after"], w=shares["W"], c=shares["C"], sum=shares["sum"]))
    says = labels(spec_of(run).corpus)
    columns: dict[str, Sequence[Any]] = {texts["tables.table"]: [texts[f"table.{name}"] for name in TABLES]}
    for kind in found["sum"]:
        title = says["metric.analogy_accuracy"] if kind == ALL else texts[f"metric.{kind}"]
        columns[title] = [share_of(found[name][kind]) for name in TABLES]
    with st.expander(texts["stage.table"], key="glove.tables.open"):
        table(columns, name="tables", caption=texts["tables.caption"], texts=texts, key="glove.tables")


def weights(run: Run):
    """The weight f as a curve, and how many cells have which count."""
    st.subheader(texts["weight.title"], anchor=False)
    st.markdown(lesson["weighting"])
    if run.state not in ("done", "running", "paused"):
        st.caption(texts["company.soon"])
        return
    found = ask(run, "weighting", n=BARS)
    if not found:
        return
    chart(figures.weighting(found, spec_of(run).x_max, texts), "glove.weights")
    st.caption(figures.light(found, spec_of(run).x_max, texts))
    with st.expander(texts["stage.table"], key="glove.weights.open"):
        columns = {
            texts["weight.from"]: found["bins"][:-1],
            texts["weight.to"]: found["bins"][1:],
            texts["weight.cells"]: found["cells"],
            texts["weight.f"]: figures.middle_weights(found),
        }
        table(columns, name="weights", caption=texts["weight.caption"], texts=texts, key="glove.weights.table")


def with_all_words(run: Run, moment: int | None, which: str):
    """The most frequent words in one picture, and those on the map."""
    spec, vocabulary = spec_of(run), (run.facts or {}).get("vocabulary", [])
    words = [word for word in Look.of(run).words if word in vocabulary]
    projection(
        "glove.projection",
        lambda n, more: run.ask(
            "project_vectors", at=moment, words=list(dict.fromkeys([*vocabulary[:n], *more])), table=which
        ),
        attributes=corpora.attributes(spec.corpus, spec.language),
        chosen=words,
        texts=texts,
    )


# ---------------------------------------------------------------- step


def step():
    run = moments.current(GloVe, SLUG)
    sources = {source: texts[f"step.source.{source}"] for source in ("run", "fixed")}
    row, source = choice.example(SLUG, texts["step.source"], sources)
    if source == "fixed":
        st.markdown(lesson["step.fixed"])
        trace = ask(run, "trace_fixed_example")
    else:
        with row:
            trace = cell(run)
    if trace:
        player(trace, lesson, texts=texts, key=f"glove.player.{source}")
    st.divider()
    held(run)
    training.until_done(run)  # what was asked of a moment still to come is answered then


def cell(run: Run) -> Any:
    """One update of the run shown, at a moment and for a cell that the learner chooses; None, with the reason."""
    first, second = usual_cell(run)
    keys = text_key(run, "cell.first"), text_key(run, "cell.second")
    if keys[0] not in st.session_state:
        asked = arrival.take(SLUG, "cell", lambda asked: (*asked.split(","), "")[:2]) if from_link(run) else None
        st.session_state[keys[0]], st.session_state[keys[1]] = asked or (first, second)
    looks: dict[str, Any] = {"max_chars": TYPED, "width": 180, "persist_state": "session"}
    words = [
        st.text_input(texts[f"step.{name}"], key=key, **looks).strip()
        for name, key in zip(("first", "second"), keys, strict=True)
    ]
    session.keep_in_link(cell=None if tuple(words) == (first, second) else ",".join(words))
    moment = moments.pick(run, lesson, usual=10)
    i, j = words[0] or first, words[1] or second
    return ask(run, "trace_cell", at=moment, first=i, second=j)


def usual_cell(run: Run) -> tuple[str, str]:
    """A word and one that is its company rather than another's."""
    facts = facts_of(run)
    if pair := facts.get("pair"):
        kinds = (ask(run, "ratios", first=pair[0], second=pair[1]) or {"suggested": ()})["suggested"]
        for each in kinds:
            if each["kind"] == "first":
                return str(pair[0]), str(each["word"])
    words = facts.get("words") or facts.get("vocabulary") or [""]
    found = ask(run, "row", word=words[0], n=1) if words[0] else None
    return str(words[0]), str(found["answers"][0]["word"]) if found and found["answers"] else str(words[0])


def held(run: Run):
    """Whether the vectors hold the ratios: counted and learnt, probe word by probe word."""
    st.markdown(lesson["why"])
    if run.state != "done":
        st.caption(texts["company.soon"])
        return
    seen = probed(run)
    found = ask(run, "ratios", first=seen.first, second=seen.second, probes=list(seen.probes) or None)
    if not found:
        return
    rows = [row for row in found["rows"] if row["log_ratio"] is not None]
    if not rows:
        st.info(texts["ratio.none"], icon=":material/info:")
        return
    chart(figures.held(rows, texts), "glove.held")
    st.caption(figures.held_summary(rows, texts))
    columns = {
        texts["why.word"]: [row["word"] for row in rows],
        texts["why.counted"]: [row["log_ratio"] for row in rows],
        texts["why.vectors"]: [row["learnt"] for row in rows],
    }
    caption = texts["why.caption"].format(first=escape.plain(seen.first), second=escape.plain(seen.second))
    table(columns, name="held", caption=caption, texts=texts, key="glove.held.table")


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    names = {name: lesson.titled(f"break.{name}").title for name in BREAKS}
    name = choice.choose(SLUG, "broken", texts["break.choose"], names)
    predict(SLUG, f"break.{name}", lesson, texts=texts)
    language = {"language": session.language()}
    spec, place = GloVe.parse({**language, **BREAKS[name]}), f"glove.break.{name}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key="glove.break.start")
    if press.pressed("glove.break.start"):
        training.start(place, spec)
        if name in BESIDE:
            training.start(f"{place}.beside", GloVe.parse({**language, **BESIDE[name]}))
    training.complain(place)
    run = runner.current().find(st.session_state.get(f"{place}.run", ""))
    if run is None:
        return
    if run.spec != spec:  # the page's language has changed since
        st.info(texts["break.language"], icon=":material/tune:")
    moment = moments.shown(run, panes(run), texts=FITTING, key="glove.broken", place=place)
    training.until_done(run)
    honest(run)
    if tell(run, moment, texts=texts, key=place):
        broken(run, name)


def broken(run: Run, name: str):
    """What came of it, beside the guess and beside the run that was not broken."""
    usual, beside = training.shared(GloVe, spec_of(run).language), training.own(f"glove.break.{name}.beside")
    for other in (usual, beside):
        if other and other.state not in training.OVER:
            other.beat()  # no stage watches it
            training.until_done(other)
            return
    yours(f"break.{name}")
    against = beside or usual
    values = {
        "kinds": kinds_right(run),
        "normal": kinds_right(usual),
        "beside": kinds_right(against),
        "loss": number(run.metric("loss"), 3),
        "normal_loss": number(usual.metric("loss"), 3),
        "seconds": seconds(run),
        "normal_seconds": seconds(against),
    }
    empty = ask(run, "zeros")
    if not empty:
        return
    values |= {
        "cells": f"{empty['cells']:,}",
        "zeros": percent(empty["empty"] / empty["cells"]),
        "filled": f"{empty['cells'] - empty['empty']:,}",
    }
    st.markdown(content.fill(lesson[f"break.{name}.after"], **values))
    if name == "tidy":
        never(empty["pairs"])


def never(pairs: Sequence[Mapping[str, Any]]):
    """Pairs of words that never meet, although both are frequent."""
    columns = {
        texts["never.pair"]: [f"{pair['first']} · {pair['second']}" for pair in pairs],
        texts["never.expected"]: [pair["expected"] for pair in pairs],
    }
    table(columns, name="never", caption=texts["never.caption"], texts=texts, key="glove.never")


def kinds_right(run: Run) -> str:
    """The share of analogies that are right, by kind, as a list."""
    last = run.latest()
    metrics = last.metrics if last else {}
    return session.listed(
        [
            texts["break.kind"].format(kind=texts[f"metric.{name}"], percent=percent(value))
            for name, value in metrics.items()
            if name.startswith("analogy_") and name != ALL
        ]
    )


def seconds(run: Run) -> str:
    last = run.latest()
    return number(last.seconds, 2) if last else "–"


# ---------------------------------------------------------------- compare


def compare():
    spec, text = chosen(GloVe, SLUG)
    spec = dataclasses.replace(spec, tokens=min(spec.tokens, READ))
    st.markdown(content.fill(lesson["compare"], tokens=f"{READ:,}"))
    place = "glove.compare"
    press.button(texts["compare.start"], type="primary", icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        read = {name: value for name, value in spec.values().items() if name in TEXT}
        specs = [each for seed in range(SEEDS) for each in (dataclasses.replace(spec, seed=seed), word2vec(read, seed))]
        training.together(place, specs, text)
    training.complain(place)
    if runs := training.compared(place):
        watched(place, runs, lambda: rows(runs), texts)
        if settled(runs):
            neighbours(runs)


def word2vec(read: dict[str, Any], seed: int) -> Word2Vec:
    """Word2Vec with the settings of its own page, on the same text."""
    return dataclasses.replace(Word2Vec.parse({"corpus": read["corpus"]}), **read, seed=seed)


def rows(runs: list[Run]):
    corpus = str(runs[0].spec.values()["corpus"])
    made, says = [row_of(run) for run in runs], labels(corpus)
    asked = [row for row in made if "analogy_accuracy" in row]
    kinds = sorted(filter(lambda name: name.startswith("analogy_"), asked[0]), key=ALL.__ne__) if asked else []
    if kinds:
        chart(figures.seeds(asked, kinds, says), "glove.compare.dots")
    columns: dict[str, Sequence[Any]] = {
        texts["compare.model"]: [texts[f"compare.{row['model']}"] for row in made],
        texts["compare.seed"]: [row["seed"] for row in made],
    }
    for kind in kinds:
        title = texts["compare.all"] if kind == ALL else texts[f"metric.{kind}"]
        columns[title] = [share_of(row[kind]) if kind in row else None for row in made]
    columns[texts["compare.seconds"]] = [row.get("seconds") for row in made]
    table(columns, name="seeds", caption=says["compare.caption"], texts=texts, key="glove.compare.table")
    if settled(runs) and kinds and len(asked) == len(made):
        verdict(made, corpus)


def row_of(run: Run) -> dict[str, Any]:
    """What a run came to, as far as it has come: kept, since the run may be dropped while the table still stands."""
    kept: dict[str, Any] = st.session_state.setdefault("glove.came_to", {})
    if run.token in kept:
        return cast(dict[str, Any], kept[run.token])
    last, found = run.latest(), {"model": run.spec.name, "seed": run.spec.values()["seed"]}
    if run.state == "done" and last:
        right = {name: value for name, value in last.metrics.items() if name.startswith("analogy_")}
        found |= {**right, "seconds": round(last.seconds + (run.facts or {}).get("counting_seconds", 0), 2)}
        kept[run.token] = found
    return found


def verdict(made: Sequence[Mapping[str, Any]], corpus: str):
    """Both models in numbers, for the text. On the text about jobs nobody is ahead: see `labels`."""
    values = {}
    for model in figures.MODELS:
        own = [row for row in made if row["model"] == model]
        right = [row["analogy_accuracy"] for row in own]
        values[model] = between(percent(min(right)), percent(max(right)))
        values[f"{model}_seconds"] = number(sum(row["seconds"] for row in own) / len(own), 2)
    if corpus == "jobs":
        st.markdown(content.fill(lesson["compare.after.jobs"], **values))
        return
    st.markdown(content.fill(lesson["compare.after"], **values))
    ours, theirs = ([row["analogy_accuracy"] for row in made if row["model"] == model] for model in figures.MODELS)
    if min(theirs) > max(ours):
        st.markdown(lesson["compare.ahead"])


def between(low: str, high: str) -> str:
    """A range, or the one number that both ends are."""
    return low if low == high else texts["compare.range"].format(low=low, high=high)


def neighbours(runs: Sequence[Run]):
    """The nearest words of one word by both models, of the first seed."""
    done = [run for run in runs if run.state == "done"]
    pair = [run for name in figures.MODELS for run in done if run.spec.name == name and not run.spec.values()["seed"]]
    if len(pair) < len(figures.MODELS):
        return
    key = f"glove.compare.word.{pair[0].spec.values()['language']}"
    usual = Look.of(pair[0]).near
    word = st.text_input(texts["compare.field"], usual, key=key, max_chars=TYPED, width=320).strip() or usual
    found = [ask(run, "neighbours", word=word, n=NEAR) for run in pair]
    if not all(found):
        return
    columns = {
        texts["compare.near"].format(model=texts[f"compare.{name}"]): [answer["word"] for answer in each["answers"]]
        for name, each in zip(figures.MODELS, found, strict=True)
    }
    caption = texts["compare.near.caption"].format(seed=0, word=escape.plain(word))
    table(columns, name="neighbours", caption=caption, texts=texts, key="glove.compare.near")
    st.markdown(lesson["compare.near.after"])


# ---------------------------------------------------------------- the page

STATIONS: dict[str, Callable[[], None]] = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "count": count,
    "watch": watch,
    "step": step,
    "break": breaking,
    "compare": compare,
}

page(GloVe, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS)
