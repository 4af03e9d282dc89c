#!/usr/bin/env bash
# Runs everything that is tested. What that needs is installed while the code is vetted, which is work for the processors.
set -euo pipefail
cd "$(dirname "$0")/.."

report=$(mktemp)
ci/setup.sh >"$report" 2>&1 &
setup=$!
trap 'kill $setup 2>/dev/null || true; rm -f "$report"' EXIT

ci/vet.sh
if ! wait $setup; then
  cat "$report" >&2
  exit 1
fi
make unit e2e
