"""What stands out in the ordinary weeks: violations as they really look, and lawful cases that look like one.

Flows in: a County. Flows out: events of it, planted or near. Each is written once, in the words of an office.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.ordinary.life import COUNTY, TOWNS, County, Planted

ALL = {"areas": [COUNTY], "tiers": ["township"]}


def plant(county: County, week: int) -> None:
    """One of each violation, spread over the week."""

    def put(
        phenomena: tuple[str, ...],
        what: str,
        kind: str,
        office: str,
        title: str,
        /,
        day: int = 1,
        hour: int = 10,
        **data: Any,
    ) -> None:
        at = county.at(week, day, hour)
        id = county.issue(kind, at, office, title, **{"reach": ALL} | data)
        county.life.planted.append(Planted(id, phenomena, what))

    at = county.at
    put(
        ("R02",),
        "a meeting of five hours",
        "meeting",
        "office",
        "全区重点项目推进大会",
        planned_start_at=at(week, 4, 9),
        duration_minutes=300,
        chair_rank="区长",
        required_attendee_rank="主要负责人",
    )
    put(
        ("R04",),
        "a deputy calls the heads of the townships",
        "meeting",
        "housing-construction",
        "老旧小区改造协调会",
        day=2,
        planned_start_at=at(week, 3, 15),
        duration_minutes=80,
        chair_rank="分管副区长",
        required_attendee_rank="各街道党工委书记、办事处主任",
    )
    put(
        ("R06",),
        "a demand without a number",
        "document",
        "ecology",
        "关于报送扬尘整治进展的函",
        doc_no="无",
        demands=["每周报送进展"],
    )
    put(
        ("R06",),
        "an order of six thousand characters",
        "document",
        "emergency",
        "防汛抗旱工作实施方案",
        doc_class="综合",
        doc_no="锦应急〔2026〕88号",
        char_count=6_400,
    )
    put(
        ("R08",),
        "photographs and ledgers for everything",
        "request",
        "civil-affairs",
        "走访慰问情况报送",
        doc_no="锦民函〔2026〕40号",
        demands=["photo", "ledger"],
        deadline_at=at(week, 8, 17),
        items=[{"element": f"慰问户数{week}"}],
    )
    put(
        ("R08",),
        "criteria that reward traces",
        "inspection",
        "culture-tourism",
        "文明创建检查",
        starts_at=at(week, 4, 9),
        plan_item_id="JH-2026-31",
        criteria=["查看工作台账、会议记录和现场照片", "现场环境整洁"],
    )
    county.issue(
        "request",
        at(week, 0, 9),
        "statistics",
        "辖区企业基本情况表",
        doc_no="锦统函〔2026〕9号",
        deadline_at=at(week, 10, 17),
        items=[{"element": f"{name}{week}"} for name in ("企业数", "从业人数", "营业收入")],
        reach=ALL,
    )
    put(
        ("R09",),
        "the same figures asked by another office",
        "request",
        "human-resources",
        "企业用工底数统计",
        day=2,
        doc_no="锦人社函〔2026〕21号",
        deadline_at=at(week, 10, 17),
        items=[{"element": f"{name}{week}"} for name in ("企业数", "从业人数")],
    )
    put(
        ("R11",),
        "due within three hours",
        "request",
        "emergency",
        "紧急报送在外务工人员数据",
        hour=14,
        doc_no="锦应急函〔2026〕5号",
        deadline_at=at(week, 1, 17),
        items=[{"element": f"务工人数{week}"}],
    )
    put(
        ("R12",),
        "an inspection that is on no plan",
        "inspection",
        "housing-construction",
        "物业管理专项督导",
        starts_at=at(week, 3, 9),
        inspection_class="督导",
        reach={"units": [TOWNS[0]]},
    )
    put(
        ("R12",),
        "on a Sunday",
        "inspection",
        "market-supervision",
        "农贸市场检查",
        day=4,
        starts_at=at(week, 6, 10),
        plan_item_id="JH-2026-40",
        reach={"units": [TOWNS[1]]},
    )
    put(
        ("R13",),
        "research that gives marks",
        "inspection",
        "party-office",
        "基层治理调研",
        starts_at=at(week, 2, 9),
        inspection_class="调研",
        plan_item_id="JH-2026-44",
        scoring=True,
        grades=["好", "较好", "一般"],
        reach={"units": [TOWNS[2]]},
    )
    put(
        ("R15",),
        "an app with check-ins and ranking",
        "app",
        "civil-affairs",
        "锦城养老巡访小程序",
        registry_no="川政务备〔2026〕7号",
        functions=["打卡签到", "积分排名", "信息查询"],
    )
    put(("R15",), "replies within minutes", "group", "emergency", "防汛值守工作群", members=60, instant_reply=True)
    put(
        ("R16",),
        "eight months from a township",
        "secondment",
        "office",
        "抽调工作人员参加专项工作",
        home_level="township",
        host_level="county",
        people=1,
        starts_at=at(week, 2, 9),
        planned_end_at=at(week + 34, 2, 9),
        approval_no="锦组借〔2026〕3号",
        reach={"units": [TOWNS[3]]},
    )
    put(
        ("R18",),
        "a certificate that villages must not write",
        "certificate",
        "justice",
        "开具无犯罪记录证明",
        certificate_class="无犯罪记录证明",
        list_item="不应由基层群众性自治组织出具的证明事项",
        reach={"areas": [COUNTY], "tiers": ["village"]},
    )
    put(("R19",), "more than there is", "target", "health", "家庭医生签约任务", quantity=12_000, base=9_000)


def near(county: County, week: int) -> None:
    """One lawful look-alike of each."""

    def put(what: str, kind: str, office: str, title: str, /, day: int = 3, hour: int = 11, **data: Any) -> str:
        id = county.issue(kind, county.at(week, day, hour), office, title, **{"reach": ALL} | data)
        county.life.near[id] = what
        if kind == "meeting" and "班" not in title:
            held = data["planned_start_at"] + timedelta(days=1, hours=3)
            county.say("meeting.outcome", held, office, concludes=id, decisions=["已明确责任单位和时限"])
        return id

    at = county.at
    put(
        "three and a half hours is no half day",
        "meeting",
        "health",
        "卫生健康工作会",
        planned_start_at=at(week, 4, 8, 30),
        duration_minutes=210,
        chair_rank="区卫健局局长",
        required_attendee_rank="分管负责人",
    )
    put(
        "a training of two days",
        "meeting",
        "human-resources",
        "村社区干部培训班",
        meeting_class="培训",
        planned_start_at=at(week + 1, 1, 9),
        duration_minutes=900,
    )
    put(
        "an all-day entry of a calendar",
        "meeting",
        "office",
        "机关开放日",
        planned_start_at=at(week + 1, 2, 0),
        duration_minutes=1_440,
    )
    put(
        "head or deputy may come",
        "meeting",
        "ecology",
        "秸秆禁烧视频会",
        planned_start_at=at(week, 4, 15),
        duration_minutes=60,
        form="video",
        chair_rank="分管副区长",
        required_attendee_rank="主要负责人或分管负责人",
    )
    put(
        "the mayor presides",
        "meeting",
        "office",
        "区政府常务会议",
        planned_start_at=at(week, 4, 10),
        duration_minutes=120,
        chair_rank="区长",
        required_attendee_rank="街道办事处主任",
    )
    put("a letter that demands nothing", "document", "justice", "关于法治宣传月活动的函")
    put(
        "an upward report",
        "document",
        "party-office",
        "关于党建工作情况的报告",
        direction="up",
        doc_class="综合",
        char_count=7_000,
        demands=["审示"],
    )
    put(
        "criteria that forbid traces",
        "inspection",
        "office",
        "作风建设检查",
        starts_at=at(week, 4, 14),
        plan_item_id="JH-2026-51",
        criteria=["不得要求基层提供台账、照片等痕迹材料"],
        reach={"units": [TOWNS[4]]},
    )
    put(
        "law enforcement by lot",
        "inspection",
        "market-supervision",
        "双随机抽查",
        starts_at=at(week, 6, 9),
        random_check=True,
        reach={"units": [TOWNS[5]]},
    )
    put(
        "flood emergency on a Sunday",
        "inspection",
        "water",
        "汛情应急巡查",
        starts_at=at(week, 6, 7),
        emergency=True,
        emergency_ground="四级防汛应急响应",
        basis_type="law",
        legal_basis="《防洪法》第四十五条",
        reach={"units": [TOWNS[6]]},
    )
    put(
        "research without marks",
        "inspection",
        "party-office",
        "乡村振兴调研",
        starts_at=at(week, 4, 9),
        inspection_class="调研",
        reach={"units": [TOWNS[7]]},
    )
    put(
        "another period of the same figures",
        "request",
        "statistics",
        "企业月报",
        doc_no="锦统函〔2026〕30号",
        deadline_at=at(week, 12, 17),
        items=[{"element": f"企业数{week}", "period": f"2026-{1 + week:02d}", "caliber": "规模以上"}],
    )
    put(
        "nine working hours",
        "request",
        "education",
        "学生返校情况",
        day=0,
        hour=9,
        doc_no="锦教函〔2026〕18号",
        deadline_at=at(week, 1, 11),
        items=[{"element": f"返校人数{week}"}],
    )
    put(
        "an emergency that says why",
        "request",
        "emergency",
        "暴雨灾情报送",
        hour=15,
        doc_no="锦应急函〔2026〕9号",
        deadline_at=at(week, 3, 17),
        emergency=True,
        emergency_ground="暴雨橙色预警",
        basis_type="law",
        legal_basis="《突发事件应对法》",
        items=[{"element": f"灾情{week}"}],
    )
    put(
        "an app that informs",
        "app",
        "culture-tourism",
        "文旅信息发布平台",
        registry_no="川政务备〔2026〕9号",
        functions=["information", "活动信息查询"],
    )
    put(
        "a statistics bureau's own evaluation, openly named",
        "evaluation",
        "statistics",
        "统计工作年度考核",
        catalogue_id="CDKH-2026-4",
        indicators=8,
    )
    put(
        "five months with approval",
        "secondment",
        "party-office",
        "挂职锻炼",
        label="挂职",
        home_level="county",
        host_level="county",
        starts_at=at(week, 3, 9),
        planned_end_at=at(week + 20, 3, 9),
        approval_no="锦组〔2026〕12号",
        consent_unit=True,
        consent_person=True,
        reach={"units": [TOWNS[8]]},
    )
    put(
        "a certificate on the list",
        "certificate",
        "civil-affairs",
        "开具困难群众临时救助证明",
        certificate_class="临时救助",
        list_item="村级证明清单第3项",
        reach={"areas": [COUNTY], "tiers": ["village"]},
    )
    put(
        "a target within its base",
        "target",
        "health",
        "老年人体检任务",
        quantity=4_000,
        base=9_000,
        parent_quantity=4_000,
    )
    series = [f"政务督查简报第{n}期" for n in (1, 2, 3)]
    for n, title in enumerate(series):
        put("a numbered series", "document", "office", title, day=1 + n, doc_class="简报", char_count=900)
    wrong = county.issue(
        "meeting",
        at(week, 1, 9),
        "justice",
        "依法行政工作会",
        planned_start_at=at(week, 4, 9),
        duration_minutes=400,
        reach=ALL,
    )
    county.say("meeting.amended", at(week, 1, 9, 20), "justice", amends=wrong, duration_minutes=90)
    county.life.near[wrong] = "a slip of the pen, mended after twenty minutes"
    county.say("meeting.outcome", at(week, 4, 15), "justice", concludes=wrong, decisions=["按计划推进"])
