// The state of sinks, their storms and their places: kept for the next holder of the role, and changed
// by the present one alone.
import { describe, expect, test } from 'vitest';
import {
  listPlaces,
  readSinkState,
  readSinkStates,
  toPlace,
  writePlaces,
  writeSinkState,
  writeStorm,
} from '../../src/store/sinks.ts';
import { hold, useDatabase } from './stored.ts';

const database = useDatabase();

describe('the state of a sink', () => {
  test('is kept for the next holder, and a holder that lost its role does not change it', async () => {
    const db = database();
    const lease = await hold(db, 'sink:x');
    expect(await readSinkState(db, 'soc')).toBeUndefined();
    expect(
      await writeSinkState(db, lease, { sink: 'soc', state: 'backing_off', reason: 'timeout' }),
    ).toBe(true);
    expect(await writeSinkState(db, lease, { sink: 'soc', state: 'paused', reason: 'auth' })).toBe(
      true,
    );
    expect(
      await writeSinkState(db, { ...lease, epoch: 0 }, { sink: 'soc', state: 'ok', reason: null }),
    ).toBe(false);
    expect(await readSinkState(db, 'soc')).toMatchObject({ state: 'paused', reason: 'auth' });
  });

  test("has an age, by the database's clock", async () => {
    const lease = await hold(database(), 'sink:x');
    await writeSinkState(database(), lease, { sink: 'soc', state: 'paused', reason: 'auth' });
    await database().$client`update sinks set since = now() - interval '90 seconds'`;
    const states = await readSinkStates(database());
    expect([...states.keys()]).toEqual(['soc']);
    expect(states.get('soc')).toMatchObject({ state: 'paused', reason: 'auth' });
    expect(states.get('soc')!.ageMs).toBeGreaterThanOrEqual(90_000);
    expect(states.get('soc')!.ageMs).toBeLessThan(180_000);
  });

  test('begins anew with each change', async () => {
    const lease = await hold(database(), 'sink:x');
    const write = (state: 'paused' | 'ok') =>
      writeSinkState(database(), lease, { sink: 'soc', state, reason: null });
    await write('paused');
    await database().$client`update sinks set since = now() - interval '1 hour'`;
    await write('ok');
    expect((await readSinkStates(database())).get('soc')!.ageMs).toBeLessThan(3_000_000);
  });
});

describe('a storm', () => {
  const storm = { sinceMs: 1, due: 40, digests: 2, events: 30 };

  test('is kept beside the state, and forgotten when it is over', async () => {
    const lease = await hold(database(), 'sink:x');
    expect(await writeStorm(database(), lease, { sink: 'soc', storm })).toBe(true);
    expect(await readSinkState(database(), 'soc')).toMatchObject({ state: 'ok', storm });
    await writeSinkState(database(), lease, { sink: 'soc', state: 'paused', reason: 'auth' });
    expect(await readSinkState(database(), 'soc')).toMatchObject({ state: 'paused', storm });
    expect(await writeStorm(database(), lease, { sink: 'soc', storm: null })).toBe(true);
    expect(await readSinkState(database(), 'soc')).toMatchObject({ state: 'paused', storm: null });
  });

  test('is not written once the role was lost', async () => {
    const lease = await hold(database(), 'sink:x');
    const stale = { ...lease, epoch: lease.epoch - 1 };
    expect(await writeStorm(database(), stale, { sink: 'soc', storm })).toBe(false);
    expect(await readSinkState(database(), 'soc')).toBeUndefined();
  });
});

describe('the places', () => {
  test('are noted together, and listed by id; a sink that has only a state has none', async () => {
    const lease = await hold(database(), 'sink:x');
    await writeSinkState(database(), lease, { sink: 'ops', state: 'ok', reason: null });
    const changes = [
      { id: 'soc', place: 'P', before: null },
      { id: 'boss', place: 'Q', before: null },
    ];
    expect(await writePlaces(database(), lease, changes)).toBe(true);
    expect(await listPlaces(database())).toEqual([
      { id: 'boss', place: 'Q' },
      { id: 'ops', place: null },
      { id: 'soc', place: 'P' },
    ]);
  });

  test('that another process has changed meanwhile stay, and the others are noted', async () => {
    const lease = await hold(database(), 'sink:x');
    await writePlaces(database(), lease, [{ id: 'soc', place: 'P', before: null }]);
    const changes = [
      { id: 'soc', place: 'Q', before: 'N' },
      { id: 'boss', place: 'R', before: null },
    ];
    expect(await writePlaces(database(), lease, changes)).toBe(false);
    expect(await listPlaces(database())).toEqual([
      { id: 'boss', place: 'R' },
      { id: 'soc', place: 'P' },
    ]);
  });

  test('are not noted once the role was lost', async () => {
    const lease = await hold(database(), 'sink:x');
    const stale = { ...lease, epoch: lease.epoch - 1 };
    const changes = [{ id: 'soc', place: 'P', before: null }];
    expect(await writePlaces(database(), stale, changes)).toBe(false);
    expect(await listPlaces(database())).toEqual([]);
  });

  test('are read from a row with their types checked', () => {
    expect(toPlace({ sink: 'soc', place: null })).toEqual({ id: 'soc', place: null });
    expect(() => toPlace({ sink: 'soc', place: 7 })).toThrow('sinks.place');
  });
});
