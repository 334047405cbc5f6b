"""What hardly moves within a day is asked once a minute, for each scope; what failed is asked again."""

from __future__ import annotations

from typing import Any, cast

import pytest

from dashboard.data.engine import KEPT_S, Engine
from streams.calendars import Calendar
from streams.registry import load
from streams.store import Scope


def test_a_question_is_shared_for_a_minute_by_who_may_see_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = [1_000.0], list[tuple[str, str]]()
    monkeypatch.setattr("dashboard.data.engine.time.monotonic", lambda: clock[0])

    def read(_client: Any, scope: Scope, _registry: Any, area: str) -> int:
        asked.append((scope.areas[0], area))
        if area == "broken":
            raise OSError(area)
        return len(asked)

    one = Engine(cast(Any, None), load(), Calendar.load())
    anna, ben, other = (Scope(who, "supervisor", (area,)) for who, area in (("anna", "51"), ("ben", "51"), ("c", "33")))
    assert [one.kept(read, who, "51").result() for who in (anna, ben, anna)] == [1, 1, 1]
    assert one.kept(read, other, "51").result() == 2, "another scope asks for itself"
    assert one.kept(read, anna, "5101").result() == 3
    for _ in range(2):
        with pytest.raises(OSError, match="broken"):
            one.kept(read, anna, "broken").result()
    assert len(asked) == 5
    clock[0] += KEPT_S + 1
    assert one.kept(read, anna, "51").result() == 6
