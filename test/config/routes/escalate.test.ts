// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// The steps of an escalation, from tocsin.yaml to the route, and everything that may be wrong.
import { expect, it } from 'vitest';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { createLoader, hook, three } from '../loader.ts';

const { loadYaml, yamlFaults } = createLoader({ sources, sinks });
const env = { ...three, HOOK: hook };
const written = (escalate: string, more = '') =>
  `sinks: { soc: { type: mattermost, url: "\${HOOK}" }, pager: { type: stdout } }
${more}
routes:
  - name: grave
    to: [soc]
    escalate: [${escalate}]
`;
const load = (escalate: string, more?: string) => loadYaml(written(escalate, more), env);
const faults = (escalate: string, more?: string) =>
  yamlFaults(written(escalate, more), env).map((fault) => fault.replace(/^\S+ routes\[0\]\./, ''));

it('a step has its time in milliseconds, and what is usual for the rest', () => {
  expect(load('{ after: 15m, to: [soc, soc] }').routes[0]?.escalate).toEqual([
    { afterMs: 900_000, to: ['soc'], mention: [], repeat: 0, minSeverity: 0 },
  ]);
});

it('a step says whom it pings, how often, from which severity up, and when', () => {
  const step =
    '{ after: 30m, to: [soc, pager], mention: ["@oncall", "@lead"], repeat: 3, min_severity: HIGH, active: [{ from: "18:00", to: "08:00" }] }';
  expect(load(step).routes[0]?.escalate).toEqual([
    {
      afterMs: 1_800_000,
      to: ['soc', 'pager'],
      mention: ['@oncall', '@lead'],
      repeat: 3,
      minSeverity: 4,
      active: [expect.objectContaining({ fromMinute: 1080, toMinute: 480 })],
    },
  ]);
});

it('a route without steps has none, and a sink that a step alone names is not idle', () => {
  const { routes, warnings } = load('{ after: 15m, to: [pager] }');
  expect(warnings.filter((one) => one.includes('gets nothing'))).toEqual([]);
  expect(routes[0]).not.toHaveProperty('group');
  const plain = 'sinks: { soc: { type: stdout } }\nroutes: [{ name: r, to: [soc] }]\n';
  expect(loadYaml(plain, env).routes[0]).not.toHaveProperty('escalate');
});

it('an incident tells nobody any more after a day, or after what is written', () => {
  expect(load('{ after: 15m, to: [pager] }').escalationMaxAgeMs).toBe(86_400_000);
  const later = 'escalation: { max_age: 3d }';
  expect(load('{ after: 2d, to: [pager] }', later).escalationMaxAgeMs).toBe(3 * 86_400_000);
  expect(faults('{ after: 2d, to: [pager] }')).toEqual([
    'escalate[0].after never comes: after 1d an incident tells nobody any more',
  ]);
});

it.each([
  ['{ to: [pager] }', 'escalate[0].after is missing'],
  ['{ after: 15m }', 'escalate[0].to is missing'],
  ['{ after: 15m, to: [gone] }', 'escalate[0].to[0] "gone" is not a sink of this configuration'],
  [
    '{ after: 30m, to: [soc] }, { after: 15m, to: [pager] }',
    'escalate[1].after is less than in the step before it',
  ],
  ['{ after: 1s, to: [soc] }', 'escalate[0].after "1s" is not a duration from 10s to 30d'],
  ['{ after: 1m, to: [soc], repeat: 21 }', 'escalate[0].repeat "21" is out of range'],
  [
    '{ after: 1m, to: [pager], mention: "@ana" }',
    'escalate[0].mention pings nobody: none of these sinks can mention anybody',
  ],
  ['{ after: 1m, to: [soc], mention: ana }', 'escalate[0].mention "ana" is no mention: '],
  ['{ after: 1m, to: [soc], sinks: [soc] }', 'escalate[0] "sinks" is not a key that belongs here'],
])('refuses %s', (steps, fault) => {
  expect(faults(steps)).toEqual([expect.stringContaining(fault)]);
});
