"""Models trained beforehand: what is written, what is read again, and the run that shows it."""

import numpy as np
import pytest

from engine import __main__ as command
from engine import checkpoints, runner, worker
from engine.checkpoints import Checkpoint
from engine.experiments import EXPERIMENTS, Recall
from engine.mistake import Mistake
from engine.models import recall
from engine.snapshot import Pane, View

SPEC = Recall(lag=3, symbols=4, hidden=8, batch=8, updates=20)
SHIPPED = sorted(checkpoints.FOLDER.glob("*.npz"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def kept(folder):
    """A model at the end of its training, and its checkpoint."""
    model = recall.build(SPEC)
    *_, last = recall.train(model)
    size = checkpoints.save(Checkpoint(SPEC, last, recall.weights(model)))
    assert size == checkpoints.path(SPEC).stat().st_size
    return model, last


def test_is_named_by_what_differs_from_the_defaults(folder):
    assert checkpoints.path(Recall()) == folder / "recall.npz"
    assert checkpoints.path(Recall(cell="gru", seed=3)) == folder / "recall-cell=gru-seed=3.npz"


def test_gives_back_the_moment_and_the_weights_to_half_precision(kept):
    model, last = kept
    found = checkpoints.load(SPEC)
    assert (found.spec, found.snapshot) == (SPEC, last)
    weights = recall.weights(model)
    assert found.weights.keys() == weights.keys()
    for name, array in weights.items():
        assert found.weights[name].dtype == array.dtype
        assert np.array_equal(found.weights[name], array.astype(np.float16).astype(array.dtype))


def test_of_other_settings_there_is_none(kept):
    assert checkpoints.exists(SPEC)
    assert not checkpoints.exists(Recall())
    with pytest.raises(Mistake) as refused:
        checkpoints.load(Recall())
    assert checkpoints.path(SPEC).stem in refused.value.sentence("zh")


def test_refuses_what_is_too_large_for_a_page(folder, monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST", 1_000)
    model = recall.build(SPEC)
    with pytest.raises(Mistake, match="too much"):
        checkpoints.save(Checkpoint(SPEC, next(recall.train(model)), recall.weights(model)))
    assert not checkpoints.exists(SPEC)


def test_a_shared_run_begins_where_the_checkpoint_ends(kept):
    """It trains nothing, and answers and draws as the model did, rounded."""
    _, last = kept
    here = runner.current()
    run = here.demo(SPEC)
    view = run.watch(View((Pane("gradients", "gradient_view"),)))
    assert run.wait("done", timeout=30) == "done"
    assert run.beforehand
    assert run.history == [last]
    rounded = recall.with_weights(recall.build(SPEC), checkpoints.load(SPEC).weights)
    assert run.ask("show", n=2) == recall.show(rounded, 2)
    assert run.ask("show", at=0, n=2) == recall.show(rounded, 2)
    (frame,) = run.frames(view)
    assert np.array_equal(frame.panes["gradients"]["norm"], recall.gradient_view(rounded, None)["norm"])
    live = here.submit(SPEC)
    assert not live.beforehand
    assert live.wait("done", timeout=30) == "done"
    assert len(live.history) > 10
    assert live.latest().metrics["loss"] == last.metrics["loss"]


def test_the_command_line_makes_and_asks_one(folder, capsys):
    settings = ["--set", *(f"{name}={value}" for name, value in SPEC.changed().items())]
    assert command.main(["ask", "recall", "show", *settings, "--beforehand"]) == 2
    assert command.main(["checkpoint", "recall", *settings]) == 0
    assert str(checkpoints.path(SPEC)) in capsys.readouterr().out
    assert command.main(["ask", "recall", "show", *settings, "--beforehand", "--json"]) == 0
    assert "sequences" in capsys.readouterr().out


@pytest.mark.parametrize("file", SHIPPED, ids=[file.stem for file in SHIPPED])
def test_what_is_shipped_fits_the_model_as_it_is_now(file):
    """Made again (`python -m engine checkpoint …`) whenever text, defaults or model change."""
    assert file.stat().st_size <= checkpoints.MOST
    checkpoint = checkpoints.read(file)
    assert checkpoints.path(checkpoint.spec) == file
    module = worker.load(EXPERIMENTS[checkpoint.spec.name].model)
    model = module.build(checkpoint.spec)
    shapes = {name: array.shape for name, array in module.weights(model).items()}
    assert {name: array.shape for name, array in checkpoint.weights.items()} == shapes
    assert all(np.isfinite(array).all() for array in checkpoint.weights.values())
    first = next(module.train(model))
    assert checkpoint.snapshot.metrics.keys() >= first.metrics.keys()
    assert checkpoint.snapshot.metrics["loss"] < first.metrics["loss"]
