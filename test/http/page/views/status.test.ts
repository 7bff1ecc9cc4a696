// Status: the release, its configuration and database, and which process works what.
import { expect, test } from 'vitest';
import { configOf, contextOn } from '../../../operations/acting.ts';
import { replicaWith, useDatabase } from '../../../store/stored.ts';
import { createTestPage, visitor } from '../visiting.ts';

const db = useDatabase();

test('it names the release', async () => {
  await replicaWith(db(), ['source:a']);
  const html = await (await createTestPage(db()).request('/status')).text();
  expect(html).toContain('<dd>1.2.3</dd>');
});

test('it names configuration, database and the process that answers', async () => {
  const id = await replicaWith(db(), ['source:a']);
  const process = { version: '4.5.6', replicaId: id, clockLeap: () => undefined };
  const contextOf = (actor: never) => contextOn(db(), { actor, process, config: configOf() });
  const html = await visitor(db(), 'read', { contextOf }).get('/status');
  expect(html).toContain('1 sources, 1 sinks, 1 routes');
  expect(html).toContain('tables up to date');
  expect(html).toContain(`title="${id}"`);
  expect(html).toContain('this one answers');
  expect(html).not.toContain('href="/tokens"');
});
