"""``burdenwatch lists``: duty lists, plans, caps, held data in; what there is, and which rules need what, out.

Flows in: files of lists, a running embedded system. Flows out: rows of the store, lines. The judge takes a new list up while it runs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from streams.cli.files import existing
from streams.cli.outcome import REFUSED
from streams.cli.reads import show
from streams.config import clock

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from streams.rules.lists import ListRow, ListVersion
    from streams.store.lists import ListHeader

lists = App(name="lists", help="Plans, duty lists, caps and held data that rules judge by.")


def add_to(app: App) -> None:
    app.command(lists)
    lists.command(add)
    lists.command(show_lists, name="show")
    lists.command(needed)


def add(
    *files: Path,
    check: bool = False,
    kind: str = "",
    name: str = "",
    area: str = "",
    from_: str = "",
    to: str = "",
    source: str = "",
    what: str = "",
    data: Path | None = None,
) -> int:
    """Add lists to the running system: whole versions, each with its validity and source; a later version takes over from its first day.

    Parameters
    ----------
    files
        YAML, JSON or tables (CSV, TSV, XLSX, XLS, ODS, ET, web pages); docs/bring-in.md shows how they may look.
    check
        Only say how each row is understood and what is wrong.
    kind
        Of tables: duty, approved, held, plan, cap, app, group, plaque or annotation.
    name
        Of tables: what the list is called; a later version has the same name (default the name of the file).
    area
        Of tables: division code in which it holds, and in which names of bodies are meant (default the whole country).
    from_
        Of tables: the first day on which it applies.
    to
        Of tables: the first day on which it no longer applies (default none is known).
    source
        Of tables: the document that it is from.
    what
        Of plans and caps: the sort of demand, where rows do not say (会议, 文件, 督查检查, 考核 ... or the English word).
    data
        Directory of the running embedded system.
    """
    given = {"kind": kind, "name": name, "area": area, "from": from_, "to": to, "source": source, "what": what}
    versions = _read(existing(files), given, data, aloud=check)
    if versions is None:
        return REFUSED
    if not check:
        _store(versions, data)
    for version in versions:
        print(
            f"{version.name}: {len(version.rows)} rows of {version.list} from {version.from_day}: {'good' if check else 'added'}"
        )
    return 0


def _read(files: list[Path], given: dict[str, str], data: Path | None, *, aloud: bool) -> list[ListVersion] | None:
    """The versions of some files, None where anything is wrong, which is printed; ``aloud``: every row is, too."""
    from streams.events import Refused
    from streams.registry import load
    from streams.rules.list_files import read_list
    from streams.rules.lists import gated
    from streams.system.layout import Layout, default_data

    registry = load(Layout(data or default_data()).registry)
    versions, faulty = [], False
    for path in files:
        reading = read_list(path, registry, given)
        for row in reading.rows if aloud else ():
            print(said(row))
        for line in (*reading.notices, *reading.faults):
            print(line, file=sys.stderr)
        try:
            if reading.version_read is None:
                faulty = True
            else:
                versions.append(gated(reading.version_read))
        except Refused as error:
            faulty = True
            print(f"{path}: {error}", file=sys.stderr)
    return None if faulty else versions


def _store(versions: list[ListVersion], data: Path | None) -> None:
    from streams.cli.target import embedded
    from streams.store import Address, connect
    from streams.store.lists import insert_list

    layout, running = embedded(data)
    client = connect(Address(running.store_host, running.store_port, "burdenwatch", layout.secret("store-writer")))
    for version in versions:
        insert_list(client, version, clock.now_us(), checked=True)


def said(row: ListRow) -> str:
    """A row in one line, as it was understood."""
    return "; ".join(
        f"{name} {value}" for name, value in row.model_dump(mode="json").items() if value not in (None, "", [])
    )


def show_lists(*, used: bool = False, json: bool = False, csv: bool = False, data: Path | None = None) -> None:
    """The lists that there are, the latest version of each name first; or how much of plans and caps is used.

    Parameters
    ----------
    used
        Of each body and sort of demand that a plan or cap is in force for: n of m used this year, the most used first.
    json
        As JSON.
    csv
        As CSV.
    data
        Directory of the running embedded system.
    """
    if used:
        rows = _used(data)
        show({"quotas": rows}, rows, as_json=json, as_csv=csv)
        return
    rows = [
        header._asdict() | {"from_day": str(header.from_day), "to_day": str(header.to_day)} for header in _headers(data)
    ]
    show({"lists": rows}, rows, as_json=json, as_csv=csv)


def _used(data: Path | None) -> list[dict[str, Any]]:
    from streams.calendars import Calendar
    from streams.desk.quotas import used_by
    from streams.registry import load
    from streams.store.scope import Scope
    from streams.system.layout import Layout, default_data

    registry = load(Layout(data or default_data()).registry)
    operator = Scope("command line", "operator", ("",))
    found = used_by(_reader(data), operator, registry, Calendar.load(), clock.now_us(), n=10_000)
    return [
        {
            "issuer": one.issuer,
            "name": registry.issuer(one.issuer).name_zh,
            "what": one.what,
            "used": one.used,
            "of": one.limit,
            "by": "cap" if one.capped else "plan",
        }
        for one in found
    ]


def needed(*, json: bool = False, csv: bool = False, data: Path | None = None) -> None:
    """The rules that cannot judge without a list, the kind that each needs, and which it has, of when and from which document.

    Parameters
    ----------
    json
        As JSON.
    csv
        As CSV.
    data
        Directory of the running embedded system.
    """
    from streams.rules import Rulebook, load, shipped
    from streams.rules.facts import day_of
    from streams.rules.needs import rules_that_need

    headers, today = _headers(data), day_of(clock.now_us())
    rows = []
    for rule, kinds in rules_that_need(Rulebook(load(shipped()))).items():
        held = [one for one in headers if one.kind in kinds and one.holds_on(today)]
        first = held[0] if held else None
        rows.append(
            {
                "rule": rule,
                "needs": " or ".join(sorted(kinds)),
                "has": "yes" if held else "no: judges nothing without it",
                "name": first.name if first else "",
                "from": str(first.from_day) if first else "",
                "source": first.source if first else "",
                "more": max(len(held) - 1, 0),
            }
        )
    show({"rules": rows}, rows, as_json=json, as_csv=csv)


def _headers(data: Path | None) -> list[ListHeader]:
    from streams.store.lists import list_headers

    return list_headers(_reader(data))


def _reader(data: Path | None) -> Client:
    from streams.cli.target import embedded
    from streams.store import Address, connect

    layout, running = embedded(data)
    return connect(Address(running.store_host, running.store_port, "reader", layout.secret("store-reader")))
