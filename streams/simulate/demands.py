"""The four great sorts of demand: documents, meetings, inspections and requests, each as an issuance of one office at one instant.

Pure. Flows in: an office, an instant, the maker's draws. Flows out: events into the sink, with labels where a share is meant to break a rule
(off-plan inspections R12, same-day deadlines R11, duplicated items R09). All else is made so that no rule on a single event can fire.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from streams.simulate import rates, words
from streams.simulate.choosing import (
    BOTH,
    TOWNS,
    VILLAGES,
    Elements,
    Numbers,
    Target,
    bureaus,
    day_of,
    deadline,
    few,
    id_of,
    later,
    most,
    selector,
    unit_of,
)
from streams.simulate.places import Office, World
from streams.simulate.season import workday_after
from streams.simulate.sink import DAY_US, SECOND_US, Sent, Sink, at, iso

HOUR_US: Final = 3_600 * SECOND_US
STARTS: Final = (32_400, 34_200, 36_000, 52_200, 54_000, 55_800)
CHANNELS: Final = ("OA", "OA", "OA", "OA", "OA", "paper", "WeCom", "DingTalk")
QUICK: Final = ("WeCom", "SMS", "phone", "OA")


class Parent(NamedTuple):
    """A superior document that may be relayed."""

    source: str
    id: str
    t_us: int
    due_us: int
    subject: str


class Open(NamedTuple):
    """A request that is still to be answered."""

    sent: Sent
    due_us: int
    items: list[str]


class Maker:
    """Makes issuances; remembers what can be relayed or asked for twice."""

    def __init__(self, world: World, sink: Sink, numbers: Numbers) -> None:
        self.world = world
        self.sink = sink
        self.draw = sink.draw
        self.numbers = numbers
        self.elements = Elements()
        self.parents: dict[tuple[str, str], deque[Parent]] = {}
        self.open: dict[int, deque[Open]] = {}

    def reach(self, office: Office, direct: float, tiers: str) -> Target:
        """Whom an office asks: its townships, or (upper levels, mostly) the bureaus of its line."""
        if office.place.number >= 0:
            return most(self.world, office.place, self.draw, tiers)
        if self.draw() < direct:
            return most(self.world, office.place, self.draw, TOWNS)
        return Target(bureaus(office), "")

    def head(self, office: Office, title: str, reach: str, channel: str) -> str:
        """The fields that every issuance has, without the closing brace."""
        draw = self.draw
        return (
            f'{{"issuer":"{office.issuer}","title":"{title}","reach":{reach},"topic":["{office.line}"],'
            f'"consistency_assessment_id":"YZX-{int(draw() * 1e6):06d}","plan_item_id":"JH-{office.line}-{int(draw() * 900) + 100}",'
            f'"duty_item_code":"JB-{int(draw() * 117) + 1:03d}","basis_type":"{_BASES[int(draw() * 8)]}","channel":"{channel}",'
            f'"confidence":"captured","secrecy":"none"'
        )

    def subject(self, office: Office) -> str:
        """What an office speaks about this time."""
        return office.subjects[int(self.draw() * len(office.subjects))]

    def document(self, office: Office, t_us: int, direct: float) -> Sent:
        """A document; six in ten of a county's relay a superior's, three in ten have no number and demand nothing."""
        draw = self.draw
        lowest = office.place.number >= 0
        parent = self._parent(office, t_us) if draw() < rates.RELAYED and office.place.above else None
        subject = self.subject(office) if parent is None else parent.subject
        unnumbered = parent is None and draw() < (0.75 if lowest else 0.3)
        titles = words.RELAY_TITLES if parent else words.PLAIN_TITLES if unnumbered else words.DOCUMENT_TITLES
        title = titles[int(draw() * len(titles))].format(s=subject, y=day_of(t_us).year)
        if draw() < 0.4 and not unnumbered:
            title = office.name + title
        target = self.reach(office, direct, BOTH if draw() < 0.14 else TOWNS)
        data = self.head(office, title, target.reach, CHANNELS[int(draw() * 8)])
        special = draw() < 0.7
        chars = 300 + int(draw() * (3_500 if special else 4_500))
        due_us = 0
        if unnumbered:
            data += f',"doc_class":"信息","char_count":{chars // 2 + 100},"attachments":0'
        else:
            data += (
                f',"doc_no":"{self.numbers.next(office, t_us, draw())}","doc_class":"{"专项" if special else "综合"}",'
                f'"direction":"down","char_count":{chars},"attachments":{int(draw() * 4)},"readers":{1 + int(draw() * 4)}'
            )
            if draw() < 0.3:
                due_us = self._due(t_us, parent)
                data += f',"deadline_at":"{iso(due_us)}","demands":["form"]' if due_us else ""
        if parent is not None:
            reference = f'{{"source":"{parent.source}","id":"{parent.id}"}}'
            data += f',"parent_id":{reference},"root_id":{reference},"similarity_to_parent":{0.35 + draw() * 0.5:.2f}'
        minutes = 20 + chars // 100
        sent = self.sink.issue("document", office, t_us, data + "}", unit=target.unit, minutes=minutes)
        if not unnumbered and not lowest:
            self._remember(office, Parent(office.source, sent.id, t_us, due_us, subject))
        return sent

    def _due(self, t_us: int, parent: Parent | None) -> int:
        """A deadline days ahead; a relay takes up to two hours of its parent's last day for collating, or sets none."""
        if parent is None:
            return deadline(t_us, 4 + int(self.draw() * 12))
        if not parent.due_us:
            return 0
        due_us = parent.due_us - int(2 * HOUR_US * self.draw())
        return due_us // SECOND_US * SECOND_US if due_us > t_us + 3 * DAY_US else 0

    def _remember(self, office: Office, parent: Parent) -> None:
        key = (office.place.area6, office.line)
        if key not in self.parents:
            self.parents[key] = deque(maxlen=24)
        self.parents[key].append(parent)

    def _parent(self, office: Office, t_us: int) -> Parent | None:
        """A recent document of a superior of the same line, or of a government office above; mostly of the nearest that has any."""
        draw = self.draw
        above = office.place.above
        first = int(draw() * draw() * len(above))
        for line in (office.line, "office"):
            for step in range(len(above)):
                pool = self.parents.get((above[(first + step) % len(above)].area6, line))
                if pool:
                    found = pool[-1 - int(draw() * draw() * len(pool))]
                    if found.t_us + HOUR_US // 2 < t_us:
                        return found
        return None

    def meeting(self, office: Office, t_us: int, direct: float) -> Sent:
        """A meeting on a coming workday; unless it is a training, its outcome follows within four workdays."""
        draw = self.draw
        training = draw() < 0.35
        titles = words.TRAINING_TITLES if training else words.MEETING_TITLES
        subject = self.subject(office)
        title = titles[int(draw() * len(titles))].format(s=subject, a=office.place.name[-1:])
        tiers = BOTH if draw() < 0.42 else VILLAGES if draw() < 0.12 else TOWNS
        target = self.reach(office, direct, tiers)
        start_us = at(workday_after(day_of(t_us), 1 + int(draw() * 6)), STARTS[int(draw() * 6)])
        length = (45, 60, 60, 90, 90, 120, 150)[int(draw() * 7)]
        video = draw() < 0.4
        rank = "principal" if draw() < 0.15 else "deputy"
        data = self.head(office, title, target.reach, CHANNELS[int(draw() * 8)])
        data += (
            f',"meeting_class":"{"培训" if training else "业务"}","starts_at":"{iso(start_us)}","planned_start_at":"{iso(start_us)}",'
            f'"planned_end_at":"{iso(start_us + length * 60 * SECOND_US)}","duration_minutes":{length},'
            f'"form":"{"video" if video else "onsite"}","attendees":{1 + int(draw() * draw() * 4)},'
            f'"attendees_required":[{{"post":"{office.line}-{rank}","rank":"{rank}"}}],"required_attendee_rank":"{rank}",'
            f'"chair_rank":"{rank}","speeches":[{{"rank":"{rank}","minutes":{10 + int(draw() * 35)}}}],'
            f'"agenda":["{subject}情况通报","{subject}下一步安排"],"travel_minutes":{0 if video else 10 + int(draw() * 50)}'
        )
        if draw() < 0.5:
            data += f',"doc_no":"{self.numbers.next(office, t_us, draw())}"'
        sent = self.sink.issue("meeting", office, t_us, data + "}", unit=target.unit, minutes=length * 2)
        if not training:
            self.conclude(sent, start_us)
        return sent

    def conclude(self, sent: Sent, start_us: int) -> None:
        """The outcome of a meeting: a decision with owner and due day, one to four workdays later."""
        draw = self.draw
        when = deadline(start_us, 1 + int(draw() * 4), 34_000 + int(draw() * 28_000))
        due = iso(deadline(when, 10))
        decision = words.DECISIONS[int(draw() * len(words.DECISIONS))]
        fields = f'"concludes":"{sent.id}","decisions":[{{"decision":"{decision}","owner":"{sent.office.name}","due":"{due}"}}]'
        self.sink.follow(sent, "outcome", fields, when, late=False)

    def inspection(self, office: Office, t_us: int) -> Sent:
        """An inspection of a few townships; one in ten is off plan (R12, labelled), a quarter of these being lawful random checks."""
        draw = self.draw
        target = few(self.world, office.place, draw)
        off_plan = draw() < rates.OFF_PLAN
        lawful = draw() < (rates.OFF_PLAN_LAWFUL if off_plan else 0.2)
        title = words.INSPECTION_TITLES[4 if lawful else int(draw() * 4)].format(s=self.subject(office))
        start_us = at(workday_after(day_of(t_us), 3 + int(draw() * 8)), STARTS[int(draw() * 6)])
        length = (120, 180, 180, 240, 300)[int(draw() * 5)]
        materials = words.MATERIALS[int(draw() * 4) : 4 + int(draw() * 3)][: int(draw() * 4)]
        data = self.head(office, title, target.reach, "OA")
        if off_plan:
            data = _without_plan(data)
        else:
            data += f',"filing_id":"BA-{int(draw() * 9e5) + 100_000}"'
        data += (
            f',"inspection_class":"{"执法" if lawful else "专项"}","starts_at":"{iso(start_us)}",'
            f'"ends_at":"{iso(start_us + length * 60 * SECOND_US)}","duration_minutes":{length},"team_size":{2 + int(draw() * 5)},'
            f'"notice_hours":{(start_us - t_us) // HOUR_US},"reception_staff":{1 + int(draw() * 3)},"reception_rank":"staff",'
            f'"materials_requested":{_texts(materials)},"criteria":["result"],"random_check":{"true" if lawful else "false"}}}'
        )
        sent = self.sink.issue(
            "inspection", office, t_us, data, unit=target.unit, minutes=length * 3, fate=not off_plan
        )
        if off_plan:
            why = "随机抽查执法检查，无需列入计划" if lawful else "既无计划编号也无备案编号"
            self.sink.label("R12", (sent,), office.issuer, why, expected=not lawful)
        return sent

    def request(self, office: Office, t_us: int, direct: float) -> Sent:
        """A request for data; shares of them due the same day (R11) or asking again for what another line asks (R09)."""
        draw = self.draw
        place = id_of(office)
        pool = self.open.setdefault(place, deque(maxlen=32))
        straight = office.place.number >= 0 or draw() < direct
        twin = self._twin(pool, office, t_us) if straight and draw() < rates.DUPLICATED else None
        day = day_of(t_us)
        same_day = twin is None and draw() < rates.SAME_DAY
        emergency = same_day and draw() < rates.SAME_DAY_EMERGENCY
        due_us = t_us + int(7_200 + draw() * 10_800) * SECOND_US if same_day else deadline(t_us, 4 + int(draw() * 8))
        items = self.elements.next(office, 4 + int(draw() * 9), f"{day.year}-{day.month:02d}")
        recount = twin is not None and draw() < 0.1
        if twin is not None:
            items = [item.replace('"}', '","caliber":"质量校核"}') if recount else item for item in twin.items]
        title = words.REQUEST_TITLES[int(draw() * 6)].format(s=self.subject(office))
        tiers = BOTH if draw() < 0.25 else TOWNS
        target = self.reach(office, float(straight), tiers) if twin is None else self.everyone(office, tiers)
        minutes = len(items) * 6 + 40
        data = self.head(office, title, target.reach, QUICK[int(draw() * 4)] if same_day else CHANNELS[int(draw() * 8)])
        data += (
            f',"deadline_at":"{iso(due_us)}","demands":["form"],"items":[{",".join(items)}],"rows_expected":{1 + int(draw() * 4)},'
            f'"approvals":1,"prefilled_share":{int(draw() * 4) / 10}'
        )
        if emergency:
            data += f',"emergency":true,"emergency_ground":"{words.EMERGENCIES[int(draw() * 5)]}"'
        if draw() < 0.6:
            data += f',"doc_no":"{self.numbers.next(office, t_us, draw())}"'
        if draw() < 0.15:
            data += f',"effort_minutes":{{"low":{minutes // 2},"likely":{minutes},"high":{minutes * 2}}}'
        plain = twin is None and not same_day
        sent = self.sink.issue("request", office, t_us, data + "}", unit=target.unit, minutes=minutes, fate=plain)
        if twin is not None:
            why = "所要数据项口径不同" if recount else "六成以上数据项另有未到期的报表已在收集"
            self.sink.label("R09", (twin.sent, sent), office.issuer, why, expected=not recount)
        elif same_day:
            why = "有紧急事由" if emergency else "自发出至截止不足八个工作小时"
            self.sink.label("R11", (sent,), office.issuer, why, expected=not emergency)
        elif sent.sound:
            pool.append(Open(sent, due_us, items))
        return sent

    def everyone(self, office: Office, tiers: str) -> Target:
        """The selector of all that an office can ask directly, and one township of it."""
        return Target(selector(office.place.whole, tiers), unit_of(self.world, office.place, self.draw()))

    def _twin(self, pool: deque[Open], office: Office, t_us: int) -> Open | None:
        """An open request of another line at the same place."""
        for one in reversed(pool):
            if one.sent.office.line != office.line and one.sent.t_us < t_us < one.due_us and one.sent.unit:
                return one
        return None

    def standing(self, office: Office, t_us: int, direct: float) -> Sent:
        """A form that comes back every week, month or quarter for about a year; villages fill in theirs more seldom."""
        draw = self.draw
        chance = draw()
        villages = draw() < 0.55
        edges = (0.0, 0.1, 0.55) if villages else (0.12, 0.74, 0.96)
        weekly, monthly, quarterly = (chance < edge for edge in edges)
        rule = "WEEKLY;COUNT=40" if weekly else "MONTHLY;COUNT=12" if monthly else "MONTHLY;INTERVAL=3;COUNT=4"
        start = at(later(day_of(t_us).replace(day=1), 32 + int(draw() * 27)), 36_000)
        title = words.STANDING_TITLES[int(draw() * 4)].format(s=self.subject(office))
        target = self.reach(office, direct, BOTH if villages else TOWNS)
        items = self.elements.standing(office, 5 + int(draw() * 14))
        data = self.head(office, title, target.reach, "OA")
        data += f',"starts_at":"{iso(start)}"' + (f',"recurrence":"FREQ={rule}"' if quarterly else "")
        data += (
            f',"demands":["form"],"items":[{",".join(items)}],"rows_expected":{1 + int(draw() * 5)},"approvals":1,'
            f'"prefilled_share":{int(draw() * 6) / 10},"system":"一表通"}}'
        )
        minutes = len(items) * 6 + 40
        return self.sink.issue("request", office, t_us, data, unit=target.unit, minutes=minutes, standing=quarterly)


_BASES: Final = ("central", "province", "province", "city", "city", "county", "county", "law")
_PLAN: Final = '"plan_item_id":"JH-'


def _without_plan(data: str) -> str:
    before, _, after = data.partition(_PLAN)
    return before + after.partition(",")[2]


def _texts(texts: tuple[str, ...]) -> str:
    return '["' + '","'.join(texts) + '"]' if texts else "[]"


__all__ = ["HOUR_US", "Maker"]
