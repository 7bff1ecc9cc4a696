// Deliveries as people list them and act on them: by filter, after a look at what that means.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ConflictError,
  delivery,
  InputError,
  type Operation,
  perform,
} from '../../src/operations/index.ts';
import { listAudit } from '../../src/store/audit.ts';
import { recordFailed } from '../../src/store/deliveries/index.ts';
import { failure, statesOf, storeForBoth } from '../store/deliveries/attempts.ts';
import { draft, hold, useDatabase } from '../store/stored.ts';
import { ann, contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const context = () => contextOn(db());
const run = <In, Out>(operation: Operation<In, Out>, input: In) =>
  perform(operation, context(), input);

let ids: number[];

/** Twelve events for two sinks; of `soc` ten are dead: six too large, four refused. */
beforeEach(async () => {
  const events = Array.from({ length: 12 }, (_, n) =>
    draft(n + 1, { severity: n < 3 ? 5 : 2, body: { itemId: `${n}`, device: { name: 'PC-1' } } }),
  );
  ids = await storeForBoth(db(), events);
  const lease = await hold(db(), 'sink:x');
  const large = { state: 'dead', reason: 'too_large', status: 413 } as const;
  // The address of the sink that `contextOn` configures.
  const answer = 'no: /hooks/abcdefghijklmnopqrstuvwxyz';
  const refused = { state: 'dead', reason: 'rejected', status: 400, answer } as const;
  const failed = ids.slice(0, 10).map((id, n) => failure(id, n < 6 ? large : refused));
  await recordFailed(db(), lease, { sink: 'soc', failed });
});

const count = async (state: string, sink = 'soc') =>
  (await statesOf(db(), sink)).filter((one) => one === state).length;

describe('the list', () => {
  test('has what one silence suppressed', async () => {
    await db().$client`
      update deliveries set state = 'suppressed', reason = 'silenced', finalized_at = now(),
        silence_id = case when event_id = ${ids[10]!} then 7 else 8 end
      where sink = 'soc' and state = 'pending'`;
    const found = await run(delivery.list, { silence: '7' });
    expect(found.items.map(({ eventId }) => eventId)).toEqual([`${ids[10]}`]);
    expect((await run(delivery.list, { silence: '9' })).items).toEqual([]);
  });

  test('has every fact of each, without secrets, page by page', async () => {
    const input = { sink: 'soc', state: ['dead' as const], limit: 4 };
    const first = await overTheWire(db(), delivery.list, input);
    expect(first.items).toHaveLength(4);
    expect(first.items[0]).toMatchObject({
      ...{ eventId: `${ids[9]}`, sink: 'soc', state: 'dead', reason: 'rejected', attempts: 1 },
      ...{ itemId: '9', device: 'PC-1', severity: 'LOW', type: 'STATIC_ANALYSIS' },
      ...{ lastStatus: 400, digestId: null, silenceId: null },
    });
    expect(first.items[0]!.lastAnswer).toMatch(/^no: .*\[secret\]$/);
    const second = await overTheWire(db(), delivery.list, { ...input, cursor: first.next! });
    const last = await overTheWire(db(), delivery.list, { ...input, cursor: second.next! });
    expect(last.next).toBeNull();
    const listed = [first, second, last].flatMap(({ items }) =>
      items.map(({ eventId }) => eventId),
    );
    expect(listed).toEqual(ids.slice(0, 10).reverse().map(String));
  });

  test('takes each filter, and a cursor for no other', async () => {
    const found = async (input: Parameters<typeof delivery.list.run>[1]) =>
      (await overTheWire(db(), delivery.list, input)).items.length;
    expect(await found({})).toBe(24);
    expect(await found({ state: ['pending'] })).toBe(14);
    expect(await found({ reason: 'rejected' })).toBe(4);
    expect(await found({ severity: ['CRITICAL'], sink: 'soc' })).toBe(3);
    expect(await found({ event: `${ids[0]}` })).toBe(2);
    expect(await found({ since: '2100-01-01T00:00:00Z' })).toBe(0);
    expect(await found({ until: '2100-01-01T00:00:00Z' })).toBe(24);
    const { next } = await run(delivery.list, { limit: 1 });
    await expect(run(delivery.list, { limit: 1, sink: 'soc', cursor: next! })).rejects.toThrow(
      'belongs to other filters',
    );
  });
});

describe('what is put back', () => {
  test('is counted and shown first, and nothing is changed or noted by that', async () => {
    const seen = await overTheWire(db(), delivery.redrive, { status: 413, dryRun: true });
    expect(seen).toMatchObject({
      ...{ count: 6, more: false },
      bySeverity: [
        { severity: 'CRITICAL', count: 3 },
        { severity: 'LOW', count: 3 },
      ],
    });
    expect(seen.sample?.map(({ severity }) => severity)).toEqual([
      ...['CRITICAL', 'CRITICAL', 'CRITICAL', 'LOW', 'LOW', 'LOW'],
    ]);
    expect((await run(delivery.redrive, { dryRun: true })).sample).toHaveLength(10);
    expect(await count('dead')).toBe(10);
    expect(await listAudit(db(), { limit: 9 })).toEqual([]);
  });

  test('is what the filter means by then, of which the audit log says how much it was', async () => {
    const input = { reason: 'too_large', severity: ['LOW' as const], expected: 3 };
    expect(await run(delivery.redrive, input)).toEqual({ count: 3, more: false });
    expect(await count('dead')).toBe(7);
    const [row] = await listAudit(db(), { limit: 9 });
    expect(row).toMatchObject({
      operation: 'delivery-redrive',
      target: 'deliveries',
      actor: ann.name,
    });
    expect(JSON.parse(row!.before!)).toMatchObject({
      ...{ count: 3, bySeverity: [{ severity: 'LOW', count: 3 }] },
      events: ids.slice(3, 6).reverse(),
    });
    expect(JSON.parse(row!.after!)).toEqual({ count: 3, more: false });
    expect(await run(delivery.redrive, { eventIds: [`${ids[9]}`] })).toMatchObject({ count: 1 });
    expect(await run(delivery.redrive, { sink: 'boss' })).toMatchObject({ count: 0 });
    expect(await run(delivery.redrive, { deadUntil: '2020-01-01T00:00:00Z' })).toMatchObject({
      count: 0,
    });
    expect(await run(delivery.redrive, {})).toMatchObject({ count: 6 });
    expect(await count('pending')).toBe(12);
  });

  test('is nothing if clearly more are meant than somebody was shown', async () => {
    const more = Array.from({ length: 20 }, (_, n) => draft(`more-${n}`));
    const lease = await hold(db(), 'sink:y');
    const failed = (await storeForBoth(db(), more)).map((id) => failure(id, { state: 'dead' }));
    await recordFailed(db(), lease, { sink: 'soc', failed });
    const refused = run(delivery.redrive, { expected: 19 });
    await expect(refused).rejects.toBeInstanceOf(ConflictError);
    await expect(refused).rejects.toThrow(
      '30 deliveries are meant by now, and 19 were expected. Nothing was changed.',
    );
    expect(await count('dead')).toBe(30);
    expect(await listAudit(db(), { limit: 9 })).toEqual([]);
    // A few may have joined, and somebody else may have put some back.
    expect(await run(delivery.redrive, { expected: 20 })).toMatchObject({ count: 30 });
    expect(await run(delivery.redrive, { expected: 30 })).toMatchObject({ count: 0 });
  });
});

describe('what is dropped', () => {
  test('is what is dead, of any filter, and stays with its reason', async () => {
    const input = { reason: 'too_large' };
    expect(await run(delivery.drop, { ...input, dryRun: true })).toMatchObject({ count: 6 });
    expect(await run(delivery.drop, input)).toEqual({ count: 6, more: false });
    expect(await run(delivery.list, { reason: 'dropped' })).toMatchObject({
      items: Array(6).fill({ state: 'suppressed', sink: 'soc' }),
    });
    expect(await count('dead')).toBe(4);
    expect(await count('pending')).toBe(2);
  });

  test('is what is pending only where the sink is named', async () => {
    const input = { sink: 'soc', state: ['pending' as const, 'dead' as const] };
    expect(await run(delivery.drop, { ...input, state: ['pending'] })).toMatchObject({ count: 2 });
    expect(await run(delivery.drop, input)).toMatchObject({ count: 10 });
    expect(await count('pending', 'boss')).toBe(12);
    const [row] = await listAudit(db(), { limit: 1 });
    expect(row).toMatchObject({ operation: 'delivery-drop', target: 'sink:soc' });
  });

  test('is for administrators', async () => {
    const actor = { ...ann, role: 'operate' as const };
    const refused = perform(delivery.drop, contextOn(db(), { actor }), { sink: 'soc' });
    await expect(refused).rejects.toThrow('needs the role "admin"');
  });
});

test.each([
  ['redrive', { eventIds: [] }, 'eventIds is not right'],
  ['redrive', { eventIds: ['1e3'] }, 'eventIds.0 is not right'],
  ['redrive', { severity: [] }, 'severity is not right'],
  ['redrive', { severity: ['critical'] }, 'severity.0 is not right'],
  ['redrive', { status: 99 }, 'status is not right'],
  ['redrive', { state: ['pending'] }, 'it has "state"'],
  ['redrive', { deadSince: 'yesterday' }, 'deadSince is not right'],
  ['drop', {}, 'say what is to be dropped'],
  ['drop', { dryRun: true }, 'say what is to be dropped'],
  ['drop', { deadSince: '2026-01-01T00:00:00Z' }, 'say what is to be dropped'],
  ['drop', { reason: 'rejected', state: ['pending'] }, 'name the sink'],
  ['drop', { sink: 'soc', state: ['delivered'] }, 'state.0 is not right'],
  ['list', { limit: 201 }, 'limit is not right'],
  ['list', { state: [] }, 'state is not right'],
  ['list', { event: '-1' }, 'event is not right'],
] as const)('%s with %j is refused rather than taken for more', async (name, input, words) => {
  const operation = delivery[name];
  const refused = perform(operation as Operation<unknown, unknown>, context(), input);
  await expect(refused).rejects.toBeInstanceOf(InputError);
  await expect(refused).rejects.toThrow(words);
  expect(await count('dead')).toBe(10);
});
