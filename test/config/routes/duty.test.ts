// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// The table of who is on duty, from tocsin.yaml to moments, and everything that may be wrong.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { createLoader, hook, three } from '../loader.ts';

const { loadYaml, yamlFaults, home } = createLoader({ sources, sinks });
const env = { ...three, HOOK: hook, TZ: 'Asia/Bangkok' };
const written = (shift: string, mention = 'duty') =>
  `sinks: { soc: { type: mattermost, url: "\${HOOK}" } }
duty: { table: [${shift}], fallback: { who: lead, mention: "@lead" } }
routes: [{ name: r, to: [soc], escalate: [{ after: 15m, to: [soc], mention: [${mention}] }] }]
`;
const faults = (shift: string) => yamlFaults(written(shift), env);

it('a shift is by the wall clock of the file, or by its own', () => {
  const week = '{ who: ana, mention: "@ana", from: "2026-12-01T08:00", to: "2026-12-08T08:00" }';
  const own =
    '{ who: bo, from: "2026-03-28T08:00", to: "2026-03-29T08:00", time_zone: Europe/Berlin }';
  const { duty, routes } = loadYaml(written(`${week}, ${own}`), env);
  const [ana, bo] = duty!.shifts;
  expect(duty?.fallback).toEqual({ who: 'lead', mention: ['@lead'] });
  expect(ana).toMatchObject({ who: 'ana', mention: ['@ana'] });
  expect(new Date(ana!.fromMs).toISOString()).toBe('2026-12-01T01:00:00.000Z');
  // The clocks go forward in that night: the shift has 23 hours, and ends at eight.
  expect((bo!.untilMs - bo!.fromMs) / 3_600_000).toBe(23);
  expect(routes[0]?.escalate?.[0]?.mention).toEqual(['duty']);
});

it.each([
  ['{ who: a, from: "2026-12-01", to: "2026-12-08T08:00" }', 'from "2026-12-01" is no time of a'],
  ['{ who: a, from: "2026-02-30T08:00", to: "2026-12-08T08:00" }', 'is no time of a wall clock'],
  ['{ who: a, from: "2026-12-08T08:00", to: "2026-12-08T08:00" }', 'to is not after from'],
  ['{ who: a, mention: ana, from: "2026-12-01T08:00", to: "2026-12-08T08:00" }', 'is no mention'],
  ['{ who: a, from: "2026-12-01T08:00", to: "2026-12-08T08:00", time_zone: X }', 'time_zone'],
])('refuses %s', (shift, fault) => {
  expect(faults(shift)).toEqual([expect.stringContaining(fault)]);
});

it('a step cannot mention who is on duty if nobody ever is', () => {
  const text = written('').replace(/duty: \{ table.*\n/, '');
  expect(yamlFaults(text, env)).toEqual([
    expect.stringContaining('mentions whoever is on duty, and the file has no duty'),
  ]);
});

const calendarWith = (calendar: string, secret = 'x-secret-path') =>
  loadYaml(
    `sinks: { soc: { type: mattermost, url: "\${HOOK}" } }
duty: { calendar: ${calendar}, fallback: { who: lead } }
`,
    { ...env, DUTY: `https://calendar.example/${secret}.ics` },
  );

it('a calendar has an address and people, and its secrets are hidden', () => {
  const { duty, secrets } = calendarWith(
    '{ url: "${DUTY}", authorization: "Bearer abcdef123456", person: attendee, people: { Ana Silva: "@ana" }, time_zone: Europe/Berlin }',
  );
  const url = 'https://calendar.example/x-secret-path.ics';
  expect(duty?.calendar).toEqual({
    place: { kind: 'url', url, authorization: 'Bearer abcdef123456' },
    ...{
      person: 'attendee',
      timeZone: 'Europe/Berlin',
      people: new Map([['ana silva', ['@ana']]]),
    },
  });
  expect(secrets).toEqual(expect.arrayContaining([url, 'abcdef123456']));
});

it('or a file, beside tocsin.yaml', () => {
  const { duty } = calendarWith('{ file: on-call.ics }');
  expect(duty?.calendar).toMatchObject({ person: 'summary', timeZone: 'Asia/Bangkok' });
  expect(duty?.calendar?.place).toEqual({ kind: 'file', path: join(home(), 'on-call.ics') });
});

it.each([
  ['calendar: { file: a.ics, url: "https://a.example/b" }', 'has a url and a file'],
  ['calendar: { person: summary }', 'has neither url nor file'],
  ['calendar: { url: calendar.example }', 'duty.calendar.url'],
  ['calendar: { file: a.ics, authorization: x }', 'there is no url to send it to'],
  ['calendar: { file: a.ics, person: organizer }', 'person'],
  ['calendar: { file: a.ics, people: { Ana: ana } }', 'is no mention'],
  ['calendar: { file: a.ics, time_zone: X }', 'time_zone'],
  ['', 'has neither a table nor a calendar'],
])('refuses %s', (duty, fault) => {
  const text = `sinks: { soc: { type: mattermost, url: "\${HOOK}" } }
duty: { ${duty === '' ? '' : `${duty}, `}fallback: { who: lead } }
`;
  expect(yamlFaults(text, env)).toEqual([expect.stringContaining(fault)]);
});
