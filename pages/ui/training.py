"""Which run a page shows: the learner's own, one found again after a reload, or the one shared by all."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from engine import runner
from engine.experiments import OWN, Experiment
from engine.mistake import Mistake
from engine.runner import Run
from pages.ui import escape, session

OVER = ("done", "failed", "cancelled", "dropped")
KEPT = 3  # a page keeps its last runs for comparison
SOON = 0.3  # seconds a page waits for the end of a run before it says how far it is
ANSWERS = 32  # of runs that are over, kept for a visit

LABELS = (
    *("stage.cancel", "train", "train.changed", "train.shared", "train.beforehand", "train.beforehand.watch"),
    *("train.none", "train.queued", "train.paused"),
)


def start(slug: str, spec: Experiment, text: str | bytes | None = None) -> Run | None:
    """A new run for this page. None when there is no room: `complain` says so, until a run finds room."""
    run = _submit(slug, spec, text)
    if run:
        tokens = [run.token, *st.session_state.get(f"{slug}.runs", [])]
        _cancel(tokens[KEPT:])
        st.session_state[f"{slug}.runs"] = tokens[:KEPT]
        st.session_state[f"{slug}.run"] = run.token
    return run


def together(slug: str, specs: Sequence[Experiment], text: str | None = None) -> list[Run]:
    """Runs to be compared side by side, in place of those this place compared before."""
    _cancel(st.session_state.get(f"{slug}.runs", []))
    runs = [run for spec in specs if (run := _submit(slug, spec, text))]
    st.session_state[f"{slug}.runs"] = [run.token for run in runs]
    return runs


def compared(slug: str) -> list[Run]:
    """The runs that `together` started here, as far as they are still kept."""
    here = runner.current()
    return [run for token in st.session_state.get(f"{slug}.runs", []) if (run := here.find(token))]


def own(slug: str) -> Run | None:
    """The run this visit started here, if it is still kept."""
    run = runner.current().find(st.session_state.get(f"{slug}.run", ""))
    return run if run and run.state not in ("dropped", "cancelled") else None


def shown(slug: str, spec: Experiment, text: str | None = None, anew: bool = False) -> Run:
    """The run to show for `spec`: this visit's latest, whatever the page's language is by now, else the shared one.

    A visit that begins with other settings came by a link or a reload: it gets the run that a reload left, or a new
    one, so that the link shows what it says; and so it does with the usual settings where it wants them trained `anew`.
    """
    if run := own(slug):
        return run
    usual = shared(type(spec), _language(spec))
    first = type(spec).parse({"language": language} if (language := _language(spec)) else {})
    arriving = f"{slug}.arrived" not in st.session_state
    st.session_state[f"{slug}.arrived"] = True
    if not arriving or (spec in (usual.spec, first) and not anew) or (_reads_own(spec) and text is None):
        return usual
    if run := runner.current().adopt(spec):
        st.session_state[f"{slug}.run"] = run.token
        return run
    return start(slug, spec, text) or usual


def shared(kind: type[Experiment], language: str | None) -> Run:
    """The run with the settings as they come, or cheaper ones (`Experiment.shipped`), which all learners share."""
    return runner.current().demo(kind.demo(language))


def ask(run: Run, question: str, at: int | None = None, **given: Any) -> Any:
    """An answer of the model at moment `at`, or None with the reason on the page. Do not change it.

    A run that is over answers the same for ever: its last answers are kept for this visit, so that a page drawn anew
    does not wait for a worker that is busy with somebody else's run.
    """
    kept: OrderedDict[Any, Any] = st.session_state.setdefault("training.answers", OrderedDict())
    key, over = (run.token, question, at, repr(sorted(given.items()))), run.state == "done"
    if over and key in kept:
        kept.move_to_end(key)
        return kept[key]
    try:
        answer = run.ask(question, at=at, **given)
    except Mistake as mistake:
        say(mistake)
        return None
    if over:
        kept[key] = answer
        while len(kept) > ANSWERS:
            kept.popitem(last=False)
    return answer


def watched(place: str, runs: Sequence[Run], draw: Callable[[], None], texts: Mapping[str, str]) -> None:
    """Draws runs that no stage shows, again each second until all are over, and then the page once more.

    A button ends those that `together` started at `place`.
    """

    def look() -> None:
        for run in runs:
            run.beat()  # this watches them, as a stage would
        draw()
        started = compared(place)
        if not settled(started):
            tokens, key = [run.token for run in started], f"{place}.cancel"
            st.button(texts["stage.cancel"], icon=":material/close:", key=key, on_click=_cancel, args=(tokens,))
        if not settled(runs):
            st.session_state[f"{place}.training"] = True
        elif st.session_state.pop(f"{place}.training", False):
            st.rerun()  # so that the page tells what came of them, and asks no more

    st.fragment(look, run_every=None if settled(runs) else 1)()


def settled(runs: Sequence[Run]) -> bool:
    """Whether all of them are over."""
    return all(run.state in OVER for run in runs)


def say(mistake: Mistake) -> None:
    """The sentence of a mistake, in the learner's language, its quotations shown as plain text."""
    st.warning(escape.plain(mistake.sentence(session.language())), icon=":material/error:")


def complain(slug: str) -> None:
    """Says why the run last asked for here could not start; it stays, however often the page is drawn anew."""
    if mistake := st.session_state.get(f"{slug}.refused"):
        say(mistake)


def _submit(slug: str, spec: Experiment, text: str | bytes | None) -> Run | None:
    run, mistake = None, None
    try:
        run = runner.current().submit(spec, text)
    except Mistake as refused:
        mistake = refused
    st.session_state[f"{slug}.refused"] = mistake
    return run


def _cancel(tokens: Sequence[str]) -> None:
    for token in tokens:
        if run := runner.current().find(token):
            run.cancel()


def until_done(run: Run, draw: Callable[[], None] = lambda: None) -> None:
    """Have the page drawn once more when `run` is over, so that what it came to can be shown; `draw` until then."""

    def look() -> None:
        run.beat()  # it is waited for: without a sign of life it would pause, where no stage gives one
        if run.state in OVER:
            st.rerun()
        draw()

    if run.state not in OVER:
        st.fragment(look, run_every=1)()


def over(run: Run, going: str, texts: Mapping[str, str]) -> bool:
    """Whether `run` has come to its end. Until then the page says how far it is; `going` says what is being trained."""
    run.wait(*OVER, timeout=SOON)

    def progress() -> None:
        last, said = run.latest(), {"queued": texts["train.queued"], "paused": texts["train.paused"]}
        st.progress(last.step / max(1, last.total) if last else 0.0, said.get(run.state, going))

    until_done(run, progress)
    if run.mistake:
        say(run.mistake)
    return run.state == "done"


def beforehand(run: Run, texts: Mapping[str, str]) -> None:
    """Says that the model was not trained before the learner's eyes, and where one can be."""
    if run.shared:
        st.caption(texts["train.beforehand.watch"])


def until_read(run: Run) -> None:
    """Have the page drawn once more when the text of `run` is read, so that its words can be shown."""

    def look() -> None:
        run.beat()
        if run.facts is not None or run.state in OVER:
            st.rerun()

    st.fragment(look, run_every=1)()


def _reads_own(spec: Any) -> bool:
    return str(getattr(spec, "corpus", "")).startswith(OWN)


def _language(spec: Any) -> str | None:
    return getattr(spec, "language", None)
