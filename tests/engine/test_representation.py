"""Counted words: arithmetic one can redo, the same as scikit-learn's vectorizers, and a learner's own documents."""

import math
import time

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from engine.__main__ import main
from engine.experiments import Representation
from engine.mistake import Mistake
from engine.models import representation
from engine.models.representation import Matrix, build, train
from engine.text import documents, own

# Three documents whose numbers fit in a head: n = 3, df(a) = 3, df(b) = 2, df(c) = 1.
SMALL = "a b b\na b\na c"


def read(text: str | None = None, steps: int | None = None, **fields: object) -> Matrix:
    """The matrix of a text (or of one of ours), read to its end or for some documents."""
    given = {"corpus": own.name(text), **fields} if text else fields
    model = build(Representation.parse(given), text)
    for snapshot in train(model):
        if snapshot.step == steps:
            break
    return model


def row(model: Matrix, document: int) -> dict[str, float]:
    """The numbers of a document that are not 0."""
    return {answer["word"]: answer["score"] for answer in representation.top(model, document, n=1_000)["answers"]}


class TestArithmetic:
    def test_one_hot_is_there_or_not(self):
        assert row(read(SMALL, weighting="one_hot"), 1) == {"a": 1, "b": 1}

    def test_counts_are_counts(self):
        assert row(read(SMALL, weighting="counts"), 1) == {"a": 1, "b": 2}

    def test_idf_is_that_of_the_page(self):
        idf = representation.inverse_document_frequency(np.array([3, 2, 1]), 3)
        # ln(4/4) + 1 = 1; ln(4/3) + 1 = 1.2877; ln(4/2) + 1 = 1.6931
        assert idf == pytest.approx([1, 1.2877, 1.6931], abs=1e-4)

    def test_tfidf_by_hand(self):
        # a: 1 · 1 = 1, b: 2 · 1.2877 = 2.5754; the length is √(1 + 6.6326) = 2.7627; 1 / 2.7627 = 0.3620
        found = row(read(SMALL), 1)
        assert found == pytest.approx({"b": 0.9322, "a": 0.3620}, abs=1e-4)
        assert sum(value**2 for value in found.values()) == pytest.approx(1)

    def test_l1_divides_by_the_sum_and_none_by_nothing(self):
        assert row(read(SMALL, norm="none"), 1) == pytest.approx({"b": 2.5754, "a": 1}, abs=1e-4)
        assert row(read(SMALL, norm="l1"), 1) == pytest.approx({"b": 2.5754 / 3.5754, "a": 1 / 3.5754}, abs=1e-4)

    def test_dampened_counts(self):
        # (1 + ln 2) · 1.2877 = 2.1802
        assert row(read(SMALL, norm="none", sublinear="yes"), 1)["b"] == pytest.approx(2.1802, abs=1e-4)

    def test_df_and_idf_change_as_documents_come_in(self):
        one, all_ = read(SMALL, steps=1), read(SMALL)
        views = [representation.words_view(model, None, ("a", "b", "c")) for model in (one, all_)]
        assert [view["df"].tolist() for view in views] == [[1, 1, 0], [3, 2, 1]]
        assert views[0]["idf"][:2] == pytest.approx([1, 1])  # ln(2/2) + 1
        assert views[0]["idf"][2] == 0  # not met yet
        assert views[1]["total"].tolist() == [3, 3, 1]

    def test_measures(self):
        *_, last = train(build(Representation.parse({"corpus": own.name(SMALL)}), SMALL))
        # 3 words × 3 documents, of which (a, b), (a, b), (a, c) are filled: 6 of 9; c alone is in one document only.
        assert last.metrics == pytest.approx({"vocabulary": 3, "words_read": 7, "empty": 3 / 9, "alone": 1 / 3})


class TestAgainstScikitLearn:
    @pytest.mark.parametrize("norm", ["l2", "l1", "none"])
    @pytest.mark.parametrize("sublinear", ["no", "yes"])
    @pytest.mark.parametrize("steps", [1, 7, 24])
    def test_the_matrix_is_a_fresh_vectorizers_at_every_moment(self, norm, sublinear, steps):
        model = read(corpus="kingdom", norm=norm, sublinear=sublinear, steps=steps, min_df=min(2, steps))
        theirs = TfidfVectorizer(
            analyzer=list,
            norm=None if norm == "none" else norm,
            sublinear_tf=sublinear == "yes",
            smooth_idf=True,
            min_df=min(2, steps),
        )
        expected = theirs.fit_transform([document.words for document in model.read]).toarray()
        columns = [model.vocabulary.index[word] for word in theirs.get_feature_names_out()]
        ours = representation.weighted(model).toarray()
        assert ours[:, columns] == pytest.approx(expected)
        assert ours.sum() == pytest.approx(expected.sum())  # nothing in any other column

    @pytest.mark.parametrize(("weighting", "binary"), [("one_hot", True), ("counts", False)])
    def test_bags_are_a_count_vectorizers(self, weighting, binary):
        model = read(weighting=weighting)
        words = list(model.vocabulary.words)
        theirs = CountVectorizer(analyzer=list, binary=binary, vocabulary=words)
        expected = theirs.transform([document.words for document in model.read]).toarray()
        assert np.array_equal(representation.weighted(model).toarray(), expected)

    @pytest.mark.parametrize("fields", [{}, {"norm": "l1"}, {"norm": "none", "sublinear": "yes"}, {"min_df": 2}])
    def test_the_last_output_of_the_trace_is_the_row(self, fields):
        model = read(corpus="kingdom", **fields)
        for document in (1, 9, 24):
            last = representation.trace_tfidf(model, document)[-1]
            expected = representation.weighted(model)[document - 1].toarray()[0]
            words = last.labels["unit"]
            places = [model.vocabulary.index[word] for word in words]
            assert last.outputs["unit"] == pytest.approx(expected[places])
            assert set(places) == set(np.flatnonzero(expected).tolist())


class TestSearch:
    def test_the_parts_add_up_to_the_cosine(self):
        model = read()
        found = representation.search(model, "the garden of the doctor")
        for answer in found["answers"]:
            assert sum(answer["parts"].values()) == pytest.approx(answer["score"])
        q = representation.weighted(model, None, model.vectorizer.transform([["the", "garden", "of", "the", "doctor"]]))
        x = representation.weighted(model)[found["answers"][0]["document"] - 1]
        cosine = (q @ x.T).toarray()[0, 0]  # both rows have the length 1
        assert found["answers"][0]["score"] == pytest.approx(cosine)

    @pytest.mark.parametrize(
        ("language", "query", "weighting", "first"),
        [
            ("en", "the garden of the doctor", "counts", 5),  # no garden in it, but four times "the"
            ("en", "the garden of the doctor", "tfidf", 8),
            ("zh", "公园的雨和男人的伞", "counts", 6),
            ("zh", "公园的雨和男人的伞", "tfidf", 8),
        ],
    )
    def test_common_words_win_without_idf(self, language, query, weighting, first):
        found = representation.search(read(language=language), query, weighting)
        assert found["answers"][0]["document"] == first

    def test_a_synonym_is_not_found(self):
        scores = {a["document"]: a["score"] for a in representation.search(read(), "doctor")["answers"]}
        assert scores[1] > 0
        assert scores[2] == 0  # the physician's

    def test_an_unseen_word_is_a_vector_of_zeros(self):
        found = representation.search(read(), "vehicle")
        assert found["unknown"] == ["vehicle"]
        assert found["weights"] == {}
        assert {answer["score"] for answer in found["answers"]} == {0.0}

    def test_a_document_of_one_word_comes_first(self):
        text = "\n".join([*documents.NOTES["en"], "bread"])
        first = representation.search(read(text), "bread")["answers"][0]
        assert (first["document"], first["score"]) == (9, pytest.approx(1))

    def test_the_ark_is_found_in_the_bible(self):
        found = representation.search(read(corpus="kjv", book="genesis"), "ark flood")
        assert {answer["document"] for answer in found["answers"][:3]} <= {6, 7, 8, 9}

    def test_before_anything_is_read_nothing_is_found(self):
        assert representation.search(build(Representation()), "doctor")["answers"] == []

    @pytest.mark.parametrize(
        ("query", "code"), [("", "line_empty"), ("?!", "line_empty"), ("x" * 201, "line_too_long")]
    )
    def test_a_query_that_cannot_be_used(self, query, code):
        with pytest.raises(Mistake) as caught:
            representation.search(read(), query)
        assert caught.value.code == code


class TestBagsAndWords:
    @pytest.mark.parametrize("seed", range(5))
    def test_a_shuffled_sentence_is_the_same_bag(self, seed):
        found = representation.shuffle(read(), "The dog bit the man", seed)
        assert sorted(found["shuffled"]) == ["bit", "dog", "man", "the", "the"]
        assert found["bag"] == {"bit": 1, "dog": 1, "man": 1, "the": 2}
        assert found["same"]

    def test_any_two_one_hot_vectors_are_the_root_of_two_apart(self):
        found = representation.distances(read(), ["doctor", "physician", "bread"])
        for a in range(3):
            for b in range(3):
                assert found["one_hot"][a][b] == pytest.approx(0 if a == b else math.sqrt(2))
                assert found["one_hot_cosines"][a][b] == pytest.approx(float(a == b))
        assert found["columns"][0][1] == 0  # they never meet
        assert found["columns"][0][2] > 0  # note 7 has both

    def test_a_word_that_is_not_there(self):
        model = read()
        for word, code in (("docter", "word_unknown"), ("zzz", "word_not_there")):
            with pytest.raises(Mistake) as caught:
                representation.distances(model, [word])
            assert caught.value.code == code

    def test_the_order_of_reading_changes_nothing_in_the_end(self):
        plain, mixed = read(corpus="kingdom"), read(corpus="kingdom", seed=4)
        assert [d.number for d in plain.read] != [d.number for d in mixed.read]
        for n, document in enumerate(mixed.read, 1):
            assert row(mixed, n) == pytest.approx(row(plain, document.number))


class TestDocuments:
    def test_the_learners_lines_are_documents_and_lines_without_words_are_none(self):
        model = read("The dog.\n\n!!!\n  A cat, a cat!  \n")
        assert [document.words for document in model.read] == [("the", "dog"), ("a", "cat", "a", "cat")]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "documents_none"),
            (" \n?!\n", "documents_none"),
            ("one line only", "documents_one"),
            ("line\n" * 201, "documents_too_many"),
            ("word " * 1_100_000, "text_too_large"),
            ("a\n" + "word " * 20_001, "document_too_long"),
        ],
    )
    def test_a_text_that_cannot_be_used(self, text, code):
        with pytest.raises(Mistake) as caught:
            own.check(text, "documents")
        assert caught.value.code == code

    def test_a_short_text_that_is_too_short_for_others_will_do(self):
        own.check(SMALL, "documents")
        with pytest.raises(Mistake, match="too few"):
            own.check(SMALL)

    def test_markup_is_data(self):
        text = "<b>bold</b> **stars** $x$\nnothing here"
        assert read(text).read[0].words == ("b", "bold", "b", "stars", "x")

    def test_a_run_without_its_text_says_so(self):
        with pytest.raises(Mistake) as caught:
            build(Representation(corpus=own.name(SMALL)))
        assert caught.value.code == "own_text_missing"

    def test_chapters_are_whole(self):
        model = read(corpus="kjv", book="genesis", chapters="1-3")
        assert [document.number for document in model.read] == [1, 2, 3]
        assert model.read[0].words[:4] == ("in", "the", "beginning", "god")
        assert model.read[2].words[-3:] == ("tree", "of", "life")

    def test_chapters_are_picked_one_by_one(self):
        usual = read(corpus="kjv")
        model = read(corpus="kjv", chapters="50, 7,1–2")
        assert len(usual.read) == 50
        assert model.spec.chapters == "1-2,7,50"
        assert [document.number for document in model.read] == [1, 2, 7, 50]
        assert [d.words for d in model.read] == [usual.read[n - 1].words for n in (1, 2, 7, 50)]

    def test_a_book_without_the_first_chapter_that_is_wanted(self):
        with pytest.raises(Mistake) as caught:
            read(corpus="kjv", book="matthew", chapters="1-3, 60")
        assert caught.value.code == "chapter_missing"
        assert caught.value.details == {"chapter": 60, "last": 28}

    def test_chinese_as_words_and_as_characters(self):
        words, characters = read(language="zh"), read(language="zh", segment="characters")
        assert documents.WHOLE in words.vocabulary.index
        assert documents.PART not in words.vocabulary.index
        assert all(len(word) == 1 for word in characters.vocabulary.words)
        assert representation.search(words, documents.PART)["answers"][0]["score"] == 0
        assert representation.search(characters, documents.PART)["answers"][0]["document"] == 8
        found = representation.segmentations(words, "男人的狗。")
        assert found == {"words": ["男人", "的", "狗"], "characters": ["男", "人", "的", "狗"]}

    def test_a_document_of_which_nothing_is_left(self):
        model = read("a b\na b\nc d", min_df=2)
        with pytest.raises(Mistake) as caught:
            representation.trace_tfidf(model, 3)
        assert caught.value.code == "document_empty"
        with pytest.raises(Mistake, match="out of range"):
            representation.trace_tfidf(model, 4)


class TestCommandLine:
    def test_run_and_ask(self, tmp_path, capsys):
        file = tmp_path / "notes.txt"
        file.write_text(SMALL, encoding="utf-8")
        assert main(["run", "representation", "--corpus", str(file), "--json"]) == 0
        assert '"vocabulary": 3.0' in capsys.readouterr().out.splitlines()[-1]
        assert main(["ask", "representation", "search", "--corpus", str(file), "--given", "query=c", "--json"]) == 0
        assert '"document": 3' in capsys.readouterr().out

    def test_a_text_of_one_line_gets_its_sentence(self, tmp_path, capsys):
        file = tmp_path / "line.txt"
        file.write_text("just one line", encoding="utf-8")
        assert main(["run", "representation", "--corpus", str(file)]) == 2
        assert "one single line" in capsys.readouterr().err


def test_nothing_takes_a_worker_longer_than_a_tenth_of_a_second():
    """The largest collection: 150 psalms. Its questions and views, each the fastest of three."""
    model = read(corpus="kjv", book="psalms", chapters="1-150")
    asked = [
        lambda: representation.search(model, "the lord is my shepherd"),
        lambda: representation.top(model, 119),
        lambda: representation.distances(model, ["lord", "shepherd"]),
        lambda: representation.trace_tfidf(model, 119),
        lambda: representation.matrix_view(model, None),
        lambda: representation.words_view(model, None),
        lambda: representation.latest_view(model, None),
        lambda: representation.facts(model),
    ]
    for n, ask in enumerate(asked):
        assert min(_seconds(ask) for _ in range(3)) < 0.1, n


def _seconds(ask) -> float:
    begin = time.thread_time()
    ask()
    return time.thread_time() - begin


def test_a_large_text_of_ones_own_is_read_in_small_pieces():
    """200 documents of 20,000 characters: no piece of reading takes a worker's time from the others for long."""
    rng = np.random.default_rng(0)
    text = "\n".join(" ".join(f"w{n}" for n in rng.zipf(1.3, 3_500) % 50_000) for _ in range(200))
    work = representation.preparing(Representation(corpus=own.name(text)), text)
    longest, begin = 0.0, time.thread_time()
    while True:
        try:
            next(work)
        except StopIteration as done:
            model = done.value
            break
        longest, begin = max(longest, time.thread_time() - begin), time.thread_time()
    assert longest < 0.1
    for _ in train(model):
        longest, begin = max(longest, time.thread_time() - begin), time.thread_time()
        representation.matrix_view(model, None)
        begin = time.thread_time()
    assert longest < 0.1
    assert _seconds(lambda: representation.facts(model)) < 0.1
