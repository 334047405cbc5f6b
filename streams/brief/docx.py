"""A brief as a Word file that can be edited before it goes on.

Pure. Flows in: ``Told``. Flows out: bytes. Narrow margins and small type keep it to two pages.
"""

from __future__ import annotations

from typing import Final

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from streams.alerts.printing import begun, fact, saved, tabled
from streams.brief.wording import Grid, Told, figure
from streams.events.characters import printable

POINTS: Final = 8.0
MARGIN: Final = Mm(13)
BAR: Final = 12
"""Blocks of the longest bar."""


def docx(one: Told) -> bytes:
    """Head, sentences, figures, lists with bars, definitions."""
    made = begun(POINTS)
    for section in made.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    _heading(made, one.title, 1, 15)
    _close(_facts(made, one.head))
    for text in one.sentences:
        line = made.add_paragraph(printable(text))
        line.runs[0].font.size = Pt(10)
        _close(line)
    _tight(
        tabled(
            made,
            [name for name, *_ in one.figures],
            [[value for _, value, _ in one.figures], [note for *_, note in one.figures]],
        )
    )
    for grid in one.grids:
        _heading(made, grid.title, 2, 9.5)
        _grid(made, grid)
    _heading(made, one.definitions_title, 2, 9.5)
    colon = "：" if one.language == "zh" else ": "
    line = made.add_paragraph(" ".join(f"{name}{colon}{text}" for name, text in one.definitions))
    line.runs[0].font.size = Pt(6.5)
    _close(line)
    foot = made.add_paragraph(one.foot)
    foot.runs[0].font.size = Pt(6.5)
    _close(foot)
    return saved(made)


def _facts(made: Document, head: tuple[tuple[str, str], ...]) -> Paragraph:
    """All of the head in one paragraph."""
    (name, value), *rest = head
    line = fact(made, name, printable(value))
    for name, value in rest:
        line.add_run(f"  {name}：").bold = True
        line.add_run(printable(value))
    return line


def _grid(made: Document, grid: Grid) -> None:
    head = [column.name for column in grid.columns]
    rows = [[figure(column.sort, cell) for column, cell in zip(grid.columns, row, strict=True)] for row in grid.rows]
    if grid.bars:
        head.append("")
        rows = [[*row, "█" * round(bar * BAR)] for row, bar in zip(rows, grid.bars, strict=True)]
    table = tabled(made, head, rows)
    numbers = [place for place, column in enumerate(grid.columns) if column.sort != "text"]
    _tight(table, numbers)
    _close(made.add_paragraph(grid.left))


def _tight(table: Table, numbers: list[int] | None = None) -> None:
    for row in table.rows:
        for place, cell in enumerate(row.cells):
            for paragraph in cell.paragraphs:
                _close(paragraph)
                for run in paragraph.runs:
                    run.font.size = Pt(7)
                if numbers and place in numbers:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _heading(made: Document, text: str, level: int, points: float) -> None:
    line = made.add_heading(printable(text), level)
    line.paragraph_format.space_before = Pt(3)
    line.paragraph_format.space_after = Pt(1)
    for run in line.runs:
        run.font.size = Pt(points)


def _close(line: Paragraph) -> None:
    form = line.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(0), Pt(1), 1.0
