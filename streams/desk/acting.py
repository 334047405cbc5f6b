"""Acts on cases, silences, evidence packs: who may do what, and how it is stored. Who did it is the name in the Scope.

Flows in: a client that may write acts and silences, a Scope, a wish. Flows out: the case afterwards, the silence, the pack.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any, Final
from uuid import uuid4

import msgspec
from clickhouse_connect.driver.client import Client
from msgspec import Meta

from streams.alerts.cases import VERBS, Act, Case, WrongAct, allowed, case_of, done
from streams.alerts.evidence import document
from streams.alerts.model import Silence
from streams.alerts.printing import docx, html
from streams.calendars import Calendar
from streams.desk.findings import explained
from streams.events.gate import checked_text
from streams.registry import Registry, RegistryError
from streams.rules.wording import Language
from streams.store.alerting import insert_silence, sent_in
from streams.store.casework import acts_of, insert_act, precedents
from streams.store.findings import finding_history
from streams.store.scope import OutOfScope, Scope

MAX_SILENCE_US: Final = 92 * 86_400_000_000
"""A silence ends by itself within a quarter: whoever wants longer says so again."""
OVERSIGHT: Final = frozenset({"supervisor", "leadership", "operator"})
OWN: Final = frozenset({"explain", "appeal", "note"})
"""What those whom a finding is about may do, and else an operator; nobody decides a matter of his own. A note is for all who see it."""

Text = Annotated[str, Meta(max_length=2_000)]


class ActWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an act. ``n``: the number that it shall have; 0 takes the next."""

    verb: str
    note: Text = ""
    owner: Annotated[str, Meta(max_length=200)] = ""
    ground: str = ""
    verdict: str = ""
    n: Annotated[int, Meta(ge=0)] = 0


class SilenceWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a silence. Instants are microseconds UTC; ``from_us`` 0 is now."""

    why: Annotated[str, Meta(min_length=3, max_length=2_000)]
    until_us: int
    from_us: Annotated[int, Meta(ge=0)] = 0
    rule: Annotated[str, Meta(max_length=60)] = ""
    area: Annotated[str, Meta(pattern=r"^[0-9]{0,12}$")] = ""
    issuer: Annotated[str, Meta(max_length=60)] = ""
    finding: Annotated[str, Meta(pattern=r"^[0-9a-f]{0,32}$")] = ""
    replaces: Annotated[str, Meta(max_length=64)] = ""


def possible(scope: Scope, state: str, issuer: str) -> tuple[str, ...]:
    """What a reader may do with a case in a state ('' = in any) about an issuer ('' = about nobody in particular)."""
    verbs = allowed(state) if state else VERBS
    if scope.role == "operator":
        return verbs
    if scope.role in OVERSIGHT:
        return tuple(verb for verb in verbs if verb not in OWN or verb == "note")
    own = OWN if issuer and issuer in scope.issuers else {"note"}
    return tuple(verb for verb in verbs if verb in own)


def cased(
    client: Client, scope: Scope, registry: Registry, calendar: Calendar, finding: str, *, until_us: int = 0
) -> dict[str, Any]:
    """The case of a finding, its acts, what was sent about it; with ``until_us`` up to then. Raises OutOfScope (Unseen)."""
    acts = [one for one in acts_of(client, scope, registry, finding) if not until_us or one.at_us <= until_us]
    sent = [one for one in sent_in(client, scope, finding=finding) if not until_us or one["at_us"] <= until_us]
    return told(case_of(finding, acts, calendar), acts) | {"notifications": sent}


def acted(
    client: Client, scope: Scope, registry: Registry, calendar: Calendar, finding: str, wish: ActWish, now_us: int
) -> dict[str, Any]:
    """One act done: the case afterwards. Raises OutOfScope, WrongAct, ValueError (Refused for a text that the gate does not let pass)."""
    one = finding_history(client, scope, registry, finding)[-1]
    if wish.verb not in possible(scope, "", one.transition.issuer):
        raise OutOfScope(
            f"role: {scope.role!r} of {scope.who}: {wish.verb} is not theirs to do here; see docs/access.md"
        )
    acts = acts_of(client, scope, registry, finding)
    case = case_of(finding, acts, calendar)
    act = Act(
        finding, wish.n or case.acts + 1, wish.verb, scope.who, now_us,  # type: ignore[arg-type]
        checked_text("note", wish.note), checked_text("owner", wish.owner, lines=False),
        checked_text("ground", wish.ground, lines=False), wish.verdict,  # type: ignore[arg-type]
    )  # fmt: skip
    done(case, act, calendar)
    insert_act(client, act, one.transition.rule)
    acts = acts_of(client, scope, registry, finding)
    if len(acts) < act.n or acts[act.n - 1] != act:
        raise WrongAct(f"n: {act.n}: somebody acted at the same time; look again, then act")
    return told(case_of(finding, acts, calendar), acts)


def packed(
    client: Client,
    scope: Scope,
    registry: Registry,
    calendar: Calendar,
    finding: str,
    now_us: int,
    form: str,
    language: Language,
) -> bytes:
    """The evidence pack of a finding as bytes. Raises OutOfScope, ValueError."""
    found = explained(client, scope, registry, finding)
    case = cased(client, scope, registry, calendar, finding)
    like = [one for one in precedents(client, scope, found["rule"]) if one["finding"] != finding]
    place, issuer = partial(_place, registry), partial(_issuer, registry, language)
    made = document(found, case, like, now_us, language, place, issuer)
    return html(made) if form == "html" else docx(made)


def _place(registry: Registry, code: str) -> str:
    """Name of a division or unit; its code where the registry does not know it."""
    try:
        return registry.name_of(code)
    except RegistryError:
        return code


def _issuer(registry: Registry, language: Language, code: str) -> str:
    """Name of a body, as _place."""
    try:
        found = registry.issuer(code)
    except RegistryError:
        return code
    return found.name_zh if language == "zh" else found.name_en


def silenced(client: Client, scope: Scope, registry: Registry, wish: SilenceWish, now_us: int) -> Silence:
    """One silence made. Raises OutOfScope, ValueError (Refused for a text that the gate does not let pass)."""
    if scope.role not in OVERSIGHT:
        raise OutOfScope(f"role: {scope.role!r} of {scope.who}: silences are made by supervising bodies")
    if wish.finding:
        finding_history(client, scope, registry, wish.finding)
    if wish.area or not wish.finding:
        scope.require_area(wish.area)
    if wish.area:
        registry.name_of(wish.area)
    if not (wish.rule or wish.area or wish.issuer or wish.finding):
        raise ValueError("rule: '': a silence of everything is none; name a rule, an area, an issuer or a finding")
    why = checked_text("why", wish.why)
    rule, issuer = checked_text("rule", wish.rule, lines=False), checked_text("issuer", wish.issuer, lines=False)
    replaces = checked_text("replaces", wish.replaces, lines=False)
    start = max(wish.from_us, now_us)
    if not start < wish.until_us <= start + MAX_SILENCE_US:
        raise ValueError(f"until_us: {wish.until_us}: must lie after the begin and within 92 days of it; correct it")
    one = Silence(
        uuid4().hex, scope.who, why, now_us, start, wish.until_us, rule, wish.area, issuer, wish.finding, replaces
    )  # fmt: skip
    insert_silence(client, one)
    return one


def told(case: Case, acts: list[Act]) -> dict[str, Any]:
    """A case as plain values."""
    plain = asdict(case) | {"due": case.due.isoformat() if case.due else None}
    return {"case": plain, "acts": [asdict(one) for one in acts]}
