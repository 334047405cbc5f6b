"""The first sentences of a brief: where the load is, whether it is more than before, who causes it, what to do.

Pure. Flows in: a ``Brief`` and the words of a language. Flows out: three or four sentences. Nothing is said of more or less where the two
periods are not covered alike.
"""

from __future__ import annotations

from typing import Protocol

from streams.brief.model import Brief, Ranking

SAME = 0.005
"""Changes below half a per cent are none, as on the pages."""


class Words(Protocol):
    """Words, names and figures of one language."""

    def __call__(self, key: str, **values: object) -> str: ...
    def place(self, code: str) -> str: ...
    def issuer(self, code: str) -> str: ...
    def kind(self, number: str) -> str: ...
    def hours(self, minutes: float) -> str: ...
    def subject(self, brief: Brief) -> str: ...
    def title(self, zh: str, en: str) -> str: ...
    def layer(self, name: str) -> str: ...


def sentences(brief: Brief, say: Words) -> tuple[str, ...]:
    """In the order in which a reader asks."""
    if brief.likely <= 0:
        return (say("s-nothing", subject=say.subject(brief)), say("s-silence"), _todo(brief, say))
    return tuple(filter(None, (_where(brief, say), _more(brief, say), _who(brief, say), _todo(brief, say))))


def _where(brief: Brief, say: Words) -> str:
    subject, hours = say.subject(brief), say.hours(brief.likely)
    places, hottest = brief.ranking("places"), brief.ranking("hotspots")
    if brief.wish.sort == "issuer":
        return say("s-caused", subject=subject, hours=hours, n=f"{brief.count:,}")
    if brief.wish.sort == "unit" or places is None:
        return say("s-load", subject=subject, hours=hours, n=f"{brief.count:,}")
    first = places.rows[0]
    mean = say.hours(first.likely / first.units)
    if hottest is None:
        return say("s-where", subject=subject, hours=hours, place=say.place(first.code), mean=mean)
    worst = hottest.rows[0]
    unit, most = say.place(worst.code), say.hours(worst.likely)
    return say(
        "s-where-unit", subject=subject, hours=hours, place=say.place(first.code), mean=mean, unit=unit, most=most
    )


def _more(brief: Brief, say: Words) -> str:
    if not brief.comparable:
        return say("s-not-alike") if brief.before > 0 else say("s-no-before")
    change = brief.likely / brief.before - 1
    if abs(change) < SAME:
        return say("s-same", before=say.hours(brief.before))
    share = f"{abs(change):.0%}" if abs(change) >= 0.0995 else f"{abs(change):.1%}"
    return say("s-more" if change > 0 else "s-less", share=share, before=say.hours(brief.before))


def _share(ranking: Ranking, brief: Brief) -> str:
    return f"{ranking.rows[0].likely / brief.likely:.0%}"


def _who(brief: Brief, say: Words) -> str:
    issuers, kinds = brief.ranking("issuers"), brief.ranking("kinds")
    if kinds is None:
        return ""
    kind, share = say.kind(kinds.rows[0].code), _share(kinds, brief)
    if brief.wish.sort == "issuer":
        return say("s-kind", kind=kind, share=share)
    if issuers is None:
        return ""
    return say(
        "s-who",
        issuer=say.issuer(issuers.rows[0].code),
        hours=say.hours(issuers.rows[0].likely),
        kind=kind,
        share=share,
    )


def _todo(brief: Brief, say: Words) -> str:
    if brief.quotas:
        one = brief.quotas[0]
        return say("s-todo-quota", issuer=say.issuer(one.issuer), rule=say.title(one.zh, one.en))
    if brief.rules:
        rule = brief.rules[0]
        return say(
            "s-todo-rule",
            n=f"{brief.findings:,}",
            rule=say.title(rule.zh, rule.en),
            count=f"{rule.stands:,}",
            layer=say.layer(rule.layer),
        )
    if brief.coverage is not None and brief.coverage.month < brief.coverage.units / 2:
        return say("s-todo-cover")
    demands = brief.ranking("demands")
    if demands is not None:
        return say("s-todo-demand", title=demands.rows[0].text)
    issuers = brief.ranking("issuers")
    return say("s-todo-issuer", issuer=say.issuer(issuers.rows[0].code)) if issuers is not None else say("s-todo-none")
