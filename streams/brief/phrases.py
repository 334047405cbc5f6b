"""Every text of a brief, in Chinese and English. Pure: a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Pair = tuple[str, str]

PHRASES: Final[Mapping[str, Pair]] = {
    "country": ("全国", "The whole country"),
    "title-week": ("{subject}基层负担周报", "Burden of the week: {subject}"),
    "title-month": ("{subject}基层负担月报", "Burden of the month: {subject}"),
    "mail-week": ("基层负担周报 {code}，截至{until}", "Burden of the week: {code}, to {until}"),
    "mail-month": ("基层负担月报 {code}，截至{until}", "Burden of the month: {code}, to {until}"),
    "mail-text": ("附件为截至{until}的基层负担简报。", "Attached is the brief of burden for the period that ends on {until}."),
    "about": ("对象", "About"),
    "period": ("时段", "Period"),
    "span": ("{year}年，{first}至{last}", "{first} to {last} {year}"),
    "unfinished": ("（最后一天尚未结束）", " (the last day has not ended)"),
    "figures-of": ("数据截至", "Figures of"),
    "zone": ("（北京时间）", "Beijing time"),
    "coverage": ("数据覆盖", "Coverage"),
    "covered": ("近30天有数据的{tier} {n}/{all}（{share}）", "{tier} with data in the last 30 days: {n} of {all} ({share})"),
    "age": ("最新数据", "Newest data"),
    "newest": ("{at} 接入（{n}前）", "taken in at {at} ({n} before)"),
    "no-event": ("尚未接入任何数据", "nothing has been taken in yet"),
    "age-minutes": ("{n}分钟", "{n} min"),
    "age-hours": ("{n}小时", "{n} h"),
    "age-days": ("{n}天", "{n} days"),
    "hours": ("{n} 人时", "{n} person-hours"),
    "load": ("负担", "Load"),
    "caused": ("造成的负担", "Load caused"),
    "interval": ("估算区间", "Interval of the estimate"),
    "between": ("{low} 至 {high} 人时", "{low} to {high} person-hours"),
    "against": ("上一时段 {n}", "the period before: {n}"),
    "not-alike": ("上一时段 {n}，覆盖不同，不作比较", "the period before: {n}; covered differently, not compared"),
    "nothing-before": ("上一时段没有数据", "nothing known of the period before"),
    "landed": ("落到单位次数", "Demands landed"),
    "times": ("{n} 次", "{n} times"),
    "times-before": ("上一时段 {n} 次", "the period before: {n} times"),
    "open": ("未消除的问题", "Open findings"),
    "findings": ("{n} 项", "{n}"),
    "breaches": ("所列规则中违反 {n} 项", "{n} of them breaches of the rules listed"),
    "ahead": ("未来7天已知", "Known of the next 7 days"),
    "known-now": ("还可能增加", "more may come"),
    "issued": ("发出要求", "Demands issued"),
    "demands-n": ("{n} 件", "{n}"),
    "made": ("其中转发 {relayed} 件，有计划项目或备案 {planned} 件", "{relayed} of them relayed, {planned} with a plan item or filing"),
    "days": ("每日负担（人时）", "Load by day (person-hours)"),
    "days-most": ("最高一天：{day}，{hours}", "The highest day: {day}, {hours}"),
    "days-none": ("没有已知的负担", "No load is known"),
    "places": ("各地负担", "Divisions"),
    "hotspots": ("负担最重的乡镇", "Townships under most load"),
    "issuers": ("造成负担的单位", "Issuers by load caused"),
    "kinds": ("按要求种类", "By kind"),
    "demands": ("占用最多的要求", "Demands that take most"),
    "sent": ("影响最大的要求", "Demands that cost most"),
    "rules": ("未消除的问题，按规则", "Open findings by rule"),
    "quotas": ("计划与总量", "Plans and caps"),
    "name-places": ("地区", "Division"),
    "name-hotspots": ("乡镇", "Township"),
    "name-issuers": ("发起单位", "Issuer"),
    "name-kinds": ("种类", "Kind"),
    "name-demands": ("标题", "Title"),
    "person-hours": ("人时", "Person-hours"),
    "per-unit": ("平均每单位", "Mean per unit"),
    "earlier": ("上一时段", "Period before"),
    "low": ("低估", "Low"),
    "high": ("高估", "High"),
    "share": ("占比", "Share"),
    "units-reached": ("涉及单位", "Units reached"),
    "issuer": ("发起单位", "Issuer"),
    "rule": ("规则", "Rule"),
    "layer": ("层级", "Layer"),
    "count": ("项数", "Findings"),
    "measured": ("实测", "Measured"),
    "limit": ("限值", "Limit"),
    "all-there": ("已全部列出。", "Nothing is left out."),
    "more": ("另有 {n} 行未列出。", "{n} more are left out."),
    "more-hours": ("另有 {n} 行未列出，合计 {hours}。", "{n} more are left out, {hours} together."),
    "more-findings": ("另有 {n} 项问题未列出。", "{n} more findings are left out."),
    "definitions": ("指标说明与来源", "What the figures mean and where they come from"),
    "foot": ("生成时间 {at}（北京时间） · 行政区划版本 {version}", "Made at {at}, Beijing time · divisions of {version}"),
    "source": ("来源", "Source"),
    "def-load": (
        "上级要求占用乡镇、村的人时，按要求开始的日子计；有申报的用申报值，没有的按种类估算。",
        "Person-hours that demands from above ask of townships and villages, by the day that a demand begins on; "
        "the effort is the declared one, else an estimate by kind.",
    ),
    "def-load-unit": (
        "上级要求占用本单位的人时，按要求开始的日子计；有申报的用申报值，没有的按种类估算。",
        "Person-hours that demands from above ask of this unit, by the day that a demand begins on; the effort is "
        "the declared one, else an estimate by kind.",
    ),
    "def-caused": (
        "本单位所发要求占用全部接收单位的人时，按要求开始的日子计。",
        "Person-hours that this issuer's demands cost all units that they reach, by the day that a demand begins on.",
    ),
    "def-interval": ("全部低估值之和与全部高估值之和。", "The sum of all low and of all high estimates."),
    "def-landed": (
        "要求数乘以各自到达的单位数：一张表发给3000个乡镇计3000次。",
        "Demands times the units that each reaches: one form for 3,000 townships counts 3,000.",
    ),
    "def-places": (
        "下一级地区，按平均每个乡镇、村的人时排列。",
        "Divisions one level down, by the mean person-hours of a township or village.",
    ),
    "def-hotspots": (
        "时段内要求一个乡镇付出的人时。排列的是对单位的要求，不是单位的工作。",
        "Person-hours asked of one township in the period. This ranks what is asked of units, not what they do.",
    ),
    "def-issuers": (
        "发起单位的要求占用本地全部接收单位（含部门）的人时：中值及估算的低值、高值。",
        "Person-hours that an issuer's demands cost all units reached in this area, bureaus included: likely "
        "value, low and high estimate.",
    ),
    "def-issuers-unit": (
        "发起单位的要求占用本单位的人时：中值及估算的低值、高值。",
        "Person-hours that an issuer's demands cost this unit: likely value, low and high estimate.",
    ),
    "def-kinds": ("各种要求占时段内人时的份额。", "Share of the person-hours of the period by kind of demand."),
    "def-demands": (
        "时段内开始的要求，按占用本单位的人时排列。",
        "Demands that begin in the period, by the person-hours that they cost this unit.",
    ),
    "def-demands-issuer": (
        "时段内发出的要求，按首次占用全部接收单位的人时排列。",
        "Demands issued in the period, by the person-hours that their first occurrence costs all receivers.",
    ),
    "def-ahead": ("未来7天内开始、现在已知的要求。", "Demands that begin in the next 7 days, as far as they are known now."),
    "def-issued": (
        "时段内发出的要求；转发：注明上级要求的。",
        "Demands issued in the period; relayed: those that name a demand from above.",
    ),
    "def-open": (
        "规则当前判定仍成立的问题，与时段无关；先列违反，再按严重程度。",
        "Findings that stand now, whatever the period; breaches first, then by severity.",
    ),
    "def-quotas": (
        "只列计划、总量类规则的未消除问题：实测值与限值。",
        "Open findings of the rules about plans and caps alone: measured value and limit.",
    ),
    "def-coverage": (
        "近30天至少收到一项要求的单位。数据源没有数据是缺少覆盖，不是负担轻；两个时段覆盖相差一成以上的不作比较。",
        "Units that at least one demand reached in the last 30 days. Silence of a feed is missing coverage, not "
        "less burden; periods whose coverage differs by more than a tenth are not compared.",
    ),
    "def-source": (
        "接入本系统的上级要求；数字与页面同一时刻的查询相同。",
        "Demands reported to this installation; the figures are those of the pages, by the same questions at the "
        "same instant.",
    ),
    "s-nothing": ("{subject}在这一时段没有已知的要求。", "Nothing is known to have been asked of or by {subject} in this period."),
    "s-silence": ("没有数据不等于没有负担。", "No data does not mean no burden."),
    "s-load": ("{subject}承担 {hours}，要求落到 {n} 次。", "{subject} was asked for {hours}; demands landed {n} times."),
    "s-caused": ("{subject}的要求造成 {hours}，落到单位 {n} 次。", "Demands of {subject} cost {hours}; they landed {n} times."),
    "s-where": (
        "{subject}乡镇、村共承担 {hours}，平均最重的是{place}（每单位 {mean}）。",
        "Townships and villages of {subject} were asked for {hours}; the heaviest mean is that of {place} ({mean} "
        "a unit).",
    ),
    "s-where-unit": (
        "{subject}乡镇、村共承担 {hours}，平均最重的是{place}（每单位 {mean}），最重的乡镇是{unit}（{most}）。",
        "Townships and villages of {subject} were asked for {hours}; the heaviest mean is that of {place} ({mean} "
        "a unit), the heaviest township is {unit} ({most}).",
    ),
    "s-more": ("比上一时段（{before}）多 {share}。", "That is {share} more than in the period before ({before})."),
    "s-less": ("比上一时段（{before}）少 {share}。", "That is {share} less than in the period before ({before})."),
    "s-same": ("与上一时段（{before}）持平。", "That is the same as in the period before ({before})."),
    "s-not-alike": (
        "两个时段的数据覆盖不同，不能说是多了还是少了。",
        "The two periods are not covered alike, so it cannot be said whether this is more or less.",
    ),
    "s-no-before": ("上一时段没有数据，无法比较。", "Nothing is known of the period before to compare with."),
    "s-who": (
        "造成最多的是{issuer}（{hours}），种类中{kind}占 {share}，最多。",
        "{issuer} causes most ({hours}); the largest kind is {kind} with {share} of the load.",
    ),
    "s-kind": ("其中{kind}占 {share}，最多。", "The largest kind is {kind} with {share} of it."),
    "s-todo-quota": ("建议先办：{issuer}“{rule}”，核对计划并压减。", "To do first: {issuer}, “{rule}”: check the plan and cut back."),
    "s-todo-rule": (
        "建议先办：{n} 项未消除的问题中的“{rule}”（{layer}，{count} 项）。",
        "To do first: “{rule}” ({layer}, {count}) among {n} open findings.",
    ),
    "s-todo-cover": ("建议先办：接入尚无数据的单位，再看多少。", "To do first: bring in the units that there is no data of."),
    "s-todo-demand": ("建议先办：核对占用最多的“{title}”是否必要。", "To do first: ask whether “{title}”, which takes most, is needed."),
    "s-todo-issuer": (
        "建议先办：与{issuer}核对哪些要求可以合并或取消。",
        "To do first: go through the demands of {issuer} and see which can be merged or dropped.",
    ),
    "s-todo-none": ("目前没有需要先办的事项。", "There is nothing to do first."),
}  # fmt: skip

KINDS: Final[Mapping[str, Pair]] = {
    "meeting": ("会议", "meetings"), "document": ("文件", "documents"), "inspection": ("督查检查", "inspections"),
    "request": ("报表数据", "forms and data"), "app": ("政务应用", "apps"), "group": ("工作群", "chat groups"),
    "checkin": ("打卡留痕", "check-ins"), "evaluation": ("考核评比", "appraisals"), "pilot": ("试点示范", "pilots"),
    "secondment": ("借调", "secondments"), "plaque": ("挂牌", "plaques"), "certificate": ("证明", "certificates"),
    "target": ("指标任务", "targets"),
}  # fmt: skip
"""Kinds of demand, as on the pages."""
TIERS: Final[Mapping[str, Pair]] = {
    "province": ("省级单位", "Provinces"), "prefecture": ("地级单位", "Prefectures"), "county": ("县级单位", "Counties"),
    "township": ("乡镇", "Townships"), "village": ("村", "Villages"),
}  # fmt: skip
LAYERS: Final[Mapping[str, Pair]] = {
    "breach": ("违反", "breach"),
    "notice": ("提示", "notice"),
    "fact": ("情况", "fact"),
}
