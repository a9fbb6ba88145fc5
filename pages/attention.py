"""Attention (2014–2017): the page. Layout only: models, arithmetic and figures live below."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import streamlit as st

from engine import runner
from engine.experiments import Coreference, Translation
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import coreference as grammar
from lessons import content
from lessons.attention import figures
from lessons.figures import number, percent, shown
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.bench import bench
from pages.ui.page import page
from pages.ui.picture import chart, scrolled
from pages.ui.player import player
from pages.ui.predict import guessed, predict
from pages.ui.racing import done, of, share
from pages.ui.stage import StagePane
from pages.ui.table import table
from pages.ui.training import ask, settled, watched
from pages.ui.walk import ALL, station

SLUG = "attention"
GUESSES = ("predict.1", "predict.2", "predict.3")
TERMS = {  # of the glossary, by station
    "question": "recurrent_network hidden_state vector softmax attention_head self_attention",
    "predict": "attention_head held_out masked_word",
    "watch": "coreference attention_head self_attention masked_word loss nat held_out generalisation batch seed",
    "step": "vector dot_product softmax attention_head query_key_value residual layer_norm position_vector "
    "hidden_layer",
    "heads": "attention_head self_attention entropy bit layer",
    "positions": "position_vector vector",
    "break": "layer attention_head position_vector generalisation held_out causal_mask",
    "compare": "encoder_decoder hidden_state cross_attention self_attention alignment_words exact_match cpu_second",
    "check": "attention_head query_key_value softmax position_vector",
    "read": "self_attention masked_word",
}
FUNCTIONS = {  # of the files of the model, shown first
    "attention.py": ("attention", "multi_head"),
    "transformer.py": ("encode",),
    "coreference.py": ("task", "lost"),
}
OBJECTIVES = ("masked_words", "labelled_head", "predict_noun")
SHOWN = 8  # unseen sentences on the stage
CHANCE = 0.5  # of two nouns the right one
BREAKS: dict[str, dict[str, Any]] = {  # what each way of breaking it changes; its texts are the sections break.<name>
    "layer": {"layers": 1},
    "few": {"sentences": 100},
    "order": {"positions": "none"},
    "fast": {"lr": 3.0},
}
ZERO = "zero"  # breaks no training: the mask multiplies by 0
OLD = "我是一名学生"  # a sentence for both eras of attention
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
READING = texts | {"stage.step": texts["stage.read_so_far"], "stage.running": texts["stage.read_now"]}


def spec_of(run: Run) -> Coreference:
    return cast(Coreference, run.spec)


def weights(
    A: Sequence[Sequence[float]], asks: Sequence[str], answers: Sequence[str], name: str, key: str, **looks: Any
):
    """The weights of the head of that `name` as numbers and colours."""
    told = texts["heads.numbers"].format(head=name)
    if not looks:  # a row for each word of one sentence
        told += ". " + " ".join(figures.looked(asks, row, place, texts) for place, row in enumerate(A))
    numbers = figures.numbers({name: A}, asks, answers, texts)
    scrolled(figures.matrix(A, asks, answers, texts, **looks), key, numbers, told, "weights")


def usual_run(objective: str = "labelled_head", language: str | None = None) -> Run:
    """The run of the settings as they come, trained beforehand, which all share."""
    return runner.current().demo(Coreference(language=language or session.language(), objective=objective))


def named(run: Run) -> str:
    return texts[f"dial.objective.{spec_of(run).objective}"]


def yours(section: str):
    """The guess at a section's question, if there was one."""
    if kept := guessed(SLUG, section, lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))


def waited(run: Run) -> bool:
    """Whether the model can be asked; if not, says so, and draws the page anew when it can."""
    if run.state == "done":
        return True
    st.caption(texts["question.soon"])
    training.until_done(run)
    return False


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    run = usual_run()
    if waited(run) and (found := ask(run, "examples", n=2)):
        for column, each in zip(st.columns(2, gap="medium"), found["sentences"], strict=True):
            with column:
                pointed(each)
        st.caption(texts["question.caption"])
        training.beforehand(run, texts)
    st.markdown(lesson["idea"])


def pointed(each: Mapping[str, Any]):
    """A sentence, the pronoun and what attention from it gives each noun."""
    marks = {each["pronoun"], each["antecedent"], each["competitor"]}
    space = "" if session.language() == "zh" else " "
    line = [f"**{escape.plain(word)}**" if at in marks else escape.plain(word) for at, word in enumerate(each["words"])]
    st.markdown("> " + space.join(line).replace("** **", "** **"))
    columns: dict[str, Sequence[Any]] = {
        texts["point.noun"]: [each["words"][each[name]] for name in ("antecedent", "competitor")],
        texts["point.weight"]: [round(each[name], 3) for name in ("on_antecedent", "on_competitor")],
    }
    caption = texts["point.caption"].format(pronoun=each["words"][each["pronoun"]])
    table(columns, name="attention", caption=caption, texts=texts, key=f"attention.question.{each['antecedent']}")


# ---------------------------------------------------------------- predict


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


# ---------------------------------------------------------------- watch


def watch():
    said = st.container()
    made = bench(Coreference, SLUG, lesson, texts, ("objective", "layers", "heads"), always=("language",))
    run = made.run
    with made.wide:
        stage = panes(run, *on_stage(run))
        moment = moments.shown(run, stage, texts=READING, key="attention.stage", place=SLUG)
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
    with st.expander(texts["stage.read"], icon=":material/help:", key="attention.reading"):  # open on paper
        st.markdown(content.fill(lesson["stage"], **reached(run)))
    st.divider()
    three()
    with said:
        arrival.complain(run.spec.name, "moment", texts["stage.last"] if moment is None else str(moment))


def on_stage(run: Run) -> tuple[str, int, int]:
    """Which of the two example sentences the stage looks at, and which head, counted from 1."""
    lines = grammar.EXAMPLES[spec_of(run).language]
    picked = choice.choose(SLUG, "said", texts["watch.sentence"], {str(n + 1): line for n, line in enumerate(lines)})
    layer, head = head_chosen(run, "attention.stage.head")
    return lines[int(picked) - 1], layer, head


def head_chosen(run: Run, key: str, first: bool = False) -> tuple[int, int]:
    """A head, such as 2.1: head 1 of layer 2; `head` in the link. The usual one is the labelled one, or the `first`."""
    spec, label = spec_of(run), texts["head.choose"]
    heads = [f"{n + 1}.{h + 1}" for n in range(spec.layers) for h in range(spec.heads)]
    usual, kept = "1.1" if first else f"{spec.layers}.1", f"{key}.{spec.layers}.{spec.heads}"
    if kept not in st.session_state:
        asked = arrival.take(SLUG, "head", arrival.choice(label, {head: head for head in heads}))
        st.session_state[kept] = asked or usual
    looks: dict[str, Any] = {"width": 200, "persist_state": "session", "help": texts["head.choose.help"]}
    picked = str(st.selectbox(label, heads, key=kept, **looks))
    arrival.complain(SLUG, "head", picked)
    session.keep_in_link(head=None if picked == usual else picked)
    layer, _, head = picked.partition(".")
    return int(layer), int(head)


def panes(run: Run, sentence: str, layer: int, head: int) -> list[StagePane]:
    """What the stage shows of `run`: one head's weights, where "it" looks in unseen sentences, two panes of curves."""
    pronoun = grammar.PRONOUN[spec_of(run).language]
    given = (("sentence", sentence), ("layer", layer), ("head", head))
    return [
        StagePane(
            "weights",
            texts["pane.weights"].format(head=f"{layer}.{head}"),
            place="main",
            pane=Pane("weights", "attention_view", given),
            base=figures.weight_base(texts),
            frame=lambda numbers: figures.weight_frame(numbers, [*numbers["words"]].index(pronoun), texts),
        ),
        StagePane(
            "both",
            texts["pane.both"],
            place="below",
            pane=Pane("both", "antecedent_view", (("n", SHOWN),)),
            base=figures.both_base(texts),
            frame=lambda numbers: figures.both_frame(numbers, texts),
        ),
        StagePane("quality", texts["pane.quality"], kind="curves", place="below", base=figures.quality_curves(texts)),
        StagePane("loss", texts["pane.loss"], kind="curves", place="below", base=figures.loss_curve(texts)),
    ]


def reached(run: Run) -> dict[str, str]:
    """What a run has come to, for the text beside it."""
    last, facts = run.latest(), run.facts or {}
    return {
        "seconds": number(last.seconds, 2) if last else "–",
        "sentences": f"{facts['sentences']:,}" if facts else "–",
        "unseen": str(facts.get("unseen", "–")),
        "parameters": f"{facts['parameters']:,}" if facts else "–",
        "pointing": percent(run.metric("antecedent_accuracy"), 3) if last else "–",
        "task": percent(run.metric("task_accuracy"), 3) if last else "–",
    }


def three():
    """The same encoder trained in three ways, side by side: beforehand, or anew by the learner."""
    st.markdown(lesson["three"])
    place = "attention.three"
    press.button(texts["three.start"], icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, [Coreference(language=session.language(), objective=name) for name in OBJECTIVES])
    training.complain(place)
    runs = training.compared(place) or [usual_run(name) for name in OBJECTIVES]
    watched(place, runs, lambda: standings(runs), texts)
    if not (settled(runs) and all(run.state == "done" for run in runs)):
        return
    if runs[0].shared:
        st.caption(texts["three.beforehand"])
    for column, run in zip(st.columns(3, gap="medium"), runs, strict=True):
        with column:
            st.markdown(f"**{named(run)}**")
            if found := ask(run, "attention_of"):
                row = rows_of(found)
                told = figures.looked(found["tokens"], row[found["place"]], found["place"], texts)
                drawn = figures.lines(row, found["tokens"], found["place"], texts)
                chart(drawn, f"{place}.{spec_of(run).objective}", told)
                st.caption(texts["three.head"].format(head=found["head"]) + " " + escape.plain(told))
    by_name = {spec_of(run).objective: run for run in runs}
    values = {name: percent(run.metric("antecedent_accuracy"), 3) for name, run in by_name.items()}
    values |= {"noun_right": percent(by_name["predict_noun"].metric("task_accuracy"), 3)}
    if guessed(SLUG, "predict.1", lesson) or not runs[0].shared:
        yours("predict.1")
        st.markdown(content.fill(lesson["predict.1.after"], **values))
        yours("predict.2")
        st.markdown(content.fill(lesson["predict.2.after"], **values))
    else:
        st.caption(texts["three.guess"])


def rows_of(found: Mapping[str, Any]) -> list[list[float]]:
    """The weights of the watched head, of which only the row of the place asked about is kept."""
    layer, _, head = found["head"].partition(".")
    A = found["before"]["A"][int(layer) - 1][int(head) - 1]
    return [row if at == found["place"] else [0.0] * len(row) for at, row in enumerate(A)]


def standings(runs: Sequence[Run]):
    columns: dict[str, Sequence[Any]] = {
        texts["dial.objective"]: [named(run) for run in runs],
        texts["metric.task_accuracy"]: [share(of(run, "task_accuracy"), texts) for run in runs],
        texts["metric.antecedent_accuracy"]: [share(of(run, "antecedent_accuracy"), texts) for run in runs],
        texts["compare.seconds"]: [round(last.seconds, 2) if (last := run.latest()) else None for run in runs],
        texts["compare.done"]: [done(run, texts) for run in runs],
    }
    table(columns, name="three", caption=texts["three.caption"], texts=texts, key="attention.three.table")


# ---------------------------------------------------------------- step


def typed(run: Run, first: bool = False) -> str:
    """The learner's sentence; `text` in the link. One field for all stations, one for each language.

    Where all stations stand in a row, only the `first` of them has it.
    """
    language = spec_of(run).language
    lines, key = grammar.EXAMPLES[language], f"attention.text.{language}"
    if not first and station(SLUG) == ALL:
        return str(st.session_state.get(key, lines[0]))
    return choice.sentence(SLUG, key, texts["own.field"], lines[0], True, texts["own.examples"], lines[1:])


def words_known(run: Run):
    """The words a sentence may have, by kind; below the sentence's field."""
    if station(SLUG) == ALL:
        return  # there is one field only, and paper needs no list of words
    facts = run.facts or {}
    with st.expander(texts["own.words"], icon=":material/menu_book:", key="attention.words"):
        for kind in grammar.KINDS:
            nouns, adjectives = (" · ".join(facts[name][kind]) for name in ("nouns", "adjectives"))
            st.markdown(texts["own.kind"].format(nouns=nouns, adjectives=adjectives))
        taken = {word for name in ("nouns", "adjectives") for words in facts[name].values() for word in words}
        st.markdown(texts["own.others"].format(words=" · ".join(w for w in facts["vocabulary"] if w not in taken)))


def step():
    run = moments.current(Coreference, SLUG)
    st.markdown(lesson["step"])
    if not waited(run):
        return
    sources = {source: texts[f"step.source.{source}"] for source in ("run", "fixed")}
    _, source = choice.example(SLUG, texts["step.source"], sources)
    if source == "fixed":
        st.markdown(lesson["step.fixed"])
        if trace := ask(run, "trace_fixed_example"):
            player(trace, lesson, texts=texts, key="attention.fixed")
        yours("predict.3")
        st.markdown(lesson["predict.3.after"])
        return
    text = typed(run, first=True)
    layer, head = head_chosen(run, "attention.step.head", first=True)
    moment = moments.pick(run, lesson, usual=100) if len(run.history) > 1 else None
    if found := ask(run, "attention_of", at=moment, sentence=text):
        names = [texts["step.named"].format(n=n + 1, word=word) for n, word in enumerate(found["tokens"])]
        key = f"attention.place.{spec_of(run).language}.{len(names)}"
        at = choice.place(SLUG, key, texts["step.place"], names, found["place"], True)
        given = {"sentence": text, "place": at, "layer": layer, "head": head}
        if trace := ask(run, "trace_attention", at=moment, **given):
            player(trace, lesson, texts=texts, key="attention.player")
        st.caption(texts["step.click"])
    words_known(run)
    training.beforehand(run, texts)


# ---------------------------------------------------------------- heads


def heads():
    st.markdown(lesson["heads"])
    run = trained(moments.current(Coreference, SLUG))
    if not waited(run):
        return
    text = typed(run)
    found = ask(run, "attention_of", sentence=text)
    words_known(run)
    if not found:
        return
    words, before = found["tokens"], found["before"]
    all_heads = {f"{n + 1}.{h + 1}": A for n, layer in enumerate(before["A"]) for h, A in enumerate(layer)}
    drawn = figures.overview(before["A"], words, before["entropy"], texts)
    told = "; ".join(note["text"] for note in drawn["layout"]["annotations"])
    scrolled(drawn, "attention.overview", figures.numbers(all_heads, words, words, texts), told, "weights")
    training.beforehand(run, texts)
    with st.container(horizontal=True, vertical_alignment="bottom", key="attention-heads"):
        layer, head = head_chosen(run, "attention.heads.head")
        ways = {name: texts[f"heads.show.{name}"] for name in ("head", "average")}
        way = choice.choose(SLUG, "shows", texts["heads.show"], ways)
        names = [texts["step.named"].format(n=n + 1, word=word) for n, word in enumerate(words)]
        key = f"attention.heads.place.{spec_of(run).language}.{len(names)}"
        place = choice.place(SLUG, key, texts["heads.place"], names, found["place"], True)
    A = before["A"][layer - 1][head - 1] if way == "head" else before["average"][layer - 1]
    name = f"{layer}.{head}" if way == "head" else texts["heads.average"].format(layer=layer)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"**{texts['heads.numbers'].format(head=name)}**")
        weights(A, words, words, name, "attention.matrix")
    with right:
        st.markdown(f"**{texts['heads.lines'].format(head=name)}**")
        told = figures.looked(words, A[place], place, texts)
        chart(figures.lines(A, words, place, texts), "attention.lines", told)
    st.caption(escape.plain(told))
    entropies(found, place)
    take_away(found)
    st.divider()
    switched_off(run, text, found)
    st.divider()
    edited(run, text, layer, head)


def trained(run: Run) -> Run:
    """The run whose heads are looked at: the one under "Watch", or one of those trained beforehand."""
    mine = named(run) if run.shared else texts["heads.own"].format(name=named(run))
    others = [name for name in OBJECTIVES if not (run.shared and name == spec_of(run).objective)]
    names = {"shown": mine} | {name: texts[f"dial.objective.{name}"] for name in others}
    picked = choice.choose(SLUG, "model", texts["dial.objective"], names)
    return run if picked == "shown" else usual_run(picked)


def entropies(found: Mapping[str, Any], place: int):
    """How spread out each head's attention is, and where it looks from one word."""
    words, before = found["tokens"], found["before"]
    flat = [(n, h) for n in range(len(before["A"])) for h in range(len(before["A"][n]))]
    rows = [before["A"][n][h][place] for n, h in flat]
    best = [max(range(len(words)), key=row.__getitem__) for row in rows]
    columns: dict[str, Sequence[Any]] = {
        texts["heads.head"]: [f"{n + 1}.{h + 1}" for n, h in flat],
        texts["heads.entropy"]: [before["entropy"][n][h] for n, h in flat],
        texts["heads.most"]: [words[j] for j in best],
        texts["point.weight"]: [row[j] for row, j in zip(rows, best, strict=True)],
    }
    caption = texts["heads.caption"].format(
        bits=number(math.log2(max(1, len(words))), 3), word=escape.plain(words[place])
    )
    table(columns, name="heads", caption=caption, texts=texts, key="attention.entropy")


def take_away(found: Mapping[str, Any]):
    """All heads as files of their own."""
    A, words = found["before"]["A"], found["tokens"]
    title = ("" if session.language() == "zh" else " ").join(words)
    made = {  # when it is asked for: of a long sentence it takes a second
        "svg": (partial(figures.as_svg, A, words, title, texts), "image/svg+xml"),
        "html": (partial(figures.as_html, A, words, title, session.language(), texts), "text/html"),
    }
    with st.container(horizontal=True, key="attention-export"):
        for kind, (data, mime) in made.items():
            st.download_button(
                texts[f"export.{kind}"],
                data,
                file_name=f"attention.{kind}",
                mime=mime,
                key=f"attention.export.{kind}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
            )


def switched_off(run: Run, text: str, found: Mapping[str, Any]):
    """What changes when some heads give nothing."""
    st.markdown(lesson["heads.off"])
    spec, key = spec_of(run), f"attention.off.{spec_of(run).layers}.{spec_of(run).heads}"
    heads_ = [f"{n + 1}.{h + 1}" for n in range(spec.layers) for h in range(spec.heads)]
    if key not in st.session_state:
        asked = arrival.take(SLUG, "off", lambda asked: [head for head in asked.split(",") if head in heads_])
        st.session_state[key] = asked or []
    off = list(st.pills(texts["off.choose"], heads_, selection_mode="multi", key=key, persist_state="session") or ())
    session.keep_in_link(off=",".join(off) or None)
    if not off:
        st.caption(texts["off.none"])
        return
    if answer := ask(run, "attention_of", sentence=text, off=off):
        compared(answer["before"], answer["after"], (texts["off.before"], texts["off.after"]), "attention.off.table")


def compared(before: Mapping[str, Any], after: Mapping[str, Any], heads_: tuple[str, str], key: str):
    """Two answers about one place side by side: words foretold if there are any, else the nouns pointed at."""
    name, value = ("words", "probability") if before["words"] else ("points_at", "weight")
    columns: dict[str, Sequence[Any]] = {}
    most = min(4, len(before[name]), len(after[name]))
    for title, each in zip(heads_, (before, after), strict=True):
        columns[title] = [answer["word"] for answer in each[name][:most]]
        columns[f"{title}: {texts[f'both.{value}']}"] = [answer[value] for answer in each[name][:most]]
    if most:
        table(columns, name="answers", caption=texts[f"both.caption.{name}"], texts=texts, key=key)
    else:
        st.caption(texts["off.nothing"])


def edited(run: Run, text: str, layer: int, head: int):
    """One word changed: what moves."""
    st.markdown(lesson["heads.edit"])
    language = spec_of(run).language
    tired, narrow = grammar.EXAMPLES[language]
    key, usual = f"attention.other.{language}.{text}", {tired: narrow, narrow: tired}.get(text, text)
    if key not in st.session_state:
        asked = arrival.take(SLUG, "other", choice.line)
        st.session_state[key] = usual if asked is None else asked
    other = st.text_input(texts["edit.field"], key=key, max_chars=choice.TYPED, persist_state="session")
    arrival.complain(SLUG, "other", str(other))
    session.keep_in_link(other=None if other == usual else other)
    if other == text:
        st.caption(texts["edit.same"])
        return
    if not (found := ask(run, "edited", sentence=text, other=str(other))):
        return
    compared(found["before"], found["after"], (texts["edit.before"], texts["edit.after"]), "attention.edit.table")
    name = f"{layer}.{head}"
    st.markdown(f"**{texts['edit.difference'].format(head=name)}**")
    A = found["difference"][layer - 1][head - 1]
    weights(A, found["tokens"][1], found["tokens"][1], name, "attention.difference", change=True)
    st.markdown(f"**{texts['edit.moved']}**")
    moved = {"moved.with": found["moved"]}
    told = figures.farthest(found["tokens"][1], found["moved"], texts)
    chart(figures.moved(found["tokens"][1], moved, texts), "attention.edit.moved", told)
    st.caption(escape.plain(told))


# ---------------------------------------------------------------- positions


def positions():
    run = moments.current(Coreference, SLUG)
    st.markdown(lesson["positions"])
    if not waited(run):
        return
    text = typed(run)
    found = ask(run, "attention_of", sentence=text)
    words_known(run)
    if not found:
        return
    names = [texts["step.named"].format(n=n + 1, word=word) for n, word in enumerate(found["tokens"])]
    nouns = sorted(each["place"] for each in found["before"]["points_at"])
    usual = (nouns * 2)[:2] if len(nouns) > 1 else [0, len(names) - 1]
    picked, key = [], f"attention.swap.{spec_of(run).language}.{len(names)}"
    with st.container(horizontal=True, key="attention-swap"):
        for n, name in enumerate(("i", "j")):
            label = texts[f"swap.{name}"]
            if f"{key}.{name}" not in st.session_state:
                asked = arrival.take(SLUG, f"swap_{name}", arrival.whole(label, 1, len(names)))
                st.session_state[f"{key}.{name}"] = usual[n] if asked is None else asked - 1
            looks: dict[str, Any] = {"width": 240, "persist_state": "session", "key": f"{key}.{name}"}
            at = int(st.selectbox(label, range(len(names)), format_func=names.__getitem__, **looks))
            arrival.complain(SLUG, f"swap_{name}", str(at + 1))
            session.keep_in_link(**{f"swap_{name}": None if at == usual[n] else str(at + 1)})
            picked.append(at)
    if not (swap := ask(run, "swapped", sentence=text, i=picked[0], j=picked[1])):
        return
    space = "" if spec_of(run).language == "zh" else " "
    st.markdown(texts["swap.line"].format(after=escape.plain(space.join(swap["after"]))))
    both = {f"moved.{name}": swap[name]["moved"] for name in ("with", "without")}
    told = figures.farthest(swap["tokens"], swap["with"]["moved"], texts)
    chart(figures.moved(swap["tokens"], both, texts), "attention.swap.moved", told)
    columns: dict[str, Sequence[Any]] = {
        texts["swap.word"]: names,
        texts["moved.with"]: swap["with"]["moved"],
        texts["moved.without"]: swap["without"]["moved"],
        texts["swap.attention"]: swap["with"]["attention_moved"],
        texts["swap.attention.without"]: swap["without"]["attention_moved"],
    }
    with st.expander(texts["stage.table"], key="attention.swap.numbers"):
        table(columns, name="swapped", caption=texts["swap.caption"], texts=texts, key="attention.swap.table")
    values = {name: figures.written(max(swap[name]["moved"])) for name in ("with", "without")}
    st.markdown(content.fill(lesson["positions.after"], **values))
    training.beforehand(run, texts)


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    kinds = (*BREAKS, ZERO)
    names = {name: lesson.titled(f"break.{name}").title for name in kinds}
    name = choice.choose(SLUG, "broken", texts["break.choose"], names)
    predict(SLUG, f"break.{name}", lesson, texts=texts)
    if name == ZERO:
        multiplied()
        return
    spec = Coreference(language=session.language(), **BREAKS[name])
    place = f"attention.break.{name}.{session.language()}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, [spec])
    training.complain(place)
    if runs := training.compared(place):
        watched(place, runs, lambda: progress(runs, place), texts)
        if settled(runs) and runs[0].state == "done":
            broken(runs[0], name)


def progress(runs: Sequence[Run], key: str):
    """What comes of the broken model, drawn anew as it trains, beside the usual one."""
    usual = usual_run()
    both = runs[0], usual
    columns: dict[str, Sequence[Any]] = {
        texts["break.model"]: [texts["break.this"], texts["break.usual"]],
        texts["metric.loss"]: [of(each, "loss") for each in both],
        texts["metric.antecedent_accuracy"]: [share(of(each, "antecedent_accuracy"), texts) for each in both],
        texts["compare.done"]: [done(each, texts) for each in both],
    }
    table(columns, name="broken", caption=texts["break.caption"], texts=texts, key=f"{key}.table")


def broken(run: Run, name: str):
    """What came of it, and why; beside the guess."""
    yours(f"break.{name}")
    usual = usual_run()
    last = run.latest()
    values = {
        "loss": figures.written(run.metric("loss")),
        "begin": figures.written(run.history[0].metrics["loss"]),
        "pointing": percent(run.metric("antecedent_accuracy"), 3),
        "usual": percent(usual.metric("antecedent_accuracy"), 3),
        "read": f"{last.step:,}" if last else "–",
        "total": f"{last.total:,}" if last else "–",
    }
    st.markdown(content.fill(lesson[f"break.{name}.after"], **values))
    if name == "layer" and run.metric("antecedent_accuracy") < CHANCE:
        st.markdown(lesson["break.layer.less"])
    if found := ask(run, "examples", n=6):
        sentences = found["sentences"]
        space = "" if spec_of(run).language == "zh" else " "
        columns: dict[str, Sequence[Any]] = {
            texts["said.sentence"]: [space.join(each["words"]) for each in sentences],
            texts["both.antecedent"]: [each["words"][each["antecedent"]] for each in sentences],
            texts["said.told"]: [each["told"] for each in sentences],
        }
        caption = texts["said.caption"].format(head=found["head"])
        table(columns, name="sentences", caption=caption, texts=texts, key=f"attention.break.{name}.said")


def multiplied():
    """Scores of later words added −∞ to, multiplied by 0, and left alone: the weights that come of it."""
    run, key = usual_run(), "attention.break.zero"
    if not waited(run):
        return
    press.button(texts["zero.show"], type="primary", icon=":material/visibility:", key=f"{key}.show")
    if press.pressed(f"{key}.show"):
        st.session_state[f"{key}.shown"] = True
    if not st.session_state.get(f"{key}.shown") or not (found := ask(run, "masked")):
        return
    words = found["tokens"]
    for column, name in zip(st.columns(2, gap="small"), ("added", "multiplied"), strict=True):
        with column:
            st.markdown(f"**{texts[f'zero.{name}']}**")
            weights(found[name]["A"], words, words, texts[f"zero.{name}"], f"{key}.{name}")
    columns: dict[str, Sequence[Any]] = {texts["weight.asks"]: list(words)}
    for name in ("added", "multiplied", "none"):
        columns[texts[f"zero.{name}"]] = [share(value, texts) for value in found[name]["leak"]]
    table(columns, name="masks", caption=texts["zero.caption"], texts=texts, key=f"{key}.table")
    training.beforehand(run, texts)
    yours("break.zero")
    st.markdown(content.fill(lesson["break.zero.after"], leak=percent(found["multiplied"]["leak"][0], 3)))


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    place = "attention.old"
    press.button(texts["compare.start"], type="primary", icon=":material/flag:", key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, [Translation(architecture="lstm_attention")])
    training.complain(place)
    if not (runs := training.compared(place)):
        return
    both = [runs[0], training.shared(Translation, None)]
    watched(place, both, lambda: eras(both), texts)
    if settled(both) and all(run.state == "done" for run in both):
        for column, run in zip(st.columns(2, gap="medium"), both, strict=True):
            with column:
                st.markdown(f"**{era(run)}**")
                if found := ask(run, "translate", sentence=OLD):
                    titles = (texts["align.from"], texts["align.to"])
                    target = [shown(word, texts) for word in found["target"]]
                    key = f"{place}.{cast(Translation, run.spec).architecture}"
                    weights(found["A"], target, found["source"], era(run), key, titles=titles)
        values = {
            "old": percent(both[0].metric("alignment_accuracy"), 3),
            "new": percent(both[1].metric("alignment_accuracy"), 3),
            "old_exact": percent(both[0].metric("exact_match"), 3),
            "new_exact": percent(both[1].metric("exact_match"), 3),
        }
        st.markdown(content.fill(lesson["compare.after"], **values))


def era(run: Run) -> str:
    return texts[f"compare.{cast(Translation, run.spec).architecture}"]


def eras(runs: Sequence[Run]):
    columns: dict[str, Sequence[Any]] = {
        texts["break.model"]: [era(run) for run in runs],
        texts["metric.exact_match"]: [share(of(run, "exact_match"), texts) for run in runs],
        texts["metric.alignment_accuracy"]: [share(of(run, "alignment_accuracy"), texts) for run in runs],
        texts["compare.seconds"]: [round(last.seconds, 2) if (last := run.latest()) else None for run in runs],
        texts["compare.done"]: [done(run, texts) for run in runs],
    }
    table(columns, name="eras", caption=texts["compare.caption"], texts=texts, key="attention.old.table")


# ---------------------------------------------------------------- the page

STATIONS: dict[str, Callable[[], None]] = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "heads": heads,
    "positions": positions,
    "break": breaking,
    "compare": compare,
}

page(Coreference, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS, slug=SLUG)
