"""The Chinese font that is served to computers that have none: it is there, and it can draw what pages say."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.dashboard.figures import registry

STATIC = Path(__file__).parents[3] / "dashboard" / "static"
SHEET = (STATIC / "fonts" / "fonts.css").read_text(encoding="utf-8")
COVERED = {int(point, 16) for point in re.findall(r"U\+([0-9A-F]+)", SHEET)}


def lacking(text: str) -> set[str]:
    return {one for one in text if ord(one) >= 0x2E80 and ord(one) not in COVERED}


def test_the_style_sheet_names_files_that_are_there_and_nothing_elsewhere() -> None:
    files = re.findall(r"url\('([^']+)'\)", SHEET)
    assert len(files) == 2
    for name in files:
        assert (STATIC / "fonts" / name).read_bytes()[:4] == b"wOF2"
    assert "http" not in SHEET
    assert "fonts/fonts.css" in (STATIC / "burden.css").read_text(encoding="utf-8")


def test_every_character_of_the_pages_can_be_drawn() -> None:
    for path in (STATIC.parent / "i18n").rglob("*.po"):
        assert not lacking(path.read_text(encoding="utf-8")), f"{path}: run python -m infra.data.fonts.build"


def test_names_of_divisions_can_be_drawn() -> None:
    one = registry()
    for area in ("", "51", "5101", "510104", "65"):
        assert not lacking("".join(one.name_of(code) for code in one.children(area)))
