// Dead deliveries as `tocsin dead` prints them.
import { onOneLine } from '../../cli/lines.ts';
import { severityNames } from '../../kit/event.ts';
import { parseSeverity } from '../../kit/severity.ts';
import { cutMiddle } from '../../kit/text.ts';
import type { dead, delivery } from '../../operations/index.ts';

type Answer<Of extends { run(...given: never[]): Promise<unknown> }> = Awaited<
  ReturnType<Of['run']>
>;
type Item = Answer<typeof delivery.list>['items'][number];
type Group = Answer<typeof dead.groups>['items'][number];
type Rehearsal = Answer<typeof delivery.redrive>;

/** A line of the list; its JSON is what programs have read since the first release. */
export interface DeadRow {
  readonly eventId: number;
  readonly itemId: string | null;
  readonly sink: string;
  readonly type: string;
  readonly severity: number;
  readonly device: string | null;
  readonly reason: string;
  readonly attempts: number;
  readonly deadSince: string;
  readonly lastStatus: number | null;
  readonly lastAnswer: string | null;
}

export function rowOf(item: Item): DeadRow {
  return {
    eventId: Number(item.eventId),
    itemId: item.itemId,
    sink: item.sink,
    type: item.type,
    severity: parseSeverity(item.severity) ?? 0,
    device: item.device,
    reason: item.reason ?? 'unknown',
    attempts: item.attempts,
    deadSince: item.finalizedAt ?? item.scheduledAt,
    lastStatus: item.lastStatus,
    lastAnswer: item.lastAnswer,
  };
}

const none = 'nothing is dead\n';

export function listText(rows: readonly DeadRow[]): string {
  if (rows.length === 0) return none;
  return rows.map((one) => `${headOf(one)}\n${answerOf(one)}`).join('');
}

function headOf(row: DeadRow): string {
  const { eventId, itemId, sink, severity, type, device, reason, attempts, deadSince } = row;
  const tried = `${attempts === 0 ? 'no' : attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const event = [type, device ?? '-', ...(itemId === null ? [] : [`item ${itemId}`])];
  const words = [
    eventId,
    sink,
    severityNames[severity],
    ...event,
    `${reason}, ${tried}, dead since ${deadSince}`,
  ];
  return onOneLine(words.join('  '));
}

/** Stored answers are short; this limits those that another release stored. */
const answerLengthMax = 300;

/**
 * The answer on its own indented line, so that no line of it begins with a number as an event does.
 */
function answerOf({ lastStatus, lastAnswer }: Pick<DeadRow, 'lastStatus' | 'lastAnswer'>): string {
  if (lastStatus === null && !lastAnswer) return '';
  const status = lastStatus === null ? '' : ` HTTP ${lastStatus}`;
  const answer = lastAnswer ? ` ${onOneLine(cutMiddle(lastAnswer, answerLengthMax))}` : '';
  return `    last answer:${status}${answer}\n`;
}

export function groupsText(groups: readonly Group[]): string {
  if (groups.length === 0) return none;
  return groups.map(groupText).join('');
}

function groupText(group: Group): string {
  const { sink, reason, status, count, isPartial, oldest, newest, lastAnswer, advice } = group;
  const words = [
    sink,
    `${count}${isPartial ? ' or more' : ''}`,
    status === null ? reason : `${reason}, HTTP ${status}`,
    `from ${oldest} to ${newest}`,
  ];
  const answer = lastAnswer ? answerOf({ lastStatus: null, lastAnswer }) : '';
  return `${onOneLine(words.join('  '))}\n${answer}    ${onOneLine(advice)}\n`;
}

/** @param act what would be done: `put back` */
export function rehearsalText(
  { count, more, bySeverity = [], sample = [] }: Rehearsal,
  act: string,
): string {
  const severities = bySeverity.map((one) => `${one.count} ${one.severity}`).join(', ');
  const many = `${count}${more ? ' or more' : ''}`;
  const head = `${many} would be ${act}${severities && `: ${severities}`}`;
  return `${head}\n${sample.map((item) => `    ${headOf(rowOf(item))}\n`).join('')}`;
}
