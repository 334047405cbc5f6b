"""The coefficients file, validated: what one thing costs, how many there are by default, and where each number is from.

Flows in: ``coefficients.yml`` (the packaged one, or an own one of the same form). Flows out: a Coefficients model. Reads that file only.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Amount = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class CoefficientError(ValueError):
    """A file of coefficients is wrong; says where, why and what to do."""


class Coefficient(BaseModel):
    """Low, likely and high, ascending; ``per`` in person-minutes of one thing, or ``default`` as a quantity."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    per: tuple[Amount, Amount, Amount] | None = None
    default: tuple[Amount, Amount, Amount] | None = None
    source: str
    evidence: Literal["published", "derived", "assumed"]
    what: str

    @model_validator(mode="after")
    def _one_ascending(self) -> Coefficient:
        if (self.per is None) == (self.default is None):
            raise ValueError("must give either per or default")
        if list(self.values) != sorted(self.values):
            raise ValueError("must ascend: low, likely, high")
        return self

    @property
    def values(self) -> tuple[float, float, float]:
        """Low, likely and high."""
        return self.per or self.default or (0.0, 0.0, 0.0)


class Coefficients(BaseModel):
    """The whole file: coefficients by ``kind.name`` and the sources that they cite."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    ceiling: Annotated[int, Field(gt=0, le=10_000_000)]
    sources: dict[str, str]
    coefficients: dict[str, Coefficient]

    @model_validator(mode="after")
    def _sources_exist(self) -> Coefficients:
        for name, one in self.coefficients.items():
            if one.source not in self.sources:
                raise ValueError(f"{name}: source {one.source!r} is not among the sources")
        return self


def read_coefficients(path: Path) -> Coefficients:
    """The coefficients in a file. Raises CoefficientError with every fault."""
    try:
        return Coefficients.model_validate(YAML(typ="safe", pure=True).load(path))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())
        raise CoefficientError(f"{path.name}: {faults}; correct the file") from error
    except (YAMLError, OSError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise CoefficientError(
            f"{path.name}: cannot be read: {reason}; write YAML of the form of the packaged file"
        ) from error


@lru_cache(maxsize=1)
def packaged_coefficients() -> Coefficients:
    """The shipped coefficients, read once."""
    return read_coefficients(Path(str(files("infra").joinpath("data", "effort", "coefficients.yml"))))
