"""Few labels: what word vectors are good for, when somebody must say of each example what it is.

Two classifiers learn from the same labelled examples, by the same method, logistic regression. They differ in one
table alone: the row that stands for a word. To one each word is a place of its own (one-hot: the table is I, of V rows
and V columns). To the other it is a vector that skip-gram has learnt before, from text without any label (E, of V rows
and D columns). That vectors from much text help where labels are few is the finding of Turian, Ratinov, Bengio (2010,
"Word Representations: A Simple and General Method for Semi-Supervised Learning") and Collobert, Weston, Bottou,
Karlen, Kavukcuoglu, Kuksa (2011, "Natural Language Processing (Almost) from Scratch").

What differs here, and why:
- The texts are made for teaching (engine/text/examples.py). Half of the test is about words that no label was ever
  given for, which is what makes the difference; the other half is about words that may be labelled.
- The vectors stay as they were learnt, of length 1 as a one-hot row is. Both papers add other features to them, and
  the second goes on changing them.
- A word in a sentence is described by itself and the mean of the REACH words on either side, a review by the mean of
  its words. So the order of words is lost on both sides: "not good" is "good not".

Symbols: V words, D dimensions, K kinds, T the table (V, F), F = V or D; B blocks: the word itself, those before it,
those after it (or only one block, the whole review).
"""

import dataclasses
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from engine.experiments import FewLabels, Word2Vec, choice
from engine.measure import vectors
from engine.measure.analogies import indexed, unit
from engine.measure.vectors import Vectors
from engine.mistake import Mistake
from engine.models import finish, word2vec
from engine.snapshot import Numbers, Snapshot
from engine.text import entities, reviews
from engine.text.examples import LABELLED, NEVER, Example
from engine.text.own import HAN
from engine.text.vocabulary import Vocabulary

REACH = 5  # words on either side of a word that say something about it
TESTED = 200  # test examples with words that may be labelled, and as many with words that never are
MOMENTS = 40  # and one without any label
LONGEST = 200  # characters of a sentence to say something about
TASKS: dict[str, ModuleType] = {"entities": entities, "reviews": reviews}
WAYS = ("one_hot", "vectors")


@dataclass(frozen=True)
class Reading(Word2Vec):
    """The training of the vectors: Word2Vec on a text that is there for this lesson only."""

    corpus: str = choice("entities", *TASKS)


# ---- what a classifier is told of an example --------------------------------------------------------------------


def blocks(example: Example) -> tuple[Sequence[str], ...]:
    """The words that say something, in B groups: itself, those before and those after; or all words of a review."""
    words, i = example.words, example.place
    if i < 0:
        return (words,)
    return words[i : i + 1], words[max(0, i - REACH) : i], words[i + 1 : i + 1 + REACH]


def one_hot(examples: Sequence[Example], vocabulary: Vocabulary) -> sparse.csr_array:
    """The mean of the one-hot rows of each block, side by side: (n, B · V). Unknown words are left out."""
    V, rows, columns, values = len(vocabulary), list[int](), list[int](), list[float]()
    for n, example in enumerate(examples):
        for b, words in enumerate(blocks(example)):
            known = [vocabulary.index[word] for word in words if word in vocabulary.index]
            rows += [n] * len(known)
            columns += [b * V + x for x in known]
            values += [1 / max(len(known), 1)] * len(known)
    shape = len(examples), V * (len(blocks(examples[0])) if examples else 1)
    return sparse.csr_array((values, (rows, columns)), shape=shape)


def looked_up(X: Any, E: np.ndarray) -> np.ndarray:
    """The same means (n, B · V) of the rows of E (V, D): (n, B · D). The mean of one-hot rows, times the table."""
    B = X.shape[1] // len(E)
    parts = X.reshape(X.shape[0] * B, len(E)) @ E  # (n · B, D)
    return np.asarray(parts).reshape(X.shape[0], B * E.shape[1])  # (n, B · D)


# ---- the classifier ---------------------------------------------------------------------------------------------


def fit(X: Any, y: np.ndarray, kinds: int, strength: float) -> np.ndarray:
    """Logistic regression by scikit-learn: weights (K, F + 1), the last column the bias. Zeros if there is no example.

    Every kind must be among the labels y (n,), or none.
    """
    if not len(y):
        return np.zeros((kinds, X.shape[1] + 1))
    found = LogisticRegression(C=strength, solver="newton-cg", max_iter=300).fit(X, y)  # step: fit
    w = np.column_stack([found.coef_, found.intercept_])  # (K, F + 1), or (1, F + 1) for two kinds
    return w if kinds > 2 else np.concatenate([-w / 2, w / 2])  # (2, F + 1): σ(s) is the softmax of −s/2 and s/2


def probabilities(X: Any, w: np.ndarray) -> np.ndarray:
    """How probable each kind is, by softmax: X (n, F) → (n, K)."""
    s = X @ w[:, :-1].T + w[:, -1]  # (n, K)
    p = np.exp(s - s.max(axis=1, keepdims=True))
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def right(X: Any, w: np.ndarray, y: np.ndarray) -> float:
    """How many of the examples X (n, F) the classifier gets right; 1/K of each of which it knows nothing."""
    p = probabilities(X, w)
    best = p >= p.max(axis=1, keepdims=True) - 1e-12  # (n, K)
    return float((best[np.arange(len(y)), y] / best.sum(axis=1)).sum())


# ---- the model and its training ---------------------------------------------------------------------------------


@dataclass(eq=False)
class Model:
    """The vectors E (V, D), of length 1, the examples, and the two classifiers as they stand.

    `examples`, `one_hots` and `looked` are by their part: "labelled", "seen" (test, words that may be labelled) and
    "unseen" (test, words that never are). `w` holds the weights (K, F + 1) of each of WAYS. `results` (moments, 5) are
    the labels and how many of the tests were right: one-hot seen, unseen, vectors seen, unseen. `step` counts labels.
    """

    spec: FewLabels
    vocabulary: Vocabulary
    E: np.ndarray
    examples: dict[str, list[Example]]
    features: dict[str, dict[str, Any]]
    labels: dict[str, np.ndarray]
    w: dict[str, np.ndarray]
    results: np.ndarray
    reading_seconds: float
    step: int = 0

    @property
    def task(self) -> Any:
        """The module with the grammar of the task."""
        return TASKS[self.spec.task]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What there is to tell apart."""
        kinds: tuple[str, ...] = self.task.KINDS
        return kinds


def preparing(spec: FewLabels, text: str | None = None) -> Generator[float, None, Model]:
    """Learns the vectors from the text without labels, yielding the fraction done, and makes the examples."""
    reading = Reading(
        corpus=spec.task, language=spec.language, tokens=spec.tokens, corpus_seed=spec.seed, dim=spec.dim,
        epochs=spec.epochs, seed=spec.seed,
    )  # fmt: skip
    begin = word2vec.preparing(reading)
    while True:
        try:
            yield 0.3 * next(begin)
        except StopIteration as end:
            learning = end.value
            break
    for snapshot in word2vec.train(learning):
        yield 0.3 + 0.6 * snapshot.step / snapshot.total
    examples: dict[str, list[Example]] = {}
    for part, which, n, seed in _parts(spec):
        known = [example for others in examples.values() for example in others]
        examples[part] = TASKS[spec.task].examples(spec.language, which, n, seed, known)
        yield 0.95
    warm()
    yield 1.0
    return _model(spec, learning, examples, snapshot.seconds)


def _parts(spec: FewLabels) -> tuple[tuple[str, int, int, int], ...]:
    """The three parts of the examples: name, half of the words, how many, seed."""
    first = 3 * spec.seed
    return (
        ("labelled", LABELLED, spec.labels, first),
        ("seen", LABELLED, TESTED, first + 1),
        ("unseen", NEVER, TESTED, first + 2),
    )


def _model(spec: FewLabels, learning: word2vec.Model, examples: dict[str, list[Example]], seconds: float) -> Model:
    E = unit(learning.W)
    parts = {part: one_hot(found, learning.vocabulary) for part, found in examples.items()}
    features = {"one_hot": parts, "vectors": {part: looked_up(X, E) for part, X in parts.items()}}
    labels = {part: np.array([example.label for example in found]) for part, found in examples.items()}
    results = np.zeros((0, 5))
    model = Model(spec, learning.vocabulary, E, examples, features, labels, {}, results, seconds)
    learn(model, 0)
    return model


def build(spec: FewLabels, text: str | None = None) -> Model:
    """The model with its vectors, and classifiers that know nothing: `preparing` in one go."""
    return finish(preparing(spec, text))


def learn(model: Model, n: int) -> None:
    """Both classifiers anew, from the first n labelled examples, and how they do in both halves of the test."""
    counts: list[float] = []
    for way in WAYS:
        X, y = model.features[way], model.labels
        model.w[way] = fit(X["labelled"][:n], y["labelled"][:n], len(model.kinds), model.spec.strength)
        counts += [right(X[part], model.w[way], y[part]) for part in ("seen", "unseen")]
    model.results = np.concatenate([model.results[model.results[:, 0] < n], [[n, *counts]]])
    model.step = n


def _marks(model: Model) -> list[int]:
    """The numbers of labels at which to pause: about MOMENTS, evenly spread; the first has a label of each kind."""
    kinds, labels = len(model.kinds), model.spec.labels
    step = max(1, labels // MOMENTS)
    marks = [*range(step, labels, step), labels]
    return [n for n in marks if n >= kinds and n > model.step]


def train(model: Model) -> Iterator[Snapshot]:
    """More and more labels: yields before the first and at each of the numbers of labels above."""
    seconds, begin = 0.0, time.thread_time()
    for n in [model.step, *_marks(model)]:
        if n > model.step:
            learn(model, n)
        seconds += time.thread_time() - begin
        yield Snapshot(n, model.spec.labels, seconds, measure(model))
        begin = time.thread_time()


def measure(model: Model) -> dict[str, float]:
    """labels: how many examples both learnt from. accuracy_<way>: share of all test examples right.
    accuracy_<way>_seen, accuracy_<way>_unseen: of those with words that may be labelled, or never are."""
    n, *counts = model.results[-1].tolist()
    shares = [count / TESTED for count in counts]
    found = {"labels": float(n)}
    for way, (seen, unseen) in zip(WAYS, (shares[:2], shares[2:]), strict=True):
        name = f"accuracy_{way}"
        found |= {name: (seen + unseen) / 2, f"{name}_seen": seen, f"{name}_unseen": unseen}
    return found


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the task and the text."""
    task, spec = model.task, model.spec
    return {
        "kinds": list(model.kinds),
        "vocabulary_size": len(model.vocabulary),
        "tokens": int(model.vocabulary.counts.sum()),
        "tested": TESTED,
        "features": {way: model.w[way].shape[1] - 1 for way in WAYS},
        "reading_seconds": model.reading_seconds,
        "labelled_words": task.words_of(spec.language, LABELLED),
        "never_labelled": task.words_of(spec.language, NEVER),
        "examples": {part: _told(model, found[0]) for part, found in model.examples.items()},
    }


def _told(model: Model, example: Example) -> dict[str, Any]:
    return {"words": list(example.words), "place": example.place, "label": model.kinds[example.label]}


def weights(model: Model) -> dict[str, np.ndarray]:
    """Both classifiers, and the results as whole numbers so that no digit is lost."""
    return {**{way: model.w[way].copy() for way in WAYS}, "results": model.results.copy().view(np.int64)}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with fewer or more labels: to ask about another moment."""
    results = weights["results"].view(np.float64)
    w = {way: weights[way] for way in WAYS}
    return dataclasses.replace(model, w=w, results=results, step=int(results[-1, 0]))


def warm() -> None:
    """Lets scikit-learn load what it needs."""
    fit(np.eye(4), np.arange(4), 4, 1.0)


# ---- questions --------------------------------------------------------------------------------------------------


def vectors_of(model: Model) -> Vectors:
    """The vectors, as other models are asked about theirs. There are no analogies in this text."""
    return Vectors.known(model.vocabulary, model.E, NO_QUESTIONS)


def curve(model: Model) -> dict[str, list[float]]:
    """The learning curves so far: labels, and accuracy_<way>_<half> of each; what guessing would get is `chance`."""
    names = [f"accuracy_{way}_{part}" for way in WAYS for part in ("seen", "unseen")]
    shares = {name: (model.results[:, i + 1] / TESTED).tolist() for i, name in enumerate(names)}
    return {"labels": model.results[:, 0].tolist(), **shares, "chance": [1 / len(model.kinds)]}


def words_in(model: Model, text: str) -> list[str]:
    """The words of a sentence that a learner typed, in lower case; Chinese is cut into the longest known words.

    Raises Mistake("line_empty") or ("line_too_long").
    """
    if len(text) > LONGEST:
        raise Mistake("line_too_long", count=len(text), most=LONGEST)
    found: list[str] = []
    for run in re.findall(rf"[{HAN}]+|[^\W{HAN}]+|[,，]", text.lower()):
        while run:
            chinese = re.match(f"[{HAN}]", run)
            word = next((run[:n] for n in range(len(run), 0, -1) if run[:n] in model.vocabulary.index), "")
            word = (word or run[0]) if chinese else run
            found.append(word)
            run = run[len(word) :]
    if not any(word.isalnum() for word in found):
        raise Mistake("line_empty")
    return found


def predict(model: Model, text: str) -> dict[str, Any]:
    """What both classifiers say of a sentence: of each of its words, or of the review as a whole.

    `words` tells of each whether it is `known` in the text without labels, and whether it stood in a labelled example
    so far (`labelled`). `judged` has the places of words (−1: the review), and of each way the probability of every
    kind. Raises Mistake("line_empty") or ("line_too_long").
    """
    words = words_in(model, text)
    told = {word for example in model.examples["labelled"][: model.step] for word in example.words}
    places = [-1] if model.spec.task == "reviews" else [i for i, word in enumerate(words) if word.isalnum()]
    X = one_hot([Example(tuple(words), place, 0) for place in places], model.vocabulary)
    p = {"one_hot": probabilities(X, model.w["one_hot"])}
    p["vectors"] = probabilities(looked_up(X, model.E), model.w["vectors"])
    return {
        "words": [{"word": w, "known": w in model.vocabulary.index, "labelled": w in told} for w in words],
        "judged": [{"place": i, **{way: p[way][n].tolist() for way in WAYS}} for n, i in enumerate(places)],
        "kinds": list(model.kinds),
    }


def labelled(model: Model, n: int = 10) -> list[dict[str, Any]]:
    """The newest n of the labelled examples so far, the newest first."""
    return [_told(model, example) for example in reversed(model.examples["labelled"][: model.step])][:n]


def examined(model: Model, n: int = 10, part: str = "unseen") -> list[dict[str, Any]]:
    """Test examples with what both classifiers say, those first of which they do not say the same.

    Raises Mistake("dial_option") for a part of the test that there is not.
    """
    if part not in ("seen", "unseen"):
        raise Mistake("dial_option", name="part", value=part, allowed=["seen", "unseen"])
    p = [probabilities(model.features[way][part], model.w[way]) for way in WAYS]
    said = np.column_stack([each.argmax(axis=1) for each in p])  # (tested, 2)
    order = np.argsort(said[:, 0] == said[:, 1], kind="stable")[:n]
    names = model.kinds
    return [
        {**_told(model, model.examples[part][i]), **{way: names[said[i, j]] for j, way in enumerate(WAYS)}}
        for i in order
    ]


def leaning(model: Model, kind: str, n: int = 12) -> dict[str, Any]:
    """The n words that speak most for a kind, by each classifier, and whether a label may ever be given for each.

    The score is the weight of the word itself, or of its vector. A word that stood in no labelled example scores 0
    with one-hot. Raises Mistake("dial_option").
    """
    if kind not in model.kinds:
        raise Mistake("dial_option", name="kind", value=kind, allowed=list(model.kinds))
    task, language = model.task, model.spec.language
    halves = [task.words_of(language, which) for which in (LABELLED, NEVER)]
    rows = [model.vocabulary.index[w] for words in halves for w in words if w in model.vocabulary.index]
    V, D = model.E.shape
    k = model.kinds.index(kind)
    scores = {"one_hot": model.w["one_hot"][k, :V], "vectors": model.E @ model.w["vectors"][k, :D]}  # (V,) each
    never = set(halves[NEVER])
    return {
        way: [
            {"word": model.vocabulary.words[x], "score": float(score[x]), "never": model.vocabulary.words[x] in never}
            for x in sorted(rows, key=lambda x: -score[x])[:n]
        ]
        for way, score in scores.items()
    }


def answer_view(model: Model, previous: Numbers | None, text: str, place: int | None = None) -> Numbers:
    """What both say of one word of a sentence (its first, unless `place`), or of a review: p (2, K) float32."""
    found = predict(model, text)
    answers = found["judged"]
    told = next((each for each in answers if each["place"] == place), answers[0])
    p = np.array([told[way] for way in WAYS], np.float32)  # (2, K)
    word = "" if told["place"] < 0 else found["words"][told["place"]]["word"]
    return {"p": p, "kinds": list(model.kinds), "word": word}


NO_QUESTIONS = indexed({}, {})
QUESTIONS: dict[str, Callable[..., Any]] = {
    "curve": curve,
    "predict": predict,
    "labelled": labelled,
    "examined": examined,
    "leaning": leaning,
    "neighbours": vectors.asked(vectors.neighbours, vectors_of),
    "project_vectors": vectors.asked(vectors.project_vectors, vectors_of),
}
VIEWS: dict[str, Callable[..., Numbers]] = {
    "answer_view": answer_view,
    "map_view": vectors.asked(vectors.map_view, vectors_of),
}
