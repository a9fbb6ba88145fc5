"""GPT: the decoder of a Transformer alone, that foretells the next word of any text.

Radford, Narasimhan, Salimans and Sutskever (2018, "Improving language understanding by generative pre-training");
pre-LN as GPT-2 (Radford et al. 2019). With no source there is nothing to translate, and no cross-attention:

    s = decoder(words before) Eᵀ        P(next word | words before) = softmax(s)        loss = −ln P, the mean

The layers are those of `transformer.py`, and it is written with as `decoding.py` says.

What differs here, and why:
- Small, and trained on one small text while you watch. Words are whole, or letters, where GPT has pieces of words.
- The text, its vocabulary and the held-out sentences are those of the n-gram, NNLM and LSTM (`text/tokens.py`): the
  same perplexity. Held-out sentences, and what a learner types, begin with nothing before them but <s>.
- A piece that is trained on begins where a sentence does, and goes on into the next ones up to `context` words. A
  sentence longer than that is looked at from half a context further on, again and again, in training, in measuring and
  in writing alike (`decoding.window`): otherwise what it was measured on would not be what it had learned.
- AdamW (Loshchilov and Hutter 2019), `lr` rising for a short while and then falling in a straight line. No dropout.
- A run whose numbers grow past all bounds ends with the last weights that were good.

Symbols: B pieces, T words of each, D dimensions of a word, V words (<unk>, <s>, </s> and the words), h heads, N layers.
"""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from engine.experiments import GPT
from engine.measure import heads
from engine.mistake import Mistake
from engine.models import decoding, finish, language, recurrent, timed, tiny_is_zero, transformer
from engine.models.attention import Seen, Tensor, Weights
from engine.models.decoding import Reader, window
from engine.models.language import Told, as_lines, broken, characters_of, example_of, moments, side_by_side
from engine.models.recurrent import BLOWN, BOUND, cross_entropy
from engine.models.sampling import sharpened, within
from engine.models.transformer import Pass, Shape
from engine.snapshot import Numbers, Snapshot
from engine.text.tokens import (
    END,
    MARKS,
    START,
    beginnings,
    encoding,
    foretold,
    indexed,
    line_of,
    line_typed,
    parted,
    vocabulary,
)
from engine.text.vocabulary import Sentence

MEASURED, FINAL = 1_000, 100_000  # held-out tokens that are scored at every moment, and at the end, at most
WORK = 1_500_000_000  # multiplications and additions between two snapshots, at most: about 20 ms
WARM, LAST, DECAY = 0.05, 0.02, 0.01  # the share of updates in which `lr` rises; what is left of it; decay of weights
ATTENDED = 40  # words of a heatmap
LINES = {"words": (3, 16), "characters": (3, 40)}  # of a sampled text, and the tokens of each at most
WIDEST = 8  # beams, at most
LENGTHS, REPEATS = (8, 16, 32, 64, 128, 256), 3  # of the cache: words read before, and takes


@dataclass(eq=False)
class Model:
    """A language model and the text it learns from.

    `names` (V,) are the words by number: <unk>, <s>, </s>, then the most frequent first. `text` (N,) are the training
    sentences, each with its <s>, one after the other; after a word follows the next, or </s> where the next is <s>.
    `begins` are the places where pieces may begin. `held` (M,) are the held-out sentences with <s> and </s>, of which
    `sample` tokens are measured at every moment, `final` at the end, which have so many `characters`. `w` are the
    weights, `step` counts the tokens read, `update` the updates made.
    """

    spec: GPT
    names: tuple[str, ...]
    index: dict[str, int]
    text: np.ndarray
    begins: np.ndarray
    sentences: int
    held: np.ndarray
    sample: int
    final: int
    characters: tuple[int, int]
    w: Weights
    step: int = 0
    update: int = 0
    diverged: bool = False
    learning_seconds: float = 0.0
    ready: dict[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """The decoder's."""
        return _shape(self.spec, len(self.names))

    @property
    def learning(self) -> int:
        """Tokens read in the whole training."""
        return self.spec.updates * self.spec.batch * self.spec.context

    @property
    def total(self) -> int:
        """Tokens read in the whole training, and at its end to measure it."""
        return self.learning + foretold(self.held[: self.final])

    @property
    def still(self) -> Weights:
        """The weights for questions, without a record for gradients."""
        return {name: each.detach() for name, each in self.w.items()}

    @property
    def work(self) -> int:
        """Multiplications and additions for one token, forwards; e^s of each word takes as long as some 200."""
        return 2 * sum(each.numel() for each in self.w.values()) + 200 * len(self.names) + 40_000


def _shape(spec: GPT, V: int) -> Shape:
    D = spec.heads * spec.head_dim
    return Shape(D, spec.heads, spec.layers, 4 * D, spec.context, target=V, norm=spec.norm, positions=spec.positions)


def preparing(spec: GPT, text: str | None = None) -> Generator[float, None, Model]:
    """Reads the text, yielding the fraction done, and returns the model with its first weights.

    Raises Mistake("nothing_held_out") for a text of too few sentences, or what the text raises.
    """
    train, test = yield from parted(spec, text)
    model = yield from reading(spec, train, test)
    yield 1.0
    recurrent.warm()
    return model


def build(spec: GPT, text: str | None = None) -> Model:
    """The model with its first weights: `preparing` in one go."""
    return finish(preparing(spec, text))


def fitted(spec: GPT, sentences: Sequence[Sentence]) -> Model:
    """A model trained on these very sentences; nothing is held out."""
    model = finish(reading(spec, sentences, []))
    for _ in train(model):
        pass
    return model


def reading(spec: GPT, train: Sequence[Sentence], test: Sequence[Sentence]) -> Generator[float, None, Model]:
    """A model of `train` with its first weights, that is measured on `test`."""
    tokens, names = yield from vocabulary(train, spec.min_count)
    index = indexed(names)
    held = yield from encoding(test, index)
    ends, kind = beginnings(held), np.uint16 if len(names) < 2**16 else np.int32
    text, w = tokens[tokens != END].astype(kind), transformer.first_weights(_shape(spec, len(names)), spec.seed)
    begins, sentences = pieces(text, spec.context), int((text == START).sum())
    model = Model(spec, names, index, text, begins, sentences, held, 0, 0, (0, 0), w)
    counts = [int(np.searchsorted(ends, min(most, len(held)))) for most in (MEASURED, FINAL)]  # sentences
    model.sample, model.final = (int(ends[n]) for n in counts)
    spelt = [characters_of(spec, test[:n]) for n in counts]
    model.characters = spelt[0], spelt[1]
    return model


def pieces(text: np.ndarray, context: int) -> np.ndarray:
    """Where pieces of a text (N,) begin: at each <s>, and in longer sentences where `window` makes a reader go on."""
    edges, half = beginnings(text), max(1, context // 2)
    more = np.maximum(0, -(-(np.diff(edges) - context) // half))  # (S,) windows after the first
    number = np.arange(int((more + 1).sum())) - np.repeat(np.cumsum(more + 1) - more - 1, more + 1)
    places: np.ndarray = np.repeat(edges[:-1], more + 1) + number * half
    return places


# ---- training ----------------------------------------------------------------------------------------------------


def train(model: Model) -> Iterator[Snapshot]:
    """Trains in place. Yields before the first update and then about SNAPSHOTS times, more if the run is long.

    At the end the held-out tokens are read. If the numbers grow past all bounds (`BLOWN`) the run ends before, with the
    last good weights.
    """
    begin_learning(model)
    for seconds, (metrics, text) in timed(moments(model, learning, tell, scoring)):
        yield Snapshot(model.step, model.total, seconds, metrics, (text,))


def tell(model: Model) -> Told:
    """The metrics of a moment, and a text that the model writes."""
    return measure(model), written(model)["text"]


def begin_learning(model: Model) -> None:
    """Makes the optimiser."""
    weights, lr = [each.requires_grad_() for each in model.w.values()], model.spec.lr
    model.ready["optimizer"] = torch.optim.AdamW(weights, lr=lr, betas=(0.9, 0.98), weight_decay=DECAY, fused=True)
    model.ready["updates"] = []


def learning(model: Model, until: int) -> Iterator[None]:
    """Makes updates, until there are `until`, or the numbers blow up. Yields every 20 ms of work."""
    spec, spent = model.spec, 0
    cost = 3 * model.work * spec.context  # of one piece, forwards and backwards
    size = max(1, min(spec.batch, WORK // cost))  # pieces that are read together
    while model.update < until and not model.diverged:
        places, begin, loss = batch(model), time.thread_time(), 0.0
        for first in range(0, spec.batch, size):
            some = places[first : first + size]
            if spent and spent + cost * len(some) > WORK:
                model.learning_seconds += time.thread_time() - begin
                yield
                begin, spent = time.thread_time(), 0
            with tiny_is_zero():
                loss += read(model, some)
            spent += cost * len(some)
        descend(model, loss)
        model.learning_seconds += time.thread_time() - begin


def batch(model: Model) -> np.ndarray:
    """Where the pieces (B,) of the next update begin: all of them in turn, in a new order each time."""
    places = model.update * model.spec.batch + np.arange(model.spec.batch)
    round_, at = np.divmod(places, len(model.begins))
    orders = {r: np.random.default_rng([model.spec.seed, r]).permutation(len(model.begins)) for r in set(round_)}
    return np.array([model.begins[orders[r][i]] for r, i in zip(round_, at, strict=True)])


def chunk(model: Model, places: np.ndarray) -> tuple[Tensor, Tensor]:
    """The words (B, T) of pieces that begin at `places`, and those (B, T) that follow; after the text its beginning."""
    at = (places[:, None] + np.arange(model.spec.context + 1)) % len(model.text)  # (B, T + 1)
    tokens = model.text[at].astype(np.int64)
    following = np.where(tokens[:, 1:] == START, END, tokens[:, 1:])
    return torch.from_numpy(tokens[:, :-1]), torch.from_numpy(following)


def read(model: Model, places: np.ndarray) -> float:
    """Some pieces of an update: adds the gradient of their loss to that of the weights."""
    words, following = chunk(model, places)
    s = transformer.decode(Pass(model.shape, model.w), words)  # (B, T, V)
    loss = cross_entropy(s, following).sum() / (model.spec.batch * model.spec.context)
    loss.backward()  # type: ignore[no-untyped-call]
    model.step += words.numel()
    return loss.item()


def descend(model: Model, loss: float) -> None:
    """One update: shortens the gradient to 1 if it is longer, and takes a step down."""
    spec, optimizer, done = model.spec, model.ready["optimizer"], model.update / model.spec.updates
    norm = recurrent.shorten(model.w, 1.0)
    model.diverged = not (math.isfinite(norm) and loss < BLOWN * math.log(len(model.names)))
    for group in optimizer.param_groups:
        group["lr"] = spec.lr * max(LAST, min(1.0, (done + 1 / spec.updates) / WARM) * (1 - done))
    if not model.diverged:
        optimizer.step()
    optimizer.zero_grad()
    model.ready["updates"].append(loss)
    model.update += 1


# ---- measuring ---------------------------------------------------------------------------------------------------


def measure(model: Model) -> dict[str, float]:
    """loss: nats a training token since the last moment. perplexity, bits_per_character: of a sample of the held-out
    tokens, at the end of all. tokens_per_second: per CPU-second of learning. diverged: 1 where the numbers blew up.
    """
    updates, model.ready["updates"] = model.ready["updates"], []
    loss = float(np.mean(updates)) if updates else _first_loss(model)
    speed = min(model.step, model.learning) / model.learning_seconds if model.learning_seconds else 0.0
    metrics = {"loss": min(loss, BOUND) if math.isfinite(loss) else BOUND, "tokens_per_second": speed}
    return {**metrics, "diverged": float(model.diverged), **language.sampled(model, scoring)}


@torch.no_grad()
def _first_loss(model: Model) -> float:
    words, following = chunk(model, model.begins[:1])
    return float(cross_entropy(transformer.decode(Pass(model.shape, model.still), words), following).mean())


def scoring(model: Model, tokens: np.ndarray) -> Generator[int, None, np.ndarray]:
    """ln P (n,) float64 of each token but the <s>, each given the words of its sentence that `window` leaves.

    Yields how many are done, before each further piece of work of about 20 ms.
    """
    begins, lengths = beginnings(tokens)[:-1], np.diff(beginnings(tokens)) - 1  # (S,) tokens to foretell
    place, context = np.cumsum(lengths) - lengths, model.spec.context
    logs, done = np.zeros(int(lengths.sum())), 0
    for group in side_by_side(lengths, max(1, WORK // model.work)):
        steps, half = int(lengths[group].max()), max(1, context // 2)
        for first in range(0, window(steps, context) + 1, half):
            yield done
            at = np.arange(first, min(first + context, steps))  # (T,)
            new = at[at + 1 > (first - half + context if first else 0)]  # those whose window begins here
            where = begins[group][:, None] + np.minimum(at, lengths[group][:, None] - 1)  # (B, T)
            found = _logs(model, tokens[where], tokens[where + 1])[:, len(at) - len(new) :]
            inside = new < lengths[group][:, None]
            logs[(place[group][:, None] + new)[inside]] = found[inside]
            done += int(inside.sum())
    return logs


@torch.no_grad()
def _logs(model: Model, words: np.ndarray, following: np.ndarray) -> np.ndarray:
    """ln P (B, T) of the tokens that follow words (B, T)."""
    s = transformer.decode(Pass(model.shape, model.still), torch.from_numpy(words.astype(np.int64)))
    found: np.ndarray = -cross_entropy(s, torch.from_numpy(following.astype(np.int64))).double().numpy()
    return found


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the model."""
    return language.facts(model)


def weights(model: Model) -> dict[str, np.ndarray]:
    """The weights as they stand: copies."""
    return {name: each.detach().numpy().copy() for name, each in model.w.items()}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other weights, to ask about another moment."""
    return dataclasses.replace(model, w={name: torch.from_numpy(each) for name, each in weights.items()})


# ---- questions: asked of the model as it stands, answers are JSON -----------------------------------------------


def score(model: Model, text: str, lines: bool = False) -> dict[str, Any]:
    """How well the model foretells a text: perplexity per token, with </s> and with unknown words as <unk>.

    With `lines` every line is one sentence, cut at white space and otherwise taken as it is; without, `text` is one
    sentence, cut as the model's own text was. `oov` are the unknown words among the `tokens`.
    """
    return language.score(model, text, lines, scoring)


def _reader(model: Model) -> Reader:
    return Reader(Pass(model.shape, model.still))


def _row(tokens: Sequence[int] | np.ndarray) -> Tensor:
    """Tokens (n,) as one text (1, n) int64."""
    return torch.from_numpy(np.asarray(tokens, np.int64)[None])


def next_words(
    model: Model, prefix: str = "", n: int = 10, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> dict[str, Any]:
    """The n most probable words after a prefix, which begins a sentence; "</s>" is its end.

    Each has its `probability` by the model, and the `chance` that is left of it by temperature, top_k and top_p.
    `rest` is the probability of all others, `left` how many words can be drawn. Raises Mistake("dial_range").
    """
    within(n=(n, 1, 50), temperature=(temperature, 0, 10), top_k=(top_k, 0, 10**9), top_p=(top_p, 0, 1))
    words, tokens, unknown = line_typed(model.spec, model.index, prefix)
    p = _reader(model).read(_row(tokens))[0].exp().numpy()  # (V,)
    q = sharpened(p, temperature, top_k, top_p)
    best, q = np.argsort(-p, kind="stable")[: min(n, len(p) - 1)], q / q.sum()
    answers = [{"word": model.names[x], "probability": float(p[x]), "chance": float(q[x])} for x in best]
    told = {"answers": answers, "rest": max(0.0, float(1 - p[best].sum())), "left": int((q > 0).sum())}
    return {"tokens": words, "unknown": unknown, **told}


def generate(
    model: Model,
    prefix: str = "",
    how: str = "sample",
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    width: int = 4,
    seed: int | None = None,
    most: int | None = None,
) -> dict[str, Any]:
    """Up to `most` tokens (40) after a prefix: drawn ("sample"), the most probable each time ("greedy"), or by "beam".

    Each of the `tokens` has its `probability` by the model and the `chance` with which it was drawn. What is drawn or
    greedy goes on after the end of a sentence, a line break in `text`; a beam ends there. Raises
    Mistake("dial_option") or ("dial_range").
    """
    if how not in ("sample", "greedy", "beam"):
        raise Mistake("dial_option", name="how", value=how, allowed=("sample", "greedy", "beam"))
    within(temperature=(temperature, 0, 10), top_k=(top_k, 0, 10**9), top_p=(top_p, 0, 1))
    longest = _longest_beam(model) if how == "beam" else language.longest(model)
    most = min(40, longest) if most is None else most
    within(width=(width, 1, WIDEST), most=(most, 1, longest))
    words, tokens, unknown = line_typed(model.spec, model.index, prefix)
    if how == "beam":
        made = _of_beam(model, tokens, width, most)
    else:
        chance = np.random.default_rng(model.spec.seed if seed is None else seed)
        dials = (0.0, 0, 1.0) if how == "greedy" else (temperature, top_k, top_p)
        made = decoding.sample(_reader(model), _row(tokens), most, chance, *dials, ends=False)
    told = [{"word": model.names[x.word], "probability": x.probability, "chance": x.chance} for x in made]
    text = broken(model, [*words, *(model.names[x.word] for x in made)])
    return {"prefix": words, "unknown": unknown, "tokens": told, "text": text}


def _longest_beam(model: Model) -> int:
    """Words of a beam, at most: WIDEST texts side by side take twice as long as one."""
    return max(1, min(ATTENDED, language.longest(model) // 2))


def _of_beam(model: Model, tokens: np.ndarray, width: int, most: int) -> list[decoding.Drawn]:
    """The words of the best text that beam search finds; nothing is drawn, so that their chance is 1."""
    found = decoding.beam(_reader(model), _row(tokens), most, width)
    branch, made = found.finished[0], []
    while branch >= 0:
        each = found.branches[branch]
        before = found.branches[each.parent].log if each.parent >= 0 else 0.0
        made.append(decoding.Drawn(each.word, math.exp(each.log - before), 1.0))
        branch = each.parent
    return made[::-1]


def beams(model: Model, prefix: str = "", width: int = 3, alpha: float = 0.6, most: int = 8) -> dict[str, Any]:
    """All beginnings that beam search looked at, `nodes`, and which of them are finished, the `best` first.

    What is not over after `most` words counts as it stands. `told` are the finished texts.
    Raises Mistake("dial_range").
    """
    within(width=(width, 1, WIDEST), alpha=(alpha, 0, 5), most=(most, 1, _longest_beam(model)))
    words, tokens, unknown = line_typed(model.spec, model.index, prefix)
    found = decoding.beam(_reader(model), _row(tokens), most, width, alpha)
    over = set(found.finished)
    nodes = [
        {"word": model.names[each.word], "parent": each.parent, "log": each.log, "score": each.score,
         "depth": each.depth, "kept": each.kept, "finished": i in over}
        for i, each in enumerate(found.branches)
    ]  # fmt: skip
    told = [[model.names[x] for x in found.words(leaf)] for leaf in found.finished]
    return {"tokens": words, "unknown": unknown, "nodes": nodes, "best": found.finished, "told": told}


def cache_times(model: Model) -> dict[str, Any]:
    """Milliseconds to read one word more after so many (`length`), and foretell the next: with a cache of what was
    read, and reading all again. The best of REPEATS takes each.

    The times do not depend on which words they are, so that they are random ones, and the model's positions stand for
    longer texts by being repeated. `identical`: both foretold the same word each time, with the same probability but
    for the last digits.
    """
    roomy = _roomy(model, LENGTHS[-1])
    words = np.random.default_rng(model.spec.seed).integers(END, len(model.names), LENGTHS[-1])
    told: dict[str, Any] = {"length": list(LENGTHS), "cached_ms": [], "uncached_ms": []}
    same = True
    for length in LENGTHS:
        before, row = length - REPEATS, _row(words[:length])
        kept, anew = (_reads(Reader(roomy, cached=cached), row, before) for cached in (True, False))
        told["cached_ms"].append(kept[0])
        told["uncached_ms"].append(anew[0])
        same = same and bool((kept[1] - anew[1]).abs().max() < 1e-4 and kept[1].argmax() == anew[1].argmax())
    return {**told, "identical": same}


def _roomy(model: Model, longest: int) -> Pass:
    """The model with positions for longer texts: its own again and again."""
    w = dict(model.still)
    if model.spec.positions == "learned":
        w["decoder.P"] = w["decoder.P"].repeat(math.ceil(longest / model.spec.context), 1)[:longest]  # (longest, D)
    return Pass(dataclasses.replace(model.shape, longest=longest), w)


def _reads(reader: Reader, row: Tensor, before: int) -> tuple[float, Tensor]:
    """The fewest milliseconds that one of the words (1, n) after the first ones takes, and P (V,) after the last."""
    reader.read(row[:, :before])
    took, logs = math.inf, torch.empty(0)
    for place in range(before, row.shape[1]):
        begin = time.perf_counter()
        logs = reader.read(row[:, place : place + 1])[0]
        took = min(took, time.perf_counter() - begin)
    return 1_000 * took, logs.exp()


@torch.no_grad()
def attention_of(model: Model, text: str | None = None) -> dict[str, Any]:
    """Where each word of a text looks, in each layer and head: A (N, h, n, n), their average (N, n, n), and the
    entropy (N, h) in bits. `tokens` begin with <s>; a text longer than the context, or than ATTENDED, is `cut`.
    """
    line = line_of(model.spec, example_of(model)) if text is None else text
    words, tokens, unknown = line_typed(model.spec, model.index, line)
    most, seen = min(model.spec.context, ATTENDED), Seen()
    transformer.decode(Pass(model.shape, model.still, seen=seen), _row(tokens[:most]))
    A = torch.stack([seen[f"decoder.{layer}.self.A"][0] for layer in range(model.spec.layers)]).numpy()  # (N, h, n, n)
    return {
        "tokens": [MARKS[START], *words][:most],
        "unknown": unknown,
        "cut": len(tokens) > most,
        "A": heads.rounded(A),
        "average": heads.rounded(A.mean(axis=1)),
        "entropy": heads.rounded(heads.entropy(A)),
    }


def written(model: Model) -> dict[str, Any]:
    """The text of a snapshot: sentences drawn side by side, with the same chances at every moment, so that only the
    model changes. `tokens` and their `probabilities`; a sentence that is not over after so many tokens is cut.
    """
    L, most = LINES[model.spec.segment]
    chances = torch.from_numpy(np.random.default_rng(model.spec.seed).random((most, L, 1)))
    reader, words = _reader(model), torch.full((L, 1), START)
    said_words, said = [], []
    for t in range(most):
        p = reader.read(words).exp()  # (L, V)
        below = p.cumsum(dim=1) - p[:, :1]  # (L, V) without <unk>
        found = (below <= chances[t] * below[:, -1:]).sum(dim=1).clamp(END, p.shape[1] - 1)
        words = found[:, None]
        said_words.append(found)
        said.append(p.gather(1, words)[:, 0])
    lines, told = torch.stack(said_words, dim=1).numpy(), torch.stack(said, dim=1).numpy()  # (L, most)
    return as_lines(model, lines, told)


# ---- views: what a stage draws of one moment, numbers only ------------------------------------------------------


def bars_view(model: Model, previous: Numbers | None, prefix: str = "", n: int = 10) -> Numbers:
    """The n most probable words after a prefix: words, and their probabilities (n,)."""
    return language.bars(next_words(model, prefix, n)["answers"])


def sample_view(model: Model, previous: Numbers | None) -> Numbers:
    """The text of the snapshot: as lines, its tokens, and the probability (n,) of each."""
    return language.sample(written(model))


QUESTIONS: dict[str, Callable[..., Any]] = {
    "score": score,
    "next_words": next_words,
    "generate": generate,
    "beams": beams,
    "cache_times": cache_times,
    "attention_of": attention_of,
}
VIEWS: dict[str, Callable[..., Numbers]] = {"bars_view": bars_view, "sample_view": sample_view}
