"""Our own grammar of sentences with an "it" that could be either of two things; how it goes on tells which.

    the animal did not cross the street because it was too tired      it: the animal
    the animal did not cross the street because it was too narrow     it: the street

Nouns are of four kinds, and an adjective is said of one kind only. Either noun may come first: where a noun stands
tells nothing, nor does the adjective alone; only the adjective and the nouns together do. One word turns the meaning
round, as in the sentences that Winograd (1972) put to machines.

Some combinations of noun and adjective are kept back: no sentence that is learned from has them, and every sentence
that is tested with is about one of them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

KINDS = ("animal", "place", "thing", "holder")
PRONOUN = {"en": "it", "zh": "它"}
NOUNS = {
    "en": {
        "animal": ["animal", "dog", "cat", "horse", "cow", "sheep", "goat", "fox", "rabbit", "donkey"],
        "place": ["street", "road", "bridge", "path", "lane", "alley", "square", "field", "yard", "valley"],
        "thing": ["vase", "lamp", "statue", "guitar", "trophy", "cake"],
        "holder": ["box", "bag", "suitcase", "basket", "drawer", "trunk"],
    },
    "zh": {
        "animal": ["动物", "猫", "狗", "马", "牛", "羊", "兔子", "狐狸", "驴", "猴子"],
        "place": ["马路", "街道", "小路", "小巷", "桥", "隧道", "广场", "田野", "院子", "山谷"],
        "thing": ["花瓶", "台灯", "雕像", "吉他", "奖杯", "蛋糕"],
        "holder": ["盒子", "箱子", "袋子", "抽屉", "柜子", "书包"],
    },
}
# How Chinese counts them; a street is not counted.
THIS = {
    "这只": "动物 猫 羊 兔子 狐狸 猴子", "这条": "狗 小路 小巷 隧道", "这匹": "马", "这头": "牛 驴", "这座": "桥 雕像",
    "这个": "广场 院子 山谷 花瓶 奖杯 蛋糕 盒子 箱子 袋子 抽屉 柜子 书包", "这片": "田野", "这盏": "台灯",
    "这把": "吉他",
}  # fmt: skip
COUNTED = {noun: (this, noun) for this, nouns in THIS.items() for noun in nouns.split()}
ADJECTIVES = {
    "en": {
        "animal": ["tired", "hungry", "weak", "sleepy", "scared", "lazy", "thirsty", "shy"],
        "place": ["narrow", "wide", "long", "icy", "crowded", "slippery", "muddy", "bumpy"],
        "thing": ["big", "large", "bulky", "tall"],
        "holder": ["small", "tiny", "shallow", "cramped"],
    },
    "zh": {
        "animal": ["累", "困", "饿", "渴", "懒", "虚弱", "胆小", "害羞"],
        "place": ["窄", "宽", "长", "滑", "挤", "泥泞", "难走", "曲折"],
        "thing": ["大", "高", "笨重", "庞大"],
        "holder": ["小", "浅", "狭小", "单薄"],
    },
}
DOES = {
    "en": (
        ("animal", "did not cross", "place"), ("animal", "could not cross", "place"),
        ("animal", "would not cross", "place"), ("place", "stopped", "animal"), ("place", "defeated", "animal"),
        ("place", "delayed", "animal"), ("thing", "did not fit into", "holder"), ("holder", "did not hold", "thing"),
    ),
    "zh": (
        ("animal", "没有 过", "place"), ("animal", "没能 过", "place"), ("animal", "不肯 过", "place"),
        ("place", "难住 了", "animal"), ("place", "拦住 了", "animal"), ("place", "耽误 了", "animal"),
        ("thing", "放不进", "holder"), ("holder", "装不下", "thing"),
    ),
}  # fmt: skip
SOMETIMES = {"en": ("yesterday", "today"), "zh": ("昨天", "今天")}  # at the beginning
BECAUSE = {"en": ("because",), "zh": ("，", "因为")}
TOO = {"en": ("was", "too", "{}"), "zh": ("太", "{}", "了")}

EXAMPLES = {  # unseen, whatever the seed
    "en": ("the animal did not cross the street because it was too tired",
           "the animal did not cross the street because it was too narrow"),
    "zh": ("这只动物没有过马路，因为它太累了", "这只动物没有过马路，因为它太窄了"),
}  # fmt: skip
UNSEEN = 0.15  # the share of combinations of noun and adjective that are kept back
ALWAYS = (("animal", "tired"), ("street", "narrow"), ("动物", "累"), ("马路", "窄"))  # kept back, whatever the seed


@dataclass(frozen=True)
class Sentence:
    """Its words, and the places in it: of the pronoun, of the noun it stands for, and of the other noun."""

    words: tuple[str, ...]
    pronoun: int
    antecedent: int
    competitor: int

    @property
    def pair(self) -> tuple[str, str]:
        """What it stands for, and what is said of it."""
        said = self.words[-1] if self.words[-1] != "了" else self.words[-2]
        return self.words[self.antecedent], said


def sentences(language: str, seed: int) -> Iterator[Sentence]:
    """Sentences drawn one after another, without end; some come twice."""
    chance = random.Random(f"{language} {seed}")
    while True:
        yield sentence(language, chance)


def sentence(language: str, chance: random.Random) -> Sentence:
    """One sentence: 昨天 这只 动物 没有 过 马路 ， 因为 它 太 累 了."""
    who, does, whom = chance.choice(DOES[language])
    meant = chance.choice((who, whom))
    nouns = {kind: chance.choice(NOUNS[language][kind]) for kind in (who, whom)}
    adjective = chance.choice(ADJECTIVES[language][meant])
    first = (chance.choice(SOMETIMES[language]),) if chance.random() < 0.5 else ()
    before = (*first, *phrase(language, nouns[who]), *does.split(), *phrase(language, nouns[whom]), *BECAUSE[language])
    words = (*before, PRONOUN[language], *(word.format(adjective) for word in TOO[language]))
    antecedent, competitor = (words.index(nouns[kind]) for kind in (meant, whom if meant == who else who))
    return Sentence(words, len(before), antecedent, competitor)


def phrase(language: str, noun: str) -> tuple[str, ...]:
    """The noun as it stands in a sentence: the street; 这座 桥, 马路."""
    return ("the", noun) if language == "en" else COUNTED.get(noun, (noun,))


def kept_back(seed: int, pair: tuple[str, str]) -> bool:
    """Whether this noun with this adjective is never learned from."""
    return pair in ALWAYS or random.Random(f"{seed} {' '.join(pair)}").random() < UNSEEN


def parted(language: str, seed: int, learned: int, unseen: int) -> tuple[list[Sentence], list[Sentence]]:
    """So many different sentences to learn from, and so many to be tested with, about combinations kept back."""
    train: dict[tuple[str, ...], Sentence] = {}
    test: dict[tuple[str, ...], Sentence] = {}
    for each in sentences(language, seed):
        side, most = (test, unseen) if kept_back(seed, each.pair) else (train, learned)
        if len(side) < most:
            side.setdefault(each.words, each)
        if len(train) == learned and len(test) == unseen:
            break
    return list(train.values()), list(test.values())


def vocabulary(language: str) -> tuple[str, ...]:
    """All words of the grammar, in order of their code points."""
    words = {PRONOUN[language], *BECAUSE[language], *SOMETIMES[language], *(w for w in TOO[language] if w != "{}")}
    for kind in KINDS:
        words |= {*ADJECTIVES[language][kind], *(w for noun in NOUNS[language][kind] for w in phrase(language, noun))}
    return tuple(sorted(words | {word for _, does, _ in DOES[language] for word in does.split()}))


def kind(language: str, word: str) -> str | None:
    """The kind of a noun; None of any other word."""
    return next((kind for kind in KINDS if word in NOUNS[language][kind]), None)
