// Source `falco`: what Falco sees, one event a request, by its own HTTP output or by Falcosidekick.
import { z } from 'zod';
import type { EventBody, EventDraft, Severity } from '../kit/event.ts';
import type { JsonPieces } from '../kit/json-pieces.ts';
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
} from '../kit/pushed-item.ts';
import { severityMap, severityReader } from '../kit/severity-words.ts';
import type { PushSource, SourceDefinition } from '../kit/source.ts';

const config = withSoundProof(z.strictObject({ ...pushSettings, severity_map: severityMap }));
type Settings = z.output<typeof config>;

/** By priority. */
const severities: Readonly<Record<string, Severity>> = {
  ...{ emergency: 5, alert: 5, critical: 5, error: 4, warning: 3, notice: 2 },
  ...{ informational: 1, debug: 1 },
};

export const falco: SourceDefinition<typeof config> = {
  ...pushedBy('falco', create),
  config,
  example: { proof: 'path', secret: 'a-secret-of-32-random-characters' },
  secrets: ['secret', 'old_secret'],
  streams: ['alert'],
  product: {
    name: 'Falco',
    streams: {
      alert: {
        en: { title: 'New Event Detected', number: 'Event ID' },
        th: { title: 'ตรวจพบเหตุการณ์ใหม่', number: 'รหัสเหตุการณ์' },
      },
    },
  },
};

const stream = 'alert';
const [typeMax, nameMax] = [100, 200];
/** Stands for a field that the event has not. */
const noValue = '<NA>';

function create(settings: Settings): PushSource {
  const severityOf = severityReader(settings.severity_map, severities);
  return {
    ...pushBasics(settings),
    parse({ body }) {
      const pieces = pushedObject(body, ': json_output of Falco must be on');
      return { events: [draftOf(pieces, severityOf)] };
    },
  };
}

function draftOf(pieces: JsonPieces, severityOf: (word: unknown) => Severity): EventDraft {
  const raw = rawOf(pieces, pieces.value);
  const item = recordOf(pieces.value);
  const [type, time] = [wordOf(item.rule, typeMax), timeOf(item.time)];
  if (type === undefined || time === undefined) return unrecognisedItem(raw, stream);
  const externalId = idOf(pieces, item);
  const severityRaw = wordOf(item.priority, typeMax);
  return {
    externalId,
    subject: `${stream}/${externalId}`,
    stream,
    type,
    severity: severityOf(severityRaw),
    status: null,
    action: null,
    occurredAt: time,
    body: bodyOf({ ...factsOf(item), severityRaw }),
    raw,
  };
}

/**
 * Falco gives none, and the uuid of Falcosidekick is another for each time that it sends. The time
 * has nanoseconds.
 */
function idOf(pieces: JsonPieces, item: Readonly<Record<string, unknown>>): string {
  const said = pieces.sourceOf(item.output_fields) ?? item.output ?? null;
  return hashId(JSON.stringify([item.time, item.rule, item.hostname ?? null, said]));
}

function factsOf(item: Readonly<Record<string, unknown>>): EventBody {
  const fields = recordOf(item.output_fields);
  const named = (name: string) => {
    const word = wordOf(fields[name], 1000);
    return word === noValue ? undefined : word;
  };
  // Where on the host: a pod of a namespace, else a container.
  const place = [named('k8s.ns.name'), named('k8s.pod.name') ?? named('container.name')];
  const host = wordOf(item.hostname, nameMax) ?? named('evt.hostname');
  const opened = named('fd.name');
  return bodyOf({
    description: wordOf(item.output),
    trigger: wordOf(item.source, typeMax),
    user: named('user.name') ?? named('ka.user.name'),
    remoteIp: named('fd.rip'),
    target: named('ka.target.name'),
    techniques: techniquesIn(item.tags),
    device: {
      name: host,
      group: wordOf(place.filter((part) => part !== undefined).join('/'), nameMax),
    },
    // Of a connection it names both ends.
    file: { path: opened?.startsWith('/') ? opened : undefined },
    process: {
      name: named('proc.name'),
      path: named('proc.exepath'),
      commandLine: named('proc.cmdline'),
      user: named('user.name'),
    },
    parentProcess: { name: named('proc.pname'), commandLine: named('proc.pcmdline') },
  });
}
