"""Recurrent networks: how far they remember, how well they write after 20 CPU-seconds, and how fast they learn.

Speed is tokens per CPU-second of training, beside a plain loop with torch.nn.LSTM that does the same updates on the
same tokens. The two take turns, so that a busy machine slows both; the median of the ratios counts.
"""

import time

import numpy as np
import torch

from engine.experiments import LSTM, Recall
from engine.models import recall, recurrent
from tests.bench.figures import row

SEEDS, TURNS, UPDATES = 5, 7, 60


def rows() -> list[dict[str, object]]:
    torch.set_num_threads(1)
    recurrent.warm()
    return [*remembering(), bible(), speed()]


def remembering() -> list[dict[str, object]]:
    """The whole run as the page does it, measuring included, at lag 50. The seed that did worst counts."""
    lasts = {cell: [last(recall, Recall(cell=cell, seed=seed)) for seed in range(SEEDS)] for cell in ("lstm", "elman")}
    right = {cell: [each.metrics["accuracy"] for each in found] for cell, found in lasts.items()}
    slowest = max(each.seconds for found in lasts.values() for each in found)
    hits, worst = sum(x >= recall.SOLVED for x in right["lstm"]), min(right["lstm"])
    took = f"{hits} of {SEEDS}, {worst:.3g} in the worst seed, within {slowest:.2g}"
    chance, most = 1 / Recall().symbols, max(right["elman"])
    return [
        row("recall at lag 50, LSTM", took, "CPU-s", hits == SEEDS and slowest <= 8),
        row("recall at lag 50, Elman", most, f"in the best seed (chance {chance:.3g})", most < 2 * chance),
    ]


def last(module, spec):
    *_, snapshot = module.train(module.build(spec))
    return snapshot


def bible() -> dict[str, object]:
    """The preset of the page, measuring included."""
    snapshot = last(recurrent, LSTM.parse({"corpus": "kjv"}))
    bits = snapshot.metrics["bits_per_character"]
    took = f"bits per character after {snapshot.seconds:.3g} CPU-s"
    return row("KJV by characters, LSTM", bits, took, bits <= 1.7 and snapshot.seconds <= 20)


def speed() -> dict[str, object]:
    model, ratios = recurrent.build(LSTM.parse({"corpus": "kjv"})), []
    theirs = Plain(model)
    recurrent.begin_learning(model)
    for _ in range(TURNS + 1):
        begin = time.thread_time()
        for _ in recurrent.learning(model, model.update + UPDATES):
            pass
        ours = time.thread_time() - begin
        ratios.append(theirs.learn(UPDATES) / ours)
    ratio = float(np.median(ratios[1:]))  # the first turn warms both
    tokens = model.step / model.learning_seconds
    return row("LSTM training against torch.nn", ratio, f"× ({tokens:,.0f} tokens per CPU-s)", ratio >= 1)


class Plain:
    """The same model as anyone would write it: torch.nn, Adam, clip_grad_norm_."""

    def __init__(self, model: recurrent.Model) -> None:
        spec, V = model.spec, len(model.names)
        self.model, self.update, self.state = model, 0, None
        self.E, self.cell = torch.nn.Embedding(V, spec.dim), torch.nn.LSTM(spec.dim, spec.hidden)
        self.O = torch.nn.Linear(spec.hidden, V - 1)
        self.parameters = [*self.E.parameters(), *self.cell.parameters(), *self.O.parameters()]
        self.optimizer = torch.optim.Adam(self.parameters, lr=spec.lr)

    def learn(self, updates: int) -> float:
        """Makes updates; returns the CPU-seconds they took, the cutting of the text not counted."""
        seconds, spec = 0.0, self.model.spec
        for _ in range(updates):
            words, following = recurrent.chunk(self.model, slice(0, spec.batch))
            begin = time.thread_time()
            hs, state = self.cell(self.E(words), self.state)
            self.state = tuple(each.detach() for each in state)
            loss = torch.nn.functional.cross_entropy(self.O(hs).flatten(0, 1), following.flatten())
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.parameters, spec.clip)
            self.optimizer.step()
            seconds += time.thread_time() - begin
        return seconds
