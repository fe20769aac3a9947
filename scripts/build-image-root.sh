#!/usr/bin/env bash
# Builds what the container image holds, and the list of what that is made of:
#
#   FOLDER/root/usr/bin/nilus     the program, static and stripped
#   FOLDER/root/etc/ssl/certs     Debian's certificate authorities, each under the hash of its subject
#   FOLDER/nilus.cdx.json         the SBOM, CycloneDX 1.5
#
# usage: build-image-root.sh FOLDER
# environment: SOURCE_DATE_EPOCH and REVISION, the time and the name of the commit; asked from git when unset.
set -euo pipefail
umask 022
folder=$(realpath -m "${1:?usage: build-image-root.sh FOLDER}")
cd "$(dirname "$0")/.."

parts=$(scripts/gather-parts.sh)

# A directory rather than a bundle: OpenSSL then reads the few that a connection needs, not all of them at the start.
install_certificates() {
    local target=$folder/root/etc/ssl/certs file hash number
    install -d -m 0755 "$target"
    for file in "$parts"/certificates/*.crt; do
        hash=$(openssl x509 -in "$file" -noout -subject_hash)
        number=0
        while [ -e "$target/$hash.$number" ]; do number=$((number + 1)); done
        install -m 0444 "$file" "$target/$hash.$number"
    done
}

scripts/build-programs.sh nilus
rm -rf "$folder"
install -d -m 0755 "$folder/root/usr/bin" "$folder/root/etc/ssl"
install -m 0555 --strip .build/release/nilus "$folder/root/usr/bin/nilus"
install_certificates
scripts/write-sbom.py --map .build/nilus.map --parts "$parts" --scratch .build \
    --program "$folder/root/usr/bin/nilus" --revision "${REVISION:-$(git rev-parse HEAD)}" \
    --epoch "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" >"$folder/nilus.cdx.json"
