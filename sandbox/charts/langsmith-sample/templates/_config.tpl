{{- /* Contents of the ConfigMaps; named, because pods carry checksums of them. */ -}}
{{- define "langsmith.config" -}}
{{- $v := .Values -}}
{{- $url := dict -}}
{{- range list "backend" "platformBackend" "playground" "aceBackend" "hostBackend" -}}
{{- $b := index $v . -}}
{{- $_ := set $url . (printf "http://%s:%v" (include "langsmith.host" (dict "root" $ "name" $b.name)) $b.service.port) -}}
{{- end -}}
AUTH_TYPE: {{ $v.config.authType | quote }}
VITE_BACKEND_AUTH_TYPE: {{ $v.config.authType | quote }}
BASIC_AUTH_ENABLED: {{ $v.config.basicAuth.enabled | quote }}
INITIAL_ORG_NAME: {{ $v.config.initialOrgName | quote }}
DEFAULT_WORKSPACE_NAME: {{ $v.config.defaultWorkspaceName | quote }}
{{- if $v.config.oauth.enabled }}
OAUTH_SCOPES: {{ $v.config.oauth.oauthScopes | quote }}
OAUTH_SESSION_MAX_SEC: {{ $v.config.oauth.oauthSessionMaxSec | quote }}
{{- end }}
LANGCHAIN_ENV: local_kubernetes
LANGCHAIN_ENDPOINT: {{ printf "%s/api/v1" $v.config.basePath | quote }}
LANGSMITH_PUBLIC_API_ENDPOINT: {{ printf "https://%s%s/api/v1" ($v.config.hostname | default "localhost") $v.config.basePath | quote }}
GO_ENDPOINT: {{ $url.platformBackend | quote }}
LANGSMITH_AUTH_ENDPOINT: {{ $url.platformBackend | quote }}
AUTH_ENDPOINT: {{ $url.platformBackend | quote }}
SMITH_BACKEND_ENDPOINT: {{ $url.backend | quote }}
HOST_BACKEND_ENDPOINT: {{ $url.hostBackend | quote }}
HOST_LANGCHAIN_API_ENDPOINT: {{ $url.backend | quote }}
GO_ACE_ENDPOINT: {{ $url.aceBackend | quote }}
PLAYGROUND_ENDPOINT: {{ $url.playground | quote }}
CLICKHOUSE_INGESTION_ENABLED: {{ $v.clickhouse.enabled | quote }}
CLICKHOUSE_QUERY_ENABLED: {{ $v.clickhouse.enabled | quote }}
{{- if $v.agentGateway.enabled }}
AGENT_GATEWAY_URL: {{ printf "http://%s:%v" (include "langsmith.host" (dict "root" . "name" $v.agentGateway.name)) $v.agentGateway.service.port | quote }}
{{- end }}
{{- with $v.config.observability.tracing }}{{ if .enabled }}
OTEL_TRACING_ENABLED: "true"
OTLP_ENDPOINT: {{ .endpoint | quote }}
OTEL_EXPORTER: {{ .exporter | quote }}
{{- end }}{{ end }}
BEACON_LOGGING_ENABLED: {{ $v.config.telemetry.logs | quote }}
BEACON_METRICS_ENABLED: {{ $v.config.telemetry.metrics | quote }}
BEACON_TRACING_ENABLED: {{ $v.config.telemetry.traces | quote }}
IS_SELF_HOSTED: "true"
SELF_HOSTED_POLLY_ENABLED: {{ $v.polly.enabled | quote }}
USAGE_EXPORT_ADMIN_EMAILS: {{ join "," $v.config.superAdmins | quote }}
{{- with $v.config.security.cors }}
CORS_ALLOWED_ORIGINS: {{ .allowedOrigins | quote }}
CORS_ALLOWED_ORIGINS_REGEX: {{ .allowedOriginsRegex | quote }}
{{- end }}
{{- end -}}

{{- define "langsmith.nginx" -}}
{{- $v := .Values -}}
{{- $f := $v.frontend -}}
worker_processes auto;
pid /var/run/nginx.pid;
events { worker_connections 1024; }
http {
  client_max_body_size {{ $f.maxBodySize }};
  keepalive_timeout {{ $f.keepAliveTimeout }};
  proxy_connect_timeout {{ $f.proxyConnectTimeout }};
  proxy_read_timeout {{ $f.proxyReadTimeout }};
  proxy_send_timeout {{ $f.proxyWriteTimeout }};
  proxy_request_buffering off;
  {{- range list "backend" "platformBackend" "playground" }}
  {{- $b := index $v . }}
  upstream {{ $b.name }} { server {{ include "langsmith.host" (dict "root" $ "name" $b.name) }}:{{ $b.service.port }}; }
  {{- end }}
  {{- if or $v.config.deployment.enabled $v.hostBackend.enabled }}
  upstream {{ $v.hostBackend.name }} { server {{ include "langsmith.host" (dict "root" . "name" $v.hostBackend.name) }}:{{ $v.hostBackend.service.port }}; }
  {{- end }}
  server {
    listen {{ $f.containerPort }};
    {{- if $f.ipv6Enabled }}
    listen [::]:{{ $f.containerPort }};
    {{- end }}
    {{- if $f.ssl.enabled }}
    listen {{ $f.ssl.port }} ssl;
    ssl_certificate {{ $f.ssl.certificatePath }};
    ssl_certificate_key {{ $f.ssl.keyPath }};
    {{- end }}
    add_header Content-Security-Policy "{{ $f.cspHeader }}";
    location = /health { return 200; }
    {{- $base := $v.config.basePath }}
    {{- range list "/api/v1/runs" "/api/v1/platform" "/api/v1/info" "/api/v1/auth" "/api/v1/otel" "/api/v2" "/scim" "/api/public" }}
    location {{ $base }}{{ . }} { proxy_pass http://{{ $v.platformBackend.name }}; }
    {{- end }}
    location {{ $base }}/api/v1/playground/ { proxy_pass http://{{ $v.playground.name }}; }
    location {{ $base }}/api { proxy_pass http://{{ $v.backend.name }}; }
    {{- if or $v.config.deployment.enabled $v.hostBackend.enabled }}
    location {{ $base }}/api-host/ { proxy_pass http://{{ $v.hostBackend.name }}/; }
    {{- end }}
    location / { root /usr/share/nginx/html; try_files $uri /index.html; }
  }
}
{{- end -}}

{{- define "langsmith.clickhouseConfig" -}}
<clickhouse>
  <prometheus><endpoint>/metrics</endpoint><port>9363</port></prometheus>
  <trace_log remove="1"/>
  <metric_log remove="1"/>
  <asynchronous_metric_log remove="1"/>
  <profiles><default>
    <async_insert>1</async_insert>
    <wait_for_async_insert>0</wait_for_async_insert>
    <async_insert_max_data_size>2000000</async_insert_max_data_size>
    <parallel_view_processing>1</parallel_view_processing>
    <materialize_ttl_after_modify>0</materialize_ttl_after_modify>
    <lightweight_deletes_sync>0</lightweight_deletes_sync>
    {{- if not .Values.clickhouse.config.allowSimdjson }}
    <allow_simdjson>0</allow_simdjson>
    {{- end }}
  </default></profiles>
</clickhouse>
{{- end -}}
