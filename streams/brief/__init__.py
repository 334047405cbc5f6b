"""The brief: two pages about an area, an issuer or a unit and its last week or month, as DOCX, PDF and XLSX.

Flows in: a client of the store, a Scope, what is asked for. Flows out: ``Brief`` (values), and files in Chinese or English. Its figures
are those of the pages, at a stated instant: they come from the same reads.
"""

from streams.brief.files import FORMATS, written
from streams.brief.model import Brief, Wish, wish_of

__all__ = ["FORMATS", "Brief", "Wish", "wish_of", "written"]
