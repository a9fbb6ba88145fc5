"""Reads a lesson's text: one Markdown file for each lesson and language, `<slug>/<language>.md`.

A file opens with YAML between two lines of `---`: `title`, and where they apply `year`, `summary`, `labels` (short
texts by key), `options` (section id → guesses offered there), `many` (quiz questions that have several right choices),
`verdicts` (myth → true, part or false) and anything a page reads from `meta`. Then come sections, each under a line
`## id`. Ids and keys are the same in every language, and so are the placeholders: a section may hold `{names}` outside
formulas, which `fill` replaces.

Some sections have a form of their own:

    ## quiz.1                                 ## term.cosine                ## sources
    What is learned?                          ### cosine                    - Mikolov et al. (2013). …
                                              How alike two directions      - Levy & Goldberg (2014). …
    - [ ] The grammar                         are, from −1 to 1.
      No: nobody wrote one down.              It ignores length.
    - [x] Vectors
      Yes: two for every word.
"""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
FORMULA = re.compile(r"(\$\$.+?\$\$|\$[^$\n]+\$|`[^`\n]+`)", re.DOTALL)  # or code: their braces are their own
SECTION = re.compile(r"^## +(\S+)[ \t]*$", re.MULTILINE)
VERDICTS = ("true", "part", "false")  # what may be said of a myth; "part": not quite
CHOICE = re.compile(r"^- \[([ x])\] +(.+)$", re.MULTILINE)
TITLE = re.compile(r"### +(.+)\n+")


class BrokenContent(ValueError):
    """A lesson's file that cannot be read: which file, and what is wrong in it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.parent.name}/{path.name}: {reason}")


@dataclass(frozen=True)
class Choice:
    """One answer of a quiz question; `why` explains why it is right or wrong."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A quiz question. `many`: any number of choices may be right, otherwise exactly one is."""

    id: str
    text: str
    choices: tuple[Choice, ...]
    many: bool = False


@dataclass(frozen=True)
class Titled:
    """A section that opens with a line `### title`: a step, a glossary term, an experiment that breaks something."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Myth:
    """Something often said; `verdict` is one of VERDICTS, `text` says what is true."""

    id: str
    claim: str
    verdict: str
    text: str


@dataclass(frozen=True)
class Lesson:
    """One lesson in one language. `lesson["idea"]` is the Markdown of the section `idea`."""

    slug: str
    language: str
    meta: Mapping[str, Any] = field(repr=False)
    sections: Mapping[str, str] = field(repr=False)

    @property
    def title(self) -> str:
        return str(self.meta["title"])

    @property
    def year(self) -> str:
        return str(self.meta.get("year", ""))

    @property
    def summary(self) -> str:
        return str(self.meta.get("summary", ""))

    @property
    def labels(self) -> dict[str, str]:
        """Short texts by key: buttons, axis titles, column heads."""
        return dict(self.meta.get("labels", {}))

    @property
    def options(self) -> dict[str, dict[str, str]]:
        """Section id → the guesses offered there: key (the same in every language) → text."""
        return {section: dict(guesses) for section, guesses in self.meta.get("options", {}).items()}

    def __getitem__(self, section: str) -> str:
        """The Markdown of a section. Raises KeyError, naming the file."""
        if section not in self.sections:
            raise KeyError(f"{self.slug}/{self.language}.md has no section {section}")
        return self.sections[section]

    def has(self, section: str) -> bool:
        return section in self.sections

    def under(self, prefix: str) -> dict[str, str]:
        """The sections `<prefix>.…` in the file's order, by what follows the prefix."""
        return {s.removeprefix(f"{prefix}."): t for s, t in self.sections.items() if s.startswith(f"{prefix}.")}

    def titled(self, section: str) -> Titled:
        """A section with its `### title` taken off. Raises KeyError, or ValueError where there is no title."""
        match = TITLE.match(self[section])
        if not match:
            raise ValueError(f"{self.slug}/{self.language}.md: section {section} has no ### title")
        return Titled(section, match[1].strip(), self[section][match.end() :])

    @property
    def steps(self) -> dict[str, str]:
        """The explanation of every step of a trace, by the step's id; each opens with `### title`."""
        return self.under("step")

    @property
    def terms(self) -> dict[str, Titled]:
        """The glossary, by id."""
        return {term: self.titled(f"term.{term}") for term in self.under("term")}

    @property
    def myths(self) -> list[Myth]:
        """The myths; each opens with `### claim`. Raises KeyError for one without a verdict."""
        claims = [self.titled(f"myth.{n}") for n in self.under("myth")]
        return [Myth(c.id, c.title, self.meta["verdicts"][c.id], c.text) for c in claims]

    @property
    def quiz(self) -> list[Question]:
        many = self.meta.get("many", [])
        return [_question(f"quiz.{n}", text, f"quiz.{n}" in many) for n, text in self.under("quiz").items()]

    @property
    def sources(self) -> list[str]:
        """The items of the list in section `sources`, as Markdown; empty where there is none."""
        return [_one_line(item) for item in re.split(r"^- ", self.sections.get("sources", ""), flags=re.MULTILINE)[1:]]


@cache
def load(slug: str, language: str) -> Lesson:
    """The lesson `<slug>/<language>.md`. Raises BrokenContent, which says what is wrong where."""
    path = FOLDER / slug / f"{language}.md"
    if not path.is_file():
        raise BrokenContent(path, "there is no such file")
    meta, body = _meta(path)
    return Lesson(slug, language, meta, _sections(path, body))


@cache
def languages() -> tuple[str, ...]:
    """Every language the frame speaks, English first."""
    found = sorted(path.stem for path in (FOLDER / "common").glob("*.md"))
    return tuple(sorted(found, key=lambda language: language != "en"))


def fill(text: str, **values: Any) -> str:
    """`text` with every `{name}` outside formulas and code replaced. Values a learner typed are escaped by the caller.

    Raises KeyError when a placeholder has no value.
    """
    pieces = FORMULA.split(text)
    pieces[::2] = [PLACEHOLDER.sub(lambda match: str(values[match[1]]), piece) for piece in pieces[::2]]
    return "".join(pieces)


def placeholders(text: str) -> set[str]:
    """The names in braces that `fill` replaces."""
    return {name for piece in FORMULA.split(text)[::2] for name in PLACEHOLDER.findall(piece)}


def _meta(path: Path) -> tuple[dict[str, Any], str]:
    text = path.read_text(encoding="utf-8")
    parts = re.split(r"^---[ \t]*$\n?", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise BrokenContent(path, "it does not open with YAML between two lines of ---")
    try:
        meta = yaml.load(parts[1], Loader=_Strict)
    except yaml.YAMLError as error:
        raise BrokenContent(path, f"its front matter is not YAML: {error}") from error
    if not isinstance(meta, dict) or not meta.get("title"):
        raise BrokenContent(path, "its front matter has no title")
    if wrong := [k for k, v in meta.get("labels", {}).items() if not (isinstance(k, str) and isinstance(v, str))]:
        raise BrokenContent(path, f"these labels are not text; put them in quotes: {wrong}")
    return meta, parts[2]


def _sections(path: Path, body: str) -> dict[str, str]:
    pieces = SECTION.split(body)
    if pieces[0].strip():
        raise BrokenContent(path, f"there is text before the first section: {pieces[0].strip()[:40]!r}")
    ids, texts = pieces[1::2], [piece.strip() for piece in pieces[2::2]]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise BrokenContent(path, f"these sections stand twice: {', '.join(twice)}")
    if empty := [i for i, text in zip(ids, texts, strict=True) if not text]:
        raise BrokenContent(path, f"these sections are empty: {', '.join(empty)}")
    sections = dict(zip(ids, texts, strict=True))
    if bare := [i for i, text in sections.items() if i.startswith("quiz.") and not CHOICE.search(text)]:
        raise BrokenContent(path, f"these questions have no choices (- [ ] …): {', '.join(bare)}")
    return sections


def _question(name: str, text: str, many: bool) -> Question:
    asked, *pieces = CHOICE.split(text)
    marks, texts, reasons = pieces[::3], pieces[1::3], pieces[2::3]
    choices = [Choice(t.strip(), m == "x", _one_line(why)) for m, t, why in zip(marks, texts, reasons, strict=True)]
    return Question(name, asked.strip(), tuple(choices), many)


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Strict(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := sorted({str(key) for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"twice: {', '.join(twice)}", node.start_mark)
        return super().construct_mapping(node, deep)
