"""One step in time of a recurrent network, operation by operation: what goes into each gate, and what comes out.

The cells are those of `recurrent.py` (Elman 1990; Hochreiter and Schmidhuber 1997 and Gers et al. 2000; Cho et al.
2014) and their numbers are what those functions return. Steps of two cells have one name where the operation is one.

What differs here from what the model does: nothing. Of the words that can follow, the SHOWN most probable ones are
shown, and the one that did.

Symbols: x the word that is read (D,), h and c the states (H,), a what goes into a gate, s the scores of the words
(V,), p their probabilities, ⊙ the product of each number with each.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from engine.text.tokens import START, UNKNOWN
from engine.trace import Step, Trace, number, row

SHOWN = 10  # words whose scores are shown
WRITTEN = 3  # numbers of a vector in a formula
HERE = ("read", "logits", "softmax", "loss")  # steps whose line is in this file

Tensor = torch.Tensor
Arrays = dict[str, np.ndarray]


def steps(
    cell: str,
    cells: Mapping[str, Callable[..., dict[str, Tensor]]],
    w: dict[str, Tensor],
    token: int,
    state: tuple[Tensor, Tensor],
    following: int,
    names: Sequence[str],
) -> Trace:
    """The steps of reading one token with the state (h, c), (1, H) each, that was there. `following` is what came."""
    x = w["E"][token][None]  # (1, D)  # step: read
    made = cells[cell](w, x, *state)
    arrays = {name: each.numpy() for name, each in made.items()}
    arrays |= {"x": x.numpy(), "h before": state[0].numpy(), "c before": state[1].numpy()}
    reading = _step("read", rf"x_t = E_{{w_t}} \goodbreak = {_start(x)}", {}, _some(arrays, "x"), x=(names[token],))
    told = TELLING[cell](arrays)
    return (reading, *told, *_foretelling(w, made["h"], following, names))


def _some(arrays: Arrays, *names: str) -> Arrays:
    return {name: arrays[name] for name in names}


def _start(values: Tensor | np.ndarray) -> str:
    """The first numbers of a vector (H,) or (1, H) as LaTeX."""
    return row(np.asarray(values).reshape(-1), WRITTEN)


def _step(id: str, formula: str, given: Arrays, made: Arrays, **labels: tuple[str, ...]) -> Step:
    file = "recurrent_trace" if id in HERE else "recurrent"
    return Step(id, formula, given, made, f"{file}.py#{id}", labels or None)


def _gate(id: str, name: str, function: str, arrays: Arrays, part: np.ndarray) -> Step:
    """σ or tanh of what goes into one gate."""
    formula = (
        rf"{name} = {function}(a_{name}) \goodbreak = {function}{_start(part)} \goodbreak = {_start(arrays[name])}"
    )
    return _step(id, formula, {f"a_{name}": part}, _some(arrays, name))


def _into(id: str, arrays: Arrays, gates: tuple[str, ...]) -> tuple[Step, Arrays]:
    """What goes into all gates, a row for each: W x + U h + b."""
    rows = arrays["a"].reshape(len(gates), -1)  # (gates, H)
    parts = {f"a_{gate}": each[None] for gate, each in zip(gates, rows, strict=True)}
    sums = r" \\ ".join(
        rf"a_{gate} = W_{gate} x_t + U_{gate} h_{{t-1}} + b_{gate} \goodbreak = {_start(each)}"
        for gate, each in zip(gates, rows, strict=True)
    )
    made = {"a": rows}
    return _step(id, sums, _some(arrays, "x", "h before"), made, a=tuple(f"a {gate}" for gate in gates)), parts


def _elman(arrays: Arrays) -> list[Step]:
    a, h = arrays["a"], arrays["h"]
    into = rf"a = W x_t + U h_{{t-1}} + b \goodbreak = {_start(a)}"
    out = rf"h_t = \tanh(a) \goodbreak = \tanh{_start(a)} \goodbreak = {_start(h)}"
    return [
        _step("elman", into, _some(arrays, "x", "h before"), {"a": a}),
        _step("elman_state", out, {"a": a}, {"h": h}),
    ]


def _lstm(arrays: Arrays) -> list[Step]:
    gates, a = _into("gates", arrays, ("i", "f", "g", "o"))
    c, before = arrays["c"], arrays["c before"]
    kept = rf"{_start(arrays['f'])} \odot {_start(before)}"
    added = rf"{_start(arrays['i'])} \odot {_start(arrays['g'])}"
    formula = (
        rf"c_t = f \odot c_{{t-1}} + i \odot g \goodbreak = {kept} \goodbreak {{}} + {added} \goodbreak = {_start(c)}"
    )
    return [
        gates,
        _gate("input_gate", "i", r"\sigma", arrays, a["a_i"]),
        _gate("forget_gate", "f", r"\sigma", arrays, a["a_f"]),
        _gate("candidate", "g", r"\tanh", arrays, a["a_g"]),
        _step("cell", formula, _some(arrays, "f", "c before", "i", "g"), {"c": c}),
        _gate("output_gate", "o", r"\sigma", arrays, a["a_o"]),
        _hidden(arrays),
    ]


def _lstm_1997(arrays: Arrays) -> list[Step]:
    gates, a = _into("gates", arrays, ("i", "g", "o"))
    c, before = arrays["c"], arrays["c before"]
    added = rf"{_start(arrays['i'])} \odot {_start(arrays['g'])}"
    formula = rf"c_t = c_{{t-1}} + i \odot g \goodbreak = {_start(before)} + {added} \goodbreak = {_start(c)}"
    return [
        gates,
        _gate("input_gate", "i", r"\sigma", arrays, a["a_i"]),
        _gate("candidate", "g", r"\tanh", arrays, a["a_g"]),
        _step("cell_1997", formula, _some(arrays, "c before", "i", "g"), {"c": c}),
        _gate("output_gate", "o", r"\sigma", arrays, a["a_o"]),
        _hidden(arrays),
    ]


def _hidden(arrays: Arrays) -> Step:
    h, o, c = arrays["h"], arrays["o"], arrays["c"]
    formula = rf"h_t = o \odot \tanh(c_t) \goodbreak = {_start(o)} \odot \tanh{_start(c)} \goodbreak = {_start(h)}"
    return _step("hidden", formula, {"o": o, "c": c}, {"h": h})


def _gru(arrays: Arrays) -> list[Step]:
    gates, a = _into("gru_gates", arrays, ("r", "z"))
    n, z, before, h = (arrays[name] for name in ("n", "z", "h before", "h"))
    candidate = rf"n = \tanh(W_n x_t + b + r \odot (U_n h_{{t-1}} + b_n)) \goodbreak = {_start(n)}"
    mixed = rf"h_t = (1 - z) \odot n + z \odot h_{{t-1}} \goodbreak = {_start(1 - z)} \odot {_start(n)}"
    mixed += rf" \goodbreak {{}} + {_start(z)} \odot {_start(before)} \goodbreak = {_start(h)}"
    return [
        gates,
        _gate("reset_gate", "r", r"\sigma", arrays, a["a_r"]),
        _gate("update_gate", "z", r"\sigma", arrays, a["a_z"]),
        _step("gru_candidate", candidate, _some(arrays, "x", "r", "h before"), {"n": n}),
        _step("gru_state", mixed, {"z": z, "n": n, "h before": before}, {"h": h}),
    ]


TELLING: dict[str, Callable[[Arrays], list[Step]]] = {
    "elman": _elman, "lstm": _lstm, "lstm_1997": _lstm_1997, "gru": _gru,
}  # fmt: skip


def _foretelling(w: dict[str, Tensor], h: Tensor, following: int, names: Sequence[str]) -> list[Step]:
    """From the state to the probabilities of all words, and the loss of the one that came."""
    s = (h @ w["O"].T + w["o"])[0].double()  # (V,)  # step: logits
    p = torch.softmax(s, dim=0)  # step: softmax
    target = UNKNOWN if following == UNKNOWN else following - 1
    loss = -torch.log(p[target])  # step: loss
    words = [*names[:START], *names[START + 1 :]]
    shown = torch.argsort(p, descending=True, stable=True)[:SHOWN].tolist()
    shown += [target] if target not in shown else []
    labels, place = tuple(words[x] for x in shown), shown.index(target)
    scores, chances, told = s[shown].numpy(), p[shown].numpy(), float(p[target])
    share = rf"\frac{{e^{{{number(float(s[target]))}}}}}{{{number(float(torch.exp(s).sum()))}}} = {number(told)}"
    return [
        _step("logits", rf"s = O h_t + o \goodbreak = {_start(scores)}", {"h": h.numpy()}, {"s": scores}, s=labels),
        _step(
            "softmax",
            rf"p_k = \frac{{e^{{s_k}}}}{{\sum_j e^{{s_j}}}},\quad \goodbreak p_{{{place}}} = {share}",
            {"s": scores},
            {"p": chances},
            s=labels,
            p=labels,
        ),
        _step(
            "loss",
            rf"L = -\ln p_{{{place}}} = -\ln {number(told)} = {number(float(loss))}",
            {"p": chances},
            {"loss": np.atleast_1d(loss.numpy())},
            p=labels,
            loss=(names[following],),
        ),
    ]
