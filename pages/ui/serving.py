"""What the server sends beside pages and frames: security headers, and Plotly's script from the installed package."""

import gzip
from functools import cache
from importlib.metadata import version
from pathlib import Path

import plotly
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLOTLY = f"vendor/plotly.min.js?v={version('plotly')}"  # where a page finds it
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
def packed_plotly() -> bytes:
    """Plotly's script, compressed: once, since it takes a third of a second."""
    return gzip.compress(PLOTLY_FILE.read_bytes(), compresslevel=6)


def plotly_script(request: Request) -> Response:
    """Plotly from the installed package, compressed once; its address holds its version, so it may be kept for long."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(PLOTLY_FILE.read_bytes(), media_type="text/javascript", headers=headers)
    return Response(packed_plotly(), media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})


ROUTES = [Route("/vendor/plotly.min.js", plotly_script)]
