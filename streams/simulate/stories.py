"""Planted violations that show only in several events over days: each with a near miss that must stay silent.

Pure. Flows in: a stage on the story's first day. Flows out: events, also of later days, and labels. A story is planted only where the
stream is long enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from streams.simulate import words
from streams.simulate.choosing import deadline
from streams.simulate.sink import Sent, at, iso
from streams.simulate.stage import MINUTE_US, Fields, Stage

SILENT_WORKDAYS: Final = 10
"""An office that says nothing for so long is silent (R24)."""


def fruitless(stage: Stage) -> None:
    """R01: a meeting that nothing comes of within five workdays; a training need not have an outcome."""
    fields: Fields = {} if stage.expected else {"meeting_class": "培训"}
    sent = stage.meeting(fields, start_us=stage.days(1), conclude=False)
    stage.label("R01", (sent,), "会后五个工作日内没有议定事项" if stage.expected else "培训类会议无需议定事项")


def again(stage: Stage) -> None:
    """R03: a video meeting reached the townships, and the county holds it again; not so where it adds measures."""
    above = stage.above()
    root: Fields = {"form": "video", "reach_level": "township", "travel_minutes": 0}
    first = stage.meeting(root, start_us=stage.days(1), office=above)
    parent = {"source": above.source, "id": first.id}
    fields: Fields = {"parent_id": parent, "root_id": parent, "new_measures": not stage.expected}
    sent = stage.meeting(fields, start_us=stage.days(4), t_us=stage.days(2))
    stage.label("R03", (first, sent), "视频会已开到乡镇，又层层再开" if stage.expected else "有新的具体措施")


def collision(stage: Stage) -> None:
    """R05: two meetings of two lines at one time for the same post of one township; not so for different posts."""
    other = stage.other()
    reach: Fields = {"units": [stage.unit]}
    posts = ("mayor", "mayor") if stage.expected else ("deputy-one", "deputy-two")
    sents: list[Sent] = []
    for office, post, shift in zip((stage.office, other), posts, (0, 30), strict=True):
        fields: Fields = {"attendees_required": [{"post": post, "rank": "deputy"}]}
        start = stage.days(3, 34_200) + shift * MINUTE_US
        sents.append(stage.meeting(fields, start_us=start, office=office, reach=reach))
    stage.label("R05", tuple(sents), "同一岗位同一时段两会冲突" if stage.expected else "由不同岗位参加", stage.unit)


def hotspot(stage: Stage) -> None:
    """R20: two weeks in which one township is asked for forty days of work; a few small things are no hot spot."""
    sents: list[Sent] = []
    for number in range(40 if stage.expected else 5):
        office = stage.other()
        fields: Fields = {"effort_minutes": 480 if stage.expected else 10}
        when = deadline(stage.t_us, number % 10, 32_400 + number * 300)
        sents.append(stage.request([], fields, office=office, t_us=when, reach={"units": [stage.unit]}))
    why = "两周内负荷远超同类单位" if stage.expected else "数量少且耗时短"
    stage.label("R20", tuple(sents), why, stage.unit)


def rebound(stage: Stage) -> None:
    """R21: off-plan inspections are withdrawn after rectification, and come back three weeks later; or do not."""
    fields: Fields = {"plan_item_id": None, "filing_id": None}
    before: list[Sent] = []
    for number in range(3):
        when = deadline(stage.t_us, number, 33_000)
        sent = stage.inspection(fields, t_us=when, start_us=deadline(stage.t_us, number + 4, 34_200))
        stage.label("R12", (sent,), "既无计划编号也无备案编号", expected=True)
        before.append(sent)
        reason = f'"withdraws":"{sent.id}","reason":"整改：取消计划外检查"'
        stage.sink.follow(sent, "withdrawn", reason, deadline(stage.t_us, number + 1, 36_000), late=False)
    if not stage.expected:
        stage.label("R21", tuple(before), "整改后未再发生")
        return
    after: list[Sent] = []
    for number in range(6):
        when = deadline(stage.t_us, 14 + number // 2, 33_000 + number * 600)
        sent = stage.inspection(fields, t_us=when, start_us=deadline(stage.t_us, 17 + number // 2, 34_200))
        stage.label("R12", (sent,), "既无计划编号也无备案编号", expected=True)
        after.append(sent)
    stage.label("R21", (*before, *after), "整改后反弹，次数翻倍")


def shift(stage: Stage) -> None:
    """R22: numbered documents fall while demands without a number, by phone and chat, rise; a mere fall is none."""
    first: list[Sent] = []
    for number in range(12):
        fields: Fields = {"doc_no": stage.number(), "doc_class": "专项", "char_count": 2_000, "direction": "down"}
        when = deadline(stage.t_us, number % 5, 33_000 + number * 900)
        first.append(stage.issue("document", words.DOCUMENT_TITLES, fields, t_us=when))
    second: list[Sent] = []
    for number in range(12):
        when = deadline(stage.t_us, 6 + number % 5, 33_000 + number * 900)
        if number < 3:
            fields = {"doc_no": stage.number(), "doc_class": "专项", "char_count": 2_000, "direction": "down"}
            second.append(stage.issue("document", words.DOCUMENT_TITLES, fields, t_us=when))
        elif stage.expected:
            fields = {"doc_class": "便笺", "char_count": 300, "direction": "down", "demands": ["form"]}
            fields["channel"] = ("phone", "WeCom", "SMS")[number % 3]
            sent = stage.issue("document", words.DOCUMENT_TITLES, fields, t_us=when)
            stage.label("R06", (sent,), "没有发文字号却提出任务要求", expected=True)
            second.append(sent)
    why = "有号文件减少，无号要求增多" if stage.expected else "只是文件减少"
    stage.label("R22", (*first, *second), why)
    if stage.expected and stage.days(10 + 6) < at(stage.run.end, 0):
        last = max(second, key=lambda sent: sent.t_us)
        stage.label("R24", (last,), "其后没有任何数据", stage.office.source)


def appeal(stage: Stage) -> None:
    """R23: an appeal is upheld and the demand counts nothing from now on; an amendment is no appeal."""
    fields: Fields = {
        "emergency": True,
        "emergency_ground": words.EMERGENCIES[0],
        "deadline_at": iso(stage.days(0, 64_000)),
    }
    sent = stage.request([], fields)
    stage.label("R11", (sent,), "有紧急事由", expected=False)
    when = stage.days(3)
    if stage.expected:
        id = stage.sink.ident(when)
        data = f'{{"issuer":"{stage.office.issuer}","restates":["{sent.id}"],"effect":"void","ground":"申诉成立：紧急事由属实"}}'
        arrival = stage.sink.send("burden.correction.applied.v1", stage.office.source, id, when, data, late=False)
        upheld = Sent("correction", stage.office, id, when, "", 0, arrival)
        stage.label("R23", (sent, upheld), "申诉成立，应重述总量")
    else:
        stage.sink.follow(sent, "amended", f'"amends":"{sent.id}","effort_minutes":90', when, late=False)
        stage.label("R23", (sent,), "一般修改，并非申诉")


def silence(stage: Stage, workdays: int, second: int) -> None:
    """R24: the feed of a busy office stops for workdays; ``stage.expected`` False: it merely rests over days off."""
    fields: Fields = {"doc_class": "专项", "char_count": 1_500, "direction": "down"}
    last = stage.issue("document", words.DOCUMENT_TITLES, fields | {"doc_no": stage.number()})
    when = stage.days(workdays + 1, second)
    back = stage.issue("document", words.DOCUMENT_TITLES, fields | {"doc_no": stage.number()}, t_us=when)
    why = f"{workdays}个工作日没有任何数据" if stage.expected else "仅周末没有数据"
    stage.label("R24", (last, back), why, stage.office.source)


STORIES: Final[dict[str, tuple[Callable[[Stage], None], int]]] = {
    "R01": (fruitless, 8),
    "R03": (again, 9),
    "R05": (collision, 8),
    "R20": (hotspot, 11),
    "R21": (rebound, 18),
    "R22": (shift, 12),
    "R23": (appeal, 4),
}
"""By rule: the story and the workdays that it takes after its first. R24 is planted apart, since it silences an office."""
