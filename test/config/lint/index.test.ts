// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how tocsin.yaml refers to
// variables What `tocsin check` remarks upon: each rule, with its place and what to do; and that no
// remark is ever wrong.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/index.ts';
import { lint, policyOf, type Remark } from '../../../src/config/lint/index.ts';
import { gapsOf, timetableOf } from '../../../src/config/lint/way-out.ts';
import { route as decide, judge } from '../../../src/core/routing/index.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { randomEvent, randomPolicy } from '../random-policy.ts';

/** A Wednesday, ten days before Europe changes to summer time. */
const nowMs = Date.parse('2026-03-18T09:41:00Z');
const hook = 'https://chat.example.com/hooks/3hook5id7of9twenty6letters';
const env = {
  KEY: 'key-of-an-api-connector',
  HOOK: hook,
  TOCSIN_CONFIG: 'tocsin.yaml',
  TZ: 'Asia/Bangkok',
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-lint-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function read(yaml: string) {
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  return readConfig({ env, directory, registries: { sources, sinks } });
}

const adapters = `sources:
  events: { type: deepinstinct_events, url: "https://a.example.com", token: "\${KEY}" }
  suspicious: { type: deepinstinct_suspicious_events, url: "https://a.example.com", token: "\${KEY}" }
sinks: { soc: { type: mattermost, url: "\${HOOK}" }, boss: { type: stdout } }
`;
const all = '  - { name: all, to: [soc, boss] }\n';

function remarks(routes: string): string[] {
  return lint(read(`${adapters}routes:\n${routes}`), nowMs).map(lineOf);
}
const lineOf = ({ rule, where, text }: Remark) => `${rule} ${where} ${text}`;

describe('a policy in which nothing is odd', () => {
  it.each([
    ['everything to everybody', all],
    [
      'the grave to some, the rest to others',
      '  - { name: grave, match: { min_severity: HIGH }, to: [boss] }\n  - { name: all, to: [soc] }\n',
    ],
    [
      'day and night',
      '  - { name: day, active: [{ from: "08:00", to: "18:00" }], to: [soc] }\n  - { name: night, mute: [{ from: "08:00", to: "18:00" }], to: [boss] }\n',
    ],
    [
      'a part is taken out',
      '  - { name: lab, match: { devices: ["LAB-*"] }, continue: false, to: [boss] }\n  - { name: all, to: [soc] }\n',
    ],
  ])('%s: no remark', (_, routes) => {
    expect(remarks(routes)).toEqual([]);
  });

  it('no file: no remark, whatever the variables say', () => {
    const variables = {
      DEEPINSTINCT_URL: 'https://a.example.com',
      TOKENS_KEY: env.KEY,
      MATTERMOST_WEBHOOK_URL: hook,
    };
    const reading = readConfig({
      env: { ...variables, MIN_SEVERITY: 'CRITICAL' },
      directory,
      registries: { sources, sinks },
    });
    expect(lint(reading, nowMs)).toEqual([]);
  });
});

describe('a shadowed route', () => {
  const taker = 'route "all" (tocsin.yaml:6:5 routes[0])';
  it('is told with its place and that of the route before it', () => {
    expect(
      remarks(
        '  - { name: all, continue: false, to: [soc] }\n  - { name: servers, match: { devices: ["SRV-*"] }, to: [boss] }\n',
      ),
    ).toEqual([
      `shadowed_route tocsin.yaml:7:5 routes[1] never takes anything: ${taker} takes all of it before, and does not continue. ` +
        'Put this route before that one, let that one continue, or remove this one',
    ]);
  });

  const first = (keys: string) => `  - { name: first, ${keys}, continue: false, to: [soc] }\n`;
  const second = (keys: string) => `  - { name: later, ${keys}, to: [boss] }\n`;
  it.each([
    ['a lower threshold', 'match: { min_severity: MEDIUM }', 'match: { min_severity: HIGH }'],
    [
      'wider patterns',
      'match: { devices: ["srv-*"] }',
      'match: { devices: ["SRV-DB-*", "SRV-?"] }',
    ],
    ['wider networks', 'match: { networks: [10.0.0.0/8] }', 'match: { networks: [10.1.0.0/16] }'],
    ['more sources', 'match: { sources: [events, suspicious] }', 'match: { sources: [events] }'],
    [
      'the same expression',
      'when: event.severity > 2',
      'when: event.severity > 2, match: { types: [A] }',
    ],
    [
      'the same times',
      'active: [{ from: "08:00", to: "18:00" }]',
      'active: [{ from: "8:00", to: "18:00" }]',
    ],
    ['only first reports, as it', 'repeats: false', 'repeats: false'],
  ])('by %s', (_, wide, narrow) => {
    expect(
      remarks(first(wide) + second(narrow) + all).filter((text) => text.startsWith('shadowed')),
    ).toHaveLength(1);
  });

  it.each([
    ['the earlier one wants more', 'match: { min_severity: HIGH }', 'match: { min_severity: LOW }'],
    [
      'the earlier one has a list that the later has not',
      'match: { devices: ["*"] }',
      'match: { types: ["*"] }',
    ],
    ['an expression differs', 'when: event.severity > 2', 'when: event.severity > 1'],
    ['the earlier one has its times', 'active: [{ days: [mon] }]', 'match: { types: [A] }'],
    ['the earlier one is mute at times', 'mute: [{ days: [mon] }]', 'match: { types: [A] }'],
    ['the earlier one leaves repeats out', 'repeats: false', 'match: { types: [A] }'],
  ])('is not told if %s', (_, wide, narrow) => {
    expect(
      remarks(first(wide) + second(narrow) + all).filter((text) => text.startsWith('shadowed')),
    ).toEqual([]);
  });
});

describe('a route that adds nothing', () => {
  it('is told if an earlier one sends the same to the same sinks', () => {
    expect(
      remarks(`${all}  - { name: grave, match: { min_severity: HIGH }, to: [boss] }\n`),
    ).toEqual([
      'redundant_route tocsin.yaml:7:5 routes[1] adds nothing: route "all" (tocsin.yaml:6:5 routes[0]) sends all of it to the same sinks before, ' +
        "and the first one's word counts. Put this route before that one, send it elsewhere, or remove it",
    ]);
  });

  it('is not told if it keeps later routes from what it takes', () => {
    expect(
      remarks(
        `${all}  - { name: grave, match: { min_severity: HIGH }, continue: false, to: [boss] }\n`,
      ),
    ).toEqual([]);
  });
});

describe('times that cannot be reached', () => {
  const muted = (active: string, mute: string) =>
    remarks(`  - { name: r, active: [${active}], mute: [${mute}], to: [boss] }\n${all}`);
  it('are told for one time, if mute takes it away', () => {
    expect(muted('{ days: [sat] }, { days: [mon] }', '{ days: [sat-sun] }')).toEqual([
      'unreachable_time tocsin.yaml:6:25 routes[0].active[0] does nothing: mute takes all of it away. Correct this time or mute, or remove it',
    ]);
  });

  it('are told for the route, if none is left', () => {
    const text =
      'leaves this route no time: it never takes anything. Correct active or mute, or remove the route';
    expect(muted('{ days: [sat] }', '{ days: [sat-sun] }')).toEqual([
      `unreachable_time tocsin.yaml:6:43 routes[0].mute ${text}`,
    ]);
    expect(remarks(`  - { name: r, mute: [{ from: "00:00" }], to: [boss] }\n${all}`)).toEqual([
      `unreachable_time tocsin.yaml:6:16 routes[0].mute ${text}`,
    ]);
    expect(
      remarks(`  - { name: r, active: [{ from: "24:00", to: "00:00" }], to: [boss] }\n${all}`),
    ).toEqual([
      'unreachable_time tocsin.yaml:6:16 routes[0].active holds no minute of the week, so this route never takes anything. Correct the times, or remove the route',
    ]);
  });

  it('are told when they are over, and not while they are to come', () => {
    const dated = (last: string) =>
      remarks(`  - { name: r, mute: [{ last: ${last} }], to: [boss] }\n${all}`);
    expect(dated('2026-03-10')).toEqual([
      'unreachable_time tocsin.yaml:6:23 routes[0].mute[0] is over: its last day has passed. Remove it',
    ]);
    expect(dated('2026-03-18')).toEqual([]);
  });

  it('are not told of clocks that differ', () => {
    expect(muted('{ days: [sat], time_zone: UTC }', '{ days: [sat-sun] }')).toEqual([]);
  });
});

describe('grave events without a way out', () => {
  const text = (what: string, when: string) =>
    `no_way_out tocsin.yaml:5:1 routes send no ${what} events of events, suspicious ${when}`;
  it('are told with the times, by the clock of the configuration', () => {
    const office =
      '  - { name: office, active: [{ days: [mon-fri], from: "08:00", to: "18:00" }], to: [soc, boss] }\n';
    expect(remarks(office)).toEqual([
      text(
        'CRITICAL and HIGH',
        'from Wed 18:00 to Thu 08:00, Thu 18:00 to Fri 08:00, Fri 18:00 to Mon 08:00, Mon 18:00 to Tue 08:00 and 1 times more (Asia/Bangkok). Add a route for them, or widen the times of one',
      ),
    ]);
    expect(
      remarks(
        `${office}  - { name: night, match: { min_severity: CRITICAL }, mute: [{ days: [sun] }], to: [boss] }\n`,
      ),
    ).toEqual([
      text(
        'CRITICAL',
        'from Sun 00:00 to Mon 00:00 (Asia/Bangkok). Add a route for them, or widen the times of one',
      ),
      expect.stringContaining('routes send no HIGH events of events, suspicious from Wed 18:00'),
    ]);
  });

  it('are told as one time if that lasts from before now to after it', () => {
    expect(remarks('  - { name: r, active: [{ days: [mon] }], to: [soc, boss] }\n')).toEqual([
      text(
        'CRITICAL and HIGH',
        'from Tue 00:00 to Mon 00:00 (Asia/Bangkok). Add a route for them, or widen the times of one',
      ),
    ]);
  });

  it('are told if every route wants more', () => {
    expect(
      remarks('  - { name: r, match: { min_severity: CRITICAL }, to: [soc, boss] }\n'),
    ).toEqual([
      text('HIGH', 'at any time. Add a route for them, or lower min_severity in one').replace(
        'suspicious at',
        'suspicious, at',
      ),
    ]);
  });

  it('are told if no route is for the source', () => {
    expect(remarks('  - { name: r, match: { sources: [events] }, to: [soc, boss] }\n')).toEqual([
      'no_way_out tocsin.yaml:5:1 routes send nothing of suspicious: none that can take anything is for it. Add a route, or name it in the sources of one',
    ]);
  });
});

describe('other remarks', () => {
  it('a match that nothing fits', () => {
    expect(
      remarks(
        `  - { name: r, match: { sources: [events], streams: [suspicious] }, to: [soc] }\n${all}`,
      ),
    ).toEqual([
      'impossible_match tocsin.yaml:6:44 routes[0].match.streams never fits: events has only event. Name one of these, or other sources',
    ]);
    expect(remarks(`  - { name: r, match: { streams: [events] }, to: [soc] }\n${all}`)).toEqual([
      'impossible_match tocsin.yaml:6:25 routes[0].match.streams never fits: the sources have only event, suspicious. Name one of these, or other sources',
    ]);
  });

  const matching = (match: string) =>
    remarks(`  - { name: r, match: { ${match} }, to: [soc] }\n${all}`);
  it.each([
    ['RANSOMWARE', ' Did you mean "RANSOMWARE_FILE_ENCRYPTION"?'],
    ['STATIC_ANALYSYS', ' Did you mean "STATIC_ANALYSIS"?'],
    ['XYZ*', ''],
  ])('a type that no source sends: %s', (type, hint) => {
    expect(matching(`types: [${type}]`)).toEqual([
      `unknown_type tocsin.yaml:6:33 routes[0].match.types[0] fits no type that these sources are known to send.${hint} A new release of the vendor may bring it; until then this never fits`,
    ]);
  });

  it('not a type of one of the streams, one about a device, or what could not be read', () => {
    for (const type of ['RANSOM*', 'script_control_*', 'D_CLIENT_CRASH', 'UNRECOGNISED', '*'])
      expect(matching(`types: ["${type}"]`)).toEqual([]);
    expect(matching('sources: [suspicious], types: [STATIC_ANALYSIS]')).toHaveLength(1);
  });

  it.each([
    '/^SRV-\\\\d+/',
    '^SRV',
    'SRV-\\\\d',
    '(SRV|DC)+',
    'PC[0-9]+',
    'PC\\\\.example',
    'PC-.{3}',
  ])('a regular expression where * and ? are meant: %s', (pattern) => {
    expect(matching(`devices: ["${pattern}"]`)).toEqual([
      expect.stringMatching(
        /^regular_expression \S+ routes\[0\]\.match\.devices\[0\] looks like a regular expression/,
      ),
    ]);
  });

  it.each(['SRV-*', '[Prod] Servers', 'srv.*', 'PC$', 'Bakery (Berlin)', 'C++', 'a/b'])(
    'no such: %s',
    (pattern) => {
      expect(matching(`groups: ["${pattern}"]`)).toEqual([]);
    },
  );

  const when = (text: string) => remarks(`  - { name: r, when: '${text}', to: [soc] }\n${all}`);
  it.each([
    [
      'event.severityName == "VERY_HIGH"',
      'event.severityName with "VERY_HIGH", which it never is. It is one of UNKNOWN,',
    ],
    ['"high" != event.severityName', 'event.severityName with "high", which it never is'],
    ['event.severityName in ["HIGH", "VERY_HIGH"]', 'event.severityName with "VERY_HIGH"'],
    [
      'event.device.name == "a" && event.severity > 5',
      'event.severity with 5, which is always false',
    ],
    ['6 >= event.severity', 'event.severity with 6, which is always true'],
    [
      'event.stream == "events"',
      'event.stream with "events", which it never is. It is one of event, suspicious.',
    ],
    [
      'event.source == "soc"',
      'event.source with "soc", which it never is. It is one of events, suspicious.',
    ],
    ['event.type == "RANSOMWARE"', 'event.type with "RANSOMWARE", which it never is'],
  ])('a comparison with what a field never is: %s', (text, words) => {
    expect(when(text)).toEqual([
      expect.stringContaining(
        `constant_comparison tocsin.yaml:6:16 routes[0].when compares ${words}`,
      ),
    ]);
  });

  it.each([
    'event.severityName == "CRITICAL"',
    'event.severity >= 4',
    '3 < event.severity',
    'event.severity in [0, 5]',
    'event.status == "anything"',
    'event.device.type == "x"'.replace('device.type', 'file.type'),
    'event.techniques.exists(type, type == "T1059")',
  ])('no such: %s', (text) => {
    expect(when(text)).toEqual([]);
  });

  it('sources that read the same with the same key', () => {
    const twin =
      '  twin: { type: deepinstinct_events, url: "https://a.example.com/", token: "${KEY}" }\n';
    const told = (source: string) =>
      lint(read(adapters.replace('sinks:', `${source}sinks:`)), nowMs).map(lineOf);
    expect(told(twin)).toEqual([
      'read_twice tocsin.yaml:4:3 sources.twin reads with the same key what "events" reads, so that every event is announced twice. Remove one of the two, or give each a key of its own tenant',
    ]);
    // Another tenant's key: then nobody reads the other stream of that tenant.
    expect(told(twin.replace('"${KEY}"', '"another-key-${KEY}"'))).toEqual([
      expect.stringContaining(
        'unread_stream tocsin.yaml:4:3 sources.twin has a console whose stream suspicious nobody',
      ),
    ]);
  });

  it('a stream of a console that nobody reads', () => {
    const one = adapters.replace(/ {2}suspicious.*\n/, '');
    expect(lint(read(one), nowMs).map(lineOf)).toEqual([
      'unread_stream tocsin.yaml:2:3 sources.events has a console whose stream suspicious nobody reads. Add a source of type deepinstinct_suspicious_events with the same url and token',
    ]);
  });

  it('a secret in the file, without its value', () => {
    const found = lint(read(adapters.replace('${HOOK}', hook)), nowMs);
    expect(found.map(lineOf)).toEqual([
      'inline_secret tocsin.yaml:4:35 sinks.soc.url is a secret, and whoever reads this file has it. Put it into a variable and write ${SOC_URL} here, or into a file and name that as url_file',
    ]);
    expect(
      lint(
        read(
          adapters
            .replace('url: "${HOOK}"', 'url_file: hook')
            .replace(/sinks.*/, 'sinks: { boss: { type: stdout } }'),
        ),
        nowMs,
      ),
    ).toEqual([]);
  });
});

describe('whatever the policy', () => {
  const seen: Record<string, number> = {};
  it('what is said of its routes is so for every event at every time', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        randomPolicy,
        fc.array(randomEvent, { minLength: 20, maxLength: 20 }),
        (policy, events) => {
          const reading = read(JSON.stringify({ time_zone: 'Europe/Berlin', ...policy }));
          const { routes } = reading.config;
          for (const { rule, where } of lint(reading, nowMs)) {
            seen[rule] = (seen[rule] ?? 0) + 1;
            const index = Number(/routes\[(\d+)\]/.exec(where)?.[1] ?? -1);
            const isPartial = /active\[\d/.test(where);
            for (const { source, draft, atMs } of events) {
              if (
                ['shadowed_route', 'impossible_match'].includes(rule) ||
                (rule === 'unreachable_time' && !isPartial)
              )
                expect(
                  judge(routes, { source, event: draft, atMs })[index],
                  `${rule} ${where}`,
                ).toBeDefined();
              if (rule === 'redundant_route') {
                const without = routes.filter((_, other) => other !== index);
                expect(decide(without, { source, event: draft, atMs }).decisions).toEqual(
                  decide(routes, { source, event: draft, atMs }).decisions,
                );
              }
            }
          }
        },
      ),
      { numRuns: 250, endOnFailure: true },
    );
    for (const rule of [
      'shadowed_route',
      'redundant_route',
      'unreachable_time',
      'impossible_match',
      'no_way_out',
    ])
      expect(seen[rule], rule).toBeGreaterThan(0);
  });

  it('in the times in which it has no way out nothing grave is sent', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(
        randomPolicy,
        fc.array(randomEvent, { minLength: 20, maxLength: 20 }),
        (policy, events) => {
          const reading = read(JSON.stringify({ time_zone: 'Europe/Berlin', ...policy }));
          const { config } = reading;
          const timetable = timetableOf(policyOf(reading), nowMs);
          for (const { source, draft, atMs } of events) {
            const silent = gapsOf(source, timetable).filter(
              ({ severities, stretches }) =>
                (severities.length === 0 ||
                  severities.some((severity) => severity === draft.severity)) &&
                (stretches?.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs) ??
                  true),
            );
            const { routes } = decide(config.routes, { source, event: draft, atMs });
            if (silent.length > 0) expect(routes).toEqual([]);
          }
        },
      ),
      { numRuns: 80, endOnFailure: true },
    );
  });
});

describe('quiet hours', () => {
  const quiet = (more: string, match = '') =>
    remarks(
      `  - { name: all, to: [soc, boss], ${match}quiet: { times: [{ from: "22:00", to: "07:00" }]${more} } }\n`,
    );
  it('that hold HIGH events and do not say so are told', () => {
    expect(quiet('')).toEqual([
      'quiet_holds_high tocsin.yaml:6:35 routes[0].quiet hold HIGH events until they are over, because passes is not written. Write passes: HIGH to send those at once, or passes: CRITICAL to say that they may wait',
    ]);
    expect(
      quiet('', 'match: { min_severity: HIGH }, ').filter((line) => line.startsWith('quiet')),
    ).toHaveLength(1);
  });

  it('that say what passes, or are of a route that takes none, are right', () => {
    expect(quiet(', passes: CRITICAL')).toEqual([]);
    expect(quiet(', passes: HIGH')).toEqual([]);
    const critical = quiet('', 'match: { min_severity: CRITICAL }, ');
    expect(critical.filter((line) => line.startsWith('quiet'))).toEqual([]);
  });

  it('that are over are told, as the times of a route are', () => {
    const routes =
      '  - { name: all, to: [soc, boss], quiet: { passes: HIGH, times: [{ last: 2026-03-01, to: "07:00" }] } }\n';
    expect(remarks(routes)).toEqual([
      'unreachable_time tocsin.yaml:6:66 routes[0].quiet.times[0] is over: its last day has passed. Remove it',
    ]);
  });
});

it('a silence that recurs and hides CRITICAL events, or is over, is told', () => {
  const silences = (when: string, times: string) =>
    lint(
      read(
        `${adapters}routes:\n${all}silences: { recurring: [{ name: a, reason: r, times: [${times}], match: { types: [A] }${when} }] }\n`,
      ),
      nowMs,
    ).map(lineOf);
  const night = '{ from: "02:00", to: "04:00" }';
  expect(silences('', night)).toEqual([
    'silences_critical tocsin.yaml:7:25 silences.recurring[0] hides CRITICAL events, too. Add the condition event.severity < 5 to spare them',
  ]);
  expect(silences(', when: event.severity < 5', night)).toEqual([]);
  expect(silences(', when: event.severity < 5', '{ last: 2026-03-01 }')).toEqual([
    'unreachable_time tocsin.yaml:7:55 silences.recurring[0].times[0] is over: its last day has passed. Remove it',
  ]);
});
