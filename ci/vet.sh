#!/usr/bin/env bash
# Vets the code and checks it against the types of the systems that no test runs on.
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
go run ./ci/typecheck darwin windows
