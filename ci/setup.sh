#!/usr/bin/env bash
# Installs what the tests need beside Go, node and npm: with apt where this is root's machine; else it says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."

have() {
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null && return
  done
  return 1
}

for command in go node npm; do
  have "$command" || { echo "$command is needed and is not installed" >&2; exit 1; }
done

missing=()
have gcc cc clang || missing+=(gcc libc6-dev) # the race detector needs a C compiler
have git || missing+=(git)
have curl || missing+=(curl) # a client by TLS that is not Go's
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || have initdb || missing+=(postgresql) # a server of their own for the tests of storage
have chromium chromium-browser google-chrome || missing+=(chromium)

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && have apt-get; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
  else
    echo "please install: ${missing[*]} (Debian: sudo apt-get install ${missing[*]})" >&2
    exit 1
  fi
fi

# The certificate authority that e2e talks ACME with; a test builds it.
go -C e2e/pebble mod download

# npm writes node_modules/.package-lock.json last, so it is newer than package-lock.json when all is installed.
for folder in e2e e2e/generator; do
  if [ ! "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
    npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts
  fi
done
