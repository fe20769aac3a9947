#!/usr/bin/env bash
# A SeaweedFS on 127.0.0.1 for tests: S3 with the bucket "plain", and an Iceberg REST catalog over the bucket "warehouse"
# and the buckets "conformance-00" to "conformance-59", one for each test that wants a catalog of its own.
#
#   seaweedfs.sh start FOLDER        starts it with its state in FOLDER and prints how to reach it, as exports
#   seaweedfs.sh env FOLDER          prints the same for one that runs
#   seaweedfs.sh stop FOLDER         ends the one of FOLDER; the state stays
#   seaweedfs.sh run COMMAND …       starts one, runs the command with its environment, and removes all of it
#
# Ports are free ones unless S3_PORT and REST_PORT say otherwise. The program is $WEED, or the one of the tests'
# virtual environment (`make test-dependencies`), or the one on the PATH.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
access_key=testkey
secret_key=testsecret

fail() {
    echo "cannot $1" >&2
    exit 1
}

find_weed() {
    local candidate
    for candidate in "${WEED:-}" "$root/.build/venv/bin/weed" "$(command -v weed || true)"; do
        [ -n "$candidate" ] && [ -x "$candidate" ] && { echo "$candidate"; return; }
    done
    fail "start SeaweedFS: there is no program 'weed'; run 'make test-dependencies' or name one in WEED"
}

# Succeeds when the catalog hands out a token, its last bucket is there, and S3 answers.
answers() {
    python3 - "$1" "$2" "$access_key" "$secret_key" <<'PYTHON'
import json, sys, urllib.error, urllib.parse, urllib.request
s3, catalog, key, secret = sys.argv[1:]
form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": key, "client_secret": secret})
try:
    answer = urllib.request.urlopen(catalog + "/v1/oauth/tokens", form.encode(), timeout=5).read()
    bearer = {"Authorization": "Bearer " + json.loads(answer)["access_token"]}
    last = urllib.request.Request(catalog + "/v1/conformance-59/namespaces", headers=bearer)
    urllib.request.urlopen(last, timeout=5).read()
    urllib.request.urlopen(s3, timeout=5)
except urllib.error.HTTPError as error:
    sys.exit(0 if error.url.startswith(s3) else 1)
except OSError:
    sys.exit(1)
PYTHON
}

is_running() {
    [ -s "$1/weed.pid" ] && kill -0 "$(cat "$1/weed.pid")" 2>/dev/null
}

launch() {
    local folder=$1 weed=$2 ports s3 rest
    read -ra ports < <("$root/scripts/free-ports.py" 11)
    s3=${S3_PORT:-${ports[0]}}
    rest=${REST_PORT:-${ports[1]}}
    AWS_ACCESS_KEY_ID=$access_key AWS_SECRET_ACCESS_KEY=$secret_key setsid nohup "$weed" -logtostderr=true mini \
        -dir="$folder/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 -bucket=plain \
        -tableBucket="warehouse$(printf ',conformance-%02d' {0..59})" \
        -s3.port="$s3" -s3.port.grpc="${ports[2]}" -s3.port.iceberg="$rest" -s3.port.lance=0 -s3.autoCreateBucket=false \
        -master.port="${ports[3]}" -master.port.grpc="${ports[4]}" -master.telemetry=false \
        -volume.port="${ports[5]}" -volume.port.grpc="${ports[6]}" \
        -filer.port="${ports[7]}" -filer.port.grpc="${ports[8]}" \
        -admin.ui=false -admin.port="${ports[9]}" -admin.port.grpc="${ports[10]}" -webdav=false \
        >"$folder/weed.log" 2>&1 </dev/null &
    echo $! >"$folder/weed.pid"
    cat >"$folder/environment" <<ENVIRONMENT
export NILUS_TEST_S3_ENDPOINT=http://127.0.0.1:$s3
export NILUS_TEST_S3_REGION=us-east-1
export NILUS_TEST_S3_BUCKET=plain
export NILUS_TEST_S3_ACCESS_KEY_ID=$access_key
export NILUS_TEST_S3_SECRET_ACCESS_KEY=$secret_key
export NILUS_TEST_REST_CATALOG=http://127.0.0.1:$rest
export NILUS_TEST_REST_WAREHOUSE=s3://warehouse
ENVIRONMENT
    for _ in $(seq 300); do
        answers "http://127.0.0.1:$s3/" "http://127.0.0.1:$rest" && return 0
        is_running "$folder" || return 1
        sleep 0.1
    done
    return 1
}

start() {
    local folder=$1 weed attempt
    is_running "$folder" && fail "start SeaweedFS in '$folder': process $(cat "$folder/weed.pid") already runs there"
    weed=$(find_weed)
    mkdir -p "$folder/data"
    # Another program may take a port between its choice and its use.
    for attempt in 1 2 3; do
        launch "$folder" "$weed" && return
        stop "$folder"
    done
    tail -20 "$folder/weed.log" >&2
    fail "start SeaweedFS in '$folder': it did not answer in $attempt attempts; its log is $folder/weed.log"
}

stop() {
    local folder=$1 process
    [ -s "$folder/weed.pid" ] || return 0
    process=$(cat "$folder/weed.pid")
    kill "$process" 2>/dev/null || true
    for _ in $(seq 100); do
        kill -0 "$process" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$process" 2>/dev/null || true
    rm -f "$folder/weed.pid" "$folder/environment"
}

run() {
    folder=$(mktemp -d "${TMPDIR:-/tmp}/seaweedfs.XXXXXX")
    trap 'stop "$folder"; rm -rf "$folder"' EXIT
    start "$folder"
    # shellcheck disable=SC1091
    . "$folder/environment"
    "$@"
}

usage="usage: seaweedfs.sh start|env|stop FOLDER, or seaweedfs.sh run COMMAND …"
action=${1:?$usage}
target=${2:?$usage}
case $action in
start)
    start "$target"
    cat "$target/environment"
    ;;
env)
    is_running "$target" || fail "tell the environment of '$target': no SeaweedFS runs there"
    cat "$target/environment"
    ;;
stop) stop "$target" ;;
run) run "${@:2}" ;;
*) fail "do '$action'; $usage" ;;
esac
