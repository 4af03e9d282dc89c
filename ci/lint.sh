#!/usr/bin/env bash
# Runs golangci-lint in a pinned version, built once into bin/.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v2.12.2
linter=bin/golangci-lint-$version

if [ ! -x "$linter" ]; then
  echo "building golangci-lint $version, once; this takes a few minutes"
  mkdir -p bin
  GOBIN=$PWD/bin go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version"
  mv bin/golangci-lint "$linter"
fi
"$linter" run ./...
(cd e2e && "../$linter" run --config ../.golangci.yml ./...)
