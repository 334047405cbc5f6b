"""Files of lists: YAML and JSON, or tables as offices keep them (CSV, TSV, XLSX, XLS, ODS, ET, web pages).

Pure but for ``read_list``, which reads the file it is given. Flows in: bytes, what is said once for the file, the registry. Flows out:
``Reading``: the rows as they were understood, and every fault with its line. docs/bring-in.md shows how files may look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from streams.registry.bodies import Bodies
from streams.registry.registry import Registry
from streams.rules.list_rows import HEADINGS, Rows, coded
from streams.rules.list_words import KINDS_ZH, sort_in_title, sort_of
from streams.rules.lists import KINDS, ListKind, ListRow, ListVersion
from streams.rules.loading import Fault, PackFaults, Sheet, invalid, sheet_of
from streams.sheets import Found, SheetFault, find_tables, read_tables

GIVEN: Final = ("kind", "name", "area", "from", "to", "source", "what")
"""What is said once for a file; ``what``: the sort of demand of a plan or cap whose rows do not say."""
YAML_ENDINGS: Final = (".yml", ".yaml")
TABLE_ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et", ".htm", ".html")
ENDINGS: Final = (*YAML_ENDINGS, ".json", *TABLE_ENDINGS)
_FENCE: Final = b"---"


@dataclass(frozen=True)
class Reading:
    """A file as it was understood. ``version_read`` is None where anything is wrong; ``rows`` are those that could be read."""

    file: str
    rows: tuple[ListRow, ...]
    faults: tuple[Fault, ...]
    notices: tuple[str, ...] = ()
    version_read: ListVersion | None = None
    area: str | None = None
    """The area that the file says it is of; None where it could not be read so far."""

    def version(self) -> ListVersion:
        """The version, whole. Raises PackFaults with all that is wrong."""
        if self.faults or self.version_read is None:
            raise PackFaults(self.faults)
        return self.version_read


def read_list(path: Path, registry: Registry, given: Mapping[str, str] | None = None) -> Reading:
    """The list of a file; what is wrong with it is in the answer."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return _nothing(Fault(str(path), 1, "", "", f"cannot be read: {error.strerror}", "name a readable file"))
    return understood(content, str(path), registry, given or {})


def understood(content: bytes, file: str, registry: Registry, given: Mapping[str, str]) -> Reading:
    """The list of the bytes of a file; the ending of its name says how it is read. ``given`` by the names of GIVEN."""
    given = {name: value.strip() for name, value in given.items() if value.strip()}
    ending = PurePath(file).suffix.lower()
    try:
        if ending in YAML_ENDINGS:
            return _whole(sheet_of(content, file), registry)
        if ending == ".json":
            return _whole(_json(content, file), registry)
        if ending in TABLE_ENDINGS:
            return _table(content, file, registry, given)
    except PackFaults as error:
        return _nothing(*error.faults)
    except SheetFault as bad:
        return _nothing(Fault(file, 1, bad.field, bad.value, bad.rule, bad.fix))
    return _nothing(
        Fault(
            file, 1, "file", ending, "is no kind of file that is read", f"name a file that ends in {', '.join(ENDINGS)}"
        )
    )


def of_tree(tree: Any, file: str, registry: Registry) -> Reading:
    """The list of plain values, as JSON says them."""
    return _whole(Sheet(file, tree, tree), registry)


def _nothing(*faults: Fault, area: str | None = None) -> Reading:
    return Reading(faults[0].file, (), faults, area=area)


def _json(content: bytes, file: str) -> Sheet:
    try:
        tree = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PackFaults([Fault(file, 1, "", "", f"is no JSON: {error}", "correct the syntax")]) from error
    return Sheet(file, tree, tree)


def _whole(sheet: Sheet, registry: Registry) -> Reading:
    """A file that says all of itself."""
    try:
        version = ListVersion.model_validate(sheet.data)
    except ValidationError as error:
        said = sheet.data.get("area", "") if isinstance(sheet.data, dict) else None
        return _nothing(*sorted(invalid(sheet, error)), area=said if isinstance(said, str) else None)
    if fault := _nowhere(sheet.file, version.area, registry):
        return _nothing(fault, area=version.area)

    def fault_of(number: int, field: str, value: str, rule: str, fix: str) -> Fault:
        return sheet.fault(("rows", number, field), value, rule, fix)

    rows, faults = coded(version.rows, Bodies(registry, version.area), fault_of)
    if faults:
        return Reading(sheet.file, tuple(rows), tuple(faults), area=version.area)
    return Reading(sheet.file, tuple(rows), (), (), version.model_copy(update={"rows": tuple(rows)}), version.area)


def _nowhere(file: str, area: str, registry: Registry) -> Fault | None:
    if area and not registry.is_area(area):
        return Fault(file, 1, "area", area, "is no division", "write its code without zeros at the end, such as 5101")
    return None


def _table(content: bytes, file: str, registry: Registry, given: Mapping[str, str]) -> Reading:
    head, content, skipped = _parted(content, file)
    head = {**head, **given}
    area = head.get("area", "")
    if fault := _nowhere(file, area, registry):
        return _nothing(fault, area=area)
    kind = _kind(head.get("kind", ""), file)
    what = head.get("what", "")
    if what and not (what := sort_of(what)):
        return _nothing(
            Fault(file, 1, "what", head["what"], "is no sort of demand", "write 会议, 文件, meeting and so on")
        )
    tables = find_tables(read_tables(content, PurePath(file).name), HEADINGS)
    if not tables:
        return _nothing(Fault(file, 1, "header", "", "has no row with headings that are known", _EXAMPLE[kind]))
    best = max(one.known for one in tables)
    reader_notices: list[str] = []
    bodies, rows, faults = Bodies(registry, area), list[ListRow](), list[Fault]()
    for found in tables:
        if found.known < best:
            reader_notices.append(f"{file}: sheet left out: {found.sheet.name}")
            continue
        reader = Rows(kind, bodies, file, what or _titled(found, file))
        reader.take(_moved(found, skipped))
        rows += reader.rows
        faults += reader.faults
        reader_notices += reader.notices
    version, more = _version(file, kind, head, rows, is_whole=not faults)
    return Reading(
        file, tuple(rows), tuple(sorted((*faults, *more))), tuple(reader_notices), version if not faults else None, area
    )


def _titled(found: Found, file: str) -> str:
    """The sort of demand that the titles of a table speak of: above the headings, of the sheet, of the file."""
    above = [one.text for one in found.aside if one.number < found.header_row]
    uppers = [column.heading.rpartition("/")[0] for column in found.columns[:1]]
    titles = (*above, *uppers, found.sheet.name, PurePath(file).stem)
    return next((sort for one in titles if (sort := sort_in_title(one))), "")


def _moved(found: Found, lines: int) -> Found:
    """A table below a head block, with the lines of the file."""
    if not lines:
        return found
    rows = tuple(row._replace(number=row.number + lines) for row in found.rows)
    aside = tuple(one._replace(number=one.number + lines) for one in found.aside)
    return Found(found.sheet, found.header_row + lines, found.columns, rows, aside)


def _kind(text: str, file: str) -> ListKind:
    kind = KINDS_ZH.get(text) or next((one for one in KINDS if one == text.casefold()), None)
    if kind is None:
        fix = f"say --kind, one of {', '.join(KINDS)}"
        raise PackFaults([Fault(file, 1, "kind", text, "is no kind of list" if text else "is not said", fix)])
    return kind


def _version(
    file: str, kind: ListKind, head: Mapping[str, str], rows: list[ListRow], *, is_whole: bool
) -> tuple[ListVersion | None, list[Fault]]:
    """The version of a head and rows, or what is wrong with the head."""
    if not rows and is_whole:
        return None, [Fault(file, 1, "rows", "", "there are none below the headings", "give at least one")]
    tree = {"version": 1, "kind": "list", "list": kind, "name": head.get("name") or PurePath(file).stem}
    tree |= {name: head[name] for name in ("area", "from", "to", "source") if name in head}
    try:
        return ListVersion.model_validate({**tree, "rows": rows}), []
    except ValidationError as error:
        wrong = [one for one in error.errors() if rows or one["loc"][:1] != ("rows",)]
    names = [str(one["loc"][0]) if one["loc"] else "" for one in wrong]
    said = [one["msg"].removeprefix("Value error, ") for one in wrong]
    return None, [
        Fault(file, 1, name, head.get(name, ""), rule, _SAY.get(name, "correct it"))
        for name, rule in zip(names, said, strict=True)
    ]


_SAY: Final = {
    "source": "say --source, the document that it is from",
    "from": "say --from, the first day on which it applies, such as 2026-01-01",
    "to": "say --to, the first day on which it no longer applies",
}
_EXAMPLE: Final[Mapping[ListKind, str]] = {
    "duty": "give the columns 事项, 类别", "approved": "give the columns 编号, 数量", "held": "give the columns 数据项, 持有单位, 是否共享",
    "plan": "give the columns 名称, 主办单位, 月份", "cap": "give the columns 类别, 单位, 上限", "app": "give the columns 应用名称, 备案号",
    "group": "give the columns 群名称, 单位", "plaque": "give the columns 牌子名称, 准入编号",
    "annotation": "give the columns 名称, 类型, 开始日期",
}  # fmt: skip


def _parted(content: bytes, file: str) -> tuple[dict[str, str], bytes, int]:
    """The head block of a text between two lines of ---, the rest, and the lines that the block takes."""
    plain = content.removeprefix(b"\xef\xbb\xbf")
    lines = plain.split(b"\n")
    if lines[0].strip() != _FENCE:
        return {}, content, 0
    ends = [number for number, line in enumerate(lines[1:60], start=1) if line.strip() == _FENCE]
    if not ends:
        raise PackFaults(
            [Fault(file, 1, "", "", "begins a head block that does not end", "close it with a line of ---")]
        )
    data = sheet_of(b"\n".join(lines[1 : ends[0]]), file).data
    unknown = sorted(set(map(str, data)) - set(GIVEN))
    if unknown:
        raise PackFaults(
            [Fault(file, 2, unknown[0], "", "is nothing that a head block says", f"it says {', '.join(GIVEN)}")]
        )
    return {str(name): str(value) for name, value in data.items()}, b"\n".join(lines[ends[0] + 1 :]), ends[0] + 1
