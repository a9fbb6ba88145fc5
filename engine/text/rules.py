"""Phrase-structure rules to begin with, each with sentences to try: an ambiguous one first, one the rules refuse last.

Written for teaching. `engine/models/phrase_structure.py` says what the notation means.
"""

TELESCOPE = """S -> NP VP
NP -> Pro | Det N | NP PP
VP -> V NP | VP PP
PP -> P NP
Pro -> 'I'
Det -> 'the' | 'a'
N -> 'man' | 'dog' | 'telescope' | 'park'
V -> 'saw' | 'heard'
P -> 'with' | 'in'
"""
HUNTER = """S -> NP | VP
VP -> V '了' NP
NP -> N | NP '的' N | VP '的' N
V -> '咬死' | '看见'
N -> '猎人' | '狗' | '孩子'
"""
EXAMPLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "telescope": (
        TELESCOPE,
        ("I saw the man with the telescope", "I heard the dog in the park with the man", "the saw man dog I"),
    ),
    "hunter": (HUNTER, ("咬死了猎人的狗", "看见了孩子的狗", "了猎人咬死的")),
}
FIRST = {"en": "telescope", "zh": "hunter"}  # by the language of the page
