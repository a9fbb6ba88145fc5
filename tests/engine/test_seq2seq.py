"""LSTMs that translate: against torch.nn.LSTM and a loop written out, and what stands after the end of a source."""

import pytest
import torch

from engine.models import seq2seq
from engine.models.decoding import beam, greedy
from engine.models.seq2seq import Memory, Reader, Weights, decode, encode, first_weights
from engine.text.tokens import START

V, D, H, B, m, n = 9, 5, 4, 3, 6, 5
EXACT = {"rtol": 0, "atol": 1e-6}
LENGTHS = torch.tensor([6, 2, 4])


def weights(attends: bool) -> Weights:
    chance = torch.Generator().manual_seed(1)
    first = first_weights(V, V + 1, D, H, attends, 0)
    return {name: (each + 0.5 * torch.randn(each.shape, generator=chance)).double() for name, each in first.items()}


def words(rows: int, length: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(3, V, (rows, length), generator=torch.Generator().manual_seed(seed))


def lstm(w: Weights, at: str) -> torch.nn.LSTM:
    module = torch.nn.LSTM(w[f"{at}.W"].shape[1], H).double()
    with torch.no_grad():
        module.weight_ih_l0.copy_(w[f"{at}.W"])
        module.weight_hh_l0.copy_(w[f"{at}.U"])
        module.bias_ih_l0.copy_(w[f"{at}.b"])
        module.bias_hh_l0.zero_()
    return module


@pytest.mark.parametrize("row", range(B))
def test_a_source_is_read_as_torchs_lstm_reads_it_alone(row: int) -> None:
    w, source, size = weights(True), words(B, m), int(LENGTHS[row])
    memory, X = encode(w, source, LENGTHS), w["encoder.E"][source[row, :size]]
    forwards, _ = lstm(w, "forwards")(X)
    backwards, (h, c) = lstm(w, "backwards")(X.flip(0))
    torch.testing.assert_close(memory.H[row, :size], torch.cat([forwards, backwards.flip(0)], dim=1), **EXACT)
    torch.testing.assert_close(memory.state[0][row], h[0], **EXACT)
    torch.testing.assert_close(memory.state[1][row], c[0], **EXACT)


def test_without_attention_the_writer_is_torchs_lstm_that_begins_with_the_readers_state() -> None:
    w, target = weights(False), words(B, n, 1)
    memory = encode(w, words(B, m), LENGTHS)
    hs, _ = lstm(w, "decoder")(w["decoder.E"][target.T], tuple(each[None] for each in memory.state))
    expected = hs.transpose(0, 1) @ w["decoder.O"].T + w["decoder.o"]
    s, alpha = decode(w, target, memory)
    assert alpha is None
    assert (s[..., START] == -torch.inf).all()
    torch.testing.assert_close(s[..., START + 1 :], expected[..., START + 1 :], **EXACT)


def test_with_attention_as_the_paper_writes_it() -> None:
    """One source, word by word, each weight from its own sum."""
    w, target, size = weights(True), words(B, n, 1), int(LENGTHS[2])
    memory = encode(w, words(B, m), LENGTHS)
    made, alphas = decode(w, target, memory)
    cell = torch.nn.LSTMCell(D + 2 * H, H).double()
    cell.load_state_dict({name.removesuffix("_l0"): each for name, each in lstm(w, "decoder").state_dict().items()})
    s, c = (each[2:] for each in memory.state)
    for i in range(n):
        e = [w["attention.v_a"] @ torch.tanh(w["attention.W_a"] @ s[0] + w["attention.U_a"] @ memory.H[2, j])
             for j in range(size)]  # fmt: skip
        alpha = torch.softmax(torch.stack(e), dim=0)
        context = sum(alpha[j] * memory.H[2, j] for j in range(size))
        s, c = cell(torch.cat([w["decoder.E"][target[2, i]], context])[None], (s, c))
        expected = torch.cat([s[0], context]) @ w["decoder.O"].T + w["decoder.o"]
        torch.testing.assert_close(alphas[2, i, :size], alpha, **EXACT)
        assert (alphas[2, i, size:] == 0).all()
        torch.testing.assert_close(made[2, i, START + 1 :], expected[START + 1 :], **EXACT)


@pytest.mark.parametrize("attends", [False, True])
def test_what_stands_after_the_end_of_a_source_changes_nothing(attends: bool) -> None:
    w, source, target = weights(attends), words(B, m), words(B, n, 1)
    other = torch.where(torch.arange(m) < LENGTHS[:, None], source, 0)
    first, second = (decode(w, target, encode(w, each, LENGTHS))[0] for each in (source, other))
    assert torch.equal(first, second)


@pytest.mark.parametrize("attends", [False, True])
def test_what_is_written_is_what_was_foretold(attends: bool) -> None:
    """Greedily, and by a beam of one; and a reader foretells what `decode` does."""
    w = weights(attends)
    memory = encode(w, words(B, m), LENGTHS)
    begin = torch.full((B, 1), START)
    made = greedy(Reader(w, memory), begin, 7)
    s, _ = decode(w, torch.cat([begin, made], dim=1)[:, :-1], memory)
    s[..., 0] = -torch.inf  # <unk> is never written
    over = (made == 2).cumsum(dim=1) - (made == 2).long() > 0
    assert (s.argmax(dim=-1).masked_fill(over, 2) == made).all()
    found = beam(Reader(w, memory.keep(torch.tensor([1]))), begin[:1], 7, 1)
    best = found.words(found.finished[0])
    assert best == made[1, : len(best)].tolist()
    logs = Reader(w, memory).read(torch.cat([begin, made], dim=1)[:, :3])
    torch.testing.assert_close(
        logs, torch.log_softmax(decode(w, torch.cat([begin, made], 1)[:, :3], memory)[0][:, -1], -1)
    )


def test_first_weights() -> None:
    one, other = first_weights(V, V, D, H, True, 0), first_weights(V, V, D, H, False, 0)
    assert one["decoder.b"].tolist() == [0] * H + [1] * H + [0] * 2 * H
    assert not {"forwards.W", "attention.v_a"} & set(other)
    assert isinstance(encode(other, words(B, m), LENGTHS), Memory)
    assert torch.equal(one["encoder.E"], seq2seq.first_weights(V, V, D, H, True, 0)["encoder.E"])
