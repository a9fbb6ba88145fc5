"""The engine's source as pages show it, and the command that runs a spec without them."""

import ast
import shlex
import subprocess
import sys

import pytest

from engine.experiments import EXPERIMENTS, Word2Vec
from pages.ui import code


def test_a_marked_line_is_shown_within_its_function() -> None:
    found = code.marked("word2vec.py#dots")
    source = (code.MODELS / "word2vec.py").read_text(encoding="utf-8").splitlines()
    assert found.path == "engine/models/word2vec.py"
    for n in found.marked:
        assert source[n - 1].endswith("# step: dots")
        assert found.lines[n - found.first] == source[n - 1][len(source[n - 1]) - len(found.lines[n - found.first]) :]
    assert any(line.startswith("def ") for line in found.lines)


def test_a_long_function_is_shown_around_the_mark(tmp_path, monkeypatch) -> None:
    lines = ["def long():", *(f"    x{n} = {n}" for n in range(100)), "    y = 1  # step: here", *("    z = 2",) * 50]
    (tmp_path / "long.py").write_text("\n".join(lines))
    monkeypatch.setattr(code, "MODELS", tmp_path)
    found = code.marked("long.py#here")
    assert found.marked == (102,)
    assert (found.first, len(found.lines)) == (102 - code.AROUND, 2 * code.AROUND + 1)


def test_the_innermost_function_is_shown(tmp_path, monkeypatch) -> None:
    source = "def outer():\n    a = 1\n\n    def inner():\n        return a  # step: nested\n\n    return inner\n"
    (tmp_path / "nested.py").write_text(source)
    monkeypatch.setattr(code, "MODELS", tmp_path)
    found = code.marked("nested.py#nested")
    assert found.lines == ("def inner():", "    return a  # step: nested")
    assert found.first == 4


@pytest.mark.parametrize("source", ["word2vec.py#no_such_step", "word2vec.py"])
def test_a_mark_that_is_not_there_is_an_error(source: str) -> None:
    with pytest.raises(LookupError):
        code.marked(source)


def test_only_files_of_the_models_can_be_shown() -> None:
    with pytest.raises(LookupError):
        code.function("../runner.py", "Runner")


def test_a_whole_function_with_its_decorators() -> None:
    found = code.function("word2vec.py", "sigmoid")
    assert found.lines[0].startswith(("@", "def sigmoid"))
    assert any("def sigmoid" in line for line in found.lines)


def test_the_command_names_what_differs_from_the_defaults() -> None:
    assert code.command(Word2Vec()) == "python -m engine run word2vec --json"
    spec = Word2Vec.parse({"corpus": "kjv", "seed": 3, "dim": 10, "lr": 0.1})
    assert code.command(spec) == "python -m engine run word2vec --corpus kjv --seed 3 --set dim=10 lr=0.1 --json"
    assert "--corpus my-text.txt" in code.command(Word2Vec(corpus="own:0123456789abcdef"))


def test_the_command_is_one_the_engine_understands() -> None:
    spec = Word2Vec(tokens=400, epochs=1, dim=4, language="zh", seed=2)
    words = shlex.split(code.command(spec))
    done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, cwd=code.ENGINE.parent)
    assert done.returncode == 0, done.stderr
    assert '"done": true' in done.stdout.splitlines()[-1]


def test_every_experiment_has_a_command() -> None:
    for name, experiment in EXPERIMENTS.items():
        assert code.command(experiment()) == f"python -m engine run {name} --json"


def test_two_pages_that_read_code_at_once_do_not_disturb_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def disturbed(text: str) -> ast.Module:
        asked.append(text)
        if len(asked) < 3:
            raise SystemError("AST constructor recursion depth mismatch (before=78, after=50)")
        return ast.Module([], [])

    monkeypatch.setattr(code.ast, "parse", disturbed)
    code._definitions.cache_clear()
    assert code._definitions("word2vec.py") == ()
    code._definitions.cache_clear()
    assert len(asked) == 3
