// The service at one moment, as any replica says it.
import { expect, test } from 'vitest';
import { perform, status } from '../../src/operations/index.ts';
import { replicaWith, useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';

const db = useDatabase();

test('processes are listed with their roles, and the one that answers is marked', async () => {
  const id = await replicaWith(db(), ['source:a']);
  const other = await replicaWith(db(), ['job:x']);
  await db().$client`
    insert into sinks (sink, state, storm)
    values ('soc', 'ok', '{"sinceMs": 1, "due": 9, "digests": 0, "events": 0}'), ('ops', 'ok', null)`;
  const process = {
    version: '1.2.3',
    replicaId: id,
    clockLeap: () => ({ ms: -61_000, clockMs: Date.parse('2026-03-01T00:00:00Z') }),
  };
  const shown = await perform(status.show, contextOn(db(), { process }), {});
  expect(shown).toMatchObject({
    version: '1.2.3',
    counts: { sources: 1, sinks: 1, routes: 1 },
    database: { kind: 'embedded', schema: 'current' },
    clockLeap: { seconds: -61, at: '2026-03-01T00:00:00.000Z' },
    storms: ['soc'],
  });
  expect(shown.configHash).toMatch(/^\d+$/);
  const replicas = shown.replicas.map(({ id: one, isThis, roles }) => [one, isThis, roles]);
  expect(new Map(replicas.map((one) => [one[0], one]))).toEqual(
    new Map([
      [id, [id, true, ['source:a']]],
      [other, [other, false, ['job:x']]],
    ]),
  );
});

test('a command says so by having no version', async () => {
  const shown = await perform(status.show, contextOn(db()), {});
  expect([shown.version, shown.clockLeap, shown.replicas]).toEqual([null, null, []]);
});
