// Status: which process works what.
import { expect, test } from 'vitest';
import { replicaWith, useDatabase } from '../../../store/stored.ts';
import { createTestPage } from '../visiting.ts';

const db = useDatabase();

test('it names the release', async () => {
  await replicaWith(db(), ['source:a']);
  const html = await (await createTestPage(db()).request('/status')).text();
  expect(html).toContain('<dd>1.2.3</dd>');
});
