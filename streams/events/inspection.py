"""A second look at an event that is not good: every fault, with its place, rule and fix.

Pure. Flows in: untyped JSON that did not decode. Flows out: ``Fault`` rows, never none.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Final, NamedTuple, Union, get_args, get_origin

import msgspec

from streams.events import recurrence
from streams.events.changes import LIFE_CYCLE, REFERENCES, Amended, Correction
from streams.events.data import ISSUED, Issued
from streams.events.faults import Fault, shown
from streams.events.model import KINDS, VERBS, Effort, Ref

DATE_RULE: Final = "must lie between 2000-01-01 and 2100-01-01"
DATE_FIX: Final = "correct the year"
_TIME_RULE: Final = "must be an instant with offset"
_FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_END: Final = datetime(2100, 1, 1, tzinfo=UTC)
_FIXES: Final = {
    "issuer": "write AREA6-LINE, for example 510104-office (000000 is the centre)",
    "title": "give the title of the demand",
    "reach": 'say who receives it, for example {"areas": ["510104"], "tiers": ["township"]}',
    "effort_minutes": "give whole person-minutes per unit, or {low, likely, high}",
    "actual_minutes": "give whole person-minutes",
    "recurrence": "write an RRULE such as FREQ=WEEKLY;BYDAY=FR;UNTIL=20261231T160000Z",
    "unit": "write an unpadded unit code, for example 510104017",
    "units": "write unpadded unit codes, for example 510104017",
    "areas": "write unpadded division codes (2, 4, 6, 9 or 12 digits; '' is the whole country)",
    "tiers": "use province, prefecture, county, township, village or county-LINE",
    "specversion": "write 1.0",
    "source": "name the sending system, for example //oa.example.cn/510104/office",
    "id": "give each event of a source an id of its own",
    "effect": 'write "void" or {"effort_minutes": n}',
}


def faults_in(tree: Any, envelope: type[msgspec.Struct]) -> tuple[Fault, ...]:
    """Everything that is wrong with an event, in the order of its fields."""
    if not isinstance(tree, dict):
        return (Fault("", shown(tree), "must be a JSON object", "send a CloudEvents 1.0 object", "json"),)
    found = list(_struct(tree, envelope, ""))
    found += _moments({"time": tree.get("time")}, "")
    kind_verb = tree.get("type")
    data = tree.get("data")
    if isinstance(kind_verb, str):
        found += _type(kind_verb)
        if not found or all(fault.code != "type" for fault in found):
            found += _data(kind_verb, data)
            if not found:
                found += _too_many(tree)
    return tuple(found) or (Fault("", "", "is not a good event", "compare it with docs/events.md"),)


def _type(text: str) -> Iterator[Fault]:
    if text == "burden.correction.applied.v1":
        return
    parts = text.split(".")
    if len(parts) != 4 or parts[0] != "burden" or parts[3] != "v1":
        yield Fault(
            "type", shown(text), "is no known type", "write burden.KIND.VERB.v1 or burden.correction.applied.v1", "type"
        )
        return
    if parts[1] not in KINDS:
        yield Fault("type", shown(text), f"has the unknown kind {parts[1]!r}", f"use one of {', '.join(KINDS)}", "type")
    if parts[2] not in VERBS:
        yield Fault("type", shown(text), f"has the unknown verb {parts[2]!r}", f"use one of {', '.join(VERBS)}", "type")


def _data(text: str, data: Any) -> Iterator[Fault]:
    if not isinstance(data, dict):
        yield Fault("data", shown(data), "must be an object", "put the fields of the event into data")
        return
    kind, verb = text.split(".")[1:3]
    if verb == "issued":
        yield from _issued(data, ISSUED[kind])
    elif verb == "amended":
        yield from _struct({"amends": data.get("amends")}, Amended, "data")
        changes = {name: value for name, value in data.items() if name != "amends"}
        yield from _issued(changes, ISSUED[kind], partial=True)
    else:
        struct = Correction if verb == "applied" else LIFE_CYCLE[verb]
        yield from _struct({name: value for name, value in data.items() if value is not None}, struct, "data")
        yield from _moments(data, "data")
        effect = data.get("effect")
        yield from _effort(data.get("effort_minutes"), "data.effort_minutes")
        yield from _effort(
            effect.get("effort_minutes") if isinstance(effect, dict) else None, "data.effect.effort_minutes"
        )


def _issued(data: dict[str, Any], struct: type[Issued], *, partial: bool = False) -> Iterator[Fault]:
    if partial:
        for name in ("issuer", "title", "reach"):
            if name in data and data[name] is None:
                yield Fault(f"data.{name}", "null", "must not be removed", _FIXES[name])
    present = {name: value for name, value in data.items() if value is not None}
    yield from _struct(present, struct, "data", partial=partial)
    yield from _moments(present, "data")
    yield from _effort(present.get("effort_minutes"), "data.effort_minutes")
    rule = present.get("recurrence")
    if isinstance(rule, str):
        try:
            recurrence.parse(rule)
        except ValueError as error:
            yield Fault(
                "data.recurrence", shown(rule), f"is no bounded RRULE: {error}", _FIXES["recurrence"], "recurrence"
            )


def _too_many(tree: dict[str, Any]) -> Iterator[Fault]:
    """A rule that is good by itself, and explodes with the beginning that it was given."""
    data = tree["data"]
    if isinstance(data, dict) and data.get("recurrence"):
        said = msgspec.convert(tree["time"], datetime)
        start = msgspec.convert(data["starts_at"], datetime) if data.get("starts_at") else said
        why = recurrence.too_many(data["recurrence"], start, said)
        if why:
            fix = "begin where it began to hold, name fewer times, or say until when"
            yield Fault("data.recurrence", shown(data["recurrence"]), why, fix, "recurrence")


def _struct(
    value: dict[str, Any], struct: type[msgspec.Struct], path: str, *, partial: bool = False
) -> Iterator[Fault]:
    """Where the whole does not fit, each field on its own, so that all faults are found and not the first only."""
    if not partial and _rule_broken(value, struct) is None:
        return
    for name, wanted, required in _fields(struct):
        place = f"{path}.{name}" if path else name
        if name in value:
            yield from _value(value[name], wanted, place, name)
        elif required and not partial:
            yield Fault(place, "", "is missing", _FIXES.get(name, "add it"), "missing")


class _Wanted(NamedTuple):
    """A field's type, the struct that a dictionary may be instead, and the type of what a list may hold."""

    type: Any
    inner: type[msgspec.Struct] | None
    item: Any


def _rule_broken(value: Any, wanted: Any) -> str | None:
    """What a value breaks of a type, None where it fits."""
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        return str(error).split(" - at ")[0]
    except (TypeError, ValueError, OverflowError) as error:
        return str(error)
    return None


def _value(value: Any, wanted: _Wanted, place: str, name: str) -> Iterator[Fault]:
    rule = _rule_broken(value, wanted.type)
    if rule is None:
        return
    if wanted.inner is not None and isinstance(value, dict):
        below = list(_struct(value, wanted.inner, place))
        if below:
            yield from below
            return
    if wanted.item is not None and isinstance(value, list):
        item = _wanted(wanted.item)
        below = [fault for at, one in enumerate(value[:100]) for fault in _value(one, item, f"{place}[{at}]", name)]
        if below:
            yield from below
            return
    if name.endswith("_at") or name == "time":
        yield Fault(place, shown(value), _TIME_RULE, "write for example 2026-03-03T15:00:00+08:00", "time")
        return
    yield Fault(place, shown(value), f"is wrong: {rule[:1].lower()}{rule[1:]}", _FIXES.get(name, "see docs/events.md"))


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[tuple[str, _Wanted, bool], ...]:
    """Name, type and need of each field; msgspec reads annotations anew at each question, which costs a hundred times the conversion."""
    return tuple((field.encode_name, _wanted(field.type), field.required) for field in msgspec.structs.fields(struct))


@cache
def _wanted(kind: Any) -> _Wanted:
    return _Wanted(kind, _inner_struct(kind), _item_type(kind))


def _members(wanted: Any) -> tuple[Any, ...]:
    if get_origin(wanted) is Annotated:
        return _members(get_args(wanted)[0])
    if get_origin(wanted) in (Union, types.UnionType):
        return tuple(member for one in get_args(wanted) for member in _members(one))
    return (wanted,)


def _inner_struct(wanted: Any) -> type[msgspec.Struct] | None:
    for member in _members(wanted):
        if isinstance(member, type) and issubclass(member, msgspec.Struct) and member is not Ref:
            return member
    return None


def _item_type(wanted: Any) -> Any:
    for member in _members(wanted):
        if get_origin(member) is tuple:
            return get_args(member)[0]
    return None


def _moments(fields: dict[str, Any], path: str) -> Iterator[Fault]:
    """Instants that are well formed but lie outside the years that can be meant."""
    for name, value in fields.items():
        if not isinstance(value, str) or not (name == "time" or name.endswith("_at")):
            continue
        try:
            moment = msgspec.convert(value, datetime)
        except msgspec.ValidationError:
            continue
        if moment.tzinfo is not None and not _FIRST <= moment < _END:
            yield Fault(f"{path}.{name}" if path else name, shown(value), DATE_RULE, DATE_FIX, "time")


def _effort(value: Any, place: str) -> Iterator[Fault]:
    try:
        effort = msgspec.convert(value, Effort)
    except msgspec.ValidationError:
        return
    if not effort.low <= effort.likely <= effort.high:
        yield Fault(place, shown(value), "must have low <= likely <= high", "order the three numbers")


__all__ = ["DATE_FIX", "DATE_RULE", "REFERENCES", "faults_in"]
