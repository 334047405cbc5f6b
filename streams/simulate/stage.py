"""Where planted scenarios play: one place, one office, one day; everything is lawful unless a field is overridden.

Pure. Flows in: a run, an office, an instant. Flows out: events into the run's sink, and labels.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec

from streams.simulate import words
from streams.simulate.choosing import day_of, deadline, later, unit_of
from streams.simulate.places import Office
from streams.simulate.run import Run
from streams.simulate.season import is_workday, workday_after
from streams.simulate.sink import SECOND_US, Sent, at, iso

MINUTE_US: Final = 60 * SECOND_US
_encode: Final = msgspec.json.Encoder().encode
Fields = dict[str, Any]


class Stage:
    """What a scenario has at hand."""

    def __init__(self, run: Run, office: Office, day: date, *, expected: bool) -> None:
        self.run, self.office, self.expected = run, office, expected
        self.sink, self.draw = run.sink, run.sink.draw
        self.t_us = at(workday_after(day, 0), 32_400 + int(self.draw() * 7_200))
        place = office.place
        self.area = place.areas[int(self.draw() * len(place.areas))]
        towns = place.towns or run.world.towns_of(self.area)
        self.unit = towns[int(self.draw() * len(towns))] if towns else unit_of(run.world, place, self.draw())

    def other(self) -> Office:
        """Another line's office at the same place, which is not quiet."""
        line = ""
        lines = self.run.world.lines
        office = self.office
        while not line or line == self.office.line or office.issuer in self.run.quiet:
            line = lines[int(self.draw() * len(lines))]
            office = self.run.world.office(self.office.place, line)
        return office

    def above(self) -> Office:
        """An office of the same line over the place; the office itself where nothing is."""
        return self.run.world.superior(self.office.place, self.office.line, 0.0)

    def title(self, titles: tuple[str, ...], office: Office | None = None) -> str:
        """A title of one sort."""
        own = office or self.office
        subject = own.subjects[int(self.draw() * len(own.subjects))]
        text = titles[int(self.draw() * len(titles))]
        return text.format(s=subject, a=own.place.name[-1:], y=day_of(self.t_us).year)

    def days(self, days: int, second: int = 34_200) -> int:
        """An instant on the workday that is ``days`` workdays after the scenario's."""
        return deadline(self.t_us, days, second)

    def weekend(self) -> int:
        """Nine in the morning of the next day off."""
        day = later(day_of(self.t_us), 1)
        while is_workday(day):
            day = later(day, 1)
        return at(day, 32_400)

    def issue(
        self,
        kind: str,
        titles: tuple[str, ...],
        fields: Fields,
        *,
        office: Office | None = None,
        t_us: int = 0,
        reach: Fields | None = None,
    ) -> Sent:
        """Send an issuance that is lawful but for ``fields``; a field that is None is left out."""
        own, when = office or self.office, t_us or self.t_us
        data: Fields = {
            "issuer": own.issuer,
            "title": self.title(titles, own),
            "reach": reach or {"areas": [self.area], "tiers": ["township"]},
            "topic": [own.line],
            "consistency_assessment_id": f"YZX-{int(self.draw() * 1e6):06d}",
            "plan_item_id": f"JH-{own.line}-{int(self.draw() * 900) + 100}",
            "duty_item_code": f"JB-{int(self.draw() * 117) + 1:03d}",
            "basis_type": "county",
            "channel": "OA",
            "confidence": "captured",
            "secrecy": "none",
        }
        data = {name: value for name, value in (data | fields).items() if value is not None}
        return self.sink.issue(kind, own, when, _encode(data).decode(), unit=self.unit, fate=False)

    def meeting(
        self,
        fields: Fields,
        *,
        start_us: int = 0,
        minutes: int = 90,
        office: Office | None = None,
        t_us: int = 0,
        reach: Fields | None = None,
        conclude: bool = True,
    ) -> Sent:
        """Send a lawful business meeting but for ``fields``, and unless told otherwise its outcome."""
        own = office or self.office
        start = start_us or self.days(2)
        data: Fields = {
            "doc_no": self.number(own),
            "meeting_class": "业务",
            "starts_at": iso(start),
            "planned_start_at": iso(start),
            "planned_end_at": iso(start + minutes * MINUTE_US),
            "duration_minutes": minutes,
            "form": "onsite",
            "attendees": 1,
            "attendees_required": [{"post": f"{own.line}-deputy", "rank": "deputy"}],
            "required_attendee_rank": "deputy",
            "chair_rank": "deputy",
            "speeches": [{"rank": "deputy", "minutes": 30}],
            "agenda": ["情况通报", "下一步安排"],
        }
        sent = self.issue("meeting", words.MEETING_TITLES, data | fields, office=own, t_us=t_us, reach=reach)
        if conclude:
            self.run.maker.conclude(sent, start)
        return sent

    def inspection(self, fields: Fields, *, start_us: int = 0, t_us: int = 0, titles: tuple[str, ...] = ()) -> Sent:
        """Send a lawful inspection of one township but for ``fields``."""
        start = start_us or self.days(4)
        data: Fields = {
            "filing_id": f"BA-{int(self.draw() * 9e5) + 100_000}",
            "inspection_class": "专项",
            "starts_at": iso(start),
            "ends_at": iso(start + 180 * MINUTE_US),
            "duration_minutes": 180,
            "team_size": 3,
            "reception_staff": 2,
            "reception_rank": "staff",
            "materials_requested": [],
            "criteria": ["result"],
            "random_check": False,
        }
        reach = {"units": [self.unit]}
        return self.issue("inspection", titles or words.INSPECTION_TITLES[:4], data | fields, t_us=t_us, reach=reach)

    def request(
        self,
        items: list[Fields],
        fields: Fields,
        *,
        office: Office | None = None,
        t_us: int = 0,
        reach: Fields | None = None,
    ) -> Sent:
        """Send a lawful request but for ``fields``; without items it asks for its office's next ones."""
        own = office or self.office
        data: Fields = {
            "doc_no": self.number(own),
            "deadline_at": iso(deadline(t_us or self.t_us, 8)),
            "demands": ["form"],
            "items": items or self.items(6, own),
            "rows_expected": 1,
            "approvals": 1,
        }
        return self.issue("request", words.REQUEST_TITLES, data | fields, office=own, t_us=t_us, reach=reach)

    def items(self, count: int, office: Office | None = None) -> list[Fields]:
        """Elements that nobody else is asking for."""
        own = office or self.office
        return [msgspec.json.decode(text) for text in self.run.maker.elements.standing(own, count)]

    def number(self, office: Office | None = None) -> str:
        """The next document number of an office."""
        return self.run.maker.numbers.next(office or self.office, self.t_us, self.draw())

    def label(
        self, rule: str, sents: tuple[Sent, ...], why: str, subject: str = "", *, expected: bool | None = None
    ) -> None:
        """State what the events are, as the scenario was meant unless told otherwise."""
        told = self.expected if expected is None else expected
        self.sink.label(rule, sents, subject or sents[-1].office.issuer, why, expected=told)
