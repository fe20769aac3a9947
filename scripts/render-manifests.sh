#!/usr/bin/env bash
# Prints every variant in which nilus can be installed into a cluster, as the server receives it.
#
#   render-manifests.sh                    all variants, one after another, each below a line '# variant: NAME'
#   render-manifests.sh VARIANT…           these only; 'kubectl apply --dry-run=server -f -' takes one of them
#   render-manifests.sh --list             the names of the variants
#   render-manifests.sh --output FOLDER    all variants, each into FOLDER/VARIANT.yaml
#
# Needs .build/tools (make manifest-tools), or KUBECTL and HELM.
set -euo pipefail
cd "$(dirname "$0")/.."

kubectl=${KUBECTL:-.build/tools/kubectl}
helm=${HELM:-.build/tools/helm}
variants=(
    crds kustomize-operator kustomize-operator-kubernetes-1.20 kustomize-operator-all-namespaces kustomize-job
    helm-operator helm-operator-all-namespaces helm-job helm-job-tuned
)

chart() {
    # Helm tells of every symbolic link in the chart; what else it says is an error.
    HELM_CACHE_HOME=.build/helm HELM_CONFIG_HOME=.build/helm HELM_DATA_HOME=.build/helm \
        "$helm" template nilus deploy/helm/nilus --namespace nilus --include-crds --kube-version 1.36.0 \
        --set namespace.create=true "$@" 2> >(grep -v 'found symbolic link in path' >&2)
}

render() {
    case $1 in
        crds) "$kubectl" kustomize deploy/crds ;;
        kustomize-*) "$kubectl" kustomize "deploy/kustomize/overlays/${1#kustomize-}" ;;
        helm-operator) chart --set mode=operator ;;
        helm-operator-all-namespaces) chart --set mode=operator --set operator.allNamespaces=true ;;
        helm-job) chart --set mode=job ;;
        # Every value that an installation changes as a rule.
        helm-job-tuned)
            chart --set mode=job --set job.name=stripe-all --set image.repository=registry.example.com/nilus \
                --set "image.digest=sha256:$(printf '%064d' 0)" --set 'imagePullSecrets={registry}' \
                --set networkPolicy.catalogPort=8181 --set networkPolicy.storagePort=9000 \
                --set image.pullPolicy=Always --set job.suspend=true \
                --set-file 'job.files.config\.yaml=manifests/all-endpoints.yaml'
            ;;
        *)
            echo "cannot render '$1': no such variant; expected one of: ${variants[*]}" >&2
            return 64
            ;;
    esac
}

case ${1:-} in
    --list) printf '%s\n' "${variants[@]}" ;;
    --output)
        folder=${2:?usage: render-manifests.sh --output FOLDER}
        mkdir -p "$folder"
        for variant in "${variants[@]}"; do render "$variant" >"$folder/$variant.yaml"; done
        ;;
    *)
        [ $# -gt 0 ] || set -- "${variants[@]}"
        for variant in "$@"; do
            printf -- '---\n# variant: %s\n' "$variant"
            render "$variant"
        done
        ;;
esac
