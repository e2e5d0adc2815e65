{{- /* The two products' charts label their objects differently; both ways are kept. */ -}}

{{- define "langflow.ideLabels" -}}
app: {{ .root.Values.fullnameOverride }}
chart: langflow-ide-{{ .root.Chart.Version }}
release: {{ .root.Release.Name }}
langflow-scope: {{ .scope }}
{{- end -}}

{{- define "langflow.runtimeSelector" -}}
app.kubernetes.io/name: langflow-runtime
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "langflow.runtimeLabels" -}}
helm.sh/chart: langflow-runtime-{{ .Chart.Version }}
{{ include "langflow.runtimeSelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "langflow.databaseSelector" -}}
app.kubernetes.io/name: postgresql
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: primary
{{- end -}}

{{- define "langflow.probe" -}}
httpGet: {path: {{ .path }}, port: http}
initialDelaySeconds: 5
periodSeconds: 10
timeoutSeconds: 5
failureThreshold: 3
{{- end -}}

{{- define "langflow.database" -}}
- name: LANGFLOW_DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ .Release.Name }}-database, key: url}}
- {name: LANGFLOW_PORT, value: "7860"}
- {name: LANGFLOW_ALEMBIC_LOG_TO_STDOUT, value: "true"}
{{- end -}}
