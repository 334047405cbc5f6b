"""What data elements are called that requests ask for by code.

Flows in: codes as requests write them, the lines of a registry. Flows out: names in Chinese or English. Reads the catalogue of
``infra/data/elements`` once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

from ruamel.yaml import YAML

from streams.registry.model import Line

Names = Mapping[str, tuple[str, str]]
"""By code: the name in Chinese, the name in English."""
CODE: Final = re.compile(r"[A-Za-z0-9_]+([.:/-][A-Za-z0-9_]+)+|[a-z0-9]+_[a-z0-9_]+", re.ASCII)
"""What is written for machines; anything else is a wording."""
_FORM: Final = re.compile(r"[0-9]{6}-[a-z-]+\.form([0-9]+)\.([a-z]+)", re.ASCII)


class Elements(NamedTuple):
    """The catalogue."""

    things: Names
    measures: Names
    elements: Names


@lru_cache(maxsize=1)
def catalogue() -> Elements:
    """The catalogue, read once."""
    raw = YAML(typ="safe", pure=True).load((files("infra.data.elements") / "elements.yml").read_text(encoding="utf-8"))
    parts = ({code: (zh, en) for code, (zh, en) in raw[part].items()} for part in Elements._fields)
    return Elements(*parts)


def element_name(code: str, lines: Mapping[str, Line], language: Literal["zh", "en"]) -> str:
    """The name of an element; a wording stands as it is. '' for a code that the catalogue does not know."""
    if not CODE.fullmatch(code):
        return code
    known, side = catalogue(), 0 if language == "zh" else 1
    if form := _FORM.fullmatch(code):
        if form[2] not in known.things:
            return ""
        asked = known.things[form[2]][side]
        return f"常用表第{form[1]}号：{asked}" if language == "zh" else f"standing form {form[1]}: {asked}"
    if code in known.elements:
        return known.elements[code][side]
    line, _, rest = code.rpartition(".")
    if rest in known.elements:
        return _of_line(line, lines, known.elements[rest][side], language)
    stem, _, measure = rest.rpartition("-")
    if stem not in known.things or measure not in known.measures:
        return ""
    thing, measured = known.things[stem][side], known.measures[measure][side]
    return _of_line(line, lines, f"{thing}{measured}" if language == "zh" else f"{thing}, {measured}", language)


def _of_line(code: str, lines: Mapping[str, Line], name: str, language: Literal["zh", "en"]) -> str:
    line = lines.get(code)
    if line is None:
        return name
    return f"{line.zh}：{name}" if language == "zh" else f"{line.en}: {name}"
