"""N-grams: equal to KenLM, and as fast?

lmplz and the module kenlm are built from the source package kenlm (0.3.0) with Debian's cmake and Boost; neither is a
package that installs by itself, so this looks for them: `LMPLZ=/path/to/lmplz`, and kenlm on the PYTHONPATH. Rows that
need what is missing keep what stands in the table.

Speed is CPU-seconds of the process, ours in one go, without snapshots. Fitting begins with sentences cut into words
and ends with probabilities that can be asked for; lmplz begins with a file and ends with one. Scoring begins with
lines of text on both sides and gives, for every token, its probability and the length of the n-gram found (kenlm's
`full_scores`). The two take turns, so that a busy machine slows both; the median of the ratios counts.
"""

import importlib
import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from engine.experiments import NGram
from engine.models import ngram
from engine.text import kjv
from tests.bench.figures import row

ORDERS = (2, 3, 4, 5)
TURNS = 5
SPEED = {2: 1.4, 3: 1.4, 4: 1.4, 5: 2.4}  # times lmplz's
CPU = 3.0  # seconds for order 5


def rows() -> list[dict[str, object]]:
    ngram.warm()
    verses = list(kjv.sentences())
    train, test = [v for i, v in enumerate(verses, 1) if i % 10], verses[9::10]
    seconds = max(fitted(5, train)[1] for _ in range(TURNS))
    found = [row("KJV order 5 fit", seconds, "CPU-s", seconds <= CPU)]
    lmplz = os.environ.get("LMPLZ") or shutil.which("lmplz")
    if lmplz is None:
        return found
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "train.txt")
        text.write_text("".join(f"{' '.join(v)}\n" for v in train), encoding="utf-8")
        found.append(fitting(lmplz, text, train))
        try:
            kenlm = importlib.import_module("kenlm")
        except ModuleNotFoundError:
            return found
        return found + against_kenlm(kenlm, folder, train, [" ".join(v) for v in test])


def fitted(order: int, train: list[list[str]]) -> tuple[ngram.Model, float]:
    """Our model, ready to be asked, and the CPU-seconds it took."""
    begin = time.process_time()
    model = ngram.fitted(NGram(order=order), train)
    ngram.numbers(model)
    return model, time.process_time() - begin


def estimated(lmplz: str, text: Path, order: int) -> float:
    """lmplz's CPU-seconds; its model is <order>.arpa beside the text."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [lmplz, "-o", str(order), "-S", "500M", "-T", str(text.parent)]
    with text.open("rb") as source, (text.parent / f"{order}.arpa").open("wb") as target:
        subprocess.run(command, stdin=source, stdout=target, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fitting(lmplz: str, text: Path, train: list[list[str]]) -> dict[str, object]:
    ratios = {
        order: float(np.median([estimated(lmplz, text, order) / fitted(order, train)[1] for _ in range(TURNS)]))
        for order in ORDERS
    }
    return row("fit against lmplz", listed(ratios), "× at orders 2–5", all(r >= SPEED[n] for n, r in ratios.items()))


def against_kenlm(kenlm: Any, folder: str, train: list[list[str]], lines: list[str]) -> list[dict[str, object]]:
    """Scoring the test verses, perplexity included, from lines of text."""
    ratios, off = {}, 0.0
    for order in ORDERS:
        theirs, (ours, _) = kenlm.Model(f"{folder}/{order}.arpa"), fitted(order, train)
        turns = [(scored_by_kenlm(theirs, lines), scored_by_us(ours, lines)) for _ in range(TURNS)]
        ratios[order] = float(np.median([their[1] / our[1] for their, our in turns]))
        off = max(off, abs(turns[0][1][0] / turns[0][0][0] - 1))
    scoring = row("scoring against kenlm", listed(ratios), "× at orders 2–5", min(ratios.values()) >= 1)
    return [scoring, row("KJV perplexity against KenLM", f"{off:.1g}", "relative difference", off <= 1e-6)]


def scored_by_us(model: ngram.Model, lines: list[str]) -> tuple[float, float]:
    begin = time.process_time()
    perplexity = ngram.score(model, "\n".join(lines), lines=True)["perplexity"]
    return perplexity, time.process_time() - begin


def scored_by_kenlm(model: Any, lines: list[str]) -> tuple[float, float]:
    begin = time.process_time()
    logs = [log for line in lines for log, _, _ in model.full_scores(line)]
    return 10 ** (-sum(logs) / len(logs)), time.process_time() - begin


def listed(ratios: dict[int, float]) -> str:
    return ", ".join(f"{ratio:.2g}" for ratio in ratios.values())
