"""The page's address, through AppTest: what is written there, and what the browser is told of it."""

from urllib.parse import urlencode

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest


def page() -> None:
    """Keeps two values in its address; a run of it is cut short between them, once, when told to."""
    import streamlit as st

    from pages.ui import session

    session.arrive("page")
    session.keep_in_link(moment=st.session_state.get("moment"))
    if st.session_state.pop("cut", False):
        st.stop()
    session.keep_in_link(query="zebra")
    session.leave()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the browser was told, in their order."""
    told: list[str] = []
    tell = QueryParams._send_query_param_msg

    def noting(self: QueryParams) -> None:
        told.append(urlencode(self.to_dict()))
        tell(self)

    monkeypatch.setattr(QueryParams, "_send_query_param_msg", noting)
    return told


def test_the_address_is_told_whole_after_a_run_was_cut_short(told: list[str]) -> None:
    app = AppTest.from_function(page).run()
    assert told[-1] == "query=zebra"
    app.session_state["moment"], app.session_state["cut"] = "3", True
    del app.query_params["query"]  # this run was asked for before the browser heard of it
    app.run()
    assert told[-1] == "moment=3"  # a part: where this run ended
    app.query_params["query"] = "zebra"  # the next was asked for after that, and before the browser heard of this part
    app.query_params["moment"] = "3"
    app.run()
    assert sorted(told[-1].split("&")) == ["moment=3", "query=zebra"]


def test_what_stands_in_the_address_is_not_told_again(told: list[str]) -> None:
    app = AppTest.from_function(page).run()
    told.clear()
    app.run()
    assert told == []
