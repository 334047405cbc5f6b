"""What rules look at, in the words of people: names of columns, units of limits, values.

Pure. Flows in: names and values of ``tables``, units of packs. Flows out: text in Chinese or English. A test asks that every column and unit
of the shipped rules has its words. Names of places and bodies are the caller's: it knows the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Language = Literal["zh", "en"]

COLUMNS: Final[Mapping[str, str]] = {
    "after": "变更后",
    "age_days": "已过天数",
    "already_reached": "上级已直达的比例",
    "app_form": "应用收集报表",
    "app_scores": "打卡积分排名类功能",
    "approved_receivers": "计划批准的单位数",
    "approver_level": "批准层级",
    "attendees_in_all": "参会总人数",
    "base": "基数",
    "basis_type": "依据层级",
    "burn": "已用进度",
    "busy_weeks": "有会议的周数",
    "cap": "上限",
    "chain": "连续开会的层级数",
    "chair_rank": "主持人职级",
    "char_count": "正文字数",
    "claims_statistical": "自称统计调查表",
    "consented": "征得同意",
    "containment": "重复数据项比例",
    "covered_above": "上级视频会已覆盖",
    "criteria": "考核标准数",
    "days_after": "距上级发出天数",
    "decisions": "认定次数",
    "demands": "要求的内容",
    "demands_added": "增加的要求数",
    "deviations": "偏离标准差数",
    "directing": "党政办公厅（室）发文",
    "doc_class": "文件类别",
    "duration_minutes": "时长",
    "duty_status": "职责清单情况",
    "elapsed": "年度时间进度",
    "extension_n": "延期次数",
    "feeds": "来源数",
    "feeds_before": "此前来源数",
    "form": "会议形式",
    "frequency_ratio": "频次是上级的倍数",
    "gap_minutes": "相隔时间",
    "grades": "等次数",
    "group_discussion": "分组讨论",
    "has_admission": "有创建示范批准",
    "has_approval": "有批准文号",
    "has_assessment": "有一致性评估",
    "has_catalogue": "在目录内",
    "has_doc_no": "有文号",
    "has_outcome": "有结果反馈",
    "has_plan": "列入计划或备案",
    "has_registry_no": "有备案号",
    "has_resources": "明确配套资源",
    "held": "其他部门已有的数据项",
    "home_level": "派出层级",
    "idle_days": "闲置天数",
    "indicators": "指标数",
    "indicators_added": "增加的指标数",
    "inspection_class": "督查检查类别",
    "install_rate_target": "要求的安装比例",
    "instant_reply": "要求即时回复",
    "issuer": "发起单位",
    "issuer_level": "发起层级",
    "items_added": "增加的数据项",
    "label": "名义",
    "last_year": "上年数",
    "lead_working_minutes": "留出的工作时间",
    "lent_days": "借调天数",
    "list_item": "清单事项",
    "longest_gap_minutes": "最长间隔",
    "longest_speech_minutes": "最长讲话",
    "mandatory": "强制使用",
    "marks_expired": "标识已过期",
    "marks_missing": "缺少的法定标识",
    "materials": "要求的材料份数",
    "materials_or_grades": "打分排名或要材料",
    "mean_gap_minutes": "平均间隔",
    "meeting_class": "会议类别",
    "night_times": "夜间次数",
    "numbered": "有文号的要求",
    "numbered_before": "此前有文号的要求",
    "off_hours_deviations": "非工作时间偏离",
    "off_hours_points": "非工作时间比例变化",
    "other_issuer": "另一发起单位",
    "others": "其他请求数",
    "overlap_minutes": "时间重叠",
    "owner_level": "主办层级",
    "parent_form": "上级会议形式",
    "parent_indicators": "上级指标数",
    "parent_issuer": "上级发起单位",
    "parent_kind": "上级要求类型",
    "parent_level": "上级层级",
    "parent_quantity": "上级目标数",
    "parts": "拆分件数",
    "plan": "计划数",
    "points": "比例变化",
    "posts_shared": "相同的参会岗位",
    "projected_low": "全年预计下限",
    "proofs": "要求的证明",
    "proofs_added": "增加的证明和留痕",
    "quantity": "目标数",
    "quiet_working_minutes": "无消息的工作时间",
    "ranking_published": "公布排名",
    "ratio": "倍数",
    "receivers": "到达单位数",
    "receivers_beyond": "超出范围的单位数",
    "reception_rank": "陪同职级",
    "reception_staff": "陪同人数",
    "requests": "请求数",
    "required_rank": "要求参会职级",
    "requires_followup_doc": "要求再发文",
    "requires_report": "要求报送落实情况",
    "restated": "改口次数",
    "retitled_deviations": "改名偏离",
    "retitled_points": "改名比例变化",
    "safety_ground": "有安全理由",
    "same_day": "同日到访次数",
    "same_matter": "同一事项次数",
    "scoring": "打分",
    "second_speech_minutes": "第二长讲话",
    "similarity": "文字相似度",
    "stage": "办理阶段",
    "start_is_workday": "在工作日开始",
    "start_month": "开始月份",
    "start_month_day": "开始日",
    "start_weekday": "开始星期",
    "target_ratio": "目标是上级的倍数",
    "teams": "检查组数",
    "time_lost_share": "每级压缩的时间比例",
    "title": "标题",
    "to_division": "到达党委政府",
    "topics_shared": "相同的议题",
    "trace_criteria": "留痕类考核标准数",
    "traces": "要求的留痕",
    "undecided_like": "未认定的同类问题",
    "union_containment": "合起来的重复比例",
    "units_share": "单位占比",
    "unnumbered": "无文号的要求",
    "used": "已用数",
    "veto": "一票否决",
    "visits": "到访次数",
    "what": "事项",
    "window_days": "统计天数",
    "workdays_open": "已办工作日",
    "workdays_since_end": "结束后工作日",
}

UNITS: Final[Mapping[str, str]] = {
    "count": "项",
    "minutes": "分钟",
    "days": "天",
    "persons": "人",
    "working days": "个工作日",
    "person-minutes a week": "人分钟/周",
    "percentage points": "个百分点",
    "characters": "字",
    "demands": "项要求",
    "elements": "个数据项",
    "times the parent's": "倍于上级",
    "indicators": "项指标",
    "share of the elements": "的数据项",
    "earlier meetings": "次此前会议",
    "meetings a year": "次会议/年",
    "meetings over the cap": "次会议超上限",
    "times the even pace": "倍于均匀进度",
    "share of the units": "的单位",
    "levels": "级",
    "similarity": "相似度",
    "documents over the cap": "件文件超上限",
    "times last year": "倍于上年",
    "share of the time given, per level": "的时限（每级）",
    "proofs": "份证明",
    "units": "个单位",
    "traces and proofs": "项留痕和证明",
    "criteria": "项标准",
    "marks missing or expired": "项标识缺失或过期",
    "working minutes": "分钟工作时间",
    "requests a week": "次请求/周",
    "teams": "个组",
    "inspections in 30 days": "次检查/30天",
    "teams in 30 days": "个组/30天",
    "teams on one matter in 30 days": "个组/同一事项30天",
    "inspections a year": "次检查/年",
    "inspections over the cap": "次检查超上限",
    "materials": "份材料",
    "marks of an inspection": "项检查特征",
    "functions": "项功能",
    "apps": "个应用",
    "times a day": "次/天",
    "extensions": "次延期",
    "times the superior's": "倍于上级",
    "times the base": "倍于基数",
    "person-minutes a week and township": "人分钟/周·乡镇",
    "times the half year before": "倍于前半年",
    "parts": "件",
    "units beyond the plan": "个计划外单位",
    "standard deviations": "个标准差",
    "weeks with meetings": "个有会议的周",
}
SHARES: Final = frozenset(
    {"share of the elements", "share of the units", "share of the time given, per level", "similarity"}
)
"""Units of values from 0 to 1, shown as per cent."""

VALUES: Final[Mapping[str, str]] = {
    "centre": "中央",
    "central": "中央",
    "province": "省级",
    "prefecture": "市级",
    "county": "县级",
    "city": "市级",
    "township": "乡镇级",
    "village": "村级",
    "principal": "主要负责人",
    "deputy": "分管负责人",
    "either": "主要或分管负责人",
    "onsite": "现场",
    "video": "视频",
    "phone": "电话",
    "party": "党委",
    "government": "政府",
    "mass": "群团",
    "law": "法律法规",
    "none": "无",
    "off-list": "清单外",
    "basic": "基本履职",
    "cooperate": "配合履职",
    "withdrawn": "上级收回",
    "report": "报告",
    "photo": "照片",
    "ledger": "台账",
    "checkin": "打卡",
    "attend": "参会",
    "screenshot": "截图",
    "track": "轨迹",
    "notes": "记录",
    "signature": "签字",
    "down": "下行",
    "up": "上行",
    "level": "平行",
    "request": "报表数据",
    "meeting": "会议",
    "document": "文件",
    "inspection": "督查检查",
}
SAID: Final = {"zh": ("是", "否", "未说明"), "en": ("yes", "no", "not said")}
SIGNS: Final = {
    "above": ("，超过限值", ", more than the limit of "),
    "at_least": ("，达到限值", ", at or over the limit of "),
    "below": ("，低于限值", ", less than the limit of "),
    "at_most": ("，不高于限值", ", at or under the limit of "),
}


TABLES: Final[Mapping[str, str]] = {
    "events": "每一项要求",
    "corrections": "每一次申诉成立",
    "parents": "每一项转发上级的要求",
    "overlaps": "同时在办、到达相同单位的两项请求",
    "held": "所要数据已有部门掌握的请求",
    "collisions": "涉及相同单位和岗位的两场会议或检查",
    "visits": "同一地点的检查",
    "bursts": "一个发起单位的一周",
    "splits": "拆开发出的要求",
    "quotas": "一个发起单位一年的同类要求",
    "shifts": "一个发起单位的季度变化",
    "rebounds": "提醒之后的发起单位",
    "outcomes": "已结束的会议",
    "standing": "未结束的借调、工作群或应用",
    "feeds": "每一个数据来源",
    "cases": "等待办理的问题",
    "units": "每一个单位的负荷",
}
EXEMPTIONS: Final[Mapping[str, str]] = {
    "upward": "上行文",
    "formal-post": "正式调任",
    "legal-text": "法规文本",
    "safety-ground": "安全理由",
    "declared-cooperation": "公开的协作任务",
    "accident": "事故处置",
    "law-basis": "法律依据",
    "random-check": "双随机检查",
    "training": "培训",
    "emergency": "应急",
    "quality-check": "质量监督",
    "new-measures": "自有新措施",
}


def column(name: str, language: Language) -> str:
    """What a column is called."""
    return COLUMNS.get(name, name) if language == "zh" else name.replace("_", " ").removeprefix("has ")


def amount(value: float, unit: str, language: Language) -> str:
    """A measured value or a limit with its unit: 177 分钟工作时间（2 小时 57 分）."""
    if unit in SHARES:
        return f"{value:.0%}{UNITS[unit]}" if language == "zh" else f"{value:.0%} ({unit})"
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    if language == "en":
        return f"{number} {unit}{_length(value, language) if 'minutes' in unit else ''}"
    return f"{number}{UNITS.get(unit, unit)}{_length(value, language) if 'minutes' in unit else ''}"


def _length(minutes: float, language: Language) -> str:
    """Minutes of an hour or more as hours and minutes, in brackets."""
    whole, rest = divmod(round(minutes), 60)
    if whole < 1:
        return ""
    if language == "zh":
        return f"（{whole:,}小时{f'{rest}分' if rest else ''}）"
    return f" ({whole:,} h{f' {rest} min' if rest else ''})"


def value_of(name: str, value: Any, language: Language) -> str:
    """A value of a column as somebody would say it."""
    yes, no, unsaid = SAID[language]
    if value is None:
        return unsaid
    if isinstance(value, bool):
        return yes if value else no
    if isinstance(value, list | tuple):
        return ("、" if language == "zh" else ", ").join(value_of(name, one, language) for one in value) or unsaid
    if isinstance(value, int | float):
        if name.endswith("_minutes"):
            return amount(value, "minutes", language)
        if name.endswith(("_share", "containment")) or name == "similarity":
            return f"{value:.0%}"
        return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    text = str(value)
    return VALUES.get(text, text) if language == "zh" else text


def measured(value: float, limit: float, unit: str, holds: str, counted: bool, language: Language) -> str:
    """The arithmetic in a sentence. ``counted``: the rule compares an amount; else what it names is there or not."""
    if not counted:
        return {"zh": "出现这种情形即触发，不计数量", "en": "holds where this is so; nothing is counted"}[language]
    sign = SIGNS[holds][0 if language == "zh" else 1]
    head = {"zh": "实测", "en": "measured "}[language]
    return f"{head}{amount(value, unit, language)}{sign}{amount(limit, unit, language)}"


def table(name: str, row: str, language: Language) -> str:
    """What a rule looks at, one by one; ``row`` is what the table says of itself."""
    return TABLES.get(name, row) if language == "zh" else row.partition(" (")[0]


def exemption(name: str, language: Language) -> str:
    """What an exemption is called."""
    return EXEMPTIONS.get(name, name) if language == "zh" else name.replace("-", " ")
