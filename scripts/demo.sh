#!/usr/bin/env bash
# Starts a simulated Stripe account, runs two workflows against it into ./warehouse, and shows how to look at the result.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
.build/release/stripe-simulator --port 0 --objects customer=5000,default=300 >"$log" &
simulator=$!
trap 'kill "$simulator" 2>/dev/null; wait "$simulator" 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 100); do
    base=$(sed -n 's/^stripe-simulator listening on //p' "$log")
    [ -n "$base" ] && break
    sleep 0.1
done
[ -n "$base" ] || { echo "cannot run the demo: the simulator did not start" >&2; exit 1; }

# The job's own environment names the simulator and holds the key; no manifest could send the key elsewhere.
export NILUS_STRIPE_API_BASE=$base STRIPE_API_KEY=sk_test_demo

for manifest in manifests/seed-stripe.yaml manifests/all-endpoints.yaml; do
    status="warehouse/$(basename "$manifest" .yaml).status.yaml"
    mkdir -p warehouse
    echo "\$ nilus run -f $manifest --warehouse warehouse --status $status"
    .build/release/nilus run -f "$manifest" --warehouse warehouse --status "$status"
    sed -n '/^status:/,/^  nodes:/p' "$status" | sed '$d'
    echo
done

echo "The tables are in ./warehouse. To query one:"
echo "  make query SQL=\"SELECT id, email, created FROM sandbox.strip_test ORDER BY created DESC LIMIT 5\""
