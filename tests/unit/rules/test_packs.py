"""Packs: the shipped ones are whole and tested; bad ones are refused with file and line, all faults at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from streams.rules import Pack, PackFaults, Rulebook, check_files, in_force, json_schema, load, shipped
from streams.rules.loading import Fault
from streams.rules.testing import Verdict, run, shipped_tests, untested
from streams.rules.timeline import Timeline

PACKS = Path(__file__).parents[3] / "infra" / "packs"
HEAD = """version: 1
kind: rule-pack
name: {name}
title: {{zh: 测试, en: Test}}
area: "{area}"
source: {{title: 测试}}
from: 2026-01-01
"""
RULE = """  - id: R06-length
    title: {zh: 长, en: Long}
    basis: {instrument: x}
    family: event
    table: events
    value: char_count
    limit: 5000
    layer: notice
    severity: low
    tell: [issuer]
    exempt: [upward]
"""


@pytest.fixture(scope="module")
def packs() -> tuple[Pack, ...]:
    return load(shipped())


@pytest.fixture(scope="module")
def verdicts(packs: tuple[Pack, ...]) -> tuple[Verdict, ...]:
    return run(packs, shipped_tests())


def written(folder: Path, name: str, body: str, area: str = "") -> Path:
    path = folder / f"{name}.yml"
    path.write_text(HEAD.format(name=name, area=area) + body, encoding="utf-8")
    return path


def test_every_timeline_of_the_shipped_packs_holds(verdicts: tuple[Verdict, ...]) -> None:
    assert len(verdicts) > 50
    assert [problem for verdict in verdicts for problem in verdict.problems] == []


def test_no_rule_ships_without_a_timeline_that_sees_it_fire(
    packs: tuple[Pack, ...], verdicts: tuple[Verdict, ...]
) -> None:
    assert untested(packs, verdicts) == ()


def test_the_golden_cases_are_all_there() -> None:
    golden = YAML(typ="safe", pure=True).load(PACKS / "tests" / "golden.yml")
    assert len(golden["cases"]) == 9


def test_the_national_pack_covers_every_phenomenon(packs: tuple[Pack, ...]) -> None:
    national = next(pack for pack in packs if pack.name == "national")
    assert {rule.phenomenon for rule in national.rules} == {f"R{n:02d}" for n in range(1, 25)}


@pytest.mark.parametrize(
    ("name", "schema"), [("rule-pack", json_schema()), ("rule-test", Timeline.model_json_schema(by_alias=True))]
)
def test_the_schemas_for_editors_are_those_of_the_models(name: str, schema: dict[str, object]) -> None:
    shipped_schema = json.loads((PACKS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(shipped_schema)
    assert {**shipped_schema, "$schema": ""} == {**json.loads(json.dumps(schema)), "$schema": ""}


def test_all_faults_are_named_at_once_with_their_lines(tmp_path: Path) -> None:
    bad = RULE.replace("limit: 5000", "limit: many").replace("layer: notice", "layer: guess") + RULE.replace(
        "char_count", "char_cuont"
    ).replace("R06-length", "R06-width")
    faults = check_files([written(tmp_path, "bad", "rules:\n" + bad)])
    assert [(one.line, one.field) for one in faults] == [(15, "rules.0.limit"), (16, "rules.0.layer")]
    mended = bad.replace("many", "1").replace("guess", "notice")
    (fault,) = check_files([written(tmp_path, "typo", "rules:\n" + mended)])
    assert (fault.line, fault.field) == (25, "rules.1.value")
    assert "char_cuont" in str(fault)
    assert str(fault).startswith(f"{tmp_path}/typo.yml:25:")


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("value: char_count", "value: title", "not a number"),
        ("table: events", "table: evnets", "no such table"),
        ("family: event", "family: absence", "is of event"),
        ("tell: [issuer]", "tell: [issuer, supervising]", "only a breach"),
        ("layer: notice", "layer: breach", "told to the supervising body"),
        ("limit: 5000", "limit: 5000\n    clear: 6000", "quiet side"),
        ("limit: 5000", "limit: 5000\n    for: soon", "such as 14d"),
        ("id: R06-length", "id: R99-length", "pattern"),
        ("exempt: [upward]", "exempts: [upward]", "not permitted"),
        ("value: char_count", "value: 'char_count >'", "no SQL"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_reason(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    faults = check_files([written(tmp_path, "one", "rules:\n" + RULE.replace(wrong, right))])
    assert len(faults) == 1
    assert said in str(faults[0])


@pytest.mark.parametrize("text", ["a: [", "", "- 1"])
def test_what_is_no_pack_is_one_fault(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.yml"
    path.write_text(text, encoding="utf-8")
    (fault,) = check_files([path])
    assert isinstance(fault, Fault)
    assert fault.file == str(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("limit: 6000", "loosens the limit 5000"),
        ("layer: fact", "weaker than notice"),
        ("tell: [unit]", "leaves out somebody"),
        ("without: [emergency]", "is no exemption of this rule"),
        ("layer: breach", "told to the supervising body"),
        ("clear: 5500", "ends findings sooner"),
        ("for: 1d", "waits longer"),
    ],
)
def test_a_lower_pack_may_not_loosen(tmp_path: Path, change: str, said: str) -> None:
    upper = written(tmp_path, "upper", "rules:\n" + RULE)
    lower = written(
        tmp_path, "lower", f"tighten:\n  - rule: R06-length\n    basis: {{instrument: y}}\n    {change}\n", "51"
    )
    (fault,) = check_files([upper, lower])
    assert "R06-length" in fault.rule or "R06-length" in str(fault)
    assert said in fault.rule
    assert fault.file == str(lower)


def test_a_lower_pack_may_tighten_and_the_lowest_has_the_last_word(tmp_path: Path) -> None:
    change = "tighten:\n  - rule: R06-length\n    basis: {{instrument: y}}\n    limit: {}\n    without: [upward]\n"
    paths = [
        written(tmp_path, "upper", "rules:\n" + RULE),
        written(tmp_path, "middle", change.format(4000), "51"),
        written(tmp_path, "lower", change.format(3000).replace("    without: [upward]\n", ""), "5101"),
    ]
    book = Rulebook(load(paths))
    day = date(2026, 3, 2)
    limits = {area: book.in_force(area, day)[0].rule.limit for area in ("", "51", "510104", "5102", "37")}
    assert limits == {"": 5000, "51": 4000, "510104": 3000, "5102": 4000, "37": 5000}
    lowest = book.rule("R06-length", "510104", day)
    assert lowest is not None
    assert lowest.rule.exempt == ()
    assert lowest.changed == ("upper@2026-01-01", "middle@2026-01-01")
    assert in_force(book.packs, "510104", date(2025, 12, 31)) == ()


def test_two_versions_of_a_pack_may_not_apply_on_one_day(tmp_path: Path) -> None:
    one, other = written(tmp_path, "same", "rules:\n" + RULE), tmp_path / "other.yml"
    other.write_text(one.read_text(encoding="utf-8").replace("2026-01-01", "2026-06-01"), encoding="utf-8")
    with pytest.raises(PackFaults, match="two versions apply on one day"):
        load([one, other])
    one.write_text(one.read_text(encoding="utf-8").replace("rules:", "to: 2026-06-01\nrules:"), encoding="utf-8")
    book = Rulebook(load([one, other]))
    editions = [book.in_force("", date(2026, month, 1))[0].edition for month in (5, 6)]
    assert editions == ["same@2026-01-01", "same@2026-06-01"]
