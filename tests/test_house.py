"""The house rules: what holds for every file, so that no reader has to watch for it."""

import ast
import json
import math
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from engine import mistake
from engine.experiments import EXPERIMENTS
from lessons import content
from tests.bench.__main__ import table
from tests.bench.figures import FIGURES

ROOT = Path(__file__).parents[1]
SOURCE = {".py", ".js", ".css", ".md", ".yml", ".toml", ".txt", ""}
TEXT = SOURCE | {".svg", ".json", ".html"}


def tracked() -> list[str]:
    """Every file git knows of, or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    out = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in sorted(set(out.splitlines())) if (ROOT / name).is_file()]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def python(*folders: str) -> list[str]:
    return [name for name in tracked() if name.endswith(".py") and name.startswith(tuple(f"{f}/" for f in folders))]


def test_settings_ask_no_outside_host_and_send_no_statistics():
    config = tomllib.loads(read(".streamlit/config.toml"))
    assert config["browser"]["gatherUsageStats"] is False
    # Without it a headless server asks an outside host for its own address.
    assert config["browser"]["serverAddress"]
    # Streamlit's error box would offer links that carry the message to search engines.
    assert config["client"]["showErrorLinks"] is False


def test_a_line_that_is_only_a_value_is_not_written_on_the_page():
    assert tomllib.loads(read(".streamlit/config.toml"))["runner"]["magicEnabled"] is False


def test_no_registry_is_named():
    # Put together here, so that this file does not name them either.
    names = [f"{name}.{end}" for name in ("pypi", "npmjs", "pythonhosted", "anaconda") for end in ("org", "com")]
    names += [f"download.{'pytorch'}.org", f"deb.{'debian'}.org"]
    found = [f for f in tracked() if Path(f).suffix in TEXT for name in names if name in read(f)]
    assert not found


def test_assets_load_nothing_from_outside():
    named = re.compile(r"https?://(?!www\.w3\.org/|localhost|127\.0\.0\.1)[^\s\"'`)]+|@import\s+url")
    sources = [name for name in tracked() if name.startswith(("assets/", "pages/")) and Path(name).suffix in TEXT]
    assert not {name: found for name in sources if (found := named.findall(read(name)))}


def test_lessons_show_no_outside_picture():
    lessons = [name for name in tracked() if name.startswith("lessons/") and name.endswith(".md")]
    assert lessons
    assert not [name for name in lessons if re.search(r"!\[[^\]]*\]\(\s*(https?:)?//|<img", read(name))]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_dial_has_limits_and_its_default_is_inside(name):
    for field, dial in EXPERIMENTS[name].dials().items():
        default = getattr(EXPERIMENTS[name](), field)
        if dial.read:
            assert dial.read(default) == default, field
            assert dial.read(dial.example), field
        elif dial.kind is str:
            assert default in dial.options, field
        else:
            assert math.isfinite(dial.low), field
            assert math.isfinite(dial.high), field
            assert dial.low <= default <= dial.high, field


@pytest.mark.parametrize("language", content.languages())
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_dial_is_explained_in_every_language(name, language):
    lessons = {Path(path).parent.name for path in tracked() if path.startswith("lessons/") and path.endswith(".md")}
    labels = [key for slug in lessons for key in content.load(slug, language).labels]
    wanted = {f"dial.{field}{part}" for field in EXPERIMENTS[name].dials() for part in ("", ".help")}
    assert not wanted - set(labels)


def test_model_files_open_with_the_paper_and_what_differs():
    models = [name for name in python("engine/models") if not name.endswith("__init__.py")]
    assert models
    for name in models:
        head = ast.get_docstring(ast.parse(read(name))) or ""
        assert re.search(r"\b(19|20)\d\d\b", head), f"{name}: the head names no paper with its year"
        assert "differs" in head.lower(), f"{name}: the head does not say what differs here"


def test_functions_of_the_engine_are_short():
    lengths = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.body[0].lineno + 1 - _docstring_lines(node)
        for name in python("engine")
        for node in ast.walk(ast.parse(read(name)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    long = {name: length for name, length in lengths.items() if length > 40}
    assert len(long) <= len(lengths) / 50, long
    assert sorted(lengths.values())[len(lengths) // 2] <= 12


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is None or first.end_lineno is None:
        return 0
    return first.end_lineno - first.lineno + 1


def test_every_mistake_has_its_sentence_in_every_language():
    english, chinese = mistake.sentences("en"), mistake.sentences("zh")
    assert set(english) == set(chinese)
    holes = re.compile(r"{(\w+)}")
    for code, sentence in english.items():
        assert set(holes.findall(sentence)) == set(holes.findall(chinese[code])), code
    raised = {
        code for name in python("engine", "lessons", "pages") for code in re.findall(r'Mistake\(\s*"(\w+)"', read(name))
    }
    assert raised <= set(english)


def test_the_streamlit_process_loads_nothing_that_trains():
    script = (
        "import json, sys, importlib, pathlib, app\n"
        "for path in sorted(pathlib.Path('pages/ui').glob('*.py')):\n"
        "    importlib.import_module(f'pages.ui.{path.stem}')\n"
        "for path in sorted(pathlib.Path('lessons').rglob('*.py')):\n"
        "    importlib.import_module('.'.join(path.with_suffix('').parts))\n"
        "print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert {"streamlit", "engine", "lessons", "pages"} <= loaded
    assert not loaded & {"torch", "numba", "umap", "jieba"}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_says_why(name):
    lines = [line for line in read(name).splitlines() if line and not line.startswith(("#", "-r "))]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[\w.\[\]-]+==\S+ +# \S.{10,}", line), line


def test_torch_is_the_one_agreed_on():
    assert "torch==2.13.0 " in read("requirements.txt")


def test_ci_runs_the_tests_and_nothing_else():
    lines = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test"]


def test_readme_has_a_row_for_every_figure():
    assert not set(FIGURES) - set(table(read("README.md")))


def _tree() -> set[str]:
    """The paths of README's tree; a folder without lines below stands for all that is in it."""
    block = re.search(r"```tree\n(.*?)```", read("README.md"), re.DOTALL)
    assert block, "README.md has no tree"
    paths, above = set(), [""]
    for line in block[1].splitlines():
        entry = re.match(r"( *)(\S+)", line)
        if entry is None:
            continue
        depth, name = len(entry[1]) // 2, entry[2]
        above[depth + 1 :] = [above[depth] + name]
        paths.add(above[depth] + name)
    return paths


def test_readme_tree_shows_every_file():
    tree = _tree()
    closed = {path for path in tree if path.endswith("/") and not any(p != path and p.startswith(path) for p in tree)}
    files = [name for name in tracked() if Path(name).suffix in SOURCE and not name.endswith("__init__.py")]
    assert not [name for name in files if name not in tree and not name.startswith(tuple(closed))]
    assert not [path for path in tree if not (ROOT / path).exists()]
