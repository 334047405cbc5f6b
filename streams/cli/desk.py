"""Commands of the desk: ``case`` (what people do with a finding) and ``alerts`` (who is told, what was sent, silences)."""

from __future__ import annotations

import json as jsonlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cyclopts import App

from streams.cli.files import existing
from streams.cli.outcome import REFUSED, WRONG_USE, Outcome
from streams.cli.reads import show
from streams.cli.target import Target, target
from streams.config import clock

case = App(name="case", help="What people do with a finding: acknowledge, ask, explain, decide, appeal, close.")
alerts = App(name="alerts", help="Who is told of findings, what was sent, silences.")


def add_to(app: App) -> None:
    """The commands."""
    app.command(case)
    case.command(show_case, name="show")
    case.command(act)
    app.command(alerts)
    alerts.command(check)
    alerts.command(try_receiver, name="test")
    alerts.command(sent)
    alerts.command(silence)
    alerts.command(silences)


def show_case(
    finding: str, *, json: bool = False, csv: bool = False, to: str | None = None, data: Path | None = None
) -> None:
    """How the case of a finding stands: its acts, and what was sent about it.

    Parameters
    ----------
    finding
        Identity, from `burdenwatch findings`.
    json
        Print JSON.
    csv
        Print CSV.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    answer = target(to, data).get(f"/v1/findings/{finding}/case", {})
    rows = [
        {
            "n": one["n"],
            "at": _instant(one["at_us"]),
            "verb": one["verb"],
            "by": one["by"],
            "verdict": one["verdict"],
            "note": one["note"],
        }
        for one in answer["acts"]
    ]
    show(answer, rows, as_json=json, as_csv=csv)
    if not json and not csv:
        due = f", due {answer['case']['due']}" if answer["case"]["due"] else ""
        print(f"{answer['case']['state']}{due}; {len(answer['notifications'])} messages sent")


def act(
    finding: str,
    verb: str,
    *,
    note: str = "",
    owner: str = "",
    ground: str = "",
    verdict: str = "",
    restate: str = "",
    to: str | None = None,
    data: Path | None = None,
) -> None:
    """Do something with a case: acknowledge, assign, ask, explain, decide, appeal, rule, close, reopen, note.

    Parameters
    ----------
    finding
        Identity, from `burdenwatch findings`.
    verb
        What is done.
    note
        The reasons; explain, decide, appeal, rule, note and reopen need them.
    owner
        Who is in charge from now on.
    ground
        Of an explanation or appeal: emergency, legal-basis, wrong-data, merged, pilot, fault-tolerance, other.
    verdict
        Of a decision: upheld, exempt, corrected.
    restate
        With the verdict corrected: void, or the minutes that the demands really took; all totals are restated.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    at = target(to, data)
    if restate:
        if verdict != "corrected":
            raise Outcome(
                WRONG_USE, f"--restate {restate}: goes with --verdict corrected only; add it or leave --restate out"
            )
        _restate(at, finding, restate)
    wish = {"verb": verb, "note": note, "owner": owner, "ground": ground, "verdict": verdict}
    answer = at.post(f"/v1/findings/{finding}/acts", jsonlib.dumps(wish).encode())
    print(f"{answer['case']['state']}, act {answer['case']['acts']}")


def _restate(at: Target, finding: str, effect: str) -> None:
    """Send the correction first: were the act stored without it, the totals would be wrong under a closed case."""
    from streams.desk.restating import correction

    found = at.get(f"/v1/findings/{finding}", {})
    acts = at.get(f"/v1/findings/{finding}/case", {})["case"]["acts"]
    try:
        event = correction(finding, found["events"], int(acts) + 1, effect, clock.now_us())
    except ValueError as error:
        raise Outcome(WRONG_USE, f"--{error}") from None
    at.send(event)


def check(policy: Path | None = None) -> None:
    """Check an alert policy: every fault with file, line, field, rule and fix (default: the shipped one)."""
    found = _policy(policy)
    print(f"{len(found.receivers)} receivers, {len(found.quiet)} quiet times, {len(found.inhibit)} inhibitions: good")


def try_receiver(receiver: str, *, policy: Path) -> None:
    """Send a test message to one receiver, now, past every quiet time.

    Parameters
    ----------
    receiver
        Its name in the policy.
    policy
        The policy file.
    """
    from streams.alerts.channels import ChannelFault, channel_of
    from streams.alerts.message import Words
    from streams.alerts.model import OPERATOR, Notification

    named = {one.name: one for one in _policy(policy).receivers}
    if receiver not in named:
        raise Outcome(
            WRONG_USE, f"receiver {receiver}: not in {policy}; there are: {', '.join(sorted(named)) or 'none'}"
        )
    now_us = clock.now_us()
    words = Words(lambda rule, _edition, _language: rule, lambda code: code)
    try:
        channel_of(named[receiver]).send(Notification(f"test-{now_us}", OPERATOR, "test", "", now_us, 0, ()), words)
    except (ChannelFault, OSError) as fault:
        raise Outcome(REFUSED, f"{receiver}: {fault}") from None
    print(f"{receiver}: taken")


def sent(*, json: bool = False, csv: bool = False, to: str | None = None, data: Path | None = None) -> None:
    """What was sent to whom, newest first, and whether it arrived.

    Parameters
    ----------
    json
        Print JSON.
    csv
        Print CSV.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    answer = target(to, data).get("/v1/notifications", {})
    rows = [
        {
            "at": _instant(one["at_us"]), "recipient": one["recipient"], "occasion": one["occasion"], "group": one["group"],
            "findings": one["count"], "receivers": " ".join(one["receivers"]),
            "arrived": " ".join(sorted(tried["receiver"] for tried in one["attempts"] if tried["outcome"] == "ok")),
        }
        for one in answer["notifications"]
    ]  # fmt: skip
    show(answer, rows, as_json=json, as_csv=csv)


def silence(
    *,
    why: str,
    days: float = 7,
    rule: str = "",
    area: str = "",
    issuer: str = "",
    finding: str = "",
    replaces: str = "",
    to: str | None = None,
    data: Path | None = None,
) -> None:
    """Have nothing told of what matches for some days; it stays on record with your name and reason.

    Parameters
    ----------
    why
        The reason.
    days
        For how long, at most 92.
    rule
        How the identity of rules begins (R20).
    area
        Division code.
    issuer
        Code of an issuer.
    finding
        Identity of one finding.
    replaces
        A silence that this one replaces.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    until = datetime.now(UTC) + timedelta(days=days)
    wish = {
        "why": why,
        "until_us": int(until.timestamp() * 1e6),
        "rule": rule,
        "area": area,
        "issuer": issuer,
        "finding": finding,
    }
    answer = target(to, data).post("/v1/silences", jsonlib.dumps(wish | {"replaces": replaces}).encode())
    print(f"{answer['id']} until {_instant(answer['until_us'])}")


def silences(*, json: bool = False, csv: bool = False, to: str | None = None, data: Path | None = None) -> None:
    """Every silence, past ones too.

    Parameters
    ----------
    json
        Print JSON.
    csv
        Print CSV.
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    answer = target(to, data).get("/v1/silences", {})
    names = ("rule", "area", "issuer", "finding")
    rows: list[dict[str, Any]] = [
        {
            "id": one["id"],
            "by": one["by"],
            "why": one["why"],
            "from": _instant(one["from_us"]),
            "until": _instant(one["until_us"]),
        }
        | {"about": " ".join(one[name] for name in names if one[name])}
        for one in answer["silences"]
    ]
    show(answer, rows, as_json=json, as_csv=csv)


def _policy(path: Path | None) -> Any:
    from streams.alerts.policy import load_policy
    from streams.rules import PackFaults

    try:
        return load_policy(existing([path])[0] if path else None)
    except PackFaults as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        raise Outcome(REFUSED, "") from None


def _instant(us: int) -> str:
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(us / 1e6, ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")
