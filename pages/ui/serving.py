"""What the server sends beside pages and frames: security headers, Plotly's script, the lessons' pictures.

And a way on from a wrong address.
"""

import gzip
import hashlib
import html
from collections.abc import Collection, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import plotly
import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLOTLY = f"vendor/plotly.min.js?v={version('plotly')}"  # where a page finds it
MISSING = "missing"  # the part of an address that says which page was asked for and is not there
PICTURES = Path(__file__).parents[2] / "assets" / "pictures"  # made by `make pictures`
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
                if headers.get("content-type", "").startswith("text/html") and not _download(scope):
                    headers["Link"] = f"<{PLOTLY}>; rel=prefetch"
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class Addresses:
    """Sends an address that is no page's to the first page, with what was asked for.

    Streamlit would open a dialog of its own, in English, or stay blank where the address has several parts.
    """

    def __init__(self, app: ASGIApp, pages: Collection[str]) -> None:
        self.app, self.pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _asked(scope)
        led_on = False

        async def to_the_first_page(message: Message) -> None:
            nonlocal led_on
            if message["type"] == "http.response.start" and _is_page(message):
                led_on = True
                await RedirectResponse(_first_page(asked, scope["query_string"]))(scope, receive, send)
            elif not led_on:
                await send(message)

        stranger = scope["type"] == "http" and asked and not _download(scope) and asked not in self.pages
        await self.app(scope, receive, to_the_first_page if stranger else send)


def _asked(scope: Scope) -> str:
    """The address below the app's own, without slashes around it; empty for the first page."""
    return str(scope.get("path", "")).removeprefix(base()).strip("/")


def _download(scope: Scope) -> bool:
    """Whether a file made for a learner is asked for, which may be a page in HTML itself."""
    return _asked(scope).startswith("media/")


def _is_page(start: Message) -> bool:
    """Whether this is Streamlit's page, which it sends for every address that nothing else is at."""
    return start["status"] == 200 and MutableHeaders(scope=start).get("content-type", "").startswith("text/html")


def _first_page(asked: str, query: bytes) -> str:
    """The first page's address as seen from `asked`: relative, so that it holds behind any proxy."""
    parts = [(MISSING, asked), *parse_qsl(query.decode("latin-1"))]
    return f"{'../' * asked.count('/') or './'}?{urlencode(parts)}"


def base() -> str:
    """The path under which the app is served (server.baseUrlPath), such as "/nextword"; empty at the root."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def under_base(routes: Sequence[Route]) -> list[Route]:
    """The same routes where the pages look for them: Streamlit puts its own under the base path, but not ours."""
    return [Route(base() + route.path, route.endpoint, methods=list(route.methods or ())) for route in routes]


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


@cache
def pictures() -> dict[str, bytes]:
    """The lessons' pictures by name, `<slug>.<language>`."""
    return {path.stem: path.read_bytes() for path in sorted(PICTURES.glob("*.svg"))}


@cache
def picture(slug: str, language: str, alt: str) -> str:
    """A lesson's picture as HTML; `alt` says what is to be seen on it. Its address changes when the picture does."""
    name = f"{slug}.{language}"
    mark = hashlib.sha256(pictures()[name]).hexdigest()[:12]
    return f'<img class="lesson-picture" src="pictures/{name}.svg?v={mark}" alt="{html.escape(alt)}">'


def send_picture(request: Request) -> Response:
    """One of the pictures; 404 for a name that is none of theirs."""
    found = pictures().get(request.path_params["name"])
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found, media_type="image/svg+xml", headers=headers) if found else Response(status_code=404)


ROUTES = [Route("/vendor/plotly.min.js", plotly_script), Route("/pictures/{name}.svg", send_picture)]
