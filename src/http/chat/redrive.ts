// `redrive`: says how much is dead, and sends it again once somebody repeats the command with that
// number.
import { type Command, code, count } from '../../core/chat/index.ts';
import { strong, type Text, word } from '../../kit/card.ts';
import { delivery, states } from '../../operations/index.ts';
import { type Said, type Visit, valueMax } from './visit.ts';

type Asked = Extract<Command, { readonly name: 'redrive' }>;

export async function redrive(visit: Visit, { sink, expected }: Asked): Promise<Said> {
  const of = sink === undefined ? {} : { sink };
  const named = namedBy(sink);
  if (expected !== undefined) {
    const done = await visit.operate(delivery.redrive, { ...of, expected });
    return [visit.say('redriven', { count: count(done.count) })];
  }
  const would = await visit.operate(delivery.redrive, { ...of, dryRun: true });
  if (would.count === 0) return nothing(visit, sink);
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

function namedBy(sink: string | undefined) {
  return { sink: sink === undefined ? undefined : code(sink, valueMax) };
}

/** A name that is written wrong must not read as good news. */
async function nothing(visit: Visit, sink: string | undefined): Promise<Said> {
  const { items } = await visit.operate(states.sinks, {});
  const names = items.map((one) => one.sink);
  if (sink === undefined || names.includes(sink)) return [visit.say('noneDead', namedBy(sink))];
  return [visit.say('noSink', { ...namedBy(sink), sinks: code(names.join(', '), valueMax) })];
}
