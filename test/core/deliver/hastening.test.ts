// What failed in an outage is due when it is over, on a real Postgres.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../../src/kit/errors.ts';
import { writeSinkState } from '../../../src/store/sinks.ts';
import { draft, drafts, hold } from '../../store/stored.ts';
import { expectSoon, turns, useOrigin } from './origin-setup.ts';

const { database, store, begin, count } = useOrigin();

describe('an outage', () => {
  test('that is over makes due what failed in it and waits for its own time, unless it got no answer again and again', async () => {
    const page = await store(drafts(1, 3));
    const [first, , third] = page!.events.map(({ id }) => id);
    const client = database().$client;
    await client`update deliveries set scheduled_at = now() + interval '9 minutes', reason = 'timeout' where event_id <> ${third!}`;
    for (let n = 0; n < 4; n += 1)
      await client`insert into delivery_attempts (event_id, sink, outcome, reason, duration_ms)
        values (${first!}, 'soc', 'retry', 'timeout', 1)`;
    await writeSinkState(database(), await hold(database(), 'sink:x'), {
      sink: 'soc',
      state: 'backing_off',
      reason: 'timeout',
    });
    const { sent } = await begin({});
    await expectSoon(async () => (await count("state = 'delivered'")) === 2);
    await turns();
    expect(sent.map(({ id }) => id)).toEqual(['3', '2']);
  });

  test('that never looked like one makes due what got no answer in it, once, however often that was', async () => {
    let isFrozen = true;
    await store([draft(1, { severity: 5 })]);
    const { sent, changes } = await begin({
      send({ message }) {
        if (isFrozen && message.event.severity === 5)
          throw new AdapterError('retry', 'timeout', 'no answer');
      },
    });
    const client = database().$client;
    const failures = async () =>
      Number((await client`select count(*) from delivery_attempts`)[0]!.count);
    for (const seconds of [4, 59, 599]) {
      await expectSoon(
        async () => (await count(`scheduled_at > now() + interval '${seconds} s'`)) === 1,
      );
      if (seconds < 599)
        await client`update deliveries set scheduled_at = now() where state = 'pending'`;
    }
    // The first that passes shows it, but then it gets no answer while others do: that is its own.
    await store([draft(2)]);
    await expectSoon(async () => (await failures()) === 4);
    await store([draft(3)]);
    await expectSoon(async () => (await count("state = 'delivered'")) === 2);
    await turns();
    expect([sent.filter(({ id }) => id === sent[0]!.id).length, changes]).toEqual([4, []]);
    isFrozen = false;
  });
});
