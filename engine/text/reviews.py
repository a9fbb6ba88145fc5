"""Short reviews of hotels, restaurants and films, made for teaching: was the writer glad or sad?

In a labelled review only adjectives tell, "the pizza was delicious and the waiter was friendly", and some never stand
in any. The text without labels is reviews, too. It says of nobody whether they were glad, but who found the pie
tasty found the waiter polite more often than rude, and will come back: so adjectives that praise keep each other's
company. With `MOSTLY` at 1 they would do so always, which no real review page does.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from engine.text.examples import Example, different, half
from engine.text.kingdom import Question
from engine.text.kingdom_en import articles

KINDS = ("sad", "glad")
MOSTLY = 0.8  # share of the adjectives of a review that agree with its writer's mood
PLAIN = 0.6  # share of the text without labels that says only how things were, as the labelled reviews do


@dataclass(frozen=True)
class Domain:
    """Things of one kind, and adjectives for them: sad and glad ones, of both the second half never labelled."""

    things: tuple[str, ...]
    adjectives: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Words:
    """A language: what is reviewed, in which frames, and what one says at the end (sad, glad).

    Places in a frame: {t}, {a} one thing with its adjective, {u}, {b} another one. `but` is for a review of two minds.
    """

    domains: tuple[tuple[Domain, ...], ...]  # what may stand in one review: a hotel's, a cinema's
    frames: tuple[str, ...]
    but: tuple[str, ...]
    endings: tuple[tuple[str, ...], tuple[str, ...]]


EN_STAFF = Domain(
    ("waiter", "owner", "manager", "receptionist"),
    (("rude", "grumpy", "careless", "unfriendly", "impatient", "arrogant"),
     ("friendly", "polite", "helpful", "attentive", "welcoming", "courteous")),
)  # fmt: skip
EN = Words(
    domains=(
        (
            Domain(
                ("pizza", "pie", "sandwich", "pancake", "pastry"),
                (("bland", "burnt", "stale", "tasteless", "soggy", "greasy"),
                 ("delicious", "tasty", "fresh", "crispy", "superb", "yummy")),
            ),
            EN_STAFF,
        ),
        (
            Domain(
                ("room", "bathroom", "hotel", "terrace", "lobby"),
                (("dirty", "noisy", "cramped", "shabby", "smelly", "gloomy"),
                 ("clean", "quiet", "spacious", "cosy", "spotless", "charming")),
            ),
            EN_STAFF,
        ),
        (
            Domain(
                ("film", "story", "ending", "plot"),
                (("boring", "silly", "predictable", "dull", "tedious", "pointless"),
                 ("exciting", "funny", "clever", "gripping", "touching", "brilliant")),
            ),
            Domain(
                ("actor", "actress", "comedian", "narrator"),
                (("wooden", "clumsy", "lifeless", "unconvincing", "dreadful", "awkward"),
                 ("wonderful", "talented", "convincing", "marvellous", "gifted", "impressive")),
            ),
        ),
    ),
    frames=(
        "the {t} was {a} and the {u} was {b}",
        "i found the {t} {a} and the {u} {b}",
        "the {t} was {a} , the {u} {b}",
        "we thought the {t} was {a} and the {u} was {b}",
        "a {a} {t} and a {b} {u}",
    ),
    but=("the {t} was {a} but the {u} was {b}", "a {a} {t} but a {b} {u}"),
    endings=(
        (
            "we will never come back", "i want my money back", "i would not recommend it", "we left early",
            "what a waste of money", "i was so disappointed", "i regret that we went", "one star is too many",
        ),
        (
            "we will surely come back", "it was worth every penny", "i would recommend it to anyone",
            "we stayed for hours", "what a lovely evening", "i was so happy", "i have told all my friends",
            "it deserves five stars",
        ),
    ),
)  # fmt: skip

ZH_STAFF = Domain(
    ("服务员", "老板", "经理", "前台"),
    (("粗鲁", "冷淡", "马虎", "傲慢", "无礼", "敷衍"), ("热情", "礼貌", "周到", "亲切", "耐心", "友善")),
)
ZH = Words(
    domains=(
        (
            Domain(
                ("汤", "鱼", "披萨", "甜点", "面条"),
                (("难吃", "油腻", "寡淡", "难闻", "冰凉", "糟糕"), ("好吃", "新鲜", "可口", "美味", "地道", "诱人")),
            ),
            ZH_STAFF,
        ),
        (
            Domain(
                ("房间", "浴室", "酒店", "阳台", "大厅"),
                (("肮脏", "吵闹", "拥挤", "破旧", "潮湿", "昏暗"), ("干净", "安静", "宽敞", "舒适", "整洁", "漂亮")),
            ),
            ZH_STAFF,
        ),
        (
            Domain(
                ("电影", "故事", "结局", "情节"),
                (("无聊", "老套", "沉闷", "乏味", "幼稚", "空洞"), ("精彩", "有趣", "感人", "动人", "巧妙", "紧凑")),
            ),
            Domain(
                ("男演员", "女演员", "歌手", "配角"),
                (("呆板", "做作", "笨拙", "生硬", "平庸", "夸张"), ("出色", "自然", "迷人", "细腻", "优秀", "传神")),
            ),
        ),
    ),
    frames=(
        "{t} 很 {a} ， {u} 也 很 {b}",
        "我 觉得 {t} 很 {a} ， {u} 也 很 {b}",
        "{t} 真 {a} ， {u} 真 {b}",
        "{t} 太 {a} 了 ， {u} 也 太 {b} 了",
        "朋友 说 {t} 挺 {a} ， {u} 也 挺 {b}",
    ),
    but=("{t} 很 {a} ， 不过 {u} 很 {b}", "{t} 挺 {a} ， {u} 却 很 {b}"),
    endings=(
        (
            "再 也 不 来 了", "想 把 钱 要 回来", "不 推荐 大家 来", "我们 早早 就 走 了",
            "白 花 了 这些 钱", "我 失望 极 了", "真 后悔 去 了 那里", "给 一 颗 星 都 嫌 多",
        ),
        (
            "下次 一定 还 来", "这 钱 花 得 值", "推荐 大家 都 来", "我们 待 了 好 几 个 小时",
            "这 一 晚 过 得 真 愉快", "我 高兴 极 了", "已经 告诉 了 所有 的 朋友", "值得 给 五 颗 星",
        ),
    ),
)  # fmt: skip

LANGUAGES = {"en": EN, "zh": ZH}


def sentences(language: str, tokens: int, seed: int, mixed: float = 0.0) -> Iterator[list[str]]:
    """The text without labels: reviews of lower-case words until there are `tokens` words. `mixed` has no meaning."""
    words, rng, made = LANGUAGES[language], random.Random(seed), 0
    comma = " ， " if language == "zh" else " , "
    while made < tokens:
        mood = rng.randrange(2)
        review = _filled(words, rng, mood, None, MOSTLY)
        if rng.random() > PLAIN:
            review += comma + rng.choice(words.endings[mood])
        made += len(review.split())
        yield review.split()


def examples(language: str, which: int, n: int, seed: int, without: list[Example] | None = None) -> list[Example]:
    """n labelled reviews with adjectives of one half (LABELLED or NEVER), none of them `without`, as many of each kind.

    The label is a place in KINDS.
    """

    def make(rng: random.Random, label: int) -> Example:
        return Example(tuple(_filled(LANGUAGES[language], rng, label, which, 1.0).split()), -1, label)

    return different(make, len(KINDS), n, seed, without or [])


def _filled(words: Words, rng: random.Random, mood: int, which: int | None, mostly: float) -> str:
    pair = rng.sample(rng.choice(words.domains), 2)
    moods = [mood if rng.random() < mostly else 1 - mood for _ in pair]
    (a, b), (t, u) = (
        [rng.choice(half(domain.adjectives[felt], which)) for domain, felt in zip(pair, moods, strict=True)],
        [rng.choice(domain.things) for domain in pair],
    )
    frames = words.frames if moods[0] == moods[1] else words.but
    return " ".join(articles(rng.choice(frames).format(t=t, a=a, u=u, b=b).split()))


def questions(language: str) -> dict[str, list[Question]]:
    """None: this text is not for analogies."""
    return {}


def telling(language: str) -> tuple[tuple[str, ...], ...]:
    """The words that tell, list by list: of each the first half may be labelled, the second never is."""
    domains = {id(domain): domain for pair in LANGUAGES[language].domains for domain in pair}
    return tuple(adjectives for domain in domains.values() for adjectives in domain.adjectives)


def words_of(language: str, which: int) -> list[str]:
    """All words that tell, of one half."""
    return [word for listed in telling(language) for word in half(listed, which)]
