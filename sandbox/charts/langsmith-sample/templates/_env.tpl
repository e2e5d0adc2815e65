{{- /* Environment of the containers. Names and keys are the product's; what is secret comes by reference. */ -}}

{{- define "langsmith.fromSecret" -}}
- name: {{ .env }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      optional: {{ .optional | default false }}
{{- end -}}

{{- define "langsmith.commonEnv" -}}
{{- $root := . -}}
{{- $c := .Values.config -}}
{{- $app := include "langsmith.secret" (dict "root" . "existing" $c.existingSecretName "name" "secrets") -}}
{{- $pg := .Values.postgres.external -}}
{{- $redis := .Values.redis.external -}}
{{- $ch := .Values.clickhouse.external -}}
{{- $optional := $c.disableSecretCreation -}}
{{- $rows := list (dict "env" "POSTGRES_DATABASE_URI" "key" $pg.connectionUrlSecretKey "secret" (include "langsmith.secret" (dict "root" . "existing" $pg.existingSecretName "name" "postgres"))) -}}
{{- $name := include "langsmith.secret" (dict "root" . "existing" $redis.existingSecretName "name" "redis") -}}
{{- if $redis.cluster.enabled -}}
{{- $rows = append $rows (dict "env" "REDIS_CLUSTER_DATABASE_URIS" "secret" $name "key" $redis.cluster.nodeUrisSecretKey) -}}
{{- $rows = append $rows (dict "env" "REDIS_CLUSTER_PASSWORD" "secret" $name "key" $redis.cluster.passwordSecretKey) -}}
{{- else -}}
{{- $rows = append $rows (dict "env" "REDIS_DATABASE_URI" "secret" $name "key" $redis.connectionUrlSecretKey) -}}
{{- end -}}
{{- $name = include "langsmith.secret" (dict "root" . "existing" $ch.existingSecretName "name" "clickhouse") -}}
{{- range list "host" "port" "native_port" "user" "password" "db" "tls" -}}
{{- $rows = append $rows (dict "env" (printf "CLICKHOUSE_%s" (upper .)) "secret" $name "key" (printf "clickhouse_%s" .)) -}}
{{- end -}}
{{- $rows = append $rows (dict "env" "LANGSMITH_LICENSE_KEY" "secret" $app "key" "langsmith_license_key" "optional" $optional) -}}
{{- $rows = append $rows (dict "env" "LANGGRAPH_CLOUD_LICENSE_KEY" "secret" $app "key" "langsmith_license_key" "optional" $optional) -}}
{{- $rows = append $rows (dict "env" "API_KEY_SALT" "secret" $app "key" "api_key_salt" "optional" $optional) -}}
{{- $rows = append $rows (dict "env" "X_SERVICE_AUTH_JWT_SECRET" "secret" $app "key" "api_key_salt" "optional" $optional) -}}
{{- if $c.basicAuth.enabled -}}
{{- $rows = append $rows (dict "env" "BASIC_AUTH_JWT_SECRET" "secret" $app "key" "jwt_secret" "optional" $optional) -}}
{{- end -}}
{{- if $c.oauth.enabled -}}
{{- range list "client_id" "client_secret" "issuer_url" -}}
{{- $rows = append $rows (dict "env" (printf "OAUTH_%s" (upper .)) "secret" $app "key" (printf "oauth_%s" .) "optional" (eq . "client_secret")) -}}
{{- end -}}
{{- end -}}
{{- if $c.blobStorage.enabled -}}
{{- $rows = append $rows (dict "env" "S3_ACCESS_KEY" "secret" $app "key" "blob_storage_access_key" "optional" true) -}}
{{- $rows = append $rows (dict "env" "S3_ACCESS_KEY_SECRET" "secret" $app "key" "blob_storage_access_key_secret" "optional" true) -}}
{{- end -}}
{{- range include "langsmith.agents" . | fromYamlArray -}}
{{- $rows = append $rows (dict "env" .keyName "secret" $app "key" .key) -}}
{{- end -}}
{{- range $rows }}
{{ include "langsmith.fromSecret" . }}
{{- end }}
- {name: POSTGRES_SCHEMA, value: {{ $pg.schema | quote }}}
- {name: REDIS_CLUSTER_ENABLED, value: {{ $redis.cluster.enabled | quote }}}
- {name: REDIS_CLUSTER_SAFE_MODE, value: {{ $redis.clusterSafeMode | quote }}}
- {name: REDIS_RUNS_EXPIRY_SECONDS, value: {{ $c.settings.redisRunsExpirySeconds | quote }}}
- {name: CLICKHOUSE_HYBRID, value: {{ $ch.hybrid | quote }}}
- {name: CLICKHOUSE_CLUSTER, value: {{ $ch.cluster | quote }}}
- {name: LOG_LEVEL, value: {{ $c.logLevel | quote }}}
- {name: BASIC_AUTH_ENABLED, value: {{ $c.basicAuth.enabled | quote }}}
- {name: FF_ORG_CREATION_DISABLED, value: {{ $c.userOrgCreationDisabled | quote }}}
- {name: FF_PERSONAL_ORGS_DISABLED, value: {{ $c.personalOrgsDisabled | quote }}}
- {name: FF_TRACE_TIERS_ENABLED, value: {{ $c.ttl.enabled | quote }}}
- {name: TRACE_TIER_TTL_DURATION_SEC_MAP, value: {{ dict "longlived" (int $c.ttl.ttl_period_seconds.longlived) "shortlived" (int $c.ttl.ttl_period_seconds.shortlived) | toJson | quote }}}
- {name: FF_CH_SEARCH_ENABLED, value: {{ not $ch.hybrid | quote }}}
- {name: FF_BLOB_STORAGE_ENABLED, value: {{ $c.blobStorage.enabled | quote }}}
{{- if $c.blobStorage.enabled }}
- {name: BLOB_STORAGE_ENGINE, value: {{ $c.blobStorage.engine | quote }}}
- {name: S3_BUCKET_NAME, value: {{ $c.blobStorage.bucketName | quote }}}
- {name: S3_API_URL, value: {{ $c.blobStorage.apiURL | quote }}}
- {name: MIN_BLOB_STORAGE_SIZE_KB, value: {{ ternary "0" $c.blobStorage.minBlobStorageSizeKb $ch.hybrid | quote }}}
{{- end }}
- {name: FLEET_FEATURE_ENABLED, value: {{ eq (include "langsmith.fleet" $root) "true" | quote }}}
{{- if .Values.ingestQueue.enabled }}
- {name: GO_QUEUE_ENABLED_ALL, value: "true"}
- {name: GO_FEEDBACK_QUEUE_ENABLED_ALL, value: "true"}
{{- end }}
{{- with $c.customCa }}{{ if .secretName }}
- {name: SSL_CERT_FILE, value: /etc/ssl/certs/custom-ca-certificates.crt}
{{- end }}{{ end }}
{{- end -}}

{{- /* variables of one container: (dict "root" $ "c" row of _components.tpl "v" its values) */ -}}
{{- define "langsmith.env" -}}
{{- $root := .root -}}
{{- $v := .root.Values -}}
{{- if eq .c.env "common" -}}
{{ include "langsmith.commonEnv" .root | trim }}
- {name: PORT, value: {{ (index .c.ports 0).port | quote }}}
{{- else if eq .c.env "bare" -}}
- {name: PORT, value: {{ (index .c.ports 0).port | quote }}}
- {name: LOG_LEVEL, value: {{ $v.config.logLevel | quote }}}
{{- else if eq .c.env "postgres" -}}
{{- $e := .v.external | default dict -}}
{{- $secret := include "langsmith.secret" (dict "root" .root "existing" $e.existingSecretName "name" .c.name) -}}
{{- range list "user" "password" "db" }}
{{ include "langsmith.fromSecret" (dict "env" (printf "POSTGRES_%s" (upper .)) "secret" $secret "key" (printf "postgres_%s" .)) }}
{{- end }}
- {name: PGDATA, value: /var/lib/postgresql/data/postgres}
{{- else if eq .c.env "clickhouse" -}}
{{- $secret := include "langsmith.secret" (dict "root" .root "existing" $v.clickhouse.external.existingSecretName "name" "clickhouse") -}}
{{- range list "user" "password" "db" }}
{{ include "langsmith.fromSecret" (dict "env" (printf "CLICKHOUSE_%s" (upper .)) "secret" $secret "key" (printf "clickhouse_%s" .)) }}
{{- end }}
{{- else if eq .c.env "operator" -}}
- {name: WATCH_NAMESPACE, value: {{ $v.operator.watchNamespaces | default (include "langsmith.namespace" .root) | quote }}}
- {name: KEDA_ENABLED, value: {{ $v.operator.kedaEnabled | quote }}}
- {name: TLS_ENABLED, value: {{ $v.config.deployment.tlsEnabled | quote }}}
- {name: ROOT_DOMAIN, value: {{ $v.config.hostname | quote }}}
- {name: BASE_PATH, value: {{ $v.config.deployment.basePath | quote }}}
- {name: CLUSTER_DOMAIN, value: {{ $v.clusterDomain | quote }}}
- {name: SHARED_INGRESS_NAME, value: {{ printf "%s-ingress" (include "langsmith.fullname" .root) }}}
- {name: SHARED_INGRESS_NAMESPACE, value: {{ include "langsmith.namespace" .root }}}
{{- else if eq .c.env "agent" -}}
{{- $a := index $v .c.agent.values -}}
{{- $app := include "langsmith.secret" (dict "root" .root "existing" $v.config.existingSecretName "name" "secrets") -}}
{{ include "langsmith.fromSecret" (dict "env" "POSTGRES_URI" "key" "postgres_connection_url" "secret" (include "langsmith.secret" (dict "root" .root "existing" $a.postgres.external.existingSecretName "name" (printf "%s-postgres" .c.agent.prefix)))) }}
{{ include "langsmith.fromSecret" (dict "env" "REDIS_URI" "key" "redis_connection_url" "secret" (include "langsmith.secret" (dict "root" .root "existing" $a.redis.external.existingSecretName "name" (printf "%s-redis" .c.agent.prefix)))) }}
{{ include "langsmith.fromSecret" (dict "env" "LANGGRAPH_CLOUD_LICENSE_KEY" "key" "langsmith_license_key" "secret" $app) }}
{{ include "langsmith.fromSecret" (dict "env" .c.agent.keyName "key" .c.agent.key "secret" $app) }}
- {name: PORT, value: {{ (index .c.ports 0).port | quote }}}
- {name: N_JOBS_PER_WORKER, value: {{ ternary "0" ($a.queue.numberOfJobsPerWorker | toString) (and $a.queue.enabled (hasSuffix $a.apiServer.name .c.name)) | quote }}}
- {name: LANGSMITH_AUTH_ENDPOINT, value: {{ printf "http://%s:%v" (include "langsmith.host" (dict "root" .root "name" $v.platformBackend.name)) $v.platformBackend.service.port }}}
{{- end -}}
{{- end -}}
