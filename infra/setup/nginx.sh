#!/usr/bin/env bash
# Makes sure that the tests behind a reverse proxy find an nginx. Installs Debian's package where it may, else says what to install.
set -euo pipefail
found() { PATH="$PATH:/usr/sbin" command -v nginx >/dev/null; }
if found; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # The package would start a server of its own on port 80: nobody asked for that.
  [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
  apt-get install -y -qq --no-install-recommends nginx-light openssl >/dev/null
  found && exit 0
fi
echo "The tests behind a proxy need nginx: apt-get install nginx-light" >&2
exit 2
