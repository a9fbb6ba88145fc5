"""The page: logistic regression on the stage, in every kind of pane."""

import streamlit as st

from engine import runner
from engine.snapshot import Pane
from lessons import content, figures
from pages.ui.stage import StagePane, stage
from tests.engine.toy import Toy

NASTY = "<img src=x onerror=\"document.title='hacked'\"> <b>bold</b> $x^2$ ![](http://example.org/x.png)"

st.set_page_config(layout="wide")
language = st.query_params.get("lang", "en")
start = st.query_params.get("start")
steps, work = int(st.query_params.get("steps", 40)), float(st.query_params.get("work", 0))
if "run" not in st.session_state or st.button("train"):
    st.session_state["seed"] = st.session_state.get("seed", 0) + 1
    run = runner.current().submit(Toy(steps=steps, work=work, seed=st.session_state["seed"]))
    st.session_state["run"] = run.token
run = runner.current().find(st.session_state["run"])
sign = st.segmented_control("sign", [1.0, -1.0], default=1.0, required=True)


def weights(numbers):
    return figures.rounded(numbers["weights"])


pane = Pane("weights", "weights", (("sign", sign),))
names = [NASTY, "w1", "w2", "w3"]
panes = [
    StagePane(
        "map",
        NASTY,
        place="main",
        pane=pane,
        base={
            "data": [{"type": "scatter", "mode": "markers", "marker": {"size": 9}}],
            "layout": {},
            "labels": [{"trace": 0, "texts": names, "strong": [0]}],
            "legend": [{"label": NASTY, "colour": figures.TEXT, "symbol": "circle"}],
            "fit": True,
        },
        frame=lambda numbers: {
            "data": [{"x": [0, 1, 2, 3], "y": weights(numbers)}],
            "note": NASTY,
            "summary": f"first {weights(numbers)[0]}",
        },
    ),
    StagePane("loss", "Loss", kind="curves", base=figures.curves([figures.Curve("loss", NASTY)], "nats")),
    StagePane(
        "table",
        "Weights",
        kind="table",
        pane=Pane("rows", "weights", (("sign", sign),)),
        base=figures.columns(("name", "text"), ("weight", "number"), ("share", "bar")),
        frame=lambda numbers: {"rows": [[n, w, abs(w)] for n, w in zip(names, weights(numbers), strict=True)]},
    ),
    StagePane(
        "largest",
        "Largest",
        kind="numbers",
        pane=Pane("largest", "weights", (("sign", sign),)),
        frame=lambda numbers: {"numbers": [{"value": max(weights(numbers)), "label": NASTY}]},
    ),
    StagePane(
        "text",
        "Words",
        kind="text",
        place="below",
        pane=Pane("text", "weights", (("sign", sign),)),
        frame=lambda numbers: {"text": NASTY},
    ),
]
texts = content.load("common", language).labels
result = stage(run, panes, texts=texts, key="toy.stage", language=language, start=int(start) if start else None)
st.session_state["restarts"] = st.session_state.get("restarts", 0) + result.restart
st.write(f"moment {result.moment}, started over {st.session_state['restarts']} times")
