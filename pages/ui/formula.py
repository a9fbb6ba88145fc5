"""Markdown and formulas for components, which get neither Streamlit's Markdown nor its KaTeX: safe HTML made here.

Formulas become MathML, which browsers draw themselves. HTML in the Markdown is shown as text; links and images are off.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MATHML = "{http://www.w3.org/1998/Math/MathML}"
TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mtable", "mtr", "mtd"),
}
_DOLLARS = re.compile(r"(\$\$?)(?![\s$])((?:\\.|[^$\\])+?)(?<!\s)\1(?!\d)", re.DOTALL)
_NEW, _GOOD, _ALLOWED = r"\\", r"\goodbreak", r"\allowbreak"

# A minus that follows one of these is a sign: without braces it would be set as far apart as a difference.
_SIGN = re.compile(r"(^|[=(,&<>:\[]|\\[\\;,:!]|\\(?:quad|cdot|times|approx|to|leftarrow)\b)(\s*)-\s*(\d[\d.]*|[a-z])")


@cache
def mathml(latex: str, block: bool = False) -> str:
    """LaTeX as MathML. Raises ValueError if anything but MathML would come out."""
    # The converter copies < and & into its output as they are: a formula could smuggle in HTML.
    spaced = _SIGN.sub(r"\1\2{-\3}", latex.replace(": ", r":\; "))
    made: str = convert(spaced.replace("<", r"\lt ").replace(">", r"\gt "), display="block" if block else "inline")
    try:
        elements = list(ElementTree.fromstring(made).iter())
    except ElementTree.ParseError as error:
        raise ValueError(f"not a formula: {latex}") from error
    if strange := {e.tag for e in elements} - {MATHML + tag for tag in TAGS}:
        raise ValueError(f"not a formula: {latex} makes {strange}")
    return made


@cache
def lines(latex: str) -> str:
    """A formula of a step as paragraphs (`\\\\` begins one) of pieces (`\\goodbreak`) of MathML (`\\allowbreak`)."""
    return "".join(f"<p>{' '.join(map(_piece, line.split(_GOOD)))}</p>" for line in latex.split(_NEW))


def _piece(latex: str) -> str:
    return f"<span>{' '.join(mathml(part.strip()) for part in latex.split(_ALLOWED))}</span>"


@cache
def html(markdown: str) -> str:
    """Markdown of a lesson as safe HTML, `$…$` and `$$…$$` in it as MathML."""
    made: str = _reader().render(markdown)
    return made


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink"])
    reader.inline.ruler.before("escape", "formula", _read)
    reader.add_render_rule("formula", _render)
    return reader


def _read(state: StateInline, silent: bool) -> bool:
    match = _DOLLARS.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content, token.block = match[2], match[1] == "$$"
    state.pos = match.end()
    return True


def _render(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return mathml(tokens[at].content, tokens[at].block)
