"""The one gate for texts: whatever can be stored goes through here first, whatever way it came in.

Pure. Flows in: a text, or a tree of JSON. Flows out: the same with personal numbers masked, or ``Refused``, which never repeats a secret.

In this order: what is marked secret wins over everything; then characters that no text may hold; then personal numbers are masked. ``decode``
asks the same questions one by one, with the JSON at hand for quick tests; all others call ``checked_text`` or ``checked_tree``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from streams.events import personal, secrecy
from streams.events.characters import named, unfit
from streams.events.faults import Fault, Refused, shown

WITHHELD: Final = "withheld"
"""Stands where a source or name would, of which nothing may be kept."""
_SECRET_RULE: Final = "is marked secret; nothing marked secret may enter"
_SECRET_FIX: Final = "keep it out of every open network"
SECRET: Final = Fault("", "", _SECRET_RULE, _SECRET_FIX, "secret")
DEPTH: Final = 100
"""No tree that is read from JSON here is deeper; a deeper one is refused rather than walked."""


def checked_text(field: str, text: str, *, lines: bool = True) -> str:
    """The text with personal numbers masked; without ``lines`` it has one line. Raises Refused."""
    if secrecy.has_mark(text):
        raise Refused((Fault(field, "", _SECRET_RULE, _SECRET_FIX, "secret"),), secret=True)
    found = unfit(text, lines=lines)
    if found:
        raise Refused((_unfit(field, found),))
    kept: str = personal.masked(text)[0]
    return kept


def checked_tree(tree: Any) -> tuple[Any, int]:
    """A tree of JSON with personal numbers in its texts masked, and how many there were; all keys and texts are looked at. Raises Refused."""
    if _depth(tree) > DEPTH:
        raise Refused((Fault("", "", f"must not be nested deeper than {DEPTH}", "flatten it", "depth"),))
    if secrecy.declares(tree) or secrecy.is_marked(tree):
        raise Refused((SECRET,), secret=True)
    fault = unfit_in(tree)
    if fault is not None:
        raise Refused((fault,))
    return personal.masked(tree)


def is_secret(tree: Any, text: str, *, may_declare: bool) -> bool:
    """Whether a tree is marked secret or states a class; ``text`` is its JSON, the rest what a quick look found."""
    if secrecy.may_be_marked(text):
        return secrecy.is_marked(tree) or secrecy.declares(tree)
    return may_declare and secrecy.declares(tree)


def unfit_in(tree: Any) -> Fault | None:
    """The first character of a tree that no text may hold."""
    for field, text in _texts(tree, ""):
        found = unfit(text)
        if found:
            return _unfit(field, found)
    return None


def kept_name(text: str) -> str:
    """A source or name as far as it may be kept of something refused: masked, or "withheld" where it is marked itself."""
    try:
        return checked_text("", text)
    except Refused:
        return WITHHELD


def _unfit(field: str, character: str) -> Fault:
    return Fault(field, "", f"has {named(character)}", "send plain text", "control")


def _texts(tree: Any, field: str) -> Iterator[tuple[str, str]]:
    """Every key and text, with where it stands."""
    if isinstance(tree, str):
        yield field, tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield field, key
            yield from _texts(value, f"{field}.{shown(key)}".lstrip("."))
    elif isinstance(tree, list | tuple):
        for place, value in enumerate(tree):
            yield from _texts(value, f"{field}[{place}]")


def _depth(tree: Any) -> int:
    level, depth = [tree], 0
    while level and depth <= DEPTH:
        level = (
            [
                inner
                for outer in level
                for inner in (outer.values() if isinstance(outer, dict) else outer)
                if isinstance(inner, dict | list | tuple)
            ]
            if depth or isinstance(tree, dict | list | tuple)
            else []
        )
        depth += 1
    return depth
