"""Three months of plausible demands for the dashboard's tests: seeded, made up, written as the workers write.

Flows in: a registry, a seed, the present. Flows out: rows of events, demands, reports and refusals in a store.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from clickhouse_connect.driver.client import Client

from streams.alerts.cases import Act, Verb
from streams.events import ident_of
from streams.events.model import KINDS
from streams.ledger.postings import Postings
from streams.registry import Range, Registry
from streams.rules import Transition, shipped
from streams.rules import load as load_packs
from streams.store import Refusal, WorkerReport, insert_events, insert_postings, insert_refused, insert_reports
from streams.store.casework import insert_act
from streams.store.findings import StoredTransition, insert_transitions

DAY_US: Final = 86_400_000_000
WEIGHTS: Final = (20, 26, 10, 22, 3, 2, 6, 4, 1, 1, 1, 2, 2)
LIKELY: Final = (150, 45, 420, 110, 60, 20, 15, 480, 300, 900, 120, 40, 200)
LINES: Final = ("office", "education", "civil-affairs", "health", "agriculture", "emergency", "organization", "housing")
TITLES: Final = {
    "meeting": "关于召开全省重点工作推进视频会议的通知",
    "document": "关于进一步加强基层治理工作的意见",
    "inspection": "关于开展专项督查的通知",
    "request": "关于报送基础数据的函",
}
ASKED: Final[tuple[tuple[int, Verb], ...]] = ((1, "acknowledge"), (2, "ask"))


@dataclass
class Sample:
    """Writes into one store; each call of ``demand`` is one event that lands now."""

    client: Client
    registry: Registry
    now_us: int
    rows: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    runs: int = 0
    key: int = 0

    def demand(
        self,
        issuer: str,
        kind: str,
        area: str,
        tier: str,
        start_us: int,
        likely: int,
        title: str,
        due_days: int = 2,
        data: dict[str, Any] | None = None,
    ) -> None:
        """One demand on every unit of a tier in an area; ``data``: further fields of its announcement."""
        number = self.registry.tier_id(tier)
        lo, hi = self.registry.range_of(area, number)
        if lo == hi:
            return
        self.key += 1
        kind_id = KINDS.index(kind) + 1
        minutes = (likely * 6 // 10, likely, likely * 16 // 10)
        for shard, parts in self.registry.shards().split((Range(number, lo, hi),)).items():
            rows = [(self.key, number, kind_id, issuer, one.lo, one.hi, start_us, *minutes, 1, 0) for one in parts]
            self.rows.setdefault(shard, []).extend(rows)
        self.events.append(
            {
                "pos": self.key, "ident": ident_of("//oa.example.cn/office", f"e-{self.key}"),
                "digest": self.key, "source": "//oa.example.cn/office", "id": f"e-{self.key}",
                "type": f"burden.{kind}.issued.v1", "kind": kind_id, "verb": "issued", "time_us": min(start_us, self.now_us), "issuer": issuer,
                "title": title, "doc_no": f"办函〔2026〕{self.key % 200 + 1}号", "starts_us": start_us,
                "deadline_us": start_us + due_days * DAY_US,
                "receivers": hi - lo, "likely": likely, "recurrence": "",
                "body": self._body(issuer, kind, area, tier, start_us, title, due_days, data or {}), "admitted_us": min(start_us, self.now_us),
            }
        )  # fmt: skip

    def _body(
        self,
        issuer: str,
        kind: str,
        area: str,
        tier: str,
        start_us: int,
        title: str,
        due_days: int,
        data: dict[str, Any],
    ) -> bytes:
        """The event as its sender would have written it."""
        at, due = (
            datetime.fromtimestamp(us // 1_000_000, UTC).isoformat() for us in (start_us, start_us + due_days * DAY_US)
        )
        head = {"issuer": issuer, "title": title, "reach": {"areas": [area], "tiers": [tier]}, "deadline_at": due}
        kinds: dict[str, dict[str, Any]] = {"meeting": {"planned_start_at": at}, "inspection": {"starts_at": at}}
        whole: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"e-{self.key}",
            "source": "//oa.example.cn/office",
            "time": at,
        }
        whole |= {"type": f"burden.{kind}.issued.v1", "data": head | kinds.get(kind, {}) | data}
        return json.dumps(whole, ensure_ascii=False).encode()

    def flush(self) -> None:
        """Writes what was made since the last time: events first, as admit does."""
        self.runs += 1
        columns = {name: [event[name] for event in self.events] for name in self.events[0]}
        insert_events(self.client, columns, f"sample-{self.runs}")
        for shard, rows in self.rows.items():
            issuers = [row[3] for row in rows]
            insert_postings(self.client, Postings.from_rows(rows), shard=shard, run=self.runs, issuers=issuers)
        self.rows.clear()
        self.events.clear()

    def fill(self, days: int = 120, seed: int = 7) -> None:
        """A past of ``days`` days: busier on workdays, at the month's end and in some provinces."""
        draw = np.random.default_rng(seed)
        provinces = self.registry.children("")
        heat = dict(zip(provinces, draw.lognormal(0.0, 0.5, len(provinces)), strict=True))
        for back in range(days, -1, -1):
            midnight = (self.now_us + 8 * 3_600_000_000) // DAY_US * DAY_US - 8 * 3_600_000_000 - back * DAY_US
            weekday = (midnight // DAY_US + 4) % 7  # midnight in Shanghai is still the day before in UTC
            busy = (0.25 if weekday in (5, 6) else 1.0) * (1.25 if back % 30 < 4 else 1.0)
            for _ in range(int(150 * busy)):
                start = midnight + int(min(max(draw.normal(10.8, 2.4), 0.5), 23.5) * 3_600_000_000)
                if start > self.now_us:
                    continue
                self._one(draw, start, heat)
        for minute in range(50, 0, -5):
            self._one(draw, self.now_us - minute * 60_000_000, heat)
        self._one(draw, self.now_us - 20_000_000, heat)
        for ahead in range(1, 400):
            self._one(draw, self.now_us + ahead * DAY_US // 28, heat)
        self.flush()

    def story(self, county: str) -> None:
        """What a township of a county meets: the same asked twice, a statistical form without its marks, an inspection ahead."""
        now, hour = self.now_us, 3_600_000_000
        people = [{"element": "常住人口数"}, {"element": "六十岁以上老人数"}, {"element": "低保户数"}]
        homes = [{"element": "低保户数"}, {"element": "六十岁以上老人数"}, {"element": "危房户数"}]
        for issuer, kind, start, likely, title, due, data in (
            ("civil-affairs", "request", now - 26 * hour, 240, "报送困难群众基本情况表", 4, {"items": people}),
            ("housing-construction", "request", now - 3 * hour, 180, "报送农村住房安全排查台账", 6, {"items": homes}),
            ("agriculture", "request", now - 30 * hour, 120, "农业生产情况统计表", 9, {"claims_statistical": True, "table_no": "A101"}),
            ("office", "inspection", now + 50 * hour, 420, TITLES["inspection"], 1, {}),
            ("emergency", "meeting", now + 20 * hour, 90, "防汛工作视频会议", 1, {}),
            ("education", "request", now - 4 * hour, 60, "报送学生人数", 1, {"items": people[:1]}),
            ("education", "document", now - 75 * hour, 45, "关于做好秋季学期控辍保学工作的通知", 12, {"plan_item_id": "JH-education-7"}),
            ("education", "meeting", now - 150 * hour, 150, "全区教育工作推进会", 1, {"parent_id": "e-2", "filing_id": "BA-118"}),
            ("education", "request", now - 220 * hour, 95, "校车安全排查情况表", 3, {"parent_id": "e-3"}),
            ("education", "inspection", now + 70 * hour, 240, "校园食品安全检查", 1, {"plan_item_id": "JH-education-9"}),
        ):  # fmt: skip
            self.demand(f"{county}-{issuer}", kind, county, "township", start, likely, title, due, data)
        self.flush()

    def findings(self) -> None:
        """What stands open: a short notice in a county, an overloaded township, many checks of one prefecture; one of them was appealed."""
        hour = 3_600_000_000
        made = [
            self._finding(
                1,
                "R11-short-notice",
                "event://oa.example.cn/office#e-9",
                "510104",
                "510104-education",
                45.0,
                480.0,
                2 * hour,
            ),
            self._finding(2, "R20-load-week-township", "unit:510104017", "510104017", "", 9_200.0, 6_000.0, 30 * hour),
            *(
                self._finding(
                    n,
                    "R11-short-notice",
                    f"event://oa.example.cn/office#e-{n}",
                    f"5101{n:02d}",
                    f"5101{n:02d}-health",
                    n * 10.0,
                    480.0,
                    n * hour,
                )
                for n in (5, 6, 7, 8)
            ),
        ]
        insert_transitions(
            self.client, [StoredTransition(seq, one, events=(one.subject[6:],)) for seq, one in enumerate(made, 1)]
        )
        first = made[0]
        asked = [Act(first.finding, n, verb, "陈", self.now_us - (4 - n) * hour) for n, verb in ASKED]
        told = Act(first.finding, 3, "explain", "陈", self.now_us - hour, "防汛紧急调度", ground="emergency")
        for act in (*asked, told):
            insert_act(self.client, act, first.rule)
        past = self._finding(
            9,
            "R11-short-notice",
            "event://oa.example.cn/office#e-3",
            "510105",
            "510105-education",
            30.0,
            480.0,
            300 * hour,
        )
        insert_transitions(
            self.client, [StoredTransition(90, replace(past, was="firing", phase="resolved", holds=False))]
        )
        insert_act(
            self.client,
            Act(past.finding, 1, "decide", "陈", self.now_us - 200 * hour, "限时不合理，已整改", verdict="upheld"),
            past.rule,
        )

    def _finding(
        self, number: int, rule: str, subject: str, place: str, issuer: str, value: float, limit: float, ago_us: int
    ) -> Transition:
        at = self.now_us - ago_us
        standing = next(
            one
            for pack in load_packs(shipped())
            if pack.name == "national"
            for one in pack.rules
            if one.id.startswith(rule[:3])
        )
        edition = next(pack.edition for pack in load_packs(shipped()) if pack.name == "national")
        return Transition(
            finding=f"{number:032x}", rule=standing.id, subject=subject, period="", was="inactive", phase="firing", holds=True, at_us=at,
            since_us=at, episode=1, value=value, limit=limit, edition=edition, layer=standing.layer, for_us=0, keep_firing_us=0,
            issuer=issuer, place=place,
        )  # fmt: skip

    def _one(self, draw: np.random.Generator, start: int, heat: dict[str, float]) -> None:
        provinces = list(heat)
        weight = np.array([heat[code] for code in provinces])
        province = provinces[int(draw.choice(len(provinces), p=weight / weight.sum()))]
        level = draw.choice(["centre", "province", "prefecture", "county"], p=[0.012, 0.148, 0.4, 0.44])
        area = {"centre": "", "province": province}.get(str(level), "")
        if level in ("prefecture", "county"):
            area = str(draw.choice(self.registry.children(province)))
            below = self.registry.children(area)
            if level == "county" and len(area) == 4 and below and len(below[0]) == 6:
                area = str(draw.choice(below))
        weights = np.array(WEIGHTS, float)
        if level == "centre":  # what goes to every township of the country is a document or a short form, seldom more
            weights = np.array([kind in ("document", "request", "meeting") for kind in KINDS], float)
        kind = str(draw.choice(KINDS, p=weights / weights.sum()))
        line = str(draw.choice([name for name in LINES if name in self.registry.lines]))
        likely = max(5, int(LIKELY[KINDS.index(kind)] * draw.lognormal(0, 0.35) * (0.25 if level == "centre" else 1)))
        tier = "village" if draw.random() < 0.22 else "township"
        title = TITLES.get(kind, "关于做好有关工作的通知")
        data: dict[str, Any] = {}
        if level != "centre" and draw.random() < 0.4:
            data["parent_id"] = f"e-{self.key // 2}"
        if draw.random() < 0.35:
            data["plan_item_id"] = f"plan-{self.key}"
        self.demand(f"{area[:6]:0<6}-{line}", kind, area, tier, start, likely, title, data=data)

    def health(self, lag: int = 12) -> None:
        """Reports of the workers and a few refusals."""
        reports = [
            WorkerReport(part, n, self.now_us, lag, 210.0, self.now_us) for part in ("admit", "tally") for n in range(4)
        ]
        insert_reports(self.client, reports, "sample-reports")
        insert_refused(self.client, [Refusal(self.now_us, "//oa.example.cn/office", "invalid", 3)], "sample-refused")
