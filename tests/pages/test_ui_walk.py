"""The walk through the stations by AppTest: the browser's Back, and what is no press of it."""

import json

from streamlit.testing.v1 import AppTest

from tests.pages.lesson import link, opener, run


def test_going_back_leads_to_that_station_and_an_old_address_does_not() -> None:
    app = opener("representation")(at="predict")
    del app.query_params["at"]  # a rerun that was asked for before the station was chosen, or before `went` is told
    assert at(run(app)) == "predict"
    assert link(app, "at") is None  # written here, it would be one more address to go back through
    for went, there in [
        (("ngram", "", 1), "predict"),  # another page's
        (("representation", "?at=nowhere", 2), "predict"),
        (("representation", "", 3), "question"),
        (("representation", "?lang=en&at=read", 4), "read"),
    ]:
        app.session_state["store.component"] = {"went": json.dumps(went)}
        assert at(run(app)) == there
        assert at(run(app)) == there  # and it is told once


def test_the_address_has_the_station_again_after_another_page_and_beside_what_else_is_written() -> None:
    app = opener("representation")(at="predict")
    for write in (lambda: run(app.switch_page("about.py")).switch_page("representation.py"), lambda: english(app)):
        del app.query_params["at"]
        write()
        assert at(run(app)) == "predict"
        assert link(app, "at") == "predict"


def english(app: AppTest) -> None:
    """What the page writes into its address again."""
    del app.query_params["lang"]


def at(app: AppTest) -> str:
    """The station that is drawn."""
    station: str = app.session_state["representation.place"].station
    return station
