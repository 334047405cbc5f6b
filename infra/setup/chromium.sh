#!/usr/bin/env bash
# Makes sure that the browser tests find a Chromium and fonts with Chinese characters.
# BURDENWATCH_CHROMIUM names another executable. Installs Debian's packages where it may, else says what to install.
set -euo pipefail
found() {
  if [ -n "${BURDENWATCH_CHROMIUM:-}" ]; then [ -x "$BURDENWATCH_CHROMIUM" ]; return; fi
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}
fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn)" ]; }
if found && fonts; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
  found && fonts && exit 0
fi
echo "The browser tests need Chromium and a Chinese font: apt-get install chromium fonts-noto-cjk fontconfig (or set BURDENWATCH_CHROMIUM to an executable)" >&2
exit 2
