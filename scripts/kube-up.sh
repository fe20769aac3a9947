#!/usr/bin/env bash
# Starts etcd, kube-apiserver and kube-controller-manager on free ports of 127.0.0.1, with role-based access control.
#
# usage: kube-up.sh BINARIES STATE     prints the path of the administrator's kubeconfig; kube-down.sh STATE stops them
#
# STATE is wiped. The process ids are in STATE/run.
set -euo pipefail

binaries=$(realpath "${1:?usage: kube-up.sh BINARIES STATE}")
state=$(realpath -m "${2:?usage: kube-up.sh BINARIES STATE}")
etcd=$(command -v etcd) || { echo "cannot start a cluster: no etcd; install etcd-server" >&2; exit 1; }
rm -rf "$state"
mkdir -p "$state"/{pki,log,etcd,run}
chmod 700 "$state" "$state/etcd"
cd "$state"

read -r etcd_port peer_port api_port manager_port < <(python3 - <<'PYTHON'
import socket
sockets = [socket.socket() for _ in range(4)]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))
PYTHON
)

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "pki/$1.key" 2>/dev/null; }

new_certificate() { # name, subject, extension lines
    new_key "$1"
    openssl req -new -key "pki/$1.key" -subj "$2" -out "pki/$1.csr" 2>/dev/null
    openssl x509 -req -in "pki/$1.csr" -CA pki/ca.crt -CAkey pki/ca.key -CAcreateserial -days 30 \
        -extfile <(printf '%s\n' "keyUsage=critical,digitalSignature" "$3") -out "pki/$1.crt" 2>/dev/null
}

new_key ca
openssl req -x509 -new -key pki/ca.key -subj /CN=test-ca -days 30 -out pki/ca.crt 2>/dev/null
new_certificate apiserver /CN=kube-apiserver \
    $'extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc'
new_certificate admin /O=system:masters/CN=admin extendedKeyUsage=clientAuth
new_certificate manager /CN=system:kube-controller-manager extendedKeyUsage=clientAuth
openssl genrsa -out pki/accounts.key 2048 2>/dev/null
openssl rsa -in pki/accounts.key -pubout -out pki/accounts.pub 2>/dev/null

for user in admin manager; do
    cat >"$user.kubeconfig" <<KUBECONFIG
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://127.0.0.1:$api_port", certificate-authority: $state/pki/ca.crt}}]
users: [{name: $user, user: {client-certificate: $state/pki/$user.crt, client-key: $state/pki/$user.key}}]
contexts: [{name: test, context: {cluster: test, user: $user}}]
current-context: test
KUBECONFIG
done

start() { # name, command…
    local name=$1
    shift
    setsid nohup "$@" >"log/$name.log" 2>&1 </dev/null &
    echo $! >"run/$name.pid"
}

wait_for() { # name, command…
    local name=$1
    shift
    for _ in $(seq 1200); do
        "$@" >/dev/null 2>&1 && return
        kill -0 "$(cat "run/$name.pid")" 2>/dev/null || break
        sleep 0.1
    done
    echo "cannot start $name:" >&2
    tail -20 "log/$name.log" >&2
    exit 1
}

ask() { curl -fsS --noproxy '*' --cacert pki/ca.crt --cert pki/admin.crt --key pki/admin.key "https://127.0.0.1:$api_port$1"; }

start etcd "$etcd" --name test --data-dir "$state/etcd" --unsafe-no-fsync \
    --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
    --listen-peer-urls "http://127.0.0.1:$peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
    --initial-cluster "test=http://127.0.0.1:$peer_port"
wait_for etcd curl -fsS --noproxy '*' "http://127.0.0.1:$etcd_port/health"
start apiserver "$binaries/kube-apiserver" --etcd-servers="http://127.0.0.1:$etcd_port" --bind-address=127.0.0.1 \
    --advertise-address=127.0.0.1 --secure-port="$api_port" --endpoint-reconciler-type=none \
    --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=Node,RBAC --client-ca-file=pki/ca.crt \
    --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=pki/accounts.pub \
    --service-account-signing-key-file=pki/accounts.key
wait_for apiserver ask /readyz
start manager "$binaries/kube-controller-manager" --kubeconfig=manager.kubeconfig \
    --authentication-kubeconfig=manager.kubeconfig --authorization-kubeconfig=manager.kubeconfig \
    --bind-address=127.0.0.1 --secure-port="$manager_port" --port=0 --leader-elect=false \
    --service-account-private-key-file=pki/accounts.key --root-ca-file=pki/ca.crt \
    --use-service-account-credentials=true --cert-dir=run/manager
wait_for manager ask /api/v1/namespaces/default/serviceaccounts/default
echo "$state/admin.kubeconfig"
