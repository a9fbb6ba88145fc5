"""The app with room for one run and one in the queue, and little patience with those who leave."""

import runpy
from functools import partial
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

import pages
from engine import runner
from engine.experiments import NGram, Representation, Word2Vec
from pages.ui import live, serving

ROOT = Path(__file__).parents[3]  # the test puts it on the path
runner.start = partial(runner.start, open=1, waiting=1, lease=5, drop=25)
pages.SHOWN_FIRST = (Word2Vec, NGram, Representation)  # of the pages that are tested with it: nobody trains before

app = st.App(
    str(ROOT / "pages" / "frame.py"),
    lifespan=runpy.run_path(str(ROOT / "app.py"))["lifespan"],
    routes=[*live.ROUTES, *serving.ROUTES],
    middleware=[Middleware(serving.Headers)],
)
