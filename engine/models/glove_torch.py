"""GloVe as its formula: the whole objective on the whole table, and automatic differentiation.

Pennington, Socher, Manning (2014). For a small vocabulary the table X (V, V) fits into one matrix, so that all cells
are learnt from at once. `glove.py` learns from one cell after the other, much faster; a test compares their losses and
gradients.

What differs here from the paper: every step sees all cells (the paper draws them one by one), with torch's own AdaGrad.
"""

import torch

Tensor = torch.Tensor


def objective(W: Tensor, C: Tensor, b: Tensor, d: Tensor, X: Tensor, x_max: float, alpha: float) -> Tensor:
    """J: W, C (V, D), the biases b, d (V,), the table X (V, V). Cells that are 0 have weight 0."""
    f = (X / x_max).clamp(max=1) ** alpha * (X > 0)  # (V, V)
    log = torch.where(X > 0, X, 1).log()  # (V, V)
    return (f * (W @ C.T + b[:, None] + d - log) ** 2).sum()


def train(X: Tensor, dim: int, steps: int, lr: float, x_max: float, alpha: float, seed: int) -> tuple[Tensor, Tensor]:
    """The vectors W + C (V, D), and J before each step (steps,)."""
    V, chance = len(X), torch.Generator().manual_seed(seed)
    shapes = (V, dim), (V, dim), (V,), (V,)
    W, C, b, d = (((torch.rand(shape, generator=chance) - 0.5) / dim).requires_grad_() for shape in shapes)
    adagrad = torch.optim.Adagrad([W, C, b, d], lr=lr)
    losses = torch.zeros(steps)
    for step in range(steps):
        J = objective(W, C, b, d, X, x_max, alpha)
        losses[step] = J.detach()
        adagrad.zero_grad()
        J.backward()  # type: ignore[no-untyped-call]
        adagrad.step()
    return (W + C).detach(), losses
