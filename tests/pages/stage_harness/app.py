"""A server with one page: the stage, showing a throw-away experiment. As app.py, without its lesson."""

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import streamlit as st
from starlette.middleware import Middleware

from engine import runner
from pages.ui import live, serving


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    here = runner.start(warm=())
    try:
        yield {}
    finally:
        here.close()


app = st.App(
    "page.py",
    lifespan=lifespan,
    routes=[*live.ROUTES, *serving.ROUTES],
    middleware=[Middleware(serving.Headers)],
)
