"""A link that brings somebody else here: the same language, station, settings and look, so the same numbers."""

from collections.abc import Mapping
from urllib.parse import quote_plus, urlencode, urlsplit

import segno
import streamlit as st

from engine.experiments import OWN, Experiment
from pages.ui import own_text, session

# What pages keep in their address besides the dials: station and operation; example, sentence, pair and share of the
# training that are stepped through; moment of the training; what the stage looks at (pages/ui/look.py); query and
# document of a search; the beginning of a sentence, a sentence and which of its words; what is broken; a sentence whose
# words are shuffled, and how often; words compared; rules and the sentence that is taken apart by them; which sentences
# two models are compared on; a phrase that is left out; words of a table of counts and how far it is counted, two words
# and those held against them, whose company is listed, two words whose cell is stepped through, which of a model's
# tables is asked; what a recurrent network does, the text it is looked at on, the unit and which of its states; a task
# of remembering; which vectors are looked at, of which model, of which file and how many of it, the picture that is
# drawn of them, the words it must show, the one that is looked for in it and by what all are coloured; three words of
# an analogy; the text, vector size and seed where labels are few, and the kind whose words are listed; a text with a
# bias, and the pairs that give its direction; the width of a beam and its preference for long texts; an unseen
# sentence, and when its words are given; which text a page's second model reads, how it is cut, the moment of its
# training, its beam; how a word is drawn; the head of attention, the heads that are left out, a second sentence, words
# that change places, what a figure shows; whether all stages of a run are trained anew; an answer that is criticised.
STATE = (
    *("at", "n", "example", "sentence", "pair", "trained", "moment", "words", "analogy", "near", "axes", "dims"),
    *("query", "document", "prefix", "text", "factor", "broken"),
    *("shuffle", "turn", "far", "grammar", "rules", "parse", "duel", "phrase"),
    *("task", "shown", "unit", "state", "lag", "bias", "items", "rival"),
    *("cells", "counted", "probes", "company", "cell", "table", "centre"),
    *("source", "model", "file", "most", "picture", "named", "find", "by", "triple"),
    *("few_tokens", "few_dim", "few_seed", "kind_entities", "kind_reviews", "biased", "pairs"),
    *("width", "alpha", "forced", "forced_at"),
    *("reads", "cut", "reached", "text_width", "text_alpha", "temperature", "top_k", "top_p", "draw"),
    *("said", "head", "off", "other", "swap_i", "swap_j", "shows"),
    *("begin", "criticised"),
)
LONGEST = 4_000  # characters that a text of the learner's may take in the address: chats and mail cut longer ones off
SCALE = 5  # pixels a module of the QR code

LABELS = ("share", "share.help", "share.own", "share.qr", "share.long", "share.without")


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
        if own_text.reads(spec) or st.query_params.get("reads", "").startswith(OWN):
            st.caption(texts["share.own"])
        for label, length in _left_out(slug).values():
            st.caption(texts["share.without"].format(name=texts[label], count=f"{length:,}", most=f"{LONGEST:,}"))
        try:
            st.image(qr(address), width=260, alt=texts["share.qr"])
        except segno.DataOverflowError:
            st.caption(texts["share.long"])


def keep_long(slug: str, part: str, value: str | None, label: str) -> None:
    """Write a text into the address; None removes it. One that is too long stays out, and `share` says so."""
    length = len(quote_plus(value or ""))
    if length > LONGEST:
        _left_out(slug)[part] = (label, length)
    else:
        _left_out(slug).pop(part, None)
    session.keep_in_link(**{part: value if length <= LONGEST else None})


def _left_out(slug: str) -> dict[str, tuple[str, int]]:
    """Parts of the page that its address has no room for: the label and length of each."""
    found: dict[str, tuple[str, int]] = st.session_state.setdefault(f"{slug}.left_out", {})
    return found


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
