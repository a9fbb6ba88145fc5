"""From many dimensions to two or three: what a map of vectors shows. N words, D dimensions, `dims` of the map.

PCA (`pca`) keeps the directions in which the given words differ most. Each moment's map would come out turned or
mirrored at random, so it is turned onto the one before (orthogonal Procrustes): what moves on the screen then moves
in the vectors. `along` looks along directions one chooses. UMAP (McInnes, Healy, Melville 2018) and t-SNE (van der
Maaten & Hinton 2008) keep neighbours instead, bend everything else, and take seconds: they are generators (METHODS)
that yield how far they are, and stop when they are closed.
"""

import contextlib
import queue
import re
import sys
import threading
from collections.abc import Callable, Generator
from functools import cache
from typing import Any

import numpy as np
from scipy.linalg import orthogonal_procrustes  # type: ignore[import-untyped]

from engine.mistake import Mistake

Report = Callable[[float], None]  # told the fraction done; raises when the work is no longer wanted


def pca(vectors: np.ndarray, dims: int = 2, onto: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The principal components of vectors (N, D): coordinates (N, dims) and each one's share of the variance (dims,).

    `onto` (N, dims), an earlier map of the same words, is what they are turned onto, without stretching; a share is
    then that of the turned coordinate. Dimensions that do not exist are 0.
    """
    centred = _centred(vectors)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    found = min(dims, len(s))
    xy = np.zeros((len(vectors), dims))
    xy[:, :found] = u[:, :found] * s[:found]
    if onto is not None:
        turn, _ = orthogonal_procrustes(xy, onto)  # (dims, dims)
        xy = xy @ turn
    else:  # a component may point either way: the word farthest out is on the positive side
        farthest = xy[np.abs(xy).argmax(axis=0), np.arange(dims)]
        xy *= np.where(farthest < 0, -1, 1)
    return xy, _shares(xy, centred)


def along(
    vectors: np.ndarray, directions: np.ndarray, dims: int = 2, onto: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates (N, dims) of vectors (N, D) along directions (k, D), and their shares of the variance (dims,).

    The first axis is the first direction. The second is what is left of the second direction at right angles to the
    first (Gram–Schmidt), so that distances on the map are true. Missing axes are the principal components of what
    is left; only these are turned onto the earlier map `onto`. Raises Mistake("axes_alike") if nothing is left of a
    direction.
    """
    centred = _centred(vectors)
    basis = _orthonormal(directions[:dims])  # (k, D)
    xy = centred @ basis.T  # (N, k)
    if len(basis) < dims:
        earlier = None if onto is None else onto[:, len(basis) :]
        rest, _ = pca(centred - xy @ basis, dims - len(basis), earlier)
        xy = np.hstack([xy, rest])  # (N, dims)
    return xy, _shares(xy, centred)


def _centred(vectors: np.ndarray) -> np.ndarray:
    centred: np.ndarray = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    return centred


def _shares(xy: np.ndarray, centred: np.ndarray) -> np.ndarray:
    """Each coordinate's share of the variance of the centred vectors; 0 if the vectors are all the same."""
    total = float((centred**2).sum())
    shares: np.ndarray = (xy**2).sum(axis=0) / total if total > 0 else np.zeros(xy.shape[1])
    return shares


def _orthonormal(directions: np.ndarray) -> np.ndarray:
    """The directions (k, D) made unit vectors at right angles, one after the other."""
    basis: list[np.ndarray] = []
    for direction in directions.astype(np.float64):
        left = direction.copy()
        for axis in basis:
            left -= (left @ axis) * axis
        if np.linalg.norm(left) <= 1e-6 * np.linalg.norm(direction):
            raise Mistake("axes_alike")
        basis.append(left / np.linalg.norm(left))
    return np.array(basis)


def umap(
    vectors: np.ndarray, neighbours: int = 15, min_distance: float = 0.1, dims: int = 2, seed: int = 0
) -> Generator[float, None, np.ndarray]:
    """UMAP by cosine: vectors (N, D) → (N, dims). Raises Mistake("too_few_words") if N is not above `neighbours`."""
    _enough(vectors, neighbours)

    def fit(report: Report) -> np.ndarray:
        report(0.0)
        model = _load_umap()(
            n_components=dims,
            n_neighbors=neighbours,
            min_dist=min_distance,
            metric="cosine",
            random_state=seed,
            n_jobs=1,
            tqdm_kwds={"file": _Listener(r"(\d+)/(\d+)", report), "disable": False},
        )
        return np.asarray(model.fit_transform(vectors), dtype=np.float32)

    return _stepwise(fit)


def tsne(
    vectors: np.ndarray, perplexity: float = 10.0, dims: int = 2, seed: int = 0, steps: int = 1000
) -> Generator[float, None, np.ndarray]:
    """t-SNE by cosine: vectors (N, D) → (N, dims). Raises Mistake("too_few_words") if N is not above `perplexity`."""
    _enough(vectors, int(perplexity))

    def fit(report: Report) -> np.ndarray:
        from sklearn.manifold import TSNE

        model = TSNE(
            n_components=dims,
            perplexity=perplexity,
            metric="cosine",
            init="random",
            random_state=seed,
            max_iter=steps,
            n_jobs=1,
            verbose=2,
        )
        # The only word scikit-learn gives on its way is what it prints, every 50 steps.
        with contextlib.redirect_stdout(_Listener(r"Iteration (\d+)", report, total=steps)):
            return np.asarray(model.fit_transform(vectors), dtype=np.float32)

    return _stepwise(fit)


def spread(vectors: np.ndarray, dims: int = 2, seed: int = 0) -> Generator[float, None, np.ndarray]:
    """PCA as the methods above: vectors (N, D) → (N, dims). There is no chance in it, so `seed` changes nothing."""
    yield 0.0
    return pca(vectors, dims)[0].astype(np.float32)


METHODS: dict[str, Callable[..., Generator[float, None, np.ndarray]]] = {"pca": spread, "umap": umap, "tsne": tsne}


@cache
def _load_umap() -> Any:
    """The class UMAP. It takes seconds to import, and compiles: never where models train.

    UMAP and PyNNDescent keep only some of what they compile, and would compile the rest for ten seconds in each
    process. From here on all of it is kept on disk.
    """
    import umap
    from numba.core.registry import CPUDispatcher

    theirs = [module for name, module in sys.modules.items() if name.partition(".")[0] in ("umap", "pynndescent")]
    for each in [each for module in theirs for each in vars(module).values()]:
        if isinstance(each, CPUDispatcher):
            each.enable_caching()
    return umap.UMAP


def warm() -> None:
    """Lets UMAP compile what it needs: half a minute the first time, three seconds later."""
    for _ in umap(np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)):
        pass


def _enough(vectors: np.ndarray, neighbours: int) -> None:
    if len(vectors) <= neighbours:
        raise Mistake("too_few_words", words=len(vectors), needed=neighbours + 1)


class _Listener:
    """A file to which somebody else's progress bar writes: reports what it says."""

    def __init__(self, pattern: str, report: Report, total: int = 1) -> None:
        self.pattern, self.report, self.total = re.compile(pattern), report, total

    def write(self, text: str) -> int:
        """Looks for "done" or "done/total" in what was written. Raises what the report raises."""
        found = self.pattern.search(text)
        if found and found.groups():
            done, *total = (int(group) for group in found.groups())
            self.report(min(done / (total or [self.total])[0], 1.0))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


class _Unwanted(BaseException):
    """Nobody waits for the result any more."""


def _stepwise(fit: Callable[[Report], np.ndarray]) -> Generator[float, None, np.ndarray]:
    """Runs `fit` in a thread; yields the fraction done, at least every 50 ms, and returns the result.

    Closing the generator ends the thread at its next report.
    """
    news: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    unwanted = threading.Event()

    def report(fraction: float) -> None:
        if unwanted.is_set():
            raise _Unwanted
        news.put(("progress", fraction))

    def work() -> None:
        with contextlib.suppress(_Unwanted):
            try:
                news.put(("result", fit(report)))
            except Exception as problem:
                news.put(("problem", problem))

    threading.Thread(target=work, name="projection", daemon=True).start()
    progress = 0.0
    try:
        while True:
            with contextlib.suppress(queue.Empty):
                kind, value = news.get(timeout=0.05)
                if kind == "result":
                    return np.asarray(value)
                if kind == "problem":
                    raise value
                progress = value
            yield progress
    finally:
        unwanted.set()
