"""Who is told of a finding: the bodies behind the roles that its rule names.

Pure. Flows in: a transition, the roles, the registry. Flows out: recipients. A breach goes to the supervising body of the lowest area that
contains issuer and unit and stands above the issuer: nobody is judge in a matter of his own.
"""

from __future__ import annotations

from collections.abc import Iterable

from streams.alerts.model import OPERATOR, Recipient, Role
from streams.alerts.policy import Policy
from streams.registry import Registry
from streams.registry.errors import RegistryError
from streams.rules import Transition

WIDTHS = (2, 4, 6)
"""Digits of a province, a prefecture, a county: the areas that have bodies of their own to tell."""


def recipients(one: Transition, roles: Iterable[Role], policy: Policy, registry: Registry) -> tuple[Recipient, ...]:
    """The bodies to tell, in the order of the roles, each once; a role without anybody behind it is left out."""
    found: dict[Recipient, None] = {}
    for role in roles:
        body = _body(one, role, policy, registry)
        if body is not None:
            found.setdefault(body)
    return tuple(found)


def _body(one: Transition, role: Role, policy: Policy, registry: Registry) -> Recipient | None:
    match role:
        case "issuer":
            return Recipient(one.issuer, role) if one.issuer else None
        case "office":
            own = issuer_area(one.issuer, registry) if one.issuer else one.place[:6]
            return Recipient(body_code(own, policy.office_line), role)
        case "supervising":
            return Recipient(body_code(supervising_area(one, registry), policy.supervising_line), role)
        case "unit":
            unit = one.subject.removeprefix("unit:") if one.subject.startswith("unit:") else one.place
            return Recipient(unit, role) if len(unit) > 6 else None
        case "operator":
            return OPERATOR


def supervising_area(one: Transition, registry: Registry) -> str:
    """Code of the lowest area that contains issuer and place and stands above the issuer ('' = the country).

    Without an issuer: the lowest area with bodies of its own that contains the place, and is not the place.
    """
    if one.issuer:
        issuer = issuer_area(one.issuer, registry)
        shared = "".join(_common(issuer, one.place)) if one.place else issuer
        return max((area for area in above(issuer) if shared.startswith(area)), key=len, default="")
    return max((area for area in above(one.place)), key=len, default="")


def issuer_area(issuer: str, registry: Registry) -> str:
    """Area of an issuer's code; of one that the registry does not know, the digits before its line without trailing zeros."""
    try:
        return registry.issuer_area(issuer)
    except RegistryError:
        digits = issuer.partition("-")[0][:6]
        while digits.endswith("00"):
            digits = digits[:-2]
        return digits if digits.isdecimal() else ""


def above(code: str) -> tuple[str, ...]:
    """Areas that contain a code and are not it, the country first."""
    return ("", *(code[:width] for width in WIDTHS if width < len(code)))


def body_code(area: str, line: str) -> str:
    """Code of a body: its area in six digits and its line."""
    return f"{area[:6]:0<6}-{line}"


def _common(one: str, other: str) -> Iterable[str]:
    for a, b in zip(one, other, strict=False):
        if a != b:
            return
        yield a
