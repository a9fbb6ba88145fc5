"""Who is near whom by the vectors, and whether a map of them keeps it. N words, D dimensions, n neighbours of each."""

from dataclasses import dataclass

import numpy as np

from engine.measure.analogies import unit


@dataclass(frozen=True)
class Kept:
    """Each word's n nearest by cosine, the nearest first, and what became of them on a map; all (N, n).

    `words` are row numbers, `cosines` how alike they are, `places` where they come among the nearest on the map: 1 is
    the nearest there.
    """

    words: np.ndarray
    cosines: np.ndarray
    places: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """How many of each word's n nearest are among its n nearest on the map: (N,)."""
        counts: np.ndarray = (self.places <= self.words.shape[1]).sum(axis=1)
        return counts


def kept(vectors: np.ndarray, xy: np.ndarray, n: int) -> Kept:
    """The n nearest of vectors (N, D), and their places on a map xy (N, dims) of them.

    Word by word, so that it takes no table of N × N. Of equally alike words the first is nearer; words equally far on
    the map share a place.
    """
    units = unit(vectors)
    words, cosines, places = np.empty((len(xy), n), np.int32), np.empty((len(xy), n)), np.empty((len(xy), n), np.int32)
    for x in range(len(xy)):
        alike = units @ units[x]  # (N,)
        alike[x] = -np.inf
        words[x] = np.argsort(-alike, kind="stable")[:n]
        cosines[x] = alike[words[x]]
        far = np.linalg.norm(xy - xy[x], axis=1)  # (N,)
        far[x] = np.inf
        places[x] = 1 + (far < far[words[x], None]).sum(axis=1)
    return Kept(words, cosines, places)
