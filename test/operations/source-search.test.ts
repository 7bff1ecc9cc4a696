// What the far end of a source holds now, for people: beside what is stored here, within a time,
// and without a secret.
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTenant } from '../../simulators/tenant/index.ts';
import { type Severity, severityNames } from '../../src/kit/event.ts';
import {
  ConflictError,
  InputError,
  NotFoundError,
  type Operation,
  perform,
  sourceSearch,
} from '../../src/operations/index.ts';
import { ownFarEnds } from '../../src/service/far-ends.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';
import { ann, configOf, contextOn } from './acting.ts';

const db = useDatabase();
const reader = { ...ann, role: 'read' } as const;

/** A simulated console with `count` events, and what runs operations on it. */
async function connected(count: number) {
  const tenant = await startTenant();
  onTestFinished(() => tenant.close());
  const ids = tenant.add('events', count);
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "${tenant.url}", token: "${tenant.token}" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
`);
  const farEnds = ownFarEnds(config);
  onTestFinished(() => farEnds.close());
  const context = contextOn(db(), { config, farEnds, actor: reader });
  const run = <In, Out>(operation: Operation<In, Out>, input: In) =>
    perform(operation, context, input);
  return { tenant, ids, run };
}

describe('a search', () => {
  test('says of each item whether it is stored, and goes on where it ended', async () => {
    const { tenant, ids, run } = await connected(60);
    await storePage(db(), { source: 'a', events: [draft(ids[1]!)], cursor: '1' });
    const first = await run(sourceSearch.search, { source: 'a' });
    expect(first.problem).toBeNull();
    expect(first.items).toHaveLength(50);
    expect(first.items.slice(0, 3).map(({ event }) => event !== null)).toEqual([
      false,
      true,
      false,
    ]);
    const rest = await run(sourceSearch.search, { source: 'a', cursor: first.next! });
    expect(rest.items.map(({ externalId }) => externalId)).toEqual(ids.slice(50).map(String));
    await expect(
      run(sourceSearch.search, { source: 'a', cursor: first.next!, hash: 'a' }),
    ).rejects.toThrow(InputError);
    tenant.change('events', ids[59]!, { status: 'CLOSED' });
    const closed = await run(sourceSearch.search, { source: 'a', statuses: ['CLOSED'] });
    expect(closed.items.map(({ externalId }) => externalId)).toContain(String(ids[59]));
  });

  test('looks 30 days back, unless it is told to', async () => {
    const { tenant, run } = await connected(1);
    tenant.add('events', 1, { ageSeconds: 40 * 86_400 });
    expect((await run(sourceSearch.search, { source: 'a' })).items).toHaveLength(1);
    const since = '2020-01-01T00:00:00Z';
    expect((await run(sourceSearch.search, { source: 'a', since })).items).toHaveLength(2);
  });

  test('that the console does not answer says why, without the key', async () => {
    const { tenant, run } = await connected(1);
    tenant.fail('events', { status: 500, body: `down ${tenant.token}` }, 1);
    const failed = await run(sourceSearch.search, { source: 'a' });
    expect(failed).toMatchObject({ items: [], next: null });
    expect(failed.problem).toMatch(/^127\.0\.0\.1:\d+ answered 500: the console/);
    tenant.renewToken();
    const refused = await run(sourceSearch.search, { source: 'a' });
    expect(refused.problem).toContain('the API key is wrong, revoked');
    expect(JSON.stringify([failed, refused])).not.toContain(tenant.token);
    const named = await run(sourceSearch.search, { source: 'a', device: 'SRV-1' });
    expect(named.problem).toContain('devices by their number alone');
  });

  test('that hangs ends within the time', async () => {
    const { tenant, run } = await connected(1);
    tenant.fail('events', 'hang', 1);
    const answer = await run(sourceSearch.search, { source: 'a' });
    expect(answer.problem).toBe('It gave no answer within 8 seconds. Try again later.');
  }, 20_000);
});

describe('an item', () => {
  test('stands beside what was stored, with what changed', async () => {
    const { tenant, ids, run } = await connected(2);
    const [id] = ids.map(String);
    const now = (await run(sourceSearch.item, { source: 'a', item: id! })).now!;
    expect(JSON.parse(now.raw!)).toMatchObject({ id: ids[0] });
    const { raw, ...facts } = now;
    const severity = severityNames.indexOf(facts.severity) as Severity;
    const event = { ...facts, severity, raw: raw!, subject: `event/${id}` };
    await storePage(db(), { source: 'a', events: [event], cursor: '1' });
    const same = await run(sourceSearch.item, { source: 'a', item: id! });
    expect(same).toMatchObject({ stored: { externalId: id }, differences: [], problem: null });
    tenant.change('events', ids[0]!, { status: 'CLOSED', reoccurrence_count: 9 });
    const changed = await run(sourceSearch.item, { source: 'a', item: id! });
    expect(changed.now?.status).toBe('CLOSED');
    expect(changed.stored?.event).toMatch(/^\d+$/);
    expect(changed.differences).toEqual(
      expect.arrayContaining([
        { field: 'status', stored: facts.status, now: 'CLOSED' },
        { field: 'body.recurrence', stored: String(facts.body.recurrence), now: '9' },
      ]),
    );
    tenant.remove('events', ids[0]!);
    expect(await run(sourceSearch.item, { source: 'a', item: id! })).toMatchObject({
      ...{ now: null, problem: null, stored: { externalId: id }, differences: [] },
    });
  });

  test('that is stored is shown also while the console is down', async () => {
    const { tenant, ids, run } = await connected(1);
    await storePage(db(), { source: 'a', events: [draft(ids[0]!)], cursor: '1' });
    await tenant.close();
    const item = String(ids[0]);
    expect(await run(sourceSearch.item, { source: 'a', item })).toMatchObject({
      ...{ now: null, problem: expect.stringContaining('127.0.0.1'), differences: [] },
      stored: { externalId: item, type: 'STATIC_ANALYSIS' },
    });
  });

  test('that neither has is not found', async () => {
    const { run } = await connected(1);
    for (const item of ['4711', 'x', '../health_check'])
      await expect(run(sourceSearch.item, { source: 'a', item })).rejects.toThrow(NotFoundError);
  });
});

test('a source that is not there, and a process that calls none, are named', async () => {
  const { run } = await connected(0);
  await expect(run(sourceSearch.search, { source: 'b' })).rejects.toThrow(
    'No source is called "b"; there is a.',
  );
  const alone = perform(sourceSearch.item, contextOn(db()), { source: 'a', item: '1' });
  await expect(alone).rejects.toThrow(ConflictError);
});
