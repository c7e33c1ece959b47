#!/usr/bin/env bash
# Builds mesh and runs its main job on the example mesh: lint the products of four domains, hold them to the
# policies that the company has adopted, see how far they have come, publish them to the embedded registry, and
# look at what every other domain can now discover.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked --package mesh-cli
PATH="$PWD/target/release:$PATH"

# One contract of the example has a waiver, which begins and ends on a day. Judged as of this day, the tour comes
# to the same whenever it is taken.
day=2026-12-15

run() { printf '\n\033[1m$ %s\033[0m\n' "$*"; "$@"; }

run mesh lint examples/pharma --as-of "$day"
run mesh policy check examples/pharma --as-of "$day"
run mesh policy explain gxp-retention examples/pharma --domain manufacturing --as-of "$day"
run mesh scorecard examples/pharma --as-of "$day"
run mesh publish examples/pharma --as-of "$day"
run mesh search forecast
run mesh show commercial/sales-forecast
