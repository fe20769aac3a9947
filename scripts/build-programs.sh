#!/usr/bin/env bash
# Builds release programs into .build/release, each with the linker's map beside it (.build/NAME.map).
#
# usage: build-programs.sh NAME…
#
# They are static: they start with a fifth fewer instructions than programs that load curl's 38 shared libraries, and what is
# tested and measured here is, stripped, what the container image holds.
set -euo pipefail
cd "$(dirname "$0")/.."

parts=$(scripts/gather-parts.sh --kept)
# An import that Package.swift does not allow is an error. Paths of this machine stay out of a program, so that any folder
# gives the same bytes. lld, because it does not depend on the order of the archives and writes the map from which the SBOM
# is read; it makes one of texts that end alike and of functions that are the same and have no address of their own, and
# leaves the tables for unwinding out.
options=(
    --explicit-target-dependency-import-check error -c release --pkg-config-path "$parts/lib/pkgconfig"
    -Xswiftc -static-executable -Xswiftc -use-ld=lld -Xlinker -O2 -Xlinker --icf=safe
    -Xlinker -T -Xlinker "$PWD/scripts/no-unwinding.ld" -Xlinker --no-eh-frame-hdr
    -Xswiftc -file-prefix-map -Xswiftc "$PWD=."
    -Xcc "-ffile-prefix-map=$PWD=." -Xcxx "-ffile-prefix-map=$PWD=." -Xcxx -isystem -Xcxx "$parts/include"
    -Xlinker "-L$parts/lib" -Xlinker --build-id=none
)
for name in "$@"; do
    swift build "${options[@]}" -Xlinker "-Map=$PWD/.build/$name.map" --product "$name"
done
