// What `tocsin silence add` is asked for: options and a file give the same, and everything that is
// wrong is named at once, by the option or the place in the file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/cli/command.ts';
import { readRequests } from '../../../src/commands/silence/request.ts';

const hourMs = 3_600_000;
const known = { sources: ['di'], sinks: ['soc', 'boss'], maxMs: 24 * hourMs };

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-request-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Values = Parameters<typeof readRequests>[0];

const read = (values: Values, env: Record<string, string> = {}) =>
  readRequests(values, known, { env, directory, version: 't', stdout() {}, stderr() {} });
const ofOptions = (more: Values = {}) =>
  read({ owner: 'anna', reason: 'patch night', for: '2h', ...more });

function ofFile(text: string, more: Values = {}, env: Record<string, string> = {}) {
  writeFileSync(join(directory, 'silences.yaml'), text);
  return read({ file: 'silences.yaml', ...more }, env);
}

/** All that is wrong, in the words of the error. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('it was not refused');
}

test('options make one silence', () => {
  expect(
    ofOptions({ match: ['types=A*', 'types=B', 'min_severity=HIGH'], sink: ['soc'] }),
  ).toMatchObject([
    {
      ...{ owner: 'anna', reason: 'patch night', startsAtMs: null, endsAtMs: null },
      forMs: 2 * hourMs,
      matcher: { types: ['A*', 'B'], min_severity: 'HIGH', sinks: ['soc'] },
    },
  ]);
});

test('a file makes as many as are in it, with variables in their places', () => {
  const text = `
- { owner: "\${WHO}", reason: one, for: 1h, match: { types: [A] } }
- { owner: "\${WHO}", reason: two, from: "2026-03-01T00:00:00Z", until: "2026-03-01T01:00:00Z" }
`;
  expect(ofFile(text, {}, { WHO: 'anna' })).toMatchObject([
    { owner: 'anna', reason: 'one', forMs: hourMs, matcher: { types: ['A'] } },
    { owner: 'anna', reason: 'two', endsAtMs: Date.parse('2026-03-01T01:00:00Z') },
  ]);
});

describe('an option with a fault is named:', () => {
  test.each<[string, Values, RegExp]>([
    ['a length', { for: 'soon' }, /^ +--for /m],
    ['a time', { for: undefined, until: 'noon' }, /^ +--until /m],
    ['a sink', { sink: ['soc', 'nowhere'] }, /^ +--sink nowhere /m],
    ['an expression', { when: 'event.nothing' }, /^ +--when /m],
    ['a key of --match', { match: ['colour=red'] }, /^ +--match colour /m],
    ['a value of --match', { match: ['networks=10.0.0.0/8', 'networks=x'] }, /--match networks=x /],
    ['a single value of --match', { match: ['min_severity=LOUD'] }, /--match min_severity/],
    [
      'a severity that is said twice',
      { match: ['min_severity=LOW', 'min_severity=HIGH'] },
      /min_severity/,
    ],
  ])('%s', (_title, values, words) => {
    const message = refusal(() => ofOptions(values));
    expect(message).toMatch(/^this cannot be silenced:\n/);
    expect(message).toMatch(words);
  });

  test('several at once', () => {
    const message = refusal(() => ofOptions({ for: 'soon', sink: ['nowhere'] }));
    expect([message.includes('--for '), message.includes('--sink nowhere ')]).toEqual([true, true]);
  });

  test.each(['types', '=A', ''])('a --match that is no pair: "%s"', (pair) => {
    expect(refusal(() => ofOptions({ match: [pair] }))).toContain('is no key and value such as');
  });

  test('a key that every object has is none that may be matched', () => {
    for (const key of ['__proto__', 'constructor', 'toString'])
      expect(
        refusal(() => ofOptions({ match: [`${key}=A`] })),
        key,
      ).toContain(`--match ${key}`);
  });
});

describe('a file', () => {
  test('says it all: an option beside it is refused, and the two that say how are not', () => {
    const text = '[{ owner: anna, reason: r, for: 1h, match: { types: [A] } }]';
    expect(refusal(() => ofFile(text, { owner: 'bob' }))).toContain('so --owner does not belong');
    expect(ofFile(text, { 'all-events': true, json: true })).toHaveLength(1);
  });

  test('that is not there, or has a fault, is named with the place', () => {
    expect(refusal(() => read({ file: 'nowhere.yaml' }))).toBe(
      'nowhere.yaml cannot be read (ENOENT).',
    );
    const text = '- { owner: anna, reason: r, for: 1h, match: { types: [A], networks: [x] } }';
    expect(refusal(() => ofFile(text))).toMatch(/silences\.yaml:1:\d+/);
  });
});
