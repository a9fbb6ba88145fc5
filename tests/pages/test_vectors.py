"""The page on the geometry of word vectors by AppTest: four models, one analogy, what breaks, pictures, bad links."""

import time
from functools import partial
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine import runner
from engine.experiments import LoadedVectors, WordVectors
from engine.text import vector_files
from pages.ui import own_vectors, training
from tests.browser import lesson
from tests.pages.lesson import LANGUAGES, PATIENCE, STATIONS, field, link, opener, run, shown, until

opened = opener("vectors")
words = partial(lesson.words, "vectors")
SMALL = {"tokens": "20000", "dim": "20"}
MODELS = ("sgns", "cbow", "glove", "ppmi_svd")


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return run(app)


def told(app: AppTest, language: str = "en") -> AppTest:
    """Has the page tell what came of the run, once it is over."""
    end, label = time.monotonic() + PATIENCE, words(language)["predict.tell"]
    while not [button for button in app.button if button.label == label]:
        assert time.monotonic() < end, shown(app)
        time.sleep(0.2)
        run(app)
    return press(app, label)


def heads(app: AppTest, n: int = 0) -> list[str]:
    return [str(head).replace("\\", "").replace("\u2060", "") for head in app.table[n].value.columns]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("station", STATIONS)
def test_every_station_in_every_language(language: str, station: str) -> None:
    app = opened(lang=language, at=station, **SMALL)
    assert not app.exception
    assert words(language)["model.choose"] in {group.label for group in app.button_group} | {
        pills.label for pills in getattr(app, "pills", [])
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_four_models_and_what_they_cost(language: str) -> None:
    app = told(opened(lang=language, at="watch", **SMALL), language)
    says = words(language)
    assert heads(app)[:2] == [says["model.choose"], says["metric.analogy_accuracy"]]
    assert heads(app)[-2:] == [says["watch.seconds"], says["watch.megabytes"]]
    table = app.table[0].value
    assert len(table) == 4
    assert all(float(str(seconds).replace("\\", "")) > 0 for seconds in table.iloc[:, -2])


def test_an_analogy_step_by_step_with_three_words_from_the_link() -> None:
    app = opened(at="step", triple="queen,woman,man", model="glove", **SMALL)
    end = time.monotonic() + PATIENCE
    while not [each for each in app.text_input if each.label == words("en")["ask.b"]]:
        assert time.monotonic() < end
        run(app)
    assert field(app, words("en")["ask.b"]).value == "queen"
    assert link(app, "triple") == "queen,woman,man"
    assert not app.warning
    field(app, words("en")["ask.a"]).set_value("<b>zzz</b>").run()
    assert "is not in this text" in shown(app)
    field(app, words("en")["ask.a"]).set_value("").run()
    assert "One of the three words is missing" in shown(app)


@pytest.mark.parametrize("station", ["step", "explore", "compare"])
def test_who_comes_before_the_models_are_trained_reads_how_far_they_are(station: str) -> None:
    going = runner.current().submit(WordVectors.parse({"seed": "3", **SMALL}))
    going.pause()
    assert going.wait("paused", timeout=PATIENCE) == "paused"
    going.leave()  # whoever comes with these settings finds it
    app = opened(at=station, seed="3", **SMALL)
    assert words("en")["train.paused"] in [each.proto.text for each in app.get("progress")]
    going.resume()
    end = time.monotonic() + PATIENCE
    while run(app).get("progress"):  # which is a sign of life
        assert time.monotonic() < end, shown(app)
        time.sleep(0.2)
    assert going.state == "done"
    assert len(app.text_input) == {"step": 3, "explore": 0, "compare": 1}[station]


def test_neighbours_side_by_side_and_pmi() -> None:
    app = until(opened(at="compare", **SMALL), "The correlation is")
    says = words("en")
    assert heads(app) == [says[f"model.{model}"] for model in MODELS]
    field(app, says["compare.word"]).set_value("qeen").run()
    assert "did you mean" in shown(app)
    field(app, says["compare.word"]).set_value("apple").run()
    assert "The nearest words of apple" in shown(app)
    assert link(app, "near") == "apple"
    app = until(press(app, says["uses.seeds.start"]), "from the worst seed to the best")
    seeds = next(each.value for each in app.table if says["uses.seed"] in each.value.columns)
    assert [str(seed) for seed in seeds.iloc[:, 0]] == ["0", "1", "2", "3", "4"]


def test_links_that_cannot_be_used_are_said() -> None:
    said = shown(opened(at="explore", source="moon"))
    assert '"moon" is not a choice' in said
    said = shown(opened(at="watch", dim="9999", tokens="many"))
    assert "Vector size = 9999 is out of range" in said
    assert '"many" is not a whole number' in said


def test_a_link_to_somebody_s_file_asks_for_it() -> None:
    app = opened(at="explore", source="file", file="own:0123456789abcdef", most="777")
    assert words("en")["vectors.again"] in shown(app)
    assert link(app, "file") == "own:0123456789abcdef"
    assert link(app, "most") == "777"
    assert not app.exception


def test_a_file_that_was_read_is_told_about() -> None:
    lines = [
        f"w{n} " + " ".join(f"{x:.3f}" for x in v) for n, v in enumerate(np.random.default_rng(0).normal(size=(99, 5)))
    ]
    data = "\n".join(["king 1 2 3 4 5", *lines, "king 1 1 1 1 1"]).encode()
    app = opened(at="explore", source="file")
    made = runner.current().submit(LoadedVectors(corpus=vector_files.name(data), most=500), data)
    assert made.wait("done", "failed", timeout=PATIENCE) == "done"
    app.session_state["vectors.vectors.run"] = made.token
    said = shown(run(app))
    assert "100 words" in said
    assert "The first line counts; lines left out: 1." in said
    assert link(app, "file") == made.spec.values()["corpus"]
    assert link(app, "most") == "500"
    assert "own_vectors.places" in app.session_state  # so that the frame keeps it awake on every page


def test_a_file_that_cannot_be_read_leaves_the_one_before() -> None:
    good, bad = (f"king 1 2\nqueen 2 {x}\nman 1 0\n".encode() for x in ("1", "x"))
    app, here, place = opened(at="explore", source="file"), runner.current(), "vectors.vectors"
    made = [here.submit(LoadedVectors(corpus=vector_files.name(data)), data) for data in (bad, good)]
    assert [run.wait("done", "failed", timeout=PATIENCE) for run in made] == ["failed", "done"]
    app.session_state[f"{place}.runs"] = [run.token for run in made]
    app.session_state[f"{place}.run"] = made[0].token
    said = shown(run(app))
    assert "Line 2 is not a word with its numbers" in said
    assert "3 words" in said
    assert link(app, "file") == made[1].spec.values()["corpus"]


def test_however_many_bad_files_come_the_good_one_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    place, session = "vectors.vectors", dict[str, Any]()
    monkeypatch.setattr("streamlit.session_state", session)
    for data in (b"king 1 2\nqueen 2 1\n", *(f"king 1 2\nqueen 2 x{n}\n".encode() for n in range(5))):
        own_vectors._keep_good("vectors")
        made = training.start(place, LoadedVectors(corpus=vector_files.name(data)), data)
        assert made
        assert made.wait("done", "failed", timeout=PATIENCE) == ("failed" if b"x" in data else "done")
    good = own_vectors._good("vectors")
    assert good
    assert good.spec.values()["corpus"] == vector_files.name(b"king 1 2\nqueen 2 1\n")
    assert len(session[f"{place}.runs"]) == training.KEPT


@pytest.mark.parametrize("source", ["sample", "random"])
def test_a_picture_of_too_few_words_and_of_nothing(source: str) -> None:
    app = press(opened(at="explore", source=source), words("en")["project.start"])
    end, wanted = (
        time.monotonic() + PATIENCE,
        {"sample": "needs at least 16 words", "random": "of each word's 10 nearest"},
    )
    while wanted[source].lower() not in shown(app).lower():
        assert time.monotonic() < end, shown(app)
        time.sleep(0.3)
        run(app)
    assert not app.exception


def test_a_picture_comes_back_by_its_link() -> None:
    app = opened(at="explore", source="random", picture="tsne,3,100,12,7")
    asked = app.session_state["vectors.explore.made"].asked
    assert (asked.method, asked.dims, asked.count) == ("tsne", 3, 100)
    assert asked.parameters == (("perplexity", 12), ("seed", 7))
    assert link(app, "picture") == "tsne,3,100,12,7"


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [("magic", '"magic" is not a choice'), ("umap,2,5", "out of range"), ("umap,2,20,9,x", "is not a number")],
)
def test_a_link_to_no_picture_gets_a_sentence_and_the_usual_fields(picture: str, sentence: str) -> None:
    app = opened(at="explore", source="random", picture=picture)
    assert sentence in shown(app)
    assert "vectors.explore.made" not in app.session_state
    assert link(app, "picture") is None


def test_the_word_looked_for_the_named_words_and_the_colours_come_by_the_link() -> None:
    asked = {"picture": "pca,2,20", "named": "king,apple", "find": "king", "by": "gender"}
    app = opened(at="explore", source="sample", **asked)
    says = words("en")
    box = until_drawn(app, says["project.find"])
    assert box.value == "king"
    assert chooser(app, says["project.by"]).value == "gender"
    assert "words nearest to king by cosine" in shown(app)
    assert not app.warning
    assert {name: link(app, name) for name in asked} == asked
    box.set_value("queen").run()
    chooser(app, says["project.by"]).set_value("all").run()
    assert [link(app, name) for name in ("find", "by")] == ["queen", None]
    press(app, says["project.start"])  # another picture: nothing is looked for in it yet
    until_drawn(app, says["project.find"])
    assert link(app, "find") is None


@pytest.mark.parametrize(
    ("language", "undrawn", "colour"),
    [
        ("en", '"zebra" is not among the words of this picture', '"smell" is not a choice for Colours'),
        ("zh", "这张图里没有画“zebra”", "“smell”"),
    ],
)
def test_a_word_that_is_not_drawn_and_no_colours_get_a_sentence(language: str, undrawn: str, colour: str) -> None:
    app = opened(at="explore", source="sample", lang=language, picture="pca,2,20", find="zebra", by="smell")
    box = until_drawn(app, words(language)["project.find"])
    assert box.value is None
    assert [undrawn in each.value.replace("\\", "").replace("\u2060", "") for each in app.warning] == [True, False]
    assert colour in shown(app)
    assert [link(app, name) for name in ("find", "by")] == [None, None]
    box.set_value("king").run()
    assert len(app.warning) == 1  # the learner has gone on


def until_drawn(app: AppTest, label: str) -> Any:
    """Waits for the picture, which has a box of that label."""
    end = time.monotonic() + PATIENCE
    while not (box := chooser(app, label)):
        assert time.monotonic() < end, shown(app)
        time.sleep(0.1)
        run(app)
    return box


def chooser(app: AppTest, label: str) -> Any:
    return next((each for each in app.selectbox if each.label == label), None)


def test_what_breaks_beside_the_usual_settings() -> None:
    app = told(press(opened(at="break", broken="dim_8"), words("en")["break.start"]))
    assert heads(app) == [words("en")[label] for label in ("model.choose", "break.broken", "break.usual")]
    broken, usual = (
        [int(str(cell).replace("\\", "").split()[0]) for cell in app.table[0].value.iloc[:, n]] for n in (1, 2)
    )
    assert sum(broken) < sum(usual)
