// What each live process works is read as it was written.
import { expect, test } from 'vitest';
import { works } from '../../src/operations/index.ts';
import { replicaWith, useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

test('lists each live process once, and none that is dead', async () => {
  expect(await overTheWire(db(), works.list, {})).toEqual([]);
  const live = await replicaWith(db(), ['source:di']);
  const written = { roles: ['source:di'], consoles: { di: 'https://console.example' }, places: {} };
  await db()
    .$client`update replicas set works = ${JSON.stringify(written)}::text::jsonb where id::text = ${live}`;
  expect(await overTheWire(db(), works.list, {})).toEqual([written]);
});
