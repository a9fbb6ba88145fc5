"""The dials of an experiment: what the link says, what the learner turns, and back into the link.

The state of a dial is not its widget's, which is lost while another station is drawn, but a plain entry of the session:
the fields that differ from the defaults. Every value in it has gone through `Experiment.parse`; one that cannot be used
is left out and its sentence shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from engine.experiments import OWN, Dial, Experiment
from engine.mistake import Mistake
from lessons.content import Lesson
from pages.ui import arrival, own_text, session, store
from pages.ui.escape import plain
from pages.ui.table import digits

MOST = 3  # dials in the open; the others wait under "advanced"
BY_HAND = 50  # positions of a slider that a hand can still set
TYPED = 200  # characters of a line
PAST = 50  # changes that can be undone
OWN_OPTION = "own"  # how the choice of texts calls the learner's own, whichever it is

LABELS = ("dials.show", "dials.advanced", "dials.undo", "dials.defaults")

# Fields that mean something for these texts only: elsewhere their dial would do nothing, and is not drawn.
ONLY_FOR = {
    "language": ("kingdom", "jobs", "notes"),
    "tokens": ("kingdom", "jobs"),
    "corpus_seed": ("kingdom", "jobs"),
    "mixed": ("kingdom", "jobs"),
    "segment": (OWN_OPTION, "notes"),
    "documents": ("kingdom",),
    "book": ("kjv",),
    "chapters": ("kjv",),
}

Spec = TypeVar("Spec", bound=Experiment)


@dataclass
class _State:
    """`given` are the fields that differ from the defaults."""

    given: dict[str, Any] = field(default_factory=dict)
    past: list[dict[str, Any]] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    asking: bool = False  # for a text of the learner's own
    touched: bool = False  # by the link or the learner; until then what the browser remembers may come in


def dials(
    experiment: type[Spec],
    slug: str,
    lesson: Lesson,
    *,
    texts: Mapping[str, str],
    main: Sequence[str] = (),
    beside: Callable[[], None] | None = None,
    always: Sequence[str] = (),
    without: Sequence[str] = (),
) -> tuple[Spec, str | None]:
    """Draws the dials of page `slug`. Returns the spec they are set to, and the learner's own text where it reads one.

    `main` names the dials in the open, by default the first three. The lesson has labels `dial.<field>` and
    `dial.<field>.help` for every field, and `dial.<field>.<option>` where an option needs a name.
    `beside` draws the page's own buttons, before undo and defaults. `always` names fields that mean something here for
    every text, `without` those that the page sets in another way. Raises ValueError for more than three in the open.
    """
    if len(main) > MOST:
        raise ValueError(f"{len(main)} dials in the open are too many: {', '.join(main)}")
    spec, text = chosen(experiment, slug)
    state = _state(experiment, slug)
    names = [
        name
        for name in experiment.dials()
        if name not in without
        and (name in always or (_applies(name, spec) and (name != "segment" or _chinese(spec, text))))
    ]
    first = [name for name in main or names[:MOST] if name in names]
    complain(experiment, slug, lesson)
    with st.container(key="dials-switch"):  # on small screens only, where the dials wait until it is on: style.css
        st.toggle(texts["dials.show"], key=f"{slug}.dials.show")
    with st.container(key="dials-first"):
        _column(experiment, slug, first, spec, lesson)
    with st.container(horizontal=True, gap="small"):
        if beside:
            beside()
        _buttons(experiment, slug, state, texts)
    if state.asking or own_text.reads(spec):
        own_text.ask(slug, spec, lambda name: turn(experiment, slug, "corpus", name), texts)
    if rest := [name for name in names if name not in first]:
        with st.container(key="dials-rest"), st.expander(texts["dials.advanced"], icon=":material/tune:"):
            _column(experiment, slug, rest, spec, lesson)
    return spec, text


def dial_row(
    experiment: type[Spec], slug: str, lesson: Lesson, names: Sequence[str], *, texts: Mapping[str, str], place: str
) -> tuple[Spec, str | None]:
    """Some of the page's dials once more, in a row, at a station called `place`: the same values, other widgets.

    Returns as `dials` does.
    """
    spec, text = chosen(experiment, slug)
    with st.container(horizontal=True, key=f"{place}-dials"):
        for name in names:
            if _applies(name, spec):
                _dial(experiment, slug, name, spec, lesson, place, width=205)
    if _state(experiment, slug).asking or own_text.reads(spec):
        own_text.ask(place, spec, lambda name: turn(experiment, slug, "corpus", name), texts)
    return spec, text


def complain(experiment: type[Experiment], slug: str, lesson: Lesson) -> None:
    """Says what of the link could not be used."""
    spec = chosen(experiment, slug)[0]
    for mistake in _state(experiment, slug).mistakes:
        field = str(mistake.details.get("name", ""))
        if field not in spec.values():  # it is about several dials together, or about what a line says
            st.warning(plain(mistake.sentence(session.language())), icon=":material/error:")
            continue
        value = str(spec.values()[field])
        arrival.warn(_named(mistake, experiment, lesson), lesson.labels.get(f"dial.{field}.{value}", value))


def wanted(experiment: type[Experiment], slug: str) -> bool:
    """Whether the dials ask for a text of the learner's own and do not have it yet."""
    spec, text = chosen(experiment, slug)
    return _state(experiment, slug).asking or (bool(own_text.reads(spec)) and text is None)


def chosen(experiment: type[Spec], slug: str) -> tuple[Spec, str | None]:
    """What the dials of page `slug` are set to, drawn or not, and the learner's own text. Keeps the link up to date."""
    state = _state(experiment, slug)
    spec = _spec(experiment, state.given)
    changed = spec.changed()
    session.keep_in_link(**{k: str(changed[k]) if k in changed else None for k in experiment.dials()})
    return spec, own_text.text_of(spec)


# ---- the state


def _state(experiment: type[Experiment], slug: str) -> _State:
    """The page's state: made from the link, which is read once; or else from what the browser remembers."""
    key = f"{slug}.dials"
    if key not in st.session_state:
        linked = {k: v for k, v in st.query_params.to_dict().items() if k in experiment.dials()}
        given, mistakes = _usable(experiment, linked)
        st.session_state[key] = _State(given, mistakes=mistakes, touched=bool(linked))
    state: _State = st.session_state[key]
    if not state.touched and store.came_back():
        remembered = store.get(key, {})
        state.given, state.touched = _usable(experiment, remembered if isinstance(remembered, dict) else {})[0], True
    return state


def _usable(experiment: type[Experiment], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """The fields of `given` that can be used and differ from the defaults, and a mistake for each that cannot."""
    try:
        return _different(experiment, _read(experiment, given, given)), []
    except Mistake:
        good: dict[str, Any] = {}
    mistakes = []
    for name, value in given.items():  # what goes with all that was good so far
        try:
            good |= _read(experiment, {**good, name: value}, (name,))
        except Mistake as mistake:
            mistakes.append(mistake)
    return _different(experiment, good), mistakes


def _read(experiment: type[Experiment], given: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The fields `names` of what `given` says. Raises Mistake for a field, or for fields that do not go together."""
    read = experiment.parse(given).values()
    return {name: read[name] for name in names}


def _different(experiment: type[Experiment], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` without what the defaults of its text say anyway."""
    base = _spec(experiment, {k: given[k] for k in ("corpus",) if k in given}).values()
    first = experiment().values()
    return {k: v for k, v in given.items() if v != (first if k == "corpus" else base)[k]}


def _spec(experiment: type[Spec], given: Mapping[str, Any]) -> Spec:
    """The spec of these fields. The text is in the language of the page, unless they say otherwise."""
    page = {"language": session.language()} if "language" in experiment.dials() else {}
    return experiment.parse({**page, **given})


def turn(experiment: type[Experiment], slug: str, name: str, value: Any) -> None:
    """The learner's hand on a dial."""
    state = _state(experiment, slug)
    state.asking = name == "corpus" and value == OWN_OPTION
    if value is None or state.asking:
        return
    try:
        read = _read(experiment, {**state.given, name: value}, (name,))
    except Mistake as mistake:  # of a line that was typed: what was there stays
        state.mistakes = [mistake]
    else:
        _change(slug, state, _different(experiment, {**state.given, **read}))


def _reset(experiment: type[Experiment], slug: str) -> None:
    _change(slug, _state(experiment, slug), {})


def _undo(experiment: type[Experiment], slug: str) -> None:
    state = _state(experiment, slug)
    earlier, before = state.past[-1], state.past[:-1]
    _change(slug, state, earlier)
    state.past = before


def _change(slug: str, state: _State, given: dict[str, Any]) -> None:
    if given != state.given:
        state.past = [*state.past, state.given][-PAST:]
    state.given, state.mistakes, state.asking, state.touched = given, [], False, True
    own = str(given.get("corpus", "")).startswith(OWN)  # the text is not remembered, so neither is its name
    store.put(f"{slug}.dials", given if given and not own else None)


# ---- the widgets


def _buttons(experiment: type[Experiment], slug: str, state: _State, texts: Mapping[str, str]) -> None:
    st.button(
        texts["dials.undo"],
        key=f"{slug}.undo",
        disabled=not state.past,
        on_click=_undo,
        args=(experiment, slug),
        icon=":material/undo:",
        type="tertiary",
    )
    st.button(
        texts["dials.defaults"],
        key=f"{slug}.defaults",
        disabled=not state.given,
        on_click=_reset,
        args=(experiment, slug),
        icon=":material/restart_alt:",
        type="tertiary",
    )


def _column(experiment: type[Experiment], slug: str, names: Sequence[str], spec: Experiment, lesson: Lesson) -> None:
    for name in names:
        _dial(experiment, slug, name, spec, lesson)


def _dial(
    experiment: type[Experiment],
    slug: str,
    name: str,
    spec: Experiment,
    lesson: Lesson,
    place: str | None = None,
    **looks: Any,
) -> None:
    dial, value = experiment.dials()[name], spec.values()[name]
    key = f"{place or slug}.dial.{name}"

    def turned() -> None:
        turn(experiment, slug, name, st.session_state[key])

    common: dict[str, Any] = {"key": key, "on_change": turned, "help": lesson.labels[f"dial.{name}.help"], **looks}
    label = lesson.labels[f"dial.{name}"]
    if dial.read:
        st.session_state[key] = value
        st.text_input(label, max_chars=TYPED, placeholder=dial.example, **common)
        return
    if dial.kind is str:
        options = [*dial.options, OWN_OPTION] if name == "corpus" else list(dial.options)
        asking = name == "corpus" and (own_text.reads(spec) or _state(experiment, slug).asking)
        st.session_state[key] = OWN_OPTION if asking else value
        st.selectbox(label, options, format_func=lambda o: lesson.labels.get(f"dial.{name}.{o}", o), **common)
        return
    st.session_state[key] = value
    low, high, step = dial.kind(dial.low), dial.kind(dial.high), dial.kind(dial.step)
    if (high - low) / step <= BY_HAND:
        st.slider(label, low, high, step=step, **common)
    elif low > 0 and high / low >= BY_HAND:
        st.select_slider(label, round_values(dial, value), format_func=digits, **common)
    else:
        st.number_input(label, low, high, step=step, format="%d" if dial.kind is int else "%g", **common)


def round_values(dial: Dial, value: float) -> list[Any]:
    """1, 2, 5, 10, 20, 50, … within the dial's limits, with the limits themselves and `value`."""
    steps: Iterable[float] = (m * 10.0**n for n in range(-6, 7) for m in (1, 2, 5))
    inside = {dial.kind(round(step, 6)) for step in steps if dial.low <= step <= dial.high}
    return sorted(inside | {dial.kind(dial.low), dial.kind(dial.high), value})


def _applies(name: str, spec: Experiment) -> bool:
    corpus = spec.values().get("corpus")
    return corpus is None or (OWN_OPTION if own_text.reads(spec) else corpus) in ONLY_FOR.get(
        name, (corpus, OWN_OPTION)
    )


def _chinese(spec: Experiment, text: str | None) -> bool:
    """Whether there is Chinese to be cut: in a text of the learner's own, or in one of ours."""
    ours = not own_text.reads(spec) and spec.values().get("language") == "zh"
    return ours or own_text.is_chinese(text)


def _named(mistake: Mistake, experiment: type[Experiment], lesson: Lesson) -> Mistake:
    """The same mistake, with the names of the dial and its options as the learner sees them."""
    field = str(mistake.details["name"])
    options = {
        option: lesson.labels.get(f"dial.{field}.{option}", option) for option in experiment.dials()[field].options
    }
    allowed = {"allowed": session.with_ids(options)} if options else {}
    return Mistake(mistake.code, **{**mistake.details, **allowed, "name": lesson.labels.get(f"dial.{field}", field)})
