// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// What tocsin.yaml says, and all of its problems at once.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLoader, hook, three, token } from '../loader.ts';

const { home, load, loadYaml, problemsOf, yamlProblems } = createLoader();

const whole = `
sources:
  di-events: { type: deepinstinct_events, url: "https://\${HOST_OF_CONSOLE}", token: "\${TOKENS_KEY}", start_from: now }
sinks:
  soc: { type: mattermost, url_file: secrets/hook }
  lines: { type: stdout }
routes:
  - { name: urgent, match: { min_severity: high, sources: [di-events] }, to: [soc] }
  - { name: all, to: [soc, lines] }
polling_interval: 30
locale: th
time_zone: Asia/Bangkok
`;
const writeHook = () => {
  mkdirSync(join(home(), 'secrets'), { mode: 0o700 });
  writeFileSync(join(home(), 'secrets', 'hook'), `${hook}\n`);
};

it('names sources, sinks and routes, with variables and files for secrets', () => {
  writeHook();
  const env = {
    TOKENS_KEY: token,
    HOST_OF_CONSOLE: 'console.example',
    MIN_SEVERITY: 'LOW',
    TZ: 'UTC',
  };
  expect(loadYaml(whole, env)).toMatchObject({
    sources: [
      {
        id: 'di-events',
        type: 'deepinstinct_events',
        settings: { url: 'https://console.example', token, start_from: 'now' },
      },
    ],
    sinks: [
      { id: 'soc', type: 'mattermost', settings: { url: hook } },
      { id: 'lines', type: 'stdout', settings: {} },
    ],
    routes: [
      { name: 'urgent', minSeverity: 4, sources: ['di-events'], to: ['soc'] },
      { name: 'all', minSeverity: 2, to: ['soc', 'lines'] },
    ],
    pollingIntervalSeconds: 30,
    locale: 'th',
    timeZone: 'Asia/Bangkok',
    secrets: [token, hook],
    warnings: ['TZ has no effect: tocsin.yaml:12:1 time_zone takes precedence.'],
  });
});

it('leaves to the variables what it does not name', () => {
  const config = loadYaml('routes: [{ name: high, match: { min_severity: HIGH }, to: [soc] }]\n');
  expect(config.sources.map((s) => s.id)).toEqual([
    'deepinstinct_events',
    'deepinstinct_suspicious_events',
  ]);
  expect(config.sinks.map((s) => s.id)).toEqual(['soc']);
  expect(config.routes).toEqual([{ name: 'high', minSeverity: 4, to: ['soc'] }]);
  expect(loadYaml('# nothing yet\n').routes[0]?.name).toBe('default');
});

it('sends everything everywhere without routes', () => {
  const config = loadYaml(`sinks: { a: { type: stdout }, b: { type: stdout } }\n`, {
    ...three,
    MATTERMOST_WEBHOOK_URL: '',
  });
  expect(config.routes).toEqual([{ name: 'default', minSeverity: 0, to: ['a', 'b'] }]);
});

it('names sinks that are for operations; one of them is of use without a route', () => {
  const text = (operations: string) =>
    `sinks: { soc: { type: stdout }, ops: { type: stdout } }\nroutes: [{ name: r, to: [soc] }]\noperations: ${operations}\n`;
  const env = { ...three, MATTERMOST_WEBHOOK_URL: '' };
  const config = loadYaml(text('ops'), env);
  expect([config.operations, config.warnings]).toEqual([['ops'], []]);
  expect(loadYaml(text('[ops, soc, ops]'), env).operations).toEqual(['ops', 'soc']);
  expect(yamlProblems(text('[soc, opss]'))).toEqual([
    'tocsin.yaml:3:19 operations[1] "opss" is not a sink of this configuration. Known sinks: soc, ops. Did you mean "ops"?',
  ]);
  expect(yamlProblems(text('[]'))).toEqual([
    'tocsin.yaml:3:1 operations is empty. Expected: the id of a sink, or a list of them',
  ]);
});

it('takes the heartbeat, which goes before the variable, and which is a secret', () => {
  const [address, other] = [
    'https://beat.example.com/ping/1f2e3d4c5b6a',
    'https://beat.example.com/ping/other-uuid',
  ];
  writeFileSync(join(home(), 'beat'), `${address}\n`);
  for (const config of [
    load({ ...three, HEARTBEAT_URL: address }),
    load({ ...three, HEARTBEAT_URL_FILE: 'beat' }),
    loadYaml(`heartbeat: { url: "${address}" }\n`),
    loadYaml('heartbeat: { url_file: beat }\n'),
    loadYaml('heartbeat: { url: "${BEAT}" }\n', { ...three, BEAT: address }),
    loadYaml(`heartbeat: { url: "${address}" }\n`, { ...three, HEARTBEAT_URL: other }),
  ]) {
    expect(config.heartbeatUrl).toBe(address);
    expect(config.secrets).toContain(address);
  }
  expect(loadYaml('# nothing\n')).not.toHaveProperty('heartbeatUrl');
});

it.each([
  ['ftp://beat.example.com/x', 'is no http or https URL'],
  ['beat.example.com/x', 'is no URL: it begins with neither https:// nor http://'],
  ['https:/beat.example.com/x', 'does not have exactly two slashes behind https: or http:'],
  [
    'https://user:secret@beat.example.com/x',
    'holds a user or a password before the host, which does not belong there',
  ],
])('refuses the heartbeat %s without showing it', (address, problem) => {
  const remedy = 'Copy the address that the service gives, as https://host/path';
  expect(yamlProblems(`heartbeat: { url: "${address}" }\n`)).toEqual([
    `tocsin.yaml:1:14 heartbeat.url ${problem}. ${remedy}`,
  ]);
  expect(problemsOf({ ...three, HEARTBEAT_URL: address })).toEqual([
    { where: 'HEARTBEAT_URL', problem, remedy },
  ]);
});

it.each([
  [
    '{}',
    'tocsin.yaml:1:1 heartbeat has no address. Write url, or url_file with the path of a file that holds it',
  ],
  [
    '{ url: "https://a.example", url_file: b }',
    'tocsin.yaml:1:14 heartbeat.url is written, and so is url_file. Keep one of the two',
  ],
])('refuses the heartbeat %s', (written, problem) => {
  expect(yamlProblems(`heartbeat: ${written}\n`)[0]).toBe(problem);
});

it('gives a sink a language and a time zone of its own', () => {
  const sink = (more: string) => `sinks: { soc: { type: stdout${more} } }\n`;
  expect(loadYaml(sink(', locale: th, time_zone: Asia/Bangkok')).sinks[0]).toMatchObject({
    locale: 'th',
    timeZone: 'Asia/Bangkok',
  });
  expect(Object.keys(loadYaml(sink('')).sinks[0] ?? {})).toEqual(['id', 'type', 'settings']);
  expect(yamlProblems(sink(', locale: xx, time_zone: Bangkok'))).toEqual([
    expect.stringContaining('tocsin.yaml:1:31 sinks.soc.locale "xx" is not a language'),
    expect.stringContaining('tocsin.yaml:1:43 sinks.soc.time_zone "Bangkok" is not a time zone'),
  ]);
  const hashes = ['', ', locale: th', ', time_zone: UTC'].map((more) => loadYaml(sink(more)).hash);
  expect(new Set(hashes).size).toBe(3);
});

it.each<[string, string, string[]]>([
  [
    'the id of the notices',
    'sources:\n  tocsin: { type: deepinstinct_events, url: "https://c.example", token: 12345678a }\n',
    ["tocsin.yaml:2:3 sources.tocsin is the id of Tocsin's own notices. Choose another"],
  ],
  [
    'a file for a secret that is not there',
    'sinks:\n  soc:\n    type: mattermost\n    url_file: nothing\n',
    [
      'tocsin.yaml:4:5 sinks.soc.url_file names a file that cannot be read (ENOENT). Name a regular file that this user may read, with the secret alone in it',
    ],
  ],
  [
    'a secret written and in a file',
    'sinks:\n  soc:\n    type: mattermost\n    url: https://chat.example/hooks/abcd\n    url_file: x\n',
    ['tocsin.yaml:4:5 sinks.soc.url is written, and so is url_file. Keep one of the two'],
  ],
  [
    'options that say nothing right',
    'polling_interval: 0\nlocale: de\ntime_zone: Mars\n',
    [
      'tocsin.yaml:1:1 polling_interval "0" is out of range. Set it to seconds from 1 to 86400, or to a time such as "90s" or "5m"',
      'tocsin.yaml:2:1 locale "de" is not a language that Tocsin speaks. Use one of: en, th.',
      'tocsin.yaml:3:1 time_zone "Mars" is not a time zone. Set it to a name such as "Asia/Bangkok", "Europe/Berlin" or "UTC"',
    ],
  ],
])('refuses %s', (_, text, expected) => {
  expect(yamlProblems(text)).toEqual(expected);
});

it('reports faults of its form together with those of its values', () => {
  const text = [
    'sorces: {}',
    'sinks:',
    '  soc: { type: mattermost, url: "${HOOK}", chanel: x }',
    '  soc: { type: mattermost, url: "${HOOK}", chanel: x }',
    '  a b: { type: mattermost }',
    '  ops: 7',
    '  out: { type: matermost }',
    'routes:',
    '  - { name: one, to: [soc, ops, a b, nobody], match: { sources: [anything], min_severity: hihg } }',
    '  - { name: one, to: soc }',
    '  - []',
    'locale: de',
    'time_zone: [UTC]',
  ];
  expect(yamlProblems(text.join('\n')).map((problem) => problem.split('. ')[0])).toEqual([
    'tocsin.yaml:3:33 ${HOOK} has no value',
    'tocsin.yaml:4:33 ${HOOK} has no value',
    'tocsin.yaml:4:3 "soc" is in this map already',
    expect.stringContaining('tocsin.yaml:5:3 sinks.a b is not an id'),
    'tocsin.yaml:6:3 sinks.ops is not a map',
    'tocsin.yaml:10:18 routes[1].to is not a list',
    'tocsin.yaml:11:5 routes[2] is not a map',
    'tocsin.yaml:13:1 time_zone is not one value',
    'tocsin.yaml:1:1 "sorces" is not a key that belongs here',
    'tocsin.yaml:3:44 sinks.soc "chanel" is not a key that belongs here',
    'tocsin.yaml:5:3 sinks.a b.url is missing',
    'tocsin.yaml:7:10 sinks.out.type "matermost" is not a type',
    'tocsin.yaml:12:1 locale "de" is not a language that Tocsin speaks',
    'tocsin.yaml:9:38 routes[0].to[3] "nobody" is not a sink of this configuration',
    expect.stringContaining('match.min_severity "hihg" is not a severity'),
    expect.stringContaining('"one" is the name of an earlier route'),
  ]);
});

it('lets a wrong entry spoil only itself, whatever it is an entry of', () => {
  const text = [
    'sinks:',
    '  soc: { type: mattermost, url: "${HOOK}", template: 5, timeout: [1], chanel: x }',
    '  out: { type: stdout, url: x, locale: xx }',
    'routes:',
    '  - { name: a, to: [soc, 5, sco], match: { types: [5, ""], sources: [5, dl] } }',
    '  - { name: b, to: [out], active: [{ from: 8, to: "00:00" }, { from: "9" }] }',
    '  - { name: c, to: [out], quiet: { times: [{ form: "22:00" }], passes: x } }',
    '  - { name: d, to: [out], group: { by: [devise], wait: 5 } }',
  ];
  expect(yamlProblems(text.join('\n')).map((problem) => problem.split('. ')[0])).toEqual([
    'tocsin.yaml:2:33 ${HOOK} has no value',
    'tocsin.yaml:2:44 sinks.soc.template is not a text',
    'tocsin.yaml:2:57 sinks.soc.timeout is not one value',
    'tocsin.yaml:5:70 routes[0].match.sources[0] is not a text',
    'tocsin.yaml:5:52 routes[0].match.types[0] is not a text',
    'tocsin.yaml:5:26 routes[0].to[1] is neither the id of a sink nor a map with a sink',
    'tocsin.yaml:6:38 routes[1].active[0].from is not a text',
    'tocsin.yaml:7:46 routes[2].quiet.times[0] "form" is not a key that belongs here',
    'tocsin.yaml:8:41 routes[3].group.by[0] is not one of the words that belong here',
    'tocsin.yaml:2:71 sinks.soc "chanel" is not a key that belongs here',
    'tocsin.yaml:3:24 sinks.out "url" is not a key that belongs here',
    'tocsin.yaml:3:32 sinks.out.locale "xx" is not a language that Tocsin speaks',
    'tocsin.yaml:5:73 routes[0].match.sources[1] "dl" is not a source of this configuration',
    'tocsin.yaml:5:29 routes[0].to[2] "sco" is not a sink of this configuration',
    'tocsin.yaml:5:55 routes[0].match.types[1] is empty',
    expect.stringContaining('tocsin.yaml:6:62 routes[1].active[1] has a time "9"'),
    'tocsin.yaml:7:64 routes[2].quiet.passes "x" is not a severity',
    'tocsin.yaml:8:50 routes[3].group.wait "5" is not a duration from 0s to 1d',
  ]);
});

it('reports nothing that follows from a value that could not be read', () => {
  expect(yamlProblems('heartbeat: { url: "${BEAT}" }\nstorm: { over: "${OVER}" }\n')).toEqual([
    expect.stringContaining('tocsin.yaml:1:19 ${BEAT} has no value'),
    expect.stringContaining('tocsin.yaml:2:16 ${OVER} has no value'),
  ]);
  const sinks =
    'sinks: { soc: { type: mattermost, url_file: "${HOOK_FILE}" }, out: { type: stdout } }\n';
  const routes = 'routes: [{ name: a, to: [{ sink: "${SINK}", channel: x }], when: "${WHEN}" }]\n';
  expect(yamlProblems(`${sinks}${routes}`).map((problem) => problem.split('. ')[0])).toEqual([
    'tocsin.yaml:1:45 ${HOOK_FILE} has no value',
    'tocsin.yaml:2:34 ${SINK} has no value',
    'tocsin.yaml:2:66 ${WHEN} has no value',
  ]);
});
