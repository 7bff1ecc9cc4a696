// From the release before to this one, back, and forward again, on one database: only in the long
// form, because it builds the release before. With each configuration of examples/:
// upgrade.test.ts.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { createWorld, until, type World } from '../support/world.ts';
import { sourceOf, withDatabase } from './checker.ts';
import { accountOf } from './drained.ts';
import { faultCase, isLong } from './fault-case.ts';
import { buildReleaseBefore } from './release-before.ts';

const common = `
sources:
  ${sourceOf.events}: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}", start_from: all }
sinks:
  soc: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}" }
  silent: { type: stdout }
polling_interval: 1
routes:
  - { name: silent, to: [silent] }
  - { name: urgent, to: [soc], match: { min_severity: HIGH } }
`;
const grouped = `${common}
  - { name: quick, to: [soc], match: { min_severity: MEDIUM }, group: { by: [], wait: 1s, interval: 1s } }
  - { name: slow, to: [soc], group: { by: [], wait: 20s, interval: 1s } }
`;
/** For a release that knows no groups. */
const single = `${common}
  - { name: rest, to: [soc] }
`;

faultCase('one release up, back, and up again', { timeoutMs: 300_000 }, async (fault) => {
  fault.context.skip(!isLong, 'builds another release; FAULTS=long runs it');
  const before = buildReleaseBefore();
  const { world, url } = await createEmptyWorld();
  const thisConfig = writeConfig(world, 'this.yaml', grouped);
  const beforeConfig = before.hasGroups ? thisConfig : writeConfig(world, 'before.yaml', single);
  const startThis = () => world.start('this', thisConfig);
  const startBefore = () => world.start('before', beforeConfig, before.program);

  let older = startBefore();
  await older.ready();
  add(world);
  await world.arrived(10);
  let newer = startThis();
  await newer.ready();
  add(world);
  expect(await older.end('SIGTERM')).toBe(0);
  const silence = [
    '--owner',
    'anna',
    '--reason',
    'rollback',
    '--for',
    '1h',
    '--sink',
    'silent',
    '--all-events',
  ];
  expect(await world.run(['silence', 'add', ...silence], thisConfig)).toMatchObject({ code: 0 });
  await leaveOpen(world, url);
  fault.struck();

  older = startBefore();
  await older.ready();
  add(world);
  expect(await newer.end('SIGTERM')).toBe(0);
  world.mattermost.heal();
  add(world);
  expect(await until(() => isSettled(world, url), 60_000), await statesOf(url)).toBe(true);
  fault.struck();

  newer = startThis();
  await newer.ready();
  add(world);
  expect(await older.end('SIGTERM')).toBe(0);
  add(world);
  expect(await until(() => isSettled(world, url), 60_000), await statesOf(url)).toBe(true);
  expect((await world.run(['silence', 'list'], thisConfig)).stdout).toContain('anna');
  expect(await newer.end('SIGTERM')).toBe(0);
  for (const { log } of [older, newer])
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
  await fault.account(accountOf(world));
});

/** Neither release has been there. */
async function createEmptyWorld(): Promise<{ world: World; url: string }> {
  const database = await createTestDatabase(false);
  onTestFinished(() => database.drop());
  const world = await createWorld({ database: 'embedded', environment: environmentOf(database) });
  return { world, url: database.directUrl };
}

function writeConfig(world: World, name: string, text: string) {
  const file = join(dirname(world.environment.DATA_DIR!), name);
  writeFileSync(file, text);
  return { TOCSIN_CONFIG: file };
}

/** Some are urgent, some come in a digest soon, some wait in a group. */
function add({ tenant }: World, severities = ['HIGH', 'MODERATE', 'LOW']): void {
  for (const severity of severities) tenant.add('events', 10, { severity });
}

/** Mattermost is away: a digest was made and could not be sent, cards wait, a group is open. */
async function leaveOpen(world: World, url: string): Promise<void> {
  expect(await until(() => isSettled(world, url), 60_000), await statesOf(url)).toBe(true);
  world.mattermost.fail(503, Number.POSITIVE_INFINITY);
  const hold = async (severities: string[], where: string) => {
    add(world, severities);
    const isHeld = async () =>
      (
        await ask(
          url,
          `select count(*)::int as count from deliveries where sink = 'soc' and state = 'pending' and ${where}`,
        )
      )?.count === 10;
    expect(await until(isHeld, 20_000), await statesOf(url)).toBe(true);
  };
  await hold(['MODERATE'], 'digest_id is not null');
  await hold(['HIGH', 'LOW'], 'group_key is not null and digest_id is null');
}

/** All that the tenant has is stored, and nothing waits. */
async function isSettled({ tenant }: World, url: string): Promise<boolean> {
  const row = await ask(
    url,
    `select count(*) filter (where d.state = 'pending')::int as waiting,
      count(distinct e.id) filter (where e.source = '${sourceOf.events}')::int as stored
    from events e join deliveries d on d.event_id = e.id`,
  );
  return row?.waiting === 0 && row.stored === tenant.ids('events').length;
}

async function ask(url: string, statement: string) {
  const [row] = await withDatabase({ url }, (sql) => sql.unsafe(statement));
  return row;
}

/** For who reads why it failed. */
async function statesOf(url: string): Promise<string> {
  const row = await ask(
    url,
    `select json_agg(c)::text as text from (
      select sink, state, priority, digest_id, count(*) from deliveries group by 1, 2, 3, 4 order by 1, 2, 3, 4) c`,
  );
  return String(row?.text);
}
