"""Registers as tables: which column means what, and how a row becomes an event.

Pure. Flows in: headings and cells. Flows out: events as mappings, or ``Fault``s.

Each column may be headed in Chinese or in English (COLUMNS). Several codes in one cell are parted by ``;``, ``；``, ``,``,
``，``, ``、`` or blanks. Days, times and codes are read by ``streams.sheets``, in every form that offices write; times
without an offset are Asia/Shanghai, a day alone is its first minute, for a deadline its last. A placeholder (无, /, —) is
no document number. A column ``data.NAME`` is passed on as the field NAME, read as JSON where it is JSON, else as text. A
row without ``id`` gets one from its content, so that the same row sent again is the same event.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from streams.events import Fault
from streams.sheets import SheetFault, codes_of, instant_of, is_placeholder, text_of

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

Cell = str | int | float | bool | date | datetime | None

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("编号", "事件编号", "序列号"),
    "source": ("来源", "来源系统"),
    "kind": ("类型", "种类", "事项类型"),
    "time": ("时间", "发布时间", "发文时间", "成文日期", "登记时间", "收文日期", "来文日期", "issued_at"),
    "issuer": ("发文机关", "发文机关代码", "发起单位", "牵头单位", "来文单位", "来文机关"),
    "title": ("标题", "事项", "名称", "会议名称", "文件标题", "来文标题"),
    "doc_no": ("文号", "发文字号", "来文字号", "来文文号"),
    "areas": ("地区", "范围", "行政区划", "区划代码", "area"),
    "tiers": ("层级", "对象层级", "接收层级", "tier"),
    "lines": ("条线", "系统", "line"),
    "except": ("除外", "不含"),
    "units": ("单位", "接收单位", "单位代码", "unit"),
    "starts_at": ("开始时间", "会议时间", "开始"),
    "deadline_at": ("截止时间", "办结时限", "截止日期", "deadline"),
    "recurrence": ("频次", "周期"),
    "effort_minutes": ("预计分钟", "每单位分钟", "minutes"),
    "effort_low": ("最少分钟",),
    "effort_high": ("最多分钟",),
    "demands": ("要求", "材料要求"),
    "parent_id": ("上级事项", "上级编号", "parent"),
}
"""Field -> other headings that it may have; the field's own name always serves."""

KINDS_ZH: Final = {
    "会议": "meeting",
    "文件": "document",
    "发文": "document",
    "检查": "inspection",
    "督查": "inspection",
    "调研": "inspection",
    "报表": "request",
    "表格": "request",
    "填报": "request",
    "材料": "request",
    "数据": "request",
    "应用": "app",
    "政务应用": "app",
    "app": "app",
    "工作群": "group",
    "群": "group",
    "打卡": "checkin",
    "签到": "checkin",
    "考核": "evaluation",
    "评比": "evaluation",
    "试点": "pilot",
    "创建": "pilot",
    "借调": "secondment",
    "挂牌": "plaque",
    "证明": "certificate",
    "指标": "target",
    "任务": "target",
}
TIERS_ZH: Final = {
    "省": "province",
    "省级": "province",
    "市": "prefecture",
    "市级": "prefecture",
    "县": "county",
    "区县": "county",
    "县级": "county",
    "乡镇": "township",
    "镇街": "township",
    "乡镇街道": "township",
    "村": "village",
    "村社": "village",
    "村居": "village",
    "村社区": "village",
}
RECURRENCES_ZH: Final = {
    "一次": "",
    "每日": "FREQ=DAILY",
    "每天": "FREQ=DAILY",
    "每周": "FREQ=WEEKLY",
    "每旬": "FREQ=DAILY;INTERVAL=10",
    "每月": "FREQ=MONTHLY",
    "每季": "FREQ=MONTHLY;INTERVAL=3",
    "每季度": "FREQ=MONTHLY;INTERVAL=3",
    "每年": "FREQ=YEARLY",
}

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
HEADINGS: Final = {name.lower(): field for field, names in COLUMNS.items() for name in (field, *names)}
_PARTED: Final = re.compile(r"[;；,，、\s]+")


class BadRow(ValueError):
    """A row that is no event, with all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults))


def fields_of(header: Sequence[Cell], common: Collection[str] = ()) -> list[str]:
    """The field of each column, '' for one whose heading is not known. Raises BadRow for repeated headings, and where the kind is neither

    there nor among what is ``common`` to all rows.
    """
    found: list[str] = []
    faults: list[Fault] = []
    for cell in header:
        name = _text(cell)
        plain = re.sub(r"[（(].*[)）]$", "", name).strip()
        field = plain if plain.startswith("data.") else HEADINGS.get(plain.lower(), "")
        if field and field in found:
            faults.append(Fault("header", name, f"is the second column for {field}", "leave one out"))
        found.append(field)
    if "kind" not in found and "kind" not in common:
        faults.append(
            Fault(
                "header",
                "",
                "has no column kind (类型)",
                "add it, or say it for the file (--kind); its values are 会议, 文件, 报表 and so on",
            )
        )
    if faults:
        raise BadRow(faults)
    return found


def event_of(
    fields: Sequence[str],
    cells: Sequence[Cell],
    default_source: str = "",
    common: Mapping[str, str] = NOTHING,
) -> dict[str, Any]:
    """The event of a row; ``common`` are values of fields that it leaves empty. Raises BadRow with all that cannot be read.

    Whether it is a good event the door decides.
    """
    row = dict(common) | {field: cell for field, cell in zip(fields, cells, strict=False) if field and _text(cell)}
    faults: list[Fault] = []

    def read(field: str, how: Callable[[Cell], Any]) -> Any:
        try:
            return how(row[field]) if field in row else None
        except SheetFault as error:
            faults.append(Fault(field, error.value, error.rule, error.fix))
            return None
        except ValueError as error:
            rule, _, fix = str(error).partition("; ")
            faults.append(Fault(field, _text(row[field])[:64], rule, fix))
            return None

    kind = read("kind", _kind)
    if "kind" not in row:
        faults.append(Fault("kind", "", "is empty", "say what it is: 会议, 文件, 报表 and so on"))
    data = _data(row, read)
    time_at = read("time", instant) or data["starts_at"]
    if time_at is None and not faults:
        faults.append(Fault("time", "", "is empty, and so is starts_at", "say when it was issued (发布时间)"))
    if "effort_minutes" not in row and ("effort_low" in row or "effort_high" in row):
        faults.append(Fault("effort_minutes", "", "is empty, but a bound of it is given", "say the likely minutes too"))
    if faults:
        raise BadRow(faults)
    return {
        "specversion": "1.0",
        "id": _text(row.get("id")) or _content_id(row),
        "source": _text(row.get("source")) or default_source or f"//register/{data['issuer']}",
        "type": f"burden.{kind}.issued.v1",
        "time": time_at,
        "datacontenttype": "application/json",
        "data": {name: value for name, value in data.items() if value is not None},
    }


def _data(row: Mapping[str, Cell], read: Callable[[str, Callable[[Cell], Any]], Any]) -> dict[str, Any]:
    """The data of an event; ``read`` notes what cannot be read."""
    data: dict[str, Any] = {"issuer": text_of(row.get("issuer")), "title": text_of(row.get("title"))}
    doc_no = row.get("doc_no")
    data["doc_no"] = None if is_placeholder(doc_no) else text_of(doc_no)
    codes = {name: read(name, partial(codes_of, field=name)) or [] for name in ("areas", "lines", "except", "units")}
    data["reach"] = {
        "areas": [_area(code) for code in codes["areas"]],
        "tiers": read("tiers", _tiers) or [],
        "lines": codes["lines"],
        "except": [_area(code) for code in codes["except"]],
        "units": [_area(code) for code in codes["units"]],
    }
    data["starts_at"] = read("starts_at", instant)
    data["deadline_at"] = read("deadline_at", lambda cell: instant(cell, last=True))
    data["recurrence"] = read("recurrence", _recurrence)
    data["effort_minutes"] = _effort(read)
    data["demands"] = read("demands", _many)
    data["parent_id"] = _text(row.get("parent_id")) or None
    for field in row:
        if field.startswith("data."):
            data[field.removeprefix("data.")] = _free(row[field])
    return data


def instant(cell: Cell, *, last: bool = False) -> str:
    """ISO 8601 with offset of a cell in any of the forms of ``streams.sheets``. Raises SheetFault."""
    return instant_of(cell, "time", last=last).isoformat()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _many(cell: Cell) -> list[str]:
    return [part for part in _PARTED.split(_text(cell)) if part]


def _area(code: str) -> str:
    """A division code without padding: 510000 -> 51, 510104017000 -> 510104017; 全国 -> ''."""
    if code in {"全国", "*"}:
        return ""
    if not code.isdecimal() or len(code) not in {6, 12}:
        return code
    for width in (2, 4, 6, 9):
        if width < len(code) and not code[width:].strip("0"):
            return code[:width]
    return code


def _kind(cell: Cell) -> str:
    text = _text(cell).lower()
    found = KINDS_ZH.get(text, text)
    if found not in KINDS_ZH.values():
        raise ValueError(f"is no kind; use {', '.join(KINDS_ZH)} or the English word")
    return found


def _tiers(cell: Cell) -> list[str]:
    return [TIERS_ZH.get(part, part) for part in _many(cell)]


def _recurrence(cell: Cell) -> str | None:
    text = _text(cell)
    found = RECURRENCES_ZH.get(text, text.removeprefix("RRULE:"))
    if found and not found.startswith("FREQ="):
        raise ValueError("is no recurrence; use 每日, 每周, 每月, 每季, 每年 or FREQ=WEEKLY;BYDAY=FR")
    return found or None


def _minutes(cell: Cell) -> int:
    text = _text(cell)
    if not text.isdecimal():
        raise ValueError("is no number of minutes; write a whole number")
    return int(text)


def _effort(read: Callable[[str, Callable[[Cell], Any]], Any]) -> Any:
    likely, low, high = (read(field, _minutes) for field in ("effort_minutes", "effort_low", "effort_high"))
    if likely is None or (low is None and high is None):
        return likely
    return {"low": likely if low is None else low, "likely": likely, "high": likely if high is None else high}


def _free(cell: Cell) -> Any:
    if isinstance(cell, datetime | date):
        return instant(cell)
    if not isinstance(cell, str):
        return cell
    try:
        return msgspec.json.decode(cell)
    except msgspec.DecodeError:
        return cell


def _content_id(row: Mapping[str, Cell]) -> str:
    parts = sorted(f"{field}\x1f{instant(c) if isinstance(c, date) else _text(c)}" for field, c in row.items())
    return "row-" + hashlib.blake2b("\x1e".join(parts).encode(), digest_size=16).hexdigest()
