"""How an installation alerts, as data: waits, repeats, caps, quiet times, inhibition, receivers (``alerts.yml``; docs/alerts.md).

Pure but for reading the file it is given. Flows in: YAML. Flows out: a frozen ``Policy``, or every fault at once with its line.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError, model_validator

from streams.alerts.model import Recipient, Role
from streams.calendars import Calendar
from streams.rules import PackFaults
from streams.rules.loading import invalid, read_sheet
from streams.rules.pack import DAY_US, Duration, Strict

SHANGHAI_US: Final = 8 * 3_600_000_000
Clock = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
DEFAULT: Final = Path(str(files("infra").joinpath("alerts"))) / "default.yml"


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Quiet(Strict):
    """A recurring time in which nothing is sent but what ``unless`` names: every day outside ``hours``, days off, some weekdays."""

    name: Name
    hours: Annotated[
        tuple[Clock, Clock],
        Field(description="told from the first until the second, local time; over midnight for a night shift"),
    ] = ("00:00", "24:00")
    weekdays: Annotated[tuple[Weekday, ...], Field(description="quiet all day on these")] = ()
    area: Annotated[str, Field(pattern=r"^[0-9]{0,12}$", description="only for recipients whose code begins so")] = ""
    rule: Annotated[str, Field(description="only for rules that begin so")] = ""
    days_off: Annotated[bool, Field(description="quiet on weekends and holidays too")] = True
    unless: Annotated[
        tuple[Literal["low", "medium", "high"], ...], Field(description="severities told all the same")
    ] = ()
    roles: tuple[Role, ...] = ()

    @model_validator(mode="after")
    def _ordered(self) -> Quiet:
        if self.hours[0] == self.hours[1]:
            raise ValueError('hours must differ; write ["08:00", "20:00"], or ["20:00", "06:00"] for a night shift')
        return self

    def speaks_of(self, to: Recipient, rule: str) -> bool:
        """Whether it is for messages by a rule to a recipient."""
        return (
            (not self.roles or to.role in self.roles) and to.code.startswith(self.area) and rule.startswith(self.rule)
        )

    def holds(self, now_us: int, calendar: Calendar) -> bool:
        """Whether an instant is quiet."""
        moment = datetime.fromtimestamp((now_us + SHANGHAI_US) / 1e6, UTC)
        if self.days_off and not calendar.is_workday(moment.date()):
            return True
        if WEEK[moment.weekday()] in self.weekdays:
            return True
        first, last = self.hours
        clock = moment.strftime("%H:%M")
        return not (first <= clock < last if first < last else clock >= first or clock < last)


class Inhibition(Strict):
    """While a finding by one of the rules ``cause`` fires about an area, those by ``effect`` about places inside it are not told."""

    cause: Annotated[tuple[str, ...], Field(min_length=1, description="how rules begin, such as R08")]
    effect: Annotated[tuple[str, ...], Field(min_length=1)]
    same_issuer: bool = False


class Flap(Strict):
    """A finding that fires ``fired`` times within ``within`` is a matter of the rule: its owner is told, once a day."""

    fired: Annotated[int, Field(ge=2)] = 6
    within: Duration = DAY_US


class Digest(Strict):
    """When the summary of what is open is sent: each workday at ``at``, on the first workday of a week with the week's sums."""

    at: Clock = "08:30"


class Receiver(Strict):
    """Where messages go: one webhook that takes Alertmanager's body, or URLs of Apprise (robots, e-mail); from a file when secret."""

    name: Name
    roles: tuple[Role, ...] = ()
    area: Annotated[str, Field(pattern=r"^[0-9]{0,12}$")] = ""
    recipient: Annotated[str, Field(description="one recipient's code, such as 510104-education")] = ""
    webhook: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    apprise: str = ""
    file: Annotated[Path | None, Field(description="file with the URL, for what must not stand in this one")] = None
    per_minute: Annotated[int, Field(ge=1, le=10_000, description="what the other side bears; robots bear 20")] = 20
    language: Literal["zh", "en"] = "zh"

    @model_validator(mode="after")
    def _one_target(self) -> Receiver:
        if bool(self.webhook) + bool(self.apprise) != 1 and not (
            self.file and bool(self.webhook) + bool(self.apprise) == 0
        ):
            raise ValueError("needs exactly one of webhook, apprise, or file with an apprise URL")
        if self.recipient and self.area:
            raise ValueError("recipient and area exclude each other; keep one")
        return self

    def takes(self, to: Recipient) -> bool:
        """Whether messages to this recipient go here."""
        if self.roles and to.role not in self.roles:
            return False
        if self.recipient:
            return to.code == self.recipient
        return not self.area or to.code.startswith(self.area)


class Policy(Strict):
    """All of it. Times without a unit do not exist: ``30s``, ``5m``, ``4h``, ``1d``."""

    version: Literal[1]
    kind: Literal["alert-policy"]
    group_wait: Duration = 30_000_000
    group_interval: Duration = 300_000_000
    repeat: Annotated[tuple[Duration, ...], Field(min_length=1)] = (DAY_US, 3 * DAY_US, 7 * DAY_US)
    cap_per_day: Annotated[int, Field(ge=1)] = 20
    acknowledged: Annotated[Duration, Field(description="for so long what somebody has in hand is not repeated")] = (
        7 * DAY_US
    )
    escalate: Annotated[
        Duration, Field(description="after so long a breach that nobody took in hand goes one area up")
    ] = 3 * DAY_US
    history: Annotated[Duration, Field(description="what was issued longer ago when it is found is no news")] = (
        7 * DAY_US
    )
    watchdog: Duration = 3_600_000_000
    supervising_line: Annotated[str, Field(min_length=1)] = "party-office"
    office_line: Annotated[str, Field(min_length=1)] = "party-office"
    flap: Flap = Flap()
    digest: Digest = Digest()
    quiet: tuple[Quiet, ...] = ()
    inhibit: tuple[Inhibition, ...] = ()
    receivers: tuple[Receiver, ...] = ()

    @model_validator(mode="after")
    def _names(self) -> Policy:
        names = [one.name for one in self.receivers]
        twice = sorted({one for one in names if names.count(one) > 1})
        if twice:
            raise ValueError(f"receivers: {', '.join(twice)}: a name may stand once; rename one")
        return self

    def receivers_of(self, to: Recipient) -> tuple[str, ...]:
        """Names of the receivers that take messages to a recipient."""
        return tuple(one.name for one in self.receivers if one.takes(to))

    def quiet_now(self, to: Recipient, severity: str, now_us: int, calendar: Calendar, rule: str = "") -> str:
        """The quiet time that holds a message by a rule back, '' when none does."""
        for quiet in self.quiet:
            if quiet.speaks_of(to, rule) and severity not in quiet.unless and quiet.holds(now_us, calendar):
                return quiet.name
        return ""


def load_policy(path: Path | None = None) -> Policy:
    """The policy of a file, or the shipped one. Raises PackFaults with all that is wrong."""
    sheet = read_sheet(path or DEFAULT)
    try:
        return Policy.model_validate(sheet.data)
    except ValidationError as error:
        raise PackFaults(invalid(sheet, error)) from error


def next_digest_us(policy: Policy, calendar: Calendar, after_us: int) -> int:
    """The first instant after another at which a digest is due."""
    hour, minute = (int(part) for part in policy.digest.at.split(":"))
    local = datetime.fromtimestamp((after_us + SHANGHAI_US) / 1e6, UTC)
    day = local.date()
    while True:
        due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        due_us = int(due.timestamp()) * 1_000_000 - SHANGHAI_US
        if due_us > after_us and calendar.is_workday(day):
            return due_us
        day += timedelta(days=1)
