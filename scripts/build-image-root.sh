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

scratch=.build/static-program
parts=$(scripts/build-image-parts.sh)

build_program() {
    # Paths of this machine stay out of the program, so that any folder gives the same bytes. lld, because it does not
    # depend on the order of the archives and writes the map from which the SBOM is read; it makes one of texts that end
    # alike and of functions that are the same and have no address of their own, and leaves the tables for unwinding out.
    swift build --scratch-path "$scratch" --explicit-target-dependency-import-check error -c release --product nilus \
        --pkg-config-path "$parts/lib/pkgconfig" \
        -Xswiftc -static-executable -Xswiftc -use-ld=lld -Xlinker -O2 -Xlinker --icf=safe \
        -Xlinker -T -Xlinker "$PWD/scripts/no-unwinding.ld" -Xlinker --no-eh-frame-hdr \
        -Xswiftc -file-prefix-map -Xswiftc "$PWD=." \
        -Xcc "-ffile-prefix-map=$PWD=." -Xcxx "-ffile-prefix-map=$PWD=." -Xcxx -isystem -Xcxx "$parts/include" \
        -Xlinker "-L$parts/lib" -Xlinker --strip-all -Xlinker --build-id=none \
        -Xlinker "-Map=$PWD/$scratch/nilus.map"
}

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

build_program
rm -rf "$folder"
install -d -m 0755 "$folder/root/usr/bin" "$folder/root/etc/ssl"
install -m 0555 "$scratch/release/nilus" "$folder/root/usr/bin/nilus"
install_certificates
scripts/write-sbom.py --map "$scratch/nilus.map" --parts "$parts" --scratch "$scratch" \
    --program "$folder/root/usr/bin/nilus" --revision "${REVISION:-$(git rev-parse HEAD)}" \
    --epoch "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" >"$folder/nilus.cdx.json"
