"""The live route: what a stage in a browser fetches while a model trains, without a rerun of the page's script.

`GET live/{token}/{view}?since=&mark=` answers with the frames after index `since` and how the run stands, or with 204
when there is nothing new since the reply that carried `mark`. Every request is a sign of life of the stage.
`POST live/{token}/control?do=` pauses, resumes, steps or cancels the run, or says that its page was closed.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine import runner
from engine.runner import Run
from engine.snapshot import Frame, Numbers

Builder = Callable[[Numbers], dict[str, Any]]  # a view's numbers → what the pane draws of that moment

AT_ONCE = 60  # frames in one reply: under 200 kB, so that the first movement does not wait for the last frame
MOST_STEPS = 1_000
KEPT = 64  # screens of one run: shared runs live long, and every choice of words is another screen


@dataclass(frozen=True)
class Screen:
    """One view as one audience sees it: how its frames are built, in which language, and those built so far."""

    view: str
    language: str
    builders: Mapping[str, Builder]
    built: dict[int, str] = field(default_factory=dict)  # index → JSON

    def frame(self, frame: Frame) -> str:
        """The JSON of a frame; built once, however many browsers ask."""
        if frame.index not in self.built:
            self.built[frame.index] = _json(frame, self.builders)
        return self.built[frame.index]


_SCREENS: dict[str, OrderedDict[str, Screen]] = {}  # token → name → screen, the one asked for last is last
_LOCK = threading.Lock()


def register(run: Run, view: str, builders: Mapping[str, Builder], language: str, look: Any = None) -> str:
    """Make a view of `run` fetchable; returns its name in the route.

    `view` is what `run.watch` returned. `look` is anything JSON can hold on which the builders depend beside the
    view: another look of the same view is another screen. Screens are forgotten with their run.
    """
    key = json.dumps([view, language, sorted(builders), look], sort_keys=True, default=str)
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    with _LOCK:
        for token in [t for t in _SCREENS if runner.current().find(t) is None]:
            del _SCREENS[token]
        screens = _SCREENS.setdefault(run.token, OrderedDict())
        screens.setdefault(name, Screen(view, language, builders))
        screens.move_to_end(name)
        while len(screens) > KEPT:
            screens.popitem(last=False)
    return name


def _screen(token: str, name: str) -> Screen | None:
    with _LOCK:
        screens = _SCREENS.get(token, OrderedDict())
        if name in screens:
            screens.move_to_end(name)
        return screens.get(name)


def frames(request: Request) -> Response:
    """The frames after `since`, and how the run stands."""
    token, name = request.path_params["token"], request.path_params["view"]
    run, screen = runner.current().find(token), _screen(token, name)
    if run is None or screen is None:
        return Response(status_code=404)
    since = _whole(request, "since", -1)
    new = run.frames(screen.view, since)[:AT_ONCE]
    stands = _stands(run, screen)
    mark = hashlib.sha256(json.dumps(stands).encode()).hexdigest()[:8]
    if not new and mark == request.query_params.get("mark"):
        return Response(status_code=204)
    head = json.dumps({**stands, "mark": mark}, ensure_ascii=False)
    body = f'{head[:-1]}, "frames": [{",".join(screen.frame(frame) for frame in new)}]}}'
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def control(request: Request) -> Response:
    """Pause, resume, step, cancel, leave, or only a sign of life. Shared runs are everybody's: nobody may stop them."""
    run = runner.current().find(request.path_params["token"])
    if run is None:
        return Response(status_code=404)
    do = request.query_params.get("do", "")
    if do not in ("pause", "resume", "step", "cancel", "beat", "leave"):
        return Response(status_code=400)
    if run.shared and do not in ("beat", "leave"):
        return Response(status_code=400)
    if do == "step":
        run.step(min(max(_whole(request, "n", 1), 1), MOST_STEPS))
    else:
        getattr(run, do)()
    return Response(status_code=204)


ROUTES = [
    Route("/live/{token}/control", control, methods=["POST"]),
    Route("/live/{token}/{view}", frames, methods=["GET"]),
]


def _stands(run: Run, screen: Screen) -> dict[str, Any]:
    """How the run stands. `trouble` says why a pane stays empty, `mistake` why the run ended."""
    trouble = run.trouble(screen.view)
    return {
        "state": run.state,
        "place": run.place,
        "progress": round(run.progress, 2),
        "restarts": run.restarts,
        "mistake": run.mistake.sentence(screen.language) if run.mistake else None,
        "trouble": trouble.sentence(screen.language) if trouble else None,
        "total": len(run.history),
        "moments": run.moments(),
    }


def _json(frame: Frame, builders: Mapping[str, Builder]) -> str:
    snapshot = frame.snapshot
    sent = {
        "i": frame.index,
        "step": snapshot.step,
        "total": snapshot.total,
        "seconds": round(snapshot.seconds, 3),
        "metrics": snapshot.metrics,
        "panes": {name: builders[name](numbers) for name, numbers in frame.panes.items() if name in builders},
    }
    return json.dumps(_sendable(sent), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _sendable(value: Any) -> Any:
    """The same in what JSON knows: arrays become lists, and numbers that are none (nan, infinity) become null."""
    if isinstance(value, Mapping):
        return {str(key): _sendable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sendable(inner) for inner in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return _sendable(value.tolist())
    if isinstance(value, float):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value


def _whole(request: Request, name: str, default: int) -> int:
    """A whole number of the query, or `default` where it is none."""
    try:
        return int(request.query_params.get(name, default))
    except ValueError:
        return default
