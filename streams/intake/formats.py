"""The CloudEvents HTTP binding: what came in becomes a list of events in structured JSON.

Pure. Flows in: headers and a body. Flows out: one JSON text for each event, untouched where it was JSON already.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

import msgspec

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
JSON: Final = "application/json"


class BadBody(ValueError):
    """The body as a whole cannot be read as CloudEvents."""


class WrongType(ValueError):
    """A content type or encoding that is not taken."""


def events_in(headers: Mapping[str, str], body: bytes) -> list[bytes]:
    """The events of a request, in order. ``headers`` by lower-case name. Raises BadBody or WrongType.

    Structured mode, batch mode, binary mode (``ce-*`` headers), and plain JSON, which is taken for structured mode or,
    where it is an array, for a batch: so that ``curl -H 'content-type: application/json'`` works.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise WrongType(f"content-encoding: {encoding!r}: is not taken; send the body as it is")
    kind, charset = _content_type(headers.get("content-type", ""))
    if charset not in {"utf-8", "us-ascii"}:
        raise WrongType(f"charset: {charset!r}: is not taken; send UTF-8")
    if kind == BATCH or (kind == JSON and "ce-specversion" not in headers and body.lstrip()[:1] == b"["):
        return _batch(body)
    if kind == STRUCTURED or (kind == JSON and "ce-specversion" not in headers):
        return [body]
    if "ce-specversion" in headers and kind == JSON:
        return [_binary(headers, body)]
    raise WrongType(
        f"content-type: {kind or 'none'!r}: is not taken; send {STRUCTURED}, {BATCH}, or {JSON} with ce-* headers"
    )


def _content_type(value: str) -> tuple[str, str]:
    kind, *parameters = (part.strip().lower() for part in value.split(";"))
    charset = next((p.removeprefix("charset=").strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    return kind, charset


def _batch(body: bytes) -> list[bytes]:
    try:
        return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        found = _loosely(body)
        if found is None:
            raise BadBody(f"body: {_where(error)}; a batch is a JSON array of events") from error
        return found


def _loosely(body: bytes) -> list[bytes] | None:
    """The events of a batch in which one escape is half a character, each written anew, so that only that one is refused; else None."""
    try:
        events = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return [json.dumps(event).encode() for event in events] if isinstance(events, list) else None


def _binary(headers: Mapping[str, str], body: bytes) -> bytes:
    try:
        event: dict[str, Any] = {
            name.removeprefix("ce-"): unquote(value, errors="strict")
            for name, value in headers.items()
            if name.startswith("ce-")
        }
        event["datacontenttype"] = JSON
        event["data"] = msgspec.json.decode(body, type=msgspec.Raw) if body.strip() else None
        return msgspec.json.encode(event)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadBody(f"body: {_where(error)}; in binary mode it is the JSON of `data`") from error


def _where(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
