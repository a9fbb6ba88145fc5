"""Four ways to word vectors on one text: skip-gram, CBOW, GloVe, and PPMI with a truncated SVD.

Each is trained by its own file (`word2vec.py`, `glove.py`, `ppmi_svd.py`), one after the other, with the same text,
dimensions, window and seed, and with its own defaults for all else. Levy, Goldberg and Dagan (2015) compared them like
this, and found that such settings matter more than the model.

Levy and Goldberg (2014, "Neural Word Embedding as Implicit Matrix Factorization") showed what skip-gram with k
negatives is after: with enough dimensions w · c = PMI(w, c) − log k. `levy_goldberg` puts the two side by side.

What differs here from their proof, and why: pairs are counted as training draws them, by the words that subsampling
keeps and a window that shrinks (a word d places away is in it R + 1 − d times of R), and PMI is taken against the
noise that the negatives are drawn from, count^¾, since that is the distribution in the objective.
"""

import dataclasses
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from engine.experiments import PPMI, Experiment, GloVe, Word2Vec, WordVectors
from engine.measure import analogies, bias, vectors
from engine.measure.vectors import Vectors
from engine.mistake import Mistake
from engine.models import cooccurrence, finish, glove, ppmi_svd, word2vec
from engine.models.bias_trace import trace_removal
from engine.models.cooccurrence import ONE, Counts
from engine.models.vector_trace import trace_analogy
from engine.snapshot import Numbers, Snapshot
from engine.text import corpora

MODELS: dict[str, ModuleType] = {"sgns": word2vec, "cbow": word2vec, "glove": glove, "ppmi_svd": ppmi_svd}
PART = 1_000  # steps of one model's training
EVERY = 2  # of a model's moments every second one is told
DRAWN = 1_000_000  # words of text from which pairs are counted, at least: a short text is subsampled several times
OFTEN = 5  # pairs that are drawn less often are left out: their PMI is mostly chance

Array = np.ndarray


@dataclass(eq=False)
class Model:
    """The four models, in the order of MODELS, and the pairs as skip-gram draws them.

    `seconds` are what each one's training took, `done` the shares of it that are over. `past` has another moment's
    tables (V, D) by model, and skip-gram's output table as "context"; None for the moment that is.
    """

    spec: WordVectors
    parts: dict[str, Any]
    pairs: Counts
    seconds: dict[str, float]
    done: dict[str, float]
    past: dict[str, Array] | None = None
    step: int = 0


def specs(spec: WordVectors) -> dict[str, Experiment]:
    """Each model's own spec: the same text, dimensions, window and seed. On the Bible it has its preset's epochs."""
    kinds: dict[str, type[Experiment]] = {"sgns": Word2Vec, "cbow": Word2Vec, "glove": GloVe, "ppmi_svd": PPMI}
    found: dict[str, Experiment] = {}
    for name, kind in kinds.items():
        preset = {key: value for key, value in kind.presets.get(spec.corpus, {}).items() if key not in spec.values()}
        found[name] = spec.like(kind, **preset, **({"architecture": "cbow"} if name == "cbow" else {}))
    return found


def preparing(spec: WordVectors, text: str | None = None) -> Generator[float, None, Model]:
    """Builds the four, yielding the fraction done of reading; raises what they raise."""
    parts: dict[str, Any] = {}
    for name, each in specs(spec).items():
        parts[name] = yield from _quietly(MODELS[name].preparing(each, text), first=not parts)
    pairs = yield from _quietly(counting(parts["sgns"]), first=False)
    nothing = dict.fromkeys(MODELS, 0.0)
    return Model(spec, parts, pairs, dict(nothing), dict(nothing))


def _quietly(work: Generator[float, None, Any], first: bool) -> Generator[float, None, Any]:
    """The same work; all but the first, which reads the text, tell 1 at once."""
    while True:
        try:
            share = next(work)
        except StopIteration as end:
            return end.value
        yield share if first else 1.0


def counting(sgns: word2vec.Model) -> Generator[float, None, Counts]:
    """The pairs of the text as skip-gram draws them: of the words that subsampling keeps, by how often in a window."""
    chance, R = np.random.default_rng([sgns.spec.seed, 3]), sgns.spec.window
    sentence = np.repeat(np.arange(len(sgns.offsets) - 1), np.diff(sgns.offsets))  # (N,)
    times = -(-DRAWN // len(sgns.ids))
    kept = []
    for _ in range(times):
        kept.append(np.flatnonzero(chance.random(len(sgns.ids)) < sgns.keep[sgns.ids]))
        yield 1.0
    ids = np.concatenate([sgns.ids[places] for places in kept])
    lengths = np.concatenate([np.bincount(sentence[places], minlength=sentence[-1] + 1) for places in kept])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    yield 1.0
    weight = np.concatenate([[0], ONE // R * np.arange(R, 0, -1)])  # (R + 1,): (R + 1 − d) / R
    vocabulary = dataclasses.replace(sgns.vocabulary, counts=np.bincount(ids, minlength=len(sgns.vocabulary)))
    found = yield from cooccurrence.counted(vocabulary, ids, offsets, weight, True)
    return found


def build(spec: WordVectors, text: str | None = None) -> Model:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def train(model: Model) -> Iterator[Snapshot]:
    """Trains one after the other. Yields before the first update, and at every second of each one's moments."""
    total = PART * len(MODELS)
    yield Snapshot(0, total, 0.0, measure(model))
    for place, name in enumerate(MODELS):
        for index, moment in enumerate(MODELS[name].train(model.parts[name])):
            model.seconds[name], model.done[name] = moment.seconds, moment.step / moment.total
            if index and (index % EVERY == 0 or moment.step == moment.total):
                model.step = PART * place + round(PART * model.done[name])
                yield Snapshot(model.step, total, sum(model.seconds.values()), measure(model))


def measure(model: Model) -> dict[str, float]:
    """<model>_accuracy, <model>_<category>, <model>_seconds, <model>_done: 0 before its turn, 1 after it."""
    found: dict[str, float] = {}
    for name in MODELS:
        begun = model.done[name] > 0
        right = analogies.accuracy(vectors_of(model, name).table, _questions(model)) if begun else {}
        names = ["accuracy", *_questions(model).categories] if len(_questions(model).words) else []
        found |= {f"{name}_{each}": right.get(f"analogy_{each}", 0.0) for each in names}
        found |= {f"{name}_seconds": model.seconds[name], f"{name}_done": model.done[name]}
    return found


def _questions(model: Model) -> analogies.Questions:
    questions: analogies.Questions = model.parts["sgns"].questions
    return questions


def size(part: Any) -> int:
    """Bytes of what a model learns with: its tables, and for GloVe and PPMI the cells they learn from."""
    if isinstance(part, glove.Model):
        return sum(each.nbytes for each in (*part.tables(), *part.cells()))
    if isinstance(part, ppmi_svd.Model):
        matrices = [array for M in (part.M, part.transposed) for array in (M.data, M.indices, M.indptr)]
        return sum(each.nbytes for each in (*matrices, part.block, part.product, part.table))
    return int(part.W.nbytes + part.C.nbytes + part.ids.nbytes + part.noise.nbytes)


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the models."""
    found = word2vec.facts(model.parts["sgns"])
    axes = corpora.default_axes(model.spec.corpus, model.spec.language)
    return {
        **{key: found[key] for key in ("vocabulary", "vocabulary_size", "tokens", "sentences", "words", "analogy")},
        "questions": found["questions"],
        "categories": list(_questions(model).categories),
        "axes": [list(pair) for pair in axes] if axes else None,
        "models": list(MODELS),
        "bytes": {name: size(part) for name, part in model.parts.items()},
    }


def tables(model: Model) -> dict[str, Array]:
    """The vectors (V, D) of each model as they stand, and skip-gram's output table, "context"."""
    if model.past is not None:
        return model.past
    found = {name: MODELS[name].vectors_of(part).table for name, part in model.parts.items()}
    return {**found, "context": model.parts["sgns"].C}


def weights(model: Model) -> dict[str, np.ndarray]:
    """Copies of all tables (V, D), and how far each model is."""
    kept = {name: table.copy() for name, table in tables(model).items()}
    done = np.array(list(model.done.values())).view(np.int64)  # as text, so that no digit is lost
    return {**kept, "done": done, "step": np.array(model.step)}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The models at another moment: to ask, not to train on. What a training half over had taken is not known: 0."""
    past = {name: weights[name].astype(np.float32) for name in (*MODELS, "context")}
    done = dict(zip(MODELS, weights["done"].view(np.float64).tolist(), strict=True))
    seconds = {name: model.seconds[name] if share == 1 else 0.0 for name, share in done.items()}
    return dataclasses.replace(model, past=past, done=done, seconds=seconds, step=int(weights["step"]))


# ---- questions --------------------------------------------------------------------------------------------------


def vectors_of(trained: Model, model: str = "sgns") -> Vectors:
    """The vectors of one of the models. Raises Mistake("dial_option")."""
    if model not in MODELS:
        raise Mistake("dial_option", name="model", value=model, allowed=list(MODELS))
    return Vectors.known(trained.parts["sgns"].vocabulary, tables(trained)[model], _questions(trained))


def side_by_side(model: Model, word: str, n: int = 8) -> dict[str, Any]:
    """The n nearest words in each model. Raises Mistake("word_unknown"), ("word_unlike")."""
    found = {name: vectors.neighbours(vectors_of(model, name), word, n) for name in MODELS}
    return {"word": found["sgns"]["excluded"][0], "models": {name: each["answers"] for name, each in found.items()}}


def accuracies(model: Model) -> dict[str, Any]:
    """A row for each model: accuracy, by category, CPU-seconds, bytes, and how much of its training is over."""
    metrics, categories = measure(model), list(_questions(model).categories)
    rows = [
        {
            "model": name,
            "accuracy": metrics.get(f"{name}_accuracy"),
            "categories": {each: metrics[f"{name}_{each}"] for each in categories},
            "seconds": model.seconds[name],
            "bytes": size(model.parts[name]),
            "done": model.done[name],
        }
        for name in MODELS
    ]
    return {"categories": categories, "rows": rows}


def levy_goldberg(model: Model, n: int = 2_000, seed: int = 0) -> dict[str, Any]:
    """Skip-gram's dot products beside PMI − log k, for n pairs of words that training draws often enough.

    `dots`, `pmi` (n,), their words `first` (a row of W) and `second` (of C), how often they were drawn `counts`, and
    Pearson's `correlation` over these pairs. `negatives` is k; without negatives there is no such number: 0 is taken.
    """
    sgns, counts, now = model.parts["sgns"], model.pairs, tables(model)
    X, rows = counts.values(), counts.rows()
    often = np.flatnonzero(X >= OFTEN)
    chosen = np.random.default_rng([model.spec.seed, seed]).permutation(often)[:n]
    i, j, k = rows[chosen], counts.columns[chosen], max(1, sgns.spec.negatives)
    noise = sgns.vocabulary.counts**sgns.spec.power
    sums = np.bincount(rows, X, len(noise))
    pmi = np.log(X[chosen] / (sums[i] * (noise / noise.sum())[j])) - np.log(k)  # (n,)
    dots = np.einsum("nd,nd->n", now["sgns"][i], now["context"][j])  # (n,)
    alike = len(chosen) < 2 or min(dots.std(), pmi.std()) == 0
    words = sgns.vocabulary.words
    return {
        "dots": dots.tolist(), "pmi": pmi.tolist(), "first": [words[x] for x in i], "second": [words[x] for x in j],
        "counts": X[chosen].tolist(), "correlation": 0.0 if alike else float(np.corrcoef(dots, pmi)[0, 1]),
        "pairs": len(often), "negatives": sgns.spec.negatives,
    }  # fmt: skip


def warm() -> None:
    """Compiles what the four need."""
    for module in dict.fromkeys(MODELS.values()):
        module.warm()


QUESTIONS: dict[str, Callable[..., Any]] = {
    **vectors.questions(vectors_of),
    **bias.questions(vectors_of),
    "trace_removal": vectors.asked(trace_removal, vectors_of),
    "trace_analogy": vectors.asked(trace_analogy, vectors_of),
    "side_by_side": side_by_side,
    "accuracies": accuracies,
    "levy_goldberg": levy_goldberg,
}
VIEWS: dict[str, Callable[..., Numbers]] = {**vectors.views(vectors_of)}
