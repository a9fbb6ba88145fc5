"""What a step-through consists of: one operation after the other, with the numbers that went in and came out."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Step:
    """One operation.

    `id` names the lesson's section `step.<id>` that explains it. `formula` is LaTeX made of symbols and numbers only,
    no words. `source` is "word2vec.py#error": the line marked `# step: error` in that file of engine/models.
    `labels` maps an array's name to the names of its rows (words), where rows have names.
    """

    id: str
    formula: str
    inputs: dict[str, np.ndarray]
    outputs: dict[str, np.ndarray]
    source: str
    labels: dict[str, tuple[str, ...]] | None = None


Trace = tuple[Step, ...]
