"""Translation: how much of it is right on unseen sentences, how soon, and what the mask is for.

Whole runs as the page does them, measuring included; the seed that did worst counts. The first sensible translation is
the first moment at which one of the unseen sentences that are translated at every moment is right word for word.
"""

import torch

from engine.experiments import Translation
from engine.models import translation
from engine.snapshot import Snapshot
from tests.bench.figures import row

SEEDS, EXACT, ALIGNED, WITHIN, FIRST = 5, 0.98, 0.9, 20.0, 6.0  # WITHIN, FIRST: CPU-seconds
NONSENSE = 0.1  # of sentences right, at most, without the mask


def rows() -> list[dict[str, object]]:
    torch.set_num_threads(1)
    translation.build(Translation())  # what torch loads at its first use is no part of a run
    return [*transformer(), *rivals(), unmasked()]


def run(**fields: object) -> list[Snapshot]:
    return list(translation.train(translation.build(Translation.parse(fields))))


def transformer() -> list[dict[str, object]]:
    runs = [run(seed=seed) for seed in range(SEEDS)]
    exact = [each[-1].metrics["exact_match"] for each in runs]
    aligned = [each[-1].metrics["alignment_accuracy"] for each in runs]
    slowest = max(each[-1].seconds for each in runs)
    first = [next((s.seconds for s in each if s.metrics["exact_match"] > 0), float("inf")) for each in runs]
    hits = sum(e >= EXACT and a >= ALIGNED for e, a in zip(exact, aligned, strict=True))
    took = f"{hits} of {SEEDS}, {min(exact):.3g} exact and {min(aligned):.3g} aligned in the worst seed, within"
    return [
        row("translation, Transformer", f"{took} {slowest:.2g}", "CPU-s", hits == SEEDS and slowest <= WITHIN),
        row("first sensible translation", max(first), "CPU-s", max(first) <= FIRST),
    ]


def rivals() -> list[dict[str, object]]:
    """The architectures of the years before, with the same pairs and updates: told, not asked for."""
    made = []
    for name, architecture in (("LSTM", "lstm"), ("LSTM with attention", "lstm_attention")):
        last = run(architecture=architecture)[-1]
        unit = f"of unseen sentences exact, in {last.seconds:.2g} CPU-s"
        made.append(row(f"translation, {name}", last.metrics["exact_match"], unit, True))
    return made


def unmasked() -> dict[str, object]:
    masked, last = run()[-1], run(mask="no")[-1]
    exact, loss = last.metrics["exact_match"], last.metrics["loss"]
    unit = f"exact, its training loss {loss:.2g} (with the mask {masked.metrics['loss']:.2g})"
    return row("translation without the mask", exact, unit, exact <= NONSENSE and loss < masked.metrics["loss"])
