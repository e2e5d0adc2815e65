{{/* The release's name, or the one that is wanted; short enough for labels and for a pod's ordinal. */}}
{{- define "mission-control.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "mission-control.account" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mission-control.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* By these the pod is found; they never change. */}}
{{- define "mission-control.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mission-control.labels" -}}
{{ include "mission-control.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels and annotations of an object's metadata; `root`, and `also` for annotations of its own. */}}
{{- define "mission-control.metadata" -}}
labels:
  {{- include "mission-control.labels" .root | nindent 2 }}
{{- with merge (dict) (default dict .also) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "mission-control.image" -}}
{{- $image := .Values.image -}}
{{- $name := ternary (printf "%s/%s" (trimSuffix "/" $image.registry) $image.repository) $image.repository (ne $image.registry "") -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The namespaces that the roles are for, as JSON: {"names": […]}. */}}
{{- define "mission-control.namespaces" -}}
{{- dict "names" (default (list .Release.Namespace) .Values.rbac.namespaces | uniq) | toJson -}}
{{- end -}}

{{/* The pod's and the containers' settings that pod security "restricted" asks for. */}}
{{- define "mission-control.podSecurity" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- with .Values.podSecurity }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "mission-control.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "mission-control.caMap" -}}
{{- default (printf "%s-ca" (include "mission-control.fullname" .)) .Values.trustedCA.configMap -}}
{{- end -}}

{{- define "mission-control.adminSecret" -}}
{{- default (printf "%s-admin" (include "mission-control.fullname" .)) .Values.signIn.existingSecret -}}
{{- end -}}

{{/* A sign of life; it needs no session. */}}
{{- define "mission-control.probe" -}}
httpGet:
  path: {{ . }}
  port: http
{{- end -}}
