"""Personal numbers are masked wherever a text can hold one; identifiers, codes and times are left alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.events import personal
from streams.events.quick import look

CARD = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"身份证{CARD}。", "身份证110***************。"),
        ("联系人13800138000", "联系人138********"),
        ("电话 +86 138 0013 8000", "电话 +86**************"),
        ("座机010-62345678", "座机010*********"),
        ("110105194912310021", "110105194912310021"),
        ("编号20260303150000", "编号20260303150000"),
        ("第1380013800号", "第1380013800号"),
    ],
)
def test_numbers_in_texts(text: str, shown: str) -> None:
    found, count = personal.masked({"title": text})
    assert found == {"title": shown}
    assert count == (text != shown)


@pytest.mark.parametrize("key", ["id", "source", "parent_id", "deadline_at", "units", "doc_no"])
def test_known_identifiers_are_left_alone(key: str) -> None:
    tree: dict[str, Any] = {key: "13800138000"}
    assert personal.masked(tree) == (tree, 0)


@pytest.mark.parametrize("key", ["contact_id", "phone_at", "note"])
def test_an_unknown_field_is_masked_whatever_its_name(key: str) -> None:
    assert personal.masked({"data": {key: ["13800138000"]}}) == ({"data": {key: ["138********"]}}, 1)


def test_a_bare_number_is_masked_too() -> None:
    assert personal.masked({"phone": 13800138000}) == ({"phone": "138********"}, 1)
    assert personal.masked({"rows": 1380013800}) == ({"rows": 1380013800}, 0)


def test_card_check_digit() -> None:
    assert personal.is_card(CARD)
    assert not personal.is_card("110105194912310021")


DISGUISED = (
    "１３８００１３８０００",
    "138００138000",
    "138　0013　8000",
    "138–0013–8000",
    "138.0013.8000",
    "138·0013·8000",
    "1 3 8 0 0 1 3 8 0 0 0",
    "138\u200b00138000",
    "1\u00ad3\u20608\ufeff00138000",
    "138<b>0013</b>8000",
    "138&nbsp;0013&nbsp;8000",
    "&#49;3800138000",
    "138\t00138000",
    "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
    "1380013\u03018000",
    "电话-13800138000",
    "联系人A：13800138000",
    "①13800138000",
    "１１０１０５１９４９１２３１００２Ｘ",
    "110105 19491231 002X",
    "110105-1949-1231-002x",
    "０１０－６２３４５６７８",
    "0571 8888 8888",
    "010-6234-5678",
)


@pytest.mark.parametrize("text", DISGUISED)
def test_a_number_in_disguise_is_masked_in_the_original(text: str) -> None:
    found, count = personal.masked({"note": f"请于周五前报{text}，勿误。"})
    assert count == 1
    assert found["note"].startswith("请于周五前报")
    assert found["note"].endswith("*，勿误。")
    assert personal.masked(found) == (found, 0)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04 17:30:00",
        "19.5.2026 10:30",
        "东经138.12345678度",
        "第1、3、8、0、0、1、3、8条",
        "2026年11月25日至12月31日",
        "510104017001",
        "成办函〔2026〕12号",
        "13.5%、14.2%、15.8%、16.1%",
        "共1380万元，其中13亿",
        "2026－11－25",
    ],
)
def test_other_numbers_stand(text: str) -> None:
    assert personal.masked({"note": text}) == ({"note": text}, 0)


@pytest.mark.parametrize("text", [CARD, "13800138000", "138 0013 8000", "138-0013-8000", "010-62345678", *DISGUISED])
def test_the_quick_test_misses_nothing_that_is_masked(text: str) -> None:
    body = msgspec.json.encode({"title": text})
    assert look(body, body.decode())[2]
