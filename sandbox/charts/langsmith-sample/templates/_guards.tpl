{{- /* Values that cannot work stop the rendering, each with one sentence that names the key and what to do. */ -}}

{{- define "langsmith.guards" -}}
{{- include "langsmith.guardTypes" . -}}
{{- include "langsmith.guardAgents" . -}}
{{- if not .Values.config.skipValidation -}}
{{- include "langsmith.guardRemoved" . -}}
{{- include "langsmith.guardExposure" . -}}
{{- include "langsmith.guardSignIn" . -}}
{{- include "langsmith.guardStores" . -}}
{{- include "langsmith.guardScaling" . -}}
{{- end -}}
{{- end -}}

{{- define "langsmith.guardTypes" -}}
{{- if not (kindIs "bool" .Values.clickhouse.enabled) -}}
{{- fail "clickhouse.enabled must be true or false without quotes." -}}
{{- end -}}
{{- if not (kindIs "bool" .Values.config.deployment.enabled) -}}
{{- fail "config.deployment.enabled must be true or false without quotes." -}}
{{- end -}}
{{- if not (kindIs "bool" .Values.config.basicAuth.enabled) -}}
{{- fail "config.basicAuth.enabled must be true or false without quotes." -}}
{{- end -}}
{{- end -}}

{{- define "langsmith.guardAgents" -}}
{{- $v := .Values -}}
{{- $own := not $v.config.existingSecretName -}}
{{- range list "fleet" "insights" "engine" "polly" -}}
{{- $b := index $v . -}}
{{- if $b.enabled -}}
{{- if and $own (not $b.encryptionKey) -}}
{{- fail (printf "%s.encryptionKey is empty: give it a Fernet key, or name your own Secret in config.existingSecretName, or set %s.enabled to false." . .) -}}
{{- end -}}
{{- if and $b.encryptionKey (not (regexMatch "^[A-Za-z0-9_-]{43}=$" $b.encryptionKey)) -}}
{{- fail (printf "%s.encryptionKey is no Fernet key: it must be 32 bytes in URL-safe base64, 44 characters that end with =." .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $v.engine.enabled (not $v.engine.intelligenceBaseUrl) -}}
{{- fail "engine.intelligenceBaseUrl is empty, and Engine has nothing to ask: set it, or set engine.enabled to false." -}}
{{- end -}}
{{- range $agent := include "langsmith.agents" . | fromYamlArray -}}
{{- $pg := (index $v $agent.values).postgres.external -}}
{{- $redis := (index $v $agent.values).redis.external -}}
{{- if and $pg.enabled (not (or $pg.connectionUrl $pg.host $pg.existingSecretName)) -}}
{{- fail (printf "%s.postgres.external is enabled, but says neither connectionUrl nor host nor existingSecretName." $agent.values) -}}
{{- end -}}
{{- if and $redis.enabled (not (or $redis.connectionUrl $redis.existingSecretName)) -}}
{{- fail (printf "%s.redis.external is enabled, but says neither connectionUrl nor existingSecretName." $agent.values) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "langsmith.guardRemoved" -}}
{{- $v := .Values -}}
{{- range $old, $new := dict "agentBuilderToolServer" "fleetToolServer" "agentBuilderTriggerServer" "fleetTriggerServer" -}}
{{- if hasKey $v $old -}}{{- fail (printf "%s is gone: its settings live in %s now." $old $new) -}}{{- end -}}
{{- end -}}
{{- range $key := list "hostBackendImage" "platformBackendImage" "playgroundImage" -}}
{{- if hasKey $v.images $key -}}{{- fail (printf "images.%s is gone: since 0.16 that workload runs images.backendImage." $key) -}}{{- end -}}
{{- end -}}
{{- range $key := list "namePrefix" "apiServer" "queue" "postgres" "redis" -}}
{{- if hasKey $v.insights $key -}}{{- fail (printf "insights.%s moved to engineInsightsAgent.%s; left here it would start an empty database." $key $key) -}}{{- end -}}
{{- end -}}
{{- if hasKey $v.config "langgraphPlatform" -}}{{- fail "config.langgraphPlatform is now called config.deployment." -}}{{- end -}}
{{- if hasKey $v.ingress "hostname" -}}{{- fail "ingress.hostname is gone: the public name is config.hostname." -}}{{- end -}}
{{- end -}}

{{- define "langsmith.guardExposure" -}}
{{- $v := .Values -}}
{{- $ways := list -}}
{{- range list "ingress" "gateway" "istioGateway" -}}{{- if (index $v .).enabled -}}{{- $ways = append $ways . -}}{{- end -}}{{- end -}}
{{- if gt (len $ways) 1 -}}
{{- fail (printf "%s are all enabled, but LangSmith is exposed in one way only: leave one of them." (join ", " $ways)) -}}
{{- end -}}
{{- if and (not $v.frontend.enabled) (or $v.ingress.enabled $v.gateway.enabled) -}}
{{- fail "frontend.enabled is false, and ingress or gateway would lead to nothing: enable the frontend." -}}
{{- end -}}
{{- if $v.config.deployment.enabled -}}
{{- if not $v.config.hostname -}}
{{- fail "config.deployment.enabled needs config.hostname: deployments get their addresses under it." -}}
{{- end -}}
{{- if and $v.frontend.enabled (not $ways) -}}
{{- fail "config.deployment.enabled needs a way in for the deployments: enable ingress, gateway or istioGateway." -}}
{{- end -}}
{{- else if $v.config.agentBuilder.enabled -}}
{{- fail "config.agentBuilder.enabled needs config.deployment.enabled." -}}
{{- end -}}
{{- end -}}

{{- define "langsmith.guardSignIn" -}}
{{- $c := .Values.config -}}
{{- if not (has $c.authType (list "mixed" "oauth")) -}}
{{- fail (printf "config.authType is %q: choose mixed or oauth." $c.authType) -}}
{{- end -}}
{{- if and $c.basicAuth.enabled $c.oauth.enabled -}}
{{- fail "config.basicAuth.enabled and config.oauth.enabled exclude each other: leave one of them." -}}
{{- end -}}
{{- if not (or $c.basicAuth.enabled $c.oauth.enabled) -}}
{{- fail "nobody could sign in: enable config.basicAuth or config.oauth." -}}
{{- end -}}
{{- if and $c.basicAuth.enabled (ne $c.authType "mixed") -}}
{{- fail "config.basicAuth works only with config.authType: mixed." -}}
{{- end -}}
{{- if and $c.basicAuth.enabled (not (or $c.initialOrgAdminEmail $c.basicAuth.initialOrgAdminEmail)) -}}
{{- fail "config.initialOrgAdminEmail is empty: basic auth needs the address of the first administrator." -}}
{{- end -}}
{{- if not $c.existingSecretName -}}
{{- if not $c.langsmithLicenseKey -}}
{{- fail "config.langsmithLicenseKey is empty: set it, or name your own Secret in config.existingSecretName." -}}
{{- end -}}
{{- if not $c.apiKeySalt -}}
{{- fail "config.apiKeySalt is empty: set it once and never change it, or name your own Secret in config.existingSecretName." -}}
{{- end -}}
{{- if $c.basicAuth.enabled -}}
{{- $p := $c.basicAuth.initialOrgAdminPassword -}}
{{- if not (and (ge (len $p) 12) (regexMatch "[a-z]" $p) (regexMatch "[A-Z]" $p) (regexMatch "[!#$%()+,./:?@\\[\\]\\\\^_{~}-]" $p)) -}}
{{- fail "config.basicAuth.initialOrgAdminPassword is too weak: at least 12 characters, with a small letter, a capital letter and a symbol." -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "langsmith.guardStores" -}}
{{- $v := .Values -}}
{{- if and (not $v.clickhouse.enabled) $v.clickhouse.external.enabled -}}
{{- fail "clickhouse.enabled is false, but clickhouse.external.enabled is true: an outside ClickHouse needs both to be true." -}}
{{- end -}}
{{- if not $v.clickhouse.enabled -}}
{{- fail "clickhouse.enabled is false, and this chart knows no other store for traces." -}}
{{- end -}}
{{- if and $v.redis.external.cluster.enabled (not $v.redis.external.enabled) -}}
{{- fail "redis.external.cluster.enabled needs redis.external.enabled." -}}
{{- end -}}
{{- if and $v.postgres.external.clientCert.secretName (not $v.postgres.external.customTls) -}}
{{- fail "postgres.external.clientCert needs postgres.external.customTls: true." -}}
{{- end -}}
{{- if and $v.config.customCa.secretName (not $v.config.customCa.secretKey) -}}
{{- fail "config.customCa.secretName is set, but config.customCa.secretKey does not say which key holds the certificates." -}}
{{- end -}}
{{- if and $v.config.blobStorage.enabled (not (has (lower $v.config.blobStorage.engine) (list "s3" "gcs" "azure"))) -}}
{{- fail (printf "config.blobStorage.engine is %q: choose S3, GCS or Azure." $v.config.blobStorage.engine) -}}
{{- end -}}
{{- if and $v.config.observability.tracing.enabled (not $v.config.observability.tracing.endpoint) -}}
{{- fail "config.observability.tracing.enabled needs config.observability.tracing.endpoint." -}}
{{- end -}}
{{- end -}}

{{- define "langsmith.guardScaling" -}}
{{- $v := .Values -}}
{{- range list "aceBackend" "backend" "frontend" "hostBackend" "listener" "platformBackend" "playground" "queue" "ingestQueue" -}}
{{- $auto := (index $v .).autoscaling -}}
{{- if and $auto.hpa.enabled $auto.keda.enabled -}}
{{- fail (printf "%s.autoscaling: hpa and keda are both enabled and would fight over the replicas; leave one of them." .) -}}
{{- end -}}
{{- range $old := list "enabled" "createHpa" "type" -}}
{{- if hasKey $auto $old -}}{{- fail (printf "an old key autoscaling.%s is set: use autoscaling.hpa.enabled or autoscaling.keda.enabled." $old) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
