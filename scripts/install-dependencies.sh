#!/usr/bin/env bash
# Installs the Debian packages that are missing for a purpose: build, test, bench, java (to read tables with Spark),
# image (to build and run the container image), kube-build or kube (a real API server). Quick when none is.
set -euo pipefail

# curl and simdjson as shared libraries are for the tests; the release programs take them from gather-parts.sh.
build=(
    dpkg-dev g++ libcurl4-openssl-dev libnghttp2-dev libsimdjson-dev libsqlite3-dev libssl-dev libyaml-dev libzstd-dev
    make openssl pkg-config python3 zlib1g-dev
)
declare -A packages=(
    [build]="${build[*]}"
    [test]="python3-venv nginx-light openssl"
    [java]="python3-venv openjdk-17-jre-headless"
    [kube-build]="dpkg-dev golang-github-modern-go-reflect2-dev golang-go jq make rsync"
    [kube]="curl etcd-server openssl python3-venv"
    [bench]="python3-venv nginx-light openssl"
    [image]="podman runc"
)

purpose=${1:?usage: install-dependencies.sh build|test|bench|java|image|kube-build|kube}
read -ra wanted <<<"${packages[$purpose]:?unknown purpose}"

require_swift() {
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -1)
    if [ -z "$version" ] || [ "$(printf '%s\n6.2\n' "$version" | sort -V | head -1)" != 6.2 ]; then
        echo "cannot build: Swift 6.2 or later is needed, found ${version:-none}; see https://www.swift.org/install" >&2
        exit 1
    fi
}

require_swift

missing=()
for package in "${wanted[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' ||
        missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "cannot install ${missing[*]}: this is no Debian; install them by other means" >&2
    exit 1
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing ${missing[*]}" >&2
"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
# Debian starts nginx when it is installed; the tests bring their own.
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" env SYSTEMD_OFFLINE=1 \
    apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
