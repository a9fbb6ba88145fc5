"""Learning from human preferences (2022): the page. Layout only: training, arithmetic and figures live below."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import streamlit as st

from engine.experiments import RLHF, VOTES
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from lessons import content
from lessons.figures import number, percent
from lessons.rlhf import figures
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.dials import chosen, dial_row, dials, turn
from pages.ui.look import PATIENCE
from pages.ui.page import page
from pages.ui.picture import chart
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.racing import done
from pages.ui.stage import StagePane, workbench
from pages.ui.table import table
from pages.ui.training import ask, settled, watched

SLUG = "rlhf"
GUESSES = ("predict.1", "predict.2", "predict.3")
TERMS = {  # of the glossary, by station
    "question": "token fine_tuning demonstration",
    "predict": "fine_tuning kl_divergence reward_model",
    "sft": "fine_tuning demonstration loss nat seed cpu_second",
    "vote": "reward_model bradley_terry sigmoid held_out cpu_second",
    "watch": "policy reward_model kl_divergence ppo clipped_ratio value_function seed cpu_second",
    "step": "ppo policy advantage value_function clipped_ratio kl_divergence bradley_terry dpo logarithm gradient",
    "beta": "kl_divergence over_optimisation reward_model",
    "break": "reward_model over_optimisation value_function learning_rate",
    "compare": "ppo dpo best_of_n kl_divergence cpu_second",
    "people": "demonstration reward_model",
    "check": "reward_model policy over_optimisation dpo best_of_n",
    "read": "fine_tuning reward_model ppo dpo",
}
FUNCTIONS = {  # of the files of the model, shown first
    "sft.py": ("imitation",),
    "reward.py": ("reward", "bradley_terry"),
    "ppo.py": ("rewards", "advantages", "clipped"),
    "dpo.py": ("implicit", "loss"),
    "best_of_n.py": ("best",),
    "rlhf.py": ("plan",),
}
SET_ELSEWHERE = ("language", "start", "votes", "principles")  # dials that stations set in another way
BETAS = (0.0, 0.05, 0.2, 0.5)
RIVALS: dict[str, tuple[dict[str, Any], ...]] = {  # what is compared: PPO on a shorter and on the usual leash
    "ppo": ({"beta": 0.5}, {"beta": 0.2}),
    "dpo": ({"beta": 0.2},),
    "best_of_n": ({"n": 64},),
}
BREAKS: dict[str, dict[str, Any]] = {  # what each way of breaking it changes; its texts are the sections break.<name>
    "few": {"pairs": 100},
    "wrong": {"wrong": 0.4},
    "length": {"labeller": "length"},
    "value": {"value": "no"},
    "fast": {"lr": 0.01},
}
LETTERS = {"left": "l", "tie": "t", "right": "r"}  # what a vote is called in the link
KEYS = {"left": "Left", "tie": "T", "right": "Right"}  # not "Down": whoever reads on by keyboard would vote
TRACES = ("ppo", "bradley_terry", "dpo")
AT_ONCE = 16  # answers of the update that is stepped through
SHOWN, LISTED, DOTS, EACH = 4, 6, 60, 4  # answers to a question; pairs of a list; answers in a picture; moments a point
TYPED = 200  # characters of an answer
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels}
# What a step of these runs is.
WORKING = texts | {"stage.step": texts["stage.pieces"], "stage.running": texts["stage.pieces.now"]}


def spec_of(run: Run) -> RLHF:
    return cast(RLHF, run.spec)


def live(spec: RLHF, **changed: Any) -> RLHF:
    """The same run from what was trained beforehand: its last stage begins at once."""
    return dataclasses.replace(spec, **{"start": "shipped", **changed})


def usual() -> Run:
    """The run that was trained beforehand, whole, in the page's language."""
    return training.shared(RLHF, session.language())


def current() -> Run:
    """The run of the page: the learner's own, the link's, or the usual one. In the link, `begin=nothing` is a run of
    all three stages: what is usual is trained anew, too.
    """
    spec = chosen(RLHF, SLUG)[0]
    begins = {name: texts[f"dial.start.{name}"] for name in ("shipped", "nothing")}
    whole = arrival.take(SLUG, "begin", arrival.choice(texts["dial.start"], begins)) == "nothing"
    plain = not {name for name in spec.changed() if name != "language"}
    run = training.shown(SLUG, spec if plain or whole else live(spec), anew=whole)
    begun = "shipped" if run.shared else spec_of(run).start
    arrival.complain(SLUG, "begin", begins[begun])
    session.keep_in_link(begin="nothing" if begun == "nothing" else None)
    return moments.at_linked(run)


def typed(asked: str) -> str:
    """Reads an answer of the link."""
    return choice.line(asked, TYPED)


def facts_of(run: Run) -> dict[str, Any]:
    """What is known of a run; this waits a little for it."""
    run.wait("running", "paused", "done", "failed", timeout=PATIENCE)
    return run.facts or {}


def waiting(run: Run):
    """Says that a run is not ready yet, and has the page drawn once more when it is."""
    st.caption(texts["soon"])
    training.until_done(run)


def yours(section: str):
    """The guess at a section's question, if there was one."""
    if kept := guessed(SLUG, section, lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))


def figures_of(run: Run) -> dict[str, str]:
    """What a run came to, as text for a lesson's placeholders."""
    last = run.latest()
    m = last.metrics if last else {}
    return {
        "true": number(m.get("true_score", 0), 3),
        "sft": number(m.get("true_score_sft", 0), 3),
        "reward": number(m.get("reward", 0), 3),
        "kl": number(m.get("kl", 0), 3),
        "length": number(m.get("length", 0), 3),
        "grammatical": percent(m.get("grammatical", 0)),
        "accuracy": percent(m.get("reward_model_accuracy", 0)),
        "truth": percent(m.get("reward_model_truth", 0)),
        "answer": escape.plain(last.samples[0]) if last and last.samples else "–",
        "seconds": number(last.seconds if last else 0, 2),
        "far": number(max((each.metrics["kl"] for each in run.history), default=0), 3),
    }


def thing(run: Run, key: str) -> str:
    """What is asked about: one of the things of the run's language. In the link as `query`."""
    things = facts_of(run).get("things", [])
    if not things:
        return ""
    key = f"{key}.{spec_of(run).language}"
    if key not in st.session_state:
        options = {each: each for each in things}
        asked = arrival.take(SLUG, "query", arrival.choice(texts["thing"], options))
        st.session_state[key] = asked or things[0]
    looks: dict[str, Any] = {"width": 240, "persist_state": "session"}
    picked = str(st.selectbox(texts["thing"], things, key=key, **looks))
    arrival.complain(SLUG, "query", picked)
    session.keep_in_link(query=None if picked == things[0] else picked)
    return picked


# ---------------------------------------------------------------- question


def question():
    st.markdown(lesson["question"])
    run = usual()
    if run.state not in training.OVER:
        waiting(run)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = thing(run, f"{SLUG}.asked")
        press.button(texts["question.again"], icon=":material/casino:", key=f"{SLUG}.again")
    luck = f"{SLUG}.luck"
    if press.pressed(f"{SLUG}.again"):
        st.session_state[luck] = st.session_state.get(luck, 0) + 1
    if found := ask(run, "samples", asked=asked, n=SHOWN, seed=st.session_state.get(luck, 0)):
        columns = {texts["answers.answer"]: [each["text"] for each in found["sft"]]}
        caption = texts["question.caption"].format(question=escape.plain(found["question"]))
        table(columns, name="answers", caption=caption, texts=texts, key=f"{SLUG}.answers")
    st.markdown(lesson["idea"])


# ---------------------------------------------------------------- predict


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


# ---------------------------------------------------------------- stage 1


def fine_tuning():
    if not (facts := facts_of(usual())):
        waiting(usual())
        return
    values = {name: f"{facts[name]:,}" for name in ("parameters", "demonstrations")}
    st.markdown(content.fill(lesson["sft"], **values))
    spec = chosen(RLHF, SLUG)[0]
    press.button(texts["sft.start"], type="primary", icon=":material/play_arrow:", key=f"{SLUG}.sft.start")
    if press.pressed(f"{SLUG}.sft.start"):
        training.start(SLUG, dataclasses.replace(spec, start="nothing"))
    training.complain(SLUG)
    run = current()
    if run.shared or spec_of(run).start == "shipped":
        st.caption(texts["sft.beforehand"])
        before_and_after(usual())
        return
    moment = moments.shown(run, imitation_panes(), texts=WORKING, key=f"{SLUG}.sft.stage", place=SLUG)
    if moment is not None:
        moments.rest(run, moment)
    training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key=f"{SLUG}.sft.reading"):
        st.markdown(lesson["sft.read"])
    if run.state == "done":
        st.markdown(content.fill(lesson["sft.after"], **figures_of(run)))
        before_and_after(run)


def imitation_panes() -> list[StagePane]:
    """The answers of a moment, and how imitation gets on."""
    return [
        answers_pane(rewarded=False),
        StagePane("imitation", texts["pane.imitation"], kind="curves", base=figures.imitation_curves(texts)),
    ]


def answers_pane(rewarded: bool = True) -> StagePane:
    return StagePane(
        "answers",
        texts["pane.answers"],
        kind="table",
        place="main",
        pane=Pane("answers", "samples_view"),
        base=figures.answers_base(texts, rewarded),
        frame=lambda numbers: figures.answers_frame(numbers, texts, rewarded),
    )


def before_and_after(run: Run):
    """Answers to one question by the model that imitates, with their worth part by part."""
    if run.state not in training.OVER:
        waiting(run)
        return
    asked = thing(run, f"{SLUG}.sft.asked")
    if not (found := ask(run, "samples", asked=asked, n=8)):
        return
    judged(found["sft"], "sft", texts["sft.caption"].format(question=escape.plain(found["question"])))
    st.markdown(lesson["sft.mixed"])


def judged(rows: Sequence[Mapping[str, Any]], name: str, caption: str):
    """Answers, what they are worth to the people, and what the reward model says."""
    columns: dict[str, Sequence[Any]] = {texts["answers.answer"]: [each["text"] for each in rows]}
    for part in rows[0]["worth"]:
        if any(each["worth"][part] for each in rows):
            columns[texts[f"worth.{part}"]] = [float(each["worth"][part]) + 0.0 for each in rows]  # no −0
    columns[texts["answers.true"]] = [float(each["true_score"]) for each in rows]
    columns[texts["answers.reward"]] = [float(each["reward"]) for each in rows]
    table(columns, name=name, caption=caption, texts=texts, key=f"{SLUG}.{name}.table")


# ---------------------------------------------------------------- stage 2: votes and the reward model


def vote():
    st.markdown(lesson["vote"])
    spec = dial_row(RLHF, SLUG, lesson, ("labeller", "pairs", "wrong"), texts=texts, place=f"{SLUG}.people")[0]
    if spec.labeller == "constitution":
        constitution(spec)
    else:
        ballot(spec)
    with st.expander(texts["vote.taste"], icon=":material/balance:", key=f"{SLUG}.taste"):
        st.markdown(lesson["vote.taste"])
    st.divider()
    learned(spec)


def ballot(spec: RLHF):
    """A pair of answers, and three buttons that arrow keys press too."""
    run, said = usual(), spec.votes
    if run.state not in training.OVER:
        waiting(run)
        return
    if not (found := ask(run, "pairs_to_vote", n=VOTES)):
        return
    at = next((n for n in range(VOTES) if said[n : n + 1] in ("", "-")), VOTES)
    voted = len(said.replace("-", ""))
    if at < VOTES:
        pair = found["pairs"][at]
        st.markdown(texts["vote.asked"].format(n=at + 1, most=VOTES, question=escape.plain(pair["question"])))
        for column, side in zip(st.columns(2), ("left", "right"), strict=True):
            with column.container(border=True):
                st.caption(texts[f"vote.{side}.answer"])
                st.markdown(f"**{escape.plain(pair[side])}**")
    with st.container(horizontal=True, key=f"{SLUG}.ballot"):
        for side, letter in LETTERS.items():
            st.button(
                texts[f"vote.{side}"],
                shortcut=KEYS[side],
                key=f"{SLUG}.vote.{side}",
                disabled=at >= VOTES,
                on_click=cast_vote,
                args=(said, at, letter),
            )
        st.button(
            texts["vote.back"],
            icon=":material/undo:",
            type="tertiary",
            key=f"{SLUG}.vote.back",
            disabled=not voted,
            on_click=take_back,
            args=(said,),
        )
    st.caption(texts["vote.count" if voted else "vote.none"].format(n=voted, pairs=f"{spec.pairs:,}"))
    if voted:
        with st.expander(texts["vote.others"], icon=":material/groups:", key=f"{SLUG}.others"):
            others(found["pairs"], said)


def cast_vote(said: str, at: int, letter: str):
    turn(RLHF, SLUG, "votes", said[:at].ljust(at, "-") + letter + said[at + 1 :])


def take_back(said: str):
    turn(RLHF, SLUG, "votes", said.rstrip("-")[:-1])


def others(pairs: Sequence[Mapping[str, Any]], said: str):
    """The learner's votes beside what the simulated people would say."""
    rows = [pair for pair, letter in zip(pairs, said, strict=False) if letter != "-"]
    letters = {letter: texts[f"vote.short.{side}"] for side, letter in LETTERS.items()}
    columns: dict[str, Sequence[Any]] = {
        texts["vote.pair"]: [f"{pair['left']} / {pair['right']}" for pair in rows],
        texts["vote.yours"]: [letters[letter] for letter in said if letter != "-"],
        texts["vote.hidden"]: [f"{percent(pair['hidden'])} %" for pair in rows],
        texts["vote.length"]: [f"{percent(pair['length'])} %" for pair in rows],
    }
    table(columns, name="votes", caption=texts["vote.caption"], texts=texts, key=f"{SLUG}.votes")
    clear = [(pair, letter) for pair, letter in zip(pairs, said, strict=False) if letter in "lr"]
    if clear:
        same = sum((pair["hidden"] > 0.5) == (letter == "l") for pair, letter in clear)
        st.markdown(texts["vote.agree"].format(n=same, of=len(clear)))


def constitution(spec: RLHF):
    """Principles that are switched on in an order, and a critic that rewrites an answer by them."""
    st.markdown(lesson["constitution"])
    run, key = usual(), f"{SLUG}.principles"
    allowed = facts_of(run).get("principles", [])
    kept = [each for each in spec.principles.replace(",", " ").split() if each in allowed]
    st.session_state.setdefault(key, kept)

    def chosen_anew():
        line = ", ".join(st.session_state[key]) or ","
        try:
            RLHF.parse({"principles": line})
        except Mistake as mistake:  # those before stay
            st.session_state[f"{key}.refused"] = mistake
        else:
            st.session_state.pop(f"{key}.refused", None)
            turn(RLHF, SLUG, "principles", line)

    st.multiselect(
        texts["principles.choose"],
        allowed,
        format_func=lambda name: texts[f"principle.{name}"],
        help=texts["principles.help"],
        on_change=chosen_anew,
        persist_state="session",
        key=key,
    )
    if wrong := st.session_state.get(f"{key}.refused"):
        training.say(wrong)
        st.caption(texts["principles.kept"])
    order = session.listed(f"{n}. {texts[f'principle.{name}']}" for n, name in enumerate(kept, 1))
    st.markdown(texts["principles.order"].format(order=order))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = thing(run, f"{SLUG}.critic.asked")
        line = criticised()
    if found := ask(run, "critique", text=line, asked=asked, principles=spec.principles):
        columns: dict[str, Sequence[Any]] = {
            texts["critic.principle"]: [texts[f"principle.{step['principle']}"] for step in found["steps"]],
            texts["critic.found"]: [faults(step) for step in found["steps"]],
            texts["critic.after"]: [step["after"] for step in found["steps"]],
        }
        table(columns, name="critique", caption=texts["critic.caption"], texts=texts, key=f"{SLUG}.critique")


def criticised() -> str:
    """The answer that the critic rewrites; `criticised` in the link."""
    key, usual_text = f"{SLUG}.criticised", texts["critic.usual"]
    if key not in st.session_state:
        st.session_state[key] = arrival.take(SLUG, "criticised", typed) or usual_text
    line = str(st.text_input(texts["critic.field"], key=key, max_chars=TYPED, persist_state="session"))
    arrival.complain(SLUG, "criticised", line)
    session.keep_in_link(criticised=None if line == usual_text else line)
    return line


def faults(step: Mapping[str, Any]) -> str:
    """What the critic found by one principle: words at fault, or that something is missing."""
    if step["before"] == step["after"]:
        return texts["critic.nothing"]
    return " / ".join(each.rstrip(" ,.，。") or texts["critic.missing"] for each in step["found"])


def learned(spec: RLHF):
    """The reward model that is trained on these comparisons, and where it is wrong."""
    st.markdown(lesson["reward"])
    press.button(texts["reward.start"], type="primary", icon=":material/play_arrow:", key=f"{SLUG}.reward.start")
    if press.pressed(f"{SLUG}.reward.start"):
        training.start(SLUG, live(spec))
    training.complain(SLUG)
    run = current()
    changed = {name for name in ("labeller", "pairs", "wrong", "votes", "principles") if differs(run, spec, name)}
    if changed:
        st.info(texts["reward.changed"], icon=":material/tune:")
    if not run.shared and spec_of(run).changed().keys() & {"labeller", "pairs", "wrong", "votes", "principles"}:
        curves = figures.judging_curves(texts)
        panes = [StagePane("judging", texts["pane.judging"], kind="curves", place="main", base=curves)]
        moments.shown(run, panes, texts=WORKING, key=f"{SLUG}.reward.stage", place=SLUG)
    training.until_done(run)
    if run.state != "done":
        return
    st.markdown(content.fill(lesson["reward.after"], **figures_of(run)))
    if found := ask(run, "disagreements", n=LISTED):
        columns: dict[str, Sequence[Any]] = {
            texts["vote.left.answer"]: [pair["left"] for pair in found["pairs"]],
            texts["vote.right.answer"]: [pair["right"] for pair in found["pairs"]],
            texts["answers.true"]: [two(pair["true_score"]) for pair in found["pairs"]],
            texts["answers.reward"]: [two(pair["reward"]) for pair in found["pairs"]],
        }
        caption = texts["reward.caption"].format(
            share=percent(found["share"]), of=found["of"], r=number(found["correlation"], 2)
        )
        table(columns, name="disagreements", caption=caption, texts=texts, key=f"{SLUG}.disagreements")


def differs(run: Run, spec: RLHF, name: str) -> bool:
    return bool(run.spec.values()[name] != spec.values()[name])


def two(values: Sequence[float]) -> str:
    """The numbers of a pair, left and right."""
    return " · ".join(number(value, 3) for value in values)


# ---------------------------------------------------------------- stage 3


def watch():
    st.markdown(lesson["watch"])

    def button() -> None:
        press.button(texts["train"], type="primary", icon=":material/play_arrow:", key=f"{SLUG}.train")

    narrow, wide = workbench()
    with narrow:
        main = ("algorithm", "beta", "labeller")
        spec = dials(RLHF, SLUG, lesson, texts=texts, main=main, beside=button, without=SET_ELSEWHERE)[0]
        if press.pressed(f"{SLUG}.train"):
            training.start(SLUG, live(spec))
        run = current()
        training.complain(SLUG)
        note = st.empty()
        if run.shared:
            note.caption(texts["train.beforehand"])
        elif live(spec_of(run)) != live(spec):
            language = live(dataclasses.replace(spec, language=spec_of(run).language)) == live(spec_of(run))
            note.info(texts["train.language" if language else "train.changed"], icon=":material/tune:")
    with wide:
        moment = moments.shown(run, panes(), texts=WORKING, key=f"{SLUG}.stage", place=SLUG)
    if moment is not None and not run.shared:
        moments.rest(run, moment)
    with st.container():
        honest(run)
        results(run, moment)
        training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key=f"{SLUG}.reading"):
        st.markdown(lesson["stage"])
    own_answer(run)
    session.keep_in_link(moment=None if moment is None or run.shared else str(moment))
    arrival.complain(SLUG, "moment", texts["stage.last"] if moment is None else str(moment))


def panes() -> list[StagePane]:
    """What the stage shows of stage 3: answers, proxy against truth, curves."""
    return [
        answers_pane(),
        StagePane("scores", texts["pane.scores"], kind="curves", base=figures.score_curves(texts)),
        StagePane(
            "scatter",
            texts["pane.scatter"],
            place="below",
            pane=Pane("scatter", "scatter_view", (("n", DOTS),)),
            base=figures.scatter_base(texts),
            frame=lambda numbers: figures.scatter_frame(numbers, texts),
        ),
        StagePane("length", texts["pane.length"], kind="curves", place="below", base=figures.length_curves(texts)),
    ]


def honest(run: Run):
    """What must be known of a run before its numbers are believed."""
    if run.state == "done" and run.metric("diverged"):
        st.warning(texts["diverged"], icon=":material/warning:")


def results(run: Run, moment: int | None):
    """What came of it, beside the guess when the run was as the question assumed."""
    if run.shared or not tell(run, moment, texts=texts, key=f"{SLUG}.results"):
        return
    if not {name for name in spec_of(run).changed() if name not in ("language", "start", "seed")}:
        yours("predict.1")
    better = run.metric("true_score") > run.metric("true_score_sft")
    section = "predict.1.after" if better else "watch.worse"
    st.markdown(content.fill(lesson[section], **figures_of(run)))


def own_answer(run: Run):
    """An answer of the learner's own, as the people and the reward model judge it; beside those of the policy."""
    with st.expander(texts["own.title"], icon=":material/edit:", key=f"{SLUG}.own"):
        if run.state != "done":
            st.caption(texts["soon"])
            return
        asked = thing(run, f"{SLUG}.own.asked")
        usual_text, key = texts["critic.usual"], f"{SLUG}.own.text"
        if key not in st.session_state:
            st.session_state[key] = arrival.take(SLUG, "text", typed) or usual_text
        looks: dict[str, Any] = {"max_chars": TYPED, "help": texts["own.help"], "persist_state": "session"}
        line = str(st.text_input(texts["own.field"], key=key, **looks))
        arrival.complain(SLUG, "text", line)
        session.keep_in_link(text=None if line == usual_text else line)
        found = ask(run, "score", text=line, asked=asked)
        beside = ask(run, "samples", asked=asked, n=SHOWN)
        if found and beside:
            caption = texts["own.caption"].format(question=escape.plain(beside["question"]))
            judged([found, *beside["policy"]], "own", caption)
            known = [word for word in facts_of(run).get("vocabulary", []) if word.isalnum()]
            st.markdown(content.fill(lesson["own"], words=session.listed(known)))


# ---------------------------------------------------------------- step


def step():
    run = current()
    names = {name: texts[f"trace.{name}"] for name in TRACES}
    row, which = choice.example(SLUG, texts["trace.choose"], names)
    st.markdown(lesson[f"about.{which}"])
    with row:
        moment = moments.pick(run, lesson, usual=under_way(run)) if len(run.history) > 1 else None
        trace = update(run, moment) if which == "ppo" else comparison(run, moment, which)
    if trace:
        player(trace, lesson, texts=texts, key=f"{SLUG}.player.{which}")
    training.until_done(run)


def under_way(run: Run) -> int:
    """The share of the whole training, in percent, at which the third stage is well under way."""
    before = float(facts_of(run).get("before_policy", 0))
    return round(100 * (before + 0.6 * (1 - before)))


def update(run: Run, moment: int | None) -> Any:
    """One update of PPO on one of its answers."""
    answer = picked("factor", texts["trace.answer"], AT_ONCE)
    return ask(run, "trace_ppo", at=moment, number=answer - 1)


def comparison(run: Run, moment: int | None, which: str) -> Any:
    """One pair, and what somebody says of it."""
    pair = picked("pair", texts["trace.pair"], 20)
    sides = {letter: texts[f"vote.short.{side}"] for side, letter in LETTERS.items()}
    said = choice.choose(SLUG, "far", texts["trace.said"], sides)
    if found := ask(run, "pairs_to_vote", n=pair):
        shown = found["pairs"][-1]
        st.caption(
            texts["trace.shown"].format(a=escape.plain(shown["left"]), b=escape.plain(shown["right"])), width=520
        )
    return ask(run, f"trace_{which}", at=moment, number=pair - 1, said=said)


def picked(name: str, label: str, most: int) -> int:
    """A number from 1, kept in the link under `name`."""
    key = f"{SLUG}.picked.{name}"
    if key not in st.session_state:
        st.session_state[key] = arrival.take(SLUG, name, arrival.whole(label, 1, most)) or 1
    looks: dict[str, Any] = {"width": 150, "persist_state": "session"}
    value = int(st.number_input(label, 1, most, key=key, **looks))
    arrival.complain(SLUG, name, str(value))
    session.keep_in_link(**{name: None if value == 1 else str(value)})
    return value


# ---------------------------------------------------------------- several runs side by side


def started(place: str, label: str, icon: str, specs: Callable[[], Sequence[RLHF]]) -> list[Run]:
    """A button that trains several models together, and those it trained."""
    press.button(label, type="primary", icon=icon, key=f"{place}.start")
    if press.pressed(f"{place}.start"):
        training.together(place, specs())
    training.complain(place)
    return training.compared(place)


def beta():
    st.markdown(lesson["beta"])
    predict(SLUG, "beta.guess", lesson, texts=texts, like="predict.2")
    place = f"{SLUG}.betas"
    spec = chosen(RLHF, SLUG)[0]
    specs = [live(spec, algorithm="ppo", beta=value) for value in BETAS]
    if not (runs := started(place, texts["beta.start"], ":material/compare:", lambda: specs)):
        return
    if spec_of(runs[0]).language != spec.language:
        st.info(texts["break.language"], icon=":material/tune:")
    watched(place, runs, lambda: side_by_side(runs), texts)
    done = [run for run in runs if run.state == "done"]
    if settled(runs) and len(done) == len(BETAS):
        yours("predict.2")
        none, some = (next(run for run in done if spec_of(run).beta == value) for value in (0.0, 0.2))
        before = {f"{name}_0": value for name, value in figures_of(none).items()}
        truly = none.metric("reward") > some.metric("reward") and none.metric("true_score") < some.metric("true_score")
        section = "predict.2.after" if truly else "beta.other"
        st.markdown(content.fill(lesson[section], **before, **figures_of(some)))


def side_by_side(runs: list[Run]):
    """Proxy and true score of each β, as far as they have come."""
    names = [texts["beta.named"].format(beta=number(spec_of(run).beta, 2)) for run in runs]
    for column, metric in zip(st.columns(2), ("reward", "true_score"), strict=True):
        found = {name: course(run, metric) for name, run in zip(names, runs, strict=True)}
        with column:
            st.markdown(f"**{texts[f'metric.{metric}']}**")
            across = texts["axis.pieces"]
            chart(figures.courses(found, across, texts[f"metric.{metric}"]), f"{SLUG}.beta.{metric}")
    came_to(names, runs, "beta", texts["beta.caption"])


def course(run: Run, metric: str) -> tuple[list[float], list[float]]:
    """A metric of stage 3 over the run: its pieces of work, and the values."""
    shown = [each for each in list(run.history)[::EACH] if each.metrics.get("stage") == 3]
    return [float(each.step) for each in shown], [each.metrics[metric] for each in shown]


def came_to(names: Sequence[str], runs: Sequence[Run], name: str, caption: str):
    """What each run has come to, a row each."""
    last = [run.latest() for run in runs]
    columns: dict[str, Sequence[Any]] = {texts["race.model"]: names}
    for metric in ("reward", "true_score", "kl", "grammatical", "length"):
        columns[texts[f"metric.{metric}"]] = [float(f"{each.metrics[metric]:.3g}") if each else None for each in last]
    columns[texts["race.answer"]] = [each.samples[0] if each and each.samples else None for each in last]
    columns[texts["race.seconds"]] = [float(f"{each.seconds:.3g}") if each else None for each in last]
    columns[texts["race.state"]] = [state_of(run) for run in runs]
    table(columns, name=name, caption=caption, texts=texts, key=f"{SLUG}.{name}.table")


def state_of(run: Run) -> str:
    if run.state == "done" and run.metric("diverged"):
        return texts["race.stopped"]
    return done(run, texts)


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    names = {name: lesson.titled(f"break.{name}").title for name in BREAKS}
    name = choice.choose(SLUG, "broken", texts["break.choose"], names)
    predict(SLUG, f"break.{name}", lesson, texts=texts)
    spec, place = RLHF.parse({"language": session.language(), "start": "shipped", **BREAKS[name]}), f"{SLUG}.b.{name}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key=f"{SLUG}.break.start")
    if press.pressed(f"{SLUG}.break.start"):
        training.start(place, spec)
    training.complain(place)
    if (run := training.own(place)) is None:
        return
    if run.spec != spec:  # the page's language has changed since
        st.info(texts["break.language"], icon=":material/tune:")
    moment = moments.shown(run, panes(), texts=WORKING, key=f"{SLUG}.broken", place=place)
    training.until_done(run)
    honest(run)
    if not tell(run, moment, texts=texts, key=place):
        return
    yours(f"break.{name}")
    beside = training.shared(RLHF, spec_of(run).language)
    if beside.state not in training.OVER:
        waiting(beside)
        return
    normal = {f"{key}_usual": value for key, value in figures_of(beside).items()}
    last = run.latest()
    values = {"step": last.step if last else 0, "total": last.total if last else 0}
    section = "break.fast.ended" if name == "fast" and not run.metric("diverged") else f"break.{name}.after"
    st.markdown(content.fill(lesson[section], **figures_of(run), **normal, **values))


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    place, spec = f"{SLUG}.rivals", chosen(RLHF, SLUG)[0]
    specs = [live(spec, algorithm=name, **given) for name, several in RIVALS.items() for given in several]
    if not (runs := started(place, texts["compare.start"], ":material/flag:", lambda: specs)):
        return
    if spec_of(runs[0]).language != spec.language:
        st.info(texts["break.language"], icon=":material/tune:")
    names = [rival(spec_of(run)) for run in runs]
    watched(place, runs, lambda: came_to(names, runs, "compare", texts["compare.caption"]), texts)
    if settled(runs) and all(run.state == "done" for run in runs) and len(runs) == len(specs):
        frontier(names, runs)


def rival(spec: RLHF) -> str:
    name = texts[f"dial.algorithm.{spec.algorithm}"]
    return f"{name}, β = {number(spec.beta, 2)}" if spec.algorithm == "ppo" else name


def frontier(names: Sequence[str], runs: Sequence[Run]):
    """True score against the distance from SFT, and all at the distance that every one of them reached."""
    found = [ask(run, "frontier") for run in runs]
    if not all(each and each["path"] for each in found):
        return
    origin = found[0]["reference"]
    ways = {name: way(name, origin, runs, found) for name in RIVALS}
    called = {name: texts[f"dial.algorithm.{name}"] for name in ways}
    passed = {
        called[name]: [
            point for run, each in zip(runs, found, strict=True) if is_a(run, name) for point in each["path"]
        ]
        for name in ways
        if name != "best_of_n"  # whose way is all its points
    }
    chart(figures.frontier({called[name]: way for name, way in ways.items()}, passed, texts), f"{SLUG}.frontier")
    far = min(max(point["kl"] for point in way) for way in ways.values())
    near = {name: figures.at_distance(way, far) for name, way in ways.items()}
    columns: dict[str, Sequence[Any]] = {
        texts["race.model"]: [texts["frontier.sft"], *called.values()],
        texts["metric.kl"]: [0.0, *(float(f"{far:.3g}") for _ in near)],
        texts["metric.true_score"]: [
            float(f"{each['true_score']:.3g}") for each in ({"true_score": origin["true_score"]}, *near.values())
        ],
        texts["race.seconds"]: [None, *(float(f"{each['seconds']:.3g}") for each in near.values())],
    }
    caption = texts["frontier.caption"].format(kl=number(far, 2))
    table(columns, name="frontier", caption=caption, texts=texts, key=f"{SLUG}.frontier.table")
    with st.expander(texts["stage.table"], key=f"{SLUG}.frontier.all"):
        points = [(name, point) for name, each in zip(names, found, strict=True) for point in each["path"]]
        columns = {texts["race.model"]: [name for name, _ in points]}
        for key, head in (("kl", "metric.kl"), ("true_score", "metric.true_score"), ("reward", "metric.reward")):
            columns[texts[head]] = [float(f"{point[key]:.3g}") for _, point in points]
        table(columns, name="path", caption=texts["frontier.path"], texts=texts, key=f"{SLUG}.frontier.path")
    yours("predict.3")
    values = {"kl": number(far, 2), "end": number(ways["ppo"][-1]["true_score"], 3)}
    values["end_kl"] = number(ways["ppo"][-1]["kl"], 2)
    for name, each in near.items():
        values |= {name: number(each["true_score"], 3), f"{name}_seconds": number(each["seconds"], 2)}
    st.markdown(content.fill(lesson["predict.3.after"], **values))


def seconds_of(run: Run) -> float:
    last = run.latest()
    return last.seconds if last else 0.0


def is_a(run: Run, algorithm: str) -> bool:
    return spec_of(run).algorithm == algorithm


def way(name: str, origin: Mapping[str, float], runs: Sequence[Run], found: Sequence[Any]) -> list[dict[str, float]]:
    """How far an algorithm gets, the nearest first: from SFT to where each of its runs ended, or by way of every n."""
    mine = [(run, each["path"]) for run, each in zip(runs, found, strict=True) if is_a(run, name)]
    if name == "best_of_n":
        return [dict(point) for point in mine[0][1]]
    ends = [
        {"kl": run.metric("kl"), "true_score": run.metric("true_score"), "seconds": seconds_of(run)} for run, _ in mine
    ]
    return [{**origin, "seconds": ends[0]["seconds"]}, *sorted(ends, key=lambda end: end["kl"])]


# ---------------------------------------------------------------- people


def people():
    st.markdown(lesson["people"])
    run = current()
    if run.state != "done":
        waiting(run)
        return
    if found := ask(run, "labels", n=LISTED):
        said = {1.0: texts["vote.short.left"], 0.0: texts["vote.short.right"]}
        columns: dict[str, Sequence[Any]] = {
            texts["vote.left.answer"]: [pair["left"] for pair in found["pairs"]],
            texts["vote.right.answer"]: [pair["right"] for pair in found["pairs"]],
            texts["people.said"]: [said.get(pair["said"], texts["vote.short.tie"]) for pair in found["pairs"]],
            texts["answers.true"]: [two(pair["true_score"]) for pair in found["pairs"]],
        }
        who = texts[f"dial.labeller.{spec_of(run).labeller}"]
        caption = texts["people.caption"].format(who=who, agree=percent(found["agree"]), of=found["of"])
        table(columns, name="people", caption=caption, texts=texts, key=f"{SLUG}.people.table")
    st.markdown(lesson["people.whose"])


# ---------------------------------------------------------------- the page

STATIONS: dict[str, Callable[[], None]] = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "sft": fine_tuning,
    "vote": vote,
    "watch": watch,
    "step": step,
    "beta": beta,
    "break": breaking,
    "compare": compare,
    "people": people,
}

page(RLHF, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS)
