"""Writing word by word: the cache against reading all again, beam search against trying everything."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import torch

from engine.models.attention import padding
from engine.models.decoding import Beam, Reader, beam, greedy, sample, window
from engine.models.transformer import Pass, Shape, decode, encode, first_weights
from engine.text.tokens import END, START, UNKNOWN

GPT = Shape(16, 2, 2, 32, 24, target=9)
BOTH = dataclasses.replace(GPT, source=7)
BEGIN = torch.tensor([[START]])


def run(shape: Shape, seed: int = 0) -> Pass:
    """A model that is sure of something: its first weights, ten times as large."""
    w = first_weights(shape, seed)
    return Pass(shape, {name: each * 10 if each.dim() > 1 else each for name, each in w.items()})


def reader(shape: Shape, cached: bool = True, seed: int = 0, B: int = 1) -> Reader:
    made = run(shape, seed)
    if not shape.source:
        return Reader(made, cached=cached)
    source = torch.randint(7, (B, 5), generator=torch.Generator().manual_seed(seed))
    hidden = padding(torch.arange(B) % 3 + 3, 5)
    return Reader(made, encode(made, source, hidden), hidden, cached)


@pytest.mark.parametrize("shape", [GPT, BOTH, dataclasses.replace(GPT, positions="sinusoidal", norm="post")])
@pytest.mark.parametrize("seed", range(3))
def test_with_and_without_a_cache_the_same_is_written(shape: Shape, seed: int) -> None:
    """60 words, past the 24 positions there are."""
    settings = {"greedy": (0.0, 0, 1.0), "drawn": (1.0, 0, 1.0), "top-k": (0.8, 3, 1.0), "top-p": (1.3, 0, 0.8)}
    for name, (temperature, k, p) in settings.items():
        made = [
            sample(reader(shape, cached, seed), BEGIN, 60, np.random.default_rng(1), temperature, k, p, ends=False)
            for cached in (True, False)
        ]
        assert [x.word for x in made[0]] == [x.word for x in made[1]], name
        assert [x.probability for x in made[0]] == pytest.approx([x.probability for x in made[1]], abs=1e-4)
        assert UNKNOWN not in [x.word for x in made[0]]


@pytest.mark.parametrize("cached", [True, False])
def test_greedy_takes_the_best_word_each_time(cached: bool) -> None:
    """Written out for each text alone, all read again at each word."""
    B = 4
    both = reader(BOTH, cached, B=B)
    made = greedy(both, BEGIN.expand(B, 1), 12)
    alone, w = reader(BOTH, B=B), run(BOTH)
    for row in range(B):
        words = [START]
        while len(words) < 13 and words[-1] != END:
            s = decode(w, torch.tensor([words]), alone.memory[row : row + 1], alone.hidden[row : row + 1])[0, -1]
            s[UNKNOWN] = -math.inf
            words.append(int(s.argmax()))
        assert made[row].tolist()[: len(words) - 1] == words[1:]
        assert set(made[row].tolist()[len(words) - 1 :]) <= {END}


def test_greedy_is_sampling_at_temperature_0_and_a_beam_of_1() -> None:
    (best,) = greedy(reader(GPT), BEGIN, 12).tolist()
    drawn = [x.word for x in sample(reader(GPT), BEGIN, 12, np.random.default_rng(0), temperature=0)]
    found = beam(reader(GPT), BEGIN, 12, 1)
    assert best == drawn == found.words(found.finished[0])


def every(most: int) -> list[tuple[float, float, list[int]]]:
    """ln P and score of every text of up to `most` words, without a cache and without a beam."""
    inner = [x for x in range(GPT.target) if x not in (UNKNOWN, START, END)]
    texts = [[*x, END] for n in range(most) for x in itertools.product(inner, repeat=n)]
    texts += [list(x) for x in itertools.product(inner, repeat=most)]
    found = []
    for words in texts:
        s = decode(run(GPT), torch.tensor([[START, *words[:-1]]]))[0]  # (n, V)
        logs = torch.log_softmax(s.double(), dim=-1)
        log = sum(float(logs[i, word]) for i, word in enumerate(words))
        found.append((log, log / ((5 + len(words)) / 6) ** 0.6, words))
    return found


def test_a_beam_that_is_wide_enough_finds_the_best_of_all_texts() -> None:
    best = max(every(3), key=lambda each: each[1])
    found = beam(reader(GPT), BEGIN, 3, 400)
    top = found.branches[found.finished[0]]
    assert found.words(found.finished[0]) == best[2]
    assert (top.log, top.score) == pytest.approx(best[:2], abs=1e-4)
    assert len(found.finished) == len(every(3))


@pytest.mark.parametrize("cached", [True, False])
def test_a_beam_by_hand(cached: bool) -> None:
    """Width 3: at each depth the best words after what is alive, found by reading each beginning again."""
    found, alive, finished = beam(reader(GPT, cached), BEGIN, 8, 3), [(0.0, [])], []
    for depth in range(1, 9):
        possible = []
        for log, words in alive:
            logs = torch.log_softmax(decode(run(GPT), torch.tensor([[START, *words]]))[0, -1].double(), dim=-1)
            possible += [(log + float(logs[x]), [*words, x]) for x in range(2, GPT.target)]
        best = sorted(possible, key=lambda each: -each[0])[: 3 - len(finished)]
        finished += [each for each in best if each[1][-1] == END or depth == 8]
        alive = [each for each in best if each[1][-1] != END]
    finished.sort(key=lambda each: -each[0] / ((5 + len(each[1])) / 6) ** 0.6)
    assert [found.words(x) for x in found.finished] == [words for _, words in finished]
    assert [found.branches[x].log for x in found.finished] == pytest.approx([log for log, _ in finished], abs=1e-4)


def test_the_tree_of_a_beam_hangs_together() -> None:
    found: Beam = beam(reader(BOTH), BEGIN, 6, 3)
    for i, branch in enumerate(found.branches):
        assert branch.parent < i
        assert branch.depth == len(found.words(i))
        if branch.parent >= 0:
            above = found.branches[branch.parent]
            assert above.kept
            assert above.word != END
            assert branch.log <= above.log
    assert len(found.finished) == 3
    assert all(found.branches[x].kept for x in found.finished)


def test_the_window_moves_by_half() -> None:
    assert [window(n, 8) for n in (1, 8, 9, 12, 13, 16, 17)] == [0, 0, 4, 4, 8, 8, 12]
    assert all(n - window(n, longest) <= longest for n in range(60) for longest in (1, 2, 5, 8))
    assert all(n - window(n, longest) >= 1 for n in range(1, 60) for longest in (1, 2, 5, 8))
