"""Chinese into English, by LSTMs without attention and with it, or by the Transformer: one task, three models.

Sutskever, Vinyals and Le (2014) and Bahdanau, Cho and Bengio (2014): see `seq2seq.py`. Vaswani et al. (2017): see
`transformer.py`. All three foretell the next word of the translation, given the source and the words before:

    loss = −ln P(word | source, words before), the mean over all words and the </s> of each sentence

In training the words before are the right ones (teacher forcing, Williams and Zipser 1989); in writing they are the
model's own.

What differs here, and why:
- Our own grammar of two languages (`parallel.py`), in which it is known what translates what. None of the sentences
  that measure was learned in either language.
- AdamW (Loshchilov and Hutter 2019) takes the steps, and their size rises for a short while and then falls in a
  straight line, for all three alike. No label is smoothed, nothing dropped out.
- Which word attention points at is read from the cross-attention of the last layer, the mean over its heads.
- `mask="no"` lets a decoder see the words it is to foretell, to show what comes of it.
- A run whose numbers grow past all bounds ends with the last weights that were good.

Symbols: B sentences, m words of the source, n of the target, V words of the target language.
"""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from engine.experiments import Translation
from engine.mistake import Mistake
from engine.models import decoding, finish, recurrent, seq2seq, timed, tiny_is_zero, transformer, translation_trace
from engine.models.attention import Seen, Tensor, Weights, causal, padding
from engine.models.recurrent import BLOWN, BOUND, cross_entropy
from engine.models.sampling import within
from engine.models.transformer import Pass, Shape, decode, encode
from engine.snapshot import Numbers, Snapshot
from engine.text import parallel
from engine.text.parallel import Pair
from engine.text.tokens import END, MARKS, START, UNKNOWN, indexed
from engine.text.typed import words_of
from engine.trace import Trace

SNAPSHOTS = 199  # and one before the first update: 200 moments, as many as a run keeps
MEASURED, FINAL, PIECE = 20, 400, 40  # unseen sentences translated at every moment, at the end, and in one go then
WORK = 1_500_000_000  # multiplications and additions between two snapshots, at most: about 20 ms
LONGEST = 16  # words of a translation, at most, and positions there are
WARM, LAST, DECAY = 0.05, 0.02, 0.01  # the share of updates in which `lr` rises; what is left of it; decay of weights
SHOWN = 8  # sentences of a snapshot
WIDEST = 8  # beams
BY_LENGTH = 160  # sentences that are sorted by length at once: some 80 ms


@dataclass(eq=False)
class Text:
    """Pairs as numbers: `source` (N, m) and how long each is, `target` (N, n + 1) from <s> to the </s> after its
    `sizes`, filled up with </s>; and which word of the source each of the target translates, `aligned` (N, n, m).
    """

    pairs: list[Pair]
    source: Tensor
    lengths: Tensor
    target: Tensor
    sizes: Tensor
    aligned: Tensor

    def some(self, rows: Any) -> "Text":
        """Some of the pairs, no wider than the longest of them."""
        m, n = int(self.lengths[rows].max()), int(self.sizes[rows].max())
        source, target, aligned = self.source[rows, :m], self.target[rows, : n + 1], self.aligned[rows, :n, :m]
        return Text([], source, self.lengths[rows], target, self.sizes[rows], aligned)


@dataclass(eq=False)
class Model:
    """A translator. `names` are the words of both languages by number, the marks first. `w` are the weights, `step`
    counts the pairs read, `update` the updates made."""

    spec: Translation
    names: dict[str, tuple[str, ...]]
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
        """The Transformer's."""
        spec, D = self.spec, self.spec.heads * self.spec.head_dim
        sizes = {"source": len(self.names["zh"]), "target": len(self.names["en"])}
        kind = {"norm": spec.norm, "positions": spec.positions, "causal": spec.mask == "yes"}
        return Shape(D, spec.heads, spec.layers, 2 * D, LONGEST, **sizes, **kind)  # type: ignore[arg-type]

    @property
    def total(self) -> int:
        """Pairs read in the whole training, and at its end to measure it."""
        return self.spec.updates * self.spec.batch + len(self.test.pairs)

    @property
    def still(self) -> Weights:
        """The weights for questions, without a record for gradients."""
        return {name: each.detach() for name, each in self.w.items()}

    @property
    def attends(self) -> bool:
        """Whether there is attention to the source."""
        return self.spec.architecture != "lstm"


def preparing(spec: Translation, text: str | None = None) -> Generator[float, None, Model]:
    """Makes the sentences and the first weights, yielding the fraction done; `text` is not used."""
    train, test = parallel.parted(spec.corpus_seed, spec.pairs, FINAL)
    yield 0.5
    names = {side: words(train, side) for side in ("zh", "en")}
    model = Model(spec, names, numbered(train, names), numbered(test, names), {})
    model.w = _first(model)
    yield 0.8
    recurrent.warm()
    yield 1.0
    return model


def build(spec: Translation, text: str | None = None) -> Model:
    """`preparing` in one go."""
    return finish(preparing(spec, text))


def words(pairs: Sequence[Pair], side: str) -> tuple[str, ...]:
    """The marks, and then all words of one language in order of their code points."""
    return (*MARKS, *sorted({word for pair in pairs for word in (pair.source if side == "zh" else pair.target)}))


def numbered(pairs: list[Pair], names: dict[str, tuple[str, ...]]) -> Text:
    """Pairs as numbers."""
    zh, en = (indexed(names[side]) for side in ("zh", "en"))
    lengths, sizes = [len(pair.source) for pair in pairs], [len(pair.target) + 1 for pair in pairs]
    m, n = max(lengths), max(sizes)
    source = torch.tensor([[*(zh[x] for x in pair.source), *[END] * (m - len(pair.source))] for pair in pairs])
    target = [[START, *(en[x] for x in pair.target), *[END] * (n - len(pair.target))] for pair in pairs]
    aligned = torch.zeros(len(pairs), n, m, dtype=torch.bool)
    for number, pair in enumerate(pairs):
        for j, places in enumerate(pair.aligned):
            aligned[number, j, list(places)] = True
    return Text(pairs, source, torch.tensor(lengths), torch.tensor(target), torch.tensor(sizes), aligned)


def _first(model: Model) -> Weights:
    spec, (zh, en) = model.spec, (len(model.names[side]) for side in ("zh", "en"))
    if spec.architecture == "transformer":
        return transformer.first_weights(model.shape, spec.seed)
    return seq2seq.first_weights(zh, en, spec.hidden // 2, spec.hidden, model.attends, spec.seed)


# ---- the three models, as one -----------------------------------------------------------------------------------


def foretold(model: Model, w: Weights, text: Text, seen: Seen | None = None) -> tuple[Tensor, Tensor | None]:
    """The scores (B, n, V) of the words that follow the right ones, and where attention points, (B, n, m) or None.

    The Transformer's attention is known only with `seen`.
    """
    before = text.target[:, :-1]
    if model.spec.architecture != "transformer":
        return seq2seq.decode(w, before, seq2seq.encode(w, text.source, text.lengths))
    run, hidden = Pass(model.shape, w, seen=seen), padding(text.lengths, text.source.shape[1])
    s = transformer.decode(run, before, transformer.encode(run, text.source, hidden), hidden)
    return s, None if seen is None else seen[f"decoder.{model.spec.layers - 1}.cross.A"].mean(dim=1)


def reader(model: Model, source: Tensor, lengths: Tensor) -> decoding.Reads:
    """What translations of sources (B, m) can be written with."""
    w = model.still
    if model.spec.architecture != "transformer":
        return seq2seq.Reader(w, seq2seq.encode(w, source, lengths))
    run, hidden = Pass(model.shape, w), padding(lengths, source.shape[1])
    # Without a mask the words before change with each new one, so that none of them can be kept.
    return decoding.Reader(run, transformer.encode(run, source, hidden), hidden, cached=model.shape.causal)


def translated(model: Model, text: Text) -> Tensor:
    """Greedy translations (B, LONGEST − 1), filled up with </s>."""
    begin = torch.full((len(text.source), 1), START)
    made = decoding.greedy(reader(model, text.source, text.lengths), begin, LONGEST - 1)
    return torch.nn.functional.pad(made, (0, LONGEST - 1 - made.shape[1]), value=END)


# ---- training ----------------------------------------------------------------------------------------------------

Told = tuple[dict[str, float], tuple[str, ...]]  # the metrics of a moment, and some translations


def train(model: Model) -> Iterator[Snapshot]:
    """Trains in place. Yields before the first update and then about SNAPSHOTS times, more if the run is long.

    At the end all unseen sentences are translated. If the numbers grow past all bounds the run ends before, with the
    last weights that were good.
    """
    for seconds, (metrics, samples) in timed(_moments(model)):
        yield Snapshot(model.step, model.total, seconds, metrics, samples)


def _moments(model: Model) -> Iterator[Told]:
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
    found: list[dict[str, tuple[int, int]]] = []
    for first in range(0, len(model.test.pairs), PIECE):
        piece = slice(first, first + PIECE)
        found.append(right(model, model.test.some(piece)))
        model.step = min(updates * model.spec.batch + piece.stop, model.total)
        yield (told if model.step < model.total else ({**told[0], **_shares(found)}, told[1]))


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
    cost = 6 * LONGEST * (sum(each.numel() for each in model.w.values()) + 20_000)  # of a pair, there and back
    size = max(1, min(spec.batch, WORK // cost))
    while model.update < until and not model.diverged:
        rows, begin, loss = batch(model), time.thread_time(), 0.0
        words = int(model.train.sizes[rows].sum())
        for some in torch.split(rows, size):
            if spent and spent + cost * len(some) > WORK:
                model.learning_seconds += time.thread_time() - begin
                yield
                begin, spent = time.thread_time(), 0
            with tiny_is_zero():
                loss += read(model, model.train.some(some), words)
            model.step += len(some)
            spent += cost * len(some)
        descend(model, loss)
        model.learning_seconds += time.thread_time() - begin


def batch(model: Model) -> Tensor:
    """The pairs of the next update: each is read once before any is read again, in a new order each time."""
    N, B = len(model.train.pairs), min(model.spec.batch, len(model.train.pairs))
    epoch, place = divmod(model.update, N // B)
    order = np.random.default_rng([model.spec.seed, epoch]).permutation(N)
    rows = torch.from_numpy(order[place * B : (place + 1) * B])
    return rows if model.spec.batch <= N else rows.repeat(math.ceil(model.spec.batch / N))[: model.spec.batch]


def read(model: Model, text: Text, words: int) -> float:
    """Some pairs of an update of so many words: adds the gradient of their loss to that of the weights."""
    s, _ = foretold(model, model.w, text)
    there = torch.arange(s.shape[1]) < text.sizes[:, None]  # (B, n)
    loss = cross_entropy(s, text.target[:, 1:])[there].sum() / words
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.item()


def descend(model: Model, loss: float) -> None:
    """One update: shortens the gradient to 1 if it is longer, and takes a step down."""
    spec, optimizer, done = model.spec, model.ready["optimizer"], model.update / model.spec.updates
    norm = recurrent.shorten(model.w, 1.0)
    model.diverged = not (math.isfinite(norm) and loss < BLOWN * math.log(len(model.names["en"])))
    for group in optimizer.param_groups:
        group["lr"] = spec.lr * max(LAST, min(1.0, (done + 1 / spec.updates) / WARM) * (1 - done))
    if not model.diverged:
        optimizer.step()
    optimizer.zero_grad()
    model.ready["updates"].append(loss)
    model.update += 1


# ---- measuring ---------------------------------------------------------------------------------------------------


def measure(model: Model) -> Told:
    """loss: nats a word, in training, since the last moment. exact_match: the share of unseen sentences that are
    translated word for word. alignment_accuracy: the share of words that have a word of the source they translate at
    which attention points most. Both of a sample, at the end of all. pairs_per_second: per CPU-second of learning.
    """
    some, updates = model.test.some(slice(0, MEASURED)), model.ready["updates"]
    loss = float(np.mean(updates)) if updates else _first_loss(model, some)
    model.ready["updates"] = []
    read = min(model.step, model.spec.updates * model.spec.batch)
    metrics = {
        "loss": min(loss, BOUND) if math.isfinite(loss) else BOUND,
        "diverged": float(model.diverged),
        "pairs_per_second": read / model.learning_seconds if model.learning_seconds else 0.0,
    }
    made = translated(model, some)
    samples = tuple(" ".join(said(model, row)) for row in made[:SHOWN].tolist())
    return metrics | _shares([right(model, some, made)]), samples


@torch.no_grad()
def _first_loss(model: Model, text: Text) -> float:
    s, _ = foretold(model, model.still, text)
    there = torch.arange(s.shape[1]) < text.sizes[:, None]  # (B, n)
    return float(cross_entropy(s, text.target[:, 1:])[there].mean())


def said(model: Model, row: Sequence[int]) -> list[str]:
    """The words up to </s>."""
    return [model.names["en"][x] for x in (row[: row.index(END)] if END in row else row)]


@torch.no_grad()
def right(model: Model, text: Text, made: Tensor | None = None) -> dict[str, tuple[int, int]]:
    """How many translations are right, and how many words of the right ones are aligned; each with of how many."""
    made = translated(model, text) if made is None else made
    wanted = torch.nn.functional.pad(text.target[:, 1:], (0, LONGEST - text.target.shape[1]), value=END)
    found = {"exact_match": (int((made == wanted).all(dim=1).sum()), len(made))}
    if model.attends:
        _, alpha = foretold(model, model.still, text, seen={})
        assert alpha is not None
        hits = text.aligned.gather(2, alpha.argmax(dim=2, keepdim=True))[..., 0]  # (B, n)
        found["alignment_accuracy"] = int(hits.sum()), int(text.aligned.any(dim=2).sum())
    return found


def _shares(found: list[dict[str, tuple[int, int]]]) -> dict[str, float]:
    return {name: sum(each[name][0] for each in found) / sum(each[name][1] for each in found) for name in found[0]}


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the model."""
    return {
        "vocabulary": {side: list(names[len(MARKS) :]) for side, names in model.names.items()},
        "pairs": len(model.train.pairs),
        "unseen": len(model.test.pairs),
        "measured": MEASURED,
        "examples": [" ".join(pair.source) for pair in model.test.pairs[:SHOWN]],
        "longest_source": int(model.train.lengths.max()),
        "longest_target": int(model.train.sizes.max()) - 1,
        "parameters": sum(each.numel() for each in model.w.values()),
        "attends": model.attends,
    }


def weights(model: Model) -> dict[str, np.ndarray]:
    """The weights as they stand: copies."""
    return {name: each.detach().numpy().copy() for name, each in model.w.items()}


def with_weights(model: Model, weights: dict[str, np.ndarray]) -> Model:
    """The same model with other weights, to ask about another moment."""
    return dataclasses.replace(model, w={name: torch.from_numpy(each) for name, each in weights.items()})


# ---- questions and views ----------------------------------------------------------------------------------------


def unseen(model: Model, n: int = 8) -> dict[str, Any]:
    """The first n unseen sentences: source, target, and what the model makes of it."""
    text = model.test.some(slice(0, max(1, min(n, PIECE))))
    made = translated(model, text).tolist()
    pairs = zip(model.test.pairs, made, strict=False)
    return {
        "sentences": [
            {"source": list(p.source), "target": list(p.target), "told": said(model, row),
             "right": said(model, row) == list(p.target)}
            for p, row in pairs
        ]
    }  # fmt: skip


def alignment_view(model: Model, previous: Numbers | None, number: int = 0) -> Numbers:
    """Where attention points in unseen sentence `number`: source (m) and target (n) words, and A (n, m), zeros where
    the model has none."""
    pair, text = model.test.pairs[number], model.test.some(slice(number, number + 1))
    with torch.no_grad():
        _, alpha = foretold(model, model.still, text, seen={})
    A = np.zeros((int(text.sizes[0]), len(pair.source)), np.float32) if alpha is None else alpha[0].numpy()
    return {"source": list(pair.source), "target": [*pair.target, MARKS[END]], "A": A}


def translations_view(model: Model, previous: Numbers | None, n: int = SHOWN) -> Numbers:
    """The first n unseen sentences, (n,) each: source, target, what the model makes of them, and if it is right."""
    found = unseen(model, n)["sentences"]
    lines = {name: [" ".join(each[name]) for each in found] for name in ("source", "target", "told")}
    return {**lines, "right": [each["right"] for each in found]}


def typed(model: Model, sentence: str | None) -> Text:
    """One sentence as a text without a translation; None is the first unseen one. Raises a Mistake of `words_of`."""
    pair = model.test.pairs[0]
    known = model.names["zh"][len(MARKS) :]
    words = pair.source if sentence is None else words_of(sentence, known, LONGEST, known)
    numbers = indexed(model.names["zh"])
    source = torch.tensor([[numbers[word] for word in words]])
    lengths = torch.tensor([len(words)])
    none = torch.zeros(1, 1, dtype=torch.long)
    return Text([], source, lengths, none, lengths, torch.zeros(1, 1, len(words), dtype=torch.bool))


def _chinese(model: Model, text: Text) -> list[str]:
    return [model.names["zh"][x] for x in text.source[0].tolist()]


def _english(model: Model, words: Sequence[int]) -> list[str]:
    return [model.names["en"][x] for x in words]


def _given(model: Model, text: Text, words: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor | None, dict[str, Any]]:
    """ln P (n, V) of the word after each of <s> and `words` but the last, where attention points (n, m), all seen."""
    target = torch.tensor([[START, *words]])
    seen: dict[str, Any] = {}
    with torch.no_grad():
        s, alpha = foretold(model, model.still, dataclasses.replace(text, target=target), seen=seen)
    return torch.log_softmax(s[0].double(), dim=-1), None if alpha is None else alpha[0], seen


def written(model: Model, text: Text) -> list[int]:
    """The greedy translation, with the </s> it ends with; without one if it never ends."""
    row = translated(model, text)[0].tolist()
    return row[: row.index(END) + 1] if END in row else row


def translate(model: Model, sentence: str | None = None, how: str = "greedy", width: int = 4) -> dict[str, Any]:
    """A translation, word by word: `source` (m), `target` (n) with </s>, the `probability` of each word, and where the
    decoder looked, `A` (n, m), the mean of the `heads` (h, n, m) of the last layer; empty where there is no attention.

    `how`: greedy or beam. Raises Mistake("word_not_learnt"), ("sentence_too_long"), ("dial_range").
    """
    text = typed(model, sentence)
    words = written(model, text) if how == "greedy" else _best(model, text, width)
    logs, alpha, seen = _given(model, text, words)
    heads = seen.get(f"decoder.{model.spec.layers - 1}.cross.A")
    return {
        "source": _chinese(model, text),
        "target": _english(model, words),
        "probability": [float(logs[j, word].exp()) for j, word in enumerate(words)],
        "log": float(sum(logs[j, word] for j, word in enumerate(words))),
        "A": [] if alpha is None else alpha.tolist(),
        "heads": [] if heads is None else heads[0].tolist(),
    }


def _beam(model: Model, text: Text, width: int, alpha: float) -> decoding.Beam:
    within(width=(width, 1, WIDEST), alpha=(alpha, 0, 2))
    reads = reader(model, text.source, text.lengths)
    with torch.no_grad():
        return decoding.beam(reads, torch.tensor([[START]]), LONGEST - 1, width, alpha)


def _best(model: Model, text: Text, width: int) -> list[int]:
    found = _beam(model, text, width, 0.6)
    return found.words(found.finished[0])


def beams(model: Model, sentence: str | None = None, width: int = 3, alpha: float = 0.6) -> dict[str, Any]:
    """All beginnings that beam search looked at, `nodes`, and which of them are finished, the `best` first."""
    text = typed(model, sentence)
    found = _beam(model, text, width, alpha)
    over = set(found.finished)
    nodes = [
        {"word": model.names["en"][each.word], "parent": each.parent, "log": each.log, "score": each.score,
         "depth": each.depth, "kept": each.kept, "finished": i in over}
        for i, each in enumerate(found.branches)
    ]  # fmt: skip
    told = [_english(model, found.words(leaf)) for leaf in found.finished]
    return {"source": _chinese(model, text), "nodes": nodes, "best": found.finished, "told": told}


def forcing(model: Model, number: int = 0) -> dict[str, Any]:
    """Unseen sentence `number` twice: given the right words before each place, and given the model's own.

    `places`: the `right` word; what was given before it and what the model says, with which probability, either way.
    """
    within(number=(number, 0, len(model.test.pairs) - 1))
    pair, text = model.test.pairs[number], model.test.some(slice(number, number + 1))
    right = text.target[0, 1:].tolist()
    own = (written(model, text) + [END] * len(right))[: len(right)]
    ways = {}
    for way, words in (("forced", right), ("free", own)):
        logs = _given(model, text, words)[0].clone()
        logs[:, UNKNOWN] = -np.inf
        says, p = logs.max(dim=1).indices.tolist(), logs.max(dim=1).values.exp().tolist()
        ways[way] = list(zip([START, *words], says, p, strict=False))
    places = []
    for j, word in enumerate(right):
        place: dict[str, Any] = {"right": model.names["en"][word]}
        for way, told in ways.items():
            before, says, p = told[j]
            place |= {f"{way}_given": model.names["en"][before], f"{way}_says": model.names["en"][says], f"{way}_p": p}
        places.append(place)
    return {"source": list(pair.source), "places": places}


def by_length(model: Model, begin: int = 0) -> dict[str, Any]:
    """BY_LENGTH unseen sentences, from number `begin`, by the number of their Chinese words: how many there are, the
    share that is right word for word, and the share of words that are right at their place. `end`: the number of the
    sentence after them; `of` how many there are in all.

    Raises Mistake("dial_range").
    """
    within(begin=(begin, 0, len(model.test.pairs) - 1))
    end = min(begin + BY_LENGTH, len(model.test.pairs))
    found: dict[int, list[tuple[bool, float]]] = {}
    for first in range(begin, end, PIECE):
        text = model.test.some(slice(first, min(first + PIECE, end)))
        pairs = model.test.pairs[first : min(first + PIECE, end)]
        for pair, row in zip(pairs, translated(model, text).tolist(), strict=True):
            told = said(model, row)
            same = sum(a == b for a, b in zip(told, pair.target, strict=False))
            longest = max(len(told), len(pair.target))
            found.setdefault(len(pair.source), []).append((told == list(pair.target), same / longest))
    return {
        "rows": [
            {"length": length, "sentences": len(each), "exact_match": float(np.mean([right for right, _ in each])),
             "word_accuracy": float(np.mean([share for _, share in each]))}
            for length, each in sorted(found.items())
        ],
        "end": end,
        "of": len(model.test.pairs),
    }  # fmt: skip


def masked_wrong(model: Model, sentence: str | None = None) -> dict[str, Any]:
    """Self-attention of the decoder in the translation of a sentence (the first head of the first layer), with −∞
    added to the scores of later words, with these multiplied by 0, and with no mask: for each the weights `A` (n, n)
    and `leak` (n), the weight on words still to come.

    Raises Mistake("only_transformer").
    """
    _transformer(model)
    text = typed(model, sentence)
    words = written(model, text)[:-1]
    _, _, seen = _given(model, text, [*words, END])
    q, k = (seen[f"decoder.0.self.{name}"][0, 0] for name in ("q", "k"))
    S = q @ k.T / q.shape[-1] ** 0.5  # (n, n)
    M = causal(len(S))
    later = M < 0
    kinds = {"added": S + M, "multiplied": S.masked_fill(later, 0.0), "none": S}
    found: dict[str, Any] = {"words": [MARKS[START], *_english(model, words)], "scores": S.tolist()}
    for name, scores in kinds.items():
        A = scores.softmax(dim=-1)
        found[name] = {"A": A.tolist(), "leak": A.masked_fill(~later, 0.0).sum(dim=-1).tolist()}
    return found


def _transformer(model: Model) -> None:
    if model.spec.architecture != "transformer":
        raise Mistake("only_transformer")


def trace_decoding(model: Model, sentence: str | None = None, place: int = 0) -> Trace:
    """How word `place` of the translation is chosen, from 0: see translation_trace.py.

    Raises Mistake("only_transformer"), ("dial_range").
    """
    _transformer(model)
    text = typed(model, sentence)
    words = written(model, text)
    within(place=(place, 0, len(words) - 1))
    before = [START, *words[:place]]
    seen: dict[str, Any] = {}
    run = Pass(model.shape, model.still, seen=seen)
    with torch.no_grad():
        s = decode(run, torch.tensor([before]), encode(run, text.source))[0, -1]
    source, told = _chinese(model, text), _english(model, before)
    return translation_trace.steps(model.shape, seen, s, source, told, model.names["en"])


QUESTIONS: dict[str, Callable[..., Any]] = {
    "unseen": unseen,
    "translate": translate,
    "beams": beams,
    "forcing": forcing,
    "by_length": by_length,
    "masked_wrong": masked_wrong,
    "trace_decoding": trace_decoding,
}
VIEWS: dict[str, Callable[..., Numbers]] = {
    "alignment_view": alignment_view,
    "translations_view": translations_view,
}
