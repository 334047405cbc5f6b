"""``rules test``: runs the timelines that packs ship with, and says which rules no timeline has seen fire.

Pure but for reading the files it is given. Flows in: packs and test files. Flows out: ``Verdict`` values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from streams.calendars import Calendar
from streams.effort import estimate
from streams.events import Refused
from streams.events.data import us
from streams.ledger.ledger import loads_at
from streams.ledger.metrics import Metric
from streams.ledger.replay import postings_from
from streams.registry import Registry, RegistryError
from streams.registry import load as load_registry
from streams.rules.book import Rulebook
from streams.rules.evaluation import evaluate, rules_of
from streams.rules.facts import day_of, gather
from streams.rules.loading import Fault, PackFaults, Sheet, invalid, read_sheet
from streams.rules.loads import I64, LoadWatch
from streams.rules.machine import Finding, Findings, lapsed, step
from streams.rules.pack import Pack
from streams.rules.timeline import SOURCE, Expected, Look, Story, Timeline, Told, events_of
from streams.rules.truth import Truth


@dataclass(frozen=True)
class Verdict:
    """The end of one case: what differs from what was expected, and which (rule, pack) it saw fire."""

    file: str
    case: str
    problems: tuple[str, ...] = ()
    fired: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems


def shipped_tests() -> tuple[Path, ...]:
    """The test files that come with the shipped packs."""
    return tuple(sorted(Path(str(files("infra").joinpath("packs", "tests"))).glob("*.yml")))


def load_tests(paths: Iterable[Path]) -> tuple[tuple[Sheet, Timeline], ...]:
    """Test files. Raises PackFaults with all that is wrong with them."""
    faults: list[Fault] = []
    good: list[tuple[Sheet, Timeline]] = []
    for path in paths:
        try:
            sheet = read_sheet(path)
            good.append((sheet, Timeline.model_validate(sheet.data)))
        except PackFaults as error:
            faults.extend(error.faults)
        except ValidationError as error:
            faults.extend(invalid(sheet, error))
    if faults:
        raise PackFaults(faults)
    return tuple(good)


def run(packs: Sequence[Pack], paths: Iterable[Path]) -> tuple[Verdict, ...]:
    """The verdicts of all cases of some test files. Raises PackFaults when a file cannot be used."""
    return tuple(
        judged(packs, story, sheet.file, sheet.line(("cases", number)))
        for sheet, timeline in load_tests(paths)
        for number, story in enumerate(timeline.cases)
    )


def untested(packs: Iterable[Pack], verdicts: Iterable[Verdict]) -> tuple[tuple[str, str], ...]:
    """(rule, edition) of every rule and tightening that no passing case saw fire."""
    seen = {one for verdict in verdicts if verdict.passed for one in verdict.fired}
    shipped = [(rule.id, pack.edition) for pack in packs for rule in pack.rules]
    shipped += [(change.rule, pack.edition) for pack in packs for change in pack.tighten]
    return tuple(one for one in shipped if one not in seen)


@lru_cache(maxsize=1)
def _world() -> tuple[Registry, Calendar]:
    return load_registry(), Calendar.load()


def judged(packs: Sequence[Pack], story: Story, file: str = "", line: int = 1) -> Verdict:
    """One case against packs."""
    name = f"{file}:{line}: {story.name}"
    try:
        player = Player(packs, story)
    except (Refused, RegistryError) as error:
        return Verdict(file, story.name, (f"{name}: an event is refused: {error}",))
    problems: list[str] = []
    fired: set[tuple[str, str]] = set()
    for look in sorted(story.expect, key=lambda one: one.at):
        findings, truths = player.look(us(look.at))
        fired.update((one.rule, one.edition) for one in findings if one.phase == "firing")
        problems.extend(
            f"{name}: at {look.at.isoformat()}: {problem}" for problem in _compared(story, look, findings, truths)
        )
    return Verdict(file, story.name, tuple(problems), frozenset(fired))


class Player:
    """Plays a story: at each look all events up to then are known, all rules are asked, and the findings move."""

    def __init__(self, packs: Sequence[Pack], story: Story) -> None:
        """Raises Refused when an event of the story is not good, RegistryError when it names an unknown issuer or receiver."""
        chosen = [_chosen(pack, story.rules) for pack in packs] if story.rules else list(packs)
        self._story = story
        self._book = Rulebook(chosen)
        self._registry, self._calendar = _world()
        self._events = events_of(story)
        for event in self._events:
            if event.verb == "issued":
                self._registry.issuer(event.issuer)
                self._registry.resolve(event.data.reach)
        self._findings = Findings()
        self._watch: LoadWatch | None = None

    def look(self, now_us: int) -> tuple[tuple[Finding, ...], list[Truth]]:
        """The open findings at an instant, and all truths, exempt ones included. Instants must not go back."""
        events = [one for one in self._events if one.time_us <= now_us]
        known = self._story.known
        facts = gather(
            events,
            self._registry,
            self._calendar,
            lists=known.lists(),
            cases=known.waiting(),
            warnings=known.warned(),
            recorded=known.records({event.source for event in events}),
        )
        truths = evaluate(self._book, facts, now_us)
        truths += lapsed(self._findings, truths, rules_of(self._book))
        truths += self._loads(now_us)
        step(self._findings, truths, now_us)
        return self._findings.open(), truths

    def _loads(self, now_us: int) -> list[Truth]:
        """What the load rules say, by the ledger's arithmetic."""
        if not self._book.variants("units"):
            return []
        day = day_of(now_us)
        if self._watch is None:
            self._watch = LoadWatch(self._book, self._registry, day)
        self._watch.move(day)
        events = [one for one in self._events if one.time_us <= now_us]
        postings = postings_from(events, self._registry, estimate, now_us)

        def load(metric: Metric, tier: int) -> I64:
            own = postings.select(postings.tier == tier)
            return loads_at(own, metric, now_us, {tier: self._registry.size(tier)})[tier]

        return self._watch.truths(self._watch.changes(load))


def _chosen(pack: Pack, beginnings: tuple[str, ...]) -> Pack:
    """A pack with the rules that a story is about."""
    return pack.model_copy(
        update={
            "rules": tuple(one for one in pack.rules if one.id.startswith(beginnings)),
            "tighten": tuple(one for one in pack.tighten if one.rule.startswith(beginnings)),
        }
    )


def _compared(story: Story, look: Look, findings: Iterable[Finding], truths: Iterable[Truth]) -> Iterable[str]:
    """What differs between the findings that stand and those expected."""
    standing = {(one.rule, one.subject): one for one in findings if one.layer in story.layers}
    for expected in look.findings:
        subject = subject_of(expected.subject, story.events)
        found = standing.pop((expected.rule, subject), None)
        if found is None:
            yield f"{expected.rule} on {subject} must be {expected.state}, and is not there"
        else:
            yield from _differs(expected, found)
    for one in standing.values():
        yield f"{one.rule} on {one.subject} is {one.phase} with {one.value:g} against {one.limit:g}, and must not be there"
    spared = {(one.rule, one.subject, one.exempt) for one in truths if one.exempt}
    for it in look.exempt:
        subject = subject_of(it.subject, story.events)
        if (it.rule, subject, it.exemption) not in spared:
            yield f"{it.rule} on {subject} must be exempt by {it.exemption}, and is not"


def _differs(expected: Expected, found: Finding) -> Iterable[str]:
    what = f"{found.rule} on {found.subject}"
    if found.phase != expected.state:
        yield f"{what} must be {expected.state}, and is {found.phase}"
    for name in ("value", "limit"):
        wanted, measured = getattr(expected, name), getattr(found, name)
        if wanted is not None and abs(wanted - measured) > 1e-6 * max(1.0, abs(wanted)):
            yield f"{what} must have {name} {wanted:g}, and has {measured:g}"
    if expected.layer is not None and found.layer != expected.layer:
        yield f"{what} must be a {expected.layer}, and is a {found.layer}"


def subject_of(text: str, events: Iterable[Told]) -> str:
    """A subject as findings name it: an event's id becomes ``event:SOURCE#ID``."""
    if ":" in text and not text.startswith("event:"):
        return text
    source = next((one.source for one in events if one.id == text), SOURCE)
    return f"event:{source}#{text}"
