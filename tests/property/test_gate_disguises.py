"""Whatever hides a mark or a number, the gate finds it; whatever comes, it answers with its own refusal; ordinary prose passes."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Refused, decode
from streams.events.gate import checked_text, checked_tree
from streams.events.personal import masked
from streams.events.quick import look

MARKS = (
    "机密★10年",
    "绝密★启用前",
    "秘密★1年",
    "密级:机密",
    "机密级",
    "工作秘密",
    "内部资料注意保存",
    "内部文件不得外传",
)
NUMBERS = ("13800138000", "11010519491231002X")
PROSE = "关于做好年度工作的通知各街道要高度重视切实抓落实按时报送台账内容密切配合部门外出注意安全，。；：（）《》“”、\n"
OTHER = str.maketrans("机绝秘内级资严", "機絕祕內級資嚴")
WIDE = {ord(one): ord(one) + 0xFEE0 for one in "0123456789X★:" if ord(one) < 0x80}
STARS = st.sampled_from("★☆⭐✩✪✫✬✭✮✯＊*※")
BETWEEN = st.sampled_from(
    [
        "",
        "",
        " ",
        "　",
        "\u00a0",
        "\u200b",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u0301",
        "\ufe0f",
        "\u20dd",
        "<b></b>",
        "<i class='x'>",
        "&nbsp;",
    ]
    + ["&#8203;", "&zwnj;", "&lt;u&gt;"]
)
HYPHENS = st.sampled_from("-‐‑‒–—−－﹣·.")


def encoded(draw: st.DrawFn, one: str) -> str:
    """One character as it is, as an entity, as an entity of an entity, or as an escape."""
    number = ord(one)
    ways = (
        one,
        one,
        one,
        f"&#{number};",
        f"&#x{number:x};",
        f"&amp;#{number};",
        f"&#38;#x{number:X};",
        f"\\u{number:04x}",
    )
    return draw(st.sampled_from(ways))


@st.composite
def marks(draw: st.DrawFn) -> str:
    mark = draw(st.sampled_from(MARKS))
    if draw(st.booleans()):
        mark = mark.translate(OTHER)
    mark = mark.replace("★", draw(STARS))
    if draw(st.booleans()):
        mark = mark.translate(WIDE)
    for pair in ("机密", "绝密", "秘密", "機密", "絕密", "祕密"):
        if draw(st.booleans()):
            mark = mark.replace(pair, pair[0] + draw(HYPHENS) + pair[1])
    return "".join(encoded(draw, one) + draw(BETWEEN) for one in mark)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    number = draw(st.sampled_from(NUMBERS))
    gap = draw(st.sampled_from(["", " ", "-", "–", "—", "　", "·", "－"]))
    every = draw(st.booleans())
    places = set(range(len(number) - 1)) if every else draw(st.sets(st.integers(2, len(number) - 2), max_size=3))
    unseen = st.sampled_from(["", "", "", "\u200b", "\u2060", "\u00ad", "\ufe0f", "<b></b>"])
    wide = st.booleans()
    return "".join(
        (one.translate(WIDE) if draw(wide) else one) + draw(unseen) + (gap if place in places else "")
        for place, one in enumerate(number)
    )


def event(**data: Any) -> bytes:
    whole = {"issuer": "510104-office", "title": "通知", "reach": {"areas": ["510104"], "tiers": ["township"]}} | data
    kept = {
        "specversion": "1.0",
        "id": "1",
        "source": "//t",
        "type": "burden.request.issued.v1",
        "time": "2026-03-02T08:00:00+08:00",
    }
    return json.dumps(kept | {"data": whole}, ensure_ascii=False).encode()


@given(st.text(PROSE, max_size=20), marks(), st.text(PROSE, max_size=20))
def test_no_disguise_hides_a_mark(before: str, mark: str, after: str) -> None:
    text = f"{before}，{mark}，{after}"
    for ask in (
        lambda: checked_text("note", text),
        lambda: checked_tree([{"a": [text]}]),
        lambda: decode(event(note=text)),
    ):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.secret


@given(st.text(PROSE, max_size=20), numbers(), st.text(PROSE, max_size=20))
def test_no_disguise_hides_a_number(before: str, number: str, after: str) -> None:
    text = f"{before}，{number}，{after}"
    kept, count = masked({"note": text})
    assert count == 1
    assert kept["note"].startswith(f"{before}，")
    assert kept["note"].endswith(f"，{after}")
    body = msgspec.json.encode({"note": text})
    assert look(body, body.decode())[2]
    assert decode(event(note=text)).masked == 1


@given(st.text(PROSE))
def test_ordinary_prose_passes_unchanged(text: str) -> None:
    assert checked_text("note", text) == text
    assert checked_tree({"note": [text]}) == ({"note": [text]}, 0)


CHARACTERS = st.characters(exclude_categories=()) | st.sampled_from(
    "<>&;#\\u★密机绝秘内部级年0123456789-. \u202e\ufffe\ud800"
)
TEXTS = st.text(CHARACTERS)


@given(TEXTS, st.booleans())
def test_any_text_is_answered_and_what_passed_passes_again(text: str, lines: bool) -> None:
    try:
        kept = checked_text("note", text, lines=lines)
    except Refused as refused:
        if not refused.faults:
            raise AssertionError("refused without a fault") from refused
        return
    assert masked(kept) == (kept, 0)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, lambda v: st.lists(v) | st.dictionaries(TEXTS, v))
)
def test_any_tree_is_answered(tree: Any) -> None:
    try:
        checked_tree(tree)
    except Refused as refused:
        if not refused.faults:
            raise AssertionError("refused without a fault") from refused
