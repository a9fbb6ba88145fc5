"""Runs the measurements and writes README's table: `python -m tests.bench [word2vec runner page]`.

Every tests/bench/bench_*.py has `rows()`, which returns dicts with name, target, value, unit and passed. A file that is
not named keeps its rows as they stand in the table.
"""

import importlib
import platform
import sys
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench.figures import FIGURES

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
BEGIN, END = "<!-- bench: written by `make bench` -->", "<!-- /bench -->"
HEAD = "| figure | asked for | measured | holds |\n|---|---|---|---|"


def table(readme: str) -> dict[str, str]:
    """Name → line, of the table as it stands."""
    inside = readme.partition(BEGIN)[2].partition(END)[0]
    lines = [line for line in inside.splitlines() if line.startswith("| ")][1:]
    return {line.split("|")[1].strip(): line for line in lines}


def shown(value: Any) -> str:
    """Four significant digits at most."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def line(row: dict[str, Any]) -> str:
    measured = f"{shown(row['value'])} {row['unit']}".strip()
    return f"| {row['name']} | {row['target']} | {measured} | {'yes' if row['passed'] else '**no**'} |"


def processor() -> str:
    """The processor's name, where the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor() or platform.machine()
    names = [x.partition(":")[2].strip() for x in cpuinfo.read_text().splitlines() if x.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.machine()


def write(lines: dict[str, str]) -> None:
    """Puts the table into README.md: the figures asked for, in their order, then whatever else was measured."""
    readme = README.read_text(encoding="utf-8")
    before, _, rest = readme.partition(BEGIN)
    order = [name for name in FIGURES if name in lines] + [name for name in lines if name not in FIGURES]
    where = f"Measured on {date.today():%d %B %Y}: {processor()}, Python {platform.python_version()}."
    body = "\n".join([BEGIN, where, "", HEAD, *(lines[name] for name in order), END])
    README.write_text(before + body + rest.partition(END)[2], encoding="utf-8")


def main(names: list[str]) -> int:
    lines = table(README.read_text(encoding="utf-8"))
    failed = 0
    for path in sorted(HERE.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        if names and name not in names:
            continue
        print(f"measuring: {name}", flush=True)
        for row in importlib.import_module(f"tests.bench.{path.stem}").rows():
            lines[row["name"]] = line(row)
            failed += not row["passed"]
            print(" ", lines[row["name"]], flush=True)
    write(lines)
    print(f"{failed} of the figures measured did not hold" if failed else "every figure measured holds")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
