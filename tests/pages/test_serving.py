"""What the server sends beside pages: our routes under a base path, and a way on from an address that is no page's."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pages.ui import serving

Get = Callable[[str], tuple[int, dict[str, str], bytes]]


def shell(request: Request) -> Response:
    return HTMLResponse("<title>Streamlit</title>")


@pytest.fixture(params=["", "nextword", "/a/b/"])
def base(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": request.param}.__getitem__)
    return f"/{request.param.strip('/')}/".replace("//", "/")


@pytest.fixture
def get(base: str) -> Get:
    """Asks the app as Starlette puts it together, with Streamlit's page wherever nothing else is."""
    routes = [*serving.under_base(serving.ROUTES), Route(f"{base}{{path:path}}", shell)]
    middleware = [Middleware(serving.Headers), Middleware(serving.Addresses, pages={"word2vec"})]
    app = Starlette(routes=routes, middleware=middleware)

    def ask(address: str) -> tuple[int, dict[str, str], bytes]:
        path, _, query = address.partition("?")
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(app(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:])

    return ask


@pytest.mark.parametrize("page", ["", "word2vec"])
def test_plotly_is_where_a_page_and_its_header_look_for_it(get: Get, base: str, page: str) -> None:
    link = get(base + page)[1]["link"].partition(">")[0].lstrip("<")
    address = urljoin(base + page, link)
    assert address.startswith(f"{base}vendor/plotly.min.js")
    assert get(address)[1]["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("asked", ["wrod2vec", "a/b/c", "word2vec/x", "王后"])
def test_a_wrong_address_leads_to_the_first_page(get: Get, base: str, asked: str) -> None:
    status, headers, body = get(f"{base}{asked}?lang=zh")
    led = urlsplit(urljoin(base + quote(asked), headers["location"]))
    assert (status, body) == (307, b"")
    assert led.path == base
    assert parse_qs(led.query) == {serving.MISSING: [asked], "lang": ["zh"]}
    assert get(f"{led.path}?{led.query}")[2].startswith(b"<title>")


def test_what_is_there_is_sent_as_it_is(get: Get, base: str) -> None:
    for address in (base, f"{base}word2vec?dim=20", f"{base}{serving.PLOTLY}"):
        assert get(address)[0] == 200


def test_a_downloaded_page_is_no_page_of_the_app(get: Get, base: str) -> None:
    status, headers, _ = get(f"{base}media/heads.html")
    assert status == 200
    assert "link" not in headers  # it would be looked for below media/
