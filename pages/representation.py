"""Words as counts (1954–1972): the page. Layout only: counting, arithmetic and figures live below."""

import dataclasses
import itertools
from typing import Any, cast

import streamlit as st

from engine import runner
from engine.experiments import OWN, Representation
from engine.mistake import Mistake
from engine.runner import Run
from engine.snapshot import Pane
from engine.text import documents, own, rules
from lessons import content
from lessons.figures import number
from lessons.representation import figures
from pages.ui import arrival, choice, escape, moments, press, session, training
from pages.ui.bench import bench
from pages.ui.dials import chosen
from pages.ui.look import PATIENCE, from_link
from pages.ui.page import page
from pages.ui.player import player
from pages.ui.predict import guessed, predict, tell
from pages.ui.share import keep_long
from pages.ui.stage import StagePane
from pages.ui.table import table
from pages.ui.training import ask, watched

SLUG = "representation"
GUESSES = ("predict.1", "predict.2", "predict.3")
FUNCTIONS = {  # of the files of the model, shown first
    "representation.py": ("advance", "weighted", "search"),
    "phrase_structure.py": ("generate", "parse"),
}
TERMS = {  # of the glossary, by station
    "question": "document bag_of_words one_hot vector term_frequency idf cosine phrase_structure",
    "predict": "document bag_of_words one_hot sparse",
    "watch": "document vocabulary token one_hot bag_of_words term_frequency document_frequency idf sparse cosine "
    "l2_norm segmentation seed cpu_second",
    "step": "term_frequency document_frequency idf l2_norm vector dot_product",
    "break": "stop_word idf vocabulary cosine l2_norm",
    "compare": "phrase_structure parse_tree ambiguity left_recursion segmentation token one_hot bag_of_words idf",
    "check": "idf one_hot bag_of_words stop_word parse_tree ambiguity cosine",
    "read": "term_frequency idf bag_of_words phrase_structure parse_tree",
}
FOLLOWED = 8  # words whose df and idf the table follows, at most
COLUMNS = 60  # of the matrix, chosen by the learner, at most
COMPARED = 6  # words whose distances are listed, at most
FOUND = 10  # documents of a ranking
TYPED = 200  # characters of a field
SENTENCE = 400  # characters of a sentence to be taken apart
SENTENCES = 10  # that the rules write at once
SYNONYMS = {"en": ("doctor", "physician", "bread"), "zh": ("医生", "大夫", "面包")}
GUESSED = {"en": ("doctor", "the dog bit the man"), "zh": ("医生", "狗咬了男人")}  # of predict.1 and predict.2
SECOND = 2  # the note that tells of a physician

# What each way of breaking it changes, and what is asked then; its texts are the sections break.<name>.
BREAKS: dict[str, dict[str, Any]] = {"stop_words": {"weighting": "counts"}, "unseen": {}, "one_word": {}}
ASKED = {
    "en": {"stop_words": "the garden of the doctor", "unseen": "vehicle", "one_word": "bread"},
    "zh": {"stop_words": "公园的雨和男人的伞", "unseen": "车辆", "one_word": "面包"},
}
COMMON_RARE = {"en": ("the", "garden"), "zh": ("的", "雨")}
lesson = content.load(SLUG, session.language())
texts = {**session.texts(), **lesson.labels, "own.start": "\n".join(documents.NOTES[session.language()])}
# What a step of this reading is.
COUNTED = texts | {"stage.step": texts["stage.documents"], "stage.running": texts["stage.documents.now"]}


# ---------------------------------------------------------------- question, predict


def question():
    st.markdown(lesson["question"])
    st.markdown(lesson["idea"])


def guess():
    st.markdown(lesson["predict"])
    for section in GUESSES:
        predict(SLUG, section, lesson, texts=texts)


# ---------------------------------------------------------------- watch


def watch():
    said = st.container()
    suited = {"kingdom": ("weighting", "documents"), "kjv": ("book", "chapters")}
    main = ("corpus", *suited.get(spec_chosen().corpus, ("weighting", "segment")))
    made = bench(Representation, SLUG, lesson, texts, main)
    run = made.run
    with made.wide:
        moment = moments.shown(run, panes(run), texts=COUNTED, key="representation.stage", place=SLUG)
    begins = run.shared and moment == 0
    if made.usual:
        made.note.caption(texts["watch.before" if begins else "train.shared"])
    if moment is not None and not begins:  # a beginning that nobody chose: the other stations show the end
        moments.rest(run, moment)
    with st.container():  # what comes and goes has its place: below it nothing moves, and what is open stays open
        results(run, moment)
        training.until_done(run)
    with st.expander(texts["stage.read"], icon=":material/help:", key="representation.reading"):  # open on paper
        last = run.latest()
        st.markdown(content.fill(lesson["stage"], seconds=f"{last.seconds:.2g}" if last else "–"))
    looking(run)
    listing(run)
    st.divider()
    at = None if begins else moment
    searching(run, at)
    shuffling(run)
    distances(run, at)
    with said:
        linked(run, at)


def spec_chosen() -> Representation:
    return chosen(Representation, SLUG)[0]


def spec_of(run: Run) -> Representation:
    return cast(Representation, run.spec)


waited: set[str] = set()  # runs this drawing of the page has waited for: once is enough


def facts(run: Run) -> dict[str, Any]:
    """What is known of the documents once they are prepared."""
    if run.token not in waited and run.state != "queued":
        waited.add(run.token)
        run.wait("running", "paused", "done", "failed", timeout=PATIENCE)
    return run.facts or {"documents": [], "vocabulary": [], "columns": [], "watched": []}


def titles(run: Run) -> list[str]:
    """What its documents are called, in the order of reading."""
    spec = spec_of(run)
    return figures.titles(
        facts(run)["documents"], texts[f"dial.book.{spec.book}"] if spec.corpus == "kjv" else "", texts
    )


def linked(run: Run, moment: int | None):
    """What is looked at goes into the page's address; what of a link cannot be looked at is said."""
    words = looked_at(run)[0]
    session.keep_in_link(moment=None if moment is None else str(moment), words=",".join(words) or None)
    arrival.complain(SLUG, "moment", texts["stage.last"] if moment is None else str(moment))
    arrival.complain(SLUG, "words", session.listed(words or facts(run)["columns"]))


def looked_at(run: Run) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns the learner chose (none: those that say most), and the words followed."""
    key = f"representation.look.{spec_of(run).corpus}.{spec_of(run).language}"
    if key not in st.session_state:
        asked = arrival.take(SLUG, "words", lambda given: known(run, given)) if from_link(run) else None
        st.session_state[key] = (asked or (), tuple(facts(run)["watched"]))
    columns, followed = st.session_state[key]
    there = set(facts(run)["vocabulary"])  # other settings may know other words
    followed = tuple(word for word in followed if word in there) or tuple(facts(run)["watched"])
    return tuple(word for word in columns if word in there), followed


def known(run: Run, given: str) -> tuple[str, ...]:
    """The words of a link. Raises Mistake("word_not_there"), ("line_too_long")."""
    words = tuple(dict.fromkeys(word.strip() for word in given.split(",") if word.strip()))[:COLUMNS]
    if missing := [word for word in words if word not in facts(run)["vocabulary"]]:
        raise Mistake("word_not_there", word=missing[0][:40])
    return words


def panes(run: Run) -> list[StagePane]:
    """What the stage shows of `run`: the matrix; words followed, the document just read, and curves below it."""
    spec, rows = spec_of(run), titles(run)
    chosen_words, followed = looked_at(run)
    words = chosen_words or tuple(facts(run)["columns"])
    bars = spec.weighting == "tfidf" and spec.norm != "none"
    return [
        StagePane(
            "matrix",
            texts["pane.matrix"],
            place="main",
            pane=Pane("matrix", "matrix_view", (("words", words),)),
            base=figures.matrix_base(words, rows, texts),
            frame=lambda numbers: figures.matrix_frame(numbers, texts),
        ),
        StagePane(
            "words",
            texts["pane.words"],
            kind="table",
            place="below",
            pane=Pane("words", "words_view", (("words", followed),)),
            base=figures.words_base(texts),
            # Followed are the usual words, known by then, where nothing was known while the page was drawn.
            frame=lambda numbers: figures.words_frame(numbers, followed or facts(run)["watched"], texts),
        ),
        StagePane(
            "latest",
            texts["pane.latest"],
            kind="table",
            place="below",
            pane=Pane("latest", "latest_view"),
            base=figures.latest_base(bars, texts),
            frame=lambda numbers: figures.latest_frame(numbers, titles(run), texts),  # known by then
        ),
        StagePane("curves", texts["pane.curves"], kind="curves", place="below", base=figures.reading_curves(texts)),
    ]


def results(run: Run, moment: int | None):
    """The guesses, each beside what came out, when this run read the notes as they are."""
    if {k for k in spec_of(run).changed() if k != "language"} or (run.shared and moments.rested(run) is None):
        return
    guesses = {section: kept for section in GUESSES if (kept := guessed(SLUG, section, lesson))}
    if not guesses or not tell(run, moment, texts=texts, key="representation.results"):
        return
    word, sentence = GUESSED[spec_of(run).language]
    found, bag = ask(run, "search", query=word), ask(run, "shuffle", sentence=sentence)
    if not found or not bag:
        return
    score = next(answer["score"] for answer in found["answers"] if answer["document"] == SECOND)
    values = {
        "score": number(score, 2),
        "bag": session.listed(f"{word} {count}" for word, count in bag["bag"].items()),
        "percent": figures.percent(run.history[-1].metrics["empty"]),
    }
    for section, kept in guesses.items():
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
        st.markdown(content.fill(lesson[f"{section}.after"], **values))


def looking(run: Run):
    """Which words the stage shows."""
    columns, followed = looked_at(run)
    key = f"representation.look.{spec_of(run).corpus}.{spec_of(run).language}"
    with (
        st.expander(texts["view.title"], icon=":material/visibility:"),
        st.form("representation.looking", border=False),
    ):
        vocabulary = facts(run)["vocabulary"]
        widget = f"{key}.{hash((columns, followed))}"  # another look gives the fields their first values anew
        shown = st.multiselect(
            texts["view.words"],
            vocabulary,
            default=list(columns),
            max_selections=COLUMNS,
            help=texts["view.words.help"],
            key=f"{widget}.columns",
            placeholder="",
        )
        watched = st.multiselect(
            texts["view.followed"],
            vocabulary,
            default=list(followed),
            max_selections=FOLLOWED,
            help=texts["view.followed.help"],
            key=f"{widget}.followed",
            placeholder="",
        )
        press.submit(texts["view.apply"], icon=":material/check:", key="representation.looking.go")
        if press.pressed("representation.looking.go"):
            st.session_state[key] = (tuple(shown), tuple(watched) or tuple(facts(run)["watched"]))
            st.rerun()


def listing(run: Run):
    """The documents themselves, as far as they can be listed."""
    found = facts(run)["documents"]
    with st.expander(texts["list.title"].format(count=len(found)), icon=":material/list:"):
        columns = {
            texts["list.number"]: titles(run),
            texts["list.start"]: [document["start"] for document in found],
            texts["list.words"]: [document["words"] for document in found],
        }
        caption = texts["list.title"].format(count=len(found))
        table(columns, name="documents", caption=caption, texts=texts, key="representation.documents")


def searching(run: Run, moment: int | None):
    """The learner's query, asked of the model at the moment shown: the ranking, and what each word gives."""
    st.subheader(texts["search.title"], anchor=False)
    usual = example(run)
    if from_link(run) and (asked := arrival.take(SLUG, "query", lambda given: choice.line(given.strip(), TYPED))):
        st.session_state["representation.query"] = asked
    with st.form("representation.search", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        query = st.text_input(
            texts["search.query"],
            st.session_state.get("representation.query", usual),
            max_chars=TYPED,
            key=f"representation.search.{spec_of(run).corpus}.{spec_of(run).language}",
            width=420,
        )
        press.submit(texts["search.go"], icon=":material/search:", key="representation.search.go")
        if press.pressed("representation.search.go"):
            st.session_state["representation.query"] = query.strip()
    query = st.session_state.get("representation.query", usual)
    arrival.complain(SLUG, "query", query)
    session.keep_in_link(query=query if query != usual else None)
    if found := ask(run, "search", at=moment, query=query, n=FOUND):
        ranked(found, query, titles(run), "representation.ranking")


def example(run: Run) -> str:
    """A query that suits the documents."""
    if (corpus := spec_of(run).corpus).startswith(OWN):
        return str(facts(run).get("query", ""))
    if spec_of(run).language != session.language() and corpus == "notes":
        return ASKED[spec_of(run).language]["stop_words"]
    return texts[f"search.example.{corpus}"]


def ranked(found: dict[str, Any], query: str, rows: list[str], key: str):
    """A ranking: its picture, its table, and what to know of it."""
    if found["unknown"]:
        st.info(
            texts["search.unknown"].format(words=escape.plain(session.listed(found["unknown"]))),
            icon=":material/help_center:",
        )
    answers = found["answers"]
    if not answers:
        st.info(texts["search.nothing"])
        return
    if not any(answer["score"] for answer in answers):
        st.warning(texts["search.zero"], icon=":material/exposure_zero:")
        return
    hits = [answer for answer in answers if answer["score"] > 0]
    st.markdown(
        "\n".join(
            f"{place}. **{escape.plain(rows[answer['document'] - 1])}** ({number(answer['score'], 3)}): "
            f"{escape.plain(answer['word'])}"
            for place, answer in enumerate(hits, 1)
        )
    )
    st.plotly_chart(figures.ranking(hits, rows, texts, theme()), key=f"{key}.picture", theme="streamlit", config=STILL)
    columns: dict[str, list[Any]] = {
        texts["search.rank"]: list(range(1, len(hits) + 1)),
        texts["list.number"]: [rows[answer["document"] - 1] for answer in hits],
        texts["search.cosine"]: [answer["score"] for answer in hits],
    }
    columns |= {f"+ {word}": [answer["parts"][word] for answer in hits] for word in hits[0]["parts"]}
    caption = texts["search.caption"].format(query=escape.plain(query))
    with st.expander(texts["stage.table"], icon=":material/table:"):
        table(columns, name="ranking", caption=caption, texts=texts, key=key)


STILL = {"displayModeBar": False, "scrollZoom": False}


def theme() -> str:
    """Light or dark, as the reader's browser has it."""
    return st.context.theme.type or "light"


def shuffling(run: Run):
    """A sentence and the same words in another order: one bag."""
    key, usual = f"representation.sentence.{session.language()}", texts["shuffle.example"]
    if key not in st.session_state:
        st.session_state[key] = arrival.take(SLUG, "shuffle", lambda given: choice.line(given, TYPED)) or usual
    if "representation.shuffles" not in st.session_state:
        turns = arrival.take(SLUG, "turn", arrival.whole(texts["shuffle.go"], 1, 9_999))
        st.session_state["representation.shuffles"] = turns or 1
    with st.expander(texts["shuffle.title"], icon=":material/shuffle:"):
        sentence = st.text_input(texts["shuffle.sentence"], max_chars=TYPED, key=key, persist_state="session")
        turn = st.session_state["representation.shuffles"]
        arrival.complain(SLUG, "shuffle", sentence)
        arrival.complain(SLUG, "turn", str(turn))
        session.keep_in_link(shuffle=sentence if sentence != usual else None, turn=str(turn) if turn != 1 else None)
        st.button(texts["shuffle.go"], icon=":material/shuffle:", on_click=_shuffle, key="representation.shuffle")
        if not (found := ask(run, "shuffle", sentence=sentence, seed=turn)):
            return
        for name, words in (("before", found["words"]), ("after", found["shuffled"])):
            st.markdown(f"{texts[f'shuffle.{name}']}: **{escape.plain(' · '.join(words))}**")
        columns = {texts["shuffle.word"]: list(found["bag"]), texts["shuffle.count"]: list(found["bag"].values())}
        table(columns, name="bag", caption=texts["shuffle.bag"], texts=texts, key="representation.bag")
        if found["same"]:
            st.markdown(texts["shuffle.same"])


def _shuffle():
    st.session_state["representation.shuffles"] += 1


def distances(run: Run, moment: int | None):
    """Words compared: as one-hot vectors, and by their columns of the matrix."""
    with st.expander(texts["far.title"], icon=":material/straighten:"):
        vocabulary = facts(run)["vocabulary"]
        usual = [word for word in SYNONYMS[spec_of(run).language] if word in vocabulary] or facts(run)["watched"][:3]
        key = f"representation.far.{run.token}"
        if vocabulary and key not in st.session_state:
            asked = arrival.take(SLUG, "far", lambda given: known(run, given)) if from_link(run) else None
            st.session_state[key] = list(asked or usual)[:COMPARED]
        words = st.multiselect(
            texts["far.words"],
            vocabulary,
            max_selections=COMPARED,
            key=key,
            placeholder="",
            persist_state="session",
        )
        arrival.complain(SLUG, "far", session.listed(words))
        if vocabulary:
            session.keep_in_link(far=",".join(words) if words != usual else None)
        if len(words) < 2:
            st.info(texts["far.few"])
            return
        if not (found := ask(run, "distances", at=moment, words=words)):
            return
        pairs = list(itertools.combinations(range(len(words)), 2))
        columns: dict[str, list[Any]] = {texts["far.pair"]: [f"{words[a]} · {words[b]}" for a, b in pairs]}
        for head, name in (("one_hot", "one_hot"), ("one_hot_cosine", "one_hot_cosines"), ("columns", "columns")):
            columns[texts[f"far.{head}"]] = [found[name][a][b] for a, b in pairs]
        table(columns, name="distances", caption=texts["far.caption"], texts=texts, key="representation.distances")
        st.markdown(texts["far.after"])


# ---------------------------------------------------------------- step


def step():
    run = moments.current(Representation, SLUG)
    rows, moment = titles(run), moments.rested(run)
    read = run.history[moment].step if moment and moment < len(run.history) else len(rows)
    if not rows or not read:
        training.until_done(run)
        return
    key = f"representation.document.{run.token}"
    if key not in st.session_state:
        asked = (
            arrival.take(SLUG, "document", arrival.whole(texts["step.document"], 1, read)) if from_link(run) else None
        )
        st.session_state[key] = asked or min(first_document(run), read)
    st.session_state[key] = min(st.session_state[key], read)
    found = facts(run)["documents"]
    document = st.selectbox(
        texts["step.document"],
        range(1, read + 1),
        format_func=lambda n: f"{rows[n - 1]}: {found[n - 1]['start']}",
        key=key,
        persist_state="session",
    )
    arrival.complain(SLUG, "document", rows[document - 1])
    session.keep_in_link(document=str(document) if document != first_document(run) else None)
    if trace := ask(run, "trace_tfidf", at=moment, document=document):
        player(trace, lesson, texts=texts, key="representation.player")
    training.until_done(run)  # what was asked of a moment still to come is answered then


def first_document(run: Run) -> int:
    """The one to begin with: of the notes the one that says bread three times."""
    return 4 if spec_of(run).corpus == "notes" and not spec_of(run).seed else 1


# ---------------------------------------------------------------- break


def breaking():
    st.markdown(lesson["break"])
    name = st.pills(
        texts["break.choose"],
        list(BREAKS),
        format_func=lambda n: lesson.titled(f"break.{n}").title,
        key="representation.break",
        required=True,
        default=next(iter(BREAKS)),
    )
    section, asked = f"break.{name}", ASKED[session.language()][name]
    filled = dataclasses.replace(
        lesson, sections={**lesson.sections, section: content.fill(lesson[section], query=asked, word=asked)}
    )
    predict(SLUG, section, filled, texts=texts)
    spec, text = broken_spec(name)
    place = f"representation.{section}"
    press.button(texts["break.start"], type="primary", icon=":material/play_arrow:", key="representation.break.start")
    if press.pressed("representation.break.start"):
        training.start(place, spec, text)
    training.complain(place)
    run = runner.current().find(st.session_state.get(f"{place}.run", ""))
    if run is None or run.spec != spec:
        return
    moment = moments.shown(run, panes(run), texts=COUNTED, key="representation.broken", place=place)
    training.until_done(run)
    if tell(run, moment, texts=texts, key=place):
        broken(run, name, asked)


def broken_spec(name: str) -> tuple[Representation, str | None]:
    """What is read, broken that way; and the text where it is none of ours: the notes and one word more."""
    text, corpus = None, {}
    if name == "one_word":
        text = "\n".join([*documents.NOTES[session.language()], ASKED[session.language()][name]])
        corpus = {"corpus": own.name(text)}
    return Representation.parse({"language": session.language(), **BREAKS[name], **corpus}), text


def broken(run: Run, name: str, asked: str):
    """What came of it, beside the guess."""
    if kept := guessed(SLUG, f"break.{name}", lesson):
        st.markdown(texts["predict.yours"].format(guess=escape.plain(kept)))
    found = {way: ask(run, "search", query=asked, weighting=way) for way in ("counts", "tfidf")}
    if not all(found.values()):
        return
    rows, best = titles(run), {way: answer["answers"][0] for way, answer in found.items()}
    common, rare = COMMON_RARE[session.language()]
    last = next((n for n, a in enumerate(found["tfidf"]["answers"], 1) if a["document"] == len(rows)), 1)
    values = {
        **{way: rows[answer["document"] - 1] for way, answer in best.items()},
        **{"common": common, "rare": rare, "word": asked, "place": last},
        "score": number(found["tfidf"]["answers"][last - 1]["score"], 3),
    }
    st.markdown(content.fill(lesson[f"break.{name}.after"], **values))
    for way in ("counts", "tfidf") if name == "stop_words" else ("tfidf",):
        if name == "stop_words":
            st.markdown(f"**{texts[f'break.{way}']}**")
        ranked(found[way], asked, rows, f"representation.broken.{way}")


# ---------------------------------------------------------------- compare


def compare():
    st.markdown(lesson["compare"])
    ruled()
    st.divider()
    weightings()
    st.divider()
    cutting()


def shared() -> Run:
    """The run that all share: the questions about rules and about cutting need no other."""
    return training.shared(Representation, session.language())


def ruled():
    """The era before: rules that the learner edits, sentences written and taken apart by them."""
    st.markdown(lesson["rules"])
    name = example_of_rules()
    usual, tries = rules.EXAMPLES[name]
    area, line = f"representation.rules.{name}", f"representation.rules.{name}.sentence"
    for key, part, value in ((area, "rules", usual), (line, "parse", tries[0])):
        if key not in st.session_state:
            asked = arrival.take(SLUG, part, str)
            st.session_state[key] = value if asked is None else asked
    st.session_state[line] = st.session_state[line][:SENTENCE]
    left, right = st.columns([2, 3], gap="large")
    with left:
        given = st.text_area(
            texts["rules.text"], height=270, key=area, help=texts["rules.help"], persist_state="session"
        )
        writing(given)
    with right:
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="offers-rules"):
            st.caption(texts["rules.try"], width="content")
            for n, each in enumerate(tries):
                st.button(each, key=f"{line}.{n}", on_click=_try, args=(line, each))
        sentence = st.text_input(texts["rules.sentence"], key=line, max_chars=SENTENCE, persist_state="session")
        share_rules(name, given, sentence)
        if told := about(given):
            parsed(given, sentence, told)


def example_of_rules() -> str:
    """Which rules are edited: the learner's choice, else the link's, else those that suit the language."""
    key, names = "representation.rules.example", {each: texts[f"rules.{each}"] for each in rules.EXAMPLES}
    if key not in st.session_state:
        asked = arrival.take(SLUG, "grammar", arrival.choice(texts["rules.example"], names))
        st.session_state[key] = asked or rules.FIRST[session.language()]
    look: dict[str, Any] = {"key": key, "required": True, "persist_state": "session"}
    name: str = st.segmented_control(texts["rules.example"], list(names), format_func=names.__getitem__, **look)
    arrival.complain(SLUG, "grammar", names[name])
    return name


def share_rules(name: str, given: str, sentence: str):
    """What differs from the example of that name goes into the page's address."""
    usual, tries = rules.EXAMPLES[name]
    session.keep_in_link(
        grammar=name if name != rules.FIRST[session.language()] else None,
        parse=sentence if sentence != tries[0] else None,
    )
    keep_long(SLUG, "rules", given if given != usual else None, "rules.text")


def _try(key: str, sentence: str):
    st.session_state[key] = sentence


def about(given: str) -> dict[str, Any] | None:
    """What there is to say of the rules themselves; None, with the reason on the page, where they cannot be used."""
    told: dict[str, Any] | None = ask(shared(), "grammar", rules=given)
    if told and told["unused"]:
        symbols = escape.plain(session.listed(told["unused"]))
        st.info(texts["rules.unused"].format(start=escape.plain(told["start"]), symbols=symbols))
    return told


def parsed(given: str, sentence: str, told: dict[str, Any]):
    """The trees of a sentence, or that there are none."""
    found = ask(shared(), "parse", rules=given, sentence=sentence)
    if not found:
        return
    if found["unknown"]:
        st.warning(texts["rules.unknown"].format(words=escape.plain(session.listed(found["unknown"]))))
    elif not found["count"]:
        st.warning(texts["rules.none"].format(sentence=escape.plain(sentence)))
    elif found["count"] == 1:
        st.success(texts["rules.one"])
    else:
        st.success(texts["rules.many"].format(count=f"{found['count']:,}", shown=len(found["trees"])))
    for n, (nested, brackets) in enumerate(zip(found["trees"], found["brackets"], strict=True), 1):
        st.markdown(f"**{texts['rules.tree'].format(n=n)}**")
        st.plotly_chart(figures.tree(nested, theme()), key=f"representation.tree.{n}", theme="streamlit", config=STILL)
        st.caption(texts["rules.brackets"])
        st.code(brackets, language=None, wrap_lines=True)
    if told["left_recursive"]:
        st.caption(texts["rules.left"].format(symbols=escape.plain(session.listed(told["left_recursive"]))))


def writing(given: str):
    """Sentences drawn by the rules, once the button is pressed; another press draws others."""
    depth = st.slider(
        texts["rules.depth"], 2, 12, 7, key="representation.rules.depth", help=texts["rules.depth.help"],
        persist_state="session",
    )  # fmt: skip
    press.button(texts["rules.write"], icon=":material/edit_note:", key="representation.rules.write")
    if press.pressed("representation.rules.write"):
        st.session_state["representation.rules.seed"] = st.session_state.get("representation.rules.seed", 0) + 1
    if not (seed := st.session_state.get("representation.rules.seed")):
        return
    if made := ask(shared(), "generate", rules=given, n=SENTENCES, depth=depth, seed=seed):
        columns = {texts["rules.sentences"]: made["sentences"]}
        caption = texts["rules.written"]
        if made["left_out"]:
            caption += " " + texts["rules.left_out"].format(count=made["left_out"])
        if made["stopped"]:
            caption += " " + texts["rules.stopped"]
        table(columns, name="sentences", caption=caption, texts=texts, key="representation.rules.made")


def weightings():
    """The learner's query by one-hot, counts and TF-IDF."""
    st.markdown(lesson["compare.weightings"])
    run = moments.current(Representation, SLUG)
    query, rows = st.session_state.get("representation.query", example(run)), titles(run)
    found = {}
    for way in ("one_hot", "counts", "tfidf"):
        if not (answer := ask(run, "search", query=query, weighting=way, n=3)):
            return
        found[way] = answer["answers"]
    columns: dict[str, list[Any]] = {texts["weightings.way"]: [texts[f"dial.weighting.{way}"] for way in found]}
    for place in range(min(3, *(len(answers) for answers in found.values()))):
        cells = [f"{rows[a[place]['document'] - 1]} ({a[place]['score']:.3f})" for a in found.values()]
        columns[texts["weightings.place"].format(n=place + 1)] = cells
    caption = texts["weightings.caption"].format(query=escape.plain(query))
    table(columns, name="weightings", caption=caption, texts=texts, key="representation.weightings")
    training.until_done(run)


def cutting():
    """Chinese as words and as characters: a line, and the eight notes read both ways."""
    st.markdown(content.fill(lesson["compare.cut"], part=documents.PART, whole=documents.WHOLE))
    by_words = training.shared(Representation, "zh")
    line = st.text_input(
        texts["cut.line"], documents.NOTES["zh"][-1], max_chars=TYPED, key="representation.cut.line",
        persist_state="session",
    )  # fmt: skip
    if found := ask(by_words, "segmentations", text=line):
        columns: dict[str, list[Any]] = {
            texts["cut.way"]: [texts[f"cut.{way}"] for way in found],
            texts["cut.pieces"]: [" · ".join(pieces) for pieces in found.values()],
            texts["cut.number"]: [len(pieces) for pieces in found.values()],
        }
        table(columns, name="pieces", caption=texts["cut.both"], texts=texts, key="representation.cut.pieces")
    specs = [Representation(language="zh", segment=way) for way in ("words", "characters")]
    press.button(texts["cut.start"], type="primary", icon=":material/play_arrow:", key="representation.cut.start")
    if press.pressed("representation.cut.start"):
        training.together("representation.cut", specs)
    training.complain("representation.cut")
    if runs := training.compared("representation.cut"):
        watched("representation.cut", runs, lambda: both_ways(runs), texts)


def both_ways(runs: list[Run]):
    """The notes by words and by characters, a row each; it fills while they are read."""
    rows = [cut_row(run) for run in runs]
    columns = {head: [row[head] for row in rows] for head in rows[0]}
    table(columns, name="both-ways", caption=texts["cut.caption"], texts=texts, key="representation.cut.table")


def cut_row(run: Run) -> dict[str, Any]:
    last, found = run.latest(), None
    if run.state == "done":
        found = next(iter(ask(run, "search", query=documents.PART)["answers"]))
    first = found and (f"{titles(run)[found['document'] - 1]} ({found['score']:.3f})" if found["score"] else None)
    return {
        texts["cut.way"]: texts[f"cut.{spec_of(run).segment}"],
        texts["cut.vocabulary"]: int(last.metrics["vocabulary"]) if last else None,
        texts["cut.empty"]: texts["cut.percent"].format(percent=figures.percent(last.metrics["empty"]))
        if last
        else None,
        texts["cut.found"].format(query=documents.PART): first or (texts["cut.nothing"] if found else None),
    }


# ---------------------------------------------------------------- the page

STATIONS = {  # and check and read, as on every page
    "question": question,
    "predict": guess,
    "watch": watch,
    "step": step,
    "break": breaking,
    "compare": compare,
}

page(Representation, lesson, texts, STATIONS, terms=TERMS, files=FUNCTIONS)
