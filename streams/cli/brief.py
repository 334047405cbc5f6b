"""``burdenwatch brief``: two pages about an area, an issuer or a unit, into a file or by mail.

Flows in: a running system. Flows out: files; mail. Scoped by the token, like every read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cyclopts import App

from streams.cli.outcome import WRONG_USE, Outcome
from streams.cli.target import target


def add_to(app: App) -> None:
    app.command(brief)


def brief(
    *,
    area: str | None = None,
    issuer: str | None = None,
    unit: str | None = None,
    period: Literal["week", "month"] = "week",
    until: str = "",
    out: Path | None = None,
    lang: Literal["zh", "en"] = "zh",
    send: Path | None = None,
    state: Path | None = None,
    to: str | None = None,
    data: Path | None = None,
) -> int:
    """Two pages about an area, an issuer or a unit: where the load is, whether it is more, who causes it, what to do.

    Parameters
    ----------
    area
        Division code ('' = the whole country).
    issuer
        AREA6-LINE, such as 510000-education.
    unit
        A unit's code.
    period
        The last 7 or 30 days.
    until
        The day that ends the period (default today).
    out
        FILE.docx, FILE.pdf or FILE.xlsx.
    lang
        Language of the file.
    send
        A schedule (YAML): mail what fell due since the last time, instead of writing a file.
    state
        File that remembers what was mailed (default: beside the schedule).
    to
        URL of the API.
    data
        Directory of the embedded system.
    """
    asked = {name: code for name, code in (("area", area), ("issuer", issuer), ("unit", unit)) if code is not None}
    if send is not None:
        if asked or out is not None:
            raise Outcome(
                WRONG_USE, "--send: the schedule names what is sent; leave out --area, --issuer, --unit and --out"
            )
        from streams.cli.mailing import mailed

        return mailed(send, state or send.with_suffix(".state.json"), target(to, data))
    if len(asked) != 1:
        raise Outcome(WRONG_USE, "name exactly one of --area, --issuer and --unit")
    form = out.suffix.removeprefix(".").lower() if out is not None else ""
    if out is None or form not in ("docx", "pdf", "xlsx"):
        raise Outcome(WRONG_USE, f"--out {out or ''}: must end with .docx, .pdf or .xlsx")
    params = {**asked, "period": period, "format": form, "lang": lang} | ({"until": until} if until else {})
    out.write_bytes(target(to, data).fetch("/v1/brief", params))
    return 0
