// How sources and sinks stand, in a few lines.
import { expect, test } from 'vitest';
import { useChat } from './chatting.ts';

const { db, posted, write } = useChat();

test('says what there is, and what needs somebody first', async () => {
  const event = await posted();
  await db().$client`
    update deliveries set state = 'dead', reason = 'rejected', finalized_at = now()
    where event_id = ${event}`;
  const lines = (await write('status')).text.split('\n');
  expect(lines[0]).toMatch(/^Tocsin .*\. Sources: 1, sinks: 1, processes: 0\.$/);
  expect(lines.slice(1).sort()).toEqual([
    'Sink `soc`: `ok`; 0 pending, 1 dead.',
    'Source `a`: `unread`.',
  ]);
});
