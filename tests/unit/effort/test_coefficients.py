"""The coefficients file: the shipped one is sound, faulty ones say what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.calendars import Calendar
from streams.effort import CoefficientError, Estimator, read_coefficients
from streams.effort.coefficients import packaged_coefficients
from streams.events.model import KINDS

GOOD = """
version: 1
ceiling: 1000
sources: {s: somewhere}
coefficients:
  group.tap: {per: [1, 2, 3], source: s, evidence: assumed, what: one tap}
"""


def test_every_kind_has_coefficients_with_a_source() -> None:
    shipped = packaged_coefficients()
    assert {name.split(".")[0] for name in shipped.coefficients} == set(KINDS)
    assert set(shipped.sources) == {one.source for one in shipped.coefficients.values()}
    assert all(len(text) > 20 for text in shipped.sources.values())


def test_assumed_costs_have_intervals() -> None:
    for name, one in packaged_coefficients().coefficients.items():
        low, likely, high = one.values
        assert low <= likely <= high, name
        if one.evidence == "assumed" and one.per is not None:
            assert high >= 2 * low, name


def written(folder: Path, text: str) -> Path:
    path = folder / "own.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_files_are_read(tmp_path: Path) -> None:
    own = read_coefficients(written(tmp_path, GOOD))
    assert own.coefficients["group.tap"].values == (1, 2, 3)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[1, 2, 3]", "[3, 2, 1]", "must ascend"),
        ("[1, 2, 3]", "[1, 2]", "group.tap.per"),
        ("[1, 2, 3]", "[-1, 2, 3]", "greater than or equal to 0"),
        ("[1, 2, 3]", "[1, 2, .inf]", "group.tap.per"),
        ("[1, 2, 3]", "[1, two, 3]", "valid number"),
        ("source: s", "source: t", "'t' is not among the sources"),
        ("evidence: assumed", "evidence: sure", "evidence"),
        ("what: one tap", "what: one tap, colour: red", "colour"),
        ("ceiling: 1000", "ceiling: 0", "ceiling"),
        ("version: 1", "version: 2", "version"),
        ("per: [1, 2, 3]", "per: [1, 2, 3], default: [1, 2, 3]", "either per or default"),
        ("{s: somewhere}", "{s: [", "cannot be read"),
    ],
)
def test_faulty_files_are_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(CoefficientError, match="own.yml") as caught:
        read_coefficients(written(tmp_path, GOOD.replace(old, new)))
    assert fault in str(caught.value)
    with pytest.raises(CoefficientError, match="cannot be read"):
        read_coefficients(tmp_path / "missing.yml")


def test_a_file_that_lacks_a_coefficient_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(CoefficientError, match=r"document\.readers"):
        Estimator(read_coefficients(written(tmp_path, GOOD)), Calendar.load())
