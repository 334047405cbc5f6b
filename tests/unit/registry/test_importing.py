"""Own organisations: good files become a new version, faulty ones say every fault; positions re-map by code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from streams.events.model import Reach
from streams.registry import Range, RegistryError, UnknownLine, load, lost, remap
from streams.registry.importing import ImportRefused, import_files

DAY = date(2026, 3, 1)
HEAD = "code,name,tier,line,staff,valid_from,valid_to\n"


def written(folder: Path, text: str, name: str = "units.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        import_files([written(folder, text)], folder / "extra", DAY)
    assert not (folder / "extra").exists()
    return [str(fault) for fault in caught.value.faults]


def test_a_new_township_moves_only_its_tier(tmp_path: Path) -> None:
    path = written(
        tmp_path, HEAD + "510104098,测试街道,township,,80,2025-01-01,\n510104098001,测试社区居委会,village,,,,\n"
    )
    done = import_files([path], tmp_path / "extra", DAY)
    old, new = load(), load(tmp_path / "extra")
    assert done.moved == ("township", "village")
    assert (done.version, done.rows) == (new.version, 2)
    assert new.version.startswith("2023-06-30+")
    assert new.size(4) == 41_353
    assert new.name_of("510104098") == "测试街道"
    assert new.division("510104098").sort == "own"
    assert new.staff_of("510104098") == 80
    assert int(new.staff(4)[new.rank_of("510104098")[1]]) == 80
    assert [one.name for one in new.path_of("510104098001")] == [
        "全国",
        "四川省",
        "成都市",
        "锦江区",
        "测试街道",
        "测试社区居委会",
    ]
    assert new.resolve(Reach(areas=("510104098",), tiers=("village",))) == (Range(5, *new.range_of("510104098", 5)),)
    assert old.shards(8).starts == new.shards(8).starts


def test_ranges_remap_by_code(tmp_path: Path) -> None:
    import_files([written(tmp_path, HEAD + "110101099,甲街道,,,,,\n510104098,乙街道,,,,,\n")], tmp_path / "extra", DAY)
    old, new = load(), load(tmp_path / "extra")
    ranges = old.resolve(Reach(areas=("51",), tiers=("township", "county")))
    there = remap(old, new, ranges)
    assert sorted(codes(new, there)) == sorted(codes(old, ranges))
    assert len([one for one in there if one.tier == 4]) == 2, "the new township lies in between and is not added"
    assert remap(new, old, there) == ranges
    assert lost(old, new, ranges) == ()
    assert remap(old, old, ranges) == ranges


def test_units_that_are_gone_drop_out_and_are_named(tmp_path: Path) -> None:
    villages = [str(code) for code in load().codes(5)[slice(*load().range_of("510104017", 5))]]
    rows = "".join(f"{code},已撤销,,,,,2026-01-01\n" for code in ["510104017", *villages])
    import_files([written(tmp_path, HEAD + rows)], tmp_path / "extra", DAY)
    old, new = load(), load(tmp_path / "extra")
    ranges = old.resolve(Reach(areas=("510104",), tiers=("township",)))
    assert new.find("510104017") is None
    assert lost(old, new, ranges) == ("510104017",)
    assert sorted(codes(new, remap(old, new, ranges))) == [code for code in codes(old, ranges) if code != "510104017"]
    assert lost(old, new, old.resolve(Reach(units=("510104017001",)))) == ("510104017001",)
    assert remap(old, new, old.resolve(Reach(units=("510104017001",)))) == ()


def test_an_imported_line_has_only_its_own_units(tmp_path: Path) -> None:
    text = HEAD + "510104,锦江区森林防火办,county,forest-fire,12,,\n000000-forest-fire,国家森林草原防灭火指挥部,,,,,\n"
    done = import_files([written(tmp_path, text)], tmp_path / "extra", DAY)
    new = load(tmp_path / "extra")
    tier = new.tier_id("county-forest-fire")
    assert tier == 16 + 3 * 60 + 2
    assert done.moved == ("county-forest-fire", "prefecture-forest-fire", "province-forest-fire")
    assert list(new.codes(tier)) == ["510104-forest-fire"]
    assert new.resolve(Reach(areas=("51",), tiers=("county",), lines=("forest-fire",))) == (Range(tier, 0, 1),)
    assert new.issuer("000000-forest-fire").name_zh == "国家森林草原防灭火指挥部"
    assert new.issuer("510104-forest-fire").name_zh == "锦江区森林防火办"
    with pytest.raises(UnknownLine, match="import the issuer"):
        new.issuer("510105-forest-fire")
    with pytest.raises(UnknownLine):
        load().issuer("510104-forest-fire")
    assert remap(new, load(), (Range(tier, 0, 1),)) == ()
    assert lost(new, load(), (Range(tier, 0, 1),)) == ("510104-forest-fire",)


def test_later_imports_keep_ids_and_rows(tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    import_files([written(tmp_path, HEAD + "510104,甲办,,zeta-line,,,\n")], extra, DAY)
    first = load(extra)
    import_files([written(tmp_path, HEAD + "510104,乙办,,alpha-line,,,\n")], extra, DAY)
    second = load(extra)
    assert first.tier_id("county-zeta-line") == second.tier_id("county-zeta-line")
    assert second.tier_id("county-alpha-line") == second.tier_id("county-zeta-line") + 3
    assert second.version != first.version
    import_files([written(tmp_path, HEAD + "510104,乙办,,alpha-line,,,\n")], extra, DAY)
    assert load(extra).version == second.version, "the same rows are the same version"


def test_a_bureau_can_be_named_and_staffed(tmp_path: Path) -> None:
    done = import_files(
        [written(tmp_path, HEAD + "510104-education,锦江区教育和体育局,county-education,,45,,\n")],
        tmp_path / "extra",
        DAY,
    )
    new = load(tmp_path / "extra")
    assert done.moved == ()
    assert new.name_of("510104-education") == new.issuer("510104-education").name_zh == "锦江区教育和体育局"
    assert new.staff_of("510104-education") == 45
    assert new.size(new.tier_id("county-education")) == 2_978


def test_planned_rows_wait(tmp_path: Path) -> None:
    extra, path = tmp_path / "extra", written(tmp_path, HEAD + "510104098,将设街道,,,,2026-07-01,\n")
    import_files([path], extra, DAY)
    assert load(extra).find("510104098") is None
    import_files([path], extra, date(2026, 7, 1))
    assert load(extra).find("510104098") is not None


def test_a_planned_row_leaves_a_listed_unit_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "510104017,将改名街道,,,,2026-07-01,\n510104,将改名局,,education,,2026-07-01,\n")
    assert import_files([path], tmp_path / "extra", DAY).moved == ()
    before, after = load(), load(tmp_path / "extra")
    assert after.rank_of("510104017") == before.rank_of("510104017")
    assert after.name_of("510104017") == before.name_of("510104017")
    assert after.name_of("510104-education") == "锦江区教育局"
    import_files([path], tmp_path / "extra", date(2026, 7, 1))
    assert load(tmp_path / "extra").name_of("510104017") == "将改名街道"


def test_a_planned_row_does_not_replace_an_own_unit(tmp_path: Path) -> None:
    import_files([written(tmp_path, HEAD + "510104098,甲街道,,,,,\n")], tmp_path / "extra", DAY)
    with pytest.raises(ImportRefused, match="listed today under another row"):
        import_files([written(tmp_path, HEAD + "510104098,乙街道,,,,2026-07-01,\n")], tmp_path / "extra", DAY)


def test_xlsx_with_numbers_dates_and_chinese_headers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["代码", "名称", "层级", "条线", "编制", "生效日期", "失效日期"])
    sheet.append([510104098, "测试街道", "township", None, 80.0, date(2025, 1, 1), None])
    path = tmp_path / "units.xlsx"
    book.save(path)
    import_files([path], tmp_path / "extra", DAY)
    row = load(tmp_path / "extra").overlay.rows["510104098"]
    assert (row.staff, row.valid_from, row.state) == (80, date(2025, 1, 1), "listed")


def test_csv_saved_by_a_chinese_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes("代码,名称\r\n510104098,测试街道\r\n".encode("gb18030"))
    import_files([path], tmp_path / "extra", DAY)
    assert load(tmp_path / "extra").name_of("510104098") == "测试街道"


def test_every_fault_is_named_with_file_and_line(tmp_path: Path) -> None:
    told = faults_of(
        tmp_path,
        HEAD
        + "51010,短,,,,,\n"
        + "510104098,,village,,-3,2025-13-01,\n"
        + "510104017,某街道,,education,,,\n"
        + "510104,某局,,Bad Line,,,\n"
        + "510104-health,某局,,education,,2026-02-01,2026-01-01\n",
    )
    starts = [
        "units.csv:2: code: '51010': is no unit code",
        "units.csv:3: tier: 'village': does not fit the code, which is a township",
        "units.csv:3: name: ''",
        "units.csv:3: staff: '-3'",
        "units.csv:3: valid_from: '2025-13-01': is no date",
        "units.csv:4: line: 'education': a township has no bureaus",
        "units.csv:5: line: 'Bad Line'",
        "units.csv:6: line: 'education': differs from the line in the code",
        "units.csv:6: valid_to: '2026-01-01': must be after valid_from",
    ]
    assert len(told) == len(starts)
    assert all(fault.startswith(start) and "; " in fault for fault, start in zip(told, starts, strict=True))


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("519999,某县,,,,,\n", "units.csv:2: code: '519999': lies in 5199, which is not listed"),
        ("510104098,甲,,,,,\n510104098,乙,,,,,\n", "units.csv:3: code: '510104098': already stands in units.csv:2"),
        ("510104017,撤,,,,,2026-01-01\n", "units.csv:2: valid_to: '2026-01-01': still has units of tier village"),
        ("510104098,撤,,,,,2026-01-01\n", "units.csv:2: code: '510104098': closes a unit that is not listed"),
        ("510104098,甲,,,,,,,\n510104099,乙,,,,,,多\n", "units.csv:3: row:"),
        ("000000,中央,,,,,\n", "units.csv:2: code: '000000'"),
    ],
)
def test_rows_that_do_not_fit_the_nation(tmp_path: Path, rows: str, fault: str) -> None:
    assert faults_of(tmp_path, HEAD + rows)[0].startswith(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("code,colour\n", "is no known column"),
        ("name\n", "code"),
        ("code,name,code\n", "once"),
        ("code,name,tier,level\n", "twice"),
    ],
)
def test_wrong_headers(tmp_path: Path, text: str, fault: str) -> None:
    assert any(fault in one for one in faults_of(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "raw"), [("a.xlsx", b"no zip"), ("a.csv", b"\xff\xfe\xff\xff"), ("a.doc", b""), ("a.csv", b'"open')]
)
def test_unreadable_files(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(ImportRefused):
        import_files([tmp_path / name], tmp_path / "extra", DAY)
    with pytest.raises(ImportRefused):
        import_files([tmp_path / "missing.csv"], tmp_path / "extra", DAY)


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "organisations.csv").write_text("what,is,this\n")
    with pytest.raises(RegistryError, match="import the organisations again"):
        load(tmp_path)


def test_no_extra_directory_is_the_nation(tmp_path: Path) -> None:
    assert load(tmp_path / "none") is load()


def codes(registry: object, ranges: tuple[Range, ...]) -> list[str]:
    return [registry.code_of(one.tier, rank) for one in ranges for rank in range(one.lo, one.hi)]  # type: ignore[attr-defined]
