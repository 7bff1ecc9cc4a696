// Source `elastic`: alerts of Kibana's rules, as its webhook connector posts them by the template in
// docs/sources/elastic.md.
import { z } from 'zod';
import { alertStreams } from '../../kit/alert-streams.ts';
import type { EventBody, EventDraft, Severity } from '../../kit/event.ts';
import type { JsonPieces } from '../../kit/json-pieces.ts';
import { eventLink, filledLink } from '../../kit/link-pattern.ts';
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
  wordsOf,
} from '../../kit/pushed-item.ts';
import { severityMap, severityReader } from '../../kit/severity-words.ts';
import type { PushSource, SourceDefinition } from '../../kit/source.ts';

const config = withSoundProof(
  z.strictObject({ ...pushSettings, severity_map: severityMap, event_link: eventLink }),
);
type Settings = z.output<typeof config>;

export const elastic: SourceDefinition<typeof config> = {
  ...pushedBy('elastic', create),
  config,
  example: { proof: 'header', secret: 'a-secret-of-32-random-characters' },
  secrets: ['secret', 'old_secret'],
  streams: ['alert', 'change'],
  product: { name: 'Elastic', streams: alertStreams },
};

type Fields = Readonly<Record<string, unknown>>;

export interface Meaning {
  /** Id of the source. */
  readonly source: string;
  readonly severityOf: (word: unknown) => Severity;
  readonly link: string | undefined;
}

const stream = 'alert';
const [typeMax, nameMax] = [100, 200];

/** Of rules that are not of the security solution; its own words are ours. */
const severities: Readonly<Record<string, Severity>> = { major: 4, warning: 3, minor: 2 };

function create(settings: Settings, { id: source }: { readonly id: string }): PushSource {
  const meaning = meaningOf(settings, source);
  return {
    ...pushBasics(settings),
    parse({ body }) {
      const pieces = pushedObject(body, ': take the template of the page');
      return { events: eventsOf(pieces, meaning) };
    },
  };
}

export function meaningOf(
  { severity_map, event_link: link }: Pick<Settings, 'severity_map' | 'event_link'>,
  source: string,
): Meaning {
  return { source, link, severityOf: severityReader(severity_map, severities) };
}

function eventsOf(pieces: JsonPieces, meaning: Meaning): EventDraft[] {
  const whole = recordOf(pieces.value);
  const [fresh, over] = [listOf(whole.new), listOf(whole.recovered)];
  // An alert alone, as people copy it out of Kibana.
  if (fresh === undefined && over === undefined) return [draftOf(whole, pieces, meaning, false)];
  return [
    ...(fresh ?? []).map((item) => draftOf(item, pieces, meaning, false)),
    ...(over ?? []).map((item) => draftOf(item, pieces, meaning, true)),
  ];
}

/** The template ends each list with a null, since a loop of Mustache ends with a comma. */
function listOf(value: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.at(-1) === null ? value.slice(0, -1) : value;
}

/** @param isRecovered by the place in which it stands */
export function draftOf(
  given: unknown,
  pieces: JsonPieces,
  meaning: Meaning,
  isRecovered: boolean,
): EventDraft {
  const item = recordOf(given);
  const raw = rawOf(pieces, given);
  const of = (path: string, max = nameMax) => wordOf(firstOf(fieldOf(item, path)), max);
  const [id, type] = [of('kibana.alert.uuid', 1000), of('kibana.alert.rule.name', typeMax)];
  if (id === undefined || type === undefined) return unrecognisedItem(raw, stream);
  const externalId = boundId(id);
  const severityRaw = of('kibana.alert.severity', typeMax);
  const { link } = meaning;
  const draft: EventDraft = {
    externalId,
    subject: `${stream}/${externalId}`,
    stream,
    type,
    severity: meaning.severityOf(severityRaw),
    status: of('kibana.alert.workflow_status') ?? of('kibana.alert.status') ?? null,
    action: null,
    occurredAt: startOf(item) ?? null,
    body: bodyOf({
      ...factsOf(item),
      ...{ itemId: id, severityRaw },
      link: link && filledLink(link, 'id', encodeURIComponent(id)),
    }),
    raw,
  };
  const isOver = isRecovered || of('kibana.alert.status') === 'recovered';
  return isOver ? overOf(draft, item, meaning) : draft;
}

/** When it happened, else when the rule saw it. */
function startOf(item: Fields): string | undefined {
  return (
    timeOf(firstOf(fieldOf(item, 'kibana.alert.original_time'))) ??
    timeOf(firstOf(fieldOf(item, 'kibana.alert.start'))) ??
    timeOf(firstOf(fieldOf(item, '@timestamp')))
  );
}

/** The condition of its rule is no longer met: a change of the alert, which closes its incident. */
function overOf(draft: EventDraft, item: Fields, { source }: Meaning): EventDraft {
  const { externalId } = draft;
  const fields = [{ name: 'status', from: 'active', to: 'recovered' }];
  const change = { source, externalId, fields, closing: 'closed' } as const;
  return {
    ...draft,
    externalId: `${externalId}/recovered`,
    stream: 'change',
    status: 'recovered',
    occurredAt: timeOf(firstOf(fieldOf(item, 'kibana.alert.end'))) ?? draft.occurredAt,
    body: { ...draft.body, change },
  };
}

function factsOf(item: Fields): EventBody {
  const of = (path: string, max = nameMax) => wordOf(firstOf(fieldOf(item, path)), max);
  const all = (path: string) => wordsOf(fieldOf(item, path), nameMax);
  return bodyOf({
    description: of('kibana.alert.reason', 4000),
    trigger: of('kibana.alert.rule.rule_id') ?? of('kibana.alert.rule.uuid'),
    threatType: of('kibana.alert.rule.category'),
    comment: all('kibana.alert.rule.tags'),
    user: all('user.name'),
    target: of('destination.domain') ?? of('destination.ip'),
    remoteIp: of('source.ip'),
    techniques: techniquesIn(threatIds(fieldOf(item, 'kibana.alert.rule.threat'))),
    device: {
      id: of('host.id'),
      name: of('host.name') ?? of('agent.name') ?? of('kibana.alert.instance.id'),
      os: of('host.os.name'),
      osVersion: of('host.os.version'),
      ip: of('host.ip'),
      group: of('orchestrator.namespace'),
    },
    file: { name: of('file.name'), path: of('file.path', 4000), hash: of('file.hash.sha256') },
    process: processOf('process'),
    parentProcess: processOf('process.parent'),
  });

  function processOf(path: string) {
    return {
      name: of(`${path}.name`),
      path: of(`${path}.executable`, 4000),
      commandLine: of(`${path}.command_line`, 4000),
    };
  }
}

/**
 * A field of a document whose names stand in one key or one below the other, in any mixture:
 * `host.name`, `{host: {name}}`, `{"host.name"}`.
 */
function fieldOf(item: unknown, path: string): unknown {
  const fields = recordOf(item);
  if (Object.hasOwn(fields, path)) return fields[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(fields, head)) continue;
    const found = fieldOf(fields[head], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Any field of a document may be a list. */
function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

/** Of a rule's tactics those of the techniques, the most exact. */
function threatIds(threat: unknown): readonly unknown[] {
  const listed = (value: unknown) => (Array.isArray(value) ? value.slice(0, 20) : []);
  return listed(threat)
    .flatMap((tactic) => listed(recordOf(tactic).technique))
    .flatMap((technique) => {
      const { id, subtechnique } = recordOf(technique);
      const exact = listed(subtechnique).map((one) => recordOf(one).id);
      return exact.length > 0 ? exact : [id];
    });
}
