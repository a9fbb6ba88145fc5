"""The yardstick's server: Plotly's script, one live route, workers from the lifespan."""

import gc
import json
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import plotly
import streamlit as st
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]  # its own modules, and the app's kingdom text

from peer import figures, runner  # noqa: E402  (after the path)


@asynccontextmanager
async def lifespan(_app):
    runner.THE = runner.Runner()
    gc.collect()
    gc.freeze()
    yield {}
    runner.THE.client.close()
    runner.THE.cluster.close()


async def live(request):
    run = runner.RUNS.get(request.path_params["token"])
    if run is None:
        return Response(status_code=404)
    run.seen, since = time.time(), int(request.query_params.get("since", -1))
    if not run.history or len(run.history) - 1 == since:
        return Response(status_code=204)
    fresh = run.history[since + 1 : since + 60]
    frames = [{**moment["shown"], "figure": figures.map_figure(moment["xy"])} for moment in fresh]
    body = json.dumps({"state": run.state, "all": len(run.history), "frames": frames})
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


vendor = StaticFiles(directory=Path(plotly.__file__).parent / "package_data")
app = st.App("pages/frame.py", lifespan=lifespan, routes=[Route("/live/{token}", live), Mount("/vendor", vendor)])
