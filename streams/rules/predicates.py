"""Rules as polars expressions: parsed once, evaluated on whole tables.

Pure. Flows in: rules in force and tables (``streams.rules.tables``). Flows out: truths. SQL has three values: what is unknown does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import polars as pl

from streams.rules.book import Rulebook, Standing
from streams.rules.pack import Rule
from streams.rules.tables import TABLES
from streams.rules.truth import Truth

TIERS: Final = ("province", "prefecture", "county", "township", "village")
_COMPARE: Final = {"above": pl.Expr.gt, "at_least": pl.Expr.ge, "below": pl.Expr.lt, "at_most": pl.Expr.le}


_UNSAFE: Final = re.compile(
    r"[/%](?!\s*(?:NULLIF\s*\(|0*[1-9][0-9]*(?:\.[0-9]+)?\b|0*\.0*[1-9]))\s*\S{0,20}", re.IGNORECASE
)
"""A division by anything but NULLIF or a number other than zero."""
_TEXT: Final = re.compile(r"'(?:[^']|'')*'")


class PredicateError(ValueError):
    """An expression is no SQL, or names a column that its table does not have."""


@lru_cache(maxsize=4096)
def parsed(sql: str, table: str) -> pl.Expr:
    """The expression of ``sql`` over a table. Raises PredicateError."""
    try:
        expression = pl.sql_expr(sql)
    except Exception as error:  # polars raises several families of its own here
        raise PredicateError(f"is no SQL expression: {error}") from error
    schema = TABLES[table].schema
    if unsafe := _UNSAFE.search(_TEXT.sub("''", sql)):
        raise PredicateError(
            f"divides by what may be zero, {unsafe[0].strip()!r}: write NULLIF(..., 0), so that it is unknown where there is nothing"
        )
    unknown = sorted(set(expression.meta.root_names()) - schema.keys())
    if unknown:
        raise PredicateError(f"table {table} has no column {', '.join(unknown)}")
    return expression


def check(rule: Rule) -> None:
    """Raises PredicateError when ``when`` is no truth value or ``value`` no number over the rule's table."""
    empty = pl.DataFrame(schema=TABLES[rule.table].schema)
    for field, sql, good in (("when", rule.when, _is_flag), ("value", rule.value, _is_number)):
        try:
            kind = empty.select(parsed(sql, rule.table).alias("it")).schema["it"]
        except pl.exceptions.PolarsError as error:
            raise PredicateError(f"{field}: {error}") from error
        except PredicateError as error:
            raise PredicateError(f"{field}: {error}") from error
        if not good(kind):
            raise PredicateError(f"{field}: gives {kind}, not a {'truth value' if field == 'when' else 'number'}")


def _is_flag(kind: pl.DataType) -> bool:
    return kind == pl.Boolean


def _is_number(kind: pl.DataType) -> bool:
    return kind.is_numeric()


def _scope(rule: Rule) -> pl.Expr | None:
    """Whom a rule concerns; None: everybody."""
    scope, parts = rule.scope, []
    for column, words in (
        ("kind", scope.kinds),
        ("issuer_level", scope.issuer_levels),
        ("issuer_line", scope.issuer_lines),
    ):
        if words:
            parts.append(pl.col(column).is_in(list(words)) if len(words) > 1 else pl.col(column) == words[0])
    if scope.tiers and len(scope.tiers) < len(TIERS):
        parts.append(pl.any_horizontal([pl.col(f"to_{tier}") for tier in scope.tiers]))
    return pl.all_horizontal(parts) if parts else None


@dataclass(frozen=True)
class _Compiled:
    """One rule in force as expressions over its table."""

    standing: Standing
    holds: pl.Expr
    value: pl.Expr
    inputs: tuple[str, ...]


@lru_cache(maxsize=4096)
def _compiled(standing: Standing) -> _Compiled:
    rule = standing.rule
    when, value = parsed(rule.when, rule.table), parsed(rule.value, rule.table)
    parts = [part for part in (_scope(rule), when if rule.when != "true" else None) if part is not None]
    parts.append(_COMPARE[rule.holds](value, rule.limit) if rule.value != "1" or rule.limit != 0 else pl.lit(True))
    holds = parts[0]
    for part in parts[1:]:
        holds = holds & part
    number = value.cast(pl.Float64)
    schema = TABLES[rule.table].schema
    if "/" in rule.value or any(schema[name] == pl.Float64 for name in value.meta.root_names()):
        holds = holds & number.is_finite()  # not a number is greater than every limit, and accuses nobody
    inputs = dict.fromkeys([*value.meta.root_names(), *when.meta.root_names()])
    return _Compiled(standing, holds, number, tuple(inputs))


def measured(frame: pl.DataFrame, rule: Rule) -> list[float]:
    """What a rule compares with its limit in each row that it looks at, whatever the limit; unknown ones are left out."""
    asked = [
        part
        for part in (_scope(rule), parsed(rule.when, rule.table) if rule.when != "true" else None)
        if part is not None
    ]
    rows = frame.filter(pl.all_horizontal(asked)) if asked else frame
    number = parsed(rule.value, rule.table).cast(pl.Float64)
    found = rows.select(number.alias("it")).get_column("it") if len(rows) else pl.Series([], dtype=pl.Float64)
    return found.filter(found.is_finite()).drop_nulls().to_list() if len(found) else []


class RuleFault(NamedTuple):
    """A rule that could not be asked: set aside with its error until it can be; its findings stay as they are."""

    rule: str
    edition: str
    table: str
    error: str
    rows: tuple[str, ...]
    """Subjects of the first rows that it could not be asked about."""


class Hits(NamedTuple):
    """Rows for which rules hold, and the rules that could not be asked."""

    found: list[tuple[Standing, pl.DataFrame]]
    faults: list[RuleFault]


def hits(frame: pl.DataFrame, book: Rulebook, table: str) -> Hits:
    """The rows of a table for which each rule in force holds, exempt ones included; rules without such rows are left out.

    All rules are asked at once; where that fails each is asked alone, so that one rule that fails keeps no other from being asked.
    """
    compiled = [_compiled(standing) for standing in book.variants(table)]
    if not len(frame) or not compiled:
        return Hits([], [])
    wide = frame.with_columns(pl.Series("__edition", book.editions(frame["area"], frame["day"])))
    asked = [
        (_in_force(rule.standing, book) & rule.holds).fill_null(False).alias(str(n)) for n, rule in enumerate(compiled)
    ]
    try:
        masks = wide.lazy().select(asked).collect()
    except Exception:  # polars raises several families of its own; which rule it was is found by asking each alone
        return _one_by_one(frame, wide, compiled, asked, table)
    return Hits(
        [(rule.standing, frame.filter(masks[str(n)])) for n, rule in enumerate(compiled) if masks[str(n)].any()], []
    )


def _one_by_one(
    frame: pl.DataFrame, wide: pl.DataFrame, compiled: Sequence[_Compiled], asked: Sequence[pl.Expr], table: str
) -> Hits:
    found = Hits([], [])
    for rule, expression in zip(compiled, asked, strict=True):
        try:
            mask = wide.select(expression.alias("it"))["it"]
        except Exception as error:  # as above: whatever it is, it concerns this rule alone
            found.faults.append(fault_of(rule.standing, error, table, _failing(wide, expression)))
            continue
        if mask.any():
            found.found.append((rule.standing, frame.filter(mask)))
    return found


def _failing(wide: pl.DataFrame, expression: pl.Expr) -> tuple[str, ...]:
    """Subjects of the first rows that an expression fails on, by halving; at most three."""
    spans, failing = [wide], list[str]()
    while spans and len(failing) < FAILING_SHOWN:
        rows = spans.pop()
        try:
            rows.select(expression)
        except Exception:  # the question is just whether it fails
            if len(rows) == 1:
                failing.append(str(rows["subject"][0]))
            else:
                half = len(rows) // 2
                spans += [rows[half:], rows[:half]]
    return tuple(failing)


def fault_of(standing: Standing, error: Exception, table: str, rows: Iterable[str] = ()) -> RuleFault:
    """A rule set aside, with the first line of what went wrong."""
    text = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return RuleFault(standing.rule.id, standing.edition, table, text[:300], tuple(rows))


def _in_force(standing: Standing, book: Rulebook) -> pl.Expr:
    """Whether a row falls under an edition of the law that holds this variant of the rule."""
    editions = book.editions_of(standing)
    if len(editions) == book.edition_count:
        return pl.lit(True)
    return pl.col("__edition") == editions[0] if len(editions) == 1 else pl.col("__edition").is_in(editions)


class Judged(NamedTuple):
    """What rules say, and those that could not be asked."""

    truths: list[Truth]
    faults: list[RuleFault]


def judged(frame: pl.DataFrame, book: Rulebook, table: str) -> Judged:
    """What the rules in force say of a table's rows, as far as they hold or would hold but for an exemption."""
    found, faults = hits(frame, book, table)
    out: list[Truth] = []
    for standing, rows in found:
        compiled = _compiled(standing)
        named = [name for name in compiled.inputs if name not in _CARRIED]
        try:
            wanted = rows.select(*_CARRIED, *named, compiled.value.alias("__value"))
            out += [_truth(standing, row, compiled.inputs) for row in wanted.iter_rows(named=True)]
        except Exception as error:  # a value that cannot be computed sets its own rule aside, as above
            faults.append(fault_of(standing, error, table, rows["subject"][:FAILING_SHOWN]))
    return Judged(out, faults)


def truths(frame: pl.DataFrame, book: Rulebook, table: str) -> list[Truth]:
    """As ``judged``, where a rule that cannot be asked is an error of the caller's: raises RuleFailed."""
    found = judged(frame, book, table)
    require_none(found.faults)
    return found.truths


def require_none(faults: Sequence[RuleFault]) -> None:
    """Raises RuleFailed when there is a fault."""
    if faults:
        raise RuleFailed("; ".join(f"{fault.rule} of {fault.edition}: {fault.error}" for fault in faults))


class RuleFailed(RuntimeError):
    """A rule could not be asked about some rows."""


FAILING_SHOWN: Final = 3
_CARRIED: Final = ("subject", "period", "issuer", "place", "events", "exempting", "kind")


def _truth(standing: Standing, row: Mapping[str, Any], inputs: tuple[str, ...]) -> Truth:
    rule = standing.rule
    exempt = next((one for one in rule.exempt if one in (row["exempting"] or ())), "")
    return Truth(
        rule=rule.id,
        subject=row["subject"],
        period=row["period"],
        holds=not exempt,
        value=row["__value"],
        limit=rule.limit,
        edition=standing.edition,
        layer=rule.layer,
        for_us=rule.for_us,
        keep_firing_us=rule.keep_firing_us,
        issuer=row["issuer"],
        place=row["place"] or "",
        exempt=exempt,
        reason="exempt" if exempt else "",
        events=tuple(row["events"] or ()),
        inputs={name: row[name] for name in inputs},
    )
