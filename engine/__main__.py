"""The engine without a browser: `python -m engine list | run | ask | score | checkpoint | warm`.

All in this process, without a cluster, and with the numbers the pages show. Wrong input is told in one line, with exit
code 2.
"""

import argparse
import dataclasses
import inspect
import io
import json
import math
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from engine import checkpoints, worker
from engine.checkpoints import Checkpoint
from engine.experiments import EXPERIMENTS, Experiment, named
from engine.mistake import Mistake
from engine.run import PROJECTIONS
from engine.snapshot import Snapshot
from engine.text import own, vector_files

LINES = 20  # of progress for a reader; --json prints every snapshot


class Parser(argparse.ArgumentParser):
    """Tells what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message}; see {self.prog} --help\n")


def parser() -> Parser:
    """What can be asked for."""
    top = Parser(prog="python -m engine", description="Trains and asks the models of the lessons, without a browser.")
    commands = top.add_subparsers(dest="command", required=True, parser_class=Parser)
    listing = commands.add_parser("list", help="the experiments, and their settings")
    listing.add_argument("--json", action="store_true")
    _experiment(commands.add_parser("run", help="train, and print the snapshots"))
    ask = commands.add_parser("ask", help="train, then answer a question")
    _experiment(ask, "question")
    ask.add_argument("--words", nargs="+", default=[], help="the words of the question")
    ask.add_argument("--given", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="its other details")
    ask.add_argument("--beforehand", action="store_true", help="of its checkpoint: nothing is trained")
    score = commands.add_parser("score", help="train on one file, and score another")
    _experiment(score)
    score.add_argument("--train", metavar="FILE", dest="corpus", help="the same as --corpus")
    score.add_argument("--test", metavar="FILE", required=True)
    _experiment(commands.add_parser("checkpoint", help="train, and keep the model for pages to show at first"))
    commands.add_parser("warm", help="compile what the models need, so that nobody waits for it later")
    return top


def _experiment(command: argparse.ArgumentParser, *more: str) -> None:
    """The arguments that name an experiment and its settings."""
    for name in ("experiment", *more):
        command.add_argument(name)
    command.add_argument("--corpus", metavar="NAME|FILE", help="a text of ours, or a file of yours")
    command.add_argument("--language")
    command.add_argument("--seed")
    command.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="other settings")
    command.add_argument("--json", action="store_true", help="one JSON object a line")


def specified(arguments: argparse.Namespace) -> tuple[Experiment, str | bytes | None]:
    """The spec the arguments describe, and the text, or the file of vectors, if it is one of the learner's own."""
    kind, given = named(arguments.experiment), settings(arguments)
    corpora = kind.dials()["corpus"].options if "corpus" in kind.dials() else ()
    if not corpora or given.get("corpus", corpora[0]) in corpora:
        return kind.parse(given), None
    if not Path(given["corpus"]).exists():
        raise Mistake("no_such_text", name=given["corpus"], allowed=list(corpora))
    data = raw(given["corpus"])
    if kind.reads == "vectors":
        vector_files.check(data)
        return kind.parse({**given, "corpus": vector_files.name(data)}), data
    text = own.decode(data)
    own.check(text, kind.reads)
    return kind.parse({**given, "corpus": own.name(text)}), text


def settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings the arguments name."""
    given: dict[str, Any] = pairs(arguments.set)
    return given | {k: v for k in ("corpus", "language", "seed") if (v := getattr(arguments, k)) is not None}


def raw(file: str) -> bytes:
    """A learner's file. Raises Mistake("file_unreadable")."""
    try:
        return Path(file).read_bytes()
    except OSError as problem:
        raise Mistake("file_unreadable", name=file, reason=problem.strerror) from None


def pairs(given: Sequence[str]) -> dict[str, str]:
    """`name=value` words as a dict. Raises Mistake("not_a_pair")."""
    for each in given:
        if not each.partition("=")[1]:
            raise Mistake("not_a_pair", given=each)
    return {name: value for name, _, value in (each.partition("=") for each in given)}


def plain(value: Any) -> Any:
    """What JSON can hold of an answer: arrays as lists, steps of a trace as dicts, no NaN."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def show(value: Any) -> None:
    """One JSON object on a line of its own."""
    print(json.dumps(plain(value), ensure_ascii=False, allow_nan=False), flush=True)


def answer(arguments: argparse.Namespace, question: str, given: dict[str, Any]) -> Any:
    """Trains, then asks. A question that cannot be asked is told before the training."""
    spec, text = specified(arguments)
    module = worker.load(spec.model)
    asked = worker.questioned(module, question, given)
    beforehand = getattr(arguments, "beforehand", False)
    model, training = worker.started(spec, module, module.build(spec, text), beforehand)
    for _ in training:
        pass
    return asked(model)


def checkpoint(arguments: argparse.Namespace) -> None:
    """Trains, and writes the file that a page shows at first."""
    spec, text = specified(arguments)
    if text is not None:
        raise Mistake("no_such_text", name=arguments.corpus, allowed=list(spec.dials()["corpus"].options))
    module = worker.load(spec.model)
    model = module.build(spec)
    *_, last = module.train(model)
    size = checkpoints.save(Checkpoint(spec, last, module.weights(model)))
    told = {"file": str(checkpoints.path(spec)), "bytes": size, **_line(last)}
    if arguments.json:
        show(told)
    else:
        print(f"{told['file']}: {size:,} bytes", _sentence(last), sep="\n")


def run(arguments: argparse.Namespace) -> None:
    """Trains, and prints the snapshots as they come."""
    spec, text = specified(arguments)
    module = worker.load(spec.model)
    shown, moment = 0, None
    for moment, last in ending(module.train(module.build(spec, text))):
        if arguments.json:
            show(_line(moment) | ({"done": True} if last else {}))
        elif last or moment.step * LINES >= shown * moment.total:
            shown += 1
            print(_sentence(moment), flush=True)
    if not arguments.json and moment:
        print(f"done: {moment.step:,} steps in {moment.seconds:.2f} CPU-seconds", flush=True)


def ending(snapshots: Iterator[Snapshot]) -> Iterator[tuple[Snapshot, bool]]:
    """Each snapshot, and whether it is the last."""
    held = next(snapshots, None)
    while held is not None:
        following = next(snapshots, None)
        yield held, following is None
        held = following


def _line(moment: Snapshot) -> dict[str, Any]:
    return {"step": moment.step, "total": moment.total, "seconds": moment.seconds, "metrics": moment.metrics}


def _sentence(moment: Snapshot) -> str:
    metrics = "  ".join(f"{name} {value:.4g}" for name, value in moment.metrics.items())
    return f"step {moment.step:,} of {moment.total:,}  {moment.seconds:.2f} s  {metrics}"


def ask(arguments: argparse.Namespace) -> None:
    """Trains, then answers."""
    module = worker.load(named(arguments.experiment).model)
    given = {name: value_of(value) for name, value in pairs(arguments.given).items()}
    given |= worded(module, arguments.question, arguments.words)
    tell(answer(arguments, arguments.question, given), arguments.json)


def worded(module: ModuleType, question: str, words: Sequence[str]) -> dict[str, Any]:
    """The words as the question takes them: one `word`, or several `words`."""
    function = getattr(module, "QUESTIONS", {}).get(question)
    if not words or function is None:
        return {}
    if "word" in inspect.signature(function).parameters and len(words) == 1:
        return {"word": words[0]}
    return {"words": tuple(words)}


def value_of(text: str) -> Any:
    """A detail of a question: a number, true, false or null as JSON writes them, or else a word."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def tell(answer: Any, as_json: bool) -> None:
    """An answer as JSON, or for a reader: words with their scores one a line, anything else as indented JSON."""
    if as_json:
        show(answer)
    elif isinstance(answer, dict) and "answers" in answer:
        for each in answer["answers"]:
            print(f"{each.get('score', each.get('probability')):8.4f}  {each['word']}")
        if answer.get("excluded"):
            print("left out:", ", ".join(answer["excluded"]))
    else:
        print(json.dumps(plain(answer), ensure_ascii=False, indent=2))


def score(arguments: argparse.Namespace) -> None:
    """Trains on one file, and scores another, for experiments whose model can.

    A file is taken as it is: one sentence a line, its words between white space. A text of ours is read as by `run`.
    """
    kind = named(arguments.experiment)
    module = worker.load(kind.model)
    if "score" not in getattr(module, "QUESTIONS", {}):
        raise Mistake("cannot_score", name=arguments.experiment)
    given = {"text": literal(arguments.test), "lines": True}
    if arguments.corpus is None or arguments.corpus in kind.dials()["corpus"].options:
        tell(answer(arguments, "score", given), arguments.json)
        return
    if not Path(arguments.corpus).exists():
        raise Mistake("no_such_text", name=arguments.corpus, allowed=list(kind.dials()["corpus"].options))
    text = literal(arguments.corpus)
    asked = worker.questioned(module, "score", given)
    spec = kind.parse({**settings(arguments), "corpus": own.name(text)})
    tell(asked(module.fitted(spec, module.whole_lines(text))), arguments.json)


def literal(file: str) -> str:
    """A file of tokens, of any size. Raises Mistake("file_unreadable"), ("text_empty"), or what `own.decode` raises."""
    data = raw(file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = own.decode(data)
    if not text.strip():
        raise Mistake("text_empty")
    return text


def listed(arguments: argparse.Namespace) -> None:
    """The experiments and their dials."""
    for name, kind in EXPERIMENTS.items():
        about = " ".join((inspect.getdoc(kind) or "").split())
        defaults = kind().values()
        if arguments.json:
            dials = [_dial(field, kind) | {"default": defaults[field]} for field in kind.dials()]
            show({"name": name, "about": about, "settings": dials})
            continue
        print(f"{name}: {about}")
        for field in kind.dials():
            print(f"  {field}={defaults[field]}  {_range(_dial(field, kind))}")


def _dial(field: str, kind: type[Experiment]) -> dict[str, Any]:
    dial = kind.dials()[field]
    limits: dict[str, Any] = {"low": dial.low, "high": dial.high}
    if dial.kind is str:
        limits = {"example": dial.example} if dial.read else {"options": dial.options}
    return {"name": field, "type": dial.kind.__name__, **limits}


def _range(dial: dict[str, Any]) -> str:
    if "example" in dial:
        return f"such as {dial['example']}"
    return (
        "or ".join(f"{each} " for each in dial["options"])
        if "options" in dial
        else f"{dial['low']:g} to {dial['high']:g}"
    )


def warm(_: argparse.Namespace) -> None:
    """Compiles everything there is to compile, into the caches on disk: what takes longest first, beside the rest."""
    names = dict.fromkeys([PROJECTIONS, *(kind.model for kind in EXPERIMENTS.values())])
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        warming = {pool.submit(worker.warm_up, name): name for name in names}
        for ready in as_completed(warming):
            ready.result()  # raises what went wrong there
            print(f"warmed {warming[ready]}", flush=True)


COMMANDS = {"list": listed, "run": run, "ask": ask, "score": score, "checkpoint": checkpoint, "warm": warm}


def main(words: Sequence[str] | None = None) -> int:
    """Does what the words say. Returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    arguments = parser().parse_args(words)
    try:
        COMMANDS[arguments.command](arguments)
    except Mistake as mistake:
        print(mistake.sentence(getattr(arguments, "language", None) or "en"), file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
