"""Reads files of events: NDJSON, registers as workbook, text or page, ICS calendars.

Flows in: paths. Flows out: ``Line``s: the place (FILE:LINE), and an event in JSON or what is wrong. May touch: these files.
One line that cannot be read never stops the rest; a file that cannot be read at all is one faulty line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeGuard

import msgspec
from icalendar import Calendar

from streams.events import Fault, secrecy
from streams.events.gate import SECRET
from streams.intake.columns import HEADINGS, NOTHING, SHANGHAI, BadRow, Cell, event_of, fields_of
from streams.sheets import Found, Row, SheetFault, find_table, read_tables, text_of

OWN_ROWS: Final = 60
"""Rows from the top in which headings such as data.items are looked for."""


class Line(NamedTuple):
    """One event of a file, or what is wrong with it, or a notice of what was left out; ``raw`` is empty but for events."""

    place: str
    raw: bytes
    faults: tuple[Fault, ...] = ()
    notice: str = ""


class Given(NamedTuple):
    """What is said once for all files: the source of rows that have none, values of columns that are missing or empty."""

    source: str
    common: Mapping[str, str]


def read_files(paths: Sequence[Path], default_source: str = "", common: Mapping[str, str] = NOTHING) -> Iterator[Line]:
    """All lines of all files in order. The kind of a file follows from its ending. ``common``: values, by field, of register columns that

    are missing or empty.
    """
    for path in paths:
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            fix = "name a file that ends in " + ", ".join(_READERS)
            yield Line(str(path), b"", (Fault("file", path.suffix, "is no kind of file that is read", fix),))
            continue
        try:
            yield from reader(path, Given(default_source, common))
        except OSError as error:
            yield Line(str(path), b"", (Fault("file", path.name, str(error.strerror), "check name and rights"),))
        except BadRow as bad:
            yield Line(f"{path}:1", b"", bad.faults)
        except SheetFault as error:
            yield Line(str(path), b"", (error.fault,))
        except ValueError as error:
            rule = f"cannot be read: {' '.join(str(error).split())[:200]}"
            yield Line(str(path), b"", (Fault("file", path.name, rule, "save it again, CSV as UTF-8 or GB18030"),))


def _ndjson(path: Path, _given: Given) -> Iterator[Line]:
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            text = text.removeprefix(b"\xef\xbb\xbf") if number == 1 else text
            if text.strip():
                yield Line(f"{path}:{number}", text.strip())


def _register(path: Path, given: Given) -> Iterator[Line]:
    """Rows of a workbook, text or page, whatever its ending says: the sheet and its headings are found, what is no data is named."""
    tables = read_tables(path.read_bytes(), path.name)
    own = {cell: cell for table in tables for row in table.rows[:OWN_ROWS] for cell in row.cells if _is_own(cell)}
    found = find_table(tables, HEADINGS | own)
    known = {
        column.index: column.heading if _is_own(column.heading) else column.field or "" for column in found.columns
    }
    fields = fields_of([known.get(index, "") for index in range(max(known) + 1)], given.common)
    yield from _asides(path, found)
    for row in found.rows:
        place = f"{path}:{row.number}"
        if row.fault is not None:
            yield Line(place, b"", (row.fault.fault,))
        elif _is_secret(found, row):
            yield Line(place, b"", (SECRET,))
        elif row.struck:
            yield Line(place, b"", notice="is struck through: no demand")
        else:
            yield _line(place, partial(event_of, fields, row.cells, given.source, given.common))


def _asides(path: Path, found: Found) -> Iterator[Line]:
    """What was left out: columns that nothing is known of, in one notice; rows that are no data, each by number."""
    unknown = [column.heading for column in found.columns if column.field is None]
    if unknown:
        yield Line(f"{path}:{found.header_row}", b"", notice=f"columns left out: {', '.join(unknown)}")
    for aside in found.aside:
        yield Line(f"{path}:{aside.number}", b"", notice=f"left out: {aside.why}")


def _is_secret(found: Found, row: Row) -> bool:
    """Whether any cell of a row marks it secret, in a column that is taken or one that is left out."""
    tree = {
        column.heading: text_of(row.cells[column.index]) for column in found.columns if column.index < len(row.cells)
    }
    return secrecy.declares(tree) or secrecy.is_marked(tree)


def _is_own(cell: object) -> TypeGuard[str]:
    """Whether a heading names a field of the data itself."""
    return isinstance(cell, str) and cell.startswith("data.")


def _line(place: str, event: Callable[[], dict[str, Any]]) -> Line:
    try:
        return Line(place, msgspec.json.encode(event()))
    except BadRow as bad:
        return Line(place, b"", bad.faults)


def _ics(path: Path, given: Given) -> Iterator[Line]:
    content = path.read_bytes()
    calendar: Any = Calendar.from_ical(content)
    for number, entry in enumerate(calendar.walk("VEVENT"), start=1):
        yield _line(f"{path}:{number}", partial(_meeting, calendar, entry, given.source))


def _meeting(calendar: Any, entry: Any, default_source: str) -> dict[str, Any]:
    """A meeting out of a VEVENT. What iCalendar has no word for stands in X-BURDENWATCH-ISSUER, -AREAS, -TIERS, -UNITS,

    -LINES, -SOURCE, on the entry or once on the calendar. A cancelled entry withdraws its meeting.
    """

    def own(name: str) -> str:
        return str(entry.get(f"X-BURDENWATCH-{name}") or calendar.get(f"X-BURDENWATCH-{name}") or "").strip()

    for name in ("EXDATE", "RDATE", "RECURRENCE-ID"):
        if name in entry:
            raise BadRow(
                [Fault(name, "", "single exceptions of a series are not taken", "send them as meetings of their own")]
            )
    uid, starts_at = str(entry.get("UID") or ""), _time(entry, "DTSTART")
    if not uid or starts_at is None:
        raise BadRow([Fault("DTSTART" if uid else "UID", "", "is missing", "export the calendar again")])
    source = own("SOURCE") or default_source or f"//calendar/{own('ISSUER')}"
    event = {"specversion": "1.0", "source": source, "datacontenttype": "application/json"}
    if str(entry.get("STATUS") or "").upper() == "CANCELLED":
        time_at = _time(entry, "LAST-MODIFIED") or _time(entry, "DTSTAMP") or starts_at
        data: dict[str, Any] = {"withdraws": uid} | ({"issuer": own("ISSUER")} if own("ISSUER") else {})
        return event | {"id": f"{uid}#cancelled", "type": "burden.meeting.withdrawn.v1", "time": time_at, "data": data}
    codes = {
        name: [part for part in own(name.upper()).replace(",", " ").split() if part]
        for name in ("areas", "tiers", "lines", "units")
    }
    if "全国" in codes["areas"]:
        codes["areas"] = [""]
    data = {"issuer": own("ISSUER"), "title": str(entry.get("SUMMARY") or ""), "starts_at": starts_at}
    data |= {"reach": codes | {"except": []}}
    if (ends_at := _time(entry, "DTEND")) is not None:
        data["ends_at"] = ends_at
    elif not isinstance(entry["DTSTART"].dt, datetime):
        data["ends_at"] = (datetime.fromisoformat(starts_at) + timedelta(days=1)).isoformat()  # RFC 5545, 3.6.1
    if "RRULE" in entry:
        data["recurrence"] = entry["RRULE"].to_ical().decode()
    # CREATED does not change when the calendar is exported again, DTSTAMP does: the same meeting stays the same event.
    time_at = _time(entry, "CREATED") or starts_at
    return event | {"id": uid, "type": "burden.meeting.issued.v1", "time": time_at, "data": data}


def _time(entry: Any, name: str) -> str | None:
    value = entry.get(name)
    if value is None:
        return None
    moment = value.dt
    if not isinstance(moment, datetime):
        if not isinstance(moment, date):
            return None
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=SHANGHAI)
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).isoformat()


_READERS: Final[dict[str, Callable[[Path, Given], Iterator[Line]]]] = {
    ".ndjson": _ndjson,
    ".jsonl": _ndjson,
    ".json": _ndjson,
    **dict.fromkeys(
        (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et", ".htm", ".html"), _register
    ),
    ".ics": _ics,
}

__all__ = ["Cell", "Line", "read_files"]
