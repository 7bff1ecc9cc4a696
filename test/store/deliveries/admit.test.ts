// Who comes first: the send of an escalation's step, or whoever takes its incident. And replies
// that nobody could read.
import { describe, expect, it, test } from 'vitest';
import { claimStep, suppressReply } from '../../../src/store/deliveries/index.ts';
import { acknowledge, change, posted, resolve, storeStep } from '../../support/changed.ts';
import { hold, inTransaction, useDatabase } from '../stored.ts';

const db = useDatabase();

async function stepOf() {
  const [root] = (await posted(db())) as [number];
  const step = await storeStep(db(), root);
  const lease = await hold(db(), 'sink:x');
  const claim = (silenceId: number | null = null, canFind = false) =>
    claimStep(db(), lease, { sink: 'soc', eventId: step, silenceId, canFind });
  const state = async () => {
    const [row] = await db().$client`
      select state, reason from deliveries where event_id = ${step}`;
    return `${row!.state} ${row!.reason}`;
  };
  return { root, step, lease, claim, state };
}

describe('a step', () => {
  it('is claimed while its incident is open, and then nobody can stop it', async () => {
    const { root, claim, state } = await stepOf();
    expect(await claim()).toBe('claimed');
    await change(db(), root, acknowledge);
    expect(await state()).toBe('pending sending');
  });

  it('that was stopped is not sent', async () => {
    const { root, claim, state } = await stepOf();
    await change(db(), root, acknowledge);
    expect(await claim()).toBe('stopped');
    expect(await state()).toBe('suppressed acknowledged');
  });

  test.each([
    [acknowledge, 'acknowledged'],
    [resolve, 'resolved'],
  ])('that was claimed by a process that died is stopped once %o', async (wanted, reason) => {
    const { root, claim, state } = await stepOf();
    await claim();
    expect(await claim()).toBe('claimed');
    await change(db(), root, wanted);
    expect(await claim()).toBe('stopped');
    expect(await state()).toBe(`suppressed ${reason}`);
  });

  it('that was claimed by a process that died is in doubt, where that can be found out', async () => {
    const { root, claim, state } = await stepOf();
    expect(await claim(null, true)).toBe('claimed');
    expect(await claim(null, true)).toBe('claimed');
    expect(await claim(7, true)).toBe('doubtful');
    await change(db(), root, acknowledge);
    expect(await claim(null, true)).toBe('doubtful');
    expect(await state()).toBe('pending sending');
    expect(await claim()).toBe('stopped');
  });

  it('that nobody had claimed is in no doubt', async () => {
    const { root, claim } = await stepOf();
    await change(db(), root, acknowledge);
    expect(await claim(null, true)).toBe('stopped');
  });

  it('that a silence covers is stopped with its number, unless somebody took the incident', async () => {
    const { root, step, claim, state } = await stepOf();
    expect(await claim(7)).toBe('silenced');
    expect(await state()).toBe('suppressed silenced');
    expect(await claim()).toBe('stopped');
    await change(db(), root, acknowledge);
    await db().$client`
      update deliveries set state = 'pending', finalized_at = null, reason = null
      where event_id = ${step}`;
    expect(await claim(7)).toBe('stopped');
    expect(await state()).toBe('suppressed acknowledged');
    const [row] = await db().$client`select silence_id from deliveries where event_id = ${step}`;
    expect(row!.silence_id).toBeNull();
  });

  it('waits for who is acknowledging it at this moment', async () => {
    const { root, claim, state } = await stepOf();
    let claimed: Promise<string> | undefined;
    await inTransaction(db(), async (transaction) => {
      await change(transaction, root, acknowledge);
      claimed = claim();
      const first = await Promise.race([claimed, new Promise((done) => setTimeout(done, 200))]);
      expect(first).toBeUndefined();
    });
    expect(await claimed).toBe('stopped');
    expect(await state()).toBe('suppressed acknowledged');
  });

  it('is never both claimed and stopped by many at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      await db().$client`truncate events, deliveries, incidents, message_edits`;
      const { root, claim, state } = await stepOf();
      const [said] = await Promise.all([claim(), change(db(), root, acknowledge)]);
      expect(await state()).toBe(
        said === 'claimed' ? 'pending sending' : 'suppressed acknowledged',
      );
    }
  });

  it('is neither for who lost the role, nor for a card', async () => {
    const { root, claim, state, lease } = await stepOf();
    expect(await claimStep(db(), lease, { sink: 'soc', eventId: root, silenceId: null })).toBe(
      'stopped',
    );
    await hold(db(), 'sink:x');
    expect(await claim()).toBe('lost');
    expect(await state()).toBe('pending null');
  });
});

describe('a reply', () => {
  it('that nobody could read is suppressed once', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const [reply] = await db().$client`select event_id from deliveries where kind = 'reply'`;
    const lease = await hold(db(), 'sink:x');
    const gone = { sink: 'soc', eventId: Number(reply!.event_id), reason: 'gone' } as const;
    expect(await suppressReply(db(), lease, { ...gone, eventId: root })).toBe(0);
    expect(await suppressReply(db(), lease, gone)).toBe(1);
    expect(await suppressReply(db(), lease, gone)).toBe(0);
    const [row] = await db().$client`
      select state, reason, finalized_at is not null as is_final from deliveries
      where kind = 'reply'`;
    expect(row).toEqual({ state: 'suppressed', reason: 'gone', is_final: true });
    await hold(db(), 'sink:x');
    expect(await suppressReply(db(), lease, gone)).toBeNull();
  });
});
