"""N-grams: every smoothing by hand, against plain dictionaries, against nltk.lm and KenLM; questions, trace, text."""

import hashlib
import math
import random
import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nltk.lm import MLE, Laplace, Lidstone, Vocabulary
from nltk.util import everygrams

from engine.experiments import SMOOTHINGS, NGram, NGramGrid
from engine.mistake import Mistake
from engine.models import ngram, ngram_grid, ngram_trace, smoothing
from engine.models.sampling import sharpened
from engine.models.spelling import numbered, spelling
from engine.text import kjv, own
from engine.text.letters import join, letters
from engine.text.tokens import END, START, UNKNOWN, encoded, typed, whole_lines

TEXT = [s.split() for s in ("the cat sat", "the dog sat", "the cat ran")]
PROPER = [name for name in SMOOTHINGS if name != "stupid_backoff"]


def model_of(sentences: list[list[str]] = TEXT, **fields: Any) -> ngram.Model:
    return ngram.fitted(NGram(**fields), sentences)


def trained(**fields: Any) -> ngram.Model:
    model = ngram.build(NGram(**fields))
    for _ in ngram.train(model):
        pass
    return model


def probability(model: ngram.Model, word: str, *context: str) -> float:
    """P(word | context) by the model, for a context that may begin with <s>."""
    number = {**model.index, "<s>": START, "</s>": END}
    tokens = np.array([number.get(name, UNKNOWN) for name in context], np.int32)
    p = smoothing.following(model.counts, ngram.numbers(model), smoothing.contexts_of(model.counts, tokens))
    return float(p[number.get(word, UNKNOWN)])


@pytest.fixture(scope="module")
def kingdom() -> ngram.Model:
    return trained(tokens=20_000)


# ---- arithmetic -------------------------------------------------------------------------------------------------
#
# TEXT has 12 tokens: the 3, cat 2, sat 2, dog 1, ran 1, </s> 3. V = 7: these six and <unk>.
# After "the": cat twice, dog once. Words seen before: one each before the, cat, dog, ran; two before sat, </s>: 8.


def test_maximum_likelihood() -> None:
    model = model_of(order=2, smoothing="maximum_likelihood")
    assert probability(model, "cat", "the") == pytest.approx(2 / 3)
    assert probability(model, "sat", "the") == 0
    assert probability(model, "the", "<s>") == 1
    assert probability(model, "</s>", "sat") == 1


def test_add_k() -> None:
    model = model_of(order=2, smoothing="add_k", k=0.5)
    assert probability(model, "cat", "the") == pytest.approx((2 + 0.5) / (3 + 0.5 * 7))
    assert probability(model, "sat", "the") == pytest.approx(0.5 / 6.5)
    assert probability(model, "sat", "unheard") == pytest.approx(1 / 7)


def test_jelinek_mercer() -> None:
    model = model_of(order=2, smoothing="jelinek_mercer")
    first, second = ngram.numbers(model).weight
    below = first * 2 / 12 + (1 - first) / 7
    assert probability(model, "cat", "the") == pytest.approx(second * 2 / 3 + (1 - second) * below)
    assert probability(model, "cat", "unheard") == pytest.approx(below)


def test_katz_falls_back_to_half_a_count() -> None:
    model = model_of(order=2, smoothing="katz")
    assert ngram.discounts(model)["fell_back"] == [1, 2]
    # Order 1: (2 − ½)/12 for cat; what is left, 6 · ½/12, is <unk>'s, the only word never seen.
    assert probability(model, "cat") == pytest.approx(1.5 / 12)
    assert probability(model, "<unk>") == pytest.approx(3 / 12)
    # After "the": (2 − ½)/3 for cat; 1/3 is left for the words that are neither cat nor dog, 1 − 2/12 of order 1.
    assert probability(model, "cat", "the") == pytest.approx(1.5 / 3)
    assert probability(model, "sat", "the") == pytest.approx((1 / 3) / (1 - 2 / 12) * 1.5 / 12)


def test_absolute_discounting() -> None:
    model = model_of(order=2, smoothing="absolute_discounting", discount=0.5)
    below = 1.5 / 12 + (6 * 0.5 / 12) / 7
    assert probability(model, "cat", "the") == pytest.approx(1.5 / 3 + (2 * 0.5 / 3) * below)


def test_kneser_ney() -> None:
    model = model_of(order=2, smoothing="kneser_ney", discount=0.5)
    below = 0.5 / 8 + (6 * 0.5 / 8) / 7
    assert probability(model, "cat", "the") == pytest.approx(1.5 / 3 + (2 * 0.5 / 3) * below)


def test_modified_kneser_ney() -> None:
    # Order 1: n₁ = 4, n₂ = 2, n₃ = 0, so ½, 1, 1½ stand in. Order 2: n₁ … n₄ = 5, 2, 1, 0 and Y = 5/9, so that
    # D₁ = 1 − 2 · 5/9 · 2/5 = 5/9, D₂ = 2 − 3 · 5/9 · 1/2 = 7/6, D₃₊ = 3.
    model = model_of(order=2)
    answer = ngram.discounts(model)
    assert answer["fell_back"] == [1]
    assert answer["orders"][1]["counts_of_counts"] == [5, 2, 1, 0]
    assert answer["orders"][1]["discounts"] == pytest.approx([5 / 9, 7 / 6, 3])
    below = 0.5 / 8 + ((4 * 0.5 + 2 * 1) / 8) / 7
    assert probability(model, "cat", "the") == pytest.approx((2 - 7 / 6) / 3 + (5 / 9 + 7 / 6) / 3 * below)


def test_stupid_backoff() -> None:
    model = model_of(order=2, smoothing="stupid_backoff")
    assert probability(model, "cat", "the") == pytest.approx(2 / 3)
    assert probability(model, "sat", "the") == pytest.approx(0.4 * 2 / 12)
    assert probability(model, "<unk>", "the") == pytest.approx(0.4 * 0.4 / 7)
    assert ngram.discounts(model)["normalised"] is False


def test_discounts_from_counts_of_counts() -> None:
    n = np.array([0, 100, 40, 20, 12, 8, 5, 90])
    np.testing.assert_allclose(smoothing.single(n)[1:], 100 / 180)  # n₁ / (n₁ + 2 n₂)
    Y = 100 / 180
    np.testing.assert_allclose(smoothing.three(n)[1:4], [1 - 2 * Y * 0.4, 2 - 3 * Y * 0.5, 3 - 4 * Y * 0.6])
    # Katz: A = 6 · 5/100 = 0.3; d₁ = (2 · 40/100 − 0.3) / 0.7 = 5/7, so that D(1) = 2/7; above 5 nothing is taken.
    D = smoothing.good_turing(n)
    assert D[1] == pytest.approx(2 / 7)
    assert D[6] == 0
    for rule in (smoothing.single, smoothing.three, smoothing.good_turing):
        assert rule(np.array([0, 5, 0, 0, 0, 0, 0, 3])) is None


def test_expectation_maximisation_finds_the_best_weights() -> None:
    sentences = [s.split() for s in ("a b a b", "a b b a", "b a b a", "a b a a", "b b a b")] * 6
    model = model_of(sentences, order=2, smoothing="jelinek_mercer")
    tokens, counts = model.aside, model.counts

    def perplexity(weight: list[float]) -> float:
        rule = smoothing.Smoothing(smoothing.JELINEK, counts.V, np.zeros((2, 7)), np.array(weight))
        p, _ = smoothing.score(counts, rule, tokens)
        return ngram.perplexity(p[tokens != START])["perplexity"]

    best = min(perplexity([a, b]) for a in np.arange(0.02, 1, 0.02) for b in np.arange(0.02, 1, 0.02))
    assert perplexity(list(ngram.numbers(model).weight)) <= best * 1.001


# ---- against plain dictionaries ---------------------------------------------------------------------------------


class Reference:
    """Every smoothing once more, with dictionaries from tuples of words to numbers, slow and by the formulas."""

    def __init__(self, sentences: list[list[str]], model: ngram.Model) -> None:
        self.rule, self.K, self.spec = model.spec.smoothing, model.spec.order, model.spec
        self.words = [name for name in model.names if name != "<s>"]
        self.weight = ngram.numbers(model).weight
        padded = [["<s>", *s, "</s>"] for s in sentences]
        self.raw: list[Counter[tuple[str, ...]]] = [Counter() for _ in range(self.K + 1)]
        for s in padded:
            for n in range(1, self.K + 1):
                self.raw[n].update(tuple(s[i : i + n]) for i in range(len(s) - n + 1) if (i or n > 1))
        self.counts = [Counter(c) for c in self.raw]
        if "kneser" in self.rule:
            for n in range(1, self.K):
                before = Counter(gram[1:] for gram in self.raw[n + 1])
                begins = {gram: c for gram, c in self.raw[n].items() if gram[0] == "<s>"}
                self.counts[n] = Counter({**before, **begins})
        self.followers: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
        for c in self.counts[1:]:
            for gram, count in c.items():
                self.followers[gram[:-1]][gram[-1]] = count

    def D(self, n: int) -> list[float]:
        """Discounts for counts 1, 2, … of order n, the last for all above."""
        t = Counter(self.counts[n].values())
        if self.rule == "katz":
            try:
                A = 6 * t[6] / t[1]
                d = [((r + 1) * t[r + 1] / (r * t[r]) - A) / (1 - A) for r in range(1, 6)]
            except ZeroDivisionError:
                d = [0]
            ok = all(0 < x < 1 for x in d) and t[6]
            return [*(r * (1 - x) for r, x in enumerate(d, 1)), 0] if ok else [0.5] * 5 + [0]
        if self.rule == "modified_kneser_ney":
            if 0 in (t[1], t[2], t[3]):
                return [0.5, 1, 1.5]
            Y = t[1] / (t[1] + 2 * t[2])
            found = [r - (r + 1) * Y * t[r + 1] / t[r] for r in (1, 2, 3)]
            return found if all(0 <= x <= r for r, x in enumerate(found, 1)) else [0.5, 1, 1.5]
        return [t[1] / (t[1] + 2 * t[2]) if t[1] and t[2] else 0.5]

    def p(self, word: str, context: tuple[str, ...]) -> float:
        if len(context) >= self.K:
            return self.p(word, context[len(context) - self.K + 1 :])
        V = len(self.words)
        here = self.followers.get(context, {})
        c, total, n = here.get(word, 0), sum(here.values()), len(context) + 1
        if self.rule == "maximum_likelihood":
            return c / total if total else 0
        if self.rule == "add_k":
            return (c + self.spec.k) / (total + self.spec.k * V)
        below = self.p(word, context[1:]) if context else 1 / V
        if self.rule == "stupid_backoff":
            return c / total if c else 0.4 * below
        if not total:
            return below
        if self.rule == "jelinek_mercer":
            return float(self.weight[n - 1] * c / total + (1 - self.weight[n - 1]) * below)
        D = self.D(n)
        take = {w: D[min(x, len(D)) - 1] for w, x in here.items()}
        if self.rule == "katz":
            if len(here) == V:
                return c / total
            if min(here.values()) > 5:
                total += 1
            kept = {w: (x - take[w]) / total for w, x in here.items()}
            if c:
                return kept[word]
            lower = sum(self.p(w, context[1:]) if context else 1 / V for w in here)
            return (1 - sum(kept.values())) / (1 - lower) * below
        return max(c - take.get(word, 0), 0) / total + sum(take.values()) / total * below


def sentences_of(seed: int) -> list[list[str]]:
    """A text of few words in which all counts of counts occur, some sentences empty."""
    chance = random.Random(seed)
    return [[chance.choice("aaaaaabbbbcccddefghijkl") for _ in range(chance.randrange(7))] for _ in range(60)]


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("rule", SMOOTHINGS)
def test_as_plain_dictionaries_say(rule: str, order: int) -> None:
    sentences = sentences_of(order)
    spec = NGram(order=order, smoothing=rule, k=0.3, min_count=1)
    model = ngram.fitted(spec, sentences)
    if rule == "jelinek_mercer":
        sentences, _ = ngram.set_aside(sentences, spec.split_seed)
    reference = Reference(sentences, model)
    chance = random.Random(7)
    contexts = [("<s>", *(chance.choice("abcdzk") for _ in range(n))) for n in (0, 1, 2, 3, 5) for _ in range(3)]
    for context in contexts:
        for word in reference.words:
            known = tuple(w if w in model.index or w == "<s>" else "<unk>" for w in context)
            assert probability(model, word, *context) == pytest.approx(reference.p(word, known), rel=1e-9), context


@pytest.mark.parametrize("segment", ["words", "characters"])
@pytest.mark.parametrize("rule", PROPER)
def test_probabilities_sum_to_one(rule: str, segment: str) -> None:
    """After contexts of the held-out text, seen and unseen, of all lengths; maximum likelihood only where seen."""
    model = trained(tokens=5_000, order=4, smoothing=rule, segment=segment)
    numbers, starts = ngram.numbers(model), np.flatnonzero(model.held == START)
    unseen = 0
    for start in starts[:60]:
        end = start + int(np.flatnonzero(model.held[start:] == END)[0])
        for stop in range(start + 1, min(end, start + 25) + 1):
            contexts = smoothing.contexts_of(model.counts, model.held[start:stop])
            p = smoothing.following(model.counts, numbers, contexts)
            heard = model.counts.nodes[contexts[-1], smoothing.TOTAL] > 0
            unseen += not heard
            assert p[START] == 0
            assert p.min() >= 0
            assert p.sum() == pytest.approx(1 if heard or rule != "maximum_likelihood" else 0, abs=1e-9)
    assert unseen > 0


def test_stupid_backoff_does_not_sum_to_one(kingdom: ngram.Model) -> None:
    model = trained(tokens=5_000, smoothing="stupid_backoff")
    p, _ = ngram._after(model, np.array([START, model.index["the"]], np.int32))
    assert p.sum() > 1.01
    assert ngram.facts(model)["normalised"] is False
    assert ngram.facts(kingdom)["normalised"] is True


# ---- against nltk.lm and KenLM ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (MLE, {"smoothing": "maximum_likelihood"}),
        (Laplace, {"smoothing": "add_k"}),
        (lambda order, vocabulary: Lidstone(0.1, order, vocabulary=vocabulary), {"smoothing": "add_k", "k": 0.1}),
    ],
    ids=["MLE", "Laplace", "Lidstone"],
)
def test_equal_to_nltk(theirs: Any, ours: dict[str, Any]) -> None:
    """nltk counts <s> among the words that can follow, so it is kept out of its vocabulary: there it is "<UNK>", in
    contexts as in the text, and no other word is."""
    sentences, order = sentences_of(3), 3
    model = ngram.fitted(NGram(order=order, **ours), sentences)
    vocabulary = Vocabulary([w for s in sentences for w in [*s, "</s>"]])
    lm = theirs(order, vocabulary=vocabulary)
    lm.fit([list(everygrams(["<s>", *s, "</s>"], max_len=order)) for s in sentences])
    assert len(vocabulary) == model.counts.V
    for s in sentences[:20]:
        padded = ["<s>", *s, "</s>"]
        for i in range(1, len(padded)):
            context = padded[max(0, i - order + 1) : i]
            for word in ("a", "l", padded[i]):
                assert probability(model, word, *context) == pytest.approx(lm.score(word, context), rel=1e-12)


# `lmplz -o N < train`, then `query -v summary` ("Perplexity including OOVs"), both built from the source package kenlm
# 0.3.0 with Debian's cmake and Boost. The verses of engine/text/kjv.py, one a line; every tenth (10, 20, …) is test.
SPLIT = "f002da909d116f2f1cedfb37471afbac"
KENLM = {2: 97.97115625401588, 3: 64.80187316553395, 4: 56.34970040400476, 5: 54.34095524788293}


def kjv_split() -> tuple[list[list[str]], list[list[str]]]:
    verses = list(kjv.sentences())
    return [v for i, v in enumerate(verses, 1) if i % 10], verses[9::10]


def test_equal_to_kenlm() -> None:
    train, test = kjv_split()
    text = "\n".join(" ".join(verse) for part in (train, test) for verse in part)
    assert hashlib.sha256(text.encode()).hexdigest()[:32] == SPLIT
    for order, perplexity in KENLM.items():
        model = ngram.fitted(NGram(order=order), train)
        answer = ngram.score(model, "\n".join(" ".join(verse) for verse in test), lines=True)
        assert (answer["tokens"], answer["oov"]) == (82_861, 409)
        assert answer["perplexity"] == pytest.approx(perplexity, rel=1e-6)


# ---- counting ---------------------------------------------------------------------------------------------------


def state(model: ngram.Model) -> list[np.ndarray]:
    counts = model.counts
    return [counts.nodes[: counts.used[0], smoothing.COUNT :], counts.tallies[:, 1:], counts.kinds]


@pytest.mark.parametrize("rule", ["katz", "modified_kneser_ney"])
def test_reading_in_pieces_and_back_gives_the_same_counts(rule: str) -> None:
    spec = NGram(tokens=3_000, order=4, smoothing=rule)
    whole, pieces, part = ngram.build(spec), ngram.build(spec), ngram.build(spec)
    ngram.advance(whole, whole.total)
    for step in (10, 200, 100, 101, 3, pieces.total, 150):
        ngram.advance(pieces, step)
    ngram.advance(part, 150)
    used = int(part.counts.used[0])
    for ours, theirs in zip(state(pieces), state(part), strict=True):
        np.testing.assert_array_equal(ours[: len(theirs)], theirs)
        assert not ours[len(theirs) :].any()
    assert used < int(whole.counts.used[0])
    ngram.advance(pieces, pieces.total)
    for ours, theirs in zip(state(pieces), state(whole), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_another_moment_is_reached_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when a question at a third moment comes in between, while old counts are still being cleared away."""
    monkeypatch.setattr(smoothing, "PIECE", 100)
    monkeypatch.setattr(smoothing, "CLEARED", 500)
    spec = NGram(tokens=3_000, order=4)
    model, past = ngram.build(spec), ngram.build(spec)
    ngram.advance(model, model.total)
    for step, interrupted in ((10, 2), (model.total, 3), (150, 1_000), (0, 3), (40, 1)):
        there = ngram.with_weights(model, {"step": np.array(step)})
        pieces = 1
        while ngram.approach(there):
            pieces += 1
            if pieces == interrupted:
                ngram.next_words(ngram.with_weights(model, {"step": np.array(0)}), "the")
        assert model.counts.read == model.offsets[step]
        ngram.advance(past, step)
        used = int(past.counts.used[0])
        for ours, theirs in zip(state(model), state(past), strict=True):
            np.testing.assert_array_equal(ours[:used], theirs[:used])
        assert ngram.next_words(there, "the") == ngram.next_words(
            ngram.with_weights(past, {"step": np.array(step)}), "the"
        )


def test_counts_are_those_of_a_counter(kingdom: ngram.Model) -> None:
    words = [kingdom.names[x] for x in kingdom.counts.tokens]
    grams = Counter(g for g in zip(words, words[1:], words[2:], strict=False) if "<s>" not in g[1:])
    assert kingdom.counts.kinds[2] == len(grams)
    for gram, count in random.Random(0).sample(sorted(grams.items()), 50):
        assert ngram.where(kingdom, gram)["count"] == count
        factor = ngram.next_words(kingdom, " ".join(w for w in gram[:-1] if w != "<s>"), 5)
        assert factor["context_count"] >= count or gram[0] != "<s>"


def test_unseen_counts_held_out_ngrams() -> None:
    model = trained(tokens=2_000, order=2, smoothing="add_k")
    *_, last = ngram.train(ngram.build(model.spec))
    words = [model.names[x] for x in model.counts.tokens]
    known = set(pairwise(words))
    held = [model.names[x] for x in model.held]
    pairs = [pair for pair in pairwise(held) if pair[1] != "<s>"]
    assert last.metrics["unseen_2"] == pytest.approx(sum(pair not in known for pair in pairs) / len(pairs))
    assert last.metrics["unseen_1"] == pytest.approx(sum(w == "<unk>" for w in held) / len(pairs))


def test_more_text_means_fewer_unseen_and_longer_context_means_more() -> None:
    first, *_, last = list(ngram.train(ngram.build(NGram(tokens=20_000))))[1:]
    assert first.metrics["unseen_3"] > last.metrics["unseen_3"] > last.metrics["unseen_2"]
    assert first.metrics["perplexity"] > 3 * last.metrics["perplexity"]
    assert first.samples != last.samples


def test_an_impossible_word_makes_perplexity_infinite() -> None:
    *_, last = ngram.train(ngram.build(NGram(tokens=3_000, smoothing="maximum_likelihood")))
    assert "perplexity" not in last.metrics
    assert 0 < last.metrics["impossible"] < 1


@pytest.mark.parametrize("rule", SMOOTHINGS)
def test_a_long_text_is_scored_like_its_words_one_by_one(rule: str) -> None:
    """Also in the middle of the training, when the tree has n-grams that are not read, and over several blocks."""
    model = trained(tokens=5_000, order=5, smoothing=rule)
    model = ngram.with_weights(model, {"step": np.array(model.total // 2)})
    numbers, counts = ngram.numbers(model), model.counts
    lines = encoded([[], ["the"], ["quark", "the", "king"], []], model.index)
    tokens = np.concatenate([lines, np.tile(model.held, 1 + 3 * smoothing.BLOCK // len(model.held)), lines])
    p, found = smoothing.score(counts, numbers, tokens)
    starts = np.maximum.accumulate(np.where(tokens == START, np.arange(len(tokens)), 0))
    assert not p[tokens == START].any()
    assert not found[tokens == START].any()
    edges = [b + x for b in range(smoothing.BLOCK, len(tokens), smoothing.BLOCK) for x in range(-5, 6)]
    for i in [*range(300), *edges, *range(len(tokens) - 20, len(tokens))]:
        if i < len(tokens) and tokens[i] != START:
            contexts = smoothing.contexts_of(counts, tokens[starts[i] : i])
            expected = smoothing.following(counts, numbers, contexts)[tokens[i]]
            assert p[i] == pytest.approx(expected, rel=1e-12), i
            stood = [n for n, h in enumerate(contexts, 1) if ngram._count(model, int(h), int(tokens[i])) > 0]
            assert found[i] == max(stood, default=0)


# ---- questions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", SMOOTHINGS)
def test_sentence_score_and_trace_agree(rule: str) -> None:
    model, text = trained(tokens=5_000, smoothing=rule), "The king praised an Egyptian crocodile"
    answer, scored = ngram.sentence(model, text), ngram.score(model, text)
    assert answer["tokens"] == ["the", "king", "praised", "an", "egyptian", "crocodile", "</s>"]
    assert answer["unknown"] == [word for word in answer["tokens"][:-1] if word not in model.index]
    assert "crocodile" in answer["unknown"]
    assert answer["perplexity"] == (pytest.approx(scored["perplexity"]) if scored["perplexity"] else None)
    for at, factor in enumerate(answer["factors"]):
        trace = ngram.trace_sentence(model, text, at)
        made = {name: array for step in trace for name, array in step.outputs.items()}
        assert made[f"P{len(factor['path'])}"][0] == factor["probability"]
        assert trace[-1].id == "product"
        logs = [f["log2"] for f in answer["factors"][: at + 1]]
        assert made["Σ"][0] == (pytest.approx(sum(logs)) if None not in logs else -math.inf)
        for rung in factor["path"]:
            assert rung["probability"] == pytest.approx(rung["own"] + rung["weight"] * rung["below"])


@pytest.mark.parametrize("rule", SMOOTHINGS)
def test_trace_steps_can_be_redone(rule: str) -> None:
    """The numbers in a step's formula give its result, and every line it points to is there."""
    model = trained(tokens=5_000, smoothing=rule)
    seen = set()
    for text in ("the king", "one sour cherry", "crocodile king the"):
        for at in range(3):
            for step in ngram.trace_sentence(model, text, at):
                seen.add(step.id)
                file, _, mark = step.source.partition("#")
                source = (Path(ngram_trace.__file__).parent / file).read_text(encoding="utf-8")
                assert re.search(rf"# step: {mark}$", source, re.MULTILINE), step.source
                out = next(iter(step.outputs.values()))
                if step.id == "mix":
                    f, gamma, below = (array[0] for array in step.inputs.values())
                    assert out[0] == pytest.approx(f + gamma * below)
                if step.id == "weight":
                    D, n, c = step.inputs.values()
                    assert out[0] == pytest.approx((D * n).sum() / c[1])
                if step.id == "discount":
                    c, D = step.inputs.values()
                    assert out[0] == pytest.approx(max(c[0] - D[0], 0) / c[1])
                if step.id == "likelihood":
                    (c,) = step.inputs.values()
                    assert out[0] == pytest.approx(c[0] / max(1, c[1]))
    assert {"chain", "product"} < seen


def test_chinese_sentence_is_cut_by_jieba() -> None:
    model = trained(language="zh", tokens=5_000)
    answer = ngram.sentence(model, "我爱自然语言处理")
    assert answer["tokens"] == ["我", "爱", "自然语言", "处理", "</s>"]
    assert "自然语言" in answer["unknown"]
    assert ngram.trace_sentence(model, "我爱自然语言处理", 4)[-1].labels["P"] == tuple(answer["tokens"])
    assert typed(model.spec, model.index, "昨天，国王") == ["昨天", "，", "国王"]


def test_characters_of_english_include_the_space() -> None:
    assert letters(["the", "king"]) == list("the king")
    assert join(["国王", "，", "the", "king"]) == "国王，the king"
    model = trained(tokens=5_000, segment="characters", order=5)
    assert " " in model.index
    assert typed(model.spec, model.index, "  The  king ") == list("the king ")
    assert [each["word"] for each in ngram.next_words(model, "the princes", 1)["answers"]] == ["s"]
    assert trained(tokens=5_000, language="zh", segment="characters").index.get(" ") is None


def test_next_words_are_a_distribution(kingdom: ngram.Model) -> None:
    answer = ngram.next_words(kingdom, "the king", 5)
    scores = [each["probability"] for each in answer["answers"]]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) + answer["rest"] == pytest.approx(1)
    assert (answer["context"], answer["order"]) == (["the", "king"], 3)
    assert answer["context_count"] == ngram.where(kingdom, ["the", "king"])["count"]
    strange = ngram.next_words(kingdom, "the crocodile")
    assert (strange["unknown"], strange["context"], strange["order"]) == (["crocodile"], [], 1)
    assert ngram.next_words(kingdom)["context"] == ["<s>"]


def test_generate(kingdom: ngram.Model) -> None:
    once, again = (ngram.generate(kingdom, "the", 15, seed=4) for _ in range(2))
    assert once == again
    assert once["text"].startswith("the ")
    assert ngram.generate(kingdom, "the", 15, seed=5) != once
    greedy = ngram.generate(kingdom, "the", 3, temperature=0)["tokens"]
    first = ngram.next_words(kingdom, "the", 1)["answers"][0]
    assert (greedy[0]["word"], greedy[0]["probability"]) == (first["word"], first["probability"])
    assert all(each["chance"] == 1 for each in greedy)
    with pytest.raises(Mistake, match="top_p"):
        ngram.generate(kingdom, top_p=2)


def test_temperature_top_k_and_top_p() -> None:
    p = np.array([0.1, 0, 0.4, 0.3, 0.2])  # <unk>, <s>, </s> and two words
    np.testing.assert_allclose(sharpened(p), [0, 0, 1, 0.75, 0.5])  # in proportion to p, never <unk>
    np.testing.assert_allclose(sharpened(p, top_k=2), [0, 0, 1, 0.75, 0])
    # Of 0.9 half must be covered: 0.4 is too little, 0.4 + 0.3 is enough.
    np.testing.assert_allclose(sharpened(p, top_p=0.5), [0, 0, 1, 0.75, 0])
    np.testing.assert_allclose(sharpened(p, temperature=0.5)[3], 0.75**2)
    np.testing.assert_allclose(sharpened(p, temperature=0), [0, 0, 1, 0, 0])
    alike = np.array([0, 0, 0.25, 0.25, 0.25, 0.25])  # of equals the first stay, so that the same seed draws the same
    np.testing.assert_allclose(sharpened(alike, top_k=2), [0, 0, 1, 1, 0, 0])
    np.testing.assert_allclose(sharpened(alike, top_k=3, top_p=0.3), [0, 0, 1, 1, 0, 0])


def test_drawn_words_come_as_often_as_they_should(kingdom: ngram.Model) -> None:
    p = {each["word"]: each["probability"] for each in ngram.next_words(kingdom, "", 5)["answers"]}
    drawn = Counter(ngram.generate(kingdom, "", 1, seed=seed)["tokens"][0]["word"] for seed in range(1_500))
    for word, expected in p.items():
        assert drawn[word] / 1_500 == pytest.approx(expected, abs=4 * math.sqrt(expected / 1_500))


def test_where_shows_the_sentences(kingdom: ngram.Model) -> None:
    answer = ngram.where(kingdom, ["the", "king"], most=3)
    assert len(answer["sentences"]) == 3
    for found in answer["sentences"]:
        assert found["words"][found["at"] : found["at"] + 2] == ["the", "king"]
    past = ngram.with_weights(kingdom, {"step": np.array(kingdom.total // 4)})
    assert ngram.where(past, ["the", "king"])["count"] < answer["count"]
    assert ngram.where(kingdom, ["<s>", "the", "king"])["count"] <= answer["count"]
    with pytest.raises(Mistake, match="quine"):
        ngram.where(kingdom, ["quine"])


def test_shannon_game(kingdom: ngram.Model) -> None:
    answer = ngram.shannon(kingdom, 3)
    p = [each["probability"] for each in answer["positions"]]
    assert answer["bits"] == pytest.approx(-sum(map(math.log2, p)))
    text = " ".join(answer["tokens"][:-1])
    assert 2 ** answer["bits_per_token"] == pytest.approx(ngram.score(kingdom, text)["perplexity"])
    assert answer["bits_per_character"] == pytest.approx(answer["bits"] / (len(text) + 1))
    for each in answer["positions"]:
        if each["rank"] <= len(each["guesses"]):
            assert each["guesses"][each["rank"] - 1]["probability"] == each["probability"]
    assert ngram.shannon(kingdom, 4)["tokens"] != answer["tokens"]


def test_order_five_recites_more_than_order_two() -> None:
    runs = {}
    for order in (2, 5):
        model = trained(tokens=20_000, order=order, smoothing="maximum_likelihood")
        answer = ngram.recite(model)
        text = " ".join(model.names[x] for x in model.counts.tokens)
        for piece in answer["pieces"]:
            words = answer["tokens"][piece["begin"] : piece["begin"] + piece["length"]]
            assert f" {' '.join(words)} " in f" {text} "
        assert sum(piece["length"] for piece in answer["pieces"]) == len(answer["tokens"])
        runs[order] = answer["mean"]
    assert runs[5] > 2 * runs[2]


def test_grid_shows_what_each_model_would() -> None:
    fields = {"tokens": 4_000, "order": 3}
    grid = ngram_grid.build(NGramGrid(**fields))
    for _ in ngram_grid.train(grid):
        pass
    cells = {(each["smoothing"], each["order"]): each["perplexity"] for each in ngram_grid.grid(grid)["cells"]}
    assert len(cells) == 3 * len(SMOOTHINGS)
    for rule in SMOOTHINGS:
        *_, last = ngram.train(ngram.build(NGram(tokens=4_000, order=2, smoothing=rule)))
        shown = cells[rule, 2]
        assert shown == (pytest.approx(last.metrics["perplexity"]) if shown else None)


# ---- texts that are hard ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", SMOOTHINGS)
def test_order_beyond_the_longest_sentence(rule: str) -> None:
    model = model_of(order=7, smoothing=rule)
    assert model.counts.kinds[5:].tolist() == [0, 0]
    assert ngram.sentence(model, "the cat sat")["probability"] > 0
    assert ngram.generate(model, n=5)["tokens"]


def test_a_text_without_sentences_to_hold_out() -> None:
    text = "word after word " * 100
    with pytest.raises(Mistake, match="held_out"):
        ngram.build(NGram(corpus=own.name(text)), text)


def test_rare_words_are_unknown() -> None:
    model = model_of(order=2, min_count=2)
    assert set(model.index) == {"the", "cat", "sat"}
    assert probability(model, "<unk>", "the") > probability(model, "sat", "the")


@pytest.mark.parametrize("names", [["a", "b", "ab", "king's", "é", " "], [f"w{i}" for i in range(20_000)]])
def test_words_are_known_by_their_letters(names: list[str]) -> None:
    model, chance = model_of([names], min_count=1), random.Random(2)
    for _ in range(200):
        pieces = [*chance.sample(names, 6), "a", "quark", "W1", "\x00", *" \t\r\v\f\x1c\x1f\x7f", *"\n" * 6, *" " * 9]
        text = "".join(chance.choices(pieces, k=chance.randrange(40)))
        np.testing.assert_array_equal(ngram._lines(model, text), encoded(whole_lines(text), model.index))
        if text.isascii():
            ours = numbered(text or "\n", spelling(model.names))
            np.testing.assert_array_equal(ours, encoded(whole_lines(text or "\n"), model.index))


def test_marks_in_a_file() -> None:
    assert whole_lines("<s> a b </s>\n\nc\n") == [["a", "b"], [], ["c"]]
    with pytest.raises(Mistake, match="Line 2"):
        whole_lines("a\nb </s> c\n")
