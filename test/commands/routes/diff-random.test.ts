// `tocsin routes diff` for random configurations and events: its numbers are those that counting by
// hand gives.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { command as routes } from '../../../src/commands/routes/index.ts';
import { severityNames } from '../../../src/kit/event.ts';
import { draft } from '../../store/stored.ts';
import { createTestDatabase, environmentOf } from '../../support/database.ts';
import { fillHistory } from '../history.ts';
import { runHere } from '../in-process.ts';

interface RandomRoute {
  readonly min: 0 | 1 | 2 | 3 | 4 | 5;
  readonly sources: readonly string[] | undefined;
  readonly types: readonly string[] | undefined;
  /** Full hours, UTC. */
  readonly hours: { readonly from: number; readonly to: number } | undefined;
  readonly to: readonly string[];
  readonly isLast: boolean;
}
interface RandomPolicy {
  readonly sinks: readonly string[];
  readonly routes: readonly RandomRoute[];
}
interface RandomEvent {
  readonly source: string;
  readonly type: string;
  readonly severity: 0 | 1 | 2 | 3 | 4 | 5;
  /** Hours since the beginning of February 2026; it arrives at half past. */
  readonly hour: number;
}

const severity = fc.constantFrom(0, 1, 2, 3, 4, 5);
const types = ['MALWARE', 'RANSOMWARE', 'SCRIPT'];
const sources = ['di', 'elsewhere'];
const some = (names: readonly string[]) => fc.subarray([...names], { minLength: 1 });
const policy: fc.Arbitrary<RandomPolicy> = some(['soc', 'boss', 'night', 'late']).chain((sinks) =>
  fc.record({
    sinks: fc.constant(sinks),
    routes: fc.array(
      fc.record({
        min: severity,
        sources: fc.option(some(sources), { nil: undefined }),
        types: fc.option(some(types), { nil: undefined }),
        hours: fc.option(
          fc.uniqueArray(fc.nat(23), { minLength: 2, maxLength: 2 }).map((two) => {
            const [from = 0, to = 0] = two.sort((a, b) => a - b);
            return { from, to };
          }),
          { nil: undefined },
        ),
        to: some(sinks),
        isLast: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  }),
) as fc.Arbitrary<RandomPolicy>;
const event = fc.record({
  source: fc.constantFrom(...sources),
  type: fc.constantFrom(...types),
  severity,
  hour: fc.nat(71),
}) as fc.Arbitrary<RandomEvent>;

function yamlOf({ sinks, routes: all }: RandomPolicy): string {
  const reader = {
    type: 'deepinstinct_events',
    url: 'https://console.example',
    token: 'key-of-an-api-connector',
  };
  const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
  return stringify({
    sources: Object.fromEntries(sources.map((id) => [id, reader])),
    sinks: Object.fromEntries(sinks.map((id) => [id, { type: 'stdout' }])),
    routes: all.map((one, index) => ({
      name: `route ${index}`,
      match: { min_severity: severityNames[one.min], sources: one.sources, types: one.types },
      active: one.hours && [
        { from: clock(one.hours.from), to: clock(one.hours.to), time_zone: 'UTC' },
      ],
      to: one.to,
      continue: !one.isLast,
    })),
  });
}

/** Who gets it, counted by hand. */
function receivers({ routes: all }: RandomPolicy, one: RandomEvent): string[] {
  const got: string[] = [];
  const hour = one.hour % 24;
  for (const { min, sources: of, types: like, hours, to, isLast } of all) {
    if (one.severity !== 0 && one.severity < min) continue;
    if (of !== undefined && !of.includes(one.source)) continue;
    if (like !== undefined && !like.includes(one.type)) continue;
    if (hours !== undefined && (hour < hours.from || hour >= hours.to)) continue;
    got.push(...to);
    if (isLast) break;
  }
  return [...new Set(got)].sort();
}

function expected(
  before: RandomPolicy,
  after: RandomPolicy,
  events: readonly RandomEvent[],
  sinceHour: number,
) {
  const seen = events
    .map((one, index) => ({
      ...one,
      id: index + 1,
      was: receivers(before, one),
      is: receivers(after, one),
    }))
    .filter(({ hour }) => hour >= sinceHour);
  const count = (isMeant: (one: (typeof seen)[number]) => boolean) => seen.filter(isMeant).length;
  const bySeverity = (isMeant: (one: (typeof seen)[number]) => boolean) =>
    Object.fromEntries(
      severityNames.map((name, at) => [name, count((one) => one.severity === at && isMeant(one))]),
    );
  const isLost = ({ was, is }: (typeof seen)[number]) => was.length > 0 && is.length === 0;
  const lost = seen.filter((one) => isLost(one) && [0, 4, 5].includes(one.severity));
  const recorded = seen.length > 0 ? ['old'] : [];
  return {
    events: seen.length,
    sinks: [...new Set([...before.sinks, ...after.sinks, ...recorded])].sort().map((sink) => ({
      sink,
      before: before.sinks.includes(sink) ? count(({ was }) => was.includes(sink)) : null,
      after: after.sinks.includes(sink) ? count(({ is }) => is.includes(sink)) : null,
      added: count(({ was, is }) => !was.includes(sink) && is.includes(sink)),
      removed: count(({ was, is }) => was.includes(sink) && !is.includes(sink)),
      recorded: sink === 'old' ? seen.length : 0,
    })),
    lost: lost.map(({ id, was }) => ({ id, sinks: was })),
    renamed: { sources: {}, sinks: {} },
    lostBySeverity: bySeverity(isLost),
    gainedBySeverity: bySeverity(({ was, is }) => was.length === 0 && is.length > 0),
    code: lost.length > 0 ? 1 : 0,
  };
}

test('numbers and names are those of counting by hand', async () => {
  const database = await createTestDatabase();
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-diff-'));
  const env = {
    TOCSIN_CONFIG: 'tocsin.yaml',
    ...environmentOf(database),
    DATA_DIR: join(directory, 'data'),
  };
  const atHour = (hour: number, rest: string) =>
    new Date(Date.UTC(2026, 1, 1, hour)).toISOString().replace(':00:00.000', rest);
  const codes = new Set<number | null>();
  try {
    await fc.assert(
      fc.asyncProperty(
        policy,
        policy,
        fc.array(event, { minLength: 1, maxLength: 40 }),
        fc.nat(71),
        async (before, after, events, sinceHour) => {
          const rows = events.map(({ source, type, severity: of, hour }, index) => ({
            at: atHour(hour, ':30:00.000'),
            source,
            draft: draft(index, { type, severity: of }),
          }));
          await fillHistory({ databaseUrl: database.directUrl, dataDir: env.DATA_DIR }, rows);
          writeFileSync(join(directory, 'tocsin.yaml'), yamlOf(before));
          writeFileSync(join(directory, 'new.yaml'), yamlOf(after));
          const argv = [
            'routes',
            'diff',
            '--config',
            'new.yaml',
            '--json',
            '--since',
            atHour(sinceHour, ':00'),
          ];
          const { code, stdout, stderr } = await runHere(argv, env, directory, {
            routes,
          });
          expect(stderr).toMatch(/^tocsin: the database is [^\n]*\n$/);
          const { since: _since, lost, ...rest } = JSON.parse(stdout);
          const named = lost.map(({ id, losses }: { id: number; losses: { sink: string }[] }) => ({
            id,
            sinks: losses.map(({ sink }) => sink).sort(),
          }));
          expect({ ...rest, lost: named, code }).toEqual(
            expected(before, after, events, sinceHour),
          );
          codes.add(code);
        },
      ),
      { numRuns: 30 },
    );
    expect(codes).toEqual(new Set([0, 1]));
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await database.drop();
  }
});
