"""Phrase-structure rules: sentences written and taken apart by hand-made rules, before anything was counted.

Chomsky (1956, "Three models for the description of language"; 1957, Syntactic Structures): a rule such as
S → NP VP says what a symbol may be replaced by; from S one gets to sentences, and the way there is a tree. A sentence
with two trees is ambiguous, one without a tree is not of the language. Nothing is learnt from a text.

What differs here, and why: these are the context-free rules that became usual in computing, without Chomsky's
transformations, and no symbol may be replaced by nothing. Trees are found by nltk's ChartParser, which notes each
piece it has found once in a table, so that NP → NP PP, which begins with its own symbol, does not send it round for
ever as it would a parser that works from the top down. Everything is bounded, since a learner can write any rules: how
long they are, how deep and how long a sentence becomes, how many pieces the table may hold. A bound counts work, not
time, so that the same question has the same answer on any machine.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import prod
from typing import Any

from nltk.grammar import CFG, Nonterminal, Production
from nltk.parse.chart import Chart, ChartParser

from engine.mistake import Mistake
from engine.text.own import HAN

LONGEST_TEXT, MOST_RULES = 4_000, 120  # characters, rules
LONGEST = 20  # words of a sentence
PIECES = 8_000  # that the parser may put into its table: about 60 ms
TREES = 6  # that are returned of one sentence; all are counted
DEEPEST, MOST = 12, 30  # levels of a generated tree, sentences at once
WORK = 20_000  # replacements in one call

# What a line of rules is made of. Typographic arrows, bars and quotation marks do as well: keyboards make them.
TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<arrow>->|→)|(?P<bar>[|｜])|(?P<word>\"[^\"]+\"|'[^']+'|“[^”]+”|‘[^’]+’)"
    r"|(?P<open>[\"'“”‘’])|(?P<symbol>[\w/](?:[\w/^]|-(?!>))*)|(?P<other>.)"
)
Symbols = tuple[Nonterminal | str, ...]


@dataclass(frozen=True)
class Rule:
    """left → right, and where each symbol of it stands: line, and columns from 1."""

    left: Nonterminal
    right: Symbols
    line: int
    columns: tuple[int, ...]


# ---- rules as a learner writes them -----------------------------------------------------------------------------


def read(text: str) -> list[Rule]:
    """The rules of `text`: one a line, "NP -> Det N | NP PP", words in quotation marks, lines with # are notes.

    Raises Mistake("rules_none"), ("rules_too_long"), ("rules_too_many"), or one with `line` and `column`:
    ("rule_symbol"), ("rule_arrow"), ("rule_gap"), ("rule_quote"), ("rule_character").
    """
    if len(text) > LONGEST_TEXT:
        raise Mistake("rules_too_long", count=f"{len(text):,}", most=f"{LONGEST_TEXT:,}")
    rules = [rule for n, line in enumerate(text.splitlines(), 1) for rule in _line(line, n)]
    if not rules:
        raise Mistake("rules_none")
    if len(rules) > MOST_RULES:
        raise Mistake("rules_too_many", count=len(rules), most=MOST_RULES)
    return rules


def _line(line: str, n: int) -> Iterator[Rule]:
    """The rules of one line: one for each alternative."""
    tokens = [] if line.lstrip().startswith("#") else list(_tokens(line, n))
    if not tokens:
        return
    end = ("end", "", len(line) + 1)
    left, arrow, *rest = (*tokens, end, end)
    if left[0] != "symbol":
        raise _wrong("rule_symbol", n, left)
    if arrow[0] != "arrow":
        raise _wrong("rule_arrow", n, arrow)
    right: list[tuple[Nonterminal | str, int]] = []
    for kind, text, column in rest:
        if kind in ("symbol", "word"):
            right.append((Nonterminal(text) if kind == "symbol" else text[1:-1], column))
            continue
        if kind == "arrow" or not right:
            raise _wrong("rule_gap", n, (kind, text, column))
        yield Rule(Nonterminal(left[1]), tuple(symbol for symbol, _ in right), n, tuple(at for _, at in right))
        right = []
        if kind == "end":
            return


def _tokens(line: str, n: int) -> Iterator[tuple[str, str, int]]:
    """Kind, text and column of each piece of a line, spaces left out."""
    for match in TOKEN.finditer(line):
        kind, token = str(match.lastgroup), (match[0], match.start() + 1)
        if kind in ("open", "other"):
            raise _wrong("rule_quote" if kind == "open" else "rule_character", n, (kind, *token))
        if kind != "space":
            yield kind, *token


def _wrong(code: str, line: int, token: tuple[str, str, int]) -> Mistake:
    return Mistake(code, line=line, column=token[2], found=token[1] or "⏎")


# ---- rules that can be used -------------------------------------------------------------------------------------


def usable(rules: list[Rule]) -> CFG:
    """nltk's grammar of these rules, its start the first symbol.

    Raises Mistake("symbol_undefined") with `line` and `column`, ("symbol_endless") for one that never comes down to
    words, ("symbol_circle") for one that can be replaced by itself alone, so that trees never end.
    """
    left = {rule.left for rule in rules}
    for rule in rules:
        for symbol, column in zip(rule.right, rule.columns, strict=True):
            if isinstance(symbol, Nonterminal) and symbol not in left:
                raise Mistake("symbol_undefined", symbol=str(symbol), line=rule.line, column=column)
    if endless := [
        str(symbol) for symbol in dict.fromkeys(rule.left for rule in rules) if symbol not in heights(rules)
    ]:
        raise Mistake("symbol_endless", symbols=endless)
    alone = [(rule.left, rule.right[0]) for rule in rules if len(rule.right) == 1]
    if circle := _returning(alone):
        raise Mistake("symbol_circle", symbols=circle)
    return CFG(rules[0].left, list(dict.fromkeys(Production(rule.left, rule.right) for rule in rules)))


def heights(rules: Iterable[Rule]) -> dict[Nonterminal, int]:
    """The fewest levels of a tree below each symbol that comes down to words at all."""
    found: dict[Nonterminal, int] = {}
    rules, before = list(rules), None
    while before != found:
        before = dict(found)
        for rule in rules:
            if (height := _height(rule.right, found)) is not None:
                found[rule.left] = min(height, found.get(rule.left, height))
    return found


def _height(right: Symbols, known: Mapping[Nonterminal, int]) -> int | None:
    """The fewest levels of one rule; None as long as one of its symbols is not known."""
    below = [known.get(symbol) if isinstance(symbol, Nonterminal) else 0 for symbol in right]
    return None if None in below else 1 + max(level for level in below if level is not None)


def _reached(pairs: Iterable[tuple[Any, Any]], first: Any) -> set[Any]:
    """All that can be reached from `first` in one step or more; pairs (from, to)."""
    pairs, new = list(pairs), {first}
    found: set[Any] = set()
    while new:
        new = {to for start, to in pairs if start in new} - found
        found |= new
    return found


def _returning(pairs: list[tuple[Any, Any]]) -> list[str]:
    """The symbols that lead back to themselves."""
    return [str(symbol) for symbol in dict.fromkeys(start for start, _ in pairs) if symbol in _reached(pairs, symbol)]


def grammar(rules: str) -> dict[str, Any]:
    """What there is to say of rules: start, symbols, words, how many rules; `unused` symbols, to which no way leads
    from the start; `left_recursive` ones, whose replacement may begin with themselves. Raises what `read` and `usable`
    raise."""
    found = read(rules)
    usable(found)
    start, left = found[0].left, list(dict.fromkeys(rule.left for rule in found))
    pairs = [(rule.left, symbol) for rule in found for symbol in rule.right]
    reached = _reached(pairs, start) | {start}
    return {
        "start": str(start),
        "symbols": [str(symbol) for symbol in left],
        "words": list(words_of(found)),
        "rules": len(found),
        "unused": [str(symbol) for symbol in left if symbol not in reached],
        "left_recursive": _returning([(rule.left, rule.right[0]) for rule in found]),
    }


def words_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The words of the rules, each once."""
    return tuple(dict.fromkeys(symbol for rule in rules for symbol in rule.right if isinstance(symbol, str)))


# ---- writing sentences ------------------------------------------------------------------------------------------


def generate(rules: str, n: int = 10, depth: int = 8, seed: int = 0) -> dict[str, Any]:
    """Up to n sentences drawn by the rules: of each symbol one of its rules, all alike likely.

    A tree has `depth` levels at most: near the end only rules are drawn that still come down to words in time.
    `left_out` counts sentences of more than LONGEST words; `stopped` says that the work had a bound.
    Raises Mistake("dial_range"), or ("depth_too_small") where no sentence has so few levels.
    """
    found = read(rules)
    start = usable(found).start()
    for name, value, low, high in (("n", n, 1, MOST), ("depth", depth, 1, DEEPEST)):
        if not low <= value <= high:
            raise Mistake("dial_range", name=name, value=value, low=low, high=high)
    drawing = Drawing(found, random.Random(seed))
    if drawing.heights[start] > depth:
        raise Mistake("depth_too_small", depth=depth, least=drawing.heights[start])
    made: list[list[str]] = []
    while len(made) < n and drawing.work < WORK:
        made.append(list(islice(drawing.words(start, depth), LONGEST + 1)))
    kept = [written(words) for words in made if len(words) <= LONGEST]
    return {"sentences": kept, "left_out": len(made) - len(kept), "stopped": len(made) < n}


class Drawing:
    """Draws sentences; `work` counts the replacements made."""

    def __init__(self, rules: list[Rule], chance: random.Random) -> None:
        self.chance, self.heights, self.work = chance, heights(rules), 0
        self.rules: dict[Nonterminal, list[tuple[int, Symbols]]] = {}
        for rule in rules:
            height = _height(rule.right, self.heights)
            self.rules.setdefault(rule.left, []).append((height or 0, rule.right))

    def words(self, symbol: Nonterminal | str, depth: int) -> Iterator[str]:
        """The words that `symbol` comes down to within `depth` levels, one after the other."""
        if isinstance(symbol, str):
            yield symbol
            return
        self.work += 1
        right = self.chance.choice([right for height, right in self.rules[symbol] if height <= depth])
        for part in right:
            yield from self.words(part, depth - 1)


def written(words: list[str]) -> str:
    """Words as a sentence: Chinese without spaces."""
    return ("" if any(re.search(f"[{HAN}]", word) for word in words) else " ").join(words)


# ---- taking sentences apart -------------------------------------------------------------------------------------


class Bounded(Chart):  # type: ignore[misc]
    """nltk's table of pieces, with a bound on the work."""

    def initialize(self) -> None:
        """Empty, and nothing done."""
        super().initialize()
        self.work = 0

    def insert(self, edge: Any, *children: Any) -> bool:
        """Notes a piece and what it is made of. Raises Mistake("parse_too_large")."""
        self.work += 1
        if self.work > PIECES:
            raise Mistake("parse_too_large", most=f"{PIECES:,}")
        new: bool = super().insert(edge, *children)
        return new


def parse(rules: str, sentence: str) -> dict[str, Any]:
    """All trees of a sentence: how many, and the first TREES as nested lists ["S", ["NP", "I"], …] and in brackets.

    `count` is 0 for a sentence that the rules do not allow; `unknown` are its words that no rule has.
    Raises Mistake("line_empty"), ("sentence_too_long"), ("parse_too_large"), or what `read` and `usable` raise.
    """
    found = read(rules)
    cfg = usable(found)
    words = cut(sentence, words_of(found))
    if unknown := [word for word in dict.fromkeys(words) if word not in words_of(found)]:
        return {"words": words, "unknown": unknown, "count": 0, "trees": [], "brackets": [], "pieces": 0}
    chart = ChartParser(cfg, chart_class=Bounded, max_time=None).chart_parse(words)
    roots = list(chart.select(span=(0, len(words)), lhs=cfg.start(), is_complete=True))
    known: dict[Any, int] = {}
    trees = list(islice((tree for root in roots for tree in trees_of(chart, root)), TREES))
    return {
        "words": words,
        "unknown": [],
        "count": sum(count_of(chart, root, known) for root in roots),
        "trees": trees,
        "brackets": [bracketed(tree) for tree in trees],
        "pieces": chart.num_edges(),
    }


def count_of(chart: Chart, edge: Any, known: dict[Any, int]) -> int:
    """How many trees a piece has: of each way to make it the product of its parts', summed."""
    if isinstance(edge.lhs(), str):
        return 1
    if edge not in known:
        ways = chart.child_pointer_lists(edge)
        known[edge] = sum(prod(count_of(chart, child, known) for child in way) for way in ways)
    return known[edge]


def trees_of(chart: Chart, edge: Any) -> Iterator[Any]:
    """The trees of a piece, one after the other: there may be millions."""
    if isinstance(edge.lhs(), str):
        yield edge.lhs()
        return
    for way in chart.child_pointer_lists(edge):
        for parts in _combined(chart, list(way)):
            yield [str(edge.lhs()), *parts]


def _combined(chart: Chart, way: list[Any]) -> Iterator[list[Any]]:
    """Every choice of one tree for each part."""
    if not way:
        yield []
        return
    for first in trees_of(chart, way[0]):
        for rest in _combined(chart, way[1:]):
            yield [first, *rest]


def bracketed(tree: Any) -> str:
    """A tree on one line: (S (NP I) (VP …))."""
    return tree if isinstance(tree, str) else f"({tree[0]} {' '.join(bracketed(part) for part in tree[1:])})"


def cut(sentence: str, words: Iterable[str]) -> list[str]:
    """The words of a sentence, spelt as in the rules. Chinese is cut at the longest word that the rules know.

    Raises Mistake("line_empty") or ("sentence_too_long").
    """
    known = {word.casefold(): word for word in words}
    longest = max(map(len, known), default=1)
    found: list[str] = []
    for piece in re.findall(r"[^\s.,!?;:。，！？；：]+", sentence[: 20 * LONGEST]):
        if piece.casefold() in known or not re.search(f"[{HAN}]", piece):
            found.append(known.get(piece.casefold(), piece))
        else:
            found += _longest(piece, known, longest)
    if not found:
        raise Mistake("line_empty")
    if len(found) > LONGEST or len(sentence) > 20 * LONGEST:
        raise Mistake("sentence_too_long", count=len(found), most=LONGEST)
    return found


def _longest(piece: str, known: Mapping[str, str], longest: int) -> Iterator[str]:
    while piece:
        sizes = range(min(longest, len(piece)), 0, -1)
        size = next((size for size in sizes if piece[:size].casefold() in known), 1)
        yield known.get(piece[:size].casefold(), piece[:size])
        piece = piece[size:]


def warm() -> None:
    """Takes one sentence apart, so that nltk is loaded."""
    parse("S -> S 'b' | 'a'", "a b")
