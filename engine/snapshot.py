"""What a run consists of: snapshots of its training, and views of the model at those moments."""

from dataclasses import dataclass
from typing import Any

Numbers = dict[str, Any]  # name → ndarray, number or string: what one pane draws of one moment


@dataclass(frozen=True)
class Snapshot:
    """One moment of a training, as numbers. Immutable; nothing in it is shared with the model.

    `step` of `total` are counted in the model's own unit (Word2Vec: sentences read). `seconds` are the worker's
    CPU-seconds inside `train`; reading the text and compiling are not counted.
    """

    step: int
    total: int
    seconds: float
    metrics: dict[str, float]
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pane:
    """One picture of a moment: the name of a function of the model's file, and what it is asked.

    `given` holds plain, hashable arguments, sorted by name, so that equal questions are equal panes.
    """

    name: str
    function: str
    given: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class View:
    """What a stage looks at: several panes of the same moment."""

    panes: tuple[Pane, ...]


@dataclass(frozen=True)
class Frame:
    """One moment of a view. `index` counts the run's snapshots from 0; `panes` maps a pane's name to its numbers."""

    index: int
    snapshot: Snapshot
    panes: dict[str, Numbers]
