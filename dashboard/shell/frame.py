"""What every page begins with: the reader, the place in the address bar, and the head of the page.

Flows in: the address bar. Flows out: ``Frame``, or a notice where the place lies outside the reader's area. Touches the page being drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import streamlit as st
from clickhouse_connect.driver.exceptions import ClickHouseError

from dashboard.access import Viewer
from dashboard.data.search import Hit
from dashboard.instant import at_of
from dashboard.place import LONGEST, Place, read_place
from dashboard.shell.installation import Installation, installation, now_us
from dashboard.shell.panel import live, panel
from dashboard.shell.signin import KNOWN, arrived, left
from dashboard.views.context import Context
from dashboard.views.markup import Html, tag
from dashboard.views.masthead import masthead, results, whereabouts
from dashboard.views.notices import away, no_access, no_page, no_store, strange, unknown
from dashboard.words import words
from streams.desk.findings import severity_ranks
from streams.registry import RegistryError
from streams.store import OutOfScope
from streams.store.audit import Audited, Deed
from streams.store.findings import NOBODY
from streams.store.issuing import OVERSEES, require_issuer

OWN: Final = ("issuer", "rules", "desk")
"""Pages on which somebody without an area sees what is their own."""

LOST: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}", re.ASCII)

DENIED: Final = "denied"
"""Where the session keeps the last address that was denied."""
Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Frame:
    """Who reads what. ``failed`` of an answer is shown by greying it."""

    shared: Installation
    viewer: Viewer
    context: Context
    hits: list[Hit]
    misread: tuple[str, ...] = ()
    """Values of the address that are none of their kind."""
    lost: str = ""
    """The page that was asked for and does not exist."""

    def guarded(self, draw: Callable[[], Drawn], *, said: bool = True, denied: bool = True) -> Drawn | Html:
        """What ``draw`` gives, or what is wrong: away too long or no answer of the store (where ``said``), no access (where ``denied``).

        A page says each once, whatever the number of its parts.
        """
        who = self.viewer.scope.who
        if not self.viewer.wall and self.shared.attendance.idle(who, now_us()):
            return away(self.context.say, self.context.place, self.shared.settings.idle_minutes) if said else Html("")
        try:
            return draw()
        except OutOfScope:
            if not denied:
                return Html("")
            self.turned_back()
            return no_access(self.context)
        except (ClickHouseError, OSError) as error:
            return no_store(self.context, str(error)) if said else Html("")

    @property
    def now_us(self) -> int:
        """Of when this page is: the instant of the address, else now."""
        return self.context.place.instant(now_us())

    def knows_issuer(self, code: str) -> bool:
        """Whether the registry has an issuer of this code; else a page only leads to one."""
        try:
            self.shared.registry.issuer(code)
        except RegistryError:
            return False
        return True

    def lacks_issuer(self) -> bool:
        """Whether the address names an issuer that there is not, and the reader would see it if there were."""
        code = self.context.place.issuer
        if not code or code == NOBODY:
            return False
        try:
            require_issuer(self.viewer.scope, self.shared.registry, code)
        except OutOfScope:
            return False
        except RegistryError:
            return True
        return False

    def lacks_rule(self) -> bool:
        """Whether the address names a rule that no pack holds."""
        rule = self.context.place.rule
        return bool(rule) and not any(one.startswith(rule) for one in severity_ranks())

    def noted(self, deed: Deed, detail: str = "") -> None:
        """Writes down what this reader does here."""
        place, scope = self.context.place, self.viewer.scope
        about = detail or place.finding or place.rule or place.issuer or place.note
        page, where = self.context.page or "situation", place.unit or place.area
        self.shared.audit.note(Audited(now_us(), scope.who, scope.role, deed, page, where, about))

    def turned_back(self) -> None:
        """Writes down that this address was denied, once for a session that stays at it: pages draw themselves again and again."""
        here = f"{self.context.page}{self.context.place.link()}"
        if st.session_state.get(DENIED) != here:
            st.session_state[DENIED] = here
            self.noted("denied")

    def exported(self, name: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
        """``make`` as it is called when somebody takes the file away, which is written down then."""

        def made() -> bytes:
            self.noted("export", name)
            return make()

        return made

    def head(self, *, periods: tuple[int, ...] = ()) -> None:
        """The masthead and where the reader is; moves with every event."""

        def draw() -> Html:
            context = self.context
            seen = self.viewer.scope.covers(context.place.unit or context.place.area)
            pulse = self.shared.board.pulse(self.viewer.scope, context.place) if seen else None
            first = (
                masthead(context, pulse.value.health, pulse.value.at_us, pulse.failed, self.now_us)
                if pulse
                else masthead(context, None, 0, "", self.now_us)
            )
            return tag(
                "div",
                first,
                results(context, self.hits),
                unknown(context),
                strange(context, self.misread, self.lost, no_issuer=self.lacks_issuer(), no_rule=self.lacks_rule()),
                whereabouts(context, periods=periods, measured=False),
                class_="bw",
                lang=context.say.locale.replace("_", "-"),
            )

        live("top", lambda: self.guarded(draw), topic="pulse", every_s=10)


def frame(page: str = "") -> Frame | None:
    """The frame of a page; None where nobody is signed in, or the reader may not see the page or the place, which is then said."""
    shared = installation()
    query, language = dict(st.query_params.items()), shared.settings.language
    asked = read_place(query, "", language)
    say = words(asked.lang)
    wished(shared)
    viewer = arrived(shared, asked, say)
    if viewer is None:
        return None
    name, first = page or "situation", viewer.pages[0]
    if name == "situation" and first != name and not set(query) - {"lang", "role", "at", "lost"}:
        st.switch_page(f"pages/{first}.py", query_params=query)
    place, when = pinned(read_place(query, viewer.home, language), query.get("at", ""), now_us())
    context = Context.of(shared.registry, say, place, viewer.home, shared.settings, page, viewer)
    context = replace(context, misread=when)
    lost = lost if LOST.fullmatch(lost := query.get("lost", "")) else ""
    found = Frame(shared, viewer, context, searched(shared, viewer, context.place), misread(query, context.place), lost)
    if name not in viewer.pages:
        found.noted("denied")
        panel("notice", no_page(context))
        return None
    where = context.place.unit or context.place.area
    hidden = bool(context.unknown) and not viewer.scope.covers(context.unknown)
    if hidden or (not viewer.scope.covers(where) and not (page in OWN and where == viewer.home)):
        found.noted("denied")
        panel("notice", no_access(context))
        return None
    found.noted("view")
    return found


def pinned(place: Place, asked: str, now: int) -> tuple[Place, str]:
    """The place, of now where the address asks for no instant that there was yet; and what of it was not understood."""
    at_us = at_of(place.at)
    wrong = bool(asked) and (at_us is None or at_us > now)
    return (replace(place, at=""), asked[:LONGEST]) if wrong else (place, "")


def searched(shared: Installation, viewer: Viewer, place: Place) -> list[Hit]:
    """What the search field finds: divisions, and offices that the reader oversees."""
    if not place.q:
        return []
    found = shared.index.find(place.q, viewer.home)
    if viewer.scope.role not in OVERSEES:
        return found
    return found + shared.index.offices(place.q, place.area, viewer.scope.areas)


def misread(query: Mapping[str, str], place: Place) -> tuple[str, ...]:
    """Values of an address that were passed over because they are no code of their kind."""
    asked = ((query.get(name, ""), getattr(place, name)) for name in ("issuer", "rule", "finding"))
    return tuple(value[:LONGEST] for value, taken in asked if value and not taken)


def wished(shared: Installation) -> None:
    """Signs in or out where a click asked for it."""
    wish, _ = st.session_state.get("wish", ("", {}))
    if wish not in ("signin", "signout"):
        return
    st.session_state.pop("wish")
    if wish == "signin":
        st.login()
    else:
        left(shared, str(st.session_state.get(KNOWN, "")))
