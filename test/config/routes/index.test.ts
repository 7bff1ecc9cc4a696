// Routes as tocsin.yaml says them.
import { describe, expect, it } from 'vitest';
import { createLoader } from '../loader.ts';

const { loadYaml, yamlProblems } = createLoader();

describe('the exceptions of a route', () => {
  const text = (not: string) =>
    `sinks: { soc: { type: stdout } }\nroutes: [{ name: r, match: { not: ${not} }, to: [soc] }]\n`;
  it('are read like its match', () => {
    const { routes } = loadYaml(
      text('[{ devices: ["LAB-*"], min_severity: low }, { networks: [10.0.0.0/8] }]'),
    );
    expect(routes[0]?.not).toMatchObject([{ minSeverity: 2 }, { minSeverity: 0 }]);
    expect(routes[0]?.not?.[0]?.devices?.[0]?.('lab-7')).toBe(true);
  });

  it.each([
    [
      '[{ sources: [nobody] }]',
      'tocsin.yaml:2:48 routes[0].match.not[0].sources[0] "nobody" is not a source',
    ],
    ['[{ networks: [a] }]', 'tocsin.yaml:2:49 routes[0].match.not[0].networks[0] is no network'],
    [
      '[{ min_severity: x }]',
      'tocsin.yaml:2:38 routes[0].match.not[0].min_severity "x" is not a severity',
    ],
  ])('are refused with their place: %s', (not, problem) => {
    expect(yamlProblems(text(not))).toEqual([expect.stringContaining(problem)]);
  });
});

describe('a route gets later changes', () => {
  it.each([
    ['match: { streams: [change] }', true],
    ['match: { streams: [event, change] }', true],
    ['when: event.change.to == "CLOSED"', true],
    ['match: { streams: [event] }', undefined],
    ['when: event.status == "CLOSED"', undefined],
    ['match: {}', undefined],
  ])('%s: %s', (keys, takesChanges) => {
    const text = `sinks: { soc: { type: stdout } }\nroutes: [{ name: r, ${keys}, to: [soc] }]\n`;
    expect(loadYaml(text).routes[0]?.takesChanges).toBe(takesChanges);
  });
});

describe('the quiet hours of a route', () => {
  const text = (quiet: string) =>
    `sinks: { soc: { type: stdout } }\nroutes: [{ name: r, quiet: ${quiet}, to: [soc] }]\n`;
  it('let CRITICAL pass unless they say otherwise', () => {
    const of = (more: string) =>
      loadYaml(text(`{ times: [{ from: "22:00", to: "07:00" }]${more} }`)).routes[0]?.quiet;
    expect([of('')?.passes, of(', passes: HIGH')?.passes, of('')?.times.length]).toEqual([0, 1, 1]);
  });

  it.each([
    [
      '{ times: [{}] }',
      'tocsin.yaml:2:30 routes[0].quiet.times leave no time at which held messages could be sent',
    ],
    ['{ times: [{ days: [mon-fri] }, { days: [sat, sun] }] }', 'leave no time'],
    ['{ times: [{ from: "9" }] }', 'tocsin.yaml:2:38 routes[0].quiet.times[0] has a time "9"'],
    ['{ passes: HIGH }', 'tocsin.yaml:2:21 routes[0].quiet.times is missing'],
    ['{ times: [{ from: "22:00" }], passes: x }', 'routes[0].quiet.passes "x" is not a severity'],
  ])('are refused with their place: %s', (quiet, problem) => {
    expect(yamlProblems(text(quiet))).toEqual([expect.stringContaining(problem)]);
  });

  it('may last for days, if they end', () => {
    const { quiet } = loadYaml(text('{ times: [{ first: 2026-04-13, last: 2026-05-15 }] }'))
      .routes[0]!;
    expect(quiet?.times).toHaveLength(1);
  });
});

const reader =
  'sources: { di: { type: deepinstinct_events, url: "https://c.example", token: 12345678a } }\n';
it.each<[string, string, string[]]>([
  [
    'a route to nowhere',
    'routes:\n  - name: r\n    to: [socc]\n',
    [
      'tocsin.yaml:3:10 routes[0].to[0] "socc" is not a sink of this configuration. Known sinks: soc. Did you mean "soc"?',
    ],
  ],
  [
    'a route from nowhere',
    `${reader}routes:\n  - name: r\n    match: { sources: [dl] }\n    to: [soc]\n`,
    [
      'tocsin.yaml:4:24 routes[0].match.sources[0] "dl" is not a source of this configuration. Known sources: di. Did you mean "di"?',
    ],
  ],
  [
    'two routes of one name',
    'routes:\n  - { name: r, to: [soc] }\n  - { name: r, to: [soc] }\n',
    [
      'tocsin.yaml:3:7 routes[1].name "r" is the name of an earlier route. Give each route a name of its own',
    ],
  ],
  [
    'a severity that is none',
    'routes:\n  - { name: r, to: [soc], match: { min_severity: hihg } }\n',
    [
      'tocsin.yaml:2:36 routes[0].match.min_severity "hihg" is not a severity. Use one of: INFO, LOW, MEDIUM, HIGH, CRITICAL. Did you mean "HIGH"?',
    ],
  ],
])('refuses %s', (_, text, expected) => {
  expect(yamlProblems(text)).toEqual(expected);
});

it('has its own time zone for the times of routes that name none', () => {
  const text = `sinks: { soc: { type: stdout } }
time_zone: Asia/Bangkok
routes: [{ name: r, active: [{ from: "08:00" }], mute: [{ to: "08:00", time_zone: Europe/Berlin }], to: [soc] }]
`;
  expect(loadYaml(text).routes[0]).toMatchObject({
    active: [{ fromMinute: 480, toMinute: 1440, timeZone: 'Asia/Bangkok' }],
    mute: [{ fromMinute: 0, toMinute: 480, timeZone: 'Europe/Berlin' }],
  });
});

it('has what routes ask for checked, each with its place', () => {
  const text = [
    'sinks: { soc: { type: stdout } }',
    'routes:',
    '  - name: one',
    '    match: { types: [""], networks: [10.0.0.0/8, lan], severity: HIGH }',
    '    active: [{ days: [monday] }, { from: "08:00", to: "08:00" }, { time_zone: Mars }]',
    '    mute: [{ from: 8 }]',
    '    continue: maybe',
    '    to: [soc]',
    '  - name: two',
    '    when: event.device.hostnam == "x"',
    '    to: [soc]',
  ];
  expect(yamlProblems(text.join('\n'))).toEqual([
    'tocsin.yaml:4:56 routes[0].match "severity" is not a key that belongs here. Known keys: min_severity, sources, streams, types, actions, statuses, tenants, devices, groups, networks, not.',
    'tocsin.yaml:6:14 routes[0].mute[0].from is not a text. Expected: a time in quotes, such as "18:00"',
    'tocsin.yaml:7:5 routes[0].continue is not true or false. Expected: true, or false to keep what it takes from later routes',
    'tocsin.yaml:4:22 routes[0].match.types[0] is empty. Correct it',
    'tocsin.yaml:4:50 routes[0].match.networks[1] is no network such as 10.0.0.0/8 or fd00::/8. Correct it',
    'tocsin.yaml:5:68 routes[0].active[2].time_zone "Mars" is not a time zone. Set it to a name such as "Asia/Bangkok", "Europe/Berlin" or "UTC"',
    'tocsin.yaml:5:14 routes[0].active[0] has a day "monday", which is not mon, tue, wed, thu, fri, sat, sun or two of them such as mon-fri. Correct it',
    'tocsin.yaml:5:34 routes[0].active[1] ends when it begins. Correct it',
    expect.stringContaining(
      'tocsin.yaml:10:5 routes[1].when cannot be used: there is no field "hostnam". Look at character 14:\n      event.device.hostnam == "x"\n                   ^ here. Known names: id, name, os,',
    ),
  ]);
});

it('posts what becomes of its events only if it says so', () => {
  const of = (more: string) =>
    loadYaml(`sinks: { soc: { type: stdout } }\nroutes: [{ name: r, to: [soc]${more} }]\n`)
      .routes[0]?.areChangesPosted;
  expect([of(''), of(', changes: none'), of(', changes: post')]).toEqual([
    undefined,
    undefined,
    true,
  ]);
});
