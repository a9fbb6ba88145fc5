"""How boldly a model draws the next word: temperature, top-k, top-p, and the seed of the draw."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

from pages.ui import arrival, session
from pages.ui.table import digits

LABELS = (
    *("write.temperature", "write.temperature.help", "write.top_k", "write.top_k.help", "write.all"),
    *("write.top_p", "write.top_p.help", "write.seed"),
)
Value = TypeVar("Value", int, float)
KEPT = (1, 2, 3, 5, 10, 20, 50, 0)  # words that top-k leaves; 0: all


def drawing(slug: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Four fields in a row, in the link where they are not as usual; returns what the question `generate` takes."""
    looks: dict[str, Any] = {"width": 210, "persist_state": "session"}

    def slider(name: str, low: float, high: float, step: float) -> float:
        label, said = texts[f"write.{name}"], texts[f"write.{name}.help"]
        key = _begun(slug, name, f"{slug}.{name}", 1.0, arrival.real(label, low, high))
        value = float(st.slider(label, low, high, step=step, key=key, help=said, **looks))
        return _kept(slug, name, value, 1.0, digits(value))

    with st.container(horizontal=True, key=f"{slug}-write"):
        temperature = slider("temperature", 0.0, 3.0, 0.1)
        label, named = texts["write.top_k"], {k: digits(k) if k else texts["write.all"] for k in KEPT}
        read = arrival.choice(label, {str(k): name for k, name in named.items()})
        key = _begun(slug, "top_k", f"{slug}.top_k", 0, lambda asked: int(read(asked)))
        said = texts["write.top_k.help"]
        top_k = int(st.select_slider(label, KEPT, format_func=named.__getitem__, key=key, help=said, **looks))
        _kept(slug, "top_k", top_k, 0, named[top_k])
        top_p = slider("top_p", 0.05, 1.0, 0.05)
        key = _begun(slug, "draw", f"{slug}.write.seed", 0, arrival.whole(texts["write.seed"], 0, 9_999))
        seed = int(st.number_input(texts["write.seed"], 0, 9_999, key=key, width=140, persist_state="session"))
        _kept(slug, "draw", seed, 0, digits(seed))
    return {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}


def _begun(slug: str, name: str, key: str, usual: Value, read: Callable[[str], Value]) -> str:
    """The key of a field, which at first holds what the link asks for as `name`, or what is `usual`."""
    if key not in st.session_state:
        asked = arrival.take(slug, name, read)
        st.session_state[key] = usual if asked is None else asked
    return key


def _kept(slug: str, name: str, value: Value, usual: Value, shown: str) -> Value:
    """The same value, which goes into the link; what of a link could not be used is said."""
    arrival.complain(slug, name, shown)
    session.keep_in_link(**{name: None if value == usual else f"{value:g}"})
    return value
