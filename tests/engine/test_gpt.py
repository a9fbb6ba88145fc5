"""GPT: its text against the n-gram's, its scores against a loop written out, what is drawn, and the cache."""

import math

import numpy as np
import pytest
import torch

from engine.experiments import GPT, NGram
from engine.mistake import Mistake
from engine.models import decoding, finish, gpt, language, ngram, transformer
from engine.models.decoding import Reader, window
from engine.models.transformer import Pass
from engine.text.tokens import END, START, UNKNOWN

SMALL = {"tokens": 2_000, "layers": 2, "heads": 2, "head_dim": 8, "context": 8, "updates": 60, "lr": 0.01}


@pytest.fixture(scope="module")
def model() -> gpt.Model:
    model = gpt.build(GPT.parse(SMALL))
    for _ in gpt.train(model):
        pass
    return model


def test_reads_the_text_and_the_held_out_sentences_of_the_n_gram_model(model: gpt.Model) -> None:
    other = ngram.build(NGram(tokens=2_000))
    assert model.names == tuple(other.names)
    assert np.array_equal(model.held, other.held)


def test_a_held_out_word_is_scored_as_if_it_was_the_next_to_write(model: gpt.Model) -> None:
    """One word after another, each read from where `window` begins; sentences longer than the context among them."""
    tokens, shape = model.held[: model.sample][:300], model.shape
    logs, expected = finish(gpt.scoring(model, tokens)), []
    sentence: list[int] = []
    for token in tokens.tolist():
        if token != START:
            words = torch.tensor([sentence[window(len(sentence), 8) :]])
            with torch.no_grad():
                s = transformer.decode(Pass(shape, model.still), words)[0, -1].double()
            expected.append(float(s[token] - s.logsumexp(0)))
        sentence = [token] if token == START else [*sentence, token]
    assert max(np.diff(np.flatnonzero(tokens == START))) > 10
    assert logs == pytest.approx(expected, abs=1e-4)


def test_pieces_begin_where_a_reader_would() -> None:
    text = np.array([START, *[5] * 3, START, *[5] * 12, START])
    assert gpt.pieces(text, 8).tolist() == [0, 4, 8, 12, 17]
    assert [window(n, 8) for n in (8, 9, 13)] == [0, 4, 8]


def test_perplexity_is_that_of_the_scores(model: gpt.Model) -> None:
    logs = finish(gpt.scoring(model, model.held[: model.sample]))
    assert language.sampled(model, gpt.scoring)["perplexity"] == pytest.approx(math.exp(-logs.mean()))


def test_learns() -> None:
    model = gpt.build(GPT.parse({**SMALL, "tokens": 10_000, "updates": 150}))
    *_, last = gpt.train(model)
    assert last.metrics["perplexity"] < len(model.names) / 10
    assert last.step == last.total
    assert last.metrics["diverged"] == 0


def test_a_run_that_blows_up_ends_with_weights_that_are_good() -> None:
    model = gpt.build(GPT.parse({**SMALL, "lr": 10.0, "norm": "post", "updates": 300}))
    *_, last = gpt.train(model)
    assert last.metrics["diverged"] == 1
    assert all(bool(each.isfinite().all()) for each in model.still.values())


def test_the_next_words_are_a_softmax_of_the_scores(model: gpt.Model) -> None:
    found = gpt.next_words(model, "the", n=5, temperature=0.5, top_k=3)
    with torch.no_grad():
        s = transformer.decode(Pass(model.shape, model.still), torch.tensor([[START, model.index["the"]]]))
    s_ = s[0, -1].double().numpy()
    p = np.exp(s_ - s_[np.isfinite(s_)].max())
    p /= p.sum()
    assert [each["probability"] for each in found["answers"]] == pytest.approx(sorted(p)[::-1][:5])
    p[UNKNOWN] = 0
    kept = np.sort(p)[::-1][:3] ** 2  # temperature ½: P²
    assert sorted(each["chance"] for each in found["answers"])[-3:] == pytest.approx(sorted(kept / kept.sum()))
    assert found["left"] == 3


def test_greedy_takes_the_most_probable_and_goes_on_after_the_end(model: gpt.Model) -> None:
    made = gpt.generate(model, "the", how="greedy", most=20)
    first = gpt.next_words(model, "the", n=1)["answers"][0]
    assert made["tokens"][0]["word"] == first["word"]
    assert all(each["chance"] == 1 for each in made["tokens"])
    assert len(made["tokens"]) == 20
    assert "</s>" not in made["text"]


def test_the_same_seed_writes_the_same_text(model: gpt.Model) -> None:
    texts = [gpt.generate(model, "the", seed=seed)["text"] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_a_beam_ends_with_the_best_of_its_leaves(model: gpt.Model) -> None:
    made, tree = gpt.generate(model, "the", how="beam", width=3, most=8), gpt.beams(model, "the", 3, 0.6, 8)
    assert [each["word"] for each in made["tokens"]] == tree["told"][0]
    logs = sum(math.log(each["probability"]) for each in made["tokens"])
    assert logs == pytest.approx(tree["nodes"][tree["best"][0]]["log"])


def test_with_a_cache_the_same_text_is_written(model: gpt.Model) -> None:
    """Longer than the context, so that the cache is filled anew."""
    texts = []
    for cached in (True, False):
        reader = Reader(Pass(model.shape, model.still), cached=cached)
        chance = np.random.default_rng(0)
        texts.append([each.word for each in decoding.sample(reader, torch.tensor([[START]]), 40, chance, ends=False)])
    assert texts[0] == texts[1]
    assert END in texts[0]


@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "none"])
def test_the_cache_is_timed_and_changes_nothing(positions: str) -> None:
    found = gpt.cache_times(gpt.build(GPT.parse({**SMALL, "positions": positions})))
    assert found["identical"]
    assert found["cached_ms"][-1] < found["uncached_ms"][-1]
    assert len(found["length"]) == len(found["cached_ms"]) == len(found["uncached_ms"])


def test_no_word_looks_at_words_after_it(model: gpt.Model) -> None:
    A = np.array(gpt.attention_of(model, "the king is the king")["A"])  # (N, h, n, n)
    assert A.shape == (2, 2, 6, 6)
    assert np.all(np.triu(A, 1) == 0)
    assert A.sum(axis=-1) == pytest.approx(1, abs=1e-3)


def test_what_cannot_be_asked(model: gpt.Model) -> None:
    for question, asked in (
        (gpt.generate, {"how": "guess"}),
        (gpt.generate, {"temperature": -1}),
        (gpt.next_words, {"top_p": 2}),
        (gpt.beams, {"width": 99}),
    ):
        with pytest.raises(Mistake):
            question(model, **asked)
