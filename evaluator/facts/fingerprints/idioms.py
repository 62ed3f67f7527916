"""Statements that everybody writes: they tell nothing of where a work comes from."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 400  # characters: no idiom is longer, and the patterns take the square of it
_FLAT = r"(?:[^()]* )?"  # arguments that hold no bracket
_CALLED = rf"\( (?:[^()]*(?:\( {_FLAT}\))?[^()]* )?\)"  # a call whose arguments hold one pair of brackets at most
_LOOK = r"(?:head|tail|info|describe|sample|shape|columns|dtypes|nunique|copy|isna|isnull|sum)"
_IDIOMS = (
    r"pass|try :|else :|finally :|break|continue|return(?: V)?",
    r"if __name__ == S :",
    rf"(?:V = )?V(?: \[ (?:S|V) \])?(?: \. {_LOOK}(?: {_CALLED})?)*",
    rf"(?:print|display) {_CALLED}",
    rf"(?:V = |V , V = )?pyplot \. \w+ {_CALLED}",
    rf"V(?: \[ [NV] \])? \. set_(?:title|xlabel|ylabel|xlim|ylim) \( {_FLAT}\)",
    rf"(?:seaborn|pandas|warnings|numpy) \. (?:set\w*|filterwarnings|simplefilter|seed) {_CALLED}",
    rf"numpy \. random \. seed {_CALLED}",
    rf"V = pandas \. read_\w+ {_CALLED}",
)
_ANY = re.compile("|".join(f"(?:{idiom})" for idiom in _IDIOMS))


def is_idiom(tokens: Sequence[str]) -> bool:
    """Whether a statement, as it would be compared, is one of those."""
    return sum(map(len, tokens)) <= _LONGEST and _ANY.fullmatch(" ".join(tokens)) is not None
