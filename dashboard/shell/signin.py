"""Who is at this session: by the mode of access, by what the provider or the proxy says, by how long ago they did something.

Flows in: the session's request, the access file. Flows out: a ``Viewer``, or a notice that says how to come in. Touches the page being drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from dashboard.access import Viewer, demo_viewer
from dashboard.place import Place
from dashboard.settings import Settings
from dashboard.shell.installation import Installation, now_us
from dashboard.shell.panel import panel
from dashboard.views.notices import away, nobody, sign_in
from dashboard.words import Words
from streams.store.audit import Audited

SECOND_US: Final = 1_000_000
KNOWN: Final = "signed in"


def claims_of(settings: Settings) -> Mapping[str, Any]:
    """What is known of the person; {} for somebody who has not signed in."""
    if settings.access == "proxy":
        headers = st.context.headers
        user = headers.get(settings.proxy_user, "")
        groups = [one.strip() for one in headers.get(settings.proxy_groups, "").split(",") if one.strip()]
        return {"sub": user, "user": user, "groups": groups} if user else {}
    return dict(st.user) if st.user.get("is_logged_in") else {}


def arrived(shared: Installation, place: Place, say: Words) -> Viewer | None:
    """The person of this run; None when there is nobody who may look, which is then said."""
    settings = shared.settings
    if settings.access == "demo" or shared.access is None:
        return demo_viewer(settings.area, place.role, shared.registry)
    claims = claims_of(settings)
    if not claims:
        panel("notice", sign_in(say, place, oidc=settings.access == "oidc"))
        return None
    viewer = shared.access.viewer(claims)
    who = viewer.scope.who if viewer else str(claims.get(shared.access.who, ""))
    if viewer is None:
        shared.audit.note(
            Audited(now_us(), who, "", "denied", "", place.unit or place.area, "no entry of the access file")
        )
        panel("notice", nobody(say, who))
        return None
    if not viewer.wall and not shared.attendance.visit(who, now_us(), _signed_in_us(settings, claims)):
        st.session_state.pop(KNOWN, None)
        shared.audit.note(Audited(now_us(), who, viewer.scope.role, "sign-out", "", "", "idle"))
        panel("notice", away(say, place, settings.idle_minutes))
        if settings.access == "oidc":
            st.logout()
        return None
    if st.session_state.get(KNOWN) != who:
        st.session_state[KNOWN] = who
        shared.audit.note(Audited(now_us(), who, viewer.scope.role, "sign-in", "", ""))
    return viewer


def left(shared: Installation, who: str) -> None:
    """Somebody signs out."""
    shared.attendance.leave(who)
    shared.audit.note(Audited(now_us(), who, "", "sign-out", "", ""))
    st.session_state.pop(KNOWN, None)
    st.logout()


def _signed_in_us(settings: Settings, claims: Mapping[str, Any]) -> int:
    """When the provider signed the person in; a proxy answers for its own sessions, so every visit through it is fresh."""
    issued = claims.get("iat")
    return int(issued) * SECOND_US if settings.access == "oidc" and isinstance(issued, int | float) else now_us()
