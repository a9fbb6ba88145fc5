"""What to say when a learner's input cannot be used: one code, one sentence per language.

The sentences stand in `engine/sentences/<language>.yml`, so that the page and the command line say the same.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "sentences"


class Mistake(ValueError):
    """Input that cannot be used. `code` names the sentence, `details` fill its placeholders; a list is written as one.

    The sentence says what is wrong, what is allowed and what to do. Details may hold a learner's text: whoever shows
    the sentence escapes it.
    """

    def __init__(self, code: str, **details: Any) -> None:
        self.code, self.details = code, details
        super().__init__(code, details)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from `args` when they cross a process: keyword details would be lost.
        return (_rebuild, (self.code, self.details))

    def __str__(self) -> str:
        return self.sentence("en")

    def sentence(self, language: str = "en") -> str:
        """The sentence in `language`, English where there is no such language."""
        details = {k: listed(v, language) if isinstance(v, list | tuple) else v for k, v in self.details.items()}
        return sentences(language)[self.code].format(**details)


def _rebuild(code: str, details: dict[str, Any]) -> Mistake:
    return Mistake(code, **details)


def listed(words: Iterable[str], language: str) -> str:
    """A list as `language` writes it: "king, queen" in English, "国王、王后" in Chinese."""
    return sentences(language)["between"].join(words)


def with_id(name: str, id: str, language: str) -> str:
    """What a learner sees, and in brackets what a link or a command line calls it: "Kingdom (kingdom)"."""
    return sentences(language)["with_id"].format(name=name, id=id) if name != id else id


@cache
def sentences(language: str) -> dict[str, str]:
    """Every sentence of a language, by code; "between" is for `listed`, "with_id" for `with_id`."""
    path = FOLDER / f"{language}.yml"
    if not path.exists():
        path = FOLDER / "en.yml"
    loaded: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
