"""Cuts the Chinese font that the dashboard serves to computers that have none: ``python -m infra.data.fonts.build NotoSansCJK-Regular.ttc``.

Flows in: Debian's ``fonts-noto-cjk`` (SIL Open Font License 1.1). Flows out: WOFF2 files in dashboard/static/fonts, and their ``fonts.css``.
Needs fonttools and brotli, which the product does not. Kept are the characters of the catalogues, rules and registry, so every name of a
division can be drawn; the common ones come first, so most pages load one file.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pyarrow.parquet as parquet

ROOT: Final = Path(__file__).parents[3]
OUT: Final = ROOT / "dashboard" / "static" / "fonts"
FIRST_CJK: Final = 0x2E80
FAMILY: Final = "Burdenwatch CJK"
LOCAL: Final = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei")
SIMPLIFIED: Final = 2
"""Number of Simplified Chinese inside the collection."""


def characters(text: str) -> set[int]:
    """Chinese characters and marks of a text."""
    return {ord(one) for one in text if ord(one) >= FIRST_CJK or one in "…—“”‘’·"}


def own() -> set[int]:
    """What our pages and rules say."""
    paths = [*(ROOT / "dashboard").rglob("*.po"), *(ROOT / "infra").rglob("*.yml"), *(ROOT / "streams").rglob("*.py")]
    return set().union(*(characters(path.read_text(encoding="utf-8")) for path in paths))


def named() -> set[int]:
    """What divisions are called."""
    found: set[int] = set()
    for path in (ROOT / "infra" / "data" / "registry").glob("*.parquet"):
        table = parquet.read_table(path)
        for name in table.column_names:
            if "string" in str(table.schema.field(name).type):
                found |= characters("".join(filter(None, table.column(name).unique().to_pylist())))
    return found


def cut(font: Path, name: str, points: set[int]) -> str:
    """One file; its rule for the style sheet."""
    ranges = ",".join(f"U+{point:X}" for point in sorted(points))
    target = OUT / f"{name}.woff2"
    command = [
        sys.executable,
        "-m",
        "fontTools.subset",
        str(font),
        f"--font-number={SIMPLIFIED}",
        f"--unicodes={ranges}",
        "--flavor=woff2",
    ]
    subprocess.run([*command, "--layout-features=kern,palt", "--no-hinting", f"--output-file={target}"], check=True)
    sources = ", ".join([*(f"local('{one}')" for one in LOCAL), f"url('{name}.woff2') format('woff2')"])
    return f"@font-face {{ font-family: '{FAMILY}'; font-display: swap; src: {sources}; unicode-range: {ranges}; }}\n"


def main() -> None:
    """Both files and the style sheet."""
    font = Path(sys.argv[1])
    OUT.mkdir(parents=True, exist_ok=True)
    common = own()
    rules = [cut(font, "common", common), cut(font, "names", named() - common)]
    (OUT / "fonts.css").write_text("".join(rules), encoding="utf-8")


if __name__ == "__main__":
    main()
