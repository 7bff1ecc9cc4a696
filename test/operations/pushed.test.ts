// Which sources are pushed to, by their types.
import { expect, test } from 'vitest';
import { source } from '../../src/operations/index.ts';
import { isPushed } from '../../src/operations/pushed.ts';
import type { Database } from '../../src/store/database.ts';
import { configOf, contextOn } from './acting.ts';

const config = configOf(`
sources:
  siem: { type: webhook, proof: path, secret: "a-secret-of-32-random-characters" }
  di: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
`);

test.each([
  ['siem', true],
  ['di', false],
  ['nobody', false],
])('%s: %s', (id, is) => expect(isPushed(config, id)).toBe(is));

test('nobody can ask for a reading of one', async () => {
  const db = {
    $client: Object.assign(async () => [], { options: {} }),
    select: () => ({ from: () => ({ orderBy: async () => [] }) }),
  };
  const context = contextOn(db as unknown as Database, { config });
  await expect(source.poll.run(context, { source: 'siem' })).rejects.toThrow(
    'Source "siem" is pushed to: nothing can be read from it.',
  );
});
