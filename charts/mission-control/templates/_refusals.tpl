{{/* Values that contradict each other, each with its own sentence. */}}
{{- define "mission-control.refusals" -}}
{{- $rbac := .Values.rbac -}}
{{- if $rbac.strictReadOnly -}}
{{- if $rbac.releases.namespaces -}}
{{- fail "rbac.strictReadOnly is true and rbac.releases.namespaces names namespaces: Helm's records are in Secrets, which strictReadOnly keeps closed. Set one of them only." -}}
{{- end -}}
{{- if $rbac.secrets -}}
{{- fail "rbac.strictReadOnly is true and rbac.secrets names Secrets, which strictReadOnly keeps closed. Set one of them only." -}}
{{- end -}}
{{- range $name, $on := $rbac.diagnostics -}}
{{- if and $on (ne $name "nodeStats") -}}
{{- fail (printf "rbac.strictReadOnly is true and rbac.diagnostics.%s is on: through a proxy more than reading is possible. Set one of them only." $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.signIn.adminPassword .Values.signIn.existingSecret -}}
{{- fail "signIn.adminPassword and signIn.existingSecret are both set; the password comes from one of them." -}}
{{- end -}}
{{- if and .Values.trustedCA.pem .Values.trustedCA.configMap -}}
{{- fail "trustedCA.pem and trustedCA.configMap are both set; the authorities come from one of them." -}}
{{- end -}}
{{- end -}}
