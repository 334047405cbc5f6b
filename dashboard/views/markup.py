"""HTML from values, with everything escaped that is not already HTML.

Pure. Flows in: tag names, attributes, text. Flows out: ``Html``, a string that needs no further escaping.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

VOID: Final = frozenset({"br", "hr", "img", "input"})


class Html(str):
    """Text that is HTML already; anything else is escaped on its way in."""

    __slots__ = ()


def html(*parts: str | Iterable[str]) -> Html:
    """Parts one after the other; plain text among them is escaped."""
    out: list[str] = []
    for part in parts:
        if isinstance(part, Html):
            out.append(part)
        elif isinstance(part, str):
            out.append(escape(part))
        else:
            out.append(html(*part))
    return Html("".join(out))


def tag(name: str, /, *children: str | Iterable[str], **attributes: object) -> Html:
    """One element. ``class_`` is class, ``data_go`` is data-go; None and False leave an attribute out, True gives it no value."""
    written = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        label = key.rstrip("_").replace("_", "-")
        written.append(f" {label}" if value is True else f' {label}="{escape(str(value))}"')
    start = f"<{name}{''.join(written)}>"
    return Html(start if name in VOID else f"{start}{html(*children)}</{name}>")


def link(href: str, *children: str | Iterable[str], **attributes: object) -> Html:
    """A link inside the page: followed without a reload, and a real address for a new tab."""
    return tag("a", *children, href=href, data_go=href, **attributes)


def card(title: str, *body: str | Iterable[str], note: str = "", source: str = "", aside: str = "", key: str) -> Html:
    """A titled panel. ``note`` and ``source`` explain the figures in a popover one click away; ``aside`` stands right of the title."""
    more = (
        tag("button", "?", type="button", class_="why", popovertarget=f"why-{key}", aria_label=title)
        + tag(
            "div",
            tag("strong", title),
            tag("p", note),
            tag("p", source, class_="origin"),
            popover=True,
            id=f"why-{key}",
            class_="note",
        )
        if note
        else ""
    )
    head = tag("header", tag("h2", title), Html(more), tag("span", aside, class_="aside") if aside else "")
    return tag("section", head, *body, class_=f"card {key}", data_key=key)


def bar(share: float, extra: str = "") -> Html:
    """A horizontal bar: ``share`` of its track, 0 to 1."""
    return tag(
        "i",
        tag("b", style=f"width:{max(0.0, min(1.0, share)) * 100:.1f}%"),
        class_=f"bar {extra}".strip(),
        aria_hidden="true",
    )
