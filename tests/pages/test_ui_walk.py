"""The walk through the stations by AppTest: the browser's Back, and what is no press of it."""

from tests.pages.lesson import link, opener, run


def test_going_back_leads_to_that_station_and_an_old_address_does_not() -> None:
    app = opener("representation")(at="predict")
    del app.query_params["at"]  # a rerun that was asked for before the station was chosen
    assert link(run(app), "at") == "predict"
    for went, at in [
        (("ngram", ""), "predict"),  # another page's
        (("representation", "nowhere"), "predict"),
        (("representation", ""), None),
        (("representation", "read"), "read"),
    ]:
        app.session_state["store.went"] = went
        assert link(run(app), "at") == at
        assert link(run(app), "at") == at  # and it is told once
