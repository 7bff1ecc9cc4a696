// The registry of sources: type -> definition. One line a type.
import type { SourceDefinition } from '../kit/source.ts';
import { alertmanager } from './alertmanager.ts';
import { cloudevents } from './cloudevents.ts';
import { crowdstrikeAlerts } from './crowdstrike_alerts.ts';
import {
  deepinstinctChanges,
  deepinstinctEvents,
  deepinstinctSuspiciousEvents,
} from './deepinstinct/index.ts';
import { defenderAlerts } from './defender_alerts.ts';
import { elastic, elasticAlerts } from './elastic/index.ts';
import { falco } from './falco.ts';
import { github } from './github.ts';
import { grafana } from './grafana.ts';
import { httpPoll } from './http_poll.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { sentineloneThreats } from './sentinelone_threats.ts';
import { sns } from './sns/index.ts';
import { splunk } from './splunk.ts';
import { standardWebhooks } from './standard_webhooks.ts';
import { wazuh, wazuhIndexer } from './wazuh/index.ts';
import { webhook } from './webhook/index.ts';

export const sources: Record<string, SourceDefinition> = {
  deepinstinct_events: deepinstinctEvents,
  deepinstinct_suspicious_events: deepinstinctSuspiciousEvents,
  deepinstinct_changes: deepinstinctChanges,
  alertmanager,
  cloudevents,
  crowdstrike_alerts: crowdstrikeAlerts,
  defender_alerts: defenderAlerts,
  elastic,
  elastic_alerts: elasticAlerts,
  falco,
  github,
  grafana,
  http_poll: httpPoll,
  opsgenie,
  pagerduty,
  sentinelone_threats: sentineloneThreats,
  sns,
  splunk,
  standard_webhooks: standardWebhooks,
  wazuh,
  wazuh_indexer: wazuhIndexer,
  webhook,
};
