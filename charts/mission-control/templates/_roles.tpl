{{/*
A role and its binding to the console's account. `root`; `feature`, its name; `rules`; `namespace`, empty for a
ClusterRole. Nothing without rules. What is not in the release's own namespace carries that namespace's name,
so that releases of the same name do not meet.
*/}}
{{- define "mission-control.grant" -}}
{{- if .rules -}}
{{- $name := printf "%s-%s" (include "mission-control.fullname" .root) .feature -}}
{{- if ne .namespace .root.Release.Namespace -}}
{{- $name = printf "%s-%s" .root.Release.Namespace $name -}}
{{- end -}}
{{- $kind := ternary "Role" "ClusterRole" (ne .namespace "") -}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ $name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  {{- include "mission-control.metadata" (dict "root" .root) | nindent 2 }}
rules:
  {{- range .rules }}
  - apiGroups: {{ toJson .apiGroups }}
    resources: {{ toJson .resources }}
    verbs: {{ toJson .verbs }}
    {{- with .resourceNames }}
    resourceNames: {{ toJson . }}
    {{- end }}
  {{- end }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ $name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  {{- include "mission-control.metadata" (dict "root" .root) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "mission-control.account" .root }}
    namespace: {{ .root.Release.Namespace }}
{{ end -}}
{{- end -}}

{{/* The rules of a switch in the namespaces that were chosen, or everywhere. `root`, `feature`, `rules`. */}}
{{- define "mission-control.grantAsChosen" -}}
{{- if .root.Values.rbac.clusterWide -}}
{{- include "mission-control.grant" (merge (dict "namespace" "") .) -}}
{{- else -}}
{{- $given := . -}}
{{- range (include "mission-control.namespaces" .root | fromJson).names -}}
{{- include "mission-control.grant" (merge (dict "namespace" .) $given) -}}
{{- end -}}
{{- end -}}
{{- end -}}
