// When the weekly report is told and where, and what is wrong with it.
import { expect, test } from 'vitest';
import { createLoader, three } from '../loader.ts';

const { load, loadYaml, yamlFaults } = createLoader();
const sinks = 'sinks: { soc: { type: stdout }, ops: { type: stdout } }\n';

test('there is none unless the file has it', () => {
  expect(load(three).report).toBeUndefined();
});

test('it is Monday at nine in the time zone of the file, unless it says otherwise', () => {
  const usual = loadYaml(`${sinks}time_zone: Asia/Bangkok\nreport: { to: soc }\n`);
  const bangkok = 'Asia/Bangkok';
  expect(usual.report).toEqual({ to: ['soc'], day: 1, minute: 540, timeZone: bangkok });
  const own =
    'report: { to: [ops, soc, ops], day: fri, time: "16:30", time_zone: Europe/Berlin }\n';
  expect(loadYaml(`${sinks}${own}`).report).toEqual({
    ...{ to: ['ops', 'soc'], day: 5, minute: 990, timeZone: 'Europe/Berlin' },
  });
});

test.each([
  ['{ to: [soc, other] }', /report\.to\[1\].*"other" is not a sink/],
  ['{ to: other }', /report\.to.*"other" is not a sink/],
  ['{ to: soc, day: mon-fri }', /has a day "mon-fri", which is not one day/],
  ['{ to: soc, time: "25:00" }', /has a time "25:00"/],
  ['{ to: soc, time_zone: Bangkok }', /time_zone/],
  ['{ day: mon }', /report.*to/],
  ['{ to: [] }', /report.*to/],
])('%s is refused with its place', (report, message) => {
  expect(yamlFaults(`${sinks}report: ${report}\n`).join('\n')).toMatch(message);
});

test('events must be kept for two weeks', () => {
  expect(() => loadYaml(`${sinks}report: { to: soc }\n`, { ...three, RETENTION: '10d' })).toThrow(
    /RETENTION keeps events for less than 16 days.*Set RETENTION to 16d/s,
  );
  expect(
    loadYaml(`${sinks}report: { to: soc }\n`, { ...three, RETENTION: '16d' }).report,
  ).toBeDefined();
  expect(
    loadYaml(`${sinks}report: { to: soc }\n`, { ...three, RETENTION: 'off' }).report,
  ).toBeDefined();
});
