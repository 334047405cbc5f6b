"""Rules as polars expressions: parsed once, evaluated on whole tables.

Pure. Flows in: rules in force and tables (``streams.rules.tables``). Flows out: truths. SQL has three values: what is unknown does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import polars as pl

from streams.rules.book import Rulebook, Standing
from streams.rules.pack import Rule
from streams.rules.tables import TABLES
from streams.rules.truth import Truth

TIERS: Final = ("province", "prefecture", "county", "township", "village")
_COMPARE: Final = {"above": pl.Expr.gt, "at_least": pl.Expr.ge, "below": pl.Expr.lt, "at_most": pl.Expr.le}


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
    inputs = dict.fromkeys([*value.meta.root_names(), *when.meta.root_names()])
    return _Compiled(standing, holds, value.cast(pl.Float64), tuple(inputs))


def hits(frame: pl.DataFrame, book: Rulebook, table: str) -> list[tuple[Standing, pl.DataFrame]]:
    """The rows of a table for which each rule in force holds, exempt ones included; rules without such rows are left out."""
    if not len(frame):
        return []
    edition = book.editions(frame["area"], frame["day"])
    compiled = [_compiled(one) for one in book.variants(table)]
    if not compiled:
        return []
    wide = frame.with_columns(pl.Series("__edition", edition))
    found = wide.lazy().select(
        (_in_force(one.standing, book) & one.holds).fill_null(False).alias(str(n)) for n, one in enumerate(compiled)
    )
    masks = found.collect()
    return [(one.standing, frame.filter(masks[str(n)])) for n, one in enumerate(compiled) if masks[str(n)].any()]


def _in_force(standing: Standing, book: Rulebook) -> pl.Expr:
    """Whether a row falls under an edition of the law that holds this variant of the rule."""
    editions = book.editions_of(standing)
    if len(editions) == book.edition_count:
        return pl.lit(True)
    return pl.col("__edition") == editions[0] if len(editions) == 1 else pl.col("__edition").is_in(editions)


def truths(frame: pl.DataFrame, book: Rulebook, table: str) -> list[Truth]:
    """What the rules in force say of a table's rows, as far as they hold or would hold but for an exemption."""
    out: list[Truth] = []
    for standing, rows in hits(frame, book, table):
        compiled = _compiled(standing)
        named = [name for name in compiled.inputs if name not in _CARRIED]
        wanted = rows.select(*_CARRIED, *named, compiled.value.alias("__value"))
        out.extend(_truth(standing, row, compiled.inputs) for row in wanted.iter_rows(named=True))
    return out


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
        events=tuple(row["events"] or ()),
        inputs={name: row[name] for name in inputs},
    )
