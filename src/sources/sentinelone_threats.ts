// Source `sentinelone_threats`: threats of SentinelOne, asked of the API of its console.
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
  url: webUrl.describe('The console, such as https://example.sentinelone.net.'),
  token: z
    .string()
    .refine((text) => /^[\x21-\x7e]+$/.test(text), 'holds a blank, or characters that no token has')
    .describe('The API token of a service user that may view threats, without "ApiToken".'),
  sites: z
    .array(z.string().regex(/^\d{1,30}$/, 'is no id of a site'))
    .min(1)
    .max(100)
    .optional()
    .describe('Ids of sites, if not all.'),
  severity_map: severityMap,
  event_link: eventLink,
  ...pollSettings,
});
type Settings = z.output<typeof config>;
type Fields = Readonly<Record<string, unknown>>;

export const sentineloneThreats: SourceDefinition<typeof config> = {
  type: 'sentinelone_threats',
  config,
  example: { url: 'https://example.sentinelone.net', token: 'a-token-of-a-service-user' },
  secrets: ['token'],
  streams: ['alert', 'change'],
  product: { name: 'SentinelOne', streams: alertStreams },
  ...polledBy(planOf),
};

const stream = 'alert';
const [typeMax, nameMax] = [100, 200];
const pageSize = 500;
/** The confidence, and whether it is still at work. */
const severities: Readonly<Record<string, Severity>> = {
  ...{ malicious: 4, suspicious: 3, 'n/a': 0 },
  ...{ 'malicious not mitigated': 5, 'suspicious not mitigated': 3 },
};

function planOf(settings: Settings): PollPlan {
  const { token, sites } = settings;
  const url = settings.url.replace(/\/+$/, '');
  const severityOf = severityReader(settings.severity_map, severities);
  return {
    console: `${url} threats ${sites?.join(',') ?? ''}`.trim(),
    request: {
      ...{ method: 'GET', url: `${url}/web/api/v2.1/threats`, headers: {}, times: 'iso' },
      query: {
        // Without "equal", what has the stamp of the last one would be lost.
        ...{ updatedAt__gte: '{since}', sortBy: 'createdAt', sortOrder: 'asc' },
        ...{ limit: String(pageSize), cursor: '{cursor}' },
        ...(sites && { siteIds: sites.join(',') }),
      },
    },
    credential: {
      ...{ kind: 'header', header: 'authorization', value: `ApiToken ${token}` },
      secrets: [token],
    },
    paging: { kind: 'cursor', next: (body) => recordOf(recordOf(body).pagination).nextCursor },
    ...boundsOf(settings),
    read(body) {
      const { data, errors } = recordOf(body);
      return {
        items: Array.isArray(data) ? data : undefined,
        fault: Array.isArray(errors) && errors.length > 0 ? 'says that it failed' : undefined,
      };
    },
    stampOf: ({ item }) => infoOf(item).updatedAt ?? infoOf(item).createdAt,
    createdOf: ({ item }) => infoOf(item).createdAt,
    draftsOf({ pieces, item }, source) {
      const draft = draftOf(recordOf(item), rawOf(pieces, item), settings, severityOf);
      return withOver(draft, infoOf(item).incidentStatus === 'resolved', source);
    },
  };
}

function infoOf(item: unknown): Fields {
  return recordOf(recordOf(item).threatInfo);
}

function draftOf(
  threat: Fields,
  raw: string,
  { event_link: link }: Settings,
  severityOf: (word: unknown) => Severity,
): EventDraft {
  const info = infoOf(threat);
  const id = wordOf(threat.id, 1000) ?? wordOf(info.threatId, 1000);
  const type = wordOf(info.classification, typeMax);
  if (id === undefined || type === undefined) return unrecognisedItem(raw, stream);
  const externalId = boundId(id);
  const [severityRaw, action] = [info.confidenceLevel, info.mitigationStatus].map((one) =>
    wordOf(one, typeMax),
  );
  const isAtWork = action === 'not_mitigated' || action === 'active';
  return {
    ...{ externalId, subject: `${stream}/${externalId}`, stream, type, raw },
    severity:
      (isAtWork ? severityOf(`${severityRaw} not mitigated`) : 0) || severityOf(severityRaw),
    status: wordOf(info.incidentStatus, typeMax) ?? null,
    action: action ?? null,
    occurredAt: timeOf(info.identifiedAt) ?? timeOf(info.createdAt) ?? null,
    body: bodyOf({
      ...factsOf(threat, info),
      ...{ itemId: id, severityRaw },
      link: link && filledLink(link, 'id', encodeURIComponent(id)),
    }),
  };
}

function factsOf(threat: Fields, info: Fields): EventBody {
  const [agent, detected] = [threat.agentRealtimeInfo, threat.agentDetectionInfo].map(recordOf);
  const of = (name: string, max = nameMax) => wordOf(info[name], max);
  const ofAgent = (...names: string[]) =>
    names
      .flatMap((name) => [agent?.[name], detected?.[name]])
      .flatMap((value) => wordOf(value, nameMax) ?? [])[0];
  return bodyOf({
    observedAt: timeOf(info.createdAt),
    threatType: of('threatName'),
    trigger: of('detectionType'),
    comment: of('analystVerdict'),
    user: of('processUser') ?? ofAgent('agentLastLoggedInUserName'),
    techniques: techniquesIn(techniqueNames(threat.indicators)),
    device: {
      id: ofAgent('agentId', 'agentUuid'),
      name: ofAgent('agentComputerName'),
      os: ofAgent('agentOsName'),
      ip: ofAgent('agentIpV4'),
      domain: ofAgent('agentDomain'),
      group: ofAgent('groupName'),
      agentVersion: ofAgent('agentVersion'),
    },
    tenant: { id: ofAgent('siteId'), name: ofAgent('siteName') },
    file: {
      name: of('threatName'),
      path: of('filePath', 4000),
      hash: of('sha256') ?? of('sha1'),
    },
    process: { name: of('originatorProcess'), commandLine: of('maliciousProcessArguments', 4000) },
  });
}

/** Each indicator has tactics, and each of these techniques by name. */
function techniqueNames(indicators: unknown): readonly unknown[] {
  const listed = (value: unknown) => (Array.isArray(value) ? value.slice(0, 20) : []);
  return listed(indicators)
    .flatMap((indicator) => listed(recordOf(indicator).tactics))
    .flatMap((tactic) => listed(recordOf(tactic).techniques))
    .map((technique) => recordOf(technique).name);
}
