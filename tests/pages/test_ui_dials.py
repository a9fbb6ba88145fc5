"""Dials: link to spec and back, bad values, undo, defaults, one's own text, as a learner turns them."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.experiments import EXPERIMENTS, Dial, Word2Vec
from engine.text import own
from lessons import content
from pages.ui.dials import MOST, round_values

HARNESS = str(Path(__file__).parent / "ui_harness" / "app.py")
LANGUAGES = content.languages()
DEFAULTS = {"gate": "AND", "lr": "0.5", "inputs": "2"}
LONG = " ".join(f"The king of land {n} rules while the queen sings." for n in range(40))


def opened(show: str = "dials", **link: str) -> AppTest:
    app = AppTest.from_file(HARNESS, default_timeout=60)
    app.query_params.update({"show": show, "lang": "en", **link})
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def values(app: AppTest) -> dict[str, Any]:
    return json.loads(app.code[0].value)


def link(app: AppTest) -> dict[str, str]:
    return {k: v[0] if isinstance(v, list) else v for k, v in app.query_params.items() if k not in ("show", "lang")}


def said(app: AppTest) -> str:
    return "\n".join(w.value.replace("\\", "") for w in app.warning)


def test_the_link_sets_the_dials() -> None:
    app = opened(gate="xor", lr="0.25", seed="7")
    assert values(app) | {"gate": "xor", "lr": 0.25, "seed": 7} == values(app)
    assert link(app) == {"gate": "xor", "lr": "0.25", "seed": "7"}
    assert app.selectbox(key="harness.dial.gate").value == "xor"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("gate", "nand", '"nand" is not a choice for The gate'),
        ("lr", "abc", '"abc" is not a number: The lr'),
        ("lr", "7", "The lr = 7.0 is out of range"),
        ("lr", "nan", "out of range"),
        ("inputs", "2.5", '"2.5" is not a whole number'),
        ("inputs", "301", "The inputs = 301 is out of range: choose a value from 2 to 300"),
        ("gate", "<b>&$x$", '"<b>&$x$" is not a choice'),
    ],
)
def test_a_bad_value_is_named_and_costs_nothing_else(field: str, value: str, sentence: str) -> None:
    app = opened(**{"epochs": "3", field: value})
    assert sentence in said(app)
    assert f"Used instead: {DEFAULTS[field]}." in said(app).replace("\u2060", "")
    assert values(app)["epochs"] == 3
    assert link(app) == {"epochs": "3"}


def test_a_refused_option_names_the_others_as_the_page_and_the_link_do() -> None:
    assert "choose one of AND (and), or, xor." in said(opened(gate="nand"))


def test_the_sentence_goes_when_a_dial_is_turned() -> None:
    app = opened(gate="nand")
    app.selectbox(key="harness.dial.gate").set_value("or").run()
    assert not app.warning
    assert values(app)["gate"] == "or"


def test_a_turned_dial_goes_into_the_link_undo_and_defaults_take_it_back() -> None:
    app = opened(seed="7")
    assert app.button(key="harness.undo").disabled
    app.selectbox(key="harness.dial.gate").set_value("xor").run()
    app.slider(key="harness.dial.epochs").set_value(3).run()
    assert link(app) == {"gate": "xor", "epochs": "3", "seed": "7"}
    app.button(key="harness.undo").click().run()
    assert link(app) == {"gate": "xor", "seed": "7"}
    assert app.slider(key="harness.dial.epochs").value == 10
    app.button(key="harness.defaults").click().run()
    assert link(app) == {}
    assert app.button(key="harness.defaults").disabled
    app.button(key="harness.undo").click().run()
    assert link(app) == {"gate": "xor", "seed": "7"}


def test_turning_a_dial_back_to_its_default_leaves_the_link() -> None:
    app = opened(gate="xor")
    app.selectbox(key="harness.dial.gate").set_value("and").run()
    assert link(app) == {}


def test_another_text_brings_its_own_defaults_and_keeps_what_was_set() -> None:
    app = opened(seed="7")
    app.selectbox(key="harness.dial.corpus").set_value("kjv").run()
    assert (values(app)["epochs"], values(app)["seed"]) == (4, 7)
    assert link(app) == {"corpus": "kjv", "seed": "7"}


def test_the_link_is_read_once_and_the_state_outlives_the_widgets() -> None:
    app = opened(gate="xor")
    app.selectbox(key="harness.dial.gate").set_value("or").run()
    app.query_params["show"] = "predict"  # another station: the dials are not drawn
    run(app)
    app.query_params["show"] = "dials"
    run(app)
    assert values(app)["gate"] == "or"


def test_at_most_three_dials_stand_in_the_open() -> None:
    app = opened()

    def drawn(part: Any) -> set[str]:
        return {w.key for w in (*part.selectbox, *part.slider, *part.select_slider, *part.number_input)}

    assert drawn(app) == {f"harness.dial.{name}" for name in values(app)}
    assert len(drawn(app) - drawn(app.expander[0])) == MOST


def test_own_text_is_checked_used_and_named_by_its_hash() -> None:
    app = opened(seed="7")
    app.selectbox(key="harness.dial.corpus").set_value("own").run()
    assert values(app)["corpus"] == "kingdom"  # nothing changes until there is a text
    paste(app, "too short")
    assert "200" in app.error[0].value
    assert values(app)["corpus"] == "kingdom"
    paste(app, LONG)
    assert values(app)["corpus"] == own.name(LONG)
    assert link(app) == {"corpus": own.name(LONG), "seed": "7"}
    assert f"{len(LONG)} characters of one's own" in [m.value for m in app.markdown]
    paste(app, "")
    assert app.error
    assert values(app)["corpus"] == own.name(LONG)


def test_own_text_is_shown_as_text() -> None:
    app = opened()
    app.selectbox(key="harness.dial.corpus").set_value("own").run()
    paste(app, f"<img src=x onerror=alert(1)> ![x](http://example.invalid) {LONG}")
    (shown,) = [m.value for m in app.markdown if "onerror" in m.value]
    assert r"\<img src\=x onerror\=alert\(1\)\>" in shown


def test_a_link_to_somebodys_own_text_asks_for_it() -> None:
    app = opened(corpus=own.name(LONG))
    assert content.load("common", "en").labels["own.again"] in said(app)
    assert values(app)["corpus"] == own.name(LONG)
    assert "0 characters of one's own" in [m.value for m in app.markdown]
    paste(app, LONG)
    assert not app.warning
    assert f"{len(LONG)} characters of one's own" in [m.value for m in app.markdown]


def test_a_short_text_gets_a_friendly_word_and_a_long_one_none() -> None:
    app = opened()
    app.selectbox(key="harness.dial.corpus").set_value("own").run()
    paste(app, LONG)
    assert ["400 words" in info.value for info in app.info] == [True]
    paste(app, " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}" for n in range(5_000)))
    assert not app.info


def paste(app: AppTest, text: str) -> None:
    app.text_area(key="harness.own.paste").set_value(text)
    app.button(key="harness.own.use").click().run()
    assert not app.exception


def test_what_the_browser_remembers_comes_in_only_where_the_link_says_nothing() -> None:
    remembered = {"harness.dials": {"gate": "xor", "lr": "no number", "unheard": 1}}
    app = AppTest.from_file(HARNESS, default_timeout=60)
    app.query_params.update({"show": "dials", "lang": "en"})
    app.session_state["store"], app.session_state["store.came_back"] = remembered, True
    assert values(run(app))["gate"] == "xor"
    app = AppTest.from_file(HARNESS, default_timeout=60)
    app.query_params.update({"show": "dials", "lang": "en", "gate": "or"})
    app.session_state["store"], app.session_state["store.came_back"] = remembered, True
    assert values(run(app))["gate"] == "or"


def test_round_values_hold_the_limits_and_the_value() -> None:
    assert round_values(Dial(int, 2, 300), 64) == [2, 5, 10, 20, 50, 64, 100, 200, 300]
    assert round_values(Dial(float, 0.01, 0.1), 0.05) == [0.01, 0.02, 0.05, 0.1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in EXPERIMENTS if (content.FOLDER / name).is_dir()])
def test_every_dial_of_a_lesson_is_explained(name: str, language: str) -> None:
    labels = content.load(name, language).labels
    for field, dial in EXPERIMENTS[name].dials().items():
        assert labels.get(f"dial.{field}"), field
        assert labels.get(f"dial.{field}.help"), field
        options = [*dial.options, "own"] if field == "corpus" else dial.options
        for option in options:
            assert labels.get(f"dial.{field}.{option}"), f"{field}: {option}"


@pytest.mark.parametrize("given", [{"dim": "10"}, {"corpus": "kjv"}, {"corpus": "kjv", "dim": "50"}, {}])
def test_a_spec_comes_back_from_its_link(given: dict[str, str]) -> None:
    spec = Word2Vec.parse(given)
    assert Word2Vec.parse({k: str(v) for k, v in spec.changed().items()}) == spec
