"""What to say when a learner's input cannot be used: one code, one sentence per language.

The sentences stand in `engine/sentences/<language>.yml`, so that the page and the command line say the same.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "sentences"


class Mistake(ValueError):
    """Input that cannot be used. `code` names the sentence, `details` fill its placeholders.

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
        return sentences(language)[self.code].format(**self.details)


def _rebuild(code: str, details: dict[str, Any]) -> Mistake:
    return Mistake(code, **details)


@cache
def sentences(language: str) -> dict[str, str]:
    """Every sentence of a language, by code."""
    path = FOLDER / f"{language}.yml"
    if not path.exists():
        path = FOLDER / "en.yml"
    loaded: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
