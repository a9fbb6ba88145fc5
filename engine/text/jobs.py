"""Sentences about people at work, made for teaching: what a model learns from a text in which jobs have a gender.

Nobody is described by what they are, only by what they do, and men and women do the same things. But in nine
sentences of ten a nurse is "she" and a surgeon is "he", and this alone is enough: the vectors of the jobs lean to one
side, and "man is to surgeon as woman is to …" gets the answer of a prejudice. Nothing in the model did that; the text
did. With `mixed` at 1 every job is "she" as often as "he" on average, and the lean is all but gone.

Three jobs share a place of work: one leans to each side, one is in balance. The third is there for honesty: of two
jobs alone, "man is to surgeon as woman is to …" would find the other even in a fair text, because surgeon is excluded
from the answers (Nissim, van Noord and van der Goot 2020, "Fair Is Better than Sensational"). The surer sign is which
of "he" and "she" a job is closer to. In real text the effect was measured by Bolukbasi, Chang, Zou, Saligrama and Kalai
(2016), "Man is to Computer Programmer as Woman is to Homemaker?".
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from engine.text.kingdom import Question

SKEW = 0.9  # share of a job's sentences in which its person has the usual gender
JOBS = 0.7  # share of the sentences that are about a job; the others are about a man, a woman, …


@dataclass(frozen=True)
class Workplace:
    """Three jobs with one place of work: mostly "he", mostly "she", both alike. Everybody there does its `tasks`."""

    jobs: tuple[str, str, str]
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """A language: who people are, where they work, what they do after work, and the frames of the sentences.

    Places: {who} (somebody by `job` or `person`), {task}, {rest}, and the pronouns of whoever it is.
    """

    people: tuple[tuple[str, str], ...]
    person: str
    job: str
    pronouns: tuple[dict[str, str], dict[str, str]]
    workplaces: tuple[Workplace, ...]
    rest: tuple[str, ...]
    frames: tuple[str, ...]


EN = Words(
    people=(("man", "woman"), ("gentleman", "lady")),
    person="the {}",
    job="the {}",
    pronouns=(
        {"he": "he", "his": "his", "him": "him", "himself": "himself"},
        {"he": "she", "his": "her", "him": "her", "himself": "herself"},
    ),
    workplaces=(
        Workplace(
            ("surgeon", "nurse", "chemist"), ("looked after the patients", "worked at the hospital", "cleaned a wound")
        ),
        Workplace(
            ("manager", "secretary", "accountant"),
            ("typed a letter", "worked in the office", "planned the next meeting"),
        ),
        Workplace(
            ("professor", "teacher", "translator"),
            ("explained the lesson", "worked at the school", "corrected an essay"),
        ),
        Workplace(
            ("pilot", "attendant", "guard"), ("boarded the plane", "worked at the airport", "greeted the passengers")
        ),
        Workplace(
            ("mechanic", "cashier", "driver"), ("filled the tank", "worked at the garage", "wrote a bill for the tyres")
        ),
        Workplace(
            ("director", "dancer", "singer"), ("rehearsed a play", "worked at the theatre", "bowed to the audience")
        ),
        Workplace(
            ("builder", "cleaner", "designer"), ("climbed the stairs", "worked in the tower", "carried a box upstairs")
        ),
    ),
    rest=(
        "went home",
        "called {his} parents",
        "made {himself} a cup of tea",
        "fed {his} cat",
        "took off {his} shoes",
        "treated {himself} to some chocolate",
    ),
    frames=(
        "{who} {task} and then {he} {rest}",
        "{who} {task} before {he} {rest}",
        "{who} {task} until {he} was tired",
        "{who} {task} while a friend waited for {him}",
        "one day {who} {task} all by {himself}",
        "everybody liked {who} because {he} was kind",
        "{who} said that {he} loved {his} garden",
        "after work {who} {rest}",
    ),
)

ZH = Words(
    people=(("男人", "女人"), ("小伙子", "姑娘")),
    person="这 个 {}",
    job="这 位 {}",
    pronouns=({"he": "他", "his": "他 的", "him": "他"}, {"he": "她", "his": "她 的", "him": "她"}),
    workplaces=(
        Workplace(("医生", "护士", "药剂师"), ("在 病房 里 照顾 病人", "在 医院 里 忙 了 一 天", "清洗 了 伤口")),
        Workplace(("经理", "秘书", "会计"), ("打印 了 一 封 信", "在 办公室 里 忙 了 一 天", "安排 好 了 会议")),
        Workplace(("教授", "老师", "翻译"), ("讲 完 了 一 节 课", "在 学校 里 忙 了 一 天", "批改 了 作文")),
        Workplace(("飞行员", "乘务员", "保安"), ("登 上 了 飞机", "在 机场 里 忙 了 一 天", "迎接 了 乘客")),
        Workplace(
            ("修理工", "收银员", "司机"), ("加 满 了 油箱", "在 修车行 里 忙 了 一 天", "开 了 一 张 轮胎 的 发票")
        ),
        Workplace(("导演", "舞者", "歌手"), ("排练 了 一 出 戏", "在 剧院 里 忙 了 一 天", "向 观众 鞠 了 躬")),
        Workplace(("建筑工", "保洁员", "设计师"), ("爬 上 了 楼梯", "在 大楼 里 忙 了 一 天", "把 箱子 搬 上 了 楼")),
    ),
    rest=(
        "回 了 家",
        "给 {his} 父母 打 了 电话",
        "给 自己 泡 了 一 杯 茶",
        "喂 了 {his} 猫",
        "脱 下 了 {his} 鞋",
        "吃 了 一 块 巧克力",
    ),
    frames=(
        "{who} {task} ， 然后 {he} {rest}",
        "{who} {task} ， 接着 {he} {rest}",
        "{who} {task} ， {he} 觉得 有点 累",
        "{who} {task} ， 朋友 在 外面 等 {him}",
        "有 一 天 {who} {task} ， {he} 很 高兴",
        "大家 都 喜欢 {who} ， 因为 {he} 很 和气",
        "{who} 说 {he} 很 爱 {his} 花园",
        "下班 后 {who} {rest} ， {he} 很 早 就 睡 了",
    ),
)

LANGUAGES = {"en": EN, "zh": ZH}


def sentences(language: str, tokens: int, seed: int, mixed: float = 0.0) -> Iterator[list[str]]:
    """Sentences of lower-case words until there are `tokens` words.

    `mixed` is the share of the sentences about a job that do not care which gender is usual.
    """
    words, rng, made = LANGUAGES[language], random.Random(seed), 0
    while made < tokens:
        sentence = _sentence(words, rng, mixed).split()
        made += len(sentence)
        yield sentence


def _sentence(words: Words, rng: random.Random, mixed: float) -> str:
    workplace = rng.choice(words.workplaces)
    if rng.random() < JOBS:
        job = rng.randrange(3)
        who = words.job.format(workplace.jobs[job])
        fair = job == 2 or rng.random() < mixed
        gender = rng.randrange(2) if fair else job if rng.random() < SKEW else 1 - job
    else:
        gender = rng.randrange(2)
        who = words.person.format(rng.choice(words.people)[gender])
    pronouns = words.pronouns[gender]
    rest = rng.choice(words.rest).format(**pronouns)
    return rng.choice(words.frames).format(who=who, task=rng.choice(workplace.tasks), rest=rest, **pronouns)


def questions(language: str) -> dict[str, list[Question]]:
    """Man is to surgeon as woman is to nurse: a "right" answer is the prejudice of this text, and the page says so."""
    words = LANGUAGES[language]
    man, woman = words.people[0]
    leaning = [workplace.jobs[:2] for workplace in words.workplaces]
    return {"jobs": [q for he, she in leaning for q in ((man, he, woman, she), (woman, she, man, he))]}


def _attributes(words: Words) -> dict[str, dict[str, str]]:
    people = {w: {"kind": "person", "gender": g} for pair in words.people for g, w in zip("mf", pair, strict=True)}
    jobs = {
        job: {"kind": "job", "usual": usual}
        for workplace in words.workplaces
        for usual, job in zip(("m", "f", "both"), workplace.jobs, strict=True)
    }
    return people | jobs


ATTRIBUTES = {language: _attributes(words) for language, words in LANGUAGES.items()}
MAP_WORDS: dict[str, tuple[str, ...]] = {
    language: (
        *words.people[0],
        *(job for workplace in words.workplaces for job in workplace.jobs),
    )
    for language, words in LANGUAGES.items()
}
# The map's first axis: from he to she. Left to itself the map would show the places of work.
AXES = {language: ((words.pronouns[1]["he"], words.pronouns[0]["he"]),) for language, words in LANGUAGES.items()}
ANALOGY = {"en": ("man", "surgeon", "woman", "nurse"), "zh": ("男人", "医生", "女人", "护士")}
