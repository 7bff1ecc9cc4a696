// The facts of an event: those that there are, with links to its like.
import { expect, test } from 'vitest';
import { Facts } from '../../../../../src/http/page/views/event/facts.tsx';
import { words } from '../../../../../src/http/page/words/index.ts';
import type { EventBody } from '../../../../../src/kit/event.ts';
import type { VendorWords } from '../../../../../src/kit/incident.ts';

async function drawn(body: EventBody, vendor: VendorWords = {}): Promise<string> {
  const event = {
    itemId: null,
    status: 'OPEN',
    source: 'a',
    receivedAt: '2026-02-03T01:19:32.505Z',
  };
  return String(
    await Facts({ shown: { event, body, incident: { vendor } } as never, words: words.en }),
  );
}

test('what can be searched for is a link, and can be copied', async () => {
  const html = await drawn({ device: { name: 'PC & 1' }, user: 'ann' });
  expect(html).toContain(
    '<a href="/events?device=PC+%26+1"><bdi class="theirs">PC &amp; 1</bdi></a>',
  );
  expect(html).toMatch(
    /<\/a><button type="button" class="copy" data-copied="Copied." [^>]*hidden=""/,
  );
});

test('what is not known takes no room', async () => {
  const html = await drawn({});
  expect(html).toContain('<dt>Status</dt>');
  expect(html).not.toContain('<dt>Device</dt>');
});

test('what is too long is cut, and no link', async () => {
  const html = await drawn({ user: 'u'.repeat(10_000), process: { commandLine: '\u202E' } });
  expect(html.length).toBeLessThan(6000);
  expect(html).not.toContain('/events?user=');
  expect(html).toContain('\\u{202E}');
});

test('what the vendor changed is shown as it is now, with what it was', async () => {
  const said = { lastAction: 'Quarantine' };
  const html = await drawn(said, {
    ...{ status: 'CLOSED', lastAction: '', fileStatus: '<b>', comment: 'seen' },
  });
  const rowOf = (name: string) =>
    new RegExp(`<dt>${name}</dt><dd>(.*?)</dd>`).exec(html)?.[1]?.replaceAll(/<[^>]*>/g, '');
  expect(rowOf('Status')).toBe('CLOSED It was: OPEN');
  expect(rowOf('Last action')).toBe('– It was: Quarantine');
  expect(rowOf('File status')).toBe('&lt;b&gt; It was: –');
  expect(rowOf('Comment')).toBe('seen It was: –');
});

test('what is as the event says it is said once', async () => {
  const html = await drawn({}, { status: 'OPEN' });
  expect(html).toContain('OPEN');
  expect(html).not.toContain('It was');
});
