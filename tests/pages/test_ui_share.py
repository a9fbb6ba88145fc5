"""The link a page offers: whatever a page takes from its address is in the link, too."""

import ast
import re

from engine.experiments import EXPERIMENTS
from pages.ui.share import STATE
from tests.browser.serve import ROOT

READ = ("take", "choose")  # functions whose second argument names a part of the address


def named() -> dict[str, str]:
    """What pages take from their address → where; a name that is put together is a pattern."""
    found = {}
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READ):
                continue
            match node.args[1]:
                case ast.Constant(value=str(name)):
                    found[name] = f"{path.name}:{node.lineno}"
                case ast.JoinedStr(values=values):
                    parts = (x.value if isinstance(x, ast.Constant) else r"\w+" for x in values)
                    found["".join(map(str, parts))] = f"{path.name}:{node.lineno}"
    return found


def test_what_a_page_takes_from_its_address_is_in_the_link_it_offers() -> None:
    dials = {dial for each in EXPERIMENTS.values() for dial in each.dials()}
    found = named()
    assert {"find", "biased", r"swap_\w+", r"kind_\w+"} <= set(found)
    wanted = set(found) - dials | {"pairs", "task"}  # dials of one page, and no dials of another
    assert not {name: found[name] for name in wanted if not any(re.fullmatch(name, part) for part in STATE)}
