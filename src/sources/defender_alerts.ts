// Source `defender_alerts`: alerts of Microsoft Defender XDR, asked of Microsoft Graph (alerts_v2).
import { z } from 'zod';
import { alertStreams } from '../kit/alert-streams.ts';
import type { EventBody, EventDraft, Severity } from '../kit/event.ts';
import { withOver } from '../kit/item-meaning.ts';
import { eventLink, filledLink } from '../kit/link-pattern.ts';
import { boundsOf, type PollPlan, polledBy, pollSettings } from '../kit/poll/index.ts';
import { bodyOf } from '../kit/pushed-body.ts';
import {
  boundId,
  rawOf,
  recordOf,
  techniquesIn,
  timeOf,
  unrecognisedItem,
  wordOf,
} from '../kit/pushed-item.ts';
import { severityMap, severityReader } from '../kit/severity-words.ts';
import type { SourceDefinition } from '../kit/source.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,100}$/, 'is no id or domain of a tenant')
    .describe('The id of the tenant (directory), or its domain.'),
  client_id: z
    .string()
    .min(1)
    .describe(
      'The application (client) id of an app registration with the application permission SecurityAlert.Read.All.',
    ),
  client_secret: z.string().min(1).describe('A client secret of the app registration (its value).'),
  filter: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Which alerts, as OData, such as "serviceSource eq \'microsoftDefenderForEndpoint\'".',
    ),
  url: webUrl
    .default('https://graph.microsoft.com')
    .describe('The API; that of a national cloud is another.'),
  login_url: webUrl
    .default('https://login.microsoftonline.com')
    .describe('Where tokens are given; that of a national cloud is another.'),
  severity_map: severityMap,
  event_link: eventLink,
  ...pollSettings,
});
type Settings = z.output<typeof config>;
type Fields = Readonly<Record<string, unknown>>;

export const defenderAlerts: SourceDefinition<typeof config> = {
  type: 'defender_alerts',
  config,
  example: {
    tenant: 'example.com',
    client_id: '00000000-0000-0000-0000-000000000000',
    client_secret: 'a-secret-of-the-app',
  },
  secrets: ['client_secret'],
  streams: ['alert', 'change'],
  product: { name: 'Microsoft Defender', streams: alertStreams },
  ...polledBy(planOf),
};

const stream = 'alert';
const [typeMax, nameMax] = [100, 200];

function planOf(settings: Settings): PollPlan {
  const { tenant, client_id: id, client_secret: secret, filter } = settings;
  const [url, login] = [settings.url, settings.login_url].map((one) => one.replace(/\/+$/, ''));
  // No end: an alert that changes while its pages are read moves to the front, and none is skipped.
  const asked = 'lastUpdateDateTime ge {since}';
  const severityOf = severityReader(settings.severity_map, { informational: 1 });
  return {
    console: `${url} ${tenant} alerts ${filter ?? ''}`.trim(),
    request: {
      ...{ method: 'GET', url: `${url}/v1.0/security/alerts_v2`, times: 'iso' },
      headers: { prefer: 'include-unknown-enum-members' },
      query: { $filter: filter === undefined ? asked : `${asked} and (${filter})` },
    },
    credential: {
      ...{ kind: 'client', tokenUrl: `${login}/${tenant}/oauth2/v2.0/token`, id, secret },
      ...{ scope: `${url}/.default`, place: 'body' },
    },
    paging: { kind: 'next_url', next: (body) => recordOf(body)['@odata.nextLink'] },
    ...boundsOf(settings),
    read(body) {
      const { value } = recordOf(body);
      return { items: Array.isArray(value) ? value : undefined };
    },
    stampOf: ({ item }) => recordOf(item).lastUpdateDateTime ?? recordOf(item).createdDateTime,
    createdOf: ({ item }) => recordOf(item).createdDateTime,
    draftsOf({ pieces, item }, source) {
      const alert = recordOf(item);
      const draft = draftOf(alert, rawOf(pieces, item), settings, severityOf);
      return withOver(draft, alert.status === 'resolved', source);
    },
  };
}

function draftOf(
  alert: Fields,
  raw: string,
  { event_link: link }: Settings,
  severityOf: (word: unknown) => Severity,
): EventDraft {
  const [id, type] = [wordOf(alert.id, 1000), wordOf(alert.title, typeMax)];
  if (id === undefined || type === undefined) return unrecognisedItem(raw, stream);
  const externalId = boundId(id);
  return {
    ...{ externalId, subject: `${stream}/${externalId}`, stream, type, raw },
    severity: severityOf(alert.severity),
    status: wordOf(alert.status, typeMax) ?? null,
    action: null,
    occurredAt: timeOf(alert.firstActivityDateTime) ?? timeOf(alert.createdDateTime) ?? null,
    body: bodyOf({
      ...factsOf(alert),
      ...{ itemId: id, severityRaw: wordOf(alert.severity, typeMax) },
      link: link && filledLink(link, 'id', encodeURIComponent(id)),
    }),
  };
}

function factsOf(alert: Fields): EventBody {
  const of = (name: string, max = nameMax) => wordOf(alert[name], max);
  const [device, file, process, user, ip] = ['device', 'file', 'process', 'user', 'ip'].map(
    (kind) => evidenceOf(alert.evidence, kind),
  );
  const [fileDetails, image] = [recordOf(file?.fileDetails), recordOf(process?.imageFile)];
  const account = recordOf(user?.userAccount ?? process?.userAccount);
  const named = recordOf(fileDetails.fileName === undefined ? image : fileDetails);
  return bodyOf({
    observedAt: timeOf(alert.createdDateTime),
    description: of('description', 4000),
    threatType: of('category'),
    trigger: of('detectionSource'),
    comment: wordOf([of('classification'), of('determination')].filter(Boolean).join(', ')),
    user: wordOf(account.userPrincipalName, nameMax) ?? wordOf(account.accountName, nameMax),
    remoteIp: wordOf(ip?.ipAddress, nameMax),
    techniques: techniquesIn(alert.mitreTechniques),
    tenant: { id: of('tenantId') },
    device: {
      id: wordOf(device?.mdeDeviceId, nameMax),
      name: wordOf(device?.deviceDnsName, nameMax),
      os: wordOf(device?.osPlatform, nameMax),
      osVersion: wordOf(device?.version, nameMax),
      ip: wordOf(device?.lastIpAddress, nameMax),
    },
    file: {
      name: wordOf(named.fileName, nameMax),
      path: wordOf(named.filePath),
      hash: wordOf(named.sha256, nameMax) ?? wordOf(named.sha1, nameMax),
    },
    process: {
      name: wordOf(image.fileName, nameMax),
      path: wordOf(image.filePath),
      commandLine: wordOf(process?.processCommandLine),
    },
  });
}

/** The first evidence of a kind, such as `#microsoft.graph.security.deviceEvidence`. */
function evidenceOf(evidence: unknown, kind: string): Fields | undefined {
  if (!Array.isArray(evidence)) return undefined;
  return evidence
    .slice(0, 200)
    .map(recordOf)
    .find((one) => wordOf(one['@odata.type'])?.endsWith(`.${kind}Evidence`));
}
