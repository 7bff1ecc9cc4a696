// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// What `tocsin check` remarks on in a policy as a whole, and that no remark is ever wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lint } from '../../../src/config/lint/index.ts';
import { route as decide, judge } from '../../../src/core/routing/index.ts';
import { randomEvent, randomPolicy } from '../random-policy.ts';
import { adapters, all, createLinter, hook, nowMs } from './policy.ts';

const { read, readVariables, remarks, remarksOn } = createLinter();

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
    const reading = readVariables({
      DEEPINSTINCT_URL: 'https://a.example.com',
      TOKENS_KEY: 'key-of-an-api-connector',
      MATTERMOST_WEBHOOK_URL: hook,
      MIN_SEVERITY: 'CRITICAL',
    });
    expect(lint(reading, nowMs)).toEqual([]);
  });
});

it('a secret in the file is remarked on, without its value', () => {
  expect(remarksOn(adapters.replace('${HOOK}', hook))).toEqual([
    'inline_secret tocsin.yaml:4:35 sinks.soc.url is a secret, and whoever reads this file has it. Put it into a variable and write ${SOC_URL} here, or into a file and name that as url_file',
  ]);
  expect(
    remarksOn(
      adapters
        .replace('url: "${HOOK}"', 'url_file: hook')
        .replace(/sinks.*/, 'sinks: { boss: { type: stdout } }'),
    ),
  ).toEqual([]);
});

it('whatever the policy, each remark on a route holds for every event at every time', {
  timeout: 60_000,
}, () => {
  const seen: Record<string, number> = {};
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
