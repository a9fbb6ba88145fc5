"""What "it" stands for: an encoder that is trained in one of three ways, and whether its attention shows the answer.

The encoder is that of Vaswani et al. (2017, see `transformer.py`), as BERT has it (Devlin et al. 2018): every word may
look at every other. What it is trained on is a choice:

    masked_words    some words are hidden, and foretold from the others: loss = −ln P(word), the mean over them (BERT)
    labelled_head   someone said what each "it" stands for: loss = −ln A[it, antecedent], of head 1 of the last layer
    predict_noun    foretell, where "it" stands, the noun it stands for: loss = −ln P(noun). Where to look is not said

All three read the same sentences (`engine/text/coreference.py`), and are tested with combinations of noun and adjective
that none was trained on. Attention is no explanation by itself (Jain and Wallace 2019; Wiegreffe and Pinter 2019): a
model can know what "it" stands for and look elsewhere.

What differs here, and why:
- Small, and on sentences of our own grammar, in which words alone need not tell what "it" is: a mask over a noun is
  filled well without knowing. In a large text they tell a little, and large models learn it.
- Of the words that BERT chooses, 15 in 100, 80 % are hidden, 10 % replaced, 10 % left, as there. No sentence pairs, no
  [CLS] and no [SEP]: the words are all there is to look at.
- The labelled head is trained on its labels alone, so that nothing else can be the reason.
- AdamW takes the steps, their size rises for a short while and then falls in a straight line. Nothing is dropped out.
- A run whose numbers grow past all bounds ends with the last weights that were good.

Symbols: B sentences, n words, D dimensions of a word, h heads, N layers, V words of the vocabulary, A attention.
"""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from engine.experiments import Coreference
from engine.measure import heads
from engine.measure.heads import rounded
from engine.mistake import Mistake
from engine.models import attention_trace, finish, recurrent, timed, tiny_is_zero, transformer
from engine.models.attention import Seen, Tensor, Weights, attention, causal, padding
from engine.models.recurrent import BLOWN, BOUND, cross_entropy
from engine.models.transformer import Pass, Shape
from engine.snapshot import Numbers, Snapshot
from engine.text import coreference as grammar
from engine.text import typed
from engine.text.coreference import Sentence
from engine.text.tokens import END, MARKS, indexed
from engine.trace import Trace

SNAPSHOTS = 99  # and one before the first update
MEASURED, FINAL, PIECE = 100, 400, 100  # unseen sentences measured at every moment, at the end, and in one go then
WORK = 1_500_000_000  # multiplications and additions between two snapshots, at most: about 20 ms
LONGEST = 40  # words of a sentence, and positions there are
WARM, LAST, DECAY = 0.05, 0.02, 0.01  # the share of updates in which `lr` rises; what is left of it; decay of weights
MASK = len(MARKS)  # the number of <mask>, the word that hides another
TOLD, SHOWN = 8, 8  # words and their probabilities; unseen sentences
CHOSEN, HIDDEN, REPLACED = 0.15, 0.8, 0.1  # BERT's shares: of the words; and of those


@dataclass(eq=False)
class Text:
    """Sentences as numbers: `words` (B, n) filled up with </s> after the first `lengths`, and the places (B,) of the
    pronoun, of the noun it stands for and of the other."""

    words: Tensor
    lengths: Tensor
    pronoun: Tensor
    antecedent: Tensor
    competitor: Tensor

    def __len__(self) -> int:
        return len(self.words)

    def some(self, rows: Any) -> "Text":
        """Some of the sentences, no wider than the longest of them."""
        n = int(self.lengths[rows].max())
        places = (each[rows] for each in (self.lengths, self.pronoun, self.antecedent, self.competitor))
        return Text(self.words[rows, :n], *places)


@dataclass(eq=False)
class Model:
    """An encoder. `names` are the words by number, the marks first. `w` are the weights, `step` counts the sentences
    read, `update` the updates made."""

    spec: Coreference
    names: tuple[str, ...]
    sentences: tuple[list[Sentence], list[Sentence]]
    train: Text
    test: Text
    w: Weights
    step: int = 0
    update: int = 0
    diverged: bool = False
    learning_seconds: float = 0.0
    ready: dict[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """The encoder's."""
        spec, D = self.spec, self.spec.heads * self.spec.head_dim
        sizes = (D, spec.heads, spec.layers, 2 * D, LONGEST + attention_trace.PADDED)
        return Shape(*sizes, source=len(self.names), norm=spec.norm, positions=spec.positions)

    @property
    def total(self) -> int:
        """Sentences read in the whole training, and at its end to measure it."""
        return self.spec.updates * self.spec.batch + len(self.test)

    @property
    def still(self) -> Weights:
        """The weights for questions, without a record for gradients."""
        return {name: each.detach() for name, each in self.w.items()}

    @property
    def labelled(self) -> str:
        """Where the weights A of the labelled head are: (B, h, n, n), head 1 of which is it."""
        return f"encoder.{self.spec.layers - 1}.self.A"


def preparing(spec: Coreference, text: str | None = None) -> Generator[float, None, Model]:
    """Makes the sentences and the first weights, yielding the fraction done; `text` is not used."""
    train, test = grammar.parted(spec.language, spec.corpus_seed, spec.sentences, FINAL)
    yield 0.5
    names = (*MARKS, "<mask>", *grammar.vocabulary(spec.language))
    model = Model(spec, names, (train, test), numbered(train, names), numbered(test, names), {})
    model.w = transformer.first_weights(model.shape, spec.seed)
    yield 0.8
    recurrent.warm()
    yield 1.0
    return model


def build(spec: Coreference, text: str | None = None) -> Model:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def numbered(sentences: Sequence[Sentence], names: Sequence[str]) -> Text:
    """Sentences as numbers."""
    number, n = indexed(names), max(len(each.words) for each in sentences)
    words = [[*(number[x] for x in each.words), *[END] * (n - len(each.words))] for each in sentences]
    places = [(len(each.words), each.pronoun, each.antecedent, each.competitor) for each in sentences]
    return Text(torch.tensor(words), *torch.tensor(places).T)


# ---- what it is trained on --------------------------------------------------------------------------------------


@dataclass(eq=False)
class Task:
    """What an update reads: `words` (B, n) of `text`, some hidden perhaps, and where (B, n) a word is to be foretold,
    `wanted` (B, n)."""

    text: Text
    words: Tensor
    where: Tensor
    wanted: Tensor

    def some(self, rows: slice) -> "Task":
        """Some of the sentences."""
        text = self.text.some(rows)
        n = text.words.shape[1]
        return Task(text, self.words[rows, :n], self.where[rows, :n], self.wanted[rows, :n])


def task(model: Model, text: Text, chance: torch.Generator) -> Task:
    """What the model's objective makes of sentences."""
    if model.spec.objective == "masked_words":
        return hidden(text, len(model.names), chance)
    nowhere = torch.zeros_like(text.words, dtype=torch.bool)
    if model.spec.objective == "labelled_head":
        return Task(text, text.words, nowhere, text.words)
    rows = torch.arange(len(text))
    where, wanted = nowhere.clone(), text.words.clone()
    where[rows, text.pronoun] = True
    wanted[rows, text.pronoun] = text.words[rows, text.antecedent]
    return Task(text, text.words, where, wanted)


def hidden(text: Text, V: int, chance: torch.Generator) -> Task:
    """BERT's: some of the words, chosen by chance, are to be foretold; most of these are hidden."""
    size = text.words.shape
    there = torch.arange(size[1]) < text.lengths[:, None]  # (B, n)
    where = there & (torch.rand(size, generator=chance) < CHOSEN)
    where[:, 0] |= ~where.any(dim=1)  # at least one
    fate = torch.rand(size, generator=chance)
    others = torch.randint(MASK + 1, V, size, generator=chance)
    words = text.words.masked_fill(where & (fate < HIDDEN), MASK)
    words = torch.where(where & (fate >= 1 - REPLACED), others, words)
    return Task(text, words, where, text.words)


def encoded(model: Model, w: Weights, text: Text, words: Tensor | None = None, seen: Seen | None = None) -> Tensor:
    """What the encoder makes of sentences, or of other words in their places: (B, n, D)."""
    words = text.words if words is None else words
    return transformer.encode(Pass(model.shape, w, seen=seen), words, padding(text.lengths, words.shape[1]))


def lost(model: Model, w: Weights, given: Task) -> Tensor:
    """The loss, summed over what is to be foretold, or over the sentences where attention is labelled."""
    rows = torch.arange(len(given.text))
    if model.spec.objective == "labelled_head":
        seen: Seen = {}
        encoded(model, w, given.text, seen=seen)
        A = seen[model.labelled][rows, 0, given.text.pronoun, given.text.antecedent]  # (B,)
        return -torch.log(A.clamp_min(1e-9)).sum()  # step: labelled_loss
    x = encoded(model, w, given.text, given.words)[given.where]  # (words, D)
    s = transformer.scores(Pass(model.shape, w), "encoder", x[None])[0]  # (words, V)
    return cross_entropy(s, given.wanted[given.where]).sum()


# ---- training ---------------------------------------------------------------------------------------------------


def train(model: Model) -> Iterator[Snapshot]:
    """Trains in place. Yields before the first update and then about SNAPSHOTS times, more if the run is long.

    At the end all unseen sentences are measured. If the numbers grow past all bounds the run ends before, with the
    last weights that were good.
    """
    for seconds, metrics in timed(_moments(model)):
        yield Snapshot(model.step, model.total, seconds, metrics)


def _moments(model: Model) -> Iterator[dict[str, float]]:
    """What to tell of each moment. Between two marks, and while the end is measured, the same as before."""
    begin_learning(model)
    told = measure(model)
    yield told
    updates = model.spec.updates
    for mark in sorted({updates * i // SNAPSHOTS for i in range(1, SNAPSHOTS + 1)} - {0}):
        good = {name: each.clone() for name, each in model.still.items()}
        for _ in learning(model, mark):
            yield told
        if model.diverged:
            model.w = good
            yield measure(model)
            return
        told = measure(model)
        yield told
    found: list[dict[str, float]] = []
    for first in range(0, len(model.test), PIECE):
        found.append(right(model, model.test.some(slice(first, first + PIECE))))
        model.step = min(updates * model.spec.batch + first + PIECE, model.total)
        last = model.step == model.total
        yield told | ({name: float(np.mean([each[name] for each in found])) for name in found[0]} if last else {})


def begin_learning(model: Model) -> None:
    """Makes the optimiser."""
    weights = [each.requires_grad_() for each in model.w.values()]
    model.ready["optimizer"] = torch.optim.AdamW(
        weights, lr=model.spec.lr, betas=(0.9, 0.98), weight_decay=DECAY, fused=True
    )
    model.ready["updates"] = []


def learning(model: Model, until: int) -> Iterator[None]:
    """Makes updates, until there are `until`, or the numbers blow up. Yields every 20 ms of work."""
    spec, spent = model.spec, 0
    cost = 6 * model.train.words.shape[1] * (sum(each.numel() for each in model.w.values()) + 20_000)  # of a sentence
    size = max(1, min(spec.batch, WORK // cost))
    while model.update < until and not model.diverged:
        begin, loss = time.thread_time(), 0.0
        given = task(model, model.train.some(batch(model)), _chance(spec.seed, model.update))
        count = int(given.where.sum()) or len(given.text)
        for first in range(0, len(given.text), size):
            if spent and spent + cost * size > WORK:
                model.learning_seconds += time.thread_time() - begin
                yield
                begin, spent = time.thread_time(), 0
            loss += read(model, given.some(slice(first, first + size)), count)
            spent += cost * size
        model.step += spec.batch
        descend(model, loss)
        model.learning_seconds += time.thread_time() - begin


def batch(model: Model) -> Tensor:
    """The sentences of the next update: each is read once before any is read again, in a new order each time."""
    N, B = len(model.train), min(model.spec.batch, len(model.train))
    epoch, place = divmod(model.update, N // B)
    order = np.random.default_rng([model.spec.seed, epoch]).permutation(N)
    rows = torch.from_numpy(order[place * B : (place + 1) * B])
    return rows if model.spec.batch <= N else rows.repeat(math.ceil(model.spec.batch / N))[: model.spec.batch]


def _chance(*seeds: int) -> torch.Generator:
    return torch.Generator().manual_seed(int(np.random.default_rng(seeds).integers(2**62)))


def read(model: Model, given: Task, count: int) -> float:
    """Some sentences of an update in which `count` things are foretold: adds their gradient to that of the weights."""
    with tiny_is_zero():
        loss = lost(model, model.w, given) / count
        loss.backward()  # type: ignore[no-untyped-call]
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


# ---- measuring --------------------------------------------------------------------------------------------------


def measure(model: Model) -> dict[str, float]:
    """loss: of the objective, in nats, in training, since the last moment. What `right` finds in some of the unseen
    sentences, at the end in all. head: which one that is, counted from 0 through all layers. sentences_per_second: per
    CPU-second of learning.
    """
    updates = model.ready["updates"]
    loss = float(np.mean(updates)) if updates else _first_loss(model)
    model.ready["updates"] = []
    read = min(model.step, model.spec.updates * model.spec.batch)
    layer, head = watched(model)
    return {
        "loss": min(loss, BOUND) if math.isfinite(loss) else BOUND,
        **right(model, model.test.some(slice(0, MEASURED)), (layer, head)),
        "head": float(layer * model.spec.heads + head),
        "diverged": float(model.diverged),
        "sentences_per_second": read / model.learning_seconds if model.learning_seconds else 0.0,
    }


@torch.no_grad()
def _first_loss(model: Model) -> float:
    given = task(model, model.train.some(slice(0, MEASURED)), _chance(model.spec.seed))
    return float(lost(model, model.still, given)) / (int(given.where.sum()) or len(given.text))


def watched(model: Model) -> tuple[int, int]:
    """The layer and the head, from 0, whose attention is measured: the labelled one, if there is; else the head which
    is right most often in sentences it was trained on, of all layers."""
    if model.spec.objective == "labelled_head":
        return model.spec.layers - 1, 0
    found = prefers(model, model.train.some(slice(0, MEASURED)))[0].mean(axis=2)  # (N, h)
    layer, head = divmod(int(found.argmax()), model.spec.heads)
    return layer, head


@torch.no_grad()
def prefers(model: Model, text: Text) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether each head looks from the pronoun more at the antecedent than at the other noun, and what of its
    attention each of them gets: (N, h, B), all three."""
    seen: Seen = {}
    encoded(model, model.still, text, seen=seen)
    rows = torch.arange(len(text))
    A = torch.stack([seen[f"encoder.{layer}.self.A"] for layer in range(model.spec.layers)])  # (N, B, h, n, n)
    # Indices with a slice between them come first: (B, N, h), turned.
    on, other = (A[:, rows, :, text.pronoun, at].permute(1, 2, 0).numpy() for at in (text.antecedent, text.competitor))
    return on > other, on, other


@torch.no_grad()
def right(model: Model, text: Text, head: tuple[int, int] | None = None) -> dict[str, float]:
    """antecedent_accuracy: in which share of the sentences the `watched` head looks from the pronoun more at what it
    stands for than at the other noun; chance is a half. mass: the share of its attention that is there, the mean.

    task_accuracy: how often the model does what it was trained on. labelled_head: of all words, attention is most on
    the antecedent. predict_noun: the noun is right. masked_words: a masked word is right.
    """
    layer, at = watched(model) if head is None else head
    more, on, _ = prefers(model, text)
    found = {"antecedent_accuracy": float(more[layer, at].mean()), "mass": float(on[layer, at].mean())}
    return found | {"task_accuracy": _solved(model, text)}


def _solved(model: Model, text: Text) -> float:
    given = task(model, text, _chance(0))
    if model.spec.objective == "labelled_head":
        seen: Seen = {}
        encoded(model, model.still, text, seen=seen)
        row = seen[model.labelled][torch.arange(len(text)), 0, text.pronoun]  # (B, n)
        return float((row.argmax(dim=1) == text.antecedent).double().mean())
    x = encoded(model, model.still, text, given.words)[given.where]
    s = transformer.scores(Pass(model.shape, model.still), "encoder", x[None])[0]  # (words, V)
    return float((s.argmax(dim=1) == given.wanted[given.where]).double().mean())


def weights(model: Model) -> dict[str, np.ndarray]:
    """The weights as they stand: copies."""
    return {name: each.detach().numpy().copy() for name, each in model.w.items()}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other weights, to ask about another moment."""
    return dataclasses.replace(model, w={name: torch.from_numpy(each) for name, each in weights.items()})


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the model."""
    spec, language = model.spec, model.spec.language
    train, test = model.sentences
    return {
        "nouns": {kind: list(grammar.NOUNS[language][kind]) for kind in grammar.KINDS},
        "adjectives": {kind: list(grammar.ADJECTIVES[language][kind]) for kind in grammar.KINDS},
        "vocabulary": list(model.names[MASK + 1 :]),
        "examples": list(grammar.EXAMPLES[language]),
        "pronoun": grammar.PRONOUN[language],
        "sentences": len(train),
        "unseen": len(test),
        "measured": MEASURED,
        "longest": max(len(each.words) for each in train),
        "most_words": LONGEST,
        "parameters": sum(each.numel() for each in model.w.values()),
        "layers": spec.layers,
        "heads": spec.heads,
    }


# ---- questions ---------------------------------------------------------------------------------------------------
# Layers and heads are counted from 1 here, as learners count them; places of words from 0.


def words_of(model: Model, sentence: str | None) -> tuple[str, ...]:
    """The words of a learner's sentence; without one, of the first example. Raises what `typed.words_of` raises."""
    language = model.spec.language
    offer = [noun for kind in grammar.KINDS for noun in grammar.NOUNS[language][kind]]
    line = grammar.EXAMPLES[language][0] if sentence is None else sentence
    return typed.words_of(line, set(model.names[MASK + 1 :]), LONGEST, offer)


def place_of(model: Model, words: Sequence[str], place: int | None) -> int:
    """The place that is asked about: of the pronoun, if none is given; of the last word, if there is none."""
    if place is None:
        pronoun = grammar.PRONOUN[model.spec.language]
        return words.index(pronoun) if pronoun in words else len(words) - 1
    if not 0 <= place < len(words):
        raise Mistake("dial_range", name="place", value=place, low=0, high=len(words) - 1)
    return place


@torch.no_grad()
def looked(model: Model, words: Sequence[str], w: Weights | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The attention A (N, h, n, n) of all heads for one sentence, and what the encoder makes of it, (n, D)."""
    number, seen = indexed(model.names), Seen()
    run = Pass(model.shape, model.still if w is None else w, seen=seen)
    x = transformer.encode(run, torch.tensor([[number[word] for word in words]]))
    A = torch.stack([seen[f"encoder.{layer}.self.A"][0] for layer in range(model.spec.layers)])
    return A.numpy(), x[0].numpy()


@torch.no_grad()
def told(model: Model, words: Sequence[str], place: int, w: Weights | None = None) -> list[dict[str, Any]]:
    """The most probable words at a place: hidden there, if the model was trained on masked words. A model that was
    trained on labels foretells no word."""
    if model.spec.objective == "labelled_head":
        return []
    number = indexed(model.names)
    read = torch.tensor([[number[word] for word in words]])
    if model.spec.objective == "masked_words":
        read[0, place] = MASK
    run = Pass(model.shape, model.still if w is None else w)
    p = torch.softmax(transformer.scores(run, "encoder", transformer.encode(run, read))[0, place], dim=0)  # (V,)
    best = torch.argsort(p, descending=True, stable=True)[:TOLD].tolist()
    return [{"word": model.names[x], "probability": round(float(p[x]), 6)} for x in best]


def described(model: Model, words: Sequence[str], place: int, w: Weights | None = None) -> dict[str, Any]:
    """A (N, h, n, n) as lists, its `average` over the heads of each layer, the `entropy` of each head in bits, `words`
    foretold at the place, and the nouns that the `watched` head looks at from there, the most looked at first."""
    A, _ = looked(model, words, w)
    layer, head = watched(model)
    nouns = [at for at, word in enumerate(words) if grammar.kind(model.spec.language, word)]
    row = A[layer, head, place]
    points = [{"word": words[at], "place": at, "weight": round(float(row[at]), 6)} for at in nouns]
    return {
        "A": rounded(A),
        "average": rounded(A.mean(axis=1)),
        "entropy": rounded(heads.entropy(A)),
        "words": told(model, words, place, w),
        "points_at": sorted(points, key=lambda each: -each["weight"]),
    }


def attention_of(
    model: Model, sentence: str | None = None, off: Sequence[Any] = (), place: int | None = None
) -> dict[str, Any]:
    """What `described` says of a sentence at a place (without one: at its "it"): `before`, and `after` the heads in
    `off`, such as "2.1" for head 1 of layer 2, are switched off (None if there are none)."""
    words = words_of(model, sentence)
    place = place_of(model, words, place)
    silent = heads.named(off, model.spec.layers, model.spec.heads)
    w = heads.switched_off(model.still, model.spec.heads, silent, "encoder.{}.self")
    layer, head = watched(model)
    return {
        "tokens": list(words),
        "place": place,
        "head": f"{layer + 1}.{head + 1}",
        "before": described(model, words, place),
        "after": described(model, words, place, w) if silent else None,
    }


def edited(model: Model, sentence: str, other: str) -> dict[str, Any]:
    """Two sentences of as many words: what `described` says of each, the `difference` of their attention (N, h, n, n),
    and how far each word's vector `moved`, as a share of its length. Raises Mistake("not_as_long")."""
    both = [words_of(model, each) for each in (sentence, other)]
    if len(both[0]) != len(both[1]):
        raise Mistake("not_as_long", first=len(both[0]), second=len(both[1]))
    (A, y), (B, z) = (looked(model, words) for words in both)
    place = place_of(model, both[0], None)
    return {
        "tokens": [list(words) for words in both],
        "changed": [at for at, pair in enumerate(zip(*both, strict=True)) if pair[0] != pair[1]],
        "place": place,
        "before": described(model, both[0], place),
        "after": described(model, both[1], place),
        "difference": rounded(B - A),
        "moved": rounded(_moved(y, z)),
    }


def _moved(y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """How far each row went from y to z, as a share of its length in y."""
    share: np.ndarray = np.linalg.norm(z - y, axis=1) / np.linalg.norm(y, axis=1)
    return share


def swapped(model: Model, sentence: str | None = None, i: int = 1, j: int = 6) -> dict[str, Any]:
    """Two words change places. `with` positions and `without` them, the same weights otherwise: the attention A (N, h,
    n, n) before, `A_after` with the words as they now stand; how far each word's vector `moved`, as a share of its
    length, when it is found again where it now stands; and how much its attention to any word did, at most.

    Without positions nothing moves: the vectors stand in another order, and that is all.
    """
    words = words_of(model, sentence)
    i, j = (place_of(model, words, at) for at in (i, j))
    order = list(range(len(words)))
    order[i], order[j] = j, i
    after = [words[at] for at in order]
    blind = dataclasses.replace(model, spec=dataclasses.replace(model.spec, positions="none"))
    return {
        "tokens": list(words),
        "after": after,
        "i": i,
        "j": j,
        "with": _swap(model, words, after, order),
        "without": _swap(blind, words, after, order),
    }


def _swap(model: Model, words: Sequence[str], after: Sequence[str], order: Sequence[int]) -> dict[str, Any]:
    (A, y), (B, z) = looked(model, words), looked(model, after)
    back = B[:, :, order][..., order]  # (N, h, n, n): each word's attention to each word, in the old order
    return {
        "A": rounded(A),
        "A_after": rounded(B),
        "moved": rounded(_moved(y, z[order]), 7),
        "attention_moved": rounded(abs(back - A).max(axis=(0, 1, 3)), 7),
    }


def examples(model: Model, n: int = SHOWN) -> dict[str, Any]:
    """The two sentences of the example, then unseen ones: words, places of the pronoun, of what it stands for and of
    the other noun, what the `watched` head gives each of the two, the noun it `told` so, and what is foretold there."""
    language = model.spec.language
    known = set(model.names[MASK + 1 :])
    standing = [
        _example(typed.words_of(line, known, LONGEST), at) for at, line in enumerate(grammar.EXAMPLES[language])
    ]
    layer, head = watched(model)
    found = []
    for each in [*standing, *model.sentences[1][: max(0, min(n, PIECE) - len(standing))]]:
        A, _ = looked(model, each.words)
        row = A[layer, head, each.pronoun]
        on, other = float(row[each.antecedent]), float(row[each.competitor])
        found.append(
            dataclasses.asdict(each)
            | {"on_antecedent": round(on, 6), "on_competitor": round(other, 6), "right": on > other}
            | {"told": each.words[each.antecedent if on > other else each.competitor]}
            | {"foretold": told(model, each.words, each.pronoun)[:1]}
        )
    return {"sentences": found, "head": f"{layer + 1}.{head + 1}"}


def _example(words: tuple[str, ...], second: int) -> Sentence:
    """A sentence of the example: "it" is the first noun; in the second sentence, the second."""
    language = "zh" if "它" in words else "en"
    nouns = [at for at, word in enumerate(words) if grammar.kind(language, word)]
    return Sentence(words, words.index(grammar.PRONOUN[language]), nouns[second], nouns[1 - second])


@torch.no_grad()
def masked(model: Model, sentence: str | None = None, layer: int = 1, head: int = 1) -> dict[str, Any]:
    """The scores (n, n) of one head, and the weights when no word is to see those after it: `added`, with −∞ added to
    their scores; `multiplied`, their scores times 0, which is wrong: e⁰ = 1; and `none`, with no mask.

    `leak` (n,) of each is what goes to words after the one that looks.
    """
    words = words_of(model, sentence)
    at, number = heads.place(layer, head, model.spec.layers, model.spec.heads), indexed(model.names)
    seen: Seen = {}
    transformer.encode(Pass(model.shape, model.still, seen=seen), torch.tensor([[number[word] for word in words]]))
    q, k, v = (seen[f"encoder.{at[0]}.self.{name}"][0, at[1]] for name in "qkv")  # (n, d_k)
    scores, mask = q @ k.T / math.sqrt(q.shape[1]), causal(len(words))  # (n, n)
    wrong = torch.softmax(scores * (mask == 0), dim=-1)
    ways = {"added": attention(q, k, v, mask)[1], "multiplied": wrong, "none": attention(q, k, v)[1]}
    later = mask < 0
    return {
        "tokens": list(words),
        "scores": rounded(scores),
        **{name: {"A": rounded(A), "leak": rounded((A * later).sum(dim=1))} for name, A in ways.items()},
    }


def trace_attention(
    model: Model, sentence: str | None = None, place: int | None = None, layer: int = 1, head: int = 1
) -> Trace:
    """One layer, one head, step by step, for the word at a place (without one: "it")."""
    words = words_of(model, sentence)
    at, number = heads.place(layer, head, model.spec.layers, model.spec.heads), indexed(model.names)
    read = torch.tensor([number[word] for word in words])
    return attention_trace.steps(model.shape, model.still, read, words, place_of(model, words, place), *at)


def trace_fixed_example(model: Model) -> Trace:
    """softmax([100, 80, 20, 12]) without and with ÷ √d_k, and softmax([2.5, 1, −0.5]): the numbers of the lesson."""
    return attention_trace.fixed_example()


# ---- views -------------------------------------------------------------------------------------------------------


def attention_view(
    model: Model, previous: Numbers | None, sentence: str | None = None, layer: int = 1, head: int = 1
) -> Numbers:
    """The `words` of a sentence and the attention A (n, n) of one head."""
    words = words_of(model, sentence)
    at = heads.place(layer, head, model.spec.layers, model.spec.heads)
    return {"words": list(words), "A": looked(model, words)[0][at]}


def heads_view(model: Model, previous: Numbers | None, sentence: str | None = None) -> Numbers:
    """The `words` of a sentence and the attention A (N · h, n, n) of every head, layer by layer."""
    words = words_of(model, sentence)
    return {"words": list(words), "A": looked(model, words)[0].reshape(-1, len(words), len(words))}


def antecedent_view(model: Model, previous: Numbers | None, n: int = SHOWN) -> Numbers:
    """What the `watched` head gives, from "it", to what it stands for and to the other noun, in n unseen sentences:
    `antecedent`, `competitor` (n,), the `sentences`, the `pairs` of what it stands for and what is said of it, and the
    `head`."""
    layer, head = watched(model)
    text = model.test.some(slice(0, n))
    _, on, other = prefers(model, text)
    some, space = model.sentences[1][:n], "" if model.spec.language == "zh" else " "
    said = {"sentences": [space.join(each.words) for each in some], "pairs": [list(each.pair) for each in some]}
    found = {"antecedent": on[layer, head], "competitor": other[layer, head]}
    return {**said, **found, "head": f"{layer + 1}.{head + 1}"}


QUESTIONS: dict[str, Callable[..., Any]] = {
    "attention_of": attention_of,
    "edited": edited,
    "swapped": swapped,
    "examples": examples,
    "masked": masked,
    "trace_attention": trace_attention,
    "trace_fixed_example": trace_fixed_example,
}
VIEWS: dict[str, Callable[..., Numbers]] = {
    "attention_view": attention_view,
    "heads_view": heads_view,
    "antecedent_view": antecedent_view,
}
