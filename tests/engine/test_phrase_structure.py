"""Rules: read as nltk reads them, trees as nltk finds them, every bound kept, every mistake with its place."""

import math

import pytest
from nltk.grammar import CFG
from nltk.parse.chart import ChartParser
from nltk.tree import Tree

from engine.mistake import Mistake
from engine.models.phrase_structure import DEEPEST, LONGEST, MOST, TREES, generate, grammar, parse, read, usable
from engine.text.rules import EXAMPLES, HUNTER, TELESCOPE

BINARY = "S -> S S | 'a'"


def refused(function, *given, **named) -> Mistake:
    with pytest.raises(Mistake) as caught:
        function(*given, **named)
    assert caught.value.sentence("en")
    assert caught.value.sentence("zh")
    return caught.value


@pytest.mark.parametrize("rules", [TELESCOPE, HUNTER, BINARY, "# note\n\nS -> 'a'  \"b\" |'c' S\n"])
def test_rules_are_read_as_nltk_reads_them(rules):
    ours, theirs = usable(read(rules)), CFG.fromstring(rules)
    assert ours.start() == theirs.start()
    assert ours.productions() == theirs.productions()


def test_typographic_signs_mean_the_same():
    typed = usable(read("S→NP ｜“狗”\nNP -> ‘猫’"))
    assert typed.productions() == usable(read("S -> NP | '狗'\nNP -> '猫'")).productions()


class TestParsing:
    @pytest.mark.parametrize(
        ("rules", "sentence", "count"),
        [
            (TELESCOPE, "I saw the man", 1),
            (TELESCOPE, "i saw the MAN with the telescope.", 2),
            (TELESCOPE, "I saw the man with the telescope in the park", 5),  # as many as ways to bracket two PPs
            (TELESCOPE, "the saw man dog I", 0),
            (HUNTER, "咬死了猎人的狗", 2),
            (HUNTER, "咬死 了 猎人 的 狗。", 2),
            (HUNTER, "了猎人咬死的", 0),
        ],
    )
    def test_trees_are_those_of_nltk(self, rules, sentence, count):
        found = parse(rules, sentence)
        theirs = {tree.pformat(margin=10_000) for tree in ChartParser(CFG.fromstring(rules)).parse(found["words"])}
        assert found["count"] == len(theirs) == count
        assert {str(Tree.fromstring(tree)) for tree in found["brackets"]} == {str(Tree.fromstring(t)) for t in theirs}

    @pytest.mark.parametrize("n", range(1, 9))
    def test_binary_trees_are_counted_by_catalans_numbers(self, n):
        found = parse(BINARY, " ".join("a" * n))
        assert found["count"] == math.comb(2 * (n - 1), n - 1) // n  # 1, 1, 2, 5, 14, 42, …
        assert len(found["trees"]) == min(found["count"], TREES)

    def test_a_million_trees_are_counted_and_few_made(self):
        found = parse(BINARY, " ".join("a" * LONGEST))
        assert found["count"] == 1_767_263_190  # Catalan(19)
        assert len(found["trees"]) == TREES

    def test_words_without_a_rule_are_named(self):
        found = parse(TELESCOPE, "I saw the elephant and the elephant")
        assert (found["unknown"], found["count"]) == (["elephant", "and"], 0)

    def test_the_two_readings_of_the_telescope(self):
        verb, noun = sorted(parse(TELESCOPE, "I saw the man with the telescope")["brackets"], key=len)
        assert "(VP (VP (V saw) (NP (Det the) (N man))) (PP" in verb + noun
        assert "(NP (NP (Det the) (N man)) (PP (P with)" in verb + noun

    def test_examples_begin_ambiguous_and_end_ungrammatical(self):
        for rules, sentences in EXAMPLES.values():
            assert parse(rules, sentences[0])["count"] == 2
            assert parse(rules, sentences[-1])["count"] == 0
            assert not parse(rules, sentences[-1])["unknown"]


class TestWriting:
    @pytest.mark.parametrize("rules", [TELESCOPE, HUNTER, BINARY])
    @pytest.mark.parametrize("depth", [5, 8, DEEPEST])
    def test_what_is_written_can_be_parsed(self, rules, depth):
        made = generate(rules, n=20, depth=depth, seed=1)
        assert made["sentences"]
        for sentence in made["sentences"][:5]:
            assert parse(rules, sentence)["count"] > 0, sentence

    def test_the_same_seed_writes_the_same(self):
        assert generate(TELESCOPE, seed=3) == generate(TELESCOPE, seed=3)
        assert generate(TELESCOPE, seed=3) != generate(TELESCOPE, seed=4)

    def test_depth_bounds_the_tree(self):
        # S above its word is one level: at depth 1 only "a" is left, at depth 2 one S S more.
        assert set(generate(BINARY, n=30, depth=1)["sentences"]) == {"a"}
        assert set(generate(BINARY, n=30, depth=2)["sentences"]) == {"a", "a a"}

    def test_sentences_that_never_end_are_bounded(self):
        wild = "S -> S S S S | S S S S S | 'a'"
        made = generate(wild, n=MOST, depth=DEEPEST)
        assert all(len(sentence.split()) <= LONGEST for sentence in made["sentences"])
        assert made["left_out"] > 0

    def test_left_recursion_is_named_and_does_no_harm(self):
        assert grammar(TELESCOPE)["left_recursive"] == ["NP", "VP"]
        assert grammar("S -> A 'x'\nA -> S | 'a'")["left_recursive"] == ["S", "A"]
        assert grammar("S -> 'a' S | 'a'")["left_recursive"] == []
        assert generate("S -> S 'b' | 'a'", n=5)["sentences"]

    def test_unused_symbols_are_named(self):
        told = grammar("S -> 'a'\nX -> 'b' | Y\nY -> 'c'")
        assert (told["start"], told["unused"], told["rules"]) == ("S", ["X", "Y"], 4)


class TestMistakes:
    @pytest.mark.parametrize(
        ("rules", "code", "line", "column"),
        [
            ("S -> NP VP\n-> 'x'", "rule_symbol", 2, 1),
            ("'a' -> S", "rule_symbol", 1, 1),
            ("S NP VP", "rule_arrow", 1, 3),
            ("S", "rule_arrow", 1, 2),
            ("S ->", "rule_gap", 1, 5),
            ("S -> | 'a'", "rule_gap", 1, 6),
            ("S -> 'a' | ", "rule_gap", 1, 12),
            ("S -> 'a'\nS -> -> 'b'", "rule_gap", 2, 6),
            ("S -> 'a", "rule_quote", 1, 6),
            ('S -> the"', "rule_quote", 1, 9),
            ("S -> ''", "rule_quote", 1, 6),
            ("S -> NP + VP", "rule_character", 1, 9),
            ("S -> <script>", "rule_character", 1, 6),
        ],
    )
    def test_a_slip_of_the_pen_has_line_and_column(self, rules, code, line, column):
        mistake = refused(read, rules)
        assert (mistake.code, mistake.details["line"], mistake.details["column"]) == (code, line, column)

    @pytest.mark.parametrize(
        ("rules", "code"),
        [
            ("", "rules_none"),
            ("# only a note", "rules_none"),
            ("S -> " + " | ".join(f"'{n}'" for n in range(121)), "rules_too_many"),
            ("S -> 'a'\n" + "#" * 4_000, "rules_too_long"),
            ("S -> S 'a'", "symbol_endless"),
            ("S -> A | 'x'\nA -> B\nB -> A 'y'", "symbol_endless"),
            ("S -> S | 'a'", "symbol_circle"),
            ("S -> A | 'a'\nA -> S", "symbol_circle"),
        ],
    )
    def test_rules_that_cannot_be_used(self, rules, code):
        assert refused(grammar, rules).code == code

    def test_a_symbol_that_no_rule_explains_has_its_place(self):
        mistake = refused(grammar, "S -> NP VP\nNP -> 'I'\nVP -> V the NP\nV -> 'saw'")
        assert mistake.code == "symbol_undefined"
        assert mistake.details == {"symbol": "the", "line": 3, "column": 9}

    def test_sentences_that_cannot_be_used(self):
        assert refused(parse, TELESCOPE, " . ").code == "line_empty"
        assert refused(parse, TELESCOPE, "I " * 21).code == "sentence_too_long"
        assert refused(parse, HUNTER, "狗" * 500).code == "sentence_too_long"

    def test_a_parse_is_bounded(self):
        many = "\n".join(
            ["S -> " + " | ".join(f"S N{n}" for n in range(9)) + " | 'a'", *(f"N{n} -> S" for n in range(9))]
        )
        assert refused(parse, many, " ".join("a" * 20)).code == "parse_too_large"

    def test_a_tree_needs_its_levels(self):
        mistake = refused(generate, TELESCOPE, depth=2)
        assert (mistake.code, mistake.details) == ("depth_too_small", {"depth": 2, "least": 4})
        assert refused(generate, TELESCOPE, n=31).code == "dial_range"
        assert refused(generate, TELESCOPE, depth=13).code == "dial_range"
