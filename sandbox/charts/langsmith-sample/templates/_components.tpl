{{- /* What the product consists of, as data. One row a workload; templates/workloads.yaml turns each row into its objects.
       name: suffix after the full name · values: its block in values.yaml · ports: the first one follows containerPort
       probe: path or command, seconds between tries, patience (timeout), tries · env: which set of variables (_env.tpl)
       usage: what the simulated pod reports to metrics-server */ -}}
{{- define "langsmith.components" -}}
{{- $v := .Values -}}
{{- $fleet := include "langsmith.fleet" . -}}
- name: {{ $v.frontend.name }}
  values: frontend
  enabled: {{ $v.frontend.enabled }}
  image: frontendImage
  command: [/entrypoint.sh]
  ports: [{name: frontend, port: {{ $v.frontend.containerPort }}}{{ if $v.frontend.ssl.enabled }}, {name: frontend-ssl, port: {{ $v.frontend.ssl.port }}}{{ end }}]
  service: [{name: http, port: {{ $v.frontend.service.httpPort }}, to: frontend}{{ if $v.frontend.ssl.enabled }}, {name: https, port: {{ $v.frontend.service.httpsPort }}, to: frontend-ssl}{{ end }}]
  probe: {path: /health, timeout: 1, failures: 10}
  config: {name: {{ $v.frontend.existingConfigMapName | default (printf "%s-frontend" (include "langsmith.fullname" .)) }}, at: /etc/nginx/nginx.conf, key: nginx.conf}
  env: frontend
  usage: {cpu: 45m, memory: 96Mi}
- name: {{ $v.backend.name }}
  values: backend
  enabled: true
  image: backendImage
  command: [./entrypoint.sh]
  ports: [{name: backend, port: {{ $v.backend.containerPort }}}]
  service: [{name: backend, port: {{ $v.backend.service.port }}, to: backend}]
  probe: {path: /health, timeout: 10, failures: 6}
  env: common
  usage: {cpu: 410m, memory: 1180Mi}
- name: {{ $v.platformBackend.name }}
  values: platformBackend
  enabled: true
  image: backendImage
  command: [smith_go_entrypoint.sh]
  ports: [{name: platform, port: {{ $v.platformBackend.containerPort }}}]
  service: [{name: platform, port: {{ $v.platformBackend.service.port }}, to: platform}]
  probe: {path: /ok, timeout: 1, failures: 6}
  env: common
  usage: {cpu: 260m, memory: 390Mi}
- name: {{ $v.queue.name }}
  values: queue
  enabled: true
  image: backendImage
  command: [./queue_entrypoint.sh]
  ports: [{name: queue, port: {{ $v.queue.containerPort }}}]
  probe: {path: /health, timeout: 10, failures: 6}
  live: {command: [saq, app.workers.queues.single_queue_worker.settings, --check], period: 60, timeout: 60, failures: 6}
  triggers: [{at: backend, path: /metrics/queue/default, value: queued, target: 10}]
  env: common
  usage: {cpu: 330m, memory: 860Mi}
- name: {{ $v.ingestQueue.name }}
  values: ingestQueue
  enabled: {{ $v.ingestQueue.enabled }}
  image: backendImage
  command: [asynq_worker_entrypoint.sh]
  ports: [{name: ingest-queue, port: {{ $v.ingestQueue.containerPort }}}]
  probe: {path: /health, timeout: 1, failures: 6}
  triggers:
    {{- range list "ingestion_queue" "feedback_queue" "adhoc_queue" }}
    - {at: platformBackend, path: "/metrics?format=json", value: {{ . }}.pending, target: 10}
    {{- end }}
  env: common
  usage: {cpu: 520m, memory: 610Mi}
- name: {{ $v.playground.name }}
  values: playground
  enabled: true
  image: backendImage
  command: [smith_playground_entrypoint.sh]
  ports: [{name: playground, port: {{ $v.playground.containerPort }}}]
  service: [{name: playground, port: {{ $v.playground.service.port }}, to: playground}]
  probe: {path: /ok, timeout: 1, failures: 6}
  env: bare
  usage: {cpu: 30m, memory: 420Mi}
- name: {{ $v.aceBackend.name }}
  values: aceBackend
  enabled: true
  image: aceBackendImage
  command: [./entrypoint.sh]
  ports: [{name: ace, port: {{ $v.aceBackend.containerPort }}}]
  service: [{name: ace, port: {{ $v.aceBackend.service.port }}, to: ace}]
  probe: {path: /ok, timeout: 1, failures: 6}
  env: bare
  usage: {cpu: 22m, memory: 240Mi}
- name: {{ $v.hostBackend.name }}
  values: hostBackend
  enabled: {{ or $v.config.deployment.enabled $v.hostBackend.enabled }}
  image: backendImage
  command: [host_backend_entrypoint.sh]
  ports: [{name: host-backend, port: {{ $v.hostBackend.containerPort }}}]
  service: [{name: host-backend, port: {{ $v.hostBackend.service.port }}, to: host-backend}]
  probe: {path: /ok, timeout: 1, failures: 6}
  env: common
  usage: {cpu: 60m, memory: 520Mi}
- name: {{ $v.listener.name }}
  values: listener
  enabled: {{ $v.config.deployment.enabled }}
  image: backendImage
  command: [host_backend_entrypoint.sh, ./listener_entrypoint.sh]
  ports: [{name: listener, port: {{ $v.listener.containerPort }}}]
  probe: {path: /health, timeout: 10, failures: 6}
  live: {command: [saq, app.workers.queues.host_worker.settings, --check], period: 60, timeout: 60, failures: 6}
  triggers: [{at: backend, path: /metrics/queue/host, value: queued, target: 5}]
  env: common
  usage: {cpu: 90m, memory: 640Mi}
- name: {{ $v.operator.name }}
  values: operator
  enabled: {{ and $v.config.deployment.enabled $v.operator.enabled }}
  image: operatorImage
  command: [/manager, --leader-elect]
  ports: [{name: probes, port: 8081}]
  probe: {path: /readyz, timeout: 1, failures: 6}
  live: {path: /healthz, period: 20, timeout: 1, failures: 3}
  env: operator
  usage: {cpu: 15m, memory: 64Mi}
- name: {{ $v.clickhouse.name }}
  values: clickhouse
  enabled: {{ and $v.clickhouse.enabled (not $v.clickhouse.external.enabled) }}
  store: true
  image: clickhouseImage
  ports: [{name: ch, port: 8123}, {name: ch-native, port: 9000}, {name: ch-metrics, port: 9363}]
  service: [{name: ch, port: 8123, to: ch}, {name: ch-native, port: 9000, to: ch-native}, {name: ch-metrics, port: 9363, to: ch-metrics}]
  probe: {path: /ping, timeout: 10, failures: 6}
  config: {name: {{ include "langsmith.fullname" . }}-clickhouse, at: /etc/clickhouse-server/config.d/sandbox.xml, key: config.xml}
  data: /var/lib/clickhouse
  env: clickhouse
  usage: {cpu: 1350m, memory: 6900Mi}
- name: {{ $v.postgres.name }}
  values: postgres
  enabled: {{ not $v.postgres.external.enabled }}
  store: true
  image: postgresImage
  ports: [{name: postgres, port: {{ $v.postgres.containerPort }}}]
  service: [{name: postgres, port: {{ $v.postgres.service.port }}, to: postgres}]
  probe: {command: [pg_isready, -d, {{ $v.postgres.external.database }}, -U, {{ $v.postgres.external.user }}], timeout: 1, failures: 6}
  data: /var/lib/postgresql/data
  env: postgres
  usage: {cpu: 240m, memory: 1340Mi}
- name: {{ $v.redis.name }}
  values: redis
  enabled: {{ not $v.redis.external.enabled }}
  store: true
  image: redisImage
  ports: [{name: redis, port: {{ $v.redis.containerPort }}}]
  service: [{name: redis, port: {{ $v.redis.service.port }}, to: redis}]
  probe: {command: [redis-cli, ping], timeout: 1, failures: 6}
  data: /data
  env: none
  usage: {cpu: 110m, memory: 310Mi}
- name: {{ $v.fleetToolServer.name }}
  values: fleetToolServer
  enabled: {{ and $fleet $v.fleetToolServer.enabled | not | not }}
  image: backendImage
  command: [agent_builder_tool_server_entrypoint.sh]
  ports: [{name: http, port: {{ $v.fleetToolServer.containerPort }}}]
  service: [{name: http, port: {{ $v.fleetToolServer.service.port }}, to: http}]
  probe: {path: /health, timeout: 3, failures: 6}
  env: common
  usage: {cpu: 20m, memory: 180Mi}
- name: {{ $v.fleetTriggerServer.name }}
  values: fleetTriggerServer
  enabled: {{ and $fleet $v.fleetTriggerServer.enabled | not | not }}
  image: backendImage
  command: [agent_builder_trigger_server_entrypoint.sh]
  ports: [{name: http, port: {{ $v.fleetTriggerServer.containerPort }}}]
  service: [{name: http, port: {{ $v.fleetTriggerServer.service.port }}, to: http}]
  probe: {path: /health, timeout: 3, failures: 6}
  env: common
  usage: {cpu: 12m, memory: 150Mi}
- name: {{ $v.agentGateway.name }}
  values: agentGateway
  enabled: {{ $v.agentGateway.enabled }}
  image: backendImage
  command: [agent_gateway_entrypoint.sh]
  ports: [{name: http, port: {{ $v.agentGateway.containerPort }}}]
  service: [{name: http, port: {{ $v.agentGateway.service.port }}, to: http}]
  probe: {path: /health, timeout: 3, failures: 6}
  env: common
  usage: {cpu: 18m, memory: 90Mi}
- name: {{ $v.presidioAnalyzer.name }}
  values: presidioAnalyzer
  enabled: {{ $v.presidioAnalyzer.enabled }}
  image: presidioAnalyzerImage
  ports: [{name: http, port: {{ $v.presidioAnalyzer.containerPort }}}]
  service: [{name: http, port: {{ $v.presidioAnalyzer.service.port }}, to: http}]
  probe: {path: /health, timeout: 3, failures: 6}
  env: none
  usage: {cpu: 35m, memory: 1500Mi}
{{- range $agent := include "langsmith.agents" . | fromYamlArray }}
{{- $a := index $v $agent.values }}
- name: {{ $agent.prefix }}-{{ $a.apiServer.name }}
  values: {{ $agent.values }}.apiServer
  enabled: true
  container: api-server
  image: {{ $agent.image }}
  ports: [{name: api-server, port: {{ $a.apiServer.containerPort }}}]
  service: [{name: http, port: {{ $a.apiServer.service.httpPort }}, to: api-server}]
  probe: {path: "/ok?check_db=0", timeout: 1, failures: 6}
  start: {path: "/ok?check_db=1", timeout: 1, failures: 6}
  env: agent
  agent: {{ toJson $agent }}
  usage: {cpu: 40m, memory: 520Mi}
- name: {{ $agent.prefix }}-{{ $a.queue.name }}
  values: {{ $agent.values }}.queue
  enabled: {{ $a.queue.enabled }}
  container: queue
  image: {{ $agent.image }}
  ports: [{name: queue, port: {{ $a.queue.containerPort }}}]
  probe: {path: /ok, timeout: 1, failures: 6}
  pending: {{ $a.queue.numberOfJobsPerWorker }}
  env: agent
  agent: {{ toJson $agent }}
  usage: {cpu: 35m, memory: 480Mi}
- name: {{ $agent.prefix }}-{{ $a.postgres.name }}
  values: {{ $agent.values }}.postgres
  enabled: {{ not $a.postgres.external.enabled }}
  container: postgres
  store: true
  image: postgresImage
  ports: [{name: postgres, port: {{ $a.postgres.containerPort }}}]
  service: [{name: postgres, port: {{ $a.postgres.service.port }}, to: postgres}]
  probe: {command: [pg_isready, -d, {{ $a.postgres.external.database }}, -U, {{ $a.postgres.external.user }}], timeout: 1, failures: 6}
  data: /var/lib/postgresql/data
  env: postgres
  usage: {cpu: 20m, memory: 160Mi}
- name: {{ $agent.prefix }}-{{ $a.redis.name }}
  values: {{ $agent.values }}.redis
  enabled: {{ not $a.redis.external.enabled }}
  container: redis
  store: true
  image: redisImage
  ports: [{name: redis, port: {{ $a.redis.containerPort }}}]
  service: [{name: redis, port: {{ $a.redis.service.port }}, to: redis}]
  probe: {command: [redis-cli, ping], timeout: 1, failures: 6}
  data: /data
  env: none
  usage: {cpu: 10m, memory: 30Mi}
{{- end }}
{{- end -}}
