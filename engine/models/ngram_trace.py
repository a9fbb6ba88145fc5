"""One factor of a sentence's probability, operation by operation, for every smoothing of `smoothing.py`.

The same arithmetic from the bottom up: P_0, the same for all words, then order 1, 2, … with its counts, what is taken
off them, and what is made of it with the order below; at the end the logarithms of all factors so far (Shannon 1948
measured a message so). Steps of several smoothings have one name where the operation is one.

What differs here from what the model does: nothing but the order of telling. The model stops looking where a rule does
not need the orders below (maximum likelihood, add k, and after a pair that was seen Katz and stupid back-off); so do
these steps.

Symbols: w the word, h its context, c(h w) and c(h) counts, a and A in their place the counts that Kneser and Ney go by,
D a discount, γ the weight of the order below, V the words that can follow.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine.models.smoothing import (
    ABSOLUTE,
    ADD,
    JELINEK,
    KATZ,
    KNESER,
    MAXIMUM,
    MODIFIED,
    RARELY,
    STUPID,
    Smoothing,
)
from engine.trace import Step, Trace, number

Rung = dict[str, Any]


def steps(rule: Smoothing, words: Sequence[str], at: int, rungs: Sequence[Rung], before: Sequence[float]) -> Trace:
    """The steps for words[at] of a sentence with its <s> and </s>. `before` are the probabilities of words[1:at].

    `rungs` are those of `ngram.rungs`, from order 1 up. The last step's log2 is the logarithm of the model's number.
    """
    told = [_chain(words, at, len(rungs))]
    first = _first(rule.rule, rungs)
    if first == 0:
        told.append(_uniform(rule.V))
    for rung in rungs[max(first, 1) - 1 :]:
        told += _rung(rule, rung, words[at])
    return (*told, _product(words[1 : at + 1], [*before, rungs[-1]["probability"]]))


def _first(rule: int, rungs: Sequence[Rung]) -> int:
    """The order at which the telling begins: 0 where P_0 takes part."""
    if rule in (MAXIMUM, ADD):
        return len(rungs)
    if rule in (KATZ, STUPID):
        return max((rung["order"] for rung in rungs if rung["adjusted"]), default=0)
    return 0


def _step(id: str, formula: str, given: dict[str, Any], made: dict[str, Any], **labels: tuple[str, ...]) -> Step:
    file = "ngram_trace" if id in ("chain", "counts", "adjusted", "unseen", "product") else "smoothing"
    inputs, outputs = ({name: np.atleast_1d(np.array(value)) for name, value in each.items()} for each in (given, made))
    return Step(id, formula, inputs, outputs, f"{file}.py#{id}", labels or None)


def _chain(words: Sequence[str], at: int, top: int) -> Step:
    """Which word it is, and which before it are its context."""
    place = np.arange(len(words))
    marks = np.where((place < at) & (place > at - top), "h", "–").astype(object)
    marks[at] = "w"  # step: chain
    formula = rf"P(w_1 \dots w_{{{len(words) - 1}}}) = \prod_i P(w_i \mid h_i),\quad \goodbreak i = {at}"
    return _step("chain", formula, {}, {"place": marks.astype(str)}, place=tuple(words))


def _uniform(V: int) -> Step:
    return _step("uniform", rf"P_0 = \frac{{1}}{{V}} = \frac{{1}}{{{V}}} = {number(1 / V)}", {"V": V}, {"P0": 1 / V})


def _rung(rule: Smoothing, rung: Rung, word: str) -> Iterator[Step]:
    """The steps of one order."""
    yield _counts(rule, rung, word)
    if rule.rule not in (ADD, MAXIMUM, STUPID) and rung["total"] == 0:
        yield _unseen(rung)
    else:
        yield from TELLING[rule.rule](rule, rung)


def _counts(rule: Smoothing, rung: Rung, word: str) -> Step:
    """c(h w) and c(h); or the adjusted counts, where Kneser and Ney go by other ones than the text's."""
    n, context = rung["order"], " ".join(rung["context"])
    rows = (f"{context} {word}".strip(), f"{context} •".strip())
    text, found = np.array([rung["count"], rung["context_count"]]), _pair(rung)
    if rule.rule in (KNESER, MODIFIED) and not np.array_equal(text, found):  # step: adjusted
        formula = rf"a(h\,w) = {found[0]},\quad \goodbreak A(h) = \sum_v a(h\,v) = {found[1]}"
        names = {f"text {n}": rows, f"c{n}": rows}
        return _step("adjusted", formula, {f"text {n}": text}, {f"c{n}": found}, **names)
    formula = rf"c(h\,w) = {found[0]},\quad \goodbreak c(h) = {found[1]}"
    return _step("counts", formula, {}, {f"c{n}": found}, **{f"c{n}": rows})


def _unseen(rung: Rung) -> Step:
    n, p = rung["order"], rung["probability"]
    formula = rf"c(h) = 0 \;\Rightarrow\; P_{{{n}}} = P_{{{n - 1}}} = {number(p)}"
    return _step("unseen", formula, {f"c{n}": _pair(rung), f"P{n - 1}": p}, {f"P{n}": p})  # step: unseen


def _pair(rung: Rung) -> np.ndarray:
    return np.array([rung["adjusted"], rung["total"]])  # step: counts


def _ratio(rung: Rung) -> str:
    return rf"\frac{{{rung['adjusted']}}}{{{rung['total']}}}"


def _likelihood(rule: Smoothing, rung: Rung) -> Iterator[Step]:
    n, p = rung["order"], rung["probability"]
    value = rf"{_ratio(rung)} = {number(p)}" if rung["total"] else r"\frac{0}{0} \to 0"
    formula = rf"P_{{{n}}} = \frac{{c(h\,w)}}{{c(h)}} = {value}"
    yield _step("likelihood", formula, {f"c{n}": _pair(rung)}, {f"P{n}": p})


def _add_k(rule: Smoothing, rung: Rung) -> Iterator[Step]:
    n, p, k, V = rung["order"], rung["probability"], number(rule.k), rule.V
    put_in = rf"\frac{{{rung['adjusted']} + {k}}}{{{rung['total']} + {k} \cdot {V}}} = {number(p)}"
    formula = rf"P_{{{n}}} = \frac{{c(h\,w) + k}}{{c(h) + k V}} \goodbreak = {put_in}"
    yield _step("add_k", formula, {f"c{n}": _pair(rung), "k": rule.k, "V": V}, {f"P{n}": p})


def _mix(rung: Rung, below: float) -> Step:
    n, f, gamma, p = rung["order"], rung["own"], rung["weight"], rung["probability"]
    put_in = rf"{number(f)} + {number(gamma)} \cdot {number(below)} = {number(p)}"
    formula = rf"P_{{{n}}} = f + \gamma P_{{{n - 1}}} \goodbreak = {put_in}"
    return _step("mix", formula, {f"f{n}": f, f"γ{n}": gamma, f"P{n - 1}": below}, {f"P{n}": p})


def _lambda(rule: Smoothing, rung: Rung) -> Iterator[Step]:
    n, f, gamma = rung["order"], rung["own"], rung["weight"]
    weight = float(rule.weight[n - 1])
    formula = (
        rf"f = \lambda \frac{{c(h\,w)}}{{c(h)}} = {number(weight)} \cdot {_ratio(rung)} = {number(f)} \\ "
        rf"\gamma = 1 - \lambda = {number(gamma)}"
    )
    yield _step("lambda", formula, {f"c{n}": _pair(rung), f"λ{n}": weight}, {f"f{n}": f, f"γ{n}": gamma})
    yield _mix(rung, rung["below"])


def _discounted(rule: Smoothing, rung: Rung) -> Iterator[Step]:
    n, f, gamma, a = rung["order"], rung["own"], rung["weight"], rung["adjusted"]
    D, followers = rule.discount[n - 1], np.array(rung["followers"])
    taken = float(D[min(a, 3)])
    put_in = rf"\frac{{\max({a} - {number(taken)}, 0)}}{{{rung['total']}}} = {number(f)}"
    formula = rf"f = \frac{{\max(a - D, 0)}}{{A}} \goodbreak = {put_in}"
    yield _step("discount", formula, {f"c{n}": _pair(rung), f"D{n}": taken}, {f"f{n}": f})
    terms = [rf"{number(d)} \cdot {m}" for d, m in zip(D[1:4], followers, strict=True)]
    sum_of = rf"\frac{{{' + '.join(terms)}}}{{{rung['total']}}} = {number(gamma)}"
    formula = rf"\gamma = \frac{{D_1 n_1(h) + D_2 n_2(h) + D_{{3+}} n_{{3+}}(h)}}{{A}} \goodbreak = {sum_of}"
    rows = ("1", "2", "3+")
    given = {f"D 1 2 3+ {n}": D[1:4], f"n(h) {n}": followers, f"c{n}": _pair(rung)}
    yield _step("weight", formula, given, {f"γ{n}": gamma}, **{f"D 1 2 3+ {n}": rows, f"n(h) {n}": rows})
    yield _mix(rung, rung["below"])


def _katz(rule: Smoothing, rung: Rung) -> Iterator[Step]:
    n, a, p, below = rung["order"], rung["adjusted"], rung["probability"], rung["below"]
    if not a:
        put_in = rf"{number(rung['weight'])} \cdot {number(below)} = {number(p)}"
        formula = rf"P_{{{n}}} = \alpha(h) \, P_{{{n - 1}}} \goodbreak = {put_in}"
        yield _step("alpha", formula, {f"α{n}": rung["weight"], f"P{n - 1}": below}, {f"P{n}": p})
        return
    full, few = sum(rung["followers"]) == rule.V, rung["rare"] == 0
    D = 0.0 if full else float(rule.discount[n - 1, min(a, RARELY + 1)])
    total = rung["total"] + (1 if few and not full else 0)
    formula = rf"P_{{{n}}} = \frac{{c - D(c)}}{{c(h)}} \goodbreak = \frac{{{a} - {number(D)}}}{{{total}}} = {number(p)}"
    yield _step("katz", formula, {f"c{n}": _pair(rung), f"D{n}": D}, {f"P{n}": p})


def _stupid(rule: Smoothing, rung: Rung) -> Iterator[Step]:
    n, p, below = rung["order"], rung["probability"], rung["below"]
    if rung["adjusted"]:
        yield from _likelihood(rule, rung)
        return
    factor = float(rule.weight[n - 1])
    formula = rf"S_{{{n}}} = \alpha \, S_{{{n - 1}}} = {number(factor)} \cdot {number(below)} = {number(p)}"
    yield _step("stupid", formula, {"α": factor, f"P{n - 1}": below}, {f"P{n}": p})


def _product(words: Sequence[str], p: Sequence[float]) -> Step:
    """The logarithms of all factors so far, and their sum: the logarithm of the product."""
    with np.errstate(divide="ignore"):
        logs = np.log2(np.array(p))  # step: product
    total = "-\\infty" if np.isinf(logs).any() else number(float(logs.sum()))
    formula = rf"\log_2 \prod_i P(w_i \mid h_i) = \sum_i \log_2 P(w_i \mid h_i) = {total}"
    made = {"log2 P": logs, "Σ": logs.sum()}
    return _step("product", formula, {"P": np.array(p)}, made, **{"P": tuple(words), "log2 P": tuple(words)})


TELLING = {
    MAXIMUM: _likelihood, ADD: _add_k, JELINEK: _lambda, KATZ: _katz, ABSOLUTE: _discounted, KNESER: _discounted,
    MODIFIED: _discounted, STUPID: _stupid,
}  # fmt: skip
