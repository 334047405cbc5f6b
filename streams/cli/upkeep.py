"""Commands that look after an installation: ``recount``, ``doctor``, ``backup``, ``restore``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cyclopts import App

from streams.cli.outcome import PART_DOWN, REFUSED, WRONG_USE, Outcome


def add_to(app: App) -> None:
    app.command(recount)
    app.command(doctor)
    app.command(backup)
    app.command(restore)
    app.command(audit)


def doctor(*, data: Path | None = None) -> int:
    """Say what is wrong with this installation and how to mend it; exit 1 if anything is.

    Parameters
    ----------
    data
        Directory of the installation.
    """
    from streams.system.doctor import examine
    from streams.system.layout import default_data

    found = examine(data or default_data())
    for finding in found:
        print(finding)
    return REFUSED if any(finding.level == "bad" for finding in found) else 0


def backup(to: Path, *, data: Path | None = None) -> None:
    """Write log, store, own registry and secrets of a stopped installation into one file.

    Parameters
    ----------
    to
        The file to write (tar, zstd).
    data
        Directory of the installation.
    """
    from streams.system.archive import backup as write
    from streams.system.layout import SystemFault, default_data

    try:
        size = write(data or default_data(), to)
    except SystemFault as fault:
        raise Outcome(WRONG_USE, str(fault)) from None
    print(f"{to}: {size} bytes")


def restore(file: Path, *, data: Path | None = None) -> None:
    """Unpack a backup into a new directory.

    Parameters
    ----------
    file
        The backup.
    data
        The new directory.
    """
    from streams.system.archive import restore as unpack
    from streams.system.layout import SystemFault, default_data

    place = data or default_data()
    try:
        count = unpack(file, place)
    except SystemFault as fault:
        raise Outcome(WRONG_USE, str(fault)) from None
    print(f"{place}: {count} files")


def recount(*, from_: date | None = None, to: date | None = None, data: Path | None = None) -> int:
    """Rebuild totals from the log and compare with ledger and store; exit 1 on any difference.

    Parameters
    ----------
    from_
        First day compared (default: all).
    to
        Last day compared.
    data
        Directory of the running embedded system.
    """
    from streams.agents.recount.recount import Unfinished
    from streams.agents.recount.recount import recount as compare
    from streams.cli.target import embedded
    from streams.registry import load
    from streams.store import Address

    layout, running = embedded(data)
    store = Address(running.store_host, running.store_port, "reader", layout.secret("store-reader"))
    try:
        report = compare(running.brokers(), store, load(layout.registry), first=from_, end=to)
    except Unfinished as error:
        raise Outcome(PART_DOWN, str(error)) from None
    for difference in report.differences:
        print(difference)
    print(report.summary())
    return REFUSED if report.differences else 0


def audit(*, who: str = "", n: int = 100, json: bool = False, csv: bool = False, data: Path | None = None) -> None:
    """Who looked at what, took what away and was turned back: the newest first.

    Parameters
    ----------
    who
        One person only.
    n
        How many lines.
    json
        Print JSON.
    csv
        Print CSV.
    data
        Directory of the running embedded system.
    """
    from datetime import UTC, datetime

    from streams.cli.reads import show
    from streams.cli.target import embedded
    from streams.store import Address, Scope, connect
    from streams.store.audit import audited

    layout, running = embedded(data)
    client = connect(Address(running.store_host, running.store_port, "reader", layout.secret("store-reader")))
    rows = [
        vars(one) | {"at_us": datetime.fromtimestamp(one.at_us / 1e6, UTC).isoformat(timespec="seconds")}
        for one in audited(client, Scope("command line", "operator", ("",)), who=who, n=n)
    ]
    show(rows, rows, as_json=json, as_csv=csv)
