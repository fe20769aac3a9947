#!/usr/bin/env bash
# Fails when the program needs a shared library directly that is not on the list.
set -euo pipefail

allowed=(
    ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 libc.so.6 libcrypto.so.3 libcurl.so.4 libgcc_s.so.1 libm.so.6
    libsimdjson.so.14 libsqlite3.so.0 libstdc++.so.6 libyaml-0.so.2 libz.so.1 libzstd.so.1
)

program=${1:?usage: check-linkage.sh PROGRAM}
needed=$(objdump --private-headers "$program" | sed -n 's/^ *NEEDED *//p')
status=0
for library in $needed; do
    case " ${allowed[*]} " in
        *" $library "*) ;;
        *) echo "$program needs $library, which is not on the list of scripts/check-linkage.sh" >&2; status=1 ;;
    esac
done
exit $status
