"""What happens to events at the door: checked, sent to the broker, answered for.

Flows in: raw events and the token that they came with. Flows out: ``Verdict``: what was accepted, what was refused and why.
May touch: the broker through ``Broker``; the store through the ``lookup`` that it is given.

What only the rest of the system can know (an identity that exists with other content, references that do not fit) is
refused later, on ``burden.refused``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from starlette.concurrency import run_in_threadpool

from streams.config.clock import now_us
from streams.demands.rights import Target, fault_of
from streams.events import Event, Fault, Refused, ident_of
from streams.intake.binding import EVENT_LIMIT, Sound, record_of, sound
from streams.intake.broker import Broker, Unavailable
from streams.intake.metrics import Metrics
from streams.intake.tokens import Token
from streams.registry.errors import RegistryError
from streams.registry.naming import reached
from streams.store import Known

if TYPE_CHECKING:
    from streams.registry import Registry

_LOG: Final = logging.getLogger(__name__)

BREATH: Final = 200
"""After so many events of one request others get their turn, so that a large batch delays nobody by more than some 20 ms."""

LATELY: Final = 100_000
"""Demands whose issuers this door remembers: what it took a moment ago the store need not have yet."""

Lookup = Callable[[Sequence[int]], Sequence[Known]]
"""Which of these idents the store has already. Blocks; asked once for a request that refers to demands, or that asks to compare."""


class Refusal(msgspec.Struct, frozen=True):
    """One event that was not taken; ``index`` is its place in the request, from 0; ``id`` is empty where it cannot be told."""

    index: int
    id: str
    faults: tuple[Fault, ...]


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a request. ``duplicates`` counts those of ``accepted`` that are known to be there already."""

    accepted: int
    duplicates: int
    refused: tuple[Refusal, ...]
    error: str = ""
    """Where nothing was accepted: the first fault, on one line."""


class _Bad(NamedTuple):
    reason: str
    faults: tuple[Fault, ...]
    id: str


class _Checked(NamedTuple):
    place: int
    event: Event
    raw: bytes


class Verdict(NamedTuple):
    """An answer, and whether every refusal in it was for lack of rights."""

    answer: Answer
    forbidden: bool


class Door:
    """Takes events in. One for each process."""

    def __init__(
        self,
        broker: Broker,
        metrics: Metrics,
        *,
        registry: Registry | None = None,
        lookup: Lookup | None = None,
        clock: Callable[[], float] = time.monotonic,
        now_us: Callable[[], int] = now_us,
    ) -> None:
        """Without ``registry`` unknown areas are refused later; without ``lookup`` duplicates are counted as accepted, and of the
        demands that events refer to only those are known that came through this door lately."""
        self._broker, self._metrics, self._registry = broker, metrics, registry
        self._lookup, self._clock, self._now_us = lookup, clock, now_us
        self._lately: dict[int, str] = {}

    async def take(self, raws: Sequence[bytes], token: Token, *, compare: bool = False) -> Verdict:
        """Checks all events of a request and sends the good ones; returns when the broker has them, or raises Unavailable.

        ``compare``: ask the store which of them it has already, so that duplicates and conflicts with earlier requests are told at
        once. It costs the store more than the events themselves; admit finds them in any case.
        """
        good: list[_Checked] = []
        refused: list[Refusal] = []
        forbidden = 0
        for index, raw in enumerate(raws):
            if index % BREATH == BREATH - 1:
                await asyncio.sleep(0)
            found = self._check(raw, token)
            if isinstance(found, Sound):
                good.append(_Checked(index, *found))
            else:
                forbidden += found.reason == "forbidden"
                refused.append(self._refusal(index, found))
        good, not_theirs = await self._rightful(good, token)
        forbidden += len(not_theirs)
        duplicates = 0
        conflicts: list[Refusal] = []
        if len(raws) > 1 and good:
            good, duplicates, conflicts = await self._compared(good, compare)
        refused = sorted(refused + not_theirs + conflicts, key=lambda refusal: refusal.index)
        begin = self._clock()
        await self._broker.append([record_of(checked.event, checked.raw) for checked in good])
        self._lately.update(
            (checked.event.ident, checked.event.issuer) for checked in good if checked.event.verb == "issued"
        )
        while len(self._lately) > LATELY:
            del self._lately[next(iter(self._lately))]
        self._metrics.append_seconds.observe(self._clock() - begin)
        self._metrics.accepted.inc(len(good))
        self._metrics.duplicates.inc(duplicates)
        error = str(refused[0].faults[0]) if refused and not good else ""
        return Verdict(Answer(len(good), duplicates, tuple(refused), error), 0 < forbidden == len(refused))

    async def _rightful(self, good: list[_Checked], token: Token) -> tuple[list[_Checked], list[Refusal]]:
        """What of a request is the token's to say, and refusals of the rest: decided on the issuers of the demands that are meant."""
        boundless = token.speaks_for_all and token.oversees("")  # whoever issued it, it is theirs to say
        issuers = {} if boundless else await self._issuers_of(good)
        kept: list[_Checked] = []
        refused: list[Refusal] = []
        for checked in good:
            event = checked.event
            targets = [Target(ref.source, issuers.get(ident_of(ref.source, ref.id), "")) for ref in event.targets]
            found = fault_of(event, targets, token, self._area_of, self._now_us())
            if found is None:
                kept.append(checked)
            else:
                refused.append(self._refusal(checked.place, _Bad("forbidden", (found,), event.id)))
        return kept, refused

    async def _issuers_of(self, good: list[_Checked]) -> dict[int, str]:
        """Issuers of the demands that a request refers to, by ident: from the request itself, from what was taken lately, from the store.

        Raises Unavailable where only the store could say and does not answer.
        """
        asked = {ident_of(ref.source, ref.id) for checked in good for ref in checked.event.targets}
        if not asked:
            return {}
        own = {checked.event.ident: checked.event.issuer for checked in good if checked.event.verb == "issued"}
        found = {ident: own.get(ident) or self._lately.get(ident, "") for ident in asked}
        open_ = [ident for ident, issuer in found.items() if not issuer]
        if open_ and self._lookup is not None:
            try:
                known = await run_in_threadpool(self._lookup, open_)
            except Exception as error:  # whatever it was: whose the demand is cannot be told now
                _LOG.warning("the store was not asked whose a demand is", exc_info=True)
                raise Unavailable("the store does not say whose the demand is", 5) from error
            found |= {one.ident: one.issuer for one in known}
        return found

    def _area_of(self, issuer: str) -> str:
        if self._registry is None:
            return issuer
        try:
            return self._registry.issuer_area(issuer)
        except RegistryError:
            return issuer

    def _refusal(self, index: int, found: _Bad) -> Refusal:
        self._metrics.refused.labels(found.reason).inc()
        return Refusal(index, found.id, found.faults)

    def _check(self, raw: bytes, token: Token) -> Sound | _Bad:
        if len(raw) > EVENT_LIMIT:
            rule = f"an event has at most {EVENT_LIMIT} bytes"
            return _Bad("size", (Fault("", f"{len(raw)} bytes", rule, "send attachments by reference", "size"),), "")
        try:
            event, raw = sound(raw)
        except Refused as refusal:
            return _Bad(refusal.code, refusal.faults, "" if refusal.secret else refusal.id)
        if not token.speaks_as(event.source):
            rule = f"the token of {token.name} sends as {', '.join(token.sources) or 'nobody'} only"
            fix = "use the token of that source, or ask the operator for the right"
            return _Bad("forbidden", (Fault("source", event.source[:80], rule, fix, "forbidden"),), event.id)
        if self._registry is not None:
            try:
                reached(event, self._registry)
            except Refused as refusal:
                return _Bad("unknown", refusal.faults, event.id)
        return Sound(event, raw)

    async def _compared(self, good: list[_Checked], stored: bool) -> tuple[list[_Checked], int, list[Refusal]]:
        """A batch against itself, and against the store if asked: what goes on, how many of it are duplicates, what conflicts."""
        there: dict[tuple[str, str], int] = {}
        if stored and self._lookup is not None:
            try:
                known = await run_in_threadpool(self._lookup, list({checked.event.ident for checked in good}))
                there = {(one.source, one.id): one.digest for one in known}
            except Exception:  # a courtesy: a store that is down must not keep events out
                _LOG.warning("the store was not asked for duplicates", exc_info=True)
        kept: list[_Checked] = []
        conflicts: list[Refusal] = []
        duplicates = 0
        for checked in good:
            event = checked.event
            digest = there.setdefault((event.source, event.id), -1)
            if digest == -1:
                there[event.source, event.id] = event.digest
            elif digest == event.digest:
                duplicates += 1
            else:
                conflicts.append(self._refusal(checked.place, _Bad("conflict", (_conflict(event),), event.id)))
                continue
            kept.append(checked)
        return kept, duplicates, conflicts


def _conflict(event: Event) -> Fault:
    rule = "this identity exists already with other content, and the first stands"
    return Fault("id", event.id, rule, "send an amendment, or another id if it is another demand", "conflict")
