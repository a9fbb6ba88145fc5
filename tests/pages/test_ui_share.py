"""The link a page offers: whatever a page takes from its address, or keeps there, is in the link, too."""

import ast
import re
from collections.abc import Iterator

from engine.experiments import EXPERIMENTS
from pages.ui.share import STATE
from tests.browser.serve import ROOT

READ = ("take", "choose")  # functions whose second argument names a part of the address


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function by its module's or object's name in the pages, and where it stands."""
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield f"{path.name}:{node.lineno}", node


def taken() -> dict[str, str]:
    """What pages take from their address → where; a name that is put together is a pattern."""
    found = {}
    for where, call in calls():
        if ast.unparse(call.func).rpartition(".")[2] in READ:
            match call.args[1]:
                case ast.Constant(value=str(name)):
                    found[name] = where
                case ast.JoinedStr(values=values):
                    parts = (x.value if isinstance(x, ast.Constant) else r"\w+" for x in values)
                    found["".join(map(str, parts))] = where
    return found


def test_what_a_page_takes_from_its_address_is_in_the_link_it_offers() -> None:
    dials = {dial for each in EXPERIMENTS.values() for dial in each.dials()}
    found = taken()
    assert {"find", "biased", r"swap_\w+", r"kind_\w+"} <= set(found)
    wanted = set(found) - dials | {"pairs", "task"}  # dials of one page, and no dials of another
    assert not {name: found[name] for name in wanted if not any(re.fullmatch(name, part) for part in STATE)}


def test_what_a_page_keeps_in_its_address_is_in_the_link_it_offers() -> None:
    kept = {
        word.arg for _, call in calls() if ast.unparse(call.func).endswith("keep_in_link") for word in call.keywords
    }
    assert "moment" in kept
    # The language is always in a link; projector mode is for the room it was switched on in.
    assert kept - {"lang", "projector", None} <= {*STATE}
