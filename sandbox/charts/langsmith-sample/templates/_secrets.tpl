{{- /* Passwords that nobody gave are made once and then read back from the cluster, so that an upgrade changes none of them.
       They are remembered for the length of one rendering, because the checksum of a Secret must match the Secret. */ -}}
{{- define "langsmith.generated" -}}
{{- if not (hasKey .Values "_generated") -}}
{{- $made := dict -}}
{{- $wanted := list (list "postgres" "postgres_password" 24) (list "clickhouse" "clickhouse_password" 24) (list "secrets" "jwt_secret" 40)
  (list "standalone-fleet-postgres" "postgres_password" 24) (list "standalone-insights-postgres" "postgres_password" 24)
  (list "standalone-polly-postgres" "postgres_password" 24) -}}
{{- range $wanted -}}
{{- $secret := printf "%s-%s" (include "langsmith.fullname" $) (index . 0) -}}
{{- $kept := lookup "v1" "Secret" (include "langsmith.namespace" $) $secret -}}
{{- $value := "" -}}
{{- if $kept -}}{{- $value = index ($kept.data | default dict) (index . 1) | default "" | b64dec -}}{{- end -}}
{{- $_ := set $made (index . 0) ($value | default (randAlphaNum (index . 2))) -}}
{{- end -}}
{{- $_ := set .Values "_generated" $made -}}
{{- end -}}
{{- toYaml (index .Values "_generated") -}}
{{- end -}}

{{- define "langsmith.postgresUrl" -}}
{{- $e := .Values.postgres.external -}}
{{- $made := include "langsmith.generated" . | fromYaml -}}
{{- $password := $e.password | default $made.postgres -}}
{{- $host := ternary $e.host (include "langsmith.host" (dict "root" . "name" .Values.postgres.name)) $e.enabled -}}
{{- $e.connectionUrl | default (printf "%s:%s@%s:%v/%s" $e.user $password $host $e.port $e.database) -}}
{{- end -}}

{{- define "langsmith.redisUrl" -}}
{{- $own := printf "redis://%s:%v" (include "langsmith.host" (dict "root" . "name" .Values.redis.name)) .Values.redis.service.port -}}
{{- ternary .Values.redis.external.connectionUrl $own .Values.redis.external.enabled -}}
{{- end -}}

{{- /* what each Secret of the chart holds, by name suffix; a Secret that the operator brings is left out */ -}}
{{- define "langsmith.secretData" -}}
{{- $made := include "langsmith.generated" . | fromYaml -}}
{{- $all := dict -}}
{{- if not (or .Values.config.existingSecretName .Values.config.disableSecretCreation) -}}
{{- $c := .Values.config -}}
{{- $app := dict "langsmith_license_key" $c.langsmithLicenseKey "api_key_salt" $c.apiKeySalt -}}
{{- if $c.basicAuth.enabled -}}
{{- $_ := set $app "jwt_secret" ($c.basicAuth.jwtSecret | default $made.secrets) -}}
{{- $_ := set $app "initial_org_admin_password" $c.basicAuth.initialOrgAdminPassword -}}
{{- end -}}
{{- if $c.oauth.enabled -}}
{{- $_ := set $app "oauth_client_id" $c.oauth.oauthClientId -}}
{{- $_ := set $app "oauth_client_secret" $c.oauth.oauthClientSecret -}}
{{- $_ := set $app "oauth_issuer_url" $c.oauth.oauthIssuerUrl -}}
{{- end -}}
{{- if $c.blobStorage.enabled -}}
{{- $_ := set $app "blob_storage_access_key" $c.blobStorage.accessKey -}}
{{- $_ := set $app "blob_storage_access_key_secret" $c.blobStorage.accessKeySecret -}}
{{- end -}}
{{- $keys := dict "agent_builder_encryption_key" (.Values.fleet.encryptionKey | default $c.agentBuilder.encryptionKey)
  "insights_encryption_key" .Values.insights.encryptionKey "engine_encryption_key" .Values.engine.encryptionKey
  "polly_encryption_key" .Values.polly.encryptionKey "langsmith_signing_jwks" $c.signingJwks -}}
{{- range $key, $value := $keys -}}{{- if $value -}}{{- $_ := set $app $key $value -}}{{- end -}}{{- end -}}
{{- $_ := set $all "secrets" $app -}}
{{- end -}}
{{- with .Values.postgres.external -}}
{{- if not .existingSecretName -}}
{{- $data := dict "connection_url" (include "langsmith.postgresUrl" $) -}}
{{- if not .enabled -}}
{{- $_ := merge $data (dict "postgres_user" .user "postgres_password" (.password | default $made.postgres) "postgres_db" .database) -}}
{{- end -}}
{{- $_ := set $all "postgres" $data -}}
{{- end -}}
{{- end -}}
{{- with .Values.redis.external -}}
{{- if not .existingSecretName -}}
{{- $data := dict "connection_url" (include "langsmith.redisUrl" $) -}}
{{- if .cluster.enabled -}}
{{- $data = dict "redis_cluster_node_uris" (toJson .cluster.nodeUris) "redis_cluster_password" .cluster.password -}}
{{- end -}}
{{- $_ := set $all "redis" $data -}}
{{- end -}}
{{- end -}}
{{- with .Values.clickhouse.external -}}
{{- if not .existingSecretName -}}
{{- $host := ternary .host (include "langsmith.host" (dict "root" $ "name" $.Values.clickhouse.name)) .enabled -}}
{{- $_ := set $all "clickhouse" (dict "clickhouse_host" $host "clickhouse_port" (toString .port) "clickhouse_native_port" (toString .nativePort)
  "clickhouse_user" .user "clickhouse_password" (.password | default $made.clickhouse) "clickhouse_db" .database "clickhouse_tls" (toString .tls)) -}}
{{- end -}}
{{- end -}}
{{- range $agent := include "langsmith.agents" . | fromYamlArray -}}
{{- $v := index $.Values $agent.values -}}
{{- if not $v.postgres.external.existingSecretName -}}
{{- $name := printf "%s-%s" $agent.prefix $v.postgres.name -}}
{{- $e := $v.postgres.external -}}
{{- $password := $e.password | default (index $made $name) | default "postgres" -}}
{{- $host := ternary $e.host (include "langsmith.host" (dict "root" $ "name" $name)) $e.enabled -}}
{{- $url := $e.connectionUrl | default (printf "postgres://%s:%s@%s:%v/%s?sslmode=disable" $e.user $password $host $e.port $e.database) -}}
{{- $_ := set $all $name (dict "postgres_connection_url" $url "postgres_user" $e.user "postgres_password" $password "postgres_db" $e.database) -}}
{{- end -}}
{{- if not $v.redis.external.existingSecretName -}}
{{- $name := printf "%s-%s" $agent.prefix $v.redis.name -}}
{{- $own := printf "redis://%s:%v" (include "langsmith.host" (dict "root" $ "name" $name)) $v.redis.service.port -}}
{{- $_ := set $all $name (dict "redis_connection_url" (ternary $v.redis.external.connectionUrl $own $v.redis.external.enabled)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{- /* a pod restarts when a ConfigMap or Secret changes that the chart owns */ -}}
{{- define "langsmith.checksums" -}}
checksum/config: {{ include "langsmith.config" . | sha256sum }}
checksum/frontend-config: {{ include "langsmith.nginx" . | sha256sum }}
{{- range $name, $data := pick (include "langsmith.secretData" . | fromYaml) "secrets" "redis" "postgres" "clickhouse" }}
checksum/{{ $name }}: {{ toYaml $data | sha256sum }}
{{- end }}
{{- end -}}
