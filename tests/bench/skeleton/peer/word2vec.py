"""Skip-gram with negative sampling on the kingdom text, as a generator of moments."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numba import njit

from engine.text import kingdom

WORDS = ["king", "queen", "man", "woman", "prince", "princess", "boy", "girl", "father", "mother", "son", "daughter"]


@dataclass(frozen=True)
class Word2Vec:
    tokens: int = 50_000
    dim: int = 50
    window: int = 5
    negatives: int = 5
    epochs: int = 20
    lr: float = 0.05
    seed: int = 0
    frames: int = 400


class Corpus:
    def __init__(self, sentences):
        counts = Counter(word for sentence in sentences for word in sentence)
        self.words = sorted(counts, key=lambda word: (-counts[word], word))
        self.index = {word: i for i, word in enumerate(self.words)}
        self.counts = np.array([counts[word] for word in self.words])
        self.offsets = np.cumsum([0, *map(len, sentences)])
        self.ids = np.array([self.index[word] for sentence in sentences for word in sentence], np.int32)

    def keep(self, t=1e-3):
        threshold = t * len(self.ids)
        return np.minimum(1, (np.sqrt(self.counts / threshold) + 1) * threshold / self.counts).astype(np.float32)

    def noise(self, size=1 << 20):
        share = np.cumsum(self.counts**0.75) / np.sum(self.counts**0.75)
        return np.searchsorted(share, (np.arange(size) + 0.5) / size).clip(0, len(share) - 1).astype(np.int32)


@njit(fastmath=True, nogil=True, inline="always")
def _next(state):
    return state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)


@njit(fastmath=True, nogil=True, cache=True)
def _update(w, y, C, g, lr):
    g[:] = 0
    for k in range(len(y)):
        if k and y[k] == y[0]:
            continue
        u = C[y[k]]
        error = (np.float32(k == 0) - np.float32(1) / (np.float32(1) + np.exp(-np.dot(w, u)))) * lr
        for d in range(len(w)):
            old = u[d]
            g[d] += error * old
            u[d] = old + error * w[d]
    for d in range(len(w)):
        w[d] += g[d]


@njit(fastmath=True, nogil=True, cache=True)
def _sentences(ids, offsets, first, last, W, C, noise, keep, window, negatives, lr, seed):
    mask, state = np.uint64(len(noise) - 1), np.uint64(seed * 7919 + 12345)
    kept, g, y = np.empty(4096, np.int32), np.empty(W.shape[1], np.float32), np.empty(negatives + 1, np.int32)
    for s in range(first, last):
        length = 0
        for p in range(offsets[s], offsets[s + 1]):
            state = _next(state)
            if length < 4096 and keep[ids[p]] >= (state >> np.uint64(40)) * np.float32(1 / 16777216):
                kept[length] = ids[p]
                length += 1
        for i in range(length):
            state = _next(state)
            reach = np.int64(1 + (state >> np.uint64(33)) % np.uint64(window))
            y[0] = kept[i]
            for k in range(negatives):
                state = _next(state)
                y[k + 1] = noise[(state >> np.uint64(33)) & mask]
            for j in range(max(0, i - reach), min(length, i + reach + 1)):
                if j != i:
                    _update(W[kept[j]], y, C, g, lr)


def _turned(xy, before):
    if before is None:
        return xy
    u, _, v = np.linalg.svd(xy.T @ before)
    return xy @ (u @ v)


def train(spec):
    corpus = Corpus(list(kingdom.sentences("en", spec.tokens, spec.seed)))
    random = np.random.default_rng(spec.seed)
    W = ((random.random((len(corpus.words), spec.dim)) - 0.5) / spec.dim).astype(np.float32)
    C, noise, keep = np.zeros_like(W), corpus.noise(), corpus.keep()
    shown, xy, done = [corpus.index[word] for word in WORDS], None, 0
    count = len(corpus.offsets) - 1
    total, stride = count * spec.epochs, max(1, count * spec.epochs // spec.frames)
    while done < total:
        first = done % count
        last = min(count, first + stride)
        lr = np.float32(spec.lr * (1 - done / total) + 1e-4)
        args = (W, C, noise, keep, spec.window, spec.negatives, lr, spec.seed * 1000 + done + 1)
        _sentences(corpus.ids, corpus.offsets, first, last, *args)
        done += last - first
        X = W[shown] - W[shown].mean(0)
        u, s, _ = np.linalg.svd(X, full_matrices=False)
        xy = _turned(u[:, :2] * s[:2], xy)
        yield {"shown": {"step": done, "total": total}, "xy": xy.round(4)}
