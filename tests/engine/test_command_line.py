"""The engine without a browser: what it prints, and what it says when it cannot."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine import __main__ as command
from engine.experiments import EXPERIMENTS, NGram, Word2Vec
from engine.models import word2vec

ROOT = Path(__file__).parents[2]
SMALL = ["--set", "tokens=2000", "epochs=2", "dim=10"]
STORY = "The king sleeps and the queen reads. The old man eats an apple in Paris. " * 20


def python(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "engine", *words], cwd=ROOT, capture_output=True, text=True, timeout=300
    )


@pytest.fixture
def engine(capsys):
    """Runs a command in this process: exit code, lines printed, what stderr got."""

    def run(*words: str) -> tuple[int, list[str], str]:
        try:
            code = command.main(words)
        except SystemExit as end:  # argparse's own way out
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    return run


def objects(lines: list[str]) -> list[dict]:
    return [json.loads(line) for line in lines]


def test_list_names_every_experiment_and_setting(engine):
    code, lines, _ = engine("list")
    assert code == 0
    for name, kind in EXPERIMENTS.items():
        assert any(line.startswith(f"{name}: ") for line in lines)
        assert all(any(line.startswith(f"  {dial}=") for line in lines) for dial in kind.dials())
    listed = objects(engine("list", "--json")[1])
    assert {each["name"]: {s["name"]: s["default"] for s in each["settings"]} for each in listed} == {
        name: kind().values() for name, kind in EXPERIMENTS.items()
    }


def test_run_prints_a_json_object_for_every_snapshot(engine):
    code, lines, problems = engine("run", "word2vec", "--seed", "3", *SMALL, "--json")
    spec = Word2Vec(tokens=2000, epochs=2, dim=10, seed=3)
    snapshots = list(word2vec.train(word2vec.build(spec)))
    assert (code, problems) == (0, "")
    printed = objects(lines)
    assert [each["step"] for each in printed] == [s.step for s in snapshots]
    assert [each["metrics"]["loss"] for each in printed] == [s.metrics["loss"] for s in snapshots]
    assert [each.pop("done", None) for each in printed] == [None] * (len(printed) - 1) + [True]
    assert all(set(each) == {"step", "total", "seconds", "metrics"} for each in printed)
    assert all(each["total"] == printed[-1]["step"] for each in printed)


def test_run_prints_lines_for_a_reader(engine):
    code, lines, _ = engine("run", "word2vec", *SMALL)
    assert code == 0
    assert lines[0].startswith("step 0 of ")
    assert "loss" in lines[0]
    assert lines[-1].startswith("done: ")
    assert len(lines) < 30


def test_ask_finds_the_queen(engine):
    code, lines, problems = engine("ask", "word2vec", "analogy", "--words", "man", "king", "woman", "--json")
    assert (code, problems, len(lines)) == (0, "", 1)
    answer = json.loads(lines[0])
    assert answer["answers"][0]["word"] == "queen"
    assert answer["excluded"] == ["man", "king", "woman"]
    scores = [each["score"] for each in answer["answers"]]
    assert scores == sorted(scores, reverse=True)


def test_ask_in_chinese(engine):
    options = ["--language", "zh", "--words", "男人", "国王", "女人", "--json"]
    (line,) = engine("ask", "word2vec", "analogy", *options)[1]
    assert json.loads(line)["answers"][0]["word"] == "王后"
    assert "王后" in line  # as a reader of Chinese wants it, not as \u738b


def test_ask_takes_one_word_and_other_details(engine):
    asked = ["ask", "word2vec", "neighbours", "--words", "king", *SMALL]
    (answer,) = objects(engine(*asked, "--given", "n=3", "--json")[1])
    assert len(answer["answers"]) == 3
    shown = engine(*asked, "--given", "n=3")[1]
    assert [line.split()[-1] for line in shown[:3]] == [each["word"] for each in answer["answers"]]
    assert shown[3] == "left out: king"
    words = ["--words", "man", "king", "woman", "--given", "exclude=false", "method=mul", "--json"]
    (free,) = objects(engine("ask", "word2vec", "analogy", *SMALL, *words)[1])
    assert free["excluded"] == []


def test_ask_prints_other_answers_too(engine):
    assert "{" in engine("ask", "word2vec", "accuracy", *SMALL)[1][0]
    (trace,) = objects(engine("ask", "word2vec", "trace_update", *SMALL, "--json")[1])
    assert trace[0]["id"] == "window"
    assert all(set(step) >= {"id", "formula", "inputs", "outputs", "source"} for step in trace)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_corpus_may_be_a_file(engine, tmp_path, encoding):
    file = tmp_path / "story.txt"
    file.write_bytes(STORY.encode(encoding))
    options = ["--set", "epochs=1", "dim=5", "--words", "king", "--json"]
    code, lines, _ = engine("ask", "word2vec", "neighbours", "--corpus", str(file), *options)
    assert code == 0
    assert "queen" in [each["word"] for each in json.loads(lines[0])["answers"]]


WRONG = [
    (["run", "word2wec"], "word2wec"),
    (["run", "word2vec", "--set", "dims=3"], "dims"),
    (["run", "word2vec", "--set", "dim=many"], "many"),
    (["run", "word2vec", "--set", "dim=100000"], "from 2 to 300"),
    (["run", "word2vec", "--set", "dim"], "name=value"),
    (["run", "word2vec", "--seed", "-1"], "seed"),
    (["run", "word2vec", "--language", "tlh"], "en, zh"),
    (["run", "word2vec", "--corpus", "nowhere.txt"], "nowhere.txt"),
    (["run", "word2vec", "--corpus", "{folder}"], "cannot be read"),
    (["run", "word2vec", "--corpus", "{binary}"], "text"),
    (["run", "word2vec", "--corpus", "{empty}"], "text"),
    (["run", "softmax_cost", "--corpus", "kjv"], "corpus"),
    (["ask", "word2vec", "anagram"], "anagram"),
    (["ask", "word2vec", "analogy"], "words"),
    (["ask", "word2vec", "analogy", "--words", "a", "b", "c", "--given", "colour=red"], "colour"),
    (["ask", "word2vec", "neighbours", "--words", "quine", *SMALL], "quine"),
    (["ask", "word2vec", "analogy", "--words", "man", "king", "man", *SMALL], "man"),
    (["score", "word2vec", "--test", "nowhere.txt"], "scored"),
    (["score", "ngram", "--test", "nowhere.txt"], "nowhere.txt"),
    (["score", "ngram", "--train", "nowhere.txt", "--test", "{binary}"], "text"),
    (["run", "ngram", "--set", "order=8"], "from 1 to 7"),
    (["ask", "ngram", "where", "--words", "quine", "--set", "tokens=2000"], "quine"),
    (["ask", "word2vec"], "question"),
    (["dance"], "dance"),
    ([], "command"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_input_is_told_in_one_line(engine, tmp_path, words, said):
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "empty").touch()
    places = {"folder": tmp_path, "binary": tmp_path / "binary", "empty": tmp_path / "empty"}
    code, lines, problem = engine(*(word.format(**places) for word in words))
    assert (code, lines) == (2, [])
    assert problem.endswith("\n")
    assert problem.count("\n") == 1
    assert said in problem


def test_wrong_input_is_told_in_the_language_asked_for(engine):
    assert "超出" in engine("run", "word2vec", "--language", "zh", "--set", "dim=0")[2]


def test_score_reads_a_sentence_a_line(engine, tmp_path):
    """3 sentences of 3 words and their ends, V = 7 with <unk>; add 1: (2 + 1)/(3 + 7) for cat after the, and so on."""
    train, test = tmp_path / "train.txt", tmp_path / "test.txt"
    train.write_text("the cat sat\nthe dog sat\nthe cat ran\n", encoding="utf-8")
    test.write_text("the cat flew\n", encoding="utf-8")
    files = ["score", "ngram", "--train", str(train), "--test", str(test)]
    code, (line,), problems = engine(*files, "--set", "order=2", "smoothing=add_k", "--json")
    assert (code, problems) == (0, "")
    answer = json.loads(line)
    # the | <s>: 4/10, cat | the: 3/10, <unk> | cat: 1/9, </s> | <unk>: 1/7
    assert answer["perplexity"] == pytest.approx((4 / 10 * 3 / 10 / 9 / 7) ** (-1 / 4))
    assert (answer["tokens"], answer["oov"]) == (4, 1)
    (line,) = engine(*files, "--set", "smoothing=maximum_likelihood", "--json")[1]
    assert json.loads(line)["perplexity"] is None
    test.write_text("the <s> cat\n", encoding="utf-8")
    assert "Line 1" in engine(*files)[2]
    train.write_text("", encoding="utf-8")
    assert engine(*files)[0] == 2


def test_score_on_a_text_of_ours(engine, tmp_path):
    (tmp_path / "test.txt").write_text("the king put on his crown\n", encoding="utf-8")
    options = ["--corpus", "kingdom", "--test", str(tmp_path / "test.txt"), "--set", "tokens=2000", "--json"]
    (answer,) = objects(engine("score", "ngram", *options)[1])
    assert (answer["tokens"], answer["sentences"]) == (7, 1)


def test_run_of_ngrams_ends_with_the_perplexity_of_the_held_out_text(engine):
    code, lines, _ = engine("run", "ngram", "--corpus", "kingdom", "--set", "tokens=2000", "--json")
    assert code == 0
    last = objects(lines)[-1]
    assert last["done"] is True
    assert 1 < last["metrics"]["perplexity"] < 100


def test_as_a_program(tmp_path):
    done = python("run", "word2vec", *SMALL, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["done"] is True
    wrong = python("run", "word2vec", "--set", "dim=0")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)


def test_a_reader_may_stop_reading():
    words = [sys.executable, "-m", "engine", "run", "word2vec", *SMALL, "--json"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_warm_says_what_it_is_at(engine, monkeypatch):
    """Of one model: setting up, which each run of all tests begins with, warms them all."""
    monkeypatch.setattr(command, "EXPERIMENTS", {"ngram": NGram})
    monkeypatch.setattr(command, "PROJECTIONS", NGram.model)
    assert engine("warm") == (0, [f"warmed {NGram.model}"], "")


def test_score_by_a_neural_model(engine, tmp_path):
    """It has learnt that dogs sleep and cats sit; an unknown word counts as <unk>."""
    train, test = tmp_path / "train.txt", tmp_path / "test.txt"
    train.write_text("the cat sat\nthe dog slept\n" * 40, encoding="utf-8")
    files = ["score", "nnlm", "--train", str(train), "--test", str(test), "--set", "context=2", "batch=16", "--json"]
    told = []
    for line in ("the cat sat", "the cat slept", "the cat flew"):
        test.write_text(f"{line}\n", encoding="utf-8")
        code, (answer,), problems = engine(*files)
        assert (code, problems) == (0, "")
        told.append(json.loads(answer))
    right, wrong, unknown = told
    assert 1 < right["perplexity"] < 1.5 < wrong["perplexity"]
    assert (unknown["tokens"], unknown["oov"]) == (4, 1)
