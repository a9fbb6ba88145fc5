"""The server: Streamlit's pages, the live route beside them, and what happens when it starts and stops.

`streamlit run app.py` starts it. Pages stand in `pages/frame.py`; training happens in the runner's own processes.
"""

import asyncio
import contextlib
import gc
import gzip
import logging
import os
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import plotly
import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine import runner
from engine.experiments import LANGUAGES, Word2Vec
from pages.ui import live
from pages.ui.stage import PLOTLY

PLOTLY_FILE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

# Only this server is ever asked for anything. Streamlit needs the rest: its components are modules made from text
# (blob:), its styles are written into the page, its tables compile WebAssembly, its charts compile expressions.
POLICY = "; ".join([
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' blob: data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
])  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Headers:
    """Security headers on every reply, and on a page the hint to fetch Plotly before a stage needs it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Link"] = f"<{PLOTLY}>; rel=prefetch"
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


@cache
def _plotly() -> bytes:
    return gzip.compress(PLOTLY_FILE.read_bytes(), compresslevel=6)


def plotly_script(request: Request) -> Response:
    """Plotly from the installed package, compressed once; its address holds its version, so it may be kept for long."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(PLOTLY_FILE.read_bytes(), media_type="text/javascript", headers=headers)
    return Response(_plotly(), media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})


def demos() -> None:
    """Train what the pages show at first, so that a visitor finds it ready."""
    for language in LANGUAGES:
        runner.current().demo(Word2Vec(language=language))


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Workers up before the first visitor; demo runs in the background; everything closed at the end."""
    here = await asyncio.to_thread(runner.start, os.environ.get("NEXTWORD_SCHEDULER"))
    await asyncio.to_thread(_plotly)
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
    routes=[*live.ROUTES, Route("/vendor/plotly.min.js", plotly_script)],
    middleware=[Middleware(Headers)],
)
