{{- /* Parts of the pod that the kind of database decides. */ -}}

{{- define "tocsin.variables" -}}
{{- $variables := deepCopy .Values.variables -}}
{{- if not (hasKey $variables "PUBLIC_URL") -}}
{{- if .Values.ingress.enabled -}}
{{- $_ := set $variables "PUBLIC_URL" (printf "https://%s" .Values.ingress.host) -}}
{{- else if .Values.httpRoute.enabled -}}
{{- $_ := set $variables "PUBLIC_URL" (printf "https://%s" (first .Values.httpRoute.hostnames)) -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := $variables }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end -}}

{{- define "tocsin.env" -}}
- name: DATA_DIR
  value: /data
- name: TOCSIN_CONFIG
  value: /config/tocsin.yaml
{{- range .Values.secret.variables }}
- name: {{ . }}_FILE
  value: /secrets/tocsin/{{ . }}
{{- end }}
{{- if eq .Values.database.kind "embedded" }}
- name: EMBEDDED
  value: "on"
{{- else }}
- name: DATABASE_URL_FILE
  value: /secrets/database/DATABASE_URL
{{- $isOfOperator := eq .Values.database.kind "cloudnative-pg" }}
{{- if or $isOfOperator .Values.database.pooler }}
- name: DATABASE_URL_DIRECT_FILE
  value: /secrets/database/DATABASE_URL_DIRECT
{{- if not (hasKey .Values.variables "DATABASE_PREPARE") }}
- name: DATABASE_PREPARE
  value: "off"
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tocsin.volumes" -}}
- name: data
  {{- if eq .Values.database.kind "embedded" }}
  persistentVolumeClaim:
    claimName: {{ default (include "tocsin.name" .) .Values.database.embedded.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: 64Mi
  {{- end }}
- name: config
  configMap:
    name: {{ include "tocsin.name" . }}-config
{{- /* 288 is 0440: for the group of the pod, and nobody else. */}}
{{- with .Values.secret.existingSecret }}
- name: secrets
  secret:
    secretName: {{ . }}
    defaultMode: 288
{{- end }}
{{- if ne .Values.database.kind "embedded" }}
- name: database
  secret:
    secretName: {{ .Values.database.existingSecret }}
    defaultMode: 288
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tocsin.volumeMounts" -}}
- name: data
  mountPath: /data
- name: config
  mountPath: /config
  readOnly: true
{{- if .Values.secret.existingSecret }}
- name: secrets
  mountPath: /secrets/tocsin
  readOnly: true
{{- end }}
{{- if ne .Values.database.kind "embedded" }}
- name: database
  mountPath: /secrets/database
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Measured: docs/performance.md. No limit on the processor: it would delay a burst, and its alerts with it. */ -}}
{{- define "tocsin.resources" -}}
{{- if .Values.resources }}
{{- toYaml .Values.resources }}
{{- else if eq .Values.database.kind "embedded" -}}
requests:
  cpu: 100m
  memory: 448Mi
limits:
  memory: 768Mi
{{- else -}}
requests:
  cpu: 100m
  memory: 256Mi
limits:
  memory: 512Mi
{{- end }}
{{- end -}}

{{- define "tocsin.spread" -}}
{{- if .Values.topologySpreadConstraints -}}
{{- toYaml .Values.topologySpreadConstraints }}
{{- else -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "tocsin.selector" . | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  {{- if eq .Values.database.kind "cloudnative-pg" }}
  whenUnsatisfiable: DoNotSchedule
  nodeTaintsPolicy: Honor
  {{- else }}
  whenUnsatisfiable: ScheduleAnyway
  {{- end }}
  labelSelector:
    matchLabels:
      {{- include "tocsin.selector" . | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end -}}
{{- end -}}

{{- /* Everything that is wrong with a combination of values, and that no schema can say. */ -}}
{{- define "tocsin.refuse" -}}
{{- $isEmbedded := eq .Values.database.kind "embedded" -}}
{{- if and $isEmbedded (gt (int (include "tocsin.replicas" .)) 1) -}}
{{- fail "replicas: the embedded database serves one replica. Set replicas to 1, or database.kind to postgres" -}}
{{- end -}}
{{- if and (not $isEmbedded) (not .Values.database.existingSecret) -}}
{{- fail "database.existingSecret: name the Secret that holds DATABASE_URL" -}}
{{- end -}}
{{- if and .Values.secret.variables (not .Values.secret.existingSecret) -}}
{{- fail "secret.existingSecret: name the Secret that holds the variables of secret.variables" -}}
{{- end -}}
{{- if and .Values.ingress.enabled .Values.httpRoute.enabled -}}
{{- fail "ingress.enabled and httpRoute.enabled: keep one of the two" -}}
{{- end -}}
{{- if and (or .Values.ingress.enabled .Values.httpRoute.enabled) .Values.networkPolicy.enabled (not .Values.networkPolicy.pageFrom) -}}
{{- fail "networkPolicy.pageFrom: name the pods of your ingress controller or Gateway, else nobody reaches the page" -}}
{{- end -}}
{{- end -}}
