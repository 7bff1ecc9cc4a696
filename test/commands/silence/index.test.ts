// `tocsin silence`: what is silenced is refused, shown, counted and ended, wherever the database is
// open; and the channel hears of it after.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createWorld, until, type World } from '../../support/world.ts';
import { onDatabase, runIn } from '../in-process.ts';

const base = ['silence', 'add', '--owner', 'anna', '--reason', 'patch night'];
const hours = ['--for', '2h'];
const write = (world: World, name: string, text: string) => {
  const directory = dirname(world.environment.DATA_DIR!);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), text);
};

test('add says what it would have hidden of what was announced; list and end speak of it', async () => {
  const world = await createWorld({
    database: 'postgres',
    environment: { MIN_SEVERITY: 'MEDIUM' },
  });
  const [first] = world.tenant.add('events', 12);
  world.tenant.change('events', first!, { threat_severity: 'LOW' });
  expect((await runIn(world, ['once'])).code).toBe(0);
  const announced = world.mattermost.deliveries.size - 2;
  const all = await runIn(world, [...base, ...hours, '--all-events', '--json']);
  const [silence] = JSON.parse(all.stdout);
  expect(silence).toMatchObject({
    id: 1,
    hidesCritical: true,
    wouldHaveHidden: { looked: 12, isCut: false },
  });
  expect(
    silence.wouldHaveHidden.bySeverity.reduce((sum: number, count: number) => sum + count),
  ).toBe(announced);
  expect(Date.parse(silence.until) - Date.parse(silence.from)).toBe(7_200_000);
  expect(all).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/\nwarning: silence 1 hides CRITICAL events, too\n$/),
  });

  const { stdout, stderr } = await runIn(world, [
    ...base,
    ...hours,
    '--match',
    'types=N*',
    '--when',
    'event.severity < 5',
  ]);
  expect(stdout).toMatch(
    /^silence 2 from \S+Z until \S+Z\n {2}It would have hidden 0 of the 12 events of the last 24 hours\.\n$/,
  );
  expect(stderr).toEqual(onDatabase);

  const list = (await runIn(world, ['silence', 'list'])).stdout.split('\n');
  expect(list[0]).toMatch(
    /^2 {2}active {2}\S+Z to \S+Z {2}anna: patch night {2}\{"types":\["N\*"\],"when":"event.severity < 5"\} {2}hid 0$/,
  );
  expect(list[1]).toMatch(/^1 {2}active .* all events {2}hid 0$/);
  expect(await runIn(world, ['silence', 'end', '1', '--owner', 'bob'])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/\nSilence 1 is not of this owner, but of "anna"\.\n$/),
  });
  const longer = await runIn(world, ['silence', 'extend', '1', '--for', '5h']);
  expect(longer).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^silence 1 lasts until \S+Z\n$/),
  });
  const until = new Date(Date.now() + 6 * 3_600_000).toISOString().slice(0, 19);
  const extended = await runIn(world, ['silence', 'extend', '1', '--until', `${until}Z`, '--json']);
  expect(JSON.parse(extended.stdout)).toEqual({ id: 1, until: `${until}Z` });
  expect(await runIn(world, ['silence', 'extend', '1', '--for', '1m'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('already. Name a later time, or end it.'),
  });
  for (const [more, words] of [
    [[], 'Until when? Say it by --for <time> or by --until <time>.'],
    [['--for', 'soon'], '--for "soon" is not a duration.'],
    [['--until', 'noon'], '--until "noon" is not a time.'],
  ] as const)
    expect(await runIn(world, ['silence', 'extend', '1', ...more])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(words),
    });
  expect((await runIn(world, ['silence', 'end', '1', '--owner', 'anna'])).code).toBe(0);
  expect(await runIn(world, ['silence', 'end', '1', '--owner', 'anna'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/\nSilence 1 is over already\.\n$/),
  });
  expect((await runIn(world, ['silence', 'end', '9', '--owner', 'anna'])).stderr).toContain(
    'There is no silence 9. The list of silences shows',
  );
  expect((await runIn(world, ['silence', 'list'])).stdout).not.toMatch(/^1 /m);
  const every = JSON.parse((await runIn(world, ['silence', 'list', '--all', '--json'])).stdout);
  expect(every.map(({ id, state }: { id: number; state: string }) => [id, state])).toEqual([
    [2, 'active'],
    [1, 'over'],
  ]);
});

test('a file makes all of its silences or none, and what is wrong in it is told with line, column and caret', async () => {
  const world = await createWorld({ database: 'postgres' });
  write(
    world,
    'wrong.yaml',
    `- { owner: anna, reason: a, for: 2h, match: { types: [A], devices: [""] } }
- { owner: anna, reason: b, for: 2h, until: 2026-03-02T22:00:00Z, when: event.typ == "A" }
- { owner: anna, reason: c, from: noon, sinks: [sco] }
`,
  );
  const wrong = await runIn(world, ['silence', 'add', '--file', 'wrong.yaml']);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  for (const words of [
    'wrong.yaml:1:69 [0].match.devices[0] is empty.',
    'wrong.yaml:2:38 [1].until is written, and so is for.',
    'wrong.yaml:2:67 [1].when cannot be used: there is no field "typ".',
    '      event.typ == "A"\n            ^ here. Known names: source,',
    'wrong.yaml:3:3 [2] has no end.',
    'wrong.yaml:3:29 [2].from "noon" is not a time.',
    'wrong.yaml:3:49 [2].sinks[0] "sco" is not a sink of this configuration.',
  ])
    expect(wrong.stderr).toContain(words);
  write(
    world,
    'half.yaml',
    '- { owner: a, reason: b, for: 2h, match: { types: [A] } }\n- { owner: a, reason: b, for: 2h }\n',
  );
  expect((await runIn(world, ['silence', 'add', '--file', 'half.yaml'])).stderr).toContain(
    'silence 2 matches every event.',
  );
  expect((await runIn(world, ['silence', 'list', '--all'])).stdout).toBe(
    'nothing was silenced yet\n',
  );
  write(
    world,
    'good.yaml',
    `- { owner: a, reason: b, for: 2h, match: { types: [A], min_severity: LOW } }
- { owner: a, reason: b, from: 2046-03-02T22:00:00+07:00, for: 1d, when: event.severity < 4, sinks: [soc] }
`,
  );
  expect(
    (await runIn(world, ['silence', 'add', '--file', 'good.yaml'])).stdout.match(/^silence \d/gm),
  ).toHaveLength(2);
  expect((await runIn(world, ['silence', 'list'])).stdout).toMatch(
    /^2 {2}waiting {2}2046-03-02T15:00:00Z to 2046-03-03T15:00:00Z {2}a: b .*\n1 {2}active /,
  );
});

describe('is refused', () => {
  const world = () => createWorld({ database: 'postgres' });
  test.each([
    [
      [...hours],
      'the silence matches every event. Say what it is about, or that all events are meant.\n--all-events',
    ],
    [[...hours, '--sink', 'soc'], 'the silence matches every event.'],
    [
      [...hours, '--match', 'types=*', '--match', 'min_severity=INFO'],
      'the silence matches every event.',
    ],
    [
      [...hours, '--when', 'event.severity >= 0 || event.type == "A"'],
      'the silence matches every event.',
    ],
    [
      [
        ...hours,
        '--match',
        'sources=deepinstinct_events',
        '--match',
        'sources=deepinstinct_suspicious_events',
      ],
      'every event.',
    ],
    [['--match', 'types=A'], 'the silence has no end.'],
    [['--match', 'types=A', '--for', '31d'], '--for "31d" is not a duration from 1s to 30d.'],
    [
      ['--match', 'types=A', '--until', '2046-03-02T22:00:00Z'],
      'the silence is longer than 720 hours',
    ],
    [
      ['--match', 'types=A', '--until', '2046-11-31T22:00:00Z'],
      '--until "2046-11-31T22:00:00Z" is a date that does not exist.',
    ],
    [
      [...hours, '--match', '__proto__=A'],
      '--match __proto__ "__proto__" is not a key that belongs here.',
    ],
    [
      [...hours, '--match', 'types=A', '--sink', 'https://chat.example.com/hooks/x'],
      '--sink https://chat.example.com/…',
    ],
    [
      ['--match', 'types=A', '--until', '2020-03-02T22:00:00Z'],
      'the silence ends before it begins.',
    ],
    [
      ['--match', 'types=A', '--from', '2020-03-02T22:00:00Z', '--for', '1h'],
      'the silence is over before it was made.',
    ],
    [[...hours, '--match', 'typs=A'], '--match typs "typs" is not a key that belongs here.'],
    [[...hours, '--match', 'types'], '--match types is no key and value such as types=RANSOM*.'],
    [
      [...hours, '--match', 'networks=10.0.0.0/8', '--match', 'networks=10/8'],
      '--match networks=10/8 is no network',
    ],
    [[...hours, '--match', 'min_severity=HIHG'], '--match min_severity is not a severity'],
    [
      [...hours, '--when', 'event.severity < "HIGH"'],
      '      event.severity < "HIGH"\n      ^ here',
    ],
    [
      [...hours, '--match', 'types=A', '--owner', 'an\u202Ena'],
      'characters that cannot be seen, in its owner.',
    ],
    [[...hours, '--match', 'types=A', '--reason', 'a\nb'], 'the silence has line breaks'],
    [[...hours, '--match', 'types=A', '--reason', ' '], 'the silence has no reason.'],
    [
      [...hours, '--match', 'types=A', '--owner', 'x'.repeat(101)],
      'has an owner of more than 100 characters.',
    ],
    [[...hours, '--all'], 'unknown option "--all".\nUsage: tocsin silence add [options]'],
    [['--file', 'a.yaml'], '--file says it all, so --owner does not belong here.'],
  ])('%j', async (more, words) => {
    const { code, stdout, stderr } = await runIn(await world(), [...base, ...more]);
    expect(stderr).toContain(words);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('one that is longer than the configuration allows', async () => {
    const small = await world();
    write(small, 'tocsin.yaml', 'silences: { max: 1h }');
    const run = (length: string) =>
      runIn(small, [...base, '--match', 'types=A', '--for', length], {
        TOCSIN_CONFIG: 'tocsin.yaml',
      });
    expect((await run('61m')).stderr).toContain('--for "61m" is not a duration from 1s to 1h.');
    expect((await run('60m')).code).toBe(0);
  });
});

test('routes test says which silence would hide the event, at the time that is asked about', async () => {
  const world = await createWorld({ database: 'postgres' });
  write(world, 'event.json', '{"type": "RANSOMWARE", "severity": "LOW"}');
  const ask = async (...more: string[]) =>
    (await runIn(world, ['routes', 'test', '--event', 'event.json', ...more])).stdout;
  await runIn(world, ['migrate']);
  expect(await ask()).toMatch(/→ sink soc: gets it\n$/);
  await runIn(world, [...base, ...hours, '--match', 'types=RANSOM*']);
  expect(await ask()).toMatch(/ {4}sink soc: suppressed, silenced by silence 1\n$/);
  expect(JSON.parse(await ask('--json'))).toMatchObject({
    areSilencesKnown: true,
    sinks: [{ id: 'soc', state: 'suppressed', reason: 'silenced', silence: 1 }],
  });
  expect(await ask('--at', '2020-03-02T22:00:00Z')).toMatch(/→ sink soc: gets it\n$/);
});

test('one that recurs is written in tocsin.yaml, hides from the first page on, and is listed and ended as the others', async () => {
  const world = await createWorld({ database: 'postgres' });
  const recurring = `recurring: [{ name: backup, reason: disks are copied, times: [{ time_zone: UTC }],
    match: { streams: [event] }, when: event.severity < 6 }]`;
  write(world, 'tocsin.yaml', `silences: { ${recurring} }\n`);
  const file = { TOCSIN_CONFIG: 'tocsin.yaml' };
  world.tenant.add('events', 3);
  world.tenant.add('suspicious', 1);
  expect((await runIn(world, ['once'], file)).code).toBe(0);
  expect(world.mattermost.deliveries.size).toBe(3);
  const list = async () => (await runIn(world, ['silence', 'list'], file)).stdout;
  expect(await list()).toMatch(
    /^2 {2}waiting .* tocsin\.yaml: backup: disks are copied .* hid 0\n1 {2}active {2}\S+T00:00:00Z to \S+T00:00:00Z {2}tocsin\.yaml: backup: disks are copied {2}\{.*\} {2}hid 3\n$/,
  );
  write(world, 'event.json', '{"type": "RANSOMWARE", "severity": "LOW"}');
  const asked = await runIn(world, ['routes', 'test', '--event', 'event.json'], file);
  expect(asked.stdout).toMatch(/sink soc: suppressed, silenced by silence 1\n$/);
  expect((await runIn(world, ['silence', 'end', '1', '--owner', 'tocsin.yaml'], file)).code).toBe(
    0,
  );
  world.tenant.add('events', 2);
  expect((await runIn(world, ['once'], file)).code).toBe(0);
  expect(world.mattermost.deliveries.size).toBeGreaterThanOrEqual(5);
  expect(await list()).toMatch(/^2 {2}waiting .*\n$/);

  write(world, 'tocsin.yaml', 'silences: {}\n');
  expect((await runIn(world, ['once'], file)).code).toBe(0);
  expect(await list()).toBe('nothing is silenced\n');
});

test('beside a running service on the embedded database, a silence keeps the channel quiet and its end says of what', async () => {
  const world = await createWorld({ database: 'embedded', environment: { POLLING_INTERVAL: '1' } });
  const service = world.start();
  await service.ready();
  expect(await world.arrived(2, 20_000)).toBe(2);
  const added = await runIn(world, [
    ...base,
    ...hours,
    '--match',
    'streams=event',
    '--when',
    'event.severity < 6',
  ]);
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^silence 1 from/) });
  // Longer than what was read before may be relied on.
  await new Promise((resolve) => setTimeout(resolve, 2200));
  world.tenant.add('events', 5);
  const hidden = () =>
    service.metric('tocsin_deliveries_suppressed_total{sink="soc",reason="silenced"}');
  expect(await until(async () => (await hidden()) === 5, 20_000)).toBe(true);
  expect(
    await until(async () => (await service.metric('tocsin_silences_active')) === 1, 10_000),
  ).toBe(true);
  expect((await runIn(world, ['silence', 'list'])).stdout).toMatch(/hid 5\n$/);
  expect((await runIn(world, ['silence', 'end', '1', '--owner', 'anna'])).stdout).toContain(
    'silence 1 is over',
  );
  expect(await world.arrived(3, 40_000)).toBe(3);
  const [post] = world.mattermost.posts.slice(-1);
  expect(JSON.stringify(post)).toMatch(
    /Silence `1` of `anna` has ended \(`patch night`\)\. It hid 5 events/,
  );
});
