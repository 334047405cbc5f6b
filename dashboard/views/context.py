"""What every view needs to know: the words, the place, and the names of divisions.

Pure. Flows in: registry, words, place. Flows out: ``Context``, with names, paths and links.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from dashboard.access import Viewer
from dashboard.place import UNIT_DIGITS, Place
from dashboard.settings import Settings
from dashboard.views.markup import Html, html, link, tag
from dashboard.words import Words
from streams.desk.findings import titles_of
from streams.events.model import KINDS
from streams.registry import Registry, RegistryError
from streams.registry.elements import CODE, element_name
from streams.store.issuing import OVERSEES

AS_OF: Final = (
    "Loads are counted to that instant from all that is known today: what was amended, withdrawn or sent late since is in them. "
    "Findings and cases are as they stood then."
)
"""What "as of" means here."""


@dataclass(frozen=True)
class Context:
    """Read-only; ``unknown`` is the code that was asked for and does not exist ('' when all is well). ``page``: '' is the situation."""

    registry: Registry
    say: Words
    place: Place
    home: str
    settings: Settings
    unknown: str = ""
    page: str = ""
    viewer: Viewer | None = None
    misread: str = ""
    """What the address asked for as an instant and is none ('' when all is well)."""

    @classmethod
    def of(
        cls,
        registry: Registry,
        say: Words,
        place: Place,
        home: str,
        settings: Settings,
        page: str = "",
        viewer: Viewer | None = None,
    ) -> Context:
        """Mends the place: an unknown area falls back to home; a township or village is shown as the unit that it is."""
        unknown = ""
        if not registry.is_area(place.area):
            unknown, place = place.area, replace(place, area=home)
        if place.unit and registry.find(place.unit) is None:
            unknown, place = place.unit, replace(place, unit="")
        if place.unit:
            digits = place.unit.partition("-")[0]
            place = replace(place, area=digits if len(digits) <= UNIT_DIGITS else digits[:UNIT_DIGITS])
        elif len(place.area) >= UNIT_DIGITS:
            place = replace(place, unit=place.area, area=place.area[:UNIT_DIGITS])
        return cls(registry, say, place, home, settings, unknown, page, viewer)

    def name(self, code: str) -> str:
        """Name of a division or bureau; provinces in the reader's language."""
        if not code:
            return self.say("The whole country")
        if self.say.lang == "en" and len(code) == 2:
            return self.registry.provinces_en.get(int(code), code)
        try:
            return self.registry.name_of(code)
        except RegistryError:
            return code

    def above(self, code: str) -> list[str]:
        """Codes from the country down to the parent, without levels that are there for counting only."""
        return [one.code for one in self.registry.path_of(code)][:-1]

    def path(self, code: str) -> str:
        """Names of the levels above a unit, below the area that is being looked at."""
        inside = [one for one in self.above(code) if len(one) > len(self.place.area)]
        return " · ".join(self.name(one) for one in inside)

    def go(self, code: str, *text: str, **attributes: object) -> Html:
        """A link that shows a division or unit; plain text where it lies outside the reader's area.

        From pages beside the first, townships and what is below them lead to the page of the unit."""
        if not code.startswith(self.home):
            return tag("span", *text)
        area = code.partition("-")[0][:UNIT_DIGITS]
        page = "unit" if self.page and len(area) == UNIT_DIGITS else ""
        unit = code if page or code != area else ""
        where = {"area": area, "unit": unit}
        return link(page + self.place.link(**where, q="", note=""), *(text or (self.name(code),)), **attributes)

    def around(self, title: str) -> str:
        """A heading of figures about the area around the unit that is shown."""
        return title if self.place.unit in ("", self.place.area) else f"{self.name(self.place.area)} · {title}"

    def kind(self, number: int) -> str:
        """What a kind of demand is called."""
        return self.say(f"kind {KINDS[number - 1]}") if 0 < number <= len(KINDS) else self.say("Other")

    def issuer(self, code: str) -> str:
        """What an issuer is called, its code where the registry does not know it."""
        try:
            found = self.registry.issuer(code)
        except RegistryError:
            return code
        return found.name_zh if self.say.lang == "zh" else found.name_en

    def rule(self, code: str) -> str:
        """What a rule is about, in a few words; its number where no pack holds it."""
        zh, en = (*titles_of(code), "", "")[:2]
        return (zh if self.say.lang == "zh" else en) or code.partition("-")[0]

    def element(self, code: str) -> Html:
        """What a data element that a request asks for is called; its code, where it has one, is one hover away."""
        return tag("span", self.named_element(code), title=code if CODE.fullmatch(code) else None)

    def named_element(self, code: str) -> str:
        """The same as plain text, for paper; a code without a name says that it is one."""
        return element_name(code, self.registry.lines, self.say.language) or self.say("data item {code}", code=code)

    def to_issuer(self, code: str) -> Html:
        """The name of an issuer, as a link to what it causes where the reader oversees it."""
        scope = self.viewer.scope if self.viewer else None
        try:
            seen = scope is not None and scope.role in OVERSEES and scope.covers(self.registry.issuer(code).area)
        except RegistryError:
            seen = False
        if not seen:
            return html(self.issuer(code))
        return link(f"issuer{self.place.link(issuer=code, unit='', q='', note='')}", self.issuer(code))

    def source(self, at_us: int) -> str:
        """Where figures come from, and of when they are: the last line of every definition."""
        text = self.say(
            "Source: demands reported to this installation; divisions of {version}. Figures of {time}, Beijing time.",
            version=self.registry.version,
            time=self.say.clock(at_us) if not self.place.at else self.place.at.replace("T", " "),
        )
        return f"{text} {self.say(AS_OF)}" if self.place.at else text

    def refusal(self, code: str) -> str:
        """Why events were refused, in words; the code where there are none."""
        message = f"refused {code}"
        text = self.say(message)
        return code if text == message else text

    def tier(self, code: str) -> str:
        """What divisions below an area are called, as a heading."""
        below = self.registry.children(code)
        digits = min((len(one) for one in below), default=12)
        return self.say({2: "Provinces", 4: "Cities", 6: "Counties", 9: "Townships"}.get(digits, "Villages"))


def change(context: Context, now: int, before: int, *, alike: bool = True) -> Html:
    """How a load compares with the period before: an arrow, a figure and words, never colour alone.

    Not ``alike``: the two are not covered by the same feeds, and nothing is said of more or less.
    """
    say = context.say
    if not alike:
        why = say(
            "Some kinds of demands were not yet recorded in the whole period before: more data is not more burden."
        )
        return tag("span", say("not comparable"), class_="delta", title=why)
    if before <= 0:
        return tag("span", say("no earlier figure"), class_="delta")
    share = now / before - 1
    mark, name = ("▲", "up") if share >= 0.005 else ("▼", "down") if share <= -0.005 else ("＝", "same")
    figure = (
        say.percent(abs(share), 0 if abs(share) >= 0.0995 else 1)
        if abs(share) < 10
        else f"×{say.number(now / before, 0)}"
    )
    return tag("span", f"{mark} {figure}", class_=f"delta {name}", title=say.exact(before))


def minutes(context: Context, value: float, *, unit: bool = True) -> Html:
    """Person-minutes as a figure in person-hours with its exact value one hover away."""
    word = tag("small", context.say("person-h")) if unit else Html("")
    return html(tag("span", context.say.hours(value), class_="n", title=context.say.exact(value)), word)
