"""Why a finding stands: the rule with its version and article, every input event with its arithmetic, who caused it, how to appeal.

Pure. Flows in: a truth (or a stored finding), the rulebook, what is known of the events. Flows out: an ``Explanation``, which command line, API
and page show alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from streams.rules.book import Rulebook
from streams.rules.facts import Facts
from streams.rules.loads import Contribution
from streams.rules.machine import Finding
from streams.rules.pack import Basis, Bilingual, Comparison, Layer, Rule, Severity
from streams.rules.tables import COMMON, TABLES
from streams.rules.truth import Truth
from streams.rules.wording import Language, measured

SIGNS: Final[dict[Comparison, str]] = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}
APPEAL: Final = Bilingual(
    zh="对本结果有异议的，可在五个工作日内提交说明（紧急事由、法律依据、数据有误、已合并、经批准的试点）并附证据；申诉成立的，更正事件将重述全部总量，历史保留。",
    en=(
        "Whoever disagrees files an explanation within five working days (emergency, legal basis, wrong data, merged already, approved "
        "pilot) with evidence; an upheld appeal restates all totals by a correction event, and history is kept."
    ),
)


class UnknownRule(LookupError):
    """No loaded pack holds the rule in the version that the finding was judged by."""


@dataclass(frozen=True)
class Input:
    """One column that the rule looked at: name, value, meaning."""

    name: str
    value: Any
    means: str


@dataclass(frozen=True)
class InputEvent:
    """One event behind a finding, with what it adds. ``title`` is '' when the event is not at hand."""

    event: str
    issuer: str
    title: str
    doc_no: str
    at_us: int
    amount: float
    arithmetic: str


@dataclass(frozen=True)
class Share:
    """What one issuer contributed; ``share`` of the whole from 0 to 1."""

    issuer: str
    amount: float
    share: float


@dataclass(frozen=True)
class Explanation:
    """Everything that must be shown with a finding."""

    finding: str
    rule: str
    edition: str
    source: str
    changed: tuple[str, ...]
    title: Bilingual
    basis: Basis
    layer: Layer
    severity: Severity
    subject: str
    period: str
    issuer: str
    condition: str
    value: float
    limit: float
    unit: str
    arithmetic: str
    measured: Mapping[str, str]
    """The same in a sentence, by language."""
    exempt: str
    inputs: tuple[Input, ...]
    events: tuple[InputEvent, ...]
    shares: tuple[Share, ...]
    remedy: Bilingual | None
    appeal: Bilingual = APPEAL


def explain(
    found: Truth | Finding,
    book: Rulebook,
    facts: Facts | None = None,
    contributions: Sequence[Contribution] = (),
    names: Mapping[int, str] | None = None,
) -> Explanation:
    """The explanation of a truth, or of a stored finding (which no longer knows its inputs: take the truth where it can be had).

    ``contributions`` are those of a load finding, ``names`` their events by key. Raises UnknownRule.
    """
    standing = book.find(found.rule, found.edition)
    if standing is None:
        raise UnknownRule(f"rule {found.rule!r}: not in {found.edition}; load the pack version that the finding names")
    rule = standing.rule
    truth = found if isinstance(found, Truth) else None
    events = _loaded(contributions, facts, names or {}) if contributions else _events(truth, facts, rule.value)
    columns = COMMON | TABLES[rule.table].columns
    given = {} if truth is None else truth.inputs
    sign = SIGNS[rule.holds]
    return Explanation(
        finding=found.id if isinstance(found, Truth) else found.finding,
        rule=rule.id,
        edition=standing.edition,
        source=standing.source,
        changed=standing.changed,
        title=rule.title,
        basis=rule.basis,
        layer=rule.layer,
        severity=rule.severity,
        subject=found.subject,
        period=found.period,
        issuer=found.issuer,
        condition=rule.when if rule.load is None else f"{rule.load.metric} over the unit's level",
        value=found.value,
        limit=found.limit,
        unit=rule.unit,
        arithmetic=f"{rule.value if rule.load is None else rule.load.metric} = {found.value:g} {sign} {found.limit:g} {rule.unit}",
        measured=in_words(rule, found),
        exempt="" if truth is None else truth.exempt,
        inputs=tuple(
            Input(name, value, columns[name].means if name in columns else "") for name, value in given.items()
        ),
        events=events,
        shares=_shares(events),
        remedy=rule.remedy,
    )


def in_words(rule: Rule, found: Truth | Finding) -> dict[str, str]:
    """What was measured against which limit, in a sentence, by language."""
    counted = rule.load is not None or rule.value != "1"
    languages: tuple[Language, ...] = ("zh", "en")
    return {one: measured(found.value, found.limit, rule.unit, rule.holds, counted, one) for one in languages}


def _events(truth: Truth | None, facts: Facts | None, value: str) -> tuple[InputEvent, ...]:
    """The events of a truth; each counts one, the first is the one that the rule speaks of."""
    known = {} if facts is None else facts.by_name
    out: list[InputEvent] = []
    for name in () if truth is None else truth.events:
        one = known.get(name)
        issuer = "" if one is None else str(one.data.issuer)
        title, doc_no = ("", "") if one is None else (str(one.data.title), one.data.doc_no or "")
        first = truth is not None and name == truth.events[0]
        arithmetic = f"{value} = {truth.value:g}" if first and truth is not None else "compared with it"
        out.append(InputEvent(name, issuer, title, doc_no, 0 if one is None else one.at_us, 1.0, arithmetic))
    return tuple(out)


def _loaded(
    contributions: Sequence[Contribution], facts: Facts | None, names: Mapping[int, str]
) -> tuple[InputEvent, ...]:
    """The demands that a load is the sum of; the arithmetic is the running sum."""
    known = {} if facts is None else facts.by_name
    out: list[InputEvent] = []
    total = 0
    for part in contributions:
        name = names.get(part.key, str(part.key))
        one = known.get(name)
        arithmetic = f"{total} + {part.amount} = {total + part.amount}"
        total += part.amount
        title, doc_no = ("", "") if one is None else (str(one.data.title), one.data.doc_no or "")
        out.append(InputEvent(name, part.issuer, title, doc_no, part.start_us, float(part.amount), arithmetic))
    return tuple(out)


def _shares(events: Sequence[InputEvent]) -> tuple[Share, ...]:
    """Who contributed how much, the largest first."""
    amounts: dict[str, float] = {}
    for one in events:
        if one.issuer:
            amounts[one.issuer] = amounts.get(one.issuer, 0.0) + one.amount
    whole = sum(amounts.values())
    found = [Share(issuer, amount, amount / whole if whole else 0.0) for issuer, amount in amounts.items()]
    return tuple(sorted(found, key=lambda one: (-one.amount, one.issuer)))
