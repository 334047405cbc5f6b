"""Tokens of this installation: made, listed, taken away. The file has hashes only; a token is shown once, when it is made."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from streams.cli.outcome import WRONG_USE, Outcome

if TYPE_CHECKING:
    from streams.intake.tokens import Token

tokens = App(name="token", help="Tokens: who may send and read.")


def add_to(app: App) -> None:
    """Put the commands in."""
    app.command(tokens)


@tokens.command(name="add")
def add(
    name: str,
    /,
    *,
    issuers: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
    areas: tuple[str, ...] = (),
    units: tuple[str, ...] = (),
    role: str = "issuer",
    backfill: bool = False,
    expires: str = "",
    data: Path | None = None,
) -> None:
    """Make a token and print it, this once; it holds within a second.

    Parameters
    ----------
    name
        What it is called: the office or system that gets it.
    issuers
        Issuers that it speaks for; * and ? stand for anything.
    sources
        Sources that it sends as; * and ? stand for anything.
    areas
        Areas that it may read, as code prefixes.
    units
        Units, or areas of units, that it may answer for.
    role
        leadership, supervisor, unit, issuer or operator.
    backfill
        It may change demands with a time more than a day ago.
    expires
        Last day on which it holds, for example 2027-06-30.
    data
        Directory of the installation.
    """
    bearer = secrets.token_urlsafe(32)
    listed = {"issuers": issuers, "sources": sources, "areas": areas, "units": units}
    row: dict[str, Any] = {"name": name, "sha256": hashlib.sha256(bearer.encode()).hexdigest(), "role": role}
    row |= {key: list(value) for key, value in listed.items() if value}
    row |= ({"backfill": True} if backfill else {}) | ({"expires": expires} if expires else {})
    layout, there = _there(data)
    _write(layout, [*map(_plain, there), row])
    print(bearer)


@tokens.command(name="list")
def show(*, data: Path | None = None) -> None:
    """Print each token: its name, role, what it speaks for and reads, until when.

    Parameters
    ----------
    data
        Directory of the installation.
    """
    _, there = _there(data)
    for token in there:
        rights = " ".join(
            f"{name}={','.join(getattr(token, name)) or '-'}" for name in ("issuers", "sources", "areas", "units")
        )
        until = f" until {token.expires}" if token.expires else ""
        print(f"{token.name}: {token.role} {rights}{' backfill' if token.backfill else ''}{until}")


@tokens.command(name="revoke")
def revoke(name: str, /, *, data: Path | None = None) -> None:
    """Take a token away; it opens nothing a second later.

    Parameters
    ----------
    name
        What it is called.
    data
        Directory of the installation.
    """
    layout, there = _there(data)
    kept = [_plain(token) for token in there if token.name != name]
    if len(kept) == len(there):
        raise Outcome(WRONG_USE, f"{name[:80]!r}: no such token; `burdenwatch token list` shows them")
    _write(layout, kept)
    print(f"{name} is revoked")


def _there(data: Path | None) -> tuple[Any, tuple[Token, ...]]:
    """The installation and its tokens. Raises Outcome."""
    from streams.intake.tokens import TokenFault, load
    from streams.system.layout import Layout, default_data

    layout = Layout(data or default_data())
    if not layout.tokens.exists():
        raise Outcome(WRONG_USE, f"{layout.data}: there is no installation here; name its directory with --data")
    try:
        return layout, load(layout.tokens).all()
    except TokenFault as fault:
        raise Outcome(WRONG_USE, str(fault)) from None


def _plain(token: Token) -> dict[str, Any]:
    import msgspec

    return {key: value for key, value in msgspec.to_builtins(token).items() if value not in ("", [], (), False)}


def _write(layout: Any, rows: list[dict[str, Any]]) -> None:
    """Put the table down, whole or not at all. Raises Outcome for one that the API would not take."""
    import msgspec

    from streams.intake.tokens import TokenFault, checked

    try:
        checked(rows)
    except TokenFault as fault:
        raise Outcome(WRONG_USE, str(fault)) from None
    layout.write_tokens(msgspec.json.format(msgspec.json.encode({"tokens": rows}), indent=1))
