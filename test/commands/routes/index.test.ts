// `tocsin routes test` and `tocsin render`: what would become of an event, without a database and
// without a call.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command as render } from '../../../src/commands/render.ts';
import { command as routes } from '../../../src/commands/routes/index.ts';
import { runHere } from '../in-process.ts';

const hook = 'https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz';
const yaml = `
sources: { di: { type: deepinstinct_events, url: https://console.example, token: key-of-an-api-connector } }
sinks: { soc: { type: mattermost, url: "${hook}" }, boss: { type: mattermost, url: "${hook}" }, night: { type: stdout } }
routes:
  - { name: everything, to: [soc] }
  - { name: grave, match: { min_severity: HIGH }, when: 'event.device.name.startsWith("SRV-")', to: [boss] }
  - { name: night, active: [{ from: "22:00", to: "06:00", time_zone: UTC }], to: [night] }
`;
const event = {
  severity: 'HIGH',
  type: 'RANSOMWARE',
  body: { device: { name: 'PC-7' }, file: { name: '@here [x](http://evil.example)' } },
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-routes-'));
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  write('event.json', JSON.stringify(event));
});
afterAll(() => rmSync(directory, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(directory, name), text);

const commands = { routes, render };
const run = (...argv: string[]) =>
  runHere(argv, { TOCSIN_CONFIG: 'tocsin.yaml' }, directory, commands);

describe('routes test', () => {
  const test22 = ['routes', 'test', '--event', 'event.json', '--at', '2026-03-02T23:00:00Z'];

  test('says of each route whether it takes the event or why not, and of each sink what it gets', async () => {
    expect(await run(...test22)).toEqual({
      code: 0,
      stderr: '',
      stdout: `HIGH RANSOMWARE (event) from di

  ✓ route everything takes it
  ✗ route grave has a condition (when) that is false
  ✓ route night takes it

  → sink soc: gets it
    sink boss: suppressed, when_is_false
  → sink night: gets it

Silences were not looked at: no service or database answers here.
`,
    });
  });

  test('takes another time, and gives the same as JSON', async () => {
    const { stdout } = await run(
      'routes',
      'test',
      '--event',
      'event.json',
      '--at',
      '2026-03-02T12:00:00Z',
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual({
      areSilencesKnown: false,
      routes: [
        { name: 'everything', reason: null },
        { name: 'grave', reason: 'when_is_false' },
        { name: 'night', reason: 'outside_active' },
      ],
      sinks: [
        { id: 'soc', state: 'pending', reason: null },
        { id: 'boss', state: 'suppressed', reason: 'when_is_false' },
        { id: 'night', state: 'suppressed', reason: 'outside_active' },
      ],
    });
  });

  test('shows hostile text and does not obey it', async () => {
    write('hostile.json', JSON.stringify({ type: 'A\u001b[2J\u202eB' }));
    const { stdout } = await run('routes', 'test', '--event', 'hostile.json');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\u202e');
  });
});

describe('render', () => {
  test('prints what would be posted, with its text made safe, and without the hook', async () => {
    const { code, stdout, stderr } = await run('render', '--event', 'event.json', '--sink', 'soc');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { attachments } = JSON.parse(stdout) as {
      attachments: { color: string; fallback: string }[];
    };
    expect(attachments[0]).toMatchObject({ color: '#FF6600', title: 'Event ID 0' });
    expect(attachments[0]?.fallback).not.toMatch(/@here/);
    expect(stdout).not.toContain('abcdefghijklmnopqrstuvwxyz');
  });

  test('speaks the language of the sink, and tells its time', async () => {
    write(
      'thai.yaml',
      yaml.replace(
        'soc: { type: mattermost,',
        'soc: { type: mattermost, locale: th, time_zone: Asia/Bangkok,',
      ),
    );
    write('timed.json', JSON.stringify({ ...event, occurredAt: '2026-03-02T22:00:00Z' }));
    const argv = ['render', '--event', 'timed.json', '--sink', 'soc'];
    const { stdout } = await runHere(argv, { TOCSIN_CONFIG: 'thai.yaml' }, directory, commands);
    expect(stdout).toMatch(/[\u0E00-\u0E7F]{5}/);
    expect(stdout).toContain('05:00:00');
  });

  test('prints what a template makes of it, the sink’s own or the one of a route', async () => {
    const titleOf = async (...more: string[]) => {
      const argv = ['render', '--event', 'event.json', '--sink', 'soc', ...more];
      const { stdout, stderr } = await runHere(
        argv,
        { TOCSIN_CONFIG: 'templates.yaml' },
        directory,
        commands,
      );
      const { attachments, channel } = JSON.parse(stdout) as {
        attachments: { title: string }[];
        channel?: string;
      };
      // Joiners that keep a value inert are the sink's affair.
      return { title: attachments[0]?.title.replaceAll('\u200B', ''), channel, stderr };
    };
    write(
      'templates.yaml',
      yaml.replace(`soc: { type: mattermost,`, 'soc: { type: mattermost, template: own,').concat(`
  - { name: by route, to: [{ sink: soc, template: routes, channel: night }] }
  - { name: broken, to: [{ sink: soc, template: broken }] }
templates:
  own: { title: "{{ event.type }}" }
  routes: { title: "{{ event.device.name }}" }
  broken: { title: "{{ event.device.name | slice: 0, event.file.size }}" }
`),
    );
    expect(await titleOf()).toEqual({ title: '`RANSOMWARE`', channel: undefined, stderr: '' });
    expect(await titleOf('--route', 'by route')).toEqual({
      title: '`PC-7`',
      channel: 'night',
      stderr: '',
    });
    write(
      'event.json',
      JSON.stringify({ ...event, body: { ...event.body, file: { size: 9_000_000 } } }),
    );
    expect(await titleOf('--route', 'broken')).toEqual({
      title: 'Event ID 0',
      channel: undefined,
      stderr:
        'tocsin render: the template takes too much time or memory: the sink’s own card is sent\n',
    });
    write('event.json', JSON.stringify(event));
    expect(await titleOf('--form', 'bare')).toMatchObject({ title: 'Event ID 0' });
  });

  test('prints the bare form, which has none of the event’s own text', async () => {
    const { stdout } = await run(
      'render',
      '--event',
      'event.json',
      '--sink',
      'soc',
      '--form',
      'bare',
    );
    expect(JSON.parse(stdout)).toBeTypeOf('object');
    expect(stdout).not.toContain('PC-7');
  });
});

describe('wrong usage', () => {
  test.each([
    [['routes', 'list'], 'unknown subcommand "list"; there are: show, test, diff.'],
    [['routes', 'test'], 'Which event? Name a file'],
    [['routes', 'test', '--event', 'nothing.json'], 'nothing.json cannot be read (ENOENT).'],
    [['routes', 'test', '--event', 'tocsin.yaml'], 'tocsin.yaml is no JSON.'],
    [['routes', 'test', '--event', 'event.json', '--at', 'noon'], '--at "noon" is not a time.'],
    [
      ['routes', 'test', '--event', 'event.json', '--at', '2026-11-31T22:00:00Z'],
      '--at "2026-11-31T22:00:00Z" is a date that does not exist.',
    ],
    [['render', '--event', 'event.json', '--sink', 'sco'], 'there is soc, boss, night.'],
    [
      ['render', '--event', 'event.json', '--sink', 'soc', '--route', 'graev'],
      'there is everything, grave, night.',
    ],
    [
      ['render', '--event', 'event.json', '--sink', 'soc', '--route', 'grave'],
      'Route "grave" sends nothing to soc.',
    ],
    [
      ['render', '--event', 'event.json', '--sink', 'soc', '--form', 'x'],
      'none of: full, short, bare',
    ],
  ])('%j is answered with what is right', async (argv, words) => {
    const { code, stderr, stdout } = await run(...argv);
    expect(stderr).toContain(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each([
    [{ severity: 'HIHG' }, 'severity: is none of UNKNOWN, INFO'],
    [{ severity: 6 }, 'severity: Too big'],
    [{ sevrity: 'HIGH' }, 'the event: Unrecognized key: "sevrity"'],
    [{ body: { device: 'PC-7' } }, 'body.device:'],
    [{ body: { techniques: 'T1059' } }, 'body.techniques:'],
    [[], 'the event:'],
  ])('an event such as %j is refused, and the place is named', async (wrong, words) => {
    write('wrong.json', JSON.stringify(wrong));
    const { code, stderr } = await run('routes', 'test', '--event', 'wrong.json');
    expect(stderr).toContain(`wrong.json: ${words}`);
    expect(code).toBe(2);
  });
});
