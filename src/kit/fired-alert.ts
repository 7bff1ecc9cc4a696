// Alerts that a rule engine groups and pushes: each has labels and a fingerprint, is sent again for as
// long as it fires, and once more when it is over. Several products send this form. Pure.
import { z } from 'zod';
import type { EventBody, EventDraft, Severity } from './event.ts';
import type { JsonPieces } from './json-pieces.ts';
import type { Product } from './product.ts';
import { pushBasics, pushSettings } from './push-settings.ts';
import { bodyOf } from './pushed-body.ts';
import {
  malformedBody,
  pushedJson,
  rawOf,
  recordOf,
  timeOf,
  unrecognisedItem,
  wordOf,
} from './pushed-item.ts';
import { severityMap, severityReader } from './severity-words.ts';
import type { PushSource } from './source.ts';

/** What people can say of such a source; wrap the schema in `withSoundProof`. */
export const firedSettings = {
  ...pushSettings,
  severity_label: z
    .string()
    .min(1)
    .max(100)
    .default('severity')
    .describe('The label of an alert that holds its severity.'),
  severity_map: severityMap,
} as const;

export const firedStreams: Product['streams'] = {
  alert: {
    en: { title: 'New Alert', number: 'Fingerprint' },
    th: { title: 'การแจ้งเตือนใหม่', number: 'รหัสการแจ้งเตือน' },
  },
  change: {
    en: { title: 'Alert Resolved', number: 'Fingerprint' },
    th: { title: 'การแจ้งเตือนสิ้นสุดแล้ว', number: 'รหัสการแจ้งเตือน' },
  },
};

/**
 * Nothing says which words there are; these are the usual ones. `none` marks an alert that always
 * fires, and as an unknown word it would pass every threshold.
 */
const severities: Readonly<Record<string, Severity>> = {
  ...{ emergency: 5, page: 5, error: 4, major: 4, warning: 3, warn: 3, minor: 2 },
  ...{ notice: 2, informational: 1, debug: 1, none: 1 },
};

type Fields = Readonly<Record<string, unknown>>;
/** What a product says beyond the form. */
type More = (labels: Fields) => EventBody;

interface Meaning {
  /** Id of the source. */
  readonly source: string;
  readonly severityLabel: string;
  readonly severityOf: (word: unknown) => Severity;
  readonly more: More;
}

/** @param source its id */
export function firedSource(
  settings: z.output<z.ZodObject<typeof firedSettings>>,
  source: string,
  more: More = () => ({}),
): PushSource {
  const severityOf = severityReader(settings.severity_map, severities);
  const meaning = { source, severityLabel: settings.severity_label, severityOf, more };
  return {
    ...pushBasics(settings),
    parse: ({ body }) => ({ events: firedAlerts(pushedJson(body), meaning) }),
  };
}

const stream = 'alert';
const typeMax = 100;
/** Hexadecimal numbers in all products; anything that cannot be an id is none. */
const fingerprintForm = /^[\x21-\x7E]{1,100}$/;
/** Where rules name the host, the most exact first. */
const hostLabels = ['host', 'hostname', 'nodename', 'instance', 'node'] as const;
/** What a rule says in words, the shortest first. */
const wordAnnotations = ['summary', 'description', 'message'] as const;
/** The labels that stand on a card beside those with a place of their own. */
const labelsMax = 20;

/**
 * One event for each alert of the group. An alert that is over is a change of the one that fired.
 * @throws {AdapterError} `malformed`: there is no list of alerts
 */
function firedAlerts(pieces: JsonPieces, meaning: Meaning): EventDraft[] {
  const { alerts } = recordOf(pieces.value);
  if (!Array.isArray(alerts)) throw malformedBody('has no list "alerts"');
  return alerts.map((item: unknown) => draftOf(recordOf(item), rawOf(pieces, item), meaning));
}

function draftOf(alert: Fields, raw: string, meaning: Meaning): EventDraft {
  const { fingerprint, status } = alert;
  const startedAt = timeOf(alert.startsAt);
  const isKnown = status === 'firing' || status === 'resolved';
  // Without a beginning nothing tells a repetition from the next time that it fires.
  if (typeof fingerprint !== 'string' || !fingerprintForm.test(fingerprint)) return unknown(raw);
  if (!isKnown || startedAt === undefined) return unknown(raw);
  const labels = recordOf(alert.labels);
  const severity = labels[meaning.severityLabel];
  const externalId = `${fingerprint}/${startedAt}`;
  const fired: EventDraft = {
    externalId,
    // Each time that it fires is an incident of its own.
    subject: `${stream}/${externalId}`,
    stream,
    type: wordOf(labels.alertname, typeMax) ?? 'ALERT',
    severity: meaning.severityOf(severity),
    status,
    action: null,
    occurredAt: startedAt,
    body: bodyOf({
      ...factsOf(alert, labels, meaning.severityLabel),
      severityRaw: wordOf(severity, typeMax),
      ...meaning.more(labels),
      itemId: fingerprint,
    }),
    raw,
  };
  return status === 'resolved' ? overOf(fired, alert, meaning) : fired;
}

const unknown = (raw: string) => unrecognisedItem(raw, stream);

function factsOf(alert: Fields, labels: Fields, severityLabel: string): EventBody {
  const annotations = recordOf(alert.annotations);
  // Some products add the values that they saw.
  const words = [...wordAnnotations.map((name) => annotations[name]), alert.valueString];
  const said = words.flatMap((word) => wordOf(word) ?? []);
  const hostLabel = hostLabels.find((name) => wordOf(labels[name]) !== undefined);
  const host = hostLabel && wordOf(labels[hostLabel]);
  const placed = new Set(['alertname', severityLabel, hostLabel]);
  const rest = Object.keys(labels)
    .filter((name) => !placed.has(name))
    .sort()
    .slice(0, labelsMax)
    .flatMap((name) => wordOf(`${name}=${wordOf(labels[name], typeMax) ?? ''}`) ?? []);
  return bodyOf({
    description: wordOf([...new Set(said)].join('\n')),
    comment: wordOf(rest.join(', ')),
    device: { name: host },
  });
}

/** It is over: a change of the alert that began then, which closes its incident. */
function overOf(fired: EventDraft, alert: Fields, { source }: Meaning): EventDraft {
  const { externalId, occurredAt } = fired;
  const fields = [{ name: 'status', from: 'firing', to: 'resolved' }];
  const change = { source, externalId, fields, closing: 'closed' } as const;
  return {
    ...fired,
    externalId: `${externalId}/resolved`,
    stream: 'change',
    occurredAt: timeOf(alert.endsAt) ?? occurredAt,
    body: { ...fired.body, change },
  };
}
