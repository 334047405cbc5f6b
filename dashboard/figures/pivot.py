"""Loads crossed by two dimensions, as bars or, where there are many columns, as a heat map; the table behind is the whole answer.

Pure. Flows in: a Context, a sheet. Flows out: ``Chart``; ``table_of`` for what is shown and taken away.
"""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go

from dashboard.data.sheets.explore import NOT_ADDITIVE, PivotSheet
from dashboard.figures.chart import Cell as Shown
from dashboard.figures.chart import Chart, Table
from dashboard.figures.look import KINDS, RAMP, Look, hours_axis
from dashboard.views.context import Context
from streams.store.pivots import GRAINS, REST, Cell

BARS: Final = 20
"""Rows that the figure draws; the table has them all."""
LONGEST_NAME: Final = 22
STACKED: Final = 13
"""More columns than this make a heat map."""
DIMENSION_WORDS: Final = {
    "place": "Place", "tier": "Receivers", "issuer": "Issuer", "line": "Line", "level": "Level of the issuer", "kind": "Kind", "month": "Month",
    "week": "Week", "day": "Day", "none": "No columns",
}  # fmt: skip
AMOUNT_WORDS: Final = {
    "likely": "Person-hours, likely", "low": "Person-hours, low", "high": "Person-hours, high", "demands": "Demands",
    "receipts": "Demands landed", "mean": "Hours per unit",
}  # fmt: skip
LEVEL_WORDS: Final = {"centre": "Centre", "province": "Province", "prefecture": "City", "county": "County"}
TIER_WORDS: Final = {"township": "Townships", "village": "Villages"}


def label(context: Context, dimension: str, key: str) -> str:
    """What a row or column is called."""
    say = context.say
    if dimension == "place":
        return context.name(key)
    if dimension == "issuer":
        return context.issuer(key)
    if dimension == "line":
        line = context.registry.lines.get(key)
        return key if line is None else line.zh if say.lang == "zh" else line.en
    if dimension == "kind":
        return context.kind(int(key))
    if dimension in ("level", "tier"):
        return say((LEVEL_WORDS | TIER_WORDS)[key])
    if dimension == "month":
        return key[:7]
    return key


def keys_of(sheet: PivotSheet, part: str) -> list[str]:
    """Rows or columns in their order: periods as time runs, everything else most first; the rest last."""
    dimension = sheet.asked.rows if part == "row" else sheet.asked.columns
    cells = [one for one in (sheet.found.rows if part == "row" else sheet.found.columns) if getattr(one, part) != REST]
    if dimension in GRAINS:
        return sorted(getattr(one, part) for one in cells)
    return [str(getattr(one, part)) for one in sorted(cells, key=lambda one: (-sheet.value(one), getattr(one, part)))]


def amount(sheet: PivotSheet, cell: Cell | None) -> float:
    """The chosen amount as it is shown: hours with one decimal (two per unit), or a number."""
    if cell is None:
        return 0
    value = sheet.value(cell)
    return value if sheet.counted else round(value / 60, 2 if sheet.amount == "mean" else 1)


def table_of(context: Context, sheet: PivotSheet) -> Table:
    """Every row that was read, the rest in one line where there is one, and the sums of everything."""
    say, rows, columns = context.say, keys_of(sheet, "row"), keys_of(sheet, "column") if sheet.asked.columns else []
    coded = sheet.asked.rows in ("place", "issuer")
    cells = {(one.row, one.column): one for one in sheet.found.cells}
    totals = {one.row: one for one in sheet.found.rows}
    below = {one.column: one for one in sheet.found.columns}

    def line(key: str, name: str) -> tuple[Shown, ...]:
        inside = (amount(sheet, cells.get((key, column))) for column in columns)
        # In a spreadsheet and in a column that is sorted, a code is text beside its name.
        return (name, *((key if key != REST else "",) if coded else ()), *inside, amount(sheet, totals.get(key)))

    lines = [line(key, label(context, sheet.asked.rows, key)) for key in rows]
    if sheet.found.cut:
        lines.append(line(REST, say("{n} others", n=say.number(sheet.found.cut))))
    together = (amount(sheet, below.get(column)) for column in columns)
    lines.append((say("Together"), *(("",) if coded else ()), *together, amount(sheet, sheet.found.total)))
    heads = [say(DIMENSION_WORDS[sheet.asked.rows]), *((say("Code"),) if coded else ())]
    heads += [label(context, sheet.asked.columns, column) for column in columns]
    return Table((*_distinct(heads), say("Together")), tuple(lines))


def _distinct(heads: list[str]) -> list[str]:
    """Two places may have one name; two columns of a table may not."""
    seen: dict[str, int] = {}
    out = []
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
        out.append(head if seen[head] == 1 else f"{head} ({seen[head]})")
    return out


def crossed(context: Context, sheet: PivotSheet, look: Look) -> Chart:
    """The figure with its table, its sentence and its definition."""
    say, asked = context.say, sheet.asked
    rows = keys_of(sheet, "row")
    shown = rows if asked.rows in GRAINS else rows[:BARS]
    columns = keys_of(sheet, "column") if asked.columns else []
    draw = _heat if len(columns) > STACKED else _bars
    named = [say(DIMENSION_WORDS[one]) for one in (asked.rows, asked.columns or "none")]
    title = say("{rows} by {columns}", rows=named[0], columns=named[1]) if asked.columns else named[0]
    return Chart(
        "pivot", title, draw(context, sheet, look, shown, columns), sentence(context, sheet, len(shown)), table_of(context, sheet),
        definition(context), context.source(sheet.at_us), say(AMOUNT_WORDS[sheet.amount]), lead=sentence(context, sheet, len(shown)),
        scale=tuple(RAMP[look.dark][1:]) if draw is _heat else (),
    )  # fmt: skip


def sentence(context: Context, sheet: PivotSheet, drawn: int) -> str:
    """The sum of everything, and what is not drawn or not listed one by one."""
    say = context.say
    total = amount(sheet, sheet.found.total)
    text = say(
        "{days}: {total} together", days=say.span(sheet.first, sheet.last), total=say.number(total, _digits(sheet))
    )
    listed = sum(one.row != REST for one in sheet.found.rows)
    if drawn < listed:
        text += say("; the figure shows {n} of {all} rows, the table all", n=say.number(drawn), all=say.number(listed))
    if sheet.found.cut:
        text += say("; {n} more stand in one line, and in the sum", n=say.number(sheet.found.cut))
    return text


def _digits(sheet: PivotSheet) -> int:
    return 0 if sheet.counted else 2 if sheet.amount == "mean" else 1


def definition(context: Context) -> str:
    """What the amounts mean."""
    return context.say(
        "Townships and villages of the area, by the day (Asia/Shanghai) that a demand begins on; today is not over yet. Sums are of everything, "
        "also of rows that are not drawn or listed. Demands are counted once in each cell, withdrawn ones too, so cells may add up to more than "
        "the sum; demands landed count once for each unit and occurrence. Hours per unit divide by all units of the row and column. "
        "What no lower place holds stands under the area's own name."
    )


def _bars(context: Context, sheet: PivotSheet, look: Look, rows: list[str], columns: list[str]) -> go.Figure:
    asked, timed = sheet.asked, sheet.asked.rows in GRAINS
    cells = {(one.row, one.column): one for one in (sheet.found.cells if columns else sheet.found.rows)}
    names = _distinct([label(context, asked.rows, row) for row in rows])
    ticks = names if timed else _distinct([_short(name) for name in names])
    series = []
    for n, column in enumerate(columns or [""]):
        values = [amount(sheet, cells.get((row, column))) for row in rows]
        name = label(context, asked.columns, column) if column else context.say(AMOUNT_WORDS[sheet.amount])
        tips = [
            f"{text}<br>{name}: {context.say.number(value, _digits(sheet))}"
            for text, value in zip(names, values, strict=True)
        ]
        axes = {"x": ticks, "y": values} if timed else {"x": values, "y": ticks, "orientation": "h"}
        series.append(
            go.Bar(
                **axes, name=name, customdata=tips, hovertemplate="%{customdata}<extra></extra>",
                marker={"color": _colour(look, asked.columns, column, n), "line": {"width": 0}},
            )
        )  # fmt: skip
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "traceorder": "normal"}
    totals = {one.row: one for one in sheet.found.rows}
    bars = (
        [cells.get((row, column)) for row in rows for column in columns]
        if _grouped(sheet)
        else [totals.get(row) for row in rows]
    )
    plain = hours_axis(context.say, 60 * max((amount(sheet, one) for one in bars), default=0)) | {"tickangle": 0}
    kept: dict[str, Any] = {"type": "category", "automargin": True, "showgrid": False, "fixedrange": True}
    height = 340 if timed else 90 + max(26, 34 if _grouped(sheet) else 0) * max(len(rows), 3) + 14 * (len(columns) > 6)
    return go.Figure(
        series,
        look.layout(
            height, barmode="group" if _grouped(sheet) else "stack", bargap=0.25, showlegend=len(series) > 1, legend=legend,
            xaxis=kept if timed else plain, yaxis=plain if timed else kept | {"autorange": "reversed"},
        ),
    )  # fmt: skip


def _short(name: str) -> str:
    """A name that leaves room for its bar on a phone too; the tip has it whole."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _grouped(sheet: PivotSheet) -> bool:
    """Bars stand side by side where their sum means nothing."""
    return sheet.amount in NOT_ADDITIVE and bool(sheet.asked.columns)


def _colour(look: Look, dimension: str, key: str, place: int) -> str:
    if dimension == "kind" and key:  # '': nothing was crossed, so there is no kind
        return look.kind(int(key))
    return KINDS[look.dark][place % len(KINDS[look.dark])]


def _heat(context: Context, sheet: PivotSheet, look: Look, rows: list[str], columns: list[str]) -> go.Figure:
    asked, say = sheet.asked, context.say
    cells = {(one.row, one.column): one for one in sheet.found.cells}
    values = [[amount(sheet, cells.get((row, column))) for column in columns] for row in rows]
    down = _distinct([label(context, asked.rows, row) for row in rows])
    across = _distinct([label(context, asked.columns, column) for column in columns])
    tips = [
        [f"{name}<br>{head}: {say.number(value, _digits(sheet))}" for head, value in zip(across, line, strict=True)]
        for name, line in zip(down, values, strict=True)
    ]
    ramp = RAMP[look.dark][1:]
    scale = [[n / (len(ramp) - 1), colour] for n, colour in enumerate(ramp)]
    shown = [[value or None for value in line] for line in values]
    cell = go.Heatmap(
        z=shown,
        x=across,
        y=down,
        customdata=tips,
        hovertemplate="%{customdata}<extra></extra>",
        colorscale=scale,
        showscale=False,
        xgap=1,
        ygap=1,
    )
    axis: dict[str, Any] = {"type": "category", "automargin": True, "showgrid": False, "fixedrange": True, "nticks": 24}
    return go.Figure(
        [cell],
        look.layout(
            120 + 24 * max(3, len(rows)), xaxis=axis, yaxis=axis | {"autorange": "reversed", "nticks": len(rows)}
        ),
    )
