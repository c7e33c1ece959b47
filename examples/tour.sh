#!/usr/bin/env bash
# Builds mesh and runs its main job on the example mesh: lint the products of four domains, publish
# them to the embedded registry, and look at what every other domain can now discover.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked --package mesh-cli
PATH="$PWD/target/release:$PATH"

run() { printf '\n\033[1m$ %s\033[0m\n' "$*"; "$@"; }

run mesh lint examples/pharma
run mesh publish examples/pharma
run mesh search forecast
run mesh show commercial/sales-forecast
