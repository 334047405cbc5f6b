"""Words and numbers in the reader's language: gettext catalogues, figures, instants.

Flows in: the ``.po`` files beside this module (read once per language), values. Flows out: text. Person-minutes become person-hours here
and nowhere else. Times are shown in Asia/Shanghai.
"""

from __future__ import annotations

import gettext
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from streams.rules.wording import Language

CATALOGUES: Final = {"zh": "zh_CN", "en": "en"}
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
STEPS: Final = {
    "zh": ((100_000_000, "\u00a0亿"), (10_000, "\u00a0万")),
    "en": ((1_000_000_000, "\u00a0bn"), (1_000_000, "\u00a0m"), (10_000, "\u00a0k")),
}
"""Where figures get a shorter form, by language: 12.3 万 in Chinese, 123 k in English."""


@lru_cache(maxsize=4)
def _catalogue(lang: str) -> gettext.NullTranslations:
    source = files("dashboard") / "i18n" / CATALOGUES[lang] / "LC_MESSAGES" / "dashboard.po"
    compiled = BytesIO()
    with source.open("rb") as text:
        write_mo(compiled, read_po(text))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Words:
    """Text of one language. Call it with an English message, get that message in the language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.locale = CATALOGUES[lang]
        # A Locale, not its name: babel looks through its data on disk each time that it is given a name.
        self._babel = Locale.parse(self.locale)
        self._catalogue = _catalogue(lang)

    @property
    def language(self) -> Language:
        """The language, as rules and documents know it."""
        return "zh" if self.lang == "zh" else "en"

    def __call__(self, message: str, **values: object) -> str:
        text = self._catalogue.gettext(message)
        return text.format(**values) if values else text

    def number(self, value: float, digits: int = 0) -> str:
        """1,234 or 12.3, with ``digits`` decimals."""
        return format_decimal(value, format="#,##0" + ("." + "0" * digits if digits else ""), locale=self._babel)

    def short(self, value: float) -> str:
        """A figure that fits a card: one or two decimals and a word for ten thousands or millions."""
        for step, word in STEPS[self.lang]:
            if abs(value) >= step:
                scaled = value / (step if word != "\u00a0k" else 1000)
                digits = 0 if abs(scaled) >= 1000 else 1 if abs(scaled) >= 100 else 2
                return format_decimal(scaled, format="#,##0." + "#" * digits, locale=self._babel) + word
        return self.number(value, 1 if 0 < abs(value) < 100 and value != int(value) else 0)

    def hours(self, minutes: float) -> str:
        """Person-minutes as person-hours, short, without the unit."""
        return self.short(minutes / 60)

    def exact(self, minutes: float) -> str:
        """Person-minutes as person-hours in full, with the unit: for titles."""
        return self("{n} person-hours", n=self.number(minutes / 60, 1))

    def effort(self, minutes: float) -> str:
        """What one thing takes, with its unit: minutes below an hour, hours above."""
        if minutes < 60:
            return self("{n} min", n=self.number(minutes))
        return self("{n} h", n=self.hours(minutes))

    def percent(self, share: float, digits: int = 0) -> str:
        """A share of one as per cent."""
        return str(format_percent(share, format="0" + ("." + "0" * digits if digits else "") + "%", locale=self._babel))

    def day(self, day: date) -> str:
        """3月5日 or 5 Mar."""
        return format_date(day, "M月d日" if self.lang == "zh" else "d MMM", locale=self._babel)

    def span(self, first: date, last: date) -> str:
        """Both ends of a period."""
        return self.day(last) if first == last else f"{self.day(first)} – {self.day(last)}"

    def clock(self, at_us: int) -> str:
        """Time of day with seconds."""
        return moment(at_us).strftime("%H:%M:%S")

    def when(self, at_us: int, now_us: int) -> str:
        """Time of day for today, else day and time."""
        at = moment(at_us)
        time = at.strftime("%H:%M")
        return time if at.date() == moment(now_us).date() else f"{self.day(at.date())} {time}"

    def age(self, us: int) -> str:
        """A length of time in its largest whole unit."""
        seconds = max(0, us // 1_000_000)
        if seconds < 60:
            return self("{n} s", n=seconds)
        if seconds < 3600:
            return self("{n} min", n=seconds // 60)
        if seconds < 172_800:
            return self("{n} h", n=seconds // 3600)
        return self("{n} days", n=seconds // 86_400)


def moment(at_us: int) -> datetime:
    """An instant as an aware datetime in Asia/Shanghai."""
    return datetime.fromtimestamp(at_us / 1_000_000, UTC).astimezone(SHANGHAI)


@lru_cache(maxsize=4)
def words(lang: str) -> Words:
    """The words of a language (zh, en), made once."""
    return Words(lang)
