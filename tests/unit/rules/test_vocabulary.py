"""What offices write: ranks by post, levels, functions, criteria, titles of a series; each beside a near miss."""

from __future__ import annotations

import pytest

from streams.rules import vocabulary as words


@pytest.mark.parametrize(
    "text",
    ["principal", "主要负责人", "党政主要负责同志", "一把手", "县委书记", "县长", "乡镇党委书记", "镇长", "局长", "街道办事处主任"]
    + ["村党支部书记", "党政主要负责人、分管负责人", "Principal"],
)  # fmt: skip
def test_a_principal_is_demanded(text: str) -> None:
    assert words.rank_demanded(text) == "principal"


@pytest.mark.parametrize(
    "text",
    ["主要负责人或分管负责人", "镇长或副镇长", "principal or deputy", "主要负责人（不能参加的可委托分管负责人）", "不要求主要负责人参加"]
    + ["无需一把手到会", "主要负责同志/分管负责同志", "正职或者副职"],
)  # fmt: skip
def test_an_alternative_is_no_demand_for_the_principal(text: str) -> None:
    assert words.rank_demanded(text) == "either"


@pytest.mark.parametrize(
    "text",
    ["副县长", "县委副书记", "分管负责人", "deputy", "镇长助理", "业务骨干", "网格长", "河长", "片区长", "小组长", "principality", "staff"]
    + ["县政府办公室工作人员", "局长助理"],
)  # fmt: skip
def test_others_are_no_principals(text: str) -> None:
    assert words.rank_demanded(text) not in ("principal", "either")


@pytest.mark.parametrize(
    ("text", "rank"),
    [("县委书记", "principal"), ("县长", "principal"), ("主任", "principal"), ("纪委书记", "principal"), ("副书记", "deputy")]
    + [("分管副县长", "deputy"), ("deputy", "deputy"), ("张三", "张三"), ("principal", "principal"), (None, None), (" ", None)],
)  # fmt: skip
def test_who_presides_is_a_principal_where_he_may_be_one(text: str | None, rank: str | None) -> None:
    assert words.rank_presiding(text) == rank


@pytest.mark.parametrize(
    ("text", "level"),
    [("乡镇", "township"), ("街道", "township"), ("县级", "county"), ("county", "county"), ("市级", "prefecture"), ("省级", "province")]
    + [("县级市", "county"), ("中央", "centre"), ("村（社区）", "village"), ("township", "township"), ("不详", None), (None, None)],
)  # fmt: skip
def test_levels(text: str | None, level: str | None) -> None:
    assert words.level_named(text) == level


@pytest.mark.parametrize("text", ["form", "forms", "填报", "数据填报", "报表管理", "填表报数", "信息采集"])
def test_functions_that_collect_forms(text: str) -> None:
    assert words.collects_forms(text)


@pytest.mark.parametrize(
    "text",
    ["information", "platform", "performance", "信息查询", "通知公告", "无填报", "在线阅读", "report-an-emergency"],
)
def test_functions_that_do_not(text: str) -> None:
    assert not words.collects_forms(text)


@pytest.mark.parametrize(
    "text",
    [
        "checkin",
        "打卡",
        "签到",
        "积分",
        "积分排名",
        "在线时长",
        "时长统计",
        "点赞",
        "转发",
        "points",
        "online_time",
        "likes",
    ],
)
def test_functions_that_keep_score(text: str) -> None:
    assert words.keeps_score(text)


@pytest.mark.parametrize("text", ["endpoints", "checkpoint", "likelihood", "查询", "取消打卡", "办事进度"])
def test_functions_that_keep_none(text: str) -> None:
    assert not words.keeps_score(text)


@pytest.mark.parametrize(
    "text", ["trace", "留痕资料齐全", "领导批示", "批示次数", "媒体报道", "上级媒体宣传篇数", "台账", "media"]
)
def test_criteria_that_reward_traces(text: str) -> None:
    assert words.rewards_traces(text)


@pytest.mark.parametrize(
    "text",
    ["不得要求留痕", "是否存在过度留痕", "整治过度留痕", "贯彻落实重要指示批示精神", "领导批示办理情况落实", "融媒体中心建设", "result"]
    + ["traceability", "no traces demanded", "精简台账"],
)  # fmt: skip
def test_criteria_that_forbid_them_or_ask_what_was_carried_out(text: str) -> None:
    assert not words.rewards_traces(text)


@pytest.mark.parametrize(
    "text",
    ["教育简报第1期", "工作情况第十二期", "3月份出勤表", "2026年第2季度报表", "信访周报", "2026-03情况表", "第3次调度"],
)
def test_titles_of_a_series(text: str) -> None:
    assert words.is_serial(text)


@pytest.mark.parametrize(
    "text", ["校园安全摸底表（一）", "校园安全摸底表之二", "摸底表 第一部分", "表1", "摸底表（上）"]
)
def test_titles_of_parts(text: str) -> None:
    assert not words.is_serial(text)
