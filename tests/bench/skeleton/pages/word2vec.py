from pathlib import Path

import streamlit as st
from peer import runner
from peer.word2vec import Word2Vec

SCRIPT = (Path(__file__).parents[1] / "stage.js").read_text()
stage = st.components.v2.component("stage", js=SCRIPT, isolate_styles=False)


def start():
    if run := st.session_state.get("run"):
        run.state = "cancelled"
    st.session_state.run = runner.THE.submit(Word2Vec(seed=st.session_state.get("seed", 0)))


@st.fragment
def ping():
    if st.button("ping"):
        st.session_state.pings = st.session_state.get("pings", 0) + 1
    st.html(f'<div id="pong">{st.session_state.get("pings", 0)}</div>')


st.title("Word2Vec")
st.number_input("seed", 0, 99, key="seed")
st.button("train", on_click=start)
ping()
if run := st.session_state.get("run"):
    stage(data={"token": run.token, "pause": 25}, key="map-" + run.token)
