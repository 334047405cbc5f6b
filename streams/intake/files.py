"""Sends files into a running system over HTTP: what ``burdenwatch send`` does.

Flows in: paths, the address and token of a system. Flows out: ``Report``. May touch: the files, that system.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from streams.events import Fault
from streams.intake.client import Unreachable
from streams.intake.columns import NOTHING
from streams.intake.door import Answer
from streams.intake.formats import BATCH
from streams.intake.registers import Line, read_files

BATCH_EVENTS: Final = 1000
BATCH_BYTES: Final = 4_000_000
PATIENCE_S: Final = 120.0
"""How long a system may say 429 or 503, or not answer at all, before the sender gives up."""

__all__ = ["Report", "Unreachable", "send_files"]


@dataclass
class Report:
    """What became of the lines. ``refused`` has one text a line: FILE:LINE: field, value: rule; fix."""

    accepted: int = 0
    duplicate: int = 0
    refused: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """What was left out and why: FILE:LINE: text."""


def send_files(
    paths: Sequence[Path],
    url: str,
    token: str,
    *,
    progress: Callable[[int], None] = lambda _count: None,
    source: str = "",
    common: Mapping[str, str] = NOTHING,
    patience_s: float = PATIENCE_S,
) -> Report:
    """Sends all lines of all files; ``progress`` hears how many lines are dealt with so far.

    ``source`` names the source of rows that have none, ``common`` values by field of register columns that are missing or
    empty. A line that was sent before is counted as duplicate where the store has it already. Raises Unreachable when the
    system does not take anything for ``patience_s`` seconds, naming the first line that was not sent; sending the same files
    again is safe.
    """
    report = Report()
    with httpx.Client(
        base_url=url.rstrip("/"),
        headers={"Authorization": f"Bearer {token}", "Content-Type": BATCH},
        timeout=60,
        trust_env=False,
    ) as client:
        dealt = 0
        for batch in _batches(read_files(paths, source, common)):
            good = [line for line in batch if line.raw]
            report.notices += [f"{line.place}: {line.notice}" for line in batch if line.notice]
            report.refused += [_said(line.place, fault) for line in batch for fault in line.faults[:1]]
            if good:
                _send(client, good, report, patience_s)
            dealt += len(batch)
            progress(dealt)
    return report


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    for line in lines:
        if batch and (len(batch) >= BATCH_EVENTS or size + len(line.raw) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line.raw) + 1
    if batch:
        yield batch


def _send(client: httpx.Client, lines: Sequence[Line], report: Report, patience_s: float) -> None:
    # A line of NDJSON that is no JSON must not spoil the others of its batch: it goes alone and is answered for alone.
    sound = [line for line in lines if _is_json(line.raw)]
    for line in lines:
        if not _is_json(line.raw):
            report.refused.append(
                _said(line.place, Fault("", "", "is not JSON", "write one event as JSON on one line"))
            )
    if not sound:
        return
    reply = _post(client, b"[" + b",".join(line.raw for line in sound) + b"]", sound[0].place, patience_s)
    if reply.status_code == 413 and len(sound) > 1:
        _send(client, sound[: len(sound) // 2], report, patience_s)
        _send(client, sound[len(sound) // 2 :], report, patience_s)
        return
    try:
        answer = msgspec.json.decode(reply.content, type=Answer)
    except msgspec.MsgspecError:
        raise Unreachable(f"{client.base_url}: {reply.status_code} {_one_line(reply.text)}") from None
    report.accepted += answer.accepted - answer.duplicates
    report.duplicate += answer.duplicates
    for refusal in answer.refused:
        first = refusal.faults[0]
        report.refused.append(_said(sound[refusal.index].place, first))


def _post(client: httpx.Client, body: bytes, place: str, patience_s: float) -> httpx.Response:
    """One batch, again and again while the system is busy or away."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            reply = client.post("/v1/events", content=body, params={"compare": "true"})
            reason, wait_s = f"{reply.status_code} {_one_line(reply.text)}", 1.0
            if reply.status_code not in {429, 503}:
                return reply
            wait_s = float(reply.headers.get("Retry-After") or 1)
        except httpx.TransportError as error:
            reason, wait_s = str(error) or type(error).__name__, 1.0
        if time.monotonic() + wait_s > deadline:
            raise Unreachable(f"{client.base_url}: {reason}; {place} and what follows was not sent: send again later")
        time.sleep(wait_s)


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _said(place: str, fault: Fault) -> str:
    return f"{place}: {fault}"


def _one_line(text: str) -> str:
    try:
        found = msgspec.json.decode(text, type=dict[str, Any])
        text = str(found.get("error", text))
    except msgspec.MsgspecError:
        pass
    return " ".join(text.split())[:300]
