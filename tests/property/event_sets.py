"""Random sets of event documents about a few demands on the small country: every life-cycle type, late, early, to absent ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.property import oracle

BEGIN = datetime(2026, 3, 28, 15, 59, 59, 999_999, UTC)
UNITS = ("110101001", "110101001001", "110101001200", "129001100", "129001100501", "659071400501", "1101", "119001")
"""Some units of the small country, in all shards; a prefecture and a county among them."""
AREAS = ("", "11", "12", "65", "1101", "1290", "110101", "659071", "110101001", "129001100", "110101001200")
TIMES = st.builds(
    lambda days, hours, tick: BEGIN + timedelta(days=days, hours=hours, microseconds=tick),
    st.integers(0, 9), st.sampled_from((0, 0, 8, 16)), st.integers(0, 2),
)  # fmt: skip
STAMPS = TIMES.map(lambda moment: moment.isoformat(timespec="microseconds"))
EFFORTS = st.one_of(st.integers(0, 90), st.just({"low": 5, "likely": 7, "high": 11}))
REACHES = st.fixed_dictionaries({
    "areas": st.lists(st.sampled_from(AREAS), max_size=2),
    "tiers": st.lists(st.sampled_from(("township", "village", "county")), max_size=2),
    "except": st.lists(st.sampled_from(AREAS[1:]), max_size=2),
    "units": st.lists(st.sampled_from(UNITS), max_size=3),
})  # fmt: skip
RULES = st.sampled_from((
    None, None, "FREQ=DAILY;COUNT=4", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;UNTIL=20260403T160000Z", "FREQ=WEEKLY;COUNT=3",
    "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=5", "FREQ=WEEKLY;BYDAY=WE;UNTIL=20260408T155959Z",
    "FREQ=MONTHLY;BYMONTHDAY=1,15,-1", "FREQ=MONTHLY;COUNT=2", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=29,30,31",
))  # fmt: skip
KINDS = st.sampled_from(("meeting", "request"))
VERBS = ("amended", "amended", "withdrawn", "ended", "answered", "answered", "returned", "outcome", "correction")


def document(name: str, kind: str, time: str, data: dict[str, Any]) -> dict[str, Any]:
    """One event."""
    source = "//oa.example.cn/510000/education"
    return {"specversion": "1.0", "id": name, "source": source, "type": f"burden.{kind}.v1", "time": time, "data": data}


@st.composite
def issued(draw: st.DrawFn, name: str) -> dict[str, Any]:
    data = {"issuer": "510000-education", "title": "t", "reach": draw(REACHES), "starts_at": draw(STAMPS),
            "recurrence": draw(RULES), "effort_minutes": draw(st.one_of(st.none(), EFFORTS))}  # fmt: skip
    kept = {key: value for key, value in data.items() if value is not None}
    return document(name, f"{draw(KINDS)}.issued", draw(STAMPS), kept)


@st.composite
def said(draw: st.DrawFn, verb: str, original: dict[str, Any], target: str) -> dict[str, Any]:
    """The data of a life-cycle event; ``original`` gives likely occurrences."""
    unit = draw(st.sampled_from(UNITS))
    if verb == "amended":
        changes = {"reach": REACHES, "starts_at": STAMPS, "recurrence": RULES,
                   "effort_minutes": st.one_of(st.none(), EFFORTS)}  # fmt: skip
        named = draw(st.sets(st.sampled_from(sorted(changes)), min_size=1))
        return {"amends": target} | {name: draw(changes[name]) for name in sorted(named)}
    if verb == "answered":
        answer = {"answers": target, "unit": unit, "actual_minutes": draw(st.integers(0, 99))}
        starts = oracle.starts(original["data"], original["time"], BEGIN + timedelta(days=14))[:4] or [BEGIN]
        if draw(st.booleans()):
            answer["occurrence_at"] = draw(st.sampled_from(starts)).isoformat()
        return answer
    if verb == "returned":
        return {"returns": target, "unit": unit, "effort_minutes": draw(EFFORTS)}
    if verb == "correction":
        effect = draw(st.one_of(st.just("void"), EFFORTS.map(lambda effort: {"effort_minutes": effort})))
        return {"restates": sorted({target, draw(st.sampled_from(("i0", "i1", "absent")))}), "effect": effect}
    word = {"withdrawn": "withdraws", "ended": "ends", "outcome": "concludes"}[verb]
    return {word: target} | ({"decisions": []} if verb == "outcome" else {})


@st.composite
def event_sets(draw: st.DrawFn) -> list[dict[str, Any]]:
    """One to three demands and up to eight events about them, or about ids that are absent or no demands."""
    out = [draw(issued(f"i{number}")) for number in range(draw(st.integers(1, 3)))]
    originals = {one["id"]: one for one in out}
    for number in range(draw(st.integers(0, 8))):
        verb = draw(st.sampled_from(VERBS))
        target = draw(st.sampled_from([*originals, *originals, "absent", "e0"]))
        kind = "correction.applied" if verb == "correction" else f"{draw(KINDS)}.{verb}"
        data = draw(said(verb, originals.get(target, originals["i0"]), target))
        out.append(document(f"e{number}", kind, draw(STAMPS), data))
    return out
