"""What every model must do, whatever it models: one table, one line per model. A new model adds its line."""

import dataclasses
import importlib
import inspect
import json
from dataclasses import dataclass, field
from itertools import islice
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from engine.experiments import (
    EXPERIMENTS,
    GPT,
    LSTM,
    NNLM,
    PPMI,
    RLHF,
    Cooccurrence,
    Coreference,
    Experiment,
    FewLabels,
    GloVe,
    LoadedVectors,
    NGram,
    NGramGrid,
    Recall,
    Representation,
    SequenceCost,
    SoftmaxCost,
    Translation,
    Word2Vec,
    WordVectors,
)
from engine.mistake import Mistake
from engine.models import finish
from engine.snapshot import Snapshot
from engine.trace import Step

ANALOGY = ("man", "king", "woman", "queen")


@dataclass(frozen=True)
class Case:
    """A small run of a model. `falls`: the metric that training makes smaller. `questions` and `views`: what to ask
    each of the model's questions and views. `repeats`: the same spec gives the same numbers. `trains`: or it has one
    moment only. `refuses`: the questions that a model of this kind answers with a Mistake."""

    spec: Experiment
    falls: str | None = None
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeats: bool = True
    trains: bool = True
    refuses: tuple[str, ...] = ()

    @property
    def module(self) -> ModuleType:
        return importlib.import_module(self.spec.model)


# What any model with word vectors is asked (engine/measure/vectors.py).
VECTORS: dict[str, dict[str, Any]] = {
    "analogy": {"words": ANALOGY[:3]},
    "neighbours": {"word": "king"},
    "similarity": {"words": ["king", "queen"]},
    "accuracy": {},
    "baselines": {"category": "gender"},
    "rank": {"words": ANALOGY},
    "spread": {},
    "project_vectors": {"n": 5},
    "export": {},
}
VECTOR_VIEWS: dict[str, dict[str, Any]] = {
    "map_view": {"words": ANALOGY},
    "nearest_view": {"word": "king"},
    "rank_view": dict(zip("abcd", ANALOGY, strict=True)),
}


BIAS: dict[str, dict[str, Any]] = {
    "bias_leans": {"words": ["king", "queen"], "pairs": [["he", "she"], ["man", "woman"]]},
    "bias_removal": {"pairs": [["he", "she"]], "n": 10},
    "bias_neighbours": {"word": "king", "pairs": [["he", "she"]]},
    "trace_removal": {"word": "king", "minus": "he", "plus": "she"},
}


def word2vec(**fields: Any) -> Case:
    return Case(
        Word2Vec(tokens=10_000, epochs=8, **fields),
        falls="loss",
        questions={
            **VECTORS,
            "lean": {"words": ["king", "queen", "man"], "minus": "he", "plus": "she"},
            "pairs": {"sentence": 3},
            "trace_update": {},
            "trace_fixed_example": {},
            **BIAS,
        },
        views={**VECTOR_VIEWS, "lean_view": {"words": ("king", "queen"), "pairs": (("he", "she"),)}},
    )


COUNTED: dict[str, dict[str, Any]] = {
    "matrix": {"words": ["king", "queen"]},
    "ratios": {"first": "king", "second": "queen"},
    "row": {"word": "king", "n": 5},
}


def cooccurrence(**fields: Any) -> Case:
    return Case(
        Cooccurrence(tokens=5_000, **fields),
        questions={**COUNTED, "window": {"word": "king"}, "trace_window": {}},
        views={"heatmap_view": {"words": ANALOGY}},
    )


def glove(**fields: Any) -> Case:
    return Case(
        GloVe(**{"tokens": 10_000, "epochs": 10, "dim": 10, **fields}),
        falls="loss",
        questions={
            **{name: {**given, "table": "C"} for name, given in VECTORS.items()},
            **COUNTED,
            "weighting": {"n": 20},
            "cell": {"first": "king", "second": "the"},
            "zeros": {"n": 3},
            "trace_window": {},
            "trace_cell": {},
            "trace_fixed_example": {},
        },
        views={**VECTOR_VIEWS, "fit_view": {"n": 50}, "heatmap_view": {"words": ANALOGY}},
    )


def ppmi(**fields: Any) -> Case:
    return Case(
        PPMI(**{"tokens": 10_000, "dim": 20, **fields}),
        falls="left",
        questions={**VECTORS, **COUNTED, "cell": {"first": "king", "second": "the"}, "spectrum": {}},
        views={**VECTOR_VIEWS, "heatmap_view": {"words": ANALOGY}},
    )


def word_vectors(**fields: Any) -> Case:
    return Case(
        WordVectors(tokens=5_000, dim=10, window=4, **fields),
        questions={
            **{name: {**given, "model": "cbow"} for name, given in (VECTORS | BIAS).items()},
            "trace_analogy": {"words": ANALOGY[:3], "model": "glove"},
            "side_by_side": {"word": "king"},
            "accuracies": {},
            "levy_goldberg": {"n": 100},
        },
        views={name: {**given, "model": "ppmi_svd"} for name, given in VECTOR_VIEWS.items()},
    )


def ngram(falls: str | None = "perplexity", **fields: Any) -> Case:
    return Case(
        NGram(tokens=10_000, **fields),
        falls=falls,
        questions={
            "score": {"text": "the king sleeps"},
            "sentence": {"text": "the king sleeps"},
            "trace_sentence": {"text": "the king sleeps", "factor": 2},
            "next_words": {"prefix": "the king"},
            "generate": {"prefix": "the", "temperature": 0.8, "top_k": 20, "top_p": 0.9, "seed": 1},
            "where": {"words": ["the"] if fields.get("segment") != "characters" else ["t", "h", "e"]},
            "shannon": {"passage": 2},
            "recite": {"n": 20},
            "discounts": {},
        },
        views={
            "heatmap_view": {"words": ("t", "h", "e") if fields.get("segment") == "characters" else ANALOGY},
            "bars_view": {"prefix": "the king"},
            "sample_view": {},
            "unseen_view": {},
        },
    )


def nnlm(**fields: Any) -> Case:
    return Case(
        NNLM(**{"tokens": 5_000, "epochs": 1, "dim": 8, "hidden": 16, "batch": 64, "without": "the king", **fields}),
        falls="perplexity",
        questions={
            "score": {"text": "the king sleeps"},
            "sentence": {"text": "the king sleeps"},
            "next_words": {"prefix": "the king"},
            "generate": {"prefix": "the", "temperature": 0.8, "top_k": 20, "top_p": 0.9, "seed": 1},
            "neighbours": {"word": "t" if fields.get("segment") == "characters" else "king"},
            "tables": {},
            "duel": {"n": 3},
            "generalise": {},
            "trace_prediction": {"text": "the king sleeps", "factor": 2},
        },
        views={
            "map_view": {"words": ("t", "h", "e") if fields.get("segment") == "characters" else ANALOGY},
            "nearest_view": {"word": "t" if fields.get("segment") == "characters" else "king"},
            "bars_view": {"prefix": "the king"},
            "sample_view": {},
        },
    )


def lstm(**fields: Any) -> Case:
    return Case(
        LSTM(**{"tokens": 3_000, "hidden": 24, "batch": 16, "bptt": 16, "updates": 40, "lr": 0.03, **fields}),
        falls="loss",
        questions={
            "score": {"text": "the king sleeps"},
            "sentence": {"text": "the king sleeps"},
            "next_words": {"prefix": "the king"},
            "generate": {"prefix": "the", "n": 20, "temperature": 0.8, "top_k": 20, "top_p": 0.9, "seed": 1},
            "activations": {"text": "the king sleeps"},
            "units": {},
            "trace_step": {"text": "the king sleeps", "factor": 2},
        },
        views={
            "bars_view": {"prefix": "the king"},
            "sample_view": {},
            "activation_view": {"text": "the king sleeps", "unit": 3},
        },
    )


def recall(**fields: Any) -> Case:
    return Case(
        Recall(**{"lag": 3, "symbols": 4, "hidden": 24, "batch": 32, "updates": 60, "lr": 0.02, **fields}),
        falls="loss",
        questions={"show": {"n": 2}, "gradients": {}},
        views={"gradient_view": {}},
    )


TRANSFORMERS_OWN = ("masked_wrong", "trace_decoding")  # of the questions about a translation


def translation(**fields: Any) -> Case:
    small = {"pairs": 300, "layers": 1, "head_dim": 8, "hidden": 16, "batch": 16, "updates": 40, "lr": 0.01}
    return Case(
        Translation(**{**small, **fields}),
        falls="loss",
        questions={
            "unseen": {"n": 2},
            "translate": {"sentence": "我是一名学生"},
            "beams": {"width": 2},
            "forcing": {"number": 1},
            "by_length": {},
            "masked_wrong": {},
            "trace_decoding": {"place": 0},
        },
        views={"alignment_view": {"number": 1}, "translations_view": {"n": 2}},
        refuses=() if fields.get("architecture", "transformer") == "transformer" else TRANSFORMERS_OWN,
    )


def rlhf(**fields: Any) -> Case:
    small = {"pairs": 60, "sft_updates": 40, "reward_updates": 20, "updates": 5, "dpo_updates": 20, "n": 4}
    text = "汤很好。" if fields.get("language") == "zh" else "the soup was good ."
    return Case(
        RLHF(**{**small, **fields}),
        falls="loss",
        questions={
            "pairs_to_vote": {"n": 3},
            "samples": {"asked": 1, "n": 2},
            "score": {"text": text},
            "critique": {"text": text},
            "labels": {"n": 2},
            "disagreements": {"n": 2},
            "frontier": {},
            "trace_bradley_terry": {"number": 2},
            "trace_dpo": {"number": 2, "said": "t"},
            "trace_ppo": {"number": 1, "place": 0},
        },
        views={"samples_view": {}, "scatter_view": {"n": 10}},
    )


def gpt(**fields: Any) -> Case:
    small = {"tokens": 3_000, "layers": 1, "heads": 2, "head_dim": 8, "context": 16, "updates": 40, "lr": 0.01}
    return Case(
        GPT(**{**small, **fields}),
        falls="loss",
        questions={
            "score": {"text": "the king sleeps"},
            "next_words": {"prefix": "the king", "temperature": 0.8, "top_k": 5, "top_p": 0.9},
            "generate": {"prefix": "the", "temperature": 0.8, "top_k": 20, "top_p": 0.9, "seed": 1, "most": 20},
            "beams": {"prefix": "the", "width": 2, "most": 4},
            "cache_times": {},
            "attention_of": {"text": "the king sleeps"},
        },
        views={"bars_view": {"prefix": "the king"}, "sample_view": {}},
    )


def coreference(**fields: Any) -> Case:
    line = "昨天这匹马没有过马路，因为它太累了" if fields.get("language") == "zh" else "the dog did not cross the road"
    other = line.replace("马路", "小路").replace("dog", "cat")
    small = {"sentences": 300, "head_dim": 4, "heads": 2, "batch": 16, "updates": 60, "lr": 0.01}
    return Case(
        Coreference(**{**small, **fields}),
        falls="loss",
        questions={
            "attention_of": {"sentence": line, "off": ["1.2"], "place": 1},
            "edited": {"sentence": line, "other": other},
            "swapped": {},
            "examples": {"n": 4},
            "masked": {"sentence": line, "layer": 2},
            "trace_attention": {"sentence": line, "layer": 2, "head": 2},
            "trace_fixed_example": {},
        },
        views={
            "attention_view": {"sentence": line, "layer": 2, "head": 1},
            "heads_view": {},
            "antecedent_view": {"n": 3},
        },
    )


RULES = "S -> S 'b' | 'a'"


def representation(**fields: Any) -> Case:
    return Case(
        Representation(corpus="kingdom", documents=30, **fields),
        questions={
            "search": {"query": "the king"},
            "top": {"document": 3},
            "distances": {"words": ["king", "queen"]},
            "shuffle": {"sentence": "the dog bit the man"},
            "segmentations": {"text": "the dog"},
            "trace_tfidf": {},
            "grammar": {"rules": RULES},
            "generate": {"rules": RULES},
            "parse": {"rules": RULES, "sentence": "a b"},
        },
        views={"matrix_view": {}, "words_view": {}, "latest_view": {}},
    )


def few_labels(text: str, **fields: Any) -> Case:
    return Case(
        FewLabels(tokens=3_000, epochs=4, **fields),
        questions={
            "curve": {},
            "predict": {"text": text},
            "labelled": {},
            "examined": {"part": "seen"},
            "leaning": {"kind": "glad" if fields.get("task") == "reviews" else "person"},
            "neighbours": {"word": text.split()[0]},
            "project_vectors": {"n": 5},
        },
        views={"answer_view": {"text": text}, "map_view": {"words": tuple(text.split())}},
    )


CASES = {
    "few_labels": few_labels("robert lin is here"),
    "few_labels reviews": few_labels("delicious pie", task="reviews", labels=60),
    "representation": representation(),
    "representation counts, shuffled": representation(weighting="counts", seed=3),
    "representation sublinear L1": representation(sublinear="yes", norm="l1", min_df=2),
    "word2vec skip-gram": word2vec(),
    "word2vec CBOW": word2vec(architecture="cbow"),
    "word2vec no negatives": word2vec(negatives=0),
    "cooccurrence": cooccurrence(),
    "cooccurrence flat, words before": cooccurrence(distance="flat", symmetric="no"),
    "glove": glove(),
    "glove with every cell": glove(zeros="half", alpha=0.5),
    "ppmi_svd": ppmi(),
    "ppmi_svd shifted": ppmi(shift=5, power=1.0, eigen=0.0),
    "word_vectors": word_vectors(),
    "ngram maximum likelihood": ngram("impossible", smoothing="maximum_likelihood"),
    "ngram Jelinek-Mercer": ngram(smoothing="jelinek_mercer"),
    "ngram Katz": ngram(smoothing="katz"),
    "ngram modified Kneser-Ney": ngram(),
    "ngram stupid back-off, characters": ngram(segment="characters", order=5, smoothing="stupid_backoff"),
    "ngram of order 1": ngram(order=1),
    "ngram_grid": Case(
        NGramGrid(tokens=10_000, order=3), falls="best", questions={"grid": {}}, views={"grid_view": {}}
    ),
    "nnlm": nnlm(),
    "nnlm characters": nnlm(segment="characters", without="th", seed=2),
    "nnlm without a hidden layer": nnlm(hidden=0, context=1),
    "nnlm direct, plain descent": nnlm(direct="yes", optimizer="sgd", lr=1.0, decay=0.0001),
    "lstm": lstm(),
    "lstm Elman, words": lstm(cell="elman", segment="words"),
    "lstm of 1997": lstm(cell="lstm_1997"),
    "lstm GRU, plain descent": lstm(cell="gru", optimizer="sgd", lr=2.0),
    "recall": recall(),
    "recall Elman": recall(cell="elman"),
    "vectors": Case(
        LoadedVectors(),
        questions={
            "analogy": {"words": ANALOGY[:3]},
            "neighbours": {"word": "king"},
            "similarity": {"words": ["king", "queen"]},
            "accuracy": {},
            "baselines": {},
            "rank": {"words": ANALOGY},
            "spread": {},
            "project_vectors": {"n": 5},
            "export": {},
            "trace_analogy": {"words": ANALOGY[:3]},
        },
        views={
            "map_view": {"words": ANALOGY},
            "nearest_view": {"word": "king"},
            "rank_view": dict(zip("abcd", ANALOGY, strict=True)),
        },
        trains=False,
    ),
    "translation": translation(),
    "translation as in 2017, no mask": translation(norm="post", positions="sinusoidal", mask="no"),
    "gpt": gpt(),
    "gpt, characters, as in 2017": gpt(segment="characters", norm="post", positions="sinusoidal"),
    "translation LSTM": translation(architecture="lstm"),
    "translation LSTM with attention": translation(architecture="lstm_attention"),
    "rlhf": rlhf(),
    "rlhf DPO in Chinese, a constitution, revised": rlhf(
        language="zh", algorithm="dpo", labeller="constitution", revise="yes"
    ),
    "rlhf best of n, own votes": rlhf(algorithm="best_of_n", labeller="votes", votes="lrt-l", value="no"),
    "coreference": coreference(),
    "coreference Chinese, the noun, without positions": coreference(
        language="zh", objective="predict_noun", positions="none"
    ),
    "coreference masked words as in 2017": coreference(objective="masked_words", norm="post", positions="sinusoidal"),
    # Their numbers are times.
    "sequence_cost": Case(SequenceCost(hidden=8), questions={"costs": {}}, views={"cost_view": {}}, repeats=False),
    "softmax_cost": Case(SoftmaxCost(dim=8), questions={"costs": {}}, views={"cost_view": {}}, repeats=False),
}


@pytest.fixture(params=CASES, scope="module")  # of the module: all tests of a case in a row, on one training
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def case(name: str) -> Case:
    return CASES[name]


@pytest.fixture(scope="module")
def trained(name: str) -> tuple[Any, list[Snapshot]]:
    """The model at the end of its training, and all it said on the way. No test changes it."""
    module = CASES[name].module
    model = module.build(CASES[name].spec)
    return model, list(module.train(model))


@dataclass
class Again:
    """A second training of a case: what its tenth moment was, kept, and showed, and the model and all it said."""

    tenth: Snapshot
    metrics: dict[str, float]
    kept: dict[str, np.ndarray]
    copies: dict[str, np.ndarray]
    views: list[dict[str, np.ndarray]]
    model: Any
    snapshots: list[Snapshot]


@pytest.fixture(scope="module")
def again(name: str) -> Again:
    case = CASES[name]
    module, model = case.module, case.module.build(dataclasses.replace(case.spec))
    training = module.train(model)
    first = list(islice(training, 10))
    kept = module.weights(model)
    copies = {name: array.copy() for name, array in kept.items()}
    views = [module.VIEWS[name](model, None, **given) for name, given in case.views.items()]
    return Again(first[-1], dict(first[-1].metrics), kept, copies, views, model, [*first, *training])


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def timeless(snapshot: Snapshot) -> tuple[int, int, dict[str, float]]:
    """What must be the same in every run of a spec."""
    numbers = {
        name: value for name, value in snapshot.metrics.items() if not name.endswith(("_per_second", "_seconds"))
    }
    return snapshot.step, snapshot.total, numbers


def trains(case: Case) -> None:
    """Skips what only a training can show."""
    if not case.trains:
        pytest.skip("nothing is trained")


def plain(answer: Any) -> bool:
    """Whether an answer is JSON, or a trace."""
    if isinstance(answer, tuple) and answer and isinstance(answer[0], Step):
        return True
    return bool(json.loads(json.dumps(answer, allow_nan=False)) is not None)


def test_every_experiment_has_a_line() -> None:
    assert {case.spec.name for case in CASES.values()} == set(EXPERIMENTS)


def test_every_question_and_view_has_a_line(case: Case) -> None:
    assert set(case.questions) == set(case.module.QUESTIONS)
    assert set(case.views) == set(case.module.VIEWS)


def test_public_functions_say_what_they_do(case: Case) -> None:
    """The file is read by learners: every public function and class has a docstring, and the head names a paper."""
    assert any(str(year) in (case.module.__doc__ or "") for year in range(1913, 2030))
    for name, item in vars(case.module).items():
        own = getattr(item, "__module__", "") == case.module.__name__
        if own and callable(item) and not name.startswith("_"):
            assert inspect.getdoc(item), name


def test_preparing_tells_how_far_it_is_and_builds_the_model(case: Case) -> None:
    told = list(case.module.preparing(case.spec))
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)
    prepared = finish(case.module.preparing(case.spec))
    assert same(case.module.weights(prepared), case.module.weights(case.module.build(case.spec)))


def test_first_snapshot_is_before_any_update(case: Case) -> None:
    trains(case)
    model = case.module.build(case.spec)
    first = case.module.weights(model)
    training = case.module.train(model)
    assert next(training).step == 0
    assert same(case.module.weights(model), first)
    next(training)
    assert not same(case.module.weights(model), first)


def test_steps_rise_to_the_total(case: Case, trained: tuple[Any, list[Snapshot]]) -> None:
    trains(case)
    _, snapshots = trained
    steps = [snapshot.step for snapshot in snapshots]
    assert steps == sorted(set(steps))
    assert {snapshot.total for snapshot in snapshots} == {steps[-1]}
    seconds = [snapshot.seconds for snapshot in snapshots]
    assert seconds == sorted(seconds)
    assert 20 <= len(snapshots) <= 1_000


def test_same_spec_same_numbers(case: Case, trained: tuple[Any, list[Snapshot]], again: Again) -> None:
    """Also though questions are asked on the way: the second training was looked at."""
    if not case.repeats:
        pytest.skip("its numbers are measured times")
    first, snapshots = trained
    for one, other in zip(snapshots, again.snapshots, strict=True):
        assert timeless(one) == timeless(other)
    assert same(case.module.weights(first), case.module.weights(again.model))


def test_loss_falls(case: Case, trained: tuple[Any, list[Snapshot]]) -> None:
    if case.falls is None:
        pytest.skip("nothing is learnt")
    losses = [snapshot.metrics[case.falls] for snapshot in trained[1]]
    tenth = len(losses) // 10
    assert np.mean(losses[-tenth:]) < 0.9 * np.mean(losses[:tenth])


def test_metrics_are_finite_numbers_of_the_same_names(case: Case, trained: tuple[Any, list[Snapshot]]) -> None:
    trains(case)
    _, snapshots = trained
    assert all(isinstance(value, float) for snapshot in snapshots for value in snapshot.metrics.values())
    assert np.isfinite([value for snapshot in snapshots for value in snapshot.metrics.values()]).all()
    assert len({frozenset(snapshot.metrics) for snapshot in snapshots[1:]}) == 1


def test_questions_and_views_leave_the_model_alone(case: Case, trained: tuple[Any, list[Snapshot]]) -> None:
    model, _ = trained
    before = case.module.weights(model)
    for name, given in case.questions.items():
        if name in case.refuses:
            with pytest.raises(Mistake):
                case.module.QUESTIONS[name](model, **given)
        else:
            assert plain(case.module.QUESTIONS[name](model, **given)), name
    for name, given in case.views.items():
        numbers = case.module.VIEWS[name](model, None, **given)
        again = case.module.VIEWS[name](model, numbers, **given)
        assert numbers.keys() == again.keys()
    assert plain(case.module.facts(model))
    assert same(case.module.weights(model), before)


def test_a_past_moment_stays_and_answers_as_it_did_then(case: Case, again: Again) -> None:
    trains(case)
    assert again.tenth.metrics == again.metrics
    assert same(again.kept, again.copies)
    with pytest.raises(dataclasses.FrozenInstanceError):
        again.tenth.step = 1  # type: ignore[misc]
    past = case.module.with_weights(again.model, again.kept)
    now = [case.module.VIEWS[name](past, None, **given) for name, given in case.views.items()]
    for one, other in zip(again.views, now, strict=True):
        for key in one:
            assert np.array_equal(one[key], other[key]), key


def test_traces_end_with_the_models_numbers(case: Case) -> None:
    """Steps feed on each other: an array that goes into a step under the name of an earlier output is that output."""
    model = case.module.build(case.spec)
    for name, given in case.questions.items():
        if name.startswith("trace_") and name not in case.refuses:
            made: dict[str, np.ndarray] = {}
            for step in case.module.QUESTIONS[name](model, **given):
                for key in step.inputs.keys() & made.keys():
                    assert np.array_equal(step.inputs[key], made[key]), (step.id, key)
                for key, rows in (step.labels or {}).items():
                    array = step.outputs.get(key, step.inputs.get(key))
                    assert array is not None
                    assert len(array) == len(rows), (step.id, key)
                made |= step.outputs
