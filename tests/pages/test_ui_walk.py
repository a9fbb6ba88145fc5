"""The walk through the stations by AppTest: the browser's Back, and what is no press of it."""

import json

from tests.pages.lesson import link, opener, run


def test_going_back_leads_to_that_station_and_an_old_address_does_not() -> None:
    app = opener("representation")(at="predict")
    del app.query_params["at"]  # a rerun that was asked for before the station was chosen
    assert link(run(app), "at") == "predict"
    for went, at in [
        (("ngram", "", 1), "predict"),  # another page's
        (("representation", "?at=nowhere", 2), "predict"),
        (("representation", "", 3), None),
        (("representation", "?lang=en&at=read", 4), "read"),
    ]:
        app.session_state["store.component"] = {"went": json.dumps(went)}
        assert link(run(app), "at") == at
        assert link(run(app), "at") == at  # and it is told once
