"""The server: Streamlit's pages, the live route beside them, and what happens when it starts and stops.

`streamlit run app.py` starts it. Pages stand in `pages/frame.py`; training happens in the runner's own processes.
"""

import asyncio
import contextlib
import gc
import logging
import os
from collections.abc import AsyncIterator
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from engine import runner
from engine.experiments import LANGUAGES, LSTM, NNLM, Cooccurrence, GloVe, NGram, Representation, Word2Vec, WordVectors
from pages import FIRST, SLUGS
from pages.ui import live, serving


def demos() -> None:
    """Train what the pages show at first, so that a visitor finds it ready."""
    for kind in (Word2Vec, NGram, Representation, NNLM, LSTM, Cooccurrence, GloVe, WordVectors):
        for language in LANGUAGES:
            runner.current().demo(kind.demo(language))


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Workers up before the first visitor; demo runs in the background; everything closed at the end."""
    here = await asyncio.to_thread(runner.start, os.environ.get("NEXTWORD_SCHEDULER"))
    await asyncio.to_thread(serving.packed_plotly)
    demos()
    gc.collect()
    gc.freeze()  # what is loaded now stays: no collection needs to look at it again
    try:
        yield {}
    finally:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it reports its own shutdown as lost connections
        await asyncio.to_thread(here.close)


app = st.App(
    "pages/frame.py",
    lifespan=lifespan,
    routes=serving.under_base([*live.ROUTES, *serving.ROUTES]),
    middleware=[Middleware(serving.Headers), Middleware(serving.Addresses, pages={*SLUGS} - {FIRST})],
)
