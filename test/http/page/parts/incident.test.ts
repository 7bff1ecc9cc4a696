// How an incident stands, in one line.
import { expect, test } from 'vitest';
import { type Incident, Standing } from '../../../../src/http/page/parts/incident.tsx';
import { words } from '../../../../src/http/page/words/index.ts';

const open: Incident = {
  ...{ event: '17', state: 'open', version: 0, severity: 'HIGH', type: 'T', device: null },
  ...{ itemId: null, link: null, by: null, via: null, until: null, note: null },
  ...{ changedAt: '2026-02-03T10:00:00.000Z', occurrences: 1, lastSeenAt: null },
  escalatedTo: null,
};
const drawn = async (more: Partial<Incident>, own = words.en) =>
  String(await (Standing({ of: { ...open, ...more }, words: own }) as unknown as Promise<string>));

test('what nobody has is open, since it arrived', async () => {
  const html = await drawn({});
  expect(html).toContain('>Open</span>');
  expect(html).toContain('2026-02-03 10:00:00 UTC');
  expect(html).not.toContain(' by ');
});

test('it says who has it until when, why, how often it was seen, and who was told', async () => {
  const more: Partial<Incident> = {
    ...{ state: 'acknowledged', by: '<b>ana</b>', via: 'chat', note: '<i>mine</i>' },
    ...{ until: '2026-02-03T18:00:00.000Z', occurrences: 11 },
    ...{ lastSeenAt: '2026-02-03T10:04:00.000Z', escalatedTo: 'bob' },
  };
  const html = await drawn(more);
  expect(html).toContain('by <bdi class="theirs">&lt;b&gt;ana&lt;/b&gt;</bdi>');
  expect(html).toContain('through chat');
  expect(html).toContain('until <time datetime="2026-02-03T18:00:00.000Z">');
  expect(html).toContain('&lt;i&gt;mine&lt;/i&gt;');
  expect(html).toContain('Seen 11 times');
  expect(html).toMatch(/Escalated to <bdi class="theirs">bob/);
  expect(await drawn(more, words.th)).toContain('พบแล้ว 11 ครั้ง');
});
