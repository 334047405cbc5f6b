"""Personal numbers are masked wherever a text can hold one; identifiers, codes and times are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from streams.events import personal

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


def test_the_quick_test_misses_nothing_that_is_masked() -> None:
    for text in (CARD, "13800138000", "138 0013 8000", "138-0013-8000", "010-62345678"):
        assert personal.may_hold_numbers(text.encode()), text
