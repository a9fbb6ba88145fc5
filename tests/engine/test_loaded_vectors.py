"""Vectors from a file: asked as trained ones are, the file needed once."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine import __main__ as command
from engine.experiments import LoadedVectors, Word2Vec
from engine.mistake import Mistake
from engine.models import loaded_vectors, word2vec
from engine.models.vector_trace import trace_analogy
from engine.runner import Runner
from engine.text import vector_files
from tests.engine.test_runner import WAIT, finished, kill, workers

FILE = "".join(f"w{n} {n} 1\n" for n in range(500)).encode()
FEATURES = [[-1, 0.01, 0.03, 0.09], [1, 0.02, 0.02, 0.01], [-0.95, 0.93, 0.7, 0.02], [0.97, 0.95, 0.69, 0.01]]


def loaded(data: bytes, **fields: int) -> loaded_vectors.Model:
    return loaded_vectors.build(LoadedVectors(corpus=vector_files.name(data), **fields), data)


def test_the_sample_is_the_table_by_hand() -> None:
    model = loaded_vectors.build(LoadedVectors())
    assert model.vectors.words == ("man", "woman", "king", "queen", "apple", "orange")
    np.testing.assert_allclose(model.vectors.table[:4], FEATURES, atol=1e-6)
    answers = loaded_vectors.QUESTIONS["analogy"](model, words=("man", "king", "woman"))["answers"]
    assert answers[0]["word"] == "queen"
    (snapshot,) = loaded_vectors.train(model)
    assert snapshot.metrics["words"] == 6
    assert snapshot.metrics["analogy_royal"] == 1  # man : king as woman : queen, and the other way


def test_our_own_vectors_come_back_as_they_went() -> None:
    trained = word2vec.build(Word2Vec(tokens=5_000, epochs=2))
    for _ in word2vec.train(trained):
        pass
    text = word2vec.QUESTIONS["export"](trained)["text"]
    model = loaded(text.encode())
    assert list(model.vectors.words) == list(trained.vocabulary.words)
    np.testing.assert_allclose(model.vectors.table, trained.W, rtol=1e-5)
    for question, given in {"neighbours": {"word": "king"}, "accuracy": {}, "spread": {}}.items():
        ours, theirs = (m.QUESTIONS[question](x, **given) for m, x in ((loaded_vectors, model), (word2vec, trained)))
        if question == "neighbours":
            assert [x["word"] for x in ours["answers"]] == [x["word"] for x in theirs["answers"]]
        else:
            assert ours == pytest.approx(theirs, rel=1e-3)


def test_only_the_first_words_are_kept_and_twins_are_told() -> None:
    lines = [f"w{n} {n} {n + 1}" for n in range(300)]
    model = loaded("\n".join(["w1 9 9", "w2 8 8", *lines]).encode(), most=100)
    facts = loaded_vectors.facts(model)
    assert facts["vocabulary_size"] == 100
    assert (facts["twice"], facts["twice_count"]) == (["w1", "w2"], 2)
    assert model.vectors.table[model.vectors.row("w1")].tolist() == [9, 9]


def test_without_its_file_it_says_so() -> None:
    data = b"king 1 2\nqueen 2 1\n"
    spec = LoadedVectors(corpus=vector_files.name(data))
    for given in (None, data + b"man 1 1\n"):
        with pytest.raises(Mistake) as caught:
            loaded_vectors.build(spec, given)
        assert caught.value.code == "vectors_missing"


def test_words_that_are_not_there() -> None:
    model = loaded_vectors.build(LoadedVectors())
    for word, code in (("qeen", "word_unloaded"), ("zzz", "word_unloaded_unlike")):
        with pytest.raises(Mistake) as caught:
            loaded_vectors.QUESTIONS["neighbours"](model, word=word)
        assert caught.value.code == code


def test_the_trace_of_an_analogy_is_its_arithmetic() -> None:
    model = loaded_vectors.build(LoadedVectors())
    trace = {step.id: step for step in trace_analogy(model.vectors, ("man", "king", "woman"))}
    assert list(trace) == ["vectors", "length", "difference", "point", "cosine", "order"]
    units = np.array(FEATURES) / np.linalg.norm(FEATURES, axis=1, keepdims=True)
    man, woman, king, queen = units
    np.testing.assert_allclose(trace["length"].outputs["u"], [man, king, woman], atol=1e-6)
    np.testing.assert_allclose(trace["difference"].outputs["d"][0], king - man, atol=1e-6)
    x = woman + king - man
    np.testing.assert_allclose(trace["point"].outputs["x"][0], x, atol=1e-6)
    answers = loaded_vectors.QUESTIONS["analogy"](model, words=("man", "king", "woman"))["answers"]
    assert (trace["order"].labels or {})["answer"] == tuple(answer["word"] for answer in answers)
    scores = [answer["score"] for answer in answers]
    np.testing.assert_allclose(trace["order"].outputs["answer"], scores, atol=1e-6)
    assert scores[0] == pytest.approx(float(queen @ x / np.linalg.norm(x)), abs=1e-6)


class TestOnWorkers:
    @pytest.fixture(scope="class")
    @classmethod
    def runner(cls) -> Iterator[Runner]:
        with workers(carried=10_000) as runner:
            yield runner

    def test_the_server_lets_go_of_a_file_that_is_read(self, runner: Runner) -> None:
        run = runner.submit(LoadedVectors(corpus=vector_files.name(FILE)), FILE)
        assert run.carries() == len(FILE)
        assert finished(run).carries() == 0
        assert run.ask("neighbours", word="w7", n=1)["answers"][0]["word"] in ("w6", "w8")

    def test_when_its_worker_is_lost_the_file_is_asked_for_again(self, runner: Runner) -> None:
        run = finished(runner.submit(LoadedVectors(corpus=vector_files.name(FILE)), FILE))
        for process in runner.client.run(os.getpid).values():
            kill(process)
        with pytest.raises(Mistake) as caught:
            run.ask("neighbours", timeout=WAIT, word="w7")
        assert caught.value.code == "vectors_missing"
        again = finished(runner.submit(LoadedVectors(corpus=vector_files.name(FILE)), FILE))
        assert len(again.ask("neighbours", word="w7")["answers"]) == 10

    def test_too_many_files_at_once_wait(self, runner: Runner) -> None:
        large = FILE * 3
        with pytest.raises(Mistake) as caught:
            runner.submit(LoadedVectors(corpus=vector_files.name(large)), large)
        assert caught.value.code == "vectors_busy"
        broken = runner.submit(LoadedVectors(corpus=vector_files.name(b"king 1\n")), b"king 1\n")
        assert broken.wait("failed", timeout=WAIT) == "failed"
        assert broken.mistake
        assert broken.mistake.code == "vectors_few"
        assert broken.carries() == 0


def test_the_command_line_reads_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file.bin").write_bytes(b"2 2\nking " + np.float32([1, 2]).tobytes() + b"queen " + bytes(8))
    asked = ["ask", "vectors", "neighbours", "--corpus", str(tmp_path / "file.bin"), "--words", "king", "--json"]
    assert command.main(asked) == 0
    assert '"queen"' in capsys.readouterr().out
    (tmp_path / "file.bin").write_bytes(b"king 1 2\nqueen 1\n")
    assert command.main(asked) == 2
    assert "Line 2 has 1 numbers" in capsys.readouterr().err
