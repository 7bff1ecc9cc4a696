// A notice of Tocsin as a small card. Its values come from the configuration and from far ends, so
// they are escaped like any others.
import type { Notice, StoredEvent } from '../../kit/event.ts';
import type { MessageForm } from '../../kit/sink.ts';
import { code, plain, sealed } from './escape.ts';
import type { CardField } from './fields.ts';
import type { Labels } from './locales/en.ts';
import { type Attachment, look } from './payload.ts';
import { filled, type Wording } from './wording.ts';

const templates = {
  watching: 'watching',
  source_reset: 'sourceReset',
  source_other: 'sourceOther',
  source_rejected: 'sourceRejected',
  source_failing: 'sourceFailing',
  source_back: 'sourceBack',
  credential_ending: 'credentialEnding',
  credential_renewed: 'credentialRenewed',
  sink_paused: 'sinkPaused',
  sink_failing: 'sinkFailing',
  sink_back: 'sinkBack',
  deliveries_dead: 'deliveriesDead',
  deliveries_dead_over: 'deliveriesDeadOver',
  storm_begun: 'stormBegun',
  storm_over: 'stormOver',
  silence_over: 'silenceOver',
  clock_leapt: 'clockLeapt',
  database_failing: 'databaseFailing',
  database_back: 'databaseBack',
  sample: 'sample',
} as const satisfies Record<Notice['kind'], keyof Labels>;

const valuesMax = 12;
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

export function noticeLine(notice: Notice, wording: Wording, form: MessageForm): string {
  const max = form === 'short' ? 60 : 200;
  const shown = entriesOf(notice).map(
    ([name, value]) => [name, shownValue(value, wording, max)] as const,
  );
  return filled(templateOf(notice, wording), {
    ...Object.fromEntries(shown),
    ...countsOf(notice, wording),
  });
}

/** The words for numbers of events and digests, in singular or plural. */
function countsOf({ values }: Notice, { labels }: Wording): Readonly<Record<string, string>> {
  const worded = (count: string | undefined, one: string, many: string) =>
    count === '1' ? one : filled(many, { count: /^\d{1,16}$/.test(count ?? '') ? count : '?' });
  return {
    events: worded(values.count, labels.eventOne, labels.eventCount),
    digests: worded(values.digests, labels.digestOne, labels.digestCount),
  };
}

/** Values that the sentence does not use become fields, so that none is lost. */
export function noticeAttachment(
  event: StoredEvent,
  notice: Notice,
  wording: Wording,
  form: MessageForm,
): Attachment {
  const { labels } = wording;
  const { color, sign } = look(event.severity);
  const template = templateOf(notice, wording);
  const used = new Set(
    [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => (name === 'events' ? 'count' : name)),
  );
  const fields = entriesOf(notice)
    .filter(([name]) => !used.has(name))
    .flatMap(([name, value]) => fieldOf(name, value, wording, form));
  const time = { title: labels.timestamp, value: wording.time(event.receivedAt), short: true };
  return {
    fallback: `Tocsin: ${fallbackOf(notice, wording)}`,
    color,
    title: `${sign} ${labels.titleNotice}`,
    fields: [...fields, time],
    footer: 'Tocsin',
  };
}

function templateOf({ kind }: Notice, { labels }: Wording): string {
  return Object.hasOwn(templates, kind) ? labels[templates[kind]] : `${code(kind, 40)}`;
}

function entriesOf({ values }: Notice): readonly (readonly [string, string])[] {
  return Object.entries(values).slice(0, valuesMax);
}

function shownValue(value: string, wording: Wording, max: number): string | undefined {
  if (value === 'all') return wording.labels.fromAll;
  return isoTime.test(value) ? wording.time(value) : code(value, max);
}

function fieldOf(name: string, value: string, wording: Wording, form: MessageForm): CardField[] {
  const max = form === 'short' ? 100 : 1_000;
  const isMessage = name === 'message';
  const shown = isMessage ? code(value, max) : shownValue(value, wording, max);
  const title = isMessage
    ? wording.labels.message
    : name.replace(/[^A-Za-z0-9]/g, ' ').slice(0, 40);
  return shown === undefined ? [] : [{ title, value: sealed(shown), short: !isMessage }];
}

function fallbackOf(notice: Notice, wording: Wording): string {
  const shown = entriesOf(notice).map(([name, value]) => [name, plain(value, 80)] as const);
  return filled(templateOf(notice, wording), {
    ...Object.fromEntries(shown),
    ...countsOf(notice, wording),
  });
}
