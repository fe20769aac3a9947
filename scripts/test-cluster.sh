#!/usr/bin/env bash
# Runs the contract suite of Tests/Cluster against a real API server: that of $KUBECONFIG, else one of version 1.20 that
# is built from Debian's source package once, kept under .build/kube, and started for the suite alone.
#
# usage: test-cluster.sh PYTHON [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."

python=${1:?usage: test-cluster.sh PYTHON [pytest arguments]}
shift
# The suite has the server look at everything that is installed.
rm -rf .build/renderings
scripts/render-manifests.sh --output .build/renderings
if [ -n "${KUBECONFIG:-}" ]; then
    exec "$python" -m pytest -q Tests/Cluster "$@"
fi
scripts/install-dependencies.sh kube
scripts/kube-build.sh .build/kube
trap 'scripts/kube-down.sh .build/kube/state' EXIT
KUBECONFIG=$(scripts/kube-up.sh .build/kube/bin .build/kube/state)
export KUBECONFIG
"$python" -m pytest -q Tests/Cluster "$@"
