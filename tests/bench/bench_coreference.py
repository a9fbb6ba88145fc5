"""Co-reference: whether attention shows what "it" stands for, by what the encoder was trained on."""

import numpy as np
import torch

from engine.experiments import Coreference
from engine.models import coreference
from tests.bench.figures import row

LANGUAGES = {"en": "English", "zh": "Chinese"}
SEEDS = range(5)
WITHIN = 8.0  # CPU-seconds


def rows() -> list[dict[str, object]]:
    torch.set_num_threads(1)
    return [each for language in LANGUAGES for each in (labelled(language), masked(language), noun(language))]


def ends(**fields: object) -> tuple[dict[str, np.ndarray], float]:
    """The metrics at the end of a run of every seed, and the CPU-seconds of the longest."""
    found, seconds = [], []
    for seed in SEEDS:
        *_, last = coreference.train(coreference.build(Coreference(seed=seed, **fields)))  # type: ignore[arg-type]
        found.append(last.metrics)
        seconds.append(last.seconds)
    return {name: np.array([each[name] for each in found]) for name in found[0]}, max(seconds)


def labelled(language: str) -> dict[str, object]:
    found, seconds = ends(language=language, objective="labelled_head")
    worst = found["antecedent_accuracy"].min()
    passed = bool(worst >= 0.95 and seconds <= WITHIN)
    return row(f"co-reference, labelled head, {LANGUAGES[language]}", worst, f"at worst ({seconds:.1f} CPU-s)", passed)


def masked(language: str) -> dict[str, object]:
    found, _ = ends(language=language, objective="masked_words")
    at = found["antecedent_accuracy"]
    passed = bool((abs(at - 0.5) <= 0.2).all())
    return row(f"co-reference, masked words, {LANGUAGES[language]}", at.mean(), f"({at.min():.2f}–{at.max():.2f})", passed)


def noun(language: str) -> dict[str, object]:
    found, seconds = ends(language=language, objective="predict_noun")
    at, solved = found["antecedent_accuracy"], found["task_accuracy"].min()
    passed = bool(solved >= 0.95 and abs(at.mean() - 0.5) <= 0.2 and seconds <= WITHIN)
    unit = f"of nouns right at worst; attention {at.mean():.2f} ({at.min():.2f}–{at.max():.2f})"
    return row(f"co-reference, noun foretold, {LANGUAGES[language]}", solved, unit, passed)
