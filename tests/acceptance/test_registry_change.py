"""Own organisations imported into a running installation: load stays with its unit, whatever its rank; what would be lost stops the start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.system import command, until, up

pytestmark = [pytest.mark.broker, pytest.mark.store, pytest.mark.timeout(300)]

FIRST, NEXT, LATER = "510104017", "510105002", "510108004"
ADDED = "510104900"
HEAD = "code,name,tier,line,staff,valid_from,valid_to\n"


def event(identity: str, units: list[str], areas: list[str], minutes: int) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": identity,
        "source": "//oa.example.cn/51/office",
        "type": "burden.request.issued.v1",
        "time": datetime.now(UTC).isoformat(),
        "data": {
            "issuer": "510000-office",
            "title": "报送台账",
            "reach": {"areas": areas, "tiers": ["township"] if areas else [], "units": units},
            "effort_minutes": minutes,
        },
    }


def test_load_stays_with_its_unit(tmp_path: Path) -> None:
    data, rows = tmp_path / "data", tmp_path / "own.csv"
    with up(data, "--empty", "--headless", "--port", "18810") as system:
        assert system.post(event("a", [FIRST], [], 7)).status_code == 202
        assert system.post(event("b", [NEXT], [], 60)).status_code == 202
        until(lambda: (system.load(FIRST), system.load(NEXT), system.load(LATER)) == (7, 60, 0))
    rows.write_text(HEAD + f"{ADDED},新设镇,township,,12,,\n")
    imported = command("registry", "import", str(rows), "--data", str(data))
    assert imported.returncode == 0, imported.stderr
    with up(data, "--empty", "--headless", "--port", "18810") as system:
        until(lambda: (system.load(FIRST), system.load(NEXT), system.load(ADDED), system.load(LATER)) == (7, 60, 0, 0))
        assert system.post(event("c", [ADDED], [], 5)).status_code == 202
        until(lambda: system.load(ADDED) == 5)
        counted = system.run("recount")
        assert counted.returncode == 0, counted.stdout + counted.stderr
