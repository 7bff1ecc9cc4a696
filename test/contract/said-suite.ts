// The cases of the suite of sinks about what a sink says. Hostile strings: some thousand in a test
// run; as many as HOSTILE_STRINGS says in test/hostile/run.mjs.
import { expect } from 'vitest';
import { hostileRounds, hostileRun, recordPost, reportTally } from '../hostile/rounds.ts';
import { hostileStrings } from '../support/events.ts';
import type { InCase } from './adapter-cases.ts';
import { carriersFor } from './carriers.ts';
import { actsOf, Judge } from './judge.ts';
import type { SinkCase } from './sink-cases.ts';
import type { Bench, CardReading, DataReading } from './sink-harness.ts';

export function describeSaid(
  inCase: InCase<SinkCase>,
  bench: Bench,
  { type, reading }: { type: string; reading: CardReading | DataReading },
): void {
  const judge = async () => {
    const { sink, received } = await bench.healthy();
    return { sink, judge: new Judge({ type, sink, received, reading, record: recordPost }) };
  };

  inCase('everything that a card says arrives, in each form, language and title', async () => {
    expect(await (await judge()).judge.lacking()).toEqual([]);
  });

  inCase('a bare message has no text of the event', async () => {
    expect(await (await judge()).judge.bare()).toEqual([]);
  });

  inCase('a message is within what the product takes, and only core cuts', async () => {
    expect(await (await judge()).judge.beyondLimits()).toEqual([]);
  });

  inCase(
    'hostile text is only shown, in every part of every kind of card',
    async () => {
      const { sink, judge: one } = await judge();
      const carriers = carriersFor(sink);
      const faults: string[] = [];
      for (const hostile of hostileStrings) {
        for (const carrier of carriers.filter(({ name }) => !name.startsWith('the template')))
          faults.push(
            ...(await one.obeyed(
              carrier,
              carrier.slots.map(() => hostile),
            )),
          );
        expect(faults).toEqual([]);
      }
      const tally = new Map<string, number>();
      let rounds = 0;
      for (const { carrier, texts } of hostileRounds(carriers, hostileRun)) {
        faults.push(...(await one.obeyed(carrier, texts)));
        for (const { name } of carrier.slots) {
          const part = `${carrier.name.replace(/ ".*/s, '')}: ${name}`;
          tally.set(part, (tally.get(part) ?? 0) + 1);
        }
        if (faults.length >= 20) break;
        rounds += 1;
        if (rounds % 500 === 0) reportTally(type, tally, faults);
      }
      reportTally(type, tally, faults);
      expect(faults).toEqual([]);
    },
    hostileRun.timeoutMs,
  );

  inCase('an edit goes to the message that it was given, and a reply below it', async () => {
    expect(await (await judge()).judge.remote()).toEqual([]);
  });

  inCase('hostile text is only shown in an edit and in a reply', async () => {
    const { sink, judge: one } = await judge();
    if (actsOf(sink).length === 0 || 'data' in reading) return;
    for (const hostile of hostileStrings) expect(await one.obeyedByRemote(hostile)).toEqual([]);
  });
}
