"""The Transformer: how fast it learns and reads beside nanoGPT's model, and what a cache of keys and values saves.

`Plain` is nanoGPT's model code (Karpathy 2022) written for this bench: torch.nn modules, fused attention in float32,
AdamW as it makes it on a processor, clip_grad_norm_. Both learn the same shape from the same tokens and take turns, so
that a busy machine slows both; the median of the ratios of tokens per CPU-second counts.
"""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from engine.models import recurrent
from engine.models.decoding import Reader, sample
from engine.models.transformer import Pass, Shape, decode, first_weights
from engine.text.tokens import START
from tests.bench.figures import row

SIZES = {"d64 L2": Shape(64, 4, 2, 256, 64, target=68), "d128 L4": Shape(128, 4, 4, 512, 64, target=68)}
ASKED = {"d64 L2": 1.1, "d128 L4": 1.3}  # of training; of reading alone that it is no slower
B, TURNS, CLIP, LR = 32, 40, 1.0, 1e-3


def rows() -> list[dict[str, object]]:
    torch.set_num_threads(1)
    return [*(each for size in SIZES for each in speed(size)), cache()]


def speed(size: str) -> list[dict[str, object]]:
    shape, (words, following) = SIZES[size], tokens(SIZES[size])
    ours, theirs = Ours(shape), Plain(shape)
    found = []
    for what in ("training", "forward"):
        pair = (getattr(theirs, what), getattr(ours, what))
        ratio, seconds = in_turns(*((lambda work=work: work(words, following)) for work in pair))
        unit = f"× ({words.numel() / seconds:,.0f} tokens per CPU-s)"
        asked = ASKED[size] if what == "training" else 1
        found.append(row(f"GPT {size} {what} against nanoGPT's", ratio, unit, ratio >= asked))
    return found


def tokens(shape: Shape) -> tuple[torch.Tensor, torch.Tensor]:
    """B texts as long as the model's positions and the words that follow, drawn: what they say takes no time."""
    text = torch.randint(START + 1, shape.target, (B, shape.longest + 1), generator=torch.Generator().manual_seed(0))
    return text[:, :-1], text[:, 1:]


def in_turns(theirs: Callable[[], None], ours: Callable[[], None]) -> tuple[float, float]:
    """The median of theirs / ours in CPU-seconds, and the median of ours."""
    times = []
    for _ in range(TURNS + 2):  # the first two turns warm both
        pair = []
        for work in (theirs, ours):
            begin = time.thread_time()
            work()
            pair.append(time.thread_time() - begin)
        times.append(pair)
    taken = np.array(times[2:])  # (TURNS, 2)
    return float(np.median(taken[:, 0] / taken[:, 1])), float(np.median(taken[:, 1]))


class Ours:
    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.w = {name: each.requires_grad_() for name, each in first_weights(shape, 0).items()}
        self.optimizer = torch.optim.AdamW(self.w.values(), lr=LR, betas=(0.9, 0.95), fused=True)

    def training(self, words: torch.Tensor, following: torch.Tensor) -> None:
        s = decode(Pass(self.shape, self.w), words)
        recurrent.cross_entropy(s, following).mean().backward()
        recurrent.shorten(self.w, CLIP)
        self.optimizer.step()
        self.optimizer.zero_grad()

    def forward(self, words: torch.Tensor, following: torch.Tensor) -> None:
        with torch.no_grad():
            decode(Pass(self.shape, self.w), words)


class Plain:
    def __init__(self, shape: Shape) -> None:
        self.model = GPT(shape)
        matrices = [p for p in self.model.parameters() if p.dim() >= 2]
        others = [p for p in self.model.parameters() if p.dim() < 2]
        groups = [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=LR, betas=(0.9, 0.95))

    def training(self, words: torch.Tensor, following: torch.Tensor) -> None:
        s = self.model(words)
        F.cross_entropy(s.view(-1, s.size(-1)), following.reshape(-1), ignore_index=-1).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def forward(self, words: torch.Tensor, following: torch.Tensor) -> None:
        with torch.no_grad():
            self.model(words)


class LayerNorm(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, 1e-5)


class CausalSelfAttention(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.n_head, self.n_embd = shape.h, shape.D
        self.c_attn, self.c_proj = nn.Linear(shape.D, 3 * shape.D), nn.Linear(shape.D, shape.D)
        self.resid_dropout = nn.Dropout(0.0)

    def forward(self, x):
        B, T, C = x.size()
        parts = self.c_attn(x).split(self.n_embd, dim=2)
        q, k, v = (part.view(B, T, self.n_head, C // self.n_head).transpose(1, 2) for part in parts)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=None, dropout_p=0, is_causal=True)
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        return self.resid_dropout(self.c_proj(y))


class MLP(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.c_fc, self.gelu, self.c_proj = nn.Linear(shape.D, 4 * shape.D), nn.GELU(), nn.Linear(4 * shape.D, shape.D)
        self.dropout = nn.Dropout(0.0)

    def forward(self, x):
        return self.dropout(self.c_proj(self.gelu(self.c_fc(x))))


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.ln_1, self.attn, self.ln_2, self.mlp = (
            LayerNorm(shape.D), CausalSelfAttention(shape), LayerNorm(shape.D), MLP(shape)
        )  # fmt: skip

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(shape.target, shape.D), nn.Embedding(shape.longest, shape.D)
        self.drop, self.h = nn.Dropout(0.0), nn.ModuleList([Block(shape) for _ in range(shape.N)])
        self.ln_f, self.lm_head = LayerNorm(shape.D), nn.Linear(shape.D, shape.target, bias=False)
        self.wte.weight = self.lm_head.weight

    def forward(self, idx):
        pos = torch.arange(0, idx.size(1), dtype=torch.long)
        x = self.drop(self.wte(idx) + self.wpe(pos))
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))

    @torch.no_grad()
    def generate(self, idx, most):
        """nanoGPT's: all that was written is read again for each word."""
        for _ in range(most):
            s = self(idx[:, -self.wpe.num_embeddings :])[:, -1]
            following = torch.multinomial(F.softmax(s, dim=-1), num_samples=1)
            idx = torch.cat((idx, following), dim=1)
        return idx


def cache() -> dict[str, object]:
    """60 words, drawn one by one."""
    size, begin = "d128 L4", torch.tensor([[START]])
    shape, w, theirs = SIZES[size], first_weights(SIZES[size], 0), GPT(SIZES[size])
    most = shape.longest - 4

    def ours() -> None:
        sample(Reader(Pass(shape, w)), begin, most, np.random.default_rng(0), ends=False)

    ratio, seconds = in_turns(lambda: theirs.generate(begin, most), ours)
    return row(
        f"GPT {size} writing with a cache", ratio, f"× nanoGPT's ({most / seconds:,.0f} words per CPU-s)", ratio >= 1.5
    )
