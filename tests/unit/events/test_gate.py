"""The gate: what is marked, what no text may hold, what is masked; and that nobody gets around it."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import Any

import msgspec
import pytest

from streams.events import Refused, decode
from streams.events.characters import printable, unfit
from streams.events.disguise import bared
from streams.events.gate import WITHHELD, checked_text, checked_tree, kept_name
from streams.events.quick import look

MARKED = (
    "机密★10年",
    "绝密★启用前",
    "秘密★",
    "秘密 5年",
    "密级：机密",
    "机密级",
    "绝密件",
    "【机密】",
    "(秘密)",
    "工作秘密",
    "内部资料 注意保存",
    "機密★10年",
    "絕密★",
    "絶密★",
    "祕密★1年",
    "秘宻★",
    "密級：絕密",
    "內部資料，嚴禁外傳",
    "內部文件 不得外傳",
    "㊙密★",
    "机密⭐10年",
    "机密☆",
    "机密✩",
    "机密✭3年",
    "机密＊",
    "机密*",
    "机密※10年",
    "机密🌟",
    "机密✱",
    "机密⑤年",
    "机‐密★10年",
    "机-密★",
    "机—密★",
    "机－密 ★",
    "机·密★",
    "机​密★",
    "机\ufeff密★",
    "机\u2060密\u200d★",
    "机\u0301密★",
    "机\ufe0f密★",
    "机\u00ad密★",
    "机<b></b>密★10年",
    "机<span style='x'>密</span>★",
    "<b>机密</b>★",
    "机&nbsp;密★",
    "机&#8203;密★",
    "&#26426;&#23494;★",
    "&#x673a;&#x5bc6;&#9733;",
    "&amp;#26426;&amp;#23494;★",
    "机&lt;b&gt;密★",
    "\\u673a\\u5bc6\\u2605",
    "机密&starf;",
    "<b 机密★10年>",
    "绝密文件：关于某事",
    "绝密文件",
    "绝密",
    "机密：名单",
    "秘密",
    "绝密文件 关于部署",
    "机密 关于部署的通知",
    "请查收。绝密文件：名单",
    "第一行\n机密\n第三行",
)
SPOKEN = (
    "学习保守国家秘密法的通知",
    "保密工作会议",
    "保护商业秘密专项行动",
    "隐蔽战线与秘密战线教育",
    "国家保密局关于检查的通知",
    "内部资料整理",
    "内部文件管理",
    "绝密文件管理办法",
    "机密文件、秘密文件的定密",
    "绝密、机密、秘密三级的划分",
    "工作秘密管理规定",
    "密切联系群众",
    "严禁泄露国家秘密",
    "涉密载体清退",
    "秘密级别的认定",
    "机密件数统计",
    "保守商业秘密5年来的经验",
    "内部参考",
    "年内部署到位",
    "商业秘密保护（二）",
    "密码法宣传★重点",
    "机密 文件管理",
    "a < b 且 b > c",
    "R&D 投入",
    "C:\\users\\data",
)


def request(**data: Any) -> dict[str, Any]:
    whole = {
        "issuer": "510104-office",
        "title": "关于报送材料的通知",
        "reach": {"areas": ["510104"], "tiers": ["township"]},
    }
    return {
        "specversion": "1.0", "id": "1", "source": "//t", "type": "burden.request.issued.v1", "time": "2026-03-02T08:00:00+08:00",
        "data": whole | data,
    }  # fmt: skip


def refused(event: dict[str, Any], *, ascii: bool = False) -> Refused:
    with pytest.raises(Refused) as caught:
        decode(json.dumps(event, ensure_ascii=ascii).encode())
    return caught.value


@pytest.mark.parametrize("text", MARKED)
def test_a_mark_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(Refused) as caught:
        checked_text("note", text)
    assert caught.value.secret
    assert str(caught.value).startswith("note: is marked secret")
    assert text not in str(caught.value)
    for event in (request(title=text), request(more=[{"deep": [text]}]), request(**{text: 1})):
        assert refused(event).secret
        assert refused(event, ascii=True).secret


@pytest.mark.parametrize("text", SPOKEN)
def test_what_speaks_of_secrecy_passes_unchanged(text: str) -> None:
    assert checked_text("title", text) == text
    assert decode(json.dumps(request(title=text, note=text)).encode()).title == text


@pytest.mark.parametrize(
    "data",
    [
        {"密级": "机密"},
        {"密级": "内部"},
        {"密級": "絕密"},
        {"security_level": "绝密"},
        {"securityLevel": "TOP SECRET"},
        {"Security-Level": "confidential"},
        {"classification": "Secret"},
        {"ｓｅｃｒｅｃｙ": "ｓｅｃｒｅｔ"},
        {"more": {"secrecy": "机密级"}},
        {"more": [{"密\u200b级": ["秘密"]}]},
        {"items": [{"element": "a", "secrecy": "机密"}]},
        {"items": [{"element": "a", "secrecy": "confidential"}]},
        {"保密等级": {"level": "机密"}},
        {"secrecy": "confidential"},
        {"security_level": "sec\u200bret"},
        {"sеcrеcy": "sеcrеt"},
    ],
)
def test_a_class_in_a_field_of_its_own(data: dict[str, Any]) -> None:
    assert refused(request(**data)).secret
    with pytest.raises(Refused):
        checked_tree({"data": data})


@pytest.mark.parametrize(
    "data", [{"secrecy": "none"}, {"密级": "公开"}, {"密级": "非密"}, {"security_level": "open"}, {"note": "secretary"}]
)
def test_no_class_is_none(data: dict[str, Any]) -> None:
    assert decode(json.dumps(request(**data)).encode()).id == "1"


UNFIT = (
    "\x01",
    "\x08",
    "\x0c",
    "\x1f",
    "\x7f",
    "\x85",
    "\x9f",
    "\ufffe",
    "\uffff",
    "\ufdd0",
    "\ufdef",
    "\U0001fffe",
    "\U0010ffff",
)
TURNED = ("\u202a", "\u202e", "\u2066", "\u2069")


@pytest.mark.parametrize("character", [*UNFIT, *TURNED])
def test_what_no_text_may_hold_is_refused_by_its_code_point(character: str) -> None:
    with pytest.raises(Refused, match=f"U\\+{ord(character):04X}"):
        checked_text("note", f"说明{character}文字")
    for event in (
        request(title=f"说明{character}"),
        request(more=[{f"名{character}": 1}]),
        request() | {"source": f"//a{character}"},
    ):
        for ascii in (False, True):
            found = refused(event, ascii=ascii)
            assert found.code == "control"
            assert character not in found.source + found.id
    assert printable(f"说明{character}文字") == "说明文字"


def test_line_breaks_only_where_there_are_lines() -> None:
    assert checked_text("note", "一\n二\t三") == "一\n二\t三"
    assert decode(json.dumps(request(content="一\n二\r\n\t三")).encode()).masked == 0
    with pytest.raises(Refused, match=r"U\+000A"):
        checked_text("owner", "一\n二", lines=False)
    with pytest.raises(Refused, match=r"U\+D800"):
        checked_text("note", "\ud800")


def test_a_marked_name_is_withheld() -> None:
    assert kept_name("//oa/机密★10年") == WITHHELD
    assert kept_name("//oa/510104") == "//oa/510104"
    found = refused(request() | {"source": "//oa/机密★10年", "id": "绝密★"})
    assert (found.source, found.id, found.secret) == (WITHHELD, "", True)


def test_the_quick_look_knows_every_character_that_is_refused_or_stands_for_another() -> None:
    """One pass over all of Unicode: nothing refused passes for ordinary, and nothing ordinary becomes a letter, digit or part of a mark."""
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code <= 0xDFFF or code < 0x80:
            continue
        one = chr(code)
        body = msgspec.json.encode(one)
        if look(body, body.decode())[0]:
            continue
        assert unfit(one) == "", hex(code)
        plain = bared(one)
        assert not any(letter.isascii() and letter.isalnum() for letter in plain), hex(code)
        assert plain or unicodedata.category(one) in ("Mn", "Mc", "Me"), hex(code)
        assert "密" not in plain or one in "密宻", hex(code)
        assert "内" not in plain or one in "内內", hex(code)


def test_a_tree_of_any_depth_is_answered() -> None:
    tree: Any = "x"
    for _ in range(50_000):
        tree = [tree]
    with pytest.raises(Refused, match="nested"):
        checked_tree(tree)
    assert checked_tree({"a": ["联系人13800138000"]}) == ({"a": ["联系人138********"]}, 1)
    assert checked_tree(5) == (5, 0)
