#!/usr/bin/env bash
# Stops exactly the processes that kube-up.sh started, the last first.
#
# usage: kube-down.sh STATE
set -euo pipefail

state=${1:?usage: kube-down.sh STATE}
for name in manager apiserver etcd; do
    file=$state/run/$name.pid
    [ -f "$file" ] || continue
    process=$(cat "$file")
    kill "$process" 2>/dev/null || true
    for _ in $(seq 100); do
        kill -0 "$process" 2>/dev/null || break
        sleep 0.1
    done
    kill -9 "$process" 2>/dev/null || true
    rm -f "$file"
done
