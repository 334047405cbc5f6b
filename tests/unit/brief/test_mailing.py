"""Briefs by mail, against a small mail server: each once, late ones made up for, the state kept after each."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from streams.brief.schedule import ScheduleFault, due, entries_of
from streams.cli.mailing import mailed
from streams.cli.outcome import Outcome
from streams.cli.target import Target

SHANGHAI = ZoneInfo("Asia/Shanghai")
SCHEDULE = """
briefs:
- {name: sichuan, area: "51", period: week, on: monday, at: "08:00", to: [a@example.cn, b@example.cn]}
- {name: office, issuer: 510000-education, period: month, on: 1, format: docx, language: en, to: [c@example.cn]}
"""
MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes mail; refuses the addresses in ``refused``."""

    daemon_threads = True

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.refused: set[str] = set()
        super().__init__(("127.0.0.1", 0), Talk)


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast(Mailbox, self.server)
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                server.taken.append(body)
                self.wfile.write(b"250 taken\r\n")
            elif verb == b"RCPT" and any(one.encode() in line for one in server.refused):
                self.wfile.write(b"550 unknown\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


class Api(Target):
    """Answers each brief with what was asked; fails for what ``failing`` names."""

    failing = ""

    def fetch(self, path: str, params: Mapping[str, str]) -> bytes:
        if self.failing and self.failing in params.values():
            raise Outcome(3, "the store is away")
        return json.dumps([path, dict(params)]).encode()


class Failing(Api):
    failing = "51"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    server = Mailbox()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    for name, value in (
        ("HOST", "127.0.0.1"),
        ("PORT", str(server.server_address[1])),
        ("SENDER", "brief@example.cn"),
        ("TLS", "none"),
    ):
        monkeypatch.setenv(f"BURDENWATCH_SMTP_{name}", value)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., int]:
    schedule = tmp_path / "schedule.yml"
    schedule.write_text(SCHEDULE, "utf-8")

    def at(now: datetime, kind: type[Api] = Api) -> int:
        return mailed(schedule, tmp_path / "state.json", kind("http://api", "t"), now)

    return at


def test_what_fell_due_is_mailed_once_with_its_file(mailbox: Mailbox, run: Callable[..., int]) -> None:
    assert run(MONDAY) == 0
    (raw,) = mailbox.taken  # the month's brief fell due on Sunday at eight, more than 24 hours before the first run
    message = message_from_bytes(raw, policy=policy.default)
    assert message["To"] == "a@example.cn, b@example.cn"
    (file,) = message.iter_attachments()
    assert file.get_content_type() == "application/pdf"
    path, asked = json.loads(file.get_content())
    assert (path, asked) == (
        "/v1/brief",
        {"area": "51", "period": "week", "until": "2026-03-01", "format": "pdf", "lang": "zh"},
    )
    assert run(MONDAY) == 0
    assert len(mailbox.taken) == 1


def test_a_missed_time_is_made_up_for_once(mailbox: Mailbox, run: Callable[..., int]) -> None:
    run(MONDAY)
    assert run(datetime(2026, 3, 25, 9, tzinfo=SHANGHAI)) == 0
    assert len(mailbox.taken) == 2
    assert "2026-03-22" in str(message_from_bytes(mailbox.taken[1], policy=policy.default)["Subject"])


def test_what_fails_is_tried_again_and_holds_nothing_up(mailbox: Mailbox, run: Callable[..., int]) -> None:
    first = datetime(2026, 6, 1, 9, tzinfo=SHANGHAI)  # a Monday, and the first of a month
    assert run(first, Failing) == 1
    assert len(mailbox.taken) == 1
    assert run(first) == 0
    assert len(mailbox.taken) == 2
    ids = {message_from_bytes(one, policy=policy.default)["Message-ID"] for one in mailbox.taken}
    assert len(ids) == 2


def test_the_same_brief_has_the_same_message_identity(
    mailbox: Mailbox, run: Callable[..., int], tmp_path: Path
) -> None:
    run(MONDAY)
    (tmp_path / "state.json").unlink()
    run(MONDAY)
    one, other = (message_from_bytes(raw, policy=policy.default)["Message-ID"] for raw in mailbox.taken)
    assert one == other


def test_refused_addresses_are_told(
    mailbox: Mailbox, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    mailbox.refused = {"b@example.cn"}
    assert run(MONDAY) == 1
    assert "b@example.cn: refused" in capsys.readouterr().err
    assert run(MONDAY) == 0


def test_a_mail_server_that_is_away_and_a_broken_state_are_said(
    mailbox: Mailbox, run: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state.json").write_text("[1]")
    with pytest.raises(Outcome, match="no state"):
        run(MONDAY)
    (tmp_path / "state.json").unlink()
    monkeypatch.setenv("BURDENWATCH_SMTP_PORT", "1")
    with pytest.raises(Outcome) as away:
        run(MONDAY)
    assert away.value.code == 3
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("briefs: [", "no YAML"),
        ("[]", "mapping"),
        (SCHEDULE.replace('area: "51", ', ""), "exactly one"),
        (SCHEDULE.replace("on: monday", "on: 3"), "weekday"),
        (SCHEDULE.replace("a@example.cn", "nobody"), "to"),
        (SCHEDULE.replace("name: office", "name: sichuan"), "same name"),
    ],
)
def test_wrong_schedules_are_refused(text: str, said: str) -> None:
    with pytest.raises(ScheduleFault, match=said):
        entries_of(text)


def test_due_is_what_lies_after_the_last_mail() -> None:
    entries = entries_of(SCHEDULE)
    assert [one.entry.name for one in due(entries, {}, MONDAY)] == ["sichuan"]
    assert due(entries, {"sichuan": MONDAY.isoformat()}, MONDAY) == []
