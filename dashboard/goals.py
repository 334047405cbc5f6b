"""Published reduction goals as data (``infra/data/goals``): read once. Flows in: a YAML file. Flows out: ``Goal`` values."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML


class Goal(BaseModel):
    """Receipts of some kinds shall fall by a share of those of the same days a year before."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    area: Annotated[str, Field(pattern=r"^[0-9]{0,6}$")]
    kinds: tuple[str, ...]
    cut: Annotated[float, Field(gt=0, lt=1)]
    instrument: str
    wording: str
    verified: bool


class _Goals(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: Literal[1]
    kind: Literal["goals"]
    goals: tuple[Goal, ...]


@lru_cache(maxsize=1)
def goals() -> tuple[Goal, ...]:
    """All goals of the shipped file."""
    text = (files("infra") / "data" / "goals" / "goals.yml").read_text(encoding="utf-8")
    return _Goals.model_validate(YAML(typ="safe", pure=True).load(text)).goals


def goals_in(area: str) -> tuple[Goal, ...]:
    """The goals that hold for an area: its province's own, and those of the country for kinds that it has none for."""
    own = [one for one in goals() if one.area and area.startswith(one.area)]
    named = {kind for one in own for kind in one.kinds}
    rest = [one for one in goals() if not one.area and not named.issuperset(one.kinds)]
    return tuple(own + rest)
