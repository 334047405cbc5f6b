#!/usr/bin/env bash
# Makes a virtual environment, also where Debian has split `venv` off into a package of its own.
# Usage: venv.sh PYTHON DIR
set -euo pipefail
python=$1 dir=$2
if "$python" -m venv "$dir" 2>/dev/null && "$dir/bin/python" -m pip --version >/dev/null 2>&1; then exit 0; fi
rm -rf "$dir"
version=$("$python" -c 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")')
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && apt-get install -y -qq "python$version-venv" >/dev/null
  exec "$python" -m venv "$dir"
fi
echo "Python $version lacks the module venv: install it (Debian, Ubuntu: apt-get install python$version-venv) and run the command again" >&2
exit 2
