"""What a refusal costs beside an admission, in one run: decoding, judging and the record for ``burden.refused``; an admission up to its columns.

In memory, one core, CPU seconds: storing and telling are left out on both sides (an admission has more of them than a refusal).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from streams import effort
from streams.agents.worker.admission import Admission, Raw, columns_of
from streams.agents.worker.identities import Identities
from streams.agents.worker.refusals import record
from streams.registry import Registry, load
from tests.bench.figures import Row, at_most

N: Final = 2_000
NOW_US: Final = 1_772_600_000_000_000
TIMES: Final = 3.0


def event(number: int, **data: Any) -> dict[str, Any]:
    """An ordinary request; some fields replaced."""
    ordinary = {
        "issuer": "510104-office", "title": "关于报送防汛值班情况的通知", "doc_no": "锦府办函〔2026〕12号", "effort_minutes": 45,
        "reach": {"areas": ["510104"], "tiers": ["township"]}, "deadline_at": "2026-12-04T18:00:00+08:00",
        "items": [{"element": "flood.duty-persons"}, {"element": "flood.stock"}], "legal_basis": "防汛条例第十二条",
    }  # fmt: skip
    head = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "//oa.example.cn/510104/office",
        "type": "burden.request.issued.v1",
    }
    return head | {"time": datetime(2026, 11, 30, 8, tzinfo=UTC).isoformat(), "data": ordinary | data}


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


GARBAGE: Final[dict[str, Callable[[int], bytes]]] = {
    "a wrong type": lambda n: written(event(n, title=7)),
    "five wrong fields": lambda n: written(event(n, title=7, reach=3, effort_minutes=-5, deadline_at="soon", doc_no=1)),
    "an unknown area": lambda n: written(event(n, reach={"areas": ["999999"], "tiers": ["township"]})),
    "an unknown kind": lambda n: written(event(n) | {"type": "burden.picnic.issued.v1"}),
    "a rule of seconds": lambda n: written(event(n, recurrence="FREQ=SECONDLY;COUNT=100000000")),
    "a marked secret": lambda n: written(event(n, title="绝密★三年 名单")),
    "no JSON": lambda n: written(event(n))[:-9],
}


def cost_us(registry: Registry, made: Callable[[int], bytes]) -> float:
    """CPU microseconds for each record, the best of three."""
    none = np.empty(0, np.uint64)
    best = float("inf")
    for _ in range(3):
        admission = Admission(registry, effort.estimate, Identities(none, none, none))
        raws = [Raw(number, made(number), (), NOW_US) for number in range(N)]
        begin = time.process_time()
        batch = admission.take(raws)
        columns_of(batch.taken, registry.reached)
        for refusal in batch.refusals:
            record(refusal)
        best = min(best, (time.process_time() - begin) / N * 1e6)
    return best


def main() -> list[Row]:
    registry = load()
    good = cost_us(registry, lambda number: written(event(number)))
    rows = [Row("an admission", good, "µs CPU")]
    return rows + [
        at_most(f"refusal of {name} beside it", cost_us(registry, made) / good, "times", TIMES)
        for name, made in GARBAGE.items()
    ]
