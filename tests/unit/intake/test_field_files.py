"""Registers as offices keep them become the demands that they hold: small files of the kinds that are brought, each with what is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.events import decode
from streams.intake.registers import Line, read_files

FIELD = Path(__file__).parents[1] / "sheets" / "field"


def read(name: str, **common: str) -> tuple[list[dict[str, Any]], dict[int, Line]]:
    lines = list(read_files([FIELD / name], "", common))
    return [msgspec.json.decode(line.raw) for line in lines if line.raw], {
        int(line.place.rpartition(":")[2]): line for line in lines if not line.raw
    }


def test_an_incoming_register_below_its_title_with_totals_and_a_secret() -> None:
    events, left = read("01-incoming-register.xlsx", kind="文件", units="510104017")
    assert [event["data"]["title"] for event in events] == [
        "关于报送春季开学安全检查情况的通知",
        "关于召开防汛工作调度会的通知",
        "关于填报应急物资台账的函",
    ]
    assert {event["data"]["reach"]["units"][0] for event in events} == {"510104017"}
    assert "doc_no" not in events[2]["data"], "a placeholder is no number"
    assert left[7].faults[0].code == "secret"
    assert "锦组通" not in str(left[7])
    assert left[8].notice == "left out: is a total"
    assert "序号" in left[3].notice


def test_gb18030_keeps_rare_characters_commas_breaks_and_quotes() -> None:
    events, left = read("04-forms-gb18030.csv")
    assert not any(line.faults for line in left.values())
    titles = [event["data"]["title"] for event in events]
    assert titles[0] == "低保对象核查表（含䶮、㐂等生僻字）"
    assert "\n" in titles[1]
    assert '"零报告"' in titles[2]
    assert events == read("04-forms-gb18030.csv")[0], "the same events when it is sent again"


def test_utf_16_with_tabs_is_read_as_what_it_is() -> None:
    events, _ = read("05-unicode-text.csv")
    assert [event["id"] for event in events] == ["U-1"]


def test_codes_lose_their_padding_and_never_their_digits() -> None:
    events, left = read("06-codes.csv")
    assert "lost digits" in left[2].faults[0].rule
    reach = {event["id"]: event["data"]["reach"] for event in events}
    assert reach["C-2"]["units"] == ["510104017"]
    assert [reach[name]["areas"] for name in ("C-3", "C-4", "C-6")] == [["510104"]] * 3


def test_one_number_written_in_six_ways_is_one_and_placeholders_are_none() -> None:
    events, _ = read("08-document-numbers.csv")
    numbers = {event["id"]: decode(msgspec.json.encode(event)).doc_no for event in events}
    assert {numbers[f"N-{n}"] for n in range(1, 7)} == {"锦教发〔2026〕12号"}
    assert {numbers[f"N-{n}"] for n in range(7, 10)} == {""}


def test_one_bad_line_stops_no_other() -> None:
    events, left = read("16-stray-quote.csv")
    assert [event["id"] for event in events] == ["Q-1", "Q-3", "Q-4"]
    assert "cannot be read" in left[3].faults[0].rule


@pytest.mark.parametrize("heading", ["密级", "保密级别"])
def test_a_secret_is_seen_in_a_column_that_is_left_out(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f"类型,发文机关,标题,发布时间,{heading}\n文件,510104-office,某事,2026-03-03,机密\n文件,510104-office,他事,2026-03-03,\n"
    )
    lines = list(read_files([path]))
    assert [line.faults[0].code for line in lines if line.faults] == ["secret"]
    assert "某事" not in str([line for line in lines if line.faults])
    assert sum(bool(line.raw) for line in lines) == 1
