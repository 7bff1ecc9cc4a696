// Source `splunk`: alerts of saved searches, as the built-in alert action of Splunk posts them, one row of
// the results a request.
import { z } from 'zod';
import { alertStreams } from '../kit/alert-streams.ts';
import type { EventBody, EventDraft, Severity } from '../kit/event.ts';
import type { JsonPieces } from '../kit/json-pieces.ts';
import { eventLink, filledLink } from '../kit/link-pattern.ts';
import { withSoundProof } from '../kit/proof.ts';
import { pushBasics, pushSettings } from '../kit/push-settings.ts';
import { bodyOf } from '../kit/pushed-body.ts';
import { pushedBy } from '../kit/pushed-by.ts';
import {
  hashId,
  pushedObject,
  rawOf,
  recordOf,
  techniquesIn,
  timeOf,
  unrecognisedItem,
  wordOf,
  wordsOf,
} from '../kit/pushed-item.ts';
import { severityMap, severityReader } from '../kit/severity-words.ts';
import type { PushSource, SourceDefinition } from '../kit/source.ts';

const config = withSoundProof(
  z.strictObject({
    ...pushSettings,
    severity_field: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'The field of a result that holds its severity; severity, else urgency if not set.',
      ),
    severity_map: severityMap,
    event_link: eventLink.describe(
      'Where the results are shown, with {id} for the id of the search, such as https://splunk.example.com/app/search/@go?sid={id}.',
    ),
  }),
);
type Settings = z.output<typeof config>;

export const splunk: SourceDefinition<typeof config> = {
  ...pushedBy('splunk', create),
  config,
  example: { proof: 'path', secret: 'a-secret-of-32-random-characters', from: ['192.0.2.0/24'] },
  secrets: ['secret', 'old_secret'],
  streams: ['alert'],
  product: { name: 'Splunk', streams: { alert: alertStreams.alert } },
};

type Fields = Readonly<Record<string, unknown>>;

interface Meaning {
  readonly severityField: string | undefined;
  readonly severityOf: (word: unknown) => Severity;
  readonly link: string | undefined;
}

const stream = 'alert';
const [typeMax, nameMax] = [100, 200];
/** Of an alert whose search nobody named. */
const unnamed = 'Search';

/** The words of its security products beside our own. */
const severities: Readonly<Record<string, Severity>> = {
  ...{ informational: 1, debug: 1, warn: 3, warning: 3, error: 4, severe: 5, fatal: 5 },
};

function create(settings: Settings): PushSource {
  const { severity_map, severity_field: severityField, event_link: link } = settings;
  const severityOf = severityReader(severity_map, severities);
  return {
    ...pushBasics(settings),
    parse({ body }) {
      return { events: [draftOf(pushedObject(body), { severityField, severityOf, link })] };
    },
  };
}

function draftOf(pieces: JsonPieces, meaning: Meaning): EventDraft {
  const raw = rawOf(pieces, pieces.value);
  const item = recordOf(pieces.value);
  const sid = wordOf(item.sid, 1000);
  const row = pieces.sourceOf(item.result);
  if (sid === undefined || !row?.startsWith('{')) return unrecognisedItem(raw, stream);
  const result = recordOf(item.result);
  const { severityField, severityOf, link } = meaning;
  const severityRaw =
    severityField === undefined
      ? (wordOf(result.severity, typeMax) ?? wordOf(result.urgency, typeMax))
      : wordOf(result[severityField], typeMax);
  // A search that calls for each result calls with one id.
  const externalId = hashId(JSON.stringify([sid, row]));
  return {
    externalId,
    subject: `${stream}/${externalId}`,
    stream,
    type: wordOf(item.search_name, typeMax) ?? unnamed,
    severity: severityOf(severityRaw),
    status: null,
    action: null,
    occurredAt: timeOf(seconds(result._time)) ?? null,
    body: bodyOf({
      ...factsOf(item, result),
      ...{ severityRaw, itemId: wordOf(sid, nameMax) },
      link: link && filledLink(link, 'id', encodeURIComponent(sid)),
    }),
    raw,
  };
}

/** Seconds with a fraction, as text. */
function seconds(time: unknown): unknown {
  return typeof time === 'string' && /^\d{9,10}\.\d{1,9}$/.test(time) ? Number(time) : time;
}

/** The fields of the Common Information Model, as far as a search names them. */
function factsOf(item: Fields, result: Fields): EventBody {
  const named = (...names: string[]) => {
    for (const name of names) {
      // Of several values Splunk sends a list.
      const word = wordsOf(result[name]);
      if (word !== undefined) return word;
    }
    return undefined;
  };
  return bodyOf({
    description: named('description', 'message', 'signature', '_raw'),
    trigger: wordOf(item.app, nameMax),
    threatType: named('category', 'sourcetype'),
    user: named('user', 'src_user'),
    target: named('dest', 'dest_ip'),
    remoteIp: named('src_ip', 'src'),
    techniques: techniquesIn([
      named('annotations.mitre_attack', 'mitre_technique_id', 'mitre_attack'),
    ]),
    device: { name: named('host', 'dvc', 'orig_host'), ip: named('host_ip', 'dvc_ip') },
    file: { name: named('file_name'), path: named('file_path'), hash: named('file_hash') },
    process: {
      name: named('process_name'),
      path: named('process_path'),
      commandLine: named('process'),
    },
    parentProcess: { name: named('parent_process_name'), commandLine: named('parent_process') },
  });
}
