"""The moment a page asks a run about, with a throw-away experiment."""

from engine import runner
from pages.ui import moments
from tests.engine.toy import Toy


def test_the_nearest_kept_moment_is_one_whose_share_was_known() -> None:
    run = runner.current().submit(Toy(steps=50))
    assert run.wait("done", timeout=120) == "done"
    shares = moments.over(run)
    assert moments.nearest(run, shares, 100) == len(shares) - 1
    assert moments.nearest(run, shares[:3], 100) == 2  # the run went on after the shares were counted
    assert moments.nearest(run, [], 100) is None  # or had not begun
