// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// A match that no event of its sources can fit.
import { expect, it } from 'vitest';
import { policyOf } from '../../../src/config/lint/index.ts';
import { isImpossible } from '../../../src/config/lint/matches.ts';
import { adapters, all, createLinter } from './policy.ts';

const { read, remarks, remarksOn } = createLinter();

it('a match that nothing fits is remarked on', () => {
  expect(
    remarks(
      `  - { name: r, match: { sources: [events], streams: [suspicious] }, to: [soc] }\n${all}`,
    ),
  ).toEqual([
    'impossible_match tocsin.yaml:6:44 routes[0].match.streams never matches: events has only event. Name one of these, or other sources',
  ]);
  expect(remarks(`  - { name: r, match: { streams: [events] }, to: [soc] }\n${all}`)).toEqual([
    'impossible_match tocsin.yaml:6:25 routes[0].match.streams never matches: the sources have only event, suspicious. Name one of these, or other sources',
  ]);
});

it.each([
  ['streams: [event]', false],
  ['streams: [event, suspicious]', false],
  ['sources: [suspicious], streams: [suspicious]', false],
  ['sources: [suspicious], streams: [event, events]', true],
])('%s is impossible: %s', (match, is) => {
  const text = `${adapters}routes:\n  - { name: r, match: { ${match} }, to: [soc] }\n`;
  const { registries, config } = read(text);
  const [policy] = policyOf(read(text));
  expect(isImpossible(policy!, config.sources, registries)).toBe(is);
});

it('a route for changes needs a source of changes, and may not name the one that is followed', () => {
  const changes = adapters.replace(
    'sinks:',
    '  later: { type: deepinstinct_changes, url: "https://a.example.com", token: "${KEY}" }\nsinks:',
  );
  const of = (text: string, match: string) =>
    remarksOn(`${text}routes:\n  - { name: r, match: { ${match} }, to: [boss] }\n${all}`);
  expect(of(changes, 'streams: [change]')).toEqual([]);
  expect(of(changes, 'streams: [change], sources: [later]')).toEqual([]);
  expect(of(adapters, 'streams: [change]')).toEqual([
    expect.stringContaining('the sources have only event, suspicious'),
  ]);
  expect(of(changes, 'streams: [change], sources: [events]')).toEqual([
    expect.stringContaining('never matches: events has only event.'),
  ]);
});

it('is not judged where a source does not say what its streams are', () => {
  const text = `${adapters}routes:\n  - { name: r, match: { streams: [other] }, to: [soc] }\n`;
  const { registries, config } = read(text);
  const { deepinstinct_events: events, ...others } = registries.sources;
  const { streams: _, ...silent } = events!;
  const [policy] = policyOf(read(text));
  const judged = (sources: typeof registries.sources) =>
    isImpossible(policy!, config.sources, { ...registries, sources });
  expect(judged({ ...others, deepinstinct_events: events! })).toBe(true);
  expect(judged({ ...others, deepinstinct_events: silent })).toBe(false);
});
