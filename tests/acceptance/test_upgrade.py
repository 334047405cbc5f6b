"""An installation of an earlier version opens under this one: loads, findings and cases are the same, recount is clean.

``installations/e6d6845.backup`` was written by that commit: nine demands and changes of them, a duplicate, four findings, one act on a case.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from streams.agents.topics import EVENTS
from tests.acceptance.system import command, until, up
from tests.acceptance.test_kept_log import address

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(300)]

OLD = Path(__file__).parent / "installations" / "e6d6845.backup"
AT = "2026-11-30T08:36:01Z"
LOADS = {"510104017": 207, "510105002": 43, "510108004": 73}
"""Minutes of the seven days before AT, as that version told them."""
FINDINGS = {
    "8b7f201307d92afea07a26b13f922b7e": ("R02-half-day", 1796027721011947),
    "cf68be2b7dac70b52ec6e03287bb6308": ("R11-short-notice", 1796027720811635),
}
"""Rule and begin of findings that this version still makes."""
ACKNOWLEDGED = "c8f417a660816314a6a5137a35287450"


def retention(kafka: str) -> str:
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, EVENTS)])
        return json.dumps(found, default=str)


def test_an_earlier_installation_opens(tmp_path: Path) -> None:
    data = tmp_path / "data"
    restored = command("restore", str(OLD), "--data", str(data))
    assert restored.returncode == 0, restored.stderr
    with up(data, "--empty", "--headless", "--port", "18840") as system:
        assert "".join(system.said).find("9") >= 0, system.said
        assert {unit: system.load(unit, "all.minutes.7d", AT) for unit in LOADS} == LOADS
        counted = system.run("recount")
        assert (counted.returncode, "9 admitted, 1 duplicates" in counted.stdout) == (0, True), (
            counted.stdout + counted.stderr
        )
        assert "604800000" in retention(address(data))

        def firing() -> dict[str, tuple[str, int]]:
            told = json.loads(system.run("findings", "--json", "--limit", "1000").stdout)["findings"]
            return {row["finding"]: (row["rule"], row["since_us"]) for row in told}

        until(lambda: FINDINGS.items() <= firing().items(), 60)
        told = firing()
        assert ACKNOWLEDGED not in told, (
            "this version asks for a ground that was given before it calls a check-in a breach"
        )
        assert [rule for rule, _ in told.values()].count("R02-half-day") == 1, "none is found a second time"
        shown = system.run("case", "show", ACKNOWLEDGED)
        assert {"acknowledge", "已电话核实"} <= set(shown.stdout.split()), shown.stdout + shown.stderr
