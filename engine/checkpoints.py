"""Models trained beforehand: the last moment of a run, in a file, so that a page has something to show at once.

`python -m engine checkpoint <experiment> [--set …]` trains and writes `assets/checkpoints/<name>.npz`: the weights in
half precision, the spec, and the snapshot. The file is named by what differs from the experiment's defaults, so that a
spec finds its own. A run that begins beforehand (`Runner.demo`) trains nothing: it reads the text, takes these weights,
and has this one moment, which answers all questions and views.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.experiments import Experiment, named
from engine.mistake import Mistake
from engine.snapshot import Snapshot

FOLDER = Path(__file__).parents[1] / "assets" / "checkpoints"
MOST = 1_000_000  # bytes of a file
ABOUT = "about"  # the entry that is not an array of weights
HALF = np.finfo(np.float16).max


@dataclass(frozen=True)
class Checkpoint:
    """A model as training left it: `weights`, rounded to half precision, as the model's `with_weights` takes them."""

    spec: Experiment
    snapshot: Snapshot
    weights: dict[str, np.ndarray]


def half(array: np.ndarray) -> np.ndarray:
    """An array of floats in half precision, its values no larger than that can hold; any other as it is."""
    if not np.issubdtype(array.dtype, np.floating):
        return array
    rounded: np.ndarray = np.clip(array, -HALF, HALF).astype(np.float16)
    return rounded


def path(spec: Experiment) -> Path:
    """Where the checkpoint of a spec is, if there is one: coreference-language=zh.npz."""
    return FOLDER / ("-".join([spec.name, *(f"{name}={value}" for name, value in spec.changed().items())]) + ".npz")


def exists(spec: Experiment) -> bool:
    """Whether there is a checkpoint of exactly this spec."""
    return path(spec).exists()


def save(checkpoint: Checkpoint) -> int:
    """Writes the file. Returns its size in bytes. Raises Mistake("checkpoint_large"), and leaves none then."""
    snapshot, weights = checkpoint.snapshot, checkpoint.weights
    about = {
        "experiment": checkpoint.spec.name,
        "spec": checkpoint.spec.values(),
        "types": {name: str(array.dtype) for name, array in weights.items()},
        "snapshot": [snapshot.step, snapshot.total, snapshot.seconds, snapshot.metrics, list(snapshot.samples)],
    }
    file = path(checkpoint.spec)
    file.parent.mkdir(parents=True, exist_ok=True)
    entries: dict[str, Any] = {ABOUT: np.array(json.dumps(about, ensure_ascii=False))}
    entries |= {name: half(array) for name, array in weights.items()}
    np.savez_compressed(file, **entries)
    size = file.stat().st_size
    if size > MOST:
        file.unlink()
        raise Mistake("checkpoint_large", size=f"{size / 1e6:.1f}", most=f"{MOST / 1e6:.1f}")
    return size


def load(spec: Experiment) -> Checkpoint:
    """The checkpoint of exactly this spec. Raises Mistake("no_checkpoint")."""
    if not exists(spec):
        raise Mistake("no_checkpoint", name=spec.name, allowed=sorted(each.stem for each in FOLDER.glob("*.npz")))
    return read(path(spec))


def read(file: Path) -> Checkpoint:
    """The checkpoint in a file."""
    with np.load(file, allow_pickle=False) as found:
        about = json.loads(str(found[ABOUT]))
        weights = {name: found[name].astype(kind) for name, kind in about["types"].items()}
    step, total, seconds, metrics, samples = about["snapshot"]
    spec = named(about["experiment"])(**about["spec"])
    return Checkpoint(spec, Snapshot(step, total, seconds, metrics, tuple(samples)), weights)
