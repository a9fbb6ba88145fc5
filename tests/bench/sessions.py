"""A visitor without a browser: speaks Streamlit's own protocol, so that thirty cost the machine next to nothing."""

import re
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


class Session:
    """One visitor of one page. `elements` holds the page's elements by their place on it."""

    def __init__(self, url: str, page: str, query: str = "", patience: float = 60) -> None:
        parts = urlsplit(url)
        self.url, self.page, self.query, self.patience = url, page, query, patience
        self.elements: dict[tuple[int, ...], Any] = {}
        self.fragments: dict[str, str] = {}  # button's id → the fragment it belongs to
        self._hash = ""
        self._socket = connect(
            f"ws://{parts.netloc}{parts.path}_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]  # websockets wants its own str type
            origin=f"{parts.scheme}://{parts.netloc}",  # type: ignore[arg-type]
            max_size=None,
        )
        self.run()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()

    def run(self, click: str | None = None) -> float:
        """Runs the page's script, after a click on the button of that label if one is given; returns its seconds."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page, self._hash
        if click is not None:
            widget = state.widget_states.widgets.add()
            widget.id, widget.trigger_value = self.button(click), True
            state.fragment_id = self.fragments.get(widget.id, "")
        start = time.perf_counter()
        self._socket.send(message.SerializeToString())
        self._until_finished()
        return time.perf_counter() - start

    def button(self, label: str) -> str:
        """The id of the button of that label. Raises LookupError if the page has none."""
        for element in self.elements.values():
            if element.WhichOneof("type") == "button" and element.button.label == label:
                found: str = element.button.id
                return found
        raise LookupError(f"no button {label!r} on {self.page}")

    def find(self, pattern: str) -> list[str]:
        """All matches of a regular expression in the elements the page has now, as text."""
        return [found for element in self.elements.values() for found in re.findall(pattern, str(element))]

    def _until_finished(self) -> None:
        end = time.monotonic() + self.patience
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(timeout=max(0.1, end - time.monotonic())))
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self._hash = message.navigation.page_script_hash
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                self.elements[tuple(message.metadata.delta_path)] = element
                self.fragments[element.button.id] = message.delta.fragment_id
            elif kind == "script_finished":
                return
