"""Units, tiers, areas, lines and issuers; selectors become ranges here.

Pure but for reading its packaged files (and one given directory) at load. Flows in: codes and selectors. Flows out: ranks, ranges, names.
"""

from streams.registry.errors import RegistryError, UnknownArea, UnknownLine, UnknownTier, UnknownUnit
from streams.registry.model import LEVELS, WIDTHS, Division, Issuer, Line, Range, Ranges
from streams.registry.registry import Registry, load
from streams.registry.remapping import lost, remap
from streams.registry.shards import ShardMap

__all__ = [
    "LEVELS",
    "WIDTHS",
    "Division",
    "Issuer",
    "Line",
    "Range",
    "Ranges",
    "Registry",
    "RegistryError",
    "ShardMap",
    "UnknownArea",
    "UnknownLine",
    "UnknownTier",
    "UnknownUnit",
    "load",
    "lost",
    "remap",
]
