"""What language models share, whichever network foretells: how their training is told and what they are measured by.

Perplexity (Jelinek et al. 1977) is e^loss, the loss the mean of −ln P over the held-out tokens, </s> among them and
<s> not; bits per character are the same sum in bits, shared out among the characters that the tokens are spelt with.

What differs here, and why:
- A run is told at SNAPSHOTS moments of its training, evenly spread. A moment scores only some of the held-out tokens;
  once training is over all of them are scored, in pieces, and the last moment tells what came of it.
- If the numbers grow past all bounds, the last good weights come back and the run is over.

A `model` is that of `nnlm.py`, `recurrent.py` or `gpt.py`: it has `spec`, `names` and `index`, the training `text` and
the `held` tokens, of which `sample` are scored at every moment and `final` at the end, and the weights `w`.
"""

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from engine.models import finish
from engine.models.sampling import room
from engine.snapshot import Numbers
from engine.text.letters import join
from engine.text.tokens import (
    END,
    MARKS,
    START,
    UNKNOWN,
    beginnings,
    encoded,
    foretold,
    line_of,
    typed,
    whole_lines,
)
from engine.text.vocabulary import Sentence

SNAPSHOTS = 199  # and one before the first update: 200 moments, as many as a run keeps
MOST_NATS = 60.0  # what is told of a loss that is past all bounds
REACH = 256  # places of a sentence that are scored in one go, at most
LISTED, SHOWN = 20_000, 12  # words in `facts`, of the vocabulary and to begin with

Tensor = torch.Tensor
Told = tuple[dict[str, float], str]  # the metrics of a moment, and a text that the model wrote
Scoring = Callable[[Any, np.ndarray], Generator[int, None, np.ndarray]]  # ln P of tokens, in pieces

# ---- how a training is told --------------------------------------------------------------------------------------


def marks(updates: int) -> list[int]:
    """The updates after which a moment is told: evenly spread."""
    return sorted({updates * i // SNAPSHOTS for i in range(1, SNAPSHOTS + 1)} - {0})


def moments(
    model: Any, learning: Callable[[Any, int], Iterator[None]], tell: Callable[[Any], Told], scoring: Scoring
) -> Iterator[Told]:
    """What to tell of each moment. Between two marks, and while the end is measured, the same as before.

    `learning` makes updates up to a mark, in pieces; `tell` measures and writes.
    """
    told, good = tell(model), copies(model.still)
    yield told
    for mark in marks(model.spec.updates):
        for _ in learning(model, mark):
            yield told
        if model.diverged:
            model.w = good
            yield tell(model)
            return
        told = tell(model)
        if told[0].get("perplexity", 0) <= len(model.names):  # not worse than guessing
            good = copies(model.still)
        yield told
    for done in (measuring := Measuring(scoring(model, model.held[: model.final]), model.characters[1])):
        if done:
            model.step = model.learning + done
            yield told
    model.step = model.total
    if model.final:
        yield {**told[0], **measuring.found}, told[1]


def copies(w: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights as they stand."""
    return {name: each.clone() for name, each in w.items()}


# ---- measuring ---------------------------------------------------------------------------------------------------


class Measuring:
    """Lets ln P of tokens that are spelt with so many characters be scored. `found` are the metrics once it is over."""

    def __init__(self, scoring: Generator[int, None, np.ndarray], characters: int) -> None:
        self.scoring, self.characters = scoring, characters
        self.found: dict[str, float] = {}

    def __iter__(self) -> Iterator[int]:
        """Yields how many tokens are scored, before each further piece."""
        logs = yield from self.scoring
        if len(logs):
            nats = min(-float(logs.mean()), MOST_NATS)
            bits = nats * len(logs) / math.log(2) / self.characters
            self.found = {"perplexity": math.exp(nats), "bits_per_character": bits}


def sampled(model: Any, scoring: Scoring) -> dict[str, float]:
    """perplexity and bits_per_character of the held-out tokens that are scored at every moment."""
    for _ in (found := Measuring(scoring(model, model.held[: model.sample]), model.characters[0])):
        pass
    return found.found


def score(model: Any, text: str, lines: bool, scoring: Scoring) -> dict[str, Any]:
    """How well the model foretells a text: perplexity per token, with </s> and with unknown words as <unk>.

    With `lines` every line is one sentence, cut at white space and otherwise taken as it is; without, `text` is one
    sentence, cut as the model's own text was. `oov` are the unknown words among the `tokens`.
    """
    sentences = whole_lines(text) if lines else [typed(model.spec, model.index, text)]
    tokens = encoded(sentences, model.index)
    nats = -float(finish(scoring(model, tokens)).sum())
    spelt = sum(len(line_of(model.spec, words)) + 1 for words in sentences)
    return {
        "perplexity": math.exp(nats / foretold(tokens)) if len(tokens) else None,
        "tokens": foretold(tokens),
        "oov": int((tokens == UNKNOWN).sum()),
        "sentences": len(sentences),
        "bits_per_character": nats / math.log(2) / spelt if spelt else None,
    }


def characters_of(spec: Any, sentences: Sequence[Sentence]) -> int:
    """Characters of sentences, spaces counted, and one for the end of each, which must be foretold, too."""
    return sum((len(join(words)) if spec.segment == "words" else len(words)) + 1 for words in sentences)


def side_by_side(lengths: np.ndarray, most: int) -> Iterator[np.ndarray]:
    """Sentences that are scored side by side: of about one length, as many as fit into `most` tokens."""
    order, first = np.argsort(lengths, kind="stable"), 0
    while first < len(order):
        sizes = np.minimum(lengths[order[first:]], REACH) * np.arange(1, len(order) - first + 1)
        last = first + max(1, int(np.searchsorted(sizes, most, side="right")))
        yield order[first:last]
        first = last


def facts(model: Any) -> dict[str, Any]:
    """What a page needs to know of the text, and how much of it is read."""
    held, words = model.held[model.held != START], [name for name in model.names[len(MARKS) :] if name.strip()]
    return {
        "vocabulary": words[:LISTED],
        "vocabulary_size": len(model.names) - 1,
        "tokens": len(model.text),
        "sentences": model.sentences,
        "held_out_tokens": len(held),
        "held_out_sentences": int((held == END).sum()),
        "measured_tokens": foretold(model.held[: model.sample]),
        "final_tokens": foretold(model.held[: model.final]),
        "oov": float((held == UNKNOWN).mean()) if len(held) else 0.0,
        "parameters": sum(each.numel() for each in model.w.values()),
        "longest": longest(model),
        "passes": model.learning / len(model.text),
        "words": [word for word in words if word[0].isalnum()][:SHOWN],
        "example": line_of(model.spec, example_of(model)),
    }


def longest(model: Any) -> int:
    """Tokens of a text that the model is asked to write, at most."""
    layers = getattr(model.spec, "layers", 0)
    return room(sum(each.numel() for each in model.w.values()), len(model.names), layers)


# ---- texts -------------------------------------------------------------------------------------------------------


def example_of(model: Any) -> list[str]:
    """A held-out sentence that is neither short nor long and has no unknown word; [] if nothing is held out.

    A text that has none such gives the beginning of another.
    """
    least, most = {"words": (6, 30), "characters": (20, 80)}[model.spec.segment]
    edges = beginnings(model.held)
    lines = [model.held[a + 1 : b - 1] for a, b in pairwise(edges)][:2_000]
    good = [line for line in lines if least <= len(line) <= most]
    known = [line for line in good if not (line == UNKNOWN).any()]
    return [model.names[x] for x in (known or good or lines or [np.empty(0, np.int32)])[0][:most]]


def broken(model: Any, words: Sequence[str]) -> str:
    """Words as a text with a line break for each </s>."""
    lines: list[list[str]] = [[]]
    for word in words:
        if word == MARKS[END]:
            lines.append([])
        else:
            lines[-1].append(word)
    return "\n".join(line_of(model.spec, line) for line in lines)


def as_lines(model: Any, drawn: np.ndarray, said: np.ndarray) -> dict[str, Any]:
    """Lines of words (L, n) and their probabilities, each up to its first </s>."""
    ends = [int(np.argmax(line == END)) if (line == END).any() else len(line) for line in drawn]
    lines = [[model.names[x] for x in line[:end]] for line, end in zip(drawn, ends, strict=True)]
    told = [p for line, end in zip(said, ends, strict=True) for p in line[: end + 1].tolist()]
    tokens = [word for line, p in zip(lines, said, strict=True) for word in [*line, MARKS[END]][: len(p)]]
    return {"tokens": tokens, "probabilities": told, "text": "\n".join(line_of(model.spec, line) for line in lines)}


def bars(answers: Sequence[dict[str, Any]]) -> Numbers:
    """Next words as a stage draws them: words, and their probabilities (n,)."""
    scores = np.array([each["probability"] for each in answers], np.float32)
    return {"words": [each["word"] for each in answers], "scores": scores}


def sample(made: dict[str, Any]) -> Numbers:
    """The text of a snapshot (`as_lines`) as a stage draws it: its tokens, and the probability (n,) of each."""
    probabilities = np.array(made["probabilities"], np.float32)
    return {"text": made["text"], "words": made["tokens"], "probabilities": probabilities}
