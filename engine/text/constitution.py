"""A constitution: written principles in an order, and a critic that judges answers by them in place of people.

Bai et al. (2022, "Constitutional AI: harmlessness from AI feedback"): a model criticises an answer by a principle and
revises it, and later says which of two answers keeps the principles better. Preferences that are learned from then
come from an AI ("RLAIF").

What differs here, and why:
- The critic is a set of rules, for a model as small as ours cannot criticise. It reads an answer's parts, counts what
  offends against a principle, and rewrites those parts.
- The first principle in the order by which two answers differ decides; the paper draws one principle for each pair.
- Answers are of our own grammar (`answers.py`), and so are the principles that there can be.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.mistake import Mistake
from engine.text.answers import LANGUAGES, Answer, Words, parsed, said

PRINCIPLES = ("right", "polite", "glad", "short", "blunt", "critical", "detailed")
CONTRARY = (("polite", "blunt"), ("glad", "critical"), ("short", "detailed"))
SHORT = 9  # words: what is called short


def principles(line: str) -> str:
    """Principles in their order, with commas between them, as in "right, polite".

    Raises Mistake("principles_none"), ("principle_unknown") or ("principles_contrary").
    """
    chosen = list(dict.fromkeys(each for each in line.replace(",", " ").replace("，", " ").split()))
    if not chosen:
        raise Mistake("principles_none", allowed=list(PRINCIPLES))
    for each in chosen:
        if each not in PRINCIPLES:
            raise Mistake("principle_unknown", given=each, allowed=list(PRINCIPLES))
    for one, other in CONTRARY:
        if one in chosen and other in chosen:
            raise Mistake("principles_contrary", one=one, other=other)
    return ", ".join(chosen)


# ---- criticism --------------------------------------------------------------------------------------------------


def offences(principle: str, language: str, asked: str, words: Sequence[str]) -> list[str]:
    """What in an answer offends against a principle: words of it, or "" for something that is missing."""
    return _OFFENCES[principle](language, asked, tuple(words))


def _right(language: str, asked: str, words: Words) -> list[str]:
    answer = parsed(language, words)
    return [" ".join(words), ""] if answer is None else [answer.thing] if answer.thing != asked else []


def _polite(language: str, asked: str, words: Words) -> list[str]:
    its = LANGUAGES[language]
    return _phrases(words, (*its.rude, *its.dismissal)) + [""] * (not said(f" {' '.join(words)} ", its.polite))


def _blunt(language: str, asked: str, words: Words) -> list[str]:
    its = LANGUAGES[language]
    return _phrases(words, (*its.polite, *its.farewell))


def _phrases(words: Words, phrases: Words) -> list[str]:
    return [phrase for phrase in phrases if said(f" {' '.join(words)} ", (phrase,))]


def _glad(language: str, asked: str, words: Words) -> list[str]:
    its = LANGUAGES[language]
    return [word for word in words if word in its.blame] + [""] * (not set(words) & set(its.praise))


def _critical(language: str, asked: str, words: Words) -> list[str]:
    its = LANGUAGES[language]
    return [word for word in words if word in its.praise] + [""] * (not set(words) & set(its.blame))


def _short(language: str, asked: str, words: Words) -> list[str]:
    return list(words[SHORT:])


def _detailed(language: str, asked: str, words: Words) -> list[str]:
    answer = parsed(language, words)
    return [""] * ((answer is None or not answer.day) + (answer is None or len(answer.how) < 2))


_OFFENCES: dict[str, Callable[[str, str, Words], list[str]]] = {
    "right": _right, "polite": _polite, "glad": _glad, "short": _short, "blunt": _blunt, "critical": _critical,
    "detailed": _detailed,
}  # fmt: skip


# ---- revision ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Criticism:
    """What one principle found in an answer, and the answer after it was revised for that."""

    principle: str
    found: tuple[str, ...]
    before: Words
    after: Words


def criticised(line: str, language: str, asked: str, words: Sequence[str], seed: int = 0) -> list[Criticism]:
    """An answer criticised and revised, principle by principle in their order."""
    chance, answer, told = random.Random(f"{seed} {' '.join(words)}"), parsed(language, words), list[Criticism]()
    now = tuple(words)
    for principle in principles(line).split(", "):
        found = offences(principle, language, asked, now)
        before = now
        if found:
            answer = revised(principle, language, asked, answer, chance)
            now = answer.words(language)
        told.append(Criticism(principle, tuple(found), before, now))
    return told


def revised(principle: str, language: str, asked: str, answer: Answer | None, chance: random.Random) -> Answer:
    """The answer without what offends against a principle. One that is no sentence begins anew."""
    its = LANGUAGES[language]
    if answer is None:
        answer = Answer(asked, ((its.degrees[0], its.neither[0]),))
    match principle:
        case "right":
            return replace(answer, thing=asked)
        case "polite":
            opening = _kept(answer.opening, its.polite) or chance.choice(its.polite)
            return replace(answer, opening=opening, closing=_kept(answer.closing, its.farewell))
        case "blunt":
            opening, closing = _kept(answer.opening, its.rude), _kept(answer.closing, its.dismissal)
            return replace(answer, opening=opening, closing=closing)
        case "glad":
            return replace(answer, how=_turned(answer, its.blame, its.praise, chance))
        case "critical":
            return replace(answer, how=_turned(answer, its.praise, its.blame, chance))
        case "short":
            return replace(answer, how=answer.how[:1], day="", closing="")
    return replace(answer, day=answer.day or chance.choice(its.days), how=_two(answer, chance, language))  # detailed


def _kept(phrase: str, allowed: Words) -> str:
    return phrase if phrase in allowed else ""


def _turned(answer: Answer, away: Words, to: Words, chance: random.Random) -> tuple[tuple[str, str], ...]:
    """The adjectives with each of `away` put in for one of `to`; if none of `to` is there then, the first is."""
    how = [(degree, chance.choice(to) if each in away else each) for degree, each in answer.how]
    if not any(each in to for _, each in how):
        how[0] = how[0][0], chance.choice(to)
    return tuple(how)


def _two(answer: Answer, chance: random.Random, language: str) -> tuple[tuple[str, str], ...]:
    its = LANGUAGES[language]
    return answer.how if len(answer.how) == 2 else (*answer.how, (its.degrees[-1], chance.choice(its.neither)))


# ---- which of two -----------------------------------------------------------------------------------------------


def prefers(line: str, language: str, asked: str, a: Sequence[str], b: Sequence[str]) -> tuple[float, str]:
    """1 if a keeps the principles better, 0 if b does, ½ if no principle tells them apart; and which one decided."""
    for principle in line.split(", "):
        one, other = (len(offences(principle, language, asked, words)) for words in (a, b))
        if one != other:
            return float(one < other), principle
    return 0.5, ""
