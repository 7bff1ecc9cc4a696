// The fields that a template can name: those of expressions, and some that only people need. All of
// them always exist: what the vendor left out is "", 0 or an empty list.
import { type StoredEvent, severityNames } from '../../kit/event.ts';
import type { TemplateWords } from '../../kit/sink.ts';
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

export interface TemplateFacts {
  readonly scope: { readonly event: object; readonly labels: object };
  /** Our own words among the values. An attacker who writes one of them does no harm. */
  readonly own: ReadonlySet<string>;
}

const itemIdMax = 200;

export function templateFacts(event: StoredEvent, words: TemplateWords): TemplateFacts {
  const { body } = event;
  const { link, ...shown } = {
    ...timesOf(event, words),
    link: body.link === undefined ? '' : words.link(body.link),
  };
  const facts = {
    ...(numbered(expressionFacts(event.source, event)) as object),
    id: event.id,
    itemId: typeof body.itemId === 'string' ? body.itemId.slice(0, itemIdMax) : '',
    link,
    ...shown,
  };
  const own = [...severityNames, ...Object.values(words.labels), ...Object.values(shown), link];
  return { scope: { event: facts, labels: words.labels }, own: new Set(own) };
}

function timesOf(
  { occurredAt, receivedAt, body: { observedAt } }: StoredEvent,
  words: TemplateWords,
) {
  const isTime = (iso: string | null | undefined) =>
    typeof iso === 'string' && !Number.isNaN(Date.parse(iso));
  const text = (iso: string | null | undefined) => (isTime(iso) ? words.time(iso!) : '');
  return {
    time: text([occurredAt, observedAt].find(isTime) ?? receivedAt),
    occurredAt: text(occurredAt),
    observedAt: text(observedAt),
    receivedAt: text(receivedAt),
  };
}

/** Turns the whole numbers of expressions (bigint) into plain ones. */
function numbered(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, numbered(inner)]));
}
