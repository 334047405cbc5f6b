"""``burdenwatch lists``: duty lists, plans, caps, held data in; what there is, and which rules need what, out.

Flows in: YAML files, a running embedded system. Flows out: rows of the store, lines. The judge takes a new list up while it runs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from streams.cli.files import existing
from streams.cli.outcome import REFUSED, WRONG_USE, Outcome
from streams.cli.reads import show
from streams.config import clock

if TYPE_CHECKING:
    from streams.store.lists import ListHeader

lists = App(name="lists", help="Plans, duty lists, caps and held data that rules judge by.")


def add_to(app: App) -> None:
    app.command(lists)
    lists.command(add)
    lists.command(show_lists, name="show")
    lists.command(needed)


def add(*files: Path, check: bool = False, data: Path | None = None) -> int:
    """Add lists to the running system: whole versions, each with its validity and source; a later version takes over from its first day.

    Parameters
    ----------
    files
        YAML files; docs/rules.md shows the format.
    check
        Only say what is wrong with them.
    data
        Directory of the running embedded system.
    """
    from streams.cli.target import embedded
    from streams.events import Refused
    from streams.rules import PackFaults
    from streams.rules.lists import gated, read_list
    from streams.store import Address, connect
    from streams.store.lists import insert_list

    versions, faulty = [], False
    for path in existing(files):
        try:
            versions.append(gated(read_list(path)))
        except PackFaults as error:
            faulty = True
            for fault in error.faults:
                print(fault, file=sys.stderr)
        except Refused as error:
            faulty = True
            print(f"{path}: {error}", file=sys.stderr)
    if not versions and not faulty:
        raise Outcome(WRONG_USE, "FILE: names no list; give one or more YAML files")
    if faulty:
        return REFUSED
    if not check:
        layout, running = embedded(data)
        client = connect(Address(running.store_host, running.store_port, "burdenwatch", layout.secret("store-writer")))
        for version in versions:
            insert_list(client, version, clock.now_us())
    for version in versions:
        print(
            f"{version.name}: {len(version.rows)} rows of {version.list} from {version.from_day}: {'good' if check else 'added'}"
        )
    return 0


def show_lists(*, json: bool = False, csv: bool = False, data: Path | None = None) -> None:
    """The lists that there are, the latest version of each name first.

    Parameters
    ----------
    json
        As JSON.
    csv
        As CSV.
    data
        Directory of the running embedded system.
    """
    rows = [
        header._asdict() | {"from_day": str(header.from_day), "to_day": str(header.to_day)} for header in _headers(data)
    ]
    show({"lists": rows}, rows, as_json=json, as_csv=csv)


def needed(*, json: bool = False, csv: bool = False, data: Path | None = None) -> None:
    """The rules that cannot judge without a list, the kind that each needs, and whether there is one.

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
    from streams.rules.needs import rules_that_need

    there = {header.kind for header in _headers(data)}
    rows = [
        {"rule": rule, "needs": " or ".join(sorted(kinds)), "has": "yes" if kinds & there else "no"}
        for rule, kinds in rules_that_need(Rulebook(load(shipped()))).items()
    ]
    show({"rules": rows}, rows, as_json=json, as_csv=csv)


def _headers(data: Path | None) -> list[ListHeader]:
    from streams.cli.target import embedded
    from streams.store import Address, connect
    from streams.store.lists import list_headers

    layout, running = embedded(data)
    return list_headers(
        connect(Address(running.store_host, running.store_port, "reader", layout.secret("store-reader")))
    )
