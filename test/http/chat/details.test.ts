// The rest of a card, for whoever asks.
import { expect, test } from 'vitest';
import { changeIncident } from '../../../src/core/incidents/change.ts';
import { useChat } from './chatting.ts';

const { db, posted, press, write } = useChat();

test('shows every fact of the card, and nothing of it acts', async () => {
  const body = {
    device: { name: '@channel', ip: '10.0.0.1' },
    file: { name: 'a.exe', hash: 'ABC', path: 'C:\\`x` <!channel> http://evil.example' },
    comment: '[x](javascript:1) @all',
  };
  const event = await posted({ body });
  const { text } = await press({ action: 'details', event });
  expect(text).toContain('**File Hash** `ABC`');
  expect(text).toContain('`[x](javascript:1) @all`');
  expect(text).toContain('‹!channel>');
  expect(text).toContain('hxxp://evil[.]example');
  expect(text).toContain('`@channel`');
});

test('of a digest, shows its rows', async () => {
  const row = { id: 5, severity: 4, type: 'RANSOMWARE', at: '2026-02-03T01:00:00.000Z' } as const;
  const digest = {
    ...({ kind: 'group', count: 1, before: 0, by: [], severities: [0, 0, 0, 0, 1, 0] } as const),
    ...{ firstAt: row.at, lastAt: row.at, types: [], typeCount: 0, devices: [], deviceCount: 0 },
    ...{ files: [], fileCount: 0, rows: [{ ...row, device: 'PC-9' }] },
  };
  const event = await posted({ body: { digest } });
  expect((await press({ action: 'details', event })).text).toContain('`PC-9`');
});

test('shows what the vendor says now, as the card does', async () => {
  const body = { itemId: '6001', device: { name: 'PC-1' }, lastAction: 'QUARANTINE_FAILED' };
  const event = await posted({ body, status: 'OPEN', severity: 4 });
  const field = (name: string, from: string, to: string) => ({ name, from, to });
  const fields = [
    field('status', 'OPEN', 'CLOSED'),
    field('lastAction', 'QUARANTINE_FAILED', 'QUARANTINED'),
  ];
  await changeIncident(db(), {
    ...{ eventId: event, actor: 'changes', via: 'vendor' },
    wanted: {
      ...{ kind: 'vendor', severity: 5, seenAt: null },
      change: { source: 'a', externalId: '17', fields },
    },
  });
  for (const text of [
    (await press({ action: 'details', event })).text,
    (await write('show 6001')).text,
  ]) {
    expect(text).toContain('CLOSED');
    expect(text).not.toMatch(/\bOPEN\b|FAILED/);
  }
  expect((await write('show 6001')).text).toMatch(/^\*\*CRITICAL\*\*/);
});
