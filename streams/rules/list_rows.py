"""Rows of a table as rows of a list: codes of bodies, sorts of demand, months, what is shared; every fault with its line and column.

Pure. Flows in: a table with known headings, the kind of list, the registry. Flows out: ``ListRow``s, ``Fault``s, notices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from pydantic import ValidationError

from streams.events import secrecy
from streams.events.gate import SECRET
from streams.registry.bodies import Bodies
from streams.registry.elements import catalogue
from streams.registry.errors import RegistryError
from streams.rules.list_words import (
    HAPPENED,
    HEADINGS,
    LEVELS,
    MONTH,
    STATUS,
    is_sort,
    is_tick,
    months_of,
    sort_of,
    times_a_year,
    yes_or_no,
)
from streams.rules.lists import ListKind, ListRow
from streams.rules.loading import SHOWN, Fault
from streams.sheets import Found, Row, SheetFault, Value, day_of, is_placeholder, number_of, text_of

_PARTED: Final = re.compile(r"[;,、，；\n/]+")


class BadCell(ValueError):
    """A cell that says nothing that a list can hold; ``field`` names its column."""

    def __init__(self, field: str, value: object, rule: str, fix: str) -> None:
        self.field, self.value, self.rule, self.fix = field, value, rule, fix
        super().__init__(rule)


class Rows:
    """Reads the rows of one kind of list. ``what``: the sort of demand of plans and caps whose rows do not say."""

    def __init__(self, kind: ListKind, bodies: Bodies, file: str, what: str = "") -> None:
        self._kind, self._bodies, self._file, self._what = kind, bodies, file, what
        self._cells: dict[str, Value] = {}
        self._make: Callable[[], dict[str, Any]] = {
            "duty": self._duty, "approved": self._approved, "held": self._held, "plan": self._quota, "cap": self._quota,
            "app": self._named, "group": self._named, "plaque": self._named, "annotation": self._annotation,
        }[kind]  # fmt: skip
        self.rows: list[ListRow] = []
        self.faults: list[Fault] = []
        self.notices: list[str] = []

    def take(self, found: Found) -> None:
        """All rows of a table; what is no data is named."""
        headings = {one.field: one.heading.rpartition("/")[2] for one in reversed(found.columns) if one.field}
        unknown = [column.heading.rpartition("/")[2] for column in found.columns if column.field is None]
        if unknown:
            self.notices.append(f"{self._file}:{found.header_row}: columns left out: {', '.join(unknown)}")
        self.notices += [f"{self._file}:{one.number}: left out: {one.why}" for one in found.aside]
        for row in found.rows:
            if row.fault is not None:
                fault = row.fault
                self.faults.append(Fault(self._file, row.number, fault.field, fault.value, fault.rule, fault.fix))
            elif row.struck:
                self.notices.append(f"{self._file}:{row.number}: left out: is struck through")
            else:
                self._row(found, row, headings)

    def _row(self, found: Found, row: Row, headings: Mapping[str, str]) -> None:
        texts = {
            column.heading: text_of(row.cells[column.index])
            for column in found.columns
            if column.index < len(row.cells)
        }
        if secrecy.declares(texts) or secrecy.is_marked(texts):
            self.faults.append(Fault(self._file, row.number, "", "", SECRET.rule, SECRET.fix))
            return
        self._cells = {}
        for column in found.columns:
            value = row.cells[column.index] if column.index < len(row.cells) else None
            if column.field and column.field not in self._cells and not is_placeholder(value):
                self._cells[column.field] = value
        try:
            self.rows.append(ListRow.model_validate({**self._common(), **self._make()}))
        except BadCell as bad:
            self._fault(row.number, headings.get(bad.field, bad.field), bad.value, bad.rule, bad.fix)
        except SheetFault as bad:
            self._fault(row.number, headings.get(bad.field, bad.field), bad.value, bad.rule, bad.fix)
        except ValidationError as error:
            for one in error.errors():
                field = str(one["loc"][0]) if one["loc"] else ""
                self._fault(row.number, headings.get(field, field), one.get("input"), one["msg"], "correct it")

    def _fault(self, line: int, field: str, value: object, rule: str, fix: str) -> None:
        shown = text_of(value) if isinstance(value, str | int | float | date) else ""
        self.faults.append(Fault(self._file, line, field, shown[:SHOWN], rule, fix))

    def _text(self, field: str) -> str:
        return text_of(self._cells.get(field))

    def _wanted(self, field: str) -> str:
        if not (text := self._text(field)):
            raise BadCell(field, "", "is empty", "fill it in, or remove the line")
        return text

    def _number(self, field: str = "number") -> int | None:
        value = self._cells.get(field)
        if value is None:
            return None
        plain = re.sub(r"(?<=\d)\s*[次个件场项家户]$", "", value) if isinstance(value, str) else value
        number = number_of(plain, field)
        if not isinstance(number, int) or number < 0:
            raise BadCell(field, value, "is no whole number from 0", "write digits only")
        return number

    def _common(self) -> dict[str, Any]:
        first, last = (self._cells.get(name) for name in ("first", "last"))
        return {
            "source": self._text("source") or None,
            "first": None if first is None else day_of(first, "first"),
            "last": None if last is None else day_of(last, "last"),
        }

    def _identity(self) -> dict[str, Any]:
        """The item by its number where it has one, its name beside it."""
        if code := self._text("code"):
            return {"item": code, "title": self._text("item") or None}
        return {"item": self._wanted("item")}

    def _body(self, field: str) -> str:
        """The body of a cell; of several that act together the first, which leads."""
        level = self._text("level")
        name = next(iter(_split(self._wanted(field))), "")
        try:
            return self._bodies.code_of(name, LEVELS.get(level, ""))
        except RegistryError as error:
            raise BadCell(field, name, error.rule, error.fix) from None

    def _duty(self) -> dict[str, Any]:
        said = self._wanted("sort")
        status = STATUS.get(said.casefold())
        if status is None:
            raise BadCell(
                "sort", said, "is no part of a duty list", "write 基本, 配合 or 收回 (basic, cooperate, withdrawn)"
            )
        return self._identity() | {"status": status}

    def _approved(self) -> dict[str, Any]:
        number = self._number()
        if number is None:
            raise BadCell("number", "", "is empty", "say how many units it was approved for")
        return self._identity() | {"number": number}

    def _held(self) -> dict[str, Any]:
        said = self._text("open")
        is_open = yes_or_no(said) if said else None
        if said and is_open is None:
            raise BadCell("open", said, "says neither yes nor no", "write 是 or 否 (yes, no)")
        names, holders = _split(self._wanted("holders")), []
        for name in names:
            try:
                holders.append(self._bodies.line_of(name) or self._bodies.code_of(name))
            except RegistryError as error:
                raise BadCell("holders", name, error.rule, error.fix) from None
        name, code = self._text("item"), self._text("code")
        item = code or element_codes().get(name.casefold(), "") or self._wanted("item")
        shared = {"open": False, "why": self._text("why") or None} if is_open is False else {}
        return {"item": item, "title": name if name and name != item else None, "holders": holders} | shared

    def _quota(self) -> dict[str, Any]:
        """A line of a yearly plan or a cap: one thing that is planned, or a number for a sort of demand."""
        name, said = self._text("item"), self._text("sort")
        own = sort_of(name) if not said and is_sort(name) else ""
        sort = sort_of(said) or own or self._what
        if not sort:
            field = "sort" if said or not name else "item"
            fix = "write 会议, 文件, 督查检查, 考核 and so on, or say it for the file (--what)"
            raise BadCell(field, said or name, "is no sort of demand", fix)
        months, marked = self._marked()
        time = self._cells.get("month")
        if time is not None and not months:
            months = months_of(time)
            if not months:
                raise BadCell("month", time, "names no month", "write 3月, 3-5月, 一季度, 每月 or a day")
        number = self._number()
        if number is None and self._kind == "plan" and (marked or (name and not own)):
            number = marked or times_a_year(time)
        if number is None:
            raise BadCell("number", "", "is empty", "say how many")
        title = name if name and not own else None
        return {
            "item": sort,
            "issuer": self._body("issuer"),
            "number": number,
            "title": title,
            "months": months or None,
        }

    def _marked(self) -> tuple[tuple[int, ...], int]:
        """Months of the columns that are ticked or hold a number, and how many that makes."""
        months: set[int] = set()
        count = 0
        for field, value in self._cells.items():
            if field.startswith(MONTH):
                number = 1 if is_tick(text_of(value)) else self._number(field) or 0
                count += number
                if number:
                    first, last = field.removeprefix(MONTH).split("-")
                    months |= set(range(int(first), int(last) + 1))
        return tuple(sorted(months)), count

    def _named(self) -> dict[str, Any]:
        return self._identity() | ({"issuer": self._body("issuer")} if "issuer" in self._cells else {})

    def _annotation(self) -> dict[str, Any]:
        said = self._wanted("sort")
        if said.casefold() not in HAPPENED:
            raise BadCell("sort", said, "is nothing that is annotated", "write 防汛, 专项行动, 假期 or 版本")
        if "first" not in self._cells:
            raise BadCell("first", "", "is empty", "say its first day")
        return {"item": self._wanted("item"), "sort": HAPPENED[said.casefold()]}


def coded(
    rows: Iterable[ListRow], bodies: Bodies, fault: Callable[[int, str, str, str, str], Fault]
) -> tuple[list[ListRow], list[Fault]]:
    """Rows whose bodies may be named, with codes; ``fault`` makes one of row number, field, value, rule, fix."""
    out: list[ListRow] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows):
        try:
            issuer = bodies.code_of(row.issuer) if row.issuer else ""
            holders = tuple(bodies.line_of(name) or bodies.code_of(name) for name in row.holders)
        except RegistryError as error:
            field = "issuer" if row.issuer else "holders"
            faults.append(fault(number, field, str(error.value)[:SHOWN], error.rule, error.fix))
            continue
        same = issuer == row.issuer and holders == row.holders
        out.append(row if same else row.model_copy(update={"issuer": issuer, "holders": holders}))
    return out, faults


@cache
def element_codes() -> Mapping[str, str]:
    """Names of elements, as the catalogue says them, to their codes."""
    known = catalogue()
    found: dict[str, str] = {}
    for thing, names in known.things.items():
        for measure, said in known.measures.items():
            found[f"{names[0]}{said[0]}"] = found[f"{names[1]}, {said[1]}".casefold()] = f"{thing}-{measure}"
    for code, names in known.elements.items():
        found |= dict.fromkeys((name.casefold() for name in names), code)
    return found


def _split(text: str) -> list[str]:
    return [part for one in _PARTED.split(text) if (part := one.strip())]


__all__ = ["HEADINGS", "BadCell", "Rows", "coded", "element_codes"]
