"""Starts the app as a learner would get it: a server process of its own, on a free port."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = 180  # seconds; a warm machine takes 5, a cold one compiles the training loops first


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process id, what it has printed so far."""

    url: str
    pid: int
    log: Path


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def serve(folder: Path = ROOT, **environment: str) -> Iterator[Server]:
    """The app of `folder`, ready to answer; stopped at the end. Raises RuntimeError, its log inside, if it fails."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = ["--server.port", str(port), "--server.headless", "true", "--server.address", "127.0.0.1"]
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "server.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [*command, *options], cwd=folder, env={**os.environ, **environment}, stdout=out, stderr=out
            )
        try:
            server = Server(f"http://127.0.0.1:{port}/", process.pid, log)
            _await(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(server: Server, process: "subprocess.Popen[bytes]") -> None:
    """Until it answers. The lifespan of the app starts the workers before the first answer."""
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(server.url + "_stcore/health", timeout=5) as reply:
                if reply.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()}")
