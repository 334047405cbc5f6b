"""What a brief holds, as values without a language.

Pure. Flows in: answers of the store. Flows out: ``Wish`` (what is asked for) and ``Brief``. Person-minutes are int, days are Shanghai days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from streams.store.comparing import alike

Sort = Literal["area", "issuer", "unit"]
Period = Literal["week", "month"]
DAYS: Final[dict[Period, int]] = {"week": 7, "month": 30}
"""The pages' 7 and 30 days, the day that ends them included."""
SORTS: Final[dict[str, Sort]] = {"area": "area", "issuer": "issuer", "unit": "unit"}
PERIODS: Final[dict[str, Period]] = {"week": "week", "month": "month"}
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


class Wish(NamedTuple):
    """About what (``code``: a division, '' = the country; AREA6-LINE; a unit), over which period, which ends with the day ``until``."""

    sort: Sort
    code: str
    period: Period
    until: date

    @property
    def first(self) -> date:
        """The first day of the period."""
        return self.until - timedelta(days=DAYS[self.period] - 1)

    @property
    def before(self) -> tuple[date, date]:
        """As many days right before."""
        return self.first - timedelta(days=DAYS[self.period]), self.first - timedelta(days=1)


def wish_of(sort: str, code: str, period: str, until: str, now_us: int) -> Wish:
    """A wish as people write it; ``until`` empty: today in Shanghai. Raises ValueError with what to correct."""
    today = datetime.fromtimestamp(now_us / 1e6, SHANGHAI).date()
    if sort not in SORTS:
        raise ValueError(f"{sort[:16]!r}: must be area, issuer or unit; name one of them")
    if period not in PERIODS:
        raise ValueError(f"period: {period[:16]!r}: must be week or month; correct it")
    try:
        last = date.fromisoformat(until) if until else today
    except ValueError:
        raise ValueError(f"until: {until[:16]!r}: must be a day; write 2026-03-03") from None
    if not date(2000, 1, 1) <= last <= today:
        raise ValueError(f"until: {last}: must be a day from 2000-01-01 to today, {today}; correct it")
    return Wish(SORTS[sort], code, PERIODS[period], last)


class Entry(NamedTuple):
    """One line of a list: person-minutes of the period, and of the one before where the pages know them."""

    code: str
    likely: int
    low: int = 0
    high: int = 0
    landed: int = 0
    """Demands times units reached."""
    units: int = 0
    """Units that the load is spread over, where it is."""
    before: int | None = None
    text: str = ""
    """Title of a demand."""


class Ranking(NamedTuple):
    """A list, most first; ``more``: how many lines it leaves out."""

    key: Literal["places", "hotspots", "issuers", "kinds", "demands"]
    rows: tuple[Entry, ...]
    more: int = 0
    rest: int = 0
    """Person-minutes of the lines left out; 0 where lines do not add up."""


class OpenRule(NamedTuple):
    """Findings of one rule that stand open; its title in Chinese and English."""

    rule: str
    zh: str
    en: str
    layer: str
    stands: int


class Quota(NamedTuple):
    """An open finding of a quota rule: who, measured, limit."""

    rule: str
    zh: str
    en: str
    issuer: str
    value: float
    limit: float


class Covered(NamedTuple):
    """Units that any demand reached: of how many, in the last 30 days as on the pages, in the period, in the one before."""

    tier: str
    units: int
    month: int
    now: int
    before: int


class Made(NamedTuple):
    """What an issuer sent out in the period: demands, of them relayed, of them with a plan item or filing."""

    demands: int
    relayed: int
    planned: int


@dataclass(frozen=True)
class Brief:
    """``likely``, ``low``, ``high``: person-minutes of the period. ``coverage`` None: not known of an issuer. ``at_us``: when it was read."""

    wish: Wish
    at_us: int
    likely: int
    before: int
    count: int
    """Demands times units reached."""
    count_before: int
    days: tuple[tuple[date, int], ...]
    rankings: tuple[Ranking, ...]
    rules: tuple[OpenRule, ...]
    rules_more: int
    quotas: tuple[Quota, ...]
    quotas_more: int
    coverage: Covered | None
    newest_us: int | None
    """When the newest event was taken in; None: there is none."""
    version: str
    """Of the divisions."""
    low: int = 0
    high: int = 0
    ahead: int | None = None
    """Person-minutes known of the next 7 days, of a unit."""
    made: Made | None = None
    alike: bool = True
    """Whether the same kinds of demands are recorded in both periods."""

    def ranking(self, key: str) -> Ranking | None:
        """One of the lists, None where there is none with lines."""
        return next((one for one in self.rankings if one.key == key and one.rows), None)

    @property
    def comparable(self) -> bool:
        """Whether the period and the one before are covered alike, so that more is more and not more coverage."""
        if self.before <= 0 or not self.alike:
            return False
        if self.coverage is None:
            return self.count > 0 and self.count_before > 0
        units = self.coverage.units or 1
        return alike(None, self.wish.before[0], (self.coverage.before / units, self.coverage.now / units))

    @property
    def findings(self) -> int:
        """Open findings in all."""
        return sum(one.stands for one in self.rules) + self.rules_more
