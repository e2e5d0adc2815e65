{{- /* HorizontalPodAutoscaler or ScaledObject of one component: (dict "root" $ "c" row "v" its values "kind" kind) */ -}}
{{- define "langsmith.autoscaling" -}}
{{- $root := .root -}}
{{- $scaler := include "langsmith.scaler" .v -}}
{{- $auto := .v.autoscaling | default dict -}}
{{- $target := printf "%s-%s" (include "langsmith.fullname" .root) .c.name -}}
{{- $api := ternary "argoproj.io/v1alpha1" "apps/v1" (eq .kind "Rollout") -}}
{{- if eq $scaler "hpa" }}
{{- $hpa := $auto.hpa | default $auto }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{- include "langsmith.metadata" (dict "root" .root "name" .c.name) | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: {{ $api }}, kind: {{ .kind }}, name: {{ $target }}}
  minReplicas: {{ $hpa.minReplicas }}
  maxReplicas: {{ $hpa.maxReplicas }}
  metrics:
    {{- with $hpa.targetCPUUtilizationPercentage }}
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ . }}}}}
    {{- end }}
    {{- with $hpa.targetMemoryUtilizationPercentage }}
    - {type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: {{ . }}}}}
    {{- end }}
    {{- with $hpa.additionalMetrics }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $hpa.behavior }}
  behavior: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- else if eq $scaler "keda" }}
{{- $keda := $auto.keda }}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {{- include "langsmith.metadata" (dict "root" .root "name" .c.name "labels" $keda.labels "annotations" (merge (dict "scaledobject.keda.sh/transfer-hpa-ownership" "true") ($keda.annotations | default dict))) | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: {{ $api }}, kind: {{ .kind }}, name: {{ $target }}}
  pollingInterval: {{ $keda.pollingInterval }}
  cooldownPeriod: {{ $keda.cooldownPeriod }}
  minReplicaCount: {{ $keda.minReplicaCount | default $auto.minReplicas | default 1 }}
  maxReplicaCount: {{ $keda.maxReplicaCount | default $auto.maxReplicas | default 5 }}
  {{- with .c.triggers }}
  fallback: {failureThreshold: 3, replicas: {{ ternary 2 3 (eq (index . 0).path "/metrics/queue/host") }}}
  {{- end }}
  advanced:
    horizontalPodAutoscalerConfig:
      name: {{ $target }}
      behavior:
        scaleDown: {stabilizationWindowSeconds: {{ $keda.scaleDownStabilizationWindowSeconds }}}
  triggers:
    - {type: cpu, metricType: Utilization, metadata: {value: {{ $keda.targetCPUUtilizationPercentage | default 50 | quote }}}}
    {{- range .c.triggers }}
    {{- $at := index $root.Values .at }}
    - type: metrics-api
      metadata:
        url: {{ printf "http://%s:%v%s" (include "langsmith.host" (dict "root" $root "name" $at.name)) $at.service.port .path | quote }}
        valueLocation: {{ .value }}
        targetValue: {{ .target | quote }}
    {{- end }}
    {{- with .c.pending }}
    - type: postgresql
      metadata:
        query: SELECT COUNT(*) FROM run WHERE status='pending'
        targetQueryValue: {{ . | quote }}
        connectionFromEnv: POSTGRES_URI
    {{- end }}
{{- end }}
{{- end -}}
