// The fields that a template can name: those of expressions, and some that only people need. All of
// them always exist: what the vendor left out is "", 0 or an empty list.
import type { Part } from '../../kit/card.ts';
import { type StoredEvent, severityNames } from '../../kit/event.ts';
import { expressionFacts, expressionFields } from '../rules/rule-event.ts';
import type { Fields } from './engine.ts';

const times = ['time', 'occurredAt', 'observedAt', 'receivedAt'] as const;

/**
 * `event.link` is the console's page. `time` is when it happened, or the nearest to it that is
 * known. Labels are the sink's.
 */
export const templateFields: Fields = {
  event: {
    ...(plainFields(expressionFields) as Fields),
    id: 'single',
    itemId: 'single',
    link: 'single',
    ...Object.fromEntries(times.map((name) => [name, 'single' as const])),
  },
  labels: {},
};

function plainFields(fields: unknown): Fields | 'single' | 'list' {
  if (typeof fields === 'string') return fields.startsWith('list') ? 'list' : 'single';
  const entries = Object.entries(fields as object).map(([name, inner]) => [
    name,
    plainFields(inner),
  ]);
  return Object.fromEntries(entries) as Fields;
}

/** Words that a template may use besides those of the event, in the language of the sink. */
export interface TemplateWords {
  /** By name. */
  readonly labels: Readonly<Record<string, string>>;
  /** A time for people. @param iso ISO 8601 in UTC */
  time(iso: string): Part | undefined;
}

export interface TemplateFacts {
  readonly scope: { readonly event: object; readonly labels: object };
  /** Our own words among the values, by text. An attacker who writes one of them does no harm. */
  readonly own: ReadonlyMap<string, 'word' | Part>;
}

const itemIdMax = 200;

export function templateFacts(event: StoredEvent, words: TemplateWords): TemplateFacts {
  const { link = '' } = event.body;
  const times = timesOf(event, words);
  const facts = {
    ...(numbered(expressionFacts(event.source, event)) as object),
    id: event.id,
    itemId: typeof event.body.itemId === 'string' ? event.body.itemId.slice(0, itemIdMax) : '',
    link,
    ...Object.fromEntries(Object.entries(times).map(([name, part]) => [name, part?.text ?? ''])),
  };
  const own = new Map<string, 'word' | Part>();
  for (const text of [...severityNames, ...Object.values(words.labels)]) own.set(text, 'word');
  for (const part of Object.values(times)) if (part !== undefined) own.set(part.text, part);
  if (link !== '') own.set(link, { kind: 'link', text: link, url: link });
  return { scope: { event: facts, labels: words.labels }, own };
}

function timesOf({ occurredAt, receivedAt, body }: StoredEvent, words: TemplateWords) {
  const isTime = (iso: string | null | undefined) =>
    typeof iso === 'string' && !Number.isNaN(Date.parse(iso));
  const part = (iso: string | null | undefined) => (isTime(iso) ? words.time(iso!) : undefined);
  return {
    time: part([occurredAt, body.observedAt].find(isTime) ?? receivedAt),
    occurredAt: part(occurredAt),
    observedAt: part(body.observedAt),
    receivedAt: part(receivedAt),
  };
}

/** Turns the whole numbers of expressions (bigint) into plain ones. */
function numbered(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, numbered(inner)]));
}
