"""Buttons whose press is never lost, through AppTest."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    """Counts presses; a run of the page is cut short before its buttons are drawn, once, when told to."""
    import streamlit as st

    from pages.ui import press

    if st.session_state.pop("cut", False):
        st.rerun()
    press.button("Go", key="ours")
    with st.form("form"):
        press.submit("Send", key="form.ours")
    plain = st.button("Plain", key="plain")
    for name, was in (("ours", press.pressed("ours")), ("form", press.pressed("form.ours")), ("plain", plain)):
        st.session_state[f"count.{name}"] = st.session_state.get(f"count.{name}", 0) + was


def counted(app: AppTest) -> list[int]:
    return [app.session_state[f"count.{name}"] for name in ("ours", "form", "plain")]


def test_a_press_counts_once() -> None:
    app = AppTest.from_function(page).run()
    app.button(key="ours").click().run()
    assert counted(app) == [1, 0, 0]
    app.run()
    assert counted(app) == [1, 0, 0]
    app.button(key="form.ours").click().run()
    assert counted(app) == [1, 1, 0]


def test_a_press_is_heard_though_the_run_was_cut_short() -> None:
    app = AppTest.from_function(page).run()
    for key in ("ours", "form.ours", "plain"):
        app.session_state["cut"] = True
        app.button(key=key).click().run()
    assert counted(app) == [1, 1, 0]  # Streamlit's own is lost: what ours are for
