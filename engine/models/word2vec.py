"""Word2Vec: a word's vector is learnt by telling the words around it from words drawn at random.

Skip-gram and CBOW are from Mikolov, Chen, Corrado, Dean (January 2013, arXiv 1301.3781); negative sampling and
subsampling from Mikolov, Sutskever, Chen, Corrado, Dean (October 2013, "Distributed Representations of Words and
Phrases and their Compositionality"). A centre word w with a word c from its window is a real pair, w with each of K
words n drawn at random (in proportion to count^¾) is not; every pair of words has a score, the dot product of a row
of W and a row of C, and the training makes small

    −log σ(v′_c · v_w) − Σ log σ(−v′_n · v_w)        v: rows of W, the input table; v′: rows of C, the output table

What differs here from the second paper, and why:
- The K negatives are drawn once for each word of a sentence and shared by all pairs in which it is the context word,
  where the paper draws anew for each pair. Fewer random rows are fetched from memory, which is most of the time;
  analogies and word similarities were not worse.
- Frequent words are dropped by the formula of the authors' program word2vec.c, not that of the paper; the names are
  the paper's. With `sample` t and a word's share f of the text, it is kept with probability √(t/f) + t/f.
- σ is read from a table with straight lines in between (off by less than 0.000001), as word2vec.c does more coarsely.
- CBOW adds the gradient of the mean to each of the averaged words undivided, as word2vec.c does. It learns best at
  `lr` 0.1, twice the default (a dial, since a preset belongs to a text and not to an architecture).

Sentences longer than 1,000 words are cut, as in word2vec.c. One thread: the same spec gives the same numbers (another
kind of processor adds up a sum in another order, and differs in the last digits).

Symbols: V words, D dimensions, K negatives, R radius of the window, v a row of W, u a row of C (the paper's v′),
s = u · v the score, p = σ(s), t the label (1 real, 0 drawn), e = t − p the error.
"""

import dataclasses
import math
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.experiments import Word2Vec
from engine.measure import analogies, bias, vectors
from engine.measure.vectors import Vectors
from engine.mistake import Mistake
from engine.models import finish
from engine.models.bias_trace import trace_removal
from engine.models.machine_code import compiled, inlined
from engine.snapshot import Snapshot
from engine.text import corpora
from engine.text.vocabulary import Vocabulary, count, encode
from engine.trace import Step, Trace, number, row

LONGEST = 1_000  # words of a sentence
LAST_LR = 1e-4  # the learning rate falls in a straight line from `lr` to this
SNAPSHOTS = 199  # and one before the first update: 200 moments, as many as a run keeps
SLICE = 60_000_000  # multiplications between two snapshots, at most: about 20 ms
PAIRS = 1_000  # on which the loss is measured
LISTED = 20_000  # words in `facts`
MAPPED, TELLING = 20, 0.5  # words on the first map of an own text, and how often subsampling must keep them

Array = np.ndarray


# ---- the algorithm ----------------------------------------------------------------------------------------------

STEPS, REACH = 128, 16  # the table of σ: steps per 1, from −16 to 16
SIGMA = (1 / (1 + np.exp(-np.arange(-REACH * STEPS, REACH * STEPS + 1) / STEPS))).astype(np.float32)
FACTOR, ADDEND, HALF = np.uint64(6364136223846793005), np.uint64(1442695040888963407), np.uint64(32)


@inlined
def draw(random: Array, n: int) -> np.int64:
    """A random whole number from 0 to n − 1. `random` (1,) uint64 is the state: Knuth's congruential generator."""
    random[0] = random[0] * FACTOR + ADDEND
    return np.int64(((random[0] >> HALF) * np.uint64(n)) >> HALF)


@inlined
def sigmoid(s: float) -> np.float32:
    """σ(s) = 1 / (1 + e^−s), from the table; beyond ±16 what it is there."""
    place = (s + np.float32(REACH)) * np.float32(STEPS)
    left = min(2 * REACH * STEPS - 1, max(0, int(place)))
    between = min(np.float32(1), max(np.float32(0), place - np.float32(left)))
    p: np.float32 = SIGMA[left] + between * (SIGMA[left + 1] - SIGMA[left])
    return p


@inlined
def dot(u: Array, v: Array) -> np.float32:
    """u · v of two vectors (D,)."""
    total = np.float32(0)
    for d in range(len(v)):
        total += u[d] * v[d]
    return total


@inlined
def add(v: Array, factor: float, g: Array) -> None:
    """v ← v + factor · g, vectors (D,)."""
    for d in range(len(v)):
        v[d] += factor * g[d]


@inlined
def update_row(u: Array, v: Array, e: float, lr: float, g: Array) -> None:
    """Moves one row u of C by its error e, and adds what the error says about v to g, both from the old u."""
    for d in range(len(v)):
        old = u[d]
        g[d] += e * old  # step: gradient
        u[d] = old + lr * e * v[d]  # step: update_output


@inlined
def update(v: Array, C: Array, outputs: Array, lr: float, e: Array, g: Array) -> None:
    """One step of gradient descent for v with its real context word outputs[0] and the negatives outputs[1:].

    Changes those rows of C. Leaves t − σ(s) in e (K+1,) and the direction in which v should move in g (D,).
    """
    for k in range(len(outputs)):
        e[k] = dot(C[outputs[k]], v)  # step: dots
    for k in range(len(outputs)):
        p = sigmoid(e[k])  # step: sigma
        t = np.float32(1) if k == 0 else np.float32(0)
        e[k] = t - p  # step: error
        if k > 0 and outputs[k] == outputs[0]:
            e[k] = 0  # the real word, drawn by chance, is no negative
    g[:] = 0
    for k in range(len(outputs)):
        update_row(C[outputs[k]], v, e[k], lr, g)


@inlined
def skip_gram(W: Array, C: Array, centre: int, outputs: Array, lr: float, e: Array, g: Array) -> None:
    """The centre word foretells one word of its window."""
    v = W[centre]  # step: lookup
    update(v, C, outputs, lr, e, g)
    add(v, lr, g)  # step: update_input


@inlined
def cbow(
    W: Array,
    C: Array,
    words: Array,
    low: int,
    high: int,
    i: int,
    outputs: Array,
    lr: float,
    v: Array,
    e: Array,
    g: Array,
) -> None:
    """The mean of the words in the window, low to high − 1 without i, foretells the centre word at i."""
    v[:] = 0
    for j in range(low, high):
        if j != i:
            add(v, np.float32(1 / (high - low - 1)), W[words[j]])  # step: cbow_lookup
    update(v, C, outputs, lr, e, g)
    for j in range(low, high):
        if j != i:
            add(W[words[j]], lr, g)  # step: cbow_update_input


@inlined
def keep_words(sentence: Array, keep: Array, random: Array, kept: Array) -> int:
    """Copies the words of a sentence to `kept`, each with probability keep[word]; returns how many."""
    n = 0
    for word in sentence:
        if draw(random, 1 << 24) < keep[word] * (1 << 24):
            kept[n] = word
            n += 1
    return n


@inlined
def draw_outputs(kept: Array, n: int, noise: Array, random: Array, outputs: Array) -> None:
    """For each of n words a row of outputs (·, K+1): the word itself and the K negatives it is told from."""
    for i in range(n):
        outputs[i, 0] = kept[i]
        for k in range(1, outputs.shape[1]):
            outputs[i, k] = noise[draw(random, len(noise))]


@inlined
def window_around(i: int, n: int, window: int, random: Array) -> tuple[int, int]:
    """Low and high of the places around i, of n: up to R on each side, R drawn from 1 to `window`."""
    R = 1 + draw(random, window)
    return max(0, i - R), min(n, i + R + 1)


@inlined
def learning_rate(lr: float, done: float) -> np.float32:
    """The learning rate once a share `done` of all words is read: it falls in a straight line from `lr` to LAST_LR."""
    return np.float32(lr + (LAST_LR - lr) * done)


@compiled
def read_on(
    first: int, last: int, epochs: int, ids: Array, offsets: Array, keep: Array, noise: Array, W: Array, C: Array,
    random: Array, window: int, negatives: int, use_cbow: bool, lr: float,
) -> None:  # fmt: skip
    """Reads the sentences numbered first to last − 1 of the whole training, and learns from each pair at once.

    Everything that depends on the past is in W, C and random, so any division into calls gives the same numbers.
    """
    sentences, D = len(offsets) - 1, W.shape[1]
    kept, outputs = np.empty(LONGEST, np.int32), np.empty((LONGEST, negatives + 1), np.int32)
    v, e, g = np.empty(D, np.float32), np.empty(negatives + 1, np.float32), np.empty(D, np.float32)
    for turn in range(first, last):
        epoch, s = divmod(turn, sentences)
        done = (epoch * len(ids) + offsets[s]) / (epochs * len(ids))
        rate = learning_rate(lr, done)
        n = keep_words(ids[offsets[s] : offsets[s + 1]], keep, random, kept)
        draw_outputs(kept, n, noise, random, outputs)
        for i in range(n):
            low, high = window_around(i, n, window, random)  # step: window
            if use_cbow and high - low > 1:
                cbow(W, C, kept, low, high, i, outputs[i], rate, v, e, g)  # step: cbow_pair
            elif not use_cbow:
                for j in range(low, high):
                    if j != i:
                        skip_gram(W, C, kept[i], outputs[j], rate, e, g)  # step: pair


@compiled
def choose_pairs(
    order: Array, ids: Array, offsets: Array, keep: Array, noise: Array, random: Array, window: int, use_cbow: bool,
    inputs: Array, outputs: Array,
) -> int:  # fmt: skip
    """Fills inputs (P, m) and outputs (P, K+1) with pairs from the sentences in `order`; returns how many it found.

    The pairs are those of `read_on`, of skip-gram one for each centre word. Unused inputs are −1.
    """
    kept, drawn = np.empty(LONGEST, np.int32), np.empty((LONGEST, outputs.shape[1]), np.int32)
    found = 0
    for s in order:
        n = keep_words(ids[offsets[s] : offsets[s + 1]], keep, random, kept)
        draw_outputs(kept, n, noise, random, drawn)
        for i in range(n):
            low, high = window_around(i, n, window, random)
            if high - low > 1 and found < len(inputs):
                j = low + draw(random, high - low - 1)
                j += j >= i
                inputs[found], outputs[found] = -1, drawn[i if use_cbow else j]
                if use_cbow:
                    inputs[found, : i - low], inputs[found, i - low : high - low - 1] = kept[low:i], kept[i + 1 : high]
                else:
                    inputs[found, 0] = kept[i]
                found += 1
    return found


@compiled
def objective(W: Array, C: Array, inputs: Array, outputs: Array) -> float:
    """−log σ(v′_c · v) − Σ log σ(−v′_n · v) in nats, the mean over pairs: inputs (P, m), outputs (P, K+1)."""
    total, v = 0.0, np.empty(W.shape[1], np.float32)
    for pair in range(len(inputs)):
        m = np.sum(inputs[pair] >= 0)
        v[:] = 0
        for word in inputs[pair, :m]:
            add(v, np.float32(1 / m), W[word])
        for k in range(outputs.shape[1]):
            if k == 0 or outputs[pair, k] != outputs[pair, 0]:
                s = dot(C[outputs[pair, k]], v)  # step: after
                x = -s if k == 0 else s
                total += max(x, 0) + math.log1p(math.exp(-abs(x)))  # −log σ(−x)
    return total / len(inputs)


# ---- the model and its training ---------------------------------------------------------------------------------


@dataclass(eq=False)
class Model:
    """Two tables of vectors, W (V, D) for words as input and C (V, D) as output, and the text they learn from.

    `ids` (N,) int32 are the words of the text, `offsets` (S+1,) int64 where its sentences begin. `keep` (V,) float32
    is the probability that subsampling keeps a word, `noise` int32 a list of words in which each stands in proportion
    to count^power. `random` (1,) uint64 is the state of chance. The loss is measured on `inputs` (P, m) and `outputs`
    (P, K+1), always the same pairs and negatives. `step` counts the sentences read.
    """

    spec: Word2Vec
    vocabulary: Vocabulary
    ids: np.ndarray
    offsets: np.ndarray
    keep: np.ndarray
    noise: np.ndarray
    W: np.ndarray
    C: np.ndarray
    random: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray
    questions: analogies.Questions
    step: int = 0
    learning_seconds: float = 0.0

    @property
    def total(self) -> int:
        """Sentences to be read in the whole training."""
        return self.spec.epochs * (len(self.offsets) - 1)

    def words_read(self) -> int:
        """Words read so far, before subsampling."""
        epoch, sentence = divmod(self.step, len(self.offsets) - 1)
        return int(epoch * len(self.ids) + self.offsets[sentence])


def preparing(spec: Word2Vec, text: str | None = None) -> Generator[float, None, Model]:
    """Reads the text, yielding the fraction done, and returns the model with its first weights.

    Raises Mistake("vocabulary_too_small") if no two known words ever stand together, or what the text raises.
    """
    sentences = yield from corpora.reading(spec, text)
    vocabulary = count(sentences, spec.min_count)
    yield 1.0
    ids, offsets = encode(sentences, vocabulary)
    yield 1.0
    warm()
    yield 1.0
    return _model(spec, vocabulary, ids, offsets)


def build(spec: Word2Vec, text: str | None = None) -> Model:
    """The model with its first weights: `preparing` in one go."""
    return finish(preparing(spec, text))


def _cut(offsets: np.ndarray) -> np.ndarray:
    """The same beginnings of sentences (S+1,), with further ones so that none is longer than LONGEST; no empty ones."""
    long = np.flatnonzero(np.diff(offsets) > LONGEST)
    return np.unique(np.concatenate([offsets, *(np.arange(offsets[s], offsets[s + 1], LONGEST) for s in long)]))


def _model(spec: Word2Vec, vocabulary: Vocabulary, ids: np.ndarray, offsets: np.ndarray) -> Model:
    """First weights as in word2vec.c: W uniform within ±1/2D, C zero, so that at first every σ is ½."""
    V, D, offsets = len(vocabulary.words), spec.dim, _cut(offsets)
    if V < 2 or np.diff(offsets).max(initial=0) < 2:
        raise Mistake("vocabulary_too_small", words=V, min_count=spec.min_count)
    W = (np.random.default_rng(spec.seed).random((V, D), dtype=np.float32) - np.float32(0.5)) / np.float32(D)
    random = np.random.SeedSequence(spec.seed).generate_state(1, np.uint64)
    keep, noise = keep_probability(vocabulary.counts, spec.sample), noise_list(vocabulary.counts, spec.power)
    inputs, outputs = _fixed_pairs(spec, ids, offsets, keep, noise)
    questions = analogies.indexed(corpora.questions(spec.corpus, spec.language), vocabulary.index)
    C = np.zeros_like(W)
    return Model(spec, vocabulary, ids, offsets, keep, noise, W, C, random, inputs, outputs, questions)


def keep_probability(counts: np.ndarray, sample: float) -> np.ndarray:
    """√(t/f) + t/f, at most 1, for words with share f = count / N of the text: (V,) float32. All 1 if t = 0."""
    if not sample:
        return np.ones(len(counts), np.float32)
    ratio = sample * counts.sum() / counts  # t/f (V,)
    keep: np.ndarray = np.minimum(1, np.sqrt(ratio) + ratio).astype(np.float32)
    return keep


def noise_list(counts: np.ndarray, power: float) -> np.ndarray:
    """A list of words, each in proportion to count^power: a random place in it is a draw. At least 64 places a word."""
    size = 1 << (64 * len(counts)).bit_length()
    share = np.cumsum(counts.astype(np.float64) ** power)  # (V,)
    noise: np.ndarray = np.searchsorted(share, (np.arange(size) + 0.5) / size * share[-1]).astype(np.int32)
    return noise


def _fixed_pairs(
    spec: Word2Vec, ids: np.ndarray, offsets: np.ndarray, keep: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Up to PAIRS pairs (inputs, outputs) from all over the text. If subsampling leaves none, it is left out."""
    order = np.random.default_rng([spec.seed, 1]).permutation(len(offsets) - 1)
    use_cbow = spec.architecture == "cbow"
    inputs = np.empty((PAIRS, 2 * spec.window if use_cbow else 1), np.int32)
    outputs = np.empty((PAIRS, spec.negatives + 1), np.int32)
    found = 0
    for kept in (keep, np.ones_like(keep)):
        random = np.random.SeedSequence([spec.seed, 2]).generate_state(1, np.uint64)
        found = found or choose_pairs(order, ids, offsets, kept, noise, random, spec.window, use_cbow, inputs, outputs)
    return inputs[:found].copy(), outputs[:found].copy()


def advance(model: Model, step: int) -> None:
    """Reads on, up to sentence number `step` of the whole training."""
    spec, begin = model.spec, time.thread_time()
    read_on(
        model.step, step, spec.epochs, model.ids, model.offsets, model.keep, model.noise, model.W, model.C,
        model.random, spec.window, spec.negatives, spec.architecture == "cbow", spec.lr,
    )  # fmt: skip
    model.step = step
    model.learning_seconds += time.thread_time() - begin


def train(model: Model) -> Iterator[Snapshot]:
    """Trains in place. Yields before the first update and then about SNAPSHOTS times; more if the run is long."""
    seconds, begin = 0.0, time.thread_time()
    for step in [model.step, *_marks(model)]:
        advance(model, step)
        metrics = measure(model)
        seconds += time.thread_time() - begin
        yield Snapshot(model.step, model.total, seconds, metrics)
        begin = time.thread_time()


def _marks(model: Model) -> list[int]:
    """The steps still to come at which to pause: evenly spread over the words, since sentences differ in length."""
    spec, words = model.spec, model.spec.epochs * len(model.ids)
    work = words * (spec.window + 1) * (spec.negatives + 1) * (spec.dim + 20)
    pauses = max(SNAPSHOTS, math.ceil(work / SLICE))
    epoch, word = np.divmod(np.arange(1, pauses + 1) * words // pauses, len(model.ids))  # (pauses,) each
    steps = np.unique(epoch * (len(model.offsets) - 1) + np.searchsorted(model.offsets, word))
    return [int(step) for step in steps if step > model.step]


def measure(model: Model) -> dict[str, float]:
    """loss: the objective in nats a pair, on pairs of the text and negatives that stay the same all along.
    words_per_second: words read, before subsampling, per CPU-second of learning (not of measuring).
    analogy_accuracy, analogy_<category>: 3CosAdd, question words excluded, of questions with known words only.

    Raises Mistake("training_diverged") if the steps were so large that the numbers grew past all bounds.
    """
    loss = objective(model.W, model.C, model.inputs, model.outputs)
    if not math.isfinite(loss):
        raise Mistake("training_diverged", lr=f"{model.spec.lr:g}")
    speed = model.words_read() / model.learning_seconds if model.step else 0.0
    return {"loss": loss, "words_per_second": speed, **analogies.accuracy(model.W, model.questions)}


def warm() -> None:
    """Compiles everything, or loads it from where it was kept."""
    for architecture in ("skip_gram", "cbow"):
        spec = Word2Vec(architecture=architecture, dim=2, epochs=1, min_count=1)
        vocabulary = count([["a", "b"]], 1)
        model = _model(spec, vocabulary, *encode([["a", "b"]], vocabulary))
        advance(model, 1)
        measure(model)
        trace_update(model)


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the model."""
    spec, index = model.spec, model.vocabulary.index
    analogy = corpora.default_analogy(spec.corpus, spec.language)
    wanted = corpora.map_words(spec.corpus, spec.language) or _telling(model)
    return {
        "vocabulary": list(model.vocabulary.words[:LISTED]),
        "vocabulary_size": len(model.vocabulary.words),
        "tokens": len(model.ids),
        "sentences": len(model.offsets) - 1,
        "parameters": model.W.size + model.C.size,
        "words": [word for word in wanted if word in index],
        "analogy": list(analogy) if analogy and all(word in index for word in analogy) else None,
        "questions": len(model.questions.words),
    }


def _telling(model: Model) -> list[str]:
    """The most frequent words of a text of which no map is known, without those that subsampling mostly skips."""
    found = [word for word, keep in zip(model.vocabulary.words, model.keep, strict=True) if keep > TELLING]
    return [word for word in found if word[0].isalpha()][:MAPPED] or list(model.vocabulary.words[:MAPPED])


def weights(model: Model) -> dict[str, np.ndarray]:
    """Copies of both tables, (V, D) each, and how many sentences were read: the learning rate depends on it."""
    return {"W": model.W.copy(), "C": model.C.copy(), "step": np.array(model.step)}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other tables, of any precision: to ask about another moment, not to train on."""
    W, C = (weights[name].astype(np.float32) for name in ("W", "C"))
    return dataclasses.replace(model, W=W, C=C, step=int(weights["step"]))


# ---- questions: asked of the model as it stands, answers are JSON -----------------------------------------------


def vectors_of(model: Model) -> Vectors:
    """The vectors that are asked: the rows of W."""
    return Vectors.known(model.vocabulary, model.W, model.questions)


ASKED, VIEWS = vectors.questions(vectors_of), {**vectors.views(vectors_of), **bias.views(vectors_of)}
analogy, neighbours, accuracy, baselines, spread, export = (
    ASKED[name] for name in ("analogy", "neighbours", "accuracy", "baselines", "spread", "export")
)
map_view, nearest_view, rank_view = (VIEWS[name] for name in ("map_view", "nearest_view", "rank_view"))


def lean(model: Model, words: list[str], minus: str, plus: str) -> dict[str, Any]:
    """Where words stand between two others, such as he and she: in the text and in the vectors.

    `text` is the share of `plus` among the `minus` and `plus` in the word's sentences, `vectors` the cosine of its
    vector with plus − minus, `correlation` Pearson's, of the two over all words; 0 if one is the same for all words.
    Raises Mistake("word_unknown").
    """
    rows, ends = [vectors_of(model).row(word) for word in words], vectors_of(model).rows((minus, plus))
    direction = model.W[ends[1]] - model.W[ends[0]]  # (D,)
    cosines = analogies.cosines(analogies.unit(model.W[rows]), direction[None])[0]  # (N,)
    sentence = np.repeat(np.arange(len(model.offsets) - 1), np.diff(model.offsets))  # (tokens,) → its sentence
    beside = [np.bincount(sentence[model.ids == end], minlength=len(model.offsets)) for end in ends]
    met = np.array([[counts[np.unique(sentence[model.ids == x])].sum() for counts in beside] for x in rows])  # (N, 2)
    shares = met[:, 1] / np.maximum(met.sum(axis=1), 1)  # (N,)
    alike = min(shares.std(), cosines.std()) == 0  # then there is nothing to go together
    correlation = 0.0 if alike else float(np.corrcoef(shares, cosines)[0, 1])
    return {"words": list(words), "text": shares.tolist(), "vectors": cosines.tolist(), "correlation": correlation}


def pairs(model: Model, sentence: int | None = None, word: str | None = None) -> dict[str, Any]:
    """What training makes of one sentence: its words, the probability to keep each, the window drawn around each.

    `sentence` counts from 0. Without it, the first sentence that is long enough to fill a window, and that has `word`
    in it if one is given. `pairs` are (centre, context) as places in `words`; number `telling` is the one to look at
    first. Raises Mistake("dial_range") for a sentence the text does not have, ("word_unknown").
    """
    offsets = model.offsets
    wanted = -1 if word is None else vectors_of(model).row(word)
    if sentence is None:
        fits = np.diff(offsets).clip(max=model.spec.window + 2)  # (sentences,)
        if word is not None:
            places = np.flatnonzero(model.ids == wanted)
            fits[np.searchsorted(offsets, places, side="right") - 1] += model.spec.window + 2  # goes before length
        sentence = int(fits.argmax())
    if not 0 <= sentence < len(offsets) - 1:
        raise Mistake("dial_range", name="sentence", value=sentence, low=0, high=len(offsets) - 2)
    ids = model.ids[offsets[sentence] : offsets[sentence + 1]]
    radii = np.random.default_rng([model.spec.seed, sentence]).integers(1, model.spec.window, len(ids), endpoint=True)
    found = [(i, j) for i in range(len(ids)) for j in range(len(ids)) if 0 < abs(i - j) <= radii[i]]
    return {
        "sentence": sentence,
        "words": [model.vocabulary.words[x] for x in ids],
        "keep": model.keep[ids].tolist(),
        "radii": radii.tolist(),
        "pairs": found,
        "telling": _telling_pair(ids, model.vocabulary.counts[ids], found, wanted),
    }


def _telling_pair(ids: np.ndarray, counts: np.ndarray, pairs: list[tuple[int, int]], wanted: int) -> int | None:
    """Which pair says most: with the centre word that is wanted, if it is there, and rare words ("the" says little)."""

    def dull(n: int) -> tuple[bool, bool, int, int]:
        i, j = pairs[n]
        return ids[i] == ids[j], ids[i] != wanted, max(counts[i], counts[j]), counts[j]

    return min(range(len(pairs)), key=dull, default=None)


# ---- step-through: one update, number by number -----------------------------------------------------------------


def trace_fixed_example() -> Trace:
    """One update with numbers to redo by hand: centre word not, real context word thou, negatives aaron and taco.

    The dots are 0.2, −1.11 and 0.74, so that σ is 0.550, 0.248 and 0.677. The learning rate is 0.5, to see a change.
    """
    inputs = np.array([[1.0, 0.5, -0.2]], np.float32)
    outputs = np.array([[0.4, -0.2, 0.5], [-0.9, -0.5, -0.2], [0.5, 0.6, 0.3]], np.float32)
    names, all_kept = ("thou", "aaron", "taco"), np.ones(4, np.float32)
    window = _window_steps(("thou", "shalt", "not", "steal"), all_kept, all_kept > 0, 2, 2, names, power=0.75)
    return (*window, *_update_steps(inputs, outputs, 0.5, ("not",), names))


def trace_update(
    model: Model, centre: str | None = None, context: str | None = None, negatives: list[str] | None = None
) -> Trace:
    """One update for a pair of the text, on a copy of its rows: the model does not change.

    By default the pair is the telling one of `pairs`, the negatives are drawn; the learning rate is that of training
    at this moment. In skip-gram the centre word foretells the context word; in CBOW the mean of a window with the
    context word in it foretells the centre word. Raises Mistake("word_unknown"), ("word_twice"), and
    ("pair_never_met") for words that never stand in one window, so that training has no such update.
    """
    spec, words = model.spec, model.vocabulary.words
    begin, tokens, i, j = _meeting(model, centre, context)
    chance = np.random.default_rng([spec.seed, begin, i, j])
    kept = chance.random(len(tokens)) < model.keep[tokens]
    kept[[i, j]] = True  # or else there would be no such pair
    apart = int(kept[min(i, j) : max(i, j)].sum())  # the skipped words between them do not count
    R = int(chance.integers(apart, spec.window, endpoint=True))
    use_cbow = spec.architecture == "cbow"
    into = tokens[_inside(kept, i, R)] if use_cbow else tokens[[i]]
    target = int(tokens[i if use_cbow else j])
    out = [target, *_negatives(model, target, negatives)]
    sentence, inputs, outputs = (tuple(words[x] for x in rows) for rows in (tokens, into, out))
    rate = float(learning_rate(spec.lr, model.words_read() / (spec.epochs * len(model.ids))))
    window = _window_steps(sentence, model.keep[tokens], kept, i, R, outputs, spec.power, use_cbow)
    return (*window, *_update_steps(model.W[into], model.C[out], rate, inputs, outputs, use_cbow))


def _meeting(model: Model, centre: str | None, context: str | None) -> tuple[int, np.ndarray, int, int]:
    """The first sentence in which context stands in the window of centre: where it begins, its words, their places."""
    spec = model.spec
    if centre is None or context is None:
        example = pairs(model)
        i, j = example["pairs"][example["telling"]]
        begin = int(model.offsets[example["sentence"]])
        return begin, model.ids[begin : begin + len(example["words"])], i, j
    x, y = vectors_of(model).rows([centre, context])
    company: Counter[int] = Counter()
    for place in np.flatnonzero(model.ids == x):
        s = int(np.searchsorted(model.offsets, place, side="right"))
        begin, end = int(model.offsets[s - 1]), int(model.offsets[s])
        tokens, i = model.ids[begin:end], int(place) - begin
        near_by = [j for j in range(len(tokens)) if 0 < abs(j - i) <= spec.window]
        if y in tokens[near_by]:
            return begin, tokens, i, min((j for j in near_by if tokens[j] == y), key=lambda j: abs(j - i))
        company.update(tokens[near_by].tolist())
    common = [model.vocabulary.words[z] for z, _ in company.most_common(3)] or "–"
    raise Mistake("pair_never_met", centre=centre, context=context, window=spec.window, near=common)


def _negatives(model: Model, target: int, given: list[str] | None) -> list[int]:
    """The rows of the given words, or of K different ones drawn from the noise; never the target."""
    if given is not None:
        return vectors_of(model).rows([model.vocabulary.words[target], *given])[1:]
    chance = np.random.default_rng([model.spec.seed, target])
    drawn = model.noise[chance.integers(len(model.noise), size=50 * model.spec.negatives)]
    return [int(x) for x in dict.fromkeys(drawn) if x != target][: model.spec.negatives]


AROUND = 2  # words shown before and after a window


def _inside(kept: np.ndarray, i: int, R: int) -> np.ndarray:
    """Which words (T,) stand in the window around place i: up to R on each side, of those that subsampling kept."""
    place = np.cumsum(kept)
    inside: np.ndarray = kept & (np.abs(place - place[i]) <= R)
    inside[i] = False
    return inside


def _around(inside: np.ndarray, i: int) -> slice:
    """The part of a sentence to show: the window around place i, and AROUND words before and after it."""
    places = [i, *np.flatnonzero(inside).tolist()]
    return slice(max(0, min(places) - AROUND), max(places) + AROUND + 1)


def _excerpt(sentence: tuple[str, ...], part: slice) -> tuple[str, ...]:
    """That part of a sentence, with "…" where it is cut."""
    words = list(sentence[part])
    if part.start > 0:
        words[0] = f"… {words[0]}"
    if part.stop < len(sentence):
        words[-1] = f"{words[-1]} …"
    return tuple(words)


def _window_steps(
    sentence: tuple[str, ...],
    keep: np.ndarray,
    kept: np.ndarray,
    i: int,
    R: int,
    outputs: tuple[str, ...],
    power: float,
    use_cbow: bool = False,
) -> tuple[Step, Step]:
    """The window around place i of a sentence, and the words it is told from: `outputs`, the real one first.

    Of a long sentence the part around the window is shown. Words that were skipped have no place: "–".
    """
    inside, place, t = _inside(kept, i, R), np.cumsum(kept), _labels(len(outputs)).astype(np.int64)
    marks = np.where(kept, np.where(inside, "1", "0"), "–")
    marks[i] = "i"
    part = _around(inside, i)
    names = _excerpt(sentence, part)
    looking = rf"i = {place[i]},\quad R = {R},\quad 0 < |i - j| \le R"
    drawing = rf"t = {row(t)},\quad \goodbreak P(n) \propto {{f_n}}^{{{number(power)}}}"
    shown = {"keep": keep[part], "place": np.where(kept, place.astype(str), "–")[part]}
    window = {"window": marks[part]}
    pair = "cbow_pair" if use_cbow else "pair"
    return (
        Step("window", looking, shown, window, _line("window"), dict.fromkeys([*shown, *window], names)),
        Step(pair, drawing, window, {"t": t}, _line(pair), {"window": names, "t": outputs}),
    )


def _update_steps(
    W: np.ndarray, C: np.ndarray, lr: float, inputs: tuple[str, ...], outputs: tuple[str, ...], use_cbow: bool = False
) -> tuple[Step, ...]:
    """One update of the input rows W (m, D) and output rows C (K+1, D), the real one first. Neither changes."""
    t, eta = _labels(len(C)), np.float32(lr)
    v = W.mean(axis=0)  # (D,): the centre word's row, or in CBOW the mean of the window's
    s, p = _scores(C, v)
    new_C, e, g = C.copy(), np.empty_like(s), np.empty_like(v)
    update(v, new_C, np.arange(len(C)), eta, e, g)
    new_W = W + eta * g
    new_v = new_W.mean(axis=0)
    new_s, new_p = _scores(new_C, new_v)
    loss, new_loss = (np.logaddexp(0, np.where(t > 0, -x, x)).sum() for x in (s, new_s))
    names = dict.fromkeys(["W", "W new"], inputs) | dict.fromkeys(["v'", "v' new", "s", "σ(s)", "t", "e"], outputs)
    names |= dict.fromkeys(["s new", "σ(s) new"], outputs) | ({} if use_cbow else dict.fromkeys(["v", "v new"], inputs))
    rows, new_rows = ({"W": W}, {"W new": new_W}) if use_cbow else ({}, {})

    def step(id: str, formula: list[str], given: dict[str, np.ndarray], made: dict[str, np.ndarray]) -> Step:
        return Step(id, _lines(formula), given, made, _line(id), {x: names[x] for x in (*given, *made) if x in names})

    k = range(len(C))
    return (
        step(
            "cbow_lookup" if use_cbow else "lookup",
            [_mean(W, v), *(_vector(x, C[x]) for x in k)],
            {},
            {**rows, "v": v[None], "v'": C},
        ),
        step("dots", [_dot(x, C[x], v, s[x]) for x in k], {"v": v[None], "v'": C}, {"s": s}),
        step("sigma", [_sigma(x, s[x], p[x]) for x in k], {"s": s}, {"σ(s)": p}),
        step("error", [_error(x, t[x], p[x], e[x]) for x in k], {"t": t, "σ(s)": p}, {"e": e}),
        step("gradient", [_gradient(e, C, g)], {"e": e, "v'": C}, {"g": g[None]}),
        step(
            "update_output",
            [_moved(rf"v'_{{{x}}}", C[x], f"{number(lr)} \\cdot {_factor(e[x])}", v, new_C[x]) for x in k],
            {"η": np.array(eta), "e": e, "v": v[None], "v'": C},
            {"v' new": new_C},
        ),
        step(
            "cbow_update_input" if use_cbow else "update_input",
            [_moved("v", v, number(lr), g, new_v)],
            {"η": np.array(eta), "g": g[None], **(rows or {"v": v[None]})},
            {**new_rows, "v new": new_v[None]},
        ),
        step(
            "after",
            [_after(x, s[x], new_s[x], p[x], new_p[x]) for x in k],
            {"v new": new_v[None], "v' new": new_C, "loss": np.array(loss)},
            {"s new": new_s, "σ(s) new": new_p, "loss new": np.array(new_loss)},
        ),
    )


def _line(id: str) -> str:
    """Where the step stands in this file."""
    return f"word2vec.py#{id}"


def _labels(n: int) -> np.ndarray:
    """t (n,): 1 for the real word, which comes first, 0 for the drawn ones."""
    t: np.ndarray = np.eye(1, n, dtype=np.float32)[0]
    return t


def _scores(C: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """s = u · v and σ(s) for each row u of C: (K+1,) each."""
    s = np.array([dot(u, v) for u in C], np.float32)
    return s, np.array([sigmoid(x) for x in s], np.float32)


# The formulas with the numbers put in. Of many rows or components the first few are written out.

ROWS, COLUMNS = 4, 3


def _lines(lines: list[str]) -> str:
    return r" \\ ".join(lines if len(lines) <= ROWS else [*lines[: ROWS - 1], r"\vdots"])


def _few(v: np.ndarray) -> int:
    """How many numbers of a vector are written out: all, or so few that they leave room for the rest of the formula."""
    return len(v) if len(v) <= COLUMNS else COLUMNS - 1


def _start(v: np.ndarray) -> str:
    return row(v, _few(v))


def _factor(value: float) -> str:
    """A number inside a product: a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def _sum(terms: list[str]) -> str:
    return r" \goodbreak {} + ".join(terms)


def _vector(k: int, u: np.ndarray) -> str:
    return rf"v'_{{{k}}} = {_start(u)}"


def _mean(W: np.ndarray, v: np.ndarray) -> str:
    mean = rf"\frac{{1}}{{{len(W)}}} \sum_j v_j = " if len(W) > 1 else ""
    return rf"v = {mean}{_start(v)}"


def _dot(k: int, u: np.ndarray, v: np.ndarray, s: float) -> str:
    terms = [rf"{_factor(x)} \cdot {_factor(y)}" for x, y in zip(u[: _few(u)], v, strict=False)]
    more = [r"\dots"] if len(v) > len(terms) else []
    return rf"s_{{{k}}} = v'_{{{k}}} \cdot v \goodbreak = {_sum(terms + more)} \goodbreak = {number(s)}"


def _sigma(k: int, s: float, p: float) -> str:
    return rf"\sigma(s_{{{k}}}) = \frac{{1}}{{1 + e^{{{number(-s)}}}}} = {number(p)}"


def _error(k: int, t: float, p: float, e: float) -> str:
    return rf"e_{{{k}}} = t_{{{k}}} - \sigma(s_{{{k}}}) \goodbreak = {number(t)} - {number(p)} = {number(e)}"


def _gradient(e: np.ndarray, C: np.ndarray, g: np.ndarray) -> str:
    terms = [rf"{_factor(x)} \allowbreak {_start(u)}" for x, u in zip(e[: ROWS - 1], C, strict=False)]
    more = [r"\dots"] if len(e) > len(terms) else []
    return rf"g = \sum_k e_k\,v'_k \goodbreak = {_sum(terms + more)} \goodbreak = {_start(g)}"


def _moved(name: str, old: np.ndarray, factor: str, direction: np.ndarray, new: np.ndarray) -> str:
    moved = _sum([_start(old), rf"{factor} \allowbreak {_start(direction)}"])
    return rf"{name} \leftarrow {moved} \goodbreak = {_start(new)}"


def _after(k: int, s: float, new_s: float, p: float, new_p: float) -> str:
    scores = rf"s_{{{k}}}: {number(s)} \to {number(new_s)},\quad"
    return rf"{scores} \goodbreak \sigma(s_{{{k}}}): {number(p)} \to {number(new_p)}"


QUESTIONS: dict[str, Callable[..., Any]] = {
    **ASKED,
    **bias.questions(vectors_of),
    "trace_removal": vectors.asked(trace_removal, vectors_of),
    "lean": lean,
    "pairs": pairs,
    "trace_update": trace_update,
    "trace_fixed_example": lambda model: trace_fixed_example(),
}
