{{/* Labels of every resource; the component is the argument, empty for what both have. */}}
{{- define "nilus.labels" -}}
app.kubernetes.io/name: nilus
app.kubernetes.io/part-of: nilus
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "nilus.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag }}{{ end }}
{{- end }}

{{/* Exceptions that checkov is to grant, with their reasons. */}}
{{- define "nilus.exceptions" -}}
{{- if not .Values.image.digest }}
checkov.io/skip1: CKV_K8S_43=this repository names no registry; docs/kubernetes.md shows how to set image and digest
{{- end }}
{{- if ne .Values.image.pullPolicy "Always" }}
checkov.io/skip2: CKV_K8S_15=an image by digest never changes, and a node keeps working without its registry
{{- end }}
{{- end }}

{{- define "nilus.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "nilus.containerSecurity" -}}
resources:
  requests:
    cpu: {{ .Values.resources.cpu }}
    memory: {{ .Values.resources.memory }}
    ephemeral-storage: {{ index .Values.resources "ephemeral-storage" }}
  limits:
    cpu: {{ .Values.resources.cpu }}
    memory: {{ .Values.resources.memory }}
    ephemeral-storage: {{ index .Values.resources "ephemeral-storage" }}
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
terminationMessagePath: /dev/termination-log
terminationMessagePolicy: File
{{- end }}

{{/* The token of the service account, for an hour at a time, and what goes with it. */}}
{{- define "nilus.apiAccess" -}}
- name: api-access
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end }}

{{/* Everything but the addresses where clouds hand out credentials. */}}
{{- define "nilus.anywhere" -}}
- ipBlock:
    cidr: 0.0.0.0/0
    except: [169.254.0.0/16]
- ipBlock:
    cidr: "::/0"
    except: ["fe80::/10", "fd00:ec2::254/128"]
{{- end }}
