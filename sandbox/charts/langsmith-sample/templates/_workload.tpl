{{- /* One probe: (dict "probe" row "ports" ports) */ -}}
{{- define "langsmith.probe" -}}
{{- if .probe.command -}}
exec:
  command: {{ toJson .probe.command }}
{{- else -}}
httpGet:
  path: {{ .probe.path | quote }}
  port: {{ (index .ports 0).port }}
{{- end }}
periodSeconds: {{ .probe.period | default 10 }}
timeoutSeconds: {{ .probe.timeout }}
failureThreshold: {{ .probe.failures }}
{{- end -}}

{{- /* Pod template of one component: (dict "root" $ "c" row "v" its values) */ -}}
{{- define "langsmith.pod" -}}
{{- $root := .root -}}
{{- $c := .c -}}
{{- $spec := ternary .v.statefulSet .v.deployment (hasKey .v "statefulSet") -}}
{{- $component := printf "%s-%s" (include "langsmith.fullname" .root) .c.name -}}
metadata:
  labels:
    {{- merge (dict "app.kubernetes.io/component" $component) ($spec.labels | default dict) (include "langsmith.labels" .root | fromYaml) | toYaml | nindent 4 }}
  annotations:
    {{- $usage := ternary (dict "kwok.x-k8s.io/usage-cpu" .c.usage.cpu "kwok.x-k8s.io/usage-memory" .c.usage.memory) dict .root.Values.simulation.usage }}
    {{- $sums := dict }}
    {{- if has .c.env (list "common" "bare" "frontend") }}{{ $sums = include "langsmith.checksums" .root | fromYaml }}{{ end }}
    {{- if eq .c.env "clickhouse" }}{{ $sums = dict "checksum/config" (include "langsmith.clickhouseConfig" .root | sha256sum) }}{{ end }}
    {{- merge (dict) ($spec.annotations | default dict) (.root.Values.commonPodAnnotations | default dict) $usage $sums | toYaml | nindent 4 }}
spec:
  {{- with .root.Values.images.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  serviceAccountName: {{ include "langsmith.account" (dict "root" .root "name" .c.name "values" .v) }}
  terminationGracePeriodSeconds: {{ $spec.terminationGracePeriodSeconds | default 30 }}
  {{- with .root.Values.commonDnsConfig }}
  dnsConfig: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with merge (dict) ($spec.podSecurityContext | default dict) (.root.Values.commonPodSecurityContext | default dict) }}
  securityContext: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- range $key := list "priorityClassName" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "initContainers" }}
  {{- with index $spec $key }}
  {{ $key }}: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  containers:
    - name: {{ .c.container | default .c.name }}
      image: {{ include "langsmith.image" (dict "root" .root "image" .c.image) }}
      imagePullPolicy: {{ (index .root.Values.images .c.image).pullPolicy }}
      {{- with .c.command }}
      command: {{ toJson . }}
      {{- end }}
      ports:
        {{- range .c.ports }}
        - {name: {{ .name }}, containerPort: {{ .port }}, protocol: TCP}
        {{- end }}
      {{- if has .c.env (list "common" "frontend" "bare") }}
      envFrom:
        - configMapRef:
            name: {{ include "langsmith.fullname" .root }}-config
      {{- end }}
      {{- $env := printf "%s%s" (include "langsmith.env" (dict "root" .root "c" .c "v" .v) | trim) (include "langsmith.extraEnv" (dict "root" .root "spec" $spec)) }}
      {{- with $env }}
      env: {{- . | nindent 8 }}
      {{- end }}
      startupProbe: {{- if $spec.startupProbe }}{{ toYaml $spec.startupProbe | nindent 8 }}{{ else }}{{ include "langsmith.probe" (dict "probe" (.c.start | default .c.probe) "ports" .c.ports) | nindent 8 }}{{ end }}
      readinessProbe: {{- if $spec.readinessProbe }}{{ toYaml $spec.readinessProbe | nindent 8 }}{{ else }}{{ include "langsmith.probe" (dict "probe" .c.probe "ports" .c.ports) | nindent 8 }}{{ end }}
      livenessProbe: {{- if $spec.livenessProbe }}{{ toYaml $spec.livenessProbe | nindent 8 }}{{ else }}{{ include "langsmith.probe" (dict "probe" (.c.live | default .c.probe) "ports" .c.ports) | nindent 8 }}{{ end }}
      {{- with $spec.resources }}
      resources: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $spec.securityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- $mounts := concat (list) (.root.Values.commonVolumeMounts | default list) ($spec.volumeMounts | default list) }}
      {{- if .c.data }}{{ $mounts = prepend $mounts (dict "name" "data" "mountPath" .c.data) }}{{ end }}
      {{- with .c.config }}{{ $mounts = append $mounts (dict "name" "config" "mountPath" .at "subPath" .key) }}{{ end }}
      {{- if and (eq .c.env "common") .root.Values.config.customCa.secretName }}{{ $mounts = append $mounts (dict "name" "custom-ca" "mountPath" "/etc/ssl/certs/custom-ca-certificates.crt" "subPath" .root.Values.config.customCa.secretKey) }}{{ end }}
      {{- with $mounts }}
      volumeMounts: {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- with $spec.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- $volumes := concat (list) (.root.Values.commonVolumes | default list) ($spec.volumes | default list) }}
  {{- with .c.config }}{{ $volumes = append $volumes (dict "name" "config" "configMap" (dict "name" .name)) }}{{ end }}
  {{- if and .c.data (not $spec.persistence.enabled) }}{{ $volumes = append $volumes (dict "name" "data" "emptyDir" dict) }}{{ end }}
  {{- if and (eq .c.env "common") .root.Values.config.customCa.secretName }}{{ $volumes = append $volumes (dict "name" "custom-ca" "secret" (dict "secretName" .root.Values.config.customCa.secretName)) }}{{ end }}
  {{- with $volumes }}
  volumes: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "langsmith.extraEnv" -}}
{{- with concat (list) (.root.Values.commonEnv | default list) (.spec.extraEnv | default list) }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* What scales a component on its own; decides whether the workload states a number of replicas. */ -}}
{{- define "langsmith.scaler" -}}
{{- $auto := .autoscaling | default dict -}}
{{- $hpa := $auto.hpa | default dict -}}
{{- $keda := $auto.keda | default dict -}}
{{- if $keda.enabled }}keda{{ else if or $hpa.enabled $auto.enabled }}hpa{{ end -}}
{{- end -}}

{{- define "langsmith.kind" -}}
{{- $rollout := .v.rollout | default dict -}}
{{- if .c.store }}StatefulSet{{ else if $rollout.enabled }}Rollout{{ else }}Deployment{{ end -}}
{{- end -}}
