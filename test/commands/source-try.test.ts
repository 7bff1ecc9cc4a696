// `tocsin source try`: what a source makes of a sample, without a database and without a call.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runHere } from './in-process.ts';

const yaml = `
sources:
  siem:
    type: webhook
    proof: path
    secret: a-secret-of-32-random-characters
    items: body.alerts
    id: item.id
    event_type: item.name
    severity: item.level
    fields: { device.name: item.host }
  edr:
    type: http_poll
    url: https://api.example.com/alerts
    auth: bearer
    token: a-token-of-the-far-end
    items: body.alerts
    severity: item.level
  di: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
routes:
  - { name: high, to: [soc], match: { min_severity: HIGH } }
`;

function tryOut(sample: string, ...more: string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-try-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  writeFileSync(join(directory, 'sample.json'), sample);
  const argv = ['source', 'try', ...more];
  return runHere(argv, { TOCSIN_CONFIG: 'tocsin.yaml' }, directory);
}
const siem = ['siem', '--file', 'sample.json'];

test('a sample becomes events, with their facts and sinks', async () => {
  const sample =
    '{"alerts":[{"id":1,"name":"Mi\u001bner","level":"high","host":"pc-1"},{"id":2,"level":"low"}]}'.replace(
      '\u001b',
      '\\u001b',
    );
  const { code, stdout } = await tryOut(sample, ...siem);
  expect(code).toBe(0);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).toContain(
    '  id: 1\n  time: not said\n  goes to: soc\n  facts:\n    device.name: pc-1\n',
  );
  expect(stdout).toContain('LOW  UNRECOGNISED\n  id: 2\n  time: not said\n  goes to: nobody\n');
  const json = JSON.parse((await tryOut(sample, ...siem, '--json')).stdout);
  expect(json.events.map((event: { sinks: string[] }) => event.sinks)).toEqual([['soc'], []]);
});

test('a sample without events says so', async () => {
  expect(await tryOut('{"alerts":[]}', ...siem)).toMatchObject({
    code: 0,
    stdout: 'it holds no event\n',
  });
});

test('a whole answer of a far end that is polled becomes events, and so does one item', async () => {
  const edr = ['edr', '--file', 'sample.json', '--json'];
  const levels = async (sample: string) =>
    JSON.parse((await tryOut(sample, ...edr)).stdout).events.map(
      (event: { severity: number; sinks: string[] }) => [event.severity, event.sinks],
    );
  expect(await levels('{"alerts":[{"level":"high"},{"level":"low"}, 7]}')).toEqual([
    [4, ['soc']],
    [2, []],
    [0, ['soc']],
  ]);
  expect(await levels('{"level":"low"}')).toEqual([[2, []]]);
});

test.each([
  [['siem'], 2, 'Name a file by --file <file>'],
  [['sim', '--file', 'sample.json'], 2, 'siem'],
  [[...siem, '--header', 'no header'], 2, 'is not written as "Name: value"'],
  [siem, 1, 'The body is no JSON at character 1.'],
  [['edr', '--file', 'sample.json'], 1, 'The answer is no JSON at character 1.'],
  [['di', '--file', 'sample.json'], 1, 'The sample is no single item of this source.'],
])('%j fails with the reason', async (argv, code, text) => {
  const outcome = await tryOut('x', ...argv);
  expect([outcome.code, outcome.stdout]).toEqual([code, '']);
  expect(outcome.stderr).toContain(text);
});
