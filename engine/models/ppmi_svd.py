"""PPMI and a truncated SVD: word vectors without any training, from the table of who stands near whom.

Church and Hanks (1990), pointwise mutual information; Deerwester, Dumais, Furnas, Landauer, Harshman (1990), singular
value decomposition of a table of words; both together, and why they keep up with Word2Vec: Levy, Goldberg, Dagan
(2015), "Improving Distributional Similarity with Lessons Learned from Word Embeddings", whose symbols these are:

    M_ij = max(0, PMI − log k),   PMI = log P(i, j) / (P(i) P_α(j)),   P_α(j) = X_j^α / Σ X^α
    M ≈ U Σ Vᵀ with the D largest singular values;   a word's vector is its row of U Σ^p

X is the table of `cooccurrence.py`, `shift` is k, `power` α, `eigen` p. Levy and Goldberg (2014) showed that skip-gram
with k negatives looks for vectors whose dot products are PMI − log k.

What differs here, and why: the decomposition is scikit-learn's (`randomized_svd`, behind TruncatedSVD; Halko,
Martinsson, Tropp 2011): a random block of D + 10 columns is multiplied by M and Mᵀ in turn, so that what M stretches
most comes to stand out. There it is one call, on the King James Bible of 0.2 to 9 seconds; thirty learners share two
workers, where no call may hold up the others for more than a tenth of a second. So its loop is written out here, and
one can watch it. For the same reason a tall product is set at right angles strip by strip (Demmel, Grigori, Hoemmen,
Langou 2012): the R of the strips' R, one below the other, is the R of the whole. Same start, same products: the tests
hold singular values and vectors equal to scikit-learn's.
"""

import dataclasses
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import linalg, sparse  # type: ignore[import-untyped]

from engine.experiments import PPMI
from engine.measure import analogies, vectors
from engine.measure.vectors import Vectors
from engine.models import cooccurrence, finish
from engine.models.cooccurrence import Counts
from engine.snapshot import Numbers, Snapshot
from engine.text import corpora

ROUNDS = 20  # multiplications by M and Mᵀ, each: scikit-learn's n_iter is one less, as it does not count the last
MORE = 10  # columns of the block besides the D that are kept
PIECE = 15_000_000  # multiplications of a sparse matrix between two snapshots, at most: about 20 ms
STRIP = 300_000_000  # those of a strip that is set at right angles, rows × columns²: about 40 ms
DRAWN = 1_000_000  # random numbers that are drawn at once: about 30 ms

Array = np.ndarray


def pmi(rows: Array, columns: Array, X: Array, sums: Array, contexts: Array, power: float) -> Array:
    """log P(i, j) / (P(i) P_α(j)) of cells (Z,) with counts X; `sums` (V,) are those of rows, `contexts` of columns."""
    share = contexts**power / (contexts**power).sum()  # P_α (V,)
    found: Array = np.log(X / (sums[rows] * share[columns]))
    return found


def ppmi(counts: Counts, shift: int, power: float) -> sparse.csr_array:
    """M (V, V) float32: PMI − log k where it is above 0."""
    rows, X, V = counts.rows(), counts.values(), len(counts.vocabulary)
    sums, contexts = (np.bincount(each, X, minlength=V) for each in (rows, counts.columns))
    M = np.maximum(0, pmi(rows, counts.columns, X, sums, contexts, power) - np.log(shift)).astype(np.float32)
    table = sparse.csr_array((M, counts.columns, counts.begin), shape=(V, V), copy=True)  # the counts are shared
    table.eliminate_zeros()
    return table


@dataclass(eq=False)
class Model:
    """M and its transpose, the block that is multiplied, and the vectors found so far.

    `block` (V, q) has q = D + MORE columns, at right angles after the first round, `product` (V, q) what it is being
    multiplied into; `R` (q, q) tells the product before it was set at right angles from after it. `table` (V, D) are
    the vectors, `sigma` (D,) the singular values. `step` counts pieces of work.
    """

    spec: PPMI
    counts: Counts
    M: sparse.csr_array
    transposed: sparse.csr_array
    block: Array
    product: Array
    R: Array
    table: Array
    sigma: Array
    questions: analogies.Questions
    step: int = 0

    def pieces(self) -> list[tuple[int, int]]:
        """The rows of M that are multiplied between two snapshots, from … to."""
        V, work = len(self.block), self.M.nnz * self.block.shape[1]
        stops = np.linspace(0, V, 2 + work // PIECE).astype(int).tolist()
        return list(pairwise(stops))

    def strips(self) -> list[tuple[int, int]]:
        """The rows of the product that are set at right angles at once, from … to: at least as many as columns."""
        V, q = self.block.shape
        stops = np.linspace(0, V, 1 + max(1, min(V // q, -(-V * q * q // STRIP)))).astype(int).tolist()
        return list(pairwise(stops))


def preparing(spec: PPMI, text: str | None = None) -> Generator[float, None, Model]:
    """Counts the text, yielding the fraction done, and makes M. Raises what `counting` raises."""
    counts = yield from cooccurrence.counting(spec, text)
    M = ppmi(counts, spec.shift, spec.power)
    yield 1.0
    V = len(counts.vocabulary)
    D = min(spec.dim, V)
    block, random = np.empty((V, min(V, D + MORE)), np.float32), np.random.RandomState(spec.seed)
    for rows in np.array_split(block, 1 + block.size // DRAWN):
        rows[:] = random.normal(size=rows.shape)  # as scikit-learn draws it
        yield 1.0
    questions = analogies.indexed(corpora.questions(spec.corpus, spec.language), counts.vocabulary.index)
    found = block[:, :D].copy(), np.zeros(D, np.float32)
    return Model(spec, counts, M, M.T.tocsr(), block, np.zeros_like(block), np.eye(block.shape[1]), *found, questions)


def build(spec: PPMI, text: str | None = None) -> Model:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def multiply(model: Model, M: sparse.csr_array) -> Iterator[None]:
    """Multiplies the block by M, and sets the product at right angles. Yields after each piece of its rows."""
    for first, last in model.pieces():
        model.product[first:last] = M[first:last] @ model.block  # (rows, q)
        yield
    q, corners = model.block.shape[1], []
    for first, last in model.strips():
        model.product[first:last], R = linalg.qr(model.product[first:last], mode="economic", check_finite=False)
        corners.append(R)
        yield
    turns, model.R = linalg.qr(np.vstack(corners), mode="economic", check_finite=False)  # (strips q, q), (q, q)
    yield
    for n, (first, last) in enumerate(model.strips()):
        model.product[first:last] = model.product[first:last] @ turns[n * q : (n + 1) * q]  # (rows, q)
        yield


def decompose(model: Model) -> Iterator[None]:
    """The vectors: with Q the block, Qᵀ M = (Q′ R)ᵀ = U Σ V′ᵀ, so that M ≈ Q Qᵀ M = (Q U) Σ V′ᵀ. R (q, q) is enough."""
    U, sigma, _ = np.linalg.svd(model.R.T)  # (q, q), (q,)
    D = model.table.shape[1]
    found = model.block @ U[:, :D]  # (V, D)
    yield
    farthest = found[np.abs(found).argmax(axis=0), np.arange(D)]  # of a direction either sign is right: this is +
    sigma = sigma[:D].astype(np.float32)
    model.table = found * np.where(farthest < 0, -1, 1).astype(np.float32) * sigma**model.spec.eigen
    model.sigma = sigma
    yield


def advance(model: Model) -> Iterator[None]:
    """ROUNDS multiplications by M and by Mᵀ, and the vectors after each. Yields after each piece of work."""
    for _ in range(ROUNDS):
        yield from multiply(model, model.M)
        model.block, model.product = model.product, model.block
        yield from multiply(model, model.transposed)
        yield from decompose(model)
        model.block, model.product = model.product, model.block


def train(model: Model) -> Iterator[Snapshot]:
    """Yields before the first multiplication, and after each piece of work."""
    pieces = 2 * (len(model.pieces()) + 2 * len(model.strips()) + 1) + 2  # of a round
    seconds, begin, work, metrics = 0.0, time.thread_time(), advance(model), measure(model)
    for step in range(ROUNDS * pieces + 1):
        if step:
            next(work)
            model.step = step
            if step % pieces == 0:  # there are new vectors
                metrics = measure(model)
        seconds += time.thread_time() - begin
        yield Snapshot(step, ROUNDS * pieces, seconds, dict(metrics))
        begin = time.thread_time()


def measure(model: Model) -> dict[str, float]:
    """left: the share of Σ M² that D dimensions leave out. analogy_accuracy, analogy_<category>: 3CosAdd."""
    whole = float(np.square(model.M.data, dtype=np.float64).sum())
    left = 1 - float(np.square(model.sigma, dtype=np.float64).sum()) / whole if whole else 0.0
    return {"left": left, **analogies.accuracy(model.table, model.questions)}


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the tables."""
    spec, index = model.spec, model.counts.vocabulary.index
    analogy = corpora.default_analogy(spec.corpus, spec.language)
    return {
        **cooccurrence.facts_of(spec, model.counts),
        "positive": int(model.M.nnz),
        "dimensions": model.table.shape[1],
        "analogy": list(analogy) if analogy and all(word in index for word in analogy) else None,
        "questions": len(model.questions.words),
    }


def weights(model: Model) -> dict[str, np.ndarray]:
    """Copies of the vectors (V, D), the singular values (D,), and the step."""
    return {"table": model.table.copy(), "sigma": model.sigma.copy(), "step": np.array(model.step)}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other vectors: to ask about another moment, not to train on."""
    table, sigma = (weights[name].astype(np.float32) for name in ("table", "sigma"))
    return dataclasses.replace(model, table=table, sigma=sigma, step=int(weights["step"]))


# ---- questions and views ----------------------------------------------------------------------------------------


def vectors_of(model: Model) -> Vectors:
    """The vectors that are asked: the rows of U Σ^p."""
    return Vectors.known(model.counts.vocabulary, model.table, model.questions)


def cell(model: Model, first: str, second: str) -> dict[str, Any]:
    """The count of two words, their PMI (None if they never meet), and their cell of M. Raises ("word_unknown")."""
    counts, spec = model.counts, model.spec
    i, j = cooccurrence.known_rows(counts, (first, second))
    X = float(counts.row(i)[j])
    sums, contexts = (
        np.bincount(each, counts.values(), len(counts.vocabulary)) for each in (counts.rows(), counts.columns)
    )
    found = float(pmi(np.array([i]), np.array([j]), np.array([X]), sums, contexts, spec.power)[0]) if X else None
    return {"X": X, "pmi": found, "log_k": float(np.log(spec.shift)), "M": float(model.M[i, j])}


def spectrum(model: Model) -> dict[str, Any]:
    """The singular values, the largest first, and the share of Σ M² each holds."""
    whole = float(np.square(model.M.data, dtype=np.float64).sum()) or 1.0
    return {"sigma": model.sigma.tolist(), "share": (model.sigma.astype(np.float64) ** 2 / whole).tolist()}


def heatmap_view(model: Model, previous: Numbers | None, words: tuple[str, ...]) -> Numbers:
    """As `cooccurrence.heatmap_of`; with M (n, n) of the same words."""
    rows = cooccurrence.known_rows(model.counts, words)
    return {**cooccurrence.heatmap_of(model.counts, words), "M": model.M[rows][:, rows].toarray()}


def warm() -> None:
    """Compiles what counting needs."""
    cooccurrence.warm()


QUESTIONS: dict[str, Callable[..., Any]] = {
    **vectors.questions(vectors_of),
    "ratios": cooccurrence.ratios,
    "matrix": cooccurrence.matrix,
    "row": cooccurrence.row,
    "cell": cell,
    "spectrum": spectrum,
}
VIEWS: dict[str, Callable[..., Numbers]] = {**vectors.views(vectors_of), "heatmap_view": heatmap_view}
