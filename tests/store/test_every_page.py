"""Every page of the dashboard, run without a browser, for strangers of every role at crafted addresses; and every file that pages offer.

What is another's and what is not there look the same. Views, files and denied tries are written down. A page without a case fails.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest

from dashboard.specs import PAGES, ROLES, SEES
from streams.registry import Registry
from streams.store.audit import Audited
from tests.store.strangers import INSIDE, NOWHERE, OURS, STRANGERS, Things, told_secrets, without
from tests.store.test_every_route import _words

pytestmark = pytest.mark.store
ROOT: Final = Path(__file__).parents[2]
READERS: Final = (*STRANGERS, INSIDE)


def addresses(page: str, things: Things) -> list[dict[str, str]]:
    """Crafted addresses of a page: each parameter that can name something, at home, and the things' own place."""
    week = [{"days": "7"}]
    named = {
        "situation": week, "hotspots": week, "review": week, "health": week, "unit": [{"note": "1-2"}],
        "explore": [{"issuer": things.issuer, "rows": "issuer"}],
        "compare": [{"left": f"{things.area}~30d~"}, {"right": f"{things.area}~30d~{things.issuer}"}],
        "desk": [{"finding": things.finding}, {"issuer": things.issuer}, {"rule": "R11-short-notice"}],
        "issuer": [{"issuer": things.issuer}], "rules": [{"rule": "R11-short-notice"}],
    }[page]  # fmt: skip
    return [*named, named[0] | {"area": things.area}, {"unit": things.unit}]


KEYED: Final = {"finding", "left", "right"}
"""Parameters that name one thing by itself: a page at home that is asked for it says that there is no access."""


def test_every_page_has_a_case() -> None:
    assert all(addresses(page, OURS) for page in PAGES)
    assert {path.stem for path in (ROOT / "dashboard" / "pages").glob("[a-z]*.py")} == set(PAGES)
    assert {scope.role for scope in STRANGERS} == set(ROLES)


def same(text: str, things: Things, query: dict[str, str], registry: Registry) -> str:
    """A page's text without what was asked for, in each form that an address gives it; a body's name is the registry's, and no secret."""
    text = text.replace(urlencode(query), "<query>")
    if query.get("issuer") == OURS.issuer:
        text = text.replace(registry.issuer(OURS.issuer).name_zh, OURS.issuer)
    for value in query.values():
        text = text.replace(quote(value, safe=""), "<asked>").replace(value, "<asked>")
    return without(text, things)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_learns_nothing_by_an_address(
    page: str, opened: Any, deeds: list[Audited], registry: Registry
) -> None:
    for scope in STRANGERS:
        for query, other in zip(addresses(page, OURS), addresses(page, NOWHERE), strict=True):
            here = (scope.who, query)
            deeds.clear()
            theirs = opened(page, scope, query)
            done = [one.deed for one in deeds]
            nothing = opened(page, scope, other)
            if not (page == "health" and scope.role == "operator"):  # the audit is the operators' to read
                assert told_secrets(same(theirs.text(), NOWHERE, query, registry), NOWHERE) == [], here
            if query != other:
                mine, none = same(theirs.text(), OURS, query, registry), same(nothing.text(), NOWHERE, other, registry)
                assert mine == none, here
            elsewhere = {"area", "unit"} & set(query) or KEYED & set(query)
            allowed = page in SEES[scope.role]
            if not allowed or elsewhere or (page == "issuer" and query):
                assert "denied" in done, (here, done)
                assert theirs.files == {}, here
            else:
                assert set(done) <= {"view", "denied", "sign-in"}, here
                assert "view" in done or "denied" in done, here
            for name, made in theirs.files.items():
                held = _words(made() if callable(made) else made)
                assert told_secrets(held, OURS) == [], (here, name)


@pytest.mark.parametrize(
    "page", ["desk", "unit", "issuer", "situation", "explore", "compare", "review", "hotspots", "rules"]
)
def test_insiders_see_it_take_it_away_and_are_written_down(page: str, opened: Any, deeds: list[Audited]) -> None:
    seen, taken = "", ""
    for query in addresses(page, OURS):
        deeds.clear()
        shown = opened(page, INSIDE, query)
        assert [one.deed for one in deeds if one.deed != "sign-in"] == ["view"], (query, deeds)
        seen += shown.text()
        for name, made in shown.files.items():
            deeds.clear()
            taken += _words(made() if callable(made) else made)
            assert [one.deed for one in deeds] == ["export"], name
    assert told_secrets(seen, NOWHERE), page
    if page in ("desk", "unit", "issuer", "situation"):
        assert told_secrets(taken, NOWHERE), page
