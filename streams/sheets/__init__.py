"""Tables as offices keep them, made readable whatever they mean.

What it is for: registers, ledgers, plans and lists come as workbooks, texts and web pages, with titles above, merged
cells, totals below, and days and codes written in many ways; other rooms get plain rows and plain values of them.
Flows in: the bytes of a file and its name; the headings that the caller knows. Flows out: ``Table``s, the ``Found`` table
with its columns and rows, values of cells; or a ``SheetFault`` that says what is wrong and how to mend it.
May touch: nothing but what it is given: no file, no clock, no network. It imports ``streams.events`` only.
"""

from streams.sheets.header import Aside, Column, Found, find_table, find_tables
from streams.sheets.model import Row, SheetFault, Table, Value
from streams.sheets.values import (
    codes_of,
    day_of,
    instant_of,
    is_placeholder,
    minutes_of,
    number_of,
    span_of,
    text_of,
)
from streams.sheets.workbook import read_tables

__all__ = [
    "Aside",
    "Column",
    "Found",
    "Row",
    "SheetFault",
    "Table",
    "Value",
    "codes_of",
    "day_of",
    "find_table",
    "find_tables",
    "instant_of",
    "is_placeholder",
    "minutes_of",
    "number_of",
    "read_tables",
    "span_of",
    "text_of",
]
