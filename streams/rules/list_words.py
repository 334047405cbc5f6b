"""What the columns and cells of lists are called in offices, and what they mean.

Pure data and small functions. Flows in: headings and texts of cells. Flows out: fields, kinds of list, sorts of demand, months.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from streams.rules.lists import ListKind
from streams.sheets import Value, text_of

_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "item": (
        "名称", "事项", "事项名称", "任务", "任务名称", "项目", "项目名称", "会议名称", "文件名称", "文件标题", "检查名称", "检查事项",
        "考核名称", "数据项", "数据项名称", "信息项", "信息项名称", "数据名称", "目录名称", "应用名称", "应用程序名称", "app名称", "群名称",
        "群组名称",
        "工作群名称", "牌子名称", "挂牌名称", "item", "name", "app name", "element", "data element", "title", "matter",
    ),
    "code": (
        "编码", "编号", "事项编码", "事项编号", "计划编号", "计划文号", "备案号", "备案编号", "登记号", "准入编号", "准入文号", "目录编码",
        "信息项编码",
        "数据项编码", "code", "number of the item", "plan item", "registry number", "registry no", "admission number", "admission no",
    ),
    "issuer": (
        "主办单位", "发文单位", "牵头单位", "责任单位", "组织单位", "召集单位", "承办单位", "检查单位", "考核单位", "实施单位", "单位",
        "单位名称",
        "部门", "issuer", "body", "organiser", "organizer", "office",
    ),
    "holders": (
        "持有单位", "提供单位", "数源单位", "数据提供单位", "数据来源部门", "数源部门", "提供部门", "持有部门", "holder", "holders",
        "held by", "provider",
    ),
    "sort": ("类别", "类型", "种类", "清单类别", "事项类别", "事项类型", "履职类型", "sort", "kind", "category", "type", "status"),
    "level": ("层级", "级别", "单位层级", "level"),
    "number": (
        "数量", "次数", "计划数", "计划数量", "计划次数", "场次", "件数", "上限", "总量", "控制数", "控制总量", "批准数", "批准单位数", "指标数",
        "number", "count", "planned", "cap", "limit", "quota",
    ),
    "month": ("时间", "月份", "计划时间", "召开时间", "举办时间", "检查时间", "实施时间", "拟开展时间", "发生时间", "month", "months",
    "time", "when"),
    "open": ("是否共享", "共享", "共享属性", "共享类型", "共享方式", "shared", "sharing", "open", "open to share"),
    "why": ("不共享原因", "不予共享原因", "不予共享依据", "不共享依据", "why not shared", "reason", "why"),
    "source": ("来源", "依据", "来源文件", "依据文件", "设立依据", "source", "basis"),
    "first": ("有效期起", "生效日期", "生效时间", "启用日期", "起始日期", "开始日期", "from", "valid from", "first", "first day"),
    "last": ("有效期止", "失效日期", "失效时间", "截止日期", "结束日期", "有效期至", "until", "valid to", "last", "last day"),
}  # fmt: skip
_NUMERALS: Final = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_ENGLISH: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTH: Final = "month:"
"""Begins the field of a column that stands for months: month:3, month:4-6."""


def _month_headings() -> dict[str, str]:
    found: dict[str, str] = {}
    for number, (numeral, english) in enumerate(zip(_NUMERALS, _ENGLISH, strict=True), start=1):
        for name in (f"{number}月", f"{number}月份", f"{numeral}月", f"{numeral}月份", english, english[:3]):
            found[name] = f"{MONTH}{number}-{number}"
    for number, numeral in enumerate(_NUMERALS[:4], start=1):
        for name in (f"{numeral}季度", f"第{numeral}季度", f"{number}季度", f"Q{number}"):
            found[name] = f"{MONTH}{number * 3 - 2}-{number * 3}"
    return found


HEADINGS: Final[Mapping[str, str]] = {
    **{name: field for field, names in _HEADINGS.items() for name in names},
    **_month_headings(),
}
"""Heading -> field, or ``MONTH`` and the months that the column stands for."""

KINDS_ZH: Final[Mapping[str, ListKind]] = {
    "履职清单": "duty", "权责清单": "duty", "履职事项清单": "duty", "批准": "approved", "批准事项": "approved", "数据目录": "held",
    "共享目录": "held",
    "已有数据": "held", "计划": "plan", "年度计划": "plan", "总量": "cap", "总量控制": "cap", "应用": "app", "政务应用": "app",
    "工作群": "group", "群": "group",
    "牌子": "plaque", "挂牌": "plaque", "大事": "annotation",
}  # fmt: skip
STATUS: Final[Mapping[str, str]] = {
    "基本": "basic", "基本履职": "basic", "基本履职事项": "basic", "主责": "basic", "basic": "basic",
    "配合": "cooperate", "配合履职": "cooperate", "配合履职事项": "cooperate", "cooperate": "cooperate",
    "收回": "withdrawn", "上级收回": "withdrawn", "上级部门收回": "withdrawn", "上级部门收回事项": "withdrawn", "收回事项": "withdrawn",
    "withdrawn": "withdrawn",
}  # fmt: skip
HAPPENED: Final[Mapping[str, str]] = {
    "防汛": "flood", "汛情": "flood", "防汛应急": "flood", "flood": "flood", "专项行动": "campaign", "集中行动": "campaign",
    "campaign": "campaign",
    "假期": "holiday", "节假日": "holiday", "holiday": "holiday", "版本": "edition", "规则变更": "edition", "edition": "edition",
}  # fmt: skip
LEVELS: Final[Mapping[str, str]] = {
    "中央": "centre", "国家": "centre", "国家级": "centre", "省": "province", "省级": "province", "市": "prefecture", "市级": "prefecture",
    "县": "county", "区": "county", "县级": "county", "区级": "county", "区县级": "county", "县区级": "county",
    "centre": "centre", "province": "province", "prefecture": "prefecture", "county": "county",
}  # fmt: skip
_SORTS: Final = (
    ("会", "meeting"), ("文", "document"), ("简报", "document"), ("督", "inspection"), ("检", "inspection"), ("调研", "inspection"),
    ("考", "evaluation"), ("评", "evaluation"), ("达标", "evaluation"), ("创建", "pilot"), ("试点", "pilot"), ("表", "request"), ("填报",
    "request"),
    ("应用", "app"), ("群", "group"), ("牌", "plaque"), ("打卡", "checkin"), ("签到", "checkin"), ("借调", "secondment"), ("证明",
    "certificate"),
)  # fmt: skip
_DEMANDS: Final = (
    "meeting", "document", "request", "inspection", "app", "group", "checkin", "evaluation", "pilot", "secondment", "plaque", "certificate",
    "target",
)  # fmt: skip
_LONGEST_SORT: Final = 8
_PLAIN_SORT: Final = re.compile(
    r"(?:综合性?|各类|全部)?(?:会议|文件|发文|公文|简报|督查检查考核|督查检查|督检考|督查|检查|考核|考核评估|评估|评比|评比达标|报表|表格|工作群|政务应用|试点|创建)"
)
_IN_TITLES: Final = (
    ("会议", "meeting"), ("发文", "document"), ("文件", "document"), ("督查", "inspection"), ("检查", "inspection"), ("督检", "inspection"),
    ("考核", "evaluation"), ("评估", "evaluation"), ("报表", "request"), ("meeting", "meeting"), ("document", "document"),
    ("inspection", "inspection"), ("evaluation", "evaluation"),
)  # fmt: skip
_YES: Final = frozenset(
    (
        "是",
        "共享",
        "无条件共享",
        "有条件共享",
        "可共享",
        "予以共享",
        "yes",
        "y",
        "true",
        "1",
        "open",
        "shared",
        "√",
        "✓",
    )
)
_NO: Final = frozenset(
    ("否", "不共享", "不予共享", "不可共享", "no", "n", "false", "0", "closed", "not shared", "×", "x")
)
_TICKS: Final = frozenset(("√", "✓", "✔", "☑", "●", "■", "★", "v", "x", "是", "有", "yes"))
_SPAN: Final = re.compile(r"(\d{1,2})月?[-—–~至到](\d{1,2})月")
_ONE: Final = re.compile(r"(?<!\d)(\d{1,2})月")
_DATED: Final = re.compile(r"\d{4}[-/.年](\d{1,2})(?!\d)")


def sort_of(text: str) -> str:
    """The sort of demand that a word means: 会议 meeting, 综合性文件 document:综合, document:综合 as it is; '' where it is none."""
    plain = text.strip().casefold()
    if plain.partition(":")[0] in _DEMANDS:
        return plain
    if len(plain) > _LONGEST_SORT:
        return ""
    kind = next((kind for word, kind in _SORTS if word in plain), "")
    return f"{kind}:综合" if kind and plain.startswith("综合") else kind


def is_sort(text: str) -> bool:
    """Whether a text is nothing but a sort of demand, and not the name of one that is planned."""
    plain = text.strip().casefold()
    return plain.partition(":")[0] in _DEMANDS or _PLAIN_SORT.fullmatch(plain) is not None


def sort_in_title(text: str) -> str:
    """The one sort of demand that a title speaks of (2026年度会议计划表: meeting); '' where it speaks of none or of several."""
    plain = text.casefold()
    kinds = {kind for word, kind in _IN_TITLES if word in plain}
    return kinds.pop() if len(kinds) == 1 else ""


def yes_or_no(text: str) -> bool | None:
    """What a cell says to whether something is shared; None where it says neither."""
    plain = text.strip().casefold()
    return True if plain in _YES else False if plain in _NO else None


def is_tick(text: str) -> bool:
    """Whether a cell only marks its column."""
    return text.strip().casefold() in _TICKS


def months_of(value: Value) -> tuple[int, ...]:
    """The months that a cell names: 3月, 3-5月, 2026年3月, 一季度, 每月, 全年, a day; () where it names none."""
    if isinstance(value, date):
        return (value.month,)
    if isinstance(value, int) and 1 <= value <= 12:
        return (value,)
    text = text_of(value).replace(" ", "")
    for number in range(12, 0, -1):
        text = text.replace(f"{_NUMERALS[number - 1]}月", f"{number}月")
    if "每月" in text or "全年" in text or "monthly" in text.casefold():
        return tuple(range(1, 13))
    if "每季" in text:
        return (3, 6, 9, 12)
    found: list[int] = []
    for first, last in _SPAN.findall(text):
        found += range(int(first), int(last) + 1)
    found += [int(one) for one in (*_ONE.findall(text), *_DATED.findall(text))]
    for number, numeral in enumerate(_NUMERALS[:4], start=1):
        if f"{numeral}季度" in text or f"{number}季度" in text:
            found += range(number * 3 - 2, number * 3 + 1)
    found += [
        number for number, name in enumerate(_ENGLISH, start=1) if re.search(rf"\b{name[:3]}", text, re.IGNORECASE)
    ]
    return tuple(sorted({one for one in found if 1 <= one <= 12}))


def times_a_year(value: Value) -> int:
    """How often a cell says that something comes: 每月 12, 每季度 4, else once."""
    text = text_of(value).casefold()
    return 12 if "每月" in text or "monthly" in text else 4 if "每季" in text or "quarterly" in text else 1
