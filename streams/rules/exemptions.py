"""The exemptions that a demand itself gives ground for: an emergency with its reason, a law that it names, a lawful random check ...

Pure. Flows in: a demand. Flows out: names of exemptions. A ground that says "none" is no ground.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from streams.events.docno import is_none
from streams.rules.facts import Issuance

LEGAL_TEXTS: Final = ("法规", "规章", "法律", "legal")
TRAININGS: Final = ("培训", "通报", "宣讲", "training", "briefing")


def exempting(one: Issuance, status: str | None = None) -> list[str]:
    """The exemptions that an event itself gives ground for, by name."""
    data = one.data
    found = [name for name, applies in _EXEMPTING if applies(data)]
    if status == "cooperate" and not is_none(data.resources):
        found.append("declared-cooperation")
    return found


def _said(text: str | None, words: Iterable[str]) -> bool:
    return text is not None and any(word in text for word in words)


_EXEMPTING: Final[tuple[tuple[str, Callable[[Any], bool]], ...]] = (
    ("emergency", lambda data: bool(data.emergency and not is_none(data.emergency_ground))),
    ("law-basis", lambda data: data.basis_type == "law" and not is_none(data.legal_basis)),
    ("new-measures", lambda data: data.new_measures is True),
    ("upward", lambda data: getattr(data, "direction", None) == "up"),
    ("legal-text", lambda data: _said(getattr(data, "doc_class", None), LEGAL_TEXTS)),
    ("random-check", lambda data: getattr(data, "random_check", False)),
    ("accident", lambda data: _said(getattr(data, "inspection_class", None), ("事故", "accident"))),
    ("training", lambda data: _said(getattr(data, "meeting_class", None), TRAININGS)),
    ("safety-ground", lambda data: not is_none(getattr(data, "safety_ground", None))),
    ("formal-post", lambda data: _said(getattr(data, "label", None), ("挂职",)) and not is_none(data.approval_no)),
    ("quality-check", lambda data: any(item.caliber and _said(item.caliber, ("校核", "核校")) for item in data.items)),
)
