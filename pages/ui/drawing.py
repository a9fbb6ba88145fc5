"""How boldly a model draws the next word: temperature, top-k, top-p, and the seed of the draw."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui.table import digits

LABELS = (
    *("write.temperature", "write.temperature.help", "write.top_k", "write.top_k.help", "write.all"),
    *("write.top_p", "write.top_p.help", "write.seed"),
)
KEPT = (1, 2, 3, 5, 10, 20, 50, 0)  # words that top-k leaves; 0: all


def drawing(slug: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Four fields in a row; returns what the question `generate` takes."""
    looks: dict[str, Any] = {"width": 210, "persist_state": "session"}

    def slider(name: str, low: float, high: float, step: float) -> float:
        label, said, key = texts[f"write.{name}"], texts[f"write.{name}.help"], f"{slug}.{name}"
        return float(st.slider(label, low, high, 1.0, step, key=key, help=said, **looks))

    with st.container(horizontal=True, key=f"{slug}-write"):
        temperature = slider("temperature", 0.0, 3.0, 0.1)
        top_k = st.select_slider(
            texts["write.top_k"],
            KEPT,
            0,
            format_func=lambda k: digits(k) if k else texts["write.all"],
            key=f"{slug}.top_k",
            help=texts["write.top_k.help"],
            **looks,
        )
        top_p = slider("top_p", 0.05, 1.0, 0.05)
        key = f"{slug}.write.seed"
        seed = st.number_input(texts["write.seed"], 0, 9_999, 0, key=key, width=140, persist_state="session")
    return {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
