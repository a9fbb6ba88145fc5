"""One prediction of a neural probabilistic language model (Bengio et al. 2003), operation by operation, and what one
row of C learns from it.

Forwards with the model's own `forward`; backwards by the chain rule, one operation at a time, which gives what torch's
automatic differentiation gives (a test compares).

What differs here from training: one word is foretold, where training takes the mean over a batch; and the update is
plain gradient descent, as in the paper, where training takes Adam's steps unless it is told otherwise. Of the words
that can follow, the SHOWN most probable ones are shown, and the one that came.

Symbols: C, x, H, d, U, W, b, y as in `nnlm.py`; a = d + Hx, L the loss, η the learning rate, ∇ the gradient of L.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from engine.text.tokens import START, UNKNOWN
from engine.trace import Step, Trace, number, row

SHOWN = 10  # words whose scores are shown
NEXT = 4  # columns of a one-hot vector that are shown besides those of the context's words
WRITTEN = 3  # numbers of a vector in a formula
MODEL = ("concatenate", "hidden", "tanh", "output", "direct", "logits")  # steps whose line is in nnlm.py

Tensor = torch.Tensor
Arrays = dict[str, np.ndarray]


def steps(
    forward: Callable[[dict[str, Tensor], Tensor], dict[str, Tensor]],
    w: dict[str, Tensor],
    context: np.ndarray,
    target: int,
    rate: float,
    names: Sequence[str],
) -> Trace:
    """The steps of foretelling one word, number `target`, after the words `context` (n − 1,), the nearest last."""
    made = forward(w, torch.from_numpy(context[None].astype(np.int64)))
    p = torch.softmax(made["y"][0].double(), dim=0)  # (V,)  # step: softmax
    came = UNKNOWN if target == UNKNOWN else target - 1  # its place among those that can follow
    error = p.clone()
    error[came] -= 1  # (V,)  # step: error
    words = tuple(names[int(x)] for x in context)
    labels = dict.fromkeys(["e", "C(w)", "∇x"], words) | dict.fromkeys(["∇C(w)", "C(w) old", "C(w) new"], words[-1:])
    following, shown = _shown(p, came, names)
    labels |= dict.fromkeys(["b", "Ut", "Wx", "y", "p", "came", "∇y"], following)
    labels["L"] = (following[shown.index(came)],)
    return (
        *_vectors(w, context, names, labels),
        *_layers(w, made, labels),
        *_scores(w, made, p, came, shown, labels),
        *_backwards(w, made, p, error, came, shown, labels),
        *_row(w, made, error, rate, labels),
    )


Labels = dict[str, tuple[str, ...]]


def _step(id: str, formula: str, given: Arrays, made: Arrays, labels: Labels) -> Step:
    file = "nnlm" if id in MODEL else "nnlm_trace"
    shown = {name: labels[name] for name in (*given, *made) if name in labels}
    return Step(id, formula, given, made, f"{file}.py#{id}", shown or None)


def _start(values: Tensor | np.ndarray) -> str:
    """The first numbers of a vector as LaTeX."""
    return row(np.asarray(values).reshape(-1), WRITTEN)


def _equals(*sides: str) -> str:
    return r" \goodbreak = ".join(sides)


def _shown(p: Tensor, came: int, names: Sequence[str]) -> tuple[tuple[str, ...], list[int]]:
    """The words whose scores are shown, and their places among those that can follow."""
    words = [*names[:START], *names[START + 1 :]]
    shown = torch.argsort(p, descending=True, stable=True)[:SHOWN].tolist()
    shown += [came] if came not in shown else []
    return tuple(words[i] for i in shown), shown


def _vectors(w: dict[str, Tensor], context: np.ndarray, names: Sequence[str], labels: Labels) -> list[Step]:
    """A one-hot vector times C is a row of C: a look-up. Of the columns those of the words, and a few others."""
    columns = np.unique([*context, *range(min(NEXT, len(names)))])
    hot = (context[:, None] == columns).astype(np.float32)  # (n − 1, k)  # step: one_hot
    C = w["C"][columns].numpy()  # (k, m) the rows that the columns shown would take
    rows = hot @ C  # (n − 1, m)  # step: lookup
    labels = {**labels, "C": tuple(names[int(x)] for x in columns)}
    place = rf"e_{{w_{{t-1}}}} = (0, \dots, 0, 1, 0, \dots, 0) \in \mathbb{{R}}^{{{len(names)}}}"
    return [
        _step("one_hot", place, {}, {"e": hot}, labels),
        _step(
            "lookup",
            _equals("C(w_{t-1})", r"e_{w_{t-1}}^\top C", _start(rows[-1])),
            {"e": hot, "C": C},
            {"C(w)": rows},
            labels,
        ),
    ]


def _layers(w: dict[str, Tensor], made: dict[str, Tensor], labels: Labels) -> list[Step]:
    """From the vectors side by side to the hidden layer."""
    x, n = made["x"].numpy(), len(labels["C(w)"])
    order = "(" + ", ".join(f"C(w_{{t-{i}}})" for i in range(n, 0, -1)) + ")"
    parts = x.reshape(n, -1)  # (n − 1, m)
    found = [_step("concatenate", _equals("x", order, _start(x)), {"C(w)": parts}, {"x": x}, labels)]
    if "a" in made:
        a, t, d = made["a"].numpy(), made["t"].numpy(), w["d"][None].numpy()
        into = _equals("a", "d + H x", f"{_start(d)} + {_start(a - d)}", _start(a))
        bent = _equals(r"\tanh(a)", rf"\tanh{_start(a)}", _start(t))
        found.append(_step("hidden", into, {"x": x, "d": d}, {"a": a}, labels))
        found.append(_step("tanh", bent, {"a": a}, {"tanh a": t}, labels))
    return found


TERMS = {"b": "b", "Ut": r"U \tanh(a)", "Wx": "W x"}


def _scores(
    w: dict[str, Tensor], made: dict[str, Tensor], p: Tensor, came: int, shown: list[int], labels: Labels
) -> list[Step]:
    """What adds up to the scores y, and from them to the loss."""
    y, parts, found = made["y"][0][shown].numpy(), {"b": w["b"][shown].numpy()}, []
    if "t" in made:
        parts["Ut"] = (made["t"] @ w["U"][shown].T)[0].numpy()
        formula, given = _equals(TERMS["Ut"], _start(parts["Ut"])), {"tanh a": made["t"].numpy()}
        found.append(_step("output", formula, given, {"Ut": parts["Ut"]}, labels))
    if "W" in w:
        parts["Wx"] = (made["x"] @ w["W"][shown].T)[0].numpy()
        formula, given = _equals(TERMS["Wx"], _start(parts["Wx"])), {"x": made["x"].numpy()}
        found.append(_step("direct", formula, given, {"Wx": parts["Wx"]}, labels))
    sums = _equals("y", " + ".join(TERMS[name] for name in parts), " + ".join(map(_start, parts.values())), _start(y))
    place, told = shown.index(came) + 1, float(p[came])
    share = rf"\frac{{e^{{{number(float(made['y'][0][came]))}}}}}{{\sum_i e^{{y_i}}}}"
    loss = np.array([-np.log(told)])  # step: loss
    lost = _equals("L", rf"-\ln p_{{{place}}}", rf"-\ln {number(told)}", number(float(loss[0])))
    return [
        *found,
        _step("logits", sums, dict(parts), {"y": y}, labels),
        _step("softmax", _equals(rf"p_{{{place}}}", share, number(told)), {"y": y}, {"p": p[shown].numpy()}, labels),
        _step("loss", lost, {"p": p[shown].numpy()}, {"L": loss}, labels),
    ]


def _backwards(
    w: dict[str, Tensor],
    made: dict[str, Tensor],
    p: Tensor,
    error: Tensor,
    came: int,
    shown: list[int],
    labels: Labels,
) -> list[Step]:
    """From the scores back to the hidden layer: the gradient of the loss by each."""
    e, place = error[shown].numpy(), shown.index(came) + 1
    target = np.eye(1, len(shown), place - 1)[0]
    own = _equals(rf"\nabla_{{y_{{{place}}}}}", f"{number(float(p[came]))} - 1", number(float(error[came])))
    given = {"p": p[shown].numpy(), "came": target}
    found = [_step("error", rf"\nabla_y = p - e_{{w_t}},\quad \goodbreak {own}", given, {"∇y": e}, labels)]
    if "t" in made:
        back, slope = _through_output(w, error), _slope(made)
        into = back * slope  # (h,)  # step: back_tanh
        formula = _equals(r"\nabla_{\tanh a}", r"U^\top \nabla_y", _start(back))
        bent = _equals(
            r"\nabla_a",
            r"\nabla_{\tanh a} \odot (1 - \tanh^2 a)",
            rf"{_start(back)} \odot {_start(slope)}",
            _start(into),
        )
        shape = {"∇tanh a": back[None].numpy()}
        found.append(_step("back_output", formula, {"∇y": e}, shape, labels))
        found.append(
            _step("back_tanh", bent, {**shape, "tanh a": made["t"].numpy()}, {"∇a": into[None].numpy()}, labels)
        )
    return found


def _through_output(w: dict[str, Tensor], error: Tensor) -> Tensor:
    return error @ w["U"].double()  # (h,)  # step: back_output


def _slope(made: dict[str, Tensor]) -> Tensor:
    """The slope of tanh where it was passed: (h,)."""
    return 1 - made["t"][0].double() ** 2


def gradient_x(w: dict[str, Tensor], made: dict[str, Tensor], error: Tensor) -> Tensor:
    """The gradient of the loss by x ((n − 1)m,): through the hidden layer, through W, or both."""
    back = torch.zeros(made["x"].shape[1], dtype=torch.float64)
    if "t" in made:
        back += (_through_output(w, error) * _slope(made)) @ w["H"].double()  # step: back_x
    if "W" in w:
        back += error @ w["W"].double()
    return back


def _row(w: dict[str, Tensor], made: dict[str, Tensor], error: Tensor, rate: float, labels: Labels) -> list[Step]:
    """The part of that gradient which is the nearest word's, and where it moves the word's row of C."""
    n = len(labels["C(w)"])
    parts = gradient_x(w, made, error).numpy().reshape(n, -1)  # (n − 1, m)
    g = parts[-1]  # step: row
    old = made["x"].numpy().reshape(n, -1)[-1]  # (m,)
    new = old - rate * g  # step: update
    through = [r"H^\top \nabla_a"] * ("t" in made) + [r"W^\top \nabla_y"] * ("W" in w)
    moved = _equals(r"C(w_{t-1}) - \eta \nabla_C", f"{_start(old)} - {number(rate)} {_start(g)}", _start(new))
    given = {"C(w) old": old[None], "∇C(w)": g[None], "η": np.array(rate)}
    arrive = {"∇a": _into_hidden(w, made, error)} if "t" in made else {}
    found = _equals(r"\nabla_x", " + ".join(through), _start(parts))
    return [
        _step("back_x", found, arrive, {"∇x": parts}, labels),
        _step("row", _equals(r"\nabla_C", _start(g)), {"∇x": parts}, {"∇C(w)": g[None]}, labels),
        _step("update", rf"C(w_{{t-1}}) \leftarrow {moved}", given, {"C(w) new": new[None]}, labels),
    ]


def _into_hidden(w: dict[str, Tensor], made: dict[str, Tensor], error: Tensor) -> np.ndarray:
    """The gradient of the loss by a: (1, h)."""
    found: np.ndarray = (_through_output(w, error) * _slope(made))[None].numpy()
    return found
