"""How every route answers: JSON, errors as one line, each answer counted.

Flows in: what a route found. Flows out: Starlette responses.
"""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from streams.intake.tokens import Token, Tokens

JSON: Final = "application/json"


class HttpFault(Exception):
    """An answer other than success: status, one line (what, why, what to do), headers."""

    def __init__(self, status: int, error: str, headers: dict[str, str] | None = None) -> None:
        self.status, self.error, self.headers = status, error, headers or {}
        super().__init__(error)


class Denied(HttpFault):
    """What is not the asker's: 403, or 404 where that looks like what is not there."""


def json(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer; UTF-8, Chinese as it is."""
    return Response(msgspec.json.encode(content), status, headers, JSON)


def fault(found: HttpFault) -> Response:
    """The answer for a fault: ``{"error": "..."}``."""
    return json({"error": found.error}, found.status, found.headers)


def later(error: str, wait_s: float, status: int) -> HttpFault:
    """429 or 503 with the seconds to wait."""
    return HttpFault(status, error, {"Retry-After": str(max(1, math.ceil(wait_s)))})


def token_of(request: Request, tokens: Tokens) -> Token:
    """The token of a request: ``Authorization: Bearer TOKEN``, or Basic with the token as password (calendar programs).

    Raises HttpFault 401.
    """
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    bearer = ""
    if scheme.lower() == "bearer":
        bearer = value.strip()
    elif scheme.lower() == "basic":
        try:
            bearer = base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            bearer = ""
    found = tokens.find(bearer) if bearer else None
    if found is None:
        raise HttpFault(
            401,
            "authorization: no known bearer token; send `Authorization: Bearer TOKEN`",
            {"WWW-Authenticate": 'Bearer realm="burdenwatch"'},
        )
    return found


async def body_of(request: Request, limit: int) -> bytes:
    """The whole body; raises HttpFault 413 as soon as it is known to be longer than ``limit`` bytes."""
    too_long = HttpFault(413, f"body: longer than {limit} bytes; send less at once")
    if int(request.headers.get("content-length") or 0) > limit:
        raise too_long
    parts: list[bytes] = []
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > limit:
            raise too_long
        parts.append(part)
    return b"".join(parts)
