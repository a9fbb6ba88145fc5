"""The texts: whole in every language, the same in shape, and nothing on a page left without its words."""

import ast
import fnmatch
import importlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from engine import mistake
from engine.experiments import EXPERIMENTS, Word2Vec
from engine.measure import analogies
from engine.text import corpora
from lessons import content
from lessons.content import BrokenContent, Lesson

ROOT = Path(__file__).parents[2]
LANGUAGES = content.languages()
SLUGS = sorted(path.parent.name for path in content.FOLDER.glob("*/en.md"))
LESSONS = [slug for slug in SLUGS if content.load(slug, "en").year]  # an era has a year; home and about have none
TRANSLATED = [(slug, language) for slug in SLUGS for language in LANGUAGES]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
HAN = re.compile(r"[\u4e00-\u9fff]")

# Experiments that are part of another one's lesson.
HOST = {
    "softmax_cost": "word2vec",
    "ngram_grid": "ngram",
    "recall": "lstm",
    "sequence_cost": "lstm",
    "cooccurrence": "glove",
    "few_labels": "vectors",
    "ppmi_svd": "vectors",
    "word_vectors": "vectors",
    "translation": "decoding",
    "gpt": "decoding",
    "coreference": "attention",
}
# What a lesson has beside its steps (design, § Content).
SECTIONS = ["question", "idea", "predict", "stage", "break", "compare", "limits", "sources"]
PAIR = ["window", "pair", "lookup", "dots", "sigma", "error", "gradient", "update_output", "update_input", "after"]
NETWORK = ["one_hot", "lookup", "concatenate", "hidden", "tanh", "output", "direct", "logits", "softmax", "loss"]
BACKWARDS = ["error", "back_output", "back_tanh", "back_x", "row", "update"]
DISCOUNTED = ["chain", "uniform", "counts", "adjusted", "unseen", "discount", "weight", "mix", "product"]
FORETELLING = ["read", "logits", "softmax", "loss"]
GATED = ["gates", "input_gate", "forget_gate", "candidate", "cell", "output_gate", "hidden", "cell_1997"]
RESET = ["gru_gates", "reset_gate", "update_gate", "gru_candidate", "gru_state"]
WINDOW = ["centre", "distances", "weights", "cells"]
CELL = ["count", "logarithm", "dot", "biases", "difference", "weight", "cost", "gradient", "squares", "update", "after"]
ATTENDING = ["embed", "norm", "qkv", "scores", "scale", "mask", "softmax", "weighted_sum", "join", "project"]
DECODING = ["start", "embed", "self_scores", "mask", "self_softmax", "cross_scores", "cross_softmax", "ffn", "logits"]
ANALOGY = ["vectors", "length", "difference", "point", "cosine", "order"]
REMOVAL = ["direction", "lean", "part", "subtract", "normalise", "lean_after"]
UPDATE = [
    "logs",
    "kl",
    "rewards",
    "value",
    "delta",
    "gae",
    "whiten",
    "ratio",
    "clip",
    "surrogate",
    "value_loss",
    "loss",
]
COMPARISON = ["state", "reward", "difference", "chance", "bt_loss", "bt_gradient"]
STEPS = {
    "attention": [*ATTENDING, "add", "add_norm"],
    "representation": ["tf", "df", "idf", "product", "norm"],
    "word2vec": [*PAIR, "cbow_pair", "cbow_lookup", "cbow_update_input"],
    "nnlm": [*NETWORK, *BACKWARDS],
    "ngram": [*DISCOUNTED, "likelihood", "add_k", "lambda", "katz", "alpha", "stupid"],
    "glove": [*WINDOW, *CELL],
    "lstm": [*FORETELLING, "elman", "elman_state", *GATED, *RESET],
    "decoding": [*DECODING, "softmax", "choose"],
    "vectors": [*ANALOGY, *REMOVAL],
    "rlhf": [*UPDATE, *COMPARISON, "whole", "implicit", "dpo_gradient"],
}
# The files whose lines a trace shows, where it is not <slug>.py.
MODELS = {
    "attention": ["attention", "transformer"],
    "decoding": ["translation_trace"],
    "glove": ["glove", "cooccurrence"],
    "lstm": ["recurrent", "recurrent_trace"],
    "ngram": ["ngram_trace", "smoothing"],
    "nnlm": ["nnlm", "nnlm_trace"],
    "rlhf": ["sft", "reward", "ppo", "dpo", "rlhf_trace"],
    "vectors": ["vector_trace", "bias_trace"],
}


def shape(value: Any) -> Any:
    """What must be the same in every language: keys, lengths, links, groups and years, not words."""
    if isinstance(value, dict):
        return {k: value[k] if k in ("id", "group", "slug", "year") else shape(value[k]) for k in value}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return sorted(content.placeholders(value)) if isinstance(value, str) else value


def texts(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Every text of a lesson with its name: sections and labels."""
    yield from lesson.sections.items()
    yield from lesson.labels.items()


def constant(path: Path, name: str) -> ast.stmt | None:
    """The statement that gives a module's constant its value, read without importing the module."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node
    return None


def constants(path: Path, name: str) -> list[str]:
    """The strings of a module's constant."""
    node = constant(path, name)
    found = ast.walk(node) if node else ()
    return [c.value for c in found if isinstance(c, ast.Constant) and isinstance(c.value, str)]


def looked_up(path: Path, name: str) -> set[str]:
    """The keys with which a module subscripts the variable `name`: `name["key"]`, and `name[f"key.{x}"]` as "key.*"."""
    slices = [
        node.slice
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name
    ]
    whole = {s.value for s in slices if isinstance(s, ast.Constant) and isinstance(s.value, str)}
    parts = [s.values for s in slices if isinstance(s, ast.JoinedStr)]
    return whole | {"".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in values) for values in parts}


def lesson_of(path: Path) -> str | None:
    """The lesson whose page a file is, or a station of it: `<slug>.py`, `<slug>_<station>.py`."""
    slug = path.stem.partition("_")[0]
    return slug if path.parent.name == "pages" and slug in LESSONS else None


def missing(wanted: Iterable[str], there: Iterable[str]) -> list[str]:
    """The keys and patterns of `wanted` that nothing `there` matches."""
    known = list(there)
    return sorted(pattern for pattern in wanted if not fnmatch.filter(known, pattern))


# ---------------------------------------------------------------- every language says the same things


@pytest.mark.parametrize(("slug", "language"), TRANSLATED)
def test_a_translation_has_the_shape_of_the_english_text(slug: str, language: str) -> None:
    english, other = content.load(slug, "en"), content.load(slug, language)
    assert list(other.sections) == list(english.sections)
    assert shape(other.meta) == shape(english.meta)
    for section, text in english.sections.items():
        assert content.placeholders(other[section]) == content.placeholders(text), section


@pytest.mark.parametrize(("slug", "language"), TRANSLATED)
def test_special_sections_have_the_same_form(slug: str, language: str) -> None:
    english, other = content.load(slug, "en"), content.load(slug, language)
    marks = [[choice.right for choice in question.choices] for question in english.quiz]
    assert [[choice.right for choice in question.choices] for question in other.quiz] == marks
    assert len(other.sources) == len(english.sources)
    for section, text in english.sections.items():
        assert other[section].startswith("### ") == text.startswith("### "), section


@pytest.mark.parametrize("slug", SLUGS)
def test_chinese_is_chinese_and_english_is_not(slug: str) -> None:
    english, chinese = content.load(slug, "en"), content.load(slug, "zh")
    for name, text in texts(english):
        assert not HAN.search(text) or name == "language.zh", name
    for section, text in chinese.sections.items():
        assert HAN.search(text), section


@pytest.mark.parametrize(("slug", "language"), TRANSLATED)
def test_emphasis_is_closed(slug: str, language: str) -> None:
    """Markdown shows the stars of `**词。**词`: punctuation goes outside the bold, or a space behind it."""
    for name, text in texts(content.load(slug, language)):
        without = content.PLACEHOLDER.sub("x", content.FORMULA.sub("x", text))
        inline = [token for token in MarkdownIt().enable("table").parse(without) if token.type == "inline"]
        shown = " ".join(child.content for token in inline for child in token.children or [] if child.type == "text")
        assert "*" not in shown, name


# ---------------------------------------------------------------- a lesson is whole


@pytest.mark.parametrize("slug", LESSONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_has_its_sections_and_sources(slug: str, language: str) -> None:
    lesson = content.load(slug, language)
    assert [section for section in SECTIONS if not lesson.has(section)] == []
    assert lesson.summary
    assert lesson.sources
    assert lesson.myths
    assert lesson.quiz


@pytest.mark.parametrize("slug", LESSONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_explained(slug: str, language: str) -> None:
    lesson = content.load(slug, language)
    assert [step for step in STEPS[slug] if step not in lesson.steps] == []
    for step in STEPS[slug]:
        assert lesson.titled(f"step.{step}").text


def test_every_step_is_marked_in_the_code_of_its_model() -> None:
    """A model's file marks the line of a step with `# step: <id>`; the player shows that line beside the text."""
    for slug in LESSONS:
        files = [ROOT / "engine" / "models" / f"{name}.py" for name in MODELS.get(slug, [slug])]
        source = "".join(file.read_text(encoding="utf-8") for file in files)
        assert set(STEPS[slug]) <= set(re.findall(r"# step: (\w+)", source))


@pytest.mark.parametrize(("slug", "language"), TRANSLATED)
def test_quiz_questions_have_one_right_answer_and_explain_all(slug: str, language: str) -> None:
    for question in content.load(slug, language).quiz:
        right = sum(choice.right for choice in question.choices)
        assert right == 1 or (question.many and right > 1), question.id
        assert len(question.choices) > 1, question.id
        assert question.text, question.id
        assert all(choice.text and choice.why for choice in question.choices), question.id


@pytest.mark.parametrize("slug", LESSONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_myths_have_verdicts_that_cannot_be_known_beforehand(slug: str, language: str) -> None:
    myths = content.load(slug, language).myths
    assert [myth.verdict for myth in myths] == [myth.verdict for myth in content.load(slug, "en").myths]
    assert {myth.verdict for myth in myths} == set(content.VERDICTS)
    assert all(myth.claim and myth.text for myth in myths)


@pytest.mark.parametrize(("slug", "language"), TRANSLATED)
def test_guesses_are_offered_where_there_is_a_question(slug: str, language: str) -> None:
    lesson = content.load(slug, language)
    for section, guesses in lesson.options.items():
        assert lesson.has(section), section
        assert lesson.has(f"{section}.after"), section
        assert len(guesses) > 1, section


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_dial_is_explained(name: str, language: str) -> None:
    labels = content.load(HOST.get(name, name), language).labels
    for key, dial in EXPERIMENTS[name].dials().items():
        wanted = [f"dial.{key}", f"dial.{key}.help", *(f"dial.{key}.{option}" for option in dial.options)]
        assert [label for label in wanted if not labels.get(label)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_write_lists_as_sentences_do(language: str) -> None:
    assert mistake.listed(["a", "b"], language) == content.load("common", language).labels["between"].join(["a", "b"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_two_lines(language: str) -> None:
    terms = content.load("common", language).terms
    assert terms
    for term in terms.values():
        assert len(term.text.splitlines()) == 2, term.id


def test_the_stations_offer_every_term_and_no_other() -> None:
    offered: set[str] = set()
    for slug in LESSONS:
        node = constant(ROOT / "pages" / f"{slug}.py", "TERMS")
        assert isinstance(node, ast.Assign)
        stations = ast.literal_eval(node.value)
        assert {f"station.{name}" for name in stations} == {
            label for label in content.load(slug, "en").labels if label.startswith("station.")
        }
        offered |= {term for names in stations.values() for term in names.split()}
    assert offered == set(content.load("common", "en").terms)


# ---------------------------------------------------------------- nothing on a page is left without its words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", [p for p in PAGES if not lesson_of(p)], ids=lambda path: path.stem)
def test_the_interface_has_its_words(path: Path, language: str) -> None:
    """Widgets and the frame serve every lesson, so their words are common to all."""
    labels = content.load("common", language).labels
    assert missing({*constants(path, "LABELS"), *looked_up(path, "texts")}, labels) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", LESSONS)
def test_a_page_finds_its_lesson_s_words(slug: str, language: str) -> None:
    lesson = content.load(slug, language)
    labels = {*lesson.labels, *content.load("common", language).labels}
    for path in (p for p in PAGES if lesson_of(p) == slug):
        assert missing(looked_up(path, "texts") | looked_up(path, "labels"), labels) == []
        assert missing(looked_up(path, "lesson"), lesson.sections) == []
    assert missing(importlib.import_module(f"lessons.{slug}.figures").LABELS, labels) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_analogy_and_every_way_to_answer_it_has_a_name(language: str) -> None:
    labels = {**content.load("common", language).labels, **content.load("word2vec", language).labels}
    for corpus in Word2Vec.dials()["corpus"].options:
        for name in corpora.questions(corpus, language):
            assert labels.get(f"metric.analogy_{name}"), name
    assert [way for way in analogies.WAYS if not labels.get(f"baseline.{way}")] == []


def test_the_timeline_groups_its_rows_and_links_lessons_that_exist() -> None:
    for language in LANGUAGES:
        home = content.load("home", language)
        rows = home.meta["timeline"]
        coming = {row["group"] for row in rows} - {row["group"] for row in rows if "slug" in row}
        assert {"intro", *coming} == set(home.sections)
        assert len({row["id"] for row in rows}) == len(rows)
        assert all(row["year"] and row["name"] and row["who"] and row["what"] for row in rows)
        assert sorted({row["slug"] for row in rows if "slug" in row}) == LESSONS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_about_page_names_every_package_and_its_licence(language: str) -> None:
    lines = [line.split("==")[0] for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()]
    named = content.load("about", language)["packages"]
    assert [line for line in lines if line and not line.startswith(("#", "-")) and line not in named] == []


# ---------------------------------------------------------------- the loader

SMALL = """---
title: Small
labels: {a: b}
many: [quiz.2]
---

## idea

Two {words}, one $\\frac{a}{b}$ and `{code}`.

## step.one

### The title

The text.

## quiz.1

Which?

- [ ] This
  No,
  because.
- [x] That
  Yes.

## quiz.2

Which ones?

- [x] A
  Yes.
- [x] B
  Yes.

## sources

- One.
- Two,
  in two lines.
"""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes a text as a lesson's English file and loads it, past the cache."""
    (tmp_path / "small").mkdir()
    monkeypatch.setattr(content, "FOLDER", tmp_path)

    def write(text: str) -> Lesson:
        (tmp_path / "small" / "en.md").write_text(text, encoding="utf-8")
        return content.load.__wrapped__("small", "en")

    return write


def test_a_small_lesson(written: Any) -> None:
    lesson = written(SMALL)
    assert (lesson.title, lesson.year, lesson.labels) == ("Small", "", {"a": "b"})
    assert (lesson.titled("step.one").title, lesson.titled("step.one").text) == ("The title", "The text.")
    first, second = lesson.quiz
    assert (first.text, first.many, second.many) == ("Which?", False, True)
    this, that = first.choices
    assert (this.text, this.right, this.why) == ("This", False, "No, because.")
    assert (that.text, that.right, that.why) == ("That", True, "Yes.")
    assert lesson.sources == ["One.", "Two, in two lines."]
    with pytest.raises(KeyError, match=r"small/en\.md has no section why"):
        lesson["why"]


def test_fill_leaves_formulas_and_code_alone(written: Any) -> None:
    idea = written(SMALL)["idea"]
    assert content.placeholders(idea) == {"words"}
    assert content.fill(idea, words="{apples}") == "Two {apples}, one $\\frac{a}{b}$ and `{code}`."
    with pytest.raises(KeyError, match="words"):
        content.fill(idea)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# no front matter", "does not open with YAML"),
        ("---\ntitle: [\n---\n", "not YAML"),
        ("---\nlabels: {}\n---\n", "no title"),
        ("---\ntitle: x\nlabels: {no: b}\n---\n", "not text"),
        ("---\ntitle: x\ntitle: y\n---\n", "twice: title"),
        ("---\ntitle: x\n---\nstray\n## a\n\nb\n", "before the first section"),
        ("---\ntitle: x\n---\n## a\n\nb\n\n## a\n\nc\n", "stand twice: a"),
        ("---\ntitle: x\n---\n## a\n\n## b\n\nc\n", "empty: a"),
        ("---\ntitle: x\n---\n## quiz.1\n\nWhich?\n", "no choices"),
    ],
)
def test_a_broken_file_says_what_is_wrong(written: Any, text: str, reason: str) -> None:
    with pytest.raises(BrokenContent, match=rf"small/en\.md: .*{re.escape(reason)}"):
        written(text)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(BrokenContent, match=r"nowhere/en\.md"):
        content.load("nowhere", "en")


def test_front_matter_is_plain_yaml_for_others_too() -> None:
    """Our stricter reading changes nothing but the error for double keys."""
    for slug, language in TRANSLATED:
        text = (content.FOLDER / slug / f"{language}.md").read_text(encoding="utf-8")
        assert yaml.safe_load(text.split("---\n")[1]) == content.load(slug, language).meta
