// `tocsin render`: the message that a sink would send, as people ask for it, and nothing on the
// network.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../../src/commands/render.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { runHere } from './in-process.ts';

const token = 'key-of-an-api-connector';
const yaml = `
sources: { di: { type: deepinstinct_events, url: https://console.example, token: ${token} } }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
  ops: { type: mattermost, url: "https://chat.example/hooks/zyxwvutsrqponmlkjihgfedcba" }
  bot: { type: mattermost_bot, url: "https://chat.example", token: abcdefghij, channel: soc/alerts }
  cases: { type: dfir_iris, url: "https://iris.example", api_key: abcdefghij, customer: 1 }
  mail: { type: email, host: 127.0.0.1, port: 1, tls: none, from: a@b.example, to: [c@d.example] }
  issues: { type: jira, url: "https://jira.example", username: a@b.example, token: secret-of-the-jira, project: SOC }
  topics: { type: zulip, url: "https://zulip.example", email: a@b.example, api_key: secret-of-the-zulip-bot-0123456, channel: alerts }
  mqtt: { type: mqtt, broker: 127.0.0.1, topic: a/b }
  nats: { type: nats, servers: [127.0.0.1], subject: a.b }
  amqp: { type: amqp, broker: 127.0.0.1, exchange: a, routing_key: b }
  lines: { type: syslog, host: 127.0.0.1, format: json }
templates:
  plain: { title: "T {{ event.type }}" }
  broken: { title: "{{ event.type | slice: 0, event.file.size }}" }
routes:
  - { name: plain, to: [{ sink: soc, channel: night, template: plain }] }
  - { name: broken, to: [{ sink: soc, template: broken }] }
`;

const { events } = JSON.parse(readProjectFile('test/fixtures/deepinstinct/events-5.json')) as {
  events: Record<string, unknown>[];
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-render-'));
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  writeFileSync(join(directory, 'event.json'), JSON.stringify(events[0]));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (...argv: string[]) =>
  runHere(
    ['render', '--event', 'event.json', ...argv],
    { TOCSIN_CONFIG: 'tocsin.yaml', DATA_DIR: join(directory, 'data') },
    directory,
    { render: command },
  );

test('it prints what would be posted as JSON, and nothing else', async () => {
  const { code, stdout, stderr } = await run('--sink', 'soc');
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toHaveProperty('attachments');
});

test('of a mail it shows what its readers see, and sends none', async () => {
  const { code, stdout, stderr } = await run('--sink', 'mail');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^From: a@b\.example\nTo: c@d\.example\nSubject: .+\n\n.+/);
});

const record = { kind: 'event', body: expect.any(Object) };

test.each<[string, object]>([
  ['issues', { fields: { project: { key: 'SOC' }, summary: expect.any(String) } }],
  ['topics', { type: 'stream', to: '"alerts"', content: expect.stringMatching(/\n/) }],
  ['mqtt', record],
  ['nats', record],
  ['amqp', record],
  ['lines', record],
])('of %s it shows what is handed over there, and no step before', async (sink, shown) => {
  const { code, stdout, stderr } = await run('--sink', sink);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject(shown);
  expect(stdout).not.toMatch(/jql|secret-of-the/);
});

test.each(['bot', 'cases'])(
  'of %s, which looks something up first, it shows the card',
  async (sink) => {
    const { code, stdout, stderr } = await run('--sink', sink);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'event', headline: expect.any(Array) });
  },
);

test('each form is shorter than the one before', async () => {
  const lengths = [];
  for (const form of ['full', 'short', 'bare'])
    lengths.push((await run('--sink', 'soc', '--form', form)).stdout.length);
  expect(lengths).toEqual(lengths.toSorted((one, other) => other - one));
  expect(new Set(lengths).size).toBe(3);
  expect((await run('--sink', 'soc')).stdout.length).toBe(lengths[0]);
});

test('a route gives its channel and its template', async () => {
  const { stdout } = await run('--sink', 'soc', '--route', 'plain');
  const { channel, attachments } = JSON.parse(stdout);
  expect([channel, attachments[0].title]).toEqual(['night', 'T `STATIC_ANALYSIS`']);
});

describe('refused is', () => {
  test.each([
    ['a form that is none', ['--sink', 'soc', '--form', 'tiny'], '--form tiny is none of: full'],
    ['no sink', [], 'Which sink? --sink <sink>; there is soc, ops, bot, cases, mail, issues, '],
    ['a sink that is none', ['--sink', 'sok'], 'there is soc, ops, bot, cases, mail, issues, '],
    ['a route that is none', ['--sink', 'soc', '--route', 'plane'], 'plain'],
    [
      'a route that does not lead to the sink',
      ['--sink', 'ops', '--route', 'plain'],
      'Route "plain" sends nothing to ops.',
    ],
  ])('%s', async (_title, argv, words) => {
    expect(await run(...argv)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(words),
    });
  });
});

test('a template that fails is reported, and the sink’s own card is shown', async () => {
  const huge = { ...events[0], file_size: 9_000_000 };
  writeFileSync(join(directory, 'huge.json'), JSON.stringify(huge));
  const { code, stdout, stderr } = await run(
    '--sink',
    'soc',
    '--route',
    'broken',
    '--event',
    'huge.json',
  );
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/^tocsin render: the template .*: the sink’s own card is sent\n$/),
  ]);
  expect(JSON.parse(stdout)).toHaveProperty('attachments');
});

test('a secret of the configuration in the event is not printed', async () => {
  writeFileSync(join(directory, 'leak.json'), JSON.stringify({ ...events[0], description: token }));
  const { stdout } = await run('--sink', 'soc', '--event', 'leak.json');
  expect([stdout.includes('[secret]'), stdout.includes(token)]).toEqual([true, false]);
});
