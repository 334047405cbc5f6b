"""Mails the briefs that fell due: over SMTP, each once, the state kept after every mail.

Flows in: a schedule, a state file, a running system, ``BURDENWATCH_SMTP_*``. Flows out: mail; the state file. Meant to be run by a timer.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.brief import FORMATS
from streams.brief.phrases import PHRASES
from streams.brief.schedule import Due, ScheduleFault, due, entries_of
from streams.cli.outcome import PART_DOWN, REFUSED, WRONG_USE, Outcome
from streams.cli.target import Target

PATIENCE_S: Final = 30.0


class Smtp(BaseSettings):
    """How mail leaves; each is an environment variable with the prefix BURDENWATCH_SMTP_."""

    model_config = SettingsConfigDict(env_prefix="BURDENWATCH_SMTP_", frozen=True, extra="ignore")

    host: str = Field(description="host of the mail server")
    port: int = Field(587, ge=1, le=65535, description="its port")
    user: str = Field("", description="user at the mail server; empty: none")
    password_file: Path | None = Field(None, description="file with the password of that user")
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="address that mail comes from")
    tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls, tls (from the first byte) or none"
    )


def mailed(schedule: Path, state: Path, api: Target, now: datetime | None = None) -> int:
    """Mails what fell due since the last time; 1 when a brief could not be made or some addresses were refused.

    Raises Outcome: 2 for a wrong schedule, state or setting, 3 when the mail server does not answer.
    """
    try:
        entries = entries_of(schedule.read_text("utf-8"))
        sent = _state(state)
        settings = Smtp()
    except ScheduleFault as error:
        raise Outcome(WRONG_USE, f"{schedule}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Outcome(WRONG_USE, str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise Outcome(WRONG_USE, f"BURDENWATCH_SMTP_{str(first['loc'][0]).upper()}: {first['msg']}; set it") from None
    waiting, failed = due(entries, sent, now or datetime.now(UTC)), 0
    if not waiting:
        print("nothing is due")
        return 0
    try:
        with _connected(settings) as server:
            for one in waiting:
                failed += not _sent(one, api, server, settings, sent, state)
    except (OSError, smtplib.SMTPException) as error:
        said = " ".join(str(error).split())[:200]
        raise Outcome(
            PART_DOWN, f"{settings.host}:{settings.port}: {type(error).__name__}: {said}; run it again"
        ) from None
    return REFUSED if failed else 0


def _sent(one: Due, api: Target, server: smtplib.SMTP, settings: Smtp, sent: dict[str, str], state: Path) -> bool:
    """Whether one brief was made and every address taken; one that fails does not hold up the others."""
    name = one.entry.name
    try:
        message = message_of(one, _fetched(one, api), settings.sender)
    except Outcome as outcome:
        print(f"{name}: {outcome.text}", file=sys.stderr)
        return False
    try:
        refused = server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        print(
            f"{name}: every address was refused: {', '.join(error.recipients)}; correct the schedule", file=sys.stderr
        )
        return False
    except smtplib.SMTPResponseException as error:  # of this mail, such as one too large; the connection goes on
        print(f"{name}: the mail server answered {error.smtp_code}; it is tried again", file=sys.stderr)
        return False
    sent[name] = one.at.isoformat()
    _keep(state, sent)
    print(f"{name}: mailed to {len(one.entry.to) - len(refused)} of {len(one.entry.to)}")
    for address in refused:
        print(f"{name}: {address}: refused by the mail server; correct the schedule", file=sys.stderr)
    return not refused


def _fetched(one: Due, api: Target) -> bytes:
    sort, code = one.entry.subject
    asked = {sort: code, "period": one.entry.period, "until": one.until.isoformat()}
    return api.fetch("/v1/brief", asked | {"format": one.entry.format, "lang": one.entry.language})


def message_of(one: Due, body: bytes, sender: str) -> EmailMessage:
    """The mail with its attachment; its Message-ID is derived from entry and period, so that a repeat is the same message."""
    entry, side = one.entry, 0 if one.entry.language == "zh" else 1
    _, code = entry.subject
    message = EmailMessage()
    message["Subject"] = PHRASES[f"mail-{entry.period}"][side].format(
        code=code or PHRASES["country"][side], until=one.until
    )
    message["From"], message["To"] = sender, ", ".join(entry.to)
    message["Date"] = one.at
    message["Message-ID"] = f"<{one.identity}@{sender.rpartition('@')[2]}>"
    message.set_content(PHRASES["mail-text"][side].format(until=one.until))
    kind, _, rest = FORMATS[entry.format].media.partition("/")
    file = f"brief-{entry.name}-{one.until}.{entry.format}"
    message.add_attachment(body, maintype=kind, subtype=rest, filename=file)
    return message


@contextmanager
def _connected(settings: Smtp) -> Iterator[smtplib.SMTP]:
    secure = ssl.create_default_context()
    if settings.tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=PATIENCE_S, context=secure)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=PATIENCE_S)
    with server:
        if settings.tls == "starttls":
            server.starttls(context=secure)
        if settings.user:
            password = settings.password_file.read_text("utf-8").strip() if settings.password_file else ""
            server.login(settings.user, password)
        yield server


def _state(path: Path) -> dict[str, str]:
    """When each entry was last mailed. Raises Outcome for a file that is no such state: mailing all again is not guessed at."""
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
        return {str(name): datetime.fromisoformat(at).isoformat() for name, at in found.items()}
    except (ValueError, AttributeError, TypeError):
        raise Outcome(WRONG_USE, f"{path}: is no state of mailed briefs; mend it or remove it") from None


def _keep(path: Path, sent: dict[str, str]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(sent, indent=1), "utf-8")
    os.replace(part, path)
