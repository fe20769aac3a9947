#!/usr/bin/env bash
# Fails when a program needs a shared library, or a loader for them.
#
# usage: check-linkage.sh PROGRAM
set -euo pipefail

program=${1:?usage: check-linkage.sh PROGRAM}
needed=$(objdump --private-headers "$program" | sed -n 's/^ *NEEDED *//p; s/^ *INTERP .*/a loader/p')
[ -z "$needed" ] || { echo "$program is not static, it needs:" "$needed" >&2; exit 1; }
