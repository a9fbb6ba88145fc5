"""A neural probabilistic language model: words become vectors, and a network foretells the next one from a few of them.

Bengio, Ducharme, Vincent and Jauvin (2003, "A neural probabilistic language model"). The vectors of the n − 1 words
before stand side by side in x, and one hidden layer, with or without direct connections, scores every word:

    x = (C(w_{t−1}), …, C(w_{t−n+1}))        y = b + W x + U tanh(d + H x)        P(w_t | …) = e^{y_{w_t}} / Σ_i e^{y_i}

The loss is −ln P of the word that came, the mean over the text. C is learnt with all the rest: words that can stand for
each other get vectors that are alike, so a sentence teaches the model something of sentences that it has never seen.

What differs here, and why:
- Adam (Kingma and Ba 2015) takes the steps, on batches of words, and their size falls to a fiftieth in a straight line:
  it learns in seconds what plain gradient descent, one word at a time, learns in many. Descent is a setting.
- Words side by side stand in the order of the sentence, the nearest last. Before the beginning there is <s>.
- Without hidden units only W is left, which then is always there.
- A phrase can be left `without`: training sentences that contain it are taken out, and kept to ask about.
- When training is over, an n-gram model of the same order (modified Kneser–Ney) counts the same sentences, to compare.
- A run whose numbers grow past all bounds ends with the last weights that were good. <unk> is never drawn.

Symbols: n − 1 words of context, m dimensions of a word's vector, h hidden units, V words that can follow (<unk>, </s>
and the words), B words in a batch.
"""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from engine.experiments import NNLM, NGram
from engine.measure import analogies, vectors
from engine.measure.vectors import Vectors, asked
from engine.mistake import Mistake
from engine.models import finish, ngram, nnlm_trace, smoothing, timed, tiny_is_zero
from engine.models.language import LISTED, MOST_NATS, Told, bars, copies, longest, marks
from engine.models.sampling import drawn, sharpened, within
from engine.snapshot import Numbers, Snapshot
from engine.text import corpora
from engine.text.tokens import (
    END,
    MARKS,
    START,
    UNKNOWN,
    beginnings,
    encoded,
    encoding,
    foretold,
    indexed,
    line_of,
    line_typed,
    outputs,
    parted,
    typed,
    vocabulary,
    whole_lines,
)
from engine.text.vocabulary import Sentence, look_up
from engine.trace import Trace

MEASURED, FINAL = 1_000, 100_000  # held-out tokens that are scored at every moment, and at the end, at most
WORK = 2_000_000_000  # multiplications and additions between two snapshots, at most: about 20 ms
LAST = 0.02  # the share of `lr` that is left at the end
TINY = 1e-37  # a probability that is told as no smaller, so that its logarithm is finite (below 1e-38 stands 0)
COUNTED = 1_000  # sentences that the n-gram model counts in one go
MAPPED = 40  # words on the map
SAMPLE = {"words": 24, "characters": 100}  # tokens of a sampled text
KEPT = 20  # sentences with the phrase that was left out, which can be asked about

Tensor = torch.Tensor
Weights = dict[str, Tensor]

# ---- the network ------------------------------------------------------------------------------------------------


def first_weights(V: int, context: int, m: int, h: int, direct: bool, seed: int) -> Weights:
    """Weights before training: C normal, H and U uniform within ±1/√(their inputs), W and the biases 0.

    C has a row for each word and <s>: (V + 1, m). U, b and W have one for each that can follow.
    """
    chance, wide = torch.Generator().manual_seed(seed), context * m

    def uniform(rows: int, columns: int) -> Tensor:
        return (torch.rand(rows, columns, generator=chance) * 2 - 1) / math.sqrt(columns)

    w = {"C": 0.3 * torch.randn(V + 1, m, generator=chance), "b": torch.zeros(V)}
    if h:
        w |= {"H": uniform(h, wide), "d": torch.zeros(h), "U": uniform(V, h)}
    if direct or not h:
        w["W"] = torch.zeros(V, wide)
    return w


def forward(w: Weights, words: Tensor) -> Weights:
    """From the numbers of the context's words (B, n − 1) to the scores y (B, V); returns all that it computes.

    `addmm(b, t, U.T)` is b + t Uᵀ in one go.
    """
    x = w["C"][words].flatten(1)  # (B, (n − 1)m)  # step: concatenate
    found = {"x": x, "y": w["b"].expand(len(x), -1)}  # (B, V)  # step: logits
    if "H" in w:
        a = torch.addmm(w["d"], x, w["H"].T)  # (B, h)  # step: hidden
        t = torch.tanh(a)  # step: tanh
        found |= {"a": a, "t": t, "y": torch.addmm(found["y"], t, w["U"].T)}  # (B, V)  # step: output
    if "W" in w:
        found["y"] = torch.addmm(found["y"], x, w["W"].T)  # (B, V)  # step: direct
    return found


# ---- the model --------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Model:
    """The network and the text it learns from.

    `names` (V + 1,) are the words by number: <unk>, <s>, </s>, then the most frequent first. `text` (N,) int32 are the
    training sentences, each with n − 1 <s> before it, and `held` (T,) the held-out ones; some of them, `sample` (S,),
    are measured at every moment, their first `final` tokens at the end. `places` (M,) are where the tokens stand that
    are foretold. `without` are sentences that were left out. `w` are the weights; `step` counts tokens, `update`
    updates. `rival` is what the n-gram model says, once training is over; `ready` is what training needs.
    """

    spec: NNLM
    names: tuple[str, ...]
    index: dict[str, int]
    text: np.ndarray
    places: np.ndarray
    held: np.ndarray
    sample: np.ndarray
    final: int
    left_out: int
    without: list[tuple[np.ndarray, int]]
    w: Weights
    step: int = 0
    update: int = 0
    diverged: bool = False
    learning_seconds: float = 0.0
    rival: dict[str, Any] = field(default_factory=dict)
    ready: dict[str, Any] = field(default_factory=dict)

    @property
    def updates(self) -> int:
        """Updates of the whole training."""
        return self.spec.epochs * math.ceil(len(self.places) / self.spec.batch)

    @property
    def learning(self) -> int:
        """Tokens foretold in the whole training."""
        return self.spec.epochs * len(self.places)

    @property
    def total(self) -> int:
        """Those, the held-out ones that are foretold at its end, and the sentences that the n-gram model counts."""
        return self.learning + foretold(self.held[: self.final]) + int((self.text == END).sum())

    @property
    def still(self) -> Weights:
        """The weights for questions, without a record for gradients."""
        return {name: each.detach() for name, each in self.w.items()}

    @property
    def work(self) -> int:
        """Multiplications and additions for one token, forwards; e^y of each word takes as long as some 200."""
        matrices = sum(each.numel() for name, each in self.w.items() if name in "HUW")
        return 2 * matrices + 200 * len(self.names) + 5_000

    @property
    def upkeep(self) -> int:
        """As many again for each batch, however small: the gradients of all weights are added up and followed."""
        return 150 * sum(each.numel() for each in self.w.values()) + 45_000_000

    @property
    def slow(self) -> bool:
        """Whether measuring a moment and writing its text take long enough to be done in pieces."""
        return (len(self.sample) + SAMPLE[self.spec.segment]) * self.work > WORK


def preparing(spec: NNLM, text: str | None = None) -> Generator[float, None, Model]:
    """Reads the text, yielding the fraction done, and returns the model with its first weights.

    Raises Mistake("nothing_held_out") for a text of too few sentences, ("phrase_short"), ("phrase_long"),
    ("phrase_missing") or ("phrase_everywhere") for a phrase that cannot be left out, or what the text raises.
    """
    train, test = yield from parted(spec, text)
    model = yield from reading(spec, train, test)
    yield 1.0
    warm()
    return model


def build(spec: NNLM, text: str | None = None) -> Model:
    """The model with its first weights: `preparing` in one go."""
    return finish(preparing(spec, text))


def fitted(spec: NNLM, sentences: Sequence[Sentence]) -> Model:
    """A model trained on these very sentences; nothing is held out."""
    model = finish(reading(spec, sentences, []))
    for _ in train(model):
        pass
    return model


def reading(spec: NNLM, train: Sequence[Sentence], test: Sequence[Sentence]) -> Generator[float, None, Model]:
    """A model of `train` with its first weights, that is measured on `test`.

    Vocabulary and held-out sentences are those of the whole text, also if a phrase is left out.
    """
    tokens, names = yield from vocabulary(train, spec.min_count)
    index = indexed(names)
    held = yield from encoding(test, index)
    left: list[tuple[np.ndarray, int]] = []
    if spec.without.strip():
        tokens, left = without(spec, names, index, tokens)
    text, held, n = padded(tokens, spec.context), padded(held, spec.context), len(left)
    w = first_weights(len(names) - 1, spec.context, spec.dim, spec.hidden, spec.direct == "yes", spec.seed)
    places = np.flatnonzero(text != START).astype(np.int32)
    model = Model(spec, names, index, text, places, held, held[:0], 0, n, left[:KEPT], w)
    few = min(MEASURED, max(200, WORK // (4 * model.work)))  # of a large vocabulary only as many as take 5 ms
    ends = np.append(np.flatnonzero(held == END) + 1, len(held))
    model.sample, model.final = spread(held, few), int(ends[np.searchsorted(ends, min(FINAL, len(held)))])
    return model


def spread(held: np.ndarray, few: int) -> np.ndarray:
    """Every so-maniest sentence of the held-out tokens (T,): about `few` tokens (S,), from the whole of the text."""
    lengths = np.diff(np.flatnonzero(held == END), prepend=-1)
    chosen = np.arange(len(lengths)) % math.ceil(max(1, len(held)) / few) == 0
    found: np.ndarray = held[np.repeat(chosen, lengths)]
    return found


def padded(tokens: np.ndarray, context: int) -> np.ndarray:
    """Sentences as tokens (N,) with `context` <s> before each, where one was: so no window leaves its sentence."""
    return np.repeat(tokens, np.where(tokens == START, context, 1))


def without(
    spec: NNLM, names: Sequence[str], index: dict[str, int], tokens: np.ndarray
) -> tuple[np.ndarray, list[tuple[np.ndarray, int]]]:
    """The text without the sentences that contain the phrase `spec.without`; and those, each with the place of the
    phrase's last word. Both as tokens with <s> and </s>.
    """
    phrase = typed(spec, index, spec.without)
    if not 2 <= len(phrase) <= spec.context + 1:
        raise Mistake("phrase_short" if len(phrase) < 2 else "phrase_long", phrase=spec.without, most=spec.context + 1)
    wanted = [look_up(word, index, names[len(MARKS) :]) for word in phrase]
    stands = np.ones(max(0, len(tokens) - len(wanted) + 1), bool)
    for i, word in enumerate(wanted):
        stands &= tokens[i : i + len(stands)] == word
    edges = beginnings(tokens)
    found = np.searchsorted(edges, np.flatnonzero(stands), side="right") - 1  # sentences
    if not len(found):
        raise Mistake("phrase_missing", phrase=spec.without)
    if len(np.unique(found)) == len(edges) - 1:
        raise Mistake("phrase_everywhere", phrase=spec.without)
    first = {int(s): int(i) for s, i in zip(found[::-1], np.flatnonzero(stands)[::-1], strict=True)}
    left = [
        (tokens[edges[s] : edges[s + 1]].copy(), i - int(edges[s]) + len(wanted) - 1) for s, i in sorted(first.items())
    ]
    keep = np.repeat(~np.isin(np.arange(len(edges) - 1), found), np.diff(edges))
    return tokens[keep], left


def windows(text: np.ndarray, places: np.ndarray, context: int) -> tuple[Tensor, Tensor]:
    """The words before each place (B, n − 1), the nearest last, and what stands there, as outputs (B,)."""
    words = text[places[:, None] + np.arange(-context, 0)].astype(np.int64)  # (B, n − 1)
    return torch.from_numpy(words), torch.from_numpy(outputs(text[places]))


def warm() -> None:
    """Lets torch and the n-gram model load what they need at first use."""
    ngram.warm()
    w = {name: each.requires_grad_() for name, each in first_weights(3, 2, 2, 2, True, 0).items()}
    torch.optim.Adam(w.values(), fused=True)
    forward(w, torch.zeros(1, 2, dtype=torch.int64))["y"].sum().backward()  # type: ignore[no-untyped-call]


# ---- training ---------------------------------------------------------------------------------------------------


def train(model: Model) -> Iterator[Snapshot]:
    """Trains in place. Yields before the first update and then about SNAPSHOTS times, more if the run is long.

    At the end the held-out tokens are foretold, and the n-gram model counts. If the numbers grow past all bounds the
    run ends before that, with the last good weights.
    """
    for seconds, (metrics, text) in timed(_moments(model)):
        yield Snapshot(model.step, model.total, seconds, metrics, (text,))


def _moments(model: Model) -> Iterator[Told]:
    """What to tell of each moment. Between two marks, and while the end is measured, the same as before."""
    begin_learning(model)
    told = measure(model), "" if model.slow else written(model)  # a slow one writes from the next moment on
    yield told
    good = copies(model.still)
    for mark in marks(model.updates):
        for _ in learning(model, mark):
            yield told
        if model.diverged:
            model.w = good
            yield {**measure(model), "diverged": 1.0}, written(model)
            return
        told = yield from _telling(model, told)
        good = copies(model.still)
        yield told
    for done in competing(model):
        model.step = model.learning + done
        yield told
    model.step = model.total
    if model.final:
        yield {**told[0], **perplexity(model.rival["nnlm"])}, told[1]


def _telling(model: Model, before: Told) -> Generator[Told, None, Told]:
    """What to tell of this moment; yields what was told `before`, between pieces that take long."""
    if model.slow:
        yield before
    metrics = measure(model)
    if model.slow:
        yield before
    return metrics, written(model)


def begin_learning(model: Model) -> None:
    """Makes the optimiser."""
    spec = model.spec
    kind: Any = torch.optim.Adam if spec.optimizer == "adam" else torch.optim.SGD
    weights = [each.requires_grad_() for each in model.w.values()]
    model.ready |= {"optimizer": kind(weights, lr=spec.lr, weight_decay=spec.decay, fused=True), "losses": []}


def learning(model: Model, until: int) -> Iterator[None]:
    """Makes updates, until there are `until`, or the numbers blow up. Yields every 20 ms of work."""
    cost, spent, begin = 3 * model.work, 0, time.thread_time()  # forwards and backwards
    most = max(1, WORK // cost)  # words foretold in one go
    while model.update < until and not model.diverged:
        batch, loss = chosen(model), 0.0
        for first in range(0, len(batch), most):
            part = batch[first : first + most]
            price = cost * len(part) + model.upkeep
            if spent and spent + price > WORK:
                model.learning_seconds += time.thread_time() - begin
                yield
                spent, begin = 0, time.thread_time()
            with tiny_is_zero():
                loss += foretell(model, part, len(batch))
            spent += price
        descend(model, loss)
    model.learning_seconds += time.thread_time() - begin


def chosen(model: Model) -> np.ndarray:
    """The places (B,) of the next batch: in each epoch every place once, in an order of its own."""
    batches = math.ceil(len(model.places) / model.spec.batch)
    epoch, n = divmod(model.update, batches)
    if n == 0 or "order" not in model.ready:
        model.ready["order"] = np.random.default_rng([model.spec.seed, epoch]).permutation(model.places)
    batch: np.ndarray = model.ready["order"][n * model.spec.batch : (n + 1) * model.spec.batch]
    return batch


def foretell(model: Model, places: np.ndarray, B: int) -> float:
    """Adds the gradient of the loss at these places, a part of a batch of B, to that of the weights.

    By y it is p − 1 for the word that came, and p for all others: torch's cross_entropy would take e^y twice.
    """
    words, following = windows(model.text, places, model.spec.context)
    y = forward(model.w, words)["y"]
    error = torch.softmax(y.detach(), dim=1)  # (B, V) p
    came = error.gather(1, following[:, None])  # (B, 1)
    error.scatter_(1, following[:, None], came - 1)  # p − 1 where a word came
    y.backward(error / B)  # type: ignore[no-untyped-call]
    model.step += len(places)
    return -float(came.clamp_min(TINY).log().sum()) / B


def descend(model: Model, loss: float) -> None:
    """One update: a step down, of a size that falls from `lr` to LAST of it."""
    optimizer = model.ready["optimizer"]
    model.diverged = not math.isfinite(loss)
    for group in optimizer.param_groups:
        group["lr"] = rate(model)
    if not model.diverged:
        optimizer.step()
    optimizer.zero_grad()
    model.ready["losses"].append(min(loss, MOST_NATS) if math.isfinite(loss) else MOST_NATS)
    model.update += 1


def rate(model: Model) -> float:
    """The learning rate at the model's moment."""
    return model.spec.lr * (1 - (1 - LAST) * min(1.0, model.step / max(1, model.learning)))


def measure(model: Model) -> dict[str, float]:
    """loss: nats a training token, the mean since the last moment. perplexity: per held-out token, of a sample until
    the end. tokens_per_second: per CPU-second of learning. diverged: 1 where the numbers blew up.
    """
    losses = model.ready["losses"] or [_first_loss(model)]
    model.ready["losses"] = []
    speed = min(model.step, model.learning) / model.learning_seconds if model.learning_seconds else 0.0
    metrics = {"loss": float(np.mean(losses)), "tokens_per_second": speed, "diverged": float(model.diverged)}
    return metrics | perplexity(logs(model, model.sample))


def _first_loss(model: Model) -> float:
    """The loss of some words at the beginning of the text."""
    return min(-float(logs(model, model.text[: max(50, len(model.sample) // 4)]).mean()), MOST_NATS)


def perplexity(nats: np.ndarray) -> dict[str, float]:
    """perplexity of tokens with the logarithms of their probabilities (T,); of none it is left out."""
    return {"perplexity": math.exp(min(-float(nats.mean()), MOST_NATS))} if len(nats) else {}


def logs(model: Model, tokens: np.ndarray) -> np.ndarray:
    """ln P (T,) float64 of each token of padded sentences, those of <s> left out."""
    words, following = windows(tokens, np.flatnonzero(tokens != START), model.spec.context)
    y = forward(model.still, words)["y"].double()
    return -torch.nn.functional.cross_entropy(y, following, reduction="none").numpy()


# ---- beside an n-gram model -------------------------------------------------------------------------------------


def competing(model: Model) -> Iterator[int]:
    """Foretells the held-out text, then lets an n-gram model count, yielding how many tokens and sentences are done.

    `model.rival` then holds ln P of every held-out token by both, and the n-gram's length that was `found`.
    """
    ends = np.flatnonzero(model.held[: model.final] == END) + 1
    most, begin, found = max(1, WORK // (4 * model.work)), 0, [np.empty(0)]
    while begin < model.final:
        end = int(ends[max(np.searchsorted(ends, begin + most, side="right") - 1, np.searchsorted(ends, begin + 1))])
        found.append(logs(model, model.held[begin:end]))
        begin = end
        yield sum(map(len, found))
    other = rival(model)
    for step in range(COUNTED, other.total, COUNTED):
        ngram.advance(other, step)
        yield sum(map(len, found)) + step
    ngram.advance(other, other.total)
    tokens = single(model.held[: model.final], model.spec.context)
    p, order = smoothing.score(other.counts, ngram.numbers(other), tokens)
    said = tokens != START
    model.rival = {"nnlm": np.concatenate(found), "ngram": np.log(p[said]), "found": order[said]}
    model.rival |= {
        "kinds": other.counts.kinds.tolist(),
        "left": [_left_out(model, other, *each) for each in model.without],
    }


def rival(model: Model) -> ngram.Model:
    """An n-gram model of the same order, text and vocabulary that has not read yet: modified Kneser–Ney."""
    tokens, order = single(model.text, model.spec.context), model.spec.context + 1
    asked = model.spec.like(NGram, order=order, smoothing="modified_kneser_ney")
    counts, none = smoothing.Counts(tokens, asked.order, True, len(model.names) - 1), np.empty(0, np.int32)
    return ngram.Model(asked, model.names, model.index, counts, beginnings(tokens), none, 0, 0, none)


def single(tokens: np.ndarray, context: int) -> np.ndarray:
    """Padded sentences as tokens with one <s> each."""
    follows = np.append(tokens[1:], END)
    return tokens[(tokens != START) | (follows != START)] if context > 1 else tokens


def _left_out(model: Model, other: ngram.Model, sentence: np.ndarray, at: int) -> dict[str, Any]:
    """What the n-gram model gives to a word of a sentence that was left out, and how often its n-gram stood there."""
    p, found = smoothing.score(other.counts, ngram.numbers(other), sentence)
    count = ngram.rungs(other, sentence, at)[-1]["count"] if found[at] == min(at, model.spec.context) + 1 else 0
    return {"ngram": float(p[at]), "count": int(count), "found": int(found[at])}


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the model."""
    spec, held = model.spec, model.held[model.held != START]
    words = [name for name in model.names[len(MARKS) :] if name.strip()]
    wanted = corpora.map_words(spec.corpus, spec.language) if spec.segment == "words" else None
    told = [word for word in words if word[0].isalnum()]
    return {
        "vocabulary": words[:LISTED],
        "vocabulary_size": len(model.names) - 1,
        "tokens": len(model.places),
        "sentences": int((model.text == END).sum()),
        "held_out_tokens": len(held),
        "held_out_sentences": int((held == END).sum()),
        "measured_tokens": foretold(model.sample),
        "final_tokens": foretold(model.held[: model.final]),
        "oov": float((held == UNKNOWN).mean()) if len(held) else 0.0,
        "parameters": sum(each.numel() for each in model.w.values()),
        "parameters_of": {name: each.numel() for name, each in model.w.items()},
        "longest": longest(model),
        "order": spec.context + 1,
        "left_out": model.left_out,
        "beginning": _beginning(model),
        "words": [word for word in wanted or told[:MAPPED] if word in model.index],
        "example": line_of(model.spec, _example(model)),
    }


def _beginning(model: Model) -> str:
    """Of the first sentence that was left out, the words before the last word of the phrase."""
    tokens, at = model.without[0] if model.without else (np.empty(0, np.int32), 0)
    return line_of(model.spec, _named(model, tokens[1:at]))


def weights(model: Model) -> dict[str, np.ndarray]:
    """Copies of the weights as they stand, and the step: the learning rate depends on it."""
    return {"step": np.array(model.step), **{name: each.detach().numpy().copy() for name, each in model.w.items()}}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other weights, of any precision, to ask about another moment."""
    w = {name: torch.from_numpy(each.astype(np.float32)) for name, each in weights.items() if name != "step"}
    return dataclasses.replace(model, w=w, step=int(weights["step"]))


# ---- questions: asked of the model as it stands, answers are JSON -----------------------------------------------


def _read(model: Model, text: str) -> tuple[list[str], np.ndarray, list[str]]:
    """A line that a learner typed: its tokens, the same as numbers after n − 1 <s>, and the unknown ones, each once."""
    words, tokens, unknown = line_typed(model.spec, model.index, text)
    return words, padded(tokens, model.spec.context), unknown


def _named(model: Model, tokens: Sequence[int] | np.ndarray) -> list[str]:
    return [model.names[int(x)] for x in tokens]


def _example(model: Model) -> list[str]:
    """The first held-out sentence of a handy length without unknown words, or else the beginning of the first."""
    ends = np.flatnonzero(model.held == END)
    begins = np.append(0, ends[:-1] + 1) if len(ends) else ends
    found = [model.held[a:b][model.held[a:b] != START] for a, b in zip(begins[:2_000], ends[:2_000], strict=True)]
    handy = [each for each in found if 6 <= len(each) <= 40 and not (each == UNKNOWN).any()]
    return _named(model, (handy or found or [np.empty(0, np.int32)])[0][:40])


def score(model: Model, text: str, lines: bool = False) -> dict[str, Any]:
    """How well the model foretells a text: perplexity per token, with </s> and with unknown words as <unk>.

    With `lines` every line is one sentence, cut at white space and otherwise taken as it is; without, `text` is one
    sentence, cut as the model's own text was. `oov` are the unknown words among the `tokens`.
    """
    sentences = whole_lines(text) if lines else [typed(model.spec, model.index, text)]
    tokens = padded(encoded(sentences, model.index), model.spec.context)
    edges = np.append(0, np.flatnonzero(tokens == END) + 1)
    found = [logs(model, tokens[a:b]) for a, b in zip(edges[:-1:64], np.append(edges[64::64], edges[-1]), strict=False)]
    return {
        "perplexity": perplexity(np.concatenate([np.empty(0), *found])).get("perplexity"),
        "tokens": foretold(tokens),
        "oov": int((tokens == UNKNOWN).sum()),
        "sentences": len(sentences),
    }


def sentence(model: Model, text: str) -> dict[str, Any]:
    """The probability of a sentence a learner typed, factor by factor, the last one its end.

    `factors` have the word as it was typed, the token as the model reads it, the context, its probability and log2 of
    it. `unknown` words count as <unk>.
    """
    words, tokens, unknown = _read(model, text)
    tokens, said = np.append(tokens, np.int32(END)), [*words, MARKS[END]]
    bits, n = logs(model, tokens) / math.log(2), model.spec.context
    factors = [
        {"word": word, "token": model.names[tokens[n + i]], "context": _named(model, tokens[i : n + i]),
         "probability": float(2 ** bits[i]), "log2": float(bits[i])}
        for i, word in enumerate(said)
    ]  # fmt: skip
    total = float(bits.sum())
    return {
        "tokens": said,
        "unknown": unknown,
        "factors": factors,
        "probability": 2**total,
        "log2": total,
        "perplexity": float(2 ** -bits.mean()),
    }


def _after(model: Model, tokens: np.ndarray) -> np.ndarray:
    """P of every word (V + 1,) float64 after the last n − 1 of `tokens`; that of <s> is 0."""
    context = torch.from_numpy(tokens[None, -model.spec.context :].astype(np.int64))  # (1, n − 1)
    p = torch.softmax(forward(model.still, context)["y"][0].double(), dim=0).numpy()
    return np.insert(p, START, 0.0)


def next_words(model: Model, prefix: str = "", n: int = 10) -> dict[str, Any]:
    """The n most probable words after a prefix, which begins a sentence; "</s>" is its end.

    `context` are the words that the model looks at, `rest` is the probability of all other words together.
    """
    words, tokens, unknown = _read(model, prefix)
    p = _after(model, tokens)
    best = np.argsort(-p, kind="stable")[: max(1, min(n, len(p) - 1))]
    return {
        "tokens": words,
        "unknown": unknown,
        "context": _named(model, tokens[-model.spec.context :]),
        "answers": [{"word": model.names[x], "probability": float(p[x])} for x in best],
        "rest": max(0.0, float(1 - p[best].sum())),
    }


def generate(
    model: Model,
    prefix: str = "",
    n: int | None = None,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int | None = None,
    ends: bool = True,
) -> dict[str, Any]:
    """Up to n tokens (20) after a prefix, each drawn from the model's distribution; at most facts["longest"].

    Each of the `tokens` has its `probability` by the model, the `chance` with which it was drawn (see `sharpened`;
    temperature 0 always takes the most probable) and the `context` that was looked at. Stops at the end of the
    sentence, or with `ends` false begins another. Raises Mistake("dial_range").
    """
    n = min(20, longest(model)) if n is None else n
    within(n=(n, 1, longest(model)), temperature=(temperature, 0, 10), top_k=(top_k, 0, 10**9), top_p=(top_p, 0, 1))
    words, tokens, unknown = _read(model, prefix)
    chance, history = np.random.default_rng(model.spec.seed if seed is None else seed), tokens.tolist()
    made: list[dict[str, Any]] = []
    for _ in range(n):
        context = history[-model.spec.context :]
        p = _after(model, np.array(context))
        q = sharpened(p, temperature, top_k, top_p)
        x = drawn(q, chance)
        told = {"word": model.names[x], "probability": float(p[x]), "chance": float(q[x] / q.sum())}
        made.append(told | {"context": _named(model, context)})
        history += [x] if x != END else [START] * model.spec.context
        if x == END and ends:
            break
    said = [each["word"] for each in made if each["word"] != MARKS[END]]
    return {"prefix": words, "unknown": unknown, "tokens": made, "text": line_of(model.spec, [*words, *said])}


def written(model: Model) -> str:
    """The text of a snapshot: drawn with the same chances at every moment, so that only the model changes."""
    text: str = generate(model, n=min(SAMPLE[model.spec.segment], longest(model)))["text"]
    return text


def vectors_of(model: Model) -> Vectors:
    """The vectors that are asked: the rows of C that stand for words."""
    words, C = model.names[len(MARKS) :], model.still["C"].numpy()[len(MARKS) :]  # (V − 2, m)
    marks = np.array([i for i, word in enumerate(words) if not any(c.isalnum() for c in word)], np.int64)
    return Vectors(words, {word: i for i, word in enumerate(words)}, C, marks, analogies.indexed({}, {}))


neighbours, map_view, nearest_view = (
    asked(f, vectors_of) for f in (vectors.neighbours, vectors.map_view, vectors.nearest_view)
)


def _over(model: Model) -> dict[str, Any]:
    """What the n-gram model said. Raises Mistake("not_over") before the end of training."""
    if not model.rival:
        raise Mistake("not_over")
    return model.rival


def tables(model: Model) -> dict[str, Any]:
    """What each model must store: our parameters, and the n-grams of each order that the n-gram model counted.

    A Kneser–Ney table holds a probability for every n-gram, and a weight for each that is a context: `ngram_numbers`.
    """
    kinds = [int(kind) for kind in _over(model)["kinds"]]
    sizes = facts(model)
    found = {name: sizes[name] for name in ("parameters", "parameters_of", "order")}
    return found | {"ngrams": kinds, "ngram_numbers": sum(kinds) + sum(kinds[:-1])}


def duel(model: Model, n: int = 20, kind: str = "won") -> dict[str, Any]:
    """Held-out sentences with the probability of every word by this model, as trained to the end, and by the n-gram
    model (modified Kneser–Ney, same order); `seen` is whether the n-gram that ends there stood in the training text.

    `kind` "won": those first where this model gains most on n-grams never seen, "lost": where the other does.
    `totals` are over all held-out tokens; `bits` are means a token. Raises Mistake("not_over"), ("dial_option").
    """
    if kind not in ("won", "lost"):
        raise Mistake("dial_option", name="kind", value=kind, allowed=("won", "lost"))
    within(n=(n, 1, 200))
    rival, tokens = _over(model), model.held[: model.final][model.held[: model.final] != START]
    ours, theirs = (-rival[who] / math.log(2) for who in ("nnlm", "ngram"))  # bits (T,)
    number = np.append(0, np.cumsum(tokens == END)[:-1])  # (T,) which sentence
    seen = rival["found"] > np.minimum(_place(tokens), model.spec.context)
    gain = np.bincount(number, (theirs - ours) * ~seen)
    order = np.argsort(-gain if kind == "won" else gain, kind="stable")[:n]
    each = [_sentence(model, number == s, tokens, ours, theirs, seen) for s in order]
    return {"totals": _totals(number, ours, theirs, seen), "sentences": each}


def _place(tokens: np.ndarray) -> np.ndarray:
    """Each token's place in its sentence (T,), the first 1: so many words, with <s>, stand before it."""
    ends = np.append(-1, np.flatnonzero(tokens == END))
    at = np.arange(len(tokens))
    place: np.ndarray = at - ends[np.searchsorted(ends, at) - 1]
    return place


def _totals(number: np.ndarray, ours: np.ndarray, theirs: np.ndarray, seen: np.ndarray) -> dict[str, Any]:
    def mean(bits: np.ndarray, which: np.ndarray) -> float | None:
        return float(bits[which].mean()) if which.any() else None

    groups = {"": np.ones(len(seen), bool), "_seen": seen, "_unseen": ~seen}
    bits = {
        f"bits_{who}{name}": mean(each, which)
        for name, which in groups.items()
        for who, each in (("nnlm", ours), ("ngram", theirs))
    }
    won = np.bincount(number, theirs) > np.bincount(number, ours)
    return bits | {"tokens": len(seen), "unseen": int((~seen).sum()), "sentences": len(won), "won": int(won.sum())}


def _sentence(
    model: Model, which: np.ndarray, tokens: np.ndarray, ours: np.ndarray, theirs: np.ndarray, seen: np.ndarray
) -> dict[str, Any]:
    return {
        "words": _named(model, tokens[which]),
        "nnlm": (2 ** -ours[which]).tolist(),
        "ngram": (2 ** -theirs[which]).tolist(),
        "seen": seen[which].tolist(),
        "log2_nnlm": -float(ours[which].sum()),
        "log2_ngram": -float(theirs[which].sum()),
    }


def generalise(model: Model, alike: int = 3) -> dict[str, Any]:
    """What is said of the phrase that was left out, in the sentences that contain it, none of which was read.

    For each the words before its last word, and what that word is given by this model at this moment (its `rank` among
    all, 1 the first) and by the n-gram model; `count` is how often the whole n-gram stands in what was read.
    `before` is the word in front of the last; `alike` are the words whose vectors are nearest to it.
    Raises Mistake("not_over"), ("nothing_left_out").
    """
    if not model.without:
        raise Mistake("nothing_left_out")
    rival, n, rows = _over(model), model.spec.context, []
    for (tokens, at), told in zip(model.without, rival["left"], strict=True):
        history = padded(tokens[:at], n)
        p, word = _after(model, history), int(tokens[at])
        context = _named(model, history[-n:])
        rank = 1 + int((p > p[word]).sum())
        rows.append({"context": context, "word": model.names[word], "nnlm": float(p[word]), "rank": rank} | told)
    before = rows[0]["context"][-1]
    near = [each["word"] for each in neighbours(model, before, alike)["answers"]] if before in model.index else []
    return {"phrase": model.spec.without, "left_out": model.left_out, "rows": rows, "before": before, "alike": near}


def trace_prediction(model: Model, text: str | None = None, factor: int | None = None) -> Trace:
    """How word number `factor` of a sentence is foretold, from 0; the last is the end. By default one in the middle of
    facts["example"]. Raises Mistake("dial_range").
    """
    words, tokens, _ = _read(model, line_of(model.spec, _example(model)) if text is None else text)
    at = (len(words) + 1) // 2 if factor is None else factor
    within(factor=(at, 0, len(words)))
    tokens, n = np.append(tokens, np.int32(END)), model.spec.context
    return nnlm_trace.steps(forward, model.still, tokens[at : at + n], int(tokens[at + n]), rate(model), model.names)


# ---- views: what a stage draws of one moment, numbers only ------------------------------------------------------


def bars_view(model: Model, previous: Numbers | None, prefix: str = "", n: int = 10) -> Numbers:
    """The n most probable next words and their probabilities (n,)."""
    return bars(next_words(model, prefix, n)["answers"])


def sample_view(model: Model, previous: Numbers | None) -> Numbers:
    """The text of the moment, and its words."""
    text = written(model)
    return {"text": text, "words": typed(model.spec, model.index, text)}


QUESTIONS: dict[str, Callable[..., Any]] = {
    "score": score,
    "sentence": sentence,
    "next_words": next_words,
    "generate": generate,
    "neighbours": neighbours,
    "tables": tables,
    "duel": duel,
    "generalise": generalise,
    "trace_prediction": trace_prediction,
}
VIEWS: dict[str, Callable[..., Numbers]] = {
    "map_view": map_view,
    "nearest_view": nearest_view,
    "bars_view": bars_view,
    "sample_view": sample_view,
}
