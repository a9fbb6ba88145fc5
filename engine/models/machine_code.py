"""Python made machine code by numba (Lam, Pitrou, Seibert 2015), once: it is kept beside the file the function is in.

What differs here from numba's defaults: other Python threads go on meanwhile, and sums may be added up in any order.
"""

from collections.abc import Callable
from typing import Any

import numba

# The compiler may reorder a sum; it may not assume that no number is infinite or missing, for a learner can make some.
FASTMATH = {"reassoc", "contract", "nsz", "arcp"}


def compiled(function: Callable[..., Any]) -> Any:
    """The function as machine code."""
    return numba.njit(cache=True, nogil=True, fastmath=FASTMATH)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """The same for a small function, which becomes part of the one that calls it: otherwise a third slower."""
    return numba.njit(cache=True, nogil=True, fastmath=FASTMATH, inline="always")(function)
