"""The engine's own source on a page, read as text: what is shown is what ran, and nothing is imported to show it."""

import ast
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

import engine
from engine.experiments import OWN, Experiment

ENGINE = Path(engine.__file__).parent
MODELS = ENGINE / "models"
WHOLE = 24  # lines: a function this short is shown whole around a marked line
AROUND = 7  # lines before and after the mark in a longer one

LABELS = ("code.lines", "code.whole", "code.command.help", "code.command.own")


@dataclass(frozen=True)
class Excerpt:
    """Some lines of a source file, without their common indent.

    `first` is the number of the first line in the file, counted from 1; `marked` the numbers of the lines meant.
    """

    path: str
    first: int
    lines: tuple[str, ...]
    marked: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@cache
def function(file: str, name: str) -> Excerpt:
    """A function or class of `file` in engine/models, decorators included. Raises LookupError if it is not there."""
    for node in _definitions(file):
        if node.name == name:
            return _excerpt(file, _start(node), node.end_lineno or node.lineno)
    raise LookupError(f"{file} has no function {name}")


@cache
def marked(source: str) -> Excerpt:
    """The code around "word2vec.py#error": the lines of engine/models/word2vec.py marked `# step: error`.

    The function that holds them is shown whole, or, where it is long, a few lines around the marks.
    Raises LookupError if no line carries the mark.
    """
    file, _, step = source.partition("#")
    lines = _text(file).splitlines()
    marks = tuple(n for n, line in enumerate(lines, 1) if line.rstrip().endswith(f"# step: {step}"))
    if not marks:
        raise LookupError(f"{file} has no line marked # step: {step}")
    first, last = 1, len(lines)
    for node in _definitions(file):  # outer ones come first, so the innermost wins
        end = node.end_lineno or node.lineno
        if _start(node) <= marks[0] and marks[-1] <= end:
            first, last = _start(node), end
    if last - first >= WHOLE:
        first, last = max(first, marks[0] - AROUND), min(last, marks[-1] + AROUND)
    return _excerpt(file, first, last, marks)


def command(spec: Experiment) -> str:
    """What to type to run `spec` without the browser. An own text is a file that the learner names."""
    given = spec.changed()
    words = ["python", "-m", "engine", "run", spec.name]
    if corpus := given.pop("corpus", None):
        words += ["--corpus", "my-text.txt" if str(corpus).startswith(OWN) else str(corpus)]
    for name in ("language", "seed"):
        if name in given:
            words += [f"--{name}", str(given.pop(name))]
    if given:
        words += ["--set", *(f"{name}={value}" for name, value in given.items())]
    return shlex.join([*words, "--json"])


def code(spec: Experiment, functions: Sequence[str], *, texts: Mapping[str, str], file: str | None = None) -> None:
    """The source that ran, function by function, then the whole file, whose head names the paper."""
    file = file or f"{spec.model.rpartition('.')[2]}.py"
    for name in functions:
        part = function(file, name)
        last = part.first + len(part.lines) - 1
        st.caption(texts["code.lines"].format(file=part.path, first=part.first, last=last))
        st.code(part.text, language="python")
    _whole(file, texts["code.whole"].format(file=f"engine/models/{file}"))


@st.fragment
def _whole(file: str, label: str) -> None:
    """A whole file, once it is unfolded: its coloured words are more parts than all the rest of a page together."""
    with st.expander(label, icon=":material/description:", key=f"code.whole.{file}", on_change="rerun") as folder:
        if folder.open:
            st.code(_text(file), language="python", line_numbers=True)


def without_browser(spec: Experiment, *, texts: Mapping[str, str]) -> None:
    """The very command that runs `spec` in a terminal, ready to copy."""
    st.caption(texts["code.command.help"])
    st.code(command(spec), language="bash", wrap_lines=True)
    if str(spec.values().get("corpus", "")).startswith(OWN):
        st.caption(texts["code.command.own"])


Definition = ast.FunctionDef | ast.ClassDef
TRIES = 20


@cache
def _text(file: str) -> str:
    if "/" in file or "\\" in file:
        raise LookupError(f"{file} is not the name of a file in engine/models")
    return (MODELS / file).read_text(encoding="utf-8")


@cache
def _definitions(file: str) -> tuple[Definition, ...]:
    return tuple(node for node in ast.walk(_parsed(_text(file))) if isinstance(node, Definition))


def _parsed(text: str) -> ast.Module:
    """The syntax tree of a program, asked for again if another page was at it: Python 3.11 counts the depth of trees
    for all threads together, and takes two at once for an error (gh-106905).
    """
    for _ in range(TRIES):
        try:
            return ast.parse(text)
        except SystemError:
            time.sleep(0.01)
    return ast.parse(text)


def _start(node: Definition) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def _excerpt(file: str, first: int, last: int, marks: tuple[int, ...] = ()) -> Excerpt:
    lines = _text(file).splitlines()[first - 1 : last]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return Excerpt(f"engine/models/{file}", first, tuple(line[indent:] for line in lines), marks)
