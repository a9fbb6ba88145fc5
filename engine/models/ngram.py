"""An n-gram model: the next word is foretold by the few words before it, by counting what followed them in a text.

Markov counted vowels and consonants in "Eugene Onegin" (1913); Shannon wrote English by such counts (1948) and
measured how well people foretell it (1951). The probability of a sentence is the product of the probabilities of its
words, each given the n − 1 words before it, and of the end of the sentence:

    P(w₁ … w_m) = Π P(w_i | w_{i−n+1} … w_{i−1})        perplexity = P(test text)^(−1 / tokens)

Training is reading: counts fill, sentence by sentence. What to do about n-grams that were never seen is in
`smoothing.py`.

What differs here, and why:
- The vocabulary is that of the whole training text from the beginning, so that the perplexities of all moments are of
  the same words. Every other word is <unk>, which is a word of the vocabulary.
- A sentence begins with one <s> and is followed by </s>, which is foretold and counted like a word.
- Perplexity is measured at every moment on the same MEASURED tokens of the held-out sentences, at the end on all (on
  FINAL if there are more, as only the characters of a long text are: it has to be quick). If a word is impossible the
  perplexity is infinite, and left out of the metrics; `impossible` is the share of such words.
- Jelinek and Mercer's weights need a text that was not counted: for them, and only then, a tenth of the training
  sentences, ASIDE words at most, is set aside.
- Text is generated without <unk>. Where no word has a probability (maximum likelihood after an unseen context), the
  first word of the context is forgotten until one has.

Symbols: w a word, h its context, n the order, K the order of the model, V the words that can follow.
"""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.experiments import SMOOTHINGS, NGram
from engine.models import finish, ngram_trace, smoothing
from engine.models.sampling import drawn, sharpened, within
from engine.models.smoothing import (
    ABSOLUTE,
    ADJUSTED,
    COUNT,
    JELINEK,
    KATZ,
    KNESER,
    MODIFIED,
    MORE,
    ONCE,
    RARE,
    ROOT,
    STUPID,
    TOTAL,
    WORDS,
    Counts,
    Smoothing,
)
from engine.models.spelling import numbered, spelling
from engine.snapshot import Numbers, Snapshot
from engine.text.letters import join
from engine.text.split import split
from engine.text.tokens import (
    END,
    MARKS,
    START,
    UNKNOWN,
    beginnings,
    encoded,
    encoding,
    indexed,
    line_of,
    parted,
    typed,
    vocabulary,
    whole_lines,
)
from engine.text.vocabulary import Sentence, look_up
from engine.trace import Trace

SNAPSHOTS = 199  # and one before the first word: 200 moments, as many as a run keeps
MEASURED, FINAL = 3_000, 100_000  # held-out tokens that are scored at every moment, and at the end, at most
ASIDE, SHARE = 5_000, 0.1  # tokens set aside for Jelinek and Mercer's weights at most, and share of the sentences
LISTED = 20_000  # words in `facts`
SHOWN = 12  # words of the heatmap at first
SAMPLE = {"words": 24, "characters": 100}  # tokens of a sampled text
DISCOUNTING = (KATZ, ABSOLUTE, KNESER, MODIFIED)


@dataclass(eq=False)
class Model:
    """Counts of a text's n-grams, and the rule that makes probabilities of them.

    `names` (V + 1,) are the words by number: <unk>, <s>, </s>, then the most frequent first. `offsets` (S + 1,) int64
    is where each training sentence begins in counts.tokens, with its <s>. `held` (T,) int32 are the held-out
    sentences; of their tokens `sample` are measured at every moment, `final` at the end. `aside` are the tokens set
    aside for λ. `step` counts the sentences read: a past moment is the same model with a smaller step, and shares
    everything else.
    """

    spec: NGram
    names: tuple[str, ...]
    index: dict[str, int]
    counts: Counts
    offsets: np.ndarray
    held: np.ndarray
    sample: int
    final: int
    aside: np.ndarray
    step: int = 0
    learning_seconds: float = 0.0
    ready: dict[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Sentences of the training text."""
        return len(self.offsets) - 1

    @property
    def rule(self) -> int:
        """The number of the smoothing."""
        return SMOOTHINGS.index(self.spec.smoothing)


# ---- preparing --------------------------------------------------------------------------------------------------


def preparing(spec: NGram, text: str | None = None) -> Generator[float, None, Model]:
    """Reads the text, yielding the fraction done, and returns the model before its first word.

    Raises Mistake("nothing_held_out") for a text of too few sentences, or what the text raises.
    """
    train, test = yield from parted(spec, text)
    warm()
    yield 1.0
    return (yield from counting(spec, train, test))


def build(spec: NGram, text: str | None = None) -> Model:
    """The model before its first word: `preparing` in one go."""
    return finish(preparing(spec, text))


def fitted(spec: NGram, sentences: Sequence[Sentence]) -> Model:
    """A model that has read these very sentences, all of them; nothing is held out."""
    model = finish(counting(spec, sentences, []))
    advance(model, model.total)
    return model


def counting(spec: NGram, train: Sequence[Sentence], test: Sequence[Sentence]) -> Generator[float, None, Model]:
    """A model of `train`, before its first word, that is measured on `test`."""
    aside: Sequence[Sentence] = []
    if spec.smoothing == SMOOTHINGS[JELINEK]:
        train, aside = set_aside(train, spec.split_seed)
    tokens, names = yield from vocabulary([*train, *aside], spec.min_count)
    index = indexed(names)
    held = yield from encoding(test, index)
    offsets, ends = beginnings(tokens)[: len(train) + 1], beginnings(held)
    tokens, unread = tokens[: offsets[-1]], tokens[offsets[-1] :]
    counts = Counts(tokens, spec.order, spec.smoothing in (SMOOTHINGS[KNESER], SMOOTHINGS[MODIFIED]), len(names) - 1)
    sample, final = (int(ends[np.searchsorted(ends, min(most, len(held)))]) for most in (MEASURED, FINAL))
    return Model(spec, names, index, counts, offsets, held, sample, final, unread)


def set_aside(train: Sequence[Sentence], seed: int) -> tuple[Sequence[Sentence], Sequence[Sentence]]:
    """The sentences that are counted, and those, ASIDE tokens at most, from which λ is learnt."""
    _, aside = split(range(len(train)), SHARE, seed)
    tokens = np.cumsum([len(train[i]) + 1 for i in aside])
    chosen = set(aside[: int(np.searchsorted(tokens, ASIDE)) + 1])
    return [s for i, s in enumerate(train) if i not in chosen], [train[i] for i in sorted(chosen)]


def warm() -> None:
    """Compiles everything, or loads it from where it was kept."""
    for rule in SMOOTHINGS:
        model = finish(counting(NGram(order=2, smoothing=rule), [["a", "b"]], [["a", "b"]]))
        for _ in train(model):
            pass
        sentence(model, "a b")
        score(model, "a b", lines=True)
        recite(model, 2)


# ---- training ---------------------------------------------------------------------------------------------------


def advance(model: Model, step: int) -> None:
    """Reads on, up to sentence number `step`."""
    begin = time.thread_time()
    model.counts.move(int(model.offsets[step]))
    model.step = step
    model.learning_seconds += time.thread_time() - begin


def train(model: Model) -> Iterator[Snapshot]:
    """Reads the text in order. Yields before the first sentence and then about SNAPSHOTS times."""
    seconds, begin = 0.0, time.thread_time()
    for step in [model.step, *_marks(model)]:
        advance(model, step)
        metrics = measure(model)
        text = written(model)["text"]
        seconds += time.thread_time() - begin
        yield Snapshot(model.step, model.total, seconds, metrics, (text,))
        begin = time.thread_time()


def _marks(model: Model) -> list[int]:
    """The steps still to come at which to pause: evenly spread over the words, since sentences differ in length."""
    words = np.arange(1, SNAPSHOTS + 1) * int(model.offsets[-1]) // SNAPSHOTS
    steps = np.unique(np.searchsorted(model.offsets, words))
    return [int(step) for step in steps if step > model.step]


def numbers(model: Model) -> Smoothing:
    """Brings the counts to the model's moment, and returns the rule's numbers there."""
    counts, spec = model.counts, model.spec
    at = int(model.offsets[model.step])
    if counts.read != at or model.ready.get("at") != at:
        counts.move(at)
        rule = smoothing.smoothing(counts, model.rule, spec.k, spec.discount, spec.backoff, model.aside)
        model.ready.update(at=at, rule=rule)
    found: Smoothing = model.ready["rule"]
    return found


def measure(model: Model) -> dict[str, float]:
    """perplexity: per held-out token; on a sample until all is read. Left out while it is infinite.
    impossible: the share of tokens with probability 0. unseen_<n>: the share of held-out n-grams never read.
    tokens: read so far. distinct_<n>: different n-grams among them. tokens_per_second: per CPU-second of counting.
    """
    K, counts = model.spec.order, model.counts
    rule = numbers(model)
    tokens = model.held[: model.final if model.step == model.total else model.sample]
    p, found = smoothing.score(counts, rule, tokens)
    tokens_read = counts.read - model.step
    speed = tokens_read / model.learning_seconds if model.step and model.learning_seconds else 0.0
    return {
        **perplexity(p[tokens != START]),
        **{f"unseen_{n}": share for n, share in enumerate(unseen(tokens, found, K), 1)},
        "tokens": float(tokens_read),
        **{f"distinct_{n}": float(kinds) for n, kinds in enumerate(counts.kinds, 1)},
        "tokens_per_second": speed,
    }


def perplexity(p: np.ndarray) -> dict[str, float]:
    """perplexity of tokens with probabilities p (T,), left out if it is infinite, and the share that is impossible."""
    if not len(p):
        return {}
    possible = {"perplexity": float(np.exp(-np.log(p).mean()))} if p.min() > 0 else {}
    return {**possible, "impossible": float((p == 0).mean())}


def unseen(tokens: np.ndarray, found: np.ndarray, K: int) -> list[float]:
    """For n = 1 … K the share of the n-grams of `tokens` that were never read; 0 where there are none so long."""
    place = np.arange(len(tokens))
    begin = np.maximum.accumulate(np.where(tokens == START, place, 0))  # (T,) where the sentence begins
    long = [(place - begin >= max(n - 1, 1)) for n in range(1, K + 1)]
    return [float((found[which] < n).mean()) if which.any() else 0.0 for n, which in enumerate(long, 1)]


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the model."""
    held = model.held[model.held != START]
    words = [name for name in model.names[len(MARKS) :] if name.strip()]
    return {
        "vocabulary": words[:LISTED],
        "vocabulary_size": len(model.names) - 1,
        "tokens": len(model.counts.tokens) - model.total,
        "sentences": model.total,
        "held_out_tokens": len(held),
        "held_out_sentences": int((held == END).sum()),
        "final_tokens": int((model.held[: model.final] != START).sum()),
        "measured_tokens": int((model.held[: model.sample] != START).sum()),
        "set_aside_tokens": int((model.aside != START).sum()),
        "oov": float((held == UNKNOWN).mean()),
        "longest_sentence": int(np.diff(model.offsets).max()) - 2,
        "words": [word for word in words if word[0].isalnum()][:SHOWN],
        "example": join(_passage(model, 0)),
        "normalised": model.rule != STUPID,
        "fallback": smoothing.fallback(model.rule)[1:4].tolist() if model.rule in DISCOUNTING else [],
    }


def weights(model: Model) -> dict[str, np.ndarray]:
    """A moment is the number of sentences read: counts can be taken back, so no copy of them is kept."""
    return {"step": np.array(model.step)}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model at another moment, to ask about it. The counts move there when it is asked,
    or before that piece by piece: see `approach`."""
    return dataclasses.replace(model, step=int(weights["step"]))


def approach(model: Model) -> bool:
    """A piece of moving the counts to the model's moment, before it is asked or read on. Whether more is to be done."""
    return model.counts.approach(int(model.offsets[model.step]))


# ---- questions: asked of the model as it stands, answers are JSON -----------------------------------------------


def _numbered(model: Model, words: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """<s> and the words as numbers (n + 1,) int32, and the words that are unknown, each once."""
    unknown = [word for word in dict.fromkeys(words) if word not in model.index]
    return encoded([words], model.index)[:-1], unknown


def _named(model: Model, tokens: Sequence[int] | np.ndarray) -> list[str]:
    return [model.names[int(x)] for x in tokens]


def _log2(p: float) -> float | None:
    return math.log2(p) if p > 0 else None


def score(model: Model, text: str, lines: bool = False) -> dict[str, Any]:
    """How well the model foretells a text: perplexity per token, with </s> and with unknown words as <unk>.

    With `lines` every line is one sentence, cut at white space and otherwise taken as it is; without, `text` is one
    sentence, cut as the model's own text was. `oov` are the unknown words among the `tokens`. `perplexity` is None
    where some of them, `impossible`, have probability 0. `normalised` is false for stupid back-off.
    """
    tokens = _lines(model, text) if lines else encoded([typed(model.spec, model.index, text)], model.index)
    p, _ = smoothing.score(model.counts, numbers(model), tokens)
    said = p[tokens != START]
    return {
        "perplexity": perplexity(said).get("perplexity"),
        "tokens": len(said),
        "oov": int((tokens == UNKNOWN).sum()),
        "sentences": int((tokens == START).sum()),
        "impossible": int((said == 0).sum()),
        "normalised": model.rule != STUPID,
    }


def _lines(model: Model, text: str) -> np.ndarray:
    """The `whole_lines` of a text as tokens (N,) int32; by their letters, which is quicker, where that is possible."""
    if not text or not text.isascii() or any(mark in text for mark in MARKS[START:]):
        return encoded(whole_lines(text), model.index)
    if "spelling" not in model.ready:
        model.ready["spelling"] = spelling(model.names)
    return numbered(text, model.ready["spelling"])


def rungs(model: Model, tokens: np.ndarray, i: int) -> list[dict[str, Any]]:
    """How P(token i) is made, from order 1 up: one dict for each order, the last one's `probability` is the model's.

    `tokens` begin with <s>. `count` and `context_count` are of the text, `adjusted` and `total` what the rule goes by,
    `followers` how many words followed the context once, twice and more often, and `rare` up to RARELY times (by
    those counts). probability = `own` f(h w) + `weight` γ(h) · `below`, the probability of the order below.
    """
    rule, nodes, table = numbers(model), model.counts.nodes, model.counts.table
    p, found = 1 / rule.V, []
    for n in range(1, min(model.spec.order, i + 1) + 1):
        context = tokens[i - n + 1 : i]
        h = int(smoothing.contexts_of(model.counts, context)[-1])
        x = int(smoothing.find(nodes, table, h, int(tokens[i])))
        f, gamma = smoothing.share(rule.rule, n - 1, h, x, nodes, *rule.arguments())
        p, below = f + gamma * p, p
        found.append(
            {
                "order": n,
                "context": _named(model, context),
                "count": int(nodes[x, COUNT]),
                "context_count": _stood(model, h),
                "adjusted": int(nodes[x, ADJUSTED]),
                "total": int(nodes[h, TOTAL]),
                "followers": nodes[h, ONCE : MORE + 1].tolist(),
                "rare": int(nodes[h, RARE]),
                "own": float(f),
                "weight": float(gamma),
                "below": float(below),
                "probability": float(p),
            }
        )
    return found


def _stood(model: Model, h: int) -> int:
    """How often a context stood in the text that is read, each time before another token."""
    if h == ROOT:
        return model.counts.read - model.step
    return model.step if h == WORDS + START else int(model.counts.nodes[h, COUNT])


def sentence(model: Model, text: str) -> dict[str, Any]:
    """The probability of a sentence a learner typed, factor by factor, the last one its end.

    `factors` have the word, its context, count and context_count of the longest n-gram, `order` the length of the
    longest n-gram that was seen (0: none), and `path`, one entry for each order from 1: see `rungs`. `log2` is None
    for probability 0. `unknown` words count as <unk>.
    """
    words = typed(model.spec, model.index, text)
    tokens, unknown = _numbered(model, words)
    tokens = np.append(tokens, np.int32(END))
    factors = [_factor(model, tokens, i) for i in range(1, len(tokens))]
    for factor, word in zip(factors, words, strict=False):
        factor["word"] = word
    p = [factor["probability"] for factor in factors]
    total = sum(math.log2(x) for x in p) if min(p) > 0 else None
    return {
        "tokens": [*words, MARKS[END]],
        "unknown": unknown,
        "factors": factors,
        "probability": float(np.prod(p)),
        "log2": total,
        "perplexity": None if total is None else 2 ** (-total / len(p)),
        "normalised": model.rule != STUPID,
    }


def _factor(model: Model, tokens: np.ndarray, i: int) -> dict[str, Any]:
    path = rungs(model, tokens, i)
    top, word = path[-1], model.names[int(tokens[i])]
    seen = max((rung["order"] for rung in path if rung["count"]), default=0)
    return {
        "word": word,
        "token": word,
        "context": top["context"],
        "probability": top["probability"],
        "log2": _log2(top["probability"]),
        "count": top["count"],
        "context_count": top["context_count"],
        "order": seen,
        "path": path,
    }


def trace_sentence(model: Model, text: str | None = None, factor: int | None = None) -> Trace:
    """How the probability of one factor of a sentence comes about. Number `factor` counts from 0; the last one is
    the end of the sentence. By default the first with a whole context, of the example in `facts`.

    Raises Mistake("dial_range") for a factor the sentence does not have.
    """
    words = _passage(model, 0) if text is None else typed(model.spec, model.index, text)
    tokens = np.append(_numbered(model, words)[0], np.int32(END))
    at = min(len(words), model.spec.order - 1) if factor is None else factor
    within(factor=(at, 0, len(words)))
    paths = [rungs(model, tokens, i) for i in range(1, at + 2)]
    before = [path[-1]["probability"] for path in paths[:-1]]
    names = [MARKS[START], *words, MARKS[END]]
    return ngram_trace.steps(numbers(model), names, at + 1, paths[-1], before)


def _after(model: Model, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P of every word (V + 1,) after `tokens`, and the nodes (n,) of its contexts, as far as they were seen.

    Where no word has a probability the longest context is forgotten.
    """
    rule, nodes = numbers(model), model.counts.nodes
    contexts = smoothing.contexts_of(model.counts, tokens)
    p = smoothing.following(model.counts, rule, contexts)
    while p.sum() == 0 and len(contexts) > 1:
        contexts = contexts[:-1]
        p = smoothing.following(model.counts, rule, contexts)
    seen = int((nodes[contexts, TOTAL] > 0).sum())
    return p, contexts[: max(seen, 1)]


def next_words(model: Model, prefix: str = "", n: int = 10) -> dict[str, Any]:
    """The n most probable words after a prefix, which begins a sentence; "</s>" is its end.

    `context` is the end of the prefix that the model found in its text, `context_count` how often it stood there,
    `order` its length + 1; `rest` is the probability of all other words together.
    """
    words = typed(model.spec, model.index, prefix)
    tokens, unknown = _numbered(model, words)
    p, contexts = _after(model, tokens)
    best = np.argsort(-p, kind="stable")[: max(1, n)]
    counts = [_count(model, int(contexts[-1]), int(w)) for w in best]
    answers = [
        {"word": model.names[w], "probability": float(p[w]), "count": c} for w, c in zip(best, counts, strict=True)
    ]
    return {
        "tokens": words,
        "unknown": unknown,
        "context": _named(model, tokens[len(tokens) - len(contexts) + 1 :]),
        "context_count": _stood(model, int(contexts[-1])),
        "order": len(contexts),
        "answers": answers,
        "rest": max(0.0, float(p.sum() - p[best].sum())),
    }


def _count(model: Model, h: int, w: int) -> int:
    """c(h w), for the node of a context and the number of a word."""
    nodes = model.counts.nodes
    return int(nodes[smoothing.find(nodes, model.counts.table, h, w), COUNT])


def generate(
    model: Model,
    prefix: str = "",
    n: int = 20,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int | None = None,
    ends: bool = True,
) -> dict[str, Any]:
    """Up to n tokens after a prefix, each drawn from the model's distribution.

    Each of the `tokens` has its `probability` by the model, the `chance` with which it was drawn (temperature 0
    always takes the most probable word; `top_k` words are drawn from, all if 0, and of these the fewest that have
    `top_p` of the probability), and the `order` of the context found. Stops at the end of the sentence, or with
    `ends` false begins another. Raises Mistake("dial_range").
    """
    within(n=(n, 1, 500), temperature=(temperature, 0, 10), top_k=(top_k, 0, 10**9), top_p=(top_p, 0, 1))
    words = typed(model.spec, model.index, prefix)
    history, unknown = _numbered(model, words)
    chance = np.random.default_rng(model.spec.seed if seed is None else seed)
    made: list[dict[str, Any]] = []
    for _ in range(n):
        p, contexts = _after(model, history)
        q = sharpened(p, temperature, top_k, top_p)
        w = drawn(q, chance)
        made.append({
            "word": model.names[w], "probability": float(p[w]), "chance": float(q[w] / q.sum()),
            "order": len(contexts), "context": _named(model, history[len(history) - len(contexts) + 1 :]),
        })  # fmt: skip
        history = np.append(history, np.int32(w)) if w != END else np.array([START], np.int32)
        if w == END and ends:
            break
    said = [each["word"] for each in made if each["word"] != MARKS[END]]
    return {"prefix": words, "unknown": unknown, "tokens": made, "text": line_of(model.spec, [*words, *said])}


def written(model: Model) -> dict[str, Any]:
    """The text of a snapshot: drawn with the same chances at every moment, so that only the model changes."""
    return generate(model, n=SAMPLE[model.spec.segment])


def where(model: Model, words: Sequence[str], most: int = 20) -> dict[str, Any]:
    """The sentences of the training text, as far as it is read, in which these words stand in a row.

    `count` is how often; of the first `most` places the number of the sentence, its words, and `at`, the place in it.
    "<s>" and "</s>" may be among the words. Raises Mistake("word_unknown") or ("word_unlike").
    """
    wanted = [_row(model, word) for word in words]
    text = model.counts.tokens[: model.offsets[model.step]]
    hits = np.ones(max(0, len(text) - len(wanted) + 1), bool)
    for i, w in enumerate(wanted):
        hits &= text[i : i + len(hits)] == w
    places = np.flatnonzero(hits) if wanted else np.empty(0, np.int64)
    found = []
    for at in places[:most]:
        s = int(np.searchsorted(model.offsets, at, side="right")) - 1
        line = text[model.offsets[s] : model.offsets[s + 1]]
        found.append({"sentence": s, "words": _named(model, line[1:-1]), "at": int(at - model.offsets[s]) - 1})
    return {"words": list(words), "count": len(places), "sentences": found}


def _row(model: Model, word: str) -> int:
    """A word's number. Raises Mistake("word_unknown") with words spelt like it, ("word_unlike") if there are none."""
    mark = word.strip().lower()
    return MARKS.index(mark) if mark in MARKS else look_up(word, model.index, model.names[len(MARKS) :])


LEAST, MOST = {"words": 6, "characters": 20}, {"words": 30, "characters": 80}  # tokens of a passage to guess


def _passage(model: Model, number: int) -> list[str]:
    """Held-out sentence number `number` of those that are neither short nor long, and have no unknown word."""
    least, most = LEAST[model.spec.segment], MOST[model.spec.segment]
    starts = np.flatnonzero(model.held == START)
    if not len(starts):
        return []
    ends = np.append(starts[1:], len(model.held))
    good = [(a, b) for a, b in zip(starts, ends, strict=True) if least <= b - a - 2 <= most]
    known = [(a, b) for a, b in good[:2_000] if not (model.held[a:b] == UNKNOWN).any()]
    a, b = (choices := known or good or [(starts[0], ends[0])])[number % len(choices)]
    return _named(model, model.held[a + 1 : min(b - 1, a + 1 + most)])


def shannon(model: Model, passage: int = 0, text: str | None = None, n: int = 5) -> dict[str, Any]:
    """Shannon's game: for each place of a held-out sentence what the model would guess, and how right it was.

    `positions` have the word, its probability, `bits` = −log₂ of it, its `rank` among the model's guesses (1: the
    first), and the n first guesses. The last position is the end of the sentence. `text` is guessed instead of
    held-out sentence number `passage` if it is given. `bits` and `bits_per_character` are of the whole; None if a word
    was impossible. For characters a token is a character; for words a character of the text, spaces counted.
    """
    words = typed(model.spec, model.index, text) if text is not None else _passage(model, passage)
    history, unknown = _numbered(model, words)
    tokens = np.append(history, np.int32(END))
    positions = [_guess(model, tokens, i, n) for i in range(1, min(len(tokens), 200))]
    bits = [each["bits"] for each in positions]
    total = None if None in bits else sum(bits)
    characters = len(line_of(model.spec, words)) + 1  # the end of the sentence, too, must be guessed
    return {
        "passage": passage,
        "tokens": [*words, MARKS[END]],
        "unknown": unknown,
        "positions": positions,
        "bits": total,
        "bits_per_token": None if total is None else total / len(positions),
        "bits_per_character": None if total is None else total / characters,
        "characters": characters,
    }


def _guess(model: Model, tokens: np.ndarray, i: int, n: int) -> dict[str, Any]:
    rule, w = numbers(model), int(tokens[i])
    p = smoothing.following(model.counts, rule, smoothing.contexts_of(model.counts, tokens[:i]))
    first = np.argsort(-p, kind="stable")[:n]
    return {
        "word": model.names[w],
        "probability": float(p[w]),
        "bits": -math.log2(p[w]) if p[w] > 0 else None,
        "rank": int((p > p[w]).sum()) + 1,
        "guesses": [{"word": model.names[x], "probability": float(p[x])} for x in first],
    }


def recite(model: Model, n: int = 60, seed: int | None = None, temperature: float = 1.0) -> dict[str, Any]:
    """How much of a generated text is copied: it is cut, from its beginning, into the longest pieces that stand in
    the training text just like that.

    `pieces` have where they begin in `tokens`, their length, and the number of the first sentence they stand in;
    `longest` is the longest of them, `mean` their mean length.
    """
    within(n=(n, 1, 200))
    made = generate(model, "", n, temperature, seed=seed, ends=False)["tokens"]
    names = [MARKS[START]]
    for each in made:
        names += [each["word"], MARKS[START]] if each["word"] == MARKS[END] else [each["word"]]
    number = {**model.index, MARKS[START]: START, MARKS[END]: END}
    tokens = np.array([number[name] for name in names], np.int32)
    text, at = model.counts.tokens[: model.offsets[model.step]], 0
    pieces: list[dict[str, Any]] = []
    while at < len(tokens):
        length, place = smoothing.longest(tokens[at:], text)
        s = int(np.searchsorted(model.offsets, place, side="right")) - 1 if length else None
        pieces.append({"begin": at, "length": max(1, int(length)), "sentence": s})
        at += max(1, int(length))
    longest = max(pieces, key=lambda piece: piece["length"])
    return {"tokens": names, "pieces": pieces, "longest": longest, "mean": len(tokens) / len(pieces)}


def discounts(model: Model) -> dict[str, Any]:
    """The rule's numbers: for each order the counts of counts n₁ … n₄, the discounts D₁, D₂, D₃₊ (of Katz D₁ … D₅),
    Jelinek and Mercer's λ or the factor of stupid back-off, and whether a stated value stands in for one that the
    text does not give (`fell_back`).
    """
    rule, counts = numbers(model), model.counts
    shown = {KATZ: 5, MODIFIED: 3, ABSOLUTE: 1, KNESER: 1}.get(model.rule, 0)
    weighted = model.rule in (JELINEK, STUPID)
    orders = [
        {
            "order": j + 1,
            "kinds": int(counts.kinds[j]),
            "counts_of_counts": counts.tallies[j, 1:5].tolist(),
            "discounts": rule.discount[j, 1 : shown + 1].tolist(),
            "weight": float(rule.weight[j]) if weighted else None,
            "fell_back": j + 1 in rule.fell_back,
        }
        for j in range(counts.order)
    ]
    return {
        "smoothing": model.spec.smoothing,
        "normalised": model.rule != STUPID,
        "orders": orders,
        "fell_back": list(rule.fell_back),
        "fallback": smoothing.fallback(model.rule)[1 : shown + 1].tolist() if shown else [smoothing.EVEN] * weighted,
    }


# ---- views: what a stage draws of one moment, numbers only ------------------------------------------------------


def heatmap_view(model: Model, previous: Numbers | None, words: tuple[str, ...]) -> Numbers:
    """Pairs of words: counts (n, n) int32 of row then column, and the model's P(column | row) (n, n) float32.

    A model of order 1 counts no pairs. Raises Mistake("word_unknown"), ("word_unlike").
    """
    rows = [_row(model, word) for word in words]
    rule = numbers(model)
    counts = [[_count(model, WORDS + a, b) if model.spec.order > 1 else 0 for b in rows] for a in rows]
    after = [smoothing.contexts_of(model.counts, np.array([a], np.int32)) for a in rows]
    p = [smoothing.following(model.counts, rule, contexts)[rows] for contexts in after]
    return {
        "words": list(words),
        "counts": np.array(counts, np.int32),
        "probabilities": np.array(p, np.float32),
    }


def bars_view(model: Model, previous: Numbers | None, prefix: str = "", n: int = 10) -> Numbers:
    """The n most probable words after a prefix: words, probabilities (n,), counts (n,), the context and its count."""
    found = next_words(model, prefix, n)
    return {
        "words": [each["word"] for each in found["answers"]],
        "scores": np.array([each["probability"] for each in found["answers"]], np.float32),
        "counts": np.array([each["count"] for each in found["answers"]], np.int32),
        "context": found["context"],
        "context_count": found["context_count"],
    }


def sample_view(model: Model, previous: Numbers | None) -> Numbers:
    """A text drawn from the model at this moment: as one line, its tokens, and the order of each one's context."""
    made = written(model)
    tokens = made["tokens"]
    orders = np.array([each["order"] for each in tokens], np.int8)
    return {"text": made["text"], "words": [each["word"] for each in tokens], "orders": orders}


def unseen_view(model: Model, previous: Numbers | None) -> Numbers:
    """For each order (K,) the share of held-out n-grams, of those measured at every moment, that were never read."""
    tokens = model.held[: model.sample]
    _, found = smoothing.score(model.counts, numbers(model), tokens)
    K = model.spec.order
    return {"order": np.arange(1, K + 1), "unseen": np.array(unseen(tokens, found, K), np.float32)}


QUESTIONS: dict[str, Callable[..., Any]] = {
    "score": score,
    "sentence": sentence,
    "trace_sentence": trace_sentence,
    "next_words": next_words,
    "generate": generate,
    "where": where,
    "shannon": shannon,
    "recite": recite,
    "discounts": discounts,
}
VIEWS: dict[str, Callable[..., Numbers]] = {
    "heatmap_view": heatmap_view,
    "bars_view": bars_view,
    "sample_view": sample_view,
    "unseen_view": unseen_view,
}
