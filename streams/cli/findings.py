"""Commands about findings: ``findings`` and ``explain`` ask a running system; ``rules`` checks, tests and backtests packs without one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from cyclopts import App

from streams.cli.files import existing, lines_of
from streams.cli.outcome import REFUSED, WRONG_USE, Outcome
from streams.cli.reads import show
from streams.cli.target import target

if TYPE_CHECKING:
    from streams.events import Event
    from streams.rules import Pack, Rulebook
    from streams.rules.backtest import Line

rules = App(name="rules", help="Check, test and backtest rule packs.")


def add_to(app: App) -> None:
    app.command(findings)
    app.command(explain)
    app.command(rules)
    rules.command(check)
    rules.command(run_tests, name="test")
    rules.command(backtest)


def findings(
    *,
    area: str = "",
    phase: str = "firing",
    rule: str = "",
    limit: int = 100,
    json: bool = False,
    csv: bool = False,
    to: str | None = None,
    data: Path | None = None,
) -> int:
    """Findings of a running system, the latest change first; exit 1 when there are any.

    Parameters
    ----------
    area
        Division code (default the whole country).
    phase
        all, pending, firing or resolved.
    rule
        Identity of a rule, or how it begins (R11).
    limit
        How many.
    json
        Print JSON.
    csv
        Print CSV.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    params = {"area": area, "phase": phase, "rule": rule, "limit": str(limit)}
    answer = target(to, data).get("/v1/findings", params)
    rows = [
        {
            "finding": one["finding"], "rule": one["rule"], "title": one["title"].get("zh", ""), "subject": one["subject"],
            "phase": one["phase"], "layer": one["layer"], "value": one["value"], "limit": one["limit"], "since": _instant(one["since_us"]),
        }
        for one in answer["findings"]
    ]  # fmt: skip
    show(answer, rows, as_json=json, as_csv=csv)
    return REFUSED if rows else 0


def explain(
    finding: str,
    *,
    json: bool = False,
    to_file: Path | None = None,
    language: Literal["zh", "en"] = "zh",
    to: str | None = None,
    data: Path | None = None,
) -> None:
    """Why a finding stands: rule, version, article, every input with its arithmetic, who caused it, how to appeal.

    Parameters
    ----------
    finding
        Its identity, from `burdenwatch findings`.
    json
        Print JSON.
    to_file
        Write the evidence pack instead, as NAME.html or NAME.docx.
    language
        Of the pack.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    if to_file is not None:
        form = to_file.suffix.removeprefix(".")
        if form not in ("html", "docx"):
            raise Outcome(WRONG_USE, f"--to-file {to_file}: must end with .html or .docx")
        to_file.write_bytes(target(to, data).fetch(f"/v1/findings/{finding}/pack", {"format": form, "lang": language}))
        return
    answer = target(to, data).get(f"/v1/findings/{finding}", {})
    if json:
        show(answer, [], as_json=True, as_csv=False)
        return
    told = answer["explanation"]
    basis = told["basis"]
    verified = (
        "wording compared with an official print"
        if basis["verified"]
        else "wording not yet compared with an official print"
    )
    print(f"{told['title']['zh']} ({told['title']['en']})")
    print(
        f"  rule       {told['rule']}, version {told['edition']}, {told['layer']}, {answer['phase']} since {_instant(answer['since_us'])}"
    )
    print(f"  basis      {basis['instrument']} {basis.get('article') or ''} ({verified})")
    print(f"  about      {told['subject']}")
    print(f"  arithmetic {told['arithmetic']}")
    for one in told["inputs"]:
        print(f"  input      {one['name']} = {one['value']}  ({one['means']})")
    for one in told["events"][:20]:
        print(f"  event      {one['event']}  {one['issuer']}  {one['title']}  {one['arithmetic']}")
    for one in told["shares"][:10]:
        print(f"  share      {one['issuer']}  {one['share']:.1%}")
    for one in answer["timeline"]:
        print(f"  timeline   {_instant(one['at_us'])}  {one['phase']}  {one['value']:g}")
    print(f"  appeal     {told['appeal']['zh']}")


def _instant(us: int) -> str:
    return datetime.fromtimestamp(us / 1e6, ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")


def _packs(files: Sequence[Path]) -> tuple[Pack, ...]:
    """The packs of some files, or the shipped ones. Raises Outcome 1 after printing every fault."""
    from streams.rules import PackFaults, load, shipped

    try:
        return load(existing(files) if files else shipped())
    except PackFaults as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        raise Outcome(REFUSED, "") from None


def check(*packs: Path) -> None:
    """Check rule packs, together: every fault with file, line, field, rule and fix (default: the shipped packs)."""
    found = _packs(packs)
    count = sum(len(pack.rules) + len(pack.tighten) for pack in found)
    print(f"{len(found)} packs, {count} rules and tightenings: good")


def run_tests(*packs: Path, tests: list[Path] | None = None) -> int:
    """Run the timelines that packs ship with; exit 1 when one does not end as it says.

    Parameters
    ----------
    packs
        Pack files (default: the shipped ones).
    tests
        Test files (default: those beside each pack in tests/, or the shipped ones).
    """
    from streams.rules import PackFaults
    from streams.rules.testing import run, shipped_tests, untested

    found = _packs(packs)
    beside = [path for pack in packs for path in sorted((pack.parent / "tests").glob("*.yml"))]
    try:
        verdicts = run(found, existing(tests) if tests else list(dict.fromkeys(beside)) or shipped_tests())
    except PackFaults as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return REFUSED
    failed = [one for one in verdicts if not one.passed]
    for one in failed:
        for problem in one.problems:
            print(f"{one.case}: {problem}", file=sys.stderr)
    print(f"{len(verdicts) - len(failed)} of {len(verdicts)} cases passed")
    for rule, edition in untested(found, verdicts):
        print(f"not seen firing: {rule} of {edition}")
    return REFUSED if failed else 0


def backtest(
    *packs: Path,
    from_: date,
    to: date,
    events: list[Path] | None = None,
    instead: list[Path] | None = None,
    data: Path | None = None,
) -> None:
    """What packs would have found, and how many messages that would have been to whom: in files of events, else in a running system.

    Of a running system every event rule is asked about every demand that it ever admitted; the other rules need files.

    Parameters
    ----------
    packs
        Pack files (default: the shipped ones).
    from_
        First day.
    to
        Last day.
    events
        Files of events (NDJSON), for example from `burdenwatch simulate`; default: what the running system admitted.
    instead
        Other pack files: the findings that change are shown.
    data
        Directory of the running embedded system.
    """
    from streams.rules import Rulebook
    from streams.rules.backtest import compared

    if to < from_:
        raise Outcome(WRONG_USE, f"--to {to}: lies before --from {from_}; swap them")
    looked = _in_files(events, from_, to) if events else _in_store(data, from_, to)
    lines = looked(Rulebook(_packs(packs)))
    rows = [
        {"rule": one.rule, "findings": one.findings, "exempt": one.exempt, "issuers": one.issuers}
        | {"messages": " ".join(f"{who}:{count}" for who, count in one.messages)}
        for one in lines
    ]
    show({}, rows, as_json=False, as_csv=True)
    if instead:
        for rule, before, after in compared(lines, looked(Rulebook(_packs(instead)))):
            print(f"{rule}: {before} -> {after}")


def _in_files(events: Sequence[Path], first: date, last: date) -> Callable[[Rulebook], tuple[Line, ...]]:
    """How to look at files of events: all rules, the momentary ones once a week."""
    from streams.calendars import Calendar
    from streams.registry import load as load_registry
    from streams.rules import gather
    from streams.rules.backtest import replayed, summary

    facts = gather(_events(existing(events), first, last), load_registry(None), Calendar.load())
    looks = [_end_of(first + timedelta(days=day)) for day in range(6, (last - first).days + 1, 7)] or [_end_of(last)]
    return lambda book: summary(replayed(book, facts, looks))


def _in_store(data: Path | None, first: date, last: date) -> Callable[[Rulebook], tuple[Line, ...]]:
    """How to look at what a running system admitted: event rules."""
    from streams.calendars import Calendar
    from streams.cli.target import embedded
    from streams.desk.backtesting import backtested
    from streams.registry import load as load_registry
    from streams.store import Address, Scope, connect

    layout, running = embedded(data)
    client = connect(Address(running.store_host, running.store_port, "reader", layout.secret("store-reader")))
    scope, registry = Scope("command line", "operator", ("",)), load_registry(layout.registry)
    span = _end_of(first - timedelta(days=1)) + 1, _end_of(last)
    return lambda book: backtested(client, scope, registry, Calendar.load(), book, *span)


def _end_of(day: date) -> int:
    moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
    return int(moment.astimezone(UTC).timestamp()) * 1_000_000 - 1


def _events(files: Sequence[Path], first: date, last: date) -> list[Event]:
    from streams.events import Refused, decode

    out: list[Any] = []
    for place, line in lines_of(files):
        try:
            event = decode(line)
        except Refused as refusal:
            print(f"{place}: {refusal}", file=sys.stderr)
            continue
        if _end_of(first - timedelta(days=1)) < event.time_us <= _end_of(last):
            out.append(event)
    return out
