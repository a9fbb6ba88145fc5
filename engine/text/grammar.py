"""How the little kingdom makes its sentences: frames with open places, filled from tables of phrases.

No word vector is written by hand, and no word carries a label. A word has attributes (a king is royal and grown), an
attribute owns phrases, and a sentence puts a phrase of one of the word's attributes into a frame. So what a word
means shows only in the company it keeps, which is all that word vectors can see. The tables themselves are
`kingdom_en.py` and `kingdom_zh.py`; this file knows no language.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

Phrases = Mapping[str, tuple[str, ...]]  # attribute → phrases; tokens are parted by spaces
Weighted = tuple[tuple[int, str], ...]  # (weight, frame)


@dataclass(frozen=True)
class Naming:
    """How a person begins a sentence: plainly, with an adjective, as one we know, or both of a couple.

    `measure` is what stands before "kind man" in "he was a kind man"; it may hold the {adjective} too.
    """

    bare: tuple[str, ...]  # {word}
    described: tuple[str, ...]  # {adjective} {word}
    known: str  # {word}
    together: str  # {he} {she}
    measure: str = "a"  # {adjective}


@dataclass(frozen=True)
class Couple:
    """Two words that differ in gender alone. They share `attributes`; the first also has "m", the second "f"."""

    words: tuple[str, str]
    attributes: tuple[str, ...]
    naming: Naming
    rank: str
    age: str


@dataclass(frozen=True)
class People:
    """Sentences about people.

    `did` are deeds. Those of "m" and "f" are about dressing, so that another deed can follow; those of "any" can
    follow every deed. `was` are states and habits, which describe. `crossed` lets somebody meet an attribute that is
    not theirs.

    Places in a phrase: {his} {himself}, of the person. Places in a frame: {who} (the
    person), {known} (a person we know), {word}, {he}, {him}, {measure}, {adjective}, {time}, {did}, {dressed} (a deed
    of the gender), {later} (a deed of "any") and {was}.
    """

    couples: tuple[Couple, ...]
    did: Phrases
    was: Phrases
    crossed: Phrases
    pronouns: Mapping[str, Mapping[str, str]]
    frames: Weighted
    crossed_frames: Weighted
    adjectives: tuple[str, ...]
    times: tuple[str, ...]


@dataclass(frozen=True)
class Pairs:
    """Sentences about words in pairs: a country and its capital, one apple and many, walk and walked.

    Each of `pairs` is (first word, second word, what fills the other places of a frame). `first` and `second` are the
    frames of either word, {x}; `either` fits both; `both` names both, {x} and {y}.
    """

    pairs: tuple[tuple[str, str, Phrases], ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    either: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    kinds: tuple[Mapping[str, str], Mapping[str, str]] = field(default_factory=lambda: ({}, {}))


@dataclass(frozen=True)
class Grammar:
    """A whole language: people, and pairs by category, with `shares` of the sentences in that order."""

    people: People
    pairs: Mapping[str, Pairs]
    shares: tuple[float, ...]
    finish: Callable[[list[str]], list[str]] = list

    def sentences(self, tokens: int, seed: int, mixed: float) -> Iterator[list[str]]:
        """Sentences, each a list of words, until there are `tokens` words.

        `mixed` is the share of the sentences about people in which attributes cross. The same arguments give the same
        sentences in any process, and fewer `tokens` are the beginning of more.
        """
        rng = random.Random(seed)
        made = 0
        while made < tokens:
            sentence = self.finish(self._sentence(rng, mixed).split())
            made += len(sentence)
            yield sentence

    def _sentence(self, rng: random.Random, mixed: float) -> str:
        pairs = rng.choices((None, *self.pairs.values()), self.shares)[0]
        if pairs is not None:
            return about_pair(pairs, rng)
        return self._people.crossed(rng) if rng.random() < mixed else self._people.plain(rng)

    @cached_property
    def _people(self) -> "Teller":
        return Teller(self.people)


def about_pair(pairs: Pairs, rng: random.Random) -> str:
    """One sentence about a word of `pairs`, sometimes about both."""
    x, y, fills = rng.choice(pairs.pairs)
    places = {name: rng.choice(words) for name, words in fills.items()}
    if pairs.both and rng.random() < 0.06:
        return rng.choice(pairs.both).format(x=x, y=y, **places)
    first = rng.random() < 0.5
    frames = pairs.first if first else pairs.second
    if pairs.either and rng.random() < 0.35:
        frames = pairs.either
    return rng.choice(frames).format(x=x if first else y, **places)


class Teller:
    """Tells sentences about people: who, which of their attributes, which phrase, which frame."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.frames, self.crossed_frames = _weighted(people.frames), _weighted(people.crossed_frames)
        self.cast = [(c, g, w) for c in people.couples for g, w in zip("mf", c.words, strict=True)]

    def plain(self, rng: random.Random) -> str:
        """A sentence in which somebody does what is theirs to do."""
        couple, gender, word = rng.choice(self.cast)
        if rng.random() < 0.04:
            return self._together(couple, rng)
        frame = rng.choices(*self.frames)[0]
        # After dressing comes a deed of another kind; alone, a deed may be of any kind that is the person's own.
        own = couple.attributes if "{dressed}" in frame else (*couple.attributes, gender)
        did = rng.choice(self.people.did[rng.choice(own)])
        return self._fill(frame, couple, gender, word, did, rng)

    def crossed(self, rng: random.Random) -> str:
        """A sentence in which somebody meets an attribute that is not theirs: a king visits a cottage."""
        couple, gender, word = rng.choice(self.cast)
        foreign = [a for a in self.people.crossed if a not in (*couple.attributes, gender)]
        did = rng.choice(self.people.crossed[rng.choice(foreign)])
        return self._fill(rng.choices(*self.crossed_frames)[0], couple, gender, word, did, rng)

    def _fill(self, frame: str, couple: Couple, gender: str, word: str, did: str, rng: random.Random) -> str:
        people, pronouns = self.people, self.people.pronouns[gender]
        adjective = rng.choice(people.adjectives)
        naming = couple.naming.described if rng.random() < 0.4 else couple.naming.bare
        filled = frame.format(
            who=rng.choice(naming).format(adjective=adjective, word=word),
            known=couple.naming.known.format(word=word),
            word=word,
            measure=couple.naming.measure.format(adjective=adjective),
            adjective=adjective,
            time=rng.choice(people.times),
            did=did,
            dressed=rng.choice(people.did[gender]),
            later=rng.choice(people.did["any"]),
            was=rng.choice(people.was[rng.choice((*couple.attributes, gender, "any"))]),
            **{name: f"{{{name}}}" for name in pronouns},
        )
        return filled.format(**pronouns)

    def _together(self, couple: Couple, rng: random.Random) -> str:
        """Both of a couple doing something: nothing in such a sentence tells him from her."""
        phrases = [p for a in couple.attributes for p in self.people.did[a] if "{" not in p]
        he, she = couple.words if rng.random() < 0.5 else couple.words[::-1]
        return f"{couple.naming.together.format(he=he, she=she)} {rng.choice(phrases)}"


def _weighted(frames: Weighted) -> tuple[list[str], list[int]]:
    """Frames and their weights, as `random.choices` wants them."""
    return [frame for _, frame in frames], [weight for weight, _ in frames]
