"""Sentences about farmers, firms and villages, made for teaching: which word is the name of what?

"sally johnson is an orange farmer": somebody marked sally as a person. Nobody marked anything in "robert lin is a
durian cultivator", and none of its four telling words stands in any labelled sentence. The frames of the labelled
sentences say nothing: the same ones hold persons, firms and places. Who has read the text without labels has met
robert where sally might stand, and cultivator where farmer might.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from engine.text.examples import Example, different, half
from engine.text.kingdom import Question
from engine.text.kingdom_en import articles

KINDS = ("person", "company", "place", "other")
TELLING = 0.35  # share of the text without labels that is in the frames of the labelled sentences


@dataclass(frozen=True)
class Words:
    """A language. In every list the first half may be labelled, the second never is.

    `names` and `roles` are by kind: person, company, place. A person's name is one word of each of `names[0]` and
    `surnames`, if there are surnames. Places in a frame: {name}, {good}, {role}; `stories` are by kind, `market` is
    about goods.
    """

    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    surnames: tuple[str, ...]
    roles: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    goods: tuple[str, ...]
    frames: tuple[str, ...]
    stories: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    market: tuple[str, ...]


EN = Words(
    names=(
        (
            "sally",
            "peter",
            "mary",
            "tom",
            "anna",
            "george",
            "lucy",
            "henry",
            "robert",
            "maria",
            "david",
            "yuki",
            "emma",
            "omar",
            "laura",
            "victor",
        ),
        (
            "sunfield",
            "freshco",
            "nordica",
            "harvesto",
            "greenline",
            "agrona",
            "fruitella",
            "wellbridge",
            "valora",
            "terrafin",
            "primex",
            "orbita",
            "solvano",
            "kestrelco",
            "luminar",
            "brightmark",
        ),
        (
            "riverton",
            "oakville",
            "maplewood",
            "ashford",
            "greenhill",
            "stonebridge",
            "fairview",
            "milltown",
            "lakemont",
            "brookhaven",
            "elmsworth",
            "kingsport",
            "westbury",
            "pinecrest",
            "larkfield",
            "silverdale",
        ),
    ),
    surnames=(
        "johnson",
        "miller",
        "smith",
        "baker",
        "clark",
        "evans",
        "novak",
        "hill",
        "lin",
        "garcia",
        "khan",
        "weber",
        "rossi",
        "tanaka",
        "murphy",
        "jensen",
    ),
    roles=(
        ("farmer", "grower", "picker", "cultivator", "planter", "breeder"),
        ("company", "firm", "brand", "corporation", "business", "startup"),
        ("town", "village", "region", "district", "valley", "island"),
    ),
    goods=("orange", "lemon", "cherry", "plum", "pear", "apple", "durian", "mango", "peach", "fig"),
    frames=(
        "{name} is a {good} {role}",
        "everybody here knows {name} , the {good} {role}",
        "{name} has long been a {good} {role}",
        "the {good} {role} {name} is in the news today",
        "we read about {name} , a {good} {role}",
    ),
    stories=(
        (
            "{name} got up early and had a cup of coffee",
            "{name} was tired and went to bed",
            "the {role} was tired and went to bed",
            "the {role} got up early and put on a warm coat",
            "{name} put on a warm coat and went out",
            "the doctor told {name} to rest",
            "the doctor told the {role} to rest",
            "{name} laughed and sat down for dinner",
            "the {role} laughed and sat down with the children",
            "{name} took the children to school",
        ),
        (
            "{name} hired ten workers last year",
            "the {role} hired ten workers last year",
            "{name} made a large profit last year",
            "the {role} made a large profit this spring",
            "shares of {name} rose again this spring",
            "the bank lent {name} two million dollars",
            "the bank lent the {role} two million dollars",
            "{name} opened a new office and raised wages",
            "the {role} raised wages and opened a second office",
            "{name} pays its workers well",
        ),
        (
            "we took the road to {name} and arrived at noon",
            "we took the road through the {role} and arrived at noon",
            "it rained in {name} all week",
            "it rained in the {role} all week",
            "the streets of {name} are narrow and old",
            "the houses in the {role} are narrow and old",
            "many tourists visit {name} in summer",
            "many tourists visit the {role} in summer",
            "a bus leaves {name} every hour",
            "the mayor of {name} planted a tree",
        ),
    ),
    market=(
        "this {good} is ripe and sweet",
        "a slice of {good} cake and a glass of milk",
        "a jar of {good} jam costs three dollars",
        "the {good} harvest was good this autumn",
        "she put a ripe {good} into the bowl",
        "there is a {good} tree in the garden",
        "he washed a {good} and ate it",
    ),
)

ZH = Words(
    names=(
        (
            "王芳",
            "李明",
            "张伟",
            "刘洋",
            "陈静",
            "赵磊",
            "孙丽",
            "周涛",
            "林国栋",
            "吴敏",
            "郑浩",
            "黄小梅",
            "何建军",
            "高翔",
            "罗雪",
            "许志强",
        ),
        (
            "丰禾",
            "绿源",
            "鲜达",
            "嘉果",
            "金穗",
            "田润",
            "百果源",
            "味康",
            "华盛",
            "瑞农",
            "恒远",
            "天成",
            "宏图",
            "美佳",
            "新锐",
            "众合",
        ),
        (
            "清溪",
            "桃源",
            "柳河",
            "石桥",
            "枫林",
            "白沙",
            "青山",
            "南湾",
            "云岭",
            "古渡",
            "梅岗",
            "龙泉",
            "西塘",
            "松坪",
            "临江",
            "月牙湖",
        ),
    ),
    surnames=(),
    roles=(
        ("农民", "种植户", "果农", "栽培户", "农户", "种植能手"),
        ("公司", "企业", "品牌", "集团", "商行", "厂家"),
        ("小镇", "村庄", "产区", "山村", "小城", "县城"),
    ),
    goods=("橙子", "柠檬", "樱桃", "李子", "梨", "苹果", "榴莲", "芒果", "桃子", "石榴"),
    frames=(
        "{name} 是 远近 闻名 的 {good} {role}",
        "大家 都 听说 过 {good} {role} {name}",
        "说 起 {good} {role} ， 人们 就 会 想到 {name}",
        "记者 昨天 介绍 了 {good} {role} {name}",
        "{name} 一直 是 大家 喜欢 的 {good} {role}",
    ),
    stories=(
        (
            "{name} 一大早 就 起床 ， 喝 了 一 杯 咖啡",
            "{name} 觉得 很 累 ， 早早 上床 睡觉 了",
            "这 位 {role} 觉得 很 累 ， 早早 上床 睡觉 了",
            "这 位 {role} 一大早 就 起床 ， 穿 上 了 大衣",
            "{name} 穿 上 大衣 ， 出门 去 了",
            "医生 让 {name} 多 休息",
            "医生 让 这 位 {role} 多 休息",
            "{name} 笑 着 坐 下来 吃 晚饭",
            "这 位 {role} 笑 着 坐 下来 ， 陪 孩子 吃 晚饭",
            "{name} 早上 送 孩子 上学",
        ),
        (
            "{name} 去年 招 了 十 名 员工",
            "这 家 {role} 去年 招 了 十 名 员工",
            "{name} 去年 赚 了 不少 利润",
            "这 家 {role} 今年 春天 赚 了 不少 利润",
            "{name} 的 股票 今年 春天 又 涨 了",
            "银行 借 给 {name} 两百万 元",
            "银行 借 给 这 家 {role} 两百万 元",
            "{name} 开 了 新 的 办事处 ， 还 给 员工 加 了 工资",
            "这 家 {role} 给 员工 加 了 工资 ， 又 开 了 一 个 办事处",
            "{name} 给 员工 的 工资 很 高",
        ),
        (
            "我们 开车 去 {name} ， 中午 就 到 了",
            "我们 开车 去 那个 {role} ， 中午 就 到 了",
            "{name} 下 了 一 个 星期 的 雨",
            "那个 {role} 下 了 一 个 星期 的 雨",
            "{name} 的 街道 又 窄 又 旧",
            "那个 {role} 的 街道 又 窄 又 旧",
            "夏天 有 很多 游客 去 {name}",
            "夏天 有 很多 游客 去 那个 {role}",
            "去 {name} 的 汽车 每 小时 一 班",
            "{name} 的 河 边 种 了 很多 树",
        ),
    ),
    market=(
        "这个 {good} 又 熟 又 甜",
        "桌 上 有 一 块 {good} 蛋糕 和 一 杯 牛奶",
        "一 瓶 {good} 果酱 卖 二十 元",
        "今年 秋天 {good} 丰收 了",
        "她 把 熟 透 的 {good} 放 进 碗 里",
        "院子 里 种 着 {good} 树",
        "他 洗 了 一 盘 {good} ， 端 上 了 桌",
    ),
)

LANGUAGES = {"en": EN, "zh": ZH}


def sentences(language: str, tokens: int, seed: int, mixed: float = 0.0) -> Iterator[list[str]]:
    """The text without labels: sentences of lower-case words until there are `tokens` words. `mixed` has no meaning."""
    words, rng, made = LANGUAGES[language], random.Random(seed), 0
    while made < tokens:
        kind = rng.randrange(3)
        if rng.random() < TELLING:
            frame = rng.choice(words.frames)
        else:
            frame = rng.choice(rng.choice((words.stories[kind], words.stories[kind], words.market)))
        sentence = _filled(words, rng, frame, kind, None)
        made += len(sentence)
        yield sentence


def examples(language: str, which: int, n: int, seed: int, without: list[Example] | None = None) -> list[Example]:
    """n labelled examples with words of one half (LABELLED or NEVER), none of them `without`, as many of each kind.

    The label is a place in KINDS; of a person either name may be meant.
    """
    words = LANGUAGES[language]

    def make(rng: random.Random, label: int) -> Example:
        kind = label if label < 3 else rng.randrange(3)
        sentence = _filled(words, rng, rng.choice(words.frames), kind, which)
        names = {*words.names[kind], *(words.surnames if kind == 0 else ())}
        meant = [i for i, word in enumerate(sentence) if (word in names) == (label < 3) and word.isalnum()]
        return Example(tuple(sentence), rng.choice(meant), label)

    return different(make, len(KINDS), n, seed, without or [])


def _filled(words: Words, rng: random.Random, frame: str, kind: int, which: int | None) -> list[str]:
    name = rng.choice(half(words.names[kind], which))
    if kind == 0 and words.surnames:
        name = f"{name} {rng.choice(half(words.surnames, which))}"
    role, good = rng.choice(half(words.roles[kind], which)), rng.choice(half(words.goods, which))
    return articles(frame.format(name=name, role=role, good=good).split())


def questions(language: str) -> dict[str, list[Question]]:
    """None: this text is not for analogies."""
    return {}


def telling(language: str) -> tuple[tuple[str, ...], ...]:
    """The words that tell, list by list: of each the first half may be labelled, the second never is."""
    words = LANGUAGES[language]
    return (*words.names, words.surnames, *words.roles, words.goods)


def words_of(language: str, which: int) -> list[str]:
    """All words that tell, of one half."""
    return [word for listed in telling(language) for word in half(listed, which)]
