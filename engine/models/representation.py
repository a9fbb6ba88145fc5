"""Words and documents as counts: one-hot vectors, bags of words, TF-IDF, and search by the angle between them.

Harris (1954, "Distributional Structure") speaks of a "bag of words": which words there are, without their order.
Spärck Jones (1972, "A statistical interpretation of term specificity and its application in retrieval") weights a
word the more, the fewer documents have it: a match on a rare word says more than one on a word that is everywhere.
Documents are rows, words are columns, and the matrix holds, for document d and word w,

    one_hot   1 if w is in d, else 0
    counts    tf(w, d), how often w is in d
    tfidf     tf(w, d) · idf(w), then each row divided by its length

What differs here from the paper of 1972, and why: the matrix is made by scikit-learn (CountVectorizer,
TfidfTransformer), since that is what people use today, with its smooth variant of the weight,

    idf(w) = ln((1 + n) / (1 + df(w))) + 1        n documents, df(w) of them with w

The ones keep it finite for a word that no document has; the last one keeps a word that is everywhere from being lost.
The paper's weight has neither, and is not multiplied by tf. The length of a row is √(Σ x²) (norm "l2") or Σ |x|
("l1"). With `sublinear` tf is 1 + ln tf. Words of one letter stay, which scikit-learn's own cutting would drop.

"Training" is reading: one document after the other, and after each the matrix is that of the documents read so far.
`trace_tfidf` does the same arithmetic by hand; a test holds it to scikit-learn's numbers. Symbols: D documents, V
words, n documents read, X (n, V) the matrix.
"""

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances
from sklearn.preprocessing import normalize

from engine.experiments import Representation
from engine.mistake import Mistake
from engine.models import finish, phrase_structure
from engine.snapshot import Numbers, Snapshot
from engine.text import documents, own
from engine.text.documents import Collection, Document
from engine.text.vocabulary import Vocabulary, look_up
from engine.trace import Step, Trace, number

COLUMNS = 44  # words in the picture of the matrix
WATCHED = 6  # words whose df and idf are followed
LISTED = 20_000  # words in `facts`
LONGEST = 200  # characters of a query or a sentence
WEIGHTINGS = ("one_hot", "counts", "tfidf")


@dataclass(eq=False)
class Matrix:
    """The documents, and how far they are read.

    `vectorizer` knows the V words of the whole collection in the order in which they come, `whole_df` (V,) in how many
    of all documents each is. `rows` holds the counts (1, V) of each document read, `df` (V,) int32 in how many of them
    each word is, `step` how many are read. `made` keeps the last matrix made, since a moment is asked several times.
    """

    spec: Representation
    collection: Collection
    order: np.ndarray
    vocabulary: Vocabulary
    vectorizer: CountVectorizer
    whole_df: np.ndarray
    df: np.ndarray
    rows: list[Any] = field(default_factory=list)
    step: int = 0
    made: dict[Any, Any] = field(default_factory=dict)

    @property
    def read(self) -> list[Document]:
        """The documents read so far, in the order of reading."""
        return [self.collection.documents[d] for d in self.order[: self.step]]


# ---- the algorithm ----------------------------------------------------------------------------------------------


def counts(model: Matrix) -> Any:
    """tf, sparse (n, V): how often each word is in each document read. Words in fewer than min_df of them are 0."""
    if not model.step:
        return sparse.csr_matrix((0, len(model.vocabulary)))
    X = sparse.vstack(model.rows[: model.step]).tocsr().astype(float)  # n rows (1, V) → (n, V)
    kept = model.df >= model.spec.min_df
    return X @ sparse.diags(kept.astype(float))


def weighted(model: Matrix, weighting: str | None = None, queries: Any = None) -> Any:
    """The matrix X, sparse (n, V), by `weighting` or the spec's; or `queries` (q, V) weighted the same way.

    Raises Mistake("dial_option").
    """
    weighting = weighting or model.spec.weighting
    if weighting not in WEIGHTINGS:
        raise Mistake("dial_option", name="weighting", value=weighting, allowed=list(WEIGHTINGS))
    if weighting != "tfidf" or not model.step:
        wanted = counts(model) if queries is None else queries
        return wanted.sign() if weighting == "one_hot" else wanted
    if model.step not in model.made:
        fitted = _tfidf(model.spec).fit(X := counts(model))
        model.made.clear()
        model.made[model.step] = fitted, fitted.transform(X)
    fitted, X = model.made[model.step]
    return X if queries is None else fitted.transform(queries)


def _tfidf(spec: Representation) -> TfidfTransformer:
    """scikit-learn's TF-IDF with the spec's settings: smooth idf, and what each row is divided by."""
    norm = None if spec.norm == "none" else spec.norm
    return TfidfTransformer(norm=norm, smooth_idf=True, sublinear_tf=spec.sublinear == "yes")


def term_frequency(words: Sequence[str], vocabulary: Sequence[str]) -> np.ndarray:
    """How often each word of the vocabulary is in a document: (V,)."""
    count = Counter(words)
    return np.array([count[word] for word in vocabulary])  # step: tf


def document_frequency(collection: Sequence[Sequence[str]], vocabulary: Sequence[str]) -> np.ndarray:
    """In how many documents each word of the vocabulary is: (V,)."""
    sets = [set(words) for words in collection]
    return np.array([sum(word in words for words in sets) for word in vocabulary])  # step: df


def inverse_document_frequency(df: np.ndarray, n: int) -> np.ndarray:
    """ln((1 + n) / (1 + df)) + 1: large for words in few of the n documents, 1 for a word in all of them. (V,)."""
    idf: np.ndarray = np.log((1 + n) / (1 + df)) + 1  # step: idf
    return idf


def product(tf: np.ndarray, idf: np.ndarray, sublinear: bool) -> np.ndarray:
    """tf · idf, or (1 + ln tf) · idf: (V,)."""
    weights: np.ndarray = (1 + np.log(tf) if sublinear else tf) * idf  # step: product
    return weights


def divided(x: np.ndarray, norm: str) -> np.ndarray:
    """x (V,) divided by √(Σ x²) ("l2"), by Σ |x| ("l1"), or as it is ("none")."""
    length = {"l2": np.sqrt(np.sum(x**2)), "l1": np.sum(np.abs(x)), "none": 1.0}[norm]
    return x / length if length else x  # step: norm


# ---- the model and its training ---------------------------------------------------------------------------------


def preparing(spec: Representation, text: str | None = None) -> Generator[float, None, Matrix]:
    """Reads the documents, yielding the fraction done, and returns the matrix without a row.

    Raises what the text raises, or Mistake("documents_none").
    """
    collection = yield from documents.reading(spec, text)
    yield 1.0
    order = np.arange(len(collection.documents))
    if spec.seed:  # another order of reading; 0 is that of the text
        order = np.random.default_rng(spec.seed).permutation(order)
    count: Counter[str] = Counter()
    df: Counter[str] = Counter()
    for d in order:
        count.update(collection.documents[d].words)
        df.update(set(collection.documents[d].words))
        yield 1.0
    if not count:
        raise Mistake("documents_none")
    vocabulary = Vocabulary(tuple(count), np.array(list(count.values())))
    vectorizer = CountVectorizer(analyzer=list, vocabulary=list(count))
    whole_df = np.array([df[word] for word in count])
    return Matrix(spec, collection, order, vocabulary, vectorizer, whole_df, np.zeros(len(count), np.int32))


def build(spec: Representation, text: str | None = None) -> Matrix:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def train(model: Matrix) -> Iterator[Snapshot]:
    """Reads one document after the other. One snapshot a document, the first before any."""
    total, seconds = len(model.order), 0.0
    yield Snapshot(0, total, seconds, measure(model))
    while model.step < total:
        begin = time.thread_time()
        advance(model)
        seconds += time.thread_time() - begin
        yield Snapshot(model.step, total, seconds, measure(model))


def advance(model: Matrix) -> None:
    """Reads the next document: its counts become a row, and the words in it are in one document more."""
    words = model.collection.documents[model.order[model.step]].words
    row = model.vectorizer.transform([words])  # (1, V)
    del model.rows[model.step :]
    model.rows.append(row)
    model.df = model.df + (row.toarray()[0] > 0).astype(np.int32)
    model.step += 1


def measure(model: Matrix) -> dict[str, float]:
    """vocabulary: different words so far (min_df left out of account). words_read: all words so far. empty: the share
    of cells of the matrix that are 0. alone: the share of the words that are in one document only."""
    known = int(np.count_nonzero(model.df))
    cells = known * model.step
    return {
        "vocabulary": float(known),
        "words_read": float(sum(row.sum() for row in model.rows[: model.step])),
        "empty": 1 - float(model.df.sum()) / cells if cells else 0.0,
        "alone": float(np.count_nonzero(model.df == 1)) / known if known else 0.0,
    }


def warm() -> None:
    """Lets scikit-learn and nltk load what they need."""
    model = build(Representation())
    for _ in train(model):
        pass
    search(model, "doctor")
    phrase_structure.warm()


def facts(model: Matrix) -> dict[str, Any]:
    """What a page needs to know of the documents before they are read."""
    columns = telling(model)
    return {
        "documents": [{"number": d.number, "start": d.start, "words": len(d.words)} for d in _in_order(model)],
        "vocabulary": list(model.vocabulary.words[:LISTED]),
        "vocabulary_size": len(model.vocabulary),
        "columns": columns,
        "watched": watched(model),
        "query": " ".join(_best(model, 2)),
        "tokens": int(model.vocabulary.counts.sum()),
    }


def _in_order(model: Matrix) -> list[Document]:
    return [model.collection.documents[d] for d in model.order]


def telling(model: Matrix) -> list[str]:
    """The words in the picture: all if there are few, else those whose count times (idf − 1) is largest: 0 for a word
    that is everywhere. In text order."""
    best = set(_best(model, COLUMNS))
    return [word for word in model.vocabulary.words if word in best]


def _best(model: Matrix, n: int) -> list[str]:
    score = model.vocabulary.counts * (inverse_document_frequency(model.whole_df, len(model.order)) - 1)
    return [model.vocabulary.words[w] for w in np.argsort(-score, kind="stable")[:n]]


def watched(model: Matrix) -> list[str]:
    """Words to follow: of each df the first one, from the most common down, as far as there is room."""
    df, words = model.whole_df, model.vocabulary.words
    levels = sorted(set(df.tolist()), reverse=True)
    picked = (
        levels if len(levels) <= WATCHED else [levels[i * (len(levels) - 1) // (WATCHED - 1)] for i in range(WATCHED)]
    )
    return [words[int(np.argmax(df == level))] for level in picked]


def weights(model: Matrix) -> dict[str, np.ndarray]:
    """What changes from moment to moment: df (V,) and how many documents are read. Copies."""
    return {"df": model.df.copy(), "step": np.array(model.step)}


def with_weights(model: Matrix, weights: dict[str, np.ndarray]) -> Matrix:
    """The model at another moment: to ask about, not to read on."""
    return dataclasses.replace(model, df=weights["df"], step=int(weights["step"]))


# ---- questions: asked of the model as it stands, answers are JSON -----------------------------------------------


def _column(model: Matrix, word: str) -> int:
    """A word's column. Raises Mistake("word_unknown") with words spelt like it, ("word_not_there") without."""
    return look_up(word, model.vocabulary.index, model.vocabulary.words, without="word_not_there")


def _row(model: Matrix, document: int) -> int:
    """The row of document number `document` in the order of reading, from 1. Raises Mistake("dial_range")."""
    if not 1 <= document <= model.step:
        raise Mistake("dial_range", name="document", value=document, low=min(1, model.step), high=model.step)
    return document - 1


def _cut(model: Matrix, text: str) -> list[str]:
    """The words of a learner's line. Raises Mistake("line_too_long"), ("line_empty")."""
    if len(text) > LONGEST:
        raise Mistake("line_too_long", count=len(text), most=LONGEST)
    if not (found := own.words(text, model.collection.cut)):
        raise Mistake("line_empty")
    return found


def search(model: Matrix, query: str, weighting: str | None = None, n: int = 10) -> dict[str, Any]:
    """The n documents nearest to `query` by cosine, and how much of each cosine every word of the query gives.

    answers: document (number in the order of reading, from 1), word (how it begins), score, parts (word → its part;
    they add up to the score). unknown: words of the query that no document read has; a query of these alone is a
    vector of zeros, whose cosine with everything counts as 0. weights: word → its weight in the query's vector.
    """
    asked = list(dict.fromkeys(words := _cut(model, query)))
    if not model.step:
        return {"answers": [], "unknown": asked, "weights": {}}
    index = {word: w for word in asked if (w := model.vocabulary.index.get(word)) is not None and model.df[w]}
    q, X = weighted(model, weighting, model.vectorizer.transform([words]).astype(float)), weighted(model, weighting)
    columns = list(index.values())
    parts = normalize(X)[:, columns].toarray() * normalize(q)[:, columns].toarray()  # (n, K) * (1, K)
    scores = parts.sum(axis=1)
    best = np.argsort(-scores, kind="stable")[:n]
    answers = [
        {
            "word": model.read[d].start,
            "document": int(d) + 1,
            "score": float(scores[d]),
            "parts": _named(index, parts[d]),
        }
        for d in best
    ]
    weights_ = _named(index, q[:, columns].toarray()[0])
    return {"answers": answers, "unknown": [w for w in asked if w not in index], "weights": weights_}


def _named(words: Any, values: np.ndarray) -> dict[str, float]:
    return {word: float(value) for word, value in zip(words, values, strict=True)}


def top(model: Matrix, document: int, weighting: str | None = None, n: int = 10) -> dict[str, Any]:
    """The n words with the largest weights in a document."""
    x = weighted(model, weighting)[_row(model, document)].toarray()[0]
    best = [w for w in np.argsort(-x, kind="stable")[:n] if x[w] > 0]
    return {"answers": [{"word": model.vocabulary.words[w], "score": float(x[w])} for w in best]}


def distances(model: Matrix, words: Sequence[str]) -> dict[str, Any]:
    """Every word with every other: the distance of their one-hot vectors (√2 unless they are the same), the cosine of
    those (0), and the cosine of their columns of the matrix: whether they are in the same documents."""
    columns = [_column(model, word) for word in words]
    one_hot = np.zeros((len(columns), len(model.vocabulary)))  # (K, V)
    one_hot[np.arange(len(columns)), columns] = 1
    X = weighted(model)[:, columns].T  # (n, V) → (K, n)
    return {
        "words": [model.vocabulary.words[w] for w in columns],
        "one_hot": euclidean_distances(one_hot).tolist(),
        "one_hot_cosines": cosine_similarity(one_hot).tolist(),
        "columns": (cosine_similarity(X) if model.step else np.zeros((len(words), len(words)))).tolist(),
    }


def shuffle(model: Matrix, sentence: str, seed: int = 0) -> dict[str, Any]:
    """The words of a sentence in another order, and both bags: they are the same."""
    words = _cut(model, sentence)
    mixed = [words[i] for i in np.random.default_rng(seed).permutation(len(words))]
    vectorizer = CountVectorizer(analyzer=list)
    before, after = vectorizer.fit_transform([words, mixed]).toarray()  # (K,) each
    bag = {str(word): int(count) for word, count in zip(vectorizer.get_feature_names_out(), before, strict=True)}
    return {"words": words, "shuffled": mixed, "bag": bag, "same": bool((before == after).all())}


def segmentations(model: Matrix, text: str) -> dict[str, list[str]]:
    """A line cut into words as this model cuts, and into characters."""
    return {"words": _cut(model, text), "characters": own.words(text, list)}


# ---- views: what a stage draws of one moment --------------------------------------------------------------------


def matrix_view(model: Matrix, previous: Numbers | None, words: tuple[str, ...] = ()) -> Numbers:
    """The matrix with the columns of `words`: cells (D, K), −1 for documents not read and words not met yet."""
    columns = [_column(model, word) for word in words or telling(model)]
    cells = np.full((len(model.order), len(columns)), -1.0)
    met = model.df[columns] > 0
    X = weighted(model)[:, columns].toarray()  # (n, K)
    cells[: model.step] = np.where(met, X, -1)
    return {"cells": cells}


def words_view(model: Matrix, previous: Numbers | None, words: tuple[str, ...] = ()) -> Numbers:
    """df, idf (0 for a word not met yet) and the total count of `words`, so far: (K,) each."""
    columns = [_column(model, word) for word in words or watched(model)]
    df = model.df[columns]
    idf = inverse_document_frequency(df, model.step)
    totals = counts(model)[:, columns].sum(axis=0)  # (1, K)
    return {"df": df, "idf": np.where(df > 0, idf, 0), "total": np.asarray(totals).ravel(), "n": model.step}


def latest_view(model: Matrix, previous: Numbers | None, n: int = 6) -> Numbers:
    """The document just read: its place, its n heaviest words, their counts and weights."""
    if not model.step:
        return {"document": 0, "words": [], "tf": [], "weight": []}
    x, tf = weighted(model)[-1].toarray()[0], counts(model)[-1].toarray()[0]  # (V,) each
    best = [int(w) for w in np.argsort(-x, kind="stable")[:n] if x[w] > 0]
    return {
        "document": model.step,
        "words": [model.vocabulary.words[w] for w in best],
        "tf": tf[best].astype(int).tolist(),
        "weight": x[best].tolist(),
    }


# ---- step by step -----------------------------------------------------------------------------------------------

ROWS = 4  # words whose arithmetic is written out


def trace_tfidf(model: Matrix, document: int | None = None) -> Trace:
    """One document from words to TF-IDF: tf, df, idf, product, norm, for its different words, the heaviest first.

    The last output is scikit-learn's row. `document` counts from 1 in the order of reading; the last one by default.
    Before any is read there are no steps.
    Raises Mistake("dial_range"), or ("document_empty") for one whose words are all too rare.
    """
    if document is None and not model.step:
        return ()
    d, spec = _row(model, model.step if document is None else document), model.spec
    read = [item.words for item in model.read]
    kept = {word for word in read[d] if model.df[model.vocabulary.index[word]] >= spec.min_df}
    if not kept:
        raise Mistake("document_empty", document=d + 1, min_df=spec.min_df)
    words = _heaviest(model, d, kept)
    tf, df = term_frequency(read[d], words), document_frequency(read, words)
    idf = inverse_document_frequency(df, model.step)
    x = product(tf, idf, spec.sublinear == "yes")
    return _steps(words, tf, df, idf, x, divided(x, spec.norm), model.step, spec)


def _heaviest(model: Matrix, d: int, kept: set[str]) -> tuple[str, ...]:
    """The words of document d, those of the largest weight first, equals in text order."""
    x = weighted(model, "tfidf")[d].toarray()[0]
    index = model.vocabulary.index
    return tuple(sorted(kept, key=lambda word: (-round(x[index[word]], 9), index[word])))


def _steps(
    words: tuple[str, ...], tf: np.ndarray, df: np.ndarray, idf: np.ndarray, x: np.ndarray, unit: np.ndarray, n: int,
    spec: Representation,
) -> Trace:  # fmt: skip
    """The five steps. Arrays are (K,), one number for each word."""

    def step(id: str, formula: list[str], given: dict[str, np.ndarray], made: dict[str, np.ndarray]) -> Step:
        named = dict.fromkeys([name for name in (*given, *made) if name != "n"], words)
        return Step(id, _lines(_many(formula, words)), given, made, f"representation.py#{id}", named)

    k = range(min(len(words), ROWS))
    return (
        step("tf", [rf"\mathrm{{tf}}_{{{i + 1}}} = {tf[i]}" for i in k], {}, {"tf": tf}),
        step("df", [rf"\mathrm{{df}}_{{{i + 1}}} = {df[i]}" for i in k], {"tf": tf}, {"df": df}),
        step("idf", [_idf(i, n, df[i], idf[i]) for i in k], {"n": np.array(n), "df": df}, {"idf": idf}),
        step("product", [_product(i, tf[i], idf[i], x[i], spec) for i in k], {"tf": tf, "idf": idf}, {"x": x}),
        step("norm", _norm(x, unit, spec.norm), {"x": x}, {"unit": unit}),
    )


def _lines(lines: list[str]) -> str:
    return r" \\ ".join(lines)


def _many(lines: list[str], words: tuple[str, ...]) -> list[str]:
    """The lines, and dots where there are more words than lines."""
    return [*lines, r"\vdots"] if len(words) > len(lines) else lines


def _idf(i: int, n: int, df: int, idf: float) -> str:
    fraction = rf"\ln\frac{{1 + {n}}}{{1 + {df}}} + 1"
    return rf"\mathrm{{idf}}_{{{i + 1}}} = {fraction} \goodbreak = {number(idf)}"


def _product(i: int, tf: int, idf: float, x: float, spec: Representation) -> str:
    factor = rf"(1 + \ln {tf})" if spec.sublinear == "yes" else str(tf)
    return rf"x_{{{i + 1}}} = {factor} \cdot {number(idf)} \goodbreak = {number(x)}"


def _norm(x: np.ndarray, unit: np.ndarray, norm: str) -> list[str]:
    """The length of the row, then the first numbers divided by it."""
    if norm == "none":
        return [rf"\hat{{x}}_{{{i + 1}}} = x_{{{i + 1}}} = {number(unit[i])}" for i in range(min(len(x), ROWS))]
    squared = norm == "l2"
    terms = [f"{number(value)}^2" if squared else number(value) for value in x[:ROWS]]
    total = " + ".join([*terms, r"\dots"] if len(x) > ROWS else terms)
    length = np.sqrt(np.sum(x**2)) if squared else np.sum(np.abs(x))
    sum_ = rf"\sqrt{{{total}}}" if squared else total
    first = rf"\lVert x \rVert_{{{2 if squared else 1}}} = {sum_} \goodbreak = {number(length)}"
    rest = [
        rf"\hat{{x}}_{{{i + 1}}} = \frac{{{number(x[i])}}}{{{number(length)}}} = {number(unit[i])}"
        for i in range(min(len(x), ROWS - 1))
    ]
    return [first, *rest]


QUESTIONS: dict[str, Callable[..., Any]] = {
    "search": search,
    "top": top,
    "distances": distances,
    "shuffle": shuffle,
    "segmentations": segmentations,
    "trace_tfidf": trace_tfidf,
    # The era before, on the same page: rules, which know no document.
    "grammar": lambda model, rules: phrase_structure.grammar(rules),
    "generate": lambda model, rules, n=10, depth=8, seed=0: phrase_structure.generate(rules, n, depth, seed),
    "parse": lambda model, rules, sentence: phrase_structure.parse(rules, sentence),
}
VIEWS: dict[str, Callable[..., Numbers]] = {
    "matrix_view": matrix_view,
    "words_view": words_view,
    "latest_view": latest_view,
}
