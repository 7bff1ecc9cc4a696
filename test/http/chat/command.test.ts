// The slash command: each of its words, by whom it may be written, and hostile text in it.
import { beforeEach, describe, expect, test } from 'vitest';
import { commandNames } from '../../../src/core/chat/index.ts';
import { perform, silence } from '../../../src/operations/index.ts';
import { contextOn } from '../../operations/acting.ts';
import { useChat } from './chatting.ts';

const { db, posted, write, audited, onFailure } = useChat();
const body = { itemId: '6001', device: { name: 'PC-1' }, file: { name: 'a.exe', hash: 'AB' } };
let event = 0;

beforeEach(async () => {
  event = await posted({ body, severity: 4 });
});

test('help names every command', async () => {
  const { text } = await write('help');
  for (const name of commandNames) expect(text).toContain(`\`/tocsin ${name}`);
  expect((await write('')).text).toBe(text);
});

test('what is unknown or lacks something says how it is written', async () => {
  expect((await write('ackk 1')).text).toMatch(/^There is no command `ackk`\..*\n`\/tocsin help`/);
  expect((await write('snooze 6001')).text).toBe(
    'Write it like this: `/tocsin snooze <id> <4h> [note]`',
  );
  expect((await write('silence')).text.split('\n')).toHaveLength(2);
});

test('show says what happened, how it stands, and the rest of the card', async () => {
  const lines = (await write('show 6001')).text.split('\n');
  expect(lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^\*\*HIGH\*\* · .*`PC-1`/),
    'It is open, and nobody has it.',
  ]);
  expect(lines).toContain('**File Hash** `AB`');
  expect((await write(`show #${event}`)).text.split('\n')).toEqual(lines);
});

test('why says by which route it came', async () => {
  expect((await write('why 6001')).text).toContain('The route `all` sent it here.');
});

test('it is taken, noted, put off, resolved and opened again', async () => {
  expect((await write('ack 6001 4h on it')).text).toMatch(
    /^Done\. Acknowledged by `ana` via chat, .*: “`on it`”\.$/,
  );
  expect((await write('note 6001 the user is away')).text).toMatch(/^Done\./);
  expect((await write('snooze 6001 1d')).text).toMatch(/^Done\. Snoozed/);
  expect((await write('resolve 6001 false alarm')).text).toMatch(/^Done\. Resolved/);
  expect((await write('resolve 6001')).text).toMatch(/^It is so already/);
  expect((await write(`reopen #${event}`)).text).toMatch(/^Done\. Open again/);
  expect((await audited()).map(({ operation }) => operation)).toEqual([
    ...['incident-acknowledge', 'incident-note', 'incident-snooze', 'incident-resolve'],
    ...['incident-resolve', 'incident-reopen'],
  ]);
});

test('it is escalated at once, by those who may act', async () => {
  const escalation = { route: 'all', afterMs: 900_000 };
  const id = await posted({ externalId: 'x', subject: 'x', body }, { escalation });
  const reader = { user: 'ureader', name: 'reader' };
  expect((await write(`escalate #${id}`, reader)).text).toMatch(/^You may look but not act/);
  expect((await write(`escalate #${id} call them`)).text).toMatch(/^Done\. .*scalated to `soc`/);
  expect((await write(`escalate #${event}`)).text).toContain('has no steps');
  expect((await audited()).map(({ operation }) => operation)).toEqual(['incident-escalate']);
  const [step] = await db().$client`select note from incident_changes`;
  expect(step).toMatchObject({ note: 'call them' });
});

test('a preview silences nothing', async () => {
  const { text } = await write('silence file 6001 4h preview');
  expect(text).toBe('It would have hidden `1` in the last 7 days.');
  const listed = () => perform(silence.list, contextOn(db()), {});
  expect((await listed()).items).toEqual([]);
  expect((await write('silence device 6001 for 4h')).text).toMatch(/^Silence/);
  expect((await listed()).items).toHaveLength(1);
});

describe('people', () => {
  test('whoever is unknown learns how to become known', async () => {
    const { text } = await write('status', { user: 'umallory', name: 'mallory' });
    expect(text).toMatch(/^Tocsin does not know you/);
  });

  test('whoever may only look looks', async () => {
    const reader = { user: 'ureader', name: 'reader' };
    expect((await write('show 6001', reader)).text).toContain('`PC-1`');
    for (const text of ['ack 6001', 'silence file 6001 4h', 'redrive', 'note 6001 x'])
      expect((await write(text, reader)).text, text).toMatch(/^You may look but not act/);
    expect(await audited()).toEqual([]);
  });
});

const hostile = [
  '@all',
  '<!channel>',
  '[x](javascript:alert(1))',
  '` **x**',
  '../../etc/passwd',
  "'; drop table events; --",
  '%',
  '\u202Eevil',
  '\0',
  '\uD800',
  '𝕏'.repeat(500),
  '#0',
  '#99999999999999999',
  '#-1',
  '1e9',
];

test.each(hostile)('%j is shown and never obeyed', async (text) => {
  for (const written of [
    ...[text, `show ${text}`, `search ${text}`, `why ${text}`, `ack ${text} ${text}`],
    ...[`redrive ${text}`, `silence file ${text} 4h`, `note 6001 ${text}`],
  ]) {
    const answer = await write(written);
    expect(answer.status, written).toBe(200);
    const outside = answer.text.replace(/`[^`\n]*`/g, '');
    expect(outside, written).not.toMatch(/@all|<!channel>|\]\(javascript|[\0\u202E]/);
  }
  expect(onFailure.mock.calls).toEqual([]);
});
