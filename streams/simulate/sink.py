"""Where simulated events gather until they arrive: envelopes, identities, lateness, repetition, and the life cycle that follows an issuance.

Pure. Flows in: the data of issuances, as JSON text. Flows out: per day the records that arrive on it, in order. All chances come
from one seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
import numpy as np

from streams.calendars import day_number
from streams.simulate import rates
from streams.simulate.places import Office

SECOND_US: Final = 1_000_000
DAY_US: Final = 86_400 * SECOND_US
OFFSET_S: Final = 8 * 3_600
EPOCH: Final = date(1970, 1, 1).toordinal()


class Labelled(msgspec.Struct, frozen=True):
    """An event by its identity."""

    source: str
    id: str


class Label(msgspec.Struct, frozen=True):
    """One truth about the stream: these events break the rule (``expected``), or come near it and do not."""

    rule: str
    events: tuple[Labelled, ...]
    subject: str
    why: str
    expected: bool


class Sent(NamedTuple):
    """An issued event that later ones may refer to."""

    kind: str
    office: Office
    id: str
    t_us: int
    unit: str
    """One unit that it reaches, '' where none was looked up."""
    minutes: int
    """About what it asks of one unit."""
    arrival_us: int
    sound: bool = True
    """Whether it was neither withdrawn nor corrected."""


Record = tuple[int, int, str | Label]
"""Arrival (microseconds), sequence, and the event's JSON or a label that is settled by then."""


_CLOCK: Final = tuple(
    f"T{hour:02d}:{minute:02d}:{second:02d}+08:00" for hour in range(24) for minute in range(60) for second in range(60)
)
"""The clock of a day by its seconds: writing out instants is a tenth of all the work."""


@lru_cache(maxsize=100_000)
def _day(number: int) -> str:
    return date.fromordinal(EPOCH + number).isoformat()


def iso(t_us: int) -> str:
    """An instant in Asia/Shanghai, whole seconds."""
    day, second = divmod(t_us // SECOND_US + OFFSET_S, 86_400)
    return _day(day) + _CLOCK[second]


def at(day: date, second: int) -> int:
    """The instant (microseconds) of a second of a Shanghai day."""
    return ((day.toordinal() - EPOCH) * 86_400 + second - OFFSET_S) * SECOND_US


def uniforms(rng: np.random.Generator) -> Iterator[float]:
    """Endless numbers in [0, 1), drawn in bulk."""
    while True:
        yield from rng.random(16_384).tolist()


def digits(rng: np.random.Generator) -> Iterator[str]:
    """Endless runs of 18 hexadecimal digits, drawn in bulk."""
    while True:
        block = rng.bytes(9 * 8_192).hex()
        for place in range(0, len(block), 18):
            yield block[place : place + 18]


class Sink:
    """Records by the day of their arrival. ``last_us`` (exclusive) bounds the time of life-cycle events."""

    def __init__(self, seed: tuple[int, ...], last_us: int) -> None:
        self.last_us = last_us
        self.draw = uniforms(np.random.default_rng([*seed, 1])).__next__
        self._fate = uniforms(np.random.default_rng([*seed, 2])).__next__
        self._hex = digits(np.random.default_rng([*seed, 3])).__next__
        self._days: dict[int, list[Record]] = {}
        self._count = 0
        self.quiet: dict[str, tuple[int, int]] = {}
        """Issuers of whom nothing comes from an instant to another, but what is planted."""
        self.heard: list[Sent] | None = None
        """Where a live stream collects what was issued."""

    def ident(self, t_us: int) -> str:
        """An id of the form of a UUIDv7: it begins with the time."""
        time, rest = f"{t_us // 1000:012x}", self._hex()
        return f"{time[:8]}-{time[8:]}-7{rest[:3]}-a{rest[3:6]}-{rest[6:]}"

    def put(self, arrival_us: int, payload: str | Label) -> None:
        """Keep a record until its day."""
        self._count += 1
        day = day_number(arrival_us)
        try:
            self._days[day].append((arrival_us, self._count, payload))
        except KeyError:
            self._days[day] = [(arrival_us, self._count, payload)]

    def take(self, day: int) -> list[Record]:
        """The records of a day in order of arrival; they are forgotten here."""
        found = self._days.pop(day, [])
        found.sort()
        return found

    @property
    def waiting(self) -> list[int]:
        """The days for which records are kept, ascending."""
        return sorted(self._days)

    def send(self, type: str, source: str, id: str, t_us: int, data: str, *, late: bool = True) -> int:
        """Put one event into its envelope and on its way; the instant of its arrival."""
        chance = self._fate()
        delay = int(chance * 900) + 1
        late = late and self.heard is None
        if late and chance < rates.LATE:
            span = 60 if chance < rates.VERY_LATE else 29
            delay = ((30 if chance < rates.VERY_LATE else 1) * 86_400) + int(self._fate() * span * 86_400)
        arrival = t_us + delay * SECOND_US
        text = (
            f'{{"specversion":"1.0","id":"{id}","source":"{source}","type":"{type}","time":"{iso(t_us)}",'
            f'"datacontenttype":"application/json","data":{data}}}'
        )
        self.put(arrival, text)
        if late and chance > 1 - rates.REPEATED:
            self.put(arrival + int(self._fate() ** 4 * 2 * DAY_US) + SECOND_US, text)
        return arrival

    def issue(
        self,
        kind: str,
        office: Office,
        t_us: int,
        data: str,
        *,
        unit: str = "",
        minutes: int = 60,
        standing: bool = False,
        fate: bool = True,
    ) -> Sent:
        """Send an issued event; with ``fate``, what may happen to it later is drawn and sent too."""
        id = self.ident(t_us)
        arrival = self.send(f"burden.{kind}.issued.v1", office.source, id, t_us, data, late=fate)
        sent = Sent(kind, office, id, t_us, unit, minutes, arrival)
        if self.heard is not None:
            self.heard.append(sent)
        elif fate and not self._live_on(sent, standing):
            return sent._replace(sound=False)
        return sent

    def _live_on(self, sent: Sent, standing: bool) -> bool:
        """Draw what happens to a demand later; whether it stands as it is."""
        chance = self._fate()
        if chance < rates.WITHDRAWN:
            self.withdraw(sent, "与其他工作合并，不再单独要求")
            return False
        chance -= rates.WITHDRAWN
        if chance < rates.CORRECTED:
            self.correct(sent)
            return False
        chance -= rates.CORRECTED
        if chance < rates.AMENDED:
            self.amend(sent)
        chance -= rates.AMENDED
        if 0 <= chance < rates.RETURNED and sent.unit and sent.kind == "request":
            self.hand_back(sent)
        if standing and self._fate() < rates.ENDED:
            self._later(sent, "ended", f'"ends":"{sent.id}","reason":"任务完成，停止报送"', 3, 60)
        if sent.unit and sent.kind in ("request", "inspection", "meeting"):
            answers = self._fate()
            if answers < rates.ANSWERED:
                self.answer(sent)
        return True

    def _later(self, sent: Sent, verb: str, fields: str, first_days: float, last_days: float) -> str:
        """Send a life-cycle event of an issued one, some days later; its id, '' when that is beyond the end."""
        wait = first_days + self._fate() * (last_days - first_days)
        t_us = sent.t_us + int(wait * 86_400) * SECOND_US
        return self.follow(sent, verb, fields, t_us)

    def follow(self, sent: Sent, verb: str, fields: str, t_us: int, *, late: bool = True) -> str:
        """Send a life-cycle event of an issued one at an instant; its id, '' when that is beyond the end."""
        if t_us >= self.last_us:
            return ""
        silence = self.quiet.get(sent.office.issuer)
        if late and silence is not None and silence[0] <= t_us < silence[1]:
            return ""
        id = self.ident(t_us)
        type = "burden.correction.applied.v1" if verb == "corrected" else f"burden.{sent.kind}.{verb}.v1"
        data = f'{{"issuer":"{sent.office.issuer}",{fields}}}' if verb != "amended" else f"{{{fields}}}"
        self.send(type, sent.office.source, id, t_us, data, late=late)
        return id

    def withdraw(self, sent: Sent, reason: str) -> str:
        """The issuer takes it back."""
        return self._later(sent, "withdrawn", f'"withdraws":"{sent.id}","reason":"{reason}"', 0.1, 5)

    def correct(self, sent: Sent) -> str:
        """An upheld appeal: it counts nothing, or with other minutes."""
        effect = '"void"'
        if self._fate() < 0.6:
            effect = f'{{"effort_minutes":{max(5, int(sent.minutes * (0.3 + self._fate())))}}}'
        fields = f'"restates":["{sent.id}"],"effect":{effect},"ground":"申诉成立，按实际情况更正"'
        id = self._later(sent, "corrected", fields, 1, 10)
        if id:
            self.label("R23", (sent,), sent.office.issuer, "申诉成立，应重述总量")
        return id

    def amend(self, sent: Sent) -> str:
        """The effort is declared after all."""
        minutes = max(5, int(sent.minutes * (0.6 + 0.6 * self._fate())))
        return self._later(sent, "amended", f'"amends":"{sent.id}","effort_minutes":{minutes}', 0.1, 4)

    def answer(self, sent: Sent) -> str:
        """One unit tells what it really spent."""
        minutes = max(1, int(sent.minutes * (0.4 + 1.4 * self._fate())))
        return self._later(
            sent, "answered", f'"answers":"{sent.id}","unit":"{sent.unit}","actual_minutes":{minutes}', 0.1, 5
        )

    def hand_back(self, sent: Sent) -> str:
        """One unit is sent back to do it again."""
        minutes = max(1, int(sent.minutes * (0.2 + 0.4 * self._fate())))
        fields = (
            f'"returns":"{sent.id}","unit":"{sent.unit}","effort_minutes":{minutes},"return_reason":"数据口径需核对"'
        )
        return self._later(sent, "returned", fields, 1, 6)

    def label(self, rule: str, sents: tuple[Sent, ...], subject: str, why: str, *, expected: bool = True) -> None:
        """State a truth; it is settled when the last of its events has arrived."""
        events = tuple(Labelled(sent.office.source, sent.id) for sent in sents)
        self.put(max(sent.arrival_us for sent in sents), Label(rule, events, subject, why, expected))


__all__ = ["DAY_US", "SECOND_US", "Label", "Labelled", "Record", "Sent", "Sink", "at", "iso"]
