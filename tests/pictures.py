"""Makes the picture of every lesson on the first page, `assets/pictures/<slug>.<language>.svg`: `make pictures`.

Each is what its page draws on its stage, by the page's own figure code, of a model trained here and now; only smaller:
a stage's figure (Plotly's JSON) becomes a few kilobytes of SVG. Colours follow the reader's theme, light or dark.
"""

import dataclasses
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

import numpy as np

from engine.experiments import (
    LSTM,
    NNLM,
    RLHF,
    Coreference,
    Experiment,
    GloVe,
    NGram,
    Representation,
    Translation,
    Word2Vec,
    WordVectors,
)
from engine.snapshot import Snapshot
from engine.text import coreference as grammar
from engine.text import corpora
from lessons import content
from lessons.attention import figures as attention
from lessons.decoding import figures as decoding
from lessons.glove import figures as glove
from lessons.lstm import figures as lstm
from lessons.ngram import figures as ngram
from lessons.nnlm import figures as nnlm
from lessons.representation import figures as representation
from lessons.rlhf import figures as rlhf
from lessons.vectors import figures as vectors
from lessons.word2vec import figures as word2vec
from pages.ui.serving import PICTURES

WIDE, HIGH, EDGE, LETTER = 320, 180, 6, 12
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1f2933}.b{fill:#0072b2}.o{fill:#c46a00}.l{stroke:#aab4be}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.b{fill:#56b4e9}.o{fill:#e69f00}.l{stroke:#5a6472}"
    '[fill="#0072B2"]{fill:#3d9be0}[stroke="#0072B2"]{stroke:#3d9be0}}'
)
SHOWN = {"en": "the queen put on her crown", "zh": "王后戴上了她的王冠"}  # to the recurrent network
COLUMNS, CURVE, DOTS = 8, 60, 150  # at most: columns of a matrix of words, points of a curve, dots of a cloud
Texts = Mapping[str, str]


@cache
def trained(spec: Experiment) -> tuple[Any, Any, list[Snapshot]]:
    """The model's module, the model after its training, and every moment of it."""
    module = importlib.import_module(spec.model)
    model = module.build(spec)
    return module, model, list(module.train(model))


# ---- the figures, as the pages have them -------------------------------------------------------------------------


def words_as_counts(language: str, texts: Texts) -> str:
    module, model, _ = trained(Representation.demo(language))
    cells = representation.matrix_frame(module.matrix_view(model, None, ()), texts)["data"][0]["z"]
    words = list(module.facts(model)["columns"])[:COLUMNS]
    return heat([row[:COLUMNS] for row in cells], words, [""] * len(cells))


def n_grams(language: str, texts: Texts) -> str:
    module, model, _ = trained(NGram.demo(language))
    words = module.facts(model)["words"][:COLUMNS]
    counts = ngram.pairs_frame(module.heatmap_view(model, None, tuple(words)), texts)["data"][0]["z"]
    return heat(np.log1p(np.array(counts, float)), words, words)  # a scale by powers of ten, as on the page


def neural_model(language: str, texts: Texts) -> str:
    spec = NNLM.demo(language)
    counted = trained(NGram.demo(language))[2][-1].metrics["perplexity"]
    rival = nnlm.Rival(NGram.demo(language).order, "", counted)
    return curves(nnlm.race_curves([rival], texts), trained(spec)[2], logarithmic=True)


def word_map(language: str, texts: Texts) -> str:
    spec = Word2Vec.demo(language)
    module, model, _ = trained(spec)
    analogy = corpora.default_analogy(spec.corpus, language)
    words = tuple(dict.fromkeys((*(analogy or ()), *corpora.map_words(spec.corpus, language))))
    base = word2vec.map_base(words, corpora.attributes(spec.corpus, language), analogy, texts)
    numbers = module.map_view(model, None, words, corpora.default_axes(spec.corpus, language))
    return cloud(base, word2vec.map_frame(numbers, words, analogy, texts), words)


def fit(language: str, texts: Texts) -> str:
    module, model, _ = trained(GloVe.demo(language))
    return cloud(glove.fit_base(texts), glove.fit_frame(module.fit_view(model, None, n=DOTS), texts))


def four_models(language: str, texts: Texts) -> str:
    module, _, moments = trained(WordVectors.demo(language))
    return curves(vectors.accuracy_curves(list(module.MODELS), texts), moments)


def unit(language: str, texts: Texts) -> str:
    spec = LSTM.demo(language)
    module, model, _ = trained(spec)
    frame = lstm.unit_frame(module.activation_view(model, None, SHOWN[language], 0), "h", spec.segment, texts)
    return heat(frame["data"][0]["z"], [], [], letters=frame["data"][0]["text"])


def head(language: str, texts: Texts) -> str:
    spec = Coreference.demo(language)
    module, model, _ = trained(spec)
    numbers = module.attention_view(model, None, grammar.EXAMPLES[language][0], spec.layers, 1)
    frame = attention.weight_frame(numbers, 0, texts)
    return heat(frame["data"][0]["z"], [], frame["layout"]["yaxis"]["ticktext"])


def alignment(language: str, texts: Texts) -> str:
    module, model, _ = trained(Translation.demo())
    frame = decoding.align_frame(module.alignment_view(model, None, 0), texts)
    across, down = (frame["layout"][axis]["ticktext"] for axis in ("xaxis", "yaxis"))
    return heat(frame["data"][0]["z"], across, down)


def proxy_and_truth(language: str, texts: Texts) -> str:
    spec = dataclasses.replace(RLHF.demo(language), start="shipped")
    return curves(rlhf.score_curves(texts), trained(spec)[2])


MADE: dict[str, Callable[[str, Texts], str]] = {
    "representation": words_as_counts,
    "ngram": n_grams,
    "nnlm": neural_model,
    "word2vec": word_map,
    "glove": fit,
    "vectors": four_models,
    "lstm": unit,
    "attention": head,
    "decoding": alignment,
    "rlhf": proxy_and_truth,
}


# ---- as SVG -------------------------------------------------------------------------------------------------------


def heat(z: Any, across: Sequence[str], down: Sequence[str], letters: Sequence[Sequence[str]] = ()) -> str:
    """A matrix: the darker (on a dark ground: the lighter) a cell, the more; below zero in another colour."""
    values = np.array([[np.nan if cell is None else float(cell) for cell in row] for row in z])
    most = float(np.nanmax(np.abs(values))) or 1.0
    left = EDGE + max((wide(word) for word in down), default=0) + (EDGE if any(down) else 0)
    top = EDGE + (LETTER + 4 if any(across) else 0)
    w, h = (WIDE - left - EDGE) / values.shape[1], (HIGH - top - EDGE) / len(values)
    made = [
        f'<rect class="{"b" if value >= 0 else "o"}" x="{left + j * w:.0f}" y="{top + i * h:.0f}" '
        f'width="{w - 1:.1f}" height="{h - 1:.1f}" fill-opacity="{0.07 + 0.93 * abs(value) / most:.2g}"/>'
        for i, row in enumerate(np.nan_to_num(values))
        for j, value in enumerate(row)
    ]
    columns = [(word, left + (j + 0.5) * w, top - 5, w) for j, word in enumerate(across)]
    made += [said(word, x, y, "middle") for word, x, y, room in columns if wide(word) <= room + 2]
    fits = h >= LETTER - 2
    made += [said(word, left - EDGE, top + (i + 0.5) * h + 4, "end") for i, word in enumerate(down) if fits]
    for i, row in enumerate(letters):
        made += [said(x, left + (j + 0.5) * w, top + (i + 0.5) * h + 4, "middle") for j, x in enumerate(row) if x]
    return "".join(made)


def curves(figure: Mapping[str, Any], moments: Sequence[Snapshot], logarithmic: bool = False) -> str:
    """Metrics against the step, each axis of its own, and lines that do not change."""
    kept = moments[:: max(1, len(moments) // CURVE)]
    steps = [moment.step / moments[-1].total for moment in kept]
    scale: Callable[[np.ndarray], np.ndarray] = np.log if logarithmic else np.asarray
    lines: list[tuple[str, str, str, np.ndarray]] = []
    for curve in figure["curves"]:
        values = scale(np.array([moment.metrics.get(curve["metric"], np.nan) for moment in kept]))
        lines.append((curve["axis"], curve["colour"], curve["dash"], values))
    for level in figure.get("levels", ()):
        lines.append(("left", level["colour"], level["dash"], scale(np.full(len(kept), level["value"]))))
    made = []
    for axis, colour, dash, values in lines:
        on = np.concatenate([each for side, _, _, each in lines if side == axis])
        low, high = np.nanmin(on), np.nanmax(on)
        ys = HIGH - 2 * EDGE - (values - low) / ((high - low) or 1) * (HIGH - 4 * EDGE)
        points = [(EDGE + 4 + x * (WIDE - 3 * EDGE), y) for x, y in zip(steps, ys, strict=True)]
        made.append(line(points, colour, 3, dash))
    return f'<path class="l" fill="none" d="M{EDGE} {EDGE}V{HIGH - EDGE}H{WIDE - EDGE}"/>' + "".join(made)


def cloud(base: Mapping[str, Any], frame: Mapping[str, Any], named: Sequence[str] = ()) -> str:
    """Points and lines in the plane; the words `named` stand beside their points."""
    traces = [{**still, **now} for still, now in zip(base["data"], frame["data"], strict=True)]
    dots, room = [trace for trace in traces if trace["mode"] == "markers"], (9 if named else 3) * EDGE
    ends = [[float(v) for trace in dots for v in trace[axis] if v is not None] for axis in "xy"]
    box = [(min(each), max(each)) for each in ends]

    def at(x: float, y: float) -> tuple[float, float]:
        right, up = ((v - low) / (high - low) for v, (low, high) in zip((x, y), box, strict=True))
        return room + right * (WIDE - 2 * room), HIGH - 3 * EDGE - up * (HIGH - 6 * EDGE)

    made = []
    for trace in traces:
        pairs = zip(trace["x"], trace["y"], strict=True)
        points = [(*at(x, y), i) for i, (x, y) in enumerate(pairs) if x is not None and y is not None]
        if trace["mode"].startswith("lines"):
            look = trace["line"]
            if look["width"]:
                made.append(
                    line([point[:2] for point in points], look["color"], look["width"], look.get("dash", "solid"))
                )
            continue
        colours = trace["marker"]["color"]
        for x, y, i in points:
            colour = colours if isinstance(colours, str) else colours[i]
            made.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{themed(colour)}" fill-opacity=".8"/>')
            if (word := [*trace.get("text", ()), *[""] * len(points)][i]) in named:
                crowded = any(0 < other - x < 7 * EDGE and abs(up - y) < LETTER for other, up, _ in points)
                made.append(said(word, x - 7 if crowded else x + 7, y + 4, "end" if crowded else "start"))
    return "".join(made)


def line(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str) -> str:
    there = [(x, y) for x, y in points if np.isfinite(y)]
    if len(there) < 2:
        return ""
    dashes = {"solid": "", "dot": "2 4"}.get(dash, "7 4")
    style = f' stroke-dasharray="{dashes}"' if dashes else ""
    d = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in there)
    return f'<path d="{d}" fill="none" stroke="{themed(colour)}" stroke-width="{width:g}"{style}/>'


def said(text: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text, quote=False)}</text>'


def themed(colour: str) -> str:
    """A colour that can be seen on white and on black: the page's own names for text and lines become grey."""
    return colour if colour.startswith("#") else "#7b8794"


def wide(text: str) -> int:
    """About how many pixels a word takes."""
    return sum(7 if letter.isascii() else 12 for letter in text)


def svg(drawn: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}">'
    return f"{head}<style>{STYLE}</style>{drawn}</svg>\n"


def main(asked: Sequence[str]) -> Iterator[str]:
    """Makes the pictures of the lessons `asked` for, else of all; tells the size of each."""
    PICTURES.mkdir(exist_ok=True)
    for slug, draw in MADE.items():
        for language in content.languages():
            if asked and slug not in asked:
                continue
            texts = {**content.load("common", language).labels, **content.load(slug, language).labels}
            made = svg(draw(language, texts))
            (PICTURES / f"{slug}.{language}.svg").write_text(made, encoding="utf-8")
            yield f"{slug}.{language}.svg: {len(made.encode())} bytes"


if __name__ == "__main__":
    for told in main(sys.argv[1:]):
        print(told, flush=True)
