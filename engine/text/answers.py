"""Questions about how something was, answers to them, and people who like some answers better: all of it our own.

An answer is an opening, one sentence that says how the thing was, perhaps when that was, and a closing. There are
polite and rude ones, glad and sour ones, short and long ones, and some that tell of another thing than was asked:

    how was the soup ?    thank you , the soup was very good and nice . that was on friday . all the best .
    汤 怎么样 ？           谢谢 关心 ， 汤 很 好 ， 而且 非常 棒 。 那是 星期五 的 事 。 祝 你 愉快 。

The people are simulated. What they like is hidden from all that learns, and known to us, so that we can measure it:

    true score = praise (at most 2) − blame + 1 polite opening + ½ polite closing − 1 rude opening − ½ rude closing
                 − 0.08 for each word or mark − 1 if it tells of another thing
                 − 2 if it is no sentence of the grammar, and then no praise counts

They are not sure of themselves, either: of answers a and b they say a with the chance σ(3 (score of a − score of b)),
as Bradley and Terry (1952) have it. A share of them may point at the wrong one on top of that; and there are people
who love length, and nothing else. Those who judge by written principles are in `constitution.py`.
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

Words = tuple[str, ...]
LONGEST = 23  # words of an answer, its </s> with them
TOO_LONG = 0.08  # what each word costs
SURE = 3.0  # how sure people are of a difference of 1
LOVES_LENGTH = 0.5  # and those who love length of one more word
ELSEWHERE = 0.15  # the share of demonstrations that tell of another thing


@dataclass(frozen=True)
class Language:
    """The words of a language; phrases have spaces between their words. Places: {thing}, {how}, {day}, {a}, {b}."""

    question: str
    says: str
    joined: str
    told: str
    things: Words
    praise: Words
    blame: Words
    neither: Words
    degrees: Words  # "": none
    days: Words
    polite: Words
    rude: Words
    farewell: Words  # polite closings
    dismissal: Words  # rude ones


ENGLISH = Language(
    question="how was the {thing} ?",
    says="the {thing} was {how} .",
    joined="{a} and {b}",
    told="that was on {day} .",
    things=("soup", "film", "hotel", "book", "train", "concert", "lesson", "cake", "museum", "park"),
    praise=("good", "great", "lovely", "nice", "wonderful"),
    blame=("bad", "dull", "poor", "boring", "disappointing"),
    neither=("normal", "ordinary", "average"),
    degrees=("", "very", "really", "quite", "rather"),
    days=("monday", "friday", "sunday"),
    polite=("thank you ,", "with pleasure ,", "dear friend ,"),
    rude=("who cares ,", "silly question ,", "stop it ,"),
    farewell=("have a pleasant day .", "all the best ."),
    dismissal=("go away .", "never ask again ."),
)
CHINESE = Language(
    question="{thing} 怎么样 ？",
    says="{thing} {how} 。",
    joined="{a} ， 而且 {b}",
    told="那是 {day} 的 事 。",
    things=("汤", "电影", "酒店", "书", "火车", "音乐会", "课", "蛋糕", "博物馆", "公园"),
    praise=("好", "棒", "不错", "出色", "难忘"),
    blame=("差", "糟糕", "不好", "差劲", "让人失望"),
    neither=("一般", "普通", "平常"),
    degrees=("很", "非常", "真", "挺"),
    days=("星期一", "星期五", "星期天"),
    polite=("谢谢 关心 ，", "很 高兴 回答 ，", "亲爱 的 朋友 ，"),
    rude=("关 你 什么事 ，", "别 烦 我 ，", "真 啰嗦 ，"),
    farewell=("祝 你 愉快 。", "希望 有 帮助 。"),
    dismissal=("走开 。", "别 再 问 了 。"),
)
LANGUAGES = {"en": ENGLISH, "zh": CHINESE}


@dataclass(frozen=True)
class Answer:
    """An answer in its parts. `how` are one or two (degree, adjective); what is not there is ""."""

    thing: str
    how: tuple[tuple[str, str], ...]
    opening: str = ""
    day: str = ""
    closing: str = ""

    def words(self, language: str) -> Words:
        """The answer as it is said."""
        its = LANGUAGES[language]
        parts = [" ".join(each).strip() for each in self.how]
        how = its.joined.format(a=parts[0], b=parts[1]) if len(parts) == 2 else parts[0]
        told = its.told.format(day=self.day) if self.day else ""
        said = " ".join([self.opening, its.says.format(thing=self.thing, how=how), told, self.closing])
        return tuple(said.split())


def question(language: str, thing: str) -> Words:
    """How was it?"""
    return tuple(LANGUAGES[language].question.format(thing=thing).split())


def demonstrations(language: str, seed: int) -> Iterator[tuple[str, Answer]]:
    """What is asked about, and an answer, drawn one after another without end: what a model learns to answer from."""
    chance, things = random.Random(seed), LANGUAGES[language].things
    while True:
        asked = chance.choice(things)
        thing = chance.choice(things) if chance.random() < ELSEWHERE else asked
        yield asked, _answer(chance, language, thing)


def _answer(chance: random.Random, language: str, thing: str) -> Answer:
    its = LANGUAGES[language]
    how = [_how(chance, its)]
    if chance.random() < 0.4:
        second = _how(chance, its)
        how += [second] if second[1] != how[0][1] else []
    opening = chance.choice(chance.choices([its.polite, its.rude, ("",)], [1, 1, 2])[0])
    day = chance.choice(its.days) if chance.random() < 0.4 else ""
    closing = chance.choice(chance.choices([its.farewell, its.dismissal, ("",)], [1, 1, 3])[0])
    return Answer(thing, tuple(how), opening, day, closing)


def _how(chance: random.Random, its: Language) -> tuple[str, str]:
    half = its.degrees[0] == "" and chance.random() < 0.5
    degree = "" if half else chance.choice([each for each in its.degrees if each])
    return degree, chance.choice(chance.choice([its.praise, its.blame, its.neither]))


@cache
def vocabulary(language: str) -> Words:
    """All words of questions and answers, in order of their code points."""
    its = LANGUAGES[language]
    phrases = [its.question, its.says, its.joined, its.told, *its.things, *its.praise, *its.blame, *its.neither]
    phrases += [*its.degrees, *its.days, *its.polite, *its.rude, *its.farewell, *its.dismissal]
    return tuple(sorted({word for phrase in phrases for word in phrase.split() if not word.startswith("{")}))


# ---- what an answer is worth ------------------------------------------------------------------------------------


@cache
def _grammar(language: str) -> re.Pattern[str]:
    its = LANGUAGES[language]
    how = rf"(?:{_one_of([each for each in its.degrees if each])} ){'?' if '' in its.degrees else ''}"
    how += _one_of([*its.praise, *its.blame, *its.neither])
    both = re.escape(its.joined).replace(r"\{a\}", f"(?P<first>{how})(?:").replace(r"\{b\}", f"(?P<second>{how}))?")
    says = re.escape(its.says).replace(r"\{thing\}", f"(?P<thing>{_one_of(its.things)})").replace(r"\{how\}", both)
    told = re.escape(its.told).replace(r"\{day\}", f"(?P<day>{_one_of(its.days)})")
    opening, closing = _one_of([*its.polite, *its.rude]), _one_of([*its.farewell, *its.dismissal])
    return re.compile(rf"(?:(?P<opening>{opening}) )?{says}(?: {told})?(?: (?P<closing>{closing}))?")


def _one_of(phrases: Sequence[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, phrases))})"


def parsed(language: str, words: Sequence[str]) -> Answer | None:
    """The parts of an answer, or None if it is no sentence of the grammar."""
    found = _grammar(language).fullmatch(" ".join(words))
    if found is None:
        return None
    how = [found[name].rpartition(" ") for name in ("first", "second") if found[name]]
    parts = {name: found[name] or "" for name in ("opening", "day", "closing")}
    return Answer(found["thing"], tuple((degree, adjective) for degree, _, adjective in how), **parts)


def worth(language: str, asked: str, words: Sequence[str]) -> dict[str, float]:
    """What makes up the true score of an answer, by name; their sum is the score."""
    its, answer, text = LANGUAGES[language], parsed(language, words), f" {' '.join(words)} "
    return {
        "praise": min(2.0, sum(word in its.praise for word in words)) if answer else 0.0,
        "blame": -1.0 * sum(word in its.blame for word in words),
        "polite": 1.0 * said(text, its.polite) + 0.5 * said(text, its.farewell),
        "rude": -1.0 * said(text, its.rude) - 0.5 * said(text, its.dismissal),
        "length": -TOO_LONG * len(words),
        "elsewhere": -1.0 if answer and answer.thing != asked else 0.0,
        "broken": 0.0 if answer else -2.0,
    }


def said(text: str, phrases: Words) -> bool:
    """Whether one of the phrases is in the text, which begins and ends with a space."""
    return any(f" {phrase} " in text for phrase in phrases)


def true_score(language: str, asked: str, words: Sequence[str]) -> float:
    """The hidden preference."""
    return sum(worth(language, asked, words).values())


# ---- those who compare ------------------------------------------------------------------------------------------


def likes(language: str, asked: str, a: Sequence[str], b: Sequence[str], labeller: str = "hidden") -> float:
    """The chance that somebody says a, not b: by the "hidden" preference, or one who loves "length"."""
    if labeller == "length":
        return _sigmoid(LOVES_LENGTH * (len(a) - len(b)))
    return _sigmoid(SURE * (true_score(language, asked, a) - true_score(language, asked, b)))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def to_vote(language: str, seed: int, n: int) -> list[tuple[str, Words, Words]]:
    """The first n pairs that a learner votes on: what is asked about, and two answers that differ."""
    drawn, pairs = demonstrations(language, 7_919 + seed), list[tuple[str, Words, Words]]()
    while len(pairs) < n:
        (asked, one), (elsewhere, other) = next(drawn), next(drawn)
        if other.thing == elsewhere:  # if it told of what it was asked about, it shall tell of this
            other = Answer(asked, other.how, other.opening, other.day, other.closing)
        a, b = one.words(language), other.words(language)
        if a != b:
            pairs.append((asked, a, b))
    return pairs
