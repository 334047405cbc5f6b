"""Whatever comes in, decode answers with an event or with Refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import streams.events
from streams.events import Event, Refused, decode

EXAMPLES = [
    json.loads(path.read_bytes()) for path in sorted((Path(streams.events.__file__).parent / "examples").glob("*.json"))
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
)


def taken(raw: bytes) -> Event | None:
    try:
        return decode(raw)
    except Refused as refused:
        if not refused.faults:
            raise AssertionError("refused without a fault") from refused
        return None


@given(st.binary() | VALUES.map(lambda value: json.dumps(value).encode()))
def test_anything_is_answered(raw: bytes) -> None:
    taken(raw)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(EXAMPLES), st.data(), VALUES)
def test_any_field_replaced_is_answered(example: dict[str, Any], data: st.DataObject, value: Any) -> None:
    event = example | {"data": dict(example["data"])}
    part = event if data.draw(st.booleans()) else event["data"]
    part[data.draw(st.sampled_from(sorted(part)))] = value
    taken(json.dumps(event).encode())


@given(st.sampled_from(EXAMPLES), st.randoms(use_true_random=False), st.sampled_from([None, 1, 4]))
def test_digest_is_of_the_content(example: dict[str, Any], random: Any, indent: int | None) -> None:
    names = list(example)
    random.shuffle(names)
    one = taken(json.dumps({name: example[name] for name in names}, indent=indent).encode())
    two = taken(json.dumps(example, ensure_ascii=False).encode())
    assert one is not None
    assert one == two
