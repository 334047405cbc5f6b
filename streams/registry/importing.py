"""Own organisations from CSV or XLSX: checked row by row, stored as one normalised file that ``load(extra)`` lays over the nation.

Flows in: files with the columns code, name, tier (or level), line, staff, valid_from, valid_to (Chinese headers too), and the day as of
which they hold. Flows out: ``organisations.csv`` under the ``extra`` directory, or every fault with file and line. Touches those files only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from streams.registry.errors import RegistryError
from streams.registry.model import BUREAU_LEVELS, CENTRE, LEVELS, WIDTHS
from streams.registry.national import LAST_CATALOGUE_LINE, LAST_LINE, catalogue, national
from streams.registry.overlay import CLOSED, FILE, LISTED, PLANNED, Organisation, dumped, level_of, overlay_of
from streams.registry.registry import Registry, load
from streams.registry.tables import Row, rows_of

LINE_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
MOST_STAFF: Final = 1_000_000
LONGEST_NAME: Final = 100
LONGEST_LINE: Final = 40


class Fault(NamedTuple):
    """One thing wrong: where it stands, which field, its value, the rule and what to do."""

    file: str
    line: int
    field: str
    value: str
    rule: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.value!r}: {self.rule}; {self.fix}"


class ImportRefused(RegistryError):
    """Nothing was imported; ``faults`` lists every reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{first.file}:{first.line}: {first.field}", first.value, first.rule, first.fix + more)


class Imported(NamedTuple):
    """What an import did: the new version, rows read, and the tiers whose positions moved."""

    version: str
    rows: int
    moved: tuple[str, ...]


def import_files(paths: Sequence[Path], extra: Path, as_of: date) -> Imported:
    """Check the files and store their rows, over those stored before, under ``extra``. All or nothing; raises ImportRefused.

    A row with valid_to on or before ``as_of`` closes its unit, one with valid_from after it waits for a later import.
    """
    before = load(extra)
    faults: list[Fault] = []
    fresh: dict[str, Organisation] = {}
    seen: dict[str, Row] = {}
    count = 0
    for path in paths:
        rows, unreadable = rows_of(path)
        faults.extend(Fault(*one) for one in unreadable)
        for row in rows:
            count += 1
            found = checked(row, as_of)
            if isinstance(found, Organisation):
                if found.code in seen:
                    other = seen[found.code]
                    told = f"already stands in {other.file}:{other.line}"
                    faults.append(row_fault(row, "code", found.code, told, "keep one row for each unit"))
                seen[found.code] = row
                fresh[found.code] = found
            else:
                faults.extend(found)
    if faults:
        raise ImportRefused(faults)
    kept = numbered({**before.overlay.rows, **fresh}, before, as_of)
    lines, provinces_en = catalogue()
    after = Registry(national(), lines, provinces_en, overlay_of(kept, lines))
    faults = unrooted(fresh.values(), before, after, seen)
    if faults:
        raise ImportRefused(faults)
    stored(dumped(kept), extra)
    return Imported(after.version, count, moved(before, after))


def checked(row: Row, as_of: date) -> Organisation | list[Fault]:
    """The organisation that a row names, or all that is wrong with it."""
    faults: list[Fault] = []
    digits, tier, line = place_of(row, faults)
    name = row.cells.get("name", "")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        rule = f"must be 1 to {LONGEST_NAME} printable characters"
        faults.append(row_fault(row, "name", name, rule, "correct the name"))
    staff = staff_of(row, faults)
    start, end = day_of(row, "valid_from", faults), day_of(row, "valid_to", faults)
    if start and end and end <= start:
        faults.append(
            row_fault(row, "valid_to", end.isoformat(), "must be after valid_from", "correct one of the dates")
        )
    if faults:
        return faults
    state = state_on(as_of, start, end)
    return Organisation(f"{digits}-{line}" if line else digits, name, tier, line, 0, staff, start, end, state)


def place_of(row: Row, faults: list[Fault]) -> tuple[str, str, str]:
    """Division code, tier ('centre' for 000000) and line of a row; what does not fit together is added to ``faults``."""
    code, line, named = (row.cells.get(column, "") for column in ("code", "line", "tier"))
    digits, dash, of_code = code.partition("-")
    if dash and line and line != of_code:
        faults.append(row_fault(row, "line", line, f"differs from the line in the code, {of_code}", "give one of them"))
    line = line or of_code
    tier = "centre" if digits == CENTRE else LEVELS[level_of(digits) - 1] if level_of(digits) else ""
    if not tier or (digits.startswith("0") and tier != "centre") or (tier == "centre" and not line):
        rule = "is no unit code" if code else "is missing"
        fix = "write 2, 4, 6, 9 or 12 digits, CODE-LINE for a bureau, 000000-LINE for the centre"
        faults.append(row_fault(row, "code", code, rule, fix))
    if tier and named and named not in (tier, f"{tier}-{line}"):
        rule = f"does not fit the code, which is a {tier}"
        faults.append(row_fault(row, "tier", named, rule, f"write {tier} or correct the code"))
    if line and (not LINE_NAME.match(line) or len(line) > LONGEST_LINE):
        fix = "use small letters, digits and hyphens, such as forest-fire"
        faults.append(row_fault(row, "line", line, "is no name of a line", fix))
    elif line and tier and tier not in ("centre", *BUREAU_LEVELS):
        fix = "leave the line empty or use a county code"
        faults.append(row_fault(row, "line", line, f"a {tier} has no bureaus of lines", fix))
    return digits, tier, line


def state_on(as_of: date, start: date | None, end: date | None) -> str:
    """Whether a validity is over, holds or is still to come on a day."""
    if end is not None and end <= as_of:
        return CLOSED
    return PLANNED if start is not None and start > as_of else LISTED


def staff_of(row: Row, faults: list[Fault]) -> int | None:
    """Establishment of a row; a fault is added when it is not a whole number."""
    told = row.cells.get("staff", "")
    if not told:
        return None
    if not (told.isascii() and told.isdigit() and len(told) <= 9 and int(told) <= MOST_STAFF):
        faults.append(
            row_fault(
                row, "staff", told, f"must be a whole number from 0 to {MOST_STAFF}", "correct it or leave it empty"
            )
        )
        return None
    return int(told)


def day_of(row: Row, field: str, faults: list[Fault]) -> date | None:
    """A date of a row; a fault is added when it is none."""
    told = row.cells.get(field, "")
    if not told:
        return None
    try:
        return date.fromisoformat(told.replace("/", "-"))
    except ValueError:
        faults.append(row_fault(row, field, told, "is no date", "write YYYY-MM-DD or leave it empty"))
        return None


def row_fault(row: Row, field: str, value: str, rule: str, fix: str) -> Fault:
    """A fault at a row; long values are shortened."""
    return Fault(row.file, row.line, field, value if len(value) <= 64 else value[:61] + "...", rule, fix)


def numbered(rows: dict[str, Organisation], before: Registry, as_of: date) -> list[Organisation]:
    """Rows by code with their state on ``as_of`` and the ids of imported lines: known lines keep theirs, new ones follow.

    Raises RegistryError beyond the last id.
    """
    shipped = catalogue()[0]
    ids = {line.line: line.id for line in before.lines.values() if line.imported}
    for row in sorted(rows.values()):
        if row.line and row.line not in shipped and row.line not in ids:
            ids[row.line] = max(ids.values(), default=LAST_CATALOGUE_LINE) + 1
            if ids[row.line] > LAST_LINE:
                most = LAST_LINE - LAST_CATALOGUE_LINE
                raise RegistryError(
                    "line", row.line, f"more than {most} imported lines", "use lines of the catalogue where they fit"
                )
    return [
        row._replace(line_id=ids.get(row.line, 0), state=state_on(as_of, row.valid_from, row.valid_to))
        for row in sorted(rows.values())
    ]


def unrooted(fresh: Iterable[Organisation], before: Registry, after: Registry, seen: dict[str, Row]) -> list[Fault]:
    """Rows whose area is not listed, or that close a division which still has units below it."""
    faults: list[Fault] = []
    for one in fresh:
        digits = one.code.partition("-")[0]
        row = seen[one.code]
        if one.tier == "centre":
            continue
        level = level_of(digits)
        if one.state == CLOSED:
            spans = {tier: after.span_of(digits, tier) for tier in range(level + 1, len(LEVELS) + 1)}
            below = [tier for tier, (lo, hi) in spans.items() if lo < hi]
            if below and not one.line:
                rule = f"still has units of tier {after.tier_name(below[0])}"
                faults.append(
                    row_fault(row, "valid_to", str(one.valid_to), rule, "close those in the same import, or none")
                )
            if before.find(one.code) is None and one.code not in before.overlay.rows:
                faults.append(row_fault(row, "code", one.code, "closes a unit that is not listed", "correct the code"))
            continue
        known = before.overlay.rows.get(one.code)
        if one.state == PLANNED and known is not None and known.state == LISTED:
            rule = "the unit is listed today under another row"
            faults.append(
                row_fault(row, "valid_from", str(one.valid_from), rule, "import the row on or after that day")
            )
        parent = digits if one.line else digits[: WIDTHS[level - 2]] if level > 1 else ""
        if parent and after.find(parent) is None:
            faults.append(
                row_fault(row, "code", one.code, f"lies in {parent}, which is not listed", "import that division too")
            )
    return faults


def moved(before: Registry, after: Registry) -> tuple[str, ...]:
    """Names of the tiers whose positions differ between two versions."""
    names = {registry.tier_name(tier) for registry in (before, after) for tier in registry.tiers}
    out: list[str] = []
    for name in sorted(names):
        sides = [
            registry.numbers(registry.tier_id(name)) if registry.has_tier(name) else None
            for registry in (before, after)
        ]
        old, new = sides
        if old is None or new is None or (old is not new and old.tobytes() != new.tobytes()):
            out.append(name)
    return tuple(out)


def stored(text: str, extra: Path) -> None:
    """Write the normalised file as a whole or not at all."""
    extra.mkdir(parents=True, exist_ok=True)
    half = extra / f"{FILE}.part"
    with half.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(extra / FILE)
