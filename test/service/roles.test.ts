// The roles of a configuration: which there are, and which belong together.
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { createWrites } from '../../src/core/loops/writes.ts';
import { createAudience } from '../../src/core/notices/audience.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import type { ConfiguredSink, ConfiguredSource } from '../../src/service/adapters.ts';
import { RoleMaker, type RoleParts } from '../../src/service/roles.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { quiet } from '../store/stored.ts';

const source = (id: string, console?: string) =>
  ({ id, types: undefined, source: { kind: 'poll', console } }) as unknown as ConfiguredSource;
const sink = (id: string, origin: string, place: string | null = null) =>
  ({ id, sink: { origin, place }, template: undefined, timeoutMs: 1 }) as unknown as ConfiguredSink;

interface Given {
  readonly sources?: ConfiguredSource[];
  readonly sinks?: ConfiguredSink[];
  readonly routes?: RoleParts['config']['routes'];
  readonly env?: Record<string, string>;
}

/** Nothing is started, so that no database is needed. */
function maker({ sources: polled = [], sinks: own = [], routes = [], env = {} }: Given) {
  const config = loadConfig({
    env,
    directory: '/nowhere',
    registries: { sources, sinks },
    needs: ['database'],
  });
  return new RoleMaker({
    config: { ...config, routes },
    db: {} as RoleParts['db'],
    metrics: createMetrics({ version: 't', sources: [], sinks: [], roles: [] }),
    http: {} as RoleParts['http'],
    ...{
      log: quiet,
      writes: createWrites(),
      tracing: undefined,
      sources: polled,
      pushed: [],
      sinks: own,
    },
    audience: createAudience({ routes, sinks: own.map(({ id }) => id), operations: [] }),
  });
}

const everyRole = {
  sources: [source('di', 'https://a.example'), source('odd')],
  sinks: [sink('soc', 'chat:', 'P'), sink('ops', 'chat:', 'Q'), sink('mail', 'mail:')],
};

describe('there is a role', () => {
  test('for each source, each origin of sinks and each job, and the names are the same as the works say', () => {
    const { works, ...made } = { works: maker(everyRole).works, roles: maker(everyRole).roles() };
    const names = made.roles.map(({ name }) => name);
    expect(names).toEqual([
      ...['source:di', 'source:odd', 'sink:chat:', 'sink:mail:'],
      ...['job:retention', 'job:incidents', 'job:silences', 'job:watchdog'],
    ]);
    expect(works.roles).toEqual(names);
  });

  test('for the end of what is old only if something is to end', () => {
    const made = maker({ env: { RETENTION: 'off' } });
    expect(made.roles().map(({ name }) => name)).toEqual([
      'job:incidents',
      'job:silences',
      'job:watchdog',
    ]);
    expect(made.works.roles).toEqual(['job:incidents', 'job:silences', 'job:watchdog']);
  });
});

test('others learn which consoles are read here and where is posted, as far as that is known', () => {
  expect(maker(everyRole).works).toMatchObject({
    consoles: { di: 'https://a.example' },
    places: { soc: 'P', ops: 'Q' },
  });
});

test('the role of an origin has its sinks alone, and their places', () => {
  const roles = maker(everyRole).roles();
  expect(roles.find(({ name }) => name === 'sink:chat:')).toMatchObject({
    sinks: ['soc', 'ops'],
    places: { soc: 'P', ops: 'Q' },
  });
  expect(roles.find(({ name }) => name === 'sink:mail:')).toMatchObject({
    sinks: ['mail'],
    places: {},
  });
});

test('what a route connects is one group, and jobs follow the first one', () => {
  const routes = [{ name: 'all', minSeverity: 0 as const, sources: ['di'], to: ['soc'] }];
  const groupOf = Object.fromEntries(
    maker({ ...everyRole, routes })
      .roles()
      .map(({ name, group }) => [name, group]),
  );
  expect(groupOf['source:di']).toBe(groupOf['sink:chat:']);
  expect(new Set([groupOf['source:odd'], groupOf['sink:mail:'], groupOf['source:di']]).size).toBe(
    3,
  );
  expect(groupOf['job:watchdog']).toBe(groupOf['source:di']);
});

test('jobs follow, and those that act on what is stored say that they go by the file', () => {
  const jobs = maker({}).roles();
  expect(jobs.map(({ name, isByFile, isFollower }) => [name, isByFile, isFollower])).toEqual([
    ['job:retention', true, true],
    ['job:incidents', false, true],
    ['job:silences', true, true],
    ['job:watchdog', false, true],
  ]);
});

test('a source may be worked in another way than for ever', () => {
  const started: string[] = [];
  const worker = { stop: async () => {} };
  const [role] = maker(everyRole).roles((deps) => {
    started.push(deps.id);
    return worker;
  });
  const lease = {
    ...{ name: 'source:di', holder: '', epoch: 1, isHeld: () => true },
    ...{ outlasts: () => true, lose() {} },
  };
  expect([role!.start(lease), started]).toEqual([worker, ['di']]);
});
