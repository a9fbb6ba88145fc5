"""Markdown and formulas for components: nothing but safe HTML and MathML comes out."""

import re
from xml.etree import ElementTree

import pytest

from pages.ui.formula import html, lines, mathml


def texts(math: str) -> str:
    return "".join(ElementTree.fromstring(math).itertext()).replace("\xa0", " ")


def test_a_formula_becomes_mathml() -> None:
    made = mathml(r"\sigma(0.2) = \frac{1}{1 + e^{-0.2}} = 0.550", block=True)
    assert 'display="block"' in made
    assert "<mfrac>" in made
    assert texts(made) == "σ(0.2)=11+e−0.2=0.550"


def test_a_formula_of_a_step_has_lines_and_places_to_break_them() -> None:
    first, second = re.findall("<p>(.*?)</p>", lines(r"s = 1 \goodbreak {} + -2 \allowbreak (3) \\ \vdots"))
    pieces = [re.findall("<math.*?</math>", piece) for piece in re.findall("<span>(.*?)</span>", first)]
    assert [[texts(part) for part in piece] for piece in pieces] == [["s=1"], ["+−2", "(3)"]]
    assert second.count("<math") == 1


@pytest.mark.parametrize("formula", ["a < b > c", r"\text{<img src=x onerror=alert(1)>}", r"\text{<b>a</b>}", "<b>"])
def test_no_html_comes_out_of_a_formula(formula: str) -> None:
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(mathml(formula)).iter()}
    assert tags <= {"math", "mrow", "mi", "mo", "mn", "mtext"}


def test_what_is_no_formula_says_so() -> None:
    with pytest.raises(ValueError, match="not a formula"):
        mathml(r"\text{a & b}")


@pytest.mark.parametrize(
    ("formula", "sign"), [("x = -0.2", True), (r"(1,\; -0.2)", True), ("1 - 0.2", False), (r"a \to -1", True)]
)
def test_a_sign_is_set_close_and_a_difference_wide(formula: str, sign: bool) -> None:
    # MathML sets a minus close to what follows when it opens a row of its own.
    assert ("<mrow><mo>&#x02212;</mo>" in mathml(formula)) is sign


def test_markdown_of_a_lesson_with_formulas() -> None:
    made = html("**Error** is $t - \\sigma(s)$:\n\n- one\n- two `code`\n\n$$x_1$$")
    assert "<strong>Error</strong> is <math" in made
    assert "<li>one</li>" in made
    assert "<code>code</code>" in made
    assert 'display="block"' in made


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "![x](http://example.invalid/x.png)",
        "[x](javascript:alert(1))",
        "<http://example.invalid>",
        "<!-- x -->",
    ],
)
def test_html_links_and_pictures_are_shown_as_text(text: str) -> None:
    made = html(f"a {text} b")
    assert not any(f"<{tag}" in made for tag in ("b>", "script", "img", "a ", "!--"))


def test_a_price_is_not_a_formula() -> None:
    assert "<math" not in html("costs $5 or $6, not more")
