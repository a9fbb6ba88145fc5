"""Learner's text as it was typed: Streamlit's Markdown must neither format it nor fetch anything it names.

Backslashes stop what is parsed: emphasis, headings, HTML, links, images, formulas, `:red[…]`. They do not stop what
Streamlit replaces afterwards in the finished text: `:material/…:`, `:smile:`, bare addresses, arrows such as `->`.
Those are broken up with a word joiner, a character of no width at which no line breaks.
"""

import re
import unicodedata

JOINER = "\u2060"

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # all of ASCII's, each of which a backslash makes literal
_REPLACED = re.compile(r"<->|->|<-|--|>=|<=|~=|[:@](?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
_TURNS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}  # would turn round the text that follows


def plain(text: str) -> str:
    """`text` on one line, as Markdown that shows every character as it is, in `st.markdown` and in widgets' labels.

    Runs of white space become one space, invisible control characters go. A longer text belongs in `st.code`.
    """
    shown = "".join(c for c in " ".join(text.split()) if c not in _TURNS and unicodedata.category(c) != "Cc")
    broken = _REPLACED.sub(lambda match: match[0][:1] + JOINER + match[0][1:], shown)
    return _PUNCTUATION.sub(r"\\\1", broken)
