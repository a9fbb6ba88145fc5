"""GloVe: does it learn the kingdom, and is it as good as Stanford's program, and faster?

The program is compiled from the authors' glove.c (stanfordnlp/GloVe) as its Makefile does: `make`, then
`GLOVE=/path/to/GloVe/build`. Without it the row keeps what stands in the table.

Speed is CPU-seconds of training alone, on the very same cells of the King James Bible, one thread: theirs without what
a run of no passes takes (reading the vocabulary, writing the vectors), ours in one go, without snapshots. The two take
turns, so that a busy machine slows both; the median of the ratios counts. The loss is J of all cells by the vectors at
the end, divided by their number.
"""

import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from engine.experiments import GloVe
from engine.models import finish, glove
from engine.models.cooccurrence import Counts, counting
from tests.bench.figures import row

SEEDS, TURNS = 5, 3
LANGUAGES = {"en": "English", "zh": "Chinese"}
CATEGORIES = ("gender", "royal", "age")
KJV = GloVe.parse({"corpus": "kjv"})


def rows() -> list[dict[str, object]]:
    glove.warm()
    return [*kingdom(), *against_stanford()]


def kingdom() -> list[dict[str, object]]:
    """The whole run as the page does it, measuring included, but not reading the text. The worst seed counts."""
    found = []
    for language, name in LANGUAGES.items():
        worst, seconds = [], []
        for seed in range(SEEDS):
            *_, last = glove.train(glove.build(GloVe(language=language, seed=seed)))
            worst.append(min(last.metrics[f"analogy_{category}"] for category in CATEGORIES))
            seconds.append(last.seconds)
        hits = sum(share >= 0.85 for share in worst)
        value = f"{hits} of {SEEDS} within {max(seconds):.2g} CPU-s, {min(worst):.3g} in the worst"
        found.append(row(f"GloVe: gender, royal, age, {name}", value, "", hits == SEEDS and max(seconds) <= 3))
    return found


def against_stanford() -> list[dict[str, object]]:
    """As many passes over the same cells, from first weights of the same kind."""
    build = os.environ.get("GLOVE")
    if build is None:
        return []
    counts, ratios = finish(counting(KJV)), []
    with tempfile.TemporaryDirectory() as folder:
        written(Path(folder), counts)
        for seed in range(TURNS):
            nothing, all_passes = (stanford(Path(build, "glove"), Path(folder), n) for n in (0, KJV.epochs))
            their_loss = loss(counts, *read(Path(folder), len(counts.vocabulary)))
            model, ours = trained(GloVe.parse({"corpus": "kjv", "seed": seed}), counts)
            D = KJV.dim
            our_loss = loss(counts, model.W[:, :D], model.C[:, :D], model.b, model.d)
            ratios.append(((all_passes - nothing) / ours, our_loss, their_loss))
    ratio, our_loss, their_loss = np.median(ratios, axis=0)
    value = f"{ratio:.3g} × (loss {our_loss:.4f}, theirs {their_loss:.4f})"
    return [row("GloVe training against Stanford's", value, "", bool(ratio >= 7 and our_loss <= 1.01 * their_loss))]


def trained(spec: GloVe, counts: Counts) -> tuple[glove.Model, float]:
    """The model, and the CPU-seconds its training took."""
    model = finish(glove.starting(spec, counts))
    begin = time.process_time()
    glove.advance(model, model.total)
    return model, time.process_time() - begin


def written(folder: Path, counts: Counts) -> None:
    """The cells in a random order and the vocabulary, in the files of the authors' program; its words begin at 1."""
    order = np.random.default_rng(0).permutation(len(counts.columns))
    cells = np.zeros(len(order), dtype=[("word1", "<i4"), ("word2", "<i4"), ("val", "<f8")])
    cells["word1"], cells["word2"], cells["val"] = counts.rows() + 1, counts.columns + 1, counts.values()
    cells[order].tofile(folder / "cells.bin")
    vocabulary = zip(counts.vocabulary.words, counts.vocabulary.counts, strict=True)
    (folder / "vocab.txt").write_text("".join(f"{word} {n}\n" for word, n in vocabulary), encoding="utf-8")


def stanford(program: Path, folder: Path, passes: int) -> float:
    """CPU-seconds of the authors' program; its vectors are in vectors.bin."""
    command = [
        program, "-input-file", folder / "cells.bin", "-vocab-file", folder / "vocab.txt", "-save-file",
        folder / "vectors", "-threads", "1", "-iter", passes, "-vector-size", KJV.dim, "-x-max", KJV.x_max, "-alpha",
        KJV.alpha, "-eta", KJV.lr, "-binary", "1",
    ]  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def read(folder: Path, V: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """W, C (V, D) and the biases (V,) that the program wrote: each row ends with its bias."""
    tables = np.fromfile(folder / "vectors.bin").reshape(2, V, KJV.dim + 1)
    W, C = tables[:, :, :-1]
    b, d = tables[:, :, -1]
    return W, C, b, d


def loss(counts: Counts, W: np.ndarray, C: np.ndarray, b: np.ndarray, d: np.ndarray) -> float:
    """J divided by the number of cells, in double precision."""
    i, j, X = counts.rows(), counts.columns, counts.values()
    total = 0.0
    for part in np.array_split(np.arange(len(X)), 20):
        fit = np.einsum("nd,nd->n", W[i[part]], C[j[part]], dtype=np.float64) + b[i[part]] + d[j[part]]
        total += float((glove.weight(X[part], KJV.x_max, KJV.alpha) * (fit - np.log(X[part])) ** 2).sum())
    return total / len(X)
