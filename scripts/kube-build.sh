#!/usr/bin/env bash
# Builds kube-apiserver and kube-controller-manager 1.20 from Debian's source package, for `make test-cluster`.
#
# usage: kube-build.sh FOLDER     leaves FOLDER/bin/kube-{apiserver,controller-manager}; does nothing when they are there
#
# No prebuilt API server exists in Debian or on PyPI. The build takes about five minutes on two idle cores; keep FOLDER.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(realpath -m "${1:?usage: kube-build.sh FOLDER}")
[ -x "$folder/bin/kube-apiserver" ] && [ -x "$folder/bin/kube-controller-manager" ] && exit 0
scripts/install-dependencies.sh kube-build
mkdir -p "$folder/apt/lists/partial" "$folder/apt/sources.d"

# This machine's own Debian sources, as sources of source packages; the system's lists stay as they are.
for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$folder/apt/sources.d/$(basename "$file")"
done
if [ -s /etc/apt/sources.list ]; then
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$folder/apt/sources.d/list.list"
fi
options=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/apt/sources.d"
    -o "Dir::State::lists=$folder/apt/lists")
cd "$folder"
if ! compgen -G 'kubernetes-1.20*/Makefile' >/dev/null; then
    apt-get "${options[@]}" update -qq
    apt-get "${options[@]}" source -qq kubernetes >/dev/null
fi
cd kubernetes-1.20*/

# The vendored reflect2 crashes on Go 1.18 and later at the first write of a custom resource; Debian's own does not.
vendored=vendor/github.com/modern-go/reflect2
rm -f "$vendored"/*.go "$vendored"/*.s
cp /usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} "$vendored/"
rm -f "$vendored"/*_test.go

export CGO_ENABLED=0 GOCACHE="$folder/go-cache" GOPATH="$PWD/.go" GOPROXY=off HOME="$folder/home"
export KUBE_GIT_VERSION=v1.20.2 PATH=/usr/lib/go/bin:/usr/bin:/bin
mkdir -p "$HOME" .go/src/k8s.io
ln -sfn ../../.. .go/src/k8s.io/kubernetes
echo "building kube-apiserver and kube-controller-manager 1.20, about five minutes on two idle cores" >&2
make WHAT="cmd/kube-apiserver cmd/kube-controller-manager" GOLDFLAGS="-s -w" GOFLAGS= >"$folder/make.log" 2>&1 || {
    tail -30 "$folder/make.log" >&2
    exit 1
}
mkdir -p "$folder/bin"
cp _output/local/bin/linux/*/kube-{apiserver,controller-manager} "$folder/bin/"
# Sources and caches take gigabytes and are of no further use; Go makes some of them read-only.
cd "$folder"
chmod -R u+w .
rm -rf apt go-cache home kubernetes-1.20* kubernetes_1.20*
