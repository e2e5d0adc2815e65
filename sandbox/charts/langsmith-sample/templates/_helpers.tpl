{{- /* Names and labels. Every other template asks here, so that a label is spelled once. */ -}}

{{- define "langsmith.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "langsmith.fullname" -}}
{{- $name := include "langsmith.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "langsmith.namespace" -}}
{{- .Values.namespace | default .Release.Namespace -}}
{{- end -}}

{{- define "langsmith.selector" -}}
app.kubernetes.io/name: {{ include "langsmith.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "langsmith.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{ include "langsmith.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* metadata of one object: (dict "root" $ "name" suffix "labels" map "annotations" map) */ -}}
{{- define "langsmith.metadata" -}}
name: {{ printf "%s-%s" (include "langsmith.fullname" .root) .name | trimSuffix "-" }}
namespace: {{ include "langsmith.namespace" .root }}
labels: {{- merge (dict) (.labels | default dict) (include "langsmith.labels" .root | fromYaml) | toYaml | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* the reference of one image: (dict "root" $ "image" key) */ -}}
{{- define "langsmith.image" -}}
{{- $image := index .root.Values.images .image -}}
{{- $repository := $image.repository -}}
{{- if .root.Values.images.registry -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .root.Values.images.registry) $repository -}}
{{- end -}}
{{- printf "%s:%s" $repository ($image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}

{{- /* the service account of one component: (dict "root" $ "name" suffix "values" its block) */ -}}
{{- define "langsmith.account" -}}
{{- $account := .values.serviceAccount | default dict -}}
{{- $account.name | default (printf "%s-%s" (include "langsmith.fullname" .root) .name) -}}
{{- end -}}

{{- /* DNS name of a Service of this release: (dict "root" $ "name" suffix) */ -}}
{{- define "langsmith.host" -}}
{{- printf "%s-%s.%s.svc.%s" (include "langsmith.fullname" .root) .name (include "langsmith.namespace" .root) .root.Values.clusterDomain -}}
{{- end -}}

{{- /* which Secret holds a thing: the operator's own when named, else ours: (dict "root" $ "existing" name "name" suffix) */ -}}
{{- define "langsmith.secret" -}}
{{- .existing | default (printf "%s-%s" (include "langsmith.fullname" .root) .name) -}}
{{- end -}}

{{- define "langsmith.fleet" -}}
{{- if or .Values.fleet.enabled .Values.config.agentBuilder.enabled }}true{{ end -}}
{{- end -}}

{{- define "langsmith.insights" -}}
{{- if or .Values.insights.enabled .Values.engine.enabled }}true{{ end -}}
{{- end -}}
