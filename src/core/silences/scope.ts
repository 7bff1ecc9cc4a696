// How much a matcher covers, as far as that can be known without events. Pure.
import type { EventBody, Severity } from '../../kit/event.ts';
import type { EventFacts } from '../rules/match.ts';
import { type ExpressionFacts, expressionFields } from '../rules/rule-event.ts';
import { covers, type Matcher } from './index.ts';

/** Values that nobody would write a rule about. */
interface Unlikely {
  readonly text: string;
  readonly number: number;
  readonly ip: string;
}

/** An event with a value in every field that a rule can be about. */
function unlikely(stream: string, severity: Severity, values: Unlikely): EventFacts {
  const { text } = values;
  // Nobody looks there for the few that are no fields of a body.
  const body = filled(expressionFields, '', values) as EventBody;
  return { stream, severity, type: text, status: text, action: text, body };
}

function filled(field: unknown, name: string, values: Unlikely): unknown {
  if (field === 'string') return name === 'ip' ? values.ip : values.text;
  if (field === 'int') return values.number;
  // Of techniques the id counts, of changes the name and what it was and is.
  const { text } = values;
  if (field === 'list<string>') return [{ id: text, name: text, from: text, to: text }];
  const inner = Object.entries(field as object);
  return Object.fromEntries(inner.map(([key, one]) => [key, filled(one, key, values)]));
}

const events = ['event', 'suspicious'].flatMap((stream) =>
  ([1, 2, 3, 4, 5] as const).flatMap((severity) => [
    unlikely(stream, severity, { text: '\uE000 one', number: 731, ip: '198.51.100.7' }),
    unlikely(stream, severity, { text: '\uE001 other', number: 94_307, ip: '203.0.113.90' }),
  ]),
);

/**
 * Whether it covers events of which nothing is special, of every source, stream and severity; also
 * by `*`, or by a condition that is always true.
 * @param sources ids of those that there are
 */
export function coversEverything(matcher: Matcher, sources: readonly string[]): boolean {
  const asked = sources.length === 0 ? ['\uE000'] : sources;
  return asked.every((source) => events.every((event) => covers(matcher, { source, event })));
}

/**
 * False if its condition excludes them whatever else is true: CEL knows that false && anything is
 * false.
 */
export function mayCoverCritical({ when }: Matcher): boolean {
  const critical = { severity: 5n, severityName: 'CRITICAL' } as ExpressionFacts;
  return when?.evaluate(critical) !== false;
}
