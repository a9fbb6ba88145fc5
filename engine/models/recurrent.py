"""Recurrent networks: one state, changed by every word, is all that the model knows of the words before.

Elman (1990, "Finding structure in time") fed a network its own last state, h_t = tanh(W x_t + U h_{t−1} + b).
Hochreiter and Schmidhuber (1997, "Long short-term memory") gave it a cell c to which gates let things in and out; Gers,
Schmidhuber and Cummins (2000, "Learning to forget") added the gate that empties it. Cho et al. (2014) made the GRU, a
smaller one. Mikolov et al. (2010) foretold words with Elman's network:

    s = O h_t + o        P(next word | all words before) = softmax(s)        loss = −ln P, the mean over the text

The text is read by several streams at once, `bptt` tokens at a time; the state goes on from one piece to the next, the
gradient does not: truncated back-propagation through time (Williams and Peng 1990). A gradient longer than `clip` is
shortened to it (Pascanu, Mikolov and Bengio 2013).

What differs here, and why:
- The LSTM is today's: no peepholes, tanh throughout, and the whole gradient, where the papers of 1997 and 2000 cut it
  at the gates. `lstm_1997` has no forget gate and is otherwise the same.
- The GRU takes r ⊙ (U h + b_n), as cuDNN and torch do, where the paper has U (r ⊙ h): one product of matrices less.
- Adam (Kingma and Ba 2015) takes the steps, and their size falls to a tenth in a straight line; plain gradient descent,
  as the papers have it, is a setting.
- In training the state goes on from sentence to sentence, as Mikolov's does. Held-out sentences, and what a learner
  types, begin with an empty state, as an n-gram model begins: neither knows anything of the sentences before. The LSTM
  of 1997 is much worse off by it: its cell, never emptied, is another one in training, as Gers et al. found.
- Training runs torch's own LSTM, GRU and RNN on the weights of the cells below; a test compares both, gradients too.
- A run whose numbers grow past all bounds ends with the last weights that were good.
- Generated text goes on after the end of a sentence, unless it is told to stop there. <unk> is never drawn.

Symbols: B streams, T steps in time, D dimensions of a word, H hidden units, V words that can follow (<unk>, </s> and
the words), ⊙ the product of each number with each, σ(a) = 1 / (1 + e^−a).
"""

import dataclasses
import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from engine.experiments import LSTM
from engine.mistake import Mistake
from engine.models import finish, language, recurrent_trace, timed, tiny_is_zero
from engine.models.language import (
    REACH,
    Told,
    as_lines,
    broken,
    characters_of,
    example_of,
    moments,
    side_by_side,
)
from engine.models.sampling import drawn, sharpened, within
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
    outputs,
    parted,
    vocabulary,
)
from engine.text.vocabulary import Sentence
from engine.trace import Trace

MEASURED, FINAL = 3_000, 100_000  # held-out tokens that are scored at every moment, and at the end, at most
WORK = 2_000_000_000  # multiplications and additions between two snapshots, at most: about 20 ms
LAST = 0.1  # the share of `lr` that is left at the end
BOUND = 1e30  # what is told of numbers that are past all bounds
BLOWN = 3.0  # times the loss of guessing evenly: worse than that, and the numbers have grown past all bounds
LIMIT = 300  # tokens whose states are shown
LINES = {"words": (4, 16), "characters": (4, 60)}  # of a sampled text, and the tokens of each at most

Tensor = torch.Tensor
Weights = dict[str, Tensor]
State = tuple[Tensor, Tensor]  # h (B, H), and c (B, H) or (B, 0) for the cells that have none

# ---- the cells: one step in time --------------------------------------------------------------------------------
# x (B, D) is the word that is read, h and c (B, H) what is left of all before. Each returns all that it computes.


def elman(w: Weights, x: Tensor, h: Tensor, c: Tensor) -> Weights:
    """Elman's network: the new state is made of the word and the old state. W (H, D), U (H, H), b (H,)."""
    a = x @ w["W"].T + h @ w["U"].T + w["b"]  # step: elman
    h = torch.tanh(a)  # step: elman_state
    return {"a": a, "h": h, "c": c}


def lstm(w: Weights, x: Tensor, h: Tensor, c: Tensor) -> Weights:
    """The LSTM with a forget gate. W (4H, D), U (4H, H), b (4H,): in this order i, f, g, o."""
    a = x @ w["W"].T + h @ w["U"].T + w["b"]  # (B, 4H)  # step: gates
    a_i, a_f, a_g, a_o = a.chunk(4, dim=1)  # (B, H) each
    i = torch.sigmoid(a_i)  # what to let in  # step: input_gate
    f = torch.sigmoid(a_f)  # what to keep  # step: forget_gate
    g = torch.tanh(a_g)  # what could come in  # step: candidate
    c = f * c + i * g  # step: cell
    o = torch.sigmoid(a_o)  # what to show  # step: output_gate
    h = o * torch.tanh(c)  # step: hidden
    return {"a": a, "i": i, "f": f, "g": g, "o": o, "c": c, "h": h}


def lstm_1997(w: Weights, x: Tensor, h: Tensor, c: Tensor) -> Weights:
    """The LSTM before it could forget: the cell only adds. W (3H, D), U (3H, H), b (3H,): i, g, o."""
    a = x @ w["W"].T + h @ w["U"].T + w["b"]  # (B, 3H)
    a_i, a_g, a_o = a.chunk(3, dim=1)  # (B, H) each
    i, g, o = torch.sigmoid(a_i), torch.tanh(a_g), torch.sigmoid(a_o)
    c = c + i * g  # step: cell_1997
    h = o * torch.tanh(c)
    return {"a": a, "i": i, "g": g, "o": o, "c": c, "h": h}


def gru(w: Weights, x: Tensor, h: Tensor, c: Tensor) -> Weights:
    """The GRU: one state, a gate that resets and one that updates. W (3H, D), U (3H, H), b (3H,): r, z, n; b_n (H,)."""
    x_r, x_z, x_n = (x @ w["W"].T + w["b"]).chunk(3, dim=1)  # (B, H) each
    h_r, h_z, h_n = (h @ w["U"].T).chunk(3, dim=1)  # (B, H) each
    a = torch.cat([x_r + h_r, x_z + h_z], dim=1)  # (B, 2H)  # step: gru_gates
    a_r, a_z = a.chunk(2, dim=1)  # (B, H) each
    r = torch.sigmoid(a_r)  # how much of the past the candidate sees  # step: reset_gate
    z = torch.sigmoid(a_z)  # what to keep  # step: update_gate
    n = torch.tanh(x_n + r * (h_n + w["b_n"]))  # step: gru_candidate
    h = (1 - z) * n + z * h  # step: gru_state
    return {"a": a, "r": r, "z": z, "n": n, "h": h, "c": c}


CELLS: dict[str, Callable[[Weights, Tensor, Tensor, Tensor], Weights]] = {
    "elman": elman, "lstm": lstm, "lstm_1997": lstm_1997, "gru": gru,
}  # fmt: skip
GATES = {"elman": 1, "lstm": 4, "lstm_1997": 3, "gru": 3}  # blocks of H rows in W, U and b
WIDE_OPEN = 100.0  # σ of it is 1 exactly


def first_weights(cell: str, words: int, outputs: int, D: int, H: int, forget_bias: float, seed: int) -> Weights:
    """Weights before training: E normal, W, U and O uniform within ±1/√H as torch's, biases 0.

    The bias of the gate that keeps, f of the LSTM and z of the GRU, is `forget_bias`: above 0 it begins half open.
    """
    chance, rows = torch.Generator().manual_seed(seed), GATES[cell] * H

    def uniform(*shape: int) -> Tensor:
        return (torch.rand(shape, generator=chance) * 2 - 1) / math.sqrt(H)

    w = {"E": torch.randn(words, D, generator=chance), "W": uniform(rows, D), "U": uniform(rows, H)}
    w |= {"b": torch.zeros(rows), "O": uniform(outputs, H), "o": torch.zeros(outputs)}
    if cell in ("lstm", "gru"):
        w["b"][H : 2 * H] = forget_bias
    if cell == "gru":
        w["b_n"] = torch.zeros(H)
    return w


def empty(cell: str, B: int, w: Weights) -> State:
    """The state before the first word: zeros."""
    H = w["U"].shape[1]
    return w["U"].new_zeros(B, H), w["U"].new_zeros(B, H if cell.startswith("lstm") else 0)


def unrolled(cell: str, w: Weights, X: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
    """The cell over X (T, B, D), one step after another: all h (T, B, H), all c, and the last state."""
    (h, c), hs, cs = state, [], []
    for x in X:
        step = CELLS[cell](w, x, h, c)
        h, c = step["h"], step["c"]
        hs.append(h)
        cs.append(c)
    return torch.stack(hs), torch.stack(cs), (h, c)


def kernel(cell: str, w: Weights, X: Tensor, state: State) -> tuple[Tensor, State]:
    """All h of `unrolled` and the last state, by torch's own code: the same numbers, up to the last digits, sooner.

    torch has two biases where we have one; the LSTM of 1997 is one whose forget gate stands wide open.
    """
    h, c = state[0][None], state[1][None]  # (1, B, H) each
    zero = torch.zeros_like(w["b"])
    W = [w["W"], w["U"], w["b"], zero]
    if cell == "elman":
        hs, h = torch.rnn_tanh(X, h, W, True, 1, 0.0, False, False, False)
    elif cell == "gru":
        W[3] = torch.cat([zero[: -len(w["b_n"])], w["b_n"]])  # (3H,)
        hs, h = torch.gru(X, h, W, True, 1, 0.0, torch.is_grad_enabled(), False, False)
    else:
        W = [*map(_held_open, W[:2], (0.0, 0.0)), *map(_held_open, W[2:], (WIDE_OPEN, 0.0))] if "97" in cell else W
        hs, h, c = torch.lstm(X, [h, c], W, True, 1, 0.0, torch.is_grad_enabled(), False, False)
    return hs, (h[0], c[0])


def _held_open(rows: Tensor, value: float) -> Tensor:
    """Rows (3H, …) of i, g, o as rows (4H, …) of i, f, g, o, those of f all `value`."""
    i, g, o = rows.chunk(3)
    return torch.cat([i, torch.full_like(i, value), g, o])


# ---- the model ---------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Model:
    """A recurrent language model and the text it learns from.

    `names` (V + 1,) are the words by number: <unk>, <s>, </s>, then the most frequent first. `text` (N,) are the
    training sentences, each with its <s>, one after the other: after a word follows the next one, or </s> where the
    next is <s>. `longest` is the number of words of the longest. `held` (T,) int32 are the held-out sentences with <s>
    and </s>; of their tokens `sample` are measured at every moment, `final` at the end, which have so many
    `characters`. `w` are the weights, `step` counts the tokens read, `update` the updates made. `ready` holds what
    training needs: the optimiser, the state of the streams, and what to tell of the updates since the last moment.
    """

    spec: LSTM
    names: tuple[str, ...]
    index: dict[str, int]
    text: np.ndarray
    sentences: int
    longest: int
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
    def learning(self) -> int:
        """Tokens read in the whole training."""
        return self.spec.updates * self.spec.batch * self.spec.bptt

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
        spec, V = self.spec, len(self.names)
        rows = GATES[spec.cell] * (2 if spec.cell == "gru" else 1)  # torch's GRU takes twice as long as its LSTM
        return 2 * spec.hidden * (rows * (spec.dim + spec.hidden) + V) + 200 * V + 5_000


def preparing(spec: LSTM, text: str | None = None) -> Generator[float, None, Model]:
    """Reads the text, yielding the fraction done, and returns the model with its first weights.

    Raises Mistake("nothing_held_out") for a text of too few sentences, or what the text raises.
    """
    train, test = yield from parted(spec, text)
    model = yield from reading(spec, train, test)
    yield 1.0
    warm()
    return model


def build(spec: LSTM, text: str | None = None) -> Model:
    """The model with its first weights: `preparing` in one go."""
    return finish(preparing(spec, text))


def fitted(spec: LSTM, sentences: Sequence[Sentence]) -> Model:
    """A model trained on these very sentences; nothing is held out."""
    model = finish(reading(spec, sentences, []))
    for _ in train(model):
        pass
    return model


def reading(spec: LSTM, train: Sequence[Sentence], test: Sequence[Sentence]) -> Generator[float, None, Model]:
    """A model of `train` with its first weights, that is measured on `test`."""
    tokens, names = yield from vocabulary(train, spec.min_count)
    index = indexed(names)
    held = yield from encoding(test, index)
    offsets, ends = beginnings(tokens), beginnings(held)
    kind = np.uint8 if len(names) < 2**8 else np.uint16 if len(names) < 2**16 else np.int32
    w = first_weights(spec.cell, len(names), len(names) - 1, spec.dim, spec.hidden, spec.forget_bias, spec.seed)
    longest = int(np.diff(offsets).max()) - 2
    text = tokens[tokens != END].astype(kind)
    model = Model(spec, names, index, text, len(offsets) - 1, longest, held, 0, 0, (0, 0), w)
    few = min(MEASURED, max(300, WORK // model.work // 2))  # of a large model only as many as take 10 ms or so
    counts = [int(np.searchsorted(ends, min(most, len(held)))) for most in (few, FINAL)]  # sentences
    model.sample, model.final = (int(ends[n]) for n in counts)
    model.characters = tuple(characters_of(spec, test[:n]) for n in counts)  # type: ignore[assignment]
    return model


def warm() -> None:
    """Lets torch load what it needs at first use, which takes a second."""
    for cell in CELLS:
        w = {name: each.requires_grad_() for name, each in first_weights(cell, 4, 3, 4, 4, 1.0, 0).items()}
        hs, _ = kernel(cell, w, w["E"][torch.zeros(3, 1, dtype=torch.int64)], empty(cell, 1, w))
        torch.optim.Adam(w.values(), fused=True)
        hs.sum().backward()  # type: ignore[no-untyped-call]


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
    """Makes the optimiser, and empties the state of the streams."""
    spec = model.spec
    weights = [each.requires_grad_() for each in model.w.values()]
    kind: Any = torch.optim.Adam if spec.optimizer == "adam" else torch.optim.SGD
    model.ready |= {"optimizer": kind(weights, lr=spec.lr, fused=True), "updates": []}
    model.ready["state"] = empty(spec.cell, spec.batch, model.still)


def learning(model: Model, until: int) -> Iterator[None]:
    """Makes updates, until there are `until`, or the numbers blow up. Yields every 20 ms of work."""
    spec, spent = model.spec, 0
    cost = 3 * model.work * spec.bptt  # of one stream, forwards and backwards
    size = max(1, min(spec.batch, WORK // cost))  # streams that are read together
    while model.update < until and not model.diverged:
        begin, loss = time.thread_time(), 0.0
        for first in range(0, spec.batch, size):
            streams = slice(first, min(first + size, spec.batch))
            if spent and spent + cost * size > WORK:
                model.learning_seconds += time.thread_time() - begin
                yield
                begin, spent = time.thread_time(), 0
            with tiny_is_zero():
                loss += read_on(model, streams)
            spent += cost * size
        descend(model, loss)
        model.learning_seconds += time.thread_time() - begin


def read_on(model: Model, streams: slice) -> float:
    """The next `bptt` tokens of some streams: adds the gradient of their loss to that of the weights."""
    spec, w = model.spec, model.w
    words, following = chunk(model, streams)
    before = tuple(each[streams] for each in model.ready["state"])
    hs, after = kernel(spec.cell, w, torch.embedding(w["E"], words), before)
    loss = cross_entropy(hs @ w["O"].T + w["o"], following).sum() / (spec.batch * spec.bptt)
    loss.backward()  # type: ignore[no-untyped-call]
    for kept, new in zip(model.ready["state"], after, strict=True):
        kept[streams] = new.detach()  # the state goes on, the gradient does not
    model.step += words.numel()
    return loss.item()


def chunk(model: Model, streams: slice) -> tuple[Tensor, Tensor]:
    """The words (T, B) that some streams read next, and the outputs (T, B) that should follow.

    The streams begin evenly spread over the text, and at its end go on at its beginning.
    """
    spec, N = model.spec, len(model.text)
    begin = np.arange(spec.batch)[streams] * N // spec.batch + model.update * spec.bptt
    place = (begin + np.arange(spec.bptt + 1)[:, None]) % N  # (T + 1, B)
    tokens = model.text[place].astype(np.int64)
    tokens, following = tokens[:-1], np.where(tokens[1:] == START, END, tokens[1:])
    return torch.from_numpy(tokens), torch.from_numpy(outputs(following))


def cross_entropy(s: Tensor, following: Tensor) -> Tensor:
    """−ln softmax(s)[following]: s (…, V), following (…)."""
    flat = torch.nn.functional.cross_entropy(s.flatten(0, -2), following.flatten(), reduction="none")
    return flat.view(following.shape)


def descend(model: Model, loss: float) -> None:
    """One update: shortens the gradient to `clip` if it is longer, and takes a step down."""
    spec, optimizer = model.spec, model.ready["optimizer"]
    norm = shorten(model.w, spec.clip)
    model.diverged = not (math.isfinite(norm) and loss < BLOWN * math.log(len(model.names)))
    for group in optimizer.param_groups:
        group["lr"] = spec.lr * (1 - (1 - LAST) * model.update / spec.updates)
    if not model.diverged:
        optimizer.step()
    optimizer.zero_grad()
    model.ready["updates"].append((loss, norm, float(0 < spec.clip < norm)))
    model.update += 1


def shorten(w: Weights, clip: float) -> float:
    """The length of the gradient, all weights together; if it is more than `clip`, shortens it to that. 0: never."""
    gradients = [each.grad for each in w.values() if each.grad is not None]
    norm = float(torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients])))
    if 0 < clip < norm:
        torch._foreach_mul_(gradients, clip / norm)
    return norm


def means(updates: Sequence[tuple[float, float, float]]) -> dict[str, float]:
    """loss, gradient_norm and clipped of some updates: their means, BOUND where they are past all bounds."""
    found = np.nan_to_num(np.array(updates), nan=BOUND, posinf=BOUND).clip(max=BOUND).mean(0).tolist()
    return dict(zip(("loss", "gradient_norm", "clipped"), found, strict=True))


# ---- measuring ---------------------------------------------------------------------------------------------------


def measure(model: Model) -> dict[str, float]:
    """perplexity, bits_per_character: of a sample of the held-out tokens, at the end of all. See also `_lately`."""
    return {**_lately(model), **language.sampled(model, scoring)}


def _lately(model: Model) -> dict[str, float]:
    """loss: nats a training token; gradient_norm: before it was clipped; clipped: the share of updates in which it was:
    means since the last moment. tokens_per_second: per CPU-second of learning. diverged: 1 where the numbers blew up.
    """
    updates, model.ready["updates"] = model.ready["updates"], []
    speed = min(model.step, model.learning) / model.learning_seconds if model.learning_seconds else 0.0
    metrics = {"loss": _first_loss(model), "tokens_per_second": speed, "diverged": float(model.diverged)}
    return metrics | (means(updates) if updates else {})


def _first_loss(model: Model) -> float:
    """The loss of what the first stream reads next."""
    cell, w = model.spec.cell, model.still
    words, following = chunk(model, slice(0, 1))
    hs, _ = kernel(cell, w, w["E"][words], empty(cell, 1, w))
    return min(float(cross_entropy(hs @ w["O"].T + w["o"], following).mean()), BOUND)


def scoring(model: Model, tokens: np.ndarray) -> Generator[int, None, np.ndarray]:
    """ln P (n,) float64 of each token but the <s>, each sentence beginning with an empty state.

    Yields how many are done, before each further piece of work of about 20 ms.
    """
    begins, lengths = beginnings(tokens)[:-1], np.diff(beginnings(tokens)) - 1  # (S,) tokens to foretell
    place = np.cumsum(lengths) - lengths
    logs, done = np.zeros(int(lengths.sum())), 0
    for group in side_by_side(lengths, max(1, WORK // model.work)):
        state, steps = empty(model.spec.cell, len(group), model.still), int(lengths[group].max())
        for t in range(0, steps, REACH):
            yield done
            at = np.arange(t, min(t + REACH, steps))[:, None]  # (T, 1)
            inside = at < lengths[group]  # (T, B)
            where = begins[group] + np.minimum(at, lengths[group] - 1)
            found, state = _foretold(model, tokens[where], tokens[where + 1], state)
            logs[(place[group] + at)[inside]] = found[inside]
            done += int(inside.sum())
    return logs


def _foretold(model: Model, words: np.ndarray, following: np.ndarray, state: State) -> tuple[np.ndarray, State]:
    """ln P (T, B) of the tokens that follow words (T, B), and the state after them."""
    w = model.still
    hs, state = kernel(model.spec.cell, w, w["E"][torch.from_numpy(words.astype(np.int64))], state)
    loss = cross_entropy(hs @ w["O"].T + w["o"], torch.from_numpy(outputs(following)))
    return -loss.double().numpy(), state


def facts(model: Model) -> dict[str, Any]:
    """What a page needs to know of the text and the model."""
    sizes = {name: each.numel() for name, each in model.w.items()}
    parts = {"embedding": sizes["E"], "output": sizes["O"] + sizes["o"]}
    parts["cell"] = sum(sizes.values()) - sum(parts.values())
    longest = {"longest_sentence": model.longest, "limit": LIMIT}
    return {**language.facts(model), **longest, "parameters_of": parts, "kinds": list(_kinds(model))}


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


def sentence(model: Model, text: str) -> dict[str, Any]:
    """The probability of a sentence a learner typed, factor by factor, the last one its end.

    `factors` have the word as it was typed, the token as the model reads it, its probability and log2 of it.
    `unknown` words count as <unk>.
    """
    words, tokens, unknown = line_typed(model.spec, model.index, text)
    tokens, said = np.append(tokens, np.int32(END)), [*words, MARKS[END]]
    logs = finish(scoring(model, tokens)) / math.log(2)
    factors = [
        {"word": word, "token": model.names[token], "probability": float(2**log), "log2": float(log)}
        for word, token, log in zip(said, tokens[1:], logs, strict=True)
    ]
    return {
        "tokens": said,
        "unknown": unknown,
        "factors": factors,
        "probability": float(2 ** logs.sum()),
        "log2": float(logs.sum()),
        "perplexity": float(2 ** -logs.mean()),
    }


def step_on(model: Model, token: int, state: State) -> tuple[np.ndarray, State]:
    """Reads one token: P of every word (V + 1,) float64 after it, of <s> 0, and the new state."""
    w = model.still
    made = CELLS[model.spec.cell](w, w["E"][token][None], *state)
    return _distribution(made["h"] @ w["O"].T + w["o"])[0], (made["h"], made["c"])


def _distribution(s: Tensor) -> np.ndarray:
    """softmax of s (B, V) as P of all words by number (B, V + 1): that of <s> is 0."""
    p = torch.softmax(s.double(), dim=1).numpy()
    return np.insert(p, START, 0.0, axis=1)


def _after(model: Model, tokens: np.ndarray) -> tuple[np.ndarray, State]:
    """P of every word (V + 1,) after `tokens`, which begin a sentence, and the state."""
    w, state = model.still, empty(model.spec.cell, 1, model.still)
    if len(tokens) > 1:
        words = torch.from_numpy(tokens[:-1, None].astype(np.int64))  # (T, 1)
        _, state = kernel(model.spec.cell, w, w["E"][words], state)
    return step_on(model, int(tokens[-1]), state)


def next_words(model: Model, prefix: str = "", n: int = 10) -> dict[str, Any]:
    """The n most probable words after a prefix, which begins a sentence; "</s>" is its end.

    `rest` is the probability of all others.
    """
    words, tokens, unknown = line_typed(model.spec, model.index, prefix)
    p, _ = _after(model, tokens)
    best = np.argsort(-p, kind="stable")[: max(1, min(n, len(p) - 1))]
    answers = [{"word": model.names[x], "probability": float(p[x])} for x in best]
    return {"tokens": words, "unknown": unknown, "answers": answers, "rest": max(0.0, float(1 - p[best].sum()))}


def generate(
    model: Model,
    prefix: str = "",
    n: int | None = None,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int | None = None,
    ends: bool = False,
) -> dict[str, Any]:
    """Up to n tokens (200) after a prefix, each drawn from the model's distribution; at most facts["longest"].

    Each of the `tokens` has its `probability` by the model and the `chance` with which it was drawn: see `sharpened`;
    temperature 0 always takes the most probable. Goes on after the end of a sentence, a line break in `text`, unless
    `ends`. Raises Mistake("dial_range").
    """
    most = language.longest(model)
    n = min(200, most) if n is None else n
    within(n=(n, 1, most), temperature=(temperature, 0, 10), top_k=(top_k, 0, 10**9), top_p=(top_p, 0, 1))
    words, tokens, unknown = line_typed(model.spec, model.index, prefix)
    chance = np.random.default_rng(model.spec.seed if seed is None else seed)
    p, state = _after(model, tokens)
    made: list[dict[str, Any]] = []
    for _ in range(n):
        q = sharpened(p, temperature, top_k, top_p)
        x = drawn(q, chance)
        made.append({"word": model.names[x], "probability": float(p[x]), "chance": float(q[x] / q.sum())})
        if x == END and ends:
            break
        p, state = step_on(model, START if x == END else x, state)
    text = broken(model, [*words, *(each["word"] for each in made)])
    return {"prefix": words, "unknown": unknown, "tokens": made, "text": text}


def written(model: Model) -> dict[str, Any]:
    """The text of a snapshot: sentences drawn side by side, with the same chances at every moment, so that only the
    model changes. `tokens` and their `probabilities`; a sentence that is not over after so many tokens is cut.
    """
    (L, most), w, cell = LINES[model.spec.segment], model.still, CELLS[model.spec.cell]
    chances = torch.from_numpy(np.random.default_rng(model.spec.seed).random((most, L, 1)))
    state, words = empty(model.spec.cell, L, w), torch.full((L,), START)
    drawn, said = torch.empty((most, L), dtype=torch.int64), torch.empty((most, L), dtype=torch.float64)
    for t in range(most):
        made = cell(w, w["E"][words], *state)
        p, state = torch.softmax((made["h"] @ w["O"].T + w["o"]).double(), dim=1), (made["h"], made["c"])  # (L, V)
        below = p.cumsum(dim=1) - p[:, :1]  # (L, V) without <unk>
        found = (below <= chances[t] * below[:, -1:]).sum(dim=1).clamp(1, p.shape[1] - 1)
        words = found + 1  # output k is word k + 1, but for <unk>
        drawn[t], said[t] = words, p.gather(1, found[:, None])[:, 0]  # (L,) each
    return as_lines(model, drawn.T.numpy(), said.T.numpy())


# ---- looking inside ----------------------------------------------------------------------------------------------


def states(model: Model, tokens: np.ndarray) -> tuple[Tensor, Tensor]:
    """h (n, H) and c (n, H or 0) after each of the tokens."""
    w = model.still
    hs, cs, _ = unrolled(model.spec.cell, w, w["E"][torch.from_numpy(tokens[:, None].astype(np.int64))], _one(model))
    return hs[:, 0], cs[:, 0]


def _one(model: Model) -> State:
    return empty(model.spec.cell, 1, model.still)


def activations(model: Model, text: str | None = None, unit: int | None = None) -> dict[str, Any]:
    """The state after each token of a text, <s> the first: h (n + 1, H) and c, [] for cells that have none.

    `next` is the token that follows each, `probability` what the model gives it. With `unit` h and c are (n + 1,), of
    that one. A text longer than LIMIT tokens is `cut`. Raises Mistake("dial_range") for a unit that is not there.
    """
    words, tokens, unknown = line_typed(
        model.spec, model.index, line_of(model.spec, example_of(model)) if text is None else text
    )
    cut = len(words) > LIMIT
    words, tokens = words[:LIMIT], tokens[: LIMIT + 1]
    if unit is not None:
        within(unit=(unit, 0, model.spec.hidden - 1))
    h, c = (_rounded(each if unit is None or not each.shape[1] else each[:, unit]) for each in states(model, tokens))
    p = np.exp(finish(scoring(model, np.append(tokens, np.int32(END)))))
    return {
        "tokens": [MARKS[START], *words],
        "next": [*words, MARKS[END]],
        "unknown": unknown,
        "h": h,
        "c": c if model.spec.cell.startswith("lstm") else [],
        "probability": p.tolist(),
        "cut": cut,
    }


def _rounded(values: Tensor) -> list[Any]:
    found: list[Any] = np.round(values.double().numpy(), 4).tolist()
    return found


QUOTES = {"“": "”", "「": "」", "«": "»", '"': '"'}  # what opens, and what closes it


def _kinds(model: Model) -> dict[str, np.ndarray]:
    """Properties of a held-out text that a unit may track, those that vary there: name → (n,), after each token."""
    found: dict[str, list[float]] = {}
    lines = [[model.names[x] for x in line] for line in _measured(model)]
    spaced = any(" " in line for line in lines)
    for line in lines:
        for kind, values in properties(line, model.spec.segment, spaced).items():
            found.setdefault(kind, []).extend(values)
    numbers = {kind: np.array(values) for kind, values in found.items()}
    return {kind: each for kind, each in numbers.items() if each.std() > 0}


def _measured(model: Model) -> list[np.ndarray]:
    """The first held-out sentences, each with its <s> and without </s>, LIMIT tokens of each at most."""
    tokens = model.held[: model.sample]
    edges = beginnings(tokens)
    return [tokens[a : min(b - 1, a + LIMIT)] for a, b in pairwise(edges)]


def properties(tokens: Sequence[str], segment: str, spaced: bool = True) -> dict[str, list[float]]:
    """What can be said of each place of a sentence that begins with <s>: kind → numbers, one for each token.

    position: its number; remaining: tokens to come; end: the last one; word_position: letters since the last space,
    which is known only of a text that is `spaced`, vowels too.
    """
    n = len(tokens) - 1
    found: dict[str, list[float]] = {
        "position": list(range(n + 1)),
        "remaining": [n - i for i in range(n + 1)],
        "end": [float(i == n) for i in range(n + 1)],
        "quotes": _inside_quotes(tokens),
        "capital": [float(x[0].isupper()) for x in tokens],
        "digit": [float(x[0].isdigit()) for x in tokens],
        "punctuation": [float(len(x) == 1 and not x.isalnum() and not x.isspace()) for x in tokens],
    }
    if segment == "words":
        return found | {"word_length": [0.0 if x in MARKS else float(len(x)) for x in tokens]}
    since = 0
    found |= {"space": [float(x == " ") for x in tokens], "vowel": [float(x in "aeiou") for x in tokens]}
    found["word_position"] = [(since := 0 if x == " " or x in MARKS else since + 1) for x in tokens]
    return found if spaced else {kind: found[kind] for kind in found if kind not in ("vowel", "word_position")}


def _inside_quotes(tokens: Sequence[str]) -> list[float]:
    """1 for each token from an opening quotation mark up to the closing one."""
    found, closing = [], ""
    for token in tokens:
        was = closing
        closing = QUOTES.get(token, "") if not was else "" if token == was else was
        found.append(float(bool(was or closing)))
    return found


def units(model: Model, kind: str | None = None, n: int = 5) -> dict[str, Any]:
    """The units that go most with a property of the text: for each kind the n with the largest |r|, and an example.

    r is Pearson's correlation of the unit's h or c (`state`) after each token of some held-out sentences with the
    property there. `share` is that of the tokens where it is not 0. Raises Mistake("dial_option").
    """
    numbers = _kinds(model)
    if kind is not None and kind not in numbers:
        raise Mistake("dial_option", name="kind", value=kind, allowed=list(numbers))
    lines = _measured(model)
    hs, cs = _all_states(model, lines)
    z = {"h": _standard(hs), "c": _standard(cs)}
    found = []
    for name in [kind] if kind else numbers:
        x = _standard(numbers[name][:, None])[:, 0]
        r = [(state, i, float(v)) for state in z for i, v in enumerate(z[state].T @ x / len(x))]
        best: dict[int, dict[str, Any]] = {}
        for state, i, v in sorted(r, key=lambda each: -abs(each[2])):
            best.setdefault(i, {"unit": i, "state": state, "r": v})
        values = numbers[name]
        entry = {"kind": name, "tokens": len(x), "mean": float(values.mean()), "share": float((values != 0).mean())}
        found.append(entry | {"units": list(best.values())[:n]})
    shown = [model.names[x] for x in max(lines, key=len)] if lines else []
    about = properties(shown, model.spec.segment) if shown else {}
    return {
        "kinds": found,
        "example": {"tokens": shown, "values": {name: [*map(float, about[name])] for name in numbers}},
    }


def _all_states(model: Model, lines: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """h and c (n, H) after each token of the lines, which are read side by side."""
    T, w = max(map(len, lines)), model.still
    grid = np.full((T, len(lines)), END)
    for i, line in enumerate(lines):
        grid[: len(line), i] = line
    hs, cs, _ = unrolled(model.spec.cell, w, w["E"][grid], empty(model.spec.cell, len(lines), w))  # (T, B, H)
    return tuple(np.concatenate([x[: len(line), i].numpy() for i, line in enumerate(lines)]) for x in (hs, cs))  # type: ignore


def _standard(x: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and deviation 1; one that does not vary is 0."""
    x = x.astype(np.float64) - x.mean(axis=0)
    deviation = x.std(axis=0)
    return x / np.where(deviation > 1e-9, deviation, np.inf)


def trace_step(model: Model, text: str | None = None, factor: int | None = None) -> Trace:
    """One step in time, operation by operation: the one that foretells token `factor`, from 0, the end last.

    By default the one in the middle of the example in `facts`. Raises Mistake("dial_range") for one that is not there.
    """
    words, tokens, _ = line_typed(
        model.spec, model.index, line_of(model.spec, example_of(model)) if text is None else text
    )
    at = len(words) // 2 if factor is None else factor
    within(factor=(at, 0, len(words)))
    w, state = model.still, _one(model)
    if at:
        _, _, state = unrolled(model.spec.cell, w, w["E"][torch.from_numpy(tokens[:at, None].astype(np.int64))], state)
    following = int(np.append(tokens, END)[at + 1])
    return recurrent_trace.steps(model.spec.cell, CELLS, w, int(tokens[at]), state, following, model.names)


# ---- views: what a stage draws of one moment, numbers only ------------------------------------------------------


def bars_view(model: Model, previous: Numbers | None, prefix: str = "", n: int = 10) -> Numbers:
    """The n most probable words after a prefix: words, and their probabilities (n,)."""
    return language.bars(next_words(model, prefix, n)["answers"])


def sample_view(model: Model, previous: Numbers | None) -> Numbers:
    """The text of the snapshot: as lines, its tokens, and the probability (n,) of each."""
    return language.sample(written(model))


def activation_view(model: Model, previous: Numbers | None, text: str, unit: int = 0) -> Numbers:
    """One unit over a text: h and c (n + 1,) after each word, c zeros where the cell has none; and P of the next."""
    made = activations(model, text, unit)
    h = np.array(made["h"], np.float32)
    c = np.array(made["c"], np.float32) if made["c"] else np.zeros_like(h)
    return {"words": made["tokens"], "h": h, "c": c, "probability": np.array(made["probability"], np.float32)}


QUESTIONS: dict[str, Callable[..., Any]] = {
    "score": score,
    "sentence": sentence,
    "next_words": next_words,
    "generate": generate,
    "activations": activations,
    "units": units,
    "trace_step": trace_step,
}
VIEWS: dict[str, Callable[..., Numbers]] = {
    "bars_view": bars_view,
    "sample_view": sample_view,
    "activation_view": activation_view,
}
