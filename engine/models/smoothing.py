"""What an n-gram model knows and how it fills the gaps: counts in a tree, and eight ways to smooth them.

Every way is a rule that mixes the counts of one order with the distribution of the order below,

    P_n(w | h) = f(h w) + γ(h) · P_{n−1}(w | h′)        h′: the context h without its first word

down to P_0, which is the same for every word. The rules differ in f and γ (see `share`):

- maximum likelihood (Markov 1913; Shannon 1948): f = c(h w) / c(h), γ = 0
- add k (Lidstone 1920; k = 1 is Laplace): f = (c(h w) + k) / (c(h) + k V), γ = 0
- Jelinek and Mercer 1980: f = λ_n c(h w) / c(h), γ = 1 − λ_n; the λ by expectation maximisation on a text set aside
- Katz 1987: f = (c − D(c)) / c(h) for a pair seen, D(c) from Good and Turing (Good 1953); else γ = α(h)
- absolute discounting (Ney, Essen and Kneser 1994): f = (c − D) / c(h), γ = what the D of this context add up to
- Kneser and Ney 1995, interpolated: the same, but a lower order counts the words seen before h w, not how often
- modified Kneser–Ney (Chen and Goodman 1999): the same with three discounts, for counts of 1, 2, and 3 or more
- stupid back-off (Brants and others 2007): f = c(h w) / c(h) for a pair seen, else γ = 0.4: no probabilities

What differs here, and why:
- A sentence begins with one <s>, not n − 1 of them, and no context reaches further; <s> itself is never foretold.
  KenLM (Heafield 2011) does the same, and our modified Kneser–Ney is equal to its.
- Discounts that the counts of counts cannot give (a small text may have no n-gram that stands twice) are replaced for
  the whole order: ½ for one discount, ½, 1 and 1½ for three, as KenLM's `--discount_fallback`; for Katz ½ of every
  count up to 5. Which orders this befell is told.
- Jelinek and Mercer's λ are one for each order, not for classes of contexts; an unseen context passes its turn on.
- Katz: a context with no count up to 5 has nothing to give away; one is added to its c(h), as SRILM does. A context
  after which every word was seen keeps its counts whole.
- Stupid back-off goes one step further, to P_0, so that no word gets 0.
- A count can be taken back: so a past moment of the training is reached by unreading what came after it.

Symbols: w a word, h its context, c(h w) a count, c(h) the sum of c(h w) over w, V the words that can follow.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np

from engine.experiments import SMOOTHINGS
from engine.text.tokens import START

Array = np.ndarray

MAXIMUM, ADD, JELINEK, KATZ, ABSOLUTE, KNESER, MODIFIED, STUPID = range(len(SMOOTHINGS))  # a rule's number

NONE, ROOT, WORDS = 0, 1, 2  # nodes of the tree: none at all, the empty context, and the first of the words

# What a node holds: the word w it adds to its context (its parent), the node of the same n-gram without its first
# word, its first child and the next child of its parent; how often it stands in the text; the count that its rule
# goes by; and of its children the sum of those counts, how many have 1, 2, 3 or more, and how many up to RARELY.
PARENT, WORD, SUFFIX, CHILD, SIBLING, COUNT, ADJUSTED, TOTAL, ONCE, TWICE, MORE, RARE = range(12)
RARELY = 5  # Katz discounts counts up to this
CLASSES = RARELY + 3  # counts of counts: 0, 1, …, RARELY + 1, and all above

PIECE, CLEARED = 100_000, 200_000  # tokens read or unread, or nodes cleared, at once on the way to another moment
BLOCK = 1_000  # tokens that are numbered, then counted; or looked up, then scored

FACTORS = np.array([0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93], np.uint64)


def compiled(function: Callable[..., Any]) -> Any:
    """Makes machine code of it, once: kept beside this file. Other Python threads go on while it runs.

    It may not make arrays. So numba need not count who holds which (`_nrt`), which took longer than the arithmetic.
    """
    return numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """The same for a small function, which becomes part of the one that calls it."""
    return numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False, inline="always")(function)


def allocating(function: Callable[..., Any]) -> Any:
    """The same for a function that makes arrays."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


# ---- counting ---------------------------------------------------------------------------------------------------


@inlined
def home(table: Array, parent: int, word: int) -> np.int64:
    """The place in the table where the search for the node of `word` after `parent` begins."""
    mixed = np.uint64(parent) * FACTORS[0] + np.uint64(word) * FACTORS[1]
    return np.int64((mixed ^ (mixed >> np.uint64(29))) >> np.uint64(7)) & (len(table) - 1)


@inlined
def place(nodes: Array, table: Array, parent: int, word: int) -> np.int64:
    """Where in the table the node of `word` after `parent` is, or the free place where it belongs."""
    at: np.int64 = home(table, parent, word)
    while table[at] != NONE and (nodes[table[at], PARENT] != parent or nodes[table[at], WORD] != word):
        at = (at + 1) & (len(table) - 1)
    return at


@inlined
def find(nodes: Array, table: Array, parent: int, word: int) -> int:
    """The node of `word` after `parent`, or NONE."""
    x = NONE
    if parent == ROOT:
        x = WORDS + word
    elif parent != NONE:
        x = table[place(nodes, table, parent, word)]
    return x


@inlined
def add(nodes: Array, table: Array, parent: int, word: int, suffix: int, used: Array) -> int:
    """The node of `word` after `parent`, made if there is none; `used` (1,) counts the nodes."""
    at = place(nodes, table, parent, word)
    if table[at] == NONE:
        x = used[0]
        used[0] += 1
        table[at] = x
        nodes[x, PARENT], nodes[x, WORD], nodes[x, SUFFIX] = parent, word, suffix
        nodes[x, SIBLING], nodes[parent, CHILD] = nodes[parent, CHILD], x
    found: int = table[at]
    return found


@compiled
def number(first: int, last: int, tokens: Array, ids: Array, nodes: Array, table: Array, used: Array) -> None:
    """Gives every n-gram that ends at places first to last − 1 its node: ids[i, n−1] (N, K), NONE before a <s>."""
    for i in range(first, last):
        ids[i, 0] = WORDS + tokens[i]
        for j in range(1, ids.shape[1]):
            context = NONE if tokens[i] == START else ids[i - 1, j - 1]
            if context == NONE:
                break
            ids[i, j] = add(nodes, table, context, tokens[i], ids[i, j - 1], used)  # step: number


@inlined
def tally(level: int, x: int, by: int, nodes: Array, tallies: Array) -> None:
    """The count that the rule goes by rises for node x by 1, or falls: `by` is 1 or −1."""
    old = nodes[x, ADJUSTED]
    new, h = old + by, nodes[x, PARENT]
    nodes[x, ADJUSTED] = new
    nodes[h, TOTAL] += by
    tallies[level, min(old, CLASSES - 1)] -= 1
    tallies[level, min(new, CLASSES - 1)] += 1
    if old > 0:
        nodes[h, TWICE - 2 + min(old, 3)] -= 1
    if new > 0:
        nodes[h, TWICE - 2 + min(new, 3)] += 1
    if min(old, new) == 0:
        nodes[h, RARE] += by
    if max(old, new) == RARELY + 1:
        nodes[h, RARE] -= by


@compiled
def count(
    first: int, last: int, by: int, K: int, continuation: bool, tokens: Array, ids: Array, nodes: Array, tallies: Array,
    kinds: Array,
) -> None:  # fmt: skip
    """Counts the n-grams of lengths 1 to K that end at places first to last − 1 (by = 1), or takes them back (−1).

    With `continuation` (Kneser and Ney) an n-gram shorter than K counts the different words seen before it; one that
    begins a sentence has none before it and counts as it is. `tallies` (K, CLASSES) are the counts of counts, `kinds`
    (K,) how many different n-grams there are.
    """
    for i in range(first, last):
        if tokens[i] == START:
            continue
        for j in range(K):
            x = ids[i, j]
            if x == NONE:
                break
            begins = j > 0 and tokens[i - j] == START
            nodes[x, COUNT] += by
            new = nodes[x, COUNT] == (1 if by > 0 else 0)  # seen for the first time, or no longer seen
            kinds[j] += by * new
            if not continuation or j == K - 1 or begins:
                tally(j, x, by, nodes, tallies)
            if continuation and new and j > 0:
                tally(j - 1, nodes[x, SUFFIX], by, nodes, tallies)


@dataclass(eq=False)
class Counts:
    """The n-grams of a text, and how often each stands in the part of it that is read.

    `tokens` (N,) int32 are the words of all sentences, each after a <s> and before a </s>. `nodes` (M, 12) int32 is
    the tree, `table` finds a node by its parent and word, `ids` (N, K) int32 the nodes of the n-grams that end at a
    place. `numbered` tokens have their nodes, `read` of them are counted. V words can follow a context. While counts
    are cleared away piece by piece, `read` is −1, and the first `stale` nodes still have theirs.
    """

    tokens: Array
    order: int
    continuation: bool
    V: int
    nodes: Array = field(init=False)
    table: Array = field(init=False)
    ids: Array = field(init=False)
    used: Array = field(init=False)
    tallies: Array = field(init=False)
    kinds: Array = field(init=False)
    numbered: int = 0
    read: int = 0
    stale: int = 0

    def __post_init__(self) -> None:
        # Room for all nodes there can be; memory that is never written to is never taken.
        most = WORDS + sum(min(len(self.tokens), (self.V + 1) ** n) for n in range(1, self.order + 1)) + self.V + 1
        self.nodes = np.zeros((most, 12), np.int32)
        words = np.arange(self.V + 1)
        self.nodes[ROOT, CHILD] = WORDS
        for column, values in ((PARENT, ROOT), (WORD, words), (SUFFIX, ROOT), (SIBLING, WORDS + words + 1)):
            self.nodes[WORDS + words, column] = values
        self.nodes[WORDS + self.V, SIBLING] = NONE
        self.table = np.zeros(1 << most.bit_length(), np.int32)
        self.ids = np.zeros((len(self.tokens), self.order), np.int32)
        self.used = np.array([WORDS + self.V + 1])
        self.forget()

    def forget(self, order: int = 0, continuation: bool | None = None) -> None:
        """Nothing is read. Of another order, or another way to count, if one is given; the numbers of nodes stay."""
        self.order = order or self.order
        self.continuation = self.continuation if continuation is None else continuation
        self.read, self.stale = -1, int(self.used[0])
        self._clear(self.stale)

    def _clear(self, most: int) -> None:
        """Clears `most` of the nodes that still have counts; nothing is read once all are clear."""
        first = max(0, self.stale - most)
        self.nodes[first : self.stale, COUNT:] = 0
        self.stale = first
        if not first:
            self.tallies = np.zeros((self.order, CLASSES), np.int64)
            self.kinds = np.zeros(self.order, np.int64)
            self.read = 0

    def number(self, to: int) -> None:
        """Gives the n-grams of the first `to` tokens their nodes."""
        if to > self.numbered:
            number(self.numbered, to, self.tokens, self.ids, self.nodes, self.table, self.used)
            self.numbered = to

    def move(self, to: int) -> None:
        """Reads on, or unreads, until the first `to` tokens are counted."""
        if self.read < 0:
            self._clear(self.stale)
        if to < self.read - to:
            self.forget()
        for stop in range(self.numbered + BLOCK, to, BLOCK) if self.read == self.numbered else ():
            self._step(stop)  # what was just numbered is still near the processor when it is counted
        self._step(to)

    def approach(self, to: int) -> bool:
        """A piece of `move`. Whether more is to be done."""
        if to < self.read - to:
            self.read, self.stale = -1, int(self.used[0])
        if self.read < 0:
            self._clear(CLEARED)
        else:
            self.move(min(max(to, self.read - PIECE), self.read + PIECE))
        return self.read != to

    def _step(self, to: int) -> None:
        self.number(to)
        first, last, by = (self.read, to, 1) if to > self.read else (to, self.read, -1)
        count(
            first, last, by, self.order, self.continuation, self.tokens, self.ids, self.nodes, self.tallies, self.kinds
        )  # fmt: skip
        self.read = to


# ---- smoothing --------------------------------------------------------------------------------------------------


@inlined
def kept(h: int, x: int, level: int, nodes: Array, discount: Array, V: int) -> float:
    """Katz: what remains for a pair h w (node x) that was seen: its discounted count over c(h)."""
    a, total = nodes[x, ADJUSTED], nodes[h, TOTAL]
    D = discount[level, min(a, RARELY + 1)]
    if nodes[h, ONCE] + nodes[h, TWICE] + nodes[h, MORE] == V:
        D = 0.0
    elif nodes[h, RARE] == 0:
        total += 1
    p: float = (a - D) / total
    return p


@compiled
def alpha(h: int, level: int, nodes: Array, discount: Array, V: int) -> float:
    """Katz: the weight of the order below, so that the words not seen after h share what the seen ones gave up."""
    left, below, x = 1.0, 1.0, nodes[h, CHILD]
    while x != NONE:
        if nodes[x, ADJUSTED] > 0:
            s = nodes[x, SUFFIX]
            left -= kept(h, x, level, nodes, discount, V)
            below -= kept(nodes[s, PARENT], s, level - 1, nodes, discount, V) if level > 0 else 1 / V
        x = nodes[x, SIBLING]
    return max(left, 0.0) / below if below > 1e-12 else 0.0


@inlined
def share(
    rule: int, level: int, h: int, x: int, nodes: Array, discount: Array, weight: Array, k: float, V: int, memo: Array
) -> tuple[float, float]:
    """f(h w) and γ(h) of one order, level = n − 1, for context h and n-gram x, NONE where unseen.

    `discount` (K, RARELY + 2) is D(c) for counts 0, 1, … and all above; `weight` (K,) λ or 0.4; `memo` keeps Katz's α.
    """
    a, total = nodes[x, ADJUSTED], nodes[h, TOTAL]
    if rule == ADD:
        return (a + k) / (total + k * V), 0.0  # step: add_k
    if total == 0:
        return 0.0, 0.0 if rule == MAXIMUM else weight[level] if rule == STUPID else 1.0
    if rule == MAXIMUM:
        return a / total, 0.0  # step: likelihood
    if rule == JELINEK:
        return weight[level] * a / total, 1 - weight[level]  # step: lambda
    if rule == STUPID:
        return (a / total, 0.0) if a > 0 else (0.0, weight[level])  # step: stupid
    if rule == KATZ:
        if a > 0:
            return kept(h, x, level, nodes, discount, V), 0.0  # step: katz
        if memo[h] < 0:
            memo[h] = alpha(h, level, nodes, discount, V)  # step: alpha
        return 0.0, memo[h]
    D1, D2, D3 = discount[level, 1], discount[level, 2], discount[level, 3]
    gone = D1 * nodes[h, ONCE] + D2 * nodes[h, TWICE] + D3 * nodes[h, MORE]  # step: weight
    return max(a - discount[level, min(a, 3)], 0.0) / total, gone / total  # step: discount


@inlined
def before(j: int, i: int, orders: Array, ids: Array) -> int:
    """The node of the j words before place i; NONE if they and token i, or a shorter end of these, were never read."""
    h: int = ids[j - 1, i - 1] if (j < orders[i]) & (ids[j - 1, i] != NONE) else NONE
    return h


@compiled
def look_up(first: int, last: int, tokens: Array, orders: Array, nodes: Array, table: Array, ids: Array) -> None:
    """The nodes of the n-grams that end at places first to last − 1 into ids[n − 1] (K, T), NONE where unseen.

    All of one length, then all of the next; and of one length first where in the table to look, then what is there,
    then whether that is it. So no look-up waits for another, and the processor fetches many from memory at a time.
    """
    for i in range(first, last):
        ids[0, i] = WORDS + tokens[i]
    for j in range(1, len(ids)):
        for i in range(first, last):
            h = before(j, i, orders, ids)
            ids[j, i] = home(table, h, tokens[i]) if h != NONE else 0
        for i in range(first, last):
            ids[j, i] = table[ids[j, i]]
        for i in range(first, last):
            x, h, w = ids[j, i], before(j, i, orders, ids), tokens[i]
            hit = (nodes[x, PARENT] == h) & (nodes[x, WORD] == w)
            ids[j, i] = x if hit else NONE
            if (not hit) & (x != NONE) & (h != NONE):  # another n-gram has this place: search on
                ids[j, i] = table[place(nodes, table, h, w)]


@compiled
def mix(
    first: int, last: int, orders: Array, ids: Array, rule: int, nodes: Array, discount: Array, weight: Array, k: float,
    V: int, memo: Array, p: Array, found: Array,
) -> None:  # fmt: skip
    """P of the tokens at places first to last − 1, whose n-grams are the nodes `ids`, and the longest one seen."""
    for i in range(first, last):
        p[i] = 1 / V if orders[i] > 0 else 0.0  # step: uniform
        found[i] = 0
    for j in range(len(ids)):
        for i in range(first, last):
            if j < orders[i]:
                h, x = ROOT if j == 0 else ids[j - 1, i - 1], ids[j, i]
                f, gamma = share(rule, j, h, x, nodes, discount, weight, k, V, memo)
                p[i] = f + gamma * p[i]  # step: mix
                if nodes[x, COUNT] > 0:
                    found[i] = j + 1


@compiled
def probabilities(
    tokens: Array, rule: int, nodes: Array, table: Array, discount: Array, weight: Array, k: float, V: int, memo: Array,
    orders: Array, ids: Array, p: Array, found: Array,
) -> None:  # fmt: skip
    """P of every token of whole sentences into p (T,), and into found (T,) the length of the longest n-gram seen.

    Both are 0 at a <s>, which is not foretold. There is room in `orders` (T,) for how many n-grams end at a token, K
    unless its sentence has just begun, and in `ids` (K, T) for their nodes.
    """
    start = 0
    for i in range(len(tokens)):
        start = i if tokens[i] == START else start
        orders[i] = min(len(ids), i - start + 1) if tokens[i] != START else 0
    for first in range(0, len(tokens), BLOCK):
        last = min(first + BLOCK, len(tokens))
        look_up(first, last, tokens, orders, nodes, table, ids)
        mix(first, last, orders, ids, rule, nodes, discount, weight, k, V, memo, p, found)


@compiled
def distribution(
    contexts: Array, rule: int, nodes: Array, discount: Array, weight: Array, k: float, V: int, memo: Array,
    below: Array, p: Array,
) -> None:  # fmt: skip
    """P of every word into p (V + 1,), 0 for <s>. `contexts` (n,) are the nodes of the last 0, 1, …, n − 1 words.

    There is room in `below` (V + 1,) for the distribution of the order below.
    """
    for w in range(V + 1):
        p[w] = 1 / V
    for j in range(len(contexts)):
        h = contexts[j]
        f, gamma = share(rule, j, h, NONE, nodes, discount, weight, k, V, memo)
        for w in range(V + 1):
            below[w], p[w] = p[w], f + gamma * p[w]
        x = nodes[h, CHILD]
        while x != NONE:
            if nodes[x, ADJUSTED] > 0:
                f, gamma = share(rule, j, h, x, nodes, discount, weight, k, V, memo)
                p[nodes[x, WORD]] = f + gamma * below[nodes[x, WORD]]
            x = nodes[x, SIBLING]
    p[START] = 0


@allocating
def expectation_maximisation(
    tokens: Array, K: int, nodes: Array, table: Array, V: int, weight: Array, rounds: int
) -> None:
    """Jelinek and Mercer's λ into weight (K,), so that `tokens`, a text that was not counted, become most probable.

    A word comes from order n with probability λ_n if it did not come from a longer one: each round shares every word
    out by the λ so far, then makes each λ_n the share that order n took of what reached it.
    """
    parts = np.full((len(tokens), K), -1.0)  # c(h w) / c(h), or −1 where h is unseen
    contexts, new = np.zeros(K, np.int32), np.zeros(K, np.int32)
    for i in range(len(tokens)):
        new[:] = NONE
        new[0] = WORDS + tokens[i]
        for j in range(K if tokens[i] != START else 0):
            h = ROOT if j == 0 else contexts[j - 1]
            new[j] = find(nodes, table, h, tokens[i])
            if nodes[h, TOTAL] > 0:
                parts[i, j] = nodes[new[j], ADJUSTED] / nodes[h, TOTAL]
        contexts[:] = new
    P = np.empty(K + 1)
    P[0] = 1 / V
    for _ in range(rounds):
        took, reached = np.zeros(K), np.zeros(K)
        for i in range(len(tokens)):
            for j in range(K):
                P[j + 1] = P[j] if parts[i, j] < 0 else weight[j] * parts[i, j] + (1 - weight[j]) * P[j]
            here = 1.0
            for j in range(K - 1, -1, -1):
                if parts[i, j] >= 0:
                    reached[j] += here
                    took[j] += here * weight[j] * parts[i, j] / P[j + 1]
                    here *= (1 - weight[j]) * P[j] / P[j + 1]
        for j in range(K):
            if reached[j] > 0:
                weight[j] = min(max(took[j] / reached[j], 0.001), 0.999)


FALLBACK = (0.5, 1.0, 1.5)  # as KenLM's --discount_fallback
ROUNDS = 25  # of expectation maximisation
EVEN = 0.5  # where λ begins


@dataclass(eq=False)
class Smoothing:
    """A rule with its numbers: discount (K, RARELY + 2) D(c) by count, weight (K,) λ or 0.4, k of add k.

    `fell_back` names the orders whose counts of counts gave no discount, or no λ, so that a stated one stands there.
    """

    rule: int
    V: int
    discount: Array
    weight: Array
    k: float = 1.0
    fell_back: tuple[int, ...] = ()
    memo: Array = field(default_factory=lambda: np.zeros(1))

    def arguments(self) -> tuple[Any, ...]:
        """What the compiled functions take after the tree."""
        return self.discount, self.weight, self.k, self.V, self.memo


def smoothing(
    counts: Counts, rule: int, k: float = 1.0, discount: float = 0.0, backoff: float = 0.4, aside: Array | None = None
) -> Smoothing:
    """The rule's numbers for these counts. `discount` 0 is estimated; `aside` are tokens that were set aside for λ."""
    K, fell_back = counts.order, []
    D, weight = np.zeros((K, RARELY + 2)), np.full(K, backoff if rule == STUPID else EVEN)
    for j in range(K):
        found = discounts(rule, counts.tallies[j], discount)
        D[j] = fallback(rule) if found is None else found
        fell_back += [j + 1] if found is None else []
    if rule == JELINEK and aside is not None and len(aside):
        expectation_maximisation(aside, K, counts.nodes, counts.table, counts.V, weight, ROUNDS)
    elif rule == JELINEK:
        fell_back = list(range(1, K + 1))
    memo = np.full(int(counts.used[0]) if rule == KATZ else 1, -1.0)
    return Smoothing(rule, counts.V, D, weight, k, tuple(fell_back), memo)


def discounts(rule: int, n: Array, given: float = 0.0) -> Array | None:
    """D(c) for counts c = 0, 1, …, RARELY and above (RARELY + 2,); None if the counts of counts n cannot give them."""
    if rule in (ABSOLUTE, KNESER):
        return single(n, given)
    if rule == MODIFIED:
        return three(n)
    if rule == KATZ:
        return good_turing(n)
    return np.zeros(RARELY + 2)


def single(n: Array, given: float = 0.0) -> Array | None:
    """Ney, Essen and Kneser's one discount for all counts, D = n₁ / (n₁ + 2 n₂); or the one that is given."""
    if not given and min(n[1], n[2]) == 0:
        return None
    D = np.full(RARELY + 2, given or n[1] / (n[1] + 2 * n[2]))
    D[0] = 0
    return D


def three(n: Array) -> Array | None:
    """Chen and Goodman's discounts D₁, D₂, D₃₊ = c − (c + 1) Y n_{c+1} / n_c with Y = n₁ / (n₁ + 2 n₂)."""
    if min(n[1:4]) == 0:
        return None
    Y = n[1] / (n[1] + 2 * n[2])
    D = [c - (c + 1) * Y * n[c + 1] / n[c] for c in (1, 2, 3)]
    if not all(0 <= each <= c for c, each in zip((1, 2, 3), D, strict=True)):
        return None
    return np.array([0.0, *D, *[D[2]] * (RARELY - 2)])


def good_turing(n: Array) -> Array | None:
    """Katz's c (1 − d_c): d_c = (c*/c − A) / (1 − A) with Good and Turing's c* = (c + 1) n_{c+1} / n_c and
    A = (m + 1) n_{m+1} / n₁, for c up to m = RARELY; 0 above.
    """
    if min(n[1 : RARELY + 2]) == 0:
        return None
    c = np.arange(1, RARELY + 1)
    A = (RARELY + 1) * n[RARELY + 1] / n[1]
    if A == 1:
        return None
    d = ((c + 1) * n[c + 1] / (c * n[c]) - A) / (1 - A)
    return np.array([0.0, *(c * (1 - d)), 0.0]) if np.all((d > 0) & (d < 1)) else None


def fallback(rule: int) -> Array:
    """The discounts that stand where none can be estimated (RARELY + 2,)."""
    if rule == MODIFIED:
        return np.array([0.0, *FALLBACK, *[FALLBACK[2]] * (RARELY - 2)])
    D = np.full(RARELY + 2, FALLBACK[0])
    D[0] = 0
    if rule == KATZ:
        D[-1] = 0
    return D


def score(counts: Counts, rule: Smoothing, tokens: Array) -> tuple[Array, Array]:
    """P of every token of whole sentences, and the length of the longest n-gram seen: (T,) each, 0 at a <s>."""
    p, found, orders = np.empty(len(tokens)), np.empty(len(tokens), np.int8), np.empty(len(tokens), np.int8)
    ids = np.empty((counts.order, len(tokens)), np.int32)
    probabilities(tokens, rule.rule, counts.nodes, counts.table, *rule.arguments(), orders, ids, p, found)
    return p, found


def following(counts: Counts, rule: Smoothing, contexts: Array) -> Array:
    """P of every word (V + 1,) after the contexts, the nodes of the last 0, 1, … words."""
    below, p = np.empty((2, counts.V + 1))
    distribution(contexts, rule.rule, counts.nodes, *rule.arguments(), below, p)
    return p


def contexts_of(counts: Counts, tokens: Array) -> Array:
    """The nodes of the last 0, 1, … words of `tokens`, up to K − 1: (n,) int32, NONE where that never stood there."""
    most = min(counts.order - 1, len(tokens))
    found = np.full(most + 1, ROOT, np.int32)
    for n in range(1, most + 1):
        x = ROOT
        for w in tokens[len(tokens) - n :]:
            x = find(counts.nodes, counts.table, x, w)
        found[n] = x
    return found


@compiled
def longest(tokens: Array, text: Array) -> tuple[int, int]:
    """The length of the longest beginning of `tokens` that stands in `text`, and the first place where it does."""
    most, where = 0, 0
    for i in range(len(text)):
        n = 0
        while n < len(tokens) and i + n < len(text) and text[i + n] == tokens[n]:
            n += 1
        if n > most:
            most, where = n, i
    return most, where
