// Source `crowdstrike_alerts`: alerts of CrowdStrike, asked of its Alerts API.
import { z } from 'zod';
import { alertStreams } from '../kit/alert-streams.ts';
import type { EventBody, EventDraft, Severity } from '../kit/event.ts';
import { withOver } from '../kit/item-meaning.ts';
import { eventLink, filledLink } from '../kit/link-pattern.ts';
import { boundsOf, type PollPlan, polledBy, pollSettings } from '../kit/poll/index.ts';
import { bodyOf } from '../kit/pushed-body.ts';
import { boundId, rawOf, recordOf, timeOf, unrecognisedItem, wordOf } from '../kit/pushed-item.ts';
import { severityMap, severityReader } from '../kit/severity-words.ts';
import type { SourceDefinition } from '../kit/source.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  url: webUrl
    .default('https://api.crowdstrike.com')
    .describe(
      'The API of your cloud: https://api.crowdstrike.com, https://api.us-2.crowdstrike.com, https://api.eu-1.crowdstrike.com or https://api.laggar.gcw.crowdstrike.com.',
    ),
  client_id: z.string().min(1).describe('The id of an API client with the scope Alerts: Read.'),
  client_secret: z.string().min(1).describe('The secret of the API client.'),
  filter: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('Which alerts, in FQL, such as "product:\'epp\'+severity:>39".'),
  severity_map: severityMap,
  event_link: eventLink,
  ...pollSettings,
});
type Settings = z.output<typeof config>;
type Fields = Readonly<Record<string, unknown>>;

export const crowdstrikeAlerts: SourceDefinition<typeof config> = {
  type: 'crowdstrike_alerts',
  config,
  example: { client_id: '0123456789abcdef', client_secret: 'a-secret-of-the-api-client' },
  secrets: ['client_secret'],
  streams: ['alert', 'change'],
  product: { name: 'CrowdStrike', streams: alertStreams },
  ...polledBy(planOf),
};

const stream = 'alert';
const [typeMax, nameMax] = [100, 200];
const pageSize = 500;

function planOf(settings: Settings): PollPlan {
  const { client_id: id, client_secret: secret, filter } = settings;
  const url = settings.url.replace(/\/+$/, '');
  const asked = "updated_timestamp:>='{since}'";
  const severityOf = severityReader(settings.severity_map, { informational: 1 });
  return {
    console: `${url} alerts ${filter ?? ''}`.trim(),
    request: {
      ...{ method: 'POST', url: `${url}/alerts/combined/alerts/v1`, headers: {}, query: {} },
      // Pages are taken of what is there at that moment, so they are sorted by what never changes.
      body: {
        filter: filter === undefined ? asked : `${asked}+(${filter})`,
        ...{ sort: 'created_timestamp|asc', limit: pageSize, after: '{cursor}' },
      },
      times: 'iso',
    },
    credential: { kind: 'client', tokenUrl: `${url}/oauth2/token`, id, secret, place: 'body' },
    paging: {
      kind: 'cursor',
      next: (body) => recordOf(recordOf(recordOf(body).meta).pagination).after,
    },
    ...boundsOf(settings),
    read(body) {
      const { resources, errors } = recordOf(body);
      return {
        items: Array.isArray(resources) ? resources : undefined,
        fault: Array.isArray(errors) && errors.length > 0 ? 'says that it failed' : undefined,
      };
    },
    stampOf: ({ item }) => recordOf(item).updated_timestamp ?? recordOf(item).created_timestamp,
    createdOf: ({ item }) => recordOf(item).created_timestamp,
    draftsOf({ pieces, item }, source) {
      const alert = recordOf(item);
      const draft = draftOf(alert, rawOf(pieces, item), settings, severityOf);
      return withOver(draft, alert.status === 'closed', source);
    },
  };
}

function draftOf(
  alert: Fields,
  raw: string,
  { event_link: link }: Settings,
  severityOf: (word: unknown) => Severity,
): EventDraft {
  const id = wordOf(alert.composite_id, 1000);
  const type = wordOf(alert.display_name, typeMax) ?? wordOf(alert.name, typeMax);
  if (id === undefined || type === undefined) return unrecognisedItem(raw, stream);
  const externalId = boundId(id);
  const severityRaw = wordOf(alert.severity_name, typeMax) ?? wordOf(alert.severity, typeMax);
  return {
    ...{ externalId, subject: `${stream}/${externalId}`, stream, type, raw },
    severity: severityOf(alert.severity_name) || severityOf(alert.severity) || bandOf(alert),
    status: wordOf(alert.status, typeMax) ?? null,
    action: wordOf(alert.pattern_disposition_description, typeMax) ?? null,
    occurredAt: timeOf(alert.timestamp) ?? timeOf(alert.created_timestamp) ?? null,
    body: bodyOf({
      ...factsOf(alert),
      ...{ itemId: id, severityRaw },
      link: link && filledLink(link, 'id', encodeURIComponent(id)),
    }),
  };
}

/** The number alone, from 1 to 100, in the bands of the console. */
function bandOf({ severity }: Fields): Severity {
  if (typeof severity !== 'number' || severity <= 0) return 0;
  return Math.min(5, Math.floor(severity / 20) + 1) as Severity;
}

function factsOf(alert: Fields): EventBody {
  const of = (name: string, max = nameMax) => wordOf(alert[name], max);
  const device = recordOf(alert.device);
  const ofDevice = (name: string) => wordOf(device[name], nameMax);
  const technique = { id: of('technique_id'), name: of('technique'), tactic: of('tactic') };
  const { id, name, tactic } = technique;
  return bodyOf({
    observedAt: timeOf(alert.created_timestamp),
    description: of('description', 4000),
    threatType: tactic,
    trigger: of('scenario'),
    user: of('user_name'),
    techniques:
      id !== undefined && /^TA?\d{4}(\.\d{3})?$/.test(id)
        ? [{ id, ...(name && { name }), ...(tactic && { tactic }) }]
        : undefined,
    device: {
      id: ofDevice('device_id'),
      name: ofDevice('hostname'),
      os: ofDevice('platform_name'),
      osVersion: ofDevice('os_version'),
      ip: ofDevice('local_ip'),
      mac: ofDevice('mac_address'),
      domain: ofDevice('machine_domain'),
      agentVersion: ofDevice('agent_version'),
    },
    tenant: { id: of('cid') },
    file: { name: of('filename'), path: of('filepath', 4000), hash: of('sha256') },
    process: { commandLine: of('cmdline', 4000) },
  });
}
