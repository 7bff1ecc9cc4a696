// `tocsin once`: 0 only if every source was read to its end and everything due was delivered; else
// 1, and words that say what was not.
import postgres from 'postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOnce } from '../../src/commands/once.ts';
import type { OnceWaits } from '../../src/service/once/index.ts';
import { cardsOf } from '../support/cards.ts';
import { createWorld, type World } from '../support/world.ts';
import { runIn } from './in-process.ts';

/** With the waits of a command that is in a hurry. */
function onceHere(world: World, waits: Partial<OnceWaits> = {}, more: Record<string, string> = {}) {
  const command = createOnce({
    roleMs: 20_000,
    patienceMs: 20_000,
    pausedPatienceMs: 20_000,
    stormPatienceMs: 20_000,
    ...waits,
  });
  return runIn(world, ['once'], more, { once: command });
}

/** What it says beside its log. */
const wordsOf = (stderr: string) =>
  stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

describe.each(['postgres', 'embedded'] as const)('on %s', (database) => {
  test('everything is read and delivered, and the next run says nothing again', async () => {
    const world = await createWorld({ database });
    const { tenant, mattermost } = world;
    tenant.add('events', 60);
    tenant.add('suspicious', 3);
    const first = await world.run(['once']);
    expect([wordsOf(first.stderr), first.code]).toEqual([[], 0]);
    expect(mattermost.deliveries.size).toBe(65);
    tenant.add('events', 1);
    const second = await world.run(['once']);
    expect([wordsOf(second.stderr), second.code]).toEqual([[], 0]);
    expect(mattermost.requests.posts).toBe(66);
    expect(world.repeated()).toBe(0);
  });
});

test('START_FROM in the future is said, and means what is said: what is there is passed over, what comes is not', async () => {
  const world = await createWorld({
    database: 'postgres',
    environment: { START_FROM: '2999-01-01' },
  });
  const { tenant, mattermost } = world;
  tenant.add('events', 3);
  const first = await world.run(['once']);
  expect(first.stderr).toMatch(
    /"warn".*START_FROM: 2999-01-01 is in the future, which means the same as \\"now\\"/,
  );
  expect(mattermost.deliveries.size).toBe(2); // from when on each of the two streams is watched
  tenant.add('events', 2);
  expect((await onceHere(world)).code).toBe(0);
  expect(mattermost.deliveries.size).toBe(4);
});

test.each([
  [
    401,
    /^source deepinstinct_events: 127\.0\.0\.1:\d+ answered 401: the API key is wrong.*TOKENS_KEY.*API Connectors/,
  ],
  [500, /^source deepinstinct_events: 127\.0\.0\.1.* 500/],
])(
  'a console that answers %s fails the run, and the rest is delivered all the same',
  async (status, words) => {
    const world = await createWorld({ database: 'postgres' });
    const { tenant, mattermost } = world;
    tenant.add('suspicious', 2);
    tenant.fail('events', status, Number.POSITIVE_INFINITY);
    const { code, stderr } = await world.run(['once']);
    expect(wordsOf(stderr)).toEqual([expect.stringMatching(words)]);
    expect(code).toBe(1);
    expect(cardsOf('suspicious', mattermost.posts)).toHaveLength(2);
    tenant.heal();
    expect((await onceHere(world)).code).toBe(0);
  },
);

test('Mattermost that is down fails the run with the cause; nothing is lost', async () => {
  const world = await createWorld({ database: 'postgres' });
  world.tenant.add('events', 2);
  const { hookUrl } = world.mattermost;
  await world.mattermost.close();
  const { code, stderr } = await onceHere(world, { patienceMs: 500 });
  expect(wordsOf(stderr)).toEqual([
    expect.stringMatching(
      /^sink soc: 4 not delivered yet; they are kept, .*\. .*nothing accepts connections there/,
    ),
  ]);
  expect(stderr).not.toContain(new URL(hookUrl).pathname);
  expect(code).toBe(1);
});

test('deliveries that were given up fail the run', async () => {
  const world = await createWorld({ database: 'postgres' });
  world.tenant.add('events', 1);
  world.mattermost.fail(400, Number.POSITIVE_INFINITY, (body) => body.includes('delivery_id'));
  const hurried = { patienceMs: 1000, pausedPatienceMs: 1000 };
  await onceHere(world, hurried);
  // What nothing passes beside is kept, so the last step is taken here.
  const sql = postgres(world.databaseUrl ?? '', { max: 1, onnotice() {} });
  onTestFinished(() => sql.end());
  await sql`update deliveries set state = 'dead', reason = 'rejected', finalized_at = now() where state = 'pending'`;
  const { code, stderr } = await onceHere(world, hurried);
  expect(wordsOf(stderr)).toContain('sink soc: 3 dead; see "tocsin dead list"');
  expect(code).toBe(1);
});

test('beside a service on the embedded database it says who has the directory', async () => {
  const world = await createWorld({ database: 'embedded' });
  const service = world.start();
  await service.ready();
  const { code, stderr } = await world.run(['once']);
  expect(wordsOf(stderr)).toEqual([
    expect.stringMatching(
      new RegExp(`DATA_DIR .* it is in use by process ${service.child.pid} on host .* Stop that`),
    ),
  ]);
  expect(code).toBe(1);
});
