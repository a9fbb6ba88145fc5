"""A link that brings somebody else here: the same language, station, settings and look, so the same numbers."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from engine.experiments import Experiment
from pages.ui import own_text, session

# What pages keep in their address besides the dials: station and operation; example, sentence, pair and share of the
# training that are stepped through; moment of the training; what the stage looks at (pages/ui/look.py); query and
# document of a search; the beginning of a sentence, a sentence and which of its words; what is broken.
STATE = (
    *("at", "n", "example", "sentence", "pair", "trained", "moment", "words", "analogy", "near", "axes", "dims"),
    *("query", "document", "prefix", "text", "factor", "broken"),
)
SCALE = 5  # pixels a module of the QR code

LABELS = ("share", "share.help", "share.own", "share.qr", "share.long")


def share(slug: str, spec: Experiment, *, texts: Mapping[str, str]) -> None:
    """A button that opens the link, ready to copy, and its QR code for a room full of telephones."""
    # Opening it runs the page: a step of the player, which runs only the player's part, is in the link then.
    place = st.popover(texts["share"], icon=":material/share:", key=f"{slug}.share", on_change="rerun")
    if not place.open:
        return
    address = link(slug, spec)
    with place:
        st.markdown(texts["share.help"])
        st.code(address, language=None, wrap_lines=True)
        if own_text.reads(spec):
            st.caption(texts["share.own"])
        try:
            st.image(qr(address), width=260, alt=texts["share.qr"])
        except segno.DataOverflowError:
            st.caption(texts["share.long"])


def link(slug: str, spec: Experiment) -> str:
    """The absolute address of page `slug` as it stands."""
    here = urlsplit(st.context.url or "")
    folder = here.path.rstrip("/").removesuffix(f"/{slug}")
    now = st.query_params.to_dict()
    values = {"lang": session.language(), **{k: now[k] for k in STATE if k in now}, **spec.changed()}
    host = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{host}{folder}/{slug}?{urlencode(values, safe=':,')}"


def qr(address: str) -> str:
    """A QR code as SVG, dark on white in both themes: cameras want it so. Raises DataOverflowError past 2,300 bytes."""
    made: str = segno.make(address, error="m").svg_inline(scale=SCALE, border=4, dark="#000", light="#fff")
    return made.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
