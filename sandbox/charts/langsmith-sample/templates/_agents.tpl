{{- /* The agent features that are switched on. Insights and Engine share one set of pods. */ -}}
{{- define "langsmith.agents" -}}
{{- $some := false -}}
{{- if include "langsmith.fleet" . }}{{ $some = true }}
- {values: fleet, prefix: {{ .Values.fleet.namePrefix }}, image: agentBuilderImage, keyName: AGENT_BUILDER_ENCRYPTION_KEY, key: agent_builder_encryption_key}
{{- end }}
{{- if include "langsmith.insights" . }}{{ $some = true }}
- {values: engineInsightsAgent, prefix: {{ .Values.engineInsightsAgent.namePrefix }}, image: engineInsightsAgentImage, keyName: CLIO_ENCRYPTION_KEY, key: insights_encryption_key}
{{- end }}
{{- if .Values.polly.enabled }}{{ $some = true }}
- {values: polly, prefix: {{ .Values.polly.namePrefix }}, image: pollyAgentImage, keyName: POLLY_ENCRYPTION_KEY, key: polly_encryption_key}
{{- end }}
{{- if not $some }}[]{{ end -}}
{{- end -}}
