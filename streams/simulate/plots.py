"""Planted violations that one event (with its parent) gives away, each with a near miss that must stay silent.

Pure. Flows in: a stage. Flows out: events and one label. ``stage.expected`` says which of the two is played.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from streams.simulate import words
from streams.simulate.choosing import HELD
from streams.simulate.sink import iso
from streams.simulate.stage import Fields, Stage

FLOOD: Final[Fields] = {"emergency": True, "emergency_ground": words.EMERGENCIES[1]}
LAW: Final[Fields] = {"basis_type": "law", "legal_basis": words.LAWS[2]}
DISGUISES: Final = ("跟班学习", "工作专班", "抽调")


def long_meeting(stage: Stage) -> None:
    """R02: five hours with a speech of nearly two."""
    fields: Fields = {"speeches": [{"rank": "deputy", "minutes": 110}]}
    sent = stage.meeting(fields | ({} if stage.expected else FLOOD), minutes=300)
    stage.label("R02", (sent,), "会议超过半天且讲话超过一小时" if stage.expected else "应急会议，有紧急事由")


def principals(stage: Stage) -> None:
    """R04: a deputy presides, principals must come."""
    fields: Fields = {
        "required_attendee_rank": "principal",
        "attendees_required": [{"post": "principal", "rank": "principal"}],
    }
    sent = stage.meeting(fields | ({} if stage.expected else FLOOD))
    stage.label("R04", (sent,), "分管领导召集却要求主要负责人参加" if stage.expected else "应急指挥会议")


def paper(stage: Stage) -> None:
    """R06: over-long, without a number but demanding, or copied from above."""
    chance = stage.draw()
    if not stage.expected:
        fields: Fields = {"doc_no": stage.number(), "doc_class": "综合", "char_count": 7_500, "direction": "up"}
        sent = stage.issue("document", words.DOCUMENT_TITLES, fields)
        stage.label("R06", (sent,), "上行文不受篇幅限制")
        return
    if chance < 0.4:
        fields = {"doc_no": stage.number(), "doc_class": "综合", "char_count": 5_200 + int(stage.draw() * 4_000)}
        sent = stage.issue("document", words.DOCUMENT_TITLES, fields | {"direction": "down"})
        stage.label("R06", (sent,), "综合性文件超过五千字")
    elif chance < 0.7:
        fields = {"doc_class": "白头", "char_count": 900, "direction": "down", "demands": ["form", "plan"]}
        sent = stage.issue("document", words.DOCUMENT_TITLES, fields)
        stage.label("R06", (sent,), "没有发文字号却提出任务要求")
    else:
        above = stage.above()
        fields = {"doc_class": "专项", "char_count": 3_000, "direction": "down", "demands": ["form"]}
        first = stage.issue("document", words.DOCUMENT_TITLES, fields | {"doc_no": stage.number(above)}, office=above)
        parent = {"source": above.source, "id": first.id}
        copied: Fields = {
            "doc_no": stage.number(),
            "parent_id": parent,
            "root_id": parent,
            "similarity_to_parent": 0.96,
        }
        sent = stage.issue("document", words.RELAY_TITLES, fields | copied, t_us=stage.days(1))
        stage.label("R06", (first, sent), "与上级文件相似度超过九成，要求未变")


def stricter(stage: Stage) -> None:
    """R07: the child asks for more and sooner than its parent."""
    above = stage.above()
    items = stage.items(4, above)
    first = stage.request(items, {"deadline_at": iso(stage.days(15, 63_000))}, office=above)
    parent = {"source": above.source, "id": first.id}
    fields: Fields = {"parent_id": parent, "root_id": parent, "deadline_at": iso(stage.days(5, 63_000))}
    more = items + stage.items(8)
    sent = stage.request(more, fields | ({} if stage.expected else LAW), t_us=stage.days(1))
    stage.label("R07", (first, sent), "截止提前且数据项增加" if stage.expected else "依法另有规定")


def traces(stage: Stage) -> None:
    """R08: photos and screenshots as proof."""
    fields: Fields = {
        "demands": ["form", "photo", "screenshot"],
        "proof_required": ["现场照片", "工作截图", "签字扫描件"],
    }
    sent = stage.request([], fields | ({} if stage.expected else LAW))
    stage.label("R08", (sent,), "要求拍照截图留痕而无安全依据" if stage.expected else "执法取证，有法律依据")


def held(stage: Stage) -> None:
    """R10: asking for what another agency holds and shares."""
    names = [name for name, holder in HELD.items() if holder != stage.office.line]
    items: list[Fields] = [{"element": name} for name in names[:4]]
    if not stage.expected:
        items = [item | {"caliber": "质量校核"} for item in items]
    sent = stage.request(items, {})
    stage.label("R10", (sent,), "数据项其他部门已有且可共享" if stage.expected else "数据质量核校")


def weekend_visit(stage: Stage) -> None:
    """R12: off plan, on a day off."""
    fields: Fields = {"plan_item_id": None, "filing_id": None}
    if not stage.expected:
        fields |= {"inspection_class": "执法", "random_check": True, **LAW}
    sent = stage.inspection(fields, start_us=stage.weekend())
    stage.label("R12", (sent,), "休息日开展计划外检查" if stage.expected else "随机抽查执法检查")


def disguised(stage: Stage) -> None:
    """R13: research that gives marks."""
    fields: Fields = {"inspection_class": "调研"}
    if stage.expected:
        fields |= {
            "scoring": True,
            "grades": ["优秀", "合格", "不合格"],
            "materials_requested": list(words.MATERIALS[:4]),
        }
    else:
        fields |= {"criteria": []}
    sent = stage.inspection(fields, titles=("{s}工作调研", "{s}专题调研"))
    stage.label("R13", (sent,), "以调研名义打分定级" if stage.expected else "真正的调研，不打分不要材料")


def uncatalogued(stage: Stage) -> None:
    """R14: an evaluation or a creation that nobody approved."""
    kind, titles = ("evaluation", words.EVALUATION_TITLES) if stage.draw() < 0.6 else ("pilot", words.PILOT_TITLES)
    fields: Fields = {"indicators": 60, "approver_level": "county"}
    if not stage.expected:
        fields = {"indicators": 60, "catalogue_id": "ML-501", "approver_level": "province"}
    sent = stage.issue(kind, titles, fields)
    stage.label("R14", (sent,), "未列入批准目录" if stage.expected else "列入省级批准目录")


def fingertips(stage: Stage) -> None:
    """R15: an unregistered app with forms and check-ins, or a group that wants answers at once."""
    if stage.draw() < 0.6:
        fields: Fields = {"owner_level": "county", "audience": "grassroots", "functions": ["form", "checkin", "points"]}
        fields |= {"mandatory": True, "install_rate_target": 0.95}
        if not stage.expected:
            fields |= {
                "functions": ["query"],
                "mandatory": False,
                "install_rate_target": None,
                "registry_no": "APP-700001",
            }
        sent = stage.issue("app", words.APP_TITLES, fields)
        why = "未备案且具有填表打卡功能" if stage.expected else "已备案，无填表打卡功能"
    else:
        fields = {"members": 6, "posts_per_day": 40, "instant_reply": True, **({} if stage.expected else FLOOD)}
        sent = stage.issue("group", words.GROUP_TITLES, fields)
        why = "要求即时回复" if stage.expected else "应急处置工作群"
    stage.label("R15", (sent,), why)


def lent(stage: Stage) -> None:
    """R16: a township's cadre taken for ten months under another name."""
    start = stage.days(3)
    fields: Fields = {"starts_at": iso(start), "home_level": "township", "host_level": "county", "people": 1}
    if stage.expected:
        fields |= {"planned_end_at": iso(start + 300 * 86_400_000_000), "label": DISGUISES[int(stage.draw() * 3)]}
    else:
        fields |= {"planned_end_at": iso(start + 150 * 86_400_000_000), "label": "挂职", "approval_no": "GZ-20001"}
        fields |= {"consent_unit": True, "consent_person": True}
    sent = stage.issue("secondment", ("{s}工作人员借用", "{s}力量抽调"), fields, reach={"units": [stage.unit]})
    stage.label("R16", (sent,), "超过六个月且无批准手续" if stage.expected else "正式挂职，手续齐全")


def off_list(stage: Stage) -> None:
    """R17: a task that had been taken back upwards is pushed down again."""
    fields: Fields = {"duty_item_code": f"SH-{int(stage.draw() * 124) + 1:03d}"}
    if not stage.expected:
        fields = {"duty_item_code": f"PH-{int(stage.draw() * 99) + 1:03d}", "resources": "县级承担经费并派员"}
    sent = stage.request([], fields)
    stage.label("R17", (sent,), "上级收回事项下派" if stage.expected else "配合事项，已明确经费人员")


def signs(stage: Stage) -> None:
    """R18: a plaque that was not admitted, or a certificate of the negative list."""
    reach: Fields = {"areas": [stage.area], "tiers": ["village"]}
    if stage.draw() < 0.5:
        fields: Fields = {"plaque_class": "工作", "admission_no": None if stage.expected else "ZR-30001"}
        sent = stage.issue("plaque", words.PLAQUE_TITLES, fields, reach=reach)
    else:
        fields = {"certificate_class": "证明", "list_item": "NEG-07" if stage.expected else "POS-03", "cases": 6}
        sent = stage.issue("certificate", words.CERTIFICATE_TITLES, fields, reach=reach)
    stage.label("R18", (sent,), "未经准入或属负面清单" if stage.expected else "经准入或属保留清单")


def inflated(stage: Stage) -> None:
    """R19: the superior says 100, the township must reach 130, and there are only 110."""
    quantity = 125 + int(stage.draw() * 50) if stage.expected else 100
    fields: Fields = {"quantity": quantity, "measure": "户", "base": 110, "parent_quantity": 100}
    sent = stage.issue("target", words.TARGET_TITLES, fields | {"due_at": iso(stage.days(40))})
    stage.label("R19", (sent,), "指标逐级加码并超过基数" if stage.expected else "与上级指标一致")


PLOTS: Final[dict[str, tuple[Callable[[Stage], None], int]]] = {
    "R02": (long_meeting, 0),
    "R04": (principals, 0),
    "R06": (paper, 2),
    "R07": (stricter, 2),
    "R08": (traces, 0),
    "R10": (held, 0),
    "R12": (weekend_visit, 0),
    "R13": (disguised, 0),
    "R14": (uncatalogued, 0),
    "R15": (fingertips, 0),
    "R16": (lent, 0),
    "R17": (off_list, 0),
    "R18": (signs, 0),
    "R19": (inflated, 0),
}
"""By rule: the scenario and the workdays that it takes after its first."""
