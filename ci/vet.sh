#!/usr/bin/env bash
# Vets the code and builds it for the systems that no test runs on.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l .)
if [ -n "$unformatted" ]; then
  echo "not formatted (make fmt):" "$unformatted" >&2
  exit 1
fi

go vet ./...
(cd e2e && go vet ./...)
(cd bench && go vet ./... && go test ./...)
for system in darwin windows; do
  GOOS=$system go build ./...
done
