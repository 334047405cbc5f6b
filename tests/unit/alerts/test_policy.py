"""Policies: the shipped one is good, a wrong one says where, receivers take what is theirs, buckets hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.alerts.bucket import Bucket
from streams.alerts.model import Recipient
from streams.alerts.policy import Receiver, load_policy, next_digest_us
from streams.rules import PackFaults
from tests.unit.alerts.country import CALENDAR, DAY, NOON, H, M, S, policy


def test_the_shipped_policy_is_good() -> None:
    assert load_policy().receivers == ()


def test_a_wrong_policy_names_every_fault_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "alerts.yml"
    path.write_text(
        "version: 1\nkind: alert-policy\ngroup_wait: soon\nreceivers:\n  - name: x\n  - name: y\n    webhook: ftp://x\n    colour: red\n"
    )
    with pytest.raises(PackFaults) as error:
        load_policy(path)
    text = str(error.value)
    for line in (":3:", ":5:", ":7:", ":8:"):
        assert line in text


@pytest.mark.parametrize(
    ("receiver", "code", "takes"),
    [
        ({}, "510100-party-office", True),
        ({"area": "51"}, "510100-party-office", True),
        ({"area": "5101"}, "520100-party-office", False),
        ({"recipient": "510104-education"}, "510104-education", True),
        ({"recipient": "510104-education"}, "510104-health", False),
        ({"roles": ["unit"]}, "510100-party-office", False),
    ],
)
def test_a_receiver_takes_what_is_its(receiver: dict[str, object], code: str, takes: bool) -> None:
    one = Receiver.model_validate({"name": "x", "webhook": "http://h/"} | receiver)
    assert one.takes(Recipient(code, "supervising")) is takes


def test_digests_come_on_workdays() -> None:
    friday = NOON + 3 * DAY
    assert next_digest_us(policy(), CALENDAR, friday) == friday + 3 * DAY - 3 * H - 30 * M


def test_a_bucket_gives_a_minute_at_once_and_then_in_time() -> None:
    bucket = Bucket(3, NOON)
    assert [bucket.take(NOON) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(NOON + 19 * S)
    assert bucket.take(NOON + 20 * S)
