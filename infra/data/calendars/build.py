"""Builds workdays.yml: 2026 as published, earlier years and the estimates of later ones from the library ``holidays``.

Run by hand each November after the State Council's notice: ``python -m infra.data.calendars.build``. Touches only the file beside it.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final

import holidays

FIRST, LAST_DERIVED, LAST_ESTIMATED = 2022, 2025, 2030
PUBLISHED: Final = """\
  2026:
    estimated: false
    source: 国务院办公厅关于2026年部分节假日安排的通知
    published: 2025-11-04
    off: 01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07
    work: 01-04 02-14 02-28 05-09 09-20 10-10
"""
HEAD: Final = """\
# Workdays of mainland China: Monday to Friday, minus `off`, plus `work` (weekend days that are worked). Dates are month-day, a..b inclusive.
# 2026 is the State Council's notice. Earlier years are the library holidays (MIT), which encodes the notices of those years; the tests compare
# both day by day. Years marked estimated hold the statutory holidays alone: the make-up days are published each November of the year before.
version: 1
horizon: 2026
hours: 08:30-12:00 14:00-17:30
years:
"""


def year_of(year: int) -> str:
    """One year as YAML: weekdays that are off, weekend days that are worked."""
    listed = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    days = [day for day in days if day.year == year]
    off = [day.strftime("%m-%d") for day in days if day.weekday() < 5 and not listed.is_working_day(day)]
    work = [day.strftime("%m-%d") for day in days if day.weekday() >= 5 and listed.is_working_day(day)]
    estimated = year > LAST_DERIVED
    source = f"holidays {version('holidays')}" + (", statutory days without make-up days" if estimated else "")
    worked = [f'    work: "{" ".join(work)}"'] if work else []
    return "\n".join(
        [
            f"  {year}:",
            f"    estimated: {str(estimated).lower()}",
            f"    source: {source}",
            f'    off: "{" ".join(off)}"',
            *worked,
            "",
        ]
    )


def main() -> None:
    """Write the file."""
    years = [*range(FIRST, LAST_DERIVED + 1), *range(LAST_DERIVED + 2, LAST_ESTIMATED + 1)]
    parts = {year: year_of(year) for year in years} | {2026: PUBLISHED}
    text = HEAD + "".join(parts[year] for year in sorted(parts))
    (Path(__file__).resolve().parent / "workdays.yml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
