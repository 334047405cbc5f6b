"""From bytes to a good event, or to all that is wrong with it.

Pure. Flows in: CloudEvents 1.0 JSON (structured mode), or the headers and data of binary mode. Flows out: ``Event``, or ``Refused`` that
names every fault. A good event takes one typed decoding; only a bad one is looked at field by field (``inspection``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from streams.events import gate, personal, recurrence
from streams.events.changes import AMENDS, LIFE_CYCLE, REFERENCES, Amended
from streams.events.characters import printable
from streams.events.data import ISSUED, Instant, Issued, us
from streams.events.docno import normal
from streams.events.faults import Fault, Refused, shown
from streams.events.gate import SECRET
from streams.events.inspection import faults_in
from streams.events.model import Effort, Event, Ref
from streams.events.quick import look
from streams.events.secrecy import has_mark

SIZE_BOUND: Final = 256 * 1024
DEPTH_BOUND: Final = 16
FIRST_US: Final = us(datetime(2000, 1, 1, tzinfo=UTC))
END_US: Final = us(datetime(2100, 1, 1, tzinfo=UTC))
TYPE: Final = re.compile(r"^burden\.([a-z]+)\.([a-z]+)\.v1$")
_CONTROL: Final = re.compile(r"\\(?:[bf]|u00)")
"""How JSON writes controls; the tree is asked whether it is one."""
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_NUMBER: Final = int.from_bytes


class Envelope(msgspec.Struct, frozen=True):
    """The attributes of CloudEvents 1.0 that we need."""

    specversion: Annotated[str, Meta(pattern=r"^1\.0$")]
    id: Annotated[str, Meta(min_length=1, max_length=200)]
    source: Annotated[str, Meta(min_length=1, max_length=500)]
    type: str
    time: Instant
    data: Any
    datacontenttype: Annotated[str, Meta(pattern=r"^application/(?:[a-zA-Z0-9.+-]+\+)?json(?:\s*;.*)?$")] = (
        "application/json"
    )


_STRUCTS: Final[tuple[type[msgspec.Struct], ...]] = (*ISSUED.values(), *LIFE_CYCLE.values(), Amended)
_MOMENTS: Final = {
    struct: tuple(field.name for field in msgspec.structs.fields(struct) if field.name.endswith("_at"))
    for struct in _STRUCTS
}
"""The instants of each struct."""

_tree: Final = msgspec.json.Decoder()
_canonical: Final = msgspec.json.Encoder(order="sorted")


def ident_of(source: str, id: str) -> int:
    """The number of an identity: 8 bytes of BLAKE2b over ``source \\0 id``."""
    return _NUMBER(blake2b(f"{source}\0{id}".encode(), digest_size=8).digest(), "big")


def decode(raw: bytes, *, headers: Mapping[str, bytes] | None = None) -> Event:
    """The event in ``raw`` (structured mode), or in ``headers`` ce_* and ``raw`` (binary mode). Raises Refused with every fault."""
    if len(raw) > SIZE_BOUND:
        _secret_wins(raw)
        rule = f"must be at most {SIZE_BOUND} bytes"
        raise Refused((Fault("", f"{len(raw)} bytes", rule, "send attachments by reference", "size"),))
    tree = sent = _parse(raw)
    if headers is not None and any(name[:3].lower() in ("ce_", "ce-") for name in headers):
        tree = _from_binary(headers, sent)
    body = _encoded(tree, raw)
    text = body.decode()
    odd, may_declare, may_hold_numbers = look(body, text)
    source, id = _named(tree)
    if _declared_secret(tree) or gate.is_secret(tree, text, may_declare=may_declare):
        raise Refused((SECRET,), gate.kept_name(source), secret=True)
    _check_depth(raw, tree)
    _check_names(raw, body if tree is sent else _encoded(sent, raw), source, id)
    if (odd or ("\\" in text and _CONTROL.search(text))) and (found := gate.unfit_in(tree)) is not None:
        raise Refused((found,), printable(source), printable(id))
    return _typed(tree, body, may_hold_numbers, source, id)


def _parse(raw: bytes) -> Any:
    """Untyped JSON; what cannot be parsed but carries a secrecy mark counts as secret."""
    try:
        return _tree.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _secret_wins(raw)
        if isinstance(error, RecursionError):
            raise Refused((_too_deep(),)) from None
        code = "encoding" if isinstance(error, UnicodeDecodeError) or "utf-8" in str(error).lower() else "json"
        raise Refused(
            (Fault("", "", f"must be JSON in UTF-8: {error}", "send one JSON object in UTF-8", code),)
        ) from None


def _secret_wins(raw: bytes) -> None:
    """Bytes that cannot be taken as JSON, but carry a secrecy mark in UTF-8, GB 18030 or JSON escapes, count as secret."""
    for encoding in ("utf-8", "gb18030"):
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), raw.decode(encoding, "ignore"))
        if has_mark(text):
            raise Refused((SECRET,), secret=True) from None


def _declared_secret(tree: Any) -> bool:
    if not isinstance(tree, dict):
        return False
    data = tree.get("data")
    declared = data.get("secrecy") if isinstance(data, dict) else None
    return declared not in (None, "none") or tree.get("secrecy") not in (None, "none")


def _check_names(raw: bytes, body: bytes, source: str, id: str) -> None:
    """A name that stands twice in one object: the decoder keeps the last, so the colons that it dropped give it away."""
    if raw.count(b":") == body.count(b":") and b"\\u003" not in raw:
        return
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                twice.append(name)
            seen.add(name)

    json.loads(raw, object_pairs_hook=once, parse_int=str, parse_float=str)
    if twice:
        _secret_wins(raw)
        faults = tuple(Fault(shown(name), "", "stands twice in one object", "send it once", "twice") for name in twice)
        raise Refused(faults[:100], source, id)


def _encoded(tree: Any, raw: bytes = b"") -> bytes:
    try:
        return _canonical.encode(tree)
    except RecursionError:
        _secret_wins(raw)
        raise Refused((_too_deep(),)) from None
    except (UnicodeEncodeError, msgspec.EncodeError, ValueError) as error:
        _secret_wins(raw)
        raise Refused(
            (Fault("", "", f"has text that is no Unicode: {error}", "send UTF-8 without lone surrogates", "encoding"),)
        ) from None


def _check_depth(raw: bytes, tree: Any) -> None:
    if raw.count(b"{") + raw.count(b"[") <= DEPTH_BOUND:
        return
    level = [tree]
    for _ in range(DEPTH_BOUND):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return
    raise Refused((_too_deep(),), *_named(tree))


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> Fault:
    return Fault("", "", f"must not be nested deeper than {DEPTH_BOUND}", "flatten it", "depth")


def _from_binary(headers: Mapping[str, bytes], data: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"data": data}
    for name, value in headers.items():
        if name[:3].lower() in ("ce_", "ce-") and name[3:].lower() != "data":
            found[name[3:].lower()] = value.decode("utf-8", "replace")
        elif name.lower() == "content-type":
            found["datacontenttype"] = value.decode("utf-8", "replace")
    return found


def _named(tree: Any) -> tuple[str, str]:
    """Source and id as far as they can be told."""
    if not isinstance(tree, dict):
        return "", ""
    source, id = tree.get("source"), tree.get("id")
    return (source[:500] if isinstance(source, str) else ""), (id[:200] if isinstance(id, str) else "")


def _typed(tree: Any, body: bytes, may_hold_numbers: bool, source: str, id: str) -> Event:
    try:
        envelope = msgspec.convert(tree, Envelope)
        kind, verb, data = _data_of(envelope)
        _check(envelope, data)
    except (msgspec.ValidationError, _Unsound):
        raise Refused(faults_in(tree, Envelope), source, id) from None
    digest = _NUMBER(blake2b(body, digest_size=8).digest(), "big")
    count = 0
    title = getattr(data, "title", "")
    if may_hold_numbers:
        kept, count = personal.masked(tree)
        if count:
            body = _encoded(kept)
            title = kept["data"].get("title", title)
    doc_no = getattr(data, "doc_no", None)
    return Event(
        source=envelope.source,
        id=envelope.id,
        type=envelope.type,
        kind=kind,
        verb=verb,
        time_us=us(envelope.time),
        ident=ident_of(envelope.source, envelope.id),
        digest=digest,
        issuer=getattr(data, "issuer", None) or "",
        title=title or "",
        doc_no=normal(doc_no) if doc_no else "",
        data=data,
        body=body,
        targets=_targets(verb, data, envelope.source),
        masked=count,
    )


class _Unsound(Exception):
    """The event is not good; what exactly is found by looking again, field by field."""


@lru_cache(maxsize=1_024)
def split_type(text: str) -> tuple[str, str] | None:
    """Kind and verb of an event type, None for an unknown one."""
    if text == "burden.correction.applied.v1":
        return "", "corrected"
    found = TYPE.match(text)
    if (
        found is None
        or found[1] not in ISSUED
        or (found[2] not in REFERENCES and found[2] != "issued")
        or found[2] == "corrected"
    ):
        return None
    return found[1], found[2]


def issued_of(kind: str, data: Mapping[str, Any]) -> Issued:
    """The typed data of an issued event; fields that are null count as absent. Raises msgspec.ValidationError."""
    if None in data.values():
        data = {name: value for name, value in data.items() if value is not None}
    return msgspec.convert(data, ISSUED[kind])


def _data_of(envelope: Envelope) -> tuple[str, str, Any]:
    split = split_type(envelope.type)
    data = envelope.data
    if split is None or not isinstance(data, dict):
        raise _Unsound
    kind, verb = split
    if verb == "issued":
        return kind, verb, issued_of(kind, data)
    if verb == "amended":
        changes = {name: value for name, value in data.items() if name not in ("amends", "secrecy")}
        amended = Amended(msgspec.convert(data.get("amends"), AMENDS), changes)
        _check_issued(amended.partial(kind))
        if any(name in changes and changes[name] is None for name in ("issuer", "title", "reach")):
            raise _Unsound
        return kind, verb, amended
    return (
        kind,
        verb,
        msgspec.convert({name: value for name, value in data.items() if value is not None}, LIFE_CYCLE[verb]),
    )


def _check(envelope: Envelope, data: Any) -> None:
    """What types cannot say of a life-cycle event or an envelope."""
    if not FIRST_US <= us(envelope.time) < END_US:
        raise _Unsound
    if isinstance(data, Issued):
        _check_issued(data)
        if data.recurrence is not None and recurrence.too_many(
            data.recurrence, data.starts_at or envelope.time, envelope.time
        ):
            raise _Unsound
        return
    effort = getattr(data, "effort_minutes", None) or getattr(getattr(data, "effect", None), "effort_minutes", None)
    if isinstance(effort, Effort) and not effort.low <= effort.likely <= effort.high:
        raise _Unsound
    _check_moments(data)


def _check_issued(data: Issued) -> None:
    """What types cannot say: instants in bounds, ordered efforts, bounded recurrence."""
    effort = data.effort_minutes
    if isinstance(effort, Effort) and not effort.low <= effort.likely <= effort.high:
        raise _Unsound
    if data.recurrence is not None:
        try:
            recurrence.parse(data.recurrence)
        except ValueError:
            raise _Unsound from None
    _check_moments(data)


def _check_moments(data: Any) -> None:
    for name in _MOMENTS[type(data)]:
        moment = getattr(data, name)
        if moment is not None and not FIRST_US <= us(moment) < END_US:
            raise _Unsound


def _targets(verb: str, data: Any, source: str) -> tuple[Ref, ...]:
    field = REFERENCES.get(verb)
    if field is None:
        return ()
    named = getattr(data, field)
    many = named if isinstance(named, tuple) else (named,)
    return tuple(ref if isinstance(ref, Ref) else Ref(source, ref) for ref in many)


__all__ = ["decode", "ident_of", "issued_of", "split_type"]
