"""Rule packs from YAML files: every fault at once, each with file and line; and the proof that a lower pack only tightens.

Reads the files it is given and the packaged ones, nothing else. Flows in: paths. Flows out: ``Pack`` values, or ``PackFaults``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from streams.rules.book import in_force
from streams.rules.pack import LAYERS, SEVERITIES, Pack, Rule, Tightening, tighter
from streams.rules.predicates import PredicateError, check
from streams.rules.tables import TABLES

PACKS: Final = "packs"
SHOWN: Final = 80


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a file: where, the value (shortened), what the rule is, what to do."""

    file: str
    line: int
    field: str
    value: str
    rule: str
    fix: str

    def __str__(self) -> str:
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.file}:{self.line}: {self.field or 'pack'}{shown}: {self.rule}; {self.fix}"


class PackFaults(ValueError):
    """Packs that cannot be used; ``faults`` holds everything that is wrong with them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(one) for one in self.faults))


@dataclass(frozen=True)
class Sheet:
    """A YAML file as it was read, which still knows its lines."""

    file: str
    tree: Any
    """With lines."""
    data: Any
    """Plain values."""

    def line(self, path: Sequence[int | str]) -> int:
        """The line of a place in the file, or of the nearest thing around it; counts from 1."""
        node, line = self.tree, 1
        for step in path:
            position = getattr(node, "lc", None)
            if position is None:
                break
            try:
                line = (position.item(step) if isinstance(step, int) else position.key(step))[0] + 1
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
        return line

    def fault(self, path: Sequence[int | str], value: object, rule: str, fix: str) -> Fault:
        """A fault at a place of this file."""
        text = "" if value is None or isinstance(value, dict | list) else str(value)
        return Fault(self.file, self.line(path), ".".join(map(str, path)), text[:SHOWN], rule, fix)


def shipped() -> tuple[Path, ...]:
    """The packs that come with the product, the national one first."""
    found = sorted(Path(str(files("infra").joinpath(PACKS))).glob("*.yml"))
    return tuple(sorted(found, key=lambda path: (path.stem != "national", path.stem)))


def without(packs: Iterable[Pack], rules: Collection[str]) -> tuple[Pack, ...]:
    """Packs less the rules that an installation switched off, and whatever tightens them."""
    return tuple(
        pack.model_copy(
            update={
                "rules": tuple(rule for rule in pack.rules if rule.id not in rules),
                "tighten": tuple(change for change in pack.tighten if change.rule not in rules),
            }
        )
        for pack in packs
    )


def read_sheet(path: Path) -> Sheet:
    """A YAML file with its lines. Raises PackFaults when it cannot be read or is no YAML mapping."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackFaults([Fault(str(path), 1, "", "", f"cannot be read: {error}", "name a readable file")]) from error
    return sheet_of(content, str(path))


def sheet_of(content: bytes, name: str) -> Sheet:
    """The same of the bytes of a file."""
    try:
        text = content.decode("utf-8")
        tree, data = YAML(typ="rt").load(text), YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError as error:
        raise PackFaults([Fault(name, 1, "", "", f"cannot be read: {error}", "save it as UTF-8")]) from error
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        problem = error.problem if isinstance(error, MarkedYAMLError) and error.problem else str(error)
        line = mark.line + 1 if mark is not None else 1
        raise PackFaults([Fault(name, line, "", "", f"is no YAML: {problem}", "correct the syntax")]) from error
    if not isinstance(tree, dict):
        raise PackFaults([Fault(name, 1, "", "", "must be a mapping", "begin with version, kind and name")])
    return Sheet(name, tree, data)


def invalid(sheet: Sheet, error: ValidationError) -> list[Fault]:
    """What pydantic found, with lines."""
    out: list[Fault] = []
    for one in error.errors():
        path = list(one["loc"])
        fix = "remove it or correct its name" if one["type"] == "extra_forbidden" else "see the rule pack schema"
        out.append(sheet.fault(path, one.get("input"), one["msg"].removeprefix("Value error, "), fix))
    return out


def parsed(path: Path) -> tuple[Sheet, Pack]:
    """A pack by itself, its expressions not looked at yet; read once for as long as the file stays as it is. Raises PackFaults."""
    try:
        stat = path.stat()
    except OSError as error:
        raise PackFaults([Fault(str(path), 1, "", "", f"cannot be read: {error}", "name a readable file")]) from error
    return _parsed(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _parsed(path: Path, _mtime_ns: int, _size: int) -> tuple[Sheet, Pack]:
    sheet = read_sheet(path)
    try:
        return sheet, Pack.model_validate(sheet.data)
    except ValidationError as error:
        raise PackFaults(invalid(sheet, error)) from None


def load(paths: Iterable[Path]) -> tuple[Pack, ...]:
    """The packs of some files, checked one by one and together. Raises PackFaults with all that is wrong."""
    faults: list[Fault] = []
    good: list[tuple[Sheet, Pack]] = []
    for path in paths:
        try:
            good.append(parsed(path))
        except PackFaults as error:
            faults.extend(error.faults)
    for sheet, pack in good:
        faults.extend(_expressions(sheet, pack))
    faults.extend(_names(good))
    if not faults:
        for sheet, pack in good:
            faults.extend(_loosened(sheet, pack, [one for _, one in good]))
    if faults:
        raise PackFaults(faults)
    return tuple(pack for _, pack in good)


def check_files(paths: Iterable[Path]) -> tuple[Fault, ...]:
    """Everything that is wrong with some files taken together; empty when they are good."""
    try:
        load(paths)
    except PackFaults as error:
        return error.faults
    return ()


def _expressions(sheet: Sheet, pack: Pack) -> Iterable[Fault]:
    """Tables and predicates of a pack's rules."""
    for number, rule in enumerate(pack.rules):
        table = TABLES.get(rule.table)
        if table is None:
            fix = f"use one of {', '.join(TABLES)}"
            yield sheet.fault(("rules", number, "table"), rule.table, "no such table", fix)
        elif table.family != rule.family:
            fix = f"write family: {table.family}"
            yield sheet.fault(("rules", number, "family"), rule.family, f"table {rule.table} is of {table.family}", fix)
        elif rule.family != "load":
            try:
                check(rule)
            except PredicateError as error:
                field = str(error).partition(":")[0]
                yield sheet.fault(("rules", number, field), None, str(error), "see the columns in docs/rules.md")


def _names(good: Sequence[tuple[Sheet, Pack]]) -> Iterable[Fault]:
    """Names that must be unique: rules in a pack and above it, versions of a pack on one day."""
    for sheet, pack in good:
        seen: set[str] = set()
        for number, rule in enumerate(pack.rules):
            if rule.id in seen:
                yield sheet.fault(("rules", number, "id"), rule.id, "stands twice in this pack", "give it another id")
            seen.add(rule.id)
            for _, other in good:
                above = other is not pack and (other.name != pack.name and pack.area.startswith(other.area))
                if above and any(one.id == rule.id for one in other.rules):
                    fix = "write it under tighten, or give it another id"
                    yield sheet.fault(("rules", number, "id"), rule.id, f"stands in {other.name} already", fix)
        for _, other in good:
            if other is not pack and other.name == pack.name and _overlap(pack, other):
                yield sheet.fault(
                    ("from",), pack.from_day, "two versions apply on one day", "end the older one with to"
                )


def _overlap(one: Pack, other: Pack) -> bool:
    last = date.max
    return one.from_day < (other.to_day or last) and other.from_day < (one.to_day or last)


def _loosened(sheet: Sheet, pack: Pack, packs: Sequence[Pack]) -> Iterable[Fault]:
    """Which rules of the packs above a pack would loosen, on any day on which it is in force."""
    above = [one for one in packs if one is not pack and one.name != pack.name and len(one.area) <= len(pack.area)]
    edges = {pack.from_day} | {one.from_day for one in above} | {one.to_day for one in above if one.to_day}
    said: set[tuple[int, str]] = set()
    for day in sorted(edge for edge in edges if pack.in_force(edge)):
        rules = {one.rule.id: one.rule for one in in_force(above, pack.area, day)}
        for number, change in enumerate(pack.tighten):
            rule = rules.get(change.rule)
            if rule is None:
                found: list[tuple[str, object, str]] = [
                    ("rule", change.rule, f"no rule of this id is in force above on {day}")
                ]
            else:
                found = list(_looser(rule, change))
                layer, tell = change.layer or rule.layer, change.tell or rule.tell
                if layer == "breach" and "supervising" not in tell:
                    found.append(("layer", layer, "a breach is told to the supervising body; add supervising to tell"))
            for field, value, why in found:
                if (number, field) not in said:
                    said.add((number, field))
                    fix = "a lower pack may only tighten; correct the value or remove the line"
                    yield sheet.fault(("tighten", number, field), value, f"{change.rule}: {why}", fix)


def _looser(rule: Rule, change: Tightening) -> Iterable[tuple[str, object, str]]:
    """The fields of a change that catch less than the rule above."""
    if change.limit is not None and tighter(rule.holds, rule.limit, change.limit) < 0:
        yield "limit", change.limit, f"loosens the limit {rule.limit:g}"
    clear = rule.limit if rule.clear is None else rule.clear
    if change.clear is not None and tighter(rule.holds, clear, change.clear) < 0:
        yield "clear", change.clear, f"ends findings sooner than the level {clear:g}"
    if change.for_us is not None and change.for_us > rule.for_us:
        yield "for", change.for_us, "waits longer before it fires"
    if change.keep_firing_us is not None and change.keep_firing_us < rule.keep_firing_us:
        yield "keep_firing", change.keep_firing_us, "ends findings sooner"
    if change.layer is not None and LAYERS.index(change.layer) < LAYERS.index(rule.layer):
        yield "layer", change.layer, f"is weaker than {rule.layer}"
    if change.severity is not None and SEVERITIES.index(change.severity) < SEVERITIES.index(rule.severity):
        yield "severity", change.severity, f"is weaker than {rule.severity}"
    if change.tell and not set(change.tell) >= set(rule.tell):
        yield "tell", ", ".join(change.tell), f"leaves out somebody of {', '.join(rule.tell)}"
    for one in change.without:
        if one not in rule.exempt:
            yield "without", one, "is no exemption of this rule"


def json_schema() -> dict[str, Any]:
    """JSON schema of a pack file, for editors."""
    schema = Pack.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
