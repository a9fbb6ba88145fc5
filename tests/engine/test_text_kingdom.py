"""The kingdom: what its sentences may say, that they come out the same everywhere, and that they can be learned.

`kingdom_reviewed_<language>.tsv` holds 300 sentences, marked one by one by a fluent second reader. After a change of
the grammar run `PYTHONPATH=. python tests/engine/test_text_kingdom.py`: it writes the lists again and keeps the
verdicts of sentences that are still there.
"""

import csv
import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from gensim.models import Word2Vec

from engine.text import kingdom

LANGUAGES = ("en", "zh")
HERE = Path(__file__).parent
REVIEW_SEED, REVIEW_MIXED, REVIEWED = 2026, 0.2, 300  # some sentences in which attributes cross are among them


def take(language: str, n: int, seed: int, mixed: float = 0.0) -> list[list[str]]:
    return list(itertools.islice(kingdom.sentences(language, 10**9, seed, mixed), n))


def printed(language: str, sentence: list[str]) -> str:
    return (" " if language == "en" else "").join(sentence)


def for_review(language: str) -> list[str]:
    return [printed(language, s) for s in take(language, REVIEWED, REVIEW_SEED, REVIEW_MIXED)]


def read_review(language: str) -> list[dict[str, str]]:
    with (HERE / f"kingdom_reviewed_{language}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reviewed_sentences_are_the_grammars_own(language: str) -> None:
    assert [row["sentence"] for row in read_review(language)] == for_review(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_reader_found_every_sentence_natural(language: str) -> None:
    doubtful = [(row["sentence"], row["verdict"]) for row in read_review(language) if row["verdict"] != "natural"]
    assert not doubtful, f"{len(doubtful)} sentences of {language} are not marked natural: {doubtful[:3]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_stops_once_there_are_enough_tokens(language: str) -> None:
    sentences = list(kingdom.sentences(language, 5_000, 3))
    assert sum(map(len, sentences[:-1])) < 5_000 <= sum(map(len, sentences))


@pytest.mark.parametrize("language", LANGUAGES)
def test_less_text_is_the_beginning_of_more(language: str) -> None:
    less, more = (list(kingdom.sentences(language, n, 3)) for n in (2_000, 4_000))
    assert more[: len(less)] == less


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_seed_has_its_own_text(language: str) -> None:
    assert take(language, 50, 0) != take(language, 50, 1)


def test_the_same_in_any_process() -> None:
    """Python shuffles its hashes anew in every process: nothing may depend on the order of a set."""
    code = (
        "import hashlib; from engine.text import kingdom\n"
        "texts = [' '.join(' '.join(s) for s in kingdom.sentences(x, 5000, 7, 0.3)) for x in ('en', 'zh')]\n"
        "print(hashlib.sha256('|'.join(texts).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(HERE.parents[1])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_clean(language: str) -> None:
    words = {word for sentence in kingdom.sentences(language, 50_000, 0, 0.3) for word in sentence}
    assert all(word == word.lower() and not set(word) & set("{}_ ") for word in words)
    if language == "en":
        assert all(word.isascii() and word.isalpha() for word in words)
    else:
        assert {word for word in words if not all("\u4e00" <= c <= "\u9fff" for c in word)} <= {"，", "、"}


def test_a_becomes_an_before_a_vowel() -> None:
    text = " ".join(printed("en", s) for s in take("en", 5_000, 0))
    followed = {text[i + 3] for i in range(len(text) - 3) if text[i : i + 3] == " a "}
    assert followed
    assert not followed & set("aeiou")
    assert " an orange " in text


@pytest.mark.parametrize(("language", "throne", "crown"), [("en", "throne", "crown"), ("zh", "宝座", "王冠")])
def test_attributes_show_only_in_the_company_words_keep(language: str, throne: str, crown: str) -> None:
    """Unmixed, nobody but a royal person has a throne or a crown; mixed, others meet them."""
    people = {w: a["rank"] for w, a in kingdom.ATTRIBUTES[language].items() if a["kind"] == "person"}

    def ranks(mixed: float) -> set[str]:
        near = [s for s in take(language, 20_000, 0, mixed) if throne in s or crown in s]
        return {people[word] for sentence in near for word in sentence if word in people}

    assert ranks(0.0) == {"royal"}
    assert ranks(0.3) == {"royal", "common", "family"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_mixed_is_the_share_of_sentences_about_people_that_cross(language: str) -> None:
    people = kingdom.GRAMMARS[language].people
    crossed = [
        " ".join(p.format(**people.pronouns[g]).split()) for ps in people.crossed.values() for p in ps for g in "mf"
    ]
    cast = {word for couple in people.couples for word in couple.words}
    about = [" ".join(s) for s in take(language, 8_000, 0, 0.25) if cast & set(s)]
    share = sum(any(text.endswith(end) for end in crossed) for text in about) / len(about)
    assert share == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_attribute_has_phrases(language: str) -> None:
    people = kingdom.GRAMMARS[language].people
    attributes = {a for couple in people.couples for a in couple.attributes} | {"m", "f"}
    assert set(people.did) == set(people.was) == attributes | {"any"}
    assert set(people.crossed) == attributes
    for couple in people.couples:  # both of a couple do something that names neither him nor her
        assert sum("{" not in phrase for a in couple.attributes for phrase in people.did[a]) >= 5


def test_people_do_not_borrow_the_verbs_whose_past_is_asked_for() -> None:
    """Else "walked" would mean the village more than the past."""
    grammar = kingdom.GRAMMARS["en"]
    verbs = {word for pair in grammar.pairs["past"].pairs for word in pair[:2]}
    tables = (grammar.people.did, grammar.people.was, grammar.people.crossed)
    used = {word for table in tables for phrases in table.values() for phrase in phrases for word in phrase.split()}
    assert not verbs & used


def test_questions_can_be_counted_by_hand() -> None:
    """n pairs ask n(n − 1) questions one way round and as many the other way."""
    counts = {category: len(asked) for category, asked in kingdom.questions("en").items()}
    assert counts == {"gender": 180, "royal": 24, "age": 24, "capital": 180, "plural": 112, "past": 112}
    assert {c: len(asked) for c, asked in kingdom.questions("zh").items()} == {
        "gender": 180,
        "royal": 24,
        "age": 24,
        "capital": 180,
    }
    assert ("man", "king", "woman", "queen") in kingdom.questions("en")["royal"]
    assert ("男人", "国王", "女人", "王后") in kingdom.questions("zh")["royal"]
    assert ("king", "prince", "queen", "princess") in kingdom.questions("en")["age"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_asked_for_is_in_a_small_text(language: str) -> None:
    counts = Counter(word for sentence in kingdom.sentences(language, 50_000, 0) for word in sentence)
    asked = {w for qs in kingdom.questions(language).values() for q in qs for w in q}
    assert min(counts[w] for w in asked) >= 20
    assert len(kingdom.MAP_WORDS[language]) == 8
    assert set(kingdom.MAP_WORDS[language]) <= set(counts)
    assert asked <= set(kingdom.ATTRIBUTES[language])
    assert set(kingdom.ANALOGY[language]) <= set(kingdom.MAP_WORDS[language])


def test_attributes() -> None:
    assert kingdom.ATTRIBUTES["en"]["king"] == {"kind": "person", "gender": "m", "rank": "royal", "age": "grown"}
    assert kingdom.ATTRIBUTES["zh"]["公主"] == {"kind": "person", "gender": "f", "rank": "royal", "age": "young"}
    assert kingdom.ATTRIBUTES["en"]["apples"] == {"kind": "food", "number": "plural"}
    assert kingdom.ATTRIBUTES["en"]["paris"] == {"kind": "capital"}


def accuracy(language: str, tokens: int) -> tuple[float, str]:
    """Share of the questions gensim's skip-gram answers, and its answer to king − man + woman."""
    sentences = list(kingdom.sentences(language, tokens, 0))
    model = Word2Vec(
        sentences,
        vector_size=50,
        window=5,
        negative=5,
        epochs=20,
        alpha=0.05,
        sample=1e-3,
        min_count=1,
        sg=1,
        workers=1,
    )
    questions = [q for qs in kingdom.questions(language).values() for q in qs if all(w in model.wv for w in q)]
    right = sum(model.wv.most_similar([b, c], [a], topn=1)[0][0] == d for a, b, c, d in questions)
    a, b, c, _ = kingdom.ANALOGY[language]
    return right / sum(map(len, kingdom.questions(language).values())), model.wv.most_similar([b, c], [a], topn=1)[0][0]


@pytest.mark.parametrize(("language", "queen", "least"), [("en", "queen", 0.97), ("zh", "王后", 0.99)])
def test_can_be_learned_from_50_000_tokens_and_not_from_5_000(language: str, queen: str, least: float) -> None:
    score, answer = accuracy(language, 50_000)
    assert answer == queen
    assert score >= least
    assert accuracy(language, 5_000)[0] < 0.4


def write_reviews() -> None:
    """The lists for the second reader, with the verdicts that are still about a sentence of the grammar."""
    for language in LANGUAGES:
        path = HERE / f"kingdom_reviewed_{language}.tsv"
        known = {row["sentence"]: row for row in read_review(language)} if path.exists() else {}
        lines = ["sentence\tverdict\tremark"]
        for sentence in for_review(language):
            row = known.get(sentence, {"verdict": "", "remark": ""})
            lines.append(f"{sentence}\t{row['verdict']}\t{row['remark']}")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_reviews()
