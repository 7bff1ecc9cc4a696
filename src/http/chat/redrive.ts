// `redrive`: says how much is dead, and sends it again once somebody repeats the command with that
// number.
import { type Command, code, count } from '../../core/chat/index.ts';
import { strong, type Text, word } from '../../kit/card.ts';
import { delivery } from '../../operations/index.ts';
import { type Said, type Visit, valueMax } from './visit.ts';

type Asked = Extract<Command, { readonly name: 'redrive' }>;

export async function redrive(visit: Visit, { sink, expected }: Asked): Promise<Said> {
  const of = sink === undefined ? {} : { sink };
  const named = { sink: sink === undefined ? undefined : code(sink, valueMax) };
  if (expected !== undefined) {
    const done = await visit.operate(delivery.redrive, { ...of, expected });
    return [visit.say('redriven', { count: count(done.count) })];
  }
  const would = await visit.operate(delivery.redrive, { ...of, dryRun: true });
  if (would.count === 0) return [visit.say('noneDead', named)];
  const severities = (would.bySeverity ?? []).flatMap(
    ({ severity, count: many }, index): Text => [
      ...(index === 0 ? [] : [word(', ')]),
      strong(severity),
      word(` ${many}`),
    ],
  );
  const repeat = ['/tocsin redrive', sink, would.count]
    .filter((one) => one !== undefined)
    .join(' ');
  return [
    visit.say('wouldRedrive', { ...named, count: count(would.count), severities }),
    visit.say('confirmRedrive', { command: code(repeat, valueMax) }),
  ];
}
