// The registry of sources: by type, what loads it. One line a type.
import type { Loaders } from '../kit/loaders.ts';
import type { SourceDefinition } from '../kit/source.ts';

export const sourceLoaders: Loaders<SourceDefinition> = {
  deepinstinct_events: async () => (await import('./deepinstinct/index.ts')).deepinstinctEvents,
  deepinstinct_suspicious_events: async () =>
    (await import('./deepinstinct/index.ts')).deepinstinctSuspiciousEvents,
  deepinstinct_changes: async () => (await import('./deepinstinct/index.ts')).deepinstinctChanges,
  alertmanager: async () => (await import('./alertmanager.ts')).alertmanager,
  cloudevents: async () => (await import('./cloudevents.ts')).cloudevents,
  crowdstrike_alerts: async () => (await import('./crowdstrike_alerts.ts')).crowdstrikeAlerts,
  defender_alerts: async () => (await import('./defender_alerts.ts')).defenderAlerts,
  elastic: async () => (await import('./elastic/index.ts')).elastic,
  elastic_alerts: async () => (await import('./elastic/index.ts')).elasticAlerts,
  falco: async () => (await import('./falco.ts')).falco,
  github: async () => (await import('./github.ts')).github,
  grafana: async () => (await import('./grafana.ts')).grafana,
  http_poll: async () => (await import('./http_poll.ts')).httpPoll,
  opsgenie: async () => (await import('./opsgenie.ts')).opsgenie,
  pagerduty: async () => (await import('./pagerduty.ts')).pagerduty,
  sentinelone_threats: async () => (await import('./sentinelone_threats.ts')).sentineloneThreats,
  sns: async () => (await import('./sns/index.ts')).sns,
  splunk: async () => (await import('./splunk.ts')).splunk,
  standard_webhooks: async () => (await import('./standard_webhooks.ts')).standardWebhooks,
  wazuh: async () => (await import('./wazuh/index.ts')).wazuh,
  wazuh_indexer: async () => (await import('./wazuh/index.ts')).wazuhIndexer,
  webhook: async () => (await import('./webhook/index.ts')).webhook,
};
