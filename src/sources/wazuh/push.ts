// Source `wazuh`: alerts of Wazuh 4.x as its integrations post them (the alert as it is, or wrapped by
// the stock script `shuffle`), and findings of 5.x as the template of a monitor posts them.
import { z } from 'zod';
import { alertStreams } from '../../kit/alert-streams.ts';
import type { EventBody, EventDraft, Severity } from '../../kit/event.ts';
import type { JsonPieces } from '../../kit/json-pieces.ts';
import { withSoundProof } from '../../kit/proof.ts';
import { pushBasics, pushSettings } from '../../kit/push-settings.ts';
import { bodyOf } from '../../kit/pushed-body.ts';
import { pushedBy } from '../../kit/pushed-by.ts';
import {
  boundId,
  pushedObject,
  rawOf,
  recordOf,
  techniquesIn,
  timeOf,
  unrecognisedItem,
  wordOf,
} from '../../kit/pushed-item.ts';
import { severityMap, severityReader } from '../../kit/severity-words.ts';
import type { PushSource, SourceDefinition } from '../../kit/source.ts';

const config = withSoundProof(z.strictObject({ ...pushSettings, severity_map: severityMap }));
type Settings = z.output<typeof config>;

export const wazuh: SourceDefinition<typeof config> = {
  ...pushedBy('wazuh', create),
  config,
  example: { proof: 'header', secret: 'a-secret-of-32-random-characters' },
  secrets: ['secret', 'old_secret'],
  streams: ['alert'],
  product: { name: 'Wazuh', streams: { alert: alertStreams.alert } },
};

type Fields = Readonly<Record<string, unknown>>;
type SeverityOf = (word: unknown) => Severity;

const stream = 'alert';
const [typeMax, nameMax] = [100, 200];

/** The bands of Wazuh's own dashboard, and the words of 5.x. */
export const severities: Readonly<Record<string, Severity>> = {
  ...Object.fromEntries(Array.from({ length: 17 }, (_, level) => [level, severityOfLevel(level)])),
  ...{ informational: 1 },
};

function severityOfLevel(level: number): Severity {
  if (level >= 15) return 5;
  if (level >= 12) return 4;
  if (level >= 7) return 3;
  return level >= 3 ? 2 : 1;
}

function create(settings: Settings): PushSource {
  const severityOf = severityReader(settings.severity_map, severities);
  return {
    ...pushBasics(settings),
    parse({ body }) {
      return { events: eventsOf(pushedObject(body), severityOf) };
    },
  };
}

function eventsOf(pieces: JsonPieces, severityOf: SeverityOf): EventDraft[] {
  const whole = recordOf(pieces.value);
  if (Array.isArray(whole.results))
    return whole.results
      .flatMap((result: unknown) => hitsOf(result))
      .map((hit) => findingOf(recordOf(hit), rawOf(pieces, hit), severityOf));
  // The stock script puts the alert beside a summary of it.
  const alert = pieces.sourceOf(whole.all_fields)?.startsWith('{')
    ? recordOf(whole.all_fields)
    : whole;
  return [alertOf(alert, rawOf(pieces, alert), severityOf)];
}

/** What is no answer of a search is kept as an item that nobody understands. */
function hitsOf(result: unknown): readonly unknown[] {
  const { hits } = recordOf(recordOf(result).hits);
  return Array.isArray(hits) ? hits : [result];
}

/** An alert of 4.x. */
export function alertOf(alert: Fields, raw: string, severityOf: SeverityOf): EventDraft {
  const [rule, id] = [recordOf(alert.rule), wordOf(alert.id, 1000)];
  const [type, level] = [wordOf(rule.description, typeMax), wordOf(rule.level, typeMax)];
  if (id === undefined || type === undefined) return unrecognisedItem(raw, stream);
  // Each manager counts by itself.
  const node = wordOf(recordOf(alert.cluster).node) ?? wordOf(recordOf(alert.manager).name);
  const externalId = boundId(node === undefined ? id : `${node}/${id}`);
  return draftOf({
    ...{ externalId, type, raw },
    severity: severityOf(level),
    time: alert.timestamp,
    body: { ...factsOfAlert(alert, rule), ...(level && { severityRaw: level }), itemId: id },
  });
}

function factsOfAlert(alert: Fields, rule: Fields): EventBody {
  const [agent, data, syscheck] = [alert.agent, alert.data, alert.syscheck].map(recordOf);
  const windows = recordOf(recordOf(data?.win).eventdata);
  const groups = Array.isArray(rule.groups) ? rule.groups.flatMap((one) => wordOf(one) ?? []) : [];
  return bodyOf({
    description: wordOf(alert.full_log),
    trigger: wordOf(rule.id, typeMax),
    threatType: wordOf(groups.join(', '), nameMax),
    user:
      wordOf(data?.dstuser, nameMax) ??
      wordOf(data?.srcuser, nameMax) ??
      wordOf(windows.targetUserName, nameMax),
    remoteIp: wordOf(data?.srcip, nameMax),
    techniques: techniquesIn(recordOf(rule.mitre).id),
    device: {
      id: wordOf(agent?.id, nameMax),
      name: wordOf(agent?.name, nameMax),
      ip: wordOf(agent?.ip, nameMax),
    },
    file: { path: wordOf(syscheck?.path), hash: wordOf(syscheck?.sha256_after, nameMax) },
    process: { path: wordOf(windows.image), commandLine: wordOf(windows.commandLine) },
  });
}

/** A finding of 5.x, as a search returns it. */
export function findingOf(hit: Fields, raw: string, severityOf: SeverityOf): EventDraft {
  const found = recordOf(hit._source);
  const own = recordOf(found.wazuh);
  const [rule, agent] = [recordOf(own.rule), recordOf(own.agent)];
  const [id, type] = [wordOf(hit._id, 1000), wordOf(rule.title, typeMax)];
  if (id === undefined || type === undefined) return unrecognisedItem(raw, stream);
  const level = wordOf(rule.level, typeMax);
  return draftOf({
    ...{ externalId: boundId(id), type, raw },
    severity: severityOf(level),
    time: found['@timestamp'],
    body: bodyOf({
      ...{ itemId: id, severityRaw: level },
      description: wordOf(recordOf(found.event).original),
      trigger: wordOf(rule.id, typeMax),
      threatType: wordOf(recordOf(own.integration).name, nameMax),
      device: {
        id: wordOf(agent.id, nameMax),
        name: wordOf(agent.name, nameMax),
        os: wordOf(recordOf(recordOf(agent.host).os).name, nameMax),
      },
      file: { path: wordOf(recordOf(found.file).path) },
    }),
  });
}

function draftOf(
  known: Pick<EventDraft, 'externalId' | 'type' | 'severity' | 'body' | 'raw'> & { time: unknown },
): EventDraft {
  const { time, ...draft } = known;
  return {
    ...draft,
    ...{ subject: `${stream}/${draft.externalId}`, stream, status: null, action: null },
    occurredAt: timeOf(time) ?? null,
  };
}
