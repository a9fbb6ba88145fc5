"""Our own grammar of Chinese sentences and what they are in English, word for word.

A sentence says who does what, where and when; or what somebody is; or how somebody is. The two languages put it in
different orders (我 昨天 在 家 喝 了 茶: I drank tea at home yesterday), and what one says with the verb the other says
with a word of its own (了, did, will). A word can be two in the other language (看: read a book, watch a film).

Who asks what translates what gets it from the grammar: words of both languages that come from one thing are aligned.
Words that are there for the grammar only (the, did, 了, 很) are aligned with nothing, nor are those that the word
before them tells (every day, last week). Where something is takes two words of Chinese (在 家), which count as one.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

# Chinese, English, and the person that the verb agrees with: 1 I, 2 you and all plurals, 3 he.
WHO = (
    ("我", "I", 1), ("你", "you", 2), ("他", "he", 3), ("她", "she", 3), ("我们", "we", 2), ("他们", "they", 2),
    ("老师", "the teacher", 3), ("妈妈", "mom", 3), ("爸爸", "dad", 3), ("孩子们", "the children", 2),
)  # fmt: skip
PLURAL = ("我们", "他们", "孩子们")
THINGS = {
    "茶": "tea", "水": "water", "书": "books", "电影": "films", "花": "flowers", "苹果": "apples", "米饭": "rice",
    "猫": "cats", "山": "mountains",
}  # fmt: skip
# Chinese, its English forms (drink, drinks, drank), and what it is done to.
DOES = (
    ("喝", ("drink", "drinks", "drank"), ("茶", "水")),
    ("买", ("buy", "buys", "bought"), ("茶", "水", "书", "花", "苹果", "米饭")),
    ("看", ("read", "reads", "read"), ("书",)),
    ("看", ("watch", "watches", "watched"), ("电影", "猫")),
    ("吃", ("eat", "eats", "ate"), ("苹果", "米饭")),
    ("画", ("paint", "paints", "painted"), ("花", "苹果", "猫", "山")),
    ("找", ("seek", "seeks", "sought"), ("书", "猫", "水")),
)
LIKES = ("喜欢", ("like", "likes", "liked"), tuple(THINGS))  # a state: without when and where
WHEN = (
    ("今天", "today", "present"), ("每天", "every day", "present"), ("昨天", "yesterday", "past"),
    ("上周", "last week", "past"), ("明天", "tomorrow", "future"),
)  # fmt: skip
WHERE = (("家", "at home"), ("学校", "at school"), ("公园", "in the park"), ("北京", "in Beijing"))
JOBS = (
    ("学生", "a student"), ("医生", "a doctor"), ("工程师", "an engineer"), ("艺术家", "an artist"),
    ("司机", "a driver"),
)  # fmt: skip
FEELS = (("累", "tired"), ("忙", "busy"), ("高兴", "happy"), ("饿", "hungry"))
TOLD = ("the", "day", "week")  # words that the grammar, or the word before, tells
BE = {"present": ("am", "are", "is"), "past": ("was", "were", "was"), "future": ("will be",) * 3}

Part = tuple[str, str]  # words with spaces between them, and what they come from: "" for the grammar alone


@dataclass(frozen=True)
class Pair:
    """A sentence in both languages. `aligned[j]` are the places of the source that word j of the target translates."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    aligned: tuple[tuple[int, ...], ...]


def pairs(seed: int) -> Iterator[Pair]:
    """Sentences drawn one after another, without end; some come twice."""
    chance = random.Random(seed)
    kinds = (doing, doing, doing, doing, liking, being, feeling)
    while True:
        yield chance.choice(kinds)(chance)


def doing(chance: random.Random) -> Pair:
    """Who does what: 我 昨天 在 家 没 喝 茶, I did not drink tea at home yesterday."""
    who, person = _who(chance)
    when, time = _when(chance)
    where = chance.choice(WHERE) if chance.random() < 0.5 else None
    zh, forms, things = chance.choice(DOES)
    thing, no = chance.choice(things), chance.random() < 0.25
    place = [("在", "where"), (where[0], "where")] if where else []
    did = [(zh, "does")] + ([("了", "")] if time == "past" and not no else [])
    source = [*_first(chance, who, when), *_not_zh(no, time), *place, *did, (thing, "thing")]
    target = [who[1], *_verb(forms, person, time, no), (THINGS[thing], "thing")]
    target += _last_word(where[1], "where") if where else []
    return _pair(source, [*target, *([when[1]] if when else [])])


def liking(chance: random.Random) -> Pair:
    """Who likes what: 我 不 喜欢 茶, I do not like tea."""
    who, person = _who(chance)
    zh, forms, things = LIKES
    thing, no = chance.choice(things), chance.random() < 0.3
    source = [who[0], *_not_zh(no, "present"), (zh, "does"), (thing, "thing")]
    return _pair(source, [who[1], *_verb(forms, person, "present", no), (THINGS[thing], "thing")])


def being(chance: random.Random) -> Pair:
    """What somebody is: 我 是 一名 学生, I am a student. 一名 is not said of many, and need not be of one."""
    who, person = _who(chance)
    zh, en = chance.choice(JOBS)
    many, no = who[0][0] in PLURAL, chance.random() < 0.3
    one = [("一名", "")] if not many and chance.random() < 0.7 else []
    job = [(en.split()[1] + "s", "job")] if many else _last_word(en, "job")
    source = [who[0], *_not_zh(no, "present"), ("是", ""), *one, (zh, "job")]
    return _pair(source, [who[1], *_be(person, "present", no), *job])


def feeling(chance: random.Random) -> Pair:
    """How somebody is: 昨天 我 很 累, I was tired yesterday."""
    who, person = _who(chance)
    when, time = _when(chance)
    (zh, en), no = chance.choice(FEELS), chance.random() < 0.3
    future = time == "future"
    how = [("不", "")] * no + [("会", "")] * future or [("很", "")]
    source = [*_first(chance, who, when), *how, (zh, "feels")]
    return _pair(source, [who[1], *_be(person, time, no), (en, "feels"), *([when[1]] if when else [])])


# ---- their parts ------------------------------------------------------------------------------------------------


def _who(chance: random.Random) -> tuple[tuple[Part, Part], int]:
    zh, en, person = chance.choice(WHO)
    return ((zh, "who"), (en, "who")), person


def _when(chance: random.Random) -> tuple[tuple[Part, Part] | None, str]:
    """The time in both languages, or none, and the tense it asks for."""
    if chance.random() < 0.3:
        return None, "present"
    zh, en, time = chance.choice(WHEN)
    return ((zh, "when"), (en, "when")), time


def _first(chance: random.Random, who: tuple[Part, Part], when: tuple[Part, Part] | None) -> list[Part]:
    """Chinese says the time before or after who."""
    both = [who[0], when[0]] if when else [who[0]]
    return both[::-1] if chance.random() < 0.5 else both


def _not_zh(no: bool, time: str) -> list[Part]:
    return [("没" if time == "past" else "不", "")] if no else []


def _verb(forms: tuple[str, str, str], person: int, time: str, no: bool) -> list[Part]:
    """The verb with what it needs: drink, drinks, drank, will drink, does not drink, did not drink, will not drink."""
    plain, third, past = forms
    if time == "future":
        return [("will not" if no else "will", ""), (plain, "does")]
    if no:
        return [({"past": "did"}.get(time, "does" if person == 3 else "do") + " not", ""), (plain, "does")]
    return [(past if time == "past" else third if person == 3 else plain, "does")]


def _be(person: int, time: str, no: bool) -> list[Part]:
    """am, are, is, was, were, will be, and with not after its first word."""
    first, *rest = BE[time][person - 1].split()
    return [(" ".join([first, *(["not"] if no else []), *rest]), "")]


def _last_word(words: str, thing: str) -> list[Part]:
    """Only the last of some words comes from the thing: at home, a student."""
    before, _, last = words.rpartition(" ")
    return [(before, ""), (last, thing)]


def _pair(source: list[Part], target: list[Part]) -> Pair:
    from_zh = [(word, thing) for words, thing in source for word in words.split()]
    from_en = [(word, thing) for words, thing in target for word in words.split()]
    places = {thing: tuple(i for i, each in enumerate(from_zh) if each[1] == thing) for _, thing in from_zh if thing}
    aligned = tuple(() if word in TOLD else places.get(thing, ()) for word, thing in from_en)
    return Pair(tuple(word for word, _ in from_zh), tuple(word for word, _ in from_en), aligned)


# ---- what to learn from, and what to be asked -------------------------------------------------------------------

UNSEEN = 0.15  # the share of English sentences that are kept back


def parted(seed: int, learned: int, unseen: int) -> tuple[list[Pair], list[Pair]]:
    """So many different pairs to learn from, and so many to be tested with.

    All the ways to say one English sentence are on the same side, so that none of a test is known in either language.
    """
    train: dict[tuple[str, ...], Pair] = {}
    test: dict[tuple[str, ...], Pair] = {}
    for pair in pairs(seed):
        kept_back = random.Random(f"{seed} {' '.join(pair.target)}").random() < UNSEEN
        side, most = (test, unseen) if kept_back else (train, learned)
        if len(side) < most:
            side.setdefault(pair.source, pair)
        if len(train) == learned and len(test) == unseen:
            break
    return list(train.values()), list(test.values())
