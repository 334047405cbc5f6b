"""A document as HTML that prints well and needs nothing from outside, and as DOCX. Pure: bytes out.

Characters that no document can hold are left out: what was stored before they were refused must not make one fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO
from typing import cast

from docx import Document as Docx
from docx.document import Document as Page
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph

from streams.alerts.evidence import Document
from streams.events.characters import printable

_STYLE = """
body{font:14px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;max-width:960px;margin:2em auto;padding:0 1em;color:#111}
h1{font-size:22px}h2{font-size:16px;margin-top:1.6em}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #888;padding:.3em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eee}dt{font-weight:600}dd{margin:0 0 .4em 0}footer{margin-top:2em;color:#555;font-size:12px}
@media print{body{margin:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""


def html(one: Document) -> bytes:
    """One page of HTML, UTF-8."""
    one = _fit(one)
    parts = [
        f'<!doctype html><html lang="{"zh-CN" if one.language == "zh" else "en"}"><head><meta charset="utf-8">',
        f'<meta name="viewport" content="width=device-width"><title>{escape(one.title)}</title><style>{_STYLE}</style></head><body>',
        f"<h1>{escape(one.title)}</h1>",
        *(f'<p class="lead">{escape(text)}</p>' for text in one.lead),
        "<dl>",
        *(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in one.facts),
        "</dl>",
    ]
    for table in one.tables:
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
        parts.append(
            f"<h2>{escape(table.title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
    parts += [f"<h2>{escape(heading)}</h2><p>{escape(text)}</p>" for heading, text in one.closing]
    parts.append(f"<footer>{escape(one.foot)}</footer></body></html>")
    return "".join(parts).encode()


def docx(one: Document) -> bytes:
    """A Word file."""
    one = _fit(one)
    made = begun(10.5)
    made.add_heading(one.title, 1)
    for text in one.lead:
        made.add_paragraph(text)
    for name, value in one.facts:
        fact(made, name, value)
    for table in one.tables:
        made.add_heading(table.title, 2)
        tabled(made, table.head, table.rows)
    for heading, text in one.closing:
        made.add_heading(heading, 2)
        made.add_paragraph(text)
    made.add_paragraph(one.foot)
    return saved(made)


def begun(points: float) -> Page:
    """An empty Word document; the east Asian font is named, so that it is set well where it is installed."""
    made = Docx()
    normal = made.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    normal.font.size = Pt(points)
    normal.element.rPr.get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    return made


def fact(made: Page, name: str, value: str) -> Paragraph:
    """A line with a name in bold and what it is."""
    line = made.add_paragraph()
    line.add_run(f"{name}：").bold = True
    line.add_run(value)
    return line


def tabled(made: Page, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table with a line for each row; rows are as wide as ``head``."""
    grid = made.add_table(1, len(head), style="Table Grid")
    for cell, text in zip(grid.rows[0].cells, head, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text
    return cast(Table, grid)


def saved(made: Page) -> bytes:
    """The file."""
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _fit(one: Document) -> Document:
    def all_of(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((printable(left), printable(right)) for left, right in pairs)

    def cells(row: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(printable, row))

    tables = tuple(
        table._replace(title=printable(table.title), head=cells(table.head), rows=tuple(map(cells, table.rows)))
        for table in one.tables
    )
    return one._replace(
        title=printable(one.title), lead=cells(one.lead), facts=all_of(one.facts), tables=tables, closing=all_of(one.closing),
        foot=printable(one.foot),
    )  # fmt: skip
