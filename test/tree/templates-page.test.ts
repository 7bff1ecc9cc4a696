// docs/templates.md names every tag, filter, field and limit that there is; its example works; and
// every language is complete.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { command as render } from '../../src/commands/render.ts';
import { expressionFields } from '../../src/core/rules/rule-event.ts';
import { filters, tags } from '../../src/core/template/engine.ts';
import { templateFields } from '../../src/core/template/fields.ts';
import { templateLimits } from '../../src/core/template/template.ts';
import { runHere } from '../commands/in-process.ts';
import { fitsJsonSchema } from '../config/json-schema-check.ts';
import { readProjectFile } from './project-files.ts';

const page = readProjectFile('docs/templates.md');
const example = readProjectFile('docs/templates.example.yaml');
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

test('the tags and filters', () => {
  const row = /^\| `assign`.*$/m.exec(page)![0];
  expect(quoted(row)).toEqual([...[...tags].sort(), ...filters]);
});

test('the fields that expressions have not', () => {
  const own = Object.keys(templateFields.event!).filter(
    (name) => !Object.hasOwn(expressionFields, name),
  );
  const rows = page.split('\n').filter((line) => line.startsWith('| `event.'));
  const named = rows.flatMap((row) => quoted(row.split(' | ')[0]!));
  expect(named.sort()).toEqual(own.map((name) => `event.${name}`).sort());
});

test('the limits', () => {
  const { title, text, fieldTitle, fieldValue, total, fields } = templateLimits;
  expect(page.replace(/\s+/g, ' ')).toContain(
    `A title has at most ${title} characters, a text ${text}, a field's title ${fieldTitle} and its value ${fieldValue}, all together ${total}, in ${fields} fields.`,
  );
});

test('the example is what editors and Tocsin take, and gives what it says', async () => {
  expect(fitsJsonSchema(parse(example))).toEqual([]);
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-templates-page-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'tocsin.yaml'), example);
  const event = {
    severity: 'CRITICAL',
    type: 'RANSOMWARE',
    action: 'DETECTED',
    occurredAt: '2026-03-01T02:03:04Z',
    body: {
      device: { name: 'PC-7' },
      file: { name: 'a_b.exe', hash: 'ab12' },
      recurrence: 3,
      user: 'somchai',
    },
  };
  writeFileSync(join(directory, 'event.json'), JSON.stringify(event));
  const env = {
    TOCSIN_CONFIG: 'tocsin.yaml',
    TOKENS_KEY: 'key-of-an-api-connector',
    MATTERMOST_WEBHOOK_URL: 'https://chat.example.com/hooks/3hook5id7of9twenty6letters',
  };
  const post = async (...argv: string[]) => {
    const table = { render };
    const { stdout, stderr } = await runHere(
      ['render', '--event', 'event.json', ...argv],
      env,
      directory,
      table,
    );
    expect(stderr).toBe('');
    const { text, attachments } = JSON.parse(stdout) as {
      text: string;
      attachments: { title: string; text: string }[];
    };
    // Something that nobody sees may stand beside a value.
    const seen = (one: string) => one.replaceAll('\u200B', '').replace(/ +/g, ' ');
    const [{ title, text: facts }] = attachments as [(typeof attachments)[0]];
    return { text: seen(text), title: seen(title), facts: seen(facts).split('\n') };
  };
  expect(await post('--sink', 'soc')).toMatchObject({
    title: '`RANSOMWARE` on `PC-7`',
    text: '🔴 **CRITICAL** · `a_b.exe` seen 3 times · [VirusTotal](https://www.virustotal.com/gui/file/ab12)',
    facts: expect.arrayContaining(['**แฮชไฟล์** `ab12`']),
  });
  expect(await post('--sink', 'management', '--route', 'grave')).toEqual({
    title: 'แจ้งเตือนความปลอดภัย CRITICAL',
    text: '🔴 **CRITICAL** · **พบภัยคุกคามที่ยังไม่ถูกหยุด**\nอุปกรณ์ `PC-7` เวลา 2026-03-01 09:03:04 +07:00',
    facts: ['**ผู้ใช้** `somchai`'],
  });
});
