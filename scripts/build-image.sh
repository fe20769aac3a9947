#!/usr/bin/env bash
# Builds the container image and tags it nilus:dev, with podman or docker, whichever is there.
#
# usage: build-image.sh container|host|assemble
#   container   builds the program in a container of BASE, an image of Debian with Swift
#   host        builds the same program on this machine, which must be Debian with Swift, and only assembles the image
#   assemble    only puts together what one of the others has built
# environment: IMAGE (default nilus:dev), BASE, CONTAINER_TOOL (podman or docker), BUILD_OPTIONS (more words for building in
# a container, such as "--pull --no-cache")
#
# Beside the image it leaves .build/container/image/nilus.cdx.json, the SBOM, whose digest is a label of the image.
set -euo pipefail
cd "$(dirname "$0")/.."

builder=${1:?usage: build-image.sh container|host|assemble}
image=${IMAGE:-nilus:dev}
# Named as the builder stage would be; the last stage copies from it.
context=$PWD/.build/container
tool=${CONTAINER_TOOL:-$(command -v podman || command -v docker || true)}
[ -n "$tool" ] || { echo "cannot build an image: neither podman nor docker is installed" >&2; exit 1; }

revision=$(git rev-parse HEAD)
git diff --quiet HEAD || revision+=-dirty
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
version=$(sed -n 's/.*static let number = "\(.*\)"/\1/p' Sources/Core/NilusCore/ProgramVersion.swift)
export SOURCE_DATE_EPOCH REVISION=$revision

# Runs the builder stage and takes out of it what the host would have built.
build_in_container() {
    local stage more
    read -ra more <<<"${BUILD_OPTIONS:-}"
    "$tool" build ${more[@]+"${more[@]}"} --file deploy/Containerfile --target builder --tag nilus-builder:dev ${BASE:+--build-arg "BASE=$BASE"} \
        --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" --build-arg "REVISION=$revision" .
    stage=$("$tool" create nilus-builder:dev)
    rm -rf "$context/image"
    mkdir -p "$context"
    "$tool" cp "$stage:/image" "$context/image"
    "$tool" rm "$stage" >/dev/null
}

# The last stage alone: everything from its FROM on. One layer, every file with the commit's time.
assemble() {
    local options=(
        --build-context "builder=$context" --tag "$image"
        --build-arg "VERSION=$version" --build-arg "REVISION=$revision"
        --build-arg "CREATED=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)"
        --build-arg "SBOM_SHA256=$(sha256sum "$context/image/nilus.cdx.json" | cut -d' ' -f1)"
    )
    case ${tool##*/} in
        podman) options+=(--timestamp "$SOURCE_DATE_EPOCH" --no-cache --layers=false) ;;
        *) options+=(--no-cache --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH") ;;
    esac
    sed -n '/^FROM scratch/,$p' deploy/Containerfile | "$tool" build "${options[@]}" --file - "$context"
}

case $builder in
    container) build_in_container ;;
    host) scripts/build-image-root.sh "$context/image" ;;
    assemble) [ -e "$context/image/nilus.cdx.json" ] || { echo "cannot assemble: nothing is built yet" >&2; exit 1; } ;;
    *) echo "cannot build with '$builder': expected 'container', 'host' or 'assemble'" >&2; exit 64 ;;
esac
assemble
# The image that had the tag before has none now.
"$tool" image prune --force --filter label=org.opencontainers.image.title=nilus >/dev/null
