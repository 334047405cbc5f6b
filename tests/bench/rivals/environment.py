"""The rivals that the product does not depend on, in a virtual environment of their own: ``.venv-bench``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
PINNED: Final = ("quixstreams==3.28.1", "bytewax==0.21.1")


def python() -> str:
    """Its interpreter; the environment is made when it is missing or holds other versions. Raises CalledProcessError."""
    folder = ROOT / ".venv-bench"
    interpreter, mark = folder / "bin" / "python", folder / ".complete"
    if mark.exists() and mark.read_text().split() == list(PINNED):
        return str(interpreter)
    uv = ROOT / ".uv" / "bin" / "uv"
    if uv.exists():
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", interpreter, *PINNED], check=True)
    else:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PINNED], check=True)
    mark.write_text("\n".join(PINNED))
    return str(interpreter)
