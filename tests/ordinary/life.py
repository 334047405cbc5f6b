"""Weeks of an ordinary county, as its offices write: titles, posts and functions in their words, fields left out as registers do.

Shares no word with the simulator. Flows in: a seed, a first Monday, weeks. Flows out: events in order, and what is planted among them.
``near`` events are lawful cases that look like a violation of some rule; nothing may be found about them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")
COUNTY: Final = "510104"
TOWNS: Final = (
    "510104017",
    "510104018",
    "510104019",
    "510104022",
    "510104023",
    "510104026",
    "510104030",
    "510104032",
    "510104035",
)
OFFICES: Final = {
    "education": "锦教",
    "health": "锦卫",
    "emergency": "锦应急",
    "civil-affairs": "锦民",
    "housing-construction": "锦住建",
    "ecology": "锦环",
    "market-supervision": "锦市监",
    "human-resources": "锦人社",
    "office": "锦府办",
    "party-office": "锦委办",
    "justice": "锦司",
    "culture-tourism": "锦文旅",
    "water": "锦水务",
    "statistics": "锦统",
    "petition": "锦信",
}
PAPERS: Final = (
    "关于做好春季学校食品安全工作的通知",
    "关于印发2026年重点工作任务分工的通知",
    "关于开展森林防灭火宣传的通知",
    "关于调整区政府领导工作分工的通知",
    "关于转发市级部门防汛准备工作意见的通知",
    "关于规范小型工程招投标的意见",
    "关于清明节期间值班安排的通知",
    "关于公布第一批便民服务事项的通知",
    "关于同意设立社区养老服务站的批复",
    "关于加强老旧小区用电安全管理的通知",
    "政务信息第{n}期",
    "工作简报第{n}期",
)
CALLED: Final = (
    "一季度经济运行调度会",
    "信访工作联席会议",
    "安全生产专题会",
    "人居环境整治推进会",
    "食安委全体会议",
    "河长制工作例会",
    "惠民惠农政策业务培训",
)
ASKED: Final = (
    ("在建工程安全隐患台账", ("隐患点位", "整改责任人")),
    ("高龄津贴发放对象名单", ("高龄人数", "身份核对结果")),
    ("义务教育学位需求摸底表", ("学龄儿童数",)),
    ("沿街商铺燃气使用情况表", ("商铺数", "燃气报警器数")),
    ("社区文化活动场地情况", ("场地面积",)),
    ("退役军人家庭走访情况", ("走访户数",)),
    ("小微企业用工需求表", ("缺工人数", "工种")),
    ("春耕物资需求表", ("种子需求量",)),
    ("河道管护人员名册", ("管护人数",)),
    ("残疾人辅具需求", ("辅具件数",)),
)
CHECKED: Final = (
    "学校食堂食品安全检查",
    "危化品企业安全检查",
    "城市内涝点位检查",
    "养老机构消防检查",
    "扬尘治理检查",
    "卫生院医保基金使用检查",
)
POSTS: Final = ("分管副区长", "区应急管理局副局长", "区政府办副主任", "区卫健局分管负责人")


@dataclass
class Planted:
    """A violation in the stream: the event, the phenomena of which one must be found, and what it is in words."""

    event: str
    phenomena: tuple[str, ...]
    what: str


@dataclass
class Life:
    """Events (CloudEvents as dicts) in order of time, and what is planted."""

    events: list[dict[str, Any]] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    near: dict[str, str] = field(default_factory=dict)


class County:
    """Writes the stream. One seed, one stream."""

    def __init__(self, seed: int, monday: datetime) -> None:
        self._dice, self._monday = Random(seed), monday
        self._numbers: dict[str, int] = {}
        self._count = 0
        self.life = Life()

    # parts

    def at(self, week: int, day: int, hour: int, minute: int = 0) -> datetime:
        return self._monday + timedelta(weeks=week, days=day, hours=hour, minutes=minute)

    def _number(self, office: str) -> str:
        self._numbers[office] = self._numbers.get(office, 0) + 1
        return f"{OFFICES[office]}发〔2026〕{self._numbers[office]}号"

    def _reach(self) -> dict[str, Any]:
        if self._dice.random() < 0.5:
            return {"areas": [COUNTY], "tiers": ["township"]}
        return {"units": self._dice.sample(TOWNS, self._dice.randint(1, 5))}

    def say(self, type: str, at: datetime, office: str, /, **data: Any) -> str:
        """One event of an office; its id."""
        self._count += 1
        id = f"{office}-{self._count:05d}"
        body = {"issuer": f"{COUNTY}-{office}"} | {
            name: _json(value) for name, value in data.items() if value is not None
        }
        self.life.events.append(
            {
                "specversion": "1.0",
                "id": id,
                "source": f"//oa.jinjiang.example/{office}",
                "type": f"burden.{type}.v1",
                "time": at.isoformat(),
                "data": body,
            }
        )
        return id

    def issue(self, kind: str, at: datetime, office: str, title: str, /, **data: Any) -> str:
        """A demand with a reach of its own unless one is given."""
        return self.say(
            f"{kind}.issued", at, office, title=title, reach=data.pop("reach", None) or self._reach(), **data
        )

    # the flow

    def week(self, week: int) -> None:
        """What an ordinary week brings; nothing of it breaks a rule."""
        dice = self._dice
        for n in range(28):
            self._paper(self._when(week), n + 30 * week)
        for _ in range(6):
            self._meeting(self._when(week))
        for n in range(8):
            self._inspection(self._when(week), n)
        for n in range(5):
            self._request(self._when(week), week * 5 + n)
        office = dice.choice(list(OFFICES))
        self.issue("group", self._when(week), office, "社区网格工作群", members=20 + dice.randint(0, 60))

    def _when(self, week: int) -> datetime:
        return self.at(
            week, self._dice.randint(0, 4), self._dice.choice((9, 10, 11, 14, 15, 16)), self._dice.randint(0, 59)
        )

    def _paper(self, at: datetime, n: int) -> None:
        dice, office = self._dice, self._dice.choice(list(OFFICES))
        title = dice.choice(PAPERS).format(n=n)
        number = None if "期" in title else self._number(office)
        id = self.issue(
            "document",
            at,
            office,
            title,
            doc_no=number,
            doc_class=dice.choice(("通知", "专项", "意见", "简报", None)),
            direction="down",
            char_count=dice.randint(600, 2_900),
            demands=["落实"] if number and dice.random() < 0.4 else None,
        )
        if dice.random() < 0.03:
            self.say(
                "document.amended", at + timedelta(hours=3), office, amends=id, char_count=dice.randint(600, 2_000)
            )

    def _meeting(self, at: datetime) -> None:
        dice, office = self._dice, self._dice.choice(list(OFFICES))
        title = dice.choice(CALLED)
        begin = (at + timedelta(days=3)).replace(hour=dice.choice((9, 15)), minute=0)
        begin += timedelta(days=(7 - begin.weekday()) % 7 if begin.weekday() >= 5 else 0)
        id = self.issue(
            "meeting",
            at,
            office,
            title,
            planned_start_at=begin,
            duration_minutes=dice.choice((60, 90, 90, 80)),
            form=dice.choice(("onsite", "video")),
            meeting_class="培训" if "培训" in title else None,
            chair_rank=dice.choice(POSTS),
            required_attendee_rank="分管负责人",
            agenda=[f"{title}议题{n}" for n in range(2)],
        )
        if "培训" not in title:
            self.say(
                "meeting.outcome",
                begin + timedelta(days=1, hours=2),
                office,
                concludes=id,
                decisions=["明确责任分工，月底前完成"],
            )
        if dice.random() < 0.05:
            self.say(
                "meeting.amended",
                at + timedelta(hours=5),
                office,
                amends=id,
                planned_start_at=begin + timedelta(hours=1),
            )

    def _inspection(self, at: datetime, n: int) -> None:
        dice, office = self._dice, self._dice.choice(list(OFFICES))
        begin = (at + timedelta(days=2)).replace(hour=9, minute=30)
        begin += timedelta(days=(7 - begin.weekday()) % 7 if begin.weekday() >= 5 else 0)
        lawful: dict[str, Any] = {"plan_item_id": f"JH-2026-{n:02d}"} if dice.random() < 0.7 else {"random_check": True}
        self.issue(
            "inspection",
            at,
            office,
            dice.choice(CHECKED),
            starts_at=begin,
            team_size=3,
            duration_minutes=180,
            reach={"units": [TOWNS[(self._count + n) % len(TOWNS)]]},
            inspection_class="专项检查",
            **lawful,
        )

    def _request(self, at: datetime, n: int) -> None:
        office = self._dice.choice(list(OFFICES))
        title, items = ASKED[n % len(ASKED)]
        due = at + timedelta(days=7)
        self.issue(
            "request",
            at,
            office,
            title,
            doc_no=self._number(office),
            deadline_at=due.replace(hour=17),
            demands=["报表"],
            items=[{"element": f"{item}-{n}", "period": f"2026-{1 + n % 12:02d}"} for item in items],
            reach={"areas": [COUNTY], "tiers": ["township"]},
        )


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def raw(event: dict[str, Any]) -> bytes:
    """An event as it is sent."""
    return json.dumps(event, ensure_ascii=False).encode()
